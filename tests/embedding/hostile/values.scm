;;; exact of extreme flonums
(let loop ((l '())) (loop (cons (list (exact 5e-324) (exact 1.7e308) (exact 1e-308)) l)))
;;; exact of what is not finite
(let loop () (for-each (lambda (x) (guard (e (#t 1)) (exact x))) '(+inf.0 -inf.0 +nan.0)) (loop))
;;; ratios that grow
(let loop ((x 3/2)) (loop (* x x)))
;;; newton's method with ratios
(let loop ((x 3/2)) (loop (/ (+ x (/ 2 x)) 2)))
;;; continued fraction
(let loop ((x 1)) (loop (+ 1 (/ 1 x))))
;;; logistic map with ratios
(let loop ((x 1/3)) (loop (* 4 x (- 1 x))))
;;; gaussian integers that grow
(let loop ((z 1+2i)) (loop (* z z)))
;;; complex ratios that grow
(let loop ((z 1/2+2/3i)) (loop (/ (+ (* z z) 1/7) 3+5i)))
;;; expt of a ratio to a ratio
(let loop ((n 1)) (expt (expt 2/3 n) 1/3) (expt 2/3 (/ n 7)) (loop (* n 2)))
;;; expt of zero and one to huge powers
(define n (expt 7 1000000)) (let loop () (expt 0 n) (expt 1 n) (expt -1 n) (expt 1.0 n) (expt +i n) (loop))
;;; expt of a flonum to a huge power
(define n (expt 7 1000000)) (let loop () (expt 1.5 n) (expt 0.5 (- n)) (guard (e (#t 1)) (expt n 1.5)) (loop))
;;; expt of a negative number to a huge negative power
(expt -3/7 (- (expt 10 12)))
;;; exp and trigonometry of huge numbers
(define n (expt 7 1000000)) (let loop () (for-each (lambda (f) (f n)) (list exp sin cos atan log sqrt)) (loop))
;;; atan and log of two huge numbers
(define n (expt 7 500000)) (let loop () (atan n (+ n 1)) (log n 3) (loop))
;;; exact-integer-sqrt in a loop
(let loop ((n 2)) (exact-integer-sqrt n) (loop (* n n)))
;;; sqrt of huge ratios
(define r (/ (expt 7 400000) (expt 3 400000))) (let loop () (sqrt r) (sqrt (+ r 1)) (loop))
;;; sqrt of huge negative numbers
(define n (- (expt 7 400000))) (let loop () (sqrt n) (sqrt (- n 1)) (loop))
;;; floor and round of huge ratios
(define r (/ (expt 7 400000) (expt 3 400000))) (let loop () (floor r) (round r) (truncate r) (loop))
;;; numerator of a flonum in a loop
(let loop ((l '())) (loop (cons (denominator 5e-324) l)))
;;; comparison of a flonum and a huge ratio
(define r (/ (expt 7 400000) (expt 3 400000))) (let loop () (< 1.5 r) (= r 1e300) (max r 1.5) (loop))
;;; even? and odd? and sign of huge numbers
(define n (expt 7 3000000)) (let loop () (even? n) (zero? n) (positive? n) (abs (- n)) (loop))
;;; div0 and mod0 of huge numbers
(define a (expt 7 500000)) (define b (- (expt 5 300000))) (let loop () (call-with-values (lambda () (div0-and-mod0 a b)) list) (loop))
;;; quotient by small numbers
(define a (expt 7 1000000)) (let loop ((a a)) (loop (if (zero? a) (expt 7 1000000) (quotient a 3))))
;;; decimal digits by hand
(define a (expt 7 300000)) (let loop ((n a)) (if (zero? n) 1 (loop (div n 10))))
;;; subtraction that cancels
(define a (expt 7 3000000)) (let loop () (- a (- a 1)) (loop))
;;; products of very different sizes
(define a (expt 7 3000000)) (let loop () (* a 3) (* a a 0) (loop))
;;; bit operations on negative numbers
(define a (- (expt 7 3000000))) (let loop () (bitwise-and a (+ a 1)) (bitwise-xor a -1) (bitwise-not a) (loop))
;;; bit fields far away
(let loop ((n 1000)) (guard (e (#t 1)) (bitwise-bit-field -1 0 n)) (guard (e (#t 1)) (bitwise-bit-set? -1 (expt 10 n))) (bitwise-first-bit-set (bitwise-arithmetic-shift-left 1 n)) (loop (* n 2)))
;;; bit fields that are copied
(let loop ((n 1000)) (bitwise-copy-bit-field 0 0 n -1) (bitwise-rotate-bit-field -1 0 n 7) (bitwise-length (bitwise-arithmetic-shift-left 1 n)) (loop (* n 2)))
;;; shift by a huge negative number
(define n (expt 7 100000)) (let loop () (bitwise-arithmetic-shift n (- (expt 2 61))) (guard (e (#t 1)) (bitwise-arithmetic-shift n (- (expt 10 30)))) (loop))
;;; shift right of a huge number
(define n (expt 7 3000000)) (let loop () (bitwise-arithmetic-shift-right n 1) (loop))
;;; fixnum operations that overflow
(let loop () (for-each (lambda (f) (guard (e (#t 1)) (f (greatest-fixnum) (greatest-fixnum)))) (list fx+ fx* fx- fxdiv fxarithmetic-shift-left)) (loop))
;;; flonum conversions of huge numbers
(define n (expt 7 1000000)) (let loop () (inexact n) (exact->inexact (/ n 3)) (real->flonum n) (loop))
;;; number->string with a precision
(let loop () (number->string 1e300 10 53) (number->string 1/3 36) (guard (e (#t 1)) (number->string 1.5 2)) (loop))
;;; number->string in odd bases
(define n (expt 7 300000)) (let loop () (for-each (lambda (b) (guard (e (#t 1)) (number->string n b))) '(2 8 16 3 36)) (loop))
;;; string->number of silly spellings
(let loop () (for-each string->number '("1e" "e1" "+" "-" "..." "1/0" "1/" "/1" "+i" "1+" "1@" "@1" "#x" "#e#x" "#x#e#x1" "1e1e1" "1.2.3" "--1" "+-1" "1i" "+inf.0+inf.0i" "#i1/3" "1|5" "1e400" "-1e-400" "#b2" "0/0" "#e1/0" "nan.0")) (loop))
;;; string->number of many exponents
(let loop ((n 1)) (string->number (string-append "1e" (make-string n #\0) "1")) (string->number (string-append "1e" (make-string n #\9))) (string->number (string-append "1|" (make-string n #\9))) (loop (* n 2)))
;;; string->number of exact decimals
(let loop ((n 1)) (guard (e (#t 1)) (string->number (string-append "#e1e" (number->string n)))) (guard (e (#t 1)) (string->number (string-append "#e1e-" (number->string n)))) (loop (* n 2)))
;;; string->number of many digits behind the point
(define s (string-append "0." (make-string 1000000 #\7))) (let loop () (string->number s) (loop))
;;; string->number of nearly a half
(define s (string-append "9007199254740993." (make-string 1000000 #\0) "1e100")) (let loop () (string->number s) (loop))
;;; string->number of exact ratios
(define s (string-append "#e1/" (make-string 300000 #\3))) (let loop () (string->number s) (loop))
;;; string->number of signs
(let loop ((n 10)) (string->number (make-string n #\-)) (string->number (make-string n #\i)) (string->number (make-string n #\@)) (string->number (make-string n #\.)) (loop (* n 2)))
;;; string->number of polar numbers
(define s (string-append (make-string 300000 #\7) "@" (make-string 300000 #\7))) (let loop () (string->number s) (loop))
;;; random of silly bounds
(let loop () (for-each (lambda (x) (guard (e (#t 1)) (random x))) (list 0 -1 1/2 1.5 'a (expt 7 1000) (expt 2 62))) (loop))
;;; bytevector operations at borders
(define b (make-bytevector 16 255)) (define big (expt 2 62)) (let loop () (for-each (lambda (i) (for-each (lambda (f) (guard (e (#t 1)) (f b i 'little))) (list bytevector-u16-ref bytevector-s32-ref bytevector-u64-ref bytevector-ieee-double-ref bytevector-ieee-single-ref))) (list -1 0 8 9 15 16 17 big (* big big) (- big) 1/2)) (loop))
;;; bytevector operations of odd sizes
(define b (make-bytevector 100000 255)) (let loop () (for-each (lambda (n) (guard (e (#t 1)) (bytevector-uint-ref b 0 'big n)) (guard (e (#t 1)) (bytevector-sint-ref b 0 'big n))) (list 0 1 7 100000 100001 (expt 2 60) -1)) (loop))
;;; bytevector set of huge numbers
(define b (make-bytevector 1000000 0)) (define n (expt 2 7999999)) (let loop () (bytevector-uint-set! b 0 n 'little 1000000) (bytevector-sint-set! b 0 (- n) 'big 1000000) (loop))
;;; bytevector set of what does not fit
(define b (make-bytevector 100 0)) (define n (expt 7 1000000)) (let loop () (guard (e (#t 1)) (bytevector-uint-set! b 0 n 'little 100)) (guard (e (#t 1)) (bytevector-u8-set! b 0 n)) (loop))
;;; bytevectors of long lists of numbers
(define l (vector->list (make-vector 100000 (expt 2 100)))) (let loop ((all '())) (loop (cons (uint-list->bytevector l 'little 1000) all)))
;;; bytevectors of circular lists
(define l (list 1 2)) (set-cdr! (cdr l) l) (u8-list->bytevector l)
;;; bytevectors of circular lists of numbers
(define l (list 1 2)) (set-cdr! (cdr l) l) (sint-list->bytevector l 'little 8)
;;; bytevector fill and copy with overlap
(define b (make-bytevector 3000000 0)) (let loop () (bytevector-fill! b -1) (bytevector-copy! b 1 b 0 2999999) (loop))
;;; string of circular lists
(define l (list #\a #\b)) (set-cdr! (cdr l) l) (list->string l)
;;; apply string-append to a circular list
(define l (list "a" "b")) (set-cdr! (cdr l) l) (apply string-append l)
;;; strings that widen in place
(define s (make-string 1000000 #\a)) (let loop ((i 0)) (string-set! s (mod i 1000000) (if (odd? i) #\λ #\a)) (substring s 0 10) (loop (+ i 1)))
;;; strings filled with wide and narrow characters
(define s (make-string 1000000 #\a)) (let loop () (string-fill! s #\λ) (string-fill! s #\a) (loop))
;;; substring of much
(define s (make-string 3000000 #\λ)) (let loop ((l '())) (loop (cons (substring s 1 2999999) l)))
;;; string-copy! onto itself
(define s (make-string 3000000 #\λ)) (let loop () (string-copy! s 0 s 1 2999998) (loop))
;;; strings that are reversed and joined
(define l (vector->list (make-vector 100000 "abcdefghijklmnopqrstuvwxyz"))) (let loop ((all '())) (loop (cons (apply string-append l) all)))
;;; string->symbol of all prefixes
(define s (make-string 10000 #\a)) (let loop ((i 0) (l '())) (loop (mod (+ i 1) 10000) (cons (string->symbol (string-append (number->string (length l)) (substring s 0 i))) l)))
;;; symbols compared
(define a (string->symbol (make-string 1000000 #\a))) (let loop () (symbol=? a a a) (symbol->string a) (symbol-hash a) (loop))
;;; normalisation that composes
(define s (apply string-append (vector->list (make-vector 100000 "e\x301;a\x308;o\x302;\x301;")))) (let loop () (string-normalize-nfc s) (string-normalize-nfkc s) (loop))
;;; normalisation of hangul
(define s (make-string 1000000 #\xac01)) (let loop ((l '())) (loop (cons (string-normalize-nfd s) l)))
;;; normalisation of marks in descending order
(define s (apply string-append (vector->list (make-vector 300000 "\x345;\x301;\x327;\x334;")))) (let loop () (string-normalize-nfd s) (loop))
;;; case of letters that grow
(define s (make-string 1000000 #\xfb03)) (let loop ((l '())) (loop (cons (string-titlecase s) (cons (string-foldcase s) l))))
;;; final sigmas
(define s (make-string 300000 #\Σ)) (let loop () (string-downcase s) (loop))
;;; final sigmas among what has no case
(define s (string-append (make-string 300000 #\') (make-string 300000 #\Σ))) (define t (apply string-append (vector->list (make-vector 300000 "Σ'")))) (let loop () (string-downcase s) (string-downcase t) (loop))
;;; characters of all kinds
(let loop ((i 0)) (let ((c (guard (e (#t #\a)) (integer->char (mod i #x110000))))) (char-upcase c) (char-titlecase c) (char-general-category c) (char-alphabetic? c) (loop (+ i 1))))
;;; string comparison of many
(define l (vector->list (make-vector 100000 "abcdefgh"))) (let loop () (apply string=? l) (apply string<=? l) (apply string-ci<=? l) (loop))
;;; list-tail past the end
(define l (vector->list (make-vector 100000 1))) (let loop () (guard (e (#t 1)) (list-tail l 100001)) (guard (e (#t 1)) (list-ref l (expt 2 60))) (loop))
;;; append of improper and circular lists
(define l (list 1 2)) (set-cdr! (cdr l) l) (let loop () (guard (e (#t 1)) (append '(1 . 2) '(3))) (append l))
;;; length and list? of a long ring
(define l (vector->list (make-vector 500000 1))) (set-cdr! (list-tail l 499999) l) (let loop () (list? l) (guard (e (#t 1)) (length l)) (loop))
;;; member in a ring
(define l (vector->list (make-vector 100000 1))) (set-cdr! (list-tail l 99999) l) (member 2 l)
;;; remove from a ring
(define l (list 1 2 3)) (set-cdr! (cddr l) l) (remv 7 l)
;;; for-all and exists on a ring
(define l (list 1 2 3)) (set-cdr! (cddr l) l) (for-all number? l)
;;; fold-right over a ring
(define l (list 1 2 3)) (set-cdr! (cddr l) l) (fold-right cons '() l)
;;; cons* and apply of a ring
(define l (list 1 2 3)) (set-cdr! (cddr l) l) (apply cons* l)
;;; map over lists of different lengths
(define l (list 1 2 3)) (set-cdr! (cddr l) l) (map + l '(1 2 3 4) l)
;;; equal? of deep vectors and strings
(define (deep n) (let loop ((i 0) (v '#())) (if (= i n) v (loop (+ i 1) (vector "abc" v "abc"))))) (define a (deep 100000)) (define b (deep 100000)) (let loop () (equal? a b) (loop))
;;; equal? of trees that are shared differently
(define (share n) (let loop ((i 0) (t '(1))) (if (= i n) t (loop (+ i 1) (cons t t))))) (define (copy n) (let loop ((i 0) (t '(1))) (if (= i n) t (loop (+ i 1) (cons t (if (odd? i) t (cons (car t) (cdr t)))))))) (equal? (share 60) (copy 60))
;;; equal? of rings of trees
(define (ring n) (let ((l (vector->list (make-vector n (list 1 2))))) (set-cdr! (list-tail l (- n 1)) l) (vector l l l))) (let loop () (equal? (ring 997) (ring 991)) (loop))
;;; vectors indexed by silly numbers
(define v (make-vector 10 0)) (let loop () (for-each (lambda (i) (guard (e (#t 1)) (vector-ref v i)) (guard (e (#t 1)) (vector-set! v i 1))) (list -1 10 (expt 2 60) (expt 2 64) 1/2 1.0 'a)) (loop))
;;; vector of a long list, mapped
(define v (make-vector 300000 1)) (let loop ((l '())) (loop (cons (vector-map + v v v) l)))
;;; subvector of much
(define v (make-vector 300000 1)) (let loop ((l '())) (loop (cons (subvector v 0 299999) l)))
;;; enumerations compared
(define names (map (lambda (i) (string->symbol (number->string i))) (let loop ((i 0) (l '())) (if (= i 3000) l (loop (+ i 1) (cons i l)))))) (define a (make-enumeration names)) (define b (make-enumeration (reverse names))) (let loop () (enum-set=? a b) (enum-set-projection a b) (enum-set-complement a) (loop))
;;; enumerations with repeated names
(define names (vector->list (make-vector 100000 'a))) (let loop () (make-enumeration names) (loop))
;;; hashtable operations on a growing table that shrinks
(define t (make-eqv-hashtable)) (let loop ((n 1000)) (do ((i 0 (+ i 1))) ((= i n)) (hashtable-set! t i i)) (do ((i 0 (+ i 1))) ((= i n)) (hashtable-delete! t i)) (hashtable-keys t) (loop (* n 2)))
;;; hashtables copied immutable
(define t (make-eqv-hashtable)) (do ((i 0 (+ i 1))) ((= i 10000)) (hashtable-set! t i i)) (let loop ((l '())) (loop (cons (hashtable-copy t) l)))
;;; time and random in a loop
(let loop ((l '())) (loop (cons (list (random 1000000000000) (gensym "a")) l)))
;;; compound conditions double
(let loop ((c (make-message-condition "m")) (k '())) (loop (condition c c) (cons c k)))
;;; records of many fields
(define names (map (lambda (i) (list 'immutable (string->symbol (string-append "f" (number->string i))))) (vector->list (vector-map (lambda (x) 1) (make-vector 1000 1))))) (define rtd (make-record-type-descriptor 'r #f #f #f #f (list->vector names))) (define make (record-constructor (make-record-constructor-descriptor rtd #f #f))) (define args (vector->list (make-vector 1000 1))) (let loop ((k '())) (loop (cons (apply make args) k)))
;;; record types of many fields
(define fields (list->vector (map (lambda (i) (list 'immutable (string->symbol (string-append "f" (number->string i))))) (vector->list (make-vector 1000 1))))) (let loop ((k '())) (loop (cons (make-record-type-descriptor 'r #f #f #f #f fields) k)))
;;; handlers nested in frames
(let loop () (with-exception-handler (lambda (e) (raise e)) (lambda () (+ 1 (loop)))))
;;; promises that wait for each other
(define (build n p) (if (= n 0) p (build (- n 1) (delay (+ 1 (force p)))))) (force (build 10000000 (delay 1)))
;;; promise of a promise without end
(define (s n) (delay (force (s (+ n 1))))) (force (s 0))
;;; syntax-case on a large vector
(define v (make-vector 1500000 1)) (syntax-case v () (#(a b ...) #'(b ...)) (_ 1))
;;; syntax-case on a large vector, rebuilt
(define v (make-vector 1500000 1)) (syntax-case v () (#(a ... b) #'#(a ... b)))
;;; integers of many octets
(define b (make-bytevector 12000000 255)) (let loop ((k '())) (loop (cons (bytevector-uint-ref b 1 'big 11000000) (cons (bytevector-sint-ref b 0 'little 3000000) k))))
;;; integers of many octets stored
(define n (expt 3 20000000)) (define b (make-bytevector 8000000 1)) (let loop ((k '())) (bytevector-uint-set! b 0 n 'little 8000000) (bytevector-sint-set! b 0 (- n) 'big 8000000) (loop k))
;;; lists of integers of many octets
(define b (make-bytevector 4000000 200)) (let loop ((k '())) (let ((l (bytevector->sint-list b 'big 1000000))) (loop (cons (sint-list->bytevector l 'little 1000000) (cons l k)))))
;;; symbols of long names
(define s (make-string 4000000 #\a)) (let loop ((k '()) (i 0)) (string-set! s 0 (integer->char (+ 97 (mod i 26)))) (let ((y (string->symbol s))) (loop (cons (symbol->string y) (cons y k)) (+ i 1))))
;;; symbols of long wide names
(define s (make-string 2000000 #\λ)) (let loop ((k '())) (loop (cons (symbol->string (string->symbol s)) k)))
