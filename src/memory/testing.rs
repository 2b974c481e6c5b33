//! For tests: a machine whose primitives are called by name.

use super::{C_TYPE_TABLES, TABLES};
use crate::eval::{Machine, Primitive, Res};
use crate::heap::{CONDITION_TYPES, ConditionType, Kind, Record, Str, Symbol, Value, View};

/// A machine, and the tables in which names are looked up beside those of this folder.
pub struct Session(pub Machine, &'static [&'static [Primitive]]);

impl Session {
    pub fn new() -> Session {
        Session::with(&[])
    }

    pub fn with(tables: &'static [&'static [Primitive]]) -> Session {
        Session(Machine::new(&[]), tables)
    }

    pub fn try_call(&mut self, name: &str, args: &[Value]) -> Res {
        let mut rows = self.1.iter().chain(TABLES).chain(C_TYPE_TABLES).flat_map(|t| t.iter());
        let row = rows.find(|r| r.name == name).unwrap_or_else(|| panic!("no primitive {name}"));
        assert!(row.min <= args.len() && args.len() <= row.max, "{name} with {} arguments", args.len());
        (row.run)(&mut self.0, args)
    }

    pub fn call(&mut self, name: &str, args: &[Value]) -> Value {
        match self.try_call(name, args) {
            Ok(v) => v,
            Err(stop) => panic!("{name}: {}", message(stop.raised().expect("a condition"))),
        }
    }

    /// The values that the call returns.
    pub fn values(&mut self, name: &str, args: &[Value]) -> Vec<Value> {
        let v = self.call(name, args);
        if v.is(Kind::MultipleValues) { v.slots().to_vec() } else { vec![v] }
    }

    /// The condition that the call raises.
    pub fn condition(&mut self, name: &str, args: &[Value]) -> Value {
        let stop = self.try_call(name, args).expect_err(name);
        self.0.raised(stop).expect("a condition")
    }

    /// Its message.
    pub fn refused(&mut self, name: &str, args: &[Value]) -> String {
        message(self.condition(name, args))
    }

    pub fn string(&mut self, text: &str) -> Value {
        self.0.heap.string(text)
    }
}

/// The first field of the condition's component of that type.
pub fn field(condition: Value, of: ConditionType) -> Option<Value> {
    let parts: Vec<Value> = match condition.kind() {
        Some(Kind::CompoundCondition) => condition.slot(0).list_iter().collect(),
        _ => vec![condition],
    };
    parts.iter().find_map(|p| {
        let record = Record::from_value(*p)?;
        let name = Symbol::from_value(record.rtd().name())?;
        let (_, wanted, _, fields) = CONDITION_TYPES[of as usize];
        (name.name() == wanted).then(|| if fields.is_empty() { Value::TRUE } else { record.field(0) })
    })
}

pub fn message(condition: Value) -> String {
    text(field(condition, ConditionType::Message).expect("a message"))
}

pub fn text(v: Value) -> String {
    Str::from_value(v).expect("a string").to_string()
}

pub fn fix(n: i64) -> Value {
    Value::fixnum(n)
}
