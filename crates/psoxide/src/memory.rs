//! Memory and swap of the machine, and this program's own heap. The memory of processes is told by `Process`.

use psoxide_core::model::memory::{HeapInfo, SwapMemory, VirtualMemory};

use crate::error::Result;
use crate::root::Root;
use crate::sys;

/// Physical memory: what there is, what is used and what programs can have, in bytes.
///
/// `available` is what matters: what programs can be given without swapping. On Linux `used` is `total - available`, as
/// `free` prints it; before Linux 3.14, which does not tell it, `available` is estimated as later kernels do. In a
/// container the numbers are the host's unless lxcfs or the like replaces them; an `available` that exceeds `total`
/// there is replaced by `free`. What the system does not tell is `None`. Of the running system;
/// [`Root::virtual_memory`] asks another.
///
/// # Source
///
/// * Linux: `/proc/meminfo`; before 3.14 also `/proc/zoneinfo`
/// * Windows: `GetPerformanceInfo`
/// * macOS: sysctl `hw.memsize`, `host_statistics64`
/// * FreeBSD: sysctl `vm.stats.vm`, `vm.vmtotal`; OpenBSD, NetBSD: `uvmexp`
/// * illumos: `sysconf(_SC_PHYS_PAGES)`, `_SC_AVPHYS_PAGES`
///
/// # Errors
///
/// `NotFound` or `AccessDenied` if the file cannot be read, `InvalidData` if it tells neither total nor free memory.
///
/// # Examples
///
/// ```
/// let memory = psoxide::virtual_memory()?;
/// assert!(memory.available <= memory.total);
/// println!("{:.1} % of {} MiB in use", memory.percent, memory.total >> 20);
/// # Ok::<(), psoxide::Error>(())
/// ```
pub fn virtual_memory() -> Result<VirtualMemory> {
    Root::default().virtual_memory()
}

/// Swap space, in use and free, and what was swapped in and out since boot, in bytes.
///
/// Without swap space all but `sin` and `sout` are 0. Where it is not told what was swapped, those two are `None`. Of the
/// running system; [`Root::swap_memory`] asks another.
///
/// # Source
///
/// * Linux: `/proc/meminfo` (else `sysinfo(2)`, of the running system alone) and `/proc/vmstat`
/// * Windows: `GetPerformanceInfo` and the performance counter of the paging files
/// * macOS: sysctl `vm.swapusage`, `host_statistics64`
/// * FreeBSD: sysctl `vm.swap_info`; OpenBSD, NetBSD: `swapctl(2)`
/// * illumos: `swapctl(2)`
///
/// # Errors
///
/// `NotFound` or `AccessDenied` if `meminfo` cannot be read, `InvalidData` if it does not tell of swap.
///
/// # Examples
///
/// ```
/// let swap = psoxide::swap_memory()?;
/// assert!(swap.used <= swap.total);
/// # Ok::<(), psoxide::Error>(())
/// ```
pub fn swap_memory() -> Result<SwapMemory> {
    Root::default().swap_memory()
}

/// What the C library's allocator holds for this program, in bytes.
///
/// Two readings around some work show whether C code in the same program leaks. What Rust's own allocator gives out counts
/// where it is the C library's, as it is unless a program chooses another.
///
/// # Source
///
/// * Linux with glibc: `mallinfo2`; before glibc 2.33 `mallinfo`, for programs of less than 4 GiB
/// * Windows: a walk of the heap and of the address space
/// * macOS: the statistics of all malloc zones
/// * FreeBSD, NetBSD: `mallctl` of jemalloc
///
/// # Errors
///
/// `Unsupported` with another C library, such as musl; `ForeignRoot` if another system was asked.
///
/// # Examples
///
/// ```
/// match psoxide::heap_info() {
///     Ok(heap) => println!("{} bytes in use", heap.heap_used + heap.mmap_used),
///     Err(error) => assert!(error.is_unsupported()),
/// }
/// ```
pub fn heap_info() -> Result<HeapInfo> {
    Root::default().heap_info()
}

/// Asks the C library's allocator to give unused memory back to the system.
///
/// # Source
///
/// * Linux with glibc: `malloc_trim(0)`
/// * Windows: `HeapCompact`
/// * macOS: `malloc_zone_pressure_relief`
/// * FreeBSD, NetBSD: `mallctl` of jemalloc
///
/// # Errors
///
/// As [`heap_info`].
///
/// # Examples
///
/// ```
/// if let Err(error) = psoxide::heap_trim() {
///     assert!(error.is_unsupported());
/// }
/// ```
pub fn heap_trim() -> Result<()> {
    Root::default().heap_trim()
}

impl Root {
    /// Physical memory, in bytes. Sources and errors are those of [`virtual_memory`](crate::virtual_memory()).
    ///
    /// # Examples
    ///
    /// ```
    /// use psoxide::Root;
    /// let error = Root::at("/nowhere").virtual_memory().unwrap_err();
    /// assert_eq!(error.kind(), psoxide::ErrorKind::NotFound);
    /// assert_eq!(error.what(), "/nowhere/proc/meminfo");
    /// ```
    pub fn virtual_memory(&self) -> Result<VirtualMemory> {
        sys::memory::virtual_memory(self)
    }

    /// Swap space, in bytes. Sources and errors are those of [`swap_memory`](crate::swap_memory()).
    pub fn swap_memory(&self) -> Result<SwapMemory> {
        sys::memory::swap_memory(self)
    }

    /// What the C library's allocator holds for this program, in bytes; of the running system only. Sources and errors are
    /// those of [`heap_info`](crate::heap_info()).
    pub fn heap_info(&self) -> Result<HeapInfo> {
        sys::memory::heap_info(self)
    }

    /// Asks the C library's allocator to give unused memory back; of the running system only. Sources and errors are
    /// those of [`heap_trim`](crate::heap_trim()).
    pub fn heap_trim(&self) -> Result<()> {
        sys::memory::heap_trim(self)
    }
}
