//! What is made of data: lists, vectors, bytevectors.

use super::bytevector::{self, Element};
use super::datums::{Datum, DatumId, Head, NodeKind};
use super::error::{self, Misplaced};
use super::lexer::{Open, Step};
use super::number::NumberSyntax;
use super::parser::{FrameKind, Reader};
use super::source::CharSource;
use crate::account::Claim;
use crate::diagnostics::Span;

impl<S: CharSource> Reader<S> {
    pub(super) fn open(&mut self, open: Open) -> Step<(), S> {
        let base = self.state.pending.len();
        let kind = match open {
            Open::Paren | Open::Bracket | Open::Vector => FrameKind::List { open, base, dot: None },
            Open::Brace => {
                let head = self.add(NodeKind::Head(Head::Brace), self.state.lexeme, self.offset())?;
                self.state.claim.push(&mut self.state.pending, head)?;
                FrameKind::List { open, base, dot: None }
            }
            Open::Bytevector(_) | Open::EncodedBytevector | Open::Directive => {
                FrameKind::Scratch { open, base, before: self.state.datums.extent() }
            }
        };
        self.push(kind)
    }

    pub(super) fn dot(&mut self) -> Step<(), S> {
        let span = self.lexeme_span();
        let tail = self.state.pending.len();
        let why = match self.state.frames.last_mut().map(|frame| &mut frame.kind) {
            None => Misplaced::Outside,
            Some(FrameKind::List { open: Open::Vector, .. }) => Misplaced::InVector,
            Some(FrameKind::List { dot: Some((first, _)), .. }) => {
                let first = *first;
                return self.fail(error::second_dot(span, first));
            }
            Some(FrameKind::List { open, base, dot }) => {
                if tail > *base + usize::from(*open == Open::Brace) {
                    *dot = Some((span, tail));
                    return Ok(());
                }
                Misplaced::First
            }
            Some(FrameKind::Scratch { open: Open::Directive, .. }) => Misplaced::AfterPrefix,
            Some(FrameKind::Scratch { .. }) => Misplaced::InBytevector,
            Some(_) => Misplaced::AfterPrefix,
        };
        self.fail(error::misplaced_dot(span, why))
    }

    pub(super) fn close(&mut self, c: char) -> Step<Option<DatumId>, S> {
        let span = self.lexeme_span();
        let (open, base) = match self.state.frames.last().map(|frame| &frame.kind) {
            None => return self.fail(error::unexpected_close(span, c, self.state.previous)),
            Some(FrameKind::List { open, base, .. } | FrameKind::Scratch { open, base, .. }) => (*open, *base),
            Some(_) => return self.fail(self.close_after_prefix(span, c)),
        };
        if open.closer() != c {
            return self.fail(self.mismatched_close(span, c));
        }
        let Some(frame) = self.state.frames.pop() else {
            return Ok(None);
        };
        let (start, end) = (frame.span.start, span.end);
        match frame.kind {
            FrameKind::List { dot, .. } => {
                if let Some((dot, tail)) = dot
                    && self.state.pending.len() == tail
                {
                    return self.fail(error::nothing_after_dot(span, dot));
                }
                let Some(items) = self.state.datums.add_items(&self.state.pending[base..])? else {
                    return self.fail(error::too_large(self.lexeme_span()));
                };
                self.state.pending.truncate(base);
                let kind = match (open, dot) {
                    (Open::Vector, _) => NodeKind::Vector(items),
                    (_, Some(_)) => NodeKind::DottedList(items),
                    (_, None) => NodeKind::List(items),
                };
                let id = self.add(kind, start, end)?;
                self.complete(id)
            }
            FrameKind::Scratch { before, .. } => {
                let whole = Span { end, ..frame.span };
                let mut claim = Claim::new(self.state.claim.account());
                let mut elements = claim.vec(self.state.pending.len() - base)?;
                elements.extend(self.state.pending.drain(base..));
                // The bytes are there twice for a moment: sixteen for an element, or three for a character of a text.
                let text: usize = elements.iter().map(|&id| length(self.state.datums.span(id))).sum();
                claim.take((elements.len() * 16).max(text * 3))?;
                let bytes = match open {
                    Open::Bytevector(element) => self.elements(element, &elements)?,
                    Open::EncodedBytevector => self.encoded(&elements, whole)?,
                    _ => {
                        self.define_characters(&elements, whole)?;
                        self.state.datums.truncate(before);
                        return Ok(None);
                    }
                };
                self.state.datums.truncate(before);
                match self.state.datums.add_bytes(&bytes)? {
                    Some(bytes) => {
                        let id = self.add(NodeKind::Bytevector(bytes), start, end)?;
                        self.complete(id)
                    }
                    None => self.fail(error::too_large(self.lexeme_span())),
                }
            }
            _ => Ok(None),
        }
    }

    fn elements(&self, element: Element, elements: &[DatumId]) -> Step<Vec<u8>, S> {
        let mut bytes = Vec::with_capacity(elements.len());
        for &id in elements {
            let datum = self.state.datums.datum(id);
            let encoded = match datum {
                Datum::Number(text) => {
                    NumberSyntax::parse(text, 10).is_some_and(|number| element.encode(&number, &mut bytes))
                }
                _ => false,
            };
            if !encoded {
                let found = match datum {
                    Datum::Number(text) => error::quoted(text),
                    _ => datum.noun().into(),
                };
                return self.fail(error::not_an_element(
                    self.state.datums.span(id),
                    &found,
                    &element.name(),
                    &element.takes(),
                ));
            }
        }
        Ok(bytes)
    }

    /// `#ve(ENCODING "text")`
    fn encoded(&self, elements: &[DatumId], whole: Span) -> Step<Vec<u8>, S> {
        let datums = &self.state.datums;
        let (encoding, text, text_id) = match elements {
            &[encoding, text] => match (datums.datum(encoding), datums.datum(text)) {
                (Datum::Symbol(encoding), Datum::String(string)) => (encoding, string, text),
                _ => return self.fail(error::encoded_bytevector_syntax(whole)),
            },
            _ => return self.fail(error::encoded_bytevector_syntax(whole)),
        };
        match bytevector::encode_text(encoding, text) {
            None => self.fail(error::encoded_bytevector_syntax(whole)),
            Some(Err(why)) => self.fail(error::not_encodable(datums.span(text_id), encoding, why)),
            Some(Ok(bytes)) => Ok(bytes),
        }
    }

    /// `#!(char-names (name . #\c) …)`
    fn define_characters(&mut self, elements: &[DatumId], whole: Span) -> Step<(), S> {
        let texts = elements.iter().map(|&id| length(self.state.datums.span(id)) + 64).sum();
        self.state.claim.take(texts)?;
        let datums = &self.state.datums;
        let definition = |id: DatumId| match datums.datum(id) {
            Datum::List { items: &[name], tail: Some(c) } => match (datums.datum(name), datums.datum(c)) {
                (Datum::Symbol(name), Datum::Character(c)) => Some((name.to_string(), c)),
                _ => None,
            },
            _ => None,
        };
        let definitions: Option<Vec<_>> = match elements.split_first() {
            Some((first, rest)) if datums.datum(*first) == Datum::Symbol("char-names") => {
                rest.iter().map(|&id| definition(id)).collect()
            }
            _ => None,
        };
        match definitions {
            Some(definitions) => self.state.character_names.extend(definitions),
            None => return self.fail(error::directive_syntax(whole)),
        }
        Ok(())
    }
}

fn length(span: Span) -> usize {
    span.end.saturating_sub(span.start) as usize
}
