//! Core expressions as bytes. Local variables are numbered in the order of their binders; source spans are left out:
//! backtraces show the prelude's procedures by name.

use super::data::{ReadContext, Reader, WriteContext, Writer};
use crate::account::Arena;
use crate::diagnostics::Span;
use crate::syntax::core::{Clause, Core, CoreKind, Expr, GlobalId, Lambda, PrimitiveId, SiteId, Var, Variable};
use std::cell::Cell;
use std::collections::HashMap;

/// Tags of the forms of the core language.
mod tag {
    pub const CONSTANT: u8 = 0;
    pub const LOCAL: u8 = 1;
    pub const GLOBAL: u8 = 2;
    pub const PRIMITIVE: u8 = 3;
    pub const SET_LOCAL: u8 = 4;
    pub const SET_GLOBAL: u8 = 5;
    pub const DEFINE: u8 = 6;
    pub const IF: u8 = 7;
    pub const SEQUENCE: u8 = 8;
    pub const LAMBDA: u8 = 9;
    pub const LET: u8 = 10;
    pub const LETREC: u8 = 11;
    pub const CALL: u8 = 12;
}

/// Writes expressions of one definition.
pub struct CodeWriter<'w> {
    pub out: &'w mut Writer,
    pub context: &'w mut dyn WriteContext,
    locals: HashMap<u32, u64>,
}

impl<'w> CodeWriter<'w> {
    pub fn new(out: &'w mut Writer, context: &'w mut dyn WriteContext) -> CodeWriter<'w> {
        CodeWriter { out, context, locals: HashMap::new() }
    }

    fn binder(&mut self, v: Var) -> Result<(), String> {
        let n = self.locals.len() as u64;
        self.locals.insert(v.id, n);
        self.out.data(v.name, self.context)?;
        self.out.byte(v.assigned.get().into());
        Ok(())
    }

    fn binders(&mut self, vs: &[Var]) -> Result<(), String> {
        self.out.number(vs.len() as u64);
        vs.iter().try_for_each(|v| self.binder(v))
    }

    fn local(&mut self, v: Var) -> Result<(), String> {
        let n = *self.locals.get(&v.id).ok_or("a variable outside of its scope")?;
        self.out.number(n);
        Ok(())
    }

    fn exprs(&mut self, es: &[Expr]) -> Result<(), String> {
        self.out.number(es.len() as u64);
        es.iter().try_for_each(|e| self.expr(e))
    }

    pub fn expr(&mut self, e: Expr) -> Result<(), String> {
        match e.kind {
            CoreKind::Constant(v) => {
                self.out.byte(tag::CONSTANT);
                self.out.data(v, self.context)
            }
            CoreKind::Local(v) => {
                self.out.byte(tag::LOCAL);
                self.local(v)
            }
            CoreKind::Global(g) => {
                self.out.byte(tag::GLOBAL);
                self.out.number(g.0.into());
                Ok(())
            }
            CoreKind::Primitive(p) => {
                self.out.byte(tag::PRIMITIVE);
                self.out.number(p.0.into());
                Ok(())
            }
            CoreKind::SetLocal(v, e) => {
                self.out.byte(tag::SET_LOCAL);
                self.local(v)?;
                self.expr(e)
            }
            CoreKind::SetGlobal(g, e) => {
                self.out.byte(tag::SET_GLOBAL);
                self.out.number(g.0.into());
                self.expr(e)
            }
            CoreKind::Define(g, e) => {
                self.out.byte(tag::DEFINE);
                self.out.number(g.0.into());
                self.expr(e)
            }
            CoreKind::If(a, b, c) => {
                self.out.byte(tag::IF);
                self.expr(a)?;
                self.expr(b)?;
                self.expr(c)
            }
            CoreKind::Sequence(es) => {
                self.out.byte(tag::SEQUENCE);
                self.exprs(es)
            }
            CoreKind::Lambda(l) => {
                self.out.byte(tag::LAMBDA);
                self.out.data(l.name, self.context)?;
                self.out.number(l.clauses.len() as u64);
                for c in l.clauses {
                    self.binders(c.parameters)?;
                    self.out.byte(c.rest.is_some().into());
                    if let Some(r) = c.rest {
                        self.binder(r)?;
                    }
                    self.expr(c.body)?;
                }
                Ok(())
            }
            CoreKind::Let(vs, inits, body) => {
                self.out.byte(tag::LET);
                self.exprs(inits)?;
                self.binders(vs)?;
                self.expr(body)
            }
            CoreKind::Letrec(vs, inits, body) => {
                self.out.byte(tag::LETREC);
                self.binders(vs)?;
                self.exprs(inits)?;
                self.expr(body)
            }
            CoreKind::Call(f, args) => {
                self.out.byte(tag::CALL);
                self.expr(f)?;
                self.exprs(args)
            }
        }
    }
}

