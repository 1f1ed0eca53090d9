//! `SYSTEM_PROCESS_INFORMATION`: every process with its threads, as `NtQuerySystemInformation` tells them in one buffer.
//!
//! Each entry says how far it is to the next; the threads follow its fixed part, and its name lies somewhere behind them,
//! where a pointer says that holds for the buffer as the kernel filled it.

use crate::decode::bytes::Layout;
use crate::decode::windows::unicode_string::part;
use crate::decode::windows::{seconds, since_epoch};
use crate::error::DecodeError;
use crate::model::Pid;
use crate::model::process::{
    ContextSwitches, Identity, IoCounters, MemoryInfo, MemoryInfoEx, PageFaults, ProcessTimes, Status, Thread,
};
use crate::text::Text;

const STRUCTURE: &str = "SYSTEM_PROCESS_INFORMATION";
/// Size of the fixed part.
const SIZE: usize = 0x100;
/// Size of a `SYSTEM_THREAD_INFORMATION`.
const THREAD: usize = 0x50;

/// The process that the idle time is booked on.
pub const IDLE: Pid = 0;
/// The process that the kernel's own threads belong to.
pub const SYSTEM: Pid = 4;

/// What the kernel tells of a process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProcessInformation {
    /// Its number.
    pub pid: Pid,
    /// The number of the process that started it, which may have ended, and be another's by now.
    pub ppid: Pid,
    /// The name of its program's file; that of the idle process is Windows' own word for it.
    pub name: Text,
    /// When it was started; 0 for the idle process.
    pub create_time: u64,
    /// Open handles.
    pub handles: u32,
    user_time: u64,
    kernel_time: u64,
    page_faults: u32,
    hard_faults: u32,
    virtual_size: u64,
    peak_virtual_size: u64,
    working_set: u64,
    peak_working_set: u64,
    paged_pool: u64,
    peak_paged_pool: u64,
    nonpaged_pool: u64,
    peak_nonpaged_pool: u64,
    pagefile: u64,
    peak_pagefile: u64,
    private: u64,
    operations: [u64; 3],
    transfers: [u64; 3],
    threads: Vec<ThreadInformation>,
}

/// What the kernel tells of a thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct ThreadInformation {
    id: u32,
    user_time: u64,
    kernel_time: u64,
    context_switches: u32,
    state: u32,
    wait_reason: u32,
}

impl ProcessInformation {
    /// Every process of a buffer that lay at `address` when the kernel filled it, in the kernel's order.
    pub fn all(bytes: &[u8], address: u64) -> Result<Vec<ProcessInformation>, DecodeError> {
        entries(bytes)
            .map(|entry| ProcessInformation::one(bytes, entry?, address))
            .collect()
    }

    /// The process of this number in such a buffer. The others are passed over.
    pub fn find(bytes: &[u8], address: u64, wanted: Pid) -> Result<Option<ProcessInformation>, DecodeError> {
        for entry in entries(bytes) {
            let entry = entry?;
            if number(entry)? == wanted {
                return ProcessInformation::one(bytes, entry, address).map(Some);
            }
        }
        Ok(None)
    }

    /// The numbers alone of all processes of such a buffer, in the kernel's order.
    pub fn pids(bytes: &[u8]) -> Result<Vec<Pid>, DecodeError> {
        entries(bytes).map(|entry| number(entry?)).collect()
    }

    fn one(bytes: &[u8], entry: &[u8], address: u64) -> Result<ProcessInformation, DecodeError> {
        let fixed = Layout::new(STRUCTURE, entry, SIZE)?;
        let pid = number(entry)?;
        let count = fixed.u32(0x04)? as usize;
        let mut threads = Vec::new();
        for place in entry
            .get(SIZE..)
            .unwrap_or_default()
            .chunks_exact(THREAD)
            .take(count)
        {
            threads.push(ThreadInformation::parse(place)?);
        }
        if threads.len() < count {
            return Err(DecodeError::new(STRUCTURE, SIZE, "all threads"));
        }
        let name = match pid {
            IDLE => Text::from("System Idle Process"),
            _ => Text::from_utf16_ne(part(bytes, address, fixed.u64(0x40)?, fixed.u16(0x38)?)?),
        };
        Ok(ProcessInformation {
            pid,
            // An entry without a parent has none of these bits; one whose parent is unknown has all.
            ppid: fixed.u64(0x58)? as u32,
            name,
            create_time: fixed.u64(0x20)?,
            user_time: fixed.u64(0x28)?,
            kernel_time: fixed.u64(0x30)?,
            handles: fixed.u32(0x60)?,
            hard_faults: fixed.u32(0x10)?,
            page_faults: fixed.u32(0x80)?,
            peak_virtual_size: fixed.u64(0x70)?,
            virtual_size: fixed.u64(0x78)?,
            peak_working_set: fixed.u64(0x88)?,
            working_set: fixed.u64(0x90)?,
            peak_paged_pool: fixed.u64(0x98)?,
            paged_pool: fixed.u64(0xa0)?,
            peak_nonpaged_pool: fixed.u64(0xa8)?,
            nonpaged_pool: fixed.u64(0xb0)?,
            pagefile: fixed.u64(0xb8)?,
            peak_pagefile: fixed.u64(0xc0)?,
            private: fixed.u64(0xc8)?,
            operations: [fixed.u64(0xd0)?, fixed.u64(0xd8)?, fixed.u64(0xe0)?],
            transfers: [fixed.u64(0xe8)?, fixed.u64(0xf0)?, fixed.u64(0xf8)?],
            threads,
        })
    }

