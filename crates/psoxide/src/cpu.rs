//! CPU times, events, counts, frequencies and load. How busy the CPUs are takes two readings and something that
//! remembers the first: [`CpuSampler`].

mod load;
mod sampler;

use psoxide_core::model::cpu::{CpuFreq, CpuStats, CpuTimes, LoadAverage};

pub use self::load::LoadSampler;
pub use self::sampler::CpuSampler;
use crate::error::Result;
use crate::root::Root;
use crate::sys;

/// CPU time by mode, all CPUs together, in seconds since boot.
///
/// On Linux `user` contains `guest`, and `nice` contains `guest_nice`. What an older kernel does not count is `None`.
/// Times may go back a little: the kernel corrects `idle` and `iowait`. Of the running system; [`Root::cpu_times`] asks
/// another.
///
/// # Source
///
/// * Linux: `/proc/stat`, the line `cpu`, in clock ticks
/// * Windows: `NtQuerySystemInformation(SystemProcessorPerformanceInformation)`, the sum of all CPUs
/// * macOS: `host_statistics(HOST_CPU_LOAD_INFO)`
/// * FreeBSD, NetBSD: sysctl `kern.cp_time`; OpenBSD: the sum of `kern.cp_time2`
/// * illumos: the sum of kstat `cpu_stat`
///
/// # Errors
///
/// `NotFound` or `AccessDenied` if the file cannot be read, `InvalidData` if it is not in the kernel's form.
///
/// # Examples
///
/// ```
/// let times = psoxide::cpu_times()?;
/// assert!(times.user + times.system + times.idle > 0.0);
/// # Ok::<(), psoxide::Error>(())
/// ```
pub fn cpu_times() -> Result<CpuTimes> {
    Root::default().cpu_times()
}

/// CPU time by mode of each CPU that is online, with its number, in seconds since boot.
///
/// A CPU that is offline is missing, so the place in the list is not always the number. Of the running system;
/// [`Root::cpu_times_per_cpu`] asks another.
///
/// # Source
///
/// * Linux: `/proc/stat`, the lines `cpu0`, `cpu1`, …
/// * Windows: `NtQuerySystemInformation(SystemProcessorPerformanceInformation)`
/// * macOS: `host_processor_info(PROCESSOR_CPU_LOAD_INFO)`
/// * FreeBSD: sysctl `kern.cp_times`; OpenBSD: `kern.cp_time2`; NetBSD: `kern.cp_time`
/// * illumos: kstat `cpu_stat`
///
/// # Errors
///
/// As [`cpu_times`].
///
/// # Examples
///
/// ```
/// for (cpu, times) in psoxide::cpu_times_per_cpu()? {
///     println!("cpu {cpu}: idle for {:.0} s of the time since boot", times.idle);
/// }
/// # Ok::<(), psoxide::Error>(())
/// ```
pub fn cpu_times_per_cpu() -> Result<Vec<(u32, CpuTimes)>> {
    Root::default().cpu_times_per_cpu()
}

/// Context switches, interrupts and system calls since boot, as counts.
///
/// What a system does not count is `None`: on Linux, the system calls. Of the running system; [`Root::cpu_stats`] asks
/// another.
///
/// # Source
///
/// * Linux: `/proc/stat`, the lines `ctxt`, `intr` and `softirq`
/// * Windows: `NtQuerySystemInformation`
/// * macOS: `host_statistics`
/// * FreeBSD: sysctl `vm.stats.sys`; OpenBSD, NetBSD: `uvmexp`
/// * illumos: kstat `cpu_stat`
///
/// # Errors
///
/// As [`cpu_times`].
///
/// # Examples
///
/// ```
/// let stats = psoxide::cpu_stats()?;
/// println!("context switches since boot: {:?}", stats.ctx_switches);
/// # Ok::<(), psoxide::Error>(())
/// ```
pub fn cpu_stats() -> Result<CpuStats> {
    Root::default().cpu_stats()
}

