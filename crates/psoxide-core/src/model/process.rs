//! Records about one process.

use core::fmt;

use crate::model::Pid;
use crate::record;
use crate::schema::{Field, Platforms, Shape, Type, Typed, Value};
use crate::text::Text;

const ALL: Platforms = Platforms::ALL;
const LINUX: Platforms = Platforms::LINUX;
const WINDOWS: Platforms = Platforms::WINDOWS;
const MACOS: Platforms = Platforms::MACOS;
const FREEBSD: Platforms = Platforms::FREEBSD;
const ILLUMOS: Platforms = Platforms::ILLUMOS;
const BSD: Platforms = Platforms::BSD;
const FOOTPRINT: Platforms = LINUX.or(MACOS).or(WINDOWS);

/// What makes a process the same process: its number and the kernel's own time of its start.
///
/// `start` counts in the kernel's units (on Linux clock ticks since boot) and does not move when the wall clock
/// is set. It is absent where the kernel would not tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
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
    /// Memory use of a process.
    pub struct MemoryInfo as "pmem" {
        /// Resident set size: physical memory that the process holds, shared memory included.
        pub rss: u64 = Bytes, Gauge, ALL;
        /// Size of the address space; on Windows the committed memory.
        pub vms: u64 = Bytes, Gauge, ALL;
        /// Resident memory that other processes may share: files and shared memory.
        pub shared: Option<u64> = Bytes, Gauge, LINUX;
        /// Executable code.
        pub text: Option<u64> = Bytes, Gauge, LINUX.or(BSD);
        /// Library code; always 0 since Linux 2.6.
        pub lib: Option<u64> = Bytes, Gauge, LINUX;
        /// Data, and on Linux stack.
        pub data: Option<u64> = Bytes, Gauge, LINUX.or(BSD);
        /// Stack.
        pub stack: Option<u64> = Bytes, Gauge, BSD;
        /// Dirty pages; always 0 since Linux 2.6.
        pub dirty: Option<u64> = Bytes, Gauge, LINUX;
        /// Page faults.
        pub num_page_faults: Option<u64> = Count, Counter, WINDOWS;
        /// Largest working set.
        pub peak_wset: Option<u64> = Bytes, Gauge, WINDOWS;
        /// Working set; the same as `rss`.
        pub wset: Option<u64> = Bytes, Gauge, WINDOWS;
        /// Largest use of the paged pool.
        pub peak_paged_pool: Option<u64> = Bytes, Gauge, WINDOWS;
        /// Use of the paged pool.
        pub paged_pool: Option<u64> = Bytes, Gauge, WINDOWS;
        /// Largest use of the non-paged pool.
        pub peak_nonpaged_pool: Option<u64> = Bytes, Gauge, WINDOWS;
        /// Use of the non-paged pool.
        pub nonpaged_pool: Option<u64> = Bytes, Gauge, WINDOWS;
        /// Committed memory; the same as `vms`.
        pub pagefile: Option<u64> = Bytes, Gauge, WINDOWS;
        /// Largest committed memory.
        pub peak_pagefile: Option<u64> = Bytes, Gauge, WINDOWS;
        /// Committed memory that is not shared.
        pub private: Option<u64> = Bytes, Gauge, WINDOWS;
        /// Page faults.
        pub pfaults: Option<u64> = Count, Counter, MACOS;
        /// Pages read in from disk.
        pub pageins: Option<u64> = Count, Counter, MACOS;
    }
}

