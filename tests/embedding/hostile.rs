//! Programs that mean harm, each in a machine with limits: whatever they try, they end in time, and the machine can be used
//! afterwards. The programs are data, in `hostile/*.scm`; a line `;;; NAME` begins one.
//!
//! `scripts/hostile` runs the same programs in processes of their own and measures strictly. Here the bounds are generous,
//! and on the processor time of the program's thread, because the machine that runs the tests may be doing much else.
//!
//! The first test takes about half a minute; the others try every tenth program, and all of them if `VICAR_DEEP` is set.

use crate::assert_usable;
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use vicar::{Engine, Error, ErrorKind, Interrupter, Limits, Run, Source, Step, Vm};

/// The files whose programs run in a process together with other tests: `system.scm` takes descriptors and memory of the process.
const FILES: &[(&str, &str)] = &[
    ("callbacks", include_str!("hostile/callbacks.scm")),
    ("control", include_str!("hostile/control.scm")),
    ("expansion", include_str!("hostile/expansion.scm")),
    ("macros", include_str!("hostile/macros.scm")),
    ("memory", include_str!("hostile/memory.scm")),
    ("numbers", include_str!("hostile/numbers.scm")),
    ("ports", include_str!("hostile/ports.scm")),
    ("text", include_str!("hostile/text.scm")),
    ("values", include_str!("hostile/values.scm")),
    ("kept", include_str!("hostile/kept.scm")),
];

/// A host's thread may have a stack as small as this.
const SMALL_STACK: usize = 256 << 10;
/// What no program may take by the clock on the wall, whatever else the machine is doing.
const HANGS: Duration = Duration::from_secs(180);
/// What a program may still work after its deadline or an interrupt. The promise is 100 ms and 50 ms, in an optimised build.
const LATE: Duration = Duration::from_millis(if cfg!(debug_assertions) { 4_000 } else { 400 });
/// How long it may do nothing then, by the clock on the wall: it sleeps or waits although its time is over. Another process
/// may have the processor meanwhile, so this is generous.
const ASLEEP: Duration = Duration::from_secs(15);
/// A message that nobody would read.
const LONG_MESSAGE: usize = 100_000;

/// One of the programs.
#[derive(Clone, Copy)]
pub(crate) struct Program {
    pub(crate) file: &'static str,
    pub(crate) name: &'static str,
    pub(crate) text: &'static str,
}

/// All programs, in the order of the files.
pub(crate) fn programs() -> impl Iterator<Item = Program> {
    FILES.iter().flat_map(|&(file, all)| {
        all.split(";;; ").skip(1).map(move |part| {
            let (name, text) = part.split_once('\n').unwrap_or((part, ""));
            Program { file, name, text }
        })
    })
}

/// A machine for such a program: nothing of the system is granted, what it writes goes nowhere.
pub(crate) fn sandbox() -> Vm {
    let mut vm = Engine::builder().sandboxed().build().expect("nothing is registered").vm();
    vm.set_output(std::io::sink());
    vm.set_error_output(std::io::sink());
    vm.set_input(std::io::empty());
    vm.eval::<()>("(import (vicare) (vicare language-extensions syntaxes))").expect("they are there");
    vm
}

/// How a program is run, and what it is held to.
struct Trial {
    limits: Limits,
    /// When the program has to stop, after its beginning.
    deadline: Option<Duration>,
    /// When another thread interrupts it, after its beginning.
    interrupt: Option<Duration>,
    run: fn(&mut Vm, &Source) -> Result<(), Error>,
    /// Processor time in all, for what ends for want of fuel.
    most: Option<Duration>,
}

impl Trial {
    fn new(limits: Limits) -> Trial {
        Trial { limits, deadline: None, interrupt: None, run: whole, most: None }
    }
}

fn whole(vm: &mut Vm, source: &Source) -> Result<(), Error> {
    vm.start(source)?.finish().map(drop)
}

fn in_slices(vm: &mut Vm, source: &Source) -> Result<(), Error> {
    let mut run = Run::new(vm, source)?;
    while let Step::Paused = run.step(1_000)? {}
    Ok(())
}

fn with_stress(vm: &mut Vm, source: &Source) -> Result<(), Error> {
    vm.set_gc_stress(true);
    let result = whole(vm, source);
    vm.set_gc_stress(false);
    result
}

/// The processor time that a thread has taken, for any thread to ask.
#[derive(Clone, Copy)]
struct ThreadTime(libc::clockid_t);

impl ThreadTime {
    fn of_this_thread() -> ThreadTime {
        let mut clock = 0;
        // SAFETY: the calling thread is there, and the call fills the number.
        let failed = unsafe { libc::pthread_getcpuclockid(libc::pthread_self(), &mut clock) };
        assert_eq!(failed, 0, "a thread has a clock");
        ThreadTime(clock)
    }

    /// `None` when the thread has ended.
    fn now(self) -> Option<Duration> {
        let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
        // SAFETY: the call fills the structure.
        let failed = unsafe { libc::clock_gettime(self.0, &mut time) };
        (failed == 0).then(|| Duration::new(time.tv_sec as u64, time.tv_nsec as u32))
    }
}

/// Waits for so long, then notes the time and how much the program's thread has worked by then, and interrupts it if that
/// is wanted. Ends early when the program does.
fn watch(
    after: Duration,
    clock: ThreadTime,
    interrupter: Option<Interrupter>,
) -> (mpsc::Sender<()>, JoinHandle<Option<(Duration, Instant)>>) {
    let (done, wait) = mpsc::channel::<()>();
    let watcher = std::thread::spawn(move || match wait.recv_timeout(after) {
        Err(mpsc::RecvTimeoutError::Timeout) => {
            let worked = clock.now().map(|worked| (worked, Instant::now()));
            if let Some(interrupter) = interrupter {
                interrupter.interrupt();
            }
            worked
        }
        _ => None,
    });
    (done, watcher)
}

