//! What a host may do wrong in safe code, and what of its own code may panic: machines exchanged under a run, handles
//! that outlive their machine, guards that are forgotten, limits of nothing and of everything. It gets an error; the
//! machine stays usable.

use crate::{Captured, assert_usable, failure, machine, machine_of};
use std::io::{self, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use vicar::{Engine, Error, ErrorKind, FromScheme, Handle, IntoScheme, Limit, Limits, Ref, Run, Scope, Source, Step};

fn endless() -> Source {
    Source::new("endless", "(let loop ((i 0)) (loop (+ i 1)))")
}

#[test]
fn a_run_whose_machine_is_exchanged_ends() -> Result<(), Error> {
    let (mut one, mut other) = (machine(Limits::new()), machine(Limits::new()));
    let mut run = Run::new(&mut one, &endless())?;
    assert!(matches!(run.step(1000)?, Step::Paused));
    std::mem::swap(run.vm(), &mut other);
    let error = run.step(1000).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Abandoned);
    assert!(error.message().contains("replaced"), "{error}");
    drop(run);
    assert_usable(&mut one);
    assert_usable(&mut other);

    // Also when the other machine has a run of its own, and before the first step.
    let mut run = Run::new(Box::new(one), &endless())?;
    let mut second = Run::new(&mut other, &endless())?;
    std::mem::swap(run.vm(), second.vm());
    assert_eq!(run.step(1000).unwrap_err().kind(), ErrorKind::Abandoned);
    assert_eq!(second.step(1000).unwrap_err().kind(), ErrorKind::Abandoned);
    drop(second);
    let mut one = *run.into_vm();
    assert_usable(&mut one);
    assert_usable(&mut other);
    Ok(())
}

#[test]
fn a_run_before_its_first_step_is_abandoned_by_another() -> Result<(), Error> {
    let mut vm = machine(Limits::new());
    let mut run = vm.start(&endless())?;
    run.vm().eval::<()>("(define x 1)")?;
    assert_eq!(run.step(1000).unwrap_err().kind(), ErrorKind::Abandoned);
    // What only looks at values does not abandon it.
    let mut run = vm.start(&Source::new("two", "(define y 2) (+ y x)"))?;
    let kept = run.vm().make("abc")?;
    assert_eq!(run.vm().get::<String>(&kept)?, "abc");
    let Step::Done(value) = run.step(u64::MAX)? else { panic!("it ends") };
    assert_eq!(vm.get::<i64>(&value)?, 3);
    Ok(())
}

#[test]
fn what_is_forgotten_does_no_harm() -> Result<(), Error> {
    let mut vm = machine(Limits::new());
    for _ in 0..3 {
        let mut run = vm.start(&endless())?;
        run.step(10_000)?;
        std::mem::forget(run);
        assert_usable(&mut vm);
    }
    let kept: Handle = vm.eval("(list 1 2 3)")?;
    std::mem::forget(kept.clone());
    std::mem::forget(vm.eval::<Handle>("(car 1)"));
    vm.eval::<()>("(do ((i 0 (+ i 1))) ((= i 100000)) (list i))")?;
    assert_eq!(vm.get::<Vec<i64>>(&kept)?, [1, 2, 3]);
    Ok(())
}

#[test]
fn handles_and_errors_outlive_their_machine() -> Result<(), Error> {
    let mut vm = machine(Limits::new());
    let handle: Handle = vm.eval("(lambda (x) x)")?;
    let error = failure(&mut vm, "(raise (list 1 2))");
    let stop = vm.interrupter();
    drop(vm);
    assert!(!stop.interrupt());
    let other = &mut machine(Limits::new());
    assert_eq!(other.get::<()>(&handle).unwrap_err().kind(), ErrorKind::Conversion);
    assert_eq!(other.call::<()>(&handle, (1i64,)).unwrap_err().kind(), ErrorKind::Conversion);
    assert_eq!(other.write(&handle, 100), "");
    assert_eq!(other.write(error.object().expect("it was raised"), 100), "");
    assert!(error.report(vicar::Style::Plain).contains("(1 2)"));
    // On another thread too, while the machine works.
    let handles: Vec<Handle> = (0..100).map(|i: i64| other.make(i)).collect::<Result<_, _>>()?;
    let dropper = std::thread::spawn(move || drop(handles));
    other.eval::<()>("(do ((i 0 (+ i 1))) ((= i 50000)) (list i))")?;
    dropper.join().expect("dropping does not panic");
    assert_usable(other);
    Ok(())
}