/// Reads the expressions of one definition into an arena.
pub struct CodeReader<'a, 'b, 'r, 'h> {
    input: &'r mut Reader<'b>,
    arena: &'a Arena,
    context: &'h mut dyn ReadContext,
    locals: Vec<Var<'a>>,
}

impl<'a, 'b, 'r, 'h> CodeReader<'a, 'b, 'r, 'h> {
    pub fn new(
        input: &'r mut Reader<'b>,
        arena: &'a Arena,
        context: &'h mut dyn ReadContext,
    ) -> CodeReader<'a, 'b, 'r, 'h> {
        CodeReader { input, arena, context, locals: Vec::new() }
    }

    fn binder(&mut self) -> Var<'a> {
        let name = self.input.data(self.context);
        let assigned = Cell::new(self.input.byte() != 0);
        let id = self.context.fresh_variable();
        let v: Var<'a> = self.arena.alloc(Variable { name, id, assigned, scratch: Cell::new(0) });
        self.locals.push(v);
        v
    }

    fn binders(&mut self) -> &'a [Var<'a>] {
        let n = self.input.number() as usize;
        let vs: Vec<Var<'a>> = (0..n).map(|_| self.binder()).collect();
        self.arena.alloc_slice_copy(&vs)
    }

    fn local(&mut self) -> Var<'a> {
        let n = self.input.number() as usize;
        self.locals[n]
    }

    fn exprs(&mut self) -> &'a [Expr<'a>] {
        let n = self.input.number() as usize;
        let es: Vec<Expr<'a>> = (0..n).map(|_| self.expr()).collect();
        self.arena.alloc_slice_copy(&es)
    }

    fn global(&mut self) -> GlobalId {
        GlobalId(self.input.number() as u32)
    }

    pub fn expr(&mut self) -> Expr<'a> {
        let kind = match self.input.byte() {
            tag::CONSTANT => CoreKind::Constant(self.input.data(self.context)),
            tag::LOCAL => CoreKind::Local(self.local()),
            tag::GLOBAL => CoreKind::Global(self.global()),
            tag::PRIMITIVE => CoreKind::Primitive(PrimitiveId(self.input.number() as u16)),
            tag::SET_LOCAL => CoreKind::SetLocal(self.local(), self.expr()),
            tag::SET_GLOBAL => CoreKind::SetGlobal(self.global(), self.expr()),
            tag::DEFINE => CoreKind::Define(self.global(), self.expr()),
            tag::IF => CoreKind::If(self.expr(), self.expr(), self.expr()),
            tag::SEQUENCE => CoreKind::Sequence(self.exprs()),
            tag::LAMBDA => {
                let name = self.input.data(self.context);
                let n = self.input.number() as usize;
                let mut clauses = Vec::with_capacity(n);
                for _ in 0..n {
                    let parameters = self.binders();
                    let rest = (self.input.byte() != 0).then(|| self.binder());
                    let body = self.expr();
                    clauses.push(Clause { parameters, rest, body });
                }
                let clauses = self.arena.alloc_slice_fill_iter(clauses);
                CoreKind::Lambda(self.arena.alloc(Lambda { name, span: Span::NONE, clauses }))
            }
            tag::LET => {
                let inits = self.exprs();
                let vs = self.binders();
                CoreKind::Let(vs, inits, self.expr())
            }
            tag::LETREC => {
                let vs = self.binders();
                let inits = self.exprs();
                CoreKind::Letrec(vs, inits, self.expr())
            }
            tag::CALL => {
                let f = self.expr();
                CoreKind::Call(f, self.exprs())
            }
            other => unreachable!("tag {other} in the image"),
        };
        self.arena.alloc(Core { span: Span::NONE, site: SiteId::NONE, kind })
    }
}
