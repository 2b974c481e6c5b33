//! Tokens to data, with a stack of its own.

use std::collections::HashMap;
use std::convert::Infallible;

use super::datums::{Datum, DatumId, Datums, Extent, Head, LabelId, NodeKind, Singleton};
use super::error::{self, Failure};
use super::labels::Labels;
use super::lexer::{Open, Step, Token};
use super::source::{CharSource, StrSource};
use crate::account::{Account, Claim};
use crate::diagnostics::{FileId, Span};

/// The lexical syntax.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Mode {
    /// That of R6RS alone; the text asks for it by `#!r6rs`.
    R6rs,
    /// With Vicare's extensions; the text asks for it by `#!vicare`.
    #[default]
    Vicare,
}

/// Reads data from a source, one after the other.
pub struct Reader<S> {
    pub(super) source: S,
    pub(super) state: State,
}

pub(super) struct State {
    pub(super) mode: Mode,
    pub(super) fold_case: bool,
    /// Given by `#!(char-names …)`.
    pub(super) character_names: HashMap<String, char>,
    pub(super) datums: Datums,
    /// Pays for the reader's own stacks.
    pub(super) claim: Claim,
    /// Where the token begins, and its text.
    pub(super) lexeme: u32,
    pub(super) lexeme_text: usize,
    pub(super) frames: Vec<Frame>,
    /// The data of all open lists; each frame knows where its own begin.
    pub(super) pending: Vec<DatumId>,
    pub(super) labels: Labels,
    /// What there was before that datum.
    pub(super) before: Extent,
    /// The datum before that one.
    pub(super) previous: Option<Span>,
}

/// What waits for data, or for its end.
pub(super) struct Frame {
    pub(super) kind: FrameKind,
    /// The token that began it.
    pub(super) span: Span,
}

pub(super) enum FrameKind {
    List {
        open: Open,
        /// Where its data begin in `pending`.
        base: usize,
        /// The span of the dot, and where in `pending` the tail will be.
        dot: Option<(Span, usize)>,
    },
    /// Bytevectors and directives: their data are not kept.
    Scratch {
        open: Open,
        base: usize,
        before: Extent,
    },
    Prefix(Head),
    /// The datum after `#;` is not kept.
    Comment {
        before: Extent,
    },
    /// `#ci`, `#cs`: what to go back to after the datum.
    CaseFold {
        outside: bool,
    },
    Label {
        number: u64,
        label: LabelId,
    },
}

impl<S: CharSource> Reader<S> {
    /// A reader of what the source has from here on, as the content of a file.
    ///
    /// Whatever grows with what is read is charged to `account`.
    pub fn new(source: S, file: FileId, mode: Mode, account: &Account) -> Reader<S> {
        let datums = Datums::new(file, account);
        let before = datums.extent();
        let state = State {
            mode,
            fold_case: false,
            character_names: HashMap::new(),
            datums,
            claim: Claim::new(account),
            lexeme: 0,
            lexeme_text: 0,
            frames: Vec::new(),
            pending: Vec::new(),
            labels: Labels::default(),
            before,
            previous: None,
        };
        Reader { source, state }
    }

    /// The next datum; none if the input ends before one begins. After a failure of the source,
    /// what was read of the datum is kept, and another call goes on.
    pub fn next_datum(&mut self) -> Step<Option<DatumId>, S> {
        if self.state.frames.is_empty() {
            self.state.labels.clear();
            self.state.before = self.state.datums.extent();
        }
        let result = self.read();
        match &result {
            Ok(id) => {
                self.state.previous = id.map(|id| self.state.datums.span(id));
                self.state.before = self.state.datums.extent();
            }
            Err(Failure::Source(_)) => {
                self.drop_lexeme_text();
                self.source.rewind();
            }
            Err(Failure::Malformed(_) | Failure::HeapFull) => self.abandon(),
        }
        result
    }

    /// All data that were read since the reader began, or since `take_datums`.
    pub fn datums(&self) -> &Datums {
        &self.state.datums
    }

    /// Takes the data out, and begins anew with none. Only between two data: what was read of one
    /// is lost.
    pub fn take_datums(&mut self) -> Datums {
        self.abandon();
        self.state.previous = None;
        let file = self.state.datums.file();
        let empty = Datums::new(file, self.state.claim.account());
        std::mem::replace(&mut self.state.datums, empty)
    }

    /// Forgets the datum that has begun.
    fn abandon(&mut self) {
        let state = &mut self.state;
        for frame in state.frames.drain(..).rev() {
            if let FrameKind::CaseFold { outside } = frame.kind {
                state.fold_case = outside;
            }
        }
        state.pending.clear();
        state.labels.clear();
        state.datums.truncate(state.before);
    }