/// Every limit at nothing and at everything, alone and while a run is under way.
#[test]
fn limits_of_nothing_and_of_everything() -> Result<(), Error> {
    let extremes = [
        Limits::new().fuel(0),
        Limits::new().heap(0),
        Limits::new().stack(0),
        Limits::new().deadline(Instant::now()),
        Limits::new().fuel(0).heap(0).stack(0).deadline(Instant::now()),
        Limits::new().fuel(1).heap(1).stack(1),
        Limits::new().fuel(u64::MAX).heap(usize::MAX).stack(usize::MAX),
        Limits::new().fuel(u64::MAX - 1).heap(usize::MAX - 1).stack(usize::MAX - 1),
        Limits::new().deadline(Instant::now() + Duration::from_secs(1 << 30)),
    ];
    for limits in extremes {
        let vm = &mut machine(limits.clone());
        for text in
            ["(define (f n) (if (= n 0) '() (cons n (f (- n 1))))) (length (f 30000))", "(make-vector 100000 0)"]
        {
            match vm.eval::<()>(text) {
                Ok(()) => {}
                Err(error) => assert!(
                    matches!(error.kind(), ErrorKind::Limit(_) | ErrorKind::Raised),
                    "{limits:?}: {text}: {error}"
                ),
            }
        }
        let handle = vm.make(5i64);
        let _ = handle.map(|h| vm.call::<Handle>(&h, ()));
        vm.set_limits(&Limits::new());
        assert_usable(vm);
        let mut run = vm.start(&Source::new("r", "(let loop ((i 0)) (if (< i 20000) (loop (+ i 1)) i))"))?;
        run.step(1000)?;
        run.vm().set_limits(&limits);
        for budget in [0, 1, u64::MAX, i64::MAX as u64, i64::MAX as u64 + 1] {
            if let Err(error) = run.step(budget) {
                assert!(matches!(error.kind(), ErrorKind::Limit(_) | ErrorKind::Raised), "{limits:?}: {error}");
            }
        }
        drop(run);
        vm.set_limits(&Limits::new());
        vm.refill(0);
        vm.refill(u64::MAX);
        assert_usable(vm);
        let text = vm.make("abc")?;
        assert_eq!(vm.write(&text, usize::MAX), "\"abc\"");
        assert_eq!(vm.write(&text, 0), "…");
    }
    Ok(())
}

/// A deadline set while a run is under way holds from then on, and its other limits stay as they are.
#[test]
fn a_deadline_of_its_own() -> Result<(), Error> {
    let vm = &mut machine(Limits::new().fuel(50_000_000_000));
    let mut run = vm.start(&endless())?;
    assert!(matches!(run.step(10_000)?, Step::Paused));
    let fuel = run.vm().fuel();
    run.vm().set_deadline(Some(Instant::now() + Duration::from_millis(30)));
    assert_eq!(run.vm().fuel(), fuel);
    assert_eq!(run.finish().unwrap_err().kind(), ErrorKind::Limit(Limit::Deadline));
    vm.set_deadline(None);
    assert_usable(vm);
    Ok(())
}

/// A request that is refused costs nothing.
#[test]
fn what_is_refused_is_not_charged() -> Result<(), Error> {
    let vm = &mut machine(Limits::new().fuel(100_000));
    let consumed = vm.fuel_consumed();
    let error = failure(vm, "(make-vector 10000000 0)");
    assert_eq!(error.kind(), ErrorKind::Limit(Limit::Fuel));
    assert!(vm.fuel_consumed() - consumed < 1000, "{}", vm.fuel_consumed() - consumed);
    assert_usable(vm);
    // The same for what the heap has no room for: the program goes on with its fuel.
    vm.set_limits(&Limits::new().fuel(100_000_000).heap(16 << 20));
    let text = "(do ((i 0 (+ i 1))) ((= i 100)) (guard (e (#t 1)) (make-vector 10000000 0)))";
    let consumed = vm.fuel_consumed();
    vm.eval::<()>(text)?;
    assert!(vm.fuel_consumed() - consumed < 100_000, "{}", vm.fuel_consumed() - consumed);
    Ok(())
}

