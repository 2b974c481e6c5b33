//! Operations on integers of thousands of limbs, in steps.
//!
//! dashu's operations cannot be asked to stop, and take minutes on large operands. So those that take more than a few
//! milliseconds are done here: by algorithms that are made of products and of dashu's operations on short operands,
//! and that ask between them whether the run is to stop ([`poll`]). Products are computed by number-theoretic
//! transforms (`convolution.rs`, over the field of `field.rs`), division by Burnikel and Ziegler's recursion
//! (`divide.rs`), square roots by Zimmermann's (`root.rs`), greatest common divisors by half-gcds (`gcd.rs`), and
//! conversion from and to text by halving (`text.rs`). All of them are of the order of a product of the operands'
//! size, or log n times that.
//!
//! Memory that is needed on the way is asked for from the heap's accountant before it is taken: by each operation for all
//! of its steps, in bytes for each limb as a counting allocator found them.

mod convolution;
mod divide;
mod field;
mod gcd;
mod power;
mod root;
mod text;

pub use divide::{div_rem, div_rem_signed};
pub use gcd::gcd;
pub use power::pow;
pub use root::{nth_root, sqrt_rem};
pub use text::{leading_digits, parse, print};

use super::{NumberError, Result};
use crate::heap::Heap;
use dashu_int::{IBig, UBig};

/// Shorter factors are left to dashu, whose squares are not right any more a little above (see the tests).
const CONVOLUTION: usize = 4000;
/// Operands of fewer limbs take no operation of dashu's longer than a few milliseconds.
pub const LONG: usize = 1500;
/// Limbs of a long factor or dividend that are worked on at once.
const PIECE: usize = 4096;

/// Whether to go on.
#[inline]
pub fn poll(heap: &Heap) -> Result<()> {
    if heap.stop_wanted() { Err(NumberError::Stopped) } else { Ok(()) }
}

/// So many limbs, all zero.
fn words(length: usize) -> Result<Vec<u64>> {
    let mut limbs = Vec::new();
    limbs.try_reserve_exact(length).map_err(|_| NumberError::HeapFull)?;
    limbs.resize(length, 0);
    Ok(limbs)
}

/// The lowest `k` limbs.
fn low(n: &UBig, k: usize) -> UBig {
    let limbs = n.as_words();
    UBig::from_words(&limbs[..k.min(limbs.len())])
}

/// What is above the lowest `k` limbs.
fn high(n: &UBig, k: usize) -> UBig {
    n.as_words().get(k..).map_or(UBig::ZERO, UBig::from_words)
}

/// `high` shifted to the left by `k` limbs, and `low` added, which may be longer.
fn join(high: UBig, k: usize, low: &UBig) -> UBig {
    (high << (64 * k)) + low
}

pub fn multiply(heap: &mut Heap, a: &UBig, b: &UBig) -> Result<UBig> {
    let (x, y) = (a.as_words(), b.as_words());
    if is_short(x, y) {
        return Ok(a * b);
    }
    Ok(UBig::from_words(&product(heap, x, y)?))
}

pub fn multiply_signed(heap: &mut Heap, a: &IBig, b: &IBig) -> Result<IBig> {
    let ((sign_a, x), (sign_b, y)) = (a.as_sign_words(), b.as_sign_words());
    if is_short(x, y) {
        return Ok(a * b);
    }
    Ok(IBig::from_parts(sign_a * sign_b, UBig::from_words(&product(heap, x, y)?)))
}

pub fn square(heap: &mut Heap, a: &UBig) -> Result<UBig> {
    let x = a.as_words();
    if is_short(x, x) {
        return Ok(a.sqr());
    }
    Ok(UBig::from_words(&product(heap, x, x)?))
}

/// Whether dashu's product takes no more than a few milliseconds, and is the faster one.
pub fn is_short(a: &[u64], b: &[u64]) -> bool {
    a.len().min(b.len()) < CONVOLUTION && a.len() + b.len() < 2 * PIECE
}

/// The limbs of a product, the highest ones perhaps zero.
pub fn product(heap: &mut Heap, a: &[u64], b: &[u64]) -> Result<Vec<u64>> {
    heap.reserve_many((a.len() + b.len()).saturating_mul(8))?;
    if a.len().min(b.len()) >= CONVOLUTION {
        let room = convolution::temporaries(a.len(), b.len(), std::ptr::eq(a, b));
        if heap.reserve_many(room).is_ok() {
            return convolution::product(heap, a, b);
        }
    }
    let mut out = words(a.len() + b.len())?;
    add_product(heap, &mut out, a, b, HALVINGS)?;
    Ok(out)
}

/// How often a product is halved for want of memory: each time it takes less of that, and more time.
const HALVINGS: usize = 2;

/// Adds a product in pieces of the longer factor: those of a short one, and halves where the memory for all is not there.
fn add_product(heap: &mut Heap, out: &mut [u64], a: &[u64], b: &[u64], halvings: usize) -> Result<()> {
    let (long, short) = if a.len() < b.len() { (b, a) } else { (a, b) };
    if short.is_empty() {
        return Ok(());
    }
    if short.len() < CONVOLUTION {
        let factor = UBig::from_words(short);
        for (i, piece) in long.chunks(PIECE).enumerate() {
            poll(heap)?;
            add_at(out, i * PIECE, (UBig::from_words(piece) * &factor).as_words());
        }
        return Ok(());
    }
    let room = convolution::temporaries(a.len(), b.len(), false);
    match heap.reserve_many(room) {
        Ok(()) => {
            let product = convolution::product(heap, a, b)?;
            add_at(out, 0, &product);
            Ok(())
        }
        Err(full) if halvings == 0 => Err(full.into()),
        Err(_) => {
            let (low, high) = long.split_at(long.len() / 2);
            add_product(heap, out, low, short, halvings - 1)?;
            add_product(heap, &mut out[low.len()..], high, short, halvings - 1)
        }
    }
}

/// Adds `limbs` to `out` from limb `at` on; the sum fits.
fn add_at(out: &mut [u64], at: usize, limbs: &[u64]) {
    let limbs = super::limbs::trimmed(limbs);
    let mut carry = false;
    let (low, high) = out[at..].split_at_mut(limbs.len());
    for (o, &x) in low.iter_mut().zip(limbs) {
        let (sum, c1) = o.overflowing_add(x);
        let (sum, c2) = sum.overflowing_add(carry as u64);
        *o = sum;
        carry = c1 | c2;
    }
    for o in high {
        if !carry {
            return;
        }
        (*o, carry) = o.overflowing_add(1);
    }
}
