//! Linking: from the statement graph to nodes. For every statement the node function is chosen that fits its operands,
//! and statements that belong together become one node: a comparison with its branch, an operation with the return of
//! its value, an assignment with the way back of a loop.
//!
//! A procedure's nodes are laid out before they are filled, from its entries on, without recursion: a node's size depends
//! on its statement alone.

use super::branch::*;
use super::code::{ClauseCode, Code, CodeBlock, CodeKind, Position};
use super::entry::CLAUSES;
use super::link_expression::{by_kind, shape};
use super::node::{Assign, Branch, CallNode, Expression, Node, Return, Run};
use super::operand::*;
use super::operations::select;
use super::primitive_table::Known;
use super::special::unpack;
use super::stack::ROOM;
use super::statement::*;
use super::{Machine, Res, Stop};
use crate::account::{Claim, deepen};
use crate::compile::Simplified;
use crate::compile::graph::*;
use crate::compile::operation::Operation;
use crate::diagnostics::FileId;
use crate::heap::{ClosureLayout, Global, Value, View};
use crate::syntax::core::{Expr, GlobalId, Place, Site};
use crate::syntax::keeping;
use hashbrown::{HashMap, HashSet};
use std::ptr::null;

/// What the code of a statement takes, about, with its position.
const BYTES_OF_STATEMENT: usize = 150;

type Map<K, V> = HashMap<K, V, foldhash::fast::FixedState>;

/// Does `$body` with the constant `$WAY`.
macro_rules! by_way {
    ($way:expr, $WAY:ident => $body:expr) => {
        match $way {
            THEN_LOCAL => by_way!(@ THEN_LOCAL, $WAY, $body),
            THEN_CONSTANT => by_way!(@ THEN_CONSTANT, $WAY, $body),
            ELSE_LOCAL => by_way!(@ ELSE_LOCAL, $WAY, $body),
            ELSE_CONSTANT => by_way!(@ ELSE_CONSTANT, $WAY, $body),
            _ => by_way!(@ PLAIN, $WAY, $body),
        }
    };
    (@ $value:expr, $WAY:ident, $body:expr) => {{
        const $WAY: u8 = $value;
        $body
    }};
}
pub(super) struct Linker<'a> {
    pub machine: &'a mut Machine,
    pub unit: &'a Unit,
    pub codes: Box<[Code]>,
    /// The closures of procedures without free variables.
    pub statics: Vec<Option<Value>>,
    /// The procedures of this unit that globals will be.
    pub definitions: Map<GlobalId, ProcedureId>,
    pub globals: Map<GlobalId, Global>,
    /// Calls whose callees' entries are not known before all is linked.
    pub entries: Vec<(*mut CallNode, ProcedureId, u32)>,
    pub constants: Vec<Value>,
    pub positions: Vec<Position>,
    checks: Vec<Box<[*const Expression]>>,
    /// For those of the procedure at hand where they are in `checks`, plus one, once they are linked.
    linked_checks: Vec<u32>,
    memory: Vec<Box<[u64]>>,
    /// Words of the last block of memory that are taken.
    taken: usize,
    /// The procedure at hand.
    pub procedure: usize,
    nodes: Vec<*mut Node>,
    heads: HashSet<StatementId, foldhash::fast::FixedState>,
    work: Vec<StatementId>,
}

/// Bytes of the compiler's tables that take a unit of work.
const BYTES_PER_UNIT: usize = 1024;

impl Machine {
    /// Compiles an expression to a procedure without parameters that computes it.
    pub fn compile_thunk(&mut self, expr: Expr) -> Res {
        self.compile_unit(expr, &[], false)
    }

    /// The same for an expression of the prelude. `exported` is the name of the procedure that it defines, if programs
    /// know it.
    pub fn compile_prelude(&mut self, expr: Expr, exported: Option<&str>) -> Res {
        let thunk = self.compile_thunk(expr)?;
        let name = exported.map_or(Value::FALSE, |name| self.heap.symbol(name));
        // SAFETY: a live closure.
        let owner = unsafe { (*Code::of(thunk)).layout.owner };
        if let Some(block) = owner.external_mut::<CodeBlock>() {
            block.prelude = Some(name);
        }
        Ok(thunk)
    }

