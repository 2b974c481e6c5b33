//! Environment variables. A machine has an environment of its own, a copy of the process's made at the first use: what
//! it sets, neither the host nor another machine sees, and no other thread can trip over it while it changes. The
//! programs that it executes get it. Where the process is the program's own, its environment follows, because functions of
//! C look there: for `TZ` and the like.

use crate::eval::{Capability, Machine, Res};
use crate::heap::{External, Str, Tracer, Value, View};
use crate::io::os_text;
use crate::primitives;
use std::ffi::CString;
use std::os::unix::ffi::OsStringExt;

/// Names and values, in the order of the process's.
pub struct Environment(Vec<(Vec<u8>, Vec<u8>)>);

impl Default for Environment {
    fn default() -> Environment {
        Environment(std::env::vars_os().map(|(name, value)| (name.into_vec(), value.into_vec())).collect())
    }
}

impl External for Environment {
    fn trace(&self, _tracer: &mut Tracer) {}
    fn bytes(&self) -> usize {
        self.0.iter().map(|(name, value)| name.len() + value.len() + 48).sum()
    }
    fn type_name(&self) -> &'static str {
        "environment-variables"
    }
}

impl Environment {
    pub fn get(&self, name: &[u8]) -> Option<&[u8]> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_slice())
    }

    fn set(&mut self, name: Vec<u8>, value: Vec<u8>) {
        match self.0.iter_mut().find(|(n, _)| *n == name) {
            Some(entry) => entry.1 = value,
            None => self.0.push((name, value)),
        }
    }

    fn remove(&mut self, name: &[u8]) {
        self.0.retain(|(n, _)| n != name)
    }

    /// As `exec` wants them: `NAME=value`.
    pub fn strings(&self) -> Vec<CString> {
        // Neither the process's variables nor those that `setenv` accepts contain a NUL.
        self.0.iter().filter_map(|(name, value)| CString::new([name, b"=".as_slice(), value].concat()).ok()).collect()
    }
}

/// Whether the system accepts it as a variable's name.
fn is_name(name: &[u8]) -> bool {
    !name.is_empty() && !name.contains(&b'=') && !name.contains(&0)
}

fn text(m: &mut Machine, bytes: &[u8]) -> Value {
    m.heap.string(&os_text::decode(bytes))
}

fn open<'a>(m: &'a mut Machine, who: &str) -> Res<&'a mut Environment> {
    m.require(Capability::Environment, who)?;
    Ok(m.extension())
}

/// Lets the process's environment follow, if it is the program's own.
fn follow(m: &Machine, name: &[u8], value: Option<&[u8]>) {
    let (Ok(name), Ok(text)) = (CString::new(name), CString::new(value.unwrap_or_default())) else { return };
    if m.owns_process {
        // SAFETY: C strings, which are copied; the process has one thread.
        unsafe {
            match value {
                Some(_) => libc::setenv(name.as_ptr(), text.as_ptr(), 1),
                None => libc::unsetenv(name.as_ptr()),
            };
        }
    }
}

/// Removes all variables.
pub fn clear(m: &mut Machine, who: &str) -> Res<()> {
    let all = std::mem::take(&mut open(m, who)?.0);
    all.iter().for_each(|(name, _)| follow(m, name, None));
    Ok(())
}

primitives! { pub SHARED in "(vicar environment)" {
    /// `(getenv name)`: the variable's value, `#f` if it is not set. getenv(3)
    "getenv" [] fn getenv(m, name: Str) {
        let found = open(m, "getenv")?.get(&os_text::encode(name.chars())).map(<[u8]>::to_vec);
        Ok(found.map_or(Value::FALSE, |value| text(m, &value)))
    }
    /// `(environ)`: all variables, an association list of names and values. environ(7)
    "environ" [] fn environ(m) {
        let all = open(m, "environ")?.0.clone();
        let mut entries = Vec::with_capacity(all.len());
        for (name, value) in &all {
            let (name, value) = (text(m, name), text(m, value));
            entries.push(m.heap.cons(name, value));
        }
        Ok(m.heap.list(&entries))
    }
} }

primitives! { pub TABLE in "(vicar posix primitives)" {
    /// `(setenv name value)`, `(setenv name value overwrite?)`: sets a variable; with `#f` for `overwrite?` only if it is
    /// not set. A name that is empty or has a `=` raises `&error`. setenv(3)
    "setenv" [] fn setenv(m, name: Str, value: Str, overwrite: Option<Value>) {
        let (key, text) = (os_text::encode(name.chars()), os_text::encode(value.chars()));
        let environment = open(m, "setenv")?;
        if !is_name(&key) || text.contains(&0) {
            let irritants = [View::value(name), View::value(value)];
            return Err(m.error("setenv", "the system does not accept this environment variable", &irritants));
        }
        if overwrite.is_none_or(Value::is_true) || environment.get(&key).is_none() {
            environment.set(key.clone(), text.clone());
            follow(m, &key, Some(&text));
        }
        Ok(Value::VOID)
    }
    /// `(unsetenv name)`: removes a variable; `#f` if that cannot be the name of one. unsetenv(3)
    "unsetenv" [] fn unsetenv(m, name: Str) {
        let key = os_text::encode(name.chars());
        open(m, "unsetenv")?.remove(&key);
        follow(m, &key, None);
        Ok(Value::boolean(is_name(&key)))
    }
} }
