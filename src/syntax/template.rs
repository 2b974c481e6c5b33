//! Templates of `syntax`, `syntax-rules` and `quasisyntax`, compiled to data and filled in without running Scheme code.
//!
//! | compiled | stands for |
//! |---|---|
//! | fixnum *i* | the value in slot *i* |
//! | syntax, or an atom | itself, marked as inserted |
//! | `()` | the empty list |
//! | `(T . U)` | a pair |
//! | `#(0 T drivers inner U)` | *T* once for each element of the drivers, then *U*; when `inner`, *T* is again such a vector, whose elements are spliced |
//! | `#(1 T)` | a vector of the elements of the list *T* |
//!
//! Slots: those of the pattern variables the template mentions come first. Each ellipsis copies, for each of its drivers
//! (`from to from to …`), one element after the other of the list in slot *from* into slot *to*. A variable that was
//! matched under *d* ellipses is driven by the innermost *d* around it in the template.

use super::environment::Found;
use super::object;
use super::pattern::{ELLIPSIS, PatternVariable, VECTOR};
use super::resolve::Identifiers;
use super::session::{R, Session};
use super::{Binding, CoreForm, LexicalId, Syntax, resolve, wrap};
use crate::account::{Account, Accountable, Claim, HeapFull, Paid, deepen};
use crate::diagnostics::Span;
use crate::heap::{Heap, Kind, Value};
use hashbrown::HashMap;

/// How pattern variables are recognised.
#[derive(Copy, Clone)]
pub enum Variables<'s> {
    /// By their lexical binding: `syntax-case`.
    Lexical,
    /// These, by their names: `syntax-rules`. All of them are sources, in this order.
    Listed(&'s [PatternVariable]),
}

/// What fills a slot of a compiled template.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug)]
pub enum Filling {
    /// A pattern variable.
    Variable(LexicalId),
    /// A pattern variable, by its number.
    Listed(usize),
    /// The expression of an `unsyntax` or `unsyntax-splicing`, by its number.
    Expression(usize),
}

/// A compiled template.
pub struct Template {
    pub compiled: Value,
    /// What fills the first slots.
    pub sources: Vec<Filling>,
    /// How many slots there are in all.
    pub slots: usize,
    /// The expressions of `unsyntax` forms.
    pub expressions: Vec<Value>,
}

/// The ellipses around a place: for each its drivers, from slot and to slot.
type Drivers = Vec<(usize, usize)>;

struct Compiler<'s, 'a, 'h> {
    session: &'s mut Session<'a, 'h>,
    whole: Value,
    sources: Vec<Filling>,
    /// One for each slot made so far: `None` for slots of ellipses.
    slots: Vec<Option<Filling>>,
    /// The slots of sources.
    slot_of: HashMap<Filling, usize, foldhash::fast::FixedState>,
    expressions: Vec<Value>,
    ellipses: Vec<Drivers>,
    /// Depth of `quasisyntax`; zero in `syntax`.
    quasi: usize,
    variables: Variables<'s>,
    /// Those that are listed.
    listed: Identifiers,
    /// Inside of `(... template)`.
    escaped: bool,
}

impl<'a, 'h> Session<'a, 'h> {
    /// Compiles a template; with `quasi`, `unsyntax` forms are its expressions.
    pub fn compile_template(&mut self, template: Value, quasi: bool, variables: Variables<'_>) -> R<Template> {
        let sources: Vec<Filling> = match variables {
            Variables::Lexical => Vec::new(),
            Variables::Listed(list) => (0..list.len()).map(Filling::Listed).collect(),
        };
        let mut compiler = Compiler {
            session: self,
            whole: template,
            slots: sources.iter().copied().map(Some).collect(),
            slot_of: sources.iter().copied().zip(0..).collect(),
            sources,
            expressions: Vec::new(),
            ellipses: Vec::new(),
            quasi: usize::from(quasi),
            variables,
            listed: match variables {
                Variables::Lexical => Identifiers::default(),
                Variables::Listed(list) => list.iter().map(|variable| variable.id).collect(),
            },
            escaped: false,
        };
        let compiled = compiler.compile(template)?;
        let compiled = compiler.renumber(compiled.0)?;
        let Compiler { sources, slots, expressions, .. } = compiler;
        Ok(Template { compiled: self.keep_constant(compiled), sources, slots: slots.len(), expressions })
    }
}

/// A compiled part, and whether it is constant: then it is syntax.
type Part = (Value, bool);

