//! Records to psutil's named tuples: which fields they have on this system, and what stands for a missing value.
//!
//! The classes are made by the Python module `_ntuples` from [`fields`], each when it is first needed.

use std::sync::{PoisonError, RwLock};

use psoxide::catalog::{PLATFORM, has_field, records};
use psoxide::model::process::Resource;
use psoxide::schema::{Field, Shape, Type, Value};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyTuple, PyType};

use crate::ffi::tuple_instance;
use crate::value;

/// Tuples in which a missing number is `None`; in the others it is 0, as psutil has it.
const KEEP_NONE: [&str; 5] = ["shwtemp", "svmem", "sswap", "sbattery", "sdiskiorates"];

/// What is done with a field of a record.
#[derive(Clone, Copy)]
enum Member {
    /// The tuple does not have it on this system.
    LeftOut,
    /// It is what was answered.
    AsTold,
    /// It is 0 if it was not told.
    Number,
    /// It is 0.0 if it was not told.
    Fraction,
    /// It is -1 if it was not told.
    Descriptor,
}

/// A record's named tuple: the class, and what is done with each field.
struct Tuple {
    class: Py<PyType>,
    members: Box<[Member]>,
}

impl Tuple {
    fn of(py: Python<'_>, shape: &Shape) -> PyResult<Tuple> {
        let class = py.import("psoxide._ntuples")?.getattr(shape.name)?;
        Ok(Tuple {
            class: class.cast_into::<PyType>()?.unbind(),
            members: members(shape),
        })
    }
}

fn members(shape: &Shape) -> Box<[Member]> {
    let keeps_none = KEEP_NONE.contains(&shape.name);
    let member = |field: &Field| match field.ty {
        _ if !has_field(shape, field, PLATFORM) => Member::LeftOut,
        _ if keeps_none => Member::AsTold,
        // The kernel would tell it, and does not.
        Type::Option(Type::U64) if shape.name == "scpustats" && field.on.contains(PLATFORM) => Member::AsTold,
        Type::Option(_) if field.name == "fd" => Member::Descriptor,
        Type::Option(Type::U64 | Type::I64) => Member::Number,
        Type::Option(Type::F64) => Member::Fraction,
        _ => Member::AsTold,
    };
    shape.fields.iter().map(member).collect()
}

/// The named tuple of a record.
pub(crate) fn record<'py>(
    py: Python<'py>,
    shape: &'static Shape,
    values: Vec<Value>,
) -> PyResult<Bound<'py, PyAny>> {
    // They stay for the whole program, as the classes do.
    static TUPLES: RwLock<Vec<(&'static str, &'static Tuple)>> = RwLock::new(Vec::new());
    // A name has few addresses; it is looked for by its address, which is quicker to compare.
    let known = || {
        let known = TUPLES.read().unwrap_or_else(PoisonError::into_inner);
        let found = known.iter().find(|(name, _)| std::ptr::eq(*name, shape.name))?;
        Some(found.1)
    };
    let tuple = match known() {
        Some(tuple) => tuple,
        None => {
            // Python code runs here: no lock is held meanwhile.
            let tuple: &'static Tuple = Box::leak(Box::new(Tuple::of(py, shape)?));
            let mut known = TUPLES.write().unwrap_or_else(PoisonError::into_inner);
            known.push((shape.name, tuple));
            tuple
        }
    };
    let members = told(py, &tuple.members, values)?;
    instance(tuple.class.bind(py), members)
}

/// The members of a record's named tuple, without the tuple.
pub(crate) fn nameless<'py>(
    py: Python<'py>,
    shape: &'static Shape,
    values: Vec<Value>,
) -> PyResult<Bound<'py, PyTuple>> {
    PyTuple::new(py, told(py, &members(shape), values)?)
}

fn told<'py>(py: Python<'py>, members: &[Member], values: Vec<Value>) -> PyResult<Vec<Bound<'py, PyAny>>> {
    let object = |(answer, member): (Value, &Member)| match (member, answer) {
        (Member::LeftOut, _) => None,
        (Member::Number, Value::Null) => Some(value::object(py, Value::U64(0))),
        (Member::Fraction, Value::Null) => Some(value::object(py, Value::F64(0.0))),
        (Member::Descriptor, Value::Null) => Some(value::object(py, Value::I64(-1))),
        (_, answer) => Some(value::object(py, answer)),
    };
    // In this order the compiler takes the room of the values for the objects.
    values.into_iter().zip(members).filter_map(object).collect()
}

/// An instance of a class that is a tuple: what the class's own `__new__` of Python code ends in.
pub(crate) fn instance<'py>(
    class: &Bound<'py, PyType>,
    members: Vec<Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    static NEW: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let members = match tuple_instance(class, members) {
        Ok(made) => return made,
        Err(members) => members,
    };
    let py = class.py();
    let new = NEW.get_or_try_init(py, || {
        py.get_type::<PyTuple>().getattr("__new__").map(Bound::unbind)
    })?;
    new.bind(py).call1((class, PyTuple::new(py, members)?))
}

/// An instance of the named tuple `name`.
pub(crate) fn named<'py>(
    py: Python<'py>,
    name: &'static str,
    members: Vec<Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    instance(&class(py, name)?, members)
}

/// The class of that name in the Python module `_ntuples`.
fn class<'py>(py: Python<'py>, name: &'static str) -> PyResult<Bound<'py, PyType>> {
    static CLASSES: RwLock<Vec<(&'static str, Py<PyType>)>> = RwLock::new(Vec::new());
    {
        let known = CLASSES.read().unwrap_or_else(PoisonError::into_inner);
        // As above: by its address.
        if let Some((_, class)) = known.iter().find(|(known, _)| std::ptr::eq(*known, name)) {
            return Ok(class.bind(py).clone());
        }
    }
    // Python code runs here: no lock is held meanwhile.
    let class = py
        .import("psoxide._ntuples")?
        .getattr(name)?
        .cast_into::<PyType>()?;
    let mut known = CLASSES.write().unwrap_or_else(PoisonError::into_inner);
    known.push((name, class.clone().unbind()));
    Ok(class)
}

/// The names of the fields of each named tuple on this system, in psutil's order.
#[pyfunction]
pub(crate) fn fields(py: Python<'_>) -> PyResult<Bound<'_, PyDict>> {
    let tuples = PyDict::new(py);
    for record in records(PLATFORM) {
        let here = record
            .fields
            .iter()
            .filter(|field| has_field(record, field, PLATFORM));
        let names: Vec<&str> = here.map(|field| field.name).collect();
        tuples.set_item(record.name, PyTuple::new(py, names)?)?;
    }
    Ok(tuples)
}

/// The names of the resources that this system limits.
#[pyfunction]
pub(crate) fn resources() -> Vec<&'static str> {
    Resource::EACH
        .iter()
        .filter(|(_, on)| on.contains(PLATFORM))
        .map(|(resource, _)| resource.as_str())
        .collect()
}