    fn read(&mut self) -> Step<Option<DatumId>, S> {
        loop {
            let complete = match self.token()? {
                Token::Atom(kind) => {
                    let start = self.state.lexeme;
                    let end = self.offset();
                    let id = self.add(kind, start, end)?;
                    self.complete(id)?
                }
                Token::Open(open) => {
                    self.open(open)?;
                    None
                }
                Token::Close(c) => self.close(c)?,
                Token::Dot => {
                    self.drop_lexeme_text();
                    self.dot()?;
                    None
                }
                Token::Prefix(head) => {
                    self.push(FrameKind::Prefix(head))?;
                    None
                }
                Token::DatumComment => {
                    let before = self.state.datums.extent();
                    self.push(FrameKind::Comment { before })?;
                    None
                }
                Token::CaseFold(fold) => {
                    self.push(FrameKind::CaseFold { outside: self.state.fold_case })?;
                    self.state.fold_case = fold;
                    None
                }
                Token::LabelDefinition(number) => {
                    self.define_label(number)?;
                    None
                }
                Token::LabelReference(number) => {
                    let id = self.refer(number)?;
                    self.complete(id)?
                }
                Token::End if self.state.frames.is_empty() => return Ok(None),
                Token::End => return self.fail(self.unfinished()),
            };
            if complete.is_some() {
                return Ok(complete);
            }
        }
    }

    /// Gives a datum to what waits for it. Answers the datum that is complete with it, if nothing
    /// waits any more.
    #[inline]
    pub(super) fn complete(&mut self, mut id: DatumId) -> Step<Option<DatumId>, S> {
        loop {
            match self.state.frames.last() {
                Some(Frame { kind: FrameKind::List { dot: None, .. } | FrameKind::Scratch { .. }, .. }) => {
                    self.state.claim.push(&mut self.state.pending, id)?;
                    return Ok(None);
                }
                Some(Frame { kind: FrameKind::List { dot: Some((dot, tail)), .. }, .. }) => {
                    if self.state.pending.len() > *tail {
                        return self.fail(error::excess_after_dot(self.state.datums.span(id), *dot));
                    }
                    self.state.claim.push(&mut self.state.pending, id)?;
                    return Ok(None);
                }
                Some(_) => match self.complete_prefix(id)? {
                    Some(whole) => id = whole,
                    None => return Ok(None),
                },
                None => return Ok(Some(id)),
            }
        }
    }

    /// Gives a datum to the prefix that waits for it. Answers what both are together, but for a
    /// comment.
    fn complete_prefix(&mut self, id: DatumId) -> Step<Option<DatumId>, S> {
        let Some(frame) = self.state.frames.pop() else {
            return Ok(Some(id));
        };
        let start = frame.span.start;
        let end = self.state.datums.span(id).end;
        match frame.kind {
            FrameKind::Prefix(head) => {
                let head = self.add(NodeKind::Head(head), start, frame.span.end)?;
                self.add_list(&[head, id], start, end).map(Some)
            }
            FrameKind::Label { number, label } => self.complete_label(frame.span, number, label, id).map(Some),
            FrameKind::CaseFold { outside } => {
                self.state.fold_case = outside;
                Ok(Some(id))
            }
            FrameKind::Comment { before } => {
                self.state.datums.truncate(before);
                let datums = &self.state.datums;
                self.state.labels.forget_unless(|label| datums.has_label(label));
                Ok(None)
            }
            FrameKind::List { .. } | FrameKind::Scratch { .. } => {
                self.state.frames.push(frame);
                Ok(Some(id))
            }
        }
    }

    #[inline]
    pub(super) fn add(&mut self, kind: NodeKind, start: u32, end: u32) -> Step<DatumId, S> {
        match self.state.datums.add(kind, start, end)? {
            Some(id) => Ok(id),
            None => self.fail(error::too_large(self.lexeme_span())),
        }
    }

    fn add_list(&mut self, items: &[DatumId], start: u32, end: u32) -> Step<DatumId, S> {
        match self.state.datums.add_items(items)? {
            Some(items) => self.add(NodeKind::List(items), start, end),
            None => self.fail(error::too_large(self.lexeme_span())),
        }
    }

    pub(super) fn push(&mut self, kind: FrameKind) -> Step<(), S> {
        let span = self.lexeme_span();
        let state = &mut self.state;
        state.claim.grow(&mut state.frames, 1)?;
        state.frames.push(Frame { kind, span });
        Ok(())
    }
}

/// Reads a whole source file: all data up to the end, or to a `#!eof` between them.
///
/// ```text
/// read_source("(display 1)", file, Mode::default(), heap.memory())
/// ```
pub fn read_source(
    text: &str,
    file: FileId,
    mode: Mode,
    account: &Account,
) -> Result<(Datums, Vec<DatumId>), Failure<Infallible>> {
    if u32::try_from(text.len()).is_err() {
        return Err(Failure::Malformed(error::too_large(Span::at(file, 0))));
    }
    let mut reader = Reader::new(StrSource::new(text), file, mode, account);
    let mut data = Vec::new();
    reader.skip_script_header()?;
    while let Some(id) = reader.next_datum()? {
        if reader.datums().datum(id) == Datum::Singleton(Singleton::Eof) {
            break;
        }
        reader.state.datums.claim().push(&mut data, id)?;
    }
    Ok((reader.take_datums(), data))
}
