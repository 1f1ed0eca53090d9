//! `/proc/<pid>/stat` and `/proc/<pid>/task/<tid>/stat`: one line of numbers, with the name among them. The system's
//! own `/proc/stat` is another file.
//!
//! Layout: proc_pid_stat(5). The name stands in parentheses and may itself hold parentheses, blanks and newlines; so
//! the fields are counted from the last `)`.

use crate::decode::bytes::{after, find_last, leading_decimal, leading_signed, split_once};
use crate::error::DecodeError;
use crate::model::Pid;
use crate::model::process::{PageFaults, ProcessTimes, Status, Thread};
use crate::text::Text;

/// What the line tells, in the kernel's units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stat {
    /// The kernel's name of the task.
    pub name: Text,
    /// The letter of its state.
    pub state: u8,
    /// The number of the parent.
    pub ppid: Pid,
    /// The device number of the controlling terminal; 0 without one.
    pub tty: u32,
    /// The kernel's `PF_` flags.
    pub flags: u64,
    /// Page faults served without reading from disk.
    pub minor_faults: u64,
    /// Page faults served by reading from disk.
    pub major_faults: u64,
    /// Clock ticks in user mode.
    pub user: u64,
    /// Clock ticks in the kernel.
    pub system: u64,
    /// Clock ticks in user mode of children that were waited for; absent if the kernel's sum is negative.
    pub children_user: Option<u64>,
    /// Clock ticks in the kernel of children that were waited for; absent if the kernel's sum is negative.
    pub children_system: Option<u64>,
    /// -20 to 19.
    pub nice: i32,
    /// Threads in the process.
    pub threads: u32,
    /// Clock ticks from boot to its start.
    pub start: u64,
    /// The CPU it ran on last (Linux 2.2.8).
    pub processor: Option<u32>,
    /// Clock ticks of waiting for block devices (Linux 2.6.18).
    pub block_delay: Option<u64>,
}

/// Set for threads of the kernel itself: `PF_KTHREAD` of the kernel's include/linux/sched.h, the same since 2.6.27.
const KERNEL_THREAD: u64 = 0x0020_0000;

const fn expected(offset: usize, what: &'static str) -> DecodeError {
    DecodeError::new("stat", offset, what)
}

impl Stat {
    /// Decodes the whole file. A line that does not end in a newline was cut short, and is refused: its last number
    /// would be wrong.
    pub fn parse(bytes: &[u8]) -> Result<Stat, DecodeError> {
        let line = bytes
            .strip_suffix(b"\n")
            .ok_or(expected(bytes.len(), "a newline at the end"))?;
        let open = line
            .iter()
            .position(|byte| *byte == b'(')
            .ok_or(expected(0, "the name in parentheses"))?;
        let close = find_last(line, b')')
            .filter(|close| *close > open)
            .ok_or(expected(open, "the name in parentheses"))?;
        let name = line.get(open + 1..close).unwrap_or_default();
        let mut fields = Fields {
            rest: line.get(close + 1..).unwrap_or_default(),
            length: line.len(),
        };
        fields.blank()?;
        let state = match fields.word() {
            [state] => *state,
            _ => return Err(expected(fields.offset(), "the state")),
        };
        let ppid = fields.number("the parent's number")?;
        fields.skip(2); // process group, session
        // Written as a signed number, though it holds a device number.
        let tty = fields.signed("the terminal")? as u32;
        fields.skip(1); // the terminal's process group
        let flags = fields.number("the flags")?;
        let minor_faults = fields.number("the minor faults")?;
        fields.skip(1); // of children
        let major_faults = fields.number("the major faults")?;
        fields.skip(1); // of children
        let user = fields.number("the user time")?;
        let system = fields.number("the system time")?;
        let children_user = u64::try_from(fields.signed("the children's user time")?).ok();
        let children_system = u64::try_from(fields.signed("the children's system time")?).ok();
        fields.skip(1); // priority
        let nice = fields.signed("the nice value")?;
        let threads = fields.number("the number of threads")?;
        fields.skip(1); // a timer that is gone since 2.6.17
        let start = fields.number("the start time")?;
        // vsize to exit_signal: `statm` and `status` tell them better, or they are nobody else's business.
        fields.skip(16);
        let processor = fields.optional("the processor")?;
        fields.skip(2); // real-time priority, policy
        let block_delay = fields.optional("the delay by block devices")?;
        Ok(Stat {
            name: Text::from(name),
            state,
            ppid: u32::try_from(ppid).map_err(|_| expected(close, "a process number"))?,
            tty,
            flags,
            minor_faults,
            major_faults,
            user,
            system,
            children_user,
            children_system,
            nice: i32::try_from(nice).map_err(|_| expected(close, "a nice value"))?,
            threads: u32::try_from(threads).map_err(|_| expected(close, "a number of threads"))?,
            start,
            processor: processor.and_then(|processor| u32::try_from(processor).ok()),
            block_delay,
        })
    }

