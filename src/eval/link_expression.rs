//! Linking of simple expressions: to operand words where a kind of operand covers them, otherwise to expression nodes.

use super::Fast;
use super::expression::*;
use super::link::Linker;
use super::node::{Evaluate, Expression};
use super::operand::*;
use super::operations::*;
use crate::compile::graph::{CheckId, ProcedureId, Simple};
use crate::compile::operation::Operation;
use crate::heap::{Value, View};
use crate::syntax::core::{Place, PrimitiveId};
use std::ptr::null;

/// Does `$body` with the type `$A` of an operand kind.
macro_rules! by_kind {
    ($kind:expr, $A:ident in [$($name:ident)*] => $body:expr) => {
        match $kind {
            $($crate::eval::operand::OperandKind::$name => {
                type $A = $crate::eval::operand::$name;
                $body
            })*
            // The caller asked for kinds of this list only.
            #[allow(unreachable_patterns)]
            other => unreachable!("an operand of the kind {other:?}"),
        }
    };
}
pub(super) use by_kind;

/// The kind of operand that covers an expression, if there is one.
pub(super) fn shape(x: &Simple) -> Option<OperandKind> {
    match x {
        Simple::Local(_) => Some(OperandKind::Local),
        Simple::Free(_) => Some(OperandKind::Free),
        Simple::Operation(operation, _, operands, _) => match (operation, &operands[..]) {
            (Operation::Car, [Simple::Local(_)]) => Some(OperandKind::CarLocal),
            (Operation::Cdr, [Simple::Local(_)]) => Some(OperandKind::CdrLocal),
            _ => local_plus(x).map(|_| OperandKind::LocalPlus),
        },
        _ => None,
    }
}

/// The operand word of a local plus or minus a constant.
fn local_plus(x: &Simple) -> Option<u64> {
    let Simple::Operation(operation, _, operands, origin) = x else { return None };
    // What is to be checked first when it fails is known of nodes.
    if origin.first != CheckId::NONE {
        return None;
    }
    let (slot, v, subtract) = match (operation, &operands[..]) {
        (Operation::Add, [Simple::Local(slot), Simple::Constant(v)]) => (slot, v, false),
        (Operation::Add, [Simple::Constant(v), Simple::Local(slot)]) => (slot, v, false),
        (Operation::Subtract, [Simple::Local(slot), Simple::Constant(v)]) => (slot, v, true),
        _ => return None,
    };
    LocalPlus::word(*slot, v.as_fixnum()?, subtract)
}

