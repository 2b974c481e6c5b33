//! What the program makes the process keep outside of the heap is on its machine's account, and what the system would not
//! take is refused before it is copied.

use super::*;
use crate::eval::{Limit, Stop};
use crate::heap::{Bytevector, View};
use crate::memory::testing::message;

const LIMIT: usize = 32 << 20;

fn limited() -> Session {
    let mut s = everything();
    s.0.heap.set_limit(LIMIT);
    s
}

/// In a child, because what should not happen replaces the program.
#[test]
fn arguments_that_no_system_takes_are_refused_before_they_are_copied() {
    let mut s = session();
    let code = in_child(&mut s, |_| {
        let mut s = limited();
        let (path, name) = (s.string("/bin/true"), s.string("vicar-no-such-program"));
        let argument = s.0.heap.bytevector(&vec![b'a'; 100_000]);
        let many = s.0.heap.list(&vec![argument; 50_000]);
        let one = s.0.heap.list(&[argument]);
        for (call, operands) in [
            ("%execv", vec![path, many]),
            ("%execve", vec![path, many, one]),
            ("%execve", vec![path, one, many]),
            ("%execvp", vec![name, many]),
            ("%execle", vec![path, argument, many]),
        ] {
            assert_eq!(errno(s.condition(call, &operands)), -libc::E2BIG as i64, "{call}");
            assert!(s.0.heap.bytes_used() < LIMIT, "{call}");
        }
        0
    });
    assert_eq!(code, 0);
}

#[test]
fn variables_that_are_set_are_paid_for_and_given_back() {
    let mut s = limited();
    let value = s.0.heap.make_string(1 << 20, 'a');
    let before = s.0.heap.memory().outside();
    for _ in 0..100 {
        let name = s.string("VICAR_SAME");
        s.call("setenv", &[name, value]);
    }
    assert!(s.0.heap.memory().outside() - before < 2 << 20, "a value takes the place of another");
    let mut names = 0;
    loop {
        let name = s.string(&format!("VICAR_{names}"));
        match s.try_call("setenv", &[name, value]) {
            Ok(_) => names += 1,
            Err(stop) => {
                assert!(s.0.raised(stop).is_some(), "a condition");
                break;
            }
        }
    }
    assert!((20..40).contains(&names), "{names} variables of a megabyte");
    for i in 0..names {
        let name = s.string(&format!("VICAR_{i}"));
        s.call("unsetenv", &[name]);
    }
    assert!(s.0.heap.memory().outside() - before < 2 << 20);
    let long = s.0.heap.make_string(2 << 20, 'a');
    assert!(s.refused("setenv", &[long, long]).contains("at most 1048576 characters"));
}

/// In a child, because it changes the environment of the process.
#[test]
fn what_c_keeps_of_variables_is_paid_for() {
    const COUNT: usize = 10_000;
    let mut s = session();
    let code = in_child(&mut s, |_| {
        let mut s = limited();
        s.0.owns_process = true;
        let name = s.string("VICAR_X");
        let before = s.0.heap.memory().outside();
        for i in 0..COUNT {
            let value = s.string(&i.to_string());
            s.call("setenv", &[name, value]);
        }
        // What it has is a text, what it keeps to find it, and the allocator's part.
        let after = s.0.heap.memory().outside();
        assert!(after - before >= COUNT * 64, "{} bytes for {COUNT} values", after - before);
        let value = s.string("the same");
        s.call("setenv", &[name, value]);
        let before = s.0.heap.memory().outside();
        for _ in 0..COUNT {
            s.call("setenv", &[name, value]);
        }
        assert_eq!(s.0.heap.memory().outside(), before);
        0
    });
    assert_eq!(code, 0);
}

#[test]
fn private_mappings_of_files_count_once_they_can_be_written() {
    let mut s = limited();
    let file = s.string("/proc/self/exe");
    let fd = s.call("open", &[file, fix(libc::O_RDONLY.into()), fix(0)]);
    let size = 10 << 20;
    let [read, write, private] = [libc::PROT_READ, libc::PROT_WRITE, libc::MAP_PRIVATE].map(i64::from);
    let before = s.0.heap.memory().outside();
    let outside = |s: &Session| s.0.heap.memory().outside() - before;
    let map = s.call("mmap", &[Value::FALSE, fix(size), fix(read), fix(private), fd, fix(0)]);
    assert!(outside(&s) < 4096);
    s.call("mprotect", &[map, fix(size / 2), fix(read | write)]);
    assert!((size as usize / 2..size as usize / 2 + 4096).contains(&outside(&s)));
    s.call("mprotect", &[map, fix(size / 2), fix(read)]);
    assert!(outside(&s) >= size as usize / 2, "what was written is still there");
    let large = s.call("mmap", &[Value::FALSE, fix(1 << 30), fix(read), fix(private), fd, fix(0)]);
    assert!(s.refused("mprotect", &[large, fix(1 << 30), fix(read | write)]).contains("memory limit"));
    s.call("munmap", &[map, fix(size)]);
    assert!(outside(&s) < 4096);
    s.call("close", &[fd]);
}

