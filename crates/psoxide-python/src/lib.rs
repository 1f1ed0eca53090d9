//! The extension module `_psoxide` behind the Python package `psoxide`: one call into Rust for each question, with the
//! interpreter's lock released while the kernel answers.
//!
//! Here are the calls and the conversion of their answers. What psutil remembers between calls (percentages,
//! wrapped counters, the processes of an iteration) lives in the Python package.
#![deny(unsafe_code)]

mod columns;
mod command;
mod connections;
mod counters;
mod error;
mod ffi;
mod oneshot;
mod percent;
mod process;
mod procfs;
mod records;
mod samplers;
mod services;
mod system;
mod table;
mod tree;
mod value;

use std::sync::OnceLock;

use pyo3::exceptions::PyImportError;
use pyo3::prelude::*;

/// The calls of the Python package `psoxide` into Rust.
#[pymodule(gil_used = false)]
mod _psoxide {
    use super::{Bound, PyModule, PyResult};

    #[pymodule_export]
    use crate::columns::Columns;
    #[pymodule_export]
    use crate::command::command;
    #[pymodule_export]
    use crate::counters::{total, went_on};
    #[pymodule_export]
    use crate::oneshot::Oneshot;
    #[pymodule_export]
    use crate::percent::{busy_percent, process_percent, share_percents};
    #[pymodule_export]
    use crate::process::Process;
    #[pymodule_export]
    use crate::records::{fields, resources};
    #[pymodule_export]
    use crate::samplers::{CpuPercent, CpuSampler, DiskIoSampler, NetIoSampler};
    #[pymodule_export]
    use crate::services::{probes, service, services};
    #[pymodule_export]
    use crate::system::{
        boot_time, cpu_count_cores, cpu_count_logical, cpu_freq, cpu_sample, cpu_stats, cpu_times,
        disk_io_counters, disk_partitions, disk_usage, getloadavg, heap_info, heap_trim, net_connections,
        net_if_addrs, net_if_stats, net_io_counters, per_cpu_times, pid_exists, pids, sensors_battery,
        sensors_fans, sensors_temperatures, swap_memory, users, virtual_memory,
    };
    #[pymodule_export]
    use crate::table::{Table, attributes};
    #[pymodule_export]
    use crate::tree::{children, ppid_map};

    /// The version of psoxide itself.
    #[pymodule_export]
    #[allow(non_upper_case_globals)]
    const __version__: &str = env!("CARGO_PKG_VERSION");

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        super::refuse_other_interpreters(module)
    }
}

/// Python's classes are kept for the whole program, so it is one interpreter that can have them. From 3.12 on Python
/// itself refuses.
fn refuse_other_interpreters(module: &Bound<'_, PyModule>) -> PyResult<()> {
    static BUILTINS: OnceLock<usize> = OnceLock::new();
    // Each interpreter has a module of its own.
    let builtins = module.py().import("builtins")?.as_ptr() as usize;
    if *BUILTINS.get_or_init(|| builtins) == builtins {
        return Ok(());
    }
    Err(PyImportError::new_err(
        "psoxide does not support loading in subinterpreters: another interpreter of this program has loaded it",
    ))
}
