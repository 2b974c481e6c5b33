//! POSIX semaphores, named and in memory.
//!
//! A semaphore in memory is a pointer to `sizeof-sem_t` bytes of a mapping or block of this machine; a named one is a
//! region of its own from `sem-open` to the last `sem-close`. Another process that shares the memory may write there at any
//! time: that is an error at worst ([`super::sem_words`]).

use super::argument::{Int, Mode, Text, UInt};
use super::bound::OBJECT;
use super::kernel::{Call, Errno};
use super::sem_words::Semaphore as Words;
use super::sys::shared as sys;
use super::waiting::{end_of, has_come};
use crate::eval::{Capability::SharedMemory, Machine, Res, Who};
use crate::heap::{Pointer, Value, View};
use crate::memory::{self, Counted, Denial, Extent, Intent, Memory, Registry, Source, Spans};
use vicar_macros::primitives;

const SIZE: usize = size_of::<libc::sem_t>();

/// Memory that can hold a semaphore.
struct Semaphore<'a> {
    spans: Spans<'a>,
    words: Words,
}

impl<'a> Semaphore<'a> {
    /// A semaphore that was made.
    fn at(m: &mut Machine, who: &'a str, pointer: Pointer) -> Res<Semaphore<'a>> {
        let semaphore = Semaphore::room(m, who, pointer)?;
        let is_made = semaphore.words.is_made();
        // A truncated object shows itself now.
        semaphore.spans.finish(m)?;
        if is_made {
            return Ok(semaphore);
        }
        let message = "there is no semaphore at the pointer, or it was overwritten";
        Err(m.assertion(who, message, &[pointer.value()]))
    }

    /// Memory for one.
    fn room(m: &mut Machine, who: &'a str, pointer: Pointer) -> Res<Semaphore<'a>> {
        let spans = Spans::of_ours(m, who, Memory::of_pointer(pointer), SIZE, Intent::Write)?;
        let address = memory::address(pointer);
        if !address.is_multiple_of(align_of::<libc::sem_t>()) {
            let message = "the pointer is not aligned as a semaphore must be";
            return Err(m.assertion(who, message, &[pointer.value()]));
        }
        if spans.single().is_none() {
            return Err(spans.denied(m, Denial::OutOfBounds));
        }
        // SAFETY: the aligned bytes are in live writable memory of this machine, as long as nothing of its program's runs, and
        // nobody keeps this for longer than a call.
        let words = unsafe { Words::new(address as *mut libc::sem_t) };
        Ok(Semaphore { spans, words })
    }

    /// Makes a call with it; an answer of -1 raises.
    fn run<T>(&self, m: &mut Machine, call: &Call, f: impl Fn(&Words) -> nix::Result<T>) -> Res<T> {
        self.attempt(m, call, f)?.map_err(|errno| call.failure(m, errno))
    }

    fn attempt<T>(&self, m: &mut Machine, call: &Call, f: impl Fn(&Words) -> nix::Result<T>) -> Res<Result<T, Errno>> {
        let answer = call.attempt(m, || f(&self.words))?;
        self.spans.finish(m)?;
        Ok(answer)
    }
}

/// Takes one away, when there is one before the system's clock comes to `until`.
fn wait(m: &mut Machine, call: &Call, sem: Pointer, until: Option<libc::timespec>) -> Res {
    let semaphore = Semaphore::at(m, call.who(), sem)?;
    if until.is_some_and(|until| !(0..1_000_000_000).contains(&until.tv_nsec)) {
        call.check(m)?;
        return Err(call.failure(m, Errno(libc::EINVAL)));
    }
    let watch = semaphore.spans.watch(m);
    let answer = call.wait(
        m,
        None,
        |answer| *answer == Err(Errno(libc::ETIMEDOUT)) && !until.is_some_and(|until| has_come(&until)),
        |slice| {
            let end = end_of(slice, until);
            semaphore.words.wait(end.as_ref(), || watch.faulted())
        },
    )?;
    semaphore.spans.finish(m)?;
    match answer {
        Ok(_) if until.is_none() => Ok(Value::VOID),
        Ok(_) => Ok(Value::TRUE),
        Err(Errno(libc::ETIMEDOUT)) => Ok(Value::FALSE),
        Err(errno) => Err(call.failure(m, errno)),
    }
}

fn open(m: &mut Machine, call: &Call, name: &Text, oflag: i32, mode: u32, value: u32) -> Res {
    call.check(m)?;
    // It is in a page that is shared.
    memory::make_room(m, call.who(), memory::page_size())?;
    let at = call.run(m, || sys::sem_open(name.as_c(), oflag, mode, value))?;
    let registry = m.extension::<Registry>();
    let open = registry.find_base(at).filter(|r| r.source() == Source::Semaphore);
    let words = match open {
        // The C library counts, and answers the same address.
        Some(region) => {
            region.set_users(region.users() + 1);
            Registry::words(region)
        }
        None => Registry::words(registry.insert(Extent {
            base: at,
            size: SIZE,
            end: at + SIZE,
            source: Source::Semaphore,
            readable: true,
            writable: true,
            counted: Counted::No,
        })),
    };
    Ok(m.heap.pointer(words).value())
}

fn close(m: &mut Machine, sem: Pointer) -> Res {
    let irritants = [sem.value()];
    let call = Call::new("sem-close", SharedMemory).irritants(&irritants);
    let spans = Spans::of_ours(m, "sem-close", Memory::of_pointer(sem), SIZE, Intent::Write)?;
    let base = memory::address(sem);
    let registry = m.extension::<Registry>();
    let Some(users) = registry.find_base(base).filter(|r| r.source() == Source::Semaphore).map(|r| r.users()) else {
        return Err(call.failure(m, Errno(libc::EINVAL)));
    };
    call.run(m, || {
        // SAFETY: an address that `sem_open` answered, open as often as `users` says.
        nix::errno::Errno::result(unsafe { libc::sem_close(base as *mut libc::sem_t) })
    })?;
    let registry = m.extension::<Registry>();
    if users == 1 {
        registry.remove(base);
    } else if let Some(region) = registry.find_base(base) {
        region.set_users(users - 1);
    }
    drop(spans);
    Ok(Value::VOID)
}

#[primitives]
pub mod procedures {
    use super::*;

    /// `(sem-open name oflag mode)`, `(sem-open name oflag mode value)`: a pointer to the named semaphore, "/" and a name
    /// without more slashes. With `O_CREAT` it is made if it is not there, with `value` (default 0). sem_open(3)
    fn sem_open(m: &mut Machine, who: Who, name: Text, oflag: Int, mode: Mode, value: Option<UInt>) -> Res {
        let value = value.unwrap_or(UInt(0));
        let irritants = [name.value, oflag.value(), mode.value(), value.value()];
        let call = Call::new(who, SharedMemory).text(&name, OBJECT).irritants(&irritants);
        open(m, &call, &name, oflag.0, mode.0, value.0)
    }

    /// `(sem-close sem)`: closes a named semaphore; after as many as there were `sem-open`, pointers to it dangle.
    /// sem_close(3)
    fn sem_close(m: &mut Machine, sem: Pointer) -> Res {
        close(m, sem)
    }

    /// `(sem-unlink name)`: removes the name; the semaphore goes when nobody has it open. sem_unlink(3)
    fn sem_unlink(m: &mut Machine, who: Who, name: Text) -> Res {
        let irritants = [name.value];
        let call = Call::new(who, SharedMemory).text(&name, OBJECT).irritants(&irritants);
        call.run(m, || sys::sem_unlink(name.as_c()))?;
        Ok(Value::VOID)
    }

    /// `(sem-init sem pshared)`, `(sem-init sem pshared value)`: makes a semaphore in the `(sizeof-sem_t)` bytes at the
    /// pointer `sem`, and returns that. `pshared` is true when several processes will use it, in shared memory.
    /// sem_init(3)
    fn sem_init(m: &mut Machine, who: Who, sem: Pointer, pshared: Value, value: Option<UInt>) -> Res {
        let value = value.unwrap_or(UInt(0));
        let irritants = [sem.value(), pshared, value.value()];
        let call = Call::new(who, SharedMemory).irritants(&irritants);
        Semaphore::room(m, who, sem)?.run(m, &call, |words| words.init(pshared.is_true(), value.0))?;
        Ok(sem.value())
    }

    /// `(sem-destroy sem)`: ends a semaphore that `sem-init` made. sem_destroy(3)
    fn sem_destroy(m: &mut Machine, who: Who, sem: Pointer) -> Res {
        let irritants = [sem.value()];
        let call = Call::new(who, SharedMemory).irritants(&irritants);
        Semaphore::at(m, who, sem)?.run(m, &call, Words::destroy)?;
        Ok(Value::VOID)
    }

    /// `(sem-post sem)`: adds one, and wakes who waits. sem_post(3)
    fn sem_post(m: &mut Machine, who: Who, sem: Pointer) -> Res {
        let irritants = [sem.value()];
        let call = Call::new(who, SharedMemory).irritants(&irritants);
        Semaphore::at(m, who, sem)?.run(m, &call, Words::post)?;
        Ok(Value::VOID)
    }

    /// `(sem-wait sem)`: waits until it is above 0 and takes one away. A signal does not end the wait. sem_wait(3)
    fn sem_wait(m: &mut Machine, who: Who, sem: Pointer) -> Res {
        let irritants = [sem.value()];
        let call = Call::new(who, SharedMemory).irritants(&irritants);
        wait(m, &call, sem, None)
    }

    /// `(sem-trywait sem)`: takes one away and answers `#t`, or `#f` if it is 0. sem_trywait(3)
    fn sem_trywait(m: &mut Machine, who: Who, sem: Pointer) -> Res {
        let irritants = [sem.value()];
        let call = Call::new(who, SharedMemory).irritants(&irritants);
        match Semaphore::at(m, who, sem)?.attempt(m, &call, Words::try_wait)? {
            Ok(_) => Ok(Value::TRUE),
            Err(Errno(libc::EAGAIN)) => Ok(Value::FALSE),
            Err(errno) => Err(call.failure(m, errno)),
        }
    }

    /// `(sem-getvalue sem)`: how much it is now. sem_getvalue(3)
    fn sem_getvalue(m: &mut Machine, who: Who, sem: Pointer) -> Res {
        let irritants = [sem.value()];
        let call = Call::new(who, SharedMemory).irritants(&irritants);
        let value = Semaphore::at(m, who, sem)?.run(m, &call, Words::value)?;
        Ok(Value::fixnum(value.into()))
    }

    /// `(sizeof-sem_t)`: how many bytes a semaphore takes.
    #[primitive(name = "sizeof-sem_t", pure)]
    fn sizeof_sem_t() -> Res {
        Ok(Value::fixnum(SIZE as i64))
    }
}

#[primitives(internal)]
pub mod internal {
    use super::*;

    /// `(%sem-timedwait sem sec nsec)`: `sem-timedwait` with the time's parts.
    fn sem_timedwait(m: &mut Machine, sem: Pointer, sec: i64, nsec: i64) -> Res {
        let irritants = [sem.value(), Value::fixnum(sec), Value::fixnum(nsec)];
        let call = Call::new("sem-timedwait", SharedMemory).irritants(&irritants);
        let until = libc::timespec { tv_sec: sec, tv_nsec: nsec };
        wait(m, &call, sem, Some(until))
    }
}
