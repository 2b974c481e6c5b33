#!r6rs
;;; (rnrs records syntactic): library report 6.1, 6.2.
(import (rnrs base) (rnrs control) (rnrs exceptions) (rnrs conditions)
        (rnrs records syntactic) (rnrs records inspection) (vicar-test))

;;; The examples of the report
(define-record-type (point make-point point?)
  (fields (immutable x point-x)
          (mutable y point-y set-point-y!))
  (nongenerative point-4893d957-e00b-11d9-817f-00111175eb9e))
(define-record-type (cpoint make-cpoint cpoint?)
  (parent point)
  (protocol (lambda (n) (lambda (x y c) ((n x y) (color->rgb c)))))
  (fields (mutable rgb cpoint-rgb cpoint-rgb-set!)))
(define (color->rgb c) (cons 'rgb c))
(define p1 (make-point 1 2))
(define p2 (make-cpoint 3 4 'red))
(check (point? p1) => #t)
(check (point? p2) => #t)
(check (point? (vector)) => #f)
(check (point? (cons 'a 'b)) => #f)
(check (cpoint? p1) => #f)
(check (cpoint? p2) => #t)
(check (point-x p1) => 1)
(check (point-y p1) => 2)
(check (point-x p2) => 3)
(check (point-y p2) => 4)
(check (cpoint-rgb p2) => '(rgb . red))
(set-point-y! p1 17)
(check (point-y p1) => 17)
(check (eqv? (record-rtd p1) (record-type-descriptor point)) => #t)
(set-point-y! p2 18)
(check (point-y p2) => 18)
(cpoint-rgb-set! p2 'blue)
(check (cpoint-rgb p2) => 'blue)
(define-record-type (ex1 make-ex1 ex1?)
  (protocol (lambda (p) (lambda a (p a))))
  (fields (immutable f ex1-f)))
(check (ex1-f (make-ex1 1 2 3)) => '(1 2 3))
(define-record-type (ex2 make-ex2 ex2?)
  (protocol (lambda (p) (lambda (a . b) (p a b))))
  (fields (immutable a ex2-a) (immutable b ex2-b)))
(define ex2-i1 (make-ex2 1 2 3))
(check (ex2-a ex2-i1) => 1)
(check (ex2-b ex2-i1) => '(2 3))
(define-record-type (unit-vector make-unit-vector unit-vector?)
  (protocol
    (lambda (p)
      (lambda (x y z)
        (let ((length (sqrt (+ (* x x) (* y y) (* z z)))))
          (p (/ x length) (/ y length) (/ z length))))))
  (fields (immutable x unit-vector-x) (immutable y unit-vector-y) (immutable z unit-vector-z)))
(check-approx (unit-vector-x (make-unit-vector 3.0 0.0 4.0)) => 0.6)
(define *ex3-instance* #f)
(define-record-type ex3
  (parent cpoint)
  (protocol
    (lambda (n)
      (lambda (x y t)
        (let ((r ((n x y 'red) t))) (set! *ex3-instance* r) r))))
  (fields (mutable thickness))
  (sealed #t) (opaque #t))
(define ex3-i1 (make-ex3 1 2 17))
(check (ex3? ex3-i1) => #t)
(check (cpoint-rgb ex3-i1) => '(rgb . red))
(check (ex3-thickness ex3-i1) => 17)
(ex3-thickness-set! ex3-i1 18)
(check (ex3-thickness ex3-i1) => 18)
(check (eq? *ex3-instance* ex3-i1) => #t)
(check (record? ex3-i1) => #f)
(check (let ((f (lambda (x) (define-record-type r (fields a)) (if x r? (make-r 1))))) ((f #t) (f #f))) => #f)

;;; Names made from names
(define-record-type frob (fields (mutable widget) (immutable gadget) knob))
(define f1 (make-frob 1 2 3))
(check (list (frob? f1) (frob-widget f1) (frob-gadget f1) (frob-knob f1)) => '(#t 1 2 3))
(check (begin (frob-widget-set! f1 10) (frob-widget f1)) => 10)
(define-record-type frob2 (fields (mutable widget getwid setwid!) (mutable other)))
(check (let ((f (make-frob2 1 2))) (setwid! f 5) (frob2-other-set! f 6) (list (getwid f) (frob2-other f))) => '(5 6))
(define-record-type (named construct-named is-named?) (fields a (immutable b b-of)))
(check (let ((n (construct-named 1 2))) (list (is-named? n) (named-a n) (b-of n))) => '(#t 1 2))
(define-record-type empty)
(check (empty? (make-empty)) => #t)
(check (eqv? (make-empty) (make-empty)) => #f) ; Chez shares records without fields
(define-record-type empty-2 (fields))
(check (empty-2? (make-empty-2)) => #t)
(check (empty? (make-empty-2)) => #f)
(define-record-type explicit (fields a) (sealed #f) (opaque #f) (nongenerative))
(check (record? (make-explicit 1)) => #t)

;;; Errors of use
(check-error assertion-violation? (point-x 5))
(check-error assertion-violation? (point-x (make-frob 1 2 3)))
(check-error assertion-violation? (set-point-y! 'x 1))
(check-error assertion-violation? (set-point-y! f1 1))
(check-error assertion-violation? (cpoint-rgb p1))
(check-error assertion-violation? (make-point 1))
(check-error assertion-violation? (make-point 1 2 3))
(check-error assertion-violation? (make-empty 1))
(check-error assertion-violation? (point-x))
(check-error assertion-violation? (point?))
(check-error assertion-violation? (set-point-y! p1))
(check-error assertion-violation? (make-cpoint 1 2))

;;; Identity
(check (eqv? (make-point 1 2) (make-point 1 2)) => #f)
(check (equal? (make-point 1 2) (make-point 1 2)) => #f)
(check (let ((p (make-point 1 2))) (and (eq? p p) (eqv? p p) (equal? p p))) => #t)
(check (vector? p1) => #f)
(check (pair? p1) => #f)
(check (procedure? p1) => #f)

;;; Inheritance without protocols: arguments of the parent first
(define-record-type a (fields x))
(define-record-type b (parent a) (fields y))
(define-record-type c (parent b) (fields z (mutable w)))
(define c1 (make-c 1 2 3 4))
(check (list (a-x c1) (b-y c1) (c-z c1) (c-w c1)) => '(1 2 3 4))
(check (list (a? c1) (b? c1) (c? c1)) => '(#t #t #t))
(check (let ((b1 (make-b 1 2))) (list (a? b1) (b? b1) (c? b1))) => '(#t #t #f))
(check-error assertion-violation? (c-z (make-b 1 2)))
(check-error assertion-violation? (make-c 1 2 3))
;; The same field name at two levels
(define-record-type d (parent a) (fields x))
(check (let ((d1 (make-d 1 2))) (list (a-x d1) (d-x d1))) => '(1 2))
;; A parent without fields
(define-record-type child-of-empty (parent empty) (fields v))
(check (let ((r (make-child-of-empty 5))) (list (empty? r) (child-of-empty-v r))) => '(#t 5))

;;; Protocols at every level
(define-record-type base
  (fields sum)
  (protocol (lambda (new) (lambda args (new (apply + args))))))
(define-record-type middle
  (parent base)
  (fields label)
  (protocol (lambda (n) (lambda (label . nums) ((apply n nums) label)))))
(define-record-type top
  (parent middle)
  (fields extra)
  (protocol (lambda (n) (case-lambda
                          ((extra) ((n 'default 1 2 3) extra))
                          ((extra label) ((n label) extra))))))
(check (let ((t (make-top 'x))) (list (base-sum t) (middle-label t) (top-extra t))) => '(6 default x))
(check (let ((t (make-top 'y 'lab))) (list (base-sum t) (middle-label t) (top-extra t))) => '(0 lab y))
(check (let ((m (make-middle 'l 5 6))) (list (base-sum m) (middle-label m))) => '(11 l))
;; A parent without protocol below a child with one
(define-record-type child-with-protocol
  (parent b)
  (fields q)
  (protocol (lambda (n) (lambda (q) ((n 10 20) q)))))
(check (let ((r (make-child-with-protocol 'q))) (list (a-x r) (b-y r) (child-with-protocol-q r))) => '(10 20 q))
;; The protocol expression is evaluated once, in the scope of the definition.
(define protocol-calls 0)
(define-record-type counted
  (fields n)
  (protocol (lambda (new) (set! protocol-calls (+ protocol-calls 1)) (lambda () (new protocol-calls)))))
(make-counted) (make-counted)
(check (counted-n (make-counted)) => 1)
(check protocol-calls => 1)
;; A protocol may use the names that the definition binds.
(define-record-type node
  (fields value (mutable next))
  (protocol (lambda (new) (lambda (v) (let ((r (new v #f))) (node-next-set! r r) r)))))
(check (let ((n (make-node 1))) (eq? n (node-next n))) => #t)
;; Constructors are ordinary procedures.
(check (map point-x (map make-point '(1 2) '(3 4))) => '(1 2))
(check (c-w (apply make-c '(1 2 3 4))) => 4)
(check ((if #t point? cpoint?) p1) => #t)
;; Continuations in a protocol
(check (let ((k #f) (n 0))
         (let ((r (let ()
                    (define-record-type kr (fields v)
                      (protocol (lambda (new) (lambda () (new (call/cc (lambda (c) (set! k c) 0)))))))
                    (let ((made (make-kr))) (cons made (kr-v made))))))
           (set! n (+ n 1))
           (if (< n 3) (k n) (cdr r)))) => 2)

;;; parent-rtd
(define-record-type via-rtd
  (parent-rtd (record-type-descriptor point) (record-constructor-descriptor point))
  (fields z))
(check (let ((r (make-via-rtd 1 2 3))) (list (point-x r) (point-y r) (via-rtd-z r) (point? r))) => '(1 2 3 #t))
(define-record-type via-rtd-protocol
  (parent-rtd (record-type-descriptor base) (record-constructor-descriptor base))
  (fields z)
  (protocol (lambda (n) (lambda (z . rest) ((apply n rest) z)))))
(check (let ((r (make-via-rtd-protocol 'z 1 2 3))) (list (base-sum r) (via-rtd-protocol-z r))) => '(6 z))

;;; nongenerative
(define (make-type)
  (define-record-type ng (fields v) (nongenerative ng-uid-7c1d20c2-vicar))
  (list make-ng ng? ng-v))
(let ((t1 (make-type)) (t2 (make-type)))
  (check ((cadr t1) ((car t2) 5)) => #t)
  (check ((caddr t1) ((car t2) 5)) => 5))
(define (make-generative) (define-record-type g (fields v)) (list make-g g?))
(let ((t1 (make-generative)) (t2 (make-generative)))
  (check ((cadr t1) ((car t1) 5)) => #t)
  (check ((cadr t1) ((car t2) 5)) => #f))
(define (make-once) (define-record-type once (fields v) (nongenerative)) (list make-once once?))
(let ((t1 (make-once)) (t2 (make-once)))
  (check ((cadr t1) ((car t2) 5)) => #t))

;;; sealed and opaque
(define-record-type hidden (fields secret) (opaque #t))
(check (hidden-secret (make-hidden 5)) => 5)
(check (record? (make-hidden 5)) => #f)
(define-record-type child-of-hidden (parent hidden) (fields more))
(check (record? (make-child-of-hidden 1 2)) => #f)
(check (record-type-opaque? (record-type-descriptor child-of-hidden)) => #t)

;;; Macros that define records
(define-syntax define-pairlike
  (syntax-rules ()
    ((_ name make pred (field getter) ...)
     (define-record-type (name make pred) (fields (immutable field getter) ...)))))
(define-pairlike duo make-duo duo? (left duo-left) (right duo-right))
(check (let ((d (make-duo 1 2))) (list (duo? d) (duo-left d) (duo-right d))) => '(#t 1 2))
(define-syntax make-hidden-record
  (syntax-rules () ((_ getter value) (begin (define-record-type (tmp make-tmp tmp?) (fields (immutable v tmp-v))) (define getter (tmp-v (make-tmp value)))))))
(make-hidden-record hidden-1 'one)
(make-hidden-record hidden-2 'two)
(check (list hidden-1 hidden-2) => '(one two))

;;; Many fields, many records
(define-record-type wide (fields a b c d e f g h i j (mutable k) l m n o p))
(check (let ((w (make-wide 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16)))
         (wide-k-set! w 110)
         (list (wide-a w) (wide-j w) (wide-k w) (wide-p w))) => '(1 10 110 16))
(check (let loop ((i 0) (l '())) (if (= i 1000) (length l) (loop (+ i 1) (cons (make-point i i) l)))) => 1000)
;; Definitions in bodies are local, and a record type is visible before in procedures.
(check (let () (define (make) (make-local 1)) (define-record-type local (fields v)) (local-v (make))) => 1)

(report)
