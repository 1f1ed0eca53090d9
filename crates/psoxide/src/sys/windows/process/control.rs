//! What takes a handle of a process: changing it and ending it. While a handle is open the number is not given to another,
//! and whose it is is looked at through it: nothing reaches another process.

use std::os::windows::io::OwnedHandle;

use psoxide_core::model::Pid;
use psoxide_core::model::process::{Identity, IoClass, IoNice};
use windows_sys::Win32::Foundation::{ERROR_INVALID_PARAMETER, STILL_ACTIVE};
use windows_sys::Win32::System::Console::{CTRL_BREAK_EVENT, CTRL_C_EVENT};
use windows_sys::Win32::System::Threading::{
    ABOVE_NORMAL_PRIORITY_CLASS, BELOW_NORMAL_PRIORITY_CLASS, HIGH_PRIORITY_CLASS, IDLE_PRIORITY_CLASS,
    NORMAL_PRIORITY_CLASS, PROCESS_QUERY_LIMITED_INFORMATION, PROCESS_SET_INFORMATION,
    PROCESS_SUSPEND_RESUME, PROCESS_SYNCHRONIZE, PROCESS_TERMINATE, REALTIME_PRIORITY_CLASS,
};

use super::ffi;
use super::listing::pid_exists;
use super::reader::Reader;
use crate::error::{Error, ErrorKind, Result};
use crate::root::Root;
use crate::sys::windows::error::{code, process_error};

/// What a process that was ended from outside leaves as its exit code: the number of SIGTERM, as psutil does.
const ENDED: u32 = 15;

/// What there is that can be sent: what ends a process, and what a keyboard sends to those of a console. That arrives as
/// `SIGINT` and `SIGBREAK`, in the words of the C library, which nobody sends.
pub(crate) const SIGNALS: &[(&str, i32)] = &[
    ("SIGTERM", ENDED.cast_signed()),
    ("SIGINT", 2),
    ("SIGBREAK", 21),
    ("CTRL_C_EVENT", CTRL_C_EVENT.cast_signed()),
    ("CTRL_BREAK_EVENT", CTRL_BREAK_EVENT.cast_signed()),
];

/// The classes of I/O priority, at the places of their numbers.
const IO_CLASSES: [IoClass; 4] = [IoClass::VeryLow, IoClass::Low, IoClass::Normal, IoClass::High];

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
        let process = asking(reader)?;
        ffi::priority_class(process)
            .map(u32::cast_signed)
            .map_err(|error| process_error(error, reader.pid(), "GetPriorityClass"))
    })
}

pub(crate) fn ionice(reader: &Reader) -> Result<IoNice> {
    let process = asking(reader)?;
    let number = ffi::io_priority(process).map_err(|error| {
        process_error(
            error,
            reader.pid(),
            "NtQueryInformationProcess: ProcessIoPriority",
        )
    })?;
    let known = IO_CLASSES.get(number as usize).copied();
    // The highest, of the system itself, has no name.
    let class = known.unwrap_or(IoClass::Other(u8::try_from(number).unwrap_or(u8::MAX)));
    Ok(IoNice::new(class, None))
}

