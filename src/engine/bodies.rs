//! The bodies of libraries that have been expanded: which have still to run, and what becomes of one that is cut short.

use crate::eval::Machine;
use crate::heap::{External, Tracer, Value};
use crate::syntax::library::LibraryId;
use hashbrown::HashMap;

/// Bodies of libraries that have not been run to their end yet. A machine's extension.
#[derive(Default)]
pub(crate) struct Bodies(HashMap<LibraryId, Body, foldhash::fast::FixedState>);

struct Body {
    thunk: Value,
    /// It is running: what it evaluates itself does not wait for its end.
    begun: bool,
}

/// Libraries whose bodies run. One that an exception or a limit has cut short has defined a part of what it defines, and
/// code is linked with that part. So it is forgotten, with those that require it; the next import makes it anew.
impl Bodies {
    /// The thunk of a body that is to run now; none, if it has run by now or is running.
    pub fn begin(machine: &mut Machine, id: LibraryId) -> Option<Value> {
        let body = machine.extension::<Bodies>().0.get_mut(&id).filter(|body| !body.begun)?;
        body.begun = true;
        Some(body.thunk)
    }

    /// A library has a body that is to run before what requires it.
    pub fn add(machine: &mut Machine, id: LibraryId, thunk: Value) {
        machine.extension::<Bodies>().0.insert(id, Body { thunk, begun: false });
    }

    /// Whether the body has not come to its end yet.
    pub fn waits(machine: &mut Machine, id: LibraryId) -> bool {
        machine.extension::<Bodies>().0.contains_key(&id)
    }

    /// A body that was begun has come to its end.
    pub fn end(machine: &mut Machine, id: LibraryId) {
        machine.extension::<Bodies>().0.remove(&id);
        machine.syntax.library_mut(id).form = Value::FALSE;
    }

    /// A body that was begun was cut short.
    pub fn cut_short(machine: &mut Machine, id: LibraryId) {
        machine.extension::<Bodies>().0.remove(&id);
        machine.syntax.forget_cut_short(id);
        let waiting: Vec<LibraryId> = machine.extension::<Bodies>().0.keys().copied().collect();
        for other in waiting {
            if machine.syntax.requires(other, id) {
                machine.extension::<Bodies>().0.remove(&other);
                machine.syntax.forget_cut_short(other);
            }
        }
    }

    /// All that were begun were cut short: nothing runs.
    pub fn abandon(machine: &mut Machine) {
        let bodies = &machine.extension::<Bodies>().0;
        let begun: Vec<LibraryId> = bodies.iter().filter(|(_, body)| body.begun).map(|(id, _)| *id).collect();
        begun.into_iter().for_each(|id| Bodies::cut_short(machine, id));
    }
}

impl External for Bodies {
    fn trace(&self, tracer: &mut Tracer) {
        self.0.values().for_each(|body| tracer.value(body.thunk))
    }
    fn type_name(&self) -> &'static str {
        "library-bodies"
    }
}
