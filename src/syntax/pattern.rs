//! Patterns of `syntax-case` and `syntax-rules`, compiled to data and matched without running any Scheme code.
//!
//! | compiled | matches |
//! |---|---|
//! | `#!void` | anything (`_`) |
//! | fixnum *i* | anything, which becomes the value of variable *i* |
//! | syntax | an identifier that is `free-identifier=?` to this literal |
//! | `()` | the empty list |
//! | `(P . Q)` | a pair |
//! | `#(0 P Q k v n)` | as many *P* as leave *k* elements for *Q*; *v* … *v+n-1* are the variables of *P* |
//! | `#(1 P)` | a vector whose elements match *P* as a list |
//! | `#(2 datum)` | an equal atom |
//!
//! A variable under *n* ellipses has as value a list of lists … (*n* deep) of syntax.

use super::object::{self, Spine};
use super::resolve::Identifiers;
use super::session::{R, Session};
use super::{CoreForm, Syntax, Tables, resolve, wrap};
use crate::account::{Account, Accountable, HeapFull, Paid, deepen};
use crate::heap::{Bytevector, Heap, Kind, Str, Value, View};

pub(super) const ELLIPSIS: i64 = 0;
pub(super) const VECTOR: i64 = 1;
const ATOM: i64 = 2;

/// A variable of a pattern.
pub struct PatternVariable {
    pub id: Value,
    /// How many ellipses follow it.
    pub depth: u32,
}

/// Compiles one pattern.
struct Compiler<'s, 'a, 'h> {
    session: &'s mut Session<'a, 'h>,
    literals: &'s Identifiers,
    variables: Vec<PatternVariable>,
    names: Identifiers,
    /// The whole pattern, for messages.
    whole: Value,
}

impl<'a, 'h> Session<'a, 'h> {
    /// Compiles a pattern; its variables are numbered in the order they are answered.
    pub fn compile_pattern(&mut self, pattern: Value, literals: &Identifiers) -> R<(Value, Vec<PatternVariable>)> {
        let (variables, names) = (Vec::new(), Identifiers::default());
        let mut compiler = Compiler { session: self, literals, variables, names, whole: pattern };
        let compiled = compiler.compile(pattern, 0)?;
        let variables = compiler.variables;
        Ok((self.keep_constant(compiled), variables))
    }

    /// Checks a list of literals.
    pub fn literals(&mut self, who: &str, form: Value, list: Value) -> R<Identifiers> {
        let literals = self.list(list);
        let literals = literals.ok_or_else(|| self.error(who, "expected a list of literal identifiers", form, list))?;
        for &literal in literals.iter() {
            if object::identifier(literal).is_none() {
                return Err(self.error(who, "a literal is an identifier", form, literal));
            }
            if self.is_form(literal, CoreForm::Ellipsis) || self.is_form(literal, CoreForm::Underscore) {
                return Err(self.error(who, "`...` and `_` cannot be literals", form, literal));
            }
        }
        Ok(literals.into_iter().collect())
    }
}

impl Accountable for Compiler<'_, '_, '_> {
    fn account(&self) -> &Account {
        self.session.account()
    }
}

