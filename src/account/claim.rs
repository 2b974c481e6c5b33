//! A share of an account that belongs to somebody, and collections that grow at its expense. Depends on the books.

use super::books::{Account, HeapFull};
use super::spare::fallible;
use std::collections::{TryReserveError, VecDeque};
use std::hash::{BuildHasher, Hash};

/// Memory outside of the heap that somebody has taken; given back when this is dropped. Lies beside the collections that
/// it pays for.
#[derive(Debug)]
pub struct Claim {
    account: Account,
    bytes: usize,
}

impl Claim {
    /// A claim on nothing yet.
    pub fn new(account: &Account) -> Claim {
        Claim { account: account.clone(), bytes: 0 }
    }

    /// A claim on an account of its own, without a limit.
    pub fn unlimited() -> Claim {
        Claim { account: Account::unlimited(), bytes: 0 }
    }

    /// The account.
    pub fn account(&self) -> &Account {
        &self.account
    }

    /// What was taken.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Takes more.
    ///
    /// # Errors
    /// The limit has no room; nothing was taken.
    #[inline]
    pub fn take(&mut self, bytes: usize) -> Result<(), HeapFull> {
        self.account.take(bytes)?;
        self.bytes += bytes;
        Ok(())
    }

    /// Counts what could not be refused.
    pub fn take_anyway(&mut self, bytes: usize) {
        self.account.take_anyway(bytes);
        self.bytes = self.bytes.saturating_add(bytes);
    }

    /// Gives back a part, at most all.
    pub fn give(&mut self, bytes: usize) {
        let bytes = bytes.min(self.bytes);
        self.account.give(bytes);
        self.bytes -= bytes;
    }

    /// Gives back all.
    pub fn give_all(&mut self) {
        self.give(self.bytes)
    }

    /// Makes room for `more` elements in a collection that this claim pays for.
    ///
    /// # Errors
    /// The limit or the system has no memory for it; the collection is as it was, and nothing was charged.
    #[inline]
    pub fn grow<T: Growing>(&mut self, what: &mut T, more: usize) -> Result<(), HeapFull> {
        if what.spare() >= more { Ok(()) } else { self.grow_slow(what, more) }
    }

    #[cold]
    #[inline(never)]
    fn grow_slow<T: Growing>(&mut self, what: &mut T, more: usize) -> Result<(), HeapFull> {
        let old = what.capacity();
        let used = old - what.spare();
        let least = used.checked_add(more).ok_or(HeapFull)?;
        // Twice as much while it is small, half as much again when it is large.
        let generous =
            if old.saturating_mul(T::UNIT) < LARGE { old.saturating_mul(2) } else { old.saturating_add(old / 2) };
        let least_bytes = least.saturating_mul(T::UNIT);
        let size = if generous > least && self.account.admit(T::bytes(generous)).is_ok() {
            generous
        } else if old == 0 && least_bytes < SMALLEST {
            (SMALLEST / T::UNIT).max(least)
        } else {
            least
        };
        // Old and new are there at once while the content moves.
        let bytes = T::bytes(size);
        self.take(bytes)?;
        if fallible(|| what.try_grow(size - used)).is_err() {
            self.give(bytes);
            return Err(HeapFull);
        }
        self.give(bytes);
        // What the collection has made of it, which may be more.
        self.take_anyway(T::bytes(what.capacity()).saturating_sub(T::bytes(old)));
        Ok(())
    }

    /// Appends to a vector that this claim pays for.
    ///
    /// # Errors
    /// As for [`Claim::grow`].
    #[inline]
    pub fn push<T>(&mut self, to: &mut Vec<T>, x: T) -> Result<(), HeapFull> {
        self.grow(to, 1)?;
        to.push(x);
        Ok(())
    }

    /// Appends to a string that this claim pays for.
    ///
    /// # Errors
    /// As for [`Claim::grow`].
    #[inline]
    pub fn push_str(&mut self, to: &mut String, text: &str) -> Result<(), HeapFull> {
        self.grow(to, text.len())?;
        to.push_str(text);
        Ok(())
    }

    /// Appends to a vector that this claim pays for.
    ///
    /// # Errors
    /// As for [`Claim::grow`].
    #[inline]
    pub fn extend_from_slice<T: Copy>(&mut self, to: &mut Vec<T>, items: &[T]) -> Result<(), HeapFull> {
        self.grow(to, items.len())?;
        to.extend_from_slice(items);
        Ok(())
    }

    /// A new vector with room for exactly `count` elements.
    ///
    /// # Errors
    /// As for [`Claim::grow`].
    pub fn vec<T>(&mut self, count: usize) -> Result<Vec<T>, HeapFull> {
        let bytes = count.saturating_mul(size_of::<T>());
        self.take(bytes)?;
        let mut items = Vec::new();
        if fallible(|| items.try_reserve_exact(count)).is_err() {
            self.give(bytes);
            return Err(HeapFull);
        }
        Ok(items)
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        self.give_all()
    }
}

/// A collection, and the claim that pays for it.
#[derive(Debug)]
pub struct Paid<T> {
    what: T,
    claim: Claim,
}

impl<T: Growing> Paid<T> {
    /// A collection for which `claim` has taken what it takes.
    pub fn new(what: T, claim: Claim) -> Paid<T> {
        Paid { what, claim }
    }

