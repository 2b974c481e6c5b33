//! Every node function runs, often, on a native stack of 128 KiB: each family of statements with each kind of operand, in
//! loops that stay in one chunk of fuel, so that a function which leaves native memory behind at each turn ends the test.
//! The statement graphs are made here, since the compiler would choose other ones.

use super::Session;
use crate::compile::graph::*;
use crate::compile::operation::Operation;
use crate::diagnostics::Span;
use crate::eval::Outcome;
use crate::heap::Value;
use crate::syntax::core::{Place, PrimitiveId, SiteId};

const SMALL: usize = 128 << 10;

/// Turns of each loop: a call that leaves nothing but its return address behind, aligned, fills the stack with as many.
/// Where nothing jumps, few show as much as many; with a collection at every turn few must do.
fn turns() -> i64 {
    let few = cfg!(debug_assertions) || std::env::var_os("VICAR_GC_STRESS").is_some();
    match std::env::var_os("VICAR_DEEP") {
        _ if few => 10,
        // Of one instance of a node, in one of the places where it may stand; a family has hundreds of those.
        Some(_) => 200_000,
        None => SMALL as i64 / 16 + 2000,
    }
}

/// Where the shape's procedure has what it works on: two values, a pair of each with itself in both fields.
const X: [Slot; 2] = [1, 2];
const PAIR: [Slot; 2] = [3, 4];
/// How many of these parameters the procedures have, and how many slots are then initialised.
const PARAMETERS: u32 = 4;
const DEPTH: Slot = 1 + PARAMETERS;

/// The kinds of operands.
#[derive(Copy, Clone, PartialEq, Debug)]
enum Operand {
    Local,
    Constant,
    Free,
    Nested,
    Plus,
    Minus,
    Car,
    Cdr,
}

use Operand::*;
const KINDS: &[Operand] = &[Local, Constant, Free, Nested, Plus, Minus, Car, Cdr];
/// Those that have the value itself, whatever it is.
const PLAIN: &[Operand] = &[Local, Constant, Free, Nested];

struct Shapes {
    session: Session,
}

impl Shapes {
    /// Keeps a value alive to the end of the test.
    fn keep(&mut self, v: Value) {
        self.session.machine.syntax.protected.push(v)
    }

    /// The value of a program, kept alive.
    fn value(&mut self, text: &str) -> Value {
        let v = self.session.value(text);
        self.keep(v);
        v
    }

    fn id(&self, name: &str) -> PrimitiveId {
        let at =
            self.session.machine.primitives.iter().position(|p| p.name == name).expect("there is such a primitive");
        PrimitiveId(at as u16)
    }

    fn operation(&self, operation: Operation, operands: impl Into<Vec<Simple>>) -> Simple {
        Simple::Operation(
            operation,
            self.id(operation.name()),
            operands.into().into(),
            Origin { place: Place::NONE, first: CheckId::NONE },
        )
    }

    fn operand(&self, kind: Operand, which: usize, values: [Value; 2]) -> Simple {
        let one = || Simple::Constant(Value::fixnum(1));
        match kind {
            Local => Simple::Local(X[which]),
            Constant => Simple::Constant(values[which]),
            Free => Simple::Free(which as u32),
            Nested => {
                let both = [Simple::Constant(Value::TRUE), Simple::Local(X[which]), Simple::Local(X[which])];
                Simple::If(Box::new(both))
            }
            Plus => self.operation(Operation::Add, [Simple::Local(X[which]), one()]),
            Minus => self.operation(Operation::Subtract, [Simple::Local(X[which]), one()]),
            Car => self.operation(Operation::Car, [Simple::Local(PAIR[which])]),
            Cdr => self.operation(Operation::Cdr, [Simple::Local(PAIR[which])]),
        }
    }

    /// Runs a loop of which each turn calls a procedure with these statements, which end in a return; the first is the
    /// entry. They have the values in locals, as constants and as free variables.
    fn in_callee(&mut self, what: &str, values: [Value; 2], turns: i64, statements: Vec<Statement>) -> Option<Value> {
        let arguments = (0..PARAMETERS).map(|i| Simple::Local(1 + i)).collect();
        let callee = Callee::Known { procedure: ProcedureId(2), clause: 0, closure: Simple::Local(DEPTH + 1) };
        let call = Call { callee, arguments, spread: Spread::No };
        let body = |next| vec![at(DEPTH + 2, StatementKind::Call { call, slot: DEPTH + 2, values: Values::Any, next })];
        self.run(what, values, turns, body, Some(statements))
    }

