//! `SYSTEM_PAGEFILE_INFORMATION`: the paging files, each with what is in use of it. An entry says how far it is to the next.

use crate::decode::bytes::Layout;
use crate::error::DecodeError;
use crate::model::memory::SwapMemory;

const STRUCTURE: &str = "SYSTEM_PAGEFILE_INFORMATION";
/// Size of the fixed part of an entry; its name follows.
const SIZE: usize = 32;

/// The pages of all paging files together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageFiles {
    /// As many as they have now.
    pub pages: u64,
    /// As many as hold something.
    pub in_use: u64,
}

impl PageFiles {
    /// Sums up every entry.
    pub fn all(bytes: &[u8]) -> Result<PageFiles, DecodeError> {
        let mut files = PageFiles { pages: 0, in_use: 0 };
        let mut rest = bytes;
        // There is no entry at all where there is no paging file.
        while !rest.is_empty() {
            let entry = Layout::new(STRUCTURE, rest, SIZE)?;
            files.pages = files.pages.saturating_add(entry.u32(4)?.into());
            files.in_use = files.in_use.saturating_add(entry.u32(8)?.into());
            let offset = bytes.len() - rest.len();
            rest = match entry.u32(0)? as usize {
                0 => &[],
                next if next < SIZE => return Err(DecodeError::new(STRUCTURE, offset, "a whole entry")),
                next => {
                    rest.get(next..)
                        .ok_or(DecodeError::new(STRUCTURE, offset, "an entry in the buffer"))?
                }
            };
        }
        Ok(files)
    }

    /// Swap space of `total` bytes, of which the same share is in use as of the paging files. The share is what Windows
    /// tells people; the total, which is told beside the commit charge, may be more than the files have now, as they grow.
    pub fn swap_memory(&self, total: u64) -> SwapMemory {
        let share = u128::from(total) * u128::from(self.in_use.min(self.pages));
        let used = share.checked_div(self.pages.into()).unwrap_or(0);
        let used = u64::try_from(used).unwrap_or(total);
        SwapMemory::new(total, total.saturating_sub(used), None, None)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing, clippy::unwrap_used)]

    use super::*;

    const FILES: &[u8] =
        include_bytes!("../../../../../testdata/windows/windows-10/page_file_information.bin");

    #[cfg(target_endian = "little")]
    #[test]
    fn the_files_are_summed_up() {
        let files = PageFiles::all(FILES).unwrap();
        assert_eq!((files.pages, files.in_use), (1_000_000, 250_000));
        let swap = files.swap_memory(8_000_000_000);
        assert_eq!(
            (swap.total, swap.used, swap.free, swap.percent),
            (8_000_000_000, 2_000_000_000, 6_000_000_000, 25.0)
        );
        assert_eq!((swap.sin, swap.sout), (None, None));
    }

    #[test]
    fn without_a_file_nothing_is_in_use() {
        let files = PageFiles::all(b"").unwrap();
        assert_eq!(files.swap_memory(0).percent, 0.0);
        assert_eq!(files.swap_memory(4096).used, 0);
        let lying = PageFiles {
            pages: 1,
            in_use: u64::MAX,
        };
        assert_eq!(lying.swap_memory(u64::MAX).free, 0);
    }

    #[cfg(target_endian = "little")]
    #[test]
    fn entries_that_lie_about_the_next_are_refused() {
        assert!(PageFiles::all(&FILES[..SIZE - 1]).is_err());
        for next in [1u32, 31, u32::MAX] {
            let mut files = FILES.to_vec();
            files[..4].copy_from_slice(&next.to_le_bytes());
            assert!(PageFiles::all(&files).is_err(), "{next}");
        }
    }
}
