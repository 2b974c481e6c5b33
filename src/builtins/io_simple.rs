//! Simple I/O: `(rnrs io simple)`, R6RS libraries 8.3. The procedures that call procedures are in the prelude.

use super::checks::given;
use super::custom_ports::{close, drain, reading, written};
use super::ports::{AnyPort, InputPort, OutputPort, Standard, TextualInputPort, TextualOutputPort, parameter};
use super::system_text::Text;
use super::work::OPEN_IN_MEMORY;
use crate::heap::{Str, Symbol, Value};
use crate::io::{Port, Style};
use crate::primitives;

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
primitives! { pub COMMON in "(vicar ports)" {
    /// `(eof-object)`
    "eof-object" [pure] fn eof_object(_m) { Ok(Value::EOF) }
    /// `(eof-object? obj)`
    "eof-object?" [pure] fn is_eof_object(_m, obj: Value) { Ok(Value::boolean(obj == Value::EOF)) }
    /// `(input-port? obj)`
    "input-port?" [] fn is_input_port(_m, obj: Value) {
        Ok(Value::boolean(obj.external_ref::<Port>().is_some_and(Port::is_input)))
    }
    /// `(output-port? obj)`
    "output-port?" [] fn is_output_port(_m, obj: Value) {
        Ok(Value::boolean(obj.external_ref::<Port>().is_some_and(Port::is_output)))
    }
    /// `(current-input-port)`: where reading without a port reads. A parameter: `(current-input-port port)` sets it.
    "current-input-port" [] fn current_input_port(m, port: Option<TextualInputPort>, _guard: Option<Value>) {
        Ok(current(m, Standard::Input, port.map(|p| p.0)))
    }
    /// `(current-output-port)`: where writing without a port writes. A parameter.
    "current-output-port" [] fn current_output_port(m, port: Option<TextualOutputPort>, _guard: Option<Value>) {
        Ok(current(m, Standard::Output, port.map(|p| p.0)))
    }
    /// `(current-error-port)`: where messages about errors go. A parameter.
    "current-error-port" [] fn current_error_port(m, port: Option<TextualOutputPort>, _guard: Option<Value>) {
        Ok(current(m, Standard::Error, port.map(|p| p.0)))
    }
} }

primitives! { pub TABLE in "(rnrs io simple)" {
    /// `(open-input-file filename)`: a textual port that reads the file as UTF-8.
    "open-input-file" [] fn open_input_file(m, filename: Text) { m.open_text_file("open-input-file", &filename, false) }
    /// `(open-output-file filename)`: a textual port on a new file; `&i/o-file-already-exists` if there is one.
    "open-output-file" [] fn open_output_file(m, filename: Text) { m.open_text_file("open-output-file", &filename, true) }
    /// `(close-input-port port)`
    "close-input-port" [control] fn close_input_port(m, port: InputPort) { close(m, "close-input-port", port.0) }
    /// `(close-output-port port)`: writes what is buffered, then closes.
    "close-output-port" [control] fn close_output_port(m, port: OutputPort) { close(m, "close-output-port", port.0) }
    /// `(read-char)`, `(read-char port)`: the next character, or the end-of-file object.
    "read-char" [control] fn read_char(m, port: Option<TextualInputPort>) {
        let port = input(m, port);
        reading(m, "read-char", port.0, &[], |m| {
            Ok(m.on_port("read-char", port.0, Port::read_char)?.map_or(Value::EOF, Value::char))
        })
    }
    /// `(peek-char)`, `(peek-char port)`: the same without taking it.
    "peek-char" [control] fn peek_char(m, port: Option<TextualInputPort>) {
        let port = input(m, port);
        reading(m, "peek-char", port.0, &[], |m| {
            Ok(m.on_port("peek-char", port.0, Port::peek_char)?.map_or(Value::EOF, Value::char))
        })
    }
    /// `(read)`, `(read port)`: the next datum, or the end-of-file object.
    "read" [control] fn read(m, port: Option<TextualInputPort>) {
        let port = input(m, port);
        reading(m, "read", port.0, &[], |m| m.read_datum("read", port.0))
    }
    /// `(write obj)`, `(write obj port)`: so that `read` gives it back.
    "write" [control] fn write(m, obj: Value, port: Option<TextualOutputPort>) {
        let port = output(m, port);
        m.print_on("write", obj, port, Style::Write)?;
        written(m, "write", port)
    }
    /// `(display obj)`, `(display obj port)`: for people.
    "display" [control] fn display(m, obj: Value, port: Option<TextualOutputPort>) {
        let port = output(m, port);
        m.print_on("display", obj, port, Style::Display)?;
        written(m, "display", port)
    }
    /// `(newline)`, `(newline port)`
    "newline" [control] fn newline(m, port: Option<TextualOutputPort>) {
        let port = output(m, port);
        m.write_text_on("newline", "\n", port)?;
        written(m, "newline", port)
    }
    /// `(write-char char)`, `(write-char char port)`
    "write-char" [control] fn write_char(m, c: char, port: Option<TextualOutputPort>) {
        let port = output(m, port);
        m.write_text_on("write-char", c.encode_utf8(&mut [0; 4]), port)?;
        written(m, "write-char", port)
    }
} }

primitives! { pub PORTS in "(rnrs io ports)" {
    /// `(port? obj)`
    "port?" [] fn is_port(_m, obj: Value) { Ok(Value::boolean(obj.external_ref::<Port>().is_some())) }
    /// `(close-port port)`
    "close-port" [control] fn close_port(m, port: AnyPort) { close(m, "close-port", port.0) }
    /// `(flush-output-port port)`
    "flush-output-port" [control] fn flush_output_port(m, port: Option<OutputPort>) {
        let port = port.unwrap_or_else(|| OutputPort(m.current_port(Standard::Output)));
        m.on_port("flush-output-port", port.0, Port::flush)?;
        drain(m, "flush-output-port", port.0)
    }
    /// `(open-string-input-port string)`
    "open-string-input-port" [] fn open_string_input_port(m, text: Str, _transcoder: Option<Value>) {
        m.charge(OPEN_IN_MEMORY + text.len() / 8)?;
        m.heap.reserve(text.chars().map(char::len_utf8).sum())?;
        Ok(m.heap.external(Box::new(Port::from_text(text.to_string()))))
    }
} }

primitives! { pub INTERNAL in "(vicar internal)" {
    /// `(%open-text-file who filename output?)`: `open-input-file` or `open-output-file` for `who`.
    "%open-text-file" [] fn open_text_file(m, who: Symbol, filename: Value, output: bool) {
        let filename: Text = given(m, who, "filename", 1, filename)?;
        m.open_text_file(who.name(), &filename, output)
    }
    /// `(%open-string-output-port)`: a port that gathers text; `open-string-output-port` pairs it with its extractor.
    "%open-string-output-port" [] fn open_string_output_port(m) {
        m.charge(OPEN_IN_MEMORY)?;
        Ok(m.heap.external(Box::new(Port::to_text())))
    }
    /// `(%extract-string port)`: the text gathered, which the port then forgets.
    "%extract-string" [] fn extract_string(m, port: TextualOutputPort) {
        let text = String::from_utf8(port.port().extract()).unwrap_or_default();
        m.charge(text.len() / 8)?;
        m.new_string(&text)
    }
    /// `(%get-output-string port)`: the same without forgetting.
    "%get-output-string" [] fn gathered_string(m, port: TextualOutputPort) {
        let text = port.port().gathered();
        m.charge(text.len() / 8)?;
        m.new_string_of_utf8(text)
    }
} }
