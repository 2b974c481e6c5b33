//! Vectors: R6RS 11.13, and Vicare's.

use super::lists::proper_length;
use crate::eval::{Machine, Res, Rest, Who};
use crate::heap::{Kind, Value, Vector, View};
use crate::primitives::bounds::{self, bad_index, immutable};
use crate::primitives::work::{in_pieces, in_pieces_backward};
use std::ops::Range;
use vicar_macros::primitives;

/// Work and memory for a vector of that length.
fn charge(m: &mut Machine, length: usize) -> Res<()> {
    m.heap.reserve(length.saturating_mul(8))?;
    m.charge(length / 4 + 1)
}

/// A vector that is longer is filled in pieces.
const STRETCH: usize = 1 << 18;

/// A fresh vector of the elements in `range`, which is inside.
fn copy_range(m: &mut Machine, vector: Vector, range: Range<usize>) -> Res {
    charge(m, range.len())?;
    let copy = m.heap.make_vector(range.len(), Value::fixnum(0));
    copy_elements(m, vector, range.start, copy, 0, range.len())?;
    Ok(copy.value())
}

/// Copies elements; the ranges are inside, and may overlap.
fn copy_elements(m: &mut Machine, from: Vector, start: usize, to: Vector, at: usize, count: usize) -> Res<()> {
    let move_one = |i: usize| from.get(start + i).is_some_and(|v| to.set(at + i, v));
    if at > start && from == to {
        in_pieces_backward(m, 0..count, |_, piece| {
            piece.rev().for_each(|i| {
                move_one(i);
            })
        })
    } else {
        in_pieces(m, 0..count, |_, piece| {
            piece.for_each(|i| {
                move_one(i);
            })
        })
    }
}

/// Sets the elements in `range`, which is inside.
fn fill_elements(m: &mut Machine, vector: Vector, range: Range<usize>, fill: Value) -> Res<()> {
    in_pieces(m, range, |_, piece| {
        piece.for_each(|i| {
            vector.set(i, fill);
        })
    })
}

fn mutable(m: &mut Machine, who: &str, vector: Vector) -> Res<()> {
    if vector.value().is_immutable() { Err(immutable(m, who, vector.value())) } else { Ok(()) }
}

#[primitives]
pub mod procedures {
    use super::*;

    /// `(vector? obj)`
    #[primitive(pure)]
    fn is_vector(obj: Value) -> Res {
        Ok(Value::boolean(obj.is(Kind::Vector)))
    }

    /// `(make-vector k)`, `(make-vector k fill)`: `k` elements, `#!void` unless given.
    #[primitive(effect_free)]
    fn make_vector(m: &mut Machine, k: usize, fill: Option<Value>) -> Res {
        charge(m, k)?;
        let fill = fill.unwrap_or(Value::VOID);
        if k < STRETCH {
            return Ok(m.heap.make_vector(k, fill).value());
        }
        let vector = m.heap.make_vector(k, Value::fixnum(0));
        fill_elements(m, vector, 0..k, fill)?;
        Ok(vector.value())
    }

    /// `(vector obj …)`
    #[primitive(effect_free)]
    fn vector(m: &mut Machine, objs: Rest) -> Res {
        charge(m, objs.len())?;
        Ok(m.heap.vector(&objs))
    }

    /// `(vector-length vector)`
    fn vector_length(vector: Vector) -> Res {
        Ok(Value::fixnum(vector.len() as i64))
    }

    /// `(vector-ref vector k)`
    fn vector_ref(m: &mut Machine, who: Who, vector: Vector, k: usize) -> Res {
        match vector.get(k) {
            Some(v) => Ok(v),
            None => Err(bad_index(m, who, k, vector.value(), vector.len())),
        }
    }

    /// `(vector-set! vector k obj)`
    #[primitive(name = "vector-set!")]
    fn vector_set(m: &mut Machine, who: Who, vector: Vector, k: usize, obj: Value) -> Res {
        mutable(m, who, vector)?;
        if !vector.set(k, obj) {
            return Err(bad_index(m, who, k, vector.value(), vector.len()));
        }
        Ok(Value::VOID)
    }

    /// `(vector->list vector)`: a fresh list.
    #[primitive(effect_free)]
    fn vector_to_list(m: &mut Machine, vector: Vector) -> Res {
        m.heap.reserve_many(vector.len().saturating_mul(16))?;
        m.charge(vector.len())?;
        let mut list = Value::NIL;
        in_pieces_backward(m, 0..vector.len(), |m, piece| {
            list = m.heap.list_with_tail(vector.as_slice().get(piece).unwrap_or(&[]), list)
        })?;
        Ok(list)
    }

    /// `(list->vector list)`
    #[primitive(effect_free)]
    fn list_to_vector(m: &mut Machine, who: Who, list: Value) -> Res {
        let n = proper_length(m, who, 1, list)?;
        charge(m, n)?;
        let vector = m.heap.make_vector(n, Value::VOID);
        let mut items = list.list_iter();
        in_pieces(m, 0..n, |_, piece| {
            piece.zip(&mut items).for_each(|(i, v)| {
                vector.set(i, v);
            })
        })?;
        Ok(vector.value())
    }

