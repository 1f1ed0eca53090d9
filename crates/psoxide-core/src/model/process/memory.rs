//! Records about the memory of one process.

use core::fmt;

use crate::record;
use crate::schema::{Field, Platforms, Shape, Told, Type, Typed, Value};
use crate::text::Text;

const ALL: Platforms = Platforms::ALL;
const LINUX: Platforms = Platforms::LINUX;
const WINDOWS: Platforms = Platforms::WINDOWS;
const MACOS: Platforms = Platforms::MACOS;
const FREEBSD: Platforms = Platforms::FREEBSD;
const ILLUMOS: Platforms = Platforms::ILLUMOS;
const BSD: Platforms = Platforms::BSD;
const FOOTPRINT: Platforms = LINUX.or(MACOS).or(WINDOWS);

record! {
    /// Memory use of a process.
    pub struct MemoryInfo as "pmem" {
        /// Resident set size: physical memory that the process holds, shared memory included.
        pub rss: u64 = Bytes, Gauge, ALL;
        /// Size of the address space; on Windows the committed memory.
        pub vms: u64 = Bytes, Gauge, ALL;
        /// Resident memory that other processes may share: files and shared memory.
        pub shared: Option<u64> = Bytes, Gauge, LINUX;
        /// Executable code.
        pub text: Option<u64> = Bytes, Gauge, LINUX.or(BSD);
        /// Library code; always 0 since Linux 2.6.
        pub lib: Option<u64> = Bytes, Gauge, LINUX;
        /// Data, and on Linux stack.
        pub data: Option<u64> = Bytes, Gauge, LINUX.or(BSD);
        /// Stack.
        pub stack: Option<u64> = Bytes, Gauge, BSD;
        /// Dirty pages; always 0 since Linux 2.6.
        pub dirty: Option<u64> = Bytes, Gauge, LINUX;
        /// Page faults.
        pub num_page_faults: Option<u64> = Count, Counter, WINDOWS;
        /// Largest working set.
        pub peak_wset: Option<u64> = Bytes, Gauge, WINDOWS;
        /// Working set; the same as `rss`.
        pub wset: Option<u64> = Bytes, Gauge, WINDOWS;
        /// Largest use of the paged pool.
        pub peak_paged_pool: Option<u64> = Bytes, Gauge, WINDOWS;
        /// Use of the paged pool.
        pub paged_pool: Option<u64> = Bytes, Gauge, WINDOWS;
        /// Largest use of the non-paged pool.
        pub peak_nonpaged_pool: Option<u64> = Bytes, Gauge, WINDOWS;
        /// Use of the non-paged pool.
        pub nonpaged_pool: Option<u64> = Bytes, Gauge, WINDOWS;
        /// Committed memory; the same as `vms`.
        pub pagefile: Option<u64> = Bytes, Gauge, WINDOWS;
        /// Largest committed memory.
        pub peak_pagefile: Option<u64> = Bytes, Gauge, WINDOWS;
        /// Committed memory that is not shared.
        pub private: Option<u64> = Bytes, Gauge, WINDOWS;
        /// Page faults.
        pub pfaults: Option<u64> = Count, Counter, MACOS;
        /// Pages read in from disk.
        pub pageins: Option<u64> = Count, Counter, MACOS;
    }
}

