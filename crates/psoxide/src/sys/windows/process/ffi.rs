//! The calls of Windows about one process, through a handle of it or by its number.
#![allow(unsafe_code)]

use std::ffi::c_void;
use std::io;
use std::os::windows::io::{AsRawHandle, FromRawHandle, OwnedHandle};
use std::ptr::{null, null_mut};

use psoxide_core::decode::windows::memory_basic_information;
use windows_sys::Wdk::System::SystemInformation::NtQuerySystemInformation;
use windows_sys::Wdk::System::Threading::{NtQueryInformationProcess, PROCESSINFOCLASS, ProcessIoPriority};
use windows_sys::Win32::Foundation::{
    ERROR_ACCESS_DENIED, ERROR_INSUFFICIENT_BUFFER, ERROR_NO_TOKEN, ERROR_NOT_ALL_ASSIGNED, FILETIME, HANDLE,
    LUID, STATUS_BUFFER_OVERFLOW, STATUS_BUFFER_TOO_SMALL, STATUS_INFO_LENGTH_MISMATCH, UNICODE_STRING,
    WAIT_FAILED, WAIT_OBJECT_0, WAIT_TIMEOUT,
};
use windows_sys::Win32::Security::{
    AdjustTokenPrivileges, ImpersonateSelf, LUID_AND_ATTRIBUTES, RevertToSelf, SE_PRIVILEGE_ENABLED,
    SecurityImpersonation, TOKEN_ADJUST_PRIVILEGES, TOKEN_PRIVILEGES, TOKEN_QUERY,
};
use windows_sys::Win32::Storage::FileSystem::{GetLogicalDrives, QueryDosDeviceW};
use windows_sys::Win32::System::Console::GenerateConsoleCtrlEvent;
use windows_sys::Win32::System::Diagnostics::Debug::ReadProcessMemory;
use windows_sys::Win32::System::Memory::{MEMORY_BASIC_INFORMATION, VirtualQueryEx};
use windows_sys::Win32::System::ProcessStatus::K32GetMappedFileNameW;
use windows_sys::Win32::System::SystemInformation::{GetSystemInfo, SYSTEM_INFO};
use windows_sys::Win32::System::Threading::{
    GetActiveProcessorCount, GetActiveProcessorGroupCount, GetCurrentThread, GetExitCodeProcess,
    GetPriorityClass, GetProcessAffinityMask, GetProcessGroupAffinity, GetProcessId, GetProcessTimes,
    OpenProcess, OpenThreadToken, SetPriorityClass, SetProcessAffinityMask, TerminateProcess,
    WaitForMultipleObjects,
};

use crate::sys::windows::ffi::{Answer, Filled, nt_error, size};

// Not in the headers, but in every ntdll.dll since Windows XP.
#[link(name = "ntdll", kind = "raw-dylib")]
unsafe extern "system" {
    fn NtQueryVirtualMemory(
        process: HANDLE,
        address: *const c_void,
        class: i32,
        answer: *mut c_void,
        room: usize,
        length: *mut usize,
    ) -> i32;
    fn NtSetInformationProcess(process: HANDLE, class: i32, value: *const c_void, length: u32) -> i32;
    fn NtSuspendProcess(process: HANDLE) -> i32;
    fn NtResumeProcess(process: HANDLE) -> i32;
}

/// The longest text that the kernel has, in units of 16 bits.
pub(super) const LONGEST: usize = 0x7fff;
/// `SE_DEBUG_PRIVILEGE`: to reach processes of others.
const DEBUG: LUID = LUID {
    LowPart: 20,
    HighPart: 0,
};
/// `SystemProcessIdInformation`.
const PROGRAM: i32 = 88;
/// `MemoryWorkingSetInformation`.
const WORKING_SET: i32 = 1;

/// `SYSTEM_PROCESS_ID_INFORMATION`: a number, and where the path is wanted.
#[repr(C)]
struct ProcessIdInformation {
    pid: usize,
    name: UNICODE_STRING,
}

pub(super) fn done(answer: i32) -> io::Result<()> {
    match answer {
        0 => Err(io::Error::last_os_error()),
        _ => Ok(()),
    }
}

