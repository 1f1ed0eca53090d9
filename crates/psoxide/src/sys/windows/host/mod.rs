//! The machine itself, and who is logged in.

mod ffi;

use psoxide_core::Text;
use psoxide_core::decode::windows::{sessions, time_of_day};
use psoxide_core::model::host::User;
use windows_sys::Wdk::System::SystemInformation::SystemTimeOfDayInformation;
use windows_sys::Win32::Foundation::{ERROR_CTX_WINSTATION_NOT_FOUND, ERROR_FILE_NOT_FOUND};
use windows_sys::Win32::System::RemoteDesktop::{WTSClientAddress, WTSSessionInfo, WTSUserName};

use self::ffi::Sessions;
use super::error::system_error;
use super::ffi::query_system;
use crate::error::{Error, Result};
use crate::root::Root;

pub(crate) fn boot_time(root: &Root) -> Result<f64> {
    const WHAT: &str = "NtQuerySystemInformation: SystemTimeOfDayInformation";
    root.require_local("boot_time")?;
    // The kernel takes no buffer that is larger than the structure.
    let answer = query_system(SystemTimeOfDayInformation, time_of_day::SIZE)
        .map_err(|error| system_error(error, WHAT))?;
    time_of_day::boot_time(answer.bytes()).map_err(|error| Error::decode(WHAT, error))
}

/// Nobody where there are no sessions at all.
pub(crate) fn users(root: &Root) -> Result<Vec<User>> {
    root.require_local("users")?;
    let sessions = Sessions::open().map_err(|error| system_error(error, "wtsapi32.dll"))?;
    let Some(sessions) = sessions else {
        return Ok(Vec::new());
    };
    let listed = sessions
        .list()
        .map_err(|error| system_error(error, "WTSEnumerateSessionsW"))?;
    let mut users = Vec::new();
    for number in listed {
        users.extend(user(&sessions, number)?);
    }
    Ok(users)
}

/// The user of a session; `None` if there is none, or the session has ended.
fn user(sessions: &Sessions, number: u32) -> Result<Option<User>> {
    const WHAT: &str = "WTSQuerySessionInformationW";
    let ended = [ERROR_FILE_NOT_FOUND, ERROR_CTX_WINSTATION_NOT_FOUND].map(|code| Some(code.cast_signed()));
    let ask = |class| match sessions.query(number, class) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if ended.contains(&error.raw_os_error()) => Ok(None),
        Err(error) => Err(system_error(error, WHAT)),
    };
    let Some(name) = ask(WTSUserName)? else {
        return Ok(None);
    };
    let Some(name) = name.strip_suffix(&[0, 0]).filter(|name| !name.is_empty()) else {
        return Ok(None);
    };
    let Some(info) = ask(WTSSessionInfo)? else {
        return Ok(None);
    };
    // Who sits at the machine may have no address, and then there may be no answer either.
    let address = sessions.query(number, WTSClientAddress).ok();
    sessions::user(&info, Text::from_utf16_ne(name), address.as_deref())
        .map_err(|error| Error::decode(WHAT, error))
}
