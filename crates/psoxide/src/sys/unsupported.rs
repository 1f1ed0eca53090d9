//! Every function of the contract, answering [`Unsupported`](crate::ErrorKind::Unsupported). A backend names what it
//! lacks in one `pub(crate) use` line; those about a process are generic, so that they fit any backend's `Reader`.

pub(crate) mod cpu {
    use psoxide_core::model::cpu::{CpuFreq, CpuStats, CpuTable, LoadAverage};

    use crate::error::{Error, Result};
    use crate::root::Root;

    pub(crate) fn cpu_times(_: &Root) -> Result<CpuTable> {
        Err(Error::unsupported("cpu_times"))
    }

    pub(crate) fn cpu_stats(_: &Root) -> Result<CpuStats> {
        Err(Error::unsupported("cpu_stats"))
    }

    pub(crate) fn cpu_freq(_: &Root) -> Result<Vec<(u32, CpuFreq)>> {
        Err(Error::unsupported("cpu_freq"))
    }

    pub(crate) fn cpu_count(_: &Root) -> Result<Option<u32>> {
        Err(Error::unsupported("cpu_count"))
    }

    pub(crate) fn cpu_count_cores(_: &Root) -> Result<Option<u32>> {
        Err(Error::unsupported("cpu_count_cores"))
    }

    pub(crate) fn getloadavg(_: &Root) -> Result<LoadAverage> {
        Err(Error::unsupported("getloadavg"))
    }

    pub(crate) fn ready_threads(_: &Root) -> Result<u32> {
        Err(Error::unsupported("ready_threads"))
    }
}

pub(crate) mod disk {
    use std::path::Path;

    use psoxide_core::Text;
    use psoxide_core::model::disk::{DiskCounters, DiskIo, DiskUsage, Partition};

    use crate::error::{Error, Result};
    use crate::root::Root;

    pub(crate) fn disk_partitions(_: &Root, _: bool) -> Result<Vec<Partition>> {
        Err(Error::unsupported("disk_partitions"))
    }

    pub(crate) fn disk_usage(_: &Root, _: &Path) -> Result<DiskUsage> {
        Err(Error::unsupported("disk_usage"))
    }

    pub(crate) fn disk_io_counters_per_disk(_: &Root) -> Result<Vec<(Text, DiskIo)>> {
        Err(Error::unsupported("disk_io_counters_per_disk"))
    }

    pub(crate) fn disk_io_counters(_: &Root) -> Result<Vec<DiskCounters>> {
        Err(Error::unsupported("disk_io_counters"))
    }
}

pub(crate) mod exit {
    use std::sync::atomic::AtomicU32;

    use crate::error::{Error, Result};

    pub(crate) fn at_exit(_: extern "C" fn()) -> Result<()> {
        Err(Error::unsupported("functions that run at exit"))
    }

    pub(crate) fn do_default(_: i32) {}

    pub(crate) fn is_alone() -> bool {
        false
    }

    pub(crate) struct Listener(());

    impl Listener {
        pub(crate) fn start(_: fn(i32)) -> Result<Listener> {
            Err(Error::unsupported("functions that run on signals"))
        }

        pub(crate) fn listen(&self, _: i32, _: &'static AtomicU32) -> Result<()> {
            Err(Error::unsupported("functions that run on signals"))
        }
    }
}

pub(crate) mod host {
    use psoxide_core::model::host::User;

    use crate::error::{Error, Result};
    use crate::root::Root;

    pub(crate) fn boot_time(_: &Root) -> Result<f64> {
        Err(Error::unsupported("boot_time"))
    }

    pub(crate) fn users(_: &Root) -> Result<Vec<User>> {
        Err(Error::unsupported("users"))
    }
}

pub(crate) mod memory {
    use psoxide_core::model::memory::{HeapInfo, SwapMemory, VirtualMemory};

    use crate::error::{Error, Result};
    use crate::root::Root;

    pub(crate) fn virtual_memory(_: &Root) -> Result<VirtualMemory> {
        Err(Error::unsupported("virtual_memory"))
    }

    pub(crate) fn swap_memory(_: &Root) -> Result<SwapMemory> {
        Err(Error::unsupported("swap_memory"))
    }

