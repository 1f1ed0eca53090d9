//! What takes a handle of a process: changing it, ending it, and what the table does not tell. While a handle is open the
//! number is not given to another, and whose it is is looked at through it: nothing reaches another process.

use std::io;
use std::os::windows::io::OwnedHandle;

use psoxide_core::Text;
use psoxide_core::model::Pid;
use psoxide_core::model::process::Identity;
use windows_sys::Win32::Foundation::{
    ERROR_ACCESS_DENIED, ERROR_INVALID_PARAMETER, ERROR_NONE_MAPPED, ERROR_PRIVILEGE_NOT_HELD, STILL_ACTIVE,
};
use windows_sys::Win32::System::Threading::{
    ABOVE_NORMAL_PRIORITY_CLASS, BELOW_NORMAL_PRIORITY_CLASS, HIGH_PRIORITY_CLASS, IDLE_PRIORITY_CLASS,
    NORMAL_PRIORITY_CLASS, PROCESS_QUERY_LIMITED_INFORMATION, PROCESS_SET_INFORMATION,
    PROCESS_SUSPEND_RESUME, PROCESS_SYNCHRONIZE, PROCESS_TERMINATE, REALTIME_PRIORITY_CLASS,
};

use super::ffi;
use super::listing::pid_exists;
use super::reader::{Reader, identity};
use crate::error::{Error, ErrorKind, Result};
use crate::root::Root;

/// What a process that was ended from outside leaves as its exit code: the number of SIGTERM, as psutil does.
const ENDED: u32 = 15;

const CLASSES: [u32; 6] = [
    ABOVE_NORMAL_PRIORITY_CLASS,
    BELOW_NORMAL_PRIORITY_CLASS,
    HIGH_PRIORITY_CLASS,
    IDLE_PRIORITY_CLASS,
    NORMAL_PRIORITY_CLASS,
    REALTIME_PRIORITY_CLASS,
];

pub(crate) fn nice(reader: &Reader) -> Result<i32> {
    reader.once(&reader.nice, || {
        let process = handle(reader)?;
        ffi::priority_class(&process)
            .map(u32::cast_signed)
            .map_err(|error| process_error(error, reader.pid(), "GetPriorityClass"))
    })
}

pub(crate) fn cpu_affinity(reader: &Reader) -> Result<Vec<u32>> {
    let process = handle(reader)?;
    let (own, _) = ffi::affinity(&process)
        .map_err(|error| process_error(error, reader.pid(), "GetProcessAffinityMask"))?;
    // A process with threads in several processor groups has no one mask.
    if own == 0 {
        return Err(Error::unsupported("affinity in several processor groups").of(reader.pid()));
    }
    Ok((0..usize::BITS).filter(|cpu| own >> cpu & 1 == 1).collect())
}

pub(crate) fn username(reader: &Reader) -> Result<Text> {
    reader.once(&reader.username, || user(reader))
}

fn user(reader: &Reader) -> Result<Text> {
    let process = handle(reader)?;
    let (domain, name) = ffi::user(&process).map_err(|error| match code(&error) {
        // psutil takes a user without a name for one that may not be known.
        Some(ERROR_NONE_MAPPED) => {
            Error::io(ErrorKind::AccessDenied, "LookupAccountSidW", error).of(reader.pid())
        }
        _ => process_error(error, reader.pid(), "OpenProcessToken"),
    })?;
    Ok(Text::from_utf16(
        domain.into_iter().chain([u16::from(b'\\')]).chain(name),
    ))
}

pub(crate) fn set_nice(root: &Root, identity: Identity, nice: i32) -> Result<()> {
    let class = nice.cast_unsigned();
    if !CLASSES.contains(&class) {
        let what = format!("{nice} is not the number of a priority class");
        return Err(Error::invalid(what).of(identity.pid));
    }
    let process = open(root, identity, PROCESS_SET_INFORMATION, "set_nice")?;
    ffi::set_priority_class(&process, class)
        .map_err(|error| process_error(error, identity.pid, "SetPriorityClass"))
}

