#!r6rs
;;; (rnrs programs): library report chapter 10. How exit ends the process is in tests/cli/.
(import (rnrs base) (rnrs exceptions) (rnrs conditions) (rnrs programs) (vicar-test))

(check (list? (command-line)) => #t)
(check (pair? (command-line)) => #t)
(check (let loop ((l (command-line))) (or (null? l) (and (string? (car l)) (loop (cdr l))))) => #t)
(check (procedure? exit) => #t)
(check-error assertion-violation? (command-line 1))
(check-error assertion-violation? (exit 1 2))

(report)
