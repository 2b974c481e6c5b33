//! Guardians: objects that their program has dropped, given back once more. Depends on marking and ephemerons.
//!
//! As in Dybvig, Bruggeman & Eby 1993: an object is registered with a guardian; when a collection finds it alive
//! through nothing but that registration, the guardian hands out its representative (usually the object itself), which
//! is alive again until it is dropped once more. An object that was registered several times comes back as often. Weak
//! references to it are not broken before it really goes. A guardian that dies takes its registrations with it.

use super::tracer::Tracer;
use super::{Guardian, Heap, HeapFull, Kind, Pair, Value, View};
use crate::account::fallible;

/// Slots of a `Kind::Guardian` object: the queue of what it has to hand out, and the queue's last pair.
const QUEUE: usize = 0;
const LAST: usize = 1;

/// One registration.
struct Registration {
    guardian: Value,
    object: Value,
    /// `(representative)`: the queue's pair in waiting, so that a collection allocates nothing.
    link: Pair,
    /// While collecting: the object was alive but for guardians.
    held: bool,
}

/// All registrations of a heap.
#[derive(Default)]
pub(super) struct Registrations(Vec<Registration>);

impl Heap {
    pub fn guardian(&mut self) -> Guardian {
        Guardian(self.slots(Kind::Guardian, &[Value::NIL, Value::NIL]))
    }

    /// Registers `object`: once it is dropped, `guardian` hands out `representative`.
    pub fn guard(&mut self, guardian: Guardian, object: Value, representative: Value) -> Result<(), HeapFull> {
        if object.is_pointer() {
            let link = Pair(self.cons(representative, Value::NIL));
            let memory = self.memory().clone();
            let all = &mut self.registrations.0;
            let before = all.capacity();
            if all.len() == before {
                // Old and new are there at once while the registrations move.
                let more = (before / 2).max(16);
                memory.admit((before + more) * size_of::<Registration>())?;
                fallible(|| all.try_reserve_exact(more)).map_err(|_| HeapFull)?;
            }
            all.push(Registration { guardian: guardian.0, object, link, held: false });
            let grown = all.capacity() - before;
            self.account(grown * size_of::<Registration>());
        }
        Ok(())
    }
}

impl Guardian {
    /// The representative of an object that has been dropped, if there is one: the longest waiting first.
    pub fn retrieve(self) -> Option<Value> {
        let (first, rest) = self.0.known_slot(QUEUE).uncons()?;
        self.0.set_known_slot(QUEUE, rest);
        if rest.is_nil() {
            self.0.set_known_slot(LAST, Value::NIL)
        }
        Some(first)
    }
}

impl Registrations {
    pub(super) fn bytes(&self) -> usize {
        self.0.capacity() * size_of::<Registration>()
    }

    /// After all else is marked: finds who was dropped, and keeps their representatives alive.
    pub(super) fn resurrect(&mut self, tracer: &mut Tracer) {
        // First decide for all of them, so that of two dropped objects that know each other both come back.
        for r in &mut self.0 {
            r.held = tracer.is_alive(r.object)
        }
        // A representative is alive if its guardian is, which it may be through another representative: an ephemeron.
        for r in &self.0 {
            tracer.ephemeron(r.guardian, r.link.value())
        }
        tracer.finish_ephemerons();
    }

    /// When marking succeeded: hands the dropped to their guardians.
    pub(super) fn hand_out(&mut self, tracer: &Tracer) {
        self.0.retain(|r| {
            let wanted = tracer.is_alive(r.guardian);
            if wanted && !r.held {
                enqueue(r.guardian, r.link)
            }
            wanted && r.held
        });
        if self.0.len() < self.0.capacity() / 4 {
            self.0.shrink_to(self.0.len() * 2)
        }
    }
}

fn enqueue(guardian: Value, link: Pair) {
    match Pair::from_value(guardian.known_slot(LAST)) {
        Some(last) => last.set_cdr(link.value()),
        None => guardian.set_known_slot(QUEUE, link.value()),
    }
    guardian.set_known_slot(LAST, link.value())
}
