;;; list without end
(let loop ((l '())) (loop (cons 1 l)))
;;; nested list without end
(let loop ((l '())) (loop (cons l l)))
;;; closures without end
(let loop ((n 0) (k (lambda (x) x))) (loop (+ n 1) (lambda (x) (k x))))
;;; huge vector
(make-vector 1000000000000 0)
;;; vector that nearly fits
(let loop ((l '())) (loop (cons (make-vector 400000 0) l)))
;;; huge string
(make-string 1000000000000 #\a)
;;; wide string
(let loop ((l '())) (loop (cons (make-string 1000000 #\λ) l)))
;;; widening strings
(let loop ((l '())) (let ((s (make-string 1000000 #\a))) (string-set! s 0 #\λ) (loop (cons s l))))
;;; huge bytevector
(make-bytevector 1000000000000 0)
;;; bytevectors without end
(let loop ((l '())) (loop (cons (make-bytevector 1000000 1) l)))
;;; string-append doubles
(let loop ((s "abc")) (loop (string-append s s)))
;;; string-append of one string many times
(define s (make-string 100000 #\a)) (let loop ((n 10)) (apply string-append (vector->list (make-vector n s))) (loop (* n 2)))
;;; vector-append doubles
(let loop ((v (vector 1 2 3))) (loop (vector-append v v)))
;;; vector-append of one vector many times
(define v (make-vector 100000 0)) (let loop ((n 10)) (apply vector-append (vector->list (make-vector n v))) (loop (* n 2)))
;;; bytevector-append doubles
(let loop ((s (make-bytevector 3 1))) (loop (bytevector-append s s)))
;;; append doubles
(let loop ((l '(1))) (loop (append l l)))
;;; tree whose right branches wait for marking
(let loop ((l '())) (loop (cons l (list 1))))
;;; vectors that lead to pairs
(let loop ((v #f)) (loop (vector (list 1) (list 1) (list 1) (list 1) (list 1) (list 1) (list 1) (list 1) v)))
;;; append of many
(define l (vector->list (make-vector 10000 0))) (let loop ((n 10)) (apply append (vector->list (make-vector n l))) (loop (* n 2)))
;;; list->vector and back
(let loop ((v (vector 1))) (loop (list->vector (append (vector->list v) (vector->list v)))))
;;; list->string
(let loop ((s "ab")) (loop (list->string (append (string->list s) (string->list s)))))
;;; circular list to vector
(define l (list 1 2)) (set-cdr! (cdr l) l) (list->vector l)
;;; circular list length
(define l (list 1 2)) (set-cdr! (cdr l) l) (length l)
;;; circular list map
(define l (list 1 2)) (set-cdr! (cdr l) l) (map (lambda (x) x) l)
;;; circular list append
(define l (list 1 2)) (set-cdr! (cdr l) l) (append l '(1))
;;; circular list sort
(define l (list 1 2)) (set-cdr! (cdr l) l) (list-sort < l)
;;; circular list fold
(define l (list 1 2)) (set-cdr! (cdr l) l) (fold-left + 0 l)
;;; circular list filter
(define l (list 1 2)) (set-cdr! (cdr l) l) (filter odd? l)
;;; circular list reverse
(define l (list 1 2)) (set-cdr! (cdr l) l) (reverse l)
;;; circular list list-copy and assoc
(define l (list (list 1) (list 2))) (set-cdr! (cdr l) l) (assoc 3 l)
;;; equal? of circular lists
(define (ring n) (let ((l (vector->list (make-vector n 1)))) (set-cdr! (list-tail l (- n 1)) l) l)) (equal? (ring 9973) (ring 10007))
;;; equal? of shared trees
(define (tree n) (let loop ((i 0) (t '())) (if (= i n) t (loop (+ i 1) (cons t t))))) (equal? (tree 60) (tree 60))
;;; equal-hash of shared trees
(define t (let loop ((i 0) (t '())) (if (= i 60) t (loop (+ i 1) (cons t t))))) (let loop () (equal-hash t) (loop))
;;; write of shared trees
(define t (let loop ((i 0) (t '())) (if (= i 60) t (loop (+ i 1) (cons t t))))) (call-with-string-output-port (lambda (p) (write t p)))
;;; display of shared trees
(define t (let loop ((i 0) (t '())) (if (= i 60) t (loop (+ i 1) (cons t t))))) (call-with-string-output-port (lambda (p) (display t p)))
;;; error with shared trees
(define t (let loop ((i 0) (t '())) (if (= i 60) t (loop (+ i 1) (cons t t))))) (error 'x "y" t)
;;; raise of shared trees
(define t (let loop ((i 0) (t '())) (if (= i 60) t (loop (+ i 1) (cons t t))))) (raise t)
;;; write of deep lists
(define t (let loop ((i 0) (t '())) (if (= i 300000) t (loop (+ i 1) (list t))))) (let loop () (call-with-string-output-port (lambda (p) (write t p))) (loop))
;;; write of a long list of one long vector
(define l (vector->list (make-vector 200 (make-vector 1000000 0)))) (call-with-string-output-port (lambda (p) (write l p)))
;;; write of long lists
(define l (vector->list (make-vector 500000 0))) (let loop ((all '())) (loop (cons (call-with-string-output-port (lambda (p) (write l p))) all)))
;;; write of circular data
(define v (make-vector 100000 0)) (vector-set! v 0 v) (let loop () (call-with-string-output-port (lambda (p) (write v p))) (loop))
;;; pretty-print of shared trees
(define t (let loop ((i 0) (t '())) (if (= i 40) t (loop (+ i 1) (list t t))))) (call-with-string-output-port (lambda (p) (pretty-print t p)))
;;; pretty-print of deep lists
(define t (let loop ((i 0) (t '())) (if (= i 100000) t (loop (+ i 1) (list t))))) (call-with-string-output-port (lambda (p) (pretty-print t p)))
;;; pretty-print of long lists
(define l (vector->list (make-vector 300000 'abc))) (call-with-string-output-port (lambda (p) (pretty-print l p)))
;;; format of shared trees
(define t (let loop ((i 0) (t '())) (if (= i 60) t (loop (+ i 1) (cons t t))))) (format "~s ~a" t t)
;;; format of many
(define s (make-string 1000000 #\a)) (let loop ((n 1)) (apply format (apply string-append (vector->list (make-vector n "~s"))) (vector->list (make-vector n s))) (loop (* n 2)))
;;; format with a width
(format "~1000000000d" 1)
;;; string port without end
(call-with-string-output-port (lambda (p) (let loop () (put-string p "abcdefgh") (loop))))
;;; bytevector port without end
(call-with-bytevector-output-port (lambda (p) (let loop () (put-bytevector p (make-bytevector 1000 1)) (loop))))
;;; eqv table without end
(let ((t (make-eqv-hashtable))) (let loop ((i 0)) (hashtable-set! t i i) (loop (+ i 1))))
;;; equal table without end
(let ((t (make-hashtable equal-hash equal?))) (let loop ((i 0)) (hashtable-set! t (list i) i) (loop (+ i 1))))
;;; table with a huge capacity
(make-eqv-hashtable 1000000000000)
;;; table with a large capacity
(let loop ((l '())) (loop (cons (make-eqv-hashtable 100000) l)))
;;; tables with many empty places
(define t (make-eqv-hashtable 1000000)) (let loop () (hashtable-keys t) (loop))
;;; table cleared with a capacity
(define t (make-eqv-hashtable)) (let loop () (hashtable-clear! t 300000) (loop))
;;; table copied
(define t (make-eqv-hashtable 200000)) (let loop () (hashtable-copy t) (loop))
;;; table with the same hash for all
(define t (make-hashtable (lambda (x) 1) equal?)) (let loop ((i 0)) (hashtable-set! t i i) (loop (+ i 1)))
;;; weak table without end
(let loop () (let ((key (gensym))) (putprop key 'a (list key)) (loop)))
;;; weak table whose keys stay
(let loop ((l '())) (let ((key (gensym))) (putprop key 'a (list key)) (loop (cons key l))))
;;; weak pairs kept
(let loop ((l '())) (loop (cons (weak-cons l 1) l)))
;;; guardians fed for ever
(define g (make-guardian)) (let loop ((i 0)) (g (list i)) (loop (+ i 1)))
;;; guardian registers one object for ever
(define g (make-guardian)) (define x (list 1)) (let loop () (g x) (loop))
;;; collect in a loop
(let loop () (collect) (loop))
;;; collect in a loop with much alive
(define keep (vector->list (make-vector 800000 1))) (let loop () (collect) (loop))
;;; symbols without end
(let loop ((i 0) (l '())) (loop (+ i 1) (cons (string->symbol (string-append "long-" (number->string i))) l)))
;;; symbols that are garbage
(let loop ((i 0)) (string->symbol (make-string 1000 (integer->char (+ 32 (mod i 1000))))) (loop (+ i 1)))
;;; gensyms without end
(let loop ((l '())) (loop (cons (gensym) l)))
;;; one huge symbol
(let loop ((n 1000)) (string->symbol (make-string n #\a)) (loop (* n 2)))
;;; record types by the hundred thousand
(let loop ((i 0) (l '())) (loop (+ i 1) (cons (make-record-type-descriptor 'r #f #f #f #f '#((mutable a))) l)))
;;; record types with names that stay
(let loop ((i 0)) (make-record-type-descriptor 'r #f (string->symbol (number->string i)) #f #f '#((mutable a))) (loop (+ i 1)))
;;; record with many fields
(define n 100000) (define rtd (make-record-type-descriptor 'r #f #f #f #f (vector-map (lambda (x) '(mutable a)) (make-vector n 0)))) (define make (record-constructor (make-record-constructor-descriptor rtd #f #f))) (define l (vector->list (make-vector n 0))) (let loop ((all '())) (loop (cons (apply make l) all)))
;;; record types nested deeply
(let loop ((parent #f)) (loop (make-record-type-descriptor 'r parent #f #f #f '#((mutable a)))))
;;; conditions of many
(define c (make-message-condition "x")) (let loop ((all c)) (loop (condition all all)))
;;; conditions with long lists
(define l (vector->list (make-vector 100000 0))) (let loop ((all '())) (loop (cons (apply condition (map (lambda (x) (make-irritants-condition l)) l)) all)))
;;; enumerations that are large
(define names (map (lambda (i) (string->symbol (number->string i))) (let loop ((i 0) (l '())) (if (= i 20000) l (loop (+ i 1) (cons i l)))))) (let loop ((all '())) (loop (cons (make-enumeration names) all)))
;;; string->list of much
(define s (make-string 1000000 #\a)) (let loop ((all '())) (loop (cons (string->list s) all)))
;;; vector-map keeps
(let ((v (make-vector 1000 0))) (let loop ((l '())) (loop (cons (vector-map (lambda (x) x) v) l))))
;;; vector-fill
(define v (make-vector 1000000 0)) (let loop () (vector-fill! v 1) (loop))
;;; string-fill
(define s (make-string 1000000 #\a)) (let loop () (string-fill! s #\b) (loop))
;;; bytevector-copy
(define b (make-bytevector 10000000 1)) (let loop () (bytevector-copy! b 0 b 1 9999999) (loop))
;;; sort of much
(define v (make-vector 300000 0)) (let loop () (vector-sort < v) (loop))
;;; sort by a procedure
(define v (make-vector 100000 0)) (let loop () (vector-sort (lambda (a b) (< a b)) v) (loop))
;;; sort whose predicate loops
(vector-sort (lambda (a b) (let loop () (loop))) '#(1 2 3))
;;; list-tail of a long list
(define l (vector->list (make-vector 1000000 0))) (let loop () (list-tail l 999999) (loop))
;;; memv in a long list
(define l (vector->list (make-vector 1000000 0))) (let loop () (memv 1 l) (loop))
;;; assoc in a long list
(define l (map list (vector->list (make-vector 300000 "abc")))) (let loop () (assoc "abd" l) (loop))
;;; string comparison of much
(define s (make-string 5000000 #\a)) (define t (string-copy s)) (let loop () (string=? s t) (loop))
;;; string search of much
(define s (make-string 100000 #\a)) (let loop () (string<? s (string-copy s)) (loop))
;;; bytevector comparison of much
(define s (make-bytevector 10000000 1)) (define t (bytevector-copy s)) (let loop () (bytevector=? s t) (loop))
;;; uint lists
(define b (make-bytevector 8000000 1)) (let loop ((all '())) (loop (cons (bytevector->uint-list b 'little 8) all)))
;;; uint of any size
(define b (make-bytevector 3000000 255)) (let loop () (bytevector-uint-ref b 0 'little 3000000) (loop))
;;; utf8 conversions
(define s (make-string 1000000 #\λ)) (let loop ((all '())) (loop (cons (string->utf8 s) all)))
;;; invalid utf8
(define b (make-bytevector 3000000 255)) (let loop ((all '())) (loop (cons (utf8->string b) all)))
;;; utf16 conversions
(define s (make-string 1000000 #\λ)) (let loop ((all '())) (loop (cons (string->utf16 s) all)))
;;; normalisation
(define s (make-string 1000000 (integer->char #xfdfa))) (let loop ((all '())) (loop (cons (string-normalize-nfkd s) all)))
;;; normalisation of many marks
(define s (make-string 1000000 (integer->char #x301))) (let loop () (string-normalize-nfc s) (loop))
;;; case conversion
(define s (make-string 1000000 #\ß)) (let loop ((all '())) (loop (cons (string-upcase s) all)))
;;; case-insensitive comparison
(define s (make-string 1000000 #\ß)) (let loop () (string-ci=? s s) (loop))
;;; property lists
(let loop ((i 0)) (putprop (gensym) 'a (make-vector 1000 i)) (loop (+ i 1)))
;;; vectors of vectors
(let loop ((v '#())) (loop (vector v v v v)))
;;; list-copy through quasiquote
(let loop ((l '(1))) (loop `(,@l ,@l)))
;;; environments without end
(let loop ((l '())) (loop (cons (environment '(rnrs)) l)))
;;; environments with prefixes
(let loop ((i 0) (l '())) (loop (+ i 1) (cons (environment (list 'prefix '(rnrs) (string->symbol (make-string 1000 #\p)))) l)))
;;; definitions without end
(define env (interaction-environment)) (let loop ((i 0)) (eval (list 'define (string->symbol (string-append "v" (number->string i))) i) env) (loop (+ i 1)))
;;; hashtable-entries of much
(define t (make-eqv-hashtable)) (do ((i 0 (+ i 1))) ((= i 100000)) (hashtable-set! t i i)) (let loop ((all '())) (loop (cons (call-with-values (lambda () (hashtable-entries t)) cons) all)))
;;; memory behind promises
(define (s n) (delay (cons (make-vector 1000 n) (s (+ n 1))))) (define all (s 0)) (let loop ((p all)) (loop (cdr (force p))))
;;; list of chars to number
(define l (vector->list (make-vector 1000000 #\9))) (string->number (list->string l))
;;; many hexadecimal digits
(string->number (make-string 30000000 #\a) 16)
;;; bytevectors of a thousand bytes
(let loop ((all '())) (loop (cons (make-bytevector 1000 0) all)))
;;; bytevectors of a thousand bytes given up again and again
(let again () (guard (e (#t (again))) (let loop ((all '())) (loop (cons (make-bytevector 1000 0) all)))))
;;; one object kept of each block
(let loop ((all '()) (i 0)) (let ((b (make-bytevector 700 0))) (loop (if (zero? (mod i 5)) (cons b all) all) (+ i 1))))
;;; what is kept lies between what is not
(define (make n size) (let loop ((n n) (all '())) (if (= n 0) all (loop (- n 1) (cons (make-bytevector size 0) all))))) (define (thin l) (let loop ((l l) (i 0) (r '())) (if (null? l) r (loop (cdr l) (+ i 1) (if (zero? (mod i 4)) (cons (car l) r) r))))) (let loop ((size 100) (all '())) (loop (+ size 100) (cons (thin (make (div 15000000 size) size)) all)))
