//! The files that a process has open. The kernel lists a process's handles without telling what they are of: each is
//! copied into this program and asked, which [`asking`] does, since it may hang.

mod asking;
mod ffi;

use std::collections::HashSet;
use std::fs::File;
use std::os::windows::io::{AsRawHandle, OwnedHandle};

use psoxide_core::Text;
use psoxide_core::decode::windows::{Handle, process_handle_information, system_handle_information};
use psoxide_core::model::Pid;
use psoxide_core::model::process::OpenFile;
use windows_sys::Wdk::System::Threading::ProcessHandleInformation;
use windows_sys::Win32::System::Threading::{PROCESS_DUP_HANDLE, PROCESS_QUERY_INFORMATION};

pub(super) use self::ffi::handle_count;
use super::control::handle;
use super::program::Drives;
use super::reader::{Reader, identity};
use crate::error::{Error, Result};
use crate::sys::windows::error::{process_error, system_error};
use crate::sys::windows::ffi::query_system;

/// `SystemExtendedHandleInformation`.
const ALL_HANDLES: i32 = 64;
const THEIRS: &str = "NtQueryInformationProcess: ProcessHandleInformation";
const ALL: &str = "NtQuerySystemInformation: SystemExtendedHandleInformation";

/// Files on disks that have not been deleted, each once, in the order of their handles.
pub(crate) fn open_files(reader: &Reader) -> Result<Vec<OpenFile>> {
    if reader.is_kernel() {
        return identity(reader).map(|_| Vec::new());
    }
    let process = handle(reader, PROCESS_DUP_HANDLE | PROCESS_QUERY_INFORMATION)?;
    let handles = file_handles(reader.pid(), &process)?;
    let names = asking::names(process, handles)
        .map_err(|error| process_error(error, reader.pid(), "NtQueryObject: ObjectNameInformation"))?;
    let drives = Drives::ask();
    let mut seen = HashSet::new();
    let paths = names.iter().map(|name| drives.path(&Text::from_utf16_ne(name)));
    Ok(paths
        .filter(|path| seen.insert(path.clone()))
        .map(|path| OpenFile::new(path, None))
        .collect())
}

/// The numbers of the handles of a process that are of files, pipes and devices.
fn file_handles(pid: Pid, process: &OwnedHandle) -> Result<Vec<u64>> {
    // Which number means files is another on each version: it is that of a file of this program's own.
    let sample = File::open("NUL").map_err(|error| system_error(error, "NUL"))?;
    let (theirs, own) = match handles_of(process, pid) {
        // Before Windows 8.
        Err(error) if error.is_unsupported() => {
            let table = query_system(ALL_HANDLES, 1 << 20).map_err(|error| system_error(error, ALL))?;
            let of = |pid| {
                system_handle_information::handles(table.bytes(), pid)
                    .map_err(|error| Error::decode(ALL, error))
            };
            (of(pid)?, of(std::process::id())?)
        }
        theirs => {
            let this = super::ffi::open(std::process::id(), PROCESS_QUERY_INFORMATION)
                .map_err(|error| process_error(error, std::process::id(), "OpenProcess"))?;
            (theirs?, handles_of(&this, std::process::id())?)
        }
    };
    let sample = sample.as_raw_handle().addr() as u64;
    let kind = own
        .iter()
        .find(|handle| handle.value == sample)
        .map(|handle| handle.kind);
    let files = theirs.into_iter().filter(|handle| Some(handle.kind) == kind);
    Ok(files.map(|handle| handle.value).collect())
}

fn handles_of(process: &OwnedHandle, pid: Pid) -> Result<Vec<Handle>> {
    let table = super::ffi::query(process, ProcessHandleInformation, 1 << 14)
        .map_err(|error| process_error(error, pid, THEIRS))?;
    process_handle_information::handles(table.bytes()).map_err(|error| Error::decode(THEIRS, error).of(pid))
}
