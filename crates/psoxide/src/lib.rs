//! What the machine and its processes are doing: psutil's answers, typed, in Rust.

#![deny(missing_docs)]

pub mod catalog;
pub mod cpu;
pub mod disk;
mod error;
pub mod host;
pub mod memory;
pub mod net;
pub mod process;
mod root;
pub mod sensors;
pub mod services;
mod sys;

pub use psoxide_core::{DecodeError, Text, delta, format, model, schema};

pub use crate::cpu::*;
pub use crate::disk::*;
pub use crate::error::{Error, ErrorKind, Result};
pub use crate::host::*;
pub use crate::memory::*;
pub use crate::net::*;
pub use crate::process::{CpuPercent, Oneshot, Process, Signal, processes, wait_procs};
pub use crate::root::Root;
pub use crate::sensors::*;
pub use crate::services::*;
