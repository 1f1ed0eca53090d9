//! Error numbers of Windows to kinds, decided once.

use std::borrow::Cow;
use std::io;

use psoxide_core::model::Pid;
use windows_sys::Win32::Foundation::{
    ERROR_ACCESS_DENIED, ERROR_CALL_NOT_IMPLEMENTED, ERROR_FILE_NOT_FOUND, ERROR_INVALID_FUNCTION,
    ERROR_NONE_MAPPED, ERROR_NOT_FOUND, ERROR_NOT_SUPPORTED, ERROR_PATH_NOT_FOUND, ERROR_PRIVILEGE_NOT_HELD,
};

use crate::error::{Error, ErrorKind};

/// The number of an error of the system.
pub(super) fn code(error: &io::Error) -> Option<u32> {
    error.raw_os_error().map(i32::cast_unsigned)
}

/// An error about a process, of a call through a handle of it.
pub(super) fn process_error(error: io::Error, pid: Pid, call: &'static str) -> Error {
    let kind = match code(&error) {
        // A process of the kernel's own has nothing of what programs are given.
        Some(ERROR_ACCESS_DENIED | ERROR_PRIVILEGE_NOT_HELD | ERROR_NOT_FOUND) => ErrorKind::AccessDenied,
        Some(ERROR_NOT_SUPPORTED) => ErrorKind::Unsupported,
        _ => ErrorKind::Os,
    };
    Error::io(kind, call, error).of(pid)
}

/// An error about the machine: a path, or a call.
pub(super) fn system_error(error: io::Error, what: impl Into<Cow<'static, str>>) -> Error {
    let kind = match code(&error) {
        // psutil takes a user without a name for one that may not be known.
        Some(ERROR_ACCESS_DENIED | ERROR_PRIVILEGE_NOT_HELD | ERROR_NONE_MAPPED) => ErrorKind::AccessDenied,
        Some(ERROR_FILE_NOT_FOUND | ERROR_PATH_NOT_FOUND) => ErrorKind::NotFound,
        Some(ERROR_NOT_SUPPORTED | ERROR_CALL_NOT_IMPLEMENTED | ERROR_INVALID_FUNCTION) => {
            ErrorKind::Unsupported
        }
        _ => ErrorKind::Os,
    };
    Error::io(kind, what, error)
}
