//! `/proc/zoneinfo`: of each memory zone, the low watermark. Kernels before 3.14 need it to tell what is available.

use crate::decode::bytes::{decimal, lines, words};

/// The sum of the zones' low watermarks, in pages; `None` if there is none.
pub fn low_watermark(bytes: &[u8]) -> Option<u64> {
    let mut sum: Option<u64> = None;
    for line in lines(bytes) {
        let mut words = words(line);
        if words.next() == Some(b"low") {
            let pages = words.next().and_then(decimal)?;
            sum = Some(sum.unwrap_or(0).saturating_add(pages));
        }
    }
    sum
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

    const CURRENT: &[u8] = include_bytes!("../../../../../testdata/linux/system-6.18/proc/zoneinfo");

    #[test]
    fn all_zones_count() {
        assert_eq!(low_watermark(CURRENT), Some(45 + 9106 + 11_967 + 32));
        assert_eq!(
            low_watermark(b"low 18446744073709551615\nlow 1\n"),
            Some(u64::MAX)
        );
    }

    #[test]
    fn no_zone_no_watermark() {
        assert_eq!(low_watermark(b""), None);
        assert_eq!(low_watermark(b"  lowmem_reserve 3\n"), None);
        assert_eq!(low_watermark(b"        low      x\n"), None);
    }
}
