#!r6rs
;;; Paths: a family of (vicare posix).
(library (internal posix path) (options (requires posix))
  (export
    file-pathname? file-string-pathname? file-bytevector-pathname? file-colon-search-path?
    file-string-colon-search-path? file-bytevector-colon-search-path? list-of-pathnames? list-of-string-pathnames?
    list-of-bytevector-pathnames? file-absolute-pathname? file-relative-pathname? split-pathname split-pathname-string
    split-pathname-bytevector split-pathname-root-and-tail split-search-path split-search-path-string
    split-search-path-bytevector search-file-in-environment-path search-file-in-list-path find-executable-as-string
    find-executable-as-bytevector vicare-executable-as-string vicare-executable-as-bytevector)
  (import (internal primitives)))
