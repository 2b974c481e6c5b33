//! Data come back from bytes as they were.

use super::*;
use crate::heap::{Heap, Value};
use crate::io::{Style, datum_to_value, to_text};
use crate::reader::{Mode, read_source};
use proptest::prelude::*;

/// A context for data without syntax and procedures.
#[derive(Default)]
struct Plain {
    heap: Heap,
    names: Vec<String>,
}

impl WriteContext for Plain {
    fn symbol(&mut self, name: &str) -> u32 {
        self.names.push(name.to_owned());
        self.names.len() as u32 - 1
    }
    fn environment(&mut self, _: Value) -> Option<u32> {
        None
    }
    fn procedure(&mut self, _: Value) -> Option<Vec<u8>> {
        None
    }
}

impl ReadContext for Plain {
    fn heap(&mut self) -> &mut Heap {
        &mut self.heap
    }
    fn symbol(&mut self, number: u32) -> Value {
        let name = self.names[number as usize].clone();
        self.heap.symbol(&name)
    }
    fn environment(&mut self, _: u32) -> Value {
        Value::NIL
    }
    fn procedure(&mut self, _: &mut Reader) -> Value {
        Value::VOID
    }
    fn keep(&mut self, _: Value) {}
    fn fresh_variable(&mut self) -> u32 {
        0
    }
}

/// What a text's datum is after it went through bytes.
fn through_bytes(text: &str) -> String {
    let (datums, ids) =
        read_source(text, crate::diagnostics::FileId(0), Mode::default(), &crate::account::Account::unlimited())
            .expect("a datum");
    let mut context = Plain::default();
    let value = datum_to_value(&mut context.heap, &datums, ids[0]).expect("there is no limit");
    let mut writer = Writer::default();
    writer.data(value, &mut context).expect("it can be a literal");
    let mut reader = Reader::new(&writer.bytes, 0);
    let read = reader.data(&mut context);
    assert_eq!(reader.at, writer.bytes.len());
    to_text(read, Style::Write, 10_000)
}

#[test]
fn every_kind_of_literal() {
    for text in [
        "()",
        "#t",
        "#f",
        "#\\x3bb",
        "0",
        "-1",
        "2305843009213693951",
        "-2305843009213693952",
        "123456789012345678901234567890",
        "-98765432109876543210",
        "1/3",
        "-1.5e300",
        "0.0",
        "+nan.0",
        "1+2i",
        "1.5-0.5i",
        "sym",
        "|a b|",
        "\"a\\nλ\"",
        "#vu8(0 255)",
        "#(1 #(2) ())",
        "(a . b)",
        "(a (b . c) . d)",
        "(#!eof)",
        "#!void",
    ] {
        let (datums, ids) =
            read_source(text, crate::diagnostics::FileId(0), Mode::default(), &crate::account::Account::unlimited())
                .expect("a datum");
        let mut heap = Heap::new();
        let direct =
            to_text(datum_to_value(&mut heap, &datums, ids[0]).expect("there is no limit"), Style::Write, 10_000);
        assert_eq!(through_bytes(text), direct, "{text}");
    }
}

proptest! {
    #[test]
    fn numbers_of_any_size(n in any::<u64>()) {
        let mut writer = Writer::default();
        writer.number(n);
        prop_assert_eq!(Reader::new(&writer.bytes, 0).number(), n);
    }
}
