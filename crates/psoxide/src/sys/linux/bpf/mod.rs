//! All processes by one pass of a program of ours in the kernel. How that is loaded stands in [`load`].
//! The program itself and what it writes are `psoxide-core`'s; who reads a process goes through [`super::process`].
//!
//! Nothing of it outlives the [`TaskIterator`]: the program is held by a descriptor, and neither pinned nor attached to
//! anything that others run. The kernel only lends the functions that read its memory to programs whose licence is one of
//! the GPL's kin. Ours is put together by the files of this project alone, which anybody may use under the terms of the
//! MIT licence; these allow to pass it on under those of the GPL, as is done here.

mod ffi;
mod load;
mod sockets;

use std::os::fd::{AsFd, AsRawFd, OwnedFd};

use psoxide_core::decode::linux::bpf::{Shown, TaskRecord, task_program, walk_program};
use psoxide_core::decode::linux::btf::Btf;
use psoxide_core::decode::linux::stat::Stat;
use psoxide_core::decode::linux::statm::Statm;
use psoxide_core::model::Pid;
use rustix::io::Errno;
use rustix::param::{clock_ticks_per_second, page_size};

use crate::error::{Error, ErrorKind, Result};
use crate::root::Root;
use crate::sys::linux::error::system_error;
use crate::sys::linux::file::{decode_record, if_told};
use crate::sys::linux::process;

use self::ffi::{Purpose, SharedBytes};
use self::load::{Types, cpu_offsets, link, load, read_iterator, require_initial_namespaces, undecoded};
pub(crate) use self::sockets::FileIterator;

/// Processes that there is room for beside a quarter more than there are. More would be memory that nobody uses; where they
/// become so many, the program is loaded anew.
const SPARE_ROOM: usize = 1 << 8;
/// Processes that are looked at to learn how `/proc` shows them, at a time and in all.
const SAMPLES: usize = 8;
const ATTEMPTS: usize = 3;
/// A kernel may keep processes from iterators that are in `/proc`. If there are more, something else is wrong.
const MOST_UNSEEN: usize = 16;

/// The program, loaded; ready to be run over all processes, again and again.
#[derive(Debug)]
pub(crate) struct TaskIterator {
    pass: Pass,
    /// What is remembered of each process, ascending by number; and room for that of the next visit.
    tasks: Vec<Task>,
    before: Vec<Task>,
    shown: Shown,
    /// Processes that there are and that the kernel does not visit.
    unseen: Vec<Pid>,
    /// Whether it tells of the counters of I/O.
    io: bool,
}

#[derive(Debug, Clone, Copy)]
struct Task {
    pid: Pid,
    /// Which of the records is its.
    record: usize,
    start: u64,
    /// The user and system time that was told.
    times: (u64, u64),
}

impl TaskIterator {
    /// Loads the program, with room for more processes than were just listed, and has it visit all; it tells of the
    /// counters of I/O if `io`. The error says why it may not, or cannot, be used here.
    pub(crate) fn open(root: &Root, listed: &[Pid], io: bool) -> Result<TaskIterator> {
        TaskIterator::with_room(root, listed, listed.len(), io)
    }

    fn with_room(root: &Root, listed: &[Pid], processes: usize, io: bool) -> Result<TaskIterator> {
        let room = processes.saturating_add(processes / 4 + SPARE_ROOM);
        TaskIterator::of(root, listed, io, |types, function, offsets| {
            // What an older kernel does not have.
            Pass::walk(types, offsets, room, io).or_else(|_| Pass::iterator(types, offsets, function, io))
        })
    }

