//! Vicare's conversions between bytevectors and lists of numbers of one shape: `bytevector->u16l-list` and so on. The
//! letter at the end is the order of octets: little, big, native.

use super::bytevector_numbers::{Order, from_list, to_list};
use super::bytevectors::charge;
use super::lists::elements;
use crate::eval::{Machine, Res, Who};
use crate::heap::{Bytevector, Value, View};
use crate::number;
use crate::primitives::work::{PIECE, look, room};
use vicar_macros::primitives;

macro_rules! integers {
    ($($size:literal $signed:literal $order:ident $to:literal $to_fn:ident $from:literal $from_fn:ident;)*) => {
        #[primitives]
        pub mod integers {
            use super::*;

            $(
            /// `(bytevector->…-list bytevector)`: its integers of that size, sign and order.
            #[primitive(name = $to)]
            fn $to_fn(m: &mut Machine, who: Who, bytevector: Bytevector) -> Res { to_list(m, who, bytevector, Order::$order, $size, $signed) }

            /// `(…-list->bytevector list)`: the integers in memory, in that size, sign and order.
            #[primitive(name = $from)]
            fn $from_fn(m: &mut Machine, who: Who, list: Value) -> Res { from_list(m, who, list, Order::$order, $size, $signed) }
        )* }
    };
}

integers! {
    2 false Little "bytevector->u16l-list" to_u16l "u16l-list->bytevector" from_u16l;
    2 false Big "bytevector->u16b-list" to_u16b "u16b-list->bytevector" from_u16b;
    2 false NATIVE "bytevector->u16n-list" to_u16n "u16n-list->bytevector" from_u16n;
    4 false Little "bytevector->u32l-list" to_u32l "u32l-list->bytevector" from_u32l;
    4 false Big "bytevector->u32b-list" to_u32b "u32b-list->bytevector" from_u32b;
    4 false NATIVE "bytevector->u32n-list" to_u32n "u32n-list->bytevector" from_u32n;
    8 false Little "bytevector->u64l-list" to_u64l "u64l-list->bytevector" from_u64l;
    8 false Big "bytevector->u64b-list" to_u64b "u64b-list->bytevector" from_u64b;
    8 false NATIVE "bytevector->u64n-list" to_u64n "u64n-list->bytevector" from_u64n;
    2 true Little "bytevector->s16l-list" to_s16l "s16l-list->bytevector" from_s16l;
    2 true Big "bytevector->s16b-list" to_s16b "s16b-list->bytevector" from_s16b;
    2 true NATIVE "bytevector->s16n-list" to_s16n "s16n-list->bytevector" from_s16n;
    4 true Little "bytevector->s32l-list" to_s32l "s32l-list->bytevector" from_s32l;
    4 true Big "bytevector->s32b-list" to_s32b "s32b-list->bytevector" from_s32b;
    4 true NATIVE "bytevector->s32n-list" to_s32n "s32n-list->bytevector" from_s32n;
    8 true Little "bytevector->s64l-list" to_s64l "s64l-list->bytevector" from_s64l;
    8 true Big "bytevector->s64b-list" to_s64b "s64b-list->bytevector" from_s64b;
    8 true NATIVE "bytevector->s64n-list" to_s64n "s64n-list->bytevector" from_s64n;
}

/// All flonums of one size in a bytevector, as a list.
fn to_flonums(m: &mut Machine, who: &str, b: Bytevector, order: Order, size: usize) -> Res {
    if !b.len().is_multiple_of(size) {
        let message = format!("the length {} is not a multiple of the size {size}", b.len());
        return Err(m.assertion(who, &message, &[b.value()]));
    }
    m.heap.reserve_many(b.len().saturating_mul(8))?;
    m.charge(b.len() / 4)?;
    let mut list = Value::NIL;
    for (i, chunk) in b.bytes().rchunks_exact(size).enumerate() {
        if i.is_multiple_of(PIECE) {
            look(m)?;
        }
        let mut chunk = chunk.to_vec();
        order.arrange(&mut chunk);
        let word = chunk.iter().rev().fold(0u64, |w, &o| w << 8 | u64::from(o));
        let x = m.heap.flonum(if size == 4 { f64::from(f32::from_bits(word as u32)) } else { f64::from_bits(word) });
        list = m.heap.cons(x, list);
    }
    Ok(list)
}

fn from_flonums(m: &mut Machine, who: &str, list: Value, order: Order, size: usize) -> Res {
    let items = elements(m, who, 1, list)?;
    charge(m, items.len().saturating_mul(size))?;
    let mut octets = room(m, items.len().saturating_mul(size))?;
    for (i, v) in items.into_iter().enumerate() {
        if i.is_multiple_of(PIECE) {
            look(m)?;
        }
        let Ok(x) = number::to_flonum(v) else {
            return Err(m.wrong_argument(who, "list", 1, "a list of real numbers", v));
        };
        let mut one = if size == 4 { (x as f32).to_le_bytes().to_vec() } else { x.to_le_bytes().to_vec() };
        order.arrange(&mut one);
        octets.extend_from_slice(&one);
    }
    Ok(m.heap.bytevector(&octets))
}

macro_rules! flonums {
    ($($size:literal $order:ident $to:literal $to_fn:ident $from:literal $from_fn:ident;)*) => {
        #[primitives]
        pub mod flonums {
            use super::*;

            $(
            /// `(bytevector->…-list bytevector)`: its flonums of that size and order.
            #[primitive(name = $to)]
            fn $to_fn(m: &mut Machine, who: Who, bytevector: Bytevector) -> Res { to_flonums(m, who, bytevector, Order::$order, $size) }

            /// `(…-list->bytevector list)`: the real numbers in memory, in that size and order.
            #[primitive(name = $from)]
            fn $from_fn(m: &mut Machine, who: Who, list: Value) -> Res { from_flonums(m, who, list, Order::$order, $size) }
        )* }
    };
}

flonums! {
    4 Little "bytevector->f4l-list" to_f4l "f4l-list->bytevector" from_f4l;
    4 Big "bytevector->f4b-list" to_f4b "f4b-list->bytevector" from_f4b;
    4 NATIVE "bytevector->f4n-list" to_f4n "f4n-list->bytevector" from_f4n;
    8 Little "bytevector->f8l-list" to_f8l "f8l-list->bytevector" from_f8l;
    8 Big "bytevector->f8b-list" to_f8b "f8b-list->bytevector" from_f8b;
    8 NATIVE "bytevector->f8n-list" to_f8n "f8n-list->bytevector" from_f8n;
}
