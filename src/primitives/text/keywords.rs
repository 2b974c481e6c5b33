//! Vicare's keyword objects, read as `#:name`. Two of one name are equal by `keyword=?`.

use super::contents;
use super::symbols::name_string;
use crate::eval::{Machine, Res, Single};
use crate::heap::{Kind, Str, Symbol, Value, View};
use vicar_macros::primitives;

/// A keyword; its slot is the symbol of its name.
#[derive(Copy, Clone)]
struct Keyword(Value);

impl Single for Keyword {
    const WHAT: &'static str = "a keyword";
    fn convert(v: Value) -> Option<Keyword> {
        v.is(Kind::Keyword).then_some(Keyword(v))
    }
}

#[primitives]
pub mod procedures {
    use super::*;

    /// `(keyword? obj)`
    #[primitive(pure)]
    fn is_keyword(obj: Value) -> Res {
        Ok(Value::boolean(obj.is(Kind::Keyword)))
    }

    /// `(keyword=? keyword1 keyword2)`: of one name.
    #[primitive(name = "keyword=?")]
    fn are_equal(keyword1: Keyword, keyword2: Keyword) -> Res {
        Ok(Value::boolean(keyword1.0.slot(0) == keyword2.0.slot(0)))
    }

    /// `(symbol->keyword symbol)`
    fn symbol_to_keyword(m: &mut Machine, symbol: Symbol) -> Res {
        Ok(m.heap.slots(Kind::Keyword, &[symbol.value()]))
    }

    /// `(keyword->symbol keyword)`
    fn keyword_to_symbol(keyword: Keyword) -> Res {
        Ok(keyword.0.slot(0))
    }

    /// `(string->keyword string)`
    fn string_to_keyword(m: &mut Machine, string: Str) -> Res {
        m.charge(string.len() / 8)?;
        let name = contents::utf8(m, string)?;
        m.heap.reserve(name.len())?;
        let symbol = m.heap.symbol(&name);
        Ok(m.heap.slots(Kind::Keyword, &[symbol]))
    }

    /// `(keyword->string keyword)`
    fn keyword_to_string(m: &mut Machine, keyword: Keyword) -> Res {
        match Symbol::from_value(keyword.0.slot(0)) {
            Some(name) => name_string(m, name),
            None => m.new_string(""),
        }
    }

    /// `(keyword-hash keyword)`: a hash for `keyword=?`.
    fn keyword_hash(keyword: Keyword) -> Res {
        let hash = Symbol::from_value(keyword.0.slot(0)).map_or(0, |s| s.hash());
        Ok(Value::fixnum((hash >> 4) as i64))
    }
}
