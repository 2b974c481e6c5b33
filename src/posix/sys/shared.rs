//! Message queues, named semaphores: nix has none that send until a time, and no semaphores.

use super::calls;
use super::pass::{Begin, Length, Pass};
use libc::{c_int, c_uint, mode_t, mq_attr, mqd_t, sem_t, timespec};
use nix::errno::Errno;
use std::ffi::CStr;
use std::mem::MaybeUninit;

calls! {
    /// mq_open(3)
    call mq_open(name: &CStr, flags: c_int, mode: mode_t, attributes: Option<&mq_attr>) -> mqd_t;
    /// mq_timedsend(3); without a time mq_send(3)
    call mq_timedsend(queue: mqd_t, message..: &[u8], priority: c_uint, until: Option<&timespec>);
    /// mq_timedreceive(3); without a time mq_receive(3)
    call mq_timedreceive(
        queue: mqd_t, message..: &mut [u8], priority: &mut c_uint, until: Option<&timespec>
    ) -> isize;
    /// mq_getattr(3)
    call mq_getattr(queue: mqd_t, attributes: &mut mq_attr);
    /// mq_setattr(3)
    call mq_setattr(queue: mqd_t, new: &mq_attr, before: &mut mq_attr);
    /// sem_unlink(3)
    call sem_unlink(name: &CStr);
}

mod plain {
    use super::*;
    super::calls! {
        /// sem_open(3): null for failure
        plain sem_open(name: &CStr, flags: c_int, mode: mode_t, value: c_uint) -> *mut sem_t;
    }
}

/// sem_open(3): where the semaphore is.
pub fn sem_open(name: &CStr, flags: c_int, mode: mode_t, value: c_uint) -> nix::Result<usize> {
    match plain::sem_open(name, flags, mode, value) {
        failed if failed == libc::SEM_FAILED => Err(Errno::last()),
        semaphore => Ok(semaphore as usize),
    }
}

/// Attributes that are all zero.
pub fn no_attributes() -> mq_attr {
    // SAFETY: plain numbers.
    unsafe { MaybeUninit::zeroed().assume_init() }
}
