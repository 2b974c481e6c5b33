//! Transcoders and what they make of strings and bytevectors: R6RS libraries 8.2.3 and 8.2.4.

use crate::account::{Claim, Paid};
use crate::eval::{Machine, Res, Single, Who};
use crate::heap::{Bytevector, External, Str, Symbol, Value, View};
use crate::io::{BufferMode, Codec, EolStyle, ErrorMode, Port, PortError, Transcoder};
use crate::primitives::text::contents::utf8;
use crate::primitives::work::{PIECE, look, pieces_of_text, room};
use vicar_macros::primitives;

impl External for Transcoder {
    fn type_name(&self) -> &'static str {
        "transcoder"
    }
}

impl Single for Transcoder {
    const WHAT: &'static str = "a transcoder";
    fn convert(v: Value) -> Option<Transcoder> {
        v.external_ref::<Transcoder>().copied()
    }
}

/// A transcoder or `#f`.
#[derive(Copy, Clone)]
pub struct MaybeTranscoder(pub Option<Transcoder>);

impl Single for MaybeTranscoder {
    const WHAT: &'static str = "a transcoder or #f";
    fn convert(v: Value) -> Option<MaybeTranscoder> {
        if v == Value::FALSE {
            Some(MaybeTranscoder(None))
        } else {
            Transcoder::convert(v).map(|t| MaybeTranscoder(Some(t)))
        }
    }
}

/// Arguments that are symbols out of a few.
macro_rules! symbol_arguments {
    ($($t:ty, $what:literal: $($name:literal = $value:pat => $make:expr),+;)*) => {$(
        impl Single for $t {
            const WHAT: &'static str = $what;
            fn convert(v: Value) -> Option<$t> {
                match Symbol::from_value(v)?.name() {
                    $($name => Some($make),)+
                    _ => None,
                }
            }
        }
        impl SymbolName for $t {
            fn symbol_name(self) -> &'static str {
                match self { $($value => $name),+ }
            }
        }
    )*};
}

/// What stands for a few values in Scheme: symbols.
trait SymbolName {
    fn symbol_name(self) -> &'static str;
}

symbol_arguments! {
    EolStyle, "an end-of-line style":
        "none" = EolStyle::None => EolStyle::None, "lf" = EolStyle::Lf => EolStyle::Lf, "cr" = EolStyle::Cr => EolStyle::Cr,
        "crlf" = EolStyle::CrLf => EolStyle::CrLf, "nel" = EolStyle::Nel => EolStyle::Nel,
        "crnel" = EolStyle::CrNel => EolStyle::CrNel, "ls" = EolStyle::Ls => EolStyle::Ls;
    ErrorMode, "an error-handling mode":
        "ignore" = ErrorMode::Ignore => ErrorMode::Ignore, "raise" = ErrorMode::Raise => ErrorMode::Raise,
        "replace" = ErrorMode::Replace => ErrorMode::Replace;
    BufferMode, "a buffer mode":
        "none" = BufferMode::None => BufferMode::None, "line" = BufferMode::Line => BufferMode::Line,
        "block" = BufferMode::Block => BufferMode::Block;
    Codec, "a codec":
        "latin-1-codec" = Codec::Latin1 => Codec::Latin1, "utf-8-codec" = Codec::Utf8 => Codec::Utf8,
        "utf-16-codec" = Codec::Utf16 | Codec::Utf16Be | Codec::Utf16Le => Codec::Utf16;
}

fn name(m: &mut Machine, of: impl SymbolName) -> Res {
    Ok(m.heap.symbol(of.symbol_name()))
}

#[primitives]
pub mod procedures {
    use super::*;

    /// `(latin-1-codec)`: ISO 8859-1. A codec is a symbol.
    fn latin_1_codec(m: &mut Machine) -> Res {
        name(m, Codec::Latin1)
    }

    /// `(utf-8-codec)`
    fn utf_8_codec(m: &mut Machine) -> Res {
        name(m, Codec::Utf8)
    }

