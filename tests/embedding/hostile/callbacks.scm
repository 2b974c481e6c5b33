;;; sort whose predicate says yes
(define l (vector->list (make-vector 100000 1))) (let loop () (list-sort (lambda (a b) #t) l) (loop))
;;; sort whose predicate answers at random
(define v (make-vector 50000 1)) (let loop () (vector-sort (lambda (a b) (even? (random 2))) v) (loop))
;;; sort whose predicate escapes
(define v (make-vector 1000 1)) (let loop () (call/cc (lambda (k) (vector-sort! (lambda (a b) (k 1)) v))) (loop))
;;; sort whose predicate is entered again
(define k #f) (define n 0) (list-sort (lambda (a b) (call/cc (lambda (c) (if (not k) (set! k c)) #t))) '(3 2 1 5 4)) (set! n (+ n 1)) (k (odd? n))
;;; sort whose predicate keeps continuations
(define all '()) (let loop () (list-sort (lambda (a b) (call/cc (lambda (c) (set! all (cons c all)) #t))) (vector->list (make-vector 10000 1))) (loop))
;;; sort whose predicate changes the vector
(define v (make-vector 1000 1)) (let loop () (vector-sort! (lambda (a b) (vector-fill! v (list a b)) #t) v) (loop))
;;; sort whose predicate sorts
(define (f) (vector-sort (lambda (a b) (f) #t) '#(1 2 3))) (f)
;;; sort of a list that shrinks
(define l (vector->list (make-vector 1000 1))) (let loop () (list-sort (lambda (a b) (set-cdr! l '()) #t) l) (loop))
;;; map over a list that its procedure makes longer
(define l (list 1)) (map (lambda (x) (set-cdr! l (cons 1 (cdr l))) x) l)
;;; map over a list that its procedure makes circular
(define l (list 1 2 3)) (map (lambda (x) (set-cdr! (cddr l) l) x) l)
;;; for-each over a list that grows at its end
(define l (list 1)) (let ((end l)) (for-each (lambda (x) (set-cdr! end (list x)) (set! end (cdr end))) l))
;;; map entered again by its continuations
(define ks '()) (define r (map (lambda (x) (call/cc (lambda (k) (set! ks (cons k ks)) x))) '(1 2 3 4 5))) (let ((k (car ks))) (k (length r)))
;;; vector-map whose procedure escapes
(define v (make-vector 100000 1)) (let loop () (call/cc (lambda (k) (vector-map (lambda (x) (k x)) v))) (loop))
;;; string-for-each whose procedure is entered again
(define k #f) (string-for-each (lambda (c) (call/cc (lambda (x) (set! k x)))) "abc") (k 1)
;;; fold that keeps everything
(define l (vector->list (make-vector 10000 1))) (fold-left (lambda (a x) (append a (list a x))) '() l)
;;; fold-right of a long list
(define l (vector->list (make-vector 1000000 1))) (let loop () (fold-right cons '() l) (loop))
;;; assp whose procedure loops
(assp (lambda (x) (let loop () (loop))) '((1 . 2)))
;;; remp and partition of a long list
(define l (vector->list (make-vector 200000 1))) (let loop ((all '())) (loop (cons (call-with-values (lambda () (partition odd? l)) cons) all)))
;;; hash that is different each time
(define t (make-hashtable (lambda (x) (random 1000000)) equal?)) (let loop ((i 0)) (hashtable-set! t 1 i) (loop (+ i 1)))
;;; hash that is huge
(define t (make-hashtable (lambda (x) (expt 7 100000)) equal?)) (let loop ((i 0)) (hashtable-set! t i i) (loop (+ i 1)))
;;; hash that is negative
(define t (make-hashtable (lambda (x) -1) equal?)) (let loop ((i 0)) (hashtable-set! t i i) (loop (+ i 1)))
;;; hash that is no number
(define t (make-hashtable (lambda (x) 'a) equal?)) (let loop ((i 0)) (guard (e (#t 1)) (hashtable-set! t i i)) (loop (+ i 1)))
;;; hash that uses its own table
(define t (make-hashtable (lambda (x) (hashtable-ref t x 1)) equal?)) (hashtable-set! t 1 1)
;;; hash that fills its own table
(define n 0) (define t (make-hashtable (lambda (x) (set! n (+ n 1)) (if (odd? n) (hashtable-set! t n n)) n) equal?)) (let loop ((i 0)) (hashtable-set! t i i) (loop (+ i 1)))
;;; hash that clears its own table
(define t (make-hashtable (lambda (x) (hashtable-clear! t) 1) equal?)) (let loop ((i 0)) (hashtable-set! t i i) (loop (+ i 1)))
;;; equality that says no
(define t (make-hashtable (lambda (x) 1) (lambda (a b) #f))) (let loop ((i 0)) (hashtable-set! t 1 i) (loop (+ i 1)))
;;; equality that escapes
(define t (make-hashtable (lambda (x) 1) (lambda (a b) (out 1)))) (define out #f) (let loop ((i 0)) (call/cc (lambda (k) (set! out k) (hashtable-set! t i i))) (loop (+ i 1)))
;;; equality that deletes
(define t (make-hashtable (lambda (x) 1) (lambda (a b) (hashtable-delete! t b) #f))) (let loop ((i 0)) (hashtable-set! t (mod i 100) i) (loop (+ i 1)))
;;; equality that fills the table
(define n 0) (define t (make-hashtable (lambda (x) 1) (lambda (a b) (set! n (+ n 1)) (hashtable-set! t n n) #f))) (hashtable-set! t -1 1) (hashtable-ref t -2 1)
;;; equality entered again
(define k #f) (define t (make-hashtable (lambda (x) 1) (lambda (a b) (call/cc (lambda (c) (set! k c) #f))))) (hashtable-set! t 1 1) (hashtable-set! t 2 2) (hashtable-set! t 3 3) (k #f)
;;; update whose procedure changes the table
(define t (make-eqv-hashtable)) (let loop ((i 0)) (hashtable-update! t i (lambda (x) (hashtable-clear! t) (hashtable-set! t i 1) x) 0) (loop (+ i 1)))
;;; table as a key of itself
(define t (make-hashtable equal-hash equal?)) (let loop ((i 0)) (hashtable-set! t t i) (hashtable-set! t (list t i) t) (loop (+ i 1)))
;;; keys that change after they were stored
(define t (make-hashtable equal-hash equal?)) (let loop ((i 0)) (let ((key (list i))) (hashtable-set! t key i) (set-car! key 0)) (loop (+ i 1)))
;;; keys that are deep
(define t (make-hashtable equal-hash equal?)) (define (deep n) (let loop ((i 0) (l '())) (if (= i n) l (loop (+ i 1) (list l))))) (let loop ((i 0)) (hashtable-set! t (deep 10000) i) (loop (+ i 1)))
;;; keys that are circular
(define t (make-hashtable equal-hash equal?)) (let loop ((i 0)) (let ((l (list 1 2 i))) (set-cdr! (cddr l) l) (hashtable-set! t l i)) (loop (+ i 1)))
;;; keys that have one hash
(define t (make-hashtable equal-hash equal?)) (let loop ((i 0)) (hashtable-set! t (list 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 i) i) (loop (+ i 1)))
;;; keys that are long strings
(define t (make-hashtable string-hash string=?)) (let loop ((i 0)) (hashtable-set! t (string-append (make-string 10000 #\a) (number->string i)) i) (loop (+ i 1)))
;;; keys that are strings of one hash
(define s (make-string 100000 #\a)) (define t (make-hashtable string-ci-hash string-ci=?)) (let loop () (hashtable-set! t s 1) (hashtable-ref t s 1) (loop))
;;; keys that are flonums
(define t (make-eqv-hashtable)) (let loop ((x 1.0)) (hashtable-set! t x x) (loop (* x 1.0000001)))
;;; keys that are records of a table
(define-record-type node (fields (mutable next))) (define t (make-eq-hashtable)) (let loop ((n #f)) (let ((m (make-node n))) (hashtable-set! t m n) (loop m)))
;;; winder that raises on the way out
(let loop () (guard (e (#t 1)) (dynamic-wind (lambda () 1) (lambda () 2) (lambda () (raise 'x)))) (loop))
;;; winder that raises on the way in
(let loop () (guard (e (#t 1)) (dynamic-wind (lambda () (raise 'x)) (lambda () 2) (lambda () 1))) (loop))
;;; winder inside of winders
(define (f) (dynamic-wind f f f)) (f)
;;; winders on the way out nested
(define (f) (dynamic-wind (lambda () 1) (lambda () 2) f)) (f)
;;; winder that jumps into the body
(define k #f) (define n 0) (dynamic-wind (lambda () (set! n (+ n 1))) (lambda () (call/cc (lambda (c) (set! k c)))) (lambda () 1)) (k n)
;;; two winders that jump at each other
(define a #f) (define b #f) (dynamic-wind (lambda () 1) (lambda () (call/cc (lambda (k) (set! a k)))) (lambda () 2)) (dynamic-wind (lambda () 3) (lambda () (call/cc (lambda (k) (set! b k))) (a 1)) (lambda () (b 2)))
;;; winders entered again and again
(define k #f) (define (nest n) (if (= n 0) (call/cc (lambda (c) (set! k c))) (dynamic-wind (lambda () 1) (lambda () (nest (- n 1))) (lambda () 2)))) (nest 5000) (k 1)
;;; winder that fills the heap on the way out
(define keep '()) (dynamic-wind (lambda () 1) (lambda () (let loop ((l '())) (loop (cons l l)))) (lambda () (let loop () (set! keep (cons 1 keep)) (loop))))
;;; handler that returns from an error
(let loop () (guard (e (#t 1)) (with-exception-handler (lambda (e) 1) (lambda () (raise 'x)))) (loop))
;;; handler that returns from an error, unguarded
(with-exception-handler (lambda (e) (list e e)) (lambda () (with-exception-handler (lambda (e) (list e e)) (lambda () (raise 'x)))))
;;; handler that escapes with its own continuation
(define (f) (call/cc (lambda (k) (with-exception-handler (lambda (e) (k (f))) (lambda () (car 1)))))) (f)
;;; handler whose handler raises
(define (f) (with-exception-handler (lambda (e) (f)) (lambda () (raise-continuable 1)))) (f)
;;; guard that raises again
(define (f n) (guard (e ((number? e) (raise (+ e 1)))) (f (+ n 1)))) (f 0)
;;; guard that raises a larger condition each time
(let loop ((c 'x)) (guard (e (#t (loop (condition (make-irritants-condition (list e e)) (make-warning))))) (raise c)))
;;; guard whose clauses do not match, in a loop
(let loop () (guard (e (#t 1)) (guard (e (#f 2)) (guard (e (#f 3)) (raise 'x)))) (loop))
;;; guard whose test loops
(guard (e ((let loop () (loop)) 1)) (raise 'x))
;;; guard whose arrow takes a continuation
(let loop () (guard (e ((call/cc (lambda (k) k)) => (lambda (k) (if (procedure? k) (k k) 1)))) (raise 'x)))
;;; raise-continuable whose handler captures
(define k #f) (with-exception-handler (lambda (e) (call/cc (lambda (c) (set! k c) 1))) (lambda () (raise-continuable 1))) (k 1)
;;; conditions that contain themselves
(define l (list 1)) (define c (condition (make-irritants-condition l) (make-message-condition "x"))) (set-car! l c) (raise c)
;;; who that is a circular list
(define l (list 1)) (set-cdr! l l) (raise (condition (make-who-condition l) (make-message-condition "x")))
;;; message that is a huge number
(raise (condition (make-error) (make-message-condition (expt 7 1000000)) (make-who-condition (expt 7 1000000))))
;;; raise of a table of much
(define t (make-eqv-hashtable)) (do ((i 0 (+ i 1))) ((= i 100000)) (hashtable-set! t i (list i))) (raise t)
;;; raise of a procedure with a long name
(raise (eval `(let ((,(string->symbol (make-string 1000000 #\a)) (lambda () 1))) ,(string->symbol (make-string 1000000 #\a))) (environment '(rnrs))))
;;; raise of a record with many fields
(define rtd (make-record-type-descriptor (string->symbol (make-string 100000 #\r)) #f #f #f #f (vector-map (lambda (x) '(mutable a)) (make-vector 10000 0)))) (raise (apply (record-constructor (make-record-constructor-descriptor rtd #f #f)) (vector->list (make-vector 10000 rtd))))
;;; record that contains itself
(define-record-type r (fields (mutable a) (mutable b))) (define x (make-r 1 2)) (r-a-set! x x) (r-b-set! x (list x x)) (raise x)
;;; record protocols that recur
(define-record-type r (fields a) (protocol (lambda (n) (lambda (x) (n (make-r x)))))) (make-r 1)
;;; record protocols that keep the constructor
(define all '()) (define-record-type r (fields a) (protocol (lambda (n) (lambda (x) (set! all (cons n all)) (n x))))) (let loop () (make-r 1) (loop))
;;; record constructors made for ever
(define rtd (make-record-type-descriptor 'r #f #f #f #f '#((mutable a) (mutable b)))) (let loop ((l '())) (loop (cons (record-constructor (make-record-constructor-descriptor rtd #f (lambda (n) (lambda (x) (n x x))))) l)))
;;; record accessors made for ever
(define rtd (make-record-type-descriptor 'r #f #f #f #f '#((mutable a) (mutable b)))) (let loop ((l '())) (loop (cons (list (record-accessor rtd 0) (record-mutator rtd 1) (record-predicate rtd)) l)))
;;; record types with a deep chain of parents and protocols
(define (chain n) (let loop ((i 0) (rtd #f) (rcd #f)) (if (= i n) rcd (let ((r (make-record-type-descriptor 'r rtd #f #f #f '#((immutable a))))) (loop (+ i 1) r (make-record-constructor-descriptor r rcd (lambda (n) (lambda x (apply n x)))))))))
(guard (e (#t 1)) ((record-constructor (chain 20000)))) (record-constructor (chain 50000))
;;; record type with a predicate of a deep parent
(define base (make-record-type-descriptor 'r #f #f #f #f '#((immutable a)))) (define leaf (let loop ((i 0) (rtd base)) (if (= i 10000) rtd (loop (+ i 1) (make-record-type-descriptor 'r rtd #f #f #f '#()))))) (define r (make-record-constructor-descriptor leaf #f #f)) (define x ((record-constructor r) 1)) (define p? (record-predicate base)) (define get (record-accessor base 0)) (let loop () (p? x) (get x) (loop))
;;; parameters that convert for ever
(define p (make-parameter 1 (lambda (x) (list x x)))) (let loop () (p (p)) (loop))
;;; parameters whose converter sets the parameter
(define p #f) (set! p (make-parameter 1 (lambda (x) (if p (p x)) x))) (p 2)
;;; parameterize nested deeply
(define p (make-parameter 1)) (define (f n) (if (= n 0) (p) (parameterize ((p n)) (f (- n 1))))) (let loop () (f 20000) (loop))
;;; parameterize left and entered again
(define p (make-parameter 1)) (define k #f) (parameterize ((p 2)) (call/cc (lambda (c) (set! k c)))) (k 1)
;;; parameters by the million
(let loop ((l '())) (loop (cons (make-parameter 1) l)))
;;; promise that raises
(define p (delay (raise 'x))) (let loop () (guard (e (#t 1)) (force p)) (loop))
;;; promise that is entered again
(define k #f) (define p (delay (call/cc (lambda (c) (set! k c) 1)))) (force p) (k 1)
;;; promises that force each other
(define a (delay (force b))) (define b (delay (force a))) (force a)
;;; values to a continuation that takes one
(let loop () (guard (e (#t 1)) (+ 1 (values 1 2 3))) (loop))
;;; values to a continuation by the million
(define l (vector->list (make-vector 300000 1))) (let loop () (guard (e (#t 1)) (+ 1 (apply values l))) (loop))
;;; continuation called with many values
(define l (vector->list (make-vector 300000 1))) (let loop () (call-with-values (lambda () (call/cc (lambda (k) (apply k l)))) list) (loop))
;;; generators by continuations
(define (tree n) (if (= n 0) '() (cons (tree (- n 1)) (tree (- n 1))))) (define return #f) (define (walk t) (if (pair? t) (begin (walk (car t)) (walk (cdr t))) (call/cc (lambda (k) (return k))))) (let loop () (let ((k (call/cc (lambda (r) (set! return r) (walk (tree 10)))))) (if (procedure? k) (k 1))) (loop))
;;; continuations of one deep stack, entered in turn
(define ks '()) (define (deep n) (if (= n 0) 0 (+ 1 (call/cc (lambda (k) (set! ks (cons k ks)) (deep (- n 1))))))) (deep 2000) (for-each (lambda (k) (k 1)) ks)
;;; stack that grows after each capture
(define (f n) (call/cc (lambda (k) (if (= (mod n 100) 0) (f (+ n 1)) (+ 1 (f (+ n 1))))))) (f 0)
;;; guardian whose objects come back for ever
(define g (make-guardian)) (let loop () (g (list 1)) (collect) (let again ((x (g))) (if x (begin (g x) (again #f)))) (loop))
;;; guardian that guards itself
(define g (make-guardian)) (g g) (let loop () (let ((h (make-guardian))) (h h) (g h)) (loop))
;;; ephemerons and weak pairs in a chain
(let loop ((e (weak-cons 1 2))) (loop (weak-cons e e)))
;;; coroutines that make coroutines
(define (f) (coroutine (lambda () (yield) (f) (f)))) (f) (finish-coroutines)
;;; coroutine that raises
(coroutine (lambda () (raise 'x))) (guard (e (#t 1)) (finish-coroutines)) (let loop () (coroutine (lambda () (yield) (car 1))) (guard (e (#t 1)) (finish-coroutines)) (loop))
;;; shift kept and called for ever
(define ks '()) (let loop () (reset (+ 1 (shift k (set! ks (cons k ks)) 1))) (for-each (lambda (k) (k 1)) (if (> (length ks) 100) '() ks)) (loop))
;;; reset nested deeply
(define (f) (reset (+ 1 (f)))) (f)
;;; compensation that raises
(let loop () (guard (e (#t 1)) (with-compensations (compensate 1 (with (raise 'x))) (raise 'y))) (loop))
;;; compensations nested
(define (f) (with-compensations (compensate 1 (with (f))) 2)) (f)
;;; catch and finally nested
(define (f) (try (f) (catch e (else (f))) (finally 1))) (f)
;;; exit handlers that exit
(let loop () (guard (e (#t 1)) (dynamic-wind (lambda () 1) (lambda () (exit 1)) (lambda () (exit 2)))) (loop))
