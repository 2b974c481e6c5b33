//! Vicare's `format` and its relatives. A template is checked against its arguments before anything is written.
//!
//! Directives: `~a` as by `display`, `~s` as by `write`, `~b ~o ~d ~x` a number in radix 2, 8, 10, 16, `~%` a newline,
//! `~~` a tilde.

use super::operands::{Standard, TextualOutputPort};
use crate::account::Claim;
use crate::eval::{Machine, Res, Rest, Who};
use crate::heap::{Str, Value};
use crate::io::Style;
use crate::number;
use crate::primitives::numbers::arithmetic::append_digits;
use crate::primitives::work::{PIECE, look};
use vicar_macros::primitives;

/// What a template consists of.
enum Piece {
    Char(char),
    Object(Value, Style),
    Number(Value, u32),
}

/// Calls `f` with each piece of a template and its argument. Fails where template and arguments do not fit.
fn each_piece(
    m: &mut Machine,
    who: &str,
    template: Str,
    arguments: &[Value],
    f: &mut dyn FnMut(&mut Machine, Piece) -> Res<()>,
) -> Res<()> {
    m.charge(template.len())?;
    let mut rest = arguments.iter();
    let mut chars = template.chars();
    let mut taken = 0usize;
    while let Some(c) = chars.next() {
        taken += 1;
        if taken.is_multiple_of(PIECE) {
            look(m)?;
        }
        if c != '~' {
            f(m, Piece::Char(c))?;
            continue;
        }
        let Some(directive) = chars.next() else {
            return Err(m.error(who, "the template ends with a ~", &[template_value(template)]));
        };
        let radix = match directive {
            '~' => {
                f(m, Piece::Char('~'))?;
                continue;
            }
            '%' => {
                f(m, Piece::Char('\n'))?;
                continue;
            }
            'a' | 's' => None,
            'b' => Some(2),
            'o' => Some(8),
            'd' => Some(10),
            'x' => Some(16),
            other => {
                let message = format!("unknown directive ~{other}: there are ~a ~s ~b ~o ~d ~x ~% ~~");
                return Err(m.error(who, &message, &[template_value(template)]));
            }
        };
        let Some(&v) = rest.next() else {
            let message = format!("too few arguments: none is left for ~{directive}");
            return Err(m.error(who, &message, &[template_value(template)]));
        };
        let piece = match radix {
            None => Piece::Object(v, if directive == 'a' { Style::Display } else { Style::Write }),
            Some(radix) => {
                if !number::is_number(v) {
                    return Err(m.error(who, &format!("~{directive} needs a number"), &[v]));
                }
                if radix != 10 && !number::is_exact(v) {
                    return Err(m.error(who, &format!("~{directive} needs an exact number"), &[v]));
                }
                Piece::Number(v, radix)
            }
        };
        f(m, piece)?
    }
    if !rest.as_slice().is_empty() {
        return Err(m.assertion(who, "there are more arguments than directives", rest.as_slice()));
    }
    Ok(())
}

fn template_value(template: Str) -> Value {
    crate::heap::View::value(template)
}

/// The text of a template with its arguments, and what pays for it.
fn text(m: &mut Machine, who: &str, template: Str, arguments: &[Value]) -> Res<(String, Claim)> {
    each_piece(m, who, template, arguments, &mut |_, _| Ok(()))?;
    let mut claim = Claim::new(m.heap.memory());
    let mut out = String::new();
    each_piece(m, who, template, arguments, &mut |m, piece| match piece {
        Piece::Char(c) => {
            claim.grow(&mut out, c.len_utf8())?;
            out.push(c);
            Ok(())
        }
        Piece::Object(v, style) => m.print_into(who, v, style, &mut out, &mut claim),
        // Only numbers are let through.
        Piece::Number(v, radix) => {
            let mut digits = String::new();
            append_digits(m, who, v, radix, &mut digits)?;
            Ok(claim.push_str(&mut out, &digits)?)
        }
    })?;
    Ok((out, claim))
}

#[primitives]
pub mod procedures {
    use super::*;

    /// `(format template obj …)`: the template as a string, its directives replaced by the objects.
    fn format(m: &mut Machine, who: Who, template: Str, objs: Rest) -> Res {
        let (out, _claim) = text(m, who, template, &objs)?;
        m.new_string(&out)
    }

    /// `(printf template obj …)`: writes what `format` would return to the current output port.
    #[primitive(control)]
    fn printf(m: &mut Machine, who: Who, template: Str, objs: Rest) -> Res {
        let (out, _claim) = text(m, who, template, &objs)?;
        let port = m.current_port(Standard::Output);
        m.write_long_text_on(who, &out, port)
    }

    /// `(fprintf port template obj …)`: writes what `format` would return to the port.
    #[primitive(control)]
    fn fprintf(m: &mut Machine, who: Who, port: TextualOutputPort, template: Str, objs: Rest) -> Res {
        let (out, _claim) = text(m, who, template, &objs)?;
        m.write_long_text_on(who, &out, port.0)
    }
}
