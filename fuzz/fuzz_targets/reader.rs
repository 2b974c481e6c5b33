//! Text: what is read from it and printed is read again as the same; whatever is no datum is refused with a message.
#![no_main]

use std::cell::RefCell;
use vicar::{Engine, Handle, Limits, Source};
use vicar_fuzz::limited::{HEAP, Limited, STACK, check_error};

/// Answers whether all was read and read again as the same, `#f` if not, or why the text could not be read.
const PRELUDE: &str = r#"(import (rnrs))
(define (read-all text)
  (let ((port (open-string-input-port text)))
    (let loop ((all '()))
      (let ((datum (get-datum port)))
        (if (eof-object? datum) (reverse all) (loop (cons datum all)))))))
(define (show datum) (call-with-string-output-port (lambda (port) (put-datum port datum))))
(define (has-keyword? text)
  (let loop ((i 1))
    (and (< i (string-length text))
         (or (and (char=? (string-ref text (- i 1)) #\#) (char=? (string-ref text i) #\:)) (loop (+ i 1))))))
(define (check text)
  (let ((all (guard (e ((or (lexical-violation? e) (i/o-error? e)) 'malformed)) (read-all text))))
    (cond
      ((symbol? all) "")
      (else
        (let* ((shown (map show all)) (again (map read-all shown)))
          (cond
            ; Keyword objects of one name are not the same.
            ((not (or (equal? again (map list all)) (exists has-keyword? shown))) (apply string-append "read differently: " shown))
            ((not (equal? (map show (map car again)) shown)) (apply string-append "shown differently: " shown))
            (else "")))))))
"#;

struct Reader {
    machine: Limited,
    check: Option<Handle>,
}

thread_local! {
    static READER: RefCell<Reader> = RefCell::new(Reader {
        machine: Limited::new(Engine::builder().sandboxed().build().expect("nothing is registered"), PRELUDE),
        check: None,
    });
}

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    // The whole as a program, with places: only read, since nothing is evaluated before the first step.
    READER.with_borrow_mut(|reader| {
        let vm = reader.machine.vm();
        match vm.start(&Source::new("fuzz", &*text)) {
            Ok(_) => assert!(!vicar::is_incomplete(&text), "what can be read is complete"),
            Err(error) => check_error(&error, &text),
        }
        if reader.check.as_ref().is_none_or(|check| vm.get::<Handle>(check).is_err()) {
            reader.check = vm.eval("check").ok();
        }
        vm.set_limits(&Limits::new().heap(HEAP).stack(STACK).fuel(20_000_000));
        match vm.call::<String>(reader.check.as_ref().expect("it is in the prelude"), (&*text,)) {
            Ok(fault) => assert_eq!(fault, "", "{text:?}"),
            Err(error) => check_error(&error, &text),
        }
    });
    if let Err(error) = Source::from_bytes("fuzz", data.to_vec()) {
        check_error(&error, "bytes");
    }
});
