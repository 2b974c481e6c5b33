//! Case mappings and classes of characters, as R6RS libraries chapter 1 wants them. Depends on nothing of ours.
//!
//! The standard library has Unicode's full upper and lower case mappings; the simple ones, title case and folding follow
//! from those but for the exceptions named here, found by comparing with the Unicode character database.

use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

/// Simple upper case mapping.
pub fn upcase(c: char) -> char {
    let mut full = c.to_uppercase();
    match (full.next(), full.next()) {
        (Some(u), None) => u,
        // Iota subscript: full mapping takes it apart, the simple one is the title case letter.
        _ => match c as u32 {
            0x1f80..=0x1f87 | 0x1f90..=0x1f97 | 0x1fa0..=0x1fa7 => offset(c, 8),
            0x1fb3 | 0x1fc3 | 0x1ff3 => offset(c, 9),
            _ => c,
        },
    }
}

fn offset(c: char, by: u32) -> char {
    char::from_u32(c as u32 + by).unwrap_or(c)
}

/// Simple lower case mapping.
pub fn downcase(c: char) -> char {
    // Only U+0130 has a longer full mapping, whose first character is the simple one.
    c.to_lowercase().next().unwrap_or(c)
}

/// Simple title case mapping.
pub fn titlecase(c: char) -> char {
    match c as u32 {
        0x1c4..=0x1c6 => '\u{1c5}',
        0x1c7..=0x1c9 => '\u{1c8}',
        0x1ca..=0x1cc => '\u{1cb}',
        0x1f1..=0x1f3 => '\u{1f2}',
        0x10d0..=0x10fa | 0x10fd..=0x10ff => c,
        _ => upcase(c),
    }
}

/// Simple case folding. The Turkic letters U+0130 and U+0131 stay, as R6RS says.
pub fn foldcase(c: char) -> char {
    match c as u32 {
        0x130 | 0x131 => c,
        0x13a0..=0x13f5 => c,
        0x13f8..=0x13fd | 0xab70..=0xabbf => upcase(c),
        _ => downcase(upcase(c)),
    }
}

/// Full case folding of one character.
pub fn push_folded(c: char, out: &mut impl Extend<char>) {
    match c as u32 {
        0x1e9e => out.extend(['s', 's']),
        0x131 | 0x13a0..=0x13f5 => out.extend([c]),
        0x13f8..=0x13fd | 0xab70..=0xabbf => out.extend([upcase(c)]),
        _ => out.extend(c.to_uppercase().flat_map(char::to_lowercase)),
    }
}

/// Full title case mapping of one character.
fn push_titled(c: char, out: &mut impl Extend<char>) {
    let title = titlecase(c);
    // A title case letter is its own title, also where upper case takes it apart, as that of U+1F88.
    if title != c || general_category(c) == GeneralCategory::TitlecaseLetter || c.to_uppercase().count() == 1 {
        return out.extend([title]);
    }
    for (i, u) in c.to_uppercase().enumerate() {
        match u {
            _ if i == 0 || c == '\u{149}' => out.extend([u]),
            '\u{399}' if (0x1f80..0x2000).contains(&(c as u32)) => out.extend(['\u{345}']),
            _ => out.extend(u.to_lowercase()),
        }
    }
}

/// Whether the character has a case at all.
pub fn is_cased(c: char) -> bool {
    c.is_lowercase() || c.is_uppercase() || general_category(c) == GeneralCategory::TitlecaseLetter
}

/// Belongs to a word: letters, marks, digits, connectors.
fn is_word_part(c: char) -> bool {
    use GeneralCategory as G;
    c.is_alphanumeric()
        || matches!(
            general_category(c),
            G::NonspacingMark | G::SpacingMark | G::EnclosingMark | G::ConnectorPunctuation | G::Format
        )
}

/// Joins two letters into one word when it stands between them.
fn is_mid_letter(c: char) -> bool {
    matches!(c, '\'' | '\u{2019}' | '\u{2018}' | '.' | '\u{b7}' | ':' | '\u{2027}' | '\u{ff07}')
}

/// Character `i` in title case: in each word the first cased character is titled and the cased ones behind it are
/// downcased. `in_word` is false at the beginning of a text.
pub fn push_title(text: &[char], i: usize, in_word: &mut bool, out: &mut impl Extend<char>) {
    let Some(&c) = text.get(i) else { return };
    let joins = is_mid_letter(c)
        && *in_word
        && i.checked_sub(1).and_then(|j| text.get(j)).is_some_and(|p| p.is_alphabetic())
        && text.get(i + 1).is_some_and(|n| n.is_alphabetic());
    if !is_word_part(c) && !joins {
        *in_word = false;
        out.extend([c]);
    } else if *in_word && is_cased(c) {
        push_lower(text, i, out)
    } else if is_cased(c) {
        *in_word = true;
        push_titled(c, out)
    } else {
        out.extend([c]);
    }
}

