//! Where a call is told that processes' files are, psutil's `PROCFS_PATH`; `None` where processes have none.

use std::path::PathBuf;
use std::sync::{PoisonError, RwLock};

use psoxide::Root;
use pyo3::Borrowed;
use pyo3::prelude::*;

/// The running system, with its processes' files where the caller says.
pub(crate) struct Procfs(Root);

/// What the last call was told. Nearly every call is told the same object, and a text never changes.
static LAST: RwLock<Option<(Py<PyAny>, Root)>> = RwLock::new(None);

impl Procfs {
    pub(crate) fn root(&self) -> &Root {
        &self.0
    }

    pub(crate) fn into_root(self) -> Root {
        self.0
    }
}

impl<'py> FromPyObject<'_, 'py> for Procfs {
    type Error = PyErr;

    fn extract(told: Borrowed<'_, 'py, PyAny>) -> PyResult<Procfs> {
        {
            let last = LAST.read().unwrap_or_else(PoisonError::into_inner);
            if let Some((known, root)) = &*last
                && known.is(&*told)
            {
                return Ok(Procfs(root.clone()));
            }
        }
        let here = Root::default();
        if told.is_none() {
            // A system whose processes have no files.
            return Ok(Procfs(here));
        }
        let path: PathBuf = told.extract()?;
        let root = if here.proc() == path {
            here
        } else {
            here.with_proc(path)
        };
        if told.is_exact_instance_of::<pyo3::types::PyString>() {
            let before = LAST
                .write()
                .unwrap_or_else(PoisonError::into_inner)
                .replace((told.to_owned().unbind(), root.clone()));
            // Its end may run what the caller wrote: without the lock.
            drop(before);
        }
        Ok(Procfs(root))
    }
}
