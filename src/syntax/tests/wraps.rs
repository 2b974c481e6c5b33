//! Joins of wraps, element by element.

use super::super::rib::Rib;
use super::super::wrap::{ANTIMARK, Marks, Provenance, join};
use super::*;

/// A wrap of these elements, joined to another; the elements of what comes out.
fn joined(heap: &mut Heap, outer: &[Value], inner: &[Value]) -> (Vec<Value>, Provenance) {
    let (outer, inner) = (heap.list(outer), heap.list(inner));
    let (wrap, provenance) = join(heap, outer, inner);
    (wrap.list_iter().collect(), provenance)
}

#[test]
fn an_antimark_meets_the_mark_next_to_it() {
    let mut heap = Heap::new();
    let rib = heap.external(Box::new(Rib::open()));
    let other = heap.external(Box::new(Rib::open()));
    let (mark, later) = (Value::fixnum(1), Value::fixnum(2));
    for (outer, inner, expected, provenance) in [
        (vec![mark], vec![ANTIMARK], vec![], Provenance::Kept),
        (vec![rib, mark], vec![ANTIMARK, later], vec![rib, later], Provenance::Kept),
        (vec![later, mark], vec![ANTIMARK, rib], vec![later, rib], Provenance::Kept),
        // Ribs that come to lie next to each other by that.
        (vec![rib, mark], vec![ANTIMARK, rib], vec![rib], Provenance::Kept),
        (vec![rib, mark], vec![ANTIMARK, other], vec![rib, other], Provenance::Kept),
        // Nothing else goes.
        (vec![mark], vec![rib, ANTIMARK], vec![mark, rib, ANTIMARK], Provenance::Inserted),
        (vec![mark, rib], vec![ANTIMARK], vec![mark, rib, ANTIMARK], Provenance::Inserted),
        (vec![ANTIMARK], vec![ANTIMARK], vec![ANTIMARK, ANTIMARK], Provenance::Kept),
        (vec![mark], vec![mark], vec![mark, mark], Provenance::Inserted),
        (vec![mark], vec![], vec![mark], Provenance::Inserted),
        (vec![rib], vec![], vec![rib], Provenance::Kept),
        (vec![], vec![ANTIMARK, rib], vec![ANTIMARK, rib], Provenance::Kept),
    ] {
        assert_eq!(joined(&mut heap, &outer, &inner), (expected, provenance), "{outer:?} {inner:?}");
    }
}

#[test]
fn a_rib_that_meets_itself_is_kept_once() {
    let mut heap = Heap::new();
    let rib = heap.external(Box::new(Rib::open()));
    let other = heap.external(Box::new(Rib::open()));
    let mark = Value::fixnum(1);
    for (outer, inner, expected) in [
        (vec![rib], vec![rib], vec![rib]),
        (vec![mark, rib], vec![rib, other], vec![mark, rib, other]),
        (vec![other, rib], vec![rib, mark], vec![other, rib, mark]),
        // With something between, they see other marks, or stand in another order.
        (vec![rib, mark], vec![rib], vec![rib, mark, rib]),
        (vec![rib], vec![mark, rib], vec![rib, mark, rib]),
        (vec![rib], vec![other], vec![rib, other]),
        (vec![rib, other], vec![rib], vec![rib, other, rib]),
    ] {
        assert_eq!(joined(&mut heap, &outer, &inner).0, expected, "{outer:?} {inner:?}");
    }
}

#[test]
fn a_layer_takes_the_place_of_what_it_covers() {
    let mut heap = Heap::new();
    let scope = heap.external(Box::new(Rib::open()));
    let other = heap.external(Box::new(Rib::open()));
    let layer = Rib::layer(&mut heap, scope);
    let layer = heap.external(Box::new(layer));
    assert_eq!(joined(&mut heap, &[layer], &[scope, other]).0, [layer, other]);
    assert_eq!(joined(&mut heap, &[layer], &[other, scope]).0, [layer, other, scope]);
    assert_eq!(joined(&mut heap, &[scope], &[layer]).0, [scope, layer]);
}

#[test]
fn all_marks_are_in_order() {
    let mut heap = Heap::new();
    let rib = heap.external(Box::new(Rib::open()));
    for count in 0..20 {
        let marks: Vec<i64> = (0..count).map(|n| n * 3 % 5).collect();
        let elements: Vec<Value> = marks.iter().flat_map(|&n| [rib, Value::fixnum(n)]).collect();
        let wrap = heap.list(&elements);
        assert_eq!(Marks::of(wrap).as_slice(), marks);
    }
}
