//! Bytevectors as memory for numbers: R6RS libraries 2.3 to 2.8. Inside, everything is little-endian.

use super::bytevectors::{charge, mutable};
use super::lists::elements;
use crate::eval::{Flonum, Machine, Res, Single, Stop, Who};
use crate::heap::{Bignum, Bytevector, Symbol, Value, View};
use crate::number;
use crate::primitives::work::{in_pieces, look, room};
use vicar_macros::primitives;

/// The order of octets in memory.
#[derive(Copy, Clone, PartialEq, Eq)]
pub enum Order {
    Little,
    Big,
}

impl Order {
    pub(super) const NATIVE: Order = if cfg!(target_endian = "big") { Order::Big } else { Order::Little };

    /// To or from little-endian.
    pub(super) fn arrange(self, octets: &mut [u8]) {
        if self == Order::Big {
            octets.reverse()
        }
    }
}

impl Single for Order {
    const WHAT: &'static str = "the symbol big or little";
    fn convert(v: Value) -> Option<Order> {
        match Symbol::from_value(v)?.name() {
            "little" => Some(Order::Little),
            "big" => Some(Order::Big),
            _ => None,
        }
    }
}

/// Word `i` of the number in `octets`, counted from the lowest, and `fill` where there are no octets.
fn word(octets: &[u8], order: Order, i: usize, fill: u8) -> u64 {
    let count = octets.len().saturating_sub(i * 8).min(8);
    let mut word = [fill; 8];
    let from = if order == Order::Little { i * 8 } else { octets.len() - i * 8 - count };
    let (to, of_number) = (&mut word[..count], octets.get(from..from + count));
    to.copy_from_slice(of_number.unwrap_or(&[fill; 8][..count]));
    order.arrange(to);
    u64::from_le_bytes(word)
}

/// The integer with that two's complement or unsigned representation.
pub fn decode(m: &mut Machine, octets: &[u8], order: Order, signed: bool) -> Res {
    let highest = if order == Order::Little { octets.last() } else { octets.first() };
    let negative = signed && highest.is_some_and(|&b| b >= 128);
    let fill = if negative { 255 } else { 0 };
    if octets.len() <= 8 {
        let word = word(octets, order, 0, fill);
        return Ok(if signed || octets.len() < 8 {
            number::integer(&mut m.heap, word as i64)
        } else {
            number::integer_u64(&mut m.heap, word)
        });
    }
    let count = octets.len().div_ceil(8);
    let mut limbs = room(m, count)?;
    // The magnitude of a negative number: all bits turned round, and one more.
    let mut carry = negative;
    in_pieces(m, 0..count, |_, range| {
        for i in range {
            let word = word(octets, order, i, fill);
            let (limb, more) = if negative { (!word).overflowing_add(u64::from(carry)) } else { (word, false) };
            carry = more;
            limbs.push(limb);
        }
    })?;
    m.heap.reserve(octets.len() + 8)?;
    Ok(number::from_limbs(&mut m.heap, negative, &limbs))
}

/// Writes the representation of an exact integer to all of `to`, if there is one of that length.
pub fn encode(m: &mut Machine, v: Value, to: &mut [u8], order: Order, signed: bool) -> Res<bool> {
    let small;
    let bignum = Bignum::from_value(v);
    let (negative, limbs): (bool, &[u64]) = match (v.as_fixnum(), &bignum) {
        (Some(n), _) => {
            small = [n.unsigned_abs()];
            (n < 0, &small)
        }
        (None, Some(b)) => (b.is_negative(), b.limbs()),
        (None, None) => return Ok(false),
    };
    let size = to.len();
    // Of the smallest negative number that has so many bits, the magnitude has one bit more.
    let bits = number::bit_length(v) - usize::from(negative && is_power_of_two(limbs));
    if negative && !signed || bits.div_ceil(8) > size || signed && bits / 8 >= size {
        return Ok(false);
    }
    let mut carry = negative;
    in_pieces(m, 0..size.div_ceil(8), |_, range| {
        for i in range {
            let limb = limbs.get(i).copied().unwrap_or(0);
            let (word, more) = if negative { (!limb).overflowing_add(u64::from(carry)) } else { (limb, false) };
            carry = more;
            let count = (size - i * 8).min(8);
            let from = if order == Order::Little { i * 8 } else { size - i * 8 - count };
            if let Some(place) = to.get_mut(from..from + count) {
                place.copy_from_slice(&word.to_le_bytes()[..count]);
                order.arrange(place);
            }
        }
    })?;
    Ok(true)
}

