//! Checked access to C memory: the one way by which any primitive loads, stores or passes on the bytes behind a pointer.
//!
//! The fast path ([`load_inside`], [`store_inside`]) is [`Region::reach`] and the access itself. Everything else resolves
//! the bytes to spans first ([`Spans`]): parts of live regions that the pointer may reach, or memory that is nobody's here
//! and is reached through the kernel. Resolving checks everything before the first byte moves.
//!
//! Bytes of a region are only touched through relaxed atomics, `memmove` and system calls, never through Rust
//! references: other processes may change them at any time.

use super::fault::{NEVER, Watch};
use super::foreign;
use super::region::{Intent, Region, Source};
use super::registry::Registry;
use super::{Memory, exact};
use crate::eval::{Capability, Machine, Res, Stop};
use crate::heap::{ConditionType, Pointer, Value, View};
use std::sync::atomic::{AtomicU8, AtomicU16, AtomicU32, AtomicU64, Ordering::Relaxed};

/// Bits that a C type's values travel as.
pub trait Word: Copy {
    const SIZE: usize;
    fn from_bytes(bytes: &[u8]) -> Self;
    fn to_bytes(self) -> [u8; 8];
    /// # Safety
    /// `SIZE` bytes at `address` can be read.
    unsafe fn load(address: usize) -> Self;
    /// # Safety
    /// `SIZE` bytes at `address` can be written.
    unsafe fn store(self, address: usize);
}

macro_rules! words {
    ($($t:ident $atomic:ident;)*) => {$(
        impl Word for $t {
            const SIZE: usize = size_of::<$t>();
            #[inline(always)]
            fn from_bytes(bytes: &[u8]) -> Self {
                let mut native = [0; size_of::<$t>()];
                native.copy_from_slice(&bytes[..size_of::<$t>()]);
                $t::from_ne_bytes(native)
            }
            #[inline(always)]
            fn to_bytes(self) -> [u8; 8] {
                let mut bytes = [0; 8];
                bytes[..size_of::<$t>()].copy_from_slice(&self.to_ne_bytes());
                bytes
            }
            #[inline(always)]
            unsafe fn load(address: usize) -> Self {
                if address % size_of::<$t>() == 0 {
                    // SAFETY: readable (caller) and aligned.
                    return unsafe { (*(address as *const $atomic)).load(Relaxed) };
                }
                let mut bytes = [0; size_of::<$t>()];
                for (i, byte) in bytes.iter_mut().enumerate() {
                    // SAFETY: readable (caller); a byte needs no alignment.
                    *byte = unsafe { (*((address + i) as *const AtomicU8)).load(Relaxed) };
                }
                $t::from_ne_bytes(bytes)
            }
            #[inline(always)]
            unsafe fn store(self, address: usize) {
                if address % size_of::<$t>() == 0 {
                    // SAFETY: writable (caller) and aligned.
                    return unsafe { (*(address as *const $atomic)).store(self, Relaxed) };
                }
                for (i, byte) in self.to_ne_bytes().into_iter().enumerate() {
                    // SAFETY: writable (caller); a byte needs no alignment.
                    unsafe { (*((address + i) as *const AtomicU8)).store(byte, Relaxed) };
                }
            }
        }
    )*};
}
words! { u8 AtomicU8; u16 AtomicU16; u32 AtomicU32; u64 AtomicU64; }

/// The word at byte `offset` from `pointer`, in the common case: inside of its region, which may be read.
#[inline(always)]
pub fn load_inside<T: Word>(pointer: Pointer, offset: i64) -> Option<T> {
    let (region, address) = Region::reach(pointer, offset, T::SIZE, Intent::Read)?;
    // SAFETY: `reach` says that the bytes can be read.
    let word = unsafe { T::load(address) };
    if region.watch().faulted() { None } else { Some(word) }
}

/// Stores `word` at byte `offset` from `pointer`, in the common case; false in others.
#[inline(always)]
pub fn store_inside<T: Word>(pointer: Pointer, offset: i64, word: T) -> bool {
    let Some((region, address)) = Region::reach(pointer, offset, T::SIZE, Intent::Write) else { return false };
    // SAFETY: `reach` says that the bytes can be written.
    unsafe { word.store(address) };
    !region.watch().faulted()
}

/// The word at byte `offset` of `memory`, for the primitive `who`.
pub fn load<T: Word>(m: &mut Machine, who: &str, place: Place) -> Res<T> {
    let pointer = place.pointer(m, who, T::SIZE)?;
    if let Some(word) = load_inside(pointer, place.offset) {
        return Ok(word);
    }
    let mut bytes = [0; 8];
    read(m, who, place, &mut bytes[..T::SIZE])?;
    Ok(T::from_bytes(&bytes))
}

