//! The login records of `utmp(5)`: who is logged in. `wtmp` and `btmp` have the same records and are not read.
//!
//! The records are the C library's, not the kernel's. There are two layouts: with 32-bit times (384 bytes: glibc on
//! x86, PowerPC, 32-bit ARM, …) and with the machine's own `long` and `timeval` (400 bytes: glibc on aarch64, s390x,
//! loongarch64; utmps with musl on 64-bit machines). Which of them wrote a file is seen in the file, since a program
//! with musl may read what a system with glibc wrote.

use crate::decode::bytes::Layout as Bytes;
use crate::error::DecodeError;
use crate::model::host::User;
use crate::text::Text;

const STRUCTURE: &str = "utmp";

/// `ut_type` of a session.
const USER_PROCESS: u16 = 7;
/// The last of the record types, `ACCOUNTING`.
const LAST_TYPE: u16 = 9;

/// How long a record is, and how wide its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// 384 bytes, seconds in 32 bits.
    Time32,
    /// 400 bytes, seconds in 64 bits.
    Time64,
}

impl Layout {
    /// The layout in which every record has a type that exists and the file ends with a record; `None` if there is
    /// none. An empty file, or one of empty records, counts as the former.
    pub fn of(bytes: &[u8]) -> Option<Layout> {
        [Layout::Time32, Layout::Time64].into_iter().find(|layout| {
            let records = bytes.chunks_exact(layout.size());
            records.remainder().is_empty()
                && records
                    .map(|record| {
                        Bytes::new(STRUCTURE, record, layout.size()).and_then(|record| record.u16(0))
                    })
                    .all(|kind| kind.is_ok_and(|kind| kind <= LAST_TYPE))
        })
    }

    /// Bytes of a record.
    pub const fn size(self) -> usize {
        match self {
            Layout::Time32 => 384,
            Layout::Time64 => 400,
        }
    }

    fn seconds(self, record: &Bytes<'_>) -> Result<u64, DecodeError> {
        match self {
            // Signed until 2038; no session began before 1970.
            Layout::Time32 => record.u32(340).map(u64::from),
            Layout::Time64 => record.u64(344),
        }
    }
}

/// The sessions of users, in the order of the file. A record that the file ends in is being written, and left out.
pub fn users(bytes: &[u8], layout: Layout) -> Result<Vec<User>, DecodeError> {
    let mut users = Vec::new();
    for record in bytes.chunks_exact(layout.size()) {
        let record = Bytes::new(STRUCTURE, record, layout.size())?;
        if record.u16(0)? != USER_PROCESS {
            continue;
        }
        users.push(User::new(
            Text::from(record.text(44, 32)?),
            Text::from(record.text(8, 32)?),
            Text::from(record.text(76, 256)?),
            layout.seconds(&record)? as f64,
            u32::try_from(record.i32(4)?).ok().filter(|pid| *pid > 0),
        ));
    }
    Ok(users)
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

    struct Record {
        kind: u16,
        pid: i32,
        line: &'static [u8],
        user: &'static [u8],
        host: &'static [u8],
        seconds: u64,
    }

    /// In this machine's byte order, as the files are.
    fn file(layout: Layout, records: &[Record]) -> Vec<u8> {
        let mut file = Vec::new();
        for record in records {
            let mut bytes = vec![0; layout.size()];
            bytes[0..2].copy_from_slice(&record.kind.to_ne_bytes());
            bytes[4..8].copy_from_slice(&record.pid.to_ne_bytes());
            bytes[8..8 + record.line.len()].copy_from_slice(record.line);
            bytes[44..44 + record.user.len()].copy_from_slice(record.user);
            bytes[76..76 + record.host.len()].copy_from_slice(record.host);
            match layout {
                Layout::Time32 => bytes[340..344].copy_from_slice(&(record.seconds as u32).to_ne_bytes()),
                Layout::Time64 => bytes[344..352].copy_from_slice(&record.seconds.to_ne_bytes()),
            }
            file.extend(bytes);
        }
        file
    }

    const BOOT: Record = Record {
        kind: 2,
        pid: 0,
        line: b"~",
        user: b"reboot",
        host: b"6.1.0-18-amd64",
        seconds: 1_700_000_000,
    };
    const REMOTE: Record = Record {
        kind: 7,
        pid: 1234,
        line: b"pts/0",
        user: b"a-name-of-exactly-32-bytes-here.",
        host: b"192.0.2.7",
        seconds: 1_700_000_100,
    };
    const BARE: Record = Record {
        kind: 7,
        pid: 0,
        line: b"",
        user: b"caf\xe9",
        host: b"",
        seconds: 4_000_000_000,
    };
    const DEAD: Record = Record { kind: 8, ..REMOTE };

    #[test]
    fn sessions_in_either_layout() {
        for layout in [Layout::Time32, Layout::Time64] {
            let file = file(layout, &[BOOT, REMOTE, DEAD, BARE]);
            assert_eq!(Layout::of(&file), Some(layout));
            let users = users(&file, layout).unwrap();
            assert_eq!(users.len(), 2);
            assert_eq!(users[0].name, "a-name-of-exactly-32-bytes-here.");
            assert_eq!(users[0].terminal, Some("pts/0".into()));
            assert_eq!(users[0].host, Some("192.0.2.7".into()));
            assert_eq!((users[0].started, users[0].pid), (1_700_000_100.0, Some(1234)));
            assert_eq!(users[1].name.as_bytes(), b"caf\xe9");
            assert_eq!(
                (&users[1].terminal, &users[1].host, users[1].pid),
                (&None, &None, None)
            );
            assert_eq!(users[1].started, 4_000_000_000.0);
        }
    }

    #[cfg(target_endian = "little")]
    #[test]
    fn captured() {
        const GLIBC: &[u8] = include_bytes!("../../../../../testdata/linux/utmp/x86_64-glibc.utmp");
        assert_eq!(Layout::of(GLIBC), Some(Layout::Time32));
        let users = users(GLIBC, Layout::Time32).unwrap();
        assert_eq!(users.len(), 2);
        assert_eq!(users[0].name, "marie");
        assert_eq!(users[0].terminal, Some("pts/3".into()));
        assert_eq!(users[0].host, Some("2001:db8::7".into()));
        assert_eq!((users[0].started, users[0].pid), (1_700_000_123.0, Some(4711)));
        assert_eq!((users[1].name.to_str(), &users[1].host), (Some("root"), &None));
    }

    #[test]
    fn empty_cut_off_and_foreign_files() {
        assert_eq!(Layout::of(b""), Some(Layout::Time32));
        assert_eq!(users(b"", Layout::Time32), Ok(Vec::new()));
        let whole = file(Layout::Time32, &[REMOTE, REMOTE]);
        assert_eq!(Layout::of(&whole[..500]), None);
        assert_eq!(users(&whole[..500], Layout::Time32).unwrap().len(), 1);
        assert_eq!(Layout::of(&b"root:x:0:0:root:/root:/bin/sh\n".repeat(13)), None);
    }

    #[test]
    fn twenty_five_records_of_one_are_as_long_as_twenty_four_of_the_other() {
        let records: Vec<Record> = (0..24).map(|_| Record { ..REMOTE }).collect();
        let file = file(Layout::Time64, &records);
        assert_eq!(file.len(), 25 * Layout::Time32.size());
        assert_eq!(Layout::of(&file), Some(Layout::Time64));
    }
}