impl Accountable for Compiler<'_, '_, '_> {
    fn account(&self) -> &Account {
        self.session.account()
    }
}

impl Compiler<'_, '_, '_> {
    fn compile(&mut self, template: Value) -> R<Part> {
        self.session.enter(template)?;
        let result = deepen(&mut *self, |c| c.compile_here(template));
        self.session.leave();
        result?
    }

    fn compile_here(&mut self, template: Value) -> R<Part> {
        if object::identifier(template).is_some() {
            return self.compile_identifier(template);
        }
        let datum = object::unwrap(template);
        if datum.is_pair() {
            if let Some(part) = self.compile_special(template)? {
                return Ok(part);
            }
            let (elements, tail) = self.session.list_and_tail(template)?;
            self.compile_list(template, &elements, tail)
        } else if datum.is(Kind::Vector) {
            let elements = self.session.vector(template)?;
            let (list, constant) = self.compile_list(template, &elements, Value::NIL)?;
            if constant {
                let parts: Vec<Value> = object::unwrap(list).list_iter().collect();
                let vector = self.session.heap().vector(&parts);
                return Ok((self.constant(vector, template), true));
            }
            Ok((self.session.heap().vector(&[Value::fixnum(VECTOR), list]), false))
        } else {
            Ok((self.constant(template, template), true))
        }
    }

    /// A constant as a syntax object: a bare integer or pair would mean something else in a compiled template.
    fn constant(&mut self, datum: Value, template: Value) -> Value {
        match Syntax::of(datum) {
            Some(_) => datum,
            None => Syntax::new(self.session.heap(), datum, Value::NIL, object::span_of(template)),
        }
    }

    fn compile_identifier(&mut self, id: Value) -> R<Part> {
        if let Some((source, depth)) = self.variable(id)? {
            let slot = self.slot(source);
            return Ok((self.driven(slot, depth as usize, id)?, false));
        }
        if !self.escaped && self.session.is_form(id, CoreForm::Ellipsis) {
            return Err(self.error("`...` must follow a template", id));
        }
        // All of its wrap stays: `datum->syntax` may give the context of this identifier to any other.
        Ok((id, true))
    }

    /// The pattern variable that an identifier is, and under how many ellipses it was matched.
    fn variable(&mut self, id: Value) -> R<Option<(Filling, u32)>> {
        if let Variables::Listed(list) = self.variables {
            let at = self.listed.find(id);
            return Ok(at.map(|i| (Filling::Listed(i), list[i].depth)));
        }
        let (found, steps) = resolve::look_up(self.session.tables(), id);
        self.session.owe(steps / wrap::PER_UNIT);
        let Found::Bound(Binding::Pattern(lexical)) = found else { return Ok(None) };
        self.session.mention(id, lexical)?;
        let depth = self.session.lexical_of(lexical).map_or(0, |l| l.depth);
        Ok(Some((Filling::Variable(lexical), depth)))
    }

    /// The first slot of a source.
    fn slot(&mut self, source: Filling) -> usize {
        if let Some(&slot) = self.slot_of.get(&source) {
            return slot;
        }
        self.sources.push(source);
        self.slots.push(Some(source));
        self.slot_of.insert(source, self.slots.len() - 1);
        self.slots.len() - 1
    }

    /// The slot that holds the part of a variable's value that belongs here, made driven by the innermost ellipses.
    fn driven(&mut self, mut slot: usize, depth: usize, id: Value) -> R<Value> {
        let Some(outermost) = self.ellipses.len().checked_sub(depth) else {
            return Err(self.error("this pattern variable must be followed by as many `...` as in its pattern", id));
        };
        for level in outermost..self.ellipses.len() {
            slot = match self.ellipses[level].iter().find(|d| d.0 == slot) {
                Some(driver) => driver.1,
                None => {
                    self.slots.push(None);
                    let inner = self.slots.len() - 1;
                    self.ellipses[level].push((slot, inner));
                    inner
                }
            };
        }
        Ok(Value::fixnum(slot as i64))
    }

    /// `(... template)`, and the forms of `quasisyntax`.
    fn compile_special(&mut self, template: Value) -> R<Option<Part>> {
        let Some((head, rest)) = self.session.pair(template) else { return Ok(None) };
        if object::identifier(head).is_none() {
            return Ok(None);
        }
        if !self.escaped && self.session.is_form(head, CoreForm::Ellipsis) {
            let parts = self.session.list(rest).unwrap_or_default();
            let [inner] = parts[..] else {
                return Err(self.error("`(... template)` takes one template", template));
            };
            self.escaped = true;
            let part = self.compile(inner);
            self.escaped = false;
            return part.map(Some);
        }
        if self.quasi == 0 {
            return Ok(None);
        }
        if self.session.is_form(head, CoreForm::Quasisyntax) {
            return self.at_level(self.quasi + 1, template).map(Some);
        }
        if self.session.is_form(head, CoreForm::Unsyntax) {
            if self.quasi > 1 {
                return self.at_level(self.quasi - 1, template).map(Some);
            }
            let parts = self.session.list(rest).unwrap_or_default();
            let [expression] = parts[..] else {
                return Err(self.error("outside of a list, `unsyntax` takes one expression", template));
            };
            return Ok(Some((self.expression(expression, 0, template)?, false)));
        }
        if self.session.is_form(head, CoreForm::UnsyntaxSplicing) && self.quasi == 1 {
            return Err(self.error("`unsyntax-splicing` stands inside of a list or vector", template));
        }
        if self.session.is_form(head, CoreForm::UnsyntaxSplicing) {
            return self.at_level(self.quasi - 1, template).map(Some);
        }
        Ok(None)
    }

    /// Compiles a nested `quasisyntax` or `unsyntax` form at its level.
    fn at_level(&mut self, level: usize, template: Value) -> R<Part> {
        let saved = std::mem::replace(&mut self.quasi, level);
        let (elements, tail) = self.session.list_and_tail(template)?;
        let result = self.compile_list(template, &elements, tail);
        self.quasi = saved;
        result
    }

    fn expression(&mut self, expression: Value, depth: usize, at: Value) -> R<Value> {
        let slot = self.slot(Filling::Expression(self.expressions.len()));
        self.expressions.push(expression);
        self.driven(slot, depth, at)
    }

    /// `whole` is the form: its place is that of a constant list.
    fn compile_list(&mut self, whole: Value, elements: &[Value], tail: Value) -> R<Part> {
        self.session.admit(elements.len())?;
        let (elements, tail) = self.split_tail(elements, tail);
        let mut parts: Vec<Element> = Vec::new();
        let mut constant = true;
        let mut at = 0;
        while at < elements.len() {
            let element = elements[at];
            at += 1;
            if let Some(expressions) = self.splicing(element)? {
                constant &= expressions.is_empty();
                parts.extend(expressions);
                continue;
            }
            let mut ellipses = 0;
            while !self.escaped && at < elements.len() && self.session.is_form(elements[at], CoreForm::Ellipsis) {
                ellipses += 1;
                at += 1;
            }
            let first = self.ellipses.len();
            self.ellipses.extend((0..ellipses).map(|_| Drivers::new()));
            let (compiled, same) = self.compile(element)?;
            let drivers = self.ellipses.split_off(first);
            if drivers.iter().any(|d| d.is_empty()) {
                let message = "nothing in this template says how often to repeat it: one `...` too many";
                return Err(self.error(message, element));
            }
            constant &= same && ellipses == 0;
            parts.push(Element { compiled, drivers });
        }
        let (tail, same) = if tail.is_nil() { (Value::NIL, true) } else { self.compile(tail)? };
        let heap = self.session.heap();
        let list = parts.iter().rev().fold(tail, |rest, part| part.build(heap, rest));
        let constant = constant && same;
        Ok((if constant { self.constant(list, whole) } else { list }, constant))
    }

    /// In `quasisyntax`, `(a . #,b)` is `(a unsyntax b)`: gives such an end back as the tail that it is.
    fn split_tail<'e>(&mut self, elements: &'e [Value], tail: Value) -> (&'e [Value], Value) {
        use CoreForm::{Quasisyntax, Unsyntax, UnsyntaxSplicing};
        if self.quasi > 0
            && tail.is_nil()
            && let [before @ .., keyword, operand] = elements
            && !before.is_empty()
            && [Quasisyntax, Unsyntax, UnsyntaxSplicing].into_iter().any(|form| self.session.is_form(*keyword, form))
        {
            let form = self.session.heap().list(&[*keyword, *operand]);
            return (before, self.session.keep(form));
        }
        (elements, tail)
    }

    /// `(unsyntax e …)` with other than one operand, and `(unsyntax-splicing e …)`, as elements of a list.
    fn splicing(&mut self, element: Value) -> R<Option<Vec<Element>>> {
        if self.quasi != 1 {
            return Ok(None);
        }
        let Some((head, rest)) = self.session.pair(element) else { return Ok(None) };
        let splice = self.session.is_form(head, CoreForm::UnsyntaxSplicing);
        if !splice && !self.session.is_form(head, CoreForm::Unsyntax) {
            return Ok(None);
        }
        let Some(operands) = self.session.list(rest) else {
            return Err(self.error("expected a list of expressions", element));
        };
        if !splice && operands.len() == 1 {
            return Ok(None);
        }
        let mut parts = Vec::new();
        for operand in operands {
            if splice {
                self.ellipses.push(Drivers::new());
            }
            let compiled = self.expression(operand, usize::from(splice), element)?;
            let drivers = if splice { self.ellipses.pop().into_iter().collect() } else { Vec::new() };
            parts.push(Element { compiled, drivers });
        }
        Ok(Some(parts))
    }

    /// Slots of sources were made in the order they were met, mixed with those of ellipses: puts the sources first.
    fn renumber(&mut self, compiled: Value) -> Result<Value, HeapFull> {
        let mut order = vec![0i64; self.slots.len()];
        let sources = self.slots.iter().filter(|s| s.is_some()).count();
        let (mut source, mut other) = (0, sources);
        for (slot, what) in self.slots.iter().enumerate() {
            let next = if what.is_some() { &mut source } else { &mut other };
            order[slot] = *next as i64;
            *next += 1;
        }
        renumber(self.session.heap(), compiled, &order)
    }

    fn error(&mut self, message: &str, at: Value) -> super::Failure {
        self.session.error("syntax", message, self.whole, at)
    }
}

