//! Safe code of a host that does what nobody would do on purpose, while a run is under way: nothing of it may panic inside
//! of Vicar, go on for ever, or make one machine see another's values.

use crate::{assert_usable, failure, machine, machine_of};
use std::io::{Read, Write};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use vicar::{Engine, Error, ErrorKind, Handle, Interrupter, Limit, Limits, Run, Source, Step, TailCall, Vm};

/// What the host and its procedures share.
type Shared<T> = Arc<Mutex<Option<T>>>;

fn set<T>(shared: &Shared<T>, value: T) {
    *shared.lock().expect("nobody panics with it") = Some(value);
}

fn copy<T: Clone>(shared: &Shared<T>) -> T {
    shared.lock().expect("nobody panics with it").clone().expect("it was set")
}

/// A host procedure that asks for its own call, for ever, and an engine that has it.
fn restless() -> (Engine, Shared<Handle>) {
    let own: Shared<Handle> = Shared::default();
    let (with_none, with_one) = (own.clone(), own.clone());
    let engine = Engine::builder()
        .procedure("(host)", "again", move || TailCall { procedure: copy(&with_none), arguments: Vec::new() })
        .procedure("(host)", "again-with", move |x: Handle| TailCall { procedure: copy(&with_one), arguments: vec![x] })
        .build()
        .expect("they can be imported");
    (engine, own)
}

/// Calls that host procedures ask for are turns of a loop like any other.
#[test]
fn host_procedures_that_call_themselves_for_ever_are_stopped() -> Result<(), Error> {
    let (engine, own) = restless();
    for (name, call) in [("again", "(again)"), ("again-with", "(again-with 1)"), ("again", "(apply again '())")] {
        let stops = |limits: Limits, limit: Limit| -> Result<(), Error> {
            let mut vm = machine_of(&engine, Limits::new());
            vm.eval::<()>("(import (host))")?;
            set(&own, vm.eval::<Handle>(name)?);
            vm.set_limits(&limits);
            assert_eq!(failure(&mut vm, call).kind(), ErrorKind::Limit(limit), "{call}");
            vm.set_limits(&Limits::new());
            assert_usable(&mut vm);
            Ok(())
        };
        stops(Limits::new().fuel(100_000), Limit::Fuel)?;
        stops(Limits::new().deadline(Instant::now() + Duration::from_millis(100)), Limit::Deadline)?;

        let mut vm = machine_of(&engine, Limits::new());
        vm.eval::<()>("(import (host))")?;
        set(&own, vm.eval::<Handle>(name)?);
        let mut run = vm.start(&Source::new("restless", call))?;
        for _ in 0..10 {
            assert!(matches!(run.step(1_000)?, Step::Paused), "{call} pauses");
        }
        let interrupter = run.interrupter();
        assert!(interrupter.interrupt());
        assert_eq!(run.finish().expect_err("it is endless").kind(), ErrorKind::Limit(Limit::Interrupted), "{call}");
    }
    Ok(())
}

/// A host procedure may interrupt the run that has called it.
#[test]
fn a_host_procedure_interrupts_its_own_run() -> Result<(), Error> {
    let interrupter: Shared<Interrupter> = Shared::default();
    let own = interrupter.clone();
    let engine = Engine::builder().procedure("(host)", "stop", move || copy(&own).interrupt()).build()?;
    let mut vm = machine_of(&engine, Limits::new());
    vm.eval::<()>("(import (host))")?;
    set(&interrupter, vm.interrupter());
    let error = failure(&mut vm, "(let loop () (stop) (loop))");
    assert_eq!(error.kind(), ErrorKind::Limit(Limit::Interrupted));
    // The last thing that a run does: nothing is left to be interrupted, in this run and in the next.
    let _ = vm.eval::<bool>("(stop)");
    assert_usable(&mut vm);
    Ok(())
}

/// What a payload of a panic, an error's text or a value of the host does when it is dropped or shown.
struct Grenade;

impl Drop for Grenade {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            panic!("dropped")
        }
    }
}

impl std::fmt::Display for Grenade {
    fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        panic!("shown")
    }
}

