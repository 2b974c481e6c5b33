//! Tests of the tower: tables of the corners that R6RS describes, and properties against dashu and `f64`.
//!
//! The tables write calls as text, `+ 1 2.5`, and results as the printed number, `#t`/`#f`, or an error's name.

mod arithmetic_table;
mod large;
mod laws;
mod notation;
mod transcendental_table;

use super::flonum::Remainder::{Centered, Euclidean};
use super::*;
use crate::heap::Heap;

/// The number that `text` denotes in `radix`, if any.
fn parse(heap: &mut Heap, text: &str, radix: u32) -> Option<Value> {
    super::parse(heap, text, radix).expect("nothing stops it")
}

fn print(v: Value, radix: u32, precision: Option<u64>, out: &mut String) -> std::result::Result<(), PrintError> {
    super::print(&mut Heap::new(), v, radix, precision, out)
}

fn compare(a: Value, b: Value) -> Result<Option<std::cmp::Ordering>> {
    super::compare(&mut Heap::new(), a, b)
}

fn equal(a: Value, b: Value) -> Result<bool> {
    super::equal(&mut Heap::new(), a, b)
}

/// The number that `text` denotes.
fn read(heap: &mut Heap, text: &str) -> Value {
    parse(heap, text, 10).unwrap_or_else(|| panic!("{text} is no number"))
}

fn show(result: Result<Vec<Value>>) -> String {
    let name = |e: NumberError| match e {
        NumberError::Wrong(_, wanted) => format!("wrong: {}", wanted.what()),
        other => format!("{other:?}").chars().take_while(|c| c.is_alphabetic()).collect(),
    };
    let text = |v: &Value| match *v {
        Value::TRUE => "#t".to_string(),
        Value::FALSE => "#f".to_string(),
        v => to_string(v),
    };
    result.map_or_else(name, |values| values.iter().map(text).collect::<Vec<_>>().join(" "))
}

