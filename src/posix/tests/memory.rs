//! Mapped and shared memory.

use super::*;

#[test]
fn a_child_writes_what_the_parent_reads() {
    let mut s = session();
    let (base, page, fd) = shared_page(&mut s, "exchange");
    let code = in_child(&mut s, |s| {
        s.call("pointer-set-c-signed-int!", &[base, fix(0), fix(123)]);
        s.call("munmap", &[base, page]);
        s.call("close", &[fd]);
        7
    });
    assert_eq!(code, 7);
    assert_eq!(s.call("pointer-ref-c-signed-int", &[base, fix(0)]), fix(123));
    s.call("munmap", &[base, page]);
    assert!(s.refused("pointer-ref-c-signed-int", &[base, fix(0)]).contains("dangling"));
    assert!(s.refused("munmap", &[base, page]).contains("dangling"));
    s.call("close", &[fd]);
    assert_eq!(errno(s.condition("close", &[fd])), -libc::EBADF as i64);
}

#[test]
fn protection_is_obeyed() {
    let mut s = session();
    let (base, page) = anonymous(&mut s, 3);
    s.call("pointer-set-c-uint8!", &[base, fix(page), fix(1)]);
    let second = s.call("pointer-add", &[base, fix(page)]);
    s.call("mprotect", &[second, fix(page), fix(libc::PROT_READ as i64)]);
    assert!(s.refused("pointer-set-c-uint8!", &[base, fix(page), fix(2)]).contains("may not be written"));
    assert_eq!(s.call("pointer-ref-c-uint8", &[base, fix(page)]), fix(1));
    s.call("mprotect", &[second, fix(page), fix(libc::PROT_NONE as i64)]);
    assert!(s.refused("pointer-ref-c-uint8", &[base, fix(page)]).contains("may not be read"));
    s.call("mprotect", &[base, fix(3 * page), fix(READ_WRITE)]);
    s.call("memset", &[base, fix(9), fix(3 * page)]);
    assert!(s.refused("mprotect", &[base, fix(4 * page), fix(READ_WRITE)]).contains("one mapping"));
    let one_off = s.call("pointer-add", &[base, fix(1)]);
    assert_eq!(errno(s.condition("munmap", &[one_off, fix(page)])), -libc::EINVAL as i64);
    assert_eq!(errno(s.condition("munmap", &[base, fix(0)])), -libc::EINVAL as i64);
    s.call("munmap", &[second, fix(page)]);
    s.call("pointer-set-c-uint8!", &[base, fix(0), fix(2)]);
    s.call("pointer-set-c-uint8!", &[base, fix(2 * page), fix(2)]);
    assert!(s.refused("pointer-set-c-uint8!", &[second, fix(0), fix(2)]).contains("out of bounds"));
}

#[test]
fn a_mapping_without_write_permission_refuses() {
    let mut s = session();
    let (_, page, fd) = shared_page(&mut s, "readonly");
    let read = fix(libc::PROT_READ as i64);
    let base = s.call("mmap", &[Value::FALSE, page, read, fix(libc::MAP_SHARED as i64), fd, fix(0)]);
    assert!(s.refused("pointer-set-c-uint64!", &[base, fix(0), fix(2)]).contains("may not be written"));
    assert!(s.refused("memset", &[base, fix(0), fix(1)]).contains("may not be written"));
    assert!(s.refused("read", &[fd, base, fix(1)]).contains("may not be written"));
    assert!(s.refused("sem-post", &[base]).contains("may not be written"));
    s.call("close", &[fd]);
}

#[test]
fn an_object_that_another_process_truncates_raises() {
    let mut s = session();
    let (base, page, fd) = shared_page(&mut s, "truncated");
    s.call("sem-init", &[base, Value::TRUE, fix(1)]);
    let code = in_child(&mut s, |s| {
        s.call("ftruncate", &[fd, fix(0)]);
        0
    });
    assert_eq!(code, 0);
    assert!(s.refused("sem-wait", &[base]).contains("truncated"));
    assert!(s.refused("pointer-ref-c-uint64", &[base, fix(64)]).contains("truncated"));
    assert!(s.refused("pointer-set-c-uint64!", &[base, fix(64), fix(0)]).contains("truncated"));
    s.call("munmap", &[base, page]);
    s.call("close", &[fd]);
}

#[test]
fn mappings_grow_and_move() {
    let mut s = session();
    let (base, page) = anonymous(&mut s, 2);
    let clone = s.call("pointer-clone", &[base]);
    s.call("pointer-set-c-uint64!", &[base, fix(page), fix(5)]);
    let moved = s.call("mremap", &[base, fix(2 * page), fix(64 * page), fix(libc::MREMAP_MAYMOVE as i64)]);
    assert_eq!(s.call("pointer-ref-c-uint64", &[moved, fix(page)]), fix(5));
    s.call("pointer-set-c-uint64!", &[moved, fix(64 * page - 8), fix(6)]);
    if s.call("pointer=?", &[moved, clone]).is_false() {
        assert!(s.refused("pointer-ref-c-uint8", &[clone, fix(0)]).contains("out of bounds"));
    }
    let shrunk = s.call("mremap", &[moved, fix(64 * page), fix(page), fix(0)]);
    assert!(s.refused("pointer-ref-c-uint8", &[shrunk, fix(page)]).contains("out of bounds"));
    assert_eq!(errno(s.condition("mremap", &[shrunk, fix(page), fix(page), fix(2)])), -libc::EINVAL as i64);
    s.call("munmap", &[shrunk, fix(page)]);
    assert!(s.refused("mremap", &[shrunk, fix(page), fix(page), fix(0)]).contains("dangling"));
}