    /// `(utf-16-codec)`: reading, a byte order mark decides, big-endian without one; writing, big-endian without a mark.
    fn utf_16_codec(m: &mut Machine) -> Res {
        name(m, Codec::Utf16)
    }

    /// `(native-eol-style)`: `lf`.
    fn native_eol_style(m: &mut Machine) -> Res {
        name(m, EolStyle::Lf)
    }

    /// `(buffer-mode? obj)`: whether it is one of `none`, `line`, `block`.
    fn is_buffer_mode(obj: Value) -> Res {
        Ok(Value::boolean(BufferMode::convert(obj).is_some()))
    }

    /// `(make-transcoder codec)`, `(make-transcoder codec eol-style handling-mode)`: `lf` and `replace` by default.
    fn make_transcoder(
        m: &mut Machine,
        codec: Codec,
        eol_style: Option<EolStyle>,
        handling_mode: Option<ErrorMode>,
    ) -> Res {
        let transcoder = Transcoder {
            codec,
            eol: eol_style.unwrap_or(EolStyle::Lf),
            errors: handling_mode.unwrap_or(ErrorMode::Replace),
        };
        Ok(m.heap.external(Box::new(transcoder)))
    }

    /// `(native-transcoder)`: UTF-8, line ends as they are, U+FFFD for what is not UTF-8.
    fn native_transcoder(m: &mut Machine) -> Res {
        Ok(m.heap.external(Box::new(Transcoder::NATIVE)))
    }

    /// `(transcoder-codec transcoder)`
    fn transcoder_codec(m: &mut Machine, transcoder: Transcoder) -> Res {
        name(m, transcoder.codec)
    }

    /// `(transcoder-eol-style transcoder)`
    fn transcoder_eol_style(m: &mut Machine, transcoder: Transcoder) -> Res {
        name(m, transcoder.eol)
    }

    /// `(transcoder-error-handling-mode transcoder)`
    fn transcoder_error_handling_mode(m: &mut Machine, transcoder: Transcoder) -> Res {
        name(m, transcoder.errors)
    }

    /// `(bytevector->string bytevector transcoder)`: the text that the bytes encode.
    fn bytevector_to_string(m: &mut Machine, who: Who, bytevector: Bytevector, transcoder: Transcoder) -> Res {
        m.charge(bytevector.len() / 4)?;
        let mut bytes: Paid<Vec<u8>> = room(m, bytevector.len())?;
        bytes.extend_from_slice(bytevector.bytes());
        let (bytes, _claim) = bytes.apart();
        let mut port = Port::from_bytes(bytes, Some(transcoder));
        let mut text = Paid::new(String::new(), Claim::new(m.heap.memory()));
        let mut taken = 0usize;
        loop {
            taken += 1;
            if taken.is_multiple_of(PIECE) {
                look(m)?;
            }
            match port.read_char() {
                Ok(Some(c)) => {
                    text.grow(c.len_utf8())?;
                    text.push(c)
                }
                Ok(None) => return m.new_string(&text),
                Err(PortError::Interrupted) => m.poll()?,
                Err(e) => return Err(m.port_error(who, e, bytevector.value())),
            }
        }
    }

    /// `(string->bytevector string transcoder)`: the bytes that encode the text.
    fn string_to_bytevector(m: &mut Machine, who: Who, string: Str, transcoder: Transcoder) -> Res {
        m.charge(string.len() / 4)?;
        let text = utf8(m, string)?;
        // In the port, which grows, and as a bytevector.
        m.heap.reserve_many(text.len().saturating_mul(8))?;
        let mut port = Port::to_bytes(Some(transcoder));
        let written = pieces_of_text(&text).try_for_each(|piece| {
            if m.heap.stop_wanted() { Err(PortError::Interrupted) } else { port.write_text(piece) }
        });
        match written {
            Err(PortError::Interrupted) => Err(m.stopped_by_watch()),
            Ok(()) => {
                let bytes = port.extract();
                m.heap.reserve(bytes.len())?;
                Ok(m.heap.bytevector(&bytes))
            }
            Err(e) => Err(m.port_error(who, e, string.value())),
        }
    }
}
