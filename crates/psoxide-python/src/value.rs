//! Answers of the library to objects of Python.

use std::mem;

use psoxide::Text;
use psoxide::schema::{Told, Type, Typed, Value};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBytes, PyDict, PyFloat, PyList, PyString};

use crate::records;

/// An answer of any type: numbers, text, lists, maps as dictionaries, records as named tuples.
pub(crate) fn to_python<'py>(py: Python<'py>, answer: &impl Typed) -> PyResult<Bound<'py, PyAny>> {
    match type_of(answer) {
        Type::Record(shape) => records::of_answer(py, shape, answer),
        Type::List(_) => list(py, answer),
        _ => object(py, answer.value()),
    }
}

fn type_of<T: Typed>(_: &T) -> Type {
    T::TYPE
}

/// The items of an answer that is a list.
fn list<'py>(py: Python<'py>, answer: &impl Typed) -> PyResult<Bound<'py, PyAny>> {
    let mut items = Items {
        list: PyList::empty(py),
        failed: None,
    };
    answer.each_part(&mut items);
    match items.failed {
        None => Ok(items.list.into_any()),
        Some(error) => Err(error),
    }
}

/// Makes a list of what it is told.
struct Items<'py> {
    list: Bound<'py, PyList>,
    failed: Option<PyErr>,
}

impl Told for Items<'_> {
    fn part<T: Typed>(&mut self, value: &T) {
        if self.failed.is_none() {
            let item = to_python(self.list.py(), value);
            self.failed = item.and_then(|item| self.list.append(item)).err();
        }
    }
}

/// A whole number.
#[inline]
pub(crate) fn whole(py: Python<'_>, number: u64) -> PyResult<Bound<'_, PyAny>> {
    Ok(number.into_pyobject(py)?.into_any())
}

/// Most values are numbers, of which a table has thousands: they are made where they are needed.
#[inline]
pub(crate) fn object(py: Python<'_>, value: Value) -> PyResult<Bound<'_, PyAny>> {
    let made = match value {
        Value::U64(number) => whole(py, number),
        Value::F64(number) => Ok(PyFloat::new(py, number).into_any()),
        value => return of_any_type(py, value),
    };
    forget_number(value);
    made
}

/// A number has nothing to drop; the compiler, which does not see that, would call for it.
#[inline]
pub(crate) fn forget_number(value: Value) {
    mem::forget(value);
}

fn of_any_type(py: Python<'_>, value: Value) -> PyResult<Bound<'_, PyAny>> {
    Ok(match value {
        Value::Null => py.None().into_bound(py),
        Value::Bool(flag) => flag.into_pyobject(py)?.to_owned().into_any(),
        Value::U64(number) => whole(py, number)?,
        Value::I64(number) => number.into_pyobject(py)?.into_any(),
        Value::F64(number) => PyFloat::new(py, number).into_any(),
        Value::Text(bytes) => text(py, &bytes)?,
        Value::List(values) => {
            let list = PyList::empty(py);
            for value in values {
                list.append(object(py, value)?)?;
            }
            list.into_any()
        }
        Value::Map(entries) => {
            let map = PyDict::new(py);
            for (key, value) in entries {
                map.set_item(text(py, &key)?, object(py, value)?)?;
            }
            map.into_any()
        }
        Value::Record(shape, values) => records::record(py, shape, values)?,
    })
}

/// Text as Python keeps what comes from the system: undecodable bytes as lone surrogates, from which `os.fsencode`
/// makes the same bytes again.
pub(crate) fn text<'py>(py: Python<'py>, bytes: &[u8]) -> PyResult<Bound<'py, PyAny>> {
    match std::str::from_utf8(bytes) {
        Ok(text) if text.is_ascii() || is_utf8(py)? => Ok(PyString::new(py, text).into_any()),
        _ => {
            let decode = py.import("os")?.getattr("fsdecode")?;
            decode.call1((PyBytes::new(py, bytes),))
        }
    }
}

/// A list of texts.
pub(crate) fn texts<'py>(py: Python<'py>, texts: &[Text]) -> PyResult<Bound<'py, PyAny>> {
    let list = PyList::empty(py);
    for bytes in texts {
        list.append(text(py, bytes)?)?;
    }
    Ok(list.into_any())
}

/// A dictionary from text to text.
pub(crate) fn dictionary<'py>(py: Python<'py>, entries: &[(Text, Text)]) -> PyResult<Bound<'py, PyAny>> {
    let map = PyDict::new(py);
    for (key, value) in entries {
        map.set_item(text(py, key)?, text(py, value)?)?;
    }
    Ok(map.into_any())
}

/// Whether Python's encoding of the file system is UTF-8, as it nearly always is.
fn is_utf8(py: Python<'_>) -> PyResult<bool> {
    static UTF8: PyOnceLock<bool> = PyOnceLock::new();
    UTF8.get_or_try_init(py, || {
        let name = py.import("sys")?.call_method0("getfilesystemencoding")?;
        Ok(name.extract::<String>()?.eq_ignore_ascii_case("utf-8"))
    })
    .copied()
}
