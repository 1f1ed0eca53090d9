//! The calls of Windows about handles of other processes, and a thread that makes those which may hang.
#![allow(unsafe_code)]

use std::ffi::c_void;
use std::io;
use std::os::windows::io::{AsRawHandle, BorrowedHandle, FromRawHandle, OwnedHandle};
use std::ptr::{null, null_mut};
use std::sync::Arc;
use std::time::Duration;

use psoxide_core::decode::windows::unicode_string;
use windows_sys::Wdk::Foundation::NtQueryObject;
use windows_sys::Wdk::System::Threading::{NtQueryInformationThread, ThreadQuerySetWin32StartAddress};
use windows_sys::Win32::Foundation::{CloseHandle, DUPLICATE_SAME_ACCESS, DuplicateHandle, HANDLE};
use windows_sys::Win32::Storage::FileSystem::{
    FILE_STANDARD_INFO, FILE_TYPE_DISK, FileStandardInfo, GetFileInformationByHandleEx, GetFileType,
};
use windows_sys::Win32::System::Threading::{
    CreateThread, GetCurrentProcess, GetProcessHandleCount, INFINITE, Sleep, TerminateThread,
};

use super::super::ffi::wait;
use super::super::threads::threads_of;
use super::asking::Work;

/// `ObjectNameInformation`.
const NAME: i32 = 1;
/// The longest name with the structure that tells it.
const WORDS: usize = 0x1_0000 / 8 + 2;
/// What the thread needs: the room and little more.
const STACK: usize = 256 * 1024;

/// Room for a name.
pub(super) struct Room([u64; WORDS]);

impl Room {
    pub(super) fn new() -> Room {
        Room([0; WORDS])
    }

    pub(super) fn bytes(&self) -> &[u8] {
        // SAFETY: the words are initialised memory of that size, which is not changed while it is borrowed; bytes may
        // stand at any address.
        unsafe { std::slice::from_raw_parts(self.0.as_ptr().cast(), size_of_val(&self.0)) }
    }
}

/// How many handles a process has open.
pub(in crate::sys::windows::process) fn handle_count(process: &OwnedHandle) -> io::Result<u32> {
    let mut count = 0;
    // SAFETY: the handle is open while it is borrowed; the pointer is to a number.
    match unsafe { GetProcessHandleCount(process.as_raw_handle(), &raw mut count) } {
        0 => Err(io::Error::last_os_error()),
        _ => Ok(count),
    }
}

/// A copy of a handle of a process, as a number; it is to be closed.
pub(super) fn copy(process: &OwnedHandle, value: u64) -> Option<usize> {
    let value = std::ptr::without_provenance_mut(usize::try_from(value).ok()?);
    // SAFETY: the function takes nothing and returns a number that stands for this process.
    let this = unsafe { GetCurrentProcess() };
    let mut copy = null_mut();
    // SAFETY: the processes' handles are open; the other value is looked up among those of the process; the pointer is to
    // a handle.
    let done = unsafe {
        DuplicateHandle(
            process.as_raw_handle(),
            value,
            this,
            &raw mut copy,
            0,
            0,
            DUPLICATE_SAME_ACCESS,
        )
    };
    (done != 0).then(|| copy.expose_provenance())
}

/// Closes a copy.
pub(super) fn close(copy: usize) {
    if copy != 0 {
        // SAFETY: the handle is a copy that belongs to nobody else.
        unsafe { CloseHandle(std::ptr::with_exposed_provenance_mut(copy)) };
    }
}

