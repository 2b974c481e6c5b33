//! Continuations: escapes, re-entry, generators, depth.

use super::{Session, check, check_unit};
use crate::eval::Outcome;
use crate::heap::Value;

#[test]
fn escapes() {
    check("(call/cc (lambda (k) (+ 1 (k 42))))", "42");
    check("(+ 1 (call/cc (lambda (k) (k 1) 2)))", "2");
    check("(call/cc (lambda (k) 5))", "5");
    check(
        "(define (find p l) (call/cc (lambda (return) (for-each1 (lambda (x) (if (p x) (return x))) l) #f))) (list (find even? '(1 3 4 5)) (find even? '(1 3)))",
        "(4 #f)",
    );
    check(
        "(define (f n) (call/cc (lambda (k) (let loop ((i n)) (if (= i 0) (k 'out) (+ 1 (loop (- i 1)))))))) (list (f 10) (f 200))",
        "(out out)",
    );
    check(
        "(let loop ((i 0)) (if (< i 50) (begin (call/cc (lambda (k) (if (even? i) (k 1) 2))) (loop (+ i 1))) i))",
        "50",
    );
}

#[test]
fn re_entry() {
    check(
        "(define k #f) (define n 0) (define (f) (let ((v (call/cc (lambda (c) (set! k c) 1)))) (set! n (+ n 1)) (if (< v 4) (k (+ v 1)) (list v n)))) (f)",
        "(4 4)",
    );
    check(
        "(define k #f) (define r '()) (define (f) (set! r (cons (+ 100 (call/cc (lambda (c) (set! k c) 1))) r)) (if (< (length r) 3) (k (length r)) r)) (f)",
        "(102 101 101)",
    );
    // Variables that no assignment touches are the same each time; assigned ones are shared.
    check("(define k #f) (define out '())
           (define (f) (let ((a 0) (b 0)) (set! a (+ a 1)) (let ((c (call/cc (lambda (c) (set! k c) 0)))) (set! b (+ b 1)) (set! out (cons (list a b c) out)) (if (< b 3) (k b) out))))
           (f)", "((1 3 2) (1 2 1) (1 1 0))");
    check(
        "(define r #f)
           (define (deep n) (if (= n 0) (call/cc (lambda (k) (set! r k) 0)) (+ 1 (deep (- n 1)))))
           (define count 0)
           (define (go) (let ((v (deep 300))) (set! count (+ count 1)) (if (< count 4) (r v) v)))
           (go)",
        "1200",
    );
    check("(let ((k (call/cc (lambda (c) c)))) (if (procedure? k) (k 5) k))", "5");
    check("(define (tree-walk t) (call/cc (lambda (return) (letrec ((go (lambda (t) (cond ((null? t) 'skip) ((pair? t) (begin (go (car t)) (go (cdr t)))) (else (call/cc (lambda (next) (return (cons t next))))))))) (go t) (return #f)))))
           (define (leaves t) (let ((p (tree-walk t)) (acc '())) (if p (begin (set! out (cons (car p) out)) ((cdr p) 'go)) out)))
           (define out '())
           (leaves '((1 2) (3 (4))))", "(4 3 2 1)");
}

#[test]
fn generators() {
    check(
        "
      (define (make-generator l)
        (define return #f)
        (define (gen)
          (call/cc (lambda (r)
            (set! return r)
            (for-each1 (lambda (x) (call/cc (lambda (next) (set! gen (lambda () (next 'go))) (return x)))) l)
            (return 'end))))
        (lambda () (call/cc (lambda (r) (set! return r) (gen)))))
      (define g (make-generator '(1 2 3)))
      (let* ((a (g)) (b (g)) (c (g)) (d (g))) (list a b c d))",
        "(1 2 3 end)",
    );
    check("
      (define (same-fringe a b)
        (define (gen t)
          (define caller #f)
          (define (loop t) (cond ((null? t) 'n) ((pair? t) (loop (car t)) (loop (cdr t))) (else (call/cc (lambda (rest) (set! resume (lambda () (rest 'n))) (caller t))))))
          (define resume (lambda () (loop t) (caller 'done)))
          (lambda () (call/cc (lambda (k) (set! caller k) (resume)))))
        (let ((ga (gen a)) (gb (gen b)))
          (let loop () (let* ((x (ga)) (y (gb))) (cond ((not (eqv? x y)) #f) ((eq? x 'done) #t) (else (loop)))))))
      (list (same-fringe '(1 (2 (3))) '((1 2) 3)) (same-fringe '(1 (2 (3))) '((1 2) 4)))", "(#t #f)");
}

#[test]
fn continuations_take_values_and_handlers_along() {
    check("(call-with-values (lambda () (call/cc (lambda (k) (k 1 2)))) list)", "(1 2)");
    check("(begin (call/cc (lambda (k) (k 1 2))) 'ok)", "ok");
    check(
        "(catch (lambda () (+ 1 (call/cc (lambda (k) (k 1 2))))))",
        "(caught \"a continuation that accepts exactly one value was given another number of values\")",
    );
    check_unit(
        "(define k #f)
           (define n 0)
           (define r (catch (lambda () (call/cc (lambda (c) (set! k c))) (set! n (+ n 1)) (car n))))
           (if (< n 3) (k 0) (list n r))",
        "(3 (caught \"expected a pair as argument 1, `pair`\"))",
    );
    check(
        "(list (catch (lambda () (raise 'a))) (catch (lambda () (+ 1 (raise-continuable 5)))))",
        "((caught a) (caught 5))",
    );
    check("(with-exception-handler (lambda (c) 10) (lambda () (+ 1 (raise-continuable 'c))))", "11");
    check("(define l '()) (define (note x) (set! l (cons x l)) x)
           (with-exception-handler (lambda (c) (note 'outer) 1)
             (lambda () (with-exception-handler (lambda (c) (note 'inner) (+ 1 (raise-continuable c))) (lambda () (note (raise-continuable 'x)) l))))", "(2 outer inner)");
}

/// A continuation of many frames, entered many times, with collections in between.
#[test]
fn deep_continuations_are_copied_piecewise() {
    let mut session = Session::new();
    let text = "
      (define k #f)
      (define (deep n) (if (= n 0) (call/cc (lambda (c) (set! k c) 0)) (+ 1 (deep (- n 1)))))
      (define count 0)
      (define garbage '())
      (define v (deep 20000))
      (set! count (+ count 1))
      (set! garbage (iota 1000))
      (if (< count 20) (k count) (list count v))";
    assert_eq!(session.run(text), "(20 20019)");
    let mut session = Session::new();
    session.slice = 7;
    assert_eq!(session.run(text), "(20 20019)");
}

#[test]
fn ctak() {
    check(
        "
      (define (ctak x y z) (call/cc (lambda (k) (aux k x y z))))
      (define (aux k x y z)
        (if (not (< y x)) (k z)
          (call/cc (lambda (k) (aux k
            (call/cc (lambda (k) (aux k (- x 1) y z)))
            (call/cc (lambda (k) (aux k (- y 1) z x)))
            (call/cc (lambda (k) (aux k (- z 1) x y))))))))
      (ctak 6 4 2)",
        "3",
    );
}

#[test]
fn continuations_do_not_cross_runs() {
    let mut session = Session::new();
    session.run("(define k #f) (+ 1 (call/cc (lambda (c) (set! k c) 1)))");
    assert_eq!(
        session.run("(k 1)"),
        "raised call/cc: the continuation belongs to a run that is over, or to the program around this one, which is a macro, called by C, or a child process"
    );
}

/// What runs in a child process is a program of its own, until it goes on in its parent's.
#[test]
fn continuations_of_a_parent_are_not_entered_in_its_child() {
    for (begins, ends) in [(false, false), (true, false), (true, true)] {
        let mut session = Session::new();
        session.run("(define k #f) (define (keep) (call/cc (lambda (c) (set! k c) 'kept)))");
        let thunk = session.compile("(keep) (%test-request 0) (k 'again)");
        session.machine.start(thunk, &[]).unwrap();
        let Outcome::Request = session.machine.run(u64::MAX) else { panic!("a request") };
        if begins {
            let parents = session.machine.begin_child(1);
            if ends {
                session.machine.end_child(&parents);
            }
        }
        session.machine.answer(Ok(Value::VOID));
        match session.machine.run(u64::MAX) {
            Outcome::Request => assert!(!begins || ends, "the parent's program goes on in the child"),
            Outcome::Raised { object, .. } if begins && !ends => {
                let message = session.show_condition(object);
                assert!(message.contains("a run that is over, or to the program around this one"), "{message}");
            }
            other => panic!("{other:?}"),
        }
    }
}