#[test]
fn memory_that_is_not_the_programs_is_left_alone() {
    let mut s = session();
    let page = s.call("sysconf", &[fix(libc::_SC_PAGESIZE as i64)]).as_fixnum().expect("a size");
    // A page of this process's own heap.
    let victim = vec![7u8; 4 * page as usize];
    let address = (victim.as_ptr() as i64 + page) & !(page - 1);
    let pointer = s.call("integer->pointer", &[fix(address)]);
    let length = fix(page);
    assert!(s.refused("munmap", &[pointer, length]).contains("not to a mapping"));
    assert!(s.refused("mprotect", &[pointer, length, fix(0)]).contains("not to a mapping"));
    assert!(s.refused("madvise", &[pointer, length, fix(libc::MADV_DONTNEED as i64)]).contains("not to a mapping"));
    let flags = fix((libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_FIXED) as i64);
    let condition = s.condition("mmap", &[pointer, length, fix(READ_WRITE), flags, fix(0), fix(0)]);
    assert_eq!(errno(condition), -libc::EEXIST as i64);
    let block = s.call("malloc", &[fix(4 * page)]);
    assert!(s.refused("munmap", &[block, length]).len() > 5);
    assert!(victim.iter().all(|&b| b == 7));
    // Its own mappings it may replace.
    let (base, _) = anonymous(&mut s, 2);
    s.call("pointer-set-c-uint8!", &[base, fix(0), fix(1)]);
    let fresh = s.call("mmap", &[base, length, fix(READ_WRITE), flags, fix(0), fix(0)]);
    assert_eq!(s.call("pointer-ref-c-uint8", &[fresh, fix(0)]), fix(0));
    assert!(s.refused("pointer-ref-c-uint8", &[base, fix(0)]).contains("out of bounds"));
}

#[test]
fn what_a_child_does_not_get_it_cannot_touch() {
    let mut s = session();
    let (base, page) = anonymous(&mut s, 1);
    s.call("madvise", &[base, fix(page), fix(libc::MADV_DONTFORK as i64)]);
    let code = in_child(&mut s, |s| s.refused("pointer-ref-c-uint8", &[base, fix(0)]).contains("dangling") as i32);
    assert_eq!(code, 1);
    s.call("pointer-set-c-uint8!", &[base, fix(0), fix(1)]);
    assert_eq!(errno(s.condition("madvise", &[base, fix(page), fix(100)])), -libc::EINVAL as i64);
}

/// Two mappings whose objects end, in one copy: what was set aside for both comes back at once.
#[test]
fn a_mapping_that_was_replaced_does_not_come_back() {
    let mut s = session();
    let [(a, page, a_fd), (b, _, b_fd)] = ["replaced-a", "replaced-b"].map(|what| shared_page(&mut s, what));
    for fd in [a_fd, b_fd] {
        s.call("ftruncate", &[fd, fix(0)]);
    }
    for (call, operands) in [("memcpy", [b, a, page]), ("memmove", [a, b, page])] {
        assert!(s.refused(call, &operands).contains("truncated"));
    }
    let flags = fix((libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_FIXED).into());
    for old in [a, b] {
        let new = s.call("mmap", &[old, page, fix(READ_WRITE), flags, fix(-1), fix(0)]);
        s.call("pointer-set-c-uint8!", &[new, fix(0), fix(7)]);
        assert_eq!(s.call("pointer-ref-c-uint8", &[new, fix(0)]), fix(7));
        s.call("munmap", &[new, page]);
    }
    let maps = std::fs::read_to_string("/proc/self/maps").expect("/proc is mounted");
    assert!(!maps.contains("vicar-replaced-"), "{maps}");
}

#[test]
fn a_machine_that_is_dropped_releases_what_it_had() {
    let before = std::fs::read_to_string("/proc/self/maps").expect("/proc is mounted");
    let name = unique("dropped");
    assert!(!before.contains(&name[1..]));
    let mut s = session();
    let (base, _, fd) = shared_page(&mut s, "dropped");
    s.call("pointer-set-c-uint8!", &[base, fix(0), fix(1)]);
    s.call("close", &[fd]);
    assert!(std::fs::read_to_string("/proc/self/maps").expect("/proc is mounted").contains(&name[1..]));
    drop(s);
    assert!(!std::fs::read_to_string("/proc/self/maps").expect("/proc is mounted").contains(&name[1..]));
}