/// Stores `word` at byte `offset` of `memory`.
pub fn store<T: Word>(m: &mut Machine, who: &str, place: Place, word: T) -> Res<()> {
    let pointer = place.pointer(m, who, T::SIZE)?;
    if store_inside(pointer, place.offset, word) {
        return Ok(());
    }
    write(m, who, place, &word.to_bytes()[..T::SIZE])
}

/// Copies bytes out of `memory`.
#[cold]
#[inline(never)]
pub fn read(m: &mut Machine, who: &str, place: Place, to: &mut [u8]) -> Res<()> {
    let spans = Spans::of(m, who, place, to.len(), Intent::Read)?;
    let mut rest = to;
    for span in &spans.parts {
        let (part, next) = rest.split_at_mut(span.size);
        rest = next;
        match span.region {
            // SAFETY: resolved as readable; `part` is a live exclusive slice of the heap or the native stack, where no
            // region lies.
            Some(_) => unsafe { std::ptr::copy(span.address as *const u8, part.as_mut_ptr(), span.size) },
            None if foreign::read(span.address, part) => {}
            None => return Err(spans.denied(m, Denial::Unmapped(span.address))),
        }
    }
    spans.finish(m)
}

/// Copies `from` into `memory`.
#[cold]
#[inline(never)]
pub fn write(m: &mut Machine, who: &str, place: Place, from: &[u8]) -> Res<()> {
    let spans = Spans::of(m, who, place, from.len(), Intent::Write)?;
    let mut rest = from;
    for span in &spans.parts {
        let (part, next) = rest.split_at(span.size);
        rest = next;
        match span.region {
            // SAFETY: resolved as writable; `part` lies outside of all regions, as in `read`.
            Some(_) => unsafe { std::ptr::copy(part.as_ptr(), span.address as *mut u8, span.size) },
            None if foreign::write(span.address, part) => {}
            None => return Err(spans.denied(m, Denial::Unmapped(span.address))),
        }
    }
    spans.finish(m)
}

/// Hands the bytes from `pointer` on to `each`, chunk by chunk, until it answers true or `limit` bytes were seen. What
/// lies behind the last byte of a region is only looked at when `each` wants more. Whether `each` has answered true;
/// raises where memory ends before.
pub fn scan(
    m: &mut Machine,
    who: &str,
    pointer: Pointer,
    limit: usize,
    mut each: impl FnMut(&[u8]) -> Res<bool>,
) -> Res<bool> {
    const CHUNK: usize = 512;
    let mut seen = 0;
    let mut buffer = [0; CHUNK];
    while seen < limit {
        let address = (pointer.word::<0>() as usize).wrapping_add(seen);
        let registry = m.extension::<Registry>();
        let near = match registry.find(address) {
            Some(region) => region.left(address),
            None if seen > 0 && Region::of(pointer).is_some() => return Err(no_end(m, who, pointer, seen)),
            None => registry.page() - address % registry.page(),
        };
        let part = &mut buffer[..near.min(limit - seen).min(CHUNK)];
        let place = Place { offset: seen as i64, ..Place::start(Memory::of_pointer(pointer)) };
        // Looks around now and then.
        m.charge(1 + part.len() / 64)?;
        read(m, who, place, part)?;
        if each(part)? {
            return Ok(true);
        }
        seen += part.len();
    }
    Ok(false)
}

/// The condition for a string that goes on to the end of its memory.
#[cold]
fn no_end(m: &mut Machine, who: &str, pointer: Pointer, seen: usize) -> Stop {
    let what = Region::of(pointer).map_or("memory", |r| r.source().name());
    let bytes = if seen == 1 { "the last byte".to_owned() } else { format!("the last {seen} bytes") };
    let message = format!("the string has no end: there is no NUL in {bytes} of the {what} that the pointer is to");
    m.violation(ConditionType::ProcedureArgumentsConsistency, who, &message, &[pointer.value()])
}

/// Takes the fuel for looking at every region, as is done for a pointer to memory that is gone.
fn owe_search(m: &mut Machine) {
    let cost = m.extension::<Registry>().cost_of_search();
    m.heap.owe(cost);
}

/// Whether a pointer may be handed to C: not one whose memory is gone.
pub fn check_alive(m: &mut Machine, who: &str, pointer: Pointer) -> Res<()> {
    let origin = pointer.word::<2>();
    if origin == 0 || Region::of(pointer).is_some() {
        return Ok(());
    }
    owe_search(m);
    if m.extension::<Registry>().find_origin(origin).is_some() {
        return Ok(());
    }
    let spans = Spans { parts: Vec::new(), who, place: Place::start(Memory::of_pointer(pointer)), size: 0 };
    Err(spans.denied(m, Denial::Dangling))
}

