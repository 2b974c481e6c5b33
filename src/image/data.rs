//! Literal data as bytes: a compact prefix code. Numbers are little-endian base 128.

use crate::heap::{Bignum, Bytevector, Heap, Str, Symbol, Value, View};

/// Bytes in the making, with the symbols they refer to by number.
#[derive(Default)]
pub struct Writer {
    pub bytes: Vec<u8>,
}

/// Numbers for the symbols of an image.
#[derive(Default)]
pub struct SymbolNumbers {
    numbers: std::collections::BTreeMap<String, u32>,
    names: Vec<String>,
}

impl SymbolNumbers {
    pub fn number(&mut self, name: &str) -> u32 {
        if let Some(&n) = self.numbers.get(name) {
            return n;
        }
        let n = self.names.len() as u32;
        self.numbers.insert(name.to_owned(), n);
        self.names.push(name.to_owned());
        n
    }
    pub fn names(&self) -> &[String] {
        &self.names
    }
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
    pub fn data(&mut self, v: Value, symbols: &mut SymbolNumbers) -> Result<(), String> {
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
                self.data(item, symbols)?;
            }
            if !proper {
                self.data(rest.rest(), symbols)?;
            }
        } else if let Some(s) = Symbol::from_value(v) {
            self.byte(tag::SYMBOL);
            self.number(symbols.number(s.name()).into());
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
                self.data(item, symbols)?;
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
        } else {
            return Err(format!("{v:?} cannot be a literal of the prelude"));
        }
        Ok(())
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

    /// A literal; `symbol` turns a symbol's number into the symbol.
    pub fn data(&mut self, heap: &mut Heap, symbol: &dyn Fn(&mut Heap, u32) -> Value) -> Value {
        let v = match self.byte() {
            tag::VALUE => return Value::from_immediate_bits(self.number()),
            tag::FIXNUM => return Value::fixnum(self.number() as i64),
            tag::NEGATIVE_FIXNUM => return Value::fixnum((self.number() as i64).wrapping_neg()),
            tag::SYMBOL => {
                let n = self.number() as u32;
                return symbol(heap, n);
            }
            tag::FLONUM => {
                let bits = self.word();
                return heap.flonum(f64::from_bits(bits));
            }
            t @ (tag::PAIR | tag::LIST) => {
                let length = self.number() as usize;
                let items: Vec<Value> = (0..length).map(|_| self.data(heap, symbol)).collect();
                let tail = if t == tag::PAIR { self.data(heap, symbol) } else { Value::NIL };
                return heap.list_with_tail(&items, tail);
            }
            tag::VECTOR => {
                let length = self.number() as usize;
                let items: Vec<Value> = (0..length).map(|_| self.data(heap, symbol)).collect();
                heap.vector(&items)
            }
            tag::BYTEVECTOR => {
                let length = self.number() as usize;
                let bytes = self.slice(length);
                heap.bytevector(bytes)
            }
            tag::STRING => {
                let text = self.text();
                heap.string(text)
            }
            t => {
                let length = self.number() as usize;
                let limbs: Vec<u64> = (0..length).map(|_| self.word()).collect();
                return heap.bignum(t == tag::NEGATIVE_BIGNUM, &limbs);
            }
        };
        heap.freeze(v);
        v
    }
}
