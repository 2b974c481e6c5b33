//! Properties of the operations on operands around every border of representation: agreement with dashu and `f64`,
//! and the laws that R6RS states.

use super::notation::{any_number, big_integer, flonum_bits};
use super::*;
use crate::number::flonum::Remainder;
use crate::number::rational::Ratio;
use dashu_int::ops::{BitTest, DivRem, Gcd, UnsignedAbs};
use dashu_int::{IBig, UBig};
use proptest::prelude::*;
use std::cmp::Ordering;

fn value(heap: &mut Heap, n: &IBig) -> Value {
    integer::from_big(heap, n)
}

fn back(v: Value) -> IBig {
    integer::big(v).expect("an exact integer")
}

/// Whether a number is represented as `number/mod.rs` says.
fn is_normal(v: Value) -> bool {
    match Number::of(v) {
        None => false,
        Some(Number::Fixnum(_) | Number::Flonum(_)) => true,
        Some(Number::Bignum(b)) => {
            b.limbs().last() != Some(&0)
                && (b.limbs().len() > 1 || b.limbs()[0] > 1 << 61 || b.limbs()[0] == 1 << 61 && !b.is_negative())
        }
        Some(Number::Ratnum(r)) => {
            let (n, d) = (r.numerator(), r.denominator());
            is_exact_integer(n)
                && is_exact_integer(d)
                && is_normal(n)
                && is_normal(d)
                && back(d) > IBig::ONE
                && back(n).unsigned_abs().gcd(back(d).unsigned_abs()).is_one()
        }
        Some(Number::Compnum(z)) => {
            let (re, im) = (z.real_part(), z.imag_part());
            is_normal(re) && is_normal(im) && re.is_flonum() == im.is_flonum() && im != Value::fixnum(0)
        }
    }
}

/// An exact real that is small or near a border, and a second one.
fn ratio() -> impl Strategy<Value = (IBig, IBig)> {
    (big_integer(), big_integer()).prop_map(|(n, d)| (n, if d.is_zero() { IBig::ONE } else { d }))
}

fn real() -> impl Strategy<Value = (IBig, IBig, f64, u8)> {
    (ratio(), flonum_bits(), 0u8..3).prop_map(|((n, d), x, shape)| (n, d, x, shape))
}

fn real_value(heap: &mut Heap, (n, d, x, shape): &(IBig, IBig, f64, u8)) -> Value {
    any_number(heap, n, d, *x, 0.0, *shape)
}

