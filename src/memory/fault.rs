//! What happens at an access behind the end of a mapped object (it was truncated, or has not grown yet): the kernel
//! answers with SIGBUS, which would end the process. Our handler sets the mapping aside, puts private pages in its place,
//! notes the fault, and lets the access go on. Whoever made the access looks for the note ([`Watch::faulted`]), has the
//! mapping put back ([`Watch::put_back`]), and raises a condition. So nothing is lost: an access after the object has
//! grown finds its bytes.
//!
//! The handler runs at any point of any thread, so all it touches is a list of ranges that is never freed and needs no
//! lock: chunks of [`Watch`] entries, claimed and released with atomics, shared by all machines of the process. It only
//! classifies an address; what a program may access is decided by its own machine's registry. A fault elsewhere goes to
//! the handler that was there before.
//!
//! Depends on libc alone. This file and the previous handler are the only state that machines share.

use std::ptr::null_mut;
use std::sync::Once;
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicUsize, Ordering::*, compiler_fence};

/// A mapped range, and where its mapping is while private pages are in its place.
pub struct Watch {
    taken: AtomicBool,
    /// Odd while the range is being written: a reader that sees an odd or changed version looks elsewhere.
    version: AtomicUsize,
    base: AtomicUsize,
    end: AtomicUsize,
    /// Pages `low..high` were replaced; `high` is 0 while none was.
    low: AtomicUsize,
    high: AtomicUsize,
    /// Where the mapping of the replaced pages is; 0 when the system could not set it aside.
    aside: AtomicUsize,
}

/// For memory that cannot fault this way.
pub static NEVER: Watch = Watch::new();

impl Watch {
    const fn new() -> Watch {
        Watch {
            taken: AtomicBool::new(false),
            version: AtomicUsize::new(0),
            base: AtomicUsize::new(0),
            end: AtomicUsize::new(0),
            low: AtomicUsize::new(usize::MAX),
            high: AtomicUsize::new(0),
            aside: AtomicUsize::new(0),
        }
    }

    /// Claims an entry for `base..end`, which must be whole pages that are ours.
    pub fn claim(base: usize, end: usize) -> &'static Watch {
        install_handler();
        let mut chunk = &FIRST;
        let free = 'found: loop {
            for watch in &chunk.watches {
                if !watch.taken.load(Relaxed) && !watch.taken.swap(true, AcqRel) {
                    break 'found watch;
                }
            }
            chunk = chunk.next();
        };
        free.clear_fault();
        free.set_range(base, end);
        free
    }

    /// The range shrank, grew or moved.
    pub fn set_range(&self, base: usize, end: usize) {
        if std::ptr::eq(self, &NEVER) {
            return;
        }
        self.version.fetch_add(1, AcqRel);
        self.base.store(base, Release);
        self.end.store(end, Release);
        self.version.fetch_add(1, AcqRel);
    }

    /// Gives the entry back.
    pub fn release(&self) {
        if std::ptr::eq(self, &NEVER) {
            return;
        }
        self.set_range(0, 0);
        self.taken.store(false, Release);
    }

    /// Whether an access in the range has faulted since the last `clear_fault`. To be asked after the access.
    #[inline(always)]
    pub fn faulted(&self) -> bool {
        compiler_fence(SeqCst);
        self.high.load(Relaxed) != 0
    }

    /// The pages that were replaced.
    pub fn fault(&self) -> std::ops::Range<usize> {
        self.low.load(Relaxed)..self.high.load(Relaxed)
    }

    fn clear_fault(&self) {
        self.low.store(usize::MAX, Relaxed);
        self.high.store(0, Relaxed);
        self.aside.store(0, Relaxed);
    }

    /// Puts the mapping back where it was, and clears the note. The pages that are gone for good: those that the system
    /// could not set aside.
    pub fn put_back(&self) -> Option<std::ops::Range<usize>> {
        let (fault, aside) = (self.fault(), self.aside.load(Relaxed));
        self.clear_fault();
        if fault.is_empty() {
            return None;
        }
        let length = fault.end - fault.start;
        if aside != 0 {
            if move_back(aside, fault.start, length) {
                return None;
            }
            // SAFETY: the mapping that `set_aside` made, known to nobody else and of no use any more.
            unsafe { libc::munmap(aside as *mut libc::c_void, length) };
        }
        Some(fault)
    }

    /// The range, unless somebody is changing it.
    fn range(&self) -> Option<(usize, usize)> {
        let before = self.version.load(Acquire);
        let (base, end) = (self.base.load(Acquire), self.end.load(Acquire));
        (before.is_multiple_of(2) && self.version.load(Acquire) == before).then_some((base, end))
    }
}