/// The values of a call such as `+ 1 2`.
fn call(heap: &mut Heap, text: &str) -> Result<Vec<Value>> {
    let mut words = text.split_whitespace();
    let operator = words.next().expect("an operator");
    let args: Vec<Value> = words.map(|w| read(heap, w)).collect();
    let h = heap;
    let one = |r: Result| r.map(|v| vec![v]);
    let flag = |r: Result<bool>| r.map(|b| vec![Value::boolean(b)]);
    let pair = |r: Result<(Value, Value)>| r.map(|(a, b)| vec![a, b]);
    let number = |r: Result<i64>| r.map(|n| vec![Value::fixnum(n)]);
    use std::cmp::Ordering::*;
    match (operator, args.as_slice()) {
        ("+", &[a, b]) => one(add(h, a, b)),
        ("-", &[a, b]) => one(subtract(h, a, b)),
        ("-", &[a]) => one(negate(h, a)),
        ("*", &[a, b]) => one(multiply(h, a, b)),
        ("/", &[a, b]) => one(divide(h, a, b)),
        ("max", &[a, b]) => one(max(h, a, b)),
        ("min", &[a, b]) => one(min(h, a, b)),
        ("abs", &[a]) => one(abs(h, a)),
        ("=", &[a, b]) => flag(equal(a, b)),
        ("<", &[a, b]) => flag(compare(a, b).map(|o| o == Some(Less))),
        (">", &[a, b]) => flag(compare(a, b).map(|o| o == Some(Greater))),
        ("<=", &[a, b]) => flag(compare(a, b).map(|o| matches!(o, Some(Less | Equal)))),
        ("eqv?", &[a, b]) => flag(Ok(a.is_eqv(b))),
        ("zero?", &[a]) => flag(is_zero(a)),
        ("sign", &[a]) => number(sign(a)),
        ("exact?", &[a]) => flag(Ok(is_exact(a))),
        ("real?", &[a]) => flag(Ok(is_real(a))),
        ("rational?", &[a]) => flag(Ok(is_rational(a))),
        ("integer?", &[a]) => flag(Ok(is_integer(a))),
        ("real-valued?", &[a]) => flag(Ok(is_real_valued(a))),
        ("rational-valued?", &[a]) => flag(Ok(is_rational_valued(a))),
        ("integer-valued?", &[a]) => flag(Ok(is_integer_valued(a))),
        ("odd?", &[a]) => flag(is_odd(a)),
        ("finite?", &[a]) => flag(is_finite(a)),
        ("infinite?", &[a]) => flag(is_infinite(a)),
        ("nan?", &[a]) => flag(is_nan(a)),
        ("quotient", &[a, b]) => one(quotient(h, a, b)),
        ("remainder", &[a, b]) => one(remainder(h, a, b)),
        ("modulo", &[a, b]) => one(modulo(h, a, b)),
        ("div", &[a, b]) => one(div(h, a, b, Euclidean)),
        ("mod", &[a, b]) => one(modulus(h, a, b, Euclidean)),
        ("div0", &[a, b]) => one(div(h, a, b, Centered)),
        ("mod0", &[a, b]) => one(modulus(h, a, b, Centered)),
        ("div-and-mod", &[a, b]) => pair(div_and_mod(h, a, b, Euclidean)),
        ("div0-and-mod0", &[a, b]) => pair(div_and_mod(h, a, b, Centered)),
        ("gcd", &[a, b]) => one(gcd(h, a, b)),
        ("lcm", &[a, b]) => one(lcm(h, a, b)),
        ("numerator", &[a]) => one(numerator(h, a)),
        ("denominator", &[a]) => one(denominator(h, a)),
        ("floor", &[a]) => one(round(h, a, Rounding::Floor)),
        ("ceiling", &[a]) => one(round(h, a, Rounding::Ceiling)),
        ("truncate", &[a]) => one(round(h, a, Rounding::Truncate)),
        ("round", &[a]) => one(round(h, a, Rounding::Round)),
        ("rationalize", &[a, b]) => one(rationalize(h, a, b)),
        ("exact", &[a]) => one(exact(h, a)),
        ("inexact", &[a]) => one(inexact(h, a)),
        ("exact-integer-sqrt", &[a]) => pair(exact_integer_sqrt(h, a)),
        ("sqrt", &[a]) => one(sqrt(h, a)),
        ("cbrt", &[a]) => one(cbrt(h, a)),
        ("expt", &[a, b]) => one(expt(h, a, b)),
        ("exp", &[a]) => one(exp(h, a)),
        ("log", &[a]) => one(log(h, a)),
        ("log", &[a, b]) => one(log_base(h, a, b)),
        ("sin", &[a]) => one(sin(h, a)),
        ("cos", &[a]) => one(cos(h, a)),
        ("tan", &[a]) => one(tan(h, a)),
        ("asin", &[a]) => one(asin(h, a)),
        ("acos", &[a]) => one(acos(h, a)),
        ("atan", &[a]) => one(atan(h, a)),
        ("atan", &[a, b]) => one(atan2(h, a, b)),
        ("sinh", &[a]) => one(sinh(h, a)),
        ("cosh", &[a]) => one(cosh(h, a)),
        ("tanh", &[a]) => one(tanh(h, a)),
        ("asinh", &[a]) => one(asinh(h, a)),
        ("acosh", &[a]) => one(acosh(h, a)),
        ("atanh", &[a]) => one(atanh(h, a)),
        ("make-rectangular", &[a, b]) => one(make_rectangular(h, a, b)),
        ("make-polar", &[a, b]) => one(make_polar(h, a, b)),
        ("real-part", &[a]) => one(real_part(a)),
        ("imag-part", &[a]) => one(imag_part(a)),
        ("magnitude", &[a]) => one(magnitude(h, a)),
        ("angle", &[a]) => one(angle(h, a)),
        ("bitwise-and", &[a, b]) => one(bitwise(h, a, b, Logic::And)),
        ("bitwise-ior", &[a, b]) => one(bitwise(h, a, b, Logic::Ior)),
        ("bitwise-xor", &[a, b]) => one(bitwise(h, a, b, Logic::Xor)),
        ("bitwise-not", &[a]) => one(bitwise_not(h, a)),
        ("bitwise-if", &[a, b, c]) => one(bitwise_if(h, a, b, c)),
        ("bitwise-bit-count", &[a]) => number(bit_count(a)),
        ("bitwise-length", &[a]) => number(length(a)),
        ("bitwise-first-bit-set", &[a]) => number(first_bit_set(a)),
        ("bitwise-bit-set?", &[a, b]) => flag(is_bit_set(a, b)),
        ("bitwise-copy-bit", &[a, b, c]) => one(copy_bit(h, a, b, c)),
        ("bitwise-bit-field", &[a, b, c]) => one(bit_field(h, a, b, c)),
        ("bitwise-copy-bit-field", &[a, b, c, d]) => one(copy_bit_field(h, a, b, c, d)),
        ("bitwise-arithmetic-shift", &[a, b]) => one(shift(h, a, b)),
        ("bitwise-rotate-bit-field", &[a, b, c, d]) => one(rotate_bit_field(h, a, b, c, d)),
        ("bitwise-reverse-bit-field", &[a, b, c]) => one(reverse_bit_field(h, a, b, c)),
        _ => panic!("no operator {text}"),
    }
}

/// Checks rows of call and result; every row that fails is reported.
fn check(table: &[(&str, &str)]) {
    let mut heap = Heap::new();
    let failures: Vec<String> = table
        .iter()
        .filter_map(|(text, expected)| {
            let found = show(call(&mut heap, text));
            (found != *expected).then(|| format!("({text}) => {found}, expected {expected}"))
        })
        .collect();
    assert!(failures.is_empty(), "{} rows of {}:\n{}", failures.len(), table.len(), failures.join("\n"));
}

/// The same for results that are near: each part within 1e-14 of the expected, relatively, with its sign.
fn check_near(table: &[(&str, &str)]) {
    let mut heap = Heap::new();
    let near = |x: f64, y: f64| {
        x.to_bits() == y.to_bits() || x.is_nan() && y.is_nan() || (x - y).abs() <= 1e-14 * x.abs().max(y.abs())
    };
    let mut failures = Vec::new();
    for (text, expected) in table {
        let found = call(&mut heap, text);
        let wanted = read(&mut heap, expected);
        let ok = match &found {
            Ok(values) => match (complex::flonum_parts(values[0]), complex::flonum_parts(wanted)) {
                (Some((a, b)), Some((c, d))) => near(a, c) && near(b, d) && is_real(values[0]) == is_real(wanted),
                _ => false,
            },
            Err(_) => false,
        };
        if !ok {
            failures.push(format!("({text}) => {}, expected {expected}", show(found)));
        }
    }
    assert!(failures.is_empty(), "{} rows of {}:\n{}", failures.len(), table.len(), failures.join("\n"));
}
