//! Processes: identity, fork, exec, waiting, status.

use super::argument::{Int, Pid, Text};
use super::environment::Environment;
use super::kernel::{Call, Errno};
use crate::eval::{Capability, Machine, ProperList, Res, Rest, Single};
use crate::heap::{Procedure, Value, View};
use crate::memory::Registry;
use crate::primitives;
use std::ffi::CString;

const PROCESSES: Capability = Capability::Processes;

/// Writes out what ports hold, so that neither a child writes it again nor `exec` loses it; whether all was written. Only for
/// the standard ports that is an error: others keep what they cannot write, which a child is to forget.
pub fn flush(m: &mut Machine, who: &str) -> Res<bool> {
    // SAFETY: C's own streams, to which foreign functions may have written.
    unsafe { libc::fflush(std::ptr::null_mut()) };
    match m.flush_standard_ports() {
        Ok(()) => Ok(m.flush_all_ports().is_ok() && !m.holds_output()),
        Err(e) => {
            let port = m.current_port(crate::builtins::ports::Standard::Output);
            Err(m.port_error(who, e, port))
        }
    }
}

/// Makes a child; 0 there, its id here.
pub fn fork(m: &mut Machine, who: &str) -> Res<libc::pid_t> {
    let call = Call::new(who, PROCESSES);
    m.require(PROCESSES, who)?;
    let flushed = flush(m, who)?;
    m.prepare_child()?;
    // SAFETY: the child goes on in this thread alone; the C library keeps its allocator usable there, and no lock of
    // ours is held at this point.
    let pid = call.run(m, || unsafe { libc::fork() })?;
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
}

fn status(m: &mut Machine, who: &str, pid: Pid, options: Int, irritants: &[Value]) -> Res {
    let mut status = 0;
    let call = Call::new(who, PROCESSES).irritants(irritants);
    // SAFETY: `status` is a live C int.
    let found = call.run(m, || unsafe { libc::waitpid(pid.0, &mut status, options.0) })?;
    Ok(if found == 0 { Value::FALSE } else { Value::fixnum(status as i64) })
}

/// The arguments of a program as C wants them.
struct Arguments {
    strings: Vec<CString>,
}

impl Arguments {
    fn of(m: &mut Machine, who: &str, index: usize, items: &[Value]) -> Res<Arguments> {
        let mut strings = Vec::with_capacity(items.len());
        for &item in items {
            let Some(text) = <Text as Single>::convert(item) else {
                return Err(m.wrong_argument(who, "argument", index, "strings or bytevectors without NUL", item));
            };
            strings.push(text.as_c().to_owned());
        }
        Ok(Arguments { strings })
    }

    fn pointers(&self) -> Vec<*const libc::c_char> {
        self.strings.iter().map(|s| s.as_ptr()).chain([std::ptr::null()]).collect()
    }
}

/// Replaces the program of this process; only returns what went wrong.
fn execute(m: &mut Machine, who: &str, path: &Text, argv: &[Value], env: Option<&[Value]>, irritants: &[Value]) -> Res {
    let argv = Arguments::of(m, who, 2, argv)?;
    let env = match env {
        Some(items) => Arguments::of(m, who, 3, items)?,
        None => Arguments { strings: m.extension::<Environment>().strings() },
    };
    flush(m, who)?;
    let call = Call::new(who, PROCESSES).irritants(irritants);
    let (argv, env) = (argv.pointers(), env.pointers());
    let _actions = DefaultActions::new();
    // SAFETY: a C string and two arrays of C strings that end in null, all live until the call returns.
    call.run(m, || unsafe { libc::execve(path.as_ptr(), argv.as_ptr(), env.as_ptr()) })?;
    Ok(Value::VOID)
}

/// Signals that Rust programs and this one ignore, but by which a program that is executed expects to be ended.
const IGNORED: [libc::c_int; 2] = [libc::SIGPIPE, libc::SIGXFSZ];

/// While it lives, these have their default actions.
struct DefaultActions([libc::sighandler_t; 2]);