    /// Its number and start.
    pub fn identity(&self) -> Identity {
        Identity {
            pid: self.pid,
            start: Some(self.create_time),
        }
    }

    /// When it was started, in seconds since the epoch; `None` for the idle process, which never was.
    pub fn started(&self) -> Option<f64> {
        (self.create_time != 0).then(|| since_epoch(self.create_time))
    }

    /// CPU time; Windows does not add up that of children.
    pub fn cpu_times(&self) -> ProcessTimes {
        ProcessTimes {
            user: seconds(self.user_time),
            system: seconds(self.kernel_time),
            children_user: None,
            children_system: None,
            iowait: None,
        }
    }

    /// Memory in psutil's terms: the working set is `rss`, the commit charge `vms`.
    pub fn memory_info(&self) -> MemoryInfo {
        MemoryInfo {
            rss: self.working_set,
            vms: self.pagefile,
            shared: None,
            text: None,
            lib: None,
            data: None,
            stack: None,
            dirty: None,
            num_page_faults: Some(self.page_faults.into()),
            peak_wset: Some(self.peak_working_set),
            wset: Some(self.working_set),
            peak_paged_pool: Some(self.peak_paged_pool),
            paged_pool: Some(self.paged_pool),
            peak_nonpaged_pool: Some(self.peak_nonpaged_pool),
            nonpaged_pool: Some(self.nonpaged_pool),
            pagefile: Some(self.pagefile),
            peak_pagefile: Some(self.peak_pagefile),
            private: Some(self.private),
            pfaults: None,
            pageins: None,
        }
    }

    /// Memory with peaks and parts.
    pub fn memory_info_ex(&self) -> MemoryInfoEx {
        MemoryInfoEx {
            rss: self.working_set,
            vms: self.private,
            shared: None,
            text: None,
            data: None,
            stack: None,
            peak_rss: Some(self.peak_working_set),
            peak_vms: Some(self.peak_pagefile),
            rss_anon: None,
            rss_file: None,
            rss_shmem: None,
            swap: None,
            hugetlb: None,
            wired: None,
            compressed: None,
            phys_footprint: None,
            virtual_size: Some(self.virtual_size),
            peak_virtual: Some(self.peak_virtual_size),
            paged_pool: Some(self.paged_pool),
            nonpaged_pool: Some(self.nonpaged_pool),
            peak_paged_pool: Some(self.peak_paged_pool),
            peak_nonpaged_pool: Some(self.peak_nonpaged_pool),
        }
    }

    /// Calls and bytes of reads, writes and all else.
    pub fn io_counters(&self) -> IoCounters {
        let [reads, writes, others] = self.operations;
        let [read_bytes, write_bytes, other_bytes] = self.transfers;
        IoCounters {
            read_count: reads,
            write_count: writes,
            read_bytes: Some(read_bytes),
            write_bytes: Some(write_bytes),
            read_chars: None,
            write_chars: None,
            other_count: Some(others),
            other_bytes: Some(other_bytes),
        }
    }

    /// Faults that took a disk, and those that did not. Both counters have 32 bits and wrap.
    pub fn page_faults(&self) -> PageFaults {
        PageFaults {
            minor: self.page_faults.wrapping_sub(self.hard_faults).into(),
            major: self.hard_faults.into(),
        }
    }

    /// How often its threads left a CPU; Windows does not tell who wanted it.
    pub fn context_switches(&self) -> ContextSwitches {
        let switches = self
            .threads
            .iter()
            .map(|thread| u64::from(thread.context_switches));
        ContextSwitches {
            voluntary: switches.sum(),
            involuntary: None,
        }
    }

    /// [`Status::Stopped`] if every thread is suspended, else [`Status::Running`].
    pub fn status(&self) -> Status {
        match !self.threads.is_empty() && self.threads.iter().all(ThreadInformation::is_suspended) {
            true => Status::Stopped,
            false => Status::Running,
        }
    }

    /// How many threads it has.
    pub fn num_threads(&self) -> u32 {
        u32::try_from(self.threads.len()).unwrap_or(u32::MAX)
    }