impl Compiler<'_, '_, '_> {
    fn compile(&mut self, pattern: Value, depth: u32) -> R<Value> {
        self.session.enter(pattern)?;
        let result = deepen(&mut *self, |c| c.compile_here(pattern, depth));
        self.session.leave();
        result?
    }

    fn compile_here(&mut self, pattern: Value, depth: u32) -> R<Value> {
        if object::identifier(pattern).is_some() {
            return self.compile_identifier(pattern, depth);
        }
        let datum = object::unwrap(pattern);
        if datum.is_nil() {
            Ok(datum)
        } else if datum.is_pair() {
            let parts = self.session.list_and_tail(pattern)?;
            self.compile_list(&parts.0, parts.1, depth)
        } else if datum.is(Kind::Vector) {
            let elements = self.session.vector(pattern)?;
            let list = self.compile_list(&elements, Value::NIL, depth)?;
            Ok(self.session.heap().vector(&[Value::fixnum(VECTOR), list]))
        } else {
            Ok(self.session.heap().vector(&[Value::fixnum(ATOM), datum]))
        }
    }

    fn compile_identifier(&mut self, id: Value, depth: u32) -> R<Value> {
        if self.literals.find(id).is_some() {
            return Ok(resolve::settled(self.session.heap(), id));
        }
        if self.session.is_form(id, CoreForm::Underscore) {
            return Ok(Value::VOID);
        }
        if self.session.is_form(id, CoreForm::Ellipsis) {
            return Err(self.error("`...` must follow a pattern", id));
        }
        if let Some(other) = self.names.find(id) {
            let first = object::span_of(self.variables[other].id);
            let error = self.session.violation("syntax", "this pattern variable appears twice", self.whole, id);
            return Err(error.label(first, "first here").into());
        }
        let index = self.variables.len();
        self.variables.push(PatternVariable { id, depth });
        self.names.push(id);
        Ok(Value::fixnum(index as i64))
    }

    fn compile_list(&mut self, elements: &[Value], tail: Value, depth: u32) -> R<Value> {
        self.session.admit(elements.len())?;
        let ellipses: Vec<usize> =
            (0..elements.len()).filter(|&i| self.session.is_form(elements[i], CoreForm::Ellipsis)).collect();
        let at = match ellipses[..] {
            [] => None,
            [0, ..] => return Err(self.error("`...` must follow a pattern", elements[0])),
            [at] => Some(at),
            [_, second, ..] => return Err(self.error("only one `...` can stand in a list", elements[second])),
        };
        let (before, repeated) = match at {
            None => (elements, None),
            Some(at) => (&elements[..at - 1], Some((elements[at - 1], &elements[at + 1..]))),
        };
        let before: Vec<Value> = before.iter().map(|&p| self.compile(p, depth)).collect::<R<_>>()?;
        let rest = match repeated {
            None => self.compile_tail(tail, depth)?,
            Some((repeated, after)) => {
                let first = self.variables.len();
                let repeated = self.compile(repeated, depth + 1)?;
                let count = self.variables.len() - first;
                let after: Vec<Value> = after.iter().map(|&p| self.compile(p, depth)).collect::<R<_>>()?;
                let tail = self.compile_tail(tail, depth)?;
                let heap = self.session.heap();
                let rest = heap.list_with_tail(&after, tail);
                let numbers = [after.len(), first, count].map(|n| Value::fixnum(n as i64));
                heap.vector(&[Value::fixnum(ELLIPSIS), repeated, rest, numbers[0], numbers[1], numbers[2]])
            }
        };
        Ok(self.session.heap().list_with_tail(&before, rest))
    }

    fn compile_tail(&mut self, tail: Value, depth: u32) -> R<Value> {
        if object::unwrap(tail).is_nil() { Ok(Value::NIL) } else { self.compile(tail, depth) }
    }

    fn error(&mut self, message: &str, at: Value) -> super::Failure {
        self.session.error("syntax", message, self.whole, at)
    }
}

/// So many elements under an ellipsis are matched for a unit of fuel, taking them out of the list not counted.
const PER_UNIT: usize = 8;
/// Bytes of a pair.
const PAIR: usize = 16;

/// Matches forms against compiled patterns.
pub struct Matcher<'m> {
    pub heap: &'m mut Heap,
    pub tables: &'m Tables,
    /// The values of the variables.
    pub values: Vec<Value>,
    /// Whether variables get bare atoms instead of wrapped ones: what programs like to see.
    pub bare_atoms: bool,
    /// There was no memory for what the form matches.
    pub full: bool,
}

impl Accountable for Matcher<'_> {
    fn account(&self) -> &Account {
        self.heap.memory()
    }
}

