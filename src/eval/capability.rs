//! What a host lets a program reach outside of its heap. The import of a library that needs what was not granted fails,
//! and every primitive that reaches outside asks again, because a procedure may come to a program some other way.

use super::{Machine, Res};

/// A family of effects.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Capability {
    /// Reading and setting clocks, sleeping, timers.
    Clock,
    /// Environment variables.
    Environment,
    /// Files, directories, descriptors.
    Filesystem,
    /// Processes, signals, users, resource limits.
    Processes,
    /// Sockets and the network's databases.
    Network,
    /// Shared memory objects, semaphores, message queues.
    SharedMemory,
    /// Pointers, mapped and allocated memory, foreign functions.
    RawMemory,
}

impl Capability {
    /// All of them.
    pub const ALL: [Capability; 7] = [
        Capability::Clock,
        Capability::Environment,
        Capability::Filesystem,
        Capability::Processes,
        Capability::Network,
        Capability::SharedMemory,
        Capability::RawMemory,
    ];

    /// The names of all of them, in the order of the variants.
    pub const NAMES: [&'static str; 7] =
        ["clock", "environment", "filesystem", "processes", "network", "shared memory", "raw memory"];

    /// What messages call it.
    pub fn name(self) -> &'static str {
        Capability::NAMES[self as usize]
    }
}

/// A set of [`Capability`].
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Capabilities(u8);

impl Capabilities {
    pub const NONE: Capabilities = Capabilities(0);
    pub const ALL: Capabilities = Capabilities((1 << Capability::NAMES.len()) - 1);

    pub const fn with(self, one: Capability) -> Capabilities {
        Capabilities(self.0 | 1 << one as u8)
    }
    pub const fn without(self, one: Capability) -> Capabilities {
        Capabilities(self.0 & !(1 << one as u8))
    }
    #[inline(always)]
    pub const fn has(self, one: Capability) -> bool {
        self.0 & 1 << one as u8 != 0
    }
}

impl Machine {
    /// Raises `&error` in the name of the primitive `who` unless the host granted `what`.
    #[inline]
    pub fn require(&mut self, what: Capability, who: &str) -> Res<()> {
        if self.capabilities.has(what) {
            return Ok(());
        }
        let message = format!("the host of this program has not granted it the capability \"{}\"", what.name());
        Err(self.error(who, &message, &[]))
    }
}
