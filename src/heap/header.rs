//! What the first word of an object says. Depends on nothing.
//!
//! A header word holds the kind (bits 0–7), flags (8–15) and a length (16–63) whose unit the kind decides. Pairs and
//! closures have tags of their own and no header. Kinds from [`Kind::FIRST_TRACED`] on hold nothing but values behind
//! the header, as many as the length says, so a new such kind needs no word in the collector.

/// What a heap object is.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Hash)]
#[repr(u8)]
pub enum Kind {
    // Without values inside; the collector does not look into them.
    /// One word: the bits of an `f64` whose exponent does not fit an immediate.
    Flonum,
    /// `length` little-endian 64-bit limbs of the magnitude; flag [`Header::NEGATIVE`].
    Bignum,
    /// `length` bytes.
    Bytevector,
    /// `length` bytes of UTF-8: the hash, then the name; flag [`Header::GENSYM`].
    Symbol,
    /// `length` raw words: a C address, then what `memory/` knows of it.
    Pointer,
    // With a layout of their own.
    /// `length` characters: one word (`FALSE`, or the bytevector that holds the text since the string was widened),
    /// then inline text, one byte a character, or four when it was made [`Header::WIDE`].
    String,
    /// A Rust value behind two words (`Box<dyn External>`), traced and dropped through its vtable.
    External,
    /// Key, which it does not keep alive; value, alive as long as the key; a word for the collector.
    Ephemeron,
    // Nothing but values behind the header.
    /// Numerator, denominator: in lowest terms, the denominator at least 2.
    Ratnum,
    /// Real part, imaginary part: both exact and the latter not zero, or both flonums.
    Compnum,
    Vector,
    /// Record-type descriptor, then the fields, the oldest ancestor's first. The length counts both.
    Record,
    RecordType,
    RecordConstructor,
    /// A condition made of several: a list of simple conditions.
    CompoundCondition,
    /// An assigned variable's box.
    Cell,
    /// A variable of a library or of the top level: value, name.
    Global,
    /// Several values on their way to a continuation that accepts them.
    MultipleValues,
    Promise,
    /// Datum, marks, substitutions, source position: the expander's (`syntax/`).
    Syntax,
    /// What `environment` answers, for `eval`.
    Environment,
    /// The symbol it is named by.
    Keyword,
    /// The queue of objects it has to hand out, the queue's last pair.
    Guardian,
    /// Pointer, size, whether the collector frees it (`memory/`).
    MemoryBlock,
    /// For what deserves no kind of its own (enumeration sets, parameters): the first slot says what it is.
    Tagged,
}

impl Kind {
    /// From here on objects hold nothing but values.
    pub const FIRST_TRACED: Kind = Kind::Ratnum;

    /// Whether objects of this kind hold nothing but values.
    #[inline(always)]
    pub const fn is_slots(self) -> bool {
        self as u8 >= Kind::FIRST_TRACED as u8
    }

    /// How many slots every object of this kind has at least; the views' accessors read them unchecked.
    pub(super) const fn least_slots(self) -> usize {
        match self {
            Kind::RecordType => super::record::RECORD_TYPE_SLOTS,
            Kind::MemoryBlock => 3,
            Kind::Ratnum | Kind::Compnum | Kind::Global | Kind::Guardian => 2,
            Kind::Record | Kind::Cell | Kind::CompoundCondition | Kind::Keyword | Kind::Tagged => 1,
            _ => 0,
        }
    }
}

/// The first word of an object.
#[derive(Copy, Clone)]
#[repr(transparent)]
pub struct Header(pub(crate) u64);

impl Header {
    /// A negative bignum.
    pub const NEGATIVE: u8 = 1;
    /// A string with four bytes a character.
    pub const WIDE: u8 = 2;
    /// A literal, or what a library declares immutable: mutators refuse it.
    pub const IMMUTABLE: u8 = 4;
    /// A symbol that is not interned by its name.
    pub const GENSYM: u8 = 8;

    /// Lengths that a header can say are below.
    pub const LENGTHS: usize = 1 << 48;

    pub const fn new(kind: Kind, flags: u8, length: usize) -> Header {
        debug_assert!(length < Header::LENGTHS);
        Header(kind as u64 | (flags as u64) << 8 | (length as u64) << 16)
    }

    #[inline(always)]
    pub fn kind(self) -> Kind {
        debug_assert!(self.0 != super::collect::POISON, "a value that a collection has freed");
        // SAFETY: only `Header::new` makes headers, from a `Kind`.
        unsafe { std::mem::transmute(self.0 as u8) }
    }

    #[inline(always)]
    pub const fn has(self, flag: u8) -> bool {
        (self.0 >> 8) as u8 & flag != 0
    }

    #[inline(always)]
    pub const fn length(self) -> usize {
        (self.0 >> 16) as usize
    }

    pub(super) const fn with(self, flag: u8) -> Header {
        Header(self.0 | (flag as u64) << 8)
    }
}
