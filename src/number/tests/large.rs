//! Operations that are done in steps: agreement with dashu on operands of lengths around the borders between the ways of
//! computing, and that all of them stop when they are asked to.

use super::*;
use crate::number::large;
use dashu_int::ops::{BitTest, DivRem, Gcd};
use dashu_int::{IBig, UBig};
use proptest::prelude::*;

/// A number of so many limbs: random ones, all ones, or with long stretches of ones and zeros.
fn number(limbs: usize, seed: u64, shape: u8) -> UBig {
    let mut state = seed | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let words: Vec<u64> = (0..limbs)
        .map(|i| match shape % 4 {
            0 | 1 => next(),
            2 => u64::MAX,
            _ if i / 97 % 2 == 0 => 0,
            _ => u64::MAX << (next() % 64),
        })
        .collect();
    UBig::from_words(&words) + 1u8
}

fn long() -> impl Strategy<Value = UBig> {
    let limbs = prop_oneof![1usize..40, 900usize..1100, 1400usize..1700, 3900usize..4200, 4200usize..9000];
    (limbs, any::<u64>(), any::<u8>()).prop_map(|(limbs, seed, shape)| number(limbs, seed, shape))
}

/// A square by a product of different factors: those that dashu makes of equal ones are wrong now and then from some 4,025
/// limbs on (0.6.2).
fn squared(a: &UBig) -> UBig {
    a * (a + 1u8) - a
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn products(a in long(), b in long()) {
        let heap = &mut Heap::new();
        prop_assert_eq!(large::multiply(heap, &a, &b), Ok(&a * &b));
        prop_assert_eq!(large::square(heap, &a), Ok(squared(&a)));
        let (x, y) = (-IBig::from(a), IBig::from(b));
        prop_assert_eq!(large::multiply_signed(heap, &x, &y), Ok(x * y));
    }

    #[test]
    fn quotients(a in long(), b in long(), c in long()) {
        let heap = &mut Heap::new();
        let product = &a * &b;
        prop_assert_eq!(large::div_rem(heap, &product, &c), Ok((&product).div_rem(&c)));
        prop_assert_eq!(large::div_rem(heap, &a, &b), Ok((&a).div_rem(&b)));
        // The largest remainder, and none.
        let almost = &product - UBig::ONE;
        prop_assert_eq!(large::div_rem(heap, &almost, &b), Ok((&a - UBig::ONE, &b - UBig::ONE)));
        prop_assert_eq!(large::div_rem(heap, &product, &b), Ok((a.clone(), UBig::ZERO)));
        let (x, y) = (-IBig::from(product), IBig::from(c));
        prop_assert_eq!(large::div_rem_signed(heap, &x, &y), Ok(x.div_rem(y)));
    }

    #[test]
    fn roots(a in long(), more in 0u8..3) {
        let heap = &mut Heap::new();
        // Just below, at, and just below the next square.
        let square = squared(&a);
        for n in [&square - UBig::ONE, square.clone(), &square + (&a << 1), a.clone()] {
            // The definition decides: the crate's answer for one less than a square of this size can be too large.
            let (root, rest) = large::sqrt_rem(heap, &n).expect("ok");
            prop_assert!(rest <= &root << 1);
            prop_assert_eq!(squared(&root) + rest, n);
        }
        let k = 3 + more as usize * 4;
        let root = large::nth_root(heap, &a, k).expect("ok");
        prop_assert!(root.pow(k) <= a && (root + UBig::ONE).pow(k) > a);
    }

    #[test]
    fn divisors(a in long(), b in long(), c in long()) {
        let heap = &mut Heap::new();
        prop_assert_eq!(large::gcd(heap, &a, &b), Ok((&a).gcd(&b)));
        let (x, y) = (&a * &c, &b * &c);
        prop_assert_eq!(large::gcd(heap, &x, &y), Ok((&x).gcd(&y)));
        prop_assert_eq!(large::gcd(heap, &x, &c), Ok(c));
    }

    #[test]
    fn texts(a in long(), radix in 2u32..37) {
        let heap = &mut Heap::new();
        let mut text = String::new();
        large::print(heap, &a, radix, usize::MAX, &mut text).expect("ok");
        prop_assert_eq!(&text, &format!("{:#}", a.in_radix(radix as u8)));
        prop_assert_eq!(large::parse(heap, &text, radix), Ok(Some(a.clone())));
        let decimal = a.to_string();
        for most in [1, 17, 80] {
            let mut shown = String::new();
            if large::leading_digits(&a, most, &mut shown) {
                prop_assert_eq!(&shown, &decimal[..most]);
            } else {
                prop_assert_eq!(&shown, &decimal);
            }
        }
    }

    #[test]
    fn powers(a in 0u64..1000, k in 1usize..9000) {
        let heap = &mut Heap::new();
        prop_assert_eq!(large::pow(heap, &UBig::from(a), k), Ok(UBig::from(a).pow(k)));
    }
}

