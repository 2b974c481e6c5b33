//! The unparser of the statement graph: for tests and for people who debug `compile`.

use super::graph::*;
use std::fmt::{Display, Formatter, Result, Write};

impl Display for Unit {
    fn fmt(&self, f: &mut Formatter) -> Result {
        for (i, procedure) in self.procedures.iter().enumerate() {
            writeln!(f, "procedure {i} {:?} free {}", procedure.name, procedure.free)?;
            for clause in &procedure.clauses {
                let rest = if clause.rest { "+" } else { "" };
                let (required, frame, entry) = (clause.required, clause.frame, clause.entry.0);
                writeln!(f, "  takes {required}{rest} frame {frame}: {entry}")?;
            }
            for (i, statement) in procedure.statements.iter().enumerate() {
                writeln!(f, "  {i:3} @{} {statement}", statement.depth)?;
            }
        }
        Ok(())
    }
}

impl Display for Statement {
    fn fmt(&self, f: &mut Formatter) -> Result {
        match &self.kind {
            StatementKind::Return(x) => write!(f, "return {x}"),
            StatementKind::Let { slot, value, next } => write!(f, "[{slot}] = {value} -> {}", next.0),
            StatementKind::If { test, then, otherwise } => write!(f, "if {test} -> {} else {}", then.0, otherwise.0),
            StatementKind::Goto(next) => write!(f, "-> {}", next.0),
            StatementKind::Jump(next) => write!(f, "jump {}", next.0),
            StatementKind::Charge { units, next } => write!(f, "charge {units} -> {}", next.0),
            StatementKind::Unpack { packet, first, required, rest, next } => {
                write!(f, "[{first}..] = unpack [{packet}] {required}{} -> {}", if *rest { "+" } else { "" }, next.0)
            }
            StatementKind::Call { call, slot, values, next } => {
                let values = match values {
                    Values::One => "",
                    Values::Ignored => " ignored",
                    Values::Any => " any",
                };
                write!(f, "[{slot}]{values} = {call} -> {}", next.0)
            }
            StatementKind::TailCall(call) => write!(f, "tail {call}"),
        }
    }
}

impl Display for Call {
    fn fmt(&self, f: &mut Formatter) -> Result {
        f.write_str("call ")?;
        match &self.callee {
            Callee::Known { procedure, clause, closure } => write!(f, "#{}.{clause}:{closure}", procedure.0)?,
            Callee::Global(id) => write!(f, "global{}", id.0)?,
            Callee::Primitive(id) => write!(f, "primitive{}", id.0)?,
            Callee::Value(x) => write!(f, "{x}")?,
        }
        list(f, &self.arguments)?;
        match self.spread {
            Spread::No => Ok(()),
            Spread::List => f.write_str("..."),
            Spread::Values => f.write_str(".values"),
        }
    }
}

fn list(f: &mut Formatter, all: &[Simple]) -> Result {
    f.write_char('(')?;
    for (i, x) in all.iter().enumerate() {
        write!(f, "{}{x}", if i > 0 { " " } else { "" })?;
    }
    f.write_char(')')
}

impl Display for Simple {
    fn fmt(&self, f: &mut Formatter) -> Result {
        match self {
            Simple::Constant(v) => write!(f, "{v:?}"),
            Simple::Local(slot) => write!(f, "[{slot}]"),
            Simple::Free(i) => write!(f, "free{i}"),
            Simple::Own => f.write_str("own"),
            Simple::Static(id) => write!(f, "#{}", id.0),
            Simple::PrimitiveValue(id) => write!(f, "primitive{}", id.0),
            Simple::Global(id, _) => write!(f, "global{}", id.0),
            Simple::SetGlobal(id, x, _) => write!(f, "set-global{}({x})", id.0),
            Simple::Define(id, x) => write!(f, "define-global{}({x})", id.0),
            Simple::Operation(operation, _, operands, _) => {
                f.write_str(operation.name())?;
                list(f, operands)
            }
            Simple::Primitive { id, operands, .. } => {
                write!(f, "primitive{}", id.0)?;
                list(f, operands)
            }
            Simple::If(all) => {
                f.write_str("if")?;
                list(f, &**all)
            }
            Simple::Closure(id, captured) => {
                write!(f, "closure#{}", id.0)?;
                list(f, captured)
            }
            Simple::PatchClosure { closure, index, value } => write!(f, "[{closure}].free{index}={value}"),
            Simple::MakeCell(x) => write!(f, "cell({x})"),
            Simple::CellRef(x) => write!(f, "{x}.cell"),
            Simple::CheckedCellRef { cell, .. } => write!(f, "{cell}.cell?"),
            Simple::SetCell(both) => write!(f, "{}.cell={}", both[0], both[1]),
            Simple::CheckedSetCell { operands, .. } => write!(f, "{}.cell?={}", operands[0], operands[1]),
        }
    }
}
