#!r6rs
;;; The import set (library <library reference>), for names that begin with a word of the
;;; import syntax: report 7.1. Chez refuses it below prefix and only.
(import (library (rnrs base))
        (prefix (library (fixtures versioned ((and (>= 1) (<= 3))))) v:)
        (only (library (only words)) words)
        (for (library (for expand only)) run)
        (vicar-test))

(check v:version => '(1 2 3))
(check words => '(only words))
(check levels => '(for expand only))

(report)
