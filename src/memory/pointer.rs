//! Pointer objects: an address, and the region it was made for. Comparison is by address alone.

use super::exact;
use super::registry::Registry;
use crate::account::{Claim, Paid};
use crate::eval::{Machine, ProperList, Res, Rest, Single, Stop, Who};
use crate::heap::{ConditionType, Pointer, Value, View};
use hashbrown::HashSet;
use std::hash::Hash;
use vicar_macros::primitives;

/// The address.
pub fn address(pointer: Pointer) -> usize {
    pointer.word::<0>() as usize
}

/// A fresh pointer to an address of which nothing is known: what an access through it finds there is looked up then.
pub fn unbound(m: &mut Machine, address: usize) -> Pointer {
    m.heap.pointer([address as u64, 0, 0])
}

/// A fresh pointer that leads nowhere and stands for something that C has: nothing is read or written through it. Its address
/// is in the kernel's half of the address space, where no program has memory.
pub fn handle(m: &mut Machine) -> Pointer {
    const HANDLES: usize = 0xffff_0000_0000_0000;
    let number = m.extension::<Registry>().next_handle();
    unbound(m, HANDLES + number)
}

/// Makes the pointer null: it forgets its memory.
pub fn set_null(pointer: Pointer) {
    set(pointer, [0; Pointer::WORDS])
}

/// Makes the pointer another.
pub fn set(pointer: Pointer, [address, region, origin]: [u64; Pointer::WORDS]) {
    pointer.set_word::<0>(address);
    pointer.set_word::<1>(region);
    pointer.set_word::<2>(origin);
}

/// The pointer moved by a number of bytes, for the same memory.
fn moved(pointer: Pointer, offset: i128) -> Option<[u64; Pointer::WORDS]> {
    let address = u64::try_from(address(pointer) as i128 + offset).ok()?;
    Some([address, pointer.word::<1>(), pointer.word::<2>()])
}

/// All arguments as addresses.
fn addresses(m: &mut Machine, who: &str, first: Value, rest: &[Value]) -> Res<Paid<Vec<usize>>> {
    m.charge(rest.len())?;
    let mut found = Paid::with_room(m.heap.memory(), 1 + rest.len())?;
    for &v in std::iter::once(&first).chain(rest) {
        match Pointer::from_value(v) {
            Some(p) => found.push(address(p)),
            None => {
                return Err(m.wrong_argument(who, "pointer", found.len() + 1, <Pointer as View>::WHAT, v));
            }
        }
    }
    Ok(found)
}

