//! What a process has used of the CPUs.

use psoxide_core::model::process::{PageFaults, ProcessTimes};
use rustix::param::clock_ticks_per_second;

use crate::error::{Error, Result};
use crate::sys::linux::process::Reader;

pub(crate) fn cpu_times(reader: &Reader) -> Result<ProcessTimes> {
    Ok(reader.stat()?.cpu_times(clock_ticks_per_second()))
}

pub(crate) fn cpu_num(reader: &Reader) -> Result<u32> {
    reader
        .stat()?
        .processor
        .ok_or_else(|| Error::unsupported("cpu_num").of(reader.pid()))
}

pub(crate) fn num_threads(reader: &Reader) -> Result<u32> {
    Ok(reader.stat()?.threads)
}

pub(crate) fn page_faults(reader: &Reader) -> Result<PageFaults> {
    Ok(reader.stat()?.page_faults())
}