#[test]
fn long_texts_are_refused_or_split_as_a_whole() {
    let mut s = limited();
    let long = s.0.heap.make_string(4 << 20, 'é');
    assert_eq!(errno(s.condition("open", &[long, fix(0), fix(0)])), -libc::ENAMETOOLONG as i64);
    for name in ["split-search-path", "split-pathname", "split-search-path-string"] {
        assert!(s.refused(name, &[long]).contains("at most 1048576 bytes"), "{name}");
    }
    let bytes = s.0.heap.bytevector(&b"ab:".repeat(1000));
    let parts = s.call("split-search-path-bytevector", &[bytes]);
    let parts: Vec<Value> = parts.list_iter().collect();
    assert_eq!(parts.len(), 1000);
    assert!(parts.iter().all(|&p| Bytevector::from_value(p).is_some_and(|b| b.bytes() == b"ab")));
    let name = s.string("λ/b.c/λd");
    let [root, tail] = s.values("split-pathname-root-and-tail", &[name])[..] else { panic!("two values") };
    assert_eq!([root, tail].map(crate::memory::testing::text), ["λ/b.c", "λd"]);
    let many = s.0.heap.list(&[long; 5]);
    assert_eq!(s.call("list-of-pathnames?", &[many]), Value::TRUE);
}

/// What C is known to work on for ever, or with all memory there is, ends with the fuel and with the memory that is left.
#[test]
fn patterns_take_no_more_than_the_program_has() {
    let mut s = limited();
    let extended = fix(libc::REG_EXTENDED.into());
    let (pattern, text) = (s.string("^(a*)*\\1\\1*b"), s.string(&"a".repeat(200)));
    let expression = s.call("regcomp", &[pattern, extended]);
    s.0.set_fuel(Some(100_000));
    assert_eq!(s.try_call("regexec", &[expression, text, fix(0)]), Err(Stop::LIMIT));
    assert_eq!(s.0.limit_hit, Limit::Fuel);
    s.0.set_fuel(None);
    let (large, little) = (s.string("(a*){2000}"), s.string("(x)(a*)\\2y"));
    let message = s.refused("regcomp", &[large, extended]);
    assert!(message.contains("Memory exhausted"), "{message}");
    let expression = s.call("regcomp", &[little, extended]);
    let text = s.string("..xaaaay");
    let found = s.call("regexec", &[expression, text, fix(0)]);
    let ends: Vec<(i64, i64)> = found
        .slots()
        .iter()
        .map(|pair| pair.uncons().expect("a pair"))
        .map(|(begin, end)| (begin.as_fixnum().expect("a number"), end.as_fixnum().expect("a number")))
        .collect();
    assert_eq!(ends, [(2, 8), (2, 3), (3, 5)]);
}

#[test]
fn expressions_and_streams_that_are_kept_are_paid_for() {
    let mut s = limited();
    let (pattern, folder) = (s.string("([a-z]+)-[0-9]?"), s.string("/"));
    let (extended, hard) = (fix(libc::REG_EXTENDED.into()), s.string("(a|b)*\\1"));
    for (maker, operands, ender) in [
        ("regcomp/disown", vec![pattern, extended], "regfree"),
        ("regcomp/disown", vec![hard, extended], "regfree"),
        ("%opendir", vec![folder], "%closedir"),
    ] {
        let before = s.0.heap.memory().outside();
        let kept: Vec<Value> = (0..10).map(|_| s.call(maker, &operands)).collect();
        assert!(s.0.heap.memory().outside() >= before + 10 * 512, "{maker}");
        for value in kept {
            s.call(ender, &[value]);
        }
        assert_eq!(s.0.heap.memory().outside(), before, "{ender}");
    }
    let mut kept = 0;
    while s.try_call("regcomp/disown", &[pattern, extended]).is_ok() {
        kept += 1;
    }
    assert!((100..1000).contains(&kept), "{kept} expressions");
}

#[test]
fn descriptors_that_are_waited_for_are_paid_for() {
    let refused = |s: &mut Session, call: &str, operands: &[Value]| {
        let answer = s.condition(call, operands);
        assert!(!message(answer).contains("EINVAL"), "{call}: the system was asked");
    };
    let mut s = limited();
    let many = s.0.heap.list(&vec![fix(0); 1_000_000]);
    refused(&mut s, "select", &[Value::FALSE, many, many, many, fix(0), fix(0)]);
    let mut s = limited();
    let item = s.0.heap.vector(&[fix(0), fix(1), fix(0)]);
    let items = s.0.heap.vector(&vec![item; 3_000_000]);
    refused(&mut s, "poll", &[items, fix(0)]);
}

/// The system's local addresses are short; a program can make long ones, and take them apart.
#[test]
fn copies_out_of_addresses_are_asked_for() {
    const LONG: usize = 20 << 20;
    let mut s = everything();
    let family = (libc::AF_LOCAL as u16).to_ne_bytes();
    let address: Vec<u8> = family.into_iter().chain(std::iter::repeat_n(b'a', LONG)).collect();
    let address = s.0.heap.bytevector(&address);
    let root = s.0.handles.root(address);
    s.0.collect();
    for primitive in ["sockaddr_un.pathname", "sockaddr_un.pathname/string"] {
        let live = s.0.heap.bytes_live();
        s.0.heap.set_limit(live + LONG / 2);
        let refusal = s.refused(primitive, &[address]);
        assert!(refusal.contains("heap limit"), "{primitive}: {refusal}");
        assert!(s.0.heap.bytes_used() < live + LONG / 2, "{primitive}");
        s.0.heap.set_limit(usize::MAX);
    }
    let path = s.call("sockaddr_un.pathname", &[address]);
    assert_eq!(Bytevector::from_value(path).map(|path| path.len()), Some(LONG));
    drop(root);
}
