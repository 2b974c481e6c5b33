//! Generated programs: expressions that have mostly the types that their places ask for, over most of `(rnrs)`.

use crate::choices::Choices;

/// What must be in scope: see `Programs::new`.
pub const PRELUDE: &str = "(import (rnrs) (rnrs r5rs) (rnrs mutable-pairs) (rnrs mutable-strings) (rnrs eval))
    (define-record-type point (fields (mutable x) (mutable y)))
    (define-record-type point3 (parent point) (fields z))";

/// What an expression has as its value.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Type {
    Any,
    /// A whole number that is small: an index, a length.
    Index,
    Number,
    Boolean,
    Char,
    Text,
    Symbol,
    List,
    Vector,
    Bytes,
    Procedure,
    Table,
    Point,
}

use Type::*;
const TYPES: &[Type] = &[Index, Number, Boolean, Char, Text, Symbol, List, Vector, Bytes, Procedure, Table, Point];

/// Procedures: a letter for the result, the name, letters for the arguments; `.` is for any more of the last.
const PROCEDURES: &str = "
n + n.;n - n n.;n * n.;n / n n.;n abs n;n div n n;n mod n n;n div0 n n;n mod0 n n;n gcd n.;n lcm n.;n numerator n;
n denominator n;n floor n;n ceiling n;n truncate n;n round n;n rationalize n n;n exp n;n log n;n sin n;n atan n n;n sqrt n;
n expt n i;n exact n;n inexact n;n exact-integer-sqrt n;n max n n.;n min n n.;n quotient n n;n remainder n n;n modulo n n;
n magnitude n;n angle n;n make-rectangular n n;n make-polar n n;n real-part n;n imag-part n;
b = n n.;b < n n.;b > n n.;b <= n n.;b >= n n.;b zero? n;b positive? n;b odd? n;b even? n;b exact? n;b nan? n;b integer? a;
b rational? a;b real-valued? a;t number->string n;t number->string n i;a string->number t;a string->number t i;
n bitwise-and n.;n bitwise-ior n.;n bitwise-xor n.;n bitwise-not n;n bitwise-arithmetic-shift n i;n bitwise-bit-count n;
n bitwise-length n;n bitwise-first-bit-set n;n bitwise-bit-field n i i;n bitwise-copy-bit n i i;
n bitwise-reverse-bit-field n i i;n bitwise-rotate-bit-field n i i i;
n fx+ i i;n fx* i i;n fxdiv i i;n fxmod i i;n fxarithmetic-shift i i;n fxlength i;b fx<? i i.;n fxnot i;
n fl+ n.;n fl* n.;n fl/ n n.;n flsqrt n;n flround n;n flexpt n n;n fixnum->flonum i;n flmod n n;n fldiv n n;
b boolean? a;b not a;b eq? a a;b eqv? a a;b equal? a a;b pair? a;b null? a;b list? a;b symbol? a;b string? a;b char? a;
b vector? a;b procedure? a;b bytevector? a;b hashtable? a;
l cons a a;l cons a l;a car l;a cdr l;a cadr l;a cddr l;l list a.;l cons* a a l;i length l;l append l.;l reverse l;l list-tail l i;
a list-ref l i;a memq a l;a member a l;a assv a l;a assoc a l;l remove a l;l remv a l;l filter p l;l partition p l;a find p l;
a for-all p l;a exists p l;a fold-left p a l;a fold-right p a l;l map p l;l map p l l;a for-each p l;l list-sort p l;
a set-car! l a;a set-cdr! l a;a apply p l;l memp p l;l assp p l;
y string->symbol t;t symbol->string y;b symbol=? y y.;
i char->integer c;c integer->char i;c char-upcase c;c char-foldcase c;b char<? c c.;b char-ci=? c c.;b char-alphabetic? c;
y char-general-category c;
t string c.;t make-string i c;i string-length t;c string-ref t i;a string-set! t i c;t substring t i i;t string-append t.;
l string->list t;t list->string l;t string-copy t;b string=? t t.;b string<? t t.;b string-ci=? t t.;t string-upcase t;
t string-downcase t;t string-foldcase t;t string-titlecase t;t string-normalize-nfc t;t string-normalize-nfd t;
t string-normalize-nfkc t;t string-normalize-nfkd t;a string-for-each p t;i string-hash t;i string-ci-hash t;a string-fill! t c;
v vector a.;v make-vector i a;i vector-length v;a vector-ref v i;a vector-set! v i a;l vector->list v;v list->vector l;
a vector-fill! v a;v vector-map p v;a vector-for-each p v;v vector-sort p v;a vector-sort! p v;
x make-bytevector i i;i bytevector-length x;i bytevector-u8-ref x i;i bytevector-s8-ref x i;a bytevector-u8-set! x i i;
n bytevector-u16-native-ref x i;n bytevector-s64-native-ref x i;n bytevector-ieee-double-native-ref x i;
a bytevector-ieee-double-native-set! x i n;a bytevector-u32-native-set! x i n;x bytevector-copy x;a bytevector-copy! x i x i i;
b bytevector=? x x;a bytevector-fill! x i;l bytevector->u8-list x;x u8-list->bytevector l;x string->utf8 t;t utf8->string x;
x string->utf16 t;t utf16->string x e;x string->utf32 t;t utf32->string x e;n bytevector-uint-ref x i e i;
n bytevector-sint-ref x i e i;a bytevector-uint-set! x i n e i;l bytevector->uint-list x e i;x uint-list->bytevector l e i;
h make-eqv-hashtable;h make-hashtable hash eq;i hashtable-size h;a hashtable-ref h a a;a hashtable-set! h a a;
a hashtable-delete! h a;b hashtable-contains? h a;a hashtable-update! h a p a;h hashtable-copy h;a hashtable-clear! h;
r make-point a a;r make-point3 a a a;a point-x r;a point-x-set! r a;a point3-z r;b point? a;b point3? a;
a values a;a values a a;a vector-ref v n;a call-with-string-output-port p;a with-exception-handler p p;
a dynamic-wind p p p;a call/cc p;a call-with-values p p;a raise a;a raise-continuable a;a error y t a.;
a assertion-violation y t a.;b condition? a;a condition-message a;a condition-irritants a;l simple-conditions a;
a condition a.;a make-message-condition t;a make-who-condition y;a make-irritants-condition l;a eval a env;
a get-datum port;a get-line port;a get-string-n port i;a get-string-all port;a read-char port;a peek-char port;
a display a;a write a;a newline;a write-char c;a force a;a enum-set->list enum;
a make-enumeration l;b file-exists? t;a exit a;";

