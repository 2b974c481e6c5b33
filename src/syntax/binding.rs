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

const BASE: &str = "(rnrs base)";
const CONTROL: &str = "(rnrs control)";
const SYNTAX_CASE: &str = "(rnrs syntax-case)";
const RECORDS: &str = "(rnrs records syntactic)";
const EXCEPTIONS: &str = "(rnrs exceptions)";
/// What Vicare adds, for `(vicare)` to export.
const EXPANDER: &str = "(vicar expander)";
const INTERNAL: &str = "(vicar internal)";
const VICARE: &str = "(vicare)";

macro_rules! core_forms {
    ($($(#[doc = $doc:literal])* $form:ident $name:literal [$($library:ident),+];)*) => {
        /// The forms and auxiliary keywords that are written in Rust.
        #[derive(Copy, Clone, PartialEq, Eq, Hash, Debug)]
        #[repr(u8)]
        pub enum CoreForm { $($(#[doc = $doc])* $form),* }

        impl CoreForm {
            /// Each with its name and the libraries that export it.
            pub const ALL: &'static [(CoreForm, &'static str, &'static [&'static str])] =
                &[$((CoreForm::$form, $name, &[$($library),+])),*];
        }
    };
}

core_forms! {
    // Expressions.
    Quote "quote" [BASE];
    Lambda "lambda" [BASE];
    CaseLambda "case-lambda" [CONTROL];
    NamedLambda "named-lambda" [EXPANDER];
    NamedCaseLambda "named-case-lambda" [EXPANDER];
    If "if" [BASE];
    Set "set!" [BASE];
    Cond "cond" [BASE];
    Case "case" [BASE];
    /// `case` that also finds strings, pairs and vectors, and knows `=>`.
    CaseExtended "case" [VICARE];
    And "and" [BASE];
    Or "or" [BASE];
    When "when" [CONTROL];
    Unless "unless" [CONTROL];
    Do "do" [CONTROL];
    Let "let" [BASE];
    LetStar "let*" [BASE];
    Letrec "letrec" [BASE];
    LetrecStar "letrec*" [BASE];
    LetValues "let-values" [BASE];
    LetStarValues "let*-values" [BASE];
    Quasiquote "quasiquote" [BASE];
    Assert "assert" [BASE];
    SyntaxCase "syntax-case" [SYNTAX_CASE];
    SyntaxTemplate "syntax" [SYNTAX_CASE];
    Quasisyntax "quasisyntax" [SYNTAX_CASE];
    WithSyntax "with-syntax" [SYNTAX_CASE];
    SyntaxRules "syntax-rules" [BASE];
    IdentifierSyntax "identifier-syntax" [BASE];
    RecordTypeDescriptor "record-type-descriptor" [RECORDS];
    RecordConstructorDescriptor "record-constructor-descriptor" [RECORDS];
    FluidLetSyntax "fluid-let-syntax" [EXPANDER];
    WithEscape "%with-escape" [INTERNAL];
    File "__file__" [EXPANDER];
    Line "__line__" [EXPANDER];
    // Definitions, and forms that splice.
    Begin "begin" [BASE];
    LetSyntax "let-syntax" [BASE];
    LetrecSyntax "letrec-syntax" [BASE];
    Define "define" [BASE];
    DefineSyntax "define-syntax" [BASE];
    DefineFluidSyntax "define-fluid-syntax" [EXPANDER];
    DefineAlias "define-alias" [EXPANDER];
    DefineRecordType "define-record-type" [RECORDS];
    DefineRecordName "%define-record-name" [INTERNAL];
    BeginForSyntax "begin-for-syntax" [EXPANDER];
    Include "include" [EXPANDER];
    Import "import" [EXPANDER];
    Library "library" [EXPANDER];
    Export "export" [EXPANDER];
    // Auxiliary keywords: no meaning of their own.
    Else "else" [BASE, EXCEPTIONS];
    Arrow "=>" [BASE, EXCEPTIONS];
    Ellipsis "..." [BASE, SYNTAX_CASE];
    Underscore "_" [BASE, SYNTAX_CASE];
    Unquote "unquote" [BASE];
    UnquoteSplicing "unquote-splicing" [BASE];
    Unsyntax "unsyntax" [SYNTAX_CASE];
    UnsyntaxSplicing "unsyntax-splicing" [SYNTAX_CASE];
    Fields "fields" [RECORDS];
    Mutable "mutable" [RECORDS];
    Immutable "immutable" [RECORDS];
    Parent "parent" [RECORDS];
    ParentRtd "parent-rtd" [RECORDS];
    Protocol "protocol" [RECORDS];
    Sealed "sealed" [RECORDS];
    Opaque "opaque" [RECORDS];
    Nongenerative "nongenerative" [RECORDS];
    // Fluid keywords without a meaning until something gives them one.
    FluidWho "__who__" [EXPANDER];
    FluidSynner "__synner__" [EXPANDER];
    FluidReturn "return" [EXPANDER];
    FluidBreak "break" [EXPANDER];
    FluidContinue "continue" [EXPANDER];
    FluidWith "with" [EXPANDER];
    FluidBrace "brace" [EXPANDER];
    FluidSlot "<>" [EXPANDER];
    FluidThis "this" [EXPANDER];
}

impl CoreForm {
    pub fn name(self) -> &'static str {
        CoreForm::ALL[self as usize].1
    }

    /// The forms of that name, whatever exports them.
    pub fn named(name: &str) -> &'static [CoreForm] {
        type Index = hashbrown::HashMap<&'static str, Vec<CoreForm>, foldhash::fast::FixedState>;
        static INDEX: std::sync::OnceLock<Index> = std::sync::OnceLock::new();
        let index = INDEX.get_or_init(|| {
            let mut index = Index::default();
            for &(form, name, _) in CoreForm::ALL {
                index.entry(name).or_default().push(form);
            }
            index
        });
        index.get(name).map_or(&[], Vec::as_slice)
    }

    /// The libraries that export it.
    pub fn libraries(self) -> &'static [&'static str] {
        CoreForm::ALL[self as usize].2
    }

    /// The form that the library exports under that name. The library of all primitives has the first of each name.
    pub fn exported(library: &str, name: &str) -> Option<CoreForm> {
        CoreForm::named(name).iter().copied().find(|form| form.is_in(library))
    }

    /// Whether the library exports a form of its name: this one, unless an earlier one has it too.
    pub fn is_in(self, library: &str) -> bool {
        library == INTERNAL || self.libraries().contains(&library)
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
