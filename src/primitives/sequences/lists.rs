//! Lists: R6RS 11.9, the procedures of `(rnrs lists)` that take no procedure, and Vicare's.
//!
//! A walk over a list is bounded by a cycle check (Brent's: remember the pair at every power of two), so a circular
//! list is answered with a condition rather than with an endless loop.

use crate::account::Paid;
use crate::eval::{Machine, Res, Rest, Stop, Who};
use crate::heap::{Pair, Value};
use crate::primitives::objects::equivalence::{are_eqv, is_equal};
use crate::primitives::work::{in_pieces, look, room};
use vicar_macros::primitives;

/// Walks the pairs of a list.
struct Walk {
    at: Value,
    /// A pair seen before, and how far ahead the next one to remember is.
    landmark: Value,
    until_next: usize,
    stride: usize,
}

/// A list that is made from its front.
struct Builder {
    first: Value,
    last: Option<Pair>,
}

impl Builder {
    fn new() -> Builder {
        Builder { first: Value::NIL, last: None }
    }

    #[inline]
    fn push(&mut self, m: &mut Machine, v: Value) {
        let pair = m.heap.cons(v, Value::NIL);
        match self.last {
            Some(last) => last.set_cdr(pair),
            None => self.first = pair,
        }
        self.last = pair.as_pair();
    }

    /// The list, ending in `tail`.
    fn finish(self, tail: Value) -> Value {
        match self.last {
            Some(last) => {
                last.set_cdr(tail);
                self.first
            }
            None => tail,
        }
    }
}

/// What a list ended with.
#[derive(PartialEq, Eq, Debug, Clone, Copy)]
pub enum End {
    Proper,
    Improper,
    Circular,
}

impl Walk {
    fn new(list: Value) -> Walk {
        Walk { at: list, landmark: Value::FALSE, until_next: 1, stride: 1 }
    }

    /// The next element, or how the list ends.
    #[inline]
    fn step(&mut self) -> Result<Value, End> {
        let Some((a, d)) = self.at.uncons() else {
            return Err(if self.at.is_nil() { End::Proper } else { End::Improper });
        };
        if self.at == self.landmark {
            return Err(End::Circular);
        }
        self.until_next -= 1;
        if self.until_next == 0 {
            self.landmark = self.at;
            self.stride *= 2;
            self.until_next = self.stride;
        }
        self.at = d;
        Ok(a)
    }
}

/// Pairs for which is charged at once, before they are walked.
const STRIDE: usize = 1 << 10;

/// Number of pairs of a list, and how it ends; the walk is charged.
pub fn measure(m: &mut Machine, list: Value) -> Res<(usize, End)> {
    let mut walk = Walk::new(list);
    let mut n = 0usize;
    loop {
        match walk.step() {
            Ok(_) => {
                n += 1;
                if n.is_multiple_of(STRIDE) {
                    m.charge(STRIDE)?;
                }
            }
            Err(end) => {
                m.charge(n % STRIDE)?;
                return Ok((n, end));
            }
        }
    }
}

/// The length of argument `index` of `who`, which must be a proper list; its walk is charged.
pub fn proper_length(m: &mut Machine, who: &str, index: usize, list: Value) -> Res<usize> {
    let (n, end) = measure(m, list)?;
    match end {
        End::Proper => Ok(n),
        _ => Err(not_proper(m, who, index, list)),
    }
}

#[cold]
fn not_proper(m: &mut Machine, who: &str, index: usize, list: Value) -> Stop {
    m.wrong_argument(who, "list", index, "a proper list", list)
}

/// The elements of argument `index` of `who`, which must be a proper list.
pub fn elements(m: &mut Machine, who: &str, index: usize, list: Value) -> Res<Paid<Vec<Value>>> {
    let n = proper_length(m, who, index, list)?;
    let mut items = room(m, n)?;
    let mut rest = list.list_iter();
    in_pieces(m, 0..n, |_, piece| items.extend(rest.by_ref().take(piece.len())))?;
    Ok(items)
}

/// The first tail of `list` whose first element `found` accepts, or `#f`.
fn find_tail(m: &mut Machine, who: &str, list: Value, mut found: impl FnMut(&mut Machine, Value) -> Res<bool>) -> Res {
    let mut walk = Walk::new(list);
    let mut steps = 0usize;
    loop {
        let tail = walk.at;
        match walk.step() {
            Ok(element) => {
                if found(m, element)? {
                    m.charge(steps % STRIDE)?;
                    return Ok(tail);
                }
            }
            Err(End::Proper) => {
                m.charge(steps % STRIDE)?;
                return Ok(Value::FALSE);
            }
            Err(_) => return Err(not_proper(m, who, 2, list)),
        }
        steps += 1;
        if steps.is_multiple_of(STRIDE) {
            m.charge(STRIDE)?;
        }
    }
}

