//! Characters to tokens: the dispatch on the first character of a lexeme.
//!
//! The text of identifiers, numbers and strings goes straight into the buffer of the [`Datums`],
//! where the token's node will refer to it. Runs of ASCII are taken at once.
//!
//! [`Datums`]: super::Datums

use super::bytevector::Element;
use super::chars::{Class, is_delimiter, is_whitespace};
use super::datums::{Head, NodeKind, Slice};
use super::error::{self, Failure, ReadError};
use super::parser::{Mode, Reader};
use super::source::CharSource;
use crate::diagnostics::Span;

/// What the parser sees.
#[derive(Clone, Copy)]
pub(super) enum Token {
    /// A datum that has no parts.
    Atom(NodeKind),
    Open(Open),
    Close(char),
    Dot,
    Prefix(Head),
    /// `#;`
    DatumComment,
    /// `#ci` or `#cs`: whether to fold case in the next datum.
    CaseFold(bool),
    /// `#n=`
    LabelDefinition(u64),
    /// `#n#`
    LabelReference(u64),
    End,
}

/// What begins a sequence of data.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Open {
    Paren,
    Bracket,
    Brace,
    Vector,
    Bytevector(Element),
    /// `#ve(`
    EncodedBytevector,
    /// `#!(`
    Directive,
}

impl Open {
    pub(super) fn closer(self) -> char {
        match self {
            Open::Bracket => ']',
            Open::Brace => '}',
            _ => ')',
        }
    }

    pub(super) fn written(self) -> String {
        match self {
            Open::Paren => "(".into(),
            Open::Bracket => "[".into(),
            Open::Brace => "{".into(),
            Open::Vector => "#(".into(),
            Open::Bytevector(element) => format!("#{}(", element.name()),
            Open::EncodedBytevector => "#ve(".into(),
            Open::Directive => "#!(".into(),
        }
    }

    pub(super) fn noun(self) -> &'static str {
        match self {
            Open::Paren | Open::Bracket | Open::Brace => "list",
            Open::Vector => "vector",
            Open::Bytevector(_) | Open::EncodedBytevector => "bytevector",
            Open::Directive => "directive",
        }
    }
}

/// What a step of reading answers.
pub(super) type Step<T, S> = Result<T, Failure<<S as CharSource>::Error>>;

impl<S: CharSource> Reader<S> {
    /// The next token, after any whitespace and comments.
    pub(super) fn token(&mut self) -> Step<Token, S> {
        loop {
            // Before the space too: it is here that a source in want of characters goes back to.
            self.source.mark();
            self.state.lexeme_text = self.text_end();
            self.skip_whitespace()?;
            self.source.mark();
            self.state.lexeme = self.offset();
            if let Some(token) = self.lexeme()? {
                return Ok(token);
            }
        }
    }

    /// The token that begins here; none if it was a comment.
    fn lexeme(&mut self) -> Step<Option<Token>, S> {
        let Some(c) = self.peek()? else {
            return Ok(Some(Token::End));
        };
        if Class::INITIAL.has(c) {
            return self.identifier().map(Some);
        }
        let token = match c {
            '(' => Token::Open(Open::Paren),
            '[' => Token::Open(Open::Bracket),
            ')' | ']' => Token::Close(c),
            '\'' => Token::Prefix(Head::Quote),
            '`' => Token::Prefix(Head::Quasiquote),
            '0'..='9' | '+' | '-' | '.' => return self.number_or_peculiar().map(Some),
            '"' => return self.string().map(Some),
            '#' => return self.hash(),
            ';' => return self.line_comment().map(|()| None),
            ',' => {
                self.advance();
                let splicing = self.take('@')?;
                return Ok(Some(Token::Prefix(if splicing { Head::UnquoteSplicing } else { Head::Unquote })));
            }
            '{' | '}' => {
                self.advance();
                self.extension("a brace")?;
                return Ok(Some(if c == '{' { Token::Open(Open::Brace) } else { Token::Close(c) }));
            }
            '|' => return self.bar().map(Some),
            _ => return self.identifier_from(self.text_end()).map(Some),
        };
        self.advance();
        Ok(Some(token))
    }
}

/// What every kind of lexeme needs.
impl<S: CharSource> Reader<S> {
    #[inline]
    pub(super) fn peek(&mut self) -> Step<Option<char>, S> {
        self.source.peek().map_err(Failure::Source)
    }

