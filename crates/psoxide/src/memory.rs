//! Memory and swap of the machine, and this program's own heap.

use psoxide_core::model::memory::{HeapInfo, SwapMemory, VirtualMemory};

use crate::error::Result;
use crate::root::Root;
use crate::sys;

/// Physical memory, in bytes. Of the running system; [`Root::virtual_memory`] asks another.
pub fn virtual_memory() -> Result<VirtualMemory> {
    Root::default().virtual_memory()
}

/// Swap space, in bytes. Of the running system; [`Root::swap_memory`] asks another.
pub fn swap_memory() -> Result<SwapMemory> {
    Root::default().swap_memory()
}

/// What the C library's allocator holds for this program, in bytes. Of the running system; [`Root::heap_info`] asks another.
pub fn heap_info() -> Result<HeapInfo> {
    Root::default().heap_info()
}

/// Asks the C library's allocator to give unused memory back to the system. Of the running system; [`Root::heap_trim`] asks another.
pub fn heap_trim() -> Result<()> {
    Root::default().heap_trim()
}

impl Root {
    /// Physical memory, in bytes.
    pub fn virtual_memory(&self) -> Result<VirtualMemory> {
        sys::memory::virtual_memory(self)
    }

    /// Swap space, in bytes.
    pub fn swap_memory(&self) -> Result<SwapMemory> {
        sys::memory::swap_memory(self)
    }

    /// What the C library's allocator holds for this program, in bytes.
    pub fn heap_info(&self) -> Result<HeapInfo> {
        sys::memory::heap_info(self)
    }

    /// Asks the C library's allocator to give unused memory back to the system.
    pub fn heap_trim(&self) -> Result<()> {
        sys::memory::heap_trim(self)
    }
}
