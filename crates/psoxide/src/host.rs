//! Boot time, users and which processes there are.

use psoxide_core::model::Pid;
use psoxide_core::model::host::User;

use crate::error::Result;
use crate::root::Root;
use crate::sys;

/// When the system was booted, in seconds since the epoch; it moves when the clock is set. Of the running system; [`Root::boot_time`] asks another.
pub fn boot_time() -> Result<f64> {
    Root::default().boot_time()
}

/// Users who are logged in. Of the running system; [`Root::users`] asks another.
pub fn users() -> Result<Vec<User>> {
    Root::default().users()
}

/// The numbers of all processes, ascending. Of the running system; [`Root::pids`] asks another.
pub fn pids() -> Result<Vec<Pid>> {
    Root::default().pids()
}

/// Whether there is a process of this number; thread numbers do not count, zombies do. Of the running system; [`Root::pid_exists`] asks another.
pub fn pid_exists(pid: Pid) -> Result<bool> {
    Root::default().pid_exists(pid)
}

impl Root {
    /// When the system was booted, in seconds since the epoch; it moves when the clock is set.
    pub fn boot_time(&self) -> Result<f64> {
        sys::host::boot_time(self)
    }

    /// Users who are logged in.
    pub fn users(&self) -> Result<Vec<User>> {
        sys::host::users(self)
    }

    /// The numbers of all processes, ascending.
    pub fn pids(&self) -> Result<Vec<Pid>> {
        sys::process::pids(self)
    }

    /// Whether there is a process of this number; thread numbers do not count, zombies do.
    pub fn pid_exists(&self, pid: Pid) -> Result<bool> {
        sys::process::pid_exists(self, pid)
    }
}
