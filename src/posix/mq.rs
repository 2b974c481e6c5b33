//! Message queues.

use super::argument::{Fd, Int, Mode, Text, UInt};
use super::bound::OBJECT;
use super::fd;
use super::kernel::{Call, Errno};
use super::sys::shared::{self as sys, no_attributes};
use super::waiting::{end_of, has_come};
use crate::eval::{Capability::SharedMemory, Machine, Res, Single, Who};
use crate::heap::{Bytevector, Value, View};
use crate::memory::from_i64;
use vicar_macros::primitives;

fn attributes(m: &mut Machine, a: &libc::mq_attr) -> Value {
    let values = [a.mq_flags, a.mq_maxmsg, a.mq_msgsize, a.mq_curmsgs].map(|n| from_i64(&mut m.heap, n));
    m.heap.multiple_values(&values)
}

/// Where a message is put.
struct MessageBuffer(Bytevector);

impl Single for MessageBuffer {
    const WHAT: &'static str = "a mutable bytevector";
    fn convert(v: Value) -> Option<MessageBuffer> {
        Bytevector::from_value(v).filter(|_| !v.is_immutable()).map(MessageBuffer)
    }
}

/// Makes a call with `f` that waits until the system's clock comes to `until`; it gets until when to wait.
fn wait<T: PartialEq>(
    m: &mut Machine,
    call: &Call,
    until: Option<libc::timespec>,
    mut f: impl FnMut(Option<&libc::timespec>) -> nix::Result<T>,
) -> Res<T> {
    let answer = call.wait(
        m,
        None,
        |answer| *answer == Err(Errno(libc::ETIMEDOUT)) && !until.is_some_and(|until| has_come(&until)),
        |slice| f(end_of(slice, until).as_ref()),
    )?;
    answer.map_err(|errno| call.failure(m, errno))
}

fn send(
    m: &mut Machine,
    call: &Call,
    mqd: Fd,
    message: Bytevector,
    priority: UInt,
    until: Option<libc::timespec>,
) -> Res {
    wait(m, call, until, |end| sys::mq_timedsend(mqd.0, message.bytes(), priority.0, end))?;
    Ok(Value::VOID)
}

fn receive(m: &mut Machine, call: &Call, mqd: Fd, buffer: &MessageBuffer, until: Option<libc::timespec>) -> Res {
    let mut priority = 0;
    let mut target = buffer.0;
    let used = wait(m, call, until, |end| sys::mq_timedreceive(mqd.0, target.bytes_mut(), &mut priority, end))?;
    Ok(m.heap.multiple_values(&[Value::fixnum(used as i64), Value::fixnum(priority as i64)]))
}

#[primitives]
pub mod procedures {
    use super::*;

    /// `(mq-close mqd)`: closes the queue. mq_close(3)
    fn mq_close(m: &mut Machine, who: Who, mqd: Fd) -> Res {
        let irritants = [mqd.value()];
        // A queue is a descriptor as any other, on Linux.
        fd::close(m, &Call::new(who, SharedMemory).irritants(&irritants), mqd)?;
        Ok(Value::VOID)
    }

    /// `(mq-unlink name)`: removes the name; the queue goes when nobody has it open. mq_unlink(3)
    fn mq_unlink(m: &mut Machine, who: Who, name: Text) -> Res {
        let irritants = [name.value];
        let call = Call::new(who, SharedMemory).text(&name, OBJECT).irritants(&irritants);
        call.run(m, || nix::mqueue::mq_unlink(name.as_c()))?;
        Ok(Value::VOID)
    }

    /// `(mq-send mqd message priority)`: puts a bytevector into the queue, waiting while that is full. mq_send(3)
    fn mq_send(m: &mut Machine, who: Who, mqd: Fd, message: Bytevector, priority: UInt) -> Res {
        let irritants = [mqd.value(), message.value(), priority.value()];
        let call = Call::new(who, SharedMemory).irritants(&irritants);
        send(m, &call, mqd, message, priority, None)
    }

    /// `(mq-receive mqd message)`: takes the oldest message of the highest priority into a bytevector, which must have
    /// room for the queue's longest; two values, its size and priority. mq_receive(3)
    #[primitive(control)]
    fn mq_receive(m: &mut Machine, who: Who, mqd: Fd, message: MessageBuffer) -> Res {
        let irritants = [mqd.value(), message.0.value()];
        let call = Call::new(who, SharedMemory).irritants(&irritants);
        receive(m, &call, mqd, &message, None)
    }
}

#[primitives(internal)]
pub mod internal {
    use super::*;

    /// `(%mq-open name oflag mode maxmsg msgsize)`: a descriptor of the queue; -1 for `maxmsg` leaves both sizes to the
    /// system. mq_open(3)
    fn mq_open(m: &mut Machine, name: Text, oflag: Int, mode: Mode, maxmsg: i64, msgsize: i64) -> Res {
        let irritants = [name.value, oflag.value(), mode.value()];
        let call = Call::new("mq-open", SharedMemory).text(&name, OBJECT).irritants(&irritants);
        let mut wanted = no_attributes();
        (wanted.mq_maxmsg, wanted.mq_msgsize) = (maxmsg, msgsize);
        let attributes = (maxmsg >= 0).then_some(&wanted);
        let mqd = call.run(m, || sys::mq_open(name.as_c(), oflag.0, mode.0, attributes))?;
        Ok(Value::fixnum(mqd as i64))
    }

    /// `(%mq-timedsend mqd message priority sec nsec)`: like `mq-send` until a time. mq_timedsend(3)
    fn mq_timedsend(m: &mut Machine, mqd: Fd, message: Bytevector, priority: UInt, sec: i64, nsec: i64) -> Res {
        let irritants = [mqd.value(), message.value(), priority.value()];
        let call = Call::new("mq-timedsend", SharedMemory).irritants(&irritants);
        send(m, &call, mqd, message, priority, Some(libc::timespec { tv_sec: sec, tv_nsec: nsec }))
    }

    /// `(%mq-timedreceive mqd message sec nsec)`: like `mq-receive` until a time. mq_timedreceive(3)
    #[primitive(control)]
    fn mq_timedreceive(m: &mut Machine, mqd: Fd, message: MessageBuffer, sec: i64, nsec: i64) -> Res {
        let irritants = [mqd.value(), message.0.value()];
        let call = Call::new("mq-timedreceive", SharedMemory).irritants(&irritants);
        receive(m, &call, mqd, &message, Some(libc::timespec { tv_sec: sec, tv_nsec: nsec }))
    }

    /// `(%mq-getattr mqd)`: flags, maxmsg, msgsize, curmsgs, as values. mq_getattr(3)
    #[primitive(control)]
    fn mq_getattr(m: &mut Machine, mqd: Fd) -> Res {
        let irritants = [mqd.value()];
        let mut now = no_attributes();
        let call = Call::new("mq-getattr", SharedMemory).irritants(&irritants);
        call.run(m, || sys::mq_getattr(mqd.0, &mut now))?;
        Ok(attributes(m, &now))
    }

    /// `(%mq-setattr mqd flags)`: sets the flags; all attributes before, as values. mq_setattr(3)
    #[primitive(control)]
    fn mq_setattr(m: &mut Machine, mqd: Fd, flags: i64) -> Res {
        let irritants = [mqd.value(), Value::fixnum(flags)];
        let (mut new, mut old) = (no_attributes(), no_attributes());
        new.mq_flags = flags;
        let call = Call::new("mq-setattr", SharedMemory).irritants(&irritants);
        call.run(m, || sys::mq_setattr(mqd.0, &new, &mut old))?;
        Ok(attributes(m, &old))
    }
}
