//! `MIB_IF_ROW2`: state and counters of a network interface.

use crate::decode::bytes::Layout;
use crate::error::DecodeError;
use crate::model::net::{Duplex, InterfaceStats, NetIo};

/// Size of the structure.
pub const SIZE: usize = 1352;

const UP: u32 = 1;

/// What it transferred; packets are unicast and other ones together.
pub fn net_io(bytes: &[u8]) -> Result<NetIo, DecodeError> {
    let row = Layout::new("MIB_IF_ROW2", bytes, SIZE)?;
    Ok(NetIo {
        bytes_sent: row.u64(1280)?,
        bytes_recv: row.u64(1208)?,
        packets_sent: row.u64(1288)?.saturating_add(row.u64(1296)?),
        packets_recv: row.u64(1216)?.saturating_add(row.u64(1224)?),
        errin: row.u64(1240)?,
        errout: row.u64(1312)?,
        dropin: Some(row.u64(1232)?),
        dropout: Some(row.u64(1304)?),
    })
}

/// Its state. Windows does not tell whether it sends and receives at once, and a speed of all ones or none where it
/// knows none.
pub fn interface_stats(bytes: &[u8]) -> Result<InterfaceStats, DecodeError> {
    let row = Layout::new("MIB_IF_ROW2", bytes, SIZE)?;
    let is_up = (row.u32(1156)?, row.u32(1160)?) == (UP, UP);
    let bits = row.u64(1192)?;
    let speed = (bits != 0 && bits != u64::MAX).then_some(bits / 1_000_000);
    let mtu = row.u32(1124)?;
    Ok(InterfaceStats::new(
        is_up,
        Duplex::Unknown,
        speed,
        mtu,
        Vec::new(),
    ))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing, clippy::unwrap_used)]

    use super::*;

    const ROW: &[u8] = include_bytes!("../../../../../testdata/windows/windows-10/if_row2.bin");

    #[cfg(target_endian = "little")]
    #[test]
    fn counters_have_their_places() {
        let io = net_io(ROW).unwrap();
        assert_eq!((io.bytes_sent, io.bytes_recv), (1 << 33, 1 << 34));
        assert_eq!((io.packets_sent, io.packets_recv), (30, 70));
        assert_eq!(
            (io.errin, io.errout, io.dropin, io.dropout),
            (5, 6, Some(7), Some(8))
        );
    }

    #[cfg(target_endian = "little")]
    #[test]
    fn speed_has_more_than_32_bits() {
        let stats = interface_stats(ROW).unwrap();
        assert_eq!((stats.isup, stats.speed, stats.mtu), (true, Some(10_000), 1500));
        let mut row = ROW.to_vec();
        row[1192..1200].fill(0xff);
        assert_eq!(interface_stats(&row).unwrap().speed, None);
        row[1156] = 2;
        assert!(!interface_stats(&row).unwrap().isup);
    }

    #[test]
    fn less_than_the_structure_is_refused() {
        assert!(net_io(&ROW[..SIZE - 1]).is_err());
        assert!(interface_stats(&ROW[..SIZE - 1]).is_err());
    }
}
