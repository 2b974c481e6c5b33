//! The inline code of `compile::operation`'s table: what each operation does in the common case, without a call, and what
//! the next common case is, out of line. Where neither applies, the primitive runs.

use super::Machine;
use super::trap::primitive_failed;
use crate::compile::operation::Operation;
use crate::heap::{FIXNUM_MAX, FIXNUM_MIN, Kind, Pair, Record, RecordType, Str, Value, Vector, View};

/// Which operation a type implements.
pub(super) trait Inline {
    const OPERATION: Operation;
}

/// An operation of one operand.
///
/// # Safety
/// All functions of these traits: `m` is the running machine.
pub(super) trait Unary: Inline {
    unsafe fn apply(a: Value, m: *mut Machine) -> Option<Value>;
}

/// An operation of two operands.
pub(super) trait Binary: Inline {
    unsafe fn apply(a: Value, b: Value, m: *mut Machine) -> Option<Value>;
    /// What is tried out of line before the primitive runs.
    unsafe fn next(_a: Value, _b: Value, _m: *mut Machine) -> Option<Value> {
        None
    }
}

/// An operation of one operand that answers a boolean.
pub(super) trait UnaryTest: Inline {
    unsafe fn test(a: Value) -> Option<bool>;
}

/// An operation of two operands that answers a boolean.
pub(super) trait BinaryTest: Inline {
    unsafe fn test(a: Value, b: Value) -> Option<bool>;
    /// What is tried out of line before the primitive runs.
    unsafe fn next(_a: Value, _b: Value) -> Option<bool> {
        None
    }
}

/// An operation of `N` operands.
pub(super) trait Many<const N: usize>: Inline {
    unsafe fn apply(operands: &[Value; N], m: *mut Machine) -> Option<Value>;
}

/// Runs the primitive of an operation; `FAILED` when it fails.
///
/// # Safety
/// `m` is the running machine.
#[cold]
#[inline(never)]
pub(super) unsafe fn run_operation(operation: Operation, operands: &[Value], m: *mut Machine) -> Value {
    // SAFETY: the running machine, which nobody else refers to.
    let machine = unsafe { &mut *m };
    match machine.primitives.of_operation(operation) {
        Some(primitive) => match (primitive.run)(machine, operands) {
            Ok(v) => v,
            Err(stop) => primitive_failed(stop, machine),
        },
        None => {
            let stop = machine.assertion(operation.name(), "no such primitive in this machine", operands);
            primitive_failed(stop, machine)
        }
    }
}

/// An operation where its inline code has no answer.
///
/// # Safety
/// `m` is the running machine.
#[cold]
#[inline(never)]
pub(super) unsafe fn run_unary<T: Inline>(a: Value, m: *mut Machine) -> Value {
    // SAFETY: passed on.
    unsafe { run_operation(T::OPERATION, &[a], m) }
}

/// The same for two operands.
///
/// # Safety
/// `m` is the running machine.
#[cold]
#[inline(never)]
pub(super) unsafe fn run_binary<T: Binary>(a: Value, b: Value, m: *mut Machine) -> Value {
    // SAFETY: passed on.
    unsafe { T::next(a, b, m).unwrap_or_else(|| run_operation(T::OPERATION, &[a, b], m)) }
}

macro_rules! inline {
    ($($name:ident)*) => {$(
        pub(super) struct $name;
        impl Inline for $name {
            const OPERATION: Operation = Operation::$name;
        }
    )*};
}

macro_rules! unary {
    ($($name:ident |$a:ident, $m:ident| $body:expr;)*) => {$(
        inline!($name);
        impl Unary for $name {
            #[inline(always)]
            unsafe fn apply($a: Value, $m: *mut Machine) -> Option<Value> { $body }
        }
    )*};
}

macro_rules! unary_tests {
    ($($name:ident |$a:ident| $body:expr;)*) => {$(
        inline!($name);
        impl UnaryTest for $name {
            #[inline(always)]
            unsafe fn test($a: Value) -> Option<bool> { $body }
        }
        impl Unary for $name {
            #[inline(always)]
            unsafe fn apply(a: Value, _: *mut Machine) -> Option<Value> {
                // SAFETY: passed on.
                unsafe { Self::test(a).map(Value::boolean) }
            }
        }
    )*};
}

