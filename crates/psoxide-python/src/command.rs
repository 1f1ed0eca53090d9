//! The command `psoxide` for those who have installed the Python package.

use std::ffi::OsString;

use pyo3::prelude::*;

/// Runs a command line, the program's name first, and gives its exit status.
#[pyfunction]
pub(crate) fn command(py: Python<'_>, arguments: Vec<OsString>) -> u8 {
    py.detach(|| psoxide_cli::run(arguments))
}
