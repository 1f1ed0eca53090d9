//! What a process has open.

use std::borrow::Cow;
use std::ffi::CStr;
use std::mem::MaybeUninit;

use psoxide_core::Text;
use psoxide_core::decode::linux::fdinfo::FdInfo;
use psoxide_core::model::process::OpenFile;
use rustix::fd::OwnedFd;
use rustix::fs::{
    AtFlags, FileType, OFlags, PROC_SUPER_MAGIC, StatFs, StatxFlags, fstat, fstatfs, readlinkat,
    readlinkat_raw, stat, statat, statfs, statx,
};
use rustix::io::Errno;
use rustix::path::DecInt;
use rustix::process::geteuid;

use crate::error::Result;
use crate::sys::linux::error::{Life, visit_error};
use crate::sys::linux::process::Reader;
use crate::sys::linux::process::list::numbered_entries;
use crate::sys::linux::process::names::below;
use crate::sys::linux::process::program::{DELETED, local_path, undeleted};
use crate::sys::linux::process::reader::{LINK, read};

pub(crate) fn num_fds(reader: &Reader) -> Result<u32> {
    if let Some(count) = told_by_size(reader) {
        return Ok(count);
    }
    let directory = reader.directory(c"fd")?;
    let told = is_proc(reader, || fstatfs(&directory)).then(|| fstat(&directory));
    if let Some(Ok(stat)) = told
        && stat.st_size > 0
    {
        return Ok(stat.st_size as u32);
    }
    let handle = reader.handle()?;
    let numbers = numbered_entries(&directory).map_err(|errno| reader.error(&handle, errno, c"fd"))?;
    Ok(numbers.len() as u32)
}

/// The number of descriptors of a process of the caller's, where the size of the directory is it: since Linux 6.2, before it
/// was 0. The size is told to who may not open the directory, too.
fn told_by_size(reader: &Reader) -> Option<u32> {
    let (stat, is_proc) = if reader.is_local_glance() {
        let stat = reader.with_path(c"fd", |path| stat(path)).ok()?;
        (stat, is_proc(reader, || statfs(c"/proc")))
    } else {
        let handle = reader.handle().ok()?;
        let stat = statat(&*handle, c"fd", AtFlags::empty()).ok()?;
        (stat, is_proc(reader, || fstatfs(&*handle)))
    };
    let is_told = stat.st_size > 0 && stat.st_uid == geteuid().as_raw() && is_proc;
    is_told.then_some(stat.st_size as u32)
}

/// The regular files; removed ones are left out, as are descriptors that are closed meanwhile.
pub(crate) fn open_files(reader: &Reader) -> Result<Vec<OpenFile>> {
    // It is a handle on the process as good as that of the directory above, which it leads to.
    let directory = reader.directory(c"fd")?;
    let live = is_proc(reader, || fstatfs(&directory));
    let failed = |errno, name: &CStr| match reader.handle() {
        Ok(handle) => reader.error(&handle, errno, name),
        Err(gone) => gone,
    };
    let numbers = numbered_entries(&directory).map_err(|errno| failed(errno, c"fd"))?;
    let append = OFlags::APPEND.bits();
    let mut files = Vec::new();
    for number in numbers {
        let digits = DecInt::new(number);
        let name = digits.as_c_str();
        let target = match path_of(&directory, name) {
            Ok(Some(target)) => target,
            Ok(None) | Err(Errno::NOENT | Errno::SRCH | Errno::INVAL | Errno::NAMETOOLONG) => continue,
            Err(errno) => return Err(failed(errno, &below(c"fd", name))),
        };
        if !is_listed(reader, &directory, name, &target, live)? {
            continue;
        }
        match read(&directory, &below(c"../fdinfo", name), FdInfo::parse) {
            Ok(Ok(info)) => files.push(info.open_file(target, number as i32, append)),
            Ok(Err(error)) => return Err(reader.undecoded(&below(c"fdinfo", name), error)),
            Err(Errno::NOENT | Errno::SRCH) => {}
            Err(errno) => return Err(failed(errno, &below(c"fdinfo", name))),
        }
    }
    reader.confirm_beside(&directory)?;
    Ok(files)
}

/// Where a descriptor leads, if that is a path: most are of pipes and sockets.
fn path_of(directory: &OwnedFd, name: &CStr) -> rustix::io::Result<Option<Text>> {
    let mut room = [MaybeUninit::uninit(); LINK];
    let (target, rest) = readlinkat_raw(directory, name, &mut room)?;
    let whole = match rest.is_empty() {
        false => Cow::Borrowed(&*target),
        true => Cow::Owned(readlinkat(directory, name, Vec::new())?.into_bytes()),
    };
    Ok(whole.starts_with(b"/").then(|| Text::from(&*whole)))
}

/// Whether a descriptor's target is a regular file that still has its name.
fn is_listed(reader: &Reader, directory: &OwnedFd, name: &CStr, target: &Text, live: bool) -> Result<bool> {
    let path = || local_path(reader, target);
    // The kernel's link leads to the open file itself, wherever that is mounted; a copy of it is but a path.
    let regular = if live {
        is_regular(directory, name)
    } else {
        stat(path()).map(|stat| FileType::from_raw_mode(stat.st_mode).is_file() && stat.st_nlink > 0)
    };
    match regular {
        Ok(true) if target.ends_with(DELETED) => {
            // Another link may be left of a file that was removed under this name.
            let mut name = target.clone();
            undeleted(reader, &mut name)?;
            Ok(name == *target)
        }
        Ok(listed) => Ok(listed),
        Err(errno @ (Errno::ACCESS | Errno::PERM)) => Err(visit_error(
            errno,
            reader.pid(),
            path().display().to_string(),
            Life::Alive,
        )),
        Err(_) => Ok(false),
    }
}

/// Whether this is a regular file with a name left, going by what the kernel remembers: a file server that does not
/// answer is not waited for.
fn is_regular(directory: &OwnedFd, name: &CStr) -> rustix::io::Result<bool> {
    let wanted = StatxFlags::TYPE | StatxFlags::NLINK;
    match statx(directory, name, AtFlags::STATX_DONT_SYNC, wanted) {
        Ok(stat) => {
            let mode = u32::from(stat.stx_mode);
            return Ok(FileType::from_raw_mode(mode).is_file() && stat.stx_nlink > 0);
        }
        // Before Linux 4.11, or forbidden by a filter of system calls that does not know it.
        Err(Errno::NOSYS | Errno::PERM) => {}
        Err(errno) => return Err(errno),
    }
    let stat = statat(directory, name, AtFlags::empty())?;
    Ok(FileType::from_raw_mode(stat.st_mode).is_file() && stat.st_nlink > 0)
}

/// Whether the process is told by the kernel itself; `ask` finds out once for all visits of a listing.
fn is_proc(reader: &Reader, ask: impl FnOnce() -> rustix::io::Result<StatFs>) -> bool {
    let asked = || ask().is_ok_and(|stat| stat.f_type == PROC_SUPER_MAGIC);
    match reader.shared.get() {
        Some(shared) => *shared.is_proc.get_or_init(asked),
        None => asked(),
    }
}
