//! Ports on file descriptors, and what else of ports has to do with descriptors. `(vicare)`
//!
//! A port owns its descriptor, unless it was made not to: the descriptor is closed once, whether the port is closed, is
//! garbage, or the program closes the descriptor, which closes the port. Of several ports, and streams of a directory, that own
//! one descriptor, the first that is closed closes it; calls of the others fail.

use super::argument::Fd;
use super::directory_stream;
use super::fd::{DescriptorMode, is_in_mode, set_mode};
use super::kernel::{Call, Errno};
use super::sys;
use crate::eval::{Capability, Capability::Filesystem, Machine, Res, Who};
use crate::heap::{Str, Symbol, Value};
use crate::io::{BufferMode, Descriptor, Ownership, Port, PortError, Transcoder, Wait};
use crate::primitives::ports::operands::AnyPort;
use nix::fcntl::{FcntlArg, FdFlag, OFlag, fcntl};
use vicar_macros::primitives;

type Directions = (bool, bool);
const INPUT: Directions = (true, false);
const OUTPUT: Directions = (false, true);
const BOTH: Directions = (true, true);

fn port(
    m: &mut Machine,
    fd: Fd,
    id: Str,
    directions: Directions,
    owned: bool,
    transcoder: Option<Transcoder>,
) -> Value {
    let device = Box::new(match owned {
        true => Descriptor::sharing(fd.0, ownership(m, fd).unwrap_or_else(|| Ownership::new(true.into()))),
        false => Descriptor::borrowed(fd.0),
    });
    let mut port = Port::over(&Port::name_of(id.chars()), device, directions, transcoder, BufferMode::Block);
    // What the program has made of its own descriptor holds for the port.
    let flags = fcntl(sys::fd(fd.0), FcntlArg::F_GETFL);
    port.non_blocking = flags.is_ok_and(|flags| OFlag::from_bits_retain(flags).contains(OFlag::O_NONBLOCK));
    m.heap.external(Box::new(port))
}

/// The eight constructors of ports on one kind of descriptor, in one direction.
macro_rules! constructors {
    ($table:ident, $capability:expr, $($binary:literal $binary_f:ident, $textual:literal $textual_f:ident: $directions:ident, $owned:literal;)*) => {
        #[primitives]
        pub mod $table {
            use super::*;

            $(
            #[doc = concat!("`(", $binary, " fd id)`: a binary port on the descriptor; `id` is what it is called.")]
            #[primitive(name = $binary)]
            fn $binary_f(m: &mut Machine, who: Who, fd: Fd, id: Str) -> Res {
                m.require($capability, who)?;
                Ok(port(m, fd, id, $directions, $owned, None))
            }
            #[doc = concat!("`(", $textual, " fd id transcoder)`: a textual port on the descriptor.")]
            #[primitive(name = $textual)]
            fn $textual_f(m: &mut Machine, who: Who, fd: Fd, id: Str, transcoder: Transcoder) -> Res {
                m.require($capability, who)?;
                Ok(port(m, fd, id, $directions, $owned, Some(transcoder)))
            }
        )*}
    };
}

// With the star the descriptor stays open when the port is closed.
constructors! { files, Capability::Filesystem,
    "make-binary-file-descriptor-input-port" binary_file_in,
        "make-textual-file-descriptor-input-port" textual_file_in: INPUT, true;
    "make-binary-file-descriptor-input-port*" binary_file_in_open,
        "make-textual-file-descriptor-input-port*" textual_file_in_open: INPUT, false;
    "make-binary-file-descriptor-output-port" binary_file_out,
        "make-textual-file-descriptor-output-port" textual_file_out: OUTPUT, true;
    "make-binary-file-descriptor-output-port*" binary_file_out_open,
        "make-textual-file-descriptor-output-port*" textual_file_out_open: OUTPUT, false;
    "make-binary-file-descriptor-input/output-port" binary_file_both,
        "make-textual-file-descriptor-input/output-port" textual_file_both: BOTH, true;
    "make-binary-file-descriptor-input/output-port*" binary_file_both_open,
        "make-textual-file-descriptor-input/output-port*" textual_file_both_open: BOTH, false;
}

constructors! { sockets, Capability::Network,
    "make-binary-socket-input-port" binary_socket_in,
        "make-textual-socket-input-port" textual_socket_in: INPUT, true;
    "make-binary-socket-input-port*" binary_socket_in_open,
        "make-textual-socket-input-port*" textual_socket_in_open: INPUT, false;
    "make-binary-socket-output-port" binary_socket_out,
        "make-textual-socket-output-port" textual_socket_out: OUTPUT, true;
    "make-binary-socket-output-port*" binary_socket_out_open,
        "make-textual-socket-output-port*" textual_socket_out_open: OUTPUT, false;
    "make-binary-socket-input/output-port" binary_socket_both,
        "make-textual-socket-input/output-port" textual_socket_both: BOTH, true;
    "make-binary-socket-input/output-port*" binary_socket_both_open,
        "make-textual-socket-input/output-port*" textual_socket_both_open: BOTH, false;
}

