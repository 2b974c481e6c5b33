//! Input of a port: what was read ahead, the ends of file between it, and the characters that the transcoder makes of it.

use super::{Codec, Decoded, EolStyle, ErrorMode, Port, PortError, PortResult, Transcoder, Wait};

/// So much is asked of a device at once.
const BUFFER: usize = 16 * 1024;

impl Port {
    /// Reads more from the device; false at an end of file, which stays until it is taken.
    fn fill(&mut self) -> PortResult<bool> {
        self.check_open()?;
        if self.at_end {
            return Ok(false);
        }
        if self.device.is_some() && !self.output.is_empty() {
            self.flush()?;
        }
        let Some(device) = &mut self.device else { return self.needs_supply() };
        // A wait is the machine's, which has limits and interrupts to look at.
        if !self.non_blocking && !device.is_ready(Wait::Input) {
            return Err(PortError::WouldBlock(Wait::Input));
        }
        let done = if self.held { self.begun } else { self.at };
        self.input.drain(..done);
        self.at -= done;
        self.begun = 0;
        let have = self.input.len();
        self.input.resize(have + BUFFER, 0);
        let read = device.read(&mut self.input[have..]);
        self.device_calls += 1;
        self.input.truncate(have + *read.as_ref().unwrap_or(&0));
        self.at_end = matches!(read, Ok(0));
        match read.map_err(|e| PortError::of(e, Wait::Input)) {
            Ok(n) => Ok(n > 0),
            Err(e) => {
                self.blocked = self.non_blocking && matches!(e, PortError::WouldBlock(_));
                Err(e)
            }
        }
    }

    /// What has been read ahead, after at least one byte is there; empty at an end of file.
    pub fn available(&mut self) -> PortResult<&[u8]> {
        self.check_open()?;
        if self.at == self.input.len() {
            self.fill()?;
        }
        Ok(&self.input[self.at..])
    }

    /// Takes the end of file that is next, which a device or a procedure may follow with more. It is next when an
    /// operation has found nothing before it.
    pub fn take_end(&mut self) {
        if !self.in_memory {
            self.at_end = false;
        }
    }

    /// Whether an operation finds something without asking the device: bytes, or an end of file.
    pub fn has_input_ready(&self) -> bool {
        self.at < self.input.len() || self.at_end
    }

    /// The operation under way may be given back, by [`Port::give_back`], when a non-blocking device has not all that it
    /// needs.
    pub fn hold(&mut self) {
        self.held = self.non_blocking;
    }

    /// Takes `n` bytes of those that `available` showed.
    pub fn consume(&mut self, n: usize) {
        self.at = (self.at + n).min(self.input.len());
    }

    pub fn peek_byte(&mut self) -> PortResult<Option<u8>> {
        Ok(self.available()?.first().copied())
    }

    pub fn read_byte(&mut self) -> PortResult<Option<u8>> {
        let byte = self.peek_byte()?;
        match byte {
            Some(_) => self.consume(1),
            None => self.take_end(),
        }
        Ok(byte)
    }

    /// The character in front and its length in bytes, as the transcoder reads it.
    fn decode(&mut self) -> PortResult<Option<(char, usize)>> {
        let mut transcoder = self.transcoder.unwrap_or(Transcoder::NATIVE);
        if let (Some(&b), Codec::Utf8) = (self.input.get(self.at), transcoder.codec)
            && b < 0x80
            && (b != b'\r' || transcoder.eol == EolStyle::None)
            && self.open
        {
            return Ok(Some((b as char, 1)));
        }
        if !self.started && self.is_input {
            self.byte_order_mark()?;
            transcoder = self.transcoder.unwrap_or(Transcoder::NATIVE);
        }
        let mut skipped = 0;
        loop {
            while self.at >= self.input.len() {
                if !self.fill()? {
                    return Ok(None);
                }
            }
            let (c, length) = match transcoder.codec.decode(&self.input[self.at..]) {
                Decoded::Char(c, n) => (c, n),
                Decoded::Incomplete if self.fill()? => continue,
                bad => {
                    let n = match bad {
                        Decoded::Invalid(n) => n,
                        _ => self.input.len() - self.at,
                    };
                    match transcoder.errors {
                        ErrorMode::Ignore => {
                            self.consume(n);
                            skipped += n;
                            if skipped >= BUFFER {
                                // There may be no end of it: the machine's limits are looked at in between.
                                return Err(PortError::Interrupted);
                            }
                            continue;
                        }
                        ErrorMode::Replace => ('\u{fffd}', n),
                        ErrorMode::Raise => {
                            self.consume(n);
                            return Err(PortError::Decoding);
                        }
                    }
                }
            };
            if transcoder.eol == EolStyle::None {
                return Ok(Some((c, length)));
            }
            return Ok(Some(match c {
                '\u{85}' | '\u{2028}' => ('\n', length),
                '\r' => ('\n', length + self.after_return(length, transcoder.codec)?),
                c => (c, length),
            }));
        }
    }