/// Lets it run on these CPUs only; on all that there are, if none is given.
pub(crate) fn set_cpu_affinity(root: &Root, identity: Identity, cpus: &[u32]) -> Result<()> {
    let process = open(root, identity, PROCESS_SET_INFORMATION, "set_cpu_affinity")?;
    let (_, all) = ffi::affinity(&process)
        .map_err(|error| process_error(error, identity.pid, "GetProcessAffinityMask"))?;
    let mut mask = 0;
    for cpu in cpus {
        let bit = 1usize.checked_shl(*cpu).filter(|bit| all & bit != 0);
        let invalid = || Error::invalid(format!("there is no CPU {cpu}")).of(identity.pid);
        mask |= bit.ok_or_else(invalid)?;
    }
    ffi::set_affinity(&process, if cpus.is_empty() { all } else { mask })
        .map_err(|error| process_error(error, identity.pid, "SetProcessAffinityMask"))
}

pub(crate) fn suspend(root: &Root, identity: Identity) -> Result<()> {
    let process = open(root, identity, PROCESS_SUSPEND_RESUME, "suspend")?;
    ffi::suspend(&process).map_err(|error| process_error(error, identity.pid, "NtSuspendProcess"))
}

pub(crate) fn resume(root: &Root, identity: Identity) -> Result<()> {
    let process = open(root, identity, PROCESS_SUSPEND_RESUME, "resume")?;
    ffi::resume(&process).map_err(|error| process_error(error, identity.pid, "NtResumeProcess"))
}

/// Ends it; Windows has no way to ask.
pub(crate) fn terminate(root: &Root, identity: Identity) -> Result<()> {
    kill(root, identity)
}

/// Ends it.
pub(crate) fn kill(root: &Root, identity: Identity) -> Result<()> {
    let process = open(root, identity, PROCESS_TERMINATE | PROCESS_SYNCHRONIZE, "kill")?;
    match ffi::terminate(&process, ENDED) {
        // That is what one is told of a process that is about to end.
        Err(_) if ffi::wait(&[&process], 0).is_ok_and(|ended| ended.is_some()) => Ok(()),
        answer => answer.map_err(|error| process_error(error, identity.pid, "TerminateProcess")),
    }
}

/// A handle of the process that is visited.
fn handle(reader: &Reader) -> Result<OwnedHandle> {
    reader.refuse_sealed()?;
    open(reader.root(), identity(reader)?, 0, "process")
}

/// A handle of this very process, which has not ended, with these rights and that to ask who it is.
fn open(root: &Root, identity: Identity, rights: u32, call: &'static str) -> Result<OwnedHandle> {
    let process = open_whatever_became_of_it(root, identity, rights, call)?;
    // As long as anyone has a handle of it, one can be had of a process that has ended.
    match ffi::exit_code(&process) {
        Ok(code) if code == STILL_ACTIVE.cast_unsigned() => Ok(process),
        Ok(_) => Err(Error::new(ErrorKind::NoSuchProcess, "the process has ended").of(identity.pid)),
        Err(error) => Err(process_error(error, identity.pid, "GetExitCodeProcess")),
    }
}

/// A handle of this very process, even if it has ended, with these rights and that to ask who it is.
pub(super) fn open_whatever_became_of_it(
    root: &Root,
    identity: Identity,
    rights: u32,
    call: &'static str,
) -> Result<OwnedHandle> {
    root.require_local(call)?;
    let pid = identity.pid;
    let rights = rights | PROCESS_QUERY_LIMITED_INFORMATION;
    let process = ffi::open(pid, rights).map_err(|error| match code(&error) {
        // Of the idle process Windows says so, too, and that is there.
        Some(ERROR_INVALID_PARAMETER) => {
            let kind = match pid_exists(root, pid) {
                Ok(false) => ErrorKind::NoSuchProcess,
                _ => ErrorKind::AccessDenied,
            };
            Error::io(kind, "OpenProcess", error).of(pid)
        }
        _ => process_error(error, pid, "OpenProcess"),
    })?;
    let started = ffi::started(&process).map_err(|error| process_error(error, pid, "GetProcessTimes"))?;
    if identity.start.is_some_and(|start| start != started) {
        return Err(Error::reused(pid));
    }
    Ok(process)
}

pub(super) fn process_error(error: io::Error, pid: Pid, call: &'static str) -> Error {
    let kind = match code(&error) {
        Some(ERROR_ACCESS_DENIED | ERROR_PRIVILEGE_NOT_HELD) => ErrorKind::AccessDenied,
        _ => ErrorKind::Os,
    };
    Error::io(kind, call, error).of(pid)
}

fn code(error: &io::Error) -> Option<u32> {
    error.raw_os_error().map(i32::cast_unsigned)
}