// ---- Interrupts.

/// Interrupts until there is a run that it reaches.
fn reach(interrupter: &vicar::Interrupter) {
    while !interrupter.interrupt() {
        std::thread::sleep(Duration::from_millis(1))
    }
}

#[test]
fn an_interrupt_belongs_to_the_run_that_is_under_way() -> Result<(), Error> {
    let vm = &mut machine(Limits::new());
    let long = "(let loop ((i 0)) (if (< i 50000) (loop (+ i 1)) i))";
    let any = vm.interrupter();
    // Before one, and after one.
    assert!(!any.interrupt());
    assert_eq!(vm.eval::<i64>(long)?, 50_000);
    assert!(!any.interrupt());
    assert_eq!(vm.eval::<i64>(long)?, 50_000);
    failure(vm, "(car 1)");
    assert!(!any.interrupt());
    assert_eq!(vm.eval::<i64>(long)?, 50_000);

    // Between two steps, and before the first.
    for steps in [0, 2] {
        let mut run = vm.start(&endless())?;
        for _ in 0..steps {
            run.step(1000)?;
        }
        assert!(any.interrupt());
        assert_eq!(run.step(1_000_000).unwrap_err().kind(), ErrorKind::Limit(Limit::Interrupted));
        assert!(!any.interrupt());
        drop(run);
    }

    // A run's own interrupter reaches no other run.
    let first = vm.start(&endless())?;
    let stop_first = first.interrupter();
    drop(first);
    let mut second = vm.start(&endless())?;
    assert!(!stop_first.interrupt());
    assert!(matches!(second.step(100_000)?, Step::Paused));
    assert!(second.interrupter().interrupt());
    assert!(second.step(100_000).is_err());

    // It can be taken back.
    let mut run = vm.start(&endless())?;
    run.interrupter().interrupt();
    run.vm().clear_interrupt();
    assert!(matches!(run.step(100_000)?, Step::Paused));
    drop(run);
    assert_usable(vm);
    Ok(())
}

#[test]
fn interrupts_from_many_threads() {
    let vm = &mut machine(Limits::new());
    for _ in 0..20 {
        let threads: Vec<_> = (0..4)
            .map(|_| {
                let any = vm.interrupter();
                std::thread::spawn(move || {
                    (0..50).for_each(|_| {
                        any.interrupt();
                    })
                })
            })
            .collect();
        let last = vm.interrupter();
        let last = std::thread::spawn(move || reach(&last));
        assert_eq!(failure(vm, "(let loop () (loop))").kind(), ErrorKind::Limit(Limit::Interrupted));
        threads.into_iter().for_each(|t| t.join().expect("it only interrupts"));
        // The one that waits for a run may have come too late for this one.
        let _ = vm.eval::<()>("(let loop ((i 0)) (if (< i 3000000) (loop (+ i 1)) i))");
        last.join().expect("it only interrupts");
    }
    assert_usable(vm);
}

// ---- Code of the host that panics.

/// What panics whenever it is used, and when it is dropped.
struct Bomb(&'static str);

impl Write for Bomb {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        panic!("write in {}", self.0)
    }
    fn flush(&mut self) -> io::Result<()> {
        panic!("flush")
    }
}

impl Read for Bomb {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        panic!("read in {}", self.0)
    }
}

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("drop of {}", self.0)
    }
}

