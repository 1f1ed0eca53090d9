//! Temperatures, fans and the battery.

use psoxide_core::Text;
use psoxide_core::model::sensors::{Battery, Fan, Temperature};

use crate::error::Result;
use crate::root::Root;
use crate::sys;

/// Temperature sensors by chip, in degrees Celsius. Of the running system; [`Root::sensors_temperatures`] asks another.
pub fn sensors_temperatures() -> Result<Vec<(Text, Vec<Temperature>)>> {
    Root::default().sensors_temperatures()
}

/// Fans by chip, in revolutions per minute. Of the running system; [`Root::sensors_fans`] asks another.
pub fn sensors_fans() -> Result<Vec<(Text, Vec<Fan>)>> {
    Root::default().sensors_fans()
}

/// The battery; `None` if there is none. Of the running system; [`Root::sensors_battery`] asks another.
pub fn sensors_battery() -> Result<Option<Battery>> {
    Root::default().sensors_battery()
}

impl Root {
    /// Temperature sensors by chip, in degrees Celsius.
    pub fn sensors_temperatures(&self) -> Result<Vec<(Text, Vec<Temperature>)>> {
        sys::sensors::sensors_temperatures(self)
    }

    /// Fans by chip, in revolutions per minute.
    pub fn sensors_fans(&self) -> Result<Vec<(Text, Vec<Fan>)>> {
        sys::sensors::sensors_fans(self)
    }

    /// The battery; `None` if there is none.
    pub fn sensors_battery(&self) -> Result<Option<Battery>> {
        sys::sensors::sensors_battery(self)
    }
}
