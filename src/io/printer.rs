//! The printer: values to their external representation, the reader's twin. R6RS 11.2 and libraries 8.3.
//!
//! Iterative and resumable: the work still to do is an explicit stack, so depth costs no native stack, and
//! [`Printer::step`] stops after about as many characters as its caller is ready to pay for. Circular data is written
//! with datum labels (`#0=(a . #0#)`, SRFI 38); data that is only shared is not.

use crate::heap::{Kind, Pair, Pointer, Record, RecordType, Str, Symbol, Value, View};
use crate::number;
use std::collections::HashMap;
use std::fmt::Write;

/// How strings and characters come out.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Style {
    /// So that the reader reads it back.
    Write,
    /// For people.
    Display,
}

/// Limbs of a number from which on its conversion is left to the caller.
const LONG_NUMBER: usize = 256;

enum Work {
    Value(Value),
    /// The rest of a list behind an element: a tail, a dot, or the closing parenthesis.
    Tail(Value),
    /// Elements from this index on, then the closing parenthesis.
    Elements(Value, usize),
    Text(&'static str),
    OwnedText(String),
}

/// A value on its way to text.
pub struct Printer {
    style: Style,
    work: Vec<Work>,
    /// Objects on a cycle: their label once they have one.
    cyclic: HashMap<u64, Option<usize>>,
    labels: usize,
    /// How much of the text will be looked at: what is behind need not be made.
    most: usize,
    /// A number that is long to convert, which stands next.
    long_number: Option<Value>,
}

/// The representation of `value` as one string; for messages, where the value is small or cut by `limit` characters. What
/// is not shown is not walked or converted, so that the work depends on `limit`.
pub fn to_text(value: Value, style: Style, limit: usize) -> String {
    let mut out = String::new();
    let mut printer = Printer::of_beginning(value, style, limit);
    while !printer.step(&mut out, 256) && out.len() <= limit {
        if let Some(v) = printer.long_number() {
            out.push_str(&number::to_string(v));
        }
    }
    if out.len() > limit {
        let cut = (0..=limit).rev().find(|&i| out.is_char_boundary(i)).unwrap_or(0);
        out.truncate(cut);
        out.push('…');
    }
    out
}

impl Printer {
    pub fn new(value: Value, style: Style) -> Printer {
        Printer::of_beginning(value, style, usize::MAX)
    }

    /// A printer of whose text no more than the first `most` octets are of interest. Cycles far away are not found.
    fn of_beginning(value: Value, style: Style, most: usize) -> Printer {
        let looks = if most == usize::MAX { usize::MAX } else { most.saturating_add(1 << 12) };
        let cyclic = if small_and_acyclic(value) { HashMap::new() } else { cycle_heads(value, looks) };
        Printer { style, work: vec![Work::Value(value)], cyclic, labels: 0, most, long_number: None }
    }

    /// The number that stands next and is left to the caller, because to convert it may take long: after
    /// [`Printer::step`] has answered false. Its digits are to be appended before the next step.
    pub fn long_number(&mut self) -> Option<Value> {
        self.long_number.take()
    }

    /// Appends to `out` until all is printed (then true), or at least `budget` more bytes were or a long number stands next
    /// (false).
    pub fn step(&mut self, out: &mut String, budget: usize) -> bool {
        let enough = out.len() + budget;
        while let Some(work) = self.work.pop() {
            match work {
                Work::Value(v) => self.value(v, out),
                Work::Text(t) => out.push_str(t),
                Work::OwnedText(t) => out.push_str(&t),
                Work::Tail(v) => self.tail(v, out),
                Work::Elements(v, i) => match v.slots().get(i) {
                    Some(&x) => {
                        if i > 0 {
                            out.push(' ')
                        }
                        self.work.push(Work::Elements(v, i + 1));
                        self.work.push(Work::Value(x));
                    }
                    None => out.push(')'),
                },
            }
            if self.long_number.is_some() {
                return false;
            }
            if out.len() >= enough {
                return self.work.is_empty();
            }
        }
        true
    }

    /// Writes `#n#` for an object that has a label already, or `#n=` when it needs one; true when that was all.
    fn label(&mut self, v: Value, out: &mut String) -> bool {
        match self.cyclic.get_mut(&v.bits()) {
            None => false,
            Some(Some(n)) => {
                let _ = write!(out, "#{n}#");
                true
            }
            Some(slot) => {
                *slot = Some(self.labels);
                let _ = write!(out, "#{}=", self.labels);
                self.labels += 1;
                false
            }
        }
    }

