//! `/sys/class/power_supply`: a battery from the files of its directory. See the kernel's
//! `Documentation/power/power_supply_class.rst`, which also has the units: µWh and µW, or µAh and µA, and seconds.

use crate::decode::linux::sysfs::integer;
use crate::model::sensors::{Battery, BatteryTime};

/// The files of a supply that are of use; `None` for those that its driver does not have or that do not hold a number.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Supply {
    /// What is left, in µWh or µAh: `energy_now`, or else `charge_now`.
    pub now: Option<i64>,
    /// What it held when it was last full, in the same unit: `energy_full` or `charge_full`.
    pub full: Option<i64>,
    /// What flows in or out, in µW or µA to match. Some drivers sign it.
    pub flow: Option<i64>,
    /// `capacity`: what is left in percent, as the driver or the battery itself reckons.
    pub capacity: Option<i64>,
    /// `time_to_empty_now`, in seconds.
    pub time_to_empty: Option<i64>,
    /// `status`: whether it charges. `None` for `Unknown` and `Not charging`, too.
    pub status: Option<Status>,
}

/// What a battery does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// It feeds the machine.
    Discharging,
    /// It is fed.
    Charging,
    /// It is full, and the machine fed from elsewhere.
    Full,
}

impl Supply {
    /// From the files of its directory; `file` gives a file's bytes by its name, or `None`, or the error that ends this.
    pub fn parse<E>(mut file: impl FnMut(&'static str) -> Result<Option<Vec<u8>>, E>) -> Result<Supply, E> {
        let status = file("status")?.and_then(|bytes| {
            let text = bytes.trim_ascii().to_ascii_lowercase();
            match text.as_slice() {
                b"discharging" => Some(Status::Discharging),
                b"charging" => Some(Status::Charging),
                b"full" => Some(Status::Full),
                _ => None,
            }
        });
        let mut number =
            |name| -> Result<Option<i64>, E> { Ok(file(name)?.and_then(|bytes| integer(&bytes).ok())) };
        let energy = number("energy_now")?;
        let power = number("power_now")?;
        let current = number("current_now")?;
        let volts = number("voltage_now")?.map(|microvolts| microvolts as f64 / 1e6);
        let (now, full, flow) = if energy.is_some() {
            let converted = || Some((current? as f64 * volts?) as i64);
            (energy, number("energy_full")?, power.or_else(converted))
        } else {
            let converted = || Some((power? as f64 / volts.filter(|volts| *volts > 0.0)?) as i64);
            (
                number("charge_now")?,
                number("charge_full")?,
                current.or_else(converted),
            )
        };
        Ok(Supply {
            now,
            full,
            flow,
            capacity: number("capacity")?,
            time_to_empty: number("time_to_empty_now")?,
            status,
        })
    }

    /// The battery; `None` if it does not tell what is left. `mains` says whether a mains supply is online, where there
    /// is one that tells.
    pub fn battery(&self, mains: Option<bool>) -> Option<Battery> {
        let percent = match (self.now, self.full) {
            (Some(_), Some(0)) => 0.0,
            (Some(now), Some(full)) => 100.0 * now as f64 / full as f64,
            _ => self.capacity? as f64,
        };
        let plugged = mains.or(self.status.map(|status| status != Status::Discharging));
        let left = match (plugged, self.now, self.flow) {
            (Some(true), _, _) => BatteryTime::Unlimited,
            (_, Some(now), Some(flow)) => hours(now, flow).map_or(BatteryTime::Unknown, BatteryTime::Seconds),
            _ => self
                .time_to_empty
                .and_then(|seconds| u64::try_from(seconds).ok())
                .map_or(BatteryTime::Unknown, BatteryTime::Seconds),
        };
        Some(Battery::new(percent, left, plugged))
    }
}

/// The seconds for which `now` lasts at this flow.
fn hours(now: i64, flow: i64) -> Option<u64> {
    if flow == 0 || now < 0 {
        return None;
    }
    Some((now as f64 / flow.unsigned_abs() as f64 * 3600.0) as u64)
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

    const STATUS: &[u8] =
        include_bytes!("../../../../../testdata/linux/system-laptop/sys/class/power_supply/BAT0/status");
    const NOW: &[u8] =
        include_bytes!("../../../../../testdata/linux/system-laptop/sys/class/power_supply/BAT0/energy_now");

    /// A supply from lines `name value`.
    fn supply(files: &str) -> Supply {
        let value = |name| {
            files
                .lines()
                .filter_map(|line| line.trim().split_once(' '))
                .find(|(known, _)| *known == name)
                .map(|(_, value)| format!("{value}\n").into_bytes())
        };
        Supply::parse(|name| Ok::<_, ()>(value(name))).unwrap()
    }

    fn left(files: &str, mains: Option<bool>) -> BatteryTime {
        supply(files).battery(mains).unwrap().secsleft
    }

    #[test]
    fn captured_files() {
        let supply = Supply::parse(|name| match name {
            "status" => Ok(Some(STATUS.to_vec())),
            "energy_now" => Ok(Some(NOW.to_vec())),
            "energy_full" => Ok(Some(b"50000000\n".to_vec())),
            "charge_now" | "charge_full" => Err("not needed"),
            _ => Ok(None),
        })
        .unwrap();
        assert_eq!(supply.status, Some(Status::Discharging));
        assert_eq!(supply.battery(None).unwrap().percent, 65.0);
    }

    #[test]
    fn an_error_of_the_reader_ends_it() {
        assert_eq!(Supply::parse(|_| Err("no descriptors")), Err("no descriptors"));
    }

    #[test]
    fn percent_from_energy_charge_or_capacity() {
        let percent = |files| supply(files).battery(None).map(|battery| battery.percent);
        assert_eq!(percent("energy_now 20\nenergy_full 80\ncapacity 3"), Some(25.0));
        assert_eq!(percent("charge_now 30\ncharge_full 40"), Some(75.0));
        assert_eq!(percent("energy_now 20\nenergy_full 0"), Some(0.0));
        assert_eq!(percent("energy_now 20\ncapacity 31"), Some(31.0));
        assert_eq!(percent("energy_now x\nenergy_full 80\ncapacity 31"), Some(31.0));
        assert_eq!(percent("energy_now 20\nstatus Full"), None);
        assert_eq!(percent(""), None);
    }

    #[test]
    fn plugged_by_the_mains_or_by_the_status() {
        let plugged = |status: &str, mains| {
            supply(&format!("capacity 50\nstatus {status}"))
                .battery(mains)
                .unwrap()
                .power_plugged
        };
        assert_eq!(plugged("Discharging", None), Some(false));
        assert_eq!(plugged("Charging", None), Some(true));
        assert_eq!(plugged("Full", None), Some(true));
        assert_eq!(plugged("Unknown", None), None);
        assert_eq!(plugged("Not charging", None), None);
        assert_eq!(plugged("Discharging", Some(true)), Some(true));
        assert_eq!(plugged("Charging", Some(false)), Some(false));
    }

    #[test]
    fn watts_and_amperes_are_not_mixed() {
        let mixed = "capacity 5\nenergy_now 30000000\ncurrent_now 1000000";
        assert_eq!(left(mixed, None), BatteryTime::Unknown);
        let told = format!("{mixed}\nvoltage_now 10000000");
        assert_eq!(left(&told, None), BatteryTime::Seconds(10_800));
        let other = "capacity 5\ncharge_now 3000000\npower_now 10000000\nvoltage_now 10000000";
        assert_eq!(left(other, None), BatteryTime::Seconds(10_800));
        let full = "capacity 5\nenergy_now 30\ncharge_full 60";
        assert_eq!(supply(full).battery(None).unwrap().percent, 5.0);
    }

    #[test]
    fn time_left() {
        let seconds = BatteryTime::Seconds;
        assert_eq!(
            left(
                "capacity 5\nenergy_now 30\npower_now 10\nstatus Discharging",
                None
            ),
            seconds(10_800)
        );
        assert_eq!(
            left("capacity 5\ncharge_now 30\ncurrent_now -20", None),
            seconds(5400)
        );
        assert_eq!(
            left("capacity 5\nenergy_now 30\npower_now 10", Some(true)),
            BatteryTime::Unlimited
        );
        assert_eq!(
            left("capacity 5\nenergy_now 30\npower_now 0", Some(false)),
            BatteryTime::Unknown
        );
        assert_eq!(
            left("capacity 5\ntime_to_empty_now 600", Some(false)),
            seconds(600)
        );
        assert_eq!(
            left("capacity 5\ntime_to_empty_now -1", Some(false)),
            BatteryTime::Unknown
        );
        assert_eq!(left("capacity 5", Some(false)), BatteryTime::Unknown);
    }
}
