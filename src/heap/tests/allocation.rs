//! What is allocated keeps its content through collections, and what is freed is used again.

use super::*;

#[test]
fn a_fresh_heap_holds_no_memory_and_a_little_use_one_block() {
    let mut heap = Heap::new();
    assert_eq!(heap.bytes_of_blocks(), 0);
    assert!(size_of::<Heap>() <= 1024);
    (0..100).fold(Value::NIL, |rest, i| heap.cons(Value::fixnum(i), rest));
    assert_eq!(heap.bytes_of_blocks(), 4096);
}

#[test]
fn objects_of_every_kind_and_size_keep_their_content() {
    let mut heap = Heap::new();
    heap.set_stress(true);
    let mut roots = Vec::new();
    // Around the borders of small, medium and large.
    let sizes = [0, 1, 2, 7, 8, 13, 14, 15, 16, 17, 30, 63, 64, 65, 126, 127, 128, 129, 500, 5000];
    for n in sizes {
        let bytes: Vec<u8> = (0..n).map(|i| i as u8).collect();
        roots.push(heap.vector(&fixnums(0..n)));
        roots.push(heap.bytevector(&bytes));
        roots.push(heap.string_latin1(&bytes));
        roots.push(heap.make_string(n as usize, 'λ'));
        roots.push(heap.bignum(n % 2 == 0, &vec![n as u64 + 1; n as usize]));
        roots.push(heap.gensym(&"x".repeat(n as usize)));
        heap.collect_keeping(&roots);
    }
    for (chunk, n) in roots.chunks(6).zip(sizes) {
        let bytes: Vec<u8> = (0..n).map(|i| i as u8).collect();
        assert_eq!(chunk[0].slots(), fixnums(0..n));
        assert_eq!(Bytevector(chunk[1]).bytes(), bytes);
        assert_eq!(Str(chunk[2]).latin1(), Some(&bytes[..]));
        assert_eq!(Str(chunk[3]).to_string(), "λ".repeat(n as usize));
        assert_eq!(Bignum(chunk[4]).limbs(), vec![n as u64 + 1; n as usize]);
        assert_eq!(Bignum(chunk[4]).is_negative(), n % 2 == 0);
        assert_eq!(Symbol(chunk[5]).name(), "x".repeat(n as usize));
    }
}

#[test]
fn other_objects_keep_their_content() {
    let mut heap = Heap::new();
    let (one, two) = (Value::fixnum(1), Value::fixnum(2));
    let ratnum = heap.ratnum(one, two);
    let compnum = heap.compnum(one, ratnum);
    let cell = heap.cell(compnum);
    let flonum = heap.flonum(1e300);
    let pointer = heap.pointer([1, 2, 3]);
    let rtd = heap.condition_type(ConditionType::IoEncoding);
    let record = heap.record(rtd, &[cell, flonum]);
    heap.collect_keeping(&[record, pointer.value()]);
    let record = Record(record);
    assert!(record.rtd().is_a(heap.condition_type(ConditionType::Error)));
    let compnum = Compnum(record.field(0).slot(0));
    assert_eq!(compnum.real_part(), one);
    assert_eq!(Ratnum(compnum.imag_part()).denominator(), two);
    assert_eq!(record.field(1).as_flonum(), Some(1e300));
    assert_eq!([pointer.word::<0>(), pointer.word::<1>(), pointer.word::<2>()], [1, 2, 3]);
}

#[test]
fn a_widened_string_keeps_its_text() {
    let mut heap = Heap::new();
    let v = heap.string_latin1(b"abcdefghijklmnopqrstuvwxyz");
    let s = Str(v);
    assert_eq!(s.set(&mut heap, 3, 'é'), Ok(true));
    assert_eq!(s.set(&mut heap, 26, 'x'), Ok(false));
    assert!(s.latin1().is_some());
    assert_eq!(s.set(&mut heap, 1, 'λ'), Ok(true));
    assert_eq!(s.set(&mut heap, 2, '\u{10ffff}'), Ok(true));
    for _ in 0..3 {
        heap.collect_keeping(&[v]);
        heap.make_string(100, 'y');
        assert_eq!(s.to_string(), "aλ\u{10ffff}éefghijklmnopqrstuvwxyz");
    }
}

