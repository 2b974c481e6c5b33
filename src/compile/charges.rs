//! Charges: long straight-line code takes fuel in proportion to its length. Part of `lower`, the last thing done to a
//! procedure.
//!
//! A unit of fuel is taken at the entry of a procedure and at each turn of a loop, whatever the body's size. So where more
//! than [`UNIT`] nodes lie between two of these, a [`StatementKind::Charge`] takes the rest. It is no safepoint, because
//! assignments that happen at once leave values in slots beyond their statements' depths: the next safepoint looks.

use super::graph::*;

/// Nodes that a unit of fuel pays for.
const UNIT: u32 = 64;

/// Inserts what is missing.
pub(super) fn insert(statements: &mut Vec<Statement>, clauses: &mut [Clause]) {
    let work: Vec<u32> = statements.iter().map(|s| work(&s.kind)).collect();
    if work.iter().fold(0u32, |all, &w| all.saturating_add(w)) < UNIT {
        return;
    }
    let count = statements.len();
    let mut charges = Charges { statements, work, before: vec![None; count], charge: vec![None; count] };
    // Statements that are begun, each with how many of its successors have been visited. Ways back of loops lead nowhere.
    let mut path: Vec<(StatementId, usize)> = Vec::new();
    for start in (0..count as u32).map(StatementId) {
        path.push((start, 0));
        while let Some((at, visited)) = path.last_mut() {
            let (id, i) = (*at, *visited);
            *visited += 1;
            let before = &mut charges.before[id.0 as usize];
            if i == 0 && before.is_some() {
                path.pop();
                continue;
            }
            before.get_or_insert(0);
            if let Some(next) = charges.onwards(id, i) {
                path.push((next, 0));
            } else {
                charges.settle(id);
                path.pop();
            }
        }
    }
    for id in (0..count as u32).map(StatementId) {
        if let StatementKind::Jump(head) = charges.statements[id.0 as usize].kind {
            let paid = charges.paid(head);
            charges.statements[id.0 as usize].kind = StatementKind::Jump(paid);
        }
    }
    clauses.iter_mut().for_each(|clause| clause.entry = charges.paid(clause.entry));
}

struct Charges<'s> {
    statements: &'s mut Vec<Statement>,
    /// Of each statement, by itself.
    work: Vec<u32>,
    /// From each statement on, up to the next charge or safepoint.
    before: Vec<Option<u32>>,
    /// The charge that was put before a statement.
    charge: Vec<Option<StatementId>>,
}

impl Charges<'_> {
    /// The `i`-th statement that may follow a statement without a safepoint between them.
    fn onwards(&self, id: StatementId, i: usize) -> Option<StatementId> {
        match (&self.statements[id.0 as usize].kind, i) {
            (
                StatementKind::Let { next, .. }
                | StatementKind::Goto(next)
                | StatementKind::Unpack { next, .. }
                | StatementKind::Call { next, .. }
                | StatementKind::If { then: next, .. },
                0,
            )
            | (StatementKind::If { otherwise: next, .. }, 1) => Some(*next),
            _ => None,
        }
    }

    /// Everything that follows a statement has been visited: makes it go on at charges where it needs to.
    fn settle(&mut self, id: StatementId) {
        let mut most = 0;
        for i in 0..2 {
            let Some(next) = self.onwards(id, i) else { break };
            let paid = self.paid(next);
            if paid == next {
                most = most.max(self.before[next.0 as usize].unwrap_or(0));
            }
            match (&mut self.statements[id.0 as usize].kind, i) {
                (
                    StatementKind::Let { next, .. }
                    | StatementKind::Goto(next)
                    | StatementKind::Unpack { next, .. }
                    | StatementKind::Call { next, .. }
                    | StatementKind::If { then: next, .. },
                    0,
                )
                | (StatementKind::If { otherwise: next, .. }, 1) => *next = paid,
                _ => {}
            }
        }
        self.before[id.0 as usize] = Some(self.work[id.0 as usize].saturating_add(most));
    }

    /// The statement, or the charge before it.
    fn paid(&mut self, id: StatementId) -> StatementId {
        let units = self.before.get(id.0 as usize).copied().flatten().unwrap_or(0) / UNIT;
        if units == 0 {
            return id;
        }
        if let Some(charge) = self.charge[id.0 as usize] {
            return charge;
        }
        let Statement { depth, place, .. } = self.statements[id.0 as usize];
        let kind = StatementKind::Charge { units, next: id };
        self.statements.push(Statement { depth, place, first: CheckId::NONE, kind });
        let charge = StatementId(self.statements.len() as u32 - 1);
        self.charge[id.0 as usize] = Some(charge);
        charge
    }
}

/// About how many nodes run for a statement.
fn work(kind: &StatementKind) -> u32 {
    match kind {
        StatementKind::Return(x) | StatementKind::Let { value: x, .. } | StatementKind::If { test: x, .. } => nodes(x),
        StatementKind::Goto(_) | StatementKind::Jump(_) | StatementKind::Charge { .. } => 0,
        StatementKind::Unpack { required, .. } => 1 + required,
        StatementKind::Call { call, .. } | StatementKind::TailCall(call) => {
            let callee = match &call.callee {
                Callee::Known { closure: x, .. } | Callee::Value(x) => nodes(x),
                Callee::Global(_) | Callee::Primitive(_) => 1,
            };
            call.arguments.iter().fold(callee, |all, x| all.saturating_add(nodes(x)))
        }
    }
}

fn nodes(x: &Simple) -> u32 {
    let mut all = 1u32;
    x.operands(&mut |x| all = all.saturating_add(nodes(x)));
    all
}
