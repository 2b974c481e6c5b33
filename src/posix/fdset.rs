//! Sets of descriptors as C has them: bits in memory, `fd_set`, of which several may lie one after the other.

use super::argument::{Fd, Int};
use super::kernel::Call;
use super::select::{Descriptors, Microseconds, Seconds, Timeout, select};
use crate::eval::{Capability::Filesystem, Machine, Res, Single, Who};
use crate::heap::{Bytevector, ConditionType, Pointer, Value, View};
use crate::memory::{self, Memory, Place};
use vicar_macros::primitives;

/// Bytes of one set.
const SIZE: usize = size_of::<libc::fd_set>();
/// Descriptors of one set.
const BITS: usize = 8 * SIZE;

/// Where sets lie.
#[derive(Copy, Clone)]
struct Sets(Value);

impl Single for Sets {
    const WHAT: &'static str = "a mutable bytevector, a pointer or a memory block";
    fn convert(v: Value) -> Option<Sets> {
        let bytes = Bytevector::from_value(v).is_some() && !v.is_immutable();
        (bytes || Memory::convert(v).is_some()).then_some(Sets(v))
    }
}

/// Sets, or `#f` for none.
struct MaybeSets(Option<Sets>);

impl Single for MaybeSets {
    const WHAT: &'static str = "a mutable bytevector, a pointer, a memory block or #f";
    fn convert(v: Value) -> Option<MaybeSets> {
        if v.is_false() { Some(MaybeSets(None)) } else { Sets::convert(v).map(|s| MaybeSets(Some(s))) }
    }
}

/// How many sets, one at least.
struct SetCount(usize);

impl Single for SetCount {
    const WHAT: &'static str = "a positive fixnum";
    fn convert(v: Value) -> Option<SetCount> {
        v.as_fixnum().and_then(|n| usize::try_from(n).ok()).filter(|&n| n > 0 && n < 1 << 40).map(SetCount)
    }
}

/// A descriptor that a set has room for.
struct Member(usize);

impl Single for Member {
    const WHAT: &'static str = "a file descriptor below FD_SETSIZE";
    fn convert(v: Value) -> Option<Member> {
        Fd::convert(v).map(|fd| fd.0 as usize).filter(|&n| n < BITS).map(Member)
    }
}

type Bits = [u8; SIZE];

/// Where set `index` begins.
fn start(m: &mut Machine, who: &str, sets: Sets, index: usize) -> Res<usize> {
    let start = index.checked_mul(SIZE).filter(|start| start.checked_add(SIZE).is_some());
    let end = start.map(|start| start + SIZE);
    match (start, Bytevector::from_value(sets.0)) {
        (Some(start), None) => Ok(start),
        (Some(start), Some(b)) if end.is_some_and(|end| end <= b.len()) => Ok(start),
        _ => {
            let kind = ConditionType::ProcedureArgumentsConsistency;
            Err(m.violation(kind, who, "the set is outside of the bytevector", &[sets.0, Value::fixnum(index as i64)]))
        }
    }
}

fn place(memory: Memory, start: usize) -> Place {
    Place { offset: start as i64, ..Place::start(memory) }
}

fn read(m: &mut Machine, who: &str, sets: Sets, index: usize) -> Res<Bits> {
    let start = start(m, who, sets, index)?;
    let mut bits = [0; SIZE];
    match Memory::convert(sets.0) {
        Some(memory) => memory::read(m, who, place(memory, start), &mut bits)?,
        None => {
            if let Some(b) = Bytevector::from_value(sets.0) {
                bits.copy_from_slice(&b.bytes()[start..start + SIZE])
            }
        }
    }
    Ok(bits)
}

fn write(m: &mut Machine, who: &str, sets: Sets, index: usize, bits: &Bits) -> Res<()> {
    let start = start(m, who, sets, index)?;
    match Memory::convert(sets.0) {
        Some(memory) => memory::write(m, who, place(memory, start), bits),
        None => {
            if let Some(mut b) = Bytevector::from_value(sets.0) {
                b.bytes_mut()[start..start + SIZE].copy_from_slice(bits)
            }
            Ok(())
        }
    }
}

