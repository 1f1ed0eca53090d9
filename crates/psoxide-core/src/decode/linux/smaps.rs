//! `/proc/<pid>/smaps`: for each mapping the line of `maps`, then a line a figure. `smaps_rollup` has the same lines
//! once for all mappings together.
//!
//! Layout: proc_pid_smaps(5) and proc_pid_maps(5). A newline in a path is written as `\\012`, so no line can be forged.

use crate::decode::bytes::{finished, hexadecimal, kibibytes, lines, split_once};
use crate::error::DecodeError;
use crate::model::process::{AddressRange, MemoryFootprint, MemoryMap};
use crate::text::Text;

/// The first line of a mapping: `start-end perms offset dev inode   path`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header<'a> {
    /// Where it lies.
    pub range: AddressRange,
    /// Permissions, as `r-xp`.
    pub permissions: &'a [u8],
    /// What is mapped, as the kernel writes it; empty for anonymous memory.
    pub path: &'a [u8],
}

/// Decodes the first line of a mapping. A path may hold blanks, and end in them.
pub fn header(line: &[u8]) -> Option<Header<'_>> {
    let (range, rest) = split_once(line, b' ')?;
    let (start, end) = split_once(range, b'-')?;
    let range = AddressRange {
        start: hexadecimal(start)?,
        end: hexadecimal(end)?,
    };
    let (permissions, rest) = split_once(rest, b' ')?;
    let (_offset, rest) = split_once(rest, b' ')?;
    let (_device, rest) = split_once(rest, b' ')?;
    // The inode is followed by blanks up to the path's column, or by nothing.
    let path = split_once(rest, b' ').map_or(&b""[..], |(_inode, path)| path.trim_ascii_start());
    Some(Header {
        range,
        permissions,
        path,
    })
}

/// Every mapping, in the order of addresses. Memory without a file or name is `[anon]`; ` (deleted)` is left on paths,
/// since only a look at the file system can tell whether it is part of the name.
pub fn memory_maps(bytes: &[u8]) -> Result<Vec<MemoryMap>, DecodeError> {
    let mut smaps = Smaps::default();
    smaps.take(bytes)?;
    smaps.finish()
}

/// Decodes `smaps` a part at a time: of a process with many mappings the file is much larger than the answer.
#[derive(Debug, Default)]
pub struct Smaps {
    maps: Vec<MemoryMap>,
    /// Whether the newest mapping lacks its resident size, which no kernel leaves out.
    open: bool,
    /// Bytes of former parts.
    taken: usize,
}

impl Smaps {
    /// Takes the next part of the file, which ends with a line.
    pub fn take(&mut self, part: &[u8]) -> Result<(), DecodeError> {
        for line in lines(finished("smaps", part)?) {
            self.line(line)
                .map_err(|what| DecodeError::new("smaps", self.taken + place(part, line), what))?;
        }
        self.taken += part.len();
        Ok(())
    }

    /// Every mapping, at the end of the file.
    pub fn finish(self) -> Result<Vec<MemoryMap>, DecodeError> {
        if self.open {
            return Err(DecodeError::new("smaps", self.taken, "a line Rss"));
        }
        Ok(self.maps)
    }

    fn line(&mut self, line: &[u8]) -> Result<(), &'static str> {
        if is_header(line) {
            if self.open {
                return Err("a line Rss before the next mapping");
            }
            let header = header(line).ok_or("the first line of a mapping")?;
            self.maps.push(mapping(&header));
            self.open = true;
            return Ok(());
        }
        let map = self.maps.last_mut().ok_or("the first line of a mapping")?;
        if !matches!(line.first(), Some(b'A' | b'P' | b'R' | b'S')) {
            // Half of the lines are none of ours.
            return Ok(());
        }
        let (key, value) = split_once(line, b':').ok_or("a key and a size")?;
        let size = || kibibytes(value).ok_or("a size in kB");
        match key {
            b"Rss" => {
                map.rss = size()?;
                self.open = false;
            }
            b"Size" => map.size = Some(size()?),
            b"Pss" => map.pss = Some(size()?),
            b"Shared_Clean" => map.shared_clean = Some(size()?),
            b"Shared_Dirty" => map.shared_dirty = Some(size()?),
            b"Private_Clean" => map.private_clean = Some(size()?),
            b"Private_Dirty" => map.private_dirty = Some(size()?),
            b"Referenced" => map.referenced = Some(size()?),
            b"Anonymous" => map.anonymous = Some(size()?),
            b"Swap" => map.swap = Some(size()?),
            _ => {}
        }
        Ok(())
    }
}