#[test]
fn panics_whose_payloads_panic_are_contained() -> Result<(), Error> {
    let engine = Engine::builder()
        .procedure("(host)", "throw", || -> i64 { std::panic::panic_any(Grenade) })
        .procedure("(host)", "fail", || -> Result<i64, String> { Err(Grenade.to_string()) })
        .procedure("(host)", "drop-argument", |_: Handle| drop(Grenade))
        .build()?;
    let mut vm = machine_of(&engine, Limits::new());
    vm.eval::<()>("(import (host))")?;
    for text in ["(throw)", "(fail)", "(drop-argument 1)"] {
        let error = failure(&mut vm, text);
        assert_eq!(error.kind(), ErrorKind::Raised, "{text}: {error}");
        let caught: bool = vm.eval(&format!("(guard (e ((error? e) #t)) {text})"))?;
        assert!(caught);
        // In a loop, so that what a panic leaves behind would pile up.
        vm.eval::<()>(&format!("(do ((i 0 (+ i 1))) ((= i 100)) (guard (e (#t 1)) {text}))"))?;
        assert_usable(&mut vm);
    }
    Ok(())
}

/// A reader or writer that fails each time with one of the errors after which one tries again.
struct Stubborn(std::io::ErrorKind);

impl Read for Stubborn {
    fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
        Err(self.0.into())
    }
}

impl Write for Stubborn {
    fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
        Err(self.0.into())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Err(self.0.into())
    }
}

#[test]
fn devices_that_never_get_ready_end_with_the_limits() -> Result<(), Error> {
    for kind in [std::io::ErrorKind::Interrupted, std::io::ErrorKind::WouldBlock] {
        for text in
            ["(get-char (current-input-port))", "(begin (display \"abc\") (flush-output-port (current-output-port)))"]
        {
            let mut vm = machine(Limits::new());
            vm.set_input(Stubborn(kind));
            vm.set_output(Stubborn(kind));
            vm.set_error_output(Stubborn(kind));
            vm.set_deadline(Some(Instant::now() + Duration::from_millis(100)));
            let error = failure(&mut vm, text);
            // It is given up at once, or tried until the deadline.
            assert!(
                matches!(error.kind(), ErrorKind::Limit(Limit::Deadline) | ErrorKind::Raised | ErrorKind::Io),
                "{kind:?}: {text}: {error}"
            );
            vm.set_output(std::io::sink());
            vm.set_deadline(None);
            assert_usable(&mut vm);
            // What is left in a port is given up with the machine.
            vm.set_error_output(Stubborn(kind));
            vm.set_deadline(Some(Instant::now() + Duration::from_millis(100)));
            failure(&mut vm, "(display 1 (current-error-port))");
        }
    }
    Ok(())
}

/// Machines inside of machines: a host procedure evaluates in another machine, which may be of the same engine.
#[test]
fn a_machine_runs_inside_of_another() -> Result<(), Error> {
    let inner: Shared<Vm> = Shared::default();
    let own = inner.clone();
    let evaluate = move |text: String| -> Result<i64, Error> {
        own.lock().expect("nobody panics with it").as_mut().expect("it was set").eval(&text)
    };
    let engine = Engine::builder().procedure("(host)", "evaluate", evaluate).build()?;
    set(&inner, machine_of(&engine, Limits::new().fuel(1_000_000).heap(16 << 20)));
    let mut outer = machine_of(&engine, Limits::new().fuel(1_000_000).heap(16 << 20));
    outer.eval::<()>("(import (host))")?;
    assert_eq!(outer.eval::<i64>("(evaluate \"(define x 20) (+ x 1)\")")?, 21);
    assert_eq!(failure(&mut outer, "x").kind(), ErrorKind::Syntax);
    // The inner one's limits are its own, and its errors are the outer one's conditions.
    let text = "(guard (e ((error? e) (condition-message e))) (evaluate \"(let loop ((l '())) (loop (cons l l)))\"))";
    assert!(outer.eval::<String>(text)?.contains("limit"));
    let text = "(let loop () (guard (e (#t 1)) (evaluate \"(car 1)\")) (loop))";
    outer.refill(10_000);
    assert_eq!(failure(&mut outer, text).kind(), ErrorKind::Limit(Limit::Fuel));
    outer.set_limits(&Limits::new());
    assert_usable(&mut outer);
    Ok(())
}

