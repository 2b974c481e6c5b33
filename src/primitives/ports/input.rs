//! Reading from ports: R6RS libraries 8.2.7 to 8.2.9.

use super::custom::reading;
use super::operands::{AnyPort, BinaryInputPort, InputPort, Standard, TextualInputPort};
use super::transcoders::MaybeTranscoder;
use crate::account::{Claim, Paid};
use crate::eval::{Machine, Res, Who};
use crate::heap::{Bytevector, HeapFull, Str, Value, View};
use crate::io::{Port, Transcoder};
use crate::primitives::bounds::{bad_index, immutable};
use crate::primitives::sequences::bytevectors::mutable;
use crate::primitives::work::OPEN_IN_MEMORY;
use vicar_macros::primitives;

/// So much is read before it is charged.
const CHUNK: usize = 4096;

/// Reads up to `count` characters, or to a linefeed, which is taken and left out. `None` at an end of file, which is taken;
/// one behind characters is for the next operation.
fn read_text(m: &mut Machine, who: &str, port: Value, count: usize, line: bool) -> Res<Option<Paid<String>>> {
    let mut text = Paid::new(String::new(), Claim::new(m.heap.memory()));
    let mut read = 0;
    if line && let Some(p) = port.external_mut::<Port>() {
        // A line is for later, when the rest of it is not there.
        p.hold();
    }
    // How much is charged for.
    let mut charged = 0;
    while read < count {
        if read >= charged {
            m.charge(CHUNK / 8)?;
            charged += CHUNK;
        }
        if let Some(p) = port.external_mut::<Port>() {
            let run = p.plain_run((count - read).min(charged - read), line);
            if !run.is_empty() {
                text.grow(run.len())?;
                text.push_str(run);
                let taken = run.len();
                read += taken;
                p.consume(taken);
                continue;
            }
        }
        match m.on_port(who, port, Port::take_char) {
            Ok(Some('\n')) if line => return Ok(Some(text)),
            Ok(Some(c)) => {
                text.grow(c.len_utf8())?;
                text.push(c)
            }
            Ok(None) if read > 0 => break,
            Ok(None) => {
                if let Some(p) = port.external_mut::<Port>() {
                    p.take_end();
                }
                return Ok(None);
            }
            Err(stop) => match port.external_mut::<Port>().filter(|p| read > 0 && p.is_blocked()) {
                Some(p) if line => {
                    p.give_back();
                    return Err(stop);
                }
                Some(_) => break,
                None => return Err(stop),
            },
        }
        read += 1;
    }
    Ok(Some(text))
}

fn next_char(m: &mut Machine, who: &str, port: Value) -> Res<Option<char>> {
    m.on_port(who, port, Port::read_char)
}

/// Reads up to `count` bytes; at most what is there at once, if `some`. `None` at an end of file, which is taken; one behind
/// bytes is for the next operation.
fn read_bytes(
    m: &mut Machine,
    who: &str,
    port: BinaryInputPort,
    count: usize,
    some: bool,
) -> Res<Option<Paid<Vec<u8>>>> {
    let mut bytes = Paid::new(Vec::new(), Claim::new(m.heap.memory()));
    while bytes.len() < count {
        let taken = m.on_port(who, port.0, |p| {
            let available = p.available()?;
            let taken = available.len().min(count - bytes.len());
            if bytes.grow(taken).is_err() {
                return Ok(None);
            }
            bytes.extend_from_slice(&available[..taken]);
            p.consume(taken);
            Ok(Some(taken))
        });
        let taken = match taken {
            Ok(None) => return Err(HeapFull.into()),
            Ok(Some(0)) if bytes.is_empty() => {
                port.port().take_end();
                return Ok(None);
            }
            Ok(Some(0)) => break,
            Err(_) if !bytes.is_empty() && port.port().is_blocked() => break,
            other => other?.unwrap_or(0),
        };
        m.charge(taken / 32 + 1)?;
        if some {
            break;
        }
    }
    Ok(Some(bytes))
}

fn count_value(n: usize) -> Value {
    Value::fixnum(n as i64)
}

fn string_or_eof(m: &mut Machine, text: Option<Paid<String>>) -> Res {
    text.map_or(Ok(Value::EOF), |text| m.new_string(&text))
}

fn bytevector_or_eof(m: &mut Machine, bytes: Option<Paid<Vec<u8>>>) -> Res {
    let Some(bytes) = bytes else { return Ok(Value::EOF) };
    m.heap.reserve(bytes.len())?;
    Ok(m.heap.bytevector(&bytes))
}

/// The text up to the next linefeed.
pub fn read_line(m: &mut Machine, who: &str, port: Value) -> Res {
    let text = read_text(m, who, port, usize::MAX, true)?;
    string_or_eof(m, text)
}

