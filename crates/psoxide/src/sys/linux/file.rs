//! Reading the kernel's files: whole, with as few calls as can be.

use std::ffi::{OsStr, OsString};
use std::mem::MaybeUninit;
use std::os::fd::AsFd;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use psoxide_core::DecodeError;
use rustix::buffer::spare_capacity;
use rustix::fs::{Mode, OFlags, RawDir};
use rustix::io::{Errno, read};

use crate::error::{Error, Result};
use crate::sys::linux::error::{is_exhausted, system_error};

/// What one read asks for: nearly every file of a process fits, and it may live on the stack.
const SMALL: usize = 4096;
/// How much is read of a file of which the beginning may be enough.
const BEGINNING: usize = 2048;
/// No file of the kernel's is larger; one that is (or that never ends) is refused with `EFBIG`.
const LIMIT: usize = 256 << 20;
/// Room for the entries of a directory.
const ENTRIES: usize = 32 << 10;
/// The same of those that it writes in one go: it keeps them whole in a buffer of its own.
pub(crate) const RECORD_LIMIT: usize = 16 << 20;

/// Opens a file to read. Without waiting: what lies in a foreign root may be a FIFO.
pub(crate) fn open(path: &Path) -> rustix::io::Result<rustix::fd::OwnedFd> {
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOCTTY;
    rustix::fs::open(path, flags, Mode::empty())
}

/// Passes the whole of a file that the kernel writes in one go (`stat`, `status`, `statm`, …) to `decode`: one read if
/// it is shorter than a page. Such a file's short read is its end.
pub(crate) fn with_record<T>(file: impl AsFd, decode: impl FnOnce(&[u8]) -> T) -> rustix::io::Result<T> {
    with_page(&file, |told| {
        if told.len() < SMALL {
            return Ok(decode(told));
        }
        let mut whole = told.to_vec();
        read_rest(&file, &mut whole, RECORD_LIMIT)?;
        Ok(decode(&whole))
    })?
}

/// The whole of a file, read until its end.
pub(crate) fn read_all(file: impl AsFd) -> rustix::io::Result<Vec<u8>> {
    let mut whole = Vec::new();
    read_rest(&file, &mut whole, LIMIT)?;
    Ok(whole)
}

/// Passes a file of many lines to `take`, as many whole lines at a time as a buffer holds; what follows the last newline
/// comes at the end. An error of `take` ends the reading.
pub(crate) fn read_lines<E>(
    file: impl AsFd,
    mut take: impl FnMut(&[u8]) -> std::result::Result<(), E>,
) -> rustix::io::Result<std::result::Result<(), E>> {
    let mut buffer = vec![0; 4 * SMALL];
    let mut filled = 0;
    loop {
        if filled == buffer.len() {
            if filled >= LIMIT {
                return Err(Errno::FBIG);
            }
            buffer.resize(filled * 2, 0);
        }
        let length = read_retrying(&file, &mut buffer[filled..])?;
        let before = filled;
        filled += length;
        let whole = if length == 0 {
            filled
        } else {
            // What was there before ends in no line.
            let newline = buffer[before..filled].iter().rposition(|byte| *byte == b'\n');
            newline.map_or(0, |newline| before + newline + 1)
        };
        if let Err(error) = take(&buffer[..whole]) {
            return Ok(Err(error));
        }
        buffer.copy_within(whole..filled, 0);
        filled -= whole;
        if length == 0 {
            return Ok(Ok(()));
        }
    }
}

fn read_rest(file: impl AsFd, whole: &mut Vec<u8>, limit: usize) -> rustix::io::Result<()> {
    loop {
        if whole.len() > limit {
            return Err(Errno::FBIG);
        }
        // Large tables come a page a read, so the room must not be made anew for each.
        if whole.capacity() - whole.len() < SMALL {
            whole.reserve(whole.len().max(8 * SMALL));
        }
        match read(&file, spare_capacity(whole)) {
            Ok(0) => return Ok(()),
            Ok(_) | Err(Errno::INTR) => {}
            Err(errno) => return Err(errno),
        }
    }
}

/// Passes what one read of a page tells to `then`.
fn with_page<T>(file: impl AsFd, then: impl FnOnce(&[u8]) -> T) -> rustix::io::Result<T> {
    let mut page = [MaybeUninit::uninit(); SMALL];
    let (told, _) = loop {
        match read(&file, &mut page) {
            Err(Errno::INTR) => {}
            answer => break answer?,
        }
    };
    Ok(then(told))
}

fn read_retrying(file: impl AsFd, buffer: &mut [u8]) -> rustix::io::Result<usize> {
    loop {
        match read(&file, &mut *buffer) {
            Err(Errno::INTR) => {}
            answer => return answer,
        }
    }
}

