//! Every call of Windows that is made here, as safe functions that hand out owned bytes and plain numbers. What the bytes
//! mean is decoded in the core.
#![allow(unsafe_code)]

use std::io;
use std::mem::offset_of;

use psoxide_core::decode::windows::if_row2;
use windows_sys::Wdk::System::SystemInformation::{NtQuerySystemInformation, SYSTEM_INFORMATION_CLASS};
use windows_sys::Win32::Foundation::{
    ERROR_BUFFER_OVERFLOW, ERROR_INSUFFICIENT_BUFFER, ERROR_NO_DATA, ERROR_NOT_SUPPORTED, NO_ERROR,
    RtlNtStatusToDosError, STATUS_BUFFER_TOO_SMALL, STATUS_INFO_LENGTH_MISMATCH, STATUS_INVALID_INFO_CLASS,
    STATUS_NOT_IMPLEMENTED,
};
use windows_sys::Win32::NetworkManagement::IpHelper::{
    GAA_FLAG_SKIP_ANYCAST, GAA_FLAG_SKIP_DNS_SERVER, GAA_FLAG_SKIP_MULTICAST, GetAdaptersAddresses,
    GetExtendedTcpTable, GetExtendedUdpTable, GetIfEntry2, MIB_IF_ROW2, TCP_TABLE_OWNER_PID_ALL,
    UDP_TABLE_OWNER_PID,
};
use windows_sys::Win32::Networking::WinSock::{AF_INET, AF_INET6, AF_UNSPEC};
use windows_sys::Win32::Storage::FileSystem::{
    GetDiskFreeSpaceExW, GetDriveTypeW, GetLogicalDriveStringsW, GetVolumeInformationW,
};
use windows_sys::Win32::System::Diagnostics::Debug::{SEM_FAILCRITICALERRORS, SetThreadErrorMode};
use windows_sys::Win32::System::ProcessStatus::{K32GetPerformanceInfo, PERFORMANCE_INFORMATION};
use windows_sys::Win32::System::SystemInformation::{
    GetLogicalProcessorInformationEx, RelationProcessorCore,
};
use windows_sys::Win32::System::Threading::{
    ALL_PROCESSOR_GROUPS, GetActiveProcessorCount, GetActiveProcessorGroupCount,
};

/// A buffer is made larger at most so often: each time it doubles at least.
const TRIES: usize = 16;

// The decoders know the layouts of 64-bit machines.
const _: () = assert!(size_of::<usize>() == 8);
// The decoder's offsets are those of the real structure.
const _: () = assert!(size_of::<MIB_IF_ROW2>() == if_row2::SIZE);
const _: () = assert!(offset_of!(MIB_IF_ROW2, OperStatus) == 1156);
const _: () = assert!(offset_of!(MIB_IF_ROW2, OutErrors) == 1312);

/// What a call filled, where it filled it: pointers in it hold for that place.
pub(super) struct Answer {
    words: Vec<u64>,
    length: usize,
}

/// What became of a call with a buffer.
pub(super) enum Filled {
    /// So many bytes.
    With(usize),
    /// It takes more; so many bytes, if it told.
    TooSmall(usize),
}

impl Answer {
    /// What was filled.
    pub(super) fn bytes(&self) -> &[u8] {
        let length = self.length.min(size_of_val(&self.words[..]));
        // SAFETY: the words are initialised memory of at least `length` bytes that lives as long as `self` and is not
        // changed meanwhile; bytes may stand at any address.
        unsafe { std::slice::from_raw_parts(self.words.as_ptr().cast(), length) }
    }

    /// Where it was filled.
    pub(super) fn address(&self) -> u64 {
        self.words.as_ptr().addr() as u64
    }

    /// Asks with larger and larger buffers.
    pub(super) fn ask(
        first: usize,
        mut call: impl FnMut(&mut [u64]) -> io::Result<Filled>,
    ) -> io::Result<Answer> {
        let mut size = first;
        for _ in 0..TRIES {
            let mut words = vec![0; size.div_ceil(8)];
            match call(&mut words)? {
                Filled::With(length) => return Ok(Answer { words, length }),
                // What is listed grows between two calls, so that some more is given than was wanted.
                Filled::TooSmall(wanted) => size = (wanted + wanted / 8).max(2 * size),
            }
        }
        Err(io::Error::other("the answer outgrows every buffer"))
    }
}

