//! `/proc/<pid>/mounts` and `/proc/<pid>/mountinfo`: what is mounted where. Which of the mounts are of disks is told by
//! [`filesystems`](super::filesystems).

use crate::decode::bytes::{decimal, lines, octal, split_once, words};
use crate::error::DecodeError;
use crate::model::disk::Partition;
use crate::text::Text;

/// The mounts, in the order of the table. A device called `none` is no device, and comes back empty.
pub fn mounts(bytes: &[u8]) -> Result<Vec<Partition>, DecodeError> {
    let mut table = Vec::new();
    let mut offset = 0;
    for line in lines(bytes) {
        if !line.is_empty() {
            let cut = DecodeError::new("mounts", offset, "device, mount point, type and options");
            table.push(mount(line).ok_or(cut)?);
        }
        offset += line.len() + 1;
    }
    Ok(table)
}

fn mount(line: &[u8]) -> Option<Partition> {
    // The kernel escapes blanks inside of a column, so a single blank ends each, and a column may be empty: what is
    // mounted with an empty source has nothing before the first blank.
    let (device, rest) = split_once(line, b' ')?;
    let (mountpoint, rest) = split_once(rest, b' ')?;
    let (fstype, rest) = split_once(rest, b' ')?;
    let opts = rest.split(|byte| *byte == b' ').next()?;
    if mountpoint.is_empty() {
        return None;
    }
    let device = if device == b"none" {
        Text::default()
    } else {
        unescaped(device)
    };
    Some(Partition::new(
        device,
        unescaped(mountpoint),
        unescaped(fstype),
        unescaped(opts),
    ))
}

/// A column with the kernel's escapes undone: blank, tab, newline, backslash and `#` are written as a backslash and
/// three octal digits. A backslash without them stands for itself.
fn unescaped(column: &[u8]) -> Text {
    if !column.contains(&b'\\') {
        return Text::from(column);
    }
    let mut plain = Vec::with_capacity(column.len());
    let mut rest = column;
    while let [first, after @ ..] = rest {
        let escape = after
            .get(..3)
            .filter(|_| *first == b'\\')
            .and_then(octal)
            .and_then(|number| u8::try_from(number).ok());
        match escape {
            Some(byte) => {
                plain.push(byte);
                rest = after.get(3..).unwrap_or_default();
            }
            None => {
                plain.push(*first);
                rest = after;
            }
        }
    }
    Text::from(plain)
}

/// The device number (major, minor) of what is mounted on `/`, from `mountinfo`: the last such line, which lies on top
/// of the others.
pub fn root_device(mountinfo: &[u8]) -> Option<(u32, u32)> {
    lines(mountinfo)
        .filter_map(|line| {
            let mut columns = words(line).skip(2);
            let number = columns.next()?;
            let mountpoint = columns.nth(1)?;
            (mountpoint == b"/").then(|| device_number(number))?
        })
        .last()
}

/// `8:1` as (8, 1).
pub fn device_number(word: &[u8]) -> Option<(u32, u32)> {
    let (major, minor) = split_once(word.trim_ascii(), b':')?;
    Some((
        u32::try_from(decimal(major)?).ok()?,
        u32::try_from(decimal(minor)?).ok()?,
    ))
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::indexing_slicing,
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic
    )]

    use super::*;

    #[test]
    fn escapes_are_undone() {
        let line = b"/dev/sdb1 /media/a\\040b\\011c\\012d\\134e\\043f vfat rw,\\134x 0 0\n";
        let table = mounts(line).unwrap();
        assert_eq!(table[0].mountpoint, "/media/a b\tc\nd\\e#f");
        assert_eq!(table[0].opts, "rw,\\x");
        assert_eq!(unescaped(b"\\04"), "\\04");
        assert_eq!(unescaped(b"a\\777"), "a\\777");
        assert_eq!(unescaped(b"\\"), "\\");
        assert_eq!(unescaped(b"\\09a"), "\\09a");
    }

    #[test]
    fn none_is_no_device_and_neither_is_nothing() {
        let table = mounts(b"none /proc proc rw 0 0\n /mnt tmpfs rw 0 0\n").unwrap();
        assert_eq!(table[0].device, "");
        assert_eq!(table[1].device, "");
        assert_eq!(table[1].mountpoint, "/mnt");
    }

    #[test]
    fn bytes_that_are_not_utf8_stay() {
        let table = mounts(b"/dev/sdc1 /media/\xff\xfe ext4 rw 0 0").unwrap();
        assert_eq!(table[0].mountpoint.as_bytes(), b"/media/\xff\xfe");
    }

    #[test]
    fn a_cut_line_is_an_error() {
        let error = mounts(b"/dev/sda1 / ext4 rw 0 0\n/dev/sda2 /home\n").unwrap_err();
        assert_eq!(error.offset(), 24);
        assert_eq!(mounts(b""), Ok(vec![]));
    }

    #[test]
    fn a_current_kernel() {
        let table = mounts(include_bytes!(
            "../../../../../testdata/linux/disk-6.18/proc/self/mounts"
        ))
        .unwrap();
        assert!(
            table
                .iter()
                .any(|mount| mount.mountpoint == "/" && mount.device == "/dev/vda")
        );
    }

    #[test]
    fn the_top_most_root_wins() {
        let info = b"1 1 0:2 / / rw - rootfs rootfs rw\n25 1 8:1 / / rw,relatime shared:1 - ext4 /dev/root rw\n26 25 0:5 / /dev rw - devtmpfs devtmpfs rw\n";
        assert_eq!(root_device(info), Some((8, 1)));
        assert_eq!(root_device(b"1 2 3"), None);
        assert_eq!(device_number(b"259:4\n"), Some((259, 4)));
        assert_eq!(device_number(b"259"), None);
    }
}