// Bits are numbered within words of a C long, which on a little-endian machine is the same as within bytes.
const _: () = assert!(cfg!(target_endian = "little"), "fd_set on a big-endian machine");

fn members(bits: &Bits) -> Vec<libc::c_int> {
    (0..BITS).filter(|&fd| bits[fd / 8] & 1 << (fd % 8) != 0).map(|fd| fd as libc::c_int).collect()
}

fn set_of(fds: &[libc::c_int]) -> Bits {
    let mut bits = [0; SIZE];
    for fd in fds.iter().map(|&fd| fd as usize).filter(|&fd| fd < BITS) {
        bits[fd / 8] |= 1 << (fd % 8)
    }
    bits
}

/// Changes one bit.
fn change(m: &mut Machine, who: &str, fd: Member, sets: Sets, index: Option<usize>, on: bool) -> Res {
    let index = index.unwrap_or(0);
    let mut bits = read(m, who, sets, index)?;
    let mask = 1 << (fd.0 % 8);
    if on {
        bits[fd.0 / 8] |= mask
    } else {
        bits[fd.0 / 8] &= !mask
    }
    write(m, who, sets, index, &bits)?;
    Ok(Value::VOID)
}

/// `select` on sets in memory: `None` when the time is over, otherwise they hold what is ready.
fn wait(
    m: &mut Machine,
    call: &Call,
    nfds: Value,
    sets: [Option<(Sets, usize)>; 3],
    timeout: Timeout,
) -> Res<Option<()>> {
    let limit = match Int::convert(nfds) {
        Some(n) if (0..=BITS as i32).contains(&n.0) => n.0,
        None if nfds.is_false() => BITS as i32,
        _ => return Err(m.wrong_argument(call.who(), "nfds", 1, "a number of descriptors or #f", nfds)),
    };
    // As many as a set has room for.
    let mut asked: [Descriptors; 3] = Default::default();
    for (fds, set) in asked.iter_mut().zip(sets) {
        if let Some((set, index)) = set {
            fds.extend(members(&read(m, call.who(), set, index)?).into_iter().filter(|&fd| fd < limit));
        }
    }
    let Some(found) = select(m, call, asked, timeout)? else { return Ok(None) };
    for (fds, set) in found.iter().zip(sets) {
        if let Some((set, index)) = set {
            write(m, call.who(), set, index, &set_of(fds))?;
        }
    }
    Ok(Some(()))
}

#[primitives]
pub mod procedures {
    use super::*;

    /// `(sizeof-fd-set)`, `(sizeof-fd-set count)`: how many bytes one set takes, or that many.
    fn sizeof_fd_set(count: Option<SetCount>) -> Res {
        Ok(Value::fixnum((SIZE * count.map_or(1, |c| c.0)) as i64))
    }

    /// `(make-fd-set-bytevector)`, `(make-fd-set-bytevector count)`: empty sets in a new bytevector.
    fn make_fd_set_bytevector(m: &mut Machine, count: Option<SetCount>) -> Res {
        let size = SIZE * count.map_or(1, |c| c.0);
        m.heap.reserve(size)?;
        Ok(m.heap.make_bytevector(size, 0).value())
    }

    /// `(make-fd-set-pointer)`, `(make-fd-set-pointer count)`: empty sets in a new block of memory, to be freed.
    fn make_fd_set_pointer(m: &mut Machine, who: Who, count: Option<SetCount>) -> Res {
        Ok(memory::allocate(m, who, SIZE * count.map_or(1, |c| c.0))?.value())
    }

    /// `(make-fd-set-memory-block)`, `(make-fd-set-memory-block count)`: the same as a memory block.
    fn make_fd_set_memory_block(m: &mut Machine, who: Who, count: Option<SetCount>) -> Res {
        let size = SIZE * count.map_or(1, |c| c.0);
        let pointer: Pointer = memory::allocate(m, who, size)?;
        memory::make_block(m, who, pointer, size, false)
    }

