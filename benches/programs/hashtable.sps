#!r6rs
;;; Hashtables: fixnum, symbol and string keys; update, lookup, removal.
(import (rnrs base) (rnrs control) (rnrs hashtables) (rnrs io simple))

(define (sum-of table)
  (let-values (((keys values) (hashtable-entries table)))
    (let loop ((i 0) (sum 0))
      (if (= i (vector-length values)) sum (loop (+ i 1) (+ sum (vector-ref values i)))))))

(define (numbers n)
  (let ((table (make-eqv-hashtable)))
    (do ((i 0 (+ i 1))) ((= i n))
      (hashtable-set! table (* i 7) i))
    (do ((i 0 (+ i 2))) ((>= i n))
      (hashtable-delete! table (* i 7)))
    (let loop ((i 0) (found 0))
      (if (= i n)
          (+ found (sum-of table))
          (loop (+ i 1) (if (hashtable-contains? table i) (+ found 1) found))))))

(define (strings n)
  (let ((table (make-hashtable string-hash string=?)))
    (do ((i 0 (+ i 1)) (x 1 (mod (+ (* x 75) 74) 65537))) ((= i n))
      (let ((key (string-append "key-" (number->string (mod x 5000)))))
        (hashtable-set! table key (+ 1 (hashtable-ref table key 0)))))
    (+ (hashtable-size table) (sum-of table))))

(define (symbols n)
  (let ((table (make-eq-hashtable)) (names '#(a b c d e f g h i j k l m n o p)))
    (do ((i 0 (+ i 1))) ((= i n))
      (hashtable-update! table (vector-ref names (mod i 16)) (lambda (x) (+ x 1)) 0))
    (sum-of table)))

(display (+ (numbers 1000000) (strings 500000) (symbols 2000000)))
(newline)
