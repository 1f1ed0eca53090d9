//! Processes on Linux: what is native, what is shared with other systems, and what is missing; and the lists of all
//! processes.

mod connections;
mod cpu;
mod list;
mod reader;
mod state;

pub(crate) use self::connections::net_connections;
pub(crate) use self::cpu::{cpu_num, cpu_times, num_threads, page_faults};
pub(crate) use self::list::{list, pid_exists, pids};
pub(crate) use self::reader::Reader;
pub(crate) use self::state::{identity, name, nice, ppid, status};
pub(crate) use crate::sys::unsupported::process::{
    SIGNALS, kill, resume, send_signal, set_cpu_affinity, set_ionice, set_nice, set_rlimit, suspend,
    terminate, wait,
};
pub(crate) use crate::sys::unsupported::process::{
    cmdline, cpu_affinity, create_time, cwd, environ, exe, gids, io_counters, ionice, memory_footprint,
    memory_info, memory_info_ex, memory_maps, num_ctx_switches, num_fds, num_handles, open_files, rlimit,
    terminal, threads, uids, username,
};
