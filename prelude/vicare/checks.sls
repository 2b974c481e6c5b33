#!r6rs
;;; (vicare checks): expressions with their expected values, after SRFI 78.
;;;
;;; The environment variable CHECK_TEST_NAME selects the checks made while `check-test-name` has a name that begins or ends
;;; with its value; VICARE_CHECK_QUIET=yes silences everything but the status with which `check-report` exits.
;;;
;;; Primitives: %check-symbol, getenv of (vicare posix)
(library (vicare checks) (options (requires posix))
  (export
    check check-report check-set-mode! check-reset! check-passed?
    with-result add-result get-result false-if-exception
    check-for-true check-for-false
    check-for-assertion-violation check-for-procedure-argument-violation
    check-for-procedure-signature-argument-violation check-for-procedure-signature-return-value-violation
    check-for-procedure-arguments-consistency-violation check-for-expression-return-value-violation
    check-test-name check-quiet-tests?
    check-display check-write check-newline check-pretty-print)
  (import (internal primitives) (only (rnrs base) for-each) (rnrs programs) (internal control) (internal parameters))

  ;; -- settings

  ;; What is printed: nothing, the summary of check-report, failed checks too, or all checks.
  (define modes '(off summary report-failed report))
  (define mode (make-parameter 'report))

  ;; (check-set-mode! mode): off, summary, report-failed or report.
  (define (check-set-mode! new)
    (if (not (memq new modes))
        (assertion-violation 'check-set-mode! "expected off, summary, report-failed or report" new))
    (mode new))

  (define (printing? least)
    (and (memq (mode) (memq least modes)) (not (check-quiet-tests?))))

  ;; (check-test-name): a parameter, the name of the checks to come, a symbol or #f.
  (define check-test-name
    (make-parameter #f
      (lambda (name)
        (if name (%check-symbol 'check-test-name 1 name))
        name)))

  ;; (check-quiet-tests?): a parameter, whether nothing is printed.
  (define check-quiet-tests?
    (make-parameter (equal? (getenv "VICARE_CHECK_QUIET") "yes") (lambda (quiet?) (and quiet? #t))))

  ;; Whether the environment asks for the checks of the present name.
  (define (selected?)
    (let ([wanted (getenv "CHECK_TEST_NAME")])
      (or (not wanted)
          (string=? wanted "")
          (let ([name (check-test-name)])
            (and name (begins-or-ends? (symbol->string name) wanted))))))

  (define (begins-or-ends? name part)
    (let ([n (string-length name)] [m (string-length part)])
      (and (>= n m)
           (or (string=? part (substring name 0 m))
               (string=? part (substring name (- n m) n))))))

  ;; -- results

  (define correct (make-parameter 0))
  (define failed (make-parameter 0))
  ;; The procedure that prints the first failure, or #f.
  (define first-failure (make-parameter #f))

  ;; (check-reset!): forgets all checks so far.
  (define (check-reset!)
    (correct 0)
    (failed 0)
    (first-failure #f))

  ;; (check-passed? count): whether there were so many checks, all correct.
  (define (check-passed? count)
    (if (not (number? count)) (%wrong-argument 'check-passed? 'count 1 "a number" count))
    (and (= (correct) count) (= (failed) 0)))

  ;; -- printing, on the current error port

  (define (print write-it)
    (if (not (check-quiet-tests?)) (write-it (current-error-port))))
  (define (check-display obj) (print (lambda (port) (display obj port))))
  (define (check-write obj) (print (lambda (port) (write obj port))))
  (define (check-newline) (print newline))
  (define (check-pretty-print obj) (print (lambda (port) (pretty-print obj port))))

  (define (print-values values)
    (if (null? values)
        (check-display "; no values"))
    (for-each
      (lambda (value)
        (check-display " ")
        (check-write value))
      values))

  (define (print-check name expression actual)
    (check-newline)
    (if name
        (begin (check-display "; ") (check-write name) (check-newline)))
    (check-write expression)
    (check-newline)
    (check-display "=>")
    (print-values actual))

  (define (print-failure name expression actual expected)
    (print-check name expression actual)
    (check-display " ; *** failed ***")
    (check-newline)
    (check-display " ; expected result:")
    (print-values expected)
    (check-newline))

  ;; -- checks

  ;; Compares the values of a thunk with those of another. What the first raises is the caller's.
  (define (run-check name expression thunk same? expected-thunk)
    (if (and (not (eq? (mode) 'off)) (selected?))
        (let* ([actual (call-with-values thunk list)]
               [expected (call-with-values expected-thunk list)])
          (if (all-same? same? actual expected)
              (begin
                (correct (+ (correct) 1))
                (if (printing? 'report)
                    (begin
                      (print-check name expression actual)
                      (check-display " ; correct")
                      (check-newline))))
              (let ([tell (lambda () (print-failure name expression actual expected))])
                (failed (+ (failed) 1))
                (if (not (first-failure)) (first-failure tell))
                (if (printing? 'report-failed) (tell)))))))

  (define (all-same? same? a b)
    (cond
      [(null? a) (null? b)]
      [(null? b) #f]
      [else (and (same? (car a) (car b)) (all-same? same? (cdr a) (cdr b)))]))

  ;; (check ['name] expression => expected ...), (check ['name] expression (=> same?) expected ...): counts whether the
  ;; values are the expected ones, by `equal?` or the given procedure.
  (define-syntax check
    (syntax-rules (=> quote)
      [(_ 'name expression => expected ...)
       (run-check 'name 'expression (lambda () expression) equal? (lambda () (values expected ...)))]
      [(_ 'name expression (=> same?) expected ...)
       (run-check 'name 'expression (lambda () expression) same? (lambda () (values expected ...)))]
      [(_ expression => expected ...)
       (run-check (check-test-name) 'expression (lambda () expression) equal? (lambda () (values expected ...)))]
      [(_ expression (=> same?) expected ...)
       (run-check (check-test-name) 'expression (lambda () expression) same? (lambda () (values expected ...)))]))

  ;; (check-report): prints how many checks were correct and how many failed, with the first of these, and exits with
  ;; status 0 if none did, otherwise with 1.
  (define (check-report)
    (if (printing? 'summary)
        (begin
          (check-newline)
          (check-display "; *** checks *** : ")
          (check-write (correct))
          (check-display " correct, ")
          (check-write (failed))
          (check-display " failed.")
          (if (first-failure)
              (begin
                (check-display " First failed example:")
                (check-newline)
                ((first-failure)))
              (check-newline))))
    (exit (if (zero? (failed)) 0 1)))

  ;; (check-for-true expression): its value is true.
  (define-syntax check-for-true
    (syntax-rules ()
      [(_ expression) (check (if expression #t #f) => #t)]))

  ;; (check-for-false expression): its value is #f.
  (define-syntax check-for-false
    (syntax-rules ()
      [(_ expression) (check (if expression #t #f) => #f)]))

  ;; (false-if-exception expression ...): the value of the last one; #f if one raises.
  (define-syntax false-if-exception
    (syntax-rules ()
      [(_ expression0 expression ...)
       (guard (e [#t #f]) expression0 expression ...)]))

  ;; -- results on the way

  (define results (make-parameter '()))

  ;; (with-result form ... last): the values of the last one, and what add-result got on the way, in one list.
  (define-syntax with-result
    (syntax-rules ()
      [(_ form0 form ...)
       (call-with-results (lambda () form0 form ...))]))

  (define (call-with-results thunk)
    (parametrise ([results '()])
      (call-with-values thunk
        (lambda values (append values (list (get-result)))))))

  ;; (add-result value): notes it, and answers it.
  (define (add-result value)
    (results (cons value (results)))
    value)

  ;; (get-result): what was noted in this with-result so far, in order.
  (define (get-result) (reverse (results)))

  ;; -- checks for violations. Each expects a list of what the condition has; any other condition counts as itself.

  (define (who-of e) (and (who-condition? e) (condition-who e)))
  (define (irritants-of e) (if (irritants-condition? e) (condition-irritants e) '()))

  (define (who-and-irritants e)
    (list (who-of e) (irritants-of e)))

  ;; (NAME body => expected), with what `parts` makes of a condition that satisfies the predicate.
  (define-syntax define-violation-check
    (syntax-rules ()
      [(_ name predicate parts)
       (define-syntax name
         (syntax-rules (=>)
           [(_ body => expected)
            (check (guard (e [(predicate e) (parts e)] [#t e]) body) => expected)]))]))

  ;; who, irritants
  (define-violation-check check-for-assertion-violation assertion-violation? who-and-irritants)
  (define-violation-check check-for-procedure-argument-violation procedure-argument-violation? who-and-irritants)
  (define-violation-check check-for-procedure-arguments-consistency-violation
    procedure-arguments-consistency-violation? who-and-irritants)
  (define-violation-check check-for-expression-return-value-violation
    expression-return-value-violation? who-and-irritants)

  ;; who, index, predicate, value
  (define-violation-check check-for-procedure-signature-argument-violation procedure-signature-argument-violation?
    (lambda (e)
      (list (who-of e)
            (procedure-signature-argument-violation.one-based-argument-index e)
            (procedure-signature-argument-violation.failed-expression e)
            (procedure-signature-argument-violation.offending-value e))))
  (define-violation-check check-for-procedure-signature-return-value-violation
    procedure-signature-return-value-violation?
    (lambda (e)
      (list (who-of e)
            (procedure-signature-return-value-violation.one-based-return-value-index e)
            (procedure-signature-return-value-violation.failed-expression e)
            (procedure-signature-return-value-violation.offending-value e))))
  )
