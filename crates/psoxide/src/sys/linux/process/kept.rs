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

/// Which are kept where there is no room for all: first what spares most. `schedstat` spares all of `status`, the others
/// spare only that they are opened and closed.
const WORTH: [File; FILES] = [
    File::Schedstat,
    File::Ids,
    File::Stat,
    File::Statm,
    File::Io,
    File::Arguments,
    File::Status,
];

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

    /// Closes all but so many.
    fn close_but(&mut self, most: usize) {
        let mut kept = 0;
        for file in WORTH {
            let open = &mut self.open[file as usize];
            if kept == most {
                *open = None;
            }
            kept += usize::from(open.is_some());
        }
        if self.get(File::Schedstat).is_none() {
            self.at_rest = None;
        }
    }
}

/// Files of many processes, within a bound.
#[derive(Debug)]
pub(super) struct Kept {
    bound: usize,
    /// How many are open, and how many of these are of this reading.
    count: usize,
    count_now: usize,
    /// How many processes this reading has not come to.
    to_come: usize,
    /// Those of the reading before that this one has not come to, ascending by number.
    before: VecDeque<(Pid, Files)>,
    /// Those of this reading, ascending by number.
    now: VecDeque<(Pid, Files)>,
}

impl Kept {
    /// At most `bound`, and so many that this program may open an eighth of what it may at all for other purposes, and 256
    /// at least, or half if that is less.
    pub(super) fn new(bound: usize) -> Kept {
        let allowed = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
        let allowed = allowed - (allowed / 8).max(256.min(allowed / 2));
        Kept {
            bound: bound.min(usize::try_from(allowed).unwrap_or(usize::MAX)),
            count: 0,
            count_now: 0,
            to_come: 0,
            before: VecDeque::new(),
            now: VecDeque::new(),
        }
    }

    /// Whether one more file may be kept.
    pub(super) fn has_room(&self) -> bool {
        self.count < self.bound
    }

    /// Begins a reading of so many processes: what the one before did not come to is closed.
    pub(super) fn begin(&mut self, processes: usize) {
        self.before.clear();
        std::mem::swap(&mut self.before, &mut self.now);
        self.count = self.count_now;
        self.count_now = 0;
        self.to_come = processes;
    }

    /// The files of this process. Those of lower numbers are closed: they have ended, or are not asked for any more.
    pub(super) fn take(&mut self, pid: Pid) -> Files {
        self.to_come = self.to_come.saturating_sub(1);
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

    /// Keeps of the files of this process as many as there is room for, so that each that is still to come may have as many,
    /// but one at least.
    pub(super) fn keep(&mut self, pid: Pid, mut files: Files) {
        let share = (self.bound - self.count_now) / (self.to_come + 1);
        files.close_but(share.max(1).min(self.bound - self.count));
        let count = files.count();
        if count > 0 {
            self.count += count;
            self.count_now += count;
            self.now.push_back((pid, files));
        }
    }

    /// Closes those of the process that it takes longest to come to again; `false` if none is open.
    pub(super) fn close_one(&mut self) -> bool {
        // Those not come to are dropped from the end, for the next one is needed at once.
        let closed = match self.before.pop_back() {
            Some((_, files)) => files.count(),
            None => match self.now.pop_back() {
                Some((_, files)) => {
                    self.count_now -= files.count();
                    files.count()
                }
                None => return false,
            },
        };
        self.count -= closed;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FOUR: [File; 4] = [File::Stat, File::Status, File::Statm, File::Schedstat];

    /// What is kept of each process after so many readings of files that are opened where they are not kept.
    fn kept(bound: usize, readings: &[&[Pid]]) -> Vec<(Pid, Vec<File>)> {
        let mut kept = Kept::new(bound);
        for pids in readings {
            kept.begin(pids.len());
            for pid in *pids {
                let mut files = kept.take(*pid);
                for file in FOUR {
                    if files.get(file).is_none() {
                        files.set(file, std::fs::File::open("/dev/null").unwrap().into());
                    }
                }
                kept.keep(*pid, files);
                let open = |held: &VecDeque<(Pid, Files)>| {
                    held.iter().map(|(_, files)| files.count()).sum::<usize>()
                };
                assert_eq!(kept.count, open(&kept.before) + open(&kept.now));
                assert!(kept.count <= bound);
            }
        }
        let held = |files: &Files| {
            FOUR.into_iter()
                .filter(|file| files.get(*file).is_some())
                .collect()
        };
        kept.now.iter().map(|(pid, files)| (*pid, held(files))).collect()
    }

    #[test]
    fn each_process_has_its_share_of_the_descriptors() {
        use File::{Schedstat, Stat, Statm};
        let all = FOUR.to_vec();
        assert_eq!(kept(8, &[&[1, 2], &[1, 2]]), [(1, all.clone()), (2, all)]);
        // What spares most is kept of each before anything else is kept of one.
        let two = vec![Stat, Schedstat];
        assert_eq!(
            kept(7, &[&[1, 2, 3], &[1, 2, 3]]),
            [(1, two.clone()), (2, two), (3, vec![Stat, Statm, Schedstat])]
        );
        let one = vec![Schedstat];
        assert_eq!(kept(2, &[&[1, 2, 3], &[1, 2, 3]]), [(1, one.clone()), (2, one)]);
        assert_eq!(kept(0, &[&[1, 2], &[1, 2]]), []);
    }

    #[test]
    fn descriptors_go_from_those_that_ended_to_those_that_come() {
        let held = kept(12, &[&[1, 2, 3], &[2, 3, 4, 5, 6, 7], &[5]]);
        assert_eq!(held, [(5, FOUR.to_vec())]);
        let held = kept(12, &[&[9], &[1, 2, 3, 9]]);
        assert_eq!(held.iter().map(|(_, files)| files.len()).sum::<usize>(), 12);
    }
}
