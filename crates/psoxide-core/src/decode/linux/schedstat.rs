//! `/proc/<pid>/schedstat`: what the scheduler remembers of the first thread of a process, in three numbers.
//!
//! Layout: the kernel's Documentation/scheduler/sched-stats.rst. Without `CONFIG_SCHED_INFO` there is no such file, and
//! before Linux 5.14 all three may be 0 because nobody counts.

use crate::decode::bytes::{decimal, finished, words};
use crate::error::DecodeError;

/// The three numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schedstat {
    /// Nanoseconds on a CPU.
    pub ran: u64,
    /// Nanoseconds of waiting for one.
    pub waited: u64,
    /// How often it was given one.
    pub turns: u64,
}

impl Schedstat {
    /// Decodes the whole file.
    pub fn parse(bytes: &[u8]) -> Result<Schedstat, DecodeError> {
        let expected = DecodeError::new("schedstat", 0, "three numbers");
        let mut numbers = words(finished("schedstat", bytes)?).map(decimal);
        let mut next = || numbers.next().flatten().ok_or(expected.clone());
        Ok(Schedstat {
            ran: next()?,
            waited: next()?,
            turns: next()?,
        })
    }

    /// Whether the thread has not been on a CPU between the two readings. Then nothing has changed that only it can
    /// change: its ids, and how often it left a CPU.
    pub fn shows_rest(&self, earlier: &Schedstat) -> bool {
        self.turns > 0 && self == earlier
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_thread_at_rest() {
        let bytes = include_bytes!("../../../../../testdata/linux/process-6.18/proc/4242/schedstat");
        let now = Schedstat::parse(bytes).unwrap();
        assert_eq!((now.ran, now.waited, now.turns), (12_904_321, 67_070, 21));
        assert!(now.shows_rest(&now));
        let ran = Schedstat {
            ran: now.ran + 1,
            ..now
        };
        assert!(!ran.shows_rest(&now));
        // A kernel that does not count shows nothing.
        let unknown = Schedstat::parse(b"0 0 0\n").unwrap();
        assert!(!unknown.shows_rest(&unknown));
    }

    #[test]
    fn what_is_cut_or_is_no_number_is_refused() {
        for bytes in [&b""[..], b"1 2\n", b"1 2 3", b"1 x 3\n"] {
            assert!(Schedstat::parse(bytes).is_err());
        }
    }
}
