//! Boot time, users and which processes there are. What the processes are doing is told by [`crate::Process`].

use psoxide_core::model::Pid;
use psoxide_core::model::host::User;

use crate::error::Result;
use crate::root::Root;
use crate::sys;

/// When the system was booted, in seconds since the epoch.
///
/// It moves when the clock is set, and in a container it is the host's. Of the running system; [`Root::boot_time`] asks
/// another.
///
/// # Source
///
/// * Linux: the wall clock less the time since boot; of another root `/proc/stat`, the line `btime`; whole seconds
/// * Windows: `NtQuerySystemInformation(SystemTimeOfDayInformation)`
/// * macOS, FreeBSD, OpenBSD, NetBSD: sysctl `kern.boottime`
/// * illumos: the record `BOOT_TIME` of `utmpx`
///
/// # Errors
///
/// `NotFound` or `AccessDenied` if the file cannot be read, `InvalidData` if it does not tell.
///
/// # Examples
///
/// ```
/// let booted = psoxide::boot_time()?;
/// let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
/// println!("up for {:.0} s", now.as_secs_f64() - booted);
/// # Ok::<(), psoxide::Error>(())
/// ```
pub fn boot_time() -> Result<f64> {
    Root::default().boot_time()
}

/// Users who are logged in, a record a session, with its begin in seconds since the epoch.
///
/// `host` is what the login program wrote: an address, a name, `:0`, or `None`. A system without login records (containers,
/// systems whose C library is musl, recent distributions) tells nobody. Of the running system; [`Root::users`] asks another.
///
/// # Source
///
/// * Linux: `/var/run/utmp`, which is nearly everywhere `/run/utmp`; whole seconds
/// * Windows: `WTSEnumerateSessions`
/// * macOS, FreeBSD, NetBSD, illumos: `getutxent(3)`; OpenBSD: `/var/run/utmp`
///
/// # Errors
///
/// `AccessDenied` if the records cannot be read, `InvalidData` if they are no login records.
///
/// # Examples
///
/// ```
/// for user in psoxide::users()? {
///     println!("{} on {:?} since {}", user.name, user.terminal, user.started);
/// }
/// # Ok::<(), psoxide::Error>(())
/// ```
pub fn users() -> Result<Vec<User>> {
    Root::default().users()
}

/// The numbers of all processes, ascending; those of threads are not among them.
///
/// With the mount option `hidepid=2` of `/proc` only one's own processes are seen. Of the running system; [`Root::pids`]
/// asks another.
///
/// # Source
///
/// * Linux: the directories of `/proc`
/// * Windows: `NtQuerySystemInformation(SystemProcessInformation)`
/// * macOS, FreeBSD, OpenBSD, NetBSD: sysctl `kern.proc`
/// * illumos: the directories of `/proc`
///
/// # Errors
///
/// `NotFound` or `AccessDenied` if `/proc` cannot be listed.
///
/// # Examples
///
/// ```
/// let pids = psoxide::pids()?;
/// assert!(pids.contains(&std::process::id()));
/// # Ok::<(), psoxide::Error>(())
/// ```
pub fn pids() -> Result<Vec<Pid>> {
    Root::default().pids()
}

/// Whether there is a process of this number. The numbers of threads do not count, zombies do.
///
/// Of the running system; [`Root::pid_exists`] asks another.
///
/// # Source
///
/// * Linux: `/proc/PID/status`, the line `Tgid`; where it cannot be read, the directories of `/proc`
/// * Windows: the list of all processes
/// * macOS, FreeBSD, OpenBSD, NetBSD, illumos: `kill(2)` without a signal
///
/// # Errors
///
/// Those of [`pids`].
///
/// # Examples
///
/// ```
/// assert!(psoxide::pid_exists(std::process::id())?);
/// # Ok::<(), psoxide::Error>(())
/// ```
pub fn pid_exists(pid: Pid) -> Result<bool> {
    Root::default().pid_exists(pid)
}

impl Root {
    /// When the system was booted, in seconds since the epoch. Sources and errors are those of
    /// [`boot_time`](crate::boot_time()).
    pub fn boot_time(&self) -> Result<f64> {
        sys::host::boot_time(self)
    }

    /// Users who are logged in, a record a session. Sources and errors are those of [`users`](crate::users()).
    pub fn users(&self) -> Result<Vec<User>> {
        sys::host::users(self)
    }

    /// The numbers of all processes, ascending. Sources and errors are those of [`pids`](crate::pids()).
    pub fn pids(&self) -> Result<Vec<Pid>> {
        sys::process::pids(self)
    }

    /// Whether there is a process of this number. Sources and errors are those of [`pid_exists`](crate::pid_exists()).
    pub fn pid_exists(&self, pid: Pid) -> Result<bool> {
        sys::process::pid_exists(self, pid)
    }
}
