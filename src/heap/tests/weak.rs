//! Weak pairs, ephemerons, guardians, weak externals.

use super::*;

#[test]
fn weak_pairs_are_pairs_that_lose_a_dead_car() {
    let mut heap = Heap::new();
    let (kept, lost) = (heap.cell(Value::TRUE), heap.cell(Value::TRUE));
    let tail = heap.list(&[Value::fixnum(3)]);
    let two = heap.weak_cons(lost, tail);
    let one = heap.weak_cons(kept, two);
    let strong = heap.cons(Value::NIL, Value::NIL);
    assert!(one.is_pair() && one.is_weak_pair() && !strong.is_weak_pair() && !Value::TRUE.is_weak_pair());
    heap.collect_keeping(&[one, kept]);
    let seen: Vec<Value> = one.list_iter().collect();
    assert_eq!(seen, [kept, Value::BWP, Value::fixnum(3)]);
    assert!(two.is_weak_pair());
    // A weak pair in a block of weak pairs is reused as such, strong ones stay strong.
    let many: Vec<Value> = (0..1000).map(|i| heap.weak_cons(Value::fixnum(i), Value::NIL)).collect();
    heap.collect_keeping(&many);
    assert!(many.iter().enumerate().all(|(i, &p)| Pair(p).car() == Value::fixnum(i as i64) && p.is_weak_pair()));
    let fresh: Vec<Value> = (0..1000).map(|_| heap.cons(Value::NIL, Value::NIL)).collect();
    assert!(fresh.iter().all(|p| !p.is_weak_pair()));
}

fn key_that_never_dies() -> Value {
    Value::fixnum(3)
}

#[test]
fn an_ephemeron_does_not_keep_its_key_alive_through_its_value() {
    let mut heap = Heap::new();
    let key = heap.cons(Value::fixnum(1), Value::NIL);
    let value = heap.list(&[key]);
    let e = heap.ephemeron(key, value);
    heap.collect_keeping(&[e.value(), key]);
    assert_eq!((e.key(), e.content()), (key, value));
    assert_eq!(Pair(value).car(), key);
    heap.collect_keeping(&[e.value()]);
    assert_eq!((e.key(), e.content()), (Value::BWP, Value::BWP));
    let value = heap.list(&[key_that_never_dies()]);
    let e = heap.ephemeron(key_that_never_dies(), value);
    heap.collect_keeping(&[e.value()]);
    assert_eq!((e.key(), Pair(e.content()).cdr()), (key_that_never_dies(), Value::NIL));
}

#[test]
fn chains_of_ephemerons_are_followed_in_linear_time() {
    // Each value is the next key; the chain is registered in the order that is worst for repeated passes. 100000 of
    // them took minutes if each pass found one.
    let n = 100_000;
    let mut heap = Heap::new();
    let keys: Vec<Value> = (0..=n).map(|i| heap.cell(Value::fixnum(i))).collect();
    let ephemerons: Vec<Value> = keys.windows(2).map(|w| heap.ephemeron(w[0], w[1]).value()).collect();
    for order in [false, true] {
        let mut roots = vec![heap.vector(&ephemerons), keys[0]];
        if order {
            roots.reverse()
        }
        heap.collect_keeping(&roots);
        assert!(ephemerons.iter().zip(&keys).all(|(&e, &k)| Ephemeron(e).key() == k));
        assert_eq!(keys.last().expect("keys").slot(0), Value::fixnum(n));
    }
    let all = heap.vector(&ephemerons);
    heap.collect_keeping(&[all, keys[10]]);
    assert!(ephemerons[..10].iter().all(|&e| Ephemeron(e).key() == Value::BWP));
    assert!(ephemerons[10..].iter().zip(&keys[10..]).all(|(&e, &k)| Ephemeron(e).key() == k));
}

/// A weak table in miniature.
#[derive(Default)]
struct WeakTable(Vec<(Value, Value)>);

impl External for WeakTable {
    fn trace(&self, tracer: &mut Tracer) {
        self.0.iter().for_each(|&(k, v)| tracer.ephemeron(k, v))
    }
    fn is_weak(&self) -> bool {
        true
    }
    fn sweep_weak(&mut self, alive: &dyn Fn(Value) -> bool) {
        self.0.retain(|(k, _)| alive(*k))
    }
    fn type_name(&self) -> &'static str {
        "weak-table"
    }
}

#[test]
fn weak_tables_lose_the_entries_with_dead_keys() {
    let census = Census::default();
    let mut heap = Heap::new();
    let keys: Vec<Value> = (0..10).map(|_| heap.cons(Value::NIL, Value::NIL)).collect();
    let entries: Vec<(Value, Value)> = keys.iter().map(|&k| (k, census.enrol(&mut heap, &[k]))).collect();
    let table = heap.external(Box::new(WeakTable(entries)));
    heap.collect_keeping(&[table, keys[3], keys[7]]);
    assert_eq!(census.count(), 2);
    let left = &table.external_ref::<WeakTable>().expect("a table").0;
    assert_eq!(left.iter().map(|e| e.0).collect::<Vec<_>>(), [keys[3], keys[7]]);
    heap.collect_keeping(&[table]);
    assert_eq!(census.count(), 0);
}

