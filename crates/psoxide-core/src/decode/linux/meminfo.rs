//! `/proc/meminfo`: physical memory and swap. What was swapped in and out is in [`super::vmstat`].

use crate::decode::bytes::{kibibytes, split_once};
use crate::error::DecodeError;
use crate::model::memory::{SwapMemory, VirtualMemory};
use crate::model::usage_percent;

const STRUCTURE: &str = "/proc/meminfo";

/// The lines that are of use, in bytes; `None` where the kernel writes none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[allow(missing_docs)] // the fields bear the names of the lines
pub struct Meminfo {
    pub mem_total: Option<u64>,
    pub mem_free: Option<u64>,
    pub mem_available: Option<u64>,
    pub buffers: Option<u64>,
    pub cached: Option<u64>,
    pub active: Option<u64>,
    pub inactive: Option<u64>,
    pub active_file: Option<u64>,
    pub inactive_file: Option<u64>,
    pub inact_dirty: Option<u64>,
    pub inact_clean: Option<u64>,
    pub inact_laundry: Option<u64>,
    pub swap_total: Option<u64>,
    pub swap_free: Option<u64>,
    pub shmem: Option<u64>,
    pub mem_shared: Option<u64>,
    pub slab: Option<u64>,
    pub s_reclaimable: Option<u64>,
}

impl Meminfo {
    /// The lines of the file, in any order. Behind a colon there may be no blank (`ShadowCallStack:10373888 kB`), and
    /// the table in bytes that heads the file of Linux 2.4 is passed over.
    pub fn parse(bytes: &[u8]) -> Result<Meminfo, DecodeError> {
        let mut info = Meminfo::default();
        let mut rest = bytes;
        while !rest.is_empty() {
            // A line that the file ends in may have lost digits, and those behind it are missing.
            let Some((line, after)) = split_once(rest, b'\n') else {
                return Err(DecodeError::new(STRUCTURE, bytes.len(), "end of line"));
            };
            rest = after;
            let Some((key, value)) = split_once(line, b':') else {
                continue;
            };
            let field = match key {
                b"MemTotal" => &mut info.mem_total,
                b"MemFree" => &mut info.mem_free,
                b"MemAvailable" => &mut info.mem_available,
                b"Buffers" => &mut info.buffers,
                b"Cached" => &mut info.cached,
                b"Active" => &mut info.active,
                b"Inactive" => &mut info.inactive,
                b"Active(file)" => &mut info.active_file,
                b"Inactive(file)" => &mut info.inactive_file,
                b"Inact_dirty" => &mut info.inact_dirty,
                b"Inact_clean" => &mut info.inact_clean,
                b"Inact_laundry" => &mut info.inact_laundry,
                b"SwapTotal" => &mut info.swap_total,
                b"SwapFree" => &mut info.swap_free,
                b"Shmem" => &mut info.shmem,
                b"MemShared" => &mut info.mem_shared,
                b"Slab" => &mut info.slab,
                b"SReclaimable" => &mut info.s_reclaimable,
                _ => continue,
            };
            *field = kibibytes(value);
        }
        Ok(info)
    }

    /// Physical memory. `low_watermark` gives the sum of the zones' low watermarks in bytes, where that can be read;
    /// it is asked only if the kernel does not say itself what is available (before 3.14).
    pub fn virtual_memory(
        &self,
        low_watermark: impl FnOnce() -> Option<u64>,
    ) -> Result<VirtualMemory, DecodeError> {
        let missing = |line| DecodeError::new(STRUCTURE, 0, line);
        let total = self.mem_total.ok_or(missing("line MemTotal"))?;
        let free = self.mem_free.ok_or(missing("line MemFree"))?;
        let available = match self.mem_available {
            Some(available) if available > 0 => available,
            _ => self.estimated_available(free, low_watermark),
        };
        // In LXC containers the numbers are a mixture of the host's and the container's.
        let available = if available > total { free } else { available };
        let used = total.saturating_sub(available);
        Ok(VirtualMemory {
            total,
            available,
            percent: usage_percent(used, total),
            used,
            free,
            active: self.active,
            inactive: self.inactive.or_else(|| self.split_inactive()),
            buffers: self.buffers,
            cached: self
                .cached
                .map(|cached| cached.saturating_add(self.s_reclaimable.unwrap_or(0))),
            shared: self.shmem.or(self.mem_shared),
            slab: self.slab,
            wired: None,
        })
    }

