#!r6rs
;;; Stores and loads of 64-bit words through a pointer: a thousand times over 10,000 words.
(import (vicare))

(define words 10000)
(define memory (malloc (* 8 words)))

(define (store i n)
  (if (fx<? i words)
      (begin
        (pointer-set-c-uint64! memory (fx* i 8) (fx+ i n))
        (store (fx+ i 1) n))))

(define (load i sum)
  (if (fx<? i words)
      (load (fx+ i 1) (fx+ sum (pointer-ref-c-uint64 memory (fx* i 8))))
      sum))

(define (repeat n sum)
  (if (fx=? n 0)
      sum
      (begin
        (store 0 n)
        (repeat (fx- n 1) (fx+ sum (load 0 0))))))

(display (repeat 1000 0))
(newline)
