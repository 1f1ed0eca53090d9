//! The bench's only `unsafe`: mappings of its own, for the kernel to list.

#![allow(unsafe_code)]

use std::ffi::c_void;
use std::io;

use rustix::mm::{MapFlags, MprotectFlags, ProtFlags, mmap_anonymous, mprotect};

const PAGE: usize = 4096;

/// Maps `count` pages of which every second may not be written, so that the kernel lists each on its own. They stay
/// until the program ends.
pub fn mappings(count: usize) -> io::Result<()> {
    let protection = ProtFlags::READ | ProtFlags::WRITE;
    // SAFETY: a fresh anonymous mapping at an address that the kernel chooses.
    let start = unsafe { mmap_anonymous(std::ptr::null_mut(), count * PAGE, protection, MapFlags::PRIVATE) }?;
    for index in (0..count).step_by(2) {
        let page = start.wrapping_byte_add(index * PAGE).cast::<c_void>();
        // SAFETY: the page lies in the mapping made above, which nothing else uses.
        unsafe { mprotect(page, PAGE, MprotectFlags::READ) }?;
    }
    Ok(())
}
