//! What has become of a process that does not answer.

use std::ffi::CStr;

use psoxide_core::decode::linux::stat::Stat;
use psoxide_core::model::Pid;
use psoxide_core::model::process::Status;
use rustix::fd::OwnedFd;
use rustix::io::Errno;

use crate::sys::linux::error::Life;
use crate::sys::linux::process::names::PathName;
use crate::sys::linux::process::reader::read;

/// What has become of the process of the directory, asked of the kernel now.
pub(super) fn life(directory: &OwnedFd) -> Life {
    life_at(directory, c"stat")
}

/// What has become of the process of this number, below the directory of all.
pub(super) fn life_by_number(all: &OwnedFd, pid: Pid) -> Life {
    life_at(all, PathName::new(pid, c"stat").as_c_str())
}

fn life_at(directory: &OwnedFd, name: &CStr) -> Life {
    match read(directory, name, Stat::parse) {
        Err(Errno::NOENT | Errno::NOTDIR | Errno::SRCH) => Life::Gone,
        Ok(Ok(stat)) => life_of(&stat),
        _ => Life::Alive,
    }
}

pub(super) fn life_of(stat: &Stat) -> Life {
    match stat.status() {
        Status::Zombie | Status::Dead => Life::Zombie,
        _ => Life::Alive,
    }
}
