//! Vectors: R6RS 11.13, and Vicare's.

use super::lists::elements;
use super::text::{self, bad_index, immutable};
use crate::eval::{Machine, Res, Rest};
use crate::heap::{Kind, Value, Vector, View};
use crate::primitives;
use std::ops::Range;

/// Work and memory for a vector of that length.
fn charge(m: &mut Machine, length: usize) -> Res<()> {
    m.heap.reserve(length.saturating_mul(8))?;
    m.charge(length / 4 + 1)
}

/// A fresh vector of the elements in `range`, which is inside.
fn copy_range(m: &mut Machine, vector: Vector, range: Range<usize>) -> Res {
    charge(m, range.len())?;
    Ok(m.heap.vector(vector.as_slice().get(range).unwrap_or(&[])))
}

fn mutable(m: &mut Machine, who: &str, vector: Vector) -> Res<()> {
    if vector.value().is_immutable() { Err(immutable(m, who, vector.value())) } else { Ok(()) }
}

primitives! { pub BASE in "(rnrs base)" {
    /// `(vector? obj)`
    "vector?" [pure] fn is_vector(_m, obj: Value) { Ok(Value::boolean(obj.is(Kind::Vector))) }
    /// `(make-vector k)`, `(make-vector k fill)`: `k` elements, `#!void` unless given.
    "make-vector" [] fn make_vector(m, k: usize, fill: Option<Value>) {
        charge(m, k)?;
        Ok(m.heap.make_vector(k, fill.unwrap_or(Value::VOID)).value())
    }
    /// `(vector obj …)`
    "vector" [] fn vector(m, objs: Rest) {
        charge(m, objs.len())?;
        Ok(m.heap.vector(&objs))
    }
    /// `(vector-length vector)`
    "vector-length" [] fn vector_length(_m, vector: Vector) { Ok(Value::fixnum(vector.len() as i64)) }
    /// `(vector-ref vector k)`
    "vector-ref" [] fn vector_ref(m, vector: Vector, k: usize) {
        match vector.get(k) {
            Some(v) => Ok(v),
            None => Err(bad_index(m, "vector-ref", k, vector.value(), vector.len())),
        }
    }
    /// `(vector-set! vector k obj)`
    "vector-set!" [] fn vector_set(m, vector: Vector, k: usize, obj: Value) {
        mutable(m, "vector-set!", vector)?;
        if !vector.set(k, obj) {
            return Err(bad_index(m, "vector-set!", k, vector.value(), vector.len()));
        }
        Ok(Value::VOID)
    }
    /// `(vector->list vector)`: a fresh list.
    "vector->list" [] fn vector_to_list(m, vector: Vector) {
        m.charge(vector.len())?;
        m.heap.reserve(vector.len().saturating_mul(16))?;
        Ok(m.heap.list(vector.as_slice()))
    }
    /// `(list->vector list)`
    "list->vector" [] fn list_to_vector(m, list: Value) {
        let items = elements(m, "list->vector", 1, list)?;
        Ok(m.heap.vector(&items))
    }
    /// `(vector-fill! vector fill)`
    "vector-fill!" [] fn vector_fill(m, vector: Vector, fill: Value) {
        mutable(m, "vector-fill!", vector)?;
        m.charge(vector.len() / 4)?;
        for i in 0..vector.len() {
            vector.set(i, fill);
        }
        Ok(Value::VOID)
    }
} }