record! {
    /// Memory use of a process, with peaks and parts.
    pub struct MemoryInfoEx as "pmem_ex" {
        /// Resident set size.
        pub rss: u64 = Bytes, Gauge, ALL;
        /// Size of the address space.
        pub vms: u64 = Bytes, Gauge, ALL;
        /// Resident memory that other processes may share.
        pub shared: Option<u64> = Bytes, Gauge, LINUX;
        /// Executable code.
        pub text: Option<u64> = Bytes, Gauge, LINUX.or(BSD);
        /// Data, and on Linux stack.
        pub data: Option<u64> = Bytes, Gauge, LINUX.or(BSD);
        /// Stack.
        pub stack: Option<u64> = Bytes, Gauge, BSD;
        /// Largest resident set size so far.
        pub peak_rss: Option<u64> = Bytes, Gauge, LINUX.or(MACOS).or(BSD).or(WINDOWS);
        /// Largest address space so far.
        pub peak_vms: Option<u64> = Bytes, Gauge, LINUX.or(WINDOWS);
        /// Resident anonymous memory (Linux 4.5 and later).
        pub rss_anon: Option<u64> = Bytes, Gauge, LINUX.or(MACOS);
        /// Resident file mappings (Linux 4.5 and later).
        pub rss_file: Option<u64> = Bytes, Gauge, LINUX.or(MACOS);
        /// Resident shared memory (Linux 4.5 and later).
        pub rss_shmem: Option<u64> = Bytes, Gauge, LINUX;
        /// Anonymous memory that is swapped out.
        pub swap: Option<u64> = Bytes, Gauge, LINUX;
        /// Huge pages that are not part of `rss`.
        pub hugetlb: Option<u64> = Bytes, Gauge, LINUX;
        /// Memory that is never paged out.
        pub wired: Option<u64> = Bytes, Gauge, MACOS;
        /// Compressed memory.
        pub compressed: Option<u64> = Bytes, Gauge, MACOS;
        /// What the system holds against the process's memory limit.
        pub phys_footprint: Option<u64> = Bytes, Gauge, MACOS;
        /// Address space reserved or committed.
        pub virtual_size as "virtual": Option<u64> = Bytes, Gauge, WINDOWS;
        /// Largest address space so far.
        pub peak_virtual: Option<u64> = Bytes, Gauge, WINDOWS;
        /// Use of the paged pool.
        pub paged_pool: Option<u64> = Bytes, Gauge, WINDOWS;
        /// Use of the non-paged pool.
        pub nonpaged_pool: Option<u64> = Bytes, Gauge, WINDOWS;
        /// Largest use of the paged pool.
        pub peak_paged_pool: Option<u64> = Bytes, Gauge, WINDOWS;
        /// Largest use of the non-paged pool.
        pub peak_nonpaged_pool: Option<u64> = Bytes, Gauge, WINDOWS;
    }
}

record! {
    /// The share of memory that is a process's own; reading it walks the whole address space.
    pub struct MemoryFootprint as "pfootprint" {
        /// Unique set size: what would be freed if the process ended now.
        pub uss: u64 = Bytes, Gauge, FOOTPRINT;
        /// Proportional set size: shared memory divided evenly among those who share it.
        pub pss: Option<u64> = Bytes, Gauge, LINUX;
        /// Memory that is swapped out.
        pub swap: Option<u64> = Bytes, Gauge, LINUX;
    }
}

/// [`MemoryInfo`] and [`MemoryFootprint`] together.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct MemoryFullInfo {
    /// The cheap figures.
    #[cfg_attr(feature = "serde", serde(flatten))]
    pub info: MemoryInfo,
    /// The dear ones; absent on systems that have none.
    #[cfg_attr(feature = "serde", serde(flatten))]
    pub footprint: Option<MemoryFootprint>,
}

impl MemoryFullInfo {
    /// The fields of both records in psutil's order.
    pub const SHAPE: Shape = Shape {
        name: "pfullmem",
        doc: "Memory use of a process with the share that is its own.",
        fields: &Self::FIELDS,
    };

    const FIELDS: [Field; MemoryInfo::SHAPE.fields.len() + MemoryFootprint::SHAPE.fields.len()] = {
        let cheap = MemoryInfo::SHAPE.fields;
        let dear = MemoryFootprint::SHAPE.fields;
        let mut fields = [cheap[0]; MemoryInfo::SHAPE.fields.len() + MemoryFootprint::SHAPE.fields.len()];
        let mut index = 0;
        while index < fields.len() {
            fields[index] = if index < cheap.len() {
                cheap[index]
            } else {
                dear[index - cheap.len()]
            };
            index += 1;
        }
        fields
    };

    /// Both halves together.
    pub fn new(info: MemoryInfo, footprint: Option<MemoryFootprint>) -> Self {
        MemoryFullInfo { info, footprint }
    }
}