pub struct Programs<'c, 'b> {
    choices: &'c mut Choices<'b>,
    variables: Vec<(String, Type)>,
    names: usize,
    procedures: Vec<(Type, &'static str, Vec<&'static str>)>,
}

impl<'c, 'b> Programs<'c, 'b> {
    pub fn new(choices: &'c mut Choices<'b>) -> Programs<'c, 'b> {
        let procedures = PROCEDURES.split(';').filter_map(|row| {
            let mut words = row.split_whitespace();
            let result = letter(words.next()?)?;
            Some((result, words.next()?, words.collect()))
        });
        Programs { choices, variables: Vec::new(), names: 0, procedures: procedures.collect() }
    }

    /// A few definitions and expressions; the last expression's value is data.
    pub fn program(&mut self) -> String {
        let mut text = String::new();
        for _ in 0..self.choices.below(6) {
            let of = *self.choices.pick(TYPES);
            if self.choices.rarely(4) {
                text += &format!("{}\n", self.expression(of, 4));
            } else {
                let value = self.expression(of, 4);
                let name = self.fresh(of);
                text += &format!("(define {name} {value})\n");
            }
        }
        let value = self.expression(Any, 5);
        text + &value
    }

    fn fresh(&mut self, of: Type) -> String {
        self.names += 1;
        let name = format!("v{}", self.names);
        self.variables.push((name.clone(), of));
        name
    }

