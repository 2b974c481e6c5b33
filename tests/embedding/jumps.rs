//! Node functions that go on by jumps are in a section of their own. Optimised code is disassembled here: where one of
//! them called the next node instead of jumping to it, an ordinary loop would overflow the native stack.

use std::path::Path;
use std::process::Command;

const SECTION: &str = "vicar_nodes";

/// The instructions of the section, function by function; nothing where there is no such section.
fn disassemble(program: &Path) -> Vec<(String, Vec<String>)> {
    let output = Command::new("objdump")
        .args(["-d", "--no-show-raw-insn", "--section", SECTION])
        .arg(program)
        .output()
        .expect("objdump comes with the linker");
    let text = String::from_utf8_lossy(&output.stdout);
    let mut functions: Vec<(String, Vec<String>)> = Vec::new();
    for line in text.lines() {
        if let Some(name) = line.strip_suffix(">:").and_then(|l| l.split_once('<')) {
            functions.push((name.1.to_owned(), Vec::new()));
        } else if let (Some((_, instruction)), Some((_, body))) = (line.split_once(":\t"), functions.last_mut()) {
            body.push(instruction.trim().to_owned());
        }
    }
    functions
}

fn mnemonic(instruction: &str) -> &str {
    instruction.split_whitespace().next().unwrap_or("")
}

/// A call through a register or memory.
fn is_indirect_call(instruction: &str) -> bool {
    match mnemonic(instruction) {
        "call" | "callq" => instruction.contains('*'),
        "blr" => true,
        _ => false,
    }
}

/// A call of a function of the section itself.
fn is_call_of_node(instruction: &str, functions: &[(String, Vec<String>)]) -> bool {
    matches!(mnemonic(instruction), "call" | "callq" | "bl")
        && instruction.split_once('<').is_some_and(|(_, target)| {
            let target = target.trim_end_matches('>');
            functions.iter().any(|(name, _)| name == target)
        })
}

/// Whether what follows a call does nothing but give back the function's own frame and return: then the call was meant to
/// be a jump. The value of an expression, on the other hand, is looked at.
fn only_returns(after: &[String]) -> bool {
    for instruction in after {
        match mnemonic(instruction) {
            "ret" | "retq" => return true,
            "pop" | "popq" | "nop" | "leave" | "ldp" => {}
            "add" | "lea" | "mov" | "ldr" if instruction.contains("sp") => {}
            _ => return false,
        }
    }
    true
}

/// What is wrong with the node functions of a program.
fn faults(functions: &[(String, Vec<String>)]) -> Vec<String> {
    let mut faults = Vec::new();
    for (name, body) in functions {
        for (i, instruction) in body.iter().enumerate() {
            let next = is_indirect_call(instruction) && only_returns(&body[i + 1..]);
            if next || is_call_of_node(instruction, functions) {
                faults.push(format!("{name}: `{instruction}`"));
            }
        }
    }
    faults
}

#[track_caller]
fn check(program: &Path) {
    let functions = disassemble(program);
    if cfg!(debug_assertions) {
        // Without optimisation every node function returns to the driver's loop.
        assert!(functions.is_empty(), "{} node functions jump in a build without optimisation", functions.len());
        return;
    }
    assert!(functions.len() > 500, "{} has {} node functions", program.display(), functions.len());
    let faults = faults(&functions);
    assert!(faults.is_empty(), "{} calls where a jump is meant:\n{}", faults.len(), faults.join("\n"));
}

#[test]
#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
fn node_functions_of_a_host_jump() {
    check(&std::env::current_exe().expect("the test knows its own file"));
}

#[test]
#[cfg(all(feature = "cli", target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
fn node_functions_of_the_program_jump() {
    check(Path::new(env!("CARGO_BIN_EXE_vicar")));
}

/// The check itself sees what it is to see.
#[test]
fn a_call_where_a_jump_is_meant_is_found() {
    let function = |text: &str| vec![("node".to_owned(), text.lines().map(str::to_owned).collect::<Vec<_>>())];
    for bad in [
        "sub $0x18,%rsp\ncall *(%rax)\nadd $0x18,%rsp\nret",
        "push %rbx\ncall *%rcx\npop %rbx\nret",
        "call 1234 <node>\ntest %rax,%rax\nret",
        "blr x8\nldp x29, x30, [sp], #16\nret",
    ] {
        assert_eq!(faults(&function(bad)).len(), 1, "{bad}");
    }
    for good in [
        "call *(%rdi)\ncmp $0xa06,%rax\nje 10\njmp *(%rax)",
        "call 1234 <fail>\nret",
        "jmp *(%rax)",
        "blr x8\ncmp x0, #5\nb.eq 10\nbr x1",
    ] {
        assert!(faults(&function(good)).is_empty(), "{good}");
    }
}
