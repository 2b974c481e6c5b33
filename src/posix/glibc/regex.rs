//! Regular expressions of POSIX: `regcomp regexec regfree`.
//!
//! A compiled expression is known to programs as a pointer that leads nowhere. C's own structures stay in the machine's
//! table; an expression whose pointer object is garbage is freed, unless it is disowned.
//!
//! C compiles and matches without ever asking whether it is to stop, and what it takes for that grows with the square of
//! the expression and worse; with back-references a match is as hard as problems get. So only little work is done in this process: small
//! expressions without back-references and without groups that are repeated, on texts in proportion. Everything else is done
//! by a helper process, which compiles the expression anew.

use super::{admit, admit_flags};
use crate::account::Claim;
use crate::eval::{Capability, Machine, Res, Stop, Who};
use crate::heap::{External, Pointer, Value, View};
use crate::memory::{address, handle};
use crate::posix::argument::{Int, Text};
use crate::posix::bound::SUBJECT;
use crate::posix::helper_process::{self, Uses};
use crate::posix::kernel::Call;
use std::ffi::{CStr, CString};
use vicar_macros::primitives;

/// An expression.
struct Expression {
    pattern: CString,
    flags: libc::c_int,
    /// How many subexpressions there are.
    groups: usize,
    /// How many parts C makes of it.
    parts: usize,
    /// Where texts are searched in this process.
    compiled: Option<Compiled>,
    /// The address of its pointer.
    handle: usize,
    /// Its memory.
    _claim: Claim,
}

/// What C has made of an expression.
struct Compiled {
    regex: libc::regex_t,
    /// Bytes that it was tried on: C keeps a table for each state that it meets on the way.
    tried: usize,
}

// SAFETY: used by the thread that runs the machine alone.
unsafe impl Send for Compiled {}

/// Where `re_nsub` is in a `regex_t`, which `libc` does not name.
const SUBEXPRESSIONS: usize = if cfg!(target_env = "gnu") { 48 } else { 0 };

impl Compiled {
    /// Compiles; `Err` is C's code, with what C has left for a message about it.
    fn new(pattern: &CStr, flags: libc::c_int) -> Result<Compiled, (libc::c_int, libc::regex_t)> {
        // SAFETY: zero is a value of this structure; the call fills it in, from a live C string.
        let (code, regex) = unsafe {
            let mut regex: libc::regex_t = std::mem::zeroed();
            (libc::regcomp(&mut regex, pattern.as_ptr(), flags), regex)
        };
        if code == 0 { Ok(Compiled { regex, tried: 0 }) } else { Err((code, regex)) }
    }

    /// How many subexpressions there are.
    fn groups(&self) -> usize {
        // SAFETY: a word in a live structure, aligned like it.
        unsafe { *std::ptr::from_ref(&self.regex).byte_add(SUBEXPRESSIONS).cast::<libc::size_t>() }
    }

    /// Searches; C's code.
    fn search(&self, text: &CStr, matches: &mut [libc::regmatch_t], flags: libc::c_int) -> libc::c_int {
        // SAFETY: a compiled expression, a live C string, room for so many matches.
        unsafe { libc::regexec(&self.regex, text.as_ptr(), matches.len(), matches.as_mut_ptr(), flags) }
    }
}

impl Drop for Compiled {
    fn drop(&mut self) {
        // SAFETY: compiled by `new`, freed once.
        unsafe { libc::regfree(&mut self.regex) }
    }
}

/// Compiled expressions by their pointers: weak, but for those that are disowned.
#[derive(Default)]
struct Expressions(Vec<(Option<Value>, Expression)>);

impl External for Expressions {
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
        self.0.iter().position(|(_, expression)| expression.handle == wanted)
    }
}

/// C's words for a code.
fn words(code: libc::c_int, regex: &libc::regex_t) -> [u8; 256] {
    let mut text = [0u8; 256];
    // SAFETY: room for so many bytes, the last of which is a NUL.
    unsafe { regerror(code, regex, text.as_mut_ptr().cast(), text.len()) };
    text
}

