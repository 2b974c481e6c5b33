//! Memory put by for when the system has none. Depends on nothing.
//!
//! Stable Rust's standard library has small requests that cannot fail: a box, a `format!`. When the system refuses one,
//! the standard library aborts the process. [`SpareAllocator`] stands between: it serves such a request from memory put
//! by, and counts the refusal. A machine notices at its next safepoint or charge, and the program gets the condition for
//! a heap that is full; soon what was taken from the spare memory is given back. Requests that say that they can fail
//! ([`fallible`]) are refused as ever, so the spare memory is for those that cannot.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::{Cell, UnsafeCell};
use std::ptr::{null, null_mut};
use std::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed};
use std::sync::atomic::{AtomicU64, AtomicUsize};

/// How much is put by. It is part of the process's zeroed memory, of which a page costs nothing before it is written.
const SIZE: usize = 2 << 20;

#[repr(C, align(4096))]
struct Memory(UnsafeCell<[u8; SIZE]>);

// SAFETY: only the allocator touches it, in the ranges that `STATE` has given out, each to one owner.
unsafe impl Sync for Memory {}

static MEMORY: Memory = Memory(UnsafeCell::new([0; SIZE]));
/// How many pieces are taken (upper half), and where the next one begins (lower half). With the last piece given back
/// all is free again.
static STATE: AtomicU64 = AtomicU64::new(0);
static REFUSALS: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    static FALLIBLE: Cell<bool> = const { Cell::new(false) };
    static INSISTING: Cell<bool> = const { Cell::new(false) };
    /// What this thread's program has written to standard output and nobody has moved there yet.
    static OUTPUT: Cell<(*const u8, usize)> = const { Cell::new((null(), 0)) };
}

/// What [`SpareAllocator::ending_with`] writes to standard output before it ends the process, if that happens on this
/// thread. Whoever owns the bytes calls this again when they have changed, before anything else allocates.
#[inline]
pub fn keep_for_the_end(bytes: &[u8]) {
    OUTPUT.set((bytes.as_ptr(), bytes.len()))
}

/// How often the system has refused memory to this process that nobody expected to be refused, as far as a [`SpareAllocator`]
/// knows.
#[inline]
pub(super) fn refusals() -> usize {
    REFUSALS.load(Relaxed)
}

/// Does what asks for memory and can be refused: no spare memory is spent on it.
pub fn fallible<T>(ask: impl FnOnce() -> T) -> T {
    let before = FALLIBLE.replace(true);
    let result = ask();
    FALLIBLE.set(before);
    result
}

/// Does what a program must not be refused when the system has nothing left, since it needs it to handle the condition for that:
/// requests that can fail are served from spare memory too, as far as that goes, and nobody is told.
pub fn insisting<T>(ask: impl FnOnce() -> T) -> T {
    let before = INSISTING.replace(true);
    let result = ask();
    INSISTING.set(before);
    result
}

/// The system's allocator, with memory put by for requests that cannot fail. What the `vicar` program uses; a host that
/// runs programs near the end of its memory may use it too:
///
/// ```
/// #[global_allocator]
/// static MEMORY: vicar::SpareAllocator = vicar::SpareAllocator::new();
/// ```
///
/// When the system refuses a request that the machine can do without, the program gets the condition for a full heap,
/// with or without this allocator. But some small requests of the standard library cannot be refused, and abort the
/// process: those this allocator serves from two megabytes put by, and every machine raises the condition soon
/// afterwards. When that is used up too, it answers null, at which the standard library aborts, or ends the process with
/// a message and an exit status of the host's choice: [`SpareAllocator::ending_with`]. It stands above the system's
/// allocator, or above another: [`SpareAllocator::over`].
pub struct SpareAllocator<A = System> {
    below: A,
    status: Option<i32>,
}

impl Default for SpareAllocator {
    fn default() -> SpareAllocator {
        SpareAllocator::new()
    }
}

impl SpareAllocator {
    /// One that answers null when the spare memory is used up.
    pub const fn new() -> SpareAllocator {
        SpareAllocator { below: System, status: None }
    }

    /// One that ends the process when the spare memory is used up: it writes a line to standard error and exits with that
    /// status at once. Of what is buffered, only what the program `vicar` has for standard output is written.
    pub const fn ending_with(status: i32) -> SpareAllocator {
        SpareAllocator { below: System, status: Some(status) }
    }
}

impl<A> SpareAllocator<A> {
    /// One above another allocator. When the spare memory is used up it answers null, or ends the process with a
    /// `status`, as [`SpareAllocator::ending_with`] does.
    pub const fn over(below: A, status: Option<i32>) -> SpareAllocator<A> {
        SpareAllocator { below, status }
    }

    /// The allocator below has refused.
    #[cold]
    #[inline(never)]
    fn refused(&self, layout: Layout) -> *mut u8 {
        // Who can be refused tells its own machine; the others of the process have lost nothing.
        let fallible = FALLIBLE.try_with(Cell::get).unwrap_or(false);
        let insisting = INSISTING.try_with(Cell::get).unwrap_or(false);
        if fallible && !insisting {
            return null_mut();
        }
        if !insisting {
            REFUSALS.fetch_add(1, Relaxed);
        }
        let p = take(layout);
        match self.status {
            Some(status) if p.is_null() && !fallible => end(status),
            _ => p,
        }
    }
}