    /// Text that is made with variables of these types in scope.
    fn scoped<R>(&mut self, types: &[Type], make: impl FnOnce(&mut Self, &[String]) -> R) -> R {
        let before = self.variables.len();
        let names: Vec<String> = types.iter().map(|&t| self.fresh(t)).collect();
        let made = make(self, &names);
        self.variables.truncate(before);
        made
    }

    fn variable(&mut self, of: Type) -> Option<String> {
        let fitting: Vec<&String> =
            self.variables.iter().filter(|(_, t)| of == Any || *t == of).map(|(name, _)| name).collect();
        if fitting.is_empty() { None } else { Some((*self.choices.pick(&fitting)).clone()) }
    }

    /// An expression without parts.
    fn leaf(&mut self, of: Type) -> String {
        if self.choices.rarely(2) {
            if let Some(name) = self.variable(of) {
                return name;
            }
        }
        let c = &mut *self.choices;
        match of {
            Any => {
                let of = *c.pick(TYPES);
                self.leaf(of)
            }
            Index => {
                let most = if c.rarely(8) { 5000 } else { 6 };
                c.below(most).to_string()
            }
            Number => c.number(),
            Boolean => c.pick(&["#t", "#f"]).to_string(),
            Char => c
                .pick(&["#\\a", "#\\B", "#\\5", "#\\space", "#\\λ", "#\\x0", "#\\x1F600", "#\\ß", "#\\x301"])
                .to_string(),
            Text => c
                .pick(&["\"\"", "\"a\"", "\"hello world\"", "\"1/2\"", "\"Straße λ\"", "\"e\\x301;\"", "\"(a . b)\""])
                .to_string(),
            Symbol => c.pick(&["'a", "'b", "'|x y|", "'λ", "'+"]).to_string(),
            List => c
                .pick(&[
                    "'()",
                    "'(1 2 3)",
                    "(list 1 2 3)",
                    "'(a . b)",
                    "'((a . 1) (b . 2))",
                    "'(#\\a \"x\" 1.5 #(1))",
                    "'(3 1 2 1/2 -7)",
                    "(list #\\a #\\b)",
                ])
                .to_string(),
            Vector => c
                .pick(&["'#()", "(vector 1 2 3)", "'#(a \"b\" (c))", "(make-vector 40 0)", "(vector 3 1.5 1/2)"])
                .to_string(),
            Bytes => c
                .pick(&["#vu8()", "(bytevector-copy #vu8(1 2 3 255 0 128 7 9))", "(make-bytevector 40 200)"])
                .to_string(),
            Procedure => c
                .pick(&[
                    "(lambda x x)",
                    "(lambda (x) x)",
                    "car",
                    "<",
                    "+",
                    "cons",
                    "(lambda () 1)",
                    "(lambda (x y) y)",
                    "list",
                    "values",
                    "not",
                    "call/cc",
                ])
                .to_string(),
            Table => c
                .pick(&["(make-eqv-hashtable)", "(make-hashtable equal-hash equal?)", "(make-eq-hashtable)"])
                .to_string(),
            Point => "(make-point 1 2)".to_owned(),
        }
    }

    pub fn expression(&mut self, of: Type, depth: usize) -> String {
        // Now and then something else than the place asks for.
        let of = if self.choices.rarely(24) { *self.choices.pick(TYPES) } else { of };
        if depth == 0 || self.choices.is_over() || self.choices.rarely(6) {
            return self.leaf(of);
        }
        let d = depth - 1;
        if self.choices.rarely(3) {
            return self.special(of, d);
        }
        if of == Procedure && self.choices.rarely(2) {
            return self.lambda(d);
        }
        let at = self.choices.below(self.procedures.len());
        let fits = |(result, ..): &(Type, _, _)| of == Any || *result == of;
        let count = self.procedures.len();
        let Some(i) = (0..count).map(|i| (at + i) % count).find(|&i| fits(&self.procedures[i])) else {
            return self.leaf(of);
        };
        let (_, name, parameters) = self.procedures[i].clone();
        let mut text = format!("({name}");
        for parameter in parameters {
            let times = if parameter.ends_with('.') { self.choices.below(4) } else { 1 };
            for _ in 0..times {
                let argument = match letter(parameter.trim_end_matches('.')) {
                    Some(of) => self.expression(of, d),
                    None => self.other(parameter, d),
                };
                text = text + " " + &argument;
            }
        }
        text + ")"
    }