/// The first pair in `alist` whose car `found` accepts, or `#f`.
fn find_entry(
    m: &mut Machine,
    who: &str,
    alist: Value,
    mut found: impl FnMut(&mut Machine, Value) -> Res<bool>,
) -> Res {
    let tail = find_tail(m, who, alist, |m, entry| match entry.uncons() {
        Some((key, _)) => found(m, key),
        None => Err(m.wrong_argument(who, "alist", 2, "a list of pairs", alist)),
    })?;
    Ok(tail.uncons().map_or(Value::FALSE, |(entry, _)| entry))
}

/// `list` without the elements that `dropped` accepts.
fn without(m: &mut Machine, who: &str, list: Value, mut dropped: impl FnMut(&mut Machine, Value) -> Res<bool>) -> Res {
    let n = proper_length(m, who, 2, list)?;
    m.heap.reserve_many(n.saturating_mul(16))?;
    let mut kept = Builder::new();
    for (i, v) in list.list_iter().enumerate() {
        if i % STRIDE == STRIDE - 1 {
            look(m)?;
        }
        if !dropped(m, v)? {
            kept.push(m, v)
        }
    }
    Ok(kept.finish(Value::NIL))
}

/// `list` after `k` pairs; goes round a circular list no more than about twice.
fn tail(m: &mut Machine, who: &str, list: Value, k: usize) -> Res {
    let mut at = list;
    let (mut i, mut landmark, mut landmark_index) = (0, Value::FALSE, 0);
    let mut limit = k;
    while i < limit {
        if i % STRIDE == STRIDE - 1 {
            m.charge(STRIDE)?;
        }
        let Some((_, d)) = at.uncons() else {
            m.charge(i % STRIDE)?;
            let message = format!("index {k} out of range, the list has {i} pairs");
            return Err(m.assertion(who, &message, &[list, Value::fixnum(k as i64)]));
        };
        if at == landmark {
            limit = i + (limit - i) % (i - landmark_index);
            landmark = Value::FALSE;
            continue;
        }
        if limit == k && i.is_power_of_two() {
            (landmark, landmark_index) = (at, i);
        }
        at = d;
        i += 1;
    }
    m.charge(i % STRIDE)?;
    Ok(at)
}

#[primitives]
pub mod procedures {
    use super::*;

    /// `(list? obj)`: whether it is a proper list.
    fn is_list(m: &mut Machine, obj: Value) -> Res {
        let (_, end) = measure(m, obj)?;
        Ok(Value::boolean(end == End::Proper))
    }

    /// `(length list)`
    fn length(m: &mut Machine, who: Who, list: Value) -> Res {
        Ok(Value::fixnum(proper_length(m, who, 1, list)? as i64))
    }

    /// `(append list … obj)`: the elements of all; the result ends in `obj` itself.
    #[primitive(effect_free)]
    fn append(m: &mut Machine, who: Who, objs: Rest) -> Res {
        let Some((&last, lists)) = objs.split_last() else { return Ok(Value::NIL) };
        let mut result = last;
        for (i, &list) in lists.iter().enumerate().rev() {
            let n = proper_length(m, who, i + 1, list)?;
            m.heap.reserve_many(n.saturating_mul(16))?;
            let mut copy = Builder::new();
            let mut items = list.list_iter();
            in_pieces(m, 0..n, |m, piece| items.by_ref().take(piece.len()).for_each(|v| copy.push(m, v)))?;
            result = copy.finish(result);
        }
        Ok(result)
    }

    /// `(reverse list)`: a fresh list.
    #[primitive(effect_free)]
    fn reverse(m: &mut Machine, who: Who, list: Value) -> Res {
        let n = proper_length(m, who, 1, list)?;
        m.heap.reserve_many(n.saturating_mul(16))?;
        let (mut items, mut result) = (list.list_iter(), Value::NIL);
        in_pieces(m, 0..n, |m, piece| {
            result = items.by_ref().take(piece.len()).fold(result, |tail, v| m.heap.cons(v, tail))
        })?;
        Ok(result)
    }

    /// `(list-tail list k)`: the list without its first `k` elements.
    fn list_tail(m: &mut Machine, who: Who, list: Value, k: usize) -> Res {
        tail(m, who, list, k)
    }

