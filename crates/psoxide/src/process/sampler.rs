//! The share of CPU time that one process uses: an object that owns both ends of the interval.

use std::time::{Duration, Instant};

use crate::error::{Error, Result};
use crate::process::{Oneshot, Process};

/// Measures the share of CPU time that a process uses between two samples, in percent of one CPU.
///
/// The first sample has no interval behind it and tells `None`. A process with several busy threads exceeds 100.
/// Children are not counted, nor is waiting for devices.
///
/// ```
/// use psoxide::{CpuPercent, Process};
/// let mut sampler = CpuPercent::new(Process::current()?);
/// assert_eq!(sampler.sample()?, None);
/// let busy = (0..1_000_000_u64).fold(0, |sum, number| sum ^ number * number);
/// let percent = sampler.sample()?;
/// println!("{busy}: {percent:?} percent");
/// # Ok::<(), psoxide::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct CpuPercent {
    process: Process,
    last: Option<Sample>,
}

#[derive(Debug, Clone, Copy)]
struct Sample {
    at: Instant,
    /// User and system time used so far, in seconds.
    used: f64,
}

impl CpuPercent {
    /// A sampler without a sample.
    pub fn new(process: Process) -> CpuPercent {
        CpuPercent { process, last: None }
    }

    /// Whom it measures.
    pub fn process(&self) -> &Process {
        &self.process
    }

    /// Takes a sample, and tells the percent of one CPU used since the one before; `None` if there is none, or no time
    /// has passed on the clock. Time is that of a clock which cannot be set.
    ///
    /// # Source
    ///
    /// That of [`Oneshot::cpu_times`].
    ///
    /// # Errors
    ///
    /// As [`Oneshot::cpu_times`]; the sample before stays.
    pub fn sample(&mut self) -> Result<Option<f64>> {
        let visit = self.process.oneshot()?;
        self.take(&visit)
    }

    /// As [`CpuPercent::sample`], from a visit that is made anyway and has just begun.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput) if the visit is to another process.
    pub fn sample_in(&mut self, visit: &Oneshot) -> Result<Option<f64>> {
        let visited = visit.identity()?;
        if visited != self.process.identity() {
            let what = format!(
                "a sampler of process {} was shown a visit to another",
                self.process.pid()
            );
            return Err(Error::invalid(what).of(visited.pid));
        }
        self.take(visit)
    }

    fn take(&mut self, visit: &Oneshot) -> Result<Option<f64>> {
        let times = visit.cpu_times()?;
        let now = Sample {
            at: Instant::now(),
            used: times.user + times.system,
        };
        let last = self.last.replace(now);
        Ok(last.and_then(|last| percent(now.used - last.used, now.at - last.at)))
    }
}

impl Process {
    /// Sleeps for `interval`, and tells the percent of one CPU that it used meanwhile; several threads may exceed 100.
    ///
    /// [`CpuPercent`] measures without sleeping.
    ///
    /// # Source
    ///
    /// That of [`Oneshot::cpu_times`].
    ///
    /// # Errors
    ///
    /// As [`Oneshot::cpu_times`], and [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput) for an interval
    /// without length.
    pub fn cpu_percent(&self, interval: Duration) -> Result<f64> {
        let mut sampler = CpuPercent::new(self.clone());
        sampler.sample()?;
        std::thread::sleep(interval);
        let percent = sampler.sample()?;
        percent.ok_or_else(|| Error::invalid("cpu_percent: an interval without length").of(self.pid()))
    }
}

fn percent(used: f64, elapsed: Duration) -> Option<f64> {
    let elapsed = elapsed.as_secs_f64();
    // The kernel's own rounding may take back a tick.
    (elapsed > 0.0).then(|| used.max(0.0) / elapsed * 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percent_is_of_one_cpu() {
        assert_eq!(percent(0.5, Duration::from_secs(2)), Some(25.0));
        assert_eq!(percent(4.0, Duration::from_secs(2)), Some(200.0));
        assert_eq!(percent(-0.01, Duration::from_secs(1)), Some(0.0));
        assert_eq!(percent(0.1, Duration::ZERO), None);
    }
}
