//! Parameters whose values the machine itself saves and restores: those of `make-parameter`, and the current ports.
//!
//! A parameter's value is in one place, wherever the program is (shallow binding): reading it costs no search. `parametrise`
//! puts a winder on the list of winders that holds the values of the other side: the outer ones while its body runs, the
//! inner ones after it was left. Entering and leaving exchange them, in one step with the change of the list of winders. So
//! whenever a run ends, the list says which values were there before: see [`Machine::leave_winders`].

use super::Machine;
use super::code::{Code, CodeKind};
use super::entry::{return_to_caller, static_code};
use super::node::{Node, Transfer};
use super::operand::free_variable;
use crate::heap::{Kind, Value};

static PARAMETER: Node = Node { run: parameter };
static PARAMETER_CODE: Code = static_code(&raw const PARAMETER, 3, CodeKind::Parameter);

// What a parameter's closure carries: the cell with its value, the procedure that sets it through its guard, or `#f`, and
// its name, a symbol or `#f`.
const CELL: usize = 0;
const SETTER: usize = 1;
const NAME: usize = 2;

/// Slot of a winder, which is a vector, in which `parametrise` has the parameters and their values on the other side.
/// Other winders have a procedure or `#f` there.
const EXCHANGED: usize = 0;

/// How many ports are parameters: the current ones for input, output and errors, then those of the console.
pub const PORTS: usize = 6;

/// # Safety
/// A node function's contract; `fp` is the complete frame of a parameter.
unsafe fn parameter(_: *const Node, fp: *mut Value, m: *mut Machine) -> Transfer {
    // SAFETY: passed on.
    unsafe { (*m).enter_parameter(fp) }
}

/// Where a parameter has its value.
#[derive(Copy, Clone)]
enum Place {
    Cell(Value),
    Port(usize),
}

impl Place {
    /// What stands for it in a winder.
    fn from_value(v: Value) -> Option<Place> {
        match v.as_fixnum() {
            Some(port) => usize::try_from(port).ok().filter(|&port| port < PORTS).map(Place::Port),
            None => v.is(Kind::Cell).then_some(Place::Cell(v)),
        }
    }

    fn value(self) -> Value {
        match self {
            Place::Cell(cell) => cell,
            Place::Port(port) => Value::fixnum(port as i64),
        }
    }
}

impl Machine {
    /// A parameter: a procedure whose value `(p)` returns. `(p v)` calls `setter` with the parameter and the new value, if it
    /// is a procedure; otherwise, and if the second of two arguments is `#f`, the new value is taken as it is. `name` is what
    /// messages call it, a symbol, or `#f`.
    pub fn make_parameter(&mut self, value: Value, setter: Value, name: Value) -> Value {
        let cell = self.heap.cell(value);
        // SAFETY: the code is static and says that there are three free variables.
        unsafe { self.heap.closure(&raw const PARAMETER_CODE.layout, &[cell, setter, name]) }
    }

    /// The name that a parameter was given: `#f` for none, and for other procedures.
    pub(super) fn parameter_name(&self, procedure: Value) -> Value {
        self.parameter_variable(procedure, NAME).unwrap_or(Value::FALSE)
    }

    /// Gives a parameter a value, past its guard; `false` if it is no parameter of `make_parameter`.
    pub fn set_parameter(&mut self, parameter: Value, value: Value) -> bool {
        match self.parameter_cell(parameter) {
            Some(cell) => {
                cell.set_slot(0, value);
                true
            }
            None => false,
        }
    }

    fn parameter_cell(&self, v: Value) -> Option<Value> {
        self.parameter_variable(v, CELL)
    }

    /// What the closure of a parameter carries at `i`, one of the three above.
    fn parameter_variable(&self, v: Value, i: usize) -> Option<Value> {
        if !v.is_procedure() {
            return None;
        }
        // SAFETY: a live closure; that code says that it has three free variables.
        unsafe { std::ptr::eq(Code::of(v), &raw const PARAMETER_CODE).then(|| Value(*v.address().add(1 + i))) }
    }

    /// The parameters of a list with their values, for a winder: `None` if one of them is not the machine's to set. `port`
    /// says which of [`Machine::ports`] a procedure gets and sets.
    pub fn saved_parameters(
        &mut self,
        parameters: Value,
        port: impl Fn(&Machine, Value) -> Option<usize>,
    ) -> Option<Value> {
        let mut saved = Vec::new();
        for parameter in parameters.list_iter() {
            let place = match self.parameter_cell(parameter) {
                Some(cell) => Place::Cell(cell),
                None => Place::Port(port(self, parameter)?),
            };
            saved.extend([place.value(), self.value_in(place)]);
        }
        Some(self.heap.vector(&saved))
    }

    fn value_in(&self, place: Place) -> Value {
        match place {
            Place::Cell(cell) => cell.slot(0),
            Place::Port(port) => self.ports[port],
        }
    }

    fn exchange(&mut self, saved: Value, i: usize) {
        let Some(place) = Place::from_value(saved.slot(2 * i)) else { return };
        let other = saved.slot(2 * i + 1);
        saved.set_slot(2 * i + 1, self.value_in(place));
        match place {
            Place::Cell(cell) => cell.set_slot(0, other),
            Place::Port(port) => self.ports[port] = other,
        }
    }

    /// Gives the parameters of a winder the values of the other side; in the opposite order on the way in, since one parameter
    /// may be there twice. Nothing for a winder of another kind.
    fn exchange_all(&mut self, winder: Value, on_the_way_in: bool) {
        if !winder.is(Kind::Vector) {
            return;
        }
        let Some(saved) = winder.slots().get(EXCHANGED).copied().filter(|v| v.is(Kind::Vector)) else { return };
        let count = saved.slots().len() / 2;
        for i in 0..count {
            self.exchange(saved, if on_the_way_in { count - 1 - i } else { i })
        }
    }

    /// Leaves the innermost winder, that of a `parametrise`; `list` is the list that it heads.
    pub fn leave_parameters(&mut self, list: Value) {
        if let Some((winder, outer)) = list.uncons() {
            self.exchange_all(winder, false);
            self.dynamic.winders = outer;
        }
    }

    /// Enters that winder again.
    pub fn enter_parameters(&mut self, list: Value) {
        if let Some((winder, _)) = list.uncons() {
            self.exchange_all(winder, true);
            self.dynamic.winders = list;
        }
    }

    /// A run is over: whatever bodies of `parametrise` it was in, their parameters have the values of outside. The
    /// procedures of `dynamic-wind` are not called: nothing of the run is.
    pub(super) fn leave_winders(&mut self) {
        while let Some((winder, outer)) = self.dynamic.winders.uncons() {
            self.exchange_all(winder, false);
            self.dynamic.winders = outer;
        }
    }

    /// # Safety
    /// `fp` is the complete frame of a parameter with `count` arguments, on top of all others.
    #[inline(never)]
    unsafe fn enter_parameter(&mut self, fp: *mut Value) -> Transfer {
        // SAFETY: as the caller says.
        unsafe {
            let cell = free_variable(fp, CELL);
            match self.count {
                0 => return_to_caller(cell.slot(0), fp),
                1 | 2 => {
                    let (parameter, new) = (*fp, *fp.add(1));
                    let setter = free_variable(fp, SETTER);
                    if setter.is_procedure() && (self.count == 1 || (*fp.add(2)).is_true()) {
                        return self.call_at(fp, setter, &[parameter, new]);
                    }
                    cell.set_slot(0, new);
                    let nothing = self.heap.multiple_values(&[]);
                    self.return_values(nothing, fp)
                }
                _ => self.wrong_count(fp),
            }
        }
    }
}
