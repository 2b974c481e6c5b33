//! Regular expressions of POSIX: `regcomp regexec regfree`.
//!
//! A compiled expression is known to programs as a pointer that leads nowhere. C's own structures stay in the machine's
//! table; an expression whose pointer object is garbage is freed, unless it is disowned.

use super::{admit, admit_flags};
use crate::eval::{Capability, Machine, Res, Stop};
use crate::heap::{External, Pointer, Tracer, Value, View};
use crate::memory::{address, handle};
use crate::posix::argument::{Int, Text};
use crate::posix::bound::SUBJECT;
use crate::posix::kernel::Call;
use crate::primitives;
use std::pin::Pin;

/// A compiled expression, which stays where it is.
struct Compiled {
    regex: libc::regex_t,
    flags: libc::c_int,
    /// The address of its pointer.
    handle: usize,
}

// SAFETY: used by the thread that runs the machine alone.
unsafe impl Send for Compiled {}

/// Where `re_nsub` is in a `regex_t`, which `libc` does not name.
const SUBEXPRESSIONS: usize = if cfg!(target_env = "gnu") { 48 } else { 0 };

impl Compiled {
    /// How many subexpressions there are.
    fn subexpressions(&self) -> usize {
        // SAFETY: a word in a live structure, aligned like it.
        unsafe { *std::ptr::from_ref(&self.regex).byte_add(SUBEXPRESSIONS).cast::<libc::size_t>() }
    }
}

impl Drop for Compiled {
    fn drop(&mut self) {
        // SAFETY: compiled by `compile`, freed once.
        unsafe { libc::regfree(&mut self.regex) }
    }
}

/// Compiled expressions by their pointers: weak, but for those that are disowned.
#[derive(Default)]
struct Expressions(Vec<(Option<Value>, Pin<Box<Compiled>>)>);

impl External for Expressions {
    fn trace(&self, _tracer: &mut Tracer) {}
    fn is_weak(&self) -> bool {
        true
    }
    fn sweep_weak(&mut self, alive: &dyn Fn(Value) -> bool) {
        self.0.retain(|(pointer, _)| pointer.is_none_or(alive))
    }
    fn type_name(&self) -> &'static str {
        "regular-expressions"
    }
}

impl Expressions {
    fn find(&self, pointer: Pointer) -> Option<usize> {
        let wanted = address(pointer);
        self.0.iter().position(|(_, compiled)| compiled.handle == wanted)
    }
}

fn refused(m: &mut Machine, who: &str, code: libc::c_int, regex: &libc::regex_t, irritants: &[Value]) -> Stop {
    let mut text = [0u8; 256];
    // SAFETY: room for so many bytes, the last of which is a NUL.
    unsafe { regerror(code, regex, text.as_mut_ptr().cast(), text.len()) };
    let text = text.split(|&b| b == 0).next().unwrap_or(&[]);
    let message = format!("the regular expression is refused: {}", String::from_utf8_lossy(text));
    m.error(who, &message, irritants)
}

unsafe extern "C" {
    fn regerror(
        code: libc::c_int,
        regex: *const libc::regex_t,
        text: *mut libc::c_char,
        size: libc::size_t,
    ) -> libc::size_t;
}

/// How many parts an expression is copied out to: what is counted is there as often as it may be repeated, and twice where
/// it is at least once. Both notations are read alike, escaped or not, so this is an upper bound.
fn parts(pattern: &[u8]) -> u64 {
    // Parts of the groups that are open, and of the last atom of each.
    let mut groups = vec![(0u64, 0u64)];
    let mut rest = pattern;
    while let Some((&byte, more)) = rest.split_first() {
        rest = more;
        let innermost = groups.len() - 1;
        let (sum, last) = &mut groups[innermost];
        match byte {
            b'(' => groups.push((0, 0)),
            b')' if innermost > 0 => {
                let inside = *sum;
                groups.pop();
                let (sum, last) = &mut groups[innermost - 1];
                *last = inside.saturating_add(1);
                *sum = sum.saturating_add(*last);
            }
            b'+' => {
                *sum = sum.saturating_add(*last);
                *last = last.saturating_mul(2);
            }
            b'{' => {
                let end = rest.iter().position(|&b| b == b'}').unwrap_or(rest.len());
                let numbers = rest[..end].split(|b| !b.is_ascii_digit());
                let count = numbers.filter_map(|n| std::str::from_utf8(n).ok()?.parse::<u64>().ok()).max().unwrap_or(1);
                *sum = sum.saturating_add(last.saturating_mul(count));
                *last = last.saturating_mul(count.saturating_add(1));
                rest = &rest[end..];
            }
            b'\\' | b'*' | b'?' | b'}' => {}
            _ => {
                *last = 1;
                *sum = sum.saturating_add(1);
            }
        }
    }
    groups.iter().fold(0, |all, group| all.saturating_add(group.0))
}

