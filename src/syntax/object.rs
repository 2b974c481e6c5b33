//! Syntax objects: a datum, the context in which its identifiers mean something, and where it was written.
//!
//! A syntax object is a heap object with three slots: datum, wrap (`wrap.rs`), span. The datum is an atom, or a pair or
//! vector whose parts are plain data or syntax objects in their turn. A wrap belongs to everything below it and is pushed
//! down one level at a time, only when somebody looks: that is what keeps expansion linear. Invariant: the datum of a
//! syntax object is never itself a syntax object.
//!
//! Everything here is iterative where data may be deep or long.

use super::wrap;
use crate::account::{Claim, Paid};
use crate::diagnostics::{FileId, Span};
use crate::heap::{Heap, HeapFull, Kind, Symbol, Value, View};
use foldhash::fast::RandomState;
use hashbrown::{HashMap, HashSet};

const DATUM: usize = 0;
const WRAP: usize = 1;
const SPAN: usize = 2;

/// A syntax object.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Syntax(Value);

impl View for Syntax {
    const WHAT: &'static str = "a syntax object";
    #[inline]
    fn from_value(v: Value) -> Option<Syntax> {
        v.is(Kind::Syntax).then_some(Syntax(v))
    }
    #[inline]
    fn value(self) -> Value {
        self.0
    }
}

impl Syntax {
    /// Makes one. A datum that is a syntax object already gets the wrap pushed onto its own.
    #[allow(clippy::new_ret_no_self, reason = "a syntax object around syntax is that syntax with another wrap")]
    pub fn new(heap: &mut Heap, datum: Value, wrap: Value, span: Span) -> Value {
        if let Some(inner) = Syntax::from_value(datum) {
            return inner.push(heap, wrap, span);
        }
        let span = pack_span(heap, span);
        heap.slots(Kind::Syntax, &[datum, wrap, span])
    }

    /// The value as a syntax object, if it is one.
    #[inline]
    pub fn of(v: Value) -> Option<Syntax> {
        <Syntax as View>::from_value(v)
    }

    #[inline]
    pub fn datum(self) -> Value {
        self.0.slot(DATUM)
    }

    #[inline]
    pub fn wrap(self) -> Value {
        self.0.slot(WRAP)
    }

    pub fn span(self) -> Span {
        unpack_span(self.0.slot(SPAN))
    }

    /// Puts `outer` around this object. What a transformer inserted takes the span of the form that it replaces, `used`:
    /// spans lead to the text of whoever used the macro.
    fn push(self, heap: &mut Heap, outer: Value, used: Span) -> Value {
        if outer.is_nil() {
            return self.0;
        }
        let (joined, provenance) = wrap::join(heap, outer, self.wrap());
        let span = match provenance {
            wrap::Provenance::Inserted if !used.is_none() => pack_span(heap, used),
            _ => self.0.slot(SPAN),
        };
        heap.slots(Kind::Syntax, &[self.datum(), joined, span])
    }
}

/// The datum behind a wrap, if there is one.
#[inline]
pub fn unwrap(v: Value) -> Value {
    Syntax::from_value(v).map_or(v, Syntax::datum)
}

/// The symbol of an identifier.
#[inline]
pub fn identifier(v: Value) -> Option<Symbol> {
    Syntax::from_value(v).and_then(|s| Symbol::from_value(s.datum()))
}

/// Where it was written; `Span::NONE` for what has no wrap.
pub fn span_of(v: Value) -> Span {
    Syntax::from_value(v).map_or(Span::NONE, Syntax::span)
}

/// Pushes a wrap onto a part of a datum. Atoms that are no symbols need none.
pub fn push(heap: &mut Heap, part: Value, wrap: Value, span: Span) -> Value {
    match Syntax::from_value(part) {
        Some(inner) => inner.push(heap, wrap, span),
        None if part.is_pair() || part.is(Kind::Symbol) || part.is(Kind::Vector) => Syntax::new(heap, part, wrap, span),
        None => part,
    }
}

/// So many elements are taken out of a form for a unit of fuel: a syntax object is made for each.
const PER_UNIT: usize = 8;
/// What an element takes: it is a syntax object, and is kept.
const BYTES: usize = 56;

