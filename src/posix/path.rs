//! Pathnames as text: taking them apart, search paths, looking for a file or a program along one.
//!
//! A pathname is a string or a bytevector that is not empty and has no NUL; what comes out is of the kind that went in.

use super::argument::{LONGEST, Text};
use super::environment::Environment;
use super::file::string;
use super::kernel::Call;
use crate::eval::{Capability, Machine, ProperList, Res, Single, Who};
use crate::heap::{Bytevector, Str, Value, View};
use nix::sys::stat;
use nix::unistd::{self, AccessFlags};
use std::ffi::CString;
use vicar_macros::primitives;

fn is_search_path(v: Value) -> bool {
    Text::convert(v).is_some()
}

fn is_pathname(v: Value) -> bool {
    Text::convert(v).is_some_and(|t| !t.bytes().is_empty())
}

fn is_string(v: Value) -> bool {
    Str::from_value(v).is_some()
}

fn is_bytevector(v: Value) -> bool {
    Bytevector::from_value(v).is_some()
}

/// A pathname that is not empty.
struct Pathname(Text);

impl Single for Pathname {
    const WHAT: &'static str = "a pathname: a string or bytevector that is not empty and has no NUL";
    fn convert(v: Value) -> Option<Pathname> {
        Text::convert(v).filter(|t| !t.bytes().is_empty()).map(Pathname)
    }
}

/// The same as a string.
struct StringPathname(Text);

impl Single for StringPathname {
    const WHAT: &'static str = "a pathname: a string that is not empty and has no NUL";
    fn convert(v: Value) -> Option<StringPathname> {
        Pathname::convert(v).filter(|_| is_string(v)).map(|p| StringPathname(p.0))
    }
}

/// The same as a bytevector.
struct BytevectorPathname(Text);

impl Single for BytevectorPathname {
    const WHAT: &'static str = "a pathname: a bytevector that is not empty and has no NUL";
    fn convert(v: Value) -> Option<BytevectorPathname> {
        Pathname::convert(v).filter(|_| is_bytevector(v)).map(|p| BytevectorPathname(p.0))
    }
}

/// A value of the kind that was given.
fn like(m: &mut Machine, original: Value, bytes: &[u8]) -> Value {
    if is_string(original) { string(m, bytes) } else { m.heap.bytevector(bytes) }
}

/// The parts between separators that are not empty.
fn parts(m: &mut Machine, original: Value, bytes: &[u8], separator: u8) -> Res {
    m.charge(bytes.len() / 8)?;
    let mut list = Value::NIL;
    for part in bytes.rsplit(|&b| b == separator).filter(|part| !part.is_empty()) {
        m.charge(1 + part.len() / 64)?;
        m.check_growth()?;
        m.heap.reserve_many(part.len().saturating_mul(6))?;
        let part = like(m, original, part);
        list = m.heap.cons(part, list);
    }
    Ok(list)
}

/// The parts of a text, if all of it is here.
fn parts_of(m: &mut Machine, who: &str, text: &Text, separator: u8) -> Res {
    if !text.is_whole() {
        let message = "expected a text of at most 1048576 bytes";
        return Err(m.error(who, message, &[text.value]));
    }
    parts(m, text.value, text.bytes(), separator)
}

fn split(m: &mut Machine, who: &str, text: &Text) -> Res {
    let components = parts_of(m, who, text, b'/')?;
    let absolute = Value::boolean(text.bytes().first() == Some(&b'/'));
    Ok(m.heap.multiple_values(&[absolute, components]))
}

/// Whether it is a proper list of nothing but such things.
fn is_list_of(m: &mut Machine, obj: Value, each: impl Fn(Value) -> bool) -> Res {
    let Some(items) = ProperList::convert(obj) else { return Ok(Value::FALSE) };
    for item in items.iter() {
        let size = Str::from_value(item).map_or(0, Str::len) + Bytevector::from_value(item).map_or(0, |b| b.len());
        m.charge(1 + size.min(LONGEST) / 64)?;
        if !each(item) {
            return Ok(Value::FALSE);
        }
    }
    Ok(Value::TRUE)
}