#[test]
fn a_writer_or_reader_that_panics_is_an_error_of_the_port() -> Result<(), Error> {
    let vm = &mut machine(Limits::new());
    vm.set_output(Bomb("output"));
    vm.set_error_output(Bomb("errors"));
    vm.set_input(Bomb("input"));
    for (text, says) in [
        ("(display 1 (current-error-port)) (flush-output-port (current-error-port))", "write in errors"),
        ("(display 1) (flush-output-port (current-output-port))", "write in output"),
        ("(read-char)", "read in input"),
        ("(read)", "read in input"),
    ] {
        let error = failure(vm, text);
        assert_eq!(error.kind(), ErrorKind::Raised, "{text}");
        assert!(error.report(vicar::Style::Plain).contains(says), "{text}: {}", error.report(vicar::Style::Plain));
        assert_eq!(vm.eval::<i64>(&format!("(guard (e (#t 7)) {text})"))?, 7);
    }
    // While a macro is expanded: afterwards runs pause as before.
    let text = "(define-syntax m (lambda (x) (display 1 (current-error-port)) (flush-output-port (current-error-port)) #'1)) (m)";
    assert_eq!(failure(vm, text).kind(), ErrorKind::Raised);
    let mut run = vm.start(&endless())?;
    for _ in 0..3 {
        assert!(matches!(run.step(1000)?, Step::Paused));
    }
    drop(run);
    let output = Captured::default();
    vm.set_output(output.clone());
    vm.set_error_output(io::sink());
    vm.set_input(io::empty());
    vm.eval::<()>("(do ((i 0 (+ i 1))) ((= i 300000)) (list i i i))")?;
    vm.eval::<()>("(display 5)")?;
    vm.flush()?;
    assert!(output.text().ends_with('5'), "{}", output.text());
    Ok(())
}

#[test]
fn a_machine_is_dropped_with_writers_that_panic() {
    let mut vm = machine(Limits::new());
    vm.set_output(Bomb("output"));
    vm.set_input(Bomb("input"));
    failure(&mut vm, "(display 1) (flush-output-port (current-output-port))");
    drop(vm);
}

/// A reader that says that it has read more than it was asked for: what is in the buffer is then not known.
#[test]
fn a_reader_that_lies() -> Result<(), Error> {
    /// How much too many, and whether at the first time or later.
    struct Liar(usize, bool);
    impl Read for Liar {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            buffer.fill(b'a');
            if std::mem::replace(&mut self.1, true) { Ok(buffer.len().saturating_add(self.0)) } else { Ok(3) }
        }
    }
    let vm = &mut machine(Limits::new());
    for excess in [1, 1000, usize::MAX] {
        for read in [
            "(read-char)",
            "(read)",
            "(get-line (current-input-port))",
            "(get-string-all (current-input-port))",
            "(get-string-n (current-input-port) 100000)",
            "(get-bytevector-n (standard-input-port) 100000)",
            "(get-u8 (standard-input-port))",
        ] {
            vm.set_input(Liar(excess, true));
            let error = failure(vm, read);
            assert!(error.is_condition("&i/o-read"), "{read}: {error}");
            assert!(error.message().contains("the host's reader says that it has read more"), "{read}: {error}");
        }
    }
    // What came before is there.
    vm.set_input(Liar(1, false));
    assert_eq!(vm.eval::<String>("(get-string-n (current-input-port) 3)")?, "aaa");
    assert!(failure(vm, "(read-char)").is_condition("&i/o-read"));
    assert_usable(vm);
    Ok(())
}