/// Whether one bit is set in a magnitude.
fn is_power_of_two(limbs: &[u64]) -> bool {
    limbs.split_last().is_some_and(|(high, low)| high.is_power_of_two() && low.iter().all(|&w| w == 0))
}

/// Octets `k` to below `k + size`; for a native access, `k` must be a multiple of `size`.
fn place(
    m: &mut Machine,
    who: &str,
    b: Bytevector,
    k: usize,
    size: usize,
    aligned: bool,
) -> Res<std::ops::Range<usize>> {
    if aligned && !k.is_multiple_of(size) {
        return Err(m.assertion(
            who,
            &format!("index {k} is not a multiple of {size}"),
            &[b.value(), Value::fixnum(k as i64)],
        ));
    }
    match k.checked_add(size).filter(|&end| end <= b.len()) {
        Some(end) => Ok(k..end),
        None => {
            let message = format!("index {k} out of range for {size} octets, the length is {}", b.len());
            Err(m.assertion(who, &message, &[b.value(), Value::fixnum(k as i64)]))
        }
    }
}

/// How a number lies in memory.
#[derive(Copy, Clone)]
struct Shape {
    size: usize,
    signed: bool,
    order: Order,
    aligned: bool,
}

fn load(m: &mut Machine, who: &str, b: Bytevector, k: usize, shape: Shape) -> Res {
    let range = place(m, who, b, k, shape.size, shape.aligned)?;
    m.charge(shape.size / 8)?;
    decode(m, b.bytes().get(range).unwrap_or(&[]), shape.order, shape.signed)
}

fn store(m: &mut Machine, who: &str, mut b: Bytevector, k: usize, v: Value, shape: Shape) -> Res {
    mutable(m, who, b)?;
    let range = place(m, who, b, k, shape.size, shape.aligned)?;
    m.charge(shape.size / 8)?;
    let to = b.bytes_mut().get_mut(range).unwrap_or(&mut []);
    if !encode(m, v, to, shape.order, shape.signed)? {
        let kind = if shape.signed { "a signed" } else { "an unsigned" };
        let what = format!("{kind} exact integer of {} bits", shape.size.saturating_mul(8));
        return Err(m.wrong_argument(who, "n", 3, &what, v));
    }
    Ok(Value::VOID)
}

