//! Records about mounts, file systems and disks.

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

/// The counters of one block device.
#[derive(Debug, Clone, PartialEq)]
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
