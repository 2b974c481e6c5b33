//! What `primitives/tests/long.rs` does for the standard libraries, for memory, the system and C: every primitive on large
//! arguments of every kind ends soon when the run is to stop, when its fuel is used up or when memory is short. And what works
//! on many bytes looks around in between: looks are counted, since time says little on a busy machine.

use super::super::{address, calendar, environment, errno, fdset, glibc, path, stat, sysconf, user};
use super::*;
use crate::eval::testing::{After, Before, INTERRUPTED, LITTLE_FUEL, each_call};
use crate::{foreign, memory};
use std::time::{Duration, Instant};

/// Tables of this folder whose primitives only look at their arguments and ask the system. Left out are those that make, end
/// and change processes (`user::procedures` would change whose this one is), wait, or reach files, descriptors, sockets, signals,
/// clocks and other users: what they do is not in proportion to their arguments, or must not be done to the process of the
/// tests. C types are read and written one by one.
fn tables() -> Vec<&'static [Primitive]> {
    let mine = [
        address::procedures::TABLE,
        calendar::internal::TABLE,
        environment::procedures::TABLE,
        errno::procedures::TABLE,
        fdset::procedures::TABLE,
        path::procedures::TABLE,
        stat::internal::TABLE,
        stat::procedures::TABLE,
        sysconf::procedures::TABLE,
        user::internal::TABLE,
    ];
    // `files` makes temporary files, waits for disks and clears the environment.
    let c = glibc::TABLES.iter().copied().filter(|table| table[0].name != "mkstemp");
    mine.into_iter().chain(c).chain(memory::TABLES.iter().copied()).chain(foreign::TABLES.iter().copied()).collect()
}

/// Left out of those tables, each with the reason.
const LEFT_OUT: &[(&str, &str)] = &[
    ("free", "ends what the others work with"),
    ("realloc", "the same"),
    ("guarded-realloc", "the same"),
    ("memory-block-reset", "the same"),
    ("set-pointer-null!", "the same"),
    ("%free-local-storage", "the same"),
    ("free-c-callback", "the same"),
    ("regfree", "the same"),
    ("select-from-sets", "waits"),
    ("select-from-sets-array", "waits"),
    ("bindresvport", "binds a socket of another test"),
    ("bindresvport6", "the same"),
    ("make-memory-block/guarded", "the collector frees what it was given"),
];

/// Bytes of a large argument for whatever may be called with it.
const LENGTH: usize = 1 << 16;

/// A block that ends in a NUL, or does not.
fn block(s: &mut Session, text: Value, terminated: bool) -> Value {
    if terminated {
        return s.call("bytevector->cstring", &[text]);
    }
    s.values("bytevector->memory", &[text])[0]
}

fn arguments(s: &mut Session) -> Vec<Value> {
    let bytes = s.0.heap.bytevector(&vec![b'0'; LENGTH]);
    let (text, wide) = (s.0.heap.make_string(LENGTH, '/'), s.0.heap.make_string(LENGTH, 'λ'));
    let short = s.string("a:b");
    let (string, open) = (block(s, bytes, true), block(s, bytes, false));
    let units = s.0.heap.bytevector(&b"0x".repeat(LENGTH / 2));
    let units = block(s, units, true);
    let sized = s.call("make-memory-block", &[string, fix(LENGTH as i64)]);
    let few = s.0.heap.list(&[bytes; 20]);
    let texts = s.0.heap.list(&[text; 20]);
    let many = s.0.heap.list(&vec![short; 5_000]);
    let array = s.call("strings->argv", &[many]);
    let pattern = s.string("[0-9]*(x)?");
    let expression = s.call("regcomp", &[pattern, fix(libc::REG_EXTENDED.into())]);
    let word = s.0.heap.symbol("signed-int");
    let words = s.0.heap.list(&vec![word; 5_000]);
    vec![
        bytes,
        text,
        wide,
        short,
        string,
        open,
        units,
        sized,
        few,
        texts,
        many,
        array,
        expression,
        word,
        words,
        fix(3),
        fix(LENGTH as i64),
        fix(1 << 30),
        Value::FALSE,
    ]
}

/// Calls every primitive with arguments of every kind, prepared by `before` and looked at by `after`.
fn each(before: Before, after: After) {
    /// All single arguments; of more every so many.
    const STEPS: [usize; 6] = [1, 1, 5, 211, 4_001, 80_021];
    for table in tables() {
        let mut s = everything();
        let values = arguments(&mut s);
        let m = &mut s.0;
        let _roots: Vec<_> = values.iter().map(|&value| m.handles.root(value)).collect();
        for row in table.iter().filter(|row| LEFT_OUT.iter().all(|(name, _)| *name != row.name)) {
            each_call(m, row, &values, &STEPS, before, after);
        }
    }
}

#[test]
fn an_interrupt_ends_them() {
    each(INTERRUPTED, |_, _| {});
}

#[test]
fn little_fuel_ends_them() {
    each(LITTLE_FUEL, |_, _| {});
}