    /// An argument of a kind that few procedures take.
    fn other(&mut self, what: &str, depth: usize) -> String {
        match what {
            "e" => self.choices.pick(&["(endianness big)", "(endianness little)", "'middle"]).to_string(),
            "hash" => self.choices.pick(&["equal-hash", "string-hash", "(lambda (x) 1)", "(lambda (x) x)"]).to_string(),
            "eq" => self.choices.pick(&["equal?", "eqv?", "(lambda (x y) #t)", "string=?"]).to_string(),
            "env" => self
                .choices
                .pick(&[
                    "(environment '(rnrs))",
                    "(environment '(only (rnrs base) + if define quote))",
                    "(scheme-report-environment 5)",
                ])
                .to_string(),
            "port" => {
                let text = self.expression(Text, depth.min(1));
                format!("(open-string-input-port {text})")
            }
            "enum" => "((enum-set-constructor (make-enumeration '(a b c))) '(a c))".to_owned(),
            _ => self.leaf(Any),
        }
    }

    fn lambda(&mut self, d: usize) -> String {
        let types = [*self.choices.pick(TYPES), *self.choices.pick(TYPES)];
        let count = self.choices.below(3);
        let result = *self.choices.pick(TYPES);
        match self.choices.below(6) {
            0 => self.scoped(&[List], |g, names| format!("(lambda {} {})", names[0], g.expression(result, d))),
            1 => {
                let one = self.scoped(&types[..1], |g, names| format!("(({}) {})", names[0], g.expression(result, d)));
                let two = self.scoped(&types, |g, n| format!("(({} {}) {})", n[0], n[1], g.expression(result, d)));
                format!("(case-lambda {one} {two})")
            }
            _ => {
                self.scoped(&types[..count], |g, names| format!("(lambda ({}) {})", names.join(" "), g.body(result, d)))
            }
        }
    }

    /// A body: maybe with definitions, assignments and effects before its value.
    fn body(&mut self, of: Type, d: usize) -> String {
        let before = self.variables.len();
        let mut text = String::new();
        if self.choices.rarely(3) {
            let t = *self.choices.pick(TYPES);
            let value = self.expression(t, d);
            let name = self.fresh(t);
            text += &format!("(define {name} {value}) ");
        }
        if self.choices.rarely(3) {
            text += &(self.expression(Any, d) + " ");
        }
        text += &self.expression(of, d);
        self.variables.truncate(before);
        text
    }

