//! The battery. Windows has no call for temperatures and fans that does not depend on the maker of the machine.

mod ffi;

use psoxide_core::decode::windows::system_power_status;
use psoxide_core::model::sensors::Battery;

use super::error::system_error;
use crate::error::{Error, Result};
use crate::root::Root;
pub(crate) use crate::sys::unsupported::sensors::{sensors_fans, sensors_temperatures};

pub(crate) fn sensors_battery(root: &Root) -> Result<Option<Battery>> {
    const WHAT: &str = "GetSystemPowerStatus";
    root.require_local("sensors_battery")?;
    let status = ffi::power_status().map_err(|error| system_error(error, WHAT))?;
    system_power_status::battery(status.bytes()).map_err(|error| Error::decode(WHAT, error))
}
