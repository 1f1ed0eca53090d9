//! CPU times, counts, frequencies and load.

use psoxide_core::model::cpu::{CpuFreq, CpuStats, CpuTimes, LoadAverage};

use crate::error::Result;
use crate::root::Root;
use crate::sys;

/// CPU time by mode, all CPUs together, in seconds since boot. Of the running system; [`Root::cpu_times`] asks another.
pub fn cpu_times() -> Result<CpuTimes> {
    Root::default().cpu_times()
}

/// CPU time by mode of each CPU that is online, with its number, in seconds since boot. Of the running system; [`Root::cpu_times_per_cpu`] asks another.
pub fn cpu_times_per_cpu() -> Result<Vec<(u32, CpuTimes)>> {
    Root::default().cpu_times_per_cpu()
}

/// Context switches, interrupts and system calls since boot. Of the running system; [`Root::cpu_stats`] asks another.
pub fn cpu_stats() -> Result<CpuStats> {
    Root::default().cpu_stats()
}

/// The clock of each CPU, with its number, in megahertz. Of the running system; [`Root::cpu_freq_per_cpu`] asks another.
pub fn cpu_freq_per_cpu() -> Result<Vec<(u32, CpuFreq)>> {
    Root::default().cpu_freq_per_cpu()
}

/// Logical CPUs that are online; `None` if that cannot be found out. Of the running system; [`Root::cpu_count`] asks another.
pub fn cpu_count() -> Result<Option<u32>> {
    Root::default().cpu_count()
}

/// Physical cores; `None` if that cannot be found out. Of the running system; [`Root::cpu_count_cores`] asks another.
pub fn cpu_count_cores() -> Result<Option<u32>> {
    Root::default().cpu_count_cores()
}

/// Load average over 1, 5 and 15 minutes. Of the running system; [`Root::getloadavg`] asks another.
pub fn getloadavg() -> Result<LoadAverage> {
    Root::default().getloadavg()
}

impl Root {
    /// CPU time by mode, all CPUs together, in seconds since boot.
    pub fn cpu_times(&self) -> Result<CpuTimes> {
        Ok(sys::cpu::cpu_times(self)?.total)
    }

    /// CPU time by mode of each CPU that is online, with its number, in seconds since boot.
    pub fn cpu_times_per_cpu(&self) -> Result<Vec<(u32, CpuTimes)>> {
        Ok(sys::cpu::cpu_times(self)?.per_cpu)
    }

    /// Context switches, interrupts and system calls since boot.
    pub fn cpu_stats(&self) -> Result<CpuStats> {
        sys::cpu::cpu_stats(self)
    }

    /// The clock of each CPU, with its number, in megahertz.
    pub fn cpu_freq_per_cpu(&self) -> Result<Vec<(u32, CpuFreq)>> {
        sys::cpu::cpu_freq(self)
    }

    /// Logical CPUs that are online; `None` if that cannot be found out.
    pub fn cpu_count(&self) -> Result<Option<u32>> {
        sys::cpu::cpu_count(self)
    }

    /// Physical cores; `None` if that cannot be found out.
    pub fn cpu_count_cores(&self) -> Result<Option<u32>> {
        sys::cpu::cpu_count_cores(self)
    }

    /// Load average over 1, 5 and 15 minutes.
    pub fn getloadavg(&self) -> Result<LoadAverage> {
        sys::cpu::getloadavg(self)
    }
}
