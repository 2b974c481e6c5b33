//! Equivalence and booleans: R6RS 11.5, 11.8, and Vicare's constants among the objects.

use super::equal;
use crate::eval::{Machine, Res, Rest, Who};
use crate::heap::Value;
use crate::number;
use vicar_macros::primitives;

/// `eqv?`, with its work charged: numbers may be long.
#[inline]
pub fn are_eqv(m: &mut Machine, a: Value, b: Value) -> bool {
    if a != b && number::cost::may_be_long(a) {
        m.heap.owe(number::cost::linear(a, b));
    }
    a.is_eqv(b)
}

/// `equal?`, with its work charged.
pub fn is_equal(m: &mut Machine, a: Value, b: Value) -> Res<bool> {
    if are_eqv(m, a, b) { Ok(true) } else { equal::equal(m, a, b) }
}

#[primitives]
pub mod procedures {
    use super::*;

    /// `(eq? obj1 obj2)`: the same object.
    #[primitive(pure)]
    fn is_eq(obj1: Value, obj2: Value) -> Res {
        Ok(Value::boolean(obj1 == obj2))
    }

    /// `(eqv? obj1 obj2)`: the same object, or numbers of the same exactness and value.
    #[primitive(pure)]
    fn is_eqv(m: &mut Machine, obj1: Value, obj2: Value) -> Res {
        Ok(Value::boolean(are_eqv(m, obj1, obj2)))
    }

    /// `(equal? obj1 obj2)`: pairs, vectors, strings and bytevectors of equal contents, other objects that are `eqv?`.
    /// Terminates on circular data.
    #[primitive(name = "equal?", pure)]
    fn equal_p(m: &mut Machine, obj1: Value, obj2: Value) -> Res {
        is_equal(m, obj1, obj2).map(Value::boolean)
    }

    /// `(not obj)`: `#t` for `#f`, `#f` for everything else.
    #[primitive(pure)]
    fn not(obj: Value) -> Res {
        Ok(Value::boolean(obj.is_false()))
    }

    /// `(boolean? obj)`
    #[primitive(pure)]
    fn is_boolean(obj: Value) -> Res {
        Ok(Value::boolean(obj.is_boolean()))
    }

    /// `(boolean=? boolean1 boolean2 boolean …)`
    #[primitive(name = "boolean=?", pure)]
    fn booleans_are_equal(m: &mut Machine, who: Who, boolean1: bool, booleans: Rest<1>) -> Res {
        let mut same = true;
        for (i, &b) in booleans.iter().enumerate() {
            if !b.is_boolean() {
                return Err(m.wrong_argument(who, "boolean", i + 2, "a boolean", b));
            }
            same &= b == Value::boolean(boolean1);
        }
        Ok(Value::boolean(same))
    }

    /// `(procedure? obj)`
    #[primitive(pure)]
    fn is_procedure(obj: Value) -> Res {
        Ok(Value::boolean(obj.is_procedure()))
    }

    /// `(neq? obj1 obj2)`: not `eq?`.
    #[primitive(pure)]
    fn is_neq(obj1: Value, obj2: Value) -> Res {
        Ok(Value::boolean(obj1 != obj2))
    }

    /// `(void)`: the object that procedures for effect return.
    #[primitive(pure)]
    fn void() -> Res {
        Ok(Value::VOID)
    }

    /// `(void-object? obj)`
    #[primitive(pure)]
    fn is_void_object(obj: Value) -> Res {
        Ok(Value::boolean(obj == Value::VOID))
    }

    /// `(bwp-object)`: what a weak pair holds in place of a dead object.
    #[primitive(pure)]
    fn bwp_object() -> Res {
        Ok(Value::BWP)
    }

    /// `(bwp-object? obj)`
    #[primitive(pure)]
    fn is_bwp_object(obj: Value) -> Res {
        Ok(Value::boolean(obj == Value::BWP))
    }

    /// `(would-block-object)`: what a non-blocking port answers when it has nothing.
    #[primitive(pure)]
    fn would_block_object() -> Res {
        Ok(Value::WOULD_BLOCK)
    }

    /// `(would-block-object? obj)`
    #[primitive(pure)]
    fn is_would_block_object(obj: Value) -> Res {
        Ok(Value::boolean(obj == Value::WOULD_BLOCK))
    }

    /// `(immediate? obj)`: whether the object is no reference to memory: a fixnum, most flonums, a character, a boolean …
    #[primitive(pure)]
    fn is_immediate(obj: Value) -> Res {
        Ok(Value::boolean(!obj.is_pointer()))
    }
}
