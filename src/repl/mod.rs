//! The prompt: reads a line or more, evaluates, prints. A client of the public interface.
//!
//! Nothing ends it but the end of its input and `(exit)`: an error is told and the prompt comes back; Control-C stops
//! what runs, or clears what was typed.

mod signals;

use crate::diagnostics::Style;
use crate::{ErrorKind, Source, Vm};
use rustyline::completion::Completer;
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::FileHistory;
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{CompletionType, Config, Context, Editor, Helper};
use std::cell::RefCell;
use std::io::Write;
use std::path::PathBuf;
use std::rc::Rc;

const PROMPT: &str = "> ";

/// Runs the prompt on this process's terminal until its input ends; the exit status.
pub fn run(vm: Vm) -> i32 {
    let vm = Rc::new(RefCell::new(vm));
    let config = Config::builder()
        .completion_type(CompletionType::List)
        .auto_add_history(true)
        .history_ignore_space(true)
        .build();
    let mut editor: Editor<SchemeHelper, FileHistory> = match Editor::with_config(config) {
        Ok(editor) => editor,
        Err(e) => {
            eprintln!("vicar: no prompt on this terminal: {e}");
            return 70;
        }
    };
    editor.set_helper(Some(SchemeHelper { vm: vm.clone() }));
    let history = history_file();
    if let Some(file) = &history {
        // No history yet, or one that cannot be read: the prompt works without.
        let _ = editor.load_history(file);
    }
    println!("Vicar {}. Control-D or (exit) leaves.", env!("CARGO_PKG_VERSION"));
    let status = converse(&mut editor, &vm);
    if let Some(file) = &history {
        let _ = editor.save_history(file);
    }
    status
}

fn converse(editor: &mut Editor<SchemeHelper, FileHistory>, vm: &Rc<RefCell<Vm>>) -> i32 {
    let mut count = 0;
    loop {
        match editor.readline(PROMPT) {
            Ok(text) => {
                count += 1;
                let source = Source::new(format!("prompt {count}"), text);
                if let Some(status) = evaluate(&mut vm.borrow_mut(), &source) {
                    return status;
                }
            }
            Err(ReadlineError::Interrupted) => println!("Control-D or (exit) leaves."),
            Err(ReadlineError::Eof) => return 0,
            Err(e) => {
                eprintln!("vicar: the terminal cannot be read: {e}");
                return 74;
            }
        }
    }
}

/// Evaluates the forms of one input and prints what they answer; the exit status if the program asked to leave.
fn evaluate(vm: &mut Vm, source: &Source) -> Option<i32> {
    let result = {
        let _guard = signals::interrupt_on_control_c(vm.interrupter());
        vm.eval_each(source, &mut |vm, text| {
            let _ = vm.flush();
            println!("{text}");
        })
    };
    let _ = vm.flush();
    match result {
        Ok(()) => None,
        Err(error) => match error.kind() {
            ErrorKind::Exit(status) => Some(status),
            _ => {
                let style = if std::env::var_os("NO_COLOR").is_some() { Style::Plain } else { Style::Colour };
                let _ = std::io::stderr().write_all(error.report(style).as_bytes());
                None
            }
        },
    }
}

/// `$XDG_STATE_HOME/vicar/history`, or below `~/.local/state`.
fn history_file() -> Option<PathBuf> {
    let state = match std::env::var_os("XDG_STATE_HOME") {
        Some(directory) if !directory.is_empty() => PathBuf::from(directory),
        _ => PathBuf::from(std::env::var_os("HOME")?).join(".local/state"),
    };
    let directory = state.join("vicar");
    std::fs::create_dir_all(&directory).ok()?;
    Some(directory.join("history"))
}

/// What rustyline asks while a line is typed.
struct SchemeHelper {
    vm: Rc<RefCell<Vm>>,
}

impl Helper for SchemeHelper {}

impl Hinter for SchemeHelper {
    type Hint = String;
}

impl Highlighter for SchemeHelper {}

impl Validator for SchemeHelper {
    /// Enter ends the input when all its datums are complete; wrong ones are for the evaluation to report.
    fn validate(&self, input: &mut ValidationContext<'_>) -> rustyline::Result<ValidationResult> {
        Ok(if crate::is_incomplete(input.input()) {
            ValidationResult::Incomplete
        } else {
            ValidationResult::Valid(None)
        })
    }
}

impl Completer for SchemeHelper {
    type Candidate = String;

    /// Completes the identifier before the cursor from the names in scope.
    fn complete(&self, line: &str, cursor: usize, _: &Context<'_>) -> rustyline::Result<(usize, Vec<String>)> {
        let before = &line[..cursor];
        let start = before
            .rfind(|c: char| c.is_whitespace() || "()[]{}\"';`,".contains(c))
            .map_or(0, |i| i + before[i..].chars().next().map_or(1, char::len_utf8));
        let prefix = &before[start..];
        let names = match self.vm.try_borrow() {
            Ok(vm) if !prefix.is_empty() => vm.names_in_scope(prefix),
            _ => Vec::new(),
        };
        Ok((start, names))
    }
}
