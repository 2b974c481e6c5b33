//! The accessors of C types: `pointer-ref-c-TYPE`, `pointer-set-c-TYPE!`, `array-ref-c-TYPE`, `array-set-c-TYPE!`, made
//! from one table of types.
//!
//! Each has a fast way for a pointer to live memory and an offset inside: no array of arguments, no more than the checks.

use super::access::{self, Place};
use super::pointer::{self, Offset};
use super::{Memory, exact};
use crate::eval::{Fast, Machine, Primitive, Res, Who};
use crate::heap::{Compnum, Pointer, Value, View};
use libc::{c_int, c_long, c_longlong, c_schar, c_short, c_uchar, c_uint, c_ulong, c_ulonglong, c_ushort, off_t};

/// A C type: how a Scheme value becomes one and back.
trait CType: Sized {
    /// What a value must be, for messages.
    const WHAT: &'static str;
    /// Bytes of one.
    const SIZE: usize;
    fn from_value(v: Value) -> Option<Self>;
    fn load(m: &mut Machine, who: &str, place: Place) -> Res;
    fn store(self, m: &mut Machine, who: &str, place: Place) -> Res<()>;
    /// What lies at an offset from a pointer, in the common case.
    #[inline(always)]
    fn load_inside(_m: &mut Machine, _pointer: Pointer, _offset: i64) -> Option<Value> {
        None
    }

    /// Puts it there, in the common case; false in others.
    #[inline(always)]
    fn store_inside(self, _pointer: Pointer, _offset: i64) -> bool {
        false
    }
}

/// The offset in bytes that counts `unit`s.
#[inline(always)]
fn bytes(offset: Value, unit: usize) -> Option<i64> {
    let offset = offset.as_fixnum()?;
    if unit == 1 { Some(offset) } else { offset.checked_mul(unit as i64) }
}

/// The fast way of a reading accessor whose offsets count `UNIT` bytes.
#[inline(always)]
fn fast_ref<T: CType, const UNIT: usize>(m: &mut Machine, memory: Value, offset: Value) -> Option<Value> {
    T::load_inside(m, Pointer::from_value(memory)?, bytes(offset, UNIT)?)
}

/// The same for a writing one.
#[inline(always)]
fn fast_set<T: CType, const UNIT: usize>(_: &mut Machine, memory: Value, offset: Value, value: Value) -> Option<Value> {
    let (pointer, offset) = (Pointer::from_value(memory)?, bytes(offset, UNIT)?);
    T::from_value(value)?.store_inside(pointer, offset).then_some(Value::VOID)
}

macro_rules! integers {
    ($($t:ident as $word:ident, $what:literal, |$heap:ident, $n:ident| $to_value:expr;)*) => {$(
        impl CType for $t {
            const WHAT: &'static str = $what;
            const SIZE: usize = size_of::<$t>();
            #[inline(always)]
            fn from_value(v: Value) -> Option<$t> {
                match v.as_fixnum() {
                    Some(n) => $t::try_from(n).ok(),
                    None => exact::to_i128(v).and_then(|n| $t::try_from(n).ok()),
                }
            }
            fn load(m: &mut Machine, who: &str, place: Place) -> Res {
                let $n = access::load::<$word>(m, who, place)? as $t;
                let $heap = &mut m.heap;
                Ok($to_value)
            }
            fn store(self, m: &mut Machine, who: &str, place: Place) -> Res<()> {
                access::store(m, who, place, self as $word)
            }
            #[inline(always)]
            fn load_inside(m: &mut Machine, pointer: Pointer, offset: i64) -> Option<Value> {
                let $n = access::load_inside::<$word>(pointer, offset)? as $t;
                let $heap = &mut m.heap;
                Some($to_value)
            }
            #[inline(always)]
            fn store_inside(self, pointer: Pointer, offset: i64) -> bool {
                access::store_inside(pointer, offset, self as $word)
            }
        }
    )*};
}

