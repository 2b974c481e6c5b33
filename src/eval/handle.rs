//! Rooted handles: how a host holds Scheme values. Depends on `heap`.
//!
//! A handle names a slot in its machine's table of roots. Dropping the last clone of a handle puts the slot on a list
//! that the machine empties at its next use, so handles may be dropped on any thread, also after their machine.

use crate::heap::{Tracer, Value};
use std::sync::{Arc, Mutex};

/// A Scheme value held by the host. Cloning is cheap; the value lives as long as a clone and its machine do.
#[derive(Clone)]
pub struct Handle(Arc<Slot>);

struct Slot {
    index: usize,
    freed: Arc<Mutex<Vec<usize>>>,
}

impl Drop for Slot {
    fn drop(&mut self) {
        // A poisoned lock only means that another thread panicked while pushing; the list itself is whole.
        self.freed.lock().unwrap_or_else(|e| e.into_inner()).push(self.index);
    }
}

impl std::fmt::Debug for Handle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Handle({})", self.0.index)
    }
}

/// A machine's handles.
#[derive(Default)]
pub struct Handles {
    values: Vec<Value>,
    free: Vec<usize>,
    freed: Arc<Mutex<Vec<usize>>>,
}

impl Handles {
    pub(crate) fn root(&mut self, v: Value) -> Handle {
        self.reclaim();
        let index = match self.free.pop() {
            Some(i) => {
                self.values[i] = v;
                i
            }
            None => {
                self.values.push(v);
                self.values.len() - 1
            }
        };
        Handle(Arc::new(Slot { index, freed: self.freed.clone() }))
    }

    /// The value, if the handle is one of this machine's.
    pub(crate) fn get(&self, handle: &Handle) -> Option<Value> {
        Arc::ptr_eq(&handle.0.freed, &self.freed).then(|| self.values[handle.0.index])
    }

    fn reclaim(&mut self) {
        let mut freed = self.freed.lock().unwrap_or_else(|e| e.into_inner());
        for i in freed.drain(..) {
            self.values[i] = Value::VOID;
            self.free.push(i);
        }
    }

    pub(crate) fn trace(&mut self, tracer: &mut Tracer) {
        self.reclaim();
        tracer.values(&self.values)
    }
}