    /// How many of its threads could run, and wait for a processor.
    pub fn ready_threads(&self) -> u32 {
        let ready = self.threads.iter().filter(|thread| thread.is_ready()).count();
        u32::try_from(ready).unwrap_or(u32::MAX)
    }

    /// Its threads with their CPU time.
    pub fn threads(&self) -> Vec<Thread> {
        let told = |thread: &ThreadInformation| Thread {
            id: thread.id,
            user_time: seconds(thread.user_time),
            system_time: seconds(thread.kernel_time),
        };
        self.threads.iter().map(told).collect()
    }
}

impl ThreadInformation {
    fn parse(bytes: &[u8]) -> Result<ThreadInformation, DecodeError> {
        let thread = Layout::new("SYSTEM_THREAD_INFORMATION", bytes, THREAD)?;
        Ok(ThreadInformation {
            kernel_time: thread.u64(0x00)?,
            user_time: thread.u64(0x08)?,
            id: pid(thread.u64(0x30)?, 0x30)?,
            context_switches: thread.u32(0x40)?,
            state: thread.u32(0x44)?,
            wait_reason: thread.u32(0x48)?,
        })
    }

    /// `Ready`, in the word of `KTHREAD_STATE`.
    fn is_ready(&self) -> bool {
        self.state == 1
    }

    /// `Waiting` because of `Suspended`, in the words of `KTHREAD_STATE` and `KWAIT_REASON`.
    fn is_suspended(&self) -> bool {
        (self.state, self.wait_reason) == (5, 5)
    }
}

/// The entries of a buffer, up to one that is not whole.
fn entries(bytes: &[u8]) -> impl Iterator<Item = Result<&[u8], DecodeError>> {
    let mut next = Some(0usize);
    core::iter::from_fn(move || {
        let start = next.take()?;
        let entry = match entry(bytes, start) {
            Ok((entry, length)) => {
                next = length.map(|length| start.saturating_add(length));
                Ok(entry)
            }
            Err(error) => Err(error),
        };
        Some(entry)
    })
}

/// The entry at a place, and how far it is to the next if there is one.
fn entry(bytes: &[u8], start: usize) -> Result<(&[u8], Option<usize>), DecodeError> {
    let entry = bytes
        .get(start..)
        .ok_or(DecodeError::new(STRUCTURE, start, "an entry"))?;
    match Layout::new(STRUCTURE, entry, SIZE)?.u32(0)? as usize {
        0 => Ok((entry, None)),
        length => match entry.get(..length).filter(|entry| entry.len() >= SIZE) {
            Some(entry) => Ok((entry, Some(length))),
            None => Err(DecodeError::new(STRUCTURE, start, "an entry behind this one")),
        },
    }
}

/// The number of an entry's process.
fn number(entry: &[u8]) -> Result<Pid, DecodeError> {
    pid(Layout::new(STRUCTURE, entry, SIZE)?.u64(0x50)?, 0x50)
}

