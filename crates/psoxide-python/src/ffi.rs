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

/// Whether the class has a flag. To ask so whether its instances are tuples takes a tenth of asking whose subclass it is.
fn has_flag(class: &Bound<'_, PyType>, flag: c_ulong) -> bool {
    // SAFETY: the class is a type that is alive, and its flags are only read.
    unsafe { PyType_GetFlags(class.as_type_ptr()) & flag != 0 }
}

/// Python 3.14 keeps a tuple's hash in it, which only its own way of making one prepares.
fn is_as_the_interpreters(py: Python<'_>) -> PyResult<bool> {
    let own = PyTuple::new(py, [1, 2])?;
    let mut filling = Filling::of_tuples(&py.get_type::<PyTuple>(), own.len())?;
    for member in &own {
        filling.push(member)?;
    }
    let made = filling.finish()?;
    Ok(made.hash()? == own.hash()? && made.eq(&own)? && made.len()? == 2)
}

/// A tuple that has some of its members.
pub(crate) struct Filling<'py> {
    tuple: Bound<'py, PyAny>,
    length: Py_ssize_t,
    place: Py_ssize_t,
    may_refer_back: bool,
}

impl<'py> Filling<'py> {
    /// An instance of the class, which will have this number of members; `None` where it must be made in the safe way: the
    /// class is none of tuples, or what is made here is not what the interpreter makes.
    pub(crate) fn new(class: &Bound<'py, PyType>, length: usize) -> Option<PyResult<Filling<'py>>> {
        static AS_ITSELF: PyOnceLock<bool> = PyOnceLock::new();
        let py = class.py();
        let as_itself = *AS_ITSELF.get_or_init(py, || is_as_the_interpreters(py).unwrap_or(false));
        (as_itself && has_flag(class, Py_TPFLAGS_TUPLE_SUBCLASS)).then(|| Filling::of_tuples(class, length))
    }

    /// `class` is `tuple` or a class that derives from it.
    fn of_tuples(class: &Bound<'py, PyType>, length: usize) -> PyResult<Filling<'py>> {
        let length = Py_ssize_t::try_from(length)?;
        // SAFETY: the class is a type whose instances have room for a number of members, as those of `tuple` do, and the
        // interpreter's lock is held, which the class proves.
        let made = unsafe { PyType_GenericAlloc(class.as_type_ptr(), length) };
        // SAFETY: such a call gives a new object that is ours, or null with an exception set.
        let tuple = unsafe { Bound::from_owned_ptr_or_err(class.py(), made) }?;
        // Making a member may run the garbage collector and with it Python code, which must not find a tuple with holes.
        // SAFETY: every tuple is an object of the collector's, and this one is alive.
        unsafe { PyObject_GC_UnTrack(tuple.as_ptr().cast()) };
        Ok(Filling {
            tuple,
            length,
            place: 0,
            may_refer_back: false,
        })
    }

    /// The next member.
    pub(crate) fn push(&mut self, member: Bound<'py, PyAny>) -> PyResult<()> {
        self.may_refer_back |= has_flag(&member.get_type(), Py_TPFLAGS_HAVE_GC);
        self.push_plain(member)
    }

    /// The next member, which is a number or a text.
    #[inline]
    pub(crate) fn push_plain(&mut self, member: Bound<'py, PyAny>) -> PyResult<()> {
        // SAFETY: it is a tuple that nobody else has yet, and the call takes the member over, whatever it answers; a place
        // that there is not it refuses.
        if unsafe { PyTuple_SetItem(self.tuple.as_ptr(), self.place, member.into_ptr()) } != 0 {
            return Err(PyErr::fetch(self.tuple.py()));
        }
        self.place += 1;
        Ok(())
    }

    /// The tuple with all its members.
    pub(crate) fn finish(self) -> PyResult<Bound<'py, PyAny>> {
        if self.place != self.length {
            return Err(PySystemError::new_err("a tuple with holes"));
        }
        // Numbers and texts refer to nothing, and named tuples have no attributes but their members: one of numbers and texts is in
        // no ring of references. The interpreter's collector takes such plain tuples out, too, once it has looked at them.
        if self.may_refer_back {
            // SAFETY: it is alive, was taken from the collector when it was made, and has all its members.
            unsafe { PyObject_GC_Track(self.tuple.as_ptr().cast()) };
        }
        Ok(self.tuple)
    }
}
