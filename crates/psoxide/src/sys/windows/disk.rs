//! Drives and their space.

use std::os::windows::ffi::OsStrExt;
use std::path::Path;

use psoxide_core::Text;
use psoxide_core::model::disk::{DiskUsage, Partition};

use super::error::system_error;
use super::ffi;
use crate::error::{Error, Result};
use crate::root::Root;
pub(crate) use crate::sys::unsupported::disk::{disk_io_counters, disk_io_counters_per_disk};

/// `FILE_VOLUME_IS_COMPRESSED` and `FILE_READ_ONLY_VOLUME` of `GetVolumeInformationW`.
const COMPRESSED: u32 = 0x8000;
const READ_ONLY: u32 = 0x8_0000;

/// The kinds of `GetDriveTypeW` by number, in psutil's words.
const KINDS: [&str; 7] = [
    "unknown",
    "unmounted",
    "removable",
    "fixed",
    "remote",
    "cdrom",
    "ramdisk",
];

pub(crate) fn disk_partitions(root: &Root, all: bool) -> Result<Vec<Partition>> {
    root.require_local("disk_partitions")?;
    let drives = ffi::drives().map_err(|error| system_error(error, "GetLogicalDriveStringsW"))?;
    let mut partitions = Vec::new();
    for name in drives.split(|unit| *unit == 0).filter(|name| !name.is_empty()) {
        let path: Vec<u16> = name.iter().copied().chain([0]).collect();
        let number = ffi::drive_type(&path);
        let kind = KINDS.get(number as usize).copied().unwrap_or("?");
        let name = Text::from_utf16(name.iter().copied());
        let is_disk = matches!(kind, "removable" | "fixed" | "cdrom") && name != "A:\\";
        if !all && !is_disk {
            continue;
        }
        // A drive without a medium has neither.
        let (fstype, mut options) = match ffi::without_dialogs(|| ffi::volume(&path)) {
            Ok((flags, fstype)) => (Text::from_utf16(fstype), options(flags)),
            Err(_) => (Text::default(), Vec::new()),
        };
        options.push(kind);
        partitions.push(Partition::new(
            name.clone(),
            name,
            fstype,
            Text::from(options.join(",")),
        ));
    }
    Ok(partitions)
}

fn options(flags: u32) -> Vec<&'static str> {
    let read_only = flags & READ_ONLY != 0;
    let mut options = vec![if read_only { "ro" } else { "rw" }];
    if flags & COMPRESSED != 0 {
        options.push("compressed");
    }
    if read_only {
        options.push("readonly");
    }
    options
}

pub(crate) fn disk_usage(root: &Root, path: &Path) -> Result<DiskUsage> {
    root.require_local("disk_usage")?;
    let mut units: Vec<u16> = path.as_os_str().encode_wide().collect();
    if units.contains(&0) {
        return Err(Error::invalid("a path with a NUL"));
    }
    units.push(0);
    let (total, free) = ffi::without_dialogs(|| ffi::space(&units))
        .map_err(|error| system_error(error, path.display().to_string()))?;
    Ok(DiskUsage::of_what_is_free(total, free))
}
