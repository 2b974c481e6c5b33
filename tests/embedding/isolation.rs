//! Machines share nothing that changes; a sandbox keeps what was not granted out of reach.

use crate::{Captured, assert_usable, failure, machine, machine_of};
#[cfg(feature = "posix")]
use vicar::Capability;
use vicar::{Engine, Error, ErrorKind, Interrupter, Limits, Run, Source, Vm};

/// What must be `Send`, and `Sync`, is so, or this file does not compile.
#[test]
fn machines_are_send_and_engines_are_shared() {
    fn send<T: Send>() {}
    fn shared<T: Send + Sync>() {}
    send::<Vm>();
    send::<Run<Vm>>();
    send::<Error>();
    shared::<Engine>();
    shared::<Interrupter>();
    shared::<vicar::Handle>();
    shared::<Source>();
}

#[test]
fn machines_do_not_see_each_other() -> Result<(), Error> {
    let engine = Engine::new();
    let (one, other) = (&mut machine_of(&engine, Limits::new()), &mut machine_of(&engine, Limits::new()));
    one.eval::<()>(
        "(define x 1) (define (car p) 'mine) (define-record-type point (nongenerative point-1) (fields x))",
    )?;
    other.eval::<()>("(define x 2)")?;
    assert_eq!((one.eval::<i64>("x")?, other.eval::<i64>("x")?), (1, 2));
    assert_eq!(other.eval::<i64>("(car '(5))")?, 5);
    assert_eq!(failure(other, "point-x").kind(), ErrorKind::Syntax);
    assert_eq!(
        other.eval::<i64>(
            "(define-record-type point (nongenerative point-1) (fields a b)) (point-b (make-point 1 2))"
        )?,
        2
    );
    Ok(())
}

#[test]
fn a_thousand_machines_in_one_process() -> Result<(), Error> {
    let engine = Engine::new();
    let mut machines: Vec<Vm> = (0..1000).map(|_| engine.vm_with(Limits::new().heap(4 << 20))).collect();
    for (i, vm) in machines.iter_mut().enumerate() {
        vm.eval::<()>(&format!("(import (rnrs)) (define me {i})"))?;
    }
    for (i, vm) in machines.iter_mut().enumerate().rev() {
        assert_eq!(vm.eval::<usize>("(fold-left + 0 (list me 1))")?, i + 1);
    }
    Ok(())
}

#[test]
fn machines_run_on_many_threads_at_once() {
    let engine = Engine::new();
    let threads: Vec<_> = (0..8)
        .map(|i: i64| {
            let engine = engine.clone();
            std::thread::spawn(move || {
                let mut vm = machine_of(&engine, Limits::new().heap(16 << 20));
                vm.eval::<i64>(&format!(
                    "(let loop ((n 20000) (l '())) (if (= n 0) (+ {i} (length l)) (loop (- n 1) (cons n l))))"
                ))
            })
        })
        .collect();
    for (i, thread) in threads.into_iter().enumerate() {
        assert_eq!(thread.join().expect("it does not panic").expect("it ends"), 20000 + i as i64);
    }
}

/// A pointer to another machine's memory is one to memory of which nothing is known: it can be neither freed nor unmapped,
/// and what is behind it is reached through the kernel, whoever has freed it.
#[cfg(feature = "posix")]
#[test]
fn machines_do_not_know_each_others_memory() -> Result<(), Error> {
    let imports = "(import (vicare) (prefix (vicare posix) px.) (vicare platform constants))";
    let owner = std::thread::spawn(move || {
        let mut vm = Engine::new().vm();
        vm.eval::<()>(imports).expect("it is there");
        let address: i64 = vm
            .eval(
                "(define p (px.mmap #f 4096 (fxior PROT_READ PROT_WRITE) (fxior MAP_PRIVATE MAP_ANONYMOUS) 0 0))
                 (pointer-set-c-uint64! p 0 77)
                 (pointer->integer p)",
            )
            .expect("it maps");
        (vm, address)
    });
    let (mut owner, address) = owner.join().expect("it does not panic");
    let mut other = Engine::new().vm();
    other.eval::<()>(imports)?;
    other.eval::<()>(&format!("(define q (integer->pointer {address}))"))?;
    assert_eq!(other.eval::<i64>("(pointer-ref-c-uint64 q 0)")?, 77);
    for refused in ["(free q)", "(px.munmap q 4096)", "(px.mprotect q 4096 PROT_NONE)", "(realloc q 5)"] {
        assert_eq!(failure(&mut other, refused).kind(), ErrorKind::Raised, "{refused}");
    }
    assert_eq!(owner.eval::<i64>("(pointer-ref-c-uint64 p 0)")?, 77);
    owner.eval::<()>("(px.munmap p 4096)")?;
    assert_eq!(failure(&mut other, "(pointer-ref-c-uint64 q 0)").kind(), ErrorKind::Raised);
    Ok(())
}

