//! `/proc/<pid>/status`: a line a fact. Which lines there are depends on the kernel, and on whether the process has
//! memory of its own.
//!
//! Layout: proc_pid_status(5). Newlines in the name are written as `\\n`, so no line can be forged.

use crate::decode::bytes::{
    decimal, find_last, finished, kibibytes, leading_decimal, rsplit_once, split_once,
};
use crate::error::DecodeError;
use crate::model::Pid;
use crate::model::process::{ContextSwitches, Gids, MemoryInfo, MemoryInfoEx, Uids};

/// What the lines tell; absent is what this kernel, or this process, has no line for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StatusLines {
    /// `Tgid`: the process that this is a thread of.
    pub thread_group: Option<Pid>,
    /// `Uid`: real, effective, saved.
    uids: Option<[u32; 3]>,
    /// `Gid`: real, effective, saved.
    gids: Option<[u32; 3]>,
    /// The sizes of memory, which few listings want: apart, since a listing of many processes holds many of these.
    memory: Option<Box<MemoryLines>>,
    /// `voluntary_ctxt_switches` (Linux 2.6.23).
    voluntary_switches: Told,
    /// `nonvoluntary_ctxt_switches` (Linux 2.6.23).
    involuntary_switches: Told,
}

/// A number that may be absent, in the room of one: a listing of many processes holds many of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Told(pub(super) u64);

impl Told {
    fn get(self) -> Option<u64> {
        (self != Told::default()).then_some(self.0)
    }
}

impl Default for Told {
    fn default() -> Self {
        Told(u64::MAX)
    }
}

/// The lines about memory, in bytes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct MemoryLines {
    /// `VmPeak` (Linux 2.6.19).
    pub(super) peak_vms: Told,
    /// `VmHWM` (Linux 2.6.19).
    pub(super) peak_rss: Told,
    /// `RssAnon` (Linux 4.5).
    pub(super) rss_anon: Told,
    /// `RssFile` (Linux 4.5).
    pub(super) rss_file: Told,
    /// `RssShmem` (Linux 4.5).
    pub(super) rss_shmem: Told,
    /// `VmSwap` (Linux 2.6.34).
    pub(super) swap: Told,
    /// `HugetlbPages` (Linux 4.4).
    pub(super) hugetlb: Told,
}

const fn expected(what: &'static str) -> DecodeError {
    DecodeError::new("status", 0, what)
}

impl StatusLines {
    /// Decodes the whole file.
    pub fn parse(bytes: &[u8]) -> Result<StatusLines, DecodeError> {
        StatusLines::decode(bytes, true)
    }

    /// Decodes the ids and the context switches, which takes half as long. The sizes of memory are not told, but by kernels
    /// that have no context switches.
    pub fn parse_but_memory(bytes: &[u8]) -> Result<StatusLines, DecodeError> {
        StatusLines::decode(bytes, false)
    }

    /// Decodes the lines up to the last that is wanted, and the context switches, which stand at the end.
    fn decode(bytes: &[u8], memory: bool) -> Result<StatusLines, DecodeError> {
        let mut status = StatusLines::default();
        let mut rest = finished("status", bytes)?;
        while let Some((line, next)) = split_once(rest, b'\n') {
            status.line(line)?;
            let is_last = line.starts_with(b"Threads:") || (!memory && line.starts_with(b"Gid:"));
            rest = match is_last {
                true => from_switches(next).unwrap_or(next),
                false => next,
            };
        }
        // Every kernel has this line.
        status.uids.ok_or(expected("a line Uid"))?;
        Ok(status)
    }

    /// The lines of a process from another source than the file, those about memory if it has some and they are wanted.
    /// The ids are real, effective and saved, the context switches voluntary and involuntary.
    pub(super) fn of_task(
        pid: Pid,
        uids: [u32; 3],
        gids: [u32; 3],
        [voluntary, involuntary]: [u64; 2],
        memory: Option<MemoryLines>,
    ) -> StatusLines {
        StatusLines {
            thread_group: Some(pid),
            uids: Some(uids),
            gids: Some(gids),
            memory: memory.map(Box::new),
            voluntary_switches: Told(voluntary),
            involuntary_switches: Told(involuntary),
        }
    }

