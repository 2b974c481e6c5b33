//! What holds of checked memory whatever the program does.

mod limits;

use super::testing::{Session, fix};
use super::*;
use crate::eval::Machine;
use crate::heap::{Bytevector, Str};

impl Session {
    /// A mapping of `pages` pages of a fresh memory file, with the descriptor.
    fn map_file(&mut self, pages: usize) -> (Value, i32) {
        self.map_file_as(pages, libc::MAP_SHARED)
    }

    fn map_file_as(&mut self, pages: usize, flags: i32) -> (Value, i32) {
        let page = self.0.extension::<Registry>().page();
        // SAFETY: plain system calls; the mapping is registered below.
        unsafe {
            let fd = libc::memfd_create(c"vicar-test".as_ptr(), libc::MFD_CLOEXEC);
            assert_eq!(libc::ftruncate(fd, (pages * page) as i64), 0);
            let rights = libc::PROT_READ | libc::PROT_WRITE;
            let base = libc::mmap(std::ptr::null_mut(), pages * page, rights, flags, fd, 0) as usize;
            (self.register(base, pages * page), fd)
        }
    }

    fn register(&mut self, base: usize, size: usize) -> Value {
        let extent = Extent {
            base,
            size,
            end: base + size,
            source: Source::Mapping,
            readable: true,
            writable: true,
            counted: Counted::No,
        };
        let words = Registry::words(self.0.extension::<Registry>().insert(extent));
        self.0.heap.pointer(words).value()
    }
}

#[test]
fn every_integer_type_keeps_its_ends_and_refuses_what_is_beyond() {
    let mut s = Session::new();
    let p = s.call("malloc", &[fix(16)]);
    let types: &[(&str, i128, i128)] = &[
        ("uint8", 0, u8::MAX as i128),
        ("sint8", i8::MIN as i128, i8::MAX as i128),
        ("uint16", 0, u16::MAX as i128),
        ("sint16", i16::MIN as i128, i16::MAX as i128),
        ("uint32", 0, u32::MAX as i128),
        ("sint32", i32::MIN as i128, i32::MAX as i128),
        ("uint64", 0, u64::MAX as i128),
        ("sint64", i64::MIN as i128, i64::MAX as i128),
        ("signed-char", i8::MIN as i128, i8::MAX as i128),
        ("unsigned-char", 0, u8::MAX as i128),
        ("signed-short", i16::MIN as i128, i16::MAX as i128),
        ("unsigned-short", 0, u16::MAX as i128),
        ("signed-int", i32::MIN as i128, i32::MAX as i128),
        ("unsigned-int", 0, u32::MAX as i128),
        ("signed-long", i64::MIN as i128, i64::MAX as i128),
        ("unsigned-long", 0, u64::MAX as i128),
        ("signed-long-long", i64::MIN as i128, i64::MAX as i128),
        ("unsigned-long-long", 0, u64::MAX as i128),
        ("size_t", 0, u64::MAX as i128),
        ("ssize_t", i64::MIN as i128, i64::MAX as i128),
        ("off_t", i64::MIN as i128, i64::MAX as i128),
        ("ptrdiff_t", i64::MIN as i128, i64::MAX as i128),
    ];
    for &(name, least, greatest) in types {
        for offset in [0, 1, 8] {
            for n in [least, -1, 0, 1, greatest] {
                if n < least {
                    continue;
                }
                let v = exact::from_i128(&mut s.0.heap, n);
                s.call(&format!("pointer-set-c-{name}!"), &[p, fix(offset), v]);
                let back = s.call(&format!("pointer-ref-c-{name}"), &[p, fix(offset)]);
                assert_eq!(exact::to_i128(back), Some(n), "{name} at {offset}");
            }
        }
        s.call(&format!("array-set-c-{name}!"), &[p, fix(1), fix(7)]);
        assert_eq!(s.call(&format!("array-ref-c-{name}"), &[p, fix(1)]), fix(7));
        for n in [least - 1, greatest + 1] {
            if n.unsigned_abs() <= u64::MAX as u128 {
                let v = exact::from_i128(&mut s.0.heap, n);
                s.refused(&format!("pointer-set-c-{name}!"), &[p, fix(0), v]);
            }
        }
        s.refused(&format!("pointer-set-c-{name}!"), &[p, fix(0), Value::TRUE]);
        s.refused(&format!("pointer-ref-c-{name}"), &[p, fix(16)]);
        s.refused(&format!("pointer-ref-c-{name}"), &[p, fix(-1)]);
    }
}

