//! The allocator of this test binary: it counts what each thread has in use and had at most, and refuses when it is told
//! to. What the machine itself knows of is checked against it.
//!
//! Counts are of a thread, so tests that run beside each other do not disturb one another. Memory that another thread
//! frees stays on the books of the one that has allocated it.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::ptr::null_mut;

pub struct Counting;

thread_local! {
    static LIVE: Cell<isize> = const { Cell::new(0) };
    static PEAK: Cell<isize> = const { Cell::new(0) };
    static REQUESTS: Cell<usize> = const { Cell::new(0) };
    /// The requests that are refused, by their numbers from the first one on.
    static REFUSED: Cell<(usize, usize)> = const { Cell::new((0, 0)) };
}

/// Forgets the peak of before: answers the bytes in use.
pub fn begin() -> isize {
    PEAK.set(LIVE.get());
    LIVE.get()
}

/// The most bytes that were in use at once since [`begin`]. A block that grows counts twice meanwhile.
pub fn peak() -> isize {
    PEAK.get()
}

/// Counts requests from here on, and refuses those from number `first` to before `end`; the first request has number 1.
pub fn refuse(first: usize, end: usize) {
    REQUESTS.set(0);
    REFUSED.set((first, end));
}

/// Refuses nothing any more: answers the number of requests since [`refuse`].
pub fn refuse_nothing() -> usize {
    REFUSED.set((0, 0));
    REQUESTS.get()
}

/// Counts a request; whether it is to be refused.
fn is_refused() -> bool {
    // A thread that ends has no counters any more.
    let number = REQUESTS.try_with(|requests| {
        requests.set(requests.get() + 1);
        requests.get()
    });
    let range = REFUSED.try_with(Cell::get).unwrap_or((0, 0));
    number.is_ok_and(|number| (range.0..range.1).contains(&number))
}

fn count(bytes: isize) {
    let _ = LIVE.try_with(|live| {
        live.set(live.get() + bytes);
        let _ = PEAK.try_with(|peak| peak.set(peak.get().max(live.get())));
    });
}

fn counted(p: *mut u8, bytes: usize) -> *mut u8 {
    if !p.is_null() {
        count(bytes as isize)
    }
    p
}

// SAFETY: every request is the system's allocator's, or refused.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as the caller says.
        if is_refused() { null_mut() } else { counted(unsafe { System.alloc(layout) }, layout.size()) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as the caller says.
        if is_refused() { null_mut() } else { counted(unsafe { System.alloc_zeroed(layout) }, layout.size()) }
    }

    unsafe fn dealloc(&self, p: *mut u8, layout: Layout) {
        count(-(layout.size() as isize));
        // SAFETY: as the caller says.
        unsafe { System.dealloc(p, layout) }
    }

    unsafe fn realloc(&self, p: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // What becomes smaller stays where it is, and is not refused.
        let grows = size > layout.size();
        if grows && is_refused() {
            return null_mut();
        }
        // SAFETY: as the caller says.
        let new = unsafe { System.realloc(p, layout, size) };
        if !new.is_null() {
            let (size, before) = (size as isize, layout.size() as isize);
            if grows {
                count(size);
                count(-before)
            } else {
                count(size - before)
            }
        }
        new
    }
}