#[test]
fn little_memory_ends_them() {
    const ROOM: usize = 256 << 10;
    each(
        |m| {
            m.heap.watch.deadline = Some(Instant::now() + Duration::from_millis(100));
            let live = m.heap.bytes_live();
            m.heap.set_limit(live + ROOM);
        },
        |m, who| {
            let (used, limit) = (m.heap.bytes_used(), m.heap.limit());
            assert!(used < limit + (6 << 20), "({who}) uses {used} of {limit}");
            m.heap.set_limit(usize::MAX);
            if m.heap.bytes_used() > m.heap.bytes_live() + ROOM {
                m.collect();
            }
        },
    );
}

/// A call that works on so many bytes looks around so many times at least.
#[test]
fn many_bytes_are_worked_on_in_pieces() {
    const EVERY: usize = 1 << 16;
    const LENGTH: usize = 1 << 19;
    let mut s = everything();
    let count = fix(LENGTH as i64);
    let bytes = s.0.heap.bytevector(&vec![b'0'; LENGTH]);
    let other = s.0.heap.bytevector(&vec![b'0'; LENGTH]);
    let text = s.0.heap.make_string(LENGTH, 'a');
    let (a, b) = (block(&mut s, bytes, true), block(&mut s, bytes, true));
    let units = s.0.heap.bytevector(&[vec![b'0'; LENGTH], vec![0]].concat());
    let units = block(&mut s, units, true);
    let address = s.call("pointer->integer", &[b]);
    // Not known to be of the machine's memory, so that each part is looked up.
    let loose = s.call("integer->pointer", &[address]);
    let inner = s.call("pointer-add", &[a, fix(1)]);
    let list = s.0.heap.list(&[bytes]);
    let texts = s.0.heap.list(&[text]);
    let array = s.call("bytevectors->argv", &[list]);
    let (less, zero) = (fix(LENGTH as i64 - 1), fix(0));
    // Files of the test's own, in memory: an empty one, and one of zeros.
    let [written, zeros] = ["written", "zeros"].map(memory_file);
    let (written, zeros) = (fix(written.into()), fix(zeros.into()));
    s.call("ftruncate", &[zeros, fix(20 << 20)]);
    let calls: &[(&str, &[Value])] = &[
        ("memcpy", &[a, b, count]),
        ("memcpy", &[a, loose, count]),
        ("memmove", &[inner, a, less]),
        ("memmove", &[a, inner, less]),
        ("memset", &[a, fix(48), count]),
        ("memset", &[loose, fix(48), count]),
        ("memcmp", &[a, b, count]),
        ("memory-copy", &[a, zero, bytes, zero, count]),
        ("memory-copy", &[bytes, zero, a, zero, count]),
        ("memory-copy", &[bytes, zero, other, zero, count]),
        ("memory-copy", &[bytes, fix(1), bytes, zero, less]),
        ("memory->bytevector", &[a, count]),
        ("bytevector->memory", &[bytes]),
        ("bytevector->guarded-memory", &[bytes]),
        ("bytevector->cstring", &[bytes]),
        ("string->cstring", &[text]),
        ("string->guarded-cstring", &[text]),
        ("strlen", &[a]),
        ("strcmp", &[a, b]),
        ("strncmp", &[a, b, count]),
        ("strdup", &[a]),
        ("strndup", &[a, count]),
        ("cstring->bytevector", &[a]),
        ("cstring->bytevector", &[a, count]),
        ("cstring->string", &[a]),
        ("cstring->string", &[a, count]),
        ("cstring16->bytevector", &[units]),
        ("cstring16n->string", &[units]),
        ("bytevectors->argv", &[list]),
        ("strings->argv", &[texts]),
        ("argv->bytevectors", &[array]),
        ("argv->strings", &[array]),
        ("write", &[written, text, count]),
    ];
    for (name, operands) in calls {
        let before = s.0.heap.watch.looks();
        s.call(name, operands);
        let looks = s.0.heap.watch.looks() - before;
        assert!(looks >= LENGTH / EVERY - 1, "({name}) of {LENGTH} bytes looks around {looks} times");
    }
    // What the kernel does at once is bounded where somebody waits for it.
    s.0.heap.watch.deadline = Some(Instant::now() + Duration::from_secs(1000));
    let much = s.call("malloc", &[fix(20 << 20)]);
    let before = s.0.heap.watch.looks();
    assert_eq!(s.call("read", &[zeros, much, fix(20 << 20)]), fix(20 << 20));
    let looks = s.0.heap.watch.looks() - before;
    assert!(looks >= 4, "the reading of a large file looks around {looks} times");
    s.call("close", &[written]);
    s.call("close", &[zeros]);
}

#[test]
fn every_primitive_that_is_left_out_is_there() {
    let all = tables();
    for (name, _) in LEFT_OUT {
        assert!(all.iter().flat_map(|t| t.iter()).any(|row| row.name == *name), "{name}");
    }
}