/// To be called after C has used the memory of a pointer: whether it was there.
pub fn check_whole(m: &mut Machine, who: &str, pointer: Pointer) -> Res<()> {
    let Some(base) = Region::of(pointer).filter(|r| r.watch().faulted()).map(Region::base) else { return Ok(()) };
    let parts = vec![Span { address: base, size: 0, region: Some(base) }];
    Spans { parts, who, place: Place::start(Memory::of_pointer(pointer)), size: 0 }.finish(m)
}

/// A part of the bytes of one access.
#[derive(Copy, Clone)]
pub struct Span {
    pub address: usize,
    pub size: usize,
    /// The base of the region that it lies in; `None` for memory that is nobody's here.
    pub region: Option<usize>,
}

/// The bytes of one access, checked.
pub struct Spans<'a> {
    pub parts: Vec<Span>,
    who: &'a str,
    place: Place,
    size: usize,
}

/// Why an access is refused.
#[derive(Copy, Clone)]
pub enum Denial {
    Null,
    Dangling,
    OutOfBounds,
    Protected(Intent, Source),
    Truncated,
    Unmapped(usize),
    NotOurs,
}

impl<'a> Spans<'a> {
    /// Resolves `size` bytes at `place`.
    pub fn of(m: &mut Machine, who: &'a str, place: Place, size: usize, intent: Intent) -> Res<Spans<'a>> {
        let mut spans = Spans { parts: Vec::new(), who, place, size };
        let pointer = place.pointer(m, who, size)?;
        match spans.resolve(m, pointer, intent) {
            Ok(true) => m.require(Capability::RawMemory, who).map(|()| spans),
            Ok(false) => Ok(spans),
            Err(why) => {
                owe_search(m);
                Err(spans.denied(m, why))
            }
        }
    }

    /// The same for bytes that must lie in regions of this machine, because the kernel or the C library will use them
    /// for longer than a copy.
    pub fn of_ours(m: &mut Machine, who: &'a str, memory: Memory, size: usize, intent: Intent) -> Res<Spans<'a>> {
        let spans = Spans::of(m, who, Place::start(memory), size, intent)?;
        if spans.parts.iter().any(|s| s.region.is_none()) {
            return Err(spans.denied(m, Denial::NotOurs));
        }
        Ok(spans)
    }

    /// Fills in the parts. True if some of them are nobody's.
    fn resolve(&mut self, m: &mut Machine, pointer: Pointer, intent: Intent) -> Result<bool, Denial> {
        let (origin, base) = (pointer.word::<2>(), pointer.word::<0>());
        if self.size == 0 {
            return Ok(false);
        }
        if base == 0 {
            return Err(Denial::Null);
        }
        let start = base as i128 + self.place.offset as i128;
        let mut address = usize::try_from(start).map_err(|_| Denial::OutOfBounds)?;
        let end = address.checked_add(self.size).ok_or(Denial::OutOfBounds)?;
        let registry = m.extension::<Registry>();
        let mut foreign = false;
        while address < end {
            if let Some(region) = registry.find(address)
                && region.watch().faulted()
            {
                let base = region.base();
                registry.settle(base);
            }
            let (size, region) = match registry.find(address) {
                Some(region) if origin == 0 || region.origin() == origin => {
                    if region.source() == Source::Lost {
                        return Err(Denial::Truncated);
                    }
                    if !region.permits(intent) {
                        return Err(Denial::Protected(intent, region.source()));
                    }
                    (region.left(address).min(end - address), Some(region.base()))
                }
                _ if origin != 0 => {
                    let alive = registry.find_origin(origin).is_some();
                    return Err(if alive { Denial::OutOfBounds } else { Denial::Dangling });
                }
                _ => {
                    foreign = true;
                    let next = registry.find_within(address, end).map_or(end, |r| r.base());
                    (next - address, None)
                }
            };
            self.parts.push(Span { address, size, region });
            address += size;
        }
        Ok(foreign)
    }

    /// The only part, when the bytes lie in one region.
    pub fn single(&self) -> Option<usize> {
        match self.parts[..] {
            [Span { address, region: Some(_), .. }] => Some(address),
            _ => None,
        }
    }

    /// What notes faults in the region of the only part.
    pub fn watch(&self, m: &mut Machine) -> &'static Watch {
        let region = match self.parts[..] {
            [Span { region: Some(base), .. }] => m.extension::<Registry>().find_base(base),
            _ => None,
        };
        region.map_or(&NEVER, Region::watch)
    }

    /// To be called after the bytes were used: whether a fault happened meanwhile.
    pub fn finish(&self, m: &mut Machine) -> Res<()> {
        let registry = m.extension::<Registry>();
        let mut truncated = false;
        for span in &self.parts {
            if let Some(base) = span.region {
                truncated |= registry.settle(base);
            }
        }
        if truncated { Err(self.denied(m, Denial::Truncated)) } else { Ok(()) }
    }

    /// The condition for an access that is refused.
    #[cold]
    pub fn denied(&self, m: &mut Machine, why: Denial) -> Stop {
        let size = self.size;
        let bytes = if size == 1 { "1 byte".to_owned() } else { format!("{size} bytes") };
        let message = match why {
            Denial::Null => "the pointer is null".to_owned(),
            Denial::Dangling => "the pointer is dangling: its memory was unmapped, freed or reallocated".to_owned(),
            Denial::OutOfBounds => {
                let pointer = self.place.memory.pointer();
                let address = pointer.word::<0>() as usize;
                let region = m.extension::<Registry>().find_origin(pointer.word::<2>());
                let what = region.map_or("the address space".to_owned(), |r| {
                    let behind = address.wrapping_sub(r.base()) as isize;
                    let place = match behind {
                        0 => "its start".to_owned(),
                        n => format!("byte {n} of it"),
                    };
                    format!("the {} of {} bytes (the pointer is to {place})", r.source().name(), r.size())
                });
                format!("{bytes} at offset {} are out of bounds of {what}", self.place.offset)
            }
            Denial::Protected(Intent::Write, source) => {
                format!("the memory is protected: the {} may not be written", source.name())
            }
            Denial::Protected(Intent::Read, source) => {
                format!("the memory is protected: the {} may not be read", source.name())
            }
            Denial::Truncated => {
                "the mapped object does not reach so far: it was truncated or has not grown yet, or its \
                                  file system is full"
                    .to_owned()
            }
            Denial::Unmapped(address) => format!("no accessible memory at address {address:#x}"),
            Denial::NotOurs => {
                format!("{bytes} there are not in memory that this program mapped or allocated")
            }
        };
        let irritants = self.place.irritants(m, size);
        let kind = match why {
            Denial::Truncated => ConditionType::Error,
            _ => ConditionType::ProcedureArgumentsConsistency,
        };
        m.violation(kind, self.who, &message, &irritants)
    }
}

impl Memory {
    /// The pointer; of a memory block, its own.
    #[inline(always)]
    pub fn pointer(self) -> Pointer {
        match Pointer::from_value(self.value()) {
            Some(p) => p,
            None => block_pointer(self.value()),
        }
    }

