//! Fuel, pauses, interrupts, deadlines, memory; runs inside of runs; what the driver sees.

use super::Session;
use crate::account::Account;
use crate::compile::operation::Operation;
use crate::compile::{GlobalState, Primitives, Special};
use crate::eval::primitive_table::Known;
use crate::eval::stack::LARGEST;
use crate::eval::{Limit, Machine, Outcome, Stop};
use crate::heap::Value;
use crate::syntax::core::{GlobalId, PrimitiveId};
use std::cell::Cell;
use std::time::{Duration, Instant};

const LOOP: &str = "(define (forever n) (forever (+ n 1)))";

fn limit(outcome: Outcome) -> Limit {
    match outcome {
        Outcome::Limit { limit, .. } => limit,
        other => panic!("{other:?}"),
    }
}

#[test]
fn fuel_ends_a_run() {
    let mut session = Session::new();
    session.run(LOOP);
    session.machine.set_fuel(Some(10_000));
    assert_eq!(limit(session.outcome("(forever 0)")), Limit::Fuel);
    assert_eq!(session.machine.fuel(), Some(0));
    session.machine.set_fuel(Some(10_000));
    assert_eq!(session.run("(+ 1 2)"), "3");
    // Loops within a procedure, continuations, primitives that do much.
    for endless in [
        "(let loop () (loop))",
        "(let loop ((i 0)) (loop (+ i 1)))",
        "(let ((k (call/cc (lambda (k) k)))) (k k))",
        "(define (f) (apply f '())) (f)",
        "(let loop ((l '(1 2 3))) (loop (append l l)))",
        "(define (g) (call-with-values (lambda () 1) (lambda (x) (g)))) (g)",
        "((lambda (x) (x x)) (lambda (x) (x x)))",
        "(with-exception-handler (lambda (c) 1) (lambda () (let loop () (raise-continuable 1) (loop))))",
    ] {
        session.machine.set_fuel(Some(10_000));
        assert_eq!(limit(session.outcome(endless)), Limit::Fuel, "{endless}");
    }
}

#[test]
fn just_enough_fuel_is_enough() {
    let text = "(define (f n) (if (= n 0) 'done (f (- n 1)))) (f 500)";
    let mut session = Session::new();
    let before = session.machine.fuel_consumed();
    assert_eq!(session.run(text), "done");
    let needed = session.machine.fuel_consumed() - before;
    for (given, enough) in [(needed, true), (needed - 1, false)] {
        let mut session = Session::new();
        session.machine.set_fuel(Some(given));
        session.slice = 13;
        assert_eq!(session.run(text) == "done", enough, "{given} of {needed}");
    }
}

#[test]
fn work_that_is_refused_is_not_charged() {
    let mut machine = Machine::new(&[]);
    machine.set_fuel(Some(1_000));
    for units in [1_001, 1 << 40, usize::MAX] {
        assert_eq!(machine.charge(units), Err(Stop::LIMIT));
        assert_eq!((machine.fuel(), machine.fuel_consumed()), (Some(1_000), 0), "{units}");
    }
    assert_eq!(machine.charge(1_000), Ok(()));
    assert_eq!((machine.fuel(), machine.fuel_consumed()), (Some(0), 1_000));
}

/// Who makes a system call again and again may do it for ever, so each time takes fuel.
#[test]
fn each_look_for_a_reason_to_stop_takes_fuel() {
    let mut machine = Machine::new(&[]);
    machine.set_fuel(Some(5));
    assert_eq!((0..100).take_while(|_| machine.poll().is_ok()).count(), 5);
    assert_eq!((machine.fuel(), machine.fuel_consumed()), (Some(0), 5));
}

#[test]
fn an_interrupt_is_served_once() {
    let mut machine = Machine::new(&[]);
    let flag = machine.interrupt_flag();
    flag.begin();
    assert!(flag.request(None));
    assert_eq!(machine.poll(), Err(Stop::LIMIT));
    assert_eq!((machine.poll(), machine.heap.stop_wanted()), (Ok(()), false));
}

