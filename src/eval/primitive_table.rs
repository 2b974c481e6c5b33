//! The primitives of a program, numbered: made once, shared by all of its machines.

use super::Primitive;
use crate::compile::operation::Operation;
use crate::compile::{Primitives, Special};
use crate::syntax::core::PrimitiveId;
use hashbrown::HashMap;

/// All primitives, with what the compiler asks of them.
pub struct PrimitiveTable {
    rows: Box<[&'static Primitive]>,
    /// For each row the operation that it is.
    operations: Box<[Option<Operation>]>,
    /// For each operation its row.
    of_operation: [Option<&'static Primitive>; Operation::ALL.len()],
}

impl PrimitiveTable {
    /// The primitive at index `i` has the number `PrimitiveId(i)`.
    pub fn new(rows: impl IntoIterator<Item = &'static Primitive>) -> PrimitiveTable {
        let rows: Box<[&'static Primitive]> = rows.into_iter().collect();
        let by_name: HashMap<&str, Operation, foldhash::fast::FixedState> =
            Operation::ALL.iter().map(|&o| (o.name(), o)).collect();
        let operations: Box<[Option<Operation>]> = rows.iter().map(|row| by_name.get(row.name).copied()).collect();
        let mut of_operation = [None; Operation::ALL.len()];
        for (row, operation) in rows.iter().zip(&operations) {
            if let Some(operation) = operation {
                of_operation[*operation as usize] = Some(*row);
            }
        }
        PrimitiveTable { rows, operations, of_operation }
    }

    pub fn get(&self, id: PrimitiveId) -> Option<&'static Primitive> {
        self.rows.get(usize::from(id.0)).copied()
    }

    pub fn iter(&self) -> impl ExactSizeIterator<Item = &'static Primitive> + '_ {
        self.rows.iter().copied()
    }

    /// The primitive that runs where an operation's inline code has no answer.
    pub(super) fn of_operation(&self, operation: Operation) -> Option<&'static Primitive> {
        self.of_operation[operation as usize]
    }
}

impl Primitives for PrimitiveTable {
    fn operation(&self, id: PrimitiveId) -> Option<Operation> {
        self.operations.get(usize::from(id.0)).copied().flatten()
    }

    fn is_control(&self, id: PrimitiveId) -> bool {
        self.get(id).is_none_or(|p| p.flags.is_control())
    }

    fn accepts(&self, id: PrimitiveId, count: usize) -> bool {
        self.get(id).is_some_and(|p| (p.min..=p.max).contains(&count))
    }

    fn special(&self, id: PrimitiveId) -> Option<Special> {
        match self.get(id)?.name {
            "values" => Some(Special::Values),
            "apply" => Some(Special::Apply),
            "call-with-values" => Some(Special::CallWithValues),
            _ => None,
        }
    }
}
