//! `/proc/<pid>/io`: a line a counter.
//!
//! Layout: proc_pid_io(5).

use crate::decode::bytes::{decimal, finished, lines, split_once};
use crate::error::DecodeError;
use crate::model::process::IoCounters;

/// Decodes the whole file. Lines that are not a key and a number are passed over; without the counts of calls the
/// file is refused.
pub fn io_counters(bytes: &[u8]) -> Result<IoCounters, DecodeError> {
    let (mut read_count, mut write_count) = (None, None);
    let (mut read_bytes, mut write_bytes) = (None, None);
    let (mut read_chars, mut write_chars) = (None, None);
    for line in lines(finished("io", bytes)?) {
        let Some((key, value)) = split_once(line, b':') else {
            continue;
        };
        let counter = match key {
            b"syscr" => &mut read_count,
            b"syscw" => &mut write_count,
            b"read_bytes" => &mut read_bytes,
            b"write_bytes" => &mut write_bytes,
            b"rchar" => &mut read_chars,
            b"wchar" => &mut write_chars,
            _ => continue,
        };
        *counter = decimal(value.trim_ascii());
    }
    Ok(IoCounters {
        read_count: read_count.ok_or(DecodeError::new("io", 0, "a line syscr"))?,
        write_count: write_count.ok_or(DecodeError::new("io", 0, "a line syscw"))?,
        read_bytes,
        write_bytes,
        read_chars,
        write_chars,
        other_count: None,
        other_bytes: None,
    })
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
    fn linux_3_10() {
        let io = io_counters(include_bytes!(
            "../../../../../testdata/linux/process-3.10/proc/1234/io"
        ))
        .unwrap();
        assert_eq!((io.read_count, io.write_count), (2_201, 310));
    }

    #[test]
    fn counters_have_their_names() {
        let counters = io_counters(include_bytes!(
            "../../../../../testdata/linux/process-6.18/proc/4242/io"
        ))
        .unwrap();
        assert_eq!((counters.read_chars, counters.write_chars), (Some(6976), Some(1)));
        assert_eq!((counters.read_count, counters.write_count), (10, 2));
        assert_eq!(
            (counters.read_bytes, counters.write_bytes),
            (Some(4096), Some(8192))
        );
        assert_eq!((counters.other_count, counters.other_bytes), (None, None));
    }

    #[test]
    fn a_missing_counter_is_not_zero() {
        let counters = io_counters(b"junk\n\nsyscr: 1\nsyscw: 2\nrchar: x\n").unwrap();
        assert_eq!(
            (counters.read_count, counters.write_count, counters.read_chars),
            (1, 2, None)
        );
        assert!(io_counters(b"").is_err());
        assert!(io_counters(b"syscr: 1\n").is_err());
        assert!(io_counters(b"syscr: 1\nsyscw: 2").is_err());
    }
}
