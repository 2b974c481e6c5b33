#!r6rs
;;; Association lists: counting with assv and assoc over fixnums, symbols and strings.
(import (rnrs base) (rnrs lists) (rnrs mutable-pairs) (rnrs io simple))

(define (count! table key find)
  (let ((entry (find key (cdr table))))
    (if entry
        (set-cdr! entry (+ 1 (cdr entry)))
        (set-cdr! table (cons (cons key 1) (cdr table))))))

(define names '#("alpha" "beta" "gamma" "delta" "epsilon" "zeta" "eta" "theta" "iota" "kappa"))
(define symbols (vector-map string->symbol names))

(define (run n)
  (let ((numbers (list 'numbers)) (strings (list 'strings)) (syms (list 'symbols)))
    (let loop ((i 0) (x 1))
      (if (= i n)
          (fold-left (lambda (sum entry) (+ sum (* (cdr entry) (cdr entry))))
                     0
                     (append (cdr numbers) (cdr strings) (cdr syms)))
          (let ((k (mod x 100)))
            (count! numbers k assv)
            (count! syms (vector-ref symbols (mod x 10)) assq)
            (count! strings (vector-ref names (mod (div x 10) 10)) assoc)
            (loop (+ i 1) (mod (+ (* x 75) 74) 65537)))))))

(display (run 2000000))
(newline)
