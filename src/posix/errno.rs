//! Error codes of the system: the condition that a failing call raises, and the texts. At the Scheme level a code is a
//! negated fixnum, as the constants of `(vicare platform constants)` are.

use super::constants::errno_name;
use crate::eval::{Machine, Res, Single, make_condition};
use crate::heap::{ConditionType, Heap, Value};
use std::ffi::CStr;
use vicar_macros::primitives;

/// An error code of C: positive. Codes that nix has no name for are kept as well.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Errno(pub i32);

impl Errno {
    /// What the last system call of this thread left.
    pub fn last() -> Errno {
        Errno(nix::errno::Errno::last_raw())
    }
}

impl From<nix::errno::Errno> for Errno {
    /// To be done at once: of a code without a name the number is still where C left it.
    fn from(errno: nix::errno::Errno) -> Errno {
        match errno {
            nix::errno::Errno::UnknownErrno => Errno::last(),
            errno => Errno(errno as i32),
        }
    }
}

/// The code of an error of Rust's.
pub fn of_io<T>(result: std::io::Result<T>) -> nix::Result<T> {
    result.map_err(|error| nix::errno::Errno::try_from(error).unwrap_or(nix::errno::Errno::EINVAL))
}

/// `&error`, `&errno`, for "try again" `&i/o-eagain`, `&who`, `&message`, for a call on a pathname `&i/o-filename`,
/// `&irritants`.
pub fn condition(heap: &mut Heap, errno: Errno, who: &str, pathname: Option<Value>, irritants: &[Value]) -> Value {
    let mut kinds = vec![
        heap.condition(ConditionType::Error, &[]),
        heap.condition(ConditionType::Errno, &[Value::fixnum(-(errno.0 as i64))]),
    ];
    if errno.0 == libc::EAGAIN || errno.0 == libc::EWOULDBLOCK {
        kinds.push(heap.condition(ConditionType::IoEagain, &[]));
    }
    if let Some(pathname) = pathname {
        kinds.push(heap.condition(ConditionType::IoFilename, &[pathname]));
    }
    make_condition(heap, &kinds, who, &message(errno), irritants)
}

/// "ENOENT: No such file or directory"
pub fn message(errno: Errno) -> String {
    match errno_name(errno.0) {
        Some(name) => format!("{name}: {}", text(errno)),
        None => format!("unknown errno code {}", errno.0),
    }
}

/// The C library's words.
pub fn text(errno: Errno) -> String {
    let mut buffer = [0; 256];
    let code = super::sys::strerror_r(errno.0, &mut buffer);
    match CStr::from_bytes_until_nul(&buffer) {
        Ok(text) if code == 0 => text.to_string_lossy().into_owned(),
        _ => format!("error {}", errno.0),
    }
}

/// A code as programs have it: a negated fixnum; `#f` for no error, `#t` for a code that the platform lacks.
#[derive(Copy, Clone)]
struct Code(Value);

impl Single for Code {
    const WHAT: &'static str = "a negated errno code or a boolean";
    fn convert(v: Value) -> Option<Code> {
        (v.is_fixnum() || v.is_boolean()).then_some(Code(v))
    }
}

/// The positive code, if the fixnum is one.
fn positive(code: i64) -> Option<i32> {
    code.checked_neg().and_then(|n| i32::try_from(n).ok()).filter(|&n| n > 0)
}

/// Names and words of the codes that look-ups of hosts leave in `h_errno`.
const H_ERRNO: &[(i64, &str, &str)] = &[
    (-1, "HOST_NOT_FOUND", "no such host is known"),
    (-2, "TRY_AGAIN", "no name server could be contacted, a later attempt may succeed"),
    (-3, "NO_RECOVERY", "a name server failed in a way that will not change"),
    (-4, "NO_ADDRESS", "the host is known but has no address"),
];

/// The name of a code of `h_errno`.
fn h_errno_name(code: i64) -> String {
    match H_ERRNO.iter().find(|row| row.0 == code) {
        Some(row) => row.1.to_owned(),
        None => format!("unknown h_errno code {code}"),
    }
}

