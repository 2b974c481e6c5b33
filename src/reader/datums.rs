//! The data that were read, as flat vectors: nodes refer to each other by index, text and bytes
//! lie in one buffer each. Reading allocates nothing for a single datum, dropping never recurses.
//!
//! Invariant: the parts of a node have smaller indices than the node. So a walk that does not
//! follow a [`Datum::Reference`] ends, and one loop over [`Datums::ids`] makes something else of
//! all data, however deep: when it comes to a datum, its parts are made.

use std::ops::Range;

use crate::account::{Account, Claim, HeapFull};
use crate::diagnostics::{FileId, Span};

/// A datum in a [`Datums`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct DatumId(u32);

/// The label of a `#n=`: the how-manieth in its [`Datums`], not the number written.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct LabelId(u32);

impl DatumId {
    /// Its place among the data of its [`Datums`].
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

impl LabelId {
    /// Its place among the labels of its [`Datums`].
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// What a datum is, with borrowed parts.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Datum<'a> {
    /// `#t` or `#f`.
    Boolean(bool),
    /// A character.
    Character(char),
    /// A number, as written: valid by the grammar, and with a value.
    Number(&'a str),
    /// A string.
    String(&'a str),
    /// A symbol.
    Symbol(&'a str),
    /// `#:name`, a keyword object.
    Keyword(&'a str),
    /// `#{pretty unique}`, a generated symbol; `#{unique}` has the same text for both.
    Gensym {
        /// The name for people.
        pretty: &'a str,
        /// The name that tells it from others.
        unique: &'a str,
    },
    /// One of the objects that are written `#!name`.
    Singleton(Singleton),
    /// A list or, with a tail, an improper one; `tail` may itself be a list. There is a tail only
    /// after at least one item. An abbreviation like `'x` is a list of two items whose first has
    /// the span of the prefix.
    List {
        /// What comes before the dot.
        items: &'a [DatumId],
        /// What comes after the dot.
        tail: Option<DatumId>,
    },
    /// A vector.
    Vector(&'a [DatumId]),
    /// A bytevector, also one that was written with wider elements or as text.
    Bytevector(&'a [u8]),
    /// `#n=datum`.
    Labelled(LabelId, DatumId),
    /// `#n#`.
    Reference(LabelId),
}

impl Datum<'_> {
    /// What it is, for messages: "a string".
    pub fn noun(&self) -> &'static str {
        match self {
            Datum::Boolean(_) => "a boolean",
            Datum::Character(_) => "a character",
            Datum::Number(_) => "a number",
            Datum::String(_) => "a string",
            Datum::Symbol(_) | Datum::Gensym { .. } => "a symbol",
            Datum::Keyword(_) => "a keyword",
            Datum::Singleton(_) => "a special object",
            Datum::List { .. } => "a list",
            Datum::Vector(_) => "a vector",
            Datum::Bytevector(_) => "a bytevector",
            Datum::Labelled(..) | Datum::Reference(_) => "a datum label",
        }
    }
}

/// Objects with a name of their own.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Singleton {
    /// `#!eof`: the end-of-file object.
    Eof,
    /// `#!void`: what procedures for effect return.
    Void,
    /// `#!unbound`: the content of a variable without value.
    Unbound,
    /// `#!bwp`: what a weak pair holds in place of a dead object.
    BrokenWeakPointer,
    /// `#!would-block`: what a non-blocking port answers when it has nothing.
    WouldBlock,
}

impl Singleton {
    const ALL: [Singleton; 5] =
        [Singleton::Eof, Singleton::Void, Singleton::Unbound, Singleton::BrokenWeakPointer, Singleton::WouldBlock];

    /// The name after `#!`.
    pub const fn name(self) -> &'static str {
        match self {
            Singleton::Eof => "eof",
            Singleton::Void => "void",
            Singleton::Unbound => "unbound",
            Singleton::BrokenWeakPointer => "bwp",
            Singleton::WouldBlock => "would-block",
        }
    }

    /// The object of that name.
    pub fn from_name(name: &str) -> Option<Singleton> {
        Singleton::ALL.into_iter().find(|singleton| singleton.name() == name)
    }
}

/// The symbols that prefixes and braces stand for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Head {
    Quote,
    Quasiquote,
    Unquote,
    UnquoteSplicing,
    Syntax,
    Quasisyntax,
    Unsyntax,
    UnsyntaxSplicing,
    Brace,
}

impl Head {
    /// The symbol, and how it is written.
    const fn names(self) -> (&'static str, &'static str) {
        match self {
            Head::Quote => ("quote", "'"),
            Head::Quasiquote => ("quasiquote", "`"),
            Head::Unquote => ("unquote", ","),
            Head::UnquoteSplicing => ("unquote-splicing", ",@"),
            Head::Syntax => ("syntax", "#'"),
            Head::Quasisyntax => ("quasisyntax", "#`"),
            Head::Unsyntax => ("unsyntax", "#,"),
            Head::UnsyntaxSplicing => ("unsyntax-splicing", "#,@"),
            Head::Brace => ("brace", "{"),
        }
    }

