//! The beginning of the datum of a form, for what is to be shown of it when the program runs.

use super::object;
use super::session::{R, Session};
use crate::heap::{Heap, Kind, Value};

/// Pairs and elements of vectors that are shown. Larger forms are cut: an expression inside of an expression is a part of
/// many, and would else be copied for each.
const MOST: usize = 500;
/// How deep what is shown of a larger form may be.
const DEEPEST: usize = 40;

/// The datum of a form, whole unless it is large; then `…` stands for what is left out.
pub fn excerpt(s: &mut Session, form: Value) -> R<Value> {
    if is_small(form) {
        return s.strip_literal(form);
    }
    let mut left = MOST;
    Ok(beginning(s.heap(), form, &mut left, DEEPEST))
}

fn is_small(form: Value) -> bool {
    let mut left = MOST;
    let mut pending = vec![form];
    while let Some(v) = pending.pop() {
        let v = object::unwrap(v);
        let parts: &[Value] = match v.uncons() {
            Some((car, cdr)) => &[cdr, car],
            None if v.is(Kind::Vector) => v.slots(),
            None => continue,
        };
        if parts.len() > left {
            return false;
        }
        left -= parts.len();
        pending.extend_from_slice(parts);
    }
    true
}

fn beginning(heap: &mut Heap, form: Value, left: &mut usize, depth: usize) -> Value {
    let form = object::unwrap(form);
    if !(form.is_pair() || form.is(Kind::Vector)) {
        return form;
    }
    let ellipsis = heap.symbol("…");
    if depth == 0 || *left == 0 {
        return ellipsis;
    }
    let mut elements = Vec::new();
    let mut rest = form;
    let mut slots = if form.is(Kind::Vector) { form.slots().iter() } else { [].iter() };
    let tail = loop {
        let next = match rest.uncons() {
            Some((car, cdr)) => {
                rest = object::unwrap(cdr);
                car
            }
            None => match slots.next() {
                Some(&element) => element,
                None if form.is_pair() => break rest,
                None => break Value::NIL,
            },
        };
        if *left == 0 {
            elements.push(ellipsis);
            break Value::NIL;
        }
        *left -= 1;
        elements.push(beginning(heap, next, left, depth - 1));
    };
    if form.is_pair() {
        elements.into_iter().rev().fold(tail, |tail, element| heap.cons(element, tail))
    } else {
        let vector = heap.vector(&elements);
        heap.freeze(vector);
        vector
    }
}
