//! Records to psutil's named tuples: which fields they have on this system, and what stands for a missing value.
//!
//! The classes are made by the Python module `_ntuples` from [`fields`], each when it is first needed.

use std::slice;
use std::sync::{OnceLock, PoisonError, RwLock};

use psoxide::catalog::{PLATFORM, has_field, records};
use psoxide::model::process::Resource;
use psoxide::schema::{Field, Shape, Told, Type, Typed, Value};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyFloat, PyTuple, PyType};

use crate::ffi::Filling;
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

/// A record's named tuple. They make a list that only grows, as the classes stay for the whole program: walking it needs no
/// lock.
struct Tuple {
    /// The record's name.
    name: &'static str,
    class: Py<PyType>,
    /// What is done with each field.
    members: Box<[Member]>,
    /// How many of them the tuple has.
    length: usize,
    next: OnceLock<Box<Tuple>>,
}

static FIRST: OnceLock<Box<Tuple>> = OnceLock::new();

impl Tuple {
    fn of(py: Python<'_>, shape: &Shape) -> PyResult<&'static Tuple> {
        let mut place = &FIRST;
        while let Some(tuple) = place.get() {
            // A name has few addresses; it is looked for by its address, which is quicker to compare.
            if std::ptr::eq(tuple.name, shape.name) {
                return Ok(tuple);
            }
            place = &tuple.next;
        }
        // Python code runs here: where another thread was faster, with this record or another, its tuple is walked past.
        let _ = place.set(Box::new(Tuple::new(py, shape)?));
        Tuple::of(py, shape)
    }

    fn new(py: Python<'_>, shape: &Shape) -> PyResult<Tuple> {
        let class = py.import("psoxide._ntuples")?.getattr(shape.name)?;
        let members = members(shape);
        let left_out = |member: &&Member| matches!(member, Member::LeftOut);
        Ok(Tuple {
            name: shape.name,
            class: class.cast_into::<PyType>()?.unbind(),
            length: members.len() - members.iter().filter(left_out).count(),
            members,
            next: OnceLock::new(),
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
    let tuple = Tuple::of(py, shape)?;
    let told = told(py, &tuple.members, values);
    filled(tuple.class.bind(py), tuple.length, told)
}

/// The named tuple of an answer of that shape, without a list of its values between the two.
pub(crate) fn of_answer<'py>(
    py: Python<'py>,
    shape: &'static Shape,
    answer: &impl Typed,
) -> PyResult<Bound<'py, PyAny>> {
    let tuple = Tuple::of(py, shape)?;
    let Some(filling) = Filling::new(tuple.class.bind(py), tuple.length) else {
        return value::object(py, answer.value());
    };
    let mut fields = Fields {
        py,
        members: tuple.members.iter(),
        filling: filling?,
        failed: None,
    };
    answer.each_part(&mut fields);
    match fields.failed {
        None => fields.filling.finish(),
        Some(error) => Err(error),
    }
}

/// Puts the fields of a record into its named tuple.
struct Fields<'a, 'py> {
    py: Python<'py>,
    members: slice::Iter<'a, Member>,
    filling: Filling<'py>,
    failed: Option<PyErr>,
}

impl Told for Fields<'_, '_> {
    #[inline]
    fn part<T: Typed>(&mut self, value: &T) {
        let Some(member) = self.members.next() else {
            return;
        };
        if matches!(member, Member::LeftOut) || self.failed.is_some() {
            return;
        }
        let value = member.value(value.value());
        let put = match value {
            Value::U64(number) => {
                value::whole(self.py, number).and_then(|number| self.filling.push_plain(number))
            }
            Value::F64(number) => self.filling.push_plain(PyFloat::new(self.py, number).into_any()),
            value => {
                let member = value::object(self.py, value);
                self.failed = member.and_then(|member| self.filling.push(member)).err();
                return;
            }
        };
        value::forget_number(value);
        self.failed = put.err();
    }
}

/// The members of a record's named tuple, without the tuple.
pub(crate) fn nameless<'py>(
    py: Python<'py>,
    shape: &'static Shape,
    values: Vec<Value>,
) -> PyResult<Bound<'py, PyTuple>> {
    let members: PyResult<Vec<_>> = told(py, &members(shape), values).collect();
    PyTuple::new(py, members?)
}

fn told<'py>(
    py: Python<'py>,
    members: &[Member],
    values: Vec<Value>,
) -> impl Iterator<Item = PyResult<Bound<'py, PyAny>>> {
    values
        .into_iter()
        .zip(members)
        .filter(|(_, member)| !matches!(member, Member::LeftOut))
        .map(move |(value, member)| value::object(py, member.value(value)))
}

impl Member {
    /// What the tuple has for a value of the field.
    #[inline]
    fn value(self, told: Value) -> Value {
        if !matches!(told, Value::Null) {
            return told;
        }
        match self {
            Member::Number => Value::U64(0),
            Member::Fraction => Value::F64(0.0),
            Member::Descriptor => Value::I64(-1),
            Member::LeftOut | Member::AsTold => Value::Null,
        }
    }
}

/// An instance of a class that is a tuple: what the class's own `__new__` of Python code ends in.
pub(crate) fn instance<'py>(
    class: &Bound<'py, PyType>,
    members: impl IntoIterator<Item = Bound<'py, PyAny>, IntoIter: ExactSizeIterator>,
) -> PyResult<Bound<'py, PyAny>> {
    let members = members.into_iter();
    filled(class, members.len(), members.map(Ok))
}

fn filled<'py>(
    class: &Bound<'py, PyType>,
    length: usize,
    members: impl Iterator<Item = PyResult<Bound<'py, PyAny>>>,
) -> PyResult<Bound<'py, PyAny>> {
    static NEW: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    if let Some(filling) = Filling::new(class, length) {
        let mut filling = filling?;
        for member in members {
            filling.push(member?)?;
        }
        return filling.finish();
    }
    let py = class.py();
    let members: PyResult<Vec<_>> = members.collect();
    let new = NEW.get_or_try_init(py, || {
        py.get_type::<PyTuple>().getattr("__new__").map(Bound::unbind)
    })?;
    new.bind(py).call1((class, PyTuple::new(py, members?)?))
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
pub(crate) fn class<'py>(py: Python<'py>, name: &'static str) -> PyResult<Bound<'py, PyType>> {
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
