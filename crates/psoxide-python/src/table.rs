//! Many processes in one call: the table behind `process_iter(attrs)`, and the tree.

use std::collections::HashMap;
use std::path::PathBuf;

use psoxide::catalog::{ATTRS, Attr, PLATFORM};
use psoxide::schema::Value;
use psoxide::{Error, Oneshot};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyTuple};

use crate::error::system_error;
use crate::system::{ask, root};
use crate::value::object;

/// The names of the attributes that this system has.
#[pyfunction]
pub(crate) fn attributes() -> Vec<&'static str> {
    ATTRS
        .iter()
        .filter(|attr| attr.on.contains(PLATFORM))
        .map(|attr| attr.name)
        .collect()
}

/// The number of each process with that of its parent.
#[pyfunction]
pub(crate) fn ppid_map(py: Python<'_>, procfs: PathBuf) -> PyResult<Bound<'_, PyDict>> {
    let parents = ask(py, || {
        let mut parents = Vec::new();
        for visit in root(&procfs).processes()? {
            match visit.ppid() {
                Ok(parent) => parents.push((visit.pid(), parent)),
                Err(error) if error.is_no_such_process() => {}
                Err(error) => return Err(error),
            }
        }
        Ok(parents)
    })?;
    let map = PyDict::new(py);
    for (pid, parent) in parents {
        map.set_item(pid, parent)?;
    }
    Ok(map)
}

/// What one process of a table told: its start, and an answer for each attribute asked.
struct Row {
    pid: u32,
    start: Option<u64>,
    answers: Vec<Result<Value, Error>>,
}

impl Row {
    /// `None` if the process is gone.
    fn read(visit: &Oneshot, attributes: &[&Attr]) -> Option<Row> {
        let start = match visit.identity() {
            Ok(identity) => identity.start,
            Err(error) if error.is_no_such_process() => return None,
            Err(_) => None,
        };
        let mut answers = Vec::with_capacity(attributes.len());
        for get in attributes.iter().filter_map(|attr| attr.get) {
            match get(visit) {
                Err(error) if error.is_no_such_process() => return None,
                answer => answers.push(answer),
            }
        }
        Some(Row {
            pid: visit.pid(),
            start,
            answers,
        })
    }
}

/// For each process, ascending: its number, its start, and the values of the attributes; `denied` stands for what
/// is denied or no longer told of a zombie.
#[pyfunction]
pub(crate) fn table<'py>(
    py: Python<'py>,
    procfs: PathBuf,
    names: Vec<String>,
    denied: Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyList>> {
    let attributes = names
        .iter()
        .map(|name| {
            psoxide::catalog::attr(name)
                .filter(|attr| attr.get.is_some())
                .ok_or_else(|| PyValueError::new_err(format!("invalid attr name '{name}'")))
        })
        .collect::<PyResult<Vec<_>>>()?;
    let rows: Vec<Row> = ask(py, || {
        let visits = root(&procfs).processes()?;
        Ok(visits
            .iter()
            .filter_map(|visit| Row::read(visit, &attributes))
            .collect())
    })?;
    let table = PyList::empty(py);
    for row in rows {
        let mut values = Vec::with_capacity(row.answers.len());
        for answer in row.answers {
            values.push(match answer {
                Ok(value) => object(py, value)?,
                Err(error) if error.is_access_denied() || error.is_zombie_process() => denied.clone(),
                Err(error) => return Err(system_error(py, &error)),
            });
        }
        table.append((row.pid, row.start, PyTuple::new(py, values)?))?;
    }
    Ok(table)
}

/// The children of a process as number, start and creation time; with `recursive`, all its descendants. What started
/// before the process itself is not its child: the number was used again.
#[pyfunction]
pub(crate) fn children(
    py: Python<'_>,
    procfs: PathBuf,
    pid: u32,
    recursive: bool,
) -> PyResult<Vec<(u32, Option<u64>, f64)>> {
    ask(py, || {
        let mut own_start = None;
        let mut by_parent: HashMap<u32, Vec<(u32, Option<u64>, Oneshot)>> = HashMap::new();
        for visit in root(&procfs).processes()? {
            let (parent, start) = match visit
                .ppid()
                .and_then(|parent| Ok((parent, visit.identity()?.start)))
            {
                Ok(told) => told,
                Err(error) if error.is_no_such_process() => continue,
                Err(error) => return Err(error),
            };
            if visit.pid() == pid {
                own_start = start;
            }
            by_parent
                .entry(parent)
                .or_default()
                .push((visit.pid(), start, visit));
        }
        let mut found = Vec::new();
        let mut parents = vec![pid];
        while let Some(parent) = parents.pop() {
            for (child, start, visit) in by_parent.remove(&parent).unwrap_or_default() {
                if child == pid || start < own_start {
                    continue;
                }
                match visit.create_time() {
                    Ok(created) => found.push((child, start, created)),
                    Err(error) if error.is_no_such_process() || error.is_zombie_process() => continue,
                    Err(error) => return Err(error),
                }
                if recursive {
                    parents.push(child);
                }
            }
        }
        Ok(found)
    })
}