    /// The same for an expression whose places refer to a table.
    pub fn compile_simplified(&mut self, simplified: &Simplified) -> Res {
        self.compile_unit(simplified.body, &simplified.sites, false)
    }

    /// The same for what a run begins with: its frame stays to the end, for backtraces.
    pub fn compile_top(&mut self, simplified: &Simplified) -> Res {
        self.compile_unit(simplified.body, &simplified.sites, true)
    }

    fn compile_unit(&mut self, expr: Expr, sites: &[Site], keep_frame: bool) -> Res {
        let table = self.primitives.clone();
        let known = Known::new(&table, self);
        let unit = crate::compile::compile(expr, sites, &known, keep_frame);
        let units = known.taken.get() / BYTES_PER_UNIT;
        self.charge(units)?;
        let Some(mut unit) = unit else {
            self.poll()?;
            return Err(self.raised(Stop::HEAP).map_or(Stop::HEAP, Stop::raise));
        };
        if keep_frame && let Some(whole) = unit.procedures.first_mut() {
            whole.name = self.heap.symbol("top level");
        }
        // The frames in which simple expressions are linked are large without optimisation.
        deepen(&mut *self, |m| m.link(&unit))?
    }

    /// Links a unit; answers the closure of its first procedure.
    pub(super) fn link(&mut self, unit: &Unit) -> Res {
        let statements: usize = unit.procedures.iter().map(|p| p.statements.len() + 1).sum();
        self.heap.memory().admit(statements * BYTES_OF_STATEMENT)?;
        let globals = self.find_globals(unit)?;
        let linker = Linker {
            codes: unit.procedures.iter().map(empty_code).collect(),
            statics: vec![None; unit.procedures.len()],
            definitions: unit.definitions.iter().copied().collect(),
            globals,
            entries: Vec::new(),
            constants: Vec::new(),
            positions: Vec::new(),
            checks: Vec::new(),
            linked_checks: Vec::new(),
            memory: Vec::new(),
            taken: 0,
            procedure: 0,
            nodes: Vec::new(),
            heads: HashSet::default(),
            work: Vec::new(),
            machine: self,
            unit,
        };
        linker.link()
    }

    /// The objects of all globals that a unit refers to. To define one of the prelude may run code, and the collector:
    /// meanwhile the unit's constants are protected.
    fn find_globals(&mut self, unit: &Unit) -> Res<Map<GlobalId, Global>> {
        keeping(self, &[], |machine| {
            let mut ids = Vec::new();
            unit.visit(&mut |reference| match reference {
                Reference::Global(id) => ids.push(id),
                Reference::Constant(v) => machine.syntax.protected.push(v),
            });
            ids.into_iter().map(|id| Ok((id, machine.global(id)?))).collect()
        })
    }
}

fn empty_code(procedure: &Procedure) -> Code {
    Code {
        layout: ClosureLayout { owner: Value::FALSE, free: procedure.free, name: procedure.name },
        arity: Code::NEVER,
        frame: procedure.clauses.iter().map(|c| c.frame).max().unwrap_or(1),
        entry: null(),
        general: &raw const CLAUSES,
        span: procedure.span,
        site: procedure.site,
        kind: CodeKind::Other,
    }
}

