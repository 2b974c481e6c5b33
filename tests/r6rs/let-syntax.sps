#!r6rs
;;; let-syntax and letrec-syntax among definitions: report 11.18. Their forms are spliced into the body around; the keywords
;;; are in scope of all of them, and of what macro uses among them expand to, whatever the scope around binds.
(import (rnrs) (vicar-test))

(define-syntax call (syntax-rules () ((_ k a ...) (k a ...))))

;; At the top level.
(define (twice x) (list 'outer x))
(define-syntax define-twice (syntax-rules () ((_ n) (define n (twice 1)))))
(let-syntax ((twice (syntax-rules () ((_ x) (list 'inner x))))
             (cons (syntax-rules () ((_ a b) (list 'inner a b)))))
  (define direct (twice 1))
  (define through (call twice 1))
  (define imported (call cons 1 2))
  (call define defined (call twice 2))
  (define-twice elsewhere))
(check direct => '(inner 1))
(check through => '(inner 1))
(check imported => '(inner 1 2))
(check defined => '(inner 2))
(check elsewhere => '(outer 1))
(check (cons 1 2) => '(1 . 2))

;; Keywords named as what they expand to.
(let-syntax ((define (syntax-rules () ((_ n v) (define n (list 'mine v))))))
  (define x 1)
  (begin (define y 2) (let-syntax () (define z 3))))
(check (list x y z) => '((mine 1) (mine 2) (mine 3)))

;; What datum->syntax makes stands in the same scope.
(define-syntax definitions-of
  (lambda (stx)
    (syntax-case stx ()
      ((k datum ...) (cons #'begin (datum->syntax #'k (syntax->datum #'(datum ...))))))))
(let-syntax ((define (syntax-rules () ((_ n v) (define n (list 'mine v))))))
  (definitions-of (define from-datum 1) (define-syntax of-datum (syntax-rules () ((_) from-datum)))))
(check (list from-datum (of-datum)) => '((mine 1) (mine 1)))

;; In a body.
(check (let ()
         (define (foo x) (list 'outer x))
         (let-syntax ((foo (syntax-rules () ((_ x) (list 'inner x)))))
           (define a (foo 1))
           (define-syntax bar (syntax-rules () ((_) (foo 2))))
           (call define b (call foo 3)))
         (list a b (bar) (foo 4)))
  => '((inner 1) (inner 3) (inner 2) (outer 4)))
(check (let ()
         (define (foo x) (list 'outer x))
         (let-syntax ((foo (syntax-rules () ((_ x v) (define x v)))))
           (call foo y 'inner))
         (list y (foo 1)))
  => '(inner (outer 1)))

;; One in another: the inner keyword comes first, what it hides is behind it.
(check (let ()
         (define-syntax a (syntax-rules () ((_) 'a1)))
         (let-syntax ((b (syntax-rules () ((_) (a)))))
           (let-syntax ((a (syntax-rules () ((_) 'a2))))
             (define r (list (a) (b) (call a) (call b)))
             (define-syntax c (syntax-rules () ((_ k) (list (a) (b) (k)))))
             (define s (c a))))
         (list r s (a)))
  => '((a2 a1 a2 a1) (a2 a1 a2) a1))
(check (let ()
         (let-syntax ((a (syntax-rules () ((_ x) (list 'a x)))))
           (let-syntax ((b (syntax-rules () ((_ x) (a (list 'b x))))))
             (define-syntax c (syntax-rules () ((_ x) (call b (call a x)))))
             (define r1 (call c 1))
             (call define r2 (call call b 2))))
         (list r1 r2 (c 4)))
  => '((a (b (a 1))) (a (b 2)) (a (b (a 4)))))
(check (let ()
         (letrec-syntax ((even (syntax-rules () ((_) 'even) ((_ x y ...) (odd y ...))))
                         (odd (syntax-rules () ((_) 'odd) ((_ x y ...) (even y ...)))))
           (define-syntax use (syntax-rules () ((_ z ...) (even z ...))))
           (define a (use 1 2 3))
           (define b (even)))
         (list a b (use)))
  => '(odd even even))

;; Macros that expand to let-syntax: inserted keywords are hidden from the forms of the use, given ones are not.
(define-syntax with-hidden
  (syntax-rules () ((_ form ...) (let-syntax ((tmp (syntax-rules () ((_ v) (list 'hidden v))))) form ...))))
(define-syntax with-given
  (syntax-rules () ((_ k form ...) (let-syntax ((k (syntax-rules () ((_ v) (list 'k v))))) form ...))))
(check (let ()
         (define (tmp v) (list 'user v))
         (with-hidden (define r (tmp 1)) (define s (call tmp 2)))
         (list r s))
  => '((user 1) (user 2)))
(check (let ()
         (with-given one
           (define r (one 1))
           (with-given two (define s (list (two 2) (one 3) (call two 4) (call one 5)))))
         (list r s))
  => '((one 1) ((two 2) (one 3) (two 4) (one 5))))

;; Definitions that macros insert stay hidden, those of the use are the body's.
(define-syntax define-counter
  (syntax-rules () ((_ n v) (begin (define t v) (define (n) t)))))
(check (let ()
         (let-syntax ((k (syntax-rules () ((_ n v) (define-counter n (* 2 v))))))
           (k a 1)
           (k b 2))
         (list (a) (b)))
  => '(2 4))

;; Records and macros defined by the keywords.
(let-syntax ((define-thing (lambda (s) (syntax-case s () ((_ n) #'(define-record-type n (fields a)))))))
  (define-thing point))
(check (point-a (make-point 4)) => 4)
(let-syntax ((define-tagger
              (lambda (s)
                (syntax-case s ()
                  ((_ n) #'(define-syntax n (syntax-rules () ((_ a) (list 'n a)))))))))
  (define-tagger bar)
  (call define-tagger baz))
(check (list (bar 1) (baz 2)) => '((bar 1) (baz 2)))

;; The keywords are not in scope behind the form.
(check (let ()
         (let-syntax ((list (syntax-rules () ((_ x ...) '(kept x ...)))))
           (define r (list 1)))
         (list r))
  => '((kept 1)))

(report)
