//! Libraries: imports, exports, versions, instantiation.

use super::*;

/// The value of a program that imports libraries of its own.
fn with(libraries: &[(&str, &str)], program: &str) -> String {
    run_with(libraries, program)
}

#[test]
fn the_example_of_the_report() {
    let stack = "(library (stack) (export make push! pop! empty!) (import (rnrs) (rnrs mutable-pairs))
      (define (make) (list '()))
      (define (push! s v) (set-car! s (cons v (car s))))
      (define (pop! s) (let ([v (car (car s))]) (set-car! s (cdr (car s))) v))
      (define (empty! s) (set-car! s '())))";
    let balloons = "(library (balloons) (export make push pop) (import (rnrs))
      (define (make w h) (cons w h))
      (define (push b amt) (cons (- (car b) amt) (+ (cdr b) amt)))
      (define (pop b) (list \"Boom!\" (* (car b) (cdr b)))))";
    let party = "(library (party)
      (export (rename (balloon:make make) (balloon:push push)) push! make-party (rename (party-pop! pop!)))
      (import (rnrs) (only (stack) make push! pop!) (prefix (balloons) balloon:))
      (define (make-party) (let ([s (make)]) (push! s (balloon:make 10 10)) (push! s (balloon:make 12 9)) s))
      (define (party-pop! p) (balloon:pop (pop! p))))";
    let all = [("(stack)", stack), ("(balloons)", balloons), ("(party)", party)];
    assert_eq!(
        with(
            &all,
            "(import (rnrs) (party)) (define p (make-party)) (define a (pop! p)) (push! p (push (make 5 5) 1)) (list a (pop! p))"
        ),
        "((\"Boom!\" 108) (\"Boom!\" 24))"
    );
}

#[test]
fn macros_carry_their_library() {
    let counter = "(library (counter) (export next! reset my-if) (import (rnrs))
      (define cell (vector 0))
      (define (bump! by) (vector-set! cell 0 (+ by (vector-ref cell 0))) (vector-ref cell 0))
      (define-syntax next! (syntax-rules () ((_) (bump! 1)) ((_ n) (let ((cell n)) (bump! cell)))))
      (define-syntax my-if (syntax-rules (then else) ((_ c then a else b) (if c a b))))
      (define-syntax reset (identifier-syntax (vector-set! cell 0 0))))";
    let all = [("(counter)", counter)];
    assert_eq!(
        with(
            &all,
            "(import (rnrs) (counter)) (define cell 5) (define bump! list) (next!) (let ((bump! 1)) (next! cell))"
        ),
        "6"
    );
    assert_eq!(with(&all, "(import (rnrs) (prefix (counter) c:)) (c:next!) c:reset (c:next!)"), "1");
    assert_eq!(with(&all, "(import (rnrs) (counter)) (my-if #t then 1 else 2)"), "1");
    // `then` is unbound on both sides; bound on one it is another identifier.
    assert!(with(&all, "(import (rnrs) (counter)) (define then 1) (my-if #t then 1 else 2)").contains("matches none"));
}

#[test]
fn import_sets() {
    let lib = [("(l)", "(library (l) (export a b c) (import (rnrs)) (define a 'a) (define b 'b) (define c 'c))")];
    for (set, expression, expected) in [
        ("(l)", "(list a b c)", "(a b c)"),
        ("(only (l) a)", "(list a)", "(a)"),
        ("(except (l) a)", "(let ((a 1)) (list a b c))", "(1 b c)"),
        ("(prefix (l) l:)", "(list l:a l:b)", "(a b)"),
        ("(rename (l) (a x) (b y))", "(list x y c)", "(a b c)"),
        ("(rename (l) (a b) (b a))", "(list a b)", "(b a)"),
        ("(prefix (rename (only (l) a b) (a x)) p-)", "(list p-x p-b)", "(a b)"),
        ("(rename (prefix (l) p-) (p-a a))", "(list a p-b)", "(a b)"),
        ("(for (l) run)", "a", "a"),
        ("(for (only (l) a) expand run (meta 2))", "a", "a"),
        ("(library (l))", "a", "a"),
        ("(suffix (l) /l)", "(list a/l)", "(a)"),
        ("(deprefix (prefix (l) p-) p-)", "(list a)", "(a)"),
        ("(desuffix (suffix (l) /s) /s)", "(list a)", "(a)"),
        ("(only (prefix (l) q:) q:a q:c)", "(list q:a q:c)", "(a c)"),
    ] {
        assert_eq!(with(&lib, &format!("(import (rnrs) {set}) {expression}")), expected, "{set}");
    }
}

/// A name that is renamed is not there under its old one, and conflicts with nothing then.
#[test]
fn names_that_an_import_renames() {
    let all = [
        ("(l)", "(library (l) (export a b) (import (rnrs)) (define a 'a) (define b 'b))"),
        ("(m)", "(library (m) (export a x) (import (rnrs)) (define a 'other) (define x 'x))"),
        ("(n)", "(library (n) (export p-a q) (import (rnrs)) (define p-a 'p-a) (define q 'q))"),
    ];
    for (sets, expression, expected) in [
        ("(rename (l) (a y))", "(let ((a 1)) (list y a b))", "(a 1 b)"),
        ("(rename (l) (a y)) (m)", "(list y a b x)", "(a other b x)"),
        ("(m) (rename (l) (a y))", "(list y a b x)", "(a other b x)"),
        ("(rename (l) (a b) (b y)) (m)", "(list a b y x)", "(other a b x)"),
        ("(prefix (rename (l) (a y) (b a)) p-) (only (n) q)", "(list p-y p-a q)", "(a b q)"),
        ("(rename (prefix (l) p-) (p-a z)) (n)", "(list z p-b p-a q)", "(a b p-a q)"),
    ] {
        assert_eq!(with(&all, &format!("(import (rnrs) {sets}) {expression}")), expected, "{sets}");
    }
    for (sets, message) in [
        ("(rename (l) (a x)) (m)", "`x` is imported with different meanings"),
        ("(m) (rename (l) (a x))", "`x` is imported with different meanings"),
        ("(prefix (rename (l) (b a)) p-) (n)", "`a` is already a name"),
        ("(prefix (rename (l) (a y) (b a)) p-) (n)", "`p-a` is imported with different meanings"),
        ("(rename (l) (b a))", "`a` is already a name"),
        ("(rename (l) (a y) (b y))", "two names are renamed to `y`"),
        ("(only (rename (l) (a y)) a)", "`a`"),
    ] {
        let answer = with(&all, &format!("(import (rnrs) {sets}) 1"));
        assert!(answer.contains("error: import") && answer.contains(message), "{sets}: {answer}");
    }
    assert!(with(&all, "(import (rnrs) (rename (l) (a y))) a").contains("`a`"));
}

#[test]
fn versions() {
    let lib = [("(v)", "(library (v (1 2 3)) (export x) (import (rnrs)) (define x 1))")];
    for (reference, matches) in [
        ("(v)", true),
        ("(v ())", true),
        ("(v (1))", true),
        ("(v (1 2 3))", true),
        ("(v (1 2 3 4))", false),
        ("(v (2))", false),
        ("(v ((>= 1)))", true),
        ("(v ((>= 2)))", false),
        ("(v ((<= 1) (and (>= 2) (not 3))))", true),
        ("(v (and (1) (1 2)))", true),
        ("(v (or (5) (1 2)))", true),
        ("(v (not (1)))", false),
        ("(v (not (2)))", true),
        ("(v ((or 3 (>= 9))))", false),
    ] {
        let answer = with(&lib, &format!("(import {reference}) x"));
        assert_eq!(answer == "1", matches, "{reference}: {answer}");
    }
    assert_eq!(
        with(&lib, "(import (rnrs base (6)) (rnrs control (>= 6))) 1").lines().next(),
        Some(
            "test.sps:1:43: error: import: a version reference is (sub-version …), (and reference …), (or reference …) or (not reference)"
        )
    );
    assert_eq!(with(&lib, "(import (rnrs base (6)) (rnrs control ((>= 6)))) 1"), "1");
}

#[test]
fn one_binding_by_two_ways_is_no_conflict() {
    let libs = [
        ("(a)", "(library (a) (export x) (import (rnrs)) (define x 1))"),
        ("(b)", "(library (b) (export x (rename (x y))) (import (a)))"),
        ("(c)", "(library (c) (export x) (import (rnrs)) (define x 2))"),
    ];
    assert_eq!(with(&libs, "(import (rnrs) (a) (b)) (list x y)"), "(1 1)");
    assert_eq!(with(&libs, "(import (rnrs) (rnrs base) (only (rnrs) car)) (car '(1))"), "1");
    assert_eq!(
        with(&libs, "(import (rnrs) (a) (c)) x"),
        "test.sps:1:20: error: import: `x` is imported with different meanings from (a) and from (c)\n   |\n 1 | (import (rnrs) (a) (c)) x\n   |                --- imported here first\n   |                    ^^^\n   = help: leave one of them out: (except (c) x)\n"
    );
    assert_eq!(with(&libs, "(import (rnrs) (a) (except (c) x)) x"), "1");
}

#[test]
fn bodies_run_once_in_order() {
    let log = "(library (log) (export log! entries) (import (rnrs))
      (define cell (vector '()))
      (define (log! x) (vector-set! cell 0 (cons x (vector-ref cell 0))))
      (define (entries) (reverse (vector-ref cell 0))))";
    let a = "(library (a) (export fa) (import (rnrs) (log)) (define (fa) 'fa) (log! 'a))";
    let b = "(library (b) (export) (import (rnrs) (log) (a)) (log! 'b))";
    let m = "(library (m) (export mac) (import (rnrs) (log) (a))
      (define-syntax mac (lambda (x) (fa) #'(quote done))) (log! 'm))";
    let libs = [("(log)", log), ("(a)", a), ("(b)", b), ("(m)", m)];
    assert_eq!(with(&libs, "(import (rnrs) (log) (b) (a)) (entries)"), "(a b)");
    // Making the macro needs (a); the body of (m) runs with the program.
    assert_eq!(with(&libs, "(import (rnrs) (log) (m)) (mac) (entries)"), "(a m)");
    // What is imported for expansion alone runs only where a transformer or a reference needs it.
    assert_eq!(with(&libs, "(import (rnrs) (log) (for (a) expand)) (entries)"), "()");
    assert_eq!(with(&libs, "(import (rnrs) (log) (for (a) expand)) (fa) (entries)"), "(a)");
}

#[test]
fn helpers_in_transformers() {
    let helpers = "(library (my-helpers id-stuff) (export find-dup) (import (rnrs))
      (define (find-dup l)
        (and (pair? l)
             (let loop ((rest (cdr l)))
               (cond [(null? rest) (find-dup (cdr l))]
                     [(bound-identifier=? (car l) (car rest)) (car rest)]
                     [else (loop (cdr rest))])))))";
    let values = "(library (my-helpers values-stuff) (export mvlet) (import (rnrs) (for (my-helpers id-stuff) expand))
      (define-syntax mvlet
        (lambda (stx)
          (syntax-case stx ()
            [(_ [(id ...) expr] body0 body ...)
             (not (find-dup (syntax (id ...))))
             (syntax (call-with-values (lambda () expr) (lambda (id ...) body0 body ...)))]))))";
    let let_div = "(library (let-div) (export let-div) (import (rnrs) (my-helpers values-stuff))
      (define (quotient+remainder n d) (values (* n 10) d))
      (define-syntax let-div
        (syntax-rules ()
          [(_ n d (q r) body0 body ...) (mvlet [(q r) (quotient+remainder n d)] body0 body ...)])))";
    let libs = [("(my-helpers id-stuff)", helpers), ("(my-helpers values-stuff)", values), ("(let-div)", let_div)];
    assert_eq!(with(&libs, "(import (rnrs) (let-div)) (let-div 1 2 (q r) (list q r))"), "(10 2)");
    assert_eq!(
        with(&libs, "(import (rnrs) (let-div)) (let-div 1 2 (q q) (list q r))"),
        "raised mvlet \"this form matches no pattern\" (mvlet ((q q) (quotient+remainder 1 2)) (list q r)) #f"
    );
}

#[test]
fn identifiers_of_one_name_from_two_libraries() {
    let libs = [
        (
            "(a)",
            "(library (a) (export ma) (import (rnrs)) (define helper 'a) (define-syntax ma (syntax-rules () ((_ e) (list helper e)))))",
        ),
        (
            "(b)",
            "(library (b) (export mb) (import (rnrs)) (define helper 'b) (define-syntax mb (syntax-rules () ((_ e) (list helper e)))))",
        ),
        (
            "(eq)",
            "(library (eq) (export same?) (import (rnrs)) (define-syntax same? (lambda (x) (syntax-case x () ((_ a b) #`#,(free-identifier=? #'a #'b))))))",
        ),
    ];
    assert_eq!(with(&libs, "(import (rnrs) (a) (b)) (define helper 'mine) (ma (mb helper))"), "(a (b mine))");
    assert_eq!(
        with(
            &libs,
            "(import (rnrs) (rename (eq) (same? s?)) (only (rename (rnrs) (car kar)) kar)) (list (s? car kar) (s? car cdr) (let ((car 1)) (s? car kar)))"
        ),
        "(#t #f #f)"
    );
}

#[test]
fn included_files() {
    let files = [("defs.scm", "(define x 1)\n(define (f) (list x y))"), ("e.scm", "(+ 1 2)")];
    assert_eq!(
        with(&files, "(import (vicare)) (include \"defs.scm\") (define y 2) (list (f) (include \"e.scm\"))"),
        "((1 2) 3)"
    );
    assert_eq!(with(&files, "(import (vicare)) (let ((x 5)) (include \"defs.scm\") (define y x) x)"), "1");
    assert!(
        with(&files, "(import (vicare))\n(include \"none.scm\")")
            .starts_with("test.sps:2:10: error: include: there is no file `none.scm`")
    );
    assert_eq!(with(&files, "(import (vicare))\n\n(list __file__ __line__)"), "(\"test.sps\" 3)");
}

#[test]
fn local_imports() {
    let libs = [(
        "(l)",
        "(library (l) (export x m) (import (rnrs)) (define x 'lx) (define-syntax m (syntax-rules () ((_ e) (list x e)))))",
    )];
    assert_eq!(
        with(&libs, "(import (vicare)) (define x 'mine) (list x (let () (import (l)) (define y x) (list x y (m 1))))"),
        "(mine (lx lx (lx 1)))"
    );
}

#[test]
fn a_library_exports_what_others_export() {
    let libraries = [
        (
            "(a)",
            "(library (a) (export x m) (import (rnrs)) (define x 'x) (define y 'y) (define-syntax m (syntax-rules () ((_) y))))",
        ),
        ("(all)", "(library (all) (export (import (a))) (import))"),
        (
            "(some)",
            "(library (some) (export z (import (prefix (only (a) x) a:) (rename (a) (x w)))) (import (rnrs)) (define z 'z))",
        ),
        (
            "(deep)",
            "(library (deep) (export (import (for (all) run)) (import (some) (only (rnrs) car list))) (import))",
        ),
        ("(none)", "(library (none) (export (import)) (import))"),
        // The same binding in two ways is one; what extends a standard form replaces it.
        ("(twice)", "(library (twice) (export x (import (a) (all))) (import (only (a) x)))"),
        (
            "(cases)",
            "(library (cases) (export (import (only (rnrs) case quote else) (only (vicare) case quote else))) (import))",
        ),
        ("(cases2)", "(library (cases2) (export (import (vicare) (rnrs))) (import))"),
        // What runs when the program begins is asked for by the library in the middle.
        ("(effect)", "(library (effect) (export v) (import (rnrs)) (define v (vector 1)) (vector-set! v 0 2))"),
        ("(through)", "(library (through) (export (import (effect))) (import))"),
    ];
    for (program, expected) in [
        ("(import (rnrs) (all)) (list x (m))", "(x y)"),
        ("(import (only (rnrs) list) (some)) (list z a:x w (m))", "(z x x y)"),
        ("(import (deep)) (list (car (list x)) w)", "(x x)"),
        ("(import (rnrs) (none)) 1", "1"),
        ("(import (rnrs) (twice)) x", "x"),
        ("(import (cases)) (case \"a\" ((\"a\") 'found) (else 'not))", "found"),
        ("(import (cases2)) (case \"a\" ((\"a\") 'found) (else 'not))", "found"),
        ("(import (rnrs) (only (through) v)) (vector-ref v 0)", "2"),
        ("(import (rnrs) (only (through) v) (rename (effect) (v w))) (eq? v w)", "#t"),
    ] {
        assert_eq!(run_with(&libraries, program), expected, "{program}");
    }
}

#[test]
fn a_library_cannot_export_what_others_do_not_have_or_differ_in() {
    let others = [
        ("(a)", "(library (a) (export x) (import (rnrs)) (define x 1))"),
        ("(b)", "(library (b) (export x) (import (rnrs)) (define x 2))"),
    ];
    for (text, expected) in [
        ("(export (import (nowhere)))", "l.sls:1:30: error: import: there is no library (nowhere)"),
        ("(export (import (only (a) y)))", "l.sls:1:40: error: import: (a) exports no `y`"),
        (
            "(export (import (l)))",
            "l.sls:1:30: error: import: libraries import each other in a circle: (l) imports (l)",
        ),
        (
            "(export (import 5))",
            "l.sls:1:30: error: import: an import is a library's name, or (only …), (except …), (prefix …), (rename …)",
        ),
        ("(export (import (a) (b)))", "l.sls:1:34: error: export: `x` of (b) is exported already with another meaning"),
        (
            "(export car (import (rename (a) (x car))))",
            "l.sls:1:34: error: export: `car` of (a) is exported already with another meaning",
        ),
        (
            "(export (import (rename (a) (x car))) car)",
            "l.sls:1:52: error: export: two different things are exported as `car`",
        ),
    ] {
        let library = format!("(library (l) {text} (import (rnrs)))");
        let message = run_with(&[others[0], others[1], ("(l)", &library)], "(import (l)) 1");
        assert_eq!(message.lines().next(), Some(expected), "{text}");
    }
}

#[test]
fn no_program_reaches_the_internal_libraries() {
    let libraries = [
        ("(l)", "(library (l) (export (import (internal primitives))) (import))"),
        ("(internal mine)", "(library (internal mine) (export x) (import (rnrs)) (define x 1))"),
    ];
    for (program, expected) in [
        ("(import (internal primitives)) 1", "test.sps:1:9: error: import: there is no library (internal primitives)"),
        ("(import (internal control)) 1", "test.sps:1:9: error: import: there is no library (internal control)"),
        ("(import (internal mine)) 1", "test.sps:1:9: error: import: there is no library (internal mine)"),
        ("(import (internal)) 1", "test.sps:1:9: error: import: there is no library (internal)"),
        (
            "(import (rnrs) (for (prefix (only (internal primitives) car) i:) expand)) 1",
            "test.sps:1:35: error: import: there is no library (internal primitives)",
        ),
        ("(import (l)) 1", "l.sls:1:30: error: import: there is no library (internal primitives)"),
        ("(import (internals)) 1", "test.sps:1:9: error: import: there is no library (internals)"),
    ] {
        let message = run_with(&libraries, program);
        assert_eq!(message.lines().next(), Some(expected), "{program}");
    }
}
