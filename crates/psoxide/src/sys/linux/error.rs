//! Linux error numbers to kinds, decided once.

use std::borrow::Cow;

use psoxide_core::model::Pid;
use rustix::io::Errno;

use crate::error::{Error, ErrorKind};

/// An error about the machine: a file below the root, or a call.
pub(crate) fn system_error(errno: Errno, what: impl Into<Cow<'static, str>>) -> Error {
    let kind = match errno {
        Errno::ACCESS | Errno::PERM => ErrorKind::AccessDenied,
        Errno::NOENT | Errno::NOTDIR => ErrorKind::NotFound,
        Errno::NOSYS | Errno::OPNOTSUPP => ErrorKind::Unsupported,
        _ => ErrorKind::Os,
    };
    Error::io(kind, what, errno.into())
}

/// Whether this program, or the system, is out of descriptors or memory: no fault of the file that was opened.
pub(crate) fn is_exhausted(error: &Error) -> bool {
    let exhausted = [Errno::MFILE, Errno::NFILE, Errno::NOMEM].map(Errno::raw_os_error);
    error
        .raw_os_error()
        .is_some_and(|errno| exhausted.contains(&errno))
}

/// An error about a process: a file of its directory, or a call with its number.
///
/// A file that is missing although the process is there (an older kernel, another configuration) is `NotFound`; who
/// calls this has looked first, and passes `gone` accordingly.
pub(crate) fn process_error(errno: Errno, pid: Pid, what: impl Into<Cow<'static, str>>, gone: bool) -> Error {
    let kind = match errno {
        Errno::SRCH => ErrorKind::NoSuchProcess,
        Errno::NOENT | Errno::NOTDIR if gone => ErrorKind::NoSuchProcess,
        Errno::NOENT | Errno::NOTDIR => ErrorKind::NotFound,
        Errno::ACCESS | Errno::PERM => ErrorKind::AccessDenied,
        Errno::NOSYS => ErrorKind::Unsupported,
        _ => ErrorKind::Os,
    };
    Error::io(kind, what, errno.into()).of(pid)
}

/// What has become of a process of which a file could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Life {
    /// It is there, or it may not be asked.
    Alive,
    /// It has ended, and its parent has not waited for it.
    Zombie,
    /// It is not there.
    Gone,
}

/// An error about a file of a process, or a call with its number, whose life was looked at, as it must be for `ENOENT`,
/// `ENOTDIR`, `ESRCH` and `ENOSYS`: a zombie lacks much that a living process has, and so do the kernel's own threads
/// and older kernels.
pub(crate) fn visit_error(errno: Errno, pid: Pid, what: impl Into<Cow<'static, str>>, life: Life) -> Error {
    match (errno, life) {
        // The last is what some kernels answer prlimit(2) about a zombie.
        (Errno::NOENT | Errno::NOTDIR | Errno::SRCH | Errno::NOSYS, Life::Zombie) => {
            Error::io(ErrorKind::ZombieProcess, what, errno.into()).of(pid)
        }
        // The living have no such thing: memory, for a thread of the kernel.
        (Errno::SRCH, Life::Alive) => Error::io(ErrorKind::NotFound, what, errno.into()).of(pid),
        _ => process_error(errno, pid, what, life == Life::Gone),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_that_is_missing_for_a_zombie_alone_tells_of_the_zombie() {
        let kind = |errno, life| {
            let error = visit_error(errno, 7, "prlimit", life);
            assert_eq!(error.pid(), Some(7));
            error.kind()
        };
        assert_eq!(kind(Errno::NOSYS, Life::Zombie), ErrorKind::ZombieProcess);
        assert_eq!(kind(Errno::NOSYS, Life::Alive), ErrorKind::Unsupported);
        assert_eq!(kind(Errno::PERM, Life::Zombie), ErrorKind::AccessDenied);
        for errno in [Errno::NOENT, Errno::SRCH] {
            assert_eq!(kind(errno, Life::Zombie), ErrorKind::ZombieProcess);
            assert_eq!(kind(errno, Life::Gone), ErrorKind::NoSuchProcess);
            assert_eq!(kind(errno, Life::Alive), ErrorKind::NotFound);
        }
    }
}
