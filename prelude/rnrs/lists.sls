#!r6rs
;;; R6RS libraries chapter 3: what takes procedures.
;;;
;;; Primitives: %check-procedure %check-list %different-lengths %wrong-argument
(library (rnrs lists)
  (export
    ;; Defined here
    find for-all exists filter partition fold-left fold-right remp memp assp
    ;; Lists
    memq memv member assq assv assoc remq remv remove cons*)
  (import (internal primitives) (only (rnrs base) map))

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

  ;; Some procedures look at no more of a list than they need; those that reach its end refuse one that is not proper.
  (define (end who list at rest result)
    (if (null? rest) result (%check-list who at list)))

  ;; A pointer that follows at half the speed, which one that goes around meets. A procedure may change the list meanwhile.
  (define (follow slow move?)
    (if (and move? (pair? slow)) (cdr slow) slow))

  ;; The first tail whose element `found?` accepts, or #f.
  (define (find-tail who list found?)
    (let loop ([l list] [slow list] [move? #f])
      (if (pair? l)
          (if (found? (car l))
              l
              (let ([l (cdr l)] [slow (follow slow move?)])
                (if (eq? l slow)
                    (%check-list who 2 list)
                    (loop l slow (not move?)))))
          (end who list 2 l #f))))

  (define (find proc list)
    (%check-procedure 'find 1 proc)
    (let ([tail (find-tail 'find list proc)])
      (and tail (car tail))))

  ;; The last application is a tail call, in `for-all` and in `exists`.
  (define for-all
    (case-lambda
      [(proc list)
       (%check-procedure 'for-all 1 proc)
       (if (pair? list)
           (let loop ([x (car list)] [l (cdr list)] [slow list] [move? #f])
             (cond
               [(pair? l)
                (and (proc x)
                    (let ([slow (follow slow move?)])
                      (if (eq? l slow)
                          (%check-list 'for-all 2 list)
                          (loop (car l) (cdr l) slow (not move?)))))]
               [(null? l) (proc x)]
               [else (and (proc x) (end 'for-all list 2 l #t))]))
           (end 'for-all list 2 list #t))]
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
       (%check-procedure 'exists 1 proc)
       (if (pair? list)
           (let loop ([x (car list)] [l (cdr list)] [slow list] [move? #f])
             (cond
               [(pair? l)
                (or (proc x)
                    (let ([slow (follow slow move?)])
                      (if (eq? l slow)
                          (%check-list 'exists 2 list)
                          (loop (car l) (cdr l) slow (not move?)))))]
               [(null? l) (proc x)]
               [else (or (proc x) (end 'exists list 2 l #f))]))
           (end 'exists list 2 list #f))]
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
    (%check-procedure 'memp 1 proc)
    (find-tail 'memp list proc))

  (define (assp proc alist)
    (%check-procedure 'assp 1 proc)
    (let ([tail
           (find-tail 'assp alist
             (lambda (entry)
               (if (not (pair? entry))
                   (%wrong-argument 'assp 'alist 2 "a list of pairs" alist))
               (proc (car entry))))])
      (and tail (car tail))))
  )
