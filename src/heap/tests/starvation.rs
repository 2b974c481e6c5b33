//! What happens when the system refuses memory. Each case runs in a process of its own with a limit on its
//! address space.

use super::*;

/// Set in a process that is there for one of these tests.
const OWN_PROCESS: &str = "VICAR_TEST_STARVATION";

/// Runs `case` where `room` more bytes can be mapped after `prepare`. The test called `name` is run again for it, in a process
/// of its own: C's allocator keeps what other tests have freed, which would be there in spite of the limit.
fn starved<T>(name: &str, prepare: impl FnOnce() -> T, room: u64, case: impl FnOnce(T)) {
    if std::env::var_os(OWN_PROCESS).is_some() {
        let prepared = prepare();
        let pages = std::fs::read_to_string("/proc/self/statm").expect("statm");
        let pages: u64 = pages.split(' ').next().and_then(|n| n.parse().ok()).expect("a number");
        // SAFETY: both calls take plain values and read one structure.
        let limited = unsafe {
            let limit = pages * libc::sysconf(libc::_SC_PAGESIZE) as u64 + room;
            libc::setrlimit(libc::RLIMIT_AS, &libc::rlimit { rlim_cur: limit, rlim_max: limit })
        };
        assert_eq!(limited, 0);
        return case(prepared);
    }
    let name = format!("{}::{name}", module_path!().split_once("::").expect("a crate").1);
    let run = std::process::Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", &name, "--test-threads=1", "--nocapture"])
        .env(OWN_PROCESS, "1")
        .output()
        .expect("the tests as a program");
    let printed = String::from_utf8_lossy(&run.stdout) + String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success() && printed.contains("1 passed"), "{}: {printed}", run.status);
}

#[test]
fn the_emergency_store_carries_a_program_to_its_next_safepoint() {
    starved("the_emergency_store_carries_a_program_to_its_next_safepoint", Heap::new, 24 << 20, |mut heap| {
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
        // Memory for handling that was put by.
        heap.release_reserve();
        (0..5000).for_each(|_| kept = heap.cons(Value::TRUE, kept));
        heap.collect_keeping(&[]);
        assert!(!heap.over_limit());
        assert_eq!(heap.reserve(10 << 20), Ok(()));
        heap.make_bytevector(10 << 20, 1);
    })
}

#[test]
fn a_refusal_when_garbage_is_in_the_way_does_not_count() {
    let mut heap = Heap::new();
    let mut kept = Value::NIL;
    for (keeps, over) in [(false, false), (true, true), (true, true), (false, false)] {
        (0..100_000).for_each(|_| kept = heap.cons(Value::TRUE, if keeps { kept } else { Value::NIL }));
        heap.starve();
        heap.collect_keeping(&[kept]);
        assert_eq!(heap.over_limit(), over, "{keeps}");
    }
}

#[test]
fn a_reservation_finds_out_what_the_system_has() {
    starved("a_reservation_finds_out_what_the_system_has", Heap::new, 40 << 20, |mut heap| {
        assert_eq!((heap.reserve(64 << 20), heap.collection_wanted), (Err(HeapFull), true));
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
        // A tooth that leads nowhere would not have to wait.
        let end = heap.cons(Value::NIL, Value::NIL);
        let comb = (0..300_000).fold(Value::NIL, |v, i| {
            let tooth = heap.cons(Value::fixnum(i), end);
            heap.cons(v, tooth)
        });
        (heap, comb)
    };
    starved("a_collection_without_memory_for_its_stack_frees_nothing", comb, 1 << 20, |(mut heap, comb)| {
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
