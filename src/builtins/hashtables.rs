//! `(rnrs hashtables)`: tables and hash functions. Part of it is in the prelude: what calls a procedure.
//!
//! A table with procedures of the program's own cannot be searched from here. For it the rows below call the procedures
//! that the prelude gave it, which compute the hash, ask for the entries stored under it (`%hashtable-candidates`),
//! compare, and commit by `%hashtable-insert!` and its like. Those refuse when the table has changed since the stamp
//! was read, so a comparison that re-enters the table, or is left and entered again, never spoils it.

use super::equal::{bytes_hash, equal_hash};
use super::string_case::folded;
use super::table::{Equivalence, Table};
use super::text;
use super::work::in_pieces;
use crate::eval::{Machine, Res, Single};
use crate::heap::{Bytevector, External, HeapFull, Kind, Str, Symbol, Value, View};
use crate::number;
use crate::primitives;

/// An argument that is a hashtable.
#[derive(Copy, Clone)]
struct TableArgument(Value);

impl Single for TableArgument {
    const WHAT: &'static str = "a hashtable";
    fn convert(v: Value) -> Option<Self> {
        v.external_ref::<Table>().map(|_| TableArgument(v))
    }
}

impl TableArgument {
    #[allow(clippy::mut_from_ref)]
    fn get(&self) -> &mut Table {
        self.0.external_mut().expect("checked when the argument was taken")
    }
}

/// What the prelude does for a custom table: indices into `Table::procedures`.
const REF: usize = 2;
const SET: usize = 3;
const DELETE: usize = 4;
const CONTAINS: usize = 5;

/// The hash of `key`; a table of strings takes nothing else.
fn hash(m: &mut Machine, who: &str, table: &Table, key: Value) -> Res<u64> {
    if table.equivalence == Equivalence::String && Str::from_value(key).is_none() {
        return Err(m.wrong_argument(who, "key", 2, "a string", key));
    }
    let mut work = 1;
    let hash = table.hash(key, &mut work);
    m.charge(work)?;
    Ok(hash)
}

fn mutable(m: &mut Machine, who: &str, table: TableArgument) -> Res<()> {
    if table.get().mutable { Ok(()) } else { Err(m.assertion(who, "the hashtable is immutable", &[table.0])) }
}

/// What `Table::set` and `Table::insert` answered.
fn stored(m: &mut Machine, who: &str, fits: bool, table: TableArgument) -> Res {
    if fits { Ok(Value::VOID) } else { Err(m.assertion(who, "the hashtable has no room for more entries", &[table.0])) }
}

/// Does something that may make the table larger: asks for the memory before, and accounts for it after.
fn growing<T>(m: &mut Machine, table: TableArgument, f: impl FnOnce(&mut Table) -> T) -> Res<T> {
    let table = table.get();
    m.heap.reserve_many(table.growth())?;
    let (before, entries) = (table.bytes(), table.len());
    let result = f(table);
    let more = table.room_to_collect(table.len().saturating_sub(entries));
    let grown = table.bytes().saturating_sub(before) + more;
    if grown > 0 {
        m.heap.account(grown);
    }
    Ok(result)
}

/// An initial capacity: a hint, so bounded by what is asked for nothing.
fn make(m: &mut Machine, equivalence: Equivalence, weak: bool, capacity: Option<usize>) -> Res {
    let mut table = Table::new(equivalence, weak);
    let entries = capacity.unwrap_or(0).min(1 << 16);
    m.heap.reserve_many(entries * 24)?;
    m.charge(entries / 4 + 1)?;
    if !table.reserve(entries) {
        return Err(HeapFull.into());
    }
    Ok(m.heap.external(Box::new(table)))
}

/// The hash that the program computed, an exact integer, as one word.
fn computed(m: &mut Machine, hash: Value) -> Res<u64> {
    if hash.is_fixnum() || hash.is(Kind::Bignum) {
        m.charge(number::cost::limbs(hash) / 16)?;
        return Ok(hash.eqv_hash());
    }
    Err(m.assertion("make-hashtable", "the hash function returned something that is no exact integer", &[hash]))
}

