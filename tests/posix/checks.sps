#!vicare
;;; (vicare checks): what its checks count, print, and make of the exit status. Each scenario is a child.
(import (vicare) (prefix (vicare posix) px.) (prefix (vicare checks) c.) (vicar-test))

;; The exit status of a child that runs the forms, and what it wrote to its error port.
(define-syntax outcome
  (syntax-rules ()
    [(_ form ...)
     (px.fork-with-textual-ports
       (lambda (pid in out err)
         (close-port in)
         (get-string-all out)
         (let ([text (get-string-all err)])
           (close-port out) (close-port err)
           (list (px.WEXITSTATUS (px.waitpid pid 0)) (if (eof-object? text) "" text))))
       (lambda () form ... (exit 99)))]))

(check (outcome (c.check-set-mode! 'report-failed) (c.check (+ 1 1) => 2) (c.check-report))
       => '(0 "\n; *** checks *** : 1 correct, 0 failed.\n"))
(check (outcome (c.check-set-mode! 'summary) (c.check 1 => 2) (c.check (values 1 2) => 1 2) (c.check-report))
       => '(1 "\n; *** checks *** : 1 correct, 1 failed. First failed example:\n\n1\n=> 1 ; *** failed ***\n ; expected result: 2\n"))
(check (outcome (c.check-set-mode! 'report) (c.check (car '(1)) => 1) (exit 3))
       => '(3 "\n(car '(1))\n=> 1 ; correct\n"))
(check (outcome (c.check-set-mode! 'off) (c.check (exit 5) => 1) (c.check-report)) => '(0 ""))
(check (outcome (px.setenv "VICARE_CHECK_QUIET" "yes") (c.check-quiet-tests? #t) (c.check-display "x")
                (c.check 1 => 2) (c.check-report))
       => '(1 ""))
;; What the expression raises ends the program.
(check (car (outcome (c.check (raise 'x) => 1) (exit 0))) => 1)

;; Selection by name: by its beginning or its end; checks without a name are not selected.
(px.setenv "CHECK_TEST_NAME" "ab")
(check (car (outcome
              (c.check (exit 50) => 1)
              (parametrise ([c.check-test-name 'xabx]) (c.check (exit 51) => 1))
              (parametrise ([c.check-test-name 'abx]) (c.check 1 => 1))
              (parametrise ([c.check-test-name 'xab]) (c.check 1 => 1))
              (exit (if (c.check-passed? 2) 7 8))))
       => 7)
(px.unsetenv "CHECK_TEST_NAME")
(check-error assertion-violation? (c.check-test-name "name"))
(check-error assertion-violation? (c.check-set-mode! 'loud))

;; Values, predicates, results.
(c.check-set-mode! 'report-failed)
(c.check-reset!)
(c.check 'a-name (* 2 3) => 6)
(c.check (values) =>)
(c.check 1.0 (=> =) 1)
(c.check 'a-name (list 1.0) (=> equal?) '(1.0))
(c.check-for-true 5)
(c.check-for-false #f)
(c.check (c.with-result (c.add-result 1) (c.add-result 2) 3) => '(3 (1 2)))
(c.check (c.with-result (c.add-result 1) (c.with-result (c.add-result 2) 0) (values 3 (c.get-result))) => '(3 (1) (1)))
(c.check (c.false-if-exception (car 5)) => #f)
(c.check (c.false-if-exception 1 2) => 2)
(c.check-for-assertion-violation (assertion-violation 'me "text" 1 2) => '(me (1 2)))
(c.check-for-assertion-violation (raise 'other) => 'other)
(c.check-for-procedure-argument-violation (procedure-argument-violation 'me "text" 1 2) => '(me (1 2)))
(c.check-for-procedure-arguments-consistency-violation
  (procedure-arguments-consistency-violation 'me "text" 1) => '(me (1)))
(c.check-for-expression-return-value-violation (expression-return-value-violation 'me "text" 1 'a) => '(me (a)))
(define* ({doubled fixnum?} {x number?}) (* 2 x))
(c.check-for-procedure-signature-argument-violation (doubled "x") => '(doubled 1 number? "x"))
(c.check-for-procedure-signature-return-value-violation (doubled 0.5) => '(doubled 1 fixnum? 1.0))
(check (c.check-passed? 17) => #t)
(check (c.check-passed? 16) => #f)
(c.check-reset!)
(check (c.check-passed? 0) => #t)

;; Printing.
(check (outcome (c.check-display "a") (c.check-write "b") (c.check-newline) (c.check-pretty-print '(c)) (exit 0))
       => '(0 "a\"b\"\n(c)\n"))

(report)
