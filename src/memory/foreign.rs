//! Memory that no region of ours describes: an address that came from a C library or was made from a number. It is
//! reached through the kernel, which answers EFAULT where a load or store would end the process.
//!
//! What lies there is not ours to judge: a program that holds the capability for raw memory can write over anything the
//! process may write, as it could through `/proc/self/mem`.

/// Copies `to.len()` bytes at `address` out. False if some of them cannot be read.
pub fn read(address: usize, to: &mut [u8]) -> bool {
    let Ok(length) = isize::try_from(to.len()) else {
        return false;
    };
    let local = libc::iovec { iov_base: to.as_mut_ptr().cast(), iov_len: to.len() };
    let remote = libc::iovec { iov_base: address as *mut libc::c_void, iov_len: to.len() };
    // SAFETY: `local` describes a live exclusive slice; the remote side is checked by the kernel.
    unsafe { libc::process_vm_readv(libc::getpid(), &local, 1, &remote, 1, 0) == length }
}

/// Copies `from` to `address`. False if some bytes there cannot be written; those before them may have been.
pub fn write(address: usize, from: &[u8]) -> bool {
    let Ok(length) = isize::try_from(from.len()) else {
        return false;
    };
    let local = libc::iovec { iov_base: from.as_ptr() as *mut libc::c_void, iov_len: from.len() };
    let remote = libc::iovec { iov_base: address as *mut libc::c_void, iov_len: from.len() };
    // SAFETY: `local` is only read; the remote side is checked by the kernel.
    unsafe { libc::process_vm_writev(libc::getpid(), &local, 1, &remote, 1, 0) == length }
}
