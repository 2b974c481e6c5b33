//! Tests of the expander, by what programs mean and by what malformed ones are told.

mod bodies;
mod errors;
mod hygiene;
mod interpreter;
mod libraries;
mod macros;
mod nesting;
mod records;
mod syntax_case;
mod wraps;

use super::core::{GlobalId, PrimitiveId};
use super::*;
use crate::account::Arena;
use crate::diagnostics::{FileId, SourceMap, Style};
use crate::eval::{Machine, Primitive, PrimitiveExports};
use crate::heap::{Heap, Value};
use crate::prelude::IMAGE;
use crate::primitives::rows;
use interpreter::{Code, Frame, Procedure};
use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

fn primitives() -> &'static [&'static Primitive] {
    static ALL: OnceLock<Vec<&'static Primitive>> = OnceLock::new();
    ALL.get_or_init(|| rows().collect())
}

/// The standard libraries as the image has them, but for what is not in the tables of primitives and forms. The image
/// numbers all primitives; those of these tests come first.
struct Tabled(PrimitiveExports);

impl Tabled {
    fn admit(binding: &Binding) -> bool {
        match binding {
            Binding::Core(_) => true,
            Binding::Primitive(id) => usize::from(id.0) < primitives().len(),
            _ => false,
        }
    }
}

impl Builtins for Tabled {
    fn has_library(&self, library: &str) -> bool {
        IMAGE.has_library(library)
    }
    fn export(&self, library: &str, name: &str) -> Option<Binding> {
        self.0.export(library, name).or_else(|| IMAGE.export(library, name)).filter(Tabled::admit)
    }
    fn exports(&self, library: &str, prefix: &str, each: &mut dyn FnMut(&str, Binding)) {
        let mut found = Vec::new();
        IMAGE.exports(library, prefix, &mut |name, binding| found.push((name.to_string(), binding)));
        found.retain(|(_, binding)| Tabled::admit(binding));
        // In the order of the tables, in which suggestions are looked for.
        found.sort_by_key(|(_, binding)| match binding {
            Binding::Core(form) => (0, *form as u16),
            Binding::Primitive(id) => (1, id.0),
            _ => (2, 0),
        });
        found.iter().for_each(|(name, binding)| each(name, *binding));
    }
    fn internal(&self, library: &str, name: &str, marks: &[i64]) -> Option<Binding> {
        if marks.is_empty() { self.export(library, name) } else { None }
    }
    fn exporters(&self, name: &str) -> Vec<&str> {
        let exports = |library: &&str| self.export(library, name).is_some();
        IMAGE.exporters(name).into_iter().filter(exports).collect()
    }
}

