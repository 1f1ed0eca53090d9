//! `PROCESS_HANDLE_SNAPSHOT_INFORMATION`: the handles of one process (Windows 8 and later).

use crate::decode::bytes::Layout;
use crate::decode::windows::Handle;
use crate::error::DecodeError;

const STRUCTURE: &str = "PROCESS_HANDLE_SNAPSHOT_INFORMATION";
/// Size of the fixed part.
const SIZE: usize = 16;
/// Size of a `PROCESS_HANDLE_TABLE_ENTRY_INFO`.
const ENTRY: usize = 40;

/// The handles in the kernel's order.
pub fn handles(bytes: &[u8]) -> Result<Vec<Handle>, DecodeError> {
    let count = Layout::new(STRUCTURE, bytes, SIZE)?.u64(0)?;
    let entries = bytes.get(SIZE..).unwrap_or_default().chunks_exact(ENTRY);
    match usize::try_from(count) {
        Ok(count) if count <= entries.len() => entries.take(count).map(handle).collect(),
        _ => Err(DecodeError::new(STRUCTURE, bytes.len(), "all handles")),
    }
}

fn handle(entry: &[u8]) -> Result<Handle, DecodeError> {
    let entry = Layout::new(STRUCTURE, entry, ENTRY)?;
    Ok(Handle {
        value: entry.u64(0)?,
        kind: entry.u32(0x1c)?,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing, clippy::unwrap_used)]

    use super::*;

    const TABLE: &[u8] =
        include_bytes!("../../../../../testdata/windows/windows-10/process_handle_information.bin");

    #[cfg(target_endian = "little")]
    #[test]
    fn every_handle_is_told() {
        let told = handles(TABLE).unwrap();
        let told: Vec<_> = told.iter().map(|handle| (handle.value, handle.kind)).collect();
        assert_eq!(told, [(4, 17), (0x2c, 37), (0x1_0000_0008, 37)]);
    }

    #[test]
    fn tables_that_are_cut_or_lie_are_refused() {
        for length in 0..TABLE.len() {
            assert!(handles(&TABLE[..length]).is_err(), "{length}");
        }
        let mut lying = TABLE.to_vec();
        lying[..8].fill(0xff);
        assert!(handles(&lying).is_err());
        assert_eq!(handles(&[0; 16]), Ok(Vec::new()));
    }
}
