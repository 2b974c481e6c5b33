//! What is quoted: strings, `|symbols|` and characters, with their escapes.

use super::chars::{self, Class, is_intraline_whitespace, is_whitespace};
use super::datums::NodeKind;
use super::error;
use super::lexer::{Step, Token};
use super::parser::{Mode, Reader};
use super::source::CharSource;

/// The character names of R6RS; the first for a character is the one to write.
const CHARACTER_NAMES: [(&str, char); 12] = [
    ("nul", '\0'),
    ("alarm", '\x07'),
    ("backspace", '\x08'),
    ("tab", '\t'),
    ("linefeed", '\n'),
    ("newline", '\n'),
    ("vtab", '\x0B'),
    ("page", '\x0C'),
    ("return", '\r'),
    ("esc", '\x1B'),
    ("space", ' '),
    ("delete", '\x7F'),
];

impl<S: CharSource> Reader<S> {
    pub(super) fn string(&mut self) -> Step<Token, S> {
        let start = self.text_end();
        self.advance();
        loop {
            self.take_while(Class::STRING_TEXT)?;
            match self.peek()? {
                None => return self.fail(error::unclosed_string(self.lexeme_span())),
                Some('"') => break,
                Some('\\') => {
                    if let Some(c) = self.string_escape()? {
                        self.keep(c)?;
                    }
                }
                Some(c) => {
                    let ended_line = self.line_ending(c)?;
                    self.keep(if ended_line { '\n' } else { c })?;
                }
            }
        }
        self.advance();
        Ok(Token::Atom(NodeKind::String(self.text_slice(start)?)))
    }

    /// The character that an escape in a string stands for; none for one that continues a line.
    fn string_escape(&mut self) -> Step<Option<char>, S> {
        let start = self.offset();
        self.advance();
        let Some(c) = self.peek()? else {
            return self.fail(error::unclosed_string(self.lexeme_span()));
        };
        if is_intraline_whitespace(c) || is_line_ending(c) {
            return self.continued_line(start).map(|()| None);
        }
        self.advance();
        if c == 'x' {
            return self.hex_escape(start).map(Some);
        }
        if c == '{' && self.state.mode == Mode::Vicare {
            return self.defined_character(start).map(Some);
        }
        match simple_escape(c) {
            Some(escaped) => Ok(Some(escaped)),
            None => self.fail(error::unknown_escape(self.span_from(start), c)),
        }
    }

    /// `\`, spaces, the end of a line, spaces: of which nothing gets into the string.
    fn continued_line(&mut self, start: u32) -> Step<(), S> {
        self.skip_intraline_whitespace()?;
        match self.peek()? {
            None => return self.fail(error::unclosed_string(self.lexeme_span())),
            Some(c) => {
                if !self.line_ending(c)? {
                    return self.fail(error::escaped_space(self.span_from(start)));
                }
            }
        }
        self.skip_intraline_whitespace()
    }

    fn skip_intraline_whitespace(&mut self) -> Step<(), S> {
        while self.peek()?.is_some_and(is_intraline_whitespace) {
            self.advance();
        }
        Ok(())
    }

    /// Takes a line ending that begins with `c`, or another character. Answers whether it was one.
    pub(super) fn line_ending(&mut self, c: char) -> Step<bool, S> {
        self.advance();
        if c == '\r' && matches!(self.peek()?, Some('\n' | '\u{85}')) {
            self.advance();
        }
        Ok(is_line_ending(c))
    }

    /// The rest of `\x3bb;`, of which `\x` is taken.
    pub(super) fn hex_escape(&mut self, start: u32) -> Step<char, S> {
        let mut value: u32 = 0;
        let mut digits = 0;
        loop {
            let next = self.peek()?;
            match next {
                Some(c) if c.is_ascii_hexdigit() => {
                    value = value.saturating_mul(16).saturating_add(c.to_digit(16).unwrap_or(0));
                    digits += 1;
                    self.advance();
                }
                Some(';') if digits > 0 => {
                    self.advance();
                    break;
                }
                _ => return self.fail(error::hex_escape(self.span_from(start), digits > 0, next)),
            }
        }
        match char::from_u32(value) {
            Some(c) => Ok(c),
            None => self.fail(error::not_a_scalar_value(self.span_from(start), value)),
        }
    }

