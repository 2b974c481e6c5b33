//! Symbols: R6RS 11.10, and Vicare's generated symbols.

use super::contents;
use crate::account::{Claim, Paid};
use crate::eval::{Machine, Res, Rest, Who};
use crate::heap::{Str, Symbol, SymbolHash, Value, View};
use crate::primitives::work::{in_pieces, room};
use vicar_macros::primitives;

/// The text of a symbol as a fresh string.
pub fn name_string(m: &mut Machine, symbol: Symbol) -> Res {
    m.charge(symbol.name().len() / 8 + 1)?;
    m.new_string(symbol.name())
}

/// The symbol of a name of any length, whose text was charged for.
fn intern(m: &mut Machine, name: &str) -> Res {
    m.heap.reserve(name.len())?;
    let mut hash = SymbolHash::NEW;
    in_pieces(m, 0..name.len(), |_, range| hash = hash.and(name.as_bytes().get(range).unwrap_or(&[])))?;
    Ok(m.heap.symbol_with_hash(name, hash))
}

/// The work of comparing two names.
fn comparison(a: Symbol, b: Symbol) -> usize {
    1 + a.name().len().min(b.name().len()) / 32
}

/// All arguments, which may be many.
fn together(m: &mut Machine, first: Value, rest: &[Value]) -> Res<Paid<Vec<Value>>> {
    let mut all = room(m, rest.len() + 1)?;
    all.push(first);
    all.extend_from_slice(rest);
    Ok(all)
}

/// Whether every argument is a symbol and each neighbours' pair satisfies `holds`.
fn chain(m: &mut Machine, who: &str, symbols: &[Value], holds: impl Fn(&str, &str) -> bool) -> Res {
    let mut all = true;
    let mut previous: Option<Symbol> = None;
    for (i, &v) in symbols.iter().enumerate() {
        let Some(s) = Symbol::from_value(v) else {
            return Err(m.wrong_argument(who, "symbol", i + 1, "a symbol", v));
        };
        m.charge(previous.map_or(0, |p| comparison(p, s)))?;
        all &= previous.is_none_or(|p| holds(p.name(), s.name()));
        previous = Some(s);
    }
    Ok(Value::boolean(all))
}

/// The symbol among `symbols` that `better` prefers.
fn best(m: &mut Machine, who: &str, symbols: &[Value], better: impl Fn(&str, &str) -> bool) -> Res {
    let mut best: Option<Symbol> = None;
    for (i, &v) in symbols.iter().enumerate() {
        let Some(s) = Symbol::from_value(v) else {
            return Err(m.wrong_argument(who, "symbol", i + 1, "a symbol", v));
        };
        m.charge(best.map_or(0, |b| comparison(b, s)))?;
        if best.is_none_or(|b| better(s.name(), b.name())) {
            best = Some(s);
        }
    }
    Ok(best.map_or(Value::FALSE, |s| s.value()))
}

#[primitives]
pub mod procedures {
    use super::*;

    /// `(symbol? obj)`
    #[primitive(pure)]
    fn is_symbol(obj: Value) -> Res {
        Ok(Value::boolean(Symbol::from_value(obj).is_some()))
    }

    /// `(symbol->string symbol)`: its name, immutable.
    fn symbol_to_string(m: &mut Machine, symbol: Symbol) -> Res {
        let s = name_string(m, symbol)?;
        m.heap.freeze(s);
        Ok(s)
    }

    /// `(string->symbol string)`: the symbol of that name.
    #[primitive(effect_free)]
    fn string_to_symbol(m: &mut Machine, string: Str) -> Res {
        let name = contents::utf8(m, string)?;
        intern(m, &name)
    }

    /// `(symbol=? symbol1 symbol2 symbol …)`
    #[primitive(name = "symbol=?", pure)]
    fn symbols_are_equal(m: &mut Machine, who: Who, symbol: Symbol, symbols: Rest<1>) -> Res {
        let mut same = true;
        for (i, &s) in symbols.iter().enumerate() {
            if Symbol::from_value(s).is_none() {
                return Err(m.wrong_argument(who, "symbol", i + 2, "a symbol", s));
            }
            same &= s == symbol.value();
        }
        Ok(Value::boolean(same))
    }

    /// `(symbol<? symbol …)`: in ascending order of their names.
    #[primitive(name = "symbol<?")]
    fn is_less(m: &mut Machine, who: Who, symbol: Value, symbols: Rest) -> Res {
        every(m, who, symbol, &symbols, |a, b| a < b)
    }

