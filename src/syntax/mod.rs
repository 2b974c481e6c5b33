//! Syntax objects, the expander, libraries and imports. Depends on `heap`, `number`, `reader`, `io`, `diagnostics`.
//!
//! ```text
//! datum ─read→ syntax objects ─session→ core language (core.rs)
//! ```
//!
//! - `object`, `wrap`, `rib`, `environment`, `resolve`: identifiers and what they mean; `wrap.rs` states the algorithm.
//! - `binding`, `transformer`, `builtins`: what identifiers can mean, macros as data, the built-in libraries.
//! - `pattern`, `template`, `rewrite`: patterns matched and templates filled in without running Scheme code.
//! - `session`, `expand`, `macro_use`, `keyword`, `body`: one unit on its way to the core language.
//! - `forms`: the forms that are written in Rust, a file a group.
//! - `library`, `import`, `imports`, `loader`, `paths`: libraries and import sets, from names to files.
//! - `toplevel`: programs, the prompt, `eval`. `forward`: references to what later forms of a prompt define. `host`, `tables`: what lies outside of a session.
//! - `violation`, `suggest`, `show`, `excerpt`: errors. `unparse`: the core language as text, for tests and dumps.

mod binding;
mod body;
mod builtins;
mod clauses;
pub mod core;
pub mod environment;
mod excerpt;
mod expand;
mod forms;
mod forward;
mod host;
mod import;
mod imports;
mod kept;
mod keyword;
pub mod library;
mod loader;
mod macro_use;
pub mod object;
mod paths;
mod pattern;
mod read;
mod resolve;
mod rewrite;
mod rib;
mod session;
mod show;
mod suggest;
mod tables;
mod template;
#[cfg(test)]
mod tests;
mod toplevel;
mod transformer;
#[allow(dead_code, reason = "the dump of a pass, for tests and for whoever writes one")]
mod unparse;
mod violation;
pub mod wrap;

#[cfg(feature = "posix")]
pub use binding::program_name;
pub use binding::{Binding, CoreForm, INTERNAL, LexicalId, is_internal};
pub use builtins::Builtins;
#[allow(unused_imports, reason = "the build script uses it")]
pub use clauses::feature;
pub use core::Unit;
pub use forward::{Ahead, Later};
pub use host::{Host, IncludedFile, LibrarySource, Source};
pub use kept::{Keeper, Kept, keeping};
#[allow(unused_imports, reason = "the build script uses it")]
pub use loader::{KEPT, load};
pub use object::Syntax;
pub use paths::candidates;
pub use pattern::Matcher;
pub use read::{forms, read};
pub use resolve::{bound_identifier_eq, free_identifier_eq, resolve};
pub use rewrite::Rewriter;
pub use tables::Tables;
pub use template::{Filler, Misfit};
pub use toplevel::{environment as make_environment, expand_eval, expand_interactive, expand_program, new_environment};
pub use transformer::{fluid_default, make_variable_transformer, transformer_procedure};
#[cfg(test)]
pub use unparse::{Names, unparse};
pub use violation::{Failure, Violation};
