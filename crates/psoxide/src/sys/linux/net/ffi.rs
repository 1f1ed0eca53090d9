//! The one call about interfaces that has no safe binding: the settings of a link.
#![allow(unsafe_code)]

use std::os::fd::AsRawFd;

use psoxide_core::decode::linux::ethtool::{GET_SETTINGS, SIZE};
use rustix::fd::BorrowedFd;
use rustix::io::Errno;

/// The answer of `ETHTOOL_GSET` about the interface of this name, asked over any socket.
pub(super) fn link_settings(socket: BorrowedFd<'_>, name: &[u8]) -> rustix::io::Result<[u8; SIZE]> {
    let mut ifr_name = [0; libc::IFNAMSIZ];
    // One byte less than there is room for, so that a zero ends it.
    if name.len() >= ifr_name.len() {
        return Err(Errno::NAMETOOLONG);
    }
    for (place, byte) in ifr_name.iter_mut().zip(name) {
        *place = byte.cast_signed() as libc::c_char;
    }
    // Words, not bytes: the kernel's structure is aligned to four.
    let mut settings = [0u32; SIZE / 4];
    settings[0] = GET_SETTINGS;
    let mut request = libc::ifreq {
        ifr_name,
        ifr_ifru: libc::__c_anonymous_ifr_ifru {
            ifru_data: (&raw mut settings).cast(),
        },
    };
    // SAFETY: the descriptor is open while it is borrowed; `request` is a whole `struct ifreq` whose name ends with a
    // zero and whose data points to `settings`, which lives and is not touched during the call. The kernel reads its
    // first word and writes at most the 44 bytes of a `struct ethtool_cmd`, which is its size.
    let answer = unsafe { libc::ioctl(socket.as_raw_fd(), libc::SIOCETHTOOL as _, &raw mut request) };
    if answer < 0 {
        let error = std::io::Error::last_os_error();
        return Err(Errno::from_io_error(&error).unwrap_or(Errno::IO));
    }
    let mut bytes = [0; SIZE];
    for (place, word) in bytes.chunks_exact_mut(4).zip(settings) {
        place.copy_from_slice(&word.to_ne_bytes());
    }
    Ok(bytes)
}
