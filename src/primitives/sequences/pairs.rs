//! Pairs: R6RS 11.9, `(rnrs mutable-pairs)`, and the compositions of `car` and `cdr`.

use crate::eval::{Machine, Res, Rest, Who};
use crate::heap::{Pair, Value};
use vicar_macros::primitives;

#[primitives]
pub mod procedures {
    use super::*;

    /// `(cons obj1 obj2)`: a fresh pair.
    fn cons(m: &mut Machine, obj1: Value, obj2: Value) -> Res {
        Ok(m.heap.cons(obj1, obj2))
    }

    /// `(car pair)`: its first half.
    fn car(pair: Pair) -> Res {
        Ok(pair.car())
    }

    /// `(cdr pair)`: its second half.
    fn cdr(pair: Pair) -> Res {
        Ok(pair.cdr())
    }

    /// `(pair? obj)`
    #[primitive(pure)]
    fn is_pair(obj: Value) -> Res {
        Ok(Value::boolean(obj.is_pair()))
    }

    /// `(null? obj)`: whether it is the empty list.
    #[primitive(pure)]
    fn is_null(obj: Value) -> Res {
        Ok(Value::boolean(obj.is_nil()))
    }

    /// `(list obj …)`: a fresh list.
    #[primitive(effect_free)]
    fn list(m: &mut Machine, objs: Rest) -> Res {
        m.charge(objs.len())?;
        m.heap.reserve_many(objs.len().saturating_mul(16))?;
        Ok(m.heap.list(&objs))
    }

    /// `(set-car! pair obj)`
    #[primitive(name = "set-car!")]
    fn set_car(pair: Pair, obj: Value) -> Res {
        pair.set_car(obj);
        Ok(Value::VOID)
    }

    /// `(set-cdr! pair obj)`
    #[primitive(name = "set-cdr!")]
    fn set_cdr(pair: Pair, obj: Value) -> Res {
        pair.set_cdr(obj);
        Ok(Value::VOID)
    }
}

/// Follows the letters between `c` and `r` of `who`, the last first.
fn walk(m: &mut Machine, who: &str, obj: Value) -> Res {
    let mut v = obj;
    for step in who.bytes().rev().filter(|b| matches!(b, b'a' | b'd')) {
        v = match v.uncons() {
            Some((a, _)) if step == b'a' => a,
            Some((_, d)) => d,
            None => return Err(m.wrong_argument(who, "pair", 1, "a structure with that path", obj)),
        }
    }
    Ok(v)
}

macro_rules! paths {
    ($($name:literal $f:ident;)*) => {
        #[primitives]
        pub mod paths {
            use super::*;

            $(
            /// `(c…r pair)`: `car` and `cdr` composed, the last letter applied first.
            #[primitive(name = $name)]
            fn $f(m: &mut Machine, who: Who, obj: Value) -> Res { walk(m, who, obj) }
        )* }
    };
}

paths! {
    "caar" caar; "cadr" cadr; "cdar" cdar; "cddr" cddr;
    "caaar" caaar; "caadr" caadr; "cadar" cadar; "caddr" caddr;
    "cdaar" cdaar; "cdadr" cdadr; "cddar" cddar; "cdddr" cdddr;
    "caaaar" caaaar; "caaadr" caaadr; "caadar" caadar; "caaddr" caaddr;
    "cadaar" cadaar; "cadadr" cadadr; "caddar" caddar; "cadddr" cadddr;
    "cdaaar" cdaaar; "cdaadr" cdaadr; "cdadar" cdadar; "cdaddr" cdaddr;
    "cddaar" cddaar; "cddadr" cddadr; "cdddar" cdddar; "cddddr" cddddr;
}