/// Elements of a list form, and what follows the last.
pub type Taken = (Paid<Vec<Value>>, Value);

/// Walks down the spine of a form, wrapped or not at any point, and answers its elements as syntax. What no wrap
/// encloses is answered as it is: R6RS libraries 12.4 lets a program see that.
pub struct Spine {
    rest: Value,
    wrap: Value,
    span: Span,
    /// Whether a wrap has been met.
    wrapped: bool,
}

impl Spine {
    pub fn new(heap: &mut Heap, form: Value) -> Spine {
        let mut spine = Spine { rest: form, wrap: Value::NIL, span: Span::NONE, wrapped: false };
        spine.settle(heap);
        spine
    }

    /// Takes the wrap off the rest, so that `rest` is no syntax object.
    fn settle(&mut self, heap: &mut Heap) {
        if let Some(s) = Syntax::from_value(self.rest) {
            let (wrap, provenance) = wrap::join(heap, self.wrap, s.wrap());
            self.wrap = wrap;
            self.wrapped = true;
            if provenance == wrap::Provenance::Kept || self.span.is_none() {
                self.span = s.span();
            }
            self.rest = s.datum();
        }
    }

    /// The next element, while the rest is a pair.
    pub fn next(&mut self, heap: &mut Heap) -> Option<Value> {
        let (car, cdr) = self.rest.uncons()?;
        let element = self.part(heap, car);
        self.rest = cdr;
        self.settle(heap);
        Some(element)
    }

    /// Whether the list ends here.
    pub fn is_end(&self) -> bool {
        self.rest.is_nil()
    }

    /// What is left, as one piece of syntax.
    pub fn remainder(&self, heap: &mut Heap) -> Value {
        self.part(heap, self.rest)
    }

    fn part(&self, heap: &mut Heap, part: Value) -> Value {
        if self.wrapped { push(heap, part, self.wrap, self.span) } else { part }
    }

    /// How many further elements there are; `None` for a circular list.
    fn count(&self) -> Option<usize> {
        // Teleporting tortoise: remember a place at every power of two steps, and see whether we meet it again.
        let (mut rest, mut count, mut limit, mut remembered) = (self.rest, 0usize, 1024usize, Value::NIL);
        while let Some((_, cdr)) = rest.uncons() {
            rest = unwrap(cdr);
            count += 1;
            if count == limit {
                (remembered, limit) = (rest, limit * 2);
            } else if rest == remembered && rest.is_pair() {
                return None;
            }
        }
        Some(count)
    }

    /// All further elements, and what follows the last. `None` for a circular list.
    ///
    /// # Errors
    /// There is no room for so many.
    pub fn take_all(&mut self, heap: &mut Heap) -> Result<Option<Taken>, HeapFull> {
        let Some(count) = self.count() else { return Ok(None) };
        heap.owe(count / PER_UNIT);
        heap.reserve_many(count * BYTES)?;
        let mut elements = Paid::with_room(heap.memory(), count)?;
        while let Some(element) = self.next(heap) {
            elements.push(element);
        }
        Ok(Some((elements, self.remainder(heap))))
    }
}

/// The elements of a list form as short as names and clauses are; `None` when it is no proper list.
pub fn list_elements(heap: &mut Heap, form: Value) -> Option<Paid<Vec<Value>>> {
    let (elements, tail) = elements_and_tail(heap, form)?;
    tail.is_nil().then_some(elements)
}

/// The number of elements of a list form; `None` when it is no proper list.
pub fn list_length(heap: &mut Heap, form: Value) -> Option<usize> {
    let mut spine = Spine::new(heap, form);
    let count = spine.count()?;
    while let Some((_, cdr)) = spine.rest.uncons() {
        spine.rest = unwrap(cdr);
    }
    spine.is_end().then_some(count)
}

/// The elements of a list form and its tail. `None` for a circular list, or one for which there is no room.
pub fn elements_and_tail(heap: &mut Heap, form: Value) -> Option<(Paid<Vec<Value>>, Value)> {
    Spine::new(heap, form).take_all(heap).ok().flatten()
}

