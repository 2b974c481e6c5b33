//! What an identifier can mean, and the table of the forms that the expander knows.

use super::core::{GlobalId, PrimitiveId};
use crate::heap::{Tracer, Value};

/// The meaning of an identifier. Two identifiers mean the same when their bindings are equal.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Binding {
    /// A form or auxiliary keyword that the expander knows.
    Core(CoreForm),
    /// A primitive procedure.
    Primitive(PrimitiveId),
    /// A variable of a library, a program or the prompt.
    Global(GlobalId),
    /// A macro of the built-in libraries that has not been linked yet: the host knows it by this number.
    Prelude(u32),
    /// A macro: an object made by `transformer.rs`.
    Macro(Value),
    /// The name of a record type: an object made by `forms/record.rs`.
    Record(Value),
    /// A keyword that `fluid-let-syntax` can give another meaning for a while: an object made by `forms/fluid.rs`.
    Fluid(Value),
    /// A local variable.
    Variable(LexicalId),
    /// A pattern variable.
    Pattern(LexicalId),
    /// A keyword whose transformer is being made.
    Pending,
}

/// Names a local variable of the unit that is being expanded: its place in the stack of scopes, and the variable's
/// number, by which an identifier that outlived its scope is told from a newer variable in the same place.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug)]
pub struct LexicalId {
    pub index: u32,
    pub variable: u32,
}

impl Binding {
    /// Whether it does all that `other` does, so that it is meant where both are imported under one name: Vicare's form
    /// of a standard one.
    pub fn extends(self, other: Binding) -> bool {
        (self, other) == (Binding::Core(CoreForm::CaseExtended), Binding::Core(CoreForm::Case))
    }

    pub fn trace(&self, tracer: &mut Tracer) {
        if let Binding::Macro(v) | Binding::Record(v) | Binding::Fluid(v) = *self {
            tracer.value(v);
        }
    }
}

/// The library that exports every primitive and every form, for the prelude alone.
pub const INTERNAL: &str = "(internal primitives)";

/// Whether a library is the prelude's own: no program can import it, define it or see it named.
pub fn is_internal(key: &str) -> bool {
    key.strip_prefix(INTERNAL_BEGINS).is_some_and(|rest| rest.starts_with([' ', ')']))
}

/// How the names of those libraries begin.
const INTERNAL_BEGINS: &str = "(internal";

/// The name that programs see of a primitive or form. Where one has the name of another, it is called `%family:name` in
/// the library of all, and the library for programs that exports it renames it.
pub const fn program_name(internal: &'static str) -> &'static str {
    let bytes = internal.as_bytes();
    let mut i = 1;
    while bytes.len() > 2 && bytes[0] == b'%' && i < bytes.len() - 1 {
        if bytes[i] == b':' {
            return internal.split_at(i + 1).1;
        }
        i += 1;
    }
    internal
}

macro_rules! core_forms {
    ($($(#[doc = $doc:literal])* $form:ident $name:literal;)*) => {
        /// The forms and auxiliary keywords that are written in Rust.
        #[derive(Copy, Clone, PartialEq, Eq, Hash, Debug)]
        #[repr(u8)]
        pub enum CoreForm { $($(#[doc = $doc])* $form),* }

        impl CoreForm {
            /// Each with its name in the library of all primitives and forms.
            pub const ALL: &'static [(CoreForm, &'static str)] = &[$((CoreForm::$form, $name)),*];
        }
    };
}

core_forms! {
    // Expressions.
    Quote "quote";
    Lambda "lambda";
    CaseLambda "case-lambda";
    NamedLambda "named-lambda";
    NamedCaseLambda "named-case-lambda";
    If "if";
    Set "set!";
    Cond "cond";
    Case "case";
    /// `case` that also finds strings, pairs and vectors, and knows `=>`.
    CaseExtended "%vicare:case";
    And "and";
    Or "or";
    When "when";
    Unless "unless";
    Do "do";
    Let "let";
    LetStar "let*";
    Letrec "letrec";
    LetrecStar "letrec*";
    LetValues "let-values";
    LetStarValues "let*-values";
    Quasiquote "quasiquote";
    Assert "assert";
    SyntaxCase "syntax-case";
    SyntaxTemplate "syntax";
    Quasisyntax "quasisyntax";
    WithSyntax "with-syntax";
    SyntaxRules "syntax-rules";
    IdentifierSyntax "identifier-syntax";
    RecordTypeDescriptor "record-type-descriptor";
    RecordConstructorDescriptor "record-constructor-descriptor";
    FluidLetSyntax "fluid-let-syntax";
    WithEscape "%with-escape";
    File "__file__";
    Line "__line__";
    // Definitions, and forms that splice.
    Begin "begin";
    LetSyntax "let-syntax";
    LetrecSyntax "letrec-syntax";
    Define "define";
    DefineSyntax "define-syntax";
    DefineFluidSyntax "define-fluid-syntax";
    DefineAlias "define-alias";
    DefineRecordType "define-record-type";
    DefineRecordName "%define-record-name";
    BeginForSyntax "begin-for-syntax";
    Include "include";
    Import "import";
    Library "library";
    Export "export";
    // Auxiliary keywords: no meaning of their own.
    Else "else";
    Arrow "=>";
    Ellipsis "...";
    Underscore "_";
    Unquote "unquote";
    UnquoteSplicing "unquote-splicing";
    Unsyntax "unsyntax";
    UnsyntaxSplicing "unsyntax-splicing";
    Fields "fields";
    Mutable "mutable";
    Immutable "immutable";
    Parent "parent";
    ParentRtd "parent-rtd";
    Protocol "protocol";
    Sealed "sealed";
    Opaque "opaque";
    Nongenerative "nongenerative";
    // Fluid keywords without a meaning until something gives them one.
    FluidWho "__who__";
    FluidSynner "__synner__";
    FluidReturn "return";
    FluidBreak "break";
    FluidContinue "continue";
    FluidWith "with";
    FluidBrace "brace";
    FluidSlot "<>";
    FluidThis "this";
}

impl CoreForm {
    /// What programs call it.
    pub fn name(self) -> &'static str {
        program_name(CoreForm::ALL[self as usize].1)
    }

    /// Whether it means something only inside of other forms.
    pub fn is_auxiliary(self) -> bool {
        (CoreForm::Else as u8..=CoreForm::Nongenerative as u8).contains(&(self as u8))
    }

    /// Whether it is an expression by itself.
    pub fn is_identifier(self) -> bool {
        matches!(self, CoreForm::File | CoreForm::Line)
    }

    /// Whether `fluid-let-syntax` may rebind it.
    pub fn is_fluid(self) -> bool {
        self as u8 >= CoreForm::FluidWho as u8
    }

    /// Whether it may stand among definitions only (or splices there).
    pub fn is_definition(self) -> bool {
        use CoreForm::*;
        matches!(
            self,
            Define
                | DefineSyntax
                | DefineFluidSyntax
                | DefineAlias
                | DefineRecordType
                | DefineRecordName
                | BeginForSyntax
                | Import
                | Library
                | Export
        )
    }
}