    /// The collection alone: it is small, or paid for otherwise.
    pub fn into_inner(self) -> T {
        self.what
    }

    /// The collection and the claim.
    pub fn apart(self) -> (T, Claim) {
        (self.what, self.claim)
    }

    /// Makes room for `more` elements.
    ///
    /// # Errors
    /// As for [`Claim::grow`].
    #[inline]
    pub fn grow(&mut self, more: usize) -> Result<(), HeapFull> {
        self.claim.grow(&mut self.what, more)
    }
}

impl<T: Default> Default for Paid<T> {
    /// Nothing, on no account that has a limit.
    fn default() -> Paid<T> {
        Paid { what: T::default(), claim: Claim::unlimited() }
    }
}

impl<T> Paid<Vec<T>> {
    /// A vector with room for exactly `count` elements.
    ///
    /// # Errors
    /// As for [`Claim::grow`].
    pub fn with_room(account: &Account, count: usize) -> Result<Paid<Vec<T>>, HeapFull> {
        let mut claim = Claim::new(account);
        let what = claim.vec(count)?;
        Ok(Paid { what, claim })
    }
}

// What is pushed this way is within the room that there is, or little.
impl<T> std::ops::Deref for Paid<T> {
    type Target = T;
    #[inline]
    fn deref(&self) -> &T {
        &self.what
    }
}

impl<T> std::ops::DerefMut for Paid<T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        &mut self.what
    }
}

/// The elements of what was paid for; the claim lasts as long.
pub struct Elements<T> {
    items: std::vec::IntoIter<T>,
    _claim: Claim,
}

impl<T> IntoIterator for Paid<Vec<T>> {
    type Item = T;
    type IntoIter = Elements<T>;
    fn into_iter(self) -> Elements<T> {
        Elements { items: self.what.into_iter(), _claim: self.claim }
    }
}

impl<T> Iterator for Elements<T> {
    type Item = T;
    #[inline]
    fn next(&mut self) -> Option<T> {
        self.items.next()
    }
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.items.size_hint()
    }
}

impl<T> DoubleEndedIterator for Elements<T> {
    fn next_back(&mut self) -> Option<T> {
        self.items.next_back()
    }
}

impl<T> ExactSizeIterator for Elements<T> {}

/// From here on collections grow by half.
const LARGE: usize = 1 << 20;
/// The least that a collection begins with, in bytes.
const SMALLEST: usize = 64;

/// A collection that can be asked to grow.
pub trait Growing {
    /// Bytes for each element.
    const UNIT: usize;
    /// Bytes that it takes with room for `capacity` elements.
    fn bytes(capacity: usize) -> usize;
    /// Elements that it has room for.
    fn capacity(&self) -> usize;
    /// Elements that it has room for beside those that it has.
    fn spare(&self) -> usize;
    /// Makes room for `more` elements.
    ///
    /// # Errors
    /// The system has no memory.
    fn try_grow(&mut self, more: usize) -> Result<(), HeapFull>;
}

impl From<TryReserveError> for HeapFull {
    fn from(_: TryReserveError) -> HeapFull {
        HeapFull
    }
}

impl From<hashbrown::TryReserveError> for HeapFull {
    fn from(_: hashbrown::TryReserveError) -> HeapFull {
        HeapFull
    }
}

/// A collection that grows to what it is asked for: its elements, bytes for each, what its capacity takes, how it is asked.
macro_rules! growing {
    ($([$($parameters:tt)*] $collection:ty: $unit:expr, $bytes:expr, $ask:ident;)*) => { $(
        impl<$($parameters)*> Growing for $collection {
            const UNIT: usize = if $unit == 0 { 1 } else { $unit };

            fn bytes(capacity: usize) -> usize {
                $bytes(capacity, Self::UNIT)
            }

            #[inline]
            fn capacity(&self) -> usize {
                self.capacity()
            }

            #[inline]
            fn spare(&self) -> usize {
                self.capacity() - self.len()
            }

            fn try_grow(&mut self, more: usize) -> Result<(), HeapFull> {
                Ok(self.$ask(more)?)
            }
        }
    )* };
}

growing! {
    [T] Vec<T>: size_of::<T>(), bytes_in_a_row, try_reserve_exact;
    [T] VecDeque<T>: size_of::<T>(), bytes_in_a_row, try_reserve_exact;
    [] String: 1, bytes_in_a_row, try_reserve_exact;
    [K: Eq + Hash, V, S: BuildHasher] hashbrown::HashMap<K, V, S>: size_of::<(K, V)>() + 1, bytes_of_table, try_reserve;
    [K: Eq + Hash, S: BuildHasher] hashbrown::HashSet<K, S>: size_of::<K>() + 1, bytes_of_table, try_reserve;
}

fn bytes_in_a_row(capacity: usize, unit: usize) -> usize {
    capacity.saturating_mul(unit)
}

/// A table has a power of two places, a byte beside each, of which seven eighths may be taken.
fn bytes_of_table(capacity: usize, unit: usize) -> usize {
    let places = capacity.saturating_mul(8).div_ceil(7).checked_next_power_of_two().unwrap_or(usize::MAX);
    if capacity == 0 { 0 } else { places.saturating_mul(unit).saturating_add(16) }
}
