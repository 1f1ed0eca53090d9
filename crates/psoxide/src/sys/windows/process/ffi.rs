//! The calls of Windows about one process, through a handle of it or by its number.
#![allow(unsafe_code)]

use std::io;
use std::os::windows::io::{AsRawHandle, FromRawHandle, OwnedHandle};
use std::ptr::null_mut;

use windows_sys::Win32::Foundation::{FILETIME, HANDLE, WAIT_FAILED, WAIT_OBJECT_0, WAIT_TIMEOUT};
use windows_sys::Win32::Security::{
    GetTokenInformation, LookupAccountSidW, TOKEN_QUERY, TOKEN_USER, TokenUser,
};
use windows_sys::Win32::System::Threading::{
    GetExitCodeProcess, GetPriorityClass, GetProcessAffinityMask, GetProcessTimes, OpenProcess,
    OpenProcessToken, SetPriorityClass, SetProcessAffinityMask, TerminateProcess, WaitForMultipleObjects,
};

use crate::sys::windows::ffi::nt_error;

// Not in the headers, but in every ntdll.dll since Windows XP.
#[link(name = "ntdll", kind = "raw-dylib")]
unsafe extern "system" {
    fn NtSuspendProcess(process: HANDLE) -> i32;
    fn NtResumeProcess(process: HANDLE) -> i32;
}

/// Room for the security identifier of a user: 68 bytes at most, and what points to it.
const TOKEN_WORDS: usize = 32;

fn done(answer: i32) -> io::Result<()> {
    match answer {
        0 => Err(io::Error::last_os_error()),
        _ => Ok(()),
    }
}

