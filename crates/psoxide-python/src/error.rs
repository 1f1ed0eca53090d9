//! The one map from errors of the library to exceptions of Python.

use psoxide::{Error, ErrorKind};
use pyo3::exceptions::{PyNotImplementedError, PyOSError, PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;

/// The process that a call was about, as far as the caller knows it.
pub(crate) struct About<'py> {
    pub(crate) pid: u32,
    pub(crate) name: Option<Bound<'py, PyAny>>,
}

/// The exception for an error of a call about the machine.
pub(crate) fn system_error(py: Python<'_>, error: &Error) -> PyErr {
    exception(py, error, None)
}

/// The exception for an error of a call about one process.
pub(crate) fn process_error(py: Python<'_>, error: &Error, about: About<'_>) -> PyErr {
    exception(py, error, Some(about))
}

fn exception(py: Python<'_>, error: &Error, about: Option<About<'_>>) -> PyErr {
    let kind = error.kind();
    let about = about.or_else(|| error.pid().map(|pid| About { pid, name: None }));
    let class = match (kind, &about) {
        (ErrorKind::NoSuchProcess, Some(_)) => "NoSuchProcess",
        (ErrorKind::ZombieProcess, Some(_)) => "ZombieProcess",
        (ErrorKind::AccessDenied, Some(_)) => "AccessDenied",
        _ => return plain(py, error),
    };
    let About { pid, name } = about.unwrap_or(About { pid: 0, name: None });
    let made = classes(py)
        .and_then(|module| module.getattr(class))
        .and_then(|class| class.call1((pid, name)));
    match made {
        Ok(instance) => {
            let exception = PyErr::from_value(instance);
            if error.raw_os_error().is_some() {
                exception.set_cause(py, Some(plain(py, error)));
            }
            exception
        }
        Err(failure) => failure,
    }
}

/// The exception of Python's own that fits the error.
fn plain(py: Python<'_>, error: &Error) -> PyErr {
    if error.kind() == ErrorKind::InvalidInput {
        return PyValueError::new_err(error.what().to_owned());
    }
    if let Some(number) = error.raw_os_error() {
        // OSError picks its subclass by the number.
        let text = std::io::Error::from_raw_os_error(number).to_string();
        let text = text.split(" (os error").next().unwrap_or_default().to_owned();
        // What was read, if that is a file; a call has no file name.
        let file = error.what().starts_with('/').then(|| error.what().to_owned());
        return os_error(py, number, text, file).unwrap_or_else(|failure| failure);
    }
    let text = error.to_string();
    match error.kind() {
        ErrorKind::Unsupported | ErrorKind::ForeignRoot => PyNotImplementedError::new_err(text),
        ErrorKind::InvalidData => PyRuntimeError::new_err(text),
        _ => PyOSError::new_err(text),
    }
}

/// The `OSError` of a number of the system's: on Windows those are not the numbers of C, and Python translates.
fn os_error(py: Python<'_>, number: i32, text: String, file: Option<String>) -> PyResult<PyErr> {
    let made = classes(py)?.call_method1("os_error", (number, text, file))?;
    Ok(PyErr::from_value(made))
}

pub(crate) fn classes(py: Python<'_>) -> PyResult<&Bound<'_, PyAny>> {
    static MODULE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    MODULE
        .get_or_try_init(py, || Ok(py.import("psoxide._common")?.into_any().unbind()))
        .map(|module| module.bind(py))
}
