//! `(rnrs hashtables)`: tables and hash functions. Part of it is in the prelude: what calls a procedure.
//!
//! A table with procedures of the program's own cannot be searched from here. For it the rows below call the procedures
//! that the prelude gave it, which compute the hash, ask for the entries stored under it (`%hashtable-candidates`),
//! compare, and commit by `%hashtable-insert!` and its like. Those refuse when the table has changed since the stamp
//! was read, so a comparison that re-enters the table, or is left and entered again, never spoils it.

use super::equal::{bytes_hash, equal_hash};
use super::table::{Equivalence, Table};
use crate::eval::{Machine, Res, Single, Who};
use crate::heap::text;
use crate::heap::{Bytevector, External, HeapFull, Kind, Str, Symbol, Value, View};
use crate::number;
use crate::primitives::text::case::folded;
use crate::primitives::work::in_pieces;
use vicar_macros::primitives;

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

#[primitives(internal)]
pub mod internal {
    use super::*;

    /// `(%make-hashtable kind hash equivalence k)`: a table of kind `equal` or `string` that remembers its procedures.
    fn make_hashtable(m: &mut Machine, kind: Symbol, hash: Value, equivalence: Value, k: Option<usize>) -> Res {
        let which = if kind.name() == "string" { Equivalence::String } else { Equivalence::Equal };
        let table = make(m, which, false, k)?;
        let none = Value::FALSE;
        TableArgument(table).get().procedures = [hash, equivalence, none, none, none, none];
        Ok(table)
    }

    /// `(%make-custom-hashtable hash equivalence ref set! delete! contains? k)`: a table of the program's procedures, and
    /// what the prelude does for it.
    fn make_custom_hashtable(
        m: &mut Machine,
        hash: Value,
        equivalence: Value,
        reference: Value,
        set: Value,
        delete: Value,
        contains: Value,
        k: Option<usize>,
    ) -> Res {
        let table = make(m, Equivalence::Custom, false, k)?;
        TableArgument(table).get().procedures = [hash, equivalence, reference, set, delete, contains];
        Ok(table)
    }

    /// `(%make-weak-hashtable kind k)`: a table of kind `eq` or `eqv` that does not keep its keys alive.
    fn make_weak_hashtable(m: &mut Machine, kind: Symbol, k: Option<usize>) -> Res {
        make(m, if kind.name() == "eqv" { Equivalence::Eqv } else { Equivalence::Eq }, true, k)
    }

    /// `(%hashtable-kind hashtable)`: the symbol `eq`, `eqv`, `equal`, `string` or `custom`.
    fn hashtable_kind(m: &mut Machine, hashtable: TableArgument) -> Res {
        Ok(m.heap.symbol(match hashtable.get().equivalence {
            Equivalence::Eq => "eq",
            Equivalence::Eqv => "eqv",
            Equivalence::Equal => "equal",
            Equivalence::String => "string",
            Equivalence::Custom => "custom",
        }))
    }

    /// `(%hashtable-hash-function hashtable)`: the hash procedure given when it was made, or `#f`.
    fn hashtable_hash_function(hashtable: TableArgument) -> Res {
        Ok(hashtable.get().procedures[0])
    }

    /// `(%hashtable-equivalence-function hashtable)`: the equivalence procedure given when it was made, or `#f`.
    fn hashtable_equivalence_function(hashtable: TableArgument) -> Res {
        Ok(hashtable.get().procedures[1])
    }

