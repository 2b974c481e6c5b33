//! How a run ends that asks for the end of the program: `exit`, and child processes that come to the end of theirs.

use crate::engine::error::{Error, ErrorKind};
use crate::engine::report;
use crate::engine::vm::Vm;
use crate::heap::{Bignum, Value, View};
use crate::primitives::control::driver::request;
use crate::syntax::Failure;

/// The error for a text that is not a program, or that has ended the program while it was expanded.
pub fn failure(vm: &mut Vm, failure: Failure) -> Error {
    report::failure(&mut vm.machine, failure).unwrap_or_else(|| exit(vm))
}

/// Ends the program, at its own request.
pub fn exit(vm: &mut Vm) -> Error {
    let status = match *vm.machine.request() {
        [kind, object] if kind.as_fixnum() == Some(request::EXIT) => exit_status(object),
        _ => 1,
    };
    if let Some(end) = vm.at_exit {
        end(vm, status)
    }
    vm.machine.reset();
    Error::plain(ErrorKind::Exit(status), "the program has exited")
}

/// Reports the error, unless the program called `(exit)`, and ends the child process.
#[cfg(unix)]
pub fn end_child(vm: &mut Vm, error: &Error, status: i32) -> ! {
    // The program's own output comes before the report.
    let _ = vm.flush();
    let status = match error.kind() {
        ErrorKind::Exit(own) => own,
        _ => {
            use std::io::Write;
            let report = error.report(crate::diagnostics::Style::Plain);
            // Nobody may be there to read it.
            let _ = std::io::stderr().lock().write_all(report.as_bytes());
            status
        }
    };
    if let Some(end) = vm.at_exit {
        end(vm, status)
    }
    let _ = vm.machine.flush_all_ports();
    crate::io::end_child(status)
}

/// What `(exit obj)` means as a process's status. R6RS libraries 10: `#f` is failure. Other objects never
/// look like success: an exact integer out of range gives 255, anything else 1.
fn exit_status(object: Value) -> i32 {
    match object.as_fixnum() {
        Some(n) => u8::try_from(n).unwrap_or(u8::MAX).into(),
        None if object == Value::TRUE || object == Value::VOID => 0,
        None if Bignum::from_value(object).is_some() => u8::MAX.into(),
        None => 1,
    }
}
