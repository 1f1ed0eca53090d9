//! Boot time and users: `/proc/stat` and the login records of `utmp(5)`. Processes are in [`super::process`].

use std::path::PathBuf;

use psoxide_core::DecodeError;
use psoxide_core::decode::linux::{proc_stat, utmp};
use psoxide_core::model::host::User;
use rustix::io::Errno;
use rustix::time::{ClockId, clock_gettime};

use crate::error::{Error, Result};
use crate::root::Root;
use crate::sys::linux::error::system_error;
use crate::sys::linux::file::{decode_record, read_if_there};

pub(crate) fn boot_time(root: &Root) -> Result<f64> {
    if root.is_local()
        && let Some(seconds) = boot_time_by_the_clocks()
    {
        return Ok(seconds as f64);
    }
    let seconds = decode_record(&root.proc().join("stat"), proc_stat::boot_time)?;
    Ok(seconds as f64)
}

/// The second in which the machine was booted, as `/proc/stat` tells it, without having the kernel count all interrupts
/// for that file. `None` in the rare moment when the clocks cannot be read closely enough to tell which second it was.
fn boot_time_by_the_clocks() -> Option<i64> {
    /// A clock's reading may be rounded.
    const SLACK: i64 = 1_000;
    const SECOND: i64 = 1_000_000_000;
    #[allow(clippy::useless_conversion)] // the width is the machine's
    let nanoseconds = |clock| {
        let now = clock_gettime(clock);
        i64::from(now.tv_sec)
            .checked_mul(SECOND)?
            .checked_add(i64::from(now.tv_nsec))
    };
    // While the wall clock was read, the machine had been up for longer than `before` and less than `after`.
    let before = nanoseconds(ClockId::Boottime)?;
    let now = nanoseconds(ClockId::Realtime)?;
    let after = nanoseconds(ClockId::Boottime)?;
    let earliest = (now - after - SLACK).div_euclid(SECOND);
    let latest = (now - before + SLACK).div_euclid(SECOND);
    (earliest == latest).then_some(earliest)
}

pub(crate) fn users(root: &Root) -> Result<Vec<User>> {
    for path in login_records(root) {
        let Some(records) = read_if_there(&path)? else {
            continue;
        };
        return utmp::Layout::of(&records)
            .ok_or(DecodeError::new("utmp", 0, "login records"))
            .and_then(|layout| utmp::users(&records, layout))
            .map_err(|error| Error::decode(path.display().to_string(), error));
    }
    // Systems without login records: minimal ones, containers, and those whose C library is musl.
    if root.is_local() || root.rootfs().is_dir() {
        return Ok(Vec::new());
    }
    Err(system_error(Errno::NOENT, root.rootfs().display().to_string()))
}

/// Where the records may be. The running system's are where its C library has them, in `/var/run`; nearly everywhere that
/// is a link to `/run`, and one which in a foreign root leads out of the root.
fn login_records(root: &Root) -> Vec<PathBuf> {
    if root.is_local() {
        return vec![PathBuf::from("/var/run/utmp")];
    }
    let mut places = vec![root.run().join("utmp")];
    let old = root.rootfs().join("var/run");
    if !old.is_symlink() {
        places.push(old.join("utmp"));
    }
    places
}