/// An element of a list template with the ellipses behind it, outermost first.
struct Element {
    compiled: Value,
    drivers: Vec<Drivers>,
}

impl Element {
    fn build(&self, heap: &mut Heap, rest: Value) -> Value {
        let Some((outermost, inner)) = self.drivers.split_first() else {
            return heap.cons(self.compiled, rest);
        };
        let mut body = self.compiled;
        for drivers in inner.iter().rev() {
            body = repetition(heap, body, drivers, !std::ptr::eq(drivers, &inner[inner.len() - 1]), Value::NIL);
        }
        repetition(heap, body, outermost, !inner.is_empty(), rest)
    }
}

fn repetition(heap: &mut Heap, body: Value, drivers: &Drivers, inner: bool, rest: Value) -> Value {
    let slots: Vec<Value> =
        drivers.iter().flat_map(|&(from, to)| [from, to]).map(|n| Value::fixnum(n as i64)).collect();
    let slots = heap.vector(&slots);
    heap.vector(&[Value::fixnum(ELLIPSIS), body, slots, Value::boolean(inner), rest])
}

fn renumber(heap: &mut Heap, compiled: Value, order: &[i64]) -> Result<Value, HeapFull> {
    deepen(&mut *heap, |heap| {
        let new = |n: i64| Value::fixnum(order.get(n as usize).copied().unwrap_or(n));
        if let Some(n) = compiled.as_fixnum() {
            return Ok(new(n));
        }
        if compiled.is_pair() {
            let mut items = Vec::new();
            let mut at = compiled;
            while let Some((car, cdr)) = at.uncons() {
                items.push(renumber(heap, car, order)?);
                at = cdr;
            }
            let tail = renumber(heap, at, order)?;
            return Ok(heap.list_with_tail(&items, tail));
        }
        if !compiled.is(Kind::Vector) {
            return Ok(compiled);
        }
        let parts = compiled.slots().to_vec();
        if parts[0] == Value::fixnum(VECTOR) {
            let list = renumber(heap, parts[1], order)?;
            return Ok(heap.vector(&[parts[0], list]));
        }
        let body = renumber(heap, parts[1], order)?;
        let drivers: Vec<Value> = parts[2].slots().iter().map(|v| new(v.as_fixnum().unwrap_or(0))).collect();
        let drivers = heap.vector(&drivers);
        let rest = renumber(heap, parts[4], order)?;
        Ok(heap.vector(&[parts[0], body, drivers, parts[3], rest]))
    })?
}