/// A hash as a non-negative fixnum.
fn fixnum(hash: u64) -> Res {
    Ok(Value::fixnum((hash >> 4) as i64))
}

primitives! { pub TABLE in "(rnrs hashtables)" {
    /// `(make-eq-hashtable)`, `(make-eq-hashtable k)`: an empty table whose keys are compared by `eq?`.
    "make-eq-hashtable" [] fn make_eq(m, k: Option<usize>) { make(m, Equivalence::Eq, false, k) }
    /// `(make-eqv-hashtable)`, `(make-eqv-hashtable k)`: an empty table whose keys are compared by `eqv?`.
    "make-eqv-hashtable" [] fn make_eqv(m, k: Option<usize>) { make(m, Equivalence::Eqv, false, k) }
    /// `(hashtable? obj)`
    "hashtable?" [] fn is_hashtable(_m, obj: Value) { Ok(Value::boolean(TableArgument::convert(obj).is_some())) }
    /// `(hashtable-size hashtable)`: the number of its entries.
    "hashtable-size" [] fn size(_m, hashtable: TableArgument) { Ok(Value::fixnum(hashtable.get().len() as i64)) }
    /// `(hashtable-ref hashtable key default)`: the value under `key`, or `default`.
    "hashtable-ref" [control] fn get(m, hashtable: TableArgument, key: Value, default: Value) {
        let table = hashtable.get();
        if table.equivalence == Equivalence::Custom {
            return m.tail_call(table.procedures[REF], &[hashtable.0, key, default]);
        }
        let hash = hash(m, "hashtable-ref", table, key)?;
        Ok(table.get(m, hash, key)?.unwrap_or(default))
    }
    /// `(hashtable-set! hashtable key obj)`: associates `key` with `obj`.
    "hashtable-set!" [control] fn set(m, hashtable: TableArgument, key: Value, obj: Value) {
        mutable(m, "hashtable-set!", hashtable)?;
        let table = hashtable.get();
        if table.equivalence == Equivalence::Custom {
            return m.tail_call(table.procedures[SET], &[hashtable.0, key, obj]);
        }
        let hash = hash(m, "hashtable-set!", table, key)?;
        if hashtable.get().replace(m, hash, key, obj)? {
            return Ok(Value::VOID);
        }
        let fits = growing(m, hashtable, |table| table.insert(hash, key, obj))?;
        stored(m, "hashtable-set!", fits, hashtable)
    }
    /// `(hashtable-delete! hashtable key)`: removes the entry of `key`, if there is one.
    "hashtable-delete!" [control] fn delete(m, hashtable: TableArgument, key: Value) {
        mutable(m, "hashtable-delete!", hashtable)?;
        let table = hashtable.get();
        if table.equivalence == Equivalence::Custom {
            return m.tail_call(table.procedures[DELETE], &[hashtable.0, key]);
        }
        let hash = hash(m, "hashtable-delete!", table, key)?;
        table.remove(m, hash, key)?;
        Ok(Value::VOID)
    }
    /// `(hashtable-contains? hashtable key)`
    "hashtable-contains?" [control] fn contains(m, hashtable: TableArgument, key: Value) {
        let table = hashtable.get();
        if table.equivalence == Equivalence::Custom {
            return m.tail_call(table.procedures[CONTAINS], &[hashtable.0, key]);
        }
        let hash = hash(m, "hashtable-contains?", table, key)?;
        Ok(Value::boolean(table.get(m, hash, key)?.is_some()))
    }
    /// `(hashtable-copy hashtable)`, `(hashtable-copy hashtable mutable?)`: a copy, immutable unless `mutable?` is true.
    "hashtable-copy" [] fn copy(m, hashtable: TableArgument, is_mutable: Option<Value>) {
        let table = hashtable.get();
        let to_collect = table.room_to_collect(table.len());
        m.heap.reserve_many(table.places() * 24 + to_collect)?;
        m.heap.account(to_collect);
        m.charge(table.places())?;
        let mut copy = table.clone();
        copy.mutable = is_mutable.is_some_and(|v| v.is_true());
        Ok(m.heap.external(Box::new(copy)))
    }
    /// `(hashtable-clear! hashtable)`, `(hashtable-clear! hashtable k)`: removes all entries; `k` more are expected.
    "hashtable-clear!" [] fn clear(m, hashtable: TableArgument, k: Option<usize>) {
        mutable(m, "hashtable-clear!", hashtable)?;
        let entries = k.unwrap_or(0).min(1 << 16);
        m.heap.reserve_many(entries * 24)?;
        m.charge(entries / 4 + 1)?;
        hashtable.get().clear();
        if growing(m, hashtable, |table| table.reserve(entries))? { Ok(Value::VOID) } else { Err(HeapFull.into()) }
    }
    /// `(hashtable-keys hashtable)`: a vector of its keys, in the order in which they were inserted.
    "hashtable-keys" [] fn keys(m, hashtable: TableArgument) {
        let n = hashtable.get().len();
        m.heap.reserve(n * 8)?;
        m.charge(hashtable.get().places())?;
        let keys = m.heap.make_vector(n, Value::VOID);
        let mut entries = hashtable.get().iter();
        in_pieces(m, 0..n, |_, piece| piece.zip(&mut entries).for_each(|(i, e)| { keys.set(i, e.0); }))?;
        Ok(keys.value())
    }
    /// `(hashtable-mutable? hashtable)`
    "hashtable-mutable?" [] fn is_mutable(_m, hashtable: TableArgument) { Ok(Value::boolean(hashtable.get().mutable)) }
    /// `(equal-hash obj)`: a hash for `equal?`.
    "equal-hash" [] fn hash_equal(m, obj: Value) {
        let mut work = 1;
        let hash = equal_hash(obj, &mut work);
        m.charge(work)?;
        fixnum(hash)
    }
    /// `(string-hash string)`: a hash for `string=?`; with a second argument, of no more than that many characters.
    "string-hash" [] fn hash_string(m, string: Str, most: Option<usize>) {
        let n = most.unwrap_or(usize::MAX).min(string.len());
        m.charge(n / 4)?;
        fixnum(text::hash_chars(string.chars().take(n)))
    }
    /// `(string-ci-hash string)`: a hash for `string-ci=?`.
    "string-ci-hash" [] fn hash_string_ci(m, string: Str, most: Option<usize>) {
        let folded = folded(m, string)?;
        fixnum(text::hash_chars(folded.iter().copied().take(most.unwrap_or(usize::MAX))))
    }
    /// `(symbol-hash symbol)`: a hash for `eq?` of symbols.
    "symbol-hash" [] fn hash_symbol(_m, symbol: Symbol) { fixnum(symbol.hash()) }
} }

