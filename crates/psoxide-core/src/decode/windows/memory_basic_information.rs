//! `MEMORY_BASIC_INFORMATION`: a region of an address space, whose pages are all alike.

use crate::decode::bytes::Layout;
use crate::error::DecodeError;
use crate::model::process::{AddressRange, MemoryMap};
use crate::text::Text;

/// Size of the structure.
pub const SIZE: usize = 48;

/// `MEM_MAPPED` and `MEM_IMAGE`: what may have a file behind it.
const MAPPED: u32 = 0x4_0000;
const IMAGE: u32 = 0x100_0000;

/// A region.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Region {
    /// Its first byte.
    pub start: u64,
    size: u64,
    /// Where what was allocated together with it begins: the same file lies behind all of that.
    pub allocation: u64,
    protection: u32,
    kind: u32,
}

impl Region {
    /// The region that the structure tells.
    pub fn parse(bytes: &[u8]) -> Result<Region, DecodeError> {
        let region = Layout::new("MEMORY_BASIC_INFORMATION", bytes, SIZE)?;
        Ok(Region {
            start: region.u64(0)?,
            allocation: region.u64(8)?,
            size: region.u64(24)?,
            protection: region.u32(36)?,
            kind: region.u32(40)?,
        })
    }

    /// Whether a file may lie behind it.
    pub fn may_have_file(&self) -> bool {
        matches!(self.kind, MAPPED | IMAGE)
    }

    /// The byte after its last, which is always behind its first; `None` at the end of all addresses.
    pub fn end(&self) -> Option<u64> {
        self.start.checked_add(self.size).filter(|_| self.size > 0)
    }

    /// The region with the file behind it. What is told as resident is its size, as psutil does.
    pub fn mapping(&self, path: Text) -> MemoryMap {
        MemoryMap {
            addr: Some(AddressRange {
                start: self.start,
                end: self.start.saturating_add(self.size),
            }),
            perms: Some(Text::from(self.permissions())),
            path,
            rss: self.size,
            size: None,
            pss: None,
            shared_clean: None,
            shared_dirty: None,
            private_clean: None,
            private_dirty: None,
            referenced: None,
            anonymous: None,
            swap: None,
            private: None,
            ref_count: None,
            shadow_count: None,
            locked: None,
        }
    }

    /// What may be done with its pages, in psutil's letters: `r`ead, `w`rite, e`x`ecute, and `c` where a page is copied
    /// when it is written.
    fn permissions(&self) -> &'static str {
        match self.protection & 0xff {
            0x01 => "",
            0x02 => "r",
            0x04 => "rw",
            0x08 => "wc",
            0x10 => "x",
            0x20 => "xr",
            0x40 => "xrw",
            0x80 => "xwc",
            _ => "?",
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing, clippy::unwrap_used)]

    use super::*;

    const REGIONS: &[u8] =
        include_bytes!("../../../../../testdata/windows/windows-10/memory_basic_information.bin");

    #[cfg(target_endian = "little")]
    #[test]
    fn regions_have_their_pages() {
        let regions: Vec<Region> = REGIONS
            .chunks(SIZE)
            .map(|bytes| Region::parse(bytes).unwrap())
            .collect();
        let told: Vec<_> = regions
            .iter()
            .map(|region| {
                let end = region.end().unwrap();
                (region.start, end, region.may_have_file(), region.permissions())
            })
            .collect();
        assert_eq!(
            told,
            [
                (0x7ff6_0000_0000, 0x7ff6_0000_1000, true, "r"),
                (0x7ff6_0000_1000, 0x7ff6_0000_6000, true, "xr"),
                (0x1a2_0000_0000, 0x1a2_0000_2000, false, "rw"),
                (0x1a3_0000_0000, 0x1a3_0001_0000, true, "?"),
            ]
        );
        assert_eq!(
            (regions[1].allocation, regions[3].allocation),
            (0x7ff6_0000_0000, 0x1a3_0000_0000)
        );
        let map = regions[1].mapping(Text::from(r"C:\x.dll"));
        assert_eq!(map.addr.unwrap().to_string(), "7ff600001000-7ff600006000");
        assert_eq!(
            (map.rss, map.path.to_str(), map.size),
            (0x5000, Some(r"C:\x.dll"), None)
        );
    }

    #[test]
    fn a_walk_always_gets_on() {
        assert_eq!(Region::parse(&[0; SIZE]).unwrap().end(), None);
        assert_eq!(Region::parse(&[0xff; SIZE]).unwrap().end(), None);
    }

    #[test]
    fn less_than_the_structure_is_refused() {
        assert!(Region::parse(&REGIONS[..SIZE - 1]).is_err());
    }
}