/// The sums over all mappings, of `smaps` or of `smaps_rollup`. An empty file is that of a process without memory:
/// all is 0. `Pss` came with Linux 2.6.25, `Swap` with 2.6.26; no kernel leaves out what is private.
pub fn footprint(bytes: &[u8]) -> Result<MemoryFootprint, DecodeError> {
    let mut uss = bytes.is_empty().then_some(0);
    let mut pss = bytes.is_empty().then_some(0);
    let mut swap = bytes.is_empty().then_some(0);
    for line in lines(finished("smaps", bytes)?) {
        let sum = match line.first() {
            Some(b'P') if line.starts_with(b"Private_") => uss.get_or_insert(0),
            Some(b'P') if line.starts_with(b"Pss:") => pss.get_or_insert(0),
            Some(b'S') if line.starts_with(b"Swap:") => swap.get_or_insert(0),
            _ => continue,
        };
        let size = split_once(line, b':').and_then(|(_, value)| kibibytes(value));
        let size = size.ok_or(DecodeError::new("smaps", place(bytes, line), "a size in kB"))?;
        *sum = u64::saturating_add(*sum, size);
    }
    let uss = uss.ok_or(DecodeError::new("smaps", bytes.len(), "a line of private memory"))?;
    Ok(MemoryFootprint { uss, pss, swap })
}

/// The keys of the figures begin with a capital letter, addresses with a small hexadecimal digit.
fn is_header(line: &[u8]) -> bool {
    matches!(line.first(), Some(b'0'..=b'9' | b'a'..=b'f'))
}