/// The elements of a vector form; `None` for anything else.
///
/// # Errors
/// There is no room for so many.
pub fn vector_elements(heap: &mut Heap, form: Value) -> Result<Option<Paid<Vec<Value>>>, HeapFull> {
    let datum = unwrap(form);
    if !datum.is(Kind::Vector) {
        return Ok(None);
    }
    let parts = datum.slots();
    heap.owe(parts.len() / PER_UNIT);
    let mut elements = Paid::with_room(heap.memory(), parts.len())?;
    match Syntax::from_value(form) {
        None => elements.extend_from_slice(parts),
        Some(s) => {
            heap.reserve_many(parts.len().saturating_mul(BYTES))?;
            elements.extend(parts.iter().map(|&part| push(heap, part, s.wrap(), s.span())));
        }
    }
    Ok(Some(elements))
}

/// The car and cdr of a pair form, as syntax.
pub fn pair_parts(heap: &mut Heap, form: Value) -> Option<(Value, Value)> {
    let mut spine = Spine::new(heap, form);
    let car = spine.next(heap)?;
    let cdr = spine.remainder(heap);
    Some((car, cdr))
}

/// Why work on data was given up.
#[derive(Debug)]
pub enum Unfinished {
    /// There is no memory for it.
    Full,
    /// The deadline has passed, or somebody wants the run to stop.
    Stopped,
}

impl From<HeapFull> for Unfinished {
    fn from(_: HeapFull) -> Unfinished {
        Unfinished::Full
    }
}

/// Steps of long work, between which it is asked whether there is time.
#[derive(Default)]
struct Steps(u32);

impl Steps {
    #[inline]
    fn next(&mut self, heap: &Heap) -> Result<(), Unfinished> {
        const STRIDE: u32 = 1 << 12;
        self.0 = (self.0 + 1) % STRIDE;
        if self.0 == 0 && heap.stop_wanted() { Err(Unfinished::Stopped) } else { Ok(()) }
    }
}

/// `syntax->datum`: the data without any wraps. Shares what has none; keeps sharing and cycles.
///
/// # Errors
/// There is no room for the copy, or for finding out, or no time.
pub fn strip(heap: &mut Heap, form: Value) -> Result<Value, Unfinished> {
    if needs_stripping(heap, form)? { Stripper::new(heap, false).run(form) } else { Ok(form) }
}

/// The same for `quote`: vectors that are copied on the way become immutable, as literals are.
///
/// # Errors
/// As for [`strip`].
pub fn strip_literal(heap: &mut Heap, form: Value) -> Result<Value, Unfinished> {
    if needs_stripping(heap, form)? { Stripper::new(heap, true).run(form) } else { Ok(form) }
}

/// Whether there is a syntax object anywhere inside. Looks at no pair or vector twice.
fn needs_stripping(heap: &mut Heap, form: Value) -> Result<bool, Unfinished> {
    if !(form.is_pair() || form.is(Kind::Vector)) {
        return Ok(form.is(Kind::Syntax));
    }
    let mut claim = Claim::new(heap.memory());
    let mut seen: HashSet<u64, RandomState> = Default::default();
    let mut pending = Vec::new();
    claim.push(&mut pending, form)?;
    let mut steps = Steps::default();
    while let Some(v) = pending.pop() {
        steps.next(heap)?;
        if v.is(Kind::Syntax) {
            heap.owe(seen.len() / SEEN_PER_UNIT);
            return Ok(true);
        }
        if !(v.is_pair() || v.is(Kind::Vector)) {
            continue;
        }
        claim.grow(&mut seen, 1)?;
        if !seen.insert(v.bits()) {
            continue;
        }
        match v.uncons() {
            Some((car, cdr)) => claim.extend_from_slice(&mut pending, &[cdr, car])?,
            None => claim.extend_from_slice(&mut pending, v.slots())?,
        }
    }
    heap.owe(seen.len() / SEEN_PER_UNIT);
    Ok(false)
}

/// So many pairs and vectors are entered in a table for a unit of fuel.
const SEEN_PER_UNIT: usize = 2;

