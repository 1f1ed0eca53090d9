//! Which process is whose child.

use std::collections::HashMap;

use psoxide::Oneshot;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::procfs::Procfs;
use crate::system::ask;

/// The number of each process with that of its parent.
#[pyfunction]
pub(crate) fn ppid_map(py: Python<'_>, procfs: Procfs) -> PyResult<Bound<'_, PyDict>> {
    let parents = ask(py, || {
        let mut parents = Vec::new();
        for visit in procfs.root().processes()? {
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

/// The children of a process as number, start and creation time; with `recursive`, all its descendants. What started
/// before the process itself is not its child: the number was used again.
#[pyfunction]
pub(crate) fn children(
    py: Python<'_>,
    procfs: Procfs,
    pid: u32,
    recursive: bool,
) -> PyResult<Vec<(u32, Option<u64>, f64)>> {
    ask(py, || {
        let mut own_start = None;
        let mut by_parent: HashMap<u32, Vec<(u32, Option<u64>, Oneshot)>> = HashMap::new();
        for visit in procfs.root().processes()? {
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
