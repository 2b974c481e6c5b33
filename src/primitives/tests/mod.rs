//! Rows of calls with their results: nested calls of primitives, evaluated by themselves, without an evaluator.

mod calls;
mod costs;
mod growth;
mod long;
mod numbers;
mod properties;

use super::records::conditions::component;
use super::rows;
use crate::diagnostics::{FileId, SourceMap};
use crate::eval::{Machine, Primitive, Res};
use crate::heap::{ConditionType as C, Kind, Value};
use crate::io::{Style, to_text};
use crate::number;
use crate::prelude::IMAGE;
use crate::reader::{Datum, DatumId, Datums, Mode, read_source};
use crate::syntax::Builtins;

/// Calls primitives as a text says.
struct Calls {
    machine: Machine,
}

impl Calls {
    fn new() -> Calls {
        let all: Vec<&'static Primitive> = rows().collect();
        Calls { machine: Machine::new(Vec::leak(all)) }
    }

    /// The printed value of a call, or `&type: message` of what it raised.
    fn run(&mut self, text: &str) -> String {
        let mut sources = SourceMap::default();
        let file: FileId = sources.add_file("test", text);
        let (data, ids) = read_source(text, file, Mode::default(), &crate::account::Account::unlimited())
            .expect("the row is a datum");
        let mut result = Ok(Value::VOID);
        for id in ids {
            result = self.call(&data, id);
        }
        match result {
            Ok(v) if v.is(Kind::MultipleValues) => {
                v.slots().iter().map(|&v| to_text(v, Style::Write, 2000)).collect::<Vec<_>>().join(" ")
            }
            Ok(v) => to_text(v, Style::Write, 2000),
            Err(stop) => self.describe(stop.raised().expect("a raised object")),
        }
    }

    fn describe(&mut self, raised: Value) -> String {
        let heap = &mut self.machine.heap;
        let mut field = |which: C| {
            let rtd = heap.condition_type(which);
            component(raised, rtd).map_or(String::new(), |r| to_text(r.field(0), Style::Display, 200))
        };
        let (who, message) = (field(C::Who), field(C::Message));
        let kinds = [C::Assertion, C::ImplementationRestriction, C::Error].into_iter().filter(|&k| {
            let rtd = heap.condition_type(k);
            component(raised, rtd).is_some()
        });
        let kinds: Vec<String> = kinds.map(|k| format!("{k:?}")).collect();
        format!("{}: {who}: {message}", kinds.join("+"))
    }

    fn call(&mut self, data: &Datums, id: DatumId) -> Res {
        let Datum::List { items, tail: None } = data.datum(id) else { return Ok(self.quoted(data, id)) };
        let (Datum::Symbol(name), operands) = (data.datum(items[0]), &items[1..]) else { panic!("no operator") };
        if name == "quote" {
            return Ok(self.quoted(data, operands[0]));
        }
        if name == "freeze" {
            let v = self.call(data, operands[0])?;
            self.machine.heap.freeze(v);
            return Ok(v);
        }
        let arguments = operands.iter().map(|&o| self.call(data, o)).collect::<Res<Vec<Value>>>()?;
        let row =
            self.machine.primitives.iter().find(|p| p.name == name).unwrap_or_else(|| panic!("no primitive {name}"));
        assert!((row.min..=row.max).contains(&arguments.len()), "arity of {name}");
        (row.run)(&mut self.machine, &arguments)
    }

    fn quoted(&mut self, data: &Datums, id: DatumId) -> Value {
        let heap = &mut self.machine.heap;
        match data.datum(id) {
            Datum::Boolean(b) => Value::boolean(b),
            Datum::Character(c) => Value::char(c),
            Datum::Number(n) => number::parse(heap, n, 10).ok().flatten().expect("a number"),
            Datum::String(s) => heap.string(s),
            Datum::Symbol(s) => heap.symbol(s),
            Datum::Bytevector(b) => heap.bytevector(b),
            Datum::Vector(items) => {
                let items: Vec<Value> = items.iter().map(|&i| self.quoted(data, i)).collect();
                self.machine.heap.vector(&items)
            }
            Datum::List { items, tail } => {
                let tail = tail.map_or(Value::NIL, |t| self.quoted(data, t));
                let items: Vec<Value> = items.iter().map(|&i| self.quoted(data, i)).collect();
                self.machine.heap.list_with_tail(&items, tail)
            }
            other => panic!("unexpected {other:?}"),
        }
    }
}

