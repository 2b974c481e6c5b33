//! `(rnrs files)`: whether a file is there, and removing one.

use super::system_text::Text;
use super::work::SYSTEM_CALL;
use crate::eval::Capability;
use crate::heap::Value;
use crate::primitives;

primitives! { pub TABLE in "(rnrs files)" {
    /// `(file-exists? filename)`: whether there is such a file, or what a symbolic link of that name leads to.
    "file-exists?" [] fn file_exists(m, filename: Text) {
        m.require(Capability::Filesystem, "file-exists?")?;
        m.charge(SYSTEM_CALL)?;
        Ok(Value::boolean(filename.as_path().exists()))
    }
    /// `(delete-file filename)`: removes the file.
    "delete-file" [] fn delete_file(m, filename: Text) {
        m.require(Capability::Filesystem, "delete-file")?;
        m.charge(SYSTEM_CALL)?;
        match std::fs::remove_file(filename.as_path()) {
            Ok(()) => Ok(Value::VOID),
            Err(e) => Err(m.file_error("delete-file", &e, filename.value)),
        }
    }
} }
