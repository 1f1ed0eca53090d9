//! Records about the processors.

use crate::record;
use crate::schema::Platforms;

const LINUX: Platforms = Platforms::LINUX;
const WINDOWS: Platforms = Platforms::WINDOWS;
const TIMES_NICE: Platforms = LINUX.or(Platforms::MACOS).or(Platforms::BSD);

record! {
    /// Seconds that a CPU, or all of them together, spent in each mode since boot.
    pub struct CpuTimes as "scputimes" {
        /// Time in user mode; on Linux it contains `guest`.
        pub user: f64 = Seconds, Counter, Platforms::ALL;
        /// Time in user mode of processes with lowered priority; on Linux it contains `guest_nice`.
        pub nice: Option<f64> = Seconds, Counter, TIMES_NICE;
        /// Time in the kernel.
        pub system: f64 = Seconds, Counter, Platforms::ALL;
        /// Time doing nothing.
        pub idle: f64 = Seconds, Counter, Platforms::ALL;
        /// Time doing nothing while a read or write of this CPU's was under way.
        pub iowait: Option<f64> = Seconds, Counter, LINUX.or(Platforms::ILLUMOS);
        /// Time serving hardware interrupts.
        pub irq: Option<f64> = Seconds, Counter, LINUX.or(Platforms::BSD);
        /// Time serving software interrupts.
        pub softirq: Option<f64> = Seconds, Counter, LINUX;
        /// Time that the hypervisor gave to other guests (Linux 2.6.11 and later).
        pub steal: Option<f64> = Seconds, Counter, LINUX;
        /// Time running virtual machines (Linux 2.6.24 and later).
        pub guest: Option<f64> = Seconds, Counter, LINUX;
        /// Time running virtual machines with lowered priority (Linux 3.2 and later).
        pub guest_nice: Option<f64> = Seconds, Counter, LINUX;
        /// Time serving hardware interrupts.
        pub interrupt: Option<f64> = Seconds, Counter, WINDOWS;
        /// Time serving deferred procedure calls.
        pub dpc: Option<f64> = Seconds, Counter, WINDOWS;
    }
}

/// The CPU times of the machine and of each CPU, from one reading.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct CpuTable {
    /// All CPUs together.
    pub total: CpuTimes,
    /// Each CPU that is online, with its number.
    pub per_cpu: Vec<(u32, CpuTimes)>,
}

impl CpuTable {
    /// A table from the total and the CPUs of the same reading.
    pub fn new(total: CpuTimes, per_cpu: Vec<(u32, CpuTimes)>) -> Self {
        CpuTable { total, per_cpu }
    }
}

record! {
    /// Events that all CPUs counted since boot.
    pub struct CpuStats as "scpustats" {
        /// Switches from one task to another, voluntary or not.
        pub ctx_switches: Option<u64> = Count, Counter, Platforms::ALL;
        /// Hardware interrupts served.
        pub interrupts: Option<u64> = Count, Counter, Platforms::ALL;
        /// Software interrupts served.
        pub soft_interrupts: Option<u64> = Count, Counter, LINUX.or(Platforms::MACOS).or(Platforms::BSD);
        /// System calls; Linux does not count them.
        pub syscalls: Option<u64> = Count, Counter, Platforms::ALL.without(LINUX);
    }
}

record! {
    /// The clock of one CPU.
    pub struct CpuFreq as "scpufreq" {
        /// Current frequency; real time on Linux, nominal elsewhere. Absent for a CPU that is offline.
        pub current: Option<f64> = Megahertz, Gauge, FREQUENCY;
        /// Lowest frequency that the governor may choose.
        pub min: Option<f64> = Megahertz, Gauge, FREQUENCY;
        /// Highest frequency that the governor may choose.
        pub max: Option<f64> = Megahertz, Gauge, FREQUENCY;
    }
}

/// The systems with `cpu_freq`.
pub const FREQUENCY: Platforms = LINUX
    .or(WINDOWS)
    .or(Platforms::MACOS)
    .or(Platforms::FREEBSD)
    .or(Platforms::OPENBSD);

record! {
    /// Tasks that ran or wanted to run (on Linux also: waited for a disk), averaged.
    pub struct LoadAverage as "loadavg" {
        /// Over the last minute.
        pub one: f64 = Count, Gauge, Platforms::ALL;
        /// Over the last 5 minutes.
        pub five: f64 = Count, Gauge, Platforms::ALL;
        /// Over the last 15 minutes.
        pub fifteen: f64 = Count, Gauge, Platforms::ALL;
    }
}

impl CpuFreq {
    /// From megahertz; `None` for what the system does not tell.
    pub fn new(current: Option<f64>, min: Option<f64>, max: Option<f64>) -> Self {
        CpuFreq { current, min, max }
    }
}

impl LoadAverage {
    /// From the averages over 1, 5 and 15 minutes.
    pub fn new(one: f64, five: f64, fifteen: f64) -> Self {
        LoadAverage { one, five, fifteen }
    }
}
