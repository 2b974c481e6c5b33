//! Waiting for many descriptors: epoll(7).

use crate::eval::Capability::Filesystem;
use crate::eval::{Machine, Res, Who};
use crate::heap::{Pointer, Value};
use crate::memory::{Intent, Memory, Spans};
use crate::posix::argument::{Fd, Int};
use crate::posix::kernel::Call;
use crate::posix::sys::{self, Area, Events};
use std::time::Duration;
use vicar_macros::primitives;

/// Where the data of an `epoll_event` begin; its events begin at 0.
const DATA: usize = std::mem::offset_of!(libc::epoll_event, u64);

#[primitives]
pub mod procedures {
    use super::*;

    /// `(epoll-create size)`: a descriptor of a new set; the kernel ignores the size, which must be positive.
    /// epoll_create(2)
    fn epoll_create(m: &mut Machine, who: Who, size: Option<Int>) -> Res {
        let size = size.unwrap_or(Int(16));
        let irritants = [size.value()];
        let call = Call::new(who, Filesystem).irritants(&irritants);
        call.run(m, || sys::epoll_create(size.0)).map(|fd| Fd(fd).value())
    }

    /// `(epoll-create1 flags)`: the same with 0 or `EPOLL_CLOEXEC`. epoll_create1(2)
    fn epoll_create1(m: &mut Machine, who: Who, flags: Int) -> Res {
        let irritants = [flags.value()];
        let call = Call::new(who, Filesystem).irritants(&irritants);
        call.run(m, || sys::epoll_create1(flags.0)).map(|fd| Fd(fd).value())
    }

    /// `(epoll-ctl epfd op fd)`, `(epoll-ctl epfd op fd event)`: adds (`EPOLL_CTL_ADD`), changes or removes a descriptor.
    /// `event` points to an `epoll_event`: what to wait for, and what to be told then. epoll_ctl(2)
    fn epoll_ctl(m: &mut Machine, who: Who, epfd: Fd, op: Int, fd: Fd, event: Option<Pointer>) -> Res {
        let irritants = [epfd.value(), op.value(), fd.value()];
        let mut wanted = libc::epoll_event { events: 0, u64: 0 };
        if let Some(event) = event {
            let place = crate::memory::Place::start(Memory::of_pointer(event));
            let mut bytes = [0; size_of::<libc::epoll_event>()];
            crate::memory::read(m, who, place, &mut bytes)?;
            let (events, data) = bytes.split_at(DATA);
            wanted.events = events.first_chunk().map_or(0, |&events| u32::from_ne_bytes(events));
            wanted.u64 = data.first_chunk().map_or(0, |&data| u64::from_ne_bytes(data));
        }
        let call = Call::new(who, Filesystem).irritants(&irritants);
        call.run(m, || sys::epoll_ctl(epfd.0, op.0, fd.0, &mut wanted))?;
        Ok(Value::VOID)
    }

    /// `(epoll-wait epfd events maxevents timeout)`: waits for at most so many milliseconds, for ever if it is negative;
    /// how many events were put where the pointer `events` points, at most `maxevents`. epoll_wait(2)
    fn epoll_wait(m: &mut Machine, who: Who, epfd: Fd, events: Pointer, maxevents: Int, timeout: Int) -> Res {
        let irritants = [epfd.value(), maxevents.value(), timeout.value()];
        let call = Call::new(who, Filesystem).irritants(&irritants).once();
        let size = size_of::<libc::epoll_event>() * usize::try_from(maxevents.0).unwrap_or(0);
        let memory = Memory::of_pointer(events);
        let spans = Spans::of_ours(m, who, memory, size, Intent::Write)?;
        // SAFETY: so many bytes of this program's memory may be written, and nothing of it runs meanwhile.
        let room = unsafe { Area::new(crate::memory::address(events) as *mut u8, size) };
        let timeout = u64::try_from(timeout.0).ok().map(Duration::from_millis);
        let count = call.wait(
            m,
            timeout,
            |answer| *answer == Ok(0),
            |slice| {
                // Rounded up, so as not to wake before the time.
                let slice = slice.map_or(-1, |t| i32::try_from(t.as_micros().div_ceil(1000)).unwrap_or(i32::MAX));
                sys::epoll_wait(epfd.0, Events(room), slice)
            },
        )?;
        spans.finish(m)?;
        let count = count.map_err(|errno| call.failure(m, errno))?;
        Ok(Value::fixnum(count.into()))
    }

    /// `(epoll-event-size)`: bytes of an `epoll_event`.
    #[primitive(pure)]
    fn epoll_event_size() -> Res {
        Ok(Value::fixnum(size_of::<libc::epoll_event>() as i64))
    }
}

#[primitives(internal)]
pub mod internal {
    use super::*;

    /// `(%epoll-event-data-offset)`: where the data of an `epoll_event` begin; its events begin at 0.
    #[primitive(pure)]
    fn epoll_event_data_offset() -> Res {
        Ok(Value::fixnum(DATA as i64))
    }
}