/// The text that is there without waiting, but for the first character.
pub fn get_text_some(m: &mut Machine, who: &str, port: Value) -> Res {
    let Some(first) = next_char(m, who, port)? else { return Ok(Value::EOF) };
    let mut text = String::from(first);
    if let Some(p) = port.external_mut::<Port>() {
        // The rest of the buffer, but for what is not plain.
        let run = p.plain_run(usize::MAX, false);
        let taken = run.len();
        m.charge(taken / 32)?;
        m.heap.reserve(taken)?;
        text.push_str(run);
        p.consume(taken);
    }
    Ok(m.heap.string(&text))
}

fn check_range(m: &mut Machine, who: &str, of: Value, length: usize, start: usize, count: usize) -> Res<()> {
    match start.checked_add(count) {
        Some(end) if end <= length => Ok(()),
        Some(end) if start <= length => Err(bad_index(m, who, end, of, length)),
        _ => Err(bad_index(m, who, start, of, length)),
    }
}

#[primitives]
pub mod procedures {
    use super::*;

    /// `(textual-port? port)`
    fn is_textual_port(port: AnyPort) -> Res {
        Ok(Value::boolean(port.port().is_textual()))
    }

    /// `(binary-port? port)`
    fn is_binary_port(port: AnyPort) -> Res {
        Ok(Value::boolean(!port.port().is_textual()))
    }

    /// `(port-transcoder port)`: the transcoder, or `#f` if the port is binary.
    fn port_transcoder(m: &mut Machine, port: AnyPort) -> Res {
        Ok(port.port().transcoder().map_or(Value::FALSE, |t| m.heap.external(Box::new(t))))
    }

    /// `(transcoded-port binary-port transcoder)`: a textual port that goes on where the binary port, now closed, was.
    fn transcoded_port(m: &mut Machine, who: Who, port: AnyPort, transcoder: Transcoder) -> Res {
        if port.port().is_textual() {
            return Err(m.wrong_argument(who, "binary-port", 1, "a binary port", port.0));
        }
        match port.port().transcoded(transcoder) {
            Ok(textual) => Ok(m.heap.external(Box::new(textual))),
            Err(e) => Err(m.port_error(who, e, port.0)),
        }
    }

    /// `(port-eof? input-port)`: whether there is nothing more to read.
    #[primitive(control)]
    fn is_port_eof(m: &mut Machine, who: Who, port: InputPort) -> Res {
        reading(m, who, port.0, &[], |m| {
            let end = m.on_port(who, port.0, |p| match p.is_textual() {
                true => Ok(p.peek_char()?.is_none()),
                false => Ok(p.peek_byte()?.is_none()),
            });
            end.map(Value::boolean)
        })
    }

    /// `(open-bytevector-input-port bytevector)`, `(open-bytevector-input-port bytevector maybe-transcoder)`
    fn open_bytevector_input_port(m: &mut Machine, bytevector: Bytevector, transcoder: Option<MaybeTranscoder>) -> Res {
        m.charge(OPEN_IN_MEMORY + bytevector.len() / 32)?;
        m.heap.reserve(bytevector.len())?;
        let port = Port::from_bytes(bytevector.bytes().to_vec(), transcoder.and_then(|t| t.0));
        Ok(m.heap.external(Box::new(port)))
    }

    /// `(standard-input-port)`: a fresh binary port on the standard input.
    fn standard_input_port(m: &mut Machine) -> Res {
        Ok(m.binary_standard_port(Standard::Input))
    }

    /// `(get-u8 binary-input-port)`: the next byte, or the end-of-file object.
    #[primitive(control)]
    fn get_u8(m: &mut Machine, who: Who, port: BinaryInputPort) -> Res {
        reading(m, who, port.0, &[], |m| {
            let byte = m.on_port(who, port.0, Port::read_byte)?;
            Ok(byte.map_or(Value::EOF, |b| Value::fixnum(b.into())))
        })
    }

    /// `(lookahead-u8 binary-input-port)`: the same without taking it.
    #[primitive(control)]
    fn lookahead_u8(m: &mut Machine, who: Who, port: BinaryInputPort) -> Res {
        reading(m, who, port.0, &[], |m| {
            let byte = m.on_port(who, port.0, Port::peek_byte)?;
            Ok(byte.map_or(Value::EOF, |b| Value::fixnum(b.into())))
        })
    }

    /// `(get-bytevector-n binary-input-port count)`: the next `count` bytes, fewer at the end of the data.
    #[primitive(control)]
    fn get_bytevector_n(m: &mut Machine, who: Who, port: BinaryInputPort, count: usize) -> Res {
        reading(m, who, port.0, &[count_value(count)], |m| {
            let bytes = read_bytes(m, who, port, count, false)?;
            bytevector_or_eof(m, bytes)
        })
    }

