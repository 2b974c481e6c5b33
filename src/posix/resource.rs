//! Limits and use of resources.

use super::argument::Int;
use super::kernel::Call;
use super::sys::process as sys;
use crate::eval::{Capability::Processes, Machine, Res, Single};
use crate::heap::Value;
use crate::memory::{from_i64, from_u64, to_i128};
use nix::sys::resource::{self, UsageWho};
use vicar_macros::primitives;

/// A limit: 0 to 2^64-1, the greatest of which is no limit.
struct Amount(u64, Value);

impl Single for Amount {
    const WHAT: &'static str = "an exact integer of 0 to 2^64-1";
    fn convert(v: Value) -> Option<Amount> {
        to_i128(v).and_then(|n| u64::try_from(n).ok()).map(|n| Amount(n, v))
    }
}

#[primitives(internal)]
pub mod internal {
    use super::*;

    /// `(%getrlimit resource)`: two values, the present limit and the greatest that may be set. getrlimit(2)
    #[primitive(control)]
    fn getrlimit(m: &mut Machine, resource: Int) -> Res {
        let irritants = [resource.value()];
        let call = Call::new("getrlimit", Processes).irritants(&irritants);
        let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
        call.run(m, || sys::getrlimit(resource.0 as _, &mut limit))?;
        let values = [from_u64(&mut m.heap, limit.rlim_cur), from_u64(&mut m.heap, limit.rlim_max)];
        Ok(m.heap.multiple_values(&values))
    }

    /// `(%setrlimit resource cur max)`: sets both. setrlimit(2)
    fn setrlimit(m: &mut Machine, resource: Int, cur: Amount, max: Amount) -> Res {
        let irritants = [resource.value(), cur.1, max.1];
        let call = Call::new("setrlimit", Processes).irritants(&irritants);
        let limit = libc::rlimit { rlim_cur: cur.0, rlim_max: max.0 };
        call.run(m, || sys::setrlimit(resource.0 as _, &limit))?;
        Ok(Value::VOID)
    }

    /// `(%getrusage processes)`: the fields of a `struct-rusage`, as values, the two times as seconds and microseconds.
    /// getrusage(2)
    #[primitive(control)]
    fn getrusage(m: &mut Machine, processes: Int) -> Res {
        let irritants = [processes.value()];
        let call = Call::new("getrusage", Processes).irritants(&irritants);
        let usage = call.run(m, || match processes.0 {
            libc::RUSAGE_SELF => resource::getrusage(UsageWho::RUSAGE_SELF),
            libc::RUSAGE_CHILDREN => resource::getrusage(UsageWho::RUSAGE_CHILDREN),
            libc::RUSAGE_THREAD => resource::getrusage(UsageWho::RUSAGE_THREAD),
            // There are no others.
            _ => Err(nix::errno::Errno::EINVAL),
        })?;
        let r: &libc::rusage = usage.as_ref();
        let numbers = [
            r.ru_utime.tv_sec,
            r.ru_utime.tv_usec,
            r.ru_stime.tv_sec,
            r.ru_stime.tv_usec,
            r.ru_maxrss,
            r.ru_ixrss,
            r.ru_idrss,
            r.ru_isrss,
            r.ru_minflt,
            r.ru_majflt,
            r.ru_nswap,
            r.ru_inblock,
            r.ru_oublock,
            r.ru_msgsnd,
            r.ru_msgrcv,
            r.ru_nsignals,
            r.ru_nvcsw,
            r.ru_nivcsw,
        ];
        let values = numbers.map(|n| from_i64(&mut m.heap, n));
        Ok(m.heap.multiple_values(&values))
    }
}
