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