impl Linker<'_> {
    /// An expression as an operand of one of the kinds, or a nested one.
    pub fn operand(&mut self, x: &Simple, kinds: &[OperandKind]) -> (OperandKind, u64) {
        if let Some(kind) = shape(x).filter(|kind| kinds.contains(kind)) {
            let word = match x {
                Simple::Local(slot) => u64::from(*slot),
                Simple::Free(index) => u64::from(*index),
                Simple::Operation(_, _, operands, _) => match (kind, &operands[..]) {
                    (OperandKind::LocalPlus, _) => local_plus(x).unwrap_or(0),
                    (_, [Simple::Local(slot)]) => u64::from(*slot),
                    _ => 0,
                },
                _ => 0,
            };
            return (kind, word);
        }
        if kinds.contains(&OperandKind::Constant)
            && let Some(v) = self.constant(x)
        {
            return (OperandKind::Constant, v.bits());
        }
        (OperandKind::Nested, self.expression(x) as u64)
    }

    /// The value of an expression that is known now; the code keeps it alive.
    pub fn constant(&mut self, x: &Simple) -> Option<Value> {
        let v = match x {
            Simple::Constant(v) => *v,
            Simple::Static(ProcedureId(id)) => self.statics[*id as usize]?,
            Simple::PrimitiveValue(id) => {
                let primitive = self.machine.primitives.get(*id)?;
                self.machine.primitive_procedure(primitive)
            }
            Simple::Global(id, _) => {
                let global = self.globals.get(id)?;
                let v = global.get();
                if !super::Machine::is_constant(*global) || v == Value::UNBOUND {
                    return None;
                }
                v
            }
            _ => return None,
        };
        if v.is_pointer() {
            self.constants.push(v)
        }
        Some(v)
    }

    /// An expression as an operand of any kind.
    pub fn any(&mut self, x: &Simple) -> u64 {
        match x {
            Simple::Local(slot) => Any::local(*slot),
            Simple::Free(index) => Any::free(*index),
            Simple::Own => Any::own(),
            _ => {
                if let Some(v) = self.constant(x) {
                    return Any::constant(self.place(v));
                }
                match x {
                    Simple::Global(id, _) => match self.globals.get(id) {
                        Some(global) => Any::global(global.value()),
                        None => Any::constant(self.place(Value::UNASSIGNED)),
                    },
                    _ => Any::nested(self.expression(x)),
                }
            }
        }
    }

    /// The words of operands of any kind, side by side.
    fn any_all(&mut self, all: &[Simple]) -> *mut u64 {
        let words: Vec<u64> = all.iter().map(|x| self.any(x)).collect();
        self.words(&words)
    }

    fn words(&mut self, words: &[u64]) -> *mut u64 {
        let p = self.allocate(words.len());
        // SAFETY: as many fresh words.
        unsafe { p.copy_from_nonoverlapping(words.as_ptr(), words.len()) }
        p
    }

    /// An expression as a node. Its depth is bounded (`compile::SIMPLE_DEPTH`).
    pub fn expression(&mut self, x: &Simple) -> *const Expression {
        let (node, place) = self.expression_node(x);
        let node = self.place(node);
        let first = match x {
            Simple::Operation(.., origin) => origin.first,
            _ => CheckId::NONE,
        };
        if !place.span.is_none() || first != CheckId::NONE {
            self.remember_at(node as usize, 0, place, first);
        }
        node
    }

    fn expression_node(&mut self, x: &Simple) -> (Expression, Place) {
        let plain = |evaluate: Evaluate, a: u64, b: u64| Expression { evaluate, a, b, primitive: null() };
        if let Some(v) = self.constant(x) {
            return (plain(leaf::<Constant>, v.bits(), 0), Place::NONE);
        }
        match x {
            Simple::Local(slot) => (plain(leaf::<Local>, u64::from(*slot), 0), Place::NONE),
            Simple::Free(index) => (plain(leaf::<Free>, u64::from(*index), 0), Place::NONE),
            Simple::Own => (plain(own, 0, 0), Place::NONE),
            Simple::Operation(operation, id, operands, origin) => {
                (self.operation(*operation, *id, operands), origin.place)
            }
            Simple::Primitive { id, operands, scratch, place } => (self.primitive(*id, operands, *scratch), *place),
            Simple::If(all) => (plain(conditional, self.any_all(&**all) as u64, 0), Place::NONE),
            Simple::Closure(ProcedureId(id), captured) => {
                let words = self.any_all(captured) as u64;
                (plain(closure, &raw const self.codes[*id as usize] as u64, words), Place::NONE)
            }
            Simple::PatchClosure { closure, index, value } => {
                let a = u64::from(*closure) | u64::from(*index) << 32;
                (plain(patch_closure, a, self.any(value)), Place::NONE)
            }
            Simple::MakeCell(v) => (plain(make_cell::<Any>, self.any(v), 0), Place::NONE),
            Simple::CellRef(cell) => {
                let (kind, a) = self.operand(cell, &[OperandKind::Local, OperandKind::Free]);
                let evaluate: Evaluate = by_kind!(kind, A in [Local Free Nested] => cell_ref::<A>);
                (plain(evaluate, a, 0), Place::NONE)
            }
            Simple::CheckedCellRef { cell, name, place } => {
                self.constants.push(*name);
                (plain(checked_cell_ref, self.any(cell), name.bits()), *place)
            }
            Simple::SetCell(both) => (plain(set_cell, self.any(&both[0]), self.any(&both[1])), Place::NONE),
            Simple::CheckedSetCell { operands, name, place } => {
                self.constants.push(*name);
                let words = [self.any(&operands[0]), self.any(&operands[1]), name.bits()];
                (plain(checked_set_cell, self.words(&words) as u64, 0), *place)
            }
            Simple::Global(id, place) => match self.globals.get(id) {
                Some(object) => (plain(global, object.value().bits(), 0), *place),
                None => (plain(leaf::<Constant>, Value::UNASSIGNED.bits(), 0), Place::NONE),
            },
            Simple::SetGlobal(id, v, place) => match self.globals.get(id).copied() {
                Some(object) => (plain(set_global, object.value().bits(), self.any(v)), *place),
                None => (plain(leaf::<Constant>, Value::UNASSIGNED.bits(), 0), Place::NONE),
            },
            Simple::Define(id, v) => match self.globals.get(id).copied() {
                Some(object) => (plain(define, object.value().bits(), self.any(v)), Place::NONE),
                None => (plain(leaf::<Constant>, Value::UNASSIGNED.bits(), 0), Place::NONE),
            },
            Simple::Constant(_) | Simple::Static(_) | Simple::PrimitiveValue(_) => {
                unreachable!("constants were dealt with")
            }
        }
    }

    fn primitive(&mut self, id: PrimitiveId, operands: &[Simple], scratch: u32) -> Expression {
        let found = self.machine.primitives.get(id);
        let row = found.map_or(null(), |p| p as *const _);
        let a = self.any_all(operands) as u64;
        let fast: Option<(Evaluate, u64)> = match (found.and_then(|p| p.fast), operands.len()) {
            (Some(Fast::Two(f)), 2) => Some((fast2, f as usize as u64)),
            (Some(Fast::Three(f)), 3) => Some((fast3, f as usize as u64)),
            _ => None,
        };
        if let Some((evaluate, b)) = fast {
            return Expression { evaluate, a, b, primitive: row };
        }
        let evaluate: Evaluate = match operands.len() {
            0 => primitive::<0>,
            1 => primitive::<1>,
            2 => primitive::<2>,
            3 => primitive::<3>,
            4 => primitive::<4>,
            _ => primitive_many,
        };
        Expression { evaluate, a, b: operands.len() as u64 | u64::from(scratch) << 32, primitive: row }
    }

    fn operation(&mut self, operation: Operation, id: PrimitiveId, operands: &[Simple]) -> Expression {
        use OperandKind::*;
        let found: Option<(Evaluate, u64, u64)> = match operands {
            [a] => {
                let (ka, a) = self.operand(a, &[Local]);
                select!(unary, operation, T => by_kind!(ka, A in [Local Nested] => (unary::<T, A> as Evaluate, a, 0)))
            }
            [a, b] => {
                // A constant on the left has functions of its own only where it is usual.
                let hot = select!(let_binary, operation, _T => ()).is_some();
                let (ka, a) = self.operand(a, if hot { &[Local, Constant] } else { &[Local] });
                let (kb, b) = self.operand(b, &[Local, Constant]);
                if ka == Constant {
                    select!(let_binary, operation, T => by_kind!(kb, B in [Local Constant Nested] =>
                        (binary::<T, super::operand::Constant, B> as Evaluate, a, b)))
                } else {
                    select!(binary, operation, T => by_kind!(ka, A in [Local Nested] =>
                        by_kind!(kb, B in [Local Constant Nested] => (binary::<T, A, B> as Evaluate, a, b))))
                }
            }
            [_, _, _] => {
                let a = self.any_all(operands) as u64;
                select!(three, operation, T => (many::<T, 3> as Evaluate, a, 0))
            }
            _ => {
                let a = self.any_all(operands) as u64;
                select!(four, operation, T => (many::<T, 4> as Evaluate, a, 0))
            }
        };
        match found {
            Some((evaluate, a, b)) => Expression { evaluate, a, b, primitive: null() },
            // With another number of operands than the operation takes, the primitive raises.
            None => self.primitive(id, operands, 0),
        }
    }
}
