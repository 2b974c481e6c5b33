#!r6rs
;;; Circular and shared data: equal?, datum labels of SRFI 38 through every procedure that reads and writes.
(import (rnrs) (rnrs mutable-pairs) (rnrs r5rs) (vicar-test))

(define (ring . items)
  (let ([l (append items '())])
    (let loop ([p l])
      (if (null? (cdr p)) (set-cdr! p l) (loop (cdr p))))
    l))
(define (written write x) (call-with-string-output-port (lambda (port) (write x port))))
(define (through x) (get-datum (open-string-input-port (written write x))))
(define (after-read text) (get-datum (open-string-input-port text)))

;; equal? says whether the unfoldings are equal.
(check (equal? (ring 1 2) (ring 1 2)) => #t)
(check (equal? (ring 1 2) (ring 1 2 1 2)) => #t)
(check (equal? (ring 1 2) (ring 1 2 1)) => #f)
(check (equal? (ring 1) (cons 1 (ring 1))) => #t)
(check (equal? (ring 1) '(1 1 1)) => #f)
(let ([v (vector 1 #f)] [w (vector 1 #f)])
  (vector-set! v 1 v)
  (vector-set! w 1 (vector 1 w))
  (check (equal? v w) => #t)
  (vector-set! w 0 2)
  (check (equal? v w) => #f))
(let ([a (list 1 2)] [b (list 1 2)])
  (set-car! a b)
  (set-car! b a)
  (check (equal? a b) => #t))

;; What is written can be read, and is the same graph.
(check (written write (ring 1 2 3)) => "#0=(1 2 3 . #0#)")
(check (written display (ring "a")) => "#0=(a . #0#)")
(check (written (lambda (x port) (put-datum port x)) (ring 'a)) => "#0=(a . #0#)")
(check (written write (datum->syntax #'x (ring 1 2))) => "#<syntax #0=(1 2 . #0#)>")
(check (written write (let ([l (list 1 2)])
                        (set-car! l (datum->syntax #'x l))
                        l))
       => "#0=(#<syntax #0#> 2)")
(for-each
  (lambda (x) (check (equal? (through x) x) => #t))
  (list (ring 1) (ring 1 2 3) (cons 'head (ring 'a 'b)) (vector (ring 1) 2)
        (let ([v (vector 1 2)]) (vector-set! v 0 v) v)
        (let ([l (list 1 2 3)]) (set-car! (cdr l) l) l)
        (let ([l (list 1 (vector 2 #f))]) (vector-set! (cadr l) 1 l) l)))
(let ([x (through (ring 1 2))])
  (check (eq? x (cddr x)) => #t))
(let ([x (through (let ([l (list 'a #f)]) (set-car! (cdr l) l) l))])
  (check (eq? x (cadr x)) => #t))
;; Sharing without a circle may be written out.
(check (equal? (through (let ([x (list 1)]) (list x x))) '((1) (1))) => #t)

;; Labels when reading.
(let ([x (after-read "#0=(a b . #0#)")])
  (check (list (car x) (cadr x) (eq? x (cddr x))) => '(a b #t)))
(let ([x (after-read "(#1=(x) #1# #1#)")])
  (check (list (eq? (car x) (cadr x)) (eq? (cadr x) (caddr x))) => '(#t #t)))
(let ([x (after-read "#5=#(1 #5# #6=(#5# . #6#))")])
  (check (list (eq? x (vector-ref x 1)) (eq? x (car (vector-ref x 2))) (eq? (vector-ref x 2) (cdr (vector-ref x 2))))
         => '(#t #t #t)))
(check (after-read "#0='a") => ''a)
(check-error lexical-violation? (after-read "#0#"))
(check-error lexical-violation? (after-read "(#0=a #0=b)"))
(check-error lexical-violation? (after-read "#0=#0#"))
(check-error lexical-violation? (after-read "#0="))

;; Lists that are circular are no lists.
(check (list? (ring 1)) => #f)
(check-error assertion-violation? (length (ring 1 2)))
(check-error assertion-violation? (list->vector (ring 1 2)))
(check-error assertion-violation? (list->string (ring #\a)))
(check-error assertion-violation? (reverse (ring 1 2)))
(check-error assertion-violation? (append (ring 1) '()))
(check-error assertion-violation? (apply + (ring 1)))
(check (list-ref (ring 1 2) 5) => 2)
(check (car (memv 2 (ring 1 2))) => 2)
(check (car (list-tail (ring 1 2 3) 100)) => 2)

;; Also for procedures that look no further than they need: these would for ever.
(for-each
  (lambda (search) (check-error assertion-violation? (search even? (ring 1 3 5))))
  (list find filter partition remp memp exists fold-left
        (lambda (even? l) (for-all odd? l)) (lambda (even? l) (assp even? (ring '(1) '(3))))
        (lambda (even? l) (map even? l)) (lambda (even? l) (for-each even? l)) (lambda (even? l) (fold-right + 0 l))
        (lambda (even? l) (memv 2 l)) (lambda (even? l) (member "2" l)) (lambda (even? l) (assq 'a (ring '(b) '(c))))
        (lambda (even? l) (remv 2 l)) (lambda (even? l) (list-sort < l)) (lambda (even? l) (cons* l) (append l l))))
(check (find even? (ring 1 2 3)) => 2)
(check (assp even? (ring '(1) '(2))) => '(2))
(check (exists even? (ring 1 3 4)) => #t)
(check (for-all odd? (ring 1 3 4)) => #f)

;; A label may stand for what another one does.
(check (after-read "(#0=(x) #1=#0# #1#)") => '((x) (x) (x)))
(check (let ([l (after-read "(#0=(x) #1=#0# #2=#1# #2# . #2#)")]) (and (eq? (car l) (cadddr l)) (eq? (car l) (cddddr l)))) => #t)
(check (after-read "#(#0=a #1=#0# #2=#1# #2#)") => '#(a a a a))
(check (let ([l (after-read "#0=(a #1=#0# #1#)")]) (and (eq? l (cadr l)) (eq? l (caddr l)))) => #t)

;; Random graphs: what comes back from reading is equal, and what differs in one place is not.
(define seed 20261)
(define (random n)
  (set! seed (mod (+ (* seed 1103515245) 12345) 2147483648))
  (mod (div seed 65536) n))
(define (random-graph nodes)
  (let ([all (make-vector nodes)])
    (do ([i 0 (+ i 1)]) ((= i nodes))
      (vector-set! all i (if (zero? (random 3)) (make-vector 2 i) (cons i i))))
    (vector-for-each
      (lambda (node)
        (define (target) (let ([i (random (+ nodes 3))]) (if (< i nodes) (vector-ref all i) i)))
        (if (pair? node)
            (begin (set-car! node (target)) (set-cdr! node (target)))
            (begin (vector-set! node 0 (target)) (vector-set! node 1 (target)))))
      all)
    (vector-ref all 0)))
(define (count-equal n)
  (let loop ([i 0] [same 0])
    (if (= i n)
        same
        (let ([g (random-graph (+ 1 (random 12)))])
          (loop (+ i 1) (if (equal? g (through g)) (+ same 1) same))))))
(check (count-equal 300) => 300)

(report)
