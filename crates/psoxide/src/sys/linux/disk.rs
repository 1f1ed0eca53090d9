//! Mounts, space and counters of disks: what is read where. What the files mean is decoded by `psoxide-core`.

use std::collections::HashSet;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use psoxide_core::Text;
use psoxide_core::decode::linux::diskstats::{block_stat, diskstats};
use psoxide_core::decode::linux::filesystems::disk_types;
use psoxide_core::decode::linux::mounts::{device_number, mounts, root_device};
use psoxide_core::decode::linux::partitions::{device_name, name_of};
use psoxide_core::model::disk::{DiskCounters, DiskIo, DiskUsage, Partition};
use rustix::fs::{CWD, FileType, Mode, OFlags, RawDir, ResolveFlags, StatVfs, openat2};
use rustix::io::Errno;

use crate::error::{Error, ErrorKind, Result};
use crate::root::Root;
use crate::sys::linux::error::system_error;
use crate::sys::linux::file::{decode_path, open, read_all, read_if_there};
use crate::sys::linux::namespace;

/// How deep below `/sys/block` a part of a device may stand.
const DEPTH: usize = 8;

pub(crate) fn disk_partitions(root: &Root, all: bool) -> Result<Vec<Partition>> {
    let (path, table) = namespace::read(root, "mounts")?;
    let mut table = mounts(&table).map_err(|error| Error::decode(path.display().to_string(), error))?;
    let mut root_device = None;
    for mount in &mut table {
        if mount.device == "/dev/root" || mount.device == "rootfs" {
            let found = match &root_device {
                Some(found) => found,
                None => &*root_device.insert(find_root_device(root)?),
            };
            if let Some(device) = found {
                mount.device = device.clone();
            }
        }
    }
    if !all {
        keep_disks(root, &mut table)?;
    }
    Ok(table)
}

/// Leaves the mounts that have a device and a type of file system that lives on one.
fn keep_disks(root: &Root, table: &mut Vec<Partition>) -> Result<()> {
    let path = root.proc().join("filesystems");
    let file = match open(&path).and_then(read_all) {
        Ok(file) => Some(file),
        // Android denies it, and sandboxes lack it. A disk's file is below /dev; that of FUSE is no disk.
        Err(Errno::ACCESS | Errno::PERM | Errno::NOENT | Errno::NOTDIR) => None,
        Err(errno) => return Err(system_error(errno, path.display().to_string())),
    };
    let types = match file.as_deref().map(disk_types) {
        Some(types) => Some(types.map_err(|error| Error::decode(path.display().to_string(), error))?),
        None => None,
    };
    table.retain(|mount| match &types {
        Some(types) => !mount.device.is_empty() && types.contains(&mount.fstype.as_bytes()),
        None => mount.device.starts_with(b"/dev/") && mount.device != "/dev/fuse",
    });
    Ok(())
}

/// The device on which `/` is, where its mount does not name it; `None` if it has no file below `/dev`.
fn find_root_device(root: &Root) -> Result<Option<Text>> {
    let (_, mountinfo) = namespace::read(root, "mountinfo")?;
    let Some(number) = root_device(&mountinfo) else {
        return Ok(None);
    };
    for name in [
        from_partitions(root, number)?,
        from_uevent(root, number)?,
        from_classes(root, number)?,
    ]
    .into_iter()
    .flatten()
    {
        if root.dev().join(std::ffi::OsStr::from_bytes(&name)).exists() {
            return Ok(Some(Text::from([b"/dev/", name.as_bytes()].concat())));
        }
    }
    Ok(None)
}

fn from_partitions(root: &Root, number: (u32, u32)) -> Result<Option<Text>> {
    let file = read_if_there(&root.proc().join("partitions"))?;
    Ok(file.and_then(|file| name_of(&file, number).map(Text::from)))
}

fn from_uevent(root: &Root, number: (u32, u32)) -> Result<Option<Text>> {
    let path = format!("dev/block/{}:{}/uevent", number.0, number.1);
    let file = read_if_there(&root.sys().join(path))?;
    Ok(file.and_then(|file| device_name(&file).map(Text::from)))
}

fn from_classes(root: &Root, number: (u32, u32)) -> Result<Option<Text>> {
    let class = root.sys().join("class/block");
    for (name, _) in entries(&class)?.unwrap_or_default() {
        let path = class.join(std::ffi::OsStr::from_bytes(&name)).join("dev");
        let file = read_if_there(&path)?;
        if file.and_then(|file| device_number(&file)) == Some(number) {
            return Ok(Some(name));
        }
    }
    Ok(None)
}

