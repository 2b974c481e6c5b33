//! Products of long numbers by number-theoretic transforms, with a look at the clock between pieces of the work.
//!
//! The factors are cut into digits of `b` bits, the coefficients of two polynomials whose product is computed modulo
//! x^N - 1 over the field of `field.rs`, N being 2^k or 3 · 2^k and more than the product's degree; so few bits are
//! taken that no coefficient of the product reaches p. Forward, the transform splits x^2m - c² into x^m - c and
//! x^m + c, down to the values at all roots of unity in the order in which that leaves them; back, it does the
//! reverse. Of a block of coefficients that are split only c is needed, which depends on the block's number alone
//! (Cooley and Tukey's butterflies with twiddles in bit-reversed order). Blocks that fit the cache are transformed
//! completely before the next one is begun.

use super::field::{self, add, multiply, subtract};
use super::{Result, poll, words};
use crate::heap::Heap;

/// Coefficients of a block that is transformed at once: 128 KiB.
const BLOCK: usize = 1 << 14;

/// How the product of two numbers is computed.
struct Plan {
    /// Coefficients.
    length: usize,
    /// Whether the length is three times a power of two.
    thirds: bool,
    /// Bits of a digit.
    bits: u32,
    roots: Roots,
}

impl Plan {
    /// The cheapest plan for factors of so many limbs.
    fn new(a: usize, b: usize) -> Plan {
        let mut best: Option<(usize, bool, u32)> = None;
        for bits in (16..=24).rev() {
            let digits = |limbs: usize| (limbs * 64).div_ceil(bits as usize);
            // The largest coefficient is a sum of as many products as the shorter factor has digits.
            let largest = (digits(a.min(b)) as u128) << (2 * bits);
            if largest >= field::P as u128 {
                continue;
            }
            let needed = digits(a) + digits(b);
            let power = needed.next_power_of_two().max(BLOCK);
            let (length, thirds) = if power / 4 * 3 >= needed { (power / 4 * 3, true) } else { (power, false) };
            if best.is_none_or(|(least, ..)| length < least) {
                best = Some((length, thirds, bits));
            }
        }
        // 16 bits suffice for factors of 2^32 digits, more than there can be.
        let (length, thirds, bits) = best.unwrap_or((BLOCK, false, 16));
        Plan { length, thirds, bits, roots: Roots::new() }
    }
}

/// Bytes that the product of factors of so many limbs needs besides its result.
pub fn temporaries(a: usize, b: usize, same: bool) -> usize {
    let plan = Plan::new(a, b);
    plan.length * 8 * (2 - same as usize)
}

/// The limbs of `a · b`, highest ones perhaps zero.
pub fn product(heap: &mut Heap, a: &[u64], b: &[u64]) -> Result<Vec<u64>> {
    let plan = Plan::new(a.len(), b.len());
    let same = std::ptr::eq(a, b);
    let mut x = digits(heap, a, &plan)?;
    forward(heap, &mut x, &plan)?;
    if same {
        for part in x.chunks_mut(BLOCK) {
            poll(heap)?;
            part.iter_mut().for_each(|v| *v = multiply(*v, *v));
        }
    } else {
        let mut y = digits(heap, b, &plan)?;
        forward(heap, &mut y, &plan)?;
        for (part, other) in x.chunks_mut(BLOCK).zip(y.chunks(BLOCK)) {
            poll(heap)?;
            part.iter_mut().zip(other).for_each(|(v, &w)| *v = multiply(*v, w));
        }
    }
    backward(heap, &mut x, &plan)?;
    gather(heap, &x, &plan, a.len() + b.len())
}

/// The number cut into digits, and zeros.
fn digits(heap: &mut Heap, limbs: &[u64], plan: &Plan) -> Result<Vec<u64>> {
    let mut out = words(plan.length)?;
    let mask = (1u64 << plan.bits) - 1;
    let (mut buffer, mut held, mut at) = (0u128, 0, 0);
    for part in limbs.chunks(BLOCK) {
        poll(heap)?;
        for &limb in part {
            buffer |= (limb as u128) << held;
            held += 64;
            while held >= plan.bits {
                out[at] = buffer as u64 & mask;
                at += 1;
                buffer >>= plan.bits;
                held -= plan.bits;
            }
        }
    }
    if held > 0 {
        out[at] = buffer as u64;
    }
    Ok(out)
}