/// A piece of the spare memory, or null.
fn take(layout: Layout) -> *mut u8 {
    let base = MEMORY.0.get().cast::<u8>();
    let mut start = 0;
    let taken = STATE.fetch_update(AcqRel, Acquire, |state| {
        start = (state as u32 as usize).checked_next_multiple_of(layout.align())?;
        let end = start.checked_add(layout.size().max(1))?;
        (end <= SIZE && layout.align() <= 4096).then_some(((state >> 32) + 1) << 32 | end as u64)
    });
    if taken.is_ok() { base.wrapping_add(start) } else { null_mut() }
}

/// Gives a piece back, if it is one.
fn give(p: *mut u8) -> bool {
    let offset = p.addr().wrapping_sub(MEMORY.0.get().addr());
    if offset >= SIZE {
        return false;
    }
    let _ = STATE.fetch_update(AcqRel, Acquire, |state| {
        let left = (state >> 32).saturating_sub(1);
        Some(if left == 0 { 0 } else { left << 32 | state & 0xffff_ffff })
    });
    true
}

#[cold]
pub(super) fn end(status: i32) -> ! {
    const MESSAGE: &[u8] = b"vicar: the system has no more memory\n";
    let (start, length) = OUTPUT.try_with(Cell::get).unwrap_or((null(), 0));
    write_all(1, start, length);
    write_all(2, MESSAGE.as_ptr(), MESSAGE.len());
    // SAFETY: a system call.
    unsafe { libc::_exit(status) }
}

/// Writes the bytes at an address that are still owned. Neither allocates, nor waits long for who may read: so little at a
/// time that a pipe which has room takes it at once.
fn write_all(descriptor: i32, start: *const u8, length: usize) {
    const PIECE: usize = 512;
    let mut done = 0;
    while done < length {
        let mut asked = libc::pollfd { fd: descriptor, events: libc::POLLOUT, revents: 0 };
        // SAFETY: one live structure.
        if unsafe { libc::poll(&raw mut asked, 1, 1000) } != 1 {
            return;
        }
        // SAFETY: nothing but a system call. Were the bytes not there, it would answer an error.
        let n = unsafe { libc::write(descriptor, start.wrapping_add(done).cast(), PIECE.min(length - done)) };
        done += match usize::try_from(n) {
            Ok(0) => return,
            Ok(n) => n,
            Err(_) => match std::io::Error::last_os_error().kind() {
                std::io::ErrorKind::WouldBlock => 0,
                // The deadline's alarm, too.
                _ => return,
            },
        }
    }
}

// SAFETY: pieces of the spare memory do not overlap, are as large and aligned as asked, and are used again only after all
// were given back; everything else is the allocator below.
unsafe impl<A: GlobalAlloc> GlobalAlloc for SpareAllocator<A> {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as the caller says.
        let p = unsafe { self.below.alloc(layout) };
        if p.is_null() { self.refused(layout) } else { p }
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as the caller says.
        let p = unsafe { self.below.alloc_zeroed(layout) };
        if !p.is_null() {
            return p;
        }
        let p = self.refused(layout);
        if !p.is_null() {
            // SAFETY: a fresh piece of that size.
            unsafe { p.write_bytes(0, layout.size()) }
        }
        p
    }

    #[inline]
    unsafe fn dealloc(&self, p: *mut u8, layout: Layout) {
        if !give(p) {
            // SAFETY: as the caller says; the piece is of the allocator below.
            unsafe { self.below.dealloc(p, layout) }
        }
    }

    #[inline]
    unsafe fn realloc(&self, p: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let is_spare = p.addr().wrapping_sub(MEMORY.0.get().addr()) < SIZE;
        if !is_spare {
            // SAFETY: as the caller says; the piece is of the allocator below.
            let new = unsafe { self.below.realloc(p, layout, size) };
            if !new.is_null() {
                return new;
            }
        }
        // SAFETY: the caller says that the size is no larger than a layout may be.
        let wanted = unsafe { Layout::from_size_align_unchecked(size, layout.align()) };
        // SAFETY: as the caller says: the size is not zero.
        let new = if is_spare { unsafe { self.alloc(wanted) } } else { self.refused(wanted) };
        if !new.is_null() {
            // SAFETY: both are at least that large, and do not overlap.
            unsafe {
                new.copy_from_nonoverlapping(p, size.min(layout.size()));
                self.dealloc(p, layout)
            }
        }
        new
    }
}

/// For the tests: takes all, gives it back, and takes it again.
#[cfg(test)]
pub(super) fn check_spare_memory() {
    for _ in 0..3 {
        let mut taken: Vec<(usize, usize)> = Vec::new();
        for i in 0.. {
            let layout = Layout::from_size_align(i % 1000, 1 << (i % 13)).expect("a layout");
            let p = take(layout);
            if p.is_null() {
                break;
            }
            assert_eq!(p.addr() % layout.align(), 0);
            assert!(taken.last().is_none_or(|&(start, size)| start + size <= p.addr()));
            taken.push((p.addr(), layout.size()));
        }
        assert!(taken.len() > 500, "{}", taken.len());
        assert!(taken.into_iter().all(|(p, _)| give(std::ptr::without_provenance_mut(p))));
        assert_eq!(STATE.load(Relaxed), 0);
    }
    assert!(!give(std::ptr::dangling_mut()));
}
