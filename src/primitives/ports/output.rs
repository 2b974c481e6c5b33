//! Writing to ports, and opening files with options: R6RS libraries 8.2.2, 8.2.10 to 8.2.12.

use super::custom::written;
use super::operands::{BinaryOutputPort, OutputPort, Standard, TextualOutputPort};
use super::system_text::Text;
use super::transcoders::MaybeTranscoder;
use crate::eval::{Machine, Res, Who};
use crate::heap::{Bytevector, Str, Symbol, Value, View};
use crate::io::{BufferMode, Port, Style};
use crate::primitives::bounds::bad_index;
use crate::primitives::control::checks::given;
use crate::primitives::work::OPEN_IN_MEMORY;
use vicar_macros::primitives;

/// The end of `count` elements from `start`, by default all that are there.
fn end(m: &mut Machine, who: &str, of: Value, length: usize, start: usize, count: Option<usize>) -> Res<usize> {
    if start > length {
        return Err(bad_index(m, who, start, of, length));
    }
    let count = count.unwrap_or(length - start);
    match start.checked_add(count) {
        Some(end) if end <= length => Ok(end),
        _ => Err(bad_index(m, who, count, of, length - start)),
    }
}

fn write_bytes(m: &mut Machine, who: &str, port: BinaryOutputPort, bytes: &[u8]) -> Res {
    m.charge(bytes.len() / 32)?;
    m.write_on(who, port.0, bytes.len(), |p| p.write_bytes(bytes))?;
    written(m, who, port.0)
}

#[primitives]
pub mod procedures {
    use super::*;

    /// `(output-port-buffer-mode output-port)`: `none`, `line` or `block`.
    fn output_port_buffer_mode(m: &mut Machine, port: OutputPort) -> Res {
        let name = match port.port().buffer_mode {
            BufferMode::None => "none",
            BufferMode::Line => "line",
            BufferMode::Block => "block",
        };
        Ok(m.heap.symbol(name))
    }

    /// `(standard-output-port)`: a fresh binary port on the standard output, without a buffer.
    fn standard_output_port(m: &mut Machine) -> Res {
        Ok(m.binary_standard_port(Standard::Output))
    }

    /// `(standard-error-port)`: a fresh binary port on the standard error, without a buffer.
    fn standard_error_port(m: &mut Machine) -> Res {
        Ok(m.binary_standard_port(Standard::Error))
    }

    /// `(put-u8 binary-output-port octet)`
    #[primitive(control)]
    fn put_u8(m: &mut Machine, who: Who, port: BinaryOutputPort, octet: u8) -> Res {
        write_bytes(m, who, port, &[octet])
    }

    /// `(put-bytevector binary-output-port bytevector)`, `(put-bytevector binary-output-port bytevector start count)`
    #[primitive(control)]
    fn put_bytevector(
        m: &mut Machine,
        who: Who,
        port: BinaryOutputPort,
        bytevector: Bytevector,
        start: Option<usize>,
        count: Option<usize>,
    ) -> Res {
        let start = start.unwrap_or(0);
        let end = end(m, who, bytevector.value(), bytevector.len(), start, count)?;
        write_bytes(m, who, port, &bytevector.bytes()[start..end])
    }

    /// `(put-char textual-output-port char)`
    #[primitive(control)]
    fn put_char(m: &mut Machine, who: Who, port: TextualOutputPort, c: char) -> Res {
        m.write_text_on(who, c.encode_utf8(&mut [0; 4]), port.0)?;
        written(m, who, port.0)
    }

    /// `(put-string textual-output-port string)`, `(put-string textual-output-port string start count)`
    #[primitive(control)]
    fn put_string(
        m: &mut Machine,
        who: Who,
        port: TextualOutputPort,
        string: Str,
        start: Option<usize>,
        count: Option<usize>,
    ) -> Res {
        let start = start.unwrap_or(0);
        let end = end(m, who, string.value(), string.len(), start, count)?;
        m.write_string_on(who, string, start..end, port.0)?;
        written(m, who, port.0)
    }

    /// `(put-datum textual-output-port datum)`: so that `get-datum` gives it back.
    #[primitive(control)]
    fn put_datum(m: &mut Machine, who: Who, port: TextualOutputPort, datum: Value) -> Res {
        m.print_on(who, datum, port.0, Style::Write)?;
        written(m, who, port.0)
    }
}

#[primitives(internal)]
pub mod internal {
    use super::*;

    /// `(%open-bytevector-output-port who index maybe-transcoder)`: a port that gathers bytes, for `who`, whose argument
    /// the transcoder is.
    fn open_bytevector_output_port(m: &mut Machine, who: Symbol, index: usize, transcoder: Value) -> Res {
        let transcoder: MaybeTranscoder = given(m, who, "maybe-transcoder", index, transcoder)?;
        m.charge(OPEN_IN_MEMORY)?;
        Ok(m.heap.external(Box::new(Port::to_bytes(transcoder.0))))
    }

    /// `(%extract-bytevector port)`: the bytes gathered, which the port then forgets.
    fn extract_bytevector(m: &mut Machine, port: OutputPort) -> Res {
        let bytes = port.port().extract();
        m.charge(bytes.len() / 32)?;
        m.heap.reserve(bytes.len())?;
        Ok(m.heap.bytevector(&bytes))
    }

    /// `(%open-file who filename input? output? no-create? no-fail? no-truncate? buffer-mode maybe-transcoder)`
    fn open_file(
        m: &mut Machine,
        who: Symbol,
        filename: Value,
        input: bool,
        output: bool,
        no_create: bool,
        no_fail: bool,
        no_truncate: bool,
        buffer_mode: Value,
        transcoder: Value,
    ) -> Res {
        let filename: Text = given(m, who, "filename", 1, filename)?;
        let buffer_mode: BufferMode = given(m, who, "buffer-mode", 3, buffer_mode)?;
        let transcoder: MaybeTranscoder = given(m, who, "maybe-transcoder", 4, transcoder)?;
        let access = match (input, output) {
            (true, true) => libc::O_RDWR,
            (false, true) => libc::O_WRONLY,
            _ => libc::O_RDONLY,
        };
        let mut flags = access;
        if output {
            flags |= match (no_create, no_fail) {
                (true, _) => 0,
                (false, true) => libc::O_CREAT,
                (false, false) => libc::O_CREAT | libc::O_EXCL,
            };
            if (no_create || no_fail) && !no_truncate {
                flags |= libc::O_TRUNC;
            }
        }
        m.open_file(who.name(), &filename, flags, (input, output), transcoder.0, buffer_mode)
    }
}
