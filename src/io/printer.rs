//! The printer: values to their external representation, the reader's twin. R6RS 11.2 and libraries 8.3.
//!
//! Iterative and resumable: the work still to do is an explicit stack, so depth costs no native stack, and
//! [`Printer::step`] stops after about as many characters as its caller is ready to pay for. The stack, the table of cycles
//! and the text are charged to an account. Circular data is written with datum labels (`#0=(a . #0#)`, SRFI 38); data that
//! is only shared is not.

use super::cycles::Cycles;
use crate::account::{Account, Claim, HeapFull};
use crate::heap::{Bytevector, Kind, Pair, Pointer, Record, RecordType, Str, Symbol, Value, View};
use std::fmt::Write;

/// How strings and characters come out.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Style {
    /// So that the reader reads it back.
    Write,
    /// For people.
    Display,
}

#[derive(Copy, Clone)]
enum Work {
    Value(Value),
    /// The rest of a list behind an element: a tail, a dot, or the closing parenthesis.
    Tail(Value),
    /// The elements of a vector from this index on, then the closing parenthesis.
    Elements(Value, u32),
    /// Several values from this one on, then the end of their notation.
    Values(Value, u32),
    /// The simple conditions of a compound one, then the end of its notation.
    Parts(Value),
    /// The characters of a string behind so many pieces, and the quotation mark if there is one.
    Characters(Value, u32),
    Bytes(Value, u32),
    /// The name of a field.
    Field(Value),
    Space,
    Close(char),
}

const _: () = assert!(size_of::<Work>() == 16);

/// Limbs of a number from which on its conversion is left to the caller.
const LONG_NUMBER: usize = 256;

/// A value on its way to text.
pub struct Printer {
    style: Style,
    root: Value,
    work: Vec<Work>,
    cycles: Cycles,
    labels: u32,
    text: String,
    /// Pays for `work` and `text`.
    claim: Claim,
    /// How much of the text will be looked at: what is behind need not be made.
    most: usize,
    /// A number that is long to convert, which stands next.
    long_number: Option<Value>,
}

/// Each turn of the printer adds at most so many bytes, but where it asks for more.
const TURN: usize = 64;
/// Bytes of text that there is room for from the beginning.
const USUAL: usize = 512;
/// What of a string or bytevector is printed in one turn.
const PIECE: usize = 1024;

/// The representation of `value` as one string, cut after `limit` bytes: for messages. What is not shown is not walked or
/// converted, so that the work depends on `limit`.
pub fn to_text(value: Value, style: Style, limit: usize) -> String {
    let mut printer = Printer::of_beginning(value, style, &Account::unlimited(), limit);
    while matches!(printer.step(256), Ok(false)) && printer.text.len() <= limit {
        if let Some(v) = printer.long_number() {
            printer.text.push_str(&crate::number::to_string(v));
        }
    }
    let mut out = printer.text;
    if out.len() > limit {
        let cut = (0..=limit).rev().find(|&i| out.is_char_boundary(i)).unwrap_or(0);
        out.truncate(cut);
        out.push('…');
    }
    out
}

impl Printer {
    /// A printer that takes its memory from `account`.
    pub fn new(value: Value, style: Style, account: &Account) -> Printer {
        Printer::of_beginning(value, style, account, usize::MAX)
    }

    /// A printer of whose text no more than the first `most` bytes are of interest. Cycles far away are not found.
    fn of_beginning(value: Value, style: Style, account: &Account, most: usize) -> Printer {
        let cycles = Cycles::new(value, account, most.saturating_mul(8).saturating_add(10_000));
        let (work, claim) = (vec![Work::Value(value)], Claim::new(account));
        Printer { style, root: value, work, cycles, labels: 0, text: String::new(), claim, most, long_number: None }
    }

    /// What has been printed since [`Printer::clear`].
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Forgets what has been printed.
    pub fn clear(&mut self) {
        self.text.clear()
    }

    /// The number that stands next and is left to the caller, because to convert it may take long: after
    /// [`Printer::step`] has answered false. Its digits are to be added before the next step.
    pub fn long_number(&mut self) -> Option<Value> {
        self.long_number.take()
    }

    /// Adds text that the caller has made.
    ///
    /// # Errors
    /// The account has no room for it.
    pub fn add(&mut self, text: &str) -> Result<(), HeapFull> {
        self.claim.push_str(&mut self.text, text)
    }