    /// `(get-bytevector-n! binary-input-port bytevector start count)`: reads into the bytevector; how many bytes.
    #[primitive(name = "get-bytevector-n!", control)]
    fn get_bytevector_into(
        m: &mut Machine,
        who: Who,
        port: BinaryInputPort,
        bytevector: Bytevector,
        start: usize,
        count: usize,
    ) -> Res {
        reading(m, who, port.0, &[bytevector.value(), count_value(start), count_value(count)], |m| {
            let mut bytevector = bytevector;
            mutable(m, who, bytevector)?;
            check_range(m, who, bytevector.value(), bytevector.len(), start, count)?;
            match read_bytes(m, who, port, count, false)? {
                None => Ok(Value::EOF),
                Some(bytes) => {
                    bytevector.bytes_mut()[start..start + bytes.len()].copy_from_slice(&bytes);
                    Ok(Value::fixnum(bytes.len() as i64))
                }
            }
        })
    }

    /// `(get-bytevector-some binary-input-port)`: the bytes that are there, at least one.
    #[primitive(control)]
    fn get_bytevector_some(m: &mut Machine, who: Who, port: BinaryInputPort) -> Res {
        reading(m, who, port.0, &[], |m| {
            let bytes = read_bytes(m, who, port, usize::MAX, true)?;
            bytevector_or_eof(m, bytes)
        })
    }

    /// `(get-bytevector-all binary-input-port)`: all bytes up to the end.
    #[primitive(control)]
    fn get_bytevector_all(m: &mut Machine, who: Who, port: BinaryInputPort) -> Res {
        reading(m, who, port.0, &[], |m| {
            let bytes = read_bytes(m, who, port, usize::MAX, false)?;
            bytevector_or_eof(m, bytes)
        })
    }

    /// `(get-char textual-input-port)`: the next character, or the end-of-file object.
    #[primitive(control)]
    fn get_char(m: &mut Machine, who: Who, port: TextualInputPort) -> Res {
        reading(m, who, port.0, &[], |m| Ok(next_char(m, who, port.0)?.map_or(Value::EOF, Value::char)))
    }

    /// `(lookahead-char textual-input-port)`: the same without taking it.
    #[primitive(control)]
    fn lookahead_char(m: &mut Machine, who: Who, port: TextualInputPort) -> Res {
        reading(m, who, port.0, &[], |m| Ok(m.on_port(who, port.0, Port::peek_char)?.map_or(Value::EOF, Value::char)))
    }

    /// `(get-string-n textual-input-port count)`: the next `count` characters, fewer at the end of the data.
    #[primitive(control)]
    fn get_string_n(m: &mut Machine, who: Who, port: TextualInputPort, count: usize) -> Res {
        reading(m, who, port.0, &[count_value(count)], |m| {
            let text = read_text(m, who, port.0, count, false)?;
            string_or_eof(m, text)
        })
    }

    /// `(get-string-n! textual-input-port string start count)`: reads into the string; how many characters.
    #[primitive(name = "get-string-n!", control)]
    fn get_string_into(
        m: &mut Machine,
        who: Who,
        port: TextualInputPort,
        string: Str,
        start: usize,
        count: usize,
    ) -> Res {
        reading(m, who, port.0, &[string.value(), count_value(start), count_value(count)], |m| {
            if string.value().is_immutable() {
                return Err(immutable(m, who, string.value()));
            }
            check_range(m, who, string.value(), string.len(), start, count)?;
            let Some(text) = read_text(m, who, port.0, count, false)? else { return Ok(Value::EOF) };
            let mut read = 0;
            for c in text.chars() {
                string.set(&mut m.heap, start + read, c)?;
                read += 1;
            }
            Ok(Value::fixnum(read as i64))
        })
    }

    /// `(get-string-all textual-input-port)`: all text up to the end.
    #[primitive(control)]
    fn get_string_all(m: &mut Machine, who: Who, port: TextualInputPort) -> Res {
        reading(m, who, port.0, &[], |m| {
            let text = read_text(m, who, port.0, usize::MAX, false)?;
            string_or_eof(m, text)
        })
    }

    /// `(get-line textual-input-port)`: the text up to the next linefeed, which is taken too and left out.
    #[primitive(control)]
    fn get_line(m: &mut Machine, who: Who, port: TextualInputPort) -> Res {
        reading(m, who, port.0, &[], |m| read_line(m, who, port.0))
    }

    /// `(get-datum textual-input-port)`: the next datum, or the end-of-file object.
    #[primitive(control)]
    fn get_datum(m: &mut Machine, who: Who, port: TextualInputPort) -> Res {
        reading(m, who, port.0, &[], |m| m.read_datum(who, port.0))
    }
}
