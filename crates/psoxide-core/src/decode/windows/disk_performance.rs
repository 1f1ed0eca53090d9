//! `DISK_PERFORMANCE`: what a disk transferred since its counters run.

use crate::decode::bytes::{Layout, decimal};
use crate::error::DecodeError;
use crate::model::disk::DiskIo;

/// Size of the structure.
pub const SIZE: usize = 88;

/// Units of 100 ns in a millisecond.
const MILLISECOND: u64 = 10_000;

/// The number of the disk that has this name among those of MS-DOS devices; `None` if it names no whole disk.
pub fn physical_drive(name: &[u8]) -> Option<u32> {
    let number = decimal(name.strip_prefix(b"PhysicalDrive")?)?;
    u32::try_from(number).ok()
}

/// What the disk transferred. Counts wrap at 32 bits.
pub fn disk_io(bytes: &[u8]) -> Result<DiskIo, DecodeError> {
    let disk = Layout::new("DISK_PERFORMANCE", bytes, SIZE)?;
    Ok(DiskIo {
        read_count: disk.u32(40)?.into(),
        write_count: disk.u32(44)?.into(),
        read_bytes: disk.u64(0)?,
        write_bytes: disk.u64(8)?,
        read_time: Some(disk.u64(16)? / MILLISECOND),
        write_time: Some(disk.u64(24)? / MILLISECOND),
        read_merged_count: None,
        write_merged_count: None,
        busy_time: None,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing, clippy::unwrap_used)]

    use super::*;

    const DISK: &[u8] = include_bytes!("../../../../../testdata/windows/windows-10/disk_performance.bin");

    #[cfg(target_endian = "little")]
    #[test]
    fn times_are_milliseconds() {
        let io = disk_io(DISK).unwrap();
        assert_eq!((io.read_count, io.write_count), (4_000_000_000, 20));
        assert_eq!((io.read_bytes, io.write_bytes), (1 << 40, 81_920));
        assert_eq!((io.read_time, io.write_time), (Some(2500), Some(1)));
        assert_eq!(io.busy_time, None);
    }

    #[test]
    fn less_than_the_structure_is_refused() {
        assert!(disk_io(&DISK[..SIZE - 1]).is_err());
    }

    #[test]
    fn whole_disks_are_known_by_their_names() {
        assert_eq!(physical_drive(b"PhysicalDrive0"), Some(0));
        assert_eq!(physical_drive(b"PhysicalDrive128"), Some(128));
        for name in [
            &b"PhysicalDrive"[..],
            b"PhysicalDriveX",
            b"Harddisk0Partition1",
            b"C:",
            b"",
        ] {
            assert_eq!(physical_drive(name), None);
        }
    }
}
