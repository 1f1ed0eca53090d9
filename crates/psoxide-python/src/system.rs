//! Questions about the machine.
//!
//! Where psutil honours `PROCFS_PATH`, the call takes it as its first argument.

use std::fmt::Write;
use std::path::PathBuf;
use std::sync::{Mutex, OnceLock, PoisonError};

use psoxide::model::cpu::CpuTimes;
use psoxide::model::net::{AddressFamily, ConnectionKind, InterfaceAddress, InterfaceStats};
use psoxide::model::sensors::{Battery, BatteryTime};
use psoxide::schema::{Typed, Value};
use psoxide::{ConnectionTable, LoadSampler, Result, Root};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString, PyTuple};

use crate::connections::{self, constant};
use crate::error::system_error;
use crate::procfs::Procfs;
use crate::records::{self, class, instance, named};
use crate::value::{text, to_python};

/// Asks with the interpreter's lock released.
pub(crate) fn ask<T: Send>(py: Python<'_>, question: impl FnOnce() -> Result<T> + Send) -> PyResult<T> {
    py.detach(question).map_err(|error| system_error(py, &error))
}

fn answer<'py, T: Typed + Send>(
    py: Python<'py>,
    question: impl FnOnce() -> Result<T> + Send,
) -> PyResult<Bound<'py, PyAny>> {
    let answer = ask(py, question)?;
    to_python(py, &answer)
}

#[pyfunction]
pub(crate) fn cpu_times(py: Python<'_>, procfs: Procfs) -> PyResult<Bound<'_, PyAny>> {
    answer(py, || procfs.root().cpu_times())
}

/// The times of each CPU, in the order of the source.
#[pyfunction]
pub(crate) fn per_cpu_times(py: Python<'_>, procfs: Procfs) -> PyResult<Bound<'_, PyAny>> {
    answer(py, || {
        let cpus = procfs.root().cpu_times_per_cpu()?;
        Ok(cpus.into_iter().map(|(_, times)| times).collect::<Vec<_>>())
    })
}

/// The times of all CPUs together and of each, as tuples without names: what percentages are counted from, without
/// the cost of making a class.
#[pyfunction]
pub(crate) fn cpu_sample(
    py: Python<'_>,
    procfs: Procfs,
) -> PyResult<(Bound<'_, PyTuple>, Bound<'_, PyList>)> {
    let (total, each) = ask(py, || {
        let root = procfs.root();
        Ok((root.cpu_times()?, root.cpu_times_per_cpu()?))
    })?;
    let list = PyList::empty(py);
    for (_, times) in &each {
        list.append(nameless(py, times)?)?;
    }
    Ok((nameless(py, &total)?, list))
}

fn nameless<'py>(py: Python<'py>, times: &CpuTimes) -> PyResult<Bound<'py, PyTuple>> {
    match times.value() {
        Value::Record(shape, values) => records::nameless(py, shape, values),
        _ => Ok(PyTuple::empty(py)),
    }
}

