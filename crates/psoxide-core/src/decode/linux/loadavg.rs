//! `/proc/loadavg`: the load averages. The task counts and last pid behind them are not read.

use crate::decode::bytes::{fraction, words};
use crate::error::DecodeError;
use crate::model::cpu::LoadAverage;

/// The averages over 1, 5 and 15 minutes.
pub fn load_average(bytes: &[u8]) -> Result<LoadAverage, DecodeError> {
    // The last number must end in a blank, or the file may have been cut in the middle of it.
    let end = bytes
        .iter()
        .rposition(|byte| byte.is_ascii_whitespace())
        .unwrap_or(0);
    let mut averages = words(bytes.get(..end).unwrap_or_default()).map(fraction);
    let mut next = || {
        averages
            .next()
            .flatten()
            .ok_or(DecodeError::new("/proc/loadavg", end, "load average"))
    };
    Ok(LoadAverage::new(next()?, next()?, next()?))
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

    const CURRENT: &[u8] = include_bytes!("../../../../../testdata/linux/system-6.18/proc/loadavg");

    #[test]
    fn three_averages() {
        assert_eq!(load_average(CURRENT), Ok(LoadAverage::new(0.41, 0.65, 0.43)));
        assert_eq!(load_average(b"0 1 2 "), Ok(LoadAverage::new(0.0, 1.0, 2.0)));
    }

    #[test]
    fn anything_else_is_an_error() {
        for file in [
            &b""[..],
            b"\n",
            b"0.52 0.58\n",
            b"0.52 0.58 0.5",
            b"a b c\n",
            b"-1 0 0 \n",
        ] {
            assert!(load_average(file).is_err(), "{}", file.escape_ascii());
        }
    }
}