#[test]
fn floats_and_pointers_travel() {
    let mut s = Session::new();
    let p = s.call("malloc", &[fix(32)]);
    let half = s.0.heap.flonum(0.5);
    s.call("pointer-set-c-float!", &[p, fix(4), half]);
    assert_eq!(s.call("pointer-ref-c-float", &[p, fix(4)]).as_flonum(), Some(0.5));
    let x = s.0.heap.flonum(-1e300);
    s.call("array-set-c-double!", &[p, fix(3), x]);
    assert_eq!(s.call("pointer-ref-c-double", &[p, fix(24)]).as_flonum(), Some(-1e300));
    s.refused("pointer-set-c-double!", &[p, fix(0), fix(1)]);
    let z = s.0.heap.compnum(half, x);
    s.call("array-set-c-double-complex!", &[p, fix(1), z]);
    assert_eq!(s.call("pointer-ref-c-double", &[p, fix(16)]).as_flonum(), Some(0.5));
    assert_eq!(s.call("pointer-ref-c-double", &[p, fix(24)]).as_flonum(), Some(-1e300));
    s.call("pointer-set-c-pointer!", &[p, fix(0), p]);
    let q = s.call("pointer-ref-c-pointer", &[p, fix(0)]);
    assert_eq!(s.call("pointer=?", &[p, q]), Value::TRUE);
    s.call("pointer-set-c-uint8!", &[q, fix(31), fix(9)]);
    assert_eq!(s.call("pointer-ref-c-uint8", &[p, fix(31)]), fix(9));
}

#[test]
fn a_block_is_bounded_and_dead_after_free() {
    let mut s = Session::new();
    let p = s.call("malloc", &[fix(16)]);
    let clone = s.call("pointer-clone", &[p]);
    let inner = s.call("pointer-add", &[p, fix(8)]);
    assert_eq!(s.call("pointer-ref-c-uint64", &[inner, fix(0)]), fix(0));
    assert!(s.refused("pointer-ref-c-uint64", &[inner, fix(1)]).contains("out of bounds of the allocated block of 16"));
    assert!(s.refused("free", &[inner]).contains("not to the start"));
    s.call("free", &[p]);
    assert_eq!(s.call("pointer-null?", &[p]), Value::TRUE);
    s.call("free", &[p]);
    assert!(s.refused("pointer-ref-c-uint8", &[p, fix(0)]).contains("null"));
    assert!(s.refused("pointer-ref-c-uint8", &[clone, fix(0)]).contains("dangling"));
    assert!(s.refused("free", &[clone]).contains("freed or reallocated before"));
}

#[test]
fn an_old_pointer_does_not_reach_what_came_to_its_address() {
    let mut s = Session::new();
    let (old, fd) = s.map_file(1);
    let base = address(Pointer::from_value(old).expect("a pointer"));
    let registry = s.0.extension::<Registry>();
    let page = registry.page();
    registry.unmapped(base, base + page);
    let fresh = s.register(base, page);
    s.call("pointer-set-c-uint8!", &[fresh, fix(0), fix(1)]);
    assert!(s.refused("pointer-set-c-uint8!", &[old, fix(0), fix(1)]).contains("dangling"));
    // SAFETY: plain system call.
    unsafe { libc::close(fd) };
}

#[test]
fn realloc_keeps_the_contents_and_zeroes_the_rest() {
    let mut s = Session::new();
    let p = s.call("malloc", &[fix(8)]);
    let old = s.call("pointer-clone", &[p]);
    s.call("pointer-set-c-uint64!", &[p, fix(0), fix(77)]);
    assert_eq!(s.call("realloc", &[p, fix(100_000)]), p);
    assert_eq!(s.call("pointer-ref-c-uint64", &[p, fix(0)]), fix(77));
    assert_eq!(s.call("pointer-ref-c-uint64", &[p, fix(99_992)]), fix(0));
    s.refused("pointer-ref-c-uint8", &[old, fix(0)]);
    let size = fix(crate::heap::FIXNUM_MAX);
    assert!(s.refused("realloc", &[p, size]).contains("memory"));
    assert_eq!(s.call("pointer-ref-c-uint64", &[p, fix(0)]), fix(77));
    assert!(s.refused("malloc", &[size]).contains("memory"));
    assert!(s.refused("calloc", &[size, size]).contains("memory"));
}

