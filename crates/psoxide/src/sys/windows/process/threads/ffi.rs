//! The calls of Windows about threads, through handles of them.
#![allow(unsafe_code)]

use std::io;
use std::os::windows::io::{AsRawHandle, BorrowedHandle, FromRawHandle, OwnedHandle};
use std::ptr::null_mut;

use psoxide_core::decode::windows::kernel_user_times;
use windows_sys::Wdk::System::Threading::{NtQueryInformationThread, ThreadTimes};
use windows_sys::Win32::Foundation::{HANDLE, STATUS_NO_MORE_ENTRIES};
use windows_sys::Win32::System::Threading::{GetThreadId, THREAD_QUERY_LIMITED_INFORMATION};

use crate::sys::windows::ffi::nt_error;

// Not in the headers, but in every ntdll.dll since Windows Vista.
#[link(name = "ntdll", kind = "raw-dylib")]
unsafe extern "system" {
    fn NtGetNextThread(
        process: HANDLE,
        thread: HANDLE,
        rights: u32,
        attributes: u32,
        flags: u32,
        next: *mut HANDLE,
    ) -> i32;
}

/// A handle of each thread of a process, with the right to ask it. It takes `PROCESS_QUERY_INFORMATION`.
pub(in crate::sys::windows::process) fn threads_of(
    process: BorrowedHandle<'_>,
) -> io::Result<Vec<OwnedHandle>> {
    let mut threads: Vec<OwnedHandle> = Vec::new();
    loop {
        let after = threads.last().map_or(null_mut(), |thread| thread.as_raw_handle());
        let (process, rights) = (process.as_raw_handle(), THREAD_QUERY_LIMITED_INFORMATION);
        let mut next = null_mut();
        // SAFETY: the process's handle is open; the thread's is open or null; the pointer is to a handle.
        match unsafe { NtGetNextThread(process, after, rights, 0, 0, &raw mut next) } {
            STATUS_NO_MORE_ENTRIES => return Ok(threads),
            status @ ..0 => return Err(nt_error(status)),
            _ => {}
        }
        // SAFETY: the handle was just opened and belongs to nobody else.
        threads.push(unsafe { OwnedHandle::from_raw_handle(next) });
    }
}

/// The thread's number.
pub(super) fn number(thread: &OwnedHandle) -> io::Result<u32> {
    // SAFETY: the handle is open while it is borrowed.
    match unsafe { GetThreadId(thread.as_raw_handle()) } {
        0 => Err(io::Error::last_os_error()),
        number => Ok(number),
    }
}

/// The thread's `KERNEL_USER_TIMES`.
pub(super) fn times(thread: &OwnedHandle) -> io::Result<[u8; kernel_user_times::SIZE]> {
    let mut times = [0u64; kernel_user_times::SIZE / 8];
    let (pointer, size) = (times.as_mut_ptr().cast(), size_of_val(&times) as u32);
    // SAFETY: the handle is open while it is borrowed; the buffer is writable memory of the size that is passed, aligned
    // to 8 bytes; how much was written need not be told, for which the pointer may be null.
    let status =
        unsafe { NtQueryInformationThread(thread.as_raw_handle(), ThreadTimes, pointer, size, null_mut()) };
    if status < 0 {
        return Err(nt_error(status));
    }
    let mut bytes = [0; kernel_user_times::SIZE];
    for (place, word) in bytes.as_chunks_mut::<8>().0.iter_mut().zip(times) {
        *place = word.to_ne_bytes();
    }
    Ok(bytes)
}
