//! One process: what the Python class `Process` asks of Rust.
//!
//! Nothing here checks that the number still belongs to the process that was meant; psutil does that in a few calls
//! only, which the Python class knows.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use psoxide::model::process::{Exit, Identity, IoClass, Limits, MemoryMap, Resource, Status};
use psoxide::schema::{Typed, Value};
use psoxide::{Error, ErrorKind, Oneshot, Result, Root, Signal};
use pyo3::exceptions::{PyOSError, PyValueError};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyList, PyString};

use crate::connections::{self, constant};
use crate::error::{About, classes, process_error};
use crate::procfs::Procfs;
use crate::records::named;
use crate::system;
use crate::value::{dictionary, text, texts, to_python};

/// So long a wait goes on before what Ctrl-C has done is looked at.
const SIGNALS_ARE_SEEN: Duration = Duration::from_millis(200);

/// A process by its number.
#[pyclass(frozen, subclass, module = "psoxide._psoxide")]
pub(crate) struct Process {
    pid: u32,
    root: Root,
    /// Which process had the number when this was made.
    identity: OnceLock<Identity>,
    /// The visit that `oneshot()` holds.
    visit: Mutex<Option<Arc<Oneshot>>>,
    /// What messages call the process.
    name: Mutex<Option<Py<PyAny>>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Process {
    /// Asks with the interpreter's lock released: the visit held by `oneshot()`, or one of its own.
    fn ask<T: Send>(
        &self,
        py: Python<'_>,
        question: impl FnOnce(&Oneshot) -> Result<T> + Send,
    ) -> PyResult<T> {
        self.try_ask(py, question)
            .map_err(|error| self.exception(py, &error))
    }

    fn try_ask<T: Send>(
        &self,
        py: Python<'_>,
        question: impl FnOnce(&Oneshot) -> Result<T> + Send,
    ) -> Result<T> {
        py.detach(|| {
            let held = lock(&self.visit).clone();
            match held {
                Some(visit) => question(&visit),
                None => question(&Oneshot::glance(&self.root, self.pid)?),
            }
        })
    }

    fn answer<'py, T: Typed + Send>(
        &self,
        py: Python<'py>,
        question: impl FnOnce(&Oneshot) -> Result<T> + Send,
    ) -> PyResult<Bound<'py, PyAny>> {
        let answer = self.ask(py, question)?;
        to_python(py, &answer)
    }

    /// Changes the very process that had the number when this was made, with the interpreter's lock released.
    fn change(
        &self,
        py: Python<'_>,
        change: impl FnOnce(&psoxide::Process) -> Result<()> + Send,
    ) -> PyResult<()> {
        self.try_change(py, change)
            .map_err(|error| self.exception(py, &error))
    }

    fn try_change(
        &self,
        py: Python<'_>,
        change: impl FnOnce(&psoxide::Process) -> Result<()> + Send,
    ) -> Result<()> {
        py.detach(|| {
            // What is changed is on the running system, wherever its files are read; a start that was read elsewhere
            // says nothing about it.
            let start = match self.root.is_local() {
                true => self.identity.get().and_then(|identity| identity.start),
                false => None,
            };
            let identity = Identity { pid: self.pid, start };
            change(&psoxide::Process::with(&Root::default(), identity))
        })
    }

    /// What messages call the process from now on.
    pub(crate) fn remember_name(&self, name: &Bound<'_, PyAny>) {
        let before = lock(&self.name).replace(name.clone().unbind());
        // Its end may run what the caller wrote: without the lock.
        drop(before);
    }

    fn exception(&self, py: Python<'_>, error: &Error) -> PyErr {
        let name = lock(&self.name).as_ref().map(|name| name.bind(py).clone());
        process_error(py, error, About { pid: self.pid, name })
    }
}

#[pymethods]
impl Process {
    #[new]
    #[pyo3(signature = (pid, procfs = None, start = None))]
    fn new(py: Python<'_>, pid: i32, procfs: Option<Procfs>, start: Option<u64>) -> PyResult<Process> {
        let pid = u32::try_from(pid)?;
        let procfs = match procfs {
            Some(procfs) => procfs,
            None => py
                .import("psoxide._common")?
                .call_method0("get_procfs_path")?
                .extract()?,
        };
        let identity = OnceLock::new();
        if start.is_some() {
            // It is empty.
            let _ = identity.set(Identity { pid, start });
        }
        Ok(Process {
            pid,
            root: procfs.into_root(),
            identity,
            visit: Mutex::new(None),
            name: Mutex::new(None),
        })
    }

