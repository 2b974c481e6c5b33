//! Global variables: heap objects that nodes refer to by address, found by number when code is linked.
//!
//! The prelude's have the first numbers, and exist in a machine from the moment on that something refers to them: the
//! machine then asks the [`Prelude`] to define the global. A procedure of the prelude is defined lazily, compiled when it
//! is first called.

use super::code::{Code, CodeKind};
use super::entry::{LAZY, static_code};
use super::node::{Transfer, continue_at};
use super::run::Stopped;
use super::{Machine, Res, Stop};
use crate::diagnostics::Span;
use crate::heap::{Global, Kind, Value, View};
use crate::syntax::core::GlobalId;
use hashbrown::HashMap;

/// Slot of a `Kind::Global` object behind value and name: whether it is constant. One of the prelude always is, but says so
/// by [`BEING_DEFINED`] at first.
const CONSTANT: usize = 2;
const BEING_DEFINED: Value = Value::NIL;

/// The libraries that are part of the program: definitions found by number.
pub trait Prelude: Send + Sync {
    /// Its globals have the numbers below.
    fn globals(&self) -> u32;
    /// The name of a global.
    fn name(&self, id: GlobalId) -> &str;
    /// Gives a global its value in a machine: by [`Machine::define_lazily`] or [`Machine::set_global`].
    fn define(&self, machine: &mut Machine, id: GlobalId) -> Res<()>;
    /// The procedure of a global that was defined lazily: made by [`Machine::compile_thunk`] and run, or the like.
    fn procedure(&self, machine: &mut Machine, id: GlobalId) -> Res;
}

/// The globals of a machine.
#[derive(Default)]
pub(super) struct Globals {
    prelude: HashMap<u32, Value, foldhash::fast::FixedState>,
    others: Vec<Value>,
    /// Numbers, in `others`, of globals that are forgotten.
    free: Vec<u32>,
    /// The code of procedures that were defined lazily; kept, because their closures may be called once more.
    #[allow(clippy::vec_box, reason = "closures hold the addresses")]
    lazy: Vec<Box<Code>>,
}

impl Globals {
    pub fn trace(&self, tracer: &mut crate::heap::Tracer) {
        self.prelude.values().for_each(|&v| tracer.value(v));
        tracer.values(&self.others);
        self.lazy.iter().for_each(|code| tracer.value(code.layout.name));
    }
}

impl Machine {
    fn first_own_global(&self) -> u32 {
        self.prelude.as_ref().map_or(0, |p| p.globals())
    }

    /// A new global, unbound. `name` is a symbol.
    pub fn new_global(&mut self, name: Value) -> GlobalId {
        let object = self.global_cell(name);
        let globals = &mut self.globals;
        let index = globals.free.pop().unwrap_or(globals.others.len() as u32);
        match globals.others.get_mut(index as usize) {
            Some(free) => *free = object,
            None => globals.others.push(object),
        }
        GlobalId(self.first_own_global() + index)
    }

    /// Lets go of a global of which nothing knows the number any more. Linked code keeps the object.
    pub(super) fn forget_global(&mut self, id: GlobalId) {
        let index = id.0.wrapping_sub(self.first_own_global());
        if let Some(object) = self.globals.others.get_mut(index as usize)
            && object.is_pointer()
        {
            *object = Value::FALSE;
            self.globals.free.push(index)
        }
    }

    fn global_cell(&mut self, name: Value) -> Value {
        self.heap.slots(Kind::Global, &[Value::UNBOUND, name, Value::FALSE])
    }

    /// The object of a global. One of the prelude is defined if it was not yet.
    pub fn global(&mut self, id: GlobalId) -> Res<Global> {
        let first = self.first_own_global();
        if id.0 >= first {
            let object = self.globals.others.get((id.0 - first) as usize).copied();
            return object.and_then(Global::from_value).ok_or_else(|| self.no_global(id));
        }
        let known = self.globals.prelude.get(&id.0).copied().and_then(Global::from_value);
        if let Some(global) = known.filter(|global| Machine::is_constant(*global)) {
            return Ok(global);
        }
        let Some(prelude) = self.prelude.clone() else { return Err(self.no_global(id)) };
        // A limit may have ended the first attempt.
        let object = match known {
            Some(global) => global.value(),
            None => {
                let name = self.heap.symbol(prelude.name(id));
                let object = self.global_cell(name);
                self.globals.prelude.insert(id.0, object);
                object
            }
        };
        object.set_slot(CONSTANT, BEING_DEFINED);
        let defined = prelude.define(self, id);
        object.set_slot(CONSTANT, Value::boolean(defined.is_ok()));
        defined?;
        Global::from_value(object).ok_or_else(|| self.no_global(id))
    }

