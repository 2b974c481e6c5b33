//! Shared memory objects.

use super::argument::{Int, Mode, Text};
use super::bound::OBJECT;
use super::kernel::Call;
use crate::eval::Capability::SharedMemory;
use crate::heap::Value;
use crate::primitives;

primitives! { pub TABLE in "(vicar posix primitives)" {
    /// `(shm-open name oflag mode)`: a descriptor of the shared memory object `name`, "/" and a name without more
    /// slashes. `oflag` is `O_RDONLY` or `O_RDWR`, with `O_CREAT`, `O_EXCL`, `O_TRUNC`. Its size is set by `ftruncate`;
    /// `close` closes it. The descriptor is closed by `exec`. shm_open(3)
    "shm-open" [] fn shm_open(m, name: Text, oflag: Int, mode: Mode) {
        let irritants = [name.value, oflag.value(), mode.value()];
        let call = Call::new("shm-open", SharedMemory).text(&name, OBJECT).irritants(&irritants);
        // SAFETY: a live C string.
        let fd = call.run(m, || unsafe { libc::shm_open(name.as_ptr(), oflag.0, mode.0) })?;
        Ok(Value::fixnum(fd as i64))
    }
    /// `(shm-unlink name)`: removes the object's name; the memory goes when nobody has it open or mapped. shm_unlink(3)
    "shm-unlink" [] fn shm_unlink(m, name: Text) {
        let irritants = [name.value];
        let call = Call::new("shm-unlink", SharedMemory).text(&name, OBJECT).irritants(&irritants);
        // SAFETY: a live C string.
        call.run(m, || unsafe { libc::shm_unlink(name.as_ptr()) })?;
        Ok(Value::VOID)
    }
} }