/// The exact value of a rational number.
fn exact_ratio(v: Value) -> Ratio {
    match v.as_flonum() {
        Some(x) => flonum::to_ratio(x),
        None => Ratio::of(v).expect("an exact real"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(800))]

    #[test]
    fn integers_agree_with_dashu(a in big_integer(), b in big_integer()) {
        let mut heap = Heap::new();
        let (x, y) = (value(&mut heap, &a), value(&mut heap, &b));
        prop_assert!(is_normal(x) && is_normal(y));
        let h = &mut heap;
        let mut results = vec![
            (add(h, x, y), &a + &b),
            (subtract(h, x, y), &a - &b),
            (multiply(h, x, y), &a * &b),
            (multiply(h, x, x), &a * &a),
            (negate(h, x), -&a),
            (abs(h, x), IBig::from((&a).unsigned_abs())),
            (bitwise(h, x, y, Logic::And), &a & &b),
            (bitwise(h, x, y, Logic::Ior), &a | &b),
            (bitwise(h, x, y, Logic::Xor), &a ^ &b),
            (bitwise_not(h, x), !&a),
            (gcd(h, x, y), if a.is_zero() && b.is_zero() { IBig::ZERO } else { IBig::from((&a).gcd(&b)) }),
        ];
        if !b.is_zero() {
            let (q, r) = (&a).div_rem(&b);
            let floored = if !r.is_zero() && (r.sign() != b.sign()) { &r + &b } else { r.clone() };
            results.push((quotient(h, x, y), q));
            results.push((remainder(h, x, y), r));
            results.push((modulo(h, x, y), floored));
        }
        for (i, (found, expected)) in results.into_iter().enumerate() {
            let found = found.expect("a result");
            prop_assert!(is_normal(found), "row {}", i);
            prop_assert_eq!(back(found), expected, "row {}", i);
        }
        prop_assert_eq!(compare(x, y), Ok(Some(a.cmp(&b))));
        prop_assert_eq!(equal(x, y), Ok(a == b));
        prop_assert_eq!(x.is_eqv(y), a == b);
        prop_assert_eq!(is_odd(x), Ok(a.bit(0)));
    }

    #[test]
    fn shifts_agree_with_multiplication(a in big_integer(), distance in 0usize..300) {
        let mut heap = Heap::new();
        let x = value(&mut heap, &a);
        let count = Value::fixnum(distance as i64);
        let left = shift(&mut heap, x, count).expect("a result");
        prop_assert_eq!(back(left), &a * IBig::from(UBig::ONE << distance));
        let right = shift(&mut heap, left, Value::fixnum(-(distance as i64))).expect("a result");
        prop_assert_eq!(back(right), a.clone());
        let down = shift(&mut heap, x, Value::fixnum(-(distance as i64))).expect("a result");
        let power = value(&mut heap, &IBig::from(UBig::ONE << distance));
        let floor = div(&mut heap, x, power, Remainder::Euclidean).expect("a result");
        prop_assert!(down.is_eqv(floor));
    }

    #[test]
    fn bit_fields_as_the_report_computes_them(
        a in big_integer(), from in big_integer(), start in 0i64..140, width in 0i64..140, count in 0i64..300,
    ) {
        let mut heap = Heap::new();
        let h = &mut heap;
        let (n, source) = (value(h, &a), value(h, &from));
        let end = start + width;
        let (s, e) = (Value::fixnum(start), Value::fixnum(end));
        let minus_one = Value::fixnum(-1);
        let high = shift(h, minus_one, e).expect("ok");
        let mask2 = bitwise_not(h, high).expect("ok");
        let mask1 = shift(h, minus_one, s).expect("ok");
        // bitwise-bit-field
        let low = bitwise(h, n, mask2, Logic::And).expect("ok");
        let expected = shift(h, low, Value::fixnum(-start)).expect("ok");
        let found = bit_field(h, n, s, e).expect("ok");
        prop_assert!(found.is_eqv(expected), "bit-field");
        // bitwise-copy-bit-field
        let mask = bitwise(h, mask1, mask2, Logic::And).expect("ok");
        let placed = shift(h, source, s).expect("ok");
        let expected = bitwise_if(h, mask, placed, n).expect("ok");
        let found = copy_bit_field(h, n, s, e, source).expect("ok");
        prop_assert!(found.is_eqv(expected), "copy-bit-field");
        // bitwise-rotate-bit-field: rotating on to the full width is the identity
        let rotated = rotate_bit_field(h, n, s, e, Value::fixnum(count)).expect("ok");
        if width > 0 {
            let rest = Value::fixnum((width - count % width) % width);
            let found = rotate_bit_field(h, rotated, s, e, rest).expect("ok");
            prop_assert!(found.is_eqv(n), "rotate-bit-field");
        }
        // Bits one by one.
        let reversed = reverse_bit_field(h, n, s, e).expect("ok");
        for i in 0..width {
            let original = is_bit_set(n, Value::fixnum(start + i));
            prop_assert_eq!(is_bit_set(reversed, Value::fixnum(end - 1 - i)), original, "reverse-bit-field");
            if width > 0 {
                let to = start + (i + count) % width;
                prop_assert_eq!(is_bit_set(rotated, Value::fixnum(to)), original, "rotate-bit-field");
            }
        }
        let bit = Value::fixnum(count & 1);
        let copied = copy_bit(h, n, e, bit).expect("ok");
        prop_assert_eq!(is_bit_set(copied, e), Ok(count & 1 == 1));
        let again = is_bit_set(n, e).map(|b| Value::fixnum(b as i64)).expect("ok");
        let restored = copy_bit(h, copied, e, again).expect("ok");
        prop_assert!(restored.is_eqv(n), "copy-bit");
        prop_assert_eq!(length(n), Ok((if a < IBig::ZERO { !&a } else { a.clone() }).bit_len() as i64));
    }

    #[test]
    fn fractions_form_a_field(p in ratio(), q in ratio(), r in ratio()) {
        let mut heap = Heap::new();
        let h = &mut heap;
        let mut make = |(n, d): &(IBig, IBig)| {
            let (n, d) = (value(h, n), value(h, d));
            divide(h, n, d).expect("a fraction")
        };
        let (x, y, z) = (make(&p), make(&q), make(&r));
        let h = &mut heap;
        let sum = add(h, x, y).expect("ok");
        prop_assert!(is_normal(x) && is_normal(sum));
        let difference = subtract(h, sum, y).expect("ok");
        prop_assert!(difference.is_eqv(x));
        let product = multiply(h, x, y).expect("ok");
        prop_assert!(is_normal(product));
        if is_zero(y) == Ok(false) {
            let quotient = divide(h, product, y).expect("ok");
            prop_assert!(quotient.is_eqv(x));
        }
        let (xz, yz) = (multiply(h, x, z).expect("ok"), multiply(h, y, z).expect("ok"));
        let (left, right) = (multiply(h, sum, z).expect("ok"), add(h, xz, yz).expect("ok"));
        prop_assert!(left.is_eqv(right));
        // Order agrees with the sign of the difference.
        let difference = subtract(h, x, y).expect("ok");
        prop_assert_eq!(compare(x, y).map(|o| o.map(|o| o as i64)), sign(difference).map(Some));
    }

    #[test]
    fn inexact_is_the_nearest_flonum(p in ratio()) {
        let mut heap = Heap::new();
        let h = &mut heap;
        let (n, d) = (value(h, &p.0), value(h, &p.1));
        let x = divide(h, n, d).expect("a fraction");
        let f = to_flonum(x).expect("a real");
        let v = h.flonum(f);
        prop_assume!(f.is_finite());
        let distance = |heap: &mut Heap, f: f64| {
            let exact_f = flonum::to_ratio(f).into_value(heap).expect("exact");
            let difference = subtract(heap, x, exact_f).expect("ok");
            abs(heap, difference).expect("ok")
        };
        let here = distance(h, f);
        for neighbour in [f.next_up(), f.next_down()] {
            if neighbour.is_finite() {
                let there = distance(h, neighbour);
                let order = compare(here, there).expect("reals").expect("exact");
                prop_assert!(order != Ordering::Greater, "{} is nearer than {}", neighbour, f);
                // A tie is broken to even.
                prop_assert!(order != Ordering::Equal || f.to_bits() & 1 == 0);
            }
        }
        // The exact value of a flonum converts back to it.
        let e = exact(h, v).expect("finite");
        prop_assert!(is_normal(e));
        prop_assert_eq!(to_flonum(e).map(|y| y.to_bits()), Ok((f + 0.0).to_bits()));
    }

    #[test]
    fn flonum_arithmetic_is_ieee(x in flonum_bits(), y in flonum_bits()) {
        let mut heap = Heap::new();
        let h = &mut heap;
        let (a, b) = (h.flonum(x), h.flonum(y));
        for (found, expected) in [
            (add(h, a, b), x + y),
            (subtract(h, a, b), x - y),
            (multiply(h, a, b), x * y),
            (divide(h, a, b), x / y),
            (negate(h, a), -x),
        ] {
            let expected = h.flonum(expected);
            prop_assert!(found.expect("a result").is_eqv(expected));
        }
        prop_assert_eq!(compare(a, b), Ok(x.partial_cmp(&y)));
    }

    /// Comparison is by exact value, so it is transitive across exactness.
    #[test]
    fn order_is_transitive(p in real(), q in real(), r in real()) {
        let mut heap = Heap::new();
        let [a, b, c] = [&p, &q, &r].map(|s| real_value(&mut heap, s));
        let less_or_equal = |x, y| matches!(compare(x, y), Ok(Some(Ordering::Less | Ordering::Equal)));
        if less_or_equal(a, b) && less_or_equal(b, c) {
            prop_assert!(less_or_equal(a, c));
        }
        if let (Ok(Some(order)), true, true) = (compare(a, b), is_rational(a), is_rational(b)) {
            prop_assert_eq!(Ok(order), exact_ratio(a).compare(&mut heap, &exact_ratio(b)));
            prop_assert_eq!(compare(b, a), Ok(Some(order.reverse())));
        }
        if equal(a, b) == Ok(true) && equal(b, c) == Ok(true) {
            prop_assert_eq!(equal(a, c), Ok(true));
        }
    }

    /// x = n·y + m exactly for exact operands, with m in the kind's range.
    #[test]
    fn division_law(p in real(), q in real(), centered in any::<bool>()) {
        let mut heap = Heap::new();
        let h = &mut heap;
        let (x, y) = (real_value(h, &p), real_value(h, &q));
        let kind = if centered { Centered } else { Euclidean };
        let result = div_and_mod(h, x, y, kind);
        if !is_rational(x) {
            prop_assert!(matches!(result, Err(NumberError::Wrong(..))));
            return Ok(());
        }
        if is_zero(y) == Ok(true) {
            prop_assert_eq!(result.err(), Some(NumberError::DivisionByZero));
            return Ok(());
        }
        let (n, m) = result.expect("two results");
        prop_assert!(is_normal(n) && is_normal(m));
        prop_assert!(div(h, x, y, kind).expect("ok").is_eqv(n) && modulus(h, x, y, kind).expect("ok").is_eqv(m));
        if is_exact(x) && is_exact(y) {
            prop_assert!(is_exact_integer(n));
            let product = multiply(h, n, y).expect("ok");
            let sum = add(h, product, m).expect("ok");
            prop_assert!(sum.is_eqv(x));
        } else {
            prop_assert!(n.is_flonum() && m.is_flonum());
            prop_assume!(is_rational(y));
            // Each is the exact result, rounded.
            let (en, em) = super::super::division::divide_ratios(h, &exact_ratio(x), &exact_ratio(y), kind).expect("ok");
            let exact_n = value(h, &en);
            let exact_m = em.into_value(h).expect("ok");
            prop_assert_eq!(to_flonum(exact_n).map(|f| f + 0.0), to_flonum(n).map(|f| f + 0.0));
            prop_assert_eq!(to_flonum(exact_m).map(|f| f + 0.0), to_flonum(m).map(|f| f + 0.0));
        }
        // Where the remainder may lie; rounding can put it on the excluded end.
        let mut size = abs(h, y).expect("ok");
        if m.is_flonum() {
            size = inexact(h, size).expect("ok");
        }
        let half = divide(h, size, Value::fixnum(2)).expect("ok");
        let below = |a, b, or_equal: bool| match compare(a, b) {
            Ok(Some(Ordering::Less)) => true,
            Ok(Some(Ordering::Equal)) => or_equal,
            _ => false,
        };
        let inexact = m.is_flonum();
        if !is_rational(y) {
            return Ok(());
        }
        if centered {
            let low = negate(h, half).expect("ok");
            prop_assert!(below(low, m, true) || half.as_flonum().is_some_and(|f| f.abs() < 1e-300));
            prop_assert!(below(m, half, inexact) || half.as_flonum().is_some_and(|f| f.abs() < 1e-300));
        } else {
            prop_assert!(below(Value::fixnum(0), m, true) && below(m, size, inexact));
        }
    }

    #[test]
    fn rounding_law(p in real()) {
        let mut heap = Heap::new();
        let h = &mut heap;
        let x = real_value(h, &p);
        prop_assume!(is_rational(x));
        let [floor, ceiling, truncate, rounded] =
            [Rounding::Floor, Rounding::Ceiling, Rounding::Truncate, Rounding::Round]
                .map(|mode| round(h, x, mode).expect("a rational"));
        for r in [floor, ceiling, truncate, rounded] {
            prop_assert!(is_integer(r) && is_exact(r) == is_exact(x) && is_normal(r));
        }
        let order = |a, b| compare(a, b).expect("reals").expect("no NaN");
        prop_assert!(order(floor, x) != Ordering::Greater && order(ceiling, x) != Ordering::Less);
        let negative = sign(x).expect("real") < 0;
        let toward_zero = if negative { ceiling } else { floor };
        prop_assert!(truncate.is_eqv(toward_zero));
        let (below, above) = (subtract(h, x, floor).expect("ok"), subtract(h, ceiling, x).expect("ok"));
        let expected = match order(below, above) {
            Ordering::Less => floor,
            Ordering::Greater => ceiling,
            Ordering::Equal if is_odd(floor) == Ok(false) => floor,
            Ordering::Equal => ceiling,
        };
        prop_assert_eq!(equal(rounded, expected), Ok(true));
    }

    #[test]
    fn roots(a in big_integer(), b in big_integer()) {
        let mut heap = Heap::new();
        let h = &mut heap;
        let k = value(h, &IBig::from((&a).unsigned_abs()));
        let (s, r) = exact_integer_sqrt(h, k).expect("not negative");
        let square = multiply(h, s, s).expect("ok");
        let sum = add(h, square, r).expect("ok");
        prop_assert!(sum.is_eqv(k));
        let twice = multiply(h, s, Value::fixnum(2)).expect("ok");
        prop_assert!(matches!(compare(r, twice), Ok(Some(Ordering::Less | Ordering::Equal))));
        // The root of a square is exact, also of a fraction and of a negative number.
        let (n, d) = (value(h, &a), value(h, &b));
        let x = if b.is_zero() { n } else { divide(h, n, d).expect("ok") };
        let square = multiply(h, x, x).expect("ok");
        let root = sqrt(h, square).expect("ok");
        let size = abs(h, x).expect("ok");
        prop_assert!(root.is_eqv(size));
        let minus = negate(h, square).expect("ok");
        let imaginary = sqrt(h, minus).expect("ok");
        prop_assert!(imag_part(imaginary).expect("ok").is_eqv(size));
        // The root of a complex square.
        let z = make_rectangular(h, x, k).expect("ok");
        let square = multiply(h, z, z).expect("ok");
        let root = sqrt(h, square).expect("ok");
        let minus = negate(h, root).expect("ok");
        prop_assert!(root.is_eqv(z) || minus.is_eqv(z), "{} {}", to_string(z), to_string(root));
    }

    #[test]
    fn inexact_roots_are_nearest(a in big_integer(), b in big_integer()) {
        let mut heap = Heap::new();
        let h = &mut heap;
        prop_assume!(!b.is_zero() && !a.is_zero());
        let (n, d) = (value(h, &IBig::from((&a).unsigned_abs())), value(h, &IBig::from((&b).unsigned_abs())));
        let x = divide(h, n, d).expect("ok");
        let root = sqrt(h, x).expect("ok");
        if let Some(f) = root.as_flonum().filter(|f| f.is_finite() && *f > 1e-150) {
            // The square of the midpoint to each neighbour lies on the other side.
            for (neighbour, wanted) in [(f.next_up(), Ordering::Greater), (f.next_down(), Ordering::Less)] {
                let middle = flonum::to_ratio(f).add(h, &flonum::to_ratio(neighbour)).expect("ok");
                let four = Ratio { num: IBig::from(4), den: UBig::ONE };
                let four_x = Ratio::of(x).expect("exact").multiply(h, &four).expect("ok");
                let square = middle.multiply(h, &middle).expect("ok");
                prop_assert_eq!(square.compare(h, &four_x), Ok(wanted), "{} {}", f, neighbour);
            }
        }
    }

    #[test]
    fn powers(a in big_integer(), b in big_integer(), k in 0i64..12) {
        let mut heap = Heap::new();
        let h = &mut heap;
        let (n, d) = (value(h, &a), value(h, &b));
        let x = if b.is_zero() { n } else { divide(h, n, d).expect("ok") };
        let power = expt(h, x, Value::fixnum(k)).expect("ok");
        let mut expected = Value::fixnum(1);
        for _ in 0..k {
            expected = multiply(h, expected, x).expect("ok");
        }
        prop_assert!(power.is_eqv(expected) && is_normal(power));
        if is_zero(x) == Ok(false) {
            let inverse = expt(h, x, Value::fixnum(-k)).expect("ok");
            let one = multiply(h, power, inverse).expect("ok");
            prop_assert!(one.is_eqv(Value::fixnum(1)));
        }
    }

    /// The simplest fraction lies in the interval, and no simpler one does.
    #[test]
    fn rationalize_finds_the_simplest(n in -300i64..300, d in 1i64..60, tn in 0i64..20, td in 1i64..60) {
        let mut heap = Heap::new();
        let h = &mut heap;
        let x = divide(h, Value::fixnum(n), Value::fixnum(d)).expect("ok");
        let t = divide(h, Value::fixnum(tn), Value::fixnum(td)).expect("ok");
        let found = rationalize(h, x, t).expect("ok");
        let (low, high) = (subtract(h, x, t).expect("ok"), add(h, x, t).expect("ok"));
        let inside = |v| {
            !matches!(compare(v, low), Ok(Some(Ordering::Less))) && !matches!(compare(v, high), Ok(Some(Ordering::Greater)))
        };
        prop_assert!(inside(found));
        let part = |v: Value| v.as_fixnum().expect("small").unsigned_abs() as i64;
        let (fn_, fd) = (part(numerator(h, found).expect("ok")), part(denominator(h, found).expect("ok")));
        for q in 1..=fd {
            for p in -fn_..=fn_ {
                if p.abs() < fn_ || q < fd {
                    let simpler = divide(h, Value::fixnum(p), Value::fixnum(q)).expect("ok");
                    prop_assert!(!inside(simpler), "{}/{} is simpler than {}", p, q, to_string(found));
                }
            }
        }
    }

    /// No operation on any numbers panics, and what it answers is represented as it must be.
    #[test]
    fn every_result_is_normal(
        a in big_integer(), b in big_integer(), x in flonum_bits(), y in flonum_bits(), s in 0u8..6, t in 0u8..6,
    ) {
        let mut heap = Heap::new();
        let h = &mut heap;
        let (v, w) = (any_number(h, &a, &b, x, y, s), any_number(h, &b, &a, y, x, t));
        let unary: &[fn(&mut Heap, Value) -> Result] = &[
            negate, abs, exact, inexact, numerator, denominator, sqrt, cbrt, exp, log, sin, cos, tan, asin, acos, atan,
            sinh, cosh, tanh, asinh, acosh, atanh, magnitude, angle, conjugate,
        ];
        for (i, f) in unary.iter().enumerate() {
            if let Ok(result) = f(h, v) {
                prop_assert!(is_normal(result), "function {} of {}", i, to_string(v));
            }
        }
        let binary: &[fn(&mut Heap, Value, Value) -> Result] = &[
            add, subtract, multiply, divide, max, min, quotient, remainder, modulo, gcd, lcm, log_base, atan2,
            make_rectangular, make_polar, rationalize,
        ];
        for (i, f) in binary.iter().enumerate() {
            if let Ok(result) = f(h, v, w) {
                prop_assert!(is_normal(result), "operation {} of {} {}", i, to_string(v), to_string(w));
            }
        }
        // Powers get small exponents, unless both are inexact.
        let exponent = if is_exact_integer(w) { Value::fixnum(w.as_fixnum().unwrap_or(3) % 20) } else { w };
        if let Ok(result) = expt(h, v, exponent) {
            prop_assert!(is_normal(result), "{} to {}", to_string(v), to_string(exponent));
        }
    }

    #[test]
    fn complex_division_undoes_multiplication(a in -50i64..50, b in -50i64..50, c in -50i64..50, d in -50i64..50) {
        let mut heap = Heap::new();
        let h = &mut heap;
        let f = Value::fixnum;
        let (z, w) = (make_rectangular(h, f(a), f(b)).expect("ok"), make_rectangular(h, f(c), f(d)).expect("ok"));
        let product = multiply(h, z, w).expect("ok");
        if is_zero(w) == Ok(false) {
            let quotient = divide(h, product, w).expect("ok");
            prop_assert!(quotient.is_eqv(z));
            // And near enough on flonums.
            let (zi, wi) = (inexact(h, z).expect("ok"), inexact(h, w).expect("ok"));
            let product = multiply(h, zi, wi).expect("ok");
            let quotient = divide(h, product, wi).expect("ok");
            let (re, im) = complex::flonum_parts(quotient).expect("a number");
            prop_assert!((re - a as f64).abs() < 1e-9 && (im - b as f64).abs() < 1e-9);
        }
    }
}

