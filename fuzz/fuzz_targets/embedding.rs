//! Sequences of what a host may do with a few machines: evaluate, call, convert, keep and drop handles, step, exchange and
//! abandon runs, interrupt, change limits, and fail itself. It gets errors; the machines stay usable.
#![no_main]

use std::io::{self, Write};
use std::sync::{LazyLock, Mutex};
use std::time::Instant;
use vicar::{Engine, Error, ErrorKind, FromScheme, Handle, Interrupter, Limits, Run, Source, Step, TailCall, Vm};
use vicar_fuzz::choices::Choices;
use vicar_fuzz::limited::check_error;

/// What host procedures panic with.
const OWN: &str = "the host's own panic";
const PRELUDE: &str = "(import (rnrs) (rnrs mutable-pairs) (host))";

const TEXTS: &[&str] = &[
    "(+ 1 2)",
    "(define x (list 1 2 3))",
    "(define (f . arguments) (apply list arguments)) f",
    "(lambda (g) (g 1))",
    "(let loop ((i 0)) (loop (+ i 1)))",
    "(let loop ((l '())) (loop (cons l l)))",
    "(define (deep n) (+ 1 (deep n))) (deep 1)",
    "(vector-map (lambda (i) (* i i)) (make-vector 500 3))",
    "(call/cc (lambda (k) (set! kept k) 1)) (kept 2)",
    "(define kept #f) (call/cc (lambda (k) (set! kept k)))",
    "(guard (e (#t e)) (panics))",
    "(panics)",
    "(display (make-string 10000 #\\a)) (flush-output-port (current-output-port))",
    "(raise (list 1 2))",
    "(error 'who \"message\" 1 x)",
    "(with-exception-handler (lambda (e) (panics)) (lambda () (car 1)))",
    "(define-syntax m (syntax-rules () ((_ a ...) (list a ... a ...)))) (m 1 2)",
    "(define-syntax m (lambda (s) (display s) (panics)))",
    "(define-syntax m (lambda (s) (let loop () (loop)))) (m)",
    "(define-syntax m (syntax-rules () ((_ a ...) (m a ... a ...)))) (m 1)",
    "(keep x)",
    "(keep f)",
    "(kept-one)",
    "(calls car '((1)))",
    "(calls (lambda (l) (calls car l)) '(1))",
    "(calls panics 1)",
    "(dynamic-wind (lambda () (keep 1)) (lambda () (calls kept 1)) (lambda () (panics)))",
    "(let ((l (list 1))) (set-cdr! l l) l)",
    "(sums '(1 2 3))",
    "(sums x)",
    "(sums (let ((l (list 1))) (set-cdr! l l) l))",
    "(text (make-string 100000 #\\λ))",
    "(exit 3)",
    "(unbound)",
    "(if",
    ")",
    "",
    "(import (rnrs eval)) (eval '(+ 1 2) (environment '(rnrs)))",
    "(import (not there))",
    "(eval '(let loop () (loop)) (environment '(rnrs)))",
    "(define (car x) 'mine)",
    "(expt 7 100000)",
    "(make-vector 100000000 0)",
    "(dynamic-wind values (lambda () (let loop () (loop))) (lambda () (let loop () (loop))))",
    "(list-sort (lambda (a b) (calls < a)) '(1 2 3))",
    "(make-eqv-hashtable)",
];

struct Panicking(u8);

impl Write for Panicking {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        match self.0 {
            0 => panic!("{OWN}"),
            1 => Err(io::ErrorKind::BrokenPipe.into()),
            2 => Ok(0),
            3 => Ok(buffer.len().min(1)),
            // A lie.
            4 => Ok(buffer.len() + 1),
            _ => Ok(buffer.len()),
        }
    }
    fn flush(&mut self) -> io::Result<()> {
        if self.0 == 0 { panic!("{OWN}") } else { Ok(()) }
    }
}

/// What machines pass to each other by way of the host.
static KEPT: Mutex<Option<Handle>> = Mutex::new(None);

static ENGINE: LazyLock<Engine> = LazyLock::new(|| {
    let builder = Engine::builder()
        .sandboxed()
        .procedure("(host)", "panics", || -> i64 { panic!("{OWN}") })
        .procedure("(host)", "keep", |value: Handle| *KEPT.lock().expect("nobody panics here") = Some(value))
        .procedure("(host)", "kept-one", || KEPT.lock().expect("nobody panics here").clone())
        .procedure("(host)", "calls", |procedure: Handle, argument: Handle| TailCall {
            procedure,
            arguments: vec![argument],
        })
        .procedure("(host)", "sums", |list: Vec<i64>| list.iter().sum::<i64>())
        .procedure("(host)", "text", |text: String| if text.len() > 3 { Err("too long") } else { Ok(text) });
    builder.build().expect("the names are free")
});

