//! Depth, size, failing sources, random damage.

use super::super::{CharSource, Datum, Failure, Reader, StrSource, decode_utf8};
use super::{Mode, printer, read, read_source};
use crate::account::Account;
use crate::diagnostics::FileId;

const DEEP: usize = 1_000_000;

/// Runs on a stack on which recursion a million deep is impossible.
fn on_a_small_stack(run: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(256 << 10).spawn(run).unwrap().join().unwrap();
}

#[test]
fn a_million_nested_data_are_data() {
    on_a_small_stack(|| {
        for (open, middle, close) in [
            ("(", "", ")"),
            ("[", "a", "]"),
            ("#(", "", ")"),
            ("{", "", "}"),
            ("'", "a", ""),
            ("#,@", "a", ""),
            ("(a . ", "()", ")"),
            ("#;", "a ", "a "),
            ("#ci ", "a", ""),
            ("#|", "", "|#"),
        ] {
            let depth = if matches!(open, "(" | "'") { DEEP } else { DEEP / 10 };
            let text = format!("{}{middle}{}", open.repeat(depth), close.repeat(depth));
            let (datums, ids) = read_source(&text, FileId(0), Mode::Vicare).unwrap();
            assert_eq!(ids.len(), usize::from(open != "#|"), "{open}");
            let nodes = match open {
                "(" | "[" | "#(" => depth..=depth + 1,
                "#|" => 0..=0,
                "#;" | "#ci " => 1..=1,
                _ => 2 * depth..=2 * depth + 1,
            };
            assert!(nodes.contains(&datums.len()), "{open} {}", datums.len());
        }
    });
}

#[test]
fn a_million_open_lists_are_an_error() {
    on_a_small_stack(|| {
        for open in ["(", "#(", "'", "(a\n", "#;", "#vu8(", "[(", "#|"] {
            let depth = if open == "(" { DEEP } else { DEEP / 10 };
            let error = read_source(&open.repeat(depth), FileId(0), Mode::Vicare).unwrap_err();
            assert!(error.is_incomplete(), "{open}");
        }
        for text in ["(", "#(", "'", "a "].map(|open| format!("{}]", open.repeat(DEEP / 10))) {
            let error = read_source(&text, FileId(0), Mode::Vicare).unwrap_err();
            assert!(!error.is_incomplete());
        }
    });
}

#[test]
fn many_labels_are_no_more_work_than_as_many_symbols() {
    let count = 100_000;
    let defined: String = (0..count).map(|n| format!("#{n}=a #{n}# ")).collect();
    let chain: String = (1..count).map(|n| format!("#{n}=#{}# ", n - 1)).collect();
    let nested: String = (0..count).map(|n| format!("#{n}=")).collect();
    let commented: String = (1..count).map(|n| format!("#;#{n}=(b) ")).collect();
    for text in [format!("({defined})"), format!("(#0=a {chain})"), format!("(#0=(a {chain}))"), format!("{nested}a")] {
        read_source(&text, FileId(0), Mode::Vicare).unwrap();
    }
    read_source(&format!("(#0=a {commented} #0#)"), FileId(0), Mode::Vicare).unwrap();
}

#[test]
fn large_lexemes() {
    let digits = "9".repeat(5_000_000);
    assert_eq!(read(&digits, Mode::R6rs).as_deref(), Ok(&*digits));
    let error = read(&format!("{digits}a"), Mode::R6rs).unwrap_err();
    assert!(error.len() < 200, "{}", error.len());
    let string = format!("\"{}\"", "x".repeat(5_000_000));
    assert_eq!(read(&string, Mode::R6rs).as_deref(), Ok(&*string));
}

/// Gives characters one at a time, and fails before each of them as often as it is told.
struct Hesitant<'a> {
    source: StrSource<'a>,
    available: u64,
}