impl Typed for MemoryFullInfo {
    const TYPE: Type = Type::Record(&MemoryFullInfo::SHAPE);
    fn value(&self) -> Value {
        let mut values = Vec::with_capacity(Self::FIELDS.len());
        if let Value::Record(_, cheap) = self.info.value() {
            values.extend(cheap);
        }
        match self.footprint.as_ref().map(Typed::value) {
            Some(Value::Record(_, dear)) => values.extend(dear),
            _ => values.resize(Self::FIELDS.len(), Value::Null),
        }
        Value::Record(&MemoryFullInfo::SHAPE, values)
    }
}

/// The first byte of a mapping and the byte after its last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct AddressRange {
    /// First byte.
    pub start: u64,
    /// Byte after the last.
    pub end: u64,
}

impl fmt::Display for AddressRange {
    /// As the kernel writes it: `7f00-7fff`, at least 8 digits each.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&format!("{:08x}-{:08x}", self.start, self.end))
    }
}

impl Typed for AddressRange {
    const TYPE: Type = Type::Text;
    fn value(&self) -> Value {
        Value::Text(Text::from(self.to_string()))
    }
}

/// The systems with `memory_maps`.
pub const MAPS: Platforms = LINUX.or(WINDOWS).or(FREEBSD).or(ILLUMOS);

record! {
    /// A mapping of a process's address space, or all mappings of one path together.
    pub struct MemoryMap as "pmmap_ext" {
        /// Where it lies; absent in grouped answers.
        pub addr: Option<AddressRange> = None, Label, MAPS;
        /// Permissions, as `r-xp`; absent in grouped answers.
        pub perms: Option<Text> = None, Label, MAPS;
        /// The file, or `[heap]`, `[stack]`, `[anon]`.
        pub path: Text = None, Label, MAPS;
        /// Resident memory; on Windows the size of the mapping.
        pub rss: u64 = Bytes, Gauge, MAPS;
        /// Size of the mapping.
        pub size: Option<u64> = Bytes, Gauge, LINUX;
        /// Proportional share.
        pub pss: Option<u64> = Bytes, Gauge, LINUX;
        /// Shared and unchanged.
        pub shared_clean: Option<u64> = Bytes, Gauge, LINUX;
        /// Shared and changed.
        pub shared_dirty: Option<u64> = Bytes, Gauge, LINUX;
        /// Private and unchanged.
        pub private_clean: Option<u64> = Bytes, Gauge, LINUX;
        /// Private and changed.
        pub private_dirty: Option<u64> = Bytes, Gauge, LINUX;
        /// Referenced lately.
        pub referenced: Option<u64> = Bytes, Gauge, LINUX;
        /// Not backed by a file.
        pub anonymous: Option<u64> = Bytes, Gauge, LINUX.or(ILLUMOS);
        /// Swapped out.
        pub swap: Option<u64> = Bytes, Gauge, LINUX;
        /// Private resident memory.
        pub private: Option<u64> = Bytes, Gauge, FREEBSD;
        /// References to the memory object.
        pub ref_count: Option<u64> = Count, Gauge, FREEBSD;
        /// Shadows of the memory object.
        pub shadow_count: Option<u64> = Count, Gauge, FREEBSD;
        /// Locked in memory.
        pub locked: Option<u64> = Bytes, Gauge, ILLUMOS;
    }
}

