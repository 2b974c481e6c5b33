//! Wraps: the lexical context of a syntax object. Marks, antimarks and ribs, after Dybvig, Hieb and Bruggeman (1992) and
//! Waddell (1999), as R6RS libraries 12.1 describes them.
//!
//! A wrap is a list, the element applied last in front:
//!
//! - a mark, an object with a positive number or, from the image, the number: "this was inserted by that call of a
//!   transformer". It is an object so that the collector finds out when nothing carries it any more (`tables.rs`);
//! - zero is the antimark, put on a transformer's input: it annihilates with the mark that is put on the output;
//! - a rib (`rib.rs`) or an environment (`environment.rs`) is a set of bindings that are in scope here.
//!
//! Meaning. The marks of an identifier at some point of its wrap are the marks (antimarks too) from there to the end. A
//! rib binds a symbol together with a list of marks. An identifier refers to the binding in the first rib of its wrap that
//! binds its symbol with exactly the marks that lie behind that rib. Two identifiers are `bound-identifier=?` when their
//! symbols and all their marks are the same; they are `free-identifier=?` when they refer to the same binding, or to none
//! and have the same symbol.
//!
//! Invariants:
//! - A wrap is never changed; ribs are shared by reference and may get further bindings while their body is scanned.
//! - `join` cancels an antimark only against the mark next to it. That mark is the one put on the same call's output,
//!   because nothing else is put on what a transformer passes through between the two.
//! - A rib that meets itself in a join is kept once. There is no mark between the two, so both see the same marks and the
//!   second can find nothing that the first did not. Likewise a layer (`rib.rs`) takes the place of what it covers.

use super::rib::{FAN, Rib};
use crate::heap::{Heap, Kind, Value};

/// So many elements of wraps are looked at for a unit of fuel.
pub const PER_UNIT: usize = 8;

/// The element on a transformer's input.
pub const ANTIMARK: Value = Value::fixnum(0);

/// First slot of a mark.
const MARK: Value = Value::char('\u{10FF05}');

/// A mark with that number, which no other has.
pub fn new_mark(heap: &mut Heap, number: i64) -> Value {
    heap.slots(Kind::Tagged, &[MARK, Value::fixnum(number)])
}

/// The number of a mark, or of the antimark; of a scope there is none.
#[inline]
pub fn number_of(element: Value) -> Option<i64> {
    element.as_fixnum().or_else(|| {
        let is_mark = element.is(Kind::Tagged) && element.slot(0) == MARK;
        if is_mark { element.slot(1).as_fixnum() } else { None }
    })
}

/// Whether a join found the inner object to be part of a transformer's input, or inserted by it.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Provenance {
    /// A mark of the outer wrap fell on it.
    Inserted,
    /// An antimark met its mark, or there was no mark.
    Kept,
}

/// The wrap `outer` around the wrap `inner`.
pub fn join(heap: &mut Heap, outer: Value, inner: Value) -> (Value, Provenance) {
    if outer.is_nil() {
        return (inner, Provenance::Kept);
    }
    if inner.is_nil() {
        return (outer, if outer.list_iter().any(is_mark) { Provenance::Inserted } else { Provenance::Kept });
    }
    let mut front: Vec<Value> = outer.list_iter().collect();
    heap.owe(front.len() / PER_UNIT);
    let marked = front.iter().copied().any(is_mark);
    let mut rest = inner;
    let mut cancelled = false;
    if let (Some(&last), Some((first, behind))) = (front.last(), inner.uncons())
        && first == ANTIMARK
        && is_mark(last)
    {
        cancelled = true;
        front.pop();
        rest = behind;
    }
    if let (Some(&last), Some((first, behind))) = (front.last(), rest.uncons())
        && number_of(last).is_none()
    {
        if last == first {
            front.pop();
        } else if last.external_ref::<Rib>().is_some_and(|rib| rib.covers() == Some(first)) {
            rest = behind;
        }
    }
    let inserted = marked && !cancelled;
    (extend(heap, &front, rest), if inserted { Provenance::Inserted } else { Provenance::Kept })
}

/// The elements, outermost first, in front of a wrap. Ribs that come to lie next to each other are joined (`rib.rs`).
fn extend(heap: &mut Heap, front: &[Value], mut rest: Value) -> Value {
    // The tier of the rib in front of `rest`, and how many ribs of that tier or a lower one begin there; at most `FAN` matter.
    let (mut highest, mut length) = (0, None);
    for &element in front.iter().rev() {
        let mut element = element;
        while let Some(tier) = tier(element) {
            length = match length {
                Some(before) if tier == highest => Some(before + 1),
                Some(before) if before > 0 && tier < highest => Some(1),
                _ => Some(1 + ribs(rest, tier).take(FAN).count()),
            };
            highest = tier;
            if length < Some(FAN) {
                break;
            }
            let behind: Vec<Value> = ribs(rest, tier).collect();
            for _ in &behind {
                rest = rest.uncons().map_or(Value::NIL, |(_, others)| others);
            }
            element = Rib::join(heap, element, &behind);
            length = None;
        }
        if tier(element).is_none() {
            length = Some(0);
        }
        rest = heap.cons(element, rest);
    }
    rest
}

/// The ribs that a wrap begins with and that may be joined with one of the tier.
fn ribs(wrap: Value, highest: u32) -> impl Iterator<Item = Value> {
    wrap.list_iter().take_while(move |&element| tier(element).is_some_and(|tier| tier <= highest))
}

/// The tier of a rib that may be joined with its neighbours.
fn tier(element: Value) -> Option<u32> {
    element.external_ref::<Rib>()?.tier()
}

/// Whether the element is a mark, not an antimark, not a rib.
fn is_mark(element: Value) -> bool {
    number_of(element).is_some_and(|n| n > 0)
}

/// The marks of a wrap, outermost first.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Marks {
    few: [i64; Marks::FEW],
    length: usize,
    many: Vec<i64>,
}

impl Marks {
    const FEW: usize = 6;

    /// All marks and antimarks of a wrap.
    pub fn of(wrap: Value) -> Marks {
        let mut marks = Marks::default();
        for n in wrap.list_iter().filter_map(number_of) {
            if marks.length < Marks::FEW {
                marks.few[marks.length] = n;
            } else {
                if marks.many.is_empty() {
                    marks.many = marks.few.to_vec();
                }
                marks.many.push(n);
            }
            marks.length += 1;
        }
        marks
    }

    pub fn as_slice(&self) -> &[i64] {
        if self.length <= Marks::FEW { &self.few[..self.length] } else { &self.many }
    }
}
