//! Records about one process; those about its memory and its limits have files of their own.

mod limits;
mod memory;

use core::fmt;

pub use self::limits::{Limits, RLIMIT, Resource};
pub use self::memory::{
    AddressRange, MAPS, MemoryFootprint, MemoryFullInfo, MemoryInfo, MemoryInfoEx, MemoryMap,
};
use crate::model::Pid;
use crate::record;
use crate::schema::{Platforms, Type, Typed, Value};
use crate::text::Text;

const ALL: Platforms = Platforms::ALL;
const LINUX: Platforms = Platforms::LINUX;
const WINDOWS: Platforms = Platforms::WINDOWS;
const MACOS: Platforms = Platforms::MACOS;
const ILLUMOS: Platforms = Platforms::ILLUMOS;
const BSD: Platforms = Platforms::BSD;

/// What makes a process the same process: its number and the kernel's own time of its start.
///
/// `start` counts in the kernel's units (on Linux clock ticks since boot) and does not move when the wall clock
/// is set. It is absent where the kernel would not tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Identity {
    /// The process number.
    pub pid: Pid,
    /// When it started, in the kernel's units.
    pub start: Option<u64>,
}

/// What a process is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum Status {
    /// On a CPU, or ready for one.
    Running,
    /// Waiting for an event.
    Sleeping,
    /// Waiting for a disk; cannot be interrupted.
    DiskSleep,
    /// Stopped by a signal.
    Stopped,
    /// Stopped by a tracer.
    TracingStop,
    /// Ended, and not yet waited for by its parent.
    Zombie,
    /// Being removed.
    Dead,
    /// Linux 2.6.33 to 3.13 only.
    WakeKill,
    /// Being woken.
    Waking,
    /// A kernel thread with nothing to do; on other systems, being created.
    Idle,
    /// Waiting for a lock (FreeBSD).
    Locked,
    /// Waiting (FreeBSD, illumos).
    Waiting,
    /// Suspended (NetBSD).
    Suspended,
    /// A kernel thread that is parked.
    Parked,
    /// A code that is not known.
    Unknown,
}

impl Status {
    /// psutil's word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Status::Running => "running",
            Status::Sleeping => "sleeping",
            Status::DiskSleep => "disk-sleep",
            Status::Stopped => "stopped",
            Status::TracingStop => "tracing-stop",
            Status::Zombie => "zombie",
            Status::Dead => "dead",
            Status::WakeKill => "wake-kill",
            Status::Waking => "waking",
            Status::Idle => "idle",
            Status::Locked => "locked",
            Status::Waiting => "waiting",
            Status::Suspended => "suspended",
            Status::Parked => "parked",
            Status::Unknown => "?",
        }
    }
}

record! {
    /// CPU time that a process has used.
    pub struct ProcessTimes as "pcputimes" {
        /// In user mode.
        pub user: f64 = Seconds, Counter, ALL;
        /// In the kernel.
        pub system: f64 = Seconds, Counter, ALL;
        /// In user mode, of children that ended and were waited for.
        pub children_user: Option<f64> = Seconds, Counter, LINUX.or(BSD).or(ILLUMOS);
        /// In the kernel, of children that ended and were waited for.
        pub children_system: Option<f64> = Seconds, Counter, LINUX.or(BSD).or(ILLUMOS);
        /// Waiting for block devices; 0 unless the kernel does delay accounting.
        pub iowait: Option<f64> = Seconds, Counter, LINUX;
    }
}

record! {
    /// What a process read and wrote.
    pub struct IoCounters as "pio" {
        /// Read calls.
        pub read_count: u64 = Count, Counter, ALL;
        /// Write calls.
        pub write_count: u64 = Count, Counter, ALL;
        /// Bytes read from storage.
        pub read_bytes: Option<u64> = Bytes, Counter, LINUX.or(WINDOWS);
        /// Bytes written to storage.
        pub write_bytes: Option<u64> = Bytes, Counter, LINUX.or(WINDOWS);
        /// Bytes passed to read calls, from the cache or not.
        pub read_chars: Option<u64> = Bytes, Counter, LINUX;
        /// Bytes passed to write calls, reaching storage or not.
        pub write_chars: Option<u64> = Bytes, Counter, LINUX;
        /// Other I/O calls.
        pub other_count: Option<u64> = Count, Counter, WINDOWS;
        /// Bytes of other I/O calls.
        pub other_bytes: Option<u64> = Bytes, Counter, WINDOWS;
    }
}

record! {
    /// What a process reads and writes in a second.
    pub struct IoRates as "piorates" {
        /// Read calls.
        pub read_count: f64 = PerSecond, Gauge, ALL;
        /// Write calls.
        pub write_count: f64 = PerSecond, Gauge, ALL;
        /// Bytes read from storage.
        pub read_bytes: Option<f64> = BytesPerSecond, Gauge, LINUX.or(WINDOWS);
        /// Bytes written to storage.
        pub write_bytes: Option<f64> = BytesPerSecond, Gauge, LINUX.or(WINDOWS);
    }
}

impl IoRates {
    /// What was read and written from one reading to a later one, so many seconds after; `None` if no time passed.
    pub fn between(earlier: &IoCounters, later: &IoCounters, seconds: f64) -> Option<IoRates> {
        if seconds <= 0.0 {
            return None;
        }
        let rate = |earlier: u64, later: u64| later.saturating_sub(earlier) as f64 / seconds;
        let told = |earlier: Option<u64>, later: Option<u64>| Some(rate(earlier?, later?));
        Some(IoRates {
            read_count: rate(earlier.read_count, later.read_count),
            write_count: rate(earlier.write_count, later.write_count),
            read_bytes: told(earlier.read_bytes, later.read_bytes),
            write_bytes: told(earlier.write_bytes, later.write_bytes),
        })
    }
}

