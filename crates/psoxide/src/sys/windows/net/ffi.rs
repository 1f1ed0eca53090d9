//! The calls about the network.
#![allow(unsafe_code)]

use std::io;
use std::mem::offset_of;

use psoxide_core::decode::windows::if_row2;
use windows_sys::Win32::Foundation::{
    ERROR_BUFFER_OVERFLOW, ERROR_INSUFFICIENT_BUFFER, ERROR_NO_DATA, NO_ERROR,
};
use windows_sys::Win32::NetworkManagement::IpHelper::{
    GAA_FLAG_SKIP_ANYCAST, GAA_FLAG_SKIP_DNS_SERVER, GAA_FLAG_SKIP_MULTICAST, GetAdaptersAddresses,
    GetExtendedTcpTable, GetExtendedUdpTable, GetIfEntry2, MIB_IF_ROW2, TCP_TABLE_OWNER_PID_ALL,
    UDP_TABLE_OWNER_PID,
};
use windows_sys::Win32::Networking::WinSock::{AF_INET, AF_INET6, AF_UNSPEC};

use crate::sys::windows::ffi::{Answer, Filled, size, win32_error};

// The decoder's offsets are those of the real structure.
const _: () = assert!(size_of::<MIB_IF_ROW2>() == if_row2::SIZE);
const _: () = assert!(offset_of!(MIB_IF_ROW2, OperStatus) == 1156);
const _: () = assert!(offset_of!(MIB_IF_ROW2, OutErrors) == 1312);

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
