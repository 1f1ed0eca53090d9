//! One visit to one process: a handle on its directory, and a cell for each of its files that several answers come
//! from. What the files mean is decoded by `psoxide-core`; what is asked stands in the files beside this one.

use std::ffi::CStr;
use std::mem::MaybeUninit;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock, PoisonError};

use psoxide_core::decode::linux::cmdline::arguments;
use psoxide_core::decode::linux::io::io_counters;
use psoxide_core::decode::linux::smaps;
use psoxide_core::decode::linux::stat::Stat;
use psoxide_core::decode::linux::statm::Statm;
use psoxide_core::decode::linux::status::StatusLines;
use psoxide_core::model::Pid;
use psoxide_core::model::process::{IoCounters, MemoryFootprint};
use psoxide_core::{DecodeError, Text};
use rustix::fd::{AsFd, OwnedFd};
use rustix::fs::{
    Access, AtFlags, CWD, Mode, OFlags, accessat, fstat, openat, readlinkat, readlinkat_raw, statat,
};
use rustix::io::Errno;
use rustix::path::{Arg as _, DecInt};

use crate::error::{Error, ErrorKind, Result};
use crate::root::Root;
use crate::sys::linux::error::{Life, visit_error};
use crate::sys::linux::process::life::{life, life_of};
use crate::sys::linux::process::names::PathName;
use crate::sys::linux::process::rare::Rare;
use crate::sys::linux::process::shared::Shared;
use crate::sys::linux::process::sources::Sources;
use crate::sys::linux::{file, host, memory};
use crate::sys::posix::process::may_be_cut;

/// Room for the target of a link; one that is longer is read again.
pub(super) const LINK: usize = 512;
/// How files are opened.
pub(super) const FILE: OFlags = OFlags::RDONLY.union(OFlags::CLOEXEC);

/// One visit to one process.
///
/// All files are opened relative to one handle on the process's directory, so that one visit never mixes two
/// processes that had the same number: once its process has ended, every read through the handle fails. The handle
/// is opened at the first read.
///
/// The visits of a listing hold a few of them together, not one each. A visit whose handle had to be closed
/// opens another, and proves by the start time in `stat` that it is still the same process; for that reason the first
/// file that a visit of a listing reads is `stat`. As long as few visits ask for more, `stat` is read without a handle:
/// opening and closing one costs a fifth of that read.
#[derive(Debug)]
pub(crate) struct Reader {
    pub(super) pid: Pid,
    pub(super) root: Root,
    /// Empty at first of a visit by itself: most single questions need nothing of it.
    pub(super) shared: OnceLock<Arc<Shared>>,
    /// Whether it is for one question: files are then opened by their paths, without a handle.
    pub(super) glance: bool,
    /// Whether one pass of the kernel told of the process, and more was read by its number: another pass proves it.
    pub(super) by_number: bool,
    /// Whether one look, when it is sealed, proves all that was asked by its number, and whether anything was.
    pub(super) proved_later: bool,
    pub(super) asked: AtomicBool,
    /// Whether it is a row of a table: it tells what was read, and reads no more.
    pub(super) sealed: bool,
    /// What the table reads.
    pub(super) wanted: Sources,
    pub(super) stat: OnceLock<Stat>,
    pub(super) status: OnceLock<StatusLines>,
    pub(super) statm: OnceLock<Statm>,
    pub(super) rare: OnceLock<Box<Rare>>,
}

impl Reader {
    /// A visit to one process, which need not exist: the first read tells.
    pub(crate) fn open(root: &Root, pid: Pid) -> Result<Reader> {
        Ok(Reader::new(root, OnceLock::new(), pid))
    }

    /// A visit for one question, which saves a quarter of what it costs: there is nothing that could belong to another
    /// process.
    pub(crate) fn glance(root: &Root, pid: Pid) -> Result<Reader> {
        let mut reader = Reader::open(root, pid)?;
        reader.glance = true;
        Ok(reader)
    }

    /// A visit that shares with others.
    pub(super) fn with(root: &Root, shared: Arc<Shared>, pid: Pid) -> Reader {
        Reader::new(root, OnceLock::from(shared), pid)
    }

