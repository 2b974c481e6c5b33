//! Random programs mean the same however they are run: at once, in slices of a few units of work, and with a collection
//! at every safepoint. They use what keeps state across safepoints: closures, assigned variables, deep and looping
//! recursion, continuations, handlers, winders, multiple values, data of all kinds, and now and then an error.

use proptest::prelude::*;
use vicar::{Engine, Handle, Limits, Run, Source, Step, Vm};

/// A program's text, made of a sequence of choices. When they have run out, the simplest choice is taken, so every
/// sequence makes a program, and a shorter one makes a smaller program.
struct Generator<'a> {
    choices: std::slice::Iter<'a, u8>,
    /// Variables in scope, by what they hold.
    integers: Vec<String>,
    lists: Vec<String>,
    procedures: Vec<String>,
    names: u32,
}

impl Generator<'_> {
    fn choose(&mut self, of: u8) -> u8 {
        self.choices.next().map_or(0, |c| c % of)
    }

    fn fresh(&mut self, prefix: &str) -> String {
        self.names += 1;
        format!("{prefix}{}", self.names)
    }

    fn variable(&mut self, of: fn(&Self) -> &Vec<String>) -> Option<String> {
        let count = of(self).len().min(200) as u8;
        (count > 0).then(|| self.choose(count)).map(|i| of(self)[usize::from(i)].clone())
    }

    fn some_integer(&mut self) -> String {
        self.variable(|g| &g.integers).unwrap_or_else(|| "3".to_owned())
    }

    /// Text made with one more integer variable in scope.
    fn with_integer<T>(&mut self, name: &str, make: impl FnOnce(&mut Self) -> T) -> T {
        self.integers.push(name.to_owned());
        let made = make(self);
        self.integers.pop();
        made
    }

    fn with_list<T>(&mut self, name: &str, make: impl FnOnce(&mut Self) -> T) -> T {
        self.lists.push(name.to_owned());
        let made = make(self);
        self.lists.pop();
        made
    }

    fn integer(&mut self, depth: u32) -> String {
        if depth == 0 {
            return match self.choose(3) {
                0 => self.some_integer(),
                1 => self.choose(100).to_string(),
                _ => "1152921504606846975".to_owned(),
            };
        }
        let d = depth - 1;
        match self.choose(22) {
            0 => self.some_integer(),
            1 => format!("(+ {} {})", self.integer(d), self.integer(d)),
            2 => format!("(- {} {})", self.integer(d), self.integer(d)),
            3 => format!("(* {} {})", self.integer(d), self.integer(d)),
            4 => format!("(if {} {} {})", self.boolean(d), self.integer(d), self.integer(d)),
            5 => {
                let (x, value) = (self.fresh("x"), self.integer(d));
                let body = self.with_integer(&x, |g| g.integer(d));
                format!("(let (({x} {value})) {body})")
            }
            6 => format!("({} {})", self.procedure(d), self.integer(d)),
            7 => format!("(length {})", self.list(d)),
            8 => format!("(fold-left + 0 {})", self.list(d)),
            9 => {
                let (i, sum) = (self.fresh("i"), self.fresh("s"));
                let turns = self.choose(20);
                let step = self.with_integer(&i, |g| g.with_integer(&sum, |g| g.integer(d.min(2))));
                format!(
                    "(let loop (({i} {turns}) ({sum} 0)) (if (= {i} 0) {sum} (loop (- {i} 1) (mod {step} 1000003))))"
                )
            }
            10 => {
                let x = self.fresh("x");
                let (value, change) = (self.integer(d), self.with_integer(&x, |g| g.integer(d)));
                let after = self.with_integer(&x, |g| g.integer(d));
                format!("(let (({x} {value})) (let ((get (lambda () {x}))) (set! {x} {change}) (+ (get) {after})))")
            }
            11 => {
                let k = self.fresh("k");
                self.procedures.push(k.clone());
                let inner = self.integer(d);
                self.procedures.pop();
                format!("(+ 1 (call/cc (lambda ({k}) {inner})))")
            }
            12 => {
                let e = self.fresh("e");
                let (handler, body) = (self.with_integer("7", |g| g.integer(d)), self.integer(d));
                format!("(guard ({e} ((condition? {e}) {handler}) ((number? {e}) {e})) {body})")
            }
            13 => format!("(raise {})", self.integer(d)),
            14 => {
                let x = self.fresh("x");
                let change = self.with_integer(&x, |g| g.integer(d.min(2)));
                let body = self.integer(d);
                format!(
                    "(let (({x} 0)) (let ((v (dynamic-wind (lambda () (set! {x} {change})) (lambda () {body}) (lambda () (set! {x} (+ {x} 1)))))) (+ v {x})))"
                )
            }
            15 => format!(
                "(call-with-values (lambda () (values {} {})) (lambda (a b) (- a b)))",
                self.integer(d),
                self.integer(d)
            ),
            16 => format!("(vector-ref (vector {} {}) {})", self.integer(d), self.integer(d), self.choose(3)),
            17 => format!("(string-length (number->string {}))", self.integer(d)),
            18 => {
                let handler = self.with_integer("e", |g| g.integer(d));
                let body = self.integer(d);
                format!(
                    "(with-exception-handler (lambda (e) (if (number? e) {handler} 5)) (lambda () (+ (raise-continuable 2) {body})))"
                )
            }
            19 => format!("(apply + {} {})", self.integer(d), self.list(d)),
            20 => {
                let n = self.fresh("n");
                let leaf = self.with_integer(&n, |g| g.integer(d.min(2)));
                let depth = self.choose(60);
                format!("(let deep (({n} {depth})) (if (= {n} 0) 0 (+ (mod {leaf} 11) (deep (- {n} 1)))))")
            }
            _ => format!(
                "(let ((t (make-eqv-hashtable))) (for-each (lambda (x) (hashtable-update! t x (lambda (n) (+ n 1)) 0)) {}) (hashtable-ref t {} 0))",
                self.list(d),
                self.integer(d)
            ),
        }
    }

    fn boolean(&mut self, depth: u32) -> String {
        let d = depth.saturating_sub(1);
        match self.choose(5) {
            0 => "#t".to_owned(),
            1 => format!("(< {} {})", self.integer(d), self.integer(d)),
            2 => format!("(equal? {} {})", self.list(d), self.list(d)),
            3 => format!("(not {})", self.boolean(d)),
            _ => format!("(and (pair? {}) (even? {}))", self.list(d), self.integer(d)),
        }
    }

    fn list(&mut self, depth: u32) -> String {
        if depth == 0 {
            return self.variable(|g| &g.lists).unwrap_or_else(|| "(list 1 2 3)".to_owned());
        }
        let d = depth - 1;
        match self.choose(12) {
            0 => "'(5 8 13)".to_owned(),
            1 => self.variable(|g| &g.lists).unwrap_or_else(|| "'()".to_owned()),
            2 => format!("(cons {} {})", self.integer(d), self.list(d)),
            3 => format!("(map {} {})", self.procedure(d), self.list(d)),
            4 => format!("(append {} {})", self.list(d), self.list(d)),
            5 => format!("(reverse {})", self.list(d)),
            6 => format!("(list-sort (lambda (a b) (< a b)) {})", self.list(d)),
            7 => format!("(cdr {})", self.list(d)),
            8 => {
                let (l, value) = (self.fresh("l"), self.list(d));
                let body = self.with_list(&l, |g| g.list(d));
                format!("(let (({l} {value})) {body})")
            }
            9 => format!("(vector->list (vector-map {} (list->vector {})))", self.procedure(d), self.list(d)),
            10 => {
                let x = self.fresh("x");
                let test = self.with_integer(&x, |g| g.boolean(d.min(2)));
                format!("(filter (lambda ({x}) {test}) {})", self.list(d))
            }
            _ => format!("(map char->integer (string->list (number->string {})))", self.integer(d)),
        }
    }

    /// A procedure from an integer to an integer.
    fn procedure(&mut self, depth: u32) -> String {
        let d = depth.saturating_sub(1);
        match self.choose(5) {
            0 | 1 => {
                let x = self.fresh("x");
                let body = self.with_integer(&x, |g| g.integer(d));
                format!("(lambda ({x}) {body})")
            }
            2 => self.variable(|g| &g.procedures).unwrap_or_else(|| "abs".to_owned()),
            3 => {
                let (f, x) = (self.fresh("f"), self.fresh("x"));
                let base = self.with_integer(&x, |g| g.integer(d));
                format!(
                    "(letrec (({f} (lambda ({x}) (if (< (abs {x}) 2) {base} ({f} (div {x} 3)))))) (lambda (y) ({f} (mod y 1000))))"
                )
            }
            _ => {
                let x = self.fresh("x");
                let (one, two) = self.with_integer(&x, |g| (g.integer(d), g.integer(d)));
                format!("(case-lambda (({x}) {one}) (({x} y) (+ y {two})))")
            }
        }
    }

    /// Definitions and a last expression.
    fn program(&mut self) -> String {
        let mut text = String::new();
        for _ in 0..self.choose(4) {
            let body = match self.choose(3) {
                0 => {
                    let (name, value) = (self.fresh("g"), self.integer(3));
                    self.integers.push(name.clone());
                    format!("(define {name} {value})")
                }
                1 => {
                    let (name, value) = (self.fresh("h"), self.list(3));
                    self.lists.push(name.clone());
                    format!("(define {name} {value})")
                }
                _ => {
                    let (name, value) = (self.fresh("p"), self.procedure(3));
                    self.procedures.push(name.clone());
                    format!("(define {name} {value})")
                }
            };
            text.push_str(&body);
            text.push('\n');
        }
        let (a, b) = (self.integer(4), self.list(4));
        format!("{text}(list {a} {b})")
    }
}

