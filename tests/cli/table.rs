//! The tables of cases: parsing and printing, so that printing what was parsed gives the same text.

use crate::process::Outcome;
use std::fmt;

/// One text file: what stands before the first case, and the cases.
pub struct Table {
    preface: String,
    pub cases: Vec<Case>,
}

pub struct Case {
    pub name: String,
    /// What is given to the program, in the order of the table.
    pub sections: Vec<Section>,
    pub stdout: String,
    pub exit: i32,
    pub stderr: String,
}

pub struct Section {
    pub kind: Kind,
    /// Its lines, each with its end.
    pub body: String,
}

#[derive(PartialEq)]
pub enum Kind {
    /// `main.sps`, directly below the header.
    Main,
    File(String),
    Bytes(String),
    Folder(String),
    Stdin,
    Args(String),
    Eval,
    /// Too large for a collection at every safepoint.
    Large,
}

impl Case {
    fn new(name: &str) -> Case {
        // A case without expectation yet: the first update fills it in.
        Case { name: name.to_owned(), sections: Vec::new(), stdout: String::new(), exit: -1, stderr: String::new() }
    }

    /// Takes what happened for what is expected.
    pub fn expect(&mut self, outcome: &Outcome) {
        self.stdout = outcome.stdout.clone();
        self.exit = outcome.status;
        self.stderr = outcome.stderr.clone();
    }

    pub fn is_large(&self) -> bool {
        self.sections.iter().any(|s| s.kind == Kind::Large)
    }

    /// The arguments that the case is run with.
    pub fn arguments(&self) -> Vec<String> {
        let mut arguments = Vec::new();
        for section in &self.sections {
            match &section.kind {
                Kind::Args(line) => arguments.extend(split(line)),
                Kind::Eval => arguments.extend(["-e".to_owned(), section.body.trim_end().to_owned()]),
                _ => {}
            }
        }
        if arguments.is_empty() && self.sections.iter().all(|s| s.kind != Kind::Stdin) {
            arguments.push("main.sps".to_owned());
        }
        arguments
    }
}

pub fn parse(text: &str) -> Result<Table, String> {
    /// Where the next line of text belongs.
    enum Place {
        Preface,
        Section,
        Stdout,
        Stderr,
    }
    let mut table = Table { preface: String::new(), cases: Vec::new() };
    let mut place = Place::Preface;
    // Whether the standard output of this case ends without a line end.
    let mut unended = false;
    for (index, line) in text.split_inclusive('\n').enumerate() {
        let header = line.trim_end();
        if let Some(name) = header.strip_prefix("=== ") {
            let mut case = Case::new(name);
            case.sections.push(Section { kind: Kind::Main, body: String::new() });
            table.cases.push(case);
            place = Place::Section;
        } else if let (Some(words), Some(case)) = (header.strip_prefix("--- "), table.cases.last_mut()) {
            let (word, rest) = words.split_once(' ').unwrap_or((words, ""));
            let kind = match word {
                "file" => Some(Kind::File(rest.to_owned())),
                "bytes" => Some(Kind::Bytes(rest.to_owned())),
                "folder" => Some(Kind::Folder(rest.to_owned())),
                "stdin" => Some(Kind::Stdin),
                "args" => Some(Kind::Args(rest.to_owned())),
                "eval" => Some(Kind::Eval),
                "large" => Some(Kind::Large),
                "stdout" => {
                    place = Place::Stdout;
                    unended = rest == "unended";
                    None
                }
                "exit" => {
                    if unended {
                        case.stdout.truncate(case.stdout.trim_end_matches('\n').len());
                        unended = false;
                    }
                    case.exit = rest.parse().map_err(|_| format!("line {}: '{rest}' is no exit status", index + 1))?;
                    place = Place::Stderr;
                    None
                }
                _ => return Err(format!("line {}: there are no '{word}' sections", index + 1)),
            };
            if let Some(kind) = kind {
                case.sections.push(Section { kind, body: String::new() });
                place = Place::Section;
            }
        } else {
            match (&place, table.cases.last_mut()) {
                (Place::Section, Some(case)) => case.sections.last_mut().expect("has Main").body.push_str(line),
                (Place::Stdout, Some(case)) => case.stdout.push_str(line),
                (Place::Stderr, Some(case)) => case.stderr.push_str(line),
                _ => table.preface.push_str(line),
            }
        }
    }
    // The empty line between two cases belongs to neither.
    for case in &mut table.cases {
        if case.exit == -1
            && let Some(last) = case.sections.last_mut()
        {
            last.body.truncate(last.body.trim_end_matches('\n').len() + 1);
        }
        case.sections.retain(|s| s.kind != Kind::Main || !s.body.trim().is_empty());
        case.stderr.truncate(case.stderr.trim_end_matches('\n').len());
        if !case.stderr.is_empty() {
            case.stderr.push('\n');
        }
    }
    Ok(table)
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.preface)?;
        for (i, case) in self.cases.iter().enumerate() {
            if i > 0 {
                writeln!(f)?;
            }
            write!(f, "{case}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "=== {}", self.name)?;
        for Section { kind, body } in &self.sections {
            match kind {
                Kind::Main => {}
                Kind::File(path) => writeln!(f, "--- file {path}")?,
                Kind::Bytes(path) => writeln!(f, "--- bytes {path}")?,
                Kind::Folder(path) => writeln!(f, "--- folder {path}")?,
                Kind::Stdin => writeln!(f, "--- stdin")?,
                Kind::Args(line) => writeln!(f, "--- args {line}")?,
                Kind::Eval => writeln!(f, "--- eval")?,
                Kind::Large => writeln!(f, "--- large")?,
            }
            write!(f, "{body}")?;
        }
        if self.stdout.ends_with('\n') {
            write!(f, "--- stdout\n{}", self.stdout)?;
        } else if !self.stdout.is_empty() {
            write!(f, "--- stdout unended\n{}\n", self.stdout)?;
        }
        write!(f, "--- exit {}\n{}", self.exit, self.stderr)
    }
}

