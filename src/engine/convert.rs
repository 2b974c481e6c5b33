//! Between Scheme values and Rust's: what a typed host procedure may take and return, and what a host may pass in.

use crate::eval::Handle;
use crate::eval::Machine;
use crate::heap::{Bytevector, Str, Symbol, Value, View};
use std::marker::PhantomData;

/// A machine while a host procedure runs in it, or a host converts values: makes new values.
pub struct Scope<'a> {
    pub(crate) machine: &'a mut Machine,
    /// A handle of another machine was to become a value: whoever made the scope refuses what came out.
    foreign: bool,
}

/// A handle of another machine was among the values.
pub(crate) struct Foreign;

impl Foreign {
    pub const MESSAGE: &'static str = "a handle belongs to another machine";
}

/// A Scheme value that the host looks at for a moment; to keep one, [`Scope::root`] it.
#[derive(Copy, Clone)]
pub struct Ref<'a> {
    pub(crate) value: Value,
    scope: PhantomData<&'a Value>,
}

impl<'a> Ref<'a> {
    pub(crate) fn new(value: Value) -> Ref<'a> {
        Ref { value, scope: PhantomData }
    }

    /// The two halves of a pair.
    pub fn as_pair(self) -> Option<(Ref<'a>, Ref<'a>)> {
        self.value.uncons().map(|(a, d)| (Ref::new(a), Ref::new(d)))
    }

    /// Whether it is the empty list.
    pub fn is_nil(self) -> bool {
        self.value.is_nil()
    }

    /// Whether it is a procedure.
    pub fn is_procedure(self) -> bool {
        self.value.is_procedure()
    }

    /// The name of a symbol.
    pub fn as_symbol(&self) -> Option<String> {
        Symbol::from_value(self.value).map(|s| s.name().to_owned())
    }

    /// As `write` shows it, cut after `limit` bytes.
    pub fn to_text(self, limit: usize) -> String {
        crate::io::to_text(self.value, crate::io::Style::Write, limit)
    }
}

impl<'a> Scope<'a> {
    pub(crate) fn new(machine: &'a mut Machine) -> Scope<'a> {
        Scope { machine, foreign: false }
    }

    /// What `f` makes, unless a handle of another machine is in it.
    pub(crate) fn convert<R>(machine: &'a mut Machine, f: impl FnOnce(&mut Scope<'a>) -> R) -> Result<R, Foreign> {
        let mut scope = Scope::new(machine);
        let made = f(&mut scope);
        if scope.foreign { Err(Foreign) } else { Ok(made) }
    }

    /// Keeps a value alive beyond the call.
    pub fn root(&mut self, value: Ref<'_>) -> Handle {
        self.machine.handles.root(value.value)
    }

    /// The value of a handle; `None` if it is another machine's.
    pub fn get(&self, handle: &Handle) -> Option<Ref<'a>> {
        self.machine.handles.get(handle).map(Ref::new)
    }

    /// A new pair.
    pub fn cons(&mut self, car: Ref<'_>, cdr: Ref<'_>) -> Ref<'a> {
        Ref::new(self.machine.heap.cons(car.value, cdr.value))
    }

    /// The empty list.
    pub fn nil(&self) -> Ref<'a> {
        Ref::new(Value::NIL)
    }

    /// The symbol of that name.
    pub fn symbol(&mut self, name: &str) -> Ref<'a> {
        Ref::new(self.machine.heap.symbol(name))
    }
}

/// A Rust type that a Scheme value can become.
pub trait FromScheme: Sized {
    /// What messages call it: "an exact integer that fits 64 bits".
    const WHAT: &'static str;
    /// What `value` is as a Rust value; `None` if it is no such thing.
    fn from_scheme(value: Ref<'_>, scope: &mut Scope<'_>) -> Option<Self>;
}

/// A Rust type that can become a Scheme value.
pub trait IntoScheme {
    /// The Scheme value, made in the machine of `scope`.
    fn into_scheme<'a>(self, scope: &mut Scope<'a>) -> Ref<'a>;
}

macro_rules! integers {
    ($($t:ty),*) => {$(
        impl FromScheme for $t {
            const WHAT: &'static str = concat!("an exact integer in the range of ", stringify!($t));
            fn from_scheme(value: Ref<'_>, _: &mut Scope<'_>) -> Option<$t> {
                crate::number::to_i128(value.value).and_then(|n| <$t>::try_from(n).ok())
            }
        }
        impl IntoScheme for $t {
            fn into_scheme<'a>(self, scope: &mut Scope<'a>) -> Ref<'a> {
                Ref::new(crate::number::from_i128(&mut scope.machine.heap, self as i128))
            }
        }
    )*};
}
integers!(i8, i16, i32, i64, u8, u16, u32, u64, usize, isize);

impl FromScheme for f64 {
    const WHAT: &'static str = "a real number";
    fn from_scheme(value: Ref<'_>, _: &mut Scope<'_>) -> Option<f64> {
        crate::number::to_flonum(value.value).ok()
    }
}