/// Checks rows of `call => result`.
fn check(rows: &str) {
    let mut failures = String::new();
    for row in rows.lines().map(str::trim).filter(|l| !l.is_empty()) {
        let (call, wanted) = row.split_once(" => ").unwrap_or_else(|| panic!("no arrow in {row}"));
        let got = Calls::new().run(call);
        if got != wanted {
            failures += &format!("{call}\n  wanted {wanted}\n  got    {got}\n");
        }
    }
    assert!(failures.is_empty(), "{failures}");
}

#[test]
fn every_primitive_is_declared_once_and_documented() {
    let mut seen = std::collections::HashSet::new();
    for row in crate::engine::primitives() {
        assert!(seen.insert(row.internal_name), "{} twice", row.internal_name);
        assert!(row.doc.contains('(') && row.min <= row.max, "{}", row.name);
    }
}

/// No argument may make a primitive panic: every one is given odd values in every place.
#[test]
fn no_primitive_panics_on_odd_arguments() {
    const ODD: &[&str] = &[
        "0",
        "-1",
        "2305843009213693951",
        "-2305843009213693952",
        "1.5",
        "1/2",
        "1+2i",
        "+nan.0",
        "-inf.0",
        "1e300",
        "1000000000000000000",
        "123456789012345678901234567890",
        "-36893488147419103232",
        "0.5-1.5i",
        "#f",
        "#t",
        "'()",
        "'(1 . 2)",
        "'(a b)",
        "'((a . 1))",
        "\"\"",
        "\"abc\"",
        "\"λx\"",
        "'sym",
        "#\\a",
        "'#()",
        "'#(1 2 3)",
        "#vu8()",
        "#vu8(1 2 3)",
        "(void)",
        "(make-eq-hashtable)",
        "(make-message-condition 1)",
        "(make-record-type-descriptor 'p #f #f #f #f '#((mutable x)))",
    ];
    // What really allocates what it is asked for, or acts on the outside, is left out.
    let skip = |p: &Primitive| {
        let of = |library| IMAGE.export(library, p.name).is_some();
        (of("(rnrs io ports)") || of("(rnrs io simple)")) && !of("(rnrs files)")
            || p.name.contains("exit")
            || p.name.contains("port")
            || p.name.contains("file")
            || p.name.starts_with("%syntax")
            || p.name.starts_with("%apply-")
    };
    let mut calls = Calls::new();
    let mut sources = SourceMap::default();
    let odd: Vec<Value> = ODD
        .iter()
        .map(|text| {
            let file = sources.add_file("odd", *text);
            let (data, ids) =
                read_source(text, file, Mode::default(), &crate::account::Account::unlimited()).expect("a datum");
            calls.call(&data, ids[0]).expect("a value")
        })
        .collect();
    let huge = |v: Value| v.as_fixnum().is_some_and(|n| n > 1 << 40);
    let table = calls.machine.primitives.clone();
    for row in table.iter().filter(|p| !skip(p)) {
        let most = row.max.min(row.min + 2).min(4);
        for count in row.min..=most.max(row.min) {
            // All combinations for few arguments, rotations of the values for more.
            let combinations = if count <= 2 { odd.len().pow(count as u32) } else { odd.len() * odd.len() };
            for c in 0..combinations {
                let args: Vec<Value> = (0..count)
                    .map(|k| {
                        if count <= 2 {
                            odd[c / odd.len().pow(k as u32) % odd.len()]
                        } else {
                            odd[(c / odd.len() * k + c) % odd.len()]
                        }
                    })
                    .collect();
                if row.name.starts_with("make-") && args.iter().any(|&v| huge(v)) || row.name == "vector-resize" {
                    continue;
                }
                let _ = (row.run)(&mut calls.machine, &args);
            }
        }
    }
}
