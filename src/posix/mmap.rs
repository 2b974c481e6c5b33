//! Mapped memory. Every mapping is a region of the machine's registry, so that pointers into it are checked; what
//! changes a mapping (`munmap mprotect mremap madvise …`) is only done to mappings of this machine, because elsewhere it
//! could take the process's own memory away.

use super::argument::{FileOffset, Int};
use super::kernel::{Call, Errno};
use super::sys;
use crate::eval::{Capability::RawMemory, Machine, Res, Single, Who};
use crate::heap::{ConditionType, Pointer, Value, View};
use crate::memory::{self, Counted, Extent, Intent, Memory, Registry, Size, Source, Spans};
use nix::sys::mman::{self, MRemapFlags, MapFlags, MlockAllFlags, MsFlags, ProtFlags};
use std::ffi::c_void;
use std::num::NonZeroUsize;
use std::ptr::NonNull;
use vicar_macros::primitives;

const RIGHTS: libc::c_int = libc::PROT_READ | libc::PROT_WRITE | libc::PROT_EXEC;

/// Where to map: a pointer, or `#f` for anywhere.
struct Hint(Option<Pointer>);

impl Single for Hint {
    const WHAT: &'static str = "a pointer or #f";
    fn convert(v: Value) -> Option<Hint> {
        if v.is_false() { Some(Hint(None)) } else { Pointer::from_value(v).map(|p| Hint(Some(p))) }
    }
}

/// Whole pages of mappings of this machine, into which no reference of Rust's points.
struct Pages {
    start: usize,
    end: usize,
}

impl Pages {
    /// The pages of `length` bytes at `pointer`, which must be in mappings that the pointer may reach.
    fn of(m: &mut Machine, call: &Call, pointer: Pointer, length: usize) -> Res<Pages> {
        m.require(RawMemory, call.who())?;
        let (start, origin) = (memory::address(pointer), pointer.word::<2>());
        let registry = m.extension::<Registry>();
        let end = start.checked_add(length).and_then(|end| registry.page_end(end));
        let end = match end {
            Some(end) if start.is_multiple_of(registry.page()) && length > 0 => end,
            _ => return Err(call.failure(m, Errno(libc::EINVAL))),
        };
        if registry.covers(start, end, origin) {
            memory::make_room_to_cut(m, call.who(), start, end)?;
            m.extension::<Registry>().settle_within(start, end);
            return Ok(Pages { start, end });
        }
        let message = if origin != 0 && registry.find_origin(origin).is_none() {
            "the pointer is dangling: its mapping was unmapped"
        } else if registry.touches(start, end) {
            "the range is not all in one mapping"
        } else {
            "the pointer is not to a mapping of this program"
        };
        let size = memory::from_u64(&mut m.heap, length as u64);
        let kind = ConditionType::ProcedureArgumentsConsistency;
        Err(m.violation(kind, call.who(), message, &[pointer.value(), size]))
    }

    /// What the calls get: where, and how many bytes.
    fn parts(&self) -> nix::Result<(NonNull<c_void>, usize)> {
        let at = NonNull::new(self.start as *mut c_void).ok_or(nix::errno::Errno::EINVAL)?;
        Ok((at, self.end - self.start))
    }

    fn unmap(&self) -> nix::Result<()> {
        let (at, length) = self.parts()?;
        // SAFETY: such pages.
        unsafe { mman::munmap(at, length) }
    }

    fn protect(&self, rights: ProtFlags) -> nix::Result<()> {
        let (at, length) = self.parts()?;
        // SAFETY: such pages.
        unsafe { mman::mprotect(at, length, rights) }
    }

    /// Where they are now.
    fn remap(&self, length: usize, flags: MRemapFlags) -> nix::Result<usize> {
        let (at, before) = self.parts()?;
        // SAFETY: such pages.
        unsafe { mman::mremap(at, before, length, flags, None) }.map(|at| at.as_ptr() as usize)
    }

    fn sync(&self, flags: MsFlags) -> nix::Result<()> {
        let (at, length) = self.parts()?;
        // SAFETY: such pages.
        unsafe { mman::msync(at, length, flags) }
    }

    /// nix does not know all advice.
    fn advise(&self, advice: libc::c_int) -> nix::Result<libc::c_int> {
        let (at, length) = self.parts()?;
        // SAFETY: such pages; after what is in `ADVICE` no access faults.
        nix::errno::Errno::result(unsafe { libc::madvise(at.as_ptr(), length, advice) })
    }
}

