//! Numbers against references: exact arithmetic and its notation against `num-bigint` and `num-rational`, flonums and theirs
//! against the standard library of Rust.
#![no_main]

use num_bigint::{BigInt, Sign};
use num_integer::Integer;
use num_rational::BigRational;
use num_traits::{FromPrimitive, One, Pow, Signed, ToPrimitive, Zero};
use std::cell::RefCell;
use vicar::{Engine, ErrorKind, Handle, Limits, Vm};
use vicar_fuzz::choices::Choices;
use vicar_fuzz::limited::{HEAP, Limited, STACK, check_error};

const PRELUDE: &str = r##"(import (rnrs) (rnrs r5rs))
(define operations
  (list + - * / max min gcd lcm quotient remainder modulo div mod div0 mod0 bitwise-and bitwise-ior bitwise-xor
        bitwise-arithmetic-shift expt = < floor ceiling truncate round numerator denominator abs
        exact-integer-sqrt bitwise-not bitwise-bit-count bitwise-length bitwise-first-bit-set))
(define (apply-operation i radix . texts)
  (guard (e ((assertion-violation? e) "assertion") ((implementation-restriction-violation? e) "restriction"))
    (call-with-values
      (lambda () (apply (list-ref operations i) (map (lambda (text) (string->number text radix)) texts)))
      (lambda (value . more)
        (cond ((boolean? value) (if value "#t" "#f"))
              (else (number->string value radix)))))))
(define (parse text) (let ((n (string->number text))) (if (and n (real? n)) (inexact n) "none")))
(define (parse-exact text) (let ((n (string->number (string-append "#e" text)))) (if n (number->string n) "none")))
(define (show x) (number->string x))
(define (show-exact x) (number->string (exact x)))
(define (to-flonum text) (inexact (string->number text)))
(define (less exact flonum)
  (let ((n (string->number exact)))
    (if (< n flonum) 'less (if (= n flonum) 'equal (if (> n flonum) 'greater 'not)))))
(define (less-name exact flonum) (symbol->string (less exact flonum)))
"##;
const NAMES: &[&str] = &["apply-operation", "parse", "parse-exact", "show", "show-exact", "to-flonum", "less-name"];

struct Numbers {
    machine: Limited,
    procedures: Vec<Handle>,
}

thread_local! {
    static NUMBERS: RefCell<Numbers> = RefCell::new(Numbers {
        machine: Limited::new(Engine::builder().sandboxed().build().expect("nothing is registered"), PRELUDE),
        procedures: Vec::new(),
    });
}

/// A machine and its procedures, in the order of `NAMES`.
fn machine(numbers: &mut Numbers) -> (&mut Vm, &[Handle]) {
    let vm = numbers.machine.vm();
    if numbers.procedures.first().is_none_or(|p| vm.get::<Handle>(p).is_err()) {
        numbers.procedures = NAMES.iter().map(|name| vm.eval(name).expect("it is in the prelude")).collect();
    }
    vm.set_limits(&Limits::new().heap(HEAP).stack(STACK).fuel(50_000_000));
    (vm, &numbers.procedures)
}

fn shown(q: &BigRational, radix: u32) -> String {
    let digits = |n: &BigInt| n.to_str_radix(radix).to_uppercase();
    match q.is_integer() {
        true => digits(q.numer()),
        false => format!("{}/{}", digits(q.numer()), digits(q.denom())),
    }
}

fn integer(choices: &mut Choices) -> BigInt {
    let sign = if choices.rarely(3) { Sign::Minus } else { Sign::Plus };
    match choices.below(6) {
        0 => BigInt::from(choices.below(20) as i64 - 5),
        1 => BigInt::from(choices.u64() as i64),
        2 => (BigInt::one() << choices.below(400)) + (choices.below(3) as i64 - 1),
        3 => {
            let words: Vec<u32> = (0..choices.below(12)).map(|_| choices.u64() as u32).collect();
            BigInt::new(sign, words)
        }
        4 => {
            // Runs of ones and zeros, where carries go far.
            let mut n = BigInt::zero();
            for _ in 0..choices.below(6) {
                n = (n << choices.below(300)) + ((BigInt::one() << choices.below(200)) - 1);
            }
            n * if sign == Sign::Minus { -1 } else { 1 }
        }
        _ => {
            let seed = choices.u64() | 1;
            let words = (0..choices.below(700)).map(|i| (seed.wrapping_mul(i as u64 * 2 + 1) >> 17) as u32);
            BigInt::new(sign, words.collect())
        }
    }
}

