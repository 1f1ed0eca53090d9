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
