//! `FILE_FS_FULL_SIZE_INFORMATION`: the space of the volume that holds an open file.

use crate::decode::bytes::Layout;
use crate::error::DecodeError;
use crate::model::disk::DiskUsage;

/// Size of the structure.
pub const SIZE: usize = 32;

/// The space of the volume. All of it is what a quota lets the user have; free is what is free on the volume.
pub fn disk_usage(bytes: &[u8]) -> Result<DiskUsage, DecodeError> {
    let volume = Layout::new("FILE_FS_FULL_SIZE_INFORMATION", bytes, SIZE)?;
    let unit = u64::from(volume.u32(24)?).saturating_mul(volume.u32(28)?.into());
    let size = |units: u64| units.saturating_mul(unit);
    Ok(DiskUsage::of_what_is_free(
        size(volume.u64(0)?),
        size(volume.u64(16)?),
    ))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing, clippy::unwrap_used)]

    use super::*;

    const VOLUME: &[u8] =
        include_bytes!("../../../../../testdata/windows/windows-10/full_size_information.bin");

    #[cfg(target_endian = "little")]
    #[test]
    fn units_are_several_sectors() {
        let usage = disk_usage(VOLUME).unwrap();
        assert_eq!((usage.total, usage.free), (1 << 40, 1 << 38));
        assert_eq!((usage.used, usage.percent), (3 << 38, 75.0));
    }

    #[test]
    fn numbers_of_a_lying_driver_do_no_harm() {
        assert_eq!(disk_usage(&[0xff; SIZE]).unwrap().total, u64::MAX);
        assert!(disk_usage(&VOLUME[..SIZE - 1]).is_err());
    }
}