    /// The object of a global that does not belong to the prelude, whose globals are defined when they are first looked
    /// for, for good.
    pub(super) fn known_global(&self, id: GlobalId) -> Option<Global> {
        let index = id.0.checked_sub(self.first_own_global())?;
        self.globals.others.get(index as usize).copied().and_then(Global::from_value)
    }

    fn no_global(&mut self, id: GlobalId) -> Stop {
        self.assertion(
            "",
            "the program refers to a global variable that this machine does not have",
            &[Value::fixnum(i64::from(id.0))],
        )
    }

    /// Promises that a global is defined once and never assigned: calls of it need no checks.
    pub fn promise_constant(&mut self, id: GlobalId) -> Res<()> {
        let global = self.global(id)?;
        global.value().set_slot(CONSTANT, Value::TRUE);
        Ok(())
    }

    /// Whether that was promised.
    pub(super) fn is_constant(global: Global) -> bool {
        global.value().slot(CONSTANT).is_true()
    }

    /// The value of a global; `Value::UNBOUND` before its definition.
    pub fn global_value(&mut self, id: GlobalId) -> Res {
        self.global(id).map(Global::get)
    }

    pub fn set_global(&mut self, id: GlobalId, v: Value) -> Res<()> {
        self.global(id).map(|global| global.set(v))
    }

    /// Defines a global of the prelude as a procedure that is compiled at its first call. `clauses` says for each how
    /// many arguments are required, and whether there may be more.
    pub fn define_lazily(&mut self, id: GlobalId, clauses: &[(u32, bool)]) -> Res<()> {
        let global = self.global(id)?;
        let mut code = Box::new(static_code(&raw const LAZY, 0, CodeKind::Lazy(id, clauses.into())));
        code.layout.name = global.name();
        // SAFETY: the machine keeps the code as long as its heap.
        let closure = unsafe { self.heap.closure(&raw const code.layout, &[]) };
        self.globals.lazy.push(code);
        global.set(closure);
        Ok(())
    }

    /// Compiles the procedure in the frame at `fp`, and enters it.
    ///
    /// # Safety
    /// `fp` is a complete frame of `count` arguments with a lazy closure, on top of all others.
    #[cold]
    #[inline(never)]
    pub(super) unsafe fn enter_lazy(&mut self, fp: *mut Value) -> Transfer {
        // SAFETY: as the caller says; what runs meanwhile runs above the frame.
        unsafe {
            let (closure, count) = (*fp, self.count);
            (self.fp, self.live) = (fp, count as usize + 1);
            match self.force(closure) {
                Ok(()) => {
                    self.count = count;
                    continue_at((*Code::of(closure)).general, fp)
                }
                Err(Stop::LIMIT) => self.stop(Stopped::Limit(self.limit_hit)),
                Err(stop) => self.raise_stop(stop, fp, 1, Span::NONE),
            }
        }
    }

    /// Gives a lazy closure its code.
    pub(super) fn force(&mut self, closure: Value) -> Res<()> {
        // SAFETY: a live closure.
        let CodeKind::Lazy(id, _) = (unsafe { &(*Code::of(closure)).kind }) else { return Ok(()) };
        let id = *id;
        let Some(prelude) = self.prelude.clone() else { return Err(self.no_global(id)) };
        let procedure = prelude.procedure(self, id)?;
        if !procedure.is_procedure() {
            return Err(self.no_global(id));
        }
        // SAFETY: both are live closures; neither has free variables, so the closure may take over the other's code,
        // whose owner the collector finds through it from now on.
        unsafe {
            let code = Code::of(procedure);
            if (*code).layout.free != 0 {
                return Err(self.no_global(id));
            }
            *closure.address() = code as u64;
        }
        Ok(())
    }
}