macro_rules! integers {
    ($($size:literal $signed:literal $get:literal $get_fn:ident $set:literal $set_fn:ident
       $native_get:literal $native_get_fn:ident $native_set:literal $native_set_fn:ident;)*) => {
        #[primitives]
        pub mod integers {
            use super::*;

            $(
            /// `(bytevector-…-ref bytevector k endianness)`: the integer at octet `k`.
            #[primitive(name = $get)]
            fn $get_fn(m: &mut Machine, who: Who, bytevector: Bytevector, k: usize, endianness: Order) -> Res {
                load(m, who, bytevector, k, Shape { size: $size, signed: $signed, order: endianness, aligned: false })
            }

            /// `(bytevector-…-set! bytevector k n endianness)`: stores the integer at octet `k`.
            #[primitive(name = $set)]
            fn $set_fn(m: &mut Machine, who: Who, bytevector: Bytevector, k: usize, n: Value, endianness: Order) -> Res {
                store(m, who, bytevector, k, n, Shape { size: $size, signed: $signed, order: endianness, aligned: false })
            }

            /// `(bytevector-…-native-ref bytevector k)`: the same in the machine's order; `k` is a multiple of the size.
            #[primitive(name = $native_get)]
            fn $native_get_fn(m: &mut Machine, who: Who, bytevector: Bytevector, k: usize) -> Res {
                load(m, who, bytevector, k, Shape { size: $size, signed: $signed, order: Order::NATIVE, aligned: true })
            }

            /// `(bytevector-…-native-set! bytevector k n)`: the same in the machine's order; `k` is a multiple of the size.
            #[primitive(name = $native_set)]
            fn $native_set_fn(m: &mut Machine, who: Who, bytevector: Bytevector, k: usize, n: Value) -> Res {
                store(m, who, bytevector, k, n, Shape { size: $size, signed: $signed, order: Order::NATIVE, aligned: true })
            }
        )* }
    };
}

integers! {
    2 false "bytevector-u16-ref" u16_ref "bytevector-u16-set!" u16_set
      "bytevector-u16-native-ref" u16_native_ref "bytevector-u16-native-set!" u16_native_set;
    2 true "bytevector-s16-ref" s16_ref "bytevector-s16-set!" s16_set
      "bytevector-s16-native-ref" s16_native_ref "bytevector-s16-native-set!" s16_native_set;
    4 false "bytevector-u32-ref" u32_ref "bytevector-u32-set!" u32_set
      "bytevector-u32-native-ref" u32_native_ref "bytevector-u32-native-set!" u32_native_set;
    4 true "bytevector-s32-ref" s32_ref "bytevector-s32-set!" s32_set
      "bytevector-s32-native-ref" s32_native_ref "bytevector-s32-native-set!" s32_native_set;
    8 false "bytevector-u64-ref" u64_ref "bytevector-u64-set!" u64_set
      "bytevector-u64-native-ref" u64_native_ref "bytevector-u64-native-set!" u64_native_set;
    8 true "bytevector-s64-ref" s64_ref "bytevector-s64-set!" s64_set
      "bytevector-s64-native-ref" s64_native_ref "bytevector-s64-native-set!" s64_native_set;
}

/// The size of an integer in octets: positive.
fn positive(m: &mut Machine, who: &str, index: usize, size: usize) -> Res<usize> {
    if size > 0 {
        Ok(size)
    } else {
        Err(m.wrong_argument(who, "size", index, "a positive number of octets", Value::fixnum(0)))
    }
}

/// Numbers between two looks around.
const STRETCH: usize = 1 << 10;

/// All integers of one size in a bytevector, as a list.
pub(super) fn to_list(m: &mut Machine, who: &str, b: Bytevector, order: Order, size: usize, signed: bool) -> Res {
    positive(m, who, 3, size)?;
    if !b.len().is_multiple_of(size) {
        let message = format!("the length {} is not a multiple of the size {size}", b.len());
        return Err(m.assertion(who, &message, &[b.value()]));
    }
    m.heap.reserve_many(b.len().saturating_mul(3).saturating_add(b.len() / size * 24))?;
    m.charge(b.len() / 4)?;
    let mut list = Value::NIL;
    for (i, chunk) in b.bytes().rchunks_exact(size).enumerate() {
        if i.is_multiple_of(STRETCH) {
            look(m)?;
        }
        let n = decode(m, chunk, order, signed)?;
        list = m.heap.cons(n, list);
    }
    Ok(list)
}