primitives! { pub INTERNAL in "(vicar internal)" {
    /// `(%make-hashtable kind hash equivalence k)`: a table of kind `equal` or `string` that remembers its procedures.
    "%make-hashtable" [] fn make_known(m, kind: Symbol, hash: Value, equivalence: Value, k: Option<usize>) {
        let which = if kind.name() == "string" { Equivalence::String } else { Equivalence::Equal };
        let table = make(m, which, false, k)?;
        let none = Value::FALSE;
        TableArgument(table).get().procedures = [hash, equivalence, none, none, none, none];
        Ok(table)
    }
    /// `(%make-custom-hashtable hash equivalence ref set! delete! contains? k)`: a table of the program's procedures, and
    /// what the prelude does for it.
    "%make-custom-hashtable" [] fn make_custom(
        m, hash: Value, equivalence: Value, reference: Value, set: Value, delete: Value, contains: Value, k: Option<usize>
    ) {
        let table = make(m, Equivalence::Custom, false, k)?;
        TableArgument(table).get().procedures = [hash, equivalence, reference, set, delete, contains];
        Ok(table)
    }
    /// `(%make-weak-hashtable kind k)`: a table of kind `eq` or `eqv` that does not keep its keys alive.
    "%make-weak-hashtable" [] fn make_weak(m, kind: Symbol, k: Option<usize>) {
        make(m, if kind.name() == "eqv" { Equivalence::Eqv } else { Equivalence::Eq }, true, k)
    }
    /// `(%hashtable-kind hashtable)`: the symbol `eq`, `eqv`, `equal`, `string` or `custom`.
    "%hashtable-kind" [] fn kind(m, hashtable: TableArgument) {
        Ok(m.heap.symbol(match hashtable.get().equivalence {
            Equivalence::Eq => "eq",
            Equivalence::Eqv => "eqv",
            Equivalence::Equal => "equal",
            Equivalence::String => "string",
            Equivalence::Custom => "custom",
        }))
    }
    /// `(%hashtable-hash-function hashtable)`: the hash procedure given when it was made, or `#f`.
    "%hashtable-hash-function" [] fn hash_procedure(_m, hashtable: TableArgument) { Ok(hashtable.get().procedures[0]) }
    /// `(%hashtable-equivalence-function hashtable)`: the equivalence procedure given when it was made, or `#f`.
    "%hashtable-equivalence-function" [] fn equivalence_procedure(_m, hashtable: TableArgument) { Ok(hashtable.get().procedures[1]) }
    /// `(%hashtable-entries hashtable)`: a pair of the vector of keys and the vector of their values.
    "%hashtable-entries" [] fn entries(m, hashtable: TableArgument) {
        let n = hashtable.get().len();
        m.heap.reserve(n * 16)?;
        m.charge(hashtable.get().places())?;
        let (keys, values) = (m.heap.make_vector(n, Value::VOID), m.heap.make_vector(n, Value::VOID));
        let mut entries = hashtable.get().iter();
        in_pieces(m, 0..n, |_, piece| {
            piece.zip(&mut entries).for_each(|(i, (k, v))| {
                keys.set(i, k);
                values.set(i, v);
            })
        })?;
        Ok(m.heap.cons(keys.value(), values.value()))
    }
    /// `(%hashtable-stamp hashtable)`: changes with every entry that comes or goes.
    "%hashtable-stamp" [] fn stamp(_m, hashtable: TableArgument) { Ok(Value::fixnum(hashtable.get().stamp() as i64)) }
    /// `(%hashtable-candidates hashtable hash)`: a list of fresh pairs (key . value) of the entries under that hash.
    "%hashtable-candidates" [] fn candidates(m, hashtable: TableArgument, hash: Value) {
        let hash = computed(m, hash)?;
        let found = hashtable.get().candidates(hash);
        m.charge(found.len() + 1)?;
        m.heap.reserve_many(found.len() * 32)?;
        Ok(found.into_iter().fold(Value::NIL, |tail, (k, v)| {
            let entry = m.heap.cons(k, v);
            m.heap.cons(entry, tail)
        }))
    }
    /// `(%hashtable-insert! hashtable stamp hash key value)`: a new entry; `#f` if the table has changed since `stamp`.
    "%hashtable-insert!" [] fn insert(m, hashtable: TableArgument, stamp: i64, hash: Value, key: Value, value: Value) {
        let hash = computed(m, hash)?;
        let table = hashtable.get();
        if table.stamp() as i64 != stamp {
            return Ok(Value::FALSE);
        }
        let fits = growing(m, hashtable, |table| table.insert(hash, key, value))?;
        stored(m, "hashtable-set!", fits, hashtable)?;
        Ok(Value::TRUE)
    }
    /// `(%hashtable-replace! hashtable stamp hash key value)`: a new value for the entry of exactly that key; `#f` if the
    /// table has changed since `stamp`.
    "%hashtable-replace!" [] fn replace(m, hashtable: TableArgument, stamp: i64, hash: Value, key: Value, value: Value) {
        let hash = computed(m, hash)?;
        let table = hashtable.get();
        let same = table.stamp() as i64 == stamp;
        if same {
            table.replace(m, hash, key, value)?;
        }
        Ok(Value::boolean(same))
    }
    /// `(%hashtable-remove! hashtable stamp hash key)`: removes the entry of exactly that key; `#f` if the table has changed
    /// since `stamp`.
    "%hashtable-remove!" [] fn remove(m, hashtable: TableArgument, stamp: i64, hash: Value, key: Value) {
        let hash = computed(m, hash)?;
        let table = hashtable.get();
        let same = table.stamp() as i64 == stamp;
        if same {
            table.remove(m, hash, key)?;
        }
        Ok(Value::boolean(same))
    }
} }

