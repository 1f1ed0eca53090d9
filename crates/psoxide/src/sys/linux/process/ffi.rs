//! System calls about processes that rustix lacks, or offers for fewer values than the kernel takes.
#![allow(unsafe_code)]

use std::io;

use psoxide_core::model::Pid;
use rustix::io::Errno;

/// The CPUs that a task may run on, a bit each, written to the start of `mask`; the rest of it is not touched. `EINVAL`
/// if the kernel's mask is longer.
pub(crate) fn sched_getaffinity(pid: Pid, mask: &mut [libc::c_ulong]) -> rustix::io::Result<()> {
    let size = size_of_val(mask);
    // SAFETY: the kernel writes at most `size` bytes to the start of `mask`, which has as many.
    let answer = unsafe { libc::syscall(libc::SYS_sched_getaffinity, number(pid)?, size, mask.as_mut_ptr()) };
    done(answer).map(drop)
}

/// The I/O priority of a task: the class in the bits from 13 up, the level below.
pub(crate) fn ioprio_get(pid: Pid) -> rustix::io::Result<u32> {
    const IOPRIO_WHO_PROCESS: libc::c_int = 1;
    // SAFETY: takes two numbers.
    let answer = unsafe { libc::syscall(libc::SYS_ioprio_get, IOPRIO_WHO_PROCESS, number(pid)?) };
    done(answer)
}

/// The soft and hard limit on a resource; all bits set is none.
pub(crate) fn get_limits(pid: Pid, resource: u32) -> rustix::io::Result<(u64, u64)> {
    // The kernel's `struct rlimit64`, the same on every architecture.
    let mut limits = [0_u64; 2];
    let new: *const [u64; 2] = std::ptr::null();
    // SAFETY: a null new limit only asks; the kernel writes two 64-bit numbers to `limits`, which has room for them.
    let answer = unsafe {
        libc::syscall(
            libc::SYS_prlimit64,
            number(pid)?,
            resource,
            new,
            limits.as_mut_ptr(),
        )
    };
    let [soft, hard] = limits;
    done(answer).map(|_| (soft, hard))
}

/// 0 would be the caller, and what is larger than a `pid_t` is nobody.
fn number(pid: Pid) -> rustix::io::Result<libc::pid_t> {
    libc::pid_t::try_from(pid)
        .ok()
        .filter(|pid| *pid > 0)
        .ok_or(Errno::SRCH)
}

fn done(answer: libc::c_long) -> rustix::io::Result<u32> {
    if answer >= 0 {
        return Ok(answer as u32);
    }
    Err(Errno::from_io_error(&io::Error::last_os_error()).unwrap_or(Errno::IO))
}
