#!vicare
;;; (vicare net channels): messages with terminators over ports, in portions, with limits of size and time.
;;;
;;; The types are record types; `new` and the methods stand in for those of Vicare's typed language:
;;;
;;;   (define chan (new <binary-input/output-channel> in-port out-port))
;;;   (.recv-begin! chan) (.recv-message-portion! chan) … (.recv-end! chan)
;;;
;;; Primitives: %wrong-argument
(library (vicare net channels) (options (requires posix))
  (export
    new
    <channel> <binary-input-only-channel> <textual-input-only-channel> <binary-output-only-channel>
    <textual-output-only-channel> <binary-input/output-channel> <textual-input/output-channel>
    <<channel>> <<binary-input-channel>> <<binary-output-channel>> <<textual-input-channel>> <<textual-output-channel>>
    &channel &delivery-timeout-expired &maximum-message-size-exceeded
    .expiration-time .maximum-message-size .maximum-message-portion-size .message-terminators
    .connect-in-port .connect-ou-port
    .current-message-size .receiving? .sending? .inactive? .delivery-timeout-expired?
    .recv-begin! .recv-end! .recv-end!/rbl .recv-abort! .recv-message-portion! .recv-full-message
    .send-begin! .send-end! .send-abort! .send-message-portion! .send-full-message .flush)
  (import (internal primitives) (only (internal posix failures) in-name-of) (rnrs conditions) (rnrs lists) (rnrs exceptions) (rnrs records procedural) (only (rnrs base) for-each)
    (only (internal definitions) define-auxiliary-syntaxes)
    (only (internal posix times) time? time<=? current-time faraway-time) (only (internal posix structs) expect-struct))

  ;; The interfaces are names for what the types have in common; nothing is made of them.
  (define-auxiliary-syntaxes <<channel>> <<binary-input-channel>> <<binary-output-channel>> <<textual-input-channel>>
    <<textual-output-channel>>)

  (define-condition-type &channel &condition make-channel-condition channel-condition? (channel condition-channel))
  (define-condition-type &delivery-timeout-expired &error
    make-delivery-timeout-expired-condition delivery-timeout-expired-condition?)
  (define-condition-type &maximum-message-size-exceeded &error
    make-maximum-message-size-exceeded-condition maximum-message-size-exceeded-condition?)

  ;; `action` is #f, receiving or sending. `portions` are those received, newest first; `rest` is what was read beyond a
  ;; portion's size.
  (define-record-type (<channel> make-channel channel?)
    (fields (immutable in) (immutable out) (immutable textual?)
            (mutable action) (mutable time) (mutable most) (mutable portion) (mutable terminators)
            (mutable size) (mutable portions) (mutable rest) (mutable terminated?))
    (protocol
      (lambda (make)
        (lambda (in out textual?)
          (make in out textual? #f (faraway-time) (if textual? 1022 4080) (if textual? 1022 4080)
                (if textual? '#("\r\n\r\n") '#(#vu8(13 10 13 10))) 0 '() #f #f)))))

  (define-syntax define-channel-types
    (syntax-rules ()
      [(_ (type textual? (port direction) ...) ...)
       (begin (define-channel-type type textual? (port direction) ...) ...)]))
  (define-syntax define-channel-type
    (syntax-rules (in out)
      [(_ type textual? (port in))
       (define-port-channel type textual? (port) (check-port 1 port textual? #t) port #f)]
      [(_ type textual? (port out))
       (define-port-channel type textual? (port) (check-port 1 port textual? #f) #f port)]
      [(_ type textual? (port1 in) (port2 out))
       (define-port-channel type textual? (port1 port2)
         (begin (check-port 1 port1 textual? #t) (check-port 2 port2 textual? #f)) port1 port2)]))
  (define-syntax define-port-channel
    (syntax-rules ()
      [(_ type textual? (port ...) check from to)
       (define-record-type type
         (parent <channel>)
         (protocol
           (lambda (make-parent)
             (lambda (port ...)
               check
               ((make-parent from to textual?))))))]))

  (define (check-port index port textual? in?)
    (if (not (and (port? port)
                  (if in? (input-port? port) (output-port? port))
                  (if textual? (textual-port? port) (binary-port? port))))
        (%wrong-argument 'new 'port index
          (string-append "a " (if textual? "textual " "binary ") (if in? "input" "output") " port") port)))

  (define-channel-types
    (<binary-input-only-channel> #f (in-port in))
    (<textual-input-only-channel> #t (in-port in))
    (<binary-output-only-channel> #f (out-port out))
    (<textual-output-only-channel> #t (out-port out))
    (<binary-input/output-channel> #f (in-port in) (out-port out))
    (<textual-input/output-channel> #t (in-port in) (out-port out)))

  ;; (new type argument ...): an object of a record type.
  (define-syntax new
    (syntax-rules ()
      [(_ type argument ...)
       ((record-constructor (record-constructor-descriptor type)) argument ...)]))

  ;; -- fields

  (define-syntax define-field
    (syntax-rules ()
      [(_ method get set valid? what)
       (define method
         (case-lambda
           [(chan) (check-channel 'method chan) (get chan)]
           [(chan value)
            (check-channel 'method chan)
            (if (not (valid? chan value)) (%wrong-argument 'method 'value 2 what value))
            (set chan value)]))]))

  (define (check-channel who chan) (expect-struct who 1 chan channel? "a channel"))
  (define (size? chan obj) (and (fixnum? obj) (<= 1 obj)))
  (define (item? textual? obj)
    (if textual?
        (and (string? obj) (positive? (string-length obj)))
        (and (bytevector? obj) (positive? (bytevector-length obj)))))
  (define (terminators? chan obj)
    (and (vector? obj) (positive? (vector-length obj))
         (for-all (lambda (item) (item? (<channel>-textual? chan) item)) (vector->list obj))))

  (define-field .expiration-time <channel>-time <channel>-time-set! (lambda (chan obj) (time? obj)) "a time")
  (define-field .maximum-message-size <channel>-most <channel>-most-set! size? "a positive fixnum")
  (define-field .maximum-message-portion-size <channel>-portion <channel>-portion-set! size? "a positive fixnum")
  (define-field .message-terminators <channel>-terminators <channel>-terminators-set! terminators?
    "a vector of terminators: bytevectors or strings that are not empty")

  (define-syntax define-query
    (syntax-rules ()
      [(_ (method chan) e) (define (method chan) (check-channel 'method chan) e)]))
  (define-query (.connect-in-port chan) (<channel>-in chan))
  (define-query (.connect-ou-port chan) (<channel>-out chan))
  (define-query (.current-message-size chan) (<channel>-size chan))
  (define-query (.receiving? chan) (eq? (<channel>-action chan) 'receiving))
  (define-query (.sending? chan) (eq? (<channel>-action chan) 'sending))
  (define-query (.inactive? chan) (not (<channel>-action chan)))
  (define-query (.delivery-timeout-expired? chan) (time<=? (<channel>-time chan) (current-time)))

  ;; -- what both directions share

  (define (expect-action who chan action port)
    (check-channel who chan)
    (if (not port) (assertion-violation who "the channel has no port for this direction" chan))
    (if (not (eq? action (<channel>-action chan)))
        (assertion-violation who
          (case action
            [(receiving) "the channel is not receiving a message"]
            [(sending) "the channel is not sending a message"]
            [else "the channel is receiving or sending a message already"])
          chan)))

  (define (begin-action! chan action)
    (<channel>-action-set! chan action)
    (<channel>-size-set! chan 0)
    (<channel>-portions-set! chan '())
    (<channel>-terminated?-set! chan #f))

  (define (reset! chan)
    (begin-action! chan #f)
    (<channel>-time-set! chan (faraway-time)))

  (define (exceeded who chan kind message)
    (raise
      (condition (make-channel-condition chan) kind (make-who-condition who) (make-message-condition message)
                 (make-irritants-condition (list chan)))))
  (define (check-size who chan)
    (if (> (<channel>-size chan) (<channel>-most chan))
        (exceeded who chan (make-maximum-message-size-exceeded-condition) "the message is larger than the channel's limit")))
  (define (check-time who chan)
    (if (.delivery-timeout-expired? chan)
        (exceeded who chan (make-delivery-timeout-expired-condition) "the time for the message is over")))

  (define (length-of data) (if (string? data) (string-length data) (bytevector-length data)))
  (define (part data start end) (if (string? data) (substring data start end) (subbytevector-u8 data start end)))
  (define (concatenated chan portions)
    (if (<channel>-textual? chan) (apply string-append portions) (bytevector-concatenate portions)))

  ;; -- receiving

  ;; (.recv-begin! chan): begins to receive a message.
  (define (.recv-begin! chan)
    (expect-action '.recv-begin! chan #f (and (channel? chan) (<channel>-in chan)))
    (begin-action! chan 'receiving))

  ;; (.recv-message-portion! chan): reads what there is, a portion at most: #t when the message is complete, #f when more is
  ;; to come; the end-of-file or would-block object when there was nothing.
  (define (.recv-message-portion! chan)
    (define who '.recv-message-portion!)
    (expect-action who chan 'receiving (and (channel? chan) (<channel>-in chan)))
    (cond
      [(<channel>-terminated? chan) #t]
      [else
       (check-time who chan)
       (let ([data (read-portion chan)])
         (cond
           [(or (eof-object? data) (would-block-object? data)) data]
           [else
            (<channel>-portions-set! chan (cons data (<channel>-portions chan)))
            (<channel>-size-set! chan (+ (<channel>-size chan) (length-of data)))
            (check-size who chan)
            (check-time who chan)
            (let ([complete? (ends-with-terminator? chan)])
              (<channel>-terminated?-set! chan complete?)
              complete?)]))]))

  (define (read-portion chan)
    (let* ([port (<channel>-in chan)]
           [data (or (<channel>-rest chan)
                     (if (<channel>-textual? chan) (get-string-some port) (get-bytevector-some port)))]
           [most (<channel>-portion chan)])
      (<channel>-rest-set! chan #f)
      (if (and (item? (<channel>-textual? chan) data) (> (length-of data) most))
          (begin
            (<channel>-rest-set! chan (part data most (length-of data)))
            (part data 0 most))
          data)))

  ;; The last `count` items of the message, or all.
  (define (tail chan count)
    (let loop ([portions (<channel>-portions chan)] [found '()] [size 0])
      (if (or (null? portions) (>= size count))
          (let ([all (concatenated chan found)])
            (part all (max 0 (- size count)) size))
          (loop (cdr portions) (cons (car portions) found) (+ size (length-of (car portions)))))))

  (define (ends-with-terminator? chan)
    (exists (lambda (terminator) (equal? terminator (tail chan (length-of terminator))))
            (vector->list (<channel>-terminators chan))))

  ;; (.recv-end! chan): the whole message with its terminator.
  (define (.recv-end! chan)
    (expect-action '.recv-end! chan 'receiving (and (channel? chan) (<channel>-in chan)))
    (if (not (<channel>-terminated? chan))
        (assertion-violation '.recv-end! "the message is not complete" chan))
    (let ([message (concatenated chan (reverse (<channel>-portions chan)))])
      (reset! chan)
      message))

  ;; (.recv-end!/rbl chan): two values: its size, and the list of portions, the newest first.
  (define (.recv-end!/rbl chan)
    (expect-action '.recv-end!/rbl chan 'receiving (and (channel? chan) (<channel>-in chan)))
    (let ([size (<channel>-size chan)] [portions (<channel>-portions chan)])
      (reset! chan)
      (values size portions)))

  ;; (.recv-abort! chan): drops what was received.
  (define-query (.recv-abort! chan) (reset! chan))

  ;; (.recv-full-message chan): waits for a whole message; the end-of-file object if there comes none.
  (define (.recv-full-message chan)
    (in-name-of '.recv-full-message
      (lambda ()
        (.recv-begin! chan)
        (let loop ()
          (let ([complete? (.recv-message-portion! chan)])
            (cond
              [(eof-object? complete?) (.recv-abort! chan) complete?]
              [(eq? complete? #t) (.recv-end! chan)]
              [else (loop)]))))))

  ;; -- sending

  ;; (.send-begin! chan): begins to send a message.
  (define (.send-begin! chan)
    (expect-action '.send-begin! chan #f (and (channel? chan) (<channel>-out chan)))
    (begin-action! chan 'sending))

  ;; (.send-message-portion! chan data): puts a bytevector, or a string, on the port.
  (define (.send-message-portion! chan data)
    (define who '.send-message-portion!)
    (expect-action who chan 'sending (and (channel? chan) (<channel>-out chan)))
    (if (not (if (<channel>-textual? chan) (string? data) (bytevector? data)))
        (%wrong-argument who 'data 2 (if (<channel>-textual? chan) "a string" "a bytevector") data))
    (<channel>-size-set! chan (+ (<channel>-size chan) (length-of data)))
    (check-time who chan)
    (check-size who chan)
    (if (string? data)
        (put-string (<channel>-out chan) data)
        (put-bytevector (<channel>-out chan) data)))

  ;; (.flush chan): sends what the port holds.
  (define-query (.flush chan)
    (if (<channel>-out chan)
        (flush-output-port (<channel>-out chan))
        (assertion-violation '.flush "the channel has no port for this direction" chan)))

  ;; (.send-end! chan): the end of the message; its size.
  (define (.send-end! chan)
    (expect-action '.send-end! chan 'sending (and (channel? chan) (<channel>-out chan)))
    (flush-output-port (<channel>-out chan))
    (let ([size (<channel>-size chan)])
      (reset! chan)
      size))

  ;; (.send-abort! chan): forgets the message; what is on the port stays there.
  (define-query (.send-abort! chan) (reset! chan))

  ;; (.send-full-message chan portion ...): all of it; its size.
  (define (.send-full-message chan . portions)
    (in-name-of '.send-full-message
      (lambda ()
        (.send-begin! chan)
        (for-each (lambda (portion) (.send-message-portion! chan portion)) portions)
        (.send-end! chan))))
  )
