//! Calls: tail positions, depth, numbers of arguments, multiple values.

use super::{Session, check, size};

/// A hundred thousand turns with the least stack.
#[track_caller]
fn tail(text: &str, expected: &str) {
    let mut session = Session::new();
    session.machine.set_stack_limit(4 << 10);
    let text = text.replace("100000", &size(100_000).to_string());
    assert_eq!(session.run(&text), expected, "{text}");
}

#[test]
fn tail_calls_take_no_stack() {
    tail("(define (f n) (if (= n 0) 'done (f (- n 1)))) (f 100000)", "done");
    tail(
        "(define (f n) (if (= n 0) 'done (g (- n 1)))) (define (g n) (if (= n 0) 'gdone (f (- n 1)))) (f 100000)",
        "done",
    );
    tail("(define (f n) (cond ((= n 0) 'done) (#f 1) (else (begin 1 (let ((m (- n 1))) (f m)))))) (f 100000)", "done");
    tail("(define (f n k) (if (= n 0) (k 'done) (f (- n 1) (lambda (x) (k x))))) (f 100000 (lambda (x) x))", "done");
    tail("(define (f n) (and #t (or #f (if (= n 0) 'done (f (- n 1)))))) (f 100000)", "done");
    tail("(define (f n) (apply (lambda (m) (if (= m 0) 'done (f m))) (list (- n 1)))) (f 100000)", "done");
    tail(
        "(define (f n) (call-with-values (lambda () (values n 1)) (lambda (a b) (if (= a 0) 'done (f (- a b)))))) (f 100000)",
        "done",
    );
    tail(
        "(define (g a b) (if (= a 0) 'done (f (- a b)))) (define (f n) (call-with-values (lambda () (values n 1)) g)) (f 100000)",
        "done",
    );
    tail(
        "(define (p) (values n 1)) (define n 100000) (define (g a b) (if (= a 0) 'done (begin (set! n (- a b)) (f)))) (define (f) (call-with-values p g)) (f)",
        "done",
    );
    tail("(define (f n) (call/cc (lambda (k) (if (= n 0) 'done (f (- n 1)))))) (f 10000)", "done");
    tail("(define (f n) (%call/cc (lambda (k) (if (= n 0) (k 'done) (f (- n 1)))))) (f 10000)", "done");
    tail("(define f (case-lambda ((n) (f n 1)) ((n m) (if (= n 0) 'done (f (- n m)))))) (f 100000)", "done");
    tail("(define (f . args) (if (= (car args) 0) 'done (f (- (car args) 1)))) (f 100000)", "done");
    tail("(define (f a b c d e) (if (= a 0) b (f (- a 1) b c d e))) (f 100000 'done 1 2 3)", "done");
    tail("(define (f g n) (if (= n 0) 'done (g g (- n 1)))) (f f 100000)", "done");
    tail(
        "(define (loop f n) (let ((g (lambda (x) (loop f x)))) (if (= n 0) 'done (g (- n 1))))) (loop 1 100000)",
        "done",
    );
    tail(
        "(define (f n) (letrec ((even (lambda (n) (if (= n 0) 'even (odd (- n 1))))) (odd (lambda (n) (if (= n 0) 'odd (even (- n 1)))))) (even n))) (f 100001)",
        "odd",
    );
    tail("(define v (lambda (n) (if (= n 0) 'done (values (v2 (- n 1)))))) (define (v2 n) n) (v 5)", "4");
}

#[test]
fn recursion_is_bounded_by_memory_only() {
    check("(define (deep n) (if (= n 0) 0 (+ 1 (deep (- n 1))))) (deep 3000)", "3000");
    let mut session = Session::new();
    let n = size(1_000_000);
    let deep = format!("(define (deep n) (if (= n 0) 0 (+ 1 (deep (- n 1))))) (deep {n})");
    assert_eq!(session.run(&deep), n.to_string());
    let build = format!("(define (build n) (if (= n 0) '() (cons n (build (- n 1))))) (length (build {n}))");
    assert_eq!(session.run(&build), n.to_string());
    let even =
        "(define (even n) (if (= n 0) #t (not (odd (- n 1))))) (define (odd n) (if (= n 0) #f (not (even (- n 1)))))";
    assert_eq!(session.run(&format!("{even} (even {})", size(100_000) + 1)), "#t");
    // Back and forth over the end of a segment.
    assert_eq!(session.run("(define (down n) (if (= n 0) 0 (+ 1 (down (- n 1))))) (let loop ((i 0) (s 0)) (if (= i 300) s (loop (+ i 1) (+ s (down i)))))"), "44850");
}