/// A writer that says that it has written more than it was given, or nothing at all.
#[test]
fn writers_that_lie() -> Result<(), Error> {
    struct Liar(usize);
    impl Write for Liar {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            Ok(bytes.len() * self.0)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    for factor in [0, 1000] {
        let vm = &mut machine(Limits::new());
        vm.set_output(Liar(factor));
        assert_eq!(failure(vm, "(display 1) (flush-output-port (current-output-port))").kind(), ErrorKind::Raised);
        assert_usable(vm);
    }
    Ok(())
}

#[test]
fn host_procedures_whose_parts_panic() -> Result<(), Error> {
    struct BadText;
    impl std::fmt::Display for BadText {
        fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            panic!("display")
        }
    }
    struct BadValue(#[allow(dead_code, reason = "it is dropped")] Bomb);
    impl IntoScheme for BadValue {
        fn into_scheme<'s>(self, scope: &mut Scope<'s>) -> Ref<'s> {
            scope.nil()
        }
    }
    let kept = Bomb("closure");
    let engine = Engine::builder()
        .procedure("(h)", "bad-text", || Err::<(), _>(BadText))
        .procedure("(h)", "bad-value", || BadValue(Bomb("value")))
        .procedure("(h)", "payload", || -> i64 { std::panic::panic_any(Bomb("payload")) })
        .procedure("(h)", "captured", move || {
            let kept = &kept;
            kept.0.len()
        })
        .build()?;
    let mut vm = machine_of(&engine, Limits::new());
    vm.eval::<()>("(import (h))")?;
    for (text, says) in [("(bad-text)", "display"), ("(bad-value)", "drop of value"), ("(payload)", "panicked")] {
        let error = failure(&mut vm, text);
        assert_eq!(error.kind(), ErrorKind::Raised);
        assert!(error.message().contains(says), "{error}");
    }
    assert_eq!(vm.eval::<i64>("(captured)")?, 7);
    assert_usable(&mut vm);
    drop((vm, engine));
    Ok(())
}

/// A conversion that panics where the host itself asked for it panics in the host; the machine is as it was.
#[test]
fn conversions_that_panic_in_the_host() -> Result<(), Error> {
    struct Bad;
    impl FromScheme for Bad {
        const WHAT: &'static str = "never";
        fn from_scheme<'s>(_: Ref<'s>, scope: &mut Scope<'s>) -> Option<Bad> {
            scope.nil();
            panic!("from")
        }
    }
    impl IntoScheme for Bad {
        fn into_scheme<'s>(self, scope: &mut Scope<'s>) -> Ref<'s> {
            let nil = scope.nil();
            scope.cons(nil, nil);
            panic!("into")
        }
    }
    let vm = &mut machine(Limits::new());
    let list: Handle = vm.eval("list")?;
    for _ in 0..3 {
        assert!(catch_unwind(AssertUnwindSafe(|| vm.eval::<Bad>("1").is_ok())).is_err());
        assert!(catch_unwind(AssertUnwindSafe(|| vm.make(Bad).is_ok())).is_err());
        assert!(catch_unwind(AssertUnwindSafe(|| vm.make(vec![Some(Bad)]).is_ok())).is_err());
        assert!(catch_unwind(AssertUnwindSafe(|| vm.call::<()>(&list, (1i64, Bad)).is_ok())).is_err());
        assert_usable(vm);
    }
    let mut run = vm.start(&endless())?;
    assert!(matches!(run.step(1000)?, Step::Paused));
    Ok(())
}

// ---- Engines.

#[test]
fn procedures_that_could_not_be_imported_are_refused() {
    let build = |library: &str, name: &str| Engine::builder().procedure(library, name, || 1i64).build();
    for library in
        ["", "host", "()", "(host", "host)", "(ho st (1))", "((host))", "(1 2)", "(host . x)", "(a \"b\")", "(a #t)"]
    {
        let error = build(library, "f").err().unwrap_or_else(|| panic!("{library:?} is no library name"));
        assert_eq!(error.kind(), ErrorKind::Registration);
        assert!(error.message().contains("library name"), "{error}");
    }
    for library in ["(rnrs)", "( rnrs  base )", "(vicare)", "(rnrs lists)"] {
        let error = build(library, "f").err().unwrap_or_else(|| panic!("{library:?} is there already"));
        assert!(error.message().contains("Vicar has"), "{error}");
    }
    for library in ["(internal)", "(internal primitives)", "(internal  control )", "(internal mine)"] {
        let error = build(library, "f").err().unwrap_or_else(|| panic!("{library:?} is Vicar's own"));
        assert!(error.message().contains("Vicar keeps names that begin so"), "{error}");
    }
    for name in ["", "a b", "(f)", "1", "1+", "#t", "a'b", "\"f\"", "f\n", "f;", "."] {
        let error = build("(host)", name).err().unwrap_or_else(|| panic!("{name:?} is no identifier"));
        assert!(error.message().contains("identifier"), "{error}");
    }
    for (library, name) in
        [("(host)", "f"), (" ( a  b c ) ", "->x"), ("(λ)", "set-λ!"), ("(host)", "+"), ("(host)", "...")]
    {
        let engine = build(library, name).expect("it can be imported");
        let vm = &mut engine.vm();
        assert_eq!(vm.eval::<i64>(&format!("(import {library}) ({name})")).expect(name), 1);
    }
}

