//! `/proc/<pid>/statm`: seven numbers of pages.
//!
//! Layout: proc_pid_statm(5): size, resident, shared, text, lib, data, dirty.

use crate::decode::bytes::{finished, leading_decimal};
use crate::error::DecodeError;
use crate::model::process::MemoryInfo;

/// The seven numbers, in pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Statm {
    pages: [u64; 7],
}

impl Statm {
    /// What the kernel shows of whoever has no memory: its own threads, and who has ended.
    pub const NONE: Statm = Statm::new([0; 7]);

    /// Decodes the whole file.
    pub fn parse(bytes: &[u8]) -> Result<Statm, DecodeError> {
        const EXPECTED: DecodeError = DecodeError::new("statm", 0, "seven numbers");
        let mut rest = finished("statm", bytes)?;
        let mut pages = [0; 7];
        for count in &mut pages {
            (*count, rest) = match leading_decimal(rest) {
                Some((number, [b' ' | b'\n', rest @ ..])) => (number, rest),
                _ => return Err(EXPECTED),
            };
        }
        Ok(Statm { pages })
    }

    /// The seven numbers, from another source than the file.
    pub(super) const fn new(pages: [u64; 7]) -> Statm {
        Statm { pages }
    }

    /// The sizes in bytes, with pages of `page_size` bytes.
    pub fn memory_info(&self, page_size: u64) -> MemoryInfo {
        let [vms, rss, shared, text, lib, data, dirty] =
            self.pages.map(|pages| pages.saturating_mul(page_size));
        MemoryInfo {
            rss,
            vms,
            shared: Some(shared),
            text: Some(text),
            lib: Some(lib),
            data: Some(data),
            stack: None,
            dirty: Some(dirty),
            num_page_faults: None,
            peak_wset: None,
            wset: None,
            peak_paged_pool: None,
            paged_pool: None,
            peak_nonpaged_pool: None,
            nonpaged_pool: None,
            pagefile: None,
            peak_pagefile: None,
            private: None,
            pfaults: None,
            pageins: None,
        }
    }
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
    fn pages_become_bytes() {
        let statm = Statm::parse(include_bytes!(
            "../../../../../testdata/linux/process-3.10/proc/1234/statm"
        ))
        .unwrap();
        let info = statm.memory_info(4096);
        assert_eq!(
            (info.vms, info.rss, info.shared),
            (29_032 * 4096, 786 * 4096, Some(370 * 4096))
        );
        assert_eq!((info.text, info.lib), (Some(218 * 4096), Some(0)));
        assert_eq!(
            (info.data, info.dirty, info.stack),
            (Some(462 * 4096), Some(0), None)
        );
    }

    #[test]
    fn fewer_than_seven_numbers_are_refused() {
        for bytes in [&b""[..], b"1 2 3 4 5 6\n", b"1 2 3 4 5 6 7", b"1 2 3 4 5 6 x\n"] {
            assert!(Statm::parse(bytes).is_err());
        }
        assert_eq!(
            Statm::parse(b"18446744073709551615 0 0 0 0 0 0\n")
                .unwrap()
                .memory_info(4096)
                .vms,
            u64::MAX
        );
    }
}
