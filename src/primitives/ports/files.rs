//! `(rnrs files)`: whether a file is there, and removing one.

use super::system_text::Text;
use crate::eval::{Machine, Res, Who};
use crate::heap::Value;
use crate::primitives::work::SYSTEM_CALL;
use vicar_macros::primitives;

#[primitives]
pub mod procedures {
    use super::*;

    /// `(file-exists? filename)`: whether there is such a file, or what a symbolic link of that name leads to.
    #[primitive(capability = Filesystem)]
    fn is_file_exists(m: &mut Machine, filename: Text) -> Res {
        m.charge(SYSTEM_CALL)?;
        Ok(Value::boolean(filename.as_path().exists()))
    }

    /// `(delete-file filename)`: removes the file.
    #[primitive(capability = Filesystem)]
    fn delete_file(m: &mut Machine, who: Who, filename: Text) -> Res {
        m.charge(SYSTEM_CALL)?;
        match std::fs::remove_file(filename.as_path()) {
            Ok(()) => Ok(Value::VOID),
            Err(e) => Err(m.file_error(who, &e, filename.value)),
        }
    }
}
