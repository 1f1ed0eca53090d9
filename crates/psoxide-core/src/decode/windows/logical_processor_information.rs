//! `SYSTEM_LOGICAL_PROCESSOR_INFORMATION_EX`: how the machine's CPUs belong together.

use crate::decode::bytes::Layout;
use crate::error::DecodeError;

const STRUCTURE: &str = "SYSTEM_LOGICAL_PROCESSOR_INFORMATION_EX";
/// What every entry begins with: what it is about, and its size.
const HEAD: usize = 8;
/// `RelationProcessorCore`: the logical CPUs of one core.
const CORE: u32 = 0;

/// How many cores the machine has, in all processor groups.
pub fn core_count(bytes: &[u8]) -> Result<u32, DecodeError> {
    let mut rest = bytes;
    let mut cores = 0;
    while !rest.is_empty() {
        let head = Layout::new(STRUCTURE, rest, HEAD)?;
        let size = head.u32(4)? as usize;
        let offset = bytes.len() - rest.len();
        rest = rest.get(size..).filter(|_| size >= HEAD).ok_or(DecodeError::new(
            STRUCTURE,
            offset,
            "a whole entry",
        ))?;
        if head.u32(0)? == CORE {
            cores += 1;
        }
    }
    Ok(cores)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing, clippy::unwrap_used)]

    use super::*;

    const ENTRIES: &[u8] =
        include_bytes!("../../../../../testdata/windows/windows-10/logical_processor_information.bin");

    #[cfg(target_endian = "little")]
    #[test]
    fn cores_are_counted_and_caches_are_not() {
        assert_eq!(core_count(ENTRIES), Ok(3));
        assert_eq!(core_count(b""), Ok(0));
    }

    #[cfg(target_endian = "little")]
    #[test]
    fn sizes_that_lie_are_refused() {
        assert!(core_count(&ENTRIES[..ENTRIES.len() - 1]).is_err());
        for size in [0, 7, u32::MAX] {
            let mut entries = ENTRIES.to_vec();
            entries[4..8].copy_from_slice(&size.to_le_bytes());
            assert!(core_count(&entries).is_err(), "{size}");
        }
    }
}