    fn new(root: &Root, shared: OnceLock<Arc<Shared>>, pid: Pid) -> Reader {
        Reader {
            pid,
            root: root.clone(),
            shared,
            glance: false,
            by_number: false,
            proved_later: false,
            asked: AtomicBool::new(false),
            sealed: false,
            wanted: Sources::NONE,
            stat: OnceLock::new(),
            status: OnceLock::new(),
            statm: OnceLock::new(),
            rare: OnceLock::new(),
        }
    }

    pub(crate) fn pid(&self) -> Pid {
        self.pid
    }

    /// Whether this is for a single question about the running system, which a system call may answer for less than a
    /// file.
    pub(super) fn is_local_glance(&self) -> bool {
        self.glance && self.root().is_local()
    }

    pub(crate) fn root(&self) -> &Root {
        &self.root
    }

    pub(super) fn shared(&self) -> &Shared {
        self.shared.get_or_init(|| Shared::new(None))
    }

    /// The directory of all processes, of a visit that a listing makes.
    pub(super) fn all(&self) -> Option<&OwnedFd> {
        self.shared.get()?.all.as_deref()
    }

    /// `stat`: name, state, parent, times and more.
    pub(crate) fn stat(&self) -> Result<&Stat> {
        if let Some(stat) = self.stat.get() {
            return Ok(stat);
        }
        self.refuse_sealed(Sources::STAT)?;
        match self.all() {
            Some(all) if !self.shared().handle_first() => self.stat_alone(all),
            None if self.glance => cell(&self.stat, || self.record(c"stat", Stat::parse)),
            listed => {
                if self.shared().handle(self.pid, false).is_none() {
                    if listed.is_none()
                        && let Some(stat) = self.stat_first()
                    {
                        return Ok(stat);
                    }
                    // Of a listed process this reads it already.
                    self.open_handle(false)?;
                }
                cell(&self.stat, || self.record(c"stat", Stat::parse))
            }
        }
    }

    /// `stat` of a process that is visited by itself, without a handle, which many visits never need. The file stays open,
    /// to prove a handle that is opened later. `None` if it cannot be read: a handle tells why.
    fn stat_first(&self) -> Option<&Stat> {
        let file = self
            .with_path(c"stat", |path| rustix::fs::open(path, FILE, Mode::empty()))
            .ok()?;
        let stat = file::with_record(&file, Stat::parse).ok()?.ok()?;
        // Another thread may have been faster, with another process.
        self.shared().first.set(file).ok()?;
        Some(self.stat.get_or_init(|| stat))
    }

    /// `stat` of a listed process, without a handle. Only for a name that may be cut one is opened, since whoever asks
    /// for the name needs `cmdline`: while the file is open, no other process's has its number, which proves the
    /// handle for less than reading it again.
    fn stat_alone(&self, all: &OwnedFd) -> Result<&Stat> {
        let name = PathName::new(self.pid, c"stat");
        let failed = |errno| self.failure(errno, c"stat", Life::Gone);
        let file = openat(all, name.as_c_str(), FILE, Mode::empty()).map_err(failed)?;
        let stat = file::with_record(&file, Stat::parse)
            .map_err(failed)?
            .map_err(|error| self.undecoded(c"stat", error))?;
        let start = stat.start;
        let first = self.stat.get_or_init(|| stat);
        if first.start == start
            && may_be_cut(&first.name)
            && !first.is_kernel_thread()
            && let Ok(handle) = self.open_directory()
            && is_file_of(&handle, &file)
        {
            self.shared().keep(self.pid, &Arc::new(handle), true);
        }
        Ok(first)
    }

    /// `status`: ids, context switches, peaks of memory.
    pub(crate) fn status(&self) -> Result<&StatusLines> {
        self.status_with(Sources::STATUS)
    }

    /// `status`, if only for some of what it tells.
    pub(super) fn status_with(&self, wanted: Sources) -> Result<&StatusLines> {
        // Of a row, no more of it was decoded than its table wanted.
        if !self.wanted.meets(wanted) {
            self.refuse_sealed(wanted)?;
        }
        cell(&self.status, || {
            self.refuse_sealed(wanted)?;
            self.record(c"status", StatusLines::parse)
        })
    }

    /// What is told of the ids and context switches in `status`. For one question the rest of it is not decoded.
    pub(super) fn in_status<T>(&self, wanted: Sources, tell: impl FnOnce(&StatusLines) -> T) -> Result<T> {
        if self.glance && self.status.get().is_none() {
            let status = self.record(c"status", StatusLines::parse_but_memory)?;
            return Ok(tell(&status));
        }
        self.status_with(wanted).map(tell)
    }