    /// `(vector-fill! vector fill)`
    #[primitive(name = "vector-fill!")]
    fn vector_fill(m: &mut Machine, who: Who, vector: Vector, fill: Value) -> Res {
        mutable(m, who, vector)?;
        m.charge(vector.len() / 4)?;
        fill_elements(m, vector, 0..vector.len(), fill)?;
        Ok(Value::VOID)
    }

    /// `(vector-empty? vector)`
    fn is_vector_empty(vector: Vector) -> Res {
        Ok(Value::boolean(vector.len() == 0))
    }

    /// `(empty-vector? obj)`: whether any object is an empty vector.
    fn is_empty_vector(obj: Value) -> Res {
        Ok(Value::boolean(Vector::from_value(obj).is_some_and(|v| v.len() == 0)))
    }

    /// `(non-empty-vector? obj)`: whether any object is a vector that is not empty.
    fn is_non_empty_vector(obj: Value) -> Res {
        Ok(Value::boolean(Vector::from_value(obj).is_some_and(|v| v.len() > 0)))
    }

    /// `(nevector? obj)`: the same.
    fn is_nevector(obj: Value) -> Res {
        Ok(Value::boolean(Vector::from_value(obj).is_some_and(|v| v.len() > 0)))
    }

    /// `(vector-copy vector)`: a fresh, mutable copy.
    fn vector_copy(m: &mut Machine, vector: Vector) -> Res {
        copy_range(m, vector, 0..vector.len())
    }

    /// `(subvector vector start end)`
    fn subvector(m: &mut Machine, who: Who, vector: Vector, start: usize, end: usize) -> Res {
        let range = bounds::range(m, who, vector.len(), Some(start), Some(end))?;
        copy_range(m, vector, range)
    }

    /// `(vector-append vector …)`
    fn vector_append(m: &mut Machine, who: Who, vectors: Rest) -> Res {
        let mut total = 0usize;
        for (i, &v) in vectors.iter().enumerate() {
            let Some(vector) = Vector::from_value(v) else {
                return Err(m.wrong_argument(who, "vector", i + 1, "a vector", v));
            };
            total = total.saturating_add(vector.len());
        }
        charge(m, total)?;
        let all = m.heap.make_vector(total, Value::VOID);
        let mut at = 0;
        for part in vectors.iter().filter_map(|&v| Vector::from_value(v)) {
            copy_elements(m, part, 0, all, at, part.len())?;
            at += part.len();
        }
        Ok(all.value())
    }

    /// `(vector-copy! source source-start target target-start count)`: the ranges may overlap.
    #[primitive(name = "vector-copy!")]
    fn copy_into(
        m: &mut Machine,
        who: Who,
        source: Vector,
        source_start: usize,
        target: Vector,
        target_start: usize,
        count: usize,
    ) -> Res {
        mutable(m, who, target)?;
        let fits = |v: Vector, start: usize| start.checked_add(count).is_some_and(|end| end <= v.len());
        if !fits(source, source_start) || !fits(target, target_start) {
            return Err(m.assertion(
                who,
                "the range reaches past the end of a vector",
                &[
                    source.value(),
                    Value::fixnum(source_start as i64),
                    target.value(),
                    Value::fixnum(target_start as i64),
                    Value::fixnum(count as i64),
                ],
            ));
        }
        m.charge(count / 4)?;
        copy_elements(m, source, source_start, target, target_start, count)?;
        Ok(Value::VOID)
    }

    /// `(vector-resize vector k)`, `(vector-resize vector k fill)`: a fresh vector of length `k` that begins like `vector`.
    fn vector_resize(m: &mut Machine, vector: Vector, k: usize, fill: Option<Value>) -> Res {
        charge(m, k)?;
        let new = m.heap.make_vector(k, fill.unwrap_or(Value::FALSE));
        copy_elements(m, vector, 0, new, 0, k.min(vector.len()))?;
        Ok(new.value())
    }

    /// `(vector-reset! vector)`, `(vector-reset! vector start end)`: sets elements to `#!void`.
    #[primitive(name = "vector-reset!")]
    fn reset(m: &mut Machine, who: Who, vector: Vector, start: Option<usize>, end: Option<usize>) -> Res {
        mutable(m, who, vector)?;
        let range = bounds::range(m, who, vector.len(), start, end)?;
        m.charge(range.len() / 4)?;
        fill_elements(m, vector, range, Value::VOID)?;
        Ok(Value::VOID)
    }

    /// `(vectors-of-same-length? vector …)`
    fn is_vectors_of_same_length(m: &mut Machine, who: Who, vectors: Rest) -> Res {
        let mut length = None;
        let mut same = true;
        for (i, &v) in vectors.iter().enumerate() {
            let Some(vector) = Vector::from_value(v) else {
                return Err(m.wrong_argument(who, "vector", i + 1, "a vector", v));
            };
            same &= *length.get_or_insert(vector.len()) == vector.len();
        }
        Ok(Value::boolean(same))
    }
}