macro_rules! binary {
    ($($name:ident |$a:ident, $b:ident, $m:ident| $body:expr $(, $next:expr)?;)*) => {$(
        inline!($name);
        impl Binary for $name {
            #[inline(always)]
            unsafe fn apply($a: Value, $b: Value, $m: *mut Machine) -> Option<Value> { $body }
            $(
                #[inline(always)]
                unsafe fn next($a: Value, $b: Value, $m: *mut Machine) -> Option<Value> {
                    // SAFETY: passed on.
                    unsafe { $next($a, $b, $m) }
                }
            )?
        }
    )*};
}

macro_rules! binary_tests {
    ($($name:ident |$a:ident, $b:ident| $body:expr $(, $next:expr)?;)*) => {$(
        inline!($name);
        impl BinaryTest for $name {
            #[inline(always)]
            unsafe fn test($a: Value, $b: Value) -> Option<bool> { $body }
            $(
                #[inline(always)]
                unsafe fn next($a: Value, $b: Value) -> Option<bool> { $next($a, $b) }
            )?
        }
        impl Binary for $name {
            #[inline(always)]
            unsafe fn apply(a: Value, b: Value, _: *mut Machine) -> Option<Value> {
                // SAFETY: passed on.
                unsafe { Self::test(a, b).map(Value::boolean) }
            }
            #[inline(always)]
            unsafe fn next(a: Value, b: Value, _: *mut Machine) -> Option<Value> {
                // SAFETY: passed on.
                unsafe { <Self as BinaryTest>::next(a, b).map(Value::boolean) }
            }
        }
    )*};
}

unary! {
    Car |a, _m| a.as_pair().map(Pair::car);
    Cdr |a, _m| a.as_pair().map(Pair::cdr);
    Cadr |a, _m| a.as_pair()?.cdr().as_pair().map(Pair::car);
    Cddr |a, _m| a.as_pair()?.cdr().as_pair().map(Pair::cdr);
    Caar |a, _m| a.as_pair()?.car().as_pair().map(Pair::car);
    Cdar |a, _m| a.as_pair()?.car().as_pair().map(Pair::cdr);
    VectorLength |a, _m| Vector::from_value(a).map(|v| Value::fixnum(v.len() as i64));
    StringLength |a, _m| Str::from_value(a).map(|s| Value::fixnum(s.len() as i64));
    BytevectorLength |a, _m| length_of(a, Kind::Bytevector).map(|n| Value::fixnum(n as i64));
    CharToInteger |a, _m| a.as_char().map(|c| Value::fixnum(c as i64));
    IntegerToChar |a, _m| a.as_fixnum().and_then(|n| u32::try_from(n).ok()).and_then(char::from_u32).map(Value::char);
    FlSqrt |a, _m| flonum(immediate(a)?.sqrt());
    FlAbs |a, _m| flonum(immediate(a)?.abs());
    FixnumToFlonum |a, _m| flonum(a.as_fixnum()? as f64);
}

unary_tests! {
    IsNull |a| Some(a.is_nil());
    IsPair |a| Some(a.is_pair());
    Not |a| Some(a.is_false());
    IsFixnum |a| Some(a.is_fixnum());
    IsFlonum |a| Some(a.is_flonum());
    IsChar |a| Some(a.is_char());
    IsString |a| Some(a.is(Kind::String));
    IsSymbol |a| Some(a.is(Kind::Symbol));
    IsVector |a| Some(a.is(Kind::Vector));
    IsBytevector |a| Some(a.is(Kind::Bytevector));
    IsProcedure |a| Some(a.is_procedure());
    IsBoolean |a| Some(a.is_boolean());
    IsEof |a| Some(a == Value::EOF);
    IsZero |a| if a.is_fixnum() { Some(a.0 == 0) } else { immediate(a).map(|x| x == 0.0) };
    FxIsZero |a| a.as_fixnum().map(|n| n == 0);
}