/// A program that a host lets run programs in new machines does so without end: each runs inside of the one before. On a
/// small native stack, too, it ends with an error, and the machines around it go on.
#[test]
fn machines_inside_of_each_other_are_bounded() -> Result<(), Error> {
    let engines: Shared<Engine> = Shared::default();
    let own = engines.clone();
    let deeper = move |text: String| -> Result<i64, Error> { copy(&own).vm().eval(&text) };
    let engine = Engine::builder().procedure("(host)", "run", deeper).build()?;
    set(&engines, engine.clone());
    // The text runs itself, and counts how many machines have run below.
    let body = r#"(define (show s) (call-with-string-output-port (lambda (p) (write s p))))
        (define (deeper s) (run (string-append "(import (rnrs) (host)) (define source " (show s) ")" s)))
        (guard (e ((error? e) 0)) (+ 1 (deeper source)))"#;
    let whole = format!("(import (rnrs) (host)) (define source {body:?}) {body}");
    for stack in [256 << 10, 8 << 20] {
        let (engine, whole) = (engine.clone(), whole.clone());
        let thread = std::thread::Builder::new().stack_size(stack);
        let machines = thread.spawn(move || engine.vm().eval::<i64>(&whole)).expect("a thread");
        assert_eq!(machines.join().expect("it does not panic")?, 99);
    }
    Ok(())
}

/// A host procedure drops a machine, and handles of its own machine and of others.
#[test]
fn machines_and_handles_are_dropped_inside_of_a_run() -> Result<(), Error> {
    let other: Shared<Vm> = Shared::default();
    let kept: Arc<Mutex<Vec<Handle>>> = Arc::default();
    let (victim, keep, drop_all) = (other.clone(), kept.clone(), kept.clone());
    let engine = Engine::builder()
        .procedure("(host)", "drop-other", move || drop(victim.lock().expect("nobody panics with it").take()))
        .procedure("(host)", "keep", move |x: Handle| {
            keep.lock().expect("nobody panics with it").push(x.clone());
            x
        })
        .procedure("(host)", "forget", move || drop_all.lock().expect("nobody panics with it").clear())
        .build()?;
    let mut vm = machine_of(&engine, Limits::new());
    let mut dying = machine_of(&engine, Limits::new());
    let foreign: Handle = dying.eval("(list 1 2 3)")?;
    kept.lock().expect("nobody panics with it").push(foreign.clone());
    set(&other, dying);
    vm.eval::<()>("(import (host) (vicare))")?;
    vm.set_gc_stress(true);
    let text = "(let loop ((i 0) (sum 0))
                  (if (= i 50) sum
                      (let ((x (keep (list i))))
                        (if (= (mod i 10) 0) (begin (drop-other) (forget)))
                        (loop (+ i 1) (+ sum (car x))))))";
    assert_eq!(vm.eval::<i64>(text)?, 49 * 50 / 2);
    vm.set_gc_stress(false);
    // A handle whose machine is gone is nobody's.
    assert!(vm.call::<Handle>(&foreign, ()).is_err());
    assert!(vm.get::<Handle>(&foreign).is_err());
    assert_eq!(vm.write(&foreign, 100), "");
    assert_usable(&mut vm);
    Ok(())
}

/// A run is stepped by many threads in turn, and its handles are dropped on others meanwhile.
#[test]
fn a_run_wanders_between_threads_while_handles_are_dropped() -> Result<(), Error> {
    let (sender, receiver) = std::sync::mpsc::channel::<Handle>();
    let sender = Mutex::new(sender);
    let engine = Engine::builder()
        .procedure("(host)", "send", move |x: Handle| {
            sender.lock().expect("nobody panics with it").send(x).expect("somebody receives")
        })
        .build()?;
    let dropper = std::thread::spawn(move || receiver.into_iter().map(drop).count());
    let mut vm = machine_of(&engine, Limits::new());
    vm.eval::<()>("(import (host))")?;
    let text = "(let loop ((i 0)) (if (= i 20000) i (begin (send (make-vector 10 i)) (loop (+ i 1)))))";
    let mut run = Run::new(vm, &Source::new("wandering", text))?;
    let value = loop {
        let stepped = std::thread::spawn(move || {
            let step = run.step(1_000);
            (run, step)
        });
        let (back, step) = stepped.join().expect("it does not panic");
        run = back;
        if let Step::Done(value) = step? {
            break value;
        }
    };
    let mut vm = run.into_vm();
    assert_eq!(vm.get::<i64>(&value)?, 20000);
    drop((vm, engine));
    assert_eq!(dropper.join().expect("it only drops"), 20000);
    Ok(())
}

