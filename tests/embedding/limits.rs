//! Every limit stops what it must stop, and the machine works afterwards.

use crate::{assert_usable, failure, machine};
use std::time::{Duration, Instant};
use vicar::{Engine, Error, ErrorKind, Limit, Limits, Source, Style, Vm};

/// A work that would take very long or much memory must end within this much of processor time, in a debug build.
const PATIENCE: Duration = Duration::from_secs(20);

/// The processor time of this thread.
fn now() -> Duration {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the call fills the structure.
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut time) };
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

#[track_caller]
fn stops(vm: &mut Vm, text: &str, limits: &[Limit]) {
    let begin = now();
    let error = failure(vm, text);
    let took = now() - begin;
    let ErrorKind::Limit(limit) = error.kind() else { panic!("{text}: no limit, but {error}") };
    assert!(limits.contains(&limit), "{text}: {limit:?}");
    assert!(took < PATIENCE, "{text}: took {took:?}");
    vm.set_limits(&Limits::new());
    assert_usable(vm);
}

/// Work that goes on for very long, much of it inside of one primitive.
const LONG: &[&str] = &[
    "(let loop () (loop))",
    "(let loop ((i 0)) (loop (+ i 1)))",
    "(letrec ((even (lambda (n) (odd n))) (odd (lambda (n) (even n)))) (even 1))",
    "(define (f) (call/cc (lambda (k) (f)))) (f)",
    "(let loop () (guard (e (#t 1)) (raise 1)) (loop))",
    "(let loop () (dynamic-wind (lambda () 1) (lambda () 2) (lambda () 3)) (loop))",
    "(let loop ((n 3)) (loop (* n n)))",
    "(let loop ((n 1)) (loop (inexact (expt 7 n))))",
    "(let loop ((v (make-vector 1000 0))) (vector-sort < v) (loop v))",
    "(let loop ((l (vector->list (make-vector 1000 0)))) (list-sort < l) (loop l))",
    "(let loop ((s \"abc\")) (string<? s s) (loop s))",
    "(let loop ((l (vector->list (make-vector 1000 0)))) (equal? l (append l '())) (loop l))",
    "(let ((s (make-string 100000 #\\7))) (let loop () (string->number s) (loop)))",
    "(let loop ((l (vector->list (make-vector 10000 0)))) (length l) (list-tail l 5000) (memv 1 l) (loop l))",
    "(let ((l (vector->list (make-vector 1000 0)))) (let loop () (for-each (lambda (x) x) l) (map (lambda (x) x) l) (loop)))",
    "(let ((t (make-eqv-hashtable))) (let loop ((i 0)) (hashtable-set! t (mod i 100) i) (hashtable-keys t) (loop (+ i 1))))",
    "(with-exception-handler (lambda (e) 1) (lambda () (let loop () (raise-continuable 1) (loop))))",
    "(let loop () (eval '(let ((x 1)) (+ x x)) (environment '(rnrs))) (loop))",
    "(let ((k #f) (n 0)) (call/cc (lambda (c) (set! k c))) (set! n (+ n 1)) (k 1))",
    "(let loop () (call-with-string-output-port (lambda (p) (write (make-vector 100 'a) p))) (loop))",
    "(let loop () (guard (e (#t 1)) (environment '(rnrs (7)))) (loop))",
    "(let loop () (guard (e (#t 1)) (environment 1)) (loop))",
    "(let loop () (guard (e (#t 1)) (eval 1 2)) (loop))",
    "(let loop () (guard (e (#t 1)) (eval '(if) (environment '(rnrs)))) (loop))",
    "(guard (e (#t 1)) (let loop () (loop)))",
    "(dynamic-wind (lambda () 1) (lambda () (let loop () (loop))) (lambda () (let loop () (loop))))",
];

#[test]
fn fuel_ends_work_without_end() {
    for text in LONG {
        stops(&mut machine(Limits::new().fuel(300_000)), text, &[Limit::Fuel]);
    }
}

