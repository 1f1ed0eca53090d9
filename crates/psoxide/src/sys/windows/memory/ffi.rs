//! The calls about memory and about this program's heap.
#![allow(unsafe_code)]

use std::io;
use std::ptr;

use windows_sys::Win32::Foundation::{ERROR_NO_MORE_ITEMS, NO_ERROR, SetLastError};
use windows_sys::Win32::System::Memory::{
    GetProcessHeap, GetProcessHeaps, HeapCompact, HeapLock, HeapUnlock, HeapWalk, MEM_COMMIT, MEM_PRIVATE,
    MEMORY_BASIC_INFORMATION, PAGE_READWRITE, PROCESS_HEAP_ENTRY, VirtualQuery,
};
use windows_sys::Win32::System::ProcessStatus::{K32GetPerformanceInfo, PERFORMANCE_INFORMATION};
use windows_sys::Win32::System::SystemServices::PROCESS_HEAP_ENTRY_BUSY;

use crate::sys::windows::ffi::last_error;

/// The machine's memory, in bytes.
pub(super) struct Physical {
    pub(super) total: u64,
    /// What is not in use.
    pub(super) available: u64,
    /// What may be promised to programs: memory and paging files together.
    pub(super) commit_limit: u64,
}

pub(super) fn physical() -> io::Result<Physical> {
    let mut told = PERFORMANCE_INFORMATION::default();
    let size = size_of::<PERFORMANCE_INFORMATION>() as u32;
    told.cb = size;
    // SAFETY: the pointer is to a whole structure, whose size is passed.
    let done = unsafe { K32GetPerformanceInfo(&raw mut told, size) };
    if done == 0 {
        return Err(io::Error::last_os_error());
    }
    let bytes = |pages: usize| (pages as u64).saturating_mul(told.PageSize as u64);
    Ok(Physical {
        total: bytes(told.PhysicalTotal),
        available: bytes(told.PhysicalAvailable),
        commit_limit: bytes(told.CommitLimit),
    })
}

/// The heaps of this program, as the addresses where they begin.
pub(super) fn heaps() -> io::Result<Vec<usize>> {
    // Programs have a handful; others may be made between two calls.
    let mut heaps = vec![ptr::null_mut(); 64];
    while heaps.len() <= 1 << 20 {
        let room = heaps.len() as u32;
        // SAFETY: the buffer has room for so many handles as are asked for.
        let count = unsafe { GetProcessHeaps(room, heaps.as_mut_ptr()) } as usize;
        if count == 0 {
            return Err(io::Error::last_os_error());
        }
        if count <= heaps.len() {
            return Ok(heaps[..count].iter().map(|heap| heap.addr()).collect());
        }
        heaps.resize(count.max(2 * heaps.len()), ptr::null_mut());
    }
    Err(io::Error::other("there are ever more heaps"))
}

/// The bytes that are given out of the heap that the C library and Rust allocate from.
pub(super) fn heap_used() -> io::Result<u64> {
    // SAFETY: the function takes nothing and returns a handle that lives as long as the process.
    let heap = unsafe { GetProcessHeap() };
    // SAFETY: the heap lives as long as the process.
    if unsafe { HeapLock(heap) } == 0 {
        return Err(io::Error::last_os_error());
    }
    let mut entry = PROCESS_HEAP_ENTRY::default();
    let mut used = 0;
    // Nothing is allocated until the heap is unlocked, as that would change it during the walk.
    let code = loop {
        // SAFETY: the heap is locked, and the entry is either new or what the last call left.
        if unsafe { HeapWalk(heap, &raw mut entry) } == 0 {
            break last_error().0;
        }
        if u32::from(entry.wFlags) & PROCESS_HEAP_ENTRY_BUSY != 0 {
            used += u64::from(entry.cbData);
        }
    };
    // SAFETY: this thread has locked the heap.
    unsafe { HeapUnlock(heap) };
    match code {
        ERROR_NO_MORE_ITEMS => Ok(used),
        code => Err(crate::sys::windows::ffi::win32_error(code)),
    }
}

/// The bytes of memory of this program's own that it can write to and that lie in none of these heaps.
pub(super) fn mapped(heaps: &[usize]) -> u64 {
    let mut mapped = 0;
    let mut address = 0usize;
    let size = size_of::<MEMORY_BASIC_INFORMATION>();
    loop {
        let mut region = MEMORY_BASIC_INFORMATION::default();
        let place = ptr::without_provenance(address);
        // SAFETY: any address may be asked about; the structure has the size that is passed.
        let length = unsafe { VirtualQuery(place, &raw mut region, size) };
        let next = region.BaseAddress.addr().saturating_add(region.RegionSize);
        if length == 0 || next <= address {
            return mapped;
        }
        let own = (region.State, region.Type, region.Protect) == (MEM_COMMIT, MEM_PRIVATE, PAGE_READWRITE);
        if own && !heaps.contains(&region.AllocationBase.addr()) {
            mapped += region.RegionSize as u64;
        }
        address = next;
    }
}

/// Gives what the heap does not need back to the system.
pub(super) fn compact_heap() -> io::Result<()> {
    // SAFETY: the function takes nothing and returns a handle that lives as long as the process.
    let heap = unsafe { GetProcessHeap() };
    // SAFETY: the function sets a number of this thread's. It tells a heap that is full from a failure.
    unsafe { SetLastError(NO_ERROR) };
    // SAFETY: the heap lives as long as the process.
    let largest = unsafe { HeapCompact(heap, 0) };
    match (largest, last_error()) {
        (0, (code, error)) if code != NO_ERROR => Err(error),
        _ => Ok(()),
    }
}
