//! Prints data in one plain notation, without recursion.

use super::super::{Datum, DatumId, Datums};

enum Work {
    Print(DatumId),
    Write(&'static str),
}

pub fn print(datums: &Datums, id: DatumId) -> String {
    let mut out = String::new();
    let mut work = vec![Work::Print(id)];
    while let Some(next) = work.pop() {
        match next {
            Work::Write(text) => out.push_str(text),
            Work::Print(id) => match datums.datum(id) {
                Datum::Boolean(value) => out.push_str(if value { "#t" } else { "#f" }),
                Datum::Character(c) => out.push_str(&format!("#\\x{:X}", c as u32)),
                Datum::Number(text) => out.push_str(text),
                Datum::String(text) => string(text, &mut out),
                Datum::Symbol(text) => symbol(text, &mut out),
                Datum::Keyword(text) => {
                    out.push_str("#:");
                    symbol(text, &mut out);
                }
                Datum::Gensym { pretty, unique } => out.push_str(&format!("#{{|{pretty}| |{unique}|}}")),
                Datum::Singleton(singleton) => out.push_str(&format!("#!{}", singleton.name())),
                Datum::List { items, tail } => {
                    out.push('(');
                    work.push(Work::Write(")"));
                    if let Some(tail) = tail {
                        work.extend([Work::Print(tail), Work::Write(" . ")]);
                    }
                    sequence(items, &mut work);
                }
                Datum::Vector(items) => {
                    out.push_str("#(");
                    work.push(Work::Write(")"));
                    sequence(items, &mut work);
                }
                Datum::Bytevector(bytes) => {
                    let bytes: Vec<String> = bytes.iter().map(u8::to_string).collect();
                    out.push_str(&format!("#vu8({})", bytes.join(" ")));
                }
                Datum::Labelled(label, datum) => {
                    out.push_str(&format!("#{}=", label.index()));
                    work.push(Work::Print(datum));
                }
                Datum::Reference(label) => out.push_str(&format!("#{}#", label.index())),
            },
        }
    }
    out
}

fn sequence(items: &[DatumId], work: &mut Vec<Work>) {
    for (index, &item) in items.iter().enumerate().rev() {
        work.push(Work::Print(item));
        if index > 0 {
            work.push(Work::Write(" "));
        }
    }
}

pub fn string(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            ' '..='~' | 'α'..='ω' => out.push(c),
            _ => out.push_str(&format!("\\x{:x};", c as u32)),
        }
    }
    out.push('"');
}

/// Letters as they are, everything else escaped, but for the symbols that R6RS lists.
pub fn symbol(text: &str, out: &mut String) {
    let peculiar = matches!(text, "+" | "-" | "...") || text.starts_with("->");
    if text.is_empty() {
        out.push_str("||");
    }
    for (index, c) in text.chars().enumerate() {
        let plain = c.is_ascii_alphabetic()
            || matches!(c, 'α'..='ω' | '*' | '/' | '<'..='?' | '!' | '$' | '%' | '&' | ':' | '^' | '_' | '~');
        let subsequent = c.is_ascii_digit() || matches!(c, '+' | '-' | '.' | '@');
        if plain || (subsequent && (index > 0 || peculiar)) {
            out.push(c);
        } else {
            out.push_str(&format!("\\x{:x};", c as u32));
        }
    }
}