    /// `(%hashtable-entries hashtable)`: a pair of the vector of keys and the vector of their values.
    fn hashtable_entries(m: &mut Machine, hashtable: TableArgument) -> Res {
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
    fn hashtable_stamp(hashtable: TableArgument) -> Res {
        Ok(Value::fixnum(hashtable.get().stamp() as i64))
    }

    /// `(%hashtable-candidates hashtable hash)`: a list of fresh pairs (key . value) of the entries under that hash.
    fn hashtable_candidates(m: &mut Machine, hashtable: TableArgument, hash: Value) -> Res {
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
    #[primitive(name = "%hashtable-insert!")]
    fn insert(m: &mut Machine, hashtable: TableArgument, stamp: i64, hash: Value, key: Value, value: Value) -> Res {
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
    #[primitive(name = "%hashtable-replace!")]
    fn replace(m: &mut Machine, hashtable: TableArgument, stamp: i64, hash: Value, key: Value, value: Value) -> Res {
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
    #[primitive(name = "%hashtable-remove!")]
    fn remove(m: &mut Machine, hashtable: TableArgument, stamp: i64, hash: Value, key: Value) -> Res {
        let hash = computed(m, hash)?;
        let table = hashtable.get();
        let same = table.stamp() as i64 == stamp;
        if same {
            table.remove(m, hash, key)?;
        }
        Ok(Value::boolean(same))
    }
}

#[primitives]
pub mod procedures {
    use super::*;

    /// `(make-eq-hashtable)`, `(make-eq-hashtable k)`: an empty table whose keys are compared by `eq?`.
    fn make_eq_hashtable(m: &mut Machine, k: Option<usize>) -> Res {
        make(m, Equivalence::Eq, false, k)
    }

    /// `(make-eqv-hashtable)`, `(make-eqv-hashtable k)`: an empty table whose keys are compared by `eqv?`.
    fn make_eqv_hashtable(m: &mut Machine, k: Option<usize>) -> Res {
        make(m, Equivalence::Eqv, false, k)
    }

    /// `(hashtable? obj)`
    fn is_hashtable(obj: Value) -> Res {
        Ok(Value::boolean(TableArgument::convert(obj).is_some()))
    }

    /// `(hashtable-size hashtable)`: the number of its entries.
    fn hashtable_size(hashtable: TableArgument) -> Res {
        Ok(Value::fixnum(hashtable.get().len() as i64))
    }

    /// `(hashtable-ref hashtable key default)`: the value under `key`, or `default`.
    #[primitive(control, effect_free)]
    fn hashtable_ref(m: &mut Machine, who: Who, hashtable: TableArgument, key: Value, default: Value) -> Res {
        let table = hashtable.get();
        if table.equivalence == Equivalence::Custom {
            return m.tail_call(table.procedures[REF], &[hashtable.0, key, default]);
        }
        let hash = hash(m, who, table, key)?;
        Ok(table.get(m, hash, key)?.unwrap_or(default))
    }

    /// `(hashtable-set! hashtable key obj)`: associates `key` with `obj`.
    #[primitive(name = "hashtable-set!", control)]
    fn set(m: &mut Machine, who: Who, hashtable: TableArgument, key: Value, obj: Value) -> Res {
        mutable(m, who, hashtable)?;
        let table = hashtable.get();
        if table.equivalence == Equivalence::Custom {
            return m.tail_call(table.procedures[SET], &[hashtable.0, key, obj]);
        }
        let hash = hash(m, who, table, key)?;
        if hashtable.get().replace(m, hash, key, obj)? {
            return Ok(Value::VOID);
        }
        let fits = growing(m, hashtable, |table| table.insert(hash, key, obj))?;
        stored(m, who, fits, hashtable)
    }

    /// `(hashtable-delete! hashtable key)`: removes the entry of `key`, if there is one.
    #[primitive(name = "hashtable-delete!", control)]
    fn delete(m: &mut Machine, who: Who, hashtable: TableArgument, key: Value) -> Res {
        mutable(m, who, hashtable)?;
        let table = hashtable.get();
        if table.equivalence == Equivalence::Custom {
            return m.tail_call(table.procedures[DELETE], &[hashtable.0, key]);
        }
        let hash = hash(m, who, table, key)?;
        table.remove(m, hash, key)?;
        Ok(Value::VOID)
    }

    /// `(hashtable-contains? hashtable key)`
    #[primitive(control, effect_free)]
    fn is_hashtable_contains(m: &mut Machine, who: Who, hashtable: TableArgument, key: Value) -> Res {
        let table = hashtable.get();
        if table.equivalence == Equivalence::Custom {
            return m.tail_call(table.procedures[CONTAINS], &[hashtable.0, key]);
        }
        let hash = hash(m, who, table, key)?;
        Ok(Value::boolean(table.get(m, hash, key)?.is_some()))
    }

    /// `(hashtable-copy hashtable)`, `(hashtable-copy hashtable mutable?)`: a copy, immutable unless `mutable?` is true.
    fn hashtable_copy(m: &mut Machine, hashtable: TableArgument, is_mutable: Option<Value>) -> Res {
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
    #[primitive(name = "hashtable-clear!")]
    fn clear(m: &mut Machine, who: Who, hashtable: TableArgument, k: Option<usize>) -> Res {
        mutable(m, who, hashtable)?;
        let entries = k.unwrap_or(0).min(1 << 16);
        m.heap.reserve_many(entries * 24)?;
        m.charge(entries / 4 + 1)?;
        hashtable.get().clear();
        if growing(m, hashtable, |table| table.reserve(entries))? { Ok(Value::VOID) } else { Err(HeapFull.into()) }
    }

    /// `(hashtable-keys hashtable)`: a vector of its keys, in the order in which they were inserted.
    fn hashtable_keys(m: &mut Machine, hashtable: TableArgument) -> Res {
        let n = hashtable.get().len();
        m.heap.reserve(n * 8)?;
        m.charge(hashtable.get().places())?;
        let keys = m.heap.make_vector(n, Value::VOID);
        let mut entries = hashtable.get().iter();
        in_pieces(m, 0..n, |_, piece| {
            piece.zip(&mut entries).for_each(|(i, e)| {
                keys.set(i, e.0);
            })
        })?;
        Ok(keys.value())
    }

    /// `(hashtable-mutable? hashtable)`
    fn is_hashtable_mutable(hashtable: TableArgument) -> Res {
        Ok(Value::boolean(hashtable.get().mutable))
    }

    /// `(equal-hash obj)`: a hash for `equal?`.
    #[primitive(name = "equal-hash")]
    fn hash_equal(m: &mut Machine, obj: Value) -> Res {
        let mut work = 1;
        let hash = equal_hash(obj, &mut work);
        m.charge(work)?;
        fixnum(hash)
    }

    /// `(string-hash string)`: a hash for `string=?`; with a second argument, of no more than that many characters.
    fn string_hash(m: &mut Machine, string: Str, most: Option<usize>) -> Res {
        let n = most.unwrap_or(usize::MAX).min(string.len());
        m.charge(n / 4)?;
        fixnum(text::hash_chars(string.chars().take(n)))
    }

    /// `(string-ci-hash string)`: a hash for `string-ci=?`.
    fn string_ci_hash(m: &mut Machine, string: Str, most: Option<usize>) -> Res {
        let folded = folded(m, string)?;
        fixnum(text::hash_chars(folded.iter().copied().take(most.unwrap_or(usize::MAX))))
    }

    /// `(symbol-hash symbol)`: a hash for `eq?` of symbols.
    fn symbol_hash(symbol: Symbol) -> Res {
        fixnum(symbol.hash())
    }

    /// `(mutable-hashtable? obj)`: whether any object is a hashtable that can be changed.
    fn is_mutable_hashtable(obj: Value) -> Res {
        Ok(Value::boolean(TableArgument::convert(obj).is_some_and(|t| t.get().mutable)))
    }

    /// `(hashtable-eq? obj)`: whether any object is a hashtable whose keys are compared by `eq?`.
    fn is_hashtable_eq(obj: Value) -> Res {
        Ok(Value::boolean(TableArgument::convert(obj).is_some_and(|t| t.get().equivalence == Equivalence::Eq)))
    }

    /// `(hashtable-eqv? obj)`: whether any object is a hashtable whose keys are compared by `eqv?`.
    fn is_hashtable_eqv(obj: Value) -> Res {
        Ok(Value::boolean(TableArgument::convert(obj).is_some_and(|t| t.get().equivalence == Equivalence::Eqv)))
    }

    /// `(hashtable-equiv? obj)`: whether any object is a hashtable with an equivalence of another kind.
    fn is_hashtable_equiv(obj: Value) -> Res {
        let other = |e| !matches!(e, Equivalence::Eq | Equivalence::Eqv);
        Ok(Value::boolean(TableArgument::convert(obj).is_some_and(|t| other(t.get().equivalence))))
    }

    /// `(object-hash obj)`: a hash for `eqv?` of any object.
    fn object_hash(obj: Value) -> Res {
        fixnum(obj.eqv_hash())
    }

    /// `(bytevector-hash bytevector)`, `(bytevector-hash bytevector most)`: of no more than `most` octets.
    fn bytevector_hash(m: &mut Machine, bytevector: Bytevector, most: Option<usize>) -> Res {
        m.charge(bytevector.len() / 16)?;
        let bytes = bytevector.bytes();
        fixnum(bytes_hash(bytes.get(..most.unwrap_or(bytes.len())).unwrap_or(bytes)))
    }
}

/// Hash functions of one type each, all of them the hash for `eqv?`.
macro_rules! typed_hashes {
    ($($name:literal $f:ident $what:literal $test:expr;)*) => {
        #[primitives]
        pub mod typed {
            use super::*;

            $(
            /// `(…-hash obj)`: a hash for `eqv?` of objects of that type.
            #[primitive(name = $name)]
            fn $f(m: &mut Machine, who: Who, obj: Value) -> Res {
                let is_one: fn(Value) -> bool = $test;
                if !is_one(obj) {
                    return Err(m.wrong_argument(who, "obj", 1, $what, obj));
                }
                fixnum(obj.eqv_hash())
            }
        )* }
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