    #[getter]
    fn pid(&self) -> u32 {
        self.pid
    }

    #[getter]
    fn _name(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        lock(&self.name).as_ref().map(|name| name.clone_ref(py))
    }

    #[setter(_name)]
    fn set_name(&self, name: Option<Py<PyAny>>) {
        let previous = std::mem::replace(&mut *lock(&self.name), name);
        drop(previous);
    }

    #[getter]
    fn _procfs_path(&self) -> PathBuf {
        self.root.proc().to_owned()
    }

    /// From here to `oneshot_exit` each kernel source is read at most once.
    fn oneshot_enter(&self, py: Python<'_>) -> PyResult<()> {
        // With the lock of the interpreter: it asks the kernel nothing yet.
        let visit = Oneshot::visit(&self.root, self.pid).map_err(|error| self.exception(py, &error))?;
        *lock(&self.visit) = Some(Arc::new(visit));
        Ok(())
    }

    fn oneshot_exit(&self, py: Python<'_>) {
        let visit = lock(&self.visit).take();
        // It closes what it held open.
        py.detach(|| drop(visit));
    }

    /// The start in the kernel's units, which does not move with the clock; `None` where it is not told.
    fn start(&self, py: Python<'_>) -> PyResult<Option<u64>> {
        let identity = self.ask(py, Oneshot::identity)?;
        self.identity.get_or_init(|| identity);
        Ok(identity.start)
    }

    /// The start of whichever process has the number now, whatever a visit remembers.
    fn start_now(&self, py: Python<'_>) -> PyResult<Option<u64>> {
        py.detach(|| Oneshot::glance(&self.root, self.pid)?.identity())
            .map(|identity| identity.start)
            .map_err(|error| self.exception(py, &error))
    }

