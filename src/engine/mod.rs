//! The public interface: engines, machines, runs, handles, conversions, limits, errors.
//!
//! - [`Engine`]: built once, shared; holds no Scheme values.
//! - [`Vm`]: one a tenant; heap, limits, ports, programs.
//! - [`Run`]: an evaluation as a value, stepped with a budget.
//!
//! Engines and machines share no mutable state. A host procedure never calls back into Scheme: it answers what to call
//! next ([`TailCall`]).

mod bodies;
mod builder;
mod convert;
mod error;
mod evaluate;
mod host;
mod interrupter;
mod limits;
mod link;
mod nesting;
pub mod process;
mod report;
mod requests;
mod run;
mod session;
mod source;
mod text_file;
mod vm;

pub use builder::{Engine, EngineBuilder};
pub use convert::{Bytes, FromScheme, IntoScheme, Ref, Scope};
pub use error::{Error, ErrorKind, Frame};
pub use evaluate::Arguments;
pub use host::{HostError, HostFunction, HostResult, TailCall};
pub use interrupter::Interrupter;
pub use limits::Limits;
pub use run::{Holder, Run, Step};
#[allow(unused_imports, reason = "the build script uses it")]
pub(crate) use session::{Libraries, Session};
pub use source::{Source, is_incomplete};
pub use vm::Vm;

use crate::eval::{Machine, Primitive, PrimitiveTable};
use crate::heap::Heap;
use crate::image::Image;
use crate::syntax::{Binding, Builtins};
use std::sync::{Arc, LazyLock};

/// All primitives: `PrimitiveId` is the place in it. The same order when the prelude is made and when it is used.
pub(crate) fn primitives() -> impl Iterator<Item = &'static Primitive> {
    let all = crate::primitives::rows();
    #[cfg(feature = "posix")]
    let all = all
        .chain(crate::memory::TABLES.iter().flat_map(|t| t.iter()))
        .chain(crate::memory::C_TYPE_TABLES.iter().flat_map(|t| t.iter()))
        .chain(crate::posix::TABLES.iter().flat_map(|t| t.iter()))
        .chain(crate::posix::linux::TABLES.iter().flat_map(|t| t.iter()))
        .chain(crate::posix::glibc::TABLES.iter().flat_map(|t| t.iter()))
        .chain(crate::foreign::TABLES.iter().flat_map(|t| t.iter()));
    all
}

/// The table of them that all machines share.
static TABLE: LazyLock<Arc<PrimitiveTable>> = LazyLock::new(|| Arc::new(PrimitiveTable::new(primitives())));

/// A machine whose built-in libraries are those of an image.
pub(crate) fn machine(image: Image) -> Machine {
    let prelude = Arc::new(link::ImagePrelude(image));
    let mut machine = Machine::with_parts(TABLE.clone(), Arc::new(image), Heap::new(), Some(prelude));
    if let Some(Binding::Global(raise)) = image.export("(rnrs exceptions)", "raise") {
        machine.set_raise(raise);
    }
    if let Some(Binding::Global(exit)) = image.export("(rnrs programs)", "exit") {
        machine.set_exit(exit);
    }
    machine
}

/// A machine without a prelude, with these built-in libraries.
#[allow(dead_code, reason = "the build script uses it")]
pub(crate) fn machine_with(builtins: Arc<dyn Builtins>) -> Machine {
    Machine::with_parts(TABLE.clone(), builtins, Heap::new(), None)
}