/// The class of a process's I/O priority.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum IoClass {
    /// Never set; follows the nice value (Linux).
    None,
    /// Served first, needs privilege (Linux).
    RealTime,
    /// The normal class (Linux).
    BestEffort,
    /// Served when nobody else wants the disk (Linux).
    Idle,
    /// Windows.
    VeryLow,
    /// Windows.
    Low,
    /// Windows.
    Normal,
    /// Windows.
    High,
    /// A class by the system's number.
    Other(u8),
}

impl IoClass {
    /// The class in lower case.
    pub const fn as_str(self) -> &'static str {
        match self {
            IoClass::None => "none",
            IoClass::RealTime => "realtime",
            IoClass::BestEffort => "best-effort",
            IoClass::Idle => "idle",
            IoClass::VeryLow => "very-low",
            IoClass::Low => "low",
            IoClass::Normal => "normal",
            IoClass::High => "high",
            IoClass::Other(_) => "other",
        }
    }
}

/// The systems with `ionice`.
pub const IONICE: Platforms = LINUX.or(WINDOWS);

record! {
    /// The I/O priority of a process.
    pub struct IoNice as "pionice" {
        /// The class.
        pub ioclass: IoClass = None, Gauge, IONICE;
        /// The level in its class: 0 is served first, 7 last.
        pub value: Option<u32> = None, Gauge, LINUX;
    }
}

impl IoNice {
    /// A class, and a level where the system has levels.
    pub fn new(ioclass: IoClass, value: Option<u32>) -> Self {
        IoNice { ioclass, value }
    }
}

record! {
    /// User ids of a process.
    pub struct Uids as "puids" {
        /// Who started it.
        pub real: u32 = None, Label, Platforms::POSIX;
        /// In whose name it acts.
        pub effective: u32 = None, Label, Platforms::POSIX;
        /// To whom it may return.
        pub saved: Option<u32> = None, Label, Platforms::POSIX;
    }
}

impl Uids {
    /// Real, effective and saved.
    pub fn new(real: u32, effective: u32, saved: Option<u32>) -> Self {
        Uids {
            real,
            effective,
            saved,
        }
    }
}

record! {
    /// Group ids of a process.
    pub struct Gids as "pgids" {
        /// Whose group started it.
        pub real: u32 = None, Label, Platforms::POSIX;
        /// In whose name it acts.
        pub effective: u32 = None, Label, Platforms::POSIX;
        /// To which it may return.
        pub saved: Option<u32> = None, Label, Platforms::POSIX;
    }
}

impl Gids {
    /// Real, effective and saved.
    pub fn new(real: u32, effective: u32, saved: Option<u32>) -> Self {
        Gids {
            real,
            effective,
            saved,
        }
    }
}

record! {
    /// How often a process left the CPU.
    pub struct ContextSwitches as "pctxsw" {
        /// Because it had to wait; on Windows and macOS for any reason.
        pub voluntary: u64 = Count, Counter, ALL;
        /// Because its time was up or another was more urgent.
        pub involuntary: Option<u64> = Count, Counter, ALL.without(WINDOWS).without(MACOS);
    }
}

record! {
    /// Page faults of a process.
    pub struct PageFaults as "ppagefaults" {
        /// Served without reading from disk.
        pub minor: u64 = Count, Counter, ALL;
        /// Served by reading from disk.
        pub major: u64 = Count, Counter, ALL;
    }
}

record! {
    /// A thread of a process.
    pub struct Thread as "pthread" {
        /// The thread's number.
        pub id: u32 = None, Label, ALL;
        /// CPU time in user mode.
        pub user_time: f64 = Seconds, Counter, ALL;
        /// CPU time in the kernel.
        pub system_time: f64 = Seconds, Counter, ALL;
    }
}

record! {
    /// A regular file that a process has open.
    pub struct OpenFile as "popenfile" {
        /// The file.
        pub path: Text = None, Label, ALL;
        /// The descriptor.
        pub fd: Option<i32> = None, Label, Platforms::POSIX;
        /// Where the next read or write begins.
        pub position: Option<u64> = Bytes, Gauge, LINUX;
        /// `r`, `w`, `a`, `r+` or `a+`.
        pub mode: Option<Text> = None, Label, LINUX;
        /// The flags it was opened with.
        pub flags: Option<u32> = None, Label, LINUX;
    }
}

impl OpenFile {
    /// A file and, where the system has them, its descriptor.
    pub fn new(path: Text, fd: Option<i32>) -> Self {
        OpenFile {
            path,
            fd,
            position: None,
            mode: None,
            flags: None,
        }
    }
}

/// How a process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Exit {
    /// It exited with this status.
    Code(i32),
    /// This signal ended it.
    Signal(i32),
}

impl fmt::Display for Exit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Exit::Code(code) => write!(formatter, "exit status {code}"),
            Exit::Signal(signal) => write!(formatter, "signal {signal}"),
        }
    }
}

macro_rules! word_typed {
    ($($word:ty),*) => {$(
        impl Typed for $word {
            const TYPE: Type = Type::Text;
            fn value(&self) -> Value {
                Value::Text(Text::from(self.as_str()))
            }
        }
        impl fmt::Display for $word {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.pad(self.as_str())
            }
        }
    )*};
}

word_typed!(Status, IoClass);
