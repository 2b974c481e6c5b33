//! Between Scheme values and Rust's: what a typed host procedure may take and return, and what a host may pass in.
//!
//! Invariants:
//! - A [`Ref`] belongs to the scope that it comes from, and so to one machine: the two share a lifetime that nothing else
//!   has. Whoever converts gets a scope whose lifetime it cannot choose, so no value of one scope passes for one of another,
//!   and none outlives the conversion. Nothing collects while a scope exists.
//! - A conversion pays for its work in fuel before it does it, and what it makes, on either side, has room within the
//!   heap's limit. A scope that has refused something makes nothing any more; whoever made the scope refuses what came out.

use crate::account::{Account, Accountable, deepen};
use crate::eval::{Handle, Machine, Res, Stop};
use crate::heap::{Bytevector, Heap, HeapFull, Str, Symbol, Value, View};
use std::marker::PhantomData;

/// A lifetime that neither shrinks nor grows, and a mark that nothing that has it leaves its thread.
type Brand<'s> = PhantomData<(fn(&'s ()) -> &'s (), *const ())>;

/// A machine while a host procedure runs in it, or a host converts values: makes new values.
///
/// Values of two scopes do not mix, so no value gets into another machine's heap:
///
/// ```compile_fail
/// use vicar::{IntoScheme, Ref, Scope, Vm};
/// struct Smuggled<'x>(Ref<'x>);
/// impl IntoScheme for Smuggled<'_> {
///     fn into_scheme<'s>(self, scope: &mut Scope<'s>) -> Ref<'s> {
///         scope.cons(self.0, self.0)
///     }
/// }
/// ```
pub struct Scope<'s> {
    pub(crate) machine: &'s mut Machine,
    /// Why the scope makes nothing any more.
    refusal: Option<Refusal>,
    /// Bytes that Rust's side of the conversion has taken.
    taken: usize,
    /// How deep in nested data the conversion is.
    depth: usize,
    brand: Brand<'s>,
}

/// Why a conversion has no result.
#[derive(Copy, Clone, Debug)]
pub(crate) enum Refusal {
    /// A handle of another machine was among the values.
    Foreign,
    /// A limit has no room for it.
    Limit(Stop),
    /// The data is nested too deeply.
    TooDeep,
    /// A value is not what was asked for.
    Mismatch,
}

impl Refusal {
    pub const FOREIGN: &'static str = "a handle belongs to another machine";
    pub const TOO_DEEP: &'static str = "the data is circular, or nested too deeply to be converted";
}

/// A Scheme value that the host looks at for a moment; to keep one, [`Scope::root`] it.
///
/// It cannot be kept beyond the conversion, nor leave its thread:
///
/// ```compile_fail,E0277
/// use vicar::{FromScheme, Ref, Scope};
/// struct Elsewhere;
/// impl FromScheme for Elsewhere {
///     const WHAT: &'static str = "any value";
///     fn from_scheme<'s>(value: Ref<'s>, _: &mut Scope<'s>) -> Option<Elsewhere> {
///         std::thread::scope(|threads| threads.spawn(|| value.is_nil()).join().ok().map(|_| Elsewhere))
///     }
/// }
/// ```
///
/// ```compile_fail
/// use vicar::{FromScheme, Ref, Scope};
/// struct Kept(Ref<'static>);
/// impl FromScheme for Kept {
///     const WHAT: &'static str = "any value";
///     fn from_scheme<'s>(value: Ref<'s>, _: &mut Scope<'s>) -> Option<Kept> {
///         Some(Kept(value))
///     }
/// }
/// ```
#[derive(Copy, Clone)]
pub struct Ref<'s> {
    pub(crate) value: Value,
    brand: Brand<'s>,
}