#[test]
fn a_memory_block_bounds_what_its_pointer_would_allow() {
    let mut s = Session::new();
    let p = s.call("malloc", &[fix(64)]);
    let b = s.call("make-memory-block", &[p, fix(10)]);
    s.call("pointer-set-c-uint8!", &[b, fix(9), fix(1)]);
    s.refused("pointer-set-c-uint8!", &[b, fix(10), fix(1)]);
    s.refused("pointer-ref-c-uint8", &[b, fix(-1)]);
    s.call("array-set-c-uint16!", &[b, fix(4), fix(1)]);
    s.refused("array-ref-c-uint16", &[b, fix(5)]);
    s.call("realloc", &[b, fix(20)]);
    assert_eq!(s.call("memory-block-size", &[b]), fix(20));
    s.call("free", &[b]);
    assert_eq!(s.call("memory-block-size", &[b]), fix(0));
    s.refused("pointer-ref-c-uint8", &[b, fix(0)]);
    let null = s.call("null-memory-block", &[]);
    s.refused("pointer-ref-c-uint8", &[null, fix(0)]);
}

#[test]
fn addresses_from_elsewhere_go_through_the_kernel() {
    let mut s = Session::new();
    let cell = std::sync::atomic::AtomicU64::new(0x1234);
    let address = exact::from_u64(&mut s.0.heap, cell.as_ptr() as u64);
    let p = s.call("integer->pointer", &[address]);
    assert_eq!(s.call("pointer-ref-c-uint64", &[p, fix(0)]), fix(0x1234));
    s.call("pointer-set-c-uint8!", &[p, fix(0), fix(0x35)]);
    assert_eq!(cell.load(std::sync::atomic::Ordering::Relaxed), 0x1235);
    for bad in [1i128, 4096, 1 << 46, i64::MAX as i128, u64::MAX as i128] {
        let address = exact::from_i128(&mut s.0.heap, bad);
        let p = s.call("integer->pointer", &[address]);
        s.refused("pointer-ref-c-uint64", &[p, fix(0)]);
        s.refused("pointer-set-c-uint8!", &[p, fix(0), fix(0)]);
        s.refused("strlen", &[p]);
        s.refused("memset", &[p, fix(0), fix(100)]);
        s.refused("memory->bytevector", &[p, fix(1 << 50)]);
    }
    s.0.capabilities = crate::eval::Capabilities::ALL.without(crate::eval::Capability::RawMemory);
    assert!(s.refused("pointer-ref-c-uint64", &[p, fix(0)]).contains("raw memory"));
}

#[test]
fn a_number_that_is_an_address_of_ours_is_checked_like_a_pointer() {
    let mut s = Session::new();
    let p = s.call("malloc", &[fix(16)]);
    let address = s.call("pointer->integer", &[p]);
    let q = s.call("integer->pointer", &[address]);
    s.call("pointer-set-c-uint32!", &[q, fix(4), fix(5)]);
    assert_eq!(s.call("pointer-ref-c-uint32", &[p, fix(4)]), fix(5));
    s.call("free", &[q]);
    assert!(s.refused("pointer-ref-c-uint32", &[p, fix(4)]).contains("dangling"));
}

#[test]
fn a_truncated_object_raises_and_the_rest_of_the_mapping_lives() {
    let mut s = Session::new();
    let (p, fd) = s.map_file(4);
    let page = s.0.extension::<Registry>().page() as i64;
    s.call("pointer-set-c-uint64!", &[p, fix(3 * page), fix(11)]);
    // SAFETY: plain system call.
    unsafe { libc::ftruncate(fd, 2 * page) };
    assert!(s.refused("pointer-ref-c-uint64", &[p, fix(3 * page)]).contains("truncated"));
    assert!(s.refused("pointer-ref-c-uint64", &[p, fix(3 * page + 8)]).contains("truncated"));
    assert!(s.refused("pointer-set-c-uint8!", &[p, fix(2 * page), fix(1)]).contains("truncated"));
    s.call("pointer-set-c-uint64!", &[p, fix(2 * page - 8), fix(12)]);
    assert_eq!(s.call("pointer-ref-c-uint64", &[p, fix(2 * page - 8)]), fix(12));
    assert!(s.refused("memset", &[p, fix(0), fix(4 * page)]).contains("truncated"));
    // SAFETY: as above.
    unsafe { libc::ftruncate(fd, 0) };
    assert!(s.refused("memset", &[p, fix(0), fix(page)]).contains("truncated"));
    assert!(s.refused("memcmp", &[p, p, fix(2 * page)]).contains("truncated"));
    // SAFETY: as above.
    unsafe { libc::close(fd) };
}

