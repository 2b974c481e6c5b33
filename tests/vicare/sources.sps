#!vicare
;;; What Vicare's sources look like: the `program` form, import sets of its own, file names with `%3a`, its lexical syntax.
(program (tests vicare sources)
  (options strict-r6rs)
  (import (vicare) (vicar-test)
    (suffix (only (fixtures a:b*c) answer) _of_all)
    (prefix (deprefix (only (vicare) string-length) string-) s:)
    (prefix (desuffix (only (vicare) vector-length) h) v:))

  (check answer_of_all => 42)
  (check (s:length "abc") => 3)
  (check (v:vector-lengt '#(1 2)) => 2)

  (check '{a b . c} => '(brace a b . c))
  (check (list '#ve(ascii "abc") '#ve(latin1 "\xE9;") '#ve(utf8 "\xE9;") '#ve(utf16be "a") '#ve(utf16le "a")
               '#ve(hex "0aFF") '#ve(base64 "AQID") '#ve(percent-encoding "a%0A"))
         => '(#vu8(97 98 99) #vu8(233) #vu8(195 169) #vu8(0 97) #vu8(97 0) #vu8(10 255) #vu8(1 2 3) #vu8(97 10)))
  (check (list '#vs8(-1) '#vu16b(1) '#vs16l(-2) '#vu32b(1) '#vf4b(1.0) '#vc4b(1.0+2.0i))
         => '(#vu8(255) #vu8(0 1) #vu8(254 255) #vu8(0 0 0 1) #vu8(63 128 0 0) #vu8(63 128 0 0 64 0 0 0)))
  (check #vu8(1 2) => '#vu8(1 2))
  (check (map symbol->string '(|a b| ++ -- +g1 .method)) => '("a b" "++" "--" "+g1" ".method"))
  (check (keyword? '#:key) => #t)
  (check (eq? '#ci ABC 'abc) => #t)
  (check (let ([l '#0=(1 . #0#)]) (eq? l (cdr l))) => #t)
  (check (list (eof-object? #!eof) (eq? #!void (if #f #f))) => '(#t #t))

  ;; An import inside of a body.
  (check (let () (import (only (rnrs) cdr)) (cdr '(1 . 2))) => 2)

  (report))
