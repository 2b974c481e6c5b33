//! Continuations as procedures, and the dynamic environment that they carry: the lists of winders and handlers.
//!
//! Capturing freezes the running frames where they are (`stack.rs`) and copies nothing. Applying a continuation forgets
//! what runs, puts the registers back, and returns to the frozen frames. It runs no winders: that is the prelude's work.

use super::code::{Code, CodeKind};
use super::entry::static_code;
use super::node::{Node, Transfer};
use super::operand::free_variable;
use super::{Machine, Res};
use crate::compile::graph::Values;
use crate::diagnostics::Span;
use crate::heap::{ConditionType, Value};

static CONTINUATION: Node = Node { run: continuation };
static CONTINUATION_CODE: Code = static_code(&raw const CONTINUATION, 4, CodeKind::Other);

// What a continuation's closure carries.
const PIECE: usize = 0;
const HANDLERS: usize = 1;
const WINDERS: usize = 2;
/// The tag of the run that it is part of, and which child process it is part of.
const RUN: usize = 3;

/// The dynamic environment of what runs. Only the prelude says what the lists hold, but for the winders of `parametrise`
/// (`parameter.rs`).
#[derive(Copy, Clone)]
pub struct Dynamic {
    pub handlers: Value,
    pub winders: Value,
}

impl Dynamic {
    pub(super) const EMPTY: Dynamic = Dynamic { handlers: Value::NIL, winders: Value::NIL };
}

impl Machine {
    /// The continuation of the running `control` primitive, as a procedure.
    pub fn continuation(&mut self) -> Value {
        // SAFETY: `fp` is the primitive's frame, on top of all others.
        unsafe { self.freeze(self.fp, true) };
        let run = self.program();
        let free = [self.stack.waiting, self.dynamic.handlers, self.dynamic.winders, run];
        // SAFETY: the code is static and says that there are four free variables.
        unsafe { self.heap.closure(&raw const CONTINUATION_CODE.layout, &free) }
    }

    /// Says which program's continuations can be applied.
    fn program(&self) -> Value {
        Value::fixnum(self.run_tag << 16 | i64::from(self.generation))
    }

    /// In a child process: what runs now is a program of its own, for which handlers, winders and continuations of its parent
    /// are not there; `status` is that of the process if the program fails. What `end_child` needs.
    pub fn begin_child(&mut self, status: i32) -> [Value; 4] {
        let parents = [
            self.dynamic.handlers,
            self.dynamic.winders,
            Value::fixnum(self.generation.into()),
            self.child_status.map_or(Value::FALSE, |status| Value::fixnum(status.into())),
        ];
        self.dynamic = Dynamic::EMPTY;
        self.generation = self.generation.wrapping_add(1);
        self.child_status = Some(status);
        parents
    }

    /// The child goes on in its parent's program.
    pub fn end_child(&mut self, parents: &[Value]) {
        let &[handlers, winders, generation, status] = parents else { return };
        self.dynamic = Dynamic { handlers, winders };
        self.generation = generation.as_fixnum().unwrap_or(0) as u16;
        self.child_status = status.as_fixnum().map(|status| status as i32);
    }

    /// Makes the evaluator call `procedure` with the continuation of the running `control` primitive.
    pub fn call_with_continuation(&mut self, procedure: Value) -> Res {
        let k = self.continuation();
        self.tail_call(procedure, &[k])
    }

    /// # Safety
    /// `fp` is the complete frame of a continuation with `count` arguments, on top of all others.
    #[inline(never)]
    unsafe fn reinstate(&mut self, fp: *mut Value) -> Transfer {
        // SAFETY: as the caller says.
        unsafe {
            if free_variable(fp, RUN) != self.program() {
                let message = "the continuation belongs to a run that is over, or to the program around this one, which is a \
                     macro, called by C, or a child process";
                let stop = self.violation(ConditionType::NonReinstatable, "call/cc", message, &[]);
                return self.raise_stop(stop, fp, 1, Span::NONE);
            }
            let piece = free_variable(fp, PIECE);
            let mut value = *fp.add(1);
            if self.count != 1 {
                let values = std::slice::from_raw_parts(fp.add(1), self.count as usize);
                match Machine::piece(piece).map_or(Values::Any, |p| (*p.returns).values) {
                    Values::Any => value = self.heap.multiple_values(values),
                    Values::Ignored => value = Value::VOID,
                    // Fails here, where the frames of the mistake can still be seen.
                    Values::One => {
                        let message =
                            "a continuation that accepts exactly one value was given another number of values";
                        let stop = self.assertion("call/cc", message, values);
                        return self.raise_stop(stop, fp, 1, Span::NONE);
                    }
                }
            }
            self.dynamic = Dynamic { handlers: free_variable(fp, HANDLERS), winders: free_variable(fp, WINDERS) };
            self.stack.waiting = piece;
            if std::mem::take(&mut self.told_of_memory) {
                // What filled the heap is garbage now, most likely: no request is to be refused for its sake.
                self.heap.want_collection()
            }
            self.return_to_waiting(value)
        }
    }
}

/// # Safety
/// A node function's contract; `fp` is the complete frame of a continuation.
unsafe fn continuation(_: *const Node, fp: *mut Value, m: *mut Machine) -> Transfer {
    // SAFETY: passed on.
    unsafe { (*m).reinstate(fp) }
}
