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
        pub guest: Option<f64> = Seconds, Counter, LINUX, within user;
        /// Time running virtual machines with lowered priority (Linux 3.2 and later).
        pub guest_nice: Option<f64> = Seconds, Counter, LINUX, within nice;
        /// Time serving hardware interrupts.
        pub interrupt: Option<f64> = Seconds, Counter, WINDOWS;
        /// Time serving deferred procedure calls.
        pub dpc: Option<f64> = Seconds, Counter, WINDOWS;
    }
}

record! {
    /// Percent of an interval that a CPU, or all of them together, spent in each mode.
    pub struct CpuTimesPercent as "scputimes" {
        /// In user mode; on Linux it contains `guest`.
        pub user: f64 = Percent, Gauge, Platforms::ALL;
        /// In user mode of processes with lowered priority; on Linux it contains `guest_nice`.
        pub nice: Option<f64> = Percent, Gauge, TIMES_NICE;
        /// In the kernel.
        pub system: f64 = Percent, Gauge, Platforms::ALL;
        /// Doing nothing.
        pub idle: f64 = Percent, Gauge, Platforms::ALL;
        /// Doing nothing while a read or write of this CPU's was under way.
        pub iowait: Option<f64> = Percent, Gauge, LINUX.or(Platforms::ILLUMOS);
        /// Serving hardware interrupts.
        pub irq: Option<f64> = Percent, Gauge, LINUX.or(Platforms::BSD);
        /// Serving software interrupts.
        pub softirq: Option<f64> = Percent, Gauge, LINUX;
        /// Taken by the hypervisor for other guests.
        pub steal: Option<f64> = Percent, Gauge, LINUX;
        /// Running virtual machines.
        pub guest: Option<f64> = Percent, Gauge, LINUX, within user;
        /// Running virtual machines with lowered priority.
        pub guest_nice: Option<f64> = Percent, Gauge, LINUX, within nice;
        /// Serving hardware interrupts.
        pub interrupt: Option<f64> = Percent, Gauge, WINDOWS;
        /// Serving deferred procedure calls.
        pub dpc: Option<f64> = Percent, Gauge, WINDOWS;
    }
}

/// The CPU times of the machine and of each CPU, from one reading.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
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

    /// The mean over CPUs. A CPU without a current frequency (it is offline) does not count; a limit is the mean
    /// only if every CPU that counts has it. `None` if none counts.
    pub fn mean<'a>(clocks: impl IntoIterator<Item = &'a CpuFreq>) -> Option<CpuFreq> {
        let mut number: u32 = 0;
        let mut sum = (0.0, Some(0.0), Some(0.0));
        for clock in clocks {
            let Some(current) = clock.current else { continue };
            number += 1;
            sum.0 += current;
            sum.1 = sum.1.zip(clock.min).map(|(sum, min)| sum + min);
            sum.2 = sum.2.zip(clock.max).map(|(sum, max)| sum + max);
        }
        if number == 0 {
            return None;
        }
        let mean = |sum: f64| sum / f64::from(number);
        Some(CpuFreq::new(Some(mean(sum.0)), sum.1.map(mean), sum.2.map(mean)))
    }
}

impl LoadAverage {
    /// From the averages over 1, 5 and 15 minutes.
    pub fn new(one: f64, five: f64, fifteen: f64) -> Self {
        LoadAverage { one, five, fifteen }
    }

    /// The averages so many seconds later, if all that time so many tasks ran or wanted to run. What was before counts
    /// less and less: after 1, 5 and 15 minutes by the factor e.
    pub fn after(&self, tasks: u32, seconds: f64) -> LoadAverage {
        let over = |minutes: f64, before: f64| {
            let kept = (-seconds / (minutes * 60.0)).exp();
            before * kept + f64::from(tasks) * (1.0 - kept)
        };
        LoadAverage::new(
            over(1.0, self.one),
            over(5.0, self.five),
            over(15.0, self.fifteen),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mean_clock_leaves_out_cpus_that_are_offline() {
        let clock = CpuFreq::new;
        let clocks = [
            clock(Some(1000.0), Some(800.0), Some(3000.0)),
            clock(Some(2000.0), Some(400.0), Some(2000.0)),
            clock(None, None, None),
        ];
        assert_eq!(
            CpuFreq::mean(&clocks),
            Some(clock(Some(1500.0), Some(600.0), Some(2500.0)))
        );
        assert_eq!(CpuFreq::mean(&clocks[2..]), None);
    }

    #[test]
    fn load_goes_where_the_tasks_are() {
        let idle = LoadAverage::new(0.0, 0.0, 0.0);
        // The factors of Unix for 5 seconds.
        let load = idle.after(1, 5.0);
        for (told, kept) in [
            (load.one, 0.920_044_4),
            (load.five, 0.983_471_4),
            (load.fifteen, 0.994_459_8),
        ] {
            assert!((told - (1.0 - kept)).abs() < 1e-6, "{told}");
        }
        let busy = (0..1000).fold(idle, |load, _| load.after(3, 5.0));
        assert!(
            (busy.one - 3.0).abs() < 1e-9 && (busy.fifteen - 3.0).abs() < 0.02,
            "{busy:?}"
        );
        // Two short intervals are one long one.
        let (short, long) = (busy.after(0, 2.0).after(0, 3.0), busy.after(0, 5.0));
        assert!((short.five - long.five).abs() < 1e-9);
        assert_eq!(busy.after(7, 0.0), busy);
    }

    #[test]
    fn the_mean_clock_has_no_limit_that_one_cpu_lacks() {
        let clocks = [
            CpuFreq::new(Some(1000.0), Some(800.0), Some(3000.0)),
            CpuFreq::new(Some(2000.0), None, Some(2000.0)),
        ];
        assert_eq!(
            CpuFreq::mean(&clocks),
            Some(CpuFreq::new(Some(1500.0), None, Some(2500.0)))
        );
    }
}
