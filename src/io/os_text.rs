//! Text of the system as strings: file names, arguments, environment values. The system has bytes, usually UTF-8. Bytes
//! that are not UTF-8 become characters of their own, and these become the same bytes again, so nothing is lost: the byte
//! `b` is the character U+10FF00 + `b`, one of the last 128 code points, which are private. Where a name has these characters
//! themselves in UTF-8, their bytes are taken for ones that are not; so different names are different strings.

/// The characters that stand for bytes are this and the byte.
const BASE: u32 = 0x10_FF00;

/// The byte that a character stands for.
fn byte_of(c: char) -> Option<u8> {
    (c as u32).checked_sub(BASE).and_then(|b| u8::try_from(b).ok()).filter(|&b| b >= 0x80)
}

/// The string for bytes of the system.
pub fn decode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    let stand_in = |text: &mut String, bytes: &[u8]| {
        text.extend(bytes.iter().filter_map(|&b| char::from_u32(BASE + u32::from(b))));
    };
    for chunk in bytes.utf8_chunks() {
        let mut plain = chunk.valid();
        // Their lead byte is rare, so nearly always the text goes over whole.
        while let Some(at) = plain.bytes().position(|b| b == 0xF4) {
            let (before, after) = plain.split_at(at);
            let length = after.chars().next().map_or(0, char::len_utf8);
            let (c, rest) = after.split_at(length);
            text.push_str(before);
            match c.chars().next().and_then(byte_of) {
                Some(_) => stand_in(&mut text, c.as_bytes()),
                None => text.push_str(c),
            }
            plain = rest;
        }
        text.push_str(plain);
        stand_in(&mut text, chunk.invalid());
    }
    text
}

/// The bytes for the system of a string's characters.
pub fn encode(chars: impl Iterator<Item = char>) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(chars.size_hint().0);
    for c in chars {
        match byte_of(c) {
            Some(byte) => bytes.push(byte),
            None => bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn round_trip(bytes: &[u8]) -> String {
        let text = decode(bytes);
        assert_eq!(encode(text.chars()), bytes, "{bytes:02X?} by way of {text:?}");
        text
    }

    #[test]
    fn text_is_itself_and_other_bytes_are_characters() {
        assert_eq!(round_trip("plain, λ, 𝄞, \u{10FF00}".as_bytes()), "plain, λ, 𝄞, \u{10FF00}");
        assert_eq!(round_trip(b"a\xFFb\x80"), "a\u{10FFFF}b\u{10FF80}");
        // A character that is cut off, one of too many bytes, a surrogate.
        assert_eq!(round_trip(b"\xE2\x82").chars().count(), 2);
        assert_eq!(round_trip(b"\xC0\xAF").chars().count(), 2);
        assert_eq!(round_trip(b"\xED\xA0\x80").chars().count(), 3);
    }

    #[test]
    fn the_characters_that_stand_for_bytes_are_told_from_the_bytes() {
        let stands_in = "x\u{10FFFF}\u{10FF80}".as_bytes();
        assert_ne!(round_trip(stands_in), round_trip(b"x\xFF\x80"));
        assert_eq!(decode(stands_in).chars().count(), 9);
    }

    #[test]
    fn every_short_sequence_comes_back() {
        let interesting = [0x00, 0x41, 0x7F, 0x80, 0x8F, 0xBE, 0xBF, 0xC2, 0xE0, 0xED, 0xF0, 0xF4, 0xF5, 0xFF];
        for &a in &interesting {
            for &b in &interesting {
                for &c in &interesting {
                    for &d in &interesting {
                        round_trip(&[a, b, c, d]);
                    }
                }
            }
        }
    }
}