integers! {
    u8 as u8, "an exact integer of 0 to 255", |_heap, n| Value::fixnum(n as i64);
    i8 as u8, "an exact integer of -128 to 127", |_heap, n| Value::fixnum(n as i64);
    u16 as u16, "an exact integer of 0 to 65535", |_heap, n| Value::fixnum(n as i64);
    i16 as u16, "an exact integer of -32768 to 32767", |_heap, n| Value::fixnum(n as i64);
    u32 as u32, "an exact integer of 0 to 2^32-1", |_heap, n| Value::fixnum(n as i64);
    i32 as u32, "an exact integer of -2^31 to 2^31-1", |_heap, n| Value::fixnum(n as i64);
    u64 as u64, "an exact integer of 0 to 2^64-1", |heap, n| exact::from_u64(heap, n);
    i64 as u64, "an exact integer of -2^63 to 2^63-1", |heap, n| exact::from_i64(heap, n);
    usize as u64, "an exact integer of 0 to 2^64-1", |heap, n| exact::from_u64(heap, n as u64);
    isize as u64, "an exact integer of -2^63 to 2^63-1", |heap, n| exact::from_i64(heap, n as i64);
}

const _: () = assert!(size_of::<usize>() == 8, "addresses and sizes are stored as 64-bit words");

macro_rules! floats {
    ($($t:ident as $word:ident;)*) => {$(
        impl CType for $t {
            const WHAT: &'static str = "a flonum";
            const SIZE: usize = size_of::<$t>();
            #[inline(always)]
            fn from_value(v: Value) -> Option<$t> {
                v.as_flonum().map(|x| x as $t)
            }
            fn load(m: &mut Machine, who: &str, place: Place) -> Res {
                let x = $t::from_bits(access::load::<$word>(m, who, place)?);
                Ok(m.heap.flonum(x as f64))
            }
            fn store(self, m: &mut Machine, who: &str, place: Place) -> Res<()> {
                access::store(m, who, place, self.to_bits())
            }
            #[inline(always)]
            fn load_inside(m: &mut Machine, pointer: Pointer, offset: i64) -> Option<Value> {
                let x = $t::from_bits(access::load_inside::<$word>(pointer, offset)?);
                Some(m.heap.flonum(x as f64))
            }
            #[inline(always)]
            fn store_inside(self, pointer: Pointer, offset: i64) -> bool {
                access::store_inside(pointer, offset, self.to_bits())
            }
        }
    )*};
}

floats! { f32 as u32; f64 as u64; }

/// A C `double complex`.
struct Complex(f64, f64);

impl CType for Complex {
    const WHAT: &'static str = "an inexact complex number with two flonums";
    const SIZE: usize = 16;
    fn from_value(v: Value) -> Option<Complex> {
        let z = Compnum::from_value(v)?;
        Some(Complex(z.real_part().as_flonum()?, z.imag_part().as_flonum()?))
    }
    fn load(m: &mut Machine, who: &str, place: Place) -> Res {
        let mut bytes = [0; 16];
        access::read(m, who, place, &mut bytes)?;
        let part = |m: &mut Machine, i: usize| {
            let mut native = [0; 8];
            native.copy_from_slice(&bytes[i..i + 8]);
            m.heap.flonum(f64::from_ne_bytes(native))
        };
        let parts = [part(m, 0), part(m, 8)];
        Ok(m.heap.compnum(parts[0], parts[1]))
    }
    fn store(self, m: &mut Machine, who: &str, place: Place) -> Res<()> {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&self.0.to_ne_bytes());
        bytes[8..].copy_from_slice(&self.1.to_ne_bytes());
        access::write(m, who, place, &bytes)
    }
}

/// A C pointer.
struct Address(u64);

impl CType for Address {
    const WHAT: &'static str = <Pointer as View>::WHAT;
    const SIZE: usize = 8;
    fn from_value(v: Value) -> Option<Address> {
        Pointer::from_value(v).map(|p| Address(p.word::<0>()))
    }
    fn load(m: &mut Machine, who: &str, place: Place) -> Res {
        let address: u64 = access::load(m, who, place)?;
        Ok(pointer::unbound(m, address as usize).value())
    }
    fn store(self, m: &mut Machine, who: &str, place: Place) -> Res<()> {
        access::store(m, who, place, self.0)
    }
    fn load_inside(m: &mut Machine, pointer: Pointer, offset: i64) -> Option<Value> {
        let address: u64 = access::load_inside(pointer, offset)?;
        Some(pointer::unbound(m, address as usize).value())
    }
    fn store_inside(self, pointer: Pointer, offset: i64) -> bool {
        access::store_inside(pointer, offset, self.0)
    }
}

