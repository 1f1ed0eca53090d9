//! The calls about drives, volumes and disks.
#![allow(unsafe_code)]

use std::fs::File;
use std::io;
use std::os::windows::io::AsRawHandle;
use std::ptr;

use psoxide_core::decode::windows::disk_performance;
use windows_sys::Win32::Foundation::{
    ERROR_INSUFFICIENT_BUFFER, ERROR_MORE_DATA, ERROR_NO_MORE_FILES, HANDLE, INVALID_HANDLE_VALUE,
};
use windows_sys::Win32::Storage::FileSystem::{
    FindFirstVolumeW, FindNextVolumeW, FindVolumeClose, GetDiskFreeSpaceExW, GetDriveTypeW,
    GetLogicalDriveStringsW, GetVolumeInformationW, GetVolumePathNamesForVolumeNameW, QueryDosDeviceW,
};
use windows_sys::Win32::System::Diagnostics::Debug::{SEM_FAILCRITICALERRORS, SetThreadErrorMode};
use windows_sys::Win32::System::IO::DeviceIoControl;
use windows_sys::Win32::System::Ioctl::{DISK_PERFORMANCE, IOCTL_DISK_PERFORMANCE};

use crate::sys::windows::ffi::{Answer, Filled, ask_text, last_error, size, terminated};

const _: () = assert!(size_of::<DISK_PERFORMANCE>() == disk_performance::SIZE);

/// The roots of the drives, each ended by a NUL.
pub(super) fn drives() -> io::Result<Vec<u16>> {
    ask_text(256, |units| {
        // SAFETY: the buffer has the length that is passed, in units of 16 bits.
        let length = unsafe { GetLogicalDriveStringsW(units.len() as u32, units.as_mut_ptr()) };
        match length as usize {
            0 => Err(io::Error::last_os_error()),
            length if length <= units.len() => Ok(Filled::With(length)),
            length => Ok(Filled::TooSmall(length)),
        }
    })
}

/// The names of all devices of MS-DOS, each ended by a NUL; whole disks are among them.
pub(super) fn device_names() -> io::Result<Vec<u16>> {
    ask_text(32 * 1024, |units| {
        let (pointer, room) = (units.as_mut_ptr(), units.len() as u32);
        // SAFETY: no name asks for all; the buffer has the length that is passed, in units of 16 bits.
        let length = unsafe { QueryDosDeviceW(ptr::null(), pointer, room) };
        if length != 0 {
            return Ok(Filled::With(length as usize));
        }
        match last_error() {
            (ERROR_INSUFFICIENT_BUFFER, _) => Ok(Filled::TooSmall(0)),
            (_, error) => Err(error),
        }
    })
}

/// The kind of drive behind a root, which ends in a NUL.
pub(super) fn drive_type(root: &[u16]) -> u32 {
    debug_assert_eq!(root.last(), Some(&0));
    // SAFETY: the text ends in a NUL.
    unsafe { GetDriveTypeW(root.as_ptr()) }
}

/// The flags of the volume at a root, which ends in a NUL, and the name of its file system.
pub(super) fn volume(root: &[u16]) -> io::Result<(u32, Vec<u16>)> {
    debug_assert_eq!(root.last(), Some(&0));
    let mut flags = 0;
    let mut name = [0u16; 261];
    let nothing = ptr::null_mut();
    let (pointer, room) = (name.as_mut_ptr(), name.len() as u32);
    // SAFETY: the root ends in a NUL; what is not wanted is null with a size of 0; the others are valid during the call.
    let done = unsafe {
        GetVolumeInformationW(
            root.as_ptr(),
            nothing,
            0,
            nothing.cast(),
            nothing.cast(),
            &raw mut flags,
            pointer,
            room,
        )
    };
    if done == 0 {
        return Err(io::Error::last_os_error());
    }
    Ok((flags, up_to_nul(&name)))
}

/// A search for volumes; ends with the value.
struct Search(HANDLE);

impl Drop for Search {
    fn drop(&mut self) {
        // SAFETY: the handle is of a search that was begun, and is closed once.
        unsafe { FindVolumeClose(self.0) };
    }
}