/// The number whose digits the coefficients are, carried and divided by the transform's length.
fn gather(heap: &mut Heap, coefficients: &[u64], plan: &Plan, length: usize) -> Result<Vec<u64>> {
    let mut out = words(length)?;
    let scale = field::inverse(plan.length as u64);
    let mask = (1u64 << plan.bits) - 1;
    let (mut carry, mut buffer, mut held, mut at) = (0u128, 0u128, 0, 0);
    'all: for part in coefficients.chunks(BLOCK) {
        poll(heap)?;
        for &c in part {
            carry += multiply(c, scale) as u128;
            buffer |= ((carry as u64 & mask) as u128) << held;
            carry >>= plan.bits;
            held += plan.bits;
            if held >= 64 {
                if at == length {
                    break 'all;
                }
                out[at] = buffer as u64;
                at += 1;
                buffer >>= 64;
                held -= 64;
            }
        }
    }
    if at < length {
        out[at] = buffer as u64;
    }
    Ok(out)
}

/// What twiddles are computed from.
struct Roots {
    /// g_i has order 2^(i + 2): block s is split at the product of those g_i whose bit i is set in s.
    by_bit: [u64; 30],
    /// `ratio[i]` leads from the twiddle of a block whose number ends in i ones to that of the next.
    ratio: [u64; 30],
    by_bit_inverse: [u64; 30],
    ratio_inverse: [u64; 30],
    /// The cube roots of 1.
    cube: [u64; 3],
}

impl Roots {
    fn new() -> Roots {
        let by_bit: [u64; 30] = std::array::from_fn(|i| field::root_of_unity(1 << (i + 2)));
        let by_bit_inverse = by_bit.map(field::inverse);
        // Adding 1 to a number that ends in i ones clears them and sets bit i.
        let ratio = |g: &[u64; 30], inverse: &[u64; 30]| {
            let mut cleared = 1;
            std::array::from_fn(|i| {
                let ratio = multiply(g[i], cleared);
                cleared = multiply(cleared, inverse[i]);
                ratio
            })
        };
        let omega = field::root_of_unity(3);
        Roots {
            ratio: ratio(&by_bit, &by_bit_inverse),
            ratio_inverse: ratio(&by_bit_inverse, &by_bit),
            by_bit,
            by_bit_inverse,
            cube: [1, omega, multiply(omega, omega)],
        }
    }

    /// The twiddle of block `s` of a level in third `third`: of the latter's constant the root, taken once more at each
    /// level, is its square.
    fn twiddle(&self, third: usize, level: u32, s: usize, inverse: bool) -> u64 {
        let by_bit = if inverse { &self.by_bit_inverse } else { &self.by_bit };
        // In exponents of a cube root of 1, both taking the root and inverting is a multiplication by 2.
        let doublings = 1 + level + inverse as u32;
        let mut w = self.cube[third * (1 + doublings as usize % 2) % 3];
        let mut bits = s;
        while bits != 0 {
            w = multiply(w, by_bit[bits.trailing_zeros() as usize]);
            bits &= bits - 1;
        }
        w
    }
}

/// Splits one block at `w`.
#[inline(always)]
fn split(block: &mut [u64], w: u64) {
    let (low, high) = block.split_at_mut(block.len() / 2);
    // By index: this is where the time goes, in builds without optimisation too.
    let mut i = 0;
    while i < low.len() {
        let (x, y) = (low[i], multiply(high[i], w));
        low[i] = add(x, y);
        high[i] = subtract(x, y);
        i += 1;
    }
}

/// The reverse, times 2; `w` is the inverse twiddle.
#[inline(always)]
fn join(block: &mut [u64], w: u64) {
    let (low, high) = block.split_at_mut(block.len() / 2);
    let mut i = 0;
    while i < low.len() {
        let (x, y) = (low[i], high[i]);
        low[i] = add(x, y);
        high[i] = multiply(subtract(x, y), w);
        i += 1;
    }
}

/// The pieces of a block in which a long pass over it is made, with looks at the clock between them.
fn in_pieces(heap: &mut Heap, block: &mut [u64], w: u64, pass: fn(&mut u64, &mut u64, u64)) -> Result<()> {
    let (low, high) = block.split_at_mut(block.len() / 2);
    for (low, high) in low.chunks_mut(BLOCK).zip(high.chunks_mut(BLOCK)) {
        poll(heap)?;
        for (a, b) in low.iter_mut().zip(high) {
            pass(a, b, w);
        }
    }
    Ok(())
}

