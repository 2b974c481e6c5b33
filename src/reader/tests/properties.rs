//! Properties of reading: of all texts, and of texts printed from data.

use proptest::prelude::*;

use super::super::{Datum, DatumId, Datums};
use super::{Mode, printer, read, read_source, rendered};
use crate::diagnostics::{FileId, Span};

/// Whatever a text is, reading it gives data whose spans nest, or an error that can be shown.
pub fn check_invariants(text: &str, mode: Mode) {
    match read_source(text, FileId(0), mode) {
        Ok((datums, ids)) => {
            let whole = Span::new(FileId(0), 0, text.len() as u32);
            check_parts(text, &datums, whole, &ids);
            let printed: Vec<String> = ids.iter().map(|&id| printer::print(&datums, id)).collect();
            let printed = printed.join(" ");
            assert_eq!(read(&printed, Mode::Vicare).as_ref(), Ok(&printed), "from {text:?}");
        }
        Err(error) => {
            let span = error.span();
            assert!(span.start <= span.end && span.end as usize <= text.len(), "{span:?} in {text:?}");
            assert!(text.is_char_boundary(span.start as usize) && text.is_char_boundary(span.end as usize), "{text:?}");
            assert!(!error.message().chars().any(char::is_control), "{:?}", error.message());
            for (label, _) in &error.diagnostic().labels {
                assert!(label.start <= label.end && label.end as usize <= text.len(), "{label:?} in {text:?}");
            }
            assert!(rendered(text, mode).starts_with("f:"));
            if error.is_incomplete() {
                // What is incomplete stays so, whatever went before it.
                assert!(read_source(&format!("() {text}"), FileId(0), mode).is_err());
            }
        }
    }
}

/// The parts of each datum lie inside of it, in order, on boundaries of characters.
fn check_parts(text: &str, datums: &Datums, whole: Span, ids: &[DatumId]) {
    let mut work = vec![(whole, datums.len(), ids.to_vec())];
    while let Some((outer, before, parts)) = work.pop() {
        let mut at = outer.start;
        for id in parts {
            assert!(id.index() < before, "{text:?}");
            let span = datums.span(id);
            assert!(
                outer.contains(span) && at <= span.start && span.start < span.end,
                "{span:?} in {outer:?} of {text:?}"
            );
            assert!(text.get(span.start as usize..span.end as usize).is_some(), "{text:?}");
            at = span.end;
            match datums.datum(id) {
                Datum::List { items, tail } => {
                    work.push((span, id.index(), items.iter().copied().chain(tail).collect()))
                }
                Datum::Vector(items) => work.push((span, id.index(), items.to_vec())),
                Datum::Labelled(label, datum) => {
                    assert!(datums.labelled(label).is_some());
                    work.push((span, id.index(), vec![datum]));
                }
                Datum::Reference(label) => {
                    let target = datums.datum(datums.labelled(label).unwrap());
                    assert!(!matches!(target, Datum::Labelled(..) | Datum::Reference(_)), "{text:?}");
                }
                _ => {}
            }
        }
    }
}

/// Data as they can be generated.
#[derive(Clone, Debug)]
enum Tree {
    Leaf(String),
    List(Vec<Tree>, Option<Box<Tree>>),
    Vector(Vec<Tree>),
    Quote(&'static str, &'static str, Box<Tree>),
}

/// The one notation that the printer writes.
fn plain(tree: &Tree) -> String {
    let all = |trees: &[Tree]| trees.iter().map(plain).collect::<Vec<_>>().join(" ");
    match tree {
        Tree::Leaf(text) => text.clone(),
        Tree::List(items, None) => format!("({})", all(items)),
        Tree::List(items, Some(tail)) => format!("({} . {})", all(items), plain(tail)),
        Tree::Vector(items) => format!("#({})", all(items)),
        Tree::Quote(_, name, datum) => format!("({name} {})", plain(datum)),
    }
}

/// The same data with brackets, abbreviations, comments and all kinds of space.
fn fancy(tree: &Tree, spaces: &[String], at: &mut usize) -> String {
    let mut space = || {
        *at += 1;
        spaces[*at % spaces.len()].clone()
    };
    let bracket = space().len().is_multiple_of(2);
    let before = space();
    let after = space();
    let mut all = |trees: &[Tree]| trees.iter().map(|tree| fancy(tree, spaces, at)).collect::<Vec<_>>().join(" ");
    match tree {
        Tree::Leaf(text) => text.clone(),
        Tree::Vector(items) => format!("#({before}{}{after})", all(items)),
        Tree::Quote(prefix, _, datum) => {
            format!("{prefix}{before}{}", all(std::slice::from_ref(datum)))
        }
        Tree::List(items, tail) => {
            let (open, close) = if bracket { ("[", "]") } else { ("(", ")") };
            let items = all(items);
            let tail =
                tail.as_ref().map_or(String::new(), |tail| format!(" .{before} {}", all(std::slice::from_ref(tail))));
            format!("{open}{before}{items}{tail}{after}{close}")
        }
    }
}

