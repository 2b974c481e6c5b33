//! Ribs: the bindings of one scope, an element of wraps. Depends on `binding.rs`.
//!
//! A rib is a heap object that holds a Rust table. It is open while the definitions of its body are being found, and
//! notes meanwhile which identifiers were looked up in it without success to decide what a form means: defining one of
//! these afterwards would change the meaning of what was already processed, which R6RS 10 forbids.
//!
//! A layer is the rib of a `let-syntax` whose forms are spliced into a body. It stands in front of the scope of that body,
//! its base: what a layer does not bind is looked up there, with the same marks. Macro output gets the scope of the
//! place that it is for anew, and for the forms of a `let-syntax` that is the layer.
//!
//! Scopes nest deeply in code that macros make, and an identifier is looked up through all of them. So ribs that lie next to
//! each other, with no mark between, are joined: `FAN` of them become one rib of the next tier, which binds what they bind.
//! A wrap so has a number of ribs that grows with the logarithm of the number of scopes, and each binding is copied as many
//! times. Only complete ribs are joined: nothing is added to them any more, and no binding of theirs changes. Many pieces
//! of syntax are in the same scopes; the innermost rib remembers what it was joined to, so that they share the result.

use super::Binding;
use crate::diagnostics::{FileId, Span};
use crate::heap::{External, Heap, Tracer, Value};
use hashbrown::HashMap;

/// By symbol and marks: macros that call themselves bind one symbol with ever other marks.
type ByKey<T> = HashMap<u64, T, foldhash::fast::FixedState>;

/// What a symbol with these marks is filed under. Others may have the same key.
pub fn key(symbol: Value, marks: &[i64]) -> u64 {
    // Any odd constant with bits all over does.
    marks
        .iter()
        .fold(symbol.bits(), |key, mark| (key.rotate_left(7) ^ *mark as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15))
}

/// One binding of a rib.
pub struct Entry {
    pub symbol: Value,
    pub marks: Box<[i64]>,
    pub binding: Binding,
    /// Where the bound identifier stands.
    pub span: Span,
    /// The entry before this one with the same key.
    previous: Option<u32>,
}

/// An identifier that was looked up in vain.
struct Missed {
    symbol: Value,
    marks: Box<[i64]>,
    span: Span,
}

/// The bindings of a scope.
#[derive(Default)]
pub struct Rib {
    entries: Vec<Entry>,
    /// The last entry of each key; made when there are too many entries to search one by one.
    index: ByKey<u32>,
    /// What was looked up in vain, with the place; only while open.
    missed: ByKey<Vec<Missed>>,
    state: State,
    /// How often its bindings were joined with those of other ribs.
    tier: u32,
    /// What it was joined to last.
    joint: Option<Box<Joint>>,
    /// Of a layer: where to look for what it does not bind.
    base: Option<Value>,
    /// Of a layer: the rib, layer or environment in front of which it stands. Its base is that, or binds the same.
    covers: Option<Value>,
}

/// What may still happen to a rib.
#[derive(Copy, Clone, PartialEq, Eq, Default, Debug)]
enum State {
    /// The definitions of its body are being found.
    Open,
    /// Its bindings are made one after the other, or get their meaning later.
    #[default]
    Filling,
    /// Nothing.
    Complete,
}

/// A rib that has all bindings of the ribs `behind` some rib, and its own.
struct Joint {
    behind: Box<[Value]>,
    rib: Value,
}

/// How many neighbours of one tier become one rib. Tests have it small, so that every nest of scopes has joined ones.
pub const FAN: usize = if cfg!(test) { 2 } else { 8 };

const FEW: usize = 8;

impl Rib {
    /// A rib whose bindings are all known soon: parameters, `let`. Whoever makes it says when it is complete.
    pub fn closed() -> Rib {
        Rib::default()
    }

    /// The rib of a body whose definitions are being found.
    pub fn open() -> Rib {
        Rib { state: State::Open, ..Rib::default() }
    }

