//! What the prelude makes control out of: values, application, continuations, the dynamic environment.

use crate::eval::{Machine, Res, Rest, Who};
use crate::heap::{Procedure, Value, View};
use crate::primitives::ports::operands::port_parameter;
use crate::primitives::sequences::lists::{End, measure};
use crate::primitives::work::room;
use vicar_macros::primitives;

#[primitives]
pub mod procedures {
    use super::*;

    /// `(values obj …)`: returns all of them.
    #[primitive(control)]
    fn values(m: &mut Machine, objs: Rest) -> Res {
        if let [only] = *objs {
            return Ok(only);
        }
        m.charge(objs.len())?;
        m.heap.reserve(objs.len().saturating_mul(8))?;
        Ok(m.heap.multiple_values(&objs))
    }

    /// `(call-with-values producer consumer)`: calls `consumer` with the values that `(producer)` returns.
    #[primitive(control)]
    fn call_with_values(m: &mut Machine, producer: Procedure, consumer: Procedure) -> Res {
        let _ = (producer, consumer);
        m.call_consumer()
    }

    /// `(apply procedure obj … list)`: calls it with these and the elements of the list.
    #[primitive(control)]
    fn apply(m: &mut Machine, who: Who, procedure: Procedure, obj: Value, objs: Rest) -> Res {
        let last = objs.last().copied().unwrap_or(obj);
        let (count, End::Proper) = measure(m, last)? else {
            return Err(m.assertion(who, "the last argument is not a proper list", &[last]));
        };
        let mut arguments = room(m, objs.len() + count)?;
        if let Some((_, between)) = objs.split_last() {
            arguments.push(obj);
            arguments.extend_from_slice(between);
        }
        arguments.extend(last.list_iter());
        m.tail_call(procedure.value(), &arguments)
    }
}

#[primitives(internal)]
pub mod internal {
    use super::*;

    /// `(%call/cc procedure)`: calls it with a procedure that reinstates the stack and the dynamic environment, and
    /// runs nothing on the way.
    #[primitive(name = "%call/cc", control)]
    fn call_cc(m: &mut Machine, procedure: Procedure) -> Res {
        m.call_with_continuation(procedure.value())
    }

    /// `(%uncaught obj)`: ends the run, because nothing handles what was raised.
    #[primitive(control)]
    fn uncaught(m: &mut Machine, obj: Value) -> Res {
        m.uncaught(obj)
    }

    /// `(%winders)`: the list of winders, innermost first.
    fn winders(m: &mut Machine) -> Res {
        Ok(m.dynamic.winders)
    }

    /// `(%set-winders! list)`
    #[primitive(name = "%set-winders!")]
    fn set_winders(m: &mut Machine, list: Value) -> Res {
        m.dynamic.winders = list;
        Ok(Value::VOID)
    }

    /// `(%make-parameter value setter name)`: a parameter; `setter` is `#f`, or is called with the parameter and each new value;
    /// `name` is a symbol or `#f`.
    #[primitive(name = "%make-parameter")]
    fn make_parameter(m: &mut Machine, value: Value, setter: Value, name: Value) -> Res {
        Ok(m.make_parameter(value, setter, name))
    }

    /// `(%set-parameter! parameter value)`: past its guard.
    #[primitive(name = "%set-parameter!")]
    fn set_parameter(m: &mut Machine, parameter: Value, value: Value) -> Res {
        m.set_parameter(parameter, value);
        Ok(Value::VOID)
    }

    /// `(%save-parameters list)`: a vector with the parameters of the list and their values, or `#f` if one of them is not one
    /// that the machine itself can set.
    #[primitive(name = "%save-parameters")]
    fn save_parameters(m: &mut Machine, parameters: Value) -> Res {
        let count = parameters.list_iter().count();
        m.charge(count)?;
        // Twice two words for each: collected, and in the vector.
        m.heap.reserve_many(count.saturating_mul(32))?;
        Ok(m.saved_parameters(parameters, port_parameter).unwrap_or(Value::FALSE))
    }

    /// `(%leave-parameters! winders)`: leaves the innermost winder, that of a `parametrise`.
    #[primitive(name = "%leave-parameters!")]
    fn leave_parameters(m: &mut Machine, list: Value) -> Res {
        m.leave_parameters(list);
        Ok(Value::VOID)
    }

    /// `(%enter-parameters! winders)`: enters it again.
    #[primitive(name = "%enter-parameters!")]
    fn enter_parameters(m: &mut Machine, list: Value) -> Res {
        m.enter_parameters(list);
        Ok(Value::VOID)
    }

    /// `(%handlers)`: the list of exception handlers, innermost first.
    fn handlers(m: &mut Machine) -> Res {
        Ok(m.dynamic.handlers)
    }

    /// `(%set-handlers! list)`
    #[primitive(name = "%set-handlers!")]
    fn set_handlers(m: &mut Machine, list: Value) -> Res {
        m.dynamic.handlers = list;
        Ok(Value::VOID)
    }
}
