//! What the arguments of the command line mean.

use crate::system::memory::default_limits;
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::{Duration, Instant};
use vicar::Limits;

/// The text of `vicar --help`.
pub const HELP: &str = "\
Vicar, an R6RS Scheme with the POSIX interface of Vicare

Usage:
  vicar [OPTIONS] FILE.sps [ARGUMENT...]   run a top-level program
  vicar [OPTIONS] -e TEXT [ARGUMENT...]    evaluate expressions and definitions
  vicar [OPTIONS] - [ARGUMENT...]          evaluate what standard input holds
  vicar [OPTIONS]                          the prompt; or standard input, if it is no terminal

A file imports what it needs. -e, - and the prompt begin with (vicare), (prefix (vicare posix) px.),
(vicare platform constants) and (vicare language-extensions syntaxes) imported.

Options:
  -e, --eval TEXT        evaluate TEXT and exit
  -L, --library-path DIR look for libraries in DIR; may be given several times, before VICAR_LIBRARY_PATH
      --heap-limit SIZE  bytes of heap, with suffix K, M or G if you like (default: half of the memory)
      --stack-limit SIZE bytes of stack for nested calls (default: a quarter of the memory, at most 4G)
      --fuel UNITS       units of work, about one a procedure call
      --timeout SECONDS  wall-clock time
  -h, --help             this text
  -V, --version          the version

Environment:
  VICAR_LIBRARY_PATH     directories of libraries, separated by colons
  VICAR_GC_STRESS=1      collect garbage at every safepoint (for testing Vicar)
  NO_COLOR               no colour in messages

Exit status: 0 at the program's end, and after (exit) or (exit #t); (exit n) gives n from 0 to 255, and 255 for other
exact integers; (exit obj) gives 1 for #f and everything else. 70 after an uncaught condition, at a limit, or for an
error in the program's text; 74 if output cannot be written, be it at the end (unless the program gave another status
than 0) or as an uncaught &i/o-write; 66 if the program cannot be read; 64 for a wrong command line; 71 if the system
has no memory left at all. Who closes the pipe that standard output goes to ends the program by SIGPIPE, without a
message, unless that signal was ignored when it was started.

Arguments, file names and environment variables are strings. A byte b of them that is not UTF-8 is the character
U+10FF00 + b there, and becomes the same byte again.
";

pub enum Action {
    Help,
    Version,
    File(PathBuf),
    Expression(String),
    StandardInput,
    /// No argument says what to run: the prompt on a terminal, standard input otherwise.
    Default,
}

pub struct Options {
    pub action: Action,
    pub library_path: Vec<PathBuf>,
    pub limits: Limits,
    /// What `(command-line)` answers.
    pub command_line: Vec<OsString>,
}

impl Options {
    pub fn parse(arguments: impl Iterator<Item = OsString>) -> Result<Options, String> {
        use lexopt::prelude::{Long, Short, Value, ValueExt};
        let mut parser = lexopt::Parser::from_iter(arguments);
        let program = parser.bin_name().unwrap_or("vicar").to_owned();
        let mut options = Options {
            action: Action::Default,
            library_path: Vec::new(),
            limits: default_limits(),
            command_line: vec![program.into()],
        };
        let say = |e: lexopt::Error| e.to_string();
        while let Some(argument) = parser.next().map_err(say)? {
            match argument {
                Short('h') | Long("help") => {
                    options.action = Action::Help;
                    return Ok(options);
                }
                Short('V') | Long("version") => {
                    options.action = Action::Version;
                    return Ok(options);
                }
                Short('L') | Long("library-path") => options.library_path.push(parser.value().map_err(say)?.into()),
                Long("heap-limit") => options.limits = options.limits.heap(size(&parser.value().map_err(say)?)?),
                Long("stack-limit") => options.limits = options.limits.stack(size(&parser.value().map_err(say)?)?),
                Long("fuel") => {
                    let text = parser.value().map_err(say)?;
                    let units = text.to_str().and_then(|t| t.parse().ok());
                    let wrong = || format!("--fuel takes a whole number of units, not '{}'", text.display());
                    options.limits = options.limits.fuel(units.ok_or_else(wrong)?);
                }
                Long("timeout") => {
                    let text = parser.value().map_err(say)?;
                    let wait = text.to_str().and_then(|t| Duration::try_from_secs_f64(t.parse().ok()?).ok());
                    let wrong =
                        || format!("--timeout takes a number of seconds, 0.5 for example, not '{}'", text.display());
                    let at = Instant::now().checked_add(wait.ok_or_else(wrong)?);
                    options.limits = options.limits.deadline(at.ok_or("--timeout: the time is too long")?);
                }
                Short('e') | Long("eval") => {
                    let text = parser.value().and_then(|v| v.string()).map_err(say)?;
                    options.action = Action::Expression(text);
                    break;
                }
                Value(file) if file == "-" => {
                    options.command_line[0] = file;
                    options.action = Action::StandardInput;
                    break;
                }
                Value(file) => {
                    options.command_line[0] = file.clone();
                    options.action = Action::File(file.into());
                    break;
                }
                other => return Err(other.unexpected().to_string()),
            }
        }
        // What follows the program is the program's, options too.
        options.command_line.extend(parser.raw_args().map_err(say)?);
        Ok(options)
    }
}

/// A number of bytes, optionally followed by K, M or G.
fn size(text: &OsString) -> Result<usize, String> {
    let text = text.to_str().unwrap_or("");
    let (digits, unit) = match text.trim_end_matches(['B', 'b']).char_indices().next_back() {
        Some((i, 'k' | 'K')) => (&text[..i], 1 << 10),
        Some((i, 'm' | 'M')) => (&text[..i], 1 << 20),
        Some((i, 'g' | 'G')) => (&text[..i], 1 << 30),
        _ => (text, 1usize),
    };
    digits
        .parse::<usize>()
        .ok()
        .and_then(|n| n.checked_mul(unit))
        .ok_or_else(|| format!("'{text}' is not a size; write, for example, 500000, 64M or 2G"))
}
