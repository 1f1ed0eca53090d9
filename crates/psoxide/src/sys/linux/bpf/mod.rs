//! All processes by one pass of a program of ours in the kernel: where that is allowed, and how it is loaded and run.
//! The program itself and what it writes are `psoxide-core`'s; who reads a process goes through [`super::process`].
//!
//! Nothing of it outlives the [`TaskIterator`]: the program is held by a descriptor, and neither pinned nor attached to
//! anything that others run. The kernel only lends the functions that read its memory to programs whose licence is one of
//! the GPL's kin. Ours is put together by the files of this project alone, which anybody may use under the terms of the
//! MIT licence; these allow to pass it on under those of the GPL, as is done here.

mod ffi;
mod sockets;

use std::fs::read_link;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
#[cfg(test)]
use std::path::Path;

use psoxide_core::decode::linux::bpf::{Shown, TaskRecord, offsets_program, task_program};
use psoxide_core::decode::linux::btf::Btf;
use psoxide_core::decode::linux::cpulist::CpuList;
use psoxide_core::decode::linux::stat::Stat;
use psoxide_core::decode::linux::statm::Statm;
use psoxide_core::model::Pid;
use rustix::buffer::spare_capacity;
use rustix::io::Errno;
use rustix::param::{clock_ticks_per_second, page_size};

use crate::error::{Error, ErrorKind, Result};
use crate::root::Root;
use crate::sys::linux::error::system_error;
use crate::sys::linux::file::{decode_record, decode_value, if_told, read_path};
use crate::sys::linux::process;

pub(crate) use self::sockets::FileIterator;

/// What the kernel gives at once: its buffer has eight pages.
const AT_ONCE: usize = 32 << 10;
/// Bytes of what the kernel has to say about a program that it refuses: the end tells the reason.
const LOG: usize = 1 << 20;
const LOG_SHOWN: usize = 2000;
/// The namespaces of the first process, by their numbers, which never change: the kernel's include/linux/proc_ns.h.
const INITIAL_NAMESPACES: [(&str, u32); 3] =
    [("pid", 0xefff_fffc), ("user", 0xefff_fffd), ("time", 0xefff_fffa)];
/// More CPUs than this are not listed.
const MOST_CPUS: usize = 1 << 12;
/// Processes that are looked at to learn how `/proc` shows them, at a time and in all.
const SAMPLES: usize = 8;
const ATTEMPTS: usize = 3;
/// A kernel may keep processes from iterators that are in `/proc`. If there are more, something else is wrong.
const MOST_UNSEEN: usize = 16;

/// The program, loaded; ready to be run over all processes, again and again.
#[derive(Debug)]
pub(crate) struct TaskIterator {
    link: OwnedFd,
    records: Vec<u8>,
    /// What is remembered of each record, in the same order.
    tasks: Vec<Task>,
    shown: Shown,
    /// Processes that there are and that the kernel does not visit.
    unseen: Vec<Pid>,
}

#[derive(Debug, Clone, Copy)]
struct Task {
    pid: Pid,
    start: u64,
    /// The user and system time that was told.
    times: (u64, u64),
}

impl TaskIterator {
    /// Loads the program. The error says why it may not, or cannot, be used here.
    pub(crate) fn open(root: &Root) -> Result<TaskIterator> {
        root.require_local("bpf")?;
        require_initial_namespaces(root)?;
        let path = root.sys().join("kernel/btf/vmlinux");
        let types = read_path(&path)?;
        let undecoded = |error| Error::decode(path.display().to_string(), error);
        let types = Btf::parse(&types).map_err(undecoded)?;
        let function = types
            .function("bpf_iter_task")
            .ok_or(Error::unsupported("bpf_iter_task"))?;
        let offsets = cpu_offsets(root, &types, function)?;
        let program = task_program(&types, &offsets).map_err(undecoded)?;
        let mut iterator = TaskIterator {
            link: load(&program, b"psoxide_tasks\0\0\0", function)?,
            records: Vec::new(),
            tasks: Vec::new(),
            shown: Shown::new(clock_ticks_per_second(), page_size() as u64),
            unseen: Vec::new(),
        };
        iterator.learn(root)?;
        Ok(iterator)
    }

