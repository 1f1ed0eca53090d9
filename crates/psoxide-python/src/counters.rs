//! What psutil makes of the counters of disks and network interfaces: sums over all of them, and a look at whether one
//! went back. What a counter lost when it wrapped is remembered by the Python package.

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple, PyType};

use crate::records::instance;

/// The sums of the counters of all devices, as a tuple of the class that theirs are of.
#[pyfunction]
pub(crate) fn total<'py>(devices: &Bound<'py, PyDict>) -> PyResult<Option<Bound<'py, PyAny>>> {
    let mut sums: Vec<Bound<'py, PyAny>> = Vec::new();
    let mut class: Option<Bound<'py, PyType>> = None;
    for (_, counters) in devices.iter() {
        let counters = counters.cast_into::<PyTuple>()?;
        if class.is_none() {
            class = Some(counters.get_type());
            sums.extend(counters.iter());
            continue;
        }
        for (sum, counter) in sums.iter_mut().zip(&counters) {
            *sum = sum.add(counter)?;
        }
    }
    class.map(|class| instance(&class, sums)).transpose()
}

/// Whether the devices are those of a reading before, with `count` counters in all, of which none went back.
#[pyfunction]
pub(crate) fn went_on(before: &Bound<'_, PyDict>, now: &Bound<'_, PyDict>, count: usize) -> PyResult<bool> {
    let mut counted = 0;
    for (device, counters) in now.iter() {
        let Some(former) = before.get_item(device)? else {
            return Ok(false);
        };
        let (Ok(counters), Ok(former)) = (counters.cast::<PyTuple>(), former.cast::<PyTuple>()) else {
            return Ok(false);
        };
        counted += counters.len();
        for (new, old) in counters.iter().zip(former) {
            if new.lt(old)? {
                return Ok(false);
            }
        }
    }
    Ok(counted == count && before.len() == now.len())
}
