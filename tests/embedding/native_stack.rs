//! A host's thread may have a small stack: nothing that programs do is allowed to need much of it.

use crate::{failure, machine};
use vicar::{ErrorKind, Limits};

const SMALL: usize = 256 << 10;

/// What could nest on the native stack: data, text, code, macros, evaluation inside of evaluation.
const DEEP: &[&str] = &[
    "(define (f n) (if (= n 0) 0 (+ 1 (f (- n 1))))) (f 100000)",
    "(define (nest n) (let loop ((i 0) (l '())) (if (= i n) l (loop (+ i 1) (list l))))) (define deep (nest 200000))
     (equal? deep (nest 200000))",
    "(equal-hash deep)",
    "(string-length (call-with-string-output-port (lambda (p) (write deep p))))",
    "(read (open-string-input-port (string-append (make-string 200000 #\\() (make-string 200000 #\\)))))",
    "(guard (e (#t 'refused)) (eval deep (environment '(rnrs))))",
    "(guard (e (#t 'refused)) (eval (let loop ((i 0) (l 1)) (if (= i 100000) l (loop (+ i 1) (list '+ 1 l)))) (environment '(rnrs))))",
    "(guard (e (#t 'refused)) (eval (let loop ((i 0) (l 1)) (if (= i 100000) l (loop (+ i 1) (list 'lambda '() l)))) (environment '(rnrs))))",
    "(guard (e (#t 'refused)) (eval (let loop ((i 0) (l 1)) (if (= i 100000) l (loop (+ i 1) (list 'if l 1 2)))) (environment '(rnrs))))",
    "(guard (e (#t 'refused)) (eval (let loop ((i 0) (l 1)) (if (= i 100000) l (loop (+ i 1) (list 'let (list (list 'x l)) 'x)))) (environment '(rnrs))))",
    "(guard (e (#t 'refused)) (eval (let loop ((i 0) (l 1)) (if (= i 50000) l (loop (+ i 1) (list 'quasiquote (list l (list 'unquote l)))))) (environment '(rnrs))))",
    "(eval (list 'quote deep) (environment '(rnrs)))",
    "(guard (e (#t 'refused)) (eval '(let-syntax ((m (syntax-rules () ((_ x) (list (m x)))))) (m 1)) (environment '(rnrs))))",
    "(guard (e (#t 'refused)) (let loop () (eval '(eval '(+ 1 2) (environment '(rnrs))) (environment '(rnrs) '(rnrs eval)))))",
    "(apply + (vector->list (make-vector 100000 1)))",
    "(apply string-append (map (lambda (x) \"ab\") (vector->list (make-vector 50000 1))))",
    "(list-sort < (let loop ((i 0) (l '())) (if (= i 20000) l (loop (+ i 1) (cons (mod (* i 7919) 10007) l)))))",
    "(string->number (make-string 20000 #\\9))",
    "(number->string (expt 7 20000))",
    "(inexact (/ (expt 7 5000) (expt 3 6000)))",
    "(let loop ((i 0) (k (lambda (x) x))) (if (= i 100000) (k 1) (loop (+ i 1) (lambda (x) (k x)))))",
    "(let loop ((i 0)) (if (= i 20000) 1 (dynamic-wind (lambda () 1) (lambda () (loop (+ i 1))) (lambda () 1))))",
    "(let loop ((i 0)) (if (= i 20000) 1 (guard (e (#f 1)) (loop (+ i 1)))))",
    "(with-exception-handler (lambda (e) 0) (lambda () (let loop ((i 0)) (if (= i 20000) (raise-continuable 0) (with-exception-handler (lambda (e) (+ 1 (raise-continuable e))) (lambda () (loop (+ i 1))))))))",
    "(call/cc (lambda (k) (let loop ((i 0)) (if (= i 50000) (k 1) (+ 1 (loop (+ i 1)))))))",
    "(define-syntax count (lambda (x) (syntax-case x () ((_) #'0) ((_ a . b) #'(+ 1 (count . b)))))) (count a b c d e f g h i j)",
    "(vector-length (vector-map (lambda (x) deep) (make-vector 100 0)))",
];

#[test]
fn deep_things_on_a_small_native_stack() {
    let work = || {
        let vm = &mut machine(Limits::new().heap(1 << 30).fuel(500_000_000));
        for text in DEEP {
            match vm.eval::<vicar::Handle>(text) {
                Ok(_) => {}
                // An error that says that it is nested too deeply is an answer too; dying is none.
                Err(error) => assert!(
                    matches!(error.kind(), ErrorKind::Syntax | ErrorKind::Raised) && error.to_string().contains("deep"),
                    "{text}: {error}"
                ),
            }
        }
        // Uncaught errors whose irritants, forms and backtraces are deep.
        failure(vm, "(raise deep)");
        failure(vm, "(error 'x \"y\" deep)");
        failure(vm, "(eval deep (environment '(rnrs)))");
        failure(vm, "(define (f n) (if (= n 0) (car n) (+ 1 (f (- n 1))))) (f 100000)");
        failure(vm, "(syntax-violation 'x \"y\" deep)");
    };
    let thread = std::thread::Builder::new().stack_size(SMALL).spawn(work).expect("threads can be made");
    thread.join().expect("it does not panic");
}

/// Text, rather than data, that nests.
#[test]
fn deep_texts_on_a_small_native_stack() {
    let work = || {
        let vm = &mut machine(Limits::new().heap(1 << 30).fuel(500_000_000));
        for (open, close) in [
            ("(", ")"),
            ("[", "]"),
            ("'", "x"),
            ("#(", ")"),
            ("#;", "x"),
            ("#|", "|#"),
            ("`(,", ")"),
            ("(list ", ")"),
            ("(lambda (x) ", ")"),
            ("(let () (define y 1) ", ")"),
            ("(begin ", ")"),
            ("(if 1 2 ", ")"),
            ("(cond (", "))"),
            ("(let-syntax () ", ")"),
            ("#'", "x"),
            ("(quote #(", "))"),
            ("(let* ((a 1)) ", ")"),
            ("(set! x ", ")"),
            ("(case-lambda (() ", "))"),
            ("(guard (e ", "))"),
            ("(define ", ")"),
            ("(a . ", ")"),
        ] {
            // What binds is looked through at every level below: the price grows with the square of the depth.
            let binds = ["lambda", "let", "(y"].iter().any(|word| open.contains(word));
            let deep = if binds { 600 } else { 100_000 };
            let text = if close == "x" {
                format!("{}x", open.repeat(deep))
            } else {
                format!("{}1{}", open.repeat(deep), close.repeat(deep))
            };
            let _ = vm.eval::<vicar::Handle>(&text);
            // And not closed at all.
            let _ = vm.eval::<vicar::Handle>(&open.repeat(deep));
        }
        crate::assert_usable(vm);
    };
    let thread = std::thread::Builder::new().stack_size(SMALL).spawn(work).expect("threads can be made");
    thread.join().expect("it does not panic");
}
