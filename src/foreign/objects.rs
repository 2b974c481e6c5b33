//! Shared objects: `dlopen dlsym dlclose dlerror`.
//!
//! What was opened stays loaded, `dlclose` or not (`RTLD_NODELETE`), because a program may still hold pointers to its
//! functions. A handle that is not open is refused here: the C library does not look.

use super::state::Foreign;
use crate::eval::{Machine, Res, Who};
use crate::heap::{Pointer, Value, View};
use crate::memory::{self, Counted, Extent, Registry, Source};
use crate::posix::{Text, bound};
use std::ffi::CStr;
use vicar_macros::primitives;

/// Keeps what the dynamic linker has to say about its last call, and answers false.
fn failed(m: &mut Machine) -> Res {
    // SAFETY: the text is a C string, valid until the thread's next call of the dynamic linker, copied before.
    let text = unsafe {
        libc::dlerror().cast_const().as_ref().map(|text| CStr::from_ptr(text).to_string_lossy().into_owned())
    };
    m.extension::<Foreign>().complaint = text;
    Ok(Value::FALSE)
}

fn too_long(m: &mut Machine) -> Res {
    m.extension::<Foreign>().complaint = Some("the name is too long".to_owned());
    Ok(Value::FALSE)
}

fn not_open(m: &mut Machine) -> Res {
    m.extension::<Foreign>().complaint = Some("the pointer is not the handle of an open shared object".to_owned());
    Ok(Value::FALSE)
}

/// The memory behind a handle: the dynamic linker's own, which programs neither read nor write. Nobody else can say how
/// many bytes that is; its public part alone has forty.
fn opaque(handle: usize) -> Extent {
    const LEAST: usize = 512;
    Extent {
        base: handle,
        size: LEAST,
        end: handle + LEAST,
        source: Source::Handle,
        readable: false,
        writable: false,
        counted: Counted::No,
    }
}

#[primitives]
pub mod procedures {
    use super::*;

    /// `(dlopen)`, `(dlopen library-name)`, `(dlopen library-name lazy? global?)`: the handle of a shared object, loaded
    /// when it is not yet; of the program itself without a name. Without `lazy?` all its symbols are resolved at once;
    /// with `global?` others loaded later may use them. `#f` on failure: see `dlerror`. dlopen(3).
    #[primitive(capability = RawMemory)]
    fn dlopen(
        m: &mut Machine,
        who: Who,
        library_name: Option<Text>,
        lazy: Option<Value>,
        global: Option<Value>,
    ) -> Res {
        let flag = |v: Option<Value>, yes, no| if v.is_some_and(|v| !v.is_false()) { yes } else { no };
        let mode = flag(lazy, libc::RTLD_LAZY, libc::RTLD_NOW) | flag(global, libc::RTLD_GLOBAL, libc::RTLD_LOCAL);
        if library_name.as_ref().is_some_and(|name| name.bytes().len() > bound::PATH.0) {
            return too_long(m);
        }
        memory::admit(m, who, 0)?;
        let name = library_name.as_ref().map_or(std::ptr::null(), Text::as_ptr);
        // SAFETY: the name is a C string or null. What the object does when it is loaded is the program's to answer for,
        // which the host lets use raw memory.
        let handle = unsafe { libc::dlopen(name, mode | libc::RTLD_NODELETE) } as usize;
        if handle == 0 {
            return failed(m);
        }

        /// What the dynamic linker keeps of an object, and what of the object's pages is the process's own.
        const OBJECT: usize = 64 << 10;
        if !m.extension::<Foreign>().objects.contains_key(&handle) {
            // Once loaded, it is there for good.
            m.heap.memory().take_anyway(OBJECT);
        }
        *m.extension::<Foreign>().objects.entry(handle).or_insert(0) += 1;
        let registry = m.extension::<Registry>();
        let words = match registry.find_base(handle).filter(|r| r.source() == Source::Handle) {
            Some(region) => Registry::words(region),
            None => Registry::words(registry.insert(opaque(handle))),
        };
        Ok(m.heap.pointer(words).value())
    }

    /// `(dlclose handle)`: gives the handle back; `#f` when it is not open. The object stays loaded.
    #[primitive(capability = RawMemory)]
    fn dlclose(m: &mut Machine, handle: Pointer) -> Res {
        let address = memory::address(handle);
        match m.extension::<Foreign>().objects.get_mut(&address) {
            Some(times) if *times > 0 => *times -= 1,
            _ => return not_open(m),
        }
        // SAFETY: the handle is open as often as it was not closed.
        if unsafe { libc::dlclose(address as *mut libc::c_void) } != 0 {
            return failed(m);
        }
        Ok(Value::TRUE)
    }

    /// `(dlsym handle name)`: a pointer to what the object, or one that it depends on, calls so; with a null pointer for
    /// the handle, what the whole program does. `#f` when there is nothing. dlsym(3).
    #[primitive(capability = RawMemory)]
    fn dlsym(m: &mut Machine, handle: Pointer, name: Text) -> Res {
        let address = memory::address(handle);
        if address != 0 && m.extension::<Foreign>().objects.get(&address).is_none_or(|times| *times == 0) {
            return not_open(m);
        }
        if name.bytes().len() > bound::SYMBOL.0 {
            return too_long(m);
        }
        // SAFETY: the handle is open, or null for the default search; the name is a C string.
        let found = unsafe { libc::dlsym(address as *mut libc::c_void, name.as_ptr()) } as usize;
        if found == 0 {
            return failed(m);
        }
        let name = String::from_utf8_lossy(name.bytes()).into_owned();
        let account = m.heap.memory().clone();
        let state = m.extension::<Foreign>();
        if !state.names.contains_key(&found) {
            state.pay(&account, 64 + name.len())?;
        }
        state.names.insert(found, name);
        Ok(memory::unbound(m, found).value())
    }

    /// `(dlerror)`: what the last of the calls above that failed has to say, once; then `#f`.
    fn dlerror(m: &mut Machine) -> Res {
        match m.extension::<Foreign>().complaint.take() {
            Some(text) => Ok(m.heap.string(&text)),
            None => Ok(Value::FALSE),
        }
    }
}