fn refused(m: &mut Machine, who: &str, words: &[u8], irritants: &[Value]) -> Stop {
    let text = words.split(|&b| b == 0).next().unwrap_or(&[]);
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

/// Whether an expression of so many parts is compiled, and searched for, in this process: C's work is known to be little.
fn is_done_here(pattern: &[u8], parts: usize) -> bool {
    /// More take C milliseconds to compile.
    const MOST: usize = 100;
    let refers_back = pattern.windows(2).any(|w| w[0] == b'\\' && w[1].is_ascii_digit());
    // Both notations, escaped or not.
    let repeats_group = pattern.windows(2).any(|w| w[0] == b')' && b"*+{\\".contains(&w[1]))
        || pattern.windows(3).any(|w| w[..2] == *b")?" && b"*+{?\\".contains(&w[2]));
    parts <= MOST && !refers_back && !repeats_group
}

/// What C takes for such an expression of so many parts, with what it learns from texts (see [`Compiled::tried`]).
fn cost(pattern: &[u8], parts: usize) -> usize {
    const BASE: usize = 32 << 10;
    BASE + pattern.len() + 512 * parts + if repeats(pattern) { 24 * parts * parts } else { 0 }
}

/// Whether something in an expression may be there more than once, or in more than one way.
fn repeats(pattern: &[u8]) -> bool {
    pattern.iter().any(|b| b"*+?{|".contains(b))
}

fn compile(m: &mut Machine, who: &str, pattern: &Text, flags: Int, owned: bool) -> Res {
    admit(m, who, pattern, parts)?;
    admit_flags(m, who, 2, flags, libc::REG_EXTENDED | libc::REG_ICASE | libc::REG_NOSUB | libc::REG_NEWLINE)?;
    let irritants = [pattern.value, flags.value()];
    let parts = parts(pattern.bytes()) as usize;
    let here = is_done_here(pattern.bytes(), parts);
    m.charge(if here { 10 * parts } else { 1_000 })?;
    let mut claim = Claim::new(m.heap.memory());
    claim.take(if here { cost(pattern.bytes(), parts) } else { 512 + pattern.bytes().len() })?;
    let (compiled, groups) = if here {
        match Compiled::new(pattern.as_c(), flags.0) {
            Ok(compiled) => (Some(compiled), None),
            Err((code, regex)) => return Err(refused(m, who, &words(code, &regex), &irritants)),
        }
    } else {
        (None, Some(compile_apart(m, who, pattern, flags, &irritants)?))
    };
    let groups = groups.or(compiled.as_ref().map(Compiled::groups)).unwrap_or(0);
    let pointer = handle(m);
    let (pattern, handle) = (pattern.as_c().to_owned(), address(pointer));
    let expression = Expression { pattern, flags: flags.0, groups, parts, compiled, handle, _claim: claim };
    let pointer = View::value(pointer);
    m.extension::<Expressions>().0.push((owned.then_some(pointer), expression));
    m.heap.look_at_account();
    Ok(pointer)
}

/// Has a helper compile an expression: how many groups it has.
fn compile_apart(m: &mut Machine, who: &str, pattern: &Text, flags: Int, irritants: &[Value]) -> Res<usize> {
    let call = Call::new(who, Capability::RawMemory).irritants(irritants);
    let answer = helper_process::run(m, &call, Uses::Memory, |answer| match Compiled::new(pattern.as_c(), flags.0) {
        Ok(compiled) => {
            answer.put(b"+");
            answer.put(&compiled.groups().to_ne_bytes());
            std::mem::forget(compiled);
        }
        Err((code, regex)) => {
            answer.put(b"-");
            answer.put(&words(code, &regex));
        }
    })?;
    match answer.split_first() {
        Some((b'+', rest)) => Ok(usize::from_ne_bytes(rest.try_into().unwrap_or_default())),
        Some((_, words)) => Err(refused(m, who, words, irritants)),
        None => Err(m.error(who, "the C library did not compile the regular expression", irritants)),
    }
}

/// Searches: C's code, and the matches.
fn search(m: &mut Machine, at: usize, text: &Text, flags: Int) -> Res<(libc::c_int, Vec<libc::regmatch_t>)> {
    /// What is known to be little work.
    const LITTLE: usize = 1 << 18;
    /// After so many bytes C is to forget what it has learnt.
    const LEARNT: usize = 64;
    /// Fuel for compiling it again then.
    const ANEW: usize = 100;
    const NONE: libc::regmatch_t = libc::regmatch_t { rm_so: -1, rm_eo: -1 };
    let length = text.bytes().len();
    let expression: &mut Expression = &mut m.extension::<Expressions>().0[at].1;
    let count = if expression.flags & libc::REG_NOSUB != 0 { 0 } else { expression.groups + 1 };
    let mut matches = vec![NONE; count];
    // C learns what its parts do with each character of the text. It begins anew at every place, and where something repeats
    // it may go from each to the end: a step takes four nanoseconds.
    let learning = length.saturating_mul(expression.parts).saturating_mul(expression.parts);
    let steps = if repeats(expression.pattern.to_bytes()) { length.saturating_mul(length) / 4 } else { 0 };
    let work = learning.saturating_add(steps);
    if work <= LITTLE
        && let Some(compiled) = &mut expression.compiled
    {
        let mut units = learning / 16 + steps / 256;
        if compiled.tried > LEARNT
            && let Ok(fresh) = Compiled::new(&expression.pattern, expression.flags)
        {
            *compiled = fresh;
            units += ANEW;
        }
        compiled.tried += length;
        let code = compiled.search(text.as_c(), &mut matches, flags.0);
        m.charge(units)?;
        return Ok((code, matches));
    }
    let (pattern, pattern_flags) = (expression.pattern.clone(), expression.flags);
    let irritants = [text.value];
    let call = Call::new("regexec", Capability::RawMemory).irritants(&irritants);
    let answer = helper_process::run(m, &call, Uses::Memory, |answer| {
        let code = match Compiled::new(&pattern, pattern_flags) {
            Ok(compiled) => {
                let code = compiled.search(text.as_c(), &mut matches, flags.0);
                std::mem::forget(compiled);
                code
            }
            Err((code, _)) => code,
        };
        answer.put(&code.to_ne_bytes());
        for found in &matches {
            answer.put(&found.rm_so.to_ne_bytes());
            answer.put(&found.rm_eo.to_ne_bytes());
        }
    })?;
    let mut numbers = answer.chunks_exact(4).map(|word| i32::from_ne_bytes(word.try_into().unwrap_or_default()));
    let code = numbers.next().unwrap_or(libc::REG_ESPACE);
    for found in &mut matches {
        found.rm_so = numbers.next().unwrap_or(-1);
        found.rm_eo = numbers.next().unwrap_or(-1);
    }
    Ok((code, matches))
}

#[primitives]
pub mod procedures {
    use super::*;

    /// `(regcomp pattern flags)`: a compiled expression, a pointer; flags are 0 or made of `REG_EXTENDED`, `REG_ICASE`,
    /// `REG_NOSUB`, `REG_NEWLINE`. It is freed when that pointer object is garbage, clones or not. regcomp(3)
    fn regcomp(m: &mut Machine, who: Who, pattern: Text, flags: Int) -> Res {
        compile(m, who, &pattern, flags, true)
    }

    /// `(regcomp/disown pattern flags)`: the same, freed by `regfree` alone.
    #[primitive(name = "regcomp/disown")]
    fn regcomp_disown(m: &mut Machine, who: Who, pattern: Text, flags: Int) -> Res {
        compile(m, who, &pattern, flags, false)
    }

    /// `(regexec regex string flags)`: searches a string, or a bytevector. A vector of pairs: where the match, and each
    /// subexpression, begins and ends, in bytes (characters are bytes: of UTF-8, those of ASCII); -1 for one that took no
    /// part. `#f` without a match, `#t` for one with `REG_NOSUB`. regexec(3)
    fn regexec(m: &mut Machine, who: Who, regex: Pointer, string: Text, flags: Int) -> Res {
        m.require(Capability::RawMemory, who)?;
        m.charge(string.bytes().len() / 4)?;
        let irritants = [string.value];
        Call::new(who, Capability::RawMemory).irritants(&irritants).text(&string, SUBJECT).check(m)?;
        admit_flags(m, who, 3, flags, libc::REG_NOTBOL | libc::REG_NOTEOL)?;
        let expressions = m.extension::<Expressions>();
        let Some(at) = expressions.find(regex) else {
            let message = "the pointer is not to a compiled regular expression, or it was freed";
            return Err(m.assertion(who, message, &[View::value(regex)]));
        };
        let nosub = expressions.0[at].1.flags & libc::REG_NOSUB != 0;
        let (code, matches) = search(m, at, &string, flags)?;
        match code {
            0 if nosub => return Ok(Value::TRUE),
            0 => {}
            libc::REG_NOMATCH => return Ok(Value::FALSE),
            _ => return Err(m.error(who, "there is not enough memory for the search", &[string.value])),
        }
        let pair = |m: &mut Machine, r: &libc::regmatch_t| {
            m.heap.cons(Value::fixnum(r.rm_so.into()), Value::fixnum(r.rm_eo.into()))
        };
        let pairs: Vec<Value> = matches.iter().map(|r| pair(m, r)).collect();
        Ok(m.heap.vector(&pairs))
    }

    /// `(regfree regex)`: frees a compiled expression; nothing when it was freed before.
    fn regfree(m: &mut Machine, regex: Pointer) -> Res {
        let expressions = m.extension::<Expressions>();
        if let Some(at) = expressions.find(regex) {
            expressions.0.swap_remove(at);
        }
        crate::memory::set_null(regex);
        Ok(Value::VOID)
    }
}
