//! Properties of primitives against what Rust and the Unicode crates compute.

use super::Calls;
use crate::heap::{Bytevector, Str, Value, View};
use proptest::prelude::*;
use unicode_normalization::UnicodeNormalization;

impl Calls {
    fn apply(&mut self, name: &str, arguments: &[Value]) -> Value {
        let row = self.machine.primitives.iter().find(|p| p.name == name).expect("a primitive");
        (row.run)(&mut self.machine, arguments).ok().unwrap_or_else(|| panic!("{name} raised"))
    }

    fn text(&mut self, name: &str, text: &str) -> String {
        let argument = self.machine.heap.string(text);
        let value = self.apply(name, &[argument]);
        Str::from_value(value).expect("a string").to_string()
    }

    fn integer(&mut self, n: i128) -> Value {
        crate::number::parse(&mut self.machine.heap, &n.to_string(), 10).ok().flatten().expect("a number")
    }
}

fn octets(v: Value) -> Vec<u8> {
    Bytevector::from_value(v).expect("a bytevector").bytes().to_vec()
}

fn printed(v: Value) -> String {
    crate::number::to_string(v)
}

/// The integer in some bytes, least significant first.
fn value_of(bytes: &[u8], signed: bool) -> i128 {
    let plain = bytes.iter().rev().fold(0i128, |n, &b| n << 8 | i128::from(b));
    let sign = 1i128 << (8 * bytes.len() - 1);
    if signed && plain & sign != 0 { plain - (sign << 1) } else { plain }
}

proptest! {
    /// Every integer accessor of fixed and of any width, in both byte orders, at any place.
    #[test]
    fn integers_in_bytevectors(
        mut bytes in proptest::collection::vec(any::<u8>(), 16..24),
        at in 0usize..8,
        width in 1usize..9,
        big in any::<bool>(),
        signed in any::<bool>(),
    ) {
        let mut calls = Calls::new();
        let endianness = calls.machine.heap.symbol(if big { "big" } else { "little" });
        let mut part = bytes[at..at + width].to_vec();
        if big { part.reverse(); }
        let expected = value_of(&part, signed);
        let bv = calls.machine.heap.bytevector(&bytes);
        let (place, size) = (Value::fixnum(at as i64), Value::fixnum(width as i64));
        let sign = if signed { 's' } else { 'u' };
        let any_width = calls.apply(&format!("bytevector-{sign}int-ref"), &[bv, place, endianness, size]);
        prop_assert_eq!(printed(any_width), expected.to_string());
        if matches!(width, 2 | 4 | 8) {
            let fixed = calls.apply(&format!("bytevector-{sign}{}-ref", 8 * width), &[bv, place, endianness]);
            prop_assert_eq!(printed(fixed), expected.to_string());
        }
        // Written elsewhere, the same bytes come out and no others change.
        let there = bytes.len() - width;
        let n = calls.integer(expected);
        calls.apply(&format!("bytevector-{sign}int-set!"), &[bv, Value::fixnum(there as i64), n, endianness, size]);
        let moved = bytes[at..at + width].to_vec();
        bytes[there..].copy_from_slice(&moved);
        prop_assert_eq!(octets(bv), bytes);
    }

    /// IEEE 754, from any bits; what is no number stays none.
    #[test]
    fn flonums_in_bytevectors(bits in any::<u64>(), single in any::<u32>(), big in any::<bool>()) {
        let mut calls = Calls::new();
        let endianness = calls.machine.heap.symbol(if big { "big" } else { "little" });
        let bytes = if big { bits.to_be_bytes() } else { bits.to_le_bytes() };
        let short = if big { single.to_be_bytes() } else { single.to_le_bytes() };
        let (long, short) = (calls.machine.heap.bytevector(&bytes), calls.machine.heap.bytevector(&short));
        let zero = Value::fixnum(0);
        let x = calls.apply("bytevector-ieee-double-ref", &[long, zero, endianness]);
        let y = calls.apply("bytevector-ieee-single-ref", &[short, zero, endianness]);
        let (double, float) = (f64::from_bits(bits), f32::from_bits(single));
        let same = |v: Value, x: f64| printed(v).parse::<f64>().is_ok_and(|y| y.to_bits() == x.to_bits());
        if double.is_finite() { prop_assert!(same(x, double)); }
        if float.is_finite() { prop_assert!(same(y, f64::from(float))); }
        prop_assert_eq!(double.is_nan(), printed(x) == "+nan.0");
        calls.apply("bytevector-ieee-double-set!", &[long, zero, x, endianness]);
        if !double.is_nan() {
            prop_assert_eq!(octets(long), bytes);
        }
    }

    /// Normal forms are the crate's, case mappings those of Rust, which has them from the same tables; folding is the
    /// same for both cases of whatever Rust lowers to one.
    #[test]
    fn text_as_unicode_says(text in "\\PC{0,12}|[a-zA-ZßſΣσςİıǅŉﬁΐά\u{300}-\u{320}한글 ']{0,12}") {
        let mut calls = Calls::new();
        prop_assert_eq!(calls.text("string-normalize-nfd", &text), text.nfd().collect::<String>());
        prop_assert_eq!(calls.text("string-normalize-nfc", &text), text.nfc().collect::<String>());
        prop_assert_eq!(calls.text("string-normalize-nfkd", &text), text.nfkd().collect::<String>());
        prop_assert_eq!(calls.text("string-normalize-nfkc", &text), text.nfkc().collect::<String>());
        prop_assert_eq!(calls.text("string-upcase", &text), text.to_uppercase());
        prop_assert_eq!(calls.text("string-downcase", &text), text.to_lowercase());
        let folded = calls.text("string-foldcase", &text);
        prop_assert_eq!(calls.text("string-foldcase", &folded), folded);
    }

    /// Text goes through every encoding and comes back.
    #[test]
    fn encodings_round_trip(text in any::<String>()) {
        let mut calls = Calls::new();
        let string = calls.machine.heap.string(&text);
        let bytes = calls.apply("string->utf8", &[string]);
        prop_assert_eq!(octets(bytes), text.clone().into_bytes());
        for order in ["big", "little"] {
            let endianness = calls.machine.heap.symbol(order);
            for (to, from) in [("string->utf16", "utf16->string"), ("string->utf32", "utf32->string")] {
                let bytes = calls.apply(to, &[string, endianness]);
                let back = calls.apply(from, &[bytes, endianness, Value::TRUE]);
                prop_assert_eq!(Str::from_value(back).expect("a string").to_string(), text.clone());
            }
        }
    }

    /// Any bytes read as UTF-8 as Rust reads them.
    #[test]
    fn any_bytes_as_utf8(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
        let mut calls = Calls::new();
        let bv = calls.machine.heap.bytevector(&bytes);
        let read = calls.apply("utf8->string", &[bv]);
        prop_assert_eq!(Str::from_value(read).expect("a string").to_string(), String::from_utf8_lossy(&bytes));
    }

    /// The same where a piece of work ends among them.
    #[test]
    fn pieces_of_utf8_are_cut_between_characters(before in 0usize..6, bytes in proptest::collection::vec(any::<u8>(), 1..12)) {
        let mut octets = vec![b'a'; (1 << 14) - before];
        octets.extend(bytes.iter().cycle().take(2 * bytes.len()));
        let mut calls = Calls::new();
        let bv = calls.machine.heap.bytevector(&octets);
        let read = calls.apply("utf8->string", &[bv]);
        prop_assert_eq!(Str::from_value(read).expect("a string").to_string(), String::from_utf8_lossy(&octets));
    }
}
