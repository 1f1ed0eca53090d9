//! What a table of processes is read through: all processes one after the other, of each the sources that are wanted and
//! no other, into readers that are then sealed. A single process is visited by a `Reader` alone.

use std::ffi::CStr;
use std::sync::{Arc, OnceLock};

use psoxide_core::decode::linux::cmdline::arguments;
use psoxide_core::decode::linux::pidfd_info::WANTED;
use psoxide_core::decode::linux::schedstat::Schedstat;
use psoxide_core::decode::linux::statm::Statm;
use psoxide_core::model::Pid;
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::{Mode, SeekFrom, openat, seek};
use rustix::io::{Errno, pread};

use crate::error::{Error, Result};
use crate::root::Root;
use crate::sys::Reading;
use crate::sys::linux::error::{Life, is_exhausted, system_error};
use crate::sys::linux::file;
use crate::sys::linux::process::bulk::{Bulk, Filled};
use crate::sys::linux::process::ffi::pidfd_info;
use crate::sys::linux::process::kept::{Files, Kept};
use crate::sys::linux::process::life::life_by_number;
use crate::sys::linux::process::list;
use crate::sys::linux::process::names::PathName;
use crate::sys::linux::process::pidfd;
use crate::sys::linux::process::rare::Failure;
use crate::sys::linux::process::reader::{FILE, Reader};
use crate::sys::linux::process::shared::Shared;
use crate::sys::linux::process::sources::{File, Sources};

/// Nearly every file of a process fits.
const PAGE: usize = 4096;

/// A listing that can be repeated: opened once, kept by a table, closed with it.
#[derive(Debug)]
pub(crate) struct Listing {
    root: Root,
    /// The directory of all processes.
    directory: Arc<OwnedFd>,
    shared: Arc<Shared>,
    pids: Vec<Pid>,
    kept: Kept,
    page: Vec<u8>,
    /// Whether pidfds tell, and of the same processes as the directory.
    pidfds: bool,
    bulk: Bulk,
    /// Whether something was read by the number of a process that one pass of the kernel told of.
    asked_by_number: bool,
    /// The number of this program. A child that it forks has the same open files: to go through one directory, or to have
    /// the kernel write to one memory, would be in the way of the other.
    own: u32,
}

/// Why a process has no row.
enum Without {
    /// It has ended.
    Ended,
    /// It must be read in another way: the descriptors kept of it belong to one that has ended, or pidfds tell nothing.
    Again,
    /// It was not asked for.
    Filtered,
    /// There are no descriptors or memory left.
    Exhausted(Error),
}

impl Listing {
    /// At most `keep` descriptors stay open from one reading to the next. `bulk` tells whether the kernel may be asked of
    /// all processes at once, `wanted` which sources will be read.
    pub(crate) fn open(root: &Root, keep: usize, bulk: bool, wanted: Sources) -> Result<Listing> {
        let directory = Arc::new(list::open(root.proc())?);
        Ok(Listing {
            root: root.clone(),
            shared: Shared::new(Some(directory.clone())),
            directory,
            pids: Vec::new(),
            kept: Kept::new(keep),
            page: vec![0; PAGE],
            pidfds: root.is_local(),
            bulk: Bulk::new(bulk, wanted.meets(Sources::IO)),
            asked_by_number: false,
            own: std::process::id(),
        })
    }

    /// Lists the processes anew: all, or of these numbers (ascending) those that there are.
    pub(crate) fn list(&mut self, numbers: Option<&[Pid]>) -> Result<()> {
        if self.own != std::process::id() {
            self.directory = Arc::new(list::open(self.root.proc())?);
            self.bulk.begin_anew();
            self.own = std::process::id();
        }
        self.shared = Shared::new(Some(self.directory.clone()));
        self.pids.clear();
        self.pidfds = self.pidfds && pidfd::counts_as_proc();
        if let Some(numbers) = numbers {
            self.pids.extend_from_slice(numbers);
        }
        let listed = self.bulk.visit_all(&self.root, numbers.map(<[Pid]>::len));
        if numbers.is_none() && !self.bulk.add_pids(&mut self.pids) {
            match listed {
                Some(listed) => self.pids = listed,
                None => self.list_directory()?,
            }
        }
        self.kept.begin(self.pids.len());
        Ok(())
    }

    fn list_directory(&mut self) -> Result<()> {
        let failed = |errno| system_error(errno, self.root.proc().display().to_string());
        seek(&*self.directory, SeekFrom::Start(0)).map_err(failed)?;
        list::add_numbers_of_processes(&*self.directory, &mut self.pids).map_err(failed)
    }

    /// Whether the last reading was one pass of the kernel over all processes.
    pub(crate) fn is_bulk(&self) -> bool {
        self.bulk.is_used()
    }

