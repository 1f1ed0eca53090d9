//! Windows: what is native, what is shared with other systems, and what is missing.

use psoxide_core::Platforms;

pub(crate) mod cpu;
pub(crate) mod disk;
mod error;
pub(crate) mod exit;
mod ffi;
pub(crate) mod host;
pub(crate) mod memory;
pub(crate) mod net;
pub(crate) mod process;
pub(crate) mod sensors;
pub(crate) mod services;
pub(crate) mod text;

pub(crate) const PLATFORM: Platforms = Platforms::WINDOWS;