#[test]
fn a_run_pauses_and_goes_on() {
    let mut session = Session::new();
    let thunk = session.compile("(define (f n) (if (= n 0) 'done (f (- n 1)))) (f 100000)");
    session.machine.start(thunk, &[]).unwrap();
    let mut pauses = 0;
    let value = loop {
        match session.machine.run(1000) {
            Outcome::Paused => pauses += 1,
            Outcome::Done(v) => break v,
            other => panic!("{other:?}"),
        }
        session.machine.collect();
    };
    assert_eq!(session.show(value), "done");
    assert!((95..=101).contains(&pauses), "{pauses}");
}

#[test]
fn another_thread_interrupts() {
    let mut session = Session::new();
    session.run(LOOP);
    let flag = session.machine.interrupt_flag();
    flag.begin();
    let thread = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(20));
        assert!(flag.request(None));
    });
    assert_eq!(limit(session.outcome("(forever 0)")), Limit::Interrupted);
    thread.join().unwrap();
    assert_eq!(session.run("(+ 1 2)"), "3");
}

#[test]
fn a_deadline_ends_a_run() {
    let mut session = Session::new();
    session.run(LOOP);
    session.machine.heap.watch.deadline = Some(Instant::now() + Duration::from_millis(20));
    assert_eq!(limit(session.outcome("(forever 0)")), Limit::Deadline);
    session.machine.heap.watch.deadline = None;
    assert_eq!(session.run("(+ 1 2)"), "3");
}

#[test]
fn the_heap_limit_is_a_condition_first() {
    let mut session = Session::new();
    // A collection at every safepoint finds the limit exceeded by a pair at most, which is given back every time.
    session.machine.heap.set_stress(false);
    session.machine.heap.set_limit(8 << 20);
    let grow = "(define (grow l) (grow (cons l l)))";
    session.run(grow);
    let caught = "(caught \"the heap limit leaves no memory for this\")";
    assert_eq!(session.run("(catch (lambda () (grow '())))"), caught);
    assert_eq!(session.run("(catch (lambda () (grow '())))"), caught, "once more, after the garbage is gone");
    assert_eq!(session.run("(catch (lambda () (make-vector 10000000 0)))"), caught);
    // A program that keeps what it has, and goes on, ends.
    let hoard = "(define all '()) (define (hoard) (catch (lambda () (let loop () (set! all (cons (iota 100) all)) (loop)))) (hoard)) (hoard)";
    assert_eq!(session.run(hoard), "limit Heap");
    assert_eq!(session.run("(set! all '()) (+ 1 2)"), "3");
    assert_eq!(session.run("(catch (lambda () (grow '())))"), caught);
}

#[test]
fn the_stack_takes_what_its_limit_says() {
    // The limit is looked at where a segment ends: the last one may lie beyond it.
    const SEGMENT: usize = LARGEST * 8;
    let text = "(define depth 0)
                (define (descend n) (set! depth n) (if (= n 10000) (%test-request n)) (+ 1 (descend (+ n 1))))";
    for limit in [2 << 20, 5 << 20, 8 << 20] {
        let mut session = Session::new();
        session.machine.heap.set_stress(false);
        session.machine.set_stack_limit(limit);
        session.run(text);
        let thunk = session.compile("(catch (lambda () (descend 0)))");
        // At the limit the program gets a condition and a little more room for handling it, each time.
        for _ in 0..3 {
            session.machine.start(thunk, &[]).unwrap();
            let Outcome::Request = session.machine.run(u64::MAX) else { panic!("a request") };
            let m = &session.machine;
            let frame = (m.stack_waiting_bytes() + (m.fp as usize - m.stack.base as usize)) / 10_000;
            session.machine.answer(Ok(Value::VOID));
            let Outcome::Done(caught) = session.machine.run(u64::MAX) else { panic!("a condition that is handled") };
            let caught = session.show(caught);
            assert!(caught.contains("the stack limit is exceeded"), "{caught}");
            let bytes = frame * session.run("depth").parse::<usize>().unwrap();
            assert!((limit - SEGMENT..=limit + SEGMENT).contains(&bytes), "{bytes} bytes of {limit}");
        }
        assert_eq!(session.machine.stack_limit(), limit);
    }
}

