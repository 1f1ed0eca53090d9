//! Error numbers of Windows to kinds, decided once.

use std::borrow::Cow;
use std::io;

use windows_sys::Win32::Foundation::{
    ERROR_ACCESS_DENIED, ERROR_CALL_NOT_IMPLEMENTED, ERROR_FILE_NOT_FOUND, ERROR_INVALID_FUNCTION,
    ERROR_NOT_SUPPORTED, ERROR_PATH_NOT_FOUND, ERROR_PRIVILEGE_NOT_HELD,
};

use crate::error::{Error, ErrorKind};

/// An error about the machine: a path, or a call.
pub(super) fn system_error(error: io::Error, what: impl Into<Cow<'static, str>>) -> Error {
    let kind = match error.raw_os_error().map(i32::cast_unsigned) {
        Some(ERROR_ACCESS_DENIED | ERROR_PRIVILEGE_NOT_HELD) => ErrorKind::AccessDenied,
        Some(ERROR_FILE_NOT_FOUND | ERROR_PATH_NOT_FOUND) => ErrorKind::NotFound,
        Some(ERROR_NOT_SUPPORTED | ERROR_CALL_NOT_IMPLEMENTED | ERROR_INVALID_FUNCTION) => {
            ErrorKind::Unsupported
        }
        _ => ErrorKind::Os,
    };
    Error::io(kind, what, error)
}
