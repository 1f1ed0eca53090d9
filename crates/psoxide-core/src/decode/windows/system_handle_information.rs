//! `SYSTEM_HANDLE_INFORMATION_EX`: the handles of all processes.

use crate::decode::bytes::Layout;
use crate::decode::windows::Handle;
use crate::error::DecodeError;
use crate::model::Pid;

const STRUCTURE: &str = "SYSTEM_HANDLE_INFORMATION_EX";
/// Size of the fixed part.
const SIZE: usize = 16;
/// Size of a `SYSTEM_HANDLE_TABLE_ENTRY_INFO_EX`.
const ENTRY: usize = 40;

/// The handles of one process, in the kernel's order.
pub fn handles(bytes: &[u8], pid: Pid) -> Result<Vec<Handle>, DecodeError> {
    let count = Layout::new(STRUCTURE, bytes, SIZE)?.u64(0)?;
    let entries = bytes.get(SIZE..).unwrap_or_default().chunks_exact(ENTRY);
    let count = usize::try_from(count)
        .ok()
        .filter(|count| *count <= entries.len())
        .ok_or(DecodeError::new(STRUCTURE, bytes.len(), "all handles"))?;
    let mut handles = Vec::new();
    for entry in entries.take(count) {
        let entry = Layout::new(STRUCTURE, entry, ENTRY)?;
        if entry.u64(0x08)? == u64::from(pid) {
            handles.push(Handle {
                value: entry.u64(0x10)?,
                kind: entry.u16(0x1e)?.into(),
            });
        }
    }
    Ok(handles)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing, clippy::unwrap_used)]

    use super::*;

    const TABLE: &[u8] =
        include_bytes!("../../../../../testdata/windows/windows-10/system_handle_information.bin");

    #[cfg(target_endian = "little")]
    #[test]
    fn those_of_a_process_are_told() {
        let of = |pid| {
            let handles = handles(TABLE, pid).unwrap();
            handles
                .iter()
                .map(|handle| (handle.value, handle.kind))
                .collect::<Vec<_>>()
        };
        assert_eq!(of(1236), [(0x2c, 37), (0x30, 17)]);
        assert_eq!(of(4), [(4, 7)]);
        assert!(of(8).is_empty());
    }

    #[test]
    fn tables_that_are_cut_or_lie_are_refused() {
        for length in 0..TABLE.len() {
            assert!(handles(&TABLE[..length], 4).is_err(), "{length}");
        }
        let mut lying = TABLE.to_vec();
        lying[..8].fill(0xff);
        assert!(handles(&lying, 4).is_err());
    }
}
