//! `(vicare glibc)`: what the GNU C library has beyond POSIX, or beyond what `(vicare posix)` takes of it, one file a
//! family.
//!
//! How long C works on a pattern, and with how much memory, nothing here can bound: whoever may use that needs the
//! capability for raw memory, as for foreign functions. [`admit`] refuses what is known to end a process.

mod addresses;
mod files;
mod numerics;
mod patterns;
mod regex;

use super::argument::Text;
use crate::eval::{Capability, Machine, Primitive, Res};

/// Bytes of the longest pattern: the C library recurses on the nesting of its parts.
const LONGEST: usize = 4096;
/// Most repetitions that the counts of a regular expression may multiply to: it is copied out so often.
const REPETITIONS: u64 = 1 << 15;

/// Raises unless a pattern may be given to the C library.
fn admit(m: &mut Machine, who: &str, pattern: &Text) -> Res<()> {
    m.require(Capability::RawMemory, who)?;
    m.charge(100 + pattern.bytes().len())?;
    let message = if pattern.bytes().len() > LONGEST {
        "the pattern is longer than 4096 bytes"
    } else if repetitions(pattern.bytes()) > REPETITIONS {
        "the pattern repeats its parts more than 32768 times"
    } else {
        return Ok(());
    };
    Err(m.error(who, message, &[pattern.value]))
}

/// The product of the largest counts in braces: `{2,5}` is 5.
fn repetitions(pattern: &[u8]) -> u64 {
    let braces = pattern.split(|&b| b == b'{').skip(1);
    let counts = braces.map(|part| {
        let inside = part.split(|&b| b == b'}').next().unwrap_or(&[]);
        let numbers = inside.split(|&b| !b.is_ascii_digit());
        numbers.filter_map(|n| std::str::from_utf8(n).ok()?.parse::<u64>().ok()).max().unwrap_or(1).max(1)
    });
    counts.fold(1, u64::saturating_mul)
}

pub static TABLES: [&[Primitive]; 7] =
    [addresses::TABLE, files::TABLE, files::INTERNAL, numerics::TABLE, numerics::OTHERS, patterns::TABLE, regex::TABLE];
