//! Standard libraries that export what others export.

/// A library with those whose exports are its own too, beside its primitives, its forms and its file in the prelude.
pub static INCLUDES: &[(&str, &[&str])] = &[
    (
        "(rnrs)",
        &[
            "(rnrs base)",
            "(rnrs unicode)",
            "(rnrs bytevectors)",
            "(rnrs lists)",
            "(rnrs sorting)",
            "(rnrs control)",
            "(rnrs records syntactic)",
            "(rnrs records procedural)",
            "(rnrs records inspection)",
            "(rnrs exceptions)",
            "(rnrs conditions)",
            "(rnrs io ports)",
            "(rnrs io simple)",
            "(rnrs files)",
            "(rnrs programs)",
            "(rnrs arithmetic fixnums)",
            "(rnrs arithmetic flonums)",
            "(rnrs arithmetic bitwise)",
            "(rnrs syntax-case)",
            "(rnrs hashtables)",
            "(rnrs enums)",
        ],
    ),
    ("(rnrs files)", &["(vicar io-conditions)"]),
    ("(rnrs io ports)", &["(vicar io-conditions)", "(vicar ports)"]),
    ("(rnrs io simple)", &["(vicar io-conditions)", "(vicar ports)"]),
    // `getenv environ strerror`, which `(vicare)` has too, and the rows of `src/posix`, whose names are R6RS's in part.
    #[cfg(feature = "posix")]
    ("(vicare posix)", &["(vicar environment)", "(vicar posix primitives)"]),
    (
        "(vicare)",
        &[
            "(rnrs)",
            "(rnrs mutable-pairs)",
            "(rnrs mutable-strings)",
            "(rnrs eval)",
            "(rnrs r5rs)",
            "(vicar expander)",
            "(vicar vicare-conditions)",
            #[cfg(feature = "posix")]
            "(vicar environment)",
            #[cfg(feature = "posix")]
            "(vicar posix vicare)",
            #[cfg(feature = "posix")]
            "(vicar posix times)",
        ],
    ),
];

/// The libraries whose exports `library` includes.
pub fn includes(library: &str) -> &'static [&'static str] {
    INCLUDES.iter().find(|row| row.0 == library).map_or(&[], |row| row.1)
}