    /// `statm`: sizes of memory.
    pub(crate) fn statm(&self) -> Result<&Statm> {
        cell(&self.statm, || {
            self.refuse_sealed(Sources::STATM)?;
            self.record(c"statm", Statm::parse)
        })
    }

    /// `cmdline`: the arguments; none for a thread of the kernel and for a zombie.
    pub(crate) fn arguments(&self) -> Result<&[Text]> {
        cell(&self.rare().arguments, || {
            self.refuse_sealed(Sources::ARGUMENTS)?;
            self.record(c"cmdline", |bytes| Ok(arguments(bytes)))
        })
        .map(Vec::as_slice)
    }

    /// `io`: what it read and wrote.
    pub(super) fn io(&self) -> Result<&IoCounters> {
        cell(&self.rare().io, || {
            self.refuse_sealed(Sources::IO)?;
            self.record(c"io", io_counters)
        })
    }

    /// Of a row of a table: why a source is not told.
    fn refuse_sealed(&self, wanted: Sources) -> Result<()> {
        if !self.sealed {
            return Ok(());
        }
        let mut failures = self.known_rare().into_iter().flat_map(|rare| &rare.failures);
        Err(match failures.find(|failure| failure.source.meets(wanted)) {
            Some(failure) => failure.error.again(),
            None => Error::invalid("it is not among the attributes that the table reads").of(self.pid),
        })
    }

    /// The sums of `smaps_rollup` (Linux 4.14), or of `smaps` where there is none. What has no memory of its own, a
    /// zombie or a thread of the kernel, has nothing to sum.
    pub(super) fn footprint(&self) -> Result<&MemoryFootprint> {
        cell(&self.rare().footprint, || self.read_footprint())
    }

    fn read_footprint(&self) -> Result<MemoryFootprint> {
        let handle = self.handle()?;
        match read(&handle, c"smaps_rollup", smaps::footprint) {
            Err(Errno::NOENT | Errno::SRCH) => {
                let bytes = match self.memory_file(c"smaps") {
                    Err(error) if error.is_zombie_process() => Vec::new(),
                    answer => answer?,
                };
                smaps::footprint(&bytes).map_err(|error| self.undecoded(c"smaps", error))
            }
            answer => answer
                .map_err(|errno| self.error(&handle, errno, c"smaps_rollup"))?
                .map_err(|error| self.undecoded(c"smaps_rollup", error)),
        }
    }

    /// The error that says why a file is empty, if that is because the process has ended.
    pub(super) fn refuse_zombie(&self, name: &CStr) -> Result<()> {
        if self.stat.get().is_some_and(Stat::is_kernel_thread) {
            return Ok(());
        }
        let life = match self.stat.get() {
            Some(stat) if self.sealed => life_of(stat),
            _ => life(&*self.handle()?),
        };
        let kind = match life {
            Life::Alive => return Ok(()),
            Life::Zombie => ErrorKind::ZombieProcess,
            Life::Gone => ErrorKind::NoSuchProcess,
        };
        Err(Error::new(kind, self.path(name)).of(self.pid))
    }

    /// The answer of a system call that takes the number, about this very process.
    pub(super) fn by_number<T>(
        &self,
        call: &'static str,
        mut ask: impl FnMut(Pid) -> rustix::io::Result<T>,
    ) -> Result<T> {
        // 0 would mean the caller; it has no directory either, which the handle tells.
        let handle = match self.glance && self.pid != 0 {
            true => None,
            false => Some(self.handle()?),
        };
        let answer = ask(self.pid).map_err(|errno| self.call_error(errno, call))?;
        if let Some(handle) = handle {
            // Once a file of its was read, nothing but its end keeps the look from telling.
            match self.proved_later && self.stat.get().is_some() {
                true => self.asked.store(true, Ordering::Relaxed),
                false => self.confirm(&handle)?,
            }
        }
        Ok(answer)
    }

    /// Fails if the process has been removed. Asked after a system call that took the number: while the process is
    /// there, the number is its own.
    pub(super) fn confirm(&self, handle: &OwnedFd) -> Result<()> {
        accessat(handle, c"stat", Access::EXISTS, AtFlags::empty())
            .map_err(|errno| self.error(handle, errno, c"stat"))
    }

