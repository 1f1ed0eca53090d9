//! What the machine and its processes are doing: psutil's answers, typed, in Rust.
//!
//! ```
//! # fn main() -> psoxide::Result<()> {
//! let memory = psoxide::virtual_memory()?;
//! println!("{} of {} bytes available", memory.available, memory.total);
//!
//! for visit in psoxide::processes()? {
//!     // a process may end between any two reads: that is an error of this one, not of the listing
//!     let (Ok(name), Ok(info)) = (visit.name(), visit.memory_info()) else { continue };
//!     println!("{:>7} {:>12} {name}", visit.pid(), info.rss);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # What to reach for
//!
//! | you want | you take |
//! |---|---|
//! | one answer about the machine | a function: [`virtual_memory`], [`cpu_times`](cpu_times()), [`net_connections`], … |
//! | something about every process | [`processes`]: a visit ([`Oneshot`]) to each, which reads only what you ask |
//! | the same of every process, again and again | [`ProcessTable`]: reads exactly the attributes you name, and their rates |
//! | one process, for longer | [`Process`]: bound to the process, not to its number |
//! | percentages and rates | a sampler that owns both ends of its interval: [`CpuSampler`], [`CpuPercent`], … |
//! | another system's files, or a test's | a [`Root`]: every function here is a method there |
//! | every attribute by its name | the [`catalog`]: name, meaning, type, unit, cost, platforms, and a getter |
//!
//! Names and fields are psutil's. Sizes are bytes, times are seconds as `f64`, percents go from 0 to 100. What a kernel
//! does not tell is `None` or an [`Error`], never 0. Text is [`Text`]: the kernel's bytes, which are not always UTF-8.
//!
//! # A tour
//!
//! **One process, several answers.** Each kernel file is read at most once in a visit, so what shares one belongs to the
//! same moment:
//!
//! ```
//! # fn main() -> psoxide::Result<()> {
//! let process = psoxide::Process::current()?;
//! let visit = process.oneshot()?;
//! let times = visit.cpu_times()?;
//! println!("{} is {}, {:.2} s on the CPU, {} threads", visit.name()?, visit.status()?, times.user, visit.num_threads()?);
//! assert_eq!(visit.pid(), std::process::id());
//! # Ok(())
//! # }
//! ```
//!
//! **Start, watch, end.** A signal goes to the process that was meant or to none, even when its number has been given to
//! another:
//!
//! ```
//! # #[cfg(unix)]
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use psoxide::{Process, model::process::Exit};
//! use std::time::Duration;
//!
//! let child = std::process::Command::new("sleep").arg("60").spawn()?;
//! let process = Process::new(child.id())?;
//! process.terminate()?;
//! let exit = process.wait(Some(Duration::from_secs(10)))?;
//! assert_eq!(exit, Some(Exit::Signal(15)));
//! # Ok(())
//! # }
//! # #[cfg(not(unix))]
//! # fn main() {}
//! ```
//!
//! **How busy?** The first reading has no interval, and says so:
//!
//! ```
//! # fn main() -> psoxide::Result<()> {
//! use psoxide::{CpuSampler, Root};
//! let mut cpus = CpuSampler::new(&Root::default());
//! assert_eq!(cpus.percent()?, None);
//! // … a while later: cpus.percent()? tells what happened since
//! # Ok(())
//! # }
//! ```
//!
//! **Who holds which socket?**
//!
//! ```
//! # fn main() -> psoxide::Result<()> {
//! use psoxide::model::net::{ConnectionKind, ConnectionStatus};
//! for socket in psoxide::net_connections(ConnectionKind::Tcp)? {
//!     if socket.status == ConnectionStatus::Listen {
//!         println!("{:?} is listened on by process {:?}", socket.laddr, socket.pid);
//!     }
//! }
//! # Ok(())
//! # }
//! ```
//!
//! **From within a container, about the host:**
//!
//! ```no_run
//! # fn main() -> psoxide::Result<()> {
//! let host = psoxide::Root::at("/host"); // where the host's file systems are mounted
//! println!("{} processes, up since {}", host.pids()?.len(), host.boot_time()?);
//! # Ok(())
//! # }
//! ```
//!
//! # Errors
//!
//! There is one [`Error`], a word wide. [`Error::kind`] says what to do about it ([`ErrorKind::NoSuchProcess`],
//! [`ErrorKind::AccessDenied`], …), `Display` names the file or call. On a system that lacks something the function is
//! there all the same, and answers [`ErrorKind::Unsupported`]; the catalogue's `on` column tells beforehand.
//!
//! # Platforms and features
//!
//! Linux, from 3.10 to today, is complete. Windows has all that psutil tells of it; that was run under wine, not yet on real
//! Windows. On macOS, FreeBSD, OpenBSD, NetBSD and illumos the crate builds, and answers `Unsupported` so far. The feature
//! `serde` derives `Serialize` and `Deserialize` for all records. Nothing here is asynchronous, starts a thread (but where
//! its documentation says so), runs another program, or remembers anything between calls outside of the objects that you
//! hold.

#![deny(missing_docs)]

pub mod catalog;
pub mod cpu;
pub mod disk;
mod error;
pub mod exit;
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
pub use crate::process::{CpuPercent, Oneshot, Process, ProcessTable, Signal, processes, wait_procs};
pub use crate::root::Root;
pub use crate::sensors::*;
pub use crate::services::*;
