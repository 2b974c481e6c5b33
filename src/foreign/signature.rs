//! The types of C that foreign functions take and return: their names in Scheme, and how values become them and back.

use super::state::Foreign;
use crate::c_calls::Signature;
use crate::eval::{Machine, ProperList, Res, Stop};
use crate::heap::{ConditionType, Pointer, Symbol, Value, View};
use crate::memory::{self, CType, from_i64, from_u64, to_i128};
use std::sync::Arc;

const fn signed<T>() -> CType {
    CType::Signed(size_of::<T>() as u8)
}

const fn unsigned<T>() -> CType {
    CType::Unsigned(size_of::<T>() as u8)
}

/// The names of types.
static NAMES: &[(&str, CType)] = &[
    ("void", CType::Void),
    ("signed-char", signed::<libc::c_schar>()),
    ("unsigned-char", unsigned::<libc::c_uchar>()),
    ("signed-short", signed::<libc::c_short>()),
    ("unsigned-short", unsigned::<libc::c_ushort>()),
    ("signed-int", signed::<libc::c_int>()),
    ("unsigned-int", unsigned::<libc::c_uint>()),
    ("signed-long", signed::<libc::c_long>()),
    ("unsigned-long", unsigned::<libc::c_ulong>()),
    ("signed-long-long", signed::<libc::c_longlong>()),
    ("unsigned-long-long", unsigned::<libc::c_ulonglong>()),
    ("int8_t", signed::<i8>()),
    ("uint8_t", unsigned::<u8>()),
    ("int16_t", signed::<i16>()),
    ("uint16_t", unsigned::<u16>()),
    ("int32_t", signed::<i32>()),
    ("uint32_t", unsigned::<u32>()),
    ("int64_t", signed::<i64>()),
    ("uint64_t", unsigned::<u64>()),
    ("float", CType::Float),
    ("double", CType::Double),
    ("pointer", CType::Pointer),
    ("callback", CType::Pointer),
    ("size_t", unsigned::<usize>()),
    ("ssize_t", signed::<isize>()),
    ("off_t", signed::<libc::off_t>()),
    ("ptrdiff_t", signed::<isize>()),
];

impl CType {
    /// A value as C stores it; `None` if it is not one of the type.
    pub fn encode(self, v: Value) -> Option<u64> {
        match self {
            CType::Void => Some(0),
            CType::Signed(n) => {
                let most = i64::MAX >> (64 - 8 * u32::from(n));
                to_i128(v)
                    .and_then(|x| i64::try_from(x).ok())
                    .filter(|x| (-most - 1..=most).contains(x))
                    .map(|x| x as u64)
            }
            CType::Unsigned(n) => {
                let most = u64::MAX >> (64 - 8 * u32::from(n));
                to_i128(v).and_then(|x| u64::try_from(x).ok()).filter(|x| *x <= most)
            }
            CType::Float => v.as_flonum().map(|x| u64::from((x as f32).to_bits())),
            CType::Double => v.as_flonum().map(f64::to_bits),
            CType::Pointer => Pointer::from_value(v).map(|p| memory::address(p) as u64),
        }
    }

    /// What C has stored, as a value.
    pub fn decode(self, m: &mut Machine, word: u64) -> Value {
        match self {
            CType::Void => Value::VOID,
            CType::Signed(_) => from_i64(&mut m.heap, self.extended(word) as i64),
            CType::Unsigned(_) => from_u64(&mut m.heap, self.extended(word)),
            CType::Float => m.heap.flonum(f32::from_bits(word as u32).into()),
            CType::Double => m.heap.flonum(f64::from_bits(word)),
            CType::Pointer => memory::unbound(m, word as usize).value(),
        }
    }
}

/// As many arguments as C promises that a function may have: they lie on the native stack.
const MOST: usize = 127;

/// The type that a symbol names.
fn named(m: &mut Machine, who: &str, v: Value) -> Res<CType> {
    let found = Symbol::from_value(v).and_then(|s| NAMES.iter().find(|(name, _)| *name == s.name()));
    match found {
        Some(&(_, t)) => Ok(t),
        None => {
            let message = "expected the name of a C type: signed-int, double, pointer, void, …";
            Err(m.violation(ConditionType::ProcedureArgument, who, message, &[v]))
        }
    }
}

/// The signature of functions that return `result` and take `arguments`, a list of names; `(void)` is no arguments.
pub fn signature(m: &mut Machine, who: &str, result: Value, arguments: ProperList) -> Res<Arc<Signature>> {
    let result = named(m, who, result)?;
    let mut types = Vec::new();
    for name in arguments.iter() {
        m.charge(4)?;
        if types.len() == MOST {
            let message = "a C function takes 127 arguments at most";
            return Err(m.violation(ConditionType::ProcedureArgument, who, message, &[]));
        }
        types.push(named(m, who, name)?);
    }
    if types == [CType::Void] {
        types.clear();
    }
    if types.contains(&CType::Void) {
        let message = "a function that takes arguments takes none of type void";
        return Err(m.violation(ConditionType::ProcedureArgument, who, message, &[arguments.0]));
    }
    let account = m.heap.memory().clone();
    Ok(m.extension::<Foreign>().signature(&account, result, types)?)
}

/// The name of a type; of several for one way of passing, the first.
fn name_of(t: CType) -> &'static str {
    NAMES.iter().find(|(_, x)| *x == t).map_or("void", |(name, _)| name)
}

/// The types of a function's arguments, a list of their names.
pub fn signature_value(m: &mut Machine, signature: &Signature) -> Value {
    let names: Vec<Value> = signature.arguments.iter().map(|&t| m.heap.symbol(name_of(t))).collect();
    m.heap.list(&names)
}

/// The argument of a foreign function that does not have the type of its parameter.
#[cold]
pub fn mismatch(m: &mut Machine, who: &str, t: CType, v: Value) -> Stop {
    let message = format!("the argument is not a C {}, or not in its range", name_of(t));
    let name = m.heap.symbol(name_of(t));
    m.violation(ConditionType::ProcedureArgumentsConsistency, who, &message, &[name, v])
}
