//! Signals that are read from a descriptor: signalfd(2).

use crate::eval::{Capability::Processes, Machine, ProperList, Res, Who};
use crate::heap::{Value, View};
use crate::memory::{from_u64, unbound};
use crate::posix::argument::{Fd, Int};
use crate::posix::kernel::{Call, Errno};
use crate::posix::sys::{self, signal::Set};
use crate::posix::waiting;
use vicar_macros::primitives;

/// The set of the signals in a list.
fn set_of(m: &mut Machine, who: &str, signals: ProperList) -> Res<Set> {
    let mut set = Set::none();
    for signal in signals.iter() {
        let number = signal.as_fixnum().and_then(|n| libc::c_int::try_from(n).ok()).unwrap_or(0);
        if !set.add(number) {
            return Err(m.wrong_argument(who, "mask", 2, "a list of signal numbers", signal));
        }
    }
    Ok(set)
}

/// The fields of a `struct-signalfd-siginfo`, in the order of the structure.
fn fields(m: &mut Machine, info: &[u8; SIZE]) -> Value {
    /// The field of that name, of that type.
    macro_rules! field {
        ($name:ident: $type:ty) => {
            <$type>::from_ne_bytes(
                *info[std::mem::offset_of!(libc::signalfd_siginfo, $name)..]
                    .first_chunk()
                    .unwrap_or(&[0; size_of::<$type>()]),
            )
        };
    }
    let pointer = unbound(m, field!(ssi_ptr: u64) as usize).value();
    let address = unbound(m, field!(ssi_addr: u64) as usize).value();
    let number = |n: i64| Value::fixnum(n);
    let heap = &mut m.heap;
    let values = [
        number(field!(ssi_signo: u32).into()),
        number(field!(ssi_errno: i32).into()),
        number(field!(ssi_code: i32).into()),
        number(field!(ssi_pid: u32).into()),
        number(field!(ssi_uid: u32).into()),
        number(field!(ssi_fd: i32).into()),
        number(field!(ssi_tid: u32).into()),
        number(field!(ssi_band: u32).into()),
        number(field!(ssi_overrun: u32).into()),
        number(field!(ssi_trapno: u32).into()),
        number(field!(ssi_status: i32).into()),
        number(field!(ssi_int: i32).into()),
        pointer,
        from_u64(heap, field!(ssi_utime: u64)),
        from_u64(heap, field!(ssi_stime: u64)),
        address,
    ];
    heap.list(&values)
}

/// Bytes of the structure.
const SIZE: usize = size_of::<libc::signalfd_siginfo>();

#[primitives]
pub mod procedures {
    use super::*;

    /// `(signalfd fd mask flags)`: a descriptor from which the signals of the list `mask` are read, which should be
    /// blocked; `fd` is -1 for a new one, or one whose mask changes. Flags are 0, `SFD_CLOEXEC`, `SFD_NONBLOCK`.
    /// signalfd(2)
    fn signalfd(m: &mut Machine, who: Who, fd: Int, mask: ProperList, flags: Int) -> Res {
        let set = set_of(m, who, mask)?;
        let irritants = [fd.value(), mask.0, flags.value()];
        let call = Call::new(who, Processes).irritants(&irritants);
        call.run(m, || sys::signal::signalfd(fd.0, set.as_c(), flags.0)).map(|fd| Fd(fd).value())
    }
}

#[primitives(internal)]
pub mod internal {
    use super::*;

    /// `(%read-signalfd-siginfo fd)`: waits for a signal; the fields of a `struct-signalfd-siginfo`. `#f` when there is
    /// none and the descriptor does not wait.
    fn read_signalfd_siginfo(m: &mut Machine, fd: Fd) -> Res {
        let irritants = [fd.value()];
        let call = Call::new("read-signalfd-siginfo", Processes).irritants(&irritants);
        let mut info = [0; SIZE];
        waiting::until_ready(m, &call, fd.0, libc::POLLIN)?;
        match call.attempt(m, || nix::unistd::read(sys::fd(fd.0), &mut info))? {
            Ok(SIZE) => Ok(fields(m, &info)),
            Err(Errno(libc::EAGAIN)) => Ok(Value::FALSE),
            Ok(_) => Err(call.failure(m, Errno(libc::EINVAL))),
            Err(errno) => Err(call.failure(m, errno)),
        }
    }
}
