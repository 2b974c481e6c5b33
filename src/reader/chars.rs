//! Which characters may stand where, by R6RS 4.2.1: a table for ASCII, general categories beyond.

use std::borrow::Cow;

use unicode_properties::{GeneralCategory as Category, UnicodeGeneralCategory};

/// A set of classes of characters, by the first byte of their encoding. Beyond ASCII a class of
/// text holds all characters but a few that must be looked at, and the other classes hold none.
#[derive(Clone, Copy)]
pub struct Class(u8);

impl Class {
    pub(super) const WHITESPACE: Class = Class(1);
    /// What ends an identifier, number, character or boolean.
    pub(super) const DELIMITER: Class = Class(2);
    /// Braces are delimiters too where they are not reserved.
    pub(super) const BRACE: Class = Class(4);
    pub(super) const INITIAL: Class = Class(8);
    pub(super) const SUBSEQUENT: Class = Class(16);
    /// Text that does not end a line.
    pub(super) const LINE_TEXT: Class = Class(32);
    /// Text that stands for itself in a string.
    pub(super) const STRING_TEXT: Class = Class(64);
    /// Text without the characters that open and close block comments.
    pub(super) const BLOCK_TEXT: Class = Class(128);

    /// Whether characters that begin with this byte are in the class. A byte that is not the first
    /// of a character is in each class that any character beyond ASCII is in.
    #[inline]
    pub fn has_byte(self, byte: u8) -> bool {
        CLASSES[byte as usize] & self.0 != 0
    }

    /// Whether a character is in the class.
    #[inline]
    pub fn has(self, c: char) -> bool {
        self.has_byte(c.encode_utf8(&mut [0; 4]).as_bytes()[0])
    }
}

static CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        classes[byte] = classes_of(byte as u8);
        byte += 1;
    }
    classes
};

const fn classes_of(byte: u8) -> u8 {
    // NEL is C2 85; LS and PS begin with E2.
    let ends_line = matches!(byte, b'\n' | b'\r' | 0xC2 | 0xE2);
    let mut class = 0;
    if matches!(byte, b'\t'..=b'\r' | b' ') {
        class |= Class::WHITESPACE.0 | Class::DELIMITER.0;
    }
    if matches!(byte, b'(' | b')' | b'[' | b']' | b'"' | b';' | b'#') {
        class |= Class::DELIMITER.0;
    }
    if matches!(byte, b'{' | b'}') {
        class |= Class::BRACE.0;
    }
    let special = matches!(byte, b'!' | b'$' | b'%' | b'&' | b'*' | b'/' | b':' | b'<'..=b'?' | b'^' | b'_' | b'~');
    if byte.is_ascii_alphabetic() || special {
        class |= Class::INITIAL.0 | Class::SUBSEQUENT.0;
    }
    if matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'@') {
        class |= Class::SUBSEQUENT.0;
    }
    if !ends_line {
        class |= Class::LINE_TEXT.0;
    }
    if !ends_line && byte != b'"' && byte != b'\\' {
        class |= Class::STRING_TEXT.0;
    }
    if byte != b'|' && byte != b'#' {
        class |= Class::BLOCK_TEXT.0;
    }
    class
}

/// `<whitespace>`: what `char-whitespace?` of R6RS answers, too.
pub fn is_whitespace(c: char) -> bool {
    use Category::{LineSeparator, ParagraphSeparator, SpaceSeparator};
    match c {
        '\0'..='\x7F' => Class::WHITESPACE.has(c),
        '\u{85}' => true,
        _ => matches!(c.general_category(), SpaceSeparator | LineSeparator | ParagraphSeparator),
    }
}

/// `<intraline whitespace>`.
pub(super) fn is_intraline_whitespace(c: char) -> bool {
    c == '\t' || c == ' ' || (!c.is_ascii() && c.general_category() == Category::SpaceSeparator)
}

/// `<delimiter>`; braces are for the caller.
pub(super) fn is_delimiter(c: char) -> bool {
    if c.is_ascii() { Class::DELIMITER.has(c) } else { is_whitespace(c) }
}