/// The real path of a file, if it is there.
fn real_path(path: &[u8]) -> Option<Vec<u8>> {
    use std::os::unix::ffi::{OsStrExt, OsStringExt};
    let path = std::path::Path::new(std::ffi::OsStr::from_bytes(path));
    path.canonicalize().ok().map(|p| p.into_os_string().into_vec())
}

/// The first of the directories' files of that name, as a real path. `next` answers the directories.
fn search(m: &mut Machine, who: &str, name: &[u8], mut next: impl FnMut(&mut Machine) -> Res<Option<Vec<u8>>>) -> Res {
    m.require(Capability::Filesystem, who)?;
    if name.contains(&b'/') {
        return Ok(real_path(name).map_or(Value::FALSE, |path| string(m, &path)));
    }
    while let Some(directory) = next(m)? {
        m.poll()?;
        if let Some(path) = real_path(&[&directory, b"/".as_slice(), name].concat()) {
            return Ok(string(m, &path));
        }
    }
    Ok(Value::FALSE)
}

/// The value of an environment variable, if it may be asked for.
fn variable(m: &mut Machine, who: &str, name: &[u8]) -> Res<Option<Vec<u8>>> {
    m.require(Capability::Environment, who)?;
    Ok(m.extension::<Environment>().get(name).map(<[u8]>::to_vec))
}

/// Whether the file is a regular one that may be executed; `None` if there is none.
fn is_executable(m: &mut Machine, who: &str, path: &[u8]) -> Res<Option<bool>> {
    let Ok(path) = CString::new(path) else { return Ok(None) };
    let call = Call::new(who, Capability::Filesystem);
    let Ok(status) = call.attempt(m, || stat::stat(path.as_c_str()))? else { return Ok(None) };
    let regular = status.st_mode & libc::S_IFMT == libc::S_IFREG;
    let allowed = call.attempt(m, || unistd::access(path.as_c_str(), AccessFlags::X_OK))?.is_ok();
    Ok(Some(regular && allowed))
}

/// Where the shell would find a program: the first file of that name along PATH, if it can be executed.
fn find_executable(m: &mut Machine, who: &str, name: &[u8]) -> Res<Option<Vec<u8>>> {
    if name.first() == Some(&b'/') {
        return Ok(is_executable(m, who, name)?.and_then(|yes| yes.then(|| name.to_vec())));
    }
    if name.contains(&b'/') {
        use std::os::unix::ffi::OsStringExt;
        m.require(Capability::Filesystem, who)?;
        let here = std::env::current_dir().map(|d| d.into_os_string().into_vec()).unwrap_or_default();
        let path = [&here, b"/".as_slice(), name].concat();
        return Ok(is_executable(m, who, &path)?.and_then(|yes| yes.then_some(path)));
    }
    let path = variable(m, who, b"PATH")?.unwrap_or_else(|| b"/bin:/usr/bin".to_vec());
    for directory in path.split(|&b| b == b':') {
        m.poll()?;
        let path = [if directory.is_empty() { b"." } else { directory }, b"/", name].concat();
        if let Some(executable) = is_executable(m, who, &path)? {
            return Ok(executable.then_some(path));
        }
    }
    Ok(None)
}

/// The file of the running program.
fn own_executable(m: &mut Machine, who: &str) -> Res<Option<Vec<u8>>> {
    use std::os::unix::ffi::OsStringExt;
    m.require(Capability::Filesystem, who)?;
    Ok(std::env::current_exe().ok().map(|path| path.into_os_string().into_vec()))
}

#[primitives]
pub mod procedures {
    use super::*;

    /// `(file-pathname? obj)`: whether it is a string or bytevector that is not empty and has no NUL.
    fn is_file_pathname(obj: Value) -> Res {
        Ok(Value::boolean(is_pathname(obj)))
    }

