//! A run: an evaluation as a value. It is stepped with a budget, dropped, or finished.
//!
//! The run drives the machine: it expands form by form, runs what each needs before (bodies of libraries), and serves
//! requests of primitives that the evaluator cannot serve itself.

mod ending;
mod forms;
mod holder;

pub use holder::Holder;

use crate::account::{Account, Accountable, Claim};
use crate::diagnostics::FileId;
use crate::engine::bodies::Bodies;
use crate::engine::error::{Error, ErrorKind};
use crate::engine::interrupter::Interrupter;
use crate::engine::nesting::nested;
use crate::engine::report;
use crate::engine::source::Source;
use crate::engine::vm::Vm;
use crate::eval::{Driver, Handle, Machine, Outcome, Stop};
use crate::heap::{Interrupt, Value, system_block};
use crate::io::{Style, to_text};
use crate::reader::{self, Mode, read_source};
use crate::syntax::library::LibraryId;
use crate::syntax::{Ahead, Failure, forms};
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// What a step of a run answers.
#[derive(Debug)]
pub enum Step {
    /// The budget is used up; there is more to do.
    Paused,
    /// The run is over; the value of its last expression, the first of several.
    Done(Handle),
}

/// An evaluation that is under way. Dropping it abandons it: the machine can be used again, and what the evaluation
/// held is given up when the next begins.
///
/// `V` is `&mut Vm`, or `Vm` or `Box<Vm>` for a run that owns its machine and travels with it: see [`Run::new`].
///
/// A host may do with the machine what it likes between two steps, exchange it for another even: a run goes on only in the
/// machine in which it began, and only while nothing else was started there; otherwise it ends with
/// [`ErrorKind::Abandoned`].
pub struct Run<V: Holder> {
    vm: V,
    /// Forms that wait: a list of syntax.
    forms: Handle,
    /// What the forms of the text may define, where the text is all there is.
    ahead: Option<Ahead>,
    /// How many forms have been taken from it.
    taken: usize,
    kind: Kind,
    /// What is to be run before the next form, the last of it the form before.
    waiting: VecDeque<Part>,
    /// What has been started in the machine.
    running: Option<Part>,
    last: Handle,
    progress: Progress,
    /// What the machine calls the run that this one has started in it.
    number: i64,
    interrupts: Interrupts,
    file: FileId,
}

/// A part of a run that the machine runs as one.
enum Part {
    /// The body of a library.
    Body(LibraryId),
    /// The thunk of a form, or of the program; rooted.
    Form(Handle),
    /// The call of a procedure.
    Call,
}

/// What interrupts are asked through while the run is under way: until it is over, or dropped.
struct Interrupts {
    interrupt: Arc<Interrupt>,
    run: u64,
}

impl Interrupts {
    fn end(&self) {
        self.interrupt.end(self.run)
    }
}

impl Drop for Interrupts {
    fn drop(&mut self) {
        self.end()
    }
}

/// The state of a run.
enum Progress {
    UnderWay,
    /// It has a value.
    Done,
    /// It has ended with an error, of which this is what every later step says.
    Failed {
        kind: ErrorKind,
        message: String,
    },
}

#[derive(Copy, Clone, PartialEq, Eq)]
enum Kind {
    Interactive,
    /// The same, and no other text comes after this one.
    Text,
    Program,
    Call,
}

/// The budget when the caller sets none.
const UNBOUNDED: u64 = u64::MAX;
/// About how many bytes a text takes besides its characters.
const TEXT: usize = 200;

impl<V: Holder> Accountable for Run<V> {
    fn account(&self) -> &Account {
        self.vm.vm().machine.account()
    }
}

impl<V: Holder> Run<V> {
    /// Begins to evaluate text in the environment of `vm`, which may be a `&mut Vm` or a `Vm`.
    ///
    /// # Errors
    /// [`ErrorKind::Read`] if the text is not a sequence of datums.
    pub fn new(vm: V, source: &Source) -> Result<Run<V>, Error> {
        Run::of_source(vm, source, Kind::Interactive)
    }

