//! The prompt: reads a line or more, evaluates, prints. A client of the public interface.
//!
//! Only the end of its input and `(exit)` end it: an error is reported and the prompt comes back; Control-C stops the
//! evaluation, or clears the line. A child process that the program makes ends where it would come back to the prompt.

mod plain;

use crate::ending::{EXIT_ERROR, EXIT_OUTPUT, style, write};
use crate::system::signals;
use plain::Typed;
use rustyline::completion::Completer;
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::FileHistory;
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{CompletionType, Config, Context, Editor, Helper};
use std::cell::RefCell;
use std::io::ErrorKind as IoErrorKind;
use std::path::PathBuf;
use std::rc::Rc;
use vicar::process::{self, StandardStream};
use vicar::{Error, ErrorKind, Source, Style, Vm};

const PROMPT: &str = "> ";
const GREETING: &str = concat!("Vicar ", env!("CARGO_PKG_VERSION"), ". Control-D or (exit) leaves.");
const HOW_TO_LEAVE: &str = "Control-D or (exit) leaves.";
const NO_TEXT: &str = "the input is not UTF-8 and was ignored";

/// Runs the prompt on this process's terminal until its input ends; the exit status.
pub fn run(vm: Vm) -> i32 {
    let mut prompt = Prompt {
        vm: Rc::new(RefCell::new(vm)),
        process: std::process::id(),
        inputs: 0,
        has_imported: false,
        history: None,
    };
    if plain::is_needed() {
        prompt.say(GREETING);
        return prompt.converse_plainly();
    }
    let config = Config::builder()
        .completion_type(CompletionType::List)
        .auto_add_history(true)
        .history_ignore_space(true)
        .build();
    let mut editor: Editor<SchemeHelper, FileHistory> = match Editor::with_config(config) {
        Ok(editor) => editor,
        Err(e) => {
            prompt.complain(&format!("cannot start the prompt on this terminal: {e}"));
            return EXIT_ERROR;
        }
    };
    editor.set_helper(Some(SchemeHelper { vm: prompt.vm.clone() }));
    let history = history_file();
    if let Some(file) = &history {
        // No history yet, or one that cannot be read: the prompt works without.
        let _ = editor.load_history(file);
    }
    prompt.history = history;
    prompt.say(GREETING);
    prompt.converse(&mut editor)
}

/// A conversation.
struct Prompt {
    vm: Rc<RefCell<Vm>>,
    /// The process that it began in: in its children there is none.
    process: u32,
    /// How many inputs there were so far.
    inputs: usize,
    /// The usual libraries are there.
    has_imported: bool,
    /// The file of the history.
    history: Option<PathBuf>,
}

impl Prompt {
    fn converse(&mut self, editor: &mut Editor<SchemeHelper, FileHistory>) -> i32 {
        loop {
            begin_line();
            let typed = {
                let _guard = signals::restore_terminal_at_end();
                editor.readline(PROMPT)
            };
            // The editor leaves the cursor on a fresh line.
            process::set_within_line(false);
            match typed {
                Ok(text) => {
                    if let Some(file) = &self.history {
                        // As above; and no session takes another's entries away.
                        let _ = editor.append_history(file);
                    }
                    if let Some(status) = self.evaluate(text) {
                        return status;
                    }
                }
                Err(ReadlineError::Interrupted) => self.say(HOW_TO_LEAVE),
                Err(ReadlineError::Eof) => return 0,
                Err(ReadlineError::Io(e)) if e.kind() == IoErrorKind::InvalidData => self.complain(NO_TEXT),
                Err(e) => {
                    self.complain(&format!("cannot read the terminal: {e}"));
                    return EXIT_OUTPUT;
                }
            }
        }
    }

    fn converse_plainly(&mut self) -> i32 {
        let mut lines = plain::Lines::default();
        loop {
            begin_line();
            let _ = write(StandardStream::Output, PROMPT);
            let typed = lines.next();
            // The terminal has echoed the end of the line.
            process::set_within_line(false);
            match typed {
                Ok(Typed::Text(text)) => {
                    if let Some(status) = self.evaluate(text) {
                        return status;
                    }
                }
                Ok(Typed::Interrupted) => {
                    self.say("");
                    self.say(HOW_TO_LEAVE)
                }
                Ok(Typed::NoText) => self.complain(NO_TEXT),
                Ok(Typed::End) => {
                    self.say("");
                    return 0;
                }
                Err(e) => {
                    self.complain(&format!("cannot read the terminal: {e}"));
                    return EXIT_OUTPUT;
                }
            }
        }
    }

    /// Evaluates the forms of one input and prints what they answer; the exit status if the program asked to leave.
    fn evaluate(&mut self, text: String) -> Option<i32> {
        self.inputs += 1;
        let source = Source::new(format!("prompt {}", self.inputs), text);
        let vm = &mut *self.vm.borrow_mut();
        let result = {
            let _guard = signals::interrupt_on_control_c(vm.interrupter());
            import_once(&mut self.has_imported, vm).and_then(|()| {
                vm.eval_each(&source, &mut |vm, text| {
                    let _ = vm.flush();
                    begin_line();
                    let _ = write(StandardStream::Output, &format!("{text}\n"));
                })
            })
        };
        let mut status = vm.flush().err().map(|e| (EXIT_OUTPUT, e.report(Style::Plain)));
        if let Err(error) = result {
            if let ErrorKind::Exit(status) = error.kind() {
                return Some(self.leave(vm, status));
            }
            status = Some((EXIT_ERROR, error.report(style(true))));
        }
        if let Some((_, report)) = &status {
            begin_line();
            let _ = write(StandardStream::Error, report);
        }
        // A child that comes back here has no more to do: the person at the terminal talks to its parent.
        (std::process::id() != self.process).then(|| self.leave(vm, status.map_or(0, |s| s.0)))
    }

    /// Writes out what ports hold. A child ends there.
    fn leave(&self, vm: &mut Vm, status: i32) -> i32 {
        let flushed = vm.flush_all_ports();
        if let Err(e) = &flushed {
            let _ = write(StandardStream::Error, &e.report(Style::Plain));
        }
        let status = if flushed.is_err() && status == 0 { EXIT_OUTPUT } else { status };
        if std::process::id() != self.process {
            process::end_child(status)
        }
        status
    }

    fn say(&self, line: &str) {
        // A terminal that is gone is found out by reading.
        let _ = write(StandardStream::Output, &format!("{line}\n"));
    }

    fn complain(&self, text: &str) {
        let _ = write(StandardStream::Error, &format!("vicar: {text}\n"));
    }
}

/// Imports the usual libraries before the first form that is evaluated.
fn import_once(has_imported: &mut bool, vm: &mut Vm) -> Result<(), Error> {
    match std::mem::replace(has_imported, true) {
        true => Ok(()),
        false => crate::import_usual_libraries(vm),
    }
}

/// Ends the line that the program has left unended: neither the prompt nor an answer shall hide it.
fn begin_line() {
    if process::is_within_line() {
        let _ = write(StandardStream::Output, "\n");
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
        Ok(if vicar::is_incomplete(input.input()) {
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