    /// Goes on until all is printed (then true), or about `budget` more bytes were, or as much work was done, or a long
    /// number stands next (false).
    ///
    /// # Errors
    /// The account has no room for it.
    pub fn step(&mut self, budget: usize) -> Result<bool, HeapFull> {
        if !self.cycles.find(self.root, budget.max(PIECE))? {
            return Ok(false);
        }
        let enough = self.text.len() + budget;
        // What most data takes, at once.
        self.claim.grow(&mut self.text, budget.min(USUAL))?;
        while let Some(work) = self.work.pop() {
            self.claim.grow(&mut self.text, TURN)?;
            match work {
                Work::Value(v) => self.value(v)?,
                Work::Space => self.text.push(' '),
                Work::Close(c) => self.text.push(c),
                Work::Tail(v) => self.tail(v)?,
                Work::Parts(list) => match list.uncons() {
                    Some((part, rest)) => {
                        self.text.push(' ');
                        self.push(Work::Parts(rest))?;
                        self.push(Work::Value(part))?;
                    }
                    None => self.text.push('>'),
                },
                Work::Elements(v, i) => match v.slots().get(i as usize) {
                    Some(&x) => {
                        if i > 0 {
                            self.text.push(' ')
                        }
                        self.push(Work::Elements(v, i + 1))?;
                        self.push(Work::Value(x))?;
                    }
                    None => self.text.push(')'),
                },
                Work::Values(v, i) => match v.slots().get(i as usize) {
                    Some(&x) => {
                        self.text.push(' ');
                        self.push(Work::Values(v, i + 1))?;
                        self.push(Work::Value(x))?;
                    }
                    None => self.text.push('>'),
                },
                Work::Characters(v, pieces) => self.characters(v, pieces as usize * PIECE)?,
                Work::Bytes(v, pieces) => self.bytes(v, pieces as usize * PIECE)?,
                Work::Field(name) => {
                    if let Some(name) = Symbol::from_value(name) {
                        self.text.push(' ');
                        self.name(name.name())?;
                        self.text.push_str(": ");
                    }
                }
            }
            if self.long_number.is_some() {
                return Ok(false);
            }
            if self.text.len() >= enough {
                return Ok(self.work.is_empty());
            }
        }
        Ok(true)
    }

    fn push(&mut self, work: Work) -> Result<(), HeapFull> {
        self.claim.push(&mut self.work, work)
    }

    /// Adds text of any length, with room for a turn behind it.
    fn name(&mut self, name: &str) -> Result<(), HeapFull> {
        let name = beginning(name, self.most);
        self.claim.grow(&mut self.text, name.len() + TURN)?;
        self.text.push_str(name);
        Ok(())
    }

    fn characters(&mut self, v: Value, from: usize) -> Result<(), HeapFull> {
        let Some(s) = Str::from_value(v) else { return Ok(()) };
        let end = s.len().min(from + PIECE);
        // An escape takes up to eleven bytes.
        self.claim.grow(&mut self.text, (end - from) * 11 + TURN)?;
        for i in from..end {
            let c = s.get(i).unwrap_or(char::REPLACEMENT_CHARACTER);
            match self.style {
                Style::Write => write_string_char(c, &mut self.text),
                Style::Display => self.text.push(c),
            }
        }
        if end < s.len() {
            self.push(Work::Characters(v, (end / PIECE) as u32))?;
        } else if self.style == Style::Write {
            self.text.push('"');
        }
        Ok(())
    }

    fn bytes(&mut self, v: Value, from: usize) -> Result<(), HeapFull> {
        let Some(b) = Bytevector::from_value(v) else { return Ok(()) };
        let end = b.len().min(from + PIECE);
        self.claim.grow(&mut self.text, (end - from) * 4 + TURN)?;
        for (i, byte) in b.bytes()[from..end].iter().enumerate() {
            let _ = write!(self.text, "{}{byte}", if from + i > 0 { " " } else { "" });
        }
        if end < b.len() {
            self.push(Work::Bytes(v, (end / PIECE) as u32))?;
        } else {
            self.text.push(')');
        }
        Ok(())
    }

    /// Writes `#n#` for an object that has a label already, or `#n=` when it needs one; true when that was all.
    fn label(&mut self, v: Value) -> bool {
        match self.cycles.label(v) {
            None => false,
            Some(Some(n)) => {
                let _ = write!(self.text, "#{n}#");
                true
            }
            Some(slot) => {
                *slot = Some(self.labels);
                let _ = write!(self.text, "#{}=", self.labels);
                self.labels += 1;
                false
            }
        }
    }

    fn tail(&mut self, v: Value) -> Result<(), HeapFull> {
        if v.is_nil() {
            self.text.push(')');
        } else if let (Some((a, d)), false) = (v.uncons(), self.cycles.is_head(v)) {
            self.text.push(' ');
            self.push(Work::Tail(d))?;
            self.push(Work::Value(a))?;
        } else {
            self.text.push_str(" . ");
            self.push(Work::Close(')'))?;
            self.push(Work::Value(v))?;
        }
        Ok(())
    }