    /// The same, asked from a directory of the process such as `fd`, which is as good a handle on it.
    pub(super) fn confirm_beside(&self, directory: &OwnedFd) -> Result<()> {
        accessat(directory, c"../stat", Access::EXISTS, AtFlags::empty())
            .map_err(|errno| self.failure(errno, c"stat", Life::Gone))
    }

    /// When the machine was booted, in seconds since the epoch; read once for all visits of a listing.
    pub(super) fn boot_time(&self) -> Result<f64> {
        cell(&self.shared().boot_time, || host::boot_time(self.root())).copied()
    }

    /// The machine's memory in bytes; read once for all visits of a listing.
    pub(crate) fn total_memory(&self) -> Result<u64> {
        cell(&self.shared().total_memory, || {
            memory::virtual_memory(self.root()).map(|memory| memory.total)
        })
        .copied()
    }

    /// The name of a terminal, which `ask` finds out once for all visits of a listing.
    pub(super) fn terminal(&self, number: u32, ask: impl FnOnce() -> Option<Text>) -> Option<Text> {
        let mut terminals = self
            .shared()
            .terminals
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some((_, name)) = terminals.iter().find(|(known, _)| *known == number) {
            return name.clone();
        }
        let name = ask();
        terminals.push((number, name.clone()));
        name
    }

    /// The name of a user, which `ask` finds out once for all visits of a listing.
    pub(super) fn user(&self, uid: u32, ask: impl FnOnce() -> Result<Text>) -> Result<Text> {
        let known = |users: &[(u32, Text)]| {
            users
                .iter()
                .find(|(known, _)| *known == uid)
                .map(|(_, name)| name.clone())
        };
        let users = || self.shared().users.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(name) = known(&users()) {
            return Ok(name);
        }
        // Asked without the lock: the answer may come over the network.
        let name = ask()?;
        users().push((uid, name.clone()));
        Ok(name)
    }

    /// Reads a file of the process that the kernel writes in one go, and decodes it.
    pub(super) fn record<T>(
        &self,
        name: &CStr,
        decode: impl FnOnce(&[u8]) -> std::result::Result<T, DecodeError>,
    ) -> Result<T> {
        if self.glance
            && let Ok(file) = self.with_path(name, |path| rustix::fs::open(path, FILE, Mode::empty()))
        {
            return file::with_record(file, decode)
                .map_err(|errno| match self.handle() {
                    Ok(handle) => self.error(&handle, errno, name),
                    Err(gone) => gone,
                })?
                .map_err(|error| self.undecoded(name, error));
        }
        let handle = self.handle()?;
        self.read(&handle, name, decode)
    }

