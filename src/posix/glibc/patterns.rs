//! Patterns of the shell: `fnmatch glob wordexp`.

use super::{admit, admit_flags};
use crate::eval::{Capability, Machine, Res};
use crate::heap::Value;
use crate::posix::argument::{Int, Text};
use crate::posix::bound::SUBJECT;
use crate::posix::kernel::Call;
use crate::primitives;
use std::ffi::CStr;

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
    fn wordfree(words: *mut Words);
}

fn bytes(m: &mut Machine, text: &[u8]) -> Value {
    m.heap.bytevector(text)
}

fn string(m: &mut Machine, text: &[u8]) -> Value {
    m.heap.string(&crate::io::os_text::decode(text))
}

type ValueOf = fn(&mut Machine, &[u8]) -> Value;

/// Copies of `count` C strings.
///
/// # Safety
/// `texts` is an array of that many live C strings.
unsafe fn copies(m: &mut Machine, texts: *mut *mut libc::c_char, count: usize, value_of: ValueOf) -> Res<Vec<Value>> {
    // SAFETY: as the caller says.
    let text = |i: usize| unsafe { CStr::from_ptr(*texts.add(i)) }.to_bytes();
    let size = (0..count).map(|i| text(i).len() + 32).sum::<usize>();
    m.charge(count + size / 64)?;
    // Characters may take four bytes.
    m.heap.reserve(4 * size)?;
    Ok((0..count).map(|i| value_of(m, text(i))).collect())
}

fn paths(m: &mut Machine, who: &str, pattern: &Text, flags: Int, handler: Option<Value>, value_of: ValueOf) -> Res {
    m.require(Capability::Filesystem, who)?;
    m.require(Capability::Environment, who)?;
    admit(m, who, pattern, alternatives)?;
    admit_flags(m, who, 2, flags, PATHS)?;
    if let Some(handler) = handler.filter(|v| !v.is_false()) {
        return Err(m.wrong_argument(who, "error-handler", 3, "#f", handler));
    }
    let mut found = std::mem::MaybeUninit::<libc::glob_t>::zeroed();
    // SAFETY: a live C string, and room for the answer, which is initialised whatever the code.
    let (code, mut found) = unsafe {
        let code = libc::glob(pattern.as_ptr(), flags.0, None, found.as_mut_ptr());
        (code, found.assume_init())
    };
    let answer = if code == 0 {
        // SAFETY: the call has filled it in.
        unsafe { copies(m, found.gl_pathv, found.gl_pathc, value_of) }.map(|all| m.heap.list(&all))
    } else {
        Ok(Value::fixnum(code.into()))
    };
    // SAFETY: of the call above, once.
    unsafe { libc::globfree(&mut found) };
    answer
}

fn words(m: &mut Machine, who: &str, text: &Text, flags: Int, value_of: ValueOf) -> Res {
    m.require(Capability::Filesystem, who)?;
    if flags.0 & NO_COMMANDS == 0 {
        m.require(Capability::Processes, who)?;
    }
    m.require(Capability::Environment, who)?;
    admit(m, who, text, alternatives)?;
    admit_flags(m, who, 2, flags, WORDS)?;
    let mut found = Words { count: 0, words: std::ptr::null_mut(), offset: 0 };
    // SAFETY: a live C string, and room for the answer.
    let code = unsafe { wordexp(text.as_ptr(), &mut found, flags.0) };
    if code != 0 {
        return Ok(Value::fixnum(code.into()));
    }
    // SAFETY: the call has filled it in; freed once.
    let all = unsafe {
        let all = copies(m, found.words, found.count, value_of);
        wordfree(&mut found);
        all
    };
    Ok(m.heap.vector(&all?))
}

primitives! { pub TABLE in "(vicare glibc)" {
    /// `(fnmatch pattern string flags)`: whether a string, or a bytevector, matches a pattern with `*`, `?` and `[…]`;
    /// flags are 0 or made of `FNM_…`. Characters are bytes: of UTF-8, those of ASCII. fnmatch(3)
    "fnmatch" [] fn fnmatch(m, pattern: Text, string: Text, flags: Int) {
        admit(m, "fnmatch", &pattern, |_| 1)?;
        admit_flags(m, "fnmatch", 3, flags, MATCHING)?;
        let irritants = [pattern.value, string.value];
        Call::new("fnmatch", Capability::RawMemory).irritants(&irritants).text(&string, SUBJECT).check(m)?;
        m.charge(pattern.bytes().len().saturating_mul(string.bytes().len()) / 16)?;
        // SAFETY: live C strings.
        let code = unsafe { libc::fnmatch(pattern.as_ptr(), string.as_ptr(), flags.0) };
        Ok(Value::boolean(code == 0))
    }
    /// `(glob pattern flags)`, `(glob pattern flags #f)`: the pathnames that match, a list of bytevectors; `GLOB_NOMATCH`
    /// and the like when there are none. Directories that cannot be read are passed over. glob(3)
    "glob" [] fn glob(m, pattern: Text, flags: Int, error_handler: Option<Value>) {
        paths(m, "glob", &pattern, flags, error_handler, bytes)
    }
    /// `(glob/string pattern flags)`: the same as strings.
    "glob/string" [] fn glob_string(m, pattern: Text, flags: Int, error_handler: Option<Value>) {
        paths(m, "glob/string", &pattern, flags, error_handler, string)
    }
    /// `(wordexp words flags)`: the words that the shell would make of a text, a vector of bytevectors; `WRDE_SYNTAX` and
    /// the like when that fails. Without `WRDE_NOCMD` commands in it are run. wordexp(3)
    "wordexp" [] fn wordexp_(m, text: Text, flags: Int) { words(m, "wordexp", &text, flags, bytes) }
    /// `(wordexp/string words flags)`: the same as strings.
    "wordexp/string" [] fn wordexp_string(m, text: Text, flags: Int) { words(m, "wordexp/string", &text, flags, string) }
} }
