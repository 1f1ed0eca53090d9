//! What the program wrote about a process, told as the files of `/proc` tell it: the same numbers, computed as the
//! kernel computes them when such a file is read (its fs/proc/array.c, fs/proc/task_mmu.c, kernel/sched/cputime.c). What
//! cannot be told for certain is `None`: then the file is to be read.

use super::layout as at;
use crate::decode::bytes::Layout;
use crate::decode::linux::stat::Stat;
use crate::decode::linux::statm::Statm;
use crate::decode::linux::status::{MemoryLines, StatusLines, Told};
use crate::error::DecodeError;
use crate::model::Pid;
use crate::model::process::IoCounters;
use crate::text::Text;

/// One process, as [`super::task_program`] saw it.
#[derive(Debug, Clone, Copy)]
pub struct TaskRecord<'a> {
    bytes: &'a [u8; at::SIZE],
}

/// How a kernel shows in `/proc` what it knows. Some of it cannot be asked, only be seen: whoever has a process of which
/// both are known finds out with [`Shown::learn`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shown {
    ticks_per_second: u64,
    page_size: u64,
    /// Whether pages are counted with what the CPUs have not yet added to the sums (Linux 6.16).
    exact_pages: Option<bool>,
    /// Whether workers have their full names (Linux 6.11).
    full_worker_names: Option<bool>,
}

impl Shown {
    /// What is not known yet stays untold until it was learnt.
    pub fn new(ticks_per_second: u64, page_size: u64) -> Shown {
        Shown {
            ticks_per_second: ticks_per_second.max(1),
            page_size,
            exact_pages: None,
            full_worker_names: None,
        }
    }

    /// Whether this process would show what is not known yet.
    pub fn wants(&self, record: &TaskRecord<'_>) -> bool {
        (self.exact_pages.is_none() && record.has_pages_apart())
            || (self.full_worker_names.is_none() && record.is_fully_named_worker())
    }

    /// Learns from the files of a process, and its records of before and after they were read.
    pub fn learn(&mut self, records: [TaskRecord<'_>; 2], stat: &Stat, statm: &Statm) {
        let decide = |tells: &dyn Fn(&Shown, &TaskRecord<'_>) -> bool| {
            let [no, yes] = [false, true].map(|answer| {
                let supposed = Shown {
                    exact_pages: Some(answer),
                    full_worker_names: Some(answer),
                    ..*self
                };
                records.iter().all(|record| tells(&supposed, record))
            });
            (no != yes).then_some(yes)
        };
        let pages = decide(&|shown, record| record.statm(shown).as_ref() == Some(statm));
        let names = decide(&|shown, record| record.name(shown).as_ref() == Some(&stat.name));
        if self.exact_pages.is_none() && records.iter().all(|record| record.has_pages_apart()) {
            self.exact_pages = pages;
        }
        if self.full_worker_names.is_none() && records.iter().all(|record| record.is_fully_named_worker()) {
            self.full_worker_names = names;
        }
    }

    fn ticks(&self, nanoseconds: u64) -> u64 {
        nanoseconds / (1_000_000_000 / self.ticks_per_second).max(1)
    }
}

/// Set for workers of the kernel, which have a name that tells what they do.
const WORKER: u32 = 0x20;
/// Set for threads of the kernel.
const KERNEL_THREAD: u32 = 0x0020_0000;
/// Room of a name in `/proc`, with a NUL behind it.
const LONGEST_NAME: usize = 63;

impl<'a> TaskRecord<'a> {
    /// Bytes of a record; a multiple of 8.
    pub const SIZE: usize = at::SIZE;

