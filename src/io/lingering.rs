//! Threads for what can neither be asked to wait for less nor be given up, and the closing of sockets that linger
//! (`SO_LINGER`): for these, close(2) waits until the peer has taken all data. Depends on the system only.

use std::os::fd::{FromRawFd, IntoRawFd, OwnedFd, RawFd};
use std::sync::mpsc::{Receiver, channel};

/// Does `work` on a thread of its own, which is left behind when nobody waits for the answer any more; `None` when the system
/// has no thread to give. Signals are for the threads of the program: this one takes none.
pub fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<Receiver<T>> {
    const STACK: usize = 512 * 1024;
    let (sender, receiver) = channel();
    let helper = std::thread::Builder::new().stack_size(STACK).spawn(move || {
        // SAFETY: plain C; the set is initialised before it is used.
        unsafe {
            let mut all = std::mem::zeroed();
            libc::sigfillset(&mut all);
            libc::pthread_sigmask(libc::SIG_BLOCK, &all, std::ptr::null_mut());
        }
        // Nobody listening any more drops the answer.
        let _ = sender.send(work());
    });
    helper.is_ok().then_some(receiver)
}

/// Whether closing the descriptor may wait, if it is a socket's last.
fn lingers(fd: RawFd) -> bool {
    let mut option = libc::linger { l_onoff: 0, l_linger: 0 };
    let mut size = size_of::<libc::linger>() as libc::socklen_t;
    // SAFETY: room for the answer, and its size.
    let answer =
        unsafe { libc::getsockopt(fd, libc::SOL_SOCKET, libc::SO_LINGER, (&raw mut option).cast(), &raw mut size) };
    // With no time to wait for, closing throws away what was not sent, at once.
    answer == 0 && option.l_onoff != 0 && option.l_linger > 0
}

/// Before a descriptor is closed by somebody who must not wait, as a collection: the system sends on when it is closed.
pub fn do_not_linger(fd: RawFd) {
    if lingers(fd) {
        let option = libc::linger { l_onoff: 0, l_linger: 0 };
        let size = size_of::<libc::linger>() as libc::socklen_t;
        // SAFETY: a live structure of that size.
        unsafe { libc::setsockopt(fd, libc::SOL_SOCKET, libc::SO_LINGER, (&raw const option).cast(), size) };
    }
}

/// Before a descriptor is closed by somebody who has not all the time there is: a copy of it, if closing it would wait. While
/// that is open it does not; [`close_aside`] is for the copy.
pub fn lingering_copy(fd: RawFd) -> Option<OwnedFd> {
    if !lingers(fd) {
        return None;
    }
    // SAFETY: a command that takes a number; the copy is nobody else's.
    match unsafe { libc::fcntl(fd, libc::F_DUPFD_CLOEXEC, 0) } {
        -1 => {
            do_not_linger(fd);
            None
        }
        // SAFETY: as above.
        copy => Some(unsafe { OwnedFd::from_raw_fd(copy) }),
    }
}

/// Closes a socket that lingers on a thread of its own; the answer comes when the wait is over. Without a thread nobody waits.
pub fn close_aside(socket: OwnedFd) -> Option<Receiver<()>> {
    let fd = socket.into_raw_fd();
    // SAFETY: the descriptor is nobody else's.
    let close = move || drop(unsafe { OwnedFd::from_raw_fd(fd) });
    let answer = aside(close);
    if answer.is_none() {
        do_not_linger(fd);
        close()
    }
    answer
}