    pub(crate) fn heap_info(_: &Root) -> Result<HeapInfo> {
        Err(Error::unsupported("heap_info"))
    }

    pub(crate) fn heap_trim(_: &Root) -> Result<()> {
        Err(Error::unsupported("heap_trim"))
    }
}

pub(crate) mod net {
    use psoxide_core::Text;
    use psoxide_core::model::net::{Connection, ConnectionKind, InterfaceAddr, InterfaceStats, NetIo};

    use crate::error::{Error, Result};
    use crate::root::Root;

    pub(crate) fn net_io_counters(_: &Root) -> Result<Vec<(Text, NetIo)>> {
        Err(Error::unsupported("net_io_counters"))
    }

    pub(crate) fn net_if_addrs(_: &Root) -> Result<Vec<(Text, Vec<InterfaceAddr>)>> {
        Err(Error::unsupported("net_if_addrs"))
    }

    pub(crate) fn net_if_stats(_: &Root) -> Result<Vec<(Text, InterfaceStats)>> {
        Err(Error::unsupported("net_if_stats"))
    }

    pub(crate) fn net_connections(_: &Root, _: ConnectionKind, _: bool) -> Result<Vec<Connection>> {
        Err(Error::unsupported("net_connections"))
    }
}

pub(crate) mod process {
    use std::time::Duration;

    use psoxide_core::Text;
    use psoxide_core::model::Pid;
    use psoxide_core::model::net::{Connection, ConnectionKind};
    use psoxide_core::model::process::{
        ContextSwitches, Exit, Gids, Identity, IoClass, IoCounters, IoNice, Limits, MemoryFootprint,
        MemoryInfo, MemoryInfoEx, MemoryMap, OpenFile, PageFaults, ProcessTimes, Resource, Status, Thread,
        Uids,
    };

    use crate::error::{Error, Result};
    use crate::root::Root;
    use crate::sys::Reading;

    pub(crate) fn pids(_: &Root) -> Result<Vec<Pid>> {
        Err(Error::unsupported("pids"))
    }

    pub(crate) fn pid_exists(_: &Root, _: Pid) -> Result<bool> {
        Err(Error::unsupported("pid_exists"))
    }

    pub(crate) fn list(_: &Root) -> Result<Vec<Reader>> {
        Err(Error::unsupported("list"))
    }

    pub(crate) fn identity<R>(_: &R) -> Result<Identity> {
        Err(Error::unsupported("identity"))
    }

    pub(crate) fn cmdline<R>(_: &R) -> Result<Vec<Text>> {
        Err(Error::unsupported("cmdline"))
    }

    pub(crate) fn cpu_affinity<R>(_: &R) -> Result<Vec<u32>> {
        Err(Error::unsupported("cpu_affinity"))
    }

    pub(crate) fn cpu_num<R>(_: &R) -> Result<u32> {
        Err(Error::unsupported("cpu_num"))
    }

    pub(crate) fn cpu_times<R>(_: &R) -> Result<ProcessTimes> {
        Err(Error::unsupported("cpu_times"))
    }

    pub(crate) fn create_time<R>(_: &R) -> Result<f64> {
        Err(Error::unsupported("create_time"))
    }

    pub(crate) fn cwd<R>(_: &R) -> Result<Text> {
        Err(Error::unsupported("cwd"))
    }

    pub(crate) fn environ<R>(_: &R) -> Result<Vec<(Text, Text)>> {
        Err(Error::unsupported("environ"))
    }

    pub(crate) fn exe<R>(_: &R) -> Result<Text> {
        Err(Error::unsupported("exe"))
    }

    pub(crate) fn gids<R>(_: &R) -> Result<Gids> {
        Err(Error::unsupported("gids"))
    }

    pub(crate) fn io_counters<R>(_: &R) -> Result<IoCounters> {
        Err(Error::unsupported("io_counters"))
    }

    pub(crate) fn ionice<R>(_: &R) -> Result<IoNice> {
        Err(Error::unsupported("ionice"))
    }

    pub(crate) fn memory_footprint<R>(_: &R) -> Result<MemoryFootprint> {
        Err(Error::unsupported("memory_footprint"))
    }

    pub(crate) fn memory_info<R>(_: &R) -> Result<MemoryInfo> {
        Err(Error::unsupported("memory_info"))
    }