#[test]
fn a_string_is_widened_by_the_first_character_beyond_latin1() {
    let mut heap = Heap::new();
    for (c, wide) in [('\u{ff}', false), ('\u{100}', true)] {
        let s = Str(heap.string_latin1(b"abc"));
        assert_eq!(s.set(&mut heap, 1, c), Ok(true));
        assert_eq!((s.get(1), s.wide().is_some()), (Some(c), wide));
    }
}

#[test]
fn a_string_that_cannot_be_widened_is_as_it_was() {
    let mut heap = Heap::new();
    heap.set_limit(1 << 20);
    let s = Str(heap.string_latin1(&[b'x'; 400_000]));
    assert_eq!(s.set(&mut heap, 7, 'λ'), Err(HeapFull));
    assert!(s.latin1().is_some_and(|text| text.iter().all(|&b| b == b'x')));
    assert!(heap.bytes_used() < 1 << 20);
}

#[test]
fn garbage_is_used_again() {
    let mut heap = Heap::new();
    let kept = heap.list(&fixnums(0..1000));
    let mut most = 0;
    for _ in 0..50 {
        heap.list(&fixnums(0..2000));
        heap.make_vector(100, Value::TRUE);
        heap.make_bytevector(50_000, 7);
        heap.collect_keeping(&[kept]);
        most = most.max(heap.bytes_of_blocks());
    }
    assert!(most < 120_000, "{most} bytes held for 16 KB alive and 34 KB garbage in blocks");
    assert!((16_000..17_000).contains(&heap.bytes_live()), "{}", heap.bytes_live());
    assert!(kept.list_iter().eq(fixnums(0..1000)));
}

#[test]
fn holes_between_live_objects_are_filled_and_do_not_harm_them() {
    let mut heap = Heap::new();
    // Every 20th pair survives: the holes are of 19 granules.
    let kept: Vec<Value> = (0..20_000)
        .filter_map(|i| {
            let pair = heap.cons(Value::fixnum(i), Value::NIL);
            (i % 20 == 0).then_some(pair)
        })
        .collect();
    heap.collect_keeping(&kept);
    let before = heap.bytes_of_blocks();
    let more: Vec<Value> = (0..15_000).map(|i| heap.cons(Value::fixnum(-i), Value::NIL)).collect();
    assert_eq!(heap.bytes_of_blocks(), before);
    assert!(kept.iter().enumerate().all(|(i, &p)| Pair(p).car() == Value::fixnum(20 * i as i64)));
    assert!(more.iter().enumerate().all(|(i, &p)| Pair(p).car() == Value::fixnum(-(i as i64))));
}

#[test]
fn memory_goes_back_to_the_system() {
    let mut heap = Heap::new();
    let big = heap.list(&vec![Value::TRUE; 1_000_000]);
    heap.collect_keeping(&[big]);
    assert!(heap.bytes_live() >= 16_000_000);
    heap.collect_keeping(&[]);
    assert!(heap.bytes_live() < 100_000 && heap.bytes_of_blocks() < 3_000_000, "{}", heap.bytes_of_blocks());
    let list = heap.list(&fixnums(0..300_000));
    assert!(list.list_iter().eq(fixnums(0..300_000)));
}

#[test]
fn heaps_move_between_threads() {
    let mut heap = Heap::new();
    let list = heap.list(&fixnums(0..1000));
    let (mut heap, list) = std::thread::spawn(move || {
        heap.collect_keeping(&[list]);
        (heap, list)
    })
    .join()
    .expect("no panic");
    heap.collect_keeping(&[list]);
    assert_eq!(list.list_iter().count(), 1000);
}

#[test]
fn what_asks_for_zeros_has_them() {
    // The last is so large that the system's memory is taken as it comes.
    for length in [1, 1000, 1 << 25] {
        let mut heap = Heap::new();
        // Memory that was used before.
        let mut used = heap.make_bytevector(length, 255);
        used.bytes_mut()[length - 1] = 254;
        heap.collect(&mut |_| {});
        assert!(*heap.make_bytevector(length, 0).bytes() == *vec![0u8; length]);
        assert!(
            *heap.make_vector(length / 8 + 1, Value::fixnum(0)).as_slice() == *vec![Value::fixnum(0); length / 8 + 1]
        );
        let text = Str::from_value(heap.blank_string(length, false)).expect("a string");
        assert_eq!((text.len(), text.get(0), text.get(length - 1)), (length, Some('\0'), Some('\0')));
    }
}
