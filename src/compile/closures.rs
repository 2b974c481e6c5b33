//! Closure conversion: which variables each procedure must carry, and which procedures carry none.
//!
//! In: the tables of `scan`, labels marked. Out: [`Closures`]. A procedure without free variables is *static*: one
//! closure made at link time serves for good, nobody needs to carry it, and it is free in no other procedure. So the
//! answer is the least fixed point: all are static until a variable, or a procedure that is not static, says otherwise.
//! A procedure always has itself at hand, in slot 0 of its frame. Reads: Keep, Hearn and Dybvig, "Optimizing closures in
//! O(0) time" (2012), cases 1 and 2.

use super::scan::{LambdaId, Scan, TOP, VariableId};
use super::{Map, Primitives, Set};

pub(super) struct Closures {
    /// Free variables of each lambda that is a procedure, in the order in which its closures hold them.
    pub free: Vec<Vec<VariableId>>,
}

impl Closures {
    pub fn is_static(&self, lambda: LambdaId) -> bool {
        self.free[lambda as usize].is_empty()
    }
}

/// About what a free variable takes in the tables, and where its closure is made, in bytes.
const PER_VARIABLE: usize = 48;

pub(super) fn convert(scan: &Scan, primitives: &dyn Primitives) -> Closures {
    let mut free: Vec<Vec<VariableId>> = (0..scan.lambdas.len()).map(|_| Vec::new()).collect();
    let mut seen: Set<(LambdaId, VariableId)> = Set::default();
    // References to bound procedures wait until the procedure turns out to be not static.
    let mut waiting: Map<LambdaId, Vec<LambdaId>> = Map::default();
    let mut work: Vec<LambdaId> = Vec::new();
    for &(from, v) in &scan.references {
        let info = &scan.variables[v as usize];
        let from = scan.procedure_of(from);
        match info.lambda {
            Some(lambda) if scan.lambdas[lambda as usize].label => {}
            Some(lambda) => waiting.entry(lambda).or_default().push(from),
            None => carry(scan, primitives, &mut free, &mut seen, &mut work, from, v),
        }
    }
    // `work` holds the procedures that ceased to be static.
    while let Some(lambda) = work.pop() {
        let Some(v) = scan.lambdas[lambda as usize].variable else { continue };
        for from in waiting.remove(&lambda).unwrap_or_default() {
            carry(scan, primitives, &mut free, &mut seen, &mut work, from, v);
        }
    }
    Closures { free }
}

/// Makes `v` free in `procedure` and those around it, up to the one that has it in its frame or is it.
fn carry(
    scan: &Scan,
    primitives: &dyn Primitives,
    free: &mut [Vec<VariableId>],
    seen: &mut Set<(LambdaId, VariableId)>,
    work: &mut Vec<LambdaId>,
    mut procedure: LambdaId,
    v: VariableId,
) {
    let info = &scan.variables[v as usize];
    let owner = scan.procedure_of(info.owner);
    while procedure != owner && info.lambda != Some(procedure) && procedure != TOP && seen.insert((procedure, v)) {
        if !primitives.take(PER_VARIABLE) {
            return;
        }
        let own = &mut free[procedure as usize];
        if own.is_empty() {
            work.push(procedure);
        }
        own.push(v);
        procedure = scan.procedure_of(scan.lambdas[procedure as usize].parent);
    }
}
