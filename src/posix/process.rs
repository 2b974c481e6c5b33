//! Processes: identity, fork, exec, waiting, status.

use super::argument::{Int, Pid, Text};
use super::bound::{self, ARGUMENTS};
use super::environment::Environment;
use super::kernel::{Call, Errno};
use super::signal::AsAtStart;
use super::sys::process::{self as sys, Item};
use super::sys::signal::{Action, Set, kill as send_signal};
use super::timer::Timers;
use super::waiting;
use crate::account::{Claim, Paid};
use crate::eval::{Capability, Machine, ProperList, Res, Rest, Single, Who};
use crate::heap::{Symbol, Value};
use crate::memory::Registry;
use nix::unistd::{self, ForkResult};
use std::ffi::{CStr, CString};
use std::time::Duration;
use vicar_macros::primitives;

const PROCESSES: Capability = Capability::Processes;

/// Writes out what ports hold, so that neither a child writes it again nor `exec` loses it; whether all was written. Only for
/// the standard ports that is an error: others keep what they cannot write, which a child is to forget.
pub fn flush(m: &mut Machine, who: &str) -> Res<bool> {
    // Foreign functions may have written to C's own streams.
    sys::fflush(None);
    match m.flush_standard_ports() {
        Ok(()) => Ok(m.flush_all_ports().is_ok() && !m.holds_output()),
        Err(e) => {
            let port = m.current_port(crate::primitives::ports::operands::Standard::Output);
            Err(m.port_error(who, e, port))
        }
    }
}

/// Fuel for a new process.
const PROCESS: usize = 5_000;

/// Makes a child of this thread: 0 there, its id here.
fn make_child() -> nix::Result<libc::pid_t> {
    // SAFETY: the child goes on in this thread alone; the C library keeps its allocator usable there, and no lock of ours is
    // held where this is called.
    match unsafe { unistd::fork()? } {
        ForkResult::Parent { child } => Ok(child.as_raw()),
        ForkResult::Child => Ok(0),
    }
}

/// Makes a child that goes on with the program; 0 there, its id here.
pub fn fork(m: &mut Machine, who: &str) -> Res<libc::pid_t> {
    let call = Call::new(who, PROCESSES);
    m.require(PROCESSES, who)?;
    m.charge(PROCESS)?;
    let flushed = flush(m, who)?;
    m.prepare_child()?;
    let pid = call.run(m, make_child)?;
    if pid == 0 {
        after_fork(m, flushed);
    }
    Ok(pid)
}

/// In a child: forgets what is the parent's.
pub fn after_fork(m: &mut Machine, flushed: bool) {
    if !flushed {
        m.forget_output();
    }
    m.forget_exit_hooks();
    if let Some(registry) = m.existing_extension::<Registry>() {
        registry.after_fork();
    }
    if let Some(timers) = m.existing_extension::<Timers>() {
        timers.forget();
    }
}

/// Waits for a child with `f`, which gets the options and answers 0 when none has changed. Without the time to wait, it asks
/// again and again.
pub fn wait_for_child(
    m: &mut Machine,
    call: &Call,
    options: libc::c_int,
    mut f: impl FnMut(libc::c_int) -> nix::Result<libc::c_int>,
) -> Res<libc::c_int> {
    if options & libc::WNOHANG != 0 || m.patience().is_none() {
        return call.run(m, || f(options));
    }
    let mut pause = Duration::from_micros(50);
    loop {
        match call.run(m, || f(options | libc::WNOHANG))? {
            0 => waiting::sleep(m, call, &mut pause)?,
            found => return Ok(found),
        }
    }
}

fn status(m: &mut Machine, who: &str, pid: Pid, options: Int, irritants: &[Value]) -> Res {
    let mut status = 0;
    let call = Call::new(who, PROCESSES).irritants(irritants);
    let found = wait_for_child(m, &call, options.0, |options| sys::waitpid(pid.0, &mut status, options))?;
    Ok(if found == 0 { Value::FALSE } else { Value::fixnum(status as i64) })
}

/// Arguments or environment of a program as C wants them.
struct Arguments {
    /// The strings, each with its NUL.
    texts: Paid<Vec<u8>>,
    /// Where each begins.
    starts: Paid<Vec<usize>>,
    /// What the system will count.
    size: usize,
}

impl Arguments {
    /// None yet, beside `others`: the system has one bound for arguments and environment.
    fn beside(m: &mut Machine, others: usize) -> Arguments {
        let account = m.heap.memory();
        let (texts, starts) = (Paid::new(Vec::new(), Claim::new(account)), Paid::new(Vec::new(), Claim::new(account)));
        Arguments { texts, starts, size: others }
    }

