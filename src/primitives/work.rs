//! Long work inside of one primitive: it is done in pieces, and between them the run may be stopped.
//!
//! A primitive that works in proportion to its input asks for the memory first, then charges for all of the work, so
//! that what is refused costs nothing, and does it by [`in_pieces`] or calls [`look`] on the way.

use crate::account::Paid;
use crate::eval::{Machine, Res};
use std::ops::Range;

/// Fuel for going to the kernel and back.
pub const SYSTEM_CALL: usize = 30;

/// Fuel for a port that has no device.
pub const OPEN_IN_MEMORY: usize = 10;

/// Elements, or units of like work, between two looks around.
pub const PIECE: usize = 1 << 14;

/// Whether to go on: `Err` when the deadline has passed or somebody wants the run to stop.
#[inline]
pub fn look(m: &mut Machine) -> Res<()> {
    if m.heap.stop_wanted() { Err(m.stopped_by_watch()) } else { Ok(()) }
}

/// Calls `f` for one piece of `range` after the other, in order.
#[inline]
pub fn in_pieces(m: &mut Machine, range: Range<usize>, mut f: impl FnMut(&mut Machine, Range<usize>)) -> Res<()> {
    let mut at = range.start;
    loop {
        let end = range.end.min(at.saturating_add(PIECE));
        f(m, at..end);
        if end >= range.end {
            return Ok(());
        }
        look(m)?;
        at = end;
    }
}

/// The same from the last piece to the first.
#[inline]
pub fn in_pieces_backward(
    m: &mut Machine,
    range: Range<usize>,
    mut f: impl FnMut(&mut Machine, Range<usize>),
) -> Res<()> {
    let mut end = range.end;
    loop {
        let start = range.start.max(end.saturating_sub(PIECE));
        f(m, start..end);
        if start <= range.start {
            return Ok(());
        }
        look(m)?;
        end = start;
    }
}

/// The pieces of a text.
pub fn pieces_of_text(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let end = (0..=rest.len().min(PIECE)).rev().find(|&at| rest.is_char_boundary(at)).unwrap_or(0);
        let (piece, behind) = rest.split_at(end);
        rest = behind;
        (!piece.is_empty()).then_some(piece)
    })
}

/// A vector with room for `count` elements, for working with until the primitive is done.
pub fn room<T>(m: &mut Machine, count: usize) -> Res<Paid<Vec<T>>> {
    Ok(Paid::with_room(m.heap.memory(), count)?)
}
