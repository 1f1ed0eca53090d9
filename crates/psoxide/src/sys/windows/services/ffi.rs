//! The calls to the service control manager. None of them changes a service.
#![allow(unsafe_code)]

use std::io;
use std::mem::offset_of;
use std::ptr;

use psoxide_core::decode::windows::services::STATUS_SIZE;
use windows_sys::Win32::Foundation::{ERROR_INSUFFICIENT_BUFFER, ERROR_MORE_DATA};
use windows_sys::Win32::System::Services::{
    CloseServiceHandle, ENUM_SERVICE_STATUS_PROCESSW, EnumServicesStatusExW, GetServiceDisplayNameW,
    OpenSCManagerW, OpenServiceW, QUERY_SERVICE_CONFIGW, QueryServiceConfig2W, QueryServiceConfigW,
    QueryServiceStatusEx, SC_ENUM_PROCESS_INFO, SC_HANDLE, SC_MANAGER_CONNECT, SC_MANAGER_ENUMERATE_SERVICE,
    SC_STATUS_PROCESS_INFO, SERVICE_CONFIG_DESCRIPTION, SERVICE_STATE_ALL, SERVICE_STATUS_PROCESS,
    SERVICE_WIN32,
};

use crate::sys::windows::ffi::{Answer, Filled, ask_text, last_error, size};

// The decoders' offsets are those of the real structures.
const _: () = assert!(size_of::<ENUM_SERVICE_STATUS_PROCESSW>() == 56);
const _: () = assert!(offset_of!(ENUM_SERVICE_STATUS_PROCESSW, ServiceStatusProcess) == 16);
const _: () = assert!(size_of::<QUERY_SERVICE_CONFIGW>() == 64);
const _: () = assert!(offset_of!(QUERY_SERVICE_CONFIGW, lpServiceStartName) == 48);
const _: () = assert!(size_of::<SERVICE_STATUS_PROCESS>() == STATUS_SIZE);
const _: () = assert!(offset_of!(SERVICE_STATUS_PROCESS, dwProcessId) == 28);

/// The most that one call fills, in bytes.
const PART: usize = 256 << 10;
/// More parts than that are not asked for: a list may not go on for ever.
const PARTS: usize = 256;

/// The manager, or a service; closed with the value.
struct Handle(SC_HANDLE);

impl Handle {
    fn of(handle: SC_HANDLE) -> io::Result<Handle> {
        match handle.is_null() {
            true => Err(io::Error::last_os_error()),
            false => Ok(Handle(handle)),
        }
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        // SAFETY: the handle was opened, and is closed once.
        unsafe { CloseServiceHandle(self.0) };
    }
}

/// The service control manager of this machine.
pub(super) struct Manager(Handle);

/// An open service.
pub(super) struct Service(Handle);

impl Manager {
    pub(super) fn open() -> io::Result<Manager> {
        let rights = SC_MANAGER_CONNECT | SC_MANAGER_ENUMERATE_SERVICE;
        // SAFETY: null stands for this machine and for the database of the services that are installed.
        Handle::of(unsafe { OpenSCManagerW(ptr::null(), ptr::null(), rights) }).map(Manager)
    }

    /// The services other than drivers, in parts, each with how many entries it has.
    pub(super) fn list(&self) -> io::Result<Vec<(Answer, usize)>> {
        let mut parts = Vec::new();
        let mut resume = 0;
        while parts.len() < PARTS {
            let mut words = vec![0u64; PART / 8];
            let (mut missing, mut count) = (0, 0);
            let (pointer, room) = (words.as_mut_ptr().cast(), size(&words));
            // SAFETY: the manager is open; the buffer is writable memory of the size that is passed, aligned to 8 bytes; the
            // next three are pointers to numbers; null asks for services of every group.
            let done = unsafe {
                EnumServicesStatusExW(
                    self.0.0,
                    SC_ENUM_PROCESS_INFO,
                    SERVICE_WIN32,
                    SERVICE_STATE_ALL,
                    pointer,
                    room,
                    &raw mut missing,
                    &raw mut count,
                    &raw mut resume,
                    ptr::null(),
                )
            };
            let more = match done {
                0 => match last_error() {
                    (ERROR_MORE_DATA, _) if count > 0 => true,
                    (_, error) => return Err(error),
                },
                _ => false,
            };
            parts.push((Answer::whole(words), count as usize));
            if !more {
                return Ok(parts);
            }
        }
        Err(io::Error::other("there are ever more services"))
    }

    /// Opens a service, whose name ends in a NUL.
    pub(super) fn service(&self, name: &[u16], rights: u32) -> io::Result<Service> {
        debug_assert_eq!(name.last(), Some(&0));
        // SAFETY: the manager is open, and the name ends in a NUL.
        Handle::of(unsafe { OpenServiceW(self.0.0, name.as_ptr(), rights) }).map(Service)
    }

    /// The name shown to people of a service, whose name ends in a NUL.
    pub(super) fn display_name(&self, name: &[u16]) -> io::Result<Vec<u16>> {
        debug_assert_eq!(name.last(), Some(&0));
        ask_text(257, |units| {
            // On success it counts without the NUL, on failure too.
            let mut length = units.len() as u32;
            let pointer = units.as_mut_ptr();
            // SAFETY: the manager is open, and the name ends in a NUL; the buffer has the length that is passed, in units
            // of 16 bits.
            let done = unsafe { GetServiceDisplayNameW(self.0.0, name.as_ptr(), pointer, &raw mut length) };
            if done != 0 {
                return Ok(Filled::With(length as usize));
            }
            match last_error() {
                (ERROR_INSUFFICIENT_BUFFER, _) => Ok(Filled::TooSmall(length as usize + 1)),
                (_, error) => Err(error),
            }
        })
    }
}

impl Service {
    /// Its `QUERY_SERVICE_CONFIGW`.
    pub(super) fn config(&self) -> io::Result<Answer> {
        self.ask(|words, room, needed| {
            // SAFETY: the service is open; the buffer is writable memory of the size that is passed, aligned to 8 bytes;
            // the last is a pointer to a number.
            unsafe { QueryServiceConfigW(self.0.0, words.cast(), room, needed) }
        })
    }

    /// Its `SERVICE_DESCRIPTIONW`.
    pub(super) fn description(&self) -> io::Result<Answer> {
        self.ask(|words, room, needed| {
            // SAFETY: as above.
            unsafe { QueryServiceConfig2W(self.0.0, SERVICE_CONFIG_DESCRIPTION, words.cast(), room, needed) }
        })
    }

    /// Its `SERVICE_STATUS_PROCESS`.
    pub(super) fn status(&self) -> io::Result<Answer> {
        self.ask(|words, room, needed| {
            // SAFETY: as above.
            unsafe { QueryServiceStatusEx(self.0.0, SC_STATUS_PROCESS_INFO, words.cast(), room, needed) }
        })
    }

    /// Asks by a call that takes a buffer, its size and where to put the size that is needed.
    fn ask(&self, call: impl Fn(*mut u64, u32, *mut u32) -> i32) -> io::Result<Answer> {
        Answer::ask(1024, |words| {
            let mut needed = 0;
            let room = size(words);
            if call(words.as_mut_ptr(), room, &raw mut needed) != 0 {
                return Ok(Filled::With(room as usize));
            }
            match last_error() {
                (ERROR_INSUFFICIENT_BUFFER, _) => Ok(Filled::TooSmall(needed as usize)),
                (_, error) => Err(error),
            }
        })
    }
}
