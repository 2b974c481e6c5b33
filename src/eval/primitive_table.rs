//! The primitives of a program, numbered: made once, shared by all of its machines.

use super::{Machine, Primitive};
use crate::account::Account;
use crate::compile::operation::Operation;
use crate::compile::{GlobalState, Primitives, Special};
use crate::heap::Value;
use crate::syntax::core::{GlobalId, PrimitiveId};
use hashbrown::HashMap;
use std::cell::Cell;
use std::sync::{LazyLock, OnceLock};

/// All primitives, with what the compiler asks of them.
pub struct PrimitiveTable {
    rows: Box<[&'static Primitive]>,
    /// For each operation its row; found when the first is asked for.
    of_operation: OnceLock<[Option<&'static Primitive>; Operation::ALL.len()]>,
}

/// The operations by their names.
static BY_NAME: LazyLock<HashMap<&'static str, Operation, foldhash::fast::FixedState>> =
    LazyLock::new(|| Operation::ALL.iter().map(|&o| (o.name(), o)).collect());

impl PrimitiveTable {
    /// The primitive at index `i` has the number `PrimitiveId(i)`.
    pub fn new(rows: impl IntoIterator<Item = &'static Primitive>) -> PrimitiveTable {
        PrimitiveTable { rows: rows.into_iter().collect(), of_operation: OnceLock::new() }
    }

    pub fn get(&self, id: PrimitiveId) -> Option<&'static Primitive> {
        self.rows.get(usize::from(id.0)).copied()
    }

    pub fn iter(&self) -> impl ExactSizeIterator<Item = &'static Primitive> + '_ {
        self.rows.iter().copied()
    }

    /// The primitive that runs where an operation's inline code has no answer.
    pub(super) fn of_operation(&self, operation: Operation) -> Option<&'static Primitive> {
        let index = self.of_operation.get_or_init(|| {
            let mut index = [None; Operation::ALL.len()];
            for row in &self.rows {
                if let Some(operation) = BY_NAME.get(row.name) {
                    index[*operation as usize] = Some(*row);
                }
            }
            index
        });
        index[operation as usize]
    }
}

impl PrimitiveTable {
    /// The operation with inline code that the primitive is.
    pub fn operation(&self, id: PrimitiveId) -> Option<Operation> {
        BY_NAME.get(self.get(id)?.name).copied()
    }
}

/// A machine, as the compiler sees it.
pub(super) struct Known<'m> {
    pub table: &'m PrimitiveTable,
    pub machine: &'m Machine,
    /// Bytes that compilation has asked for.
    pub taken: Cell<usize>,
    refused: Cell<bool>,
}

impl<'m> Known<'m> {
    pub fn new(table: &'m PrimitiveTable, machine: &'m Machine) -> Known<'m> {
        Known { table, machine, taken: Cell::new(0), refused: Cell::new(false) }
    }
}

impl Primitives for Known<'_> {
    fn operation(&self, id: PrimitiveId) -> Option<Operation> {
        self.table.operation(id)
    }

    fn is_control(&self, id: PrimitiveId) -> bool {
        self.table.get(id).is_none_or(|p| p.flags.is_control())
    }

    fn accepts(&self, id: PrimitiveId, count: usize) -> bool {
        self.table.get(id).is_some_and(|p| (p.min..=p.max).contains(&count))
    }

    fn special(&self, id: PrimitiveId) -> Option<Special> {
        match self.table.get(id)?.name {
            "values" => Some(Special::Values),
            "apply" => Some(Special::Apply),
            "call-with-values" => Some(Special::CallWithValues),
            _ => None,
        }
    }

    fn only_answers(&self, id: PrimitiveId) -> bool {
        self.table.get(id).is_some_and(|p| p.flags.is_effect_free())
    }

    fn take(&self, bytes: usize) -> bool {
        /// How often it is asked whether there is time.
        const STRIDE: usize = 64 << 10;
        let (before, heap) = (self.taken.get(), &self.machine.heap);
        let taken = before.saturating_add(bytes);
        self.taken.set(taken);
        if before / STRIDE != taken / STRIDE {
            let full = heap.bytes_used().saturating_add(taken) > heap.limit();
            if full || heap.stop_wanted() {
                self.refused.set(true);
            }
        }
        !self.refused.get()
    }

    fn refuse(&self) {
        self.refused.set(true)
    }

    fn account(&self) -> &Account {
        self.machine.heap.memory()
    }

    fn global(&self, id: GlobalId) -> GlobalState {
        match self.machine.known_global(id) {
            None => GlobalState::Defined,
            Some(global) if !Machine::is_constant(global) => GlobalState::Variable,
            Some(global) if global.get() == Value::UNBOUND => GlobalState::Constant,
            Some(_) => GlobalState::Defined,
        }
    }
}