#[test]
fn what_an_escape_leaves_behind_is_in_nobodys_way() {
    let mut session = Session::new();
    session.run(
        "(define (fill l) (fill (cons l (make-vector 100 l)))) (define (large) (vector-length (make-vector 300000 1)))",
    );
    session.machine.heap.set_limit(8 << 20);
    let caught = "(caught \"the heap limit leaves no memory for this\")";
    let expected = format!("({caught} 300000 {caught} 300000)");
    let again = "(let* ((a (catch (lambda () (fill '())))) (b (catch large)) (c (catch (lambda () (fill '())))) (d (catch large)))
                   (list a b c d))";
    assert_eq!(session.run(again), expected);
}

#[test]
fn a_deep_stack_that_was_captured_is_counted_once() {
    let mut session = Session::new();
    session.machine.heap.set_limit(64 << 20);
    session.run("(define (f n) (if (= n 0) (call/cc (lambda (k) 0)) (+ 1 (f (- n 1)))))");
    // There is no safepoint on the way back through the frames, each group of which becomes a piece of its own.
    assert_eq!(session.run("(vector-length (make-vector (f 100000) 0))"), "100000");
    let used = session.machine.heap.bytes_used();
    assert!(used < 32 << 20, "{used} bytes");
}

#[test]
fn runs_inside_of_runs() {
    let mut session = Session::new();
    let f = session.compile("(lambda (x) (* x 2))");
    let Outcome::Done(f) = session.execute(f) else { panic!("a procedure") };
    let f = session.machine.handles.root(f);
    // A run that waits for its driver, which runs something else meanwhile.
    let thunk = session.compile("(define (deep n) (if (= n 0) (%test-request 20) (+ 1 (deep (- n 1))))) (deep 50)");
    session.machine.start(thunk, &[]).unwrap();
    let mut requests = 0;
    let value = loop {
        match session.machine.run(10) {
            Outcome::Paused => {}
            Outcome::Request => {
                requests += 1;
                let argument = session.machine.request()[0];
                let f = session.machine.handles.get(&f).unwrap();
                let answer = session.machine.call_nested(f, &[argument]);
                session.machine.answer(answer);
                session.machine.collect();
            }
            Outcome::Done(v) => break v,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!((requests, value), (1, Value::fixnum(90)));
}

#[test]
fn inner_runs_fail_on_their_own() {
    let mut session = Session::new();
    let f = session.compile("(lambda (x) (car x))");
    let Outcome::Done(f) = session.execute(f) else { panic!("a procedure") };
    let f = session.machine.handles.root(f);
    let thunk = session.compile("(catch (lambda () (%test-request 1)))");
    session.machine.start(thunk, &[]).unwrap();
    let Outcome::Request = session.machine.run(u64::MAX) else { panic!("a request") };
    let f = session.machine.handles.get(&f).unwrap();
    let answer = session.machine.call_nested(f, &[Value::fixnum(1)]);
    assert!(matches!(answer, Err(stop) if stop != Stop::LIMIT));
    session.machine.answer(answer);
    let Outcome::Done(v) = session.machine.run(u64::MAX) else { panic!("a value") };
    assert_eq!(session.show(v), "(caught \"expected a pair as argument 1, `pair`\")");
}

#[test]
fn answers_may_be_calls_and_values() {
    let mut session = Session::new();
    for call in [false, true] {
        let thunk = session.compile("(call-with-values (lambda () (%test-request 0)) list)");
        session.machine.start(thunk, &[]).unwrap();
        let Outcome::Request = session.machine.run(u64::MAX) else { panic!("a request") };
        let answer = if call {
            let table = session.machine.primitives.clone();
            let values = table.iter().find(|p| p.name == "values").unwrap();
            let f = session.machine.primitive_procedure(values);
            session.machine.tail_call(f, &[Value::fixnum(1), Value::fixnum(2)])
        } else {
            Ok(session.machine.heap.multiple_values(&[Value::fixnum(1), Value::fixnum(2)]))
        };
        session.machine.answer(answer);
        let Outcome::Done(v) = session.machine.run(u64::MAX) else { panic!("a value") };
        assert_eq!(session.show(v), "(1 2)");
    }
}

#[test]
fn code_that_nothing_refers_to_is_collected() {
    let mut session = Session::new();
    session.machine.collect();
    let before = session.machine.heap.bytes_live();
    for _ in 0..200 {
        session.run("(let loop ((i 0)) (if (= i 3) (list 'a \"text\" i) (loop (+ i 1))))");
    }
    session.machine.collect();
    let after = session.machine.heap.bytes_live();
    assert!(after < before + 20_000, "{before} {after}");
}

#[test]
fn a_machine_is_small() {
    let machine = crate::eval::Machine::new(&[]);
    let bytes = size_of_val(&machine) + machine.stack_bytes();
    assert!(bytes < 6 << 10, "{bytes}");
}

/// A machine, as the compiler sees it, that refuses memory and time from the request of some number on.
struct Refusing<'m> {
    known: Known<'m>,
    requests: Cell<usize>,
}

impl Primitives for Refusing<'_> {
    fn take(&self, bytes: usize) -> bool {
        match self.requests.get().checked_sub(usize::from(bytes > 0)) {
            Some(left) => {
                self.requests.set(left);
                self.known.take(bytes)
            }
            None => {
                self.known.refuse();
                false
            }
        }
    }
    fn operation(&self, id: PrimitiveId) -> Option<Operation> {
        self.known.operation(id)
    }
    fn is_control(&self, id: PrimitiveId) -> bool {
        self.known.is_control(id)
    }
    fn accepts(&self, id: PrimitiveId, count: usize) -> bool {
        self.known.accepts(id, count)
    }
    fn special(&self, id: PrimitiveId) -> Option<Special> {
        self.known.special(id)
    }
    fn only_answers(&self, id: PrimitiveId) -> bool {
        self.known.only_answers(id)
    }
    fn global(&self, id: GlobalId) -> GlobalState {
        self.known.global(id)
    }
    fn refuse(&self) {
        self.known.refuse()
    }
    fn account(&self) -> &Account {
        Primitives::account(&self.known)
    }
}