/// Neighbours in Fibonacci's sequence have the most quotients, all of them 1.
#[test]
fn the_longest_chain_of_quotients() {
    let (mut a, mut b) = (UBig::ONE, UBig::ONE);
    while b.bit_len() < 2000 * 64 {
        (a, b) = (b.clone(), a + b);
    }
    assert_eq!(large::gcd(&mut Heap::new(), &a, &b), Ok(UBig::ONE));
}

/// The leading digits of a power of ten, and of what is just below, which no approximation can tell apart.
#[test]
fn leading_digits_of_a_border() {
    let power = UBig::from(10u8).pow(30_000);
    for n in [power.clone(), &power - UBig::ONE] {
        let mut out = String::new();
        assert!(large::leading_digits(&n, 20, &mut out));
        assert!(out == "1".to_string() + &"0".repeat(19) || out == "9".repeat(20), "{out}");
    }
}

/// Where memory for a product at once is not there, it is made in parts.
#[test]
fn a_product_in_little_memory() {
    let (a, b) = (number(9000, 5, 0), number(8000, 7, 0));
    let heap = &mut Heap::new();
    heap.set_limit(700_000);
    assert_eq!(large::multiply(heap, &a, &b), Ok(&a * &b));
    let heap = &mut Heap::new();
    heap.set_limit(100_000);
    assert_eq!(large::multiply(heap, &a, &b), Err(NumberError::HeapFull));
}

/// Every operation gives up when the run is to stop.
#[test]
fn every_operation_stops() {
    let (a, b) = (number(12_000, 5, 0), number(5_000, 7, 0));
    let text = "7".repeat(200_000);
    let heap = &mut Heap::new();
    heap.watch.interrupt.begin();
    heap.watch.interrupt.request(None);
    let stopped = Err(NumberError::Stopped);
    assert_eq!(large::multiply(heap, &a, &b), stopped);
    assert_eq!(large::multiply(heap, &a, &UBig::from(3u8)), stopped);
    assert_eq!(large::square(heap, &a), stopped);
    assert_eq!(large::div_rem(heap, &a, &b).map(|(q, _)| q), stopped);
    assert_eq!(large::div_rem(heap, &a, &UBig::from(3u8)).map(|(q, _)| q), stopped);
    assert_eq!(large::gcd(heap, &a, &b), stopped);
    assert_eq!(large::sqrt_rem(heap, &a).map(|(q, _)| q), stopped);
    assert_eq!(large::nth_root(heap, &a, 3), stopped);
    assert_eq!(large::pow(heap, &UBig::from(3u8), 10_000_000), stopped);
    assert_eq!(large::parse(heap, &text, 10), Err(NumberError::Stopped));
    assert_eq!(large::parse(heap, &text, 16), Err(NumberError::Stopped));
    assert_eq!(large::print(heap, &a, 10, usize::MAX, &mut String::new()), Err(NumberError::Stopped));
    assert_eq!(large::print(heap, &a, 16, usize::MAX, &mut String::new()), Err(NumberError::Stopped));
    assert_eq!(factorial(heap, Value::fixnum(100_000)), Err(NumberError::Stopped));
}
