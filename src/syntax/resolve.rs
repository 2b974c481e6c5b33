//! From an identifier to its meaning: `wrap.rs` states the rule.

use super::environment::{Environment, Found};
use super::rib::{self, Rib};
use super::wrap::{self, Marks};
use super::{Binding, Syntax, Tables, object};
use crate::heap::{Heap, Value, View};
use hashbrown::HashMap;

/// What an identifier means. Anything else than an identifier means nothing.
pub fn resolve(tables: &Tables, id: Value) -> Found {
    look_up(tables, id).0
}

/// The same, and how long the way to it was.
pub fn look_up(tables: &Tables, id: Value) -> (Found, usize) {
    search(tables, id, |_, _, _| {})
}

/// The same, and tells every rib that is still being filled that this identifier was looked up in it in vain.
pub fn look_up_noting(tables: &Tables, id: Value) -> (Found, usize) {
    let span = object::span_of(id);
    let mut passed = Vec::new();
    let found = search(tables, id, |rib, symbol, marks| passed.push((rib, symbol, marks.to_vec())));
    for (rib, symbol, marks) in passed {
        if let Some(rib) = rib.external_mut::<Rib>() {
            rib.miss(symbol, &marks, span);
        }
    }
    found
}

/// The identifier without the ribs of its wrap that cannot bind it: the literals of a pattern are looked up often, and
/// nothing else than their meaning is asked for. Ribs that are still being filled stay.
pub fn settled(heap: &mut Heap, id: Value) -> Value {
    let (Some(symbol), Some(syntax)) = (object::identifier(id), Syntax::of(id)) else { return id };
    let marks = Marks::of(syntax.wrap());
    let mut behind = marks.as_slice();
    let mut kept = Vec::new();
    let mut dropped = false;
    for element in syntax.wrap().list_iter() {
        if wrap::number_of(element).is_some() {
            behind = &behind[1..];
        } else if let Some(rib) = element.external_ref::<Rib>()
            && !rib.is_open()
            && rib.base().is_none()
            && rib.get(symbol.value(), behind).is_none()
        {
            dropped = true;
            continue;
        }
        kept.push(element);
    }
    if !dropped {
        return id;
    }
    let wrap = heap.list(&kept);
    Syntax::new(heap, symbol.value(), wrap, syntax.span())
}

/// Walks the wrap; `pass` sees each open rib that does not bind the identifier. Also answers how long the way was.
fn search(tables: &Tables, id: Value, mut pass: impl FnMut(Value, Value, &[i64])) -> (Found, usize) {
    let (Some(symbol), Some(syntax)) = (object::identifier(id), Syntax::of(id)) else { return (Found::Unbound, 0) };
    let symbol = symbol.value();
    let marks = Marks::of(syntax.wrap());
    let mut behind = marks.as_slice();
    let mut steps = 0;
    for element in syntax.wrap().list_iter() {
        steps += 1;
        if wrap::number_of(element).is_some() {
            behind = &behind[1..];
            continue;
        }
        // A layer, then what is behind it, which is seen with the same marks.
        let mut scope = Some(element);
        while let Some(here) = scope.take() {
            steps += 1;
            if let Some(rib) = here.external_ref::<Rib>() {
                match rib.get(symbol, behind) {
                    Some(entry) => return (Found::Bound(entry.binding), steps),
                    None if rib.is_open() => pass(here, symbol, behind),
                    None => {}
                }
                scope = rib.base();
            } else if let Some(environment) = here.external_ref::<Environment>() {
                match environment.lookup(tables, symbol, behind) {
                    Found::Unbound => {}
                    found => return (found, steps),
                }
            }
        }
    }
    (Found::Unbound, steps)
}

/// The binding of an identifier, if it has one.
pub fn binding(tables: &Tables, id: Value) -> Option<Binding> {
    match resolve(tables, id) {
        Found::Bound(binding) => Some(binding),
        _ => None,
    }
}

/// Whether both refer to the same binding, or to none and have the same symbol.
pub fn free_identifier_eq(tables: &Tables, a: Value, b: Value) -> bool {
    match (binding(tables, a), binding(tables, b)) {
        (None, None) => object::identifier(a) == object::identifier(b),
        (a, b) => a == b,
    }
}

/// Whether a binding of one would capture a reference to the other.
pub fn bound_identifier_eq(a: Value, b: Value) -> bool {
    let same_marks = |a: Syntax, b: Syntax| Marks::of(a.wrap()) == Marks::of(b.wrap());
    object::identifier(a) == object::identifier(b)
        && Syntax::of(a).zip(Syntax::of(b)).is_some_and(|(a, b)| same_marks(a, b))
}

/// Identifiers, each with its place, to be found by `bound-identifier=?` in constant time.
#[derive(Default)]
pub struct Identifiers {
    all: Vec<Value>,
    /// The places by symbol and marks; filled when there are too many to be searched one by one.
    by_key: HashMap<u64, Vec<usize>, foldhash::fast::FixedState>,
}

impl Identifiers {
    const FEW: usize = 8;

    pub fn push(&mut self, id: Value) {
        self.all.push(id);
        match self.all.len() {
            n if n <= Identifiers::FEW => {}
            n if n == Identifiers::FEW + 1 => (0..n).for_each(|place| self.file(place)),
            n => self.file(n - 1),
        }
    }

    fn file(&mut self, place: usize) {
        self.by_key.entry(Identifiers::key(self.all[place])).or_default().push(place);
    }

    fn key(id: Value) -> u64 {
        let marks = Syntax::of(id).map(|id| Marks::of(id.wrap())).unwrap_or_default();
        rib::key(object::unwrap(id), marks.as_slice())
    }

    /// The place of the first that is the same identifier.
    pub fn find(&self, id: Value) -> Option<usize> {
        let same = |place: &usize| bound_identifier_eq(self.all[*place], id);
        if self.all.len() <= Identifiers::FEW {
            return (0..self.all.len()).find(same);
        }
        self.by_key.get(&Identifiers::key(id))?.iter().copied().find(same)
    }
}

impl FromIterator<Value> for Identifiers {
    fn from_iter<T: IntoIterator<Item = Value>>(ids: T) -> Identifiers {
        let mut identifiers = Identifiers::default();
        ids.into_iter().for_each(|id| identifiers.push(id));
        identifiers
    }
}
