;;; copies of a hashtable kept
(define t (make-eqv-hashtable)) (do ((i 0 (+ i 1))) ((= i 1000)) (hashtable-set! t i i)) (let loop ((l '())) (loop (cons (hashtable-copy t #t) l)))
;;; entries of a hashtable kept
(define t (make-eqv-hashtable)) (do ((i 0 (+ i 1))) ((= i 1000)) (hashtable-set! t i i)) (let loop ((l '())) (call-with-values (lambda () (hashtable-entries t)) (lambda (k v) (loop (cons* k v l)))))
;;; properties of symbols that are kept
(let loop ((l '())) (let ((k (gensym))) (putprop k 'a k) (loop (cons k l))))
;;; properties that refer to their symbols
(let loop ((i 0)) (let ((k (gensym))) (putprop k 'a (list k)) (loop (+ i 1))))
;;; string output ports kept
(let loop ((l '())) (call-with-values open-string-output-port (lambda (p get) (put-string p (make-string 1000 #\a)) (loop (cons p l)))))
;;; what bytevector output ports have kept
(let loop ((l '())) (call-with-values open-bytevector-output-port (lambda (p get) (put-bytevector p (make-bytevector 1000 1)) (loop (cons get l)))))
;;; transcoded ports kept
(let loop ((l '())) (loop (cons (transcoded-port (open-bytevector-input-port (make-bytevector 100 65)) (make-transcoder (utf-16-codec) 'crlf 'replace)) l)))
;;; texts of bytes that are no text
(define b (make-bytevector 4000000 255)) (let loop ((l '())) (loop (cons (get-string-all (open-bytevector-input-port b (make-transcoder (utf-8-codec) 'none 'replace))) l)))
;;; encoded and decoded over and over
(let loop ((s "aλ")) (loop (string-append s (bytevector->string (string->bytevector s (make-transcoder (utf-16-codec))) (make-transcoder (utf-16-codec))))))
;;; promises that hold much
(let loop ((l '())) (let ((p (delay (make-vector 100 1)))) (force p) (loop (cons p l))))
;;; winders kept by continuations
(define ks '()) (let loop ((n 0)) (dynamic-wind (lambda () #f) (lambda () (call/cc (lambda (k) (set! ks (cons k ks)))) (loop (+ n 1))) (lambda () #f)))
;;; values of many
(let loop ((n 1)) (call-with-values (lambda () (apply values (vector->list (make-vector n 1)))) list) (loop (* n 2)))
;;; long wide symbols kept
(let loop ((n 10) (l '())) (loop (* n 2) (cons (string->symbol (make-string n #\λ)) l)))
;;; syntax objects of much kept
(let loop ((l '(1 2)) (k '())) (loop (append l l) (cons (datum->syntax #'here l) k)))
;;; environments kept
(let loop ((l '())) (loop (cons (environment '(rnrs) '(prefix (rnrs lists) a:)) l)))
;;; procedures of eval kept
(define e (environment '(rnrs))) (let loop ((l '())) (loop (cons (eval '(lambda (x) (if (pair? x) (car x) (vector x x)))  e) l)))
;;; eval of wide lets
(define e (environment '(rnrs))) (let loop ((n 10)) (eval `(let ,(map (lambda (x) (list (gensym) x)) (vector->list (make-vector n 1))) 1) e) (loop (* n 2)))
;;; eval of a wide cond
(define e (environment '(rnrs))) (let loop ((n 10)) (eval `(cond ,@(vector->list (make-vector n '(#f 1)))) e) (loop (* n 2)))
;;; eval of many definitions at once
(let loop ((n 10)) (eval `(begin ,@(map (lambda (x) (list 'define (gensym) 1)) (vector->list (make-vector n 1)))) (interaction-environment)) (loop (* n 2)))
;;; record types defined anew
(define e (interaction-environment)) (let loop () (eval '(begin (define-record-type r (fields a b c))) e) (loop))
;;; guarded objects kept
(define g (make-guardian)) (let loop ((l '())) (let ((p (list 1))) (g p) (loop (cons p l))))
;;; closures in ever larger vectors
(let loop ((v '#()) (n 1)) (loop (let ((w (make-vector n 0))) (do ((i 0 (+ i 1))) ((= i n) w) (vector-set! w i (lambda () (list v w i))))) (* n 2)))
;;; conditions with ever more irritants
(let loop ((n 10)) (guard (e (#t 1)) (apply error 'x "y" (vector->list (make-vector n 1)))) (loop (* n 2)))
;;; a comb whose teeth are vectors
(let loop ((l '())) (loop (cons l (vector (list 1) (list 2)))))
