//! The machine: heap, stack, registers, globals, limits.

use super::{Primitive, Res, Stop};
use crate::diagnostics::SourceMap;
use crate::heap::{Heap, Value};

/// Everything that a running program needs, and all of its state.
pub struct Machine {
    pub heap: Heap,
    pub sources: SourceMap,
    /// The tables of primitives, concatenated: `PrimitiveId` is the index.
    pub primitives: &'static [&'static Primitive],
    /// Units of work left before the next safepoint stops to look around.
    pub fuel: i64,
    /// What `Stop::CALL` asks for: the procedure, then its arguments.
    pub(super) pending_call: Vec<Value>,
}

impl Machine {
    /// Charges for work in proportion to its size, before doing it.
    #[inline]
    pub fn charge(&mut self, units: usize) -> Res<()> {
        self.fuel = self.fuel.saturating_sub(units as i64);
        Ok(())
    }

    /// Makes the evaluator call `procedure` in place of the primitive: `return m.tail_call(f, &[x])`. Only primitives
    /// flagged `control` may.
    pub fn tail_call(&mut self, procedure: Value, arguments: &[Value]) -> Res {
        self.pending_call.clear();
        self.pending_call.push(procedure);
        self.pending_call.extend_from_slice(arguments);
        Err(Stop::CALL)
    }
}
