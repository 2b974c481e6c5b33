#!r6rs
;;; Hashtables: a million fixnum, string and symbol keys each, inserted and looked up.
(import (rnrs))

(define n 1000000)

(define (work table keys)
  (vector-for-each (lambda (key) (hashtable-set! table key 1)) keys)
  (let loop ((i 0) (sum 0))
    (if (= i n)
        (+ sum (hashtable-size table))
        (loop (+ i 1) (+ sum (hashtable-ref table (vector-ref keys i) 0))))))

(define (keys make)
  (let ((v (make-vector n)))
    (do ((i 0 (+ i 1))) ((= i n) v)
      (vector-set! v i (make (* i 7))))))

(define (name i) (string-append "key-" (number->string i)))

(display (work (make-eqv-hashtable) (keys (lambda (i) i))))
(newline)
(display (work (make-hashtable string-hash string=?) (keys name)))
(newline)
(display (work (make-eq-hashtable) (keys (lambda (i) (string->symbol (name i))))))
(newline)
