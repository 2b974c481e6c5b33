//! One run of a process: wall-clock time, peak memory, what it printed.

use std::io::Read;
use std::process::{Command, Stdio};
use std::time::Instant;

pub struct Sample {
    pub seconds: f64,
    /// Peak resident memory in KiB.
    pub peak: u64,
    pub output: String,
}

/// Runs the command to its end; an error tells why there is nothing to measure.
pub fn run(command: &mut Command) -> Result<Sample, String> {
    let start = Instant::now();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|e| format!("cannot start: {e}"))?;
    // Beside the output, so that a process that complains at length is not kept waiting.
    let mut stderr = child.stderr.take().expect("was piped");
    let errors = std::thread::spawn(move || {
        let mut text = Vec::new();
        let _ = stderr.read_to_end(&mut text);
        String::from_utf8_lossy(&text).into_owned()
    });
    let mut output = String::new();
    let read = child.stdout.take().expect("was piped").read_to_string(&mut output);
    let (status, usage) = wait(child.id() as libc::pid_t)?;
    let seconds = start.elapsed().as_secs_f64();
    read.map_err(|e| format!("cannot read its output: {e}"))?;
    if libc::WIFSIGNALED(status) {
        return Err(format!("killed by signal {}", libc::WTERMSIG(status)));
    }
    if libc::WEXITSTATUS(status) != 0 {
        let errors = errors.join().unwrap_or_default();
        return Err(format!("exit status {}: {}", libc::WEXITSTATUS(status), errors.lines().next().unwrap_or("")));
    }
    Ok(Sample { seconds, peak: usage.ru_maxrss as u64, output })
}

fn wait(pid: libc::pid_t) -> Result<(libc::c_int, libc::rusage), String> {
    let mut status = 0;
    let mut usage = std::mem::MaybeUninit::<libc::rusage>::zeroed();
    // SAFETY: both pointers are to live locals of the types that wait4 fills in.
    let waited = unsafe { libc::wait4(pid, &mut status, 0, usage.as_mut_ptr()) };
    if waited != pid {
        return Err(format!("cannot wait for it: {}", std::io::Error::last_os_error()));
    }
    // SAFETY: rusage is plain numbers, all of it initialised by `zeroed`.
    Ok((status, unsafe { usage.assume_init() }))
}

/// The middle of the samples by a key; of an even number, the lower of the two.
pub fn median(samples: &[Sample], key: impl Fn(&Sample) -> f64) -> f64 {
    let mut values: Vec<f64> = samples.iter().map(key).collect();
    values.sort_by(f64::total_cmp);
    values[(values.len() - 1) / 2]
}