    /// The rib of spliced keywords, in front of the scope `covered`. If that is the last of many layers, they are joined.
    pub fn layer(heap: &mut Heap, covered: Value) -> Rib {
        let mut base = covered;
        while let Some(tier) = layer_tier(base) {
            let layers: Vec<Value> = layers(base, tier).collect();
            let last = layers.last().and_then(Value::external_ref::<Rib>).and_then(|layer| layer.base);
            if layers.len() < FAN {
                break;
            }
            let mut joined = Rib { base: last, ..Rib::joined(tier + 1, &layers) };
            joined.covers = joined.base;
            base = heap.external(Box::new(joined));
        }
        Rib { base: Some(base), covers: Some(covered), ..Rib::default() }
    }

    /// Of a layer: the scope behind it.
    pub fn base(&self) -> Option<Value> {
        self.base
    }

    /// Of a layer: the scope that it takes the place of in a wrap.
    pub fn covers(&self) -> Option<Value> {
        self.covers
    }

    pub fn is_open(&self) -> bool {
        self.state == State::Open
    }

    /// No further binding comes, and none changes.
    pub fn complete(&mut self) {
        self.state = State::Complete;
        self.missed = ByKey::default();
    }

    /// The tier of a rib that may be joined with others.
    pub fn tier(&self) -> Option<u32> {
        (self.state == State::Complete && self.base.is_none()).then_some(self.tier)
    }

    /// The rib that stands for `top` and for those behind it, in this order. All are complete, and none of a higher tier.
    pub fn join(heap: &mut Heap, top: Value, behind: &[Value]) -> Value {
        let (mut tier, mut known) = (0, None);
        if let Some(rib) = top.external_ref::<Rib>() {
            (tier, known) = (rib.tier, rib.joint.as_deref());
        }
        if let Some(joint) = known
            && *joint.behind == *behind
        {
            return joint.rib;
        }
        let ribs: Vec<Value> = [top].iter().chain(behind).copied().collect();
        let joined = heap.external(Box::new(Rib::joined(tier + 1, &ribs)));
        if let Some(rib) = top.external_mut::<Rib>() {
            rib.joint = Some(Box::new(Joint { behind: behind.into(), rib: joined }));
        }
        joined
    }

    /// What all of these bind, the first first.
    fn joined(tier: u32, ribs: &[Value]) -> Rib {
        let mut joined = Rib { state: State::Complete, tier, ..Rib::default() };
        for entry in ribs.iter().filter_map(Value::external_ref::<Rib>).flat_map(|rib| &rib.entries) {
            // What is bound already is bound by a scope further inside.
            let _ = joined.add(entry.symbol, &entry.marks, entry.binding, entry.span);
        }
        joined
    }

    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    fn position(&self, symbol: Value, marks: &[i64]) -> Option<usize> {
        if self.entries.len() <= FEW {
            return self.entries.iter().position(|e| e.symbol == symbol && *e.marks == *marks);
        }
        let mut at = self.index.get(&key(symbol, marks)).copied();
        while let Some(i) = at {
            let entry = &self.entries[i as usize];
            if entry.symbol == symbol && *entry.marks == *marks {
                return Some(i as usize);
            }
            at = entry.previous;
        }
        None
    }

    pub fn get(&self, symbol: Value, marks: &[i64]) -> Option<&Entry> {
        self.position(symbol, marks).map(|i| &self.entries[i])
    }

    /// Adds a binding, or answers the one that is there.
    pub fn add(&mut self, symbol: Value, marks: &[i64], binding: Binding, span: Span) -> Result<(), &Entry> {
        if let Some(i) = self.position(symbol, marks) {
            return Err(&self.entries[i]);
        }
        self.entries.push(Entry { symbol, marks: marks.into(), binding, span, previous: None });
        match self.entries.len() {
            n if n <= FEW => {}
            n if n == FEW + 1 => (0..n).for_each(|i| self.index_entry(i)),
            n => self.index_entry(n - 1),
        }
        Ok(())
    }

