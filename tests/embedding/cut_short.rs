//! What a limit, an exception or a host has cut short can be done again, as if nothing had been.

use vicar::{Engine, Error, ErrorKind, Limit, Source, Step, Style};

/// A library whose body was cut short is made anew by the next import, and so is what requires it: as if nothing had been.
#[test]
fn a_library_that_a_limit_has_cut_short_is_made_anew() -> Result<(), Error> {
    let libraries = "(import (rnrs))
        (library (store) (export keep kept) (import (rnrs))
          (define table (make-eqv-hashtable))
          (define (keep k v) (hashtable-set! table k v))
          (define (kept k) (hashtable-ref table k #f))
          (do ((i 0 (+ i 1))) ((= i 40)) (keep i (* 2 i))))
        (library (other) (export other) (import (rnrs)) (define other 'other))
        (library (user) (export sum twice) (import (rnrs) (store) (other) (for (store) expand))
          (define-syntax twice (lambda (x) (syntax-case x () ((_ n) (datum->syntax #'_ (kept (syntax->datum #'n)))))))
          (define sum (do ((i 0 (+ i 1)) (sum 0 (+ sum (kept i)))) ((= i 40) sum))))";
    let import = "(import (user) (other))";
    let check = "(import (store)) (keep 3 7) (list sum (twice 4) (kept 3) (if (eq? other 'other) 1 0))";
    let engine = Engine::new();
    let mut ended = 0;
    for fuel in (10..).step_by(2) {
        let mut vm = engine.vm();
        vm.eval::<()>(libraries)?;
        vm.refill(fuel);
        let first = vm.eval::<()>(import);
        vm.refill(u64::MAX);
        if let Err(error) = &first {
            assert_eq!(error.kind(), ErrorKind::Limit(Limit::Fuel), "{error}");
            ended += 1;
            vm.eval::<()>(import).unwrap_or_else(|error| panic!("with {fuel}: {}", error.report(Style::Plain)));
        }
        let found =
            vm.eval::<Vec<i64>>(check).unwrap_or_else(|error| panic!("with {fuel}: {}", error.report(Style::Plain)));
        assert_eq!(found, [1560, 8, 7, 1], "with {fuel}");
        if first.is_ok() {
            break;
        }
    }
    assert!(ended > 20, "{ended}");
    Ok(())
}

/// The same where the body raises, or a run is dropped half way: what else was to be run then is not lost.
#[test]
fn a_library_whose_body_has_raised_is_made_anew() -> Result<(), Error> {
    let mut vm = Engine::new().vm();
    vm.eval::<()>("(import (rnrs) (rnrs eval)) (define ready #f)")?;
    vm.eval::<()>(
        "(library (lamp) (export lit) (import (rnrs) (rnrs eval) (vicare))
           (define lit (if (eval 'ready (interaction-environment)) 'lit (error 'lamp \"it is dark\"))))
         (library (room) (export room) (import (rnrs)) (define room 'room))
         (library (house) (export house) (import (rnrs) (lamp)) (define house (list lit)))",
    )?;
    for _ in 0..2 {
        let error = vm.eval::<()>("(import (house) (room))").unwrap_err();
        assert_eq!(error.message(), "lamp: it is dark");
        let caught = "(guard (e (#t (condition-message e))) (eval 'house (environment '(house))))";
        assert_eq!(vm.eval::<String>(caught)?, "it is dark");
    }
    assert_eq!(vm.eval::<Vec<String>>("(import (room)) (list (symbol->string room))")?, ["room"]);
    {
        let mut run = vm.start(&Source::new("begun", "(set! ready #t) (import (house)) house"))?;
        assert!(matches!(run.step(5)?, Step::Paused));
    }
    vm.eval::<()>("(set! ready #t)")?;
    assert_eq!(vm.eval::<usize>("(import (house)) (length house)")?, 1);
    Ok(())
}

/// What a run has diverted to a string when it is cut short does not stay diverted; what a program has set for good does.
#[test]
fn the_current_ports_are_the_consoles_again() -> Result<(), Error> {
    let cuts = ["(raise 'out)", "(car 1)", "(let loop () (loop))", "(exit 3)"];
    for cut in cuts {
        let mut vm = Engine::new().vm();
        vm.eval::<()>("(import (vicare)) (define port (current-output-port))")?;
        vm.refill(100_000);
        vm.eval::<()>(&format!("(with-output-to-string (lambda () {cut}))")).unwrap_err();
        vm.refill(u64::MAX);
        assert!(vm.eval::<bool>("(eq? port (current-output-port))")?, "{cut}");
        vm.eval::<()>("(current-output-port (current-error-port))")?;
        vm.eval::<()>("(car 1)").unwrap_err();
        assert!(vm.eval::<bool>("(eq? (current-error-port) (current-output-port))")?, "{cut}");
    }
    Ok(())
}

/// Parameters, and so the current ports, have the values that they had before the run, whatever it was doing when it ended:
/// entering, leaving, between the values of one `parametrise`, in a guard, in a predicate that `list-sort` calls, in a macro
/// transformer, after a continuation was entered again.
#[test]
fn parameters_have_the_values_of_before_the_run() -> Result<(), Error> {
    let setup = "(import (vicare))
        (define port (current-output-port))
        (define p (make-parameter 1))
        (define q (make-parameter 2 (lambda (x) (* x 2))))
        (define (state) (list (p) (q) (if (eq? port (current-output-port)) 0 1)))";
    let program = "(let ([k #f] [count 0])
          (parametrise ([p 10] [q 20] [p 11])
            (with-output-to-string
              (lambda ()
                (call/cc (lambda (here) (set! k here)))
                (set! count (+ count 1))
                (parameterize ([q (+ (p) 1)])
                  (p (+ (p) 1))
                  (list-sort (lambda (a b) (parametrise ([p a] [q b]) (< (p) (q)))) '(3 1 2)))
                (guard (e [#t 0]) (parametrise ([p 12] [q 'x]) 1))
                (dynamic-wind (lambda () (p 13)) (lambda () (q 14)) (lambda () (p 15))))))
          (if (< count 3) (k #f))
          count)
        (let-syntax ([m (lambda (x)
                          (parametrise ([current-output-port (current-error-port)])
                            (let loop ([i 0]) (if (< i 20) (loop (+ i 1))))
                            #'1))])
          (m))";
    let mut vm = Engine::new().vm();
    vm.eval::<()>(setup)?;
    vm.eval::<()>(program)?;
    let mut ended = 0;
    for fuel in 10.. {
        vm.refill(fuel);
        let done = vm.eval::<()>(program);
        vm.refill(u64::MAX);
        assert_eq!(vm.eval::<Vec<i64>>("(state)")?, [1, 2, 0], "with {fuel}");
        match done {
            Ok(()) => break,
            Err(error) => assert_eq!(error.kind(), ErrorKind::Limit(Limit::Fuel), "{error}"),
        }
        ended += 1;
    }
    assert!(ended > 500, "{ended}");
    Ok(())
}

/// The same for other ends than a limit's; what a program sets for good stays.
#[test]
fn parameters_have_the_values_of_before_a_failed_run() -> Result<(), Error> {
    let mut vm = Engine::new().vm();
    vm.eval::<()>("(import (vicare)) (define p (make-parameter 1)) (define q (make-parameter 2)) (define k #f)")?;
    for cut in ["(raise 'out)", "(car 1)", "(exit 3)", "(let loop () (loop))", "(let loop ([l '()]) (loop (cons l l)))"]
    {
        vm.refill(100_000);
        vm.eval::<()>(&format!("(q 3) (parametrise ([p 5]) (p 6) (parametrise ([p 7] [q 8]) {cut}))")).unwrap_err();
        vm.refill(u64::MAX);
        assert_eq!(vm.eval::<Vec<i64>>("(list (p) (q))")?, [1, 3], "{cut}");
    }
    // A run that is dropped half way.
    {
        let mut run = vm.start(&Source::new("begun", "(parametrise ([p 9]) (let loop () (loop)))"))?;
        assert!(matches!(run.step(1000)?, Step::Paused));
    }
    assert_eq!(vm.eval::<i64>("(p)")?, 1);
    Ok(())
}

/// A body that is entered again in a later run, by a continuation, has the values with which it was left; when it is cut
/// short there, the parameters have those of before that run.
#[test]
fn a_body_that_is_entered_again_may_be_cut_short_there() -> Result<(), Error> {
    let mut vm = Engine::new().vm();
    vm.eval::<()>("(import (vicare)) (define p (make-parameter 1)) (define k #f) (define seen '())")?;
    vm.eval::<()>(
        "(parametrise ([p 5])
           (p 6)
           (if (call/cc (lambda (here) (set! k here) #f))
               (begin (set! seen (cons (p) seen)) (p (+ (p) 1)) (car 1)))
           (set! seen (cons (p) seen)))",
    )?;
    vm.eval::<()>("(p 2)")?;
    for expected in [vec![6, 6], vec![7, 6, 6]] {
        let error = vm.eval::<()>("(k #t)").unwrap_err();
        assert!(error.message().contains("car"), "{error}");
        assert_eq!(vm.eval::<Vec<i64>>("seen")?, expected);
        assert_eq!(vm.eval::<i64>("(p)")?, 2);
    }
    Ok(())
}
