//! The types that parameters of system calls have.

use crate::eval::Single;
use crate::heap::Value;
use crate::memory::to_i128;
pub use crate::primitives::ports::system_text::{LONGEST, Text};

macro_rules! c_integers {
    ($($(#[$doc:meta])* $name:ident: $t:ty, $what:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Copy, Clone, PartialEq, Eq, Debug)]
        pub struct $name(pub $t);
        impl Single for $name {
            const WHAT: &'static str = $what;
            fn convert(v: Value) -> Option<$name> {
                to_i128(v).and_then(|n| <$t>::try_from(n).ok()).map($name)
            }
        }
        impl $name {
            /// The argument as it was given.
            pub fn value(self) -> Value {
                Value::fixnum(self.0 as i64)
            }
        }
    )*};
}

c_integers! {
    /// Flags, commands, signal numbers.
    Int: libc::c_int, "an exact integer in the range of a C int";
    /// A process id; negative and 0 have meanings of their own.
    Pid: libc::pid_t, "a process id: an exact integer in the range of a C pid_t";
    /// Permission bits.
    Mode: libc::mode_t, "a mode: an exact integer in the range of a C mode_t";
    /// Whole numbers that are not negative.
    UInt: libc::c_uint, "an exact integer in the range of a C unsigned int";
}

/// A file descriptor.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Fd(pub libc::c_int);

impl Single for Fd {
    const WHAT: &'static str = "a file descriptor: a fixnum of 0 and up";
    fn convert(v: Value) -> Option<Fd> {
        v.as_fixnum().and_then(|n| libc::c_int::try_from(n).ok()).filter(|&n| n >= 0).map(Fd)
    }
}

impl Fd {
    pub fn value(self) -> Value {
        Value::fixnum(self.0 as i64)
    }
}

/// The id of a user or group; -1 stands for the one there is.
#[derive(Copy, Clone)]
pub struct Id {
    pub id: u32,
    /// The argument as it was given.
    pub value: Value,
}

impl Single for Id {
    const WHAT: &'static str = "the id of a user or group, or -1";
    fn convert(value: Value) -> Option<Id> {
        let id = to_i128(value).filter(|n| (-1..=u32::MAX.into()).contains(n))?;
        Some(Id { id: id as u32, value })
    }
}

/// An offset in a file: an exact integer in the range of C's `off_t`, which may need a bignum.
#[derive(Copy, Clone)]
pub struct FileOffset {
    pub offset: libc::off_t,
    pub value: Value,
}

impl Single for FileOffset {
    const WHAT: &'static str = "an exact integer in the range of a C off_t";
    fn convert(value: Value) -> Option<FileOffset> {
        let offset = to_i128(value).and_then(|n| libc::off_t::try_from(n).ok())?;
        Some(FileOffset { offset, value })
    }
}
