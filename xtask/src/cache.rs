//! The folder of what is made once and used by every later run, in whatever checkout: standard libraries, kernels, what
//! was unpacked. It may be deleted at any time; the commands make again what they need.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};

use crate::Outcome;

/// `$PSOXIDE_CACHE`, or `~/.cache/psoxide`.
pub(crate) fn folder() -> Result<PathBuf, Box<dyn std::error::Error>> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    let folder = match (set("PSOXIDE_CACHE"), set("XDG_CACHE_HOME"), set("HOME")) {
        (Some(folder), _, _) => std::path::absolute(PathBuf::from(folder))?,
        (None, Some(caches), _) => PathBuf::from(caches).join("psoxide"),
        (None, None, Some(home)) => PathBuf::from(home).join(".cache/psoxide"),
        (None, None, None) => return Err("neither PSOXIDE_CACHE nor HOME is set".into()),
    };
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    Ok(folder)
}

/// What one of several programs has for itself, as long as this is there.
pub(crate) struct Lock(#[expect(dead_code, reason = "the lock ends with the open file")] File);

impl Lock {
    /// Waits until nobody else has what this path names.
    pub(crate) fn of(path: &Path) -> Result<Lock, Box<dyn std::error::Error>> {
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(".lock");
        let path = path.with_file_name(name);
        fs::create_dir_all(path.parent().unwrap_or(&path))?;
        let file = File::create(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        flock(&file, FlockOperation::LockExclusive)?;
        Ok(Lock(file))
    }
}

/// Makes a folder whole or not at all: `fill` works in one beside it, which takes the name only at the end. Whoever
/// comes second, in another process, waits for what the first one makes.
pub(crate) fn once(finished: &Path, fill: impl FnOnce(&Path) -> Outcome) -> Outcome {
    if finished.is_dir() {
        return Ok(());
    }
    let _lock = Lock::of(finished)?;
    if finished.is_dir() {
        return Ok(());
    }
    let mut name = finished.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}", std::process::id()));
    let unfinished = finished.with_file_name(name);
    remove(&unfinished)?;
    fs::create_dir_all(&unfinished).map_err(|error| format!("{}: {error}", unfinished.display()))?;
    let filled = fill(&unfinished).and_then(|()| match fs::rename(&unfinished, finished) {
        Err(error) if !finished.is_dir() => Err(format!("{}: {error}", finished.display()).into()),
        _ => Ok(()),
    });
    remove(&unfinished)?;
    filled
}

/// Removes a folder and what is in it, if it is there.
pub(crate) fn remove(folder: &Path) -> Outcome {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(format!("{}: {error}", folder.display()).into())
        }
        _ => Ok(()),
    }
}
