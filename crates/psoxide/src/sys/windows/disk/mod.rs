//! Drives, folders at which volumes are mounted, their space, and what disks transfer.

mod ffi;

use std::fs::{self, OpenOptions};
use std::io;
use std::os::windows::ffi::OsStrExt;
use std::os::windows::fs::OpenOptionsExt;
use std::path::Path;

use psoxide_core::Text;
use psoxide_core::decode::windows::disk_performance;
use psoxide_core::model::disk::{DiskCounters, DiskIo, DiskUsage, Partition};
use windows_sys::Win32::Foundation::{
    ERROR_DEV_NOT_EXIST, ERROR_DEVICE_NOT_CONNECTED, ERROR_DEVICE_REMOVED, ERROR_FILE_NOT_FOUND,
    ERROR_NO_SUCH_DEVICE, ERROR_NOT_READY, ERROR_PATH_NOT_FOUND,
};

use super::error::{code, system_error};
use super::ffi::{each_text, terminated};
use crate::error::{Error, Result};
use crate::root::Root;

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

/// What a device that is gone answers.
const GONE: [u32; 7] = [
    ERROR_FILE_NOT_FOUND,
    ERROR_PATH_NOT_FOUND,
    ERROR_NOT_READY,
    ERROR_DEV_NOT_EXIST,
    ERROR_NO_SUCH_DEVICE,
    ERROR_DEVICE_NOT_CONNECTED,
    ERROR_DEVICE_REMOVED,
];

/// Drives in the order of their letters, each behind the folders of it at which other volumes are mounted.
pub(crate) fn disk_partitions(root: &Root, all: bool) -> Result<Vec<Partition>> {
    root.require_local("disk_partitions")?;
    let drives = ffi::drives().map_err(|error| system_error(error, "GetLogicalDriveStringsW"))?;
    let folders = folders()?;
    let mut partitions = Vec::new();
    for drive in each_text(&drives) {
        let kind = kind(drive);
        let is_disk = matches!(kind, "removable" | "fixed" | "cdrom");
        if !all && (!is_disk || Text::from_utf16(drive.iter().copied()) == "A:\\") {
            continue;
        }
        let inside = folders.iter().filter(|folder| lies_on(folder, drive));
        partitions.extend(inside.map(|folder| partition(drive, folder)));
        partitions.push(partition(drive, drive));
    }
    Ok(partitions)
}

/// The folders at which volumes are mounted.
fn folders() -> Result<Vec<Vec<u16>>> {
    let volumes = ffi::volumes().map_err(|error| system_error(error, "FindFirstVolumeW"))?;
    let mut folders = Vec::new();
    for volume in volumes {
        // One that is gone by now, or never came, as that of a drive without a medium, is mounted nowhere.
        let Ok(paths) = ffi::mount_points(&volume) else {
            continue;
        };
        folders.extend(
            each_text(&paths)
                .filter(|path| path.len() > "C:\\".len())
                .map(<[u16]>::to_vec),
        );
    }
    folders.sort();
    Ok(folders)
}

/// Whether a folder is of a drive; letters of drives are of ASCII, large or small.
fn lies_on(folder: &[u16], drive: &[u16]) -> bool {
    let small = |unit: &u16| match u8::try_from(*unit) {
        Ok(byte) => u16::from(byte.to_ascii_lowercase()),
        Err(_) => *unit,
    };
    folder.len() > drive.len()
        && folder
            .iter()
            .zip(drive)
            .all(|(one, other)| small(one) == small(other))
}

fn kind(path: &[u16]) -> &'static str {
    let number = ffi::drive_type(&terminated(path));
    KINDS.get(number as usize).copied().unwrap_or("?")
}

