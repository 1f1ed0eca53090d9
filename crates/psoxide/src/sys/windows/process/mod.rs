//! Processes on Windows: what is native, and what is missing.

mod affinity;
mod control;
mod ffi;
mod files;
mod listing;
mod memory;
mod parameters;
mod program;
mod reader;
mod threads;
mod user;
mod wait;

pub(crate) use self::affinity::{cpu_affinity, set_cpu_affinity};
pub(crate) use self::control::{
    SIGNALS, ionice, kill, nice, resume, send_signal, set_ionice, set_nice, suspend, terminate,
};
pub(crate) use self::files::open_files;
pub(crate) use self::listing::{Listing, Sources, list, pid_exists, pids, sources};
pub(crate) use self::memory::{memory_footprint, memory_maps};
pub(crate) use self::parameters::{cmdline, cwd, environ};
pub(crate) use self::program::exe;
pub(crate) use self::reader::{
    Reader, cpu_times, create_time, identity, io_counters, memory_info, memory_info_ex, name,
    net_connections, num_ctx_switches, num_handles, num_threads, page_faults, ppid, status, total_memory,
};
pub(crate) use self::threads::threads;
pub(crate) use self::user::username;
pub(crate) use self::wait::Watch;
pub(crate) use crate::sys::unsupported::process::{
    cpu_num, gids, num_fds, rlimit, set_rlimit, terminal, uids,
};