fn compile(m: &mut Machine, who: &str, pattern: &Text, flags: Int, owned: bool) -> Res {
    admit(m, who, pattern, parts)?;
    admit_flags(m, who, 2, flags, libc::REG_EXTENDED | libc::REG_ICASE | libc::REG_NOSUB | libc::REG_NEWLINE)?;
    // SAFETY: zero is a value of this structure; the call fills it in, from a live C string.
    let (code, regex) = unsafe {
        let mut regex: libc::regex_t = std::mem::zeroed();
        (libc::regcomp(&mut regex, pattern.as_ptr(), flags.0), regex)
    };
    if code != 0 {
        let irritants = [pattern.value, flags.value()];
        return Err(refused(m, who, code, &regex, &irritants));
    }
    let pointer = handle(m);
    let compiled = Box::pin(Compiled { regex, flags: flags.0, handle: address(pointer) });
    let pointer = View::value(pointer);
    m.extension::<Expressions>().0.push((owned.then_some(pointer), compiled));
    Ok(pointer)
}

primitives! { pub TABLE in "(vicare glibc)" {
    /// `(regcomp pattern flags)`: a compiled expression, a pointer; flags are 0 or made of `REG_EXTENDED`, `REG_ICASE`,
    /// `REG_NOSUB`, `REG_NEWLINE`. It is freed when that pointer object is garbage, clones or not. regcomp(3)
    "regcomp" [] fn regcomp(m, pattern: Text, flags: Int) { compile(m, "regcomp", &pattern, flags, true) }
    /// `(regcomp/disown pattern flags)`: the same, freed by `regfree` alone.
    "regcomp/disown" [] fn regcomp_disown(m, pattern: Text, flags: Int) {
        compile(m, "regcomp/disown", &pattern, flags, false)
    }
    /// `(regexec regex string flags)`: searches a string, or a bytevector. A vector of pairs: where the match, and each
    /// subexpression, begins and ends, in bytes (characters are bytes: of UTF-8, those of ASCII); -1 for one that took no
    /// part. `#f` without a match, `#t` for one with `REG_NOSUB`. regexec(3)
    "regexec" [] fn regexec(m, regex: Pointer, string: Text, flags: Int) {
        const WHO: &str = "regexec";
        m.require(Capability::RawMemory, WHO)?;
        m.charge(string.bytes().len() / 4)?;
        let irritants = [string.value];
        Call::new(WHO, Capability::RawMemory).irritants(&irritants).text(&string, SUBJECT).check(m)?;
        admit_flags(m, WHO, 3, flags, libc::REG_NOTBOL | libc::REG_NOTEOL)?;
        let expressions = m.extension::<Expressions>();
        let Some(at) = expressions.find(regex) else {
            let message = "the pointer is not to a compiled regular expression, or it was freed";
            return Err(m.assertion(WHO, message, &[View::value(regex)]));
        };
        let compiled = &expressions.0[at].1;
        let nosub = compiled.flags & libc::REG_NOSUB != 0;
        let count = if nosub { 0 } else { compiled.subexpressions() + 1 };
        let mut matches = vec![libc::regmatch_t { rm_so: -1, rm_eo: -1 }; count];
        // SAFETY: a compiled expression, a live C string, room for so many matches.
        let code = unsafe {
            libc::regexec(&compiled.regex, string.as_ptr(), count, matches.as_mut_ptr(), flags.0)
        };
        match code {
            0 if nosub => return Ok(Value::TRUE),
            0 => {}
            libc::REG_NOMATCH => return Ok(Value::FALSE),
            _ => return Err(m.error(WHO, "there is not enough memory for the search", &[string.value])),
        }
        let pair = |m: &mut Machine, r: &libc::regmatch_t| {
            m.heap.cons(Value::fixnum(r.rm_so.into()), Value::fixnum(r.rm_eo.into()))
        };
        let pairs: Vec<Value> = matches.iter().map(|r| pair(m, r)).collect();
        Ok(m.heap.vector(&pairs))
    }
    /// `(regfree regex)`: frees a compiled expression; nothing when it was freed before.
    "regfree" [] fn regfree(m, regex: Pointer) {
        let expressions = m.extension::<Expressions>();
        if let Some(at) = expressions.find(regex) {
            expressions.0.swap_remove(at);
        }
        crate::memory::set_null(regex);
        Ok(Value::VOID)
    }
} }
