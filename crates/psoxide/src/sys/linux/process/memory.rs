//! The memory of a process.

use psoxide_core::model::process::{MemoryFootprint, MemoryInfo, MemoryInfoEx, MemoryMap};
use rustix::param::page_size;

use crate::error::Result;
use crate::sys::linux::process::Reader;
use crate::sys::linux::process::program::undeleted;
use crate::sys::linux::process::sources::Sources;

pub(crate) fn memory_info(reader: &Reader) -> Result<MemoryInfo> {
    Ok(reader.statm()?.memory_info(page_size() as u64))
}

pub(crate) fn memory_info_ex(reader: &Reader) -> Result<MemoryInfoEx> {
    Ok(reader
        .status_with(Sources::PEAKS)?
        .memory_info_ex(&memory_info(reader)?))
}

pub(crate) fn total_memory(reader: &Reader) -> Result<u64> {
    reader.total_memory()
}

pub(crate) fn memory_footprint(reader: &Reader) -> Result<MemoryFootprint> {
    reader.footprint().cloned()
}

pub(crate) fn memory_maps(reader: &Reader) -> Result<Vec<MemoryMap>> {
    let mut maps = reader.memory_maps()?;
    for map in &mut maps {
        undeleted(reader, &mut map.path)?;
    }
    Ok(maps)
}