impl IntoScheme for f64 {
    fn into_scheme<'a>(self, scope: &mut Scope<'a>) -> Ref<'a> {
        Ref::new(scope.machine.heap.flonum(self))
    }
}

impl FromScheme for bool {
    const WHAT: &'static str = "a boolean";
    fn from_scheme(value: Ref<'_>, _: &mut Scope<'_>) -> Option<bool> {
        value.value.is_boolean().then(|| value.value.is_true())
    }
}

impl IntoScheme for bool {
    fn into_scheme<'a>(self, _: &mut Scope<'a>) -> Ref<'a> {
        Ref::new(Value::boolean(self))
    }
}

impl FromScheme for char {
    const WHAT: &'static str = "a character";
    fn from_scheme(value: Ref<'_>, _: &mut Scope<'_>) -> Option<char> {
        value.value.as_char()
    }
}

impl IntoScheme for char {
    fn into_scheme<'a>(self, _: &mut Scope<'a>) -> Ref<'a> {
        Ref::new(Value::char(self))
    }
}

impl FromScheme for String {
    const WHAT: &'static str = "a string";
    fn from_scheme(value: Ref<'_>, _: &mut Scope<'_>) -> Option<String> {
        Str::from_value(value.value).map(|s| s.chars().collect())
    }
}

impl IntoScheme for String {
    fn into_scheme<'a>(self, scope: &mut Scope<'a>) -> Ref<'a> {
        self.as_str().into_scheme(scope)
    }
}

impl IntoScheme for &str {
    fn into_scheme<'a>(self, scope: &mut Scope<'a>) -> Ref<'a> {
        Ref::new(scope.machine.heap.string(self))
    }
}

/// The bytes of a bytevector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bytes(pub Vec<u8>);

impl FromScheme for Bytes {
    const WHAT: &'static str = "a bytevector";
    fn from_scheme(value: Ref<'_>, _: &mut Scope<'_>) -> Option<Bytes> {
        Bytevector::from_value(value.value).map(|b| Bytes(b.bytes().to_vec()))
    }
}

impl IntoScheme for Bytes {
    fn into_scheme<'a>(self, scope: &mut Scope<'a>) -> Ref<'a> {
        Ref::new(scope.machine.heap.bytevector(&self.0))
    }
}

/// A proper list.
impl<T: FromScheme> FromScheme for Vec<T> {
    const WHAT: &'static str = "a list";
    fn from_scheme(value: Ref<'_>, scope: &mut Scope<'_>) -> Option<Vec<T>> {
        let mut items = Vec::new();
        let mut rest = value.value.list_iter();
        // A circular list has no end: the faster of two runners (Floyd) meets the slower one in it.
        let mut slow = value.value.list_iter();
        while let Some(v) = rest.next() {
            items.push(T::from_scheme(Ref::new(v), scope)?);
            if items.len() % 2 == 0 {
                slow.next();
                if slow.rest() == rest.rest() && !rest.rest().is_nil() {
                    return None;
                }
            }
        }
        rest.rest().is_nil().then_some(items)
    }
}

impl<T: IntoScheme> IntoScheme for Vec<T> {
    fn into_scheme<'a>(self, scope: &mut Scope<'a>) -> Ref<'a> {
        let items: Vec<Value> = self.into_iter().map(|x| x.into_scheme(scope).value).collect();
        Ref::new(scope.machine.heap.list(&items))
    }
}

/// Becomes the void object; accepts anything.
impl FromScheme for () {
    const WHAT: &'static str = "any value";
    fn from_scheme(_: Ref<'_>, _: &mut Scope<'_>) -> Option<()> {
        Some(())
    }
}

impl IntoScheme for () {
    fn into_scheme<'a>(self, _: &mut Scope<'a>) -> Ref<'a> {
        Ref::new(Value::VOID)
    }
}

/// `#f` stands for `None`.
impl<T: FromScheme> FromScheme for Option<T> {
    const WHAT: &'static str = T::WHAT;
    fn from_scheme(value: Ref<'_>, scope: &mut Scope<'_>) -> Option<Option<T>> {
        if value.value.is_false() { Some(None) } else { T::from_scheme(value, scope).map(Some) }
    }
}

impl<T: IntoScheme> IntoScheme for Option<T> {
    fn into_scheme<'a>(self, scope: &mut Scope<'a>) -> Ref<'a> {
        match self {
            Some(x) => x.into_scheme(scope),
            None => Ref::new(Value::FALSE),
        }
    }
}

/// Any value, rooted.
impl FromScheme for Handle {
    const WHAT: &'static str = "any value";
    fn from_scheme(value: Ref<'_>, scope: &mut Scope<'_>) -> Option<Handle> {
        Some(scope.root(value))
    }
}

/// The handle must be of the same machine: otherwise what is made is refused.
impl IntoScheme for Handle {
    fn into_scheme<'a>(self, scope: &mut Scope<'a>) -> Ref<'a> {
        scope.get(&self).unwrap_or_else(|| {
            scope.foreign = true;
            Ref::new(Value::VOID)
        })
    }
}
