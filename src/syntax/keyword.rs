//! Keywords: from the expression in a keyword's definition to the transformer object it is bound to.
//!
//! `syntax-rules` and `identifier-syntax`, also when a macro makes them, become data. Everything else is expanded one
//! phase up, run by the host, and must answer a transformer.

use super::core::{Expr, Transformer as TransformerCode};
use super::expand::Class;
use super::forms::{self, lambda};
use super::session::{R, Session};
use super::transformer::{self, Transformer};
use super::{CoreForm, Syntax, Violation, loader, object};
use crate::diagnostics::Span;
use crate::heap::Value;

/// A part of a form that is put together here.
#[derive(Copy, Clone)]
enum Part {
    /// See [`Session::internal_id`].
    Name(&'static str),
    Datum(Value),
}

impl<'a> Session<'a, '_> {
    /// Works one phase up: on code that runs while this unit is expanded.
    pub fn at_expansion_time<T>(&mut self, work: impl FnOnce(&mut Self) -> R<T>) -> R<T> {
        let requires = std::mem::take(&mut self.requires_now);
        // Bodies that are still being scanned must not define what this code is made of.
        let noting = std::mem::replace(&mut self.noting, true);
        self.phase += 1;
        let result = work(self);
        self.phase -= 1;
        self.noting = noting;
        let now = std::mem::replace(&mut self.requires_now, requires);
        let result = result?;
        for library in now {
            self.host.instantiate(library)?;
        }
        Ok(result)
    }

    /// Runs code of expansion time; its libraries are there.
    pub fn evaluate(&mut self, code: Expr<'a>) -> R<Value> {
        let value = self.host.evaluate(code)?;
        Ok(self.keep(value))
    }

    /// The transformer object for the keyword `name`, a symbol, whose definition has this expression.
    pub fn make_transformer(&mut self, name: Value, expression: Value) -> R<Value> {
        enum Made<'a> {
            Data(Transformer),
            Code(Expr<'a>),
        }
        let uses = self.uses;
        let made = self.at_expansion_time(|s| {
            let mut form = expression;
            loop {
                match s.classify(form)? {
                    Class::Macro(object) => form = s.transcribe(object, form)?,
                    Class::Form(CoreForm::SyntaxRules) => return forms::syntax_rules(s, form).map(Made::Data),
                    Class::Form(CoreForm::IdentifierSyntax) => {
                        return forms::identifier_syntax(s, form).map(Made::Data);
                    }
                    _ => return s.expand_named(form, name).map(Made::Code),
                }
            }
        })?;
        self.uses = uses;
        let object = match made {
            Made::Data(transformer) => transformer.make(self.heap(), name),
            Made::Code(code) => self.run_transformer(name, expression, code)?,
        };
        self.keep(object);
        Ok(self.keep_constant(object))
    }

    /// The transformer object of `(define-syntax (name . formals) body …)`: in the body `__who__` is the quoted name, and
    /// `(__synner__ message [subform])` raises a violation of the form that the macro was given.
    pub fn make_transformer_procedure(&mut self, name: Value, formals: Value, body: Value, form: Value) -> R<Value> {
        let (ids, _) = self.at_expansion_time(|s| lambda::formals(s, "define-syntax", formals, form))?;
        let quote = self.internal_list(&[Part::Name("quote"), Part::Datum(name)]);
        let who = self.internal_list(&[Part::Name("identifier-syntax"), Part::Datum(quote)]);
        let who = self.internal_list(&[Part::Name("__who__"), Part::Datum(who)]);
        let mut keywords = vec![Part::Datum(who)];
        if let Some(&input) = ids.first() {
            let violation =
                [Part::Name("syntax-violation"), Part::Datum(quote), Part::Name("message"), Part::Datum(input)];
            let short = self.internal_list(&violation);
            let long: Vec<Part> = violation.iter().copied().chain([Part::Name("subform")]).collect();
            let long = self.internal_list(&long);
            let one = self.internal_list(&[Part::Name("message")]);
            let two = self.internal_list(&[Part::Name("message"), Part::Name("subform")]);
            let one = self.internal_list(&[Part::Datum(one), Part::Datum(short)]);
            let two = self.internal_list(&[Part::Datum(two), Part::Datum(long)]);
            let procedure = self.internal_list(&[Part::Name("case-lambda"), Part::Datum(one), Part::Datum(two)]);
            let synner = self.internal_list(&[Part::Name("identifier-syntax"), Part::Datum(procedure)]);
            keywords.push(Part::Datum(self.internal_list(&[Part::Name("__synner__"), Part::Datum(synner)])));
        }
        let keywords = self.internal_list(&keywords);
        let fluid = self.internal_id("fluid-let-syntax");
        let heap = self.heap();
        let body = heap.cons(keywords, body);
        let body = heap.cons(fluid, body);
        self.keep(body);
        let lambda = self.internal_list(&[Part::Name("lambda"), Part::Datum(formals), Part::Datum(body)]);
        let lambda = Syntax::new(self.heap(), lambda, Value::NIL, object::span_of(form));
        self.keep(lambda);
        self.make_transformer(name, lambda)
    }

    /// An identifier that means the primitive or form of that name, if there is one.
    pub fn internal_id(&mut self, name: &str) -> Value {
        let (heap, tables) = self.host.parts();
        let scope = tables.internal_scope(heap, name);
        let wrap = heap.list(&[scope]);
        let symbol = heap.symbol(name);
        let id = Syntax::new(heap, symbol, wrap, Span::NONE);
        self.keep(id)
    }

    /// An identifier that means what a built-in library exports under that name.
    pub fn builtin_identifier(&mut self, library: &str, name: &str) -> R<Value> {
        let Some(id) = loader::load_builtin(self, library)? else {
            let violation = Violation::new(format!("this Vicar lacks the library {library}"), Value::FALSE, Span::NONE);
            return Err(violation.into());
        };
        let (heap, tables) = self.host.parts();
        let environment = tables.library_environment(heap, id);
        let wrap = heap.list(&[environment]);
        let symbol = heap.symbol(name);
        let id = Syntax::new(heap, symbol, wrap, Span::NONE);
        Ok(self.keep(id))
    }

    fn internal_list(&mut self, parts: &[Part]) -> Value {
        let parts: Vec<Value> = parts
            .iter()
            .map(|part| match *part {
                Part::Name(name) => self.internal_id(name),
                Part::Datum(datum) => datum,
            })
            .collect();
        let list = self.heap().list(&parts);
        self.keep(list)
    }

    fn run_transformer(&mut self, name: Value, form: Value, code: Expr<'a>) -> R<Value> {
        let value = self.evaluate(code)?;
        let transformer = if value.is_procedure() {
            Transformer::Procedure(value)
        } else if let Some(procedure) = transformer::variable_procedure(value) {
            Transformer::Variable(procedure)
        } else if let Some(transformer) = Transformer::of(value) {
            transformer
        } else {
            return Err(self.not_a_transformer(name, form, value));
        };
        let object = transformer.make(self.heap(), name);
        self.transformers.push(TransformerCode { object, expression: code });
        Ok(object)
    }
}
