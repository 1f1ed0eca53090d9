//! One visit to one process: its entry in the kernel's table of all processes, read at most once, which tells of every
//! process, whoever it belongs to.

use std::os::windows::io::OwnedHandle;
use std::sync::OnceLock;

use psoxide_core::Text;
use psoxide_core::decode::windows::process_information::{IDLE, ProcessInformation, SYSTEM};
use psoxide_core::model::Pid;
use psoxide_core::model::net::{Connection, ConnectionKind};
use psoxide_core::model::process::{
    ContextSwitches, Identity, IoCounters, MemoryInfo, MemoryInfoEx, PageFaults, ProcessTimes, Status,
};

use super::control::asking;
use super::files::handle_count;
use super::listing::find;
use super::parameters::parent;
use crate::error::{Error, ErrorKind, Result};
use crate::root::Root;
use crate::sys::windows::{memory, net};

/// A visit.
#[derive(Debug)]
pub(crate) struct Reader {
    root: Root,
    pid: Pid,
    entry: OnceLock<ProcessInformation>,
    /// When it was started, as whatever was asked first told.
    start: OnceLock<u64>,
    /// What one asks it by.
    pub(super) handle: OnceLock<OwnedHandle>,
    /// Its priority class and its user, which take a handle.
    pub(super) nice: OnceLock<Result<i32>>,
    pub(super) username: OnceLock<Result<Text>>,
    /// Whether one thing is wanted, for which the table of all is too much where a handle tells it.
    single: bool,
    /// Whether it tells only what was read by then.
    sealed: bool,
}

impl Reader {
    pub(crate) fn open(root: &Root, pid: Pid) -> Result<Reader> {
        root.require_local("process")?;
        Ok(Reader::unread(root, pid))
    }

    pub(crate) fn glance(root: &Root, pid: Pid) -> Result<Reader> {
        let reader = Reader::open(root, pid)?;
        Ok(Reader {
            single: true,
            ..reader
        })
    }

    pub(super) fn unread(root: &Root, pid: Pid) -> Reader {
        Reader {
            root: root.clone(),
            pid,
            entry: OnceLock::new(),
            start: OnceLock::new(),
            handle: OnceLock::new(),
            nice: OnceLock::new(),
            username: OnceLock::new(),
            single: false,
            sealed: false,
        }
    }

    /// A visit that has been told the process's entry.
    pub(super) fn told(root: &Root, entry: ProcessInformation) -> Reader {
        Reader {
            root: root.clone(),
            pid: entry.pid,
            start: OnceLock::from(entry.create_time),
            entry: OnceLock::from(entry),
            handle: OnceLock::new(),
            nice: OnceLock::new(),
            username: OnceLock::new(),
            single: false,
            sealed: false,
        }
    }

    pub(crate) fn pid(&self) -> Pid {
        self.pid
    }

    pub(crate) fn root(&self) -> &Root {
        &self.root
    }

    pub(crate) fn seal(&mut self) -> bool {
        self.sealed = true;
        // A table is kept for long, and has a row for every process.
        self.handle.take();
        true
    }

    /// Whether it is a process of the kernel's own: the idle one, or `System`.
    pub(super) fn is_kernel(&self) -> bool {
        matches!(self.pid, IDLE | SYSTEM)
    }

    /// Who it is as far as that is known.
    pub(super) fn known(&self) -> Identity {
        Identity {
            pid: self.pid,
            start: self.start.get().copied(),
        }
    }

    /// Notes when what was asked was started: all that a visit tells is of one process.
    pub(super) fn begun(&self, start: u64) -> Result<()> {
        match *self.start.get_or_init(|| start) == start {
            true => Ok(()),
            false => Err(Error::reused(self.pid)),
        }
    }