    fn name<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let name = text(py, &self.ask(py, Oneshot::name)?)?;
        self.remember_name(&name);
        Ok(name)
    }

    fn exe(&self, py: Python<'_>) -> PyResult<PathText> {
        self.ask(py, Oneshot::exe).map(PathText)
    }

    fn cwd(&self, py: Python<'_>) -> PyResult<PathText> {
        self.ask(py, Oneshot::cwd).map(PathText)
    }

    fn cmdline<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        texts(py, &self.ask(py, Oneshot::cmdline)?)
    }

    fn environ<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        dictionary(py, &self.ask(py, Oneshot::environ)?)
    }

    fn ppid(&self, py: Python<'_>) -> PyResult<u32> {
        self.ask(py, Oneshot::ppid)
    }

    /// The number of its parent, if the process of this number, or the one that `oneshot()` visits, is the one with this
    /// start: one reading tells both.
    fn ppid_if_started(&self, py: Python<'_>, start: Bound<'_, PyAny>) -> Option<u32> {
        let start = start.extract::<u64>().ok()?;
        self.try_ask(py, |visit| match visit.identity()?.start {
            Some(told) if told == start => visit.ppid().map(Some),
            _ => Ok(None),
        })
        .ok()?
    }

    fn status<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyString>> {
        let status = self.ask(py, Oneshot::status)?;
        Ok(status_word(py, status))
    }

    /// When it was started, in seconds since the epoch; with `monotonic` in the kernel's units, as [`Process::start`].
    #[pyo3(signature = (monotonic = false))]
    fn create_time<'py>(&self, py: Python<'py>, monotonic: bool) -> PyResult<Bound<'py, PyAny>> {
        match monotonic {
            false => self.answer(py, Oneshot::create_time),
            true => Ok(self.start(py)?.into_pyobject(py)?),
        }
    }

    fn uids<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.answer(py, Oneshot::uids)
    }

    fn gids<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.answer(py, Oneshot::gids)
    }

    fn terminal<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.answer(py, Oneshot::terminal)
    }

    fn cpu_times<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.answer(py, Oneshot::cpu_times)
    }

    fn cpu_num(&self, py: Python<'_>) -> PyResult<u32> {
        self.ask(py, Oneshot::cpu_num)
    }

    fn cpu_affinity_get(&self, py: Python<'_>) -> PyResult<Vec<u32>> {
        self.ask(py, Oneshot::cpu_affinity)
    }

    fn nice_get(&self, py: Python<'_>) -> PyResult<i32> {
        self.ask(py, Oneshot::nice)
    }

    fn ionice_get<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let priority = self.ask(py, Oneshot::ionice)?;
        let class = match priority.ioclass {
            IoClass::Other(number) => number.into_pyobject(py)?.into_any(),
            class => constant(py, "IO_CLASSES", class.as_str())?,
        };
        match priority.value {
            Some(level) => named(py, "pionice", vec![class, level.into_pyobject(py)?.into_any()]),
            None => Ok(class),
        }
    }

    /// Soft and hard limit of a resource by its C name; -1 is infinite.
    fn rlimit_get(&self, py: Python<'_>, resource: &str) -> PyResult<(i128, i128)> {
        let resource = known_resource(resource)?;
        let limits = self.ask(py, |visit| visit.rlimit(resource))?;
        let number = |limit: Option<u64>| limit.map_or(-1, i128::from);
        Ok((number(limits.soft), number(limits.hard)))
    }

    fn rlimit_set(&self, py: Python<'_>, resource: &str, soft: i128, hard: i128) -> PyResult<()> {
        let resource = known_resource(resource)?;
        let limit = |number: i128| match number {
            // Infinite, as a signed and as an unsigned number.
            -1 => Ok(None),
            number if number == i128::from(u64::MAX) => Ok(None),
            // Any other negative number is the unsigned one with the same bits, as the kernel sees it.
            number => i64::try_from(number)
                .map(i64::cast_unsigned)
                .or_else(|_| u64::try_from(number))
                .map(Some),
        };
        let limits = Limits::new(limit(soft)?, limit(hard)?);
        match self.try_change(py, |process| process.set_rlimit(resource, limits)) {
            // Python's `resource` has these words for it.
            Err(error) if error.kind() == ErrorKind::InvalidInput => {
                Err(PyValueError::new_err("current limit exceeds maximum limit"))
            }
            answer => answer.map_err(|error| self.exception(py, &error)),
        }
    }

    fn nice_set(&self, py: Python<'_>, value: i32) -> PyResult<()> {
        self.change(py, |process| process.set_nice(value))
    }

    /// The class by its number.
    #[pyo3(signature = (class, level = None))]
    fn ionice_set(&self, py: Python<'_>, class: i32, level: Option<u32>) -> PyResult<()> {
        let Ok(class) = u8::try_from(class) else {
            return Err(invalid_argument(py));
        };
        match self.try_change(py, |process| process.set_ionice(IoClass::Other(class), level)) {
            Err(error) if error.kind() == ErrorKind::InvalidInput => Err(invalid_argument(py)),
            answer => answer.map_err(|error| self.exception(py, &error)),
        }
    }

    fn cpu_affinity_set(&self, py: Python<'_>, cpus: Vec<u32>) -> PyResult<()> {
        self.change(py, |process| process.set_cpu_affinity(&cpus))
    }

    fn send_signal(&self, py: Python<'_>, signal: i32) -> PyResult<()> {
        match self.try_change(py, |process| process.send_signal(Signal::from_number(signal))) {
            Err(error) if error.kind() == ErrorKind::InvalidInput => Err(invalid_argument(py)),
            answer => answer.map_err(|error| self.exception(py, &error)),
        }
    }

    fn suspend(&self, py: Python<'_>) -> PyResult<()> {
        self.change(py, psoxide::Process::suspend)
    }

    fn resume(&self, py: Python<'_>) -> PyResult<()> {
        self.change(py, psoxide::Process::resume)
    }

    fn terminate(&self, py: Python<'_>) -> PyResult<()> {
        self.change(py, psoxide::Process::terminate)
    }

    fn kill(&self, py: Python<'_>) -> PyResult<()> {
        self.change(py, psoxide::Process::kill)
    }

    /// Waits for its end and gives its exit code, `None` where that is not told. Python's own signals are looked at
    /// meanwhile.
    #[pyo3(signature = (timeout = None))]
    fn wait_for_end(&self, py: Python<'_>, timeout: Option<f64>) -> PyResult<Option<i32>> {
        let deadline = timeout
            .map(|seconds| Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX))
            .and_then(|time| Instant::now().checked_add(time));
        loop {
            let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
            let part = left.map_or(SIGNALS_ARE_SEEN, |left| left.min(SIGNALS_ARE_SEEN));
            let mut ended = None;
            let waited = self.try_change(py, |process| {
                ended = process.wait(Some(part))?;
                Ok(())
            });
            match waited {
                Ok(()) => {
                    return Ok(ended.map(|exit| match exit {
                        Exit::Code(code) => code,
                        Exit::Signal(signal) => -signal,
                    }));
                }
                Err(error) if error.is_no_such_process() => return Ok(None),
                Err(error) if !error.is_timeout() => return Err(self.exception(py, &error)),
                Err(_) => py.check_signals()?,
            }
            if left.is_some_and(|left| left <= part) {
                let expired = classes(py)?.getattr("TimeoutExpired")?;
                return Err(PyErr::from_value(expired.call1((
                    timeout,
                    self.pid,
                    self._name(py),
                ))?));
            }
        }
    }

    fn username<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.answer(py, Oneshot::username)
    }

    fn num_handles(&self, py: Python<'_>) -> PyResult<u32> {
        self.ask(py, Oneshot::num_handles)
    }

    fn memory_info<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.answer(py, Oneshot::memory_info)
    }

    fn memory_info_ex<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.answer(py, Oneshot::memory_info_ex)
    }

    fn memory_full_info<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.answer(py, Oneshot::memory_full_info)
    }

    fn memory_footprint<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.answer(py, Oneshot::memory_footprint)
    }

    fn memory_maps<'py>(&self, py: Python<'py>, grouped: bool) -> PyResult<Bound<'py, PyAny>> {
        if !grouped {
            return self.answer(py, Oneshot::memory_maps);
        }
        let maps = self.ask(py, |visit| visit.memory_maps().map(MemoryMap::group))?;
        let list = PyList::empty(py);
        for map in &maps {
            list.append(grouped_map(py, map)?)?;
        }
        Ok(list.into_any())
    }

    fn io_counters<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.answer(py, Oneshot::io_counters)
    }

    fn open_files<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.answer(py, Oneshot::open_files)
    }

    fn net_connections<'py>(&self, py: Python<'py>, kind: &str) -> PyResult<Bound<'py, PyList>> {
        let kind = system::connection_kind(kind)?;
        let found = self.ask(py, |visit| visit.net_connections(kind))?;
        connections::list(py, &found, connections::OF_PROCESS)
    }

    fn num_fds(&self, py: Python<'_>) -> PyResult<u32> {
        self.ask(py, Oneshot::num_fds)
    }

    fn num_threads(&self, py: Python<'_>) -> PyResult<u32> {
        self.ask(py, Oneshot::num_threads)
    }

    fn num_ctx_switches<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.answer(py, Oneshot::num_ctx_switches)
    }

    fn page_faults<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.answer(py, Oneshot::page_faults)
    }

    fn threads<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.answer(py, Oneshot::threads)
    }
}

