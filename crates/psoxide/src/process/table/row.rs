//! One process of a table, as it was at the last reading.

use std::fmt;
use std::time::Instant;

use psoxide_core::model::Pid;
use psoxide_core::model::process::{
    ContextSwitches, Gids, Identity, IoCounters, IoRates, MemoryInfo, MemoryInfoEx, PageFaults, ProcessTimes,
    Status, Uids,
};
use psoxide_core::{Text, Typed, Value};

use crate::catalog::Attr;
use crate::error::{Error, Result};
use crate::process::{Oneshot, Process};
use crate::sys::process::sources;

/// One process of a [`ProcessTable`](crate::ProcessTable), as it was when the table was read.
///
/// The getters tell what the table read, and ask nothing. Each answers the error that stood in the way for this
/// process, and [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput) if the attribute is none of the table's.
/// They mean what the getters of [`Oneshot`] of the same names mean; the attributes that have none here are told by
/// [`Row::value`].
pub struct Row {
    pub(super) visit: Oneshot,
    identity: Identity,
    /// When it was read.
    pub(super) at: Instant,
    /// What was asked by calls.
    pub(super) values: Vec<(&'static str, Result<Value>)>,
    cpu_percent: Option<f64>,
    // Boxed, as few tables ask for it: the smaller rows are, the less a reading costs.
    io_rates: Option<Box<IoRates>>,
}

impl fmt::Debug for Row {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Row({:?})", self.identity())
    }
}

impl Row {
    pub(super) fn new(visit: Oneshot, at: Instant) -> Row {
        Row {
            identity: Identity {
                pid: visit.pid(),
                start: None,
            },
            visit,
            at,
            values: Vec::new(),
            cpu_percent: None,
            io_rates: None,
        }
    }

    /// Forgets all but what the reader holds: the process of this number is read next.
    pub(super) fn begin(&mut self, pid: Pid, at: Instant) {
        self.identity = Identity { pid, start: None };
        self.at = at;
        self.values.clear();
        self.cpu_percent = None;
        self.io_rates = None;
    }

    /// Remembers which process it is, once that was read. A start that is not told is absent, whatever the reason.
    pub(super) fn identify(&mut self) {
        if let Ok(identity) = self.visit.identity() {
            self.identity = identity;
        }
    }

    /// Tells the rates since `last`, the row of the same process at the reading before.
    pub(super) fn measure(&mut self, last: &Row, percent: bool, io: bool) {
        let seconds = self.at.duration_since(last.at).as_secs_f64();
        if percent && let (Ok(before), Ok(now)) = (last.cpu_times(), self.cpu_times()) {
            // Each by itself: who has not run has used nothing, to the last digit.
            let used = (now.user - before.user) + (now.system - before.system);
            // The kernel's own rounding may take back a tick.
            self.cpu_percent = (seconds > 0.0).then(|| used.max(0.0) / seconds * 100.0);
        }
        if io && let (Ok(before), Ok(now)) = (last.io_counters(), self.io_counters()) {
            self.io_rates = IoRates::between(&before, &now, seconds).map(Box::new);
        }
    }

    /// Its number.
    pub fn pid(&self) -> Pid {
        self.identity.pid
    }

    /// Its number and start: what makes it the same process from one reading to the next.
    pub fn identity(&self) -> Identity {
        self.identity
    }

    /// A handle on it, to ask for more or to change something.
    pub fn process(&self) -> Process {
        Process::with(self.visit.reader.root(), self.identity())
    }

    /// An attribute of the table.
    ///
    /// # Errors
    ///
    /// What stood in the way for this process, and [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput) if the
    /// table does not read it.
    pub fn value(&self, attr: &Attr) -> Result<Value> {
        if attr.name == "cpu_percent" {
            return self.cpu_times().map(|_| self.cpu_percent.value());
        }
        if let Some((_, value)) = self.values.iter().find(|(name, _)| *name == attr.name) {
            return match value {
                Ok(value) => Ok(value.clone()),
                Err(error) => Err(error.again()),
            };
        }
        match attr.get {
            Some(get) if sources(attr.name).is_some() => get(&self.visit),
            _ => Err(Error::invalid(format!("the table does not read {}", attr.name)).of(self.pid())),
        }
    }

    /// The percent of one CPU that it used since the reading before; `None` if it was not there then, or if the table
    /// does not read `cpu_percent`.
    pub fn cpu_percent(&self) -> Option<f64> {
        self.cpu_percent
    }

    /// What it read and wrote in a second since the reading before; `None` if it was not there then, or if the table
    /// does not read `io_counters`.
    pub fn io_rates(&self) -> Option<&IoRates> {
        self.io_rates.as_deref()
    }

    /// Its command line.
    pub fn cmdline(&self) -> Result<Vec<Text>> {
        self.visit.cmdline()
    }

    /// The number of the CPU it ran on last.
    pub fn cpu_num(&self) -> Result<u32> {
        self.visit.cpu_num()
    }

    /// CPU time it has used, in seconds.
    pub fn cpu_times(&self) -> Result<ProcessTimes> {
        self.visit.cpu_times()
    }

    /// When it was started, in seconds since the epoch.
    pub fn create_time(&self) -> Result<f64> {
        self.visit.create_time()
    }

    /// Its group ids.
    pub fn gids(&self) -> Result<Gids> {
        self.visit.gids()
    }

    /// What it read and wrote since it was started.
    pub fn io_counters(&self) -> Result<IoCounters> {
        self.visit.io_counters()
    }

    /// Its memory use, in bytes.
    pub fn memory_info(&self) -> Result<MemoryInfo> {
        self.visit.memory_info()
    }

    /// Its memory use with peaks and parts, in bytes.
    pub fn memory_info_ex(&self) -> Result<MemoryInfoEx> {
        self.visit.memory_info_ex()
    }

    /// Resident memory as a share of the machine's, in percent.
    pub fn memory_percent(&self) -> Result<f64> {
        self.visit.memory_percent()
    }

    /// Its name.
    pub fn name(&self) -> Result<Text> {
        self.visit.name()
    }

    /// Its nice value.
    pub fn nice(&self) -> Result<i32> {
        self.visit.nice()
    }

    /// How often it left the CPU.
    pub fn num_ctx_switches(&self) -> Result<ContextSwitches> {
        self.visit.num_ctx_switches()
    }

    /// How many threads it has.
    pub fn num_threads(&self) -> Result<u32> {
        self.visit.num_threads()
    }

    /// Its page faults.
    pub fn page_faults(&self) -> Result<PageFaults> {
        self.visit.page_faults()
    }

    /// The number of its parent.
    pub fn ppid(&self) -> Result<Pid> {
        self.visit.ppid()
    }

    /// What it is doing.
    pub fn status(&self) -> Result<Status> {
        self.visit.status()
    }

    /// Its controlling terminal; `None` without one.
    pub fn terminal(&self) -> Result<Option<Text>> {
        self.visit.terminal()
    }

    /// Its user ids.
    pub fn uids(&self) -> Result<Uids> {
        self.visit.uids()
    }

    /// The name of the user who started it.
    pub fn username(&self) -> Result<Text> {
        self.visit.username()
    }
}
