//! Data come back from bytes as they were.

use super::*;
use crate::eval::Primitive;
use crate::heap::{Heap, Value};
use crate::io::{Style, datum_to_value, to_text};
use crate::prelude::IMAGE;
use crate::reader::{Mode, read_source};
use crate::syntax::{INTERNAL, is_internal};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::LazyLock;

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

/// The keys of all libraries.
fn keys() -> Vec<&'static str> {
    let library = |i: usize| IMAGE.word(IMAGE.section(Section::Libraries) + 4 * LIBRARY_WORDS * i);
    (0..IMAGE.section(Section::LibraryCount)).map(|i| IMAGE.name(library(i))).collect()
}

/// The names of the libraries whose files are below a folder.
fn files(folder: &Path, prefix: &str, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).expect("the sources are there") {
        let path = entry.expect("an entry").path();
        let stem = path.file_stem().and_then(|s| s.to_str()).expect("a name");
        let name = if prefix.is_empty() { stem.to_owned() } else { format!("{prefix} {stem}") };
        if path.is_dir() {
            files(&path, &name, found);
        } else if path.extension().is_some_and(|e| e == "sls") {
            found.insert(format!("({name})"));
        }
    }
}

#[test]
fn a_library_is_one_file_of_the_prelude() {
    let mut found = BTreeSet::new();
    files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("prelude"), "", &mut found);
    // These two are made from tables of Rust.
    found.insert(INTERNAL.to_owned());
    if cfg!(feature = "posix") {
        found.insert("(vicare platform constants)".to_owned());
        assert_eq!(keys().into_iter().map(str::to_owned).collect::<BTreeSet<String>>(), found);
    } else {
        assert!(keys().into_iter().all(|key| found.contains(key)));
    }
}

#[test]
fn programs_can_import_every_primitive_that_is_not_the_preludes_own() {
    let mut public = BTreeSet::new();
    for key in keys().into_iter().filter(|key| !is_internal(key)) {
        IMAGE.exports(key, "", &mut |name, binding| {
            if let Binding::Primitive(id) = binding {
                public.insert(id.0);
                let row = ROWS[usize::from(id.0)];
                // The name that errors and procedures show is one under which a program knows it.
                assert_eq!(name, row.name, "{key}");
            }
        });
    }
    for (i, row) in ROWS.iter().enumerate() {
        assert_eq!(public.contains(&(i as u16)), !row.name.starts_with('%'), "{}", row.name);
    }
}

static ROWS: LazyLock<Vec<&'static Primitive>> = LazyLock::new(|| crate::engine::primitives().collect());