    /// Of a row of a table: that what is asked by a call of its own is not told.
    pub(super) fn refuse_sealed(&self) -> Result<()> {
        match self.sealed {
            true => Err(Error::invalid("it is not among the attributes that the table reads").of(self.pid)),
            false => Ok(()),
        }
    }

    /// What one of its cells holds, asked for at most once.
    pub(super) fn once<T: Clone>(
        &self,
        cell: &OnceLock<Result<T>>,
        ask: impl FnOnce() -> Result<T>,
    ) -> Result<T> {
        if cell.get().is_none() {
            self.refuse_sealed()?;
        }
        match cell.get_or_init(ask) {
            Ok(answer) => Ok(answer.clone()),
            Err(error) => Err(error.again()),
        }
    }

    /// Its handle, where the table was not read: reading it costs several times as much. While the handle is open the
    /// number is not given to another process.
    fn handle_first(&self) -> Option<&OwnedHandle> {
        // Where there is none to be had, the table tells all the same, or that there is no such process.
        let is_first = self.entry.get().is_none() && !self.sealed && !self.is_kernel();
        is_first.then(|| asking(self).ok()).flatten()
    }

    /// Whether one thing is wanted, and the table was not read for another.
    pub(super) fn is_single(&self) -> bool {
        self.single && !self.sealed && self.entry.get().is_none()
    }

    pub(super) fn entry(&self) -> Result<&ProcessInformation> {
        if let Some(entry) = self.entry.get() {
            return Ok(entry);
        }
        let entry = find(self.pid)?.ok_or_else(|| {
            Error::new(ErrorKind::NoSuchProcess, "it is not in the table of processes").of(self.pid)
        })?;
        self.begun(entry.create_time)?;
        Ok(self.entry.get_or_init(|| entry))
    }
}

pub(crate) fn identity(reader: &Reader) -> Result<Identity> {
    match reader.handle_first() {
        Some(_) => Ok(reader.known()),
        None => reader.entry().map(ProcessInformation::identity),
    }
}

pub(crate) fn cpu_times(reader: &Reader) -> Result<ProcessTimes> {
    reader.entry().map(ProcessInformation::cpu_times)
}

/// 0 for the idle process, which was never started, as psutil has it.
pub(crate) fn create_time(reader: &Reader) -> Result<f64> {
    Ok(reader.entry()?.started().unwrap_or(0.0))
}

pub(crate) fn io_counters(reader: &Reader) -> Result<IoCounters> {
    reader.entry().map(ProcessInformation::io_counters)
}

pub(crate) fn memory_info(reader: &Reader) -> Result<MemoryInfo> {
    reader.entry().map(ProcessInformation::memory_info)
}

pub(crate) fn memory_info_ex(reader: &Reader) -> Result<MemoryInfoEx> {
    reader.entry().map(ProcessInformation::memory_info_ex)
}

pub(crate) fn name(reader: &Reader) -> Result<Text> {
    reader.entry().map(|entry| entry.name.clone())
}

pub(crate) fn num_ctx_switches(reader: &Reader) -> Result<ContextSwitches> {
    reader.entry().map(ProcessInformation::context_switches)
}

pub(crate) fn num_handles(reader: &Reader) -> Result<u32> {
    let told = reader
        .handle_first()
        .and_then(|process| handle_count(process).ok());
    match told {
        Some(count) => Ok(count),
        None => reader.entry().map(|entry| entry.handles),
    }
}

pub(crate) fn num_threads(reader: &Reader) -> Result<u32> {
    reader.entry().map(ProcessInformation::num_threads)
}

pub(crate) fn page_faults(reader: &Reader) -> Result<PageFaults> {
    reader.entry().map(ProcessInformation::page_faults)
}

pub(crate) fn ppid(reader: &Reader) -> Result<Pid> {
    let told = reader.handle_first().and_then(|process| parent(process).ok());
    match told {
        Some(parent) => Ok(parent),
        None => reader.entry().map(|entry| entry.ppid),
    }
}