    /// `(file-string-pathname? obj)`: the same, strings only.
    fn is_file_string_pathname(obj: Value) -> Res {
        Ok(Value::boolean(is_string(obj) && is_pathname(obj)))
    }

    /// `(file-bytevector-pathname? obj)`: the same, bytevectors only.
    fn is_file_bytevector_pathname(obj: Value) -> Res {
        Ok(Value::boolean(is_bytevector(obj) && is_pathname(obj)))
    }

    /// `(file-colon-search-path? obj)`: like `file-pathname?`, and may be empty.
    fn is_file_colon_search_path(obj: Value) -> Res {
        Ok(Value::boolean(is_search_path(obj)))
    }

    /// `(file-string-colon-search-path? obj)`: the same, strings only.
    fn is_file_string_colon_search_path(obj: Value) -> Res {
        Ok(Value::boolean(is_string(obj) && is_search_path(obj)))
    }

    /// `(file-bytevector-colon-search-path? obj)`: the same, bytevectors only.
    fn is_file_bytevector_colon_search_path(obj: Value) -> Res {
        Ok(Value::boolean(is_bytevector(obj) && is_search_path(obj)))
    }

    /// `(list-of-pathnames? obj)`: whether it is a proper list of nothing but pathnames.
    fn is_list_of_pathnames(m: &mut Machine, obj: Value) -> Res {
        is_list_of(m, obj, is_pathname)
    }

    /// `(list-of-string-pathnames? obj)`: the same, strings only.
    fn is_list_of_string_pathnames(m: &mut Machine, obj: Value) -> Res {
        is_list_of(m, obj, |v| is_string(v) && is_pathname(v))
    }

    /// `(list-of-bytevector-pathnames? obj)`: the same, bytevectors only.
    fn is_list_of_bytevector_pathnames(m: &mut Machine, obj: Value) -> Res {
        is_list_of(m, obj, |v| is_bytevector(v) && is_pathname(v))
    }

    /// `(file-absolute-pathname? pathname)`: whether it begins with a slash. No file is looked at.
    fn is_file_absolute_pathname(pathname: Pathname) -> Res {
        Ok(Value::boolean(pathname.0.bytes()[0] == b'/'))
    }

    /// `(file-relative-pathname? pathname)`: whether it does not.
    fn is_file_relative_pathname(pathname: Pathname) -> Res {
        Ok(Value::boolean(pathname.0.bytes()[0] != b'/'))
    }

    /// `(split-pathname pathname)`: two values: whether it is absolute, its components.
    #[primitive(control)]
    fn split_pathname(m: &mut Machine, who: Who, pathname: Pathname) -> Res {
        split(m, who, &pathname.0)
    }

    /// `(split-pathname-string pathname)`: the same of a string.
    #[primitive(control)]
    fn split_pathname_string(m: &mut Machine, who: Who, pathname: StringPathname) -> Res {
        split(m, who, &pathname.0)
    }

    /// `(split-pathname-bytevector pathname)`: the same of a bytevector.
    #[primitive(control)]
    fn split_pathname_bytevector(m: &mut Machine, who: Who, pathname: BytevectorPathname) -> Res {
        split(m, who, &pathname.0)
    }

    /// `(split-pathname-root-and-tail pathname)`: two values, what stands before and behind the last slash; the first is
    /// empty if there is none.
    #[primitive(control)]
    fn split_pathname_root_and_tail(m: &mut Machine, pathname: Str) -> Res {
        let length = pathname.len();
        m.charge(length / 8)?;
        let slash = (0..length).rev().find(|&i| pathname.get(i) == Some('/'));
        let (root, tail) = slash.map_or((0..0, 0..length), |slash| (0..slash, slash + 1..length));
        m.heap.reserve_many(length.saturating_mul(4))?;
        let values = [root, tail].map(|part| {
            let text = m.heap.blank_string(part.len(), pathname.wide().is_some());
            if let Some(text) = Str::from_value(text) {
                text.copy_from(0, pathname, part.start, part.len());
            }
            text
        });
        Ok(m.heap.multiple_values(&values))
    }

