//! One visit to one process: each kernel source is read when first needed, and then kept until the visit ends.

use std::path::PathBuf;

use psoxide_core::Text;
use psoxide_core::model::Pid;
use psoxide_core::model::net::{Connection, ConnectionKind};
use psoxide_core::model::process::{
    ContextSwitches, Gids, Identity, IoCounters, IoNice, Limits, MemoryFootprint, MemoryFullInfo, MemoryInfo,
    MemoryInfoEx, MemoryMap, OpenFile, PageFaults, ProcessTimes, Resource, Status, Thread, Uids,
};

use crate::error::Result;
use crate::sys;
use crate::sys::process::Reader;

/// One visit to one process.
///
/// Values that share a kernel source come from one reading of it, so they belong to the same moment, and cost one
/// reading together. Errors are not kept: asking again reads again.
pub struct Oneshot {
    reader: Reader,
}

impl Oneshot {
    pub(crate) fn new(reader: Reader) -> Oneshot {
        Oneshot { reader }
    }

    /// The process's number.
    pub fn pid(&self) -> Pid {
        self.reader.pid()
    }

    /// The process's number and start.
    pub fn identity(&self) -> Result<Identity> {
        sys::process::identity(&self.reader)
    }

    /// The command line it was started with, an argument each; empty for kernel threads.
    pub fn cmdline(&self) -> Result<Vec<Text>> {
        sys::process::cmdline(&self.reader)
    }

    /// The CPUs it may run on, ascending.
    pub fn cpu_affinity(&self) -> Result<Vec<u32>> {
        sys::process::cpu_affinity(&self.reader)
    }

    /// The CPU it runs on, or ran on last.
    pub fn cpu_num(&self) -> Result<u32> {
        sys::process::cpu_num(&self.reader)
    }

    /// CPU time it has used, in seconds.
    pub fn cpu_times(&self) -> Result<ProcessTimes> {
        sys::process::cpu_times(&self.reader)
    }

    /// When it was started, in seconds since the epoch; it moves when the clock is set.
    pub fn create_time(&self) -> Result<f64> {
        sys::process::create_time(&self.reader)
    }

    /// Its environment when it was started.
    pub fn environ(&self) -> Result<Vec<(Text, Text)>> {
        sys::process::environ(&self.reader)
    }

    /// Its group ids.
    pub fn gids(&self) -> Result<Gids> {
        sys::process::gids(&self.reader)
    }

    /// What it read and wrote.
    pub fn io_counters(&self) -> Result<IoCounters> {
        sys::process::io_counters(&self.reader)
    }

    /// Its I/O priority.
    pub fn ionice(&self) -> Result<IoNice> {
        sys::process::ionice(&self.reader)
    }

    /// The share of memory that is its own, in bytes; walks the whole address space.
    pub fn memory_footprint(&self) -> Result<MemoryFootprint> {
        sys::process::memory_footprint(&self.reader)
    }

    /// Its memory use, in bytes.
    pub fn memory_info(&self) -> Result<MemoryInfo> {
        sys::process::memory_info(&self.reader)
    }

    /// Its memory use with peaks and parts, in bytes.
    pub fn memory_info_ex(&self) -> Result<MemoryInfoEx> {
        sys::process::memory_info_ex(&self.reader)
    }

    /// Its mappings, a region each.
    pub fn memory_maps(&self) -> Result<Vec<MemoryMap>> {
        sys::process::memory_maps(&self.reader)
    }

    /// Its name. Where the kernel cuts it short, the rest comes from the command line.
    pub fn name(&self) -> Result<Text> {
        sys::process::name(&self.reader)
    }

    /// Its priority: from -20, most favoured, to 19; on Windows the number of its priority class.
    pub fn nice(&self) -> Result<i32> {
        sys::process::nice(&self.reader)
    }

    /// How often it left the CPU.
    pub fn num_ctx_switches(&self) -> Result<ContextSwitches> {
        sys::process::num_ctx_switches(&self.reader)
    }

    /// How many descriptors it has open.
    pub fn num_fds(&self) -> Result<u32> {
        sys::process::num_fds(&self.reader)
    }

    /// How many handles it has open.
    pub fn num_handles(&self) -> Result<u32> {
        sys::process::num_handles(&self.reader)
    }

    /// How many threads it has.
    pub fn num_threads(&self) -> Result<u32> {
        sys::process::num_threads(&self.reader)
    }

    /// The regular files it has open.
    pub fn open_files(&self) -> Result<Vec<OpenFile>> {
        sys::process::open_files(&self.reader)
    }

    /// Its page faults.
    pub fn page_faults(&self) -> Result<PageFaults> {
        sys::process::page_faults(&self.reader)
    }

    /// The number of its parent.
    pub fn ppid(&self) -> Result<Pid> {
        sys::process::ppid(&self.reader)
    }

    /// What it is doing.
    pub fn status(&self) -> Result<Status> {
        sys::process::status(&self.reader)
    }

    /// Its controlling terminal, as `/dev/pts/0`.
    pub fn terminal(&self) -> Result<Option<Text>> {
        sys::process::terminal(&self.reader)
    }

    /// Its threads with the CPU time of each.
    pub fn threads(&self) -> Result<Vec<Thread>> {
        sys::process::threads(&self.reader)
    }

    /// Its user ids.
    pub fn uids(&self) -> Result<Uids> {
        sys::process::uids(&self.reader)
    }

    /// The user who started it; the number where the user has no name.
    pub fn username(&self) -> Result<Text> {
        sys::process::username(&self.reader)
    }

    /// Its working directory; empty if that is not told.
    pub fn cwd(&self) -> Result<PathBuf> {
        sys::process::cwd(&self.reader).map(|path| PathBuf::from(sys::text::os_string(path)))
    }

    /// The path of its program; empty for kernel threads.
    pub fn exe(&self) -> Result<PathBuf> {
        sys::process::exe(&self.reader).map(|path| PathBuf::from(sys::text::os_string(path)))
    }

    /// [`Oneshot::memory_info`] and [`Oneshot::memory_footprint`] together; the latter is absent on systems
    /// without it.
    pub fn memory_full_info(&self) -> Result<MemoryFullInfo> {
        let footprint = match self.memory_footprint() {
            Ok(footprint) => Some(footprint),
            Err(error) if error.is_unsupported() => None,
            Err(error) => return Err(error),
        };
        Ok(MemoryFullInfo::new(self.memory_info()?, footprint))
    }

    /// Resident memory as a share of the machine's physical memory, in percent.
    pub fn memory_percent(&self) -> Result<f64> {
        let total = sys::memory::virtual_memory(self.reader.root())?.total;
        Ok(self.memory_info()?.rss as f64 / total as f64 * 100.0)
    }

    /// Its sockets of the kind.
    pub fn net_connections(&self, kind: ConnectionKind) -> Result<Vec<Connection>> {
        sys::process::net_connections(&self.reader, kind)
    }

    /// Its limits on one resource.
    pub fn rlimit(&self, resource: Resource) -> Result<Limits> {
        sys::process::rlimit(&self.reader, resource)
    }

    /// Its limits on every resource that this system limits.
    pub fn rlimits(&self) -> Result<Vec<(Text, Limits)>> {
        let known = Resource::EACH.iter().filter(|(_, on)| on.contains(sys::PLATFORM));
        let mut limits = Vec::new();
        for (resource, _) in known {
            limits.push((Text::from(resource.as_str()), self.rlimit(*resource)?));
        }
        if limits.is_empty() {
            return Err(crate::error::Error::unsupported("rlimits"));
        }
        Ok(limits)
    }
}