/// `<initial>` without inline escapes.
pub fn is_initial(c: char) -> bool {
    use Category::*;
    if c.is_ascii() {
        return Class::INITIAL.has(c);
    }
    let category = c.general_category();
    let letter = matches!(category, UppercaseLetter | LowercaseLetter | TitlecaseLetter | ModifierLetter | OtherLetter);
    let mark_or_number = matches!(category, NonspacingMark | LetterNumber | OtherNumber);
    let punctuation = matches!(category, DashPunctuation | ConnectorPunctuation | OtherPunctuation);
    let symbol = matches!(category, CurrencySymbol | MathSymbol | ModifierSymbol | OtherSymbol);
    letter || mark_or_number || punctuation || symbol || category == PrivateUse
}

/// `<subsequent>` without inline escapes.
pub fn is_subsequent(c: char) -> bool {
    use Category::{DecimalNumber, EnclosingMark, SpacingMark};
    if c.is_ascii() {
        return Class::SUBSEQUENT.has(c);
    }
    is_initial(c) || matches!(c.general_category(), DecimalNumber | SpacingMark | EnclosingMark)
}

/// Whether a symbol of that name can be written as it is. R6RS 4.2.4.
pub fn is_identifier(name: &str) -> bool {
    let mut rest = match name.strip_prefix("->") {
        Some(rest) => rest.chars(),
        None if matches!(name, "+" | "-" | "...") => return true,
        None => {
            let mut chars = name.chars();
            match chars.next() {
                Some(c) if is_initial(c) => chars,
                _ => return false,
            }
        }
    };
    rest.all(is_subsequent)
}

/// Full Unicode case folding (the mappings C and F of `CaseFolding.txt`), as `string-foldcase`.
pub fn fold_case(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase()) {
        return Cow::Borrowed(text);
    }
    let mut folded = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\0'..='\x7F' => folded.push(c.to_ascii_lowercase()),
            // Those for which folding is not the lower case of the upper case.
            'ı' | '\u{13A0}'..='\u{13F5}' => folded.push(c),
            'ẞ' => folded.push_str("ss"),
            '\u{13F8}'..='\u{13FD}' | '\u{AB70}'..='\u{ABBF}' => folded.extend(c.to_uppercase()),
            _ => folded.extend(c.to_uppercase().flat_map(char::to_lowercase)),
        }
    }
    Cow::Owned(folded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_is_folded_as_unicode_says() {
        for (text, folded) in [
            ("", ""),
            ("abc λ", "abc λ"),
            ("ABC", "abc"),
            ("ΣΑΣ ς", "σασ σ"),
            ("Straße ẞ", "strasse ss"),
            ("İ I ı i", "i\u{307} i ı i"),
            ("ŉ ǰ ﬁ Å ſ", "\u{2BC}n j\u{30C} fi å s"),
            ("Ꭰ ꭰ ᏸ", "Ꭰ Ꭰ Ᏸ"),
            ("ᾈ ῼ", "ἀι ωι"),
            ("𐐀", "𐐨"),
        ] {
            assert_eq!(fold_case(text), folded);
        }
    }

    #[test]
    fn classes_agree_with_the_grammar() {
        for c in '\0'..='\u{2FFFF}' {
            assert!(!(is_whitespace(c) && is_subsequent(c)), "{c:?}");
            assert!(!is_initial(c) || is_subsequent(c), "{c:?}");
            assert!(!is_delimiter(c) || !is_subsequent(c), "{c:?}");
            assert!(!is_intraline_whitespace(c) || is_whitespace(c), "{c:?}");
            if !c.is_ascii() {
                // The fast ways take these only where any such character may stand.
                let ends_line = matches!(c, '\u{80}'..='\u{BF}' | '\u{2000}'..='\u{2FFF}');
                assert!(!Class::WHITESPACE.has(c) && !Class::SUBSEQUENT.has(c) && !Class::DELIMITER.has(c));
                assert_eq!(Class::STRING_TEXT.has(c), !ends_line, "{c:?}");
                assert_eq!(Class::LINE_TEXT.has(c), !ends_line, "{c:?}");
            }
        }
    }
}
