//! Values that expansions hold: a stack that is a root of the collector. It grows by pieces, so that it never asks the
//! system for much at once and never moves, and it is counted.

use crate::account::{Account, Claim};
use crate::heap::{Tracer, Value};

/// How many values a piece holds.
const PIECE: usize = 4096;

/// Who has such a stack.
pub trait Keeper {
    fn kept(&mut self) -> &mut Kept;
}

/// Keeps values alive while `work` runs, and all that `work` itself pushes.
pub fn keeping<K: Keeper + ?Sized, T>(keeper: &mut K, values: &[Value], work: impl FnOnce(&mut K) -> T) -> T {
    let height = keeper.kept().len();
    keeper.kept().extend_from_slice(values);
    let result = work(keeper);
    keeper.kept().truncate(height);
    result
}

/// The stack.
pub struct Kept {
    full: Vec<Vec<Value>>,
    last: Vec<Value>,
    claim: Claim,
}

impl Default for Kept {
    fn default() -> Kept {
        Kept { full: Vec::new(), last: Vec::new(), claim: Claim::unlimited() }
    }
}

impl Kept {
    /// Counts its memory there from now on. It is empty.
    pub fn count_in(&mut self, account: &Account) {
        self.claim = Claim::new(account);
    }

    pub fn push(&mut self, v: Value) {
        if self.last.len() == PIECE {
            // Past the limit too: whoever expands asks for that in every turn.
            self.claim.take_anyway(PIECE * size_of::<Value>());
            let piece = std::mem::replace(&mut self.last, Vec::with_capacity(PIECE));
            self.full.push(piece);
        }
        self.last.push(v);
    }

    pub fn extend_from_slice(&mut self, values: &[Value]) {
        values.iter().for_each(|&v| self.push(v));
    }

    pub fn len(&self) -> usize {
        self.full.len() * PIECE + self.last.len()
    }

    /// Gives up what was pushed since there were `length`.
    pub fn truncate(&mut self, length: usize) {
        while length < self.full.len() * PIECE
            && let Some(piece) = self.full.pop()
        {
            self.last = piece;
            self.claim.give(PIECE * size_of::<Value>());
        }
        self.last.truncate(length - self.full.len() * PIECE);
    }

    pub fn clear(&mut self) {
        self.truncate(0)
    }

    /// Reports everything to the collector.
    pub fn trace(&self, tracer: &mut Tracer) {
        self.full.iter().for_each(|piece| tracer.values(piece));
        tracer.values(&self.last);
    }
}

impl Extend<Value> for Kept {
    fn extend<T: IntoIterator<Item = Value>>(&mut self, values: T) {
        values.into_iter().for_each(|v| self.push(v));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_a_stack_of_any_height() {
        let mut kept = Kept::default();
        let mut model = Vec::new();
        for round in 0..6usize {
            for i in 0..(round + 1) * 3000 {
                kept.push(Value::fixnum(i as i64));
                model.push(Value::fixnum(i as i64));
            }
            assert_eq!(kept.len(), model.len());
            let down = model.len() - [0, 1, PIECE, 2 * PIECE - 5, 5000, 10_000][round].min(model.len());
            kept.truncate(down);
            model.truncate(down);
            assert_eq!(kept.len(), model.len());
            let all: Vec<Value> = kept.full.iter().flatten().chain(&kept.last).copied().collect();
            assert!(all == model);
        }
        kept.clear();
        assert_eq!((kept.len(), kept.claim.bytes()), (0, 0));
    }
}