/// A handle of a process with these rights; who may debug gets one of processes of others, too.
pub(super) fn open(pid: u32, rights: u32) -> io::Result<OwnedHandle> {
    // SAFETY: the function takes numbers.
    let open = || opened(unsafe { OpenProcess(rights, 0, pid) });
    match open() {
        Err(error) if error.raw_os_error() == Some(ERROR_ACCESS_DENIED.cast_signed()) => {
            as_debugger(open).unwrap_or(Err(error))
        }
        answer => answer,
    }
}

pub(super) fn opened(handle: HANDLE) -> io::Result<OwnedHandle> {
    if handle.is_null() {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the handle was just opened and belongs to nobody else.
    Ok(unsafe { OwnedHandle::from_raw_handle(handle) })
}

/// Runs `ask` with the privilege to debug, which a program may have without using it. It is used by this thread alone and
/// for this call alone. `None` if this thread acts as somebody already, or the user does not have the privilege.
fn as_debugger<T>(ask: impl FnOnce() -> T) -> Option<T> {
    // SAFETY: the function takes nothing and returns a number that stands for this thread.
    let thread = unsafe { GetCurrentThread() };
    let token = |rights| {
        let mut token = null_mut();
        // SAFETY: the thread is this one; the pointer is to a handle.
        done(unsafe { OpenThreadToken(thread, rights, 1, &raw mut token) }).and_then(|()| opened(token))
    };
    // With a token there, or one that may not be looked at, it acts as somebody.
    match token(TOKEN_QUERY) {
        Err(error) if error.raw_os_error() == Some(ERROR_NO_TOKEN.cast_signed()) => {}
        _ => return None,
    }
    // SAFETY: the function takes a number.
    done(unsafe { ImpersonateSelf(SecurityImpersonation) }).ok()?;
    let answer = token(TOKEN_ADJUST_PRIVILEGES)
        .and_then(|token| allow_debugging(&token))
        .is_ok()
        .then(ask);
    // SAFETY: the function takes nothing. It cannot fail for a token that was just set.
    unsafe { RevertToSelf() };
    answer
}

fn allow_debugging(token: &OwnedHandle) -> io::Result<()> {
    let wanted = TOKEN_PRIVILEGES {
        PrivilegeCount: 1,
        Privileges: [LUID_AND_ATTRIBUTES {
            Luid: DEBUG,
            Attributes: SE_PRIVILEGE_ENABLED,
        }],
    };
    // SAFETY: the token is open while it is borrowed; what was before is not wanted, for which it may be null.
    done(unsafe {
        AdjustTokenPrivileges(
            token.as_raw_handle(),
            0,
            &raw const wanted,
            0,
            null_mut(),
            null_mut(),
        )
    })?;
    // It succeeds without a privilege that the user does not have, and tells it so.
    match io::Error::last_os_error() {
        error if error.raw_os_error() == Some(ERROR_NOT_ALL_ASSIGNED.cast_signed()) => Err(error),
        _ => Ok(()),
    }
}

/// What the kernel tells of a process; `first` bytes are offered at first.
pub(super) fn query(process: &OwnedHandle, class: PROCESSINFOCLASS, first: usize) -> io::Result<Answer> {
    Answer::ask(first, |words| {
        let mut length = 0;
        let (handle, pointer, room) = (process.as_raw_handle(), words.as_mut_ptr().cast(), size(words));
        // SAFETY: the handle is open; the buffer is writable memory of the size that is passed, aligned to 8 bytes.
        let status = unsafe { NtQueryInformationProcess(handle, class, pointer, room, &raw mut length) };
        match status {
            STATUS_INFO_LENGTH_MISMATCH | STATUS_BUFFER_TOO_SMALL | STATUS_BUFFER_OVERFLOW => {
                Ok(Filled::TooSmall(length as usize))
            }
            0.. => Ok(Filled::With(length as usize)),
            _ => Err(nt_error(status)),
        }
    })
}

/// So many bytes of the memory of a process, all or none.
pub(super) fn read(process: &OwnedHandle, address: u64, length: usize) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; length];
    let place = std::ptr::without_provenance(usize::try_from(address).unwrap_or(usize::MAX));
    let mut read = 0;
    // SAFETY: the handle is open; the buffer has the length that is passed; the address is only looked up, in the other
    // process, by the kernel, which checks it.
    done(unsafe {
        ReadProcessMemory(
            process.as_raw_handle(),
            place,
            bytes.as_mut_ptr().cast(),
            length,
            &raw mut read,
        )
    })?;
    bytes.truncate(read);
    Ok(bytes)
}