    /// A form that is no call of a procedure of the standard.
    fn special(&mut self, of: Type, d: usize) -> String {
        let t = *self.choices.pick(TYPES);
        match self.choices.below(24) {
            0 => format!("(if {} {} {})", self.expression(Boolean, d), self.expression(of, d), self.expression(of, d)),
            1 => {
                let value = self.expression(t, d);
                self.scoped(&[t], |g, n| format!("(let (({} {value})) {})", n[0], g.body(of, d)))
            }
            2 => {
                let turns = self.choices.below(40);
                let start = self.expression(of, d);
                self.scoped(&[Index, of], |g, n| {
                    let step = g.expression(of, d);
                    format!(
                        "(let loop (({} {turns}) ({} {start})) (if (zero? {}) {} (loop (- {} 1) {step})))",
                        n[0], n[1], n[0], n[1], n[0]
                    )
                })
            }
            3 => self.scoped(&[Procedure], |g, n| format!("(call/cc (lambda ({}) {}))", n[0], g.body(of, d))),
            4 => {
                let body = self.body(of, d);
                self.scoped(&[Any], |g, n| {
                    let (test, value) = (g.expression(Boolean, d.min(2)), g.expression(of, d));
                    format!("(guard ({} ({test} {value}) ((string? {}) {}) (else {value})) {body})", n[0], n[0], n[0])
                })
            }
            5 => {
                let name = self.variable(of);
                let value = self.expression(of, d);
                match name {
                    Some(name) => format!("(begin (set! {name} {value}) {name})"),
                    None => value,
                }
            }
            6 => {
                let (a, b) = (self.expression(Any, d.min(2)), self.expression(Any, d.min(2)));
                format!("(dynamic-wind (lambda () {a}) (lambda () {}) (lambda () {b}))", self.body(of, d))
            }
            7 => {
                let (one, two) = (self.expression(t, d), self.expression(of, d));
                self.scoped(&[t, of], |g, n| {
                    format!("(let-values ((({} {}) (values {one} {two}))) {})", n[0], n[1], g.body(of, d))
                })
            }
            8 => {
                let handler = self.scoped(&[Any], |g, n| format!("(lambda ({}) {})", n[0], g.expression(of, d)));
                format!("(with-exception-handler {handler} (lambda () {}))", self.body(of, d))
            }
            9 => format!("({} {})", self.expression(Procedure, d), self.expression(t, d)),
            10 => format!("(and {} {})", self.expression(Boolean, d), self.expression(of, d)),
            11 => format!("(or {} {})", self.expression(of, d), self.expression(of, d)),
            12 => format!(
                "(case {} ((1 2 a) {}) ((#\\a 1/2 1.5 (x)) {}) (else {}))",
                self.expression(t, d),
                self.expression(of, d),
                self.expression(of, d),
                self.expression(of, d)
            ),
            13 => self.scoped(&[Procedure, Number], |g, n| {
                let (base, next) = (g.expression(of, d), g.expression(Number, d));
                format!(
                    "(letrec (({0} (lambda ({1}) (if (< (magnitude {1}) 1) {base} ({0} (div {next} 3)))))) ({0} 50))",
                    n[0], n[1]
                )
            }),
            14 => format!("`(,{} ,@{} x)", self.expression(t, d), self.expression(List, d)),
            15 => format!("`#(1 ,{} ,@{})", self.expression(t, d), self.expression(List, d)),
            16 => format!("(let ((p (delay {}))) (force p) (force p))", self.expression(of, d)),
            17 => {
                let (a, b) = (self.expression(t, d), self.expression(of, d));
                self.scoped(&[t, of], |g, n| format!("(let* (({} {a}) ({} {b})) {})", n[0], n[1], g.body(of, d)))
            }
            18 => {
                let turns = self.choices.below(30);
                let value = self.expression(of, d);
                self.scoped(&[Index, List], |g, n| {
                    let item = g.expression(t, d);
                    format!(
                        "(do (({0} 0 (+ {0} 1)) ({1} '() (cons {item} {1}))) ((= {0} {turns}) {value}))",
                        n[0], n[1]
                    )
                })
            }
            19 => self.scoped(&[Index], |g, n| {
                let (base, again) = (g.expression(of, d), 1 + g.choices.below(3));
                let around = *g.choices.pick(&["list", "+", "begin", "vector", "or"]);
                format!("(let deep (({0} 30)) (if (< {0} 1) {base} ({around} (deep (- {0} {again})))))", n[0])
            }),
            20 => {
                let (pattern, body) =
                    (*self.choices.pick(&["(_ x)", "(_ x ...)", "(_ x y ...)"]), self.expression(of, d));
                format!("(let-syntax ((m (syntax-rules () ({pattern} {body})))) (m {}))", self.expression(t, d))
            }
            21 => format!(
                "(let ((k #f) (n 0)) (call/cc (lambda (c) (set! k c))) (set! n (+ n 1)) (if (< n 4) (k {0}) {0}))",
                self.expression(of, d)
            ),
            22 => format!("(eval '{} (environment '(rnrs)))", self.expression(of, d)),
            _ => format!("(begin {} {})", self.expression(Any, d), self.expression(of, d)),
        }
    }
}

fn letter(text: &str) -> Option<Type> {
    Some(match text {
        "a" => Any,
        "i" => Index,
        "n" => Number,
        "b" => Boolean,
        "c" => Char,
        "t" => Text,
        "y" => Symbol,
        "l" => List,
        "v" => Vector,
        "x" => Bytes,
        "p" => Procedure,
        "h" => Table,
        "r" => Point,
        _ => return None,
    })
}
