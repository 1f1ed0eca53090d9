//! Physical memory.

use psoxide_core::model::memory::VirtualMemory;

use super::error::system_error;
use super::ffi;
use crate::error::Result;
use crate::root::Root;
pub(crate) use crate::sys::unsupported::memory::{heap_info, heap_trim, swap_memory};

pub(crate) fn virtual_memory(root: &Root) -> Result<VirtualMemory> {
    root.require_local("virtual_memory")?;
    let (total, available) =
        ffi::physical_memory().map_err(|error| system_error(error, "K32GetPerformanceInfo"))?;
    Ok(VirtualMemory::of_what_is_available(total, available))
}
