//! The machine: heap, stack, registers, globals, limits.

use super::code::Code;
use super::continuation::Dynamic;
use super::global::{Globals, Prelude};
use super::handle::Handles;
use super::node::{Expression, Node};
use super::run::{Limit, Stopped, Suspended};
use super::safepoint::Grace;
use super::stack::Stack;
use super::{Capabilities, Extensions, Primitive, PrimitiveExports, PrimitiveTable, Res, Stop};
use crate::account::{Account, Accountable, Claim};
use crate::diagnostics::SourceMap;
use crate::heap::{Heap, Interrupt, Value};
use crate::syntax::core::{GlobalId, Place};
use crate::syntax::{Builtins, Keeper, Kept, Tables};
use hashbrown::HashMap;
use std::ptr::{null, null_mut};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

/// Bytes that the stack may take unless a host says otherwise.
const STACK_LIMIT: usize = 4 << 30;

/// Everything that a running program needs, and all of its state.
// Nodes use the first two fields most.
#[repr(C)]
pub struct Machine {
    pub heap: Heap,
    /// No frame may begin behind this without the stack being asked.
    pub(super) limit: *mut Value,
    pub(super) stack: Stack,
    /// How many arguments a general entry has got.
    pub(super) count: u32,
    /// The call that led to a general entry; null if it is unknown, or may have been collected.
    pub(super) call_site: *const Node,
    /// Why an expression has failed, and which: null when it is not known more closely than by its statement.
    pub(super) failure: Stop,
    pub(super) failed_at: *const Expression,
    /// Where a limit stopped the run, for its backtrace: the node that was next, if that is known, and the newest frame.
    pub(super) limit_at: (*const Node, *mut Value),
    /// The expression whose operation a limit has ended, where no node is known.
    pub(super) limit_place: Place,
    /// The backtrace of what was raised in the last nested run that ended so.
    pub nested_backtrace: Vec<super::FrameInfo>,
    /// The dynamic environment of what runs.
    pub dynamic: Dynamic,
    /// The ports that are parameters; absent until they are asked for.
    pub ports: [Value; super::PORTS],
    /// What `Stop::CALL` asks for: the procedure, then its arguments. Also what other stops carry.
    pub(super) pending_call: Vec<Value>,
    /// Pays for what the machine itself keeps.
    pub(super) claim: Claim,

    // Where the run stands while nodes do not run: the statement to go on with, the newest frame, how many of its slots
    // are initialised. `pc` is null when nothing runs.
    pub(super) pc: *const Node,
    pub(super) fp: *mut Value,
    pub(super) live: usize,
    pub(super) stopped: Stopped,
    pub(super) run_number: i64,
    /// What the run's continuations are marked with: its number, or `FORMS` for all runs of forms given one by one.
    pub(super) run_tag: i64,
    /// How many children deep the process is whose program runs.
    pub(super) generation: u16,
    /// In a child process that runs a program of its own: its status if that fails.
    pub child_status: Option<i32>,
    pub(super) run_count: i64,
    pub(super) suspended: Vec<Suspended>,

    // Fuel: see `safepoint.rs`.
    /// Most units of work between two looks around; tests choose another.
    pub(super) chunk: i64,
    pub(super) beyond_chunk: i64,
    pub(super) granted: i64,
    pub(super) lent: i64,
    pub(super) debt: i64,
    pub(super) fuel: i64,
    pub(super) consumed: u64,
    /// The limit that `Stop::LIMIT` means.
    pub limit_hit: Limit,
    /// While the program is allowed a little more of the heap to clean up.
    pub(super) heap_grace: Option<Grace>,
    /// The same for the stack's.
    pub(super) stack_limit_in_grace: Option<usize>,
    /// The program got the condition for a full heap, and has left nothing by a continuation since.
    pub(super) told_of_memory: bool,

