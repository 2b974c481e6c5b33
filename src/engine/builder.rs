//! The engine: what machines have in common. Holds no Scheme values, so it is shared freely.

use super::error::{Error, ErrorKind};
use super::host::{HostFunction, HostProcedure};
use crate::eval::{Capabilities, Capability};
use crate::reader::is_identifier;
use crate::syntax::{Builtins, KEPT, is_internal};
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The common part of machines: libraries that the host registered, where libraries are looked for, what programs may
/// reach. Cheap to clone; clones are the same engine.
#[derive(Clone)]
pub struct Engine(pub(crate) Arc<Shared>);

pub(crate) struct Shared {
    pub library_path: Vec<PathBuf>,
    /// Libraries of host procedures, by name as it is written: `(host math)`.
    pub host_libraries: BTreeMap<String, Vec<HostProcedure>>,
    pub capabilities: Capabilities,
}

impl Engine {
    /// An engine with the standard libraries, all capabilities, and no library path.
    pub fn new() -> Engine {
        Engine::of(EngineBuilder::new())
    }

    fn of(builder: EngineBuilder) -> Engine {
        Engine(Arc::new(Shared {
            library_path: builder.library_path,
            host_libraries: builder.host_libraries,
            capabilities: builder.capabilities,
        }))
    }

    /// Begins an engine: [`EngineBuilder`] says what it has.
    pub fn builder() -> EngineBuilder {
        EngineBuilder::new()
    }
}

impl Default for Engine {
    fn default() -> Engine {
        Engine::new()
    }
}

/// Says what an engine has.
pub struct EngineBuilder {
    library_path: Vec<PathBuf>,
    host_libraries: BTreeMap<String, Vec<HostProcedure>>,
    capabilities: Capabilities,
    /// Why there can be no such engine: the first reason.
    refusal: Option<String>,
}

impl EngineBuilder {
    fn new() -> EngineBuilder {
        EngineBuilder {
            library_path: Vec::new(),
            host_libraries: BTreeMap::new(),
            capabilities: Capabilities::ALL,
            refusal: None,
        }
    }

    /// Looks for libraries in this directory too, after those given before.
    #[must_use]
    pub fn library_path(mut self, directory: impl AsRef<Path>) -> EngineBuilder {
        self.library_path.push(directory.as_ref().to_owned());
        self
    }

    /// The directories of the environment variable `VICAR_LIBRARY_PATH`, separated by colons.
    #[must_use]
    pub fn library_path_from_environment(mut self) -> EngineBuilder {
        let path = std::env::var_os("VICAR_LIBRARY_PATH");
        let directories = std::env::split_paths(path.as_deref().unwrap_or(OsStr::new("")));
        self.library_path.extend(directories.filter(|d| !d.as_os_str().is_empty()));
        self
    }

    /// Adds a procedure to the host library of that name, which programs import like any other. A procedure of the same
    /// name that was added before is replaced. [`EngineBuilder::build`] fails if `library` is no library name
    /// (identifiers in parentheses) or that of a library which Vicar has, or if `name` is no identifier: programs could not
    /// import it.
    ///
    /// ```
    /// let engine = vicar::Engine::builder().procedure("(host)", "twice", |n: i64| 2 * n).build()?;
    /// let n: i64 = engine.vm().eval("(import (host)) (twice 21)")?;
    /// assert_eq!(n, 42);
    /// # Ok::<(), vicar::Error>(())
    /// ```
    #[must_use]
    pub fn procedure<P, F: HostFunction<P>>(mut self, library: &str, name: &str, function: F) -> EngineBuilder {
        match library_key(library).and_then(|key| check_name(&key, name).map(|()| key)) {
            Ok(key) => {
                let procedures = self.host_libraries.entry(key).or_default();
                procedures.retain(|p| &*p.name != name);
                procedures.push(HostProcedure::new(name, function));
            }
            Err(why) => {
                self.refusal.get_or_insert(why);
            }
        }
        self
    }

    /// Takes everything from programs that reaches outside of their heap; then [`EngineBuilder::allow`] gives back.
    #[must_use]
    pub fn sandboxed(mut self) -> EngineBuilder {
        self.capabilities = Capabilities::NONE;
        self
    }

    /// Lets programs reach a family of things outside of their heap.
    #[must_use]
    pub fn allow(mut self, capability: Capability) -> EngineBuilder {
        self.capabilities = self.capabilities.with(capability);
        self
    }

    /// The engine.
    ///
    /// # Errors
    /// [`ErrorKind::Registration`] if programs could not import a procedure under the name that it was given.
    pub fn build(self) -> Result<Engine, Error> {
        match self.refusal {
            Some(why) => Err(Error::plain(ErrorKind::Registration, why)),
            None => Ok(Engine::of(self)),
        }
    }
}

/// The name of a host library as an import finds it.
fn library_key(name: &str) -> Result<String, String> {
    let inside = name.trim().strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).unwrap_or("");
    let identifiers: Vec<&str> = inside.split_whitespace().collect();
    if identifiers.is_empty() || !identifiers.iter().all(|i| is_identifier(i)) {
        return Err(format!("expected a library name, identifiers in parentheses such as (host math), got {name:?}"));
    }
    let key = format!("({})", identifiers.join(" "));
    if is_internal(&key) {
        return Err(format!("a host library cannot be named {key}: {KEPT}"));
    }
    if crate::prelude::IMAGE.has_library(&key) {
        return Err(format!("a host library cannot be named {key}: Vicar has a library of that name"));
    }
    Ok(key)
}

fn check_name(library: &str, name: &str) -> Result<(), String> {
    match is_identifier(name) {
        true => Ok(()),
        false => Err(format!("expected an identifier as the name of a procedure of {library}, got {name:?}")),
    }
}
