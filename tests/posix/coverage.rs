//! Which names the checks of a test program depend on: those in a check, those in what a check's names are defined or bound to,
//! and what is given to a procedure, or macro, that checks it. A name that is only called, with nobody looking, does not count.

use std::collections::BTreeSet;

/// A datum, as far as it matters here: quotation marks, texts and characters are left out.
enum Datum {
    Word(String),
    /// The bracket that begins it.
    List(char, Vec<Datum>),
}

type Words = BTreeSet<String>;

/// The names that the program's checks depend on.
pub fn checked(text: &str) -> Words {
    let forms = read(text);
    let mut checks: Words = ["check", "check-values", "check-error", "check-one-of", "check-write", "check-approx"]
        .map(str::to_owned)
        .into();
    // Procedures and macros of the program that check are checks.
    while forms.iter().any(|form| find_checks(form, &mut checks)) {}
    let (mut live, mut bindings) = (Words::new(), Vec::new());
    forms.iter().for_each(|form| visit(form, &checks, &mut live, &mut bindings));
    loop {
        let before = bindings.len();
        bindings.retain(|(names, form)| {
            let unused = names.is_disjoint(&live);
            if !unused {
                words(form, &mut live);
            }
            unused
        });
        if bindings.len() == before {
            return live;
        }
    }
}

/// Adds the definitions of things that check; whether there were new ones.
fn find_checks(datum: &Datum, checks: &mut Words) -> bool {
    let Datum::List(_, items) = datum else { return false };
    let mut found = false;
    if let (Some("define" | "define-syntax"), Some(name)) = (head(datum), items.get(1).and_then(first)) {
        found = !all_words(datum).is_disjoint(checks) && checks.insert(name.to_owned());
    }
    items.iter().fold(found, |found, item| find_checks(item, checks) | found)
}

fn visit<'a>(datum: &'a Datum, checks: &Words, live: &mut Words, bindings: &mut Vec<(Words, &'a Datum)>) {
    let Datum::List(bracket, items) = datum else { return };
    match head(datum) {
        Some(name) if checks.contains(name) => words(datum, live),
        Some("for-each" | "map" | "vector-for-each") if !all_words(&items[1]).is_disjoint(checks) => words(datum, live),
        Some("define" | "define-syntax" | "define*" | "set!") => {
            bindings.push((items.get(1).and_then(first).map(str::to_owned).into_iter().collect(), datum));
        }
        Some("define-values") => bindings.push((all_words(&items[1]), datum)),
        _ if *bracket == '[' && items.len() > 1 => bindings.push((all_words(&items[0]), datum)),
        _ => {}
    }
    items.iter().for_each(|item| visit(item, checks, live, bindings));
}

/// The word that a list begins with.
fn head(datum: &Datum) -> Option<&str> {
    match datum {
        Datum::List(_, items) => match items.first() {
            Some(Datum::Word(word)) => Some(word),
            _ => None,
        },
        Datum::Word(_) => None,
    }
}

/// The first word, however deep.
fn first(datum: &Datum) -> Option<&str> {
    match datum {
        Datum::Word(word) => Some(word),
        Datum::List(_, items) => items.first().and_then(first),
    }
}

fn words(datum: &Datum, found: &mut Words) {
    match datum {
        Datum::Word(word) => {
            found.insert(word.clone());
        }
        Datum::List(_, items) => items.iter().for_each(|item| words(item, found)),
    }
}

fn all_words(datum: &Datum) -> Words {
    let mut found = Words::new();
    words(datum, &mut found);
    found
}

fn read(text: &str) -> Vec<Datum> {
    let mut open = vec![('(', Vec::new())];
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let (_, items) = open.last_mut().expect("the outermost list stays");
        let next = match c {
            ';' => rest.find('\n').unwrap_or(rest.len()),
            '"' => text_length(rest),
            '(' | '[' => {
                open.push((c, Vec::new()));
                1
            }
            ')' | ']' => {
                let (bracket, items) = open.pop().expect("there is one open");
                open.last_mut().expect("programs are balanced").1.push(Datum::List(bracket, items));
                1
            }
            _ if rest.starts_with("#|") => rest.find("|#").map_or(rest.len(), |at| at + 2),
            _ if rest.starts_with("#\\") => {
                let character = 2 + rest[2..].chars().next().map_or(0, char::len_utf8);
                character + word_length(&rest[character..])
            }
            _ if c.is_whitespace() || "'`,@".contains(c) => c.len_utf8(),
            _ => {
                let length = word_length(rest).max(c.len_utf8());
                items.push(Datum::Word(rest[..length].to_owned()));
                length
            }
        };
        rest = &rest[next..];
    }
    open.pop().expect("programs are balanced").1
}

fn word_length(rest: &str) -> usize {
    rest.find(|c: char| c.is_whitespace() || "()[]\";'`,".contains(c)).unwrap_or(rest.len())
}

fn text_length(rest: &str) -> usize {
    let mut escaped = false;
    let end = rest.char_indices().skip(1).find(|&(_, c)| {
        let ends = c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        ends
    });
    end.map_or(rest.len(), |(at, _)| at + 1)
}

#[test]
fn only_what_a_check_depends_on_counts() {
    let program = r#"
        (called 1)                                  ; nobody looks
        (define (helper x) (used-by-helper x))
        (define (lonely x) (not-used x))
        (define-syntax check-both (syntax-rules () [(_ f) (begin (check (f 1) => 2))]))
        (check (helper "(quoted) text") => #\()
        (check-both by-macro)
        (for-each (lambda (f) (check (f) => 1)) (list by-loop))
        (let ([x (bound 1)] [y (unlooked 2)]) (effect y) (check x => 1))
    "#;
    let names = checked(program);
    let is = |name: &&str| names.contains(*name);
    let counted = ["helper", "used-by-helper", "by-macro", "by-loop", "bound"];
    assert!(counted.iter().all(is), "{names:?}");
    let not_counted = ["called", "lonely", "not-used", "unlooked", "effect", "quoted"];
    assert!(!not_counted.iter().any(is), "{names:?}");
}