fn owns(port: &Port, fd: Fd) -> bool {
    port.is_open() && port.descriptor() == Some(fd.0) && port.ownership().is_some()
}

/// That of the ports, or streams of a directory, which own the descriptor already.
pub fn ownership(m: &mut Machine, fd: Fd) -> Option<Ownership> {
    let mut found = directory_stream::ownership(m, fd);
    m.heap.each_external::<Port>(|port| {
        if owns(port, fd) {
            found = port.ownership()
        }
    });
    found
}

/// Before a descriptor is closed: what the ports that own it hold is written out, in vain if that fails; whoever takes it is
/// waited for, unless the run is to end. Whether there are such ports.
pub fn flush_owners(m: &mut Machine, fd: Fd) -> Res<bool> {
    loop {
        let (mut any, mut waits) = (false, false);
        m.heap.each_external::<Port>(|port| {
            if owns(port, fd) {
                any = true;
                port.may_wait = false;
                waits |= match port.flush() {
                    Err(PortError::WouldBlock(_)) => !port.non_blocking,
                    Err(PortError::Interrupted) => true,
                    _ => false,
                };
            }
        });
        if !waits {
            return Ok(any);
        }
        m.wait_for_descriptor(fd.0, Wait::Output)?;
    }
}

/// When a descriptor was closed, or made another file's: the ports that owned it are closed.
pub fn close_owners(m: &mut Machine, fd: Fd) {
    let Some(open) = ownership(m, fd) else { return };
    m.heap.each_external::<Port>(|port| {
        if port.is_open() && port.ownership().is_some_and(|other| std::sync::Arc::ptr_eq(&open, &other)) {
            port.give_up()
        }
    });
}

/// The descriptor under a port; a violation if there is none.
pub fn descriptor(m: &mut Machine, who: &str, port: AnyPort) -> Res<Fd> {
    match port.port().descriptor() {
        Some(fd) => Ok(Fd(fd)),
        None => Err(m.assertion(who, "the port has no file descriptor", &[port.0])),
    }
}

fn set_non_blocking(m: &mut Machine, who: &str, port: AnyPort, on: bool) -> Res {
    let fd = descriptor(m, who, port)?;
    set_mode(m, who, port.0, fd, DescriptorMode::NonBlocking, on)?;
    m.note_non_blocking(fd.0, on);
    Ok(Value::VOID)
}

#[primitives]
pub mod procedures {
    use super::*;

    /// `(port-fd port)`: its descriptor, or `#f`.
    fn port_fd(port: AnyPort) -> Res {
        Ok(port.port().descriptor().map_or(Value::FALSE, |fd| Fd(fd).value()))
    }

    /// `(port-set-non-blocking-mode! port)`: reading answers the would-block object when there is nothing, writing raises
    /// `&i/o-eagain` and keeps what could not be written.
    #[primitive(name = "port-set-non-blocking-mode!")]
    fn non_blocking(m: &mut Machine, who: Who, port: AnyPort) -> Res {
        set_non_blocking(m, who, port, true)
    }

    /// `(port-unset-non-blocking-mode! port)`: reading and writing wait.
    #[primitive(name = "port-unset-non-blocking-mode!")]
    fn blocking(m: &mut Machine, who: Who, port: AnyPort) -> Res {
        set_non_blocking(m, who, port, false)
    }

    /// `(port-in-non-blocking-mode? port)`
    fn is_port_in_non_blocking_mode(m: &mut Machine, who: Who, port: AnyPort) -> Res {
        match port.port().descriptor() {
            Some(fd) => is_in_mode(m, who, port.0, Fd(fd), DescriptorMode::NonBlocking),
            None => Ok(Value::FALSE),
        }
    }
}

#[primitives(internal)]
pub mod internal {
    use super::*;

    /// `(%port-close-on-exec! port yes?)`: marks the port's descriptor, if it has one.
    #[primitive(name = "%port-close-on-exec!")]
    fn port_close_on_exec(m: &mut Machine, who: Symbol, port: AnyPort, yes: bool) -> Res {
        let Some(fd) = port.port().descriptor() else { return Ok(Value::VOID) };
        let irritants = [port.0];
        let flags = if yes { FdFlag::FD_CLOEXEC } else { FdFlag::empty() };
        let call = Call::new(who.name(), Filesystem).irritants(&irritants);
        match call.attempt(m, || fcntl(sys::fd(fd), FcntlArg::F_SETFD(flags)))? {
            // Closed behind the port's back: nothing that a program executed could get.
            Ok(_) | Err(Errno(libc::EBADF)) => Ok(Value::VOID),
            Err(errno) => Err(call.failure(m, errno)),
        }
    }
}
