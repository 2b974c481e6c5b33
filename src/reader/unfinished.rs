//! What to say when something is open that must not be: errors that need the reader's stack.

use super::error::{self, Opened, ReadError};
use super::guess::guess;
use super::parser::{Frame, FrameKind, Reader};
use super::source::CharSource;
use crate::diagnostics::Span;

impl<S: CharSource> Reader<S> {
    /// The input ends while something waits for data.
    pub(super) fn unfinished(&self) -> ReadError {
        let frames = &self.state.frames;
        if let Some(Frame { kind, span }) = frames.last()
            && let Some(written) = written_prefix(kind)
        {
            return error::missing_datum(*span, &written);
        }
        let lists = || frames.iter().filter_map(|frame| Some((frame, base(frame)?)));
        let guess = self.source.whole_text().and_then(|text| {
            let ends = lists().skip(1).map(|(_, base)| base).chain([self.state.pending.len()]);
            let open = lists().zip(ends).map(|((frame, base), end)| (frame.span, &self.state.pending[base..end]));
            guess(text, &self.state.datums, self.state.before, open)
        });
        let guessed = lists().position(|(frame, _)| guess.as_ref().is_some_and(|guess| guess.opener == frame.span));
        let index = guessed.unwrap_or_else(|| lists().count().saturating_sub(1));
        let outermost = lists().next().filter(|_| index > 0).map(|(frame, _)| (frame.span, index));
        match lists().nth(index).and_then(|(frame, _)| opened(frame)) {
            Some(opened) => error::unclosed(&opened, outermost, guess),
            None => error::missing_datum(self.lexeme_span(), ""),
        }
    }

    pub(super) fn close_after_prefix(&self, span: Span, c: char) -> ReadError {
        match self.state.frames.last() {
            Some(frame) => {
                let written = written_prefix(&frame.kind).unwrap_or_default();
                error::close_after_prefix(span, c, frame.span, &written)
            }
            None => error::unexpected_close(span, c, self.state.previous),
        }
    }

    pub(super) fn mismatched_close(&self, span: Span, c: char) -> ReadError {
        let mut lists = self.state.frames.iter().rev().filter_map(opened);
        match lists.next() {
            Some(inner) => {
                let outer = lists.find(|outer| outer.closer == c);
                error::mismatched_close(span, c, &inner, outer.map(|outer| outer.span))
            }
            None => error::unexpected_close(span, c, self.state.previous),
        }
    }
}

/// How a frame that waits for one datum was written.
fn written_prefix(kind: &FrameKind) -> Option<String> {
    match kind {
        FrameKind::List { .. } | FrameKind::Scratch { .. } => None,
        FrameKind::Prefix(head) => Some(head.written().into()),
        FrameKind::Comment { .. } => Some("#;".into()),
        FrameKind::CaseFold { .. } => Some("#ci` or `#cs".into()),
        FrameKind::Label { number, .. } => Some(format!("#{number}=")),
    }
}

fn opened(frame: &Frame) -> Option<Opened> {
    match frame.kind {
        FrameKind::List { open, .. } | FrameKind::Scratch { open, .. } => {
            Some(Opened { written: open.written(), noun: open.noun(), span: frame.span, closer: open.closer() })
        }
        _ => None,
    }
}

fn base(frame: &Frame) -> Option<usize> {
    match frame.kind {
        FrameKind::List { base, .. } | FrameKind::Scratch { base, .. } => Some(base),
        _ => None,
    }
}