pub(crate) fn set_ionice(root: &Root, identity: Identity, class: IoClass, level: Option<u32>) -> Result<()> {
    let pid = identity.pid;
    let number = match class {
        IoClass::Other(number) => Some(usize::from(number)).filter(|number| *number < IO_CLASSES.len()),
        _ => IO_CLASSES.iter().position(|known| *known == class),
    };
    let number = number.ok_or_else(|| Error::invalid(format!("{class} is not a valid priority")).of(pid))?;
    if level.is_some_and(|level| level != 0) {
        return Err(Error::invalid("there are no levels of I/O priority").of(pid));
    }
    let process = open(root, identity, PROCESS_SET_INFORMATION, "set_ionice")?;
    ffi::set_io_priority(&process, number as u32)
        .map_err(|error| process_error(error, pid, "NtSetInformationProcess: ProcessIoPriority"))
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

/// Ends it, or sends an event of the keyboard to the group of processes that it leads.
pub(crate) fn send_signal(root: &Root, identity: Identity, signal: i32) -> Result<()> {
    let pid = identity.pid;
    match signal.cast_unsigned() {
        ENDED => kill(root, identity),
        event @ (CTRL_C_EVENT | CTRL_BREAK_EVENT) => {
            // While this is open the number is not given to another.
            let _process = open(root, identity, 0, "send_signal")?;
            ffi::console_event(event, pid)
                .map_err(|error| process_error(error, pid, "GenerateConsoleCtrlEvent"))
        }
        _ => {
            let what = "only SIGTERM, CTRL_C_EVENT and CTRL_BREAK_EVENT signals are supported on Windows";
            Err(Error::invalid(what).of(pid))
        }
    }
}

/// A handle of the process that is visited, with the right to ask who it is, opened at most once in a visit.
pub(super) fn asking(reader: &Reader) -> Result<&OwnedHandle> {
    reader.refuse_sealed()?;
    match reader.handle.get() {
        None => {
            let process = handle(reader, 0)?;
            Ok(reader.handle.get_or_init(|| process))
        }
        Some(process) => refuse_ended(process, reader.pid()).map(|()| process),
    }
}

/// A handle of the process that is visited, with these rights and that to ask who it is. The table need not be read for
/// it: what it tells later is of the same process, or an error.
pub(super) fn handle(reader: &Reader, rights: u32) -> Result<OwnedHandle> {
    reader.refuse_sealed()?;
    let (process, start) = open_with_start(reader.root(), reader.known(), rights, "process")?;
    reader.begun(start)?;
    Ok(process)
}

/// A handle of this very process, which has not ended, with these rights and that to ask who it is.
pub(super) fn open(root: &Root, identity: Identity, rights: u32, call: &'static str) -> Result<OwnedHandle> {
    open_with_start(root, identity, rights, call).map(|(process, _)| process)
}

/// The same, and when it was started.
fn open_with_start(
    root: &Root,
    identity: Identity,
    rights: u32,
    call: &'static str,
) -> Result<(OwnedHandle, u64)> {
    let (process, start) =
        match open_whatever_became_of_it(root, identity, rights | PROCESS_SYNCHRONIZE, call) {
            // Some may be asked, and not waited for.
            Err(error) if error.is_access_denied() => {
                open_whatever_became_of_it(root, identity, rights, call)?
            }
            answer => answer?,
        };
    refuse_ended(&process, identity.pid).map(|()| (process, start))
}

pub(super) fn refuse_ended(process: &OwnedHandle, pid: Pid) -> Result<()> {
    match has_ended(process) {
        Ok(false) => Ok(()),
        Ok(true) => Err(Error::new(ErrorKind::NoSuchProcess, "the process has ended").of(pid)),
        Err(error) => Err(process_error(error, pid, "GetExitCodeProcess")),
    }
}

/// As long as anyone has a handle of it, one can be had of a process that has ended.
pub(super) fn has_ended(process: &OwnedHandle) -> std::io::Result<bool> {
    match ffi::wait(&[process], 0) {
        Ok(ended) => Ok(ended.is_some()),
        // What may not be waited for has its exit code. A program may end with any, that of those which run, too.
        Err(_) => Ok(ffi::exit_code(process)? != STILL_ACTIVE.cast_unsigned()),
    }
}

/// A handle of this very process, even if it has ended, with these rights and that to ask who it is, and when it was
/// started.
pub(super) fn open_whatever_became_of_it(
    root: &Root,
    identity: Identity,
    rights: u32,
    call: &'static str,
) -> Result<(OwnedHandle, u64)> {
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
    // Windows takes other numbers for the multiple of 4 below them.
    if !pid.is_multiple_of(4) && ffi::number(&process) != pid {
        return Err(Error::new(ErrorKind::NoSuchProcess, "OpenProcess").of(pid));
    }
    let started = ffi::started(&process).map_err(|error| process_error(error, pid, "GetProcessTimes"))?;
    match identity.start.is_none_or(|start| start == started) {
        true => Ok((process, started)),
        false => Err(Error::reused(pid)),
    }
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};

    use super::*;
    use crate::sys::windows::process::{
        cmdline, cpu_affinity, cpu_times, create_time, cwd, environ, exe, identity, io_counters,
        memory_footprint, memory_info, memory_maps, name, num_handles, num_threads, open_files, ppid,
        threads, username,
    };

    /// What is in the table is told of everybody; the rest is denied, with the reason, and nothing is made up.
    #[test]
    fn of_a_process_that_may_not_be_opened_the_table_tells() {
        let mut child = Command::new("cmd.exe")
            .arg("/k")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let pid = child.id();
        let reader = || Reader::open(&Root::default(), pid).unwrap();
        let allowed = reader();
        let before = (identity(&allowed).unwrap(), nice(&allowed).unwrap());
        ffi::deny(&child);
        if asking(&reader()).is_ok() {
            println!("this user may debug");
        } else {
            let denied = reader();
            assert_eq!(identity(&denied).unwrap(), before.0);
            assert_eq!(ppid(&denied).unwrap(), std::process::id());
            assert_eq!(name(&denied).unwrap(), "cmd.exe");
            assert_eq!(
                threads(&denied).unwrap().len(),
                num_threads(&denied).unwrap() as usize
            );
            assert_eq!(create_time(&denied).unwrap(), create_time(&allowed).unwrap());
            assert!(memory_info(&denied).unwrap().rss > 0 && cpu_times(&denied).unwrap().user >= 0.0);
            assert!(num_handles(&denied).is_ok() && io_counters(&denied).is_ok());
            assert!(exe(&denied).unwrap().ends_with(b"cmd.exe"));
            for refused in [
                nice(&denied).map(drop),
                ionice(&denied).map(drop),
                username(&denied).map(drop),
                cmdline(&denied).map(drop),
                cwd(&denied).map(drop),
                environ(&denied).map(drop),
                open_files(&denied).map(drop),
                memory_maps(&denied).map(drop),
                memory_footprint(&denied).map(drop),
                cpu_affinity(&denied).map(drop),
            ] {
                let error = refused.unwrap_err();
                assert!(error.is_access_denied() && error.pid() == Some(pid), "{error}");
            }
            // One question of its own is answered as well.
            let glance = || Reader::glance(&Root::default(), pid).unwrap();
            assert_eq!(threads(&glance()).unwrap().len(), threads(&denied).unwrap().len());
            assert_eq!(ppid(&glance()).unwrap(), std::process::id());
            // A handle from before tells on.
            assert_eq!(nice(&allowed).unwrap(), before.1);
        }
        child.kill().unwrap();
        child.wait().unwrap();
    }
}
