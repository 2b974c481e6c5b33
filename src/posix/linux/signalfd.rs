//! Signals that are read from a descriptor: signalfd(2).

use crate::eval::{Capability::Processes, Machine, ProperList, Res};
use crate::heap::{Value, View};
use crate::memory::{from_u64, unbound};
use crate::posix::argument::{Fd, Int};
use crate::posix::kernel::{Call, Errno};
use crate::posix::waiting;
use crate::primitives;

/// The set of the signals in a list.
fn set_of(m: &mut Machine, who: &str, signals: ProperList) -> Res<libc::sigset_t> {
    let mut set = std::mem::MaybeUninit::<libc::sigset_t>::zeroed();
    // SAFETY: initialises the set.
    unsafe { libc::sigemptyset(set.as_mut_ptr()) };
    for signal in signals.iter() {
        let number = signal.as_fixnum().and_then(|n| libc::c_int::try_from(n).ok()).unwrap_or(0);
        // SAFETY: the set is initialised; the C library checks the number.
        if unsafe { libc::sigaddset(set.as_mut_ptr(), number) } != 0 {
            return Err(m.wrong_argument(who, "mask", 2, "a list of signal numbers", signal));
        }
    }
    // SAFETY: initialised above.
    Ok(unsafe { set.assume_init() })
}

/// The fields of a `struct-signalfd-siginfo`, in the order of the structure.
fn fields(m: &mut Machine, info: &libc::signalfd_siginfo) -> Value {
    let pointer = unbound(m, info.ssi_ptr as usize).value();
    let address = unbound(m, info.ssi_addr as usize).value();
    let number = |n: i64| Value::fixnum(n);
    let heap = &mut m.heap;
    let values = [
        number(info.ssi_signo.into()),
        number(info.ssi_errno.into()),
        number(info.ssi_code.into()),
        number(info.ssi_pid.into()),
        number(info.ssi_uid.into()),
        number(info.ssi_fd.into()),
        number(info.ssi_tid.into()),
        number(info.ssi_band.into()),
        number(info.ssi_overrun.into()),
        number(info.ssi_trapno.into()),
        number(info.ssi_status.into()),
        number(info.ssi_int.into()),
        pointer,
        from_u64(heap, info.ssi_utime),
        from_u64(heap, info.ssi_stime),
        address,
    ];
    heap.list(&values)
}

primitives! { pub TABLE in "(vicare linux)" {
    /// `(signalfd fd mask flags)`: a descriptor from which the signals of the list `mask` are read, which should be
    /// blocked; `fd` is -1 for a new one, or one whose mask changes. Flags are 0, `SFD_CLOEXEC`, `SFD_NONBLOCK`.
    /// signalfd(2)
    "signalfd" [] fn signalfd(m, fd: Int, mask: ProperList, flags: Int) {
        let set = set_of(m, "signalfd", mask)?;
        let irritants = [fd.value(), mask.0, flags.value()];
        let call = Call::new("signalfd", Processes).irritants(&irritants);
        // SAFETY: a live set.
        call.run(m, || unsafe { libc::signalfd(fd.0, &set, flags.0) }).map(|fd| Fd(fd).value())
    }
} }

primitives! { pub INTERNAL in "(vicar internal)" {
    /// `(%read-signalfd-siginfo fd)`: waits for a signal; the fields of a `struct-signalfd-siginfo`. `#f` when there is
    /// none and the descriptor does not wait.
    "%read-signalfd-siginfo" [] fn read_signalfd_siginfo(m, fd: Fd) {
        let irritants = [fd.value()];
        let call = Call::new("read-signalfd-siginfo", Processes).irritants(&irritants);
        let mut info = std::mem::MaybeUninit::<libc::signalfd_siginfo>::zeroed();
        let size = size_of::<libc::signalfd_siginfo>();
        waiting::until_ready(m, &call, fd.0, libc::POLLIN)?;
        // SAFETY: room for one.
        match call.attempt(m, || unsafe { libc::read(fd.0, info.as_mut_ptr().cast(), size) })? {
            // SAFETY: plain numbers, filled by the kernel.
            Ok(got) if got as usize == size => Ok(fields(m, unsafe { info.assume_init_ref() })),
            Err(Errno(libc::EAGAIN)) => Ok(Value::FALSE),
            Ok(_) => Err(call.failure(m, Errno(libc::EINVAL))),
            Err(errno) => Err(call.failure(m, errno)),
        }
    }
} }
