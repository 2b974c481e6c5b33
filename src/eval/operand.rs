//! Operand kinds: where a node finds a value, given one operand word. Node functions are generic over them.
//!
//! `fast` is a few instructions and no call; where it has no answer, the node starts again by a slow path that uses
//! `eval`. So only operands whose evaluation changes nothing have a fast one; a nested expression does not. What `eval` calls
//! is out of line and gets plain values, so that a node function with it can still jump (`node.rs`).

use super::Machine;
use super::node::Expression;
use super::operations::{Add, Car, Cdr, Subtract, run_binary, run_unary};
use super::trap::unbound;
use crate::heap::Value;

/// # Safety
/// Both functions: `word` was made by `link` for this kind, `fp` is the frame of the running procedure, in which every
/// slot that the word names is initialised; `m` is the running machine.
pub(super) trait Operand {
    /// It must be evaluated once only.
    const NESTED: bool = false;
    /// `eval` may answer `Value::FAILED`.
    const FAILS: bool = false;
    unsafe fn fast(word: u64, fp: *mut Value, m: *mut Machine) -> Option<Value>;
    unsafe fn eval(word: u64, fp: *mut Value, m: *mut Machine) -> Value;
}

/// The kinds, as the linker speaks of them.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(super) enum OperandKind {
    Local,
    Constant,
    Free,
    Nested,
    LocalPlus,
    CarLocal,
    CdrLocal,
}

/// A slot of the frame.
pub(super) struct Local;
/// The word itself.
pub(super) struct Constant;
/// A free variable of the running closure.
pub(super) struct Free;
/// Any expression.
pub(super) struct Nested;
/// A slot plus or minus a constant fixnum: the slot in 16 bits, whether it was a subtraction, the constant.
pub(super) struct LocalPlus;
/// The car of a slot.
pub(super) struct CarLocal;
/// The cdr of a slot.
pub(super) struct CdrLocal;
/// Any of these, decided by the low bits of the word when it runs: for operands that have no node of their own.
pub(super) struct Any;

impl Operand for Local {
    #[inline(always)]
    unsafe fn fast(word: u64, fp: *mut Value, m: *mut Machine) -> Option<Value> {
        // SAFETY: the trait's contract.
        unsafe { Some(Self::eval(word, fp, m)) }
    }
    #[inline(always)]
    unsafe fn eval(word: u64, fp: *mut Value, _: *mut Machine) -> Value {
        // SAFETY: the trait's contract.
        unsafe { *fp.add(word as usize) }
    }
}

impl Operand for Constant {
    #[inline(always)]
    unsafe fn fast(word: u64, _: *mut Value, _: *mut Machine) -> Option<Value> {
        Some(Value(word))
    }
    #[inline(always)]
    unsafe fn eval(word: u64, _: *mut Value, _: *mut Machine) -> Value {
        Value(word)
    }
}

/// Free variable `i` of the closure whose frame this is.
///
/// # Safety
/// The closure in slot 0 has more than `i` free variables.
#[inline(always)]
pub(super) unsafe fn free_variable(fp: *mut Value, i: usize) -> Value {
    // SAFETY: slot 0 holds the running closure; the linker has counted its free variables.
    unsafe { Value(*(*fp).address().add(1 + i)) }
}

impl Operand for Free {
    #[inline(always)]
    unsafe fn fast(word: u64, fp: *mut Value, m: *mut Machine) -> Option<Value> {
        // SAFETY: the trait's contract.
        unsafe { Some(Self::eval(word, fp, m)) }
    }
    #[inline(always)]
    unsafe fn eval(word: u64, fp: *mut Value, _: *mut Machine) -> Value {
        // SAFETY: the trait's contract.
        unsafe { free_variable(fp, word as usize) }
    }
}

impl Operand for Nested {
    const NESTED: bool = true;
    const FAILS: bool = true;
    #[inline(always)]
    unsafe fn fast(_: u64, _: *mut Value, _: *mut Machine) -> Option<Value> {
        None
    }
    #[inline(always)]
    unsafe fn eval(word: u64, fp: *mut Value, m: *mut Machine) -> Value {
        let e = word as *const Expression;
        // SAFETY: the word is the address of an expression of the same code.
        unsafe { ((*e).evaluate)(e, fp, m) }
    }
}

impl LocalPlus {
    /// The operand word, if the slot and the constant fit.
    pub fn word(slot: u32, constant: i64, subtract: bool) -> Option<u64> {
        let small = slot < 1 << 16 && constant.unsigned_abs() < 1 << 40;
        let n = if subtract { -constant } else { constant };
        small.then(|| u64::from(slot) | u64::from(subtract) << 16 | ((n << 2) as u64) << 17)
    }

