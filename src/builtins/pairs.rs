//! Pairs: R6RS 11.9.

use crate::eval::Rest;
use crate::heap::{Pair, Value};
use crate::primitives;

primitives! { pub TABLE in "(rnrs base)" {
    /// `(cons a d)`: a fresh pair.
    "cons" [] fn cons(m, car: Value, cdr: Value) { Ok(m.heap.cons(car, cdr)) }
    /// `(car pair)`
    "car" [pure] fn car(_m, pair: Pair) { Ok(pair.car()) }
    /// `(cdr pair)`
    "cdr" [pure] fn cdr(_m, pair: Pair) { Ok(pair.cdr()) }
    /// `(list obj …)`: a fresh list.
    "list" [] fn list(m, objs: Rest) {
        m.charge(objs.len())?;
        Ok(m.heap.list(&objs))
    }
} }