/// The word for what a process is doing: each is made once, since nearly all processes do one of two things.
fn status_word(py: Python<'_>, status: Status) -> Bound<'_, PyString> {
    const LAST: usize = Status::Unknown as usize;
    static WORDS: [PyOnceLock<Py<PyString>>; LAST + 1] = [const { PyOnceLock::new() }; LAST + 1];
    let made = || PyString::new(py, status.as_str()).unbind();
    WORDS[status as usize].get_or_init(py, made).bind(py).clone()
}

fn known_resource(name: &str) -> PyResult<Resource> {
    Resource::EACH
        .into_iter()
        .map(|(resource, _)| resource)
        .find(|known| known.as_str() == name)
        .ok_or_else(|| PyValueError::new_err("invalid resource specified"))
}

/// The `OSError` with which the kernel refuses a number that means nothing to it.
fn invalid_argument(py: Python<'_>) -> PyErr {
    let number = py
        .import("errno")
        .and_then(|module| module.getattr("EINVAL"))
        .and_then(|number| number.extract::<i32>());
    match number {
        Ok(number) => PyOSError::new_err((number, "Invalid argument")),
        Err(failure) => failure,
    }
}

/// A mapping without its address and permissions.
fn grouped_map<'py>(py: Python<'py>, map: &MemoryMap) -> PyResult<Bound<'py, PyAny>> {
    let mut members = vec![text(py, &map.path)?];
    if let Value::Record(shape, values) = map.value() {
        for (field, value) in shape.fields.iter().zip(values).skip(3) {
            if field.on.contains(psoxide::catalog::PLATFORM) {
                members.push(match value {
                    Value::U64(number) => number.into_pyobject(py)?.into_any(),
                    _ => 0_u64.into_pyobject(py)?.into_any(),
                });
            }
        }
    }
    named(py, "pmmap_grouped", members)
}

/// A path as Python's text; its bytes survive.
struct PathText(PathBuf);

impl<'py> IntoPyObject<'py> for PathText {
    type Target = PyString;
    type Output = Bound<'py, PyString>;
    type Error = std::convert::Infallible;

    fn into_pyobject(self, py: Python<'py>) -> std::result::Result<Self::Output, Self::Error> {
        self.0.as_os_str().into_pyobject(py)
    }
}