    /// Bytes of the linefeed or next-line character behind a carriage return, zero if there is none.
    fn after_return(&mut self, offset: usize, codec: Codec) -> PortResult<usize> {
        loop {
            let rest = &self.input[self.at + offset..];
            let decoded = if rest.is_empty() { Decoded::Incomplete } else { codec.decode(rest) };
            match decoded {
                Decoded::Char('\n' | '\u{85}', n) => return Ok(n),
                Decoded::Incomplete if self.fill()? => {}
                _ => return Ok(0),
            }
        }
    }

    /// UTF-16 chooses its byte order by the mark; a mark of UTF-8 is a character like others.
    fn byte_order_mark(&mut self) -> PortResult<()> {
        if let Some(Transcoder { codec: Codec::Utf16, .. }) = self.transcoder {
            while self.input.len() - self.at < 2 && self.fill()? {}
        }
        // After an end of file right at the beginning it is still to come.
        self.started = self.at < self.input.len();
        if !self.started {
            return Ok(());
        }
        let Some(Transcoder { codec: Codec::Utf16, eol, errors }) = self.transcoder else { return Ok(()) };
        let codec = match self.input[self.at..] {
            [0xff, 0xfe, ..] => Codec::Utf16Le,
            [0xfe, 0xff, ..] => Codec::Utf16Be,
            _ => {
                self.transcoder = Some(Transcoder { codec: Codec::Utf16Be, eol, errors });
                return Ok(());
            }
        };
        self.consume(2);
        self.transcoder = Some(Transcoder { codec, eol, errors });
        Ok(())
    }

    /// The plain characters of one byte each that come next and are already buffered, `most` at the most, up to a
    /// linefeed if only the rest of the `line` is wanted. [`Port::consume`] takes them.
    pub fn plain_run(&self, most: usize, line: bool) -> &str {
        let Some(Transcoder { codec: Codec::Utf8, eol, .. }) = self.transcoder else { return "" };
        let buffered = &self.input[self.at..];
        let buffered = &buffered[..most.min(buffered.len())];
        let returns = eol == EolStyle::None;
        let plain = |b: u8| b < 0x80 && (b != b'\r' || returns) && (b != b'\n' || !line);
        let length = buffered.iter().position(|&b| !plain(b)).unwrap_or(buffered.len());
        // All of it is ASCII.
        std::str::from_utf8(&buffered[..length]).unwrap_or("")
    }

    pub fn peek_char(&mut self) -> PortResult<Option<char>> {
        Ok(self.decode()?.map(|(c, _)| c))
    }

    pub fn read_char(&mut self) -> PortResult<Option<char>> {
        let c = self.take_char()?;
        if c.is_none() {
            self.take_end();
        }
        Ok(c)
    }

    /// The same, but an end of file stays.
    pub fn take_char(&mut self) -> PortResult<Option<char>> {
        let decoded = self.decode()?;
        Ok(decoded.map(|(c, length)| {
            self.consume(length);
            c
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{BufferMode, Device};
    use super::*;

    /// Bytes that no codec reads, for so many calls; then an end of file.
    struct Noise(usize);

    impl Device for Noise {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            self.0 = self.0.saturating_sub(1);
            buffer.fill(0xff);
            Ok(if self.0 == 0 { 0 } else { buffer.len() })
        }
    }

    #[test]
    fn between_bytes_that_are_ignored_limits_are_looked_at() {
        const CALLS: usize = 50;
        let ignoring = Transcoder { codec: Codec::Utf8, eol: EolStyle::None, errors: ErrorMode::Ignore };
        type Operation = fn(&mut Port) -> PortResult<Option<char>>;
        for operation in [Port::read_char as Operation, Port::peek_char, Port::take_char] {
            let noise = Box::new(Noise(CALLS));
            let mut port = Port::over("noise", noise, (true, false), Some(ignoring), BufferMode::Block);
            let mut looks = 0;
            while let Err(e) = operation(&mut port) {
                assert!(matches!(e, PortError::Interrupted));
                looks += 1;
            }
            assert!((CALLS - 2..=CALLS).contains(&looks), "{looks}");
        }
    }
}