    /// `|any text|`, or the symbol `|`.
    pub(super) fn bar(&mut self) -> Step<Token, S> {
        let start = self.text_end();
        self.advance();
        self.extension("`|`")?;
        // A symbol between bars begins with neither space nor a closing parenthesis, unless escaped.
        if self.peek()?.is_none_or(|c| is_whitespace(c) || matches!(c, ')' | ']' | '}')) {
            self.keep('|')?;
            return self.symbol(start);
        }
        self.between_bars()?;
        if self.take_excess()? {
            return self.fail(error::excess(self.lexeme_span(), "a symbol between `|`"));
        }
        Ok(Token::Atom(NodeKind::Symbol(self.text_slice(start)?)))
    }

    /// The text up to and including the next `|`.
    pub(super) fn between_bars(&mut self) -> Step<(), S> {
        loop {
            let escape = self.offset();
            let Some(c) = self.peek()? else {
                return self.fail(error::unclosed_symbol(self.lexeme_span()));
            };
            self.advance();
            let c = match c {
                '|' => return Ok(()),
                '\\' => {
                    let Some(c) = self.peek()? else {
                        return self.fail(error::unclosed_symbol(self.lexeme_span()));
                    };
                    self.advance();
                    match simple_escape(c) {
                        _ if c == 'x' => self.hex_escape(escape)?,
                        _ if c == '|' => c,
                        Some(escaped) => escaped,
                        None => return self.fail(error::unknown_escape(self.span_from(escape), c)),
                    }
                }
                c => c,
            };
            self.keep(c)?;
        }
    }

    /// The rest of a character, of which `#\` is taken.
    pub(super) fn character(&mut self) -> Step<Token, S> {
        let Some(first) = self.peek()? else {
            return self.fail(error::unfinished_character(self.lexeme_span()));
        };
        let start = self.offset();
        self.advance();
        if first == '{' && self.state.mode == Mode::Vicare && self.peek()?.is_some_and(|c| !self.delimits(c)) {
            let c = self.defined_character(self.state.lexeme)?;
            if self.take_excess()? {
                return self.fail(error::excess(self.lexeme_span(), "a character"));
            }
            return Ok(Token::Atom(NodeKind::Character(c)));
        }
        if !self.delimits(first) {
            self.keep(first)?;
            self.take_token()?;
        } else if self.take_excess()? {
            return self.fail(error::excess(self.lexeme_span(), "a character"));
        } else {
            self.keep(first)?;
        }
        let name = self.lexeme_text();
        if name.len() == first.len_utf8() {
            return self.end_of_character(first);
        }
        if first == 'x' && name[1..].bytes().all(|byte| byte.is_ascii_hexdigit()) {
            let digits = name[1..].trim_start_matches('0');
            let value = if digits.is_empty() { 0 } else { u32::from_str_radix(digits, 16).unwrap_or(u32::MAX) };
            return match char::from_u32(value) {
                Some(c) => self.end_of_character(c),
                None => self.fail(error::not_a_scalar_value(self.lexeme_span(), value)),
            };
        }
        match self.character_named(name) {
            Some(c) => self.end_of_character(c),
            None => {
                self.fail(error::unknown_character(self.span_from(start), self.lexeme_span(), name, &CHARACTER_NAMES))
            }
        }
    }

    /// Nothing but the character itself stays of its lexeme.
    fn end_of_character(&mut self, c: char) -> Step<Token, S> {
        self.drop_lexeme_text();
        Ok(Token::Atom(NodeKind::Character(c)))
    }

    fn character_named(&self, name: &str) -> Option<char> {
        let find = |name: &str| CHARACTER_NAMES.iter().find(|entry| entry.0 == name).map(|entry| entry.1);
        find(name).or_else(|| if self.state.fold_case { find(&chars::fold_case(name)) } else { None })
    }

    /// `name}`: a character that `#!(char-names …)` has given a name.
    fn defined_character(&mut self, start: u32) -> Step<char, S> {
        let name_start = self.text_end();
        self.take_token()?;
        let name = self.text().split_off(name_start);
        if !self.take('}')? {
            let next = self.peek()?;
            return self.fail(error::unclosed_character_name(self.span_from(start), next));
        }
        match self.state.character_names.get(&name) {
            Some(&c) => Ok(c),
            None => self.fail(error::undefined_character_name(self.span_from(start), &name)),
        }
    }
}

/// `<line ending>` or its first character.
pub(super) fn is_line_ending(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{85}' | '\u{2028}')
}

fn simple_escape(c: char) -> Option<char> {
    Some(match c {
        'a' => '\x07',
        'b' => '\x08',
        't' => '\t',
        'n' => '\n',
        'v' => '\x0B',
        'f' => '\x0C',
        'r' => '\r',
        '"' | '\\' => c,
        _ => return None,
    })
}
