//! What a process runs: its name, program, arguments, environment and working directory.

use std::ffi::{CStr, OsStr};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use psoxide_core::Text;
use psoxide_core::decode::linux::cmdline::arguments;
use psoxide_core::decode::linux::comm::comm;
use psoxide_core::decode::linux::environ::variables;
use rustix::fs::{Access, FileType};
use rustix::io::Errno;

use crate::error::{ErrorKind, Result};
use crate::sys::linux::error::{Life, visit_error};
use crate::sys::linux::process::Reader;
use crate::sys::posix::process::{full_name, may_be_cut};

/// What the kernel writes after the path of a file that has been removed.
pub(super) const DELETED: &[u8] = b" (deleted)";

pub(crate) fn name(reader: &Reader) -> Result<Text> {
    // For a single question the shorter file is cheaper.
    if reader.is_local_glance()
        && let Ok(name) = reader.record(c"comm", comm)
        && !may_be_cut(&name)
    {
        return Ok(name);
    }
    let stat = reader.stat()?;
    if stat.is_kernel_thread() {
        // It has no arguments to look at.
        return Ok(stat.name.clone());
    }
    full_name(&stat.name, || cmdline(reader))
}

pub(crate) fn cmdline(reader: &Reader) -> Result<Vec<Text>> {
    let arguments = match reader.glance && !reader.has_arguments() {
        // Nobody asks again.
        true => reader.record(c"cmdline", |bytes| Ok(arguments(bytes)))?,
        false => reader.arguments()?.to_vec(),
    };
    if arguments.is_empty() {
        reader.refuse_zombie(c"cmdline")?;
    }
    Ok(arguments)
}

pub(crate) fn environ(reader: &Reader) -> Result<Vec<(Text, Text)>> {
    let block = reader.memory_file(c"environ")?;
    if block.is_empty() {
        reader.refuse_zombie(c"environ")?;
    }
    Ok(variables(&block))
}

pub(crate) fn cwd(reader: &Reader) -> Result<Text> {
    link(reader, c"cwd")
}

/// Where the link is not told, an absolute first argument that is a program is a good guess.
pub(crate) fn exe(reader: &Reader) -> Result<Text> {
    match link(reader, c"exe") {
        Ok(path) if path.is_empty() => Ok(guess(reader)?.unwrap_or_default()),
        Err(error) if error.is_access_denied() => guess(reader)?.ok_or(error),
        answer => answer,
    }
}

fn guess(reader: &Reader) -> Result<Option<Text>> {
    let Some(first) = cmdline(reader)?
        .into_iter()
        .next()
        .filter(|path| path.starts_with(b"/"))
    else {
        return Ok(None);
    };
    let path = local_path(reader, &first);
    let is_program = rustix::fs::stat(&path)
        .is_ok_and(|stat| FileType::from_raw_mode(stat.st_mode).is_file())
        && rustix::fs::access(&path, Access::EXEC_OK).is_ok();
    Ok(is_program.then_some(first))
}

/// The target of a link of the process; empty if a living process has none, as threads of the kernel have no program.
fn link(reader: &Reader, name: &CStr) -> Result<Text> {
    match reader.link(name) {
        Ok(target) => {
            let mut path = Text::from(target);
            undeleted(reader, &mut path)?;
            Ok(path)
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Text::default()),
        Err(error) => Err(error),
    }
}

/// Takes ` (deleted)` off a path, unless there is a file that is really called so.
pub(super) fn undeleted(reader: &Reader, path: &mut Text) -> Result<()> {
    let Some(without) = path.strip_suffix(DELETED) else {
        return Ok(());
    };
    if path.starts_with(b"/") {
        let local = local_path(reader, path);
        match rustix::fs::stat(&local) {
            Ok(_) => return Ok(()),
            Err(errno @ (Errno::ACCESS | Errno::PERM)) => {
                return Err(visit_error(
                    errno,
                    reader.pid(),
                    local.display().to_string(),
                    Life::Alive,
                ));
            }
            Err(_) => {}
        }
    }
    *path = Text::from(without);
    Ok(())
}

/// Where a path of the root's system is found from here.
pub(super) fn local_path(reader: &Reader, path: &[u8]) -> PathBuf {
    let root = reader.root();
    if root.is_local() {
        return Path::new(OsStr::from_bytes(path)).to_path_buf();
    }
    root.rootfs()
        .join(OsStr::from_bytes(path.strip_prefix(b"/").unwrap_or(path)))
}
