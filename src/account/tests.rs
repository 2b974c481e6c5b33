//! The account, claims, arenas, the spare memory.

use super::*;

fn account(limit: usize) -> Account {
    let account = Account::unlimited();
    account.set_limit(limit);
    account
}

#[test]
fn what_is_taken_counts_until_it_is_given_back() {
    const MIB: usize = 1 << 20;
    let account = account(10 * MIB);
    let mut claim = Claim::new(&account);
    assert_eq!(claim.take(6 * MIB), Ok(()));
    assert_eq!(claim.take(6 * MIB), Err(HeapFull));
    assert_eq!(
        (account.used(), account.live(), account.outside(), claim.bytes()),
        (6 * MIB, 6 * MIB, 6 * MIB, 6 * MIB)
    );
    claim.give(MIB);
    assert_eq!(account.used(), 5 * MIB);
    assert_eq!(claim.take(5 * MIB), Ok(()));
    // Little is granted beyond the limit, but not for ever.
    let little = (0..1000).take_while(|_| claim.take(10_000).is_ok()).count();
    assert!((100..300).contains(&little), "{little}");
    let other = Claim::new(&account);
    drop(claim);
    assert_eq!((account.used(), account.outside(), other.bytes()), (0, 0, 0));
}

#[test]
fn the_limit_is_exact_for_what_is_large() {
    const MIB: usize = 1 << 20;
    let account = account(10 * MIB);
    assert_eq!(account.take(10 * MIB + 1), Err(HeapFull));
    assert_eq!(account.take(10 * MIB), Ok(()));
    account.give(10 * MIB);
    // What the system refuses is not counted either.
    account.set_limit(usize::MAX);
    let mut claim = Claim::new(&account);
    assert!(claim.vec::<u8>(1 << 46).is_err());
    assert!(claim.grow(&mut Vec::<u8>::new(), 1 << 46).is_err());
    assert_eq!((claim.bytes(), account.used()), (0, 0));
}

#[test]
fn a_collection_does_not_touch_what_is_outside_of_the_heap() {
    const MIB: usize = 1 << 20;
    let account = account(100 * MIB);
    let mut claim = Claim::new(&account);
    claim.take(3 * MIB).expect("there is room");
    account.settle(10 * MIB);
    assert_eq!((account.used(), account.live(), account.outside()), (13 * MIB, 13 * MIB, 3 * MIB));
}

#[test]
fn free_memory_between_small_objects_is_room_for_nothing_else() {
    const MIB: usize = 1 << 20;
    let account = account(100 * MIB);
    account.settle(10 * MIB);
    account.keeps(80 * MIB);
    // Small objects use what the heap keeps; others ask the system for more.
    assert_eq!(account.allocated(5 * MIB), 15 * MIB);
    assert_eq!(account.allocated_apart(5 * MIB), 20 * MIB);
    assert!(account.admit(5 * MIB).is_ok() && !account.take_pressed());
    assert!(account.admit(6 * MIB).is_ok() && account.take_pressed());
}

#[test]
fn collections_grow_only_within_the_limit() {
    const LIMIT: usize = 4 << 20;
    const MOST: usize = LIMIT + LIMIT / 16 + (1 << 20);
    let account = account(LIMIT);
    let mut claim = Claim::new(&account);
    let (mut items, mut text) = (Vec::new(), String::new());
    let mut table: hashbrown::HashMap<u64, u64, foldhash::fast::FixedState> = hashbrown::HashMap::default();
    for i in 0u64.. {
        let before = (items.len(), text.len(), table.len());
        let result = claim.push(&mut items, i).and_then(|()| claim.push_str(&mut text, "λ"));
        if result.and_then(|()| claim.grow(&mut table, 1)).is_err() {
            assert!(items.len() <= before.0 + 1 && text.len() <= before.1 + 2);
            break;
        }
        table.insert(i, i);
        let real = items.capacity() * 8 + text.capacity() + table.capacity() * 16;
        assert!(real <= claim.bytes() && claim.bytes() <= MOST && claim.bytes() == account.outside());
    }
    assert!(items.len() > 10_000, "{}", items.len());
    assert_eq!(claim.grow(&mut items, usize::MAX / 4), Err(HeapFull));
    assert_eq!(claim.grow(&mut items, usize::MAX), Err(HeapFull));
    drop(claim);
    assert_eq!(account.used(), 0);
}

#[test]
fn garbage_may_be_in_the_way_of_a_request_but_not_of_much() {
    let mib = 1 << 20;
    let account = account(100 * mib);
    account.allocated(98 * mib);
    assert!(!account.take_pressed());
    assert_eq!(account.admit(7 * mib), Ok(()));
    assert!(account.take_pressed() && !account.take_pressed());
    assert_eq!(account.admit(8 * mib), Err(HeapFull));
    account.settle(10 * mib);
    assert_eq!(account.admit(90 * mib), Ok(()));
}

#[test]
fn requests_that_are_granted_near_the_limit_want_few_collections() {
    let mib = 1 << 20;
    let account = account(128 * mib);
    // All but a kilobyte is alive, and some memory between small objects is free.
    account.settle((128 * mib) - 1024);
    account.keeps(mib);
    let (mut granted, mut pressed) = (0, 0);
    while account.take(512).is_ok() {
        granted += 1;
        if account.take_pressed() {
            pressed += 1;
            account.settle((128 * mib) - 1024);
            account.keeps(mib);
        }
    }
    // The overdraft is used up; four of them for its nine megabytes, and one for the refusal.
    assert_eq!((granted, pressed), ((9 * mib + 1024) / 512, 4));
    assert!(account.take_pressed());
}