#[pyfunction]
pub(crate) fn cpu_stats(py: Python<'_>, procfs: Procfs) -> PyResult<Bound<'_, PyAny>> {
    answer(py, || procfs.root().cpu_stats())
}

#[pyfunction]
pub(crate) fn cpu_count_logical(py: Python<'_>, procfs: Procfs) -> PyResult<Option<u32>> {
    ask(py, || procfs.root().cpu_count())
}

#[pyfunction]
pub(crate) fn cpu_count_cores(py: Python<'_>, procfs: Procfs) -> PyResult<Option<u32>> {
    ask(py, || procfs.root().cpu_count_cores())
}

/// The clock of each CPU; 0.0 for what is not known, as psutil has it.
#[pyfunction]
pub(crate) fn cpu_freq(py: Python<'_>, procfs: Procfs) -> PyResult<Bound<'_, PyAny>> {
    answer(py, || {
        let clocks = procfs.root().cpu_freq_per_cpu()?;
        Ok(clocks.into_iter().map(|(_, clock)| clock).collect::<Vec<_>>())
    })
}

/// What samples the load where the kernel does not: psutil's call has no object that could hold it.
static LOAD: OnceLock<LoadSampler> = OnceLock::new();

#[pyfunction]
pub(crate) fn getloadavg(py: Python<'_>) -> PyResult<(f64, f64, f64)> {
    let load = ask(py, || match LOAD.get() {
        Some(sampler) => sampler.read(),
        None => {
            let sampler = LoadSampler::start(&Root::default())?;
            LOAD.get_or_init(|| sampler).read()
        }
    })?;
    Ok((load.one, load.five, load.fifteen))
}

/// `None` stands for what the kernel does not tell.
#[pyfunction]
pub(crate) fn virtual_memory(py: Python<'_>, procfs: Procfs) -> PyResult<Bound<'_, PyAny>> {
    answer(py, || procfs.root().virtual_memory())
}

/// `None` stands for what the kernel does not tell.
#[pyfunction]
pub(crate) fn swap_memory(py: Python<'_>, procfs: Procfs) -> PyResult<Bound<'_, PyAny>> {
    answer(py, || procfs.root().swap_memory())
}

/// What the C library's allocator holds for this program, in bytes.
#[pyfunction]
pub(crate) fn heap_info(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    answer(py, psoxide::heap_info)
}

#[pyfunction]
pub(crate) fn heap_trim(py: Python<'_>) -> PyResult<()> {
    ask(py, psoxide::heap_trim)
}

#[pyfunction]
pub(crate) fn disk_partitions(py: Python<'_>, procfs: Procfs, all: bool) -> PyResult<Bound<'_, PyAny>> {
    answer(py, || procfs.root().disk_partitions(all))
}

#[pyfunction]
pub(crate) fn disk_usage(py: Python<'_>, path: PathBuf) -> PyResult<Bound<'_, PyAny>> {
    if path.as_os_str().as_encoded_bytes().contains(&0) {
        return Err(PyValueError::new_err("embedded null byte"));
    }
    answer(py, || psoxide::disk_usage(path))
}

/// The counters of each disk and part of a disk by name, and the names of the whole disks.
#[pyfunction]
pub(crate) fn disk_io_counters(
    py: Python<'_>,
    procfs: Procfs,
) -> PyResult<(Bound<'_, PyDict>, Bound<'_, PyList>)> {
    let disks = ask(py, || procfs.root().disk_counters())?;
    let counters = PyDict::new(py);
    let whole = PyList::empty(py);
    for disk in &disks {
        let name = text(py, &disk.name)?;
        counters.set_item(&name, to_python(py, &disk.io)?)?;
        if disk.whole {
            whole.append(name)?;
        }
    }
    Ok((counters, whole))
}

/// The counters of each network interface by name.
#[pyfunction]
pub(crate) fn net_io_counters(py: Python<'_>, procfs: Procfs) -> PyResult<Bound<'_, PyAny>> {
    answer(py, || procfs.root().net_io_counters_per_nic())
}

/// What makes it cheap to ask for all sockets again: psutil's call has no object that could hold it.
static SOCKETS: Mutex<Option<ConnectionTable>> = Mutex::new(None);

#[pyfunction]
pub(crate) fn net_connections<'py>(
    py: Python<'py>,
    procfs: Procfs,
    kind: &str,
) -> PyResult<Bound<'py, PyList>> {
    let kind = connection_kind(kind)?;
    let found = ask(py, || {
        // Taken out, so that another thread that asks meanwhile does not wait.
        let known = SOCKETS.lock().unwrap_or_else(PoisonError::into_inner).take();
        let mut table = match known {
            Some(table) if table.root() == procfs.root() => table,
            _ => ConnectionTable::at(procfs.root()),
        };
        let found = table.read(kind);
        SOCKETS
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .replace(table);
        found
    })?;
    connections::list(py, &found, connections::SYSTEM_WIDE)
}

pub(crate) fn connection_kind(kind: &str) -> PyResult<ConnectionKind> {
    kind.parse()
        .map_err(|error| PyValueError::new_err(format!("{error}")))
}

#[pyfunction]
pub(crate) fn net_if_addrs(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    let nics = ask(py, psoxide::net_if_addrs)?;
    let mut families = Vec::new();
    let mut addresses = Vec::new();
    for (nic, held) in &nics {
        for address in held {
            let (number, family) = numbered_family(py, &mut families, address.family)?;
            addresses.push((number, nic, family, address));
        }
    }
    // psutil sorts by the family's number, and so its dictionary by the first family seen.
    addresses.sort_by_key(|(number, ..)| *number);
    let class = class(py, "snicaddr")?;
    let mut room = String::new();
    let map = PyDict::new(py);
    for (_, nic, family, address) in addresses {
        let nic = text(py, nic)?;
        let list = match map.get_item(&nic)? {
            Some(list) => list.cast_into::<PyList>()?,
            None => {
                let list = PyList::empty(py);
                map.set_item(&nic, &list)?;
                list
            }
        };
        let members = [
            family,
            interface_address(py, &mut room, Some(&address.address))?,
            interface_address(py, &mut room, address.netmask.as_ref())?,
            interface_address(py, &mut room, address.broadcast.as_ref())?,
            interface_address(py, &mut room, address.ptp.as_ref())?,
        ];
        list.append(instance(&class, members)?)?;
    }
    Ok(map.into_any())
}

/// The number and the member of a family, each asked once.
fn numbered_family<'py>(
    py: Python<'py>,
    known: &mut Vec<(AddressFamily, i32, Bound<'py, PyAny>)>,
    family: AddressFamily,
) -> PyResult<(i32, Bound<'py, PyAny>)> {
    if let Some((_, number, member)) = known.iter().find(|(known, ..)| *known == family) {
        return Ok((*number, member.clone()));
    }
    let member = connections::family(py, family)?;
    let number = member.extract()?;
    known.push((family, number, member.clone()));
    Ok((number, member))
}

/// The address as text, which is written into the room first.
fn interface_address<'py>(
    py: Python<'py>,
    room: &mut String,
    address: Option<&InterfaceAddress>,
) -> PyResult<Bound<'py, PyAny>> {
    match address {
        None => Ok(py.None().into_bound(py)),
        // The name of an interface is bytes.
        Some(InterfaceAddress::Scoped(address, scope)) => {
            let address = format!("{address}%");
            text(py, &[address.as_bytes(), scope].concat())
        }
        Some(address) => {
            room.clear();
            // To a string it never fails.
            let _ = write!(room, "{address}");
            Ok(PyString::new(py, room).into_any())
        }
    }
}

#[pyfunction]
pub(crate) fn net_if_stats(py: Python<'_>, procfs: Procfs) -> PyResult<Bound<'_, PyAny>> {
    let nics = ask(py, || {
        let mut nics = psoxide::net_if_stats()?;
        let root = procfs.root();
        if !root.is_local() {
            // Which interfaces there are is read with the counters.
            let listed = root.net_io_counters_per_nic()?;
            nics.retain(|(nic, _)| listed.iter().any(|(name, _)| name == nic));
        }
        Ok(nics)
    })?;
    let map = PyDict::new(py);
    for (nic, stats) in &nics {
        map.set_item(text(py, nic)?, interface_stats(py, stats)?)?;
    }
    Ok(map.into_any())
}

fn interface_stats<'py>(py: Python<'py>, stats: &InterfaceStats) -> PyResult<Bound<'py, PyAny>> {
    let flags: Vec<&[u8]> = stats.flags.iter().map(|flag| flag.as_bytes()).collect();
    let members = vec![
        stats.isup.into_pyobject(py)?.to_owned().into_any(),
        constant(py, "DUPLEX", stats.duplex.as_str())?,
        stats.speed.unwrap_or(0).into_pyobject(py)?.into_any(),
        stats.mtu.into_pyobject(py)?.into_any(),
        text(py, &flags.join(&b','))?,
    ];
    named(py, "snicstats", members)
}

#[pyfunction]
pub(crate) fn sensors_temperatures(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    answer(py, psoxide::sensors_temperatures)
}

#[pyfunction]
pub(crate) fn sensors_fans(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    answer(py, psoxide::sensors_fans)
}

#[pyfunction]
pub(crate) fn sensors_battery(py: Python<'_>) -> PyResult<Option<Bound<'_, PyAny>>> {
    let battery = ask(py, psoxide::sensors_battery)?;
    battery.map(|battery| battery_tuple(py, &battery)).transpose()
}

fn battery_tuple<'py>(py: Python<'py>, battery: &Battery) -> PyResult<Bound<'py, PyAny>> {
    let left = match battery.secsleft {
        BatteryTime::Seconds(seconds) => seconds.into_pyobject(py)?.into_any(),
        BatteryTime::Unlimited => constant(py, "BATTERY_TIME", "unlimited")?,
        BatteryTime::Unknown => constant(py, "BATTERY_TIME", "unknown")?,
    };
    let members = vec![
        to_python(py, &battery.percent)?,
        left,
        to_python(py, &battery.power_plugged)?,
    ];
    named(py, "sbattery", members)
}

#[pyfunction]
pub(crate) fn boot_time(py: Python<'_>, procfs: Procfs) -> PyResult<f64> {
    ask(py, || procfs.root().boot_time())
}

/// `here` stands for a host that is not told, or is this machine's own screen.
#[pyfunction]
#[pyo3(signature = (here))]
pub(crate) fn users<'py>(py: Python<'py>, here: Option<&str>) -> PyResult<Bound<'py, PyList>> {
    let sessions = ask(py, psoxide::users)?;
    let list = PyList::empty(py);
    for user in &sessions {
        let host = match user.host.as_deref() {
            None | Some(b"" | b":0" | b":0.0") => here.into_pyobject(py)?.into_any(),
            Some(host) => text(py, host)?,
        };
        let members = vec![
            text(py, &user.name)?,
            to_python(py, &user.terminal)?,
            host,
            to_python(py, &user.started)?,
            to_python(py, &user.pid)?,
        ];
        list.append(named(py, "suser", members)?)?;
    }
    Ok(list)
}

#[pyfunction]
pub(crate) fn pids(py: Python<'_>, procfs: Procfs) -> PyResult<Vec<u32>> {
    ask(py, || procfs.root().pids())
}

#[pyfunction]
pub(crate) fn pid_exists(py: Python<'_>, procfs: Procfs, pid: i32) -> PyResult<bool> {
    let Ok(pid) = u32::try_from(pid) else {
        return Ok(false);
    };
    ask(py, || procfs.root().pid_exists(pid))
}
