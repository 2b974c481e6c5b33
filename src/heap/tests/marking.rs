//! Marking reaches everything, however deep, with little memory of its own; sweeping drops externals.

use super::*;

#[test]
fn long_lists_and_deep_trees_are_marked_without_recursion() {
    let n = 2_000_000;
    let mut heap = Heap::new();
    let long = heap.list(&vec![Value::TRUE; n]);
    let deep_by_car = (0..n).fold(Value::NIL, |v, _| heap.cons(v, Value::NIL));
    let comb = (0..n / 4).fold(Value::NIL, |v, _| {
        // One that leads nowhere would not have to wait.
        let tooth = heap.cons(long, Value::NIL);
        heap.cons(v, tooth)
    });
    let nested = (0..n / 4).fold(Value::NIL, |v, i| heap.vector(&[Value::fixnum(i as i64), v]));
    let pairs: Vec<Value> = (0..n / 4).map(|_| heap.cons(Value::NIL, Value::NIL)).collect();
    let wide = heap.vector(&pairs);
    let live = 16 * (2 * n + n / 2 + n / 4 * 2 + n / 4) + 8 * (n / 4);
    // The teeth wait: first on the mark stack, then in tables of their blocks. Both count.
    let waiting = live / 100;
    for _ in 0..2 {
        heap.collect_keeping(&[long, deep_by_car, comb, nested, wide]);
        let surplus = heap.bytes_live() - live;
        assert!((waiting / 4..waiting + 700_000).contains(&surplus), "{surplus}");
    }
    heap.collect_keeping(&[long, deep_by_car, nested, wide]);
    assert!(heap.bytes_live() < live - 16 * (n / 2) + 100_000, "{}", heap.bytes_live());
    assert_eq!(long.list_iter().count(), n);
    let mut depth = 0;
    let mut at = deep_by_car;
    while let Some((car, _)) = at.uncons() {
        at = car;
        depth += 1;
    }
    assert_eq!(depth, n);
}

#[test]
fn externals_are_traced_and_dropped_when_dead() {
    let census = Census::default();
    let mut heap = Heap::new();
    let inner = census.enrol(&mut heap, &[]);
    let list = heap.list(&[inner]);
    let outer = census.enrol(&mut heap, &[list]);
    let ring = census.enrol(&mut heap, &[]);
    ring.external_mut::<Citizen>().expect("a citizen").held.push(ring);
    heap.collect_keeping(&[outer]);
    assert_eq!(census.count(), 2);
    heap.collect_keeping(&[list]);
    assert_eq!(census.count(), 1);
    heap.collect_keeping(&[]);
    assert_eq!(census.count(), 0);
    census.enrol(&mut heap, &[]);
    assert_eq!(census.count(), 1);
    drop(heap);
    assert_eq!(census.count(), 0);
}

#[test]
fn what_externals_own_is_accounted() {
    let census = Census::default();
    let mut heap = Heap::new();
    let v = census.enrol(&mut heap, &vec![Value::NIL; 100_000]);
    heap.collect_keeping(&[v]);
    assert!((800_000..802_000).contains(&heap.bytes_live()), "{}", heap.bytes_live());
    heap.account(5_000_000);
    assert!(heap.collection_wanted && heap.bytes_used() > 5_000_000);
    heap.collect_keeping(&[]);
    assert!(!heap.collection_wanted && heap.bytes_used() < 2_000);
}

#[test]
fn a_drop_that_panics_harms_nobody() {
    struct Bomb;
    impl External for Bomb {
        fn type_name(&self) -> &'static str {
            "bomb"
        }
    }
    impl Drop for Bomb {
        fn drop(&mut self) {
            std::panic::resume_unwind(Box::new("boom"))
        }
    }
    let census = Census::default();
    let mut heap = Heap::new();
    for _ in 0..3 {
        census.enrol(&mut heap, &[]);
        heap.external(Box::new(Bomb));
    }
    let kept = census.enrol(&mut heap, &[]);
    heap.collect_keeping(&[kept]);
    assert_eq!(census.count(), 1);
    heap.external(Box::new(Bomb));
    drop(heap);
    assert_eq!(census.count(), 0);
}

#[test]
fn a_root_that_panics_frees_nothing() {
    let census = Census::default();
    let mut heap = Heap::new();
    let kept = census.enrol(&mut heap, &[]);
    let list = heap.list(&[kept, Value::TRUE]);
    let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        heap.collect(&mut |_| std::panic::resume_unwind(Box::new("lost")))
    }));
    assert!(panic.is_err());
    let others: Vec<Value> = (0..1000).map(|i| heap.cons(Value::fixnum(i), Value::NIL)).collect();
    assert_eq!(census.count(), 1);
    assert_eq!(Pair(list).car(), kept);
    heap.collect_keeping(&[list]);
    assert_eq!(census.count(), 1);
    assert_eq!(others.len(), 1000);
    heap.collect_keeping(&[]);
    assert_eq!(census.count(), 0);
}

#[test]
fn closures_keep_their_code_and_their_free_variables() {
    let census = Census::default();
    let mut heap = Heap::new();
    let owner = census.enrol(&mut heap, &[]);
    // As `eval`'s code does, the owner keeps the layout for as long as it lives; here the test does.
    for free in [0, 1, 2, 3, 20, 100, 300] {
        let layout = ClosureLayout { owner, free, name: Value::FALSE };
        let held: Vec<Value> = (0..free).map(|_| census.enrol(&mut heap, &[])).collect();
        // SAFETY: the layout lives longer than the heap's last collection that sees the closure.
        let closure = unsafe { heap.closure(&layout, &held) };
        heap.collect_keeping(&[closure]);
        assert_eq!(census.count(), 1 + free as usize);
        heap.collect_keeping(&[owner]);
        assert_eq!(census.count(), 1);
    }
}

#[test]
fn in_stress_mode_a_collection_is_always_wanted() {
    let mut heap = Heap::new();
    heap.set_countdown(1000);
    heap.countdown -= 10;
    heap.set_stress(true);
    for _ in 0..2 {
        assert!(heap.collection_wanted);
        assert_eq!((heap.countdown, heap.countdown_left()), (0, 990));
        heap.collect_keeping(&[]);
    }
    heap.set_stress(false);
    heap.collect_keeping(&[]);
    assert!(!heap.collection_wanted);
    assert_eq!((heap.countdown, heap.countdown_left()), (990, 990));
}

#[test]
fn a_collection_is_wanted_after_twice_what_was_alive() {
    let mut heap = Heap::new();
    let kept = heap.list(&vec![Value::TRUE; 500_000]);
    heap.collect_keeping(&[kept]);
    let live = heap.bytes_live();
    let mut pairs = 0usize;
    heap.set_countdown(7);
    while !heap.collection_wanted {
        heap.cons(Value::NIL, Value::NIL);
        pairs += 1;
    }
    assert!((pairs * 16).abs_diff(2 * live) < 10_000, "{pairs} pairs for {live} bytes");
    assert_eq!((heap.countdown, heap.countdown_left()), (0, 7));
}
