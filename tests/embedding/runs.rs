//! Runs as values: stepped, dropped, moved to other threads, owning their machine.

use crate::{assert_usable, machine};
use vicar::{Engine, Error, ErrorKind, Handle, Limit, Limits, Run, Source, Step, Vm};

const PROGRAM: &str = "
  (define (tree n) (if (= n 0) '() (cons (tree (- n 1)) (tree (- n 1)))))
  (define (size t) (if (pair? t) (+ 1 (size (car t)) (size (cdr t))) 0))
  (define k #f)
  (define count 0)
  (define-syntax twice (syntax-rules () ((_ e) (begin e e))))
  (dynamic-wind
    (lambda () (set! count (+ count 1)))
    (lambda () (twice (size (tree 8))))
    (lambda () (set! count (+ count 10))))
  (define words (map (lambda (n) (guard (e (#t (list n e))) (if (odd? n) (raise n) (number->string (expt 3 n))))) '(1 2 3 40)))
  (let ((v (list->vector (list 5 3 9 1)))) (vector-sort! < v) (set! words (cons v words)))
  (list count (size (tree 6)) words (eval '(* 6 7) (environment '(rnrs))))";

/// The run's value and its fuel, when it is done in steps of that many units.
fn in_steps(budget: u64) -> Result<(String, u64, usize), Error> {
    let mut vm = machine(Limits::new());
    let before = vm.fuel_consumed();
    let mut steps = 0;
    let mut run = vm.start(&Source::new("program", PROGRAM))?;
    let value = loop {
        steps += 1;
        if let Step::Done(value) = run.step(budget)? {
            break value;
        }
    };
    drop(run);
    Ok((vm.write(&value, 500), vm.fuel_consumed() - before, steps))
}

#[test]
fn steps_of_any_size_give_the_same_result_for_the_same_fuel() -> Result<(), Error> {
    let (value, fuel, steps) = in_steps(u64::MAX)?;
    assert_eq!(value, "(11 63 (#(1 3 5 9) (1 1) \"9\" (3 3) \"12157665459056928801\") 42)");
    assert_eq!(steps, 1);
    for budget in [1, 2, 3, 7, 100, 1000, 8191, 8192, 8193] {
        let (other, used, steps) = in_steps(budget)?;
        assert_eq!((other.as_str(), used), (value.as_str(), fuel), "in steps of {budget}");
        assert!(steps > 1 || budget > fuel, "{steps} steps of {budget} for {fuel}");
    }
    Ok(())
}

#[test]
fn a_step_does_not_do_much_more_than_its_budget() -> Result<(), Error> {
    let mut vm = machine(Limits::new());
    let mut run = vm.start(&Source::new("loop", "(let loop ((i 0)) (loop (+ i 1)))"))?;
    for _ in 0..50 {
        let before = run.vm().fuel_consumed();
        assert!(matches!(run.step(1000)?, Step::Paused));
        let used = run.vm().fuel_consumed() - before;
        assert!(used <= 1100, "{used}");
    }
    Ok(())
}

#[test]
fn a_run_dropped_half_way_leaves_its_machine_usable() -> Result<(), Error> {
    let vm = &mut machine(Limits::new());
    for text in [
        "(let loop () (loop))",
        "(define (f n) (+ 1 (f (+ n 1)))) (f 0)",
        "(dynamic-wind (lambda () 1) (lambda () (let loop () (loop))) (lambda () (set! never 1)))",
        "(guard (e (#t 1)) (let loop () (loop)))",
        "(with-exception-handler (lambda (e) (let loop () (loop))) (lambda () (raise 1)))",
        "(call/cc (lambda (k) (let loop () (loop))))",
        "(define x (let loop ((i 0)) (loop (+ i 1))))",
    ] {
        let text = format!("(define never 0) {text}");
        for steps in [0, 1, 5] {
            let mut run = vm.start(&Source::new("half", text.as_str()))?;
            for _ in 0..steps {
                assert!(matches!(run.step(3000)?, Step::Paused), "{text}");
            }
            drop(run);
            assert_usable(vm);
        }
    }
    assert_eq!(vm.eval::<i64>("never")?, 0);
    Ok(())
}

#[test]
fn a_run_that_is_over_stays_over() -> Result<(), Error> {
    let mut vm = machine(Limits::new());
    let mut run = vm.start(&Source::new("sum", "(+ 1 2)"))?;
    let Step::Done(first) = run.step(1000)? else { panic!("it is short") };
    let Step::Done(again) = run.step(1000)? else { panic!("it is over") };
    assert_eq!(run.vm().get::<i64>(&first)?, run.vm().get::<i64>(&again)?);
    drop(run);
    assert_usable(&mut vm);
    Ok(())
}

/// A host that has missed the error of a run learns of it whenever it asks again.
#[test]
fn a_run_that_has_failed_never_succeeds() -> Result<(), Error> {
    let mut vm = machine(Limits::new().fuel(1_000_000));
    let endless = "(let loop () (loop))";
    for (text, kind) in [
        ("(car 1) (set! x 1)", ErrorKind::Raised),
        ("(raise 'x) 5", ErrorKind::Raised),
        ("(if) 5", ErrorKind::Syntax),
        ("(exit 3) 5", ErrorKind::Exit(3)),
        (endless, ErrorKind::Limit(Limit::Fuel)),
    ] {
        vm.refill(1_000_000);
        let mut run = vm.start(&Source::new("wrong", text))?;
        let first = run.step(u64::MAX).unwrap_err();
        for _ in 0..3 {
            let again = run.step(1000).unwrap_err();
            assert_eq!((first.kind(), again.kind()), (kind, kind), "{text}");
            let message = again.message();
            assert!(message.contains("has already failed") && message.ends_with(first.message()), "{text}: {message}");
            run.vm().refill(1_000_000);
        }
        assert_eq!(run.finish().unwrap_err().kind(), kind, "{text}");
        assert_usable(&mut vm);
    }
    // The same for a run that is cut off, by another in its machine or because the machine is another.
    vm.refill(1_000_000);
    let mut run = vm.start(&Source::new("endless", endless))?;
    run.step(1000)?;
    assert_usable(run.vm());
    assert_eq!(run.step(1000).unwrap_err().kind(), ErrorKind::Abandoned);
    assert_eq!(run.step(1000).unwrap_err().kind(), ErrorKind::Abandoned);
    assert_eq!(run.finish().unwrap_err().kind(), ErrorKind::Abandoned);
    let mut run = vm.start(&Source::new("endless", endless))?;
    run.step(1000)?;
    let own = std::mem::replace(run.vm(), machine(Limits::new()));
    assert_eq!(run.step(1000).unwrap_err().kind(), ErrorKind::Abandoned);
    // Also when its own machine comes back.
    *run.vm() = own;
    assert_eq!(run.step(1000).unwrap_err().kind(), ErrorKind::Abandoned);
    assert_eq!(run.finish().unwrap_err().kind(), ErrorKind::Abandoned);
    assert_usable(&mut vm);
    Ok(())
}

#[test]
fn between_steps_the_machine_can_be_looked_at_and_refilled() -> Result<(), Error> {
    let mut vm = machine(Limits::new().fuel(10_000));
    let mut run = vm.start(&Source::new("loop", "(let loop ((i 0)) (if (< i 50000) (loop (+ i 1)) i))"))?;
    let mut refills = 0;
    let value = loop {
        match run.step(5_000)? {
            Step::Done(value) => break value,
            Step::Paused => {
                refills += 1;
                run.vm().refill(10_000);
            }
        }
    };
    assert!(refills >= 9);
    assert_eq!(run.vm().get::<i64>(&value)?, 50_000);
    Ok(())
}

/// Evaluating in the machine of a run that is under way forgets what the run was doing; nothing worse.
#[test]
fn an_evaluation_between_two_steps() -> Result<(), Error> {
    let mut vm = machine(Limits::new());
    let mut run = vm.start(&Source::new("loop", "(define (f n) (+ 1 (f (+ n 1)))) (f 0)"))?;
    assert!(matches!(run.step(5_000)?, Step::Paused));
    assert_eq!(run.vm().eval::<i64>("(* 6 7)")?, 42);
    let result = run.step(5_000);
    assert!(matches!(result, Err(ref e) if e.message().contains("another run")), "{result:?}");
    drop(run);
    assert_usable(&mut vm);
    Ok(())
}

/// Steps a run that owns its machine, each step on a thread of its own.
#[test]
fn a_run_owns_its_machine_and_travels() -> Result<(), Error> {
    let vm = machine(Limits::new());
    let mut run: Run<Vm> = Run::new(vm, &Source::new("program", PROGRAM))?;
    let mut steps = 0;
    let (mut vm, value): (Vm, Handle) = loop {
        steps += 1;
        let stepped = std::thread::spawn(move || {
            let step = run.step(700);
            (run, step)
        });
        let (back, step) = stepped.join().expect("it does not panic");
        run = back;
        if let Step::Done(value) = step? {
            break (run.into_vm(), value);
        }
    };
    assert!(steps > 3, "{steps}");
    assert!(vm.write(&value, 500).starts_with("(11 63 "));
    assert_usable(&mut vm);
    Ok(())
}

#[test]
fn a_machine_moves_between_threads() -> Result<(), Error> {
    let mut vm = machine(Limits::new());
    vm.eval::<()>("(define log '()) (define k #f)")?;
    for i in 0..4i64 {
        let text = format!("(set! log (cons {i} log)) (length log)");
        let (back, length) = std::thread::spawn(move || {
            let length = vm.eval::<i64>(&text);
            (vm, length)
        })
        .join()
        .expect("it does not panic");
        vm = back;
        assert_eq!(length?, i + 1);
    }
    Ok(())
}

#[test]
fn a_program_is_stepped_too() -> Result<(), Error> {
    let mut vm = vicar::Engine::new().vm();
    let source =
        Source::new("p.sps", "(import (rnrs)) (define (f n) (if (= n 0) 'done (f (- n 1)))) (f 20000) (exit 3)");
    let mut run = Run::program(&mut vm, &source)?;
    let mut steps = 0;
    let error = loop {
        match run.step(1000) {
            Ok(Step::Paused) => steps += 1,
            Ok(Step::Done(_)) => panic!("it exits"),
            Err(error) => break error,
        }
    };
    assert!(steps >= 10, "{steps}");
    assert_eq!(error.kind(), ErrorKind::Exit(3));
    drop(run);
    assert_usable(&mut vm);
    Ok(())
}

#[test]
fn fuel_and_budget_together() -> Result<(), Error> {
    let mut vm = machine(Limits::new().fuel(3_500));
    let mut run = vm.start(&Source::new("loop", "(let loop () (loop))"))?;
    let mut steps = 0;
    let error = loop {
        match run.step(1000) {
            Ok(_) => steps += 1,
            Err(error) => break error,
        }
    };
    assert_eq!((error.kind(), steps), (ErrorKind::Limit(Limit::Fuel), 3));
    Ok(())
}

/// A device of the host that panics when it is written to.
struct Panicking;

impl std::io::Write for Panicking {
    fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
        panic!("the host's device")
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// A panic while a macro is expanded, in a body of a library and in an `eval` of a macro: later runs are as if it had not
/// been, and pause.
#[test]
fn panics_while_macros_are_expanded_leave_no_run_open() -> Result<(), Error> {
    const LOUD: &str = "(display (make-string 100000 #\\x)) (flush-output-port (current-output-port))";
    let texts = [
        format!("(let-syntax ((m (lambda (x) {LOUD} 1))) (m))"),
        format!(
            "(eval '(let-syntax ((m (lambda (x) (eval '(let () {LOUD} 1) (environment '(rnrs)))))) (m)) (environment '(rnrs) '(for (rnrs eval) run expand)))"
        ),
        format!("(library (loud) (export) (import (rnrs)) (define-syntax m (lambda (x) {LOUD} #'1)) (define y (m)))"),
    ];
    for text in texts {
        let mut vm = Engine::new().vm();
        vm.eval::<()>("(import (rnrs) (rnrs eval))")?;
        vm.set_output(Panicking);
        let error = vm.eval::<()>(&text).unwrap_err();
        assert!(error.report(vicar::Style::Plain).contains("the host's device"), "{text}: {error}");
        vm.set_output(std::io::sink());
        let mut run = vm.start(&Source::new("loop", "(let loop ((i 0)) (if (< i 100000) (loop (+ i 1)) i))"))?;
        let mut pauses = 0;
        while let Step::Paused = run.step(1000)? {
            pauses += 1;
        }
        assert!(pauses > 10, "{text}: {pauses} pauses");
        assert_eq!(vm.eval::<i64>("(let-syntax ((m (lambda (x) 5))) (m))")?, 5);
        vm.eval::<()>("(library (loud) (export) (import (rnrs)))")?;
    }
    Ok(())
}