    fn index_entry(&mut self, i: usize) {
        let key = key(self.entries[i].symbol, &self.entries[i].marks);
        self.entries[i].previous = self.index.insert(key, i as u32);
    }

    /// Gives a bound identifier its meaning once that is known.
    pub fn set(&mut self, symbol: Value, marks: &[i64], binding: Binding) {
        if let Some(i) = self.position(symbol, marks) {
            self.entries[i].binding = binding;
        }
    }

    /// Binds an identifier, which may be bound here already, anew.
    pub fn rebind(&mut self, symbol: Value, marks: &[i64], binding: Binding, span: Span) {
        match self.position(symbol, marks) {
            Some(i) => {
                self.entries[i].binding = binding;
                self.entries[i].span = span;
            }
            None => _ = self.add(symbol, marks, binding, span),
        }
    }

    /// Forgets the bindings whose marks are such; answers what they were.
    pub fn forget(&mut self, such: impl Fn(&[i64]) -> bool) -> Vec<Binding> {
        let gone = self.entries.extract_if(.., |entry| such(&entry.marks)).map(|entry| entry.binding).collect();
        self.entries.iter_mut().for_each(|entry| entry.previous = None);
        self.index.clear();
        if self.entries.len() > FEW {
            (0..self.entries.len()).for_each(|i| self.index_entry(i))
        }
        gone
    }

    /// Notes that the meaning of a form depended on this identifier not being bound here.
    pub fn miss(&mut self, symbol: Value, marks: &[i64], span: Span) {
        let missed = self.missed.entry(key(symbol, marks)).or_default();
        if !missed.iter().any(|m| m.symbol == symbol && *m.marks == *marks) {
            missed.push(Missed { symbol, marks: marks.into(), span });
        }
    }

    /// Where the meaning of a form depended on this identifier not being bound here.
    pub fn was_missed(&self, symbol: Value, marks: &[i64]) -> Option<Span> {
        let missed = self.missed.get(&key(symbol, marks))?;
        missed.iter().find(|m| m.symbol == symbol && *m.marks == *marks).map(|m| m.span)
    }
}

/// The tier of a layer that may be joined with others.
fn layer_tier(scope: Value) -> Option<u32> {
    let layer = scope.external_ref::<Rib>()?;
    (layer.state == State::Complete && layer.base.is_some()).then_some(layer.tier)
}

/// The layers from `scope` on that may be joined with one of the tier.
fn layers(scope: Value, highest: u32) -> impl Iterator<Item = Value> {
    let behind = |layer: &Value| layer.external_ref::<Rib>()?.base;
    let joinable = move |layer: &Value| layer_tier(*layer).is_some_and(|tier| tier <= highest);
    std::iter::successors(Some(scope), behind).take_while(joinable)
}

impl External for Rib {
    fn trace(&self, tracer: &mut Tracer) {
        let mut text = FileId::NONE;
        for entry in &self.entries {
            tracer.value(entry.symbol);
            entry.binding.trace(tracer);
            if entry.span.file != text {
                text = entry.span.file;
                tracer.mention(text.0)
            }
        }
        [self.base, self.covers].into_iter().flatten().for_each(|scope| tracer.value(scope));
        if let Some(joint) = &self.joint {
            tracer.values(&joint.behind);
            tracer.value(joint.rib);
        }
        for missed in self.missed.values().flatten() {
            tracer.value(missed.symbol);
            tracer.mention(missed.span.file.0);
        }
    }

    fn bytes(&self) -> usize {
        self.entries.capacity() * size_of::<Entry>()
            + self.index.allocation_size()
            + self.missed.allocation_size()
            + self.missed.len() * size_of::<[Missed; 4]>()
            + self.joint.as_ref().map_or(0, |joint| size_of::<Joint>() + size_of_val(&*joint.behind))
    }

    fn type_name(&self) -> &'static str {
        "rib"
    }
}
