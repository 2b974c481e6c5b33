//! What Vicare adds to the syntax of R6RS, and that `#!r6rs` takes it away.

use super::{Mode, check, read};

#[test]
fn braces() {
    check(
        Mode::Vicare,
        &[
            ("{a b . c}", "(brace a b . c)"),
            ("{}", "(brace)"),
            ("{a}b{c}", "(brace a) b (brace c)"),
            ("(define ({f <x>} {a <y>}) 1)", "(define ((brace f <x>) (brace a <y>)) 1)"),
            ("1{2}", "1 (brace 2)"),
            ("#t{}", "#t (brace)"),
            ("#\\a{}", "#\\x61 (brace)"),
            ("#\\{ #\\}", "#\\x7B #\\x7D"),
        ],
    );
}

#[test]
fn symbols() {
    check(
        Mode::Vicare,
        &[
            ("|a b|", "a\\x20;b"),
            ("||", "||"),
            ("|a(b|", "a\\x28;b"),
            ("|(|", "\\x28;"),
            ("|\\x41;|", "A"),
            ("|a\\|b|", "a\\x7c;b"),
            ("|a\\nb|", "a\\xa;b"),
            ("|a\nb|", "a\\xa;b"),
            ("|123|", "\\x31;23"),
            ("|", "\\x7c;"),
            ("(|)", "(\\x7c;)"),
            ("(| a)", "(\\x7c; a)"),
            ("++ --", "\\x2b;+ \\x2d;-"),
            ("(++ i)", "(\\x2b;+ i)"),
            ("+g1 -gx", "\\x2b;g1 \\x2d;gx"),
            ("+gλ -g\\x41;", "\\x2b;gλ \\x2d;gA"),
            ("(.send! .a-1 . b)", "(\\x2e;send! \\x2e;a-1 . b)"),
            ("#:foo", "#:foo"),
            ("(#:foo 1)", "(#:foo 1)"),
            ("#:|a b|", "#:a\\x20;b"),
            ("#{foo}", "#{|foo| |foo|}"),
            ("#{foo bar}", "#{|foo| |bar|}"),
            ("#{ foo |b r$1| }", "#{|foo| |b r$1|}"),
            ("#{g0 a8%3}x", "#{|g0| |a8%3|} x"),
        ],
    );
}

#[test]
fn singletons_and_directives() {
    check(
        Mode::Vicare,
        &[
            ("(#!eof #!void #!unbound #!bwp #!would-block)", "(#!eof #!void #!unbound #!bwp #!would-block)"),
            ("#!void a", "#!void a"),
            ("a #!eof b (", "a"),
            ("#!vicare #!ikarus a", "a"),
            ("#!r6rs #!vicare {a}", "(brace a)"),
            ("(#!r6rs a #!vicare {b})", "(a (brace b))"),
            ("#!fold-case ABC |ABC| #!no-fold-case ABC", "abc ABC ABC"),
            ("#!fold-case #\\A #\\SPACE #:FOO Σς \\x41;", "#\\x41 #\\x20 #:foo σσ a"),
            ("#ci ABC DEF", "abc DEF"),
            ("#ci (ABC #cs (DEF) GHI) JKL", "(abc (DEF) ghi) JKL"),
            ("'#ci A", "(quote a)"),
            ("#ci #;A B C", "b C"),
            (
                "#!(char-names (lambda . #\\x3bb) (nl . #\\newline)) #\\{lambda} \"\\{lambda}\\{nl}\"",
                "#\\x3BB \"λ\\xa;\"",
            ),
            ("(a #!(char-names (x . #\\y)) #\\{x})", "(a #\\x79)"),
        ],
    );
}

