//! Records about mounts, file systems and disks.

use crate::delta::counters::{Counters, both, per_second};
use crate::record;
use crate::schema::Platforms;
use crate::text::Text;

const LINUX: Platforms = Platforms::LINUX;
const TIMED: Platforms = Platforms::ALL
    .without(Platforms::OPENBSD)
    .without(Platforms::NETBSD);

record! {
    /// One mount.
    pub struct Partition as "sdiskpart" {
        /// The device; empty where there is none.
        pub device: Text = None, Label, Platforms::ALL;
        /// Where it is mounted.
        pub mountpoint: Text = None, Label, Platforms::ALL;
        /// The type of the file system.
        pub fstype: Text = None, Label, Platforms::ALL;
        /// Mount options, comma separated.
        pub opts: Text = None, Label, Platforms::ALL;
    }
}

impl Partition {
    /// From the four columns of a mount table.
    pub fn new(device: Text, mountpoint: Text, fstype: Text, opts: Text) -> Self {
        Partition {
            device,
            mountpoint,
            fstype,
            opts,
        }
    }
}

record! {
    /// Space of the file system that holds a path.
    pub struct DiskUsage as "sdiskusage" {
        /// Size of the file system.
        pub total: u64 = Bytes, Gauge, Platforms::ALL;
        /// Space taken.
        pub used: u64 = Bytes, Gauge, Platforms::ALL;
        /// Space that an unprivileged user may still take; with blocks reserved for root, `used + free < total`.
        pub free: u64 = Bytes, Gauge, Platforms::ALL;
        /// `used / (used + free)`, as `df` prints it but rounded to one decimal.
        pub percent: f64 = Percent, Gauge, Platforms::ALL;
    }
}

impl DiskUsage {
    /// From the figures of `statvfs`: blocks in all, free, and free for unprivileged users, of `block_size`
    /// bytes. Saturates where a file system reports nonsense.
    pub fn from_blocks(blocks: u64, free: u64, available: u64, block_size: u64) -> Self {
        let total = blocks.saturating_mul(block_size);
        let used = blocks.saturating_sub(free).saturating_mul(block_size);
        let free = available.saturating_mul(block_size);
        DiskUsage {
            total,
            used,
            free,
            percent: super::usage_percent(used, used.saturating_add(free)),
        }
    }
}

impl DiskUsage {
    /// From all bytes and those free, on a system that keeps nothing back.
    pub fn of_what_is_free(total: u64, free: u64) -> Self {
        DiskUsage::from_blocks(total, free, free, 1)
    }
}

record! {
    /// What a disk, or all of them, transferred since boot.
    pub struct DiskIo as "sdiskio" {
        /// Reads completed.
        pub read_count: u64 = Count, Counter, Platforms::ALL;
        /// Writes completed.
        pub write_count: u64 = Count, Counter, Platforms::ALL;
        /// Bytes read.
        pub read_bytes: u64 = Bytes, Counter, Platforms::ALL;
        /// Bytes written.
        pub write_bytes: u64 = Bytes, Counter, Platforms::ALL;
        /// Time spent in reads.
        pub read_time: Option<u64> = Milliseconds, Counter, TIMED;
        /// Time spent in writes.
        pub write_time: Option<u64> = Milliseconds, Counter, TIMED;
        /// Reads that were merged with another.
        pub read_merged_count: Option<u64> = Count, Counter, LINUX;
        /// Writes that were merged with another.
        pub write_merged_count: Option<u64> = Count, Counter, LINUX;
        /// Time during which at least one transfer was under way.
        pub busy_time: Option<u64> = Milliseconds, Counter, LINUX.or(Platforms::FREEBSD);
    }
}

impl Counters<9> for DiskIo {
    fn counters(&mut self) -> [Option<&mut u64>; 9] {
        [
            Some(&mut self.read_count),
            Some(&mut self.write_count),
            Some(&mut self.read_bytes),
            Some(&mut self.write_bytes),
            self.read_time.as_mut(),
            self.write_time.as_mut(),
            self.read_merged_count.as_mut(),
            self.write_merged_count.as_mut(),
            self.busy_time.as_mut(),
        ]
    }
}

impl DiskIo {
    /// The counters of all of them together. A field that one of them does not tell is absent; `None` if there are
    /// none.
    pub fn sum<'a>(disks: impl IntoIterator<Item = &'a DiskIo>) -> Option<DiskIo> {
        disks.into_iter().cloned().reduce(|sum, disk| DiskIo {
            read_count: sum.read_count.saturating_add(disk.read_count),
            write_count: sum.write_count.saturating_add(disk.write_count),
            read_bytes: sum.read_bytes.saturating_add(disk.read_bytes),
            write_bytes: sum.write_bytes.saturating_add(disk.write_bytes),
            read_time: both(sum.read_time, disk.read_time),
            write_time: both(sum.write_time, disk.write_time),
            read_merged_count: both(sum.read_merged_count, disk.read_merged_count),
            write_merged_count: both(sum.write_merged_count, disk.write_merged_count),
            busy_time: both(sum.busy_time, disk.busy_time),
        })
    }
}