    /// The same for a text that is all there is, as of `vicar -e`: a name that nothing in it binds or may define later is an error
    /// before the form that mentions it is evaluated. With [`Run::new`] another text may still define it.
    ///
    /// ```
    /// # use vicar::{Engine, ErrorKind, Run, Source};
    /// let mut vm = Engine::new().vm();
    /// let text = Source::new("script", "(import (rnrs)) (define (greet) (disply \"hello\"))");
    /// assert_eq!(Run::script(&mut vm, &text)?.finish().unwrap_err().kind(), ErrorKind::Syntax);
    /// # Ok::<(), vicar::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Read`] if the text is not a sequence of datums.
    pub fn script(vm: V, source: &Source) -> Result<Run<V>, Error> {
        Run::of_source(vm, source, Kind::Text)
    }

    /// Begins to run a top-level program.
    ///
    /// # Errors
    /// [`ErrorKind::Read`] if the text is not a sequence of datums.
    pub fn program(vm: V, source: &Source) -> Result<Run<V>, Error> {
        Run::of_source(vm, source, Kind::Program)
    }

    fn of_source(mut vm: V, source: &Source, kind: Kind) -> Result<Run<V>, Error> {
        let owner = vm.vm_mut();
        owner.check_whole()?;
        let machine = &mut owner.machine;
        // What another run may have left half done, this one abandons.
        abandon(machine);
        machine.sources.end_latest();
        let account = machine.heap.memory().clone();
        let mut claim = Claim::new(&account);
        let bytes = system_block(source.text().len()) + system_block(source.name().len()) + TEXT;
        if claim.take(bytes).is_err() {
            // Texts that nothing refers to any more may be all that is in the way.
            machine.collect();
            if claim.take(bytes).is_err() {
                return Err(ending::failure(owner, Failure::HeapFull));
            }
        }
        machine.heap.look_at_account();
        let file = machine.sources.add_passing(source.name(), source.text().clone(), claim);
        let read = read_source(source.text(), file, Mode::default(), &account);
        let read = read.and_then(|(datums, ids)| {
            let values = forms(&mut machine.heap, &datums, &ids)?;
            let ahead =
                (kind == Kind::Text).then(|| Ahead::of(&values, datums.are_labelled(), &account)).transpose()?;
            Ok((values, ahead))
        });
        let (values, ahead) = match read {
            Ok(read) => read,
            Err(reader::Failure::Malformed(e)) => {
                return Err(Error::new(ErrorKind::Read, e.into(), &machine.sources));
            }
            Err(reader::Failure::HeapFull) => return Err(ending::failure(owner, Failure::HeapFull)),
            Err(reader::Failure::Source(never)) => match never {},
        };
        let kind = if kind == Kind::Text { Kind::Interactive } else { kind };
        let forms = machine.heap.list(&values);
        let forms = machine.handles.root(forms);
        Ok(Run { ahead, ..Run::new_of(vm, forms, kind, file) })
    }

    pub(super) fn call(mut vm: V, procedure: Value, arguments: &[Value]) -> Result<Run<V>, Error> {
        let owner = vm.vm_mut();
        abandon(&mut owner.machine);
        if let Err(limit) = owner.machine.start(procedure, arguments) {
            return Err(report::limit(&mut owner.machine, limit, Vec::new()));
        }
        let forms = owner.machine.handles.root(Value::NIL);
        Ok(Run { running: Some(Part::Call), ..Run::new_of(vm, forms, Kind::Call, FileId::NONE) })
    }

    fn new_of(mut vm: V, forms: Handle, kind: Kind, file: FileId) -> Run<V> {
        let machine = &mut vm.vm_mut().machine;
        let last = machine.handles.root(Value::VOID);
        let (number, interrupt) = (machine.run_number(), machine.interrupt_flag());
        let interrupts = Interrupts { run: interrupt.begin(), interrupt };
        Run {
            vm,
            forms,
            ahead: None,
            taken: 0,
            kind,
            waiting: VecDeque::new(),
            running: None,
            last,
            progress: Progress::UnderWay,
            number,
            interrupts,
            file,
        }
    }

    /// The machine, between two steps.
    pub fn vm(&mut self) -> &mut Vm {
        self.vm.vm_mut()
    }

