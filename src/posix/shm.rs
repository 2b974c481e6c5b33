//! Shared memory objects.

use super::argument::{Int, Mode, Text};
use super::bound::OBJECT;
use super::file::permissions;
use super::kernel::Call;
use crate::eval::Capability::SharedMemory;
use crate::eval::{Machine, Res, Who};
use crate::heap::Value;
use nix::fcntl::OFlag;
use nix::sys::mman;
use std::os::fd::IntoRawFd;
use vicar_macros::primitives;

#[primitives]
pub mod procedures {
    use super::*;

    /// `(shm-open name oflag mode)`: a descriptor of the shared memory object `name`, "/" and a name without more
    /// slashes. `oflag` is `O_RDONLY` or `O_RDWR`, with `O_CREAT`, `O_EXCL`, `O_TRUNC`. Its size is set by `ftruncate`;
    /// `close` closes it. The descriptor is closed by `exec`. shm_open(3)
    fn shm_open(m: &mut Machine, who: Who, name: Text, oflag: Int, mode: Mode) -> Res {
        let irritants = [name.value, oflag.value(), mode.value()];
        let call = Call::new(who, SharedMemory).text(&name, OBJECT).irritants(&irritants);
        let oflag = OFlag::from_bits_retain(oflag.0);
        let fd = call.run(m, || mman::shm_open(name.as_c(), oflag, permissions(mode)))?;
        Ok(Value::fixnum(fd.into_raw_fd().into()))
    }

    /// `(shm-unlink name)`: removes the object's name; the memory goes when nobody has it open or mapped. shm_unlink(3)
    fn shm_unlink(m: &mut Machine, who: Who, name: Text) -> Res {
        let irritants = [name.value];
        let call = Call::new(who, SharedMemory).text(&name, OBJECT).irritants(&irritants);
        call.run(m, || mman::shm_unlink(name.as_c()))?;
        Ok(Value::VOID)
    }
}
