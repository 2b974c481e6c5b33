//! The standard condition types that Rust code raises: R6RS libraries, chapter 7, and what Vicare adds. Depends on
//! record types.

use super::{Heap, Kind, RecordType, Value, View};

impl Heap {
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
            self.declare_condition(rtd)
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
