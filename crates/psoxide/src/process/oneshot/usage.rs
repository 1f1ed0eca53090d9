//! What a process uses and may use: CPU, devices, descriptors, sockets, limits.

use psoxide_core::Text;
use psoxide_core::model::net::{Connection, ConnectionKind};
use psoxide_core::model::process::{
    ContextSwitches, IoCounters, IoNice, Limits, OpenFile, ProcessTimes, Resource, Thread,
};

use crate::error::{Error, Result};
use crate::process::Oneshot;
use crate::sys;

impl Oneshot {
    /// CPU time it has used, in seconds, with that of the children it has waited for.
    ///
    /// # Source
    ///
    /// Linux: `stat`, in ticks of usually a hundredth of a second. Windows: the system's process table. macOS:
    /// `proc_pidinfo`. BSD: `kinfo_proc`. illumos: `/proc/<pid>/usage`.
    ///
    /// # Errors
    ///
    /// [`NoSuchProcess`](crate::ErrorKind::NoSuchProcess) if it has ended,
    /// [`AccessDenied`](crate::ErrorKind::AccessDenied) on macOS for another user's process.
    ///
    /// # Examples
    ///
    /// ```
    /// let visit = psoxide::Process::current()?.oneshot()?;
    /// let times = visit.cpu_times()?;
    /// assert!(times.user >= 0.0 && times.system >= 0.0);
    /// # Ok::<(), psoxide::Error>(())
    /// ```
    pub fn cpu_times(&self) -> Result<ProcessTimes> {
        sys::process::cpu_times(&self.reader)
    }

    /// The number of the CPU it runs on, or ran on last.
    ///
    /// # Source
    ///
    /// Linux: `stat`. FreeBSD: `kinfo_proc`. illumos: `lwpsinfo`.
    ///
    /// # Errors
    ///
    /// [`NoSuchProcess`](crate::ErrorKind::NoSuchProcess) if it has ended,
    /// [`Unsupported`](crate::ErrorKind::Unsupported) on other systems.
    ///
    /// # Examples
    ///
    /// ```
    /// let visit = psoxide::Process::current()?.oneshot()?;
    /// let cpu = visit.cpu_num()?;
    /// println!("on CPU {cpu}");
    /// # Ok::<(), psoxide::Error>(())
    /// ```
    pub fn cpu_num(&self) -> Result<u32> {
        sys::process::cpu_num(&self.reader)
    }

    /// The numbers of the CPUs it may run on, ascending.
    ///
    /// # Source
    ///
    /// Linux: `sched_getaffinity(2)`. Windows: `GetProcessAffinityMask`. FreeBSD: `cpuset_getaffinity(2)`.
    ///
    /// # Errors
    ///
    /// [`NoSuchProcess`](crate::ErrorKind::NoSuchProcess) if it has ended,
    /// [`Unsupported`](crate::ErrorKind::Unsupported) on other systems.
    ///
    /// # Examples
    ///
    /// ```
    /// let visit = psoxide::Process::current()?.oneshot()?;
    /// let cpus = visit.cpu_affinity()?;
    /// assert!(!cpus.is_empty() && cpus.is_sorted());
    /// # Ok::<(), psoxide::Error>(())
    /// ```
    pub fn cpu_affinity(&self) -> Result<Vec<u32>> {
        sys::process::cpu_affinity(&self.reader)
    }

    /// Its nice value: from -20, most favoured, to 19. On Windows: the number of its priority class.
    ///
    /// # Source
    ///
    /// Linux: `stat`. Windows: `GetPriorityClass`. BSD, macOS: `getpriority(2)`. illumos: `psinfo`.
    ///
    /// # Errors
    ///
    /// [`NoSuchProcess`](crate::ErrorKind::NoSuchProcess) if it has ended.
    ///
    /// # Examples
    ///
    /// ```
    /// let visit = psoxide::Process::current()?.oneshot()?;
    /// println!("nice {}", visit.nice()?);
    /// # Ok::<(), psoxide::Error>(())
    /// ```
    pub fn nice(&self) -> Result<i32> {
        sys::process::nice(&self.reader)
    }

    /// Its I/O priority: a class, and on Linux a level.
    ///
    /// # Source
    ///
    /// Linux: `ioprio_get(2)`. Windows: `NtQueryInformationProcess`.
    ///
    /// # Errors
    ///
    /// [`NoSuchProcess`](crate::ErrorKind::NoSuchProcess) if it has ended,
    /// [`Unsupported`](crate::ErrorKind::Unsupported) on other systems.
    ///
    /// # Examples
    ///
    /// ```
    /// let visit = psoxide::Process::current()?.oneshot()?;
    /// println!("class {}", visit.ionice()?.ioclass);
    /// # Ok::<(), psoxide::Error>(())
    /// ```
    pub fn ionice(&self) -> Result<IoNice> {
        sys::process::ionice(&self.reader)
    }