/// Compilation may be refused memory or time at any moment, and gives up.
#[test]
fn compilation_gives_up_wherever_it_is_refused() {
    let text = "
        (define (endless) (let loop () (loop)))
        (define (sum n) (let loop ((i n) (all 0)) (if (if (= i 0) #t (not i)) all (loop (- i 1) (+ all i)))))
        (define (even n) (letrec ((e (lambda (n) (if (= n 0) #t (o (- n 1))))) (o (lambda (n) (if (= n 0) #f (e (- n 1))))))
          (if (e n) (begin (set! n 5) (list n (e 3) o)) (o n))))
        (define (several f) (call-with-values f (lambda (a b . c) (let loop ((c c)) (if (null? c) (f a) (loop (cdr c)))))))
        (define (closures x) (map1 (lambda (y) (cons* x y 1 2 3 (lambda () x))) (list x)))
        (apply list (sum 10) (list (closures 2)))";
    let mut session = Session::new();
    let most = 3000;
    let compiled = session.with_core(text, |machine, core| {
        let table = machine.primitives.clone();
        (0..most).find(|&requests| {
            let refusing = Refusing { known: Known::new(&table, machine), requests: Cell::new(requests) };
            crate::compile::compile(core, &[], &refusing, false).is_some()
        })
    });
    assert!(compiled.is_some_and(|requests| requests > 100), "{compiled:?}");
}
