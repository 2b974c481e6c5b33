//! What the system is configured for.

use super::argument::{Fd, Int, Text};
use super::bound::PATH;
use super::kernel::{Call, Errno};
use super::sys;
use crate::eval::{Capability, Machine, Res, Who};
use crate::heap::Value;
use crate::memory;
use vicar_macros::primitives;

/// Makes a call that answers -1 with `errno` untouched for "no limit".
fn limit(m: &mut Machine, call: &Call, ask: impl Fn() -> nix::Result<libc::c_long>) -> Res {
    let answer = call.attempt(m, || {
        nix::errno::Errno::clear();
        ask()
    })?;
    match answer {
        Ok(n) => Ok(memory::from_i64(&mut m.heap, n)),
        Err(Errno(0)) => Ok(Value::FALSE),
        Err(errno) => Err(call.failure(m, errno)),
    }
}

/// The text without its NUL.
fn text(m: &mut Machine, who: &str, parameter: Int) -> Res<Vec<u8>> {
    let irritants = [parameter.value()];
    let call = Call::new(who, Capability::Processes).irritants(&irritants);
    m.require(Capability::Processes, who)?;
    let size = sys::confstr(parameter.0, &mut []);
    if size == 0 {
        return Err(call.failure(m, Errno(libc::EINVAL)));
    }
    let mut buffer = vec![0u8; size];
    let used = sys::confstr(parameter.0, &mut buffer);
    buffer.truncate(used.min(size).saturating_sub(1));
    Ok(buffer)
}

#[primitives]
pub mod procedures {
    use super::*;

    /// `(sysconf parameter)`: the system's value for `_SC_…`; `#f` when it has no limit or no such thing. sysconf(3)
    fn sysconf(m: &mut Machine, who: Who, parameter: Int) -> Res {
        let irritants = [parameter.value()];
        let call = Call::new(who, Capability::Processes).irritants(&irritants);
        limit(m, &call, || sys::sysconf(parameter.0))
    }

    /// `(pathconf pathname parameter)`: the file's value for `_PC_…`; `#f` when there is no limit. pathconf(3)
    fn pathconf(m: &mut Machine, who: Who, pathname: Text, parameter: Int) -> Res {
        let irritants = [pathname.value, parameter.value()];
        let call = Call::new(who, Capability::Filesystem).text(&pathname, PATH).irritants(&irritants);
        limit(m, &call, || sys::pathconf(pathname.as_c(), parameter.0))
    }

    /// `(fpathconf fd parameter)`: the same for an open file. fpathconf(3)
    fn fpathconf(m: &mut Machine, who: Who, fd: Fd, parameter: Int) -> Res {
        let irritants = [fd.value(), parameter.value()];
        let call = Call::new(who, Capability::Filesystem).irritants(&irritants);
        limit(m, &call, || sys::fpathconf(fd.0, parameter.0))
    }

    /// `(confstr parameter)`: the system's text for `_CS_…`, a bytevector. confstr(3)
    fn confstr(m: &mut Machine, who: Who, parameter: Int) -> Res {
        let text = text(m, who, parameter)?;
        Ok(m.heap.bytevector(&text))
    }

    /// `(confstr/string parameter)`: the same as a string.
    #[primitive(name = "confstr/string")]
    fn confstr_string(m: &mut Machine, who: Who, parameter: Int) -> Res {
        let text = text(m, who, parameter)?;
        Ok(m.heap.string_latin1(&text))
    }
}