    /// A handle by which any thread stops this run, and no other of the machine.
    ///
    /// ```
    /// # use vicar::{Engine, ErrorKind, Limit, Source};
    /// let mut vm = Engine::new().vm();
    /// let run = vm.start(&Source::new("endless", "(import (rnrs)) (let loop () (loop))"))?;
    /// let stop = run.interrupter();
    /// let watchdog = std::thread::spawn(move || stop.interrupt());
    /// assert_eq!(run.finish().unwrap_err().kind(), ErrorKind::Limit(Limit::Interrupted));
    /// # assert!(watchdog.join().unwrap());
    /// # Ok::<(), vicar::Error>(())
    /// ```
    pub fn interrupter(&self) -> Interrupter {
        Interrupter { interrupt: self.interrupts.interrupt.clone(), run: Some(self.interrupts.run) }
    }

    /// Gives the machine back. What is not done yet is abandoned.
    pub fn into_vm(self) -> V {
        self.vm
    }

    /// Runs to the end.
    ///
    /// # Errors
    /// Whatever the evaluation does wrong.
    pub fn finish(mut self) -> Result<Handle, Error> {
        loop {
            if let Step::Done(value) = self.step(UNBOUNDED)? {
                return Ok(value);
            }
        }
    }

    /// Goes on for about `budget` units of work: more where a primitive or a macro does much at once, which is then
    /// taken from later steps. A run that is over answers the same again: its value, or an error of the same kind.
    ///
    /// # Errors
    /// Whatever the evaluation does wrong; the run is over then.
    pub fn step(&mut self, budget: u64) -> Result<Step, Error> {
        Ok(match self.advance(budget, false)? {
            Some(step) => step,
            None => Step::Done(self.last.clone()),
        })
    }

    /// Runs until the next form has a value, and answers the texts of its values; `None` at the end.
    pub(super) fn next_values(&mut self) -> Result<Option<Vec<String>>, Error> {
        if let Some(over) = self.over() {
            return over.map(|()| None);
        }
        // In a machine that was exchanged for another, nothing is known of the forms that wait.
        if self.vm.vm().machine.handles.get(&self.forms).is_some_and(Value::is_nil) {
            return Ok(None);
        }
        while self.advance(UNBOUNDED, true)?.is_some() {}
        let machine = &self.vm.vm_mut().machine;
        let value = machine.handles.get(&self.last).unwrap_or(Value::VOID);
        let values = machine.values_of(value);
        let shown = values.into_iter().filter(|v| *v != Value::VOID);
        Ok(Some(shown.map(|v| to_text(v, Style::Write, 1 << 20)).collect()))
    }

    fn has_forms(&self) -> bool {
        self.vm.vm().machine.handles.get(&self.forms).is_some_and(|forms| !forms.is_nil())
    }

    /// Works until the budget is used up (then a step), or all is done, or one form if only that is wanted.
    fn advance(&mut self, budget: u64, one_form: bool) -> Result<Option<Step>, Error> {
        if let Some(over) = self.over() {
            return over.map(|()| None);
        }
        let result = self.check_machine().and_then(|()| {
            // Nothing of Vicar's panics, and a host's code is contained where it is called. If it happens all the same, the
            // host gets an error, and the machine that it has left half way is not used any more.
            let go_on = || nested(&mut *self, |run| run.go_on(budget, one_form));
            match catch_unwind(AssertUnwindSafe(go_on)) {
                Ok(Ok(done)) => done,
                Ok(Err(refused)) => Err(report::not_nested(&mut self.vm.vm_mut().machine, refused)),
                Err(panic) => Err(self.vm.vm_mut().lose(panic)),
            }
        });
        // A child process that runs a program of its own ends with it: what would go on here is its parent's.
        #[cfg(unix)]
        if let (Err(error), Some(status)) = (&result, self.vm.vm().machine.child_status) {
            ending::end_child(self.vm.vm_mut(), error, status)
        }
        if let Err(error) = &result {
            self.progress = Progress::Failed { kind: error.kind(), message: error.message().to_owned() };
        }
        if !matches!(self.progress, Progress::UnderWay) {
            self.interrupts.end();
        }
        result
    }