    /// Runs a loop of which each turn runs the statements that `body` makes, which go on with the one it is given. They are
    /// numbered from 2 on, find the values as above, and may use the slots from `DEPTH + 2` on.
    fn run(
        &mut self,
        what: &str,
        values: [Value; 2],
        turns: i64,
        body: impl FnOnce(StatementId) -> Vec<Statement>,
        callee: Option<Vec<Statement>>,
    ) -> Option<Value> {
        let (counter, procedure) = (DEPTH, DEPTH + 1);
        let depth = DEPTH + 2;
        let one = Simple::Constant(Value::fixnum(1));
        let zero = self.operation(Operation::NumberEqual, [Simple::Local(counter), Simple::Constant(Value::fixnum(0))]);
        let less = self.operation(Operation::Subtract, [Simple::Local(counter), one]);
        let mut statements = vec![
            at(depth, StatementKind::If { test: zero, then: StatementId(1), otherwise: StatementId(2) }),
            at(depth, StatementKind::Return(Simple::Constant(Value::TRUE))),
        ];
        let mut inner = body(StatementId(u32::MAX));
        let tail = StatementId(2 + inner.len() as u32);
        inner.iter_mut().for_each(|s| s.kind.redirect(tail));
        statements.extend(inner);
        statements.push(at(depth, StatementKind::Let { slot: counter, value: less, next: StatementId(tail.0 + 1) }));
        let jump = StatementId(statements.len() as u32 + 1);
        statements.push(at(depth, StatementKind::Charge { units: 1, next: jump }));
        statements.push(at(depth, StatementKind::Jump(StatementId(0))));

        let captured = || values.map(Simple::Constant).into_iter().collect::<Box<[Simple]>>();
        let pairs = values.map(|v| self.session.machine.heap.cons(v, v));
        let parameters = values.into_iter().chain(pairs).chain([Value::fixnum(turns)]).map(Simple::Constant);
        let mut procedures = vec![
            // Calls the loop.
            procedure_of(
                0,
                0,
                vec![at(
                    1,
                    StatementKind::TailCall(Call {
                        callee: Callee::Value(Simple::Closure(ProcedureId(1), captured())),
                        arguments: parameters
                            .chain([match callee {
                                Some(_) => Simple::Closure(ProcedureId(2), captured()),
                                None => Simple::Constant(Value::FALSE),
                            }])
                            .collect(),
                        spread: Spread::No,
                    }),
                )],
            ),
            procedure_of(2, procedure, statements),
        ];
        procedures.push(procedure_of(2, PARAMETERS, callee.unwrap_or_else(|| vec![give(DEPTH, Simple::Local(1))])));
        // What is called with any number of arguments: the last two of a kind each.
        for count in 0..=6 {
            procedures.push(procedure_of(0, count, vec![give(1 + count, Simple::Constant(Value::NIL))]));
        }
        let unit = Unit { procedures, definitions: Vec::new(), sites: Vec::new() };
        unit.check();
        let thunk = self.session.machine.link(&unit).expect("the unit links");
        match self.session.execute(thunk) {
            Outcome::Done(v) => Some(v),
            Outcome::Raised { .. } => None,
            other => panic!("{what}: {other:?}"),
        }
    }

    /// The same with values that the statements accept, in a long loop.
    fn check(&mut self, what: &str, values: [Value; 2], body: impl FnOnce(StatementId) -> Vec<Statement>) {
        assert_eq!(self.run(what, values, turns(), body, None), Some(Value::TRUE), "{what}");
    }

    /// The values to try an operation with: those of its fast path, of its slow ones, and such as it fails for.
    fn samples(&mut self, operation: Operation) -> Vec<[Value; 2]> {
        let big = self.session.value("(* 4611686018427387904 4611686018427387904)");
        let heap = &mut self.session.machine.heap;
        let n = Value::fixnum;
        let (small, wide) = (heap.flonum(1.5), heap.flonum(1e300));
        let symbol = heap.symbol("a");
        let list = heap.list(&[n(1), n(2)]);
        let nested = heap.list(&[list, list]);
        let numbers = [small, n(7)];
        let vector = heap.vector(&numbers);
        let string = heap.string("abc");
        let bytes = heap.bytevector(b"abc");
        let mut samples = vec![[symbol, symbol]];
        samples.extend([[n(5), n(2)], [big, n(3)], [n(3), big], [small, wide], [wide, n(2)], [small, small]]);
        samples.extend([[nested, n(0)], [vector, n(1)], [string, n(1)], [bytes, n(1)]]);
        samples.extend([[Value::char('a'), Value::char('b')], [Value::NIL, Value::TRUE]]);
        let most = if operation.arity() == 1 { samples.len() } else { samples.len() - 1 };
        samples.truncate(most);
        samples.iter().flatten().for_each(|&v| self.keep(v));
        samples
    }

