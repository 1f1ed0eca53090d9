//! Services of the system, and the names of the questions that the system answers.

use psoxide::catalog::{PLATFORM, PROBES};
use psoxide::model::services::Service;
use psoxide::schema::{Typed, Value};
use psoxide::{Error, ErrorKind};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::error::{classes, system_error};
use crate::value::{object, text};

/// The names of the questions about the machine that this system answers.
#[pyfunction]
pub(crate) fn probes() -> Vec<&'static str> {
    PROBES
        .iter()
        .filter(|probe| probe.on.contains(PLATFORM))
        .map(|probe| probe.name)
        .collect()
}

/// All services, a dictionary each.
#[pyfunction]
pub(crate) fn services(py: Python<'_>) -> PyResult<Vec<Bound<'_, PyDict>>> {
    let found = py
        .detach(psoxide::services)
        .map_err(|error| system_error(py, &error))?;
    found.iter().map(|service| dictionary(py, service)).collect()
}

/// The service of this name, as a dictionary.
#[pyfunction]
pub(crate) fn service<'py>(py: Python<'py>, name: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyDict>> {
    // A name with half of a surrogate pair is no service's.
    let wanted: String = name.extract().unwrap_or_else(|_| name.to_string());
    let found = py
        .detach(|| psoxide::service(&wanted))
        .map_err(|error| exception(py, &error, name))?;
    dictionary(py, &found)
}

fn dictionary<'py>(py: Python<'py>, service: &Service) -> PyResult<Bound<'py, PyDict>> {
    let map = PyDict::new(py);
    if let Value::Record(shape, values) = service.value() {
        for (field, value) in shape.fields.iter().zip(values) {
            map.set_item(text(py, field.name.as_bytes())?, object(py, value)?)?;
        }
    }
    Ok(map)
}

/// psutil has its exceptions of processes for services, too, with a name and no number.
fn exception(py: Python<'_>, error: &Error, name: &Bound<'_, PyAny>) -> PyErr {
    let told = |class: &str, message: String| {
        let made = classes(py)?.getattr(class)?.call1((py.None(), name, message))?;
        Ok(PyErr::from_value(made))
    };
    let made = match error.kind() {
        ErrorKind::NotFound | ErrorKind::NoSuchProcess | ErrorKind::InvalidInput => told(
            "NoSuchProcess",
            format!("service {} does not exist", quoted(name)),
        ),
        ErrorKind::AccessDenied => told(
            "AccessDenied",
            format!("service {} is not querable (not enough privileges)", quoted(name)),
        ),
        _ => Ok(system_error(py, error)),
    };
    made.unwrap_or_else(|failure: PyErr| failure)
}

fn quoted(name: &Bound<'_, PyAny>) -> String {
    name.repr().map(|text| text.to_string()).unwrap_or_default()
}