/// The whole file at `path`.
pub(crate) fn read_path(path: &Path) -> Result<Vec<u8>> {
    open(path)
        .and_then(read_all)
        .map_err(|errno| system_error(errno, path.display().to_string()))
}

/// The whole file at `path`, or `None` if there is none.
pub(crate) fn read_if_there(path: &Path) -> Result<Option<Vec<u8>>> {
    match open(path).and_then(read_all) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(Errno::NOENT | Errno::NOTDIR) => Ok(None),
        Err(errno) => Err(system_error(errno, path.display().to_string())),
    }
}

/// The file at `path` that the kernel writes in one go (`/proc/stat`, `meminfo`; not `vmstat`, `cpuinfo`), decoded.
pub(crate) fn decode_record<T>(
    path: &Path,
    decode: impl FnOnce(&[u8]) -> std::result::Result<T, DecodeError>,
) -> Result<T> {
    match open(path).and_then(|file| with_record(file, decode)) {
        Ok(decoded) => decoded.map_err(|error| Error::decode(path.display().to_string(), error)),
        Err(errno) => Err(system_error(errno, path.display().to_string())),
    }
}

/// The file at `path` that holds one value, as those of `/sys` do, decoded. None of them is longer than a page; what
/// is, is refused with `EFBIG`.
pub(crate) fn decode_value<T>(
    path: &Path,
    decode: impl FnOnce(&[u8]) -> std::result::Result<T, DecodeError>,
) -> Result<T> {
    let failed = |errno| system_error(errno, path.display().to_string());
    let file = open(path).map_err(failed)?;
    with_page(file, |told| match told.len() < SMALL {
        true => decode(told).map_err(|error| Error::decode(path.display().to_string(), error)),
        false => Err(failed(Errno::FBIG)),
    })
    .map_err(failed)?
}

/// What one of many files says; `None` if it is missing, broken or may not be read: a device more or less never fails the
/// call. Being out of descriptors or memory does, since then the others would be left out, too.
pub(crate) fn if_told<T>(answer: Result<T>) -> Result<Option<T>> {
    match answer {
        Ok(told) => Ok(Some(told)),
        Err(error) if is_exhausted(&error) => Err(error),
        Err(_) => Ok(None),
    }
}

/// The names in a directory; none if there is no such directory.
pub(crate) fn names_if_there(path: &Path) -> Result<Vec<OsString>> {
    Ok(names(path)?.unwrap_or_default())
}

/// The names in a directory, or `None` if there is no such directory.
pub(crate) fn names(path: &Path) -> Result<Option<Vec<OsString>>> {
    let failed = |errno| system_error(errno, path.display().to_string());
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let directory = match rustix::fs::open(path, flags, Mode::empty()) {
        Ok(directory) => directory,
        Err(Errno::NOENT | Errno::NOTDIR) => return Ok(None),
        Err(errno) => return Err(failed(errno)),
    };
    let mut buffer = Vec::with_capacity(ENTRIES);
    let mut entries = RawDir::new(directory, buffer.spare_capacity_mut());
    let mut names = Vec::new();
    while let Some(entry) = entries.next() {
        let entry = match entry {
            Ok(entry) => entry,
            Err(Errno::INTR) => continue,
            Err(errno) => return Err(failed(errno)),
        };
        let name = entry.file_name().to_bytes();
        if !matches!(name, b"." | b"..") {
            names.push(OsStr::from_bytes(name).to_owned());
        }
    }
    Ok(Some(names))
}

/// What `decode` finds in the beginning of the file at `path`, or in the whole of it if that is not `enough`: the kernel
/// writes no more lines of a file than are read.
pub(crate) fn decode_beginning<T>(
    path: &Path,
    decode: impl Fn(&[u8]) -> T,
    enough: impl Fn(&T) -> bool,
) -> Result<T> {
    let failed = |errno| system_error(errno, path.display().to_string());
    let file = open(path).map_err(failed)?;
    let mut beginning = [0; BEGINNING];
    let length = read_retrying(&file, &mut beginning).map_err(failed)?;
    let found = decode(&beginning[..length]);
    if length == 0 || enough(&found) {
        return Ok(found);
    }
    let mut whole = beginning[..length].to_vec();
    read_rest(&file, &mut whole, LIMIT).map_err(failed)?;
    Ok(decode(&whole))
}

/// The file at `path`, decoded.
pub(crate) fn decode_path<T>(
    path: &Path,
    decode: impl FnOnce(&[u8]) -> std::result::Result<T, DecodeError>,
) -> Result<T> {
    decode(&read_path(path)?).map_err(|error| Error::decode(path.display().to_string(), error))
}
