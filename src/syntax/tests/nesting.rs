//! Deep nests and wide forms: what they mean, and that the work for them grows as they do.

use super::*;
use std::fmt::Write;

/// `before` for each level, the middle, `after` for each level; `%` stands for the level.
fn nest(before: &str, middle: &str, after: &str, levels: usize) -> String {
    let mut text: String = (0..levels).map(|i| before.replace('%', &i.to_string())).collect();
    text.push_str(middle);
    text.extend((0..levels).rev().map(|i| after.replace('%', &i.to_string())));
    text
}

/// `each` for all numbers below `n`.
fn repeat(each: &str, n: usize) -> String {
    (0..n).map(|i| each.replace('%', &i.to_string())).collect()
}

#[test]
fn what_deep_nests_mean() {
    let n = 40;
    check(&[
        // Variables of every level, shadowed and not.
        (&nest("(let ((x% %)) ", "(list x0 x1 x20 x38 x39)", ")", n), "(0 1 20 38 39)"),
        (&nest("(let ((x %)) (let ((y% x)) ", "(list x y39 y0)", "))", n), "(39 39 0)"),
        (&format!("(let* ((x 0) {}) x)", "(x (+ x 1)) ".repeat(n)), "40"),
        (&format!("(let* ((x 0) (f (lambda () x)) {}) (list x (f)))", "(x (+ x 1)) ".repeat(n)), "(40 0)"),
        (
            &format!("(let*-values (((x y) (values 0 1)) {}) (list x y))", "((x y) (values y (+ x 1))) ".repeat(4)),
            "(2 3)",
        ),
        // What a macro inserts means what it meant where the macro was defined, at whatever depth it is used.
        (
            &format!(
                "(let ((x 'outer)) (define-syntax m (syntax-rules () ((_ e) (list x e)))) {})",
                nest("(let ((x '%)) ", "(m x)", ")", n)
            ),
            "(outer 39)",
        ),
        // Variables that macro uses insert, all with the same name, nest without capturing.
        (
            &format!(
                "(define-syntax my-or (syntax-rules () ((_ a b) (let ((t a)) (if t t b))))) (let ((t 5)) {})",
                nest("(my-or (eq? t 1) ", "(list t)", ")", n)
            ),
            "(5)",
        ),
        (
            &format!(
                "(define-syntax sum (syntax-rules () ((_ () (t ...)) (list t ...)) ((_ (x . r) (t ...)) (let ((v x)) (sum r (t ... v)))))) (sum ({}) ())",
                repeat("% ", 20)
            ),
            "(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19)",
        ),
        // Definitions at every level, seen from the innermost.
        (&nest("(let () (define x% %) (define (f%) x%) ", "(list (f0) x1 (f20) (f39))", ")", n), "(0 1 20 39)"),
        (&nest("(let () (define x %) (define-syntax y (identifier-syntax x)) ", "(list x y)", ")", n), "(39 39)"),
        // Keywords of every level; their templates see what was around them, and those of `letrec-syntax` each other.
        (&nest("(let-syntax ((m (syntax-rules () ((_ e) (list % e))))) ", "(m 'x)", ")", n), "(39 x)"),
        (&nest("(let-syntax ((m% (syntax-rules () ((_) %)))) ", "(list (m0) (m20) (m39))", ")", n), "(0 20 39)"),
        (
            &format!(
                "(let () {} x)",
                nest("(let-syntax ((m% (syntax-rules () ((_) %)))) ", "(define x (list (m0) (m39)))", ")", n)
            ),
            "(0 39)",
        ),
        (
            &format!(
                "(let ((x 'around)) {})",
                nest("(let-syntax ((m (syntax-rules () ((_) x)))) (let ((x '%)) ", "(list (m) x)", "))", n)
            ),
            "(38 39)",
        ),
        (
            &nest(
                "(letrec-syntax ((a% (lambda (s) (let* ((p 1) (q 2) (r 3)) (with-syntax ((e #'(b%))) #'e)))) (b% (syntax-rules () ((_) '%)))) ",
                "(list (a0) (a39))",
                ")",
                n,
            ),
            "(0 39)",
        ),
        // Definitions that macros insert belong to their use; a `let-syntax` lets those that it passes on through.
        (
            &format!(
                "(define-syntax d (syntax-rules () ((_ x v) (begin (define t v) (define (x) t))))) (let () {} (list {}))",
                repeat("(d f% %) ", 20),
                repeat("(f%) ", 20)
            ),
            "(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19)",
        ),
        // Pattern variables.
        (
            &format!(
                "(define-syntax m (lambda (s) {})) (m 1)",
                nest("(syntax-case s () ((_ x%) ", "#'(list x0 x39)", "))", n)
            ),
            "(1 1)",
        ),
        (
            &format!(
                "(define-syntax m (lambda (s) {})) (m)",
                nest("(with-syntax ((x% #'%)) ", "#'(list x0 x20 x39)", ")", n)
            ),
            "(0 20 39)",
        ),
    ]);
}