/// Work whose size is not the number of its calls and turns, with the units that it takes at least.
const LARGE: &[(&str, u64)] = &[
    // Straight-line code between two turns, and in one call.
    ("(eval `(do ((i 0 (+ i 1)) ,@(map (lambda (n) `(,n 1 (+ ,n 1))) (names 1000))) ((= i 100) 1)) env)", 100 * 1000 / 32),
    ("(define f (eval `(lambda (x) ,@(map (lambda (n) '(set-car! x 1)) (names 1000))) env))
      (do ((i 0 (+ i 1))) ((= i 100)) (f (list 1)))", 100 * 1000 / 32),
    ("(define f (eval `(lambda (g x) (g ,@(map (lambda (n) 'x) (names 1000)))) env))
      (do ((i 0 (+ i 1))) ((= i 100)) (f list 1))", 100 * 1000 / 64),
    // One branch is as long as that, the other short.
    ("(define f (eval `(lambda (x y) (if y (begin ,@(map (lambda (n) '(set-car! x 1)) (names 1000))) y)) env))
      (do ((i 0 (+ i 1))) ((= i 100)) (f (list 1) #t))", 100 * 1000 / 32),
    // Expansion.
    ("(eval `(lambda ,(names 10000) 1) env)", 10_000),
    ("(eval `(let-syntax ((m (lambda (x) (syntax-case x () ((_ . r) (datum->syntax #'m (list 'quote (syntax->datum #'r)))))))) (m . ,(names 10000))) env)", 1_000),
    ("(guard (e (#t 1)) (environment (list 'rnrs (map (lambda (x) 1) (names 10000)))))", 5_000),
    ("(define t (let loop ((i 0) (t '(list x x x x x x x x x x))) (if (= i 300) t (loop (+ i 1) `(let-syntax () ,t)))))
      (eval `(let ((x 1)) ,t) env)", 10 * 300 / 32),
    ("(guard (e (#t 1)) (eval 'no-such-name env))", 1_000),
    // Conditions of many parts.
    ("(define c (apply condition (map (lambda (n) (make-message-condition \"a\")) (names 10000))))
      (do ((i 0 (+ i 1))) ((= i 100)) (error? c))", 100 * 10_000 / 8),
    ("(define-condition-type &c &condition make-c c? (x c-x))
      (define c (apply condition (append (map (lambda (n) (make-message-condition \"a\")) (names 10000)) (list (make-c 1)))))
      (do ((i 0 (+ i 1))) ((= i 100)) (c-x c))", 100 * 10_000 / 8),
    // Numbers.
    ("(define n (expt 7 100000)) (< (/ n 11) (/ n 13))", 2 * 4_000),
];

#[test]
fn fuel_is_taken_for_the_size_of_work() {
    const NAMES: &str = "(define env (environment '(rnrs) '(rnrs mutable-pairs)))
        (define (names n) (do ((i 0 (+ i 1)) (l '() (cons (string->symbol (string-append \"v\" (number->string i))) l))) ((= i n) l)))";
    for &(text, least) in LARGE {
        let vm = &mut machine(Limits::new());
        vm.eval::<()>(NAMES).expect("it is right");
        let before = vm.fuel_consumed();
        vm.eval::<vicar::Handle>(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        let taken = vm.fuel_consumed() - before;
        assert!(taken >= least, "{text}: takes {taken} units");
    }
}

#[test]
fn texts_that_are_included_count_against_the_heaps_limit() {
    let file = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("included-{}", std::process::id()));
    std::fs::write(&file, format!("{}1", " ".repeat(1 << 20))).expect("the target folder can be written");
    let include = format!("(import (vicare)) (include {:?})", file.to_str().expect("a plain name"));
    let vm = &mut machine(Limits::new().heap(16 << 20));
    let before = vm.heap_in_use();
    vm.eval::<()>(&include).expect("there is room for one");
    assert!(vm.heap_in_use() >= before + (1 << 20));
    // Each is kept, for messages.
    let error = (0..16).find_map(|_| vm.eval::<()>(&include).err()).expect("there is no room for so many");
    assert!(error.is_condition("&out-of-memory-error"), "{error}");
    let _ = std::fs::remove_file(file);
}

#[test]
fn what_is_computed_before_a_program_begins_is_small() {
    for text in [
        "(expt 7 2000000)",
        "(factorial 100000)",
        "(bitwise-arithmetic-shift-left 3 100000000)",
        "(expt 2 (expt 10 8))",
    ] {
        let vm = &mut machine(Limits::new());
        vm.eval::<()>("(define (first) 1)").expect("it is right");
        let before = vm.fuel_consumed();
        vm.eval::<()>(&format!("(define (never) {text})")).expect("nobody calls it");
        let taken = vm.fuel_consumed() - before;
        assert!(taken < 5_000, "{text}: takes {taken} units");
    }
}

#[test]
fn the_deadline_ends_work_without_end() {
    for text in LONG {
        stops(
            &mut machine(Limits::new().deadline(Instant::now() + Duration::from_millis(100))),
            text,
            &[Limit::Deadline],
        );
    }
}

/// One foreign call is waited for, the next is not begun.
#[cfg(feature = "posix")]
#[test]
fn the_deadline_ends_foreign_calls_that_wait_again_and_again() {
    let vm = &mut machine(Limits::new());
    vm.eval::<()>(
        "(import (vicare))
         (define wait ((make-c-callout-maker 'signed-int '(unsigned-int)) (dlsym (dlopen) \"usleep\")))",
    )
    .expect("there is such a function");
    let begin = Instant::now();
    vm.set_deadline(Some(begin + Duration::from_millis(50)));
    stops(vm, "(let loop () (wait 200000) (loop))", &[Limit::Deadline]);
    assert!(begin.elapsed() < Duration::from_secs(4), "that is one call, not a chunk of fuel's");
}

/// A host gets no signal that would end the call.
#[test]
fn a_fifo_that_nobody_else_opens_holds_no_host_up() {
    for (i, text) in [
        "(open-input-file FIFO)",
        "(open-file-output-port FIFO (file-options no-fail no-create))",
        "(call-with-input-file FIFO read)",
        "(import (vicare)) (include FIFO)",
    ]
    .into_iter()
    .enumerate()
    {
        // One each: a call that is left behind holds its end open when another comes.
        let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
        let fifo = folder.join(format!("limits-fifo-{}-{i}", std::process::id()));
        let name = std::ffi::CString::new(fifo.to_str().expect("a plain name")).expect("has no NUL");
        // SAFETY: a live C string.
        assert_eq!(unsafe { libc::mkfifo(name.as_ptr(), 0o600) }, 0);
        let soon = Instant::now() + Duration::from_millis(100);
        let text = text.replace("FIFO", &format!("{fifo:?}"));
        stops(&mut machine(Limits::new().deadline(soon)), &text, &[Limit::Deadline]);
        let _ = std::fs::remove_file(fifo);
    }
}

#[test]
fn another_thread_ends_work_without_end() {
    for text in LONG {
        let vm = &mut machine(Limits::new());
        let interrupter = vm.interrupter();
        let watchdog = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(50));
            // The run may not have begun, on a machine with other work.
            while !interrupter.interrupt() {
                std::thread::sleep(Duration::from_millis(1))
            }
        });
        stops(vm, text, &[Limit::Interrupted]);
        watchdog.join().expect("it only sleeps");
    }
}

/// One primitive that would work for hours: its price is asked before.
const HUGE: &[&str] = &[
    "(expt 3 100000000000)",
    "(expt 7 (expt 10 30))",
    "(bitwise-arithmetic-shift-left 1 1000000000000)",
    "(make-vector 1000000000000 0)",
    "(make-string 1000000000000 #\\a)",
    "(make-bytevector 1000000000000 0)",
    "(let loop ((n 3)) (loop (* n n)))",
    "(let loop ((s \"abc\")) (loop (string-append s s)))",
    "(let loop ((l '(1))) (loop (append l l)))",
    "(let loop ((l '())) (loop (cons 1 l)))",
    "(let loop ((v (vector 1))) (loop (list->vector (append (vector->list v) (vector->list v)))))",
    "(let loop ((v (bytevector-copy #vu8(1)))) (loop (let ((n (make-bytevector (* 2 (bytevector-length v)) 1))) n)))",
    "(let loop ((n 0) (k (lambda (x) x))) (loop (+ n 1) (lambda (x) (k x))))",
    "(define (f n) (+ 1 (f (+ n 1)))) (f 0)",
    "(let ((t (make-eqv-hashtable))) (let loop ((i 0)) (hashtable-set! t i i) (loop (+ i 1))))",
    "(let ((t (make-hashtable equal-hash equal?))) (let loop ((i 0)) (hashtable-set! t (list i) i) (loop (+ i 1))))",
    "(let ((v (make-vector 10000 'abc))) (call-with-string-output-port (lambda (p) (let loop () (write v p) (loop)))))",
    "(call-with-string-output-port (lambda (p) (write (let loop ((i 0) (l '())) (if (< i 60) (loop (+ i 1) (cons l l)) l)) p)))",
    "(let loop ((i 0) (l '())) (loop (+ i 1) (cons (string->symbol (string-append \"long-\" (number->string i))) l)))",
    "(let loop ((l '())) (call/cc (lambda (k) (loop (cons k l)))))",
    "(let loop () (dynamic-wind (lambda () 1) (lambda () (loop)) (lambda () 3)))",
    "(let loop () (with-exception-handler (lambda (e) e) (lambda () (+ 1 (loop)))))",
    "(let loop ((i 0)) (eval `(let () (define-record-type ,(string->symbol (string-append \"r\" (number->string i)))) 1) (environment '(rnrs))) (loop (+ i 1)))",
    "(number->string (expt 7 3000000))",
    "(let ((v (make-vector 1000 0))) (let loop ((l '())) (loop (cons (vector-map (lambda (x) x) v) l))))",
    "(let loop ((s \"\")) (loop (string-append s (list->string (vector->list (make-vector 1000 #\\x))))))",
];

/// Ends by a limit, or by a condition that says that there is no memory: within time, and within memory.
#[test]
fn memory_is_limited() {
    for text in HUGE {
        let vm = &mut machine(Limits::new().heap(16 << 20).stack(8 << 20).fuel(20_000_000));
        let begin = now();
        let error = failure(vm, text);
        let took = now() - begin;
        match error.kind() {
            ErrorKind::Limit(Limit::Heap | Limit::Stack | Limit::Fuel) => {}
            ErrorKind::Raised => assert!(
                error.is_condition("&implementation-restriction"),
                "{text}: {error} {:?}",
                error.condition_types()
            ),
            other => panic!("{text}: {other:?} {error}"),
        }
        assert!(took < PATIENCE, "{text}: took {took:?}");
        vm.refill(10_000_000);
        assert_usable(vm);
    }
}

/// A full stack is first a condition, that the program may handle, and again when it has left what filled the stack.
#[test]
fn a_program_handles_calls_that_are_nested_too_deeply() {
    for limit in [256 << 10, 1 << 20, 5 << 20, 16 << 20] {
        let vm = &mut machine(Limits::new().stack(limit));
        let text = "(define (f n) (+ 1 (f n)))
                    (define (g) (guard (e ((implementation-restriction-violation? e) (condition-message e))) (f 0)))
                    (let loop ((i 0) (seen '())) (if (< i 5) (loop (+ i 1) (cons (g) seen)) (length seen)))";
        assert_eq!(vm.eval::<i64>(text).expect("it is handled each time"), 5, "{limit}");
        assert_usable(vm);
    }
}

/// A full heap is first a condition, that the program may handle.
#[test]
fn a_program_handles_a_request_that_is_too_large() {
    let vm = &mut machine(Limits::new().heap(16 << 20));
    for request in [
        "(make-vector 100000000 0)",
        "(make-string 100000000 #\\a)",
        "(make-bytevector 1000000000)",
        "(expt 3 1000000000)",
    ] {
        let text = format!("(guard (e ((implementation-restriction-violation? e) 'too-large)) {request} 'made)");
        let value: vicar::Handle = vm.eval(&text).expect(request);
        assert_eq!(vm.write(&value, 50), "too-large", "{request}");
    }
    assert_usable(vm);
}

#[test]
fn endless_recursion_hits_the_stack_limit() {
    for text in [
        "(define (f n) (+ 1 (f (+ n 1)))) (f 0)",
        "(let loop ((i 0)) (cons i (loop (+ i 1))))",
        "(define (f) (map (lambda (x) (f)) '(1 2))) (f)",
        "(define (f) (dynamic-wind (lambda () 1) f (lambda () 2))) (f)",
        "(define (f) (guard (e (#f 1)) (f))) (f)",
        "(define (f) (vector-for-each (lambda (x) (f)) '#(1 2)) 1) (f)",
        "(define (f) (+ 1 (apply f '()))) (f)",
        "(define (f x) (call-with-values (lambda () (f x)) list)) (f 1)",
    ] {
        let vm = &mut machine(Limits::new().stack(1 << 20).heap(256 << 20));
        let begin = Instant::now();
        let error = failure(vm, text);
        // The condition that the program gets first may meet the limit again while it is handled.
        let is_stack = error.is_condition("&implementation-restriction") && error.message().contains("stack limit");
        assert!(is_stack || error.kind() == ErrorKind::Limit(Limit::Stack), "{text}: {error}");
        assert!(begin.elapsed() < PATIENCE, "{text}: took {:?}", begin.elapsed());
        vm.set_limits(&Limits::new());
        assert_usable(vm);
    }
    // And a recursion that fits is not stopped.
    let vm = &mut machine(Limits::new().stack(64 << 20));
    assert_eq!(vm.eval::<i64>("(define (f n) (if (= n 0) 0 (+ 1 (f (- n 1))))) (f 300000)").expect("it fits"), 300_000);
}

#[test]
fn macros_without_end_are_stopped() {
    for text in [
        "(define-syntax m (syntax-rules () ((_ x) (m x)))) (m 1)",
        "(define-syntax m (syntax-rules () ((_ x ...) (m x ... x ...)))) (m 1)",
        "(define-syntax m (syntax-rules () ((_ x) (+ (m x) (m x))))) (m 1)",
        "(define-syntax m (lambda (x) (let loop () (loop)))) (m)",
        "(define-syntax m (lambda (x) (let loop ((n 3)) (loop (* n n))))) (m)",
        "(define-syntax m (lambda (x) (define (f) (+ 1 (f))) (f))) (m)",
        "(define-syntax m (syntax-rules () ((_ (x)) (m ((x)))) ((_ x) (m (x))))) (m (1))",
    ] {
        let vm = &mut machine(Limits::new().fuel(2_000_000).heap(64 << 20).stack(4 << 20));
        let begin = now();
        let error = failure(vm, text);
        let took = now() - begin;
        assert!(matches!(error.kind(), ErrorKind::Limit(_) | ErrorKind::Syntax | ErrorKind::Raised), "{text}: {error}");
        assert!(took < PATIENCE, "{text}: took {took:?}");
        vm.set_limits(&Limits::new());
        assert_usable(vm);
    }
}

/// Fuel is exact: a program that needs n units runs with n, and not with n - 1.
#[test]
fn fuel_is_exact_and_the_same_everywhere() {
    let text = "(define (fib n) (if (< n 2) n (+ (fib (- n 1)) (fib (- n 2))))) (fib 15)";
    let needed = |vm: &mut Vm| {
        let before = vm.fuel_consumed();
        assert_eq!(vm.eval::<i64>(text).expect("it ends"), 610);
        vm.fuel_consumed() - before
    };
    let n = needed(&mut machine(Limits::new()));
    assert!(n > 1000);
    assert_eq!(needed(&mut machine(Limits::new().fuel(1 << 40))), n);
    let stressed = &mut machine(Limits::new());
    stressed.set_gc_stress(true);
    assert_eq!(needed(stressed), n);
    let vm = &mut machine(Limits::new().fuel(n));
    assert_eq!(vm.eval::<i64>(text).expect("just enough"), 610);
    assert_eq!(vm.fuel(), Some(0));
    assert_eq!(failure(&mut machine(Limits::new().fuel(n - 1)), text).kind(), ErrorKind::Limit(Limit::Fuel));
}

/// What a limit leaves behind is no more than what the program keeps.
#[test]
fn limits_can_be_hit_again_and_again() {
    let vm = &mut machine(Limits::new());
    for _ in 0..20 {
        vm.set_limits(&Limits::new().fuel(200_000).heap(24 << 20).stack(2 << 20));
        for text in
            ["(let loop ((l '())) (loop (cons l l)))", "(define (f) (+ 1 (f))) (f)", "(make-vector 100000000 1)"]
        {
            let kind = failure(vm, text).kind();
            assert!(matches!(kind, ErrorKind::Limit(_) | ErrorKind::Raised), "{text}: {kind:?}");
            vm.refill(200_000);
        }
    }
    assert_usable(vm);
}

/// The prelude's procedures and values are made when something first needs them. A limit that is met meanwhile leaves
/// nothing half made.
#[test]
fn what_a_limit_has_cut_short_can_be_done_again() -> Result<(), Error> {
    let texts = [
        "(call-with-string-output-port (lambda (p) (write (list 1.5 'a \"b\") p)))",
        "(guard (e ((who-condition? e) (condition-who e))) (vector-ref (vector 1) 2))",
        "(let ((p (make-parameter 1 (lambda (x) (* x 2))))) (parameterize ((p 4)) (p)))",
        "(enum-set->list (enum-set-complement ((enum-set-constructor (make-enumeration '(a b))) '(a))))",
        "(list-sort < (map (lambda (x) (mod x 7)) '(5 9 3)))",
        "(record? (make-i/o-filename-error \"x\"))",
        "(let-values (((a b) (partition even? '(1 2 3)))) (cons a b))",
        "(bytevector->string (string->bytevector \"ab\" (native-transcoder)) (native-transcoder))",
        "(let ((t (make-hashtable string-hash string=?))) (hashtable-update! t \"a\" (lambda (x) (+ x 1)) 1) (hashtable-ref t \"a\" 0))",
        "(call-with-port (open-string-input-port \"(1 . 2)\") get-datum)",
        "(dynamic-wind values (lambda () 5) values)",
        "(let ((i 3)) (while (> i 0) (set! i (- i 1))) i)",
        "(receive (a . b) (values 1 2) b)",
        "(define-record-type three (fields a b)) (three-a (make-three 1 2))",
    ];
    let with = |limits: Limits| {
        let mut vm = vicar::Engine::new().vm();
        vm.eval::<()>("(import (vicare))")?;
        vm.set_limits(&limits);
        Ok::<Vm, vicar::Error>(vm)
    };
    for text in texts {
        let text =
            format!("(define (show x) (call-with-string-output-port (lambda (p) (write x p)))) (show (let () {text}))");
        let expected: String = with(Limits::new())?.eval(&text)?;
        for fuel in (0..400).step_by(13).chain((400..3000).step_by(211)) {
            let mut vm = with(Limits::new().fuel(fuel))?;
            if let Err(error) = vm.eval::<String>(&text) {
                assert_eq!(error.kind(), ErrorKind::Limit(Limit::Fuel), "{text}: {error}");
            }
            vm.set_limits(&Limits::new());
            match vm.eval::<String>(&text) {
                Ok(found) => assert_eq!(found, expected, "{text}"),
                Err(error) => panic!("{text}: after {fuel} units of fuel {error}"),
            }
        }
    }
    Ok(())
}

/// What a host reads for a machine is read within the machine's limits, whatever the name leads to.
#[cfg(target_os = "linux")]
#[test]
fn texts_are_read_within_the_limits() -> Result<(), Error> {
    let folder = std::env::temp_dir().join(format!("vicar-texts-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("the folder can be made");
    let soon = || Limits::new().deadline(Instant::now() + Duration::from_millis(50));
    let refused = |name: &std::path::Path, limits: &Limits| match Source::read_within(name, limits) {
        Ok(_) => panic!("{} should not be read", name.display()),
        Err(error) => (error.kind(), error.message().to_owned()),
    };
    let endless = std::path::Path::new("/dev/urandom");
    assert_eq!(refused(endless, &soon()), (ErrorKind::Io, "cannot read /dev/urandom: timed out".to_owned()));
    let (kind, message) = refused(endless, &Limits::new().heap(1 << 20));
    assert!(
        kind == ErrorKind::Io && message.contains("more than half of the heap limit of 1048576 bytes"),
        "{message}"
    );
    let fifo = folder.join("fifo");
    let made = std::process::Command::new("mkfifo").arg(&fifo).status();
    assert!(made.is_ok_and(|status| status.success()), "mkfifo");
    assert_eq!(refused(&fifo, &soon()).0, ErrorKind::Io);
    let writer = std::thread::spawn({
        let fifo = fifo.clone();
        move || std::fs::write(fifo, "(import (rnrs)) (display 1)")
    });
    let source = Source::read_within(&fifo, &Limits::new())?;
    assert_eq!(&**source.text(), "(import (rnrs)) (display 1)");
    assert!(writer.join().expect("it does not panic").is_ok());
    let _ = std::fs::remove_dir_all(folder);
    Ok(())
}

/// An assertion holds what is shown of its expression; one inside of another is not copied whole for each of them.
#[test]
fn nested_assertions_cost_in_proportion_to_their_depth() -> Result<(), Error> {
    let cost = |depth: usize| -> Result<u64, Error> {
        let mut vm = Engine::new().vm();
        vm.eval::<()>("(import (rnrs))")?;
        let before = vm.fuel_consumed();
        vm.eval::<()>(&format!("(lambda (x) {}x{})", "(assert ".repeat(depth), ")".repeat(depth)))?;
        Ok(vm.fuel_consumed() - before)
    };
    let (once, twice) = (cost(1500)?, cost(3000)?);
    assert!(twice < once * 3, "{once} and {twice}");
    Ok(())
}

/// What a message tells of a text that is too long to be read is its beginning.
#[test]
fn a_message_shows_the_beginning_of_a_very_long_name() {
    let mut vm = Engine::new().vm();
    vm.eval::<()>("(import (rnrs))").unwrap();
    let name = "n".repeat(1 << 20);
    let texts = [
        name.clone(),
        format!("(set! {name} 1)"),
        format!("(define-syntax {name} 1)"),
        format!("(let (({name} 1) ({name} 2)) 1)"),
        format!("(let-syntax (({name} (syntax-rules () ((_ a) 1)))) ({name}))"),
        format!("(let-syntax (({name} (syntax-rules () ((_ a) 1)))) {name})"),
        format!("(import (rename (rnrs) (car {name})))"),
        format!("(import (only (rnrs) {name}))"),
        format!("(let () (define {name} 1) (define {name} 2) 1)"),
        format!("(lambda ({name} {name}) 1)"),
        format!("(define-record-type {name} (parent {name}x))"),
    ];
    for text in texts {
        let Err(error) = vm.eval::<()>(&text) else { panic!("it is an error: {}", &text[..40.min(text.len())]) };
        assert!(error.message().len() < 1000, "{} bytes: {}", error.message().len(), &error.message()[..200]);
        let report = error.report(Style::Plain);
        assert!(report.len() < 5000, "{} bytes: {}", report.len(), &report[..200]);
    }
}
