//! The core language as text: for tests, and for dumps of what the passes do. Variables are shown as `name.number`, with
//! numbers counted from the first one met, so that dumps of the same program are the same.

use super::core::{Clause, CoreKind, Expr, Var};
use super::show;
use crate::account::{Account, Accountable, deepen};
use crate::heap::{Kind, Value};
use hashbrown::HashMap;

/// How names of globals and primitives are found.
pub trait Names {
    fn global(&self, id: super::core::GlobalId) -> String;
    fn primitive(&self, id: super::core::PrimitiveId) -> String;
}

/// An expression as one line.
pub fn unparse(e: Expr, names: &dyn Names) -> String {
    let mut writer = Writer { out: String::new(), names, numbers: HashMap::default(), account: Account::unlimited() };
    writer.expression(e);
    writer.out
}

struct Writer<'n> {
    out: String,
    names: &'n dyn Names,
    numbers: HashMap<u32, usize, foldhash::fast::FixedState>,
    account: Account,
}

impl Accountable for Writer<'_> {
    fn account(&self) -> &Account {
        &self.account
    }
}

impl Writer<'_> {
    fn text(&mut self, text: &str) {
        self.out.push_str(text);
    }

    fn variable(&mut self, v: Var) {
        let next = self.numbers.len() + 1;
        let number = *self.numbers.entry(v.id).or_insert(next);
        self.out.push_str(&format!("{}.{number}", show::brief(v.name)));
    }

    fn list(&mut self, head: &str, parts: &[Expr]) {
        self.text("(");
        self.text(head);
        for (i, &part) in parts.iter().enumerate() {
            if i > 0 || !head.is_empty() {
                self.text(" ");
            }
            self.expression(part);
        }
        self.text(")");
    }

    fn bindings(&mut self, head: &str, variables: &[Var], values: &[Expr], body: Expr) {
        self.text(&format!("({head} ("));
        for (i, (&variable, &value)) in variables.iter().zip(values).enumerate() {
            self.text(if i == 0 { "(" } else { " (" });
            self.variable(variable);
            self.text(" ");
            self.expression(value);
            self.text(")");
        }
        self.text(") ");
        self.expression(body);
        self.text(")");
    }

    fn clause(&mut self, clause: &Clause) {
        if let (true, Some(rest)) = (clause.parameters.is_empty(), clause.rest) {
            self.variable(rest);
        } else {
            self.text("(");
            for (i, &parameter) in clause.parameters.iter().enumerate() {
                if i > 0 {
                    self.text(" ");
                }
                self.variable(parameter);
            }
            if let Some(rest) = clause.rest {
                self.text(" . ");
                self.variable(rest);
            }
            self.text(")");
        }
        self.text(" ");
        self.expression(clause.body);
    }

    fn constant(&mut self, v: Value) {
        let self_evaluating =
            !(v.is_pair() || v.is_nil() || matches!(v.kind(), Some(Kind::Symbol | Kind::Vector | Kind::Syntax)));
        if v.is(Kind::Syntax) {
            self.text("#'");
        } else if !self_evaluating {
            self.text("'");
        }
        self.text(&show::brief(v));
    }

    fn expression(&mut self, e: Expr) {
        if deepen(&mut *self, |w| w.expression_here(e)).is_err() {
            self.text("…")
        }
    }

    fn expression_here(&mut self, e: Expr) {
        match e.kind {
            CoreKind::Constant(v) => self.constant(v),
            CoreKind::Local(v) => self.variable(v),
            CoreKind::Global(id) => {
                let name = self.names.global(id);
                self.text(&name);
            }
            CoreKind::Primitive(id) => {
                let name = self.names.primitive(id);
                self.text(&name);
            }
            CoreKind::SetLocal(v, value) => {
                self.text("(set! ");
                self.variable(v);
                self.text(" ");
                self.expression(value);
                self.text(")");
            }
            CoreKind::SetGlobal(id, value) => {
                let head = format!("set! {}", self.names.global(id));
                self.list(&head, &[value]);
            }
            CoreKind::Define(id, value) => {
                let head = format!("define {}", self.names.global(id));
                self.list(&head, &[value]);
            }
            CoreKind::If(test, then, otherwise) => self.list("if", &[test, then, otherwise]),
            CoreKind::Sequence(parts) => self.list("begin", parts),
            CoreKind::Lambda(lambda) => match lambda.clauses {
                [clause] => {
                    self.text("(lambda ");
                    self.clause(clause);
                    self.text(")");
                }
                clauses => {
                    self.text("(case-lambda");
                    for clause in clauses {
                        self.text(" [");
                        self.clause(clause);
                        self.text("]");
                    }
                    self.text(")");
                }
            },
            CoreKind::Let(variables, values, body) => self.bindings("let", variables, values, body),
            CoreKind::Letrec(variables, values, body) => self.bindings("letrec*", variables, values, body),
            CoreKind::Call(operator, operands) => {
                let parts: Vec<Expr> = [operator].into_iter().chain(operands.iter().copied()).collect();
                self.list("", &parts);
            }
        }
    }
}