    /// `(split-search-path path)`: the directories of a path with colons; empty ones are dropped.
    fn split_search_path(m: &mut Machine, who: Who, path: Text) -> Res {
        parts_of(m, who, &path, b':')
    }

    /// `(split-search-path-string path)`: the same of a string.
    fn split_search_path_string(m: &mut Machine, who: Who, path: Str) -> Res {
        match Text::convert(path.value()) {
            Some(text) => parts_of(m, who, &text, b':'),
            None => Err(m.wrong_argument(who, "path", 1, "a string without NUL", path.value())),
        }
    }

    /// `(split-search-path-bytevector path)`: the same of a bytevector.
    fn split_search_path_bytevector(m: &mut Machine, path: Bytevector) -> Res {
        parts(m, path.value(), path.bytes(), b':')
    }

    /// `(search-file-in-environment-path pathname variable)`: the real path of the first file of that name in the
    /// directories that the environment variable lists; `#f` if there is none. A name with a slash is not looked for but
    /// taken as it is.
    fn search_file_in_environment_path(m: &mut Machine, pathname: StringPathname, name: Str) -> Res {
        let who = "search-file-in-environment-path";
        let path = match Text::convert(name.value()) {
            Some(name) => variable(m, who, name.bytes())?.unwrap_or_default(),
            None => Vec::new(),
        };
        let mut directories = path.split(|&b| b == b':').filter(|d| !d.is_empty());
        search(m, who, pathname.0.bytes(), |_| Ok(directories.next().map(<[u8]>::to_vec)))
    }

    /// `(search-file-in-list-path pathname directories)`: the same in a list of directories.
    fn search_file_in_list_path(m: &mut Machine, pathname: StringPathname, directories: ProperList) -> Res {
        let who = "search-file-in-list-path";
        if !is_list_of(m, directories.0, |v| is_string(v) && is_pathname(v))?.is_true() {
            return Err(m.wrong_argument(who, "directories", 2, "a list of pathnames", directories.0));
        }
        let mut rest = directories.iter();
        search(m, who, pathname.0.bytes(), |_| {
            Ok(rest.next().and_then(StringPathname::convert).map(|directory| directory.0.bytes().to_vec()))
        })
    }

    /// `(find-executable-as-string name)`: where the program is: as it is when it begins with a slash, in the working
    /// directory when it has one, otherwise along the variable PATH; `#f` if it is not there or cannot be executed.
    fn find_executable_as_string(m: &mut Machine, who: Who, name: StringPathname) -> Res {
        let found = find_executable(m, who, name.0.bytes())?;
        Ok(found.map_or(Value::FALSE, |path| string(m, &path)))
    }

    /// `(find-executable-as-bytevector name)`: the same of bytevectors.
    fn find_executable_as_bytevector(m: &mut Machine, who: Who, name: BytevectorPathname) -> Res {
        let found = find_executable(m, who, name.0.bytes())?;
        Ok(found.map_or(Value::FALSE, |path| m.heap.bytevector(&path)))
    }

    /// `(vicare-executable-as-string)`: the file of the running program, `#f` if that is not known.
    fn vicare_executable_as_string(m: &mut Machine, who: Who) -> Res {
        let found = own_executable(m, who)?;
        Ok(found.map_or(Value::FALSE, |path| string(m, &path)))
    }

    /// `(vicare-executable-as-bytevector)`: the same as a bytevector.
    fn vicare_executable_as_bytevector(m: &mut Machine, who: Who) -> Res {
        let found = own_executable(m, who)?;
        Ok(found.map_or(Value::FALSE, |path| m.heap.bytevector(&path)))
    }
}
