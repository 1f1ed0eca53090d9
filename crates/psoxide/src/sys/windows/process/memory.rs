//! What a process has in its address space.

use psoxide_core::Text;
use psoxide_core::decode::windows::memory_basic_information::Region;
use psoxide_core::decode::windows::working_set;
use psoxide_core::model::process::{MemoryFootprint, MemoryMap};
use windows_sys::Win32::System::Threading::{PROCESS_QUERY_INFORMATION, PROCESS_VM_READ};

use super::control::handle;
use super::ffi;
use super::program::Drives;
use super::reader::Reader;
use crate::error::{Error, Result};
use crate::sys::windows::error::process_error;

/// The regions with files behind them.
pub(crate) fn memory_maps(reader: &Reader) -> Result<Vec<MemoryMap>> {
    let process = handle(reader, PROCESS_QUERY_INFORMATION)?;
    let drives = Drives::ask();
    let mut maps = Vec::new();
    let mut room = vec![0; ffi::LONGEST];
    // What was allocated together has one file, which is asked for once.
    let mut last: Option<(u64, Text)> = None;
    let mut place = 0;
    while let Some(bytes) = ffi::region(&process, place) {
        let region =
            Region::parse(&bytes).map_err(|error| Error::decode("VirtualQueryEx", error).of(reader.pid()))?;
        if region.may_have_file() {
            if last
                .as_ref()
                .is_none_or(|(allocation, _)| *allocation != region.allocation)
            {
                last = ffi::mapped_file(&process, region.start, &mut room).map(|path| {
                    // No path has a NUL in it, but some are told with one behind them.
                    let path = Text::from_utf16(path.iter().copied().take_while(|unit| *unit != 0));
                    (region.allocation, drives.path(&path))
                });
            }
            if let Some((_, path)) = &last {
                maps.push(region.mapping(path.clone()));
            }
        }
        match region.end() {
            Some(end) => place = end,
            None => break,
        }
    }
    Ok(maps)
}

/// What nobody else has of the memory that it holds.
pub(crate) fn memory_footprint(reader: &Reader) -> Result<MemoryFootprint> {
    const WHAT: &str = "NtQueryVirtualMemory: MemoryWorkingSetInformation";
    let process = handle(reader, PROCESS_QUERY_INFORMATION | PROCESS_VM_READ)?;
    let answer = ffi::working_set(&process).map_err(|error| process_error(error, reader.pid(), WHAT))?;
    working_set::memory_footprint(answer.bytes(), ffi::page_size())
        .map_err(|error| Error::decode(WHAT, error).of(reader.pid()))
}
