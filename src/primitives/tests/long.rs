//! Every primitive that works in proportion to its arguments, on large ones of every kind: none goes on for long when the
//! run is to stop, when its fuel is used up or when memory is short. The bounds are generous, because machines are busy;
//! what they catch takes minutes. A test takes about half a minute of a debug build.

use super::super::*;
use crate::eval::testing::{After, Before, INTERRUPTED, LITTLE_FUEL, PATIENCE, each_call};
use crate::eval::{Machine, Primitive};
use crate::heap::{Pair, Value};
use std::time::{Duration, Instant};

/// Tables that this is not for, each with the reason; all others are run.
const OTHER_TABLES: &[&[Primitive]] = &[
    // What they ask for, a driver does.
    control::driver::procedures::TABLE,
    control::driver::internal::TABLE,
    // They reach the file system and the process.
    ports::files::procedures::TABLE,
    control::programs::procedures::TABLE,
    // They read and write the standard ports where no port is given.
    ports::simple::defaulting::TABLE,
    // They belong to a run: its handlers, its continuation.
    control::continuations::internal::TABLE,
    // Patterns and templates come from the expander, and are trusted.
    expander::syntax_case::internal::TABLE,
];

/// Tables of primitives that look at nothing but their arguments.
fn tables() -> Vec<&'static [Primitive]> {
    let is_other = |table: &&[Primitive]| OTHER_TABLES.iter().any(|other| other[0].name == table[0].name);
    TABLES.concat().into_iter().filter(|table| !is_other(table)).collect()
}

/// Those that write to the standard output.
const LEFT_OUT: &[&str] = &["printf", "fprintf", "pretty-print"];

const LENGTH: usize = 40_000;

fn arguments(m: &mut Machine) -> Vec<Value> {
    let fixnums: Vec<Value> = (0..LENGTH as i64).map(|i| Value::fixnum(i * 7919 % 65_536)).collect();
    let chars: Vec<Value> = (0..LENGTH).map(|i| Value::char((b'a' + (i % 26) as u8) as char)).collect();
    let text: String = (0..LENGTH).map(|i| (b'0' + (i % 10) as u8) as char).collect();
    let marks: String = (0..LENGTH as u32).filter_map(|i| char::from_u32(0x300 + i * 7 % 0x70)).collect();
    let limbs: Vec<u64> = (1..6000u64).map(|i| i.wrapping_mul(0x9e37_79b9_7f4a_7c15)).collect();
    let heap = &mut m.heap;
    let (list, text_list) = (heap.list(&fixnums), heap.list(&chars));
    let circular = heap.list(&fixnums);
    let mut last = circular;
    while let Some((_, next)) = last.uncons().filter(|(_, d)| d.is_pair()) {
        last = next;
    }
    Pair(last).set_cdr(circular);
    let nested = (0..LENGTH).fold(Value::NIL, |v, _| heap.cons(v, Value::NIL));
    let text = heap.string(&text);
    let marks = heap.string(&marks);
    let texts: Vec<Value> = (0..LENGTH).map(|i| heap.string(&format!("{}", i * 31 % 1000))).collect();
    let strings = heap.list(&texts);
    let (vector, words) = (heap.vector(&fixnums), heap.vector(&texts));
    let octets: Vec<u8> = (0..LENGTH).map(|i| b'0' + (i % 10) as u8).collect();
    let bytevector = heap.bytevector(&octets);
    let (big, odd) = (heap.bignum(false, &limbs), heap.bignum(true, &limbs[1..4001]));
    let (half, flonum) = (heap.ratnum(big, Value::fixnum(2)), heap.flonum(0.5));
    let symbol = heap.symbol("little");
    let make = m.primitives.iter().find(|p| p.name == "make-eqv-hashtable").expect("it is there").run;
    let set = m.primitives.iter().find(|p| p.name == "hashtable-set!").expect("it is there").run;
    let table = make(m, &[]).expect("a table");
    for &k in fixnums.iter().take(20_000) {
        set(m, &[table, k, k]).expect("room");
    }
    let less = m.primitives.iter().find(|p| p.name == "<").expect("it is there");
    let less = m.primitive_procedure(less);
    vec![
        list,
        text_list,
        circular,
        nested,
        text,
        marks,
        strings,
        vector,
        words,
        bytevector,
        big,
        odd,
        half,
        flonum,
        symbol,
        table,
        less,
        Value::fixnum(8),
        Value::fixnum(1 << 40),
        Value::char('x'),
    ]
}

/// Calls every primitive with arguments of every kind, prepared by `before` and looked at by `after`.
fn each(before: Before, after: After) {
    /// All single arguments; of two and of three every so many.
    const STEPS: [usize; 4] = [1, 1, 7, 397];
    let all: Vec<&'static Primitive> = rows().collect();
    let mut m = Machine::new(Vec::leak(all));
    for table in tables() {
        let values = arguments(&mut m);
        let _roots: Vec<_> = values.iter().map(|&value| m.handles.root(value)).collect();
        for row in table.iter().filter(|row| !LEFT_OUT.contains(&row.name)) {
            each_call(&mut m, row, &values, &STEPS, before, after);
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
            if m.heap.bytes_used() < live + ROOM / 2 {
                m.heap.set_limit(live + ROOM);
            }
        },
        |m, who| {
            let (used, limit) = (m.heap.bytes_used(), m.heap.limit());
            assert!(limit == usize::MAX || used < limit + (2 << 20), "({who}) uses {used} of {limit}");
            m.heap.set_limit(usize::MAX);
        },
    );
}

/// On numbers of nearly 2^30 bits, of which they look at every word.
#[test]
fn an_interrupt_ends_bitwise_operations() {
    let all: Vec<&'static Primitive> = rows().collect();
    let mut m = Machine::new(Vec::leak(all));
    let limbs = vec![0x5555_5555_5555_5555; (1 << 24) - 1];
    let [a, b] = [false, true].map(|negative| m.heap.bignum(negative, &limbs));
    let _roots = [a, b].map(|number| m.handles.root(number));
    let (few, many) = (Value::fixnum(3), Value::fixnum(1 << 29));
    let calls: [(&str, &[Value]); 8] = [
        ("bitwise-and", &[a, b]),
        ("bitwise-ior", &[a, b]),
        ("bitwise-xor", &[a, b]),
        ("bitwise-not", &[a]),
        ("bitwise-arithmetic-shift", &[a, few]),
        ("bitwise-arithmetic-shift", &[b, Value::fixnum(-3)]),
        ("bitwise-bit-count", &[b]),
        ("bitwise-bit-field", &[a, few, many]),
    ];
    for (name, arguments) in calls {
        let run = m.primitives.iter().find(|p| p.name == name).expect("it is there").run;
        INTERRUPTED(&mut m);
        let start = Instant::now();
        let result = run(&mut m, arguments);
        let took = start.elapsed();
        m.heap.watch.interrupt.clear();
        assert!(result.is_err() && took < PATIENCE, "({name}) took {took:?}");
    }
}
