//! Names of the files of processes and of threads, from the directories that list them.

use std::ffi::{CStr, CString};

use psoxide_core::model::Pid;
use rustix::path::DecInt;

/// `12/stat`: a file of a process, from the directory of all.
pub(super) struct PathName {
    bytes: [u8; PathName::ROOM],
    length: usize,
}

impl PathName {
    /// Ten digits and the longest name leave room for the NUL.
    const ROOM: usize = 24;

    pub(super) fn new(pid: Pid, file: &CStr) -> PathName {
        let mut path = PathName {
            bytes: [0; PathName::ROOM],
            length: 0,
        };
        path.add(DecInt::new(pid).as_bytes());
        path.add(b"/");
        path.add(file.to_bytes());
        path
    }

    fn add(&mut self, part: &[u8]) {
        let end = self.length + part.len();
        if end < PathName::ROOM {
            self.bytes[self.length..end].copy_from_slice(part);
            self.length = end;
        }
    }

    pub(super) fn as_c_str(&self) -> &CStr {
        CStr::from_bytes_with_nul(&self.bytes[..=self.length]).unwrap_or(c"")
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