    /// Serves what primitives of nested runs ask for.
    pub driver: Option<Arc<dyn super::Driver>>,
    pub sources: SourceMap,
    pub primitives: Arc<PrimitiveTable>,
    /// Libraries, and what else the expander knows; traced as roots.
    pub syntax: Tables,
    /// What the host lets the program do outside of its heap.
    pub capabilities: Capabilities,
    /// What folders right of `eval` keep in a machine; traced as roots.
    pub extensions: Extensions,
    /// What the host holds.
    pub handles: Handles,
    pub(super) globals: Globals,
    pub(super) prelude: Option<Arc<dyn Prelude>>,
    /// The procedure that raises conditions which Rust code has made.
    raise: Option<GlobalId>,
    /// The process is the program's own: it has one thread, and nobody else minds its environment.
    pub owns_process: bool,
    /// The procedure `exit`, until it is linked.
    exit: Option<GlobalId>,
    pub(super) primitive_closures: HashMap<*const Primitive, (Value, Box<Code>), foldhash::fast::FixedState>,
}

// SAFETY: the pointers lead into the heap, the stack's segments and the code, all of which the machine owns, or to static
// nodes and primitives; nothing in it is bound to a thread.
unsafe impl Send for Machine {}

impl Keeper for Machine {
    fn kept(&mut self) -> &mut Kept {
        &mut self.syntax.protected
    }
}

impl Accountable for Machine {
    fn account(&self) -> &Account {
        self.heap.memory()
    }
}

