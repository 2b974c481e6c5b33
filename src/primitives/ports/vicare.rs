//! What `(vicare)` adds on ports: predicates of every kind, the console's ports, names, buffering.

use super::custom::{drain, reading};
use super::input::{get_text_some, read_line};
use super::operands::{AnyPort, InputPort, OutputPort, Standard, TextualInputPort, TextualOutputPort, parameter};
use crate::eval::{Machine, Res, Single, Who};
use crate::heap::Value;
use crate::io::{BufferMode, Port, Transcoder};
use vicar_macros::primitives;

/// Predicates for any object.
macro_rules! port_predicates {
    ($($name:literal $f:ident |$p:ident| $test:expr;)*) => {
        #[primitives]
        pub mod predicates {
            use super::*;

            $(
            #[doc = concat!("`(", $name, " obj)`: whether it is a port of that kind.")]
            #[primitive(name = $name)]
            fn $f(obj: Value) -> Res {
                Ok(Value::boolean(obj.external_ref::<Port>().is_some_and(|$p: &Port| $test)))
            }
        )*}
    };
}

port_predicates! {
    "input/output-port?" is_both |p| p.is_input() && p.is_output();
    "input-only-port?" is_input_only |p| !p.is_output();
    "output-only-port?" is_output_only |p| !p.is_input();
    "binary-input-port?" is_binary_input |p| !p.is_textual() && p.is_input();
    "binary-output-port?" is_binary_output |p| !p.is_textual() && p.is_output();
    "binary-input/output-port?" is_binary_both |p| !p.is_textual() && p.is_input() && p.is_output();
    "binary-input-only-port?" is_binary_input_only |p| !p.is_textual() && !p.is_output();
    "binary-output-only-port?" is_binary_output_only |p| !p.is_textual() && !p.is_input();
    "textual-input-port?" is_textual_input |p| p.is_textual() && p.is_input();
    "textual-output-port?" is_textual_output |p| p.is_textual() && p.is_output();
    "textual-input/output-port?" is_textual_both |p| p.is_textual() && p.is_input() && p.is_output();
    "textual-input-only-port?" is_textual_input_only |p| p.is_textual() && !p.is_output();
    "textual-output-only-port?" is_textual_output_only |p| p.is_textual() && !p.is_input();
    "open-port?" is_open |p| p.is_open();
    "open-input-port?" is_open_input |p| p.is_open() && p.is_input();
    "open-output-port?" is_open_output |p| p.is_open() && p.is_output();
    "open-input/output-port?" is_open_both |p| p.is_open() && p.is_input() && p.is_output();
    "open-binary-port?" is_open_binary |p| p.is_open() && !p.is_textual();
    "open-binary-input-port?" is_open_binary_input |p| p.is_open() && !p.is_textual() && p.is_input();
    "open-binary-output-port?" is_open_binary_output |p| p.is_open() && !p.is_textual() && p.is_output();
    "open-binary-input/output-port?" is_open_binary_both
        |p| p.is_open() && !p.is_textual() && p.is_input() && p.is_output();
    "open-textual-port?" is_open_textual |p| p.is_open() && p.is_textual();
    "open-textual-input-port?" is_open_textual_input |p| p.is_open() && p.is_textual() && p.is_input();
    "open-textual-output-port?" is_open_textual_output |p| p.is_open() && p.is_textual() && p.is_output();
    "open-textual-input/output-port?" is_open_textual_both
        |p| p.is_open() && p.is_textual() && p.is_input() && p.is_output();
}

/// A primitive that is a parameter, as the current ports are.
fn console(m: &mut Machine, which: Standard, new: Option<Value>) -> Value {
    parameter(m, which, new, Machine::console_port, Machine::set_console_port)
}

#[primitives]
pub mod procedures {
    use super::*;

    /// `(console-input-port)`: what the current input port is at first. A parameter: `(console-input-port port)` sets it.
    fn console_input_port(m: &mut Machine, port: Option<TextualInputPort>, _guard: Option<Value>) -> Res {
        Ok(console(m, Standard::Input, port.map(|p| p.0)))
    }

    /// `(console-output-port)`: what the current output port is at first. A parameter.
    fn console_output_port(m: &mut Machine, port: Option<TextualOutputPort>, _guard: Option<Value>) -> Res {
        Ok(console(m, Standard::Output, port.map(|p| p.0)))
    }

    /// `(console-error-port)`: what the current error port is at first. A parameter.
    fn console_error_port(m: &mut Machine, port: Option<TextualOutputPort>, _guard: Option<Value>) -> Res {
        Ok(console(m, Standard::Error, port.map(|p| p.0)))
    }

    /// `(port-id port)`: what the port is called: a file's name, or what it is.
    fn port_id(m: &mut Machine, port: AnyPort) -> Res {
        Ok(m.heap.string(&port.port().name))
    }

    /// `(transcoder? obj)`: whether it is a transcoder.
    fn is_transcoder(obj: Value) -> Res {
        Ok(Value::boolean(<Transcoder as Single>::convert(obj).is_some()))
    }

    /// `(port-closed? port)`
    fn is_port_closed(port: AnyPort) -> Res {
        Ok(Value::boolean(!port.port().is_open()))
    }

    /// `(closed-port? port)`: the same.
    fn is_closed_port(port: AnyPort) -> Res {
        Ok(Value::boolean(!port.port().is_open()))
    }

    /// `(set-port-buffer-mode! port mode)`: when output moves on: `none`, `line` or `block`.
    #[primitive(name = "set-port-buffer-mode!", control)]
    fn set_buffer_mode(m: &mut Machine, who: Who, port: AnyPort, mode: BufferMode) -> Res {
        port.port().buffer_mode = mode;
        if mode == BufferMode::None && port.port().is_output() {
            m.on_port(who, port.0, Port::flush)?;
            return drain(m, who, port.0);
        }
        Ok(Value::VOID)
    }

    /// `(reset-input-port! port)`: forgets what was read ahead.
    #[primitive(name = "reset-input-port!")]
    fn reset_input(port: InputPort) -> Res {
        port.port().discard_input();
        Ok(Value::VOID)
    }

    /// `(reset-output-port! port)`: forgets what was not yet written.
    #[primitive(name = "reset-output-port!")]
    fn reset_output(port: OutputPort) -> Res {
        port.port().extract();
        Ok(Value::VOID)
    }

    /// `(get-string-some textual-input-port)`: the characters that are there, at least one.
    #[primitive(control)]
    fn get_string_some(m: &mut Machine, who: Who, port: TextualInputPort) -> Res {
        reading(m, who, port.0, &[], |m| get_text_some(m, who, port.0))
    }

    /// `(read-line)`, `(read-line port)`: the text up to the next linefeed, which is taken too and left out.
    #[primitive(name = "read-line", control)]
    fn read_line_of(m: &mut Machine, who: Who, port: Option<TextualInputPort>) -> Res {
        let port = port.map_or_else(|| m.current_port(Standard::Input), |p| p.0);
        reading(m, who, port, &[], |m| read_line(m, who, port))
    }
}
