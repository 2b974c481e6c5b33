;;; fender that loops
(define-syntax m (lambda (x) (syntax-case x () ((_ a) (let loop () (loop)) #'a)))) (m 1)
;;; fender that uses the macro
(define-syntax m (lambda (x) (syntax-case x () ((_ a) (eval '(m 1) (interaction-environment)) #'a)))) (m 1)
;;; macro that defines a macro that defines
(define-syntax m (syntax-rules () ((_ n) (begin (define-syntax n2 (syntax-rules () ((_ k) (m k)))) (n2 n))))) (m 1)
;;; macro that makes ever new macros
(define-syntax m (lambda (x) (syntax-case x () ((_ a ...) (with-syntax (((t) (generate-temporaries '(t)))) #'(let-syntax ((t (syntax-rules () ((_) (m a ... t))))) (t))))))) (m)
;;; macro whose output has ever longer lists
(define-syntax m (syntax-rules () ((_ (a ...)) (m (a ... 1 2 3))))) (m ())
;;; macro whose output has ever deeper let
(define-syntax m (syntax-rules () ((_ x) (let ((y x)) (m y))))) (m 1)
;;; macro whose output has ever deeper lambdas with new names
(define-syntax m (syntax-rules () ((_ x ...) (lambda (y) (m x ... y))))) (m)
;;; macro in the place of a definition for ever
(define-syntax m (syntax-rules () ((_) (begin (define x 1) (m))))) (m)
;;; macro in a body for ever
(define-syntax m (syntax-rules () ((_) (begin (define x 1) (m))))) (let () (m) 1)
;;; begin that doubles in a body
(define-syntax m (syntax-rules () ((_) (begin (m) (m))))) (let () (m) 1)
;;; begin that doubles at the top
(define-syntax m (syntax-rules () ((_) (begin (m) (m))))) (m)
;;; identifier macro that uses itself
(define-syntax m (identifier-syntax (m m))) m
;;; identifier macro that doubles
(define-syntax m (identifier-syntax (+ m m))) (let loop () m)
;;; set! macro that sets itself
(define-syntax m (identifier-syntax (_ 1) ((set! _ e) (set! m e)))) (set! m 1)
;;; variable transformer that answers itself
(define-syntax m (make-variable-transformer (lambda (x) x))) m
;;; transformer that answers no syntax
(define-syntax m (lambda (x) (make-eqv-hashtable))) (let loop () (guard (e (#t 1)) (eval '(m) (interaction-environment))) (loop))
;;; transformer that is no procedure
(let loop () (guard (e (#t 1)) (eval '(let-syntax ((m 1)) (m)) (environment '(rnrs)))) (loop))
;;; transformer that answers a huge vector
(define-syntax m (lambda (x) (datum->syntax #'m (make-vector 3000000 1)))) (m)
;;; transformer that answers a huge string
(define-syntax m (lambda (x) (make-string 10000000 #\a))) (string-length (m))
;;; transformer that answers records and procedures
(define-syntax m (lambda (x) (list #'quote (list car (current-output-port) x)))) (let loop () (guard (e (#t 1)) (eval '(m) (interaction-environment))) (loop))
;;; transformer that escapes
(define k #f) (define-syntax m (lambda (x) (call/cc (lambda (c) (set! k c))) #'1)) (m) (k 1)
;;; transformer whose continuation is entered after expansion
(define-syntax m (lambda (x) (let ((k (call/cc (lambda (c) c)))) (if (procedure? k) (k 1) #'1)))) (let loop () (eval '(m) (interaction-environment)) (loop))
;;; transformer that exits
(define-syntax m (lambda (x) (exit 7))) (m)
;;; transformer that evaluates the macro
(define-syntax m (lambda (x) (eval '(m) (interaction-environment)))) (m)
;;; transformer that makes environments
(define-syntax m (lambda (x) (let loop ((l '())) (loop (cons (environment '(rnrs)) l))))) (m)
;;; transformer that writes for ever
(define-syntax m (lambda (x) (let loop () (display "x") (loop)))) (m)
;;; transformer that fills a handler
(define-syntax m (lambda (x) (let loop () (+ 1 (guard (e (#f 1)) (loop)))))) (m)
;;; transformer with winders that loop
(define-syntax m (lambda (x) (dynamic-wind (lambda () 1) (lambda () (raise 'x)) (lambda () (let loop () (loop)))))) (m)
;;; datum->syntax of circular data
(define-syntax m (lambda (x) (let ((l (list 1 2))) (set-cdr! (cdr l) l) (let ((s (datum->syntax #'m l))) (syntax-case s () ((a b ...) #'(b ...)))))) ) (m)
;;; datum->syntax of a huge list, again and again
(define l (vector->list (make-vector 100000 'a))) (define-syntax m (lambda (x) (let ((l (vector->list (make-vector 100000 'a)))) (let loop ((all '())) (loop (cons (datum->syntax #'m l) all)))))) (m)
;;; syntax->datum of wrapped data again and again
(define-syntax m (lambda (x) (let loop ((all '())) (loop (cons (syntax->datum x) all))))) (m (a b c (d e f) #(g h i)) "abc" 1 2 3)
;;; with-syntax nested by recursion
(define-syntax m (lambda (x) (let loop ((s #'1)) (with-syntax ((y s)) (loop #'(y y)))))) (m)
;;; identifiers wrapped again and again
(define-syntax m (syntax-rules () ((_ 0 x) x) ((_ n x) (m2 n x)))) (define-syntax m2 (syntax-rules () ((_ n x) (m n x)))) (let ((y 1)) (m 1 y))
;;; marks that pile up on one identifier
(define-syntax m (lambda (x) (syntax-case x () ((_ n y) (let ((k (syntax->datum #'n))) (if (= k 0) #'(let ((z 1)) y) (with-syntax ((k (- k 1))) #'(let ((y2 1)) (m k y))))))))) (let ((q 1)) (m 3000 q))
;;; patterns with nested ellipses on nested lists
(define (nest n) (if (= n 0) '(1 2 3) (vector->list (make-vector 10 (nest (- n 1)))))) (define-syntax m (syntax-rules () ((_ (((((a ...) ...) ...) ...) ...)) '((a ... ... ... ... ...) (((((a ...) ...) ...) ...) ...))))) (let loop () (eval (list 'm (nest 4)) (interaction-environment)) (loop))
;;; patterns that fail late
(define l (vector->list (make-vector 30000 1))) (define-syntax m (syntax-rules (end) ((_ a ... end b) 1) ((_ a ... b end) 2) ((_ (a ...) ...) 3) ((_ . x) 4))) (let loop () (eval (cons 'm l) (interaction-environment)) (loop))
;;; many clauses in syntax-rules
(define clauses (map (lambda (i) `((_ ,i) ,i)) (let loop ((i 0) (l '())) (if (= i 5000) l (loop (+ i 1) (cons i l)))))) (eval `(let-syntax ((m (syntax-rules () ,@clauses))) (list (m 1) (m 2) (m 4999))) (environment '(rnrs)))
;;; many macros in let-syntax
(define names (map (lambda (i) (string->symbol (string-append "m" (number->string i)))) (let loop ((i 0) (l '())) (if (= i 3000) l (loop (+ i 1) (cons i l)))))) (eval `(letrec-syntax ,(map (lambda (n) `(,n (syntax-rules () ((_ x) x)))) names) (list ,@(map (lambda (n) `(,n 1)) names))) (environment '(rnrs)))
;;; many internal macros
(define names (map (lambda (i) (string->symbol (string-append "m" (number->string i)))) (let loop ((i 0) (l '())) (if (= i 3000) l (loop (+ i 1) (cons i l)))))) (eval `(let () ,@(map (lambda (n) `(define-syntax ,n (syntax-rules () ((_ x) x)))) names) ,@(map (lambda (n) `(,n 1)) names)) (environment '(rnrs)))
;;; eval of a quoted table
(define t (make-eqv-hashtable)) (do ((i 0 (+ i 1))) ((= i 100000)) (hashtable-set! t i i)) (let loop ((l '())) (loop (cons (eval (list 'quote t) (environment '(rnrs))) l)))
;;; eval of procedures in operator position
(let loop () (eval (list car ''(1 2)) (environment '(rnrs))) (loop))
;;; eval of what cannot be read
(let loop () (for-each (lambda (x) (guard (e (#t 1)) (eval x (environment '(rnrs))))) (list (if #f #f) (eof-object) '() (make-vector 10 car) (current-output-port))) (loop))
;;; eval of dotted forms
(let loop () (for-each (lambda (x) (guard (e (#t 1)) (eval x (environment '(rnrs))))) '((car . 1) (if . 1) (let ((x . 1)) x) (lambda (x . 1) x) (quote . 1) (define . x) (let-syntax . 1) (case . x))) (loop))
;;; eval of nested let
(define t (let loop ((i 0) (t 'x0)) (if (= i 3000) t (loop (+ i 1) `(let ((,(string->symbol (string-append "x" (number->string i))) 1)) ,t))))) (guard (e (#t 1)) (eval t (environment '(rnrs)))) (let again () (guard (e (#t 1)) (eval t (environment '(rnrs)))) (again))
;;; eval of nested let-values
(define t (let loop ((i 0) (t 'x0)) (if (= i 1000) t (loop (+ i 1) `(let-values (((,(string->symbol (string-append "x" (number->string i))) y) (values 1 2))) ,t))))) (guard (e (#t 1)) (eval t (environment '(rnrs)))) (let again () (guard (e (#t 1)) (eval t (environment '(rnrs)))) (again))
;;; eval of let-values with many clauses
(define names (map (lambda (i) (string->symbol (string-append "v" (number->string i)))) (let loop ((i 0) (l '())) (if (= i 3000) l (loop (+ i 1) (cons i l)))))) (let again () (eval `(let-values ,(map (lambda (n) `((,n) (values 1))) names) 1) (environment '(rnrs))) (eval `(let*-values ,(map (lambda (n) `((,n) (values 1))) names) 1) (environment '(rnrs))) (again))
;;; eval of nested guards and cases
(define t (let loop ((i 0) (t 1)) (if (= i 1000) t (loop (+ i 1) `(guard (e ((eq? e 1) 2)) (case ,t ((1) 2) (else 3))))))) (guard (e (#t 1)) (eval t (environment '(rnrs)))) (let again () (guard (e (#t 1)) (eval t (environment '(rnrs)))) (again))
;;; eval of nested do
(define t (let loop ((i 0) (t 1)) (if (= i 500) t (loop (+ i 1) `(do ((i 0 (+ i 1))) ((= i 1)) ,t))))) (guard (e (#t 1)) (eval t (environment '(rnrs)))) (let again () (guard (e (#t 1)) (eval t (environment '(rnrs)))) (again))
;;; eval of nested conditionals in tests
(define t (let loop ((i 0) (t 'x)) (if (= i 2000) t (loop (+ i 1) `(if (if ,t 1 #f) 2 3))))) (let again () (guard (e (#t 1)) (eval `(lambda (x) ,t) (environment '(rnrs)))) (again))
;;; eval of calls nested as operators
(define t (let loop ((i 0) (t 'f)) (if (= i 3000) t (loop (+ i 1) (list t 'f))))) (let again () (guard (e (#t 1)) (eval `(lambda (f) ,t) (environment '(rnrs)))) (again))
;;; eval of small procedures that inline each other
(define t `(let () ,@(map (lambda (i) `(define (,(string->symbol (string-append "f" (number->string i))) x) (,(string->symbol (string-append "f" (number->string (+ i 1)))) (+ x x)))) (let loop ((i 0) (l '())) (if (= i 2000) l (loop (+ i 1) (cons i l))))) (define (f2000 x) x) (f0 1))) (let again () (eval t (environment '(rnrs))) (again))
;;; eval of small procedures that double when inlined
(define t `(let () ,@(map (lambda (i) `(define (,(string->symbol (string-append "f" (number->string i))) x) (let ((g ,(string->symbol (string-append "f" (number->string (+ i 1)))))) (cons (g x) (g x))))) (let loop ((i 0) (l '())) (if (= i 200) l (loop (+ i 1) (cons i l))))) (define (f200 x) x) f0)) (let again () (eval t (environment '(rnrs))) (again))
;;; eval of constants that fold to much
(let again () (guard (e (#t 1)) (eval '(lambda () (list (expt 7 (expt 10 6)) (* (expt 3 100000) (expt 5 100000)) (make-string 1000000 #\a) (string->number "1e400"))) (environment '(rnrs)))) (again))
;;; eval of many string literals
(define t (cons 'list (map (lambda (i) (make-string 1000 #\a)) (vector->list (make-vector 5000 1))))) (let loop ((l '())) (loop (cons (eval t (environment '(rnrs))) l)))
;;; eval of a procedure with many free variables
(define names (map (lambda (i) (string->symbol (string-append "v" (number->string i)))) (let loop ((i 0) (l '())) (if (= i 3000) l (loop (+ i 1) (cons i l)))))) (let again () (eval `(lambda ,names (lambda () (lambda () (list ,@names)))) (environment '(rnrs))) (again))
;;; eval of a procedure with many assigned variables
(define names (map (lambda (i) (string->symbol (string-append "v" (number->string i)))) (let loop ((i 0) (l '())) (if (= i 3000) l (loop (+ i 1) (cons i l)))))) (let again () (eval `(lambda ,names ,@(map (lambda (n) `(set! ,n (lambda () ,n))) names)) (environment '(rnrs))) (again))
;;; eval of many closures over many variables
(define names (map (lambda (i) (string->symbol (string-append "v" (number->string i)))) (let loop ((i 0) (l '())) (if (= i 1000) l (loop (+ i 1) (cons i l)))))) (let again () (eval `(lambda ,names (list ,@(map (lambda (n) `(lambda () (list ,@names))) names))) (environment '(rnrs))) (again))
;;; eval of a call with many operands
(define names (map (lambda (i) (string->symbol (string-append "v" (number->string i)))) (let loop ((i 0) (l '())) (if (= i 10000) l (loop (+ i 1) (cons i l)))))) (let again () (eval `(lambda (f ,@names) (f ,@(reverse names))) (environment '(rnrs))) (again))
;;; eval of a named let with many variables
(define names (map (lambda (i) (string->symbol (string-append "v" (number->string i)))) (let loop ((i 0) (l '())) (if (= i 3000) l (loop (+ i 1) (cons i l)))))) (let again () (eval `(lambda () (let loop ,(map (lambda (n) `(,n 1)) names) (loop ,@(reverse names)))) (environment '(rnrs))) (again))
;;; eval of a named let with its variables rotated
(define names (map (lambda (i) (string->symbol (string-append "v" (number->string i)))) (let loop ((i 0) (l '())) (if (= i 2000) l (loop (+ i 1) (cons i l)))))) (let again () (eval `(lambda () (let loop ,(map (lambda (n) `(,n 1)) names) (loop ,@(cdr names) ,(car names)))) (environment '(rnrs))) (again))
;;; eval of optional arguments
(define names (map (lambda (i) (string->symbol (string-append "v" (number->string i)))) (let loop ((i 0) (l '())) (if (= i 300) l (loop (+ i 1) (cons i l)))))) (let again () (eval `(case-lambda ,@(let clauses ((n names)) (if (null? n) '() (cons (list n (cons 'list n)) (clauses (cdr n)))))) (environment '(rnrs))) (again))
;;; eval of records with long chains of parents
(define t `(let () (define-record-type r0) ,@(map (lambda (i) `(define-record-type ,(string->symbol (string-append "r" (number->string i))) (parent ,(string->symbol (string-append "r" (number->string (- i 1))))) (fields a b))) (let loop ((i 300) (l '())) (if (= i 0) l (loop (- i 1) (cons i l))))) 1)) (let again () (guard (e (#t 1)) (eval t (environment '(rnrs)))) (again))
;;; eval of enumerations with many names
(define names (map (lambda (i) (string->symbol (string-append "v" (number->string i)))) (let loop ((i 0) (l '())) (if (= i 3000) l (loop (+ i 1) (cons i l)))))) (let again () (guard (e (#t 1)) (eval `(let () (define-enumeration e ,names es) (es ,@names)) (environment '(rnrs)))) (again))
;;; eval with a new environment each time
(let loop ((i 0)) (eval `(let ((x ,i)) (list x x)) (environment '(rnrs base) '(only (rnrs lists) fold-left) (list 'prefix '(rnrs io simple) (string->symbol (number->string i))))) (loop (+ i 1)))
;;; eval of redefinitions of one name
(define env (interaction-environment)) (let loop ((i 0)) (eval `(define x (lambda () ,i)) env) (loop (+ i 1)))
;;; eval of redefinitions of what others use
(define env (interaction-environment)) (eval '(define (f x) x) env) (let loop ((i 0)) (eval `(define (g x) (f (f x))) env) (eval `(define (f x) (list x ,i)) env) (eval '(g 1) env) (loop (+ i 1)))
;;; eval of libraries
(let loop ((i 0)) (guard (e (#t 1)) (eval `(library (l ,i) (export x) (import (rnrs)) (define x 1)) (interaction-environment))) (guard (e (#t 1)) (eval `(import (l ,i)) (interaction-environment))) (loop (+ i 1)))
;;; environments of libraries that are not there
(let loop ((i 0)) (guard (e (#t 1)) (environment (list 'no 'such (string->symbol (number->string i))))) (loop (+ i 1)))
;;; environments with odd import sets
(let loop () (for-each (lambda (x) (guard (e (#t 1)) (environment x))) '((only) (prefix (rnrs)) (rename (rnrs) (car)) (rename (rnrs) (car cdr)) (except (rnrs) no-such) (for (rnrs) (meta -100000000000000000000)) (rnrs (>= 1 2)) (library (rnrs)) () (1) ("a") (rnrs (6 6 6 6 6 6)))) (loop))
;;; versions that are long
(define v (vector->list (make-vector 100000 6))) (let loop () (guard (e (#t 1)) (environment (list 'rnrs v))) (guard (e (#t 1)) (environment (list 'rnrs (list 'and v v)))) (loop))
;;; version references nested deeply
(define v (let loop ((i 0) (v '(6))) (if (= i 100000) v (loop (+ i 1) (list 'not v))))) (let again () (guard (e (#t 1)) (environment (list 'rnrs v))) (again))
;;; errors of the expander with long names
(define s (string->symbol (make-string 100000 #\a))) (let loop () (guard (e (#t 1)) (eval `(let ((,s 1) (,s 2)) 1) (environment '(rnrs)))) (guard (e (#t 1)) (eval `(,s 1) (environment '(rnrs)))) (loop))
;;; errors of the expander in a deep form
(define t (let loop ((i 0) (t '(lambda))) (if (= i 500) t (loop (+ i 1) `(let ((x ,t)) x))))) (let again () (guard (e (#t 1)) (eval t (environment '(rnrs)))) (again))
;;; errors in macros in macros
(define-syntax m (lambda (x) (syntax-case x () ((_ n) (if (= 0 (syntax->datum #'n)) (syntax-violation 'm "no" x) (with-syntax ((k (- (syntax->datum #'n) 1))) #'(m k))))))) (let loop () (guard (e (#t 1)) (eval '(m 300) (interaction-environment))) (loop))
;;; cond-expand and include of what is not there
(let loop () (guard (e (#t 1)) (eval '(include "/etc/passwd") (interaction-environment))) (guard (e (#t 1)) (eval '(cond-expand ((library (no such)) 1) (else 2)) (interaction-environment))) (loop))
