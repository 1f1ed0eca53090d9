//! What changes a process or signals it: by its number, after a look at whether the number is still its own.
//!
//! A signal goes through a pidfd that is opened before the look, so it cannot reach a process that took the number
//! over in between. The kernel has no such way for priorities, limits and affinity: there a moment remains between
//! the look and the call.

use std::os::fd::AsFd;

use psoxide_core::model::process::{Identity, IoClass, Limits, Resource};
use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags, Rlimit, pidfd_open, prlimit, setpriority_process};

use super::Reader;
use super::ffi::{ioprio_set, pidfd_send_signal, sched_setaffinity};
use crate::error::{Error, ErrorKind, Result};
use crate::root::Root;
use crate::sys::linux::error::process_error;
use crate::sys::linux::file::read_if_there;
use crate::sys::posix::ffi::kill as kill_by_number;

/// Sends the signal of this number; 0 only asks whether the caller may.
pub(crate) fn send_signal(root: &Root, identity: Identity, signal: i32) -> Result<()> {
    root.require_local("send_signal")?;
    let pid = number(identity)?;
    let sent = match pidfd_open(pid, PidfdFlags::empty()) {
        Ok(pidfd) => {
            verify(root, identity)?;
            match pidfd_send_signal(pidfd.as_fd(), signal) {
                Err(Errno::NOSYS) => kill_by_number(pid, signal),
                answer => answer,
            }
        }
        Err(Errno::SRCH) => Err(Errno::SRCH),
        // No such call (before Linux 5.3, or filtered), no descriptor left, or the number of a thread.
        Err(_) => {
            verify(root, identity)?;
            kill_by_number(pid, signal)
        }
    };
    sent.map_err(|errno| match errno {
        Errno::INVAL => Error::invalid(format!("there is no signal {signal}")).of(identity.pid),
        errno => failed(errno, identity, "kill"),
    })
}

/// Stops it.
pub(crate) fn suspend(root: &Root, identity: Identity) -> Result<()> {
    send_signal(root, identity, libc::SIGSTOP)
}

/// Lets it go on.
pub(crate) fn resume(root: &Root, identity: Identity) -> Result<()> {
    send_signal(root, identity, libc::SIGCONT)
}

/// Asks it to end.
pub(crate) fn terminate(root: &Root, identity: Identity) -> Result<()> {
    send_signal(root, identity, libc::SIGTERM)
}

/// Ends it.
pub(crate) fn kill(root: &Root, identity: Identity) -> Result<()> {
    send_signal(root, identity, libc::SIGKILL)
}

/// Sets its nice value; the kernel brings what is out of range to the nearest value.
pub(crate) fn set_nice(root: &Root, identity: Identity, nice: i32) -> Result<()> {
    root.require_local("set_nice")?;
    let pid = number(identity)?;
    verify(root, identity)?;
    setpriority_process(Some(pid), nice).map_err(|errno| failed(errno, identity, "setpriority"))
}

/// Sets its I/O priority.
pub(crate) fn set_ionice(root: &Root, identity: Identity, class: IoClass, level: Option<u32>) -> Result<()> {
    const CLASS_SHIFT: u32 = 13;
    root.require_local("set_ionice")?;
    let class_number = match class {
        IoClass::None => 0,
        IoClass::RealTime => 1,
        IoClass::BestEffort => 2,
        IoClass::Idle => 3,
        IoClass::Other(number) => u32::from(number),
        _ => {
            let what = format!("I/O priority class {class}: Linux has none, realtime, best-effort and idle");
            return Err(Error::invalid(what).of(identity.pid));
        }
    };
    let level = level.unwrap_or(0);
    if level > 7 {
        let what = format!("I/O priority level {level}: levels go from 0 to 7");
        return Err(Error::invalid(what).of(identity.pid));
    }
    if level != 0 && matches!(class, IoClass::None | IoClass::Idle) {
        let what = format!("I/O priority level {level}: class {class} has no levels");
        return Err(Error::invalid(what).of(identity.pid));
    }
    verify(root, identity)?;
    ioprio_set(identity.pid, class_number << CLASS_SHIFT | level).map_err(|errno| match errno {
        Errno::INVAL => {
            let what = format!("I/O priority class {class_number}: the kernel has no such class");
            Error::invalid(what).of(identity.pid)
        }
        errno => failed(errno, identity, "ioprio_set"),
    })
}

