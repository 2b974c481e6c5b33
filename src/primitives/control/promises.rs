//! Promises: what `delay` and `force` of `(rnrs r5rs)` are made of.

use crate::eval::{Machine, Res, Single};
use crate::heap::{Kind, Value};
use vicar_macros::primitives;

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

#[primitives(internal)]
pub mod internal {
    use super::*;

    /// `(%make-promise thunk)`: a promise of what the thunk delivers.
    fn make_promise(m: &mut Machine, thunk: Value) -> Res {
        Ok(m.heap.slots(Kind::Promise, &[Value::FALSE, thunk]))
    }

    /// `(%promise-done? promise)`: whether it has its value.
    fn is_promise_done(promise: Promise) -> Res {
        Ok(promise.0.slot(DONE))
    }

    /// `(%promise-content promise)`: its value or its thunk.
    fn promise_content(promise: Promise) -> Res {
        Ok(promise.0.slot(CONTENT))
    }

    /// `(%promise-done! promise value)`: gives it its value.
    #[primitive(name = "%promise-done!")]
    fn done(promise: Promise, value: Value) -> Res {
        promise.0.set_slot(CONTENT, value);
        promise.0.set_slot(DONE, Value::TRUE);
        Ok(Value::VOID)
    }
}

#[primitives]
pub mod procedures {
    use super::*;

    /// `(promise? obj)`
    fn is_promise(obj: Value) -> Res {
        Ok(Value::boolean(obj.is(Kind::Promise)))
    }
}
