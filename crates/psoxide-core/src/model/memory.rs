//! Records about memory, swap and this program's own heap.

use crate::model::usage_percent;
use crate::record;
use crate::schema::Platforms;

const LINUX: Platforms = Platforms::LINUX;
const MACOS: Platforms = Platforms::MACOS;
const BSD: Platforms = Platforms::BSD;

record! {
    /// Physical memory of the machine.
    pub struct VirtualMemory as "svmem" {
        /// All physical memory, less what the kernel reserves for itself at boot.
        pub total: u64 = Bytes, Gauge, Platforms::ALL;
        /// What programs can be given without swapping.
        pub available: u64 = Bytes, Gauge, Platforms::ALL;
        /// `(total - available) / total`.
        pub percent: f64 = Percent, Gauge, Platforms::ALL;
        /// Memory in use; how it is computed differs by system. On Linux `total - available`.
        pub used: u64 = Bytes, Gauge, Platforms::ALL;
        /// Memory that holds nothing at all.
        pub free: u64 = Bytes, Gauge, Platforms::ALL;
        /// Memory used recently.
        pub active: Option<u64> = Bytes, Gauge, LINUX.or(MACOS).or(BSD);
        /// Memory not used for some time.
        pub inactive: Option<u64> = Bytes, Gauge, LINUX.or(MACOS).or(BSD);
        /// Cache of block devices and file system metadata.
        pub buffers: Option<u64> = Bytes, Gauge, LINUX.or(BSD);
        /// Cache of files; on Linux with reclaimable slab.
        pub cached: Option<u64> = Bytes, Gauge, LINUX.or(BSD);
        /// Memory of tmpfs and shared mappings.
        pub shared: Option<u64> = Bytes, Gauge, LINUX.or(BSD);
        /// The kernel's own data structures.
        pub slab: Option<u64> = Bytes, Gauge, LINUX;
        /// Memory that is never paged out.
        pub wired: Option<u64> = Bytes, Gauge, MACOS.or(BSD);
    }
}

impl VirtualMemory {
    /// From all memory and that which programs can be given, on a system that tells no more; both in bytes.
    pub fn of_what_is_available(total: u64, available: u64) -> Self {
        let used = total.saturating_sub(available);
        VirtualMemory {
            total,
            available,
            percent: usage_percent(used, total),
            used,
            free: available,
            active: None,
            inactive: None,
            buffers: None,
            cached: None,
            shared: None,
            slab: None,
            wired: None,
        }
    }
}

record! {
    /// Swap space of the machine.
    pub struct SwapMemory as "sswap" {
        /// All swap space.
        pub total: u64 = Bytes, Gauge, Platforms::ALL;
        /// Swap space in use.
        pub used: u64 = Bytes, Gauge, Platforms::ALL;
        /// Swap space not in use.
        pub free: u64 = Bytes, Gauge, Platforms::ALL;
        /// `used / total`, 0.0 without swap.
        pub percent: f64 = Percent, Gauge, Platforms::ALL;
        /// Bytes swapped in since boot.
        pub sin: Option<u64> = Bytes, Counter, Platforms::ALL.without(Platforms::WINDOWS);
        /// Bytes swapped out since boot.
        pub sout: Option<u64> = Bytes, Counter, Platforms::ALL.without(Platforms::WINDOWS);
    }
}

impl SwapMemory {
    /// From bytes in all, bytes free, and bytes swapped in and out since boot.
    pub fn new(total: u64, free: u64, sin: Option<u64>, sout: Option<u64>) -> Self {
        let used = total.saturating_sub(free);
        SwapMemory {
            total,
            used,
            free,
            percent: usage_percent(used, total),
            sin,
            sout,
        }
    }
}

record! {
    /// What the C library's allocator holds for the calling program.
    pub struct HeapInfo as "pheap" {
        /// Bytes handed out by the allocator's heap.
        pub heap_used: u64 = Bytes, Gauge, HEAP;
        /// Bytes of large allocations that were mapped on their own.
        pub mmap_used: u64 = Bytes, Gauge, HEAP;
        /// Number of heaps.
        pub heap_count: Option<u64> = Count, Gauge, Platforms::WINDOWS;
    }
}

impl HeapInfo {
    /// From the allocator's figures.
    pub fn new(heap_used: u64, mmap_used: u64, heap_count: Option<u64>) -> Self {
        HeapInfo {
            heap_used,
            mmap_used,
            heap_count,
        }
    }
}

/// The systems with `heap_info`.
pub const HEAP: Platforms = LINUX
    .or(Platforms::WINDOWS)
    .or(MACOS)
    .or(Platforms::FREEBSD)
    .or(Platforms::NETBSD);
