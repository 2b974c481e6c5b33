#!r6rs
;;; (rnrs syntax-case): library report chapter 12.
(import (for (rnrs base) run expand) (for (rnrs control) run expand) (for (rnrs lists) run expand)
        (for (rnrs syntax-case) run expand) (for (rnrs conditions) run expand) (for (rnrs exceptions) run expand)
        (rnrs mutable-pairs) (vicar-test))

;;; The examples of the report
(check (let ()
         (define-syntax or (lambda (x)
           (syntax-case x ()
             [(_) (syntax #f)]
             [(_ e) (syntax e)]
             [(_ e1 e2 e3 ...) (syntax (let ([t e1]) (if t t (or e2 e3 ...))))])))
         (let ((t 5)) (list (or) (or 1) (or #f t) (or #f #f)))) => '(#f 1 5 #f))
(define p (cons 4 5))
(define-syntax p.car
  (lambda (x) (syntax-case x () [(_ . rest) #'((car p) . rest)] [_ #'(car p)])))
(check p.car => 4)
(define-syntax q.car
  (make-variable-transformer
    (lambda (x)
      (syntax-case x (set!)
        [(set! _ e) #'(set-car! p e)]
        [(_ . rest) #'((car p) . rest)]
        [_ #'(car p)]))))
(set! q.car 15)
(check q.car => 15)
(check p => '(15 . 5))
(check (let () (set! q.car list) (q.car 1 2)) => '(1 2))
(define-syntax rec
  (lambda (x) (syntax-case x () [(_ x e) (identifier? #'x) #'(letrec ([x e]) x)])))
(check (map (rec fact (lambda (n) (if (= n 0) 1 (* n (fact (- n 1)))))) '(1 2 3 4 5)) => '(1 2 6 24 120))
(check (let ([fred 17])
         (define-syntax a (lambda (x) (syntax-case x () [(_ id) #'(b id fred)])))
         (define-syntax b
           (lambda (x)
             (syntax-case x ()
               [(_ id1 id2)
                #`(list #,(free-identifier=? #'id1 #'id2) #,(bound-identifier=? #'id1 #'id2))])))
         (a fred)) => '(#t #f))
(define-syntax unique-let
  (lambda (x)
    (define unique-ids?
      (lambda (ls)
        (or (null? ls)
            (and (let notmem? ([x (car ls)] [ls (cdr ls)])
                   (or (null? ls) (and (not (bound-identifier=? x (car ls))) (notmem? x (cdr ls)))))
                 (unique-ids? (cdr ls))))))
    (syntax-case x ()
      [(_ ((i v) ...) e1 e2 ...) (unique-ids? #'(i ...)) #'((lambda (i ...) e1 e2 ...) v ...)])))
(check (let-syntax ([dolet (lambda (x) (syntax-case x () [(_ b) #'(unique-let ([a 3] [b 4]) (+ a b))]))]) (dolet a)) => 7)
(define-syntax loop
  (lambda (x)
    (syntax-case x ()
      [(k e ...)
       (with-syntax ([break (datum->syntax #'k 'break)])
         #'(call-with-current-continuation (lambda (break) (let f () e ... (f)))))])))
(check (let ((n 3) (ls '())) (loop (if (= n 0) (break ls)) (set! ls (cons 'a ls)) (set! n (- n 1)))) => '(a a a))
(define-syntax my-letrec
  (lambda (x)
    (syntax-case x ()
      ((_ ((i e) ...) b1 b2 ...)
       (with-syntax (((t ...) (generate-temporaries #'(i ...))))
         #'(let ((i #f) ...) (let ((t e) ...) (set! i t) ... (let () b1 b2 ...))))))))
(check (my-letrec ((ev? (lambda (n) (if (= n 0) #t (od? (- n 1))))) (od? (lambda (n) (if (= n 0) #f (ev? (- n 1)))))) (ev? 10)) => #t)
(define-syntax my-cond
  (lambda (x)
    (syntax-case x ()
      [(_ c1 c2 ...)
       (let f ([c1 #'c1] [c2* #'(c2 ...)])
         (syntax-case c2* ()
           [() (syntax-case c1 (else =>)
                 [(else e1 e2 ...) #'(begin e1 e2 ...)]
                 [(e0) #'e0]
                 [(e0 => e1) #'(let ([t e0]) (if t (e1 t)))]
                 [(e0 e1 e2 ...) #'(if e0 (begin e1 e2 ...))])]
           [(c2 c3 ...)
            (with-syntax ([rest (f #'c2 #'(c3 ...))])
              (syntax-case c1 (=>)
                [(e0) #'(let ([t e0]) (if t t rest))]
                [(e0 => e1) #'(let ([t e0]) (if t (e1 t) rest))]
                [(e0 e1 e2 ...) #'(if e0 (begin e1 e2 ...) rest)]))]))])))
(check (let ((t 'user)) (list (my-cond (#f 1) (else t)) (my-cond (#f) (t)) (my-cond (1 => list) (else 2)))) => '(user user (1)))
(define-syntax my-case
  (lambda (x)
    (syntax-case x ()
      [(_ e c1 c2 ...)
       #`(let ([t e])
           #,(let f ([c1 #'c1] [cmore #'(c2 ...)])
               (if (null? cmore)
                   (syntax-case c1 (else)
                     [(else e1 e2 ...) #'(begin e1 e2 ...)]
                     [((k ...) e1 e2 ...) #'(if (memv t '(k ...)) (begin e1 e2 ...))])
                   (syntax-case c1 ()
                     [((k ...) e1 e2 ...)
                      #`(if (memv t '(k ...)) (begin e1 e2 ...) #,(f (car cmore) (cdr cmore)))]))))])))
(check (list (my-case 2 ((1) 'one) ((2 3) 'some) (else 'none)) (my-case 9 ((1) 'one) (else 'none))) => '(some none))
(define-syntax my-syntax-rules
  (lambda (x)
    (syntax-case x ()
      [(_ (lit ...) [(k . p) t] ...)
       (for-all identifier? #'(lit ... k ...))
       #'(lambda (x) (syntax-case x (lit ...) [(_ . p) #'t] ...))])))
(check (let-syntax ((m (my-syntax-rules (lit) [(_ lit) 'literal] [(_ a) '(a)] [(_ a b ...) '(b ... a)]))) (list (m lit) (m 1) (m 1 2 3)))
       => '(literal (1) (2 3 1)))
(define-syntax swap-args
  (lambda (x) (syntax-case x () [(kwd . rest) (datum->syntax #'kwd (let ((d (syntax->datum #'rest))) (list 'list (cadr d) (car d))))])))
(check (swap-args 1 2) => '(2 1))

;;; Patterns match as in syntax-rules; fenders
(define-syntax kind
  (lambda (x)
    (syntax-case x ()
      [(_ e) (identifier? #'e) #''identifier]
      [(_ e) (string? (syntax->datum #'e)) #''string]
      [(_ (a ...)) (> (length #'(a ...)) 2) #''long]
      [(_ (a . b)) #''pair]
      [(_ e) #f #''never]
      [(_ #(a ...)) #''vector]
      [_ #''other])))
(check (list (kind x) (kind "s") (kind (1 2 3)) (kind (1)) (kind #(1)) (kind 5)) => '(identifier string long pair vector other))
(define-syntax first-two (lambda (x) (syntax-case x () [(_ a ... b c) #'(list c b)])))
(check (first-two 1 2 3 4) => '(4 3))

;;; syntax: structure of the output
(define-syntax structure
  (lambda (x)
    (syntax-case x ()
      [(_ a b ...)
       (let ((whole #'(b ...)) (dotted #'(a . tail)) (vec #'#(a b ...)))
         #`'(#,(list? whole) #,(pair? dotted) #,(vector? vec) #,(length whole)))])))
(check (structure x y z) => '(#t #t #t 2))
(define-syntax constants (lambda (x) #''(a 1 "s" #(b #\c) (d . e))))
(check (constants) => '(a 1 "s" #(b #\c) (d . e)))
(check (syntax->datum #'(a b . c)) => '(a b . c))
(check (syntax->datum #'#(a (b) "c")) => '#(a (b) "c"))
(check (syntax->datum #'x) => 'x)
(check (syntax->datum #'5) => 5)
(check (syntax->datum (list #'a 5 #'b)) => '(a 5 b))
(check (syntax->datum #'(... ...)) => '...)
(check (syntax->datum #'((... ...) x)) => '(... x))
(check (syntax->datum (syntax-case #'(1 2 3) () [(a b ...) #'((a . b) ... end)])) => '((1 . 2) (1 . 3) end))
(check (syntax->datum (syntax-case #'((a 1 2) (b) (c 3)) () [((k v ...) ...) #'((v ... k) ...)])) => '((1 2 a) (b) (3 c)))
(check (syntax->datum (syntax-case #'((1 2) (3)) () [((a ...) ...) #'(a ... ...)])) => '(1 2 3))
(check (syntax->datum (syntax-case #'#(1 2 3) () [#(a b ...) #'#(b ... a)])) => '#(2 3 1))
(check (syntax->datum (syntax-case #'(1 2 3 . 4) () [(a ... . r) #'(r a ...)])) => '(4 1 2 3))
(check (syntax->datum (syntax-case (list 1 2 #'x) () [(a b c) #'(c b a)])) => '(x 2 1))
(check (syntax->datum (syntax-case '() () [() #'empty])) => 'empty)
(check (syntax->datum (syntax-case (cons #'a (vector 1 #'b)) () [(x . #(y z)) #'(z y x)])) => '(b 1 a))
(check (syntax-case 5 () [5 'five] [_ 'other]) => 'five)
(check (syntax-case "ab" () ["ab" 'same] [_ 'other]) => 'same)
(check (syntax-case #'a () [b (identifier? #'b) 'identifier]) => 'identifier)
(check (syntax-case #'(1 2) () [(a b) (syntax-case #'(b a) () [(a b) (syntax->datum #'(a b))])]) => '(2 1))

;;; quasisyntax
(check (syntax->datum #`(1 #,(+ 1 1) #,@(list 3 4) 5)) => '(1 2 3 4 5))
(check (syntax->datum #`(a . #,(+ 1 1))) => '(a . 2))
(check (syntax->datum #`#(1 #,@(list 2 3))) => '#(1 2 3))
(check (syntax->datum #`(#,@'() . tail)) => 'tail)
(check (syntax->datum #`(1 #`(2 #,(3 #,(+ 2 2))))) => '(1 #`(2 #,(3 4))))
(check (syntax->datum #`(0 (unsyntax 1 2) 3)) => '(0 1 2 3))
(check (syntax->datum #`(0 (unsyntax-splicing (list 1) (list 2 3)) 4)) => '(0 1 2 3 4))
(check (syntax->datum #`(0 (unsyntax) 1)) => '(0 1))
(check (syntax->datum #`#((unsyntax) 1)) => '#(1))
(check (syntax->datum #`(#((unsyntax)) #((unsyntax-splicing) #,(+ 1 1)))) => '(#() #(2)))
(check (syntax->datum (with-syntax ((x 1)) #`(x #,#'(x x) #,@#'(x x)))) => '(1 (1 1) 1 1))
(check (syntax->datum (with-syntax (((x ...) '(1 2))) #`((x #,(+ 1 1)) ...))) => '((1 2) (2 2)))

;;; with-syntax
(check (syntax->datum (with-syntax () #'a)) => 'a)
(check (syntax->datum (with-syntax ((a 1) (b #'x)) #'(a b))) => '(1 x))
(check (syntax->datum (with-syntax (((a b ...) '(1 2 3)) (#(c) #'#(z))) #'(b ... a c))) => '(2 3 1 z))
(check (syntax->datum (with-syntax ((a 1)) (with-syntax ((b #'(a a)) (a 2)) #'(a b)))) => '(2 (1 1)))
(check (with-syntax ((a 1)) (define x 5) (+ x (syntax->datum #'a))) => 6)

;;; identifier?
(check (identifier? #'x) => #t)
(check (identifier? 'x) => #f)
(check (identifier? #'(x)) => #f)
(check (identifier? #'5) => #f)
(check (identifier? "x") => #f)
(check (for-all identifier? (list #'a #'+ #'(... ...) #'lambda)) => #t)

;;; bound-identifier=? free-identifier=?
(check (bound-identifier=? #'a #'a) => #t)
(check (bound-identifier=? #'a #'b) => #f)
(check (free-identifier=? #'car #'car) => #t)
(check (free-identifier=? #'car #'cdr) => #f)
(check (free-identifier=? #'unbound-1 #'unbound-1) => #t)
(check (free-identifier=? #'unbound-1 #'unbound-2) => #f)
(check (let ((car 1)) (free-identifier=? #'car (let () #'car))) => #t)
(define outer-car #'car)
(check (let ((car 1)) (free-identifier=? #'car outer-car)) => #f)
(check-error assertion-violation? (free-identifier=? 'a #'a))
(check-error assertion-violation? (bound-identifier=? #'a 5))
(check-error assertion-violation? (free-identifier=? #'(a) #'a))
(define-syntax compare-introduced
  (lambda (stx)
    (syntax-case stx ()
      [(_ a) #`(list #,(bound-identifier=? #'a #'x) #,(free-identifier=? #'a #'x)
                     #,(bound-identifier=? #'x #'x))])))
(check (compare-introduced x) => '(#f #t #t))
(check (let ((x 1)) (compare-introduced x)) => '(#f #f #t))
;; Renamed and prefixed imports name the same binding: see libraries.sps.

;;; datum->syntax
(define-syntax capture-it
  (lambda (x) (syntax-case x () [(k e) (with-syntax ((it (datum->syntax #'k 'it))) #'(let ((it 42)) e))])))
(check (let ((it 1)) (capture-it it)) => 42)
;; The context of a template's identifier is all that is visible there, whatever its own meaning.
(check (let ((x 1)) (free-identifier=? (datum->syntax #'elsewhere 'x) #'x)) => #t)
(check (let ((x 1)) (define-syntax m (lambda (s) (datum->syntax #'here 'x))) (let ((x 2)) (list x (m)))) => '(2 1))
(check (let () (define x 1) (define-syntax m (lambda (s) (datum->syntax #'list '(list x x)))) (m)) => '(1 1))
(define-syntax get-it (lambda (s) (syntax-case s () ((k) (datum->syntax #'k 'it)))))
(check (let ((it 'seen)) (let-syntax ((m (syntax-rules () ((_) (get-it))))) (let ((it 'not)) (m)))) => 'seen)
(define-syntax no-capture (lambda (x) (syntax-case x () [(k e) #'(let ((it 42)) e)])))
(check (let ((it 1)) (no-capture it)) => 1)
(define-syntax through (syntax-rules () ((_ e) (capture-it e))))
(check (let ((it 1)) (through it)) => 1) ; capture-it's k is here the identifier that through introduced
(define-syntax aif
  (lambda (x) (syntax-case x () [(k c t e) (with-syntax ((it (datum->syntax #'k 'it))) #'(let ((it c)) (if it t e)))])))
(check (aif (assv 2 '((1 a) (2 b))) (cadr it) 'none) => 'b)
(check (aif 1 (aif (+ it 1) (list it) #f) #f) => '(2))
(define-syntax define-accessors
  (lambda (x)
    (define (join k . parts)
      (datum->syntax k (string->symbol (apply string-append (map (lambda (p) (if (string? p) p (symbol->string (syntax->datum p)))) parts)))))
    (syntax-case x ()
      [(_ name field ...)
       (with-syntax (((getter ...) (map (lambda (f) (join f #'name "-" f)) #'(field ...)))
                     (make (join #'name "make-" #'name))
                     ((i ...) (let loop ((l #'(field ...)) (n 0)) (if (null? l) '() (cons n (loop (cdr l) (+ n 1)))))))
         #'(begin (define (make field ...) (vector field ...)) (define (getter v) (vector-ref v i)) ...))])))
(define-accessors pt x y)
(check (let ((v (make-pt 3 4))) (list (pt-x v) (pt-y v))) => '(3 4))
(define-syntax list-code (lambda (x) (syntax-case x () [(k) (datum->syntax #'k '(let ((a 1)) (list a '#(2 "x") #\c)))])))
(check (list-code) => '(1 #(2 "x") #\c))
(check (syntax->datum (datum->syntax #'k '(a "b" 5 #(c)))) => '(a "b" 5 #(c)))
(check-error assertion-violation? (datum->syntax 'k 'a))
(check-error assertion-violation? (datum->syntax #'(k) 'a))

;;; generate-temporaries
(check (length (generate-temporaries '(1 2 3))) => 3)
(check (generate-temporaries '()) => '())
(check (for-all identifier? (generate-temporaries #'(a b))) => #t)
(check (let ((l (generate-temporaries '(a a)))) (bound-identifier=? (car l) (cadr l))) => #f)
(check (let ((l (generate-temporaries '(a a)))) (free-identifier=? (car l) (cadr l))) => #f)
(check-error assertion-violation? (generate-temporaries 5))
(define-syntax rotate!
  (lambda (x)
    (syntax-case x ()
      [(_ a b ...)
       (with-syntax (((t ...) (generate-temporaries #'(a b ...))) ((c ...) #'(b ... a)) ((d ...) #'(a b ...)))
         #'(let ((t c) ...) (set! d t) ...))])))
(check (let ((t 1) (u 2) (w 3)) (rotate! t u w) (list t u w)) => '(2 3 1))

;;; make-variable-transformer, identifier macros
(define place 0)
(define-syntax place-macro
  (make-variable-transformer
    (lambda (x)
      (syntax-case x (set!)
        [(set! _ e) #'(begin (set! place (* 2 e)) place)]
        [(_ a ...) #'(list 'called a ...)]
        [id (identifier? #'id) #'place]))))
(check (let* ((before place-macro) (after (begin (set! place-macro 21) place-macro)))
         (list before after (place-macro 1 2))) => '(0 42 (called 1 2)))
(check (let ((place-macro 5)) (set! place-macro 6) place-macro) => 6)
(define-syntax macro-set
  (syntax-rules () ((_ id v) (set! id v))))
(check (begin (macro-set place-macro 5) place) => 10)
(define-syntax whole-form (lambda (x) #`'#,x))
(check (whole-form a (b "c")) => '(whole-form a (b "c")))
(check (let-syntax ((id-macro (lambda (x) (syntax-case x () [id (identifier? #'id) #''bare] [(_ . r) #''applied]))))
         (list id-macro (id-macro) (id-macro 1 2))) => '(bare applied applied))

;;; Transformers are ordinary code at expansion
(define-syntax compile-time-factorial
  (lambda (x)
    (syntax-case x ()
      [(k n) (let loop ((i (syntax->datum #'n)) (acc 1)) (if (= i 0) (datum->syntax #'k acc) (loop (- i 1) (* acc i))))])))
(check (compile-time-factorial 20) => 2432902008176640000)
(define-syntax with-helper
  (let ((help (lambda (l) (reverse l))))
    (lambda (x) (syntax-case x () [(_ a ...) #`(list #,@(help #'(a ...)))]))))
(check (with-helper 1 2 3) => '(3 2 1))
(define-syntax count-uses (let ((n 0)) (lambda (x) (set! n (+ n 1)) (datum->syntax #'here n))))
(check (let* ((a (count-uses)) (b (count-uses))) (abs (- b a))) => 1) ; expanded in either order
(define-syntax catching
  (lambda (x) (guard (e (#t #''caught-at-expansion)) (car '()))))
(check (catching) => 'caught-at-expansion)
(define-syntax escaping (lambda (x) (call/cc (lambda (k) (k #''escaped) #''not))))
(check (escaping) => 'escaped)
(check (let-syntax ((m (lambda (x) (let-syntax ((n (lambda (y) #'#''from-inner))) (n))))) (m)) => 'from-inner)
(check (let () (define-syntax m (lambda (x) (define (f s) #`(list #,s #,s)) (syntax-case x () [(_ e) (f #'e)]))) (m 5)) => '(5 5))
;; A transformer may return plain structure with syntax objects at the leaves.
(define-syntax unwrapped (lambda (x) (syntax-case x () [(_ a b) (list #'list #'b (cons #'vector (list #'a 7)))])))
(check (unwrapped 1 2) => '(2 #(1 7)))
;; Nested quotation levels: a macro that makes a procedural macro
(define-syntax define-const-macro
  (syntax-rules () ((_ name v) (define-syntax name (lambda (x) (syntax-case x () [_ #'v]))))))
(define-const-macro nine (+ 4 5))
(check nine => 9)
(define-syntax define-ellipsis-macro
  (lambda (x)
    (syntax-case x ()
      [(_ name) #'(define-syntax name (lambda (y) (syntax-case y () [(_ a (... ...)) #'(list (cons a a) (... ...))])))])))
(define-ellipsis-macro pairs)
(check (pairs 1 2) => '((1 . 1) (2 . 2)))

;;; syntax-violation
(define-syntax violated
  (syntax-rules () ((_ e) (guard (c (#t c)) e))))
(let ((c (violated (syntax-violation 'me "message" #'(form a) #'a))))
  (check (syntax-violation? c) => #t)
  (check (who-condition? c) => #t)
  (check (condition-who c) => 'me)
  (check (condition-message c) => "message")
  (check (syntax->datum (syntax-violation-form c)) => '(form a))
  (check (syntax->datum (syntax-violation-subform c)) => 'a))
(let ((c (violated (syntax-violation #f "message" #'(form a)))))
  (check (condition-who c) => 'form)
  (check (syntax-violation-subform c) => #f))
(check (condition-who (violated (syntax-violation #f "m" #'ident))) => 'ident)
(check (who-condition? (violated (syntax-violation #f "m" #'(5 a)))) => #f)
;; A symbol is no identifier, so nothing can be inferred from a datum.
(check (who-condition? (violated (syntax-violation #f "m" '(a b)))) => #f)
(check (who-condition? (violated (syntax-violation #f "m" 'a))) => #f)
(check (condition-who (violated (syntax-violation #f "m" (list #'a 5)))) => 'a)
(check (condition-who (violated (syntax-violation "string" "m" 'datum))) => "string")
(check (syntax-violation-form (violated (syntax-violation 'w "m" '(plain datum)))) => '(plain datum))
(check-error assertion-violation? (syntax-violation 5 "m" #'a))
(check-error assertion-violation? (syntax-violation 'who 'not-a-string #'a))
(check-error syntax-violation? (syntax-case #'(1 2) () [(a) 'one]))
(check-error syntax-violation? (syntax-case 5 ()))
(check-error syntax-violation? (with-syntax (((a b) '(1))) #'a))

;; datum->syntax lends the whole context of its template identifier, whatever the identifier itself is called.
(check (let ([x 1])
         (define-syntax m (lambda (stx) (datum->syntax #'here 'x)))
         (let ([x 2]) (m)))
       => 1)
(check (let ([x 1])
         (let-syntax ([m (lambda (stx) (datum->syntax #'here '(list x x)))])
           (let ([list vector] [x 2]) (m))))
       => '(1 1))
(check (let ([car 1]) (free-identifier=? #'car (datum->syntax #'here 'car))) => #t)

;; The input may be unwrapped in part or whole (12.4): what a pattern variable matches comes back as it was.
(define (shape x)
  (cond ((pair? x) 'pair) ((null? x) 'null) ((vector? x) 'vector) ((number? x) 'number) ((identifier? x) 'id)
        (else 'wrapped)))
(define ids (list #'a #'b))
(check (syntax-case ids () (x (eq? ids #'x))) => #t)
(check (syntax-case (list ids) () ((x) (eq? ids #'x))) => #t)
(check (syntax-case (cons #'c ids) () ((x . y) (eq? ids #'y))) => #t)
(check (syntax-case (list ids ids #'(c d) '() 5) () ((x ...) (map shape #'(x ...)))) => '(pair pair wrapped null number))
(check (syntax-case (list ids ids (list #'c)) () (((x y ...) ...) (map shape #'((y ...) ...)))) => '(pair pair null))
(check (syntax-case (list (list ids ids) (list ids)) () (((x ...) ...) (map (lambda (l) (map shape l)) #'((x ...) ...))))
       => '((pair pair) (pair)))
(check (syntax-case (cons ids ids) () ((x y . z) (list (shape #'x) (shape #'y) (shape #'z)))) => '(pair id pair))
(check (syntax-case (list ids (vector #'a ids) #'#(1 2) '#(3)) () ((x v w z) (map shape (list #'x #'v #'w #'z))))
       => '(pair vector wrapped vector))
(check (syntax-case (vector ids #'a) () (#(x y) (list (shape #'x) (shape #'y)))) => '(pair id))
(check (syntax-case (vector ids #'a) () (#(x ...) (map shape #'(x ...)))) => '(pair id))
(check (syntax-case (list ids ids) () ((x ... y) (list (shape #'y) (map shape #'(x ...))))) => '(pair (pair)))
(check (with-syntax (((x ...) (list ids ids))) (map shape #'(x ...))) => '(pair pair))
(check (map shape (syntax-case #'((a b) c . d) () ((x y . z) (list #'x #'y #'z)))) => '(wrapped id id))

(report)