/// `MAP_FIXED` replaces what is there: only mappings of ours, or nothing. The flags to use instead, and whether something
/// is replaced.
fn fixed(m: &mut Machine, call: &Call, start: usize, length: usize, flags: i32) -> Res<(i32, bool)> {
    if flags & libc::MAP_FIXED == 0 {
        return Ok((flags, false));
    }
    let registry = m.extension::<Registry>();
    let Some(end) = start.checked_add(length).and_then(|end| registry.page_end(end)) else {
        return Err(call.failure(m, Errno(libc::EINVAL)));
    };
    if start.is_multiple_of(registry.page()) && registry.covers(start, end, 0) {
        return Ok((flags, true));
    }
    Ok((flags & !libc::MAP_FIXED | libc::MAP_FIXED_NOREPLACE, false))
}

fn map(m: &mut Machine, call: &Call, hint: Hint, length: usize, rights: i32, flags: i32, fd: i32, offset: i64) -> Res {
    let start = hint.0.map_or(0, memory::address);
    let huge = flags & libc::MAP_HUGETLB != 0 && !length.is_multiple_of(2 << 20);
    // Where the system lets this process have it, the page of the null pointer: no pointer of the program is ever one to it.
    let at_null = start == 0 && flags & (libc::MAP_FIXED | libc::MAP_FIXED_NOREPLACE) != 0;
    if rights & !RIGHTS != 0 || huge || length == 0 || at_null {
        return Err(call.failure(m, Errno(libc::EINVAL)));
    }
    let (flags, replaces) = fixed(m, call, start, length, flags)?;
    let counted = match flags {
        _ if flags & libc::MAP_ANONYMOUS != 0 => Counted::Yes,
        _ if flags & libc::MAP_PRIVATE != 0 => Counted::WhenWritable,
        _ => Counted::No,
    };
    let (readable, writable) = (rights & libc::PROT_READ != 0, rights & libc::PROT_WRITE != 0);
    let own = counted == Counted::Yes || counted == Counted::WhenWritable && writable;
    if replaces {
        let registry = m.extension::<Registry>();
        let end = start.checked_add(length).and_then(|end| registry.page_end(end)).unwrap_or(usize::MAX);
        memory::make_room_to_cut(m, call.who(), start, end)?;
        m.extension::<Registry>().settle_within(start, end);
    }
    memory::admit(m, call.who(), if own { length } else { 0 })?;
    let (protection, kind) = (ProtFlags::from_bits_retain(rights), MapFlags::from_bits_retain(flags));
    let base = call.run(m, || {
        let size = NonZeroUsize::new(length).ok_or(nix::errno::Errno::EINVAL)?;
        // SAFETY: maps fresh pages; with MAP_FIXED, which `fixed` left only for whole mappings of this machine, it replaces
        // those, into which no Rust reference points.
        unsafe { mman::mmap(NonZeroUsize::new(start), size, protection, kind, sys::fd(fd), offset) }
    })?;
    let base = base.as_ptr() as usize;
    let registry = m.extension::<Registry>();
    let end = registry.page_end(base + length).unwrap_or(base + length);
    if flags & libc::MAP_FIXED_NOREPLACE != 0 && base != start {
        // A kernel that does not know the flag took the address for a hint.
        let _ = Pages { start: base, end }.unmap();
        return Err(call.failure(m, Errno(libc::EEXIST)));
    }
    if replaces {
        registry.unmapped(base, end);
    }
    let words = Registry::words(registry.insert(Extent {
        base,
        size: length,
        end,
        source: Source::Mapping,
        readable,
        writable,
        counted,
    }));
    Ok(m.heap.pointer(words).value())
}

fn remap(m: &mut Machine, call: &Call, pointer: Pointer, length: usize, new_length: usize, flags: i32) -> Res {
    if flags & !libc::MREMAP_MAYMOVE != 0 || new_length == 0 {
        return Err(call.failure(m, Errno(libc::EINVAL)));
    }
    let pages = Pages::of(m, call, pointer, length)?;
    let registry = m.extension::<Registry>();
    let [only] = registry.cut(pages.start, pages.end)[..] else {
        return Err(call.failure(m, Errno(libc::EFAULT)));
    };
    let counted = registry.find_base(only).is_some_and(|r| r.cost() > 0);
    memory::admit(m, call.who(), if counted { new_length.saturating_sub(length) } else { 0 })?;
    let base = call.run(m, || pages.remap(new_length, MRemapFlags::from_bits_retain(flags)))?;
    match m.extension::<Registry>().remapped(pages.start, base, new_length).map(Registry::words) {
        Some(words) => Ok(m.heap.pointer(words).value()),
        None => Err(call.failure(m, Errno(libc::EFAULT))),
    }
}

