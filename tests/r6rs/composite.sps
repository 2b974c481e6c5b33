#!r6rs
;;; (rnrs): library report chapter 15. Everything the composite library must export is there,
;;; at levels run and expand, and is what the single libraries export.
(import (rnrs)
        (prefix (rnrs base) base:) (prefix (rnrs lists) lists:) (prefix (rnrs control) control:)
        (prefix (rnrs hashtables) hashtables:)
        (vicar-test))

(check (eq? car base:car) => #t)
(check (eq? filter lists:filter) => #t)
(check (eq? make-eq-hashtable hashtables:make-eq-hashtable) => #t)
(check (free-identifier=? #'if #'base:if) => #t)
(check (free-identifier=? #'when #'control:when) => #t)
(define-syntax at-expansion
  (lambda (x) (syntax-case x () [(_ a ...) #`(quote #,(fold-left + 0 (map syntax->datum #'(a ...))))])))
(check (at-expansion 1 2 3) => 6)
;; One procedure of every library
(check (map procedure?
            (list + string-upcase bytevector-u8-ref list-sort vector-sort! record-rtd make-record-type-descriptor
                  raise make-error port? get-datum read-char file-exists? exit fx+ fl+ bitwise-and
                  syntax->datum hashtable-ref make-enumeration))
       => (map (lambda (x) #t) '(1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20)))
(check (let () (define-record-type r (fields a)) (r-a (make-r 5))) => 5)
(check (let () (define-enumeration color (red green) color-set) (color red)) => 'red)

(report)
