//! Custom ports: R6RS libraries 8.2.7, 8.2.10, 8.2.13. Their bytes come from and go to procedures of the program, which no
//! primitive can call. So an operation that finds the buffer empty leaves it as it was and says [`PortError::Needs`]; the
//! primitive then makes the evaluator call `refill`, which supplies input and does the operation again. Output stays in
//! the buffer until it is large; then the evaluator calls `drain`. `prelude/vicar/custom-ports.sls` is the other half.

use super::{Port, PortError, PortResult, Transcoder};
use crate::heap::{Tracer, Value};

/// What the prelude gives for one port: procedures, or `#f` for what it has not.
pub struct Custom {
    /// `(refill port who retry argument …)`: supplies input, then calls `retry` with the arguments.
    pub refill: Value,
    /// `(drain port who)`: passes on what is buffered.
    pub drain: Value,
    /// `(close port who)`: drains, closes, tells the program.
    pub close: Value,
    /// `(position port)`
    pub position: Value,
    /// `(set-position port position)`
    pub set_position: Value,
    /// Output is being passed on: what is written meanwhile waits.
    pub draining: bool,
    /// The procedures move characters.
    pub textual: bool,
}

impl Custom {
    pub(super) fn trace(&self, tracer: &mut Tracer) {
        tracer.values(&[self.refill, self.drain, self.close, self.position, self.set_position]);
    }
}

impl Port {
    /// A port whose bytes (characters in UTF-8, if it is textual) the program's procedures move.
    pub fn custom(name: &str, custom: Custom, (is_input, is_output): (bool, bool)) -> Port {
        let mut port = Port::new(name, custom.textual.then_some(Transcoder::STRING));
        (port.is_input, port.is_output) = (is_input, is_output);
        port.in_memory = false;
        port.custom = Some(custom);
        port
    }

    /// The procedures of a custom port that is open.
    pub fn procedures(&mut self) -> Option<&mut Custom> {
        if self.open { self.custom.as_mut() } else { None }
    }

    /// Whether the program's procedures move characters, not bytes.
    pub fn is_custom_text(&self) -> bool {
        self.custom.as_ref().is_some_and(|c| c.textual)
    }

    /// Whether output should be passed on now.
    pub fn wants_draining(&self) -> bool {
        self.custom.as_ref().is_some_and(|c| !c.draining) && self.is_due()
    }

    /// An operation begins: what it takes can be given back by [`Port::give_back`].
    #[inline]
    pub fn begin_operation(&mut self) {
        self.starved = false;
        self.blocked = false;
        self.held = false;
        self.begun = self.at;
    }

    /// Whether the operation that has failed found nothing on a non-blocking device.
    pub fn is_blocked(&self) -> bool {
        self.blocked
    }

    /// Whether the operation that has failed was in need of the custom port's procedure.
    pub fn is_starved(&self) -> bool {
        self.starved
    }

    /// Gives back what the operation took, which was in need of more; how much that was.
    pub fn give_back(&mut self) -> usize {
        let taken = self.at.saturating_sub(self.begun);
        if self.starved || self.held {
            self.at -= taken;
        }
        taken
    }

    /// Input for the operations to come; none is the end of the data.
    pub fn supply(&mut self, bytes: &[u8]) -> PortResult<()> {
        self.check_open()?;
        self.input.drain(..self.at);
        self.at = 0;
        self.begun = 0;
        self.input.extend_from_slice(bytes);
        self.at_end = bytes.is_empty();
        Ok(())
    }

    /// What was read ahead and not taken.
    pub fn unread(&self) -> &[u8] {
        &self.input[self.at..]
    }

    /// Forgets what was read ahead.
    pub fn discard_input(&mut self) {
        self.input.clear();
        self.at = 0;
        self.begun = 0;
        self.at_end = false;
    }

    /// Forgets output that was passed on.
    pub fn drop_output(&mut self, bytes: usize) {
        self.output.drain(..bytes.min(self.output.len()));
    }

    /// Whether more has to be supplied; at the end of the data it has not.
    pub(super) fn needs_supply(&mut self) -> PortResult<bool> {
        self.starved = self.custom.is_some() && !self.at_end;
        if self.starved { Err(PortError::Needs) } else { Ok(false) }
    }
}
