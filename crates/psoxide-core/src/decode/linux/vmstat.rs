//! `/proc/vmstat`: of its two hundred counters, the two of swapping.

use crate::decode::bytes::{decimal, split_once};

/// The kernel counts what it swaps in units of 4 KiB, whatever the page size.
const UNIT: u64 = 4096;

/// Bytes swapped in and out since boot; `None` where there is no such line.
pub fn swapped(bytes: &[u8]) -> (Option<u64>, Option<u64>) {
    let (mut swapped_in, mut swapped_out) = (None, None);
    let mut rest = bytes;
    // A line without an end may have lost digits.
    while let Some((line, next)) = split_once(rest, b'\n') {
        rest = next;
        let Some(counter) = line.strip_prefix(b"pswp") else {
            continue;
        };
        if let Some(pages) = counter.strip_prefix(b"in ") {
            swapped_in = decimal(pages).map(|pages| pages.saturating_mul(UNIT));
        } else if let Some(pages) = counter.strip_prefix(b"out ") {
            swapped_out = decimal(pages).map(|pages| pages.saturating_mul(UNIT));
            break;
        }
    }
    (swapped_in, swapped_out)
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

    const CURRENT: &[u8] = include_bytes!("../../../../../testdata/linux/system-6.18/proc/vmstat");
    const LINUX_3_10: &[u8] = include_bytes!("../../../../../testdata/linux/system-3.10/proc/vmstat");
    const LINUX_2_6: &[u8] = include_bytes!("../../../../../testdata/linux/system-2.6.9/proc/vmstat");

    #[test]
    fn pages_of_four_kibibytes() {
        assert_eq!(swapped(CURRENT), (Some(0), Some(0)));
        assert_eq!(swapped(LINUX_3_10), (Some(1034 * 4096), Some(15_123 * 4096)));
        assert_eq!(swapped(LINUX_2_6), (Some(3 * 4096), Some(36 * 4096)));
    }

    #[test]
    fn absent_is_not_zero() {
        assert_eq!(swapped(b""), (None, None));
        assert_eq!(swapped(b"pgpgin 3\n"), (None, None));
        assert_eq!(swapped(b"pswpin 3\npswpout 4"), (Some(3 * 4096), None));
        assert_eq!(swapped(b"pswpin x\npswpout 1\n"), (None, Some(4096)));
    }
}
