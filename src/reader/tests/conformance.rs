//! What texts mean by chapter 4 of R6RS.

use super::{Mode, check, read};

#[test]
fn all_kinds_of_data() {
    check(
        Mode::R6rs,
        &[
            ("", ""),
            (" \t\n\r\u{B}\u{C}\u{85}\u{A0}\u{2003}\u{2028}\u{2029}\u{3000}", ""),
            ("#t #f #T #F", "#t #f #t #f"),
            ("()", "()"),
            ("[]", "()"),
            ("(a b c)", "(a b c)"),
            ("[a (b [c])]", "(a (b (c)))"),
            ("(a . b)", "(a . b)"),
            ("[a b . c]", "(a b . c)"),
            ("(a . (b . (c . ())))", "(a . (b . (c . ())))"),
            ("(a.b)", "(a.b)"),
            ("(a . .5)", "(a . .5)"),
            ("(a .5)", "(a .5)"),
            ("(a .(b))", "(a . (b))"),
            ("(a .\"b\")", "(a . \"b\")"),
            ("(a . #t)", "(a . #t)"),
            ("(a .#t)", "(a . #t)"),
            ("#(0 (2 2 2 2) \"Anna\")", "#(0 (2 2 2 2) \"Anna\")"),
            ("#()", "#()"),
            ("#(#())", "#(#())"),
            ("#vu8()", "#vu8()"),
            ("#vu8(2 24 123)", "#vu8(2 24 123)"),
            ("#vu8(0 255 #xff #b11 #o17 #e1e2 #e2.50e1 510/2 +7 -0)", "#vu8(0 255 255 3 15 100 25 255 7 0)"),
            ("#vu8(5+0i 0/3 7@0 #e.0e999999999999)", "#vu8(5 0 7 0)"),
        ],
    );
}

#[test]
fn abbreviations() {
    check(
        Mode::R6rs,
        &[
            ("'a", "(quote a)"),
            ("`a", "(quasiquote a)"),
            (",a", "(unquote a)"),
            (",@a", "(unquote-splicing a)"),
            ("#'a", "(syntax a)"),
            ("#`a", "(quasisyntax a)"),
            ("#,a", "(unsyntax a)"),
            ("#,@a", "(unsyntax-splicing a)"),
            ("''()", "(quote (quote ()))"),
            ("' a", "(quote a)"),
            (", a", "(unquote a)"),
            ("'#;b a", "(quote a)"),
            ("(a . 'b)", "(a . (quote b))"),
            ("'#t", "(quote #t)"),
            ("('#t)", "((quote #t))"),
            ("'(a)'b", "(quote (a)) (quote b)"),
            ("`(a ,b ,@c)", "(quasiquote (a (unquote b) (unquote-splicing c)))"),
            ("#'(a)", "(syntax (a))"),
            ("'\"a\"'1", "(quote \"a\") (quote 1)"),
        ],
    );
}

#[test]
fn comments() {
    check(
        Mode::R6rs,
        &[
            ("; nothing", ""),
            ("a;b\nc", "a c"),
            ("a;b\rc", "a c"),
            ("a;b\r\nc", "a c"),
            ("a;b\u{85}c", "a c"),
            ("a;b\u{2028}c", "a c"),
            ("a;b\u{2029}c", "a c"),
            ("a;b\u{2027}é¢c\nd", "a d"),
            ("a#|b|#c", "a c"),
            ("#||#a", "a"),
            ("#|#|a|#b|#c", "c"),
            ("#| | # |# a", "a"),
            ("#|||#a", "a"),
            ("#|#||#|#a", "a"),
            ("#| ;|#a", "a"),
            ("#| \" |#a", "a"),
            ("#;a b", "b"),
            ("#; a b", "b"),
            ("#;#;a b c", "c"),
            ("#;(a (b #;c) [d]) e", "e"),
            ("#;'a b", "b"),
            ("(a #;b)", "(a)"),
            ("(#;a)", "()"),
            ("(a . #;b c)", "(a . c)"),
            ("(a . b #;c)", "(a . b)"),
            ("(a #;b . c)", "(a . c)"),
            ("(a #;(x . y) . c)", "(a . c)"),
            ("#(#;a)", "#()"),
            ("#vu8(1 #;(a \"b\") 2)", "#vu8(1 2)"),
            ("#;#|a|#b c", "c"),
            ("#;#!r6rs a b", "b"),
            ("#!r6rs a", "a"),
            ("(#!r6rs a #!r6rs)", "(a)"),
            ("'#!r6rs a", "(quote a)"),
            ("a #;\"b\"", "a"),
        ],
    );
}

