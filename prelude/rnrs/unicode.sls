#!r6rs
;;; R6RS libraries chapter 1: characters and strings by the rules of Unicode.
(library (rnrs unicode)
  (export
    ;; Characters
    char-ci=? char-ci<? char-ci>? char-ci<=? char-ci>=? char-upcase char-downcase char-titlecase char-foldcase
    char-alphabetic? char-numeric? char-whitespace? char-upper-case? char-lower-case? char-title-case?
    char-general-category
    ;; Letter case
    string-ci=? string-ci<? string-ci>? string-ci<=? string-ci>=? string-upcase string-downcase string-titlecase
    string-foldcase string-normalize-nfd string-normalize-nfkd string-normalize-nfc string-normalize-nfkc)
  (import (internal primitives)))
