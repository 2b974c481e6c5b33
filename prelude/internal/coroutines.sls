#!r6rs
;;; Coroutines that give way by `yield`, and delimited continuations.
(library (internal coroutines)
  (export coroutine yield finish-coroutines concurrently monitor reset shift)
  (import (internal primitives) (internal control) (only (rnrs base) for-each) (rnrs exceptions) (internal sequences))

  ;; Those that wait, first come first served: thunks that never return. Empty between programs.
  (define waiting (call-with-values make-queue-procs vector))

  (define (empty?) ((vector-ref waiting 0)))
  (define (enqueue! k) ((vector-ref waiting 1) k))
  (define (resume-next) (((vector-ref waiting 2)) #f))

  ;; Starts the thunk; the caller goes on when it yields or is done.
  (define (coroutine thunk)
    (%check-procedure 'coroutine 1 thunk)
    (call/cc
      (lambda (caller)
        (enqueue! caller)
        (thunk)
        (resume-next)))
    (values))

  (define (yield)
    (call/cc
      (lambda (k)
        (enqueue! k)
        (resume-next)))
    (values))

  ;; Lets the others run until none is left or the predicate holds.
  (define finish-coroutines
    (case-lambda
      [() (finish-coroutines (lambda () #f))]
      [(done?)
       (let loop ()
         (if (not (or (empty?) (done?)))
             (begin (yield) (loop))))]))

  ;; Waits for all of the thunks. What the first of them raises that raises anything, is raised when all are done: none is
  ;; left behind to wait in what is over.
  (define (concurrently . thunks)
    (let check ([l thunks] [i 1])
      (if (pair? l)
          (begin (%check-procedure 'concurrently i (car l)) (check (cdr l) (+ i 1)))))
    (let ([left (length thunks)] [failure #f])
      (for-each
        (lambda (thunk)
          (coroutine
            (lambda ()
              (guard (e [#t (if (not failure) (set! failure (list e)))])
                (thunk))
              (set! left (- left 1)))))
        thunks)
      (finish-coroutines (lambda () (= left 0)))
      (if failure (raise (car failure)))))

  ;; No more than `concurrent` coroutines are at a time inside of the thunk of one `monitor` form.
  (define inside (make-eq-hashtable))

  (define-syntax monitor
    (lambda (stx)
      (syntax-case stx ()
        [(_ concurrent thunk)
         #`(call-with-monitor '#,(datum->syntax #'here (gensym "monitor")) concurrent thunk)])))

  (define (call-with-monitor key concurrent thunk)
    (let wait ()
      (let ([n (hashtable-ref inside key 0)])
        (if (< n concurrent)
            (hashtable-set! inside key (+ n 1))
            (begin (yield) (wait)))))
    (with-unwind-protection
      (lambda (why) (hashtable-set! inside key (- (hashtable-ref inside key 1) 1)))
      thunk))

  ;; -- delimited continuations, by a continuation that stands for what is outside of the innermost reset

  (define outside
    (vector (lambda (v) (assertion-violation 'shift "there is no reset around"))))

  (define (call-with-reset thunk)
    (call/cc
      (lambda (k)
        (let ([saved (vector-ref outside 0)])
          (vector-set! outside 0 (lambda (v) (vector-set! outside 0 saved) (k v)))
          (let ([v (thunk)])
            ((vector-ref outside 0) v))))))

  (define (call-with-shift f)
    (call/cc
      (lambda (k)
        (let ([v (f (lambda (v) (call-with-reset (lambda () (k v)))))])
          ((vector-ref outside 0) v)))))

  (define-syntax reset
    (syntax-rules ()
      [(_ body0 body ...) (call-with-reset (lambda () body0 body ...))]))

  (define-syntax shift
    (syntax-rules ()
      [(_ k body0 body ...) (call-with-shift (lambda (k) body0 body ...))]))
  )
