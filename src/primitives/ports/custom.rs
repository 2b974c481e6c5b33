//! Where the primitives meet custom ports, whose bytes are moved by procedures of the program, and positions of ports.
//! `prelude/vicar/custom-ports.sls` is the other half, `io/custom.rs` says how the two play together.

use super::operands::{AnyPort, InputPort, OutputPort};
use crate::eval::{Machine, Res, Stop, Who, make_condition};
use crate::heap::{Bignum, Bytevector, ConditionType, External, Str, Symbol, Value, View};
use crate::io::{Custom, Port, PortError};
use vicar_macros::primitives;

/// Does an operation of the primitive `who`, which reads from `port` and has `others` as its other arguments. When a
/// custom port has to supply more for it, all that it took is given back, and it is done again afterwards. When a
/// non-blocking port has nothing, the answer is the would-block object. Only for primitives flagged `control`.
pub fn reading(
    m: &mut Machine,
    who: &str,
    port: Value,
    others: &[Value],
    operation: impl FnOnce(&mut Machine) -> Res,
) -> Res {
    if let Some(p) = port.external_mut::<Port>() {
        p.begin_operation()
    }
    let result = operation(m);
    if result.is_err() { again(m, who, port, others, result) } else { result }
}

#[cold]
fn again(m: &mut Machine, who: &str, port: Value, others: &[Value], result: Res) -> Res {
    let Some(p) = port.external_mut::<Port>() else { return result };
    if p.is_blocked() {
        return Ok(Value::WOULD_BLOCK);
    }
    if !p.is_starved() {
        return result;
    }
    let taken = p.give_back();
    let Some(refill) = p.procedures().map(|c| c.refill) else { return result };
    let table = m.primitives.clone();
    let Some(row) = table.iter().find(|row| row.name == who) else { return result };
    let retry = m.primitive_procedure(row);
    // All of that will be done once more.
    m.charge(taken / 8 + 1)?;
    let who = m.heap.symbol(who);
    let mut arguments = vec![port, who, retry, port];
    arguments.extend_from_slice(others);
    m.tail_call(refill, &arguments)
}

/// What a primitive that wrote on `port` answers: a custom port may have to pass on what has gathered.
pub fn written(m: &mut Machine, who: &str, port: Value) -> Res {
    match port.external_mut::<Port>() {
        Some(p) if p.wants_draining() => drain(m, who, port),
        _ => Ok(Value::VOID),
    }
}

/// Passes on what a custom port has gathered; nothing for others.
pub fn drain(m: &mut Machine, who: &str, port: Value) -> Res {
    match port.external_mut::<Port>().and_then(|p| p.procedures()) {
        Some(custom) if !custom.draining => {
            let drain = custom.drain;
            let who = m.heap.symbol(who);
            m.tail_call(drain, &[port, who])
        }
        _ => Ok(Value::VOID),
    }
}

/// Closes a port; of a custom one the program is told.
pub fn close(m: &mut Machine, who: &str, port: Value) -> Res {
    let Some(p) = port.external_mut::<Port>() else { return Ok(Value::VOID) };
    if let Some(custom) = p.procedures() {
        let close = custom.close;
        let who = m.heap.symbol(who);
        return m.tail_call(close, &[port, who]);
    }
    m.on_port(who, port, |p| match p.flush() {
        Err(e @ (PortError::WouldBlock(_) | PortError::Interrupted)) => Err(e),
        // Closing tells it.
        _ => Ok(()),
    })?;
    let owned = port.external_ref::<Port>().filter(|p| p.ownership().is_some()).and_then(Port::descriptor);
    let copy = owned.and_then(|fd| m.lingering_copy(fd));
    let closed = m.on_port(who, port, Port::close);
    m.linger(copy)?;
    closed.map(|()| Value::VOID)
}

/// Bytes of the first `count` characters of UTF-8.
fn bytes_of(text: &[u8], count: usize) -> usize {
    let mut starts = text.iter().enumerate().filter(|(_, byte)| (**byte as i8) >= -0x40);
    starts.nth(count).map_or(text.len(), |(i, _)| i)
}

#[cold]
fn no_position(m: &mut Machine, who: &str, port: Value) -> Res {
    Err(m.assertion(who, "the port has no positions", &[port]))
}

#[primitives]
pub mod procedures {
    use super::*;

    /// `(port-has-port-position? port)`
    fn is_port_has_port_position(port: AnyPort) -> Res {
        let p = port.port();
        let custom = p.procedures().map(|c| c.position != Value::FALSE);
        Ok(Value::boolean(custom.unwrap_or(p.has_position())))
    }

    /// `(port-position port)`: where the next element is read or written: a number of bytes, of characters in a string port,
    /// or what a custom port says.
    #[primitive(control)]
    fn port_position(m: &mut Machine, who: Who, port: AnyPort) -> Res {
        if !port.port().is_open() {
            return Err(m.port_error(who, PortError::Closed, port.0));
        }
        match port.port().procedures().map(|c| c.position) {
            Some(Value::FALSE) => no_position(m, who, port.0),
            Some(position) => m.tail_call(position, &[port.0]),
            None if !port.port().has_position() => no_position(m, who, port.0),
            None => {
                // Characters are counted.
                m.charge(port.port().bytes() / 512)?;
                let position = m.on_port(who, port.0, Port::position)?;
                Ok(Value::fixnum(position as i64))
            }
        }
    }

    /// `(port-has-set-port-position!? port)`
    #[primitive(name = "port-has-set-port-position!?")]
    fn has_set_position(port: AnyPort) -> Res {
        let p = port.port();
        let custom = p.procedures().map(|c| c.set_position != Value::FALSE);
        Ok(Value::boolean(custom.unwrap_or(p.has_position())))
    }

