//! What begins with `#`.

use super::bytevector::Element;
use super::chars::is_subsequent;
use super::datums::{Head, NodeKind};
use super::error;
use super::lexer::{Open, Step, Token};
use super::parser::Reader;
use super::source::CharSource;

impl<S: CharSource> Reader<S> {
    /// The token that begins with the `#` that is next; none if it is a comment.
    pub(super) fn hash(&mut self) -> Step<Option<Token>, S> {
        self.advance();
        let Some(c) = self.peek()? else {
            return self.fail(error::lone_hash(self.lexeme_span()));
        };
        let token = match c {
            '|' => return self.block_comment().map(|()| None),
            '!' => return self.directive(),
            't' | 'T' | 'f' | 'F' => return self.boolean(matches!(c, 't' | 'T')).map(Some),
            'e' | 'i' | 'b' | 'o' | 'd' | 'x' | 'E' | 'I' | 'B' | 'O' | 'D' | 'X' => {
                return self.prefixed_number().map(Some);
            }
            'v' => return self.bytevector_prefix().map(Some),
            'c' => return self.case_prefix().map(Some),
            '0'..='9' => return self.label().map(Some),
            '(' => Token::Open(Open::Vector),
            '\'' => Token::Prefix(Head::Syntax),
            '`' => Token::Prefix(Head::Quasisyntax),
            ';' => Token::DatumComment,
            ',' => {
                self.advance();
                let splicing = self.take('@')?;
                return Ok(Some(Token::Prefix(if splicing { Head::UnsyntaxSplicing } else { Head::Unsyntax })));
            }
            '\\' => {
                self.advance();
                return self.character().map(Some);
            }
            '{' => {
                self.advance();
                return self.gensym().map(Some);
            }
            ':' => {
                self.advance();
                return self.keyword().map(Some);
            }
            _ => return self.unknown_hash(),
        };
        self.advance();
        Ok(Some(token))
    }

    fn unknown_hash<T>(&mut self) -> Step<T, S> {
        if let Some(c) = self.peek()?.filter(|&c| self.delimits(c)) {
            self.keep(c)?;
            self.advance();
        }
        self.take_token()?;
        self.fail(error::unknown_hash(self.lexeme_span(), self.lexeme_text()))
    }

    fn boolean(&mut self, value: bool) -> Step<Token, S> {
        self.take_token()?;
        if self.lexeme_text().len() > 1 {
            return self.fail(error::unknown_hash(self.lexeme_span(), self.lexeme_text()));
        }
        self.drop_lexeme_text();
        Ok(Token::Atom(NodeKind::Boolean(value)))
    }

    fn prefixed_number(&mut self) -> Step<Token, S> {
        let start = self.text_end();
        self.keep('#')?;
        self.take_token()?;
        // The second prefix, if the first one is all that came.
        if self.lexeme_text().len() == 2 && self.take('#')? {
            self.keep('#')?;
            self.take_token()?;
        }
        self.number(start)
    }

    fn bytevector_prefix(&mut self) -> Step<Token, S> {
        self.take_token()?;
        let name = self.lexeme_text();
        let open = match name {
            "ve" => Some(Open::EncodedBytevector),
            _ => Element::from_name(name).map(Open::Bytevector),
        };
        let Some(open) = open else {
            return self.fail(error::unknown_hash(self.lexeme_span(), name));
        };
        if name != "vu8" {
            self.extension(&format!("`#{name}`"))?;
        }
        self.drop_lexeme_text();
        if !self.take('(')? {
            let next = self.peek()?;
            return self.fail(error::bytevector_without_parenthesis(self.lexeme_span(), next));
        }
        Ok(Token::Open(open))
    }

    fn case_prefix(&mut self) -> Step<Token, S> {
        self.take_token()?;
        let fold = match self.lexeme_text() {
            "ci" => true,
            "cs" => false,
            text => return self.fail(error::unknown_hash(self.lexeme_span(), text)),
        };
        self.extension("`#ci` or `#cs`")?;
        self.drop_lexeme_text();
        Ok(Token::CaseFold(fold))
    }

    /// `#n=` or `#n#`
    fn label(&mut self) -> Step<Token, S> {
        self.extension("a datum label")?;
        let mut number: u64 = 0;
        loop {
            let next = self.peek()?;
            if let Some(c) = next {
                self.advance();
                match (c, c.to_digit(10)) {
                    (_, Some(digit)) => match number.checked_mul(10).and_then(|n| n.checked_add(digit.into())) {
                        Some(next) => number = next,
                        None => return self.fail(error::label_too_large(self.lexeme_span())),
                    },
                    ('=', _) => return Ok(Token::LabelDefinition(number)),
                    ('#', _) => return Ok(Token::LabelReference(number)),
                    _ => return self.fail(error::label_without_end(self.lexeme_span(), Some(c))),
                }
            } else {
                return self.fail(error::label_without_end(self.lexeme_span(), None));
            }
        }
    }

    /// The rest of `#:name`.
    fn keyword(&mut self) -> Step<Token, S> {
        self.extension("a keyword")?;
        let start = self.text_end();
        self.name(start)?;
        self.fold(start)?;
        Ok(Token::Atom(NodeKind::Keyword(self.text_slice(start)?)))
    }

    /// The rest of `#{unique}` or `#{pretty unique}`.
    fn gensym(&mut self) -> Step<Token, S> {
        self.extension("a generated symbol")?;
        self.skip_whitespace()?;
        let pretty_start = self.text_end();
        self.name(pretty_start)?;
        let pretty = self.text_slice(pretty_start)?;
        self.skip_whitespace()?;
        if self.take('}')? {
            return Ok(Token::Atom(NodeKind::Gensym(pretty)));
        }
        let unique_start = self.text_end();
        self.name(unique_start)?;
        let unique = self.text_slice(unique_start)?;
        self.skip_whitespace()?;
        if !self.take('}')? {
            let next = self.peek()?;
            return self.fail(error::unclosed_gensym(self.lexeme_span(), next));
        }
        let span = self.lexeme_span();
        let pretty = self.add(NodeKind::Symbol(pretty), span.start, span.end)?;
        let unique = self.add(NodeKind::Symbol(unique), span.start, span.end)?;
        Ok(Token::Atom(NodeKind::PrettyGensym(pretty, unique)))
    }

    /// The text of a name inside a lexeme: between bars, or an identifier, which may also begin with
    /// a digit, a sign or a dot.
    fn name(&mut self, start: usize) -> Step<(), S> {
        if self.take('|')? {
            return self.between_bars();
        }
        self.identifier_text(start, is_subsequent)?;
        if self.text_end() == start {
            let next = self.peek()?;
            return self.fail(error::missing_name(self.lexeme_span(), next));
        }
        Ok(())
    }
}