impl<'s> Ref<'s> {
    fn new(value: Value) -> Ref<'s> {
        Ref { value, brand: PhantomData }
    }

    /// The two halves of a pair.
    pub fn as_pair(self) -> Option<(Ref<'s>, Ref<'s>)> {
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

/// Whole conversions.
impl Scope<'_> {
    /// What `f` makes in a scope of its own, unless it was refused.
    pub(crate) fn convert<R>(
        machine: &mut Machine,
        f: impl for<'s> FnOnce(&mut Scope<'s>) -> Option<R>,
    ) -> Result<R, Refusal> {
        let mut scope = Scope::new(machine);
        let made = f(&mut scope);
        match scope.refusal {
            Some(refusal) => Err(refusal),
            None => made.ok_or(Refusal::Mismatch),
        }
    }

    /// A `T` as a value.
    pub(crate) fn put_in<T: IntoScheme>(machine: &mut Machine, value: T) -> Result<Value, Refusal> {
        Scope::convert(machine, |scope| Some(value.into_scheme(scope).value))
    }
}

impl Accountable for Scope<'_> {
    fn account(&self) -> &Account {
        self.machine.heap.memory()
    }
}

impl<'s> Scope<'s> {
    pub(crate) fn new(machine: &'s mut Machine) -> Scope<'s> {
        Scope { machine, refusal: None, taken: 0, depth: 0, brand: PhantomData }
    }

    /// A value as a `T`; several of one call share a scope, and with it what they may take.
    pub(crate) fn argument<T: FromScheme>(&mut self, value: Value) -> Result<T, Refusal> {
        let made = T::from_scheme(Ref::new(value), self);
        match self.refusal {
            Some(refusal) => Err(refusal),
            None => made.ok_or(Refusal::Mismatch),
        }
    }

    fn refuse(&mut self, refusal: Refusal) {
        self.refusal.get_or_insert(refusal);
    }

    fn note<R>(&mut self, result: Res<R>) -> Option<R> {
        result.map_err(|stop| self.refuse(Refusal::Limit(stop))).ok()
    }

    /// Pays for so much work, and makes sure of room for an object of so many bytes in the heap.
    fn afford(&mut self, units: usize, bytes: usize) -> Option<()> {
        if self.refusal.is_some() {
            return None;
        }
        let result = self.machine.charge(units).and_then(|()| {
            self.machine.heap.reserve_many(bytes)?;
            self.machine.check_growth()
        });
        self.note(result)
    }

    /// The same for bytes outside of the heap, which the Rust value takes: they need as much room within the heap's limit,
    /// though only while the conversion lasts.
    fn afford_outside(&mut self, units: usize, bytes: usize) -> Option<()> {
        if self.refusal.is_some() {
            return None;
        }
        let taken = self.taken.saturating_add(bytes);
        let result = self
            .machine
            .charge(units)
            .and_then(|()| if has_room(&self.machine.heap, taken) { Ok(()) } else { Err(Stop::from(HeapFull)) });
        self.note(result)?;
        self.taken = taken;
        Some(())
    }

    /// What must be made, or nothing in its stead.
    fn made(&mut self, units: usize, bytes: usize, make: impl FnOnce(&mut Machine) -> Value) -> Ref<'s> {
        Ref::new(match self.afford(units, bytes) {
            Some(()) => make(self.machine),
            None => Value::VOID,
        })
    }