binary! {
    Cons |a, d, m| cons(a, d, m);
    SetCar |p, v, _m| p.as_pair().map(|p| { p.set_car(v); Value::VOID });
    SetCdr |p, v, _m| p.as_pair().map(|p| { p.set_cdr(v); Value::VOID });
    Add |a, b, _m| add(a, b).or_else(|| flonums(a, b, |x, y| x + y)), |a, b, m| mixed(a, b, m, |x, y| x + y);
    Subtract |a, b, _m| subtract(a, b).or_else(|| flonums(a, b, |x, y| x - y)), |a, b, m| mixed(a, b, m, |x, y| x - y);
    Multiply |a, b, _m| multiply(a, b).or_else(|| flonums(a, b, |x, y| x * y)), |a, b, m| mixed(a, b, m, |x, y| x * y);
    Divide |a, b, _m| flonums(a, b, |x, y| x / y), |a, b, m| mixed(a, b, m, |x, y| x / y);
    Quotient |a, b, _m| { let (x, y) = divisible(a, b)?; fixnum(x / y) };
    Remainder |a, b, _m| { let (x, y) = divisible(a, b)?; fixnum(x % y) };
    Modulo |a, b, _m| { let (x, y) = divisible(a, b)?; let r = x % y; fixnum(if r != 0 && (r < 0) != (y < 0) { r + y } else { r }) };
    Div |a, b, _m| { let (x, y) = divisible(a, b)?; fixnum(x.div_euclid(y)) };
    Mod |a, b, _m| { let (x, y) = divisible(a, b)?; fixnum(x.rem_euclid(y)) };
    FxAdd |a, b, _m| add(a, b);
    FxSubtract |a, b, _m| subtract(a, b);
    FxMultiply |a, b, _m| multiply(a, b);
    FxAnd |a, b, _m| both(a, b).then_some(Value(a.0 & b.0));
    FxInclusiveOr |a, b, _m| both(a, b).then_some(Value(a.0 | b.0));
    FxExclusiveOr |a, b, _m| both(a, b).then_some(Value(a.0 ^ b.0));
    FxShiftLeft |a, b, _m| {
        let (x, n) = (a.as_fixnum()?, b.as_fixnum()?);
        if (0..62).contains(&n) && x << n >> n == x { fixnum(x << n) } else { None }
    };
    FxShiftRight |a, b, _m| {
        let (x, n) = (a.as_fixnum()?, b.as_fixnum()?);
        if (0..62).contains(&n) { fixnum(x >> n) } else { None }
    };
    FxDiv |a, b, _m| { let (x, y) = divisible(a, b)?; fixnum(x.div_euclid(y)) };
    FxMod |a, b, _m| { let (x, y) = divisible(a, b)?; fixnum(x.rem_euclid(y)) };
    FlAdd |a, b, _m| flonums(a, b, |x, y| x + y), |a, b, m| wide(a, b, m, |x, y| x + y);
    FlSubtract |a, b, _m| flonums(a, b, |x, y| x - y), |a, b, m| wide(a, b, m, |x, y| x - y);
    FlMultiply |a, b, _m| flonums(a, b, |x, y| x * y), |a, b, m| wide(a, b, m, |x, y| x * y);
    FlDivide |a, b, _m| flonums(a, b, |x, y| x / y), |a, b, m| wide(a, b, m, |x, y| x / y);
    VectorRef |v, i, _m| Vector::from_value(v)?.get(usize::try_from(i.as_fixnum()?).ok()?);
    StringRef |s, i, _m| Str::from_value(s)?.get(usize::try_from(i.as_fixnum()?).ok()?).map(Value::char);
    BytevectorU8Ref |b, i, _m| {
        let (n, i) = (length_of(b, Kind::Bytevector)?, usize::try_from(i.as_fixnum()?).ok()?);
        // SAFETY: `i` is inside the bytes behind the header.
        if i < n { Some(Value::fixnum(i64::from(unsafe { *b.address().add(1).cast::<u8>().add(i) }))) } else { None }
    };
}