/// Words of a line, where '…' keeps spaces.
fn split(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = None;
    let mut quoted = false;
    for c in line.chars() {
        match c {
            '\'' => {
                quoted = !quoted;
                word.get_or_insert_with(String::new);
            }
            ' ' if !quoted => words.extend(word.take()),
            _ => word.get_or_insert_with(String::new).push(c),
        }
    }
    words.extend(word);
    words
}

/// The bytes of a `bytes` section.
pub fn unescape(body: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = body.replace('\n', "");
    while let Some(c) = rest.chars().next() {
        let escape = match rest.get(..2) {
            Some("\\n") => Some((2, b'\n')),
            Some("\\r") => Some((2, b'\r')),
            Some("\\t") => Some((2, b'\t')),
            Some("\\\\") => Some((2, b'\\')),
            Some("\\x") => {
                let digits = rest.get(2..4).and_then(|d| u8::from_str_radix(d, 16).ok());
                Some((4, digits.expect("\\x has two digits behind it")))
            }
            _ => None,
        };
        let used = match escape {
            Some((used, byte)) => {
                bytes.push(byte);
                used
            }
            None => {
                bytes.extend(rest[..c.len_utf8()].bytes());
                c.len_utf8()
            }
        };
        rest.drain(..used);
    }
    bytes
}

#[test]
fn printing_gives_back_what_was_parsed() {
    let text = "\
Preface, as long as it likes.

=== one
(import (rnrs base))

(car 5)
--- file lib/a.sls
(library (a) (export) (import))
--- args -L lib main.sps 'two words'
--- stdout
printed
--- exit 70
main.sps:3:1: message

    excerpt

=== two
--- bytes main.sps
\\xff\\n
--- folder empty
--- stdin
text
--- exit 0

=== three
--- eval
(exit 3)
--- stdout unended
no line end
--- exit 3
";
    let table = parse(text).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(table.to_string(), text);
    assert_eq!(table.cases[0].arguments(), ["-L", "lib", "main.sps", "two words"]);
    assert_eq!(table.cases[0].stdout, "printed\n");
    assert_eq!(table.cases[0].stderr, "main.sps:3:1: message\n\n    excerpt\n");
    assert_eq!(table.cases[1].arguments(), [""; 0]);
    assert_eq!(table.cases[2].stdout, "no line end");
    assert_eq!(unescape("\\xff\\n\\\\λ\n"), b"\xff\n\\\xce\xbb");
    assert_eq!(table.cases[2].arguments(), ["-e", "(exit 3)"]);
}

#[test]
fn a_new_case_needs_no_exit_section() {
    let table = parse("=== a\n(f)\n\n=== b\n--- eval\n(g)\n").unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(table.cases[0].sections[0].body, "(f)\n");
    assert_eq!(table.cases[0].exit, -1);
    assert_eq!(table.cases[1].arguments(), ["-e", "(g)"]);
}