/// Copies data without wraps, with a stack of its own.
struct Stripper<'h> {
    heap: &'h mut Heap,
    /// For the collections below, and what is to be done.
    claim: Claim,
    /// Pairs and vectors that were copied: what ties knots and keeps sharing.
    copies: HashMap<u64, Value, RandomState>,
    done: Vec<Value>,
    /// Vectors become immutable.
    literal: bool,
}

enum StripTask {
    Visit(Value),
    /// Fill the copy of this pair from the two values done last.
    Pair(Value),
    /// Fill the copy of this vector.
    Vector(Value, usize),
}

impl Stripper<'_> {
    fn new(heap: &mut Heap, literal: bool) -> Stripper<'_> {
        let claim = Claim::new(heap.memory());
        Stripper { heap, claim, copies: HashMap::default(), done: Vec::new(), literal }
    }

    fn run(mut self, form: Value) -> Result<Value, Unfinished> {
        let mut todo = vec![StripTask::Visit(form)];
        let mut steps = Steps::default();
        while let Some(step) = todo.pop() {
            steps.next(self.heap)?;
            match step {
                StripTask::Visit(v) => self.visit(unwrap(v), &mut todo)?,
                StripTask::Pair(copy) => {
                    let (cdr, car) = (self.done.pop(), self.done.pop());
                    if let (Some(pair), Some(car), Some(cdr)) = (copy.as_pair(), car, cdr) {
                        pair.set_car(car);
                        pair.set_cdr(cdr);
                    }
                    self.done.push(copy);
                }
                StripTask::Vector(copy, n) => {
                    let parts = self.done.len() - n;
                    self.done.drain(parts..).enumerate().for_each(|(i, part)| copy.set_slot(i, part));
                    if self.literal {
                        self.heap.freeze(copy);
                    }
                    self.done.push(copy);
                }
            }
        }
        self.heap.owe(self.copies.len() / SEEN_PER_UNIT);
        Ok(self.done.pop().unwrap_or(Value::NIL))
    }

    fn visit(&mut self, v: Value, todo: &mut Vec<StripTask>) -> Result<(), Unfinished> {
        // Each visit leaves one value more; room for it is there when its pair or vector is done.
        self.claim.grow(&mut self.done, 1)?;
        if let Some(&copy) = self.copies.get(&v.bits()) {
            self.done.push(copy);
        } else if let Some((car, cdr)) = v.uncons() {
            self.admit(PAIR)?;
            self.claim.grow(todo, 3)?;
            let copy = self.heap.cons(Value::FALSE, Value::FALSE);
            self.copies.insert(v.bits(), copy);
            todo.extend([StripTask::Pair(copy), StripTask::Visit(cdr), StripTask::Visit(car)]);
        } else if v.is(Kind::Vector) {
            let parts = v.slots();
            self.admit(size_of_val(parts))?;
            self.claim.grow(todo, parts.len() + 1)?;
            let copy = self.heap.make_vector(parts.len(), Value::FALSE).value();
            self.copies.insert(v.bits(), copy);
            todo.push(StripTask::Vector(copy, parts.len()));
            todo.extend(parts.iter().rev().map(|&part| StripTask::Visit(part)));
        } else {
            self.done.push(v);
        }
        Ok(())
    }

    /// Room for a copy of so many bytes, and for remembering it.
    fn admit(&mut self, bytes: usize) -> Result<(), Unfinished> {
        self.claim.grow(&mut self.copies, 1)?;
        self.heap.memory().admit(bytes)?;
        Ok(self.heap.reserve(bytes)?)
    }
}

const PAIR: usize = 16;

/// `datum->syntax`: the datum in the context of `template`. Syntax objects inside keep their own.
///
/// # Errors
/// There is no room for it, or no time.
pub fn from_datum(heap: &mut Heap, template: Syntax, datum: Value) -> Result<Value, Unfinished> {
    if needs_stripping(heap, datum)? {
        wrap_leaves(heap, datum, template)
    } else {
        Ok(push(heap, datum, template.wrap(), template.span()))
    }
}