/// What Windows itself makes of a command line, which ends in a NUL.
#[cfg(test)]
pub(super) fn arguments(line: &[u16]) -> Vec<Vec<u16>> {
    use windows_sys::Win32::Foundation::LocalFree;
    #[link(name = "shell32", kind = "raw-dylib")]
    unsafe extern "system" {
        fn CommandLineToArgvW(line: *const u16, count: *mut i32) -> *mut *mut u16;
    }
    assert_eq!(line.last(), Some(&0));
    let mut count = 0;
    // SAFETY: the line ends in a NUL; the pointer is to a number.
    let told = unsafe { CommandLineToArgvW(line.as_ptr(), &raw mut count) };
    assert!(!told.is_null());
    let arguments = (0..count as usize).map(|place| {
        // SAFETY: there are so many.
        let text = unsafe { told.wrapping_add(place).read() };
        // SAFETY: each ends in a NUL, and what stands before is the argument's.
        let units = (0..).map(|unit| unsafe { text.wrapping_add(unit).read() });
        units.take_while(|unit| *unit != 0).collect()
    });
    let arguments = arguments.collect();
    // SAFETY: it was given to be freed so, and is not used behind this.
    unsafe { LocalFree(told.cast()) };
    arguments
}

/// Writes bytes into the memory of a process.
#[cfg(test)]
pub(super) fn write(process: &OwnedHandle, address: u64, bytes: &[u8]) -> io::Result<()> {
    use windows_sys::Win32::System::Diagnostics::Debug::WriteProcessMemory;
    let place = std::ptr::without_provenance(usize::try_from(address).unwrap_or(usize::MAX));
    let (pointer, length) = (bytes.as_ptr().cast(), bytes.len());
    // SAFETY: the handle is open; so many bytes are there; the address is of the other process, whose tests these are.
    done(unsafe { WriteProcessMemory(process.as_raw_handle(), place, pointer, length, null_mut()) })
}

/// Reserves so many bytes in a process and fills the first of them with letters; where they are.
#[cfg(test)]
pub(super) fn fill(process: &OwnedHandle, reserved: usize, filled: usize) -> io::Result<u64> {
    use windows_sys::Win32::System::Memory::{MEM_COMMIT, MEM_RESERVE, PAGE_READWRITE, VirtualAllocEx};
    let handle = process.as_raw_handle();
    // SAFETY: the handle is open; any address will do.
    let place = unsafe { VirtualAllocEx(handle, null(), reserved, MEM_RESERVE, PAGE_READWRITE) };
    // SAFETY: the handle is open; the place was just reserved there.
    let place = unsafe { VirtualAllocEx(handle, place, filled, MEM_COMMIT, PAGE_READWRITE) };
    if place.is_null() {
        return Err(io::Error::last_os_error());
    }
    let address = place.addr() as u64;
    write(process, address, &vec![b'x'; filled]).map(|()| address)
}

/// Lets nobody open a process but who has the privilege to debug: the list of who may is empty.
#[cfg(test)]
pub(super) fn deny(process: &impl AsRawHandle) {
    use windows_sys::Win32::Security::{ACL, ACL_REVISION, DACL_SECURITY_INFORMATION, InitializeAcl};
    const SE_KERNEL_OBJECT: i32 = 6;
    #[link(name = "advapi32", kind = "raw-dylib")]
    unsafe extern "system" {
        fn SetSecurityInfo(
            handle: HANDLE,
            kind: i32,
            which: u32,
            owner: *const c_void,
            group: *const c_void,
            allowed: *const ACL,
            audited: *const ACL,
        ) -> u32;
    }
    let mut nobody = ACL::default();
    // SAFETY: the list has room for its own header, which is all that is written.
    done(unsafe { InitializeAcl(&raw mut nobody, size_of::<ACL>() as u32, ACL_REVISION) }).unwrap();
    let (handle, nobody) = (process.as_raw_handle(), &raw const nobody);
    // SAFETY: the handle is open as long as its owner; the list is whole; what is not set may be null.
    let code = unsafe {
        SetSecurityInfo(
            handle,
            SE_KERNEL_OBJECT,
            DACL_SECURITY_INFORMATION,
            null(),
            null(),
            nobody,
            null(),
        )
    };
    assert_eq!(code, 0);
}