/// Sets its limits on one resource.
pub(crate) fn set_rlimit(root: &Root, identity: Identity, resource: Resource, limits: Limits) -> Result<()> {
    root.require_local("set_rlimit")?;
    let pid = number(identity)?;
    let Some(kernel_resource) = kernel_resource(resource) else {
        return Err(Error::unsupported(resource.as_str()).of(identity.pid));
    };
    verify(root, identity)?;
    let new = Rlimit {
        current: limits.soft,
        maximum: limits.hard,
    };
    match prlimit(Some(pid), kernel_resource, new) {
        Ok(_) => Ok(()),
        Err(Errno::INVAL) => {
            let what = format!("{resource}: the soft limit may not be above the hard one");
            Err(Error::invalid(what).of(identity.pid))
        }
        Err(Errno::NOSYS) => Err(Reader::open(root, identity.pid)?.call_error(Errno::NOSYS, "prlimit")),
        Err(errno) => Err(failed(errno, identity, "prlimit")),
    }
}

fn kernel_resource(resource: Resource) -> Option<rustix::process::Resource> {
    use rustix::process::Resource as Kernel;
    Some(match resource {
        Resource::As => Kernel::As,
        Resource::Core => Kernel::Core,
        Resource::Cpu => Kernel::Cpu,
        Resource::Data => Kernel::Data,
        Resource::Fsize => Kernel::Fsize,
        Resource::Locks => Kernel::Locks,
        Resource::Memlock => Kernel::Memlock,
        Resource::Msgqueue => Kernel::Msgqueue,
        Resource::Nice => Kernel::Nice,
        Resource::Nofile => Kernel::Nofile,
        Resource::Nproc => Kernel::Nproc,
        Resource::Rss => Kernel::Rss,
        Resource::Rtprio => Kernel::Rtprio,
        Resource::Rttime => Kernel::Rttime,
        Resource::Sigpending => Kernel::Sigpending,
        Resource::Stack => Kernel::Stack,
        _ => return None,
    })
}

/// Lets it run on these CPUs only; on all that its cpuset allows, if none is given.
pub(crate) fn set_cpu_affinity(root: &Root, identity: Identity, cpus: &[u32]) -> Result<()> {
    /// More than any kernel is built for: 8192 on x86-64, 4096 on arm64.
    const MOST_CPUS: u32 = 65536;
    const WORD_BITS: u32 = libc::c_ulong::BITS;
    root.require_local("set_cpu_affinity")?;
    let mask = if cpus.is_empty() {
        // The kernel takes away what it does not have and what the cpuset forbids.
        vec![libc::c_ulong::MAX; (MOST_CPUS / WORD_BITS) as usize]
    } else {
        let largest = cpus.iter().copied().max().unwrap_or(0);
        if largest >= MOST_CPUS {
            return Err(no_such_cpu(root, identity, cpus));
        }
        let mut mask = vec![0; (largest / WORD_BITS) as usize + 1];
        for cpu in cpus {
            mask[(cpu / WORD_BITS) as usize] |= 1 << (cpu % WORD_BITS);
        }
        mask
    };
    verify(root, identity)?;
    sched_setaffinity(identity.pid, &mask).map_err(|errno| match errno {
        Errno::INVAL => no_such_cpu(root, identity, cpus),
        errno => failed(errno, identity, "sched_setaffinity"),
    })
}