binary_tests! {
    IsEq |a, b| Some(a == b);
    IsEqv |a, b| if a == b { Some(true) } else if a.is_object() && b.is_object() { None } else { Some(false) };
    NumberEqual |a, b| compare(a, b, |x, y| x == y, |x, y| x == y), |a, b| compare_mixed(a, b, |x, y| x == y);
    Less |a, b| compare(a, b, |x, y| x < y, |x, y| x < y), |a, b| compare_mixed(a, b, |x, y| x < y);
    Greater |a, b| compare(a, b, |x, y| x > y, |x, y| x > y), |a, b| compare_mixed(a, b, |x, y| x > y);
    LessEqual |a, b| compare(a, b, |x, y| x <= y, |x, y| x <= y), |a, b| compare_mixed(a, b, |x, y| x <= y);
    GreaterEqual |a, b| compare(a, b, |x, y| x >= y, |x, y| x >= y), |a, b| compare_mixed(a, b, |x, y| x >= y);
    FxEqual |a, b| both(a, b).then_some(a.0 == b.0);
    FxLess |a, b| both(a, b).then_some((a.0 as i64) < b.0 as i64);
    FxGreater |a, b| both(a, b).then_some(a.0 as i64 > b.0 as i64);
    FxLessEqual |a, b| both(a, b).then_some(a.0 as i64 <= b.0 as i64);
    FxGreaterEqual |a, b| both(a, b).then_some(a.0 as i64 >= b.0 as i64);
    FlEqual |a, b| compare_flonums(a, b, |x, y| x == y), |a, b| compare_wide(a, b, |x, y| x == y);
    FlLess |a, b| compare_flonums(a, b, |x, y| x < y), |a, b| compare_wide(a, b, |x, y| x < y);
    FlGreater |a, b| compare_flonums(a, b, |x, y| x > y), |a, b| compare_wide(a, b, |x, y| x > y);
    FlLessEqual |a, b| compare_flonums(a, b, |x, y| x <= y), |a, b| compare_wide(a, b, |x, y| x <= y);
    FlGreaterEqual |a, b| compare_flonums(a, b, |x, y| x >= y), |a, b| compare_wide(a, b, |x, y| x >= y);
    CharEqual |a, b| (a.is_char() && b.is_char()).then(|| a == b);
    CharLess |a, b| (a.is_char() && b.is_char()).then_some(a.0 < b.0);
    IsRecord |a, rtd| {
        let rtd = RecordType::from_value(rtd)?;
        Some(Record::from_value(a).is_some_and(|r| r.rtd().is_a(rtd)))
    };
}

inline!(VectorSet BytevectorU8Set RecordRef RecordSet);

impl Many<3> for VectorSet {
    #[inline(always)]
    unsafe fn apply(&[v, i, x]: &[Value; 3], _: *mut Machine) -> Option<Value> {
        if v.is_immutable() {
            return None;
        }
        Vector::from_value(v)?.set(usize::try_from(i.as_fixnum()?).ok()?, x).then_some(Value::VOID)
    }
}

impl Many<3> for BytevectorU8Set {
    #[inline(always)]
    unsafe fn apply(&[b, i, x]: &[Value; 3], _: *mut Machine) -> Option<Value> {
        if b.is_immutable() {
            return None;
        }
        let (n, i) = (length_of(b, Kind::Bytevector)?, usize::try_from(i.as_fixnum()?).ok()?);
        let x = u8::try_from(x.as_fixnum()?).ok()?;
        if i >= n {
            return None;
        }
        // SAFETY: `i` is inside the bytes behind the header.
        unsafe { *b.address().add(1).cast::<u8>().add(i) = x }
        Some(Value::VOID)
    }
}

/// A record of that type, if it has more than `i` fields.
#[inline(always)]
fn record(a: Value, rtd: Value, i: Value) -> Option<(Record, usize)> {
    let (record, rtd) = (Record::from_value(a)?, RecordType::from_value(rtd)?);
    let i = usize::try_from(i.as_fixnum()?).ok()?;
    (record.rtd().is_a(rtd) && i + 1 < a.header().length()).then_some((record, i))
}

impl Many<3> for RecordRef {
    #[inline(always)]
    unsafe fn apply(&[a, rtd, i]: &[Value; 3], _: *mut Machine) -> Option<Value> {
        record(a, rtd, i).map(|(record, i)| record.field(i))
    }
}

impl Many<4> for RecordSet {
    #[inline(always)]
    unsafe fn apply(&[a, rtd, i, v]: &[Value; 4], _: *mut Machine) -> Option<Value> {
        let (record, i) = record(a, rtd, i)?;
        record.set_field(i, v);
        Some(Value::VOID)
    }
}

/// A pair out of the heap's current run.
#[inline(always)]
fn cons(a: Value, d: Value, m: *mut Machine) -> Option<Value> {
    // SAFETY: the running machine; the run from `bump` to `bump_end` is free memory.
    unsafe {
        let heap = &raw mut (*m).heap;
        let p = (*heap).bump;
        let next = p.wrapping_add(2);
        if next > (*heap).bump_end {
            return None;
        }
        (*heap).bump = next;
        *p = a.0;
        *p.add(1) = d.0;
        Some(Value::from_pair(p))
    }
}

#[inline(always)]
fn both(a: Value, b: Value) -> bool {
    (a.0 | b.0) & 3 == 0
}