    /// Why the kernel is not asked of all processes at once, once that was found out.
    pub(crate) fn bulk_error(&self) -> Option<&Error> {
        self.bulk.error()
    }

    /// The numbers of the processes last listed, ascending.
    pub(crate) fn pids(&self) -> &[Pid] {
        &self.pids
    }

    /// A reader of a listed process that has read nothing.
    pub(crate) fn reader(&self, pid: Pid) -> Reader {
        Reader::with(&self.root, self.shared.clone(), pid)
    }

    /// Ends a reading: what only it needed is closed.
    pub(crate) fn end(&mut self) {
        self.shared.close_handles();
    }

    /// Whether a getter failed for want of descriptors, and may be asked again because some were closed.
    pub(crate) fn made_room(&mut self, error: &Error) -> bool {
        is_exhausted(error) && self.kept.close_one()
    }

    /// Looks at all processes once more, where some were read by their numbers since one pass of the kernel told of them;
    /// [`Listing::is_same`] then tells of which that proves it. `false` if they must be listed and read anew.
    pub(crate) fn look_again(&mut self) -> bool {
        !std::mem::take(&mut self.asked_by_number) || self.bulk.visit_again()
    }

    /// Whether all that was read of a process is of one.
    pub(crate) fn is_same(&self, reader: &Reader) -> bool {
        !reader.by_number || self.bulk.was_there(reader.pid())
    }

    fn ask_by_number(&mut self, reader: &mut Reader) {
        self.asked_by_number = true;
        reader.by_number = true;
        reader.glance = true;
    }

    /// Reads the process of this number into a reader, whatever that held: the sources of `first`, and, if these let it
    /// pass, those of `rest`. `calls` tells that its getters will ask more before it is sealed.
    ///
    /// What cannot be read of one process is kept in its reader; only being out of descriptors fails the listing.
    pub(crate) fn read(
        &mut self,
        reader: &mut Reader,
        pid: Pid,
        (first, rest): (Sources, Sources),
        calls: bool,
        passes: &mut dyn FnMut(&Reader) -> Result<bool>,
    ) -> Result<Reading> {
        reader.begin(pid, &self.shared);
        reader.wanted = first.or(rest);
        if self.bulk.is_used() {
            match self.bulk.fill(reader, first.or(rest)) {
                Filled::All => {
                    self.add_arguments(reader, first)?;
                    if first != Sources::NONE && !passes(reader).unwrap_or(false) {
                        return Ok(Reading::PassedOver);
                    }
                    self.add_arguments(reader, first.or(rest))?;
                    reader.settle(first.or(rest));
                    if calls {
                        self.ask_by_number(reader);
                    }
                    return Ok(Reading::Done);
                }
                Filled::Ended => return Ok(Reading::Ended),
                Filled::NotAll => {}
            }
        }
        loop {
            reader.renew(&self.shared);
            let mut visit = Visit {
                files: self.kept.take(reader.pid()),
                page: &mut self.page,
                kept: &mut self.kept,
                pidfds: &mut self.pidfds,
                directory: &self.directory,
                handle: None,
                rest,
                reader,
                opened: None,
                fresh: false,
            };
            let outcome = visit.read(first, calls, passes);
            let files = visit.files;
            match outcome {
                Ok(()) => {
                    self.kept.keep(reader.pid(), files);
                    reader.proved_later = calls;
                    return Ok(Reading::Done);
                }
                Err(Without::Again) => {}
                Err(Without::Ended) => return Ok(Reading::Ended),
                Err(Without::Filtered) => return Ok(Reading::PassedOver),
                Err(Without::Exhausted(error)) => return Err(error),
            }
        }
    }

    /// Reads the arguments of a process that the kernel told the rest of, if they are wanted.
    fn add_arguments(&mut self, reader: &mut Reader, wanted: Sources) -> Result<()> {
        let for_name = wanted.meets(Sources::FULL_NAME) && reader.is_name_cut();
        if reader.has_arguments() || !(for_name || wanted.meets(Sources::ARGUMENTS)) {
            return Ok(());
        }
        if reader.is_kernel_thread() {
            reader.with_rare(|rare| rare.arguments = OnceLock::from(Vec::new()));
            return Ok(());
        }
        self.ask_by_number(reader);
        let name = PathName::new(reader.pid(), File::Arguments.name());
        if let Ok(file) = openat(&self.directory, name.as_c_str(), FILE, Mode::empty())
            && let Ok(length) = read_from_start(&file, &mut self.page)
        {
            let told = arguments(&self.page[..length]);
            reader.with_rare(|rare| rare.arguments = OnceLock::from(told));
            reader.glance = false;
            return Ok(());
        }
        // Once more, to learn what stands in the way.
        let mut read = reader.arguments().map(drop);
        while read.as_ref().is_err_and(|error| self.made_room(error)) {
            read = reader.arguments().map(drop);
        }
        reader.glance = false;
        match read {
            Err(error) if is_exhausted(&error) => Err(error),
            Err(error) => {
                let source = Sources::ARGUMENTS;
                reader.with_rare(|rare| rare.failures.push(Failure { source, error }));
                Ok(())
            }
            Ok(()) => Ok(()),
        }
    }
}