#[test]
fn identifiers() {
    check(
        Mode::R6rs,
        &[
            ("lambda q soup list->vector V17a <= a34kTMNs", "lambda q soup list->vector V17a <= a34kTMNs"),
            ("+ - ... -> ->- ->a ->1 ->.", "+ - ... -> ->- ->a ->1 ->."),
            ("!$%&*/:<=>?^_~ a+-.@", "!$%&*/:<=>?^_~ a+-.@"),
            ("H\\x65;llo", "Hello"),
            ("\\x3BB;", "λ"),
            ("\\x31;a", "\\x31;a"),
            ("a\\x20;b", "a\\x20;b"),
            ("->\\x41;", "->A"),
            ("\\x41;\\x42;c", "ABc"),
            ("λ", "λ"),
            ("λx.y", "λx.y"),
            ("Foo FOO", "Foo FOO"),
            ("a\"b\"", "a \"b\""),
            ("a#t", "a #t"),
            ("a(b)c", "a (b) c"),
            ("a[b]c", "a (b) c"),
            ("a;", "a"),
            ("a#|b|#", "a"),
        ],
    );
    for (text, name) in [
        ("日本", "日本"),
        ("a\u{301}", "a\u{301}"),
        ("\u{301}", "\u{301}"),
        ("a\u{903}", "a\u{903}"),
        ("a\u{20DD}", "a\u{20DD}"),
        ("a\u{661}", "a\u{661}"),
        ("→", "→"),
        ("€", "€"),
        ("½", "½"),
        ("Ⅷ", "Ⅷ"),
        ("–", "–"),
        ("‿", "‿"),
        ("¿", "¿"),
        ("\u{E000}", "\u{E000}"),
        ("->λ", "->λ"),
        ("😀", "😀"),
    ] {
        let (datums, ids) = super::read_source(text, crate::diagnostics::FileId(0), Mode::R6rs).unwrap();
        assert_eq!(datums.datum(ids[0]), super::super::Datum::Symbol(name), "{text}");
    }
}

#[test]
fn characters_of_the_report() {
    let table = [
        ("#\\a", 'a'),
        ("#\\A", 'A'),
        ("#\\(", '('),
        ("#\\ ", ' '),
        ("#\\nul", '\0'),
        ("#\\alarm", '\x07'),
        ("#\\backspace", '\x08'),
        ("#\\tab", '\t'),
        ("#\\linefeed", '\n'),
        ("#\\newline", '\n'),
        ("#\\vtab", '\x0B'),
        ("#\\page", '\x0C'),
        ("#\\return", '\r'),
        ("#\\esc", '\x1B'),
        ("#\\space", ' '),
        ("#\\delete", '\x7F'),
        ("#\\xFF", 'ÿ'),
        ("#\\xff", 'ÿ'),
        ("#\\x03BB", 'λ'),
        ("#\\x00006587", '文'),
        ("#\\λ", 'λ'),
        ("#\\xA", '\n'),
        ("#\\x000000001", '\x01'),
        ("#\\x0000000000000000000041", 'A'),
        ("#\\x", 'x'),
        ("#\\x0", '\0'),
        ("#\\x10FFFF", '\u{10FFFF}'),
        ("#\\;", ';'),
        ("#\\\"", '"'),
        ("#\\#", '#'),
        ("#\\'", '\''),
        ("#\\|", '|'),
        ("#\\\\", '\\'),
        ("#\\{", '{'),
        ("#\\)", ')'),
        ("#\\\n", '\n'),
        ("#\\\u{A0}", '\u{A0}'),
        ("#\\😀", '😀'),
        ("#\\1", '1'),
    ];
    for mode in [Mode::R6rs, Mode::Vicare] {
        for (text, c) in table {
            assert_eq!(read(text, mode), Ok(format!("#\\x{:X}", c as u32)), "{text}");
        }
    }
    check(
        Mode::R6rs,
        &[
            ("#\\alarm x", "#\\x7 x"),
            ("#\\x ff", "#\\x78 ff"),
            ("#\\x(ff)", "#\\x78 (ff)"),
            ("#\\((x)", "#\\x28 (x)"),
            ("#\\a\"b\"", "#\\x61 \"b\""),
            ("#\\a#\\b", "#\\x61 #\\x62"),
            ("(#\\))", "(#\\x29)"),
            ("(#\\a)", "(#\\x61)"),
            ("#\\ ;c", "#\\x20"),
        ],
    );
}

