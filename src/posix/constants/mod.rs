//! `(vicare platform constants)`: the constants of C's headers, as static tables that the expander asks by name, so that
//! importing them costs nothing. Values come from `libc`; where it lacks a name that Linux's headers have, the number is
//! written here. A name that the platform does not define is `#f`.
//!
//! To add one: put its row in the file of its subject, in the order of names.

mod configuration;
mod errno;
mod files;
mod limits;
mod network;
mod processes;

/// The value of a constant.
#[derive(Copy, Clone, PartialEq, Debug)]
pub enum Constant {
    Integer(i128),
    Flonum(f64),
    Text(&'static str),
    /// The platform does not define it: `#f`.
    Missing,
}

type Row = (&'static str, Constant);

/// A row with the number of Linux's headers.
const fn integer(name: &'static str, value: i128) -> Row {
    (name, Constant::Integer(value))
}

const fn missing(name: &'static str) -> Row {
    (name, Constant::Missing)
}

/// A row with libc's value.
macro_rules! c {
    ($name:ident) => {
        (stringify!($name), $crate::posix::constants::Constant::Integer(libc::$name as i128))
    };
}
use c;

/// A row with libc's value negated.
macro_rules! code {
    ($name:ident) => {
        (stringify!($name), $crate::posix::constants::Constant::Integer(-(libc::$name as i128)))
    };
}
use code;

static TABLES: &[&[Row]] =
    &[errno::TABLE, files::TABLE, network::TABLE, processes::TABLE, configuration::TABLE, limits::TABLE];

/// The constant of that name, `None` if the library has no such name.
pub fn constant(name: &str) -> Option<Constant> {
    TABLES.iter().find_map(|table| table.binary_search_by(|row| row.0.cmp(name)).ok().map(|i| table[i].1))
}

/// Every name with its value.
pub fn constants() -> impl Iterator<Item = (&'static str, Constant)> {
    TABLES.iter().flat_map(|table| table.iter().copied())
}

/// The name of an error code (a positive number, as C has it): of several the alphabetically last, so that EAGAIN is
/// called EWOULDBLOCK.
pub fn errno_name(code: i32) -> Option<&'static str> {
    let is_it = |row: &&Row| row.0.starts_with('E') && row.1 == Constant::Integer(-(code as i128));
    if code > 0 { errno::TABLE.iter().rev().find(is_it).map(|row| row.0) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sorted_and_disjoint() {
        for table in TABLES {
            assert!(table.is_sorted_by(|a, b| a.0 < b.0));
        }
        let mut names: Vec<&str> = constants().map(|c| c.0).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
        // With the two macros `h_errno-code` and `case-h_errno` all that the library exports.
        assert_eq!(count, 1220);
    }

    #[test]
    fn values_are_the_systems() {
        assert_eq!(constant("ENOENT"), Some(Constant::Integer(-2)));
        assert_eq!(constant("O_CREAT"), Some(Constant::Integer(libc::O_CREAT as i128)));
        assert_eq!(constant("SIZE_T_MAX"), Some(Constant::Integer(u64::MAX as i128)));
        assert_eq!(constant("LONG_MIN"), Some(Constant::Integer(i64::MIN as i128)));
        assert_eq!(constant("O_EXLOCK"), Some(Constant::Missing));
        assert_eq!(constant("_PATH_FSTAB"), Some(Constant::Text("/etc/fstab")));
        assert_eq!(constant("NO_SUCH_CONSTANT"), None);
        assert_eq!(errno_name(libc::EAGAIN), Some("EWOULDBLOCK"));
        assert_eq!(errno_name(libc::ENOENT), Some("ENOENT"));
        assert_eq!(errno_name(0), None);
        assert_eq!(errno_name(-2), None);
    }
}
