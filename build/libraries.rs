//! The libraries of the prelude, from their sources to the image.

use crate::account::Account;
use crate::diagnostics::{FileId, SourceMap, Span, Style};
use crate::engine::{self, Libraries, Session};
use crate::eval::PrimitiveExports;
use crate::heap::{Heap, Symbol, Value, View};
use crate::io::datum_to_value;
use crate::prelude;
use crate::reader::{Mode, read_source};
use crate::syntax::core::{Expr, Unit};
use crate::syntax::library::LibraryName;
use crate::syntax::{self, Failure, Source, Tables};
use crate::write::ImageBuilder;
use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The image, or what went wrong.
pub fn make_image(folder: &Path) -> Result<Vec<u8>, String> {
    let mut names = Vec::new();
    collect(folder, &mut Vec::new(), &mut names)?;
    #[cfg(feature = "posix")]
    names.push(CONSTANTS.iter().map(|s| (*s).to_owned()).collect());
    names.sort();

    let rows = PrimitiveExports::new(Vec::leak(engine::primitives().collect()));
    let mut machine = engine::machine_with(Arc::new(rows));
    let prelude = Prelude {
        folder: folder.to_owned(),
        names: names.clone(),
        image: RefCell::default(),
        failure: RefCell::default(),
    };
    let mut session = Session { machine: &mut machine, libraries: &prelude, image: prelude::IMAGE };
    for identifiers in &names {
        let identifiers = identifiers.iter().map(|s| Box::from(s.as_str())).collect();
        let name = LibraryName { identifiers, version: Vec::new() };
        if let Err(failure) = syntax::load(&mut session, &name, Value::FALSE, Span::NONE) {
            return Err(format!("the prelude's library {name}:\n{}", describe(failure, session.machine)));
        }
        if let Some(message) = prelude.failure.take() {
            return Err(format!("the prelude's library {name}: {message}"));
        }
    }
    syntax::Tables::internal_library(&mut machine.syntax);
    let first_mark = machine.syntax.next_mark();
    prelude.image.take().finish(&machine.syntax, first_mark)
}

fn describe(failure: Failure, machine: &mut crate::eval::Machine) -> String {
    match failure {
        Failure::Violation(v) => v.into_diagnostic().render(&machine.sources, Style::Plain),
        Failure::Raised(object, _) => crate::io::to_text(object, crate::io::Style::Write, 2000),
        Failure::Limit | Failure::Request => "a limit was hit, or the program has ended".to_owned(),
        Failure::HeapFull => "the heap is full".into(),
    }
}

/// The names of the libraries below a folder, from their paths.
fn collect(folder: &Path, prefix: &mut Vec<String>, names: &mut Vec<Vec<String>>) -> Result<(), String> {
    let entries = std::fs::read_dir(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    for entry in entries {
        let path = entry.map_err(|e| e.to_string())?.path();
        let stem = path.file_stem().and_then(|s| s.to_str()).unwrap_or_default().to_owned();
        prefix.push(stem);
        if path.is_dir() {
            collect(&path, prefix, names)?;
        } else if path.extension().is_some_and(|e| e == "sls") {
            let text = std::fs::read_to_string(&path).map_err(|e| e.to_string())?;
            if is_wanted(&text).map_err(|message| format!("{}: {message}", path.display()))? {
                names.push(prefix.clone());
            }
        }
        prefix.pop();
    }
    Ok(())
}

/// Whether Vicar is built with all that the text of a library says it needs: `(library name (options (requires feature …)) …)`.
fn is_wanted(text: &str) -> Result<bool, String> {
    let account = Account::unlimited();
    let (datums, ids) = read_source(text, FileId(0), Mode::default(), &account).map_err(|_| "it cannot be read")?;
    let mut heap = Heap::new();
    let form = ids.first().and_then(|&id| datum_to_value(&mut heap, &datums, id).ok()).ok_or("it is empty")?;
    let is = |v: Value, name: &str| Symbol::from_value(v).is_some_and(|s| s.name() == name);
    let mut features = Vec::new();
    if let Some((head, options)) = form.list_iter().nth(2).and_then(Value::uncons)
        && is(head, "options")
    {
        for option in options.list_iter() {
            let (head, needs) = option.uncons().filter(|(head, _)| is(*head, "requires")).ok_or("an unknown option")?;
            features.extend(needs.list_iter());
        }
    }
    let mut wanted = true;
    for feature in features {
        let name = Symbol::from_value(feature).ok_or("a feature is a name")?;
        wanted &= syntax::feature(name.name()).ok_or_else(|| format!("there is no feature {}", name.name()))?;
    }
    Ok(wanted)
}

/// The library whose text is made from the table of constants.
#[cfg(feature = "posix")]
const CONSTANTS: [&str; 3] = ["vicare", "platform", "constants"];

#[cfg(feature = "posix")]
fn constants() -> String {
    use crate::posix::constants::Constant;
    let (mut exports, mut definitions) = (String::new(), String::new());
    for (name, value) in crate::posix::constants::constants() {
        let value = match value {
            Constant::Integer(n) => n.to_string(),
            Constant::Flonum(x) => crate::number::to_string(crate::heap::Heap::new().flonum(x)),
            Constant::Text(text) => format!("{text:?}"),
            Constant::Missing => "#f".to_owned(),
        };
        exports.push_str(name);
        exports.push('\n');
        definitions.push_str(&format!("(define-syntax {name} (identifier-syntax {value}))\n"));
    }
    format!(
        "(library (vicare platform constants) (export h_errno-code case-h_errno {exports})
           (import (rnrs base) (internal posix host-errors)) {definitions})"
    )
}

/// The sources of the prelude, and the image in the making.
struct Prelude {
    folder: PathBuf,
    /// Those of the libraries that this build has.
    names: Vec<Vec<String>>,
    image: RefCell<ImageBuilder>,
    failure: RefCell<Option<String>>,
}

impl Libraries for Prelude {
    fn folders(&self) -> &[PathBuf] {
        &[]
    }

    fn prelude(&self, name: &LibraryName, sources: &mut SourceMap) -> Option<Source> {
        if !self.names.iter().any(|known| known.iter().map(String::as_str).eq(name.identifiers.iter().map(|i| &**i))) {
            return None;
        }
        #[cfg(feature = "posix")]
        if name.identifiers.iter().map(|i| &**i).eq(CONSTANTS) {
            let text: Arc<str> = constants().into();
            let file = sources.add_file("constants", text.clone());
            return Some(Source { file, text, builtin: true });
        }
        let path = self.folder.join(name.identifiers.join("/")).with_extension("sls");
        let text: Arc<str> = std::fs::read_to_string(&path).ok()?.into();
        let file = sources.add_file(path.display().to_string(), text.clone());
        Some(Source { file, text, builtin: true })
    }

    fn expanded(&self, tables: &Tables, unit: &Unit, body: Expr) {
        if let Err(message) = self.image.borrow_mut().add_library(tables, unit, body) {
            *self.failure.borrow_mut() = Some(message);
        }
    }
}
