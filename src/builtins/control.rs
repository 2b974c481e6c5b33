//! What the prelude makes control out of: values, application, continuations, the dynamic environment.

use super::lists::{End, measure};
use super::work::room;
use crate::eval::Rest;
use crate::heap::{Procedure, Value, View};
use crate::primitives;

primitives! { pub BASE in "(rnrs base)" {
    /// `(values obj …)`: returns all of them.
    "values" [control] fn values(m, objs: Rest) {
        if let [only] = *objs { return Ok(only) }
        m.charge(objs.len())?;
        m.heap.reserve(objs.len().saturating_mul(8))?;
        Ok(m.heap.multiple_values(&objs))
    }
    /// `(call-with-values producer consumer)`: calls `consumer` with the values that `(producer)` returns.
    "call-with-values" [control] fn call_with_values(m, producer: Procedure, consumer: Procedure) {
        let _ = (producer, consumer);
        m.call_consumer()
    }
    /// `(apply procedure obj … list)`: calls it with these and the elements of the list.
    "apply" [control] fn apply(m, procedure: Procedure, obj: Value, objs: Rest) {
        let last = objs.last().copied().unwrap_or(obj);
        let (count, End::Proper) = measure(m, last)? else {
            return Err(m.assertion("apply", "the last argument is not a proper list", &[last]));
        };
        let mut arguments = room(m, objs.len() + count)?;
        if let Some((_, between)) = objs.split_last() {
            arguments.push(obj);
            arguments.extend_from_slice(between);
        }
        arguments.extend(last.list_iter());
        m.tail_call(procedure.value(), &arguments)
    }
} }

primitives! { pub INTERNAL in "(vicar internal)" {
    /// `(%call/cc procedure)`: calls it with a procedure that reinstates the stack and the dynamic environment, and
    /// runs nothing on the way.
    "%call/cc" [control] fn call_cc(m, procedure: Procedure) { m.call_with_continuation(procedure.value()) }
    /// `(%uncaught obj)`: ends the run, because nothing handles what was raised.
    "%uncaught" [control] fn uncaught(m, obj: Value) { m.uncaught(obj) }
    /// `(%winders)`: the list of winders, innermost first.
    "%winders" [] fn winders(m) { Ok(m.dynamic.winders) }
    /// `(%set-winders! list)`
    "%set-winders!" [] fn set_winders(m, list: Value) {
        m.dynamic.winders = list;
        Ok(Value::VOID)
    }
    /// `(%handlers)`: the list of exception handlers, innermost first.
    "%handlers" [] fn handlers(m) { Ok(m.dynamic.handlers) }
    /// `(%set-handlers! list)`
    "%set-handlers!" [] fn set_handlers(m, list: Value) {
        m.dynamic.handlers = list;
        Ok(Value::VOID)
    }
} }
