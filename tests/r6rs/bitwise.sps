#!r6rs
;;; (rnrs arithmetic bitwise): library report 11.4. The report defines most of the procedures by others; those
;;; definitions are checked on many numbers.
(import (rnrs base) (rnrs control) (rnrs lists) (rnrs exceptions) (rnrs conditions) (rnrs arithmetic bitwise)
        (vicar-test))

(define big (expt 2 64))
(define numbers
  (list 0 1 -1 2 -2 5 -6 82 255 -256 1073741823 (expt 2 60) (- -1 (expt 2 60)) (expt 2 61) (- (expt 2 61))
        (- big 1) (- big) (- (expt 2 128) 1) -123456789012345678901234567890 #xDEADBEEFCAFEBABE0123456789))
(define positions '(0 1 3 8 31 60 61 62 64 65 127 130))

(define (every-number proc) (for-all proc numbers))
(define (every-two proc) (for-all (lambda (a) (for-all (lambda (b) (proc a b)) numbers)) numbers))
(define (every-field proc)
  (for-all
    (lambda (n)
      (for-all (lambda (start) (for-all (lambda (end) (or (> start end) (proc n start end))) positions)) positions))
    numbers))

;; By bits, without the procedures under test.
(define (bit n i) (mod (div n (expt 2 i)) 2))
(define (from-bits proc negative? width)
  (let loop ((i (- width 1)) (n (if negative? -1 0)))
    (if (< i 0) n (loop (- i 1) (+ (* 2 n) (proc i))))))
(define (bit-by-bit op a b)
  (from-bits (lambda (i) (op (bit a i) (bit b i))) (= 1 (op (bit a 200) (bit b 200))) 200))

;;; Logic
(check (bitwise-not 0) => -1)
(check (bitwise-not 5) => -6)
(check (every-number (lambda (n) (= (bitwise-not n) (- -1 n)))) => #t)
(check (bitwise-and) => -1)
(check (bitwise-ior) => 0)
(check (bitwise-xor) => 0)
(check (bitwise-and 12) => 12)
(check (bitwise-ior -12) => -12)
(check (bitwise-xor 12) => 12)
(check (bitwise-and 12 10) => 8)
(check (bitwise-ior 12 10) => 14)
(check (bitwise-xor 12 10) => 6)
(check (bitwise-and 15 -2 7) => 6)
(check (bitwise-ior 1 2 4) => 7)
(check (bitwise-xor 1 3 7) => 5)
(check (every-two (lambda (a b) (= (bitwise-and a b) (bit-by-bit * a b)))) => #t)
(check (every-two (lambda (a b) (= (bitwise-ior a b) (bit-by-bit max a b)))) => #t)
(check (every-two (lambda (a b) (= (bitwise-xor a b) (bit-by-bit (lambda (x y) (abs (- x y))) a b)))) => #t)
(check (bitwise-if 3 1 8) => 9)
(check (bitwise-if 3 8 1) => 0)
(check (every-two
         (lambda (a b)
           (for-all
             (lambda (c) (= (bitwise-if a b c) (bitwise-ior (bitwise-and a b) (bitwise-and (bitwise-not a) c))))
             numbers)))
       => #t)

;;; Counting
(check (bitwise-bit-count 0) => 0)
(check (bitwise-bit-count 12) => 2)
(check (bitwise-bit-count -1) => -1)
(check (bitwise-bit-count -4) => -3)
(check (bitwise-bit-count (- (expt 2 128) 1)) => 128)
(check (every-number
         (lambda (n) (or (>= n 0) (= (bitwise-bit-count n) (bitwise-not (bitwise-bit-count (bitwise-not n)))))))
       => #t)
(check (bitwise-length 0) => 0)
(check (bitwise-length 255) => 8)
(check (bitwise-length -256) => 8)
(check (bitwise-length -257) => 9)
(check (every-number
         (lambda (n)
           (= (bitwise-length n)
              (do ((result 0 (+ result 1))
                   (bits (if (negative? n) (bitwise-not n) n) (bitwise-arithmetic-shift bits -1)))
                  ((zero? bits) result)))))
       => #t)
(check (bitwise-first-bit-set 0) => -1)
(check (bitwise-first-bit-set 1) => 0)
(check (bitwise-first-bit-set -4) => 2)
(check (bitwise-first-bit-set (- (expt 2 100))) => 100)

;;; Single bits
(check (bitwise-bit-set? 5 0) => #t)
(check (bitwise-bit-set? 5 1) => #f)
(check (bitwise-bit-set? -1 1000000) => #t)
(check (bitwise-bit-set? 1 (expt 10 30)) => #f)
(check (bitwise-bit-set? -1 (expt 10 30)) => #t)
(check (every-number (lambda (n) (for-all (lambda (i) (eqv? (bitwise-bit-set? n i) (= 1 (bit n i)))) positions))) => #t)
(check (bitwise-copy-bit 0 3 1) => 8)
(check (bitwise-copy-bit 15 3 0) => 7)
(check (bitwise-copy-bit -1 100 0) => (- -1 (expt 2 100)))
(check (every-number
         (lambda (n)
           (for-all
             (lambda (i)
               (for-all
                 (lambda (b)
                   (= (bitwise-copy-bit n i b) (bitwise-if (expt 2 i) (bitwise-arithmetic-shift-left b i) n)))
                 '(0 1)))
             positions)))
       => #t)

;;; Fields
(check (bitwise-bit-field 82 1 4) => 1)
(check (bitwise-bit-field -1 3 7) => 15)
(check (every-field (lambda (n start end) (= (bitwise-bit-field n start end) (mod (div n (expt 2 start)) (expt 2 (- end start))))))
       => #t)
(check (bitwise-copy-bit-field 0 2 5 -1) => 28)
(check (bitwise-copy-bit-field -1 2 5 0) => -29)
(check (every-field
         (lambda (n start end)
           (for-all
             (lambda (from)
               (let ((width (expt 2 (- end start))))
                 (= (bitwise-copy-bit-field n start end from)
                    (+ n (* (expt 2 start) (- (mod from width) (bitwise-bit-field n start end)))))))
             '(0 -1 5 -1234567890123456789012))))
       => #t)
(check (bitwise-rotate-bit-field 6 0 10 0) => 6)
(check (bitwise-rotate-bit-field 6 0 4 1) => 12)
(check (bitwise-rotate-bit-field 6 0 4 2) => 9)
(check (bitwise-rotate-bit-field 6 0 4 1000001) => 12)
(check (bitwise-rotate-bit-field 6 2 2 3) => 6)
(check (bitwise-rotate-bit-field 6 0 4 (+ 1 (* 4 (expt 10 30)))) => 12)
(check (every-field
         (lambda (n start end)
           (for-all
             (lambda (count)
               (= (bitwise-rotate-bit-field n start end count)
                  (let ((width (- end start)))
                    (if (positive? width)
                        (let* ((count (mod count width)) (field (bitwise-bit-field n start end)))
                          (bitwise-copy-bit-field
                            n start end
                            (bitwise-ior (bitwise-arithmetic-shift-left field count)
                                         (bitwise-arithmetic-shift-right field (- width count)))))
                        n))))
             '(0 1 7 64 200))))
       => #t)
(check (bitwise-reverse-bit-field #b1010010 1 4) => 88)
(check (bitwise-reverse-bit-field -1 0 64) => -1)
(check (every-field
         (lambda (n start end)
           (let ((width (- end start)))
             (= (bitwise-reverse-bit-field n start end)
                (bitwise-copy-bit-field
                  n start end (from-bits (lambda (i) (bit n (- end 1 i))) #f width))))))
       => #t)

;;; Shifts
(check (map (lambda (n) (bitwise-arithmetic-shift n -1)) '(-6 -5 -4 -3 -2 -1)) => '(-3 -3 -2 -2 -1 -1))
(check (bitwise-arithmetic-shift 1 100) => (expt 2 100))
(check (bitwise-arithmetic-shift -5 -1000) => -1)
(check (bitwise-arithmetic-shift 5 (- (expt 10 30))) => 0)
(check (bitwise-arithmetic-shift -5 (- (expt 10 30))) => -1)
(check (bitwise-arithmetic-shift 0 (expt 10 30)) => 0)
(check (every-number
         (lambda (n)
           (for-all
             (lambda (k)
               (and (= (bitwise-arithmetic-shift n k) (bitwise-arithmetic-shift-left n k) (* n (expt 2 k)))
                    (= (bitwise-arithmetic-shift n (- k)) (bitwise-arithmetic-shift-right n k)
                       (floor (* n (expt 2 (- k)))))))
             positions)))
       => #t)

;;; What is no exact integer, no position, no field
(check-error assertion-violation? (bitwise-not 1.0))
(check-error assertion-violation? (bitwise-and 1 1/2))
(check-error assertion-violation? (bitwise-ior 'a))
(check-error assertion-violation? (bitwise-xor 1 2 "3"))
(check-error assertion-violation? (bitwise-if 1 2 3.0))
(check-error assertion-violation? (bitwise-bit-count 2.0))
(check-error assertion-violation? (bitwise-length 'a))
(check-error assertion-violation? (bitwise-first-bit-set 1/2))
(check-error assertion-violation? (bitwise-bit-set? 1 -1))
(check-error assertion-violation? (bitwise-bit-set? 1 1.0))
(check-error assertion-violation? (bitwise-copy-bit 1 -1 0))
(check-error assertion-violation? (bitwise-copy-bit 1 1 2))
(check-error assertion-violation? (bitwise-copy-bit 1 1 -1))
(check-error assertion-violation? (bitwise-bit-field 1 -1 2))
(check-error assertion-violation? (bitwise-bit-field 1 3 2))
(check-error assertion-violation? (bitwise-copy-bit-field 1 3 2 1))
(check-error assertion-violation? (bitwise-copy-bit-field 1 0 2 1.0))
(check-error assertion-violation? (bitwise-rotate-bit-field 1 3 2 1))
(check-error assertion-violation? (bitwise-rotate-bit-field 1 0 2 -1))
(check-error assertion-violation? (bitwise-reverse-bit-field 1 3 2))
(check-error assertion-violation? (bitwise-reverse-bit-field 1 -1 2))
(check-error assertion-violation? (bitwise-arithmetic-shift 1.0 1))
(check-error assertion-violation? (bitwise-arithmetic-shift 1 1.0))
(check-error assertion-violation? (bitwise-arithmetic-shift-left 1 -1))
(check-error assertion-violation? (bitwise-arithmetic-shift-right 1 -1))

(report)