impl MemoryMap {
    /// The mappings of each path added up, in the order in which the paths first appear.
    pub fn group(maps: Vec<MemoryMap>) -> Vec<MemoryMap> {
        fn add(sum: &mut Option<u64>, part: Option<u64>) {
            if let Some(part) = part {
                *sum = Some(sum.unwrap_or(0).saturating_add(part));
            }
        }
        let mut places = std::collections::HashMap::new();
        let mut grouped: Vec<MemoryMap> = Vec::new();
        for map in maps {
            match places
                .get(&map.path)
                .and_then(|place: &usize| grouped.get_mut(*place))
            {
                None => {
                    places.insert(map.path.clone(), grouped.len());
                    grouped.push(MemoryMap {
                        addr: None,
                        perms: None,
                        ..map
                    });
                }
                Some(sum) => {
                    sum.rss = sum.rss.saturating_add(map.rss);
                    add(&mut sum.size, map.size);
                    add(&mut sum.pss, map.pss);
                    add(&mut sum.shared_clean, map.shared_clean);
                    add(&mut sum.shared_dirty, map.shared_dirty);
                    add(&mut sum.private_clean, map.private_clean);
                    add(&mut sum.private_dirty, map.private_dirty);
                    add(&mut sum.referenced, map.referenced);
                    add(&mut sum.anonymous, map.anonymous);
                    add(&mut sum.swap, map.swap);
                    add(&mut sum.private, map.private);
                    add(&mut sum.ref_count, map.ref_count);
                    add(&mut sum.shadow_count, map.shadow_count);
                    add(&mut sum.locked, map.locked);
                }
            }
        }
        grouped
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

/// A resource whose use by a process can be limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs)] // setrlimit(2)'s own names
pub enum Resource {
    As,
    Core,
    Cpu,
    Data,
    Fsize,
    Locks,
    Memlock,
    Msgqueue,
    Nice,
    Nofile,
    Nproc,
    Npts,
    Rss,
    Rtprio,
    Rttime,
    Sbsize,
    Sigpending,
    Stack,
    Swap,
}

impl Resource {
    /// Every resource, in alphabetical order, with the systems that know it.
    pub const EACH: [(Resource, Platforms); 19] = [
        (Resource::As, RLIMIT),
        (Resource::Core, RLIMIT),
        (Resource::Cpu, RLIMIT),
        (Resource::Data, RLIMIT),
        (Resource::Fsize, RLIMIT),
        (Resource::Locks, LINUX),
        (Resource::Memlock, RLIMIT),
        (Resource::Msgqueue, LINUX),
        (Resource::Nice, LINUX),
        (Resource::Nofile, RLIMIT),
        (Resource::Nproc, RLIMIT),
        (Resource::Npts, FREEBSD),
        (Resource::Rss, RLIMIT),
        (Resource::Rtprio, LINUX),
        (Resource::Rttime, LINUX),
        (Resource::Sbsize, FREEBSD),
        (Resource::Sigpending, LINUX),
        (Resource::Stack, RLIMIT),
        (Resource::Swap, FREEBSD),
    ];

    /// The C name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Resource::As => "RLIMIT_AS",
            Resource::Core => "RLIMIT_CORE",
            Resource::Cpu => "RLIMIT_CPU",
            Resource::Data => "RLIMIT_DATA",
            Resource::Fsize => "RLIMIT_FSIZE",
            Resource::Locks => "RLIMIT_LOCKS",
            Resource::Memlock => "RLIMIT_MEMLOCK",
            Resource::Msgqueue => "RLIMIT_MSGQUEUE",
            Resource::Nice => "RLIMIT_NICE",
            Resource::Nofile => "RLIMIT_NOFILE",
            Resource::Nproc => "RLIMIT_NPROC",
            Resource::Npts => "RLIMIT_NPTS",
            Resource::Rss => "RLIMIT_RSS",
            Resource::Rtprio => "RLIMIT_RTPRIO",
            Resource::Rttime => "RLIMIT_RTTIME",
            Resource::Sbsize => "RLIMIT_SBSIZE",
            Resource::Sigpending => "RLIMIT_SIGPENDING",
            Resource::Stack => "RLIMIT_STACK",
            Resource::Swap => "RLIMIT_SWAP",
        }
    }
}

/// The systems with `rlimit`.
pub const RLIMIT: Platforms = LINUX.or(FREEBSD);

record! {
    /// The limits on one resource; an absent one is infinite.
    pub struct Limits as "rlimit" {
        /// What the kernel enforces.
        pub soft: Option<u64> = None, Gauge, RLIMIT;
        /// How far the process may raise it.
        pub hard: Option<u64> = None, Gauge, RLIMIT;
    }
}

impl Limits {
    /// Soft and hard limit; `None` is infinite.
    pub fn new(soft: Option<u64>, hard: Option<u64>) -> Self {
        Limits { soft, hard }
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

word_typed!(Status, IoClass, Resource);
