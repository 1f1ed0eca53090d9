//! Files of `/proc` that tell of one namespace: the mount table, and all below `net`. The running system's are the
//! caller's own; another root's are those of its first process, since what that root calls `self` is the caller again.

use std::path::PathBuf;

use rustix::fs::{PROC_SUPER_MAGIC, statfs};

use crate::error::{ErrorKind, Result};
use crate::root::Root;
use crate::sys::linux::file::read_path;

/// The whole of `<proc>/self/<name>` as the root's own processes see it, and the path that was read.
///
/// Copies of a `/proc` (no first process in them) have the file below `self`, or at the place where the kernel has a
/// link to it.
pub(crate) fn read(root: &Root, name: &str) -> Result<(PathBuf, Vec<u8>)> {
    if root.is_local() {
        let path = root.proc().join("self").join(name);
        let bytes = read_path(&path)?;
        return Ok((path, bytes));
    }
    let first = root.proc().join("1").join(name);
    let refused = match read_path(&first) {
        Ok(bytes) => return Ok((first, bytes)),
        Err(error) if error.kind() == ErrorKind::NotFound => error,
        Err(error) => return Err(error),
    };
    // In a real /proc the other places tell of this process's namespace, not of that root's.
    if statfs(root.proc()).is_ok_and(|found| found.f_type == PROC_SUPER_MAGIC) {
        return Err(refused);
    }
    let own = root.proc().join("self").join(name);
    match read_path(&own) {
        Ok(bytes) => Ok((own, bytes)),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let path = root.proc().join(name);
            let bytes = read_path(&path)?;
            Ok((path, bytes))
        }
        Err(error) => Err(error),
    }
}
