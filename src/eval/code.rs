//! Code: what a closure's first word points at, and the heap object that owns the code of one compilation unit.

use super::Primitive;
use super::node::{Expression, Node};
use crate::account::Claim;
use crate::diagnostics::{FileId, Span};
use crate::heap::{ClosureLayout, External, Tracer, Value, system_block};
use crate::syntax::core::{GlobalId, Place, Site, SiteId};

/// A procedure's code. Every applicable object is a closure; what it does when it is applied is for its code to say.
#[repr(C)]
pub(super) struct Code {
    /// The part that the collector knows.
    pub layout: ClosureLayout,
    /// The number of arguments with which control may go to `entry` at once; [`Code::NEVER`] if there is none.
    pub arity: u32,
    /// How many slots its frames may use.
    pub frame: u32,
    pub entry: *const Node,
    /// Where control goes with any other number, which is in `Machine::count`.
    pub general: *const Node,
    pub span: Span,
    /// The copy of a text that it was made in.
    pub site: SiteId,
    pub kind: CodeKind,
}

/// What the `general` entry has to know.
pub(super) enum CodeKind {
    /// Compiled: its clauses.
    Clauses(Box<[ClauseCode]>),
    Primitive(&'static Primitive),
    /// A global of the prelude, not compiled yet; what it will accept, as the linker may want to know.
    Lazy(GlobalId, Box<[(u32, bool)]>),
    /// A parameter.
    Parameter,
    /// Of the machine itself: continuations, host procedures.
    Other,
}

/// One clause of a compiled procedure.
pub(super) struct ClauseCode {
    pub required: u32,
    pub rest: bool,
    pub entry: *const Node,
}

// SAFETY: static codes are never written.
unsafe impl Sync for Code {}

impl Code {
    pub const NEVER: u32 = u32::MAX;

    /// The code of a closure.
    ///
    /// # Safety
    /// `closure` is a procedure, alive.
    #[inline(always)]
    pub unsafe fn of(closure: Value) -> *const Code {
        // SAFETY: a closure's first word is the address of its code; every `ClosureLayout` in a machine begins a `Code`.
        unsafe { *closure.address() as *const Code }
    }

    /// Where a call with exactly that many arguments may begin: the first clause that accepts them, if it takes no
    /// more.
    pub fn exact_entry(&self, count: u32) -> Option<*const Node> {
        let CodeKind::Clauses(clauses) = &self.kind else { return None };
        let first = clauses.iter().find(|c| c.required == count || c.rest && c.required < count)?;
        (!first.rest).then_some(first.entry)
    }

    /// How many clauses it has.
    fn clauses(&self) -> usize {
        if let CodeKind::Clauses(clauses) = &self.kind { clauses.len() } else { 0 }
    }

    /// What it accepts, for messages: "2", "at least 1", "1 or 3".
    pub fn describe_arity(&self) -> String {
        let one = |required: u32, rest: bool| {
            if rest { format!("at least {required}") } else { required.to_string() }
        };
        match &self.kind {
            CodeKind::Clauses(clauses) => {
                clauses.iter().map(|c| one(c.required, c.rest)).collect::<Vec<_>>().join(" or ")
            }
            CodeKind::Lazy(_, clauses) => clauses.iter().map(|c| one(c.0, c.1)).collect::<Vec<_>>().join(" or "),
            CodeKind::Primitive(p) if p.max == usize::MAX => format!("at least {}", p.min),
            CodeKind::Primitive(p) if p.max > p.min => format!("{} to {}", p.min, p.max),
            CodeKind::Primitive(p) => p.min.to_string(),
            CodeKind::Parameter => "0 or 1 or 2".into(),
            CodeKind::Other => "other".into(),
        }
    }
}

/// A place in the code: a node that may fail, call or stop.
#[derive(Copy, Clone)]
pub(super) struct Position {
    pub address: usize,
    /// How many slots of the frame are initialised there.
    pub depth: u32,
    pub place: Place,
    /// What is to be evaluated first when it fails: index plus one into the block's checks.
    pub first: u32,
}

/// The code of one compilation unit: freed when nothing of it can run any more.
pub(super) struct CodeBlock {
    pub codes: Box<[Code]>,
    /// Nodes and their operand words. Never moved: nodes point at each other.
    pub memory: Vec<Box<[u64]>>,
    /// Everything that operand words point at.
    pub constants: Vec<Value>,
    /// Sorted by address.
    pub positions: Box<[Position]>,
    /// The calls that bodies of procedures have replaced.
    pub sites: Box<[Site]>,
    /// What backtraces call it, if it is code of the prelude: the name of the procedure that a library exports, or `#f`
    /// for what no program has heard of.
    pub prelude: Option<Value>,
    /// The texts that are kept as long as this code: those that its places lie in, and the one that was run when it was made.
    pub texts: Box<[FileId]>,
    /// See [`Position::first`].
    pub checks: Box<[Box<[*const Expression]>]>,
    /// Pays for all of this.
    pub claim: Claim,
}

// SAFETY: the pointers lead into `memory` and `codes`, to static nodes and primitives, or to the machine that owns the
// block's heap; whoever has the machine has them all.
unsafe impl Send for CodeBlock {}

impl CodeBlock {
    /// Bytes that the block owns.
    pub fn size(&self) -> usize {
        let clauses = self.codes.iter().map(|code| system_block(code.clauses() * size_of::<ClauseCode>()));
        let boxes = [
            self.memory.capacity() * size_of::<Box<[u64]>>(),
            size_of_val(&*self.codes),
            size_of_val(&*self.positions),
            size_of_val(&*self.sites),
            size_of_val(&*self.texts),
            size_of_val(&*self.checks),
            self.constants.capacity() * size_of::<Value>(),
        ];
        self.memory.iter().map(|m| system_block(size_of_val(&**m))).sum::<usize>()
            + self.checks.iter().map(|c| system_block(size_of_val(&**c))).sum::<usize>()
            + clauses.sum::<usize>()
            + boxes.map(system_block).iter().sum::<usize>()
    }

    /// What is known of the node at that address.
    pub fn position(&self, address: usize) -> Option<Position> {
        let i = self.positions.binary_search_by_key(&address, |p| p.address).ok()?;
        self.positions.get(i).copied()
    }
}

impl External for CodeBlock {
    fn trace(&self, tracer: &mut Tracer) {
        tracer.values(&self.constants);
        self.codes.iter().for_each(|code| tracer.value(code.layout.name));
        self.sites.iter().for_each(|site| tracer.value(site.procedure));
        self.prelude.into_iter().for_each(|name| tracer.value(name));
        self.texts.iter().for_each(|text| tracer.mention(text.0));
    }

    fn type_name(&self) -> &'static str {
        "code"
    }
}
