//! Linux: what is native, what is shared with other systems, and what is missing.

use psoxide_core::Platforms;

pub(crate) mod disk;
pub(crate) mod error;
pub(crate) mod file;
pub(crate) mod namespace;
pub(crate) mod net;
pub(crate) mod process;

pub(crate) use crate::sys::posix::text;
pub(crate) use crate::sys::unsupported::cpu;
pub(crate) use crate::sys::unsupported::host;
pub(crate) use crate::sys::unsupported::memory;
pub(crate) use crate::sys::unsupported::sensors;
pub(crate) use crate::sys::unsupported::services;

pub(crate) const PLATFORM: Platforms = Platforms::LINUX;
