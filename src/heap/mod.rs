//! Values, objects, allocation, collection, symbols. Depends on nothing above it.
//!
//! One [`Heap`] belongs to one machine. Objects do not move. Allocation never collects: past the budget it asks for a
//! collection, which the evaluator performs at its next safepoint through [`Heap::collect`].

mod eqv;
mod object;
mod record;
mod symbol;
mod value;

pub use eqv::mix;
pub use object::*;
pub use record::*;
pub use symbol::*;
pub use value::*;

use std::any::Any;

/// A Rust value that lives in the heap: ports, hashtables, code, continuations, host objects.
pub trait External: Any + Send {
    /// Reports every value inside.
    fn trace(&self, tracer: &mut Tracer);
    /// Bytes owned outside of the heap's blocks, for accounting.
    fn bytes(&self) -> usize {
        0
    }
    /// Whether `sweep_weak` must be called after marking.
    fn is_weak(&self) -> bool {
        false
    }
    /// After marking, before sweeping: drop what `alive` says is dead (weak tables).
    fn sweep_weak(&mut self, _alive: &dyn Fn(Value) -> bool) {}
    /// The name for printing: `#<hashtable>`.
    fn type_name(&self) -> &'static str;
}

/// What the collector hands to those who hold values.
pub struct Tracer {
    pub(super) pending: Vec<Value>,
}

impl Tracer {
    #[inline]
    pub fn value(&mut self, v: Value) {
        if v.is_pointer() {
            self.pending.push(v)
        }
    }
    pub fn values(&mut self, vs: &[Value]) {
        for &v in vs {
            self.value(v)
        }
    }
}

/// What every closure's first word points at: the part of `eval`'s code entry that the collector knows.
#[repr(C)]
pub struct ClosureLayout {
    /// The heap object that owns this code.
    pub owner: Value,
    /// How many free variables follow the first word.
    pub free: u32,
}

/// The heap would exceed its limit.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct HeapFull;

/// A machine's heap.
pub struct Heap {
    symbols: SymbolTable,
    well_known: Vec<Value>,
    /// Set when the budget is used up; the next safepoint collects.
    pub collection_wanted: bool,
}

fn padded(words: usize) -> usize {
    (words + 1) & !1
}

impl Heap {
    pub fn new() -> Heap {
        Heap {
            symbols: SymbolTable::new(),
            well_known: Vec::new(),
            collection_wanted: false,
        }
    }

    /// `words` words, uninitialised, 16-byte aligned. The caller fills them before anything else is allocated.
    #[inline]
    fn allocate(&mut self, words: usize) -> *mut u64 {
        // The block allocator takes this place.
        Box::leak(vec![0u128; padded(words) / 2].into_boxed_slice()).as_mut_ptr() as *mut u64
    }

    /// Asks whether a request of `bytes` fits the limit; primitives that make large objects ask first.
    pub fn reserve(&mut self, _bytes: usize) -> Result<(), HeapFull> {
        Ok(())
    }

    #[inline]
    pub fn cons(&mut self, car: Value, cdr: Value) -> Value {
        let p = self.allocate(2);
        // SAFETY: two fresh words.
        unsafe {
            *p = car.0;
            *p.add(1) = cdr.0;
        }
        Value::from_pair(p)
    }

    /// A list of `items` that ends in `tail`.
    pub fn list_with_tail(&mut self, items: &[Value], tail: Value) -> Value {
        items.iter().rev().fold(tail, |rest, &v| self.cons(v, rest))
    }

    pub fn list(&mut self, items: &[Value]) -> Value {
        self.list_with_tail(items, Value::NIL)
    }

    #[inline]
    pub fn flonum(&mut self, x: f64) -> Value {
        match Value::immediate_flonum(x) {
            Some(v) => v,
            None => self.raw_object(Kind::Flonum, 0, 1, &[x.to_bits()]),
        }
    }

    /// An object with raw words behind the header.
    fn raw_object(&mut self, kind: Kind, flags: u8, length: usize, words: &[u64]) -> Value {
        let p = self.allocate(1 + words.len());
        // SAFETY: `1 + words.len()` fresh words.
        unsafe {
            *p = Header::new(kind, flags, length).0;
            std::ptr::copy_nonoverlapping(words.as_ptr(), p.add(1), words.len());
        }
        Value::from_object(p)
    }

    /// A bignum from little-endian limbs, the highest not zero. The caller (`number/`) normalises to fixnums before.
    pub fn bignum(&mut self, negative: bool, limbs: &[u64]) -> Value {
        self.raw_object(
            Kind::Bignum,
            if negative { Header::NEGATIVE } else { 0 },
            limbs.len(),
            limbs,
        )
    }

