//! The databases of users and groups, read with C's functions: nix makes text of names that may be any bytes, and has none
//! for all entries.

use libc::{c_char, c_int, gid_t, uid_t};

use super::calls;
use super::pass::{Array, Pass};
use std::ffi::{CStr, CString};
use std::mem::MaybeUninit;
use std::ptr::null_mut;
use std::sync::Mutex;

/// What stands in a database for a user or group.
#[derive(Copy, Clone)]
pub enum Key<'a> {
    Id(u32),
    Name(&'a CStr),
}

type Text = Option<CString>;

/// A user's entry.
pub struct User {
    pub name: Text,
    pub password: Text,
    pub id: uid_t,
    pub group: gid_t,
    pub gecos: Text,
    pub home: Text,
    pub shell: Text,
}

/// A group's entry.
pub struct Group {
    pub name: Text,
    pub id: gid_t,
    pub members: Vec<CString>,
}

/// # Safety
/// `text` is null or a live C string.
unsafe fn copy(text: *const c_char) -> Text {
    // SAFETY: the caller's promise.
    (!text.is_null()).then(|| unsafe { CStr::from_ptr(text) }.to_owned())
}

/// An entry of C's.
trait Entry: Sized {
    type Owned;
    /// C's two functions that look for one.
    const BY_ID: unsafe extern "C" fn(u32, *mut Self, *mut c_char, usize, *mut *mut Self) -> c_int;
    const BY_NAME: unsafe extern "C" fn(*const c_char, *mut Self, *mut c_char, usize, *mut *mut Self) -> c_int;
    /// Goes through all entries, and ends that.
    const NEXT: unsafe extern "C" fn() -> *mut Self;
    const END: unsafe extern "C" fn();
    /// # Safety
    /// The strings in it are live, and arrays of them end in null.
    unsafe fn owned(&self) -> Self::Owned;
}

impl Entry for libc::passwd {
    type Owned = User;
    const BY_ID: unsafe extern "C" fn(u32, *mut Self, *mut c_char, usize, *mut *mut Self) -> c_int = libc::getpwuid_r;
    const BY_NAME: unsafe extern "C" fn(*const c_char, *mut Self, *mut c_char, usize, *mut *mut Self) -> c_int =
        libc::getpwnam_r;
    const NEXT: unsafe extern "C" fn() -> *mut Self = libc::getpwent;
    const END: unsafe extern "C" fn() = libc::endpwent;
    unsafe fn owned(&self) -> User {
        let texts = [self.pw_name, self.pw_passwd, self.pw_gecos, self.pw_dir, self.pw_shell];
        // SAFETY: the caller's promise.
        let [name, password, gecos, home, shell] = texts.map(|text| unsafe { copy(text) });
        User { name, password, id: self.pw_uid, group: self.pw_gid, gecos, home, shell }
    }
}

impl Entry for libc::group {
    type Owned = Group;
    const BY_ID: unsafe extern "C" fn(u32, *mut Self, *mut c_char, usize, *mut *mut Self) -> c_int = libc::getgrgid_r;
    const BY_NAME: unsafe extern "C" fn(*const c_char, *mut Self, *mut c_char, usize, *mut *mut Self) -> c_int =
        libc::getgrnam_r;
    const NEXT: unsafe extern "C" fn() -> *mut Self = libc::getgrent;
    const END: unsafe extern "C" fn() = libc::endgrent;
    unsafe fn owned(&self) -> Group {
        let mut members = Vec::new();
        let mut next = self.gr_mem;
        // SAFETY: the caller's promise.
        unsafe {
            while !next.is_null()
                && let Some(member) = copy(*next)
            {
                members.push(member);
                next = next.add(1);
            }
            Group { name: copy(self.gr_name), id: self.gr_gid, members }
        }
    }
}

/// `ERANGE` when the buffer is too small for the entry's strings.
fn find<E: Entry>(key: Key, buffer: &mut [u8]) -> nix::Result<Option<E::Owned>> {
    let mut entry = MaybeUninit::<E>::zeroed();
    let mut found = null_mut();
    let (into, at, size) = (entry.as_mut_ptr(), buffer.as_mut_ptr().cast(), buffer.len());
    // SAFETY: a live C string, room for the entry and, in the buffer, for its strings; what is found is in there.
    unsafe {
        let code = match key {
            Key::Id(id) => E::BY_ID(id, into, at, size, &mut found),
            Key::Name(name) => E::BY_NAME(name.as_ptr(), into, at, size, &mut found),
        };
        super::by_code(code)?;
        Ok(found.as_ref().map(|entry| entry.owned()))
    }
}

/// getpwuid_r(3), getpwnam_r(3)
pub fn find_user(key: Key, buffer: &mut [u8]) -> nix::Result<Option<User>> {
    find::<libc::passwd>(key, buffer)
}

/// getgrgid_r(3), getgrnam_r(3)
pub fn find_group(key: Key, buffer: &mut [u8]) -> nix::Result<Option<Group>> {
    find::<libc::group>(key, buffer)
}

/// The C library reads the databases through one position of the process, and answers in memory of its own.
static DATABASE: Mutex<()> = Mutex::new(());

fn all<E: Entry>() -> Vec<E::Owned> {
    let _one_at_a_time = DATABASE.lock();
    let mut entries = Vec::new();
    // SAFETY: under the lock; an entry is valid until the next call. The first call begins anew, since whoever had the lock
    // before went to the end.
    unsafe {
        E::END();
        while let Some(entry) = E::NEXT().as_ref() {
            entries.push(entry.owned());
        }
        E::END();
    }
    entries
}

/// getpwent(3)
pub fn users() -> Vec<User> {
    all::<libc::passwd>()
}

/// getgrent(3)
pub fn groups() -> Vec<Group> {
    all::<libc::group>()
}

/// getlogin(3)
pub fn login() -> Option<CString> {
    let _one_at_a_time = DATABASE.lock();
    // SAFETY: under the lock; null, or a C string that is valid until the next call.
    unsafe { copy(libc::getlogin()) }
}

/// More than `L_ctermid`.
const ROOM: usize = 64;

calls! {
    /// ctermid(3)
    plain ctermid(name: Array<c_char, ROOM>) -> *mut c_char;
}

/// The name of the controlling terminal.
pub fn terminal() -> Vec<u8> {
    let mut name = [0; ROOM];
    ctermid(Array(&mut name));
    name.iter().map(|&c| c as u8).take_while(|&b| b != 0).collect()
}
