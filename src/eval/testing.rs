//! For tests of primitives that work in proportion to their arguments: none goes on for long when the run is to stop, when
//! its fuel is used up or when memory is short.

use super::{Machine, Primitive};
use crate::heap::Value;
use std::time::{Duration, Instant};

/// How long a call may go on. Generous, because machines are busy: what it catches takes minutes.
pub const PATIENCE: Duration = Duration::from_secs(4);
/// From so much memory on the garbage of earlier calls is collected.
const MUCH: usize = 200 << 20;

/// What is done before a call.
pub type Before = fn(&mut Machine);
/// And after the call of the primitive of that name.
pub type After = fn(&mut Machine, &str);

/// Asks the run to stop.
pub const INTERRUPTED: Before = |m| {
    m.heap.watch.interrupt.begin();
    m.heap.watch.interrupt.request(None);
};

/// Leaves fuel for very little.
pub const LITTLE_FUEL: Before = |m| m.set_fuel(Some(100));

/// Calls a primitive with combinations of these values, which somebody holds: of `n` arguments every `steps[n]`th one, up
/// to as many arguments as there are steps for.
pub fn each_call(m: &mut Machine, row: &Primitive, values: &[Value], steps: &[usize], before: Before, after: After) {
    m.heap.set_limit(usize::MAX);
    m.collect();
    let n = values.len();
    for (count, &step) in steps.iter().enumerate().take(row.max.saturating_add(1)).skip(row.min) {
        for choice in (0..n.pow(count as u32)).step_by(step) {
            let arguments: Vec<Value> = (0..count).map(|i| values[choice / n.pow(i as u32) % n]).collect();
            before(m);
            let start = Instant::now();
            let _ = (row.run)(m, &arguments);
            let took = start.elapsed();
            m.heap.watch.interrupt.clear();
            m.heap.watch.deadline = None;
            m.set_fuel(None);
            assert!(took < PATIENCE, "({}) of arguments {choice} took {took:?}", row.name);
            after(m, row.name);
            if m.heap.bytes_used() > MUCH {
                m.heap.set_limit(usize::MAX);
                m.collect();
            }
        }
    }
}