impl DefaultActions {
    fn new() -> DefaultActions {
        // SAFETY: one of the system's two handlers.
        DefaultActions(IGNORED.map(|signal| unsafe { libc::signal(signal, libc::SIG_DFL) }))
    }
}

impl Drop for DefaultActions {
    fn drop(&mut self) {
        for (signal, handler) in IGNORED.into_iter().zip(self.0) {
            // SAFETY: the handler that was there before.
            unsafe { libc::signal(signal, handler) };
        }
    }
}

/// Runs a command of the shell as system(3) does: its status. Meanwhile this process ignores the keyboard's signals.
fn system(m: &mut Machine, command: &Text) -> Res {
    let irritants = [command.value];
    let call = Call::new("system", PROCESSES).irritants(&irritants);
    let env = Arguments { strings: m.extension::<Environment>().strings() };
    let (env, argv) = (env.pointers(), [c"sh".as_ptr(), c"-c".as_ptr(), command.as_ptr(), std::ptr::null()]);
    m.require(PROCESSES, "system")?;
    flush(m, "system")?;
    // SAFETY: in the child only calls that are allowed between fork and exec, with pointers to live C strings. Handlers
    // and mask are put back as they were.
    unsafe {
        let keyboard = [libc::SIGINT, libc::SIGQUIT];
        let mut children = std::mem::zeroed();
        let mut mask = std::mem::zeroed();
        libc::sigemptyset(&mut children);
        libc::sigaddset(&mut children, libc::SIGCHLD);
        let handlers = keyboard.map(|signal| libc::signal(signal, libc::SIG_IGN));
        libc::pthread_sigmask(libc::SIG_BLOCK, &children, &mut mask);
        let put_back = || {
            for (&signal, handler) in keyboard.iter().zip(handlers) {
                libc::signal(signal, handler);
            }
            libc::pthread_sigmask(libc::SIG_SETMASK, &mask, std::ptr::null_mut());
        };
        let pid = libc::fork();
        if pid == 0 {
            put_back();
            IGNORED.iter().for_each(|&signal| {
                libc::signal(signal, libc::SIG_DFL);
            });
            libc::execve(c"/bin/sh".as_ptr(), argv.as_ptr(), env.as_ptr());
            libc::_exit(127)
        }
        let mut status = 0;
        let mut answer = pid;
        if pid > 0 {
            answer = libc::waitpid(pid, &mut status, 0);
            while answer == -1 && Errno::last() == Errno(libc::EINTR) {
                if let Err(stop) = m.poll() {
                    put_back();
                    return Err(stop);
                }
                answer = libc::waitpid(pid, &mut status, 0);
            }
        }
        let errno = Errno::last();
        put_back();
        if answer == -1 { Err(call.failure(m, errno)) } else { Ok(Value::fixnum(status as i64)) }
    }
}

