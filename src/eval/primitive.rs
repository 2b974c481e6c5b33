//! What a primitive is. `#[primitives]` of the crate in `macros/` makes one of each function of a module: the argument and
//! arity checks, the name, the documentation.
//!
//! A primitive never calls back into Scheme and never runs the collector, so the values it holds need no roots. One
//! flagged `control` may answer with [`Machine::tail_call`].

use super::{Machine, Res};
use crate::heap::Value;

/// The Rust function: its arguments were counted by the caller against `min` and `max`.
pub type PrimitiveFn = fn(&mut Machine, &[Value]) -> Res;

/// One row of a table of primitives.
pub struct Primitive {
    /// The Scheme name. `%` begins those that only the prelude uses.
    pub name: &'static str,
    /// Its name in the library of all primitives: another one where two have the same. See `program_name`.
    pub internal_name: &'static str,
    pub run: PrimitiveFn,
    /// Fewest arguments.
    pub min: usize,
    /// Most arguments; `usize::MAX` when any number.
    pub max: usize,
    /// Parameters with what they must be: ("k", "an index").
    pub parameters: &'static [(&'static str, &'static str)],
    /// From its doc comment.
    pub doc: &'static str,
    pub flags: Flags,
    /// What a call in the usual number of arguments tries first.
    pub fast: Option<Fast>,
}

/// A way to the answer of a primitive in its common case: without an array of arguments, `None` for all other cases, in
/// which `run` decides.
#[derive(Copy, Clone)]
pub enum Fast {
    Two(fn(&mut Machine, Value, Value) -> Option<Value>),
    Three(fn(&mut Machine, Value, Value, Value) -> Option<Value>),
}

/// A parameter that gets the procedure's own name, for conditions.
pub type Who = &'static str;

/// What the compiler may assume of a primitive.
#[derive(Copy, Clone, PartialEq, Eq)]
pub struct Flags(u8);

impl Flags {
    pub const NONE: Flags = Flags(0);
    /// Same arguments, same answer, no effect but an error: a call with constant arguments can be folded, if the answer
    /// is an immediate value.
    pub const fn pure(self) -> Flags {
        Flags(self.0 | 1)
    }
    /// May answer `Stop::CALL`, or looks at the machine's stack: never inside a simple expression.
    pub const fn control(self) -> Flags {
        Flags(self.0 | 2)
    }
    /// Changes nothing, but is not pure: what it answers is new, or depends on the contents of objects.
    pub const fn effect_free(self) -> Flags {
        Flags(self.0 | 4)
    }
    pub const fn is_pure(self) -> bool {
        self.0 & 1 != 0
    }
    pub const fn is_control(self) -> bool {
        self.0 & 2 != 0
    }
    /// Whether all that it can do is answer or fail.
    pub const fn is_effect_free(self) -> bool {
        self.0 & 5 != 0
    }
}
