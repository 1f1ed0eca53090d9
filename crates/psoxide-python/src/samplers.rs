//! Objects that own both ends of an interval, for programs that want no memory shared by all callers. A thread that
//! asks while another does waits for it, with the interpreter's lock released.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use psoxide::model::process::Identity;
use psoxide::{Result, Root};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

use crate::error::{About, process_error, system_error};
use crate::procfs::Procfs;
use crate::value::{text, to_python};

/// A sampler that several threads may use, one after another.
struct Shared<S>(Mutex<S>);

impl<S: Send> Shared<S> {
    fn new(sampler: S) -> Shared<S> {
        Shared(Mutex::new(sampler))
    }

    fn ask<T: Send>(&self, py: Python<'_>, question: impl FnOnce(&mut S) -> Result<T> + Send) -> Result<T> {
        py.detach(|| question(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner)))
    }
}

/// How busy the CPUs were.
#[pyclass(frozen, subclass, module = "psoxide._psoxide")]
pub(crate) struct CpuSampler(Shared<psoxide::CpuSampler>);

#[pymethods]
impl CpuSampler {
    #[new]
    fn new(procfs: Procfs) -> CpuSampler {
        CpuSampler(Shared::new(psoxide::CpuSampler::new(procfs.root())))
    }

    /// Percent of all CPUs together since the call before; `None` at the first.
    fn percent(&self, py: Python<'_>) -> PyResult<Option<f64>> {
        self.0
            .ask(py, psoxide::CpuSampler::percent)
            .map_err(|error| system_error(py, &error))
    }

    /// Percent of each CPU, by its number, since the call before; `None` for those that it did not see.
    fn percent_per_cpu<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let cpus = self.0.ask(py, psoxide::CpuSampler::percent_per_cpu);
        let answer = PyDict::new(py);
        for (number, percent) in cpus.map_err(|error| system_error(py, &error))? {
            answer.set_item(number, percent)?;
        }
        Ok(answer)
    }

    /// Percent of each mode, of all CPUs together, since the call before; `None` at the first.
    fn times_percent<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let percents = self.0.ask(py, psoxide::CpuSampler::times_percent);
        to_python(py, &percents.map_err(|error| system_error(py, &error))?)
    }

    /// Percent of each mode of each CPU, by its number, since the call before; `None` for those that it did not see.
    fn times_percent_per_cpu<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let cpus = self.0.ask(py, psoxide::CpuSampler::times_percent_per_cpu);
        let answer = PyDict::new(py);
        for (number, percents) in cpus.map_err(|error| system_error(py, &error))? {
            answer.set_item(number, to_python(py, &percents)?)?;
        }
        Ok(answer)
    }
}

/// The parts of a sample of counters: interval, total, rates, and each device.
type Sample<'py> = (
    Option<f64>,
    Bound<'py, PyAny>,
    Bound<'py, PyAny>,
    Bound<'py, PyList>,
);

fn seconds(interval: Option<Duration>) -> Option<f64> {
    interval.map(|interval| interval.as_secs_f64())
}

/// What the disks transferred.
#[pyclass(frozen, subclass, module = "psoxide._psoxide")]
pub(crate) struct DiskIoSampler(Shared<psoxide::DiskIoSampler>);

#[pymethods]
impl DiskIoSampler {
    #[new]
    fn new(procfs: Procfs) -> DiskIoSampler {
        DiskIoSampler(Shared::new(psoxide::DiskIoSampler::at(procfs.root())))
    }

    fn sample_parts<'py>(&self, py: Python<'py>) -> PyResult<Sample<'py>> {
        let sample = self.0.ask(py, psoxide::DiskIoSampler::sample);
        let sample = sample.map_err(|error| system_error(py, &error))?;
        let disks = PyList::empty(py);
        for disk in &sample.disks {
            let (io, rates) = (to_python(py, &disk.io)?, to_python(py, &disk.rates)?);
            disks.append((text(py, &disk.name)?, disk.whole, io, rates))?;
        }
        let (total, rates) = (to_python(py, &sample.total)?, to_python(py, &sample.rates)?);
        Ok((seconds(sample.interval), total, rates, disks))
    }
}

/// What the network interfaces transferred.
#[pyclass(frozen, subclass, module = "psoxide._psoxide")]
pub(crate) struct NetIoSampler(Shared<psoxide::NetIoSampler>);

#[pymethods]
impl NetIoSampler {
    #[new]
    fn new(procfs: Procfs) -> NetIoSampler {
        NetIoSampler(Shared::new(psoxide::NetIoSampler::at(procfs.root())))
    }

    fn sample_parts<'py>(&self, py: Python<'py>) -> PyResult<Sample<'py>> {
        let sample = self.0.ask(py, psoxide::NetIoSampler::sample);
        let sample = sample.map_err(|error| system_error(py, &error))?;
        let nics = PyList::empty(py);
        for nic in &sample.nics {
            let (io, rates) = (to_python(py, &nic.io)?, to_python(py, &nic.rates)?);
            nics.append((text(py, &nic.name)?, io, rates))?;
        }
        let (total, rates) = (to_python(py, &sample.total)?, to_python(py, &sample.rates)?);
        Ok((seconds(sample.interval), total, rates, nics))
    }
}

/// How much of a CPU one process used.
#[pyclass(frozen, subclass, module = "psoxide._psoxide")]
pub(crate) struct CpuPercent {
    pid: u32,
    sampler: Shared<psoxide::CpuPercent>,
}

#[pymethods]
impl CpuPercent {
    #[new]
    fn new(procfs: Procfs, pid: u32, start: Option<u64>) -> CpuPercent {
        let root: Root = procfs.into_root();
        let process = psoxide::Process::with(&root, Identity { pid, start });
        CpuPercent {
            pid,
            sampler: Shared::new(psoxide::CpuPercent::new(process)),
        }
    }

    /// Percent of one CPU since the call before; `None` at the first.
    fn sample(&self, py: Python<'_>) -> PyResult<Option<f64>> {
        self.sampler
            .ask(py, psoxide::CpuPercent::sample)
            .map_err(|error| {
                let about = About {
                    pid: self.pid,
                    name: None,
                };
                process_error(py, &error, about)
            })
    }
}