record! {
    /// Memory use of a process, with peaks and parts.
    pub struct MemoryInfoEx as "pmem_ex" {
        /// Resident set size.
        pub rss: u64 = Bytes, Gauge, ALL;
        /// Size of the address space.
        pub vms: u64 = Bytes, Gauge, ALL;
        /// Resident memory that other processes may share.
        pub shared: Option<u64> = Bytes, Gauge, LINUX;
        /// Executable code.
        pub text: Option<u64> = Bytes, Gauge, LINUX.or(BSD);
        /// Data, and on Linux stack.
        pub data: Option<u64> = Bytes, Gauge, LINUX.or(BSD);
        /// Stack.
        pub stack: Option<u64> = Bytes, Gauge, BSD;
        /// Largest resident set size so far.
        pub peak_rss: Option<u64> = Bytes, Gauge, LINUX.or(MACOS).or(BSD).or(WINDOWS);
        /// Largest address space so far.
        pub peak_vms: Option<u64> = Bytes, Gauge, LINUX.or(WINDOWS);
        /// Resident anonymous memory (Linux 4.5 and later).
        pub rss_anon: Option<u64> = Bytes, Gauge, LINUX.or(MACOS);
        /// Resident file mappings (Linux 4.5 and later).
        pub rss_file: Option<u64> = Bytes, Gauge, LINUX.or(MACOS);
        /// Resident shared memory (Linux 4.5 and later).
        pub rss_shmem: Option<u64> = Bytes, Gauge, LINUX;
        /// Anonymous memory that is swapped out.
        pub swap: Option<u64> = Bytes, Gauge, LINUX;
        /// Huge pages that are not part of `rss`.
        pub hugetlb: Option<u64> = Bytes, Gauge, LINUX;
        /// Memory that is never paged out.
        pub wired: Option<u64> = Bytes, Gauge, MACOS;
        /// Compressed memory.
        pub compressed: Option<u64> = Bytes, Gauge, MACOS;
        /// What the system holds against the process's memory limit.
        pub phys_footprint: Option<u64> = Bytes, Gauge, MACOS;
        /// Address space reserved or committed.
        pub virtual_size as "virtual": Option<u64> = Bytes, Gauge, WINDOWS;
        /// Largest address space so far.
        pub peak_virtual: Option<u64> = Bytes, Gauge, WINDOWS;
        /// Use of the paged pool.
        pub paged_pool: Option<u64> = Bytes, Gauge, WINDOWS;
        /// Use of the non-paged pool.
        pub nonpaged_pool: Option<u64> = Bytes, Gauge, WINDOWS;
        /// Largest use of the paged pool.
        pub peak_paged_pool: Option<u64> = Bytes, Gauge, WINDOWS;
        /// Largest use of the non-paged pool.
        pub peak_nonpaged_pool: Option<u64> = Bytes, Gauge, WINDOWS;
    }
}

record! {
    /// The share of memory that is a process's own; reading it walks the whole address space.
    pub struct MemoryFootprint as "pfootprint" {
        /// Unique set size: what would be freed if the process ended now.
        pub uss: u64 = Bytes, Gauge, FOOTPRINT;
        /// Proportional set size: shared memory divided evenly among those who share it.
        pub pss: Option<u64> = Bytes, Gauge, LINUX;
        /// Memory that is swapped out.
        pub swap: Option<u64> = Bytes, Gauge, LINUX;
    }
}

/// [`MemoryInfo`] and [`MemoryFootprint`] together.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct MemoryFullInfo {
    /// The cheap figures.
    #[cfg_attr(feature = "serde", serde(flatten))]
    pub info: MemoryInfo,
    /// The dear ones; absent on systems that have none.
    #[cfg_attr(feature = "serde", serde(flatten))]
    pub footprint: Option<MemoryFootprint>,
}

impl MemoryFullInfo {
    /// The fields of both records in psutil's order.
    pub const SHAPE: Shape = Shape {
        name: "pfullmem",
        doc: "Memory use of a process with the share that is its own.",
        fields: &Self::FIELDS,
    };

    const FIELDS: [Field; MemoryInfo::SHAPE.fields.len() + MemoryFootprint::SHAPE.fields.len()] = {
        let cheap = MemoryInfo::SHAPE.fields;
        let dear = MemoryFootprint::SHAPE.fields;
        let mut fields = [cheap[0]; MemoryInfo::SHAPE.fields.len() + MemoryFootprint::SHAPE.fields.len()];
        let mut index = 0;
        while index < fields.len() {
            fields[index] = if index < cheap.len() {
                cheap[index]
            } else {
                dear[index - cheap.len()]
            };
            index += 1;
        }
        fields
    };

    /// Both halves together.
    pub fn new(info: MemoryInfo, footprint: Option<MemoryFootprint>) -> Self {
        MemoryFullInfo { info, footprint }
    }
}

impl Typed for MemoryFullInfo {
    const TYPE: Type = Type::Record(&MemoryFullInfo::SHAPE);
    fn value(&self) -> Value {
        let mut values = Vec::with_capacity(Self::FIELDS.len());
        if let Value::Record(_, cheap) = self.info.value() {
            values.extend(cheap);
        }
        match self.footprint.as_ref().map(Typed::value) {
            Some(Value::Record(_, dear)) => values.extend(dear),
            _ => values.resize(Self::FIELDS.len(), Value::Null),
        }
        Value::Record(&MemoryFullInfo::SHAPE, values)
    }
    fn each_part(&self, told: &mut impl Told) {
        self.info.each_part(told);
        match &self.footprint {
            Some(footprint) => footprint.each_part(told),
            None => (0..MemoryFootprint::SHAPE.fields.len()).for_each(|_| told.part(&None::<u64>)),
        }
    }
}