/// Replaces the program of this process by one that is looked for as execvp(3) does: a name without a slash in the
/// directories of the variable PATH; a file that is no program is given to the shell.
fn search(m: &mut Machine, who: &str, name: &Text, argv: &[Value], irritants: &[Value]) -> Res {
    let arguments = Arguments::of(m, who, 2, argv)?;
    let environment = m.extension::<Environment>();
    let path = environment.get(b"PATH").unwrap_or(b"/bin:/usr/bin").to_vec();
    let env = Arguments { strings: environment.strings() };
    flush(m, who)?;
    let call = Call::new(who, PROCESSES).irritants(irritants);
    let (argv, env) = (arguments.pointers(), env.pointers());
    let mut refused = Errno(libc::ENOENT);
    let _actions = DefaultActions::new();
    let as_it_is = name.bytes().contains(&b'/') || name.bytes().is_empty();
    for directory in path.split(|&b| b == b':') {
        let whole = as_it_is || directory.is_empty();
        let file = if whole { name.bytes().to_vec() } else { [directory, b"/", name.bytes()].concat() };
        let Ok(file) = CString::new(file) else { continue };
        // SAFETY: as in `execute`.
        let mut answer = call.attempt(m, || unsafe { libc::execve(file.as_ptr(), argv.as_ptr(), env.as_ptr()) })?;
        if answer == Err(Errno(libc::ENOEXEC)) {
            let script: Vec<_> = [c"sh".as_ptr(), file.as_ptr()].into_iter().chain(argv[1..].iter().copied()).collect();
            // SAFETY: as above; the arguments behind the first end in null.
            answer = call.attempt(m, || unsafe { libc::execve(c"/bin/sh".as_ptr(), script.as_ptr(), env.as_ptr()) })?;
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

primitives! { pub TABLE in "(vicar posix primitives)" {
    /// `(getpid)`: this process's id. getpid(2)
    "getpid" [] fn getpid(m) {
        // SAFETY: cannot fail.
        Ok(Value::fixnum(Call::new("getpid", PROCESSES).run(m, || unsafe { libc::getpid() })? as i64))
    }
    /// `(getppid)`: the id of the process that made this one, or of the one that took its place. getppid(2)
    "getppid" [] fn getppid(m) {
        // SAFETY: cannot fail.
        Ok(Value::fixnum(Call::new("getppid", PROCESSES).run(m, || unsafe { libc::getppid() })? as i64))
    }
    /// `(fork)`: makes a child process; its id, in the child 0. `(fork parent-proc child-thunk)`: the value of
    /// `(parent-proc pid)`, in the child of `(child-thunk)`, which usually ends by `exit`. The standard ports are
    /// flushed before. fork(2)
    "fork" [control] fn fork_process(m, parent_proc: Option<Procedure>, child_thunk: Option<Procedure>) {
        if let (Some(parent), None) = (parent_proc, child_thunk) {
            return Err(m.assertion("fork", "expected no argument or two procedures, got one", &[parent.value()]));
        }
        let pid = fork(m, "fork")?;
        match (parent_proc, child_thunk) {
            (_, Some(child)) if pid == 0 => m.tail_call(child.value(), &[]),
            _ if pid == 0 => Ok(Value::fixnum(0)),
            (Some(parent), _) => m.tail_call(parent.value(), &[Value::fixnum(pid as i64)]),
            _ => Ok(Value::fixnum(pid as i64)),
        }
    }
    /// `(system command)`: runs a command of the shell; its status, as `waitpid` answers it. system(3)
    "system" [] fn system_command(m, command: Text) { system(m, &command) }
    /// `(waitpid pid options)`: waits until a child's state changes; its status, for the predicates below. `#f` when
    /// `options` has WNOHANG and nothing changed. waitpid(2)
    "waitpid" [] fn waitpid(m, pid: Pid, options: Int) {
        status(m, "waitpid", pid, options, &[pid.value(), options.value()])
    }
    /// `(wait)`: waits until any child ends; its status. wait(2)
    "wait" [] fn wait(m) { status(m, "wait", Pid(-1), Int(0), &[]) }
    /// `(WIFEXITED status)`: whether the process ended by exiting.
    "WIFEXITED" [] fn wifexited(_m, status: Int) { Ok(Value::boolean(libc::WIFEXITED(status.0))) }
    /// `(WEXITSTATUS status)`: its exit code, 0 to 255, when `WIFEXITED`.
    "WEXITSTATUS" [] fn wexitstatus(_m, status: Int) { Ok(Value::fixnum(libc::WEXITSTATUS(status.0) as i64)) }
    /// `(WIFSIGNALED status)`: whether the process was ended by a signal.
    "WIFSIGNALED" [] fn wifsignaled(_m, status: Int) { Ok(Value::boolean(libc::WIFSIGNALED(status.0))) }
    /// `(WTERMSIG status)`: the signal, when `WIFSIGNALED`.
    "WTERMSIG" [] fn wtermsig(_m, status: Int) { Ok(Value::fixnum(libc::WTERMSIG(status.0) as i64)) }
    /// `(WCOREDUMP status)`: whether it left a core dump, when `WIFSIGNALED`.
    "WCOREDUMP" [] fn wcoredump(_m, status: Int) { Ok(Value::boolean(libc::WCOREDUMP(status.0))) }
    /// `(WIFSTOPPED status)`: whether the process was stopped by a signal.
    "WIFSTOPPED" [] fn wifstopped(_m, status: Int) { Ok(Value::boolean(libc::WIFSTOPPED(status.0))) }
    /// `(WSTOPSIG status)`: the signal, when `WIFSTOPPED`.
    "WSTOPSIG" [] fn wstopsig(_m, status: Int) { Ok(Value::fixnum(libc::WSTOPSIG(status.0) as i64)) }
    /// `(kill pid signum)`: sends a signal; 0 only asks whether it could be sent. `pid` may be 0 (this process group), -1
    /// (everybody) or the negated id of a group. kill(2)
    "kill" [] fn kill(m, pid: Pid, signum: Int) {
        let irritants = [pid.value(), signum.value()];
        // SAFETY: plain system call.
        Call::new("kill", PROCESSES).irritants(&irritants).run(m, || unsafe { libc::kill(pid.0, signum.0) })?;
        Ok(Value::VOID)
    }
} }

// The prelude closes ports in close-on-exec mode before.
primitives! { pub EXECUTIONS in "(vicar internal)" {
    /// `(%execv filename argv)`: replaces this process's program; `argv` is a list of strings, the name first. The
    /// standard ports are flushed before. execve(2)
    "%execv" [] fn execv(m, filename: Text, argv: ProperList) {
        let (args, irritants) = (argv.iter().collect::<Vec<_>>(), [filename.value, argv.0]);
        execute(m, "execv", &filename, &args, None, &irritants)
    }
    /// `(%execve filename argv env)`: the same with a list of `"NAME=value"` as environment. execve(2)
    "%execve" [] fn execve(m, filename: Text, argv: ProperList, env: ProperList) {
        let (args, vars) = (argv.iter().collect::<Vec<_>>(), env.iter().collect::<Vec<_>>());
        let irritants = [filename.value, argv.0, env.0];
        execute(m, "execve", &filename, &args, Some(&vars), &irritants)
    }
    /// `(%execl filename arg0 arg …)`: like `execv`.
    "%execl" [] fn execl(m, filename: Text, args: Rest) {
        let list = m.heap.list(&args);
        execute(m, "execl", &filename, &args, None, &[filename.value, list])
    }
    /// `(%execle filename arg0 arg … env)`: like `execve`; the last argument is the environment.
    "%execle" [] fn execle(m, filename: Text, arg0: Value, args_and_env: Rest) {
        let Some((&env, args)) = args_and_env.split_last() else {
            return Err(m.assertion("execle", "expected the environment, a list of strings, as last argument", &[arg0]));
        };
        let Some(vars) = <ProperList as crate::eval::Single>::convert(env) else {
            return Err(m.wrong_argument("execle", "env", args.len() + 3, "a list of strings", env));
        };
        let (mut argv, vars) = (vec![arg0], vars.iter().collect::<Vec<_>>());
        argv.extend_from_slice(args);
        let list = m.heap.list(&argv);
        execute(m, "execle", &filename, &argv, Some(&vars), &[filename.value, list, env])
    }
    /// `(%execvp filename argv)`: like `execv`; a name without a slash is looked for in the directories of PATH. execvp(3)
    "%execvp" [] fn execvp(m, filename: Text, argv: ProperList) {
        let args: Vec<Value> = argv.iter().collect();
        search(m, "execvp", &filename, &args, &[filename.value, argv.0])
    }
    /// `(%execlp filename arg0 arg …)`: like `execvp`.
    "%execlp" [] fn execlp(m, filename: Text, args: Rest) {
        let list = m.heap.list(&args);
        search(m, "execlp", &filename, &args, &[filename.value, list])
    }
} }
