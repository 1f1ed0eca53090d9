//! How busy the CPUs are: the object that owns both ends of an interval. The arithmetic is [`crate::delta::cpu`]'s.

use psoxide_core::delta::cpu::{cpu_percent, cpu_times_percent};
use psoxide_core::model::cpu::{CpuTimes, CpuTimesPercent};

use crate::error::Result;
use crate::root::Root;
use crate::sys;

/// How busy the CPUs were between two readings, in percent.
///
/// Each method keeps the reading of its last call, for itself alone, and tells what happened since. Its first call begins
/// the interval and tells `None`; so does a call that follows so soon that the kernel counted no time (its ticks are 10 ms
/// on most machines). An error leaves the last reading in place. Two samplers do not know of each other.
///
/// # Examples
///
/// ```
/// use psoxide::{CpuSampler, Root};
/// use std::time::Duration;
///
/// let mut cpus = CpuSampler::new(&Root::default());
/// assert_eq!(cpus.percent()?, None); // no interval yet
/// let busy = loop {
///     std::thread::sleep(Duration::from_millis(20));
///     if let Some(busy) = cpus.percent()? {
///         break busy;
///     }
/// };
/// assert!((0.0..=100.0).contains(&busy));
/// # Ok::<(), psoxide::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct CpuSampler {
    root: Root,
    percent: Option<CpuTimes>,
    percent_per_cpu: Vec<(u32, CpuTimes)>,
    times_percent: Option<CpuTimes>,
    times_percent_per_cpu: Vec<(u32, CpuTimes)>,
}

impl CpuSampler {
    /// A sampler that has read nothing yet.
    pub fn new(root: &Root) -> CpuSampler {
        CpuSampler {
            root: root.clone(),
            percent: None,
            percent_per_cpu: Vec::new(),
            times_percent: None,
            times_percent_per_cpu: Vec::new(),
        }
    }

    /// The share of time since the last call that all CPUs together were busy, 0 to 100; `None` without an interval.
    ///
    /// Waiting for a disk is not busy; running a virtual machine is, and counts once. Not rounded.
    ///
    /// # Source
    ///
    /// Two readings of [`cpu_times`](crate::cpu_times()).
    ///
    /// # Errors
    ///
    /// Those of [`cpu_times`](crate::cpu_times()).
    ///
    /// # Examples
    ///
    /// ```
    /// use psoxide::{CpuSampler, Root};
    /// let mut cpus = CpuSampler::new(&Root::default());
    /// assert_eq!(cpus.percent()?, None);
    /// # Ok::<(), psoxide::Error>(())
    /// ```
    pub fn percent(&mut self) -> Result<Option<f64>> {
        let later = sys::cpu::cpu_times(&self.root)?.total;
        let earlier = self.percent.replace(later.clone());
        Ok(earlier.and_then(|earlier| cpu_percent(&earlier, &later)))
    }

    /// The same for each CPU that is online, with its number. A CPU that was not there at the last call has no reading.
    ///
    /// # Source
    ///
    /// Two readings of [`cpu_times_per_cpu`](crate::cpu_times_per_cpu()).
    ///
    /// # Errors
    ///
    /// Those of [`cpu_times`](crate::cpu_times()).
    ///
    /// # Examples
    ///
    /// ```
    /// use psoxide::{CpuSampler, Root};
    /// let mut cpus = CpuSampler::new(&Root::default());
    /// assert!(cpus.percent_per_cpu()?.iter().all(|(_, busy)| busy.is_none()));
    /// # Ok::<(), psoxide::Error>(())
    /// ```
    pub fn percent_per_cpu(&mut self) -> Result<Vec<(u32, Option<f64>)>> {
        let later = sys::cpu::cpu_times(&self.root)?.per_cpu;
        let shares = each_cpu(&self.percent_per_cpu, &later, cpu_percent);
        self.percent_per_cpu = later;
        Ok(shares)
    }

    /// The share of time since the last call that all CPUs together spent in each mode, 0 to 100 each; `None` without an
    /// interval.
    ///
    /// All modes add up to 100, but for `guest` and `guest_nice`, which are parts of `user` and `nice`. Not rounded.
    ///
    /// # Source
    ///
    /// Two readings of [`cpu_times`](crate::cpu_times()).
    ///
    /// # Errors
    ///
    /// Those of [`cpu_times`](crate::cpu_times()).
    ///
    /// # Examples
    ///
    /// ```
    /// use psoxide::{CpuSampler, Root};
    /// let mut cpus = CpuSampler::new(&Root::default());
    /// assert_eq!(cpus.times_percent()?, None);
    /// # Ok::<(), psoxide::Error>(())
    /// ```
    pub fn times_percent(&mut self) -> Result<Option<CpuTimesPercent>> {
        let later = sys::cpu::cpu_times(&self.root)?.total;
        let earlier = self.times_percent.replace(later.clone());
        Ok(earlier.and_then(|earlier| cpu_times_percent(&earlier, &later)))
    }

    /// The same for each CPU that is online, with its number. A CPU that was not there at the last call has no reading.
    ///
    /// # Source
    ///
    /// Two readings of [`cpu_times_per_cpu`](crate::cpu_times_per_cpu()).
    ///
    /// # Errors
    ///
    /// Those of [`cpu_times`](crate::cpu_times()).
    ///
    /// # Examples
    ///
    /// ```
    /// use psoxide::{CpuSampler, Root};
    /// let mut cpus = CpuSampler::new(&Root::default());
    /// assert!(cpus.times_percent_per_cpu()?.iter().all(|(_, shares)| shares.is_none()));
    /// # Ok::<(), psoxide::Error>(())
    /// ```
    pub fn times_percent_per_cpu(&mut self) -> Result<Vec<(u32, Option<CpuTimesPercent>)>> {
        let later = sys::cpu::cpu_times(&self.root)?.per_cpu;
        let shares = each_cpu(&self.times_percent_per_cpu, &later, cpu_times_percent);
        self.times_percent_per_cpu = later;
        Ok(shares)
    }
}

/// The CPUs of the later reading, paired by number with those of the earlier: the place in the list moves when a CPU
/// goes.
fn each_cpu<T>(
    earlier: &[(u32, CpuTimes)],
    later: &[(u32, CpuTimes)],
    share: fn(&CpuTimes, &CpuTimes) -> Option<T>,
) -> Vec<(u32, Option<T>)> {
    later
        .iter()
        .map(|(number, later)| {
            let earlier = earlier.iter().find(|(known, _)| known == number);
            (*number, earlier.and_then(|(_, earlier)| share(earlier, later)))
        })
        .collect()
}
