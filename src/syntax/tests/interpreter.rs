//! An interpreter of the core language, as plain as can be: it runs transformers and whole programs in the tests of this
//! folder, so that these do not depend on the passes and the evaluator. Nothing is ever collected in them.

use super::TestHost;
use crate::diagnostics::Span;
use crate::heap::{ClosureLayout, Heap, Tracer, Value};
use crate::syntax::core::{CoreKind, Expr, GlobalId, PrimitiveId, Var};
use crate::syntax::{Failure, Host};
use std::cell::RefCell;
use std::rc::Rc;

/// A copy of core language that outlives the arena of its unit.
pub enum Code {
    Constant(Value),
    Local(u32),
    Global(GlobalId),
    Primitive(PrimitiveId),
    SetLocal(u32, Box<Code>),
    SetGlobal(GlobalId, Box<Code>),
    If(Box<[Code; 3]>),
    Sequence(Vec<Code>),
    Lambda(Rc<Vec<Clause>>),
    Let(Vec<(u32, Code)>, Box<Code>),
    Letrec(Vec<(u32, Code)>, Box<Code>),
    Call(Vec<Code>),
}

pub struct Clause {
    parameters: Vec<u32>,
    rest: Option<u32>,
    body: Code,
}

fn copy_all(parts: &[Expr], constants: &mut Vec<Value>) -> Vec<Code> {
    parts.iter().map(|e| copy(e, constants)).collect()
}

fn bindings(variables: &[Var], values: &[Expr], constants: &mut Vec<Value>) -> Vec<(u32, Code)> {
    variables.iter().zip(values).map(|(v, e)| (v.id, copy(e, constants))).collect()
}

/// The copy; `constants` get the constants in it.
pub fn copy(e: Expr, constants: &mut Vec<Value>) -> Code {
    match e.kind {
        CoreKind::Constant(v) => {
            constants.push(v);
            Code::Constant(v)
        }
        CoreKind::Local(v) => Code::Local(v.id),
        CoreKind::Global(g) => Code::Global(g),
        CoreKind::Primitive(p) => Code::Primitive(p),
        CoreKind::SetLocal(v, e) => {
            assert!(v.assigned.get(), "an assigned variable is not marked as such");
            Code::SetLocal(v.id, Box::new(copy(e, constants)))
        }
        CoreKind::SetGlobal(g, e) | CoreKind::Define(g, e) => Code::SetGlobal(g, Box::new(copy(e, constants))),
        CoreKind::If(a, b, c) => Code::If(Box::new([copy(a, constants), copy(b, constants), copy(c, constants)])),
        CoreKind::Sequence(parts) => Code::Sequence(copy_all(parts, constants)),
        CoreKind::Lambda(lambda) => {
            let clauses = lambda.clauses.iter().map(|c| Clause {
                parameters: c.parameters.iter().map(|v| v.id).collect(),
                rest: c.rest.map(|v| v.id),
                body: copy(c.body, constants),
            });
            Code::Lambda(Rc::new(clauses.collect()))
        }
        CoreKind::Let(vs, es, body) => Code::Let(bindings(vs, es, constants), Box::new(copy(body, constants))),
        CoreKind::Letrec(vs, es, body) => Code::Letrec(bindings(vs, es, constants), Box::new(copy(body, constants))),
        CoreKind::Call(operator, operands) => {
            Code::Call(std::iter::once(copy(operator, constants)).chain(copy_all(operands, constants)).collect())
        }
    }
}

/// Variables with their values, the innermost first.
#[derive(Clone, Default)]
pub struct Frame(Option<Rc<(u32, RefCell<Value>, Frame)>>);

impl Frame {
    fn bind(&self, id: u32, value: Value) -> Frame {
        Frame(Some(Rc::new((id, RefCell::new(value), self.clone()))))
    }

    /// Reports every value in it.
    pub fn trace(&self, tracer: &mut Tracer) {
        let mut at = self;
        while let Some(node) = &at.0 {
            tracer.value(*node.1.borrow());
            at = &node.2;
        }
    }

    fn cell<T>(&self, id: u32, f: impl FnOnce(&RefCell<Value>) -> T) -> T {
        let mut at = self;
        while let Some(node) = &at.0 {
            if node.0 == id {
                return f(&node.1);
            }
            at = &node.2;
        }
        panic!("core language refers to a variable that is not in scope");
    }
}

/// What a procedure value stands for.
#[derive(Clone)]
pub enum Procedure {
    Closure(Rc<Vec<Clause>>, Frame),
    Primitive(PrimitiveId),
}

pub type Answer = Result<Value, Failure>;

/// A procedure value without code of its own: its identity finds it in the host's table.
fn procedure_value(heap: &mut Heap) -> Value {
    let layout: &'static ClosureLayout =
        Box::leak(Box::new(ClosureLayout { owner: Value::FALSE, free: 0, name: Value::FALSE }));
    // SAFETY: the layout is never freed, and says that there are no free variables.
    unsafe { heap.closure(layout, &[]) }
}

