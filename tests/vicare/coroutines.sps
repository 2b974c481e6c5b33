;;; Coroutines, delimited continuations, compensations.
(import (vicare) (vicar-test))

(define notes '())
(define (note x) (set! notes (cons x notes)))
(define-syntax noted
  (syntax-rules ()
    [(_ e ...) (begin (set! notes '()) e ... (reverse notes))]))

(check (noted
         (coroutine (lambda () (note 'a1) (yield) (note 'a2) (yield) (note 'a3)))
         (coroutine (lambda () (note 'b1) (yield) (note 'b2)))
         (note 'main)
         (finish-coroutines))
  => '(a1 b1 a2 main b2 a3))
(check (noted
         (concurrently
           (lambda () (note 1) (yield) (note 3))
           (lambda () (note 2) (yield) (note 4)))
         (note 'done))
  => '(1 2 3 4 done))
(check (noted
         (let ([inside 0] [most 0])
           (define (work)
             (monitor 2
               (lambda ()
                 (set! inside (+ inside 1))
                 (set! most (max most inside))
                 (yield)
                 (set! inside (- inside 1)))))
           (concurrently work work work work)
           (note most)))
  => '(2))

(check (reset (+ 1 (shift k (k (k 10))))) => 12)
(check (+ 100 (reset (+ 1 (shift k 5)))) => 105)
(check (reset (cons 1 (reset (cons 2 (shift k (list 'in (k '()))))))) => '(1 in (2)))
(check (let ([k (reset (list 'a (shift k k)))]) (list (k 1) (k 2))) => '((a 1) (a 2)))
(check-error assertion-violation? (shift k 1))

(check (noted
         (with-compensations
           (push-compensation (note 'first))
           (push-compensation (note 'second))
           (note 'body)))
  => '(body second first))
(check (noted
         (with-compensations/on-error
           (push-compensation (note 'never))
           (note 'body)))
  => '(body))
(check (noted
         (guard (e [else (note e)])
           (with-compensations/on-error
             (push-compensation (note 'undo))
             (raise 'failed))))
  => '(undo failed))
(check (noted
         (note (with-compensations
                 (compensate 5 (with (note (list 'release <>)))))))
  => '((release 5) 5))
(check (noted
         (with-compensations
           (push-compensation (note 'outer))
           (push-compensation (raise 'swallowed))
           (push-compensation (note 'inner))))
  => '(inner outer))
(check-error assertion-violation? (push-compensation 1))
;; What one raises comes out when all are done, and nobody is left behind.
(check (noted
         (guard (e [#t (note e)])
           (concurrently (lambda () (yield) (raise 'first)) (lambda () (yield) (note 'other) (raise 'second)))))
       => '(other first))
(check (noted (concurrently (lambda () (note 'alone)))) => '(alone))

(report)