    /// `(list-ref list k)`: element `k`.
    fn list_ref(m: &mut Machine, who: Who, list: Value, k: usize) -> Res {
        match tail(m, who, list, k)?.uncons() {
            Some((a, _)) => Ok(a),
            None => {
                let message = format!("index {k} out of range, the list has {k} elements");
                Err(m.assertion(who, &message, &[list, Value::fixnum(k as i64)]))
            }
        }
    }

    /// `(memq obj list)`: the first tail that begins with `obj` by `eq?`, or `#f`.
    fn memq(m: &mut Machine, who: Who, obj: Value, list: Value) -> Res {
        find_tail(m, who, list, |_, v| Ok(v == obj))
    }

    /// `(memv obj list)`: the same by `eqv?`.
    fn memv(m: &mut Machine, who: Who, obj: Value, list: Value) -> Res {
        find_tail(m, who, list, |m, v| Ok(are_eqv(m, v, obj)))
    }

    /// `(member obj list)`: the same by `equal?`.
    fn member(m: &mut Machine, who: Who, obj: Value, list: Value) -> Res {
        find_tail(m, who, list, |m, v| is_equal(m, v, obj))
    }

    /// `(assq obj alist)`: the first pair whose car is `obj` by `eq?`, or `#f`.
    fn assq(m: &mut Machine, who: Who, obj: Value, alist: Value) -> Res {
        find_entry(m, who, alist, |_, k| Ok(k == obj))
    }

    /// `(assv obj alist)`: the same by `eqv?`.
    fn assv(m: &mut Machine, who: Who, obj: Value, alist: Value) -> Res {
        find_entry(m, who, alist, |m, k| Ok(are_eqv(m, k, obj)))
    }

    /// `(assoc obj alist)`: the same by `equal?`.
    fn assoc(m: &mut Machine, who: Who, obj: Value, alist: Value) -> Res {
        find_entry(m, who, alist, |m, k| is_equal(m, k, obj))
    }

    /// `(remq obj list)`: the elements that are not `eq?` to `obj`.
    fn remq(m: &mut Machine, who: Who, obj: Value, list: Value) -> Res {
        without(m, who, list, |_, v| Ok(v == obj))
    }

    /// `(remv obj list)`: the elements that are not `eqv?` to `obj`.
    fn remv(m: &mut Machine, who: Who, obj: Value, list: Value) -> Res {
        without(m, who, list, |m, v| Ok(are_eqv(m, v, obj)))
    }

    /// `(remove obj list)`: the elements that are not `equal?` to `obj`.
    fn remove(m: &mut Machine, who: Who, obj: Value, list: Value) -> Res {
        without(m, who, list, |m, v| is_equal(m, v, obj))
    }

    /// `(cons* obj … last)`: the objects on top of `last`.
    #[primitive(name = "cons*", effect_free)]
    fn cons_star(m: &mut Machine, obj: Value, objs: Rest) -> Res {
        let Some((&last, middle)) = objs.split_last() else { return Ok(obj) };
        m.charge(objs.len())?;
        m.heap.reserve_many(objs.len().saturating_mul(16))?;
        let tail = m.heap.list_with_tail(middle, last);
        Ok(m.heap.cons(obj, tail))
    }

    /// `(make-list k)`, `(make-list k fill)`: a list of `k` times `fill`.
    fn make_list(m: &mut Machine, k: usize, fill: Option<Value>) -> Res {
        m.heap.reserve_many(k.saturating_mul(16))?;
        m.charge(k)?;
        let (fill, mut list) = (fill.unwrap_or(Value::VOID), Value::NIL);
        in_pieces(m, 0..k, |m, piece| list = piece.fold(list, |tail, _| m.heap.cons(fill, tail)))?;
        Ok(list)
    }

    /// `(last-pair list)`: the last pair of a list that may be improper, or `()` of the empty list.
    fn last_pair(m: &mut Machine, who: Who, list: Value) -> Res {
        let (n, end) = measure(m, list)?;
        if end == End::Circular || (n == 0 && end == End::Improper) {
            return Err(m.wrong_argument(who, "list", 1, "a list that ends", list));
        }
        tail(m, who, list, n.saturating_sub(1))
    }

    /// `(circular-list? obj)`
    fn is_circular_list(m: &mut Machine, obj: Value) -> Res {
        let (_, end) = measure(m, obj)?;
        Ok(Value::boolean(end == End::Circular))
    }

    /// `(list-of-single-item? obj)`: a proper list of length one.
    fn is_list_of_single_item(obj: Value) -> Res {
        Ok(Value::boolean(obj.uncons().is_some_and(|(_, d)| d.is_nil())))
    }
}