enum Slot {
    Idle(Box<Vm>),
    Running(Run<Box<Vm>>),
}

impl Slot {
    fn vm(&mut self) -> &mut Box<Vm> {
        match self {
            Slot::Idle(vm) => vm,
            Slot::Running(_) => unreachable!("who asks has made it idle"),
        }
    }

    fn any_vm(&mut self) -> &mut Vm {
        match self {
            Slot::Idle(vm) => vm,
            Slot::Running(run) => run.vm(),
        }
    }

    /// Abandons a run.
    fn idle(self) -> Slot {
        match self {
            Slot::Idle(vm) => Slot::Idle(vm),
            Slot::Running(run) => Slot::Idle(run.into_vm()),
        }
    }
}

fn usual() -> Limits {
    Limits::new().fuel(100_000).heap(8 << 20).stack(1 << 20)
}

fn machine() -> Box<Vm> {
    let mut vm = ENGINE.vm();
    vm.set_output(io::sink());
    vm.set_error_output(io::sink());
    vm.set_input(io::empty());
    vm.eval::<()>(PRELUDE).expect("the libraries are there");
    vm.set_limits(&usual());
    Box::new(vm)
}

struct Host<'c, 'b> {
    choices: &'c mut Choices<'b>,
    slots: Vec<Option<Slot>>,
    handles: Vec<Handle>,
    errors: Vec<Error>,
    interrupters: Vec<Interrupter>,
}

