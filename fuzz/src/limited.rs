//! Machines under limits, and what must hold of every run in one: it ends, in time; it takes no more memory than it may; its
//! error, if it has one, is not Vicar's own and can be shown.

use crate::memory;
use std::time::{Duration, Instant};
use vicar::{Engine, Error, ErrorKind, Handle, Limits, Run, Source, Step, Style, Vm};

pub const FUEL: u64 = 300_000;
pub const HEAP: usize = 16 << 20;
pub const STACK: usize = 4 << 20;
pub const TIME: Duration = Duration::from_secs(2);
/// What a machine may take beyond its limits: the tables that it begins with, and 8 MiB.
const BEYOND: usize = (4 + 8) << 20;
/// Processor time after the deadline. Instrumented code is twenty times slower than what people run.
const GRACE: Duration = Duration::from_secs(2);
/// Texts in one machine, before a new one takes its place: a machine takes milliseconds to make.
const TEXTS: u32 = 50;

/// A machine that is used for many texts.
pub struct Limited {
    engine: Engine,
    prelude: &'static str,
    machine: Option<(Vm, usize)>,
    left: u32,
    stress: bool,
    pub trace: bool,
}

/// How a text is run.
#[derive(Copy, Clone)]
pub enum Way {
    AtOnce,
    /// In slices of so many units of work.
    Slices(u64),
}

impl Limited {
    /// Machines of that engine, in which `prelude` is evaluated first.
    pub fn new(engine: Engine, prelude: &'static str) -> Limited {
        Limited {
            engine,
            prelude,
            machine: None,
            left: 0,
            stress: false,
            trace: std::env::var_os("FUZZ_TRACE").is_some(),
        }
    }

    /// The same, with a collection at every safepoint.
    pub fn stressed(self) -> Limited {
        Limited { stress: true, ..self }
    }

    /// The next text has a machine of its own.
    pub fn renew(&mut self) {
        self.machine = None;
    }

    /// The machine, made anew when it has seen enough, without limits but those of the heap and the stack.
    pub fn vm(&mut self) -> &mut Vm {
        if self.left == 0 {
            self.machine = None;
        }
        if self.machine.is_none() {
            let before = memory::in_use();
            let mut vm = self.engine.vm();
            vm.set_output(std::io::sink());
            vm.set_error_output(std::io::sink());
            vm.set_input(std::io::empty());
            if let Err(error) = vm.eval::<()>(self.prelude) {
                panic!("{}", error.report(Style::Plain));
            }
            vm.set_gc_stress(self.stress);
            self.left = TEXTS;
            self.machine = Some((vm, before));
        }
        self.left -= 1;
        match &mut self.machine {
            Some((vm, _)) => {
                vm.set_limits(&Limits::new().heap(HEAP).stack(STACK));
                vm
            }
            None => unreachable!(),
        }
    }

    /// Evaluates a text under limits: its value as `write` shows it, or its error.
    pub fn run(&mut self, text: &str, way: Way) -> Result<String, ErrorKind> {
        self.run_until(text, way, FUEL, Some(TIME))
    }

    pub fn run_until(&mut self, text: &str, way: Way, fuel: u64, time: Option<Duration>) -> Result<String, ErrorKind> {
        if self.trace {
            eprintln!("---\n{text}");
        }
        let vm = self.vm();
        memory::forget_peak();
        let (begin, begin_wall) = (processor_time(), Instant::now());
        let limits = Limits::new().fuel(fuel).heap(HEAP).stack(STACK);
        vm.set_limits(&match time {
            Some(time) => limits.deadline(begin_wall + time),
            None => limits,
        });
        let outcome = evaluate(vm, text, way);
        let took = processor_time() - begin;
        let may = time.unwrap_or(TIME) + GRACE;
        assert!(took < may, "took {took:?} of {may:?} (outcome {:?}):\n{text}", outcome.as_ref().map(|_| ()));
        let shown = match outcome {
            Ok(value) => Ok(vm.write(&value, 1 << 16)),
            Err(error) => {
                check_error(&error, text);
                Err(error.kind())
            }
        };
        let (peak, before) = (memory::peak(), self.machine.as_ref().map_or(0, |m| m.1));
        let taken = peak.saturating_sub(before);
        assert!(taken < HEAP + STACK + BEYOND, "took {} KiB ({shown:?}):\n{text}", taken >> 10);
        shown
    }

    /// Units of fuel that the last text has used.
    pub fn used(&self) -> u64 {
        self.machine.as_ref().and_then(|(vm, _)| vm.fuel()).map_or(0, |left| FUEL.saturating_sub(left))
    }
}

/// Evaluates a text.
pub fn evaluate(vm: &mut Vm, text: &str, way: Way) -> Result<Handle, Error> {
    let mut run = Run::new(vm, &Source::new("fuzz", text))?;
    let slice = match way {
        Way::AtOnce => u64::MAX,
        Way::Slices(units) => units.max(1),
    };
    loop {
        if let Step::Done(value) = run.step(slice)? {
            return Ok(value);
        }
    }
}

/// What must hold of an error.
pub fn check_error(error: &Error, text: &str) {
    assert!(error.kind() != ErrorKind::Internal, "{error}:\n{text}");
    let report = error.report(Style::Plain);
    assert!(report.len() < 200_000, "a report of {} bytes:\n{text}", report.len());
    assert!(!error.message().is_empty(), "an error without a message:\n{text}");
    assert!(!report.contains("defect"), "{report}:\n{text}");
}

/// Processor time of this thread.
pub fn processor_time() -> Duration {
    // SAFETY: the call fills the structure.
    let time = unsafe {
        let mut time: libc::timespec = std::mem::zeroed();
        libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut time);
        time
    };
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

/// Whether two runs of a text must agree: what limits other than fuel end depends on the time and on the garbage that
/// there is.
pub fn is_certain(outcome: &Result<String, ErrorKind>) -> bool {
    !matches!(outcome, Err(ErrorKind::Limit(limit)) if *limit != vicar::Limit::Fuel)
}
