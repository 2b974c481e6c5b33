//! `pretty-print`: data on several lines when one is too short, indented as Scheme code is.

use super::ports::{Standard, TextualOutputPort};
use crate::eval::{Machine, Res};
use crate::heap::{Kind, Symbol, Value, View};
use crate::io::{Style, to_text};
use crate::primitives;

/// How wide a line may be.
const WIDTH: usize = 78;
/// What nests deeper, or is larger, is written on one line.
const DEPTH: usize = 200;
const NODES: usize = 100_000;

/// Whether the datum is a tree of reasonable depth and size; a circular one is neither.
fn is_tree(v: Value, depth: usize, budget: &mut usize) -> bool {
    let mut v = v;
    loop {
        *budget = budget.saturating_sub(1);
        if depth == 0 || *budget == 0 {
            return false;
        }
        if v.is(Kind::Vector) {
            return v.slots().iter().all(|&x| is_tree(x, depth - 1, budget));
        }
        let Some((a, d)) = v.uncons() else { return true };
        if !is_tree(a, depth - 1, budget) {
            return false;
        }
        v = d;
    }
}

/// How many operands stand on the first line of a form whose other parts are a body.
fn body_form(head: Value) -> Option<usize> {
    match Symbol::from_value(head)?.name() {
        "lambda" | "define" | "define-syntax" | "let" | "let*" | "letrec" | "letrec*" | "let-values"
        | "let*-values" | "when" | "unless" | "library" | "guard" | "parameterize" | "parametrise" | "syntax-rules"
        | "case" | "define-record-type" | "with-syntax" | "while" | "until" => Some(1),
        "syntax-case" | "do" => Some(2),
        "begin" | "import" | "export" | "case-lambda" | "cond" => Some(0),
        _ => None,
    }
}

/// Writes `v`, whose text begins at `column`, and behind which `after` more characters stand on its last line.
fn layout(v: Value, column: usize, after: usize, out: &mut String) {
    let room = WIDTH.saturating_sub(column + after);
    let flat = to_text(v, Style::Write, room.max(1) * 4);
    let fits = flat.chars().count() <= room && !flat.ends_with('…');
    let parts: Option<Vec<Value>> = if v.is(Kind::Vector) {
        Some(v.slots().to_vec())
    } else {
        let mut items = v.list_iter();
        let parts: Vec<Value> = items.by_ref().collect();
        (!parts.is_empty() && items.rest().is_nil()).then_some(parts)
    };
    let Some(parts) = parts.filter(|p| !fits && p.len() > 1) else {
        return out.push_str(&to_text(v, Style::Write, usize::MAX));
    };
    let open = if v.is(Kind::Vector) { "#(" } else { "(" };
    out.push_str(open);
    let inner = column + open.len();
    let on_first_line = if v.is(Kind::Vector) { None } else { body_form(parts[0]) };
    // A call lines its operands up behind the operator, anything else its elements behind the parenthesis.
    let head = to_text(parts[0], Style::Write, 30);
    let is_call = Symbol::from_value(parts[0]).is_some() && !v.is(Kind::Vector) && head.chars().count() < 30;
    let (indent, on_first_line) = match on_first_line {
        Some(n) => (column + 2, n + 1),
        None if is_call => (inner + head.chars().count() + 1, 2),
        None => (inner, 1),
    };
    let mut at = inner;
    for (i, &part) in parts.iter().enumerate() {
        if i > 0 && i < on_first_line {
            out.push(' ');
            at = out.len() - out.rfind('\n').map_or(0, |n| n + 1);
        } else if i > 0 {
            out.push('\n');
            out.extend(std::iter::repeat_n(' ', indent));
            at = indent;
        }
        let closing = if i + 1 == parts.len() { after + 1 } else { 0 };
        layout(part, at, closing, out);
    }
    out.push(')');
}

/// The text of `v` laid out, with a newline at its end.
pub fn pretty(v: Value) -> String {
    let mut out = String::new();
    if is_tree(v, DEPTH, &mut NODES.clone()) {
        layout(v, 0, 0, &mut out);
    } else {
        out = to_text(v, Style::Write, usize::MAX);
    }
    out.push('\n');
    out
}

fn show(m: &mut Machine, who: &str, obj: Value, port: Option<TextualOutputPort>) -> Res {
    let port = port.map_or_else(|| m.current_port(Standard::Output), |p| p.0);
    let text = pretty(obj);
    m.charge(text.len())?;
    m.write_text_on(who, &text, port)
}

primitives! { pub TABLE in "(vicare)" {
    /// `(pretty-print obj)`, `(pretty-print obj port)`: writes on several lines what is too long for one, then a newline.
    "pretty-print" [] fn pretty_print(m, obj: Value, port: Option<TextualOutputPort>) { show(m, "pretty-print", obj, port) }
    /// `(pretty-format obj)`: the same as a string.
    "pretty-format" [] fn pretty_format(m, obj: Value) {
        let text = pretty(obj);
        m.charge(text.len())?;
        m.heap.reserve(text.len())?;
        Ok(m.heap.string(&text))
    }
} }