/// Touched beyond its end in every way, an object that grows afterwards is there in every way.
#[test]
fn an_object_that_grows_becomes_accessible() {
    for flags in [libc::MAP_SHARED, libc::MAP_PRIVATE] {
        let mut s = Session::new();
        let (p, fd) = s.map_file_as(4, flags);
        let page = s.0.extension::<Registry>().page() as i64;
        let grow = |bytes: i64| {
            // SAFETY: plain system call.
            assert_eq!(unsafe { libc::ftruncate(fd, bytes) }, 0);
        };
        s.call("pointer-set-c-uint8!", &[p, fix(1), fix(77)]);
        grow(page);
        let ways: &[(&str, &[Value])] = &[
            ("pointer-ref-c-uint8", &[p, fix(2 * page)]),
            ("pointer-set-c-uint64!", &[p, fix(3 * page), fix(1)]),
            ("memset", &[p, fix(0), fix(4 * page)]),
            ("memcmp", &[p, p, fix(4 * page)]),
            ("memory->bytevector", &[p, fix(4 * page)]),
            ("array-ref-c-double", &[p, fix(page / 4)]),
        ];
        for (name, operands) in ways {
            assert!(s.refused(name, operands).contains("has not grown"), "{name}");
            assert!(s.refused(name, operands).contains("has not grown"), "{name} again");
        }
        grow(2 * page);
        assert!(s.refused("pointer-ref-c-uint8", &[p, fix(2 * page)]).contains("has not grown"));
        assert_eq!(s.call("pointer-ref-c-uint8", &[p, fix(page)]), fix(0), "this much there is");
        grow(4 * page);
        s.call("pointer-set-c-uint8!", &[p, fix(3 * page), fix(9)]);
        for (name, operands) in ways {
            s.call(name, operands);
        }
        s.call("pointer-set-c-uint8!", &[p, fix(3 * page), fix(9)]);
        let mut there = [0u8];
        // SAFETY: one byte of room.
        assert_eq!(unsafe { libc::pread(fd, there.as_mut_ptr().cast(), 1, 3 * page) }, 1);
        assert_eq!(there[0] == 9, flags == libc::MAP_SHARED, "it is the object itself again");
        assert_eq!(s.0.extension::<Registry>().len(), 1);
        // SAFETY: plain system call.
        unsafe { libc::close(fd) };
    }
}

/// A block of no bytes begins where the bytes of a number's pointer do.
#[test]
fn a_block_of_no_bytes_holds_nobody_up() {
    let mut s = Session::new();
    for maker in ["malloc", "guarded-malloc"] {
        let empty = s.call(maker, &[fix(0)]);
        let address = s.call("pointer->integer", &[empty]);
        let number = s.call("integer->pointer", &[address]);
        // What C rounded the block up to is nobody's, and reached through the kernel.
        assert!(s.call("pointer-ref-c-uint8", &[number, fix(0)]).is_fixnum());
        assert!(s.refused("pointer-ref-c-uint8", &[empty, fix(0)]).contains("out of bounds"));
        let before = s.call("pointer-add", &[number, fix(-8)]);
        assert!(s.call("memory->bytevector", &[before, fix(16)]) != Value::FALSE);
        s.call("memset", &[empty, fix(1), fix(0)]);
        s.call("memcpy", &[empty, number, fix(0)]);
        assert_eq!(s.call("memcmp", &[empty, number, fix(0)]), fix(0));
        s.refused("strlen", &[empty]);
        s.call("realloc", &[empty, fix(8)]);
        assert_eq!(s.call("pointer-ref-c-uint64", &[empty, fix(0)]), fix(0));
        s.call("realloc", &[empty, fix(0)]);
        s.refused("pointer-ref-c-uint8", &[empty, fix(0)]);
        s.call("free", &[empty]);
    }
}

#[test]
fn another_machine_does_not_see_the_regions() {
    let (mut a, mut b) = (Session::new(), Session::new());
    let p = a.call("malloc", &[fix(8)]);
    let address = a.call("pointer->integer", &[p]).as_fixnum().expect("a user-space address");
    b.0.capabilities = crate::eval::Capabilities::NONE;
    let q = super::pointer::unbound(&mut b.0, address as usize).value();
    b.refused("pointer-ref-c-uint8", &[q, fix(0)]);
    b.0.capabilities = crate::eval::Capabilities::ALL;
    assert!(b.refused("free", &[q]).contains("this program"));
}