/// Runs a program on the calling thread and says what falls short.
fn attempt(program: Program, trial: &Trial) -> Result<(), String> {
    let mut vm = sandbox();
    vm.set_limits(&trial.limits);
    let clock = ThreadTime::of_this_thread();
    let begin = clock.now().ok_or("the thread has no clock")?;
    if let Some(deadline) = trial.deadline {
        vm.set_deadline(Some(Instant::now() + deadline));
    }
    let watched = trial.interrupt.or(trial.deadline);
    let watcher = watched.map(|after| watch(after, clock, trial.interrupt.map(|_| vm.interrupter())));
    let result = (trial.run)(&mut vm, &Source::new("hostile", program.text));
    let (end, ended) = (clock.now().ok_or("the thread has no clock")?, Instant::now());
    if let Some((done, watcher)) = watcher {
        drop(done);
        if let Some((worked, then)) = watcher.join().expect("it only waits") {
            let late = end.saturating_sub(worked);
            if late > LATE {
                return Err(format!("worked for another {late:?} when it had to stop"));
            }
            let asleep = ended.saturating_duration_since(then).saturating_sub(late);
            if asleep > ASLEEP {
                return Err(format!("waited for another {asleep:?} when it had to stop"));
            }
        }
    }
    if let Some(most) = trial.most
        && end - begin > most
    {
        return Err(format!("worked for {:?}, more than its fuel is worth", end - begin));
    }
    vm.set_limits(&Limits::new());
    assert_usable(&mut vm);
    match result.map_err(|e| (e.kind(), e)) {
        Ok(()) => Ok(()),
        Err((ErrorKind::Limit(_) | ErrorKind::Raised | ErrorKind::Syntax | ErrorKind::Exit(_), error)) => {
            let length = error.message().len();
            if length > LONG_MESSAGE { Err(format!("ends with a message of {length} bytes")) } else { Ok(()) }
        }
        Err((kind, error)) => Err(format!("{kind:?}: {error}")),
    }
}

/// Runs every `part`-th program, each on a thread with a small native stack, and says which fall short.
fn try_all(part: usize, trial: fn() -> Trial) {
    let part = if std::env::var_os("VICAR_DEEP").is_some() { 1 } else { part };
    let mut short = Vec::new();
    for program in programs().step_by(part) {
        let (tell, told) = mpsc::channel();
        let work = move || {
            // Who waits may have given up.
            let _ = tell.send(attempt(program, &trial()));
        };
        let named = std::thread::Builder::new().name(format!("{}: {}", program.file, program.name));
        let thread = named.stack_size(SMALL_STACK).spawn(work).expect("threads can be made");
        let outcome = match told.recv_timeout(HANGS) {
            Ok(outcome) => outcome,
            Err(mpsc::RecvTimeoutError::Timeout) => Err("hangs".to_owned()),
            Err(mpsc::RecvTimeoutError::Disconnected) => Err("panics".to_owned()),
        };
        if let Err(what) = outcome {
            short.push(format!("{}: {}: {what}", program.file, program.name));
        } else {
            thread.join().expect("it has ended well");
        }
    }
    assert!(short.is_empty(), "{} fall short:\n{}", short.len(), short.join("\n"));
}

/// What so much fuel may take, when the worst unit of work takes as long as 5 million in 2 seconds, and twice that for a
/// loaded machine.
fn worth(fuel: u64) -> Duration {
    let factor = if cfg!(debug_assertions) { 40 } else { 2 };
    Duration::from_millis(500) + Duration::from_nanos(400 * fuel * factor)
}

#[test]
fn programs_are_found() {
    assert!(programs().count() > 660);
    assert!(programs().all(|p| !p.name.is_empty() && !p.text.trim().is_empty()));
}

#[test]
fn all_limits() {
    try_all(1, || {
        let fuel = 500_000;
        Trial {
            deadline: Some(Duration::from_secs(2)),
            most: Some(worth(fuel)),
            ..Trial::new(Limits::new().fuel(fuel).heap(32 << 20).stack(8 << 20))
        }
    })
}

#[test]
fn all_limits_in_slices() {
    try_all(10, || Trial {
        run: in_slices,
        most: Some(worth(500_000)),
        ..Trial::new(Limits::new().fuel(500_000).heap(32 << 20).stack(8 << 20))
    })
}

#[test]
fn fuel_alone() {
    try_all(10, || {
        let fuel = 200_000;
        Trial { most: Some(worth(fuel)), ..Trial::new(Limits::new().fuel(fuel)) }
    })
}

#[test]
fn the_deadline() {
    try_all(10, || Trial { deadline: Some(Duration::from_millis(100)), ..Trial::new(Limits::new().heap(1 << 30)) })
}

#[test]
fn an_interrupt() {
    try_all(10, || Trial { interrupt: Some(Duration::from_millis(50)), ..Trial::new(Limits::new().heap(1 << 30)) })
}

/// The heap's limit ends what only takes memory; what only takes time, the deadline.
#[test]
fn the_heap_and_a_deadline() {
    try_all(10, || Trial { deadline: Some(Duration::from_millis(200)), ..Trial::new(Limits::new().heap(16 << 20)) })
}

#[test]
fn with_a_collection_at_every_safepoint() {
    try_all(10, || Trial { run: with_stress, ..Trial::new(Limits::new().fuel(1_000).heap(32 << 20).stack(1 << 20)) })
}
