//! `quote` and `quasiquote`: R6RS 11.4.1, 11.17.

use crate::account::{Account, Accountable, Claim, deepen};
use crate::heap::{Kind, Value};
use crate::syntax::core::Expr;
use crate::syntax::session::{R, Session};
use crate::syntax::{CoreForm, object};

pub fn quote<'a>(s: &mut Session<'a, '_>, form: Value) -> R<Expr<'a>> {
    let parts = s.operands("quote", form, 1, 1, "(quote datum)")?;
    let datum = s.strip_literal(parts[0])?;
    Ok(s.constant(s.span(form), datum))
}

pub fn quasiquote<'a>(s: &mut Session<'a, '_>, form: Value) -> R<Expr<'a>> {
    let parts = s.operands("quasiquote", form, 1, 1, "(quasiquote template)")?;
    let part = Quasi { s, whole: form }.template(parts[0], 1)?;
    Ok(part.code(s, form))
}

/// A part of a template: a datum, or code that makes one.
#[derive(Copy, Clone)]
enum Part<'a> {
    Constant(Value),
    Code(Expr<'a>),
}

impl<'a> Part<'a> {
    fn code(self, s: &mut Session<'a, '_>, form: Value) -> Expr<'a> {
        match self {
            Part::Constant(datum) => s.constant(s.span(form), datum),
            Part::Code(code) => code,
        }
    }
}

struct Quasi<'s, 'a, 'h> {
    s: &'s mut Session<'a, 'h>,
    whole: Value,
}

/// The keyword of an unquotation or quotation that a list begins with.
type Keyword = Option<CoreForm>;

impl Accountable for Quasi<'_, '_, '_> {
    fn account(&self) -> &Account {
        self.s.account()
    }
}

