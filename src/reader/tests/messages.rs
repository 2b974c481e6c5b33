//! What is said about malformed texts: every message whole, with its place and its help.

use super::super::ReadError;
use super::{Mode, located, read_source, rendered};
use crate::diagnostics::FileId;

/// Whether more text could mend it.
#[derive(PartialEq, Debug)]
enum Kind {
    Incomplete,
    Wrong,
}

use Kind::{Incomplete, Wrong};

const MESSAGES: &[(&str, Kind, &str)] = &[
    ("(a (b (c (d", Incomplete, "1:10: this list is never closed\nhelp: add a `)` where it ends"),
    ("(define x '(\n1 2\n3 4\n", Incomplete, "1:12: this list is never closed\nhelp: add a `)` where it ends"),
    ("(a\n(b\n(c\n", Incomplete, "3:1: this list is never closed\nhelp: add a `)` where it ends"),
    (
        "(define x\n  \"abc)\n(display x)\n",
        Incomplete,
        "2:3: this string is never closed\nhelp: add a `\"` where it ends; if this `\"` was meant to end a string, look for a missing one before it",
    ),
    (
        "(a b))\n",
        Wrong,
        "1:6: there is no open list that this `)` could close\nhelp: remove the `)`, or look for one too many in what comes before",
    ),
    (")", Wrong, "1:1: there is no open list that this `)` could close\nhelp: remove the `)`"),
    ("(a ]", Wrong, "1:4: `]` cannot close what `(` opened\nhelp: write `)` instead of `]`"),
    ("[a (b c]", Wrong, "1:8: `]` cannot close what `(` opened\nhelp: add the missing `)` before the `]`"),
    (
        "(a . b c)",
        Wrong,
        "1:8: more than one datum follows the dot\nhelp: the list must end after one datum; leave the dot out, or the rest",
    ),
    ("(a . )", Wrong, "1:6: a datum must follow the dot, but the list ends"),
    (
        "( . a)",
        Wrong,
        "1:3: a dot cannot be the first in a list\nhelp: at least one datum must come before it, as in `(a . b)`",
    ),
    ("(a . b . c)", Wrong, "1:8: a second dot in the same list"),
    ("#(a . b)", Wrong, "1:5: a vector has no dot\nhelp: leave the dot out"),
    (
        "a . b",
        Wrong,
        "1:3: a dot stands outside of any list\nhelp: a dot may stand only before the last datum of a list",
    ),
    ("(a '. b)", Wrong, "1:5: a dot stands where a datum must\nhelp: a dot is not a datum"),
    ("#vu8(1 . 2)", Wrong, "1:8: a bytevector has no dot\nhelp: leave the dot out"),
    ("(a ')", Wrong, "1:5: a datum must follow `'`, but `)` does"),
    ("'", Incomplete, "1:1: a datum must follow `'`, but the input ends"),
    ("#;", Incomplete, "1:1: a datum must follow `#;`, but the input ends"),
    ("(a #;", Incomplete, "1:4: a datum must follow `#;`, but the input ends"),
    ("(a #;)", Wrong, "1:6: a datum must follow `#;`, but `)` does"),
    ("#0=", Incomplete, "1:1: a datum must follow `#0=`, but the input ends"),
    ("(#0=)", Wrong, "1:5: a datum must follow `#0=`, but `)` does"),
    ("#ci", Incomplete, "1:1: a datum must follow `#ci` or `#cs`, but the input ends"),
    ("#", Incomplete, "1:1: the input ends after `#`"),
    ("# a", Wrong, "1:1: unknown syntax `# a`\nhelp: nothing stands between `#` and what belongs to it"),
    (
        "#foo",
        Wrong,
        "1:1: unknown syntax `#foo`\nhelp: `#` begins #t #f #\\a #(…) #vu8(…) #'… #`… #,… #,@… #; #| #! #x10, and in identifiers it cannot be",
    ),
    ("#true", Wrong, "1:1: unknown syntax `#true`\nhelp: write `#t`"),
    ("#u8(1)", Wrong, "1:1: unknown syntax `#u8`\nhelp: a bytevector is written `#vu8(1 2 3)`"),
    (
        "#<procedure f>",
        Wrong,
        "1:1: unknown syntax `#<procedure`\nhelp: this is how an object is shown that cannot be read",
    ),
    ("#[1 2]", Wrong, "1:1: unknown syntax `#[1`\nhelp: a vector is written `#(1 2 3)`"),
    (
        "#vu9(1)",
        Wrong,
        "1:1: unknown syntax `#vu9`\nhelp: a bytevector is written `#vu8(1 2 3)`; other elements are vs8, vu16l, vf8b and their like",
    ),
    ("#vu8 (1)", Wrong, "1:1: `(` must follow the prefix of a bytevector, but a space does"),
    ("#vu8", Incomplete, "1:1: `(` must follow the prefix of a bytevector, but the end of the input does"),
    (
        "#&a",
        Wrong,
        "1:1: unknown syntax `#&a`\nhelp: `#` begins #t #f #\\a #(…) #vu8(…) #'… #`… #,… #,@… #; #| #! #x10, and in identifiers it cannot be",
    ),
    (
        "#!foo",
        Wrong,
        "1:1: unknown `#!foo`\nhelp: known are #!r6rs #!vicare #!ikarus #!fold-case #!no-fold-case #!eof #!void #!unbound #!bwp #!would-block",
    ),
    ("#!r5rs", Wrong, "1:1: unknown `#!r5rs`\nhelp: write `#!r6rs`"),
    (
        "#!fold",
        Wrong,
        "1:1: unknown `#!fold`\nhelp: known are #!r6rs #!vicare #!ikarus #!fold-case #!no-fold-case #!eof #!void #!unbound #!bwp #!would-block",
    ),
    ("a\n#!/bin/sh\n", Wrong, "2:1: unknown `#!/bin/sh`\nhelp: such a line must be the first of a file"),
    (
        "1a",
        Wrong,
        "1:1: `1a` is neither a number nor an identifier\nhelp: an identifier cannot begin with a digit; is there a space missing?",
    ),
    (
        "1+",
        Wrong,
        "1:1: `1+` is neither a number nor an identifier\nhelp: an identifier cannot begin with a digit; is there a space missing?",
    ),
    ("0x1F", Wrong, "1:1: `0x1F` is neither a number nor an identifier\nhelp: a radix is written with `#`: `#x1F`"),
    ("-0x1F", Wrong, "1:1: `-0x1F` is neither a number nor an identifier\nhelp: a radix is written with `#`: `#x-1F`"),
    ("..", Wrong, "1:1: `..` is neither a number nor an identifier\nhelp: the only identifier of dots is `...`"),
    (
        "-foo",
        Wrong,
        "1:1: `-foo` is neither a number nor an identifier\nhelp: an identifier cannot begin with a sign or a dot, but for `+`, `-`, `...` and `->anything`\nhelp: if it is meant, write it as `\\x2D;foo`",
    ),
    ("+inf", Wrong, "1:1: `+inf` is neither a number nor an identifier\nhelp: write `+inf.0`"),
    (
        "#xfg",
        Wrong,
        "1:1: `#xfg` is not a number\nhelp: a number is a radix (#b #o #d #x) and an exactness (#e #i), each at most once, and digits of the radix",
    ),
    (
        "#e1e1000000000",
        Wrong,
        "1:1: there is no number `#e1e1000000000`\nhelp: an exact number with such an exponent would be too large; \
         leave `#e` out, or use `expt`",
    ),
    ("1/0", Wrong, "1:1: there is no number `1/0`\nhelp: the denominator is zero"),
    ("#e+inf.0", Wrong, "1:1: there is no number `#e+inf.0`\nhelp: infinities and NaN are not exact; leave `#e` out"),
    (
        "12345678901234567890123456789012345678901234567890x",
        Wrong,
        "1:1: `1234567890123456789012345678901234567890…` is neither a number nor an identifier\nhelp: an identifier cannot begin with a digit; is there a space missing?",
    ),
    (
        "#\\foo",
        Wrong,
        "1:1: there is no character named `foo`\nhelp: a character is `#\\` and one character, `x` and a code, or one of nul alarm backspace tab linefeed newline vtab page return esc space delete",
    ),
    ("#\\Space", Wrong, "1:1: there is no character named `Space`\nhelp: write `#\\space`"),
    ("#\\null", Wrong, "1:1: there is no character named `null`\nhelp: write `#\\nul`"),
    ("#\\u41", Wrong, "1:1: there is no character named `u41`\nhelp: write `#\\x41`"),
    ("#\\U+41", Wrong, "1:1: there is no character named `U+41`\nhelp: write `#\\x41`"),
    (
        "#\\xD800",
        Wrong,
        "1:1: U+D800 is a surrogate, not a character\nhelp: write the character itself, or the code of the whole character",
    ),
    ("#\\x110000", Wrong, "1:1: the code is beyond the last character, U+10FFFF"),
    ("#\\ab", Wrong, "1:1: there is no character named `ab`\nhelp: write `#\\tab`"),
    ("#\\(x)", Wrong, "1:1: a space or a delimiter is missing after a character"),
    ("#\\", Incomplete, "1:1: a character must follow `#\\`"),
    (
        "#\\λx",
        Wrong,
        "1:1: there is no character named `λx`\nhelp: a character is `#\\` and one character, `x` and a code, or one of nul alarm backspace tab linefeed newline vtab page return esc space delete",
    ),
    (
        "\"abc",
        Incomplete,
        "1:1: this string is never closed\nhelp: add a `\"` where it ends; if this `\"` was meant to end a string, look for a missing one before it",
    ),
    (
        "\"\\q\"",
        Wrong,
        "1:2: no escape sequence begins with a backslash and `q`\nhelp: those of strings are \\a \\b \\t \\n \\v \\f \\r \\\" \\\\ \\xHEX; and a backslash at the end of a line",
    ),
    ("\"\\x41\"", Wrong, "1:2: an escape `\\xHEX` must end with `;`, but `\"` follows"),
    ("\"\\x;\"", Wrong, "1:2: there are no hexadecimal digits in `\\x;`"),
    ("\"\\xg;\"", Wrong, "1:2: hexadecimal digits must follow `\\x`, but `g` does"),
    ("\"\\x110000;\"", Wrong, "1:2: the code is beyond the last character, U+10FFFF"),
    (
        "\"\\xDFFF;\"",
        Wrong,
        "1:2: U+DFFF is a surrogate, not a character\nhelp: write the character itself, or the code of the whole character",
    ),
    (
        "\"a\\ b\"",
        Wrong,
        "1:3: after a backslash and spaces in a string the line must end\nhelp: write `\\\\` for a backslash",
    ),
    (
        "\"\\u0041\"",
        Wrong,
        "1:2: no escape sequence begins with a backslash and `u`\nhelp: a character is written by its code as `\\xHEX;`, as in `\\x3BB;`",
    ),
    (
        "\"\\",
        Incomplete,
        "1:1: this string is never closed\nhelp: add a `\"` where it ends; if this `\"` was meant to end a string, look for a missing one before it",
    ),
    ("|abc", Incomplete, "1:1: the symbol that begins with this `|` is never closed\nhelp: add a `|` where it ends"),
    (
        "|a\\qb|",
        Wrong,
        "1:3: no escape sequence begins with a backslash and `q`\nhelp: those of strings are \\a \\b \\t \\n \\v \\f \\r \\\" \\\\ \\xHEX; and a backslash at the end of a line",
    ),
    ("|a|b", Wrong, "1:1: a space or a delimiter is missing after a symbol between `|`"),
    ("#| a #| b |#", Incomplete, "1:1: this block comment is never closed\nhelp: add `|#` where it ends"),
    ("#|", Incomplete, "1:1: this block comment is never closed\nhelp: add `|#` where it ends"),
    (
        "a\\b",
        Wrong,
        "1:2: in an identifier only `\\xHEX;` may follow a backslash\nhelp: a character is written `#\\a`, a string `\"a\"`",
    ),
    (
        "\\",
        Incomplete,
        "1:1: in an identifier only `\\xHEX;` may follow a backslash\nhelp: a character is written `#\\a`, a string `\"a\"`",
    ),
    ("a'b", Wrong, "1:2: `'` cannot be part of an identifier\nhelp: put a space before it"),
    ("a|b", Wrong, "1:2: `|` cannot be part of an identifier\nhelp: if it is meant, write it as `\\x7C;`"),
    ("a{b", Incomplete, "1:2: this list is never closed\nhelp: add a `}` where it ends"),
    ("“a”", Wrong, "1:1: `“` (U+201C) cannot begin a datum\nhelp: this is a typographic quotation mark; write `\"`"),
    ("‘a", Wrong, "1:1: `‘` (U+2018) cannot begin a datum\nhelp: this is a typographic quotation mark; write `'`"),
    (
        "a\u{200b}b",
        Wrong,
        "1:2: the character U+200B cannot be part of an identifier\nhelp: the character is invisible; remove it",
    ),
    ("\u{200b}", Wrong, "1:1: the character U+200B cannot begin a datum\nhelp: the character is invisible; remove it"),
    ("\0", Wrong, "1:1: the character NUL (U+0000) cannot begin a datum"),
    (
        "a\u{7}",
        Wrong,
        "1:2: the character U+0007 cannot be part of an identifier\nhelp: if it is meant, write it as `\\x7;`",
    ),
    (
        "\u{feff}\u{feff}",
        Wrong,
        "1:2: the character U+FEFF cannot begin a datum\nhelp: the character is invisible; remove it",
    ),
    ("»", Wrong, "1:1: `»` (U+00BB) cannot begin a datum\nhelp: this is a typographic quotation mark; write `\"`"),
    (
        "#vu8(256)",
        Wrong,
        "1:6: `256` cannot be an element of a bytevector `#vu8`\nhelp: its elements are the exact integers from 0 to 255",
    ),
    (
        "#vu8(-1)",
        Wrong,
        "1:6: `-1` cannot be an element of a bytevector `#vu8`\nhelp: its elements are the exact integers from 0 to 255",
    ),
    (
        "#vu8(1.0)",
        Wrong,
        "1:6: `1.0` cannot be an element of a bytevector `#vu8`\nhelp: its elements are the exact integers from 0 to 255",
    ),
    (
        "#vu8(a)",
        Wrong,
        "1:6: a symbol cannot be an element of a bytevector `#vu8`\nhelp: its elements are the exact integers from 0 to 255",
    ),
    (
        "#vs8(128)",
        Wrong,
        "1:6: `128` cannot be an element of a bytevector `#vs8`\nhelp: its elements are the exact integers from -128 to 127",
    ),
    (
        "#vf8l(a)",
        Wrong,
        "1:7: a symbol cannot be an element of a bytevector `#vf8l`\nhelp: its elements are real numbers",
    ),
    (
        "#ve(foo \"a\")",
        Wrong,
        "1:1: a bytevector from text is written `#ve(ENCODING \"text\")`\nhelp: encodings are ascii latin1 utf8 utf16be utf16le utf16n hex base64 percent-encoding",
    ),
    ("#ve(hex \"abc\")", Wrong, "1:9: this text cannot be read as hex: the number of its digits is odd"),
    (
        "#ve(a)",
        Wrong,
        "1:1: a bytevector from text is written `#ve(ENCODING \"text\")`\nhelp: encodings are ascii latin1 utf8 utf16be utf16le utf16n hex base64 percent-encoding",
    ),
    ("#ve(ascii \"é\")", Wrong, "1:11: this text cannot be read as ascii: it has a character beyond U+007F"),
    (
        "#ve(base64 \"a\")",
        Wrong,
        "1:12: this text cannot be read as base64: its length is not a multiple of four, or it has too much padding",
    ),
    ("#0#", Wrong, "1:1: no `#0=` comes before this in the same datum"),
    ("(#0=a #0=b)", Wrong, "1:7: `#0=` labels a second datum"),
    ("#0=#0#", Wrong, "1:1: `#0=` labels nothing but a reference to itself"),
    ("#0=#1=#0#", Wrong, "1:1: `#0=` labels nothing but a reference to itself"),
    ("#1 a", Wrong, "1:1: a datum label is written `#0=` or `#0#`, but after the digits a space follows"),
    ("#99999999999999999999=a", Wrong, "1:1: the number of this datum label is too large"),
    ("#{", Incomplete, "1:1: a name must follow, but the end of the input does"),
    (
        "#{a b c}",
        Wrong,
        "1:1: a `}` must end a generated symbol, but `c` follows\nhelp: it is written `#{unique}` or `#{pretty unique}`",
    ),
    ("#{}", Wrong, "1:1: a name must follow, but `}` does"),
    ("#:", Incomplete, "1:1: a name must follow, but the end of the input does"),
    ("#: a", Wrong, "1:1: a name must follow, but a space does"),
    (
        "#!(foo)",
        Wrong,
        "1:1: the only directive in parentheses is `#!(char-names (name . #\\c) …)`\nnote: the names can then be used in `#\\{name}` and in strings as `\\{name}`",
    ),
    ("#\\{foo}", Wrong, "1:1: no `#!(char-names …)` before this defines `foo`"),
    ("\"\\{foo\"", Wrong, "1:2: a `}` must end the name of a character, but `\"` follows"),
    ("#\\{foo", Incomplete, "1:1: a `}` must end the name of a character, but the end of the input follows"),
    ("}", Wrong, "1:1: there is no open list that this `}` could close\nhelp: remove the `}`"),
    ("{a", Incomplete, "1:1: this list is never closed\nhelp: add a `}` where it ends"),
    ("{a)", Wrong, "1:3: `)` cannot close what `{` opened\nhelp: write `}` instead of `)`"),
    (
        "\"a\nb\nc",
        Incomplete,
        "1:1: this string is never closed\nhelp: add a `\"` where it ends; if this `\"` was meant to end a string, look for a missing one before it",
    ),
    (
        "(a \"b) c",
        Incomplete,
        "1:4: this string is never closed\nhelp: add a `\"` where it ends; if this `\"` was meant to end a string, look for a missing one before it",
    ),
];

