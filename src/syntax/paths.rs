//! From a library's name to the files it may be in: `(foo bar)` is `foo/bar.vicar.sls`, then `foo/bar.vicare.sls`, then
//! `foo/bar.sls`, below each directory of the library path.

use super::library::LibraryName;

/// What library files end with, the most particular first.
const SUFFIXES: [&str; 3] = [".vicar.sls", ".vicare.sls", ".sls"];

/// The paths to try below a directory of the library path, with `/` between their parts.
pub fn candidates(name: &LibraryName) -> Vec<String> {
    let stem: Vec<String> = name.identifiers.iter().map(|part| encode(part)).collect();
    let stem = stem.join("/");
    SUFFIXES.iter().map(|suffix| format!("{stem}{suffix}")).collect()
}

/// A part of a name as a file name: what a path could misread is written as `%` and two hexadecimal digits.
fn encode(part: &str) -> String {
    let dots = part.bytes().all(|b| b == b'.');
    let mut out = String::with_capacity(part.len());
    for c in part.chars() {
        match c {
            '/' | '\\' | '%' | ':' | '*' | '?' | '"' | '<' | '>' | '|' | '\0'..=' ' | '\x7f' => push(&mut out, c),
            '.' if dots => push(&mut out, c),
            _ => out.push(c),
        }
    }
    out
}

fn push(out: &mut String, c: char) {
    let mut buffer = [0; 4];
    for byte in c.encode_utf8(&mut buffer).bytes() {
        out.push_str(&format!("%{byte:02x}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_paths() {
        let name = |parts: &[&str]| LibraryName {
            identifiers: parts.iter().map(|&p| p.into()).collect(),
            version: Vec::new(),
        };
        assert_eq!(candidates(&name(&["foo", "bar"])), ["foo/bar.vicar.sls", "foo/bar.vicare.sls", "foo/bar.sls"]);
        assert_eq!(candidates(&name(&["srfi", ":1"]))[2], "srfi/%3a1.sls");
        assert_eq!(candidates(&name(&["..", "a/b", "λ*"]))[2], "%2e%2e/a%2fb/λ%2a.sls");
    }
}
