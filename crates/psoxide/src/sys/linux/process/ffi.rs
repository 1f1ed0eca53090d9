//! System calls about processes that rustix lacks, or offers for fewer values than the kernel takes.
#![allow(unsafe_code)]

use std::os::fd::{AsRawFd, BorrowedFd};

use psoxide_core::decode::linux::pidfd_info;
use psoxide_core::model::Pid;
use rustix::io::Errno;
use rustix::ioctl::{Opcode, Updater, ioctl, opcode};

use crate::sys::posix::ffi::last_errno;

/// The CPUs that a task may run on, a bit each, written to the start of `mask`, and how many bytes those are; the rest of
/// it is not touched. `EINVAL` if the kernel's mask is longer.
pub(crate) fn sched_getaffinity(pid: Pid, mask: &mut [libc::c_ulong]) -> rustix::io::Result<u32> {
    let size = size_of_val(mask);
    // SAFETY: the kernel writes at most `size` bytes to the start of `mask`, which has as many.
    let answer = unsafe { libc::syscall(libc::SYS_sched_getaffinity, number(pid)?, size, mask.as_mut_ptr()) };
    done(answer)
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

/// Signals the very process that the descriptor was opened for, with any number; 0 only asks whether it is there.
pub(crate) fn pidfd_send_signal(pidfd: BorrowedFd<'_>, signal: i32) -> rustix::io::Result<()> {
    let info: *const libc::siginfo_t = std::ptr::null();
    // SAFETY: the descriptor is borrowed, hence open; a null `siginfo_t` asks the kernel to fill one in as kill(2) does.
    let answer = unsafe {
        libc::syscall(
            libc::SYS_pidfd_send_signal,
            pidfd.as_raw_fd(),
            signal,
            info,
            0_u32,
        )
    };
    done(answer).map(drop)
}

/// What the kernel tells of the process that the descriptor was opened for, of what `wanted` asks (`PIDFD_GET_INFO`,
/// Linux 6.13): the bytes of its `struct pidfd_info`.
pub(crate) fn pidfd_info(pidfd: BorrowedFd<'_>, wanted: u64) -> rustix::io::Result<[u8; pidfd_info::SIZE]> {
    const GET_INFO: Opcode = opcode::read_write::<[u64; pidfd_info::SIZE / 8]>(0xff, 11);
    let mut info = [0_u64; pidfd_info::SIZE / 8];
    info[0] = wanted;
    // SAFETY: the number says how long the structure is, and the kernel writes no more than that; `info` is as long.
    let ask = unsafe { Updater::<GET_INFO, _>::new(&mut info) };
    // SAFETY: the kernel only reads and writes the structure, whose every value is a number.
    unsafe { ioctl(pidfd, ask) }?;
    let mut bytes = [0; pidfd_info::SIZE];
    for (place, word) in bytes.as_chunks_mut::<8>().0.iter_mut().zip(info) {
        *place = word.to_ne_bytes();
    }
    Ok(bytes)
}

/// Sets the I/O priority of one process: the class in the bits from 13 up, the level below.
pub(crate) fn ioprio_set(pid: Pid, priority: u32) -> rustix::io::Result<()> {
    const IOPRIO_WHO_PROCESS: libc::c_int = 1;
    // SAFETY: takes three numbers.
    let answer = unsafe { libc::syscall(libc::SYS_ioprio_set, IOPRIO_WHO_PROCESS, number(pid)?, priority) };
    done(answer).map(drop)
}

/// Lets one process run on the CPUs whose bits are set; of a mask longer than the kernel's the rest is ignored.
pub(crate) fn sched_setaffinity(pid: Pid, mask: &[libc::c_ulong]) -> rustix::io::Result<()> {
    // SAFETY: the kernel reads `size_of_val(mask)` bytes from the start of `mask`, which has as many.
    let answer = unsafe {
        libc::syscall(
            libc::SYS_sched_setaffinity,
            number(pid)?,
            size_of_val(mask),
            mask.as_ptr(),
        )
    };
    done(answer).map(drop)
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
    Err(last_errno())
}
