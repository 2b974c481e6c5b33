//! The field of integers modulo p = 2^64 - 2^32 + 1, in which products of polynomials are computed (`convolution.rs`).
//!
//! 2^64 ≡ 2^32 - 1 and 2^96 ≡ -1 (mod p), so that a product of two words is reduced by shifts and additions; and
//! p - 1 = 2^32 · 3 · 5 · 17 · 257 · 65537, so that there are roots of unity of all orders needed. Elements are words
//! below p.

/// The modulus.
pub const P: u64 = 0xffff_ffff_0000_0001;
/// 2^64 mod p.
const EPSILON: u64 = 0xffff_ffff;
/// Generates the multiplicative group.
const GENERATOR: u64 = 7;

#[inline(always)]
pub fn add(a: u64, b: u64) -> u64 {
    let (sum, carry) = a.overflowing_add(b);
    let (less, borrow) = sum.overflowing_sub(P);
    if carry || !borrow { less } else { sum }
}

#[inline(always)]
pub fn subtract(a: u64, b: u64) -> u64 {
    let (difference, borrow) = a.overflowing_sub(b);
    // On a borrow the word is too large by 2^64 - p = EPSILON.
    difference.wrapping_sub(EPSILON & (borrow as u64).wrapping_neg())
}

#[inline(always)]
pub fn multiply(a: u64, b: u64) -> u64 {
    reduce(a as u128 * b as u128)
}

/// low + 2^64 · middle + 2^96 · high ≡ low - high + EPSILON · middle.
#[inline(always)]
fn reduce(product: u128) -> u64 {
    let (low, upper) = (product as u64, (product >> 64) as u64);
    let (middle, high) = (upper & EPSILON, upper >> 32);
    let (difference, borrow) = low.overflowing_sub(high);
    let difference = difference.wrapping_sub(EPSILON & (borrow as u64).wrapping_neg());
    let (sum, carry) = difference.overflowing_add(middle * EPSILON);
    let sum = sum.wrapping_add(EPSILON & (carry as u64).wrapping_neg());
    if sum >= P { sum - P } else { sum }
}

pub fn power(base: u64, mut exponent: u64) -> u64 {
    let (mut result, mut square) = (1, base);
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = multiply(result, square);
        }
        square = multiply(square, square);
        exponent >>= 1;
    }
    result
}

/// `a` to the power -1; `a` is not zero.
pub fn inverse(a: u64) -> u64 {
    power(a, P - 2)
}

/// A root of unity of that order, which divides p - 1.
pub fn root_of_unity(order: u64) -> u64 {
    power(GENERATOR, (P - 1) / order)
}
