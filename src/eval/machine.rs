//! The machine: heap, stack, registers, globals, limits.

use super::{Capabilities, Extensions, Primitive, PrimitiveExports, Res, Stop};
use crate::diagnostics::SourceMap;
use crate::heap::{Heap, Value};
use crate::syntax::Tables;
use std::sync::Arc;

/// Everything that a running program needs, and all of its state.
pub struct Machine {
    pub heap: Heap,
    pub sources: SourceMap,
    /// The tables of primitives, concatenated: `PrimitiveId` is the index.
    pub primitives: &'static [&'static Primitive],
    /// Libraries, and what else the expander knows; traced as roots.
    pub syntax: Tables,
    /// Units of work left before the next safepoint stops to look around.
    pub fuel: i64,
    /// What the host lets the program do outside of its heap.
    pub capabilities: Capabilities,
    /// What folders right of `eval` keep in a machine; traced as roots.
    pub extensions: Extensions,
    /// What `Stop::CALL` asks for: the procedure, then its arguments.
    pub(super) pending_call: Vec<Value>,
}

impl Machine {
    /// A machine with an empty heap whose programs see `primitives`.
    pub fn new(primitives: &'static [&'static Primitive]) -> Machine {
        Machine {
            heap: Heap::new(),
            sources: SourceMap::default(),
            primitives,
            syntax: Tables::new(Arc::new(PrimitiveExports::new(primitives, |_| &[]))),
            fuel: i64::MAX,
            capabilities: Capabilities::ALL,
            extensions: Extensions::default(),
            pending_call: Vec::new(),
        }
    }

    /// Charges for work in proportion to its size, before doing it.
    #[inline]
    pub fn charge(&mut self, units: usize) -> Res<()> {
        self.fuel = self.fuel.saturating_sub(units as i64);
        Ok(())
    }

    /// To be asked before a system call that a signal interrupted is made again: `Err` when the run is to stop.
    pub fn poll(&mut self) -> Res<()> {
        self.charge(1)
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