    /// What it read and wrote, in calls and bytes, since it was started.
    ///
    /// # Source
    ///
    /// Linux: `io`. Windows: the system's process table. BSD: `kinfo_proc`.
    ///
    /// # Errors
    ///
    /// [`NoSuchProcess`](crate::ErrorKind::NoSuchProcess) if it has ended,
    /// [`AccessDenied`](crate::ErrorKind::AccessDenied) for another user's process,
    /// [`Unsupported`](crate::ErrorKind::Unsupported) on other systems.
    ///
    /// # Examples
    ///
    /// ```
    /// let visit = psoxide::Process::current()?.oneshot()?;
    /// println!("{} reads", visit.io_counters()?.read_count);
    /// # Ok::<(), psoxide::Error>(())
    /// ```
    pub fn io_counters(&self) -> Result<IoCounters> {
        sys::process::io_counters(&self.reader)
    }

    /// How often it left the CPU, of its own will and not.
    ///
    /// # Source
    ///
    /// Linux: `status`. Windows: the system's process table. macOS: `proc_pidinfo`. BSD: `kinfo_proc`. illumos:
    /// `usage`.
    ///
    /// # Errors
    ///
    /// [`NoSuchProcess`](crate::ErrorKind::NoSuchProcess) if it has ended,
    /// [`Unsupported`](crate::ErrorKind::Unsupported) before Linux 2.6.23.
    ///
    /// # Examples
    ///
    /// ```
    /// let visit = psoxide::Process::current()?.oneshot()?;
    /// println!("{:?}", visit.num_ctx_switches()?);
    /// # Ok::<(), psoxide::Error>(())
    /// ```
    pub fn num_ctx_switches(&self) -> Result<ContextSwitches> {
        sys::process::num_ctx_switches(&self.reader)
    }

    /// How many threads it has.
    ///
    /// # Source
    ///
    /// Linux: `stat`. Windows: the system's process table. macOS: `proc_pidinfo`. FreeBSD, NetBSD: `kinfo_proc`.
    /// OpenBSD: its threads. illumos: `psinfo`.
    ///
    /// # Errors
    ///
    /// [`NoSuchProcess`](crate::ErrorKind::NoSuchProcess) if it has ended.
    ///
    /// # Examples
    ///
    /// ```
    /// let visit = psoxide::Process::current()?.oneshot()?;
    /// assert!(visit.num_threads()? >= 1);
    /// # Ok::<(), psoxide::Error>(())
    /// ```
    pub fn num_threads(&self) -> Result<u32> {
        sys::process::num_threads(&self.reader)
    }

    /// Its threads with the CPU time of each, in seconds.
    ///
    /// # Source
    ///
    /// Linux: `task/*/stat`. Windows: the system's process table. macOS: `thread_info`. BSD: `kinfo_proc` of each.
    /// illumos: `lwp/`.
    ///
    /// # Errors
    ///
    /// [`NoSuchProcess`](crate::ErrorKind::NoSuchProcess) if it has ended,
    /// [`AccessDenied`](crate::ErrorKind::AccessDenied) on macOS for another user's process.
    ///
    /// # Examples
    ///
    /// ```
    /// let visit = psoxide::Process::current()?.oneshot()?;
    /// assert!(!visit.threads()?.is_empty());
    /// # Ok::<(), psoxide::Error>(())
    /// ```
    pub fn threads(&self) -> Result<Vec<Thread>> {
        sys::process::threads(&self.reader)
    }

    /// How many descriptors it has open.
    ///
    /// # Source
    ///
    /// Linux: `fd/`. macOS: `proc_pidinfo`. BSD: the sysctl `kern.proc.filedesc`. illumos: `fd/`.
    ///
    /// # Errors
    ///
    /// [`NoSuchProcess`](crate::ErrorKind::NoSuchProcess) if it has ended,
    /// [`AccessDenied`](crate::ErrorKind::AccessDenied) for another user's process,
    /// [`Unsupported`](crate::ErrorKind::Unsupported) on Windows.
    ///
    /// # Examples
    ///
    /// ```
    /// let visit = psoxide::Process::current()?.oneshot()?;
    /// println!("{} descriptors", visit.num_fds()?);
    /// # Ok::<(), psoxide::Error>(())
    /// ```
    pub fn num_fds(&self) -> Result<u32> {
        sys::process::num_fds(&self.reader)
    }

    /// How many handles it has open.
    ///
    /// # Source
    ///
    /// Windows: the system's process table.
    ///
    /// # Errors
    ///
    /// [`NoSuchProcess`](crate::ErrorKind::NoSuchProcess) if it has ended,
    /// [`Unsupported`](crate::ErrorKind::Unsupported) on other systems.
    ///
    /// # Examples
    ///
    /// ```
    /// let visit = psoxide::Process::current()?.oneshot()?;
    /// match visit.num_handles() {
    ///     Ok(handles) => println!("{handles} handles"),
    ///     Err(error) => assert!(error.is_unsupported()),
    /// }
    /// # Ok::<(), psoxide::Error>(())
    /// ```
    pub fn num_handles(&self) -> Result<u32> {
        sys::process::num_handles(&self.reader)
    }