impl CharSource for Hesitant<'_> {
    type Error = ();

    fn peek(&mut self) -> Result<Option<char>, ()> {
        if self.source.offset() < self.available { Ok(self.source.peek().unwrap_or(None)) } else { Err(()) }
    }

    fn advance(&mut self) {
        self.source.advance();
    }

    fn offset(&self) -> u64 {
        self.source.offset()
    }

    fn mark(&mut self) {
        self.source.mark();
    }

    fn rewind(&mut self) {
        self.source.rewind();
    }
}

const EVERYTHING: &str = r##"#!r6rs (import (rnrs) "a\x3bb;b\
   c") #!vicare {a |b c| #{g u} #{v}} #:key 'a `(b ,c ,@d) #'x #`(y #,z #,@w) #| c #| d |# |#
   #;(e #;f g) #\a #\space #\x41 (1 -2.5e3 #xff +i 1/2|3 . #0=(h . #0#)) #vu8(1 2) #vs16l(-1)
   #ve(hex "00ff") #ci ABC #!void ... -> + . "##;

/// `EVERYTHING` up to what is an error on purpose.
fn everything() -> String {
    EVERYTHING.replace("1/2|3 . ", "1/2 . ").replace(" + . ", " + λx ; end\n")
}

#[test]
fn a_source_may_fail_at_every_character() {
    let text = everything();
    let expected = read(&text, Mode::Vicare).unwrap();
    let mut reader = Reader::new(
        Hesitant { source: StrSource::new(&text), available: 0 },
        FileId(0),
        Mode::Vicare,
        &Account::unlimited(),
    );
    let mut printed = Vec::new();
    loop {
        match reader.next_datum() {
            Ok(Some(id)) => printed.push(printer::print(reader.datums(), id)),
            Ok(None) => break,
            Err(Failure::Source(())) => {
                reader.source.available += 1;
            }
            Err(other) => panic!("{other:?}"),
        }
        if reader.source.available > text.len() as u64 + 1 {
            // The end of the text must be told apart from the want of more.
            break;
        }
    }
    assert_eq!(printed.join(" "), expected);
}

#[test]
fn nothing_is_taken_beyond_a_datum() {
    for (text, taken) in [
        ("(a)b", 3),
        ("(a) ", 3),
        ("a b", 1),
        ("\"a\"b", 3),
        ("'(a)b", 4),
        ("#(a)b", 4),
        ("#vu8(1)b", 7),
        ("1 2", 1),
        ("#\\a b", 3),
        ("#t\n", 2),
        (" ; c\n a\n", 7),
        ("#!eof b", 5),
        ("|a|b", 3),
        ("#0=a#", 4),
    ] {
        let mut reader = Reader::new(StrSource::new(text), FileId(0), Mode::Vicare, &Account::unlimited());
        let result = reader.next_datum();
        assert!(result.is_ok() || text == "|a|b", "{text}");
        if result.is_ok() {
            assert_eq!(reader.source.offset(), taken, "{text}");
        }
    }
    // A datum that ends by itself is read although nothing more can be seen.
    for text in ["(a)", "\"a\"", "#(1)", "#vu8(1)", "{a}", "'(a)", "#{a}"] {
        let source = Hesitant { source: StrSource::new(text), available: text.len() as u64 };
        let mut reader = Reader::new(source, FileId(0), Mode::Vicare, &Account::unlimited());
        assert!(matches!(reader.next_datum(), Ok(Some(_))), "{text}");
    }
}

#[test]
fn after_an_error_reading_goes_on_behind_it() {
    let mut reader =
        Reader::new(StrSource::new("(a ) ) b (#\\foo c) d #ci (E ] F"), FileId(0), Mode::Vicare, &Account::unlimited());
    let mut seen = Vec::new();
    loop {
        match reader.next_datum() {
            Ok(None) => break,
            Ok(Some(id)) => seen.push(printer::print(reader.datums(), id)),
            Err(_) => seen.push("error".into()),
        }
    }
    assert_eq!(seen, ["(a)", "error", "b", "error", "c", "error", "d", "error", "F"]);
}