    /// The result of a run that has ended; `None` while it is under way.
    fn over(&self) -> Option<Result<(), Error>> {
        match &self.progress {
            Progress::UnderWay => None,
            Progress::Done => Some(Ok(())),
            Progress::Failed { kind, message } => {
                Some(Err(Error::plain(*kind, format!("the run has already failed: {message}"))))
            }
        }
    }

    /// Whether the machine is the one in which the run began, and has done nothing else since its last step.
    fn check_machine(&mut self) -> Result<(), Error> {
        let vm = self.vm.vm_mut();
        vm.check_whole()?;
        let abandoned = |why: &str| Err(Error::plain(ErrorKind::Abandoned, why));
        match vm.machine.handles.get(&self.last) {
            None => abandoned("this run's machine was replaced by another"),
            Some(_) if vm.machine.run_number() != self.number => {
                abandoned("another run has been started in this run's machine")
            }
            Some(_) => Ok(()),
        }
    }

    fn go_on(&mut self, budget: u64, one_form: bool) -> Result<Option<Step>, Error> {
        let begun = self.vm().machine.fuel_consumed();
        loop {
            let vm = self.vm.vm_mut();
            if self.running.is_none() {
                if let Some(part) = self.waiting.pop_front() {
                    let machine = &mut vm.machine;
                    let started = match &part {
                        Part::Body(library) => match Bodies::begin(machine, *library) {
                            Some(thunk) => machine.start(thunk, &[]),
                            // What came before it has needed it, and so has run it.
                            None => continue,
                        },
                        Part::Form(thunk) => {
                            let thunk = machine.handles.get(thunk).unwrap_or(Value::VOID);
                            match self.kind {
                                Kind::Interactive => machine.start_form(thunk),
                                _ => machine.start(thunk, &[]),
                            }
                        }
                        Part::Call => continue,
                    };
                    if let Err(limit) = started {
                        return Err(report::limit(&mut vm.machine, limit, Vec::new()));
                    }
                    self.number = vm.machine.run_number();
                    self.running = Some(part);
                } else if self.kind != Kind::Program && !self.has_forms() {
                    self.progress = Progress::Done;
                    return Ok(None);
                } else if self.kind == Kind::Program {
                    self.expand_program()?;
                    continue;
                } else {
                    self.expand_next()?;
                    continue;
                }
            }
            let vm = self.vm.vm_mut();
            let used = vm.machine.fuel_consumed() - begun;
            if used >= budget {
                return Ok(Some(Step::Paused));
            }
            match vm.machine.run(budget - used) {
                Outcome::Paused => return Ok(Some(Step::Paused)),
                Outcome::Done(value) => {
                    if let Some(Part::Body(library)) = self.running.take() {
                        Bodies::end(&mut vm.machine, library);
                    } else {
                        self.last = vm.machine.handles.root(value);
                        if one_form || self.kind != Kind::Interactive {
                            if self.kind != Kind::Interactive || !self.has_forms() {
                                self.progress = Progress::Done;
                            }
                            return Ok(None);
                        }
                    }
                }
                Outcome::Raised { object, backtrace } => {
                    return Err(report::raised(&mut vm.machine, object, backtrace));
                }
                Outcome::Limit { limit, backtrace } => return Err(report::limit(&mut vm.machine, limit, backtrace)),
                Outcome::Request => self.serve()?,
            }
        }
    }

    /// Does what a primitive has asked for.
    fn serve(&mut self) -> Result<(), Error> {
        let vm = self.vm.vm_mut();
        let engine = vm.engine.clone();
        match engine.0.serve(&mut vm.machine) {
            Err(Stop::REQUEST) => Err(ending::exit(vm)),
            Err(Stop::LIMIT) => {
                let (limit, backtrace) = (vm.machine.limit_hit, vm.machine.backtrace());
                vm.machine.reset();
                Err(report::limit(&mut vm.machine, limit, backtrace))
            }
            answer => {
                vm.machine.answer(answer);
                Ok(())
            }
        }
    }
}

/// Discards what an earlier run has left unfinished in the machine.
fn abandon(machine: &mut Machine) {
    machine.abandon();
    Bodies::abandon(machine);
}
