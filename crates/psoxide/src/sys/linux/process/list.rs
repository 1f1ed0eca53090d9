//! Which processes there are.

use std::mem::MaybeUninit;
use std::path::Path;
use std::sync::Arc;

use psoxide_core::decode::bytes::decimal;
use psoxide_core::model::Pid;
use rustix::fd::{AsFd, OwnedFd};
use rustix::fs::{Mode, OFlags, RawDir};
use rustix::io::Errno;

use crate::error::{ErrorKind, Result};
use crate::root::Root;
use crate::sys::linux::error::system_error;
use crate::sys::linux::process::reader::Reader;
use crate::sys::linux::process::shared::Shared;

/// Room for the entries of some thousand processes, so that few calls list them.
const ENTRIES: usize = 64 << 10;
/// Room for those of one process's directory, which has few as a rule.
const OF_ONE: usize = 4 << 10;

/// The numbers of all processes, ascending.
pub(crate) fn pids(root: &Root) -> Result<Vec<Pid>> {
    let directory = open(root.proc())?;
    numbers(&directory, root.proc())
}

/// Whether there is a process of this number; a thread's number is not one.
pub(crate) fn pid_exists(root: &Root, pid: Pid) -> Result<bool> {
    match Reader::open(root, pid)?
        .status()
        .map(|status| status.thread_group)
    {
        Ok(Some(group)) => Ok(group == pid),
        Err(error) if error.is_no_such_process() => Ok(false),
        // Not told, or not to this user: threads are not listed, processes are.
        Ok(None) => Ok(pids(root)?.binary_search(&pid).is_ok()),
        Err(error) if error.is_access_denied() || error.kind() == ErrorKind::InvalidData => {
            Ok(pids(root)?.binary_search(&pid).is_ok())
        }
        Err(error) => Err(error),
    }
}

/// A visit to each process, ascending by number.
pub(crate) fn list(root: &Root) -> Result<Vec<Reader>> {
    let directory = open(root.proc())?;
    let numbers = numbers(&directory, root.proc())?;
    let shared = Shared::new(Some(Arc::new(directory)));
    Ok(numbers
        .into_iter()
        .map(|pid| Reader::with(root, shared.clone(), pid))
        .collect())
}

pub(super) fn open(path: &Path) -> Result<OwnedFd> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    rustix::fs::open(path, flags, Mode::empty())
        .map_err(|errno| system_error(errno, path.display().to_string()))
}

fn numbers(directory: impl AsFd, path: &Path) -> Result<Vec<Pid>> {
    let mut numbers = Vec::new();
    add_numbers_of_processes(directory, &mut numbers)
        .map_err(|errno| system_error(errno, path.display().to_string()))?;
    Ok(numbers)
}

/// Adds the numbers of all processes, and sorts.
pub(super) fn add_numbers_of_processes(
    directory: impl AsFd,
    numbers: &mut Vec<Pid>,
) -> rustix::io::Result<()> {
    let mut room = Vec::with_capacity(ENTRIES);
    add_numbered_entries(directory, room.spare_capacity_mut(), numbers)
}

/// The entries of a process's directory whose names are numbers, ascending.
pub(super) fn numbered_entries(directory: impl AsFd) -> rustix::io::Result<Vec<u32>> {
    let mut numbers = Vec::new();
    // Not from the heap: room of some size there may be taken from the system and given back each time.
    add_numbered_entries(directory, &mut [MaybeUninit::uninit(); OF_ONE], &mut numbers)?;
    Ok(numbers)
}

fn add_numbered_entries(
    directory: impl AsFd,
    room: &mut [MaybeUninit<u8>],
    numbers: &mut Vec<u32>,
) -> rustix::io::Result<()> {
    let mut entries = RawDir::new(directory, room);
    while let Some(entry) = entries.next() {
        let entry = match entry {
            Ok(entry) => entry,
            Err(Errno::INTR) => continue,
            Err(errno) => return Err(errno),
        };
        if let Some(number) = decimal(entry.file_name().to_bytes()) {
            numbers.extend(u32::try_from(number));
        }
    }
    // The kernel's order is ascending already; a directory on disk has another.
    numbers.sort_unstable();
    Ok(())
}
