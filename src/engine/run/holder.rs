//! Who may hold the machine of a run.

/// Who holds the machine of a run: `&mut Vm`, `Vm` or `Box<Vm>`. No other type can: a run trusts that it is the same machine
/// each time.
///
/// ```compile_fail,E0277
/// # use std::cell::RefMut;
/// # use vicar::{Run, Source, Vm};
/// fn begin(vm: RefMut<'_, Vm>, source: &Source) {
///     let _ = Run::new(vm, source);
/// }
/// ```
pub trait Holder: sealed::Holder {}

impl<V: sealed::Holder> Holder for V {}

mod sealed {
    use crate::engine::vm::Vm;

    pub trait Holder {
        fn vm(&self) -> &Vm;
        fn vm_mut(&mut self) -> &mut Vm;
    }

    impl Holder for Vm {
        fn vm(&self) -> &Vm {
            self
        }
        fn vm_mut(&mut self) -> &mut Vm {
            self
        }
    }

    impl Holder for &mut Vm {
        fn vm(&self) -> &Vm {
            self
        }
        fn vm_mut(&mut self) -> &mut Vm {
            self
        }
    }

    impl Holder for Box<Vm> {
        fn vm(&self) -> &Vm {
            self
        }
        fn vm_mut(&mut self) -> &mut Vm {
            self
        }
    }
}
