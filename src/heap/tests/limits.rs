//! The limit: what is refused, what may pass, and that all is well afterwards.

use super::*;

#[test]
fn filling_a_heap_to_its_limit_is_noticed_soon_and_is_no_end() {
    let limit = 8 << 20;
    let mut heap = Heap::new();
    heap.set_limit(limit);
    let mut kept = Value::NIL;
    let mut collections = 0;
    while !heap.over_limit() {
        kept = heap.cons(Value::TRUE, kept);
        assert!(heap.bytes_used() <= limit + limit / 16);
        if heap.collection_wanted {
            heap.collect_keeping(&[kept]);
            collections += 1;
        }
    }
    let pairs = kept.list_iter().count();
    assert!(pairs * 16 > limit - limit / 16 && collections < 60, "{pairs} pairs, {collections} collections");
    assert!(heap.reserve(10_000).is_err());
    heap.collect_keeping(&[]);
    assert!(!heap.over_limit() && heap.reserve(limit / 2).is_ok());
    let list = heap.list(&fixnums(0..1000));
    assert_eq!(list.list_iter().count(), 1000);
}

#[test]
fn a_request_beyond_the_limit_is_refused_before_it_is_made() {
    let mut heap = Heap::new();
    heap.set_limit(1 << 20);
    for bytes in [(1 << 20) + 1, 1 << 40, usize::MAX] {
        assert_eq!(heap.reserve(bytes), Err(HeapFull));
    }
    assert_eq!(heap.reserve(1 << 19), Ok(()));
    heap.set_limit(usize::MAX);
    for bytes in [1 << 46, 1 << 62, usize::MAX] {
        assert_eq!(heap.reserve(bytes), Err(HeapFull));
    }
}

#[test]
fn garbage_does_not_make_a_request_fail_but_is_bounded() {
    let mib = 1 << 20;
    let mut heap = Heap::new();
    heap.set_limit(10 * mib);
    // As a loop with a safepoint in each round.
    for _ in 0..30 {
        heap.reserve(6 * mib).expect("garbage only is in the way");
        heap.make_bytevector(6 * mib, 1);
        assert!(heap.bytes_used() <= 15 * mib);
        if heap.collection_wanted {
            heap.collect_keeping(&[])
        }
    }
    // Without any safepoint it comes to an end.
    heap.collect_keeping(&[]);
    let granted = (0..30)
        .take_while(|_| {
            let ok = heap.reserve(mib).is_ok();
            if ok {
                heap.make_bytevector(mib, 1);
            }
            ok
        })
        .count();
    assert!((10..=15).contains(&granted), "{granted}");
}

#[test]
fn what_lives_counts_against_the_limit() {
    let mib = 1 << 20;
    let mut heap = Heap::new();
    heap.set_limit(10 * mib);
    let kept = heap.make_bytevector(7 * mib, 1).value();
    heap.collect_keeping(&[kept]);
    assert_eq!(heap.reserve(4 * mib), Err(HeapFull));
    assert_eq!(heap.reserve(2 * mib), Ok(()));
    heap.set_limit(5 * mib);
    assert!(heap.collection_wanted);
    heap.collect_keeping(&[kept]);
    assert!(heap.over_limit());
    heap.collect_keeping(&[]);
    assert!(!heap.over_limit());
}

#[test]
fn blocks_that_cannot_be_given_back_count_against_the_limit() {
    let mib = 1 << 20;
    let limit = 8 * mib;
    for (size, keep) in [(1000, 1), (700, 1), (1000, 3), (400, 7), (136, 25)] {
        let mut heap = Heap::new();
        heap.set_limit(limit);
        let mut kept = Vec::new();
        while !heap.over_limit() {
            for i in 0..4 * keep {
                let value = heap.make_bytevector(size, 1).value();
                if i % keep == 0 {
                    kept.push(value)
                }
            }
            assert!(heap.bytes_of_blocks() <= limit + limit / 16 + mib, "{size}: {}", heap.bytes_of_blocks());
            if heap.collection_wanted {
                heap.collect_keeping(&kept)
            }
        }
        // Once one of them is gone from each block, so are the blocks.
        kept.truncate(kept.len() / 2);
        heap.collect_keeping(&kept);
        assert!(!heap.over_limit(), "{size}");
    }
}

#[test]
fn what_was_reserved_is_there() {
    let mut heap = Heap::new();
    for (asked, made) in [(1 << 20, 1 << 20), (1 << 22, 1 << 20), (1 << 16, 100), (1 << 18, 1 << 19)] {
        heap.reserve(asked).expect("memory");
        let b = heap.make_bytevector(made, 5);
        let list = heap.list(&fixnums(0..5000));
        heap.collect_keeping(&[b.value(), list]);
        assert!(b.bytes().iter().all(|&x| x == 5));
        assert!(heap.bytes_live() < made + 100_000);
    }
}