struct Chunk {
    watches: [Watch; 64],
    next: AtomicPtr<Chunk>,
}

static FIRST: Chunk = Chunk::new();

impl Chunk {
    const fn new() -> Chunk {
        Chunk { watches: [const { Watch::new() }; 64], next: AtomicPtr::new(null_mut()) }
    }

    /// The next chunk, made when there is none.
    fn next(&self) -> &'static Chunk {
        let next = self.next.load(Acquire);
        // SAFETY: chunks are leaked: a pointer in the list is valid for ever.
        if let Some(chunk) = unsafe { next.as_ref() } {
            return chunk;
        }
        let fresh = Box::into_raw(Box::new(Chunk::new()));
        match self.next.compare_exchange(null_mut(), fresh, AcqRel, Acquire) {
            // SAFETY: as above.
            Ok(_) => unsafe { &*fresh },
            Err(theirs) => {
                // SAFETY: `fresh` was never published; `theirs` was.
                unsafe {
                    drop(Box::from_raw(fresh));
                    &*theirs
                }
            }
        }
    }
}

/// The entry whose range holds `address`.
fn find(address: usize) -> Option<&'static Watch> {
    let mut chunk = Some(&FIRST);
    while let Some(c) = chunk {
        for watch in &c.watches {
            if watch.range().is_some_and(|(base, end)| base <= address && address < end) {
                return Some(watch);
            }
        }
        // SAFETY: chunks are leaked.
        chunk = unsafe { c.next.load(Acquire).as_ref() };
    }
    None
}

static PAGE: AtomicUsize = AtomicUsize::new(4096);
static PREVIOUS: AtomicPtr<libc::sigaction> = AtomicPtr::new(null_mut());

/// Bytes of a page.
pub fn page_size() -> usize {
    // SAFETY: asks a constant of the system.
    usize::try_from(unsafe { libc::sysconf(libc::_SC_PAGESIZE) }).unwrap_or(4096)
}

/// Installs the handler at the first mapping of the process, so that a host that maps nothing keeps its own.
fn install_handler() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        PAGE.store(page_size(), Relaxed);
        // SAFETY: plain C structures, for which zero is a value; the old action is leaked, because the handler may read
        // it for as long as the process lives, and published before our handler can run.
        unsafe {
            let mut old: libc::sigaction = std::mem::zeroed();
            libc::sigaction(libc::SIGBUS, std::ptr::null(), &mut old);
            PREVIOUS.store(Box::into_raw(Box::new(old)), Release);
            let mut new: libc::sigaction = std::mem::zeroed();
            new.sa_sigaction = on_bus_error as *const () as usize;
            new.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK;
            libc::sigemptyset(&mut new.sa_mask);
            libc::sigaction(libc::SIGBUS, &new, null_mut());
        }
    });
}

/// Makes the object's pages of `base..end` appear elsewhere as well: the address, or 0. Nothing else can take the place of
/// the range meanwhile, since it stays mapped.
fn set_aside(base: usize, end: usize) -> usize {
    let (at, length) = (base as *mut libc::c_void, end - base);
    // The old length 0 asks for a second mapping of shared pages; private ones have to move.
    for (old, flags) in [(0, libc::MREMAP_MAYMOVE), (length, libc::MREMAP_MAYMOVE | libc::MREMAP_DONTUNMAP)] {
        // SAFETY: the pages belong to a live mapping of ours (`find`), into which no Rust reference points; whoever uses
        // it is stopped at the faulting access. What moves comes back before anybody looks (`put_back`).
        let aside = unsafe { libc::mremap(at, old, length, flags) };
        if aside != libc::MAP_FAILED && aside != at {
            return aside as usize;
        }
    }
    0
}

