//! More native stack for recursions of Vicar's own, which follow how deeply a program's text or data is nested. Depends on
//! the account, which pays for it.
//!
//! Invariants: what runs here never comes to the end of the stack that it runs on, as long as no function between two
//! calls of [`deepen`] takes more than [`ROOM`]; when neither the limit nor the system has memory for a new piece, that is an
//! error like that of any other memory, and nothing has run.

use super::books::{Account, HeapFull};
use std::cell::Cell;

/// What is left of a stack, at least, wherever [`deepen`] has let something run: a level of recursion, and what that calls.
const ROOM: usize = 160 << 10;
/// A new piece, the page that guards its end included.
#[cfg(unix)]
const PIECE: usize = 1 << 20;
/// How much of a process's first stack is reserved.
const RESERVED: usize = 1 << 20;

/// Who knows which account pays.
pub trait Accountable {
    fn account(&self) -> &Account;
}

impl<T: Accountable + ?Sized> Accountable for &T {
    fn account(&self) -> &Account {
        (**self).account()
    }
}

impl<T: Accountable + ?Sized> Accountable for &mut T {
    fn account(&self) -> &Account {
        (**self).account()
    }
}

impl Accountable for Account {
    fn account(&self) -> &Account {
        self
    }
}

/// A stack: the lowest and the highest address that may be used.
#[derive(Copy, Clone)]
struct Stack {
    end: usize,
    top: usize,
}

thread_local! {
    /// The stack that the thread ran on last; none at first.
    static STACK: Cell<Stack> = const { Cell::new(Stack { end: 0, top: 0 }) };
}

impl Stack {
    #[inline(always)]
    fn has_room(self, here: usize) -> bool {
        here <= self.top && here.saturating_sub(self.end) >= ROOM
    }
}

/// About where the stack is now.
#[inline(always)]
fn here() -> usize {
    let local = 0u8;
    (&raw const local).addr()
}

/// Runs a level of a recursion, with enough native stack for it.
///
/// # Errors
/// More stack is needed, and there is no memory for it. Nothing has run.
#[inline]
pub fn deepen<C: Accountable, T>(context: C, level: impl FnOnce(C) -> T) -> Result<T, HeapFull> {
    if STACK.get().has_room(here()) || look() {
        return Ok(level(context));
    }
    let account = context.account().clone();
    elsewhere(&account, || level(context))
}

/// Finds out which stack the thread runs on, if it is another than before; whether it has room.
#[cold]
#[inline(never)]
fn look() -> bool {
    let (here, mut stack) = (here(), STACK.get());
    if !(stack.end..=stack.top).contains(&here) {
        stack = thread::stack(here);
        STACK.set(stack);
    }
    stack.has_room(here)
}

/// Makes sure of native stack for the process's first thread, where it is called while that stack is nearly empty: the system
/// makes more of it when it is touched, and when it has no memory then, the process ends. Otherwise that happens when
/// something first asks for stack, and takes longer, because the system is asked where the stack ends.
pub fn reserve_stack() {
    let here = here();
    if thread::is_first() && STACK.get().top == 0 {
        STACK.set(Stack { end: thread::reach(here, here.saturating_sub(RESERVED)), top: here + RESERVED })
    }
}

#[cfg(not(unix))]
fn elsewhere<T>(_: &Account, level: impl FnOnce() -> T) -> Result<T, HeapFull> {
    Ok(level())
}

/// Runs `level` on a piece of its own.
#[cfg(unix)]
#[cold]
#[inline(never)]
fn elsewhere<T>(account: &Account, level: impl FnOnce() -> T) -> Result<T, HeapFull> {
    use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
    struct Back(Stack);
    impl Drop for Back {
        fn drop(&mut self) {
            STACK.set(self.0)
        }
    }
    let piece = thread::Piece::new(account)?;
    let back = Back(STACK.replace(piece.stack()));
    let contained = || catch_unwind(AssertUnwindSafe(level));
    // SAFETY: the piece is that large, page-aligned, has a guard at its end, and lives until the call has returned; what runs
    // there does not unwind out of it.
    let result = unsafe { psm::on_stack(piece.base(), PIECE, contained) };
    drop((back, piece));
    Ok(result.unwrap_or_else(|panic| resume_unwind(panic)))
}

/// What the system says of a thread's stack, and memory for another.
#[cfg(unix)]
mod thread {
    use super::{Account, HeapFull, PIECE, Stack};
    use std::ptr::null_mut;

