//! A host that runs code which it does not trust: typed host procedures, limits, stepping, interruption, errors as data.
//!
//!     cargo run --example embed

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use vicar::{Engine, Error, ErrorKind, Handle, Limit, Limits, Source, Step};

fn main() -> Result<(), Error> {
    // One engine for the process. What it registers, every machine made from it can import.
    let total = Arc::new(AtomicI64::new(0));
    let sink = total.clone();
    let engine = Engine::builder()
        .procedure("(host)", "scale", |x: i64, factor: i64| x * factor)
        .procedure("(host)", "report!", move |n: i64| {
            sink.fetch_add(n, Ordering::Relaxed);
        })
        .procedure("(host)", "half", |x: i64| if x % 2 == 0 { Ok(x / 2) } else { Err(format!("{x} is odd")) })
        .build()?;

    // One machine a tenant, with its own heap and limits.
    let mut vm = engine.vm_with(Limits::new().fuel(5_000_000).heap(32 << 20).stack(8 << 20));
    vm.eval::<()>("(import (rnrs) (host))")?;

    // Values come back as the type that the host asks for.
    let answer: i64 = vm.eval("(scale 6 7)")?;
    let words: Vec<String> = vm.eval(r#"(map string-upcase '("from" "scheme"))"#)?;
    vm.eval::<()>("(for-each report! '(1 2 3 4))")?;
    println!("{answer} {words:?} {}", total.load(Ordering::Relaxed));

    // A Scheme procedure, held and called.
    let square: Handle = vm.eval("(lambda (x) (* x x))")?;
    let big: String = {
        let text: Handle = vm.eval("number->string")?;
        let n: Handle = vm.call(&square, (12_345_678_901i64,))?;
        vm.call(&text, (n,))?
    };
    println!("{big}");

    // Errors are data: the place, the condition's types, who, the irritants.
    let error = vm.eval::<i64>("(half (scale 3 3))").unwrap_err();
    println!("{} | {} | {:?}", error.message(), error.who().unwrap_or("-"), error.condition_types());

    // A run is stepped with a budget; between two steps the host does what it likes.
    let source = Source::new("count.scm", "(let loop ((i 0)) (if (< i 100000) (loop (+ i 1)) i))");
    let mut steps = 0;
    let mut run = vm.start(&source)?;
    let counted = loop {
        steps += 1;
        if let Step::Done(value) = run.step(10_000)? {
            break value;
        }
    };
    drop(run);
    let counted: i64 = vm.get(&counted)?;
    println!("{counted} in several steps: {}", steps > 5);

    // What a limit stops is an error, after which the machine goes on.
    let endless = vm.eval::<()>("(let loop () (loop))").unwrap_err();
    assert_eq!(endless.kind(), ErrorKind::Limit(Limit::Fuel));
    vm.refill(1_000_000);
    println!("{endless}; then {}", vm.eval::<i64>("(scale 2 21)")?);

    // Another thread stops a run.
    let mut busy = engine.vm();
    let busy = busy.start(&Source::new("busy.scm", "(import (rnrs)) (let loop () (loop))"))?;
    let stop = busy.interrupter();
    let watchdog = std::thread::spawn(move || {
        std::thread::sleep(std::time::Duration::from_millis(50));
        stop.interrupt();
    });
    let interrupted = busy.finish().unwrap_err();
    watchdog.join().expect("the watchdog does not panic");
    println!("{interrupted}");
    Ok(())
}