/// Classic signals; of several names for one number the one that comes last in C's headers counts.
const SIGNALS: &[(i32, &str)] = &[
    (libc::SIGFPE, "SIGFPE"),
    (libc::SIGILL, "SIGILL"),
    (libc::SIGSEGV, "SIGSEGV"),
    (libc::SIGBUS, "SIGBUS"),
    (libc::SIGABRT, "SIGIOT"),
    (libc::SIGTRAP, "SIGTRAP"),
    (libc::SIGSYS, "SIGSYS"),
    (libc::SIGTERM, "SIGTERM"),
    (libc::SIGINT, "SIGINT"),
    (libc::SIGQUIT, "SIGQUIT"),
    (libc::SIGKILL, "SIGKILL"),
    (libc::SIGHUP, "SIGHUP"),
    (libc::SIGALRM, "SIGALRM"),
    (libc::SIGVTALRM, "SIGVTALRM"),
    (libc::SIGPROF, "SIGPROF"),
    (libc::SIGIO, "SIGPOLL"),
    (libc::SIGURG, "SIGURG"),
    (libc::SIGCHLD, "SIGCLD"),
    (libc::SIGCONT, "SIGCONT"),
    (libc::SIGSTOP, "SIGSTOP"),
    (libc::SIGTSTP, "SIGTSTP"),
    (libc::SIGTTIN, "SIGTTIN"),
    (libc::SIGTTOU, "SIGTTOU"),
    (libc::SIGPIPE, "SIGPIPE"),
    (libc::SIGXCPU, "SIGXCPU"),
    (libc::SIGXFSZ, "SIGXFSZ"),
    (libc::SIGUSR1, "SIGUSR1"),
    (libc::SIGUSR2, "SIGUSR2"),
    (libc::SIGWINCH, "SIGWINCH"),
];

/// The name of a signal's number.
pub fn signal_name(number: i64) -> Option<&'static str> {
    SIGNALS.iter().find(|row| row.0 as i64 == number).map(|row| row.1)
}

// Both `(vicare)` and `(vicare posix)` export it.
#[primitives]
pub mod procedures {
    use super::*;

    /// `(errno->string code)`: the name of a negated error code, `"ENOENT"` for -2; `#f` if it is none. Of several names
    /// the alphabetically last: -11 is `"EWOULDBLOCK"`.
    fn errno_to_string(m: &mut Machine, code: i64) -> Res {
        Ok(match positive(code).and_then(errno_name) {
            Some(name) => m.heap.string(name),
            None => Value::FALSE,
        })
    }

    /// `(h_errno->string code)`: the name of a negated code of `h_errno`; a text that says so for an unknown one.
    #[primitive(name = "h_errno->string")]
    fn h_errno_to_string(m: &mut Machine, code: i64) -> Res {
        let name = h_errno_name(code);
        Ok(m.heap.string(&name))
    }

    /// `(h_strerror code)`: name and explanation of a negated code of `h_errno`.
    #[primitive(name = "h_strerror")]
    fn h_strerror(m: &mut Machine, code: i64) -> Res {
        let text = match H_ERRNO.iter().find(|row| row.0 == code) {
            Some(row) => format!("{}: {}", row.1, row.2),
            None => h_errno_name(code),
        };
        Ok(m.heap.string(&text))
    }

    /// `(interprocess-signal->string signum)`: the name of a classic signal, `"SIGINT"` for 2; `#f` for other numbers.
    fn interprocess_signal_to_string(m: &mut Machine, signum: i64) -> Res {
        Ok(match signal_name(signum) {
            Some(name) => m.heap.string(name),
            None => Value::FALSE,
        })
    }

    /// `(strerror code)`: name and text of a negated error code, `"ENOENT: No such file or directory"`. strerror(3)
    fn strerror(m: &mut Machine, code: Code) -> Res {
        let text = match code.0 {
            Value::FALSE => "no error".to_owned(),
            Value::TRUE => "unknown errno code (#t)".to_owned(),
            v => match v.as_fixnum().map(|n| (n, positive(n))) {
                Some((_, Some(positive))) => message(Errno(positive)),
                Some((0, _)) => "no error".to_owned(),
                other => format!("unknown errno code {}", other.map_or(0, |o| o.0)),
            },
        };
        Ok(m.heap.string(&text))
    }
}
