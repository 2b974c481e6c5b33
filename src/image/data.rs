//! Literal data as bytes: a compact prefix code. Numbers are little-endian base 128.

use crate::diagnostics::Span;
use crate::heap::{Bignum, Bytevector, Heap, Kind, Str, Symbol, Value, View};
use crate::syntax::{Syntax, wrap};

/// Bytes in the making.
#[derive(Default)]
pub struct Writer {
    pub bytes: Vec<u8>,
}

/// What writing asks about values that mean something only together with the machine they are in.
pub trait WriteContext {
    /// The number that stands for a symbol.
    fn symbol(&mut self, name: &str) -> u32;
    /// The symbol that stands for the library whose scope the environment is.
    fn environment(&mut self, environment: Value) -> Option<u32>;
    /// The expression, as bytes, that makes this procedure again.
    fn procedure(&mut self, procedure: Value) -> Option<Vec<u8>>;
}

/// What reading asks for.
pub trait ReadContext {
    fn heap(&mut self) -> &mut Heap;
    fn symbol(&mut self, number: u32) -> Value;
    fn environment(&mut self, library: u32) -> Value;
    /// Evaluates the expression that follows, which may collect garbage.
    fn procedure(&mut self, reader: &mut Reader) -> Value;
    /// Keeps a value alive until the outermost object has been read.
    fn keep(&mut self, v: Value);
    /// A number for a new local variable.
    fn fresh_variable(&mut self) -> u32;
}

/// Tags of literal data. `VALUE` covers the immediates that are the same word in every machine.
mod tag {
    pub const VALUE: u8 = 0;
    pub const FIXNUM: u8 = 1;
    pub const NEGATIVE_FIXNUM: u8 = 2;
    pub const PAIR: u8 = 3;
    pub const LIST: u8 = 4;
    pub const VECTOR: u8 = 5;
    pub const BYTEVECTOR: u8 = 6;
    pub const STRING: u8 = 7;
    pub const SYMBOL: u8 = 8;
    pub const FLONUM: u8 = 9;
    pub const BIGNUM: u8 = 10;
    pub const NEGATIVE_BIGNUM: u8 = 11;
    /// The wrap, the datum.
    pub const SYNTAX: u8 = 12;
    pub const TAGGED: u8 = 13;
    pub const PROCEDURE: u8 = 14;
    pub const RATNUM: u8 = 15;
    pub const COMPNUM: u8 = 16;
}

impl Writer {
    pub fn byte(&mut self, b: u8) {
        self.bytes.push(b)
    }

    pub fn number(&mut self, mut n: u64) {
        while n >= 0x80 {
            self.bytes.push(n as u8 | 0x80);
            n >>= 7;
        }
        self.bytes.push(n as u8);
    }

    pub fn text(&mut self, text: &str) {
        self.number(text.len() as u64);
        self.bytes.extend_from_slice(text.as_bytes());
    }

    /// A literal; what cannot be one is named in the error.
    pub fn data(&mut self, v: Value, context: &mut dyn WriteContext) -> Result<(), String> {
        if let Some(n) = v.as_fixnum() {
            self.byte(if n < 0 { tag::NEGATIVE_FIXNUM } else { tag::FIXNUM });
            self.number(n.unsigned_abs());
        } else if let Some(x) = v.as_flonum() {
            self.byte(tag::FLONUM);
            self.bytes.extend_from_slice(&x.to_bits().to_le_bytes());
        } else if v.is_pair() {
            let items: Vec<Value> = v.list_iter().collect();
            let mut rest = v.list_iter();
            rest.by_ref().for_each(drop);
            let proper = rest.rest().is_nil();
            self.byte(if proper { tag::LIST } else { tag::PAIR });
            self.number(items.len() as u64);
            for item in items {
                self.data(item, context)?;
            }
            if !proper {
                self.data(rest.rest(), context)?;
            }
        } else if let Some(s) = Symbol::from_value(v) {
            self.byte(tag::SYMBOL);
            self.number(context.symbol(s.name()).into());
        } else if let Some(s) = Str::from_value(v) {
            self.byte(tag::STRING);
            self.text(&s.to_string());
        } else if let Some(b) = Bytevector::from_value(v) {
            self.byte(tag::BYTEVECTOR);
            self.number(b.len() as u64);
            self.bytes.extend_from_slice(b.bytes());
        } else if v.is(crate::heap::Kind::Vector) {
            self.byte(tag::VECTOR);
            self.number(v.slots().len() as u64);
            for &item in v.slots() {
                self.data(item, context)?;
            }
        } else if let Some(b) = Bignum::from_value(v) {
            self.byte(if b.is_negative() { tag::NEGATIVE_BIGNUM } else { tag::BIGNUM });
            self.number(b.limbs().len() as u64);
            for limb in b.limbs() {
                self.bytes.extend_from_slice(&limb.to_le_bytes());
            }
        } else if !v.is_pointer() {
            self.byte(tag::VALUE);
            self.number(v.bits());
        } else if let Some(Kind::Ratnum | Kind::Compnum | Kind::Tagged) = v.kind() {
            self.byte(match v.kind() {
                Some(Kind::Ratnum) => tag::RATNUM,
                Some(Kind::Compnum) => tag::COMPNUM,
                _ => tag::TAGGED,
            });
            self.number(v.slots().len() as u64);
            for &slot in v.slots() {
                self.data(slot, context)?;
            }
        } else if let Some(syntax) = Syntax::of(v) {
            self.syntax(syntax, context)?;
        } else if v.is_procedure() {
            let code = context.procedure(v).ok_or_else(|| format!("{v:?} has no expression to make it again"))?;
            self.byte(tag::PROCEDURE);
            self.bytes.extend_from_slice(&code);
        } else {
            return Err(format!("{v:?} cannot be a literal of the prelude"));
        }
        Ok(())
    }