#[test]
fn the_stack_limit_ends_endless_recursion() {
    let mut session = Session::new();
    session.machine.set_stack_limit(size(1 << 20).max(1 << 15));
    assert_eq!(
        session.run("(define (f n) (+ 1 (f n))) (f 1)"),
        "raised the stack limit is exceeded: calls are nested too deeply"
    );
    assert_eq!(session.run("(+ 1 2)"), "3");
    assert_eq!(session.run("(define (deep n) (if (= n 0) 0 (+ 1 (deep (- n 1))))) (deep 1000)"), "1000");
    assert_eq!(
        session.run(&format!("(apply + (iota {}))", size(1_000_000))),
        "raised the stack limit is exceeded: calls are nested too deeply"
    );
    assert_eq!(session.run("(apply + (iota 100))"), "4950");
}

#[test]
fn apply_spreads_its_last_argument() {
    check("(apply + 1 2 '(3 4))", "10");
    check("(apply list '())", "()");
    check("(apply apply (list list 1 (list 2 3)))", "(1 2 3)");
    check("(define (f a b . c) (list a b c)) (apply f 1 '(2 3 4))", "(1 2 (3 4))");
    check("(define (g) (apply f '(1 2))) (define (f a b) (- a b)) (+ (g) (apply f 10 '(4)))", "5");
    check("(map1 (lambda (l) (apply max l)) '((1 5 2) (7 3)))", "(5 7)");
    check("(length (apply list (iota 5000)))", "5000");
    check("(define (f . l) (length l)) (+ 1 (apply f (iota 1000)))", "1001");
    check("(define ap apply) (ap + '(1 2))", "3");
    check("(catch (lambda () (apply + 1 2)))", "(caught \"the last argument is not a proper list\")");
    check("(catch (lambda () (apply + '(1 . 2))))", "(caught \"the last argument is not a proper list\")");
}

#[test]
fn multiple_values() {
    check("(call-with-values (lambda () (values 1 2 3)) list)", "(1 2 3)");
    check("(call-with-values (lambda () (values)) list)", "()");
    check("(call-with-values (lambda () 5) list)", "(5)");
    check("(call-with-values (lambda () (values 1 2)) (lambda (a b) (- b a)))", "1");
    check("(call-with-values (lambda () (values 1 2 3 4)) (lambda (a . r) (list a r)))", "(1 (2 3 4))");
    check("(call-with-values (lambda () (values 1 2)) (lambda r r))", "(1 2)");
    check("(define (two) (values 1 2)) (call-with-values two (lambda (a b) (set! a 5) (list a b)))", "(5 2)");
    check("(define cwv call-with-values) (cwv (lambda () (values 1 2)) cons)", "(1 . 2)");
    check("(define cwv call-with-values) (+ 1 (cwv (lambda () (values 1 2)) +))", "4");
    check("(begin (values 1 2) (values) 3)", "3");
    check("(values 1)", "1");
    check("(values 1 2)", "values 1 2");
    check("(let ((x (values 1))) x)", "1");
    check("(define (f) (values 1 2)) (define (g) (f)) (call-with-values g cons)", "(1 . 2)");
    check("(call-with-values (lambda () (if #t (values 1 2) 3)) list)", "(1 2)");
    check("(call-with-values (lambda () (let loop ((i 0)) (if (= i 5) (values i i) (loop (+ i 1))))) list)", "(5 5)");
    check(
        "(define (div2 a b) (call-with-values (lambda () (values (quotient a b) (remainder a b))) list)) (div2 17 5)",
        "(3 2)",
    );
    check(
        "(catch (lambda () (+ 1 (values 1 2))))",
        "(caught \"2 values were returned to a continuation that accepts exactly one\")",
    );
    check(
        "(catch (lambda () (let ((x (values))) x)))",
        "(caught \"no values were returned to a continuation that accepts exactly one\")",
    );
    check(
        "(catch (lambda () (list ((lambda () (values 1 2))))))",
        "(caught \"2 values were returned to a continuation that accepts exactly one\")",
    );
    check(
        "(catch (lambda () (call-with-values (lambda () (values 1 2)) (lambda (a) a))))",
        "(caught \"2 values were returned to a continuation that accepts exactly one\")",
    );
    check(
        "(catch (lambda () (call-with-values (lambda () (values 1 2)) (lambda (a b c) a))))",
        "(caught \"expected 3 values, got 2\")",
    );
    check(
        "(catch (lambda () (call-with-values (lambda () 1) (lambda (a b . c) a))))",
        "(caught \"expected at least 2 values, got 1\")",
    );
    check("(call-with-values (lambda () (apply values (iota 300))) (lambda l (length l)))", "300");
}

