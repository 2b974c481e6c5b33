//! What primitives copy and make larger is asked for before.

use super::*;
use crate::heap::{External, Str, View};
use crate::io::Port;

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
        [("symbol->string", [symbol]), ("keyword->string", [keyword]), ("string-copy", [name])]
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