fn mapping(header: &Header<'_>) -> MemoryMap {
    let path = if header.path.is_empty() {
        b"[anon]"
    } else {
        header.path
    };
    MemoryMap {
        addr: Some(header.range),
        perms: Some(Text::from(header.permissions)),
        path: Text::from(path),
        rss: 0,
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

/// Where a line begins.
fn place(bytes: &[u8], line: &[u8]) -> usize {
    (line.as_ptr() as usize).saturating_sub(bytes.as_ptr() as usize)
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

    const CURRENT: &[u8] = include_bytes!("../../../../../testdata/linux/process-6.18/proc/4242/smaps");
    const ROLLUP: &[u8] = include_bytes!("../../../../../testdata/linux/process-6.18/proc/4242/smaps_rollup");

    #[test]
    fn the_sums_are_those_of_the_rollup() {
        let maps = memory_maps(CURRENT).unwrap();
        let sum = |figure: fn(&MemoryMap) -> Option<u64>| maps.iter().filter_map(figure).sum::<u64>();
        let rollup = footprint(ROLLUP).unwrap();
        assert_eq!(
            rollup.uss,
            sum(|map| map.private_clean) + sum(|map| map.private_dirty)
        );
        assert_eq!(rollup.swap, Some(sum(|map| map.swap)));
        // The kernel rounds each mapping's share down to a kB.
        let pss = rollup.pss.unwrap();
        assert!(sum(|map| map.pss) <= pss && pss <= sum(|map| map.pss) + ((maps.len() as u64) << 10));
        assert_eq!(footprint(CURRENT).unwrap().uss, rollup.uss);
        assert_eq!(footprint(CURRENT).unwrap().pss, Some(sum(|map| map.pss)));
        let paths: Vec<_> = maps
            .iter()
            .map(|map| map.path.to_string_lossy().into_owned())
            .collect();
        assert!(paths.iter().any(|path| path == "[heap]"));
        assert!(paths.iter().any(|path| path == "[anon]"));
        assert!(paths.iter().any(|path| path == "/usr/bin/cat"));
        for map in &maps {
            let range = map.addr.unwrap();
            assert_eq!(map.size, Some(range.end - range.start));
            assert!(map.rss <= map.size.unwrap());
        }
    }

    #[test]
    fn parts_add_up_to_the_whole() {
        let ends = CURRENT
            .iter()
            .enumerate()
            .filter(|(_, byte)| **byte == b'\n')
            .map(|(place, _)| place + 1);
        for end in ends {
            let mut smaps = Smaps::default();
            smaps.take(&CURRENT[..end]).unwrap();
            smaps.take(&CURRENT[end..]).unwrap();
            assert_eq!(smaps.finish().unwrap(), memory_maps(CURRENT).unwrap());
        }
    }

    #[test]
    fn older_kernels_have_fewer_lines() {
        let bytes = include_bytes!("../../../../../testdata/linux/process-2.6/proc/777/smaps");
        let maps = memory_maps(bytes).unwrap();
        assert_eq!(maps.len(), 3);
        assert_eq!((maps[0].pss, maps[0].swap, maps[0].anonymous), (None, None, None));
        assert_eq!(maps[0].rss, 24 << 10);
        assert_eq!(
            footprint(bytes).unwrap(),
            MemoryFootprint {
                uss: 40 << 10,
                pss: None,
                swap: None
            }
        );
    }

    #[test]
    fn paths_are_kept_as_they_are() {
        let bytes = include_bytes!("../../../../../testdata/linux/process-quirks/proc/31/smaps");
        let maps = memory_maps(bytes).unwrap();
        let paths: Vec<&[u8]> = maps.iter().map(|map| map.path.as_bytes()).collect();
        assert_eq!(
            paths,
            [
                &b"/opt/with two  blanks/lib x.so"[..],
                b"/tmp/gone (deleted)",
                b"/tmp/new\\012line",
                b"/tmp/\xff\xfe",
                b"[anon]",
                b"[anon:a name]",
                b"/dev/zero (deleted)",
                b"/tmp/ends in a blank ",
                b"[vsyscall]",
            ]
        );
        assert_eq!(
            maps[8].addr.unwrap().to_string(),
            "ffffffffff600000-ffffffffff601000"
        );
        assert_eq!(maps[8].perms.as_ref().unwrap(), "--xp");
    }

    #[test]
    fn a_process_without_memory_has_none() {
        assert_eq!(memory_maps(b"").unwrap(), []);
        assert_eq!(
            footprint(b"").unwrap(),
            MemoryFootprint {
                uss: 0,
                pss: Some(0),
                swap: Some(0)
            }
        );
    }

    #[test]
    fn what_is_cut_is_refused() {
        assert!(memory_maps(&CURRENT[..CURRENT.len() - 1]).is_err());
        assert!(memory_maps(b"1000-2000 r--p 00000000 00:00 0 \nSize: 4 kB\n").is_err());
        assert!(memory_maps(b"Rss: 4 kB\n").is_err());
        assert!(memory_maps(b"1000-2000 r--p 00000000 00:00 0 \nRss: x kB\n").is_err());
        assert!(memory_maps(b"1000 r--p 00000000 00:00 0 \nRss: 4 kB\n").is_err());
        assert!(footprint(b"Pss: 4").is_err());
        assert!(footprint(b"Pss: 4 kB\n").is_err());
        assert!(footprint(b"garbage\n").is_err());
        assert!(footprint(b"Pss: \n").is_err());
    }
}
