#!r6rs
;;; Every procedure that a library of the prelude exports, with arguments that make no sense, in every number: what it raises
;;; names the procedure itself, or nothing, and never a procedure that it is made of. Names come from the libraries' sources.
;;; bad-arguments.sps does the same for the libraries of the system, which it knows by names.tsv.
(import (vicare) (prefix (vicare posix) px.) (vicar-test))

(define folder
  (call-with-values (lambda () (px.split-pathname-root-and-tail (car (command-line)))) (lambda (root tail) root)))
(define prelude (string-append folder "/../../prelude"))

(define (names-in directory)
  (let ([stream (px.opendir directory)])
    (let loop ([names '()])
      (let ([name (let ([bytes (px.readdir stream)]) (and bytes (utf8->string bytes)))])
        (cond
          [(not name) (px.closedir stream) names]
          [(char=? #\. (string-ref name 0)) (loop names)]
          [else (loop (cons name names))])))))

(define elsewhere '("vicare/posix.sls" "vicare/linux.sls" "vicare/glibc.sls" "vicare/ffi.sls" "general-c-buffers.sls"))

;; The libraries in a directory and below it.
(define (libraries-below directory)
  (append-map
    (lambda (name)
      (let ([path (string-append directory "/" name)])
        (if (px.file-is-directory? path #t)
            (libraries-below path)
            (if (memp (lambda (end) (ends-with? path end)) elsewhere)
                '()
                (list (call-with-input-file path read))))))
    (names-in directory)))
(define (append-map f l) (apply append (map f l)))

;; Those that do what they are for also with these arguments: they end the program or make processes; those that are told
;; in whose name to raise; and `environment`, whose arguments are the expander's and raise as in `import`.
(define left-out
  '(error assertion-violation syntax-violation exit emergency-exit fork fork-with-fds fork-with-binary-ports fork-with-textual-ports mailx sendmail daemonise environment
    assert-general-c-string-and-length assert-general-c-buffer-and-length))
(define (left-out? name)
  (or (memq name left-out) (ends-with? (symbol->string name) ".vicare-arguments-validation")))

(define own (lambda x (car x)))
(define circular (let ([l (list 1 2 3)]) (set-cdr! (cddr l) l) l))
(define some-values
  (list #f 'symbol "" "text" '#vu8(1 2) -1 0 3 (expt 10 30) 1.5 1/2 #\a '() '(1 . 2) '(1 2 3) circular '#() (vector 1 "x")
        car own (lambda () 1) (make-eq-hashtable) (eof-object) (open-string-input-port "x") (void)))

(define (ends-with? text end)
  (let ([n (string-length text)] [m (string-length end)])
    (and (<= m n) (string=? end (substring text (- n m) n)))))

;; #f, or the arguments and what was raised, if that names another procedure. Those among the arguments may raise, too.
(define (complaint name f arguments)
  (call/cc
    (lambda (k)
      (with-exception-handler
        (lambda (e)
          (k (and (condition? e) (who-condition? e) (not (eq? name (condition-who e)))
                  (not (and (exists procedure? arguments) (memq (condition-who e) '(car apply raise))))
                  (list 'who (condition-who e) (condition-message e) 'for arguments))))
        (lambda () (apply f arguments) #f)))))

(define (rotated list n)
  (if (zero? n) list (rotated (append (cdr list) (cons (car list) '())) (- n 1))))
(define (take list n) (if (zero? n) '() (cons (car list) (take (cdr list) (- n 1)))))

;; The same value in every place, and different ones.
(define (try-all name f)
  (let loop ([count 0])
    (and (<= count 5)
         (or (exists (lambda (v) (complaint name f (make-list count v))) some-values)
             (exists (lambda (i) (complaint name f (take (rotated some-values i) count))) (iota (length some-values)))
             (exists (lambda (i) (complaint name f (reverse (take (rotated some-values i) count)))) (iota (length some-values)))
             (loop (+ count 1))))))
(define (iota n) (let loop ([i (- n 1)] [l '()]) (if (negative? i) l (loop (- i 1) (cons i l)))))

;; In a process of its own, without input or output, that is killed when it hangs: what waitpid says, 0 if all is well.
(define (status-of name f)
  (let ([pid (px.fork)])
    (if (zero? pid)
        (begin
          (px.alarm 60)
          (let ([null (px.open "nothing" (fxior O_RDWR O_CREAT) #o600)])
            (for-each (lambda (fd) (px.dup2 null fd)) '(0 1)))
          (let ([wrong (guard (e [#t (list 'raised e)]) (try-all name f))])
            (if wrong (begin (write (cons name wrong) (current-error-port)) (newline (current-error-port))))
            (exit (if wrong 1 0))))
        (px.waitpid pid 0))))
(define O_RDWR 2)
(define O_CREAT #o100)

;; The test can fail.
(check (status-of 'f (lambda (x) (car x))) => 256)

;; The exported procedures of a library.
(define (exported library)
  (let ([surroundings (environment (cadr library))])
    (append-map
      (lambda (spec)
        (let ([name (if (symbol? spec) spec (cadr spec))])
          (guard (e [(syntax-violation? e) '()])
            (let ([value (eval name surroundings)])
              (if (procedure? value) (list (cons name value)) '())))))
      (append-map (lambda (spec) (if (pair? spec) (cdr spec) (list spec))) (cdr (caddr library))))))

(define tried 0)
(for-each
  (lambda (library)
    (for-each
      (lambda (export)
        (if (not (left-out? (car export)))
            (begin
              (set! tried (+ tried 1))
              (check (cons (car export) (status-of (car export) (cdr export))) => (cons (car export) 0)))))
      (exported library)))
  (append (list (call-with-input-file (string-append prelude "/vicare.sls") read))
          (libraries-below (string-append prelude "/rnrs")) (libraries-below (string-append prelude "/vicare"))))
(check (> tried 250) => #t)
(report)