impl Machine {
    /// A machine with an empty heap whose programs see `primitives`, numbered in that order.
    pub fn new(primitives: &'static [&'static Primitive]) -> Machine {
        let table = PrimitiveTable::new(primitives.iter().copied());
        let builtins = PrimitiveExports::new(primitives);
        Machine::with_parts(Arc::new(table), Arc::new(builtins), Heap::new(), None)
    }

    /// The same with parts that machines share, and a heap of the caller's.
    pub fn with_parts(
        primitives: Arc<PrimitiveTable>,
        builtins: Arc<dyn Builtins>,
        heap: Heap,
        prelude: Option<Arc<dyn Prelude>>,
    ) -> Machine {
        let stack = Stack::new(STACK_LIMIT);
        let claim = Claim::new(heap.memory());
        let mut machine = Machine {
            heap,
            limit: stack.frame_limit(),
            fp: stack.base,
            stack,
            count: 0,
            call_site: null(),
            failure: Stop::LIMIT,
            failed_at: null(),
            limit_at: (null(), null_mut()),
            limit_place: Place::NONE,
            nested_backtrace: Vec::new(),
            dynamic: Dynamic::EMPTY,
            ports: [Value::ABSENT; super::PORTS],
            pending_call: Vec::new(),
            claim,
            pc: null(),
            live: 0,
            stopped: Stopped::Paused,
            run_number: 0,
            run_tag: 0,
            generation: 0,
            child_status: None,
            run_count: 0,
            suspended: Vec::new(),
            chunk: super::safepoint::CHUNK,
            beyond_chunk: 0,
            granted: 0,
            lent: 0,
            debt: 0,
            fuel: i64::MAX,
            consumed: 0,
            limit_hit: Limit::Fuel,
            heap_grace: None,
            stack_limit_in_grace: None,
            told_of_memory: false,
            driver: None,
            sources: SourceMap::default(),
            primitives,
            syntax: Tables::new(builtins),
            capabilities: Capabilities::ALL,
            extensions: Extensions::default(),
            handles: Handles::default(),
            globals: Globals::default(),
            prelude,
            raise: None,
            owns_process: false,
            exit: None,
            primitive_closures: HashMap::default(),
        };
        let memory = machine.heap.memory().clone();
        machine.syntax.count_in(&memory);
        machine.set_fuel(None);
        machine
    }

    /// What another thread sets to stop the run within bounded time.
    pub fn interrupt_flag(&self) -> Arc<Interrupt> {
        self.heap.watch.interrupt.clone()
    }

    /// For how long a call that waits may do so before [`Machine::poll`] has to be asked; `None`: until it is done, or a
    /// signal ends it. In a process of the machine's own an interrupt comes as a signal; in a host's, nobody is told, so a
    /// machine that another thread may interrupt looks again and again.
    pub fn patience(&self) -> Option<Duration> {
        const GLANCE: Duration = Duration::from_millis(20);
        if self.heap.stop_wanted() {
            return Some(Duration::ZERO);
        }
        let interruptible = !self.owns_process && Arc::strong_count(&self.heap.watch.interrupt) > 1;
        let left = self.heap.watch.deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
        if interruptible { Some(left.map_or(GLANCE, |left| left.min(GLANCE))) } else { left }
    }

    /// Waits for what another thread is to answer, unless the run is to end. `None`: it ended without.
    pub fn wait_for<T>(&mut self, answer: &Receiver<T>) -> Res<Option<T>> {
        /// No signal ends this wait.
        const SLICE: Duration = Duration::from_millis(20);
        loop {
            match answer.recv_timeout(self.patience().map_or(SLICE, |patience| patience.min(SLICE))) {
                Ok(answer) => return Ok(Some(answer)),
                Err(RecvTimeoutError::Timeout) => self.poll()?,
                Err(RecvTimeoutError::Disconnected) => return Ok(None),
            }
        }
    }

    /// Bytes of memory that may be in use.
    pub fn set_heap_limit(&mut self, bytes: usize) {
        self.heap.set_limit(bytes);
        self.heap_grace = None;
    }

    /// Bytes of memory that may be in use, as they were set; `None` is no limit.
    pub fn heap_limit(&self) -> Option<usize> {
        let limit = self.heap_grace.as_ref().map_or(self.heap.limit(), |grace| grace.limit);
        (limit < usize::MAX).then_some(limit)
    }

    /// Bytes that the stack may take.
    pub fn set_stack_limit(&mut self, bytes: usize) {
        self.stack.limit = bytes;
        self.stack_limit_in_grace = None;
    }

    /// Bytes that the stack may take, as they were set: a program that has hit the limit is granted a little more.
    pub fn stack_limit(&self) -> usize {
        self.stack_limit_in_grace.unwrap_or(self.stack.limit)
    }

    /// Bytes of the stack that are the machine's own; what waits below belongs to the heap's account.
    pub fn stack_bytes(&self) -> usize {
        self.stack.bytes()
    }

    /// Says which global is the procedure `raise`, called with every condition that Rust code makes. Without one, such
    /// a condition ends the run.
    pub fn set_raise(&mut self, raise: GlobalId) {
        self.raise = Some(raise)
    }

    /// Says which global is the procedure `exit`, with which most child processes end.
    pub fn set_exit(&mut self, exit: GlobalId) {
        self.exit = Some(exit)
    }

    /// For a `control` primitive that is about to make a child process: does once what else each child would do for itself.
    pub fn prepare_child(&mut self) -> Res<()> {
        if let Some(id) = self.exit.take() {
            let exit = self.global_value(id)?;
            if exit.is_procedure() {
                self.force(exit)?;
            }
        }
        self.pending_call.reserve(8);
        Ok(())
    }

    pub(super) fn raise_procedure(&mut self) -> Option<Value> {
        let raise = self.raise?;
        self.global_value(raise).ok().filter(|v| v.is_procedure())
    }

    /// Makes the evaluator call `procedure` in place of the primitive: `return m.tail_call(f, &[x])`. Only primitives
    /// flagged `control` may.
    pub fn tail_call(&mut self, procedure: Value, arguments: &[Value]) -> Res {
        self.pending_call.clear();
        self.claim.grow(&mut self.pending_call, arguments.len() + 1)?;
        self.pending_call.push(procedure);
        self.pending_call.extend_from_slice(arguments);
        Err(Stop::CALL)
    }
}
