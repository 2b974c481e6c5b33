//! `cargo bench --bench embed`: what embedding costs. A new machine and its first expression, in time and memory; calls
//! from Rust into Scheme and from Scheme into Rust. Prints a Markdown table; every time is the median of rounds.

use std::alloc::{GlobalAlloc, Layout, System};
use std::hint::black_box;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Instant;
use vicar::{Engine, Error, Source, Vm};

/// Bytes that are allocated and not freed.
static HELD: AtomicUsize = AtomicUsize::new(0);

struct Counting;

// SAFETY: everything is the system's allocator's; only sizes are added up.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        HELD.fetch_add(layout.size(), Relaxed);
        // SAFETY: the caller's promises are passed on.
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        HELD.fetch_sub(layout.size(), Relaxed);
        // SAFETY: as above.
        unsafe { System.dealloc(memory, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const ROUNDS: usize = 15;

/// Nanoseconds that each of `count` times takes, by the median of the rounds.
fn time(count: u32, mut work: impl FnMut(u32)) -> f64 {
    work(count / 10 + 1);
    let mut rounds: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            work(count);
            start.elapsed().as_nanos() as f64 / f64::from(count)
        })
        .collect();
    rounds.sort_by(f64::total_cmp);
    rounds[ROUNDS / 2]
}

const IMPORT: &str = "(import (rnrs base))";

fn first_expression(engine: &Engine, text: &str) -> Result<Vm, Error> {
    let mut vm = engine.vm();
    vm.eval::<i64>(text)?;
    Ok(vm)
}

fn main() -> Result<(), Error> {
    let engine = Engine::builder().procedure("(host)", "identity", |n: i64| n).build().expect("the names are good");
    let text = format!("{IMPORT} (+ 1 2)");
    // What all machines share is made by the first.
    drop(first_expression(&engine, &text)?);

    let before = HELD.load(Relaxed);
    let vm = first_expression(&engine, &text)?;
    let bytes = HELD.load(Relaxed) - before;
    drop(vm);

    let empty = time(2_000, |n| (0..n).for_each(|_| drop(black_box(engine.vm()))));
    let first = time(2_000, |n| {
        for _ in 0..n {
            drop(black_box(first_expression(&engine, &text)));
        }
    });

    let mut vm = engine.vm();
    vm.eval::<()>(&format!("{IMPORT} (import (host)) (define (f n) n)"))?;
    let f = vm.start(&Source::new("bench", "f"))?.finish()?;
    let into_scheme = time(200_000, |n| {
        for i in 0..n {
            black_box(vm.call::<i64>(&f, (i64::from(i),))).ok();
        }
    });

    // The loop itself is subtracted.
    let turns = 1_000_000;
    let mut turn = |body: &str| -> Result<f64, Error> {
        let definition = format!("(define (go i) (if (= i 0) 0 (begin {body} (go (- i 1)))))");
        vm.eval::<()>(&definition)?;
        let mut failure = None;
        let cost = time(1, |_| failure = vm.eval::<i64>(&format!("(go {turns})")).err().or(failure.take()));
        failure.map_or(Ok(cost / f64::from(turns)), Err)
    };
    let into_rust = turn("(identity i)")? - turn("i")?;

    println!("| embedding | measured |");
    println!("|---|--:|");
    println!("| a new machine, dropped again | {:.1} µs |", empty / 1000.0);
    println!("| a new machine, an import, a first expression | {:.1} µs |", first / 1000.0);
    println!("| memory of that machine | {:.1} KiB |", bytes as f64 / 1024.0);
    println!("| a call from Rust into Scheme | {into_scheme:.0} ns |");
    println!("| a call from Scheme into Rust | {into_rust:.0} ns |");
    Ok(())
}
