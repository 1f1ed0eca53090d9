//! `/proc/<pid>/fdinfo/<fd>`: where a descriptor stands and how it was opened.
//!
//! Layout: proc_pid_fdinfo(5), Linux 2.6.22.

use crate::decode::bytes::{decimal, octal, split_once};
use crate::error::DecodeError;
use crate::model::process::OpenFile;
use crate::text::Text;

/// What the first two lines tell; further ones depend on the kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FdInfo {
    /// Where the next read or write begins.
    pub position: u64,
    /// The flags of open(2).
    pub flags: u32,
}

impl FdInfo {
    /// Decodes the file.
    pub fn parse(bytes: &[u8]) -> Result<FdInfo, DecodeError> {
        let (mut position, mut flags) = (None, None);
        // A line without an end may have lost digits.
        let lines = bytes.split_inclusive(|byte| *byte == b'\n');
        for line in lines.filter_map(|line| line.strip_suffix(b"\n")) {
            match split_once(line, b':') {
                Some((b"pos", value)) => position = decimal(value.trim_ascii()),
                Some((b"flags", value)) => flags = octal(value.trim_ascii()),
                _ => {}
            }
            if position.is_some() && flags.is_some() {
                break;
            }
        }
        Ok(FdInfo {
            position: position.ok_or(DecodeError::new("fdinfo", 0, "a line pos"))?,
            flags: flags
                .and_then(|flags| u32::try_from(flags).ok())
                .ok_or(DecodeError::new("fdinfo", 0, "a line flags"))?,
        })
    }

    /// As Python's `open` would name it; `append` is the value of `O_APPEND`, which depends on the architecture.
    pub fn mode(&self, append: u32) -> &'static str {
        match (self.flags & 3, self.flags & append != 0) {
            (0, _) => "r",
            (1, false) => "w",
            (1, true) => "a",
            (_, false) => "r+",
            (_, true) => "a+",
        }
    }

    /// The open file at `path`.
    pub fn open_file(&self, path: Text, descriptor: i32, append: u32) -> OpenFile {
        OpenFile {
            path,
            fd: Some(descriptor),
            position: Some(self.position),
            mode: Some(Text::from(self.mode(append))),
            flags: Some(self.flags),
        }
    }
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
    fn flags_make_the_mode() {
        let info = FdInfo::parse(include_bytes!(
            "../../../../../testdata/linux/process-6.18/proc/4242/fdinfo/3"
        ))
        .unwrap();
        assert_eq!((info.position, info.flags), (1234, 0o102_001));
        let file = info.open_file(Text::from("/tmp/x"), 3, 0o2000);
        assert_eq!(
            (file.fd, file.position, file.mode.unwrap()),
            (Some(3), Some(1234), Text::from("a"))
        );
        for (flags, mode) in [
            (0, "r"),
            (1, "w"),
            (2, "r+"),
            (0o2001, "a"),
            (0o2002, "a+"),
            (0o2000, "r"),
        ] {
            assert_eq!(FdInfo { position: 0, flags }.mode(0o2000), mode);
        }
    }

    #[test]
    fn both_lines_are_needed() {
        assert!(FdInfo::parse(b"pos:\t0\n").is_err());
        assert!(FdInfo::parse(b"flags:\t02\n").is_err());
        assert!(FdInfo::parse(b"pos:\t0\nflags:\t09\n").is_err());
        assert!(FdInfo::parse(b"").is_err());
        assert!(FdInfo::parse(b"pos:\t0\nflags:\t0200").is_err());
    }
}
