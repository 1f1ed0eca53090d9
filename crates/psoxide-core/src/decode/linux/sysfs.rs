//! Files of `/sys` that hold one value. Lists of CPUs are in [`super::cpulist`].

use crate::decode::bytes::signed;
use crate::error::DecodeError;
use crate::text::Text;

/// A whole number, negative ones too (temperatures, currents).
pub fn integer(bytes: &[u8]) -> Result<i64, DecodeError> {
    signed(bytes.trim_ascii()).ok_or(DecodeError::new("sysfs value", 0, "whole number"))
}

/// A frequency that cpufreq writes in kilohertz, in megahertz.
pub fn megahertz(bytes: &[u8]) -> Result<f64, DecodeError> {
    let kilohertz = u64::try_from(integer(bytes)?)
        .map_err(|_| DecodeError::new("cpufreq value", 0, "frequency in kilohertz"))?;
    Ok(kilohertz as f64 / 1000.0)
}

/// Text without the blanks and the newline around it.
pub fn text(bytes: &[u8]) -> Text {
    Text::from(bytes.trim_ascii())
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

    const TEMPERATURE: &[u8] =
        include_bytes!("../../../../../testdata/linux/system-desktop/sys/class/hwmon/hwmon1/temp10_input");
    const GARBAGE: &[u8] =
        include_bytes!("../../../../../testdata/linux/system-desktop/sys/class/hwmon/hwmon1/temp3_input");
    const FREQUENCY: &[u8] = include_bytes!(
        "../../../../../testdata/linux/system-laptop/sys/devices/system/cpu/cpufreq/policy0/scaling_max_freq"
    );

    #[test]
    fn files() {
        assert_eq!(integer(TEMPERATURE), Ok(-62_000));
        assert!(integer(GARBAGE).is_err());
        assert_eq!(megahertz(FREQUENCY), Ok(3600.0));
    }

    #[test]
    fn numbers() {
        assert_eq!(integer(b"-5000\n"), Ok(-5000));
        assert_eq!(integer(b"27800"), Ok(27_800));
        assert_eq!(megahertz(b"1800001\n"), Ok(1800.001));
        for garbage in [
            &b""[..],
            b"\n",
            b"<unknown>\n",
            b"12 13\n",
            b"99999999999999999999",
        ] {
            assert!(integer(garbage).is_err(), "{}", garbage.escape_ascii());
            assert!(megahertz(garbage).is_err(), "{}", garbage.escape_ascii());
        }
        assert!(megahertz(b"-1").is_err());
    }

    #[test]
    fn texts_keep_their_bytes() {
        assert_eq!(text(b" Physical id 0\n"), "Physical id 0");
        assert_eq!(text(b"\xff\n").as_bytes(), b"\xff");
    }

    #[test]
    fn files_of_sensors() {
        let file =
            include_bytes!("../../../../../testdata/linux/system-laptop/sys/class/hwmon/hwmon0/temp1_input");
        assert_eq!(integer(file), Ok(27_800));
        let file = include_bytes!("../../../../../testdata/linux/system-laptop/sys/class/hwmon/hwmon0/name");
        assert_eq!(text(file), "acpitz");
    }
}
