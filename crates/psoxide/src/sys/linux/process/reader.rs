//! One visit to one process: a handle on its directory, and a cell for each of its files that several answers come
//! from. What the files mean is decoded by `psoxide-core`; what is asked stands in the files beside this one.

use std::collections::VecDeque;
use std::ffi::CStr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use psoxide_core::DecodeError;
use psoxide_core::decode::bytes::{decimal, lines};
use psoxide_core::decode::linux::stat::Stat;
use psoxide_core::model::Pid;
use psoxide_core::model::process::Status;
use rustix::fd::{AsFd, OwnedFd};
use rustix::fs::{CWD, Mode, OFlags, openat};
use rustix::io::Errno;
use rustix::path::DecInt;

use crate::error::{Error, ErrorKind, Result};
use crate::root::Root;
use crate::sys::linux::error::{Life, visit_error};
use crate::sys::linux::file;

/// How many directory handles the visits of one listing hold open together.
const HANDLES: usize = 12;

/// One visit to one process.
///
/// All files are opened relative to one handle on the process's directory, so that one visit never mixes two
/// processes that had the same number: once its process has ended, every read through the handle fails. The handle
/// is opened at the first read.
///
/// The visits of a listing hold [`HANDLES`] of them together, not one each. A visit whose handle had to be closed
/// opens another, and proves by the start time in `stat` that it is still the same process; for that reason the first
/// file that a visit of a listing reads is `stat`.
#[derive(Debug)]
pub(crate) struct Reader {
    pid: Pid,
    shared: Arc<Shared>,
    stat: OnceLock<Stat>,
}

/// What is the same for all visits of a listing.
#[derive(Debug)]
pub(super) struct Shared {
    root: Root,
    /// The directory of all processes; absent for a visit to a single one.
    all: Option<OwnedFd>,
    handles: Mutex<VecDeque<(Pid, Arc<OwnedFd>)>>,
}

impl Reader {
    /// A visit to one process, which need not exist: the first read tells.
    pub(crate) fn open(root: &Root, pid: Pid) -> Result<Reader> {
        Ok(Reader::with(Shared::new(root, None), pid))
    }

    /// A visit that shares with others.
    pub(super) fn with(shared: Arc<Shared>, pid: Pid) -> Reader {
        Reader {
            pid,
            shared,
            stat: OnceLock::new(),
        }
    }

    pub(crate) fn pid(&self) -> Pid {
        self.pid
    }

    pub(crate) fn root(&self) -> &Root {
        &self.shared.root
    }

    /// `stat`: name, state, parent, times and more.
    pub(crate) fn stat(&self) -> Result<&Stat> {
        if let Some(stat) = self.stat.get() {
            return Ok(stat);
        }
        // Opening the handle of a listed process reads it already.
        self.handle()?;
        cell(&self.stat, || self.record(c"stat", Stat::parse))
    }

    /// The number of the process that this is a thread of, from `status`; `None` where that does not say.
    pub(super) fn thread_group(&self) -> Result<Option<Pid>> {
        self.record(c"status", |bytes| {
            let mut lines = lines(bytes);
            let group = lines.find_map(|line| line.strip_prefix(b"Tgid:"));
            Ok(group
                .and_then(|value| decimal(value.trim_ascii()))
                .and_then(|group| Pid::try_from(group).ok()))
        })
    }

    /// Reads a file of the process that the kernel writes in one go, and decodes it.
    pub(super) fn record<T>(
        &self,
        name: &CStr,
        decode: impl FnOnce(&[u8]) -> std::result::Result<T, DecodeError>,
    ) -> Result<T> {
        let handle = self.handle()?;
        self.read(&handle, name, decode)
    }

    fn read<T>(
        &self,
        handle: &OwnedFd,
        name: &CStr,
        decode: impl FnOnce(&[u8]) -> std::result::Result<T, DecodeError>,
    ) -> Result<T> {
        read(handle, name, decode)
            .map_err(|errno| self.error(handle, errno, name))?
            .map_err(|error| Error::decode(self.path(name).display().to_string(), error).of(self.pid))
    }