    /// What it is doing.
    pub fn status(&self) -> Status {
        match self.state {
            b'R' => Status::Running,
            b'S' => Status::Sleeping,
            b'D' => Status::DiskSleep,
            b'T' => Status::Stopped,
            b't' => Status::TracingStop,
            b'Z' => Status::Zombie,
            b'X' | b'x' => Status::Dead,
            b'K' => Status::WakeKill,
            b'W' => Status::Waking,
            b'I' => Status::Idle,
            b'P' => Status::Parked,
            _ => Status::Unknown,
        }
    }

    /// Whether it is a thread of the kernel itself.
    pub fn is_kernel_thread(&self) -> bool {
        self.flags & KERNEL_THREAD != 0
    }

    /// CPU time in seconds, of a kernel that counts `ticks` in a second.
    pub fn cpu_times(&self, ticks: u64) -> ProcessTimes {
        let seconds = |count: u64| count as f64 / ticks as f64;
        ProcessTimes {
            user: seconds(self.user),
            system: seconds(self.system),
            children_user: self.children_user.map(seconds),
            children_system: self.children_system.map(seconds),
            iowait: self.block_delay.map(seconds),
        }
    }

    /// The CPU time of the thread `id`, whose `stat` this is.
    pub fn thread(&self, id: u32, ticks: u64) -> Thread {
        Thread {
            id,
            user_time: self.user as f64 / ticks as f64,
            system_time: self.system as f64 / ticks as f64,
        }
    }

    /// Page faults.
    pub fn page_faults(&self) -> PageFaults {
        PageFaults {
            minor: self.minor_faults,
            major: self.major_faults,
        }
    }

    /// When it started, in seconds since the epoch, on a machine that was booted at `boot`.
    pub fn create_time(&self, boot: f64, ticks: u64) -> f64 {
        boot + self.start as f64 / ticks as f64
    }
}

/// The fields after the name, one blank between two.
struct Fields<'a> {
    rest: &'a [u8],
    length: usize,
}

impl<'a> Fields<'a> {
    fn offset(&self) -> usize {
        self.length.saturating_sub(self.rest.len())
    }

    fn blank(&mut self) -> Result<(), DecodeError> {
        self.rest = self
            .rest
            .strip_prefix(b" ")
            .ok_or(expected(self.offset(), "a blank"))?;
        Ok(())
    }

