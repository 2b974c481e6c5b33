//! Buffers of reading and writing calls: a bytevector, a pointer with a size, a memory block; for writing also a string.

use super::sys::{Address, Area};
use crate::account::Paid;
use crate::eval::{Machine, Res, Single};
use crate::heap::{Bytevector, ConditionType, Str, Value, View};
use crate::memory::{Intent, Memory, Place, Spans, from_u64, to_i128};

/// Where bytes are read into.
#[derive(Copy, Clone)]
pub struct Target(Value);

impl Single for Target {
    const WHAT: &'static str = "a mutable bytevector, a pointer or a memory block";
    fn convert(v: Value) -> Option<Target> {
        let bytes = Bytevector::from_value(v).is_some() && !v.is_immutable();
        (bytes || Memory::convert(v).is_some()).then_some(Target(v))
    }
}

/// Where bytes that are written come from.
#[derive(Copy, Clone)]
pub struct Source(Value);

impl Single for Source {
    const WHAT: &'static str = "a string, a bytevector, a pointer or a memory block";
    fn convert(v: Value) -> Option<Source> {
        let text = Bytevector::from_value(v).is_some() || Str::from_value(v).is_some();
        (text || Memory::convert(v).is_some()).then_some(Source(v))
    }
}

/// A number of bytes, or `#f` for all of the buffer.
#[derive(Copy, Clone)]
pub struct Count(Option<usize>);

impl Single for Count {
    const WHAT: &'static str = "an exact integer in the range of size_t, or #f";
    fn convert(v: Value) -> Option<Count> {
        if v.is_false() {
            return Some(Count(None));
        }
        to_i128(v).and_then(|n| usize::try_from(n).ok()).map(|n| Count(Some(n)))
    }
}

/// Bytes for one call of the kernel, checked: to be filled (`*mut u8`), or written (`*const u8`).
///
/// Invariant: until memory of the program's is released, and nothing of the program's runs before [`Bytes::finish`], there are
/// so many bytes that may be written, or read; or the address is nobody's, which the kernel checks.
pub struct Bytes<'a, P> {
    at: P,
    size: usize,
    memory: Option<Spans<'a>>,
    /// The octets of a string.
    text: Paid<Vec<u8>>,
}

impl<'a> Bytes<'a, *mut u8> {
    /// The bytes to be filled.
    pub fn of_target(m: &mut Machine, who: &'a str, buffer: Target, count: Option<Count>) -> Res<Bytes<'a, *mut u8>> {
        Bytes::of(m, who, buffer.0, count, Intent::Write)
    }

    /// The bytes to be written.
    pub fn of_source(m: &mut Machine, who: &'a str, buffer: Source, count: Option<Count>) -> Res<Bytes<'a, *const u8>> {
        let Bytes { at, size, memory, text } = Bytes::of(m, who, buffer.0, count, Intent::Read)?;
        Ok(Bytes { at: at.cast_const(), size, memory, text })
    }

    fn of(
        m: &mut Machine,
        who: &'a str,
        buffer: Value,
        count: Option<Count>,
        intent: Intent,
    ) -> Res<Bytes<'a, *mut u8>> {
        let count = count.and_then(|c| c.0);
        if let Some(memory) = Memory::convert(buffer) {
            let Some(size) = count.or(memory.block_size()) else {
                return Err(m.assertion(who, "a buffer that is a pointer needs a size", &[buffer]));
            };
            // The kernel checks addresses that are nobody's here.
            let spans = Spans::of(m, who, Place::start(memory), size, intent)?;
            let at = crate::memory::address(memory.pointer()) as *mut u8;
            let text = Paid::with_room(m.heap.memory(), 0)?;
            return Ok(Bytes { at, size, memory: Some(spans), text });
        }
        let text = match Str::from_value(buffer) {
            Some(s) => octets(m, who, s)?,
            None => Paid::with_room(m.heap.memory(), 0)?,
        };
        let (at, whole) = match Bytevector::from_value(buffer) {
            Some(b) => (b.as_ptr(), b.len()),
            None => (text.as_ptr().cast_mut(), text.len()),
        };
        let size = count.unwrap_or(whole);
        if size > whole {
            let message = format!("the size is beyond the buffer's {whole} bytes");
            let irritants = [buffer, from_u64(&mut m.heap, size as u64)];
            let kind = ConditionType::ProcedureArgumentsConsistency;
            return Err(m.violation(kind, who, &message, &irritants));
        }
        Ok(Bytes { at, size, memory: None, text })
    }
}

impl<P: Address> Bytes<'_, P> {
    /// The bytes for the kernel.
    pub fn area(&self) -> Area<'_, P> {
        // SAFETY: the invariant, which is the area's.
        unsafe { Area::new(self.at, self.size) }
    }

    /// To be called when the kernel is done: whether the memory was still there.
    pub fn finish(self, m: &mut Machine) -> Res<()> {
        drop(self.text);
        self.memory.map_or(Ok(()), |spans| spans.finish(m))
    }
}

/// A string's characters as octets.
fn octets(m: &mut Machine, who: &str, text: Str) -> Res<Paid<Vec<u8>>> {
    m.charge(text.len() / 64)?;
    let mut octets = Paid::with_room(m.heap.memory(), text.len())?;
    for (i, c) in text.chars().enumerate() {
        if i.is_multiple_of(1 << 14) {
            m.poll()?;
        }
        match u8::try_from(u32::from(c)) {
            Ok(octet) => octets.push(octet),
            Err(_) => {
                let kind = ConditionType::ProcedureArgumentsConsistency;
                let message = "a character of the string is above 255: write the bytes of an encoding instead";
                return Err(m.violation(kind, who, message, &[text.value()]));
            }
        }
    }
    Ok(octets)
}