#[test]
fn an_arena_says_when_it_is_over_the_limit_and_gives_all_back() {
    let account = account(1 << 20);
    let arena = Arena::new(&account);
    assert_eq!(arena.bytes(), 0);
    let mut kept: Vec<(&u64, &[u16], &str)> = Vec::new();
    let mut i = 0;
    while arena.check().is_ok() {
        kept.push((arena.alloc(i), arena.alloc_slice_copy(&[i as u16; 5]), arena.alloc_str(&i.to_string())));
        i += 1;
        assert!(i < 1 << 16 && account.used() <= (1 << 20) + (128 << 10));
    }
    assert!(i > 10_000);
    for (i, (number, slice, text)) in kept.iter().enumerate() {
        assert_eq!((**number, *slice, (*text).to_owned()), (i as u64, &[i as u16; 5][..], i.to_string()));
    }
    assert_eq!(arena.alloc_slice_fill_iter((0..100_000u32).map(|n| n * 2))[99_999], 199_998);
    assert_eq!(arena.alloc_slice_copy::<u64>(&[]), &[0u64; 0]);
    arena.alloc(1u8);
    assert_eq!(std::ptr::from_ref(arena.alloc(1u128)).addr() % align_of::<u128>(), 0);
    drop(arena);
    assert_eq!(account.used(), 0);
}

#[test]
fn the_spare_memory_is_handed_out_once_and_is_whole_again_when_all_is_given_back() {
    spare::check_spare_memory()
}

/// Recurs so many levels deep, each with a large frame; answers how many levels there were.
fn descend(account: &Account, levels: usize) -> Result<usize, HeapFull> {
    let frame = std::hint::black_box([levels; 200]);
    if levels == 0 {
        return Ok(0);
    }
    let below = deepen(account, |account| descend(account, levels - 1))??;
    Ok(below + usize::from(std::hint::black_box(frame)[levels % 200] == levels))
}

#[test]
fn recursion_takes_native_stack_from_the_account_and_gives_it_back() {
    let account = Account::unlimited();
    let on_a_small_stack = std::thread::Builder::new().stack_size(256 << 10);
    let deep = || {
        assert_eq!(descend(&account, 20_000), Ok(20_000));
        assert_eq!(account.used(), 0);
        account.set_limit(8 << 20);
        assert_eq!(descend(&account, 20_000), Err(HeapFull));
        assert_eq!((account.used(), descend(&account, 20)), (0, Ok(20)));
    };
    std::thread::scope(|scope| on_a_small_stack.spawn_scoped(scope, deep).expect("a thread").join().expect("no panic"));
}

#[test]
fn a_panic_leaves_the_native_stack_as_it_was() {
    let account = Account::unlimited();
    fn fall(account: &Account, levels: usize) {
        let frame = std::hint::black_box([0u8; 4000]);
        assert!(levels > 0, "the bottom");
        deepen(account, |account| fall(account, levels - 1)).expect("there is no limit");
        std::hint::black_box(frame);
    }
    for _ in 0..3 {
        let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| fall(&account, 1000)));
        assert_eq!(panic.expect_err("it panics").downcast_ref(), Some(&"the bottom"));
        assert_eq!((account.used(), descend(&account, 5000)), (0, Ok(5000)));
    }
}

#[cfg(unix)]
#[test]
fn a_host_may_run_it_on_a_stack_of_its_own() {
    let account = Account::unlimited();
    assert_eq!(descend(&account, 2000), Ok(2000));
    let mut stack = vec![0u128; 20 << 10];
    // SAFETY: the memory is that large, aligned, and outlives the call; what runs there does not panic.
    let done = unsafe { psm::on_stack(stack.as_mut_ptr().cast(), stack.len() * 16, || descend(&account, 20_000)) };
    assert_eq!(done, Ok(20_000));
}

/// A thread that has used most of its stack before Vicar is asked for anything.
#[test]
fn recursion_begins_near_the_end_of_a_stack() {
    fn sink(levels: usize) -> Result<usize, HeapFull> {
        let frame = std::hint::black_box([levels; 1000]);
        let below = if levels == 0 { descend(&Account::unlimited(), 3000) } else { sink(levels - 1) };
        below.map(|n| n + usize::from(std::hint::black_box(frame)[0] != levels))
    }
    let small = std::thread::Builder::new().stack_size(512 << 10).spawn(|| sink(10)).expect("a thread");
    assert_eq!(small.join().expect("no panic"), Ok(3000));
}

/// A process that ends for want of memory writes what it has kept for that.
#[cfg(unix)]
#[test]
fn what_is_kept_for_the_end_is_written() {
    let mut ends = [0; 2];
    // SAFETY: a pipe of this test's; the child calls nothing but the system, and ends.
    let (child, output) = unsafe {
        assert_eq!(libc::pipe(ends.as_mut_ptr()), 0);
        let child = libc::fork();
        if child == 0 {
            libc::dup2(ends[1], 1);
            libc::dup2(ends[1], 2);
            keep_for_the_end(b"before; ");
            spare::end(71)
        }
        libc::close(ends[1]);
        (child, std::os::fd::FromRawFd::from_raw_fd(ends[0]))
    };
    let (mut text, mut output): (String, std::fs::File) = (String::new(), output);
    std::io::Read::read_to_string(&mut output, &mut text).expect("text");
    let mut status = 0;
    // SAFETY: a child of this test's.
    assert_eq!(unsafe { libc::waitpid(child, &mut status, 0) }, child);
    assert_eq!((libc::WEXITSTATUS(status), text.as_str()), (71, "before; vicar: the system has no more memory\n"));
}