/// The clock in megahertz, as the mean over the CPUs that are online; `None` if no CPU tells.
///
/// A limit is `None` if one of the CPUs does not tell it. [`cpu_freq_per_cpu`] has the CPUs one by one, and the sources.
/// Of the running system; [`Root::cpu_freq`] asks another.
///
/// # Source
///
/// As [`cpu_freq_per_cpu`].
///
/// # Errors
///
/// As [`cpu_freq_per_cpu`].
///
/// # Examples
///
/// ```
/// match psoxide::cpu_freq()? {
///     Some(clock) => println!("{:?} of {:?} MHz", clock.current, clock.max),
///     None => println!("this machine does not tell its clock"),
/// }
/// # Ok::<(), psoxide::Error>(())
/// ```
pub fn cpu_freq() -> Result<Option<CpuFreq>> {
    Root::default().cpu_freq()
}

/// The clock of each CPU, with its number, in megahertz.
///
/// A CPU that is offline has no `current`. A virtual machine often tells no limits, an ARM machine without cpufreq
/// nothing: the list is then empty. Of the running system; [`Root::cpu_freq_per_cpu`] asks another.
///
/// # Source
///
/// * Linux: `/sys/devices/system/cpu/cpufreq/policy*` (before Linux 4.3 `cpu*/cpufreq`) for limits and CPUs; the current
///   clock is that of `/proc/cpuinfo` if it is told there, else `scaling_cur_freq`, else `cpuinfo_cur_freq`
/// * Windows: `CallNtPowerInformation(ProcessorInformation)`
/// * macOS: sysctl `hw.cpufrequency`; on Apple silicon the registry entry `pmgr`
/// * FreeBSD: sysctl `dev.cpu.N.freq`, `freq_levels`; OpenBSD: `hw.cpuspeed`
///
/// # Errors
///
/// `NotFound` where there is neither cpufreq nor `/proc/cpuinfo`, `Unsupported` on NetBSD and illumos.
///
/// # Examples
///
/// ```
/// for (cpu, clock) in psoxide::cpu_freq_per_cpu()? {
///     println!("cpu {cpu}: {:?} MHz", clock.current);
/// }
/// # Ok::<(), psoxide::Error>(())
/// ```
pub fn cpu_freq_per_cpu() -> Result<Vec<(u32, CpuFreq)>> {
    Root::default().cpu_freq_per_cpu()
}

/// Logical CPUs that are online, as a count; `None` if that cannot be found out.
///
/// The limits of a container and the affinity of a process do not count here: `Process::cpu_affinity` tells how many a
/// process may use. Of the running system; [`Root::cpu_count`] asks another.
///
/// # Source
///
/// * Linux: `/sys/devices/system/cpu/online`, else `/proc/cpuinfo`, else `/proc/stat`
/// * Windows: `GetActiveProcessorCount(ALL_PROCESSOR_GROUPS)`
/// * macOS: sysctl `hw.logicalcpu`; FreeBSD, OpenBSD, NetBSD: `hw.ncpu`
/// * illumos: `sysconf(_SC_NPROCESSORS_ONLN)`
///
/// # Errors
///
/// `NotFound` or `AccessDenied` if none of the files can be read.
///
/// # Examples
///
/// ```
/// println!("{:?} CPUs", psoxide::cpu_count()?);
/// # Ok::<(), psoxide::Error>(())
/// ```
pub fn cpu_count() -> Result<Option<u32>> {
    Root::default().cpu_count()
}

/// Physical cores with at least one CPU online, as a count; `None` if that cannot be found out.
///
/// Of the running system; [`Root::cpu_count_cores`] asks another.
///
/// # Source
///
/// * Linux: `/sys/devices/system/cpu/cpu*/topology/core_cpus_list` (before Linux 5.3 `thread_siblings_list`), else
///   `/proc/cpuinfo`
/// * Windows: `GetLogicalProcessorInformationEx`
/// * macOS: sysctl `hw.physicalcpu`; FreeBSD: `kern.sched.topology_spec`
/// * illumos: kstat `cpu_info`
///
/// # Errors
///
/// `NotFound` or `AccessDenied` if none of the files can be read.
///
/// # Examples
///
/// ```
/// println!("{:?} cores", psoxide::cpu_count_cores()?);
/// # Ok::<(), psoxide::Error>(())
/// ```
pub fn cpu_count_cores() -> Result<Option<u32>> {
    Root::default().cpu_count_cores()
}