const MESSAGES_OF_R6RS: &[(&str, Kind, &str)] = &[
    (
        "{a}",
        Wrong,
        "1:1: a brace is not in the lexical syntax of R6RS\nhelp: after `#!r6rs` nothing else is read: leave that out, or write `#!vicare` before this",
    ),
    (
        "|a|",
        Wrong,
        "1:1: `|` is not in the lexical syntax of R6RS\nhelp: after `#!r6rs` nothing else is read: leave that out, or write `#!vicare` before this",
    ),
    (
        "#!eof",
        Wrong,
        "1:1: `#!eof` is not in the lexical syntax of R6RS\nhelp: after `#!r6rs` nothing else is read: leave that out, or write `#!vicare` before this",
    ),
    (
        "#0=a",
        Wrong,
        "1:1: a datum label is not in the lexical syntax of R6RS\nhelp: after `#!r6rs` nothing else is read: leave that out, or write `#!vicare` before this",
    ),
    (
        "#vs8(1)",
        Wrong,
        "1:1: `#vs8` is not in the lexical syntax of R6RS\nhelp: after `#!r6rs` nothing else is read: leave that out, or write `#!vicare` before this",
    ),
    (
        "#ci a",
        Wrong,
        "1:1: `#ci` or `#cs` is not in the lexical syntax of R6RS\nhelp: after `#!r6rs` nothing else is read: leave that out, or write `#!vicare` before this",
    ),
    (
        "#:a",
        Wrong,
        "1:1: a keyword is not in the lexical syntax of R6RS\nhelp: after `#!r6rs` nothing else is read: leave that out, or write `#!vicare` before this",
    ),
    (
        "#{a}",
        Wrong,
        "1:1: a generated symbol is not in the lexical syntax of R6RS\nhelp: after `#!r6rs` nothing else is read: leave that out, or write `#!vicare` before this",
    ),
    (
        "++",
        Wrong,
        "1:1: `++` is neither a number nor an identifier\nhelp: an identifier cannot begin with a sign or a dot, but for `+`, `-`, `...` and `->anything`\nhelp: if it is meant, write it as `\\x2B;+`",
    ),
    (
        ".foo",
        Wrong,
        "1:1: `.foo` is neither a number nor an identifier\nhelp: an identifier cannot begin with a sign or a dot, but for `+`, `-`, `...` and `->anything`\nhelp: if it is meant, write it as `\\x2E;foo`",
    ),
    ("a{", Wrong, "1:2: `{` cannot be part of an identifier\nhelp: if it is meant, write it as `\\x7B;`"),
];

