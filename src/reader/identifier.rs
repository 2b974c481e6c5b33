//! Identifiers and what looks like one: numbers without prefix, `+`, `-`, `...`, `->x`, the dot.

use super::chars::{Class, fold_case, is_initial, is_subsequent};
use super::datums::NodeKind;
use super::error;
use super::lexer::{Step, Token};
use super::number::NumberSyntax;
use super::parser::{Mode, Reader};
use super::source::CharSource;

impl<S: CharSource> Reader<S> {
    /// An identifier that begins with an ASCII letter or the like.
    pub(super) fn identifier(&mut self) -> Step<Token, S> {
        let start = self.text_end();
        self.take_while(Class::SUBSEQUENT)?;
        self.identifier_from(start)
    }

    /// The rest of an identifier of which the text from `start` on is taken, perhaps nothing.
    pub(super) fn identifier_from(&mut self, start: usize) -> Step<Token, S> {
        self.identifier_text(start, is_initial)?;
        self.symbol(start)
    }

    /// Takes the rest of a name, of which the text from `start` on is taken; `begins` says which
    /// characters can be the first.
    pub(super) fn identifier_text(&mut self, start: usize, begins: fn(char) -> bool) -> Step<(), S> {
        while let Some(c) = self.peek()?.filter(|&c| !self.delimits(c)) {
            let belongs = if self.text_end() == start { begins(c) } else { is_subsequent(c) };
            if c == '\\' {
                let escaped = self.identifier_escape()?;
                self.keep(escaped)?;
            } else if belongs {
                self.keep(c)?;
                self.advance();
                self.take_while(Class::SUBSEQUENT)?;
            } else {
                return self.bad_identifier(start, c);
            }
        }
        Ok(())
    }

    /// A symbol with the text from `start` on, in lower case if that is asked for.
    pub(super) fn symbol(&mut self, start: usize) -> Step<Token, S> {
        self.fold(start)?;
        Ok(Token::Atom(NodeKind::Symbol(self.text_slice(start)?)))
    }

    /// Folds the case of the text from `start` on, if that is asked for.
    pub(super) fn fold(&mut self, start: usize) -> Step<(), S> {
        if self.state.fold_case {
            let (text, claim) = self.state.datums.text();
            // No character becomes more than three times as long.
            claim.account().admit((text.len() - start) * 3)?;
            let folded = fold_case(&text[start..]).into_owned();
            text.truncate(start);
            claim.push_str(text, &folded)?;
        }
        Ok(())
    }

    /// `\x3bb;` in an identifier.
    fn identifier_escape(&mut self) -> Step<char, S> {
        let start = self.offset();
        self.advance();
        match self.peek()? {
            Some('x') => {
                self.advance();
                self.hex_escape(start)
            }
            next => self.fail(error::escape_in_identifier(self.span_from(start), next)),
        }
    }

    /// What begins with a digit, a sign or a dot.
    pub(super) fn number_or_peculiar(&mut self) -> Step<Token, S> {
        let start = self.text_end();
        self.take_while(Class::SUBSEQUENT)?;
        let next = self.peek()?;
        let ended = next.is_none_or(|c| self.delimits(c));
        let text = self.lexeme_text();
        match text {
            _ if ended && text.bytes().all(|byte| byte.is_ascii_digit()) => {
                Ok(Token::Atom(NodeKind::Number(self.text_slice(start)?)))
            }
            "." if ended => Ok(Token::Dot),
            "+" | "-" | "..." if ended => self.symbol(start),
            "++" | "--" if ended && self.state.mode == Mode::Vicare => self.symbol(start),
            _ if text.starts_with("->") => self.identifier_from(start),
            // The name of a method.
            _ if self.state.mode == Mode::Vicare
                && text.as_bytes().get(1).is_some_and(u8::is_ascii_alphabetic)
                && text.starts_with('.') =>
            {
                self.identifier_from(start)
            }
            _ if self.state.mode == Mode::Vicare && is_signed_g(text) && !(ended && text.len() == 2) => {
                self.identifier_from(start)
            }
            _ => {
                self.take_token()?;
                self.number(start)
            }
        }
    }

    /// The number that is the text from `start` on.
    pub(super) fn number(&mut self, start: usize) -> Step<Token, S> {
        match NumberSyntax::parse(self.lexeme_text(), 10) {
            Some(number) if number.has_value() => Ok(Token::Atom(NodeKind::Number(self.text_slice(start)?))),
            Some(_) => self.fail(error::number_without_value(self.lexeme_span(), self.lexeme_text())),
            None => self.fail(error::not_a_number(self.lexeme_span(), self.lexeme_text())),
        }
    }

    fn bad_identifier<T>(&mut self, start: usize, c: char) -> Step<T, S> {
        let span = self.span_of_next(Some(c));
        if self.text_end() == start && start == self.state.lexeme_text {
            self.advance();
            return self.fail(error::unexpected_character(span, c));
        }
        self.take_token()?;
        self.fail(error::character_in_identifier(span, c, self.lexeme_span(), self.lexeme_text()))
    }
}

/// `+gX` and `-gX`, which Vicare reads as symbols.
fn is_signed_g(text: &str) -> bool {
    matches!(text.as_bytes(), [b'+' | b'-', b'g', ..])
}
