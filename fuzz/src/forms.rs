//! Generated forms for the expander: definitions and uses of macros of every kind, nested, with few names, so that they
//! shadow, capture and redefine each other. Most mean something; many are wrong.

use crate::choices::Choices;

/// Everything that forms may use, at every phase.
pub const PRELUDE: &str = "(import (rnrs) (for (rnrs) expand) (rnrs eval) (rnrs mutable-pairs))";

const NAMES: &[&str] = &["a", "b", "c", "x", "y", "m", "k", "if", "list", "else", "...", "_", "lambda", "define", "t"];
const DATUMS: &[&str] =
    &["1", "\"s\"", "#\\c", "#t", "()", "1.5", "foo", "(1 2)", "#(1 2)", "#vu8(1)", "(a . b)", "((1 2) (3 4))"];

pub struct Forms<'c, 'b> {
    choices: &'c mut Choices<'b>,
    /// Names that have been defined as macros, to be used.
    macros: Vec<&'static str>,
    /// Pattern variables in scope of a template, with their depth.
    variables: Vec<(String, usize)>,
    made: usize,
}

impl<'c, 'b> Forms<'c, 'b> {
    pub fn new(choices: &'c mut Choices<'b>) -> Forms<'c, 'b> {
        Forms { choices, macros: Vec::new(), variables: Vec::new(), made: 0 }
    }

    /// Definitions and expressions.
    pub fn program(&mut self) -> String {
        let count = 1 + self.choices.below(5);
        let forms: Vec<String> = (0..count).map(|_| self.definition(4)).collect();
        format!("{}\n{}", forms.join("\n"), self.expression(4))
    }

