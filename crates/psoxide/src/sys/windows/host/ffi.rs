//! The calls about sessions. They are looked up when they are wanted: Windows for containers (Nano Server) comes without the
//! library that has them, and a program that named it could not start there.
#![allow(unsafe_code)]

use std::ffi::c_void;
use std::io;
use std::ptr;

use psoxide_core::decode::windows::sessions::SIZE;
use windows_sys::Win32::Foundation::{ERROR_MOD_NOT_FOUND, FreeLibrary, HANDLE, HMODULE};
use windows_sys::Win32::System::LibraryLoader::{
    GetProcAddress, LOAD_LIBRARY_SEARCH_SYSTEM32, LoadLibraryExW,
};
use windows_sys::Win32::System::RemoteDesktop::{
    WTS_CLIENT_ADDRESS, WTS_CURRENT_SERVER_HANDLE, WTS_INFO_CLASS, WTS_SESSION_INFOW, WTSINFOW,
};
use windows_sys::core::{BOOL, PWSTR, s, w};

use crate::sys::windows::ffi::last_error;

const _: () = assert!(size_of::<WTSINFOW>() == SIZE);
const _: () = assert!(size_of::<WTS_CLIENT_ADDRESS>() == 24);

type Enumerate = unsafe extern "system" fn(HANDLE, u32, u32, *mut *mut WTS_SESSION_INFOW, *mut u32) -> BOOL;
type Query = unsafe extern "system" fn(HANDLE, u32, WTS_INFO_CLASS, *mut PWSTR, *mut u32) -> BOOL;
type Free = unsafe extern "system" fn(*mut c_void);

/// `wtsapi32.dll`; given back with the value.
struct Library(HMODULE);

impl Drop for Library {
    fn drop(&mut self) {
        // SAFETY: the library was loaded, and is given back once.
        unsafe { FreeLibrary(self.0) };
    }
}

/// The sessions of this machine.
pub(super) struct Sessions {
    enumerate: Enumerate,
    query: Query,
    free: Free,
    _library: Library,
}

impl Sessions {
    /// `None` where there are no sessions at all.
    pub(super) fn open() -> io::Result<Option<Sessions>> {
        // SAFETY: the name ends in a NUL, and the reserved handle must be null.
        let library =
            unsafe { LoadLibraryExW(w!("wtsapi32.dll"), ptr::null_mut(), LOAD_LIBRARY_SEARCH_SYSTEM32) };
        if library.is_null() {
            return match last_error() {
                (ERROR_MOD_NOT_FOUND, _) => Ok(None),
                (_, error) => Err(error),
            };
        }
        let library = Library(library);
        // SAFETY: the library is loaded, and the name ends in a NUL.
        let enumerate = unsafe { GetProcAddress(library.0, s!("WTSEnumerateSessionsW")) };
        // SAFETY: as above.
        let query = unsafe { GetProcAddress(library.0, s!("WTSQuerySessionInformationW")) };
        // SAFETY: as above.
        let free = unsafe { GetProcAddress(library.0, s!("WTSFreeMemory")) };
        let (Some(enumerate), Some(query), Some(free)) = (enumerate, query, free) else {
            return Ok(None);
        };
        Ok(Some(Sessions {
            // SAFETY: the function of this name has this type.
            enumerate: unsafe {
                std::mem::transmute::<unsafe extern "system" fn() -> isize, Enumerate>(enumerate)
            },
            // SAFETY: as above.
            query: unsafe { std::mem::transmute::<unsafe extern "system" fn() -> isize, Query>(query) },
            // SAFETY: as above.
            free: unsafe { std::mem::transmute::<unsafe extern "system" fn() -> isize, Free>(free) },
            _library: library,
        }))
    }

    /// The numbers of the sessions.
    pub(super) fn list(&self) -> io::Result<Vec<u32>> {
        let (mut sessions, mut count) = (ptr::null_mut(), 0);
        // SAFETY: the handle stands for this machine, 0 and 1 are the only values of the next two; the others are pointers
        // to a pointer and a number.
        let done =
            unsafe { (self.enumerate)(WTS_CURRENT_SERVER_HANDLE, 0, 1, &raw mut sessions, &raw mut count) };
        if done == 0 {
            return Err(io::Error::last_os_error());
        }
        let session = |place: u32| {
            // SAFETY: the call has filled so many entries.
            let entry = unsafe { sessions.add(place as usize) };
            // SAFETY: as above.
            unsafe { (*entry).SessionId }
        };
        let numbers = (0..count).map(session).collect();
        // SAFETY: the call has allocated them, and nothing points there any more.
        unsafe { (self.free)(sessions.cast()) };
        Ok(numbers)
    }

    /// What is told of a session.
    pub(super) fn query(&self, session: u32, class: WTS_INFO_CLASS) -> io::Result<Vec<u8>> {
        let (mut buffer, mut length) = (ptr::null_mut(), 0);
        // SAFETY: the handle stands for this machine; the last two are pointers to a pointer and a number.
        let done = unsafe {
            (self.query)(
                WTS_CURRENT_SERVER_HANDLE,
                session,
                class,
                &raw mut buffer,
                &raw mut length,
            )
        };
        if done == 0 {
            return Err(io::Error::last_os_error());
        }
        if buffer.is_null() {
            return Ok(Vec::new());
        }
        // SAFETY: the call has filled so many bytes, which nobody changes.
        let bytes = unsafe { std::slice::from_raw_parts(buffer.cast::<u8>(), length as usize) }.to_vec();
        // SAFETY: the call has allocated them, and nothing points there any more.
        unsafe { (self.free)(buffer.cast()) };
        Ok(bytes)
    }
}
