//! The program's command line. A client of the public interface like any other: nothing behind its back.

#[cfg(target_os = "linux")]
mod alarm;
pub(crate) mod descriptors;
mod memory;
mod options;

use crate::diagnostics::Style;
use crate::{Engine, Error, ErrorKind, Source, Vm};
use options::{Action, Options};
use std::io::IsTerminal;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

/// Exit status of a program that an uncaught condition, or an error in its text, ended: `EX_SOFTWARE`.
const EXIT_ERROR: i32 = 70;
/// Exit status of a wrong command line: `EX_USAGE`.
const EXIT_USAGE: i32 = 64;
/// Exit status when what the program has printed cannot be written: `EX_IOERR`.
const EXIT_OUTPUT: i32 = 74;
/// Exit status when the program's file cannot be read: `EX_NOINPUT`.
const EXIT_NO_INPUT: i32 = 66;

/// Runs the program `vicar` with this process's arguments and answers its exit status.
pub fn main() -> i32 {
    crate::account::put_by();
    crate::io::fill_standard_descriptors();
    crate::io::end_with_reader();
    let options = match Options::parse(std::env::args_os()) {
        Ok(options) => options,
        Err(message) => {
            let _ = descriptors::write(2, &format!("vicar: {message}\nTry: vicar --help\n"));
            return EXIT_USAGE;
        }
    };
    if let Some(time) = options.limits.deadline {
        descriptors::set_deadline(time);
        #[cfg(target_os = "linux")]
        alarm::interrupt_calls_at(time)
    }
    let limits = &options.limits;
    memory::keep_little(limits);
    memory::measure();
    match &options.action {
        Action::Help => print(options::HELP),
        Action::Version => print(concat!("vicar ", env!("CARGO_PKG_VERSION"), "\n")),
        Action::File(path) => match descriptors::read_file(path, limits) {
            Ok(source) => run(&options, |vm| vm.run_program(&source)),
            Err(error) => report(&error),
        },
        Action::Expression(text) => run(&options, |vm| vm.eval_all(&Source::new("-e", text.as_str()))),
        Action::Default if std::io::stdin().is_terminal() => match machine(&options) {
            Ok(vm) => crate::repl::run(vm),
            Err(error) => report(&error),
        },
        Action::StandardInput | Action::Default => match descriptors::read_standard_input(limits) {
            Ok(source) => run(&options, |vm| vm.eval_all(&source)),
            Err(error) => report(&error),
        },
    }
}

fn print(text: &str) -> i32 {
    match descriptors::write(1, text) {
        Ok(()) => 0,
        Err(e) => {
            let reason = crate::io::os_message(&e);
            let _ = descriptors::write(2, &format!("error: cannot write standard output: {reason}\n"));
            EXIT_OUTPUT
        }
    }
}

fn machine(options: &Options) -> Result<Vm, Error> {
    let mut engine = Engine::builder();
    for directory in &options.library_path {
        engine = engine.library_path(directory);
    }
    engine = engine.library_path_from_environment();
    let mut vm = engine.build()?.vm_with(options.limits.clone());
    vm.set_command_line(&options.command_line);
    vm.set_gc_stress(std::env::var_os("VICAR_GC_STRESS").is_some_and(|v| v == "1"));
    Ok(vm)
}

/// The process that the program began in: its children are others.
static PROCESS: AtomicU32 = AtomicU32::new(0);

fn run(options: &Options, work: impl FnOnce(&mut Vm) -> Result<(), Error>) -> i32 {
    PROCESS.store(std::process::id(), Relaxed);
    let mut vm = match machine(options) {
        Ok(vm) => vm,
        Err(error) => return report(&error),
    };
    vm.set_exit(end);
    let status = match work(&mut vm) {
        Ok(()) => 0,
        Err(error) => {
            // What the program printed comes before what is said about it.
            let _ = vm.flush();
            report(&error)
        }
    };
    end(&mut vm, status)
}

/// Ends the process. The machine is left to the system: no more is done than flushing its ports.
fn end(vm: &mut Vm, status: i32) -> ! {
    let flushed = vm.flush().and(vm.flush_all_ports());
    let status = match flushed {
        // The same failure has ended the program.
        Err(_) if status == EXIT_OUTPUT => status,
        Err(error) => {
            report(&error);
            if status == 0 { EXIT_OUTPUT } else { status }
        }
        Ok(()) => status,
    };
    if std::process::id() != PROCESS.load(Relaxed) {
        crate::io::end_child(status)
    }
    std::process::exit(status)
}

/// Tells the error on standard error, unless it is the program's own `(exit)`; the exit status.
fn report(error: &Error) -> i32 {
    if let ErrorKind::Exit(status) = error.kind() {
        return status;
    }
    let on_terminal = std::io::stderr().is_terminal();
    if on_terminal && crate::io::is_within_line() && std::io::stdout().is_terminal() {
        let _ = descriptors::write(2, "\n");
    }
    let style = match on_terminal && std::env::var_os("NO_COLOR").is_none() {
        true => Style::Colour,
        false => Style::Plain,
    };
    // Who has closed standard error does not hear of it; the status says it.
    let _ = descriptors::write(2, &error.report(style));
    match error.kind() {
        ErrorKind::Io => EXIT_NO_INPUT,
        ErrorKind::Raised if error.is_condition("&i/o-write") => EXIT_OUTPUT,
        _ => EXIT_ERROR,
    }
}
