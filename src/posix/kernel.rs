//! The gate to the kernel: every system call of this folder is made through a [`Call`]. It asks for the capability,
//! makes an interrupted call again (after the machine was asked whether the run is to stop), reads `errno` at once, and
//! turns a failure into the condition that the program sees. An audit or a virtual system would stand here.
//!
//! Invariant: between the system call and the reading of `errno` nothing else runs.

use super::errno;
use crate::eval::{Capability, Machine, Res, Stop};
use crate::heap::Value;
use std::time::{Duration, Instant};

/// An error code of C: positive.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Errno(pub i32);

impl Errno {
    /// What the last system call of this thread left.
    pub fn last() -> Errno {
        Errno(std::io::Error::last_os_error().raw_os_error().unwrap_or(0))
    }
}

/// What a C function answers, with a way to tell failure.
pub trait Answer: Copy {
    fn is_failure(self) -> bool;
}

impl Answer for i32 {
    fn is_failure(self) -> bool {
        self == -1
    }
}

impl Answer for i64 {
    fn is_failure(self) -> bool {
        self == -1
    }
}

impl Answer for isize {
    fn is_failure(self) -> bool {
        self == -1
    }
}

impl<T> Answer for *mut T {
    /// Null, or `MAP_FAILED`.
    fn is_failure(self) -> bool {
        self.is_null() || self as isize == -1
    }
}

/// One system call of the primitive `who`.
pub struct Call<'a> {
    who: &'a str,
    capability: Capability,
    pathname: Option<Value>,
    irritants: &'a [Value],
    restart: bool,
}

impl<'a> Call<'a> {
    pub fn new(who: &'a str, capability: Capability) -> Call<'a> {
        Call { who, capability, pathname: None, irritants: &[], restart: true }
    }

    /// The primitive.
    pub fn who(&self) -> &'a str {
        self.who
    }

    /// What goes into `&i/o-filename` of the condition.
    pub fn pathname(self, pathname: Value) -> Call<'a> {
        Call { pathname: Some(pathname), ..self }
    }

    /// What goes into `&irritants`: the call's other arguments.
    pub fn irritants(self, irritants: &'a [Value]) -> Call<'a> {
        Call { irritants, ..self }
    }

    /// `EINTR` is for the caller: the call must not be made again as it was.
    pub fn once(self) -> Call<'a> {
        Call { restart: false, ..self }
    }

    /// Makes the call; a failure raises.
    pub fn run<T: Answer>(&self, m: &mut Machine, call: impl FnMut() -> T) -> Res<T> {
        self.attempt(m, call)?.map_err(|errno| self.failure(m, errno))
    }

    /// Makes the call; a failure is for the caller to judge.
    pub fn attempt<T: Answer>(&self, m: &mut Machine, mut call: impl FnMut() -> T) -> Res<Result<T, Errno>> {
        m.require(self.capability, self.who)?;
        loop {
            let answer = call();
            if !answer.is_failure() {
                return Ok(Ok(answer));
            }
            match Errno::last() {
                Errno(libc::EINTR) if self.restart => m.poll()?,
                errno => return Ok(Err(errno)),
            }
        }
    }

    /// Makes a call that waits for at most so long (`None`: for ever), and gets what is left of it. One that a signal
    /// interrupts goes on for the rest; the call is one that was made with `once`.
    pub fn wait<T: Answer>(
        &self,
        m: &mut Machine,
        timeout: Option<Duration>,
        mut call: impl FnMut(Option<Duration>) -> T,
    ) -> Res<T> {
        let end = timeout.map(|t| Instant::now() + t);
        loop {
            let left = end.map(|end| end.saturating_duration_since(Instant::now()));
            match self.attempt(m, || call(left))? {
                Ok(answer) => return Ok(answer),
                Err(Errno(libc::EINTR)) => m.poll()?,
                Err(errno) => return Err(self.failure(m, errno)),
            }
        }
    }

    /// For C functions that answer the error code, 0 for none.
    pub fn run_code(&self, m: &mut Machine, mut call: impl FnMut() -> i32) -> Res<()> {
        m.require(self.capability, self.who)?;
        loop {
            match call() {
                0 => return Ok(()),
                libc::EINTR if self.restart => m.poll()?,
                code => return Err(self.failure(m, Errno(code))),
            }
        }
    }

    /// The condition for a failure.
    #[cold]
    pub fn failure(&self, m: &mut Machine, errno: Errno) -> Stop {
        Stop::raise(errno::condition(&mut m.heap, errno, self.who, self.pathname, self.irritants))
    }
}