    fn name(&mut self) -> &'static str {
        // The first few mostly.
        let few = if self.choices.rarely(6) { NAMES.len() } else { 7 };
        *self.choices.pick(&NAMES[..few])
    }

    fn keyword(&mut self) -> &'static str {
        if self.macros.is_empty() || self.choices.rarely(8) { self.name() } else { *self.choices.pick(&self.macros) }
    }

    fn datum(&mut self) -> String {
        self.choices.pick(DATUMS).to_string()
    }

    fn list(&mut self, d: usize, mut item: impl FnMut(&mut Self, usize) -> String) -> String {
        let count = self.choices.below(4);
        (0..count).map(|_| item(self, d)).collect::<Vec<_>>().join(" ")
    }

    pub fn definition(&mut self, depth: usize) -> String {
        if depth == 0 || self.choices.is_over() {
            return format!("(define {} 1)", self.name());
        }
        let d = depth - 1;
        match self.choices.below(12) {
            0..=4 => {
                let name = self.name();
                self.macros.push(name);
                format!("(define-syntax {name} {})", self.transformer(d))
            }
            5 => format!("(define {} {})", self.name(), self.expression(d)),
            6 => format!("(define ({} {} . {}) {})", self.name(), self.name(), self.name(), self.body(d)),
            7 => format!("(begin {})", self.list(d, |g, d| g.definition(d))),
            8 => format!("({} {})", self.keyword(), self.list(d, |g, d| g.operand(d))),
            9 => self.let_syntax(d, |g| g.list(d, |g, d| g.definition(d))),
            10 => {
                let (n, a, b) = (self.name(), self.name(), self.name());
                let clauses = self.list(d, |g, d| match g.choices.below(5) {
                    0 => format!("(parent {})", g.name()),
                    1 => "(sealed #t)".to_owned(),
                    2 => format!("(nongenerative {})", g.name()),
                    3 => format!("(protocol {})", g.expression(d)),
                    _ => format!("(fields {} (mutable {}))", g.name(), g.name()),
                });
                let fields = format!("(fields {a} (immutable {b}))");
                format!("(define-record-type {n} {clauses} {fields})")
            }
            _ => self.expression(d),
        }
    }

    fn let_syntax(&mut self, d: usize, body: impl FnOnce(&mut Self) -> String) -> String {
        let which = *self.choices.pick(&["let-syntax", "letrec-syntax"]);
        let before = self.macros.len();
        let count = 1 + self.choices.below(2);
        let bindings: Vec<String> = (0..count)
            .map(|_| {
                let name = self.name();
                self.macros.push(name);
                format!("({name} {})", self.transformer(d))
            })
            .collect();
        let body = body(self);
        self.macros.truncate(before);
        format!("({which} ({}) {body})", bindings.join(" "))
    }

    fn transformer(&mut self, d: usize) -> String {
        match self.choices.below(10) {
            0..=3 => {
                let literals = self.list(d, |g, _| g.name().to_owned());
                let clauses = self.clauses(d, |g, d| g.template(d));
                format!("(syntax-rules ({literals}) {clauses})")
            }
            4..=6 => {
                let s = self.name();
                let literals = self.list(d, |g, _| g.name().to_owned());
                let clauses = self.clauses(d, |g, d| g.output(d));
                format!("(lambda ({s}) (syntax-case {s} ({literals}) {clauses}))")
            }
            7 => format!("(identifier-syntax {})", self.template(d)),
            8 => {
                let (id, value) = (self.name(), self.name());
                format!("(identifier-syntax ({id} {}) ((set! {id} {value}) {}))", self.template(d), self.template(d))
            }
            _ => format!(
                "(make-variable-transformer (lambda (s) (syntax-case s () {})))",
                self.clauses(d, |g, d| g.output(d))
            ),
        }
    }

    fn clauses(&mut self, d: usize, result: impl Fn(&mut Self, usize) -> String) -> String {
        let count = 1 + self.choices.below(3);
        let clauses: Vec<String> = (0..count)
            .map(|_| {
                let before = self.variables.len();
                let pattern = match self.choices.below(8) {
                    0 => self.pattern(d, 0),
                    1 => format!("(_ {} . {})", self.pattern(d, 0), self.pattern(0, 0)),
                    _ => format!("(_ {})", self.patterns(d, 0)),
                };
                let fender = if self.choices.rarely(8) { "#t " } else { "" };
                let made = format!("({pattern} {fender}{})", result(self, d));
                self.variables.truncate(before);
                made
            })
            .collect();
        clauses.join(" ")
    }

    fn patterns(&mut self, d: usize, depth: usize) -> String {
        let count = self.choices.below(4);
        let ellipsis = if self.choices.rarely(2) { self.choices.below(count.max(1)) } else { count };
        let mut all = Vec::new();
        for i in 0..count {
            if i == ellipsis {
                all.push(self.pattern(d, depth + 1));
                all.push("...".to_owned());
            } else {
                all.push(self.pattern(d, depth));
            }
        }
        all.join(" ")
    }

    fn pattern(&mut self, d: usize, depth: usize) -> String {
        let simple = d == 0 || self.choices.is_over();
        match if simple { 0 } else { self.choices.below(8) } {
            0..=3 => {
                self.made += 1;
                let name = if self.choices.rarely(10) { self.name().to_owned() } else { format!("p{}", self.made) };
                self.variables.push((name.clone(), depth));
                name
            }
            4 => self.name().to_owned(),
            5 => self.datum(),
            6 => format!("#({})", self.patterns(d - 1, depth)),
            _ => format!("({})", self.patterns(d - 1, depth)),
        }
    }

    /// A template of the pattern variables in scope, mostly with as many ellipses as they want.
    fn template(&mut self, d: usize) -> String {
        if self.choices.is_over() && d > 0 {
            return "1".to_owned();
        }
        if d == 0 || self.choices.rarely(3) {
            if self.variables.is_empty() || self.choices.rarely(5) {
                return if self.choices.rarely(3) { self.datum() } else { self.name().to_owned() };
            }
            let (name, depth) = self.choices.pick(&self.variables).clone();
            let depth = if self.choices.rarely(16) { self.choices.below(4) } else { depth };
            return match depth {
                0 => name,
                1 => format!("(list {name} ...)"),
                2 => format!("(list (list {name} ...) ...)"),
                _ => format!("'({name} ... ... ...)"),
            };
        }
        let d = d - 1;
        match self.choices.below(12) {
            0 => format!("(let (({} {})) {})", self.name(), self.template(d), self.template(d)),
            1 => format!("({} {})", self.keyword(), self.list(d, |g, d| g.template(d))),
            2 => format!("(begin (define {} {}) {})", self.name(), self.template(d), self.template(d)),
            3 => format!("(... {})", self.template(d)),
            4 => format!("#({})", self.list(d, |g, d| g.template(d))),
            5 => format!("(lambda ({}) {})", self.name(), self.template(d)),
            6 => {
                let name = self.name();
                format!(
                    "(let-syntax (({name} (syntax-rules () ((_ z (... ...)) {})))) {})",
                    self.template(d),
                    self.template(d)
                )
            }
            7 => format!("(define-syntax {} (syntax-rules () ((_ . r) {})))", self.name(), self.template(d)),
            8 => format!("'{}", self.template(d)),
            9 => format!("({} . {})", self.template(d), self.template(d)),
            _ => format!("(list {})", self.list(d, |g, d| g.template(d))),
        }
    }

    /// What a clause of `syntax-case` evaluates.
    fn output(&mut self, d: usize) -> String {
        if d == 0 || self.choices.is_over() {
            return format!("#'{}", self.template(d));
        }
        let d = d - 1;
        match self.choices.below(12) {
            0..=3 => format!("#'{}", self.template(d)),
            4 => {
                let before = self.variables.len();
                self.variables.push(("t1".to_owned(), 1));
                let count = *self.choices.pick(&["'(1 2)", "#'(a b c)", "'()"]);
                let made = format!("(with-syntax (((t1 ...) (generate-temporaries {count}))) {})", self.output(d));
                self.variables.truncate(before);
                made
            }
            5 => {
                let before = self.variables.len();
                let value = self.output(d);
                let pattern = self.pattern(d, 0);
                let made = format!("(with-syntax (({pattern} {value})) {})", self.output(d));
                self.variables.truncate(before);
                made
            }
            6 => format!("(datum->syntax #'{} '{})", self.name(), self.datum()),
            7 => format!("#`({} #,{} #,@(list {}))", self.template(d), self.output(d), self.output(d)),
            8 => format!("(if (identifier? #'{}) {} {})", self.template(0), self.output(d), self.output(d)),
            9 => format!("(syntax-case #'{} () {})", self.template(d), self.clauses(d, |g, d| g.output(d))),
            10 => format!("(datum->syntax #'k (list 'quote (syntax->datum #'{})))", self.template(d)),
            _ => self.expression(d),
        }
    }

    fn operand(&mut self, d: usize) -> String {
        match self.choices.below(6) {
            0 => self.name().to_owned(),
            1 => self.datum(),
            2 => format!("({})", self.list(d, |g, _| g.name().to_owned())),
            3 => format!("(({}) ({}))", self.list(d, |g, _| g.datum()), self.list(d, |g, _| g.datum())),
            _ => self.expression(d.saturating_sub(1)),
        }
    }

    fn body(&mut self, d: usize) -> String {
        let before = self.macros.len();
        let definitions = self.list(d, |g, d| g.definition(d.min(2)));
        let made = format!("{definitions} {}", self.expression(d));
        self.macros.truncate(before);
        made
    }

    pub fn expression(&mut self, depth: usize) -> String {
        if depth == 0 || self.choices.is_over() {
            return if self.choices.rarely(2) { format!("'{}", self.datum()) } else { self.name().to_owned() };
        }
        let d = depth - 1;
        match self.choices.below(22) {
            0..=5 => format!("({} {})", self.keyword(), self.list(d, |g, d| g.operand(d))),
            6 => self.let_syntax(d, |g| g.body(d)),
            7 => format!("(let () {})", self.body(d)),
            8 => format!("(let (({} {})) {})", self.name(), self.expression(d), self.body(d)),
            9 => format!("(let* (({0} 1) ({0} {1})) {2})", self.name(), self.expression(d), self.body(d)),
            10 => format!(
                "(letrec* (({} (lambda () 1)) ({} {})) {})",
                self.name(),
                self.name(),
                self.expression(d),
                self.body(d)
            ),
            11 => {
                format!("`(1 ,{} `(,(2 ,{})) ,@(list {}))", self.expression(d), self.expression(d), self.expression(d))
            }
            12 => format!("`#({} . ,{})", self.datum(), self.expression(d)),
            13 => format!("((lambda ({} . {}) {}) {})", self.name(), self.name(), self.body(d), self.expression(d)),
            14 => format!("(set! {} {})", self.name(), self.expression(d)),
            15 => format!("(eval '{} (environment '(rnrs) '(for (rnrs) expand)))", self.expression(d)),
            16 => format!(
                "(case {} ({} {}) (else {}))",
                self.expression(d),
                self.operand(d),
                self.expression(d),
                self.expression(d)
            ),
            17 => format!(
                "(let-values ((({} . {}) (values 1 {}))) {})",
                self.name(),
                self.name(),
                self.expression(d),
                self.body(d)
            ),
            18 => format!("(guard ({} (#t {})) {})", self.name(), self.expression(d), self.body(d)),
            19 => format!(
                "(do (({} {} {})) (#t {}))",
                self.name(),
                self.expression(d),
                self.expression(d),
                self.expression(d)
            ),
            20 => format!("(cond ({} => {}) (else {}))", self.expression(d), self.expression(d), self.expression(d)),
            _ => format!("(syntax->datum #'{})", self.operand(d)),
        }
    }
}