#[test]
fn bytevectors() {
    check(
        Mode::Vicare,
        &[
            ("#vs8(-128 127 -1)", "#vu8(128 127 255)"),
            ("#vu16l(1 65535)", "#vu8(1 0 255 255)"),
            ("#vu16b(1 65535)", "#vu8(0 1 255 255)"),
            ("#vs16b(-2)", "#vu8(255 254)"),
            ("#vs32l(-2147483648 #xff)", "#vu8(0 0 0 128 255 0 0 0)"),
            ("#vu32b(4294967295 1)", "#vu8(255 255 255 255 0 0 0 1)"),
            ("#vu64l(18446744073709551615)", "#vu8(255 255 255 255 255 255 255 255)"),
            ("#vs64b(-9223372036854775808)", "#vu8(128 0 0 0 0 0 0 0)"),
            ("#vf8b(1.0 -2)", "#vu8(63 240 0 0 0 0 0 0 192 0 0 0 0 0 0 0)"),
            ("#vf4l(1.5 +inf.0)", "#vu8(0 0 192 63 0 0 128 127)"),
            ("#vf8b(0.1 #e1e-1)", "#vu8(63 185 153 153 153 153 153 154 63 185 153 153 153 153 153 154)"),
            ("#vf8b(1/10 1e-1|53)", "#vu8(63 185 153 153 153 153 153 154 63 185 153 153 153 153 153 154)"),
            (
                "#vf8b(.5 5. #x10 1e400 -0.0)",
                "#vu8(63 224 0 0 0 0 0 0 64 20 0 0 0 0 0 0 64 48 0 0 0 0 0 0 127 240 0 0 0 0 0 0 128 0 0 0 0 0 0 0)",
            ),
            ("#vc4b(1+2i -i 3)", "#vu8(63 128 0 0 64 0 0 0 0 0 0 0 191 128 0 0 64 64 0 0 0 0 0 0)"),
            ("#vc8b(2@0)", "#vu8(64 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0)"),
            ("#ve(ascii \"abc\")", "#vu8(97 98 99)"),
            ("#ve(latin1 \"é\")", "#vu8(233)"),
            ("#ve(utf8 \"é\")", "#vu8(195 169)"),
            ("#ve(utf16be \"a😀\")", "#vu8(0 97 216 61 222 0)"),
            ("#ve(utf16le \"a\")", "#vu8(97 0)"),
            ("#ve(hex \"00fFa1\")", "#vu8(0 255 161)"),
            (
                "#ve(base64 \"\") #ve(base64 \"YQ==\") #ve(base64 \"YWI=\") #ve(base64 \"YWJj\")",
                "#vu8() #vu8(97) #vu8(97 98) #vu8(97 98 99)",
            ),
            ("#ve(percent-encoding \"a%20%fF\")", "#vu8(97 32 255)"),
            ("(#vs8(1) #;#vs8(2))", "(#vu8(1))"),
        ],
    );
    let native = if cfg!(target_endian = "big") { "#vu8(0 1 0 97)" } else { "#vu8(1 0 97 0)" };
    assert_eq!(read("#vu16n(1 97)", Mode::Vicare).as_deref(), Ok(native));
}

#[test]
fn graphs() {
    check(
        Mode::Vicare,
        &[
            ("#0=(a . #0#)", "#0=(a . #0#)"),
            ("(#7=a #7# #8=#7#)", "(#0=a #0# #1=#0#)"),
            ("#1=#(#1# #2=(#1# . #2#))", "#0=#(#0# #1=(#0# . #1#))"),
            ("(#;#0=a #0=b #0#)", "(#0=b #0#)"),
            ("#0=a #0=b", "#0=a #1=b"),
            ("'#0=(quote #0#)", "(quote #0=(quote #0#))"),
        ],
    );
}

#[test]
fn r6rs_has_none_of_it() {
    let extensions = "{a} |a| | ++ -- +gx .send! #:a #{a} #vs8(1) #vu16l(1) #vf8l(1.0) #ve(ascii_\"a\") #0=a #!eof #!void #ci_a #cs_a";
    for text in extensions.split_whitespace() {
        let text = text.replace('_', " ");
        assert!(read(&text, Mode::Vicare).is_ok(), "{text}");
        let error = read(&text, Mode::R6rs).expect_err(&text);
        assert!(read(&format!("#!r6rs {text}"), Mode::Vicare).is_err(), "{text}");
        assert!(
            error.contains("not in the lexical syntax of R6RS") || error.contains("neither a number nor an identifier"),
            "{text}: {error}"
        );
    }
}
