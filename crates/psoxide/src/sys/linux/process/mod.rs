//! Processes on Linux: what is native, what is shared with other systems, and what is missing.

mod bulk;
mod cells;
mod connections;
mod control;
mod cpu;
mod ffi;
mod files;
mod io;
mod kept;
mod life;
mod limits;
mod list;
mod listing;
mod memory;
mod names;
mod pidfd;
mod program;
mod rare;
mod reader;
mod shared;
mod sources;
mod state;
mod terminal;
mod user;
mod wait;

pub(crate) use self::connections::net_connections;
pub(crate) use self::control::{
    SIGNALS, kill, resume, send_signal, set_cpu_affinity, set_ionice, set_nice, set_rlimit, suspend,
    terminate,
};
pub(crate) use self::cpu::{
    cpu_affinity, cpu_num, cpu_times, num_ctx_switches, num_threads, page_faults, threads,
};
pub(crate) use self::files::{num_fds, open_files};
pub(crate) use self::io::{io_counters, ionice};
pub(crate) use self::limits::rlimit;
pub(crate) use self::list::{list, pid_exists, pids};
pub(crate) use self::listing::Listing;
pub(crate) use self::memory::{memory_footprint, memory_info, memory_info_ex, memory_maps, total_memory};
pub(crate) use self::program::{cmdline, cwd, environ, exe, name};
pub(crate) use self::reader::Reader;
pub(crate) use self::sources::{Sources, sources};
pub(crate) use self::state::{create_time, identity, nice, ppid, status};
pub(crate) use self::terminal::terminal;
pub(crate) use self::user::{gids, uids, username};
pub(crate) use self::wait::Watch;
pub(crate) use crate::sys::unsupported::process::num_handles;
