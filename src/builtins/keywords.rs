//! Vicare's keyword objects, read as `#:name`. Two of one name are equal by `keyword=?`.

use super::symbols::name_string;
use super::text;
use crate::eval::Single;
use crate::heap::{Kind, Str, Symbol, Value, View};
use crate::primitives;

/// A keyword; its slot is the symbol of its name.
#[derive(Copy, Clone)]
struct Keyword(Value);

impl Single for Keyword {
    const WHAT: &'static str = "a keyword";
    fn convert(v: Value) -> Option<Keyword> {
        v.is(Kind::Keyword).then_some(Keyword(v))
    }
}

primitives! { pub TABLE in "(vicare)" {
    /// `(keyword? obj)`
    "keyword?" [pure] fn is_keyword(_m, obj: Value) { Ok(Value::boolean(obj.is(Kind::Keyword))) }
    /// `(keyword=? keyword1 keyword2)`: of one name.
    "keyword=?" [] fn are_equal(_m, keyword1: Keyword, keyword2: Keyword) {
        Ok(Value::boolean(keyword1.0.slot(0) == keyword2.0.slot(0)))
    }
    /// `(symbol->keyword symbol)`
    "symbol->keyword" [] fn from_symbol(m, symbol: Symbol) { Ok(m.heap.slots(Kind::Keyword, &[symbol.value()])) }
    /// `(keyword->symbol keyword)`
    "keyword->symbol" [] fn to_symbol(_m, keyword: Keyword) { Ok(keyword.0.slot(0)) }
    /// `(string->keyword string)`
    "string->keyword" [] fn from_string(m, string: Str) {
        m.charge(string.len() / 8)?;
        let name = text::utf8(m, string)?;
        m.heap.reserve(name.len())?;
        let symbol = m.heap.symbol(&name);
        Ok(m.heap.slots(Kind::Keyword, &[symbol]))
    }
    /// `(keyword->string keyword)`
    "keyword->string" [] fn to_string(m, keyword: Keyword) {
        match Symbol::from_value(keyword.0.slot(0)) {
            Some(name) => name_string(m, name),
            None => m.new_string(""),
        }
    }
    /// `(keyword-hash keyword)`: a hash for `keyword=?`.
    "keyword-hash" [] fn hash(_m, keyword: Keyword) {
        let hash = Symbol::from_value(keyword.0.slot(0)).map_or(0, |s| s.hash());
        Ok(Value::fixnum((hash >> 4) as i64))
    }
} }
