//! Every getter of [`Oneshot`], asked by a visit of its own: convenient for one answer, dearer for several.
//!
//! Each visit first makes sure that the number still belongs to this process; sources, errors and examples are those
//! of the getter of the same name.

use std::path::PathBuf;

use psoxide_core::Text;
use psoxide_core::model::Pid;
use psoxide_core::model::net::{Connection, ConnectionKind};
use psoxide_core::model::process::{
    ContextSwitches, Gids, IoCounters, IoNice, Limits, MemoryFootprint, MemoryFullInfo, MemoryInfo,
    MemoryInfoEx, MemoryMap, OpenFile, PageFaults, ProcessTimes, Resource, Status, Thread, Uids,
};

use crate::error::Result;
#[cfg(doc)]
use crate::process::Oneshot;
use crate::process::Process;

impl Process {
    /// The command line it was started with, an argument each; empty for the kernel's own threads.
    ///
    /// A visit of its own; more at [`Oneshot::cmdline`].
    pub fn cmdline(&self) -> Result<Vec<Text>> {
        self.oneshot()?.cmdline()
    }

    /// The numbers of the CPUs it may run on, ascending.
    ///
    /// A visit of its own; more at [`Oneshot::cpu_affinity`].
    pub fn cpu_affinity(&self) -> Result<Vec<u32>> {
        self.oneshot()?.cpu_affinity()
    }

    /// The number of the CPU it runs on, or ran on last.
    ///
    /// A visit of its own; more at [`Oneshot::cpu_num`].
    pub fn cpu_num(&self) -> Result<u32> {
        self.oneshot()?.cpu_num()
    }

    /// CPU time it has used, in seconds, with that of the children it has waited for.
    ///
    /// A visit of its own; more at [`Oneshot::cpu_times`].
    pub fn cpu_times(&self) -> Result<ProcessTimes> {
        self.oneshot()?.cpu_times()
    }

    /// When it was started, in seconds since the epoch; it moves when the clock is set.
    ///
    /// A visit of its own; more at [`Oneshot::create_time`].
    pub fn create_time(&self) -> Result<f64> {
        self.oneshot()?.create_time()
    }

    /// Its environment when it was started, in the kernel's order; what it changed later is usually not seen.
    ///
    /// A visit of its own; more at [`Oneshot::environ`].
    pub fn environ(&self) -> Result<Vec<(Text, Text)>> {
        self.oneshot()?.environ()
    }

    /// Its real, effective and saved group id.
    ///
    /// A visit of its own; more at [`Oneshot::gids`].
    pub fn gids(&self) -> Result<Gids> {
        self.oneshot()?.gids()
    }

    /// What it read and wrote, in calls and bytes, since it was started.
    ///
    /// A visit of its own; more at [`Oneshot::io_counters`].
    pub fn io_counters(&self) -> Result<IoCounters> {
        self.oneshot()?.io_counters()
    }

    /// Its I/O priority: a class, and on Linux a level.
    ///
    /// A visit of its own; more at [`Oneshot::ionice`].
    pub fn ionice(&self) -> Result<IoNice> {
        self.oneshot()?.ionice()
    }

    /// The share of memory that is its own, in bytes. The kernel walks the whole address space for it.
    ///
    /// A visit of its own; more at [`Oneshot::memory_footprint`].
    pub fn memory_footprint(&self) -> Result<MemoryFootprint> {
        self.oneshot()?.memory_footprint()
    }

    /// Its memory use, in bytes.
    ///
    /// A visit of its own; more at [`Oneshot::memory_info`].
    pub fn memory_info(&self) -> Result<MemoryInfo> {
        self.oneshot()?.memory_info()
    }

    /// Its memory use with peaks and parts, in bytes.
    ///
    /// A visit of its own; more at [`Oneshot::memory_info_ex`].
    pub fn memory_info_ex(&self) -> Result<MemoryInfoEx> {
        self.oneshot()?.memory_info_ex()
    }

    /// A figure of its memory as a share of the machine's physical memory, in percent.
    ///
    /// A visit of its own; more at [`Oneshot::memory_percent_of`].
    pub fn memory_percent_of(&self, field: &str) -> Result<f64> {
        self.oneshot()?.memory_percent_of(field)
    }

    /// Its mappings, a region each, with sizes in bytes.
    ///
    /// A visit of its own; more at [`Oneshot::memory_maps`].
    pub fn memory_maps(&self) -> Result<Vec<MemoryMap>> {
        self.oneshot()?.memory_maps()
    }

    /// Its name. Where the kernel cuts it short, the rest comes from the command line.
    ///
    /// A visit of its own; more at [`Oneshot::name`].
    pub fn name(&self) -> Result<Text> {
        self.oneshot()?.name()
    }