    /// Adds a string that is made of parts without NUL.
    fn push(&mut self, m: &mut Machine, call: &Call, parts: &[&[u8]]) -> Res<()> {
        let length = parts.iter().map(|part| part.len()).sum::<usize>() + 1;
        m.charge(1 + length / 64)?;
        self.size += length + size_of::<usize>();
        if self.size > ARGUMENTS.0 {
            return Err(call.failure(m, Errno(ARGUMENTS.1)));
        }
        self.texts.grow(length)?;
        self.starts.grow(1)?;
        self.starts.push(self.texts.len());
        for part in parts {
            self.texts.extend_from_slice(part);
        }
        self.texts.push(0);
        Ok(())
    }

    fn of(
        m: &mut Machine,
        call: &Call,
        index: usize,
        items: impl Iterator<Item = Value>,
        others: usize,
    ) -> Res<Arguments> {
        let mut all = Arguments::beside(m, others);
        for item in items {
            let Some(text) = <Text as Single>::convert(item) else {
                return Err(m.wrong_argument(
                    call.who(),
                    "argument",
                    index,
                    "strings or bytevectors without NUL",
                    item,
                ));
            };
            all.push(m, call, &[text.bytes()])?;
        }
        Ok(all)
    }

    /// The variables of the machine's own environment.
    fn of_environment(m: &mut Machine, call: &Call, others: usize) -> Res<Arguments> {
        let mut all = Arguments::beside(m, others);
        for i in 0..m.extension::<Environment>().variables().len() {
            let (name, value) = m.extension::<Environment>().variables()[i].clone();
            all.push(m, call, &[&name, b"=", &value])?;
        }
        Ok(all)
    }

    /// The array that C wants.
    fn items(&self, m: &mut Machine) -> Res<Paid<Vec<Item<'_>>>> {
        let mut items = Paid::with_room(m.heap.memory(), self.starts.len() + 1)?;
        for &start in self.starts.iter() {
            items.push(CStr::from_bytes_until_nul(&self.texts[start..]).unwrap_or_default().into());
        }
        items.push(Item::END);
        Ok(items)
    }
}

/// Replaces the program of this process; only returns what went wrong.
fn execute(
    m: &mut Machine,
    who: &str,
    path: &Text,
    argv: impl Iterator<Item = Value>,
    env: Option<ProperList>,
    irritants: &[Value],
) -> Res {
    let call = Call::new(who, PROCESSES).irritants(irritants).text(path, bound::PATH);
    call.admit(m)?;
    let argv = Arguments::of(m, &call, 2, argv, 0)?;
    let env = match env {
        Some(items) => Arguments::of(m, &call, 3, items.iter(), argv.size)?,
        None => Arguments::of_environment(m, &call, argv.size)?,
    };
    flush(m, who)?;
    let (argv, env) = (argv.items(m)?, env.items(m)?);
    let _signals = AsAtStart::new();
    call.run(m, || sys::execve(path.as_c(), &argv, &env))?;
    Ok(Value::VOID)
}

/// Runs a command of the shell as system(3) does: its status. Meanwhile this process ignores the keyboard's signals.
fn system(m: &mut Machine, command: &Text) -> Res {
    let irritants = [command.value];
    let call = Call::new("system", PROCESSES).irritants(&irritants).text(command, bound::COMMAND);
    call.check(m)?;
    m.charge(PROCESS)?;
    let env_texts = Arguments::of_environment(m, &call, 0)?;
    let env = env_texts.items(m)?;
    let argv = [c"sh".into(), c"-c".into(), command.as_c().into(), Item::END];
    flush(m, "system")?;
    let keyboard = [libc::SIGINT, libc::SIGQUIT];
    let mut children = Set::none();
    children.add(libc::SIGCHLD);
    // The host's handlers come back with all that belongs to them.
    let handlers = keyboard.map(|signal| Action::ignore().install(signal));
    let mask = children.mask(libc::SIG_BLOCK);
    let put_back = || {
        for (&signal, handler) in keyboard.iter().zip(&handlers) {
            let _ = handler.map(|handler| handler.install(signal));
        }
        mask.mask(libc::SIG_SETMASK);
    };
    let pid = match make_child().map_err(Errno::from) {
        // Only calls that are allowed between fork and exec.
        Ok(0) => {
            put_back();
            std::mem::forget(AsAtStart::new());
            let _ = sys::execve(c"/bin/sh", &argv, &env);
            sys::exit(127)
        }
        Ok(pid) => pid,
        Err(errno) => {
            put_back();
            return Err(call.failure(m, errno));
        }
    };
    let mut status = 0;
    let answer = wait_for_child(m, &call, 0, |options| sys::waitpid(pid, &mut status, options));
    put_back();
    answer.map(|_| Value::fixnum(status.into()))
}

