//! Making an instance of a class that is a tuple, for which the safe way is a call of `tuple.__new__` as Python code makes
//! it: that packs the arguments twice and looks up what is known here, and takes three times as long. Named tuples are
//! most of what a table of processes is made of.
#![allow(unsafe_code)]

use pyo3::ffi::{Py_tp_new, PyType_GetSlot, newfunc};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyTuple, PyType};

/// `None` where the interpreter does not tell how its own types are made (Python 3.9), or the class is no tuple.
pub(crate) fn tuple_instance<'py>(
    class: &Bound<'py, PyType>,
    members: &Bound<'py, PyTuple>,
) -> Option<PyResult<Bound<'py, PyAny>>> {
    let py = class.py();
    let new = (*NEW.get_or_init(py, || maker_of_tuples(py)))?;
    if !class.is_subclass_of::<PyTuple>().unwrap_or(false) {
        return None;
    }
    let arguments = match PyTuple::new(py, [members]) {
        Ok(arguments) => arguments,
        Err(error) => return Some(Err(error)),
    };
    // SAFETY: `new` is what the interpreter itself calls to make a tuple; the class is one of tuples, the arguments are a
    // tuple, there are none by name, and the interpreter's lock is held, which `py` proves.
    let made = unsafe { new(class.as_type_ptr(), arguments.as_ptr(), std::ptr::null_mut()) };
    // SAFETY: such a call gives a new object that is ours, or null with an exception set.
    Some(unsafe { Bound::from_owned_ptr_or_err(py, made) })
}

static NEW: PyOnceLock<Option<newfunc>> = PyOnceLock::new();

fn maker_of_tuples(py: Python<'_>) -> Option<newfunc> {
    let tuple = py.get_type::<PyTuple>();
    // SAFETY: it takes a type, which `tuple` is, and the number of a slot.
    let slot = unsafe { PyType_GetSlot(tuple.as_type_ptr(), Py_tp_new) };
    if slot.is_null() {
        drop(PyErr::take(py));
        return None;
    }
    // SAFETY: what stands in this slot, if it is not null, is a function of this type.
    Some(unsafe { std::mem::transmute::<*mut std::ffi::c_void, newfunc>(slot) })
}
