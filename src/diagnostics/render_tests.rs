//! Rendered messages, each whole.

use super::super::{FileId, Span};
use super::*;

fn render_in(text: &str, make: impl FnOnce(FileId) -> Diagnostic) -> String {
    let mut sources = SourceMap::new();
    let file = sources.add_file("f.sps", text);
    make(file).render(&sources, Style::Plain)
}

/// The excerpt of an error at a byte range: all but the first line and the blank one after it.
#[track_caller]
fn check(text: &str, start: usize, end: usize, place: &str, excerpt: [&str; 2]) {
    let message = render_in(text, |file| Diagnostic::error(Span::new(file, start as u32, end as u32), "what"));
    let [source, marks] = excerpt;
    assert_eq!(message, format!("f.sps:{place}: error: what\n   |\n{source}\n{marks}\n"));
}

#[test]
fn the_text_of_the_span_is_marked() {
    check("(a\n  (b c))\n", 6, 7, "2:4", [" 2 |   (b c))", "   |    ^"]);
    check("(b c)", 1, 4, "1:2", [" 1 | (b c)", "   |  ^^^"]);
}

#[test]
fn empty_files_and_ends_have_a_caret() {
    check("", 0, 0, "1:1", [" 1 |", "   | ^"]);
    check("abc", 3, 3, "1:4", [" 1 | abc", "   |    ^"]);
    check("abc\n", 4, 4, "2:1", [" 2 |", "   | ^"]);
    check("abc", 70, 90, "1:4", [" 1 | abc", "   |    ^"]);
    check("abc", 2, 1, "1:3", [" 1 | abc", "   |   ^"]);
}

#[test]
fn a_span_of_several_lines_is_marked_to_the_end_of_the_first() {
    check("abc (d\n e f\n", 4, 11, "1:5", [" 1 | abc (d", "   |     ^^..."]);
    check("abc (d\r\n e f\n", 4, 8, "1:5", [" 1 | abc (d", "   |     ^^"]);
}

#[test]
fn carets_stand_under_what_they_mark() {
    check("\tfoo\t(bar)", 5, 10, "1:6", [" 1 |     foo (bar)", "   |         ^^^^^"]);
    check("(日本 語)", 8, 11, "1:5", [" 1 | (日本 語)", "   |       ^^"]);
    check("(e\u{301} x)", 5, 6, "1:5", [" 1 | (e\u{301} x)", "   |    ^"]);
}

#[test]
fn text_cannot_drive_the_terminal() {
    check("\x1b[31m evil \u{202E}", 10, 14, "1:11", [" 1 | ␛[31m evil \u{FFFD}", "   |           ^^"]);
    let diagnostic = Diagnostic::error(Span::NONE, "a\x1bb\u{9b}\nc");
    assert_eq!(diagnostic.render(&SourceMap::new(), Style::Plain), "error: a␛b\u{FFFD}\nc\n");
    let mut sources = SourceMap::new();
    let file = sources.add_file("a\n\x07.sps", "x");
    let message = Diagnostic::error(Span::at(file, 0), "what").render(&sources, Style::Plain);
    assert!(message.starts_with("a␊␇.sps:1:1: error: what\n"), "{message}");
}

#[test]
fn long_lines_are_cut_around_the_mark() {
    let long = format!("{}(here){}", "x".repeat(300), "日".repeat(300));
    let source = format!(" 1 | …{}(here){}…", "x".repeat(50), "日".repeat(27));
    check(&long, 300, 306, "1:301", [&source, &format!("   | {}^^^^^^", " ".repeat(51))]);
    let source = format!(" 1 | {}…", "x".repeat(110));
    check(&long, 20, 26, "1:21", [&source, &format!("   | {}^^^^^^", " ".repeat(20))]);
    check(&long, 5, 50000, "1:6", [&source, &format!("   | {}{}", " ".repeat(5), "^".repeat(105))]);
    let source = format!(" 1 | …{}", "日".repeat(26));
    check(&long, 1203, 1206, "1:606", [&source, &format!("   | {}^^", " ".repeat(51))]);
    // A megabyte of characters without width is cut too.
    let message = render_in(&"\u{301}".repeat(500_000), |file| Diagnostic::error(Span::new(file, 1000, 1002), "what"));
    assert!(message.len() < 4096);
}

#[test]
fn labels_help_and_notes_follow() {
    let text = "#!r6rs\n(import (vicare)\n  (prefix (vicare posix) px.)\n\n\n\n\n\n\n(define shm.pathname\n  1)\n";
    let message = render_in(text, |file| {
        let import = Span::new(file, 7, 8);
        Diagnostic::error(import, "this list is never closed")
            .with_label(import, "opened here")
            .with_label(Span::new(file, 60, 80), "it was probably meant to end before this")
            .with_label(Span::new(file, 26, 32), "in\nbetween")
            .with_help("close it\nsoon")
            .with_note("lists end")
    });
    let expected = "\
f.sps:2:1: error: this list is never closed
    |
  2 | (import (vicare)
    | ^ opened here
  3 |   (prefix (vicare posix) px.)
    |   ------ in␊between
...
 10 | (define shm.pathname
    | -------------------- it was probably meant to end before this
    = help: close it
            soon
    = note: lists end
";
    assert_eq!(message, expected);
}

#[test]
fn two_marks_share_the_excerpt_of_their_line() {
    let message = render_in("(a . b . c)", |file| {
        Diagnostic::error(Span::new(file, 7, 8), "second dot").with_label(Span::new(file, 3, 4), "first")
    });
    let expected = "f.sps:1:8: error: second dot\n   |\n 1 | (a . b . c)\n   |    - first\n   |        ^\n";
    assert_eq!(message, expected);
}

#[test]
fn labels_in_other_files_come_last() {
    let mut sources = SourceMap::new();
    let library = sources.add_file("lib.sls", "(define-syntax m\n  (f))");
    let program = sources.add_file("f.sps", "(m)");
    let diagnostic = Diagnostic::error(Span::new(program, 0, 3), "unbound identifier f")
        .with_label(Span::new(library, 20, 21), "expanded here")
        .with_label(Span::NONE, "nowhere");
    let expected = "\
f.sps:1:1: error: unbound identifier f
   |
 1 | (m)
   | ^^^
  --> lib.sls:2:4
   |
 2 |   (f))
   |    - expanded here
";
    assert_eq!(diagnostic.render(&sources, Style::Plain), expected);
}

#[test]
fn without_a_place_there_is_no_excerpt() {
    let diagnostic = Diagnostic::warning(Span::NONE, "what").with_help("try").with_note("one\ntwo");
    let expected = "warning: what\n  = help: try\n  = note: one\n          two\n";
    assert_eq!(diagnostic.render(&SourceMap::new(), Style::Plain), expected);
}

#[test]
fn colour_changes_nothing_but_colour() {
    let mut sources = SourceMap::new();
    let file = sources.add_file("f.sps", "(a . b . c)");
    let diagnostic = Diagnostic::error(Span::new(file, 7, 8), "second dot")
        .with_label(Span::new(file, 3, 4), "first")
        .with_help("remove one");
    let coloured = diagnostic.render(&sources, Style::Colour);
    assert!(coloured.contains("\x1b[1;31merror\x1b[0m"), "{coloured}");
    let mut plain = String::new();
    for (index, part) in coloured.split("\x1b[").enumerate() {
        plain.push_str(if index == 0 { part } else { part.split_once('m').unwrap().1 });
    }
    assert_eq!(plain, diagnostic.render(&sources, Style::Plain));
}
