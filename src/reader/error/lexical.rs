//! Messages about one lexeme.

use super::{ReadError, named, next_named, quoted};
use crate::diagnostics::{Span, nearest};

pub fn too_large(span: Span) -> ReadError {
    ReadError::new(span, "the data are too large: at most 4 GiB are read at once")
}

pub fn extension(span: Span, what: &str) -> ReadError {
    ReadError::new(span, format!("{what} is not in the lexical syntax of R6RS"))
        .help("after `#!r6rs` nothing else is read: leave that out, or write `#!vicare` before this")
}

// Characters and identifiers

pub fn unexpected_character(span: Span, c: char) -> ReadError {
    let error = ReadError::new(span, format!("{} cannot begin a datum", named(c)));
    match plain_quote(c) {
        Some(plain) => error.help(format!("this is a typographic quotation mark; write `{plain}`")),
        None if is_invisible(c) => error.help("the character is invisible; remove it"),
        None if c == '\\' => {
            error.help("in an identifier only `\\xHEX;` may follow a backslash; a character is written `#\\a`")
        }
        None => error,
    }
}

pub fn character_in_identifier(span: Span, c: char, identifier: Span, text: &str) -> ReadError {
    let error = ReadError::new(span, format!("{} cannot be part of an identifier", named(c)));
    let error = if identifier == span { error } else { error.label(identifier, format!("in {}", quoted(text))) };
    match plain_quote(c) {
        Some(plain) => error.help(format!("this is a typographic quotation mark; write `{plain}`")),
        None if is_invisible(c) => error.help("the character is invisible; remove it"),
        None if matches!(c, '\'' | '`' | ',') => error.help("put a space before it"),
        None => error.help(format!("if it is meant, write it as `\\x{:X};`", c as u32)),
    }
}

pub fn escape_in_identifier(span: Span, next: Option<char>) -> ReadError {
    ReadError::new(span, "in an identifier only `\\xHEX;` may follow a backslash".to_string())
        .help("a character is written `#\\a`, a string `\"a\"`")
        .incomplete_if(next.is_none())
}

fn plain_quote(c: char) -> Option<char> {
    match c {
        '“' | '”' | '„' | '«' | '»' => Some('"'),
        '‘' | '’' | '‚' | '´' => Some('\''),
        _ => None,
    }
}

fn is_invisible(c: char) -> bool {
    !c.is_ascii() && !super::is_visible(c)
}

// Numbers

pub fn not_a_number(span: Span, text: &str) -> ReadError {
    let error = ReadError::new(span, format!("{} is neither a number nor an identifier", quoted(text)));
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    match unsigned.chars().next() {
        _ if text.starts_with('#') => ReadError::new(span, format!("{} is not a number", quoted(text))).help(
            "a number is a radix (#b #o #d #x) and an exactness (#e #i), each at most once, and digits of the radix",
        ),
        _ if matches!(unsigned, "inf" | "nan") => error.help(format!("write `{text}.0`")),
        _ if text.len() > 1 && text.bytes().all(|byte| byte == b'.') => {
            error.help("the only identifier of dots is `...`")
        }
        Some('0') if matches!(unsigned.as_bytes().get(1), Some(b'x' | b'b' | b'o')) => {
            let sign = &text[..text.len() - unsigned.len()];
            error.help(format!(
                "a radix is written with `#`: {}",
                quoted(&format!("#{}{sign}{}", &unsigned[1..2], &unsigned[2..]))
            ))
        }
        Some('0'..='9') => error.help("an identifier cannot begin with a digit; is there a space missing?"),
        first => {
            let escaped = text.chars().next().or(first).map_or(0, u32::from);
            let rest: String = text.chars().skip(1).take(30).collect();
            error
                .help("an identifier cannot begin with a sign or a dot, but for `+`, `-`, `...` and `->anything`")
                .help(format!("if it is meant, write it as {}", quoted(&format!("\\x{escaped:X};{rest}"))))
        }
    }
}