/// A handle of a process with these rights.
pub(super) fn open(pid: u32, rights: u32) -> io::Result<OwnedHandle> {
    // SAFETY: the function takes numbers.
    let handle = unsafe { OpenProcess(rights, 0, pid) };
    if handle.is_null() {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the handle was just opened and belongs to nobody else.
    Ok(unsafe { OwnedHandle::from_raw_handle(handle) })
}

/// When the process was started, in units of 100 ns since 1601.
pub(super) fn started(process: &OwnedHandle) -> io::Result<u64> {
    let mut times = [FILETIME::default(); 4];
    let [created, ended, kernel, user] = &mut times;
    let handle = process.as_raw_handle();
    // SAFETY: the handle is open while it is borrowed; the others are pointers to structures.
    done(unsafe {
        GetProcessTimes(
            handle,
            &raw mut *created,
            &raw mut *ended,
            &raw mut *kernel,
            &raw mut *user,
        )
    })?;
    Ok(u64::from(created.dwHighDateTime) << 32 | u64::from(created.dwLowDateTime))
}

/// Waits until one of these has ended, at most so many milliseconds; the place of the first that has. At most 64, and at
/// least one.
pub(super) fn wait(processes: &[&OwnedHandle], milliseconds: u32) -> io::Result<Option<usize>> {
    let handles: Vec<HANDLE> = processes.iter().map(|handle| handle.as_raw_handle()).collect();
    let count = u32::try_from(handles.len()).unwrap_or(u32::MAX);
    // SAFETY: the handles are open while they are borrowed, and as many as is said.
    match unsafe { WaitForMultipleObjects(count, handles.as_ptr(), 0, milliseconds) } {
        WAIT_TIMEOUT => Ok(None),
        WAIT_FAILED => Err(io::Error::last_os_error()),
        event => Ok(Some(event.wrapping_sub(WAIT_OBJECT_0) as usize)),
    }
}

/// The exit code of a process that has ended.
pub(super) fn exit_code(process: &OwnedHandle) -> io::Result<u32> {
    let mut code = 0;
    // SAFETY: the handle is open while it is borrowed; the other is a pointer to a number.
    done(unsafe { GetExitCodeProcess(process.as_raw_handle(), &raw mut code) })?;
    Ok(code)
}

/// Ends the process at once.
pub(super) fn terminate(process: &OwnedHandle, code: u32) -> io::Result<()> {
    // SAFETY: the handle is open while it is borrowed.
    done(unsafe { TerminateProcess(process.as_raw_handle(), code) })
}

/// Stops all threads of the process.
pub(super) fn suspend(process: &OwnedHandle) -> io::Result<()> {
    // SAFETY: the handle is open while it is borrowed.
    match unsafe { NtSuspendProcess(process.as_raw_handle()) } {
        0.. => Ok(()),
        status => Err(nt_error(status)),
    }
}

/// Lets them go on.
pub(super) fn resume(process: &OwnedHandle) -> io::Result<()> {
    // SAFETY: the handle is open while it is borrowed.
    match unsafe { NtResumeProcess(process.as_raw_handle()) } {
        0.. => Ok(()),
        status => Err(nt_error(status)),
    }
}

/// The number of its priority class.
pub(super) fn priority_class(process: &OwnedHandle) -> io::Result<u32> {
    // SAFETY: the handle is open while it is borrowed.
    match unsafe { GetPriorityClass(process.as_raw_handle()) } {
        0 => Err(io::Error::last_os_error()),
        class => Ok(class),
    }
}

/// Sets its priority class by number.
pub(super) fn set_priority_class(process: &OwnedHandle, class: u32) -> io::Result<()> {
    // SAFETY: the handle is open while it is borrowed.
    done(unsafe { SetPriorityClass(process.as_raw_handle(), class) })
}

/// The CPUs that it may run on and those that there are, a bit each, of its processor group.
pub(super) fn affinity(process: &OwnedHandle) -> io::Result<(usize, usize)> {
    let (mut own, mut all) = (0, 0);
    // SAFETY: the handle is open while it is borrowed; the others are pointers to numbers.
    done(unsafe { GetProcessAffinityMask(process.as_raw_handle(), &raw mut own, &raw mut all) })?;
    Ok((own, all))
}

/// Sets the CPUs that it may run on, a bit each.
pub(super) fn set_affinity(process: &OwnedHandle, mask: usize) -> io::Result<()> {
    // SAFETY: the handle is open while it is borrowed.
    done(unsafe { SetProcessAffinityMask(process.as_raw_handle(), mask) })
}

/// The domain and the name of the user that it runs as, in UTF-16.
pub(super) fn user(process: &OwnedHandle) -> io::Result<(Vec<u16>, Vec<u16>)> {
    let mut token = null_mut();
    // SAFETY: the handle is open while it is borrowed; the other is a pointer to a handle.
    done(unsafe { OpenProcessToken(process.as_raw_handle(), TOKEN_QUERY, &raw mut token) })?;
    // SAFETY: the handle was just opened and belongs to nobody else.
    let token = unsafe { OwnedHandle::from_raw_handle(token) };
    let mut words = [0u64; TOKEN_WORDS];
    let (pointer, size) = (words.as_mut_ptr(), size_of_val(&words) as u32);
    let mut length = 0;
    // SAFETY: the handle is open; the buffer has the size that is passed and is aligned for what is written.
    done(unsafe {
        GetTokenInformation(
            token.as_raw_handle(),
            TokenUser,
            pointer.cast(),
            size,
            &raw mut length,
        )
    })?;
    // SAFETY: the call filled a `TOKEN_USER` in at the start of the buffer, which is aligned for it.
    let told = unsafe { pointer.cast::<TOKEN_USER>().read() };
    let (mut name, mut domain) = ([0u16; 257], [0u16; 256]);
    let (mut name_length, mut domain_length) = (name.len() as u32, domain.len() as u32);
    let mut kind = 0;
    // SAFETY: the identifier lies in the buffer, which lives; the texts have the lengths that are passed.
    done(unsafe {
        LookupAccountSidW(
            std::ptr::null(),
            told.User.Sid,
            name.as_mut_ptr(),
            &raw mut name_length,
            domain.as_mut_ptr(),
            &raw mut domain_length,
            &raw mut kind,
        )
    })?;
    let until_nul = |text: &[u16]| text.iter().copied().take_while(|unit| *unit != 0).collect();
    Ok((until_nul(&domain), until_nul(&name)))
}