/// The names of all volumes, which are like `\\?\Volume{…}\`.
pub(super) fn volumes() -> io::Result<Vec<Vec<u16>>> {
    // A name has 49 units.
    let mut name = [0u16; 261];
    // SAFETY: the buffer has the length that is passed, in units of 16 bits.
    let search = unsafe { FindFirstVolumeW(name.as_mut_ptr(), name.len() as u32) };
    if search == INVALID_HANDLE_VALUE {
        return match last_error() {
            (ERROR_NO_MORE_FILES, _) => Ok(Vec::new()),
            (_, error) => Err(error),
        };
    }
    let search = Search(search);
    let mut volumes = vec![up_to_nul(&name)];
    loop {
        // SAFETY: the search has begun; the buffer has the length that is passed, in units of 16 bits.
        if unsafe { FindNextVolumeW(search.0, name.as_mut_ptr(), name.len() as u32) } == 0 {
            return match last_error() {
                (ERROR_NO_MORE_FILES, _) => Ok(volumes),
                (_, error) => Err(error),
            };
        }
        volumes.push(up_to_nul(&name));
    }
}

/// The paths at which a volume of this name is mounted, each ended by a NUL: roots of drives and folders.
pub(super) fn mount_points(volume: &[u16]) -> io::Result<Vec<u16>> {
    let volume = terminated(volume);
    ask_text(512, |units| {
        let mut length = 0;
        let (pointer, room) = (units.as_mut_ptr(), units.len() as u32);
        // SAFETY: the name ends in a NUL; the buffer has the length that is passed, in units of 16 bits; the last pointer is
        // to a number.
        let done =
            unsafe { GetVolumePathNamesForVolumeNameW(volume.as_ptr(), pointer, room, &raw mut length) };
        if done != 0 {
            return Ok(Filled::With(length as usize));
        }
        match last_error() {
            (ERROR_MORE_DATA, _) => Ok(Filled::TooSmall(length as usize)),
            (_, error) => Err(error),
        }
    })
}

/// All bytes that the caller may have of the volume that holds a folder, and all that are free on it; the path ends in a
/// NUL.
pub(super) fn space(folder: &[u16]) -> io::Result<(u64, u64)> {
    debug_assert_eq!(folder.last(), Some(&0));
    let (mut total, mut free) = (0, 0);
    let nothing = ptr::null_mut();
    // SAFETY: the path ends in a NUL; what is not wanted may be null; the others are pointers to numbers.
    match unsafe { GetDiskFreeSpaceExW(folder.as_ptr(), nothing, &raw mut total, &raw mut free) } {
        0 => Err(io::Error::last_os_error()),
        _ => Ok((total, free)),
    }
}

/// The `DISK_PERFORMANCE` of an open disk.
pub(super) fn performance(disk: &File) -> io::Result<Answer> {
    Answer::ask(disk_performance::SIZE, |words| {
        let mut length = 0;
        let (pointer, room) = (words.as_mut_ptr().cast(), size(words));
        // SAFETY: the handle is open as long as the disk; there is no input, for which the pointer may be null; the buffer
        // is writable memory of the size that is passed, aligned to 8 bytes; the call waits.
        let done = unsafe {
            DeviceIoControl(
                disk.as_raw_handle(),
                IOCTL_DISK_PERFORMANCE,
                ptr::null(),
                0,
                pointer,
                room,
                &raw mut length,
                ptr::null_mut(),
            )
        };
        if done != 0 {
            return Ok(Filled::With(length as usize));
        }
        match last_error() {
            (ERROR_INSUFFICIENT_BUFFER | ERROR_MORE_DATA, _) => Ok(Filled::TooSmall(0)),
            (_, error) => Err(error),
        }
    })
}

/// Runs `ask` without the box that Windows shows to people where a drive holds no medium.
pub(super) fn without_dialogs<T>(ask: impl FnOnce() -> T) -> T {
    let mut before = 0;
    // SAFETY: the pointer is to a number.
    let set = unsafe { SetThreadErrorMode(SEM_FAILCRITICALERRORS, &raw mut before) };
    let answer = ask();
    if set != 0 {
        // SAFETY: what was before is not wanted, for which the pointer may be null.
        unsafe { SetThreadErrorMode(before, ptr::null_mut()) };
    }
    answer
}

fn up_to_nul(text: &[u16]) -> Vec<u16> {
    text.iter().copied().take_while(|unit| *unit != 0).collect()
}
