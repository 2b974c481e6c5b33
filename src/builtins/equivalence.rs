//! Equivalence and booleans: R6RS 11.5, 11.8, and Vicare's constants among the objects.

use super::equal;
use crate::eval::{Machine, Res, Rest};
use crate::heap::Value;
use crate::{number, primitives};

/// `eqv?`, with its work charged: numbers may be long.
#[inline]
pub fn are_eqv(m: &mut Machine, a: Value, b: Value) -> bool {
    if a != b && a.is_pointer() && b.is_pointer() {
        m.heap.owe(number::cost::linear(a, b));
    }
    a.is_eqv(b)
}

/// `equal?`, with its work charged.
pub fn is_equal(m: &mut Machine, a: Value, b: Value) -> Res<bool> {
    if are_eqv(m, a, b) { Ok(true) } else { equal::equal(m, a, b) }
}

primitives! { pub TABLE in "(rnrs base)" {
    /// `(eq? obj1 obj2)`: the same object.
    "eq?" [pure] fn is_eq(_m, obj1: Value, obj2: Value) { Ok(Value::boolean(obj1 == obj2)) }
    /// `(eqv? obj1 obj2)`: the same object, or numbers of the same exactness and value.
    "eqv?" [pure] fn is_eqv(m, obj1: Value, obj2: Value) { Ok(Value::boolean(are_eqv(m, obj1, obj2))) }
    /// `(equal? obj1 obj2)`: pairs, vectors, strings and bytevectors of equal contents, other objects that are `eqv?`.
    /// Terminates on circular data.
    "equal?" [pure] fn equal_p(m, obj1: Value, obj2: Value) { is_equal(m, obj1, obj2).map(Value::boolean) }
    /// `(not obj)`: `#t` for `#f`, `#f` for everything else.
    "not" [pure] fn not(_m, obj: Value) { Ok(Value::boolean(obj.is_false())) }
    /// `(boolean? obj)`
    "boolean?" [pure] fn is_boolean(_m, obj: Value) { Ok(Value::boolean(obj.is_boolean())) }
    /// `(boolean=? boolean1 boolean2 boolean …)`
    "boolean=?" [pure] fn booleans_are_equal(m, boolean1: bool, booleans: Rest<1>) {
        let mut same = true;
        for (i, &b) in booleans.iter().enumerate() {
            if !b.is_boolean() {
                return Err(m.wrong_argument("boolean=?", "boolean", i + 2, "a boolean", b));
            }
            same &= b == Value::boolean(boolean1);
        }
        Ok(Value::boolean(same))
    }
    /// `(procedure? obj)`
    "procedure?" [pure] fn is_procedure(_m, obj: Value) { Ok(Value::boolean(obj.is_procedure())) }
} }

primitives! { pub VICARE in "(vicare)" {
    /// `(neq? obj1 obj2)`: not `eq?`.
    "neq?" [pure] fn is_neq(_m, obj1: Value, obj2: Value) { Ok(Value::boolean(obj1 != obj2)) }
    /// `(void)`: the object that procedures for effect return.
    "void" [pure] fn void(_m) { Ok(Value::VOID) }
    /// `(void-object? obj)`
    "void-object?" [pure] fn is_void(_m, obj: Value) { Ok(Value::boolean(obj == Value::VOID)) }
    /// `(bwp-object)`: what a weak pair holds in place of a dead object.
    "bwp-object" [pure] fn bwp(_m) { Ok(Value::BWP) }
    /// `(bwp-object? obj)`
    "bwp-object?" [pure] fn is_bwp(_m, obj: Value) { Ok(Value::boolean(obj == Value::BWP)) }
    /// `(would-block-object)`: what a non-blocking port answers when it has nothing.
    "would-block-object" [pure] fn would_block(_m) { Ok(Value::WOULD_BLOCK) }
    /// `(would-block-object? obj)`
    "would-block-object?" [pure] fn is_would_block(_m, obj: Value) { Ok(Value::boolean(obj == Value::WOULD_BLOCK)) }
    /// `(immediate? obj)`: whether the object is no reference to memory: a fixnum, most flonums, a character, a boolean …
    "immediate?" [pure] fn is_immediate(_m, obj: Value) { Ok(Value::boolean(!obj.is_pointer())) }
} }