fn forward(heap: &mut Heap, a: &mut [u64], plan: &Plan) -> Result<()> {
    if !plan.thirds {
        return forward_block(heap, a, &plan.roots, 0, 0, 0);
    }
    let third = a.len() / 3;
    split_in_thirds(heap, a, &plan.roots, false)?;
    for (i, part) in a.chunks_mut(third).enumerate() {
        forward_block(heap, part, &plan.roots, i, 0, 0)?;
    }
    Ok(())
}

/// Transforms block `s` of `level`.
fn forward_block(heap: &mut Heap, a: &mut [u64], roots: &Roots, third: usize, level: u32, s: usize) -> Result<()> {
    if a.len() > BLOCK {
        let w = roots.twiddle(third, level, s, false);
        in_pieces(heap, a, w, |a, b, w| {
            let (x, y) = (*a, multiply(*b, w));
            *a = add(x, y);
            *b = subtract(x, y);
        })?;
        let (low, high) = a.split_at_mut(a.len() / 2);
        forward_block(heap, low, roots, third, level + 1, 2 * s)?;
        return forward_block(heap, high, roots, third, level + 1, 2 * s + 1);
    }
    poll(heap)?;
    let (mut size, mut level, mut first) = (a.len(), level, s);
    while size > 1 {
        let mut w = roots.twiddle(third, level, first, false);
        for (i, block) in a.chunks_exact_mut(size).enumerate() {
            split(block, w);
            w = multiply(w, roots.ratio[(first + i).trailing_ones() as usize]);
        }
        (size, level, first) = (size / 2, level + 1, 2 * first);
    }
    Ok(())
}

fn backward(heap: &mut Heap, a: &mut [u64], plan: &Plan) -> Result<()> {
    if !plan.thirds {
        return backward_block(heap, a, &plan.roots, 0, 0, 0);
    }
    let third = a.len() / 3;
    for (i, part) in a.chunks_mut(third).enumerate() {
        backward_block(heap, part, &plan.roots, i, 0, 0)?;
    }
    split_in_thirds(heap, a, &plan.roots, true)
}

fn backward_block(heap: &mut Heap, a: &mut [u64], roots: &Roots, third: usize, level: u32, s: usize) -> Result<()> {
    if a.len() > BLOCK {
        let (low, high) = a.split_at_mut(a.len() / 2);
        backward_block(heap, low, roots, third, level + 1, 2 * s)?;
        backward_block(heap, high, roots, third, level + 1, 2 * s + 1)?;
        let w = roots.twiddle(third, level, s, true);
        return in_pieces(heap, a, w, |a, b, w| {
            let (x, y) = (*a, *b);
            *a = add(x, y);
            *b = multiply(subtract(x, y), w);
        });
    }
    poll(heap)?;
    let depth = a.len().trailing_zeros();
    for down in (0..depth).rev() {
        let (size, first) = (a.len() >> down, s << down);
        let mut w = roots.twiddle(third, level + down, first, true);
        for (i, block) in a.chunks_exact_mut(size).enumerate() {
            join(block, w);
            w = multiply(w, roots.ratio_inverse[(first + i).trailing_ones() as usize]);
        }
    }
    Ok(())
}

/// From coefficients modulo x^3m - 1 to those modulo x^m - ω^i, or, for `back`, three times the reverse.
fn split_in_thirds(heap: &mut Heap, a: &mut [u64], roots: &Roots, back: bool) -> Result<()> {
    let third = a.len() / 3;
    let (first, rest) = a.split_at_mut(third);
    let (second, last) = rest.split_at_mut(third);
    let [_, w, w2] = if back { [1, roots.cube[2], roots.cube[1]] } else { roots.cube };
    for ((first, second), last) in first.chunks_mut(BLOCK).zip(second.chunks_mut(BLOCK)).zip(last.chunks_mut(BLOCK)) {
        poll(heap)?;
        for ((a, b), c) in first.iter_mut().zip(second).zip(last) {
            let (x, y, z) = (*a, *b, *c);
            let (yw, yw2, zw, zw2) = (multiply(y, w), multiply(y, w2), multiply(z, w), multiply(z, w2));
            *a = add(x, add(y, z));
            *b = add(x, add(yw, zw2));
            *c = add(x, add(yw2, zw));
        }
    }
    Ok(())
}