impl Matcher<'_> {
    /// Whether the form matches; then `values` has what each variable stands for.
    pub fn matches(&mut self, pattern: Value, form: Value) -> bool {
        deepen(&mut *self, |m| m.matches_here(pattern, form)).unwrap_or_else(|HeapFull| {
            self.full = true;
            false
        })
    }

    fn matches_here(&mut self, pattern: Value, form: Value) -> bool {
        if pattern == Value::VOID {
            return true;
        }
        if let Some(index) = pattern.as_fixnum() {
            self.bind(index as usize, form);
            return true;
        }
        if Syntax::of(pattern).is_some() {
            if object::identifier(form).is_none() {
                return false;
            }
            let wraps = [pattern, form].map(|id| Syntax::of(id).map_or(0, |s| s.wrap().list_iter().count()));
            self.heap.owe((wraps[0] + wraps[1]) / wrap::PER_UNIT);
            return resolve::free_identifier_eq(self.tables, pattern, form);
        }
        if pattern.is_nil() {
            return object::unwrap(form).is_nil();
        }
        if pattern.is_pair() {
            let mut spine = Spine::new(self.heap, form);
            return self.matches_list(pattern, &mut spine);
        }
        let parts = pattern.slots();
        match parts[0].as_fixnum() {
            Some(ELLIPSIS) => {
                let mut spine = Spine::new(self.heap, form);
                self.matches_list(pattern, &mut spine)
            }
            Some(VECTOR) => match self.vector_as_list(form) {
                Ok(list) => list.is_some_and(|list| self.matches(parts[1], list)),
                Err(HeapFull) => {
                    self.full = true;
                    false
                }
            },
            _ => equal_atoms(parts[1], object::unwrap(form)),
        }
    }

    /// The elements of a vector form as a list.
    fn vector_as_list(&mut self, form: Value) -> Result<Option<Value>, HeapFull> {
        let Some(elements) = object::vector_elements(self.heap, form)? else { return Ok(None) };
        self.heap.reserve_many(elements.len().saturating_mul(PAIR))?;
        Ok(Some(self.heap.list(&elements)))
    }

    fn bind(&mut self, index: usize, form: Value) {
        let datum = object::unwrap(form);
        let atom = self.bare_atoms && !(datum.is_pair() || datum.is(Kind::Symbol) || datum.is(Kind::Vector));
        if self.values.len() <= index {
            self.values.resize(index + 1, Value::FALSE);
        }
        self.values[index] = if atom { datum } else { form };
    }

    fn matches_list(&mut self, mut pattern: Value, spine: &mut Spine) -> bool {
        while let Some((first, rest)) = pattern.uncons() {
            let Some(element) = spine.next(self.heap) else { return false };
            if !self.matches(first, element) {
                return false;
            }
            pattern = rest;
        }
        if pattern.is_nil() {
            return spine.is_end();
        }
        if pattern.is(Kind::Vector) && pattern.slot(0) == Value::fixnum(ELLIPSIS) {
            return self.matches_ellipsis(pattern, spine);
        }
        let rest = spine.remainder(self.heap);
        self.matches(pattern, rest)
    }

    fn matches_ellipsis(&mut self, pattern: Value, spine: &mut Spine) -> bool {
        let (repeated, rest) = (pattern.slot(1), pattern.slot(2));
        let number = |i| pattern.slot(i).as_fixnum().unwrap_or(0) as usize;
        let (after, first, count) = (number(3), number(4), number(5));
        let (elements, tail) = match spine.take_all(self.heap) {
            Ok(Some(taken)) => taken,
            Ok(None) => return false,
            Err(_) => {
                self.full = true;
                return false;
            }
        };
        let Some(times) = elements.len().checked_sub(after) else { return false };
        self.heap.owe(times / PER_UNIT);
        if repeated.as_fixnum().is_some() && !self.bare_atoms {
            // The usual `x ...`.
            if self.heap.reserve_many(times.saturating_mul(PAIR)).is_err() {
                self.full = true;
                return false;
            }
            let list = self.heap.list(&elements[..times]);
            self.bind(first, list);
        } else {
            let account = self.heap.memory().clone();
            let columns: Result<Vec<Paid<Vec<Value>>>, HeapFull> =
                (0..count).map(|_| Paid::with_room(&account, times)).collect();
            let room = self.heap.reserve_many(times.saturating_mul(count).saturating_mul(PAIR));
            let (Ok(mut columns), Ok(())) = (columns, room) else {
                self.full = true;
                return false;
            };
            for &element in &elements[..times] {
                if !self.matches(repeated, element) {
                    return false;
                }
                for (i, column) in columns.iter_mut().enumerate() {
                    column.push(self.values[first + i]);
                }
            }
            for (i, column) in columns.iter().enumerate() {
                let list = self.heap.list(column);
                if self.values.len() <= first + i {
                    self.values.resize(first + i + 1, Value::FALSE);
                }
                self.values[first + i] = list;
            }
        }
        let mut at = rest;
        for &element in &elements[times..] {
            let Some((first, behind)) = at.uncons() else { return false };
            if !self.matches(first, element) {
                return false;
            }
            at = behind;
        }
        self.matches(at, tail)
    }
}

/// `equal?` on atoms.
pub fn equal_atoms(a: Value, b: Value) -> bool {
    if let (Some(a), Some(b)) = (Str::from_value(a), Str::from_value(b)) {
        return a.len() == b.len() && a.chars().eq(b.chars());
    }
    if let (Some(a), Some(b)) = (Bytevector::from_value(a), Bytevector::from_value(b)) {
        return a.bytes() == b.bytes();
    }
    a.is_eqv(b)
}