/// Fixnums and bignums meet where one addition crosses the border.
#[test]
fn borders_of_the_fixnum_range() {
    let mut heap = Heap::new();
    let h = &mut heap;
    let (most, least) = (Value::fixnum(crate::heap::FIXNUM_MAX), Value::fixnum(crate::heap::FIXNUM_MIN));
    let over = add(h, most, Value::fixnum(1)).expect("ok");
    assert!(!over.is_fixnum() && subtract(h, over, Value::fixnum(1)) == Ok(most));
    let under = subtract(h, least, Value::fixnum(1)).expect("ok");
    assert!(!under.is_fixnum() && add(h, under, Value::fixnum(1)) == Ok(least));
    assert_eq!(negate(h, over), Ok(least));
    let product = multiply(h, least, Value::fixnum(-1)).expect("ok");
    assert!(product.is_eqv(over));
    assert_eq!(divide(h, product, Value::fixnum(-1)), Ok(least));
    for n in [i64::MIN, i64::MIN + 1, i64::MAX, i64::MAX - 1, 0, -1] {
        assert_eq!(back(integer(h, n)), IBig::from(n));
    }
    for n in [u64::MAX, 1 << 61, (1 << 61) - 1, 1 << 63] {
        let v = integer_u64(h, n);
        assert_eq!(back(v), IBig::from(n));
        assert!(is_normal(v));
    }
    for n in [i128::MIN, i128::MIN + 1, i128::MAX, 0, -1, 1 << 61, -(1 << 61), u64::MAX as i128] {
        let v = from_i128(h, n);
        assert!(is_normal(v) && back(v) == IBig::from(n) && to_i128(v) == Some(n));
    }
    let over = value(h, &(IBig::from(i128::MAX) + 1));
    let under = value(h, &(IBig::from(i128::MIN) - 1));
    assert_eq!((to_i128(over), to_i128(under), to_i128(Value::TRUE)), (None, None, None));
}

/// A limit on the heap stops what would exceed it, before it is computed.
#[test]
fn a_full_heap_is_an_error() {
    let mut heap = Heap::new();
    heap.set_limit(1 << 20);
    let h = &mut heap;
    assert_eq!(expt(h, Value::fixnum(3), Value::fixnum(100_000_000)), Err(NumberError::HeapFull));
    assert_eq!(shift(h, Value::fixnum(1), Value::fixnum(1 << 29)), Err(NumberError::HeapFull));
    assert_eq!(factorial(h, Value::fixnum(10_000_000)), Err(NumberError::HeapFull));
    assert!(expt(h, Value::fixnum(3), Value::fixnum(1000)).is_ok());
}
