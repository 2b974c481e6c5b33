//! Vicare's weak pairs and guardians, and asking for a collection.

use crate::heap::{Guardian, Value, View};
use crate::primitives;

primitives! { pub TABLE in "(vicare)" {
    /// `(weak-cons obj1 obj2)`: a pair whose car becomes the bwp object when nothing else keeps it alive.
    "weak-cons" [] fn weak_cons(m, obj1: Value, obj2: Value) { Ok(m.heap.weak_cons(obj1, obj2)) }
    /// `(weak-pair? obj)`
    "weak-pair?" [] fn is_weak_pair(_m, obj: Value) { Ok(Value::boolean(obj.is_weak_pair())) }
    /// `(collect)`: asks for a collection, which happens before the next procedure is entered. The argument that says which
    /// generation is for compatibility.
    "collect" [] fn collect(m, _generation: Option<Value>) {
        // Marking is about as much work as a call for every few words that are in use.
        m.charge(m.heap.bytes_used() / 16)?;
        m.heap.want_collection();
        Ok(Value::VOID)
    }
} }

primitives! { pub INTERNAL in "(vicar internal)" {
    /// `(%make-guardian)`
    "%make-guardian" [] fn make_guardian(m) { Ok(m.heap.guardian().value()) }
    /// `(%guardian-register guardian obj)`: the guardian hands the object out once nothing else keeps it alive.
    "%guardian-register" [] fn register(m, guardian: Value, obj: Value) {
        match Guardian::from_value(guardian) {
            Some(g) => {
                m.heap.guard(g, obj, obj)?;
                Ok(Value::VOID)
            }
            None => Err(m.wrong_argument("%guardian-register", "guardian", 1, "a guardian", guardian)),
        }
    }
    /// `(%guardian-retrieve guardian)`: an object that has been dropped, or `#f`.
    "%guardian-retrieve" [] fn retrieve(m, guardian: Value) {
        match Guardian::from_value(guardian) {
            Some(g) => Ok(g.retrieve().unwrap_or(Value::FALSE)),
            None => Err(m.wrong_argument("%guardian-retrieve", "guardian", 1, "a guardian", guardian)),
        }
    }
} }
