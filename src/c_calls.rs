//! Calls of C functions whose signature is known at run time only, and C functions made at run time: the one file that
//! uses libffi. The build script, in which nothing calls C, has an empty file in its place.

use crate::memory::CType;
use libffi::low::{self, CodePtr};
use libffi::middle::{Cif, Type};
use libffi::raw;
use std::ffi::c_void;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What a C function takes and returns.
pub struct Signature {
    cif: Cif,
    pub arguments: Vec<CType>,
    pub result: CType,
}

// SAFETY: the description that libffi makes of a signature is only read after it was made.
unsafe impl Send for Signature {}
// SAFETY: as above.
unsafe impl Sync for Signature {}

fn described(t: CType) -> Type {
    match t {
        CType::Void => Type::void(),
        CType::Signed(1) => Type::i8(),
        CType::Signed(2) => Type::i16(),
        CType::Signed(4) => Type::i32(),
        CType::Signed(_) => Type::i64(),
        CType::Unsigned(1) => Type::u8(),
        CType::Unsigned(2) => Type::u16(),
        CType::Unsigned(4) => Type::u32(),
        CType::Unsigned(_) => Type::u64(),
        CType::Float => Type::f32(),
        CType::Double => Type::f64(),
        CType::Pointer => Type::pointer(),
    }
}

impl Signature {
    pub fn new(result: CType, arguments: Vec<CType>) -> Signature {
        let cif = Cif::new(arguments.iter().copied().map(described), described(result));
        Signature { cif, arguments, result }
    }

    /// Calls the function at `code`. Each of `words` holds an argument in its first bytes, as C stores its type; so does
    /// the answer, whose other bytes are zero.
    ///
    /// # Safety
    /// The function has this signature, there are as many words as arguments, and what the function does with them is
    /// what the caller answers for.
    pub unsafe fn call(&self, code: usize, words: &mut [u64]) -> u64 {
        let mut places: Vec<*mut c_void> = words.iter_mut().map(|w| std::ptr::from_mut(w).cast()).collect();
        let mut result = 0u64;
        // SAFETY: as the caller says; the result is at most 8 bytes, and `call_return_into` writes no more than it has.
        unsafe {
            low::call_return_into(
                self.cif.as_raw_ptr(),
                CodePtr(code as *mut c_void),
                places.as_mut_ptr(),
                (&raw mut result).cast(),
            );
        }
        result
    }
}

/// What a C function made at run time does: gets its arguments as `Signature::call` passes them, and answers alike.
pub trait Body: Send + Sync {
    fn run(&self, words: &[u64]) -> u64;
}

/// A C function made at run time. Its code is never freed, because C may still hold its address: when this is dropped it
/// calls `ended` and answers zero, until a function of the same signature is made, which takes it over.
pub struct Function {
    closure: &'static Closure,
    fresh: bool,
}

struct Closure {
    code: usize,
    signature: Arc<Signature>,
    body: Mutex<Option<Arc<dyn Body>>>,
    /// What is told that C calls it while it has no body.
    ended: fn(),
}

/// Closures that do nothing.
static SPARE: Mutex<Vec<&'static Closure>> = Mutex::new(Vec::new());

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Function {
    /// `None` when there is no memory for code. `ended` is the same for all.
    pub fn new(signature: &Arc<Signature>, body: Arc<dyn Body>, ended: fn()) -> Option<Function> {
        let spare = Function::spare(signature);
        let fresh = spare.is_none();
        let closure = spare.or_else(|| Function::fresh(signature, ended))?;
        *locked(&closure.body) = Some(body);
        Some(Function { closure, fresh })
    }

    fn spare(signature: &Signature) -> Option<&'static Closure> {
        let mut spare = locked(&SPARE);
        let same =
            |c: &&Closure| c.signature.result == signature.result && c.signature.arguments == signature.arguments;
        let found = spare.iter().position(same)?;
        Some(spare.swap_remove(found))
    }

    fn fresh(signature: &Arc<Signature>, ended: fn()) -> Option<&'static Closure> {
        let (memory, CodePtr(code)) = low::closure_alloc();
        if memory.is_null() {
            return None;
        }
        let closure = Closure { code: code as usize, signature: signature.clone(), body: Mutex::new(None), ended };
        let closure: &'static Closure = Box::leak(Box::new(closure));
        // SAFETY: the memory was just allocated; the signature and the data are never freed.
        let made = unsafe {
            let data = std::ptr::from_ref(closure) as *mut c_void;
            raw::ffi_prep_closure_loc(memory, closure.signature.cif.as_raw_ptr(), Some(enter), data, code)
        };
        (made == raw::ffi_status_FFI_OK).then_some(closure)
    }

    /// The address of its code.
    pub fn code(&self) -> usize {
        self.closure.code
    }

    /// Whether code was made for it, rather than that of one that was dropped used again.
    pub fn is_fresh(&self) -> bool {
        self.fresh
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        *locked(&self.closure.body) = None;
        locked(&SPARE).push(self.closure);
    }
}

/// # Safety
/// Called by libffi for a closure that `Function::fresh` has made.
unsafe extern "C" fn enter(_: *mut raw::ffi_cif, result: *mut c_void, arguments: *mut *mut c_void, data: *mut c_void) {
    // SAFETY: `data` is a leaked `Closure`; libffi passes a place for each argument of the signature, and one for the
    // result, which is a whole register where the type is narrower.
    unsafe {
        let closure = &*(data as *const Closure);
        let read = |(i, t): (usize, &CType)| {
            let mut word = 0u64;
            std::ptr::copy_nonoverlapping(*arguments.add(i) as *const u8, (&raw mut word).cast(), t.size());
            word
        };
        let words: Vec<u64> = closure.signature.arguments.iter().enumerate().map(read).collect();
        let body = locked(&closure.body).clone();
        let word = match body {
            Some(body) => body.run(&words),
            None => {
                (closure.ended)();
                0
            }
        };
        match closure.signature.result {
            CType::Void => {}
            CType::Float => result.cast::<u32>().write_unaligned(word as u32),
            t => result.cast::<u64>().write_unaligned(t.extended(word)),
        }
    }
}
