//! Comments and directives: what stands between lexemes, and the first line of a script.

use super::chars::Class;
use super::datums::{NodeKind, Singleton};
use super::error;
use super::lexer::{Open, Step, Token};
use super::parser::{Mode, Reader};
use super::source::CharSource;
use super::text::is_line_ending;

impl<S: CharSource> Reader<S> {
    /// Skips what may stand at the start of a file and nowhere else: a byte order mark, and a first
    /// line `#!/usr/bin/env vicar`, or with a space after `#!`.
    pub fn skip_script_header(&mut self) -> Step<(), S> {
        self.take('\u{FEFF}')?;
        self.source.mark();
        if self.take('#')? && self.take('!')? && matches!(self.peek()?, Some('/' | ' ')) {
            self.line_comment()
        } else {
            self.source.rewind();
            Ok(())
        }
    }

    /// Skips the rest of a line, up to its end.
    pub(super) fn line_comment(&mut self) -> Step<(), S> {
        loop {
            self.skip_while(Class::LINE_TEXT)?;
            match self.peek()? {
                None => return Ok(()),
                Some(c) if is_line_ending(c) || c == '\u{2029}' => return Ok(()),
                Some(_) => self.advance(),
            }
        }
    }

    /// Skips a block comment, of which `#` is taken and `|` is next.
    pub(super) fn block_comment(&mut self) -> Step<(), S> {
        self.advance();
        let mut depth = 1;
        while depth > 0 {
            self.skip_while(Class::BLOCK_TEXT)?;
            let Some(c) = self.peek()? else {
                return self.fail(error::unclosed_block_comment(self.lexeme_span(), depth));
            };
            self.advance();
            if c == '|' && self.take('#')? {
                depth -= 1;
            } else if c == '#' && self.take('|')? {
                depth += 1;
            }
        }
        Ok(())
    }

    /// What begins with `#!`, of which `#` is taken and `!` is next: a comment that changes how
    /// the rest is read, or a singleton.
    pub(super) fn directive(&mut self) -> Step<Option<Token>, S> {
        self.advance();
        if self.state.mode == Mode::Vicare && self.take('(')? {
            return Ok(Some(Token::Open(Open::Directive)));
        }
        self.take_token()?;
        match self.lexeme_text() {
            "r6rs" => self.state.mode = Mode::R6rs,
            "vicare" | "ikarus" => self.state.mode = Mode::Vicare,
            "fold-case" => self.state.fold_case = true,
            "no-fold-case" => self.state.fold_case = false,
            name => match Singleton::from_name(name) {
                Some(singleton) => {
                    self.extension(&format!("`#!{name}`"))?;
                    self.drop_lexeme_text();
                    return Ok(Some(Token::Atom(NodeKind::Singleton(singleton))));
                }
                None => return self.fail(error::unknown_directive(self.lexeme_span(), name)),
            },
        }
        self.drop_lexeme_text();
        Ok(None)
    }
}