/// The element at an index.
#[inline(always)]
fn element<T: CType>(memory: Memory, index: Offset) -> Place {
    let unit = T::SIZE as i64;
    Place { memory, offset: index.0.saturating_mul(unit), unit }
}

#[inline(always)]
fn store<T: CType>(m: &mut Machine, who: &str, place: Place, value: Value) -> Res {
    match T::from_value(value) {
        Some(x) => x.store(m, who, place).map(|()| Value::VOID),
        None => Err(m.wrong_argument(who, "value", 3, T::WHAT, value)),
    }
}

macro_rules! c_types {
    ($($name:ident: $t:ident, $what:literal, $ref:literal $set:literal $array_ref:literal $array_set:literal;)*) => {
        /// A module a type, so that the rows' functions do not meet.
        mod types {
            use vicar_macros::primitives;
            $(#[primitives]
            pub mod $name {
                use super::super::*;

                #[doc = concat!("`(", $ref, " memory offset)`: ", $what, " at byte `offset` of a pointer or memory \
                    block, in native order, at any alignment. Raises when the bytes are not readable memory.")]
                #[primitive(name = $ref, fast = Fast::Two(fast_ref::<$t, 1>))]
                fn pointer_ref(m: &mut Machine, who: Who, memory: Memory, offset: Offset) -> Res {
                    <$t>::load(m, who, Place { memory, offset: offset.0, unit: 1 })
                }

                #[doc = concat!("`(", $set, " memory offset value)`: stores ", $what, " at byte `offset`, as `", $ref,
                    "` reads it. Raises when the value does not fit, or when the bytes are not writable memory.")]
                #[primitive(name = $set, fast = Fast::Three(fast_set::<$t, 1>))]
                fn pointer_set(m: &mut Machine, who: Who, memory: Memory, offset: Offset, value: Value) -> Res {
                    store::<$t>(m, who, Place { memory, offset: offset.0, unit: 1 }, value)
                }

                #[doc = concat!("`(", $array_ref, " memory index)`: like `", $ref, "`, with an index that counts \
                    elements.")]
                #[primitive(name = $array_ref, fast = Fast::Two(fast_ref::<$t, { <$t as CType>::SIZE }>))]
                fn array_ref(m: &mut Machine, who: Who, memory: Memory, index: Offset) -> Res {
                    <$t>::load(m, who, element::<$t>(memory, index))
                }

                #[doc = concat!("`(", $array_set, " memory index value)`: like `", $set, "`, with an index that counts \
                    elements.")]
                #[primitive(name = $array_set, fast = Fast::Three(fast_set::<$t, { <$t as CType>::SIZE }>))]
                fn array_set(m: &mut Machine, who: Who, memory: Memory, index: Offset, value: Value) -> Res {
                    store::<$t>(m, who, element::<$t>(memory, index), value)
                }
            })*
        }
        /// The tables of all types.
        pub static TABLES: &[&[Primitive]] = &[$(types::$name::TABLE),*];
    };
}

