;;; macro that uses itself
(define-syntax m (syntax-rules () ((_ x) (m x)))) (m 1)
;;; macro that doubles
(define-syntax m (syntax-rules () ((_ x ...) (m x ... x ...)))) (m 1)
;;; macro that branches
(define-syntax m (syntax-rules () ((_ x) (+ (m x) (m x))))) (m 1)
;;; macro that nests
(define-syntax m (syntax-rules () ((_ (x)) (m ((x)))) ((_ x) (m (x))))) (m (1))
;;; ellipses that multiply
(define-syntax m (syntax-rules () ((_ (a ...) (b ...) (c ...)) '((((a b c) ...) ...) ...)))) (eval `(m ,(vector->list (make-vector 3000 1)) ,(vector->list (make-vector 3000 1)) ,(vector->list (make-vector 3000 1))) (interaction-environment))
;;; ellipses that multiply in a square
(define-syntax m (syntax-rules () ((_ a ...) '((m2 a ...) ...)))) (define-syntax sq (syntax-rules () ((_ (a b ...) ...) '((a b ... ...) ...)))) (define l (vector->list (make-vector 3000 1))) (eval (cons 'sq (vector->list (make-vector 3000 l))) (interaction-environment))
;;; template with many ellipses after one another
(define-syntax m (syntax-rules () ((_ ((a ...) ...)) '((a ... ...) (a ... ...) (a ... ...) (a ... ...) (a ... ...) (a ... ...) (a ... ...) (a ... ...))))) (define l (vector->list (make-vector 1000 1))) (eval (list 'm (vector->list (make-vector 1000 l))) (interaction-environment))
;;; transformer that loops
(define-syntax m (lambda (x) (let loop () (loop)))) (m)
;;; transformer that fills the heap
(define-syntax m (lambda (x) (let loop ((l '())) (loop (cons 1 l))))) (m)
;;; transformer that recurs
(define-syntax m (lambda (x) (define (f) (+ 1 (f))) (f))) (m)
;;; transformer with huge numbers
(define-syntax m (lambda (x) (let loop ((n 3)) (loop (* n n))))) (m)
;;; transformer that raises
(define-syntax m (lambda (x) (raise x))) (m 1 2 3)
;;; transformer that answers a circular list
(define-syntax m (lambda (x) (let ((l (list 1 2))) (set-cdr! (cdr l) l) (datum->syntax #'m l)))) (m)
;;; transformer that answers unwrapped circular data
(define-syntax m (lambda (x) (let ((l (list #'list 2))) (set-cdr! (cdr l) l) l))) (m)
;;; transformer that answers a shared tree
(define-syntax m (lambda (x) (datum->syntax #'m (list 'quote (let loop ((i 0) (t '())) (if (= i 60) t (loop (+ i 1) (cons t t)))))))) (m)
;;; transformer that answers deep data
(define-syntax m (lambda (x) (datum->syntax #'m (let loop ((i 0) (t 1)) (if (= i 300000) t (loop (+ i 1) (list '+ 1 t))))))) (m)
;;; syntax->datum of a shared tree
(define-syntax m (lambda (x) (let loop ((i 0) (t #'a)) (if (= i 60) (begin (syntax->datum t) #'1) (loop (+ i 1) (cons t t)))))) (m)
;;; syntax-case without end
(define-syntax m (lambda (x) (let loop ((y x)) (syntax-case y () ((a . b) (loop #'(a a . b))))))) (m 1)
;;; generate-temporaries of much
(define-syntax m (lambda (x) (let loop ((n 10)) (generate-temporaries (vector->list (make-vector n 1))) (loop (* n 2))))) (m)
;;; quasisyntax of much
(define-syntax m (lambda (x) (let loop ((l #'(1))) (loop #`(#,@l #,@l))))) (m)
;;; identifiers compared for ever
(define-syntax m (lambda (x) (let loop () (free-identifier=? #'a #'b) (bound-identifier=? #'a #'b) (loop)))) (m)
;;; eval of a circular list
(define l (list '+ 1)) (set-cdr! (cdr l) l) (eval l (environment '(rnrs)))
;;; eval of circular quoted data
(define l (list 1 2)) (set-cdr! (cdr l) l) (eval (list 'quote l) (environment '(rnrs)))
;;; eval of a shared tree
(define t (let loop ((i 0) (t '(+ 1 2))) (if (= i 60) t (loop (+ i 1) (list '+ t t))))) (eval t (environment '(rnrs)))
;;; eval of a shared quoted tree
(define t (let loop ((i 0) (t '())) (if (= i 60) t (loop (+ i 1) (cons t t))))) (eval (list 'quote t) (environment '(rnrs)))
;;; eval of deep expressions
(define t (let loop ((i 0) (t 1)) (if (= i 300000) t (loop (+ i 1) (list '+ 1 t))))) (let again () (guard (e (#t 1)) (eval t (environment '(rnrs)))) (again))
;;; eval of wide expressions
(define t (cons '+ (vector->list (make-vector 300000 1)))) (let loop () (eval t (environment '(rnrs))) (loop))
;;; eval of much quoted data
(define l (vector->list (make-vector 500000 1))) (let loop ((all '())) (loop (cons (eval (list 'quote l) (environment '(rnrs))) all)))
;;; eval of quoted strings
(define s (make-string 1000000 #\a)) (let loop ((all '())) (loop (cons (eval (list 'quote s) (environment '(rnrs))) all)))
;;; eval of wide lambdas
(define t (list 'lambda (map (lambda (i) (string->symbol (number->string i))) (let loop ((i 0) (l '())) (if (= i 20000) l (loop (+ i 1) (cons i l))))) 1)) (let loop () (eval t (environment '(rnrs))) (loop))
;;; eval of nested lambdas
(define t (let loop ((i 0) (t 'x0)) (if (= i 1500) t (loop (+ i 1) (list 'lambda (list (string->symbol (string-append "x" (number->string i)))) t))))) (let again () (guard (e (#t 1)) (eval t (environment '(rnrs)))) (again))
;;; eval of many definitions in one body
(define names (map (lambda (i) (string->symbol (string-append "v" (number->string i)))) (let loop ((i 0) (l '())) (if (= i 20000) l (loop (+ i 1) (cons i l)))))) (eval `(let () ,@(map (lambda (n) `(define ,n 1)) names) v1) (environment '(rnrs)))
;;; eval of letrec with many procedures
(define names (map (lambda (i) (string->symbol (string-append "v" (number->string i)))) (let loop ((i 0) (l '())) (if (= i 10000) l (loop (+ i 1) (cons i l)))))) (eval `(letrec ,(map (lambda (n) `(,n (lambda () (v1) (v2) (,n)))) names) 1) (environment '(rnrs)))
;;; eval of let* with many clauses
(define names (map (lambda (i) (string->symbol (string-append "v" (number->string i)))) (let loop ((i 0) (l '())) (if (= i 8000) l (loop (+ i 1) (cons i l)))))) (eval `(let* ,(map (lambda (n) `(,n 1)) names) 1) (environment '(rnrs)))
;;; eval of cond with many clauses
(eval `(cond ,@(map (lambda (i) `((eqv? ,i 0) ,i)) (let loop ((i 1) (l '())) (if (= i 20000) l (loop (+ i 1) (cons i l)))))) (environment '(rnrs)))
;;; eval of case with many data
(eval `(case 5 ,@(map (lambda (i) `((,i) ,i)) (let loop ((i 1) (l '())) (if (= i 30000) l (loop (+ i 1) (cons i l)))))) (environment '(rnrs)))
;;; eval of and and or
(eval `(and ,@(vector->list (make-vector 100000 #t))) (environment '(rnrs)))
;;; eval of nested quasiquotes
(define t (let loop ((i 0) (t 1)) (if (= i 50000) t (loop (+ i 1) (list 'quasiquote (list t (list 'unquote t))))))) (eval t (environment '(rnrs)))
;;; eval of quasiquoted much
(define l (vector->list (make-vector 300000 1))) (eval (list 'quasiquote (append l '((unquote 1)))) (environment '(rnrs)))
;;; eval of macro definitions without end
(define env (interaction-environment)) (let loop ((i 0)) (eval '(define-syntax again (syntax-rules () ((_ x) x))) env) (loop (+ i 1)))
;;; eval of record definitions without end
(let loop ((i 0)) (eval '(let () (define-record-type r (fields a b c)) 1) (environment '(rnrs))) (loop (+ i 1)))
;;; eval of record definitions with many fields
(define names (map (lambda (i) (string->symbol (string-append "v" (number->string i)))) (let loop ((i 0) (l '())) (if (= i 5000) l (loop (+ i 1) (cons i l)))))) (eval `(let () (define-record-type r (fields ,@names)) 1) (environment '(rnrs)))
;;; eval in a loop
(let loop () (eval '(let ((x 1)) (+ x x)) (environment '(rnrs))) (loop))
;;; eval of code that is kept
(let loop ((l '())) (loop (cons (eval '(lambda (x) (let loop ((i 0)) (if (< i x) (loop (+ i 1)) i))) (environment '(rnrs))) l)))
;;; eval with long names
(let loop ((n 1000)) (guard (e (#t 1)) (eval (string->symbol (make-string n #\a)) (environment '(rnrs)))) (loop (* n 2)))
;;; unbound name that is long
(eval (string->symbol (make-string 3000000 #\a)) (environment '(rnrs)))
;;; unbound names that are many
(eval (cons 'list (map (lambda (i) (string->symbol (string-append "unbound-name-" (number->string i)))) (let loop ((i 0) (l '())) (if (= i 20000) l (loop (+ i 1) (cons i l)))))) (environment '(rnrs)))
;;; import sets nested deeply
(define t (let loop ((i 0) (t '(rnrs))) (if (= i 5000) t (loop (+ i 1) (list 'prefix t 'a))))) (environment t)
;;; import sets nested very deeply
(define t (let loop ((i 0) (t '(rnrs))) (if (= i 300000) t (loop (+ i 1) (list 'only t 'car))))) (environment t)
;;; import sets with long prefixes
(environment (list 'prefix '(rnrs) (string->symbol (make-string 100000 #\p))))
;;; import sets with prefixes that grow
(define p (string->symbol (make-string 1000 #\p))) (define t (let loop ((i 0) (t '(rnrs))) (if (= i 300) t (loop (+ i 1) (list 'prefix t p))))) (environment t)
;;; import sets with many names
(define names (map (lambda (i) (string->symbol (string-append "v" (number->string i)))) (let loop ((i 0) (l '())) (if (= i 30000) l (loop (+ i 1) (cons i l)))))) (environment `(only (rnrs) ,@names))
;;; import sets that rename much
(define names (map (lambda (i) (list 'car (string->symbol (string-append "v" (number->string i))))) (let loop ((i 0) (l '())) (if (= i 30000) l (loop (+ i 1) (cons i l)))))) (environment `(rename (rnrs) ,@names))
;;; import of many libraries
(apply environment (vector->list (make-vector 2000 '(rnrs))))
;;; library names that are long
(environment (vector->list (make-vector 100000 'a)))
;;; library names that are deep
(environment (let loop ((i 0) (t '(a))) (if (= i 100000) t (loop (+ i 1) (list t)))))
;;; library name that is circular
(define l (list 'a 'b)) (set-cdr! (cdr l) l) (environment l)
;;; syntax-violation with shared trees
(define t (let loop ((i 0) (t '())) (if (= i 60) t (loop (+ i 1) (cons t t))))) (syntax-violation 'x "y" t t)
;;; syntax error with a long form
(eval (cons 'lambda (vector->list (make-vector 300000 1))) (environment '(rnrs)))
;;; syntax errors in a loop
(let loop () (guard (e (#t 1)) (eval '(lambda) (environment '(rnrs)))) (loop))
;;; duplicate definitions of many
(eval `(lambda ,(vector->list (make-vector 30000 'x)) 1) (environment '(rnrs)))
;;; let-syntax nested deeply
(define t (let loop ((i 0) (t '(m 1))) (if (= i 2000) t (loop (+ i 1) `(let-syntax ((m (syntax-rules () ((_ x) x)))) ,t))))) (guard (e (#t 1)) (eval t (environment '(rnrs))))
;;; patterns with many variables
(define names (map (lambda (i) (string->symbol (string-append "v" (number->string i)))) (let loop ((i 0) (l '())) (if (= i 10000) l (loop (+ i 1) (cons i l)))))) (eval `(let-syntax ((m (syntax-rules () ((_ ,@names) (list ,@names))))) (m ,@names)) (environment '(rnrs)))
;;; patterns nested deeply
(define t (let loop ((i 0) (t 'x)) (if (= i 100000) t (loop (+ i 1) (list t))))) (guard (e (#t 1)) (eval `(let-syntax ((m (syntax-rules () ((_ ,t) 'x)))) (m ,t)) (environment '(rnrs))))
;;; literals by the thousand
(define names (map (lambda (i) (string->symbol (string-append "v" (number->string i)))) (let loop ((i 0) (l '())) (if (= i 10000) l (loop (+ i 1) (cons i l)))))) (eval `(let-syntax ((m (syntax-rules ,names ((_ . x) 'x)))) (m 1)) (environment '(rnrs)))
;;; do with many variables
(define names (map (lambda (i) (string->symbol (string-append "v" (number->string i)))) (let loop ((i 0) (l '())) (if (= i 3000) l (loop (+ i 1) (cons i l)))))) (eval `(do ,(map (lambda (n) `(,n 1 (+ ,n 1))) names) (#f 1)) (environment '(rnrs)))
;;; constants folded without end
(eval '(let loop ((i 0)) (expt 3 1000000) (loop i)) (environment '(rnrs)))
;;; case-lambda with many clauses
(eval `(case-lambda ,@(map (lambda (i) `(,(vector->list (make-vector 10 'a)) 1)) (vector->list (make-vector 1000 1)))) (environment '(rnrs)))
;;; body with many expressions
(define t `(lambda () ,@(vector->list (make-vector 100000 '(car '(1)))))) (let loop () (eval t (environment '(rnrs))) (loop))
