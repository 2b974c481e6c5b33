//! Record types, and the standard condition types that Rust code raises. R6RS libraries, chapters 6 and 7.

use super::{Heap, Kind, RecordType, Value, View};

/// Slots of a `Kind::RecordType` object.
const NAME: usize = 0;
const PARENT: usize = 1;
const UID: usize = 2;
const FLAGS: usize = 3;
const FIELDS: usize = 4;
const MUTABLE: usize = 5;
const TOTAL: usize = 6;
const ANCESTORS: usize = 7;
const DEFAULT_CONSTRUCTOR: usize = 8;
pub(super) const RECORD_TYPE_SLOTS: usize = 9;

const SEALED: i64 = 1;
const OPAQUE: i64 = 2;
const CONDITION: i64 = 4;

impl RecordType {
    pub fn name(self) -> Value {
        self.0.slot(NAME)
    }
    pub fn parent(self) -> Option<RecordType> {
        RecordType::from_value(self.0.slot(PARENT))
    }
    /// A symbol, or `#f` for a generative type.
    pub fn uid(self) -> Value {
        self.0.slot(UID)
    }
    fn flags(self) -> i64 {
        self.0.slot(FLAGS).as_fixnum().unwrap_or(0)
    }
    pub fn is_sealed(self) -> bool {
        self.flags() & SEALED != 0
    }
    pub fn is_opaque(self) -> bool {
        self.flags() & OPAQUE != 0
    }
    /// Whether `&condition` is it or an ancestor.
    pub fn is_condition(self) -> bool {
        self.flags() & CONDITION != 0
    }
    /// A vector of its own fields' names.
    pub fn fields(self) -> Value {
        self.0.slot(FIELDS)
    }
    /// Whether own field `i` is mutable; `None` out of range.
    pub fn is_mutable(self, i: usize) -> Option<bool> {
        let n = self.0.slot(FIELDS).slots().len();
        (i < n).then(|| self.0.slot(MUTABLE).slot(i).is_true())
    }
    /// Number of fields with all ancestors'.
    pub fn total_fields(self) -> usize {
        self.0.slot(TOTAL).as_fixnum().unwrap_or(0) as usize
    }
    /// Index of its first own field among all.
    pub fn first_field(self) -> usize {
        self.total_fields() - self.fields().slots().len()
    }
    /// A vector of all types from the root to itself: the test `is_a` looks at one element of it.
    pub fn ancestors(self) -> Value {
        self.0.slot(ANCESTORS)
    }
    /// Whether this type is `other` or descends from it, in constant time.
    #[inline]
    pub fn is_a(self, other: RecordType) -> bool {
        if self == other {
            return true;
        }
        let depth = other.ancestors().slots().len() - 1;
        self.ancestors().slots().get(depth) == Some(&other.0)
    }
    /// Where `make-record-constructor-descriptor`'s default is kept once made, `#f` before.
    pub fn default_constructor(self) -> Value {
        self.0.slot(DEFAULT_CONSTRUCTOR)
    }
    pub fn set_default_constructor(self, v: Value) {
        self.0.set_slot(DEFAULT_CONSTRUCTOR, v)
    }
}

impl Heap {
    /// A record type. `fields` are names with their mutability. The caller has checked that the parent is not sealed.
    pub fn record_type(
        &mut self,
        name: Value,
        parent: Option<RecordType>,
        uid: Value,
        sealed: bool,
        opaque: bool,
        fields: &[(Value, bool)],
    ) -> RecordType {
        let names: Vec<Value> = fields.iter().map(|f| f.0).collect();
        let mutable: Vec<Value> = fields.iter().map(|f| Value::boolean(f.1)).collect();
        let (names, mutable) = (self.vector(&names), self.vector(&mutable));
        let inherited = parent.map_or(0, |p| p.flags());
        let flags =
            if sealed { SEALED } else { 0 } | if opaque { OPAQUE } else { 0 } | (inherited & (OPAQUE | CONDITION));
        let total = parent.map_or(0, |p| p.total_fields()) + fields.len();
        let mut ancestors: Vec<Value> = parent.map_or(Vec::new(), |p| p.ancestors().slots().to_vec());
        ancestors.push(Value::FALSE);
        let ancestors = self.vector(&ancestors);
        let rtd = self.slots(
            Kind::RecordType,
            &[
                name,
                parent.map_or(Value::FALSE, |p| p.0),
                uid,
                Value::fixnum(flags),
                names,
                mutable,
                Value::fixnum(total as i64),
                ancestors,
                Value::FALSE,
            ],
        );
        ancestors.set_slot(ancestors.slots().len() - 1, rtd);
        RecordType(rtd)
    }

    /// A record of type `rtd` with all its fields, the oldest ancestor's first.
    #[inline]
    pub fn record(&mut self, rtd: RecordType, fields: &[Value]) -> Value {
        debug_assert_eq!(rtd.total_fields(), fields.len());
        self.slots_after(Kind::Record, rtd.0, fields)
    }

