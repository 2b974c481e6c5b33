//! Text for the system: file names and the like, see `io/os_text.rs`.

use crate::eval::Single;
use crate::heap::{Bytevector, Str, Value, View};
use crate::io::os_text;
use std::ffi::{CStr, CString, OsStr};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// A string, or a bytevector of the bytes themselves, without NUL.
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
    pub fn as_path(&self) -> &Path {
        Path::new(OsStr::from_bytes(self.bytes()))
    }
}

impl Single for Text {
    const WHAT: &'static str = "a string or bytevector without NUL";
    fn convert(value: Value) -> Option<Text> {
        let bytes = match Str::from_value(value) {
            Some(s) => os_text::encode(s.chars()),
            None => Bytevector::from_value(value)?.bytes().to_vec(),
        };
        Some(Text { bytes: CString::new(bytes).ok()?, value })
    }
}