    /// Opens a directory of the process.
    pub(super) fn directory(&self, name: &CStr) -> Result<OwnedFd> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        if self.glance
            && let Ok(directory) = self.with_path(name, |path| rustix::fs::open(path, flags, Mode::empty()))
        {
            return Ok(directory);
        }
        let handle = self.handle()?;
        openat(&*handle, name, flags, Mode::empty()).map_err(|errno| self.error(&handle, errno, name))
    }

    /// Where a link of the process leads, up to the first NUL.
    pub(super) fn link(&self, name: &CStr) -> Result<Vec<u8>> {
        let mut room = [MaybeUninit::uninit(); LINK];
        if self.glance
            && let Ok((target, rest)) = self.with_path(name, |path| readlinkat_raw(CWD, path, &mut room))
            && !rest.is_empty()
        {
            return Ok(target.to_vec());
        }
        let handle = self.handle()?;
        readlinkat(&*handle, name, Vec::new())
            .map(|target| target.into_bytes())
            .map_err(|errno| self.error(&handle, errno, name))
    }

    fn read<T>(
        &self,
        handle: &OwnedFd,
        name: &CStr,
        decode: impl FnOnce(&[u8]) -> std::result::Result<T, DecodeError>,
    ) -> Result<T> {
        read(handle, name, decode)
            .map_err(|errno| self.error(handle, errno, name))?
            .map_err(|error| self.undecoded(name, error))
    }

    /// The handle on the process's directory.
    pub(crate) fn handle(&self) -> Result<Arc<OwnedFd>> {
        match self.shared().handle(self.pid, true) {
            Some(handle) => Ok(handle),
            None => self.open_handle(true),
        }
    }

    fn open_handle(&self, further: bool) -> Result<Arc<OwnedFd>> {
        let handle = Arc::new(self.open_directory()?);
        if let Some(first) = self.shared().first.get()
            && !is_file_of(&handle, first)
        {
            return Err(Error::reused(self.pid));
        }
        if self.all().is_some() {
            match self.read(&handle, c"stat", Stat::parse) {
                Ok(now) => {
                    // The first answer says which process is visited; another thread may have been faster.
                    let start = now.start;
                    if self.stat.get_or_init(|| now).start != start {
                        return Err(Error::reused(self.pid));
                    }
                }
                // Without leave to read `stat` the number is all there is to go by.
                Err(error) if error.is_access_denied() && self.stat.get().is_none() => {}
                Err(error) => return Err(error),
            }
        }
        if further {
            self.shared().count_further();
        }
        self.shared().keep(self.pid, &handle, further);
        Ok(handle)
    }

    pub(super) fn open_directory(&self) -> Result<OwnedFd> {
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let opened = match self.all() {
            Some(all) => openat(all, DecInt::new(self.pid), flags, Mode::empty()),
            None => {
                let path = self.root().proc().join(self.pid.to_string());
                openat(CWD, &path, flags, Mode::empty())
            }
        };
        opened.map_err(|errno| self.failure(errno, c"", Life::Gone))
    }

    /// The error for a file of the process that could not be read.
    pub(crate) fn error(&self, handle: &OwnedFd, errno: Errno, name: &CStr) -> Error {
        let life = match errno {
            Errno::NOENT | Errno::NOTDIR | Errno::SRCH => life(handle),
            _ => Life::Alive,
        };
        self.failure(errno, name, life)
    }

    /// The error of a system call about the process that is made with its number.
    pub(super) fn call_error(&self, errno: Errno, call: &'static str) -> Error {
        let looked_at = matches!(errno, Errno::SRCH | Errno::NOSYS);
        match self.handle() {
            Ok(handle) if looked_at => visit_error(errno, self.pid, call, life(&handle)),
            Err(error) if looked_at => error,
            _ => visit_error(errno, self.pid, call, Life::Alive),
        }
    }

    pub(super) fn failure(&self, errno: Errno, name: &CStr, life: Life) -> Error {
        visit_error(errno, self.pid, self.path(name), life)
    }

    pub(super) fn undecoded(&self, name: &CStr, error: DecodeError) -> Error {
        Error::decode(self.path(name), error).of(self.pid)
    }

    /// Passes the path of a file of the process to `call`.
    pub(super) fn with_path<T>(
        &self,
        name: &CStr,
        call: impl FnOnce(&CStr) -> rustix::io::Result<T>,
    ) -> rustix::io::Result<T> {
        if self.root().is_local() {
            let number = DecInt::new(self.pid);
            // An emulator of processors answers `/proc/<own pid>/stat` itself, told by this spelling, with a start of its
            // own that no handle tells: the kernel is asked by another spelling.
            let parts = [b"/proc//", number.as_bytes(), b"/", name.to_bytes()];
            let mut room = [0; 64];
            let mut end = 0;
            for part in parts {
                if let Some(place) = room.get_mut(end..end + part.len()) {
                    place.copy_from_slice(part);
                }
                end += part.len();
            }
            if let Ok(path) = CStr::from_bytes_with_nul(room.get(..=end).unwrap_or_default()) {
                return call(path);
            }
        }
        self.path(name).into_with_c_str(call)
    }

    /// The path of a file of the process, for messages.
    fn path(&self, name: &CStr) -> String {
        let directory = format!("{}/{}", self.root().proc().display(), self.pid);
        match name.is_empty() {
            true => directory,
            false => directory + "/" + &name.to_string_lossy(),
        }
    }
}

/// Whether the open file is the directory's `stat`.
fn is_file_of(directory: &OwnedFd, file: &OwnedFd) -> bool {
    let number = |stat: rustix::fs::Stat| (stat.st_dev, stat.st_ino);
    match (fstat(file), statat(directory, c"stat", AtFlags::empty())) {
        (Ok(open), Ok(found)) => number(open) == number(found),
        _ => false,
    }
}

/// Reads a file that the kernel writes in one go.
pub(super) fn read<T>(
    directory: &OwnedFd,
    name: &CStr,
    decode: impl FnOnce(&[u8]) -> T,
) -> rustix::io::Result<T> {
    let file = openat(directory, name, FILE, Mode::empty())?;
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