/// A callback runs in its own machine alone: a foreign call of another that leads to it raises, also after its end.
#[cfg(feature = "posix")]
#[test]
fn a_callback_of_another_machine_is_refused() -> Result<(), Error> {
    let (mut owner, mut other) = (Engine::new().vm(), Engine::new().vm());
    let address: i64 = owner.eval(
        "(import (vicare))
         (define calls 0)
         (define callback
           ((make-c-callback-maker 'signed-short '(double float signed-short))
            (lambda (a b c) (set! calls (+ calls 1)) c)))
         (pointer->integer callback)",
    )?;
    other.eval::<()>(&format!(
        "(import (vicare))
         (define call
           ((make-c-callout-maker 'signed-short '(double float signed-short)) (integer->pointer {address})))"
    ))?;
    let mut refused = |message: &str| {
        let error = failure(&mut other, "(call 1.5 2.5 3)");
        assert!(error.is_condition("&assertion") && error.message().contains(message), "{error}");
        assert_usable(&mut other);
    };
    refused("a callback of another machine");
    assert_eq!(owner.eval::<i64>("calls")?, 0);
    owner.eval::<()>("(free-c-callback callback)")?;
    refused("a callback that was freed");
    drop(owner);
    refused("a callback that was freed");
    Ok(())
}

/// Everything through which a program could reach outside: imports, and an expression.
#[cfg(feature = "posix")]
const REACHING: &[(&str, &str)] = &[
    ("(import (prefix (vicare posix) px.))", "(px.getpid)"),
    ("(import (prefix (vicare posix) px.))", "(px.getenv \"HOME\")"),
    ("(import (prefix (vicare posix) px.))", "(px.fork)"),
    ("(import (prefix (vicare posix) px.))", "(px.open \"/etc/passwd\" 0 0)"),
    ("(import (prefix (vicare posix) px.))", "(px.shm-open \"/x\" 66 384)"),
    ("(import (prefix (vicare posix) px.))", "(px.mmap #f 4096 3 34 -1 0)"),
    ("(import (prefix (vicare posix) px.))", "(px.nanosleep 0 1)"),
    ("(import (prefix (vicare posix) px.))", "(px.socket 1 1 0)"),
    ("(import (vicare))", "(getenv \"HOME\")"),
    ("(import (vicare))", "(malloc 16)"),
    ("(import (vicare))", "(pointer-ref-c-signed-int (integer->pointer 4096) 0)"),
    ("(import (vicare))", "(dlopen)"),
    ("(import (vicare))", "(dlsym (null-pointer) \"getpid\")"),
    ("(import (vicare))", "((make-c-callout-maker 'void '()) (null-pointer))"),
    ("(import (vicare))", "((make-c-callback-maker 'void '()) list)"),
    ("(import (vicare ffi))", "(open-shared-object \"libc.so.6\")"),
    ("(import (prefix (vicare linux) lx.))", "(lx.epoll-create1 0)"),
    ("(import (prefix (vicare linux) lx.))", "(lx.inotify-init)"),
    ("(import (prefix (vicare linux) lx.))", "(lx.timerfd-create 1 0)"),
    ("(import (rnrs) (prefix (vicare linux) lx.))", "(lx.signalfd -1 '(10) 0)"),
    ("(import (prefix (vicare linux) lx.))", "(lx.daemon #t #t)"),
    ("(import (prefix (vicare linux) lx.))", "(lx.prlimit 0 7)"),
    ("(import (prefix (vicare linux) lx.))", "(lx.ether-hostton \"host\")"),
    ("(import (prefix (vicare glibc) gl.))", "(gl.sync)"),
    ("(import (prefix (vicare glibc) gl.))", "(gl.regcomp \"a\" 0)"),
    ("(import (prefix (vicare glibc) gl.))", "(gl.fnmatch \"a\" \"a\" 0)"),
    ("(import (prefix (vicare glibc) gl.))", "(gl.glob \"/etc/*\" 0)"),
    ("(import (prefix (vicare glibc) gl.))", "(gl.wordexp \"$(id)\" 0)"),
    ("(import (prefix (vicare glibc) gl.))", "(gl.if-nameindex)"),
    ("(import (prefix (vicare glibc) gl.))", "(gl.clearenv)"),
    ("(import (rnrs))", "(open-input-file \"/etc/passwd\")"),
    ("(import (rnrs))", "(call-with-output-file \"/tmp/vicar-must-not-be\" (lambda (p) 1))"),
    ("(import (rnrs))", "(file-exists? \"/etc/passwd\")"),
    ("(import (rnrs))", "(delete-file \"/tmp/vicar-must-not-be\")"),
    ("(import (rnrs))", "(with-output-to-file \"/tmp/vicar-must-not-be\" (lambda () 1))"),
    ("(import (vicare))", "(let () (include \"/dev/null\") 1)"),
];