/// Keeps pages in memory, or no longer.
fn lock(
    m: &mut Machine,
    who: &str,
    address: Pointer,
    length: Size,
    f: unsafe fn(NonNull<c_void>, usize) -> nix::Result<()>,
) -> Res {
    let irritants = [address.value(), memory::from_u64(&mut m.heap, length.0 as u64)];
    let call = Call::new(who, RawMemory).irritants(&irritants);
    // Whole pages, but with their neighbours' bytes nothing happens.
    Spans::of_ours(m, who, Memory::of_pointer(address), length.0, Intent::Read)?;
    call.run(m, || {
        // Of ours is the null pointer with no bytes alone.
        let Some(at) = NonNull::new(memory::address(address) as *mut c_void) else { return Ok(()) };
        // SAFETY: changes no contents.
        unsafe { f(at, length.0) }
    })?;
    Ok(Value::VOID)
}

/// Advice after which every page can still be accessed.
const ADVICE: &[i32] = &[
    libc::MADV_NORMAL,
    libc::MADV_RANDOM,
    libc::MADV_SEQUENTIAL,
    libc::MADV_WILLNEED,
    libc::MADV_DONTNEED,
    libc::MADV_FREE,
    libc::MADV_REMOVE,
    libc::MADV_DONTFORK,
    libc::MADV_DOFORK,
    libc::MADV_MERGEABLE,
    libc::MADV_UNMERGEABLE,
    libc::MADV_HUGEPAGE,
    libc::MADV_NOHUGEPAGE,
    libc::MADV_DONTDUMP,
    libc::MADV_DODUMP,
    libc::MADV_WIPEONFORK,
    libc::MADV_KEEPONFORK,
    libc::MADV_COLD,
    libc::MADV_PAGEOUT,
];

#[primitives]
pub mod procedures {
    use super::*;

    /// `(mmap address length protect flags fd offset)`: a pointer to a new mapping of `length` bytes of the file `fd`,
    /// from byte `offset` on. `address` is `#f`, or a pointer to where it should be. `protect` joins `PROT_READ`,
    /// `PROT_WRITE`, `PROT_EXEC`, or is `PROT_NONE`; `flags` joins `MAP_SHARED` or `MAP_PRIVATE` with `MAP_ANONYMOUS`
    /// (`fd` is then not used: 0 or -1) and others. `MAP_FIXED` replaces mappings of this program only. mmap(2)
    fn mmap(
        m: &mut Machine,
        who: Who,
        address: Hint,
        length: Size,
        protect: Int,
        flags: Int,
        fd: Int,
        offset: FileOffset,
    ) -> Res {
        let place = address.0.map_or(Value::FALSE, |p| p.value());
        let size = memory::from_u64(&mut m.heap, length.0 as u64);
        let irritants = [place, size, protect.value(), flags.value(), fd.value(), offset.value];
        let call = Call::new(who, RawMemory).irritants(&irritants);
        map(m, &call, address, length.0, protect.0, flags.0, fd.0, offset.offset)
    }

    /// `(munmap address length)`: unmaps the pages of `length` bytes at a pointer. Pointers to them dangle: an access
    /// through one raises. munmap(2)
    fn munmap(m: &mut Machine, who: Who, address: Pointer, length: Size) -> Res {
        let irritants = [address.value(), memory::from_u64(&mut m.heap, length.0 as u64)];
        let call = Call::new(who, RawMemory).irritants(&irritants);
        let pages = Pages::of(m, &call, address, length.0)?;
        call.run(m, || pages.unmap())?;
        m.extension::<Registry>().unmapped(pages.start, pages.end);
        Ok(Value::VOID)
    }