/// A volume at a path of a drive.
fn partition(drive: &[u16], path: &[u16]) -> Partition {
    // A drive without a medium has neither.
    let told = ffi::without_dialogs(|| ffi::volume(&terminated(path)));
    let (fstype, mut options) = match told {
        Ok((flags, fstype)) => (Text::from_utf16(fstype), options(flags)),
        Err(_) => (Text::default(), Vec::new()),
    };
    options.push(kind(path));
    let text = |units: &[u16]| Text::from_utf16(units.iter().copied());
    Partition::new(text(drive), text(path), fstype, Text::from(options.join(",")))
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

/// All of it is what a quota lets the user have; free is what is free on the volume.
pub(crate) fn disk_usage(root: &Root, path: &Path) -> Result<DiskUsage> {
    root.require_local("disk_usage")?;
    if path.as_os_str().encode_wide().any(|unit| unit == 0) {
        return Err(Error::invalid("a path with a NUL"));
    }
    let (total, free) = ffi::without_dialogs(|| space(path))
        .map_err(|error| system_error(error, path.display().to_string()))?;
    Ok(DiskUsage::of_what_is_free(total, free))
}

/// All bytes and those free where a path leads. The call takes folders only, with paths of at most 260 units, and shares of
/// other machines with a backslash at the end: one of a file, and a long one, are as good.
fn space(path: &Path) -> io::Result<(u64, u64)> {
    let ask = |path: &Path| ffi::space(&path.as_os_str().encode_wide().chain([0]).collect::<Vec<_>>());
    ask(path).or_else(|_| {
        let path = std::path::absolute(path)?;
        // What is a file itself lies where its folder does; a link may lead to one elsewhere.
        let folder = match path.parent() {
            Some(folder) if fs::symlink_metadata(&path)?.is_file() => folder,
            _ => &path,
        };
        ask(folder).or_else(|_| {
            let real = fs::canonicalize(folder)?;
            let folder = match real.parent() {
                Some(folder) if !real.is_dir() => folder,
                _ => &real,
            };
            ask(&folder.join(""))
        })
    })
}

/// Each whole disk, in the order of their numbers; Windows counts nothing of their parts.
pub(crate) fn disk_io_counters(root: &Root) -> Result<Vec<DiskCounters>> {
    let disks = disk_io_counters_per_disk(root)?.into_iter();
    Ok(disks
        .map(|(name, counters)| DiskCounters::new(name, true, counters))
        .collect())
}

pub(crate) fn disk_io_counters_per_disk(root: &Root) -> Result<Vec<(Text, DiskIo)>> {
    root.require_local("disk_io_counters")?;
    let names = ffi::device_names().map_err(|error| system_error(error, "QueryDosDeviceW"))?;
    let mut numbers: Vec<u32> = each_text(&names)
        .map(|name| Text::from_utf16(name.iter().copied()))
        .filter_map(|name| disk_performance::physical_drive(name.as_bytes()))
        .collect();
    numbers.sort_unstable();
    let mut disks = Vec::new();
    for number in numbers {
        let name = format!("PhysicalDrive{number}");
        if let Some(counters) = counters(&name)? {
            disks.push((Text::from(name), counters));
        }
    }
    Ok(disks)
}

/// What a disk counts; `None` if it counts nothing, or is gone.
fn counters(name: &str) -> Result<Option<DiskIo>> {
    let path = format!(r"\\.\{name}");
    // To ask takes no right to read it.
    let disk = || OpenOptions::new().access_mode(0).open(&path);
    let answer = match ffi::without_dialogs(|| ffi::performance(&disk()?)) {
        Ok(answer) => answer,
        Err(error) if is_gone(&error) => return Ok(None),
        Err(error) => {
            let error = system_error(error, path);
            return if error.is_unsupported() {
                Ok(None)
            } else {
                Err(error)
            };
        }
    };
    let told = disk_performance::disk_io(answer.bytes());
    told.map(Some).map_err(|error| Error::decode(path, error))
}

fn is_gone(error: &io::Error) -> bool {
    code(error).is_some_and(|code| GONE.contains(&code))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn units(text: &str) -> Vec<u16> {
        text.encode_utf16().collect()
    }

    #[test]
    fn folders_lie_on_the_drive_of_their_letter() {
        assert!(lies_on(&units("c:\\mnt\\data\\"), &units("C:\\")));
        assert!(!lies_on(&units("D:\\mnt\\"), &units("C:\\")));
        assert!(!lies_on(&units("C:\\"), &units("C:\\")));
        assert!(!lies_on(&units("\u{17f}:\\mnt\\"), &units("S:\\")));
    }
}
