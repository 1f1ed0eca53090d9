//! Picks the backend, and says what a backend must offer. The only file that lists systems.
//!
//! A backend asks its kernel and returns what `psoxide-core` decoded; it keeps no state between calls.

// Linux uses all of it; a backend that is not built yet does not.
#[cfg(not(backend = "windows"))]
#[cfg_attr(not(backend = "linux"), allow(dead_code))]
mod posix;
#[allow(dead_code)] // what a backend does not need of it depends on the backend
mod unsupported;

#[cfg(backend = "linux")]
mod linux;
#[cfg(backend = "linux")]
use linux as platform;

#[cfg(backend = "windows")]
mod windows;
#[cfg(backend = "windows")]
use windows as platform;

#[cfg(backend = "macos")]
mod macos;
#[cfg(backend = "macos")]
use macos as platform;

#[cfg(backend = "freebsd")]
mod freebsd;
#[cfg(backend = "freebsd")]
use freebsd as platform;

#[cfg(backend = "openbsd")]
mod openbsd;
#[cfg(backend = "openbsd")]
use openbsd as platform;

#[cfg(backend = "netbsd")]
mod netbsd;
#[cfg(backend = "netbsd")]
use netbsd as platform;

#[cfg(backend = "illumos")]
mod illumos;
#[cfg(backend = "illumos")]
use illumos as platform;

pub(crate) use platform::{PLATFORM, cpu, disk, exit, host, memory, net, process, sensors, services, text};

// Sockets with their owners, asked for again and again: most backends have nothing to keep for that.
#[cfg(not(backend = "linux"))]
mod again;
#[cfg(not(backend = "linux"))]
pub(crate) use again::{Owners, net_connections_again};
#[cfg(backend = "linux")]
pub(crate) use linux::net::{Owners, net_connections_again};

/// What became of a process that a listing was to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reading {
    /// It was read, as far as it could be.
    Done,
    /// It has ended.
    Ended,
    /// It did not pass the filter.
    PassedOver,
}

/// What a backend builds on, whether the one of this target does so by now or not.
mod ground {
    use std::io;

    use psoxide_core::DecodeError;

    use crate::error::{Error, ErrorKind, Result};
    use crate::root::Root;

    use super::Reading;

