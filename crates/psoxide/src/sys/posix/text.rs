//! Kernel text as the standard library's strings: on Unix both are plain bytes.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;

use psoxide_core::Text;

pub(crate) fn os_string(text: Text) -> OsString {
    OsString::from_vec(text.into_bytes())
}
