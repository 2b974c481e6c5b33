//! Texts of any length reach no C function that would keep them on its stack, or end the process.

use super::*;
use crate::eval::Single;
use crate::memory::testing::Session;
use crate::posix::Text;

/// An operand for a parameter: the text where it is to be one, else something that the parameter takes, if anything does.
fn operand(s: &mut Session, what: &str, text: Value) -> Value {
    match what {
        _ if what.contains(<Text as Single>::WHAT) => text,
        _ if what.contains("pointer") => s.call("malloc", &[fix(64)]),
        _ if what.contains("integer") || what.contains("fixnum") || what.contains("descriptor") => fix(0),
        _ => Value::NIL,
    }
}

#[test]
fn no_text_is_too_long() {
    let mut s = everything();
    let mut killed = Vec::new();
    let mut tried = 0;
    for row in every_table().into_iter().flatten() {
        let texts = row.parameters.iter().filter(|(_, what)| what.contains(<Text as Single>::WHAT)).count();
        if texts == 0 {
            continue;
        }
        // Beyond every bound, and more than the stack has.
        for size in [5_000, 9_000_000] {
            tried += 1;
            let pid = s.fork();
            if pid == fix(0) {
                let text = s.0.heap.bytevector(&vec![b'x'; size]);
                let operands: Vec<Value> = row.parameters.iter().map(|p| operand(&mut s, p.1, text)).collect();
                let count = operands.len().clamp(row.min, row.max);
                // What the call writes is for nobody; the process is killed when the call hangs, and ends here.
                let nobody = memory_file("nothing");
                (0..3).for_each(|fd| {
                    sys::dup2(nobody, fd).expect("a descriptor");
                });
                nix::unistd::alarm::set(60);
                let _ = s.try_call(row.name, &operands[..count.min(operands.len())]);
                sys::process::exit(0)
            }
            let status = s.call("waitpid", &[pid, fix(0)]);
            if status != fix(0) {
                killed.push((row.name, size, status));
            }
        }
    }
    assert!(killed.is_empty(), "{killed:?}");
    assert!(tried > 100, "{tried}");
}