/// The size of a buffer as the calls take it.
pub(super) fn size(words: &[u64]) -> u32 {
    u32::try_from(size_of_val(words)).unwrap_or(u32::MAX)
}

/// What the kernel tells of the system; `first` bytes are offered at first.
pub(super) fn query_system(class: SYSTEM_INFORMATION_CLASS, first: usize) -> io::Result<Answer> {
    Answer::ask(first, |words| {
        let mut length = 0;
        let (pointer, room) = (words.as_mut_ptr().cast(), size(words));
        // SAFETY: the buffer is writable memory of the size that is passed, aligned to 8 bytes; both pointers are valid
        // during the call.
        let status = unsafe { NtQuerySystemInformation(class, pointer, room, &raw mut length) };
        match status {
            STATUS_INFO_LENGTH_MISMATCH | STATUS_BUFFER_TOO_SMALL => Ok(Filled::TooSmall(length as usize)),
            0.. => Ok(Filled::With(length as usize)),
            _ => Err(nt_error(status)),
        }
    })
}

/// The error of a status that tells one.
pub(super) fn nt_error(status: i32) -> io::Error {
    win32_error(match status {
        // The number that stands for these means other things, too: that this kernel does not have what was asked for.
        STATUS_INVALID_INFO_CLASS | STATUS_NOT_IMPLEMENTED => ERROR_NOT_SUPPORTED,
        // SAFETY: the function only looks the number up.
        _ => unsafe { RtlNtStatusToDosError(status) },
    })
}

fn win32_error(code: u32) -> io::Error {
    io::Error::from_raw_os_error(code.cast_signed())
}

/// How many logical CPUs are active in all processor groups, and how many groups there are.
pub(super) fn processors() -> (u32, u16) {
    // SAFETY: the function takes a number and returns one.
    let count = unsafe { GetActiveProcessorCount(ALL_PROCESSOR_GROUPS) };
    // SAFETY: the function takes nothing and returns a number.
    let groups = unsafe { GetActiveProcessorGroupCount() };
    (count, groups)
}

/// What the machine's cores are made of.
pub(super) fn processor_cores() -> io::Result<Answer> {
    Answer::ask(4096, |words| {
        let mut length = size(words);
        let pointer = words.as_mut_ptr().cast();
        // SAFETY: the buffer is writable memory of the length that is passed, aligned to 8 bytes.
        let done =
            unsafe { GetLogicalProcessorInformationEx(RelationProcessorCore, pointer, &raw mut length) };
        if done != 0 {
            return Ok(Filled::With(length as usize));
        }
        let error = io::Error::last_os_error();
        match error.raw_os_error().map(i32::cast_unsigned) {
            Some(ERROR_INSUFFICIENT_BUFFER) => Ok(Filled::TooSmall(length as usize)),
            _ => Err(error),
        }
    })
}

/// Physical memory in bytes: all, and what is not in use.
pub(super) fn physical_memory() -> io::Result<(u64, u64)> {
    let mut told = PERFORMANCE_INFORMATION::default();
    let size = size_of::<PERFORMANCE_INFORMATION>() as u32;
    told.cb = size;
    // SAFETY: the pointer is to a whole structure, whose size is passed.
    let done = unsafe { K32GetPerformanceInfo(&raw mut told, size) };
    if done == 0 {
        return Err(io::Error::last_os_error());
    }
    let bytes = |pages: usize| (pages as u64).saturating_mul(told.PageSize as u64);
    Ok((bytes(told.PhysicalTotal), bytes(told.PhysicalAvailable)))
}

/// The network adapters that are known to IPv4 or IPv6.
pub(super) fn adapters() -> io::Result<Answer> {
    let flags = GAA_FLAG_SKIP_ANYCAST | GAA_FLAG_SKIP_MULTICAST | GAA_FLAG_SKIP_DNS_SERVER;
    // The size that the documentation recommends.
    Answer::ask(15_000, |words| {
        let mut length = size(words);
        let pointer = words.as_mut_ptr().cast();
        // SAFETY: the buffer is writable memory of the length that is passed, aligned to 8 bytes; the reserved pointer
        // must be null.
        let code = unsafe {
            GetAdaptersAddresses(
                AF_UNSPEC.into(),
                flags,
                std::ptr::null(),
                pointer,
                &raw mut length,
            )
        };
        match code {
            NO_ERROR => Ok(Filled::With(size(words) as usize)),
            ERROR_NO_DATA => Ok(Filled::With(0)),
            ERROR_BUFFER_OVERFLOW => Ok(Filled::TooSmall(length as usize)),
            code => Err(win32_error(code)),
        }
    })
}