    /// A procedure that returns what an operation answers, with each kind of operand; likewise its value is stored, at the
    /// end of a loop too, and decides.
    fn operation_everywhere(&mut self, operation: Operation) {
        let samples = self.samples(operation);
        let (mut accepted, mut refused) = (0, 0);
        for values in samples {
            // One for each: what fails must fail everywhere.
            let value = self.operation(
                operation,
                PLAIN[..1]
                    .iter()
                    .cycle()
                    .take(operation.arity())
                    .enumerate()
                    .map(|(i, &kind)| self.operand(kind, i, values))
                    .collect::<Vec<_>>(),
            );
            let works = self.in_callee(operation.name(), values, 1, vec![give(DEPTH, value)]).is_some();
            // The first of each: the fast path, the slow ones, failure.
            let (seen, most, turns) = if works { (&mut accepted, 4, turns()) } else { (&mut refused, 1, 1) };
            if *seen == most {
                continue;
            }
            *seen += 1;
            let first: &[Operand] = &[Local, Constant, Free, Nested, Car, Cdr];
            let second: &[Operand] = if operation.arity() == 2 { &[Local, Constant, Free, Nested] } else { &[Local] };
            for (&a, &b) in first.iter().flat_map(|a| second.iter().map(move |b| (a, b))) {
                let what = format!("{} {a:?} {b:?}", operation.name());
                let make = |shapes: &Shapes| {
                    let mut operands = vec![shapes.operand(a, 0, values)];
                    if operation.arity() == 2 {
                        operands.push(shapes.operand(b, 1, values));
                    }
                    shapes.operation(operation, operands)
                };
                self.simple_everywhere(&what, values, turns, works, make);
            }
        }
        assert!(accepted > 0, "{}", operation.name());
    }

    fn simple_everywhere(
        &mut self,
        what: &str,
        values: [Value; 2],
        turns: i64,
        works: bool,
        make: impl Fn(&Shapes) -> Simple,
    ) {
        let slot = DEPTH + 2;
        let expected = works.then_some(Value::TRUE);
        let ran = |answer, how: &str| assert_eq!(answer, expected, "{what} {how}");
        let value = make(self);
        ran(self.in_callee(what, values, turns, vec![give(DEPTH, value)]), "returned");
        let value = make(self);
        let body = |next| vec![at(slot, StatementKind::Let { slot, value, next })];
        ran(self.run(what, values, turns, body, None), "stored");
        // The way back of a loop in the same node.
        let value = make(self);
        let counter = self.operation(Operation::Subtract, [Simple::Local(DEPTH), Simple::Constant(Value::fixnum(1))]);
        let body = |_| {
            vec![
                at(slot, StatementKind::Let { slot: DEPTH, value: counter, next: StatementId(3) }),
                at(slot, StatementKind::Let { slot, value, next: StatementId(4) }),
                at(slot, StatementKind::Jump(StatementId(0))),
            ]
        };
        ran(self.run(what, values, turns, body, None), "stored at the end of a loop");
        let test = make(self);
        let body = |next| vec![at(slot, StatementKind::If { test, then: next, otherwise: next })];
        ran(self.run(what, values, turns, body, None), "decides");
        for local in [true, false] {
            for (then, otherwise) in [(1, 2), (2, 1)] {
                let test = make(self);
                let short = if local { Simple::Local(1) } else { Simple::Constant(Value::NIL) };
                let statements = vec![
                    at(DEPTH, StatementKind::If { test, then: StatementId(then), otherwise: StatementId(otherwise) }),
                    give(DEPTH, short),
                    at(DEPTH, StatementKind::Let { slot: DEPTH, value: Simple::Local(1), next: StatementId(3) }),
                    give(DEPTH + 1, Simple::Local(DEPTH)),
                ];
                ran(self.in_callee(what, values, turns, statements), "decides what is returned");
            }
        }
    }
}

