//! The call about mains power and the battery.
#![allow(unsafe_code)]

use std::io;

use psoxide_core::decode::windows::system_power_status::SIZE;
use windows_sys::Win32::System::Power::{GetSystemPowerStatus, SYSTEM_POWER_STATUS};

use crate::sys::windows::ffi::Answer;

const _: () = assert!(size_of::<SYSTEM_POWER_STATUS>() == SIZE);

/// The `SYSTEM_POWER_STATUS`.
pub(super) fn power_status() -> io::Result<Answer> {
    let mut words = vec![0u64; SIZE.div_ceil(8)];
    // SAFETY: the buffer is writable memory of at least the size of the structure, aligned to 8 bytes.
    let done = unsafe { GetSystemPowerStatus(words.as_mut_ptr().cast()) };
    if done == 0 {
        Err(io::Error::last_os_error())
    } else {
        Ok(Answer::whole(words))
    }
}
