//! The calls of Windows about the user whom a process runs as.
#![allow(unsafe_code)]

use std::io;
use std::os::windows::io::{AsRawHandle, OwnedHandle};
use std::ptr::{null, null_mut};

use windows_sys::Win32::Security::{
    CreateWellKnownSid, GetLengthSid, GetTokenInformation, LookupAccountSidW, TOKEN_QUERY, TOKEN_USER,
    TokenUser, WinLocalSystemSid,
};
use windows_sys::Win32::System::Threading::OpenProcessToken;

use crate::sys::windows::process::ffi::{done, opened};

/// Room for the security identifier of a user: 68 bytes at most, and what points to it.
const TOKEN_WORDS: usize = 32;

/// The security identifier of a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Sid {
    /// Aligned as the structure is; 68 bytes at most, and zeros behind it.
    words: [u32; 17],
}

impl Sid {
    /// That of the user whom a process runs as.
    pub(super) fn of(process: &OwnedHandle) -> io::Result<Sid> {
        let mut token = null_mut();
        // SAFETY: the handle is open while it is borrowed; the other is a pointer to a handle.
        done(unsafe { OpenProcessToken(process.as_raw_handle(), TOKEN_QUERY, &raw mut token) })?;
        let token = opened(token)?;
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
        let mut sid = Sid { words: [0; 17] };
        // SAFETY: the identifier lies whole in the buffer, which lives.
        let length = unsafe { GetLengthSid(told.User.Sid) } as usize;
        let length = length.min(size_of_val(&sid.words));
        // SAFETY: both have so many bytes, and do not overlap.
        unsafe {
            std::ptr::copy_nonoverlapping(told.User.Sid.cast::<u8>(), sid.words.as_mut_ptr().cast(), length)
        };
        Ok(sid)
    }

    /// That of the system itself.
    pub(super) fn system() -> io::Result<Sid> {
        let mut sid = Sid { words: [0; 17] };
        let (pointer, mut length) = (sid.words.as_mut_ptr(), size_of_val(&sid.words) as u32);
        // SAFETY: the buffer has the length that is passed; no domain is wanted, for which it may be null.
        done(unsafe { CreateWellKnownSid(WinLocalSystemSid, null_mut(), pointer.cast(), &raw mut length) })?;
        Ok(sid)
    }

    /// The domain and the name of the user, in UTF-16. This may ask another machine.
    pub(super) fn account(&self) -> io::Result<(Vec<u16>, Vec<u16>)> {
        let (mut name, mut domain) = ([0u16; 257], [0u16; 256]);
        let (mut name_length, mut domain_length) = (name.len() as u32, domain.len() as u32);
        let mut kind = 0;
        // SAFETY: the identifier is whole; the texts have the lengths that are passed.
        done(unsafe {
            LookupAccountSidW(
                null(),
                self.words.as_ptr().cast_mut().cast(),
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
}
