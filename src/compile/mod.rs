//! From the core language to the statement graph. Depends on `syntax::core` and everything before it; knows of the
//! machine's primitives only what [`Primitives`] tells.
//!
//! | step | file | before | after |
//! |---|---|---|---|
//! | scan | `scan.rs` | core | what every variable and lambda is used for; which expressions are *simple* |
//! | contify | `contify.rs` | the same | lambdas that need no procedure, as loops and joins of the procedure around them |
//! | closures | `closures.rs` | the same | free variables of each procedure; those without any are static |
//! | lower | `lower*.rs` | core and all of that | [`graph::Unit`], which `eval` links |

mod charges;
mod closures;
mod contify;
mod dump;
mod effects;
pub mod graph;
mod letrec;
mod lower;
mod lower_calls;
mod lower_letrec;
mod lower_simple;
mod moves;
pub mod operation;
mod scan;
mod simplify;

use crate::account::{Account, Accountable};
use crate::syntax::core::{Expr, GlobalId, PrimitiveId, Site};
use graph::Unit;
use hashbrown::{HashMap, HashSet};
use operation::Operation;
pub use scan::Special;
pub use simplify::{Facts, Simplified, simplify};

type Map<K, V> = HashMap<K, V, foldhash::fast::FixedState>;
type Set<K> = HashSet<K, foldhash::fast::FixedState>;

/// What compilation must know of the machine's primitives.
pub trait Primitives {
    /// The operation with inline code that the primitive is.
    fn operation(&self, id: PrimitiveId) -> Option<Operation>;
    /// Whether it may ask for a call or look at the stack: never part of a simple expression.
    fn is_control(&self, id: PrimitiveId) -> bool;
    /// Whether it takes `count` arguments.
    fn accepts(&self, id: PrimitiveId, count: usize) -> bool;
    /// The form with code of its own that the primitive is.
    fn special(&self, id: PrimitiveId) -> Option<Special>;
    /// Whether all that it can do is answer, with something new perhaps, or fail.
    fn only_answers(&self, id: PrimitiveId) -> bool;
    /// What is known of a global.
    fn global(&self, id: GlobalId) -> GlobalState;
    /// Counts memory that compilation is going to use, and work in proportion to it. `false`: there is no more, or no more
    /// time, and what is compiled will not be used.
    fn take(&self, bytes: usize) -> bool;
    /// Notes that memory was refused.
    fn refuse(&self);
    /// What pays for native stack.
    fn account(&self) -> &Account;
}

impl Accountable for dyn Primitives + '_ {
    fn account(&self) -> &Account {
        Primitives::account(self)
    }
}

/// What compilation may know of a global.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum GlobalState {
    /// It may be assigned, or defined again.
    Variable,
    /// It is defined once, not yet.
    Constant,
    /// It has the value that it will always have.
    Defined,
}

/// Compiles an expression to the unit whose first procedure computes it, given no arguments.
///
/// With `keep_frame` the last call of the expression is no tail call: a backtrace then begins where the text does. Its
/// value may be several. `sites` is the table that the expression's places refer to. No unit, if `primitives` has refused
/// memory.
pub fn compile(expr: Expr, sites: &[Site], primitives: &dyn Primitives, keep_frame: bool) -> Option<Unit> {
    let mut scan = scan::scan(expr, primitives);
    contify::contify(&mut scan);
    let closures = closures::convert(&scan, primitives);
    if !primitives.take(0) {
        scan.release();
        return None;
    }
    let unit = lower::lower(expr, sites, scan, closures, primitives, keep_frame);
    if !primitives.take(0) {
        return None;
    }
    if cfg!(debug_assertions) {
        unit.check();
    }
    Some(unit)
}

/// How deep a simple expression may be: the native stack that its evaluation takes is proportional.
pub const SIMPLE_DEPTH: u8 = 24;
