//! What a process reads and writes, and with which priority.

use psoxide_core::model::process::{IoClass, IoCounters, IoNice};

use crate::error::Result;
use crate::sys::linux::process::Reader;
use crate::sys::linux::process::ffi::ioprio_get;

pub(crate) fn io_counters(reader: &Reader) -> Result<IoCounters> {
    reader.io().cloned()
}

pub(crate) fn ionice(reader: &Reader) -> Result<IoNice> {
    reader.root().require_local("ionice")?;
    let priority = reader.by_number("ioprio_get", ioprio_get)?;
    // The class stands above the 13 bits of the level: the kernel's include/uapi/linux/ioprio.h.
    let class = match priority >> 13 {
        0 => IoClass::None,
        1 => IoClass::RealTime,
        2 => IoClass::BestEffort,
        3 => IoClass::Idle,
        other => IoClass::Other(other as u8),
    };
    Ok(IoNice::new(class, Some(priority & 0x1fff)))
}
