//! All processes, by one call.

use psoxide_core::decode::windows::process_information::{IDLE, ProcessInformation};
use psoxide_core::model::Pid;
use windows_sys::Wdk::System::SystemInformation::SystemProcessInformation;
use windows_sys::Win32::Foundation::ERROR_INVALID_PARAMETER;
use windows_sys::Win32::System::Threading::{PROCESS_QUERY_LIMITED_INFORMATION, PROCESS_SYNCHRONIZE};

use super::control::{has_ended, nice};
use super::ffi;
use super::reader::Reader;
use super::user::{Names, username_among};
use crate::error::{Error, Result};
use crate::root::Root;
use crate::sys::Reading;
use crate::sys::windows::error::{code, process_error, system_error};
use crate::sys::windows::ffi::{Answer, query_system};

/// Room for some hundred processes with their threads.
const ROOM: usize = 512 * 1024;

const WHAT: &str = "NtQuerySystemInformation: SystemProcessInformation";

fn ask() -> Result<Answer> {
    query_system(SystemProcessInformation, ROOM).map_err(|error| system_error(error, WHAT))
}

/// Every process of the kernel's table, ascending by number.
fn table() -> Result<Vec<ProcessInformation>> {
    let answer = ask()?;
    let mut processes = ProcessInformation::all(answer.bytes(), answer.address())
        .map_err(|error| Error::decode(WHAT, error))?;
    processes.sort_by_key(|process| process.pid);
    Ok(processes)
}

/// The process of this number in the kernel's table.
pub(super) fn find(pid: Pid) -> Result<Option<ProcessInformation>> {
    let answer = ask()?;
    ProcessInformation::find(answer.bytes(), answer.address(), pid)
        .map_err(|error| Error::decode(WHAT, error).of(pid))
}

pub(crate) fn pids(root: &Root) -> Result<Vec<Pid>> {
    root.require_local("pids")?;
    let mut pids = ProcessInformation::pids(ask()?.bytes()).map_err(|error| Error::decode(WHAT, error))?;
    pids.sort_unstable();
    Ok(pids)
}

/// A handle can still be had of a process that has ended, and may be denied of one whether it has or not: then the table
/// tells.
pub(crate) fn pid_exists(root: &Root, pid: Pid) -> Result<bool> {
    root.require_local("pid_exists")?;
    match ffi::open(pid, PROCESS_QUERY_LIMITED_INFORMATION | PROCESS_SYNCHRONIZE) {
        Ok(process) if ffi::number(&process) != pid => Ok(false),
        Ok(process) => has_ended(&process)
            .map(|ended| !ended)
            .map_err(|error| process_error(error, pid, "GetExitCodeProcess")),
        // It is said of the idle process, too.
        Err(error) if code(&error) == Some(ERROR_INVALID_PARAMETER) && pid != IDLE => Ok(false),
        Err(_) => Ok(pids(root)?.binary_search(&pid).is_ok()),
    }
}

pub(crate) fn list(root: &Root) -> Result<Vec<Reader>> {
    root.require_local("processes")?;
    let processes = table()?.into_iter();
    Ok(processes.map(|process| Reader::told(root, process)).collect())
}

/// A listing that can be repeated.
#[derive(Debug)]
pub(crate) struct Listing {
    root: Root,
    pids: Vec<Pid>,
    /// The entries of these numbers that were not read yet.
    entries: Vec<Option<ProcessInformation>>,
    /// The users that were found since the last listing.
    names: Names,
}

impl Listing {
    /// No descriptors are needed, and none kept; the kernel is always asked of all at once.
    pub(crate) fn open(root: &Root, _: usize, _: bool, _: Sources) -> Result<Listing> {
        root.require_local("processes")?;
        Ok(Listing {
            root: root.clone(),
            pids: Vec::new(),
            entries: Vec::new(),
            names: Names::default(),
        })
    }

    pub(crate) fn list(&mut self, numbers: Option<&[Pid]>) -> Result<()> {
        let mut processes = table()?;
        if let Some(numbers) = numbers {
            processes.retain(|process| numbers.contains(&process.pid));
        }
        self.pids = processes.iter().map(|process| process.pid).collect();
        self.entries = processes.into_iter().map(Some).collect();
        self.names = Names::default();
        Ok(())
    }

    pub(crate) fn pids(&self) -> &[Pid] {
        &self.pids
    }

    pub(crate) fn is_bulk(&self) -> bool {
        true
    }

    pub(crate) fn bulk_error(&self) -> Option<&Error> {
        None
    }

    pub(crate) fn reader(&self, pid: Pid) -> Reader {
        Reader::unread(&self.root, pid)
    }

    /// Nothing is kept for a reading alone.
    pub(crate) fn end(&mut self) {}

    /// All was told at once.
    pub(crate) fn look_again(&mut self) -> bool {
        true
    }

    pub(crate) fn is_same(&self, _: &Reader) -> bool {
        true
    }

    /// Nothing is kept that could be closed.
    pub(crate) fn made_room(&mut self, _: &Error) -> bool {
        false
    }

    /// Gives the reader the process's entry in the table, and has it ask what else is wanted. What is denied of one
    /// process is kept in its reader.
    pub(crate) fn read(
        &mut self,
        reader: &mut Reader,
        pid: Pid,
        (first, rest): (Sources, Sources),
        _: bool,
        passes: &mut dyn FnMut(&Reader) -> Result<bool>,
    ) -> Result<Reading> {
        let place = self.pids.binary_search(&pid);
        let entry = place.ok().and_then(|place| self.entries.get_mut(place)?.take());
        match entry {
            None => Ok(Reading::Ended),
            Some(entry) => {
                *reader = Reader::told(&self.root, entry);
                if first.meets(Sources::USER) {
                    // The filter looks at the reader's answer.
                    drop(username_among(reader, &mut self.names));
                }
                // What is not told of a process does not match what was asked for.
                match passes(reader) {
                    Ok(true) => {
                        let wanted = first.or(rest);
                        let class = wanted.meets(Sources::CLASS).then(|| nice(reader));
                        let user = wanted
                            .meets(Sources::USER)
                            .then(|| username_among(reader, &mut self.names));
                        // The reader has the answers.
                        drop((class, user));
                        Ok(Reading::Done)
                    }
                    Ok(false) | Err(_) => Ok(Reading::PassedOver),
                }
            }
        }
    }
}

/// What a listing reads beside the table, of each process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sources(u8);

impl Sources {
    /// The table, which tells of all.
    pub(crate) const NONE: Sources = Sources(0);
    /// The priority class.
    const CLASS: Sources = Sources(1);
    /// The user.
    const USER: Sources = Sources(2);

    /// The sources of either set.
    pub(crate) const fn or(self, other: Sources) -> Sources {
        Sources(self.0 | other.0)
    }

    /// Whether a source is in both.
    const fn meets(self, other: Sources) -> bool {
        self.0 & other.0 != 0
    }
}

/// The sources that tell an attribute; `None` if it is asked by a call of its own.
pub(crate) fn sources(attribute: &str) -> Option<Sources> {
    match attribute {
        "pid" | "cpu_percent" | "cpu_times" | "create_time" | "io_counters" | "memory_info"
        | "memory_info_ex" | "name" | "num_ctx_switches" | "num_handles" | "num_threads" | "page_faults"
        | "ppid" | "status" | "threads" => Some(Sources::NONE),
        "nice" => Some(Sources::CLASS),
        "username" => Some(Sources::USER),
        _ => None,
    }
}
