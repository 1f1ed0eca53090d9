//! Lists of CPU numbers as the kernel writes them: `0-3,8` (`online`, `core_cpus_list`, `Cpus_allowed_list`) and
//! `0 1 2` (`affected_cpus` of cpufreq).

use core::ops::RangeInclusive;

use crate::decode::bytes::{decimal, split_once, words};
use crate::error::DecodeError;

/// A set of CPUs, kept as the ranges of the text, so that `0-4294967295` costs no more than `0`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CpuList(Vec<RangeInclusive<u32>>);

impl CpuList {
    /// From `0-3,8`; an empty line is an empty set.
    pub fn parse(bytes: &[u8]) -> Result<CpuList, DecodeError> {
        let text = bytes.trim_ascii();
        if text.is_empty() {
            return Ok(CpuList::default());
        }
        text.split(|byte| *byte == b',')
            .map(|part| {
                let (first, last) = split_once(part, b'-').unwrap_or((part, part));
                number(first)
                    .zip(number(last))
                    .filter(|(first, last)| first <= last)
                    .map(|(first, last)| first..=last)
            })
            .collect::<Option<_>>()
            .map(CpuList)
            .ok_or(DecodeError::new("cpu list", 0, "numbers and ranges"))
    }

    /// From `0 1 2`.
    pub fn parse_words(bytes: &[u8]) -> Result<CpuList, DecodeError> {
        words(bytes)
            .map(|word| number(word).map(|number| number..=number))
            .collect::<Option<_>>()
            .map(CpuList)
            .ok_or(DecodeError::new("cpu list", 0, "numbers"))
    }

    /// How many CPUs there are in the set; saturates.
    pub fn count(&self) -> u32 {
        self.0.iter().fold(0, |count: u32, range| {
            count.saturating_add((range.end() - range.start()).saturating_add(1))
        })
    }

    /// Whether a CPU is in the set.
    pub fn contains(&self, cpu: u32) -> bool {
        self.0.iter().any(|range| range.contains(&cpu))
    }

    /// The numbers, in the order of the text. There may be four billion: take what you need.
    pub fn iter(&self) -> impl Iterator<Item = u32> {
        self.0.iter().cloned().flatten()
    }
}

fn number(word: &[u8]) -> Option<u32> {
    u32::try_from(decimal(word)?).ok()
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

    const ONLINE: &[u8] =
        include_bytes!("../../../../../testdata/linux/system-6.18/sys/devices/system/cpu/online");
    const OFFLINE: &[u8] =
        include_bytes!("../../../../../testdata/linux/system-6.18/sys/devices/system/cpu/offline");

    #[test]
    fn captured() {
        assert_eq!(CpuList::parse(ONLINE).unwrap().count(), 2);
        assert_eq!(CpuList::parse(OFFLINE).unwrap().count(), 0);
    }

    #[test]
    fn ranges_and_single_numbers() {
        let list = CpuList::parse(b"0-3,8\n").unwrap();
        assert_eq!(list.count(), 5);
        assert_eq!(list.iter().collect::<Vec<_>>(), [0, 1, 2, 3, 8]);
        assert!(list.contains(8) && !list.contains(4));
        assert_eq!(CpuList::parse(b"\n").unwrap().count(), 0);
        assert_eq!(CpuList::parse(b"7").unwrap().count(), 1);
    }

    #[test]
    fn words_of_cpufreq() {
        let list = CpuList::parse_words(b"4 5 6 7\n").unwrap();
        assert_eq!(list.iter().collect::<Vec<_>>(), [4, 5, 6, 7]);
        assert_eq!(CpuList::parse_words(b"\n").unwrap().count(), 0);
        assert!(CpuList::parse_words(b"0-3\n").is_err());
    }

    #[test]
    fn garbage_is_an_error_and_a_huge_range_costs_nothing() {
        for text in [&b"a"[..], b"0-", b"-3", b"3-1", b"0,,1", b"0-1-2", b"4294967296"] {
            assert!(CpuList::parse(text).is_err(), "{}", text.escape_ascii());
        }
        let list = CpuList::parse(b"0-4294967295").unwrap();
        assert_eq!(list.count(), u32::MAX);
        assert_eq!(list.iter().take(2).count(), 2);
    }
}
