//! `(vicare glibc)`: what the GNU C library has beyond POSIX, or beyond what `(vicare posix)` takes of it, one file a
//! family.
//!
//! How long C works on a pattern, and with how much memory, nobody knows beforehand: what is not known to be little is done
//! by a process of its own ([`super::helper_process`]). Whoever may use patterns needs the capability for raw memory, as for
//! foreign functions. [`admit`] refuses what is known to end a process.

mod addresses;
mod files;
mod numerics;
mod patterns;
mod regex;

use super::argument::{Int, Text};
use crate::eval::{Capability, Machine, Primitive, Res};

/// Bytes of the longest pattern.
const LONGEST: usize = 4096;
/// Most groups inside of each other: the C library recurses on them, on stacks that may be small.
const DEEPEST: usize = 100;
/// Most parts that a regular expression may be copied out to, and pathnames that a pattern may stand for.
const LARGEST: u64 = 1 << 15;

/// Raises unless a pattern, which stands for so many parts in groups so deep, may be given to the C library.
fn admit(m: &mut Machine, who: &str, pattern: &Text, size_of: fn(&[u8]) -> u64) -> Res<()> {
    m.require(Capability::RawMemory, who)?;
    m.charge(100 + pattern.bytes().len())?;
    let message = if pattern.bytes().len() > LONGEST {
        "the pattern is longer than 4096 bytes"
    } else if depth(pattern.bytes()) > DEEPEST {
        "the pattern has more than 100 groups inside of each other"
    } else if size_of(pattern.bytes()) > LARGEST {
        "the pattern stands for more than 32768 parts"
    } else {
        return Ok(());
    };
    Err(m.error(who, message, &[pattern.value]))
}

/// Raises unless all flags are among those that are known to do no harm: some make C read what it did not get.
fn admit_flags(m: &mut Machine, who: &str, index: usize, flags: Int, known: libc::c_int) -> Res<()> {
    if flags.0 & !known == 0 {
        return Ok(());
    }
    Err(m.wrong_argument(who, "flags", index, "flags of this procedure, or 0", flags.value()))
}

/// How many groups are open at once, at most.
fn depth(pattern: &[u8]) -> usize {
    let (mut open, mut most) = (0usize, 0);
    for byte in pattern {
        match byte {
            b'(' | b'{' | b'[' => open += 1,
            b')' | b'}' | b']' => open = open.saturating_sub(1),
            _ => {}
        }
        most = most.max(open);
    }
    most
}

pub static TABLES: &[&[Primitive]] = &[
    addresses::procedures::TABLE,
    files::procedures::TABLE,
    files::internal::TABLE,
    numerics::procedures::TABLE,
    numerics::functions::TABLE,
    patterns::procedures::TABLE,
    regex::procedures::TABLE,
];