    /// Swap space in all and swap space free, in bytes.
    pub fn swap(&self) -> Option<(u64, u64)> {
        self.swap_total.zip(self.swap_free)
    }

    /// Swap space, with the pages that [`super::vmstat`] tells.
    pub fn swap_memory(&self, sin: Option<u64>, sout: Option<u64>) -> Result<SwapMemory, DecodeError> {
        let (total, free) =
            self.swap()
                .ok_or(DecodeError::new(STRUCTURE, 0, "lines SwapTotal and SwapFree"))?;
        Ok(SwapMemory::new(total, free, sin, sout))
    }

    /// What the kernel itself computes since 3.14 (commit 34e431b0ae39): free memory above the low watermarks, and
    /// of the page cache and the reclaimable slab what is not needed to keep the system going: all but half, or all
    /// but the watermarks if that is less.
    fn estimated_available(&self, free: u64, low_watermark: impl FnOnce() -> Option<u64>) -> u64 {
        let (Some(active), Some(inactive), Some(reclaimable)) =
            (self.active_file, self.inactive_file, self.s_reclaimable)
        else {
            return free.saturating_add(self.cached.unwrap_or(0));
        };
        let Some(low) = low_watermark() else {
            return free.saturating_add(self.cached.unwrap_or(0));
        };
        let beyond_need = |pages: u64| pages - (pages / 2).min(low);
        free.saturating_add(beyond_need(active.saturating_add(inactive)))
            .saturating_add(beyond_need(reclaimable))
            .saturating_sub(low)
    }

