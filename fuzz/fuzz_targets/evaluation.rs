//! Generated programs under limits: run at once, then again in slices, or with a collection at every safepoint. They must
//! mean the same, and take the same fuel. A first byte that begins text says that all is the program's text.
#![no_main]

use std::cell::RefCell;
use vicar::Engine;
use vicar_fuzz::choices::Choices;
use vicar_fuzz::limited::{FUEL, Limited, Way, is_certain};
use vicar_fuzz::programs::{PRELUDE, Programs};

struct Machines {
    plain: Limited,
    sliced: Limited,
    stressed: Limited,
}

thread_local! {
    static MACHINES: RefCell<Machines> = RefCell::new(machines());
}

fn machines() -> Machines {
    let engine = Engine::builder().sandboxed().build().expect("nothing is registered");
    let make = || Limited::new(engine.clone(), PRELUDE);
    Machines { plain: make(), sliced: make(), stressed: make().stressed() }
}

/// Work that a machine may do which collects at every safepoint.
const LITTLE: u64 = 500;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let [first, rest @ ..] = data else { return };
    let (text, alone) = match first {
        b'(' | b';' => (String::from_utf8_lossy(data).into_owned(), true),
        0..32 => (Programs::new(&mut Choices::new(rest)).program(), true),
        _ => (format!("(let () {})", Programs::new(&mut Choices::new(rest)).program()), false),
    };
    MACHINES.with_borrow_mut(|machines| {
        if alone {
            // A definition of a name that has one is not what it was for the first time.
            *machines = self::machines();
        }
        let expected = machines.plain.run(&text, Way::AtOnce);
        let used = machines.plain.used();
        // Without a deadline fuel alone must end it.
        if matches!(&expected, Err(vicar::ErrorKind::Limit(_))) && first % 4 == 0 {
            let _ = machines.plain.run_until(&text, Way::AtOnce, FUEL, None);
        }
        if !is_certain(&expected) {
            return;
        }
        let (other, way) = match first % 4 {
            0 => return,
            1 if used < LITTLE => (&mut machines.stressed, Way::AtOnce),
            _ => (&mut machines.sliced, Way::Slices(u64::from(first / 4))),
        };
        let again = other.run(&text, way);
        if is_certain(&again) {
            assert_eq!(again, expected, "{text}");
            // The first use of a procedure of the prelude links it, which takes fuel.
            assert!(!alone || other.used() == used, "units of fuel:\n{text}");
        }
        if alone {
            *machines = self::machines();
        }
    });
});
