//! Forms with macros, expanded and evaluated under limits. The first byte says whether the rest makes forms or is their text.
#![no_main]

use std::cell::RefCell;
use vicar::Engine;
use vicar_fuzz::choices::Choices;
use vicar_fuzz::forms::{Forms, PRELUDE};
use vicar_fuzz::limited::{Limited, Way};

thread_local! {
    static MACHINE: RefCell<Limited> = RefCell::new(Limited::new(
        Engine::builder().sandboxed().build().expect("nothing is registered"),
        PRELUDE,
    ));
}

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let [first, rest @ ..] = data else { return };
    let (text, alone) = match first {
        b'(' | b'\'' | b';' => (String::from_utf8_lossy(data).into_owned(), true),
        0..64 => (Forms::new(&mut Choices::new(rest)).program(), true),
        _ => (format!("(let () {})", Forms::new(&mut Choices::new(rest)).program()), false),
    };
    MACHINE.with_borrow_mut(|machine| {
        if alone {
            // Its definitions would be what the next text stands on.
            machine.renew();
        }
        let _ = machine.run(&text, Way::AtOnce);
        if alone {
            machine.renew();
        }
    });
});