#[test]
fn splitting_a_mapping_leaves_its_parts_reachable() {
    let mut s = Session::new();
    let (p, fd) = s.map_file(5);
    let page = s.0.extension::<Registry>().page();
    let base = super::pointer::address(Pointer::from_value(p).expect("a pointer"));
    let registry = s.0.extension::<Registry>();
    // SAFETY: the pages were mapped by `map_file`.
    unsafe {
        libc::mprotect((base + page) as *mut libc::c_void, page, libc::PROT_READ);
        libc::munmap((base + 3 * page) as *mut libc::c_void, page);
        libc::close(fd);
    }
    registry.protected(base + page, base + 2 * page, true, false);
    registry.unmapped(base + 3 * page, base + 4 * page);
    assert!(!registry.covers(base, base + 5 * page, 0));
    assert!(registry.covers(base, base + 3 * page, 0));
    let page = page as i64;
    s.call("pointer-set-c-uint8!", &[p, fix(0), fix(1)]);
    assert!(s.refused("pointer-set-c-uint8!", &[p, fix(page), fix(1)]).contains("may not be written"));
    assert_eq!(s.call("pointer-ref-c-uint8", &[p, fix(page)]), fix(0));
    s.call("pointer-set-c-uint8!", &[p, fix(2 * page), fix(1)]);
    assert!(s.refused("pointer-ref-c-uint8", &[p, fix(3 * page)]).contains("out of bounds"));
    s.call("pointer-set-c-uint8!", &[p, fix(4 * page), fix(1)]);
    // Across a border where both sides may be read.
    s.call("pointer-ref-c-uint64", &[p, fix(page - 4)]);
    assert!(s.refused("pointer-set-c-uint64!", &[p, fix(page - 4), fix(-1)]).len() > 10);
    assert_eq!(s.call("pointer-ref-c-uint32", &[p, fix(page - 4)]), fix(0), "nothing was written");
    assert!(s.refused("memset", &[p, fix(1), fix(2 * page)]).contains("may not be written"));
}

#[test]
fn strings_end_where_their_memory_ends() {
    let mut s = Session::new();
    let text = s.0.heap.string("hello");
    let p = s.call("string->cstring", &[text]);
    assert_eq!(s.call("strlen", &[p]), fix(5));
    let back = s.call("cstring->string", &[p]);
    assert_eq!(Str::from_value(back).expect("a string").to_string(), "hello");
    s.call("pointer-set-c-uint8!", &[p, fix(5), fix(33)]);
    assert!(s.refused("strlen", &[p]).contains("there is no NUL in the last"));
    assert!(s.refused("cstring->bytevector", &[p]).contains("there is no NUL in the last"));
    let six = s.call("cstring->bytevector", &[p, fix(6)]);
    assert_eq!(Bytevector::from_value(six).expect("a bytevector").bytes(), b"hello!");
    s.refused("cstring->bytevector", &[p, fix(7)]);
    assert_eq!(s.call("strncmp", &[p, p, fix(6)]), fix(0));
    let strings = [s.0.heap.string("a"), s.0.heap.string(""), s.0.heap.string("\u{e9}b")];
    let list = s.0.heap.list(&strings);
    let argv = s.call("strings->argv", &[list]);
    assert_eq!(s.call("argv-length", &[argv]), fix(3));
    let back: Vec<String> = s
        .call("argv->strings", &[argv])
        .list_iter()
        .map(|v| Str::from_value(v).expect("a string").to_string())
        .collect();
    assert_eq!(back, ["a", "", "\u{e9}b"]);
    s.call("free", &[argv]);
}

