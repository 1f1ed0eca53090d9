//! Making an instance of a class that is a tuple, for which the safe way is a call of `tuple.__new__` as Python code makes
//! it: that makes two tuples more, packs the arguments and looks up what is known here, and takes five times as long. Named
//! tuples are most of what a table of processes is made of.
#![allow(unsafe_code)]

use std::ffi::c_ulong;

use pyo3::exceptions::PySystemError;
use pyo3::ffi::{
    Py_TPFLAGS_HAVE_GC, Py_TPFLAGS_TUPLE_SUBCLASS, Py_ssize_t, PyObject_GC_Track, PyObject_GC_UnTrack,
    PyTuple_SetItem, PyType_GenericAlloc, PyType_GetFlags,
};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyTuple, PyType};

/// An instance of the class with this number of members; the members come back where that must be made in the safe way: the
/// class is none of tuples, or what is made here is not what the interpreter makes.
pub(crate) fn tuple_instance<'py, Members>(
    class: &Bound<'py, PyType>,
    length: usize,
    members: Members,
) -> Result<PyResult<Bound<'py, PyAny>>, Members>
where
    Members: Iterator<Item = PyResult<Bound<'py, PyAny>>>,
{
    static AS_ITSELF: PyOnceLock<bool> = PyOnceLock::new();
    let py = class.py();
    let as_itself = *AS_ITSELF.get_or_init(py, || is_as_the_interpreters(py).unwrap_or(false));
    match as_itself && has_flag(class, Py_TPFLAGS_TUPLE_SUBCLASS) {
        true => Ok(filled(class, length, members)),
        false => Err(members),
    }
}

/// Whether the class has a flag. To ask so whether its instances are tuples takes a tenth of asking whose subclass it is.
fn has_flag(class: &Bound<'_, PyType>, flag: c_ulong) -> bool {
    // SAFETY: the class is a type that is alive, and its flags are only read.
    unsafe { PyType_GetFlags(class.as_type_ptr()) & flag != 0 }
}

/// Python 3.14 keeps a tuple's hash in it, which only its own way of making one prepares.
fn is_as_the_interpreters(py: Python<'_>) -> PyResult<bool> {
    let own = PyTuple::new(py, [1, 2])?;
    let made = filled(&py.get_type::<PyTuple>(), own.len(), own.iter().map(Ok))?;
    Ok(made.hash()? == own.hash()? && made.eq(&own)? && made.len()? == 2)
}

/// `class` is `tuple` or a class that derives from it.
fn filled<'py>(
    class: &Bound<'py, PyType>,
    length: usize,
    members: impl Iterator<Item = PyResult<Bound<'py, PyAny>>>,
) -> PyResult<Bound<'py, PyAny>> {
    // SAFETY: the class is a type whose instances have room for a number of members, as those of `tuple` do, and the
    // interpreter's lock is held, which the class proves.
    let made = unsafe { PyType_GenericAlloc(class.as_type_ptr(), Py_ssize_t::try_from(length)?) };
    // SAFETY: such a call gives a new object that is ours, or null with an exception set.
    let made = unsafe { Bound::from_owned_ptr_or_err(class.py(), made) }?;
    // Making a member may run the garbage collector and with it Python code, which must not find a tuple with holes.
    // SAFETY: every tuple is an object of the collector's, and this one is alive.
    unsafe { PyObject_GC_UnTrack(made.as_ptr().cast()) };
    let mut place = 0;
    let mut may_refer_back = false;
    for member in members {
        let member = member?;
        may_refer_back |= has_flag(&member.get_type(), Py_TPFLAGS_HAVE_GC);
        // SAFETY: it is a tuple that nobody else has yet, and the call takes the member over, whatever it answers; a place
        // that there is not it refuses.
        if unsafe { PyTuple_SetItem(made.as_ptr(), place, member.into_ptr()) } != 0 {
            return Err(PyErr::fetch(class.py()));
        }
        place += 1;
    }
    if usize::try_from(place) != Ok(length) {
        return Err(PySystemError::new_err("a tuple with holes"));
    }
    // Numbers and texts refer to nothing, and named tuples have no attributes but their members: one of numbers and texts is in no
    // ring of references. The interpreter's collector takes such plain tuples out, too, once it has looked at them.
    if may_refer_back {
        // SAFETY: it is alive, was taken from the collector above, and has all its members.
        unsafe { PyObject_GC_Track(made.as_ptr().cast()) };
    }
    Ok(made)
}