/// A number of a process or thread, which the kernel writes as a handle.
fn pid(handle: u64, offset: usize) -> Result<Pid, DecodeError> {
    Pid::try_from(handle).map_err(|_| DecodeError::new(STRUCTURE, offset, "a number of 32 bits"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing, clippy::unwrap_used)]

    use super::*;

    const TABLE: &[u8] = include_bytes!("../../../../../testdata/windows/windows-10/process_information.bin");
    /// Where the fixture says that it lay.
    const ADDRESS: u64 = 0x1_0000;

    #[cfg(target_endian = "little")]
    #[test]
    fn every_process_is_told() {
        let all = ProcessInformation::all(TABLE, ADDRESS).unwrap();
        let told: Vec<_> = all
            .iter()
            .map(|process| (process.pid, process.ppid, process.num_threads()))
            .collect();
        assert_eq!(
            told,
            [(0, 0, 2), (4, 0, 1), (1236, 900, 2), (4_000_000_000, 1236, 0)]
        );
        assert_eq!(all[0].name, "System Idle Process");
        assert_eq!(all[1].name, "System");
        assert_eq!(
            all[2].name.as_bytes(),
            b"caf\xc3\xa9\xed\xa0\x80\xf0\x9f\x98\x80.exe"
        );
        assert_eq!(all[3].name, "");
        assert_eq!((all[0].started(), all[0].status()), (None, Status::Running));
        assert_eq!(all[2].started(), Some(1_700_000_000.5));
        assert_eq!(all[2].status(), Status::Stopped);
        assert_eq!(all[3].status(), Status::Running);
        assert_eq!(all[2].identity().start, Some(133_444_736_005_000_000));
        assert_eq!(all[2].handles, 77);
    }

    #[cfg(target_endian = "little")]
    #[test]
    fn one_is_told_as_among_all() {
        let all = ProcessInformation::all(TABLE, ADDRESS).unwrap();
        for process in &all {
            let found = ProcessInformation::find(TABLE, ADDRESS, process.pid).unwrap();
            assert_eq!(found.as_ref(), Some(process));
        }
        assert_eq!(ProcessInformation::find(TABLE, ADDRESS, 1237), Ok(None));
        let pids: Vec<Pid> = all.iter().map(|process| process.pid).collect();
        assert_eq!(ProcessInformation::pids(TABLE), Ok(pids));
        // What is cut off before it is found is refused.
        assert!(ProcessInformation::find(&TABLE[..0x200], ADDRESS, 4_000_000_000).is_err());
        assert!(ProcessInformation::pids(&TABLE[..0x200]).is_err());
    }

    #[cfg(target_endian = "little")]
    #[test]
    fn threads_that_wait_for_a_processor_are_counted() {
        let ready = |table: &[u8]| -> Vec<u32> {
            let all = ProcessInformation::all(table, ADDRESS).unwrap();
            all.iter().map(ProcessInformation::ready_threads).collect()
        };
        assert_eq!(ready(TABLE), [0, 0, 0, 0]);
        let mut table = TABLE.to_vec();
        let second = u32::from_le_bytes(TABLE[..4].try_into().unwrap()) as usize;
        table[second + SIZE + 0x44] = 1;
        assert_eq!(ready(&table), [0, 1, 0, 0]);
    }

    #[cfg(target_endian = "little")]
    #[test]
    fn figures_have_their_places() {
        let process = &ProcessInformation::all(TABLE, ADDRESS).unwrap()[2];
        let times = process.cpu_times();
        assert_eq!((times.user, times.system, times.children_user), (1.5, 2.5, None));
        let memory = process.memory_info();
        assert_eq!(
            (memory.rss, memory.vms, memory.private),
            (4096 * 5, 4096 * 11, Some(4096 * 13))
        );
        assert_eq!(
            (memory.peak_wset, memory.peak_pagefile),
            (Some(4096 * 6), Some(4096 * 12))
        );
        assert_eq!((memory.paged_pool, memory.peak_paged_pool), (Some(8), Some(7)));
        assert_eq!(
            (memory.nonpaged_pool, memory.peak_nonpaged_pool),
            (Some(10), Some(9))
        );
        let more = process.memory_info_ex();
        assert_eq!(
            (more.virtual_size, more.peak_virtual),
            (Some(4096 * 4), Some(4096 * 3))
        );
        assert_eq!((more.vms, more.peak_rss), (4096 * 13, Some(4096 * 6)));
        let faults = process.page_faults();
        assert_eq!((faults.minor, faults.major), (90, 10));
        let io = process.io_counters();
        assert_eq!(
            (io.read_count, io.write_count, io.other_count),
            (21, 22, Some(23))
        );
        assert_eq!(
            (io.read_bytes, io.write_bytes, io.other_bytes),
            (Some(24), Some(25), Some(26))
        );
        assert_eq!(process.context_switches().voluntary, 300);
        let threads = process.threads();
        assert_eq!(
            (threads[1].id, threads[1].user_time, threads[1].system_time),
            (1244, 0.25, 0.5)
        );
    }

    #[cfg(target_endian = "little")]
    #[test]
    fn what_is_cut_off_anywhere_is_refused() {
        for length in 0..TABLE.len() {
            let answer = ProcessInformation::all(&TABLE[..length], ADDRESS);
            assert!(answer.is_err(), "{length} of {}", TABLE.len());
        }
    }

    #[cfg(target_endian = "little")]
    #[test]
    fn lengths_and_pointers_that_lie_are_refused() {
        let with = |offset: usize, bytes: &[u8]| {
            let mut table = TABLE.to_vec();
            table[offset..offset + bytes.len()].copy_from_slice(bytes);
            ProcessInformation::all(&table, ADDRESS)
        };
        // An entry that is its own next, more threads than there is room for, names before, behind and beyond.
        assert!(with(0, &8u32.to_le_bytes()).is_err());
        assert!(with(4, &u32::MAX.to_le_bytes()).is_err());
        let system = u32::from_le_bytes(TABLE[..4].try_into().unwrap()) as usize;
        for pointer in [0, ADDRESS - 2, ADDRESS + TABLE.len() as u64, u64::MAX] {
            assert!(
                with(system + 0x40, &pointer.to_le_bytes()).is_err(),
                "{pointer:x}"
            );
        }
        assert!(with(system + 0x38, &u16::MAX.to_le_bytes()).is_err());
        assert!(with(system + 0x50, &u64::MAX.to_le_bytes()).is_err());
        assert!(ProcessInformation::all(b"", ADDRESS).is_err());
    }
}