#[test]
fn data_can_be_taken_between_two() {
    let mut reader = Reader::new(StrSource::new("(a \"b\") (c)"), FileId(3), Mode::Vicare, &Account::unlimited());
    let first = reader.next_datum().unwrap().unwrap();
    let datums = reader.take_datums();
    assert_eq!(printer::print(&datums, first), "(a \"b\")");
    assert!(reader.datums().len() == 0);
    let second = reader.next_datum().unwrap().unwrap();
    assert_eq!(printer::print(reader.datums(), second), "(c)");
    let span = reader.datums().span(second);
    assert_eq!((span.file, span.start, span.end), (FileId(3), 8, 11));
    assert!(matches!(reader.datums().datum(second), Datum::List { items: [_], tail: None }));
}

#[test]
fn bytes_that_are_not_utf8() {
    assert_eq!(decode_utf8("λ".into()), Ok("λ".into()));
    for (bytes, offset, byte, shown) in [
        (&b"a\xFFb"[..], 1, 0xFF, "a\u{FFFD}b"),
        (b"\xC0\x80", 0, 0xC0, "\u{FFFD}\u{FFFD}"),
        (b"\xED\xA0\x80", 0, 0xED, "\u{FFFD}\u{FFFD}\u{FFFD}"),
        (b"ab\xCE", 2, 0xCE, "ab\u{FFFD}"),
        (b"\xF4\x90\x80\x80", 0, 0xF4, "\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}"),
    ] {
        let error = decode_utf8(bytes.to_vec()).unwrap_err();
        assert_eq!((error.offset, error.byte, &*error.shown, error.encoding), (offset, byte, shown, None));
    }
    let mut sources = crate::diagnostics::SourceMap::new();
    let error = decode_utf8(b"a\n\xCE\xBB \xE9".to_vec()).unwrap_err();
    let file = sources.add_file("f", error.shown.as_str());
    let message = error.diagnostic(file).render(&sources, crate::diagnostics::Style::Plain);
    let expected = "\
f:2:3: error: the file is not UTF-8: there is the byte E9 here
   |
 2 | λ \u{FFFD}
   |   ^
   = help: convert the file to UTF-8; if it is Latin-1, by `iconv -f latin1 -t utf-8`
";
    assert_eq!(message, expected);
    assert_eq!(decode_utf8(b"\xFF\xFEa\0".to_vec()).unwrap_err().encoding, Some("UTF-16"));
    assert_eq!(decode_utf8(b"\xFF\xFE\0\0a\0\0\0".to_vec()).unwrap_err().encoding, Some("UTF-32"));
}

/// A small generator of numbers: damage must be repeatable, not random.
struct Xorshift(u64);

impl Xorshift {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound as u64) as usize
    }
}

#[test]
fn damaged_text_is_read_or_refused() {
    let whole = everything();
    let pieces: Vec<char> =
        "()[]{}'`,@#;|\\\".+-0189aeixvtfd \n\t\r\u{85}\u{2028}λ\u{301}\0\u{FEFF}💥=!:/%<>".chars().collect();
    let mut random = Xorshift(0x9E37_79B9_7F4A_7C15);
    for _ in 0..4_000 {
        let mut text: Vec<char> = whole.chars().collect();
        for _ in 0..=random.below(4) {
            let at = random.below(text.len());
            match random.below(4) {
                0 if text.len() > 1 => drop(text.remove(at)),
                1 => text.insert(at, pieces[random.below(pieces.len())]),
                2 => text[at] = pieces[random.below(pieces.len())],
                _ => text.truncate(at.max(10)),
            }
        }
        let text: String = text.into_iter().collect();
        for mode in [Mode::R6rs, Mode::Vicare] {
            super::properties::check_invariants(&text, mode);
        }
    }
}
