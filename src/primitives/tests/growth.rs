//! What primitives copy and make larger is asked for before.

use super::*;
use crate::eval::Stop;
use crate::heap::{External, Str, View};
use crate::io::Port;
use crate::primitives::objects::table::Table;

const LIMIT: usize = 8 << 20;

/// Calls a primitive with what `make` answers, and ever other arguments, until it is refused; `size` is what the first takes.
fn fill(name: &str, make: &str, arguments: impl Fn(&mut Machine, i64) -> Vec<Value>, size: fn(Value) -> usize) {
    let mut calls = Calls::new();
    let m = &mut calls.machine;
    let find = |m: &Machine, name| m.primitives.iter().find(|p| p.name == name).expect("it is there").run;
    let (make, call) = (find(m, make), find(m, name));
    let target = make(m, &[]).expect("there is room");
    let _root = m.handles.root(target);
    m.heap.set_limit(LIMIT);
    m.collect();
    let before = m.heap.bytes_live() - size(target);
    for i in 0.. {
        // What is alive is known, so nothing is granted because garbage may be in the way.
        if i % 4096 == 0 || m.heap.collection_wanted {
            m.collect();
        }
        let mut all = arguments(m, i);
        all.insert(0, target);
        let result = call(m, &all);
        let (bytes, counted) = (size(target), m.heap.bytes_used() - before);
        assert!(bytes <= LIMIT, "{name}: {bytes} bytes of {LIMIT}");
        assert!(bytes <= counted, "{name}: {bytes} bytes, of which {counted} are counted");
        if let Err(stop) = result {
            assert!(bytes > LIMIT / 4, "{name}: refused at {bytes} bytes");
            assert_eq!(stop, Stop::HEAP, "{name}");
            return;
        }
        assert!(i < 1 << 20, "{name} is never refused");
    }
}

#[test]
fn growth_is_counted_and_bounded() {
    let table = |v: Value| v.external_ref::<Table>().map_or(0, External::bytes);
    let port = |v: Value| v.external_ref::<Port>().map_or(0, External::bytes);
    fill("hashtable-set!", "make-eqv-hashtable", |_, i| vec![Value::fixnum(i), Value::TRUE], table);
    fill("put-string", "%open-string-output-port", |m, _| vec![m.heap.string(&"text".repeat(1000))], port);
}

/// Names have any length; who copies one asks before.
#[test]
fn copies_of_names_are_asked_for() {
    const LONG: usize = 6 << 20;
    let mut calls = Calls::new();
    let m = &mut calls.machine;
    let find = |m: &Machine, name| m.primitives.iter().find(|p| p.name == name).expect("it is there").run;
    let name = m.heap.make_string(LONG, 'n');
    let symbol = find(m, "string->symbol")(m, &[name]).expect("there is room");
    let keyword = find(m, "symbol->keyword")(m, &[symbol]).expect("there is room");
    let roots = [name, keyword].map(|v| m.handles.root(v));
    m.collect();
    for (primitive, arguments) in
        [("symbol->string", [symbol]), ("keyword->string", [keyword]), ("gensym", [symbol]), ("string-copy", [name])]
    {
        let run = find(m, primitive);
        m.heap.set_limit(m.heap.bytes_live() + LONG / 2);
        assert!(run(m, &arguments).is_err(), "{primitive}");
        m.heap.set_limit(usize::MAX);
        assert!(run(m, &arguments).is_ok(), "{primitive}");
        m.collect();
    }
    // A port's name is for messages, so of a long one the beginning does.
    let f = Value::FALSE;
    let port = find(m, "%make-custom-port")(m, &[name, f, Value::TRUE, f, f, f, f, f, f]).expect("a port");
    assert!(External::bytes(port.external_ref::<Port>().expect("a port")) < LONG / 100);
    let id = find(m, "port-id")(m, &[port]).expect("a name");
    assert!(Str::from_value(id).is_some_and(|id| (100..LONG / 100).contains(&id.len())));
    drop(roots);
}
