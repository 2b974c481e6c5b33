//! Reading and printing: tables, and `parse ∘ print` as identity.

use super::*;
use dashu_int::{IBig, UBig};
use proptest::prelude::*;

/// Text, and how the number prints, or "no".
const READ: &[(&str, &str)] = &[
    ("0", "0"),
    ("-0", "0"),
    ("+5", "5"),
    ("007", "7"),
    ("2305843009213693951", "2305843009213693951"),
    ("2305843009213693952", "2305843009213693952"),
    ("-2305843009213693952", "-2305843009213693952"),
    ("-2305843009213693953", "-2305843009213693953"),
    ("18446744073709551616", "18446744073709551616"),
    ("123456789012345678901234567890", "123456789012345678901234567890"),
    ("6/4", "3/2"),
    ("-5/10", "-1/2"),
    ("10/5", "2"),
    ("0/7", "0"),
    ("1/0", "no"),
    ("0/0", "no"),
    ("#i1/0", "no"),
    ("#e1/0", "no"),
    ("1/2/3", "no"),
    ("1/-2", "no"),
    ("1/", "no"),
    ("/1", "no"),
    ("1/2e3", "no"),
    ("1/2.5", "no"),
    ("1/2|10", "no"),
    ("1.", "1.0"),
    (".5", "0.5"),
    ("-.5", "-0.5"),
    ("+1.5", "1.5"),
    (".", "no"),
    ("..", "no"),
    ("...", "no"),
    ("1..", "no"),
    ("1.2.3", "no"),
    ("-", "no"),
    ("+", "no"),
    ("", "no"),
    ("e1", "no"),
    (".e1", "no"),
    ("-.e1", "no"),
    ("1e", "no"),
    ("1e+", "no"),
    ("1e2.5", "no"),
    ("1e2e3", "no"),
    ("1.e1", "10.0"),
    ("1e2", "100.0"),
    ("1E2", "100.0"),
    ("1s2", "100.0"),
    ("1f2", "100.0"),
    ("1d2", "100.0"),
    ("1L2", "100.0"),
    ("1.5d-1", "0.15"),
    ("1e400", "+inf.0"),
    ("-1e400", "-inf.0"),
    ("1e-400", "0.0"),
    ("-1e-400", "-0.0"),
    ("1e99999999999999999999", "+inf.0"),
    ("1e-99999999999999999999", "0.0"),
    ("0e99999999999999999999", "0.0"),
    ("1d99999999999999999999", "+inf.0"),
    ("-0.0", "-0.0"),
    ("+inf.0", "+inf.0"),
    ("-inf.0", "-inf.0"),
    ("+nan.0", "+nan.0"),
    ("-nan.0", "+nan.0"),
    ("+INF.0", "+inf.0"),
    ("+NaN.0", "+nan.0"),
    ("inf.0", "no"),
    ("nan.0", "no"),
    ("+inf", "no"),
    ("+inf.", "no"),
    ("+inf.00", "no"),
    ("+inf.0e1", "no"),
    ("#x+inf.0", "+inf.0"),
    ("#e+inf.0", "no"),
    ("#i+inf.0", "+inf.0"),
    ("#e1.2e3", "1200"),
    ("#e1.25e-2", "1/80"),
    ("#e-.5", "-1/2"),
    ("#e1.", "1"),
    ("#e-0.0", "0"),
    ("#e1/3", "1/3"),
    ("#e1e1000000000", "no"),
    ("#e1e-1000000000", "no"),
    ("#e0e1000000000", "0"),
    ("#e1e99999999999999999999", "no"),
    ("#i1/3", "0.3333333333333333"),
    ("#i5", "5.0"),
    ("#i-0", "-0.0"),
    ("#i-0/5", "-0.0"),
    ("#i123456789012345678901234567890", "1.2345678901234568e29"),
    ("#x-ff/10", "-255/16"),
    ("#xAbC", "2748"),
    ("#b-101", "-5"),
    ("#o777", "511"),
    ("#d10", "10"),
    ("#D10", "10"),
    ("#b102", "no"),
    ("#o8", "no"),
    ("#xg", "no"),
    ("#b1.1", "no"),
    ("#b1e1", "no"),
    ("#x1e1", "481"),
    ("#x1.5", "no"),
    ("#x1|5", "no"),
    ("#e#x10", "16"),
    ("#x#e10", "16"),
    ("#i#x10", "16.0"),
    ("#x#i10", "16.0"),
    ("#X#I-a/2", "-5.0"),
    ("#d#e1.5", "3/2"),
    ("#e#e1", "no"),
    ("#i#e1", "no"),
    ("#d#d1", "no"),
    ("#x#b1", "no"),
    ("#e#x#e1", "no"),
    ("#", "no"),
    ("#x", "no"),
    ("#e", "no"),
    ("#q1", "no"),
    ("1#", "no"),
    ("1|53", "1.0"),
    ("1.1|53", "1.1"),
    ("1.1|52", "1.1"),
    ("1.1|60", "1.1"),
    ("1.1|1", "1.0"),
    ("1.1|2", "1.0"),
    ("1.1|4", "1.125"),
    ("1.1|0", "1.1"),
    ("-1.75|2", "-2.0"),
    ("1.25|2", "1.0"),
    ("1e400|10", "+inf.0"),
    ("1e-400|10", "0.0"),
    ("1e5|10", "99968.0"),
    ("4.9406564584124654e-324|1", "5.0e-324"),
    ("3.14159|24", "3.141590118408203"),
    ("1|", "no"),
    ("1|x", "no"),
    ("1.5|10|10", "no"),
    ("1|10e5", "no"),
    ("#e1.1|10", "11/10"),
    ("+i", "+i"),
    ("-i", "-i"),
    ("+I", "+i"),
    ("i", "no"),
    ("1i", "no"),
    ("+1i", "+i"),
    ("+ii", "no"),
    ("+5i", "+5i"),
    ("-5/2i", "-5/2i"),
    ("1+i", "1+i"),
    ("1-i", "1-i"),
    ("1+2i", "1+2i"),
    ("1+2", "no"),
    ("1+2ii", "no"),
    ("1++2i", "no"),
    ("1+-2i", "no"),
    ("1+i2", "no"),
    ("1+0i", "1"),
    ("1-0i", "1"),
    ("1.5+0i", "1.5"),
    ("+0i", "0"),
    ("1+0.0i", "1.0+0.0i"),
    ("1.5+2i", "1.5+2.0i"),
    ("1+2.5i", "1.0+2.5i"),
    ("+2.0i", "0.0+2.0i"),
    ("1.0-0.0i", "1.0-0.0i"),
    ("-0.0+1.0i", "-0.0+1.0i"),
    ("1e2+1e-2i", "100.0+0.01i"),
    ("1e+2-1e+2i", "100.0-100.0i"),
    ("+inf.0i", "0.0+inf.0i"),
    ("-inf.0-nan.0i", "-inf.0+nan.0i"),
    ("1+inf.0i", "1.0+inf.0i"),
    ("+nan.0+inf.0i", "+nan.0+inf.0i"),
    ("#e1.5+2.5i", "3/2+5/2i"),
    ("#i1+2i", "1.0+2.0i"),
    ("#i+i", "0.0+1.0i"),
    ("#i1+0i", "1.0+0.0i"),
    ("#xA+Bi", "10+11i"),
    ("#xa-bi", "10-11i"),
    ("#b1+10i", "1+2i"),
    ("#e1+inf.0i", "no"),
    ("1@0", "1"),
    ("2@", "no"),
    ("@1", "no"),
    ("1@1@1", "no"),
    ("1@2i", "no"),
    ("1@2", "-0.4161468365471424+0.9092974268256817i"),
    ("-1.5e-3@-2", "0.0006242202548207137+0.0013639461402385226i"),
    ("0@2", "0"),
    ("1@+inf.0", "+nan.0+nan.0i"),
    ("#e1@0", "1"),
    ("#e1.5@0", "3/2"),
    ("#i1@0", "1.0+0.0i"),
    ("1_000", "no"),
    (" 1", "no"),
    ("1 ", "no"),
    ("1 2", "no"),
    ("abc", "no"),
    ("1a", "no"),
    ("λ", "no"),
    ("１", "no"),
    ("--1", "no"),
    ("+-1", "no"),
    ("1e1e", "no"),
    ("0x10", "no"),
    ("infinity", "no"),
    ("+infinity", "no"),
    ("nan", "no"),
];