// ---- Conversions.

/// A tree that converts itself by recursion.
struct Nested(Vec<Nested>);

impl FromScheme for Nested {
    const WHAT: &'static str = "nested lists";
    fn from_scheme<'s>(value: Ref<'s>, scope: &mut Scope<'s>) -> Option<Nested> {
        Vec::from_scheme(value, scope).map(Nested)
    }
}

impl IntoScheme for Nested {
    fn into_scheme<'s>(mut self, scope: &mut Scope<'s>) -> Ref<'s> {
        std::mem::take(&mut self.0).into_scheme(scope)
    }
}

impl Drop for Nested {
    fn drop(&mut self) {
        let mut rest = std::mem::take(&mut self.0);
        while let Some(mut one) = rest.pop() {
            rest.append(&mut one.0)
        }
    }
}

/// Deep and circular data is refused, on a small native stack too.
#[test]
fn conversions_that_call_themselves_are_bounded() {
    let work = || {
        let vm = &mut machine(Limits::new());
        let deep = "(define (nest n) (let loop ((i 0) (l '())) (if (= i n) l (loop (+ i 1) (list l)))))";
        vm.eval::<()>(deep).expect("it is defined");
        assert!(vm.eval::<Nested>("(nest 5000)").is_ok());
        for text in ["(nest 1000000)", "(let ((l (list 1))) (set-car! l l) l)"] {
            let error = vm.eval::<Nested>(text).err().expect("it is too deep");
            assert_eq!(error.kind(), ErrorKind::Conversion);
            assert!(error.message().contains("nested too deeply"), "{error}");
        }
        let mut nested = Nested(Vec::new());
        for _ in 0..100_000 {
            nested = Nested(vec![nested]);
        }
        assert_eq!(vm.make(nested).unwrap_err().kind(), ErrorKind::Conversion);
        assert_usable(vm);
    };
    let thread = std::thread::Builder::new().stack_size(256 << 10).spawn(work).expect("threads can be made");
    thread.join().expect("it does not panic");
}

/// A small heap holds data that is huge when it is copied: a thousand times the same string.
#[test]
fn what_conversions_take_is_limited() -> Result<(), Error> {
    let calls = Arc::new(AtomicUsize::new(0));
    let count = calls.clone();
    let engine = Engine::builder()
        .procedure("(h)", "take", move |strings: Vec<String>| {
            count.fetch_add(1, Ordering::Relaxed);
            strings.len()
        })
        .procedure("(h)", "give", |n: usize| vec![String::from("abc"); n])
        .procedure("(h)", "text", |n: usize| "a".repeat(n))
        .procedure("(h)", "wrong", |n: usize| Err::<(), _>("a".repeat(n)))
        .build()?;
    let vm = &mut machine_of(&engine, Limits::new().heap(16 << 20));
    vm.eval::<()>("(import (h)) (define s (make-string 1000000 #\\a))")?;
    assert_eq!(vm.eval::<usize>("(take (vector->list (make-vector 3 s)))")?, 3);
    for text in
        ["(take (vector->list (make-vector 100000 s)))", "(give 10000000)", "(text 100000000)", "(wrong 100000000)"]
    {
        let error = failure(vm, text);
        assert!(error.is_condition("&implementation-restriction"), "{text}: {error}");
        assert!(vm.eval::<bool>(&format!("(guard (e (#t #t)) {text} #f)"))?, "{text}");
    }
    assert_eq!(calls.load(Ordering::Relaxed), 1);
    // What the host asks for itself, too.
    assert_eq!(vm.make("a".repeat(100_000_000)).unwrap_err().kind(), ErrorKind::Limit(Limit::Heap));
    let much: Handle = vm.eval("(vector->list (make-vector 100000 s))")?;
    assert_eq!(vm.get::<Vec<String>>(&much).unwrap_err().kind(), ErrorKind::Limit(Limit::Heap));
    assert_eq!(vm.get::<Vec<Handle>>(&much)?.len(), 100_000);
    assert_usable(vm);
    Ok(())
}

