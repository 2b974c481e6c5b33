//! The library as a host uses it: through its public interface only. `README.md` and `examples/embed.rs` show the same in
//! small; here every promise that they make is tried.

mod adversary;
mod conversions;
mod counting;
mod cut_short;
mod errors;
mod host_procedures;
mod hostile;
mod isolation;
mod jumps;
mod limits;
mod memory;
mod misuse;
mod native_stack;
mod random_programs;
mod refusals;
mod runs;
mod sorting;

use std::io::Write;
use std::sync::{Arc, Mutex};
use vicar::{Engine, Error, Limits, Vm};

#[global_allocator]
static MEMORY: vicar::SpareAllocator<counting::Counting> =
    vicar::SpareAllocator::over(counting::Counting, Some(refusals::STATUS));

/// A machine with `(rnrs)`, `(rnrs mutable-pairs)` and `(rnrs mutable-strings)` imported.
fn machine(limits: Limits) -> Vm {
    machine_of(&Engine::new(), limits)
}

/// The same, made from an engine.
fn machine_of(engine: &Engine, limits: Limits) -> Vm {
    let mut vm = engine.vm();
    vm.eval::<()>("(import (rnrs) (rnrs mutable-pairs) (rnrs mutable-strings) (rnrs eval))").expect("they are there");
    vm.set_limits(&limits);
    vm
}

/// The error of an evaluation that must fail.
fn failure(vm: &mut Vm, text: &str) -> Error {
    match vm.eval::<vicar::Handle>(text) {
        Ok(value) => panic!("{text} should fail, but gives {}", vm.write(&value, 200)),
        Err(error) => error,
    }
}

/// The machine works.
fn assert_usable(vm: &mut Vm) {
    let sum: i64 = vm.eval("(import (rnrs)) (fold-left + 0 (map (lambda (x) (* x x)) '(1 2 3)))").expect("it works");
    assert_eq!(sum, 14);
}

/// What a machine writes, kept.
#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl Captured {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().expect("nobody panics with it").clone()).expect("it is UTF-8")
    }
}

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("nobody panics with it").extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
