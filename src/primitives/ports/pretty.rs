//! `pretty-print`: data on several lines when one is too short, indented as Scheme code is.

use super::operands::{Standard, TextualOutputPort};
use crate::account::Claim;
use crate::eval::{Machine, Res, Who};
use crate::heap::{Kind, Symbol, Value, View};
use crate::io::{Style, to_text};
use vicar_macros::primitives;

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

/// A text that is being laid out, and what pays for it.
struct Page<'m> {
    m: &'m mut Machine,
    out: String,
    claim: Claim,
}

impl Page<'_> {
    fn add(&mut self, text: &str) -> Res<()> {
        Ok(self.claim.push_str(&mut self.out, text)?)
    }

    /// Writes `v` on the line that it begins on.
    fn add_value(&mut self, v: Value) -> Res<()> {
        self.m.print_into("pretty-print", v, Style::Write, &mut self.out, &mut self.claim)
    }

    /// Writes `v`, whose text begins at `column`, and behind which `after` more characters stand on its last line.
    fn layout(&mut self, v: Value, column: usize, after: usize) -> Res<()> {
        let room = WIDTH.saturating_sub(column + after);
        self.m.charge(room)?;
        let flat = to_text(v, Style::Write, room.max(1) * 4);
        let fits = flat.chars().count() <= room && !flat.ends_with('…');
        let count = if v.is(Kind::Vector) {
            v.slots().len()
        } else {
            let mut items = v.list_iter();
            let count = items.by_ref().count();
            if items.rest().is_nil() { count } else { 0 }
        };
        if fits || count <= 1 {
            return self.add_value(v);
        }
        let mut claim = Claim::new(self.m.heap.memory());
        let mut parts: Vec<Value> = claim.vec(count)?;
        match v.is(Kind::Vector) {
            true => parts.extend_from_slice(v.slots()),
            false => parts.extend(v.list_iter()),
        }
        let open = if v.is(Kind::Vector) { "#(" } else { "(" };
        self.add(open)?;
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
                self.add(" ")?;
                at = self.out.len() - self.out.rfind('\n').map_or(0, |n| n + 1);
            } else if i > 0 {
                self.claim.grow(&mut self.out, indent + 1)?;
                self.out.push('\n');
                self.out.extend(std::iter::repeat_n(' ', indent));
                at = indent;
            }
            let closing = if i + 1 == parts.len() { after + 1 } else { 0 };
            self.layout(part, at, closing)?;
        }
        self.add(")")
    }
}

/// The text of `v` laid out, with a newline at its end, and what pays for it.
fn pretty(m: &mut Machine, v: Value) -> Res<(String, Claim)> {
    let claim = Claim::new(m.heap.memory());
    let mut page = Page { m, out: String::new(), claim };
    let mut budget = NODES;
    let is_tree = is_tree(v, DEPTH, &mut budget);
    page.m.charge(NODES - budget)?;
    if is_tree {
        page.layout(v, 0, 0)?
    } else {
        page.add_value(v)?
    }
    page.add("\n")?;
    Ok((page.out, page.claim))
}

fn show(m: &mut Machine, who: &str, obj: Value, port: Option<TextualOutputPort>) -> Res {
    let port = port.map_or_else(|| m.current_port(Standard::Output), |p| p.0);
    let (text, _claim) = pretty(m, obj)?;
    m.write_long_text_on(who, &text, port)
}

#[primitives]
pub mod procedures {
    use super::*;

    /// `(pretty-print obj)`, `(pretty-print obj port)`: writes on several lines what is too long for one, then a newline.
    #[primitive(control)]
    fn pretty_print(m: &mut Machine, who: Who, obj: Value, port: Option<TextualOutputPort>) -> Res {
        show(m, who, obj, port)
    }

    /// `(pretty-format obj)`: the same as a string.
    fn pretty_format(m: &mut Machine, obj: Value) -> Res {
        let (text, _claim) = pretty(m, obj)?;
        m.new_string(&text)
    }
}