/// The bytes of the `MEMORY_BASIC_INFORMATION` of the region at an address; `None` behind the last.
pub(super) fn region(process: &OwnedHandle, address: u64) -> Option<Vec<u8>> {
    const _: () = assert!(size_of::<MEMORY_BASIC_INFORMATION>() == memory_basic_information::SIZE);
    let place = std::ptr::without_provenance(usize::try_from(address).unwrap_or(usize::MAX));
    let mut words = [0u64; memory_basic_information::SIZE / 8];
    let pointer = words.as_mut_ptr().cast();
    let room = size_of_val(&words);
    // SAFETY: the handle is open; the buffer has the size and the alignment of the structure; the address is only looked
    // up.
    match unsafe { VirtualQueryEx(process.as_raw_handle(), place, pointer, room) } {
        0 => None,
        _ => Some(words.iter().flat_map(|word| word.to_ne_bytes()).collect()),
    }
}

/// The path of the file that is mapped at an address, in UTF-16; `None` if none is. `room` has [`LONGEST`] units.
pub(super) fn mapped_file<'a>(process: &OwnedHandle, address: u64, room: &'a mut [u16]) -> Option<&'a [u16]> {
    let place = std::ptr::without_provenance(usize::try_from(address).unwrap_or(usize::MAX));
    let (pointer, units) = (room.as_mut_ptr(), room.len() as u32);
    // SAFETY: the handle is open; the buffer has the length that is passed; the address is only looked up.
    let length = unsafe { K32GetMappedFileNameW(process.as_raw_handle(), place, pointer, units) };
    room.get(..length as usize).filter(|name| !name.is_empty())
}

/// The pages that a process holds in memory.
pub(super) fn working_set(process: &OwnedHandle) -> io::Result<Answer> {
    Answer::ask(64 * 1024, |words| {
        let (handle, pointer, room) = (process.as_raw_handle(), words.as_mut_ptr(), size_of_val(words));
        // SAFETY: the handle is open; the buffer is writable memory of the size that is passed, aligned to 8 bytes.
        let status =
            unsafe { NtQueryVirtualMemory(handle, null(), WORKING_SET, pointer.cast(), room, null_mut()) };
        match status {
            // It has told then how many pages there are, a word each.
            STATUS_INFO_LENGTH_MISMATCH => {
                let pages = words.first().map_or(0, |pages| (*pages).min(u32::MAX.into()));
                Ok(Filled::TooSmall(8 * (pages as usize + 1)))
            }
            0.. => Ok(Filled::With(room)),
            _ => Err(nt_error(status)),
        }
    })
}

/// The size of a page of memory in bytes.
pub(super) fn page_size() -> u64 {
    let mut told = SYSTEM_INFO::default();
    // SAFETY: the pointer is to a whole structure.
    unsafe { GetSystemInfo(&raw mut told) };
    told.dwPageSize.into()
}

/// The path of the program of a process, in UTF-16. No right to the process is needed.
pub(super) fn program(pid: u32) -> io::Result<Vec<u16>> {
    // The kernel tells how much it takes, and may have something longer to tell the next time.
    let mut units = 0x100;
    loop {
        let mut room = vec![0u16; units];
        let mut asked = ProcessIdInformation {
            pid: pid as usize,
            name: UNICODE_STRING {
                Length: 0,
                MaximumLength: (units * 2) as u16,
                Buffer: room.as_mut_ptr(),
            },
        };
        let (pointer, length) = (&raw mut asked, size_of::<ProcessIdInformation>() as u32);
        // SAFETY: the structure is whole, and its buffer has the size that it tells.
        let status = unsafe { NtQuerySystemInformation(PROGRAM, pointer.cast(), length, null_mut()) };
        match status {
            STATUS_INFO_LENGTH_MISMATCH | STATUS_BUFFER_TOO_SMALL | STATUS_BUFFER_OVERFLOW
                if units < LONGEST =>
            {
                units = LONGEST;
            }
            0.. => {
                room.truncate(usize::from(asked.name.Length / 2));
                return Ok(room);
            }
            _ => return Err(nt_error(status)),
        }
    }
}

/// Which letters are drives, a bit each from `A:`.
pub(super) fn drives() -> u32 {
    // SAFETY: the function takes nothing and returns a number.
    unsafe { GetLogicalDrives() }
}