    /// Visits all processes.
    pub(crate) fn read(&mut self) -> Result<()> {
        self.records.clear();
        let failed = |errno| system_error(errno, "bpf: task iterator");
        read_iterator(&self.link, &mut self.records).map_err(failed)?;
        let records =
            TaskRecord::split(&self.records).map_err(|error| Error::decode("bpf: task iterator", error))?;
        let mut tasks = Vec::with_capacity(records.len());
        let mut before = self.tasks.iter().peekable();
        for record in records {
            let (pid, start) = (record.pid(), record.start());
            while before.next_if(|task| task.pid < pid).is_some() {}
            let last = before.next_if(|task| task.pid == pid && task.start == start);
            let times = record.times(last.map_or((0, 0), |task| task.times));
            tasks.push(Task { pid, start, times });
        }
        self.tasks = tasks;
        if !self.tasks.is_sorted_by_key(|task| task.pid) {
            return Err(Error::new(
                ErrorKind::InvalidData,
                "bpf: task iterator: the order",
            ));
        }
        Ok(())
    }

    /// The numbers of all processes, ascending: those last visited, and those that the kernel does not visit. Of these
    /// some may have ended.
    pub(crate) fn add_pids(&self, pids: &mut Vec<Pid>) {
        pids.extend(self.tasks.iter().map(|task| task.pid));
        if !self.unseen.is_empty() {
            pids.extend_from_slice(&self.unseen);
            pids.sort_unstable();
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
        let index = self.tasks.binary_search_by_key(&pid, |task| task.pid).ok()?;
        Some((
            TaskRecord::at(&self.records, index)?,
            self.tasks.get(index)?.times,
        ))
    }

    /// How this kernel shows its numbers in `/proc`.
    pub(crate) fn shown(&self) -> &Shown {
        &self.shown
    }

    /// Finds out what cannot be asked by comparing with `/proc`, and refuses what is not the same there.
    fn learn(&mut self, root: &Root) -> Result<()> {
        for _ in 0..ATTEMPTS {
            let listed = process::pids(root)?;
            self.read()?;
            let records = std::mem::take(&mut self.records);
            let tasks = std::mem::take(&mut self.tasks);
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
            self.read()?;
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
            if self.unseen.len() > MOST_UNSEEN {
                return Err(Error::unsupported("bpf: task iterator: it leaves out processes"));
            }
            if self.samples(&self.records).is_empty() {
                break;
            }
        }
        Ok(())
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

/// In other namespaces numbers, users and times are others than those that the kernel itself counts by, and the program
/// would tell of processes that `/proc` does not show.
fn require_initial_namespaces(root: &Root) -> Result<()> {
    for (name, number) in INITIAL_NAMESPACES {
        let path = root.proc().join("self/ns").join(name);
        match read_link(&path) {
            Ok(target) if target.as_os_str() == format!("{name}:[{number}]").as_str() => {}
            Ok(_) => {
                let what = format!("bpf: not in the initial {name} namespace");
                return Err(Error::new(ErrorKind::Unsupported, what));
            }
            // Linux 5.6 has the first namespaces of time.
            Err(error) if name == "time" && error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => {
                let errno = Errno::from_io_error(&error).unwrap_or(Errno::IO);
                return Err(system_error(errno, path.display().to_string()));
            }
        }
    }
    Ok(())
}

/// How far the memory that each CPU has of its own lies from where the kernel's pointers to it lead; none where it cannot
/// be found out, which is only needed on newer kernels.
fn cpu_offsets(root: &Root, types: &Btf<'_>, function: u32) -> Result<Vec<u64>> {
    let possible = root.sys().join("devices/system/cpu/possible");
    let Some(possible) = if_told(decode_value(&possible, CpuList::parse))? else {
        return Ok(Vec::new());
    };
    let cpus = possible
        .iter()
        .take(MOST_CPUS)
        .max()
        .map_or(0, |highest| highest.saturating_add(1));
    let failed = |errno| system_error(errno, "bpf: a map");
    let map = ffi::create_cpu_array().map_err(failed)?;
    let program = offsets_program(types, map.as_raw_fd(), cpus.cast_signed())
        .map_err(|error| Error::decode("bpf", error))?;
    let link = load(&program, b"psoxide_offsets\0", function)?;
    let mut bytes = Vec::new();
    read_iterator(&link, &mut bytes).map_err(|errno| system_error(errno, "bpf: task iterator"))?;
    let (words, _) = bytes.as_chunks();
    let mut words = words.iter().map(|word| u64::from_ne_bytes(*word));
    let Some(base) = words.next() else {
        return Ok(Vec::new());
    };
    Ok(words
        .take(cpus as usize)
        .map(|address| address.wrapping_sub(base))
        .collect())
}

/// Loads a program and attaches it to its iterator, which holds it.
fn load(program: &[u8], name: &[u8; 16], function: u32) -> Result<OwnedFd> {
    let load = |log: &mut [u8]| ffi::load_iterator_program(program, name, c"Dual MIT/GPL", function, log);
    let failed = |errno| system_error(errno, "bpf: loading a program");
    let program = match load(&mut []) {
        Ok(program) => program,
        Err(errno @ (Errno::PERM | Errno::NOSYS)) => return Err(failed(errno)),
        Err(_) => {
            let mut log = vec![0; LOG];
            // ENOSPC says that the log is longer, which its end then lacks; the reason may be there all the same.
            load(&mut log).map_err(|errno| system_error(errno, refusal(&log)))?
        }
    };
    ffi::link_iterator(program.as_fd()).map_err(|errno| system_error(errno, "bpf: attaching a program"))
}

/// The end of what the kernel said of a program.
fn refusal(log: &[u8]) -> String {
    let said = log.split(|byte| *byte == 0).next().unwrap_or_default();
    let end = &said[said.len().saturating_sub(LOG_SHOWN)..];
    format!(
        "bpf: the kernel refuses the program: {}",
        String::from_utf8_lossy(end).trim_end()
    )
}

/// Runs the program over all tasks, and adds what it wrote.
fn read_iterator(link: &OwnedFd, bytes: &mut Vec<u8>) -> rustix::io::Result<()> {
    let iterator = ffi::start_iterator(link.as_fd())?;
    loop {
        if bytes.capacity() - bytes.len() < AT_ONCE {
            bytes.reserve(bytes.len().max(4 * AT_ONCE));
        }
        match rustix::io::read(&iterator, spare_capacity(bytes)) {
            Ok(0) => return Ok(()),
            // It has visited a million of which none was written; it goes on where it was.
            Ok(_) | Err(Errno::INTR | Errno::AGAIN) => {}
            Err(errno) => return Err(errno),
        }
    }
}

#[cfg(test)]
mod tests {
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

    #[test]
    fn nothing_is_left() {
        let before = held().len();
        match TaskIterator::open(&Root::default()) {
            Ok(mut iterator) => {
                iterator.read().unwrap();
                assert_eq!(held().len(), before + 1, "{:?}", held());
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

    #[test]
    fn the_kernels_reason_is_told() {
        let path = Path::new("/sys/kernel/btf/vmlinux");
        let types = match read_path(path) {
            Ok(types) => types,
            Err(error) => return println!("no kernel with its types here: {error}"),
        };
        let types = Btf::parse(&types).unwrap();
        let Some(function) = types.function("bpf_iter_task") else {
            return println!("no task iterator here");
        };
        // It jumps behind its own end.
        let program = [0x05, 0, 7, 0, 0, 0, 0, 0];
        let error = load(&program, b"psoxide_wrong\0\0\0", function).unwrap_err();
        // Emulators have no such call.
        if error.is_access_denied() || error.is_unsupported() {
            return println!("not allowed here: {error}");
        }
        assert!(error.what().contains("jump out of range"), "{error}");
    }

    #[test]
    fn only_the_end_of_a_long_reason_is_told() {
        let mut log = vec![b'a'; 5000];
        log.extend_from_slice(b"R1 is wrong\n\0junk");
        let told = refusal(&log);
        assert!(told.ends_with("aaaR1 is wrong") && told.len() < 2100, "{told}");
        assert_eq!(refusal(&[0; 10]), "bpf: the kernel refuses the program: ");
    }
}
