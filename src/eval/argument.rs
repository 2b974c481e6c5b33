//! The types that a primitive's parameters may have, and how an argument becomes one.

use crate::heap::{
    Bignum, Bytevector, MemoryBlock, Pair, Pointer, Procedure, Ratnum, Record, RecordType, Str, Symbol, Value, Vector,
    View,
};

/// An argument that is not what the parameter wants.
pub struct Mismatch {
    pub expected: &'static str,
    pub value: Value,
}

/// A parameter's type.
pub trait Argument<'a>: Sized {
    /// How many arguments it takes at least, at most.
    const MIN: usize = 1;
    const MAX: usize = 1;
    /// What messages call it.
    const WHAT: &'static str;
    /// Takes the argument at index `*at` and advances it (to the 1-based index of the argument just taken).
    fn take(args: &'a [Value], at: &mut usize) -> Result<Self, Mismatch>;
}

/// A parameter type that takes exactly one argument.
pub trait Single: Sized {
    const WHAT: &'static str;
    fn convert(v: Value) -> Option<Self>;
}

impl<'a, T: Single> Argument<'a> for T {
    const WHAT: &'static str = <T as Single>::WHAT;
    #[inline(always)]
    fn take(args: &'a [Value], at: &mut usize) -> Result<Self, Mismatch> {
        let value = args[*at];
        *at += 1;
        T::convert(value).ok_or(Mismatch { expected: <T as Single>::WHAT, value })
    }
}

impl<'a, T: Single> Argument<'a> for Option<T> {
    const MIN: usize = 0;
    const WHAT: &'static str = <T as Single>::WHAT;
    #[inline(always)]
    fn take(args: &'a [Value], at: &mut usize) -> Result<Self, Mismatch> {
        if *at < args.len() { T::take(args, at).map(Some) } else { Ok(None) }
    }
}

/// All remaining arguments, `N` at least.
#[derive(Copy, Clone)]
pub struct Rest<'a, const N: usize = 0>(pub &'a [Value]);

impl<const N: usize> std::ops::Deref for Rest<'_, N> {
    type Target = [Value];
    fn deref(&self) -> &[Value] {
        self.0
    }
}

impl<'a, const N: usize> Argument<'a> for Rest<'a, N> {
    const MIN: usize = N;
    const MAX: usize = usize::MAX;
    const WHAT: &'static str = "any values";
    #[inline(always)]
    fn take(args: &'a [Value], at: &mut usize) -> Result<Self, Mismatch> {
        let rest = &args[*at..];
        *at = args.len();
        Ok(Rest(rest))
    }
}

impl Single for Value {
    const WHAT: &'static str = "any value";
    #[inline(always)]
    fn convert(v: Value) -> Option<Value> {
        Some(v)
    }
}

macro_rules! views {
    ($($t:ident),*) => {$(
        impl Single for $t {
            const WHAT: &'static str = <$t as View>::WHAT;
            #[inline(always)]
            fn convert(v: Value) -> Option<Self> { <$t as View>::from_value(v) }
        }
    )*};
}
views!(Pair, Procedure, Str, Symbol, Vector, Bytevector, Bignum, Ratnum, Record, RecordType, Pointer, MemoryBlock);

impl Single for usize {
    const WHAT: &'static str = "an index";
    #[inline(always)]
    fn convert(v: Value) -> Option<usize> {
        v.as_fixnum().and_then(|n| usize::try_from(n).ok())
    }
}

impl Single for i64 {
    const WHAT: &'static str = "a fixnum";
    #[inline(always)]
    fn convert(v: Value) -> Option<i64> {
        v.as_fixnum()
    }
}

impl Single for u8 {
    const WHAT: &'static str = "an octet";
    #[inline(always)]
    fn convert(v: Value) -> Option<u8> {
        v.as_fixnum().and_then(|n| u8::try_from(n).ok())
    }
}

impl Single for char {
    const WHAT: &'static str = "a character";
    #[inline(always)]
    fn convert(v: Value) -> Option<char> {
        v.as_char()
    }
}

impl Single for bool {
    const WHAT: &'static str = "a boolean";
    #[inline(always)]
    fn convert(v: Value) -> Option<bool> {
        v.is_boolean().then(|| v.is_true())
    }
}

/// A proper list.
#[derive(Copy, Clone)]
pub struct ProperList(pub Value);

impl ProperList {
    pub fn iter(self) -> impl Iterator<Item = Value> {
        self.0.list_iter()
    }
}

impl Single for ProperList {
    const WHAT: &'static str = "a proper list";
    fn convert(v: Value) -> Option<ProperList> {
        // `slow` follows at half the speed: met again, the list is circular.
        let (mut rest, mut slow, mut odd) = (v, v, false);
        while let Some((_, next)) = rest.uncons() {
            rest = next;
            if odd {
                slow = slow.uncons()?.1;
                if slow == rest {
                    return None;
                }
            }
            odd = !odd;
        }
        rest.is_nil().then_some(ProperList(v))
    }
}

/// A flonum, for `(rnrs arithmetic flonums)`: no other number is converted.
#[derive(Copy, Clone)]
pub struct Flonum(pub f64);

impl Single for Flonum {
    const WHAT: &'static str = "a flonum";
    #[inline(always)]
    fn convert(v: Value) -> Option<Flonum> {
        v.as_flonum().map(Flonum)
    }
}