/// Whether no two are equal.
pub(super) fn are_different<T: Copy + Eq + Hash>(m: &mut Machine, items: &[T]) -> Res<bool> {
    let mut claim = Claim::new(m.heap.memory());
    let mut seen = HashSet::with_hasher(foldhash::fast::FixedState::default());
    for &item in items {
        // Looks around now and then.
        m.charge(1)?;
        claim.grow(&mut seen, 1)?;
        if !seen.insert(item) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether the relation holds between each pointer and the next.
fn ordered(m: &mut Machine, who: &str, first: Value, rest: &[Value], ok: fn(&usize, &usize) -> bool) -> Res {
    let all = addresses(m, who, first, rest)?;
    Ok(Value::boolean(all.is_sorted_by(ok)))
}

/// The first of the arguments that no other is better than.
fn best(m: &mut Machine, who: &str, first: Value, rest: &[Value], better: fn(usize, usize) -> bool) -> Res {
    let all = addresses(m, who, first, rest)?;
    let best = (1..all.len()).fold(0, |best, i| if better(all[i], all[best]) { i } else { best });
    Ok(if best == 0 { first } else { rest[best - 1] })
}

#[cold]
fn overflow(m: &mut Machine, who: &str, pointer: Pointer, offset: Value) -> Stop {
    let message = "the result is not an address";
    m.violation(ConditionType::ProcedureArgumentsConsistency, who, message, &[pointer.value(), offset])
}

/// An exact integer in the range of C's `ptrdiff_t`.
#[derive(Copy, Clone)]
pub struct Offset(pub i64);

impl Single for Offset {
    const WHAT: &'static str = "an exact integer in the range of ptrdiff_t";
    #[inline(always)]
    fn convert(v: Value) -> Option<Offset> {
        match v.as_fixnum() {
            Some(n) => Some(Offset(n)),
            None => exact::to_i128(v).and_then(|n| i64::try_from(n).ok()).map(Offset),
        }
    }
}

/// An exact integer in the range of C's `size_t`.
#[derive(Copy, Clone)]
pub struct Size(pub usize);

impl Single for Size {
    const WHAT: &'static str = "an exact integer in the range of size_t";
    #[inline(always)]
    fn convert(v: Value) -> Option<Size> {
        exact::to_i128(v).and_then(|n| usize::try_from(n).ok()).map(Size)
    }
}

#[primitives]
pub mod procedures {
    use super::*;

    /// `(pointer? obj)`: whether it is a pointer object. No other type's predicate is true of one.
    fn is_pointer(obj: Value) -> Res {
        Ok(Value::boolean(Pointer::from_value(obj).is_some()))
    }

    /// `(false-or-pointer? obj)`
    fn is_false_or_pointer(obj: Value) -> Res {
        Ok(Value::boolean(obj.is_false() || Pointer::from_value(obj).is_some()))
    }

    /// `(list-of-pointers? obj)`: whether it is a proper list of nothing but pointers.
    fn is_list_of_pointers(m: &mut Machine, obj: Value) -> Res {
        let Some(items) = ProperList::convert(obj) else { return Ok(Value::FALSE) };
        for item in items.iter() {
            m.charge(1)?;
            if Pointer::from_value(item).is_none() {
                return Ok(Value::FALSE);
            }
        }
        Ok(Value::TRUE)
    }

    /// `(null-pointer)`: a new pointer object whose address is 0.
    fn null_pointer(m: &mut Machine) -> Res {
        Ok(unbound(m, 0).value())
    }

    /// `(pointer-null? obj)`: whether it is a pointer whose address is 0.
    fn is_pointer_null(obj: Value) -> Res {
        Ok(Value::boolean(Pointer::from_value(obj).is_some_and(|p| address(p) == 0)))
    }

    /// `(pointer-non-null? obj)`: whether it is a pointer whose address is not 0.
    fn is_pointer_non_null(obj: Value) -> Res {
        Ok(Value::boolean(Pointer::from_value(obj).is_some_and(|p| address(p) != 0)))
    }

    /// `(set-pointer-null! pointer)`: makes the object a null pointer. Frees nothing.
    #[primitive(name = "set-pointer-null!")]
    fn set_pointer_null(pointer: Pointer) -> Res {
        set_null(pointer);
        Ok(Value::VOID)
    }

    /// `(pointer->integer pointer)`: the address, an exact integer of 0 and up.
    fn pointer_to_integer(m: &mut Machine, pointer: Pointer) -> Res {
        Ok(exact::from_u64(&mut m.heap, pointer.word::<0>()))
    }

    /// `(integer->pointer address)`: a pointer to that address, 0 to 2^64-1. What it may access is looked up at each
    /// access: inside memory that the program mapped or allocated as any pointer there, elsewhere through the kernel.
    #[primitive(capability = RawMemory)]
    fn integer_to_pointer(m: &mut Machine, address: Size) -> Res {
        Ok(unbound(m, address.0).value())
    }

    /// `(pointer-clone pointer)`: a new object to the same memory, which later changes of the first do not touch.
    fn pointer_clone(m: &mut Machine, pointer: Pointer) -> Res {
        let words = [pointer.word::<0>(), pointer.word::<1>(), pointer.word::<2>()];
        Ok(m.heap.pointer(words).value())
    }

    /// `(pointer-add pointer offset)`: a new pointer, `offset` bytes further in the same memory. It may point outside,
    /// only an access there raises. A result that is no address raises.
    fn pointer_add(m: &mut Machine, who: Who, pointer: Pointer, offset: Offset) -> Res {
        match moved(pointer, offset.0 as i128) {
            Some(words) => Ok(m.heap.pointer(words).value()),
            None => {
                let offset = exact::from_i64(&mut m.heap, offset.0);
                Err(overflow(m, who, pointer, offset))
            }
        }
    }

    /// `(pointer-diff pointer1 pointer2)`: how many bytes the first is behind the second, negative if before.
    fn pointer_diff(m: &mut Machine, pointer1: Pointer, pointer2: Pointer) -> Res {
        let difference = address(pointer1) as i128 - address(pointer2) as i128;
        Ok(exact::from_i128(&mut m.heap, difference))
    }

    /// `(pointer-and-offset? pointer offset)`: whether the pointer moved by that exact integer is still an address.
    fn is_pointer_and_offset(m: &mut Machine, who: Who, pointer: Pointer, offset: Value) -> Res {
        let whole = match exact::to_i128(offset) {
            Some(n) => moved(pointer, n).is_some(),
            None if offset.is(crate::heap::Kind::Bignum) => false,
            None => return Err(m.wrong_argument(who, "offset", 2, "an exact integer", offset)),
        };
        Ok(Value::boolean(whole))
    }

    /// `(pointer=? pointer0 pointer …)`: whether all have the same address.
    #[primitive(name = "pointer=?")]
    fn pointer_equal(m: &mut Machine, who: Who, pointer0: Value, pointers: Rest) -> Res {
        ordered(m, who, pointer0, &pointers, |a, b| a == b)
    }

    /// `(pointer<? pointer0 pointer …)`: whether the addresses increase.
    #[primitive(name = "pointer<?")]
    fn pointer_less(m: &mut Machine, who: Who, pointer0: Value, pointers: Rest) -> Res {
        ordered(m, who, pointer0, &pointers, |a, b| a < b)
    }

    /// `(pointer>? pointer0 pointer …)`: whether the addresses decrease.
    #[primitive(name = "pointer>?")]
    fn pointer_greater(m: &mut Machine, who: Who, pointer0: Value, pointers: Rest) -> Res {
        ordered(m, who, pointer0, &pointers, |a, b| a > b)
    }

    /// `(pointer<=? pointer0 pointer …)`: whether the addresses do not decrease.
    #[primitive(name = "pointer<=?")]
    fn pointer_not_greater(m: &mut Machine, who: Who, pointer0: Value, pointers: Rest) -> Res {
        ordered(m, who, pointer0, &pointers, |a, b| a <= b)
    }

    /// `(pointer>=? pointer0 pointer …)`: whether the addresses do not increase.
    #[primitive(name = "pointer>=?")]
    fn pointer_not_less(m: &mut Machine, who: Who, pointer0: Value, pointers: Rest) -> Res {
        ordered(m, who, pointer0, &pointers, |a, b| a >= b)
    }

    /// `(pointer!=? pointer0 pointer …)`: whether no two have the same address; of one pointer `#f`.
    #[primitive(name = "pointer!=?")]
    fn pointer_different(m: &mut Machine, who: Who, pointer0: Value, pointers: Rest) -> Res {
        let all = addresses(m, who, pointer0, &pointers)?;
        Ok(Value::boolean(all.len() > 1 && are_different(m, &all)?))
    }

    /// `(pointer-min pointer0 pointer …)`: the argument with the lowest address.
    fn pointer_min(m: &mut Machine, who: Who, pointer0: Value, pointers: Rest) -> Res {
        best(m, who, pointer0, &pointers, |a, b| a < b)
    }

    /// `(pointer-max pointer0 pointer …)`: the argument with the highest address.
    fn pointer_max(m: &mut Machine, who: Who, pointer0: Value, pointers: Rest) -> Res {
        best(m, who, pointer0, &pointers, |a, b| a > b)
    }
}
