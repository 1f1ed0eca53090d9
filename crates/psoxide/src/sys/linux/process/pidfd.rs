//! What a descriptor of a process tells: parent and ids, for a third of what the file `status` costs.

use std::mem::MaybeUninit;

use psoxide_core::decode::bytes::decimal;
use psoxide_core::decode::linux::pidfd_info::{PidfdInfo, WANTED};
use rustix::fd::{AsFd, OwnedFd};
use rustix::fs::{CWD, readlinkat_raw};
use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags, getpid, pidfd_open};

use super::Reader;
use super::ffi::pidfd_info;

impl Reader {
    /// Parent and ids without the dear `status`; `None` if that was read already, or is the only one to tell.
    pub(super) fn told(&self) -> Option<PidfdInfo> {
        if let Some(told) = self.known_rare().and_then(|rare| rare.told.get()) {
            return *told;
        }
        if self.status.get().is_some() || self.all().is_some() {
            return None;
        }
        if self.glance {
            // Nobody asks again.
            return info(self);
        }
        let ask = || {
            let handle = self.handle().ok()?;
            let info = info(self)?;
            // If this fails, so does the reading of `status`, which then says why.
            self.confirm(&handle).is_ok().then_some(info)
        };
        *self.rare().told.get_or_init(ask)
    }
}

/// Parent and ids of the process; `None` where only its files can be asked: before Linux 6.13, where a filter of system
/// calls forbids it, of another root, of a process whose parent cannot be seen from here.
fn info(reader: &Reader) -> Option<PidfdInfo> {
    if !reader.root().is_local() {
        return None;
    }
    let pidfd = open(reader.pid()).ok()?;
    if !counts_as_proc() {
        return None;
    }
    let info = pidfd_info(pidfd.as_fd(), WANTED).ok()?;
    PidfdInfo::parse(&info).ok()
}

/// A pidfd of the process of this number.
pub(super) fn open(pid: u32) -> rustix::io::Result<OwnedFd> {
    let number = i32::try_from(pid).ok().and_then(Pid::from_raw);
    pidfd_open(number.ok_or(Errno::SRCH)?, PidfdFlags::empty())
}

/// Whether processes have the same numbers for system calls as in `/proc`, which may be that of another namespace.
pub(super) fn counts_as_proc() -> bool {
    let mut target = [MaybeUninit::uninit(); 16];
    match readlinkat_raw(CWD, c"/proc/self", &mut target) {
        Ok((number, _)) => decimal(number) == u64::try_from(getpid().as_raw_pid()).ok(),
        Err(_) => false,
    }
}