fn rational(choices: &mut Choices) -> BigRational {
    let n = integer(choices);
    match choices.rarely(3) {
        true => {
            let d = integer(choices);
            BigRational::new(n, if d.is_zero() { BigInt::one() } else { d })
        }
        false => n.into(),
    }
}

fn div(a: &BigInt, b: &BigInt) -> BigInt {
    // R6RS: the remainder is not negative.
    let (q, r) = a.div_rem(b);
    if r.is_negative() { if b.is_positive() { q - 1 } else { q + 1 } } else { q }
}

fn div0(a: &BigInt, b: &BigInt) -> BigInt {
    // The remainder is in [-|b|/2, |b|/2).
    let q = div(a, b);
    let r = a - &q * b;
    let twice: BigInt = &r * 2;
    if twice >= b.abs() { if b.is_positive() { q + 1 } else { q - 1 } } else { q }
}

/// What operation `i` of the list answers; `None` where it is not for these operands.
fn reference(i: usize, a: &BigRational, b: &BigRational) -> Option<BigRational> {
    let whole = |f: &dyn Fn(&BigInt, &BigInt) -> BigInt| {
        (a.is_integer() && b.is_integer()).then(|| BigRational::from(f(a.numer(), b.numer())))
    };
    let divide = |f: &dyn Fn(&BigInt, &BigInt) -> BigInt| if b.is_zero() { None } else { whole(f) };
    match i {
        0 => Some(a + b),
        1 => Some(a - b),
        2 => Some(a * b),
        3 => (!b.is_zero()).then(|| a / b),
        4 => Some(a.max(b).clone()),
        5 => Some(a.min(b).clone()),
        6 => whole(&|a, b| a.gcd(b)),
        7 => whole(&|a, b| a.lcm(b)),
        8 => divide(&|a, b| a / b),
        9 => divide(&|a, b| a % b),
        10 => divide(&|a, b| a.mod_floor(b)),
        11 => divide(&div),
        12 => divide(&|a, b| a - div(a, b) * b),
        13 => divide(&div0),
        14 => divide(&|a, b| a - div0(a, b) * b),
        15 => whole(&|a, b| a & b),
        16 => whole(&|a, b| a | b),
        17 => whole(&|a, b| a ^ b),
        18 => {
            let by = b.is_integer().then(|| b.numer().to_i64()).flatten().filter(|n| n.abs() < 3000)?;
            whole(&|a, _| if by >= 0 { a << by } else { a >> -by })
        }
        19 => {
            let power = b.is_integer().then(|| b.numer().to_i32()).flatten().filter(|n| n.abs() < 40)?;
            (!(a.is_zero() && power < 0)).then(|| Pow::pow(a, power))
        }
        22 => Some(a.floor()),
        23 => Some(a.ceil()),
        24 => Some(a.trunc()),
        25 => {
            // To even.
            let low = a.floor();
            let half = BigRational::new(1.into(), 2.into());
            let up = match (a - &low).cmp(&half) {
                std::cmp::Ordering::Less => false,
                std::cmp::Ordering::Greater => true,
                std::cmp::Ordering::Equal => low.numer().is_odd(),
            };
            Some(if up { low + BigRational::one() } else { low })
        }
        26 => Some(a.numer().clone().into()),
        27 => Some(a.denom().clone().into()),
        28 => Some(a.abs()),
        29 => (a.is_integer() && !a.is_negative()).then(|| a.numer().sqrt().into()),
        30 => a.is_integer().then(|| (-a.numer() - 1i32).into()),
        31 => a.is_integer().then(|| {
            let bits = |n: &BigInt| n.magnitude().iter_u64_digits().map(|d| i64::from(d.count_ones())).sum::<i64>();
            let n = a.numer();
            BigInt::from(if n.is_negative() { !bits(&-(n + 1i32)) } else { bits(n) }).into()
        }),
        32 => a.is_integer().then(|| {
            let n = a.numer();
            BigInt::from(if n.is_negative() { (-(n + 1i32)).bits() } else { n.bits() }).into()
        }),
        33 => a.is_integer().then(|| BigInt::from(a.numer().trailing_zeros().map_or(-1, |n| n as i64)).into()),
        _ => None,
    }
}