/// Why a template could not be filled in.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Misfit {
    /// Lists of different lengths under the same ellipsis.
    Lengths,
    /// An ellipsis over what is no list.
    NoList(Value),
    /// There is no memory for what the template makes.
    Full,
    /// The run is to stop.
    Stopped,
}

/// Fills in compiled templates.
pub struct Filler<'m> {
    pub heap: &'m mut Heap,
    pub slots: Vec<Value>,
    /// The wrap to put on what the template inserts; `()` for none.
    pub inserted: Value,
    /// The place that inserted syntax takes.
    pub span: Span,
    /// Pairs and elements made so far: to charge for.
    pub made: usize,
    /// How many of them room was asked for.
    pub admitted: usize,
}

/// What a pair or element takes until the list that it is for is made.
const BYTES: usize = 24;
/// A pair alone.
const PAIR: usize = 16;
/// After how many of them the heap is asked again.
const BATCH: usize = 4096;

impl Accountable for Filler<'_> {
    fn account(&self) -> &Account {
        self.heap.memory()
    }
}

impl Filler<'_> {
    /// Asks, before `count` more elements are made, whether there is room and time for them.
    fn admit(&mut self, count: usize) -> Result<(), Misfit> {
        let wanted = self.made + count;
        if wanted < self.admitted + BATCH {
            return Ok(());
        }
        self.heap.reserve_many((wanted - self.admitted) * BYTES).map_err(|_| Misfit::Full)?;
        self.admitted = wanted;
        if self.heap.stop_wanted() { Err(Misfit::Stopped) } else { Ok(()) }
    }

    pub fn fill(&mut self, template: Value) -> Result<Value, Misfit> {
        if let Some(slot) = template.as_fixnum() {
            return Ok(self.slots[slot as usize]);
        }
        if Syntax::of(template).is_some() {
            self.made += 1;
            return Ok(object::push(self.heap, template, self.inserted, self.span));
        }
        if template.is_pair() || self.is_repetition(template) {
            return deepen(&mut *self, |f| f.fill_list(template)).unwrap_or(Err(Misfit::Full));
        }
        if template.is(Kind::Vector) {
            let list = self.fill(template.slot(1))?;
            let mut elements =
                Paid::with_room(self.heap.memory(), list.list_iter().count()).map_err(|_| Misfit::Full)?;
            elements.extend(list.list_iter());
            self.made += elements.len();
            self.heap.reserve(elements.len() * size_of::<Value>()).map_err(|_| Misfit::Full)?;
            return Ok(self.heap.vector(&elements));
        }
        Ok(template)
    }

    fn is_repetition(&self, template: Value) -> bool {
        template.is(Kind::Vector) && template.slot(0) == Value::fixnum(ELLIPSIS)
    }

    fn fill_list(&mut self, mut template: Value) -> Result<Value, Misfit> {
        let mut elements = Paid::new(Vec::new(), Claim::new(self.heap.memory()));
        loop {
            if let Some((first, rest)) = template.uncons() {
                let element = self.fill(first)?;
                elements.grow(1).map_err(|_| Misfit::Full)?;
                elements.push(element);
                template = rest;
            } else if self.is_repetition(template) {
                self.repeat(template, &mut elements)?;
                template = template.slot(4);
            } else {
                break;
            }
        }
        let tail = self.fill(template)?;
        self.made += elements.len();
        self.heap.reserve_many(elements.len() * PAIR).map_err(|_| Misfit::Full)?;
        Ok(self.heap.list_with_tail(&elements, tail))
    }

    fn repeat(&mut self, template: Value, out: &mut Paid<Vec<Value>>) -> Result<(), Misfit> {
        let drivers = template.slot(2);
        let mut columns: Vec<(usize, Paid<Vec<Value>>)> = Vec::new();
        for pair in drivers.slots().to_vec().chunks_exact(2) {
            let [from, to] = [pair[0], pair[1]].map(|v| v.as_fixnum().unwrap_or(0) as usize);
            let list = self.slots[from];
            let taken = object::Spine::new(self.heap, list).take_all(self.heap).map_err(|_| Misfit::Full)?;
            let Some((items, Value::NIL)) = taken else { return Err(Misfit::NoList(list)) };
            columns.push((to, items));
        }
        let times = columns.first().map_or(0, |c| c.1.len());
        if columns.iter().any(|c| c.1.len() != times) {
            return Err(Misfit::Lengths);
        }
        let (body, inner) = (template.slot(1), template.slot(3).is_true());
        // What is put into `out` is counted when the list is made of it.
        self.admit(out.len() + times)?;
        out.grow(times).map_err(|_| Misfit::Full)?;
        for i in 0..times {
            for (to, items) in &columns {
                self.slots[*to] = items[i];
            }
            if inner {
                self.repeat(body, out)?;
            } else {
                let element = self.fill(body)?;
                out.push(element);
            }
        }
        Ok(())
    }
}
