//! The context in which several answers of one process cost little more than one. Its two ends are most of what it costs, so
//! they stand here and not in the Python package; what they use are attributes of the package's `Process`.

use std::sync::atomic::{AtomicBool, Ordering};

use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

/// One visit to a process for a `with` block. It holds the object's lock; within another, it leaves all to that.
#[pyclass(frozen, module = "psoxide._psoxide")]
pub(crate) struct Oneshot {
    process: Py<PyAny>,
    outermost: AtomicBool,
}

#[pymethods]
impl Oneshot {
    #[new]
    fn new(process: Py<PyAny>) -> Oneshot {
        Oneshot {
            process,
            outermost: AtomicBool::new(false),
        }
    }

    fn __enter__(&self, py: Python<'_>) -> PyResult<()> {
        let process = self.process.bind(py);
        let lock = process.getattr(intern!(py, "_lock"))?;
        lock.call_method0(intern!(py, "acquire"))?;
        self.begin(process).inspect_err(|_| {
            // The error that was first is the one to tell.
            let _ = lock.call_method0(intern!(py, "release"));
        })
    }

    #[pyo3(signature = (*_raised))]
    fn __exit__(&self, py: Python<'_>, _raised: &Bound<'_, PyTuple>) -> PyResult<()> {
        let process = self.process.bind(py);
        let ended = self.end(process);
        process
            .getattr(intern!(py, "_lock"))?
            .call_method0(intern!(py, "release"))?;
        ended
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.process)
    }
}

impl Oneshot {
    fn begin(&self, process: &Bound<'_, PyAny>) -> PyResult<()> {
        let py = process.py();
        let cache = intern!(py, "_cache");
        if process.getattr(cache)?.is_none() {
            process
                .getattr(intern!(py, "_proc"))?
                .call_method0(intern!(py, "oneshot_enter"))?;
            process.setattr(cache, PyDict::new(py))?;
            self.outermost.store(true, Ordering::Relaxed);
        }
        Ok(())
    }

    fn end(&self, process: &Bound<'_, PyAny>) -> PyResult<()> {
        let py = process.py();
        if self.outermost.swap(false, Ordering::Relaxed) {
            process.setattr(intern!(py, "_cache"), py.None())?;
            process
                .getattr(intern!(py, "_proc"))?
                .call_method0(intern!(py, "oneshot_exit"))?;
        }
        Ok(())
    }
}