    /// Its nice value: from -20, most favoured, to 19. On Windows: the number of its priority class.
    ///
    /// A visit of its own; more at [`Oneshot::nice`].
    pub fn nice(&self) -> Result<i32> {
        self.oneshot()?.nice()
    }

    /// How often it left the CPU, of its own will and not.
    ///
    /// A visit of its own; more at [`Oneshot::num_ctx_switches`].
    pub fn num_ctx_switches(&self) -> Result<ContextSwitches> {
        self.oneshot()?.num_ctx_switches()
    }

    /// How many descriptors it has open.
    ///
    /// A visit of its own; more at [`Oneshot::num_fds`].
    pub fn num_fds(&self) -> Result<u32> {
        self.oneshot()?.num_fds()
    }

    /// How many handles it has open.
    ///
    /// A visit of its own; more at [`Oneshot::num_handles`].
    pub fn num_handles(&self) -> Result<u32> {
        self.oneshot()?.num_handles()
    }

    /// How many threads it has.
    ///
    /// A visit of its own; more at [`Oneshot::num_threads`].
    pub fn num_threads(&self) -> Result<u32> {
        self.oneshot()?.num_threads()
    }

    /// The regular files it has open.
    ///
    /// A visit of its own; more at [`Oneshot::open_files`].
    pub fn open_files(&self) -> Result<Vec<OpenFile>> {
        self.oneshot()?.open_files()
    }

    /// Its page faults since it was started: those served from memory, and those that needed a device.
    ///
    /// A visit of its own; more at [`Oneshot::page_faults`].
    pub fn page_faults(&self) -> Result<PageFaults> {
        self.oneshot()?.page_faults()
    }

    /// The number of its parent; 0 if it has none.
    ///
    /// A visit of its own; more at [`Oneshot::ppid`].
    pub fn ppid(&self) -> Result<Pid> {
        self.oneshot()?.ppid()
    }

    /// What it is doing.
    ///
    /// A visit of its own; more at [`Oneshot::status`].
    pub fn status(&self) -> Result<Status> {
        self.oneshot()?.status()
    }

    /// Its controlling terminal, as `/dev/pts/0`; `None` without one.
    ///
    /// A visit of its own; more at [`Oneshot::terminal`].
    pub fn terminal(&self) -> Result<Option<Text>> {
        self.oneshot()?.terminal()
    }

    /// Its threads with the CPU time of each, in seconds.
    ///
    /// A visit of its own; more at [`Oneshot::threads`].
    pub fn threads(&self) -> Result<Vec<Thread>> {
        self.oneshot()?.threads()
    }

    /// Its real, effective and saved user id.
    ///
    /// A visit of its own; more at [`Oneshot::uids`].
    pub fn uids(&self) -> Result<Uids> {
        self.oneshot()?.uids()
    }

    /// The name of the user who started it; the number where the user has no name.
    ///
    /// A visit of its own; more at [`Oneshot::username`].
    pub fn username(&self) -> Result<Text> {
        self.oneshot()?.username()
    }

    /// Its working directory; empty if that is not told.
    ///
    /// A visit of its own; more at [`Oneshot::cwd`].
    pub fn cwd(&self) -> Result<PathBuf> {
        self.oneshot()?.cwd()
    }

    /// The path of its program; empty for the kernel's own threads.
    ///
    /// A visit of its own; more at [`Oneshot::exe`].
    pub fn exe(&self) -> Result<PathBuf> {
        self.oneshot()?.exe()
    }

    /// [`Oneshot::memory_info`] and [`Oneshot::memory_footprint`] together, in bytes; the latter is absent on systems
    /// without it.
    ///
    /// A visit of its own; more at [`Oneshot::memory_full_info`].
    pub fn memory_full_info(&self) -> Result<MemoryFullInfo> {
        self.oneshot()?.memory_full_info()
    }

    /// Resident memory as a share of the machine's physical memory, in percent.
    ///
    /// A visit of its own; more at [`Oneshot::memory_percent`].
    pub fn memory_percent(&self) -> Result<f64> {
        self.oneshot()?.memory_percent()
    }

    /// Its sockets of this kind.
    ///
    /// A visit of its own; more at [`Oneshot::net_connections`].
    pub fn net_connections(&self, kind: ConnectionKind) -> Result<Vec<Connection>> {
        self.oneshot()?.net_connections(kind)
    }

    /// Its limits on one resource, in the resource's own unit; `None` in them is infinite.
    ///
    /// A visit of its own; more at [`Oneshot::rlimit`].
    pub fn rlimit(&self, resource: Resource) -> Result<Limits> {
        self.oneshot()?.rlimit(resource)
    }

    /// Its limits on every resource that this system limits, by the C name of the resource.
    ///
    /// A visit of its own; more at [`Oneshot::rlimits`].
    pub fn rlimits(&self) -> Result<Vec<(Text, Limits)>> {
        self.oneshot()?.rlimits()
    }
}