primitives! { pub VICARE in "(vicare)" {
    /// `(mutable-hashtable? obj)`: whether any object is a hashtable that can be changed.
    "mutable-hashtable?" [] fn is_mutable_table(_m, obj: Value) {
        Ok(Value::boolean(TableArgument::convert(obj).is_some_and(|t| t.get().mutable)))
    }
    /// `(hashtable-eq? obj)`: whether any object is a hashtable whose keys are compared by `eq?`.
    "hashtable-eq?" [] fn is_eq(_m, obj: Value) {
        Ok(Value::boolean(TableArgument::convert(obj).is_some_and(|t| t.get().equivalence == Equivalence::Eq)))
    }
    /// `(hashtable-eqv? obj)`: whether any object is a hashtable whose keys are compared by `eqv?`.
    "hashtable-eqv?" [] fn is_eqv(_m, obj: Value) {
        Ok(Value::boolean(TableArgument::convert(obj).is_some_and(|t| t.get().equivalence == Equivalence::Eqv)))
    }
    /// `(hashtable-equiv? obj)`: whether any object is a hashtable with an equivalence of another kind.
    "hashtable-equiv?" [] fn is_equiv(_m, obj: Value) {
        let other = |e| !matches!(e, Equivalence::Eq | Equivalence::Eqv);
        Ok(Value::boolean(TableArgument::convert(obj).is_some_and(|t| other(t.get().equivalence))))
    }
    /// `(object-hash obj)`: a hash for `eqv?` of any object.
    "object-hash" [] fn hash_object(_m, obj: Value) { fixnum(obj.eqv_hash()) }
    /// `(bytevector-hash bytevector)`, `(bytevector-hash bytevector most)`: of no more than `most` octets.
    "bytevector-hash" [] fn hash_bytes(m, bytevector: Bytevector, most: Option<usize>) {
        m.charge(bytevector.len() / 16)?;
        let bytes = bytevector.bytes();
        fixnum(bytes_hash(bytes.get(..most.unwrap_or(bytes.len())).unwrap_or(bytes)))
    }
} }