    pub(crate) fn memory_info_ex<R>(_: &R) -> Result<MemoryInfoEx> {
        Err(Error::unsupported("memory_info_ex"))
    }

    pub(crate) fn memory_maps<R>(_: &R) -> Result<Vec<MemoryMap>> {
        Err(Error::unsupported("memory_maps"))
    }

    pub(crate) fn name<R>(_: &R) -> Result<Text> {
        Err(Error::unsupported("name"))
    }

    pub(crate) fn net_connections<R>(_: &R, _: ConnectionKind) -> Result<Vec<Connection>> {
        Err(Error::unsupported("net_connections"))
    }

    pub(crate) fn nice<R>(_: &R) -> Result<i32> {
        Err(Error::unsupported("nice"))
    }

    pub(crate) fn num_ctx_switches<R>(_: &R) -> Result<ContextSwitches> {
        Err(Error::unsupported("num_ctx_switches"))
    }

    pub(crate) fn num_fds<R>(_: &R) -> Result<u32> {
        Err(Error::unsupported("num_fds"))
    }

    pub(crate) fn num_handles<R>(_: &R) -> Result<u32> {
        Err(Error::unsupported("num_handles"))
    }

    pub(crate) fn num_threads<R>(_: &R) -> Result<u32> {
        Err(Error::unsupported("num_threads"))
    }

    pub(crate) fn open_files<R>(_: &R) -> Result<Vec<OpenFile>> {
        Err(Error::unsupported("open_files"))
    }

    pub(crate) fn page_faults<R>(_: &R) -> Result<PageFaults> {
        Err(Error::unsupported("page_faults"))
    }

    pub(crate) fn ppid<R>(_: &R) -> Result<Pid> {
        Err(Error::unsupported("ppid"))
    }

    pub(crate) fn rlimit<R>(_: &R, _: Resource) -> Result<Limits> {
        Err(Error::unsupported("rlimit"))
    }

    pub(crate) fn status<R>(_: &R) -> Result<Status> {
        Err(Error::unsupported("status"))
    }

    pub(crate) fn terminal<R>(_: &R) -> Result<Option<Text>> {
        Err(Error::unsupported("terminal"))
    }

    pub(crate) fn threads<R>(_: &R) -> Result<Vec<Thread>> {
        Err(Error::unsupported("threads"))
    }

    pub(crate) fn total_memory<R>(_: &R) -> Result<u64> {
        Err(Error::unsupported("total_memory"))
    }

    pub(crate) fn uids<R>(_: &R) -> Result<Uids> {
        Err(Error::unsupported("uids"))
    }

    pub(crate) fn username<R>(_: &R) -> Result<Text> {
        Err(Error::unsupported("username"))
    }

    pub(crate) fn set_cpu_affinity(_: &Root, _: Identity, _: &[u32]) -> Result<()> {
        Err(Error::unsupported("set_cpu_affinity"))
    }

    pub(crate) fn set_ionice(_: &Root, _: Identity, _: IoClass, _: Option<u32>) -> Result<()> {
        Err(Error::unsupported("set_ionice"))
    }

    pub(crate) fn set_nice(_: &Root, _: Identity, _: i32) -> Result<()> {
        Err(Error::unsupported("set_nice"))
    }

    pub(crate) fn set_rlimit(_: &Root, _: Identity, _: Resource, _: Limits) -> Result<()> {
        Err(Error::unsupported("set_rlimit"))
    }

    pub(crate) fn send_signal(_: &Root, _: Identity, _: i32) -> Result<()> {
        Err(Error::unsupported("send_signal"))
    }

    pub(crate) fn suspend(_: &Root, _: Identity) -> Result<()> {
        Err(Error::unsupported("suspend"))
    }

    pub(crate) fn resume(_: &Root, _: Identity) -> Result<()> {
        Err(Error::unsupported("resume"))
    }

    pub(crate) fn terminate(_: &Root, _: Identity) -> Result<()> {
        Err(Error::unsupported("terminate"))
    }

    pub(crate) fn kill(_: &Root, _: Identity) -> Result<()> {
        Err(Error::unsupported("kill"))
    }

