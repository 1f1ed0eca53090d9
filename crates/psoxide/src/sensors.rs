//! Temperatures, fans and the battery. The clocks of the CPUs are in [`crate::cpu`].

use psoxide_core::Text;
use psoxide_core::model::sensors::{Battery, Fan, Temperature};

use crate::error::Result;
use crate::root::Root;
use crate::sys;

/// Temperature sensors by chip, in degrees Celsius; an empty list on a machine without any.
///
/// Chips of the same name share an entry. A sensor that gives no reading is left out. If only one of the two thresholds
/// is told (0 counts as not told), both are taken to be the same. Of the running system;
/// [`Root::sensors_temperatures`] asks another.
///
/// # Source
///
/// * Linux: `/sys/class/hwmon`, `/sys/devices/platform/coretemp.*`; only where these have no sensor at all,
///   `/sys/class/thermal`
/// * FreeBSD: sysctl `dev.cpu.N.temperature`, `dev.cpu.N.coretemp.tjmax`
///
/// # Errors
///
/// `NotFound` or `AccessDenied` if there is no `/sys` or it cannot be listed; `Unsupported` on other systems.
///
/// # Examples
///
/// ```
/// match psoxide::sensors_temperatures() {
///     Ok(chips) => {
///         for (chip, sensors) in chips {
///             for sensor in sensors {
///                 println!("{chip} {}: {} °C", sensor.label, sensor.current);
///             }
///         }
///     }
///     Err(error) => println!("{error}"),
/// }
/// ```
pub fn sensors_temperatures() -> Result<Vec<(Text, Vec<Temperature>)>> {
    Root::default().sensors_temperatures()
}

/// Fans by chip, in revolutions per minute; an empty list on a machine without any.
///
/// A fan that gives no reading is left out. Of the running system; [`Root::sensors_fans`] asks another.
///
/// # Source
///
/// * Linux: `/sys/class/hwmon`
///
/// # Errors
///
/// As [`sensors_temperatures`].
///
/// # Examples
///
/// ```
/// match psoxide::sensors_fans() {
///     Ok(chips) => println!("{} chips with fans", chips.len()),
///     Err(error) => println!("{error}"),
/// }
/// ```
pub fn sensors_fans() -> Result<Vec<(Text, Vec<Fan>)>> {
    Root::default().sensors_fans()
}

/// The battery: its charge in percent, the seconds left, and whether the machine is on mains power; `None` if there is none
/// or it does not tell its charge.
///
/// Of several batteries, the one with the smallest name. Of the running system; [`Root::sensors_battery`] asks another.
///
/// # Source
///
/// * Linux: `/sys/class/power_supply/BAT*` (or another name with `battery` in it), `AC/online`, `AC0/online`
/// * Windows: `GetSystemPowerStatus`
/// * macOS: the power sources of IOKit
/// * FreeBSD: sysctl `hw.acpi.battery`, `hw.acpi.acline`
///
/// # Errors
///
/// As [`sensors_temperatures`].
///
/// # Examples
///
/// ```
/// use psoxide::model::sensors::BatteryTime;
/// match psoxide::sensors_battery() {
///     Ok(Some(battery)) => match battery.secsleft {
///         BatteryTime::Seconds(left) => println!("{:.0} %, {} min", battery.percent, left / 60),
///         _ => println!("{:.0} %", battery.percent),
///     },
///     Ok(None) => println!("no battery"),
///     Err(error) => println!("{error}"),
/// }
/// ```
pub fn sensors_battery() -> Result<Option<Battery>> {
    Root::default().sensors_battery()
}

impl Root {
    /// Temperature sensors by chip, in degrees Celsius. Sources and errors are those of
    /// [`sensors_temperatures`](crate::sensors_temperatures()).
    pub fn sensors_temperatures(&self) -> Result<Vec<(Text, Vec<Temperature>)>> {
        sys::sensors::sensors_temperatures(self)
    }

    /// Fans by chip, in revolutions per minute. Sources and errors are those of
    /// [`sensors_fans`](crate::sensors_fans()).
    pub fn sensors_fans(&self) -> Result<Vec<(Text, Vec<Fan>)>> {
        sys::sensors::sensors_fans(self)
    }

    /// The battery: percent and seconds left; `None` if there is none. Sources and errors are those of
    /// [`sensors_battery`](crate::sensors_battery()).
    pub fn sensors_battery(&self) -> Result<Option<Battery>> {
        sys::sensors::sensors_battery(self)
    }
}
