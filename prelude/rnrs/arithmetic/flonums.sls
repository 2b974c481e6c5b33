#!r6rs
;;; R6RS libraries 11.3: two condition types; the procedures are primitives.
(library (rnrs arithmetic flonums)
  (export
    ;; Defined here
    &no-infinities &no-nans
    ;; Conditions
    make-no-infinities-violation no-infinities-violation? make-no-nans-violation no-nans-violation?
    ;; Flonums
    flonum? real->flonum fixnum->flonum fl=? fl<? fl<=? fl>? fl>=? flinteger? flzero? flpositive? flnegative? flodd?
    fleven? flfinite? flinfinite? flnan? flmax flmin fl+ fl* fl- fl/ flabs fldiv flmod fldiv-and-mod fldiv0 flmod0
    fldiv0-and-mod0 flnumerator fldenominator flfloor flceiling fltruncate flround flexp fllog flsin flcos fltan
    flasin flacos flatan flsqrt flexpt)
  (import (internal primitives) (internal condition-types))

  (define-standard-condition-type &no-infinities)
  (define-standard-condition-type &no-nans)
  )
