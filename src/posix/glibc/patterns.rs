//! Patterns of the shell: `fnmatch glob wordexp`.
//!
//! How long C works on them, and how much it finds, nothing bounds: stars make it try every way, a pattern may name every
//! file there is, a command may run for ever. So a helper process does it, but for what is known to be little work.
//! Whatever `wordexp` assigns to variables is gone with the helper.

use super::{admit, admit_flags};
use crate::account::Paid;
use crate::eval::{Capability, Machine, Res, Who};
use crate::heap::Value;
use crate::posix::argument::{Int, Text};
use crate::posix::bound::SUBJECT;
use crate::posix::helper_process::{self, Answer, Uses};
use crate::posix::kernel::Call;
use crate::posix::sys;
use std::ffi::CStr;
use vicar_macros::primitives;

/// What `wordexp` fills in.
#[repr(C)]
struct Words {
    count: libc::size_t,
    words: *mut *mut libc::c_char,
    offset: libc::size_t,
}

/// Does not let commands be run: the words name them.
const NO_COMMANDS: libc::c_int = 4;
/// Flags that change no more than what is found.
const WORDS: libc::c_int = NO_COMMANDS | SHOW_ERRORS | UNDEFINED_IS_ERROR;
const SHOW_ERRORS: libc::c_int = 16;
const UNDEFINED_IS_ERROR: libc::c_int = 32;
const PATHS: libc::c_int = libc::GLOB_ERR
    | libc::GLOB_MARK
    | libc::GLOB_NOCHECK
    | libc::GLOB_NOSORT
    | libc::GLOB_NOESCAPE
    | libc::GLOB_PERIOD
    | libc::GLOB_BRACE
    | libc::GLOB_NOMAGIC
    | libc::GLOB_TILDE
    | libc::GLOB_TILDE_CHECK
    | libc::GLOB_ONLYDIR;
/// All of fnmatch(3): bits 0 to 5.
const MATCHING: libc::c_int = 63;

/// How many patterns one with alternatives in braces stands for, at most.
fn alternatives(pattern: &[u8]) -> u64 {
    let groups = pattern.split(|&b| b == b'{').skip(1);
    groups.map(|part| 1 + part.iter().filter(|&&b| b == b',').count() as u64).fold(1, u64::saturating_mul)
}

unsafe extern "C" {
    fn wordexp(text: *const libc::c_char, words: *mut Words, flags: libc::c_int) -> libc::c_int;
}

fn bytes(m: &mut Machine, text: &[u8]) -> Value {
    m.heap.bytevector(text)
}

fn string(m: &mut Machine, text: &[u8]) -> Value {
    m.heap.string(&crate::io::os_text::decode(text))
}

type ValueOf = fn(&mut Machine, &[u8]) -> Value;

/// In the helper: the code, and `count` C strings, each with its NUL.
///
/// # Safety
/// `texts` is an array of that many live C strings.
unsafe fn put_all(answer: &mut Answer, code: libc::c_int, texts: *mut *mut libc::c_char, count: usize) {
    answer.put(&code.to_ne_bytes());
    for i in 0..count {
        // SAFETY: as the caller says.
        answer.put(unsafe { CStr::from_ptr(*texts.add(i)) }.to_bytes_with_nul());
    }
}

/// What the helper has answered: a code that is not zero, or the list of its strings and how many there are.
fn found(m: &mut Machine, answer: &[u8], value_of: ValueOf) -> Res<Result<(Value, usize), libc::c_int>> {
    let (code, texts) = answer.split_at(answer.len().min(4));
    match i32::from_ne_bytes(code.try_into().unwrap_or([0xff; 4])) {
        0 => {}
        code => return Ok(Err(code)),
    }
    let (mut list, mut count) = (Value::NIL, 0);
    // Behind the last NUL is nothing.
    for text in texts.rsplit(|&b| b == 0).skip(1) {
        m.charge(1 + text.len() / 64)?;
        m.check_growth()?;
        // A pair, an object, and four bytes for a character.
        m.heap.reserve_many(64 + 4 * text.len())?;
        let text = value_of(m, text);
        list = m.heap.cons(text, list);
        count += 1;
    }
    Ok(Ok((list, count)))
}

fn paths(m: &mut Machine, who: &str, pattern: &Text, flags: Int, handler: Option<Value>, value_of: ValueOf) -> Res {
    m.require(Capability::Filesystem, who)?;
    m.require(Capability::Environment, who)?;
    admit(m, who, pattern, alternatives)?;
    admit_flags(m, who, 2, flags, PATHS)?;
    if let Some(handler) = handler.filter(|v| !v.is_false()) {
        return Err(m.wrong_argument(who, "error-handler", 3, "#f", handler));
    }
    let tilde = flags.0 & (libc::GLOB_TILDE | libc::GLOB_TILDE_CHECK) != 0;
    let uses = if tilde { Uses::Names } else { Uses::Memory };
    let irritants = [pattern.value, flags.value()];
    let call = Call::new(who, Capability::RawMemory).irritants(&irritants);
    let answer = helper_process::run(m, &call, uses, |answer| {
        let mut found = std::mem::MaybeUninit::<libc::glob_t>::zeroed();
        // SAFETY: a live C string, and room for the answer, which is initialised whatever the code.
        unsafe {
            let code = libc::glob(pattern.as_ptr(), flags.0, None, found.as_mut_ptr());
            let found = found.assume_init();
            put_all(answer, code, found.gl_pathv, if code == 0 { found.gl_pathc } else { 0 });
        }
    })?;
    Ok(match found(m, &answer, value_of)? {
        Ok((list, _)) => list,
        Err(code) => Value::fixnum(code.into()),
    })
}