    fn value(&mut self, v: Value) -> Result<(), HeapFull> {
        if let Some(pair) = v.as_pair() {
            return if self.label(v) { Ok(()) } else { self.pair(pair) };
        }
        if let Some(c) = v.as_char() {
            match self.style {
                Style::Display => self.text.push(c),
                Style::Write => write_char(c, &mut self.text),
            }
            return Ok(());
        }
        if v.is_procedure() {
            return self.procedure(v);
        }
        match v.kind() {
            Some(Kind::String) => {
                if self.style == Style::Write {
                    self.text.push('"')
                }
                self.characters(v, 0)?
            }
            Some(Kind::Symbol) => {
                if let Some(s) = Symbol::from_value(v) {
                    match self.style {
                        Style::Write if s.is_gensym() => {
                            self.text.push_str("#{");
                            self.name(s.name())?;
                            let _ = write!(self.text, " {:x}}}", v.bits());
                        }
                        Style::Write => self.symbol(s.name())?,
                        Style::Display => self.name(s.name())?,
                    }
                }
            }
            Some(Kind::Vector) => {
                if !self.label(v) {
                    self.text.push_str("#(");
                    self.push(Work::Elements(v, 0))?;
                }
            }
            Some(Kind::Bytevector) => {
                self.text.push_str("#vu8(");
                self.bytes(v, 0)?
            }
            Some(Kind::Record) => {
                if !self.label(v) {
                    self.record(v)?
                }
            }
            Some(Kind::CompoundCondition) => {
                if !self.label(v) {
                    self.text.push_str("#<condition");
                    self.push(Work::Parts(v.slot(0)))?;
                }
            }
            Some(Kind::RecordType) => {
                if let Some(rtd) = RecordType::from_value(v) {
                    self.text.push_str("#<record-type ");
                    self.push(Work::Close('>'))?;
                    self.push(Work::Value(rtd.name()))?;
                }
            }
            Some(Kind::MultipleValues) => {
                if !self.label(v) {
                    self.text.push_str("#<values");
                    self.push(Work::Values(v, 0))?;
                }
            }
            Some(Kind::Syntax) => {
                if !self.label(v) {
                    self.text.push_str("#<syntax ");
                    self.push(Work::Close('>'))?;
                    self.push(Work::Value(v.slot(0)))?;
                }
            }
            Some(Kind::Keyword) => {
                self.text.push_str("#:");
                self.push(Work::Value(v.slot(0)))?;
            }
            Some(Kind::External) => {
                if let Some(x) = v.external() {
                    x.describe(&mut self.text)
                }
            }
            Some(Kind::Flonum | Kind::Bignum | Kind::Ratnum | Kind::Compnum) => self.number(v)?,
            Some(Kind::Promise) => self.text.push_str("#<promise>"),
            Some(Kind::Pointer) => {
                let address = Pointer::from_value(v).map_or(0, |p| p.word::<0>());
                let _ = write!(self.text, "#<pointer {address:#x}>");
            }
            Some(Kind::MemoryBlock) => {
                self.text.push_str("#<memory-block ");
                self.push(Work::Close('>'))?;
                self.push(Work::Value(v.slot(1)))?;
                self.push(Work::Space)?;
                self.push(Work::Value(v.slot(0)))?;
            }
            Some(kind) => {
                let _ = write!(self.text, "#<{}>", format!("{kind:?}").to_lowercase());
            }
            None => match v {
                Value::FALSE => self.text.push_str("#f"),
                Value::TRUE => self.text.push_str("#t"),
                Value::NIL => self.text.push_str("()"),
                Value::EOF => self.text.push_str("#!eof"),
                Value::VOID => self.text.push_str("#!void"),
                Value::BWP => self.text.push_str("#!bwp"),
                Value::WOULD_BLOCK => self.text.push_str("#!would-block"),
                Value::UNBOUND => self.text.push_str("#!unbound"),
                _ => self.number(v)?,
            },
        }
        Ok(())
    }

    fn pair(&mut self, pair: Pair) -> Result<(), HeapFull> {
        let (car, cdr) = (pair.car(), pair.cdr());
        if let (Some(symbol), Some((datum, rest))) = (Symbol::from_value(car), cdr.uncons()) {
            let prefix = match symbol.name() {
                "quote" => "'",
                "quasiquote" => "`",
                "unquote" => ",",
                "unquote-splicing" => ",@",
                "syntax" => "#'",
                "quasisyntax" => "#`",
                "unsyntax" => "#,",
                "unsyntax-splicing" => "#,@",
                _ => "",
            };
            if !prefix.is_empty() && rest.is_nil() && !self.cycles.is_head(cdr) {
                self.text.push_str(prefix);
                return self.push(Work::Value(datum));
            }
        }
        self.text.push('(');
        self.push(Work::Tail(cdr))?;
        self.push(Work::Value(car))
    }