#[cfg(feature = "posix")]
#[test]
fn a_sandbox_has_nothing_outside() {
    let engine = Engine::builder().sandboxed().library_path("/").build().expect("nothing is registered");
    // With one thing granted the system's libraries can be imported, and their procedures ask.
    let narrow = Engine::builder().sandboxed().allow(Capability::SharedMemory).build().expect("nothing is registered");
    for (imports, expression) in REACHING {
        let text = format!("{imports} {expression}");
        for engine in [&engine, &narrow] {
            if std::ptr::eq(engine, &narrow) && expression.contains("shm-open") {
                continue;
            }
            let mut vm = engine.vm();
            let error = failure(&mut vm, &text);
            assert!(matches!(error.kind(), ErrorKind::Raised | ErrorKind::Syntax), "{text}: {error}");
            let report = error.report(vicar::Style::Plain);
            assert!(report.contains("granted"), "{text}: {report}");
            assert_usable(&mut vm);
        }
        // The expression means something where everything is granted: what the table tries is there.
        let mut free = Engine::new().vm();
        free.eval::<vicar::Handle>(&format!("(import (only (rnrs) lambda)) {imports} (lambda () {expression})"))
            .unwrap_or_else(|error| panic!("{text}: {error}"));
    }
    assert!(!std::path::Path::new("/tmp/vicar-must-not-be").exists());
}

/// What reaches the system cannot be imported where nothing of it is granted.
#[cfg(feature = "posix")]
#[test]
fn what_is_not_granted_cannot_be_imported() {
    let none = Engine::builder().sandboxed().build().expect("nothing is registered");
    let clock = Engine::builder().sandboxed().allow(Capability::Clock).build().expect("nothing is registered");
    for library in ["(vicare posix)", "(vicare linux)", "(vicare glibc)", "(vicare ffi)"] {
        for import in ["(import LIBRARY)", "(import (only (rnrs) car) (prefix (except LIBRARY) px.))"] {
            let text = import.replace("LIBRARY", library);
            let error = failure(&mut none.vm(), &text);
            assert_eq!(error.kind(), ErrorKind::Syntax, "{text}");
            assert!(
                error.message().contains("has not granted this program access") && error.message().contains(library),
                "{error}"
            );
        }
        let text = format!(
            "(import (rnrs) (rnrs eval)) (guard (e ((syntax-violation? e) 'no)) (environment '{library}) 'yes)"
        );
        let mut vm = none.vm();
        let symbol: vicar::Handle = vm.eval(&text).expect("it is a condition");
        assert_eq!(vm.write(&symbol, 10), "no");
        let imported = clock.vm().eval::<()>(&format!("(import {library})"));
        assert_eq!(imported.is_ok(), library != "(vicare ffi)", "{library}");
    }
    // Constants and everything that computes are there.
    none.vm()
        .eval::<()>("(import (vicare platform constants) (rename (vicare) (malloc m)))")
        .expect("they reach nothing");
}

