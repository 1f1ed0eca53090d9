//! `MEMORY_WORKING_SET_INFORMATION`: a word for each page that a process holds in memory.

use crate::decode::bytes::Layout;
use crate::error::DecodeError;
use crate::model::process::MemoryFootprint;

const STRUCTURE: &str = "MEMORY_WORKING_SET_INFORMATION";
/// Whether the page can be shared, and by how many it is, 7 standing for 7 and more.
const SHARED: u64 = 1 << 8;
const SHARE_COUNT: u64 = 7 << 5;

/// What is the process's own of pages of this size.
pub fn memory_footprint(bytes: &[u8], page_size: u64) -> Result<MemoryFootprint, DecodeError> {
    Ok(MemoryFootprint {
        uss: own_pages(bytes)?.saturating_mul(page_size),
        pss: None,
        swap: None,
    })
}

/// How many pages cannot be shared, or are shared by nobody else.
fn own_pages(bytes: &[u8]) -> Result<u64, DecodeError> {
    let count = Layout::new(STRUCTURE, bytes, 8)?.u64(0)?;
    let (pages, _) = bytes.get(8..).unwrap_or_default().as_chunks::<8>();
    let pages = usize::try_from(count)
        .ok()
        .and_then(|count| pages.get(..count))
        .ok_or(DecodeError::new(STRUCTURE, bytes.len(), "all pages"))?;
    let is_own = |page: u64| page & SHARED == 0 || (page & SHARE_COUNT) >> 5 <= 1;
    let own = pages.iter().filter(|page| is_own(u64::from_ne_bytes(**page)));
    Ok(own.count() as u64)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing, clippy::unwrap_used)]

    use super::*;

    const PAGES: &[u8] = include_bytes!("../../../../../testdata/windows/windows-10/working_set.bin");

    #[cfg(target_endian = "little")]
    #[test]
    fn pages_of_others_are_not_counted() {
        assert_eq!(own_pages(PAGES), Ok(3));
        let footprint = memory_footprint(PAGES, 4096).unwrap();
        assert_eq!((footprint.uss, footprint.pss), (3 * 4096, None));
    }

    #[test]
    fn a_set_that_is_cut_or_lies_is_refused() {
        for length in 0..PAGES.len() {
            assert!(own_pages(&PAGES[..length]).is_err(), "{length}");
        }
        let mut lying = PAGES.to_vec();
        lying[..8].fill(0xff);
        assert!(own_pages(&lying).is_err());
        assert_eq!(own_pages(&[0; 8]), Ok(0));
    }
}