/// Conversions cost fuel in proportion to what they convert.
#[test]
fn what_conversions_do_is_charged() -> Result<(), Error> {
    let engine = Engine::builder()
        .procedure("(h)", "take", |ns: Vec<i64>| ns.len())
        .procedure("(h)", "text", |s: String| s.len())
        .procedure("(h)", "give", |n: usize| vec![0i64; n])
        .build()?;
    let vm = &mut machine_of(&engine, Limits::new());
    vm.eval::<()>(
        "(import (h)) (define l (vector->list (make-vector 100000 1))) (define s (make-string 1600000 #\\a))",
    )?;
    for text in ["(take l)", "(text s)", "(give 100000)"] {
        vm.refill(1_000_000);
        vm.eval::<()>(text)?;
        let used = 1_000_000 - vm.fuel().expect("there is a limit");
        assert!((100_000..300_000).contains(&used), "{text}: {used}");
        vm.refill(50_000);
        assert_eq!(failure(vm, text).kind(), ErrorKind::Limit(Limit::Fuel), "{text}");
        // A loop of such calls ends.
        vm.refill(1_000_000);
        assert_eq!(failure(vm, &format!("(let loop () {text} (loop))")).kind(), ErrorKind::Limit(Limit::Fuel));
    }
    vm.refill(1_000_000);
    assert_usable(vm);
    Ok(())
}

// ---- Errors.

/// An error shows no more of a condition than a person reads, however large that is.
#[test]
fn errors_are_of_bounded_size() -> Result<(), Error> {
    let vm = &mut machine(Limits::new());
    for text in [
        "(error 'x (make-string 5000000 #\\a))",
        "(error (string->symbol (make-string 5000000 #\\a)) \"x\")",
        "(apply error 'x \"y\" (vector->list (make-vector 100000 (make-string 1000 #\\a))))",
        "(raise (make-string 5000000 #\\a))",
        "(let ((name (string->symbol (make-string 5000000 #\\a))))
           (let* ((rtd (make-record-type-descriptor name (record-rtd (make-error)) #f #f #f
                         (vector-map (lambda (i) (list 'immutable name)) (make-vector 1000 0))))
                  (make (record-constructor (make-record-constructor-descriptor rtd #f #f))))
             (raise (apply make (vector->list (make-vector 1000 #t))))))",
        "(let loop ((i 0) (c (make-error))) (if (= i 15) (raise c) (loop (+ i 1) (condition c c))))",
        "(let ((l (list 1))) (set-cdr! l l) (raise (condition (make-error) (make-irritants-condition l))))",
    ] {
        let error = failure(vm, text);
        assert_eq!(error.kind(), ErrorKind::Raised, "{text}");
        let report = error.report(vicar::Style::Plain);
        assert!(report.len() < 100_000, "{text}: {}", report.len());
    }
    assert_usable(vm);
    Ok(())
}

/// An error carries the texts that it shows, not all that the machine has seen.
#[test]
fn errors_carry_the_texts_that_they_show() -> Result<(), Error> {
    let vm = &mut machine(Limits::new());
    for i in 0..200 {
        vm.eval::<()>(&format!("(define v{i} {i})"))?;
    }
    vm.start(&Source::new("f.scm", "(define (f x) (* 2 (car x)))"))?.finish()?;
    let error = vm.start(&Source::new("g.scm", "(+ 1 (f 5))"))?.finish().unwrap_err();
    assert!(error.location().is_some_and(|place| place.starts_with("f.scm:1:")), "{error}");
    let shown = (0..1000).filter(|&n| error.sources().name(vicar::FileId(n)).is_some()).count();
    assert!((1..=3).contains(&shown), "{shown}");
    assert!(error.report(vicar::Style::Plain).contains("(* 2 (car x))"));
    Ok(())
}
