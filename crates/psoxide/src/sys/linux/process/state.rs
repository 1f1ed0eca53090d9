//! Who a process is and what it is doing.

use psoxide_core::model::Pid;
use psoxide_core::model::process::{Identity, Status};
use rustix::param::clock_ticks_per_second;

use crate::error::Result;
use crate::sys::linux::process::Reader;

/// Number and start, in clock ticks since boot; without the start where `stat` may not be read.
pub(crate) fn identity(reader: &Reader) -> Result<Identity> {
    let start = match reader.stat() {
        Ok(stat) => Some(stat.start),
        Err(error) if error.is_access_denied() => None,
        Err(error) => return Err(error),
    };
    Ok(Identity {
        pid: reader.pid(),
        start,
    })
}

pub(crate) fn status(reader: &Reader) -> Result<Status> {
    Ok(reader.stat()?.status())
}

pub(crate) fn ppid(reader: &Reader) -> Result<Pid> {
    if reader.is_local_glance()
        && reader.stat.get().is_none()
        && let Some(told) = reader.told()
    {
        return Ok(told.ppid);
    }
    Ok(reader.stat()?.ppid)
}

pub(crate) fn nice(reader: &Reader) -> Result<i32> {
    // For a single question the call is cheaper than the file.
    if reader.is_local_glance()
        && let Some(pid) = i32::try_from(reader.pid())
            .ok()
            .and_then(rustix::process::Pid::from_raw)
    {
        return reader.by_number("getpriority", |_| rustix::process::getpriority_process(Some(pid)));
    }
    Ok(reader.stat()?.nice)
}

/// Start and boot time are both the kernel's, so the sum moves when the clock is set.
pub(crate) fn create_time(reader: &Reader) -> Result<f64> {
    let stat = reader.stat()?;
    Ok(stat.create_time(reader.boot_time()?, clock_ticks_per_second()))
}