    /// `(symbol<=? symbol …)`
    #[primitive(name = "symbol<=?")]
    fn is_at_most(m: &mut Machine, who: Who, symbol: Value, symbols: Rest) -> Res {
        every(m, who, symbol, &symbols, |a, b| a <= b)
    }

    /// `(symbol>? symbol …)`
    #[primitive(name = "symbol>?")]
    fn is_greater(m: &mut Machine, who: Who, symbol: Value, symbols: Rest) -> Res {
        every(m, who, symbol, &symbols, |a, b| a > b)
    }

    /// `(symbol>=? symbol …)`
    #[primitive(name = "symbol>=?")]
    fn is_at_least(m: &mut Machine, who: Who, symbol: Value, symbols: Rest) -> Res {
        every(m, who, symbol, &symbols, |a, b| a >= b)
    }

    /// `(symbol-max symbol …)`: the last in the order of names.
    fn symbol_max(m: &mut Machine, who: Who, symbol: Symbol, symbols: Rest) -> Res {
        let all = together(m, symbol.value(), &symbols)?;
        best(m, who, &all, |a, b| a > b)
    }

    /// `(symbol-min symbol …)`: the first in the order of names.
    fn symbol_min(m: &mut Machine, who: Who, symbol: Symbol, symbols: Rest) -> Res {
        let all = together(m, symbol.value(), &symbols)?;
        best(m, who, &all, |a, b| a < b)
    }

    /// `(gensym)`, `(gensym name)`: a fresh symbol; `name`, a string or symbol, is its pretty name.
    fn gensym(m: &mut Machine, who: Who, name: Option<Value>) -> Res {
        let Some(v) = name else { return Ok(m.heap.gensym("g")) };
        match (Str::from_value(v), Symbol::from_value(v)) {
            (Some(s), _) => {
                let name = contents::utf8(m, s)?;
                m.heap.reserve(name.len())?;
                Ok(m.heap.gensym(&name))
            }
            (_, Some(s)) => {
                m.charge(s.name().len() / 8 + 1)?;
                m.heap.reserve(s.name().len())?;
                Ok(m.heap.gensym(s.name()))
            }
            _ => Err(m.wrong_argument(who, "name", 1, "a string or a symbol", v)),
        }
    }

    /// `(gensym? obj)`
    fn is_gensym(obj: Value) -> Res {
        Ok(Value::boolean(Symbol::from_value(obj).is_some_and(|s| s.is_gensym())))
    }

    /// `(string-or-symbol->string obj)`: a fresh string.
    fn string_or_symbol_to_string(m: &mut Machine, who: Who, obj: Value) -> Res {
        if let Some(s) = Symbol::from_value(obj) {
            return name_string(m, s);
        }
        match Str::from_value(obj) {
            Some(s) => contents::substring(m, s, 0..s.len()),
            None => Err(m.wrong_argument(who, "obj", 1, "a string or a symbol", obj)),
        }
    }

    /// `(string-or-symbol->symbol obj)`
    fn string_or_symbol_to_symbol(m: &mut Machine, who: Who, obj: Value) -> Res {
        match Str::from_value(obj) {
            Some(s) => string_to_symbol(m, s),
            None if Symbol::from_value(obj).is_some() => Ok(obj),
            None => Err(m.wrong_argument(who, "obj", 1, "a string or a symbol", obj)),
        }
    }
}

fn every(m: &mut Machine, who: &str, first: Value, rest: &[Value], holds: impl Fn(&str, &str) -> bool) -> Res {
    let all = together(m, first, rest)?;
    chain(m, who, &all, holds)
}

#[primitives(internal)]
pub mod internal {
    use super::*;

    /// `(%symbol-append symbol-or-string …)`: the symbol whose name is theirs joined.
    fn symbol_append(m: &mut Machine, who: Who, parts: Rest) -> Res {
        let length = |&part: &Value| match (Str::from_value(part), Symbol::from_value(part)) {
            (Some(s), _) => s.len().saturating_mul(4),
            (_, s) => s.map_or(0, |s| s.name().len()),
        };
        let bytes = parts.iter().map(length).fold(0, usize::saturating_add);
        let mut name = Paid::new(String::new(), Claim::new(m.heap.memory()));
        name.grow(bytes)?;
        m.charge(bytes / 8 + 1)?;
        for (i, &part) in parts.iter().enumerate() {
            match (Str::from_value(part), Symbol::from_value(part)) {
                (Some(s), _) => name.extend(s.chars()),
                (_, Some(s)) => name.push_str(s.name()),
                _ => return Err(m.wrong_argument(who, "part", i + 1, "a string or a symbol", part)),
            }
        }
        intern(m, &name)
    }
}