/// Place and message, then help and notes, a line each.
fn described(text: &str, error: &ReadError) -> String {
    let mut lines = vec![located(text, error)];
    lines.extend(error.diagnostic().help.iter().map(|help| format!("help: {help}")));
    lines.extend(error.diagnostic().notes.iter().map(|note| format!("note: {note}")));
    lines.join("\n")
}

#[test]
fn every_message() {
    for (mode, table) in [(Mode::Vicare, MESSAGES), (Mode::R6rs, MESSAGES_OF_R6RS)] {
        for (text, kind, message) in table {
            let error = read_source(text, FileId(0), mode).expect_err(text);
            let found = if error.is_incomplete() { Incomplete } else { Wrong };
            assert_eq!((&*described(text, &error), &found), (*message, kind), "reading {text:?}");
        }
    }
}

/// Whole messages about lists that are never closed, and where they should have been.
#[track_caller]
fn check(text: &str, expected: &str) {
    assert_eq!(rendered(text, Mode::Vicare), expected, "reading\n{text}");
}

#[test]
fn the_import_that_the_manual_never_closed() {
    check(
        "\
#!r6rs
(import (vicare)
  (prefix (vicare posix) px.)
  (only (vicare language-extensions syntaxes)
        unwind-protect
        callet)

(define shm.pathname
  \"/vicare-posix-shm.test\")
(define (parent child-pid)
  (let ((shm.fd 1))
    shm.fd))
(display 1)
",
        "\
f:2:1: error: this list is never closed
   |
 2 | (import (vicare)
   | ^
...
 8 | (define shm.pathname
   | -------------------- not indented as a part of it
   = help: by the indentation, it was probably meant to end before `(define shm.pathname`: add the missing `)`
",
    );
}

#[test]
fn a_definition_that_is_never_closed() {
    check(
        "(define (f x)\n  (let ((y 1))\n    (+ x y))\n\n(define (g) 2)\n(display (g))\n",
        "\
f:1:1: error: this list is never closed
   |
 1 | (define (f x)
   | ^
...
 5 | (define (g) 2)
   | -------------- not indented as a part of it
   = help: by the indentation, it was probably meant to end before `(define (g) 2)`: add the missing `)`
",
    );
}

#[test]
fn a_list_that_was_closed_by_the_parenthesis_of_another() {
    check(
        "(define (f x)\n  (let ((y 1)\n    (+ x y)))\n\n(define (g) 2)\n(display (g))\n",
        "\
f:1:1: error: this list is never closed
   |
 1 | (define (f x)
   | ^
 2 |   (let ((y 1)
   |        - this one was probably meant to end earlier
 3 |     (+ x y)))
   |     ------- not indented as a part of it
   = help: by the indentation, another list in it was probably meant to end before `(+ x y)`: add the missing `)`
",
    );
    let library = "\
(library (foo)
(export f)
(import (rnrs))
(define (f x)
  (let ((y 1))
    (+ x y))
(define (g) 2)
)
";
    check(
        library,
        "\
f:1:1: error: this list is never closed
   |
 1 | (library (foo)
   | ^
...
 4 | (define (f x)
   | - this one was probably meant to end earlier
...
 7 | (define (g) 2)
   | -------------- not indented as a part of it
   = help: by the indentation, another list in it was probably meant to end before `(define (g) 2)`: add the missing `)`
",
    );
}

#[test]
fn an_open_list_in_open_lists() {
    check(
        "(a (b [c (d",
        "\
f:1:10: error: this list is never closed
   |
 1 | (a (b [c (d
   | - neither are 3 around it, of which this is the outermost
   |          ^
   = help: add a `)` where it ends
",
    );
    check(
        "(a\n  (b\n    (c (d\n  e",
        "\
f:3:8: error: this list is never closed
   |
 1 | (a
   | - neither are 3 around it, of which this is the outermost
...
 3 |     (c (d
   |        ^
 4 |   e
   |   - not indented as a part of it
   = help: by the indentation, it was probably meant to end before `e`: add the missing `)`
",
    );
}

#[test]
fn a_parenthesis_too_many() {
    check(
        "(a\n b))\n",
        "\
f:2:4: error: there is no open list that this `)` could close
   |
 1 | (a
   | - it began here
 2 |  b))
   |   - what came before is complete here
   |    ^
   = help: remove the `)`, or look for one too many in what comes before
",
    );
}

#[test]
fn a_list_closed_by_the_parenthesis_of_an_outer_one() {
    check(
        "[a (b c]",
        "\
f:1:8: error: `]` cannot close what `(` opened
   |
 1 | [a (b c]
   | - `]` would close this
   |    - a `)` must close this
   |        ^
   = help: add the missing `)` before the `]`
",
    );
}
