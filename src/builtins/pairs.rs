//! Pairs: R6RS 11.9, `(rnrs mutable-pairs)`, and the compositions of `car` and `cdr`.

use crate::eval::{Machine, Res, Rest};
use crate::heap::{Pair, Value};
use crate::primitives;

primitives! { pub TABLE in "(rnrs base)" {
    /// `(cons obj1 obj2)`: a fresh pair.
    "cons" [] fn cons(m, obj1: Value, obj2: Value) { Ok(m.heap.cons(obj1, obj2)) }
    /// `(car pair)`: its first half.
    "car" [] fn car(_m, pair: Pair) { Ok(pair.car()) }
    /// `(cdr pair)`: its second half.
    "cdr" [] fn cdr(_m, pair: Pair) { Ok(pair.cdr()) }
    /// `(pair? obj)`
    "pair?" [pure] fn is_pair(_m, obj: Value) { Ok(Value::boolean(obj.is_pair())) }
    /// `(null? obj)`: whether it is the empty list.
    "null?" [pure] fn is_null(_m, obj: Value) { Ok(Value::boolean(obj.is_nil())) }
    /// `(list obj …)`: a fresh list.
    "list" [] fn list(m, objs: Rest) {
        m.charge(objs.len())?;
        m.heap.reserve_many(objs.len().saturating_mul(16))?;
        Ok(m.heap.list(&objs))
    }
} }

primitives! { pub MUTABLE in "(rnrs mutable-pairs)" {
    /// `(set-car! pair obj)`
    "set-car!" [] fn set_car(_m, pair: Pair, obj: Value) { pair.set_car(obj); Ok(Value::VOID) }
    /// `(set-cdr! pair obj)`
    "set-cdr!" [] fn set_cdr(_m, pair: Pair, obj: Value) { pair.set_cdr(obj); Ok(Value::VOID) }
} }

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
        primitives! { pub PATHS in "(rnrs base)" { $(
            /// `(c…r pair)`: `car` and `cdr` composed, the last letter applied first.
            $name [] fn $f(m, obj: Value) { walk(m, $name, obj) }
        )* } }
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
