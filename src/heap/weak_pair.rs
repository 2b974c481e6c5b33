//! Weak pairs: pairs (for `pair?`, `car`, `cdr` and all else) that do not keep their car alive. Depends on blocks and
//! marking.
//!
//! They live in blocks of their own, which is all that distinguishes them.

use super::block::Block;
use super::large::is_outside_blocks;
use super::tracer::is_alive;
use super::{Heap, Value};

impl Heap {
    /// A pair whose car becomes [`Value::BWP`] when nothing else keeps it alive.
    pub fn weak_cons(&mut self, car: Value, cdr: Value) -> Value {
        let p = self.allocate_weak_pair();
        // SAFETY: two fresh words.
        unsafe {
            *p = car.0;
            *p.add(1) = cdr.0;
        }
        Value::from_pair(p)
    }

    /// After marking: breaks the pairs whose cars have died.
    pub(super) fn break_weak_pairs(&self, epoch: u64) {
        self.blocks.each_weak_pair(|p| {
            // SAFETY: a marked pair of a block of this heap.
            unsafe {
                if !is_alive(Value(*p), epoch) {
                    *p = Value::BWP.0
                }
            }
        })
    }
}

impl Value {
    /// Whether `weak-cons` made this pair.
    pub fn is_weak_pair(self) -> bool {
        let p = self.address();
        // SAFETY: a pair that is not static lies in a started block of a live heap.
        self.is_pair() && !is_outside_blocks(p) && unsafe { (*Block::of(p)).weak }
    }
}