/// Forms of growing size, each with how it is made.
fn growing(n: usize) -> Vec<(&'static str, String)> {
    let nests: &[(&str, &str, &str, &str)] = &[
        ("let", "(let ((x% %)) ", "x0", ")"),
        ("let of one name", "(let ((x %)) ", "x", ")"),
        ("let in an initialiser", "(let ((x% ", "0", ")) x%)"),
        ("let with siblings", "(let ((x% %)) (if x% (let ((y% 1)) (list x% y%))) ", "x0", ")"),
        ("named let", "(let l% ((x% %)) (if #f (l% 1)) ", "x0", ")"),
        ("let*", "(let* ((x% %) (y% x%)) ", "x0", ")"),
        ("let* in an initialiser", "(let* ((x% %) (y% ", "0", ")) y%)"),
        ("letrec", "(letrec ((f% (lambda (x) (f% x)))) ", "f0", ")"),
        ("let-values", "(let-values (((x% y%) (values 1 2))) ", "x0", ")"),
        ("let*-values", "(let*-values (((x% y%) (values 1 2))) ", "x0", ")"),
        ("let-syntax", "(let-syntax ((m% (syntax-rules () ((_) 1)))) ", "(m0)", ")"),
        ("letrec-syntax", "(letrec-syntax ((m% (syntax-rules () ((_) 1)))) ", "(m0)", ")"),
        (
            "let-syntax that is used",
            "(let-syntax ((m (syntax-rules () ((_ e) (let ((t 1)) (list t e)))))) (m ",
            "1",
            "))",
        ),
        ("lambda", "(lambda (x%) ", "x0", ")"),
        ("case-lambda", "(case-lambda ((x%) 1) ((x% y%) ", "x0", "))"),
        ("a body", "(let () (define x% 1) (define (f% y) x%) ", "(f0 1)", ")"),
        ("a definition in a definition", "(let () (define (f% x%) ", "x0", ") (f% 1))"),
        ("do", "(do ((x% 0 (+ x% 1))) ((= x% 1) x%) ", "x0", ")"),
        ("macros", "(my-let x% % ", "x0", ")"),
        ("macros with a temporary", "(my-or x ", "x", ")"),
        ("if", "(if x % ", "x", ")"),
        ("begin", "(begin ", "x", ")"),
        ("quasiquote", "`(a ,", "x", ")"),
    ];
    let mut forms: Vec<(&str, String)> =
        nests.iter().map(|(name, before, middle, after)| (*name, nest(before, middle, after, n))).collect();
    forms.push((
        "a body of let-syntax",
        format!("(let () {})", nest("(let-syntax ((m% (syntax-rules () ((_) 1)))) ", "(define y (m0)) y", ")", n)),
    ));
    forms.push((
        "syntax-case",
        format!("(let-syntax ((m (lambda (s) {}))) (m 1))", nest("(syntax-case s () ((_ x%) ", "#'x0", "))", n)),
    ));
    forms.push((
        "with-syntax",
        format!("(let-syntax ((m (lambda (s) {}))) (m 1))", nest("(with-syntax ((x% #'1)) ", "#'x0", ")", n)),
    ));
    let wide: &[(&str, &str, &str, &str)] = &[
        ("variables of each level", "", "", ""),
        ("let* of many", "(let* (", "(x% x) ", ") x0)"),
        ("let* of one name", "(let* (", "(x x) ", ") x)"),
        ("let*-values of many", "(let*-values (", "((x% y%) (values 1 x)) ", ") x0)"),
        ("let-values of many", "(let-values (", "((x% y%) (values 1 x)) ", ") x0)"),
        ("let of many", "(let (", "(x% 1) ", ") x0)"),
        ("letrec* of many", "(letrec* (", "(x% (lambda () x%)) ", ") x0)"),
        ("letrec of many", "(letrec (", "(x% (lambda () x0)) ", ") x0)"),
        ("many definitions", "(let () ", "(define x% 1) ", " x0)"),
        ("many definitions by macros", "(let () ", "(def x%) ", " x0)"),
        ("many clauses of case", "(case x ", "((%) 1) ", ")"),
        ("many clauses of cond", "(cond ", "((eq? x %) 1) ", ")"),
        ("many clauses of cond with arrows", "(cond ", "((eq? x %) => not) ", ")"),
        ("a long quasiquote", "`(", "a ,x ", ")"),
        ("a long begin", "(begin ", "(set! y %) ", ")"),
        ("and", "(and ", "x ", ")"),
        ("or", "(or ", "x ", ")"),
        ("many parameters", "(lambda (", "x% ", ") x0)"),
        ("a list taken apart by a macro", "(count 0 ", "x ", ")"),
        ("many temporaries of one name", "(temporaries () ", "x ", ")"),
    ];
    for (name, before, each, after) in wide {
        let form = match *name {
            "variables of each level" => nest("(let ((x% %)) ", &format!("(list {})", repeat("x% ", n)), ")", n),
            _ => format!("{before}{}{after}", repeat(each, n)),
        };
        forms.push((name, form));
    }
    forms
}

