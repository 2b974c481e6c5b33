//! Interning, and how symbols go.

use super::*;

#[test]
fn a_name_is_one_symbol() {
    let mut heap = Heap::new();
    let a = heap.symbol("a");
    assert_eq!(heap.symbol("a"), a);
    assert_ne!(heap.symbol("b"), a);
    assert_eq!(Symbol(a).name(), "a");
    assert_eq!(Symbol(a).hash(), symbol_hash("a"));
    let gensym = heap.gensym("a");
    assert_ne!(gensym, a);
    assert!(Symbol(gensym).is_gensym() && !Symbol(a).is_gensym());
}

#[test]
fn symbols_that_nobody_refers_to_go() {
    let mut heap = Heap::new();
    let kept: Vec<Value> = (0..10).map(|i| heap.symbol(&format!("kept-{i}"))).collect();
    heap.collect_keeping(&kept);
    let baseline = heap.bytes_live();
    for round in 0..20 {
        (0..5000).for_each(|i| _ = heap.symbol(&format!("passing-{round}-{i}")));
        heap.collect_keeping(&kept);
    }
    assert!(heap.bytes_live() <= baseline + 1024, "{} after {baseline}", heap.bytes_live());
    for (i, &v) in kept.iter().enumerate() {
        assert_eq!(heap.symbol(&format!("kept-{i}")), v);
    }
}

/// Each symbol is an object and a place in the table, which grows by doubling.
#[test]
fn the_table_of_symbols_is_counted() {
    const COUNT: usize = 50_000;
    let mut heap = Heap::new();
    heap.collect_keeping(&[]);
    let (live, used) = (heap.bytes_live(), heap.bytes_used());
    let kept: Vec<Value> = (0..COUNT).map(|i| heap.symbol(&format!("{i}"))).collect();
    let objects = COUNT * 32;
    let table = heap.symbols.bytes();
    assert!(table > COUNT * 9, "{table}");
    assert!(heap.bytes_used() >= used + objects + table, "{} after {used}", heap.bytes_used());
    heap.collect_keeping(&kept);
    assert!(heap.bytes_live() >= live + objects + table, "{} after {live}", heap.bytes_live());
}
