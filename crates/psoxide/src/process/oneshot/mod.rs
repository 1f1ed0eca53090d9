//! One visit to one process: each kernel source is read when first needed, and then kept until the visit ends.
//!
//! Here stands who the process is and in what state; what it uses and may use stands in `usage.rs` and
//! `memory.rs`.

mod memory;
mod usage;

use std::path::PathBuf;

use psoxide_core::Text;
use psoxide_core::model::Pid;
use psoxide_core::model::process::{Gids, Identity, Status, Uids};

use crate::error::Result;
use crate::root::Root;
use crate::sys;
use crate::sys::process::Reader;

/// One visit to one process.
///
/// Values that share a kernel source come from one reading of it, so they belong to the same moment, and cost one
/// reading together. Errors are not kept: asking again reads again.
pub struct Oneshot {
    pub(super) reader: Reader,
}

impl Oneshot {
    pub(crate) fn new(reader: Reader) -> Oneshot {
        Oneshot { reader }
    }

    /// A visit to the process of this number, which need not exist: the first answer tells. Unlike
    /// [`Process::oneshot`](crate::Process::oneshot) it takes whichever process has the number now.
    ///
    /// ```
    /// use psoxide::{Oneshot, Root};
    /// let visit = Oneshot::visit(&Root::default(), std::process::id())?;
    /// assert_eq!(visit.identity()?.pid, std::process::id());
    /// # Ok::<(), psoxide::Error>(())
    /// ```
    pub fn visit(root: &Root, pid: Pid) -> Result<Oneshot> {
        Ok(Oneshot::new(Reader::open(root, pid)?))
    }

    /// A visit for a single question. It costs less than [`Oneshot::visit`], since nothing holds on to the process:
    /// two questions could be answered by two processes, one after the other, that had the same number.
    ///
    /// ```
    /// use psoxide::{Oneshot, Root};
    /// let threads = Oneshot::glance(&Root::default(), std::process::id())?.num_threads()?;
    /// assert!(threads >= 1);
    /// # Ok::<(), psoxide::Error>(())
    /// ```
    pub fn glance(root: &Root, pid: Pid) -> Result<Oneshot> {
        Ok(Oneshot::new(Reader::glance(root, pid)?))
    }

    /// The process's number.
    pub fn pid(&self) -> Pid {
        self.reader.pid()
    }

    /// The process's number and start.
    pub fn identity(&self) -> Result<Identity> {
        sys::process::identity(&self.reader)
    }

    /// Its name. Where the kernel cuts it short, the rest comes from the command line.
    ///
    /// # Source
    ///
    /// Linux: `stat`, at most 15 bytes, and `cmdline`. Windows: the program's file name. macOS, BSD: `kinfo_proc`.
    /// illumos: `psinfo`.
    ///
    /// # Errors
    ///
    /// [`NoSuchProcess`](crate::ErrorKind::NoSuchProcess) if it has ended.
    ///
    /// # Examples
    ///
    /// ```
    /// let visit = psoxide::Process::current()?.oneshot()?;
    /// assert!(!visit.name()?.as_bytes().is_empty());
    /// # Ok::<(), psoxide::Error>(())
    /// ```
    pub fn name(&self) -> Result<Text> {
        sys::process::name(&self.reader)
    }

    /// The path of its program; empty for the kernel's own threads.
    ///
    /// Where the path is denied, the first word of the command line serves if it is the absolute path of a program.
    ///
    /// # Source
    ///
    /// Linux: `exe`. Windows: `NtQuerySystemInformation`, which tells it of every process. macOS: `proc_pidpath`. FreeBSD,
    /// NetBSD: the sysctl `kern.proc.pathname`. illumos: `/proc/<pid>/path/a.out`.
    ///
    /// # Errors
    ///
    /// [`NoSuchProcess`](crate::ErrorKind::NoSuchProcess) if it has ended,
    /// [`AccessDenied`](crate::ErrorKind::AccessDenied) for another user's process,
    /// [`ZombieProcess`](crate::ErrorKind::ZombieProcess) if it is a zombie.
    ///
    /// # Examples
    ///
    /// ```
    /// let visit = psoxide::Process::current()?.oneshot()?;
    /// assert_eq!(visit.exe()?.file_name(), std::env::current_exe().unwrap().file_name());
    /// # Ok::<(), psoxide::Error>(())
    /// ```
    pub fn exe(&self) -> Result<PathBuf> {
        sys::process::exe(&self.reader).map(|path| PathBuf::from(sys::text::os_string(path)))
    }