const MACROS: &str = "(define-syntax my-let (syntax-rules () ((_ v e b) (let ((v e)) b))))
(define-syntax my-or (syntax-rules () ((_ a b) (let ((t a)) (if t t b)))))
(define-syntax def (syntax-rules () ((_ x) (begin (define t 1) (define x t)))))
(define-syntax count (syntax-rules () ((_ e) e) ((_ e x . r) (count (+ e 1) . r))))
(define-syntax temporaries (syntax-rules () ((_ e) 'e) ((_ e x . r) (let ((t x)) (temporaries e . r)))))
";

/// The work for a form four times as large is at most this many times as much: a little more than four, for the logarithm,
/// and because parts of units are not counted.
const GROWTH: f64 = 5.5;

#[test]
fn work_grows_with_the_form() {
    // The interpreter of these tests recurs on the depth of a transformer's expression.
    let large = std::thread::Builder::new().stack_size(64 << 20).spawn(measure_growth).expect("a thread");
    large.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

fn measure_growth() {
    let mut faults = String::new();
    let (small, large) = (120, 480);
    for ((name, a), (_, b)) in growing(small).into_iter().zip(growing(large)) {
        let [once, fourfold] = [a, b].map(|form| work(&format!("{MACROS}(define x 1) (define y 1) {form}")));
        let base = work(&format!("{MACROS}(define x 1) (define y 1)"));
        let growth = (fourfold - base) as f64 / (once - base) as f64;
        if once - base < small || growth > GROWTH {
            let _ = writeln!(faults, "{name}: {} units for {small}, {} for {large}", once - base, fourfold - base);
        }
    }
    assert!(faults.is_empty(), "{faults}");
}