    /// The sum of the slot's value and the constant when it is no fixnum.
    ///
    /// # Safety
    /// `m` is the running machine.
    #[cold]
    #[inline(never)]
    unsafe fn rare(word: u64, v: Value, m: *mut Machine) -> Value {
        let constant = ((word as i64) >> 17) >> 2;
        // SAFETY: the running machine.
        unsafe {
            if word >> 16 & 1 == 1 {
                run_binary::<Subtract>(v, Value::fixnum(-constant), m)
            } else {
                run_binary::<Add>(v, Value::fixnum(constant), m)
            }
        }
    }
}

impl Operand for LocalPlus {
    const FAILS: bool = true;
    #[inline(always)]
    unsafe fn fast(word: u64, fp: *mut Value, _: *mut Machine) -> Option<Value> {
        // SAFETY: the trait's contract.
        let v = unsafe { *fp.add(word as u16 as usize) };
        let (sum, overflow) = (v.0 as i64).overflowing_add((word as i64) >> 17);
        if v.is_fixnum() && !overflow { Some(Value(sum as u64)) } else { None }
    }
    #[inline(always)]
    unsafe fn eval(word: u64, fp: *mut Value, m: *mut Machine) -> Value {
        // SAFETY: the trait's contract.
        unsafe {
            match Self::fast(word, fp, m) {
                Some(v) => v,
                None => Self::rare(word, *fp.add(word as u16 as usize), m),
            }
        }
    }
}

macro_rules! halves {
    ($($kind:ident $method:ident $operation:ident;)*) => {$(
        impl Operand for $kind {
            const FAILS: bool = true;
            #[inline(always)]
            unsafe fn fast(word: u64, fp: *mut Value, _: *mut Machine) -> Option<Value> {
                // SAFETY: the trait's contract.
                unsafe { (*fp.add(word as usize)).as_pair().map(|pair| pair.$method()) }
            }
            #[inline(always)]
            unsafe fn eval(word: u64, fp: *mut Value, m: *mut Machine) -> Value {
                // SAFETY: the trait's contract.
                unsafe {
                    match Self::fast(word, fp, m) {
                        Some(v) => v,
                        None => run_unary::<$operation>(*fp.add(word as usize), m),
                    }
                }
            }
        }
    )*};
}
halves! { CarLocal car Car; CdrLocal cdr Cdr; }

impl Any {
    const TAG: u64 = 7;
    const LOCAL: u64 = 0;
    const CONSTANT: u64 = 1;
    const NESTED: u64 = 2;
    const GLOBAL: u64 = 3;
    const FREE: u64 = 4;
    const OWN: u64 = 5;

    pub fn local(slot: u32) -> u64 {
        u64::from(slot) << 3 | Any::LOCAL
    }
    pub fn free(index: u32) -> u64 {
        u64::from(index) << 3 | Any::FREE
    }
    /// A word of the code's memory that holds the constant.
    pub fn constant(at: *const Value) -> u64 {
        at as u64 | Any::CONSTANT
    }
    pub fn nested(e: *const Expression) -> u64 {
        e as u64 | Any::NESTED
    }
    /// The value of a global object, checked.
    pub fn global(object: Value) -> u64 {
        object.address() as u64 | Any::GLOBAL
    }
    pub fn own() -> u64 {
        Any::OWN
    }
}

impl Operand for Any {
    const NESTED: bool = true;
    const FAILS: bool = true;
    #[inline(always)]
    unsafe fn fast(_: u64, _: *mut Value, _: *mut Machine) -> Option<Value> {
        None
    }
    #[inline(always)]
    unsafe fn eval(word: u64, fp: *mut Value, m: *mut Machine) -> Value {
        // SAFETY: the word was made by one of the constructors above, for this code.
        unsafe {
            match word & Any::TAG {
                Any::LOCAL => *fp.add((word >> 3) as usize),
                Any::CONSTANT => *((word - Any::CONSTANT) as *const Value),
                Any::FREE => free_variable(fp, (word >> 3) as usize),
                Any::NESTED => Nested::eval(word - Any::NESTED, fp, m),
                Any::GLOBAL => {
                    let object = (word - Any::GLOBAL) as *mut u64;
                    let v = Value(*object.add(1));
                    if v == Value::UNBOUND { unbound(Value::from_object(object), m) } else { v }
                }
                _ => *fp,
            }
        }
    }
}