pub(crate) fn disk_usage(root: &Root, path: &Path) -> Result<DiskUsage> {
    let found = if root.is_local() || root.rootfs() == Path::new("/") {
        rustix::fs::statvfs(path)
    } else {
        statvfs_below(root.rootfs(), path)
    };
    let found = found.map_err(|errno| system_error(errno, path.display().to_string()))?;
    let block_size = if found.f_frsize == 0 {
        found.f_bsize
    } else {
        found.f_frsize
    };
    Ok(DiskUsage::from_blocks(
        found.f_blocks,
        found.f_bfree,
        found.f_bavail,
        block_size,
    ))
}

/// `statvfs` of a path of another root. A symbolic link in it must not lead back into the running system, so that the
/// kernel resolves it as if that root were its own; before Linux 5.6 it cannot, and it is done here.
fn statvfs_below(rootfs: &Path, path: &Path) -> rustix::io::Result<StatVfs> {
    let directory = rustix::fs::open(
        rootfs,
        OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC,
        Mode::empty(),
    )?;
    let inside = path.strip_prefix("/").unwrap_or(path);
    let inside = if inside.as_os_str().is_empty() {
        Path::new(".")
    } else {
        inside
    };
    match openat2(
        &directory,
        inside,
        OFlags::PATH | OFlags::CLOEXEC,
        Mode::empty(),
        ResolveFlags::IN_ROOT | ResolveFlags::NO_MAGICLINKS,
    ) {
        Ok(file) => rustix::fs::fstatvfs(file),
        Err(Errno::NOSYS | Errno::PERM) => {
            let inside = resolve_below(rootfs, inside)?;
            rustix::fs::statvfs(rootfs.join(inside))
        }
        Err(errno) => Err(errno),
    }
}

/// Follows the links of a path as if `rootfs` were the root; what comes back has none, and is relative to it.
fn resolve_below(rootfs: &Path, path: &Path) -> rustix::io::Result<PathBuf> {
    /// As many as the kernel follows: path_resolution(7).
    const MOST_LINKS: usize = 40;
    let parts = |path: &Path| -> Vec<OsString> { path.iter().rev().map(OsString::from).collect() };
    let mut resolved = PathBuf::new();
    let mut links = 0;
    let mut left = parts(path);
    while let Some(part) = left.pop() {
        match part.as_bytes() {
            b"/" => resolved.clear(),
            b"." => {}
            b".." => {
                resolved.pop();
            }
            _ => match rustix::fs::readlink(rootfs.join(&resolved).join(&part), Vec::new()) {
                Ok(target) => {
                    links += 1;
                    if links > MOST_LINKS {
                        return Err(Errno::LOOP);
                    }
                    left.extend(parts(Path::new(OsStr::from_bytes(target.as_bytes()))));
                }
                // Not a link.
                Err(Errno::INVAL) => resolved.push(part),
                Err(errno) => return Err(errno),
            },
        }
    }
    Ok(resolved)
}

pub(crate) fn disk_io_counters(root: &Root) -> Result<Vec<DiskCounters>> {
    let block = root.sys().join("block");
    let Some(devices) = from_diskstats(root)? else {
        return below_block(root, &block);
    };
    let names: HashSet<&[u8]> = devices.iter().map(|(name, _)| name.as_bytes()).collect();
    let parts: Vec<bool> = devices
        .iter()
        .map(|(name, _)| is_named_as_part(name, &names))
        .collect();
    // The listing costs as much as half of diskstats, and most virtual machines have no parts.
    let exceptions = if parts.contains(&true) {
        entries(&block)?.unwrap_or_default()
    } else {
        Vec::new()
    };
    let exceptions: HashSet<Text> = exceptions.iter().map(|(name, _)| device_of(name)).collect();
    Ok(devices
        .into_iter()
        .zip(parts)
        .map(|((name, io), part)| {
            let whole = !part || exceptions.contains(&name);
            DiskCounters::new(name, whole, io)
        })
        .collect())
}

pub(crate) fn disk_io_counters_per_disk(root: &Root) -> Result<Vec<(Text, DiskIo)>> {
    match from_diskstats(root)? {
        Some(devices) => Ok(devices),
        None => {
            let devices = below_block(root, &root.sys().join("block"))?;
            Ok(devices.into_iter().map(|disk| (disk.name, disk.io)).collect())
        }
    }
}

/// The counters of all devices; `None` where the kernel has no such file.
fn from_diskstats(root: &Root) -> Result<Option<Vec<(Text, DiskIo)>>> {
    let path = root.proc().join("diskstats");
    let Some(file) = read_if_there(&path)? else {
        return Ok(None);
    };
    let devices = diskstats(&file).map_err(|error| Error::decode(path.display().to_string(), error))?;
    Ok(Some(devices))
}

