//! Values, objects, allocation, collection, symbols. Depends on nothing in this crate but the account of memory.
//!
//! One [`Heap`] belongs to one machine; it costs nothing until it is used. Objects do not move: a value may be hashed
//! by its word, embedded in code, and held by Rust code until the next safepoint. Allocation never collects: past the
//! budget it asks for a collection, which the evaluator performs at its next safepoint through [`Heap::collect`].
//!
//! ```text
//!   value   ┌──────────────────────────┬───┐      one 64-bit word: a fixnum, flonum, character …, or an
//!           │ payload or address       │tag│      address whose tag says pair, procedure or object (value.rs)
//!           └──────────────────────────┴───┘
//!
//!   pair     [ car ][ cdr ]                                      two words, no header
//!   closure  [ code ][ free variable ] …                         the code's `ClosureLayout` says how many
//!   object   [ kind, flags, length ][ … ] …                      header.rs; views of each kind in object.rs
//!
//!   block, 4 KiB, aligned (block.rs)                             mark bits, one for each 16 bytes
//!   ┌────────┬──────────────────────────────────────────────┐    ┌──────────────────────────────────┐
//!   │ header │ ▓▓▓▓░░░░░░░░▓▓░▓▓▓▓▓▓▓░░░░░░░░░░░░░░▓▓▓▓▓▓▓▓ │    │ 1111000000001101111111000000 …   │
//!   └────────┴──────────────────────────────────────────────┘    └──────────────────────────────────┘
//!                  ↑ bump  ↑ bump_end                              the zeros are the free memory
//!
//!   large object (large.rs)
//!   ┌──────┬───────┬──────┬───────────────────────────┐
//!   │ next │ bytes │ mark │ object …                  │
//!   └──────┴───────┴──────┴───────────────────────────┘
//!                         ↑ an odd multiple of 8
//! ```
//!
//! | to know | read |
//! |---|---|
//! | how memory is found for an object | `allocate.rs`, then `blocks.rs`, `block.rs`, `chunk.rs`, `large.rs` |
//! | how a collection goes | `collect.rs`, then `tracer.rs`, `external.rs` |
//! | what is held weakly | `weak_pair.rs`, `ephemeron.rs`, `guardian.rs`, `symbol.rs` |
//! | when it is due, and what a limit does | `account.rs` |
//! | what an object is made of | `header.rs`, `object.rs`, `construct.rs`, `string.rs`, `record.rs`, `condition.rs` |
//!
//! What the evaluator owes the heap: at a safepoint, when [`Heap::collection_wanted`] is set, it calls `collect` with
//! everything it holds as roots, then asks [`Heap::over_limit`]. That the moment comes soon, the heap sees to by taking
//! the evaluator's countdown to zero ([`Heap::want_collection`]).
//!
//! Room for generations: marks lie beside the objects and are cleared in one place, `Blocks::clear_marks`. A minor
//! collection that leaves them set (sticky mark bits) treats all survivors as old, without moving any; what it needs
//! besides is a barrier in the setters of pairs, slots and cells that remembers old objects which were written to.

mod account;
mod allocate;
mod block;
mod blocks;
mod chunk;
mod collect;
mod condition;
mod construct;
mod ephemeron;
mod eqv;
mod external;
mod guardian;
mod header;
mod large;
mod object;
mod postponed;
mod record;
mod string;
mod symbol;
#[cfg(test)]
mod tests;
pub mod text;
mod tracer;
mod value;
mod watch;
mod weak_pair;

pub use crate::account::HeapFull;
pub use condition::*;
pub use ephemeron::WAITING;
pub use eqv::mix;
pub use external::{External, system_block};
pub use header::*;
pub use object::*;
pub use symbol::*;
pub use tracer::{ClosureLayout, Tracer};
pub use value::*;
pub use watch::{Interrupt, Watch};

use account::Accountant;
use allocate::Streams;
use blocks::Blocks;
use external::Externals;
use guardian::Registrations;
use large::LargeObjects;
use std::ptr::null_mut;

/// A machine's heap.
// The evaluator allocates pairs and closures through the first two fields; the order of the last ones is that of
// dropping.
#[repr(C)]
pub struct Heap {
    /// Where the next small object goes: a multiple of 16.
    pub(crate) bump: *mut u64,
    /// The end of the free run at `bump`. An object that would pass it takes `allocate`'s slow path.
    pub(crate) bump_end: *mut u64,
    /// Units of work until the evaluator stops to look around, which it does when this would fall below zero. It lives
    /// here so that [`Heap::want_collection`] can bring that moment forward.
    pub(crate) countdown: i64,
    /// What `want_collection` took from `countdown`.
    set_aside: i64,
    /// Set when the budget is used up; the next safepoint collects.
    pub collection_wanted: bool,
    /// What ends a run from outside of it.
    pub watch: Watch,
    stress: bool,
    account: Accountant,
    streams: Streams,
    symbols: SymbolTable,
    well_known: Vec<Value>,
    tracer: Tracer,
    registrations: Registrations,
    externals: Externals,
    large: LargeObjects,
    blocks: Blocks,
}

// SAFETY: the pointers lead to memory that this heap alone owns, to static memory that is never written, or to the
// boxes of externals, which are `Send`.
unsafe impl Send for Heap {}

impl Heap {
    /// A heap without a limit. It has no memory yet but the tables of this struct.
    pub fn new() -> Heap {
        Heap {
            bump: null_mut(),
            bump_end: null_mut(),
            countdown: 0,
            set_aside: 0,
            collection_wanted: false,
            watch: Watch::default(),
            stress: false,
            account: Accountant::new(),
            streams: Streams::new(),
            symbols: SymbolTable::default(),
            well_known: Vec::new(),
            tracer: Tracer::new(),
            registrations: Registrations::default(),
            externals: Externals::default(),
            large: LargeObjects::new(),
            blocks: Blocks::new(),
        }
    }
}

impl Default for Heap {
    fn default() -> Self {
        Heap::new()
    }
}
