//! The rules that ARCHITECTURE.md states, kept by reading the sources.

use std::path::{Path, PathBuf};

/// Each folder with those it may use.
const MAY_USE: &[(&str, &[&str])] = &[
    ("account", &[]),
    ("diagnostics", &["account"]),
    ("reader", &["account", "diagnostics"]),
    ("heap", &["account"]),
    ("number", &["account", "reader", "heap"]),
    ("io", &["account", "diagnostics", "reader", "heap", "number"]),
    ("syntax", &["account", "diagnostics", "reader", "heap", "number", "io"]),
    ("compile", &["account", "diagnostics", "heap", "number", "syntax"]),
    ("eval", &["account", "diagnostics", "heap", "number", "io", "syntax", "compile"]),
    ("image", &["account", "diagnostics", "heap", "syntax", "compile"]),
    ("primitives", &["account", "diagnostics", "reader", "heap", "number", "io", "syntax", "compile", "eval"]),
    ("memory", &["account", "diagnostics", "heap", "number", "io", "eval", "primitives"]),
    ("posix", &["account", "diagnostics", "heap", "number", "io", "eval", "primitives", "memory"]),
    ("foreign", &["account", "diagnostics", "heap", "number", "io", "eval", "primitives", "memory", "posix"]),
    ("c_calls.rs", &["memory"]),
];

/// Folders in which no file uses itself by way of others.
const WITHOUT_CIRCLES: &[&str] = &["engine", "compile", "foreign"];

/// Longest file, in lines: beyond it, it is probably two ideas. Tables and tests may be longer.
const LONGEST: usize = 800;

/// The source files of a folder, or the one file that it is.
fn sources(folder: &Path) -> Vec<PathBuf> {
    if folder.is_file() {
        return vec![folder.to_owned()];
    }
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("it can be listed").path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
    found
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// The part of a file that is not tests.
fn without_tests(text: &str) -> &str {
    text.split("#[cfg(test)]\nmod tests {").next().unwrap_or(text)
}

fn is_test_file(path: &Path) -> bool {
    path.components().any(|c| c.as_os_str().to_string_lossy().contains("tests"))
}

#[test]
fn folders_use_only_what_stands_before_them() {
    let mut wrong = Vec::new();
    for (folder, allowed) in MAY_USE {
        for file in sources(&root().join(folder)).into_iter().filter(|f| !is_test_file(f)) {
            let text = std::fs::read_to_string(&file).expect("it is UTF-8");
            for (number, line) in without_tests(&text).lines().enumerate() {
                let code = line.split("//").next().unwrap_or("");
                for used in code.split("crate::").skip(1) {
                    let name: String = used.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                    let is_folder = !name.is_empty() && root().join(&name).is_dir();
                    if is_folder && name != *folder && !allowed.contains(&name.as_str()) {
                        wrong.push(format!("{}:{}: {folder} uses {name}", file.display(), number + 1));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The files of a folder that one of them names, by `super::` or by `crate::` and the folder. A folder inside is as one file.
fn neighbours(folder: &Path, name: &str, file: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(file).expect("it is UTF-8");
    let code = without_tests(&text).lines().map(|line| line.split("//").next().unwrap_or(""));
    let whole = format!("crate::{}::", folder.file_name().expect("it has a name").to_string_lossy());
    let names = code
        .flat_map(|line| line.split("super::").skip(1).chain(line.split(&whole).skip(1)).collect::<Vec<_>>())
        .map(|rest| rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>());
    let is_there = |used: &String| folder.join(format!("{used}.rs")).is_file() || folder.join(used).is_dir();
    names.filter(|used| !used.is_empty() && used != name && is_there(used)).collect()
}

#[test]
fn no_file_uses_itself_by_way_of_others() {
    for folder in WITHOUT_CIRCLES {
        let folder = root().join(folder);
        let mut left: Vec<(String, Vec<String>)> = sources(&folder)
            .into_iter()
            .filter(|file| !is_test_file(file))
            .map(|file| {
                let inside = file.strip_prefix(&folder).expect("it was found there").with_extension("");
                let name = inside.iter().next().expect("it has a name").to_string_lossy().into_owned();
                (name.clone(), neighbours(&folder, &name, &file))
            })
            .filter(|(name, _)| name != "mod")
            .collect();
        assert!(left.iter().any(|(_, uses)| !uses.is_empty()), "{}: nothing was found", folder.display());
        // What uses nothing that is left is in no circle.
        loop {
            let names: Vec<String> = left.iter().map(|(name, _)| name.clone()).collect();
            let before = left.len();
            left.retain(|(_, uses)| uses.iter().any(|used| names.contains(used)));
            if left.len() == before {
                break;
            }
        }
        assert!(left.is_empty(), "{}: circles among {left:?}", folder.display());
    }
}

#[test]
fn every_file_says_what_it_is_and_is_one_idea() {
    let mut wrong = Vec::new();
    for file in sources(&root()) {
        let text = std::fs::read_to_string(&file).expect("it is UTF-8");
        if !text.starts_with("//!") {
            wrong.push(format!("{}: does not open with //!", file.display()));
        }
        let lines = text.lines().count();
        if lines > LONGEST && !is_test_file(&file) {
            wrong.push(format!("{}: {lines} lines", file.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Where `unsafe` may stand. ARCHITECTURE.md says why.
const UNSAFE: &[&str] = &[
    "account/",
    "heap/",
    "eval/",
    "memory/",
    "posix/",
    "foreign/",
    "c_calls.rs",
    "io/descriptor.rs",
    "io/lingering.rs",
    "bin/vicar/system/",
];

#[test]
fn unsafe_blocks_stand_where_they_may() {
    let mut wrong = Vec::new();
    for file in sources(&root()).into_iter().filter(|f| !is_test_file(f)) {
        let text = std::fs::read_to_string(&file).expect("it is UTF-8");
        let inside = file.strip_prefix(root()).expect("it was found there").display().to_string();
        for (i, line) in without_tests(&text).lines().enumerate() {
            let code = line.split("//").next().unwrap_or("");
            let is_unsafe = code.contains("unsafe {") || code.contains("unsafe impl");
            if is_unsafe && !UNSAFE.iter().any(|place| inside.starts_with(place)) {
                wrong.push(format!("{}:{}: no place for unsafe", file.display(), i + 1));
            }
        }
        // That each block says why is a lint, which files of node functions do without: they have one contract.
        if text.contains("#![allow(clippy::undocumented_unsafe_blocks") && !text.contains("// SAFETY, for") {
            wrong.push(format!("{}: no contract for its unsafe blocks", file.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