pub fn number_without_value(span: Span, text: &str) -> ReadError {
    let error = ReadError::new(span, format!("there is no number {}", quoted(text)));
    let text = text.to_ascii_lowercase();
    match text.contains("#e") {
        true if text.contains(".0") && (text.contains("inf") || text.contains("nan")) => {
            error.help("infinities and NaN are not exact; leave `#e` out")
        }
        true if !text.contains('/') => {
            error.help("an exact number with such an exponent would be too large; leave `#e` out, or use `expt`")
        }
        _ => error.help("the denominator is zero"),
    }
}

// Strings and escapes

/// The span of the character that begins a lexeme, which is ASCII.
fn first_character(lexeme: Span) -> Span {
    Span { end: lexeme.end.min(lexeme.start.saturating_add(1)), ..lexeme }
}

pub fn unclosed_string(lexeme: Span) -> ReadError {
    ReadError::incomplete(first_character(lexeme), "this string is never closed")
        .help("add a `\"` where it ends; if this `\"` was meant to end a string, look for a missing one before it")
}

pub fn unclosed_symbol(lexeme: Span) -> ReadError {
    ReadError::incomplete(first_character(lexeme), "the symbol that begins with this `|` is never closed")
        .help("add a `|` where it ends")
}

pub fn unclosed_block_comment(lexeme: Span, depth: usize) -> ReadError {
    let opener = Span { end: lexeme.end.min(lexeme.start.saturating_add(2)), ..lexeme };
    let error = ReadError::incomplete(opener, "this block comment is never closed");
    match depth {
        1 => error.help("add `|#` where it ends"),
        _ => {
            error.help(format!("block comments nest: {depth} of them are open at the end, so {depth} `|#` are missing"))
        }
    }
}

pub fn unknown_escape(span: Span, c: char) -> ReadError {
    let error = ReadError::new(span, format!("no escape sequence begins with a backslash and {}", named(c)));
    match c {
        '0'..='7' | 'u' | 'U' => error.help("a character is written by its code as `\\xHEX;`, as in `\\x3BB;`"),
        _ => error.help(
            "those of strings are \\a \\b \\t \\n \\v \\f \\r \\\" \\\\ \\xHEX; and a backslash at the end of a line",
        ),
    }
}

pub fn escaped_space(span: Span) -> ReadError {
    ReadError::new(span, "after a backslash and spaces in a string the line must end")
        .help("write `\\\\` for a backslash")
}

pub fn hex_escape(span: Span, has_digits: bool, next: Option<char>) -> ReadError {
    let error = match (has_digits, next) {
        (false, Some(';')) => ReadError::new(span, "there are no hexadecimal digits in `\\x;`"),
        (false, _) => {
            ReadError::new(span, format!("hexadecimal digits must follow `\\x`, but {} does", next_named(next)))
        }
        (true, _) => {
            ReadError::new(span, format!("an escape `\\xHEX` must end with `;`, but {} follows", next_named(next)))
        }
    };
    error.incomplete_if(next.is_none())
}

pub fn not_a_scalar_value(span: Span, value: u32) -> ReadError {
    match value {
        0xD800..=0xDFFF => ReadError::new(span, format!("U+{value:X} is a surrogate, not a character"))
            .help("write the character itself, or the code of the whole character"),
        _ => ReadError::new(span, "the code is beyond the last character, U+10FFFF"),
    }
}

// Characters

pub fn excess(span: Span, what: &str) -> ReadError {
    ReadError::new(span, format!("a space or a delimiter is missing after {what}"))
}

pub fn unfinished_character(span: Span) -> ReadError {
    ReadError::incomplete(span, "a character must follow `#\\`")
}

