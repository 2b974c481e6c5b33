//! Positions of ports: R6RS libraries 8.2.6. A position is a number of bytes: of the device, or of
//! what is in memory; of characters in a string port.

use super::{Port, PortError, PortResult};

impl Port {
    /// Whether the port knows where it is. Of a custom port its procedures tell.
    pub fn has_position(&self) -> bool {
        self.custom.is_none() && self.device.as_ref().map_or(self.in_memory, |d| d.has_position())
    }

    /// Where the next byte is read or written.
    pub fn position(&mut self) -> PortResult<u64> {
        self.check_open()?;
        let unread = self.unread().len() as u64;
        let waiting = self.output.len() as u64;
        match &mut self.device {
            Some(device) => {
                let at = device.position().map_err(PortError::Io)?;
                Ok(at.saturating_sub(unread).saturating_add(waiting))
            }
            None => {
                let (held, at) = self.memory();
                let before = &held[..at];
                Ok(if self.is_string { characters(before) } else { before.len() } as u64)
            }
        }
    }

    /// Goes there; false if there is no such place. What is written in memory replaces what is there.
    pub fn set_position(&mut self, position: u64) -> PortResult<bool> {
        self.check_open()?;
        self.flush()?;
        if let Some(device) = &mut self.device {
            match device.seek(position) {
                Err(e) if e.kind() == std::io::ErrorKind::InvalidInput => return Ok(false),
                other => other.map_err(PortError::Io)?,
            }
            self.discard_input();
            return Ok(true);
        }
        let (held, _) = self.memory();
        let length = held.len();
        let place = usize::try_from(position).ok().filter(|&p| p <= length);
        let place = if self.is_string { place.and_then(|p| offset_of(held, p)) } else { place };
        let Some(position) = place else { return Ok(false) };
        if self.is_output {
            self.behind = length - position;
        } else {
            self.at = position;
        }
        Ok(true)
    }

    /// What a port in memory holds, and where in it the next byte is read or written.
    fn memory(&self) -> (&[u8], usize) {
        if self.is_output { (&self.output, self.output.len() - self.behind) } else { (&self.input, self.at) }
    }

    /// Bytes in memory that a text of so many bytes replaces, behind the position: as many characters, in a string port.
    pub(super) fn replaced_by(&self, bytes: &[u8]) -> usize {
        let behind = &self.output[self.output.len() - self.behind..];
        match self.is_string {
            true => offset_of(behind, characters(bytes)).unwrap_or(behind.len()),
            false => bytes.len().min(behind.len()),
        }
    }

    /// Before output on a port that reads as well: the device goes back to where the program has read.
    pub(super) fn return_to_reader(&mut self) -> PortResult<()> {
        let unread = self.unread().len() as u64;
        if unread > 0
            && let Some(device) = &mut self.device
            && device.has_position()
        {
            let position = device.position().map_err(PortError::Io)?.saturating_sub(unread);
            device.seek(position).map_err(PortError::Io)?;
            self.discard_input();
        }
        Ok(())
    }
}

/// How many characters UTF-8 has.
fn characters(text: &[u8]) -> usize {
    text.iter().filter(|&&byte| !is_continuation(byte)).count()
}

/// Where in UTF-8 the character with that index begins; its end for the index behind the last.
fn offset_of(text: &[u8], index: usize) -> Option<usize> {
    let starts = text.iter().enumerate().filter(|(_, byte)| !is_continuation(**byte)).map(|(i, _)| i);
    starts.chain([text.len()]).nth(index)
}

fn is_continuation(byte: u8) -> bool {
    byte & 0xC0 == 0x80
}