    /// A number that has been made, which few are too large for a word.
    fn boxed(&mut self, number: Value) -> Ref<'s> {
        if number.is_pointer() {
            let _ = self.afford(1, NUMBER);
        }
        Ref::new(number)
    }

    /// Goes one level down into nested data: for conversions that call themselves for the parts of a value. The native
    /// stack grows as needed; data that is nested beyond ten thousand levels is refused, and so is circular data.
    ///
    /// ```
    /// use vicar::{Engine, FromScheme, Ref, Scope};
    /// enum Tree { Leaf, Node(Box<Tree>, Box<Tree>) }
    /// impl FromScheme for Tree {
    ///     const WHAT: &'static str = "a tree of pairs";
    ///     fn from_scheme<'s>(value: Ref<'s>, scope: &mut Scope<'s>) -> Option<Tree> {
    ///         let Some((left, right)) = value.as_pair() else { return Some(Tree::Leaf) };
    ///         scope.descend(|scope| {
    ///             let left = Tree::from_scheme(left, scope)?;
    ///             Some(Tree::Node(left.into(), Tree::from_scheme(right, scope)?.into()))
    ///         })
    ///     }
    /// }
    /// let mut vm = Engine::new().vm();
    /// assert!(matches!(vm.eval::<Tree>("(import (rnrs)) '((1 . 2) . 3)")?, Tree::Node(..)));
    /// let circular = vm.eval::<Tree>("(import (vicare)) (define l (list 1)) (set-car! l l) l");
    /// assert!(circular.is_err());
    /// # Ok::<(), vicar::Error>(())
    /// ```
    pub fn descend<R>(&mut self, f: impl FnOnce(&mut Scope<'s>) -> Option<R>) -> Option<R> {
        if self.depth == DEEPEST {
            self.refuse(Refusal::TooDeep);
        }
        self.afford_outside(1, 0)?;
        self.depth += 1;
        let made = deepen(&mut *self, f);
        self.depth -= 1;
        self.note(made.map_err(Stop::from))?
    }

    /// Keeps a value alive beyond the call.
    pub fn root(&mut self, value: Ref<'s>) -> Handle {
        self.machine.handles.root(value.value)
    }

    /// The value of a handle; `None` if it is another machine's.
    pub fn get(&self, handle: &Handle) -> Option<Ref<'s>> {
        self.machine.handles.get(handle).map(Ref::new)
    }

    /// A new pair.
    pub fn cons(&mut self, car: Ref<'s>, cdr: Ref<'s>) -> Ref<'s> {
        self.made(1, PAIR, |m| m.heap.cons(car.value, cdr.value))
    }

    /// The empty list.
    pub fn nil(&self) -> Ref<'s> {
        Ref::new(Value::NIL)
    }

    /// The symbol of that name.
    pub fn symbol(&mut self, name: &str) -> Ref<'s> {
        self.made(name.len() / 16 + 1, name.len(), |m| m.heap.symbol(name))
    }

    /// Whether a limit has refused something, or a handle of another machine was among the values: then what the scope
    /// makes is nothing any more, and the conversion fails whatever it answers. Who converts much asks now and then, and
    /// stops.
    pub fn has_refused(&self) -> bool {
        self.refusal.is_some()
    }
}

/// Bytes of a pair.
const PAIR: usize = 16;
/// Bytes of a number that is not an immediate value.
const NUMBER: usize = 32;
/// Deepest nesting of data that is converted.
const DEEPEST: usize = 10_000;

/// Whether the heap's limit would have room for so many bytes more, if all garbage were gone.
fn has_room(heap: &Heap, bytes: usize) -> bool {
    let limit = heap.limit();
    heap.bytes_live().saturating_add(bytes) <= limit
        && heap.bytes_used().saturating_add(bytes) <= limit.saturating_add(limit / 2)
}

/// A Rust type that a Scheme value can become.
pub trait FromScheme: Sized {
    /// What messages call it: "an exact integer that fits 64 bits".
    const WHAT: &'static str;
    /// What `value` is as a Rust value; `None` if it is no such thing.
    fn from_scheme<'s>(value: Ref<'s>, scope: &mut Scope<'s>) -> Option<Self>;
}

/// A Rust type that can become a Scheme value.
pub trait IntoScheme {
    /// The Scheme value, made in the machine of `scope`.
    fn into_scheme<'s>(self, scope: &mut Scope<'s>) -> Ref<'s>;
}

macro_rules! integers {
    ($($t:ty),*) => {$(
        impl FromScheme for $t {
            const WHAT: &'static str = concat!("an exact integer in the range of ", stringify!($t));
            fn from_scheme<'s>(value: Ref<'s>, _: &mut Scope<'s>) -> Option<$t> {
                crate::number::to_i128(value.value).and_then(|n| <$t>::try_from(n).ok())
            }
        }
        impl IntoScheme for $t {
            fn into_scheme<'s>(self, scope: &mut Scope<'s>) -> Ref<'s> {
                let value = crate::number::from_i128(&mut scope.machine.heap, self as i128);
                scope.boxed(value)
            }
        }
    )*};
}
integers!(i8, i16, i32, i64, u8, u16, u32, u64, usize, isize);