    /// A ratnum. The caller (`number/`) has brought it to lowest terms.
    pub fn ratnum(&mut self, numerator: Value, denominator: Value) -> Value {
        self.slots(Kind::Ratnum, &[numerator, denominator])
    }

    /// A complex number. The caller (`number/`) has made both parts exact or both flonums.
    pub fn compnum(&mut self, real: Value, imag: Value) -> Value {
        self.slots(Kind::Compnum, &[real, imag])
    }

    /// What a primitive that returns several values answers (its row is flagged `control`).
    pub fn multiple_values(&mut self, values: &[Value]) -> Value {
        self.slots(Kind::MultipleValues, values)
    }

    /// A pointer object: the address, then the words that `memory/` keeps with it.
    pub fn pointer(&mut self, words: [u64; Pointer::WORDS]) -> Pointer {
        Pointer(self.raw_object(Kind::Pointer, 0, words.len(), &words))
    }

    /// An object of a kind that holds only values.
    pub fn slots(&mut self, kind: Kind, values: &[Value]) -> Value {
        assert!(kind as u8 >= Kind::FIRST_TRACED as u8);
        let p = self.allocate(1 + values.len());
        // SAFETY: `1 + values.len()` fresh words.
        unsafe {
            *p = Header::new(kind, 0, values.len()).0;
            std::ptr::copy_nonoverlapping(values.as_ptr() as *const u64, p.add(1), values.len());
        }
        Value::from_object(p)
    }

    /// The same with `length` slots, all `fill`.
    pub fn slots_filled(&mut self, kind: Kind, length: usize, fill: Value) -> Value {
        assert!(kind as u8 >= Kind::FIRST_TRACED as u8);
        let p = self.allocate(1 + length);
        // SAFETY: `1 + length` fresh words.
        unsafe {
            *p = Header::new(kind, 0, length).0;
            std::slice::from_raw_parts_mut(p.add(1), length).fill(fill.0);
        }
        Value::from_object(p)
    }

    pub fn vector(&mut self, values: &[Value]) -> Value {
        self.slots(Kind::Vector, values)
    }

    pub fn make_vector(&mut self, length: usize, fill: Value) -> Vector {
        Vector(self.slots_filled(Kind::Vector, length, fill))
    }

    pub fn cell(&mut self, v: Value) -> Value {
        self.slots(Kind::Cell, &[v])
    }

    pub fn make_bytevector(&mut self, length: usize, fill: u8) -> Bytevector {
        let p = self.allocate(1 + length.div_ceil(8));
        // SAFETY: fresh words for the header and `length` bytes, rounded up.
        unsafe {
            *p = Header::new(Kind::Bytevector, 0, length).0;
            std::ptr::write_bytes(p.add(1) as *mut u8, fill, length);
        }
        Bytevector(Value::from_object(p))
    }

    pub fn bytevector(&mut self, bytes: &[u8]) -> Value {
        let mut b = self.make_bytevector(bytes.len(), 0);
        b.bytes_mut().copy_from_slice(bytes);
        b.0
    }

    /// A fresh mutable string.
    pub fn string(&mut self, text: &str) -> Value {
        if text.is_ascii() {
            return self.string_latin1(text.as_bytes());
        }
        let chars: Vec<char> = text.chars().collect();
        self.string_from_chars(&chars)
    }

    /// A fresh mutable string from Latin-1 bytes.
    pub fn string_latin1(&mut self, bytes: &[u8]) -> Value {
        let p = self.allocate(2 + bytes.len().div_ceil(8));
        // SAFETY: fresh words for header, store and text.
        unsafe {
            *p = Header::new(Kind::String, 0, bytes.len()).0;
            *p.add(1) = Value::FALSE.0;
            std::ptr::copy_nonoverlapping(bytes.as_ptr(), p.add(2) as *mut u8, bytes.len());
        }
        Value::from_object(p)
    }

    pub fn string_from_chars(&mut self, chars: &[char]) -> Value {
        if chars.iter().all(|&c| (c as u32) < 256) {
            let bytes: Vec<u8> = chars.iter().map(|&c| c as u8).collect();
            return self.string_latin1(&bytes);
        }
        let p = self.allocate(2 + (chars.len() * 4).div_ceil(8));
        // SAFETY: fresh words for header, store and four bytes a character.
        unsafe {
            *p = Header::new(Kind::String, Header::WIDE, chars.len()).0;
            *p.add(1) = Value::FALSE.0;
            std::ptr::copy_nonoverlapping(
                chars.as_ptr() as *const u32,
                p.add(2) as *mut u32,
                chars.len(),
            );
        }
        Value::from_object(p)
    }