/// Hash functions of one type each, all of them the hash for `eqv?`.
macro_rules! typed_hashes {
    ($($name:literal $f:ident $what:literal $test:expr;)*) => {
        primitives! { pub TYPED in "(vicare)" { $(
            /// `(…-hash obj)`: a hash for `eqv?` of objects of that type.
            $name [] fn $f(m, obj: Value) {
                let is_one: fn(Value) -> bool = $test;
                if !is_one(obj) {
                    return Err(m.wrong_argument($name, "obj", 1, $what, obj));
                }
                fixnum(obj.eqv_hash())
            }
        )* } }
    };
}

typed_hashes! {
    "number-hash" number_hash "a number" number::is_number;
    "fixnum-hash" fixnum_hash "a fixnum" |v| v.is_fixnum();
    "bignum-hash" bignum_hash "a bignum" |v| v.is(Kind::Bignum);
    "ratnum-hash" ratnum_hash "a ratnum" |v| v.is(Kind::Ratnum);
    "compnum-hash" compnum_hash "a complex number" |v| v.is(Kind::Compnum);
    "cflonum-hash" cflonum_hash "a complex number of flonums" |v| v.is(Kind::Compnum) && !number::is_exact(v);
    "flonum-hash" flonum_hash "a flonum" |v| v.is_flonum();
    "exact-integer-hash" exact_integer_hash "an exact integer" |v| v.is_fixnum() || v.is(Kind::Bignum);
    "char-hash" char_hash "a character" |v| v.is_char();
    "boolean-hash" boolean_hash "a boolean" |v| v.is_boolean();
    "void-hash" void_hash "the void object" |v| v == Value::VOID;
    "eof-object-hash" eof_hash "the end-of-file object" |v| v == Value::EOF;
    "would-block-hash" would_block_hash "the would-block object" |v| v == Value::WOULD_BLOCK;
}
