//! How much memory a program may take when its user says nothing: so much that the machine goes on, and an endless
//! allocation ends in an error instead of the kernel's choice of a victim.

use crate::Limits;

/// Of the memory that there is, half for the heap and a quarter, at most 4 GiB, for the stack.
pub(super) fn default_limits() -> Limits {
    match available() {
        Some(bytes) => Limits::new().heap(bytes / 2).stack((bytes / 4).min(4 << 30)),
        None => Limits::new(),
    }
}

/// Makes C's allocator give back what a heap of that limit has freed. By itself it keeps free memory of twice the size of the
/// largest block that it has seen, tens of megabytes: those would be beside what a small limit allows.
pub(super) fn keep_little(limits: &Limits) {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    if let Some(limit) = limits.heap.filter(|&limit| limit < CAREFREE) {
        let block = (limit / 64).clamp(128 << 10, 4 << 20) as libc::c_int;
        // SAFETY: both take numbers; what is allocated already stays as it is.
        unsafe {
            libc::mallopt(libc::M_MMAP_THRESHOLD, block);
            libc::mallopt(libc::M_TRIM_THRESHOLD, block);
        }
    }
    #[cfg(not(all(target_os = "linux", target_env = "gnu")))]
    let _ = limits;
}

/// Lets collections under a limit see what the process holds beside what they know of.
pub(super) fn measure() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    crate::account::measure_with(beside)
}

/// What a process of this program holds besides: what the system's libraries have, buffers.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const OWN: usize = 4 << 20;

/// Bytes that the process holds beside `known` ones. If it is more than `tolerated`, C's allocator gives back the pages that it
/// does not use.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn beside(known: usize, tolerated: usize) -> usize {
    let known = known.saturating_add(OWN);
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
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn held() -> usize {
    statm().unwrap_or_else(|| {
        // SAFETY: it only answers numbers.
        let of_allocator = unsafe { libc::mallinfo2() };
        of_allocator.arena.saturating_add(of_allocator.hblkhd)
    })
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn statm() -> Option<usize> {
    use std::io::Read;
    let mut text = [0; 128];
    let length = std::fs::File::open("/proc/self/statm").and_then(|mut file| file.read(&mut text)).ok()?;
    let mut numbers = std::str::from_utf8(text.get(..length)?).ok()?.split_ascii_whitespace().skip(1);
    let mut next = || numbers.next()?.parse::<usize>().ok();
    let (resident, of_files) = (next()?, next()?);
    Some(resident.saturating_sub(of_files).saturating_mul(page_size()?))
}

/// From this limit on, what the allocator keeps does not matter.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const CAREFREE: usize = 1 << 30;

/// Bytes of physical memory, or what the control group or the limit of the address space leaves of it.
fn available() -> Option<usize> {
    // SAFETY: `sysconf` only answers numbers.
    let pages = unsafe { libc::sysconf(libc::_SC_PHYS_PAGES) };
    let physical = usize::try_from(pages).ok()?.checked_mul(page_size()?)?;
    let group = std::fs::read_to_string("/sys/fs/cgroup/memory.max").ok();
    let group = group.and_then(|text| text.trim().parse::<usize>().ok());
    Some(physical.min(group.unwrap_or(usize::MAX)).min(address_space().unwrap_or(usize::MAX)))
}

fn page_size() -> Option<usize> {
    // SAFETY: as above.
    usize::try_from(unsafe { libc::sysconf(libc::_SC_PAGESIZE) }).ok()
}

/// What `ulimit -v` leaves of the address space, in bytes.
fn address_space() -> Option<usize> {
    let mut limit = libc::rlimit { rlim_cur: libc::RLIM_INFINITY, rlim_max: libc::RLIM_INFINITY };
    // SAFETY: the structure outlives the call.
    let known = unsafe { libc::getrlimit(libc::RLIMIT_AS, &raw mut limit) } == 0;
    (known && limit.rlim_cur != libc::RLIM_INFINITY).then(|| usize::try_from(limit.rlim_cur).unwrap_or(usize::MAX))
}