    /// `(FD_ZERO fdsets)`, `(FD_ZERO fdsets idx)`: empties the first set, or set `idx`.
    #[primitive(name = "FD_ZERO")]
    fn fd_zero(m: &mut Machine, who: Who, fdsets: Sets, idx: Option<usize>) -> Res {
        write(m, who, fdsets, idx.unwrap_or(0), &[0; SIZE])?;
        Ok(Value::VOID)
    }

    /// `(FD_SET fd fdsets)`, `(FD_SET fd fdsets idx)`: puts a descriptor in.
    #[primitive(name = "FD_SET")]
    fn fd_set(m: &mut Machine, who: Who, fd: Member, fdsets: Sets, idx: Option<usize>) -> Res {
        change(m, who, fd, fdsets, idx, true)
    }

    /// `(FD_CLR fd fdsets)`, `(FD_CLR fd fdsets idx)`: takes a descriptor out.
    #[primitive(name = "FD_CLR")]
    fn fd_clr(m: &mut Machine, who: Who, fd: Member, fdsets: Sets, idx: Option<usize>) -> Res {
        change(m, who, fd, fdsets, idx, false)
    }

    /// `(FD_ISSET fd fdsets)`, `(FD_ISSET fd fdsets idx)`: whether a descriptor is in.
    #[primitive(name = "FD_ISSET")]
    fn fd_isset(m: &mut Machine, who: Who, fd: Member, fdsets: Sets, idx: Option<usize>) -> Res {
        let bits = read(m, who, fdsets, idx.unwrap_or(0))?;
        Ok(Value::boolean(bits[fd.0 / 8] & 1 << (fd.0 % 8) != 0))
    }

    /// `(fd-set-inspection fdsets)`, `(fd-set-inspection fdsets idx)`: all descriptors that are in, in ascending order.
    fn fd_set_inspection(m: &mut Machine, who: Who, fdsets: Sets, idx: Option<usize>) -> Res {
        let bits = read(m, who, fdsets, idx.unwrap_or(0))?;
        let fds: Vec<Value> = members(&bits).into_iter().map(|fd| Value::fixnum(fd as i64)).collect();
        Ok(m.heap.list(&fds))
    }

    /// `(select-from-sets nfds read-fds write-fds except-fds sec usec)`: like `select` with sets, each of which may be
    /// `#f`. They are changed to what is ready and returned, three values; all `#f` when the time is over. select(2)
    #[primitive(control)]
    fn select_from_sets(
        m: &mut Machine,
        who: Who,
        nfds: Value,
        read_fds: MaybeSets,
        write_fds: MaybeSets,
        except_fds: MaybeSets,
        sec: Seconds,
        usec: Microseconds,
    ) -> Res {
        let sets = [read_fds.0, write_fds.0, except_fds.0];
        let values = sets.map(|s| s.map_or(Value::FALSE, |s| s.0));
        let call = Call::new(who, Filesystem).irritants(&values).once();
        let ready = wait(m, &call, nfds, sets.map(|s| s.map(|s| (s, 0))), Timeout::new(sec, usec))?;
        Ok(m.heap.multiple_values(&if ready.is_some() { values } else { [Value::FALSE; 3] }))
    }

    /// `(select-from-sets-array nfds fdsets sec usec)`: the same with three sets one after the other: to read, to write,
    /// exceptional. `fdsets`, or `#f` when the time is over.
    fn select_from_sets_array(
        m: &mut Machine,
        who: Who,
        nfds: Value,
        fdsets: Sets,
        sec: Seconds,
        usec: Microseconds,
    ) -> Res {
        let irritants = [fdsets.0];
        let call = Call::new(who, Filesystem).irritants(&irritants).once();
        let sets = [0, 1, 2].map(|i| Some((fdsets, i)));
        let ready = wait(m, &call, nfds, sets, Timeout::new(sec, usec))?;
        Ok(if ready.is_some() { fdsets.0 } else { Value::FALSE })
    }
}
