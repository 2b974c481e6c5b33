//! What primitives cost where an argument is long: in fuel, and in looks at who wants the run to stop.

use super::super::*;
use crate::eval::testing::{INTERRUPTED, PATIENCE};
use crate::eval::{Machine, Primitive};
use crate::heap::Value;
use std::time::Instant;

fn machine() -> Machine {
    let all: Vec<&'static Primitive> = rows().collect();
    Machine::new(Vec::leak(all))
}

fn call(m: &mut Machine, name: &str, arguments: &[Value]) -> crate::eval::Res {
    let run = m.primitives.iter().find(|p| p.name == name).expect("it is there").run;
    run(m, arguments)
}

/// Numbers of many limbs cost their size, whatever the operation.
#[test]
fn long_numbers_cost_fuel() {
    const LIMBS: usize = 1 << 16;
    let mut m = machine();
    let limbs = vec![u64::MAX; LIMBS];
    let [a, b, odd] = [false, false, true].map(|negative| m.heap.bignum(negative, &limbs));
    let half = m.heap.ratnum(a, Value::fixnum(2));
    let (flonum, third) = (m.heap.flonum(1.5), m.heap.ratnum(Value::fixnum(1), Value::fixnum(3)));
    let power = m.heap.ratnum(Value::fixnum(20_000_001), Value::fixnum(2));
    let table = call(&mut m, "make-eqv-hashtable", &[]).expect("there is room");
    call(&mut m, "hashtable-set!", &[table, a, a]).expect("there is room");
    let lists = [b, odd].map(|v| m.heap.cons(v, Value::NIL));
    let entry = m.heap.cons(b, a);
    let entries = m.heap.cons(entry, Value::NIL);
    let calls: [(&str, &[Value]); 14] = [
        ("eqv?", &[a, b]),
        ("equal?", &[a, b]),
        ("memv", &[a, lists[0]]),
        ("assv", &[a, entries]),
        ("remv", &[a, lists[1]]),
        ("hashtable-ref", &[table, b, a]),
        ("+", &[half, flonum]),
        ("-", &[flonum, a]),
        ("*", &[half, flonum]),
        ("mod", &[a, flonum]),
        ("div", &[half, flonum]),
        ("expt", &[a, third]),
        ("expt", &[a, flonum]),
        ("expt", &[Value::fixnum(9), power]),
    ];
    for (name, arguments) in calls {
        // More than any of them takes, so that no new chunk of fuel is begun.
        const PLENTY: i64 = 1 << 40;
        m.heap.countdown = PLENTY;
        call(&mut m, name, arguments).expect("it is defined");
        let units = PLENTY - m.heap.countdown;
        assert!(units >= LIMBS as i64 / 32, "({name}) costs {units} units");
    }
}

/// Many long names and texts: between any two the run may be stopped.
#[test]
fn an_interrupt_ends_comparing_and_converting() {
    const LONG: usize = 20_000_000;
    let mut m = machine();
    let text = m.heap.make_string(LONG, 'n');
    let octets = m.heap.make_bytevector(LONG, b'n').0;
    let symbol = call(&mut m, "string->symbol", &[text]).expect("there is room");
    let latin1 = m.heap.symbol("latin-1-codec");
    let transcoder = call(&mut m, "make-transcoder", &[latin1]).expect("there is room");
    let (symbols, texts) = (vec![symbol; 3000], vec![text; 3000]);
    let calls: [(&str, &[Value]); 7] = [
        ("symbol-max", &symbols),
        ("symbol-min", &symbols),
        ("symbol<=?", &symbols),
        ("string!=?", &texts),
        ("bytevector->string", &[octets, transcoder]),
        ("string->bytevector", &[text, transcoder]),
        ("format", &[text]),
    ];
    for (name, arguments) in calls {
        INTERRUPTED(&mut m);
        let start = Instant::now();
        let result = call(&mut m, name, arguments);
        let took = start.elapsed();
        m.heap.watch.interrupt.clear();
        assert!(result.is_err() && took < PATIENCE, "({name}) took {took:?}");
    }
}

/// Of long texts a hash looks at the beginning, and at the length: what is equal has one hash.
#[test]
fn hashes_of_long_texts_are_bounded() {
    const LONG: usize = 20_000_000;
    let mut m = machine();
    let [a, b, longer] = [LONG, LONG, LONG + 1].map(|n| m.heap.make_string(n, 'n'));
    let lists = [a, b, longer].map(|s| m.heap.list(&[s; 60]));
    let start = Instant::now();
    let [x, y, z] = lists.map(|list| call(&mut m, "equal-hash", &[list]).expect("a hash"));
    assert!(start.elapsed() < PATIENCE, "took {:?}", start.elapsed());
    assert!(x == y && x != z);
    let kind = m.heap.symbol("string");
    let table = call(&mut m, "%make-hashtable", &[kind, Value::FALSE, Value::FALSE]);
    let table = table.expect("there is room");
    call(&mut m, "hashtable-set!", &[table, a, Value::TRUE]).expect("there is room");
    for (key, found) in [(b, Value::TRUE), (longer, Value::FALSE)] {
        assert_eq!(call(&mut m, "hashtable-ref", &[table, key, Value::FALSE]), Ok(found));
    }
}

/// Lists and vectors that a primitive makes of many arguments or fields are asked for.
#[test]
fn what_is_made_of_many_arguments_is_asked_for() {
    const MANY: usize = 1 << 20;
    let mut m = machine();
    let name = m.heap.symbol("many");
    let mutable = m.heap.symbol("mutable");
    let spec = m.heap.list(&[mutable, name]);
    let specs = m.heap.vector(&vec![spec; MANY]);
    let none = Value::FALSE;
    let of_type = [name, none, none, none, none, specs];
    let rtd = call(&mut m, "make-record-type-descriptor", &of_type).expect("there is room");
    let message = m.heap.string("many");
    let _roots = [specs, rtd, message].map(|v| m.handles.root(v));
    let mut arguments = vec![Value::TRUE; MANY];
    m.collect();
    m.heap.set_limit(m.heap.bytes_live() + (4 << 20));
    for name in ["list", "cons*", "vector"] {
        assert_eq!(call(&mut m, name, &arguments), Err(crate::eval::Stop::HEAP), "{name}");
    }
    (arguments[0], arguments[1]) = (Value::FALSE, message);
    assert_eq!(call(&mut m, "error", &arguments), Err(crate::eval::Stop::HEAP));
    for name in ["record-type-field-names", "record-type-all-field-names"] {
        assert_eq!(call(&mut m, name, &[rtd]), Err(crate::eval::Stop::HEAP), "{name}");
    }
    assert_eq!(call(&mut m, "make-record-type-descriptor", &of_type), Err(crate::eval::Stop::HEAP));
}

/// A number that there is no memory for is not read as something else.
#[test]
fn a_number_is_read_or_refused() {
    let mut m = machine();
    let text = m.heap.make_string(4 << 20, '7');
    let port = call(&mut m, "open-string-input-port", &[text]).expect("there is room");
    let _root = m.handles.root(port);
    m.collect();
    m.heap.set_limit(m.heap.bytes_live() + (14 << 20));
    assert_eq!(call(&mut m, "get-datum", &[port]), Err(crate::eval::Stop::HEAP));
}