/// Puts what `set_aside` made back at `base`, in the place of what is there.
fn move_back(aside: usize, base: usize, length: usize) -> bool {
    let flags = libc::MREMAP_MAYMOVE | libc::MREMAP_FIXED;
    let (from, to) = (aside as *mut libc::c_void, base as *mut libc::c_void);
    // SAFETY: `aside` is known to nobody else; at `base` are private pages of `replace` or the mapping itself, into which no
    // Rust reference points.
    unsafe { libc::mremap(from, length, length, flags, to) == to }
}

/// Puts private zero pages at `base..end`.
fn replace(base: usize, end: usize) -> bool {
    let (protection, flags) =
        (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_FIXED);
    // SAFETY: the pages belong to a live mapping of ours (`find`), nobody holds Rust references into it, and the thread
    // that uses it is stopped at the faulting access.
    unsafe { libc::mmap(base as *mut libc::c_void, end - base, protection, flags, -1, 0) != libc::MAP_FAILED }
}

extern "C" fn on_bus_error(signal: libc::c_int, info: *mut libc::siginfo_t, context: *mut libc::c_void) {
    // SAFETY: the kernel passes a valid siginfo; errno is the thread's own, saved because `mmap` may write it.
    let (address, code, errno) = unsafe { ((*info).si_addr() as usize, (*info).si_code, *libc::__errno_location()) };
    let mended = code == libc::BUS_ADRERR && mend(address);
    // SAFETY: as above.
    unsafe { *libc::__errno_location() = errno };
    if !mended {
        // SAFETY: called as the handler we replaced would have been.
        unsafe { previous(signal, info, context) }
    }
}

fn mend(address: usize) -> bool {
    let Some((watch, (base, end))) = find(address).and_then(|w| Some((w, w.range()?))) else {
        return false;
    };
    let page = PAGE.load(Relaxed);
    let low = address & !(page - 1);
    // The whole mapping, so that it is one move back and one fault for each access; only where it cannot be set aside, as
    // few pages as possible, because those are lost. A page of a huge-page mapping cannot be replaced alone.
    let mut aside = set_aside(base, end);
    if aside != 0 && !replace(base, end) {
        move_back(aside, base, end - base);
        aside = 0;
    }
    let (low, high) = if aside != 0 {
        (base, end)
    } else if replace(low, low + page) {
        (low, low + page)
    } else if replace(base, end) {
        (base, end)
    } else {
        return false;
    };
    watch.aside.store(aside, Relaxed);
    watch.low.fetch_min(low, Relaxed);
    watch.high.fetch_max(high, Relaxed);
    true
}

/// # Safety
/// The arguments are those the kernel passed to our handler.
unsafe fn previous(signal: libc::c_int, info: *mut libc::siginfo_t, context: *mut libc::c_void) {
    // SAFETY: set once before the handler was installed, never freed.
    let old = unsafe { &*PREVIOUS.load(Acquire) };
    match old.sa_sigaction {
        // SAFETY: back to the default action: the access faults again and ends the process as it would have without us.
        libc::SIG_DFL | libc::SIG_IGN => unsafe {
            let mut default: libc::sigaction = std::mem::zeroed();
            default.sa_sigaction = libc::SIG_DFL;
            libc::sigaction(signal, &default, null_mut());
        },
        handler if old.sa_flags & libc::SA_SIGINFO != 0 => {
            type Action = extern "C" fn(libc::c_int, *mut libc::siginfo_t, *mut libc::c_void);
            // SAFETY: with SA_SIGINFO the word is such a function.
            let action: Action = unsafe { std::mem::transmute(handler) };
            action(signal, info, context)
        }
        handler => {
            // SAFETY: without SA_SIGINFO the word is a function of the signal number.
            let action: extern "C" fn(libc::c_int) = unsafe { std::mem::transmute(handler) };
            action(signal)
        }
    }
}
