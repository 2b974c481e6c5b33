//! Transcoders: a codec, an end-of-line style, what to do with what cannot be converted. R6RS libraries 8.2.4.

/// How characters become bytes.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Codec {
    Latin1,
    Utf8,
    /// The byte order comes from a mark at the beginning, big-endian without one; written big-endian with none.
    Utf16,
    Utf16Be,
    Utf16Le,
}

/// What `#\linefeed` is in the bytes. Reading, every style but `None` turns all of them into a linefeed.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum EolStyle {
    None,
    Lf,
    Cr,
    CrLf,
    Nel,
    CrNel,
    Ls,
}

/// What happens to bytes that encode no character, and to characters that the codec cannot encode.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum ErrorMode {
    Ignore,
    Raise,
    Replace,
}

/// The three together.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Transcoder {
    pub codec: Codec,
    pub eol: EolStyle,
    pub errors: ErrorMode,
}

impl Transcoder {
    /// `(native-transcoder)`.
    pub const NATIVE: Transcoder = Transcoder { codec: Codec::Utf8, eol: EolStyle::None, errors: ErrorMode::Replace };
    /// What string ports have below.
    pub const STRING: Transcoder = Transcoder { codec: Codec::Utf8, eol: EolStyle::None, errors: ErrorMode::Raise };
}

/// What the front of a byte sequence is.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Decoded {
    /// A character of so many bytes.
    Char(char, usize),
    /// So many bytes that encode nothing.
    Invalid(usize),
    /// The beginning of a character; more bytes decide.
    Incomplete,
}

impl Codec {
    /// The first character of `bytes`, which is not empty.
    pub fn decode(self, bytes: &[u8]) -> Decoded {
        match self {
            Codec::Latin1 => Decoded::Char(bytes[0] as char, 1),
            Codec::Utf8 => decode_utf8(bytes),
            Codec::Utf16 | Codec::Utf16Be => decode_utf16(bytes, u16::from_be_bytes),
            Codec::Utf16Le => decode_utf16(bytes, u16::from_le_bytes),
        }
    }

    /// Appends the bytes of `c`; false if the codec has none for it.
    pub fn encode(self, c: char, out: &mut Vec<u8>) -> bool {
        match self {
            Codec::Latin1 => match u8::try_from(c as u32) {
                Ok(b) => out.push(b),
                Err(_) => return false,
            },
            Codec::Utf8 => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
            Codec::Utf16 | Codec::Utf16Be => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    out.extend_from_slice(&unit.to_be_bytes())
                }
            }
            Codec::Utf16Le => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    out.extend_from_slice(&unit.to_le_bytes())
                }
            }
        }
        true
    }

    /// What stands for a character that cannot be encoded.
    pub fn replacement(self) -> char {
        if self == Codec::Latin1 { '?' } else { '\u{fffd}' }
    }
}

fn decode_utf8(bytes: &[u8]) -> Decoded {
    let length = match bytes[0] {
        b @ 0..=0x7f => return Decoded::Char(b as char, 1),
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => return Decoded::Invalid(1),
    };
    let have = &bytes[..length.min(bytes.len())];
    match std::str::from_utf8(have) {
        Ok(text) => text.chars().next().map_or(Decoded::Incomplete, |c| Decoded::Char(c, length)),
        Err(e) => match e.error_len() {
            Some(n) => Decoded::Invalid(n),
            None => Decoded::Incomplete,
        },
    }
}

fn decode_utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Decoded {
    let at = |i: usize| bytes.get(i..i + 2).map(|b| unit([b[0], b[1]]));
    match at(0) {
        None => Decoded::Incomplete,
        Some(high @ 0xd800..=0xdbff) => match at(2) {
            None => Decoded::Incomplete,
            Some(low @ 0xdc00..=0xdfff) => {
                let code = 0x1_0000 + ((u32::from(high) & 0x3ff) << 10 | (u32::from(low) & 0x3ff));
                char::from_u32(code).map_or(Decoded::Invalid(4), |c| Decoded::Char(c, 4))
            }
            Some(_) => Decoded::Invalid(2),
        },
        Some(u) => char::from_u32(u.into()).map_or(Decoded::Invalid(2), |c| Decoded::Char(c, 2)),
    }
}