/// Replaces the program of this process by one that is looked for as execvp(3) does: a name without a slash in the
/// directories of the variable PATH; a file that is no program is given to the shell.
fn search(m: &mut Machine, who: &str, name: &Text, argv: impl Iterator<Item = Value>, irritants: &[Value]) -> Res {
    let call = Call::new(who, PROCESSES).irritants(irritants).text(name, bound::PATH);
    call.admit(m)?;
    let arguments = Arguments::of(m, &call, 2, argv, 0)?;
    let environment = Arguments::of_environment(m, &call, arguments.size)?;
    let path = m.extension::<Environment>().get(b"PATH").unwrap_or(b"/bin:/usr/bin").to_vec();
    flush(m, who)?;
    let (argv, env) = (arguments.items(m)?, environment.items(m)?);
    let mut refused = Errno(libc::ENOENT);
    let _signals = AsAtStart::new();
    let as_it_is = name.bytes().contains(&b'/') || name.bytes().is_empty();
    for directory in path.split(|&b| b == b':') {
        m.poll()?;
        let whole = as_it_is || directory.is_empty();
        let file = if whole { name.bytes().to_vec() } else { [directory, b"/", name.bytes()].concat() };
        let Ok(file) = CString::new(file) else { continue };
        let mut answer = call.attempt(m, || sys::execve(&file, &argv, &env))?;
        if answer == Err(Errno(libc::ENOEXEC)) {
            let mut script = Paid::with_room(m.heap.memory(), argv.len() + 2)?;
            script.extend([c"sh".into(), Item::from(file.as_c_str())]);
            script.extend_from_slice(argv.get(1..).filter(|rest| !rest.is_empty()).unwrap_or(&[Item::END]));
            answer = call.attempt(m, || sys::execve(c"/bin/sh", &script, &env))?;
        }
        match answer {
            Err(other) if as_it_is => return Err(call.failure(m, other)),
            Err(Errno(libc::ENOENT | libc::ENOTDIR | libc::ENODEV | libc::ESTALE | libc::ETIMEDOUT)) => {}
            Err(Errno(libc::EACCES)) => refused = Errno(libc::EACCES),
            Err(other) => return Err(call.failure(m, other)),
            Ok(_) => {}
        }
    }
    Err(call.failure(m, refused))
}

#[primitives]
pub mod procedures {
    use super::*;

    /// `(getpid)`: this process's id. getpid(2)
    fn getpid(m: &mut Machine, who: Who) -> Res {
        let pid = Call::new(who, PROCESSES).run(m, || Ok(unistd::getpid()))?;
        Ok(Value::fixnum(pid.as_raw().into()))
    }

    /// `(getppid)`: the id of the process that made this one, or of the one that took its place. getppid(2)
    fn getppid(m: &mut Machine, who: Who) -> Res {
        let pid = Call::new(who, PROCESSES).run(m, || Ok(unistd::getppid()))?;
        Ok(Value::fixnum(pid.as_raw().into()))
    }

    /// `(system command)`: runs a command of the shell; its status, as `waitpid` answers it. system(3)
    #[primitive(name = "system")]
    fn system_command(m: &mut Machine, command: Text) -> Res {
        system(m, &command)
    }

    /// `(waitpid pid options)`: waits until a child's state changes; its status, for the predicates below. `#f` when
    /// `options` has WNOHANG and nothing changed. waitpid(2)
    fn waitpid(m: &mut Machine, who: Who, pid: Pid, options: Int) -> Res {
        status(m, who, pid, options, &[pid.value(), options.value()])
    }

    /// `(wait)`: waits until any child ends; its status. wait(2)
    fn wait(m: &mut Machine, who: Who) -> Res {
        status(m, who, Pid(-1), Int(0), &[])
    }

    /// `(WIFEXITED status)`: whether the process ended by exiting.
    #[primitive(name = "WIFEXITED")]
    fn wifexited(status: Int) -> Res {
        Ok(Value::boolean(libc::WIFEXITED(status.0)))
    }

    /// `(WEXITSTATUS status)`: its exit code, 0 to 255, when `WIFEXITED`.
    #[primitive(name = "WEXITSTATUS")]
    fn wexitstatus(status: Int) -> Res {
        Ok(Value::fixnum(libc::WEXITSTATUS(status.0) as i64))
    }

    /// `(WIFSIGNALED status)`: whether the process was ended by a signal.
    #[primitive(name = "WIFSIGNALED")]
    fn wifsignaled(status: Int) -> Res {
        Ok(Value::boolean(libc::WIFSIGNALED(status.0)))
    }

    /// `(WTERMSIG status)`: the signal, when `WIFSIGNALED`.
    #[primitive(name = "WTERMSIG")]
    fn wtermsig(status: Int) -> Res {
        Ok(Value::fixnum(libc::WTERMSIG(status.0) as i64))
    }