/// Where in the room the name of a file on a disk stands then, in UTF-16; `None` for what is none, or was deleted. This
/// may hang, and holds nothing meanwhile.
pub(super) fn file_name(copy: usize, room: &mut Room) -> Option<(usize, usize)> {
    let handle: HANDLE = std::ptr::with_exposed_provenance_mut(copy);
    // SAFETY: the handle is open, since it is a copy that is not closed before.
    if unsafe { GetFileType(handle) } != FILE_TYPE_DISK {
        return None;
    }
    let mut told = FILE_STANDARD_INFO::default();
    let (pointer, size) = (&raw mut told, size_of::<FILE_STANDARD_INFO>() as u32);
    // SAFETY: the handle is open; the pointer is to a structure of the size that is passed.
    let done = unsafe { GetFileInformationByHandleEx(handle, FileStandardInfo, pointer.cast(), size) };
    if done == 0 || told.Directory || told.DeletePending || told.NumberOfLinks == 0 {
        return None;
    }
    let (pointer, size) = (room.0.as_mut_ptr(), size_of_val(&room.0) as u32);
    // SAFETY: the handle is open; the room has the size that is passed, and is aligned to 8 bytes.
    if unsafe { NtQueryObject(handle, NAME, pointer.cast(), size, null_mut()) } < 0 {
        return None;
    }
    let address = room.0.as_ptr().addr();
    let name = unicode_string::text(room.bytes(), address as u64).ok()?;
    let start = name.as_ptr().addr().checked_sub(address)?;
    (!name.is_empty()).then_some((start, start + name.len()))
}

/// Waits until the thread is ended from outside.
pub(super) fn wait_to_be_ended() -> ! {
    loop {
        // SAFETY: the function takes a number.
        unsafe { Sleep(INFINITE) };
    }
}

/// A thread at work.
pub(super) struct Worker {
    thread: OwnedHandle,
    /// What the thread holds, and does not give back if it is ended.
    work: *const Work,
}

impl Worker {
    pub(super) fn start(work: &Arc<Work>) -> io::Result<Worker> {
        let held = Arc::into_raw(Arc::clone(work));
        // SAFETY: the function fits what is passed to it, which it owns from here on.
        let thread = unsafe { CreateThread(null(), STACK, Some(work_off), held.cast(), 0, null_mut()) };
        if thread.is_null() {
            let error = io::Error::last_os_error();
            // SAFETY: there is no thread that could hold it.
            unsafe { Arc::decrement_strong_count(held) };
            return Err(error);
        }
        // SAFETY: the handle was just opened and belongs to nobody else.
        let thread = unsafe { OwnedHandle::from_raw_handle(thread) };
        Ok(Worker { thread, work: held })
    }

    /// Whether it has ended after so long.
    pub(super) fn ended_within(&self, time: Duration) -> io::Result<bool> {
        let milliseconds = u32::try_from(time.as_millis()).unwrap_or(u32::MAX - 1);
        wait(&[&self.thread], milliseconds).map(|ended| ended.is_some())
    }

    /// Ends it, which its work allows; one that the kernel does not let go within so long goes on in it alone.
    pub(super) fn end(self, time: Duration) -> io::Result<()> {
        // SAFETY: the thread was abandoned, and holds no lock from there on.
        let done = unsafe { TerminateThread(self.thread.as_raw_handle(), 0) };
        if done == 0 {
            return Err(io::Error::last_os_error());
        }
        if self.ended_within(time)? {
            // SAFETY: the thread held it, and is no more.
            unsafe { Arc::decrement_strong_count(self.work) };
        }
        Ok(())
    }
}

/// What a worker runs.
unsafe extern "system" fn work_off(held: *mut c_void) -> u32 {
    // SAFETY: whoever started the thread gave this to it.
    let work = unsafe { Arc::from_raw(held.cast_const().cast::<Work>()) };
    work.run();
    0
}

/// How many threads of this program are workers.
pub(super) fn workers() -> io::Result<usize> {
    // SAFETY: the function takes nothing and returns a number that stands for this process.
    let this = unsafe { GetCurrentProcess() };
    // SAFETY: it stands for this process as long as that runs.
    let this = unsafe { BorrowedHandle::borrow_raw(this) };
    Ok(threads_of(this)?
        .iter()
        .filter(|thread| is_worker(thread))
        .count())
}

fn is_worker(thread: &OwnedHandle) -> bool {
    let mut start = 0usize;
    let (pointer, size) = (&raw mut start, size_of::<usize>() as u32);
    // SAFETY: the handle is open; the pointer is to a number of the size that is passed.
    let status = unsafe {
        NtQueryInformationThread(
            thread.as_raw_handle(),
            ThreadQuerySetWin32StartAddress,
            pointer.cast(),
            size,
            null_mut(),
        )
    };
    status >= 0 && start == work_off as *const () as usize
}
