//! `struct ethtool_cmd`, the answer of `ETHTOOL_GSET`: speed and duplex of a network interface.

use crate::decode::bytes::Layout;
use crate::error::DecodeError;
use crate::model::net::Duplex;

/// The size of the structure.
pub const SIZE: usize = 44;
/// `ETHTOOL_GSET`, which stands in the first word of the question.
pub const GET_SETTINGS: u32 = 1;

/// Speed in megabits per second, where the driver tells one, and duplex.
pub fn link_settings(bytes: &[u8]) -> Result<(Option<u64>, Duplex), DecodeError> {
    let settings = Layout::new("ethtool_cmd", bytes, SIZE)?;
    let speed = u32::from(settings.u16(28)?) << 16 | u32::from(settings.u16(12)?);
    // Drivers that do not know write -1; some write 0, which is no speed either.
    let speed = i32::try_from(speed)
        .ok()
        .and_then(|speed| u64::try_from(speed).ok())
        .filter(|speed| *speed > 0);
    let duplex = match settings.u8(14)? {
        0 => Duplex::Half,
        1 => Duplex::Full,
        _ => Duplex::Unknown,
    };
    Ok((speed, duplex))
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

    fn settings(low: u16, high: u16, duplex: u8) -> [u8; SIZE] {
        let mut bytes = [0; SIZE];
        bytes[12..14].copy_from_slice(&low.to_ne_bytes());
        bytes[28..30].copy_from_slice(&high.to_ne_bytes());
        bytes[14] = duplex;
        bytes
    }

    #[cfg(target_endian = "little")]
    #[test]
    fn a_pair_of_virtual_interfaces() {
        let settings = include_bytes!("../../../../../testdata/linux/netlink-6.18/veth0.ethtool");
        assert_eq!(link_settings(settings), Ok((Some(10_000), Duplex::Full)));
    }

    #[test]
    fn speeds() {
        assert_eq!(
            link_settings(&settings(1000, 0, 1)),
            Ok((Some(1000), Duplex::Full))
        );
        assert_eq!(
            link_settings(&settings(0x86a0, 1, 0)),
            Ok((Some(100_000), Duplex::Half))
        );
        assert_eq!(
            link_settings(&settings(0xffff, 0xffff, 0xff)),
            Ok((None, Duplex::Unknown))
        );
        assert_eq!(link_settings(&settings(0, 0x8000, 1)), Ok((None, Duplex::Full)));
        assert_eq!(link_settings(&settings(0, 0, 1)), Ok((None, Duplex::Full)));
        assert!(link_settings(&[0; 43]).is_err());
    }
}
