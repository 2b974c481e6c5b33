//! The `vicar` program: its command line and its prompt. A client of the library's public interface, like any other host.
//!
//! | file | what is in it |
//! |---|---|
//! | `main.rs` | the program's beginning; what to do with which arguments |
//! | `options.rs` | what the arguments mean |
//! | `ending.rs` | messages, exit statuses, the end of the process |
//! | `prompt/` | the conversation on a terminal |
//! | `system/` | what is asked of the operating system directly: the only place of `unsafe` here |
//!
//! Where that is known to work the program begins in C's `main`: what Rust's own beginning does besides (it looks for the end of
//! the stack in `/proc`, and watches for its overflow) takes a tenth of the time in which a small script starts and ends.

#![cfg_attr(all(target_os = "linux", target_env = "gnu"), no_main)]

mod ending;
mod options;
mod prompt;
mod system;

use ending::{EXIT_OUTPUT, EXIT_USAGE, report, write};
use options::{Action, Options};
use std::io::IsTerminal;
use vicar::process::{self, StandardStream};
use vicar::{Engine, Error, Run, Source, Vm};

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn main() {
    std::process::exit(begin());
}

// SAFETY: the C library calls it once, as the program's beginning; the standard library finds the arguments by itself.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[unsafe(no_mangle)]
extern "C" fn main() -> std::ffi::c_int {
    begin()
}

/// What the standard library cannot do without when the system has no memory. 71 is `EX_OSERR`.
#[global_allocator]
static MEMORY: vicar::SpareAllocator = vicar::SpareAllocator::ending_with(71);

/// What this process holds besides machines, in bytes: what the system's libraries have, buffers.
const OWN_MEMORY: usize = 4 << 20;

/// What text that names no libraries starts with: that of `-e` and of standard input, and the prompt.
const IMPORTS: &str = "(import (vicare) (vicare language-extensions syntaxes))";
/// The same where there is a system to be reached.
const SYSTEM_IMPORTS: &str = "(import (prefix (vicare posix) px.) (vicare platform constants))";

/// Does what this process's arguments say and answers its exit status.
fn begin() -> i32 {
    process::reserve_stack();
    system::descriptors::fill_standard();
    process::end_with_reader();
    let options = match Options::parse(std::env::args_os()) {
        Ok(options) => options,
        Err(message) => {
            let _ = write(StandardStream::Error, &format!("vicar: {message}\nTry: vicar --help\n"));
            return EXIT_USAGE;
        }
    };
    let limits = &options.limits;
    if let Some(time) = limits.deadline {
        ending::set_deadline(time);
        #[cfg(target_os = "linux")]
        system::alarm::interrupt_calls_at(time)
    }
    system::memory::keep_little(limits);
    process::count_resident_memory(OWN_MEMORY);
    match &options.action {
        Action::Help => print(options::HELP),
        Action::Version => print(concat!("vicar ", env!("CARGO_PKG_VERSION"), "\n")),
        Action::File(path) => match Source::read_within(path, limits) {
            Ok(source) => run(&options, |vm| vm.run_program(&source)),
            Err(error) => report(&error),
        },
        Action::Expression(text) => run(&options, |vm| script(vm, &Source::new("-e", text.as_str()))),
        Action::Default if std::io::stdin().is_terminal() => match machine(&options) {
            Ok(vm) => prompt::run(vm),
            Err(error) => report(&error),
        },
        Action::StandardInput | Action::Default => match Source::read_standard_input(limits) {
            Ok(source) => run(&options, |vm| script(vm, &source)),
            Err(error) => report(&error),
        },
    }
}

fn print(text: &str) -> i32 {
    match write(StandardStream::Output, text) {
        Ok(()) => 0,
        Err(error) => {
            report(&error);
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

fn run(options: &Options, work: impl FnOnce(&mut Vm) -> Result<(), Error>) -> i32 {
    let mut vm = match machine(options) {
        Ok(vm) => vm,
        Err(error) => return report(&error),
    };
    ending::own_process(&mut vm);
    let status = match work(&mut vm) {
        Ok(()) => 0,
        Err(error) => {
            // What the program printed comes before what is said about it.
            let _ = vm.flush();
            report(&error)
        }
    };
    ending::end(&mut vm, status)
}

/// Runs a text that names no libraries itself.
fn script(vm: &mut Vm, source: &Source) -> Result<(), Error> {
    import_usual_libraries(vm)?;
    Run::script(vm, source)?.finish().map(drop)
}

/// Imports what text that names no libraries starts with.
fn import_usual_libraries(vm: &mut Vm) -> Result<(), Error> {
    vm.start(&Source::new("prompt", IMPORTS))?.finish()?;
    if cfg!(feature = "posix") {
        vm.start(&Source::new("prompt", SYSTEM_IMPORTS))?.finish()?;
    }
    Ok(())
}