    /// `(set-port-position! port position)`: goes to what `port-position` has told; `&i/o-invalid-position` if there is no
    /// such place.
    #[primitive(name = "set-port-position!", control)]
    fn set_position(m: &mut Machine, who: Who, port: AnyPort, position: Value) -> Res {
        if !port.port().is_open() {
            return Err(m.port_error(who, PortError::Closed, port.0));
        }
        match port.port().procedures().map(|c| c.set_position) {
            Some(Value::FALSE) => return no_position(m, who, port.0),
            Some(set) => return m.tail_call(set, &[port.0, position]),
            None if !port.port().has_position() => return no_position(m, who, port.0),
            None => {}
        }
        m.charge(port.port().bytes() / 512)?;
        let there = match position.as_fixnum().map(u64::try_from) {
            Some(Ok(n)) => m.on_port(who, port.0, |p| p.set_position(n))?,
            // No port is so large.
            None if Bignum::from_value(position).is_some_and(|b| !b.is_negative()) => false,
            _ => return Err(m.wrong_argument(who, "position", 2, "a position of the port", position)),
        };
        if there {
            return Ok(Value::VOID);
        }
        let invalid = m.heap.condition(ConditionType::IoInvalidPosition, &[position]);
        let message = "there is no such position in the port";
        let irritants = [port.0, position];
        Err(Stop::raise(make_condition(&mut m.heap, &[invalid], who, message, &irritants)))
    }
}

#[primitives(internal)]
pub mod internal {
    use super::*;

    /// `(%make-custom-port id textual? input? output? refill drain close position set-position)`
    fn make_custom_port(
        m: &mut Machine,
        id: Str,
        textual: bool,
        input: bool,
        output: bool,
        refill: Value,
        drain: Value,
        close: Value,
        position: Value,
        set_position: Value,
    ) -> Res {
        let custom = Custom { refill, drain, close, position, set_position, draining: false, textual };
        Ok(m.heap.external(Box::new(Port::custom(&Port::name_of(id.chars()), custom, (input, output)))))
    }

    /// `(%supply-port! who port buffer count)`: the first elements of a bytevector or string as input; none is an end of
    /// file.
    #[primitive(name = "%supply-port!")]
    fn supply(m: &mut Machine, who: Symbol, port: InputPort, buffer: Value, count: usize) -> Res {
        m.charge(count / 8)?;
        // Characters take up to four bytes.
        m.heap.reserve(count.saturating_mul(4))?;
        let before = port.port().bytes();
        let supplied = match (Bytevector::from_value(buffer), Str::from_value(buffer)) {
            (Some(bytes), _) => port.port().supply(bytes.bytes().get(..count).unwrap_or(&[])),
            (_, Some(text)) => port.port().supply(text.chars().take(count).collect::<String>().as_bytes()),
            _ => Ok(()),
        };
        m.heap.account(port.port().bytes().saturating_sub(before));
        supplied.map_err(|e| m.port_error(who.name(), e, port.0))?;
        Ok(Value::VOID)
    }

    /// `(%pending-output port)`: what waits to be passed on, a bytevector or string; `#f` once the port is closed.
    fn pending_output(m: &mut Machine, port: OutputPort) -> Res {
        if !port.port().is_open() {
            return Ok(Value::FALSE);
        }
        let bytes = port.port().gathered();
        m.charge(bytes.len() / 8)?;
        if port.port().is_custom_text() {
            return m.new_string_of_utf8(bytes);
        }
        m.heap.reserve(bytes.len())?;
        Ok(m.heap.bytevector(bytes))
    }

    /// `(%drop-output! port count)`: so many bytes or characters have been passed on.
    #[primitive(name = "%drop-output!")]
    fn drop_output(m: &mut Machine, port: OutputPort, count: usize) -> Res {
        let p = port.port();
        // What is behind them moves up.
        m.charge(count / 8 + p.gathered().len() / 32)?;
        let bytes = if p.is_custom_text() { bytes_of(p.gathered(), count) } else { count };
        p.drop_output(bytes);
        Ok(Value::VOID)
    }

    /// `(%unread-count port)`: bytes or characters that were supplied and not read.
    fn unread_count(m: &mut Machine, port: AnyPort) -> Res {
        let unread = port.port().unread();
        let bytes = unread.len();
        let count = if port.port().is_custom_text() { String::from_utf8_lossy(unread).chars().count() } else { bytes };
        m.charge(bytes / 8)?;
        Ok(Value::fixnum(count as i64))
    }

    /// `(%discard-input! port)`: forgets what was supplied and not read.
    #[primitive(name = "%discard-input!")]
    fn discard_input(port: AnyPort) -> Res {
        port.port().discard_input();
        Ok(Value::VOID)
    }

    /// `(%draining? port)`: whether output is being passed on.
    fn is_draining(port: AnyPort) -> Res {
        Ok(Value::boolean(port.port().procedures().is_some_and(|c| c.draining)))
    }

    /// `(%set-draining! port yes?)`: while output is passed on, what is written waits.
    #[primitive(name = "%set-draining!")]
    fn set_draining(port: AnyPort, yes: bool) -> Res {
        if let Some(custom) = port.port().procedures() {
            custom.draining = yes;
        }
        Ok(Value::VOID)
    }

    /// `(%close-port port)`: closes without telling anybody.
    fn close_port(port: AnyPort) -> Res {
        // A custom port has no device that could fail.
        let _ = port.port().abandon();
        Ok(Value::VOID)
    }
}
