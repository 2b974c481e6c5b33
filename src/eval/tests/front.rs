//! A front end for tests: data to core forms, by the symbol in operator position, without macros or hygiene.

use crate::account::{Account, Arena, deepen};
use crate::diagnostics::{FileId, Span};
use crate::eval::{Machine, Outcome, Primitive};
use crate::heap::{Kind, Value};
use crate::io::{Style, to_text};
use crate::reader::{Datum, DatumId, Datums, Mode, read_source};
use crate::syntax::core::{Clause, Core, CoreKind, Expr, GlobalId, Lambda, PrimitiveId, SiteId, Var, Variable};
use std::cell::Cell;
use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

/// A machine with the prelude of these tests, and names for its globals.
pub struct Session {
    pub machine: Machine,
    globals: HashMap<String, GlobalId>,
    variables: u32,
    /// How much is run at a time.
    pub slice: u64,
}

fn rows() -> &'static [&'static Primitive] {
    static ROWS: OnceLock<Vec<&'static Primitive>> = OnceLock::new();
    ROWS.get_or_init(|| crate::primitives::rows().chain(procedures::TABLE).collect())
}

#[vicar_macros::primitives(internal)]
mod procedures {
    use crate::eval::{Machine, Res};
    use crate::heap::Value;

    /// `(%test-request obj)`: asks the driver.
    #[primitive(control)]
    fn test_request(m: &mut Machine, obj: Value) -> Res {
        m.ask_driver(&[obj])
    }
}