    /// The regular files it has open.
    ///
    /// # Source
    ///
    /// Linux: `fd/` and `fdinfo/`. Windows: the process's handles, before 8 those of all. macOS: `proc_pidfdinfo`. BSD:
    /// the sysctl `kern.proc.filedesc`. illumos: `path/`.
    ///
    /// # Errors
    ///
    /// [`NoSuchProcess`](crate::ErrorKind::NoSuchProcess) if it has ended,
    /// [`AccessDenied`](crate::ErrorKind::AccessDenied) for another user's process.
    ///
    /// # Examples
    ///
    /// ```
    /// let visit = psoxide::Process::current()?.oneshot()?;
    /// for file in visit.open_files()? {
    ///     println!("{}", file.path);
    /// }
    /// # Ok::<(), psoxide::Error>(())
    /// ```
    pub fn open_files(&self) -> Result<Vec<OpenFile>> {
        sys::process::open_files(&self.reader)
    }

    /// Its sockets of this kind.
    ///
    /// # Source
    ///
    /// Linux: `fd/`, and the kernel's socket diagnostics or `net/`. Windows: `GetExtendedTcpTable` and its like. macOS:
    /// `proc_pidfdinfo`. BSD: the sysctl `kern.file`.
    ///
    /// # Errors
    ///
    /// [`NoSuchProcess`](crate::ErrorKind::NoSuchProcess) if it has ended,
    /// [`AccessDenied`](crate::ErrorKind::AccessDenied) for another user's process.
    ///
    /// # Examples
    ///
    /// ```
    /// let visit = psoxide::Process::current()?.oneshot()?;
    /// use psoxide::model::net::ConnectionKind;
    /// let socket = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    /// let port = socket.local_addr().unwrap().port();
    /// println!("{port} is among {:?}", visit.net_connections(ConnectionKind::Tcp4)?);
    /// # Ok::<(), psoxide::Error>(())
    /// ```
    pub fn net_connections(&self, kind: ConnectionKind) -> Result<Vec<Connection>> {
        sys::process::net_connections(&self.reader, kind)
    }

    /// Its limits on one resource, in the resource's own unit; `None` in them is infinite.
    ///
    /// # Source
    ///
    /// Linux: `prlimit(2)`. FreeBSD: the sysctl `kern.proc.rlimit`.
    ///
    /// # Errors
    ///
    /// [`NoSuchProcess`](crate::ErrorKind::NoSuchProcess) if it has ended,
    /// [`AccessDenied`](crate::ErrorKind::AccessDenied) for another user's process,
    /// [`Unsupported`](crate::ErrorKind::Unsupported) on other systems.
    ///
    /// # Examples
    ///
    /// ```
    /// let visit = psoxide::Process::current()?.oneshot()?;
    /// use psoxide::model::process::Resource;
    /// println!("{:?}", visit.rlimit(Resource::Nofile)?);
    /// # Ok::<(), psoxide::Error>(())
    /// ```
    pub fn rlimit(&self, resource: Resource) -> Result<Limits> {
        sys::process::rlimit(&self.reader, resource)
    }

    /// Its limits on every resource that this system limits, by the C name of the resource.
    ///
    /// # Source
    ///
    /// As [`Oneshot::rlimit`].
    ///
    /// # Errors
    ///
    /// [`NoSuchProcess`](crate::ErrorKind::NoSuchProcess) if it has ended,
    /// [`AccessDenied`](crate::ErrorKind::AccessDenied) for another user's process,
    /// [`Unsupported`](crate::ErrorKind::Unsupported) on other systems.
    ///
    /// # Examples
    ///
    /// ```
    /// let visit = psoxide::Process::current()?.oneshot()?;
    /// for (resource, limits) in visit.rlimits()? {
    ///     println!("{resource}: {limits:?}");
    /// }
    /// # Ok::<(), psoxide::Error>(())
    /// ```
    pub fn rlimits(&self) -> Result<Vec<(Text, Limits)>> {
        let known = Resource::EACH.iter().filter(|(_, on)| on.contains(sys::PLATFORM));
        let mut limits = Vec::new();
        for (resource, _) in known {
            match self.rlimit(*resource) {
                Ok(both) => limits.push((Text::from(resource.as_str()), both)),
                // Older kernels have fewer.
                Err(error) if error.is_unsupported() => {}
                Err(error) => return Err(error),
            }
        }
        if limits.is_empty() {
            return Err(Error::unsupported("rlimits"));
        }
        Ok(limits)
    }
}