impl FromScheme for f64 {
    const WHAT: &'static str = "a real number";
    fn from_scheme<'s>(value: Ref<'s>, _: &mut Scope<'s>) -> Option<f64> {
        crate::number::to_flonum(value.value).ok()
    }
}

impl IntoScheme for f64 {
    fn into_scheme<'s>(self, scope: &mut Scope<'s>) -> Ref<'s> {
        let value = scope.machine.heap.flonum(self);
        scope.boxed(value)
    }
}

impl FromScheme for bool {
    const WHAT: &'static str = "a boolean";
    fn from_scheme<'s>(value: Ref<'s>, _: &mut Scope<'s>) -> Option<bool> {
        value.value.is_boolean().then(|| value.value.is_true())
    }
}

impl IntoScheme for bool {
    fn into_scheme<'s>(self, _: &mut Scope<'s>) -> Ref<'s> {
        Ref::new(Value::boolean(self))
    }
}

impl FromScheme for char {
    const WHAT: &'static str = "a character";
    fn from_scheme<'s>(value: Ref<'s>, _: &mut Scope<'s>) -> Option<char> {
        value.value.as_char()
    }
}

impl IntoScheme for char {
    fn into_scheme<'s>(self, _: &mut Scope<'s>) -> Ref<'s> {
        Ref::new(Value::char(self))
    }
}

impl FromScheme for String {
    const WHAT: &'static str = "a string";
    fn from_scheme<'s>(value: Ref<'s>, scope: &mut Scope<'s>) -> Option<String> {
        let string = Str::from_value(value.value)?;
        let bytes = string.chars().map(char::len_utf8).sum();
        scope.afford_outside(string.len() / 16, bytes)?;
        let mut text = String::new();
        let reserved = text.try_reserve_exact(bytes).map_err(|_| Stop::from(HeapFull));
        scope.note(reserved)?;
        text.extend(string.chars());
        Some(text)
    }
}

impl IntoScheme for String {
    fn into_scheme<'s>(self, scope: &mut Scope<'s>) -> Ref<'s> {
        self.as_str().into_scheme(scope)
    }
}

impl IntoScheme for &str {
    fn into_scheme<'s>(self, scope: &mut Scope<'s>) -> Ref<'s> {
        // Beyond Latin-1 a character takes four bytes; no text has more of them than bytes.
        let bytes = if self.is_ascii() { self.len() } else { self.len().saturating_mul(4) };
        scope.made(self.len() / 16, bytes, |m| m.heap.string(self))
    }
}

/// The bytes of a bytevector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bytes(pub Vec<u8>);

impl FromScheme for Bytes {
    const WHAT: &'static str = "a bytevector";
    fn from_scheme<'s>(value: Ref<'s>, scope: &mut Scope<'s>) -> Option<Bytes> {
        let bytevector = Bytevector::from_value(value.value)?;
        let bytes = bytevector.bytes();
        scope.afford_outside(bytes.len() / 32, bytes.len())?;
        let mut copy = scope.room_for(bytes.len())?;
        copy.extend_from_slice(bytes);
        Some(Bytes(copy))
    }
}

impl IntoScheme for Bytes {
    fn into_scheme<'s>(self, scope: &mut Scope<'s>) -> Ref<'s> {
        scope.made(self.0.len() / 32, self.0.len(), |m| m.heap.bytevector(&self.0))
    }
}

