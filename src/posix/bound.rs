//! How long the texts are that the C library gets. The kernel checks for itself how long a pathname is, but functions of
//! the C library copy names to their stack, or end the process when one is too long. So whoever calls one of those names
//! the text's bound ([`super::kernel::Call::text`]), and a longer one is refused as the system refuses it.

/// The greatest number of bytes, without the NUL, and the error code for more.
#[derive(Copy, Clone)]
pub struct Bound(pub usize, pub libc::c_int);

/// A pathname: PATH_MAX.
pub const PATH: Bound = Bound(libc::PATH_MAX as usize - 1, libc::ENAMETOOLONG);
/// A shared memory object, named semaphore or message queue: a slash and NAME_MAX.
pub const OBJECT: Bound = Bound(1 + libc::NAME_MAX as usize, libc::ENAMETOOLONG);
/// A user or group: LOGIN_NAME_MAX.
pub const LOGIN: Bound = Bound(255, libc::ENAMETOOLONG);
/// A host, or its address: NI_MAXHOST.
pub const HOST: Bound = Bound(1024, libc::ENAMETOOLONG);
/// A service of the network, or its port.
pub const SERVICE: Bound = Bound(255, libc::ENAMETOOLONG);
/// A network interface; none is longer than 15 bytes, but that is for the system to say.
pub const INTERFACE: Bound = Bound(255, libc::ENAMETOOLONG);
/// A command of the shell: what one argument of a program may have, MAX_ARG_STRLEN.
pub const COMMAND: Bound = Bound(128 * 1024 - 1, libc::E2BIG);
/// A symbol of a shared object.
pub const SYMBOL: Bound = Bound(4095, libc::ENAMETOOLONG);
/// What a date is to look like.
pub const FORMAT: Bound = Bound(4096, libc::ENAMETOOLONG);
/// What is matched against a pattern.
pub const SUBJECT: Bound = Bound(crate::primitives::ports::system_text::LONGEST, libc::E2BIG);
/// Arguments and environment of a program together, each with its NUL and pointer: Linux never takes more than three
/// quarters of 8 MiB.
pub const ARGUMENTS: Bound = Bound(6 << 20, libc::E2BIG);