    /// A syntax object. Of its wrap the marks (even numbers) and the scopes of libraries (odd ones) are kept: the
    /// variables of a scope inside of a transformer mean nothing in its output.
    fn syntax(&mut self, syntax: Syntax, context: &mut dyn WriteContext) -> Result<(), String> {
        let wrap: Vec<u64> = syntax
            .wrap()
            .list_iter()
            .filter_map(|element| match wrap::number_of(element) {
                Some(mark) => Some((mark as u64) << 1),
                None => context.environment(element).map(|library| u64::from(library) << 1 | 1),
            })
            .collect();
        self.byte(tag::SYNTAX);
        self.number(wrap.len() as u64);
        wrap.into_iter().for_each(|element| self.number(element));
        self.data(syntax.datum(), context)
    }
}

/// Reads what [`Writer`] wrote. The bytes are part of the program, made when it was built, so they are trusted: running
/// off their end is a defect and panics.
pub struct Reader<'b> {
    pub bytes: &'b [u8],
    pub at: usize,
}

impl<'b> Reader<'b> {
    pub fn new(bytes: &'b [u8], at: usize) -> Reader<'b> {
        Reader { bytes, at }
    }

    pub fn byte(&mut self) -> u8 {
        let b = self.bytes[self.at];
        self.at += 1;
        b
    }

    pub fn number(&mut self) -> u64 {
        let (mut n, mut shift) = (0u64, 0);
        loop {
            let b = self.byte();
            n |= u64::from(b & 0x7f) << shift;
            if b < 0x80 {
                return n;
            }
            shift += 7;
        }
    }

    pub fn slice(&mut self, length: usize) -> &'b [u8] {
        let s = &self.bytes[self.at..self.at + length];
        self.at += length;
        s
    }

    pub fn text(&mut self) -> &'b str {
        let length = self.number() as usize;
        std::str::from_utf8(self.slice(length)).expect("the image holds UTF-8")
    }

    fn word(&mut self) -> u64 {
        let mut w = [0; 8];
        w.copy_from_slice(self.slice(8));
        u64::from_le_bytes(w)
    }

    /// What `Writer::data` wrote. Strings, vectors and bytevectors come out as literals: immutable.
    pub fn data(&mut self, context: &mut dyn ReadContext) -> Value {
        let v = match self.byte() {
            tag::VALUE => return Value::from_immediate_bits(self.number()),
            tag::FIXNUM => return Value::fixnum(self.number() as i64),
            tag::NEGATIVE_FIXNUM => return Value::fixnum((self.number() as i64).wrapping_neg()),
            tag::SYMBOL => {
                let n = self.number() as u32;
                return context.symbol(n);
            }
            tag::FLONUM => {
                let bits = self.word();
                return context.heap().flonum(f64::from_bits(bits));
            }
            t @ (tag::PAIR | tag::LIST) => {
                let items = self.items(context);
                let tail = if t == tag::PAIR { self.data(context) } else { Value::NIL };
                return context.heap().list_with_tail(&items, tail);
            }
            t @ (tag::RATNUM | tag::COMPNUM | tag::TAGGED) => {
                let items = self.items(context);
                let kind = match t {
                    tag::RATNUM => Kind::Ratnum,
                    tag::COMPNUM => Kind::Compnum,
                    _ => Kind::Tagged,
                };
                return context.heap().slots(kind, &items);
            }
            tag::SYNTAX => {
                let mut wrap = vec![];
                for _ in 0..self.number() {
                    let element = self.number();
                    wrap.push(match element & 1 {
                        0 => Value::fixnum((element >> 1) as i64),
                        _ => context.environment((element >> 1) as u32),
                    });
                }
                let datum = self.data(context);
                let wrap = context.heap().list(&wrap);
                return Syntax::new(context.heap(), datum, wrap, Span::NONE);
            }
            tag::PROCEDURE => return context.procedure(self),
            tag::VECTOR => {
                let items = self.items(context);
                context.heap().vector(&items)
            }
            tag::BYTEVECTOR => {
                let length = self.number() as usize;
                let bytes = self.slice(length);
                context.heap().bytevector(bytes)
            }
            tag::STRING => {
                let text = self.text();
                context.heap().string(text)
            }
            t => {
                let length = self.number() as usize;
                let limbs: Vec<u64> = (0..length).map(|_| self.word()).collect();
                return context.heap().bignum(t == tag::NEGATIVE_BIGNUM, &limbs);
            }
        };
        context.heap().freeze(v);
        v
    }

    fn items(&mut self, context: &mut dyn ReadContext) -> Vec<Value> {
        let length = self.number() as usize;
        let mut items = Vec::with_capacity(length);
        for _ in 0..length {
            let item = self.data(context);
            context.keep(item);
            items.push(item);
        }
        items
    }
}