impl Scope<'_> {
    /// An empty vector with room for so many elements, which has been afforded.
    fn room_for<T>(&mut self, count: usize) -> Option<Vec<T>> {
        let mut items = Vec::new();
        let reserved = items.try_reserve_exact(count).map_err(|_| Stop::from(HeapFull));
        self.note(reserved)?;
        Some(items)
    }

    /// How many elements a proper list has. The walk is charged for as it goes, and ends in a list that never does.
    fn list_length(&mut self, list: Value) -> Option<usize> {
        const STRETCH: usize = 1024;
        let (mut rest, mut slow) = (list.list_iter(), list.list_iter());
        let mut count = 0;
        while rest.next().is_some() {
            count += 1;
            if count % STRETCH == 0 {
                self.afford_outside(STRETCH, 0)?;
            }
            // A circular list has no end: the faster of two runners (Floyd) meets the slower one in it.
            if count % 2 == 0 {
                slow.next();
                if slow.rest() == rest.rest() && !rest.rest().is_nil() {
                    return None;
                }
            }
        }
        self.afford_outside(count % STRETCH, 0)?;
        rest.rest().is_nil().then_some(count)
    }
}

/// A proper list.
impl<T: FromScheme> FromScheme for Vec<T> {
    const WHAT: &'static str = "a list";
    fn from_scheme<'s>(value: Ref<'s>, scope: &mut Scope<'s>) -> Option<Vec<T>> {
        let count = scope.list_length(value.value)?;
        scope.afford_outside(0, count.saturating_mul(size_of::<T>()))?;
        let mut items = scope.room_for(count)?;
        scope.descend(|scope| {
            for v in value.value.list_iter() {
                items.push(T::from_scheme(Ref::new(v), scope)?);
            }
            Some(items)
        })
    }
}

impl<T: IntoScheme> IntoScheme for Vec<T> {
    fn into_scheme<'s>(self, scope: &mut Scope<'s>) -> Ref<'s> {
        if scope.afford(self.len(), self.len().saturating_mul(PAIR)).is_none() {
            return Ref::new(Value::VOID);
        }
        // From the back, so that each pair is made when its element is.
        let list = scope.descend(|scope| {
            self.into_iter().rev().try_fold(Value::NIL, |list, item| {
                let item = item.into_scheme(scope);
                (!scope.has_refused()).then(|| scope.machine.heap.cons(item.value, list))
            })
        });
        Ref::new(list.unwrap_or(Value::VOID))
    }
}

/// Becomes the void object; accepts anything.
impl FromScheme for () {
    const WHAT: &'static str = "any value";
    fn from_scheme<'s>(_: Ref<'s>, _: &mut Scope<'s>) -> Option<()> {
        Some(())
    }
}

impl IntoScheme for () {
    fn into_scheme<'s>(self, _: &mut Scope<'s>) -> Ref<'s> {
        Ref::new(Value::VOID)
    }
}

/// `#f` stands for `None`.
impl<T: FromScheme> FromScheme for Option<T> {
    const WHAT: &'static str = T::WHAT;
    fn from_scheme<'s>(value: Ref<'s>, scope: &mut Scope<'s>) -> Option<Option<T>> {
        if value.value.is_false() { Some(None) } else { T::from_scheme(value, scope).map(Some) }
    }
}

impl<T: IntoScheme> IntoScheme for Option<T> {
    fn into_scheme<'s>(self, scope: &mut Scope<'s>) -> Ref<'s> {
        match self {
            Some(x) => x.into_scheme(scope),
            None => Ref::new(Value::FALSE),
        }
    }
}

/// Any value, rooted.
impl FromScheme for Handle {
    const WHAT: &'static str = "any value";
    fn from_scheme<'s>(value: Ref<'s>, scope: &mut Scope<'s>) -> Option<Handle> {
        scope.afford_outside(1, HANDLE)?;
        Some(scope.root(value))
    }
}

/// Bytes that a handle takes: its own, and its place in the machine's table.
const HANDLE: usize = 64;

/// The handle must be of the same machine: otherwise what is made is refused.
impl IntoScheme for Handle {
    fn into_scheme<'s>(self, scope: &mut Scope<'s>) -> Ref<'s> {
        scope.get(&self).unwrap_or_else(|| {
            scope.refuse(Refusal::Foreign);
            Ref::new(Value::VOID)
        })
    }
}
