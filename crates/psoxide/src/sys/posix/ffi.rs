//! Calls of the C library that every Unix has and rustix lacks.
#![allow(unsafe_code)]

use std::ffi::CStr;
use std::io;
use std::mem::MaybeUninit;

/// The name of a user; `None` if there is no user of this number.
pub(crate) fn user_name(uid: u32) -> io::Result<Option<Vec<u8>>> {
    /// An entry that is longer is refused with `ERANGE`.
    const LONGEST: usize = 1 << 20;
    let mut text: Vec<libc::c_char> = vec![0; 1024];
    loop {
        let mut entry = MaybeUninit::<libc::passwd>::uninit();
        let mut found = std::ptr::null_mut();
        // SAFETY: `entry` and `found` are of the types that the call fills, and `text` has the length that is given.
        let answer =
            unsafe { libc::getpwuid_r(uid, entry.as_mut_ptr(), text.as_mut_ptr(), text.len(), &mut found) };
        match answer {
            0 if found.is_null() => return Ok(None),
            0 => {
                // SAFETY: the call has found an entry, so it has filled this one.
                let entry = unsafe { entry.assume_init() };
                // SAFETY: the name of a filled entry is a C string inside of `text`, which is still there.
                let name = unsafe { CStr::from_ptr(entry.pw_name) };
                return Ok(Some(name.to_bytes().to_vec()));
            }
            libc::EINTR => {}
            libc::ERANGE if text.len() < LONGEST => text.resize(text.len() * 2, 0),
            // Some C libraries say "not found" with these: getpwnam_r(3), Notes.
            libc::ENOENT | libc::ESRCH | libc::EBADF | libc::EPERM => return Ok(None),
            errno => return Err(io::Error::from_raw_os_error(errno)),
        }
    }
}
