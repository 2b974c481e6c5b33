#!r6rs
;;; call/cc and dynamic-wind: report 5.12, 11.15, and their use with every other control feature.
(import (rnrs base) (rnrs control) (rnrs lists) (rnrs exceptions)
        (rnrs conditions) (rnrs mutable-pairs) (vicar-test))

;;; The examples of the report
(check (call-with-current-continuation
         (lambda (exit)
           (for-each (lambda (x) (if (negative? x) (exit x))) '(54 0 37 -3 245 19))
           #t)) => -3)
(define list-length
  (lambda (obj)
    (call-with-current-continuation
      (lambda (return)
        (letrec ((r (lambda (obj)
                      (cond ((null? obj) 0)
                            ((pair? obj) (+ (r (cdr obj)) 1))
                            (else (return #f))))))
          (r obj))))))
(check (list-length '(1 2 3 4)) => 4)
(check (list-length '(a b . c)) => #f)
(check (call-with-current-continuation procedure?) => #t)
(check (let ((path '()) (c #f))
         (let ((add (lambda (s) (set! path (cons s path)))))
           (dynamic-wind
             (lambda () (add 'connect))
             (lambda ()
               (add (call-with-current-continuation (lambda (c0) (set! c c0) 'talk1))))
             (lambda () (add 'disconnect)))
           (if (< (length path) 4) (c 'talk2) (reverse path))))
       => '(connect talk1 disconnect connect talk2 disconnect))
(check (let ((n 0))
         (call-with-current-continuation
           (lambda (k)
             (dynamic-wind
               (lambda () (set! n (+ n 1)) (k))
               (lambda () (set! n (+ n 2)))
               (lambda () (set! n (+ n 4))))))
         n) => 1)
(check (let ((n 0))
         (call-with-current-continuation
           (lambda (k)
             (dynamic-wind
               values
               (lambda ()
                 (dynamic-wind
                   values
                   (lambda () (set! n (+ n 1)) (k))
                   (lambda () (set! n (+ n 2)) (k))))
               (lambda () (set! n (+ n 4))))))
         n) => 7)

;;; Basics
(check (call/cc (lambda (k) 1)) => 1)
(check (call/cc (lambda (k) (k 1) 2)) => 1)
(check (+ 1 (call/cc (lambda (k) (+ 10 (k 1))))) => 2)
(check (call/cc (lambda (k) (k (k 1)))) => 1)
(check (call/cc (lambda (k) (call/cc (lambda (j) (k 'outer))) 'not)) => 'outer)
(check (call/cc (lambda (k) (call/cc (lambda (j) (j 'inner))) 'after)) => 'after)
(check ((call/cc (lambda (k) k)) (lambda (x) 5)) => 5)
(check (let ((k (call/cc (lambda (c) c)))) (if (procedure? k) (k 7) k)) => 7)
(check (procedure? (call/cc call/cc)) => #t)
(check (map (lambda (x) (call/cc (lambda (k) (if (odd? x) (k 'odd) 'even)))) '(1 2 3)) => '(odd even odd))
;; In every operand position
(check (list 1 (call/cc (lambda (k) (k 2))) 3) => '(1 2 3))
(check (let ((x (call/cc (lambda (k) (k 5))))) x) => 5)
(check (if (call/cc (lambda (k) (k #f))) 1 2) => 2)
(check ((call/cc (lambda (k) (k +))) 1 2) => 3)
(check (vector (call/cc (lambda (k) (k 1))) (call/cc (lambda (k) 2))) => '#(1 2))
(check (begin (call/cc (lambda (k) (k))) 'ok) => 'ok)         ; ignored values: any number
(check (begin (call/cc (lambda (k) (k 1 2 3))) 'ok) => 'ok)
(check-error assertion-violation? (call/cc 5))
(check-error assertion-violation? (call/cc (lambda () 1)))
(check-error assertion-violation? (call/cc))

;;; Re-entry
(check (let ((k #f) (n 0))
         (let ((x (call/cc (lambda (c) (set! k c) 0))))
           (set! n (+ n 1))
           (if (< x 5) (k (+ x 1)) (list x n)))) => '(5 6))
;; The frames of the captured continuation are not changed by a first return.
(check (let ((k #f) (results '()))
         (let ((r (+ 100 (* 10 (call/cc (lambda (c) (set! k c) 1))))))
           (set! results (cons r results))
           (if (< (length results) 3) (k (+ 1 (length results))) (reverse results)))) => '(110 120 130))
(check (let* ((k #f) (count 0)
              (l (list 1 (call/cc (lambda (c) (set! k c) 2)) 3)))
         (set! count (+ count 1))
         (if (= count 1)
             (begin (set-car! l 'changed) (k 20))
             l)) => '(1 20 3))
;; Deep frames restored from the heap many times
(define (sum-with k-box n)
  (if (= n 0)
      (call/cc (lambda (k) (set-car! k-box k) 0))
      (+ n (sum-with k-box (- n 1)))))
(check (let* ((box (list #f)) (n 0) (r (sum-with box 1000)))
         (set! n (+ n 1))
         (if (< n 10) ((car box) n) r)) => 500509)
;; A continuation is entered from a quite different stack depth.
(check (let ((k #f) (tries 0))
         (define (deep n) (if (= n 0) (k tries) (+ 1 (deep (- n 1)))))
         (let ((v (call/cc (lambda (c) (set! k c) 'first))))
           (set! tries (+ tries 1))
           (cond ((= tries 1) (deep 10))
                 ((= tries 2) (deep 10000))
                 (else (list v tries))))) => '(2 3))

;;; Generators: two computations take turns
(define (tree-walk tree)
  (define return #f)
  (define (start)
    (let walk ((t tree))
      (cond ((pair? t) (walk (car t)) (walk (cdr t)))
            ((null? t) 'skip)
            (else (call/cc (lambda (resume)
                             (set! continue (lambda () (resume #f)))
                             (return t))))))
    (return 'end))
  (define continue start)
  (lambda () (call/cc (lambda (r) (set! return r) (continue)))))
(define (same-fringe? a b)
  (let ((ga (tree-walk a)) (gb (tree-walk b)))
    (let loop ()
      (let ((x (ga)) (y (gb)))
        (cond ((not (eqv? x y)) #f) ((eq? x 'end) #t) (else (loop)))))))
(check (same-fringe? '((1 2) 3 (4 (5))) '(1 (2 (3)) 4 5)) => #t)
(check (same-fringe? '((1 2) 3 (4 (5))) '(1 (2 (4)) 3 5)) => #f)
(check (let ((g (tree-walk '(1 (2 3) ((4))))))
         (let* ((a (g)) (b (g)) (c (g)) (d (g)) (e (g))) (list a b c d e))) => '(1 2 3 4 end))

;; amb: backtracking re-enters map, let, arguments.
(define fail-stack '())
(define (fail) (if (null? fail-stack) 'no-more (let ((k (car fail-stack))) (set! fail-stack (cdr fail-stack)) (k k))))
(define (amb choices)
  (let ((cc (call/cc (lambda (c) c))))
    (if (null? choices)
        (fail)
        (let ((choice (car choices)))
          (set! choices (cdr choices))
          (set! fail-stack (cons cc fail-stack))
          choice))))
(check (let* ((a (amb '(1 2 3 4 5 6 7))) (b (amb '(1 2 3 4 5 6 7))) (c (amb '(1 2 3 4 5 6 7))))
         (unless (= (* c c) (+ (* a a) (* b b))) (fail))
         (unless (< a b) (fail))
         (list a b c)) => '(3 4 5))

;; Cooperative threads
(check (let ((queue '()) (log '()))
         (define (enqueue! t) (set! queue (append queue (list t))))
         (define (yield) (call/cc (lambda (k) (enqueue! (lambda () (k #f))) (next))))
         (define done #f)
         (define (next)
           (if (null? queue)
               (done 'finished)
               (let ((t (car queue))) (set! queue (cdr queue)) (t))))
         (define (worker name n)
           (lambda ()
             (let loop ((i 0))
               (when (< i n)
                 (set! log (cons (cons name i) log))
                 (yield)
                 (loop (+ i 1))))
             (next)))
         (enqueue! (worker 'a 2)) (enqueue! (worker 'b 3))
         (call/cc (lambda (k) (set! done k) (next)))
         (reverse log)) => '((a . 0) (b . 0) (a . 1) (b . 1) (b . 2)))

;;; dynamic-wind
(define-syntax logged
  (syntax-rules ()
    ((_ note body ...)
     (let ((log '()))
       (define (note x) (set! log (cons x log)))
       body ...
       (reverse log)))))
(check (logged note (dynamic-wind (lambda () (note 'in)) (lambda () (note 'body)) (lambda () (note 'out))))
       => '(in body out))
(check-values (dynamic-wind (lambda () 0) (lambda () (values 1 2)) (lambda () (values 3 4 5))) => 1 2)
(check-values (dynamic-wind values (lambda () (values)) values) =>)
(check (logged note
         (call/cc (lambda (k)
           (dynamic-wind (lambda () (note 'in1))
             (lambda ()
               (dynamic-wind (lambda () (note 'in2)) (lambda () (k 1)) (lambda () (note 'out2))))
             (lambda () (note 'out1))))))
       => '(in1 in2 out2 out1))
;; Re-entering runs the before thunks from the outside in.
(check (logged note
         (let ((k #f) (n 0))
           (dynamic-wind (lambda () (note 'in1))
             (lambda ()
               (dynamic-wind (lambda () (note 'in2))
                 (lambda () (call/cc (lambda (c) (set! k c))) (note 'body))
                 (lambda () (note 'out2))))
             (lambda () (note 'out1)))
           (set! n (+ n 1))
           (when (< n 2) (k #f))))
       => '(in1 in2 body out2 out1 in1 in2 body out2 out1))
;; From one extent into a sibling: the common part is neither left nor entered.
(check (logged note
         (let ((k #f) (first #t))
           (dynamic-wind (lambda () (note 'common-in))
             (lambda ()
               (dynamic-wind (lambda () (note 'a-in))
                 (lambda () (call/cc (lambda (c) (set! k c))) (note 'a))
                 (lambda () (note 'a-out)))
               (when first
                 (set! first #f)
                 (dynamic-wind (lambda () (note 'b-in))
                   (lambda () (note 'b) (k #f))
                   (lambda () (note 'b-out)))))
             (lambda () (note 'common-out)))))
       => '(common-in a-in a a-out b-in b b-out a-in a a-out common-out))
;; Jumping inside one extent runs nothing.
(check (logged note
         (dynamic-wind (lambda () (note 'in))
           (lambda () (call/cc (lambda (k) (k 1))) (note 'body))
           (lambda () (note 'out))))
       => '(in body out))
;; The after thunk runs in the outer extent: an escape there leaves the outer ones only.
(check (logged note
         (call/cc (lambda (k)
           (dynamic-wind (lambda () (note 'in1))
             (lambda ()
               (dynamic-wind (lambda () (note 'in2)) (lambda () (note 'body)) (lambda () (note 'out2) (k 1))))
             (lambda () (note 'out1))))))
       => '(in1 in2 body out2 out1))
;; A jump out of a before thunk, with the extent not yet entered.
(check (logged note
         (call/cc (lambda (k)
           (dynamic-wind (lambda () (note 'in1))
             (lambda ()
               (dynamic-wind (lambda () (note 'in2) (k 1)) (lambda () (note 'body)) (lambda () (note 'out2))))
             (lambda () (note 'out1))))))
       => '(in1 in2 out1))
;; A continuation captured in an after thunk.
(check (logged note
         (let ((k #f) (n 0))
           (dynamic-wind (lambda () (note 'in))
             (lambda () (note 'body))
             (lambda () (call/cc (lambda (c) (set! k c))) (note 'out)))
           (set! n (+ n 1))
           (if (< n 3) (k #f))))
       => '(in body out out out))
;; A continuation captured in a before thunk.
(check (logged note
         (let ((k #f) (n 0))
           (dynamic-wind
             (lambda () (call/cc (lambda (c) (set! k c))) (note 'in))
             (lambda () (note 'body))
             (lambda () (note 'out)))
           (set! n (+ n 1))
           (if (< n 3) (k #f))))
       => '(in body out in body out in body out))
;; Exceptions run the after thunks when guard takes them, not before.
(check (logged note
         (guard (e (#t (note (list 'caught e))))
           (dynamic-wind (lambda () (note 'in)) (lambda () (raise 'x)) (lambda () (note 'out)))))
       => '(in out (caught x)))
(check (logged note
         (with-exception-handler
           (lambda (e) (note (list 'handler e)) 'resumed)
           (lambda ()
             (dynamic-wind (lambda () (note 'in))
               (lambda () (note (raise-continuable 'x)))
               (lambda () (note 'out))))))
       => '(in (handler x) resumed out))
;; guard with no matching clause goes back in and then out again.
(check (logged note
         (guard (e (#t (note (list 'outer e))))
           (guard (e ((number? e) (note 'never)))
             (dynamic-wind (lambda () (note 'in)) (lambda () (raise 'x)) (lambda () (note 'out))))))
       => '(in out in out (outer x)))
(check-error assertion-violation? (dynamic-wind 5 (lambda () 1) (lambda () 2)))
(check-error assertion-violation? (dynamic-wind (lambda () 1) (lambda () 2)))
(check-error assertion-violation? (dynamic-wind (lambda (x) 1) (lambda () 1) (lambda () 2)))

;;; Continuations through the other procedures that call back
(check (call/cc (lambda (k) (vector-for-each (lambda (x) (if (= x 2) (k x))) '#(1 2 3)) 'none)) => 2)
(check (call/cc (lambda (k) (fold-left (lambda (a x) (if (= x 2) (k (list 'at a)) (+ a x))) 0 '(1 2 3)))) => '(at 1))
(check (call/cc (lambda (k) (apply (lambda (x) (k x)) '(9)) 8)) => 9)
(check (call/cc (lambda (k) (call-with-values (lambda () (k 'producer)) list))) => 'producer)
(check (call/cc (lambda (k) (call-with-values (lambda () (values 1 2)) (lambda (a b) (k (+ a b)))))) => 3)
(check (call/cc (lambda (k) (with-exception-handler (lambda (e) (k (list 'handled e))) (lambda () (raise 'oops))))) => '(handled oops))
(check (call/cc (lambda (k) (with-exception-handler (lambda (e) (k 'handled)) (lambda () (car 5))))) => 'handled)

;;; Loops through continuations run in constant space.
(check (let loop ((i 0)) (if (= i 2000) 'done (loop (call/cc (lambda (k) (k (+ i 1))))))) => 'done)
(check (let loop ((i 0)) (if (= i 2000) 'done (call/cc (lambda (k) (loop (+ i 1)))))) => 'done)
(check (let ((k #f) (n 0))
         (call/cc (lambda (c) (set! k c)))
         (set! n (+ n 1))
         (if (< n 2000) (k #f) n)) => 2000)
(check (let loop ((i 0))
         (if (= i 1000) 'done
             (begin (dynamic-wind values (lambda () (call/cc (lambda (k) (k 1)))) values) (loop (+ i 1))))) => 'done)

(report)
