//! Boot time and users: `/proc/stat` and the login records of `utmp(5)`. Processes are in [`super::process`].

use std::path::PathBuf;

use psoxide_core::DecodeError;
use psoxide_core::decode::linux::{proc_stat, utmp};
use psoxide_core::model::host::User;
use rustix::io::Errno;

use crate::error::{Error, Result};
use crate::root::Root;
use crate::sys::linux::error::system_error;
use crate::sys::linux::file::{decode_record, read_if_there};

pub(crate) fn boot_time(root: &Root) -> Result<f64> {
    let seconds = decode_record(&root.proc().join("stat"), proc_stat::boot_time)?;
    Ok(seconds as f64)
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
    if root.rootfs().is_dir() {
        return Ok(Vec::new());
    }
    Err(system_error(Errno::NOENT, root.rootfs().display().to_string()))
}

/// Where the records may be. In `/var/run` on systems without `/run`; on all others that is a link to it, and one
/// which in a foreign root leads out of the root.
fn login_records(root: &Root) -> impl Iterator<Item = PathBuf> {
    let old = root.rootfs().join("var/run");
    let old = (!old.is_symlink()).then(|| old.join("utmp"));
    [root.run().join("utmp")].into_iter().chain(old)
}