#[test]
fn copies_may_overlap() {
    let mut s = Session::new();
    let bytes: Vec<u8> = (0..=255).collect();
    let bv = s.0.heap.bytevector(&bytes);
    let p = s.call("malloc", &[fix(512)]);
    s.call("memory-copy", &[p, fix(0), bv, fix(0), fix(256)]);
    let q = s.call("pointer-add", &[p, fix(100)]);
    s.call("memcpy", &[q, p, fix(256)]);
    let back = s.call("memory->bytevector", &[q, fix(256)]);
    assert_eq!(Bytevector::from_value(back).expect("a bytevector").bytes(), bytes);
    s.call("memory-copy", &[bv, fix(1), bv, fix(0), fix(255)]);
    assert_eq!(Bytevector::from_value(bv).expect("a bytevector").bytes()[1..], bytes[..255]);
    s.refused("memory-copy", &[bv, fix(1), bv, fix(0), fix(256)]);
    s.refused("memcpy", &[q, p, fix(500)]);
    assert_eq!(s.call("memcmp", &[p, p, fix(512)]), fix(0));
    let literal = s.0.heap.bytevector(&bytes);
    s.0.heap.freeze(literal);
    for source in [p, bv] {
        let message = s.refused("memory-copy", &[literal, fix(0), source, fix(1), fix(8)]);
        assert!(message.contains("a mutable bytevector"), "{message}");
    }
    assert_eq!(Bytevector::from_value(literal).expect("a bytevector").bytes(), bytes);
    s.call("memory-copy", &[p, fix(0), literal, fix(0), fix(8)]);
}

#[test]
fn the_collector_frees_guarded_memory_and_nothing_else() {
    let mut s = Session::new();
    let kept = s.call("malloc", &[fix(100)]);
    let guarded = s.call("guarded-malloc", &[fix(100)]);
    let block = s.call("malloc", &[fix(100)]);
    let block = s.call("make-memory-block/guarded", &[block, fix(100)]);
    let reset = s.call("guarded-calloc", &[fix(10), fix(10)]);
    s.call("free", &[reset]);
    let collect = |s: &mut Session, roots: &[Value]| {
        let Machine { heap, extensions, .. } = &mut s.0;
        heap.collect(&mut |tracer| {
            extensions.trace(tracer);
            tracer.values(roots);
        });
        s.0.extension::<Registry>().len()
    };
    assert_eq!(collect(&mut s, &[kept, guarded, block]), 3);
    s.call("pointer-set-c-uint8!", &[guarded, fix(99), fix(1)]);
    s.call("pointer-set-c-uint8!", &[block, fix(99), fix(1)]);
    assert_eq!(collect(&mut s, &[guarded]), 2);
    s.call("pointer-set-c-uint8!", &[guarded, fix(99), fix(1)]);
    assert_eq!(collect(&mut s, &[]), 1);
}

#[test]
fn a_limit_counts_allocated_memory() {
    let mut s = Session::new();
    s.0.heap.set_limit(32 << 20);
    let p = s.call("malloc", &[fix(20 << 20)]);
    assert!(s.refused("malloc", &[fix(20 << 20)]).contains("memory"));
    s.call("free", &[p]);
    s.call("malloc", &[fix(20 << 20)]);
}

#[test]
fn comparisons_are_by_address() {
    let mut s = Session::new();
    let p: Vec<Value> = [10, 20, 20, 5].iter().map(|&n| s.call("integer->pointer", &[fix(n)])).collect();
    assert_eq!(s.call("pointer<?", &[p[3], p[0], p[1]]), Value::TRUE);
    assert_eq!(s.call("pointer<?", &[p[1], p[2]]), Value::FALSE);
    assert_eq!(s.call("pointer<=?", &[p[1], p[2]]), Value::TRUE);
    assert_eq!(s.call("pointer!=?", &[p[0], p[1], p[2]]), Value::FALSE);
    assert_eq!(s.call("pointer!=?", &[p[0], p[1], p[3]]), Value::TRUE);
    assert_eq!(s.call("pointer!=?", &[p[0]]), Value::FALSE);
    assert_eq!(s.call("pointer-min", &p), p[3]);
    assert_eq!(s.call("pointer-max", &p), p[1]);
    s.refused("pointer=?", &[p[0], fix(1)]);
    assert_eq!(s.call("pointer-diff", &[p[3], p[0]]), fix(-5));
    s.refused("pointer-add", &[p[3], fix(-6)]);
    assert_eq!(s.call("pointer-and-offset?", &[p[3], fix(-6)]), Value::FALSE);
    assert_eq!(s.call("pointer-and-offset?", &[p[3], fix(-5)]), Value::TRUE);
    let improper = s.0.heap.cons(p[0], p[1]);
    assert_eq!(s.call("list-of-pointers?", &[improper]), Value::FALSE);
    let list = s.0.heap.list(&p);
    assert_eq!(s.call("list-of-pointers?", &[list]), Value::TRUE);
}
