//! Macro uses: from a form and a transformer to the form that takes its place.

use super::rewrite::{RULE, Rewriter};
use super::session::{MacroUse, R, Session};
use super::template::Misfit;
use super::transformer::{self, Transformer};
use super::{Failure, Violation, object, show, wrap};
use crate::heap::{Kind, Symbol, Value, View};

/// How many macro uses may follow from one another at one place before we say that it will not end.
const LONGEST_CHAIN: usize = 100_000;

impl<'a> Session<'a, '_> {
    /// Replaces a macro use: `form` is an identifier, a form with the keyword in front, or a `set!` form.
    pub fn transcribe(&mut self, object: Value, form: Value) -> R<Value> {
        let span = self.span(form);
        let depth = self.uses.map_or(0, |u| u.depth) + 1;
        let name = transformer::name(object).and_then(Symbol::from_value);
        let name = self.arena.alloc_str(&name.map_or("?".to_owned(), show::name));
        self.uses = Some(self.arena.alloc(MacroUse { name, span, outer: self.uses, depth }));
        if depth > LONGEST_CHAIN {
            self.uses = None;
            let message = format!("after {LONGEST_CHAIN} steps this macro use is still not expanded");
            return Err(self.error(name, &message, form, form));
        }
        let output = match Transformer::of(object) {
            Some(Transformer::Procedure(procedure) | Transformer::Variable(procedure)) => {
                self.apply_procedure(name, procedure, form)
            }
            Some(data) => self.apply_data(name, data, form),
            None => return Err(self.error(name, "this is not a macro", form, form)),
        };
        self.note_stop(&output, form);
        let output = output?;
        Ok(self.keep(output))
    }

    /// Applies a transformer that is data. What it inserts gets a fresh mark; what it passes through gets nothing.
    fn apply_data(&mut self, name: &str, transformer: Transformer, form: Value) -> R<Value> {
        let span = self.span(form);
        let (heap, tables) = self.host.parts();
        let mark = tables.fresh_mark(heap);
        let inserted = heap.list(&[mark]);
        let mut rewriter = Rewriter { heap, tables, inserted, span, made: 0 };
        let output = match transformer {
            Transformer::Rules(rules) => rewriter.rules(rules, form),
            Transformer::Identifier { reference, pattern, assignment } => {
                rewriter.identifier(reference, pattern, assignment, form)
            }
            Transformer::Procedure(_) | Transformer::Variable(_) => Ok(None),
        };
        let made = rewriter.made;
        match output {
            Ok(Some(output)) => {
                self.keep(output);
                self.host.charge(1 + made)?;
                Ok(output)
            }
            Ok(None) => Err(self.no_match(name, transformer, form)),
            Err(Misfit::Full) => Err(Failure::HeapFull),
            Err(Misfit::Stopped) => Err(self.stopped()),
            Err(misfit) => Err(self.error(name, misfit.message(), form, form)),
        }
    }

    /// The error for a use that matches no pattern.
    fn no_match(&mut self, name: &str, transformer: Transformer, form: Value) -> super::Failure {
        // What inserted the use is of interest, not the use itself.
        self.uses = self.uses.and_then(|u| u.outer);
        let Transformer::Rules(rules) = transformer else {
            return self.error(name, "this assignment does not match the macro's pattern", form, form);
        };
        let message = if object::identifier(form).is_some() {
            "this macro takes operands: a list with the keyword in front".to_string()
        } else {
            format!("this use of `{name}` matches none of its patterns")
        };
        let mut violation = self.violation(name, &message, form, form);
        violation.diagnostic.help = patterns_help(name, rules.slots());
        violation.into()
    }

    /// Calls a transformer written in Scheme, with the antimark on its input and a mark on its output.
    fn apply_procedure(&mut self, name: &str, procedure: Value, form: Value) -> R<Value> {
        let span = self.span(form);
        let heap = self.heap();
        let anti = heap.list(&[wrap::ANTIMARK]);
        let input = object::push(heap, form, anti, span);
        self.keep(input);
        self.host.charge(1)?;
        let output = self.host.call(procedure, input).map_err(|failure| match failure {
            Failure::Raised(object, at) if at.is_none() => Failure::Raised(object, span),
            other => other,
        })?;
        if output.is(Kind::MultipleValues) {
            let message = format!("this transformer returned {} values instead of one", output.slots().len());
            return Err(self.error(name, &message, form, form));
        }
        self.keep(output);
        let (heap, tables) = self.host.parts();
        let mark = tables.fresh_mark(heap);
        let wrap = heap.list(&[mark]);
        Ok(object::push(heap, output, wrap, span))
    }

    /// Whether a keyword's transformer takes `set!` forms.
    pub fn takes_set(&self, object: Value) -> bool {
        match Transformer::of(object) {
            Some(Transformer::Variable(_)) => true,
            Some(Transformer::Identifier { assignment, .. }) => assignment.is_true(),
            _ => false,
        }
    }

    /// The violation of a transformer that is not one.
    pub fn not_a_transformer(&mut self, name: Value, form: Value, value: Value) -> super::Failure {
        let name = Symbol::from_value(name).map_or("?".to_owned(), show::name);
        let what = show::brief(value);
        let violation = Violation::new(format!("the value of this expression is no transformer: {what}"), form, self.span(form))
            .who(name)
            .help("a transformer is a procedure of one argument, or made by syntax-rules, identifier-syntax or make-variable-transformer");
        self.with_uses(violation).into()
    }
}

/// Shows the patterns of a macro that matched nothing.
fn patterns_help(name: &str, rules: &[Value]) -> Vec<String> {
    const SHOWN: usize = 4;
    let mut patterns: Vec<String> =
        rules.chunks_exact(RULE).map(|rule| show::pattern(rule[0], rule[3], name)).collect();
    let more = patterns.len().saturating_sub(SHOWN);
    patterns.truncate(SHOWN);
    if patterns.is_empty() {
        return Vec::new();
    }
    let more = if more > 0 { format!(", and {more} more") } else { String::new() };
    vec![format!("it takes {}{more}", patterns.join(" or "))]
}

impl Misfit {
    pub fn message(self) -> &'static str {
        match self {
            Misfit::Lengths => "variables under the same `...` stand for lists of different lengths",
            Misfit::NoList(_) => "what is followed by `...` in the template is no list",
            Misfit::Full => "there is no memory for what the template makes",
            Misfit::Stopped => "the run is to stop",
        }
    }
}
