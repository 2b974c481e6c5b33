//! The core language, form by form; each program in every mode.

use super::check;

#[test]
fn constants_and_primitives() {
    check("42", "42");
    check("(+ 1 2)", "3");
    check("(car '(a b))", "a");
    check("(list 1 2 3 4 5 6)", "(1 2 3 4 5 6)");
    check("(if #f 1 2)", "2");
    check("(+ (* 3 4) (- 10 (car (cdr '(1 2)))))", "20");
    check("(+ 1 2 3)", "6");
    check("(- 10 1 2 3)", "4");
    check("(+ 1 2 3 4 5 6 7 8)", "36");
    check("(- 5)", "-5");
    check("(< 1 2 3)", "#t");
    check("(if (< 1 2 0) 'a 'b)", "b");
}

#[test]
fn procedures() {
    check("((lambda (x y) (- x y)) 5 3)", "2");
    check("(define (f x) (* x x)) (f 7)", "49");
    check("(define (fib n) (if (< n 2) n (+ (fib (- n 1)) (fib (- n 2))))) (fib 12)", "144");
    check("((lambda args args) 1 2 3)", "(1 2 3)");
    check("((lambda args args))", "()");
    check("((lambda (a . rest) (list a rest)) 1 2 3)", "(1 (2 3))");
    check("((lambda (a . rest) (list a rest)) 1)", "(1 ())");
    check(
        "(define f (case-lambda ((a) (list 1 a)) ((a b) (list 2 a b)) ((a . r) (list 'n a r))))
         (list (f 1) (f 1 2) (f 1 2 3))",
        "((1 1) (2 1 2) (n 1 (2 3)))",
    );
    check("(define f (case-lambda ((a . r) 'rest) ((a b) 'two))) (list (f 1 2) (f 1))", "(rest rest)");
    check("(define (f a b c d e g) (list g e d c b a)) (f 1 2 3 4 5 6)", "(6 5 4 3 2 1)");
    check(
        "(define (f a b c d) (list d c b a)) (define (g x) (f x (+ x 1) (car (list (+ x 2))) (+ x 3))) (g 1)",
        "(4 3 2 1)",
    );
    check("(define (f a b c d e) (if (= a 0) (list b c d e) (f (- a 1) c d e b))) (f 3 'b 'c 'd 'e)", "(e b c d)");
    check("(define (compose f g) (lambda (x) (f (g x)))) ((compose car cdr) '(1 2 3))", "2");
    check("(map1 car '((1) (2) (3)))", "(1 2 3)");
    check("(define (f) 1) (define (g) (f)) (+ (g) (f))", "2");
}