    /// Most lines are none of ours, so the first letter decides which keys are compared.
    fn line(&mut self, line: &[u8]) -> Result<(), DecodeError> {
        let value = |key: &[u8]| line.strip_prefix(key);
        match line.first() {
            Some(b'T') => {
                if let Some(value) = value(b"Tgid:") {
                    self.thread_group = Some(number(value, "a process number")?);
                }
            }
            Some(b'U') => {
                if let Some(value) = value(b"Uid:") {
                    self.uids = Some(three(value, "three user ids")?);
                }
            }
            Some(b'G') => {
                if let Some(value) = value(b"Gid:") {
                    self.gids = Some(three(value, "three group ids")?);
                }
            }
            Some(b'V') => {
                if let Some(value) = value(b"VmPeak:") {
                    self.memory().peak_vms = Told(size(value)?);
                } else if let Some(value) = value(b"VmHWM:") {
                    self.memory().peak_rss = Told(size(value)?);
                } else if let Some(value) = value(b"VmSwap:") {
                    self.memory().swap = Told(size(value)?);
                }
            }
            Some(b'R') => {
                if let Some(value) = value(b"RssAnon:") {
                    self.memory().rss_anon = Told(size(value)?);
                } else if let Some(value) = value(b"RssFile:") {
                    self.memory().rss_file = Told(size(value)?);
                } else if let Some(value) = value(b"RssShmem:") {
                    self.memory().rss_shmem = Told(size(value)?);
                }
            }
            Some(b'H') => {
                if let Some(value) = value(b"HugetlbPages:") {
                    self.memory().hugetlb = Told(size(value)?);
                }
            }
            Some(b'v') => {
                if let Some(value) = value(b"voluntary_ctxt_switches:") {
                    self.voluntary_switches = Told(count(value)?);
                }
            }
            Some(b'n') => {
                if let Some(value) = value(b"nonvoluntary_ctxt_switches:") {
                    self.involuntary_switches = Told(count(value)?);
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// User ids.
    pub fn uids(&self) -> Result<Uids, DecodeError> {
        let [real, effective, saved] = self.uids.ok_or(expected("a line Uid"))?;
        Ok(Uids::new(real, effective, Some(saved)))
    }

    /// Group ids.
    pub fn gids(&self) -> Result<Gids, DecodeError> {
        let [real, effective, saved] = self.gids.ok_or(expected("a line Gid"))?;
        Ok(Gids::new(real, effective, Some(saved)))
    }

    /// Context switches; `None` before Linux 2.6.23.
    pub fn context_switches(&self) -> Option<ContextSwitches> {
        Some(ContextSwitches {
            voluntary: self.voluntary_switches.get()?,
            involuntary: self.involuntary_switches.get(),
        })
    }

    fn memory(&mut self) -> &mut MemoryLines {
        self.memory.get_or_insert_default()
    }

    /// The sizes of `statm` together with the peaks and parts that stand here.
    pub fn memory_info_ex(&self, info: &MemoryInfo) -> MemoryInfoEx {
        let memory = self.memory.as_deref().cloned().unwrap_or_default();
        MemoryInfoEx {
            rss: info.rss,
            vms: info.vms,
            shared: info.shared,
            text: info.text,
            data: info.data,
            stack: None,
            peak_rss: memory.peak_rss.get(),
            peak_vms: memory.peak_vms.get(),
            rss_anon: memory.rss_anon.get(),
            rss_file: memory.rss_file.get(),
            rss_shmem: memory.rss_shmem.get(),
            swap: memory.swap.get(),
            hugetlb: memory.hugetlb.get(),
            wired: None,
            compressed: None,
            phys_footprint: None,
            virtual_size: None,
            peak_virtual: None,
            paged_pool: None,
            nonpaged_pool: None,
            peak_paged_pool: None,
            peak_nonpaged_pool: None,
        }
    }
}

/// The lines from the context switches on. What stands before them is not looked at: from the line `Threads` on nothing else
/// is of interest, which is more than half of the file. Of lines behind them there are two, since Linux 6.6.
fn from_switches(lines: &[u8]) -> Option<&[u8]> {
    let mut rest = lines;
    for _ in 0..4 {
        let (before, _) = rsplit_once(rest, b'\n')?;
        rest = before;
        let start = find_last(rest, b'\n').map_or(0, |newline| newline + 1);
        if rest.get(start..)?.starts_with(b"voluntary_ctxt_switches:") {
            return lines.get(start..);
        }
    }
    None
}

fn count(value: &[u8]) -> Result<u64, DecodeError> {
    decimal(value.trim_ascii()).ok_or(expected("a count"))
}

fn number(value: &[u8], what: &'static str) -> Result<u32, DecodeError> {
    decimal(value.trim_ascii())
        .and_then(|number| u32::try_from(number).ok())
        .ok_or(expected(what))
}

fn size(value: &[u8]) -> Result<u64, DecodeError> {
    kibibytes(value).ok_or(expected("a size in kB"))
}

/// The first three of the numbers of a line.
fn three(value: &[u8], what: &'static str) -> Result<[u32; 3], DecodeError> {
    let mut rest = value;
    let mut next = || {
        let (number, end) = match leading_decimal(rest.trim_ascii_start()) {
            Some((number, end @ ([] | [b' ' | b'\t', ..]))) => (number, end),
            _ => return Err(expected(what)),
        };
        rest = end;
        u32::try_from(number).map_err(|_| expected(what))
    };
    Ok([next()?, next()?, next()?])
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::indexing_slicing,
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic
    )]
    use super::*;
    use crate::decode::linux::statm::Statm;

    #[test]
    fn what_follows_the_switches_changes_nothing() {
        let file = include_str!("../../../../../testdata/linux/process-6.18/proc/4242/status");
        let expected = StatusLines::parse(file.as_bytes()).unwrap();
        assert!(expected.context_switches().is_some() && file.contains("\nThreads:"));
        for lines in 0..6 {
            let longer = format!("{file}{}", "x86_Thread_features:\t\n".repeat(lines));
            assert_eq!(StatusLines::parse(longer.as_bytes()).as_ref(), Ok(&expected));
        }
        // Before Linux 2.6.23.
        let (older, _) = file.split_once("voluntary_ctxt_switches").unwrap();
        let older = StatusLines::parse(older.as_bytes()).unwrap();
        assert_eq!(older.context_switches(), None);
        assert_eq!(older.uids(), expected.uids());
    }

    #[test]
    fn a_current_kernel_tells_everything() {
        let bytes = include_bytes!("../../../../../testdata/linux/process-6.18/proc/4242/status");
        let status = StatusLines::parse(bytes).unwrap();
        assert_eq!(status.thread_group, Some(4242));
        assert_eq!(status.uids().unwrap(), Uids::new(1000, 1001, Some(1002)));
        assert_eq!(status.gids().unwrap(), Gids::new(100, 101, Some(102)));
        let switches = status.context_switches().unwrap();
        assert_eq!((switches.voluntary, switches.involuntary), (7, Some(3)));
        let statm = include_bytes!("../../../../../testdata/linux/process-6.18/proc/4242/statm");
        let info = status.memory_info_ex(&Statm::parse(statm).unwrap().memory_info(4096));
        assert_eq!(info.peak_vms, Some(2640 << 10));
        assert_eq!(info.peak_rss, Some(1436 << 10));
        assert_eq!(
            (info.rss_anon, info.rss_file, info.rss_shmem),
            (Some(100 << 10), Some(1336 << 10), Some(0))
        );
        assert_eq!((info.swap, info.hugetlb), (Some(0), Some(0)));
        assert_eq!(info.vms, 660 * 4096);
    }

    #[test]
    fn without_memory_the_rest_is_the_same() {
        for file in [
            include_str!("../../../../../testdata/linux/process-6.18/proc/4242/status"),
            include_str!("../../../../../testdata/linux/process-6.18/proc/2/status"),
            include_str!("../../../../../testdata/linux/process-3.10/proc/1234/status"),
            include_str!("../../../../../testdata/linux/process-2.6/proc/777/status"),
        ] {
            let all = StatusLines::parse(file.as_bytes()).unwrap();
            let part = StatusLines::parse_but_memory(file.as_bytes()).unwrap();
            assert_eq!(part.thread_group, all.thread_group);
            assert_eq!((part.uids(), part.gids()), (all.uids(), all.gids()));
            assert_eq!(part.context_switches(), all.context_switches());
            assert!(part.context_switches().is_none() || part.memory.is_none());
        }
        assert!(StatusLines::parse_but_memory(b"Uid:\t1\t2\t3").is_err());
        assert!(StatusLines::parse_but_memory(b"Gid:\t1\t2\t3\t4\n").is_err());
    }

    #[test]
    fn older_kernels_and_threads_of_the_kernel_have_fewer_lines() {
        let status = StatusLines::parse(include_bytes!(
            "../../../../../testdata/linux/process-3.10/proc/1234/status"
        ))
        .unwrap();
        let memory = status.memory.unwrap();
        assert_eq!((memory.rss_anon.get(), memory.hugetlb.get()), (None, None));
        assert_eq!(memory.swap.get(), Some(12 << 10));
        let status = StatusLines::parse(include_bytes!(
            "../../../../../testdata/linux/process-2.6/proc/777/status"
        ))
        .unwrap();
        assert_eq!(status.context_switches(), None);
        assert_eq!(status.uids().unwrap().real, 500);
        let memory = status.memory.unwrap_or_default();
        assert_eq!((memory.peak_vms.get(), memory.swap.get()), (None, None));
        let status = StatusLines::parse(include_bytes!(
            "../../../../../testdata/linux/process-6.18/proc/2/status"
        ))
        .unwrap();
        assert_eq!(status.memory, None);
        assert!(status.context_switches().is_some());
    }

    #[test]
    fn groups_by_the_thousand_do_not_matter() {
        let mut bytes = b"Name:\tx\nUid:\t1\t2\t3\t4\nGroups:\t".to_vec();
        for group in 0..20_000 {
            bytes.extend_from_slice(format!("{group} ").as_bytes());
        }
        bytes.extend_from_slice(b"\nvoluntary_ctxt_switches:\t5\n");
        let status = StatusLines::parse(&bytes).unwrap();
        assert_eq!(status.uids().unwrap().saved, Some(3));
        assert_eq!(status.context_switches().unwrap().voluntary, 5);
        assert!(status.gids().is_err());
    }

    #[test]
    fn what_is_cut_or_is_no_number_is_refused() {
        for bytes in [
            &b""[..],
            b"\n",
            b"Uid:\t1\t2\t3",
            b"Uid:\t1\t2\n",
            b"Uid:\tx\t2\t3\n",
            b"VmPeak:\t kB\n",
        ] {
            assert!(StatusLines::parse(bytes).is_err(), "{}", bytes.escape_ascii());
        }
    }
}