pub fn unknown_character(name_span: Span, lexeme: Span, name: &str, names: &[(&'static str, char)]) -> ReadError {
    let error = ReadError::new(lexeme, format!("there is no character named {}", quoted(name)));
    let lower: String = name.chars().take(12).map(|c| c.to_ascii_lowercase()).collect();
    let near;
    let known = match lower.as_str() {
        "null" => Some("nul"),
        "bell" | "alert" => Some("alarm"),
        "bs" => Some("backspace"),
        "ht" => Some("tab"),
        "lf" | "nl" | "eol" => Some("linefeed"),
        "vt" => Some("vtab"),
        "ff" | "formfeed" => Some("page"),
        "cr" | "ret" => Some("return"),
        "escape" | "altmode" => Some("esc"),
        "sp" | "spc" => Some("space"),
        "del" | "rubout" => Some("delete"),
        _ => {
            near = nearest(name, names.iter().map(|entry| entry.0));
            near.as_deref()
        }
    };
    let code = name.strip_prefix(['u', 'U']).map(|code| code.trim_start_matches('+')).filter(|code| is_hex(code));
    match (known, code) {
        (Some(known), _) => error.help(format!("write `#\\{known}`")),
        (None, Some(code)) => error.help(format!("write `#\\x{code}`")),
        (None, None) if name_span.end - name_span.start > 0 && name.chars().count() > 1 => {
            let names: Vec<_> = names.iter().map(|entry| entry.0).collect();
            error.help(format!("a character is `#\\` and one character, `x` and a code, or one of {}", names.join(" ")))
        }
        _ => error,
    }
}

fn is_hex(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

pub fn unclosed_character_name(span: Span, next: Option<char>) -> ReadError {
    ReadError::new(span, format!("a `}}` must end the name of a character, but {} follows", next_named(next)))
        .incomplete_if(next.is_none())
}

pub fn undefined_character_name(span: Span, name: &str) -> ReadError {
    ReadError::new(span, format!("no `#!(char-names …)` before this defines {}", quoted(name)))
}

// What begins with `#`

pub fn lone_hash(span: Span) -> ReadError {
    ReadError::incomplete(span, "the input ends after `#`")
}

pub fn unknown_directive(span: Span, name: &str) -> ReadError {
    const NAMES: [&str; 10] =
        ["r6rs", "vicare", "ikarus", "fold-case", "no-fold-case", "eof", "void", "unbound", "bwp", "would-block"];
    let error = ReadError::new(span, format!("unknown {}", quoted(&format!("#!{name}"))));
    match nearest(name, NAMES) {
        Some(meant) => error.help(format!("write `#!{meant}`")),
        None if name.starts_with('/') => error.help("such a line must be the first of a file"),
        None => error.help(format!("known are {}", NAMES.map(|name| format!("#!{name}")).join(" "))),
    }
}

/// `text` is what follows `#`.
pub fn unknown_hash(span: Span, text: &str) -> ReadError {
    let written = quoted(&format!("#{text}"));
    let error = ReadError::new(span, format!("unknown syntax {written}"));
    match text {
        "true" => error.help("write `#t`"),
        "false" => error.help("write `#f`"),
        _ if text.starts_with('<') => error.help("this is how an object is shown that cannot be read"),
        _ if text.starts_with("u8") => error.help("a bytevector is written `#vu8(1 2 3)`"),
        _ if text.starts_with('[') => error.help("a vector is written `#(1 2 3)`"),
        _ if text.starts_with('v') => {
            error.help("a bytevector is written `#vu8(1 2 3)`; other elements are vs8, vu16l, vf8b and their like")
        }
        _ if text.starts_with(char::is_whitespace) => error.help("nothing stands between `#` and what belongs to it"),
        _ => error
            .help("`#` begins #t #f #\\a #(…) #vu8(…) #'… #`… #,… #,@… #; #| #! #x10, and in identifiers it cannot be"),
    }
}

pub fn bytevector_without_parenthesis(span: Span, next: Option<char>) -> ReadError {
    ReadError::new(span, format!("`(` must follow the prefix of a bytevector, but {} does", next_named(next)))
        .incomplete_if(next.is_none())
}

pub fn label_without_end(span: Span, next: Option<char>) -> ReadError {
    let message = format!("a datum label is written `#0=` or `#0#`, but after the digits {} follows", next_named(next));
    ReadError::new(span, message).incomplete_if(next.is_none())
}

pub fn label_too_large(span: Span) -> ReadError {
    ReadError::new(span, "the number of this datum label is too large")
}

pub fn missing_name(span: Span, next: Option<char>) -> ReadError {
    ReadError::new(span, format!("a name must follow, but {} does", next_named(next))).incomplete_if(next.is_none())
}

pub fn unclosed_gensym(span: Span, next: Option<char>) -> ReadError {
    ReadError::new(span, format!("a `}}` must end a generated symbol, but {} follows", next_named(next)))
        .help("it is written `#{unique}` or `#{pretty unique}`")
        .incomplete_if(next.is_none())
}
