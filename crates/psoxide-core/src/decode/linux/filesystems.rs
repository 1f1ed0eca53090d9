//! `/proc/filesystems`: which types of file system live on a block device.

use crate::decode::bytes::{lines, words};

/// The types that live on a block device, as the file names them. `zfs` is among them although the kernel calls it
/// `nodev`: it has disks, but opens them itself.
pub fn disk_types(bytes: &[u8]) -> Vec<&[u8]> {
    lines(bytes)
        .filter_map(|line| {
            let mut columns = words(line);
            match (columns.next()?, columns.next()) {
                (b"nodev", Some(b"zfs")) => Some(&b"zfs"[..]),
                (b"nodev", _) => None,
                (name, _) => Some(name),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::indexing_slicing,
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic
    )]

    use super::*;

    #[test]
    fn a_current_kernel() {
        let types = disk_types(include_bytes!(
            "../../../../../testdata/linux/disk-6.18/proc/filesystems"
        ));
        for disk in [&b"ext4"[..], b"xfs", b"btrfs", b"fuseblk", b"squashfs"] {
            assert!(types.contains(&disk));
        }
        for none in [&b"tmpfs"[..], b"proc", b"overlay", b"fuse", b"nodev"] {
            assert!(!types.contains(&none));
        }
    }

    #[test]
    fn zfs_counts_as_a_disk() {
        assert_eq!(
            disk_types(b"nodev\tzfs\nnodev\tnfs\n\text3\n\n"),
            [&b"zfs"[..], b"ext3"]
        );
        assert!(disk_types(b"").is_empty());
    }
}