    fn of(
        root: &Root,
        listed: &[Pid],
        io: bool,
        pass: impl FnOnce(&Btf<'_>, u32, &[u64]) -> Result<Pass>,
    ) -> Result<TaskIterator> {
        root.require_local("bpf")?;
        require_initial_namespaces(root)?;
        // Who may not load programs mostly may not make this either: that is told before anything is read.
        let map = ffi::create_cpu_array().map_err(|errno| system_error(errno, "bpf: a map"))?;
        let types = Types::of(root)?;
        let types = Btf::parse(types.bytes()).map_err(undecoded)?;
        let function = types
            .function("bpf_iter_task")
            .ok_or(Error::unsupported("bpf_iter_task"))?;
        let offsets = cpu_offsets(root, &types, function, map)?;
        let mut iterator = TaskIterator {
            pass: pass(&types, function, &offsets)?,
            tasks: Vec::new(),
            before: Vec::new(),
            shown: Shown::new(clock_ticks_per_second(), page_size() as u64),
            unseen: Vec::new(),
            io,
        };
        iterator.learn(root, listed)?;
        Ok(iterator)
    }

    /// Visits all processes.
    pub(crate) fn read(&mut self, root: &Root) -> Result<()> {
        if let Some(processes) = self.visit()? {
            *self = TaskIterator::with_room(root, &process::pids(root)?, processes, self.io)?;
        }
        Ok(())
    }

    /// Visits all processes once more, in the room that there is; `false` if they are too many for it.
    pub(crate) fn read_again(&mut self) -> Result<bool> {
        self.visit().map(|more| more.is_none())
    }

    /// Whether a process was there, and the same, at the last two visits.
    pub(crate) fn was_there(&self, pid: Pid) -> bool {
        let start = |tasks: &[Task]| {
            let place = tasks.binary_search_by_key(&pid, |task| task.pid).ok()?;
            tasks.get(place).map(|task| task.start)
        };
        let now = start(&self.tasks);
        now.is_some() && now == start(&self.before)
    }

    /// Visits all processes; tells how many there are if they are more than there is room for.
    fn visit(&mut self) -> Result<Option<usize>> {
        let failed = |errno| system_error(errno, "bpf: task iterator");
        if let Some(processes) = self.pass.run().map_err(failed)? {
            return Ok(Some(processes));
        }
        let records = TaskRecord::split(self.pass.records())
            .map_err(|error| Error::decode("bpf: task iterator", error))?;
        std::mem::swap(&mut self.tasks, &mut self.before);
        self.tasks.clear();
        self.tasks.extend(records.enumerate().map(|(index, record)| Task {
            pid: record.pid(),
            record: index,
            start: record.start(),
            times: (0, 0),
        }));
        // The kernel's order is nearly this one.
        self.tasks.sort_by_key(|task| task.pid);
        let mut before = self.before.iter().peekable();
        for task in &mut self.tasks {
            while before.next_if(|known| known.pid < task.pid).is_some() {}
            let last = before.next_if(|known| known.pid == task.pid && known.start == task.start);
            if let Some(record) = TaskRecord::at(self.pass.records(), task.record) {
                task.times = record.times(last.map_or((0, 0), |known| known.times));
            }
        }
        Ok(None)
    }

    /// The numbers of all processes, ascending: those last visited, and those that the kernel does not visit. Of these
    /// some may have ended.
    pub(crate) fn add_pids(&self, pids: &mut Vec<Pid>) {
        pids.extend(self.tasks.iter().map(|task| task.pid));
        if !self.unseen.is_empty() {
            pids.extend_from_slice(&self.unseen);
            // Two that ascend, one after the other: nearly nothing is moved.
            pids.sort();
            pids.dedup();
        }
    }

    /// How many there were when they were last visited.
    pub(crate) fn count(&self) -> usize {
        self.tasks.len()
    }

    /// Whether it is a process that the kernel does not visit.
    pub(crate) fn leaves_out(&self, pid: Pid) -> bool {
        self.unseen.binary_search(&pid).is_ok()
    }

    /// What the kernel told of a process when it was last visited, and its user and system time.
    pub(crate) fn record(&self, pid: Pid) -> Option<(TaskRecord<'_>, (u64, u64))> {
        self.record_near(pid, &mut 0)
    }

    /// The same for who asks of one after the other, ascending: `place` is 0 at first, and then where the next may be.
    pub(crate) fn record_near(&self, pid: Pid, place: &mut usize) -> Option<(TaskRecord<'_>, (u64, u64))> {
        if self.tasks.get(*place).is_none_or(|task| task.pid != pid) {
            *place = self.tasks.binary_search_by_key(&pid, |task| task.pid).ok()?;
        }
        let task = self.tasks.get(*place)?;
        *place += 1;
        Some((TaskRecord::at(self.pass.records(), task.record)?, task.times))
    }

    /// How this kernel shows its numbers in `/proc`.
    pub(crate) fn shown(&self) -> &Shown {
        &self.shown
    }

    /// Finds out what cannot be asked by comparing with `/proc`, and refuses what is not the same there.
    fn learn(&mut self, root: &Root, listed: &[Pid]) -> Result<()> {
        let mut listed = listed.to_vec();
        for _ in 0..ATTEMPTS {
            self.visit_all()?;
            let records = self.pass.records().to_vec();
            let tasks = self.tasks.clone();
            let mut files = Vec::new();
            for index in self.samples(&records) {
                let Some(first) = TaskRecord::at(&records, index) else {
                    continue;
                };
                let directory = root.proc().join(first.pid().to_string());
                let stat = if_told(decode_record(&directory.join("stat"), Stat::parse))?;
                let statm = if_told(decode_record(&directory.join("statm"), Statm::parse))?;
                if let (Some(stat), Some(statm)) = (stat, statm) {
                    files.push((first, stat, statm));
                }
            }
            self.visit_all()?;
            let mut shown = self.shown;
            for (first, stat, statm) in &files {
                let Some((second, times)) = self.record(first.pid()) else {
                    continue;
                };
                shown.learn([*first, second], stat, statm);
                let told = second.stat(&shown, times);
                if first.start() == second.start() && told.is_some_and(|told| told.start != stat.start) {
                    let what = "bpf: task iterator: not what /proc tells";
                    return Err(Error::new(ErrorKind::InvalidData, what).of(first.pid()));
                }
            }
            self.shown = shown;
            let now = process::pids(root)?;
            let is_visited = |pid: &Pid| {
                self.record(*pid).is_some() || tasks.binary_search_by_key(pid, |task| task.pid).is_ok()
            };
            self.unseen = listed
                .into_iter()
                .filter(|pid| now.binary_search(pid).is_ok() && !is_visited(pid))
                .collect();
            listed = now;
            if self.unseen.len() > MOST_UNSEEN {
                return Err(Error::unsupported("bpf: task iterator: it leaves out processes"));
            }
            if self.samples(self.pass.records()).is_empty() {
                break;
            }
        }
        Ok(())
    }

    fn visit_all(&mut self) -> Result<()> {
        match self.visit()? {
            None => Ok(()),
            Some(_) => Err(Error::new(
                ErrorKind::InvalidData,
                "bpf: task iterator: more processes than were listed",
            )),
        }
    }

    /// Some of the records that would show what is not known yet. The newest processes are the likeliest to be at rest,
    /// the first to be the kernel's own.
    fn samples(&self, records: &[u8]) -> Vec<usize> {
        let wanted: Vec<usize> = (0..)
            .map_while(|index| Some((index, TaskRecord::at(records, index)?)))
            .filter(|(_, record)| self.shown.wants(record))
            .map(|(index, _)| index)
            .collect();
        let last = wanted.iter().rev().take(SAMPLES);
        let mut some: Vec<usize> = wanted.iter().take(SAMPLES).chain(last).copied().collect();
        some.sort_unstable();
        some.dedup();
        some
    }
}

/// How the kernel has the program come by all processes.
#[derive(Debug)]
enum Pass {
    /// The program goes along the kernel's list of processes, and writes into memory that is shared with this one.
    Walk {
        program: OwnedFd,
        array: SharedBytes,
        /// Bytes that were written.
        length: usize,
    },
    /// The kernel calls the program for each task.
    Iterator { link: OwnedFd, records: Vec<u8> },
}

impl Pass {
    /// With room for so many processes.
    fn walk(types: &Btf<'_>, offsets: &[u64], room: usize, io: bool) -> Result<Pass> {
        let failed = |errno| system_error(errno, "bpf: a map");
        let map = u32::try_from(room)
            .map_err(|_| Errno::OVERFLOW)
            .and_then(|entries| ffi::create_array(TaskRecord::SIZE, entries))
            .map_err(failed)?;
        let array = SharedBytes::of(map.as_fd(), room * TaskRecord::SIZE).map_err(failed)?;
        let program = walk_program(types, offsets, map.as_raw_fd(), io).map_err(undecoded)?;
        Ok(Pass::Walk {
            program: load(&program, b"psoxide_walk\0\0\0\0", Purpose::Run)?,
            array,
            length: 0,
        })
    }

