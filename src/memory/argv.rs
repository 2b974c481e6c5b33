//! C arrays of C strings that end in a null pointer, as `main` gets them.

use super::access::{self, Place};
use super::{Memory, alloc, cstring, pointer};
use crate::eval::{Machine, ProperList, Res};
use crate::heap::{Bytevector, Pointer, Str, Value, View};
use crate::primitives;

/// The pointers before the null pointer.
fn entries(m: &mut Machine, who: &str, argv: Pointer) -> Res<Vec<usize>> {
    let mut found = Vec::new();
    loop {
        let offset = 8 * found.len() as i64;
        let place = Place { offset, ..Place::start(Memory::of_pointer(argv)) };
        match access::load::<u64>(m, who, place)? {
            0 => return Ok(found),
            address => found.push(address as usize),
        }
        m.charge(1)?;
    }
}

/// The strings as bytes.
pub fn read(m: &mut Machine, who: &str, argv: Pointer) -> Res<Vec<Vec<u8>>> {
    let mut strings = Vec::new();
    for address in entries(m, who, argv)? {
        let pointer = pointer::unbound(m, address);
        strings.push(cstring::read(m, who, pointer, usize::MAX)?);
    }
    Ok(strings)
}

/// One block that holds the array and then the strings, so that one `free` releases all.
pub fn make(m: &mut Machine, who: &str, strings: &[Vec<u8>], guarded: bool) -> Res {
    let table = 8 * (strings.len() + 1);
    let size = table + strings.iter().map(|s| s.len() + 1).sum::<usize>();
    let block = if guarded { alloc::allocate_guarded } else { alloc::allocate }(m, who, size)?;
    let base = pointer::address(block);
    let mut image = vec![0; size];
    let mut next = table;
    for (i, string) in strings.iter().enumerate() {
        image[8 * i..8 * i + 8].copy_from_slice(&((base + next) as u64).to_ne_bytes());
        image[next..next + string.len()].copy_from_slice(string);
        next += string.len() + 1;
    }
    access::write(m, who, Place::start(Memory::of_pointer(block)), &image)?;
    Ok(block.value())
}

fn from_bytevectors(m: &mut Machine, who: &str, list: ProperList, guarded: bool) -> Res {
    let mut strings = Vec::new();
    for item in list.iter() {
        m.charge(1)?;
        match Bytevector::from_value(item) {
            Some(b) => strings.push(b.bytes().to_vec()),
            None => return Err(m.wrong_argument(who, "bytevectors", 1, "a list of bytevectors", list.0)),
        }
    }
    make(m, who, &strings, guarded)
}

fn from_strings(m: &mut Machine, who: &str, list: ProperList, guarded: bool) -> Res {
    let mut strings = Vec::new();
    for item in list.iter() {
        m.charge(1)?;
        match Str::from_value(item) {
            Some(s) => strings.push(cstring::latin1(m, who, s)?),
            None => return Err(m.wrong_argument(who, "strings", 1, "a list of strings", list.0)),
        }
    }
    make(m, who, &strings, guarded)
}

primitives! { pub TABLE in "(vicare)" {
    /// `(argv-length argv)`: how many pointers stand before the null pointer.
    "argv-length" [] fn argv_length(m, argv: Pointer) {
        Ok(Value::fixnum(entries(m, "argv-length", argv)?.len() as i64))
    }
    /// `(argv->bytevectors argv)`: the strings, without their NULs.
    "argv->bytevectors" [] fn argv_to_bytevectors(m, argv: Pointer) {
        let strings = read(m, "argv->bytevectors", argv)?;
        let values: Vec<Value> = strings.iter().map(|s| m.heap.bytevector(s)).collect();
        Ok(m.heap.list(&values))
    }
    /// `(argv->strings argv)`: the strings, a character a byte.
    "argv->strings" [] fn argv_to_strings(m, argv: Pointer) {
        let strings = read(m, "argv->strings", argv)?;
        let values: Vec<Value> = strings.iter().map(|s| m.heap.string_latin1(s)).collect();
        Ok(m.heap.list(&values))
    }
    /// `(bytevectors->argv bytevectors)`: a new array. It and its strings are one block: `free` releases all.
    "bytevectors->argv" [] fn bytevectors_to_argv(m, bytevectors: ProperList) {
        from_bytevectors(m, "bytevectors->argv", bytevectors, false)
    }
    /// `(bytevectors->guarded-argv bytevectors)`: the same, freed when the pointer is garbage.
    "bytevectors->guarded-argv" [] fn bytevectors_to_guarded_argv(m, bytevectors: ProperList) {
        from_bytevectors(m, "bytevectors->guarded-argv", bytevectors, true)
    }
    /// `(strings->argv strings)`: the same from strings, a byte a character.
    "strings->argv" [] fn strings_to_argv(m, strings: ProperList) { from_strings(m, "strings->argv", strings, false) }
    /// `(strings->guarded-argv strings)`: the same, freed when the pointer is garbage.
    "strings->guarded-argv" [] fn strings_to_guarded_argv(m, strings: ProperList) {
        from_strings(m, "strings->guarded-argv", strings, true)
    }
} }
