//! Memory that a program takes outside of the heap is on its machine's account, and much of it is moved in pieces.

use super::super::testing::{Session, fix};
use super::super::*;
use crate::heap::Bytevector;

const LIMIT: usize = 32 << 20;

fn limited() -> Session {
    let mut s = Session::new();
    s.0.heap.set_limit(LIMIT);
    s
}

#[test]
fn small_blocks_cost_what_the_allocator_and_the_registry_take() {
    let mut s = limited();
    let before = s.0.heap.memory().outside();
    let mut blocks = Vec::new();
    while let Ok(block) = s.try_call("malloc", &[fix(1)]) {
        blocks.push(block);
    }
    // A block takes 32 bytes of the C allocator, its region about 130, its places in tables about 70.
    assert!((LIMIT / 400..LIMIT / 150).contains(&blocks.len()), "{} blocks", blocks.len());
    let full = s.0.heap.memory().outside();
    for block in blocks.drain(..) {
        s.call("free", &[block]);
    }
    assert!(s.0.heap.memory().outside() < before + (full - before) * 3 / 4, "what is freed is given back");
    s.call("malloc", &[fix(4 << 20)]);
}

#[test]
fn guarded_blocks_are_given_back_when_they_are_collected() {
    let mut s = limited();
    for _ in 0..100 {
        s.call("guarded-malloc", &[fix(6 << 20)]);
        // What a safepoint does.
        if s.0.heap.collection_wanted {
            s.0.collect();
        }
    }
    s.0.collect();
    assert!(s.0.heap.memory().outside() < 1 << 20);
    assert_eq!(s.0.extension::<Registry>().len(), 0);
}

/// The same large text a thousand times takes no memory before it is refused.
#[test]
fn arrays_of_strings_are_refused_before_they_are_copied() {
    let mut s = limited();
    let (bytes, text) = (s.0.heap.bytevector(&vec![b'a'; 4 << 20]), s.0.heap.make_string(4 << 20, 'a'));
    for (name, item) in [("bytevectors->argv", bytes), ("strings->guarded-argv", text)] {
        let list = s.0.heap.list(&vec![item; 1000]);
        assert!(s.refused(name, &[list]).contains("memory limit"), "{name}");
    }
    let one = s.0.heap.list(&[bytes, text]);
    assert!(s.refused("bytevectors->argv", &[one]).contains("a list of bytevectors"));
    // One block that C strings are made of again and again.
    let argv = s.call("malloc", &[fix(8 * 101)]);
    let string = s.call("bytevector->cstring", &[bytes]);
    for i in 0..100 {
        s.call("pointer-set-c-pointer!", &[argv, fix(8 * i), string]);
    }
    for name in ["argv->bytevectors", "argv->strings"] {
        assert!(s.try_call(name, &[argv]).is_err(), "{name}");
        assert!(s.0.heap.bytes_used() < LIMIT + (6 << 20), "{name}");
    }
}

#[test]
fn arrays_of_strings_are_made_and_read() {
    let mut s = Session::new();
    let long: Vec<u8> = (0..200_000u32).map(|i| 1 + (i % 251) as u8).collect();
    let items: Vec<Value> = [&b""[..], b"a", &long].iter().map(|b| s.0.heap.bytevector(b)).collect();
    let list = s.0.heap.list(&items);
    let argv = s.call("bytevectors->argv", &[list]);
    assert_eq!(s.call("argv-length", &[argv]), fix(3));
    let bytes = s.call("argv->bytevectors", &[argv]);
    let bytes: Vec<Vec<u8>> =
        bytes.list_iter().map(|v| Bytevector::from_value(v).expect("bytes").bytes().to_vec()).collect();
    assert_eq!(bytes, [vec![], vec![b'a'], long]);
    let strings = s.call("argv->strings", &[argv]);
    let again = s.call("strings->argv", &[strings]);
    let again = s.call("argv->bytevectors", &[again]);
    let again: Vec<Vec<u8>> =
        again.list_iter().map(|v| Bytevector::from_value(v).expect("bytes").bytes().to_vec()).collect();
    assert_eq!(again, bytes);
}

/// Ranges that overlap, longer than a piece, forwards and backwards, within a bytevector and within a block.
#[test]
fn overlapping_copies_in_pieces_keep_the_bytes() {
    const SIZE: usize = 300_000;
    let pattern: Vec<u8> = (0..SIZE).map(|i| (i * i / 7 % 253) as u8).collect();
    for (to, from) in [(0, 1), (1, 0), (0, 70_000), (70_000, 0), (5, 5), (65_536, 0), (0, 65_536)] {
        let count = SIZE - to.max(from);
        let mut wanted = pattern.clone();
        wanted.copy_within(from..from + count, to);
        let mut s = Session::new();
        let bytes = s.0.heap.bytevector(&pattern);
        let block = s.call("bytevector->guarded-cstring", &[bytes]);
        s.call("memory-copy", &[bytes, fix(to as i64), bytes, fix(from as i64), fix(count as i64)]);
        assert!(Bytevector::from_value(bytes).expect("bytes").bytes() == wanted, "{to} {from}: bytevector");
        s.call("memory-copy", &[block, fix(to as i64), block, fix(from as i64), fix(count as i64)]);
        let copied = s.call("memory->bytevector", &[block, fix(SIZE as i64)]);
        assert!(Bytevector::from_value(copied).expect("bytes").bytes() == wanted, "{to} {from}: block");
    }
}

#[test]
fn sixteen_bit_strings_are_read_across_chunks() {
    let mut s = limited();
    let text = "aλ𝄞é".repeat(20_000);
    let units: Vec<u8> = text.encode_utf16().chain([0]).flat_map(u16::to_ne_bytes).collect();
    let bytes = s.0.heap.bytevector(&units);
    let [memory, _] = s.values("bytevector->memory", &[bytes])[..] else { panic!("two values") };
    let string = s.call("cstring16n->string", &[memory]);
    assert_eq!(super::super::testing::text(string), text);
    let back = s.call("cstring16->bytevector", &[memory]);
    assert_eq!(Bytevector::from_value(back).expect("bytes").bytes(), &units[..units.len() - 2]);
    // One byte of a unit, and a zero that is at an odd offset.
    for bytes in [&[1u8][..], &[1, 0, 0, 1]] {
        let bytes = s.0.heap.bytevector(bytes);
        let [memory, _] = s.values("bytevector->memory", &[bytes])[..] else { panic!("two values") };
        assert!(s.refused("cstring16n->string", &[memory]).contains("there is no NUL"));
    }
}
