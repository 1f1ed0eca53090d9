//! Physical memory, the paging files, and this program's heap.

mod ffi;

use psoxide_core::decode::windows::page_file_information::PageFiles;
use psoxide_core::model::memory::{HeapInfo, SwapMemory, VirtualMemory};
use windows_sys::Wdk::System::SystemInformation::SYSTEM_INFORMATION_CLASS;

use super::error::system_error;
use super::ffi::query_system;
use crate::error::{Error, Result};
use crate::root::Root;

/// `SystemPageFileInformation`, which windows-sys does not name.
const PAGE_FILES: SYSTEM_INFORMATION_CLASS = 18;

pub(crate) fn virtual_memory(root: &Root) -> Result<VirtualMemory> {
    root.require_local("virtual_memory")?;
    let memory = physical()?;
    Ok(VirtualMemory::of_what_is_available(
        memory.total,
        memory.available,
    ))
}

pub(crate) fn swap_memory(root: &Root) -> Result<SwapMemory> {
    const WHAT: &str = "NtQuerySystemInformation: SystemPageFileInformation";
    root.require_local("swap_memory")?;
    let memory = physical()?;
    let total = memory.commit_limit.saturating_sub(memory.total);
    if total == 0 {
        return Ok(SwapMemory::new(0, 0, None, None));
    }
    let answer = query_system(PAGE_FILES, 4096).map_err(|error| system_error(error, WHAT))?;
    let files = PageFiles::all(answer.bytes()).map_err(|error| Error::decode(WHAT, error))?;
    Ok(files.swap_memory(total))
}

pub(crate) fn heap_info(root: &Root) -> Result<HeapInfo> {
    root.require_local("heap_info")?;
    let heaps = ffi::heaps().map_err(|error| system_error(error, "GetProcessHeaps"))?;
    let used = ffi::heap_used().map_err(|error| system_error(error, "HeapWalk"))?;
    Ok(HeapInfo::new(used, ffi::mapped(&heaps), Some(heaps.len() as u64)))
}

pub(crate) fn heap_trim(root: &Root) -> Result<()> {
    root.require_local("heap_trim")?;
    ffi::compact_heap().map_err(|error| system_error(error, "HeapCompact"))
}

fn physical() -> Result<ffi::Physical> {
    ffi::physical().map_err(|error| system_error(error, "K32GetPerformanceInfo"))
}