impl Host<'_, '_> {
    fn note<T>(&mut self, result: Result<T, Error>, what: &str) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(error) => {
                check_error(&error, what);
                self.handles.extend(error.object().cloned());
                self.errors.push(error);
                None
            }
        }
    }

    fn keep(&mut self, result: Result<Handle, Error>, what: &str) {
        let value = self.note(result, what);
        self.handles.extend(value);
    }

    fn handle(&mut self) -> Option<Handle> {
        let back = self.choices.below(6);
        self.handles.iter().rev().nth(back).or(self.handles.last()).cloned()
    }

    fn get<T: FromScheme>(&mut self, vm: &mut Vm, handle: &Handle) {
        let result = vm.get::<T>(handle);
        self.note(result, "get");
    }

    fn act(&mut self) {
        let at = self.choices.below(self.slots.len());
        let Some(mut slot) = self.slots[at].take() else { return };
        let what = self.choices.below(30);
        if !matches!(what, 12..=20) {
            slot = slot.idle();
        }
        slot = self.act_on(slot, what);
        self.slots[at] = Some(slot);
    }

    fn act_on(&mut self, mut slot: Slot, what: usize) -> Slot {
        match what {
            0..=4 => {
                let text = *self.choices.pick(TEXTS);
                let result = slot.vm().eval::<Handle>(text);
                self.keep(result, text);
            }
            5 => {
                let (Some(f), Some(a)) = (self.handle(), self.handle()) else { return slot };
                let result = match self.choices.below(5) {
                    0 => slot.vm().call::<Handle>(&f, ()),
                    1 => slot.vm().call(&f, (1, "text")),
                    2 => slot.vm().call(&f, (a,)),
                    3 => slot.vm().call(&f, (vec![1.5; 40], vec![a.clone(), a])),
                    _ => slot.vm().call(&f, (u64::MAX, i64::MIN, f64::NAN, true, (), 'x'.to_string())),
                };
                self.keep(result, "call");
            }
            6 => {
                let a = self.handle();
                let length = self.choices.below(5000);
                let result = match self.choices.below(7) {
                    0 => slot.vm().make(i64::MIN),
                    1 => slot.vm().make(vec!["text".to_owned(); length]),
                    2 => slot.vm().make(f64::MIN_POSITIVE),
                    3 => slot.vm().make(a),
                    4 => slot.vm().make(vec![vec![length; 3]; length]),
                    5 => slot.vm().make("λ".repeat(length)),
                    _ => slot.vm().make(vicar::Bytes(vec![7; length])),
                };
                self.keep(result, "make");
            }
            7 => {
                let Some(handle) = self.handle() else { return slot };
                let vm = slot.vm();
                match self.choices.below(8) {
                    0 => self.get::<i64>(vm, &handle),
                    1 => self.get::<String>(vm, &handle),
                    2 => self.get::<Vec<Handle>>(vm, &handle),
                    3 => self.get::<f64>(vm, &handle),
                    4 => self.get::<bool>(vm, &handle),
                    5 => self.get::<Vec<Vec<i64>>>(vm, &handle),
                    6 => self.get::<vicar::Bytes>(vm, &handle),
                    _ => self.get::<u8>(vm, &handle),
                }
            }
            8 => {
                if let Some(handle) = self.handle() {
                    let _ = slot.vm().write(&handle, self.choices.below(300));
                }
            }
            9 => {
                let at = self.choices.below(self.handles.len());
                if at < self.handles.len() {
                    self.handles.swap_remove(at);
                }
            }
            10 => self.handles.clear(),
            11 => {
                let text = Source::new("started", *self.choices.pick(TEXTS));
                let Slot::Idle(vm) = slot else { return slot };
                let run = if self.choices.rarely(3) { Run::program(vm, &text) } else { Run::new(vm, &text) };
                return match run {
                    Ok(run) => Slot::Running(run),
                    Err(error) => {
                        self.note::<()>(Err(error), "start");
                        Slot::Idle(machine())
                    }
                };
            }
            12..=15 => {
                if let Slot::Running(run) = &mut slot {
                    let budget = [0, 1, 7, 1000, 100_000, u64::MAX][self.choices.below(6)];
                    match run.step(budget) {
                        Ok(Step::Paused) => {}
                        Ok(Step::Done(value)) => self.handles.push(value),
                        Err(error) => {
                            self.note::<()>(Err(error), "step");
                        }
                    }
                }
            }
            16 => {
                let interrupter = match &mut slot {
                    Slot::Running(run) if self.choices.rarely(2) => run.interrupter(),
                    slot => slot.any_vm().interrupter(),
                };
                self.interrupters.push(interrupter);
            }
            17 => {
                for interrupter in &self.interrupters {
                    interrupter.interrupt();
                }
            }
            18 => slot.any_vm().clear_interrupt(),
            19 => {
                // Exchanges the machine with another slot's.
                let other = self.choices.below(self.slots.len());
                if let Some(other) = &mut self.slots[other] {
                    std::mem::swap(slot.any_vm(), other.any_vm());
                }
            }
            20 => {
                let limits = match self.choices.below(6) {
                    0 => Limits::new().fuel(0).heap(8 << 20),
                    1 => Limits::new().fuel(1000).heap(0),
                    2 => Limits::new().fuel(1000).heap(100_000).stack(0),
                    3 => Limits::new().fuel(20_000).heap(4 << 20).stack(4096),
                    4 => usual().deadline(Instant::now()),
                    _ => usual(),
                };
                slot.any_vm().set_limits(&limits);
            }
            21 => slot.vm().refill(50_000),
            22 => {
                let kind = self.choices.byte() % 8;
                slot.vm().set_output(Panicking(kind));
            }
            23 => {
                let result = slot.vm().flush();
                self.note(result, "flush");
            }
            24 => {
                let on = self.choices.rarely(2);
                slot.vm().set_gc_stress(on);
                slot.vm().refill(2_000);
            }
            25 => return Slot::Idle(machine()),
            26 => {
                let text = Source::new("all", *self.choices.pick(TEXTS));
                let result = match self.choices.below(3) {
                    0 => Run::script(slot.vm(), &text).and_then(Run::finish).map(drop),
                    1 => slot.vm().eval_each(&text, &mut |vm, _| vm.refill(100)),
                    _ => slot.vm().run_program(&text),
                };
                self.note(result, "all");
            }
            27 => {
                // Elsewhere.
                let Slot::Idle(mut vm) = slot else { return slot };
                let text = *self.choices.pick(TEXTS);
                let done = std::thread::spawn(move || {
                    let result = vm.eval::<Handle>(text);
                    (vm, result)
                });
                let (vm, result) = done.join().expect("it does not panic");
                self.keep(result, text);
                return Slot::Idle(vm);
            }
            28 => drop(slot.vm().names_in_scope("c")),
            _ => self.errors.clear(),
        }
        slot
    }
}

libfuzzer_sys::fuzz_target!(
    init: {
        // Panics of the host's own are what this is about; all others are faults.
        let hook = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if info.payload_as_str() != Some(OWN) {
                hook(info)
            }
        }));
    },
    |data: &[u8]| {
        let slots = vec![Some(Slot::Idle(machine())), Some(Slot::Idle(machine()))];
        let choices = &mut Choices::new(data);
        let mut host = Host { choices, slots, handles: Vec::new(), errors: Vec::new(), interrupters: Vec::new() };
        let mut turns = 0;
        while !host.choices.is_over() && turns < 60 {
            host.act();
            turns += 1;
        }
        for slot in std::mem::take(&mut host.slots).into_iter().flatten() {
            let Slot::Idle(mut vm) = slot.idle() else { unreachable!("a run has been abandoned") };
            vm.set_limits(&usual());
            vm.set_gc_stress(false);
            match vm.eval::<i64>("(import (rnrs)) (+ 1 2)") {
                Ok(sum) => assert_eq!(sum, 3),
                Err(error) => {
                    check_error(&error, "afterwards");
                    // What it holds may leave no room.
                    assert!(matches!(error.kind(), ErrorKind::Limit(_) | ErrorKind::Syntax), "{error:?}");
                }
            }
        }
        *KEPT.lock().expect("nobody panics here") = None;
    }
);
