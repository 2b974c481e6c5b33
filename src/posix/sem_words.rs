//! Posting to semaphores and waiting for them, by atomic operations on the words of a `sem_t` and futex(2).
//!
//! glibc ends the process when the kernel answers a wait with an error that it does not expect, which happens when another
//! process overwrites the words meanwhile. So Vicar uses the words itself, by the protocol of glibc (since 2.21), whose
//! programs can share them: a value and the number of those who wait in one word, and behind it whether several processes
//! use the semaphore. Where the layout is another, the C library does it.
//!
//! Depends on libc and nix alone.
//!
//! Invariant: whatever the words hold, and whenever they change, each function comes back: nobody waits twice in one call.

use libc::sem_t;
use nix::errno::Errno;

/// The aligned memory of a semaphore.
///
/// Invariant: as long as it lives, that is mapped memory, to be read and written by atomic operations alone: other processes
/// may do the same.
pub struct Semaphore {
    at: *mut sem_t,
}

impl Semaphore {
    /// # Safety
    /// As long as it lives the invariant holds.
    pub unsafe fn new(at: *mut sem_t) -> Self {
        Semaphore { at }
    }

    /// sem_init(3)
    pub fn init(&self, shared: bool, value: u32) -> nix::Result<i32> {
        // SAFETY: the invariant.
        Errno::result(unsafe { libc::sem_init(self.at, shared.into(), value) })
    }

    /// sem_destroy(3)
    pub fn destroy(&self) -> nix::Result<()> {
        self.by_c(libc::sem_destroy)
    }

    /// Has a function of C's do it, one for semaphores.
    fn by_c(&self, f: unsafe extern "C" fn(*mut sem_t) -> libc::c_int) -> nix::Result<()> {
        // SAFETY: the invariant.
        Errno::result(unsafe { f(self.at) }).map(drop)
    }
}