/// The reading of one process.
///
/// What is read belongs to one process: either all files are opened through a handle on its directory, or the file that
/// was opened first is read last. It can be read only as long as its process has not ended, and so long the number that
/// the others were opened by is its own.
struct Visit<'a> {
    reader: &'a mut Reader,
    files: Files,
    kept: &'a mut Kept,
    page: &'a mut Vec<u8>,
    pidfds: &'a mut bool,
    directory: &'a OwnedFd,
    handle: Option<Arc<OwnedFd>>,
    rest: Sources,
    /// The file that was opened first, or is kept.
    opened: Option<File>,
    /// Whether another was opened by the number since.
    fresh: bool,
}

impl Visit<'_> {
    fn read(
        &mut self,
        first: Sources,
        calls: bool,
        passes: &mut dyn FnMut(&Reader) -> Result<bool>,
    ) -> std::result::Result<(), Without> {
        let all = first.or(self.rest);
        if calls {
            self.open_handle()?;
        }
        if first == Sources::NONE && self.handle.is_none() {
            self.open_anchor(all)?;
        }
        let anchor = self.opened;
        let mut done = Sources::NONE;
        if first != Sources::NONE {
            self.read_files(first, None)?;
            done = first;
            self.reader.settle(first);
            match passes(self.reader) {
                Ok(true) => {}
                Ok(false) => return Err(Without::Filtered),
                // What decides is not told: it cannot be said that this one was asked for.
                Err(_) => return Err(Without::Filtered),
            }
        }
        self.read_files(all.without(done), anchor)?;
        if all.meets(Sources::FULL_NAME) && self.reader.is_name_cut() && !all.meets(Sources::ARGUMENTS) {
            self.read_file(File::Arguments)?;
        }
        if let Some(opened) = self.opened
            && (self.fresh || anchor.is_some())
            && self.handle.is_none()
        {
            self.read_file(opened)?;
        }
        self.reader.settle(all);
        Ok(())
    }

    fn open_handle(&mut self) -> std::result::Result<(), Without> {
        loop {
            match self.reader.open_directory() {
                Ok(handle) => {
                    let handle = Arc::new(handle);
                    self.reader.shared().keep(self.reader.pid, &handle, true);
                    self.handle = Some(handle);
                    return Ok(());
                }
                Err(error) if error.is_no_such_process() => return Err(Without::Ended),
                Err(error) if !is_exhausted(&error) => return Ok(()),
                Err(_) if self.kept.close_one() => {}
                Err(error) => return Err(Without::Exhausted(error)),
            }
        }
    }

    /// Opens the file that is to be read last, if there are several.
    fn open_anchor(&mut self, sources: Sources) -> std::result::Result<(), Without> {
        let pidfds = *self.pidfds;
        let wanted = |file: &File| file.is_for(sources, pidfds);
        if File::EACH.iter().copied().filter(wanted).count() < 2 {
            return Ok(());
        }
        for file in File::FIRST_OPENED.into_iter().filter(wanted) {
            if self.files.get(file).is_some() {
                self.opened = Some(file);
                return Ok(());
            }
            match self.open(file) {
                Ok(()) => return Ok(()),
                Err(Errno::MFILE | Errno::NFILE | Errno::NOMEM) => return Err(self.exhausted(file)),
                // Its error is told when it is read, which does without it.
                Err(_) => {}
            }
        }
        Ok(())
    }

    fn read_files(&mut self, sources: Sources, but: Option<File>) -> std::result::Result<(), Without> {
        for file in File::EACH {
            if Some(file) == but || !file.is_for(sources, *self.pidfds) {
                continue;
            }
            match file {
                File::Status => self.read_status(sources)?,
                // A thread of the kernel has no memory that either could tell of.
                File::Statm if self.reader.is_kernel_thread() => {
                    self.reader.statm = OnceLock::from(Statm::NONE)
                }
                File::Arguments if self.reader.is_kernel_thread() => self
                    .reader
                    .with_rare(|rare| rare.arguments = OnceLock::from(Vec::new())),
                _ => self.read_file(file)?,
            }
        }
        Ok(())
    }

    /// `status` is the dearest: half of all that the three files of a usual table cost. Where files are kept, it is only
    /// read of a process whose first thread has run since, or might have.
    fn read_status(&mut self, sources: Sources) -> std::result::Result<(), Without> {
        if sources.meets(Sources::PEAKS) || !(self.files.are_old() || self.kept.has_room()) {
            return self.read_file(File::Status);
        }
        // First, so that what runs between the two reads shows at the next.
        let now = self
            .contents(File::Schedstat)
            .ok()
            .and_then(|length| Schedstat::parse(&self.page[..length]).ok());
        if let (Some(at_rest), Some(now)) = (&self.files.at_rest, &now)
            && now.shows_rest(&at_rest.0)
        {
            self.reader.status = OnceLock::from(at_rest.1.clone());
            return Ok(());
        }
        self.read_file(File::Status)?;
        let read = now.zip(self.reader.status.get().cloned());
        self.files.at_rest = read.map(Box::new);
        Ok(())
    }

    /// Reads a file into its cell; what stands in the way is kept beside.
    fn read_file(&mut self, file: File) -> std::result::Result<(), Without> {
        let held = self.files.get(file).is_some();
        let length = match self.contents(file) {
            Ok(length) => length,
            Err(Errno::SRCH) if held && self.files.are_old() => {
                self.files = Files::default();
                return Err(Without::Again);
            }
            Err(Errno::MFILE | Errno::NFILE | Errno::NOMEM) => return Err(self.exhausted(file)),
            Err(Errno::SRCH) if file == File::Ids => return Err(Without::Ended),
            // Before Linux 6.13, or where a filter of system calls forbids it: `status` tells the same.
            Err(_) if file == File::Ids => {
                *self.pidfds = false;
                self.files = Files::default();
                return Err(Without::Again);
            }
            Err(errno @ (Errno::NOENT | Errno::NOTDIR | Errno::SRCH)) => {
                let life = match file {
                    File::Stat => Life::Gone,
                    _ => life_by_number(self.directory, self.reader.pid),
                };
                if life == Life::Gone {
                    return Err(Without::Ended);
                }
                let error = self.reader.failure(errno, file.name(), life);
                self.failed(file, error);
                return Ok(());
            }
            Err(errno) => {
                let error = self.reader.failure(errno, file.name(), Life::Alive);
                self.failed(file, error);
                return Ok(());
            }
        };
        let bytes = &self.page[..length];
        if let Err(error) = self.reader.fill(file, bytes) {
            let error = self.reader.undecoded(file.name(), error);
            self.failed(file, error);
        }
        Ok(())
    }

    fn failed(&mut self, file: File, error: Error) {
        self.reader.clear(file);
        let source = file.sources();
        self.reader
            .with_rare(|rare| rare.failures.push(Failure { source, error }));
    }

    fn exhausted(&self, file: File) -> Without {
        Without::Exhausted(self.reader.failure(Errno::MFILE, file.name(), Life::Alive))
    }

    /// Reads the whole of a file into the page.
    fn contents(&mut self, file: File) -> rustix::io::Result<usize> {
        if self.files.get(file).is_none() {
            self.open(file)?;
        } else if self.opened.is_none() {
            self.opened = Some(file);
        }
        let Some(open) = self.files.get(file) else {
            return Err(Errno::BADF);
        };
        match file {
            File::Ids => {
                let info = pidfd_info(open.as_fd(), WANTED)?;
                self.page[..info.len()].copy_from_slice(&info);
                Ok(info.len())
            }
            _ => read_from_start(open, self.page),
        }
    }

    fn open(&mut self, file: File) -> rustix::io::Result<()> {
        let name = PathName::new(self.reader.pid, file.name());
        let (directory, name): (BorrowedFd<'_>, &CStr) = match &self.handle {
            Some(handle) => (handle.as_fd(), file.name()),
            None => (self.directory.as_fd(), name.as_c_str()),
        };
        let opened = loop {
            let opened = match file {
                File::Ids => pidfd::open(self.reader.pid),
                _ => openat(directory, name, FILE, Mode::empty()),
            };
            match opened {
                // One that is kept is not needed as much.
                Err(Errno::MFILE | Errno::NFILE) if self.kept.close_one() => {}
                answer => break answer?,
            }
        };
        self.files.set(file, opened);
        match self.opened {
            None => self.opened = Some(file),
            Some(_) => self.fresh = true,
        }
        Ok(())
    }
}

/// Reads the whole of a file that the kernel writes in one go, from its start.
fn read_from_start(open: &OwnedFd, page: &mut Vec<u8>) -> rustix::io::Result<usize> {
    let mut filled = 0;
    loop {
        let length = match pread(open, &mut page[filled..], filled as u64) {
            Ok(length) => length,
            Err(Errno::INTR) => continue,
            Err(errno) => return Err(errno),
        };
        filled += length;
        // A short read is the end of such a file.
        if filled < page.len() || length == 0 {
            return Ok(filled);
        }
        if filled > file::RECORD_LIMIT {
            return Err(Errno::FBIG);
        }
        page.resize(filled * 2, 0);
    }
}
