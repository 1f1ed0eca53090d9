//! What the monitor knows of one moment. Plain figures; what asks the machine for them is the [`Sampler`].

mod sampler;

use std::sync::Arc;

use psoxide::model::Pid;
use psoxide::model::process::{Identity, Status};

pub(crate) use self::sampler::Sampler;

/// One look at the machine.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sample {
    /// Seconds since the look before; absent in the first.
    pub(crate) interval: Option<f64>,
    /// Whether something that was wanted has no interval behind it yet, so that the next look should come soon.
    pub(crate) is_first: bool,
    /// How busy all CPUs together were, in percent.
    pub(crate) cpu: Option<f64>,
    /// Each CPU's number, and how busy it was.
    pub(crate) cpus: Vec<(u32, Option<f64>)>,
    /// Load averages of 1, 5 and 15 minutes.
    pub(crate) load: Option<[f64; 3]>,
    /// Seconds since the system started.
    pub(crate) uptime: Option<f64>,
    pub(crate) memory: Option<Space>,
    pub(crate) swap: Option<Space>,
    /// What all disks together read and wrote, in bytes a second.
    pub(crate) disk: Flow,
    /// What all network interfaces together received and sent, in bytes a second.
    pub(crate) network: Flow,
    pub(crate) nics: Vec<Nic>,
    pub(crate) rows: Vec<Row>,
    /// What this very program costs.
    pub(crate) own: Option<Cost>,
    /// What could not be told, in words.
    pub(crate) failure: Option<String>,
}

/// How much of something is used, in bytes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Space {
    pub(crate) used: u64,
    pub(crate) total: u64,
    pub(crate) percent: f64,
}

/// Bytes a second to two sides; absent where no interval is behind them.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Flow {
    /// Read, or received.
    pub(crate) incoming: Option<f64>,
    /// Written, or sent.
    pub(crate) outgoing: Option<f64>,
}

/// A counter and how fast it grows.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Counter {
    pub(crate) total: Option<u64>,
    /// Per second.
    pub(crate) rate: Option<f64>,
}

/// A network interface.
#[derive(Debug, Clone)]
pub(crate) struct Nic {
    pub(crate) name: Arc<str>,
    pub(crate) bytes_received: Counter,
    pub(crate) bytes_sent: Counter,
    pub(crate) packets_received: Counter,
    pub(crate) packets_sent: Counter,
}

/// A process.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) identity: Identity,
    pub(crate) parent: Option<Pid>,
    pub(crate) program: Arc<Program>,
    pub(crate) status: Option<Status>,
    pub(crate) nice: Option<i32>,
    pub(crate) threads: Option<u32>,
    pub(crate) vms: Option<u64>,
    pub(crate) rss: Option<u64>,
    /// Of physical memory.
    pub(crate) memory_percent: Option<f64>,
    /// Of one CPU.
    pub(crate) cpu_percent: Option<f64>,
    /// User and system time, in seconds.
    pub(crate) cpu_time: Option<f64>,
    /// The CPU that it last ran on.
    pub(crate) cpu_number: Option<u32>,
    /// What it caused disks to transfer; there if it was asked for.
    pub(crate) disk: Option<Box<Transfer>>,
}

/// What a process runs, and who started it. One for all samples of a process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Program {
    pub(crate) name: Box<str>,
    /// The command line; the name in brackets where there is none.
    pub(crate) command: Box<str>,
    pub(crate) user: Arc<str>,
}

/// Bytes from and to disks.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Transfer {
    pub(crate) read: Counter,
    pub(crate) written: Counter,
}

/// What this program used.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Cost {
    /// Of one CPU.
    pub(crate) cpu_percent: Option<f64>,
    pub(crate) rss: Option<u64>,
}

/// Everything that can be told of one process, a label and a text each line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Details {
    pub(crate) identity: Identity,
    pub(crate) lines: Vec<(String, String)>,
    /// Why there are no lines, or not all.
    pub(crate) failure: Option<String>,
}

/// What a sample must hold; what is not asked for is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// What processes read and write.
    pub(crate) io: bool,
    /// The processes at all.
    pub(crate) processes: bool,
}

impl Row {
    /// Bytes that it caused to be read from disks.
    pub(crate) fn read(&self) -> Counter {
        self.disk.as_ref().map(|disk| disk.read).unwrap_or_default()
    }

    /// Bytes that it caused to be written to disks.
    pub(crate) fn written(&self) -> Counter {
        self.disk.as_ref().map(|disk| disk.written).unwrap_or_default()
    }

    /// What it read and wrote together, in bytes a second.
    pub(crate) fn io_rate(&self) -> Option<f64> {
        Some(self.read().rate? + self.written().rate?)
    }

    /// Whether it is a thread of the kernel: it has no memory of its own, and has not ended either.
    pub(crate) fn is_kernel_thread(&self) -> bool {
        self.vms == Some(0) && !matches!(self.status, Some(Status::Zombie | Status::Dead))
    }
}
