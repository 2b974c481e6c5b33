//! Simple I/O: `(rnrs io simple)`, R6RS libraries 8.3. The procedures that call procedures are in the prelude.

use super::custom::{close, drain, reading, written};
use super::operands::{AnyPort, InputPort, OutputPort, Standard, TextualInputPort, TextualOutputPort, parameter};
use super::system_text::Text;
use crate::eval::{Machine, Res, Who};
use crate::heap::{Str, Symbol, Value};
use crate::io::{Port, Style};
use crate::primitives::control::checks::given;
use crate::primitives::work::OPEN_IN_MEMORY;
use vicar_macros::primitives;

fn input(m: &mut crate::eval::Machine, port: Option<TextualInputPort>) -> TextualInputPort {
    port.unwrap_or_else(|| TextualInputPort(m.current_port(Standard::Input)))
}

fn output(m: &mut crate::eval::Machine, port: Option<TextualOutputPort>) -> Value {
    port.map_or_else(|| m.current_port(Standard::Output), |p| p.0)
}

/// A primitive that is a parameter in Vicare's protocol: no argument asks, one or two set.
fn current(m: &mut crate::eval::Machine, which: Standard, new: Option<Value>) -> Value {
    parameter(m, which, new, crate::eval::Machine::current_port, crate::eval::Machine::set_current_port)
}

// What `(rnrs io ports)` and `(rnrs io simple)` both export.
#[primitives]
pub mod procedures {
    use super::*;

    /// `(eof-object)`
    #[primitive(pure)]
    fn eof_object() -> Res {
        Ok(Value::EOF)
    }

    /// `(eof-object? obj)`
    #[primitive(pure)]
    fn is_eof_object(obj: Value) -> Res {
        Ok(Value::boolean(obj == Value::EOF))
    }

    /// `(input-port? obj)`
    fn is_input_port(obj: Value) -> Res {
        Ok(Value::boolean(obj.external_ref::<Port>().is_some_and(Port::is_input)))
    }

    /// `(output-port? obj)`
    fn is_output_port(obj: Value) -> Res {
        Ok(Value::boolean(obj.external_ref::<Port>().is_some_and(Port::is_output)))
    }

    /// `(current-input-port)`: where reading without a port reads. A parameter: `(current-input-port port)` sets it.
    fn current_input_port(m: &mut Machine, port: Option<TextualInputPort>, _guard: Option<Value>) -> Res {
        Ok(current(m, Standard::Input, port.map(|p| p.0)))
    }

    /// `(current-output-port)`: where writing without a port writes. A parameter.
    fn current_output_port(m: &mut Machine, port: Option<TextualOutputPort>, _guard: Option<Value>) -> Res {
        Ok(current(m, Standard::Output, port.map(|p| p.0)))
    }

    /// `(current-error-port)`: where messages about errors go. A parameter.
    fn current_error_port(m: &mut Machine, port: Option<TextualOutputPort>, _guard: Option<Value>) -> Res {
        Ok(current(m, Standard::Error, port.map(|p| p.0)))
    }

    /// `(port? obj)`
    fn is_port(obj: Value) -> Res {
        Ok(Value::boolean(obj.external_ref::<Port>().is_some()))
    }

    /// `(close-port port)`
    #[primitive(control)]
    fn close_port(m: &mut Machine, who: Who, port: AnyPort) -> Res {
        close(m, who, port.0)
    }

    /// `(flush-output-port port)`
    #[primitive(control)]
    fn flush_output_port(m: &mut Machine, who: Who, port: Option<OutputPort>) -> Res {
        let port = port.unwrap_or_else(|| OutputPort(m.current_port(Standard::Output)));
        m.on_port(who, port.0, Port::flush)?;
        drain(m, who, port.0)
    }

    /// `(open-string-input-port string)`
    fn open_string_input_port(m: &mut Machine, text: Str, _transcoder: Option<Value>) -> Res {
        m.charge(OPEN_IN_MEMORY + text.len() / 8)?;
        m.heap.reserve(text.chars().map(char::len_utf8).sum())?;
        Ok(m.heap.external(Box::new(Port::from_text(text.to_string()))))
    }
}

/// Those that read and write a standard port when they are given none.
#[primitives]
pub mod defaulting {
    use super::*;

    /// `(open-input-file filename)`: a textual port that reads the file as UTF-8.
    fn open_input_file(m: &mut Machine, who: Who, filename: Text) -> Res {
        m.open_text_file(who, &filename, false)
    }