#[test]
fn bindings() {
    check("(let ((x 1) (y 2)) (let ((x y) (y x)) (list x y)))", "(2 1)");
    check("(let* ((x 1) (y (+ x 1)) (x (* y 10))) (list x y))", "(20 2)");
    check("(let ((f (lambda (x) (+ x 1)))) (f (f 1)))", "3");
    check("(letrec ((even? (lambda (n) (if (= n 0) #t (odd? (- n 1))))) (odd? (lambda (n) (if (= n 0) #f (even? (- n 1))))))
             (list (even? 10) (even? 7)))", "(#t #f)");
    check(
        "(define (f n) (define (loop i acc) (if (= i 0) acc (loop (- i 1) (+ acc i)))) (+ 1 (loop n 0))) (f 10)",
        "56",
    );
    check(
        "(define (f n) (define (a i) (if (= i 0) 'a (b (- i 1)))) (define (b i) (if (= i 0) 'b (a (- i 1)))) (list (a n) (b n))) (f 7)",
        "(b a)",
    );
    check("(letrec* ((a 1) (b (+ a 1)) (c (lambda () (+ a b)))) (c))", "3");
    check("(letrec ((x (lambda () y)) (y 5)) (x))", "5");
    check("(let ((x 1)) (begin (begin 2 3) x))", "1");
    check("(let loop ((i 0) (j 10)) (if (= i j) (list i j) (loop (+ i 1) (- j 1))))", "(5 5)");
    check("(let loop ((a 1) (b 2) (c 3) (n 4)) (if (= n 0) (list a b c) (loop b c a (- n 1))))", "(2 3 1)");
    check("(let loop ((a 1) (b 2) (n 5)) (if (= n 0) (list a b) (loop b (+ a b) (- n 1))))", "(13 21)");
}

#[test]
fn assignment() {
    check("(let ((x 1)) (set! x (+ x 1)) x)", "2");
    check(
        "(define (counter) (let ((n 0)) (lambda () (set! n (+ n 1)) n))) (define c (counter)) (c) (c) (list (c) ((counter)))",
        "(3 1)",
    );
    check("(define x 1) (set! x (+ x 41)) x", "42");
    check("(define (f x) (set! x (* x 2)) x) (f 21)", "42");
    check("(define (f . x) (set! x (cons 0 x)) x) (f 1 2)", "(0 1 2)");
    check(
        "(let loop ((i 0) (fs '())) (if (< i 3) (loop (+ i 1) (cons (lambda () (set! i (+ i 10)) i) fs)) (map1 (lambda (f) (f)) fs)))",
        "(12 11 10)",
    );
    check("(letrec ((f (lambda () (set! g 2) g)) (g 1)) (f))", "2");
    check("(letrec ((f (lambda () 1))) (let ((old f)) (set! f (lambda () 2)) (list (old) (f))))", "(1 2)");
    check("(define f (lambda () 1)) (define (g) (f)) (define a (g)) (set! f (lambda () 2)) (list a (g))", "(1 2)");
}

#[test]
fn closures() {
    check("(define (f a) (lambda (b) (lambda (c) (list a b c)))) (((f 1) 2) 3)", "(1 2 3)");
    check("(define (f x) (letrec ((g (lambda (n) (if (= n 0) x (h (- n 1))))) (h (lambda (n) (if (= n 0) (list x) (g (- n 1)))))) (list g h (g 3) (h 3))))
           (let ((r (f 'x))) (list ((car r) 2) ((cadr r) 2) (cddr r)))", "(x (x) ((x) x))");
    check("(define (f n) (let loop ((i 0)) (if (= i n) '() (cons i (loop (+ i 1)))))) (f 4)", "(0 1 2 3)");
    check(
        "(define (f n) (let loop ((i 0)) (if (= i n) '() (cons (lambda () (+ i n)) (loop (+ i 1)))))) (map1 (lambda (g) (g)) (f 3))",
        "(3 4 5)",
    );
    check(
        "(define (tree d x) (letrec ((go (lambda (d) (if (= d 0) x (cons (go (- d 1)) (go (- d 1))))))) (go d))) (tree 2 'l)",
        "((l . l) l . l)",
    );
    check("(let ((a 1)) (let ((f (lambda () a))) (let ((g (lambda () (list (f) a)))) (g))))", "(1 1)");
    check("(define (f x) (define (g) x) (define (h) (g)) (define (k) (h)) (k)) (f 3)", "3");
}

#[test]
fn conditionals() {
    check(
        "(define (f a b) (if (and a (not b)) 1 (if (or a b) 2 3))) (list (f #t #f) (f #t #t) (f #f #t) (f #f #f))",
        "(1 2 2 3)",
    );
    check(
        "(define (f x) (if (if (pair? x) (null? (cdr x)) #f) 'one 'other)) (list (f '(1)) (f '(1 2)) (f 5))",
        "(one other other)",
    );
    check("(+ 1 (if (= 1 1) 2 3))", "3");
    check("(define (f x) (+ 1 (if (zero? x) (f 1) 5))) (f 0)", "7");
    check(
        "(define (f x) (if (let ((y (car x))) (if y y (cdr x))) 'yes 'no)) (list (f '(#f . 1)) (f '(#f . #f)) (f '(1)))",
        "(yes no yes)",
    );
    check("(define (f x) (not (eq? x 'a))) (list (f 'a) (f 'b))", "(#f #t)");
    check("(cond (#f 1) ((= 1 2) 2) (else 3))", "3");
    check("(let ((x 5)) (if (begin (set! x 6) (> x 5)) x 'no))", "6");
    check("(if (let loop ((i 0)) (if (= i 3) #f (loop (+ i 1)))) 'yes 'no)", "no");
    check(
        "(define (f n) (if (let loop ((i n)) (cond ((= i 0) #t) ((= i 1) #f) (else (loop (- i 2))))) 'even 'odd)) (list (f 10) (f 7))",
        "(even odd)",
    );
}

#[test]
fn loops_in_every_position() {
    check("(define (f) (let ((x (let loop ((i 0)) (if (< i 5) (loop (+ i 1)) i)))) (+ x 1))) (f)", "6");
    check("(begin (let loop ((i 0)) (if (< i 5) (loop (+ i 1)))) 'after)", "after");
    check(
        "(let outer ((i 0) (acc '())) (if (= i 3) acc (let inner ((j 0) (acc acc)) (if (= j 2) (outer (+ i 1) acc) (inner (+ j 1) (cons (list i j) acc))))))",
        "((2 1) (2 0) (1 1) (1 0) (0 1) (0 0))",
    );
    check("(define (f l) (let loop ((l l) (n 0)) (if (null? l) n (loop (cdr l) (+ n (let inner ((k (car l)) (s 0)) (if (= k 0) s (inner (- k 1) (+ s k)))))))))
           (f '(1 2 3 4))", "20");
    check(
        "(define (f n) (let loop ((i n) (k (lambda (x) x))) (if (= i 0) (k 1) (loop (- i 1) (lambda (x) (k (* i x))))))) (f 5)",
        "120",
    );
    check(
        "(define (f x) (let ((join (lambda (y) (* y 2)))) (if (= x 0) (join 1) (if (= x 1) (join 2) (join x))))) (list (f 0) (f 1) (f 2))",
        "(2 4 4)",
    );
    check(
        "(define (f x) (+ 1 (let ((join (lambda (y) (* y 2)))) (if (= x 0) (join 1) (join x))))) (list (f 0) (f 5))",
        "(3 11)",
    );
    check("(let loop () 1)", "1");
    check("(let ((v (list 1 2 3))) (let loop ((l v) (last #f)) (if (pair? l) (loop (cdr l) (car l)) last)))", "3");
}

#[test]
fn globals() {
    check("(define x 5) (define (f) x) (f)", "5");
    check("(define x (list 1)) (define y x) (eq? x y)", "#t");
    check("(define (f) (g)) (define (g) 'g) (f)", "g");
    check("(define (f n) (if (= n 0) 'done (g n))) (define (g n) (f (- n 1))) (f 100)", "done");
    check("(define f (let ((n 10)) (lambda (x) (+ x n)))) (define (g) (f 1)) (list (g) (g))", "(11 11)");
    check("(define f (lambda args (car args))) (define (g) (f 1 2 3)) (list (g) (g))", "(1 1)");
}

#[test]
fn many_slots_and_operands() {
    let names: Vec<String> = (0..100).map(|i| format!("v{i}")).collect();
    let bindings: Vec<String> = names.iter().enumerate().map(|(i, n)| format!("({n} (car (list {i})))")).collect();
    let all = names.join(" ");
    check(
        &format!(
            "(define (f) (let ({}) (+ (car (list {all})) (car (cdr (list v99 v98))) (f2 {all})))) (define (f2 {all}) (- v99 v0)) (f)",
            bindings.join(" ")
        ),
        "197",
    );
    check(
        &format!(
            "(define (f {all}) (if (= v0 0) v99 (f (- v0 1) {}))) (f 3 {})",
            names[1..].join(" "),
            (1..100).map(|i| i.to_string()).collect::<Vec<_>>().join(" ")
        ),
        "99",
    );
    let mut deep = "x".to_string();
    for i in 0..200 {
        deep = if i % 2 == 0 { format!("(+ 1 {deep})") } else { format!("(- {deep} 2)") };
    }
    check(&format!("(define (f x) {deep}) (f 100)"), "0");
    let mut nest = "0".to_string();
    for _ in 0..3000 {
        nest = format!("(if (car '(#f)) 1 {nest})");
    }
    check(&nest, "0");
}