/// Enough of `prelude/internal/control.sls`.
const PRELUDE: &str = "
(define (raise obj)
  (let ((handlers (%handlers)))
    (if (null? handlers)
        (%uncaught obj)
        (begin
          (%set-handlers! (cdr handlers))
          ((car handlers) obj)
          (%uncaught 'handler-returned)))))
(define (raise-continuable obj)
  (let ((handlers (%handlers)))
    (if (null? handlers)
        (%uncaught obj)
        (begin
          (%set-handlers! (cdr handlers))
          (let ((v ((car handlers) obj)))
            (%set-handlers! handlers)
            v)))))
(define (with-exception-handler handler thunk)
  (let ((handlers (%handlers)))
    (%set-handlers! (cons handler handlers))
    (let ((v (thunk)))
      (%set-handlers! handlers)
      v)))
(define (call/cc f) (%call/cc f))
(define (catch thunk)
  (call/cc (lambda (k)
    (with-exception-handler
      (lambda (c) (k (list 'caught (if (message-condition? c) (condition-message c) c))))
      thunk))))
(define (map1 f l) (if (null? l) '() (cons (f (car l)) (map1 f (cdr l)))))
(define (for-each1 f l) (if (null? l) 'done (begin (f (car l)) (for-each1 f (cdr l)))))
(define (iota n) (let loop ((i n) (l '())) (if (= i 0) l (loop (- i 1) (cons (- i 1) l)))))
";

type Scope<'a> = Vec<(String, Var<'a>)>;

impl Session {
    pub fn new() -> Session {
        let mut machine = Machine::new(rows());
        if std::env::var_os("VICAR_GC_STRESS").is_some() {
            machine.heap.set_stress(true);
        }
        let mut session = Session { machine, globals: HashMap::new(), variables: 0, slice: u64::MAX };
        assert_eq!(session.run(PRELUDE), "#!void");
        let raise = session.globals["raise"];
        session.machine.set_raise(raise);
        session
    }

    /// Evaluates all forms of a text as one unit.
    pub fn run(&mut self, text: &str) -> String {
        match self.outcome(text) {
            Outcome::Done(v) => self.show(v),
            Outcome::Raised { object, .. } => format!("raised {}", self.show_condition(object)),
            Outcome::Limit { limit, .. } => format!("limit {limit:?}"),
            other => format!("{other:?}"),
        }
    }

    /// Evaluates each form of a text as a unit of its own, up to the first that fails.
    pub fn run_forms(&mut self, text: &str) -> String {
        let (data, ids) = read_source(text, FileId(0), Mode::default(), &crate::account::Account::unlimited())
            .expect("the text is data");
        let mut result = String::new();
        for id in ids {
            let thunk = self.compile_data(&data, &[id], false);
            result = match self.execute(thunk) {
                Outcome::Done(v) => self.show(v),
                Outcome::Raised { object, .. } => return format!("raised {}", self.show_condition(object)),
                other => return format!("{other:?}"),
            };
        }
        result
    }

    pub fn outcome(&mut self, text: &str) -> Outcome {
        let thunk = self.compile(text);
        self.execute(thunk)
    }

    /// The value of a program.
    pub fn value(&mut self, text: &str) -> Value {
        match self.outcome(text) {
            Outcome::Done(v) => v,
            other => panic!("{other:?}"),
        }
    }

    pub fn execute(&mut self, thunk: Value) -> Outcome {
        self.machine.start(thunk, &[]).expect("the stack has room for a frame");
        loop {
            match self.machine.run(self.slice) {
                Outcome::Paused => {}
                outcome => return outcome,
            }
        }
    }

    pub fn compile(&mut self, text: &str) -> Value {
        let (data, ids) = read_source(text, FileId(0), Mode::default(), &crate::account::Account::unlimited())
            .expect("the text is data");
        self.compile_data(&data, &ids, true)
    }

    fn compile_data(&mut self, data: &Datums, ids: &[DatumId], constant: bool) -> Value {
        self.with_unit(data, ids, constant, |machine, unit| machine.compile_thunk(unit).expect("the unit links"))
    }

    /// Does something with the core form of a text.
    pub fn with_core<T>(&mut self, text: &str, work: impl FnOnce(&mut Machine, Expr) -> T) -> T {
        let (data, ids) =
            read_source(text, FileId(0), Mode::default(), &Account::unlimited()).expect("the text is data");
        self.with_unit(&data, &ids, true, work)
    }

    fn with_unit<T>(
        &mut self,
        data: &Datums,
        ids: &[DatumId],
        constant: bool,
        work: impl FnOnce(&mut Machine, Expr) -> T,
    ) -> T {
        let bump = Arena::new(self.machine.heap.memory());
        let mut front = Front { session: self, bump: &bump, data, defined: HashSet::new(), changed: HashSet::new() };
        front.survey(ids);
        let all: Vec<Expr> = ids.iter().map(|&id| front.expr(id, &mut Vec::new())).collect();
        let (defined, changed) = (front.defined, front.changed);
        if constant {
            for name in defined.difference(&changed) {
                let id = self.globals[name];
                self.machine.promise_constant(id).expect("the global exists");
            }
        }
        let expr: Expr = match &all[..] {
            [one] => *one,
            _ => bump.alloc(Core {
                span: Span::NONE,
                site: SiteId::NONE,
                kind: CoreKind::Sequence(bump.alloc_slice_copy(&all)),
            }),
        };
        work(&mut self.machine, expr)
    }

    pub fn show(&mut self, v: Value) -> String {
        if v.is(Kind::MultipleValues) {
            let all: Vec<String> = v.slots().iter().map(|&v| to_text(v, Style::Write, 2000)).collect();
            return format!("values {}", all.join(" "));
        }
        to_text(v, Style::Write, 2000)
    }

    pub fn show_condition(&mut self, object: Value) -> String {
        use crate::heap::ConditionType as C;
        let message = self.machine.heap.condition_type(C::Message);
        let who = self.machine.heap.condition_type(C::Who);
        let field = |rtd| crate::primitives::records::conditions::component(object, rtd).map(|r| r.field(0));
        match field(message) {
            Some(text) => {
                let who = field(who).map_or(String::new(), |w| format!("{}: ", to_text(w, Style::Display, 100)));
                format!("{who}{}", to_text(text, Style::Display, 500))
            }
            None => self.show(object),
        }
    }

    fn global(&mut self, name: &str) -> GlobalId {
        if let Some(&id) = self.globals.get(name) {
            return id;
        }
        let symbol = self.machine.heap.symbol(name);
        let id = self.machine.new_global(symbol);
        self.globals.insert(name.to_owned(), id);
        id
    }
}

struct Front<'s, 'a> {
    session: &'s mut Session,
    bump: &'a Arena,
    data: &'s Datums,
    defined: HashSet<String>,
    changed: HashSet<String>,
}

impl<'a> Front<'_, 'a> {
    /// Notes which globals a unit defines, and which it changes.
    fn survey(&mut self, ids: &[DatumId]) {
        for &id in ids {
            let Some(items) = self.list(id) else { continue };
            match self.symbol(items[0]).as_deref() {
                Some("define") => {
                    let name = self.defined_name(items[1]);
                    if self.session.globals.contains_key(&name) || !self.defined.insert(name.clone()) {
                        self.changed.insert(name.clone());
                    }
                    self.session.global(&name);
                }
                Some("begin") => self.survey(&items[1..]),
                _ => {}
            }
        }
    }

    fn defined_name(&self, id: DatumId) -> String {
        let name = match self.data.datum(id) {
            Datum::List { items, .. } => items[0],
            _ => id,
        };
        self.symbol(name).unwrap()
    }

    fn list(&self, id: DatumId) -> Option<Vec<DatumId>> {
        match self.data.datum(id) {
            Datum::List { items, tail: None } if !items.is_empty() => Some(items.to_vec()),
            _ => None,
        }
    }

    fn symbol(&self, id: DatumId) -> Option<String> {
        match self.data.datum(id) {
            Datum::Symbol(name) => Some(name.to_string()),
            _ => None,
        }
    }

    fn make(&self, id: DatumId, kind: CoreKind<'a>) -> Expr<'a> {
        self.bump.alloc(Core { span: self.data.span(id), site: SiteId::NONE, kind })
    }

    fn variable(&mut self, name: &str) -> Var<'a> {
        self.session.variables += 1;
        let symbol = self.session.machine.heap.symbol(name);
        self.bump.alloc(Variable {
            name: symbol,
            id: self.session.variables,
            assigned: Cell::new(false),
            scratch: Cell::new(0),
        })
    }

    fn exprs(&mut self, ids: &[DatumId], scope: &mut Scope<'a>) -> &'a [Expr<'a>] {
        let all: Vec<Expr> = ids.iter().map(|&id| self.expr(id, scope)).collect();
        self.bump.alloc_slice_copy(&all)
    }

    /// A body: definitions become a `letrec*`.
    fn body(&mut self, ids: &[DatumId], scope: &mut Scope<'a>) -> Expr<'a> {
        let is_definition = |this: &Self, id: DatumId| {
            this.list(id).is_some_and(|items| this.symbol(items[0]).as_deref() == Some("define"))
        };
        let count = ids.iter().take_while(|&&id| is_definition(self, id)).count();
        let (definitions, rest) = ids.split_at(count);
        if definitions.is_empty() {
            return match rest {
                [one] => self.expr(*one, scope),
                _ => {
                    let all = self.exprs(rest, scope);
                    self.make(rest[0], CoreKind::Sequence(all))
                }
            };
        }
        let height = scope.len();
        let mut vars = Vec::new();
        for &id in definitions {
            let items = self.list(id).unwrap();
            let name = self.defined_name(items[1]);
            let v = self.variable(&name);
            vars.push(v);
            scope.push((name, v));
        }
        let inits: Vec<Expr> = definitions.iter().map(|&id| self.definition(id, scope).1).collect();
        let body = self.body(rest, scope);
        scope.truncate(height);
        let kind = CoreKind::Letrec(self.bump.alloc_slice_copy(&vars), self.bump.alloc_slice_copy(&inits), body);
        self.make(ids[0], kind)
    }

    /// The name and the value of a definition.
    fn definition(&mut self, id: DatumId, scope: &mut Scope<'a>) -> (String, Expr<'a>) {
        let items = self.list(id).unwrap();
        match self.data.datum(items[1]) {
            Datum::List { items: head, tail } => {
                let head = head.to_vec();
                let name = self.symbol(head[0]).unwrap();
                let clause = self.clause(&head[1..], tail, &items[2..], scope);
                (name.clone(), self.lambda(id, &name, vec![clause]))
            }
            _ => {
                let name = self.symbol(items[1]).unwrap();
                let value = self.expr(items[2], scope);
                (name, value)
            }
        }
    }

    fn clause(
        &mut self,
        parameters: &[DatumId],
        rest: Option<DatumId>,
        body: &[DatumId],
        scope: &mut Scope<'a>,
    ) -> Clause<'a> {
        let height = scope.len();
        let mut bind = |this: &mut Self, id: DatumId| {
            let name = this.symbol(id).unwrap();
            let v = this.variable(&name);
            scope.push((name, v));
            v
        };
        let parameters: Vec<Var> = parameters.iter().map(|&p| bind(self, p)).collect();
        let rest = rest.map(|r| bind(self, r));
        let body = self.body(body, scope);
        scope.truncate(height);
        Clause { parameters: self.bump.alloc_slice_copy(&parameters), rest, body }
    }

    fn formals_clause(&mut self, formals: DatumId, body: &[DatumId], scope: &mut Scope<'a>) -> Clause<'a> {
        match self.data.datum(formals) {
            Datum::List { items, tail } => {
                let items = items.to_vec();
                self.clause(&items, tail, body, scope)
            }
            _ => self.clause(&[], Some(formals), body, scope),
        }
    }

    fn lambda(&mut self, id: DatumId, name: &str, clauses: Vec<Clause<'a>>) -> Expr<'a> {
        let name = if name.is_empty() { Value::FALSE } else { self.session.machine.heap.symbol(name) };
        let clauses = self.bump.alloc_slice_fill_iter(clauses);
        let lambda = self.bump.alloc(Lambda { name, span: self.data.span(id), clauses });
        self.make(id, CoreKind::Lambda(lambda))
    }

    fn constant(&mut self, id: DatumId, v: Value) -> Expr<'a> {
        self.make(id, CoreKind::Constant(v))
    }

    fn expr(&mut self, id: DatumId, scope: &mut Scope<'a>) -> Expr<'a> {
        let account = Account::unlimited();
        deepen(account, |_| self.datum(id, scope)).expect("native stack")
    }

    fn datum(&mut self, id: DatumId, scope: &mut Scope<'a>) -> Expr<'a> {
        if let Some(name) = self.symbol(id) {
            return self.reference(id, &name, scope);
        }
        let Some(items) = self.list(id) else {
            let v = self.quoted(id);
            return self.constant(id, v);
        };
        let operator = self.symbol(items[0]);
        if let Some(name) = &operator
            && !scope.iter().any(|(n, _)| n == name)
            && let Some(e) = self.form(id, name, &items[1..], scope)
        {
            return e;
        }
        let f = self.expr(items[0], scope);
        let args = self.exprs(&items[1..], scope);
        self.make(id, CoreKind::Call(f, args))
    }

    fn reference(&mut self, id: DatumId, name: &str, scope: &Scope<'a>) -> Expr<'a> {
        if let Some((_, v)) = scope.iter().rev().find(|(n, _)| n == name) {
            return self.make(id, CoreKind::Local(v));
        }
        if !self.session.globals.contains_key(name) {
            let row = rows().iter().position(|p| p.name == name);
            if let Some(i) = row {
                return self.make(id, CoreKind::Primitive(PrimitiveId(i as u16)));
            }
        }
        let global = self.session.global(name);
        self.make(id, CoreKind::Global(global))
    }

    /// The bindings of a `let`: names and initialisers.
    fn bindings(&mut self, id: DatumId) -> Vec<(String, DatumId)> {
        let Some(all) = self.list(id) else { return Vec::new() };
        all.iter()
            .map(|&b| {
                let pair = self.list(b).unwrap();
                (self.symbol(pair[0]).unwrap(), pair[1])
            })
            .collect()
    }

    fn form(&mut self, id: DatumId, name: &str, items: &[DatumId], scope: &mut Scope<'a>) -> Option<Expr<'a>> {
        Some(match name {
            "quote" => {
                let v = self.quoted(items[0]);
                self.constant(id, v)
            }
            "if" => {
                let c = self.expr(items[0], scope);
                let a = self.expr(items[1], scope);
                let b = match items.get(2) {
                    Some(&b) => self.expr(b, scope),
                    None => self.constant(id, Value::VOID),
                };
                self.make(id, CoreKind::If(c, a, b))
            }
            "define" => {
                let (name, value) = self.definition(id, scope);
                let global = self.session.global(&name);
                self.make(id, CoreKind::Define(global, value))
            }
            "set!" => {
                let name = self.symbol(items[0]).unwrap();
                let value = self.expr(items[1], scope);
                match scope.iter().rev().find(|(n, _)| *n == name) {
                    Some((_, v)) => {
                        v.assigned.set(true);
                        self.make(id, CoreKind::SetLocal(v, value))
                    }
                    None => {
                        self.changed.insert(name.clone());
                        let global = self.session.global(&name);
                        self.make(id, CoreKind::SetGlobal(global, value))
                    }
                }
            }
            "lambda" => {
                let clause = self.formals_clause(items[0], &items[1..], scope);
                self.lambda(id, "", vec![clause])
            }
            "case-lambda" => {
                let clauses = items
                    .iter()
                    .map(|&c| {
                        let parts = self.list(c).unwrap();
                        self.formals_clause(parts[0], &parts[1..], scope)
                    })
                    .collect();
                self.lambda(id, "", clauses)
            }
            "begin" if items.is_empty() => self.constant(id, Value::VOID),
            "begin" => match items {
                [one] => self.expr(*one, scope),
                _ => {
                    let all = self.exprs(items, scope);
                    self.make(id, CoreKind::Sequence(all))
                }
            },
            "let" if self.symbol(items[0]).is_some() => self.named_let(id, items, scope),
            "let" => {
                let bindings = self.bindings(items[0]);
                let inits: Vec<Expr> = bindings.iter().map(|b| self.expr(b.1, scope)).collect();
                let height = scope.len();
                let vars: Vec<Var> = bindings
                    .into_iter()
                    .map(|(name, _)| {
                        let v = self.variable(&name);
                        scope.push((name, v));
                        v
                    })
                    .collect();
                let body = self.body(&items[1..], scope);
                scope.truncate(height);
                let kind = CoreKind::Let(self.bump.alloc_slice_copy(&vars), self.bump.alloc_slice_copy(&inits), body);
                self.make(id, kind)
            }
            "let*" => {
                let height = scope.len();
                let mut bound = Vec::new();
                for (name, init) in self.bindings(items[0]) {
                    let init = self.expr(init, scope);
                    let v = self.variable(&name);
                    scope.push((name, v));
                    bound.push((v, init));
                }
                let body = self.body(&items[1..], scope);
                scope.truncate(height);
                bound.into_iter().rev().fold(body, |body, (v, init)| {
                    let (vars, inits) = (self.bump.alloc_slice_copy(&[v]), self.bump.alloc_slice_copy(&[init]));
                    self.make(id, CoreKind::Let(vars, inits, body))
                })
            }
            "letrec" | "letrec*" => {
                let bindings = self.bindings(items[0]);
                let height = scope.len();
                let vars: Vec<Var> = bindings
                    .iter()
                    .map(|(name, _)| {
                        let v = self.variable(name);
                        scope.push((name.clone(), v));
                        v
                    })
                    .collect();
                let inits: Vec<Expr> = bindings.iter().map(|b| self.expr(b.1, scope)).collect();
                let body = self.body(&items[1..], scope);
                scope.truncate(height);
                let kind =
                    CoreKind::Letrec(self.bump.alloc_slice_copy(&vars), self.bump.alloc_slice_copy(&inits), body);
                self.make(id, kind)
            }
            "and" | "or" if items.is_empty() => self.constant(id, Value::boolean(name == "and")),
            "and" => {
                let mut e = self.expr(items[items.len() - 1], scope);
                for &x in items[..items.len() - 1].iter().rev() {
                    let (x, no) = (self.expr(x, scope), self.constant(id, Value::FALSE));
                    e = self.make(id, CoreKind::If(x, e, no));
                }
                e
            }
            "or" => {
                let mut e = self.expr(items[items.len() - 1], scope);
                for &x in items[..items.len() - 1].iter().rev() {
                    let x = self.expr(x, scope);
                    let v = self.variable("t");
                    let t = self.make(id, CoreKind::Local(v));
                    let test = self.make(id, CoreKind::If(t, t, e));
                    let (vars, inits) = (self.bump.alloc_slice_copy(&[v]), self.bump.alloc_slice_copy(&[x]));
                    e = self.make(id, CoreKind::Let(vars, inits, test));
                }
                e
            }
            "cond" => {
                let mut e = self.constant(id, Value::VOID);
                for &clause in items.iter().rev() {
                    let parts = self.list(clause).unwrap();
                    let body = self.body(&parts[1..], scope);
                    e = if self.symbol(parts[0]).as_deref() == Some("else") {
                        body
                    } else {
                        let test = self.expr(parts[0], scope);
                        self.make(clause, CoreKind::If(test, body, e))
                    };
                }
                e
            }
            _ => return None,
        })
    }

    fn named_let(&mut self, id: DatumId, items: &[DatumId], scope: &mut Scope<'a>) -> Expr<'a> {
        let name = self.symbol(items[0]).unwrap();
        let bindings = self.bindings(items[1]);
        let inits: Vec<Expr> = bindings.iter().map(|b| self.expr(b.1, scope)).collect();
        let v = self.variable(&name);
        scope.push((name.clone(), v));
        let height = scope.len();
        let parameters: Vec<Var> = bindings
            .into_iter()
            .map(|(name, _)| {
                let v = self.variable(&name);
                scope.push((name, v));
                v
            })
            .collect();
        let body = self.body(&items[2..], scope);
        scope.truncate(height);
        scope.pop();
        let clause = Clause { parameters: self.bump.alloc_slice_copy(&parameters), rest: None, body };
        let lambda = self.lambda(id, &name, vec![clause]);
        let f = self.make(id, CoreKind::Local(v));
        let call = self.make(id, CoreKind::Call(f, self.bump.alloc_slice_copy(&inits)));
        let (vars, inits) = (self.bump.alloc_slice_copy(&[v]), self.bump.alloc_slice_copy(&[lambda]));
        self.make(id, CoreKind::Letrec(vars, inits, call))
    }

    fn quoted(&mut self, id: DatumId) -> Value {
        let heap = &mut self.session.machine.heap;
        match self.data.datum(id) {
            Datum::Boolean(b) => Value::boolean(b),
            Datum::Character(c) => Value::char(c),
            Datum::Number(n) => crate::number::parse(heap, n, 10).ok().flatten().expect("a number"),
            Datum::String(s) => heap.string(s),
            Datum::Symbol(name) => heap.symbol(name),
            Datum::List { items, tail } => {
                let items = items.to_vec();
                let rest = tail.map_or(Value::NIL, |t| self.quoted(t));
                let items: Vec<Value> = items.iter().map(|&i| self.quoted(i)).collect();
                self.session.machine.heap.list_with_tail(&items, rest)
            }
            other => panic!("a datum of a kind that the tests do not use: {other:?}"),
        }
    }
}
