//! Physical memory and swap: `/proc/meminfo`, `vmstat`, `zoneinfo`, `sysinfo(2)`; and this program's heap, which the
//! C library tells.

use std::path::Path;

use psoxide_core::DecodeError;
use psoxide_core::decode::bytes::{decimal, words};
use psoxide_core::decode::linux::meminfo::Meminfo;
use psoxide_core::decode::linux::{vmstat, zoneinfo};
use psoxide_core::model::memory::{HeapInfo, SwapMemory, VirtualMemory};

use rustix::fs::{PROC_SUPER_MAGIC, statfs};

use crate::error::{Error, ErrorKind, Result};
use crate::root::Root;
use crate::sys::linux::ffi;
use crate::sys::linux::file::{decode_beginning, decode_record, if_told, read_path};

pub(crate) fn virtual_memory(root: &Root) -> Result<VirtualMemory> {
    let path = root.proc().join("meminfo");
    let info = decode_record(&path, Meminfo::parse)?;
    let low_watermark = match info.mem_available {
        Some(available) if available > 0 => None,
        _ => low_watermark(root)?,
    };
    info.virtual_memory(|| low_watermark)
        .map_err(|error| Error::decode(path.display().to_string(), error))
}

/// The sum of the zones' low watermarks in bytes. Containers often have no zoneinfo, or may not read it.
fn low_watermark(root: &Root) -> Result<Option<u64>> {
    let zones = if_told(read_path(&root.proc().join("zoneinfo")))?;
    let pages = zones.and_then(|zones| zoneinfo::low_watermark(&zones));
    Ok(pages.and_then(|pages| pages.checked_mul(rustix::param::page_size() as u64)))
}

pub(crate) fn swap_memory(root: &Root) -> Result<SwapMemory> {
    // Some containers have no vmstat, or may not read it: what was swapped in and out is then not known.
    // Of its two hundred counters those of swapping stand in the first half.
    let counters = root.proc().join("vmstat");
    let counters = decode_beginning(&counters, vmstat::swapped, |(_, swapped_out)| {
        swapped_out.is_some()
    });
    let (swapped_in, swapped_out) = if_told(counters)?.unwrap_or_default();
    // Of the kernel's own file the call tells the same for less. In a container the file may be that of another system.
    let path = root.proc().join("meminfo");
    if root.is_local() && statfs(&path).is_ok_and(|found| found.f_type == PROC_SUPER_MAGIC) {
        let (total, free) = swap_of_the_kernel();
        return Ok(SwapMemory::new(total, free, swapped_in, swapped_out));
    }
    decode_record(&path, |bytes| {
        let info = Meminfo::parse(bytes)?;
        if info.swap().is_none() && root.is_local() {
            let (total, free) = swap_of_the_kernel();
            return Ok(SwapMemory::new(total, free, swapped_in, swapped_out));
        }
        info.swap_memory(swapped_in, swapped_out)
    })
}

/// Swap space in all and free, in bytes, by `sysinfo(2)`.
fn swap_of_the_kernel() -> (u64, u64) {
    let info = rustix::system::sysinfo();
    let bytes = |units| u64::from(info.mem_unit).saturating_mul(units);
    #[allow(clippy::useless_conversion)] // the width is the machine's
    (bytes(info.totalswap.into()), bytes(info.freeswap.into()))
}

pub(crate) fn heap_info(root: &Root) -> Result<HeapInfo> {
    root.require_local("heap_info")?;
    match ffi::heap() {
        Some((used, mapped)) => Ok(HeapInfo::new(used, mapped, None)),
        None => heap_before_glibc_2_33(),
    }
}

/// There the counters wrap at 4 GiB; they are right as long as all of the program's memory is less.
fn heap_before_glibc_2_33() -> Result<HeapInfo> {
    let (used, mapped) = ffi::heap_wrapping().ok_or(Error::unsupported("heap_info"))?;
    let path = Path::new("/proc/self/statm");
    let pages = decode_record(path, |bytes| {
        let pages = words(bytes).next().and_then(decimal);
        pages.ok_or(DecodeError::new("statm", 0, "size in pages"))
    })?;
    if pages.saturating_mul(rustix::param::page_size() as u64) > u64::from(u32::MAX) {
        return Err(Error::new(
            ErrorKind::Unsupported,
            "heap_info: this C library counts up to 4 GiB",
        ));
    }
    Ok(HeapInfo::new(used.into(), mapped.into(), None))
}

pub(crate) fn heap_trim(root: &Root) -> Result<()> {
    root.require_local("heap_trim")?;
    ffi::heap_trim().ok_or(Error::unsupported("heap_trim"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn swap_by_the_call_is_that_of_meminfo() {
        // Pages come and go meanwhile: a pair of readings must agree once.
        let agreed = (0..1000).any(|_| {
            let before = swap_of_the_kernel();
            let told = swap_memory(&Root::default()).unwrap();
            before == (told.total, told.free) && before == swap_of_the_kernel()
        });
        assert!(agreed);
    }

    #[test]
    fn the_counters_of_swapping_are_found_wherever_they_stand() {
        let folder = std::env::temp_dir().join(format!("psoxide-vmstat-{}", std::process::id()));
        let proc = folder.join("proc");
        std::fs::create_dir_all(&proc).unwrap();
        let system = "MemTotal: 8 kB\nMemFree: 4 kB\nSwapTotal: 8 kB\nSwapFree: 4 kB\n";
        std::fs::write(proc.join("meminfo"), system).unwrap();
        // Also where the first part of the file ends in a name or a number.
        for before in (0..200).chain(2000..2060).chain([10_000]) {
            let filler = format!("nr_{} 7\n", "x".repeat(before));
            std::fs::write(proc.join("vmstat"), filler + "pswpin 345\npswpout 678\nlast 9\n").unwrap();
            let swap = swap_memory(&Root::at(&folder)).unwrap();
            assert_eq!(
                (swap.sin, swap.sout),
                (Some(345 * 4096), Some(678 * 4096)),
                "{before}"
            );
        }
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn the_old_allocator_figures_agree_with_the_new_ones() {
        let root = Root::default();
        if heap_info(&root).is_err_and(|error| error.is_unsupported()) {
            println!("not glibc: heap figures were not compared");
            return;
        }
        let held = vec![1u8; 1 << 20];
        let small = vec![vec![1u8; 1000]; 1000];
        // Other tests allocate meanwhile: a pair of readings must agree once.
        let agreed = (0..1000).any(|_| {
            let before = heap_info(&root).unwrap();
            let old = heap_before_glibc_2_33();
            let after = heap_info(&root).unwrap();
            match old {
                Ok(old) => before == after && old == before,
                Err(error) => error.is_unsupported(),
            }
        });
        assert!(agreed);
        assert!(heap_info(&root).unwrap().heap_used > 1_000_000);
        drop((held, small));
    }
}
