//! Posting to semaphores and waiting for them, by atomic operations on the words of a `sem_t` and futex(2).
//!
//! glibc ends the process when the kernel answers a wait with an error that it does not expect, which happens when another
//! process overwrites the words meanwhile. So Vicar uses the words itself, by the protocol of glibc (since 2.21), whose
//! programs can share them: a value and the number of those who wait in one word, and behind it whether several processes
//! use the semaphore. Where the layout is another, the C library does it.
//!
//! The functions answer as those of C do: 0, or -1 and `errno`. Depends on libc alone.
//!
//! Invariant: whatever the words hold, and whenever they change, each function comes back: nobody waits twice in one call.

#[cfg(all(target_os = "linux", target_env = "gnu", target_pointer_width = "64", target_endian = "little"))]
mod words {
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

    fn fail(code: i32) -> i32 {
        // SAFETY: `errno` is the thread's own.
        unsafe { *libc::__errno_location() = code };
        -1
    }

    impl Words {
        /// # Safety
        /// The bytes are aligned memory that stays mapped for `'a`, to be read and written.
        unsafe fn at<'a>(at: *mut libc::sem_t) -> &'a Words {
            // SAFETY: the caller promises the memory; all of it is atomics, which other processes may change.
            unsafe { &*at.cast() }
        }

        /// The flag that futex(2) takes for `sharing`.
        fn flag(&self) -> i32 {
            if self.sharing.load(Relaxed) == SHARED { 0 } else { libc::FUTEX_PRIVATE_FLAG }
        }

        /// The address of the value, which is what the kernel watches.
        fn futex(&self) -> *const u32 {
            self.count.as_ptr().cast()
        }

        fn try_take(&self) -> i32 {
            let taken = self.count.fetch_update(Acquire, Relaxed, |n| (1..=MAX).contains(&value(n)).then(|| n - 1));
            match taken {
                Ok(_) => 0,
                Err(n) if value(n) == 0 => fail(libc::EAGAIN),
                Err(_) => fail(libc::EINVAL),
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

        /// Waits for a post while the value is 0, until the system's clock comes to `end`: the error of the kernel, 0 for none.
        fn sleep(&self, flag: i32, end: Option<&libc::timespec>) -> i32 {
            // The kernel refuses a time before 1970.
            let start = libc::timespec { tv_sec: 0, tv_nsec: 0 };
            let end = end.map(|end| if end.tv_sec < 0 { &start } else { end }).map_or(null(), std::ptr::from_ref);
            let operation = libc::FUTEX_WAIT_BITSET | libc::FUTEX_CLOCK_REALTIME | flag;
            let (no_other, any) = (null_mut::<u32>(), libc::FUTEX_BITSET_MATCH_ANY);
            // SAFETY: the kernel checks the address of the value; null or a live time.
            let answer = unsafe { libc::syscall(libc::SYS_futex, self.futex(), operation, 0, end, no_other, any) };
            // SAFETY: as in `fail`.
            if answer == -1 { unsafe { *libc::__errno_location() } } else { 0 }
        }
    }

    /// Whether the memory holds a semaphore that was made, and not overwritten.
    ///
    /// # Safety
    /// As for [`Words::at`], until the function returns; also for those below.
    pub unsafe fn is_made(at: *mut libc::sem_t) -> bool {
        // SAFETY: the caller promises the memory.
        let words = unsafe { Words::at(at) };
        matches!(words.sharing.load(Relaxed), PRIVATE | SHARED)
    }

    /// sem_post(3)
    pub unsafe fn post(at: *mut libc::sem_t) -> i32 {
        // SAFETY: the caller promises the memory.
        let words = unsafe { Words::at(at) };
        // Who takes what is posted may end the semaphore, so nothing of it is read afterwards.
        let (futex, operation) = (words.futex(), libc::FUTEX_WAKE | words.flag());
        let posted = words.count.fetch_update(Release, Relaxed, |n| (value(n) < MAX).then(|| n + 1));
        match posted {
            Ok(before) if before >= WAITER => {
                // SAFETY: the kernel checks the address. When it does not like it, the memory is gone, and who waits there
                // cannot be woken.
                unsafe { libc::syscall(libc::SYS_futex, futex, operation, 1) };
                0
            }
            Ok(_) => 0,
            Err(_) => fail(libc::EOVERFLOW),
        }
    }

    /// sem_trywait(3)
    pub unsafe fn try_wait(at: *mut libc::sem_t) -> i32 {
        // SAFETY: the caller promises the memory.
        unsafe { Words::at(at) }.try_take()
    }

    /// sem_wait(3), sem_timedwait(3); `EINTR` also when there was nothing to take after something happened, `EFAULT` when the
    /// memory is gone. `is_gone` tells that other memory stands in its place.
    pub unsafe fn wait(at: *mut libc::sem_t, end: Option<&libc::timespec>, is_gone: impl Fn() -> bool) -> i32 {
        // SAFETY: the caller promises the memory.
        let words = unsafe { Words::at(at) };
        if words.try_take() == 0 {
            return 0;
        }
        let flag = words.flag();
        let before = words.count.fetch_add(WAITER, Relaxed);
        if is_gone() {
            return fail(libc::EFAULT);
        }
        let code = match value(before) {
            0 => words.sleep(flag, end),
            1..=MAX => libc::EAGAIN,
            _ => libc::EINVAL,
        };
        match code {
            libc::EFAULT => fail(code),
            _ if words.leave() => 0,
            // The value was not 0 any more, or somebody else was faster.
            0 | libc::EAGAIN => fail(libc::EINTR),
            code => fail(code),
        }
    }

    /// sem_getvalue(3)
    pub unsafe fn get_value(at: *mut libc::sem_t) -> i32 {
        // SAFETY: the caller promises the memory.
        let count = unsafe { Words::at(at) }.count.load(Relaxed);
        i32::try_from(value(count)).unwrap_or_else(|_| fail(libc::EINVAL))
    }
}

#[cfg(not(all(target_os = "linux", target_env = "gnu", target_pointer_width = "64", target_endian = "little")))]
mod words {
    pub use libc::{sem_post as post, sem_trywait as try_wait};

    /// It cannot be told.
    ///
    /// # Safety
    /// None is needed.
    pub unsafe fn is_made(_: *mut libc::sem_t) -> bool {
        true
    }

    /// # Safety
    /// The aligned memory of a semaphore stays mapped until this returns; also below.
    pub unsafe fn wait(at: *mut libc::sem_t, end: Option<&libc::timespec>, _: impl Fn() -> bool) -> i32 {
        // SAFETY: the caller promises the memory; a live time.
        unsafe { end.map_or_else(|| libc::sem_wait(at), |end| libc::sem_timedwait(at, end)) }
    }

    pub unsafe fn get_value(at: *mut libc::sem_t) -> i32 {
        let mut value = 0;
        // SAFETY: the caller promises the memory; room for the answer.
        if unsafe { libc::sem_getvalue(at, &mut value) } == 0 { value } else { -1 }
    }
}

pub use words::{get_value, is_made, post, try_wait, wait};
