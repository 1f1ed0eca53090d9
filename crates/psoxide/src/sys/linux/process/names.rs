//! Names of the files of processes and of threads, from the directories that list them.

use std::ffi::{CStr, CString};

use psoxide_core::model::Pid;
use rustix::path::DecInt;

/// `12/stat`: a file of a process, from the directory of all.
pub(super) struct PathName([u8; 24]);

impl PathName {
    pub(super) fn new(pid: Pid, file: &CStr) -> PathName {
        let mut path = [0; 24];
        let number = DecInt::new(pid);
        let parts = number.as_bytes().iter().chain(b"/").chain(file.to_bytes());
        // Ten digits and the longest name leave room for the NUL.
        for (place, byte) in path[..23].iter_mut().zip(parts) {
            *place = *byte;
        }
        PathName(path)
    }

    pub(super) fn as_c_str(&self) -> &CStr {
        CStr::from_bytes_until_nul(&self.0).unwrap_or(c"")
    }
}

/// The name of a file in a directory whose entries are numbers: `12/stat`.
pub(super) fn numbered(number: u32, file: &str) -> CString {
    CString::new(format!("{number}/{file}")).unwrap_or_default()
}

/// The name of a file of a directory of the process: `task/12/stat`.
pub(super) fn below(directory: &CStr, name: &CStr) -> CString {
    let parts = [directory.to_bytes(), name.to_bytes()];
    CString::new(parts.join(&b'/')).unwrap_or_default()
}