    /// `(mprotect address length prot)`: changes what the pages may be used for. mprotect(2)
    fn mprotect(m: &mut Machine, who: Who, address: Pointer, length: Size, prot: Int) -> Res {
        let irritants = [address.value(), memory::from_u64(&mut m.heap, length.0 as u64), prot.value()];
        let call = Call::new(who, RawMemory).irritants(&irritants);
        let pages = Pages::of(m, &call, address, length.0)?;
        if prot.0 & !RIGHTS != 0 {
            return Err(call.failure(m, Errno(libc::EINVAL)));
        }
        if prot.0 & libc::PROT_WRITE != 0 {
            let more = m.extension::<Registry>().cost_of_writing(pages.start, pages.end);
            memory::admit(m, who, more)?;
        }
        call.run(m, || pages.protect(ProtFlags::from_bits_retain(prot.0)))?;
        let (readable, writable) = (prot.0 & libc::PROT_READ != 0, prot.0 & libc::PROT_WRITE != 0);
        m.extension::<Registry>().protected(pages.start, pages.end, readable, writable);
        Ok(Value::VOID)
    }

    /// `(mremap address length new-length flags)`: gives a mapping a new length, with `MREMAP_MAYMOVE` perhaps elsewhere;
    /// a pointer to where it is now. Other flags are refused. mremap(2)
    fn mremap(m: &mut Machine, who: Who, address: Pointer, length: Size, new_length: Size, flags: Int) -> Res {
        let sizes = [length, new_length].map(|n| memory::from_u64(&mut m.heap, n.0 as u64));
        let irritants = [address.value(), sizes[0], sizes[1], flags.value()];
        let call = Call::new(who, RawMemory).irritants(&irritants);
        remap(m, &call, address, length.0, new_length.0, flags.0)
    }

    /// `(msync address length flags)`: writes the pages of a shared mapping to its file; `flags` is `MS_SYNC` or
    /// `MS_ASYNC`. msync(2)
    fn msync(m: &mut Machine, who: Who, address: Pointer, length: Size, flags: Int) -> Res {
        let irritants = [address.value(), memory::from_u64(&mut m.heap, length.0 as u64), flags.value()];
        let call = Call::new(who, RawMemory).irritants(&irritants);
        let pages = Pages::of(m, &call, address, length.0)?;
        call.run(m, || pages.sync(MsFlags::from_bits_retain(flags.0)))?;
        Ok(Value::VOID)
    }

    /// `(madvise address length advice)`: tells the kernel how the pages will be used, `MADV_…`. Advice that would make
    /// an access end the process is refused. madvise(2)
    fn madvise(m: &mut Machine, who: Who, address: Pointer, length: Size, advice: Int) -> Res {
        let irritants = [address.value(), memory::from_u64(&mut m.heap, length.0 as u64), advice.value()];
        let call = Call::new(who, RawMemory).irritants(&irritants);
        let pages = Pages::of(m, &call, address, length.0)?;
        if !ADVICE.contains(&advice.0) {
            return Err(call.failure(m, Errno(libc::EINVAL)));
        }
        call.run(m, || pages.advise(advice.0))?;
        match advice.0 {
            libc::MADV_DONTFORK => m.extension::<Registry>().set_forkable(pages.start, pages.end, false),
            libc::MADV_DOFORK => m.extension::<Registry>().set_forkable(pages.start, pages.end, true),
            _ => {}
        }
        Ok(Value::VOID)
    }

    /// `(mlock address length)`: keeps the pages in memory. mlock(2)
    fn mlock(m: &mut Machine, who: Who, address: Pointer, length: Size) -> Res {
        lock(m, who, address, length, mman::mlock)
    }

    /// `(munlock address length)`: lets the pages be swapped again. munlock(2)
    fn munlock(m: &mut Machine, who: Who, address: Pointer, length: Size) -> Res {
        lock(m, who, address, length, mman::munlock)
    }

    /// `(mlockall flags)`: keeps all of the process in memory: `MCL_CURRENT`, `MCL_FUTURE`. mlockall(2)
    fn mlockall(m: &mut Machine, who: Who, flags: Int) -> Res {
        let irritants = [flags.value()];
        let flags = MlockAllFlags::from_bits_retain(flags.0);
        Call::new(who, RawMemory).irritants(&irritants).run(m, || mman::mlockall(flags))?;
        Ok(Value::VOID)
    }

    /// `(munlockall)`: undoes `mlockall`. munlockall(2)
    fn munlockall(m: &mut Machine, who: Who) -> Res {
        Call::new(who, RawMemory).run(m, mman::munlockall)?;
        Ok(Value::VOID)
    }
}
