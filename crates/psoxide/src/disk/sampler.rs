//! Disks over time: counters that do not wrap, and what is transferred in a second. The arithmetic is
//! `psoxide-core`'s.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

use psoxide_core::Text;
use psoxide_core::delta::counters::Unwrapping;
use psoxide_core::model::disk::{DiskCounters, DiskIo, DiskIoRates};

use crate::error::Result;
use crate::root::Root;
use crate::sys;

/// Samples what disks transfer.
///
/// It owns both ends of the interval: each [`sample`](DiskIoSampler::sample) tells what happened since the one before.
/// Counters that the kernel lets wrap go on growing here. A disk that was gone for a sample starts anew.
///
/// ```
/// let mut sampler = psoxide::DiskIoSampler::new();
/// let first = sampler.sample()?;
/// assert!(first.interval.is_none() && first.rates.is_none());
/// let second = sampler.sample()?;
/// for disk in &second.disks {
///     if let Some(rates) = &disk.rates {
///         println!("{}: {:.0} bytes a second read", disk.name, rates.read_bytes);
///     }
/// }
/// # Ok::<(), psoxide::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct DiskIoSampler {
    root: Root,
    unwrapping: Unwrapping<DiskIo, 9>,
    last: Option<(Instant, HashMap<Text, DiskIo>)>,
}

/// One sample of all disks.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct DiskIoSample {
    /// How long ago the sample before was taken; absent in the first one.
    pub interval: Option<Duration>,
    /// The counters of all whole disks together; absent without disks.
    pub total: Option<DiskIo>,
    /// The rates of all whole disks together; absent in the first sample.
    pub rates: Option<DiskIoRates>,
    /// Each disk and each part of a disk.
    pub disks: Vec<DiskActivity>,
}

/// What one disk, or a part of one, transferred.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct DiskActivity {
    /// The device's name.
    pub name: Text,
    /// Whether it is a whole device rather than a part of one.
    pub whole: bool,
    /// Its counters.
    pub io: DiskIo,
    /// Its rates over the interval; absent if the sample before did not have it.
    pub rates: Option<DiskIoRates>,
}

impl DiskIoSampler {
    /// A sampler of the running system.
    pub fn new() -> DiskIoSampler {
        DiskIoSampler::default()
    }

    /// A sampler of the system that `root` shows.
    pub fn at(root: &Root) -> DiskIoSampler {
        DiskIoSampler {
            root: root.clone(),
            ..DiskIoSampler::default()
        }
    }

    /// The disks now, and what they transferred in each second since the last sample.
    ///
    /// # Errors
    ///
    /// As [`Root::disk_io_counters`]; the sample before is kept.
    pub fn sample(&mut self) -> Result<DiskIoSample> {
        let disks = sys::disk::disk_io_counters(&self.root)?;
        Ok(self.add(disks, Instant::now()))
    }

    fn add(&mut self, disks: Vec<DiskCounters>, now: Instant) -> DiskIoSample {
        let wholes: HashSet<Text> = disks
            .iter()
            .filter(|disk| disk.whole)
            .map(|disk| disk.name.clone())
            .collect();
        // The rule about wraps sees all devices; only then the sum leaves parts out.
        let corrected = self
            .unwrapping
            .feed(disks.into_iter().map(|disk| (disk.name, disk.io)).collect());
        let interval = self
            .last
            .as_ref()
            .map(|(then, _)| now.saturating_duration_since(*then));
        let disks: Vec<DiskActivity> = corrected
            .into_iter()
            .map(|(name, io)| {
                let before = self.last.as_ref().and_then(|(_, disks)| disks.get(&name));
                let rates = before
                    .zip(interval)
                    .and_then(|(before, interval)| DiskIoRates::between(before, &io, interval.as_secs_f64()));
                DiskActivity {
                    whole: wholes.contains(&name),
                    name,
                    io,
                    rates,
                }
            })
            .collect();
        self.last = Some((
            now,
            disks
                .iter()
                .map(|disk| (disk.name.clone(), disk.io.clone()))
                .collect(),
        ));
        let whole = || disks.iter().filter(|disk| disk.whole);
        DiskIoSample {
            interval,
            total: DiskIo::sum(whole().map(|disk| &disk.io)),
            rates: DiskIoRates::sum(whole().filter_map(|disk| disk.rates.as_ref())),
            disks,
        }
    }
}

#[cfg(test)]
mod tests {
    use psoxide_core::decode::linux::diskstats::diskstats;

    use super::*;

    fn reading(lines: &[(&str, u64)]) -> Vec<DiskCounters> {
        let file: String = lines
            .iter()
            .map(|(name, count)| format!("8 0 {name} {count} 0 {count} 0 0 0 0 0 0 {count} 0\n"))
            .collect();
        diskstats(file.as_bytes())
            .unwrap()
            .into_iter()
            .map(|(name, io)| {
                let whole = !name.last().is_some_and(u8::is_ascii_digit);
                DiskCounters::new(name, whole, io)
            })
            .collect()
    }

    #[test]
    fn rates_need_two_samples_and_sums_leave_parts_out() {
        let mut sampler = DiskIoSampler::new();
        let start = Instant::now();
        let first = sampler.add(reading(&[("sda", 100), ("sda1", 90)]), start);
        assert_eq!((first.interval, &first.rates), (None, &None));
        assert_eq!(first.total.unwrap().read_count, 100);
        let second = sampler.add(
            reading(&[("sda", 1100), ("sda1", 90), ("sdb", 7)]),
            start + Duration::from_secs(2),
        );
        assert_eq!(second.interval, Some(Duration::from_secs(2)));
        assert_eq!(second.total.unwrap().read_count, 1107);
        let rates = second.rates.unwrap();
        assert_eq!((rates.read_count, rates.read_bytes), (500.0, 256_000.0));
        assert_eq!(second.disks[0].rates.as_ref().unwrap().busy, Some(50.0));
        assert_eq!(second.disks[1].rates.as_ref().unwrap().read_count, 0.0);
        assert_eq!(second.disks[2].rates, None);
    }

    #[test]
    fn a_wrap_is_growth() {
        let mut sampler = DiskIoSampler::new();
        let start = Instant::now();
        sampler.add(reading(&[("sda", 100)]), start);
        let second = sampler.add(reading(&[("sda", 10)]), start + Duration::from_secs(1));
        assert_eq!(second.disks[0].io.read_count, 110);
        assert_eq!(second.disks[0].rates.as_ref().unwrap().read_count, 10.0);
    }

    #[test]
    fn a_disk_that_was_gone_starts_anew() {
        let mut sampler = DiskIoSampler::new();
        let start = Instant::now();
        let after = |seconds| start + Duration::from_secs(seconds);
        sampler.add(reading(&[("sda", 100), ("sdb", 100)]), start);
        sampler.add(reading(&[("sda", 100)]), after(1));
        let back = sampler.add(reading(&[("sda", 100), ("sdb", 3)]), after(2));
        assert_eq!(back.disks[1].io.read_count, 3);
        assert_eq!(back.disks[1].rates, None);
        assert_eq!(sampler.add(vec![], after(3)).total, None);
    }
}