#[test]
fn texts() {
    let mut heap = Heap::new();
    let mut failures = Vec::new();
    for (text, expected) in READ {
        let found = parse(&mut heap, text, 10).map_or("no".to_string(), to_string);
        if found != *expected {
            failures.push(format!("{text} => {found}, expected {expected}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn default_radix_and_its_override() {
    let mut heap = Heap::new();
    for (text, radix, expected) in [
        ("100", 16, "256"),
        ("100", 8, "64"),
        ("100", 2, "4"),
        ("#d100", 2, "100"),
        ("1e2", 16, "482"),
        ("+inf.0", 2, "+inf.0"),
        ("-ff", 16, "-255"),
        ("e", 16, "14"),
    ] {
        assert_eq!(to_string(parse(&mut heap, text, radix).expect(text)), expected, "{text} in radix {radix}");
    }
    assert!(parse(&mut heap, "12", 2).is_none());
    assert!(parse(&mut heap, "1.5", 8).is_none());
}

#[test]
fn printing() {
    let mut heap = Heap::new();
    for (text, radix, precision, expected) in [
        ("255", 16, None, "FF"),
        ("-255", 2, None, "-11111111"),
        ("1/2-3/4i", 2, None, "1/10-11/100i"),
        ("0.5", 2, None, "#i1/10"),
        ("-0.0", 2, None, "#i-0"),
        ("4.0", 8, None, "#i4"),
        ("+inf.0", 2, None, "+inf.0"),
        ("+nan.0", 16, None, "+nan.0"),
        ("0.5-3.0i", 2, None, "#i1/10-11i"),
        ("1.0+0.0i", 2, None, "#i1+0i"),
        ("+inf.0-0.5i", 8, None, "#i+inf.0-1/2i"),
        ("1.5", 10, Some(1), "1.5|2"),
        ("1.5", 10, Some(10), "1.5|10"),
        ("1.1", 10, Some(5), "1.1|52"),
        ("1.1", 10, Some(53), "1.1|53"),
        ("1.1", 10, Some(100), "1.1|100"),
        ("0.0", 10, Some(3), "0.0|3"),
        ("1e21", 10, Some(53), "1.0e21|53"),
        ("+inf.0", 10, Some(5), "+inf.0"),
        ("1.5+2.25i", 10, Some(1), "1.5|2+2.25|4i"),
        ("5e-324", 10, Some(1), "5.0e-324|1"),
        ("1e20", 10, None, "100000000000000000000.0"),
        ("123456789012345678901.0", 10, None, "123456789012345680000.0"),
        ("1e21", 10, None, "1.0e21"),
        ("1.5e21", 10, None, "1.5e21"),
        ("0.001", 10, None, "0.001"),
        ("1e-6", 10, None, "0.000001"),
        ("1.25e-6", 10, None, "0.00000125"),
        ("1e-7", 10, None, "1.0e-7"),
        ("1.7976931348623157e308", 10, None, "1.7976931348623157e308"),
        ("2.2250738585072014e-308", 10, None, "2.2250738585072014e-308"),
        ("123.456", 10, None, "123.456"),
        ("100.0", 10, None, "100.0"),
    ] {
        let v = read(&mut heap, text);
        let mut out = String::new();
        assert_eq!(print(v, radix, precision, &mut out), Ok(()), "{text}");
        assert_eq!(out, expected, "{text} in radix {radix}");
        let back = parse(&mut heap, &out, radix).unwrap_or_else(|| panic!("{out} reads back"));
        assert!(back.is_eqv(v), "{text} is {out} and reads back as {}", to_string(back));
    }
    let mut out = String::new();
    let v = read(&mut heap, "1/2");
    assert_eq!(print(v, 10, Some(5), &mut out), Err(PrintError::Precision));
    let v = read(&mut heap, "1.5");
    assert_eq!(print(v, 2, Some(5), &mut out), Err(PrintError::Precision));
    assert_eq!(print(Value::NIL, 10, None, &mut out), Err(PrintError::NotANumber));
}

/// A number that is long to write must not be long to refuse.
#[test]
fn unreasonable_texts_are_refused_at_once() {
    let mut heap = Heap::new();
    for text in ["#e1e1000000000", "#e1e-999999999999999999999", "#e0.1e-99999999999", "#e1.5e9223372036854775807|3"] {
        assert!(parse(&mut heap, text, 10).is_none(), "{text}");
    }
    let long = format!("1e{}", "9".repeat(100_000));
    assert_eq!(parse(&mut heap, &long, 10).map(to_string).as_deref(), Some("+inf.0"));
    let digits = format!("0.{}1", "0".repeat(100_000));
    assert_eq!(parse(&mut heap, &digits, 10).map(to_string).as_deref(), Some("0.0"));
    assert_eq!(parse(&mut heap, &format!("{digits}|7"), 10).map(to_string).as_deref(), Some("0.0"));
}

fn round_trips(heap: &mut Heap, v: Value, radix: u32) {
    let mut out = String::new();
    assert_eq!(print(v, radix, None, &mut out), Ok(()));
    let back = parse(heap, &out, radix).unwrap_or_else(|| panic!("{out} reads back"));
    assert!(back.is_eqv(v), "{out} in radix {radix} reads back as {}", to_string(back));
}

/// Bit patterns of flonums: any, and those that are special.
pub fn flonum_bits() -> impl Strategy<Value = f64> {
    prop_oneof![
        8 => any::<u64>().prop_map(f64::from_bits),
        2 => (any::<bool>(), 0..64u32, -3i64..=3).prop_map(|(negative, exponent, off)| {
            let x = ((1i128 << exponent) + off as i128) as f64;
            if negative { -x } else { x }
        }),
        1 => prop::sample::select(vec![
            0.0, -0.0, 1.0, -1.0, 0.5, f64::INFINITY, f64::NEG_INFINITY, f64::NAN, f64::MAX, f64::MIN_POSITIVE, 5e-324,
        ]),
        2 => (-1000i64..1000).prop_map(|n| n as f64 / 8.0),
    ]
}

/// Integers around every border of representation.
pub fn big_integer() -> impl Strategy<Value = IBig> {
    prop_oneof![
        3 => any::<i64>().prop_map(IBig::from),
        3 => (-20i64..20).prop_map(IBig::from),
        4 => (any::<bool>(), prop::sample::select(vec![31usize, 53, 61, 62, 63, 64, 128, 192, 4096]), -2i64..=2).prop_map(
            |(negative, exponent, off)| {
                let n = (IBig::ONE << exponent) + off;
                if negative { -n } else { n }
            }
        ),
        4 => (any::<bool>(), prop::collection::vec(any::<u64>(), 0..12)).prop_map(|(negative, words)| {
            let n = IBig::from(UBig::from_words(&words));
            if negative { -n } else { n }
        }),
    ]
}

/// A real or complex number of every representation.
pub fn any_number(heap: &mut Heap, a: &IBig, b: &IBig, x: f64, y: f64, shape: u8) -> Value {
    let (n, d) = (integer::from_big(heap, a), integer::from_big(heap, b));
    let ratio = if b.is_zero() { n } else { divide(heap, n, d).expect("a fraction") };
    match shape % 6 {
        0 => n,
        1 => ratio,
        2 => heap.flonum(x),
        3 => complex::rectangular(heap, n, ratio),
        4 => complex::from_flonums(heap, x, y),
        _ => Value::fixnum((x.to_bits() as i64) >> 3),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn print_then_parse_is_identity(
        a in big_integer(), b in big_integer(), x in flonum_bits(), y in flonum_bits(), shape in 0u8..6,
        radix in prop::sample::select(vec![2u32, 8, 10, 16]),
    ) {
        let mut heap = Heap::new();
        let v = any_number(&mut heap, &a, &b, x, y, shape);
        round_trips(&mut heap, v, radix);
    }

    #[test]
    fn every_bit_pattern_reads_back(x in flonum_bits()) {
        let mut heap = Heap::new();
        let v = heap.flonum(x);
        round_trips(&mut heap, v, 10);
        round_trips(&mut heap, v, 2);
        if x.is_finite() {
            // Agreement with the standard library on what the digits mean.
            prop_assert_eq!(to_string(v).parse::<f64>().map(f64::to_bits), Ok(x.to_bits()));
        }
    }

    #[test]
    fn precision_is_the_least_that_reads_back(x in flonum_bits(), precision in 1u64..60) {
        prop_assume!(x.is_finite());
        let mut heap = Heap::new();
        let v = heap.flonum(x);
        let mut out = String::new();
        prop_assert_eq!(print(v, 10, Some(precision), &mut out), Ok(()));
        let (digits, width) = out.split_once('|').expect("a mantissa width");
        let width: u64 = width.parse().expect("a number");
        prop_assert!(width >= precision);
        prop_assert!(parse(&mut heap, &out, 10).expect("it reads back").is_eqv(v));
        if width > precision {
            let narrower = format!("{digits}|{}", width - 1);
            prop_assert!(!parse(&mut heap, &narrower, 10).expect("it reads").is_eqv(v), "{} would do", narrower);
        }
    }

    #[test]
    fn integers_print_as_dashu_does(a in big_integer()) {
        let mut heap = Heap::new();
        let v = integer::from_big(&mut heap, &a);
        prop_assert_eq!(to_string(v), a.to_string());
    }

    #[test]
    fn decimals_read_as_the_exact_fraction_rounds(digits in "[0-9]{1,30}", fraction in "[0-9]{0,30}", e in -400i32..400) {
        let mut heap = Heap::new();
        let text = format!("{digits}.{fraction}e{e}");
        let inexact_v = parse(&mut heap, &text, 10).expect("a decimal");
        let exact_v = parse(&mut heap, &format!("#e{text}"), 10).expect("an exact decimal");
        let rounded = inexact(&mut heap, exact_v).expect("rounds");
        prop_assert!(inexact_v.is_eqv(rounded), "{} {} {}", text, to_string(inexact_v), to_string(rounded));
        let wide = parse(&mut heap, &format!("{text}|53"), 10).expect("a decimal");
        prop_assert!(inexact_v.is_eqv(wide));
    }

    #[test]
    fn no_text_is_a_problem(text in "[-+0-9a-fA-FiIeEsSxX#.@|/nN]{0,14}", radix in prop::sample::select(vec![2u32, 8, 10, 16])) {
        let mut heap = Heap::new();
        if let Some(v) = parse(&mut heap, &text, radix) {
            round_trips(&mut heap, v, radix);
        }
    }
}
