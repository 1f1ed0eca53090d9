//! `/proc/filesystems`: which types of file system live on a block device. Each line is `nodev` or nothing, a tab and a
//! type; no kernel is without any.

use crate::decode::bytes::{finished, lines, split_once};
use crate::error::DecodeError;

/// The types that live on a block device, as the file names them. `zfs` is among them although the kernel calls it
/// `nodev`: it has disks, but opens them itself.
pub fn disk_types(bytes: &[u8]) -> Result<Vec<&[u8]>, DecodeError> {
    let expected = |offset| DecodeError::new("filesystems", offset, "nodev or nothing, a tab and a type");
    if bytes.is_empty() {
        return Err(expected(0));
    }
    let mut types = Vec::new();
    let mut offset = 0;
    for line in lines(finished("filesystems", bytes)?) {
        match split_once(line, b'\t') {
            Some((b"nodev", b"zfs")) => types.push(&b"zfs"[..]),
            Some((b"nodev", _)) => {}
            Some((b"", name)) => types.push(name),
            _ => return Err(expected(offset)),
        }
        offset += line.len() + 1;
    }
    Ok(types)
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
        ))
        .unwrap();
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
            disk_types(b"nodev\tzfs\nnodev\tnfs\n\text3\n").unwrap(),
            [&b"zfs"[..], b"ext3"]
        );
    }

    #[test]
    fn a_list_that_is_none_or_cut_short_is_refused() {
        for bytes in [&b""[..], b"\n", b"nodev\tproc\n\text", b"ext4\n", b"garbage"] {
            assert!(disk_types(bytes).is_err(), "{bytes:?}");
        }
    }
}
