//! Patterns and values in messages. Short: a message quotes text from the source where it can.

use super::object;
use super::pattern::{ELLIPSIS, VECTOR};
use crate::heap::{Kind, Str, Symbol, Value, View};

/// How much of a value a message shows.
const LONGEST: usize = 60;

/// A compiled pattern as it is used: `(name a b ...)`.
pub fn pattern(pattern: Value, names: Value, name: &str) -> String {
    let mut out = format!("({name}");
    tail(pattern, names, &mut out);
    out.push(')');
    out
}

fn element(pattern: Value, names: Value, out: &mut String) {
    if let Some(index) = pattern.as_fixnum() {
        let symbol = names.is(Kind::Vector).then(|| names.slots().get(index as usize).copied()).flatten();
        out.push_str(&symbol.and_then(Symbol::from_value).map_or("_".to_owned(), self::name));
    } else if pattern == Value::VOID {
        out.push('_');
    } else if let Some(literal) = object::identifier(pattern) {
        out.push_str(&name(literal));
    } else if pattern.is(Kind::Vector) && pattern.slot(0) == Value::fixnum(VECTOR) {
        out.push_str("#(");
        tail(pattern.slot(1), names, out);
        out.push(')');
    } else if pattern.is(Kind::Vector) && pattern.slot(0) != Value::fixnum(ELLIPSIS) {
        out.push_str(&brief(pattern.slot(1)));
    } else {
        out.push('(');
        tail(pattern, names, out);
        out.push(')');
    }
}

/// What follows in a list: each element with a space in front, unless it comes first.
fn tail(mut pattern: Value, names: Value, out: &mut String) {
    loop {
        if out.len() > LONGEST {
            out.push_str(" …");
            return;
        }
        let space = if out.ends_with('(') { "" } else { " " };
        if let Some((first, rest)) = pattern.uncons() {
            out.push_str(space);
            element(first, names, out);
            pattern = rest;
        } else if pattern.is_nil() {
            return;
        } else if pattern.is(Kind::Vector) && pattern.slot(0) == Value::fixnum(ELLIPSIS) {
            out.push_str(space);
            element(pattern.slot(1), names, out);
            out.push_str(" ...");
            pattern = pattern.slot(2);
        } else {
            out.push_str(" . ");
            return element(pattern, names, out);
        }
    }
}

/// A name, or its beginning.
pub fn name(symbol: Symbol) -> String {
    let text = symbol.name();
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// A value in a few words.
pub fn brief(v: Value) -> String {
    let mut out = String::new();
    write(v, &mut out, 3);
    if out.chars().count() > LONGEST {
        out = out.chars().take(LONGEST).collect();
        out.push('…');
    }
    out
}

fn write(v: Value, out: &mut String, depth: usize) {
    let v = object::unwrap(v);
    if out.len() > LONGEST * 4 {
        return;
    }
    if v.is_pair() || v.is(Kind::Vector) {
        let (open, elements): (&str, Vec<Value>) =
            if v.is_pair() { ("(", v.list_iter().take(12).collect()) } else { ("#(", v.slots().to_vec()) };
        out.push_str(open);
        if depth == 0 {
            out.push('…');
        } else {
            for (i, &element) in elements.iter().take(11).enumerate() {
                if i > 0 {
                    out.push(' ');
                }
                write(element, out, depth - 1);
            }
            if elements.len() > 11 {
                out.push_str(" …");
            }
        }
        out.push(')');
    } else if let Some(s) = Symbol::from_value(v) {
        out.push_str(&name(s));
    } else if let Some(s) = Str::from_value(v) {
        out.push_str(&format!("{:?}", s.to_string()));
    } else if v.is_procedure() {
        out.push_str("a procedure");
    } else {
        out.push_str(&format!("{v:?}"));
    }
}
