//! Processes on Windows: what is native, and what is missing.

mod control;
mod ffi;
mod listing;
mod reader;
mod wait;

pub(crate) use self::control::{
    cpu_affinity, kill, nice, resume, set_cpu_affinity, set_nice, suspend, terminate, username,
};
pub(crate) use self::listing::{Listing, Sources, list, pid_exists, pids, sources};
pub(crate) use self::reader::{
    Reader, cpu_times, create_time, identity, io_counters, memory_info, memory_info_ex, name,
    net_connections, num_ctx_switches, num_handles, num_threads, page_faults, ppid, status, threads,
    total_memory,
};
pub(crate) use self::wait::Watch;
pub(crate) use crate::sys::unsupported::process::{
    SIGNALS, cmdline, cpu_num, cwd, environ, exe, gids, ionice, memory_footprint, memory_maps, num_fds,
    open_files, rlimit, send_signal, set_ionice, set_rlimit, terminal, uids,
};