pub(crate) fn status(reader: &Reader) -> Result<Status> {
    reader.entry().map(ProcessInformation::status)
}

pub(crate) fn total_memory(reader: &Reader) -> Result<u64> {
    memory::virtual_memory(reader.root()).map(|memory| memory.total)
}

/// Its sockets, of the tables of all.
pub(crate) fn net_connections(reader: &Reader, kind: ConnectionKind) -> Result<Vec<Connection>> {
    reader.refuse_sealed()?;
    // That it is there.
    reader.entry()?;
    let mut sockets = net::net_connections(reader.root(), kind, true)?;
    sockets.retain(|socket| socket.pid == Some(reader.pid));
    Ok(sockets)
}

#[cfg(all(test, target_endian = "little"))]
mod tests {
    use super::*;
    use crate::sys::windows::process::{cmdline, cwd, environ, exe, open_files, username};

    const TABLE: &[u8] =
        include_bytes!("../../../../../../testdata/windows/windows-10/process_information.bin");

    fn readers() -> Vec<Reader> {
        let all = ProcessInformation::all(TABLE, 0x1_0000).unwrap();
        all.into_iter()
            .map(|entry| Reader::told(&Root::default(), entry))
            .collect()
    }

    #[test]
    fn processes_of_the_kernel_have_nothing_that_programs_are_given() {
        let readers = readers();
        for reader in &readers[..2] {
            assert!(reader.is_kernel());
            assert_eq!(cmdline(reader).unwrap(), Vec::<Text>::new());
            assert_eq!(environ(reader).unwrap(), Vec::new());
            assert!(open_files(reader).unwrap().is_empty());
            assert!(cwd(reader).unwrap_err().is_access_denied());
            // Of the system itself, in the system's language.
            let user = username(reader).unwrap().to_string();
            assert!(user.contains('\\') && !user.ends_with('\\'), "{user}");
        }
        let (idle, system) = (&readers[0], &readers[1]);
        assert_eq!(
            (name(idle).unwrap(), name(system).unwrap()),
            ("System Idle Process".into(), "System".into())
        );
        assert_eq!(create_time(idle).unwrap(), 0.0);
        assert!(create_time(system).unwrap() > 0.0);
        assert!(exe(idle).unwrap_err().is_access_denied());
        assert!(!readers[2].is_kernel());
    }

    #[test]
    fn a_handle_answers_as_the_table_does() {
        let pid = std::process::id();
        let [handle, table] = [(); 2].map(|()| Reader::open(&Root::default(), pid).unwrap());
        assert!(!name(&table).unwrap().is_empty());
        assert_eq!(identity(&handle).unwrap(), identity(&table).unwrap());
        assert_eq!(ppid(&handle).unwrap(), ppid(&table).unwrap());
        assert!(num_handles(&handle).is_ok());
        assert!(handle.entry.get().is_none() && table.handle.get().is_none());
        // What only the table tells is told of the same process.
        assert_eq!(name(&handle).unwrap(), name(&table).unwrap());
        assert_eq!(identity(&handle).unwrap(), identity(&table).unwrap());
        // What no handle can be had of is looked for in the table, and not found.
        let nobody = Reader::open(&Root::default(), u32::MAX - 3).unwrap();
        assert!(identity(&nobody).unwrap_err().is_no_such_process());
        assert!(ppid(&nobody).unwrap_err().is_no_such_process());
    }

    #[test]
    fn a_visit_tells_of_one_process() {
        let reader = &readers()[2];
        let start = identity(reader).unwrap().start.unwrap();
        assert!(reader.begun(start).is_ok());
        assert!(reader.begun(start + 1).unwrap_err().is_no_such_process());
        let unread = Reader::unread(&Root::default(), std::process::id());
        assert_eq!(unread.known().start, None);
        unread.begun(1).unwrap();
        assert!(name(&unread).unwrap_err().is_no_such_process());
    }
}
