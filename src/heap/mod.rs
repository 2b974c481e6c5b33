//! Values, objects, allocation, collection, symbols. Depends on nothing above it.
//!
//! One [`Heap`] belongs to one machine. Objects do not move. Allocation never collects: past the budget it asks for a
//! collection, which the evaluator performs at its next safepoint through [`Heap::collect`].

mod account;
mod allocate;
mod block;
mod collect;
mod construct;
mod ephemeron;
mod eqv;
mod external;
mod guardian;
mod header;
mod large;
mod object;
mod record;
mod string;
mod symbol;
#[cfg(test)]
mod tests;
mod tracer;
mod value;
mod weak_pair;

pub use account::HeapFull;
pub use eqv::mix;
pub use external::External;
pub use header::*;
pub use object::*;
pub use record::*;
pub use string::*;
pub use symbol::*;
pub use tracer::{ClosureLayout, Tracer};
pub use value::*;

use account::Account;
use allocate::Streams;
use block::Blocks;
use external::Externals;
use guardian::Registrations;
use large::LargeObjects;
use std::ptr::null_mut;

/// A machine's heap.
// The evaluator allocates pairs and closures through the first two fields; the order of the last ones is that of dropping.
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
    stress: bool,
    account: Account,
    streams: Streams,
    symbols: SymbolTable,
    well_known: Vec<Value>,
    tracer: Tracer,
    registrations: Registrations,
    externals: Externals,
    large: LargeObjects,
    blocks: Blocks,
}

// SAFETY: the pointers lead to memory that this heap alone owns, to static memory that is never written, or to the boxes
// of externals, which are `Send`.
unsafe impl Send for Heap {}

impl Heap {
    /// A heap without static symbols and without a limit. It has no memory yet but the tables of this struct.
    pub fn new() -> Heap {
        Heap::with_static_symbols(&StaticSymbols::NONE)
    }

    /// A heap in which the names of `symbols` mean those symbols.
    pub fn with_static_symbols(symbols: &'static StaticSymbols) -> Heap {
        Heap {
            bump: null_mut(),
            bump_end: null_mut(),
            countdown: 0,
            set_aside: 0,
            collection_wanted: false,
            stress: false,
            account: Account::new(),
            streams: Streams::new(),
            symbols: SymbolTable::new(symbols),
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
