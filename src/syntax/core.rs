//! The core language: what the expander makes and the passes of `compile/` read and rewrite.
//!
//! Expressions live in one bump arena for a compilation unit, are immutable and shared freely, and are never dropped
//! one by one, so deep nesting costs nothing at the end. Variables are unique objects: no two binders share one, and
//! rewriting passes make fresh ones when they copy a binder.

use super::library::LibraryId;
use crate::diagnostics::Span;
use crate::heap::Value;
use std::cell::Cell;

/// A primitive: index into the table that the machine was built with.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct PrimitiveId(pub u16);

/// A variable of a library or of the top level: index into the machine's table of globals.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct GlobalId(pub u32);

/// A local variable.
pub struct Variable {
    /// A symbol, for messages and backtraces.
    pub name: Value,
    /// Unique within the machine's life.
    pub id: u32,
    /// Target of some `SetLocal`. Set by the expander, kept true by the passes.
    pub assigned: Cell<bool>,
    /// A word for whichever pass is running: counts, slots, substitutions. Zero between passes.
    pub scratch: Cell<u64>,
}

pub type Expr<'a> = &'a Core<'a>;
pub type Var<'a> = &'a Variable;

/// An expression with where it comes from.
pub struct Core<'a> {
    pub span: Span,
    pub site: SiteId,
    pub kind: CoreKind<'a>,
}

impl Core<'_> {
    /// Where it comes from.
    pub fn place(&self) -> Place {
        Place { span: self.span, site: self.site }
    }
}

/// Where an expression is written, and into which call the text there was copied.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Place {
    pub span: Span,
    pub site: SiteId,
}

impl Place {
    /// Nowhere.
    pub const NONE: Place = Place { span: Span::NONE, site: SiteId::NONE };
}

impl From<Span> for Place {
    fn from(span: Span) -> Place {
        Place { span, site: SiteId::NONE }
    }
}

/// A call that the body of a procedure has replaced: index plus one into a unit's table of [`Site`]s. The expander knows
/// of none; `compile::simplify` makes them.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct SiteId(pub u32);

impl SiteId {
    /// Text that stands where it was written.
    pub const NONE: SiteId = SiteId(0);

    pub fn is_none(self) -> bool {
        self == SiteId::NONE
    }

    /// The site, in its unit's table.
    pub fn of(self, sites: &[Site]) -> Option<&Site> {
        sites.get((self.0 as usize).checked_sub(1)?)
    }
}

/// A call that the body of a procedure has replaced.
#[derive(Copy, Clone, Debug)]
pub struct Site {
    /// The name of the procedure: a symbol, or `#f`.
    pub procedure: Value,
    /// Where the call is, and into which call that text was copied itself.
    pub call: Place,
}

/// The forms of the core language.
#[derive(Copy, Clone)]
pub enum CoreKind<'a> {
    /// A literal; compound ones are immutable.
    Constant(Value),
    Local(Var<'a>),
    Global(GlobalId),
    /// A primitive as a value or in operator position.
    Primitive(PrimitiveId),
    SetLocal(Var<'a>, Expr<'a>),
    /// Assignment to a defined global.
    SetGlobal(GlobalId, Expr<'a>),
    /// The definition of a global: makes its first value, or at the prompt its next.
    Define(GlobalId, Expr<'a>),
    If(Expr<'a>, Expr<'a>, Expr<'a>),
    /// Two or more expressions; all but the last for effect, accepting any number of values.
    Sequence(&'a [Expr<'a>]),
    Lambda(&'a Lambda<'a>),
    /// Initialisers evaluated in an unspecified order (left to right by us), outside the scope of the variables.
    Let(&'a [Var<'a>], &'a [Expr<'a>], Expr<'a>),
    /// `letrec*`: initialisers in order, inside the scope. Reading a variable before its initialiser has run is
    /// an `&assertion` unless a pass proves it cannot happen.
    Letrec(&'a [Var<'a>], &'a [Expr<'a>], Expr<'a>),
    Call(Expr<'a>, &'a [Expr<'a>]),
}

/// Calls `f` on each direct subexpression.
pub fn each_child<'a>(e: Expr<'a>, f: &mut dyn FnMut(Expr<'a>)) {
    match e.kind {
        CoreKind::Constant(_) | CoreKind::Local(_) | CoreKind::Global(_) | CoreKind::Primitive(_) => {}
        CoreKind::SetLocal(_, x) | CoreKind::SetGlobal(_, x) | CoreKind::Define(_, x) => f(x),
        CoreKind::If(a, b, c) => [a, b, c].into_iter().for_each(f),
        CoreKind::Sequence(es) => es.iter().copied().for_each(f),
        CoreKind::Lambda(l) => l.clauses.iter().for_each(|c| f(c.body)),
        CoreKind::Let(_, inits, body) | CoreKind::Letrec(_, inits, body) => {
            inits.iter().copied().for_each(&mut *f);
            f(body)
        }
        CoreKind::Call(g, args) => {
            f(g);
            args.iter().copied().for_each(f)
        }
    }
}

/// A procedure: one clause, or several for `case-lambda`.
pub struct Lambda<'a> {
    /// A symbol for backtraces and printing, or `#f`.
    pub name: Value,
    pub span: Span,
    pub clauses: &'a [Clause<'a>],
}

/// One clause of a procedure.
pub struct Clause<'a> {
    pub parameters: &'a [Var<'a>],
    pub rest: Option<Var<'a>>,
    pub body: Expr<'a>,
}

/// What an expansion makes: code to run, and what it needs.
pub struct Unit<'a> {
    /// Definitions and expressions in order; its value is that of the last expression.
    pub body: Expr<'a>,
    /// Libraries to instantiate before, in this order.
    pub requires: Vec<LibraryId>,
    /// The globals that the body defines, in order, with the symbols they are named by.
    pub globals: Vec<(GlobalId, Value)>,
    /// The transformer expressions of the keywords that the unit defines at its top level: what is needed, besides
    /// the tables, to make them again in another machine.
    #[allow(dead_code, reason = "the build script uses it")]
    pub transformers: Vec<Transformer<'a>>,
}

/// The definition of a keyword by code.
#[allow(dead_code, reason = "the build script uses it")]
pub struct Transformer<'a> {
    /// The object that the keyword is bound to (`transformer.rs`).
    pub object: Value,
    /// What was evaluated to get the procedure in it.
    pub expression: Expr<'a>,
}
