//! Graph notation: `#n=datum`, and `#n#` for it from then on in the same datum.

use hashbrown::HashMap;

use super::datums::{DatumId, LabelId, NodeKind};
use super::error;
use super::lexer::Step;
use super::parser::{FrameKind, Reader};
use super::source::CharSource;
use crate::diagnostics::Span;

/// The labels of the datum that is read.
#[derive(Default)]
pub(super) struct Labels {
    by_number: HashMap<u64, (LabelId, Span), foldhash::fast::FixedState>,
    /// Their numbers in the order of their ids.
    numbers: Vec<(u64, LabelId)>,
}

impl Labels {
    pub(super) fn clear(&mut self) {
        self.by_number.clear();
        self.numbers.clear();
    }

    /// Forgets the last ones, while they are not kept.
    pub(super) fn forget_unless(&mut self, kept: impl Fn(LabelId) -> bool) {
        while let Some((number, _)) = self.numbers.pop_if(|(_, label)| !kept(*label)) {
            self.by_number.remove(&number);
        }
    }
}

impl<S: CharSource> Reader<S> {
    /// `#n=`
    pub(super) fn define_label(&mut self, number: u64) -> Step<(), S> {
        let span = self.lexeme_span();
        if let Some(&(_, first)) = self.state.labels.by_number.get(&number) {
            return self.fail(error::duplicate_label(span, first, number));
        }
        let Some(label) = self.state.datums.add_label()? else {
            return self.fail(error::too_large(span));
        };
        let state = &mut self.state;
        state.claim.grow(&mut state.labels.by_number, 1)?;
        state.labels.by_number.insert(number, (label, span));
        state.claim.push(&mut state.labels.numbers, (number, label))?;
        self.push(FrameKind::Label { number, label })
    }

    /// The datum after `#n=` is complete: answers both together.
    pub(super) fn complete_label(
        &mut self,
        definition: Span,
        number: u64,
        label: LabelId,
        id: DatumId,
    ) -> Step<DatumId, S> {
        if !self.state.datums.set_label(label, id) {
            return self.fail(error::label_of_itself(definition, number));
        }
        let end = self.state.datums.span(id).end;
        self.add(NodeKind::Labelled(label, id), definition.start, end)
    }

    /// `#n#`
    pub(super) fn refer(&mut self, number: u64) -> Step<DatumId, S> {
        let span = self.lexeme_span();
        match self.state.labels.by_number.get(&number) {
            Some(&(label, _)) => self.add(NodeKind::Reference(label), span.start, span.end),
            None => self.fail(error::undefined_label(span, number)),
        }
    }
}