/// Gives every part of `datum` outside of the syntax objects in it the context of `template`.
fn wrap_leaves(heap: &mut Heap, datum: Value, template: Syntax) -> Result<Value, Unfinished> {
    let mut claim = Claim::new(heap.memory());
    let mut done: Vec<Value> = Vec::new();
    let mut todo = vec![(datum, 0usize, false)];
    let mut open: HashSet<u64, RandomState> = Default::default();
    let mut steps = Steps::default();
    while let Some((v, n, finished)) = todo.pop() {
        steps.next(heap)?;
        claim.grow(&mut done, 1)?;
        claim.grow(&mut open, 1)?;
        heap.memory().admit((n + 2) * size_of::<Value>())?;
        if finished {
            let parts = done.len() - n;
            open.remove(&v.bits());
            let made = if v.is_pair() { heap.cons(done[parts], done[parts + 1]) } else { heap.vector(&done[parts..]) };
            done.truncate(parts);
            done.push(made);
        } else if let Some((car, cdr)) = v.uncons() {
            if open.insert(v.bits()) {
                claim.grow(&mut todo, 3)?;
                todo.extend([(v, 2, true), (cdr, 0, false), (car, 0, false)]);
            } else {
                // A cycle cannot be source code; its pairs stay as they are.
                done.push(v);
            }
        } else if v.is(Kind::Vector) && open.insert(v.bits()) {
            let parts = v.slots();
            claim.grow(&mut todo, parts.len() + 1)?;
            todo.push((v, parts.len(), true));
            todo.extend(parts.iter().rev().map(|&part| (part, 0, false)));
        } else if v.is(Kind::Symbol) {
            done.push(Syntax::new(heap, v, template.wrap(), template.span()));
        } else {
            done.push(v);
        }
    }
    Ok(done.pop().unwrap_or(datum))
}

const FILE_BITS: u32 = 14;
const START_BITS: u32 = 28;
const LENGTH_BITS: u32 = 20;

/// A span as a fixnum where it fits, otherwise a pair of fixnums; `#f` for none.
fn pack_span(heap: &mut Heap, span: Span) -> Value {
    let (file, start) = (span.file.0 as u64, span.start as u64);
    let length = span.end.saturating_sub(span.start) as u64;
    if span.is_none() {
        Value::FALSE
    } else if file < 1 << (FILE_BITS - 1) && start < 1 << START_BITS && length < 1 << LENGTH_BITS {
        Value::fixnum((file << (START_BITS + LENGTH_BITS) | start << LENGTH_BITS | length) as i64)
    } else {
        heap.cons(Value::fixnum(file as i64), Value::fixnum((start << 29 | length.min((1 << 29) - 1)) as i64))
    }
}

fn unpack_span(packed: Value) -> Span {
    if let Some(n) = packed.as_fixnum() {
        let n = n as u64;
        let start = (n >> LENGTH_BITS & ((1 << START_BITS) - 1)) as u32;
        let file = (n >> (START_BITS + LENGTH_BITS)) as u32;
        return Span::new(FileId(file), start, start.saturating_add((n & ((1 << LENGTH_BITS) - 1)) as u32));
    }
    let parts = packed.uncons().and_then(|(file, place)| Some((file.as_fixnum()?, place.as_fixnum()?)));
    parts.map_or(Span::NONE, |(file, place)| {
        let start = (place as u64 >> 29) as u32;
        let length = (place as u64 & ((1 << 29) - 1)) as u32;
        Span::new(FileId(file as u32), start, start.saturating_add(length))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Instant;

    /// What looks at everything in a datum looks at the clock as well.
    #[test]
    fn long_data_are_given_up_when_time_is_over() {
        let mut heap = Heap::new();
        let name = heap.symbol("x");
        let syntax = Syntax::new(&mut heap, name, Value::NIL, Span::NONE);
        let template = Syntax::of(syntax).expect("a syntax object");
        let list = (0..20_000).fold(syntax, |tail, i| heap.cons(Value::fixnum(i), tail));
        for deadline in [None, Some(Instant::now())] {
            heap.watch.deadline = deadline;
            let answers =
                [strip(&mut heap, list), strip_literal(&mut heap, list), from_datum(&mut heap, template, list)];
            for answer in answers {
                assert_eq!(matches!(answer, Err(Unfinished::Stopped)), deadline.is_some());
                assert_eq!(answer.is_ok(), deadline.is_none());
            }
        }
    }
}