#[test]
fn guardians_hand_out_what_was_dropped_once() {
    let mut heap = Heap::new();
    let g = heap.guardian();
    let objects: Vec<Value> = (0..3).map(|i| heap.list(&[Value::fixnum(i)])).collect();
    for &o in &objects {
        heap.guard(g, o, o).expect("memory");
    }
    heap.collect_keeping(&[g.value(), objects[0], objects[1], objects[2]]);
    assert_eq!(g.retrieve(), None);
    heap.collect_keeping(&[g.value(), objects[1]]);
    heap.collect_keeping(&[g.value(), objects[1]]);
    assert_eq!([g.retrieve(), g.retrieve(), g.retrieve()], [Some(objects[0]), Some(objects[2]), None]);
    assert_eq!(Pair(objects[2]).car(), Value::fixnum(2));
    heap.collect_keeping(&[g.value()]);
    assert_eq!([g.retrieve(), g.retrieve()], [Some(objects[1]), None]);
}

#[test]
fn dropped_objects_that_know_each_other_all_come_back() {
    let mut heap = Heap::new();
    let g = heap.guardian();
    let b = heap.list(&[Value::fixnum(2)]);
    let a = heap.list(&[b]);
    for o in [a, b, a] {
        heap.guard(g, o, o).expect("memory");
    }
    heap.collect_keeping(&[g.value()]);
    assert_eq!([g.retrieve(), g.retrieve(), g.retrieve(), g.retrieve()], [Some(a), Some(b), Some(a), None]);
    assert_eq!(Pair(a).car(), b);
}

#[test]
fn a_guardian_reached_through_a_dropped_object_works_and_a_dead_one_lets_go() {
    let census = Census::default();
    let mut heap = Heap::new();
    let (outer, inner, dead) = (heap.guardian(), heap.guardian(), heap.guardian());
    // `outer` brings back `a`, through which `inner` is reached, which brings back `b`.
    let a = heap.list(&[inner.value()]);
    let b = census.enrol(&mut heap, &[]);
    let c = census.enrol(&mut heap, &[]);
    heap.guard(inner, b, b).expect("memory");
    heap.guard(outer, a, a).expect("memory");
    heap.guard(dead, c, c).expect("memory");
    heap.collect_keeping(&[outer.value()]);
    assert_eq!(census.count(), 1);
    assert_eq!((outer.retrieve(), inner.retrieve()), (Some(a), Some(b)));
    heap.collect_keeping(&[]);
    assert_eq!(census.count(), 0);
}

#[test]
fn a_representative_lives_as_long_as_the_registration() {
    let census = Census::default();
    let mut heap = Heap::new();
    let g = heap.guardian();
    let object = census.enrol(&mut heap, &[]);
    let representative = heap.list(&[Value::fixnum(9)]);
    heap.guard(g, object, representative).expect("memory");
    heap.collect_keeping(&[g.value(), object]);
    assert_eq!((census.count(), g.retrieve()), (1, None));
    heap.collect_keeping(&[g.value()]);
    assert_eq!((census.count(), g.retrieve()), (0, Some(representative)));
    assert_eq!(Pair(representative).car(), Value::fixnum(9));
}

#[test]
fn weak_references_last_until_a_guarded_object_really_goes() {
    let mut heap = Heap::new();
    let g = heap.guardian();
    let object = heap.cell(Value::TRUE);
    heap.guard(g, object, object).expect("memory");
    let weak = heap.weak_cons(object, Value::NIL);
    let e = heap.ephemeron(object, Value::TRUE);
    heap.collect_keeping(&[g.value(), weak, e.value()]);
    assert_eq!((Pair(weak).car(), e.key()), (object, object));
    assert_eq!(g.retrieve(), Some(object));
    heap.collect_keeping(&[g.value(), weak, e.value()]);
    assert_eq!((Pair(weak).car(), e.key(), e.content()), (Value::BWP, Value::BWP, Value::BWP));
}

#[test]
fn a_guardians_queue_grows_while_it_is_emptied() {
    let mut heap = Heap::new();
    let g = heap.guardian();
    let mut handed_out = Vec::new();
    for i in 0..10 {
        for j in 0..3 {
            let o = heap.list(&[Value::fixnum(i * 3 + j)]);
            heap.guard(g, o, o).expect("memory");
        }
        heap.collect_keeping(&[g.value()]);
        (0..if i % 3 == 0 { 6 } else { 1 }).for_each(|_| handed_out.extend(g.retrieve()));
        heap.collect_keeping(&[g.value()]);
    }
    handed_out.extend(std::iter::from_fn(|| g.retrieve()));
    assert_eq!(handed_out.len(), 30);
}