    /// Bytes of a memory block.
    #[inline(always)]
    pub fn block_size(self) -> Option<usize> {
        let block = self.block()?;
        exact::to_i128(block.value().slot(1)).and_then(|n| usize::try_from(n).ok())
    }
}

/// Where an access begins: byte `offset` of `memory`, counted by the program in units of `unit` bytes.
#[derive(Copy, Clone)]
pub struct Place {
    pub memory: Memory,
    pub offset: i64,
    pub unit: i64,
}

impl Place {
    /// The first byte.
    pub fn start(memory: Memory) -> Place {
        Place { memory, offset: 0, unit: 1 }
    }

    /// The pointer, when `size` bytes there are inside the memory block if it is one.
    #[inline(always)]
    fn pointer(self, m: &mut Machine, who: &str, size: usize) -> Res<Pointer> {
        if let Some(whole) = self.memory.block_size() {
            let end = self.offset as i128 + size as i128;
            if self.offset < 0 || end > whole as i128 {
                return Err(self.outside_block(m, who, size, whole));
            }
        }
        Ok(self.memory.pointer())
    }

    #[cold]
    fn outside_block(self, m: &mut Machine, who: &str, size: usize, whole: usize) -> Stop {
        let message =
            format!("{size} bytes at offset {} are out of bounds of the memory block of {whole} bytes", self.offset);
        let irritants = self.irritants(m, size);
        m.violation(ConditionType::ProcedureArgumentsConsistency, who, &message, &irritants)
    }

    /// The memory, the offset or index as the program gave it, the size of the data.
    fn irritants(self, m: &mut Machine, size: usize) -> [Value; 3] {
        let position = exact::from_i64(&mut m.heap, self.offset / self.unit);
        let size = exact::from_u64(&mut m.heap, size as u64);
        [self.memory.value(), position, size]
    }
}

/// The pointer that a memory block holds.
fn block_pointer(block: Value) -> Pointer {
    Pointer::from_value(block.slot(0)).expect("a memory block holds a pointer in slot 0")
}