impl<'a> Quasi<'_, 'a, '_> {
    fn template(&mut self, template: Value, level: usize) -> R<Part<'a>> {
        self.s.enter(template)?;
        let result = deepen(&mut *self, |q| q.template_here(template, level));
        self.s.leave();
        result?
    }

    fn template_here(&mut self, template: Value, level: usize) -> R<Part<'a>> {
        let datum = object::unwrap(template);
        if datum.is_pair() {
            let (elements, tail) = self.s.list_and_tail(template)?;
            return match self.keyword(elements[0]) {
                Some(keyword) if tail.is_nil() => self.quotation(template, keyword, &elements, level),
                _ => self.list(&elements, tail, level),
            };
        }
        if datum.is(Kind::Vector) {
            let elements = self.s.vector(template)?;
            return match self.list(&elements, Value::NIL, level)? {
                // Made of the list: `(unquote)` leaves nothing of an element.
                Part::Constant(list) => {
                    let elements: Vec<Value> = list.list_iter().collect();
                    let vector = self.s.heap().vector(&elements);
                    Ok(Part::Constant(self.s.keep_constant(vector)))
                }
                Part::Code(list) => {
                    let span = self.s.span(self.whole);
                    self.s.call_builtin(span, "(rnrs base)", "list->vector", vec![list]).map(Part::Code)
                }
            };
        }
        self.constant(template)
    }

    fn constant(&mut self, template: Value) -> R<Part<'a>> {
        let datum = self.s.strip_literal(template)?;
        Ok(Part::Constant(self.s.keep_constant(datum)))
    }

    fn keyword(&mut self, id: Value) -> Keyword {
        let keywords = [CoreForm::Unquote, CoreForm::UnquoteSplicing, CoreForm::Quasiquote];
        keywords.into_iter().find(|&keyword| self.s.is_form(id, keyword))
    }

    /// A list that begins with such a keyword.
    fn quotation(&mut self, template: Value, keyword: CoreForm, elements: &[Value], level: usize) -> R<Part<'a>> {
        match keyword {
            CoreForm::Quasiquote => self.nested(elements, level + 1),
            _ if level > 1 => self.nested(elements, level - 1),
            CoreForm::Unquote if elements.len() == 2 => self.s.expand(elements[1]).map(Part::Code),
            CoreForm::Unquote => Err(self.error("outside of a list, `unquote` takes one expression", template)),
            _ => Err(self.error("`unquote-splicing` stands inside of a list or vector", template)),
        }
    }

    /// The keyword as a datum, the rest at its own level.
    fn nested(&mut self, elements: &[Value], level: usize) -> R<Part<'a>> {
        let rest = self.list(&elements[1..], Value::NIL, level)?;
        let keyword = self.constant(elements[0])?;
        self.build(vec![keyword], rest)
    }

    fn list(&mut self, elements: &[Value], tail: Value, level: usize) -> R<Part<'a>> {
        let (mut elements, mut rest) = (elements, Part::Constant(Value::NIL));
        if !tail.is_nil() {
            rest = self.template(tail, level)?;
        } else if let [before @ .., keyword, _] = elements
            && !before.is_empty()
            && let Some(keyword) = self.keyword(*keyword)
        {
            // `(a . ,b)` is `(a unquote b)`.
            let last = &elements[before.len()..];
            rest = self.quotation(last[0], keyword, last, level)?;
            elements = before;
        }
        let mut claim = Claim::new(self.s.heap().memory());
        let mut group: Vec<Part<'a>> = Vec::new();
        for &element in elements.iter().rev() {
            if let Some((splice, operands)) = self.splicing(element, level)? {
                for operand in operands.into_iter().rev() {
                    let code = self.s.expand(operand)?;
                    if splice {
                        rest = self.build(std::mem::take(&mut group), rest)?;
                        rest = self.append(code, rest)?;
                    } else {
                        claim.push(&mut group, Part::Code(code))?;
                    }
                }
                continue;
            }
            let part = self.template(element, level)?;
            match (part, rest) {
                (Part::Constant(first), Part::Constant(behind)) if group.is_empty() => {
                    let list = self.s.heap().cons(first, behind);
                    rest = Part::Constant(self.s.keep_constant(list));
                }
                _ => claim.push(&mut group, part)?,
            }
        }
        self.build(group, rest)
    }

    /// `(unquote-splicing e …)`, or `(unquote e …)` with other than one operand.
    fn splicing(&mut self, element: Value, level: usize) -> R<Option<(bool, Vec<Value>)>> {
        if level > 1 || !object::unwrap(element).is_pair() {
            return Ok(None);
        }
        let (parts, tail) = self.s.list_and_tail(element)?;
        let splice = match self.keyword(parts[0]) {
            Some(CoreForm::UnquoteSplicing) => true,
            Some(CoreForm::Unquote) if parts.len() != 2 => false,
            _ => return Ok(None),
        };
        if !tail.is_nil() {
            return Err(self.error("expected a list of expressions", element));
        }
        Ok(Some((splice, parts[1..].to_vec())))
    }

    /// The parts, given last first, in front of the rest.
    fn build(&mut self, mut parts: Vec<Part<'a>>, rest: Part<'a>) -> R<Part<'a>> {
        parts.reverse();
        if parts.is_empty() {
            return Ok(rest);
        }
        if let Part::Constant(tail) = rest
            && parts.iter().all(|part| matches!(part, Part::Constant(_)))
        {
            let mut list = tail;
            for part in parts.iter().rev() {
                if let Part::Constant(v) = part {
                    list = self.s.heap().cons(*v, list);
                }
            }
            return Ok(Part::Constant(self.s.keep_constant(list)));
        }
        let whole = self.whole;
        let mut claim = Claim::new(self.s.heap().memory());
        let mut operands: Vec<Expr<'a>> = claim.vec(parts.len() + 1)?;
        operands.extend(parts.into_iter().map(|part| part.code(self.s, whole)));
        let (library, name) = match rest {
            Part::Constant(tail) if tail.is_nil() => ("(rnrs base)", "list"),
            _ => {
                operands.push(rest.code(self.s, whole));
                if operands.len() == 2 { ("(rnrs base)", "cons") } else { ("(rnrs lists)", "cons*") }
            }
        };
        let span = self.s.span(whole);
        self.s.call_builtin(span, library, name, operands).map(Part::Code)
    }

    fn append(&mut self, list: Expr<'a>, rest: Part<'a>) -> R<Part<'a>> {
        if matches!(rest, Part::Constant(tail) if tail.is_nil()) {
            return Ok(Part::Code(list));
        }
        let rest = rest.code(self.s, self.whole);
        let span = self.s.span(self.whole);
        self.s.call_builtin(span, "(rnrs base)", "append", vec![list, rest]).map(Part::Code)
    }

    fn error(&mut self, message: &str, at: Value) -> crate::syntax::Failure {
        self.s.error("quasiquote", message, self.whole, at)
    }
}
