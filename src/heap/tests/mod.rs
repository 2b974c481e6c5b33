//! Tests of the heap: one file a subject; `model.rs` checks all of it together on random graphs.

mod allocation;
mod limits;
mod marking;
mod model;
#[cfg(target_os = "linux")]
mod starvation;
mod symbols;
mod weak;

use super::*;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

impl Heap {
    /// Collects with these roots.
    fn collect_keeping(&mut self, roots: &[Value]) {
        self.collect(&mut |tracer| tracer.values(roots))
    }
}

/// Counts the externals of a test that are alive.
#[derive(Clone, Default)]
struct Census(Arc<AtomicUsize>);

impl Census {
    fn count(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }

    /// An external that is counted until it is dropped, and holds `held`.
    fn enrol(&self, heap: &mut Heap, held: &[Value]) -> Value {
        self.0.fetch_add(1, Ordering::Relaxed);
        heap.external(Box::new(Citizen { census: self.clone(), held: held.to_vec() }))
    }
}

struct Citizen {
    census: Census,
    held: Vec<Value>,
}

impl External for Citizen {
    fn trace(&self, tracer: &mut Tracer) {
        tracer.values(&self.held)
    }
    fn bytes(&self) -> usize {
        self.held.capacity() * 8
    }
    fn type_name(&self) -> &'static str {
        "citizen"
    }
}

impl Drop for Citizen {
    fn drop(&mut self) {
        self.census.0.fetch_sub(1, Ordering::Relaxed);
    }
}

fn fixnums(range: std::ops::Range<i64>) -> Vec<Value> {
    range.map(Value::fixnum).collect()
}