fn at(depth: Slot, kind: StatementKind) -> Statement {
    Statement { depth, place: Place::NONE, first: CheckId::NONE, kind }
}

fn give(depth: Slot, value: Simple) -> Statement {
    at(depth, StatementKind::Return(value))
}

fn procedure_of(free: u32, required: u32, statements: Vec<Statement>) -> Procedure {
    let clause = Clause { required, rest: false, entry: StatementId(0), frame: 40 };
    Procedure {
        name: Value::FALSE,
        span: Span::NONE,
        site: SiteId::NONE,
        free,
        clauses: vec![clause],
        statements,
        checks: Vec::new(),
    }
}

impl StatementKind {
    /// Has what goes on with a statement that is not known yet go on with `tail`.
    fn redirect(&mut self, tail: StatementId) {
        let mend = |id: &mut StatementId| {
            if id.0 == u32::MAX {
                *id = tail
            }
        };
        match self {
            StatementKind::Let { next, .. } | StatementKind::Call { next, .. } | StatementKind::Unpack { next, .. } => {
                mend(next)
            }
            StatementKind::If { then, otherwise, .. } => {
                mend(then);
                mend(otherwise);
            }
            StatementKind::Goto(next) | StatementKind::Jump(next) | StatementKind::Charge { next, .. } => mend(next),
            StatementKind::Return(_) | StatementKind::TailCall(_) => {}
        }
    }
}

/// On a thread with little native stack, and in one chunk of fuel.
fn with_little_stack(test: impl FnOnce(&mut Shapes) + Send + 'static) {
    let work = || {
        let mut session = Session::new();
        session.machine.chunk = i64::MAX;
        test(&mut Shapes { session })
    };
    let thread = std::thread::Builder::new().stack_size(SMALL).spawn(work).expect("threads can be made");
    thread.join().expect("it does not panic");
}

#[test]
fn operations_with_every_kind_of_operand() {
    with_little_stack(|shapes| {
        for &operation in Operation::ALL {
            if operation.arity() <= 2 && operation != Operation::IsRecord {
                shapes.operation_everywhere(operation);
            }
        }
    });
}

#[test]
fn operands_of_every_kind_everywhere() {
    with_little_stack(|shapes| {
        let wide = shapes.value("1e300");
        let big = shapes.value("(* 4611686018427387904 4611686018427387904)");
        // A sum of a local and a constant leaves its fast path for the last two.
        for value in [Value::fixnum(5), wide, big] {
            for &kind in KINDS {
                let make = |shapes: &Shapes| shapes.operand(kind, 0, [value, value]);
                shapes.simple_everywhere(&format!("{kind:?}"), [value, value], turns(), true, make);
            }
        }
        // And their failures.
        for &kind in &[Plus, Minus] {
            let make = |shapes: &Shapes| shapes.operand(kind, 0, [Value::NIL, Value::NIL]);
            shapes.simple_everywhere(&format!("failing {kind:?}"), [Value::NIL, Value::NIL], 1, false, make);
        }
    });
}

/// All ways to call, with each kind of operand in each place.
#[test]
fn calls_with_every_kind_of_operand() {
    with_little_stack(|shapes| {
        let big = shapes.value("(* 4611686018427387904 4611686018427387904)");
        for value in [Value::fixnum(5), big] {
            let values = [value, value];
            for count in 0..=6_u32 {
                // Each kind in each place; beyond three all operands are of one kind.
                let kinds = KINDS.len();
                let combinations = if count <= 3 { kinds.pow(count) } else { kinds };
                for combination in 0..combinations {
                    let kind =
                        |i: u32| KINDS[if count <= 3 { combination / kinds.pow(i) % kinds } else { combination }];
                    let arguments = |shapes: &Shapes| -> Vec<Simple> {
                        (0..count).map(|i| shapes.operand(kind(i), i as usize % 2, values)).collect()
                    };
                    calls(shapes, values, count, &arguments);
                }
            }
        }
    });
}