    /// The command line it was started with, an argument each; empty for the kernel's own threads.
    ///
    /// A process may have written another title over it.
    ///
    /// # Source
    ///
    /// Linux: `cmdline`. Windows: `NtQueryInformationProcess`, before 8.1 the process environment block. macOS: the sysctl
    /// `kern.procargs2`. BSD: the sysctl `kern.proc.args`. illumos: the address space, else `psinfo`.
    ///
    /// # Errors
    ///
    /// [`NoSuchProcess`](crate::ErrorKind::NoSuchProcess) if it has ended,
    /// [`ZombieProcess`](crate::ErrorKind::ZombieProcess) if it is a zombie.
    ///
    /// # Examples
    ///
    /// ```
    /// let visit = psoxide::Process::current()?.oneshot()?;
    /// assert!(!visit.cmdline()?.is_empty());
    /// # Ok::<(), psoxide::Error>(())
    /// ```
    pub fn cmdline(&self) -> Result<Vec<Text>> {
        sys::process::cmdline(&self.reader)
    }

    /// Its working directory; empty if that is not told.
    ///
    /// A directory that was removed keeps its last path.
    ///
    /// # Source
    ///
    /// Linux: `cwd`. Windows: the process environment block. macOS: `proc_pidinfo`. BSD: the sysctl `kern.proc.cwd`.
    /// illumos: `/proc/<pid>/path/cwd`.
    ///
    /// # Errors
    ///
    /// [`NoSuchProcess`](crate::ErrorKind::NoSuchProcess) if it has ended,
    /// [`AccessDenied`](crate::ErrorKind::AccessDenied) for another user's process,
    /// [`ZombieProcess`](crate::ErrorKind::ZombieProcess) if it is a zombie.
    ///
    /// # Examples
    ///
    /// ```
    /// let visit = psoxide::Process::current()?.oneshot()?;
    /// assert_eq!(visit.cwd()?, std::env::current_dir().unwrap());
    /// # Ok::<(), psoxide::Error>(())
    /// ```
    pub fn cwd(&self) -> Result<PathBuf> {
        sys::process::cwd(&self.reader).map(|path| PathBuf::from(sys::text::os_string(path)))
    }

    /// Its environment when it was started, in the kernel's order; what it changed later is usually not seen. Names are in
    /// upper case on Windows, where they are the same in any case, and what it changed is seen.
    ///
    /// # Source
    ///
    /// Linux: `environ`. Windows: the process environment block. macOS: the sysctl `kern.procargs2`. BSD: the sysctl
    /// `kern.proc.env`. illumos: the address space.
    ///
    /// # Errors
    ///
    /// [`NoSuchProcess`](crate::ErrorKind::NoSuchProcess) if it has ended,
    /// [`AccessDenied`](crate::ErrorKind::AccessDenied) for another user's process,
    /// [`ZombieProcess`](crate::ErrorKind::ZombieProcess) if it is a zombie.
    ///
    /// # Examples
    ///
    /// ```
    /// let visit = psoxide::Process::current()?.oneshot()?;
    /// for (name, value) in visit.environ()? {
    ///     println!("{name}={value}");
    /// }
    /// # Ok::<(), psoxide::Error>(())
    /// ```
    pub fn environ(&self) -> Result<Vec<(Text, Text)>> {
        sys::process::environ(&self.reader)
    }

    /// What it is doing.
    ///
    /// # Source
    ///
    /// Linux: `stat`. Windows: whether all its threads are suspended. macOS, BSD: `kinfo_proc`. illumos: `psinfo`.
    ///
    /// # Errors
    ///
    /// [`NoSuchProcess`](crate::ErrorKind::NoSuchProcess) if it has ended.
    ///
    /// # Examples
    ///
    /// ```
    /// let visit = psoxide::Process::current()?.oneshot()?;
    /// use psoxide::model::process::Status;
    /// assert_ne!(visit.status()?, Status::Zombie);
    /// # Ok::<(), psoxide::Error>(())
    /// ```
    pub fn status(&self) -> Result<Status> {
        sys::process::status(&self.reader)
    }

