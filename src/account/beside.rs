//! What the process holds beside all that its accounts know of. Depends on nothing.
//!
//! C's allocator cannot give back, or use for larger requests, the free memory between what is allocated. No account sees that:
//! only the operating system knows what the process really holds. Who owns the whole process lets it be asked
//! ([`count_resident_memory`]); in a host other memory would be taken for the machine's.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// Bytes that the process holds for itself; this many where nobody counts.
static OWN: AtomicUsize = AtomicUsize::new(NOBODY_COUNTS);
const NOBODY_COUNTS: usize = usize::MAX;

/// From now on collections under a limit ask what the process holds. `own` bytes of that are no machine's.
pub fn count_resident_memory(own: usize) {
    OWN.store(own.min(NOBODY_COUNTS - 1), Relaxed)
}

/// Bytes that the process holds beside `known` ones, where possible not more than `tolerated`: if there are more, C's allocator
/// gives back the pages that it does not use. 0 where nobody counts.
pub fn beside(known: usize, tolerated: usize) -> usize {
    match OWN.load(Relaxed) {
        NOBODY_COUNTS => 0,
        own => system::beside(known.saturating_add(own), tolerated),
    }
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod system {
    use std::io::Read;

    pub fn beside(known: usize, tolerated: usize) -> usize {
        let more = held().saturating_sub(known);
        if more <= tolerated {
            return more;
        }
        // SAFETY: it changes nothing but what the allocator keeps for later.
        unsafe { libc::malloc_trim(0) };
        held().saturating_sub(known)
    }

    /// Bytes of memory that are the process's own and in use: proc_pid_statm(5). When it has no descriptor left to ask: what the
    /// allocator has, pages that it has given back included.
    fn held() -> usize {
        statm().unwrap_or_else(|| {
            // SAFETY: it only answers numbers.
            let of_allocator = unsafe { libc::mallinfo2() };
            of_allocator.arena.saturating_add(of_allocator.hblkhd)
        })
    }

    fn statm() -> Option<usize> {
        let mut text = [0; 128];
        let length = std::fs::File::open("/proc/self/statm").and_then(|mut file| file.read(&mut text)).ok()?;
        let mut numbers = std::str::from_utf8(text.get(..length)?).ok()?.split_ascii_whitespace().skip(1);
        let mut next = || numbers.next()?.parse::<usize>().ok();
        let (resident, of_files) = (next()?, next()?);
        // SAFETY: it only answers a number.
        let page = usize::try_from(unsafe { libc::sysconf(libc::_SC_PAGESIZE) }).ok()?;
        Some(resident.saturating_sub(of_files).saturating_mul(page))
    }
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
mod system {
    pub fn beside(_: usize, _: usize) -> usize {
        0
    }
}