#[test]
fn strings() {
    check(
        Mode::R6rs,
        &[
            (r#""""#, r#""""#),
            (r#""abc""#, r#""abc""#),
            (r#""\x41;bc""#, r#""Abc""#),
            (r#""\x41; bc""#, r#""A bc""#),
            (r#""\x41bc;""#, "\"\\x41bc;\""),
            (r#""\x00000041;""#, r#""A""#),
            (r#""\x0010FFFF;""#, "\"\\x10ffff;\""),
            (r#""\x000000001;""#, "\"\\x1;\""),
            (r#""\a\b\t\n\v\f\r\"\\""#, r#""\x7;\x8;\x9;\xa;\xb;\xc;\xd;\"\\""#),
            ("\"A\nbc\"", "\"A\\xa;bc\""),
            ("\"a\rb\"", "\"a\\xa;b\""),
            ("\"a\r\nb\"", "\"a\\xa;b\""),
            ("\"a\u{85}b\"", "\"a\\xa;b\""),
            ("\"a\r\u{85}b\"", "\"a\\xa;b\""),
            ("\"a\u{2028}b\"", "\"a\\xa;b\""),
            ("\"a\u{2029}b\"", "\"a\\x2029;b\""),
            ("\"a\n\rb\"", "\"a\\xa;\\xa;b\""),
            ("\"a\\\nb\"", "\"ab\""),
            ("\"a\\\n   b\"", "\"ab\""),
            ("\"a\\ \t \n\t b\"", "\"ab\""),
            ("\"a\\\r\n b\"", "\"ab\""),
            ("\"a\\\r b\"", "\"ab\""),
            ("\"a\\\r\u{85} b\"", "\"ab\""),
            ("\"a\\\u{85} b\"", "\"ab\""),
            ("\"a\\\u{A0}\u{2028}\u{2003} b\"", "\"ab\""),
            ("\"a\\\n\nb\"", "\"a\\xa;b\""),
            ("\"λ\"", "\"λ\""),
            ("\"\0\x1b é\"", "\"\\x0;\\x1b; \\xe9;\""),
            ("\"a;b\" ; c", "\"a;b\""),
            ("\"a\"\"b\"c", "\"a\" \"b\" c"),
            ("\"#|\"", "\"#|\""),
        ],
    );
}

#[test]
fn numbers() {
    let valid = "0 1 -1 +1 007 123456789012345678901234567890 1/3 -1/3 +10/2 0/1 1. .5 -.5 +.5 1.5 00.50 1e10 1E10 \
        1e+10 1e-10 1.e3 .5e3 1.5e3 1s2 1f2 1d2 1l2 1S2 1F2 1D2 1L2 1|53 1.5|24 1e3|24 .5|1 1.|2 -1.5e-3|53 \
        +i -i +I -I 1+i 1-i 1+2i 1-2i 1+2I -1-2i 1/2+3/4i .5+.5i 1e3-2e3i +2i -2i +.5i -1/2i 1+2e3i \
        +inf.0 -inf.0 +nan.0 -nan.0 +INF.0 +Nan.0 +inf.0i -nan.0i 1+inf.0i 1-nan.0i +inf.0-nan.0i -inf.0+nan.0i +inf.0+i \
        1@2 -1@-2 1.5@.5 +inf.0@1 1@+nan.0 1/2@1/2 1|53@2|53 1|53+2|53i \
        #x1F #X1f #xabcdef #x-1/a #xa+bi #x+i #x+inf.0 #xe #xe1 #b101 #B-101 #b1/10 #b1+1i #o17 #O17 #d10 #D1.5 \
        #e1 #E1.5 #e1.2e3 #e1|53 #e1/2 #e1+2i #i1 #I1/3 #i1+2i #i+inf.0 \
        #x#e1f #e#x1f #e#x-1F/2 #i#b101 #b#i101 #d#e1.5 #e#d1.5 #E#X1 #e1e400 1e999999999999999999999 #i1@2";
    for text in valid.split_whitespace() {
        assert_eq!(read(text, Mode::R6rs).as_deref(), Ok(text));
        assert_eq!(read(&format!("({text})"), Mode::Vicare), Ok(format!("({text})")));
    }
    let invalid = "1a 1+ 1- 1e 1e+ 1.2.3 1/ 1/2/3 1/2.5 1.5/2 1/2e3 1/2|3 1| 1|5.3 1|-5 +1+2 1+2 1+2ii 1i +2i+3 1@ 1@2i 1@2@3 \
        +inf -nan.1 +inf.0.0 1+inf.0 1inf.0 .i 1..2 .. .... .e3 +.e3 +. -. +a -a .a ++ -- +- --> +g -g1 1e1.5 1e2e3 0x1F \
        #x #e #xg #b2 #o8 #d1a #xA.5 #b1.0 #b1e1 #x1|5 #x#x1 #e#e1 #e#i1 #x#e#x1 #e#x #x#e #i- #e+ #e. #x+g #bi #e1.5.5 #xinf.0 #e... \
        #i1i +i+i +i1 1+i2 1->2 1λ +λ .λ";
    for text in invalid.split_whitespace() {
        assert!(read(text, Mode::R6rs).is_err(), "{text} {:?}", read(text, Mode::R6rs));
    }
    for text in "1/0 0/0 -1/00 #x1/0 #i1/0 1/0+i 1+1/0i 1/0@1 #e+inf.0 #e-nan.0 #e1+inf.0i #e1e1000001 #e1+1e-9999999999999999999999i".split_whitespace() {
        assert_eq!(read(text, Mode::R6rs), Err(format!("1:1: there is no number `{text}`")));
    }
    check(
        Mode::R6rs,
        &[
            ("1(2)3", "1 (2) 3"),
            ("1\"a\"", "1 \"a\""),
            ("1;a", "1"),
            ("1#|a|#2", "1 2"),
            ("1#t", "1 #t"),
            ("/1 i+1@", "/1 i+1@"),
        ],
    );
}

#[test]
fn lines_that_only_a_file_begins_with() {
    check(
        Mode::Vicare,
        &[
            ("#!/usr/bin/env vicar\na", "a"),
            ("#! /usr/bin/env scheme-script\r\na", "a"),
            ("#!/usr/bin/env vicar", ""),
            ("\u{FEFF}a", "a"),
            ("\u{FEFF}#!/usr/bin/env vicar\na", "a"),
            ("\u{FEFF}", ""),
            ("#(a)", "#(a)"),
            ("#!r6rs (a)", "(a)"),
            ("#t", "#t"),
        ],
    );
    assert!(read("a\n#!/usr/bin/env vicar\n", Mode::Vicare).is_err());
    assert!(read("a\u{FEFF}", Mode::Vicare).is_err());
}