    /// The next field; empty at the end of the line.
    fn word(&mut self) -> &'a [u8] {
        let (word, rest) = split_once(self.rest, b' ').unwrap_or((self.rest, b""));
        self.rest = rest;
        word
    }

    fn skip(&mut self, count: usize) {
        self.rest = after(self.rest, b' ', count).unwrap_or_default();
    }

    fn number(&mut self, what: &'static str) -> Result<u64, DecodeError> {
        let offset = self.offset();
        let (number, rest) = match leading_decimal(self.rest) {
            Some((number, [b' ', rest @ ..] | rest @ [])) => (number, rest),
            _ => return Err(expected(offset, what)),
        };
        self.rest = rest;
        Ok(number)
    }

    fn signed(&mut self, what: &'static str) -> Result<i64, DecodeError> {
        let offset = self.offset();
        let (number, rest) = match leading_signed(self.rest) {
            Some((number, [b' ', rest @ ..] | rest @ [])) => (number, rest),
            _ => return Err(expected(offset, what)),
        };
        self.rest = rest;
        Ok(number)
    }

    /// A field that older kernels do not write.
    fn optional(&mut self, what: &'static str) -> Result<Option<u64>, DecodeError> {
        match self.rest {
            [] => Ok(None),
            _ => self.number(what).map(Some),
        }
    }
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

    #[test]
    fn each_kernel_has_its_number_of_fields() {
        let stat = Stat::parse(include_bytes!(
            "../../../../../testdata/linux/process-6.18/proc/4242/stat"
        ))
        .unwrap();
        assert_eq!(
            (stat.name.as_bytes(), stat.ppid, stat.tty),
            (&b"cat"[..], 4200, 34817)
        );
        assert_eq!((stat.processor, stat.block_delay), (Some(1), Some(9)));
        let times = stat.cpu_times(100);
        assert_eq!(
            (times.user, times.system, times.iowait),
            (12.34, 0.56, Some(0.09))
        );
        assert_eq!((stat.minor_faults, stat.major_faults), (210, 3));
        assert!(!stat.is_kernel_thread());
        let stat = Stat::parse(include_bytes!(
            "../../../../../testdata/linux/process-6.18/proc/2/stat"
        ))
        .unwrap();
        assert!(stat.is_kernel_thread());
        assert_eq!(
            (stat.name.as_bytes(), stat.ppid, stat.tty),
            (&b"kthreadd"[..], 0, 0)
        );
        let stat = Stat::parse(include_bytes!(
            "../../../../../testdata/linux/process-3.10/proc/1234/stat"
        ))
        .unwrap();
        assert_eq!(
            (stat.processor, stat.block_delay, stat.start),
            (Some(2), Some(5), 987_654)
        );
        let stat = Stat::parse(include_bytes!(
            "../../../../../testdata/linux/process-2.6/proc/777/stat"
        ))
        .unwrap();
        assert_eq!(
            (stat.processor, stat.block_delay, stat.start),
            (Some(0), None, 4711)
        );
        assert_eq!(stat.cpu_times(100).iowait, None);
        let stat = Stat::parse(include_bytes!(
            "../../../../../testdata/linux/process-quirks/proc/31/stat"
        ))
        .unwrap();
        assert_eq!(stat.name.as_bytes(), b"a) R 9 (\nb\xff");
        assert_eq!(stat.status(), Status::Zombie);
        assert_eq!((stat.children_user, stat.children_system), (None, Some(14)));
    }

    #[test]
    fn a_name_may_hold_parentheses_blanks_and_newlines() {
        let line = b"7 (a) R 1 (\nb\xff) S 1 7 7 34816 7 4194304 5 0 6 0 11 12 13 14 20 -5 3 0 99 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 17 3 0 0 42 0 0\n";
        let stat = Stat::parse(line).unwrap();
        assert_eq!(stat.name.as_bytes(), b"a) R 1 (\nb\xff");
        assert_eq!(stat.status(), Status::Sleeping);
        assert_eq!((stat.ppid, stat.tty, stat.nice, stat.threads), (1, 34816, -5, 3));
        assert_eq!((stat.minor_faults, stat.major_faults, stat.start), (5, 6, 99));
        assert_eq!((stat.processor, stat.block_delay), (Some(3), Some(42)));
        let times = stat.cpu_times(100);
        assert_eq!((times.user, times.system), (0.11, 0.12));
        assert_eq!(
            (times.children_user, times.children_system),
            (Some(0.13), Some(0.14))
        );
        assert_eq!(times.iowait, Some(0.42));
        assert_eq!(stat.create_time(1000.0, 100), 1000.99);
    }

    #[test]
    fn a_line_cut_anywhere_is_refused() {
        let line = b"7 (a) S 1 7 7 34816 7 4194304 5 0 6 0 11 12 13 14 20 0 3 0 99 1 1\n";
        assert!(Stat::parse(line).is_ok());
        for length in 0..line.len() {
            assert!(Stat::parse(&line[..length]).is_err());
        }
    }
}