/// The name that the kernel gives a device whose directory in sysfs is called this: sysfs cannot have a slash in it.
fn device_of(directory: &[u8]) -> Text {
    Text::from(
        directory
            .iter()
            .map(|byte| if *byte == b'!' { b'/' } else { *byte })
            .collect::<Vec<u8>>(),
    )
}

/// Whether a device bears the name of a part of another: its name and a number, with a `p` between if the name ends
/// with a digit. The kernel names every part like this; that a whole device has such a name is an exception, which
/// `/sys/block` tells by listing it (a guest of Xen may be given `xvda1` as a disk).
fn is_named_as_part(name: &[u8], names: &HashSet<&[u8]>) -> bool {
    let digits = name.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let stem = &name[..name.len() - digits];
    if digits == 0 || stem.is_empty() {
        return false;
    }
    match stem.strip_suffix(b"p") {
        Some(device) if device.last().is_some_and(u8::is_ascii_digit) => names.contains(device),
        _ => names.contains(stem),
    }
}

/// The devices below `/sys/block`, each followed by its parts; only asked where there is no `diskstats`.
fn below_block(root: &Root, block: &Path) -> Result<Vec<DiskCounters>> {
    let Some(entries) = entries(block)? else {
        let what = format!(
            "{} and {}",
            root.proc().join("diskstats").display(),
            block.display()
        );
        return Err(Error::new(ErrorKind::NotFound, what));
    };
    let mut devices = Vec::new();
    for (name, _) in entries {
        let directory = block.join(std::ffi::OsStr::from_bytes(&name));
        devices_in(&directory, &name, 0, &mut devices)?;
    }
    Ok(devices)
}

/// Every directory that has a `stat` file is a device; those inside of a device are its parts.
fn devices_in(directory: &Path, name: &[u8], depth: usize, devices: &mut Vec<DiskCounters>) -> Result<()> {
    if let Some(io) = stat_of(directory)? {
        devices.push(DiskCounters::new(device_of(name), depth == 0, io));
    }
    if depth == DEPTH {
        return Ok(());
    }
    // Links lead out again, to the devices that this one is made of or belongs to.
    for (name, file_type) in entries(directory)?.unwrap_or_default() {
        if file_type == FileType::Directory {
            let inner = directory.join(std::ffi::OsStr::from_bytes(&name));
            devices_in(&inner, &name, depth + 1, devices)?;
        }
    }
    Ok(())
}

fn stat_of(directory: &Path) -> Result<Option<DiskIo>> {
    let path: PathBuf = directory.join("stat");
    match decode_path(&path, block_stat) {
        Ok(io) => Ok(Some(io)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        // The device went away while it was asked.
        Err(error) if error.raw_os_error() == Some(Errno::NODEV.raw_os_error()) => Ok(None),
        Err(error) => Err(error),
    }
}

/// What is in a directory, in the order of the kernel; `None` if there is no such directory.
fn entries(path: &Path) -> Result<Option<Vec<(Text, FileType)>>> {
    let failed = |errno| system_error(errno, path.display().to_string());
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let directory = match rustix::fs::openat(CWD, path, flags, Mode::empty()) {
        Ok(directory) => directory,
        Err(Errno::NOENT | Errno::NOTDIR) => return Ok(None),
        Err(errno) => return Err(failed(errno)),
    };
    let mut found = Vec::new();
    let mut buffer = Vec::with_capacity(16 << 10);
    let mut listing = RawDir::new(directory, buffer.spare_capacity_mut());
    while let Some(entry) = listing.next() {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name().to_bytes();
        if name != b"." && name != b".." {
            found.push((Text::from(name), entry.file_type()));
        }
    }
    Ok(Some(found))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn links_below_another_root_stay_below_it_on_old_kernels_too() {
        let root = std::env::temp_dir().join(format!("psoxide-resolve-{}", std::process::id()));
        fs::create_dir_all(root.join("data/inner")).unwrap();
        symlink("/data", root.join("link")).unwrap();
        symlink("../../../data/inner", root.join("data/up")).unwrap();
        symlink("loop", root.join("loop")).unwrap();
        let resolve = |path: &str| resolve_below(&root, Path::new(path));
        let answers = [
            ("link/inner", Ok("data/inner")),
            ("data/up/..", Ok("data")),
            ("./link/../..", Ok("")),
            ("link/up", Ok("data/inner")),
            ("etc", Err(Errno::NOENT)),
            ("loop", Err(Errno::LOOP)),
        ]
        .map(|(path, expected)| (resolve(path), expected.map(PathBuf::from)));
        fs::remove_dir_all(&root).unwrap();
        for (answer, expected) in answers {
            assert_eq!(answer, expected);
        }
    }
}
