//! What all Unix systems tell of a process in the same way.

use psoxide_core::Text;

use crate::error::{Error, ErrorKind, Result};
use crate::sys::posix::ffi;

/// Kernels cut names: to 15 bytes where they cut most.
const SHORTEST_CUT: usize = 15;

/// Whether the kernel may have cut this name.
pub(crate) fn may_be_cut(name: &Text) -> bool {
    name.len() >= SHORTEST_CUT
}

/// The name in full: where the kernel's may be cut, the program's name in the first argument, if it begins with the
/// kernel's. That the arguments are not told is no error.
pub(crate) fn full_name(short: &Text, arguments: impl FnOnce() -> Result<Vec<Text>>) -> Result<Text> {
    if !may_be_cut(short) {
        return Ok(short.clone());
    }
    let arguments = match arguments() {
        Ok(arguments) => arguments,
        Err(error) if error.is_access_denied() || error.is_zombie_process() => return Ok(short.clone()),
        Err(error) => return Err(error),
    };
    let full = arguments
        .first()
        .and_then(|first| first.rsplit(|byte| *byte == b'/').next())
        .filter(|name| name.starts_with(short));
    Ok(full.map_or_else(|| short.clone(), Text::from))
}

/// The name of a user of the running system; `None` if there is no such user.
pub(crate) fn user_name(uid: u32) -> Result<Option<Text>> {
    ffi::user_name(uid)
        .map(|name| name.map(Text::from))
        .map_err(|error| Error::io(ErrorKind::Os, format!("getpwuid_r({uid})"), error))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(short: &str, arguments: &[&str]) -> String {
        full_name(&Text::from(short), || {
            Ok(arguments.iter().map(|word| Text::from(*word)).collect())
        })
        .unwrap()
        .to_string()
    }

    #[test]
    fn only_a_name_that_may_be_cut_is_completed() {
        assert_eq!(
            name("gnome-keyring-d", &["/usr/bin/gnome-keyring-daemon", "-d"]),
            "gnome-keyring-daemon"
        );
        assert_eq!(
            name("gnome-keyring-", &["/usr/bin/gnome-keyring-daemon"]),
            "gnome-keyring-"
        );
        assert_eq!(name("gnome-keyring-d", &["/usr/bin/other"]), "gnome-keyring-d");
        assert_eq!(name("gnome-keyring-d", &[]), "gnome-keyring-d");
    }

    #[test]
    fn arguments_that_are_not_told_leave_the_short_name() {
        let short = Text::from("gnome-keyring-d");
        let denied = |kind| full_name(&short, || Err(Error::new(kind, "cmdline")));
        assert_eq!(denied(ErrorKind::AccessDenied).unwrap(), short);
        assert_eq!(denied(ErrorKind::ZombieProcess).unwrap(), short);
        assert!(denied(ErrorKind::NoSuchProcess).unwrap_err().is_no_such_process());
    }
}