/// The first byte of a mapping and the byte after its last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct AddressRange {
    /// First byte.
    pub start: u64,
    /// Byte after the last.
    pub end: u64,
}

impl fmt::Display for AddressRange {
    /// As the kernel writes it: `7f00-7fff`, at least 8 digits each.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&format!("{:08x}-{:08x}", self.start, self.end))
    }
}

impl Typed for AddressRange {
    const TYPE: Type = Type::Text;
    fn value(&self) -> Value {
        Value::Text(Text::from(self.to_string()))
    }
}

/// The systems with `memory_maps`.
pub const MAPS: Platforms = LINUX.or(WINDOWS).or(FREEBSD).or(ILLUMOS);

record! {
    /// A mapping of a process's address space, or all mappings of one path together.
    pub struct MemoryMap as "pmmap_ext" {
        /// Where it lies; absent in grouped answers.
        pub addr: Option<AddressRange> = None, Label, MAPS;
        /// Permissions, as `r-xp`; absent in grouped answers.
        pub perms: Option<Text> = None, Label, MAPS;
        /// The file, or `[heap]`, `[stack]`, `[anon]`.
        pub path: Text = None, Label, MAPS;
        /// Resident memory; on Windows the size of the mapping.
        pub rss: u64 = Bytes, Gauge, MAPS;
        /// Size of the mapping.
        pub size: Option<u64> = Bytes, Gauge, LINUX;
        /// Proportional share.
        pub pss: Option<u64> = Bytes, Gauge, LINUX;
        /// Shared and unchanged.
        pub shared_clean: Option<u64> = Bytes, Gauge, LINUX;
        /// Shared and changed.
        pub shared_dirty: Option<u64> = Bytes, Gauge, LINUX;
        /// Private and unchanged.
        pub private_clean: Option<u64> = Bytes, Gauge, LINUX;
        /// Private and changed.
        pub private_dirty: Option<u64> = Bytes, Gauge, LINUX;
        /// Referenced lately.
        pub referenced: Option<u64> = Bytes, Gauge, LINUX;
        /// Not backed by a file.
        pub anonymous: Option<u64> = Bytes, Gauge, LINUX.or(ILLUMOS);
        /// Swapped out.
        pub swap: Option<u64> = Bytes, Gauge, LINUX;
        /// Private resident memory.
        pub private: Option<u64> = Bytes, Gauge, FREEBSD;
        /// References to the memory object.
        pub ref_count: Option<u64> = Count, Gauge, FREEBSD;
        /// Shadows of the memory object.
        pub shadow_count: Option<u64> = Count, Gauge, FREEBSD;
        /// Locked in memory.
        pub locked: Option<u64> = Bytes, Gauge, ILLUMOS;
    }
}

impl MemoryMap {
    /// The mappings of each path added up, in the order in which the paths first appear.
    pub fn group(maps: Vec<MemoryMap>) -> Vec<MemoryMap> {
        fn add(sum: &mut Option<u64>, part: Option<u64>) {
            if let Some(part) = part {
                *sum = Some(sum.unwrap_or(0).saturating_add(part));
            }
        }
        let mut places = std::collections::HashMap::new();
        let mut grouped: Vec<MemoryMap> = Vec::new();
        for map in maps {
            match places
                .get(&map.path)
                .and_then(|place: &usize| grouped.get_mut(*place))
            {
                None => {
                    places.insert(map.path.clone(), grouped.len());
                    grouped.push(MemoryMap {
                        addr: None,
                        perms: None,
                        ..map
                    });
                }
                Some(sum) => {
                    sum.rss = sum.rss.saturating_add(map.rss);
                    add(&mut sum.size, map.size);
                    add(&mut sum.pss, map.pss);
                    add(&mut sum.shared_clean, map.shared_clean);
                    add(&mut sum.shared_dirty, map.shared_dirty);
                    add(&mut sum.private_clean, map.private_clean);
                    add(&mut sum.private_dirty, map.private_dirty);
                    add(&mut sum.referenced, map.referenced);
                    add(&mut sum.anonymous, map.anonymous);
                    add(&mut sum.swap, map.swap);
                    add(&mut sum.private, map.private);
                    add(&mut sum.ref_count, map.ref_count);
                    add(&mut sum.shadow_count, map.shadow_count);
                    add(&mut sum.locked, map.locked);
                }
            }
        }
        grouped
    }
}