    pub(super) const fn symbol(self) -> &'static str {
        self.names().0
    }

    pub(super) const fn written(self) -> &'static str {
        self.names().1
    }
}

/// Data read from one file or port.
#[derive(Debug)]
pub struct Datums {
    file: FileId,
    nodes: Vec<Node>,
    items: Vec<DatumId>,
    text: String,
    bytes: Vec<u8>,
    /// Pays for all of these.
    claim: Claim,
    /// For each label the datum it stands for, once that is complete: never a labelled one, and a
    /// reference only to a label around it.
    labels: Vec<Option<DatumId>>,
}

#[derive(Clone, Copy, Debug)]
struct Node {
    start: u32,
    end: u32,
    kind: NodeKind,
}

/// A range in one of the vectors.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slice {
    start: u32,
    length: u32,
}

impl Slice {
    /// From `start` to `end`, unless that is beyond what a node can say.
    fn new(start: usize, end: usize) -> Option<Slice> {
        let start = u32::try_from(start).ok()?;
        let end = u32::try_from(end).ok()?;
        Some(Slice { start, length: end - start })
    }

    fn range(self) -> Range<usize> {
        let start = self.start as usize;
        start..start + self.length as usize
    }
}

/// What a node is. Small: there is one for every few characters of a text.
#[derive(Clone, Copy, Debug)]
pub(super) enum NodeKind {
    Boolean(bool),
    Character(char),
    Number(Slice),
    String(Slice),
    Symbol(Slice),
    Head(Head),
    Keyword(Slice),
    /// The unique name alone.
    Gensym(Slice),
    /// Symbols: the pretty name and the unique one.
    PrettyGensym(DatumId, DatumId),
    Singleton(Singleton),
    List(Slice),
    /// The last item is the tail.
    DottedList(Slice),
    Vector(Slice),
    Bytevector(Slice),
    Labelled(LabelId, DatumId),
    Reference(LabelId),
}

const _: () = assert!(size_of::<Node>() == 20);

/// How much there is of everything: what came later can be taken back.
#[derive(Clone, Copy)]
pub(super) struct Extent {
    nodes: u32,
    items: u32,
    text: u32,
    bytes: u32,
    labels: u32,
}

impl Datums {
    /// No data yet; `account` pays for those to come.
    pub fn new(file: FileId, account: &Account) -> Datums {
        let (text, claim) = (String::new(), Claim::new(account));
        Datums { file, nodes: Vec::new(), items: Vec::new(), text, bytes: Vec::new(), claim, labels: Vec::new() }
    }

    /// The file that the spans are of.
    pub fn file(&self) -> FileId {
        self.file
    }

    /// Where a datum was read. The parts of a datum lie inside of it and do not overlap.
    pub fn span(&self, id: DatumId) -> Span {
        let node = &self.nodes[id.0 as usize];
        Span::new(self.file, node.start, node.end)
    }

    /// What a datum is.
    pub fn datum(&self, id: DatumId) -> Datum<'_> {
        match self.nodes[id.0 as usize].kind {
            NodeKind::Boolean(value) => Datum::Boolean(value),
            NodeKind::Character(c) => Datum::Character(c),
            NodeKind::Number(text) => Datum::Number(&self.text[text.range()]),
            NodeKind::String(text) => Datum::String(&self.text[text.range()]),
            NodeKind::Symbol(text) => Datum::Symbol(&self.text[text.range()]),
            NodeKind::Head(head) => Datum::Symbol(head.symbol()),
            NodeKind::Keyword(text) => Datum::Keyword(&self.text[text.range()]),
            NodeKind::Gensym(text) => {
                let unique = &self.text[text.range()];
                Datum::Gensym { pretty: unique, unique }
            }
            NodeKind::PrettyGensym(pretty, unique) => {
                Datum::Gensym { pretty: self.symbol_text(pretty), unique: self.symbol_text(unique) }
            }
            NodeKind::Singleton(singleton) => Datum::Singleton(singleton),
            NodeKind::List(items) => Datum::List { items: &self.items[items.range()], tail: None },
            NodeKind::DottedList(items) => match self.items[items.range()].split_last() {
                Some((tail, items)) => Datum::List { items, tail: Some(*tail) },
                None => Datum::List { items: &[], tail: None },
            },
            NodeKind::Vector(items) => Datum::Vector(&self.items[items.range()]),
            NodeKind::Bytevector(bytes) => Datum::Bytevector(&self.bytes[bytes.range()]),
            NodeKind::Labelled(label, datum) => Datum::Labelled(label, datum),
            NodeKind::Reference(label) => Datum::Reference(label),
        }
    }

    /// The datum that a label stands for, itself neither labelled nor a reference. Every label of a
    /// datum that was read has one.
    #[cfg(test)]
    pub fn labelled(&self, label: LabelId) -> Option<DatumId> {
        self.labels.get(label.index()).copied().flatten().map(|id| self.target(id).0)
    }

    /// All data, parts before wholes. What belongs to a datum that `next_datum` answered comes
    /// right before it, after the one that it answered before.
    pub fn ids(&self) -> impl DoubleEndedIterator<Item = DatumId> + use<> {
        (0..self.nodes.len() as u32).map(DatumId)
    }

    /// How many data there are, all parts counted.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether some of them have labels: then data may be parts of themselves.
    pub fn are_labelled(&self) -> bool {
        !self.labels.is_empty()
    }

    fn symbol_text(&self, id: DatumId) -> &str {
        match self.datum(id) {
            Datum::Symbol(text) => text,
            _ => "",
        }
    }
}