fn calls(shapes: &mut Shapes, values: [Value; 2], count: u32, arguments: &dyn Fn(&Shapes) -> Vec<Simple>) {
    let slot = DEPTH + 2;
    let target = ProcedureId(3 + count);
    let callees: [(&str, &dyn Fn() -> Callee); 3] = [
        ("known", &|| Callee::Known { procedure: target, clause: 0, closure: Simple::Static(target) }),
        ("computed", &|| {
            let closure = Simple::If(Box::new([Simple::Constant(Value::TRUE), Simple::Static(target), Simple::Own]));
            Callee::Known { procedure: target, clause: 0, closure }
        }),
        ("any value", &|| Callee::Value(Simple::Static(target))),
    ];
    let turns = turns();
    for (what, callee) in callees {
        let what = format!("{what} call with {count} arguments");
        let call = Call { callee: callee(), arguments: arguments(shapes), spread: Spread::No };
        let body = |next| vec![at(slot, StatementKind::Call { call, slot, values: Values::One, next })];
        assert_eq!(shapes.run(&what, values, turns, body, None), Some(Value::TRUE), "{what}");
        let call = Call { callee: callee(), arguments: arguments(shapes), spread: Spread::No };
        let tail = vec![at(DEPTH, StatementKind::TailCall(call))];
        assert_eq!(shapes.in_callee(&what, values, turns, tail), Some(Value::TRUE), "{what}, in tail position");
    }
}

/// Calls with spread arguments, of primitives, of what takes another number of arguments or is no procedure.
#[test]
fn unusual_calls() {
    with_little_stack(|shapes| {
        let list = shapes.value("'(1 2)");
        let packet = shapes.session.machine.heap.multiple_values(&[Value::fixnum(1), Value::fixnum(2)]);
        shapes.keep(packet);
        let slot = DEPTH + 2;
        for (what, spread, last) in [("list", Spread::List, list), ("values", Spread::Values, packet)] {
            for &kind in PLAIN {
                let make = |shapes: &Shapes| Call {
                    callee: Callee::Value(Simple::Static(ProcedureId(5))),
                    arguments: vec![shapes.operand(kind, 0, [last, last])],
                    spread,
                };
                let call = make(shapes);
                let body = |next| vec![at(slot, StatementKind::Call { call, slot, values: Values::One, next })];
                assert_eq!(shapes.run(what, [last, last], turns(), body, None), Some(Value::TRUE), "{what}");
                let tail = vec![at(DEPTH, StatementKind::TailCall(make(shapes)))];
                assert_eq!(shapes.in_callee(what, [last, last], turns(), tail), Some(Value::TRUE), "{what}");
            }
        }
        let body =
            |next| vec![at(slot, StatementKind::Unpack { packet: 1, first: slot, required: 1, rest: true, next })];
        shapes.check("unpack", [packet, packet], body);
        let body = |next| vec![at(slot, StatementKind::Let { slot, value: Simple::Local(1), next })];
        shapes.check("let", [list, list], body);
        for (what, f) in [("too many", Simple::Static(ProcedureId(3))), ("no procedure", Simple::Constant(Value::NIL))]
        {
            let call = Call { callee: Callee::Value(f), arguments: vec![Simple::Local(1)], spread: Spread::No };
            let body = |next| vec![at(slot, StatementKind::Call { call, slot, values: Values::One, next })];
            assert_eq!(shapes.run(what, [list, list], 1, body, None), None, "{what}");
        }
    });
}

/// What is raised and caught over and over leaves nothing behind, however the failing statement was reached.
#[test]
fn errors_that_are_caught() {
    with_little_stack(|_| {
        let turns = turns();
        for form in [
            "(car x)",
            "(cons 1 (car x))",
            "(vector-ref x 0)",
            "(+ x 1)",
            "(x 1)",
            "(if (null? (cdr x)) 1 2)",
            "(f (car x))",
            "(f (car x) x)",
            "(f 1 2 3 (car x) 5 6)",
            "(apply f x)",
            "(undefined-yet)",
            "(let ((y (cdr x))) y)",
            "(raise 'it)",
            "(map1 car (cons x '()))",
        ] {
            let text = format!(
                "(define (f . l) l)
                 (define (try x) (catch (lambda () {form})))
                 (define (loop n) (if (= n 0) 'done (begin (try 5) (loop (- n 1)))))
                 (loop {turns})"
            );
            // What a session has promised to be constant cannot be defined again.
            let mut session = Session::new();
            session.machine.chunk = i64::MAX;
            assert_eq!(session.run(&text), "done", "{form}");
        }
    });
}
