//! The gate to the kernel: every system call of this folder is made through a [`Call`]. It asks for the capability,
//! makes an interrupted call again (after the machine was asked whether the run is to stop), and turns a failure into the
//! condition that the program sees. An audit or a virtual system would stand here. The calls themselves are nix's, or those
//! of [`super::sys`]: both answer a [`nix::Result`].
//!
//! A call that waits must not outlive the run's deadline, nor an interrupt from another thread, and no signal may be sent for
//! that in a host's process. So it waits in slices ([`Call::wait`]) as long as the machine has patience, and asks the
//! machine between them; [`super::waiting`] does that for descriptors. What cannot be asked to wait for less goes to a thread
//! of its own, which is left behind ([`Call::elsewhere`]).

use super::argument::Text;
use super::bound::{Bound, PATH};
use super::errno;
pub use super::errno::Errno;
use crate::eval::{Capability, Machine, Res, Stop};
use crate::heap::Value;
use crate::io::aside;
use crate::primitives::work::SYSTEM_CALL;
use std::time::{Duration, Instant};

/// One system call of the primitive `who`.
pub struct Call<'a> {
    who: &'a str,
    capability: Capability,
    pathname: Option<Value>,
    irritants: &'a [Value],
    restart: bool,
    /// Bytes of all texts.
    text: usize,
    /// A text is longer than its bound: the error.
    refused: Option<Errno>,
}

impl<'a> Call<'a> {
    pub fn new(who: &'a str, capability: Capability) -> Call<'a> {
        Call { who, capability, pathname: None, irritants: &[], restart: true, text: 0, refused: None }
    }

    /// The primitive.
    pub fn who(&self) -> &'a str {
        self.who
    }

    /// A pathname for the call, which also goes into `&i/o-filename` of the condition.
    pub fn pathname(self, pathname: &Text) -> Call<'a> {
        self.file(pathname.value).text(pathname, PATH)
    }

    /// What goes into `&i/o-filename` of the condition.
    pub fn file(self, pathname: Value) -> Call<'a> {
        Call { pathname: Some(pathname), ..self }
    }

    /// A text for the call: one that is longer than its bound makes it fail.
    pub fn text(self, text: &Text, bound: Bound) -> Call<'a> {
        let refused = (text.bytes().len() > bound.0).then_some(Errno(bound.1));
        Call { text: self.text + text.bytes().len(), refused: self.refused.or(refused), ..self }
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
    pub fn run<T>(&self, m: &mut Machine, call: impl FnMut() -> nix::Result<T>) -> Res<T> {
        self.attempt(m, call)?.map_err(|errno| self.failure(m, errno))
    }

    /// Makes the call; a failure is for the caller to judge.
    pub fn attempt<T>(&self, m: &mut Machine, mut call: impl FnMut() -> nix::Result<T>) -> Res<Result<T, Errno>> {
        self.admit(m)?;
        if let Some(errno) = self.refused {
            return Ok(Err(errno));
        }
        loop {
            match call().map_err(Errno::from) {
                Err(Errno(libc::EINTR)) if self.restart => m.poll()?,
                answer => return Ok(answer),
            }
        }
    }

    /// Raises unless the program may make the call, and every text is short enough: before what is no one call.
    pub fn check(&self, m: &mut Machine) -> Res<()> {
        self.admit(m)?;
        self.refused.map_or(Ok(()), |errno| Err(self.failure(m, errno)))
    }

    /// Raises unless the program may make the call, for which it takes fuel, and the run goes on: a disk may have let the last
    /// call wait for long.
    pub fn admit(&self, m: &mut Machine) -> Res<()> {
        m.heap.owe(SYSTEM_CALL + self.text / 64);
        m.require(self.capability, self.who)?;
        m.poll()
    }

    /// Makes a call that waits for at most `timeout` (`None`: for ever), slice by slice. It gets the length of the slice, which
    /// is `None` when nobody may want to end it but signals; `is_over` tells an answer that says that the slice is over. That
    /// answer comes out only when the whole time is. One that a signal interrupts goes on for the rest.
    pub fn wait<T>(
        &self,
        m: &mut Machine,
        timeout: Option<Duration>,
        is_over: impl Fn(&Result<T, Errno>) -> bool,
        mut call: impl FnMut(Option<Duration>) -> nix::Result<T>,
    ) -> Res<Result<T, Errno>> {
        self.admit(m)?;
        if let Some(errno) = self.refused {
            return Ok(Err(errno));
        }
        /// Putting the thread to sleep and waking it takes more than the call.
        const SWITCH: usize = 60;
        m.heap.owe(SWITCH);
        // A time beyond what the clock can count is as good as for ever.
        let end = timeout.and_then(|t| Instant::now().checked_add(t));
        loop {
            let left = end.map(|end| end.saturating_duration_since(Instant::now()));
            let slice = match (left, m.patience()) {
                (Some(left), Some(patience)) => Some(left.min(patience)),
                (left, patience) => left.or(patience),
            };
            match call(slice).map_err(Errno::from) {
                Err(Errno(libc::EINTR)) => {}
                answer if is_over(&answer) && end.is_none_or(|end| Instant::now() < end) => {}
                answer => return Ok(answer),
            }
            m.poll()?;
        }
    }

    /// Does `work`, a call that may wait for who knows how long, where the machine can leave it behind: on a thread of its
    /// own, when the machine has not got all the time there is. What the work answers when nobody wants it any more is
    /// dropped.
    pub fn elsewhere<T: Send + 'static>(
        &self,
        m: &mut Machine,
        work: impl FnOnce() -> T + Clone + Send + 'static,
    ) -> Res<T> {
        self.admit(m)?;
        if m.patience().is_none() {
            return Ok(work());
        }
        match aside(work.clone()) {
            None => Ok(work()),
            Some(receiver) => m.wait_for(&receiver)?.ok_or_else(|| self.failure(m, Errno(libc::EAGAIN))),
        }
    }

    /// The condition for a failure.
    #[cold]
    pub fn failure(&self, m: &mut Machine, errno: Errno) -> Stop {
        Stop::raise(errno::condition(&mut m.heap, errno, self.who, self.pathname, self.irritants))
    }
}