/// Lower case of character `i` of a text: sigma at the end of a word has a form of its own.
pub fn push_lower(text: &[char], i: usize, out: &mut impl Extend<char>) {
    let Some(&c) = text.get(i) else { return };
    if c != '\u{3a3}' {
        return out.extend(c.to_lowercase());
    }
    let ignorable = |c: &&char| {
        use GeneralCategory as G;
        is_mid_letter(**c)
            || matches!(
                general_category(**c),
                G::NonspacingMark | G::EnclosingMark | G::Format | G::ModifierLetter | G::ModifierSymbol
            )
    };
    let before = text.iter().take(i).rev().find(|c| !ignorable(c)).is_some_and(|&c| is_cased(c));
    let after = text.iter().skip(i + 1).find(|c| !ignorable(c)).is_some_and(|&c| is_cased(c));
    out.extend([if before && !after { '\u{3c2}' } else { '\u{3c3}' }]);
}

pub fn general_category(c: char) -> GeneralCategory {
    c.general_category()
}

/// The two letters of a general category.
pub fn category_name(category: GeneralCategory) -> &'static str {
    use GeneralCategory as G;
    match category {
        G::UppercaseLetter => "Lu",
        G::LowercaseLetter => "Ll",
        G::TitlecaseLetter => "Lt",
        G::ModifierLetter => "Lm",
        G::OtherLetter => "Lo",
        G::NonspacingMark => "Mn",
        G::SpacingMark => "Mc",
        G::EnclosingMark => "Me",
        G::DecimalNumber => "Nd",
        G::LetterNumber => "Nl",
        G::OtherNumber => "No",
        G::ConnectorPunctuation => "Pc",
        G::DashPunctuation => "Pd",
        G::OpenPunctuation => "Ps",
        G::ClosePunctuation => "Pe",
        G::InitialPunctuation => "Pi",
        G::FinalPunctuation => "Pf",
        G::OtherPunctuation => "Po",
        G::MathSymbol => "Sm",
        G::CurrencySymbol => "Sc",
        G::ModifierSymbol => "Sk",
        G::OtherSymbol => "So",
        G::SpaceSeparator => "Zs",
        G::LineSeparator => "Zl",
        G::ParagraphSeparator => "Zp",
        G::Control => "Cc",
        G::Format => "Cf",
        G::Surrogate => "Cs",
        G::PrivateUse => "Co",
        G::Unassigned => "Cn",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn simple_mappings() {
        let rows = [
            ('i', 'I', 'i', 'I', 'i'),
            ('I', 'I', 'i', 'I', 'i'),
            ('ß', 'ß', 'ß', 'ß', 'ß'),
            ('Σ', 'Σ', 'σ', 'Σ', 'σ'),
            ('ς', 'Σ', 'ς', 'Σ', 'σ'),
            ('\u{130}', '\u{130}', 'i', '\u{130}', '\u{130}'),
            ('\u{131}', 'I', '\u{131}', 'I', '\u{131}'),
            ('\u{1c6}', '\u{1c4}', '\u{1c6}', '\u{1c5}', '\u{1c6}'),
            ('\u{1c5}', '\u{1c4}', '\u{1c6}', '\u{1c5}', '\u{1c6}'),
            ('\u{1f80}', '\u{1f88}', '\u{1f80}', '\u{1f88}', '\u{1f80}'),
            ('\u{1fb3}', '\u{1fbc}', '\u{1fb3}', '\u{1fbc}', '\u{1fb3}'),
            ('\u{13a0}', '\u{13a0}', '\u{ab70}', '\u{13a0}', '\u{13a0}'),
            ('\u{ab70}', '\u{13a0}', '\u{ab70}', '\u{13a0}', '\u{13a0}'),
            ('\u{10d0}', '\u{1c90}', '\u{10d0}', '\u{10d0}', '\u{10d0}'),
        ];
        for (c, up, down, title, fold) in rows {
            assert_eq!((upcase(c), downcase(c), titlecase(c), foldcase(c)), (up, down, title, fold), "{c}");
        }
    }

    #[test]
    fn mapping_is_stable() {
        for c in (0..=0x10ffff).filter_map(char::from_u32) {
            assert_eq!(foldcase(foldcase(c)), foldcase(c), "{c:?}");
            assert_eq!(titlecase(titlecase(c)), titlecase(c), "{c:?}");
        }
    }

    #[test]
    fn titles_and_folds() {
        let title = |s: &str| {
            let (text, mut out) = (s.chars().collect::<Vec<_>>(), String::new());
            let mut in_word = false;
            (0..text.len()).for_each(|i| push_title(&text, i, &mut in_word, &mut out));
            out
        };
        for (from, to) in [
            ("Knock KNock", "Knock Knock"),
            ("who's there?", "Who's There?"),
            ("r6rs", "R6rs"),
            ("R6RS", "R6rs"),
            ("ﬂoo ﬁ ß", "Floo Fi Ss"),
            ("ΧΑΟΣΣ", "Χαοσς"),
            ("\u{1f80} \u{1f88} \u{1fbc}", "\u{1f88} \u{1f88} \u{1fbc}"),
            ("a 'quoted' b", "A 'Quoted' B"),
        ] {
            assert_eq!(title(from), to);
        }
        let fold = |s: &str| {
            let mut out = String::new();
            s.chars().for_each(|c| push_folded(c, &mut out));
            out
        };
        assert_eq!(fold("Straße ΧΑΟΣ ςσ"), "strasse χαοσ σσ");
    }
}