    fn tail(&mut self, v: Value, out: &mut String) {
        if v.is_nil() {
            out.push(')')
        } else if let (Some((a, d)), false) = (v.uncons(), self.cyclic.contains_key(&v.bits())) {
            out.push(' ');
            self.work.push(Work::Tail(d));
            self.work.push(Work::Value(a));
        } else {
            out.push_str(" . ");
            self.work.push(Work::Text(")"));
            self.work.push(Work::Value(v));
        }
    }

    fn value(&mut self, v: Value, out: &mut String) {
        if let Some(pair) = v.as_pair() {
            if self.label(v, out) {
                return;
            }
            return self.pair(pair, out);
        }
        if let Some(c) = v.as_char() {
            return match self.style {
                Style::Display => out.push(c),
                Style::Write => write_char(c, out),
            };
        }
        if v.is_procedure() {
            return describe_procedure(v, out);
        }
        match v.kind() {
            Some(Kind::String) => match (self.style, Str::from_value(v)) {
                (Style::Write, Some(s)) => write_string(s, self.most, out),
                (_, Some(s)) => out.extend(s.chars().take(self.most)),
                _ => {}
            },
            Some(Kind::Symbol) => {
                if let Some(s) = Symbol::from_value(v) {
                    match self.style {
                        Style::Write if s.is_gensym() => {
                            let _ = write!(out, "#{{{} {:x}}}", s.name(), v.bits());
                        }
                        Style::Write => write_symbol(beginning(s.name(), self.most), out),
                        Style::Display => out.push_str(beginning(s.name(), self.most)),
                    }
                }
            }
            Some(Kind::Vector) => {
                if !self.label(v, out) {
                    out.push_str("#(");
                    self.work.push(Work::Elements(v, 0));
                }
            }
            Some(Kind::Bytevector) => {
                out.push_str("#vu8(");
                if let Some(b) = crate::heap::Bytevector::from_value(v) {
                    for (i, byte) in b.bytes().iter().take(self.most).enumerate() {
                        let _ = write!(out, "{}{byte}", if i > 0 { " " } else { "" });
                    }
                }
                out.push(')');
            }
            Some(Kind::Record) => {
                if !self.label(v, out) {
                    self.record(v, out)
                }
            }
            Some(Kind::CompoundCondition) => {
                if !self.label(v, out) {
                    out.push_str("#<condition");
                    self.work.push(Work::Text(">"));
                    let parts: Vec<Value> = v.slot(0).list_iter().take(self.most).collect();
                    for &part in parts.iter().rev() {
                        self.work.push(Work::Value(part));
                        self.work.push(Work::Text(" "));
                    }
                }
            }
            Some(Kind::RecordType) => {
                if let Some(rtd) = RecordType::from_value(v) {
                    out.push_str("#<record-type ");
                    self.work.push(Work::Text(">"));
                    self.work.push(Work::Value(rtd.name()));
                }
            }
            Some(Kind::MultipleValues) => {
                out.push_str("#<values");
                self.work.push(Work::Text(">"));
                for &x in v.slots().iter().take(self.most).rev() {
                    self.work.push(Work::Value(x));
                    self.work.push(Work::Text(" "));
                }
            }
            Some(Kind::Syntax) => {
                out.push_str("#<syntax ");
                self.work.push(Work::Text(">"));
                self.work.push(Work::Value(v.slot(0)));
            }
            Some(Kind::Keyword) => {
                out.push_str("#:");
                self.work.push(Work::Value(v.slot(0)));
            }
            Some(Kind::External) => {
                if let Some(x) = v.external() {
                    x.describe(out)
                }
            }
            Some(Kind::Flonum | Kind::Bignum | Kind::Ratnum | Kind::Compnum) => {
                if self.most < usize::MAX {
                    out.push_str(&number::leading(v, self.most))
                } else if number::cost::limbs(v) > LONG_NUMBER {
                    self.long_number = Some(v)
                } else {
                    out.push_str(&number::to_string(v))
                }
            }
            Some(Kind::Promise) => out.push_str("#<promise>"),
            Some(Kind::Pointer) => {
                let address = Pointer::from_value(v).map_or(0, |p| p.word::<0>());
                let _ = write!(out, "#<pointer {address:#x}>");
            }
            Some(Kind::MemoryBlock) => {
                out.push_str("#<memory-block ");
                self.work.push(Work::Text(">"));
                self.work.push(Work::Value(v.slot(1)));
                self.work.push(Work::Text(" "));
                self.work.push(Work::Value(v.slot(0)));
            }
            Some(kind) => {
                let _ = write!(out, "#<{}>", format!("{kind:?}").to_lowercase());
            }
            None => match v {
                Value::FALSE => out.push_str("#f"),
                Value::TRUE => out.push_str("#t"),
                Value::NIL => out.push_str("()"),
                Value::EOF => out.push_str("#!eof"),
                Value::VOID => out.push_str("#!void"),
                Value::BWP => out.push_str("#!bwp"),
                Value::WOULD_BLOCK => out.push_str("#!would-block"),
                Value::UNBOUND => out.push_str("#!unbound"),
                _ => out.push_str(&number::to_string(v)),
            },
        }
    }

