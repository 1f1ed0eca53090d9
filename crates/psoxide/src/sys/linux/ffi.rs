//! Calls of the C library that no safe crate offers: what its allocator holds. Only glibc tells; with another C library
//! the functions answer `None`.
#![allow(unsafe_code)]

pub(crate) use self::allocator::{heap, heap_trim, heap_wrapping};

#[cfg(target_env = "gnu")]
mod allocator {
    use std::ffi::c_void;
    use std::mem::transmute;
    use std::sync::OnceLock;

    type Mallinfo2 = unsafe extern "C" fn() -> libc::mallinfo2;

    /// Bytes in use of the heap, and bytes of allocations that were mapped on their own.
    ///
    /// `mallinfo2` came with glibc 2.33. It is looked up, so that a program starts with an older one, too; that has none.
    pub(crate) fn heap() -> Option<(u64, u64)> {
        static MALLINFO2: OnceLock<Option<Mallinfo2>> = OnceLock::new();
        let mallinfo2 = (*MALLINFO2.get_or_init(find))?;
        // SAFETY: it takes no argument, and glibc locks each arena while it counts.
        let info = unsafe { mallinfo2() };
        Some((to_u64(info.uordblks)?, to_u64(info.hblkhd)?))
    }

    /// A search through every library that the program has loaded, for what does not change while it runs.
    fn find() -> Option<Mallinfo2> {
        // SAFETY: the name ends in NUL, and RTLD_DEFAULT is a handle that dlsym always takes.
        let symbol = unsafe { libc::dlsym(libc::RTLD_DEFAULT, c"mallinfo2".as_ptr()) };
        if symbol.is_null() {
            return None;
        }
        // SAFETY: glibc's mallinfo2 is of this type since there is one (2.33).
        Some(unsafe { transmute::<*mut c_void, Mallinfo2>(symbol) })
    }

    /// The same by `mallinfo`, which every glibc has and whose counters wrap at 4 GiB.
    pub(crate) fn heap_wrapping() -> Option<(u32, u32)> {
        // SAFETY: it takes no argument, and glibc locks each arena while it counts.
        let info = unsafe { libc::mallinfo() };
        Some((info.uordblks.cast_unsigned(), info.hblkhd.cast_unsigned()))
    }

    /// Gives free pages of the heap back to the kernel.
    pub(crate) fn heap_trim() -> Option<()> {
        // SAFETY: any padding is allowed, and glibc locks each arena while it trims.
        unsafe { libc::malloc_trim(0) };
        Some(())
    }

    fn to_u64(bytes: usize) -> Option<u64> {
        u64::try_from(bytes).ok()
    }
}

#[cfg(not(target_env = "gnu"))]
mod allocator {
    pub(crate) fn heap() -> Option<(u64, u64)> {
        None
    }

    pub(crate) fn heap_wrapping() -> Option<(u32, u32)> {
        None
    }

    pub(crate) fn heap_trim() -> Option<()> {
        None
    }
}