    /// The path of a file of the process, for messages.
    pub(super) fn path(&self, name: &CStr) -> PathBuf {
        let mut path = self.root().proc().join(self.pid.to_string());
        path.push(name.to_string_lossy().as_ref());
        path
    }

    /// The handle on the process's directory.
    pub(super) fn handle(&self) -> Result<Arc<OwnedFd>> {
        if let Some(handle) = self.shared.handle(self.pid) {
            return Ok(handle);
        }
        let handle = Arc::new(self.open_directory()?);
        if self.shared.all.is_some() {
            let now = self.read(&handle, c"stat", Stat::parse);
            match (self.stat.get(), now) {
                (_, Ok(now)) => {
                    // The first answer says which process is visited; another thread may have been faster.
                    let start = now.start;
                    if self.stat.get_or_init(|| now).start != start {
                        return Err(self.gone());
                    }
                }
                // Without leave to read `stat` the number is all there is to go by.
                (None, Err(error)) if error.is_access_denied() => {}
                (_, Err(error)) => return Err(error),
            }
        }
        self.shared.keep(self.pid, &handle);
        Ok(handle)
    }

    fn open_directory(&self) -> Result<OwnedFd> {
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        match &self.shared.all {
            Some(all) => openat(all, DecInt::new(self.pid), flags, Mode::empty()),
            None => {
                let path = self.root().proc().join(self.pid.to_string());
                openat(CWD, &path, flags, Mode::empty())
            }
        }
        .map_err(|errno| {
            let path = self.root().proc().join(self.pid.to_string());
            visit_error(errno, self.pid, path.display().to_string(), Life::Gone)
        })
    }

    /// The error for a file of the process that could not be read.
    pub(super) fn error(&self, handle: &OwnedFd, errno: Errno, name: &CStr) -> Error {
        let life = match errno {
            Errno::NOENT | Errno::NOTDIR | Errno::SRCH => life(handle),
            _ => Life::Alive,
        };
        visit_error(errno, self.pid, self.path(name).display().to_string(), life)
    }

    fn gone(&self) -> Error {
        let what = "the process has ended and its number belongs to another";
        Error::new(ErrorKind::NoSuchProcess, what).of(self.pid)
    }
}

impl Shared {
    pub(super) fn new(root: &Root, all: Option<OwnedFd>) -> Arc<Shared> {
        Arc::new(Shared {
            root: root.clone(),
            all,
            handles: Mutex::default(),
        })
    }

    fn handle(&self, pid: Pid) -> Option<Arc<OwnedFd>> {
        let handles = self.handles.lock().unwrap_or_else(PoisonError::into_inner);
        let (_, handle) = handles.iter().find(|(owner, _)| *owner == pid)?;
        Some(Arc::clone(handle))
    }

    fn keep(&self, pid: Pid, handle: &Arc<OwnedFd>) {
        let mut handles = self.handles.lock().unwrap_or_else(PoisonError::into_inner);
        // The one that was kept first goes: tables are read row by row.
        if handles.len() >= HANDLES {
            handles.pop_front();
        }
        handles.push_back((pid, Arc::clone(handle)));
    }
}

/// Whether the process of the directory still lives, asked of the kernel now.
fn life(directory: &OwnedFd) -> Life {
    match read(directory, c"stat", Stat::parse) {
        Err(Errno::NOENT | Errno::NOTDIR | Errno::SRCH) => Life::Gone,
        Ok(Ok(stat)) if matches!(stat.status(), Status::Zombie | Status::Dead) => Life::Zombie,
        _ => Life::Alive,
    }
}

fn read<T>(directory: &OwnedFd, name: &CStr, decode: impl FnOnce(&[u8]) -> T) -> rustix::io::Result<T> {
    let file = openat(directory, name, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty())?;
    file::with_record(file.as_fd(), decode)
}

/// What the cell holds; filled first if it is empty. An error is not kept.
fn cell<T>(cell: &OnceLock<T>, read: impl FnOnce() -> Result<T>) -> Result<&T> {
    if let Some(value) = cell.get() {
        return Ok(value);
    }
    let value = read()?;
    Ok(cell.get_or_init(|| value))
}
