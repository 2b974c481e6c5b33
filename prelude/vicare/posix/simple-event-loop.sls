#!r6rs
;;; (vicare posix simple-event-loop): events on descriptors, signals, and tasks in portions; one loop in a process.
;;;
;;; Primitives: poll, signal-bub-* of (vicare posix); %check-procedure %wrong-argument
(library (vicare posix simple-event-loop) (options (requires posix))
  (export
    initialise finalise busy? do-one-event enter leave-asap log-procedure
    receive-signal serve-interprocess-signals
    readable writable exception forget-fd do-one-fd-event
    task-fragment do-one-task-event)
  (import (except (internal primitives) log wait) (only (rnrs base) for-each map) (internal control) (internal parameters) (internal posix times)
    (internal posix structs) (only (vicare platform constants) NSIG POLLIN POLLOUT POLLPRI POLLERR POLLHUP)
    (prefix (only (internal primitives) poll signal-bub-init signal-bub-final signal-bub-acquire
                  signal-bub-all-delivered file-descriptor?)
            px.))

  ;; -- logging

  ;; (log-procedure): a parameter: #f, #t for lines on the current error port, or (proc line). Anything else counts as #f.
  (define log-procedure
    (make-parameter #f (lambda (value) (if (or (procedure? value) (eq? value #t)) value #f))))

  (define (log template . args)
    (let ([to (log-procedure)])
      (if to
          (let ([line (apply format template args)])
            (if (procedure? to)
                (to line)
                (begin
                  (display line (current-error-port))
                  (newline (current-error-port))
                  (flush-output-port (current-error-port))))))))

  ;; -- the loop's state

  ;; `fds` are entries yet to be looked at in this round, `later` those that are for the next one, newest first; likewise
  ;; tasks. `handlers` are the thunks of each signal. `streak` counts descriptors served without a task in between.
  (define-record-type (<loop> make-loop loop?)
    (fields (mutable fds) (mutable later) (mutable tasks) (mutable later-tasks) (immutable handlers) (mutable streak)
            (mutable leave?)))

  (define current (make-parameter #f))

  (define (state who)
    (or (current) (assertion-violation who "the event loop is not initialised")))

  ;; (initialise): begins with nothing registered; signals are received from now on. (finalise): ends that.
  (define (initialise)
    (px.signal-bub-init)
    (current (make-loop '() '() '() '() (make-vector NSIG '()) 0 #f)))
  (define (finalise)
    (px.signal-bub-final)
    (current #f))

  ;; (busy?): whether a descriptor or a task is registered.
  (define (busy?)
    (let ([s (state 'busy?)])
      (or (pair? (<loop>-fds s)) (pair? (<loop>-later s))
          (pair? (<loop>-tasks s)) (pair? (<loop>-later-tasks s)))))

  ;; -- signals

  ;; (receive-signal signum thunk): calls the thunk once, when the signal has come. The last one registered goes first.
  (define (receive-signal signum thunk)
    (if (not (and (fixnum? signum) (< -1 signum NSIG)))
        (%wrong-argument 'receive-signal 'signum 1 "a signal number" signum))
    (%check-procedure 'receive-signal 2 thunk)
    (let ([handlers (<loop>-handlers (state 'receive-signal))])
      (vector-set! handlers signum (cons thunk (vector-ref handlers signum)))))

  ;; (serve-interprocess-signals): calls what is registered for the signals that came. What that raises is dropped.
  (define (serve-interprocess-signals)
    (let ([handlers (<loop>-handlers (state 'serve-interprocess-signals))])
      (px.signal-bub-acquire)
      (for-each
        (lambda (signum)
          (let ([thunks (vector-ref handlers signum)])
            (vector-set! handlers signum '())
            (for-each
              (lambda (thunk)
                (log "serving signal ~a" signum)
                (with-blocked-exceptions thunk))
              thunks)))
        (px.signal-bub-all-delivered))))

  ;; -- descriptors

  ;; `events` are what the kernel is asked for, `signs` what of its answer means that the descriptor is ready: those by which
  ;; select(2) goes, for descriptors of any number.
  ;; What a port has read ahead counts, so the kernel is asked by way of the port, if one was given.
  (define-record-type entry
    (fields port/fd fd events signs thunk expiration-time expiration-thunk))

  (define (ready? e)
    (let ([asked (vector (who-to-ask e) (entry-events e) 0)])
      (px.poll (vector asked) 0)
      (not (zero? (bitwise-and (entry-signs e) (vector-ref asked 2))))))

  (define (register who events signs port/fd thunk time expiration-thunk)
    (let ([fd (descriptor who port/fd)] [s (state who)])
      (%check-procedure who 2 thunk)
      (if time (expect-struct who 3 time time? "a time or #f"))
      (if expiration-thunk (%check-procedure who 4 expiration-thunk))
      (<loop>-later-set! s (cons (make-entry port/fd fd events signs thunk time expiration-thunk) (<loop>-later s)))))

  (define (descriptor who port/fd)
    (cond
      [(px.file-descriptor? port/fd) port/fd]
      [(and (port? port/fd) (port-fd port/fd)) => (lambda (fd) fd)]
      [else (%wrong-argument who 'port/fd 1 "a file descriptor, or a port that has one" port/fd)]))

  ;; (readable port/fd thunk [expiration-time expiration-thunk]): calls the thunk once, when there is something to read; or
  ;; the other one, when that time has come before. A time of #f never comes.
  (define-syntax define-registration
    (syntax-rules ()
      [(_ name events sign ...)
       (define name
         (case-lambda
           [(port/fd thunk) (name port/fd thunk #f #f)]
           [(port/fd thunk time expiration-thunk)
            (register 'name events (bitwise-ior events sign ...) port/fd thunk time expiration-thunk)]))]))
  (define-registration readable POLLIN POLLHUP POLLERR)
  (define-registration writable POLLOUT POLLERR)
  (define-registration exception POLLPRI)

  ;; (forget-fd port/fd): drops all that is registered for it.
  (define (forget-fd port/fd)
    (let ([fd (descriptor 'forget-fd port/fd)] [s (state 'forget-fd)])
      (define (others entries)
        (cond
          [(null? entries) '()]
          [(= fd (entry-fd (car entries))) (others (cdr entries))]
          [else (cons (car entries) (others (cdr entries)))]))
      (<loop>-fds-set! s (others (<loop>-fds s)))
      (<loop>-later-set! s (others (<loop>-later s)))))

  ;; The port, unless it has been closed: the kernel says so of its descriptor.
  (define (who-to-ask e)
    (let ([it (entry-port/fd e)])
      (if (and (port? it) (not (port-fd it))) (entry-fd e) it)))

  (define (expired? e)
    (let ([time (entry-expiration-time e)])
      (and time (time<=? time (current-time)))))

  ;; Begins a round with the entries that one call finds ready, within some milliseconds, and those that have a time; the
  ;; others wait for the next round. A descriptor that is closed counts as ready: asking for it will tell.
  (define (begin-round s milliseconds)
    (let* ([entries (reverse (<loop>-later s))]
           [asked (list->vector (map (lambda (e) (vector (who-to-ask e) (entry-events e) 0)) entries))])
      (if (pair? entries)
          (begin
            (px.poll asked milliseconds)
            (let split ([entries entries] [i 0] [now '()] [later '()])
              (if (null? entries)
                  (begin
                    (<loop>-fds-set! s (reverse now))
                    (<loop>-later-set! s later))
                  (let ([e (car entries)] [found (vector-ref (vector-ref asked i) 2)])
                    (if (or (entry-expiration-time e) (not (zero? found)))
                        (split (cdr entries) (+ i 1) (cons e now) later)
                        (split (cdr entries) (+ i 1) now (cons e later))))))))))

  ;; (do-one-fd-event): serves the next descriptor that is ready, or whose time is over: whether there was one. False at the
  ;; end of each round, and after five in a row, so that others get a turn. What a thunk raises is dropped, and counts as
  ;; none; what an expiration thunk raises is not.
  (define (do-one-fd-event)
    (let ([s (state 'do-one-fd-event)])
      (if (null? (<loop>-fds s)) (begin-round s 0))
      (if (= (<loop>-streak s) 5)
          (begin (<loop>-streak-set! s 0) #f)
          (let ([served? (serve-next s)])
            (<loop>-streak-set! s (if served? (+ 1 (<loop>-streak s)) 0))
            served?))))

  (define (serve-next s)
    (let ([fds (<loop>-fds s)])
      (if (null? fds)
          #f
          (let ([e (car fds)])
            (<loop>-fds-set! s (cdr fds))
            (cond
              [(guard (c [#t #f]) (ready? e))
               (log "serving descriptor ~a" (entry-fd e))
               (guard (c [#t #f]) ((entry-thunk e)) #t)]
              [(expired? e)
               (log "descriptor ~a: its time is over" (entry-fd e))
               (if (entry-expiration-thunk e) ((entry-expiration-thunk e)))
               #t]
              [else
               (<loop>-later-set! s (cons e (<loop>-later s)))
               (serve-next s)])))))

  ;; -- tasks

  ;; (task-fragment thunk): the thunk does a portion of work, and answers one for the next portion, or #f at the end.
  (define (task-fragment thunk)
    (%check-procedure 'task-fragment 1 thunk)
    (let ([s (state 'task-fragment)])
      (<loop>-later-tasks-set! s (cons thunk (<loop>-later-tasks s)))))

  ;; (do-one-task-event): runs one portion, of each task in turn: whether there was one.
  (define (do-one-task-event)
    (let ([s (state 'do-one-task-event)])
      (if (null? (<loop>-tasks s))
          (begin
            (<loop>-tasks-set! s (reverse (<loop>-later-tasks s)))
            (<loop>-later-tasks-set! s '())))
      (let ([tasks (<loop>-tasks s)])
        (if (null? tasks)
            #f
            (begin
              (<loop>-tasks-set! s (cdr tasks))
              (let ([next ((car tasks))])
                (if next (task-fragment next)))
              #t)))))

  ;; -- the loop

  ;; (do-one-event): serves all signals, then one descriptor, or else one portion of a task: whether one of the latter two.
  (define (do-one-event)
    (state 'do-one-event)
    (serve-interprocess-signals)
    (or (do-one-fd-event) (do-one-task-event)))

  ;; (enter): serves events until (leave-asap). While there is none it waits for descriptors, a few milliseconds at a time:
  ;; signals and times have to be looked at as well.
  (define (enter)
    (let ([s (state 'enter)])
      (let loop ()
        (if (<loop>-leave? s)
            (<loop>-leave?-set! s #f)
            (begin
              (if (not (or (do-one-event) (pair? (<loop>-fds s)) (pair? (<loop>-tasks s))
                           (pair? (<loop>-later-tasks s))))
                  (wait s 5))
              (loop))))))

  (define (wait s milliseconds)
    (if (pair? (<loop>-later s))
        (begin-round s milliseconds)
        (px.poll (vector) milliseconds)))

  ;; (leave-asap): makes enter return before it serves the next event.
  (define (leave-asap)
    (<loop>-leave?-set! (state 'leave-asap) #t))
  )
