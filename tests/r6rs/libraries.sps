#!r6rs
;;; Libraries and programs: report chapters 7, 8. The libraries are in tests/lib/fixtures/.
(import (rnrs base)
        (for (rnrs base) expand)
        (for (rnrs syntax-case) run expand)
        (rnrs control) (rnrs exceptions) (rnrs conditions) (rnrs records syntactic)
        (rnrs records inspection)
        ;; the same binding by two ways is no conflict
        (only (rnrs base) car cdr)
        (fixtures party)
        (prefix (fixtures balloons) b:)
        (rename (only (fixtures stack) make empty!) (make make-stack))
        (fixtures let-div)
        (only (fixtures values-stuff) mvlet)
        (prefix (only (fixtures counter) next! count-of-instances notes) counter:)
        (except (fixtures diamond-left) next!)
        (fixtures diamond-right)
        (fixtures macros)
        (fixtures versioned (1))
        (prefix (fixtures versioned (1 2 3)) exactly-)
        (prefix (fixtures versioned ((>= 1) (or 2 5))) range-)
        (prefix (fixtures versioned (and (1) (not (2)))) logic-)
        (prefix (fixtures versioned ((and (>= 1) (<= 3)))) between-)
        (prefix (rename (except (fixtures reexport) car) (rest tail)) re:)
        (fixtures points)
        (prefix (fixtures names) n:)
        (fixtures empty)
        (for (fixtures phases) run)
        (for (fixtures expand-helper) expand)
        (vicar-test))

;;; 7.3
(define p (make-party))
(check (pop! p) => '(boom 108))
(check (begin (push! p (push (make 5 5) 1)) (pop! p)) => '(boom 24))
(check (b:pop (b:make 2 3)) => '(boom 6))
(check (let ((s (make-stack))) (push! s 1) (empty! s) s) => '(()))
(check (let-div 17 5 (q r) (list q r)) => '(3 2))
(check (mvlet [(a b) (values 1 2)] (list b a)) => '(2 1))
(check (let ((div 1) (values 2)) (let-div 7 2 (values div) (list values div))) => '(3 1))

;;; One instance, however it is reached
(check (counter:count-of-instances) => 1)
(check (let* ((a (counter:next!)) (b (next!)) (c (counter:next!))) (list a b c)) => '(1 2 3))
(check (list left right) => '(left right))
;; A library is instantiated after those that it imports.
(define (index x l) (if (eq? x (car l)) 0 (+ 1 (index x (cdr l)))))
(check (let ((l (counter:notes))) (< (index 'counter l) (index 'left l))) => #t)
(check (let ((l (counter:notes))) (< (index 'counter l) (index 'right l))) => #t)
(check (length (counter:notes)) => 3)

;;; Exported macros
(check (hidden-value) => 'library-secret)
(check (let ((secret 'mine)) (hidden-value)) => 'library-secret)
(define secret 'program-secret)
(define-with-hidden get-hidden 'hidden)
(check (list secret (get-hidden) (hidden-value)) => '(program-secret hidden library-secret))
(check (let ((cond list) (else #f)) (my-if #f 1 2)) => 2)
(check (match-literal exported-literal) => 'literal)
(check (let ((exported-literal 1)) (match-literal exported-literal)) => 'other)
(check (begin (tick!) (tick!) counter-macro) => 2)
(check (identifier-alias 5) => 25)
(check (map identifier-alias '(1 2 3)) => '(1 4 9))
(my-define defined-by-macro 5)
(check defined-by-macro => 5)
(check (let () (my-define x 1) (my-define y 2) (+ x y)) => 3)
(check (let-it it 5) => '(with-it 5))
(check (let ((it 1)) (let-it it 5)) => '(without 5))

;;; Versions
(check version => '(1 2 3))
(check (list exactly-version range-version logic-version between-version)
       => '((1 2 3) (1 2 3) (1 2 3) (1 2 3)))

;;; Re-exports and renames
(check (re:tail '(1 2 3)) => '(2 3))
(check (re:when-else #t 1 2) => 1)
(check (re:chosen #f 1 2) => 2)
(check ((re:fn (x) (* x x)) 5) => 25)
(check (re:point-x (re:make-point 1 2)) => 1)
(check (point? (re:make-point 1 2)) => #f)
;; A renamed binding is the same binding.
(check (free-identifier=? #'re:when-else #'if) => #t)
(check (free-identifier=? #'b:make #'make) => #t)
(check (free-identifier=? #'re:tail #'cdr) => #t)
(check (let-syntax ((m (syntax-rules (if) ((_ if) 'if) ((_ x) 'other)))) (list (m if) (m re:when-else) (m when))) => '(if if other))
(check (cond (#f 1) (else 2)) => 2)

;;; Record types across libraries
(define-record-type point3 (parent point) (fields z))
(check (let ((q (make-point3 1 2 3))) (set-point-y! q 20) (list (point? q) (point-x q) (point-y q) (point3-z q))) => '(#t 1 20 3))
(check (eq? (record-type-parent (record-type-descriptor point3)) (record-type-descriptor point)) => #t)

;;; The words of the library form as names
(check (list n:import n:export n:library n:only n:except n:prefix n:rename n:for n:run n:expand n:meta)
       => '(import export library only except prefix rename for run expand meta))
(check (n:or 1 2) => '(or 1 2))
(check (n:and 1 2) => 2)

;;; Phases
(check (doubled 21) => 42)
(check (run-double 5) => 10)
(define-syntax quadrupled
  (lambda (x) (syntax-case x () [(k n) (datum->syntax #'k (double (double (syntax->datum #'n))))])))
(check (quadrupled 10) => 40)

;;; Chapter 8: definitions and expressions in any order, evaluated from the top
(define order '())
(define (note x) (set! order (cons x order)) x)
(note 1)
(define a (note 2))
(note 3)
(begin (note 4) (define b (note 5)) (note 6))
(values 1 2 3)
(values)
(define c (+ a b))
(check (reverse order) => '(1 2 3 4 5 6))
(check c => 7)
;; A program may define a name that it does not import though another library exports it.
(define (filter x) (list 'my-filter x))
(check (filter 1) => '(my-filter 1))
;; ... and use a macro in the forms before its definition only as a deferred reference.
(define (uses-late-macro) (late-macro))
(define-syntax late-macro (syntax-rules () ((_) 'late)))
(check (uses-late-macro) => 'late)
(define (uses-late-variable) late-variable)
(define late-variable 'late)
(check (uses-late-variable) => 'late)
(check-error assertion-violation? (letrec ((f (lambda () g)) (g (f))) g))

(report)
