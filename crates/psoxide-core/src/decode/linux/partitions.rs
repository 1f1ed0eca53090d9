//! `/proc/partitions` and the `uevent` file of a device: the name that belongs to a device number.

use crate::decode::bytes::{decimal, lines, words};

/// The name of the device with this number, from `/proc/partitions`.
pub fn name_of(partitions: &[u8], number: (u32, u32)) -> Option<&[u8]> {
    lines(partitions).find_map(|line| {
        let mut columns = words(line);
        let major = decimal(columns.next()?)?;
        let minor = decimal(columns.next()?)?;
        let _blocks = columns.next()?;
        let name = columns.next()?;
        ((major, minor) == (u64::from(number.0), u64::from(number.1))).then_some(name)
    })
}

/// The name of the device, relative to `/dev`, from its `uevent` file.
pub fn device_name(uevent: &[u8]) -> Option<&[u8]> {
    lines(uevent)
        .find_map(|line| line.strip_prefix(b"DEVNAME="))
        .map(<[u8]>::trim_ascii)
        .filter(|name| !name.is_empty())
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
    fn a_name_by_number() {
        let table = include_bytes!("../../../../../testdata/linux/disk-6.18/proc/partitions");
        assert_eq!(name_of(table, (254, 0)), Some(&b"vda"[..]));
        assert_eq!(name_of(table, (254, 1)), None);
        let table = include_bytes!("../../../../../testdata/linux/disk-3.10/proc/partitions");
        assert_eq!(name_of(table, (8, 2)), Some(&b"sda2"[..]));
        assert_eq!(name_of(b"", (8, 2)), None);
    }

    #[test]
    fn a_name_from_uevent() {
        let uevent = b"MAJOR=8\nMINOR=2\nDEVNAME=sda2\nDEVTYPE=partition\nPARTN=2\n";
        assert_eq!(device_name(uevent), Some(&b"sda2"[..]));
        assert_eq!(device_name(b"MAJOR=8\nDEVNAME=\n"), None);
    }
}