fn tree() -> impl Strategy<Value = Tree> {
    let symbol = ("[a-z]", any::<String>()).prop_map(|(first, rest)| {
        let text = first + &rest;
        let mut out = String::new();
        printer::symbol(&text, &mut out);
        out
    });
    let string = any::<String>().prop_map(|text| {
        let mut out = String::new();
        printer::string(&text, &mut out);
        out
    });
    let character = any::<char>().prop_map(|c| format!("#\\x{:X}", c as u32));
    let number = prop_oneof![
        "[+-]?[0-9]{1,30}",
        "[+-]?[0-9]{1,5}/[1-9][0-9]{0,5}",
        "[+-]?[0-9]{1,5}\\.[0-9]{0,5}([eE][+-]?[0-9]{1,3})?",
        "#x[+-]?[0-9a-fA-F]{1,20}",
        "[0-9]{1,3}[+-][0-9]{1,3}i",
    ];
    let bytes = proptest::collection::vec(any::<u8>(), 0..8)
        .prop_map(|bytes| format!("#vu8({})", bytes.iter().map(u8::to_string).collect::<Vec<_>>().join(" ")));
    let other =
        prop_oneof![Just("#t".to_string()), Just("#f".to_string()), Just("...".to_string()), Just("+".to_string())];
    let leaf = prop_oneof![symbol, string, character, number, bytes, other].prop_map(Tree::Leaf);
    leaf.prop_recursive(6, 60, 6, |inner| {
        let items = proptest::collection::vec(inner.clone(), 0..6);
        let some = proptest::collection::vec(inner.clone(), 1..6);
        let prefixes = [
            ("'", "quote"),
            ("`", "quasiquote"),
            (",", "unquote"),
            (",@", "unquote-splicing"),
            ("#'", "syntax"),
            ("#`", "quasisyntax"),
            ("#,", "unsyntax"),
            ("#,@", "unsyntax-splicing"),
        ];
        prop_oneof![
            items.clone().prop_map(|items| Tree::List(items, None)),
            (some, inner.clone()).prop_map(|(items, tail)| Tree::List(items, Some(Box::new(tail)))),
            items.prop_map(Tree::Vector),
            (proptest::sample::select(prefixes.to_vec()), inner).prop_map(|((prefix, name), datum)| Tree::Quote(
                prefix,
                name,
                Box::new(datum)
            )),
        ]
    })
}

fn space() -> impl Strategy<Value = String> {
    prop_oneof![
        " {1,3}",
        Just("\r\n\t".to_string()),
        Just("; ) \" |#\n".to_string()),
        Just("#| ( #| nested |# \" |#".to_string()),
        Just("#;(a . #(b \"c\")) ".to_string()),
        Just("\u{A0}\u{2028}".to_string()),
        Just("#!r6rs\n".to_string()),
    ]
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in any::<String>()) {
        check_invariants(&text, Mode::R6rs);
        check_invariants(&text, Mode::Vicare);
    }

    #[test]
    fn any_text_of_schemes_characters_is_read_or_refused(text in "[()\\[\\]{}'`,@#;|\\\\\".+0-9a-x \n!:=λ-]{0,40}") {
        check_invariants(&text, Mode::R6rs);
        check_invariants(&text, Mode::Vicare);
    }

    #[test]
    fn any_bytes_are_text_or_not(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        match super::super::decode_utf8(bytes.clone()) {
            Ok(text) => check_invariants(&text, Mode::Vicare),
            Err(error) => {
                prop_assert!(std::str::from_utf8(&bytes[..error.offset]).is_ok());
                prop_assert_eq!(bytes[error.offset], error.byte);
                prop_assert_eq!(error.shown[error.offset..].chars().next(), Some(char::REPLACEMENT_CHARACTER));
            }
        }
    }

    #[test]
    fn what_is_printed_is_read_back(tree in tree()) {
        let text = plain(&tree);
        prop_assert_eq!(read(&text, Mode::R6rs), Ok(text.clone()));
        prop_assert_eq!(read(&text, Mode::Vicare), Ok(text));
    }

    #[test]
    fn notation_does_not_matter(tree in tree(), spaces in proptest::collection::vec(space(), 1..8)) {
        let text = fancy(&tree, &spaces, &mut 0);
        prop_assert_eq!(read(&text, Mode::R6rs), Ok(plain(&tree)), "from {:?}", text);
    }
}