    /// `#<point x: 1 y: 2>`; an opaque one tells only its name.
    fn record(&mut self, v: Value) -> Result<(), HeapFull> {
        let Some(record) = Record::from_value(v) else { return Ok(()) };
        let rtd = record.rtd();
        self.text.push_str("#<");
        if let Some(name) = Symbol::from_value(rtd.name()) {
            self.name(name.name())?
        }
        self.push(Work::Close('>'))?;
        let mut next = Some(rtd).filter(|rtd| !rtd.is_opaque());
        // The fields of the parents come first.
        while let Some(t) = next {
            let first = t.first_field();
            for (i, &field) in t.fields().slots().iter().enumerate().rev() {
                self.push(Work::Value(record.field(first + i)))?;
                self.push(Work::Field(field))?;
            }
            next = t.parent();
        }
        Ok(())
    }

    fn number(&mut self, v: Value) -> Result<(), HeapFull> {
        if self.most < usize::MAX {
            return self.name(&crate::number::leading(v, self.most));
        }
        if crate::number::cost::limbs(v) > LONG_NUMBER {
            self.long_number = Some(v);
            return Ok(());
        }
        self.name(&crate::number::to_string(v))
    }

    fn procedure(&mut self, v: Value) -> Result<(), HeapFull> {
        self.text.push_str("#<procedure");
        if let Some(name) = Symbol::from_value(v.closure_name()) {
            self.text.push(' ');
            self.name(name.name())?;
        }
        self.text.push('>');
        Ok(())
    }

    /// A symbol so that it reads back. R6RS 4.2.4.
    fn symbol(&mut self, name: &str) -> Result<(), HeapFull> {
        let name = beginning(name, self.most);
        if crate::reader::is_identifier(name) {
            return self.name(name);
        }
        self.claim.grow(&mut self.text, name.len().saturating_mul(11).saturating_add(TURN))?;
        write_symbol(name, &mut self.text);
        Ok(())
    }
}

/// The first bytes of a text, about one more than `most`.
fn beginning(text: &str, most: usize) -> &str {
    let most = most.saturating_add(1).min(text.len());
    let end = (most..=text.len()).find(|&i| text.is_char_boundary(i)).unwrap_or(text.len());
    &text[..end]
}

/// The names that `write` uses for characters. R6RS 4.2.6.
fn char_name(c: char) -> Option<&'static str> {
    Some(match c {
        '\0' => "nul",
        '\x07' => "alarm",
        '\x08' => "backspace",
        '\t' => "tab",
        '\n' => "linefeed",
        '\x0b' => "vtab",
        '\x0c' => "page",
        '\r' => "return",
        '\x1b' => "esc",
        ' ' => "space",
        '\x7f' => "delete",
        _ => return None,
    })
}

fn write_char(c: char, out: &mut String) {
    out.push_str("#\\");
    match char_name(c) {
        Some(name) => out.push_str(name),
        None if is_graphic(c) => out.push(c),
        None => {
            let _ = write!(out, "x{:X}", c as u32);
        }
    }
}

/// Whether a character may stand for itself inside a string, or behind `#\`.
fn is_graphic(c: char) -> bool {
    let invisible = c.is_control()
        || c.is_whitespace() && c != ' '
        || matches!(c, '\u{feff}' | '\u{e000}'..='\u{f8ff}' | '\u{fff0}'..='\u{ffff}' | '\u{f0000}'..)
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}');
    !invisible
}

/// A character inside a string.
fn write_string_char(c: char, out: &mut String) {
    match c {
        ' '..='!' | '#'..='[' | ']'..='~' => out.push(c),
        '"' => out.push_str("\\\""),
        '\\' => out.push_str("\\\\"),
        '\n' => out.push_str("\\n"),
        '\t' => out.push_str("\\t"),
        '\r' => out.push_str("\\r"),
        '\x07' => out.push_str("\\a"),
        '\x08' => out.push_str("\\b"),
        '\x0b' => out.push_str("\\v"),
        '\x0c' => out.push_str("\\f"),
        c if is_graphic(c) => out.push(c),
        c => {
            let _ = write!(out, "\\x{:X};", c as u32);
        }
    }
}

/// A symbol so that it reads back: hex escapes where the grammar of identifiers asks for them. R6RS 4.2.4.
pub fn write_symbol(name: &str, out: &mut String) {
    if crate::reader::is_identifier(name) {
        out.push_str(name);
        return;
    }
    if name.is_empty() {
        return out.push_str("||");
    }
    for (i, c) in name.chars().enumerate() {
        let ok = if i == 0 { crate::reader::is_initial(c) } else { crate::reader::is_subsequent(c) };
        if ok {
            out.push(c)
        } else {
            let _ = write!(out, "\\x{:X};", c as u32);
        }
    }
}
