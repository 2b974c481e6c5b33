//! The assignments of a jump: all parameters of a loop get their values at once. Part of `lower_calls`.

use super::Map;
use super::effects::Effects;
use super::graph::{Simple, Slot};
use crate::heap::Value;
use std::collections::BTreeSet;

/// An assignment. `first` holds what is written before it, but evaluated after it, and may fail.
pub(super) struct Move {
    pub slot: Slot,
    pub value: Simple,
    /// How many slots are initialised before it.
    pub depth: Slot,
    pub first: Vec<Simple>,
}

/// How many expressions are evaluated later than written at most.
const SKIPPED: usize = 16;

/// Orders assignments that happen at once so that none reads what another has overwritten, and nobody can see that they
/// are not evaluated from left to right. `initial` slots are initialised. What cannot be ordered takes a slot behind these
/// and behind `arrived`, where the last assigned slot ends; behind what was taken is the second answer.
pub(super) fn sequence(
    pending: Vec<(Slot, Simple)>,
    effects: Vec<Effects>,
    initial: Slot,
    arrived: Slot,
) -> (Vec<Move>, Slot) {
    let first_own = initial.max(arrived);
    let mut depth = first_own;
    let targets: Map<Slot, usize> = pending.iter().enumerate().map(|(i, (slot, _))| (*slot, i)).collect();
    // For each assignment which others read its slot, how many, and whose slots it reads.
    let mut readers = vec![0usize; pending.len()];
    let reads: Vec<Vec<usize>> = pending
        .iter()
        .enumerate()
        .map(|(i, (_, x))| {
            let mut read = BTreeSet::new();
            x.each_slot(&mut |slot| read.extend(targets.get(&slot).filter(|&&j| j != i)));
            read.into_iter().collect()
        })
        .collect();
    reads.iter().flatten().for_each(|&j| readers[j] += 1);
    let mut free: BTreeSet<usize> = (0..pending.len()).filter(|&i| readers[i] == 0).collect();
    // Those whose values are still to be evaluated.
    let mut waiting: BTreeSet<usize> = (0..pending.len()).collect();
    let mut values: Vec<Option<Simple>> = Vec::with_capacity(pending.len());
    let mut slots = Vec::with_capacity(pending.len());
    for (slot, x) in pending {
        slots.push(slot);
        values.push(Some(x));
    }
    let mut moves = Vec::new();
    let mut left = slots.len();
    while left > 0 {
        let next = free.first().copied().filter(|i| !waiting.contains(i) || may_skip(*i, &waiting, &effects));
        let (i, to) = match (next, waiting.first()) {
            (Some(i), _) => (i, slots[i]),
            // The leftmost goes to a slot of its own, from where it is moved once its place is free.
            (None, Some(&i)) => {
                depth += 1;
                (i, depth - 1)
            }
            (None, None) => unreachable!("what is evaluated already reads no parameter"),
        };
        let Some(value) = values[i].take() else { unreachable!("an assignment is made once") };
        let evaluated = waiting.remove(&i);
        let skipped = waiting.range(..i).filter(|&&j| evaluated && effects[i].fails && effects[j].fails);
        let first = skipped.filter_map(|&j| values[j].clone()).collect();
        let before = if to == slots[i] { depth } else { depth - 1 };
        moves.push(Move { slot: to, value, depth: before, first });
        if evaluated {
            for &j in &reads[i] {
                readers[j] -= 1;
                if readers[j] == 0 {
                    free.insert(j);
                }
            }
        }
        if to == slots[i] {
            free.remove(&i);
            left -= 1;
        } else {
            values[i] = Some(Simple::Local(to));
        }
    }
    if depth == first_own {
        moves.iter_mut().for_each(|m| m.depth = initial);
        return (moves, initial);
    }
    // Slots between those that are initialised and our own are, too, before ours.
    let filled = (initial..first_own).map(|slot| {
        let value = Simple::Constant(Value::FALSE);
        Move { slot, value, depth: slot, first: Vec::new() }
    });
    (filled.chain(moves).collect(), depth)
}

/// Whether nobody can see that `i` is evaluated before those to its left that are waiting; their failures are checked
/// for.
fn may_skip(i: usize, waiting: &BTreeSet<usize>, effects: &[Effects]) -> bool {
    let mut skipped = waiting.range(..i);
    skipped.by_ref().take(SKIPPED).all(|&j| !effects[i].conflicts(effects[j])) && skipped.next().is_none()
}
