//! One pass of the kernel over all processes in place of the files of each: when it is made, and which cells of a reader it
//! fills. How it is made stands in [`crate::sys::linux::bpf`].

use std::sync::OnceLock;

use psoxide_core::decode::linux::bpf::{Shown, TaskRecord};
use psoxide_core::model::Pid;
use rustix::process::{Uid, geteuid};

use crate::error::{Error, ErrorKind};
use crate::root::Root;
use crate::sys::linux::bpf::TaskIterator;
use crate::sys::linux::process::cells::put;
use crate::sys::linux::process::list;
use crate::sys::linux::process::reader::Reader;
use crate::sys::linux::process::sources::{File, Sources};

/// The program is loaded for a second reading, or for as many processes as this: that costs as much as to read the files
/// of some hundred.
const MANY: usize = 1000;
/// To visit a process costs the kernel so much less than to show its files.
const CHEAPER: usize = 32;

/// What a listing has of it.
#[derive(Debug)]
pub(super) struct Bulk {
    state: State,
    /// Whether it is to tell of the counters of I/O.
    io: bool,
    /// How many readings there were.
    readings: u64,
    /// Where the process that is asked of next may be.
    place: usize,
}

#[derive(Debug)]
enum State {
    /// It was not worth its while up to now.
    Untried,
    /// Loaded for this user. It is used for the reading at hand, or is not.
    Loaded {
        iterator: TaskIterator,
        user: Uid,
        used: bool,
    },
    /// It may not be used, or cannot.
    Refused(Error),
}

/// How much of what was wanted of a process the pass told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Filled {
    /// All of it.
    All,
    /// Not all; what it told is to be forgotten.
    NotAll,
    /// It was not there.
    Ended,
}

impl Bulk {
    pub(super) fn new(allowed: bool, io: bool) -> Bulk {
        let state = match allowed {
            true => State::Untried,
            false => State::Refused(Error::unsupported("bpf: not to be used")),
        };
        Bulk {
            state,
            io,
            readings: 0,
            place: 0,
        }
    }

    /// Lets go of what is loaded.
    pub(super) fn begin_anew(&mut self) {
        if let State::Loaded { .. } = self.state {
            self.state = State::Untried;
        }
    }

    /// Begins a reading, of so many processes or of all: has the kernel visit all, if that is allowed and pays. The numbers
    /// of all processes, if they were listed for that.
    pub(super) fn visit_all(&mut self, root: &Root, wanted: Option<usize>) -> Option<Vec<Pid>> {
        let wanted = wanted.unwrap_or(usize::MAX);
        let least = if self.readings == 0 { MANY } else { 2 };
        let (mut listed, mut is_new) = (None, false);
        if matches!(self.state, State::Untried)
            && wanted >= least
            && let Ok(pids) = list::pids(root)
        {
            if pids.len() >= least {
                self.state = match TaskIterator::open(root, &pids, self.io) {
                    Ok(iterator) => State::Loaded {
                        iterator,
                        user: geteuid(),
                        used: false,
                    },
                    Err(error) => State::Refused(error),
                };
                is_new = true;
            }
            listed = Some(pids);
        }
        self.readings = self.readings.saturating_add(1);
        self.place = 0;
        if let State::Loaded { iterator, user, used } = &mut self.state {
            *used = wanted.saturating_mul(CHEAPER) > iterator.count();
            // Who has become another user shall see no more than that user may.
            let read = match *user == geteuid() {
                // One that was just loaded has just visited all.
                true if *used && !is_new => iterator.read(root),
                true => Ok(()),
                false => Err(Error::new(
                    ErrorKind::AccessDenied,
                    "bpf: loaded for another user",
                )),
            };
            if let Err(error) = read {
                self.state = State::Refused(error);
            }
        }
        listed
    }

    /// Has the kernel visit all once more, in the same reading; `false` if that fails.
    pub(super) fn visit_again(&mut self) -> bool {
        let State::Loaded { iterator, .. } = &mut self.state else {
            return false;
        };
        match iterator.read_again() {
            Ok(done) => done,
            Err(error) => {
                self.state = State::Refused(error);
                false
            }
        }
    }

    /// Whether the process was there, and the same, at the last two visits.
    pub(super) fn was_there(&self, pid: Pid) -> bool {
        match &self.state {
            State::Loaded { iterator, .. } => iterator.was_there(pid),
            _ => false,
        }
    }

    /// Whether the reading at hand is such a pass.
    pub(super) fn is_used(&self) -> bool {
        matches!(self.state, State::Loaded { used: true, .. })
    }

    /// Why there will be none.
    pub(super) fn error(&self) -> Option<&Error> {
        match &self.state {
            State::Refused(error) => Some(error),
            _ => None,
        }
    }

    /// Adds the numbers of all processes, ascending; `false` if the pass was not made.
    pub(super) fn add_pids(&self, pids: &mut Vec<Pid>) -> bool {
        match &self.state {
            State::Loaded {
                iterator, used: true, ..
            } => {
                iterator.add_pids(pids);
                true
            }
            _ => false,
        }
    }

    /// Fills the cells of a reader that are wanted.
    pub(super) fn fill(&mut self, reader: &mut Reader, wanted: Sources) -> Filled {
        let State::Loaded { iterator, .. } = &self.state else {
            return Filled::NotAll;
        };
        match iterator.record_near(reader.pid(), &mut self.place) {
            Some(told) => match reader.take(wanted, told, iterator.shown()) {
                true => Filled::All,
                false => Filled::NotAll,
            },
            None if iterator.leaves_out(reader.pid()) => Filled::NotAll,
            None => Filled::Ended,
        }
    }
}

/// What the kernel told of a process, and its user and system time.
type Told<'a> = (TaskRecord<'a>, (u64, u64));

impl Reader {
    /// Fills the cells that are wanted from what the kernel told of the process in its pass over all, the arguments left
    /// out, and empties the others. `false` if it has not told all of it.
    fn take(&mut self, wanted: Sources, (record, times): Told<'_>, shown: &Shown) -> bool {
        fill(&mut self.stat, wanted.meets(Sources::STAT), || {
            record.stat(shown, times)
        }) && fill(&mut self.status, wanted.meets(Sources::STATUS), || {
            record.status(shown, wanted.meets(Sources::PEAKS))
        }) && fill(&mut self.statm, wanted.meets(Sources::STATM), || {
            record.statm(shown)
        }) && self.take_io(wanted, record)
    }

    fn take_io(&mut self, wanted: Sources, record: TaskRecord<'_>) -> bool {
        if !wanted.meets(Sources::IO) {
            self.clear(File::Io);
            return true;
        }
        let Some(counters) = record.io() else {
            return false;
        };
        self.with_rare(|rare| put(&mut rare.io, counters));
        true
    }
}

/// Fills a cell if it is wanted, and empties it if not; `false` if what is wanted is not told.
fn fill<T>(cell: &mut OnceLock<T>, wanted: bool, tell: impl FnOnce() -> Option<T>) -> bool {
    if !wanted {
        cell.take();
        return true;
    }
    match tell() {
        Some(told) => put(cell, told),
        None => return false,
    }
    true
}
