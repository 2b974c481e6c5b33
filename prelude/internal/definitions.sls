;;; Vicare's syntaxes that define and bind.
(library (internal definitions)
  (export define-syntax-rule define-values define-constant-values case-define
          define-constant define-inline-constant define-inline define-integrable
          define-auxiliary-syntaxes
          receive receive-and-return begin0 values->list xor set-cons! internal-body
          let-constants let*-constants letrec-constants letrec*-constants let*-syntax
          pre-incr! pre-decr! post-incr! post-decr! ++ --
          with-implicits case-identifiers expand-time-expr)
  (import (internal primitives))

  (define-syntax define-syntax-rule
    (syntax-rules ()
      [(_ (name . pattern) body0 body ...)
       (define-syntax name
         (syntax-rules ()
           [(_ . pattern) (begin body0 body ...)]))]))

  (define-syntax define-auxiliary-syntaxes
    (syntax-rules ()
      [(_ id ...) (begin (define-syntax id (syntax-rules ())) ...)]))

  ;; -- several values

  (define-syntax define-values
    (syntax-rules ()
      [(_ (id ...) form0 form ...)
       (begin
         (define all (call-with-values (lambda () form0 form ...) (lambda (id ...) (list id ...))))
         (define-from all (id ...)))]
      [(_ (id ... . rest) form0 form ...)
       (begin
         (define all (call-with-values (lambda () form0 form ...) (lambda (id ... . rest) (list id ... rest))))
         (define-from all (id ... rest)))]
      [(_ id form0 form ...)
       (define id (call-with-values (lambda () form0 form ...) list))]))

  ;; Defines the identifiers as the elements of a list.
  (define-syntax define-from
    (syntax-rules ()
      [(_ all ()) (begin)]
      [(_ all (id)) (define id (car all))]
      [(_ all (id0 id ...))
       (begin
         (define id0 (car all))
         (define more (cdr all))
         (define-from more (id ...)))]))

  (define-syntax define-constant-values
    (syntax-rules ()
      [(_ (id ...) form0 form ...)
       (begin
         (define all (call-with-values (lambda () form0 form ...) (lambda (id ...) (list id ...))))
         (define-constants-from all (id ...)))]
      [(_ (id ... . rest) form0 form ...)
       (begin
         (define all (call-with-values (lambda () form0 form ...) (lambda (id ... . rest) (list id ... rest))))
         (define-constants-from all (id ... rest)))]
      [(_ id form0 form ...)
       (define-constant id (call-with-values (lambda () form0 form ...) list))]))

  (define-syntax define-constants-from
    (syntax-rules ()
      [(_ all ()) (begin)]
      [(_ all (id0 id ...))
       (begin
         (define-constant id0 (car all))
         (define more (cdr all))
         (define-constants-from more (id ...)))]))

  (define-syntax receive
    (syntax-rules ()
      [(_ formals expression body0 body ...)
       (call-with-values (lambda () expression) (lambda formals body0 body ...))]))

  (define-syntax receive-and-return
    (syntax-rules ()
      [(_ formals expression body ...)
       (call-with-values (lambda () expression)
         (lambda all
           (apply (lambda formals body ... (values)) all)
           (apply values all)))]))

  (define-syntax begin0
    (syntax-rules ()
      [(_ e0 e ...)
       (call-with-values (lambda () e0)
         (let ([rest (lambda () e ... (values))])
           (case-lambda
             [(v) (rest) v]
             [vs (rest) (apply values vs)])))]))

  (define-syntax values->list
    (syntax-rules ()
      [(_ e) (call-with-values (lambda () e) list)]))

  ;; -- variables and procedures

  (define-syntax case-define
    (syntax-rules ()
      [(_ name clause0 clause ...) (define name (case-lambda clause0 clause ...))]))

  ;; An assignment is a syntax violation.
  (define-syntax define-constant
    (syntax-rules ()
      [(_ (name . formals) body0 body ...)
       (begin
         (define (variable . formals) body0 body ...)
         (define-syntax name (identifier-syntax variable)))]
      [(_ name expression)
       (begin
         (define variable expression)
         (define-syntax name (identifier-syntax variable)))]))

  ;; The expression is evaluated when the definition is expanded.
  (define-syntax define-inline-constant
    (syntax-rules ()
      [(_ name expression)
       (define-syntax name
         (let ([value expression])
           (make-variable-transformer
             (lambda (use)
               (syntax-case use (set!)
                 [(set! . _) (syntax-violation 'name "a constant cannot be assigned" use)]
                 [(_ . operands) #`('#,(datum->syntax #'name value) . operands)]
                 [_ #`'#,(datum->syntax #'name value)])))))]))

  (define-syntax define-inline
    (syntax-rules ()
      [(_ (name . formals) body0 body ...)
       (define-syntax name
         (syntax-rules ()
           [(_ . operands)
            ((lambda formals
               (fluid-let-syntax ([__who__ (identifier-syntax 'name)])
                 body0 body ...))
             . operands)]))]))

  (define-syntax define-integrable
    (syntax-rules ()
      [(_ (name . formals) body0 body ...) (define (name . formals) body0 body ...)]
      [(_ name expression) (define name expression)]))

  (define-syntax internal-body
    (syntax-rules ()
      [(_ body0 body ...) (let () body0 body ...)]))

  (define-syntax let-constants
    (syntax-rules ()
      [(_ ([id e] ...) body0 body ...) (let-constants/named ([id e] ...) () body0 body ...)]))

  (define-syntax let-constants/named
    (syntax-rules ()
      [(_ ([id e] more ...) (done ...) . body) (let-constants/named (more ...) (done ... [id variable e]) . body)]
      [(_ () ([id variable e] ...) . body)
       (let ([variable e] ...)
         (let-syntax ([id (identifier-syntax variable)] ...)
           (let () . body)))]))

  (define-syntax let*-constants
    (syntax-rules ()
      [(_ () body0 body ...) (let () body0 body ...)]
      [(_ ([id e] more ...) body0 body ...)
       (let-constants ([id e]) (let*-constants (more ...) body0 body ...))]))

  (define-syntax letrec*-constants
    (syntax-rules ()
      [(_ ([id e] ...) body0 body ...)
       (let ()
         (define-constant id e) ...
         (let () body0 body ...))]))

  (define-syntax letrec-constants
    (syntax-rules ()
      [(_ bindings body0 body ...) (letrec*-constants bindings body0 body ...)]))

  (define-syntax let*-syntax
    (syntax-rules ()
      [(_ () body0 body ...) (let () body0 body ...)]
      [(_ (binding more ...) body0 body ...)
       (let-syntax (binding) (let*-syntax (more ...) body0 body ...))]))

  ;; -- expressions

  ;; The value if exactly one is true; stops at the second.
  (define-syntax xor
    (syntax-rules ()
      [(_) #f]
      [(_ e) e]
      [(_ e more ...)
       (let ([v e])
         (if v
             (if (or more ...) #f v)
             (xor more ...)))]))

  (define-syntax set-cons!
    (syntax-rules ()
      [(_ id e) (set! id (cons e id))]))

  (define-syntax define-increment
    (syntax-rules ()
      [(_ name operation before?)
       (define-syntax name
         (lambda (use)
           (syntax-case use ()
             [(_ place) #'(name place 1)]
             [(_ place step)
              (identifier? #'place)
              (if before?
                  #'(begin (set! place (operation place step)) place)
                  #'(let ([v place]) (set! place (operation v step)) v))]
             [(_ e step) #'(operation e step)])))]))

  (define-increment pre-incr! + #t)
  (define-increment pre-decr! - #t)
  (define-increment post-incr! + #f)
  (define-increment post-decr! - #f)
  (define-increment ++ + #t)
  (define-increment -- - #t)

  ;; -- for macros

  (define-syntax with-implicits
    (syntax-rules ()
      [(_ () body0 body ...) (let () body0 body ...)]
      [(_ ((context symbol ...) more ...) body0 body ...)
       (with-syntax ([symbol (datum->syntax context 'symbol)] ...)
         (with-implicits (more ...) body0 body ...))]))

  (define-syntax case-identifiers
    (syntax-rules (else)
      [(_ e clause ...)
       (let ([id e])
         (case-identifier-clauses id clause ...))]))

  (define-syntax case-identifier-clauses
    (syntax-rules (else)
      [(_ id) (values)]
      [(_ id (else body0 body ...)) (let () body0 body ...)]
      [(_ id ((name ...) body0 body ...) more ...)
       (if (and (identifier? id) (or (free-identifier=? id #'name) ...))
           (let () body0 body ...)
           (case-identifier-clauses id more ...))]))

  ;; The expression is evaluated when it is expanded.
  (define-syntax expand-time-expr
    (syntax-rules ()
      [(_ expression)
       (let-syntax ([value (lambda (use) (datum->syntax #'here (list 'quote expression)))])
         (value))]))
  )