    /// `(WCOREDUMP status)`: whether it left a core dump, when `WIFSIGNALED`.
    #[primitive(name = "WCOREDUMP")]
    fn wcoredump(status: Int) -> Res {
        Ok(Value::boolean(libc::WCOREDUMP(status.0)))
    }

    /// `(WIFSTOPPED status)`: whether the process was stopped by a signal.
    #[primitive(name = "WIFSTOPPED")]
    fn wifstopped(status: Int) -> Res {
        Ok(Value::boolean(libc::WIFSTOPPED(status.0)))
    }

    /// `(WSTOPSIG status)`: the signal, when `WIFSTOPPED`.
    #[primitive(name = "WSTOPSIG")]
    fn wstopsig(status: Int) -> Res {
        Ok(Value::fixnum(libc::WSTOPSIG(status.0) as i64))
    }

    /// `(kill pid signum)`: sends a signal; 0 only asks whether it could be sent. `pid` may be 0 (this process group), -1
    /// (everybody) or the negated id of a group. kill(2)
    fn kill(m: &mut Machine, who: Who, pid: Pid, signum: Int) -> Res {
        let irritants = [pid.value(), signum.value()];
        Call::new(who, PROCESSES).irritants(&irritants).run(m, || send_signal(pid.0, signum.0))?;
        Ok(Value::VOID)
    }
}

// The prelude closes ports in close-on-exec mode before.
#[primitives(internal)]
pub mod internal {
    use super::*;

    /// `(%fork who)`: makes a child process, after the ports were flushed; its id, in the child 0. fork(2) What most children
    /// need is linked before, above the running frame.
    #[primitive(name = "%fork", control)]
    fn fork_process(m: &mut Machine, who: Symbol) -> Res {
        Ok(Value::fixnum(fork(m, who.name())?.into()))
    }

    /// `(%begin-child! status)`: from now on this is a program of its own; `status` is that of the process if it fails. What
    /// `%end-child!` wants to know.
    #[primitive(name = "%begin-child!", control)]
    fn begin_child(m: &mut Machine, status: Int) -> Res {
        m.require(PROCESSES, "fork")?;
        let parents = m.begin_child(status.0);
        Ok(m.heap.list(&parents))
    }

    /// `(%end-child! parents)`: goes on in the parent's program.
    #[primitive(name = "%end-child!", control)]
    fn end_child(m: &mut Machine, parents: ProperList) -> Res {
        let parents: Vec<Value> = parents.iter().collect();
        m.end_child(&parents);
        Ok(Value::VOID)
    }

    /// `(%execv filename argv)`: replaces this process's program; `argv` is a list of strings, the name first. The
    /// standard ports are flushed before. execve(2)
    fn execv(m: &mut Machine, filename: Text, argv: ProperList) -> Res {
        execute(m, "execv", &filename, argv.iter(), None, &[filename.value, argv.0])
    }

    /// `(%execve filename argv env)`: the same with a list of `"NAME=value"` as environment. execve(2)
    fn execve(m: &mut Machine, filename: Text, argv: ProperList, env: ProperList) -> Res {
        execute(m, "execve", &filename, argv.iter(), Some(env), &[filename.value, argv.0, env.0])
    }

    /// `(%execl filename arg0 arg …)`: like `execv`.
    fn execl(m: &mut Machine, filename: Text, args: Rest) -> Res {
        let list = m.heap.list(&args);
        execute(m, "execl", &filename, args.iter().copied(), None, &[filename.value, list])
    }

    /// `(%execle filename arg0 arg … env)`: like `execve`; the last argument is the environment.
    fn execle(m: &mut Machine, filename: Text, arg0: Value, args_and_env: Rest) -> Res {
        let Some((&env, args)) = args_and_env.split_last() else {
            return Err(m.assertion(
                "execle",
                "expected the environment, a list of strings, as last argument",
                &[arg0],
            ));
        };
        let Some(vars) = <ProperList as crate::eval::Single>::convert(env) else {
            return Err(m.wrong_argument("execle", "env", args.len() + 3, "a list of strings", env));
        };
        let rest = m.heap.list(args);
        let list = m.heap.cons(arg0, rest);
        let argv = std::iter::once(arg0).chain(args.iter().copied());
        execute(m, "execle", &filename, argv, Some(vars), &[filename.value, list, env])
    }

    /// `(%execvp filename argv)`: like `execv`; a name without a slash is looked for in the directories of PATH. execvp(3)
    fn execvp(m: &mut Machine, filename: Text, argv: ProperList) -> Res {
        search(m, "execvp", &filename, argv.iter(), &[filename.value, argv.0])
    }

    /// `(%execlp filename arg0 arg …)`: like `execvp`.
    fn execlp(m: &mut Machine, filename: Text, args: Rest) -> Res {
        let list = m.heap.list(&args);
        search(m, "execlp", &filename, args.iter().copied(), &[filename.value, list])
    }
}
