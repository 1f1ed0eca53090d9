//! What the calls of Windows have in common: buffers that grow until the answer fits, error numbers, texts. The calls
//! themselves stand in the `ffi.rs` of each area, as safe functions that hand out owned bytes and plain numbers; what the
//! bytes mean is decoded in the core.
#![allow(unsafe_code)]

use std::io;

use windows_sys::Wdk::System::SystemInformation::{NtQuerySystemInformation, SYSTEM_INFORMATION_CLASS};
use windows_sys::Win32::Foundation::{
    ERROR_NOT_SUPPORTED, RtlNtStatusToDosError, STATUS_BUFFER_TOO_SMALL, STATUS_INFO_LENGTH_MISMATCH,
    STATUS_INVALID_INFO_CLASS, STATUS_NOT_IMPLEMENTED,
};

/// No buffer is made larger than this, in bytes: a driver may ask for ever more.
const MOST: usize = 256 << 20;

// The decoders know the layouts of 64-bit machines.
const _: () = assert!(size_of::<usize>() == 8);

/// What a call filled, where it filled it: pointers in it hold for that place.
pub(super) struct Answer {
    words: Vec<u64>,
    length: usize,
}

/// What became of a call with a buffer.
pub(super) enum Filled {
    /// So much of it.
    With(usize),
    /// It takes more; so much, if it told.
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

    /// The whole of a buffer that was filled.
    pub(super) fn whole(words: Vec<u64>) -> Answer {
        let length = size_of_val(&words[..]);
        Answer { words, length }
    }

    /// Asks with larger and larger buffers of words that hold so many bytes.
    pub(super) fn ask(
        first: usize,
        mut call: impl FnMut(&mut [u64]) -> io::Result<Filled>,
    ) -> io::Result<Answer> {
        let mut size = first;
        while size <= MOST {
            let mut words = vec![0; size.div_ceil(8)];
            match call(&mut words)? {
                Filled::With(length) => return Ok(Answer { words, length }),
                Filled::TooSmall(wanted) => size = larger(size, wanted),
            }
        }
        Err(outgrown())
    }
}

/// Asks for text with larger and larger buffers of so many units of UTF-16.
pub(super) fn ask_text(
    first: usize,
    mut call: impl FnMut(&mut [u16]) -> io::Result<Filled>,
) -> io::Result<Vec<u16>> {
    let mut size = first;
    while size <= MOST / 2 {
        let mut units = vec![0; size];
        match call(&mut units)? {
            Filled::With(length) => {
                units.truncate(length);
                return Ok(units);
            }
            Filled::TooSmall(wanted) => size = larger(size, wanted),
        }
    }
    Err(outgrown())
}

/// What is listed grows between two calls, so that some more is given than was wanted.
fn larger(size: usize, wanted: usize) -> usize {
    wanted.saturating_add(wanted / 8).max(2 * size)
}

fn outgrown() -> io::Error {
    io::Error::other("the answer outgrows every buffer")
}

/// The texts of a list, each of which is ended by a NUL.
pub(super) fn each_text(units: &[u16]) -> impl Iterator<Item = &[u16]> {
    units.split(|unit| *unit == 0).filter(|text| !text.is_empty())
}

/// With the NUL at the end that calls take.
pub(super) fn terminated(text: &[u16]) -> Vec<u16> {
    text.iter().copied().chain([0]).collect()
}

/// The size of a buffer as the calls take it.
pub(super) fn size<T>(buffer: &[T]) -> u32 {
    u32::try_from(size_of_val(buffer)).unwrap_or(u32::MAX)
}

/// What the kernel tells of the system; `first` bytes are offered at first.
pub(super) fn query_system(class: SYSTEM_INFORMATION_CLASS, first: usize) -> io::Result<Answer> {
    Answer::ask(first, |words| {
        let mut length = 0;
        let (pointer, room) = (words.as_mut_ptr().cast(), size(words));
        // SAFETY: the buffer is writable memory of the size that is passed, aligned to 8 bytes; both pointers are valid
        // during the call.
        let status = unsafe { NtQuerySystemInformation(class, pointer, room, &raw mut length) };
        filled(status, length)
    })
}

/// What a status says that came with a length.
pub(super) fn filled(status: i32, length: u32) -> io::Result<Filled> {
    match status {
        STATUS_INFO_LENGTH_MISMATCH | STATUS_BUFFER_TOO_SMALL => Ok(Filled::TooSmall(length as usize)),
        0.. => Ok(Filled::With(length as usize)),
        _ => Err(nt_error(status)),
    }
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

/// The error of a code that a call returned.
pub(super) fn win32_error(code: u32) -> io::Error {
    io::Error::from_raw_os_error(code.cast_signed())
}

/// The error that the last call of this thread left, with its code.
pub(super) fn last_error() -> (u32, io::Error) {
    let error = io::Error::last_os_error();
    (error.raw_os_error().map_or(0, i32::cast_unsigned), error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_driver_that_asks_for_ever_more_is_left() {
        let mut calls = 0;
        let asked = Answer::ask(1 << 20, |words| {
            calls += 1;
            Ok(Filled::TooSmall(size_of_val(words) + 1))
        });
        assert!(asked.is_err() && calls < 32, "{calls}");
        let mut calls = 0;
        let asked = ask_text(1 << 20, |_| {
            calls += 1;
            Ok(Filled::TooSmall(0))
        });
        assert!(asked.is_err() && calls < 32, "{calls}");
        assert!(Answer::ask(8, |_| Ok(Filled::TooSmall(usize::MAX))).is_err());
    }

    #[test]
    fn what_grows_between_two_calls_fits_in_the_end() {
        let mut length = 100;
        let answer = Answer::ask(8, |words| {
            length += 100;
            match size_of_val(words) < length {
                true => Ok(Filled::TooSmall(length)),
                false => Ok(Filled::With(length)),
            }
        });
        assert_eq!(answer.unwrap().bytes().len(), length);
    }

    #[test]
    fn no_more_is_told_than_there_is_room_for() {
        let answer = Answer::ask(16, |_| Ok(Filled::With(1 << 40))).unwrap();
        assert_eq!(answer.bytes(), [0; 16]);
        assert!(answer.address() != 0);
    }
}