/// Operations of two operands stand before those of one.
const OF_TWO: usize = 22;
const OPERATIONS: usize = 34;

fn exact(numbers: &mut Numbers, choices: &mut Choices) {
    let i = choices.below(OPERATIONS);
    let radix = *choices.pick(&[10_u32, 10, 2, 8, 16]);
    let (a, mut b) = (rational(choices), rational(choices));
    if i == 18 || i == 19 {
        b = BigInt::from(choices.below(120) as i64 - 40).into();
    }
    if i == 19 && a.numer().bits() + a.denom().bits() > 3000 {
        return;
    }
    let expected = match i {
        20 => if a == b { "#t" } else { "#f" }.to_owned(),
        21 => if a < b { "#t" } else { "#f" }.to_owned(),
        _ => match reference(i, &a, &b) {
            Some(value) => shown(&value, radix),
            None => return,
        },
    };
    let (vm, procedures) = machine(numbers);
    let (a, b) = (shown(&a, radix), shown(&b, radix));
    let result: Result<String, _> = match i < OF_TWO {
        true => vm.call(&procedures[0], (i, radix, a.as_str(), b.as_str())),
        false => vm.call(&procedures[0], (i, radix, a.as_str())),
    };
    match result {
        Ok(text) => assert_eq!(text, expected, "operation {i} of {a} and {b}, radix {radix}"),
        Err(error) => panic!("operation {i} of {a} and {b}: {error}"),
    }
}

fn same(a: f64, b: f64) -> bool {
    a.to_bits() == b.to_bits() || a.is_nan() && b.is_nan()
}

/// Decimal notation, read as a flonum and exactly.
fn decimal(numbers: &mut Numbers, choices: &mut Choices) {
    let digits = |choices: &mut Choices, most: usize| -> String {
        (0..choices.below(most)).map(|_| char::from(b'0' + choices.byte() % 10)).collect()
    };
    let sign = *choices.pick(&["", "-", "+"]);
    let (most_whole, most_fraction) = if choices.rarely(8) { (400, 900) } else { (25, 25) };
    let (whole, fraction) = (digits(choices, most_whole), digits(choices, most_fraction));
    if whole.is_empty() && fraction.is_empty() {
        return;
    }
    let exponent = choices.below(800) as i32 - 400;
    let text = match choices.below(3) {
        0 => format!("{sign}{whole}.{fraction}"),
        _ => format!("{sign}{whole}.{fraction}e{exponent}"),
    };
    let expected: f64 = text.parse().expect("Rust reads it as well");
    let (vm, procedures) = machine(numbers);
    let got: f64 = vm.call(&procedures[1], (text.as_str(),)).unwrap_or_else(|e| panic!("{text}: {e}"));
    assert!(same(got, expected), "{text}: {got:?} instead of {expected:?}");
    // Exactly: digits, times a power of ten.
    let places = fraction.len() as i32;
    let power = if text.contains('e') { exponent - places } else { -places };
    let value: BigInt = format!("{whole}{fraction}").parse().expect("digits");
    let value = BigRational::from(if sign == "-" { -value } else { value });
    let value = value * Pow::pow(&BigRational::from(BigInt::from(10)), power);
    let got: String = vm.call(&procedures[2], (text.as_str(),)).unwrap_or_else(|e| panic!("#e{text}: {e}"));
    assert_eq!(got, shown(&value, 10), "#e{text}");
}

