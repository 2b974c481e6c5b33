//! Environment variables. A machine has an environment of its own, a copy of the process's made at the first use: what
//! it sets, neither the host nor another machine sees, and no other thread can trip over it while it changes. The
//! programs that it executes get it. Where the process is the program's own, its environment follows, because functions of
//! C look there: for `TZ` and the like.

use crate::account::Claim;
use crate::eval::{Capability, Machine, Res, Who};
use crate::heap::{External, Str, Value, View};
use crate::io::os_text;
use std::ffi::CString;
use std::os::unix::ffi::OsStringExt;
use vicar_macros::primitives;

/// Names and values, in the order of the process's.
pub struct Environment {
    variables: Vec<(Vec<u8>, Vec<u8>)>,
    /// What the program has added, taken from the machine's account.
    claim: Option<Claim>,
}

/// What a variable takes beside its name and value.
const ENTRY: usize = 96;

impl Default for Environment {
    fn default() -> Environment {
        let all = std::env::vars_os().map(|(name, value)| (name.into_vec(), value.into_vec()));
        Environment { variables: all.collect(), claim: None }
    }
}

impl External for Environment {
    fn type_name(&self) -> &'static str {
        "environment-variables"
    }
}

impl Environment {
    pub fn get(&self, name: &[u8]) -> Option<&[u8]> {
        self.variables.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_slice())
    }

    /// All names and values.
    pub fn variables(&self) -> &[(Vec<u8>, Vec<u8>)] {
        &self.variables
    }

    fn set(&mut self, name: Vec<u8>, value: Vec<u8>) {
        match self.variables.iter_mut().find(|(n, _)| *n == name) {
            Some(entry) => {
                let before = std::mem::replace(&mut entry.1, value);
                self.give(before.len());
            }
            None => self.variables.push((name, value)),
        }
    }

    fn remove(&mut self, name: &[u8]) {
        if let Some(at) = self.variables.iter().position(|(n, _)| n == name) {
            let (name, value) = self.variables.remove(at);
            self.give(ENTRY + name.len() + value.len());
        }
    }

    /// What the process came with is given back, too, but never more than was taken.
    fn give(&mut self, bytes: usize) {
        if let Some(claim) = &mut self.claim {
            claim.give(bytes)
        }
    }
}

/// Whether the system accepts it as a variable's name.
fn is_name(name: &[u8]) -> bool {
    !name.is_empty() && !name.contains(&b'=') && !name.contains(&0)
}

/// The bytes of a name or value, of which the system takes far less.
fn limited(m: &mut Machine, who: &str, text: Str) -> Res<Vec<u8>> {
    const LONGEST: usize = 1 << 20;
    if text.len() > LONGEST {
        let message = "expected at most 1048576 characters for an environment variable's name or value";
        return Err(m.error(who, message, &[View::value(text)]));
    }
    m.charge(text.len() / 64)?;
    Ok(os_text::encode(text.chars()))
}

/// Asks for the memory of a string of so many bytes, and of what it is made from.
fn room_for(m: &mut Machine, bytes: usize) -> Res<()> {
    m.charge(bytes / 64)?;
    // A copy of the bytes, the decoded text, and four bytes a character.
    Ok(m.heap.reserve_many(bytes.saturating_mul(6))?)
}

fn text(m: &mut Machine, bytes: &[u8]) -> Value {
    m.heap.string(&os_text::decode(bytes))
}

/// The environment, if the program may see it: to look for a variable, or for all of them.
fn open<'a>(m: &'a mut Machine, who: &str) -> Res<&'a mut Environment> {
    m.require(Capability::Environment, who)?;
    let count = m.extension::<Environment>().variables.len();
    m.charge(count)?;
    Ok(m.extension())
}

/// Takes what a variable more takes here, and what C keeps of it, before its texts are made.
fn pay(m: &mut Machine, bytes: usize, kept: usize) -> Res<()> {
    let account = m.heap.memory().clone();
    let environment = m.extension::<Environment>();
    environment.claim.get_or_insert_with(|| Claim::new(&account)).take(bytes)?;
    // Outside of the claim, so that nothing gives it back.
    let answer = account.take(kept);
    if answer.is_err() {
        environment.give(bytes);
    }
    Ok(answer?)
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
    let environment = open(m, who)?;
    let all = std::mem::take(&mut environment.variables);
    environment.give(usize::MAX);
    all.iter().for_each(|(name, _)| follow(m, name, None));
    Ok(())
}

#[primitives]
pub mod procedures {
    use super::*;

    /// `(getenv name)`: the variable's value, `#f` if it is not set. getenv(3)
    fn getenv(m: &mut Machine, who: Who, name: Str) -> Res {
        let name = limited(m, who, name)?;
        match open(m, who)?.get(&name).map(<[u8]>::len) {
            Some(length) => room_for(m, length)?,
            None => return Ok(Value::FALSE),
        }
        let found = m.extension::<Environment>().get(&name).map(<[u8]>::to_vec);
        Ok(found.map_or(Value::FALSE, |value| text(m, &value)))
    }

    /// `(environ)`: all variables, an association list of names and values. environ(7)
    fn environ(m: &mut Machine, who: Who) -> Res {
        let mut at = open(m, who)?.variables.len();
        let mut list = Value::NIL;
        while at > 0 {
            at -= 1;
            let (name, value) = &m.extension::<Environment>().variables[at];
            let size = name.len() + value.len();
            room_for(m, size)?;
            m.check_growth()?;
            let (name, value) = m.extension::<Environment>().variables[at].clone();
            let (name, value) = (text(m, &name), text(m, &value));
            let entry = m.heap.cons(name, value);
            list = m.heap.cons(entry, list);
        }
        Ok(list)
    }

    /// `(setenv name value)`, `(setenv name value overwrite?)`: sets a variable; with `#f` for `overwrite?` only if it is
    /// not set. A name that is empty or has a `=` raises `&error`. setenv(3)
    fn setenv(m: &mut Machine, who: Who, name: Str, value: Str, overwrite: Option<Value>) -> Res {
        let (key, text) = (limited(m, who, name)?, limited(m, who, value)?);
        let environment = open(m, who)?;
        if !is_name(&key) || text.contains(&0) {
            let irritants = [View::value(name), View::value(value)];
            return Err(m.error(who, "the system does not accept this environment variable", &irritants));
        }
        let before = environment.get(&key);
        if before.is_some_and(|before| before == text) {
            // C has it already, unless a foreign function changed it.
            follow(m, &key, Some(&text));
        } else if before.is_none() || overwrite.is_none_or(Value::is_true) {
            let whole = ENTRY + key.len() + text.len();
            let more = if before.is_some() { text.len() } else { whole };
            // C's `setenv` makes an entry for each pair of a name and a value that it has not seen, and keeps it for ever: a
            // pointer from `getenv` may be to it.
            pay(m, more, if m.owns_process { whole } else { 0 })?;
            m.extension::<Environment>().set(key.clone(), text.clone());
            follow(m, &key, Some(&text));
        }
        Ok(Value::VOID)
    }

    /// `(unsetenv name)`: removes a variable; `#f` if that cannot be the name of one. unsetenv(3)
    fn unsetenv(m: &mut Machine, who: Who, name: Str) -> Res {
        let key = limited(m, who, name)?;
        open(m, who)?.remove(&key);
        follow(m, &key, None);
        Ok(Value::boolean(is_name(&key)))
    }
}