/// The fixnum, if it is in range.
#[inline(always)]
fn fixnum(n: i64) -> Option<Value> {
    if (FIXNUM_MIN..=FIXNUM_MAX).contains(&n) { Some(Value::fixnum(n)) } else { None }
}

#[inline(always)]
fn add(a: Value, b: Value) -> Option<Value> {
    let (sum, overflow) = (a.0 as i64).overflowing_add(b.0 as i64);
    if both(a, b) && !overflow { Some(Value(sum as u64)) } else { None }
}

#[inline(always)]
fn subtract(a: Value, b: Value) -> Option<Value> {
    let (difference, overflow) = (a.0 as i64).overflowing_sub(b.0 as i64);
    if both(a, b) && !overflow { Some(Value(difference as u64)) } else { None }
}

#[inline(always)]
fn multiply(a: Value, b: Value) -> Option<Value> {
    if both(a, b) { ((a.0 as i64) >> 2).checked_mul(b.0 as i64).map(|p| Value(p as u64)) } else { None }
}

/// Two fixnums, the second not zero.
#[inline(always)]
fn divisible(a: Value, b: Value) -> Option<(i64, i64)> {
    let (x, y) = (a.as_fixnum()?, b.as_fixnum()?);
    if y == 0 { None } else { Some((x, y)) }
}

#[inline(always)]
fn immediate(a: Value) -> Option<f64> {
    if a.is_immediate_flonum() { a.as_flonum() } else { None }
}

/// The flonum, if it is immediate.
#[inline(always)]
fn flonum(x: f64) -> Option<Value> {
    Value::immediate_flonum(x)
}

#[inline(always)]
fn both_immediate(a: Value, b: Value) -> Option<(f64, f64)> {
    if ((a.0 ^ 2) | (b.0 ^ 2)) & 6 == 0 { Some((a.as_flonum()?, b.as_flonum()?)) } else { None }
}

#[inline(always)]
fn flonums(a: Value, b: Value, f: impl Fn(f64, f64) -> f64) -> Option<Value> {
    let (x, y) = both_immediate(a, b)?;
    flonum(f(x, y))
}

#[inline(always)]
fn compare(a: Value, b: Value, f: impl Fn(i64, i64) -> bool, g: impl Fn(f64, f64) -> bool) -> Option<bool> {
    if both(a, b) { Some(f(a.0 as i64, b.0 as i64)) } else { compare_flonums(a, b, g) }
}

#[inline(always)]
fn compare_flonums(a: Value, b: Value, g: impl Fn(f64, f64) -> bool) -> Option<bool> {
    let (x, y) = both_immediate(a, b)?;
    Some(g(x, y))
}

/// A flonum, boxed or not, or a fixnum, of which one at least is a flonum: exactness is lost in the way of `inexact`.
fn reals(a: Value, b: Value) -> Option<(f64, f64)> {
    let real = |v: Value| v.as_fixnum().map(|n| n as f64).or_else(|| v.as_flonum());
    if both(a, b) { None } else { Some((real(a)?, real(b)?)) }
}

/// Arithmetic on flonums, boxed or not, and fixnums but zero: what an exact zero does to a flonum is for the primitive to
/// decide.
///
/// # Safety
/// `m` is the running machine.
#[inline(always)]
unsafe fn mixed(a: Value, b: Value, m: *mut Machine, f: impl Fn(f64, f64) -> f64) -> Option<Value> {
    let zero = Value::fixnum(0);
    let (x, y) = reals(a, b).filter(|_| a != zero && b != zero)?;
    // SAFETY: the running machine.
    unsafe { Some((*m).heap.flonum(f(x, y))) }
}

/// Arithmetic on flonums, boxed or not.
///
/// # Safety
/// `m` is the running machine.
#[inline(always)]
unsafe fn wide(a: Value, b: Value, m: *mut Machine, f: impl Fn(f64, f64) -> f64) -> Option<Value> {
    let (x, y) = (a.as_flonum()?, b.as_flonum()?);
    // SAFETY: the running machine.
    unsafe { Some((*m).heap.flonum(f(x, y))) }
}

fn compare_mixed(a: Value, b: Value, g: impl Fn(f64, f64) -> bool) -> Option<bool> {
    // Larger integers are not exact as flonums, so comparing those is for the primitive.
    let exact = |v: Value| v.as_fixnum().is_none_or(|n| n.unsigned_abs() < 1 << 53);
    let (x, y) = reals(a, b)?;
    (exact(a) && exact(b)).then(|| g(x, y))
}