    /// The largest page that guards a piece.
    const GUARD: usize = 64 << 10;

    /// Memory to be a stack.
    pub struct Piece<'a> {
        base: *mut u8,
        account: &'a Account,
    }

    impl Piece<'_> {
        pub fn new(account: &Account) -> Result<Piece<'_>, HeapFull> {
            account.take(PIECE)?;
            let (readable, private) = (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS);
            // SAFETY: new memory somewhere, and its first pages made inaccessible.
            let base = unsafe {
                let base = libc::mmap(null_mut(), PIECE, readable, private, -1, 0);
                if base == libc::MAP_FAILED {
                    null_mut()
                } else if libc::mprotect(base, GUARD, libc::PROT_NONE) != 0 {
                    libc::munmap(base, PIECE);
                    null_mut()
                } else {
                    base
                }
            };
            if base.is_null() {
                account.give(PIECE);
                return Err(HeapFull);
            }
            Ok(Piece { base: base.cast(), account })
        }

        pub fn base(&self) -> *mut u8 {
            self.base
        }

        pub fn stack(&self) -> Stack {
            let base = self.base.addr();
            Stack { end: base + GUARD, top: base + PIECE }
        }
    }

    impl Drop for Piece<'_> {
        fn drop(&mut self) {
            // SAFETY: mapped by `new` with that size; nothing runs there any more.
            unsafe { libc::munmap(self.base.cast(), PIECE) };
            self.account.give(PIECE);
        }
    }

    /// The stack that is in use at `here`.
    pub fn stack(here: usize) -> Stack {
        #[cfg(target_os = "linux")]
        {
            let mut attributes = std::mem::MaybeUninit::<libc::pthread_attr_t>::uninit();
            let (mut lowest, mut size, mut guard) = (null_mut(), 0, 0);
            // SAFETY: the thread's own attributes, destroyed after they were read.
            let known = unsafe {
                let known = libc::pthread_getattr_np(libc::pthread_self(), attributes.as_mut_ptr()) == 0;
                if known {
                    libc::pthread_attr_getstack(attributes.as_ptr(), &raw mut lowest, &raw mut size);
                    libc::pthread_attr_getguardsize(attributes.as_ptr(), &raw mut guard);
                    libc::pthread_attr_destroy(attributes.as_mut_ptr());
                }
                known
            };
            let (end, top) = (lowest.addr() + guard, lowest.addr() + size);
            if known && (end..top).contains(&here) {
                return Stack { end: if is_first() { reach(here, end) } else { end }, top };
            }
        }
        // Nothing is known, or the host has made this stack itself: what runs here gets a piece of its own.
        Stack { end: here, top: here }
    }

    /// Whether this is the thread with which the process began: its stack grows.
    #[cfg(target_os = "linux")]
    pub fn is_first() -> bool {
        // SAFETY: two numbers that the system knows.
        unsafe { libc::syscall(libc::SYS_gettid) == libc::c_long::from(libc::getpid()) }
    }

    #[cfg(not(target_os = "linux"))]
    pub fn is_first() -> bool {
        false
    }

    /// How far below `here` the stack that ends at `end` can be used. The pages of a process's first stack are made when they are
    /// touched, and its limit says only how many may be: so they are, as many as are likely to be needed.
    #[cfg(target_os = "linux")]
    pub fn reach(here: usize, end: usize) -> usize {
        /// Nothing is written so close below what the stack holds.
        const RED_ZONE: usize = 4 << 10;
        let mut distance = here.saturating_sub(end).min(super::RESERVED);
        while distance > RED_ZONE {
            let at = here - distance;
            // SAFETY: a byte of this thread's stack, below everything that is there. The kernel writes it, which makes the page,
            // or answers that there is none.
            if unsafe { libc::syscall(libc::SYS_getrandom, at, 1, libc::GRND_NONBLOCK) } == 1 {
                return at;
            }
            distance /= 2;
        }
        here
    }

    #[cfg(not(target_os = "linux"))]
    pub fn reach(_: usize, end: usize) -> usize {
        end
    }
}

#[cfg(not(unix))]
mod thread {
    use super::Stack;

    pub fn stack(here: usize) -> Stack {
        Stack { end: 0, top: here }
    }

    pub fn reach(_: usize, end: usize) -> usize {
        end
    }

    pub fn is_first() -> bool {
        false
    }
}