fn program(choices: &[u8]) -> String {
    let (integers, lists, procedures) = Default::default();
    Generator { choices: choices.iter(), integers, lists, procedures, names: 0 }.program()
}

fn machine() -> Vm {
    let mut vm = Engine::new().vm();
    vm.eval::<()>("(import (rnrs))").expect("it is there");
    vm.set_limits(&Limits::new().fuel(300_000).heap(64 << 20).stack(8 << 20));
    vm
}

/// What came of a program: its value, or the error's message.
fn outcome(vm: &mut Vm, text: &str, slice: u64) -> String {
    let result = (|| -> Result<Handle, vicar::Error> {
        let mut run = Run::new(&mut *vm, &Source::new("random", text))?;
        loop {
            if let Step::Done(value) = run.step(slice)? {
                return Ok(value);
            }
        }
    })();
    match result {
        Ok(value) => vm.write(&value, 1 << 20),
        Err(error) => format!("{error}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]
    #[test]
    fn mean_the_same_in_all_modes(choices in proptest::collection::vec(any::<u8>(), 0..300)) {
        let text = program(&choices);
        let mut plain = machine();
        let expected = outcome(&mut plain, &text, u64::MAX);
        let mut sliced = machine();
        prop_assert_eq!(&outcome(&mut sliced, &text, 3), &expected, "in slices: {}", text);
        let mut stressed = machine();
        stressed.set_gc_stress(true);
        prop_assert_eq!(&outcome(&mut stressed, &text, u64::MAX), &expected, "under stress: {}", text);
        let used = plain.fuel();
        prop_assert_eq!(sliced.fuel(), used, "fuel in slices: {}", text);
        prop_assert_eq!(stressed.fuel(), used, "fuel under stress: {}", text);
    }
}

/// Programs that all fail alike would test nothing.
#[test]
fn most_have_a_value() {
    let mut state = 42_u64;
    let mut next = || {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 33) as u8
    };
    let texts: Vec<String> = (0..200).map(|_| program(&(0..200).map(|_| next()).collect::<Vec<u8>>())).collect();
    let have = texts.iter().filter(|text| outcome(&mut machine(), text, u64::MAX).starts_with('(')).count();
    assert!(have > 80, "only {have} of 200");
}
