//! Descriptors of processes' files that stay open from one reading of a table to the next. A read through one fails once
//! its process has ended, whoever has the number by then.

use std::collections::VecDeque;

use psoxide_core::decode::linux::schedstat::Schedstat;
use psoxide_core::decode::linux::status::StatusLines;
use psoxide_core::model::Pid;
use rustix::fd::OwnedFd;
use rustix::process::{Resource, getrlimit};

use crate::sys::linux::process::sources::File;

/// How many files of a process there may be.
const FILES: usize = File::Schedstat as usize + 1;

/// The open files of one process.
#[derive(Debug, Default)]
pub(super) struct Files {
    open: [Option<OwnedFd>; FILES],
    /// `status`, and what `schedstat` showed just before. Most tables do without, so it has a place of its own.
    pub(super) at_rest: Option<Box<(Schedstat, StatusLines)>>,
    /// Whether they were opened by an earlier reading.
    old: bool,
}

impl Files {
    pub(super) fn get(&self, file: File) -> Option<&OwnedFd> {
        self.open[file as usize].as_ref()
    }

    pub(super) fn set(&mut self, file: File, descriptor: OwnedFd) {
        self.open[file as usize] = Some(descriptor);
    }

    pub(super) fn are_old(&self) -> bool {
        self.old
    }

    fn count(&self) -> usize {
        self.open.iter().flatten().count()
    }
}

/// Files of many processes, within a bound.
#[derive(Debug)]
pub(super) struct Kept {
    bound: usize,
    /// How many are open.
    count: usize,
    /// Those of the reading before that this one has not come to, ascending by number.
    before: VecDeque<(Pid, Files)>,
    /// Those of this reading, ascending by number.
    now: VecDeque<(Pid, Files)>,
}

impl Kept {
    /// At most `bound`, and never more than half of what this program may open.
    pub(super) fn new(bound: usize) -> Kept {
        let allowed = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX) / 2;
        Kept {
            bound: bound.min(usize::try_from(allowed).unwrap_or(usize::MAX)),
            count: 0,
            before: VecDeque::new(),
            now: VecDeque::new(),
        }
    }

    /// Whether the files of one more process may be kept.
    pub(super) fn has_room(&self) -> bool {
        self.count + FILES <= self.bound
    }

    /// Begins a reading: what the one before did not come to is closed.
    pub(super) fn begin(&mut self) {
        self.before.clear();
        std::mem::swap(&mut self.before, &mut self.now);
        self.count = self.before.iter().map(|(_, files)| files.count()).sum();
    }

    /// The files of this process. Those of lower numbers are closed: they have ended, or are not asked for any more.
    pub(super) fn take(&mut self, pid: Pid) -> Files {
        while let Some((known, _)) = self.before.front() {
            if *known > pid {
                break;
            }
            let Some((known, mut files)) = self.before.pop_front() else {
                break;
            };
            self.count -= files.count();
            if known == pid {
                files.old = true;
                return files;
            }
        }
        Files::default()
    }

    /// Keeps the files of this process, if there is room.
    pub(super) fn keep(&mut self, pid: Pid, files: Files) {
        let count = files.count();
        if self.count + count <= self.bound {
            self.count += count;
            self.now.push_back((pid, files));
        }
    }

    /// Closes those of the process that it takes longest to come to again; `false` if none is open.
    pub(super) fn close_one(&mut self) -> bool {
        // Those not come to are dropped from the end, for the next one is needed at once.
        let closed = self.before.pop_back().or_else(|| self.now.pop_back());
        if let Some((_, files)) = &closed {
            self.count -= files.count();
        }
        closed.is_some()
    }
}
