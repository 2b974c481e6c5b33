//! What every procedure on a sequence looks at: indices, and whether the object may be changed.

use crate::eval::{Machine, Res, Stop};
use crate::heap::Value;
use std::ops::Range;

/// The optional `start` and `end` of `who` as a range inside of `length`.
pub fn range(m: &mut Machine, who: &str, length: usize, start: Option<usize>, end: Option<usize>) -> Res<Range<usize>> {
    let (s, e) = (start.unwrap_or(0), end.unwrap_or(length));
    if e > length {
        return Err(out_of_range(m, who, "end index", e, length));
    }
    if s > e {
        return Err(out_of_range(m, who, "start index", s, e));
    }
    Ok(s..e)
}

/// `&assertion`: an index that is past what it indexes.
#[cold]
pub fn out_of_range(m: &mut Machine, who: &str, what: &str, index: usize, limit: usize) -> Stop {
    // A sum of two indices may be no fixnum.
    let index = crate::number::integer_u64(&mut m.heap, index as u64);
    m.assertion(who, &format!("{what} out of range, at most {limit} is possible"), &[index])
}

/// `&assertion`: index `k` into something that has `length` elements.
#[cold]
pub fn bad_index(m: &mut Machine, who: &str, k: usize, object: Value, length: usize) -> Stop {
    let message = format!("index {k} out of range, the length is {length}");
    m.assertion(who, &message, &[object, Value::fixnum(k as i64)])
}

/// `&assertion`: an attempt to change a literal.
#[cold]
pub fn immutable(m: &mut Machine, who: &str, object: Value) -> Stop {
    m.assertion(who, "the object is immutable: a literal constant, or made from one", &[object])
}