record! {
    /// What a disk, or all of them, transferred in each second of an interval.
    pub struct DiskIoRates as "sdiskiorates" {
        /// Reads completed.
        pub read_count: f64 = PerSecond, Gauge, Platforms::ALL;
        /// Writes completed.
        pub write_count: f64 = PerSecond, Gauge, Platforms::ALL;
        /// Bytes read.
        pub read_bytes: f64 = BytesPerSecond, Gauge, Platforms::ALL;
        /// Bytes written.
        pub write_bytes: f64 = BytesPerSecond, Gauge, Platforms::ALL;
        /// Share of the interval in which at least one transfer was under way; of one disk only.
        pub busy: Option<f64> = Percent, Gauge, LINUX.or(Platforms::FREEBSD);
    }
}

impl DiskIoRates {
    /// The growth from one reading of a disk to a later one, so many seconds after. `None` if no time passed.
    pub fn between(earlier: &DiskIo, later: &DiskIo, seconds: f64) -> Option<DiskIoRates> {
        let [read_count, write_count, read_bytes, write_bytes, .., busy] =
            per_second(earlier, later, seconds)?;
        Some(DiskIoRates {
            read_count: read_count?,
            write_count: write_count?,
            read_bytes: read_bytes?,
            write_bytes: write_bytes?,
            // Milliseconds in a second; the device and the caller measure with different clocks.
            busy: busy.map(|milliseconds| (milliseconds / 10.0).min(100.0)),
        })
    }

    /// The rates of several disks together. `None` if there are none.
    pub fn sum<'a>(disks: impl IntoIterator<Item = &'a DiskIoRates>) -> Option<DiskIoRates> {
        let mut disks = disks.into_iter().cloned();
        // Of several disks at once there is no one share of the time.
        let first = disks.next().map(|disk| DiskIoRates { busy: None, ..disk })?;
        Some(disks.fold(first, |sum, disk| DiskIoRates {
            read_count: sum.read_count + disk.read_count,
            write_count: sum.write_count + disk.write_count,
            read_bytes: sum.read_bytes + disk.read_bytes,
            write_bytes: sum.write_bytes + disk.write_bytes,
            busy: None,
        }))
    }
}

/// The counters of one block device.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct DiskCounters {
    /// The device's name, as `sda1`.
    pub name: Text,
    /// Whether it is a whole device rather than a part of one; the sum over disks counts only these.
    pub whole: bool,
    /// Its counters.
    pub io: DiskIo,
}

impl DiskCounters {
    /// The counters of the device `name`.
    pub fn new(name: Text, whole: bool, io: DiskIo) -> Self {
        DiskCounters { name, whole, io }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn disk(count: u64, time: Option<u64>) -> DiskIo {
        DiskIo {
            read_count: count,
            write_count: count,
            read_bytes: count,
            write_bytes: count,
            read_time: time,
            write_time: time,
            read_merged_count: time,
            write_merged_count: time,
            busy_time: time,
        }
    }

    #[test]
    fn sums() {
        assert_eq!(DiskIo::sum([]), None);
        assert_eq!(DiskIo::sum([&disk(1, Some(1))]), Some(disk(1, Some(1))));
        assert_eq!(
            DiskIo::sum([&disk(1, Some(1)), &disk(2, Some(3))]),
            Some(disk(3, Some(4)))
        );
        assert_eq!(
            DiskIo::sum([&disk(1, None), &disk(2, Some(3))]),
            Some(disk(3, None))
        );
    }

    #[test]
    fn rates_of_one_disk_and_of_several() {
        let rates = DiskIoRates::between(&disk(10, Some(100)), &disk(30, Some(1100)), 2.0).unwrap();
        assert_eq!(
            (rates.read_count, rates.write_bytes, rates.busy),
            (10.0, 10.0, Some(50.0))
        );
        let busiest = DiskIoRates::between(&disk(10, Some(0)), &disk(30, Some(9000)), 2.0).unwrap();
        assert_eq!(busiest.busy, Some(100.0));
        let sum = DiskIoRates::sum([&rates, &busiest]).unwrap();
        assert_eq!((sum.read_count, sum.busy), (20.0, None));
        assert_eq!(DiskIoRates::sum([]), None);
        assert_eq!(DiskIoRates::between(&disk(1, None), &disk(1, None), 0.0), None);
    }
}
