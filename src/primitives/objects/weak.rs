//! Vicare's weak pairs and guardians, and asking for a collection.

use crate::eval::{Machine, Res, Who};
use crate::heap::{Guardian, Value, View};
use vicar_macros::primitives;

#[primitives]
pub mod procedures {
    use super::*;

    /// `(weak-cons obj1 obj2)`: a pair whose car becomes the bwp object when nothing else keeps it alive.
    fn weak_cons(m: &mut Machine, obj1: Value, obj2: Value) -> Res {
        Ok(m.heap.weak_cons(obj1, obj2))
    }

    /// `(weak-pair? obj)`
    fn is_weak_pair(obj: Value) -> Res {
        Ok(Value::boolean(obj.is_weak_pair()))
    }

    /// `(collect)`: asks for a collection, which happens before the next procedure is entered. The argument that says which
    /// generation is for compatibility.
    fn collect(m: &mut Machine, _generation: Option<Value>) -> Res {
        // Marking is about as much work as a call for every few words that are in use.
        m.charge(m.heap.bytes_used() / 16)?;
        m.heap.want_collection();
        Ok(Value::VOID)
    }
}

#[primitives(internal)]
pub mod internal {
    use super::*;

    /// `(%make-guardian)`
    fn make_guardian(m: &mut Machine) -> Res {
        Ok(m.heap.guardian().value())
    }

    /// `(%guardian-register guardian obj)`: the guardian hands the object out once nothing else keeps it alive.
    fn guardian_register(m: &mut Machine, who: Who, guardian: Value, obj: Value) -> Res {
        match Guardian::from_value(guardian) {
            Some(g) => {
                m.heap.guard(g, obj, obj)?;
                Ok(Value::VOID)
            }
            None => Err(m.wrong_argument(who, "guardian", 1, "a guardian", guardian)),
        }
    }

    /// `(%guardian-retrieve guardian)`: an object that has been dropped, or `#f`.
    fn guardian_retrieve(m: &mut Machine, who: Who, guardian: Value) -> Res {
        match Guardian::from_value(guardian) {
            Some(g) => Ok(g.retrieve().unwrap_or(Value::FALSE)),
            None => Err(m.wrong_argument(who, "guardian", 1, "a guardian", guardian)),
        }
    }
}