    #[inline]
    pub(super) fn advance(&mut self) {
        self.source.advance();
    }

    /// Takes the next character if it is this one.
    pub(super) fn take(&mut self, c: char) -> Step<bool, S> {
        let found = self.peek()? == Some(c);
        if found {
            self.advance();
        }
        Ok(found)
    }

    #[inline]
    pub(super) fn take_while(&mut self, class: Class) -> Step<(), S> {
        let (text, claim) = self.state.datums.text();
        self.source.take_while(class, text, claim)
    }

    #[inline]
    pub(super) fn skip_while(&mut self, class: Class) -> Step<(), S> {
        self.source.skip_while(class).map_err(Failure::Source)
    }

    /// Takes all up to the next delimiter.
    pub(super) fn take_token(&mut self) -> Step<(), S> {
        self.take_while(Class::SUBSEQUENT)?;
        while let Some(c) = self.peek()?.filter(|&c| !self.delimits(c)) {
            self.keep(c)?;
            self.advance();
        }
        Ok(())
    }

    /// Takes what stands between the end of a lexeme and the next delimiter. A lexeme that needs
    /// a delimiter is well-formed if there is nothing.
    pub(super) fn take_excess(&mut self) -> Step<bool, S> {
        let start = self.text_end();
        self.take_token()?;
        let excess = self.text_end() > start;
        Ok(excess)
    }

    /// Whether a character ends an identifier, number, character or boolean.
    #[inline]
    pub(super) fn delimits(&self, c: char) -> bool {
        match self.state.mode {
            Mode::R6rs => is_delimiter(c),
            Mode::Vicare => is_delimiter(c) || Class::BRACE.has(c),
        }
    }

    #[inline]
    pub(super) fn text(&mut self) -> &mut String {
        self.state.datums.text().0
    }

    /// Adds a character to the text of the token.
    #[inline]
    pub(super) fn keep(&mut self, c: char) -> Step<(), S> {
        let (text, claim) = self.state.datums.text();
        claim.grow(text, c.len_utf8())?;
        text.push(c);
        Ok(())
    }

    #[inline]
    pub(super) fn text_end(&self) -> usize {
        self.state.datums.text_end()
    }

    /// The text of the token so far.
    pub(super) fn lexeme_text(&self) -> &str {
        self.state.datums.text_since(self.state.lexeme_text)
    }

    /// Takes the text of the token back: nothing of it is kept.
    pub(super) fn drop_lexeme_text(&mut self) {
        let start = self.state.lexeme_text;
        self.text().truncate(start);
    }

    /// The text that was added since the buffer had the length `start`, to be kept.
    pub(super) fn text_slice(&self, start: usize) -> Step<Slice, S> {
        match self.state.datums.text_slice(start) {
            Some(slice) => Ok(slice),
            None => self.fail(error::too_large(self.lexeme_span())),
        }
    }

    /// Where the next character is.
    #[inline]
    pub(super) fn offset(&self) -> u32 {
        u32::try_from(self.source.offset()).unwrap_or(u32::MAX)
    }

    pub(super) fn span_from(&self, start: u32) -> Span {
        Span::new(self.state.datums.file(), start, self.offset())
    }

    /// From the start of the token to here.
    pub(super) fn lexeme_span(&self) -> Span {
        self.span_from(self.state.lexeme)
    }

    /// The next character, of which the source has said what it is.
    pub(super) fn span_of_next(&self, c: Option<char>) -> Span {
        let start = self.offset();
        let length = c.map_or(0, |c| if self.source.whole_text().is_some() { c.len_utf8() as u32 } else { 1 });
        Span::new(self.state.datums.file(), start, start.saturating_add(length))
    }

    pub(super) fn fail<T>(&self, error: ReadError) -> Step<T, S> {
        Err(Failure::Malformed(error))
    }

    /// Fails if the text is to be by R6RS alone.
    pub(super) fn extension(&self, what: &str) -> Step<(), S> {
        match self.state.mode {
            Mode::Vicare => Ok(()),
            Mode::R6rs => self.fail(error::extension(self.lexeme_span(), what)),
        }
    }

    #[inline]
    pub(super) fn skip_whitespace(&mut self) -> Step<(), S> {
        loop {
            self.skip_while(Class::WHITESPACE)?;
            match self.peek()? {
                Some(c) if !c.is_ascii() && is_whitespace(c) => self.advance(),
                _ => return Ok(()),
            }
        }
    }
}