    fn pair(&mut self, pair: Pair, out: &mut String) {
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
            if !prefix.is_empty() && rest.is_nil() && !self.cyclic.contains_key(&cdr.bits()) {
                out.push_str(prefix);
                self.work.push(Work::Value(datum));
                return;
            }
        }
        out.push('(');
        self.work.push(Work::Tail(cdr));
        self.work.push(Work::Value(car));
    }

    /// `#<point x: 1 y: 2>`; an opaque one tells only its name.
    fn record(&mut self, v: Value, out: &mut String) {
        let Some(record) = Record::from_value(v) else { return };
        let rtd = record.rtd();
        out.push_str("#<");
        if let Some(name) = Symbol::from_value(rtd.name()) {
            out.push_str(name.name())
        }
        self.work.push(Work::Text(">"));
        if rtd.is_opaque() {
            return;
        }
        let mut types = vec![rtd];
        while let Some(parent) = types.last().and_then(|t| t.parent()) {
            types.push(parent)
        }
        for t in types {
            let first = t.first_field();
            for (i, &field) in t.fields().slots().iter().enumerate().rev() {
                self.work.push(Work::Value(record.field(first + i)));
                if let Some(name) = Symbol::from_value(field) {
                    self.work.push(Work::OwnedText(format!(" {}: ", name.name())));
                }
            }
        }
    }
}

/// The first octets of a text, about `most`.
fn beginning(text: &str, most: usize) -> &str {
    let end = (0..=most.min(text.len())).rev().find(|&i| text.is_char_boundary(i)).unwrap_or(0);
    &text[..end]
}

fn describe_procedure(v: Value, out: &mut String) {
    out.push_str("#<procedure");
    if let Some(name) = Symbol::from_value(v.closure_name()) {
        out.push(' ');
        out.push_str(name.name());
    }
    out.push('>');
}

/// The values inside, that can take part in a cycle: the first `most` of them, the last one first.
fn children(v: Value, most: usize, visit: &mut dyn FnMut(Value)) {
    if let Some((a, d)) = v.uncons() {
        visit(d);
        visit(a);
        return;
    }
    match v.kind() {
        Some(Kind::Vector | Kind::CompoundCondition) => v.slots().iter().take(most).rev().for_each(|&x| visit(x)),
        Some(Kind::Record) => v.slots()[1..].iter().take(most).rev().for_each(|&x| visit(x)),
        _ => {}
    }
}

fn is_compound(v: Value) -> bool {
    v.is_pair() || matches!(v.kind(), Some(Kind::Vector | Kind::Record | Kind::CompoundCondition))
}

/// A quick answer for the usual case: a walk that ends within a few hundred steps met no cycle.
fn small_and_acyclic(v: Value) -> bool {
    let mut pending = vec![v];
    for _ in 0..500 {
        match pending.pop() {
            None => return true,
            Some(v) if !v.is_pair() && v.kind() == Some(Kind::Vector) && v.slots().len() > 500 => return false,
            Some(v) => children(v, usize::MAX, &mut |x| {
                if is_compound(x) {
                    pending.push(x)
                }
            }),
        }
    }
    false
}

/// The objects that are reached again while still open on the way down: those need a label. Looks at no more than `looks`
/// values.
fn cycle_heads(v: Value, looks: usize) -> HashMap<u64, Option<usize>> {
    enum Step {
        Enter(Value),
        Leave(u64),
    }
    let mut heads = HashMap::new();
    // true while open, false when done.
    let mut seen: HashMap<u64, bool> = HashMap::new();
    let mut pending = vec![Step::Enter(v)];
    let mut left = looks;
    while let Some(step) = pending.pop() {
        match step {
            Step::Leave(bits) => {
                seen.insert(bits, false);
            }
            Step::Enter(v) if is_compound(v) => match seen.get(&v.bits()) {
                Some(true) => {
                    heads.insert(v.bits(), None);
                }
                Some(false) => {}
                None => {
                    seen.insert(v.bits(), true);
                    pending.push(Step::Leave(v.bits()));
                    children(v, left, &mut |x| {
                        left = left.saturating_sub(1);
                        pending.push(Step::Enter(x))
                    });
                    if left == 0 {
                        return heads;
                    }
                }
            },
            Step::Enter(_) => {}
        }
    }
    heads
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

fn write_string(s: Str, most: usize, out: &mut String) {
    out.push('"');
    for c in s.chars().take(most) {
        match c {
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
    out.push('"');
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
