//! A collection, step by step. Depends on everything else in this folder.

use super::tracer::is_alive;
use super::{Heap, Tracer};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

/// What free memory is filled with in stress mode and debug builds: as a value an object at an address that faults.
pub(super) const POISON: u64 = 0xdead_dead_dead_dea7;

impl Heap {
    /// Finds what can be reached from `roots`, and frees all else. Only at a safepoint: values that `roots` does not
    /// report are invalid afterwards.
    ///
    /// The order: mark from the roots; then through ephemerons; then what guardians bring back, with what that reaches.
    /// Now it is known who is dead. Weak pairs, ephemerons, weak externals and the symbol table forget them; guardians
    /// hand out; dead externals are dropped; blocks and large objects are swept.
    pub fn collect(&mut self, roots: &mut dyn FnMut(&mut Tracer)) {
        self.mark_and_sweep(roots);
        self.end_collection();
    }

    /// The same for who has to do something between a collection and its end: what is to be forgotten outside of the heap because
    /// nothing in it mentions it any more. [`Heap::end_collection`] follows.
    pub fn mark_and_sweep(&mut self, roots: &mut dyn FnMut(&mut Tracer)) {
        self.retire_runs();
        self.blocks.clear_marks();
        let mut tracer = std::mem::replace(&mut self.tracer, Tracer::new());
        tracer.begin();
        let panic = catch_unwind(AssertUnwindSafe(|| self.mark(&mut tracer, roots))).err();
        if tracer.failed || panic.is_some() {
            self.abandon(&mut tracer)
        } else {
            self.sweep(&mut tracer)
        }
        self.tracer = tracer;
        self.collection_wanted = self.stress;
        self.set_countdown(self.countdown_left());
        if let Some(payload) = panic {
            self.end_collection();
            resume_unwind(payload)
        }
    }

    fn mark(&mut self, tracer: &mut Tracer, roots: &mut dyn FnMut(&mut Tracer)) {
        roots(tracer);
        tracer.values(&self.well_known);
        tracer.finish_ephemerons();
        self.registrations.resurrect(tracer);
        if tracer.failed {
            return;
        }
        // Here rather than among the sweeping, because it runs code of others: nothing has been freed yet.
        let epoch = tracer.epoch;
        for v in &tracer.weak_externals {
            if let Some(x) = v.external_exclusive() {
                x.sweep_weak(&|v| is_alive(v, epoch))
            }
        }
    }

    fn sweep(&mut self, tracer: &mut Tracer) {
        let epoch = tracer.epoch;
        tracer.break_ephemerons();
        self.break_weak_pairs(epoch);
        self.symbols.sweep(|v| is_alive(v, epoch));
        self.registrations.hand_out(tracer);
        self.externals.sweep(|v| is_alive(v, epoch));
        let poison = (self.stress || cfg!(debug_assertions)).then_some(POISON);
        let small = self.blocks.sweep(poison);
        let large = self.large.sweep(|mark| mark != epoch, poison);
        let external = tracer.external_bytes;
        tracer.end();
        let tables = tracer.bytes() + self.symbols.bytes() + self.registrations.bytes() + self.externals.bytes();
        let small = (small.live + small.lost) * super::block::GRANULE;
        self.settle((small + large + tables).saturating_add(external));
        self.blocks.trim(small + self.room_to_keep());
        self.memory().keeps(self.blocks.capacity().saturating_sub(small));
    }

    /// Marking could not be finished, so nobody knows who is dead: nothing is freed, and every block counts as full
    /// until the next collection.
    fn abandon(&mut self, tracer: &mut Tracer) {
        tracer.end();
        self.blocks.mark_all();
        self.blocks.sweep(None);
        self.starve();
        self.settle(self.bytes_used().saturating_sub(self.memory().outside()));
    }

    /// Whether the last collection has met something alive that mentions the number ([`Tracer::mention`]), or could not find
    /// out.
    pub fn is_mentioned(&self, number: u32) -> bool {
        self.tracer.is_mentioned(number)
    }

    /// Stress mode: a collection is wanted at every safepoint, and free memory is poisoned.
    pub fn set_stress(&mut self, on: bool) {
        self.stress = on;
        if on {
            self.want_collection()
        }
    }
}
