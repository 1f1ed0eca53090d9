//! The controlling terminal of a process: from the number of a device to its name.

use std::path::Path;

use psoxide_core::Text;
use rustix::fs::{FileType, RawDir, major, makedev, minor};

use crate::error::Result;
use crate::sys::linux::process::Reader;

/// Where terminals are, below `/dev`.
const PLACES: [&str; 2] = ["", "pts"];
/// Room for the entries of a directory of devices.
const ENTRIES: usize = 32 << 10;

pub(crate) fn terminal(reader: &Reader) -> Result<Option<Text>> {
    let tty = reader.stat()?.tty;
    if tty == 0 {
        return Ok(None);
    }
    Ok(reader.terminal(tty, || name(reader.root().dev(), tty)))
}

/// The name of the device of this number.
fn name(dev: &Path, tty: u32) -> Option<Text> {
    // As the kernel's new_encode_dev packs it: 8 bits of the minor number, 12 of the major, 12 of the minor.
    let device = makedev(tty >> 8 & 0xfff, tty & 0xff | tty >> 12 & 0xfff00);
    let found = usual_name(device)
        .filter(|name| is_device(&dev.join(name), device))
        .or_else(|| search(dev, device));
    found.map(|name| Text::from(format!("/dev/{name}")))
}

/// The name that the kernel's list of devices gives: Documentation/admin-guide/devices.txt.
fn usual_name(device: u64) -> Option<String> {
    let minor = minor(device);
    match major(device) {
        4 if minor < 64 => Some(format!("tty{minor}")),
        4 => Some(format!("ttyS{}", minor - 64)),
        // Pseudo-terminals have eight numbers, but the kernel counts on within the first.
        major @ 136..=143 => Some(format!("pts/{}", minor + (major - 136) * 256)),
        204 if minor >= 64 => Some(format!("ttyAMA{}", minor - 64)),
        229 => Some(format!("hvc{minor}")),
        _ => None,
    }
}

/// The first entry, by name, that is this device.
fn search(dev: &Path, device: u64) -> Option<String> {
    PLACES.iter().find_map(|place| {
        let mut names = names(&dev.join(place));
        names.retain(|name| is_device(&dev.join(place).join(name), device));
        let name = names.into_iter().min()?;
        Some(if place.is_empty() {
            name
        } else {
            format!("{place}/{name}")
        })
    })
}

/// The names of a directory's character devices. A place that cannot be read holds none that can be told.
fn names(directory: &Path) -> Vec<String> {
    let Ok(directory) = crate::sys::linux::file::open(directory) else {
        return Vec::new();
    };
    let mut buffer = Vec::with_capacity(ENTRIES);
    let mut entries = RawDir::new(directory, buffer.spare_capacity_mut());
    let mut names = Vec::new();
    while let Some(Ok(entry)) = entries.next() {
        if matches!(entry.file_type(), FileType::CharacterDevice | FileType::Unknown)
            && let Ok(name) = entry.file_name().to_str()
        {
            names.push(name.to_owned());
        }
    }
    names
}

fn is_device(path: &Path, device: u64) -> bool {
    // Not through links: `/dev/stdin` and its like lead to the caller's own terminal.
    rustix::fs::lstat(path)
        .is_ok_and(|stat| FileType::from_raw_mode(stat.st_mode).is_char_device() && stat.st_rdev == device)
}
