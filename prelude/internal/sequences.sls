#!r6rs
;;; What Vicare adds for lists and vectors and takes procedures.
;;;
;;; Primitives: %check-procedure %check-list %check-vector %different-lengths
(library (internal sequences)
  (export for-each-in-order andmap ormap
          vector-for-all vector-exists vector-find vector-fold-left vector-fold-right
          sorted-vector-binary-search vector=? vector!=?
          make-queue-procs
          list-of-chars? list-of-strings? list-of-nestrings? list-of-symbols? list-of-fixnums? list-of-flonums?
          list-of-booleans? list-of-vectors? list-of-bytevectors? list-of-conditions? list-of-simple-conditions?)
  (import (internal primitives) (only (rnrs base) map for-each) (only (rnrs lists) for-all exists))

  (define (for-each-in-order proc list . lists)
    (check-lists 'for-each-in-order proc (cons list lists))
    (apply for-each proc list lists))

  (define andmap
    (case-lambda
      [(proc list1) (check-lists 'andmap proc (list list1)) (for-all proc list1)]
      [(proc list1 list2) (check-lists 'andmap proc (list list1 list2)) (for-all proc list1 list2)]))

  (define ormap
    (case-lambda
      [(proc list1) (check-lists 'ormap proc (list list1)) (exists proc list1)]
      [(proc list1 list2) (check-lists 'ormap proc (list list1 list2)) (exists proc list1 list2)]))

  ;; Refuses what is no procedure for lists of one length.
  (define (check-lists who proc lists)
    (%check-procedure who 1 proc)
    (let ([n (%check-list who 2 (car lists))])
      (let loop ([l (cdr lists)] [i 3])
        (if (pair? l)
            (begin
              (if (not (= n (%check-list who i (car l)))) (apply %different-lengths who lists))
              (loop (cdr l) (+ i 1)))))))

  ;; The common length of the vectors.
  (define (check who proc at vector vectors)
    (%check-procedure who 1 proc)
    (let ([n (%check-vector who at vector)])
      (let loop ([l vectors] [i (+ at 1)])
        (if (pair? l)
            (begin
              (if (not (= n (%check-vector who i (car l))))
                  (apply %different-lengths who vector vectors))
              (loop (cdr l) (+ i 1)))))
      n))

  (define (elements vectors i)
    (map (lambda (v) (vector-ref v i)) vectors))

  (define (vector-for-all proc vector . vectors)
    (let ([n (check 'vector-for-all proc 2 vector vectors)] [all (cons vector vectors)])
      (or (= n 0)
          (let loop ([i 0])
            (if (= i (- n 1))
                (apply proc (elements all i))
                (and (apply proc (elements all i)) (loop (+ i 1))))))))

  (define (vector-exists proc vector . vectors)
    (let ([n (check 'vector-exists proc 2 vector vectors)] [all (cons vector vectors)])
      (and (> n 0)
           (let loop ([i 0])
             (if (= i (- n 1))
                 (apply proc (elements all i))
                 (or (apply proc (elements all i)) (loop (+ i 1))))))))

  (define (vector-find proc vector)
    (let ([n (check 'vector-find proc 2 vector '())])
      (let loop ([i 0])
        (and (< i n)
             (let ([v (vector-ref vector i)])
               (if (proc v) v (loop (+ i 1))))))))

  (define (vector-fold-left combine nil vector . vectors)
    (let ([n (check 'vector-fold-left combine 3 vector vectors)] [all (cons vector vectors)])
      (let loop ([acc nil] [i 0])
        (if (= i n)
            acc
            (loop (apply combine acc (elements all i)) (+ i 1))))))

  (define (vector-fold-right combine nil vector . vectors)
    (let ([n (check 'vector-fold-right combine 3 vector vectors)] [all (cons vector vectors)])
      (let loop ([acc nil] [i (- n 1)])
        (if (< i 0)
            acc
            (loop (apply combine (append (elements all i) (list acc))) (- i 1))))))

  ;; The index of an element that is neither before nor behind the one that is sought, or #f.
  (define (sorted-vector-binary-search before? vector sought)
    (let ([n (check 'sorted-vector-binary-search before? 2 vector '())])
      (let loop ([start 0] [end n])
        (and (< start end)
             (let* ([i (div (+ start end) 2)] [item (vector-ref vector i)])
               (cond
                 [(before? sought item) (loop start i)]
                 [(before? item sought) (loop (+ i 1) end)]
                 [else i]))))))

  (define vector=?
    (case-lambda
      [(same? vector1 vector2)
       (%check-procedure 'vector=? 1 same?)
       (let ([n (%check-vector 'vector=? 2 vector1)])
         (and (= n (%check-vector 'vector=? 3 vector2))
              (let loop ([i 0])
                (or (= i n)
                    (and (same? (vector-ref vector1 i) (vector-ref vector2 i)) (loop (+ i 1)))))))]
      [(same? vector1 vector2 . vectors)
       (and (vector=? same? vector1 vector2) (apply vector=? same? vector2 vectors))]))

  (define (vector!=? same? vector . vectors)
    (%check-procedure 'vector!=? 1 same?)
    (let loop ([l (cons vector vectors)] [i 2])
      (if (pair? l)
          (begin (%check-vector 'vector!=? i (car l)) (loop (cdr l) (+ i 1)))))
    (let loop ([first vector] [rest vectors])
      (or (null? rest)
          (and (for-all (lambda (other) (not (vector=? same? first other))) rest)
               (loop (car rest) (cdr rest))))))

  ;; A queue as three procedures: whether it is empty, putting in, taking out.
  (define make-queue-procs
    (case-lambda
      [() (make-queue-procs '())]
      [(initial)
       (%check-list 'make-queue-procs 1 initial)
       (let ([front initial] [back '()])
         (define (empty?) (and (null? front) (null? back)))
         (define (enqueue! obj) (set! back (cons obj back)))
         (define (dequeue!)
           (if (null? front)
               (begin
                 (set! front (reverse back))
                 (set! back '())))
           (if (null? front)
               (assertion-violation 'dequeue! "the queue is empty")
               (let ([obj (car front)])
                 (set! front (cdr front))
                 obj)))
         (values empty? enqueue! dequeue!))]))

  (define-syntax define-list-test
    (syntax-rules ()
      [(_ name test) (define (name obj) (and (list? obj) (for-all test obj)))]))

  (define-list-test list-of-chars? char?)
  (define-list-test list-of-strings? string?)
  (define-list-test list-of-nestrings? nestring?)
  (define-list-test list-of-symbols? symbol?)
  (define-list-test list-of-fixnums? fixnum?)
  (define-list-test list-of-flonums? flonum?)
  (define-list-test list-of-booleans? boolean?)
  (define-list-test list-of-vectors? vector?)
  (define-list-test list-of-bytevectors? bytevector?)
  (define-list-test list-of-conditions? condition?)
  (define-list-test list-of-simple-conditions? simple-condition?)
  )