impl Linker<'_> {
    fn link(mut self) -> Res {
        for i in 0..self.codes.len() {
            if self.codes[i].layout.free == 0 {
                // SAFETY: the code says that there are no free variables; the block below keeps it alive.
                let closure = unsafe { self.machine.heap.closure(&raw const self.codes[i].layout, &[]) };
                self.statics[i] = Some(closure);
                self.constants.push(closure);
            }
        }
        for i in 0..self.codes.len() {
            self.link_procedure(i);
        }
        for (call, procedure, clause) in std::mem::take(&mut self.entries) {
            let CodeKind::Clauses(clauses) = &self.codes[procedure.0 as usize].kind else { continue };
            // SAFETY: a node laid out below.
            unsafe { (*call).entry = clauses[clause as usize].entry }
        }
        self.positions.sort_unstable_by_key(|p| p.address);
        self.constants.extend(self.globals.values().map(|g| g.value()));
        let first = self.statics[0];
        let texts = self.texts();
        let mut block = CodeBlock {
            codes: self.codes,
            memory: self.memory,
            constants: self.constants,
            positions: self.positions.into(),
            sites: self.unit.sites.as_slice().into(),
            checks: self.checks.into(),
            prelude: None,
            texts,
            claim: Claim::new(self.machine.heap.memory()),
        };
        block.claim.take_anyway(block.size());
        let owner = self.machine.heap.external(Box::new(block));
        if let Some(block) = owner.external_mut::<CodeBlock>() {
            block.codes.iter_mut().for_each(|code| code.layout.owner = owner);
        }
        match first {
            Some(closure) => Ok(closure),
            None => Err(self.machine.assertion("", "an expression with free variables was compiled", &[])),
        }
    }

    /// The texts that places of the code lie in, as far as they are not kept anyway.
    fn texts(&self) -> Box<[FileId]> {
        let sources = &self.machine.sources;
        let mut texts: Vec<FileId> = sources.latest_passing().into_iter().collect();
        let mut previous = FileId::NONE;
        let places = self.positions.iter().map(|p| p.place.span);
        let calls = self.unit.sites.iter().map(|site| site.call.span);
        for span in places.chain(calls).chain(self.codes.iter().map(|code| code.span)) {
            if span.file != previous && !texts.contains(&span.file) && sources.is_passing(span.file) {
                texts.push(span.file)
            }
            previous = span.file;
        }
        texts.into()
    }

    fn link_procedure(&mut self, i: usize) {
        let procedure = &self.unit.procedures[i];
        self.procedure = i;
        self.nodes = vec![std::ptr::null_mut(); procedure.statements.len()];
        self.heads.clear();
        self.linked_checks = vec![0; procedure.checks.len()];
        for statement in &procedure.statements {
            if let StatementKind::Jump(head) = statement.kind {
                self.heads.insert(self.target(head));
            }
        }
        let mut clauses = Vec::new();
        for clause in &procedure.clauses {
            let mut entry = self.node(clause.entry);
            if clause.frame as usize > ROOM {
                entry = self.reserve(clause, entry);
            }
            clauses.push(ClauseCode { required: clause.required, rest: clause.rest, entry });
        }
        while let Some(id) = self.work.pop() {
            self.fill(id);
        }
        let code = &mut self.codes[i];
        if let [ClauseCode { required, rest: false, entry }] = clauses[..] {
            (code.arity, code.entry) = (required, entry);
        }
        code.kind = CodeKind::Clauses(clauses.into());
    }

    /// Memory for `words` words.
    pub fn allocate(&mut self, words: usize) -> *mut u64 {
        let left = self.memory.last().map_or(0, |m| m.len() - self.taken);
        if left < words {
            let size = self.memory.last().map_or(32, |m| (m.len() * 2).min(2048)).max(words);
            self.memory.push(vec![0; size].into());
            self.taken = 0;
        }
        let at = self.taken;
        self.taken += words;
        match self.memory.last_mut() {
            Some(memory) => memory[at..].as_mut_ptr(),
            None => unreachable!("a block of memory was pushed"),
        }
    }

    /// A node or expression with that content.
    pub fn place<T>(&mut self, content: T) -> *mut T {
        let p = self.allocate(size_of::<T>() / 8) as *mut T;
        // SAFETY: fresh words, as many as the content has.
        unsafe { p.write(content) }
        p
    }

    /// The statement that a statement is.
    fn target(&self, mut id: StatementId) -> StatementId {
        while let StatementKind::Goto(next) = self.statement(id).kind {
            id = next;
        }
        id
    }

    fn statement(&self, id: StatementId) -> &'static Statement {
        let statement = &self.unit.procedures[self.procedure].statements[id.0 as usize];
        // SAFETY: the unit outlives the linker, and is not changed; the borrow must not tie up the linker.
        unsafe { &*(statement as *const Statement) }
    }

    /// The node of a statement, laid out now and filled later.
    pub fn node(&mut self, id: StatementId) -> *const Node {
        let id = self.target(id);
        if self.nodes[id.0 as usize].is_null() {
            let statement = self.statement(id);
            let words = match &statement.kind {
                StatementKind::Return(_) => size_of::<Return>() / 8,
                StatementKind::Let { .. } | StatementKind::Jump(_) | StatementKind::Charge { .. } => {
                    size_of::<Assign>() / 8
                }
                StatementKind::If { .. } => size_of::<Branch>() / 8,
                StatementKind::Unpack { .. } => CallNode::WORDS + 4,
                StatementKind::Call { call, .. } | StatementKind::TailCall(call) => {
                    CallNode::WORDS + call.arguments.len()
                }
                StatementKind::Goto(_) => 1,
            };
            let node = self.allocate(words) as *mut Node;
            self.nodes[id.0 as usize] = node;
            self.work.push(id);
            self.remember(id, node);
        }
        self.nodes[id.0 as usize]
    }

    /// Notes where a node is, if it may fail, call or be the head of a loop.
    fn remember(&mut self, id: StatementId, node: *mut Node) {
        let statement = self.statement(id);
        let quiet = match &statement.kind {
            StatementKind::Return(x) | StatementKind::Let { value: x, .. } | StatementKind::If { test: x, .. } => {
                x.is_trivial()
            }
            StatementKind::Jump(_) | StatementKind::Charge { .. } | StatementKind::Goto(_) => true,
            _ => false,
        };
        if !quiet || self.heads.contains(&id) {
            // What fails in the node itself is the expression that it computes.
            let place = match &statement.kind {
                StatementKind::Return(x) | StatementKind::Let { value: x, .. } | StatementKind::If { test: x, .. } => {
                    x.place()
                }
                _ => Place::NONE,
            };
            let place = if place.span.is_none() { statement.place } else { place };
            self.remember_at(node as usize, statement.depth, place, statement.first);
        }
    }

    pub fn remember_at(&mut self, address: usize, depth: Slot, place: Place, first: CheckId) {
        let first = self.checks(first);
        self.positions.push(Position { address, depth, place, first });
    }

    /// The expressions of a check of the procedure at hand.
    fn checks(&mut self, id: CheckId) -> u32 {
        let Some(index) = (id.0 as usize).checked_sub(1) else { return 0 };
        if self.linked_checks[index] == 0 {
            let unit = self.unit;
            let expressions =
                unit.procedures[self.procedure].checks[index].iter().map(|x| self.expression(x)).collect();
            self.checks.push(expressions);
            self.linked_checks[index] = self.checks.len() as u32;
        }
        self.linked_checks[index]
    }

    fn fill(&mut self, id: StatementId) {
        let statement = self.statement(id);
        let node = self.nodes[id.0 as usize];
        // SAFETY: `node` was laid out for this statement, with room for the structure that its kind gets.
        unsafe {
            match &statement.kind {
                StatementKind::Return(x) => (node as *mut Return).write(self.return_node(x)),
                StatementKind::Let { slot, value, next } => {
                    let assign = self.let_node(*slot, value, *next);
                    (node as *mut Assign).write(assign)
                }
                StatementKind::Jump(head) => {
                    let next = self.node(*head);
                    (node as *mut Assign).write(Assign { run: back, next, slot: 0, a: 0, b: 0 })
                }
                StatementKind::Charge { units, next } => {
                    let next = self.node(*next);
                    let run = super::statement::charge;
                    (node as *mut Assign).write(Assign { run, next, slot: 0, a: u64::from(*units), b: 0 })
                }
                StatementKind::If { test, then, otherwise } => {
                    let branch = self.branch_node(test, *then, *otherwise);
                    (node as *mut Branch).write(branch)
                }
                StatementKind::Unpack { packet, first, required, rest, next } => {
                    let next = self.node(*next);
                    let call = self.call_base(unpack, next, statement.depth + 1, 0, 4);
                    (node as *mut CallNode).write(call);
                    let words = (node as *mut u64).add(CallNode::WORDS);
                    let operands = [*packet, *first, *required, u32::from(*rest)];
                    operands.iter().enumerate().for_each(|(i, &w)| *words.add(i) = u64::from(w));
                }
                StatementKind::Call { call, slot, values, next } => {
                    let next = self.node(*next);
                    self.call_node(node as *mut CallNode, call, statement.depth, Some((*slot, *values, next)))
                }
                StatementKind::TailCall(call) => self.call_node(node as *mut CallNode, call, statement.depth, None),
                StatementKind::Goto(_) => {}
            }
        }
    }

    /// The fields that all calls have.
    pub fn call_base(&self, run: Run, next: *const Node, offset: u32, slot: u32, count: usize) -> CallNode {
        CallNode {
            run,
            next,
            offset,
            slot,
            count: count as u32,
            values: Values::One,
            closure: Value::FALSE,
            entry: null(),
            code: &raw const self.codes[self.procedure],
        }
    }

    fn return_node(&mut self, x: &Simple) -> Return {
        use OperandKind::*;
        let short = self.short(x);
        if let (Simple::Operation(operation, _, operands, _), false) = (x, short) {
            if let [a] = &operands[..] {
                let (ka, a) = self.operand(a, &[Local]);
                let run: Option<Run> = select!(let_unary, *operation, T => by_kind!(ka, A in [Local Nested] =>
                    if A::NESTED { return_unary_slow::<T, A> } else { return_unary::<T, A> }));
                if let Some(run) = run {
                    return Return { run, a, b: 0 };
                }
            }
            if let ([a, b], true) = (&operands[..], is_let_binary(*operation)) {
                let (ka, a) = self.operand(a, &[Local, Constant]);
                let (kb, b) = self.operand(b, &[Local, Constant]);
                let run: Option<Run> = select!(let_binary, *operation, T =>
                    by_kind!(ka, A in [Local Constant Nested] => by_kind!(kb, B in [Local Constant Nested] =>
                        if A::NESTED || B::NESTED { return_binary_slow::<T, A, B> } else { return_binary::<T, A, B> })));
                if let Some(run) = run {
                    return Return { run, a, b };
                }
            }
        }
        let (ka, a) = self.operand(x, ALL);
        let run: Run = by_kind!(ka, A in [Local Constant Free Nested LocalPlus CarLocal CdrLocal] =>
            if A::NESTED { return_value_slow::<A> } else { return_value::<A> });
        Return { run, a, b: 0 }
    }

    fn let_node(&mut self, slot: Slot, x: &Simple, next: StatementId) -> Assign {
        use OperandKind::*;
        // The way back of a loop that follows is part of the node.
        let mut back = false;
        let mut after = self.target(next);
        if let StatementKind::Jump(head) = self.statement(after).kind {
            (back, after) = (true, self.target(head));
        }
        let (next, slot) = (self.node(after), u64::from(slot));
        let short = self.short(x);
        if let (Simple::Operation(operation, _, operands, _), false) = (x, short) {
            if let [a] = &operands[..]
                && is_let_unary(*operation)
            {
                let (ka, a) = self.operand(a, &[Local]);
                let run: Option<Run> = select!(let_unary, *operation, T => by_kind!(ka, A in [Local Nested] =>
                match (A::NESTED, back) {
                    (true, true) => let_unary_slow::<T, A, true>,
                    (true, false) => let_unary_slow::<T, A, false>,
                    (false, true) => let_unary::<T, A, true>,
                    (false, false) => let_unary::<T, A, false>,
                }));
                if let Some(run) = run {
                    return Assign { run, next, slot, a, b: 0 };
                }
            }
            if let ([a, b], true) = (&operands[..], is_let_binary(*operation)) {
                let (ka, a) = self.operand(a, &[Local, Constant]);
                let (kb, b) = self.operand(b, &[Local, Constant]);
                let run: Option<Run> = select!(let_binary, *operation, T =>
                by_kind!(ka, A in [Local Constant Nested] => by_kind!(kb, B in [Local Constant Nested] =>
                    match (A::NESTED || B::NESTED, back) {
                        (true, true) => let_binary_slow::<T, A, B, true>,
                        (true, false) => let_binary_slow::<T, A, B, false>,
                        (false, true) => let_binary::<T, A, B, true>,
                        (false, false) => let_binary::<T, A, B, false>,
                    })));
                if let Some(run) = run {
                    return Assign { run, next, slot, a, b };
                }
            }
        }
        let (ka, a) = self.operand(x, ALL);
        let run: Run = by_kind!(ka, A in [Local Constant Free Nested LocalPlus CarLocal CdrLocal] =>
        match (A::NESTED, back) {
            (true, true) => let_value_slow::<A, true>,
            (true, false) => let_value_slow::<A, false>,
            (false, true) => let_value::<A, true>,
            (false, false) => let_value::<A, false>,
        });
        Assign { run, next, slot, a, b: 0 }
    }

    /// Whether an operand kind of its own covers the expression.
    fn short(&mut self, x: &Simple) -> bool {
        matches!(shape(x), Some(OperandKind::LocalPlus | OperandKind::CarLocal | OperandKind::CdrLocal))
    }

    fn branch_node(&mut self, test: &Simple, then: StatementId, otherwise: StatementId) -> Branch {
        use OperandKind::*;
        let (way, c) = self.way(then, otherwise);
        let (then, otherwise) = (self.node(then), self.node(otherwise));
        let branch = |run: Run, a: u64, b: u64| Branch { run, then, otherwise, a, b, c };
        if let Simple::Operation(operation, _, operands, _) = test {
            if let ([a], true) = (&operands[..], is_unary_test(*operation)) {
                let (ka, a) = self.operand(a, &[Local, CarLocal, CdrLocal]);
                let run: Option<Run> = select!(unary_test, *operation, T => match ka {
                    Local => by_way!(way, WAY => if_unary::<T, super::operand::Local, WAY>),
                    _ => by_kind!(ka, A in [CarLocal CdrLocal Nested] =>
                        if A::NESTED { if_unary_slow::<T, A> } else { if_unary::<T, A, PLAIN> }),
                });
                if let Some(run) = run {
                    return branch(run, a, 0);
                }
            }
            if let ([a, b], true) = (&operands[..], is_binary_test(*operation)) {
                let (ka, a) = self.operand(a, &[Local, Constant]);
                let (kb, b) = self.operand(b, &[Local, Constant]);
                let fused: Option<Run> = if way == PLAIN || ka == Nested || kb == Nested {
                    None
                } else {
                    select!(*operation, T in [IsEq NumberEqual Less Greater LessEqual GreaterEqual] =>
                        by_kind!(ka, A in [Local Constant] => by_kind!(kb, B in [Local Constant] =>
                            by_way!(way, WAY => if_binary::<T, A, B, WAY>))))
                };
                let run = fused.or_else(|| {
                    select!(binary_test, *operation, T =>
                    by_kind!(ka, A in [Local Constant Nested] => by_kind!(kb, B in [Local Constant Nested] =>
                        if A::NESTED || B::NESTED { if_binary_slow::<T, A, B> } else { if_binary::<T, A, B, PLAIN> })))
                });
                if let Some(run) = run {
                    return branch(run, a, b);
                }
            }
        }
        let (ka, a) = self.operand(test, &[Local, Free, CarLocal, CdrLocal]);
        let run: Run = by_kind!(ka, A in [Local Free CarLocal CdrLocal Nested] =>
            if A::NESTED { if_true_slow::<A> } else { if_true::<A> });
        branch(run, a, 0)
    }

    /// Which way of a branch does nothing but return a local or a constant, and that.
    fn way(&mut self, then: StatementId, otherwise: StatementId) -> (u8, u64) {
        for (id, local, constant) in [(then, THEN_LOCAL, THEN_CONSTANT), (otherwise, ELSE_LOCAL, ELSE_CONSTANT)] {
            if let StatementKind::Return(x) = &self.statement(self.target(id)).kind {
                if let Simple::Local(slot) = x {
                    return (local, u64::from(*slot));
                }
                if let Some(v) = self.constant(x) {
                    return (constant, v.bits());
                }
            }
        }
        (PLAIN, 0)
    }
}

const ALL: &[OperandKind] = &[
    OperandKind::Local,
    OperandKind::Constant,
    OperandKind::Free,
    OperandKind::LocalPlus,
    OperandKind::CarLocal,
    OperandKind::CdrLocal,
];

fn is_let_unary(operation: Operation) -> bool {
    select!(let_unary, operation, _T => ()).is_some()
}

fn is_let_binary(operation: Operation) -> bool {
    select!(let_binary, operation, _T => ()).is_some()
}

fn is_unary_test(operation: Operation) -> bool {
    select!(unary_test, operation, _T => ()).is_some()
}

fn is_binary_test(operation: Operation) -> bool {
    select!(binary_test, operation, _T => ()).is_some()
}
