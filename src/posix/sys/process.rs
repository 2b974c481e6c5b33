//! Processes: what nix makes text of, or copies, or judges.

use super::calls;
use super::pass::Pass;
use libc::{c_char, c_int, pid_t};
use nix::errno::Errno;
use std::ffi::CStr;
use std::marker::PhantomData;

/// The type of resources' numbers.
#[cfg(target_env = "gnu")]
pub type Resource = libc::__rlimit_resource_t;
#[cfg(not(target_env = "gnu"))]
pub type Resource = c_int;

calls! {
    /// waitpid(2)
    call waitpid(pid: pid_t, status: &mut c_int, options: c_int);
    /// waitid(2)
    call waitid(kind: libc::idtype_t, id: libc::id_t, info: &mut libc::siginfo_t, options: c_int);
    /// getrlimit(2)
    call getrlimit(resource: Resource, limit: &mut libc::rlimit);
    /// setrlimit(2)
    call setrlimit(resource: Resource, limit: &libc::rlimit);
    /// prlimit(2)
    call prlimit(pid: pid_t, resource: Resource, new: Option<&libc::rlimit>, old: Option<&mut libc::rlimit>);
    /// fflush(3): of C's own streams, `None` for all of them
    plain fflush(stream: Option<&mut libc::FILE>) -> c_int;
    /// close_range(2)
    call close_range = syscall [libc::SYS_close_range](first: c_int, last: c_int, flags: c_int) -> libc::c_long;
}

unsafe extern "C" {
    /// _exit(2): ends the process without anything that it would do at its end.
    #[link_name = "_exit"]
    pub safe fn exit(status: c_int) -> !;
}

/// A C string in an array of them, or the null pointer at its end.
#[derive(Copy, Clone)]
#[repr(transparent)]
pub struct Item<'a>(*const c_char, PhantomData<&'a CStr>);

impl<'a> Item<'a> {
    pub const END: Item<'static> = Item(std::ptr::null(), PhantomData);
}

impl<'a> From<&'a CStr> for Item<'a> {
    fn from(text: &'a CStr) -> Item<'a> {
        Item(text.as_ptr(), PhantomData)
    }
}

/// execve(2): answers only when it has failed. Both arrays end with [`Item::END`], else that is `EINVAL`.
pub fn execve(path: &CStr, argv: &[Item], env: &[Item]) -> nix::Result<c_int> {
    if ![argv, env].iter().all(|list| list.last().is_some_and(|item| item.0.is_null())) {
        return Err(Errno::EINVAL);
    }
    // SAFETY: a live C string, and arrays of pointers to such that end in null.
    Errno::result(unsafe { libc::execve(path.as_ptr(), argv.as_ptr().cast(), env.as_ptr().cast()) })
}
