//! The memory of a process.

use std::ffi::CStr;

use psoxide_core::decode::linux::smaps::Smaps;
use psoxide_core::model::process::{MemoryFootprint, MemoryInfo, MemoryInfoEx, MemoryMap};
use rustix::fs::{Mode, openat};
use rustix::io::Errno;
use rustix::param::page_size;

use crate::error::Result;
use crate::sys::linux::error::Life;
use crate::sys::linux::file;
use crate::sys::linux::process::Reader;
use crate::sys::linux::process::life::life;
use crate::sys::linux::process::program::undeleted;
use crate::sys::linux::process::reader::FILE;
use crate::sys::linux::process::sources::Sources;

pub(crate) fn memory_info(reader: &Reader) -> Result<MemoryInfo> {
    Ok(reader.statm()?.memory_info(page_size() as u64))
}

pub(crate) fn memory_info_ex(reader: &Reader) -> Result<MemoryInfoEx> {
    Ok(reader
        .status_with(Sources::PEAKS)?
        .memory_info_ex(&memory_info(reader)?))
}

pub(crate) fn total_memory(reader: &Reader) -> Result<u64> {
    reader.total_memory()
}

pub(crate) fn memory_footprint(reader: &Reader) -> Result<MemoryFootprint> {
    reader.footprint().cloned()
}

pub(crate) fn memory_maps(reader: &Reader) -> Result<Vec<MemoryMap>> {
    let mut maps = reader.memory_maps()?;
    for map in &mut maps {
        undeleted(reader, &mut map.path)?;
    }
    Ok(maps)
}

impl Reader {
    /// The mappings, as `smaps` has them.
    pub(super) fn memory_maps(&self) -> Result<Vec<MemoryMap>> {
        if self.glance
            && let Ok(file) = self.with_path(c"smaps", |path| rustix::fs::open(path, FILE, Mode::empty()))
        {
            let mut smaps = Smaps::default();
            if let Ok(Ok(())) = file::read_lines(file, |lines| smaps.take(lines))
                && let Ok(maps) = smaps.finish()
                && !maps.is_empty()
            {
                return Ok(maps);
            }
        }
        let handle = self.handle()?;
        let mut smaps = Smaps::default();
        let read = openat(&*handle, c"smaps", FILE, Mode::empty())
            .and_then(|file| file::read_lines(file, |lines| smaps.take(lines)));
        match read {
            Err(Errno::SRCH) if life(&handle) == Life::Alive => {}
            Err(errno) => return Err(self.error(&handle, errno, c"smaps")),
            Ok(decoded) => decoded.map_err(|error| self.undecoded(c"smaps", error))?,
        }
        let maps = smaps.finish().map_err(|error| self.undecoded(c"smaps", error))?;
        if maps.is_empty() {
            self.refuse_zombie(c"smaps")?;
        }
        Ok(maps)
    }

    /// A file of the address space, to its end. Threads of the kernel have none: theirs is empty.
    pub(super) fn memory_file(&self, name: &CStr) -> Result<Vec<u8>> {
        if self.glance
            && let Ok(file) = self.with_path(name, |path| rustix::fs::open(path, FILE, Mode::empty()))
            && let Ok(bytes) = file::read_all(file)
        {
            return Ok(bytes);
        }
        let handle = self.handle()?;
        let read = openat(&*handle, name, FILE, Mode::empty()).and_then(file::read_all);
        match read {
            // Newer kernels say it like this, older ones give an empty file.
            Err(Errno::SRCH) if life(&handle) == Life::Alive => Ok(Vec::new()),
            answer => answer.map_err(|errno| self.error(&handle, errno, name)),
        }
    }
}