    /// The records of a listing; what is no whole one at the end is an error.
    pub fn split(bytes: &'a [u8]) -> Result<impl ExactSizeIterator<Item = TaskRecord<'a>>, DecodeError> {
        let (records, rest) = bytes.as_chunks::<{ at::SIZE }>();
        if !rest.is_empty() {
            let whole = bytes.len() - rest.len();
            return Err(DecodeError::new("task record", whole, "a whole record"));
        }
        Ok(records.iter().map(|bytes| TaskRecord { bytes }))
    }

    /// The record at `index` of a listing.
    pub fn at(bytes: &'a [u8], index: usize) -> Option<TaskRecord<'a>> {
        let (records, _) = bytes.as_chunks::<{ at::SIZE }>();
        records.get(index).map(|bytes| TaskRecord { bytes })
    }

    /// Its number.
    pub fn pid(&self) -> Pid {
        self.u32(at::PID)
    }

    /// When it was started, in nanoseconds after the machine was.
    pub fn start(&self) -> u64 {
        self.u64(at::START)
    }

    /// User and system time in nanoseconds: the time that it ran, which is exact, divided as the ticks of the clock were
    /// that found it in user or kernel mode. What was told before does not go back: the kernel remembers what it showed
    /// itself, `last` is what was told from here.
    pub fn times(&self, last: (u64, u64)) -> (u64, u64) {
        let ran = self.u64(at::RUN_TIME);
        let (user, system) = (self.u64(at::USER_TIME), self.u64(at::SYSTEM_TIME));
        let shown = (self.u64(at::SHOWN_USER_TIME), self.u64(at::SHOWN_SYSTEM_TIME));
        // The later of the two.
        let sum = |(user, system): (u64, u64)| user.saturating_add(system);
        let last = if sum(shown) >= sum(last) { shown } else { last };
        if sum(last) >= ran {
            return last;
        }
        let part = if system == 0 {
            0
        } else if user == 0 {
            ran
        } else {
            match (system.checked_mul(ran), user.checked_add(system)) {
                // Of most processes: a division of 128 bits costs ten of these.
                (Some(product), Some(whole)) => (product / whole).min(ran),
                _ => {
                    let whole = u128::from(user) + u128::from(system);
                    let part = u128::from(system) * u128::from(ran) / whole;
                    u64::try_from(part).unwrap_or(ran).min(ran)
                }
            }
        };
        let system = part.max(last.1);
        let user = ran.saturating_sub(system);
        match user < last.0 {
            true => (last.0, ran.saturating_sub(last.0)),
            false => (user, system),
        }
    }

    /// What `/proc/<pid>/stat` tells; the times are those of [`TaskRecord::times`].
    pub fn stat(&self, shown: &Shown, (user, system): (u64, u64)) -> Option<Stat> {
        // Accounting by the switches of mode adds what is not written down yet.
        if !self.has_sums() || self.u32(at::ACCOUNTING) != 0 {
            return None;
        }
        Some(Stat {
            name: self.name(shown)?,
            state: self.state()?,
            ppid: self.u32(at::PPID),
            tty: self.terminal(),
            flags: u64::from(self.u32(at::FLAGS)),
            minor_faults: self.u64(at::MINOR_FAULTS),
            major_faults: self.u64(at::MAJOR_FAULTS),
            user: shown.ticks(user),
            system: shown.ticks(system),
            children_user: Some(shown.ticks(self.u64(at::CHILDREN_USER_TIME))),
            children_system: Some(shown.ticks(self.u64(at::CHILDREN_SYSTEM_TIME))),
            // The kernel's own scale has 120 for 0.
            nice: self.u32(at::STATIC_PRIORITY).cast_signed().wrapping_sub(120),
            threads: self.u32(at::THREADS),
            start: shown.ticks(self.start()),
            processor: Some(self.u32(at::CPU)),
            block_delay: Some(shown.ticks(self.u64(at::BLOCK_DELAY))),
        })
    }

    /// What `/proc/<pid>/status` tells, with or without the lines about memory.
    pub fn status(&self, shown: &Shown, memory: bool) -> Option<StatusLines> {
        let memory = match memory && self.has_memory() {
            true => Some(self.memory(shown)?),
            false => None,
        };
        Some(StatusLines::of_task(
            self.pid(),
            [0, 4, 8].map(|offset| self.u32(at::UIDS + offset)),
            [0, 4, 8].map(|offset| self.u32(at::GIDS + offset)),
            [
                self.u64(at::VOLUNTARY_SWITCHES),
                self.u64(at::INVOLUNTARY_SWITCHES),
            ],
            memory,
        ))
    }

    /// What `/proc/<pid>/statm` tells.
    pub fn statm(&self, shown: &Shown) -> Option<Statm> {
        if !self.has_memory() {
            return Some(Statm::NONE);
        }
        let [file, anonymous, _, shared] = self.pages(shown)?;
        let shared = file.wrapping_add(shared);
        let page = shown.page_size.max(1);
        let start = self.u64(at::CODE_START) / page;
        let end = self.u64(at::CODE_END).div_ceil(page);
        Some(Statm::new([
            self.u64(at::TOTAL),
            shared.wrapping_add(anonymous),
            shared,
            end.saturating_sub(start),
            0,
            self.u64(at::DATA).wrapping_add(self.u64(at::MEMORY_STACK)),
            0,
        ]))
    }

    /// What `/proc/<pid>/io` tells.
    pub fn io(&self) -> Option<IoCounters> {
        if !self.has_sums() || self.has_note(at::LACKS_IO) {
            return None;
        }
        let counter = |index: usize| self.u64(at::IO + index * 8);
        Some(IoCounters {
            read_count: counter(2),
            write_count: counter(3),
            read_bytes: Some(counter(4)),
            write_bytes: Some(counter(5)),
            read_chars: Some(counter(0)),
            write_chars: Some(counter(1)),
            other_count: None,
            other_bytes: None,
        })
    }

    /// Whether the sums over the threads are those of one moment.
    fn has_sums(&self) -> bool {
        let before = self.u32(at::SEQUENCE_BEFORE);
        // Odd while somebody writes.
        before.is_multiple_of(2)
            && before == self.u32(at::SEQUENCE_AFTER)
            && !self.has_note(at::LACKS_THREADS)
    }

    fn has_memory(&self) -> bool {
        self.has_note(at::HAS_MEMORY)
    }

    /// The letter of the state.
    fn state(&self) -> Option<u8> {
        /// Those that are shown: from running to parked.
        const SHOWN: u32 = 0x7f;
        /// Waits without being counted as load.
        const IDLE: u32 = 0x402;
        /// Waits for a lock, or is frozen, which kernels show differently; or is not known.
        const UNCERTAIN: u32 = !0x6fff;
        let state = self.u32(at::STATE);
        if state == IDLE {
            return Some(b'I');
        }
        if state & UNCERTAIN != 0 || state & IDLE == IDLE {
            return None;
        }
        let shown = (state | self.u32(at::EXIT_STATE)) & SHOWN;
        let highest = (u32::BITS - shown.leading_zeros()) as usize;
        b"RSDTtXZP".get(highest).copied()
    }

    /// The device number of the terminal, as programs know it.
    fn terminal(&self) -> u32 {
        if !self.has_note(at::HAS_TERMINAL) {
            return 0;
        }
        let kernels = (self.u32(at::TTY_MAJOR) << 20 | self.u32(at::TTY_MINOR_START))
            .wrapping_add(self.u32(at::TTY_INDEX));
        let (major, minor) = (kernels >> 20, kernels & 0xf_ffff);
        minor & 0xff | major << 8 | (minor & !0xff) << 12
    }

    fn name(&self, shown: &Shown) -> Option<Text> {
        let own = self.text(at::NAME, 16);
        if !self.is_kernel_thread() {
            return Some(Text::from(own));
        }
        let full = self.text(at::FULL_NAME, 64);
        if !self.is_worker() {
            return Some(Text::from(if full.is_empty() { own } else { full }));
        }
        let mut name = match full.is_empty() {
            true => own.to_vec(),
            false if shown.full_worker_names? => full.to_vec(),
            false => own.to_vec(),
        };
        let work = self.text(at::WORK, 32);
        if self.u64(at::POOL) != 0 && !work.is_empty() {
            name.push(match self.u64(at::CURRENT_WORK) {
                0 => b'-',
                _ => b'+',
            });
            name.extend_from_slice(work);
            name.truncate(LONGEST_NAME);
        }
        Some(Text::from(name))
    }

    fn is_kernel_thread(&self) -> bool {
        self.u32(at::FLAGS) & KERNEL_THREAD != 0
    }

    fn is_worker(&self) -> bool {
        self.is_kernel_thread() && self.u32(at::FLAGS) & WORKER != 0
    }

    fn is_fully_named_worker(&self) -> bool {
        self.is_worker() && !self.text(at::FULL_NAME, 64).is_empty()
    }

    fn memory(&self, shown: &Shown) -> Option<MemoryLines> {
        let [file, anonymous, swapped, shared] = self.pages(shown)?;
        let bytes = |pages: u64| pages.saturating_mul(shown.page_size);
        let resident = file.wrapping_add(anonymous).wrapping_add(shared);
        Some(MemoryLines {
            peak_vms: Told(bytes(self.u64(at::PEAK_TOTAL).max(self.u64(at::TOTAL)))),
            peak_rss: Told(bytes(self.u64(at::PEAK_RESIDENT).max(resident))),
            rss_anon: Told(bytes(anonymous)),
            rss_file: Told(bytes(file)),
            rss_shmem: Told(bytes(shared)),
            swap: Told(bytes(swapped)),
            hugetlb: Told(bytes(self.u64(at::HUGE))),
        })
    }

    /// Pages of files, anonymous ones, in swap, shared.
    fn pages(&self, shown: &Shown) -> Option<[u64; 4]> {
        let exact = match self.has_pages_apart() {
            true => shown.exact_pages?,
            false => false,
        };
        if self.has_note(at::LACKS_COUNTERS) || exact && self.has_note(at::LACKS_COUNTERS_OF_CPUS) {
            return None;
        }
        Some([0, 8, 16, 24].map(|offset| {
            let counted = self.u64(at::COUNTERS + offset);
            let count = match exact {
                true => counted.wrapping_add(self.u64(at::COUNTERS_OF_CPUS + offset)),
                false => counted,
            };
            // As parts of it are counted elsewhere, it may be less than nothing for a moment.
            u64::try_from(count.cast_signed()).unwrap_or(0)
        }))
    }

    /// Whether it makes a difference what the CPUs have not added yet.
    fn has_pages_apart(&self) -> bool {
        let apart = [0, 8, 16, 24].map(|offset| self.u64(at::COUNTERS_OF_CPUS + offset));
        self.has_memory() && (apart != [0; 4] || self.has_note(at::LACKS_COUNTERS_OF_CPUS))
    }

    fn has_note(&self, bit: u32) -> bool {
        self.u32(at::NOTES) & bit != 0
    }

    fn text(&self, offset: usize, length: usize) -> &'a [u8] {
        self.layout().text(offset, length).unwrap_or_default()
    }

    fn u32(&self, offset: usize) -> u32 {
        self.layout().u32(offset).unwrap_or_default()
    }

    fn u64(&self, offset: usize) -> u64 {
        self.layout().u64(offset).unwrap_or_default()
    }

    /// All offsets lie inside of a record.
    fn layout(&self) -> Layout<'a> {
        Layout::whole("task record", self.bytes)
    }
}

// The fixture is of a little-endian machine; where the program runs, its numbers are those of the machine.
#[cfg(test)]
#[cfg(target_endian = "little")]
mod tests {
    #![allow(
        clippy::indexing_slicing,
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic
    )]
    use super::*;
    use crate::decode::linux::io::io_counters;

    const RECORDS: &[u8] = include_bytes!("../../../../../../testdata/linux/bpf-6.18/tasks.records");

    macro_rules! files {
        ($($pid:literal),*) => {
            [$(($pid, [
                include_bytes!(concat!("../../../../../../testdata/linux/bpf-6.18/proc/", $pid, "/stat")).as_slice(),
                include_bytes!(concat!("../../../../../../testdata/linux/bpf-6.18/proc/", $pid, "/status")),
                include_bytes!(concat!("../../../../../../testdata/linux/bpf-6.18/proc/", $pid, "/statm")),
                include_bytes!(concat!("../../../../../../testdata/linux/bpf-6.18/proc/", $pid, "/io")),
            ])),*]
        };
    }

    const FILES: [(Pid, [&[u8]; 4]); 6] = files!(2, 4, 58, 17559, 17560, 17561);

    /// How that kernel shows it.
    fn shown() -> Shown {
        Shown {
            exact_pages: Some(true),
            full_worker_names: Some(true),
            ..Shown::new(100, 4096)
        }
    }

    fn record(pid: Pid) -> TaskRecord<'static> {
        let mut records = TaskRecord::split(RECORDS).unwrap();
        records.find(|record| record.pid() == pid).unwrap()
    }

    #[test]
    fn records_tell_what_the_files_tell() {
        assert_eq!(TaskRecord::split(RECORDS).unwrap().len(), FILES.len());
        for (pid, [stat, status, statm, io]) in FILES {
            let record = record(pid);
            let times = record.times((0, 0));
            assert_eq!(record.stat(&shown(), times), Some(Stat::parse(stat).unwrap()));
            assert_eq!(
                record.status(&shown(), true),
                Some(StatusLines::parse(status).unwrap()),
                "{pid}"
            );
            assert_eq!(
                record.status(&shown(), false),
                Some(StatusLines::parse_but_memory(status).unwrap()),
                "{pid}"
            );
            assert_eq!(
                record.statm(&shown()),
                Some(Statm::parse(statm).unwrap()),
                "{pid}"
            );
            assert_eq!(record.io(), Some(io_counters(io).unwrap()), "{pid}");
        }
    }

    #[test]
    fn what_is_not_known_is_learnt_from_the_files() {
        let mut learnt = Shown::new(100, 4096);
        assert!(record(17559).statm(&learnt).is_none());
        assert!(record(4).name(&learnt).is_none());
        for (pid, [stat, _, statm, _]) in FILES {
            let (stat, statm) = (Stat::parse(stat).unwrap(), Statm::parse(statm).unwrap());
            let record = record(pid);
            learnt.learn([record, record], &stat, &statm);
        }
        assert_eq!(learnt, shown());
        assert!(FILES.iter().all(|(pid, _)| !learnt.wants(&record(*pid))));
        // Files that agree with neither answer teach nothing.
        let mut learnt = Shown::new(100, 4096);
        let [_, _, _, (_, [stat, _, _, _]), ..] = FILES;
        let wrong = Statm::new([1; 7]);
        learnt.learn([record(17559); 2], &Stat::parse(stat).unwrap(), &wrong);
        assert_eq!(learnt, Shown::new(100, 4096));
    }

    /// A record with one number of 32 bits changed.
    fn changed(pid: Pid, place: usize, number: u32) -> Vec<u8> {
        let mut bytes = record(pid).bytes.to_vec();
        bytes[place..place + 4].copy_from_slice(&number.to_ne_bytes());
        bytes
    }

    #[test]
    fn what_is_not_certain_is_not_told() {
        let stat = |bytes: &[u8]| TaskRecord::at(bytes, 0).unwrap().stat(&shown(), (0, 0));
        for (place, number) in [
            (at::SEQUENCE_AFTER, 9),
            (at::SEQUENCE_BEFORE, 7),
            (at::ACCOUNTING, 1),
            (at::NOTES, at::HAS_MEMORY | at::LACKS_THREADS),
            (at::STATE, 0x8000),
            (at::STATE, 0x1002),
            (at::STATE, 0x2402),
            (at::STATE, 0x10_0000),
        ] {
            assert_eq!(stat(&changed(17561, place, number)), None, "{place}: {number:#x}");
        }
        let bytes = changed(17561, at::NOTES, at::HAS_MEMORY | at::LACKS_COUNTERS_OF_CPUS);
        assert!(TaskRecord::at(&bytes, 0).unwrap().statm(&shown()).is_none());
        let bytes = changed(17561, at::NOTES, at::HAS_MEMORY | at::LACKS_THREADS);
        assert!(TaskRecord::at(&bytes, 0).unwrap().io().is_none());
    }

    #[test]
    fn states_have_their_letters() {
        let letter = |state, exit_state: u32| {
            let mut bytes = changed(17561, at::STATE, state);
            bytes[at::EXIT_STATE..at::EXIT_STATE + 4].copy_from_slice(&exit_state.to_ne_bytes());
            TaskRecord::at(&bytes, 0).unwrap().state().map(char::from)
        };
        for (state, exit_state, expected) in [
            (0, 0, 'R'),
            (1, 0, 'S'),
            (0x2001, 0, 'S'),
            (2, 0, 'D'),
            (0x102, 0, 'D'),
            (0x402, 0, 'I'),
            (4, 0, 'T'),
            (0x104, 0, 'T'),
            (8, 0, 't'),
            (0x40, 0, 'P'),
            (0x80, 0x20, 'Z'),
            (0x80, 0x10, 'X'),
        ] {
            assert_eq!(
                letter(state, exit_state),
                Some(expected),
                "{state:#x} {exit_state:#x}"
            );
        }
    }

    #[test]
    fn times_are_divided_as_the_kernel_does_and_never_go_back() {
        let times = |[user, system, ran]: [u64; 3], shown: (u64, u64), last| {
            let mut bytes = record(2).bytes.to_vec();
            let mut set = |place: usize, number: u64| {
                bytes[place..place + 8].copy_from_slice(&number.to_ne_bytes());
            };
            set(at::USER_TIME, user);
            set(at::SYSTEM_TIME, system);
            set(at::RUN_TIME, ran);
            set(at::SHOWN_USER_TIME, shown.0);
            set(at::SHOWN_SYSTEM_TIME, shown.1);
            TaskRecord::at(&bytes, 0).unwrap().times(last)
        };
        let none = (0, 0);
        assert_eq!(times([30, 10, 100], none, none), (75, 25));
        assert_eq!(times([30, 0, 100], none, none), (100, 0));
        assert_eq!(times([0, 30, 100], none, none), (0, 100));
        assert_eq!(times([30, 10, 100], (40, 50), none), (50, 50));
        assert_eq!(times([30, 10, 100], (80, 10), none), (80, 20));
        assert_eq!(times([30, 10, 100], (80, 40), none), (80, 40));
        assert_eq!(times([30, 10, 100], none, (10, 60)), (40, 60));
        assert_eq!(times([30, 10, 100], (20, 30), (10, 60)), (40, 60));
        assert_eq!(times([30, 10, 100], (50, 40), (10, 60)), (60, 40));
        assert_eq!(times([u64::MAX; 3], none, none), (u64::MAX / 2 + 1, u64::MAX / 2));
    }

    #[test]
    fn terminals_and_workers_are_written_as_in_proc() {
        let mut bytes = changed(17561, at::NOTES, at::HAS_TERMINAL);
        for (place, number) in [
            (at::TTY_MAJOR, 136_u32),
            (at::TTY_MINOR_START, 0),
            (at::TTY_INDEX, 300),
        ] {
            bytes[place..place + 4].copy_from_slice(&number.to_ne_bytes());
        }
        let terminal = TaskRecord::at(&bytes, 0).unwrap().terminal();
        assert_eq!(terminal, 136 << 8 | 44 | 1 << 20);

        let mut bytes = record(58).bytes.to_vec();
        bytes[at::WORK..at::WORK + 8].copy_from_slice(b"events\0\0");
        let name = |bytes: &[u8]| TaskRecord::at(bytes, 0).unwrap().name(&shown()).unwrap();
        bytes[at::POOL] = 1;
        bytes[at::CURRENT_WORK] = 0;
        assert_eq!(name(&bytes), "kworker/0:1H-events");
        bytes[at::CURRENT_WORK] = 1;
        assert_eq!(name(&bytes), "kworker/0:1H+events");
        bytes[at::FULL_NAME..at::FULL_NAME + 60].copy_from_slice(&[b'w'; 60]);
        assert_eq!(name(&bytes).len(), LONGEST_NAME);
        bytes[at::POOL..at::POOL + 8].fill(0);
        assert_eq!(name(&bytes).len(), 60);
    }

    #[test]
    fn a_record_that_is_cut_off_is_an_error() {
        assert!(TaskRecord::split(&RECORDS[..at::SIZE + 1]).is_err());
        assert_eq!(TaskRecord::split(b"").unwrap().len(), 0);
        assert!(TaskRecord::at(RECORDS, FILES.len()).is_none());
    }
}
