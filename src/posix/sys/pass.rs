//! How arguments of Rust's types become C's.

use libc::{c_char, c_int, c_long, c_uint, c_ulong, socklen_t};
use std::ffi::CStr;

/// What is one argument of C's: a number as it is, a reference as the address of what it leads to, `None` as null.
pub trait Pass {
    type C;
    fn pass(self) -> Self::C;
}

macro_rules! numbers {
    ($($number:ty)*) => {$(
        impl Pass for $number {
            type C = $number;
            fn pass(self) -> $number {
                self
            }
        }
    )*};
}

numbers! { c_int c_uint c_long c_ulong }

impl Pass for &CStr {
    type C = *const c_char;
    fn pass(self) -> *const c_char {
        self.as_ptr()
    }
}

impl<T> Pass for &T {
    type C = *const T;
    fn pass(self) -> *const T {
        self
    }
}

impl<T> Pass for &mut T {
    type C = *mut T;
    fn pass(self) -> *mut T {
        self
    }
}

impl<T> Pass for Option<&T> {
    type C = *const T;
    fn pass(self) -> *const T {
        self.map_or(std::ptr::null(), std::ptr::from_ref)
    }
}

impl<T> Pass for Option<&mut T> {
    type C = *mut T;
    fn pass(self) -> *mut T {
        self.map_or(std::ptr::null_mut(), std::ptr::from_mut)
    }
}

/// The first of two arguments of C's: where something is.
pub trait Begin {
    type At;
    fn at(&mut self) -> Self::At;
}

/// The second: how long it is.
pub trait Length<L> {
    fn length(&mut self) -> L;
}

/// A type of C's for lengths.
pub trait Count {
    /// Of more than the type can count, as many as it can: C never gets more than there is.
    fn of(length: usize) -> Self;
}

macro_rules! counts {
    ($($count:ty)*) => {$(
        impl Count for $count {
            fn of(length: usize) -> $count {
                <$count>::try_from(length).unwrap_or(<$count>::MAX)
            }
        }
    )*};
}

counts! { c_int socklen_t usize c_ulong }

impl<T> Begin for &[T] {
    type At = *const T;
    fn at(&mut self) -> *const T {
        self.as_ptr()
    }
}

impl<T> Begin for &mut [T] {
    type At = *mut T;
    fn at(&mut self) -> *mut T {
        self.as_mut_ptr()
    }
}

impl<T, N: Count> Length<N> for &[T] {
    fn length(&mut self) -> N {
        N::of(self.len())
    }
}

impl<T, N: Count> Length<N> for &mut [T] {
    fn length(&mut self) -> N {
        N::of(self.len())
    }
}

/// An array of as many elements as C counts on, whatever its type says.
pub struct Array<'a, T, const N: usize>(pub &'a mut [T; N]);

impl<T, const N: usize> Pass for Array<'_, T, N> {
    type C = *mut T;
    fn pass(self) -> *mut T {
        self.0.as_mut_ptr()
    }
}