fn compare_wide(a: Value, b: Value, g: impl Fn(f64, f64) -> bool) -> Option<bool> {
    Some(g(a.as_flonum()?, b.as_flonum()?))
}

/// The length of an object of that kind.
#[inline(always)]
fn length_of(v: Value, kind: Kind) -> Option<usize> {
    if v.is(kind) { Some(v.header().length()) } else { None }
}

/// Does `$body` with the type `$T` that implements the operation, if the list that is named has it. `unary` to `four` have all
/// operations; what the other lists leave out is an expression in a general statement.
macro_rules! select {
    ($operation:expr, $T:ident in [$($name:ident)*] => $body:expr) => {
        match $operation {
            $($crate::compile::operation::Operation::$name => {
                type $T = $crate::eval::operations::$name;
                Some($body)
            })*
            _ => None,
        }
    };
    (unary, $operation:expr, $T:ident => $body:expr) => {
        $crate::eval::operations::select!($operation, $T in [
            Car Cdr Cadr Cddr Caar Cdar IsNull IsPair Not IsFixnum IsFlonum IsChar IsString IsSymbol IsVector
            IsBytevector IsProcedure IsBoolean IsEof IsZero FxIsZero FlSqrt FlAbs FixnumToFlonum VectorLength
            StringLength BytevectorLength CharToInteger IntegerToChar
        ] => $body)
    };
    (binary, $operation:expr, $T:ident => $body:expr) => {
        $crate::eval::operations::select!($operation, $T in [
            Cons SetCar SetCdr IsEq IsEqv Add Subtract Multiply Divide Quotient Remainder Modulo Div Mod NumberEqual
            Less Greater LessEqual GreaterEqual FxAdd FxSubtract FxMultiply FxEqual FxLess FxGreater FxLessEqual
            FxGreaterEqual FxAnd FxInclusiveOr FxExclusiveOr FxShiftLeft FxShiftRight FxDiv FxMod FlAdd FlSubtract
            FlMultiply FlDivide FlEqual FlLess FlGreater FlLessEqual FlGreaterEqual VectorRef StringRef
            BytevectorU8Ref CharEqual CharLess IsRecord
        ] => $body)
    };
    (three, $operation:expr, $T:ident => $body:expr) => {
        $crate::eval::operations::select!($operation, $T in [VectorSet BytevectorU8Set RecordRef] => $body)
    };
    (four, $operation:expr, $T:ident => $body:expr) => {
        $crate::eval::operations::select!($operation, $T in [RecordSet] => $body)
    };
    // Those worth a statement of their own.
    (let_unary, $operation:expr, $T:ident => $body:expr) => {
        $crate::eval::operations::select!($operation, $T in [Car Cdr Cadr Cddr VectorLength StringLength] => $body)
    };
    (let_binary, $operation:expr, $T:ident => $body:expr) => {
        $crate::eval::operations::select!($operation, $T in [
            Cons Add Subtract Multiply FxAdd FxSubtract FlAdd FlSubtract FlMultiply VectorRef StringRef Quotient
            Remainder
        ] => $body)
    };
    (unary_test, $operation:expr, $T:ident => $body:expr) => {
        $crate::eval::operations::select!($operation, $T in [
            IsNull IsPair IsZero FxIsZero IsSymbol IsFixnum IsString IsVector
        ] => $body)
    };
    (binary_test, $operation:expr, $T:ident => $body:expr) => {
        $crate::eval::operations::select!($operation, $T in [
            IsEq IsEqv NumberEqual Less Greater LessEqual GreaterEqual FxEqual FxLess FxGreater FxLessEqual
            FxGreaterEqual FlLess CharEqual
        ] => $body)
    };
}
pub(super) use select;

/// Whether one of the lists of `select` has the operation with as many operands as it takes.
const fn is_listed(operation: Operation) -> bool {
    match operation.arity() {
        1 => select!(unary, operation, _T => ()).is_some(),
        2 => select!(binary, operation, _T => ()).is_some(),
        3 => select!(three, operation, _T => ()).is_some(),
        _ => select!(four, operation, _T => ()).is_some(),
    }
}

// An operation of the table that is in no list does not compile.
const _: () = {
    let mut i = 0;
    while i < Operation::ALL.len() {
        assert!(is_listed(Operation::ALL[i]), "an operation is missing in the lists of `select`");
        i += 1;
    }
};