#[cfg(all(target_os = "linux", target_env = "gnu", target_pointer_width = "64", target_endian = "little"))]
mod words {
    use super::Semaphore;
    use nix::errno::Errno;
    use std::ptr::{null, null_mut};
    use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::*};

    #[repr(C)]
    struct Words {
        /// The value in the low half; in the high half how many wait.
        count: AtomicU64,
        sharing: AtomicU32,
    }

    const _: () = assert!(size_of::<Words>() <= size_of::<libc::sem_t>());
    const _: () = assert!(align_of::<Words>() == align_of::<libc::sem_t>());

    const WAITER: u64 = 1 << 32;
    /// `SEM_VALUE_MAX`
    const MAX: u32 = i32::MAX as u32;
    /// `sharing` of a semaphore for one process, and for several.
    const PRIVATE: u32 = 0;
    const SHARED: u32 = 128;

    fn value(count: u64) -> u32 {
        count as u32
    }

    /// futex(2) on the word at that address, which the kernel checks.
    fn futex(word: *const u32, operation: i32, number: u32, end: Option<&libc::timespec>) -> nix::Result<libc::c_long> {
        let end = end.map_or(null(), std::ptr::from_ref);
        let (no_other, any) = (null_mut::<u32>(), libc::FUTEX_BITSET_MATCH_ANY);
        // SAFETY: the kernel only compares the word, and only when it is there; null or a live time.
        Errno::result(unsafe { libc::syscall(libc::SYS_futex, word, operation, number, end, no_other, any) })
    }

    impl Words {
        /// The flag that futex(2) takes for `sharing`.
        fn flag(&self) -> i32 {
            if self.sharing.load(Relaxed) == SHARED { 0 } else { libc::FUTEX_PRIVATE_FLAG }
        }

        /// The address of the value, which is what the kernel watches.
        fn futex(&self) -> *const u32 {
            self.count.as_ptr().cast()
        }

        fn try_take(&self) -> nix::Result<()> {
            let taken = self.count.fetch_update(Acquire, Relaxed, |n| (1..=MAX).contains(&value(n)).then(|| n - 1));
            match taken {
                Ok(_) => Ok(()),
                Err(n) if value(n) == 0 => Err(Errno::EAGAIN),
                Err(_) => Err(Errno::EINVAL),
            }
        }

        /// Stops being one of those who wait. Whether it took one away as it left.
        fn leave(&self) -> bool {
            let after = |n: u64| {
                // The number of those who wait may have been overwritten.
                let rest = if n >= WAITER { n - WAITER } else { n };
                if (1..=MAX).contains(&value(n)) { rest - 1 } else { rest }
            };
            let before = self.count.fetch_update(Acquire, Relaxed, |n| Some(after(n)));
            before.is_ok_and(|n| (1..=MAX).contains(&value(n)))
        }

        /// Waits for a post while the value is 0, until the system's clock comes to `end`.
        fn sleep(&self, flag: i32, end: Option<&libc::timespec>) -> nix::Result<()> {
            // The kernel refuses a time before 1970.
            let start = libc::timespec { tv_sec: 0, tv_nsec: 0 };
            let end = end.map(|end| if end.tv_sec < 0 { &start } else { end });
            let operation = libc::FUTEX_WAIT_BITSET | libc::FUTEX_CLOCK_REALTIME | flag;
            futex(self.futex(), operation, 0, end).map(drop)
        }
    }

    impl Semaphore {
        fn words(&self) -> &Words {
            // SAFETY: the invariant; all of it is atomics.
            unsafe { &*self.at.cast() }
        }

        /// Whether the memory holds a semaphore that was made, and not overwritten.
        pub fn is_made(&self) -> bool {
            matches!(self.words().sharing.load(Relaxed), PRIVATE | SHARED)
        }

        /// sem_post(3)
        pub fn post(&self) -> nix::Result<()> {
            let words = self.words();
            // Who takes what is posted may end the semaphore, so nothing of it is read afterwards.
            let (word, operation) = (words.futex(), libc::FUTEX_WAKE | words.flag());
            let posted = words.count.fetch_update(Release, Relaxed, |n| (value(n) < MAX).then(|| n + 1));
            match posted {
                Ok(before) => {
                    if before >= WAITER {
                        // When the kernel does not like the address, the memory is gone, and who waits there cannot be woken.
                        let _ = futex(word, operation, 1, None);
                    }
                    Ok(())
                }
                Err(_) => Err(Errno::EOVERFLOW),
            }
        }

        /// sem_trywait(3)
        pub fn try_wait(&self) -> nix::Result<()> {
            self.words().try_take()
        }

        /// sem_wait(3), sem_timedwait(3); `EINTR` also when there was nothing to take after something happened, `EFAULT` when
        /// the memory is gone. `is_gone` tells that other memory stands in its place.
        pub fn wait(&self, end: Option<&libc::timespec>, is_gone: impl Fn() -> bool) -> nix::Result<()> {
            let words = self.words();
            if words.try_take().is_ok() {
                return Ok(());
            }
            let flag = words.flag();
            let before = words.count.fetch_add(WAITER, Relaxed);
            if is_gone() {
                return Err(Errno::EFAULT);
            }
            let slept = match value(before) {
                0 => words.sleep(flag, end),
                1..=MAX => Err(Errno::EAGAIN),
                _ => Err(Errno::EINVAL),
            };
            match slept {
                Err(Errno::EFAULT) => Err(Errno::EFAULT),
                _ if words.leave() => Ok(()),
                // The value was not 0 any more, or somebody else was faster.
                Ok(()) | Err(Errno::EAGAIN) => Err(Errno::EINTR),
                refused => refused,
            }
        }

        /// sem_getvalue(3)
        pub fn value(&self) -> nix::Result<i32> {
            i32::try_from(value(self.words().count.load(Relaxed))).map_err(|_| Errno::EINVAL)
        }
    }
}

#[cfg(not(all(target_os = "linux", target_env = "gnu", target_pointer_width = "64", target_endian = "little")))]
impl Semaphore {
    /// It cannot be told.
    pub fn is_made(&self) -> bool {
        true
    }

    /// sem_post(3)
    pub fn post(&self) -> nix::Result<()> {
        self.by_c(libc::sem_post)
    }

    /// sem_trywait(3)
    pub fn try_wait(&self) -> nix::Result<()> {
        self.by_c(libc::sem_trywait)
    }

    /// sem_wait(3), sem_timedwait(3)
    pub fn wait(&self, end: Option<&libc::timespec>, _: impl Fn() -> bool) -> nix::Result<()> {
        let Some(end) = end else { return self.by_c(libc::sem_wait) };
        // SAFETY: the invariant; a live time.
        Errno::result(unsafe { libc::sem_timedwait(self.at, end) }).map(drop)
    }

    /// sem_getvalue(3)
    pub fn value(&self) -> nix::Result<i32> {
        let mut value = 0;
        // SAFETY: the invariant; room for the answer.
        Errno::result(unsafe { libc::sem_getvalue(self.at, &mut value) })?;
        Ok(value)
    }
}
