//! `(rnrs programs)`: the command line, and what is done at the end. `exit` is in the prelude.

use crate::eval::{Machine, ProperList, Res, Who};
use crate::heap::{External, Tracer, Value};
use vicar_macros::primitives;

/// The command line of a machine's program: a list of strings, the program's name first.
struct CommandLine(Value);

impl Default for CommandLine {
    fn default() -> Self {
        CommandLine(Value::NIL)
    }
}

impl External for CommandLine {
    fn trace(&self, tracer: &mut Tracer) {
        tracer.value(self.0)
    }
    fn type_name(&self) -> &'static str {
        "command-line"
    }
}

/// Thunks that `exit` calls: a list.
struct ExitHooks(Value);

impl Default for ExitHooks {
    fn default() -> Self {
        ExitHooks(Value::NIL)
    }
}

impl External for ExitHooks {
    fn trace(&self, tracer: &mut Tracer) {
        tracer.value(self.0)
    }
    fn type_name(&self) -> &'static str {
        "exit-hooks"
    }
}

impl Machine {
    /// In a child process: what its parent wants to be done at the end, the parent does.
    pub fn forget_exit_hooks(&mut self) {
        if let Some(hooks) = self.existing_extension::<ExitHooks>() {
            hooks.0 = Value::NIL
        }
    }

    /// Sets what `command-line` answers.
    pub fn set_command_line(&mut self, words: &[&str]) {
        let words: Vec<Value> = words.iter().map(|w| self.heap.string(w)).collect();
        let list = self.heap.list(&words);
        self.extension::<CommandLine>().0 = list;
    }
}

#[primitives]
pub mod procedures {
    use super::*;

    /// `(command-line)`: a list of strings: the name of the program, then its arguments.
    fn command_line(m: &mut Machine) -> Res {
        let words: Vec<Value> = m.extension::<CommandLine>().0.list_iter().collect();
        Ok(m.heap.list(&words))
    }

    /// `(command-line-arguments)`: the command line without the program's name. A parameter: given a list, sets it.
    fn command_line_arguments(m: &mut Machine, list: Option<ProperList>, _guard: Option<Value>) -> Res {
        let line = m.extension::<CommandLine>().0;
        let Some(ProperList(list)) = list else { return Ok(line.uncons().map_or(Value::NIL, |(_, rest)| rest)) };
        let name = match line.uncons() {
            Some((name, _)) => name,
            None => m.heap.string("vicar"),
        };
        m.extension::<CommandLine>().0 = Value::NIL;
        let line = m.heap.cons(name, list);
        m.extension::<CommandLine>().0 = line;
        Ok(Value::VOID)
    }

    /// `(exit-hooks)`: a list of thunks that `exit` calls. A parameter: given a list, sets it. A child process begins with
    /// none.
    fn exit_hooks(m: &mut Machine, who: Who, list: Option<ProperList>, _guard: Option<Value>) -> Res {
        match list {
            None => Ok(m.existing_extension::<ExitHooks>().map_or(Value::NIL, |hooks| hooks.0)),
            Some(list) => {
                if let Some(odd) = list.iter().find(|v| !v.is_procedure()) {
                    return Err(m.wrong_argument(who, "list", 1, "a list of procedures", odd));
                }
                m.extension::<ExitHooks>().0 = list.0;
                Ok(Value::VOID)
            }
        }
    }
}
