//! Ribs: the bindings of one scope, an element of wraps. Depends on `binding.rs`.
//!
//! A rib is a heap object that holds a Rust table. It is open while the definitions of its body are being found, and
//! notes meanwhile which identifiers were looked up in it without success to decide what a form means: defining one of
//! these afterwards would change the meaning of what was already processed, which R6RS 10 forbids.
//!
//! A layer is the rib of a `let-syntax` whose forms are spliced into a body. It stands in front of the scope of that body,
//! its base: what a layer does not bind is looked up there, with the same marks. Macro output gets the scope of the
//! place that it is for anew, and for the forms of a `let-syntax` that is the layer.

use super::Binding;
use crate::diagnostics::Span;
use crate::heap::{External, Tracer, Value};
use hashbrown::HashMap;

/// Symbols by identity.
type BySymbol<T> = HashMap<u64, T, foldhash::fast::FixedState>;

/// One binding of a rib.
pub struct Entry {
    pub symbol: Value,
    pub marks: Box<[i64]>,
    pub binding: Binding,
    /// Where the bound identifier stands.
    pub span: Span,
    /// The entry before this one with the same symbol.
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
    /// The last entry of each symbol; made when there are too many entries to search one by one.
    index: BySymbol<u32>,
    /// What was looked up in vain, with the place; only while open.
    missed: BySymbol<Vec<Missed>>,
    open: bool,
    /// Of a layer: the rib, layer or environment behind it.
    base: Option<Value>,
}

const FEW: usize = 8;

impl Rib {
    /// A rib whose bindings are all known soon: parameters, `let`.
    pub fn closed() -> Rib {
        Rib::default()
    }

    /// The rib of a body whose definitions are being found.
    pub fn open() -> Rib {
        Rib { open: true, ..Rib::default() }
    }

    /// The rib of spliced keywords, in front of the scope `base`.
    pub fn layer(base: Value) -> Rib {
        Rib { base: Some(base), ..Rib::default() }
    }

    /// Of a layer: the scope behind it.
    pub fn base(&self) -> Option<Value> {
        self.base
    }

    pub fn is_open(&self) -> bool {
        self.open
    }

    /// No further definition comes.
    pub fn close(&mut self) {
        self.open = false;
        self.missed = BySymbol::default();
    }

    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    fn position(&self, symbol: Value, marks: &[i64]) -> Option<usize> {
        if self.entries.len() <= FEW {
            return self.entries.iter().position(|e| e.symbol == symbol && *e.marks == *marks);
        }
        let mut at = self.index.get(&symbol.bits()).copied();
        while let Some(i) = at {
            let entry = &self.entries[i as usize];
            if *entry.marks == *marks {
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
        let symbol = self.entries[i].symbol.bits();
        self.entries[i].previous = self.index.insert(symbol, i as u32);
    }

    /// Gives a bound identifier its meaning once that is known.
    pub fn set(&mut self, symbol: Value, marks: &[i64], binding: Binding) {
        if let Some(i) = self.position(symbol, marks) {
            self.entries[i].binding = binding;
        }
    }

    /// Notes that the meaning of a form depended on this identifier not being bound here.
    pub fn miss(&mut self, symbol: Value, marks: &[i64], span: Span) {
        let missed = self.missed.entry(symbol.bits()).or_default();
        if missed.iter().all(|m| *m.marks != *marks) {
            missed.push(Missed { symbol, marks: marks.into(), span });
        }
    }

    /// Where the meaning of a form depended on this identifier not being bound here.
    pub fn was_missed(&self, symbol: Value, marks: &[i64]) -> Option<Span> {
        self.missed.get(&symbol.bits())?.iter().find(|m| *m.marks == *marks).map(|m| m.span)
    }
}

impl External for Rib {
    fn trace(&self, tracer: &mut Tracer) {
        for entry in &self.entries {
            tracer.value(entry.symbol);
            entry.binding.trace(tracer);
        }
        if let Some(base) = self.base {
            tracer.value(base);
        }
        for missed in self.missed.values().flatten() {
            tracer.value(missed.symbol);
        }
    }

    fn bytes(&self) -> usize {
        self.entries.len() * (size_of::<Entry>() + 16)
    }

    fn type_name(&self) -> &'static str {
        "rib"
    }
}
