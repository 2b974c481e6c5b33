//! Linking with the prelude's image: its globals and macros, made in a machine when something first refers to them.

use crate::account::{Arena, insisting};
use crate::eval::{Machine, Prelude, Res};
use crate::heap::{Heap, Value};
use crate::image::{CodeReader, GlobalEntry, Image, ReadContext, Reader};
use crate::syntax::core::GlobalId;
use crate::syntax::library::LibraryName;
use crate::syntax::{Failure, keeping};

/// The image, as the evaluator sees it.
pub(crate) struct ImagePrelude(pub Image);

impl Prelude for ImagePrelude {
    fn globals(&self) -> u32 {
        self.0.global_count() as u32
    }

    fn name(&self, id: GlobalId) -> &str {
        self.0.global(id).map_or("", |g| self.0.name(g.name))
    }

    fn define(&self, machine: &mut Machine, id: GlobalId) -> Res<()> {
        let Some(entry) = self.0.global(id) else { return Ok(()) };
        if entry.is_procedure {
            let mut reader = Reader::new(self.0.bytes(), entry.code);
            return machine.define_lazily(id, &clauses(&mut reader));
        }
        let v = self.evaluate(machine, Reader::new(self.0.bytes(), entry.code), entry)?;
        machine.set_global(id, v)
    }

    fn procedure(&self, machine: &mut Machine, id: GlobalId) -> Res {
        let Some(entry) = self.0.global(id) else { return Ok(Value::VOID) };
        let mut reader = Reader::new(self.0.bytes(), entry.code);
        clauses(&mut reader);
        // Raising a condition for the first time, and handling it, begins here.
        insisting(|| self.evaluate(machine, reader, entry))
    }
}

/// What the clauses of a procedure accept, which stands before its expression.
fn clauses(reader: &mut Reader) -> Vec<(u32, bool)> {
    (0..reader.number()).map(|_| (reader.number() as u32, reader.byte() != 0)).collect()
}

impl ImagePrelude {
    /// Evaluates the expression that the reader is at.
    fn evaluate(&self, machine: &mut Machine, mut reader: Reader, entry: GlobalEntry) -> Res {
        let thunk = keeping(machine, &[], |machine| {
            let arena = Arena::new(machine.heap.memory());
            let mut context = Context { machine, image: self.0, failure: None };
            let expr = CodeReader::new(&mut reader, &arena, &mut context).expr();
            match context.failure {
                Some(stop) => Err(stop),
                None => machine.compile_prelude(expr, entry.exported.map(|name| self.0.name(name))),
            }
        })?;
        machine.call_nested(thunk, &[])
    }
}

/// The objects of macros that this machine has made: one each. Its values are kept by `Tables::prelude_macros`.
pub(super) fn macro_object(machine: &mut Machine, image: Image, number: u32) -> Result<Value, Failure> {
    if let Some(object) = machine.extension::<Macros>().0.get(&number) {
        return Ok(*object);
    }
    let object = keeping(&mut *machine, &[], |machine| {
        let mut context = Context { machine, image, failure: None };
        let object = Reader::new(image.bytes(), image.macro_offset(number)).data(&mut context);
        match context.failure {
            Some(stop) => Err(Failure::from(stop)),
            None => Ok(object),
        }
    })?;
    machine.extension::<Macros>().0.insert(number, object);
    Ok(object)
}

/// The macros of the prelude that have been used. A machine's extension.
#[derive(Default)]
pub(super) struct Macros(hashbrown::HashMap<u32, Value, foldhash::fast::FixedState>);

impl crate::heap::External for Macros {
    fn trace(&self, tracer: &mut crate::heap::Tracer) {
        self.0.values().for_each(|&v| tracer.value(v))
    }
    fn type_name(&self) -> &'static str {
        "prelude-macros"
    }
}

/// What reading the image needs of a machine.
struct Context<'m> {
    machine: &'m mut Machine,
    image: Image,
    /// Why a procedure could not be made.
    failure: Option<crate::eval::Stop>,
}

impl ReadContext for Context<'_> {
    fn heap(&mut self) -> &mut Heap {
        &mut self.machine.heap
    }

    fn symbol(&mut self, number: u32) -> Value {
        let symbol = self.machine.heap.symbol(self.image.symbol(number));
        // Symbols are held weakly; evaluating a part of what is read may collect.
        self.keep(symbol);
        symbol
    }

    fn environment(&mut self, library: u32) -> Value {
        let key = self.image.symbol(library);
        let tables = &mut self.machine.syntax;
        let name = || LibraryName {
            identifiers: key.trim_matches(['(', ')']).split(' ').map(Box::from).collect(),
            version: Vec::new(),
        };
        match tables.find(key).or_else(|| tables.builtin_library(name())) {
            Some(id) => {
                let environment = tables.library_environment(&mut self.machine.heap, id);
                self.keep(environment);
                environment
            }
            None => Value::NIL,
        }
    }

    fn procedure(&mut self, reader: &mut Reader) -> Value {
        let arena = Arena::new(self.machine.heap.memory());
        let expr = CodeReader::new(reader, &arena, self).expr();
        let result = self.machine.compile_prelude(expr, None).and_then(|thunk| self.machine.call_nested(thunk, &[]));
        result.unwrap_or_else(|stop| {
            self.failure = Some(stop);
            Value::VOID
        })
    }

    fn keep(&mut self, v: Value) {
        if v.is_pointer() {
            self.machine.syntax.protected.push(v);
        }
    }

    fn fresh_variable(&mut self) -> u32 {
        self.machine.syntax.fresh_variable()
    }
}
