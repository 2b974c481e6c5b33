#!r6rs
;;; Enumerations: R6RS libraries chapter 14.
(import (rnrs) (rnrs eval) (vicar-test))

(define colours (make-enumeration '(red green blue)))
(define make-set (enum-set-constructor colours))
(define index (enum-set-indexer colours))

;; make-enumeration: the order of first occurrences is the order of the universe.
(check (enum-set->list colours) => '(red green blue))
(check (enum-set->list (make-enumeration '(a b a c b))) => '(a b c))
(check (enum-set->list (make-enumeration '())) => '())
(check-error assertion-violation? (make-enumeration '(1 2)))
(check-error assertion-violation? (make-enumeration 'a))
(check-error assertion-violation? (make-enumeration '(a . b)))

;; enum-set-universe: all of it, from any set.
(check (enum-set->list (enum-set-universe (make-set '(blue)))) => '(red green blue))
(check (enum-set=? (enum-set-universe (make-set '())) colours) => #t)

;; enum-set-indexer: 0 and up, #f for others.
(check (map index '(red green blue yellow)) => '(0 1 2 #f))
(check ((enum-set-indexer (make-set '(blue))) 'blue) => 2)
(check ((enum-set-indexer (make-set '(blue))) 'red) => 0)
(check-error assertion-violation? (index "red"))

;; enum-set-constructor: members of the universe only.
(check (enum-set->list (make-set '(blue red blue))) => '(red blue))
(check (enum-set->list ((enum-set-constructor (make-set '(blue))) '(green red))) => '(red green))
(check-error assertion-violation? (make-set '(yellow)))
(check-error assertion-violation? (make-set 'red))
(check-error assertion-violation? (make-set '("red")))

;; Members and subsets, also of another universe.
(check (enum-set-member? 'blue (make-set '(red blue))) => #t)
(check (enum-set-member? 'green (make-set '(red blue))) => #f)
(check (enum-set-member? 'yellow colours) => #f)
(check-error assertion-violation? (enum-set-member? 1 colours))
(check (enum-set-subset? (make-set '(red blue)) colours) => #t)
(check (enum-set-subset? (make-set '(red blue)) (make-set '(blue green red))) => #t)
(check (enum-set-subset? (make-set '(red blue)) (make-set '(red))) => #f)
(check (enum-set-subset? (make-set '()) (make-enumeration '())) => #f)
(check (enum-set-subset? (make-enumeration '(red)) colours) => #t)
(check (enum-set-subset? colours (make-enumeration '(blue red green black))) => #t)
(check (enum-set=? (make-set '(red blue)) (make-set '(blue red))) => #t)
(check (enum-set=? (make-set '(red)) (make-set '(blue))) => #f)
(check (enum-set=? (make-enumeration '(a b)) (make-enumeration '(b a))) => #t)
(check (enum-set=? (make-enumeration '(a b)) (make-enumeration '(b a c))) => #f)
(check-error assertion-violation? (enum-set=? colours 'red))
(check-error assertion-violation? (enum-set-subset? '(red) colours))

;; The algebra of sets of one type; what they answer is a set of that type too.
(check (enum-set->list (enum-set-union (make-set '(blue)) (make-set '(red)))) => '(red blue))
(check (enum-set->list (enum-set-intersection (make-set '(red green)) (make-set '(red blue)))) => '(red))
(check (enum-set->list (enum-set-difference (make-set '(red green)) (make-set '(red blue)))) => '(green))
(check (enum-set->list (enum-set-complement (make-set '(red)))) => '(green blue))
(check (enum-set->list (enum-set-complement colours)) => '())
(let ([other (make-enumeration '(red green blue))])
  (check-error assertion-violation? (enum-set-union colours other))
  (check-error assertion-violation? (enum-set-intersection colours other))
  (check-error assertion-violation? (enum-set-difference colours other)))
(check-error assertion-violation? (enum-set-complement 'red))
(check-error assertion-violation? (enum-set->list '(red)))

;; enum-set-projection: into the other's universe, whatever the other has of it.
(let ([e2 (make-enumeration '(red black white))])
  (check (enum-set->list (enum-set-projection colours e2)) => '(red))
  (check (enum-set->list (enum-set-projection e2 (make-set '()))) => '(red))
  (check (enum-set->list (enum-set-universe (enum-set-projection colours e2))) => '(red black white))
  (check (enum-set->list (enum-set-union (enum-set-projection colours e2) ((enum-set-constructor e2) '(white))))
         => '(red white)))

;; A universe larger than a machine word has bits.
(define (numbered n)
  (let loop ([i n] [names '()])
    (if (zero? i) names (loop (- i 1) (cons (string->symbol (string-append "s" (number->string i))) names)))))
(let* ([names (numbered 200)] [all (make-enumeration names)] [pick (enum-set-constructor all)])
  (check (enum-set->list all) => names)
  (check (enum-set->list (enum-set-complement (pick (list (list-ref names 150))))) => (remq (list-ref names 150) names))
  (check ((enum-set-indexer all) 's200) => 199)
  (check (enum-set-member? 's128 (enum-set-difference all (pick '(s127 s128 s129)))) => #f))

;; define-enumeration.
(define-enumeration hue (black white purple maroon) hue-set)
(check (hue black) => 'black)
(check (enum-set->list (hue-set)) => '())
(check (enum-set->list (hue-set maroon white)) => '(white maroon))
(check (enum-set->list (enum-set-universe (hue-set))) => '(black white purple maroon))
(check (enum-set=? (enum-set-union (hue-set black) (hue-set white)) (hue-set white black)) => #t)
(let ([black 'shadowed])
  (check (hue black) => 'black))
(define surroundings (environment '(rnrs)))
(define-syntax check-refused
  (syntax-rules ()
    [(_ form ...)
     (begin (check-error syntax-violation? (eval '(let () form #t) surroundings)) ...)]))
(check-refused
  (begin (define-enumeration c (a) cs) (display (c b)))
  (begin (define-enumeration c (a) cs) (display (cs a b)))
  (begin (define-enumeration c (a) cs) (display (c)))
  (begin (define-enumeration c (a) cs) (display (c "a")))
  (define-enumeration "c" (a) cs)
  (define-enumeration c (a 1) cs)
  (define-enumeration c a cs)
  (define-enumeration c (a)))
;; Names may come more than once.
(define-enumeration again (a b a) again-set)
(check (enum-set->list (enum-set-universe (again-set))) => '(a b))

(report)
