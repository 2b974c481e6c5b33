//! Applying `syntax-rules` and `identifier-syntax` transformers: matching and filling in, nothing else. Used by the
//! expander, and by the procedures that such forms evaluate to.

use super::pattern::Matcher;
use super::template::{Filler, Misfit};
use super::{Binding, CoreForm, Syntax, Tables, object, resolve};
use crate::diagnostics::Span;
use crate::heap::{Heap, Kind, Value};

/// A rule is a pattern, a template, the number of slots, and a vector of the variables' names for messages.
pub const RULE: usize = 4;

/// Rewrites forms.
pub struct Rewriter<'m> {
    pub heap: &'m mut Heap,
    pub tables: &'m Tables,
    /// The wrap to put on what templates insert.
    pub inserted: Value,
    /// The place that inserted syntax takes.
    pub span: Span,
    /// Pairs and elements made: to charge for.
    pub made: usize,
}

impl Rewriter<'_> {
    /// What the first rule makes whose pattern matches; `None` when none does. The keyword's own position is not a part of
    /// a pattern.
    pub fn rules(&mut self, rules: Value, form: Value) -> Result<Option<Value>, Misfit> {
        let Some((_, operands)) = object::pair_parts(self.heap, form) else { return Ok(None) };
        for rule in parts(rules).chunks_exact(RULE) {
            if let Some(values) = self.matched(rule[0], operands)? {
                return self.fill(rule[1], values, rule[2]).map(Some);
            }
        }
        Ok(None)
    }

    /// What an `identifier-syntax` transformer makes of a reference, a call or an assignment.
    pub fn identifier(
        &mut self,
        reference: Value,
        pattern: Value,
        assignment: Value,
        form: Value,
    ) -> Result<Option<Value>, Misfit> {
        let Some((head, operands)) = object::pair_parts(self.heap, form) else {
            return self.fill(reference, Vec::new(), Value::fixnum(0)).map(Some);
        };
        let is_set = resolve::binding(self.tables, head) == Some(Binding::Core(CoreForm::Set));
        if is_set && let &[template, slots] = parts(assignment).as_slice() {
            let elements = object::list_elements(self.heap, operands);
            let Some(&[_, value]) = elements.as_deref().map(Vec::as_slice) else { return Ok(None) };
            let Some(values) = self.matched(pattern, value)? else { return Ok(None) };
            return self.fill(template, values, slots).map(Some);
        }
        // The template in place of the keyword.
        let operator = self.fill(reference, Vec::new(), Value::fixnum(0))?;
        let call = self.heap.cons(operator, operands);
        Ok(Some(Syntax::new(self.heap, call, Value::NIL, self.span)))
    }

    fn matched(&mut self, pattern: Value, form: Value) -> Result<Option<Vec<Value>>, Misfit> {
        let mut matcher =
            Matcher { heap: self.heap, tables: self.tables, values: Vec::new(), bare_atoms: false, full: false };
        let matches = matcher.matches(pattern, form);
        if matcher.full { Err(Misfit::Full) } else { Ok(matches.then_some(matcher.values)) }
    }

    fn fill(&mut self, template: Value, mut slots: Vec<Value>, count: Value) -> Result<Value, Misfit> {
        let count = count.as_fixnum().unwrap_or(0) as usize;
        slots.resize(count.max(slots.len()), Value::FALSE);
        let mut filler =
            Filler { heap: self.heap, slots, inserted: self.inserted, span: self.span, made: 0, admitted: 0 };
        let output = filler.fill(template);
        self.made += filler.made + 1;
        let output = output?;
        Ok(if output.is_pair() { Syntax::new(self.heap, output, Value::NIL, self.span) } else { output })
    }
}

/// The elements of a vector; none of anything else.
fn parts(v: Value) -> Vec<Value> {
    if v.is(Kind::Vector) { v.slots().to_vec() } else { Vec::new() }
}
