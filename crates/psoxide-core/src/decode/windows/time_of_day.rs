//! `SYSTEM_TIMEOFDAY_INFORMATION`: when the machine was booted.

use crate::decode::bytes::Layout;
use crate::decode::windows::since_epoch;
use crate::error::DecodeError;

/// Size of the structure since Windows 2000.
pub const SIZE: usize = 48;

/// When the machine was booted, in seconds since the epoch. The time for which it slept has been added to the moment
/// that the kernel tells, so that the time since then is the time awake; it is taken off again.
pub fn boot_time(bytes: &[u8]) -> Result<f64, DecodeError> {
    let times = Layout::new("SYSTEM_TIMEOFDAY_INFORMATION", bytes, SIZE)?;
    Ok(since_epoch(times.u64(0)?.saturating_sub(times.u64(40)?)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing, clippy::unwrap_used)]

    use super::*;

    const TIMES: &[u8] = include_bytes!("../../../../../testdata/windows/windows-10/time_of_day.bin");

    #[cfg(target_endian = "little")]
    #[test]
    fn sleep_does_not_move_the_boot() {
        assert_eq!(boot_time(TIMES).unwrap(), 1_700_000_000.5 - 60.0);
    }

    #[test]
    fn less_than_the_structure_is_refused() {
        assert!(boot_time(&TIMES[..SIZE - 1]).is_err());
    }
}