#[test]
fn primitives_as_values() {
    check("(map1 (lambda (f) (f 1 2)) (list + - cons list))", "(3 -1 (1 . 2) (1 2))");
    check("(define (f g) (g '(1 2))) (f car)", "1");
    check("(eq? car car)", "#t");
}

/// Lets the system have memory for no segment of the stack larger than that, while it lives.
struct Granted;

impl Granted {
    fn words(words: usize) -> Granted {
        crate::eval::stack::tests::GRANTED.set(words);
        Granted
    }
}

impl Drop for Granted {
    fn drop(&mut self) {
        crate::eval::stack::tests::GRANTED.set(usize::MAX);
    }
}

#[test]
fn what_finds_no_room_on_the_stack_raises_a_condition_again_and_again() {
    let definitions = format!(
        "(define (deep n) (if (= n 0) 0 (+ 1 (deep (- n 1)))))
         (define (wide n) (apply + (iota n)))
         (define (often n thunk) (if (= n 0) '() (cons (catch thunk) (often (- n 1) thunk))))
         (define n {})",
        size(200_000).max(12_000)
    );
    let deep = "(list (often 3 (lambda () (deep n))) (deep 1000))";
    let wide = "(list (often 3 (lambda () (wide n))) (deep 1000))";
    // What the handler does may need some stack itself.
    let handled = "(catch (lambda () (with-exception-handler (lambda (c) (deep 50) (raise c)) (lambda () (deep n)))))";
    for (message, system) in [
        ("the stack limit is exceeded: calls are nested too deeply", false),
        ("the system has no more memory: calls are nested too deeply", true),
    ] {
        for program in [deep, wide, handled] {
            let mut session = Session::new();
            assert_eq!(session.run("(define (catch* thunk) (catch thunk)) (catch* (lambda () 1))"), "1");
            let _granted = system.then(|| Granted::words(5000));
            session.machine.set_stack_limit(if system { 1 << 30 } else { size(6 << 20).min(1 << 18) });
            let caught = format!("(caught \"{message}\")");
            let expected = match program == handled {
                true => caught,
                false => format!("(({caught} {caught} {caught}) 1000)"),
            };
            assert_eq!(session.run(&format!("{definitions} {program}")), expected, "{program}");
            // Nothing handles it.
            let uncaught = session.run(&format!("{definitions} (+ 1 (deep n))"));
            assert_eq!(uncaught, format!("raised {message}"));
            assert_eq!(session.run("(define (deep n) (if (= n 0) 0 (+ 1 (deep (- n 1))))) (deep 1000)"), "1000");
        }
    }
}

#[test]
fn a_call_keeps_the_procedure_that_it_was_linked_with() {
    let mut session = Session::new();
    session.machine.heap.set_stress(true);
    assert_eq!(session.run("(define f (lambda (x) (cons 'first x))) (f 1)"), "(first . 1)");
    assert_eq!(session.run("(define (g n) (if (= n 0) '() (cons (f n) (g (- n 1))))) (g 1)"), "((first . 1))");
    // As a continuation does that comes back to the definition.
    assert_eq!(session.run("(define f (lambda (x) x)) (iota 3)"), "(0 1 2)");
    assert_eq!(session.run("(g 2)"), "((first . 2) (first . 1))");
}

#[test]
fn a_program_that_goes_on_without_room_is_ended() {
    for (limit, system) in [("Stack", false), ("Memory", true)] {
        let mut session = Session::new();
        // So little that nothing can be put by for a handler.
        let _granted = system.then(|| Granted::words(700));
        session.machine.set_stack_limit(if system { 1 << 30 } else { 1 << 18 });
        let handler = "(define (f n) (+ 1 (f n))) (with-exception-handler (lambda (c) (f 1)) (lambda () (f 1)))";
        assert_eq!(session.run(handler), format!("limit {limit}"));
        assert_eq!(session.run("(+ 1 2)"), "3");
    }
}