impl TestHost {
    fn procedure(&mut self, procedure: Procedure) -> Value {
        let v = procedure_value(self.heap());
        self.procedures.insert(v.bits(), procedure);
        self.constants.push(v);
        v
    }

    pub fn eval(&mut self, code: &Code, frame: &Frame) -> Answer {
        Ok(match code {
            Code::Constant(v) => *v,
            Code::Local(id) => match frame.cell(*id, |c| *c.borrow()) {
                Value::UNASSIGNED => return Err(self.assertion("letrec variable used too early")),
                v => v,
            },
            Code::Global(g) => match self.globals[g.0 as usize] {
                Value::UNBOUND => return Err(self.assertion("global used too early")),
                v => v,
            },
            Code::Primitive(p) => self.procedure(Procedure::Primitive(*p)),
            Code::SetLocal(id, e) => {
                let v = self.eval(e, frame)?;
                frame.cell(*id, |c| *c.borrow_mut() = v);
                Value::VOID
            }
            Code::SetGlobal(g, e) => {
                self.globals[g.0 as usize] = self.eval(e, frame)?;
                Value::VOID
            }
            Code::If(parts) => {
                let test = self.eval(&parts[0], frame)?.is_true();
                return self.eval(&parts[if test { 1 } else { 2 }], frame);
            }
            Code::Sequence(parts) => {
                let mut last = Value::VOID;
                for part in parts {
                    last = self.eval(part, frame)?;
                }
                last
            }
            Code::Lambda(clauses) => self.procedure(Procedure::Closure(clauses.clone(), frame.clone())),
            Code::Let(bindings, body) => {
                let mut inner = frame.clone();
                for (id, e) in bindings {
                    let v = self.eval(e, frame)?;
                    inner = inner.bind(*id, v);
                }
                return self.eval(body, &inner);
            }
            Code::Letrec(bindings, body) => {
                let inner = bindings.iter().fold(frame.clone(), |f, (id, _)| f.bind(*id, Value::UNASSIGNED));
                for (id, e) in bindings {
                    let v = self.eval(e, &inner)?;
                    inner.cell(*id, |c| *c.borrow_mut() = v);
                }
                return self.eval(body, &inner);
            }
            Code::Call(parts) => {
                if let Code::Primitive(p) = parts[0] {
                    let args = self.eval_all(&parts[1..], frame)?;
                    return self.apply_primitive(p, args);
                }
                let f = self.eval(&parts[0], frame)?;
                let args = self.eval_all(&parts[1..], frame)?;
                return self.apply(f, args);
            }
        })
    }

    fn eval_all(&mut self, parts: &[Code], frame: &Frame) -> Result<Vec<Value>, Failure> {
        parts.iter().map(|part| self.eval(part, frame)).collect()
    }

    pub fn apply(&mut self, f: Value, args: Vec<Value>) -> Answer {
        match self.procedures.get(&f.bits()).cloned() {
            Some(Procedure::Primitive(p)) => self.apply_primitive(p, args),
            Some(Procedure::Closure(clauses, frame)) => {
                let n = args.len();
                let fits = |c: &&Clause| n == c.parameters.len() || (c.rest.is_some() && n >= c.parameters.len());
                let Some(clause) = clauses.iter().find(fits) else {
                    return Err(self.assertion("wrong argument count"));
                };
                let mut inner = frame;
                for (id, v) in clause.parameters.iter().zip(&args) {
                    inner = inner.bind(*id, *v);
                }
                if let Some(rest) = clause.rest {
                    let list = self.heap().list(&args[clause.parameters.len()..]);
                    inner = inner.bind(rest, list);
                }
                self.eval(&clause.body, &inner)
            }
            None => Err(self.assertion("not a procedure")),
        }
    }

    fn apply_primitive(&mut self, p: PrimitiveId, args: Vec<Value>) -> Answer {
        let primitive = self.machine.primitives.get(p).expect("the expander made it");
        match (primitive.name, args.as_slice()) {
            ("apply", [f, rest @ ..]) => {
                let (last, first) = rest.split_last().expect("apply has arguments");
                let all = first.iter().copied().chain(last.list_iter()).collect();
                return self.apply(*f, all);
            }
            ("call-with-values", &[producer, consumer]) => {
                let values = self.apply(producer, Vec::new())?;
                let args = match values.uncons() {
                    Some((Value::EOF, rest)) => rest.list_iter().collect(),
                    _ => vec![values],
                };
                return self.apply(consumer, args);
            }
            ("values", [one]) => return Ok(*one),
            // A marked list stands for several values.
            ("values", all) => {
                let list = self.heap().list(all);
                return Ok(self.heap().cons(Value::EOF, list));
            }
            _ => {}
        }
        if args.len() < primitive.min || args.len() > primitive.max {
            return Err(self.assertion(primitive.name));
        }
        let raised = |object| Failure::Raised(object, Span::NONE);
        (primitive.run)(&mut self.machine, &args).map_err(|stop| stop.raised().map_or(Failure::Limit, raised))
    }

    fn assertion(&mut self, message: &str) -> Failure {
        let message = self.heap().string(message);
        Failure::Raised(message, Span::NONE)
    }
}
