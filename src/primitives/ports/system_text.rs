//! Text for the system: file names and the like, see `io/os_text.rs`.

use crate::eval::Single;
use crate::heap::{Bytevector, Str, Value, View};
use crate::io::os_text;
use std::ffi::{CStr, CString, OsStr};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// Bytes of the longest text that is passed on whole: more than the system takes of any name or argument.
pub const LONGEST: usize = 1 << 20;

/// A string, or a bytevector of the bytes themselves, without NUL. Of a longer one than [`LONGEST`] only so much that it is
/// still longer is here: whoever passes it to the system is refused as the system refuses a long name.
pub struct Text {
    bytes: CString,
    /// The argument as it was given.
    pub value: Value,
}

impl Text {
    pub fn as_c(&self) -> &CStr {
        &self.bytes
    }
    pub fn as_ptr(&self) -> *const libc::c_char {
        self.bytes.as_ptr()
    }
    pub fn bytes(&self) -> &[u8] {
        self.bytes.as_bytes()
    }
    /// Whether that is all.
    pub fn is_whole(&self) -> bool {
        self.bytes().len() <= LONGEST
    }
    pub fn as_path(&self) -> &Path {
        Path::new(OsStr::from_bytes(self.bytes()))
    }
}

impl Single for Text {
    const WHAT: &'static str = "a string or bytevector without NUL";
    fn convert(value: Value) -> Option<Text> {
        let bytes = match Str::from_value(value) {
            Some(s) => os_text::encode(s.chars().take(LONGEST + 1)),
            None => {
                let bytes = Bytevector::from_value(value)?;
                bytes.bytes()[..bytes.len().min(LONGEST + 1)].to_vec()
            }
        };
        Some(Text { bytes: CString::new(bytes).ok()?, value })
    }
}