    /// The symbol of that name.
    pub fn symbol(&mut self, name: &str) -> Value {
        let hash = symbol_hash(name);
        if let Some(s) = self.symbols.find(name, hash) {
            return s;
        }
        let s = self.new_symbol(name, hash, 0);
        self.symbols.insert(s);
        s
    }

    /// A fresh symbol that no reader makes: `name` is its pretty name.
    pub fn gensym(&mut self, name: &str) -> Value {
        self.new_symbol(name, symbol_hash(name), Header::GENSYM)
    }

    fn new_symbol(&mut self, name: &str, hash: u64, flags: u8) -> Value {
        let p = self.allocate(4 + name.len().div_ceil(8));
        // SAFETY: fresh words for header, hash, address, length and name; objects do not move, so the address stays.
        unsafe {
            *p = Header::new(Kind::Symbol, flags, name.len()).0;
            *p.add(1) = hash;
            *p.add(2) = p.add(4) as u64;
            *p.add(3) = name.len() as u64;
            std::ptr::copy_nonoverlapping(name.as_ptr(), p.add(4) as *mut u8, name.len());
        }
        Value::from_object(p)
    }

    /// A closure: first word the address of its code entry (which begins with a [`ClosureLayout`]), then free variables.
    ///
    /// # Safety
    /// `code` is valid as long as its `owner` is reachable, and `free.len()` is its `free`.
    #[inline]
    pub unsafe fn closure(&mut self, code: *const ClosureLayout, free: &[Value]) -> Value {
        let p = self.allocate(1 + free.len());
        // SAFETY: fresh words.
        unsafe {
            *p = code as u64;
            std::ptr::copy_nonoverlapping(free.as_ptr() as *const u64, p.add(1), free.len());
        }
        Value::from_closure(p)
    }

    /// Moves a Rust value into the heap; dropped when the collector finds it dead, or with the heap.
    pub fn external(&mut self, x: Box<dyn External>) -> Value {
        let words: [u64; 2] =
            // SAFETY: a fat pointer is two words; `external_ref` turns them back.
            unsafe { std::mem::transmute::<*mut dyn External, [u64; 2]>(Box::into_raw(x)) };
        self.raw_object(Kind::External, 0, 2, &words)
    }

    /// Makes the string, vector or bytevector a literal: mutators refuse it.
    pub fn freeze(&mut self, v: Value) {
        if matches!(
            v.kind(),
            Some(Kind::String | Kind::Vector | Kind::Bytevector)
        ) {
            // SAFETY: the header word of a live object.
            unsafe { *v.address() |= (Header::IMMUTABLE as u64) << 8 }
        }
    }

    /// Marks from `roots`, sweeps, drops dead externals. Only at a safepoint.
    pub fn collect(&mut self, _roots: &mut dyn FnMut(&mut Tracer)) {
        self.collection_wanted = false;
    }
}

impl Default for Heap {
    fn default() -> Self {
        Heap::new()
    }
}

impl Value {
    fn external_pointer(self) -> Option<*mut dyn External> {
        if !self.is(Kind::External) {
            return None;
        }
        // SAFETY: `Heap::external` stored the two words of a fat pointer.
        Some(unsafe {
            std::mem::transmute::<[u64; 2], *mut dyn External>([self.raw_slot(0), self.raw_slot(1)])
        })
    }

    /// The Rust value inside, as the trait object.
    pub fn external(&self) -> Option<&dyn External> {
        // SAFETY: the box is alive as long as the object; one thread at a time; the borrow ends before the next safepoint.
        self.external_pointer().map(|p| unsafe { &*p })
    }

    /// The Rust value inside, if it is a `T`.
    pub fn external_ref<T: External>(&self) -> Option<&T> {
        let x: &dyn Any = self.external()?;
        x.downcast_ref()
    }

    /// The same, exclusive. A primitive holds one such borrow of one object at a time.
    #[allow(clippy::mut_from_ref)]
    pub fn external_mut<T: External>(&self) -> Option<&mut T> {
        // SAFETY: as for `external`; exclusivity by the rule above.
        let x: &mut dyn Any = self.external_pointer().map(|p| unsafe { &mut *p })?;
        x.downcast_mut()
    }
}
