//! Mounts, space and transfers of disks. [`DiskIoSampler`] tells what disks transfer in a second, and [`MountWatch`] the
//! space of all mounts although some of them may hang.

mod sampler;
mod watch;

use std::path::Path;

use psoxide_core::Text;
use psoxide_core::model::disk::{DiskCounters, DiskIo, DiskUsage, Partition};

pub use self::sampler::{DiskActivity, DiskIoSample, DiskIoSampler};
pub use self::watch::{MountUsage, MountWatch};
use crate::error::Result;
use crate::root::Root;
use crate::sys;

/// Mounts of disks, or with `all` every mount, in the order of the mount table. Of the running system;
/// [`Root::disk_partitions`] asks another, and says more.
///
/// ```
/// for mount in psoxide::disk_partitions(false)? {
///     println!("{} on {} ({})", mount.device, mount.mountpoint, mount.fstype);
/// }
/// # Ok::<(), psoxide::Error>(())
/// ```
pub fn disk_partitions(all: bool) -> Result<Vec<Partition>> {
    Root::default().disk_partitions(all)
}

/// Space of the file system that holds `path`, in bytes. Of the running system; [`Root::disk_usage`] asks another, and
/// says more.
///
/// ```
/// let space = psoxide::disk_usage("/")?;
/// assert!(space.used <= space.total && space.percent <= 100.0);
/// # Ok::<(), psoxide::Error>(())
/// ```
pub fn disk_usage(path: impl AsRef<Path>) -> Result<DiskUsage> {
    Root::default().disk_usage(path)
}

/// What all disks together transferred since boot; `None` without disks. Of the running system;
/// [`Root::disk_io_counters`] asks another, and says more.
///
/// ```
/// if let Some(io) = psoxide::disk_io_counters()? {
///     println!("{} bytes read, {} written", io.read_bytes, io.write_bytes);
/// }
/// # Ok::<(), psoxide::Error>(())
/// ```
pub fn disk_io_counters() -> Result<Option<DiskIo>> {
    Root::default().disk_io_counters()
}

/// What each disk and each part of a disk transferred since boot. Of the running system;
/// [`Root::disk_io_counters_per_disk`] asks another, and says more.
pub fn disk_io_counters_per_disk() -> Result<Vec<(Text, DiskIo)>> {
    Root::default().disk_io_counters_per_disk()
}

impl Root {
    /// Mounts of disks, or with `all` every mount, in the order of the mount table.
    ///
    /// A disk is what has a device, and a type of file system that lives on one: tmpfs, proc, overlay, NFS, CIFS and
    /// FUSE are left out unless `all` are asked; zfs is a disk. What is mounted twice comes twice. A device called
    /// `none` comes back empty, and the names `/dev/root` and `rootfs` as the device that they stand for, where that
    /// has a file. This does not touch the mounts themselves, and so never hangs on one.
    ///
    /// # Source
    ///
    /// Linux: `/proc/self/mounts`, `/proc/filesystems`; for `/dev/root` also `/proc/self/mountinfo`,
    /// `/proc/partitions`, `/sys/dev/block/*/uevent` and `/sys/class/block/*/dev`. Another root is asked for the
    /// mounts of its process 1.
    ///
    /// # Errors
    ///
    /// The mount table is missing or malformed.
    ///
    /// # Examples
    ///
    /// ```
    /// let every = psoxide::Root::default().disk_partitions(true)?;
    /// let disks = psoxide::Root::default().disk_partitions(false)?;
    /// assert!(disks.len() <= every.len());
    /// # Ok::<(), psoxide::Error>(())
    /// ```
    pub fn disk_partitions(&self, all: bool) -> Result<Vec<Partition>> {
        sys::disk::disk_partitions(self, all)
    }

    /// Space of the file system that holds `path`, in bytes. Of another root, `path` is looked for below it.
    ///
    /// `free` is what an unprivileged user may still take. The call waits for the file system, and a network file
    /// system whose server is gone lets it wait for ever: who asks many mounts uses [`MountWatch`].
    ///
    /// # Source
    ///
    /// Linux: `statfs(2)`.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::ErrorKind::NotFound) if there is no such path,
    /// [`AccessDenied`](crate::ErrorKind::AccessDenied) if a directory before it may not be searched.
    ///
    /// # Examples
    ///
    /// ```
    /// let error = psoxide::Root::default().disk_usage("/no/such/place").unwrap_err();
    /// assert_eq!(error.kind(), psoxide::ErrorKind::NotFound);
    /// ```
    pub fn disk_usage(&self, path: impl AsRef<Path>) -> Result<DiskUsage> {
        sys::disk::disk_usage(self, path.as_ref())
    }

    /// What all disks together transferred since boot; `None` without disks.
    ///
    /// The sum is over whole devices: parts of a disk are in their disk already. On Linux loop devices, RAM disks and
    /// those of the device mapper are devices of their own, so that what goes through several layers counts in each.
    ///
    /// # Source
    ///
    /// Linux: `/proc/diskstats`, and where a name looks like that of a part the names in `/sys/block`; without the former,
    /// the `stat` files below `/sys/block`.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::ErrorKind::NotFound) if there is neither source, and
    /// [`InvalidData`](crate::ErrorKind::InvalidData) if a line of it is not understood: a sum without that disk would
    /// be wrong.
    ///
    /// # Examples
    ///
    /// ```
    /// let io = psoxide::Root::default().disk_io_counters()?;
    /// println!("{:?} reads", io.map(|io| io.read_count));
    /// # Ok::<(), psoxide::Error>(())
    /// ```
    pub fn disk_io_counters(&self) -> Result<Option<DiskIo>> {
        let disks = sys::disk::disk_io_counters(self)?;
        Ok(DiskIo::sum(
            disks.iter().filter(|disk| disk.whole).map(|disk| &disk.io),
        ))
    }

    /// What each disk and each part of a disk transferred since boot, and which of them are whole disks: a sum over
    /// disks counts only these.
    ///
    /// # Source
    ///
    /// As [`Root::disk_io_counters`].
    ///
    /// # Errors
    ///
    /// As [`Root::disk_io_counters`].
    ///
    /// # Examples
    ///
    /// ```
    /// let disks = psoxide::Root::default().disk_counters()?;
    /// println!("{} whole disks", disks.iter().filter(|disk| disk.whole).count());
    /// # Ok::<(), psoxide::Error>(())
    /// ```
    pub fn disk_counters(&self) -> Result<Vec<DiskCounters>> {
        sys::disk::disk_io_counters(self)
    }

    /// What each disk and each part of a disk transferred since boot, by name.
    ///
    /// Some kernels keep these counters in 32 bits, so that they wrap; [`DiskIoSampler`] sees to that.
    ///
    /// # Source
    ///
    /// As [`Root::disk_io_counters`].
    ///
    /// # Errors
    ///
    /// As [`Root::disk_io_counters`].
    ///
    /// # Examples
    ///
    /// ```
    /// for (disk, io) in psoxide::Root::default().disk_io_counters_per_disk()? {
    ///     println!("{disk}: {} reads, {} bytes", io.read_count, io.read_bytes);
    /// }
    /// # Ok::<(), psoxide::Error>(())
    /// ```
    pub fn disk_io_counters_per_disk(&self) -> Result<Vec<(Text, DiskIo)>> {
        sys::disk::disk_io_counters_per_disk(self)
    }
}
