//! Promises: what `delay` and `force` of `(rnrs r5rs)` are made of.

use crate::eval::Single;
use crate::heap::{Kind, Value};
use crate::primitives;

/// A promise: whether it is done, then its value or the thunk that will deliver it.
#[derive(Copy, Clone)]
struct Promise(Value);

const DONE: usize = 0;
const CONTENT: usize = 1;

impl Single for Promise {
    const WHAT: &'static str = "a promise";
    fn convert(v: Value) -> Option<Promise> {
        v.is(Kind::Promise).then_some(Promise(v))
    }
}

primitives! { pub TABLE in "(vicar internal)" {
    /// `(%make-promise thunk)`: a promise of what the thunk delivers.
    "%make-promise" [] fn make_promise(m, thunk: Value) { Ok(m.heap.slots(Kind::Promise, &[Value::FALSE, thunk])) }
    /// `(%promise-done? promise)`: whether it has its value.
    "%promise-done?" [] fn is_done(_m, promise: Promise) { Ok(promise.0.slot(DONE)) }
    /// `(%promise-content promise)`: its value or its thunk.
    "%promise-content" [] fn content(_m, promise: Promise) { Ok(promise.0.slot(CONTENT)) }
    /// `(%promise-done! promise value)`: gives it its value.
    "%promise-done!" [] fn done(_m, promise: Promise, value: Value) {
        promise.0.set_slot(CONTENT, value);
        promise.0.set_slot(DONE, Value::TRUE);
        Ok(Value::VOID)
    }
} }

primitives! { pub VICARE in "(vicare)" {
    /// `(promise? obj)`
    "promise?" [] fn is_promise(_m, obj: Value) { Ok(Value::boolean(obj.is(Kind::Promise))) }
} }