    /// The standard record type of that name, made at its first use.
    pub fn condition_type(&mut self, which: ConditionType) -> RecordType {
        let i = which as usize;
        if self.well_known.len() <= i {
            self.well_known.resize(CONDITION_TYPES.len(), Value::FALSE);
        }
        if let Some(rtd) = RecordType::from_value(self.well_known[i]) {
            return rtd;
        }
        let (_, name, parent, fields) = CONDITION_TYPES[i];
        let parent = parent.map(|p| self.condition_type(p));
        let fields: Vec<(Value, bool)> = fields.iter().map(|f| (self.symbol(f), false)).collect();
        let name = self.symbol(name);
        let rtd = self.record_type(name, parent, name, false, false, &fields);
        if which == ConditionType::Condition {
            rtd.0.set_slot(FLAGS, Value::fixnum(CONDITION));
        }
        self.well_known[i] = rtd.0;
        rtd
    }

    /// A simple condition of a standard type.
    pub fn condition(&mut self, which: ConditionType, fields: &[Value]) -> Value {
        let rtd = self.condition_type(which);
        self.record(rtd, fields)
    }

    /// A compound condition of simple ones.
    pub fn compound_condition(&mut self, simple: &[Value]) -> Value {
        if let [only] = simple {
            return *only;
        }
        let list = self.list(simple);
        self.slots(Kind::CompoundCondition, &[list])
    }
}

macro_rules! condition_types {
    ($($variant:ident $name:literal $parent:expr, [$($field:literal),*];)*) => {
        /// The standard condition types: R6RS libraries 7.3, and those that Vicare adds.
        #[derive(Copy, Clone, PartialEq, Eq, Debug)]
        pub enum ConditionType { $($variant),* }
        use ConditionType as C;
        #[allow(clippy::type_complexity)]
        /// Each with its name, parent and fields.
        pub const CONDITION_TYPES: &[(ConditionType, &str, Option<ConditionType>, &[&str])] =
            &[$((C::$variant, $name, $parent, &[$($field),*])),*];
    };
}

condition_types! {
    Condition "&condition" None, [];
    Message "&message" Some(C::Condition), ["message"];
    Warning "&warning" Some(C::Condition), [];
    Serious "&serious" Some(C::Condition), [];
    Error "&error" Some(C::Serious), [];
    Violation "&violation" Some(C::Serious), [];
    Assertion "&assertion" Some(C::Violation), [];
    Irritants "&irritants" Some(C::Condition), ["irritants"];
    Who "&who" Some(C::Condition), ["who"];
    NonContinuable "&non-continuable" Some(C::Violation), [];
    ImplementationRestriction "&implementation-restriction" Some(C::Violation), [];
    Lexical "&lexical" Some(C::Violation), [];
    Syntax "&syntax" Some(C::Violation), ["form", "subform"];
    Undefined "&undefined" Some(C::Violation), [];
    NoInfinities "&no-infinities" Some(C::ImplementationRestriction), [];
    NoNans "&no-nans" Some(C::ImplementationRestriction), [];
    Io "&i/o" Some(C::Error), [];
    IoRead "&i/o-read" Some(C::Io), [];
    IoWrite "&i/o-write" Some(C::Io), [];
    IoInvalidPosition "&i/o-invalid-position" Some(C::Io), ["position"];
    IoFilename "&i/o-filename" Some(C::Io), ["filename"];
    IoFileProtection "&i/o-file-protection" Some(C::IoFilename), [];
    IoFileIsReadOnly "&i/o-file-is-read-only" Some(C::IoFileProtection), [];
    IoFileAlreadyExists "&i/o-file-already-exists" Some(C::IoFilename), [];
    IoFileDoesNotExist "&i/o-file-does-not-exist" Some(C::IoFilename), [];
    IoPort "&i/o-port" Some(C::Io), ["port"];
    IoDecoding "&i/o-decoding" Some(C::IoPort), [];
    IoEncoding "&i/o-encoding" Some(C::IoPort), ["char"];
    IoEagain "&i/o-eagain" Some(C::Io), [];
    Errno "&errno" Some(C::Condition), ["code"];
    HErrno "&h_errno" Some(C::Condition), ["code"];
    OutOfMemory "&out-of-memory-error" Some(C::Error), [];
    ProcedurePrecondition "&procedure-precondition-violation" Some(C::Assertion), [];
    ProcedureArgument "&procedure-argument-violation" Some(C::ProcedurePrecondition), [];
    ProcedureSignatureArgument "&procedure-signature-argument-violation" Some(C::ProcedureArgument),
        ["one-based-argument-index", "failed-expression", "offending-value"];
    ProcedureArgumentsConsistency "&procedure-arguments-consistency-violation" Some(C::ProcedurePrecondition), [];
    ProcedurePostcondition "&procedure-postcondition-violation" Some(C::Assertion), [];
    ProcedureSignatureReturnValue "&procedure-signature-return-value-violation" Some(C::ProcedurePostcondition),
        ["one-based-return-value-index", "failed-expression", "offending-value"];
    ExpressionReturnValue "&expression-return-value-violation" Some(C::Assertion), [];
    FailedExpression "&failed-expression" Some(C::Condition), ["failed-expression"];
    OneBasedReturnValueIndex "&one-based-return-value-index" Some(C::Condition), ["one-based-return-value-index"];
    NonReinstatable "&non-reinstatable" Some(C::Violation), [];
    SourcePosition "&source-position" Some(C::Condition), ["port-id", "byte", "character", "line", "column"];
}
