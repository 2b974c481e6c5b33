//! The default limits of memory: an endless allocation shall end in an error before the system runs out of memory and kills a
//! process.

use vicar::Limits;

/// Half of the available memory for the heap and a quarter, at most 4 GiB, for the stack.
pub fn default_limits() -> Limits {
    match available() {
        Some(bytes) => Limits::new().heap(bytes / 2).stack((bytes / 4).min(4 << 30)),
        None => Limits::new(),
    }
}

/// Makes C's allocator give back what a heap of that limit has freed. By itself it keeps free memory of twice the size of the
/// largest block that it has seen, tens of megabytes: those would be beside what a small limit allows.
pub fn keep_little(limits: &Limits) {
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

/// From this limit on, what the allocator keeps does not matter.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const CAREFREE: usize = 1 << 30;

/// Bytes of physical memory, or what the control group or the limit of the address space leaves of it.
fn available() -> Option<usize> {
    // SAFETY: `sysconf` only answers numbers.
    let (pages, page) = unsafe { (libc::sysconf(libc::_SC_PHYS_PAGES), libc::sysconf(libc::_SC_PAGESIZE)) };
    let physical = usize::try_from(pages).ok()?.checked_mul(usize::try_from(page).ok()?)?;
    let group = std::fs::read_to_string("/sys/fs/cgroup/memory.max").ok();
    let group = group.and_then(|text| text.trim().parse::<usize>().ok());
    Some(physical.min(group.unwrap_or(usize::MAX)).min(address_space().unwrap_or(usize::MAX)))
}

/// What `ulimit -v` leaves of the address space, in bytes.
fn address_space() -> Option<usize> {
    let mut limit = libc::rlimit { rlim_cur: libc::RLIM_INFINITY, rlim_max: libc::RLIM_INFINITY };
    // SAFETY: the structure outlives the call.
    let known = unsafe { libc::getrlimit(libc::RLIMIT_AS, &raw mut limit) } == 0;
    (known && limit.rlim_cur != libc::RLIM_INFINITY).then(|| usize::try_from(limit.rlim_cur).unwrap_or(usize::MAX))
}
