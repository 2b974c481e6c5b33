//! What happens when the system refuses memory. Each case runs in a child process with a limit on its address space.

use super::*;

/// Runs `case` in a child that may map `room` more bytes after `prepare`; it must come to its end.
fn starved<T>(prepare: impl FnOnce() -> T, room: u64, case: impl FnOnce(T)) {
    // SAFETY: the child runs nothing that could wait for another thread of the test (the allocator is made for forks),
    // and ends with `_exit`.
    unsafe {
        let child = libc::fork();
        assert!(child >= 0);
        if child == 0 {
            let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                let prepared = prepare();
                let pages = std::fs::read_to_string("/proc/self/statm").expect("statm");
                let pages: u64 = pages.split(' ').next().and_then(|n| n.parse().ok()).expect("a number");
                let limit = pages * libc::sysconf(libc::_SC_PAGESIZE) as u64 + room;
                let limit = libc::rlimit { rlim_cur: limit, rlim_max: limit };
                assert_eq!(libc::setrlimit(libc::RLIMIT_AS, &limit), 0);
                case(prepared)
            }));
            libc::_exit(if done.is_ok() { 0 } else { 1 })
        }
        let mut status = 0;
        assert_eq!(libc::waitpid(child, &mut status, 0), child);
        assert!(libc::WIFEXITED(status) && libc::WEXITSTATUS(status) == 0, "status {status:#x}");
    }
}

#[test]
fn the_emergency_store_carries_a_program_to_its_next_safepoint() {
    starved(Heap::new, 24 << 20, |mut heap| {
        let mut kept = Value::NIL;
        while !heap.over_limit() {
            // As much as happens between two safepoints.
            (0..1000).for_each(|_| kept = heap.cons(Value::TRUE, kept));
            if heap.collection_wanted {
                heap.collect_keeping(&[kept])
            }
        }
        assert!(heap.bytes_live() > 12 << 20, "{}", heap.bytes_live());
        assert_eq!(heap.reserve(100 << 20), Err(HeapFull));
        heap.collect_keeping(&[]);
        assert!(!heap.over_limit());
        assert_eq!(heap.reserve(10 << 20), Ok(()));
        heap.make_bytevector(10 << 20, 1);
    })
}

#[test]
fn a_reservation_finds_out_what_the_system_has() {
    starved(Heap::new, 40 << 20, |mut heap| {
        assert_eq!(heap.reserve(64 << 20), Err(HeapFull));
        for _ in 0..10 {
            heap.reserve(20 << 20).expect("memory");
            let kept = heap.make_bytevector(20 << 20, 1);
            assert_eq!(heap.reserve(64 << 20), Err(HeapFull));
            assert_eq!(kept.bytes()[(20 << 20) - 1], 1);
            heap.collect_keeping(&[]);
        }
    })
}

/// Takes all that is left in pieces of 64 KiB or more.
fn eat_memory() -> Vec<Vec<u8>> {
    let mut eaten = Vec::with_capacity(1 << 16);
    for size in [1 << 20, 1 << 16] {
        let piece = || {
            let mut piece = Vec::new();
            piece.try_reserve_exact(size).ok().map(|()| piece)
        };
        eaten.extend(std::iter::from_fn(piece).take(1 << 15));
    }
    eaten
}

#[test]
fn a_collection_without_memory_for_its_stack_frees_nothing() {
    let comb = || {
        let mut heap = Heap::new();
        let comb = (0..300_000).fold(Value::NIL, |v, i| {
            let tooth = heap.cons(Value::fixnum(i), Value::NIL);
            heap.cons(v, tooth)
        });
        (heap, comb)
    };
    starved(comb, 1 << 20, |(mut heap, comb)| {
        let eaten = eat_memory();
        heap.collect_keeping(&[comb]);
        drop(eaten);
        assert!(heap.over_limit());
        let mut at = comb;
        for i in (0..300_000).rev() {
            let (next, tooth) = at.uncons().expect("a pair");
            assert_eq!(Pair(tooth).car(), Value::fixnum(i));
            at = next;
        }
        heap.collect_keeping(&[Pair(comb).cdr()]);
        assert!(!heap.over_limit() && heap.bytes_live() < 100_000);
    })
}