/// A flonum: printed as the shortest text that is read as the same, exact, and compared with exact numbers.
fn flonum(numbers: &mut Numbers, choices: &mut Choices) {
    let x = match choices.below(4) {
        0 => f64::from_bits(choices.u64()),
        1 => choices.u64() as i64 as f64,
        2 => f64::from_bits((choices.below(2048) as u64) << 52 | choices.below(3) as u64),
        _ => choices.below(1000) as f64 / 10_f64.powi(choices.below(30) as i32),
    };
    let near = rational(choices);
    let (vm, procedures) = machine(numbers);
    let text: String = vm.call(&procedures[3], (x,)).unwrap_or_else(|e| panic!("{x:?}: {e}"));
    let back: f64 = vm.call(&procedures[1], (text.as_str(),)).unwrap_or_else(|e| panic!("{text}: {e}"));
    assert!(same(back, x), "{x:?} is written as {text}, which is read as {back:?}");
    if !x.is_finite() {
        return;
    }
    assert!(same(text.parse().expect("Rust reads it as well"), x), "{x:?} is written as {text}");
    let count = |text: &str| {
        let digits: String = text.split('e').next().unwrap_or("").chars().filter(char::is_ascii_digit).collect();
        digits.trim_matches('0').len()
    };
    assert!(count(&text) <= count(&format!("{x:e}")), "{x:?} is written as {text}");
    let exact = BigRational::from_f64(x).expect("it is finite");
    let got: String = vm.call(&procedures[4], (x,)).unwrap_or_else(|e| panic!("exact {x:?}: {e}"));
    assert_eq!(got, shown(&exact, 10), "exact {x:?}");
    // An exact number near it, or anywhere.
    let other = match choices.below(3) {
        0 => exact.clone(),
        1 => &exact + BigRational::new(1.into(), BigInt::one() << choices.below(1200)),
        _ => near,
    };
    let expected = match other.cmp(&exact) {
        std::cmp::Ordering::Less => "less",
        std::cmp::Ordering::Equal => "equal",
        std::cmp::Ordering::Greater => "greater",
    };
    let other = shown(&other, 10);
    let got: String = vm.call(&procedures[6], (other.as_str(), x)).unwrap_or_else(|e| panic!("{other} < {x:?}: {e}"));
    assert_eq!(got, expected, "{other} and {x:?}");
}

/// The nearest flonum of an exact number: none is nearer, and of two the even one.
fn rounded(numbers: &mut Numbers, choices: &mut Choices) {
    let mut value = rational(choices);
    if choices.rarely(3) {
        // Halfway between two, or nearly so.
        let x = f64::from_bits(choices.u64());
        if let Some(exact) = BigRational::from_f64(x).filter(|_| x.is_finite()) {
            let next = BigRational::from_f64(f64::from_bits(x.to_bits() + 1)).unwrap_or_else(|| exact.clone());
            value = (exact + next) / BigRational::from(BigInt::from(2));
            if choices.rarely(2) {
                value += BigRational::new(1.into(), BigInt::one() << (1000 + choices.below(200)));
            }
        }
    }
    let text = shown(&value, 10);
    let (vm, procedures) = machine(numbers);
    let got: f64 = vm.call(&procedures[5], (text.as_str(),)).unwrap_or_else(|e| panic!("{text}: {e}"));
    assert!(!got.is_nan(), "{text}");
    if got.is_infinite() {
        // Half a unit above the largest.
        let least = (BigInt::one() << 1024) - (BigInt::one() << 970);
        assert!(value.abs() >= BigRational::from(least), "{text}");
        return;
    }
    let distance = |x: f64| BigRational::from_f64(x).map(|x| (x - &value).abs());
    let own = distance(got).expect("it is finite");
    let magnitude = got.abs();
    let up = f64::from_bits(magnitude.to_bits() + 1);
    let down = if magnitude == 0.0 { -f64::from_bits(1) } else { f64::from_bits(magnitude.to_bits() - 1) };
    for other in [up, down] {
        let other = other.copysign(if magnitude == 0.0 { other } else { got });
        if let Some(distance) = distance(other) {
            let even = got.to_bits() & 1 == 0;
            assert!(own < distance || own == distance && even, "{text} is {got:?}, and {other:?} is nearer");
        }
    }
}

/// Anything that may be a number.
fn any_text(numbers: &mut Numbers, text: &str) {
    let (vm, procedures) = machine(numbers);
    match vm.call::<f64>(&procedures[1], (text,)) {
        Ok(x) => {
            // What Rust reads as well, it reads as the same: all but names, separators and complex numbers.
            let plain = text.bytes().all(|b| b.is_ascii_digit() || b"+-.e".contains(&b));
            if plain {
                let expected: f64 = text.parse().unwrap_or_else(|_| panic!("{text:?} is no number"));
                assert!(same(x, expected), "{text:?}: {x:?} instead of {expected:?}");
            }
        }
        Err(error) if error.kind() == ErrorKind::Conversion => {}
        Err(error) => check_error(&error, text),
    }
}

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let [first, rest @ ..] = data else { return };
    let choices = &mut Choices::new(rest);
    NUMBERS.with_borrow_mut(|numbers| match first % 8 {
        0..=2 => exact(numbers, choices),
        3 => decimal(numbers, choices),
        4 => flonum(numbers, choices),
        5 => rounded(numbers, choices),
        _ => any_text(numbers, &String::from_utf8_lossy(rest)),
    });
});