    const _: [Reading; 3] = [Reading::Done, Reading::Ended, Reading::PassedOver];
    const _: fn(ErrorKind, &'static str, io::Error) -> Error = Error::io;
    const _: fn(&'static str, DecodeError) -> Error = Error::decode;
    const _: fn(&'static str) -> Error = Error::invalid;
    const _: fn(&Root, &'static str) -> Result<()> = Root::require_local;
}

/// What a backend must offer. A missing or misfit function fails here, by name.
mod contract {
    use std::ffi::OsString;
    use std::path::Path;
    use std::sync::atomic::AtomicU32;
    use std::time::Duration;

    use psoxide_core::model::Pid;
    use psoxide_core::model::cpu::{CpuFreq, CpuStats, CpuTable, LoadAverage};
    use psoxide_core::model::disk::{DiskCounters, DiskIo, DiskUsage, Partition};
    use psoxide_core::model::host::User;
    use psoxide_core::model::memory::{HeapInfo, SwapMemory, VirtualMemory};
    use psoxide_core::model::net::{Connection, ConnectionKind, InterfaceAddr, InterfaceStats, NetIo};
    use psoxide_core::model::process::{
        ContextSwitches, Exit, Gids, Identity, IoClass, IoCounters, IoNice, Limits, MemoryFootprint,
        MemoryInfo, MemoryInfoEx, MemoryMap, OpenFile, PageFaults, ProcessTimes, Resource, Status, Thread,
        Uids,
    };
    use psoxide_core::model::sensors::{Battery, Fan, Temperature};
    use psoxide_core::model::services::Service;
    use psoxide_core::{Platforms, Text};

    use super::Owners;
    use super::Reading;
    use super::platform::{cpu, disk, exit, host, memory, net, process, sensors, services, text};
    use super::process::{Listing, Reader, Sources, Watch};
    use crate::error::{Error, Result};
    use crate::root::Root;

    type Reads = fn(&mut Listing, &mut Reader, Pid, (Sources, Sources), bool, Passes<'_>) -> Result<Reading>;
    /// Whether a process passes a filter.
    type Passes<'a> = &'a mut dyn FnMut(&Reader) -> Result<bool>;
    /// Entries by name, in the order of the source.
    type Named<T> = Vec<(Text, T)>;
    /// Entries by CPU number, ascending.
    type Numbered<T> = Vec<(u32, T)>;

    /// The one answer to "which system is this?"
    const _: Platforms = super::platform::PLATFORM;
    const _: fn(Text) -> OsString = text::os_string;

    const _: fn(&Root) -> Result<CpuTable> = cpu::cpu_times;
    const _: fn(&Root) -> Result<CpuStats> = cpu::cpu_stats;
    const _: fn(&Root) -> Result<Numbered<CpuFreq>> = cpu::cpu_freq;
    const _: fn(&Root) -> Result<Option<u32>> = cpu::cpu_count;
    const _: fn(&Root) -> Result<Option<u32>> = cpu::cpu_count_cores;
    const _: fn(&Root) -> Result<LoadAverage> = cpu::getloadavg;
    /// How many threads wait for a processor, asked again and again where `getloadavg` is not supported.
    const _: fn(&Root) -> Result<u32> = cpu::ready_threads;

    const _: fn(&Root) -> Result<VirtualMemory> = memory::virtual_memory;
    const _: fn(&Root) -> Result<SwapMemory> = memory::swap_memory;
    const _: fn(&Root) -> Result<HeapInfo> = memory::heap_info;
    const _: fn(&Root) -> Result<()> = memory::heap_trim;

    /// The flag asks for all mounts, not only those of disks.
    const _: fn(&Root, bool) -> Result<Vec<Partition>> = disk::disk_partitions;
    const _: fn(&Root, &Path) -> Result<DiskUsage> = disk::disk_usage;
    const _: fn(&Root) -> Result<Vec<DiskCounters>> = disk::disk_io_counters;
    /// The same for who need not know which are whole disks; that costs a listing more on some systems.
    const _: fn(&Root) -> Result<Named<DiskIo>> = disk::disk_io_counters_per_disk;

    const _: fn(&Root) -> Result<Named<NetIo>> = net::net_io_counters;
    const _: fn(&Root) -> Result<Named<Vec<InterfaceAddr>>> = net::net_if_addrs;
    const _: fn(&Root) -> Result<Named<InterfaceStats>> = net::net_if_stats;
    /// The flag asks for the owners' `fd` and `pid`, which is the dear part.
    const _: fn(&Root, ConnectionKind, bool) -> Result<Vec<Connection>> = net::net_connections;
    /// The same with owners, for who asks again and again: how they are found out is kept. The flag of the former tells
    /// whether a program in the kernel may be used.
    const _: fn(bool) -> Owners = Owners::new;
    const _: fn(&Root, ConnectionKind, &mut Owners) -> Result<Vec<Connection>> = super::net_connections_again;

    const _: fn(&Root) -> Result<Named<Vec<Temperature>>> = sensors::sensors_temperatures;
    const _: fn(&Root) -> Result<Named<Vec<Fan>>> = sensors::sensors_fans;
    const _: fn(&Root) -> Result<Option<Battery>> = sensors::sensors_battery;

    const _: fn(&Root) -> Result<f64> = host::boot_time;
    const _: fn(&Root) -> Result<Vec<User>> = host::users;

    const _: fn(&Root) -> Result<Vec<Service>> = services::services;
    const _: fn(&Root, &str) -> Result<Service> = services::service;

    /// Of this very process: what is called when it exits.
    const _: fn(extern "C" fn()) -> Result<()> = exit::at_exit;
    /// A thread that passes on the signals it is told to listen for, in the process whose number stands beside.
    const _: fn(fn(i32)) -> Result<exit::Listener> = exit::Listener::start;
    const _: fn(&exit::Listener, i32, &'static AtomicU32) -> Result<()> = exit::Listener::listen;
    const _: fn(i32) = exit::do_default;
    /// Whether the process ends and its other threads have ended already, wherever they were.
    const _: fn() -> bool = exit::is_alone;

    const _: fn(&Root) -> Result<Vec<Pid>> = process::pids;
    const _: fn(&Root, Pid) -> Result<bool> = process::pid_exists;
    /// A visit to each process alive, ascending by number, holding what the listing call told already.
    const _: fn(&Root) -> Result<Vec<Reader>> = process::list;
    /// A visit to one process; it may turn out at the first read that there is none.
    const _: fn(&Root, Pid) -> Result<Reader> = Reader::open;
    /// The same for a single question: what is asked after it may be answered by another process of that number.
    const _: fn(&Root, Pid) -> Result<Reader> = Reader::glance;
    const _: fn(&Reader) -> Pid = Reader::pid;
    const _: fn(&Reader) -> &Root = Reader::root;
    /// The start in the kernel's units; absent where it is not told to this user.
    const _: fn(&Reader) -> Result<Identity> = process::identity;

    /// The machine's memory in bytes; asked once for all visits of a listing.
    const _: fn(&Reader) -> Result<u64> = process::total_memory;

    /// What a listing reads of each process; which of it tells an attribute, and `None` for one that is asked by a call
    /// of its own.
    const _: Sources = Sources::NONE;
    const _: fn(Sources, Sources) -> Sources = Sources::or;
    const _: fn(&str) -> Option<Sources> = process::sources;
    /// A listing that can be repeated, kept by a table and closed with it: so many descriptors stay open between two.
    const _: fn(&Root, usize, bool, Sources) -> Result<Listing> = Listing::open;
    /// Lists anew: all processes, or those of these numbers, ascending.
    const _: fn(&mut Listing, Option<&[Pid]>) -> Result<()> = Listing::list;
    const _: fn(&Listing) -> &[Pid] = Listing::pids;
    /// Whether the kernel was asked of all at once, and if it is not to be, why.
    const _: fn(&Listing) -> bool = Listing::is_bulk;
    const _: fn(&Listing) -> Option<&Error> = Listing::bulk_error;
    /// A reader for one of the listed processes, which has read nothing yet.
    const _: fn(&Listing, Pid) -> Reader = Listing::reader;
    /// Reads the listed process of this number into a reader, whatever that held: some sources, then others if the first
    /// let it pass. The flag tells that getters will ask more.
    const _: Reads = Listing::read;
    /// Whether a getter failed for want of descriptors, and may be asked again because the listing has closed some.
    const _: fn(&mut Listing, &Error) -> bool = Listing::made_room;
    /// Ends a reading of all.
    const _: fn(&mut Listing) = Listing::end;
    /// Looks whether all that was read is of the same processes, `false` if all must be listed and read anew; and whether
    /// what was read of one is all its own.
    const _: fn(&mut Listing) -> bool = Listing::look_again;
    const _: fn(&Listing, &Reader) -> bool = Listing::is_same;
    /// From now on the reader tells what was read, and reads no more.
    const _: fn(&mut Reader) -> bool = Reader::seal;

    const _: fn(&Reader) -> Result<Vec<Text>> = process::cmdline;
    const _: fn(&Reader) -> Result<Vec<u32>> = process::cpu_affinity;
    const _: fn(&Reader) -> Result<u32> = process::cpu_num;
    const _: fn(&Reader) -> Result<ProcessTimes> = process::cpu_times;
    const _: fn(&Reader) -> Result<f64> = process::create_time;
    const _: fn(&Reader) -> Result<Text> = process::cwd;
    const _: fn(&Reader) -> Result<Named<Text>> = process::environ;
    const _: fn(&Reader) -> Result<Text> = process::exe;
    const _: fn(&Reader) -> Result<Gids> = process::gids;
    const _: fn(&Reader) -> Result<IoCounters> = process::io_counters;
    const _: fn(&Reader) -> Result<IoNice> = process::ionice;
    const _: fn(&Reader) -> Result<MemoryFootprint> = process::memory_footprint;
    const _: fn(&Reader) -> Result<MemoryInfo> = process::memory_info;
    const _: fn(&Reader) -> Result<MemoryInfoEx> = process::memory_info_ex;
    const _: fn(&Reader) -> Result<Vec<MemoryMap>> = process::memory_maps;
    const _: fn(&Reader) -> Result<Text> = process::name;
    const _: fn(&Reader, ConnectionKind) -> Result<Vec<Connection>> = process::net_connections;
    const _: fn(&Reader) -> Result<i32> = process::nice;
    const _: fn(&Reader) -> Result<ContextSwitches> = process::num_ctx_switches;
    const _: fn(&Reader) -> Result<u32> = process::num_fds;
    const _: fn(&Reader) -> Result<u32> = process::num_handles;
    const _: fn(&Reader) -> Result<u32> = process::num_threads;
    const _: fn(&Reader) -> Result<Vec<OpenFile>> = process::open_files;
    const _: fn(&Reader) -> Result<PageFaults> = process::page_faults;
    const _: fn(&Reader) -> Result<Pid> = process::ppid;
    const _: fn(&Reader, Resource) -> Result<Limits> = process::rlimit;
    const _: fn(&Reader) -> Result<Status> = process::status;
    const _: fn(&Reader) -> Result<Option<Text>> = process::terminal;
    const _: fn(&Reader) -> Result<Vec<Thread>> = process::threads;
    const _: fn(&Reader) -> Result<Uids> = process::uids;
    const _: fn(&Reader) -> Result<Text> = process::username;

    // What changes or ends a process takes its identity, and checks it in the same breath.
    const _: fn(&Root, Identity, &[u32]) -> Result<()> = process::set_cpu_affinity;
    const _: fn(&Root, Identity, IoClass, Option<u32>) -> Result<()> = process::set_ionice;
    const _: fn(&Root, Identity, i32) -> Result<()> = process::set_nice;
    const _: fn(&Root, Identity, Resource, Limits) -> Result<()> = process::set_rlimit;
    const _: fn(&Root, Identity, i32) -> Result<()> = process::send_signal;
    const _: fn(&Root, Identity) -> Result<()> = process::suspend;
    const _: fn(&Root, Identity) -> Result<()> = process::resume;
    const _: fn(&Root, Identity) -> Result<()> = process::terminate;
    const _: fn(&Root, Identity) -> Result<()> = process::kill;
    /// Starts to watch these processes; ends with the value.
    const _: fn(&Root, &[Identity]) -> Result<Watch> = Watch::new;
    /// Waits until at least one has ended, and gives the places of those, each once and not yet reaped; none if the
    /// time is over (`None` is without limit) or all have been given. A zombie of another parent has not ended.
    const _: fn(&mut Watch, Option<Duration>) -> Result<Vec<usize>> = Watch::next;
    /// How the process at a place that was given ended; this reaps it. `None` if its exit status is not ours to know.
    const _: fn(&mut Watch, usize) -> Result<Option<Exit>> = Watch::collect;
    /// The names and numbers of this system's signals.
    const _: &[(&str, i32)] = process::SIGNALS;
}