/// Load average over 1, 5 and 15 minutes: how many tasks ran or wanted to run, as a mean count.
///
/// On Linux tasks that wait for a disk count, too. Of the running system; [`Root::getloadavg`] asks another.
///
/// # Source
///
/// * Linux: `/proc/loadavg`
/// * macOS, FreeBSD, OpenBSD, NetBSD: sysctl `vm.loadavg`
/// * illumos: `getloadavg(3)`
///
/// # Errors
///
/// As [`cpu_times`]; `Unsupported` on Windows, whose kernel keeps no averages: [`LoadSampler`] does.
///
/// # Examples
///
/// ```
/// match psoxide::getloadavg() {
///     Ok(load) => println!("{:.2} {:.2} {:.2}", load.one, load.five, load.fifteen),
///     Err(error) => println!("{error}"),
/// }
/// ```
pub fn getloadavg() -> Result<LoadAverage> {
    Root::default().getloadavg()
}

impl Root {
    /// CPU time by mode, all CPUs together, in seconds since boot. Sources and errors are those of
    /// [`cpu_times`](crate::cpu_times()).
    ///
    /// # Examples
    ///
    /// ```
    /// use psoxide::Root;
    /// let host = Root::default().with_proc("/host/proc");
    /// match host.cpu_times() {
    ///     Ok(times) => println!("the host has been idle for {} s", times.idle),
    ///     Err(error) => assert!(error.what().starts_with("/host/proc")),
    /// }
    /// ```
    pub fn cpu_times(&self) -> Result<CpuTimes> {
        Ok(sys::cpu::cpu_times(self)?.total)
    }

    /// CPU time by mode of each CPU that is online, with its number, in seconds since boot. Sources and errors are those
    /// of [`cpu_times_per_cpu`](crate::cpu_times_per_cpu()).
    pub fn cpu_times_per_cpu(&self) -> Result<Vec<(u32, CpuTimes)>> {
        Ok(sys::cpu::cpu_times(self)?.per_cpu)
    }

    /// Context switches, interrupts and system calls since boot, as counts. Sources and errors are those of
    /// [`cpu_stats`](crate::cpu_stats()).
    pub fn cpu_stats(&self) -> Result<CpuStats> {
        sys::cpu::cpu_stats(self)
    }

    /// The clock in megahertz, as the mean over the CPUs that are online; `None` if no CPU tells. Sources and errors are
    /// those of [`cpu_freq_per_cpu`](crate::cpu_freq_per_cpu()).
    pub fn cpu_freq(&self) -> Result<Option<CpuFreq>> {
        let clocks = sys::cpu::cpu_freq(self)?;
        Ok(CpuFreq::mean(clocks.iter().map(|(_, clock)| clock)))
    }

    /// The clock of each CPU, with its number, in megahertz. Sources and errors are those of
    /// [`cpu_freq_per_cpu`](crate::cpu_freq_per_cpu()).
    pub fn cpu_freq_per_cpu(&self) -> Result<Vec<(u32, CpuFreq)>> {
        sys::cpu::cpu_freq(self)
    }

    /// Logical CPUs that are online, as a count; `None` if that cannot be found out. Sources and errors are those of
    /// [`cpu_count`](crate::cpu_count()).
    pub fn cpu_count(&self) -> Result<Option<u32>> {
        sys::cpu::cpu_count(self)
    }

    /// Physical cores with at least one CPU online, as a count; `None` if that cannot be found out. Sources and errors
    /// are those of [`cpu_count_cores`](crate::cpu_count_cores()).
    pub fn cpu_count_cores(&self) -> Result<Option<u32>> {
        sys::cpu::cpu_count_cores(self)
    }

    /// Load average over 1, 5 and 15 minutes, as a mean count of tasks. Sources and errors are those of
    /// [`getloadavg`](crate::getloadavg()).
    pub fn getloadavg(&self) -> Result<LoadAverage> {
        sys::cpu::getloadavg(self)
    }
}