    fn iterator(types: &Btf<'_>, offsets: &[u64], function: u32, io: bool) -> Result<Pass> {
        let program = task_program(types, offsets, io).map_err(undecoded)?;
        Ok(Pass::Iterator {
            link: link(&program, b"psoxide_tasks\0\0\0", function)?,
            records: Vec::new(),
        })
    }

    /// Visits all processes; tells how many there are if they are more than there is room for.
    fn run(&mut self) -> rustix::io::Result<Option<usize>> {
        match self {
            Pass::Walk {
                program,
                array,
                length,
            } => {
                *length = 0;
                let processes = array.run(program.as_fd())? as usize;
                let needed = processes.saturating_mul(TaskRecord::SIZE);
                if needed > array.bytes().len() {
                    return Ok(Some(processes));
                }
                *length = needed;
            }
            Pass::Iterator { link, records } => {
                records.clear();
                read_iterator(link, records)?;
            }
        }
        Ok(None)
    }

    /// What was written at the last visit.
    fn records(&self) -> &[u8] {
        match self {
            Pass::Walk { array, length, .. } => array.bytes().get(..*length).unwrap_or_default(),
            Pass::Iterator { records, .. } => records,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs::read_link;

    use super::*;

    /// What this process holds of the kernel's programs, maps and links, one name a descriptor.
    fn held() -> Vec<String> {
        let entries = std::fs::read_dir("/proc/self/fd").unwrap();
        entries
            .filter_map(|entry| read_link(entry.ok()?.path()).ok())
            .map(|target| target.display().to_string())
            .filter(|target| target.contains("bpf"))
            .collect()
    }

    fn listed() -> Vec<Pid> {
        process::pids(&Root::default()).unwrap()
    }

    /// One after the other, since the last counts what all of this program holds.
    #[test]
    fn processes_are_visited() {
        both_passes_tell_of_the_same_processes();
        room_is_made_for_more_processes();
        counters_of_io_are_told_where_they_are_wanted();
        nothing_is_left();
    }

    fn nothing_is_left() {
        let before = held().len();
        match TaskIterator::open(&Root::default(), &listed(), true) {
            Ok(mut iterator) => {
                iterator.read(&Root::default()).unwrap();
                let kept = held().len();
                assert_eq!(kept, before + 1, "{:?}", held());
                let mut pids = Vec::new();
                iterator.add_pids(&mut pids);
                assert!(pids.is_sorted() && pids.contains(&std::process::id()));
                let (record, _) = iterator.record(std::process::id()).unwrap();
                assert_eq!(record.pid(), std::process::id());
                assert!(iterator.record(u32::MAX).is_none());
            }
            Err(error) => println!("not opened here: {error}"),
        }
        assert_eq!(held().len(), before);
    }

    /// The processes of both, by number and start, that have not been read differently in the meantime.
    fn known(iterator: &TaskIterator) -> Vec<(Pid, u64)> {
        iterator.tasks.iter().map(|task| (task.pid, task.start)).collect()
    }

    fn both_passes_tell_of_the_same_processes() {
        let root = Root::default();
        let by_iterator = TaskIterator::of(&root, &listed(), true, |types, function, offsets| {
            Pass::iterator(types, offsets, function, true)
        });
        let walk = TaskIterator::of(&root, &listed(), true, |types, _, offsets| {
            Pass::walk(types, offsets, 1 << 16, true)
        });
        let (mut first, mut walk) = match (by_iterator, walk) {
            (Ok(first), Ok(walk)) => (first, walk),
            (Err(error), _) | (_, Err(error)) => return println!("not both here: {error}"),
        };
        first.read(&root).unwrap();
        walk.read(&root).unwrap();
        let before = known(&first);
        first.read(&root).unwrap();
        let after = known(&first);
        let between = known(&walk);
        let stayed = before.iter().filter(|process| after.contains(process));
        for (pid, start) in stayed {
            assert!(
                walk.leaves_out(*pid) || between.contains(&(*pid, *start)),
                "{pid}"
            );
        }
        let own = std::process::id();
        let (one, other) = (first.record(own).unwrap().0, walk.record(own).unwrap().0);
        assert_eq!(one.stat(first.shown(), (0, 0)).map(|stat| stat.name), {
            other.stat(walk.shown(), (0, 0)).map(|stat| stat.name)
        });
        assert_eq!(one.status(first.shown(), true).map(|status| status.uids()), {
            other.status(walk.shown(), true).map(|status| status.uids())
        });
    }

    fn counters_of_io_are_told_where_they_are_wanted() {
        let root = Root::default();
        for io in [false, true] {
            let iterator = match TaskIterator::open(&root, &listed(), io) {
                Ok(iterator) => iterator,
                Err(error) => return println!("not opened here: {error}"),
            };
            // The sums of one that runs may be those of two moments; of all that rest they are not.
            let records = TaskRecord::split(iterator.pass.records()).unwrap();
            let told = records.filter(|record| record.io().is_some()).count();
            assert_eq!(told > 0, io);
            assert!(iterator.record(std::process::id()).is_some());
        }
    }

    fn room_is_made_for_more_processes() {
        let root = Root::default();
        let mut iterator = match TaskIterator::open(&root, &listed(), true) {
            Ok(iterator) if matches!(iterator.pass, Pass::Walk { .. }) => iterator,
            Ok(_) => return println!("no kernel here that lets a program walk"),
            Err(error) => return println!("not opened here: {error}"),
        };
        let types = Types::of(&root).unwrap();
        iterator.pass = Pass::walk(&Btf::parse(types.bytes()).unwrap(), &[], 1, true).unwrap();
        assert!(iterator.visit().unwrap().is_some_and(|processes| processes > 1));
        iterator.read(&root).unwrap();
        assert!(iterator.count() > 1 && iterator.record(std::process::id()).is_some());
    }
}
