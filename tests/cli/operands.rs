//! Operands are evaluated from left to right, the operator last, whatever the compiler makes of them: generated programs
//! whose expressions leave traces, each compared with what a plain interpreter says, which is part of the program.

use crate::{process, table};

/// Helpers that expressions use, the interpreter, and what compares.
const FRAME: &str = r#"
(import (except (rnrs) log) (rnrs mutable-pairs))
(define log '())
(define saved '())
(define g 0)
(define h 0)
(define p (list 1))
(define v (vector 1 2))
(define (mark n x) (set! log (cons n log)) x)
(define (again x) (call/cc (lambda (k) (set! saved (cons k saved)) x)))
(define (add a b) (+ a b))
(define (first a) (car a))
(define (three a b c) (- (* a b) c))
(define (swap f x) (f x))
(define (choose a b c) (if (> a 0) b c))
(define (many a b c d e) (+ a (- b (* c (- d e)))))
(define (reset!)
  (set! log '()) (set! saved '()) (set! g 1) (set! h 2) (set-car! p 3) (vector-set! v 0 4) (vector-set! v 1 5))

(define procedures
  (list (cons '+ +) (cons '- -) (cons '* *) (cons 'car car) (cons 'cdr cdr) (cons 'cons cons) (cons 'list list)
    (cons 'vector-ref vector-ref) (cons 'set-car! set-car!) (cons 'vector-set! vector-set!) (cons 'length length)
    (cons 'vector vector) (cons '< <) (cons '> >) (cons '= =) (cons 'null? null?) (cons 'pair? pair?) (cons 'eqv? eqv?)
    (cons 'apply apply) (cons 'call-with-values call-with-values) (cons 'values values) (cons 'mark mark)
    (cons 'again again) (cons 'add add) (cons 'first first) (cons 'three three) (cons 'swap swap)
    (cons 'choose choose) (cons 'many many) (cons 'p p) (cons 'v v)))

(define (interpret e env)
  (define (in e) (interpret e env))
  (cond
    ((symbol? e)
     (cond ((assq e env) => cdr)
           ((eq? e 'g) g)
           ((eq? e 'h) h)
           (else (cdr (assq e procedures)))))
    ((not (pair? e)) e)
    (else
     (case (car e)
       ((quote) (cadr e))
       ((if) (if (in (cadr e)) (in (caddr e)) (in (cadddr e))))
       ((begin) (let next ((l (cdr e))) (if (null? (cdr l)) (in (car l)) (begin (in (car l)) (next (cdr l))))))
       ((set!)
        (let ((x (in (caddr e))) (name (cadr e)))
          (cond ((assq name env) => (lambda (binding) (set-cdr! binding x)))
                ((eq? name 'g) (set! g x))
                (else (set! h x)))))
       ((lambda) (closure (cadr e) (caddr e) env))
       ((let)
        (if (symbol? (cadr e))
            (let* ((values (interpret-all (map cadr (caddr e)) env))
                   (own (cons (cons (cadr e) #f) env))
                   (f (closure (map car (caddr e)) (cadddr e) own)))
              (set-cdr! (car own) f)
              (apply f values))
            (let ((values (interpret-all (map cadr (cadr e)) env)))
              (apply (closure (map car (cadr e)) (caddr e) env) values))))
       (else
        (let* ((operands (interpret-all (cdr e) env)) (operator (in (car e))))
          (apply operator operands)))))))
(define (interpret-all l env)
  (if (null? l)
      '()
      (let ((x (interpret (car l) env)))
        (let ((rest (interpret-all (cdr l) env))) (cons x rest)))))
(define (closure names body env)
  (lambda values (interpret body (append (map cons names values) env))))

;; What comes of a thunk: its value or its error, what it has logged; then the same of entering it again, twice at most.
(define (observe thunk)
  (reset!)
  (let ((left 2) (seen '()))
    (let ((result
           (guard (c ((violation? c) (cons* 'raised (condition-who c) (if (irritants-condition? c) (condition-irritants c) '()))))
             (thunk))))
      (set! seen (cons (list result log g h (car p) (vector->list v)) seen))
      (set! log '())
      (if (and (> left 0) (pair? saved))
          (let ((k (car saved)))
            (set! left (- left 1))
            (set! saved (cdr saved))
            (k 7))
          seen))))
(define failures 0)
(define count 0)
(define (check e thunk)
  (set! count (+ count 1))
  (let* ((wanted (observe (lambda () (interpret e '())))) (got (observe thunk)))
    (unless (equal? wanted got)
      (set! failures (+ failures 1))
      (when (< failures 4)
        (write e) (newline) (display "  wanted ") (write wanted) (newline) (display "  got    ") (write got) (newline)))))
"#;

/// Numbers that look random: always the same.
struct Generator {
    state: u64,
    names: u32,
    marks: u32,
}

/// What expressions may use: variables with numbers, with lists; of the former those that may be assigned.
#[derive(Clone, Default)]
struct Scope {
    numbers: Vec<String>,
    lists: Vec<String>,
    assigned: Vec<String>,
}

impl Generator {
    fn below(&mut self, n: u64) -> u64 {
        self.state = self.state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.state >> 33) % n
    }

    fn name(&mut self) -> String {
        self.names += 1;
        format!("x{}", self.names)
    }

    fn one_of(&mut self, names: &[String], otherwise: &str) -> String {
        if names.is_empty() { otherwise.to_owned() } else { names[self.below(names.len() as u64) as usize].clone() }
    }

    /// An expression whose value is a number, unless it fails.
    fn number(&mut self, scope: &Scope, depth: u32) -> String {
        if depth == 0 {
            return match self.below(12) {
                0..=3 => self.one_of(&scope.numbers, "g"),
                4 => "g".to_owned(),
                5 => "h".to_owned(),
                6 => "(car p)".to_owned(),
                7 => "(vector-ref v 0)".to_owned(),
                8 => format!("(car {})", self.one_of(&scope.lists, "p")),
                9 => "'a".to_owned(),
                _ => self.below(5).to_string(),
            };
        }
        let d = depth - 1;
        macro_rules! n {
            () => {
                self.number(scope, d)
            };
        }
        match self.below(31) {
            0..=3 => {
                let operator = ["+", "-", "*", "add"][self.below(4) as usize];
                format!("({operator} {} {})", n!(), n!())
            }
            4 => format!("(+ {} {} {})", n!(), n!(), n!()),
            5 => format!("(* {} {} {} {})", n!(), n!(), n!(), n!()),
            6 | 7 => {
                self.marks += 1;
                let mark = self.marks;
                format!("(mark {mark} {})", n!())
            }
            8 => format!("(again {})", n!()),
            9 => format!("(begin (set! g {}) {})", n!(), n!()),
            10 => format!("(begin (set-car! p {}) {})", n!(), n!()),
            11 => format!("(begin (vector-set! v {} {}) {})", self.below(2), n!(), n!()),
            12 => {
                let name = self.one_of(&scope.assigned, "h");
                format!("(begin (set! {name} {}) {})", n!(), n!())
            }
            13 => format!("(if {} {} {})", self.test(scope, d), n!(), n!()),
            14 | 15 => self.bind(scope, d),
            16 => format!("(first {})", self.list(scope, d)),
            17 => format!("(length {})", self.list(scope, d)),
            18 => format!("(three {} {} {})", n!(), n!(), n!()),
            19 => format!("(many {} {} {} {} {})", n!(), n!(), n!(), n!(), n!()),
            20 => format!("(choose {} {} {})", n!(), n!(), n!()),
            21 => format!("(apply {} {} {})", self.procedure(scope, d, 3), n!(), self.pair(scope, d)),
            22 => format!("({} {} {})", self.procedure(scope, d, 2), n!(), n!()),
            23 => format!("(swap {} {})", self.procedure(scope, d, 1), n!()),
            24 => format!("(call-with-values (lambda () (values {} {})) {})", n!(), n!(), self.procedure(scope, d, 2)),
            25 => {
                let producer = match self.below(2) {
                    0 => format!("(begin {} (lambda () (values {} {})))", n!(), n!(), n!()),
                    _ => format!("(mark 0 (lambda () (values {} {})))", n!(), n!()),
                };
                format!("(call-with-values {producer} {})", self.procedure(scope, d, 2))
            }
            26 | 27 => self.looping(scope, d),
            28 => format!("(vector-ref (vector {} {}) (begin {} 1))", n!(), n!(), n!()),
            29 => format!("(length (list {} {} {} {} {} {}))", n!(), n!(), n!(), n!(), n!(), n!()),
            _ => format!("(car {})", self.list(scope, d)),
        }
    }

    /// One whose value is a list of two numbers.
    fn pair(&mut self, scope: &Scope, depth: u32) -> String {
        format!("(list {} {})", self.number(scope, depth), self.number(scope, depth))
    }

    fn list(&mut self, scope: &Scope, depth: u32) -> String {
        if depth == 0 {
            return match self.below(4) {
                0 => "p".to_owned(),
                1 => "'(1 2 3)".to_owned(),
                _ => self.one_of(&scope.lists, "p"),
            };
        }
        let d = depth - 1;
        match self.below(6) {
            0 => format!("(cdr {})", self.list(scope, d)),
            1 | 2 => format!("(cons {} {})", self.number(scope, d), self.list(scope, d)),
            3 => self.pair(scope, d),
            4 => format!("(mark 'l {})", self.list(scope, d)),
            _ => format!("(if {} {} {})", self.test(scope, d), self.list(scope, d), self.list(scope, d)),
        }
    }

    fn test(&mut self, scope: &Scope, depth: u32) -> String {
        match self.below(5) {
            0 => format!("(null? {})", self.list(scope, depth)),
            1 => format!("(= {} {})", self.number(scope, depth), self.number(scope, depth)),
            2 => format!("(eqv? {} {})", self.number(scope, depth), self.number(scope, depth)),
            _ => format!("(< {} {})", self.number(scope, depth), self.number(scope, depth)),
        }
    }

    fn procedure(&mut self, scope: &Scope, depth: u32, parameters: usize) -> String {
        match self.below(5) {
            0 if parameters == 2 => "add".to_owned(),
            0 if parameters == 3 => "three".to_owned(),
            1 => format!("(begin {} {})", self.number(scope, depth), self.procedure(scope, 0, parameters)),
            2 => format!("(mark 'f {})", self.procedure(scope, 0, parameters)),
            _ => {
                let names: Vec<String> = (0..parameters).map(|_| self.name()).collect();
                let mut inner = scope.clone();
                inner.numbers.extend(names.iter().cloned());
                if self.below(3) == 0 {
                    inner.assigned.push(names[0].clone());
                }
                format!("(lambda ({}) {})", names.join(" "), self.number(&inner, depth))
            }
        }
    }

    fn bind(&mut self, scope: &Scope, depth: u32) -> String {
        let (a, b, l) = (self.name(), self.name(), self.name());
        let (x, y, z) = (self.number(scope, depth), self.number(scope, depth), self.list(scope, depth));
        let mut inner = scope.clone();
        inner.numbers.extend([a.clone(), b.clone()]);
        inner.lists.push(l.clone());
        if self.below(2) == 0 {
            inner.assigned.push(b.clone());
        }
        format!("(let (({a} {x}) ({b} {y}) ({l} {z})) {})", self.number(&inner, depth))
    }

    /// A loop that turns three times at most; what it hands on is evaluated in any order but the written one, if that
    /// cannot be seen.
    fn looping(&mut self, scope: &Scope, depth: u32) -> String {
        let (name, i, a, b, l) = (self.name(), self.name(), self.name(), self.name(), self.name());
        let turns = self.below(4);
        let first = [self.number(scope, depth), self.number(scope, depth), self.list(scope, depth)];
        let mut inner = scope.clone();
        inner.numbers.extend([a.clone(), b.clone(), a.clone(), b.clone()]);
        inner.lists.extend([l.clone(), l.clone()]);
        if self.below(4) == 0 {
            inner.assigned.push(a.clone());
        }
        let [x, y, z] = &first;
        let next_list = match self.below(3) {
            0 => self.list(&inner, depth),
            1 => format!("(cons {a} {l})"),
            _ => format!("(cdr {l})"),
        };
        let (p, q) = (self.number(&inner, depth), self.number(&inner, depth));
        let end = self.number(&inner, depth);
        let mut order = [(&i, turns.to_string(), format!("(- {i} 1)")), (&a, x.clone(), p), (&b, y.clone(), q)];
        order.swap(0, self.below(3) as usize);
        let mut all: Vec<(&String, String, String)> = order.to_vec();
        all.insert(self.below(4) as usize, (&l, z.clone(), next_list));
        let bindings: Vec<String> = all.iter().map(|(name, init, _)| format!("({name} {init})")).collect();
        let next: Vec<&str> = all.iter().map(|(_, _, next)| next.as_str()).collect();
        format!("(let {name} ({}) (if (< {i} 1) {end} ({name} {})))", bindings.join(" "), next.join(" "))
    }
}

/// Runs as many generated expressions in one program; what it prints says how many there were.
fn compare(seed: u64, count: usize, depth: u32) {
    let mut generator = Generator { state: seed, names: 0, marks: 0 };
    let mut program = FRAME.to_owned();
    for _ in 0..count {
        let e = generator.number(&Scope::default(), depth);
        program.push_str(&format!("(check '{e} (lambda () {e}))\n"));
    }
    program.push_str("(write (list 'checked count 'failures failures))\n");
    let text = format!("Generated.\n\n=== operands\n{program}--- args --timeout 50 main.sps\n\n--- exit 0\n");
    let table = table::parse(&text).expect("a table");
    let outcome = process::run(&table.cases[0]);
    let expected = format!("(checked {count} failures 0)");
    assert_eq!(outcome.stdout.trim_end(), expected, "seed {seed}\n{}", outcome.stderr);
}

#[test]
fn operands_are_evaluated_in_order() {
    let (count, seeds) = if std::env::var_os("VICAR_GC_STRESS").is_some() { (10, 1) } else { (300, 4) };
    for seed in 0..seeds {
        compare(seed, count, 2);
        compare(seed + 1000, count, 3);
    }
}
