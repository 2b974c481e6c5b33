//! C arrays of C strings that end in a null pointer, as `main` gets them.

use super::access::{self, Place};
use super::transfer::{self, at};
use super::{Memory, alloc, cstring, pointer};
use crate::account::{Claim, Paid};
use crate::eval::{Machine, ProperList, Res, Who};
use crate::heap::{Bytevector, Pointer, Str, Value, View};
use vicar_macros::primitives;

/// Calls `each` with the pointers before the null pointer.
fn entries(m: &mut Machine, who: &str, argv: Pointer, mut each: impl FnMut(usize) -> Res<()>) -> Res<()> {
    let mut offset = 0;
    loop {
        let place = Place { offset, ..Place::start(Memory::of_pointer(argv)) };
        match access::load::<u64>(m, who, place)? {
            0 => return Ok(()),
            address => each(address as usize)?,
        }
        m.charge(1)?;
        offset += 8;
    }
}

/// The list of the strings, each made by `value_of` from its first byte and its length.
fn strings(m: &mut Machine, who: &str, argv: Pointer, value_of: fn(&mut Machine, &str, Place, usize) -> Res) -> Res {
    let mut addresses = Paid::new(Vec::new(), Claim::new(m.heap.memory()));
    entries(m, who, argv, |address| {
        addresses.grow(1)?;
        addresses.push(address);
        Ok(())
    })?;
    let mut list = Value::NIL;
    while let Some(address) = addresses.pop() {
        /// A pair, and the header of a string or bytevector.
        const FRAME: usize = 48;
        let pointer = pointer::unbound(m, address);
        let length = cstring::length(m, who, pointer, usize::MAX)?;
        m.charge(1)?;
        // Small ones are many.
        m.check_growth()?;
        m.heap.reserve(length.saturating_add(FRAME))?;
        let string = value_of(m, who, at(pointer, 0), length)?;
        list = m.heap.cons(string, list);
    }
    Ok(list)
}

/// Makes one block that holds the array and then the strings, so that one `free` releases all. `length` says how long an
/// item is, `check` raises for one that cannot be written, `write` writes it.
fn make(
    m: &mut Machine,
    who: &str,
    list: ProperList,
    guarded: bool,
    length: impl Fn(&mut Machine, Value) -> Res<usize>,
    check: impl Fn(&mut Machine, Value) -> Res<()>,
    write: impl Fn(&mut Machine, Value, Place) -> Res<()>,
) -> Res {
    let (mut count, mut bytes) = (0usize, 0usize);
    for item in list.iter() {
        m.charge(1)?;
        count += 1;
        bytes = bytes.saturating_add(length(m, item)?).saturating_add(1);
    }
    let table = 8 * (count + 1);
    let size = table.checked_add(bytes).ok_or_else(|| alloc::out_of_memory(m, who))?;
    // What cannot be had is refused before there is work with it.
    alloc::admit(m, who, size)?;
    for item in list.iter() {
        check(m, item)?;
    }
    let block = if guarded { alloc::allocate_guarded } else { alloc::allocate }(m, who, size)?;
    let base = pointer::address(block);
    let mut next = table;
    for (i, item) in list.iter().enumerate() {
        m.charge(1)?;
        access::store::<u64>(m, who, at(block, 8 * i), (base + next) as u64)?;
        write(m, item, at(block, next))?;
        next += length(m, item)? + 1;
    }
    Ok(block.value())
}

fn from_bytevectors(m: &mut Machine, who: &str, list: ProperList, guarded: bool) -> Res {
    let length = |m: &mut Machine, item| match Bytevector::from_value(item) {
        Some(b) => Ok(b.len()),
        None => Err(m.wrong_argument(who, "bytevectors", 1, "a list of bytevectors", list.0)),
    };
    make(
        m,
        who,
        list,
        guarded,
        length,
        |_, _| Ok(()),
        |m, item, place| {
            let bytes = Bytevector::from_value(item);
            transfer::write(m, who, place, bytes.as_ref().map_or(&[], |b| b.bytes()))
        },
    )
}

fn from_strings(m: &mut Machine, who: &str, list: ProperList, guarded: bool) -> Res {
    let length = |m: &mut Machine, item| match Str::from_value(item) {
        Some(s) => Ok(s.len()),
        None => Err(m.wrong_argument(who, "strings", 1, "a list of strings", list.0)),
    };
    let check = |m: &mut Machine, item| match Str::from_value(item) {
        Some(s) => cstring::each_piece(m, who, s, |_, _, _| Ok(())),
        None => Ok(()),
    };
    make(m, who, list, guarded, length, check, |m, item, place| match Str::from_value(item) {
        Some(s) => cstring::each_piece(m, who, s, |m, start, bytes| {
            access::write(m, who, Place { offset: place.offset + start as i64, ..place }, bytes)
        }),
        None => Ok(()),
    })
}

#[primitives]
pub mod procedures {
    use super::*;

    /// `(argv-length argv)`: how many pointers stand before the null pointer.
    fn argv_length(m: &mut Machine, who: Who, argv: Pointer) -> Res {
        let mut count = 0;
        entries(m, who, argv, |_| {
            count += 1;
            Ok(())
        })?;
        Ok(Value::fixnum(count))
    }

    /// `(argv->bytevectors argv)`: the strings, without their NULs.
    fn argv_to_bytevectors(m: &mut Machine, who: Who, argv: Pointer) -> Res {
        strings(m, who, argv, transfer::bytevector)
    }

    /// `(argv->strings argv)`: the strings, a character a byte.
    fn argv_to_strings(m: &mut Machine, who: Who, argv: Pointer) -> Res {
        strings(m, who, argv, transfer::latin1)
    }

    /// `(bytevectors->argv bytevectors)`: a new array. It and its strings are one block: `free` releases all.
    fn bytevectors_to_argv(m: &mut Machine, who: Who, bytevectors: ProperList) -> Res {
        from_bytevectors(m, who, bytevectors, false)
    }

    /// `(bytevectors->guarded-argv bytevectors)`: the same, freed when the pointer is garbage.
    fn bytevectors_to_guarded_argv(m: &mut Machine, who: Who, bytevectors: ProperList) -> Res {
        from_bytevectors(m, who, bytevectors, true)
    }

    /// `(strings->argv strings)`: the same from strings, a byte a character.
    fn strings_to_argv(m: &mut Machine, who: Who, strings: ProperList) -> Res {
        from_strings(m, who, strings, false)
    }

    /// `(strings->guarded-argv strings)`: the same, freed when the pointer is garbage.
    fn strings_to_guarded_argv(m: &mut Machine, who: Who, strings: ProperList) -> Res {
        from_strings(m, who, strings, true)
    }
}