/// The error that names the first CPU the kernel cannot mean, and those that are there.
fn no_such_cpu(root: &Root, identity: Identity, cpus: &[u32]) -> Error {
    let online = match read_if_there(&root.sys().join("devices/system/cpu/online")) {
        Ok(Some(bytes)) => String::from_utf8_lossy(bytes.trim_ascii()).into_owned(),
        _ => String::new(),
    };
    let is_online = |cpu: u32| {
        online.split(',').any(|range| {
            let (first, last) = range.split_once('-').unwrap_or((range, range));
            matches!((first.parse::<u32>(), last.parse::<u32>()), (Ok(first), Ok(last)) if (first..=last).contains(&cpu))
        })
    };
    let what = match cpus.iter().find(|cpu| !is_online(**cpu)) {
        _ if online.is_empty() => format!("no CPU of {cpus:?} can be used"),
        Some(cpu) => format!("there is no CPU {cpu}; those online are {online}"),
        None => format!("no CPU of {cpus:?} is in the cpuset of the process; those online are {online}"),
    };
    Error::invalid(what).of(identity.pid)
}

/// The number as the kernel takes it. 0 and what exceeds its type are no process: 0 would mean the caller.
pub(crate) fn number(identity: Identity) -> Result<Pid> {
    i32::try_from(identity.pid)
        .ok()
        .and_then(Pid::from_raw)
        .ok_or_else(|| Error::new(ErrorKind::NoSuchProcess, "a process number is positive").of(identity.pid))
}

/// That the number still belongs to the process that was meant; not looked at where its start is not known.
fn verify(root: &Root, identity: Identity) -> Result<()> {
    if identity.start.is_none() {
        return Ok(());
    }
    match Reader::open(root, identity.pid).and_then(|reader| super::identity(&reader)) {
        Ok(now) if now.start.is_some() && now.start != identity.start => Err(Error::reused(identity.pid)),
        Ok(_) => Ok(()),
        // What /proc hides the kernel still checks by itself.
        Err(error) if error.is_access_denied() => Ok(()),
        Err(error) => Err(error),
    }
}

fn failed(errno: Errno, identity: Identity, call: &'static str) -> Error {
    process_error(errno, identity.pid, call, true)
}

/// The names and numbers of Linux's signals; those below 32, as the ones above have no names of their own.
pub(crate) const SIGNALS: &[(&str, i32)] = &[
    ("SIGHUP", libc::SIGHUP),
    ("SIGINT", libc::SIGINT),
    ("SIGQUIT", libc::SIGQUIT),
    ("SIGILL", libc::SIGILL),
    ("SIGTRAP", libc::SIGTRAP),
    ("SIGABRT", libc::SIGABRT),
    ("SIGBUS", libc::SIGBUS),
    ("SIGFPE", libc::SIGFPE),
    ("SIGKILL", libc::SIGKILL),
    ("SIGUSR1", libc::SIGUSR1),
    ("SIGSEGV", libc::SIGSEGV),
    ("SIGUSR2", libc::SIGUSR2),
    ("SIGPIPE", libc::SIGPIPE),
    ("SIGALRM", libc::SIGALRM),
    ("SIGTERM", libc::SIGTERM),
    #[cfg(not(any(
        target_arch = "mips",
        target_arch = "mips64",
        target_arch = "sparc",
        target_arch = "sparc64"
    )))]
    ("SIGSTKFLT", libc::SIGSTKFLT),
    ("SIGCHLD", libc::SIGCHLD),
    ("SIGCONT", libc::SIGCONT),
    ("SIGSTOP", libc::SIGSTOP),
    ("SIGTSTP", libc::SIGTSTP),
    ("SIGTTIN", libc::SIGTTIN),
    ("SIGTTOU", libc::SIGTTOU),
    ("SIGURG", libc::SIGURG),
    ("SIGXCPU", libc::SIGXCPU),
    ("SIGXFSZ", libc::SIGXFSZ),
    ("SIGVTALRM", libc::SIGVTALRM),
    ("SIGPROF", libc::SIGPROF),
    ("SIGWINCH", libc::SIGWINCH),
    ("SIGIO", libc::SIGIO),
    ("SIGPWR", libc::SIGPWR),
    ("SIGSYS", libc::SIGSYS),
    // Second names of the same numbers.
    ("SIGIOT", libc::SIGIOT),
    ("SIGCLD", libc::SIGCHLD),
    ("SIGPOLL", libc::SIGIO),
];
