//! Windows: what is native, what is shared with other systems, and what is missing.

use psoxide_core::Platforms;

pub(crate) mod text;

pub(crate) use crate::sys::unsupported::{cpu, disk, exit, host, memory, net, process, sensors, services};

pub(crate) const PLATFORM: Platforms = Platforms::WINDOWS;