    /// The number of its parent; 0 if it has none.
    ///
    /// It changes when the parent ends.
    ///
    /// # Source
    ///
    /// Linux: `stat`. Windows: the system's process table. macOS, BSD: `kinfo_proc`. illumos: `psinfo`.
    ///
    /// # Errors
    ///
    /// [`NoSuchProcess`](crate::ErrorKind::NoSuchProcess) if it has ended.
    ///
    /// # Examples
    ///
    /// ```
    /// let visit = psoxide::Process::current()?.oneshot()?;
    /// assert!(visit.ppid()? > 0);
    /// # Ok::<(), psoxide::Error>(())
    /// ```
    pub fn ppid(&self) -> Result<Pid> {
        sys::process::ppid(&self.reader)
    }

    /// When it was started, in seconds since the epoch; it moves when the clock is set.
    ///
    /// [`Oneshot::identity`] has a start that does not move.
    ///
    /// # Source
    ///
    /// Linux: `stat` and the boot time. Windows: the system's process table. macOS, BSD: `kinfo_proc`. illumos: `psinfo`.
    ///
    /// # Errors
    ///
    /// [`NoSuchProcess`](crate::ErrorKind::NoSuchProcess) if it has ended.
    ///
    /// # Examples
    ///
    /// ```
    /// let visit = psoxide::Process::current()?.oneshot()?;
    /// let now = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs_f64();
    /// assert!(visit.create_time()? <= now + 1.0);
    /// # Ok::<(), psoxide::Error>(())
    /// ```
    pub fn create_time(&self) -> Result<f64> {
        sys::process::create_time(&self.reader)
    }

    /// Its real, effective and saved user id.
    ///
    /// # Source
    ///
    /// Linux: `status`. macOS, BSD: `kinfo_proc`. illumos: `cred`.
    ///
    /// # Errors
    ///
    /// [`NoSuchProcess`](crate::ErrorKind::NoSuchProcess) if it has ended,
    /// [`Unsupported`](crate::ErrorKind::Unsupported) on Windows.
    ///
    /// # Examples
    ///
    /// ```
    /// let visit = psoxide::Process::current()?.oneshot()?;
    /// println!("user {}", visit.uids()?.real);
    /// # Ok::<(), psoxide::Error>(())
    /// ```
    pub fn uids(&self) -> Result<Uids> {
        sys::process::uids(&self.reader)
    }

    /// Its real, effective and saved group id.
    ///
    /// # Source
    ///
    /// Linux: `status`. macOS, BSD: `kinfo_proc`. illumos: `cred`.
    ///
    /// # Errors
    ///
    /// [`NoSuchProcess`](crate::ErrorKind::NoSuchProcess) if it has ended,
    /// [`Unsupported`](crate::ErrorKind::Unsupported) on Windows.
    ///
    /// # Examples
    ///
    /// ```
    /// let visit = psoxide::Process::current()?.oneshot()?;
    /// println!("group {}", visit.gids()?.real);
    /// # Ok::<(), psoxide::Error>(())
    /// ```
    pub fn gids(&self) -> Result<Gids> {
        sys::process::gids(&self.reader)
    }

    /// The name of the user who started it; the number where the user has no name.
    ///
    /// # Source
    ///
    /// Unix: that of [`Oneshot::uids`], and the system's users. Windows: the process's token.
    ///
    /// # Errors
    ///
    /// [`NoSuchProcess`](crate::ErrorKind::NoSuchProcess) if it has ended,
    /// [`AccessDenied`](crate::ErrorKind::AccessDenied) on Windows for a user without a name.
    ///
    /// # Examples
    ///
    /// ```
    /// let visit = psoxide::Process::current()?.oneshot()?;
    /// println!("{}", visit.username()?);
    /// # Ok::<(), psoxide::Error>(())
    /// ```
    pub fn username(&self) -> Result<Text> {
        sys::process::username(&self.reader)
    }

    /// Its controlling terminal, as `/dev/pts/0`; `None` without one.
    ///
    /// # Source
    ///
    /// Linux: `stat` and the devices below `/dev`. macOS, BSD: `kinfo_proc` and `/dev`. illumos: `path/0`.
    ///
    /// # Errors
    ///
    /// [`NoSuchProcess`](crate::ErrorKind::NoSuchProcess) if it has ended,
    /// [`Unsupported`](crate::ErrorKind::Unsupported) on Windows.
    ///
    /// # Examples
    ///
    /// ```
    /// let visit = psoxide::Process::current()?.oneshot()?;
    /// println!("{:?}", visit.terminal()?);
    /// # Ok::<(), psoxide::Error>(())
    /// ```
    pub fn terminal(&self) -> Result<Option<Text>> {
        sys::process::terminal(&self.reader)
    }
}
