//! The machine itself.

use psoxide_core::decode::windows::time_of_day;
use windows_sys::Wdk::System::SystemInformation::SystemTimeOfDayInformation;

use super::error::system_error;
use super::ffi;
use crate::error::{Error, Result};
use crate::root::Root;
pub(crate) use crate::sys::unsupported::host::users;

pub(crate) fn boot_time(root: &Root) -> Result<f64> {
    const WHAT: &str = "NtQuerySystemInformation: SystemTimeOfDayInformation";
    root.require_local("boot_time")?;
    // The kernel takes no buffer that is larger than the structure.
    let answer = ffi::query_system(SystemTimeOfDayInformation, time_of_day::SIZE)
        .map_err(|error| system_error(error, WHAT))?;
    time_of_day::boot_time(answer.bytes()).map_err(|error| Error::decode(WHAT, error))
}