pub(super) fn from_list(m: &mut Machine, who: &str, list: Value, order: Order, size: usize, signed: bool) -> Res {
    positive(m, who, 3, size)?;
    let items = elements(m, who, 1, list)?;
    charge(m, items.len().saturating_mul(size))?;
    let mut octets = m.heap.make_bytevector(items.len().saturating_mul(size), 0);
    for (i, (v, to)) in items.into_iter().zip(octets.bytes_mut().chunks_exact_mut(size)).enumerate() {
        if i.is_multiple_of(STRETCH) {
            look(m)?;
        }
        if !encode(m, v, to, order, signed)? {
            return Err(out_of_range(m, who, size, v));
        }
    }
    Ok(octets.value())
}

#[cold]
fn out_of_range(m: &mut Machine, who: &str, size: usize, v: Value) -> Stop {
    m.wrong_argument(who, "list", 1, &format!("a list of exact integers of {} bits", size.saturating_mul(8)), v)
}

#[primitives]
pub mod procedures {
    use super::*;

    /// `(native-endianness)`: the symbol `little` or `big`.
    fn native_endianness(m: &mut Machine) -> Res {
        Ok(m.heap.symbol(if Order::NATIVE == Order::Big { "big" } else { "little" }))
    }

    /// `(bytevector-uint-ref bytevector k endianness size)`: the unsigned integer of `size` octets at octet `k`.
    fn bytevector_uint_ref(
        m: &mut Machine,
        who: Who,
        bytevector: Bytevector,
        k: usize,
        endianness: Order,
        size: usize,
    ) -> Res {
        positive(m, who, 4, size)?;
        load(m, who, bytevector, k, Shape { size, signed: false, order: endianness, aligned: false })
    }

    /// `(bytevector-sint-ref bytevector k endianness size)`: the signed integer of `size` octets at octet `k`.
    fn bytevector_sint_ref(
        m: &mut Machine,
        who: Who,
        bytevector: Bytevector,
        k: usize,
        endianness: Order,
        size: usize,
    ) -> Res {
        positive(m, who, 4, size)?;
        load(m, who, bytevector, k, Shape { size, signed: true, order: endianness, aligned: false })
    }

    /// `(bytevector-uint-set! bytevector k n endianness size)`
    #[primitive(name = "bytevector-uint-set!")]
    fn uint_set(
        m: &mut Machine,
        who: Who,
        bytevector: Bytevector,
        k: usize,
        n: Value,
        endianness: Order,
        size: usize,
    ) -> Res {
        positive(m, who, 5, size)?;
        store(m, who, bytevector, k, n, Shape { size, signed: false, order: endianness, aligned: false })
    }

    /// `(bytevector-sint-set! bytevector k n endianness size)`
    #[primitive(name = "bytevector-sint-set!")]
    fn sint_set(
        m: &mut Machine,
        who: Who,
        bytevector: Bytevector,
        k: usize,
        n: Value,
        endianness: Order,
        size: usize,
    ) -> Res {
        positive(m, who, 5, size)?;
        store(m, who, bytevector, k, n, Shape { size, signed: true, order: endianness, aligned: false })
    }

    /// `(bytevector->uint-list bytevector endianness size)`: its unsigned integers of `size` octets each.
    fn bytevector_to_uint_list(
        m: &mut Machine,
        who: Who,
        bytevector: Bytevector,
        endianness: Order,
        size: usize,
    ) -> Res {
        to_list(m, who, bytevector, endianness, size, false)
    }

    /// `(bytevector->sint-list bytevector endianness size)`: its signed integers of `size` octets each.
    fn bytevector_to_sint_list(
        m: &mut Machine,
        who: Who,
        bytevector: Bytevector,
        endianness: Order,
        size: usize,
    ) -> Res {
        to_list(m, who, bytevector, endianness, size, true)
    }

    /// `(uint-list->bytevector list endianness size)`
    fn uint_list_to_bytevector(m: &mut Machine, who: Who, list: Value, endianness: Order, size: usize) -> Res {
        from_list(m, who, list, endianness, size, false)
    }

    /// `(sint-list->bytevector list endianness size)`
    fn sint_list_to_bytevector(m: &mut Machine, who: Who, list: Value, endianness: Order, size: usize) -> Res {
        from_list(m, who, list, endianness, size, true)
    }
}

