//! The prelude's own files go through the expander.

use super::*;
use std::path::{Path, PathBuf};

fn files(directory: &Path, out: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(directory).expect("the prelude can be read").flatten() {
        let path = entry.path();
        if path.is_dir() {
            files(&path, out);
        } else if path.extension().is_some_and(|e| e == "sls") {
            out.push(path);
        }
    }
}

#[test]
fn every_library_expands() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("prelude");
    let mut paths = Vec::new();
    files(&root, &mut paths);
    paths.sort();
    let texts: Vec<(String, String)> = paths
        .iter()
        .map(|path| {
            let name = path.strip_prefix(&root).expect("below the root").with_extension("");
            let parts: Vec<String> = name.iter().map(|part| part.to_string_lossy().into_owned()).collect();
            (format!("({})", parts.join(" ")), std::fs::read_to_string(path).expect("a text"))
        })
        .collect();
    for (key, _) in &texts {
        let mut host = TestHost::new(&[]);
        host.machine.syntax =
            Tables::new(Arc::new(PrimitiveExports::new(primitives(), crate::builtins::composite::includes)));
        host.prelude = texts.iter().cloned().collect();
        let identifiers = key.trim_matches(['(', ')']).split(' ').map(Box::from).collect();
        let name = LibraryName { identifiers, version: Vec::new() };
        if let Err(failure) = load(&mut host, &name, Value::FALSE, crate::diagnostics::Span::NONE) {
            panic!("{key}: {}", failure_text(&mut host, failure));
        }
    }
}
