;;; huge power
(expt 3 100000000000)
;;; power of a huge exponent
(expt 7 (expt 10 30))
;;; power that nearly fits
(let loop ((n 1000)) (expt 3 n) (loop (* n 2)))
;;; power of a ratio
(let loop ((n 1000)) (expt 2/3 n) (loop (* n 2)))
;;; power of a complex number
(let loop ((n 1000)) (expt 1+2i n) (loop (* n 2)))
;;; negative power
(let loop ((n -1000)) (expt 3 n) (loop (* n 2)))
;;; squares without end
(let loop ((n 3)) (loop (* n n)))
;;; product kept
(define n (expt 3 1000000)) (let loop ((l '())) (loop (cons (* n n) l)))
;;; sum kept
(define n (expt 3 1000000)) (let loop ((l '())) (loop (cons (+ n 1) l)))
;;; shift
(bitwise-arithmetic-shift-left 1 1000000000000)
;;; shifts without end
(let loop ((n 1)) (loop (bitwise-arithmetic-shift-left n 1000000)))
;;; bit copies
(let loop ((n 1000)) (bitwise-copy-bit 0 n 1) (loop (* n 2)))
;;; bit counts
(define n (- (expt 2 30000000) 1)) (let loop () (bitwise-bit-count n) (loop))
;;; bit reversal
(define n (- (expt 2 10000000) 1)) (let loop () (bitwise-reverse-bit-field n 0 9999999) (loop))
;;; bit rotation
(define n (- (expt 2 10000000) 1)) (let loop () (bitwise-rotate-bit-field n 0 9999999 5) (loop))
;;; gcd of huge numbers
(gcd (expt 7 1000000) (expt 5 1400000))
;;; lcm of huge numbers
(lcm (expt 7 500000) (expt 5 700000))
;;; division of huge numbers
(define a (expt 7 3000000)) (define b (expt 5 1500000)) (let loop () (div a b) (loop))
;;; modulo of huge numbers
(define a (expt 7 3000000)) (define b (expt 5 1500000)) (let loop () (mod a b) (loop))
;;; ratio of huge numbers
(/ (expt 7 1000000) (expt 5 1400000))
;;; sums of ratios
(let loop ((n 1) (s 0)) (loop (+ n 1) (+ s (/ 1 n))))
;;; square root of a huge number
(exact-integer-sqrt (expt 7 5000000))
;;; exact square root
(sqrt (expt 7 4000000))
;;; number->string of a huge number
(string-length (number->string (expt 7 5000000)))
;;; number->string in base 2
(string-length (number->string (expt 7 5000000) 2))
;;; number->string of a ratio
(string-length (number->string (expt 2/3 2000000)))
;;; string->number of many digits
(string->number (make-string 5000000 #\7))
;;; string->number of a huge exponent
(string->number "1e1000000000")
;;; exact with a huge exponent
(string->number "#e1e1000000000")
;;; exact with a huge negative exponent
(string->number "#e1e-1000000000")
;;; string->number of a ratio
(string->number (string-append (make-string 1000000 #\7) "/" (make-string 1000000 #\3)))
;;; string->number in base 2
(string->number (make-string 20000000 #\1) 2)
;;; string->number of many zeros
(string->number (string-append "0." (make-string 5000000 #\0) "1"))
;;; inexact of huge ratios
(define r (/ (expt 7 1000000) (expt 3 1200000))) (let loop () (inexact r) (loop))
;;; exact of a flonum
(let loop ((l '())) (loop (cons (exact 1e308) l)))
;;; comparison of huge ratios
(define a (/ (+ 1 (expt 7 300000)) (expt 3 300000))) (define b (/ (+ 2 (expt 7 300000)) (expt 3 300000))) (let loop () (< a b) (loop))
;;; factorial
(factorial 10000000)
;;; factorial by hand
(let loop ((n 1) (f 1)) (loop (+ n 1) (* n f)))
;;; fibonacci numbers
(let loop ((a 0) (b 1)) (loop b (+ a b)))
;;; error with a huge number
(error 'x "y" (expt 7 3000000))
;;; raise of a huge number
(raise (expt 7 3000000))
;;; car of a huge number
(car (expt 7 3000000))
;;; error with many huge numbers
(define n (expt 7 1000000)) (apply error 'x "y" (vector->list (make-vector 20 n)))
;;; vector-ref with a huge index
(vector-ref '#(1 2) (expt 7 3000000))
;;; division of a huge number by zero
(div (expt 7 3000000) 0)
;;; huge number as a hash key
(define t (make-eqv-hashtable)) (define n (expt 7 1000000)) (let loop ((i 0)) (hashtable-set! t (+ n i) i) (loop (+ i 1)))
;;; write of a huge number
(define n (expt 7 1000000)) (let loop () (call-with-string-output-port (lambda (p) (write n p))) (loop))
;;; bignums to bytevectors
(define n (expt 7 3000000)) (let loop ((l '())) (loop (cons (bignum->bytevector n) l)))
;;; random of a huge number
(define n (expt 7 3000000)) (let loop () (random n) (loop))
;;; rationalize
(rationalize (/ (expt 7 100000) (expt 3 100000)) (/ 1 (expt 2 300000)))
;;; many operands
(define l (vector->list (make-vector 100000 (expt 3 1000)))) (let loop () (apply * l) (loop))
;;; comparison of many operands
(define l (vector->list (make-vector 1000000 1))) (let loop () (apply = l) (loop))
;;; max of many operands
(define l (vector->list (make-vector 1000000 1/3))) (let loop () (apply max l) (loop))
;;; expt of flonums in a loop
(let loop ((x 1.5)) (loop (expt x 1.0000001)))
;;; expt-mod by hand
(let loop ((b (expt 7 100000)) (e (expt 5 1000)) (m (expt 3 100000))) (loop (mod (* b b) m) e m))
;;; exact roots of exact powers
(expt (expt 7 1000000) 1/2)
;;; log of a huge number
(define n (expt 7 5000000)) (let loop () (log n) (loop))
;;; number->string of flonums
(let loop ((x 1e-300)) (number->string x) (loop (* x 1.0000001)))