/// What stands in for the prelude, beside the tables.
const PRELUDE: &[(&str, &str)] = &[
    (
        "(rnrs)",
        "(library (rnrs)
           (export (import (only (rnrs base) map for-each) (only (rnrs records procedural) record-constructor)))
           (import))",
    ),
    (
        "(vicare)",
        "(library (vicare)
           (export (import (only (rnrs base) map for-each) (only (rnrs records procedural) record-constructor)))
           (import))",
    ),
    (
        "(rnrs base)",
        "(library (rnrs base) (export map for-each) (import (internal primitives))
           (define (map f l . ls)
             (if (null? ls)
                 (let loop ([l l]) (if (null? l) '() (cons (f (car l)) (loop (cdr l)))))
                 (let loop ([a l] [b (car ls)])
                   (if (null? a) '() (cons (f (car a) (car b)) (loop (cdr a) (cdr b)))))))
           (define (for-each f l) (if (null? l) (void) (begin (f (car l)) (for-each f (cdr l))))))",
    ),
    (
        "(rnrs records procedural)",
        "(library (rnrs records procedural) (export record-constructor) (import (internal primitives) (only (rnrs base) map))
           (define (record-constructor rcd)
             (let ([rtd (rcd-rtd rcd)] [protocol (%rcd-protocol rcd)])
               (let ([make (lambda fields (apply %record rtd fields))])
                 (if protocol (protocol make) make)))))",
    ),
];

/// A machine's surroundings for an expansion: an interpreter, and libraries from a table of texts.
pub struct TestHost {
    pub machine: Machine,
    pub globals: Vec<Value>,
    pub procedures: HashMap<u64, Procedure>,
    files: HashMap<String, String>,
    prelude: HashMap<String, String>,
    bodies: HashMap<LibraryId, std::rc::Rc<Code>>,
    instantiated: Vec<LibraryId>,
    fuel: usize,
    /// Constants of all code, and all procedures: roots.
    pub constants: Vec<Value>,
    /// Collect whenever the host may: each of the first times, then now and then.
    stress: bool,
    collections: usize,
    /// How many calls of the interpreter are active: their values are no roots, so nothing is collected meanwhile.
    running: usize,
}

use super::library::{LibraryId, LibraryName};

impl TestHost {
    pub fn new(files: &[(&str, &str)]) -> TestHost {
        let mut machine = Machine::new(primitives());
        machine.syntax = Tables::new(Arc::new(Tabled(PrimitiveExports::new(primitives()))));
        let owned =
            |rows: &[(&str, &str)]| rows.iter().map(|(name, text)| (name.to_string(), text.to_string())).collect();
        let (files, prelude) = (owned(files), owned(PRELUDE));
        TestHost {
            machine,
            globals: Vec::new(),
            procedures: HashMap::new(),
            files,
            prelude,
            bodies: HashMap::new(),
            instantiated: Vec::new(),
            fuel: 50_000_000,
            constants: Vec::new(),
            stress: false,
            collections: 0,
            running: 0,
        }
    }

    fn source(&mut self, name: &str, text: &str, builtin: bool) -> Source {
        let text: Arc<str> = text.into();
        let file = self.machine.sources.add_file(name, text.clone());
        Source { file, text, builtin }
    }

    /// Runs a unit: its libraries, then its body.
    fn run(&mut self, unit: &Unit) -> Result<Value, Failure> {
        // Before anything can collect: from now on the code keeps its constants alive.
        let code = interpreter::copy(unit.body, &mut self.constants);
        for &library in &unit.requires {
            self.instantiate(library)?;
        }
        self.running(|host| host.eval(&code, &Frame::default()))
    }

    /// Runs code of the interpreter.
    fn running<T>(&mut self, work: impl FnOnce(&mut TestHost) -> T) -> T {
        self.collect();
        self.running += 1;
        let result = work(self);
        self.running -= 1;
        result
    }

    /// In stress mode, frees all that nobody reports.
    fn collect(&mut self) {
        if !self.stress || self.running > 0 {
            return;
        }
        self.collections += 1;
        if self.collections > 300 && !self.collections.is_multiple_of(997) {
            return;
        }
        let (globals, constants, procedures) = (&self.globals, &self.constants, &self.procedures);
        let Machine { heap, syntax, .. } = &mut self.machine;
        heap.collect(&mut |tracer| {
            syntax.trace(tracer);
            tracer.values(globals);
            tracer.values(constants);
            for procedure in procedures.values() {
                if let Procedure::Closure(_, frame) = procedure {
                    frame.trace(tracer);
                }
            }
        });
    }
}

impl Host for TestHost {
    fn heap(&mut self) -> &mut Heap {
        &mut self.machine.heap
    }
    fn tables(&mut self) -> &mut Tables {
        &mut self.machine.syntax
    }
    fn parts(&mut self) -> (&mut Heap, &mut Tables) {
        (&mut self.machine.heap, &mut self.machine.syntax)
    }
    fn sources(&mut self) -> &mut SourceMap {
        &mut self.machine.sources
    }
    fn charge(&mut self, units: usize) -> Result<(), Failure> {
        self.collect();
        self.fuel = self.fuel.checked_sub(units).ok_or(Failure::Limit)?;
        Ok(())
    }
    fn poll(&mut self) -> Result<(), Failure> {
        Ok(())
    }
    fn new_global(&mut self, _name: Value) -> GlobalId {
        self.globals.push(Value::UNBOUND);
        GlobalId(self.globals.len() as u32 - 1)
    }
    fn evaluate(&mut self, expression: core::Expr<'_>) -> Result<Value, Failure> {
        let code = interpreter::copy(expression, &mut self.constants);
        self.running(|host| host.eval(&code, &Frame::default()))
    }
    fn call(&mut self, transformer: Value, input: Value) -> Result<Value, Failure> {
        self.running(|host| host.apply(transformer, vec![input]))
    }
    fn prelude_macro(&mut self, _number: u32) -> Result<Value, Failure> {
        panic!("there is no image in these tests")
    }
    fn find_library(&mut self, name: &LibraryName) -> Result<LibrarySource, Failure> {
        let key = name.key();
        if let Some(text) = self.prelude.get(&key).cloned() {
            return Ok(LibrarySource::Found(self.source(&key, &text, true)));
        }
        match self.files.get(&key).cloned() {
            Some(text) => Ok(LibrarySource::Found(self.source(&candidates(name)[2], &text, false))),
            None => Ok(LibrarySource::Missing(candidates(name))),
        }
    }
    fn find_included(&mut self, path: &str, _from: FileId) -> Result<IncludedFile, Failure> {
        match self.files.get(path).cloned() {
            Some(text) => Ok(IncludedFile::Found(self.source(path, &text, false))),
            None => Ok(IncludedFile::Missing(vec![path.to_string()])),
        }
    }
    fn install(&mut self, library: LibraryId, body: &Unit<'_>) -> Result<(), Failure> {
        let code = interpreter::copy(body.body, &mut self.constants);
        self.bodies.insert(library, std::rc::Rc::new(code));
        Ok(())
    }
    fn instantiate(&mut self, library: LibraryId) -> Result<(), Failure> {
        if self.instantiated.contains(&library) {
            return Ok(());
        }
        self.instantiated.push(library);
        for required in self.machine.syntax.library(library).requires.clone() {
            self.instantiate(required)?;
        }
        match self.bodies.get(&library).cloned() {
            Some(body) => self.running(|host| host.eval(&body, &Frame::default())).map(drop),
            None => Ok(()),
        }
    }
}

/// Globals by the order in which they are met.
#[derive(Default)]
struct PlainNames(std::cell::RefCell<Vec<GlobalId>>);

impl Names for PlainNames {
    fn global(&self, id: GlobalId) -> String {
        let mut met = self.0.borrow_mut();
        let at = met.iter().position(|g| *g == id).unwrap_or_else(|| {
            met.push(id);
            met.len() - 1
        });
        format!("g{at}")
    }
    fn primitive(&self, id: PrimitiveId) -> String {
        primitives()[id.0 as usize].name.to_string()
    }
}

fn written(v: Value) -> String {
    crate::io::to_text(v, crate::io::Style::Write, 10_000)
}

fn failure_text(host: &mut TestHost, failure: Failure) -> String {
    match failure {
        Failure::Violation(violation) => violation.into_diagnostic().render(&host.machine.sources, Style::Plain),
        Failure::Raised(v, _) => format!("raised {}", condition_text(v)),
        Failure::HeapFull => "out of memory".into(),
        Failure::Limit => "limit".into(),
        Failure::Request => "request".into(),
    }
}

/// The message of a condition with its other strings and symbols.
fn condition_text(v: Value) -> String {
    use crate::heap::Kind;
    if v.is(Kind::CompoundCondition) {
        let parts: Vec<String> = v.slot(0).list_iter().map(condition_text).collect();
        return parts.join(" ");
    }
    if v.is(Kind::Record) {
        let fields: Vec<String> = v.slots()[1..].iter().map(|&field| condition_text(field)).collect();
        return fields.join(" ");
    }
    let v = if v.is_pair() { v } else { object::unwrap(v) };
    let heap = &mut Heap::new();
    written(object::strip(heap, v).expect("there is room"))
}

/// The value of a program, written; or what is wrong. Runs it once more with a collection wherever there may be one.
fn run_with(files: &[(&str, &str)], text: &str) -> String {
    let (plain, stressed) = (run_once(files, text, false), run_once(files, text, true));
    assert_eq!(plain, stressed, "{text}");
    plain
}

fn run_once(files: &[(&str, &str)], text: &str, stress: bool) -> String {
    let mut host = TestHost::new(files);
    host.stress = stress;
    let source = host.source("test.sps", text, false);
    let arena = Arena::new(host.heap().memory());
    let result = read(&mut host, &source)
        .and_then(|forms| expand_program(&mut host, &arena, &forms))
        .and_then(|unit| host.run(&unit));
    match result {
        Ok(v) => written(v),
        Err(failure) => failure_text(&mut host, failure),
    }
}

/// The value of some forms in a program that imports all libraries of the tests.
fn run(text: &str) -> String {
    run_with(&[], &format!("(import (vicare))\n{text}"))
}

/// The units of work that expanding a program charges for.
fn work(text: &str) -> usize {
    let mut host = TestHost::new(&[]);
    let source = host.source("test.sps", &format!("(import (vicare))\n{text}"), false);
    let arena = Arena::new(host.heap().memory());
    let forms = read(&mut host, &source).expect("the reader takes it");
    // What is owed has been taken from the countdown, the rest from the host's fuel.
    let before = (host.fuel, host.heap().countdown);
    if let Err(failure) = expand_program(&mut host, &arena, &forms) {
        panic!("{}", failure_text(&mut host, failure));
    }
    before.0 - host.fuel + (before.1 - host.heap().countdown).max(0) as usize
}

/// The core language of a program's body.
fn expanded(text: &str) -> String {
    let mut host = TestHost::new(&[]);
    let source = host.source("test.sps", &format!("(import (vicare))\n{text}"), false);
    let arena = Arena::new(host.heap().memory());
    let unit = read(&mut host, &source).and_then(|forms| expand_program(&mut host, &arena, &forms));
    match unit {
        Ok(unit) => unparse(unit.body, &PlainNames::default()),
        Err(failure) => failure_text(&mut host, failure),
    }
}

/// Checks programs against their written values.
fn check(cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        assert_eq!(run(text), *expected, "{text}");
    }
}

/// Values of forms typed at one prompt, one after the other.
fn prompt(forms: &[&str]) -> Vec<String> {
    let mut host = TestHost::new(&[]);
    let environment = new_environment(&mut host, environment::Owner::Interactive);
    let mut answers = Vec::new();
    for text in std::iter::once(&"(import (vicare))").chain(forms) {
        let source = host.source("prompt", text, false);
        let result = read(&mut host, &source).and_then(|forms| {
            let mut last = Value::VOID;
            for form in forms {
                let arena = Arena::new(host.heap().memory());
                let unit = expand_interactive(&mut host, &arena, environment, form, Later::Anything)?;
                last = host.run(&unit)?;
            }
            Ok(last)
        });
        answers.push(match result {
            Ok(v) => written(v),
            Err(failure) => failure_text(&mut host, failure),
        });
    }
    assert_eq!(host.machine.syntax.protected.len(), 0, "something is still protected");
    answers.split_off(1)
}