    /// What a backend has that cannot wait for processes yet.
    pub(crate) struct Watch(());

    impl Watch {
        pub(crate) fn new(_: &Root, _: &[Identity]) -> Result<Watch> {
            Err(Error::unsupported("wait"))
        }

        pub(crate) fn next(&mut self, _: Option<Duration>) -> Result<Vec<usize>> {
            Err(Error::unsupported("wait"))
        }

        pub(crate) fn collect(&mut self, _: usize) -> Result<Option<Exit>> {
            Err(Error::unsupported("wait"))
        }
    }

    /// The reader of a backend that cannot visit processes yet.
    #[derive(Debug)]
    pub(crate) struct Reader {
        root: Root,
        pid: Pid,
    }

    impl Reader {
        pub(crate) fn open(_: &Root, _: Pid) -> Result<Reader> {
            Err(Error::unsupported("process"))
        }

        pub(crate) fn glance(_: &Root, _: Pid) -> Result<Reader> {
            Err(Error::unsupported("process"))
        }

        pub(crate) fn seal(&mut self) -> bool {
            true
        }

        pub(crate) fn pid(&self) -> Pid {
            self.pid
        }

        pub(crate) fn root(&self) -> &Root {
            &self.root
        }
    }

    /// The listing of a backend that cannot list yet.
    #[derive(Debug)]
    pub(crate) struct Listing(());

    impl Listing {
        pub(crate) fn open(_: &Root, _: usize, _: bool, _: Sources) -> Result<Listing> {
            Err(Error::unsupported("processes"))
        }

        pub(crate) fn list(&mut self, _: Option<&[Pid]>) -> Result<()> {
            Err(Error::unsupported("processes"))
        }

        pub(crate) fn end(&mut self) {}

        pub(crate) fn look_again(&mut self) -> bool {
            true
        }

        pub(crate) fn is_same(&self, _: &Reader) -> bool {
            true
        }

        pub(crate) fn made_room(&mut self, _: &Error) -> bool {
            false
        }

        pub(crate) fn pids(&self) -> &[Pid] {
            &[]
        }

        pub(crate) fn is_bulk(&self) -> bool {
            false
        }

        pub(crate) fn bulk_error(&self) -> Option<&Error> {
            None
        }

        pub(crate) fn reader(&self, pid: Pid) -> Reader {
            Reader {
                root: Root::default(),
                pid,
            }
        }

        pub(crate) fn read(
            &mut self,
            _: &mut Reader,
            _: Pid,
            _: (Sources, Sources),
            _: bool,
            _: &mut dyn FnMut(&Reader) -> Result<bool>,
        ) -> Result<Reading> {
            Err(Error::unsupported("processes"))
        }
    }

    /// The sources of a backend that cannot list yet.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(crate) struct Sources(());

    impl Sources {
        pub(crate) const NONE: Sources = Sources(());

        pub(crate) const fn or(self, _: Sources) -> Sources {
            self
        }
    }

    pub(crate) fn sources(_: &str) -> Option<Sources> {
        None
    }

    pub(crate) const SIGNALS: &[(&str, i32)] = &[];
}

pub(crate) mod sensors {
    use psoxide_core::Text;
    use psoxide_core::model::sensors::{Battery, Fan, Temperature};

    use crate::error::{Error, Result};
    use crate::root::Root;

    pub(crate) fn sensors_temperatures(_: &Root) -> Result<Vec<(Text, Vec<Temperature>)>> {
        Err(Error::unsupported("sensors_temperatures"))
    }

    pub(crate) fn sensors_fans(_: &Root) -> Result<Vec<(Text, Vec<Fan>)>> {
        Err(Error::unsupported("sensors_fans"))
    }

    pub(crate) fn sensors_battery(_: &Root) -> Result<Option<Battery>> {
        Err(Error::unsupported("sensors_battery"))
    }
}

pub(crate) mod services {
    use psoxide_core::model::services::Service;

    use crate::error::{Error, Result};
    use crate::root::Root;

    pub(crate) fn services(_: &Root) -> Result<Vec<Service>> {
        Err(Error::unsupported("services"))
    }

    pub(crate) fn service(_: &Root, _: &str) -> Result<Service> {
        Err(Error::unsupported("service"))
    }
}
