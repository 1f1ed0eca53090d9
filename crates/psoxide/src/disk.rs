//! Mounts, space and transfers of disks.

use std::path::Path;

use psoxide_core::Text;
use psoxide_core::model::disk::{DiskCounters, DiskIo, DiskUsage, Partition};

use crate::error::Result;
use crate::root::Root;
use crate::sys;

/// Mounts of disks, or with `all` every mount, in the order of the mount table. Of the running system; [`Root::disk_partitions`] asks another.
pub fn disk_partitions(all: bool) -> Result<Vec<Partition>> {
    Root::default().disk_partitions(all)
}

/// Space of the file system that holds `path`, in bytes. Of the running system; [`Root::disk_usage`] asks another.
pub fn disk_usage(path: impl AsRef<Path>) -> Result<DiskUsage> {
    Root::default().disk_usage(path)
}

/// What each disk and each part of a disk transferred since boot. Of the running system; [`Root::disk_io_counters_per_disk`] asks another.
pub fn disk_io_counters_per_disk() -> Result<Vec<(Text, DiskIo)>> {
    Root::default().disk_io_counters_per_disk()
}

impl Root {
    /// Mounts of disks, or with `all` every mount, in the order of the mount table.
    pub fn disk_partitions(&self, all: bool) -> Result<Vec<Partition>> {
        sys::disk::disk_partitions(self, all)
    }

    /// Space of the file system that holds `path`, in bytes.
    pub fn disk_usage(&self, path: impl AsRef<Path>) -> Result<DiskUsage> {
        sys::disk::disk_usage(self, path.as_ref())
    }

    /// What each disk and each part of a disk transferred since boot, and which of them are whole disks: a sum over
    /// disks counts only these.
    pub fn disk_counters(&self) -> Result<Vec<DiskCounters>> {
        sys::disk::disk_io_counters(self)
    }

    /// What each disk and each part of a disk transferred since boot.
    pub fn disk_io_counters_per_disk(&self) -> Result<Vec<(Text, DiskIo)>> {
        let disks = sys::disk::disk_io_counters(self)?;
        Ok(disks.into_iter().map(|disk| (disk.name, disk.io)).collect())
    }
}
