//! One account for all the memory that a program causes to be taken: the heap's and everything outside of it. Depends on
//! nothing.
//!
//! A machine's heap and whatever else grows on a program's behalf (data being read, tables of the printer, arenas of the
//! expander, code, texts) share one [`Account`]. It knows the limit, and what is in use. Memory outside of the heap
//! is *taken* before it is allocated and *given* back when it is freed; both are counted in the heap's bytes in use.
//!
//! | to … | use |
//! |---|---|
//! | let a vector, string or table grow | a [`Claim`]: charges for the growth, then asks the system, and either may refuse |
//! | allocate many small things that die together | an [`Arena`] |
//! | call itself for the parts of nested data | [`deepen`]: more native stack |
//! | know beforehand whether an object of the heap may be made | `Heap::reserve` |
//! | count what nobody has asked for, but the process holds | [`beside`] |
//! | go on when the system refuses even a small request of the standard library's | [`SpareAllocator`] |
//!
//! ```text
//! let mut claim = Claim::new(heap.memory());
//! claim.push(&mut items, x)?;                    // like items.push(x), counted and fallible
//! claim.grow(&mut text, s.len())?;               // then text.push_str(s) does not allocate
//! ```
//!
//! Invariants: what a claim has taken is given back when it is dropped, so it lies beside the collections that it pays
//! for; `outside <= live <= used`; no request that was refused has been charged. Every request of this module to the
//! system may fail; code that calls the standard library's infallible ones directly keeps them small.

mod arena;
mod beside;
mod books;
mod claim;
mod native;
mod spare;
#[cfg(test)]
mod tests;

pub use arena::Arena;
pub use beside::{beside, count_resident_memory};
pub use books::{Account, HeapFull};
pub use claim::{Claim, Paid};
pub use native::{Accountable, deepen, reserve_stack};
pub use spare::{SpareAllocator, fallible, insisting, keep_for_the_end};
