//! What psutil makes of two samples of CPU times. Its rules differ from the library's: a share of less than a second of
//! CPU time is one of a whole second, and what cannot be told is 0.

use std::sync::LazyLock;

use psoxide::catalog::{PLATFORM, has_field};
use psoxide::model::cpu::CpuTimes;
use pyo3::prelude::*;
use pyo3::types::{PyFloat, PyTuple};

use crate::records::instance;

/// What a field of the times counts as.
#[derive(Clone, Copy, PartialEq)]
enum Part {
    Busy,
    /// Idle, or waiting for a disk.
    Idle,
    /// Time that another field has already.
    Counted,
}

/// What the fields of this system's tuple count as, in their order.
static PARTS: LazyLock<Box<[Part]>> = LazyLock::new(|| {
    let fields = CpuTimes::SHAPE.fields.iter();
    fields
        .filter(|field| has_field(&CpuTimes::SHAPE, field, PLATFORM))
        .map(|field| match (field.name, field.within) {
            (_, Some(_)) => Part::Counted,
            ("idle" | "iowait", None) => Part::Idle,
            _ => Part::Busy,
        })
        .collect()
});

/// What was added to each field; a counter that went back added nothing.
fn added(before: &Bound<'_, PyTuple>, after: &Bound<'_, PyTuple>) -> PyResult<Vec<f64>> {
    let mut added = Vec::with_capacity(after.len());
    for (new, old) in after.iter().zip(before) {
        added.push((new.extract::<f64>()? - old.extract::<f64>()?).max(0.0));
    }
    Ok(added)
}

/// The sum of those that count as one of `wanted`.
fn sum(added: &[f64], wanted: &[Part]) -> f64 {
    let counted = added
        .iter()
        .zip(PARTS.iter())
        .filter(|(_, part)| wanted.contains(part));
    counted.map(|(added, _)| added).sum()
}

/// How busy the CPU was between two samples, in percent.
#[pyfunction]
pub(crate) fn busy_percent(before: &Bound<'_, PyTuple>, after: &Bound<'_, PyTuple>) -> PyResult<f64> {
    let added = added(before, after)?;
    let total = sum(&added, &[Part::Busy, Part::Idle]);
    match total > 0.0 {
        true => Ok(to_tenths(sum(&added, &[Part::Busy]) / total * 100.0)),
        false => Ok(0.0),
    }
}

/// The share of each field of the time between two samples, in percent, as a tuple of the class that `after` is of.
#[pyfunction]
pub(crate) fn share_percents<'py>(
    before: &Bound<'py, PyTuple>,
    after: &Bound<'py, PyTuple>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = after.py();
    let added = added(before, after)?;
    let scale = 100.0 / sum(&added, &[Part::Busy, Part::Idle]).max(1.0);
    let shares = added.iter().map(|part| to_tenths(part * scale).clamp(0.0, 100.0));
    let shares = shares.map(|share| PyFloat::new(py, share).into_any());
    instance(&after.get_type(), shares.collect::<Vec<_>>())
}

/// The share of a process of one CPU: what it used from one of its times to the other, of the `elapsed` seconds of all of so many
/// CPUs. In no time it has none.
#[pyfunction]
pub(crate) fn process_percent(
    before: &Bound<'_, PyTuple>,
    after: &Bound<'_, PyTuple>,
    elapsed: f64,
    cpus: f64,
) -> PyResult<f64> {
    let mut used = 0.0;
    // User and system; what follows are those of its children.
    for (new, old) in after.iter().zip(before).take(2) {
        used += new.extract::<f64>()? - old.extract::<f64>()?;
    }
    match elapsed == 0.0 {
        true => Ok(0.0),
        false => Ok(to_tenths(used / elapsed * 100.0 * cpus)),
    }
}

/// The number with one decimal, as Python's `round` gives it: the nearest, and of two that are as near the even one.
fn to_tenths(number: f64) -> f64 {
    let tenths = number * 10.0;
    // So near to the middle of two the product may be on the wrong side of it; the exact digits tell.
    if (tenths - tenths.floor() - 0.5).abs() < 1e-6
        && let Ok(exact) = format!("{number:.1}").parse()
    {
        return exact;
    }
    tenths.round() / 10.0
}