primitives! { pub VICARE in "(vicare)" {
    /// `(vector-empty? vector)`
    "vector-empty?" [] fn is_empty(_m, vector: Vector) { Ok(Value::boolean(vector.len() == 0)) }
    /// `(empty-vector? obj)`: whether any object is an empty vector.
    "empty-vector?" [] fn is_empty_vector(_m, obj: Value) { Ok(Value::boolean(Vector::from_value(obj).is_some_and(|v| v.len() == 0))) }
    /// `(non-empty-vector? obj)`: whether any object is a vector that is not empty.
    "non-empty-vector?" [] fn is_non_empty(_m, obj: Value) { Ok(Value::boolean(Vector::from_value(obj).is_some_and(|v| v.len() > 0))) }
    /// `(nevector? obj)`: the same.
    "nevector?" [] fn is_nevector(_m, obj: Value) { Ok(Value::boolean(Vector::from_value(obj).is_some_and(|v| v.len() > 0))) }
    /// `(vector-copy vector)`: a fresh, mutable copy.
    "vector-copy" [] fn copy(m, vector: Vector) { copy_range(m, vector, 0..vector.len()) }
    /// `(subvector vector start end)`
    "subvector" [] fn subvector(m, vector: Vector, start: usize, end: usize) {
        let range = text::range(m, "subvector", vector.len(), Some(start), Some(end))?;
        copy_range(m, vector, range)
    }
    /// `(vector-append vector …)`
    "vector-append" [] fn append(m, vectors: Rest) {
        let mut all = Vec::new();
        for (i, &v) in vectors.iter().enumerate() {
            let Some(vector) = Vector::from_value(v) else {
                return Err(m.wrong_argument("vector-append", "vector", i + 1, "a vector", v));
            };
            charge(m, vector.len())?;
            all.extend_from_slice(vector.as_slice());
        }
        Ok(m.heap.vector(&all))
    }
    /// `(vector-copy! source source-start target target-start count)`: the ranges may overlap.
    "vector-copy!" [] fn copy_into(m, source: Vector, source_start: usize, target: Vector, target_start: usize, count: usize) {
        mutable(m, "vector-copy!", target)?;
        let fits = |v: Vector, start: usize| start.checked_add(count).is_some_and(|end| end <= v.len());
        if !fits(source, source_start) || !fits(target, target_start) {
            return Err(m.assertion(
                "vector-copy!",
                "the range reaches past the end of a vector",
                &[source.value(), Value::fixnum(source_start as i64), target.value(), Value::fixnum(target_start as i64), Value::fixnum(count as i64)],
            ));
        }
        m.charge(count / 4)?;
        let move_one = |i: usize| source.get(source_start + i).is_some_and(|v| target.set(target_start + i, v));
        if target_start > source_start {
            (0..count).rev().for_each(|i| { move_one(i); });
        } else {
            (0..count).for_each(|i| { move_one(i); });
        }
        Ok(Value::VOID)
    }
    /// `(vector-resize vector k)`, `(vector-resize vector k fill)`: a fresh vector of length `k` that begins like `vector`.
    "vector-resize" [] fn resize(m, vector: Vector, k: usize, fill: Option<Value>) {
        charge(m, k)?;
        let new = m.heap.make_vector(k, fill.unwrap_or(Value::FALSE));
        for (i, &v) in vector.as_slice().iter().take(k).enumerate() {
            new.set(i, v);
        }
        Ok(new.value())
    }
    /// `(vector-reset! vector)`, `(vector-reset! vector start end)`: sets elements to `#!void`.
    "vector-reset!" [] fn reset(m, vector: Vector, start: Option<usize>, end: Option<usize>) {
        mutable(m, "vector-reset!", vector)?;
        let range = text::range(m, "vector-reset!", vector.len(), start, end)?;
        m.charge(range.len() / 4)?;
        range.for_each(|i| { vector.set(i, Value::VOID); });
        Ok(Value::VOID)
    }
    /// `(vectors-of-same-length? vector …)`
    "vectors-of-same-length?" [] fn same_length(m, vectors: Rest) {
        let mut length = None;
        let mut same = true;
        for (i, &v) in vectors.iter().enumerate() {
            let Some(vector) = Vector::from_value(v) else {
                return Err(m.wrong_argument("vectors-of-same-length?", "vector", i + 1, "a vector", v));
            };
            same &= *length.get_or_insert(vector.len()) == vector.len();
        }
        Ok(Value::boolean(same))
    }
} }
