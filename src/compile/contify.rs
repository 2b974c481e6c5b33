//! Contification: finds the lambdas that need no procedure, because every call of them has the same continuation, in the
//! procedure that binds them. They become loops and joins of its frame: a call is a jump.
//!
//! In: the tables of `scan`. Out: the same, with `LambdaInfo::label` set and the labels' returns aliased to the
//! continuation they share. Reads: Fluet and Weeks, "Contification using dominators" (2001), of which this is the
//! analysis by calls, one binding group at a time from the inside out.

use super::Map;
use super::scan::{ContinuationId, LambdaId, Scan, VariableId};

/// What is known of the continuations of one candidate's calls.
#[derive(Copy, Clone, PartialEq)]
enum Found {
    None,
    One(ContinuationId),
    Many,
}

impl Found {
    fn join(self, other: Found) -> Found {
        match (self, other) {
            (Found::None, x) | (x, Found::None) => x,
            (Found::One(a), Found::One(b)) if a == b => self,
            _ => Found::Many,
        }
    }
}

/// Marks the lambdas that become labels.
pub(super) fn contify(scan: &mut Scan) {
    for group in std::mem::take(&mut scan.groups) {
        let mut candidates: Vec<VariableId> = group.members;
        candidates.retain(|&v| {
            let info = &scan.variables[v as usize];
            !info.escapes && !info.boxed && !info.sites.is_empty()
        });
        while !candidates.is_empty() {
            let found = continuations(scan, &candidates, group.owner);
            if found.contains(&Found::Many) || found.contains(&Found::None) {
                let keep = |&i: &usize| matches!(found[i], Found::One(_));
                candidates = (0..candidates.len()).filter(keep).map(|i| candidates[i]).collect();
                continue;
            }
            for (&v, found) in candidates.iter().zip(found) {
                let (Some(lambda), Found::One(k)) = (scan.variables[v as usize].lambda, found) else { continue };
                let info = &mut scan.lambdas[lambda as usize];
                info.label = true;
                scan.continuations[info.returns as usize].alias.set(Some(k));
            }
            break;
        }
    }
}

/// For each candidate the continuation that all of its calls share, seen from outside of the group.
fn continuations(scan: &Scan, candidates: &[VariableId], owner: LambdaId) -> Vec<Found> {
    let home = scan.procedure_of(owner);
    let returns: Map<ContinuationId, usize> = candidates
        .iter()
        .filter_map(|&v| scan.variables[v as usize].lambda.map(|l| scan.lambdas[l as usize].returns))
        .zip(0..)
        .collect();
    let mut found = vec![Found::None; candidates.len()];
    // Calls from outside, then calls in tail position of a member's body until nothing changes.
    let mut inner: Vec<(usize, usize)> = Vec::new();
    for (i, &v) in candidates.iter().enumerate() {
        for &site in &scan.variables[v as usize].sites {
            let k = scan.resolve(site);
            match returns.get(&k) {
                Some(&from) => inner.push((from, i)),
                None => {
                    let procedure = scan.procedure_of(scan.continuations[k as usize].owner);
                    let outside = if procedure == home { Found::One(k) } else { Found::Many };
                    found[i] = found[i].join(outside);
                }
            }
        }
    }
    loop {
        let mut changed = false;
        for &(from, to) in &inner {
            let joined = found[to].join(found[from]);
            changed |= joined != found[to];
            found[to] = joined;
        }
        if !changed {
            return found;
        }
    }
}
