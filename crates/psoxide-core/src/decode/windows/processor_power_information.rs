//! `PROCESSOR_POWER_INFORMATION`: the clock of each CPU of a processor group.

use crate::decode::bytes::Layout;
use crate::error::DecodeError;
use crate::model::cpu::CpuFreq;

const STRUCTURE: &str = "PROCESSOR_POWER_INFORMATION";
/// Size of the entry of one CPU.
pub const SIZE: usize = 24;

/// The clocks in the order of the CPUs. The lowest is not told, and the current one is the nominal.
pub fn clocks(bytes: &[u8]) -> Result<Vec<CpuFreq>, DecodeError> {
    if !bytes.len().is_multiple_of(SIZE) {
        return Err(DecodeError::new(STRUCTURE, bytes.len(), "whole entries"));
    }
    let told = |megahertz: u32| (megahertz != 0).then(|| megahertz.into());
    bytes
        .chunks_exact(SIZE)
        .map(|entry| {
            let entry = Layout::new(STRUCTURE, entry, SIZE)?;
            Ok(CpuFreq::new(told(entry.u32(8)?), None, told(entry.u32(4)?)))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing, clippy::unwrap_used)]

    use super::*;

    const CPUS: &[u8] =
        include_bytes!("../../../../../testdata/windows/windows-10/processor_power_information.bin");

    #[cfg(target_endian = "little")]
    #[test]
    fn the_lowest_clock_is_not_told() {
        assert_eq!(
            clocks(CPUS).unwrap(),
            [
                CpuFreq::new(Some(1800.0), None, Some(2400.0)),
                CpuFreq::new(Some(1200.0), None, Some(1800.0)),
            ]
        );
    }

    #[test]
    fn what_was_not_filled_is_not_told() {
        assert_eq!(clocks(&[0; SIZE]).unwrap(), [CpuFreq::new(None, None, None)]);
        assert!(clocks(&CPUS[..SIZE + 1]).is_err());
    }
}