#[cfg(feature = "posix")]
#[test]
fn what_is_granted_can_be_used() -> Result<(), Error> {
    let engine = Engine::builder().sandboxed().allow(Capability::Processes).build().expect("the names are good");
    let mut vm = engine.vm();
    assert_eq!(vm.eval::<u32>("(import (prefix (only (vicare posix) getpid) px.)) (px.getpid)")?, std::process::id());
    assert!(vm.eval::<bool>("(import (rnrs)) (guard (e (#t #t)) (file-exists? \"/etc/passwd\"))")?);
    assert_eq!(failure(&mut vm, "(import (rnrs)) (open-input-file \"/etc/passwd\")").kind(), ErrorKind::Raised);
    Ok(())
}

/// A sandboxed program computes as any other, writes to its ports, and reads them.
#[test]
fn a_sandbox_computes() -> Result<(), Error> {
    let output = Captured::default();
    let mut vm = Engine::builder()
        .sandboxed()
        .build()
        .expect("nothing is registered")
        .vm_with(Limits::new().fuel(1_000_000).heap(16 << 20));
    vm.set_output(output.clone());
    vm.set_input(&b"21"[..]);
    vm.run_program(&Source::new("s.sps", "(import (rnrs)) (display (* 2 (read)))"))?;
    vm.flush()?;
    assert_eq!(output.text(), "42");
    Ok(())
}

#[test]
fn definitions_and_imports_stay() -> Result<(), Error> {
    let vm = &mut machine(Limits::new());
    vm.eval::<()>("(define-syntax add (syntax-rules () ((_ a b) (+ a b)))) (define y 5)")?;
    assert_eq!(vm.eval::<i64>("(add y 1)")?, 6);
    vm.eval::<()>("(define y 6) (define (f) y)")?;
    vm.eval::<()>("(define y 7)")?;
    assert_eq!(vm.eval::<i64>("(f)")?, 7);
    assert!(vm.names_in_scope("ad").contains(&"add".to_owned()));
    assert_usable(vm);
    Ok(())
}

/// The condition of a violation shows forms that the expander has made, with identifiers in them that mean primitives. A
/// program can give their contexts to other names, and gets nothing by that.
#[test]
fn what_the_expander_inserts_leads_to_no_primitive() -> Result<(), Error> {
    let engine = Engine::builder().sandboxed().build().expect("nothing is registered");
    let mut vm = engine.vm();
    vm.eval::<()>("(import (rnrs) (rnrs eval) (vicare))")?;
    let reached: Vec<String> = vm.eval(
        r#"
        (define scope (environment '(rnrs) '(vicare)))
        (define (parts form)
          (guard (e ((syntax-violation? e) (list (syntax-violation-form e) (syntax-violation-subform e))) (#t '()))
            (eval form scope)))
        (define (identifiers x)
          (let walk ((x x) (found '()))
            (syntax-case x ()
              ((a . b) (walk #'a (walk #'b found)))
              (id (identifier? #'id) (cons #'id found))
              (_ found))))
        (define forms
          '((let () (define-syntax (m a a) 1) 2)
            (let () (define-record-type p (fields x) (protocol . 1)) 2)
            (let () (define-record-type p (parent-rtd . 1)) 2)
            (let () (define-record-type p (fields (mutable x x? y))) 2)
            (do ((x 1 . 2)) (#t))
            (quasiquote (1 (unquote . 2)))
            (quasisyntax (unsyntax 1 2))))
        (define names
          '(%begin-child! %end-child! %exit %fork %execv %handlers %set-handlers! %set-winders! %uncaught %syntax-fill
            %syntax-match %make-custom-port %record))
        (define all (apply append (map (lambda (form) (identifiers (parts form))) forms)))
        (assert (memp (lambda (id) (memq (syntax->datum id) '(lambda fluid-let-syntax))) all))
        (apply append
          (map (lambda (id)
                 (apply append
                   (map (lambda (name)
                          (guard (e (#t '()))
                            (eval (datum->syntax id name) scope)
                            (list (symbol->string name))))
                        names)))
               all))
        "#,
    )?;
    assert_eq!(reached, Vec::<String>::new());
    Ok(())
}
