#!r6rs
;;; Vicare's small procedures on objects of all kinds, its comparisons, and string ports around a thunk.
;;;
;;; Primitives: %check-procedure %wrong-argument %open-string-output-port %extract-string %make-guardian
;;; %guardian-register %guardian-retrieve %get-output-string
(library (internal objects)
  (export always-true always-false false? true?
          expect-single-argument-and-return-it expect-single-argument-and-return-false
          expect-single-argument-and-return-true
          boolean!=? boolean<? boolean<=? boolean>? boolean>=? boolean-max boolean-min
          char!=? char-ci!=? chmax chmin symbol!=?
          with-input-from-string with-output-to-string with-output-to-port
          print-condition debug-print make-guardian
          ipair ipair? icar icdr sentinel sentinel? get-output-string)
  (import (internal primitives) (internal parameters) (only (rnrs base) for-each) (only (rnrs lists) for-all))

  (define (always-true . _) #t)
  (define (always-false . _) #f)
  (define (false? obj) (eq? obj #f))
  (define (true? obj) (eq? obj #t))

  (define (expect-single-argument-and-return-it obj) obj)
  (define (expect-single-argument-and-return-false obj) #f)
  (define (expect-single-argument-and-return-true obj) #t)

  ;; -- comparisons

  (define (check-all who test expected objs)
    (let loop ([l objs] [i 1])
      (if (pair? l)
          (begin
            (if (not (test (car l))) (%wrong-argument who 'obj i expected (car l)))
            (loop (cdr l) (+ i 1))))))

  ;; Whether no two are the same; false of one alone.
  (define (all-different? same? objs)
    (and (pair? (cdr objs))
         (let loop ([first (car objs)] [rest (cdr objs)])
           (or (null? rest)
               (and (for-all (lambda (other) (not (same? first other))) rest)
                    (loop (car rest) (cdr rest)))))))

  (define-syntax define-all-different
    (syntax-rules ()
      [(_ name same? test expected)
       (define (name obj . objs)
         (let ([all (cons obj objs)])
           (check-all 'name test expected all)
           (all-different? same? all)))]))

  (define-all-different boolean!=? eq? boolean? "a boolean")
  (define-all-different char!=? char=? char? "a character")
  (define-all-different char-ci!=? char-ci=? char? "a character")
  (define-all-different symbol!=? eq? symbol? "a symbol")

  (define (in-order? holds? objs)
    (or (null? (cdr objs))
        (and (holds? (car objs) (cadr objs)) (in-order? holds? (cdr objs)))))

  (define-syntax define-boolean-order
    (syntax-rules ()
      [(_ name (a b) holds)
       (define (name obj . objs)
         (let ([all (cons obj objs)])
           (check-all 'name boolean? "a boolean" all)
           (in-order? (lambda (a b) holds) all)))]))

  ;; False comes before true.
  (define-boolean-order boolean<? (a b) (and (not a) b))
  (define-boolean-order boolean<=? (a b) (or (not a) b))
  (define-boolean-order boolean>? (a b) (and a (not b)))
  (define-boolean-order boolean>=? (a b) (or a (not b)))

  (define (best better? objs)
    (let loop ([found (car objs)] [l (cdr objs)])
      (cond
        [(null? l) found]
        [(better? (car l) found) (loop (car l) (cdr l))]
        [else (loop found (cdr l))])))

  (define-syntax define-best
    (syntax-rules ()
      [(_ name better? test expected)
       (define (name obj . objs)
         (let ([all (cons obj objs)])
           (check-all 'name test expected all)
           (best better? all)))]))

  (define-best boolean-max (lambda (a b) a) boolean? "a boolean")
  (define-best boolean-min (lambda (a b) (not a)) boolean? "a boolean")
  (define-best chmax char>? char? "a character")
  (define-best chmin char<? char? "a character")

  ;; -- ports

  (define (check-output-port who index port)
    (if (not (and (port? port) (output-port? port) (textual-port? port)))
        (%wrong-argument who 'port index "a textual output port" port)))

  (define (with-output-to-port port thunk)
    (%check-procedure 'with-output-to-port 2 thunk)
    (check-output-port 'with-output-to-port 1 port)
    (parametrise ([current-output-port port]) (thunk)))

  (define (with-output-to-string thunk)
    (%check-procedure 'with-output-to-string 1 thunk)
    (let ([port (%open-string-output-port)])
      (with-output-to-port port thunk)
      (%extract-string port)))

  (define (with-input-from-string string thunk)
    (%check-procedure 'with-input-from-string 2 thunk)
    (if (not (string? string)) (%wrong-argument 'with-input-from-string 'string 1 "a string" string))
    (parametrise ([current-input-port (open-string-input-port string)]) (thunk)))

  ;; Pairs that cannot be changed, of a type of their own.
  (define-record-type (immutable-pair ipair ipair?)
    (sealed #t) (opaque #t)
    (fields (immutable car icar) (immutable cdr icdr)))

  ;; An object that is nothing else.
  (define the-sentinel (string #\s))
  (define (sentinel) the-sentinel)
  (define (sentinel? obj) (eq? obj the-sentinel))

  ;; The text that a string port has gathered so far.
  (define (get-output-string port) (%get-output-string port))

  ;; A procedure that registers an object, or, called without one, hands out an object that has been dropped, or #f.
  (define (make-guardian)
    (let ([guardian (%make-guardian)])
      (case-lambda
        [() (%guardian-retrieve guardian)]
        [(obj) (%guardian-register guardian obj) obj])))

  ;; Its components with their fields, one a line.
  (define print-condition
    (case-lambda
      [(c) (print-condition c (current-error-port))]
      [(c port)
       (check-output-port 'print-condition 2 port)
       (if (condition? c)
           (for-each (lambda (component) (print-component component port)) (simple-conditions c))
           (fprintf port "non-condition object: ~s\n" c))]))

  (define (print-component c port)
    (let ([names (record-type-all-field-names (record-rtd c))])
      (fprintf port "~a" (record-type-name (record-rtd c)))
      (let loop ([i 0])
        (if (< i (vector-length names))
            (begin
              (fprintf port " ~a: ~s" (vector-ref names i) (record-ref c i))
              (loop (+ i 1)))))
      (newline port)))

  (define (debug-print . objs)
    (let ([port (current-error-port)])
      (for-each (lambda (obj) (fprintf port "~s " obj)) objs)
      (newline port)
      (flush-output-port port)
      #f))
  )
