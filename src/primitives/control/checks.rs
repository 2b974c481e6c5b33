//! Argument checks for the procedures that the prelude defines: the same conditions as those of the primitives.

use crate::eval::{Machine, Res, Rest, Single};
use crate::heap::{Bytevector, Str, Symbol, Value, Vector, View};
use crate::primitives::sequences::lists::proper_length;
use vicar_macros::primitives;

/// What a parameter of the prelude's is called in messages.
fn refuse(m: &mut Machine, who: Symbol, parameter: &str, index: usize, expected: &str, v: Value) -> Res {
    Err(m.wrong_argument(who.name(), parameter, index, expected, v))
}

/// An argument of the procedure `who`, which has left it to a primitive to look at it.
pub fn given<T: Single>(m: &mut Machine, who: Symbol, parameter: &str, index: usize, v: Value) -> Res<T> {
    T::convert(v).ok_or_else(|| m.wrong_argument(who.name(), parameter, index, T::WHAT, v))
}

#[primitives(internal)]
pub mod internal {
    use super::*;

    /// `(%check-procedure who index obj)`: refuses what is no procedure, as argument `index` of `who`.
    fn check_procedure(m: &mut Machine, who: Symbol, index: usize, obj: Value) -> Res {
        if obj.is_procedure() { Ok(Value::VOID) } else { refuse(m, who, "procedure", index, "a procedure", obj) }
    }

    /// `(%check-list who index obj)`: the length of a proper list; refuses anything else.
    fn check_list(m: &mut Machine, who: Symbol, index: usize, obj: Value) -> Res {
        Ok(Value::fixnum(proper_length(m, who.name(), index, obj)? as i64))
    }

    /// `(%check-vector who index obj)`: the length of a vector; refuses anything else.
    fn check_vector(m: &mut Machine, who: Symbol, index: usize, obj: Value) -> Res {
        match Vector::from_value(obj) {
            Some(v) => Ok(Value::fixnum(v.len() as i64)),
            None => refuse(m, who, "vector", index, "a vector", obj),
        }
    }

    /// `(%check-string who index obj)`: the length of a string; refuses anything else.
    fn check_string(m: &mut Machine, who: Symbol, index: usize, obj: Value) -> Res {
        match Str::from_value(obj) {
            Some(s) => Ok(Value::fixnum(s.len() as i64)),
            None => refuse(m, who, "string", index, "a string", obj),
        }
    }

    /// `(%check-bytevector who index obj)`: the length of a bytevector; refuses anything else.
    fn check_bytevector(m: &mut Machine, who: Symbol, index: usize, obj: Value) -> Res {
        match Bytevector::from_value(obj) {
            Some(b) => Ok(Value::fixnum(b.len() as i64)),
            None => refuse(m, who, "bytevector", index, "a bytevector", obj),
        }
    }

    /// `(%check-symbol who index obj)`: refuses what is no symbol.
    fn check_symbol(m: &mut Machine, who: Symbol, index: usize, obj: Value) -> Res {
        if Symbol::from_value(obj).is_some() {
            Ok(Value::VOID)
        } else {
            refuse(m, who, "symbol", index, "a symbol", obj)
        }
    }

    /// `(%wrong-argument who parameter index expected obj)`: the condition for an argument that is not what was expected.
    fn wrong_argument(m: &mut Machine, who: Symbol, parameter: Symbol, index: usize, expected: Str, obj: Value) -> Res {
        refuse(m, who, parameter.name(), index, &expected.to_string(), obj)
    }

    /// `(%different-lengths who sequence …)`: the condition for sequences that must be of one length and are not.
    fn different_lengths(m: &mut Machine, who: Symbol, sequences: Rest) -> Res {
        Err(m.assertion(who.name(), "the sequences are not of one length", &sequences))
    }
}
