//! What a host hands in and may panic when it is used, or dropped: no panic of it gets out. Depends on nothing.
//!
//! The machine's own state is whole between any two of its steps, but not in the middle of one, where a host's code runs:
//! unwinding through that would leave the machine half way. So a panic ends here, and becomes an error of the program.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// A value of the host's. Present until it is dropped.
pub struct Contained<T>(Option<T>);

impl<T> Contained<T> {
    pub fn new(value: T) -> Contained<T> {
        Contained(Some(value))
    }

    /// Uses the value; what it says when it panics.
    pub fn call<R>(&mut self, f: impl FnOnce(&mut T) -> R) -> Result<R, String> {
        let value = self.0.as_mut();
        contain(|| value.map(f)).and_then(|answer| answer.ok_or_else(String::new))
    }

    /// The same for values that are shared.
    pub fn call_shared<R>(&self, f: impl FnOnce(&T) -> R) -> Result<R, String> {
        contain(|| self.0.as_ref().map(f)).and_then(|answer| answer.ok_or_else(String::new))
    }
}

impl<T> Drop for Contained<T> {
    fn drop(&mut self) {
        let value = self.0.take();
        let _ = contain(|| drop(value));
    }
}

/// Runs the host's code. The caller gives it nothing of the machine's that a panic could leave half done.
fn contain<R>(f: impl FnOnce() -> R) -> Result<R, String> {
    catch_unwind(AssertUnwindSafe(f)).map_err(|panic| {
        let text = text_of_panic(&*panic).to_owned();
        // A payload may panic again when it is dropped: that one is not worth an abort.
        std::mem::forget(panic);
        text
    })
}

/// What a panic says: the text that `panic!` was given, if it was one.
pub fn text_of_panic(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("it does not say why")
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Bomb;

    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("dropped")
        }
    }

    #[test]
    fn panics_stay_inside() {
        let mut value = Contained::new(5);
        assert_eq!(value.call(|n| *n + 1), Ok(6));
        assert_eq!(value.call(|_| -> i32 { panic!("because") }), Err("because".to_owned()));
        assert_eq!(value.call(|n| -> i32 { panic!("{n}") }), Err("5".to_owned()));
        assert_eq!(value.call(|_| -> i32 { std::panic::panic_any(Bomb) }), Err("it does not say why".to_owned()));
        assert_eq!(value.call_shared(|n| *n), Ok(5));
        drop(Contained::new(Bomb));
    }
}
