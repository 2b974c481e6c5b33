#!r6rs
;;; R6RS libraries chapter 3: what takes procedures.
;;;
;;; Primitives: %check-procedure %check-list %different-lengths
(library (rnrs lists)
  (export find for-all exists filter partition fold-left fold-right remp memp assp)
  (import (vicar internal) (only (rnrs base) map))

  ;; Checks the procedure and the lists, which must be of one length.
  (define (check who f first rest at)
    (%check-procedure who 1 f)
    (let ([n (%check-list who at first)])
      (let loop ([ls rest] [i (+ at 1)])
        (if (pair? ls)
            (begin
              (if (not (= n (%check-list who i (car ls))))
                  (apply %different-lengths who first rest))
              (loop (cdr ls) (+ i 1)))))))

  (define (find proc list)
    (check 'find proc list '() 2)
    (let loop ([l list])
      (and (pair? l)
           (if (proc (car l)) (car l) (loop (cdr l))))))

  ;; The last application is a tail call, in `for-all` and in `exists`.
  (define for-all
    (case-lambda
      [(proc list)
       (check 'for-all proc list '() 2)
       (or (null? list)
           (let loop ([l list])
             (if (pair? (cdr l))
                 (and (proc (car l)) (loop (cdr l)))
                 (proc (car l)))))]
      [(proc list1 . lists)
       (check 'for-all proc list1 lists 2)
       (or (null? list1)
           (let loop ([ls (cons list1 lists)])
             (if (pair? (cdar ls))
                 (and (apply proc (map car ls)) (loop (map cdr ls)))
                 (apply proc (map car ls)))))]))

  (define exists
    (case-lambda
      [(proc list)
       (check 'exists proc list '() 2)
       (and (pair? list)
            (let loop ([l list])
              (if (pair? (cdr l))
                  (or (proc (car l)) (loop (cdr l)))
                  (proc (car l)))))]
      [(proc list1 . lists)
       (check 'exists proc list1 lists 2)
       (and (pair? list1)
            (let loop ([ls (cons list1 lists)])
              (if (pair? (cdar ls))
                  (or (apply proc (map car ls)) (loop (map cdr ls)))
                  (apply proc (map car ls)))))]))

  (define (filter proc list)
    (check 'filter proc list '() 2)
    (keep list proc))

  (define (keep l wanted?)
    (if (pair? l)
        (if (wanted? (car l))
            (cons (car l) (keep (cdr l) wanted?))
            (keep (cdr l) wanted?))
        '()))

  (define (remp proc list)
    (check 'remp proc list '() 2)
    (keep list (lambda (x) (not (proc x)))))

  (define (partition proc list)
    (check 'partition proc list '() 2)
    (let loop ([l list] [in '()] [out '()])
      (if (pair? l)
          (if (proc (car l))
              (loop (cdr l) (cons (car l) in) out)
              (loop (cdr l) in (cons (car l) out)))
          (values (reverse in) (reverse out)))))

  (define fold-left
    (case-lambda
      [(combine nil list)
       (check 'fold-left combine list '() 3)
       (let loop ([acc nil] [l list])
         (if (pair? l)
             (loop (combine acc (car l)) (cdr l))
             acc))]
      [(combine nil list1 . lists)
       (check 'fold-left combine list1 lists 3)
       (let loop ([acc nil] [ls (cons list1 lists)])
         (if (pair? (car ls))
             (loop (apply combine acc (map car ls)) (map cdr ls))
             acc))]))

  (define fold-right
    (case-lambda
      [(combine nil list)
       (check 'fold-right combine list '() 3)
       (let loop ([l list])
         (if (pair? l)
             (combine (car l) (loop (cdr l)))
             nil))]
      [(combine nil list1 . lists)
       (check 'fold-right combine list1 lists 3)
       (let loop ([ls (cons list1 lists)])
         (if (pair? (car ls))
             (apply combine (append (map car ls) (list (loop (map cdr ls)))))
             nil))]))

  (define (memp proc list)
    (check 'memp proc list '() 2)
    (let loop ([l list])
      (and (pair? l)
           (if (proc (car l)) l (loop (cdr l))))))

  (define (assp proc alist)
    (check 'assp proc alist '() 2)
    (let loop ([l alist])
      (and (pair? l)
           (let ([entry (car l)])
             (if (not (pair? entry))
                 (assertion-violation 'assp "expected a list of pairs as argument 2, `alist`" alist))
             (if (proc (car entry)) entry (loop (cdr l)))))))
  )