    /// `(open-output-file filename)`: a textual port on a new file; `&i/o-file-already-exists` if there is one.
    fn open_output_file(m: &mut Machine, who: Who, filename: Text) -> Res {
        m.open_text_file(who, &filename, true)
    }

    /// `(close-input-port port)`
    #[primitive(control)]
    fn close_input_port(m: &mut Machine, who: Who, port: InputPort) -> Res {
        close(m, who, port.0)
    }

    /// `(close-output-port port)`: writes what is buffered, then closes.
    #[primitive(control)]
    fn close_output_port(m: &mut Machine, who: Who, port: OutputPort) -> Res {
        close(m, who, port.0)
    }

    /// `(read-char)`, `(read-char port)`: the next character, or the end-of-file object.
    #[primitive(control)]
    fn read_char(m: &mut Machine, who: Who, port: Option<TextualInputPort>) -> Res {
        let port = input(m, port);
        reading(m, who, port.0, &[], |m| Ok(m.on_port(who, port.0, Port::read_char)?.map_or(Value::EOF, Value::char)))
    }

    /// `(peek-char)`, `(peek-char port)`: the same without taking it.
    #[primitive(control)]
    fn peek_char(m: &mut Machine, who: Who, port: Option<TextualInputPort>) -> Res {
        let port = input(m, port);
        reading(m, who, port.0, &[], |m| Ok(m.on_port(who, port.0, Port::peek_char)?.map_or(Value::EOF, Value::char)))
    }

    /// `(read)`, `(read port)`: the next datum, or the end-of-file object.
    #[primitive(control)]
    fn read(m: &mut Machine, who: Who, port: Option<TextualInputPort>) -> Res {
        let port = input(m, port);
        reading(m, who, port.0, &[], |m| m.read_datum(who, port.0))
    }

    /// `(write obj)`, `(write obj port)`: so that `read` gives it back.
    #[primitive(control)]
    fn write(m: &mut Machine, who: Who, obj: Value, port: Option<TextualOutputPort>) -> Res {
        let port = output(m, port);
        m.print_on(who, obj, port, Style::Write)?;
        written(m, who, port)
    }

    /// `(display obj)`, `(display obj port)`: for people.
    #[primitive(control)]
    fn display(m: &mut Machine, who: Who, obj: Value, port: Option<TextualOutputPort>) -> Res {
        let port = output(m, port);
        m.print_on(who, obj, port, Style::Display)?;
        written(m, who, port)
    }

    /// `(newline)`, `(newline port)`
    #[primitive(control)]
    fn newline(m: &mut Machine, who: Who, port: Option<TextualOutputPort>) -> Res {
        let port = output(m, port);
        m.write_text_on(who, "\n", port)?;
        written(m, who, port)
    }

    /// `(write-char char)`, `(write-char char port)`
    #[primitive(control)]
    fn write_char(m: &mut Machine, who: Who, c: char, port: Option<TextualOutputPort>) -> Res {
        let port = output(m, port);
        m.write_text_on(who, c.encode_utf8(&mut [0; 4]), port)?;
        written(m, who, port)
    }
}

#[primitives(internal)]
pub mod internal {
    use super::*;

    /// `(%open-text-file who filename output?)`: `open-input-file` or `open-output-file` for `who`.
    fn open_text_file(m: &mut Machine, who: Symbol, filename: Value, output: bool) -> Res {
        let filename: Text = given(m, who, "filename", 1, filename)?;
        m.open_text_file(who.name(), &filename, output)
    }

    /// `(%open-string-output-port)`: a port that gathers text; `open-string-output-port` pairs it with its extractor.
    fn open_string_output_port(m: &mut Machine) -> Res {
        m.charge(OPEN_IN_MEMORY)?;
        Ok(m.heap.external(Box::new(Port::to_text())))
    }

    /// `(%extract-string port)`: the text gathered, which the port then forgets.
    fn extract_string(m: &mut Machine, port: TextualOutputPort) -> Res {
        let text = String::from_utf8(port.port().extract()).unwrap_or_default();
        m.charge(text.len() / 8)?;
        m.new_string(&text)
    }

    /// `(%get-output-string port)`: the same without forgetting.
    fn get_output_string(m: &mut Machine, port: TextualOutputPort) -> Res {
        let text = port.port().gathered();
        m.charge(text.len() / 8)?;
        m.new_string_of_utf8(text)
    }
}