/// The sockets of TCP or UDP over IPv4 or IPv6 with their processes.
pub(super) fn sockets(tcp: bool, ipv6: bool) -> io::Result<Answer> {
    let family = u32::from(if ipv6 { AF_INET6 } else { AF_INET });
    Answer::ask(16 * 1024, |words| {
        let mut length = size(words);
        let pointer = words.as_mut_ptr().cast();
        let code = match tcp {
            // SAFETY: the buffer is writable memory of the length that is passed, aligned to 8 bytes.
            true => unsafe {
                GetExtendedTcpTable(pointer, &raw mut length, 0, family, TCP_TABLE_OWNER_PID_ALL, 0)
            },
            // SAFETY: as above.
            false => unsafe {
                GetExtendedUdpTable(pointer, &raw mut length, 0, family, UDP_TABLE_OWNER_PID, 0)
            },
        };
        match code {
            NO_ERROR => Ok(Filled::With(size(words) as usize)),
            ERROR_INSUFFICIENT_BUFFER => Ok(Filled::TooSmall(length as usize)),
            code => Err(win32_error(code)),
        }
    })
}

/// The `MIB_IF_ROW2` of an interface.
pub(super) fn interface(index: u32) -> io::Result<Answer> {
    Answer::ask(if_row2::SIZE, |words| {
        // The number of the interface, behind its other name, which is 0 for "by number".
        words[1] = u64::from(index);
        let pointer = words.as_mut_ptr().cast();
        // SAFETY: the buffer has the size and alignment of the structure; all zeros but for the number is how one asks.
        let code = unsafe { GetIfEntry2(pointer) };
        match code {
            NO_ERROR => Ok(Filled::With(if_row2::SIZE)),
            code => Err(win32_error(code)),
        }
    })
}

/// The roots of the drives, each ended by a NUL.
pub(super) fn drives() -> io::Result<Vec<u16>> {
    let mut room = vec![0; 256];
    for _ in 0..TRIES {
        let size = u32::try_from(room.len()).unwrap_or(u32::MAX);
        // SAFETY: the buffer has the length that is passed, in units of 16 bits.
        let length = unsafe { GetLogicalDriveStringsW(size, room.as_mut_ptr()) };
        match length as usize {
            0 => return Err(io::Error::last_os_error()),
            length if length <= room.len() => {
                room.truncate(length);
                return Ok(room);
            }
            length => room.resize(length + 1, 0),
        }
    }
    Err(io::Error::other("the answer outgrows every buffer"))
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
    let nothing = std::ptr::null_mut();
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
    let length = name.iter().position(|unit| *unit == 0).unwrap_or(name.len());
    Ok((flags, name[..length].to_vec()))
}

/// The bytes of the file system that holds a path, which ends in a NUL: all, and free.
pub(super) fn space(path: &[u16]) -> io::Result<(u64, u64)> {
    debug_assert_eq!(path.last(), Some(&0));
    let (mut mine, mut total, mut free) = (0, 0, 0);
    // SAFETY: the path ends in a NUL; the others are pointers to numbers.
    let done = unsafe { GetDiskFreeSpaceExW(path.as_ptr(), &raw mut mine, &raw mut total, &raw mut free) };
    match done {
        0 => Err(io::Error::last_os_error()),
        _ => Ok((total, free)),
    }
}

/// Runs `ask` without the box that Windows shows to people where a drive holds no medium.
pub(super) fn without_dialogs<T>(ask: impl FnOnce() -> T) -> T {
    let mut before = 0;
    // SAFETY: the pointer is to a number.
    let set = unsafe { SetThreadErrorMode(SEM_FAILCRITICALERRORS, &raw mut before) };
    let answer = ask();
    if set != 0 {
        // SAFETY: what was before is not wanted, for which the pointer may be null.
        unsafe { SetThreadErrorMode(before, std::ptr::null_mut()) };
    }
    answer
}