c_types! {
    uint8: u8, "an unsigned integer of 8 bits",
        "pointer-ref-c-uint8" "pointer-set-c-uint8!" "array-ref-c-uint8" "array-set-c-uint8!";
    sint8: i8, "a signed integer of 8 bits",
        "pointer-ref-c-sint8" "pointer-set-c-sint8!" "array-ref-c-sint8" "array-set-c-sint8!";
    uint16: u16, "an unsigned integer of 16 bits",
        "pointer-ref-c-uint16" "pointer-set-c-uint16!" "array-ref-c-uint16" "array-set-c-uint16!";
    sint16: i16, "a signed integer of 16 bits",
        "pointer-ref-c-sint16" "pointer-set-c-sint16!" "array-ref-c-sint16" "array-set-c-sint16!";
    uint32: u32, "an unsigned integer of 32 bits",
        "pointer-ref-c-uint32" "pointer-set-c-uint32!" "array-ref-c-uint32" "array-set-c-uint32!";
    sint32: i32, "a signed integer of 32 bits",
        "pointer-ref-c-sint32" "pointer-set-c-sint32!" "array-ref-c-sint32" "array-set-c-sint32!";
    uint64: u64, "an unsigned integer of 64 bits",
        "pointer-ref-c-uint64" "pointer-set-c-uint64!" "array-ref-c-uint64" "array-set-c-uint64!";
    sint64: i64, "a signed integer of 64 bits",
        "pointer-ref-c-sint64" "pointer-set-c-sint64!" "array-ref-c-sint64" "array-set-c-sint64!";
    signed_char: c_schar, "a C signed char",
        "pointer-ref-c-signed-char" "pointer-set-c-signed-char!" "array-ref-c-signed-char" "array-set-c-signed-char!";
    unsigned_char: c_uchar, "a C unsigned char",
        "pointer-ref-c-unsigned-char" "pointer-set-c-unsigned-char!" "array-ref-c-unsigned-char" "array-set-c-unsigned-char!";
    signed_short: c_short, "a C short",
        "pointer-ref-c-signed-short" "pointer-set-c-signed-short!" "array-ref-c-signed-short" "array-set-c-signed-short!";
    unsigned_short: c_ushort, "a C unsigned short",
        "pointer-ref-c-unsigned-short" "pointer-set-c-unsigned-short!" "array-ref-c-unsigned-short" "array-set-c-unsigned-short!";
    signed_int: c_int, "a C int",
        "pointer-ref-c-signed-int" "pointer-set-c-signed-int!" "array-ref-c-signed-int" "array-set-c-signed-int!";
    unsigned_int: c_uint, "a C unsigned int",
        "pointer-ref-c-unsigned-int" "pointer-set-c-unsigned-int!" "array-ref-c-unsigned-int" "array-set-c-unsigned-int!";
    signed_long: c_long, "a C long",
        "pointer-ref-c-signed-long" "pointer-set-c-signed-long!" "array-ref-c-signed-long" "array-set-c-signed-long!";
    unsigned_long: c_ulong, "a C unsigned long",
        "pointer-ref-c-unsigned-long" "pointer-set-c-unsigned-long!" "array-ref-c-unsigned-long" "array-set-c-unsigned-long!";
    signed_long_long: c_longlong, "a C long long",
        "pointer-ref-c-signed-long-long" "pointer-set-c-signed-long-long!" "array-ref-c-signed-long-long" "array-set-c-signed-long-long!";
    unsigned_long_long: c_ulonglong, "a C unsigned long long",
        "pointer-ref-c-unsigned-long-long" "pointer-set-c-unsigned-long-long!" "array-ref-c-unsigned-long-long" "array-set-c-unsigned-long-long!";
    size_t: usize, "a C size_t",
        "pointer-ref-c-size_t" "pointer-set-c-size_t!" "array-ref-c-size_t" "array-set-c-size_t!";
    ssize_t: isize, "a C ssize_t",
        "pointer-ref-c-ssize_t" "pointer-set-c-ssize_t!" "array-ref-c-ssize_t" "array-set-c-ssize_t!";
    off_t: off_t, "a C off_t",
        "pointer-ref-c-off_t" "pointer-set-c-off_t!" "array-ref-c-off_t" "array-set-c-off_t!";
    ptrdiff_t: isize, "a C ptrdiff_t",
        "pointer-ref-c-ptrdiff_t" "pointer-set-c-ptrdiff_t!" "array-ref-c-ptrdiff_t" "array-set-c-ptrdiff_t!";
    float: f32, "a C float",
        "pointer-ref-c-float" "pointer-set-c-float!" "array-ref-c-float" "array-set-c-float!";
    double: f64, "a C double",
        "pointer-ref-c-double" "pointer-set-c-double!" "array-ref-c-double" "array-set-c-double!";
    double_complex: Complex, "a C double complex: the real part first",
        "pointer-ref-c-double-complex" "pointer-set-c-double-complex!" "array-ref-c-double-complex" "array-set-c-double-complex!";
    pointer: Address, "a C pointer",
        "pointer-ref-c-pointer" "pointer-set-c-pointer!" "array-ref-c-pointer" "array-set-c-pointer!";
}