/// What the reader does. Whatever could exceed the 32 bits of an index answers an option; whatever takes memory can fail.
impl Datums {
    #[inline]
    pub(super) fn add(&mut self, kind: NodeKind, start: u32, end: u32) -> Result<Option<DatumId>, HeapFull> {
        let Ok(id) = u32::try_from(self.nodes.len()) else { return Ok(None) };
        self.claim.push(&mut self.nodes, Node { start, end, kind })?;
        Ok(Some(DatumId(id)))
    }

    /// The text buffer, to which the text of a token is added before its node, and what pays for it.
    #[inline]
    pub(super) fn text(&mut self) -> (&mut String, &mut Claim) {
        (&mut self.text, &mut self.claim)
    }

    /// What pays for the data.
    pub(super) fn claim(&mut self) -> &mut Claim {
        &mut self.claim
    }

    pub(super) fn text_end(&self) -> usize {
        self.text.len()
    }

    pub(super) fn text_since(&self, start: usize) -> &str {
        &self.text[start..]
    }

    pub(super) fn text_slice(&self, start: usize) -> Option<Slice> {
        Slice::new(start, self.text.len())
    }

    pub(super) fn add_items(&mut self, items: &[DatumId]) -> Result<Option<Slice>, HeapFull> {
        let start = self.items.len();
        self.claim.extend_from_slice(&mut self.items, items)?;
        Ok(Slice::new(start, self.items.len()))
    }

    pub(super) fn add_bytes(&mut self, bytes: &[u8]) -> Result<Option<Slice>, HeapFull> {
        let start = self.bytes.len();
        self.claim.extend_from_slice(&mut self.bytes, bytes)?;
        Ok(Slice::new(start, self.bytes.len()))
    }

    pub(super) fn add_label(&mut self) -> Result<Option<LabelId>, HeapFull> {
        let Ok(label) = u32::try_from(self.labels.len()) else { return Ok(None) };
        self.claim.push(&mut self.labels, None)?;
        Ok(Some(LabelId(label)))
    }

    pub(super) fn has_label(&self, label: LabelId) -> bool {
        (label.0 as usize) < self.labels.len()
    }

    /// Lets a label stand for a datum; not if that is nothing but a reference to the label.
    pub(super) fn set_label(&mut self, label: LabelId, datum: DatumId) -> bool {
        let (target, open) = self.target(datum);
        if open == Some(label) {
            return false;
        }
        self.labels[label.0 as usize] = Some(target);
        true
    }

    /// The datum behind labels and references, and a label that is not complete if it is a
    /// reference to one. Labels stand for what is behind them already, so this takes few steps.
    fn target(&self, mut id: DatumId) -> (DatumId, Option<LabelId>) {
        loop {
            let label = match self.nodes[id.0 as usize].kind {
                NodeKind::Labelled(label, _) | NodeKind::Reference(label) => label,
                _ => return (id, None),
            };
            match self.labels[label.0 as usize] {
                Some(target) => id = target,
                None => return (id, Some(label)),
            }
        }
    }

    pub(super) fn extent(&self) -> Extent {
        // What exceeds an index has failed already.
        Extent {
            nodes: self.nodes.len() as u32,
            items: self.items.len() as u32,
            text: self.text.len() as u32,
            bytes: self.bytes.len() as u32,
            labels: self.labels.len() as u32,
        }
    }

    pub(super) fn truncate(&mut self, extent: Extent) {
        self.nodes.truncate(extent.nodes as usize);
        self.items.truncate(extent.items as usize);
        self.text.truncate(extent.text as usize);
        self.bytes.truncate(extent.bytes as usize);
        self.labels.truncate(extent.labels as usize);
    }

    /// The data that were read after an extent, parts before wholes.
    pub(super) fn since(&self, extent: Extent) -> impl Iterator<Item = DatumId> {
        (extent.nodes..self.nodes.len() as u32).map(DatumId)
    }
}