/// Who is called for each form may panic, or exchange the machine.
#[test]
fn callbacks_of_forms_may_do_anything() -> Result<(), Error> {
    let mut vm = machine(Limits::new());
    let source = Source::new("forms", "1 2 3 (define x 4) x");
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        vm.eval_each(&source, &mut |_, text| assert_ne!(text, "2"))
    }));
    assert!(panicked.is_err());
    assert_usable(&mut vm);
    let mut other = machine(Limits::new());
    let mut seen = Vec::new();
    let error = vm.eval_each(&source, &mut |vm, text| {
        seen.push(text.to_owned());
        std::mem::swap(vm, &mut other);
    });
    assert_eq!(seen, ["1"]);
    assert!(error.is_err_and(|e| e.kind() == ErrorKind::Abandoned), "what is left of the text was not evaluated");
    let nested = vm.eval_each(&source, &mut |vm, _| assert_usable(vm));
    assert!(nested.is_err_and(|e| e.kind() == ErrorKind::Abandoned));
    assert_usable(&mut vm);
    assert_usable(&mut other);
    Ok(())
}

/// Sizes that nobody means.
#[test]
fn sizes_at_their_ends() -> Result<(), Error> {
    let mut vm = machine(Limits::new());
    let value: Handle = vm.eval("(list 1 \"abc\" 'x (make-vector 3 1/2))")?;
    for limit in [0, 1, 2, 3, 1000, usize::MAX] {
        assert!(vm.write(&value, limit).len() <= 40);
    }
    let mut run = vm.start(&Source::new("", "(let loop ((i 0)) (if (= i 1000) i (loop (+ i 1))))"))?;
    for budget in [0, 0, 1, 0] {
        assert!(matches!(run.step(budget)?, Step::Paused | Step::Done(_)));
    }
    assert!(matches!(run.step(u64::MAX)?, Step::Done(_)));
    assert!(matches!(run.step(u64::MAX)?, Step::Done(_)), "what is over stays over");
    vm.set_command_line(&[]);
    assert!(vm.names_in_scope("\u{10ffff}").is_empty());
    assert_usable(&mut vm);
    Ok(())
}

/// An interrupt at any moment ends the run with that, or comes too late; the machine works in both cases.
#[test]
fn interrupts_at_any_moment() -> Result<(), Error> {
    const TEXTS: [&str; 4] = [
        "(let loop ((i 0)) (if (< i 3000) (loop (+ i 1)) i))",
        "(guard (e (#t 1)) (let loop ((i 0)) (if (= i 300) (raise 'x)) (guard (e (#f 1)) (loop (+ i 1)))))",
        "(eval '(let-syntax ((m (syntax-rules () ((_ x) (+ x x))))) (m (m (m 1)))) (environment '(rnrs)))",
        "(dynamic-wind (lambda () 1) (lambda () (vector-sort < (make-vector 3000 1))) (lambda () 2))",
    ];
    let mut vm = machine(Limits::new());
    for round in 0..200u64 {
        let run = vm.start(&Source::new("racing", TEXTS[round as usize % TEXTS.len()]))?;
        let interrupter = run.interrupter();
        let other = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_micros(round * 13 % 700));
            interrupter.interrupt()
        });
        let result = run.finish();
        let reached = other.join().expect("it only interrupts");
        match result {
            Ok(_) => {}
            Err(error) => {
                assert!(reached);
                assert_eq!(error.kind(), ErrorKind::Limit(Limit::Interrupted));
            }
        }
    }
    assert_usable(&mut vm);
    Ok(())
}

/// The types say what may leave its thread: a machine and what it has made may, and be shared where nothing is changed.
#[test]
fn what_may_move_moves() {
    fn moves<T: Send>() {}
    fn is_shared<T: Sync>() {}
    moves::<Vm>();
    moves::<Run<Vm>>();
    moves::<Run<Box<Vm>>>();
    moves::<Handle>();
    moves::<Error>();
    moves::<Engine>();
    moves::<Interrupter>();
    is_shared::<Handle>();
    is_shared::<Engine>();
    is_shared::<Interrupter>();
    is_shared::<Error>();
}

/// An interrupt that comes after its run was dropped, or has given the machine back, reaches nothing and says so.
#[test]
fn a_run_that_was_given_up_cannot_be_interrupted() -> Result<(), Error> {
    let mut vm = machine(Limits::new());
    let source = Source::new("endless", "(import (rnrs)) (let loop () (loop))");
    let mut run = vm.start(&source)?;
    run.step(1_000)?;
    let (own, any) = (run.interrupter(), run.vm().interrupter());
    drop(run);
    assert!(!own.interrupt() && !any.interrupt());
    assert_usable(&mut vm);
    let run = Run::new(vm, &source)?;
    let own = run.interrupter();
    let mut vm = run.into_vm();
    assert!(!own.interrupt());
    assert_usable(&mut vm);
    Ok(())
}
