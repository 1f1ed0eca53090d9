//! Linux: what is native, what is shared with other systems, and what is missing.

use psoxide_core::Platforms;

mod bpf;
pub(crate) mod cpu;
pub(crate) mod disk;
pub(crate) mod error;
mod ffi;
pub(crate) mod file;
pub(crate) mod host;
pub(crate) mod memory;
pub(crate) mod namespace;
pub(crate) mod net;
pub(crate) mod process;
pub(crate) mod sensors;

pub(crate) use crate::sys::posix::{exit, text};
pub(crate) use crate::sys::unsupported::services;

pub(crate) const PLATFORM: Platforms = Platforms::LINUX;