fn words(m: &mut Machine, who: &str, text: &Text, flags: Int, value_of: ValueOf) -> Res {
    m.require(Capability::Filesystem, who)?;
    if flags.0 & NO_COMMANDS == 0 {
        m.require(Capability::Processes, who)?;
    }
    m.require(Capability::Environment, who)?;
    admit(m, who, text, alternatives)?;
    admit_flags(m, who, 2, flags, WORDS)?;
    let uses = if flags.0 & NO_COMMANDS == 0 { Uses::Processes } else { Uses::Names };
    let irritants = [text.value, flags.value()];
    let call = Call::new(who, Capability::RawMemory).irritants(&irritants);
    let answer = helper_process::run(m, &call, uses, |answer| {
        let mut found = Words { count: 0, words: std::ptr::null_mut(), offset: 0 };
        // SAFETY: a live C string, and room for the answer, which the call fills in unless it fails.
        unsafe {
            let code = wordexp(text.as_ptr(), &mut found, flags.0);
            put_all(answer, code, found.words, if code == 0 { found.count } else { 0 });
        }
    })?;
    let (list, count) = match found(m, &answer, value_of)? {
        Ok(found) => found,
        Err(code) => return Ok(Value::fixnum(code.into())),
    };
    m.heap.reserve(8 * (count + 1))?;
    let mut all = Paid::with_room(m.heap.memory(), count)?;
    all.extend(list.list_iter());
    Ok(m.heap.vector(&all))
}

/// Whether a text matches: C's code.
fn matches(m: &mut Machine, pattern: &Text, string: &Text, flags: Int) -> Res<libc::c_int> {
    /// What is known to be little work: bytes of the pattern times places where its stars may end.
    const LITTLE: usize = 1 << 18;
    /// Alternatives that may be repeated.
    const EXTENDED: libc::c_int = 32;
    let irritants = [pattern.value, string.value];
    let call = Call::new("fnmatch", Capability::RawMemory).irritants(&irritants).text(string, SUBJECT);
    call.check(m)?;
    let stars = pattern.bytes().iter().filter(|&&b| b == b'*').count() as u32;
    let (length, size) = (string.bytes().len() + 1, pattern.bytes().len() + 1);
    let work = length.saturating_pow(stars.max(1)).saturating_mul(size);
    let code = || sys::fnmatch(pattern.as_c(), string.as_c(), flags.0);
    if work <= LITTLE && flags.0 & EXTENDED == 0 {
        m.charge(work / 64)?;
        return Ok(code());
    }
    let answer = helper_process::run(m, &call, Uses::Memory, |answer| answer.put(&code().to_ne_bytes()))?;
    Ok(i32::from_ne_bytes(answer[..].try_into().unwrap_or([0xff; 4])))
}

#[primitives]
pub mod procedures {
    use super::*;

    /// `(fnmatch pattern string flags)`: whether a string, or a bytevector, matches a pattern with `*`, `?` and `[…]`;
    /// flags are 0 or made of `FNM_…`. Characters are bytes: of UTF-8, those of ASCII. fnmatch(3)
    fn fnmatch(m: &mut Machine, who: Who, pattern: Text, string: Text, flags: Int) -> Res {
        admit(m, who, &pattern, |_| 1)?;
        admit_flags(m, who, 3, flags, MATCHING)?;
        let code = matches(m, &pattern, &string, flags)?;
        Ok(Value::boolean(code == 0))
    }

    /// `(glob pattern flags)`, `(glob pattern flags #f)`: the pathnames that match, a list of bytevectors; `GLOB_NOMATCH`
    /// and the like when there are none. Directories that cannot be read are passed over. glob(3)
    fn glob(m: &mut Machine, who: Who, pattern: Text, flags: Int, error_handler: Option<Value>) -> Res {
        paths(m, who, &pattern, flags, error_handler, bytes)
    }

    /// `(glob/string pattern flags)`: the same as strings.
    #[primitive(name = "glob/string")]
    fn glob_string(m: &mut Machine, who: Who, pattern: Text, flags: Int, error_handler: Option<Value>) -> Res {
        paths(m, who, &pattern, flags, error_handler, string)
    }

    /// `(wordexp words flags)`: the words that the shell would make of a text, a vector of bytevectors; `WRDE_SYNTAX` and
    /// the like when that fails. Without `WRDE_NOCMD` commands in it are run, which have the standard descriptors alone. Assignments to
    /// variables do not last. wordexp(3)
    #[primitive(name = "wordexp")]
    fn wordexp_(m: &mut Machine, who: Who, text: Text, flags: Int) -> Res {
        words(m, who, &text, flags, bytes)
    }

    /// `(wordexp/string words flags)`: the same as strings.
    #[primitive(name = "wordexp/string")]
    fn wordexp_string(m: &mut Machine, who: Who, text: Text, flags: Int) -> Res {
        words(m, who, &text, flags, string)
    }
}
