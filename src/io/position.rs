//! Positions of ports: R6RS libraries 8.2.6. A position is a number of bytes: of the device, or of what is in memory.

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
            None if self.is_output => Ok(waiting - self.behind as u64),
            None => Ok(self.at as u64),
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
        let length = if self.is_output { self.output.len() } else { self.input.len() };
        let Some(position) = usize::try_from(position).ok().filter(|&p| p <= length) else { return Ok(false) };
        if self.is_output {
            self.behind = length - position;
        } else {
            self.at = position;
        }
        Ok(true)
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
