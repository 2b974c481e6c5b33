//! Expressions: what kind of form is this, and what does an identifier become.

use super::core::{CoreKind, Expr, GlobalId};
use super::environment::{Environment, Owner};
use super::session::{R, Session};
use super::transformer::{self, Transformer};
use super::{Binding, CoreForm, LexicalId, Violation, forms, object};
use crate::account::deepen;
use crate::heap::{Kind, Value};

/// What kind of form it is.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Class {
    /// A form that the expander knows, or such an identifier.
    Form(CoreForm),
    /// A use of the macro that this transformer object belongs to.
    Macro(Value),
    /// An identifier that is no macro use.
    Reference(Binding),
    /// An identifier without meaning.
    Unbound,
    /// A list that is no special form.
    Call,
    Atom,
}

impl<'a> Session<'a, '_> {
    /// What an identifier means here and now: fluid keywords and macros of the image are followed.
    pub fn meaning(&mut self, id: Value) -> R<Option<Binding>> {
        let Some(mut binding) = self.resolve(id)? else { return Ok(None) };
        if let Binding::Prelude(number) = binding {
            let object = self.host.prelude_macro(number)?;
            binding = if transformer::fluid_default(object).is_some() {
                Binding::Fluid(object)
            } else if Transformer::of(object).is_some() {
                Binding::Macro(object)
            } else {
                Binding::Record(object)
            };
        }
        let fluid = matches!(binding, Binding::Fluid(_)) || matches!(binding, Binding::Core(f) if f.is_fluid());
        if fluid {
            let tables = self.tables();
            if let Some(&(_, meaning)) = tables.fluids.iter().rev().find(|(keyword, _)| *keyword == binding) {
                return Ok(Some(meaning));
            }
            if let Binding::Fluid(object) = binding {
                return Ok(transformer::fluid_default(object).map(Binding::Macro));
            }
        }
        Ok(Some(binding))
    }

    /// What kind of form it is.
    pub fn classify(&mut self, form: Value) -> R<Class> {
        if object::identifier(form).is_some() {
            return Ok(match self.meaning(form)? {
                None => Class::Unbound,
                Some(Binding::Macro(object)) => Class::Macro(object),
                Some(Binding::Core(form)) if form.is_identifier() || form.is_fluid() => Class::Form(form),
                Some(binding) => Class::Reference(binding),
            });
        }
        if !object::unwrap(form).is_pair() {
            return Ok(Class::Atom);
        }
        let Some((head, _)) = self.pair(form) else { return Ok(Class::Atom) };
        if object::identifier(head).is_none() {
            return Ok(Class::Call);
        }
        Ok(match self.meaning(head)? {
            Some(Binding::Macro(object)) => Class::Macro(object),
            Some(Binding::Core(form)) => Class::Form(form),
            Some(Binding::Pending) => return Err(self.pending(head, form)),
            Some(Binding::Record(_)) => {
                return Err(self.error(&self.name(head), "a record type's name is no procedure", form, head));
            }
            _ => Class::Call,
        })
    }

    fn pending(&mut self, head: Value, form: Value) -> super::Failure {
        let name = self.name(head);
        self.error(&name, "the macro is used before its transformer is made", form, head)
    }

    /// An expression.
    pub fn expand(&mut self, form: Value) -> R<Expr<'a>> {
        self.expand_named(form, Value::FALSE)
    }

    /// An expression whose value, if it is a procedure, is known by that symbol.
    pub fn expand_named(&mut self, form: Value, name: Value) -> R<Expr<'a>> {
        self.charge()?;
        self.enter(form)?;
        let kept = self.kept();
        let uses = self.uses;
        let result = deepen(&mut *self, |s| s.expand_form(form, name)).unwrap_or_else(|full| Err(full.into()));
        let result = self.settle(result);
        self.note_stop(&result, form);
        self.uses = uses;
        self.release(kept);
        self.leave();
        result
    }

    /// Expressions, each.
    pub fn expand_all(&mut self, forms: &[Value]) -> R<Vec<Expr<'a>>> {
        forms.iter().map(|&form| self.expand(form)).collect()
    }

    fn expand_form(&mut self, mut form: Value, name: Value) -> R<Expr<'a>> {
        let kept = self.kept();
        loop {
            match self.classify(form)? {
                Class::Macro(object) => {
                    form = self.transcribe(object, form)?;
                    self.release(kept);
                    self.keep(form);
                }
                Class::Form(core) => return forms::expand(self, core, form, name),
                Class::Reference(binding) => return self.reference(form, binding),
                Class::Unbound => {
                    return match self.forward(form) {
                        Some(global) => Ok(self.core(self.span(form), CoreKind::Global(global))),
                        None => Err(self.unbound(form)),
                    };
                }
                Class::Call => return self.expand_call(form),
                Class::Atom => return self.expand_atom(form),
            }
        }
    }

    fn expand_call(&mut self, form: Value) -> R<Expr<'a>> {
        let Some(parts) = self.list(form) else {
            return Err(self.plain_error("a procedure call is a proper list", form));
        };
        let operator = self.expand(parts[0])?;
        let operands = self.expand_all(&parts[1..])?;
        Ok(self.call(self.span(form), operator, operands))
    }

    fn expand_atom(&mut self, form: Value) -> R<Expr<'a>> {
        let datum = object::unwrap(form);
        let message = if datum.is_nil() {
            "`()` is not an expression"
        } else if datum.is(Kind::Vector) {
            "a vector is not an expression"
        } else {
            return Ok(self.constant(self.span(form), datum));
        };
        let violation = Violation::new(message, form, self.span(form)).help("quote it to mean the datum itself");
        Err(self.with_uses(violation).into())
    }

    /// An identifier as an expression.
    pub fn reference(&mut self, id: Value, binding: Binding) -> R<Expr<'a>> {
        let span = self.span(id);
        let name = self.name(id);
        Ok(match binding {
            Binding::Variable(lexical) => {
                let variable = self.mention(id, lexical)?;
                self.core(span, CoreKind::Local(variable))
            }
            Binding::Global(global) => {
                self.check_global(id, global)?;
                self.core(span, CoreKind::Global(global))
            }
            Binding::Primitive(primitive) => self.core(span, CoreKind::Primitive(primitive)),
            Binding::Pattern(_) => {
                let message = format!("the pattern variable `{name}` has a meaning in templates only");
                let violation = Violation::new(message, id, span).help(format!("write (syntax {name}), or #'{name}"));
                return Err(self.with_uses(violation).into());
            }
            Binding::Core(form) if form.is_auxiliary() => {
                return Err(self.plain_error(&format!("`{name}` has no meaning here"), id));
            }
            Binding::Core(_) => {
                return Err(self.plain_error(&format!("the keyword `{name}` is not an expression"), id));
            }
            Binding::Record(_) => {
                let violation =
                    Violation::new(format!("the record type's name `{name}` is not an expression"), id, span)
                        .help(format!("(record-type-descriptor {name}) is its descriptor"));
                return Err(self.with_uses(violation).into());
            }
            Binding::Pending => return Err(self.pending(id, id)),
            Binding::Macro(_) | Binding::Fluid(_) | Binding::Prelude(_) => {
                return Err(self.plain_error(&format!("the macro `{name}` is not an expression"), id));
            }
        })
    }

    /// The variable behind a lexical binding, which must be in scope, in this phase.
    pub fn mention(&mut self, id: Value, lexical: LexicalId) -> R<super::core::Var<'a>> {
        let phase = self.phase;
        let problem = match self.lexical_of(lexical) {
            Some(entry) if entry.phase == phase => {
                entry.references += 1;
                let variable = entry.variable;
                // The scopes that are watched lie one inside of the other, so their places are in order.
                let at = self.watches.partition_point(|watch| watch.first <= lexical.index);
                if let Some(watch) = at.checked_sub(1).and_then(|i| self.watches.get_mut(i))
                    && lexical.index < watch.end
                {
                    watch.mentions += 1;
                }
                return Ok(variable);
            }
            Some(entry) if entry.phase < phase => "has a value only when the program runs, not while its macros expand",
            Some(_) => "has a value only while macros expand",
            None => "is used outside of its scope",
        };
        let message = format!("the variable `{}` {problem}", self.name(id));
        Err(self.plain_error(&message, id))
    }

    /// Checks a reference to a global against the phases and the rule on hidden variables, and notes its library.
    pub fn check_global(&mut self, id: Value, global: GlobalId) -> R<()> {
        let Some(info) = self.tables().globals.get(&global).copied() else { return Ok(()) };
        let Some(owner) = info.environment.external_ref::<Environment>().map(|e| e.owner) else { return Ok(()) };
        let name = self.name(id);
        if info.environment == self.environment {
            if self.phase > 0 && owner != Owner::Interactive && !info.for_syntax {
                let violation = Violation::new(
                    format!("`{name}` has a value only when this code runs, not while its macros expand"),
                    id,
                    self.span(id),
                )
                .help(format!("define `{name}` in a library and import it, or inside of begin-for-syntax"));
                return Err(self.with_uses(violation).into());
            }
            return Ok(());
        }
        if let Owner::Library(library) = owner {
            if info.assigned && !info.exported {
                let key = self.tables().library(library).key.clone();
                let message =
                    format!("`{name}` is assigned in {key}, which does not export it: a macro cannot refer to it");
                return Err(self.plain_error(&message, id));
            }
            self.require(library);
        }
        Ok(())
    }
}