/// What a drive stands for, in UTF-16; the name ends in a NUL.
pub(super) fn device(drive: &[u16]) -> io::Result<Vec<u16>> {
    debug_assert_eq!(drive.last(), Some(&0));
    let mut units = 0x100;
    loop {
        let mut room = vec![0u16; units];
        // SAFETY: the name ends in a NUL; the buffer has the length that is passed.
        let length = unsafe { QueryDosDeviceW(drive.as_ptr(), room.as_mut_ptr(), units as u32) };
        if length > 0 {
            // What counts is the first of several, each ended by a NUL.
            return Ok(room.into_iter().take_while(|unit| *unit != 0).collect());
        }
        match io::Error::last_os_error() {
            error
                if error.raw_os_error() == Some(ERROR_INSUFFICIENT_BUFFER.cast_signed())
                    && units < LONGEST =>
            {
                units = LONGEST;
            }
            error => return Err(error),
        }
    }
}

/// Its I/O priority by number.
pub(super) fn io_priority(process: &OwnedHandle) -> io::Result<u32> {
    let mut priority = 0u32;
    let (handle, pointer) = (process.as_raw_handle(), &raw mut priority);
    // SAFETY: the handle is open; the pointer is to a number of the size that is passed.
    match unsafe { NtQueryInformationProcess(handle, ProcessIoPriority, pointer.cast(), 4, null_mut()) } {
        0.. => Ok(priority),
        status => Err(nt_error(status)),
    }
}

/// Sets its I/O priority by number.
pub(super) fn set_io_priority(process: &OwnedHandle, priority: u32) -> io::Result<()> {
    let pointer = &raw const priority;
    // SAFETY: the handle is open; the pointer is to a number of the size that is passed.
    match unsafe { NtSetInformationProcess(process.as_raw_handle(), ProcessIoPriority, pointer.cast(), 4) } {
        0.. => Ok(()),
        status => Err(nt_error(status)),
    }
}

/// Sends an event of a keyboard to a group of processes of this console.
pub(super) fn console_event(event: u32, group: u32) -> io::Result<()> {
    // SAFETY: the function takes numbers.
    done(unsafe { GenerateConsoleCtrlEvent(event, group) })
}

/// The number of a process; 0 if it is not told.
pub(super) fn number(process: &OwnedHandle) -> u32 {
    // SAFETY: the handle is open while it is borrowed.
    unsafe { GetProcessId(process.as_raw_handle()) }
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

/// The processor groups that it has threads in, ascending.
pub(super) fn groups(process: &OwnedHandle) -> io::Result<Vec<u16>> {
    // There are at most 32 on any version so far.
    let mut groups = [0u16; 64];
    let mut count = groups.len() as u16;
    // SAFETY: the handle is open; the array has the length that is passed.
    done(unsafe { GetProcessGroupAffinity(process.as_raw_handle(), &raw mut count, groups.as_mut_ptr()) })?;
    let mut groups = groups.get(..usize::from(count)).unwrap_or_default().to_vec();
    groups.sort_unstable();
    Ok(groups)
}

/// How many processor groups the machine has.
pub(super) fn processor_groups() -> u16 {
    // SAFETY: the function takes nothing and returns a number.
    unsafe { GetActiveProcessorGroupCount() }
}

/// How many CPUs are active in a processor group.
pub(super) fn processors(group: u16) -> u32 {
    // SAFETY: the function takes a number and returns one.
    unsafe { GetActiveProcessorCount(group) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_privilege_to_debug_is_used_for_one_call() {
        // Who acts as a debugger already acts as somebody.
        let Some(nested) = as_debugger(|| as_debugger(|| ())) else {
            println!("this user may not debug");
            return;
        };
        assert_eq!(nested, None);
        // And afterwards as nobody else.
        assert_eq!(as_debugger(|| 7), Some(7));
    }

    #[test]
    fn a_text_that_does_not_fit_at_first_is_told() {
        let name = program(std::process::id()).unwrap();
        let name = String::from_utf16(&name).unwrap();
        let own = std::env::current_exe().unwrap();
        assert!(
            name.ends_with(own.file_name().unwrap().to_str().unwrap()),
            "{name}"
        );
        let error = program(u32::MAX - 3).unwrap_err();
        assert!(error.raw_os_error().is_some(), "{error}");
        assert!(device(&[b'?'.into(), 0]).is_err());
    }
}