fn load_float(m: &mut Machine, who: &str, b: Bytevector, k: usize, size: usize, order: Order, aligned: bool) -> Res {
    let range = place(m, who, b, k, size, aligned)?;
    let mut octets = b.bytes().get(range).unwrap_or(&[]).to_vec();
    order.arrange(&mut octets);
    let word = octets.iter().rev().fold(0u64, |w, &b| w << 8 | b as u64);
    Ok(m.heap.flonum(if size == 4 { f32::from_bits(word as u32) as f64 } else { f64::from_bits(word) }))
}

fn store_float(
    m: &mut Machine,
    who: &str,
    mut b: Bytevector,
    k: usize,
    x: f64,
    size: usize,
    order: Order,
    aligned: bool,
) -> Res {
    mutable(m, who, b)?;
    let range = place(m, who, b, k, size, aligned)?;
    let mut octets = if size == 4 { (x as f32).to_le_bytes().to_vec() } else { x.to_le_bytes().to_vec() };
    order.arrange(&mut octets);
    if let Some(to) = b.bytes_mut().get_mut(range) {
        to.copy_from_slice(&octets);
    }
    Ok(Value::VOID)
}

/// A real number on its way to memory.
#[derive(Copy, Clone)]
struct Real(f64);

impl Single for Real {
    const WHAT: &'static str = "a real number";
    fn convert(v: Value) -> Option<Real> {
        Flonum::convert(v).map(|f| f.0).or_else(|| number::to_flonum(v).ok()).map(Real)
    }
}

macro_rules! floats {
    ($($size:literal $get:literal $get_fn:ident $set:literal $set_fn:ident
       $native_get:literal $native_get_fn:ident $native_set:literal $native_set_fn:ident;)*) => {
        #[primitives]
        pub mod floats {
            use super::*;

            $(
            /// `(bytevector-ieee-…-ref bytevector k endianness)`: the flonum at octet `k`.
            #[primitive(name = $get)]
            fn $get_fn(m: &mut Machine, who: Who, bytevector: Bytevector, k: usize, endianness: Order) -> Res {
                load_float(m, who, bytevector, k, $size, endianness, false)
            }

            /// `(bytevector-ieee-…-set! bytevector k x endianness)`: stores the real number at octet `k`.
            #[primitive(name = $set)]
            fn $set_fn(m: &mut Machine, who: Who, bytevector: Bytevector, k: usize, x: Real, endianness: Order) -> Res {
                store_float(m, who, bytevector, k, x.0, $size, endianness, false)
            }

            /// `(bytevector-ieee-…-native-ref bytevector k)`: the same in the machine's order; `k` is a multiple of the size.
            #[primitive(name = $native_get)]
            fn $native_get_fn(m: &mut Machine, who: Who, bytevector: Bytevector, k: usize) -> Res {
                load_float(m, who, bytevector, k, $size, Order::NATIVE, true)
            }

            /// `(bytevector-ieee-…-native-set! bytevector k x)`: the same in the machine's order; `k` is a multiple of the size.
            #[primitive(name = $native_set)]
            fn $native_set_fn(m: &mut Machine, who: Who, bytevector: Bytevector, k: usize, x: Real) -> Res {
                store_float(m, who, bytevector, k, x.0, $size, Order::NATIVE, true)
            }
        )* }
    };
}

floats! {
    4 "bytevector-ieee-single-ref" single_ref "bytevector-ieee-single-set!" single_set
      "bytevector-ieee-single-native-ref" single_native_ref "bytevector-ieee-single-native-set!" single_native_set;
    8 "bytevector-ieee-double-ref" double_ref "bytevector-ieee-double-set!" double_set
      "bytevector-ieee-double-native-ref" double_native_ref "bytevector-ieee-double-native-set!" double_native_set;
}
