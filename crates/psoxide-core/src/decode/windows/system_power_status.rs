//! `SYSTEM_POWER_STATUS`: mains power and the battery.

use crate::decode::bytes::Layout;
use crate::error::DecodeError;
use crate::model::sensors::{Battery, BatteryTime};

/// Size of the structure.
pub const SIZE: usize = 12;

/// Flags of the battery.
const CHARGING: u8 = 8;
const NO_BATTERY: u8 = 128;
/// What a byte holds that is not known. Of the flags it includes that there is no battery.
const UNKNOWN: u8 = 255;

/// The battery; `None` if there is none, or it does not tell its charge.
pub fn battery(bytes: &[u8]) -> Result<Option<Battery>, DecodeError> {
    let status = Layout::new("SYSTEM_POWER_STATUS", bytes, SIZE)?;
    let (line, flags, percent) = (status.u8(0)?, status.u8(1)?, status.u8(2)?);
    if flags & NO_BATTERY != 0 || percent == UNKNOWN {
        return Ok(None);
    }
    let power_plugged = match line {
        0 => Some(false),
        1 => Some(true),
        _ => None,
    };
    let time = if power_plugged == Some(true) || flags & CHARGING != 0 {
        BatteryTime::Unlimited
    } else {
        match status.u32(4)? {
            u32::MAX => BatteryTime::Unknown,
            seconds => BatteryTime::Seconds(seconds.into()),
        }
    };
    Ok(Some(Battery::new(percent.into(), time, power_plugged)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing, clippy::unwrap_used)]

    use super::*;

    const ON_BATTERY: &[u8] =
        include_bytes!("../../../../../testdata/windows/windows-10/system_power_status.bin");

    fn changed(line: u8, flags: u8, percent: u8) -> Option<Battery> {
        let mut status = ON_BATTERY.to_vec();
        status[..3].copy_from_slice(&[line, flags, percent]);
        battery(&status).unwrap()
    }

    #[cfg(target_endian = "little")]
    #[test]
    fn a_battery_that_runs_down_tells_its_time() {
        let told = battery(ON_BATTERY).unwrap().unwrap();
        assert_eq!(told, Battery::new(40.0, BatteryTime::Seconds(7200), Some(false)));
        let mut status = ON_BATTERY.to_vec();
        status[4..8].fill(0xff);
        assert_eq!(battery(&status).unwrap().unwrap().secsleft, BatteryTime::Unknown);
    }

    #[test]
    fn mains_power_and_charging_are_without_limit() {
        let plugged = changed(1, 0, 80).unwrap();
        assert_eq!(plugged, Battery::new(80.0, BatteryTime::Unlimited, Some(true)));
        let charging = changed(255, 1 | CHARGING, 99).unwrap();
        assert_eq!(charging, Battery::new(99.0, BatteryTime::Unlimited, None));
    }

    #[test]
    fn what_is_not_known_is_no_battery() {
        assert_eq!(changed(1, NO_BATTERY, UNKNOWN), None);
        assert_eq!(changed(1, UNKNOWN, UNKNOWN), None);
        assert_eq!(changed(0, 1, UNKNOWN), None);
        assert!(battery(&ON_BATTERY[..SIZE - 1]).is_err());
    }
}