    /// Linux 2.4 with rmap keeps inactive pages on three lists.
    fn split_inactive(&self) -> Option<u64> {
        Some(
            self.inact_dirty?
                .saturating_add(self.inact_clean?)
                .saturating_add(self.inact_laundry?),
        )
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
    use crate::decode::linux::zoneinfo;

    const CURRENT: &[u8] = include_bytes!("../../../../../testdata/linux/system-6.18/proc/meminfo");
    const LINUX_3_10: &[u8] = include_bytes!("../../../../../testdata/linux/system-3.10/proc/meminfo");
    const ZONES_3_10: &[u8] = include_bytes!("../../../../../testdata/linux/system-3.10/proc/zoneinfo");
    const LINUX_2_6: &[u8] = include_bytes!("../../../../../testdata/linux/system-2.6.9/proc/meminfo");
    const LINUX_2_4: &[u8] = include_bytes!("../../../../../testdata/linux/system-2.4/proc/meminfo");
    const SHADOW: &[u8] = include_bytes!("../../../../../testdata/linux/meminfo/shadow-call-stack");
    const LXCFS: &[u8] = include_bytes!("../../../../../testdata/linux/meminfo/lxcfs");
    const KIB: u64 = 1024;

    fn memory(bytes: &[u8]) -> VirtualMemory {
        let info = Meminfo::parse(bytes).unwrap();
        info.virtual_memory(|| panic!("the low watermarks were not needed"))
            .unwrap()
    }

    #[test]
    fn a_current_kernel_says_what_is_available() {
        let memory = memory(CURRENT);
        assert_eq!(memory.total, 24_684_092 * KIB);
        assert_eq!(memory.available, 24_187_668 * KIB);
        assert_eq!(memory.used, (24_684_092 - 24_187_668) * KIB);
        assert_eq!(memory.percent, 2.0);
        assert_eq!(memory.buffers, Some(12_124 * KIB));
        let info = Meminfo::parse(CURRENT).unwrap();
        let cached = info.cached.unwrap() + info.s_reclaimable.unwrap();
        assert!(info.s_reclaimable > Some(0));
        assert_eq!(memory.cached, Some(cached));
        assert_eq!(info.swap(), Some((0, 0)));
        assert_eq!(info.swap_memory(None, None).unwrap().percent, 0.0);
    }

    #[test]
    fn before_3_14_it_is_estimated() {
        let info = Meminfo::parse(LINUX_3_10).unwrap();
        let pages = zoneinfo::low_watermark(ZONES_3_10).unwrap();
        assert_eq!(pages, 83 + 16_003 + 5_032);
        let memory = info.virtual_memory(|| Some(pages * 4096)).unwrap();
        // low watermarks: 21118 pages are 84472 kB; half of the slab, 72546 kB, is less
        let expected = 1_480_628 - 84_472 + (229_368 + 953_088 - 84_472) + (145_092 - 72_546);
        assert_eq!(memory.available, expected * KIB);
        assert_eq!(memory.shared, Some(10_136 * KIB));
        assert_eq!(memory.slab, Some(186_996 * KIB));
        let swap = info.swap_memory(Some(1), Some(2)).unwrap();
        assert_eq!(swap.used, (2_097_148 - 2_037_220) * KIB);
        assert_eq!((swap.percent, swap.sin, swap.sout), (2.9, Some(1), Some(2)));
    }

    #[test]
    fn without_zoneinfo_the_cache_counts_as_available() {
        let info = Meminfo::parse(LINUX_3_10).unwrap();
        let memory = info.virtual_memory(|| None).unwrap();
        assert_eq!(memory.available, (1_480_628 + 1_190_484) * KIB);
    }

    #[test]
    fn an_estimate_below_the_watermarks_is_nothing() {
        let info = Meminfo::parse(
            b"MemTotal: 100 kB\nMemFree: 1 kB\nMemAvailable: 0 kB\nActive(file): 0 kB\nInactive(file): 0 kB\n\
              SReclaimable: 0 kB\n",
        )
        .unwrap();
        assert_eq!(info.virtual_memory(|| Some(4096)).unwrap().available, 0);
        assert_eq!(info.virtual_memory(|| Some(u64::MAX)).unwrap().available, 0);
    }

    #[test]
    fn linux_2_6_knows_neither_shmem_nor_reclaimable_slab() {
        let memory = memory(LINUX_2_6);
        assert_eq!(memory.available, (24_432 + 703_500) * KIB);
        assert_eq!(memory.cached, Some(703_500 * KIB));
        assert_eq!(memory.inactive, Some(441_012 * KIB));
        assert_eq!(memory.shared, None);
    }

    #[test]
    fn linux_2_4_splits_the_inactive_pages() {
        let memory = memory(LINUX_2_4);
        assert_eq!(memory.total, 1_031_016 * KIB);
        assert_eq!(memory.inactive, Some((135_516 + 50_740 + 24_120) * KIB));
        assert_eq!(memory.shared, Some(512 * KIB));
        assert_eq!(memory.slab, None);
    }

    #[test]
    fn a_line_without_a_blank_behind_the_colon() {
        assert_eq!(memory(SHADOW).available, 4_980_872 * KIB);
        let joined = Meminfo::parse(b"MemTotal:10373888 kB\nMemFree:\t5\n").unwrap();
        assert_eq!(
            (joined.mem_total, joined.mem_free),
            (Some(10_373_888 * KIB), Some(5 * KIB))
        );
    }

    #[test]
    fn in_a_container_no_more_is_available_than_there_is() {
        let memory = memory(LXCFS);
        assert_eq!(memory.available, memory.free);
        assert_eq!(memory.used, (1_048_576 - 812_340) * KIB);
    }

    #[test]
    fn what_is_cut_off_is_an_error() {
        assert!(Meminfo::parse(b"MemTotal:  12").is_err());
        let none = |bytes| Meminfo::parse(bytes).unwrap().virtual_memory(|| None);
        assert_eq!(none(b"").unwrap_err().expected(), "line MemTotal");
        assert_eq!(none(b"MemTotal: 1 kB\n").unwrap_err().expected(), "line MemFree");
        assert!(none(b"MemTotal: x kB\nMemFree: 1 kB\n").is_err());
        assert!(Meminfo::default().swap_memory(None, None).is_err());
        for end in 0..CURRENT.len() {
            let _ = Meminfo::parse(&CURRENT[..end]);
        }
    }
}
