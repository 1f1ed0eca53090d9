//! What a recording tells over time: the sums of all processes at each sample, and from what only grows the growth in a
//! second. A batch of the file is a sample.

use std::collections::HashMap;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, UInt64Type};
use arrow_array::{Array, RecordBatch};
use arrow_ipc::reader::StreamReader;
use psoxide::schema::Unit;

use super::failed;
use crate::failure::Failure;
use crate::record::file::{TITLE, has_byte_order};

/// Everything that is drawn.
#[derive(Debug)]
pub(super) struct Picture {
    pub(super) title: String,
    pub(super) samples: usize,
    /// From the first sample to the last.
    pub(super) seconds: f64,
    pub(super) panels: Vec<Panel>,
    /// Why the file could not be read to its end.
    pub(super) damage: Option<String>,
}

/// What shares a vertical axis.
#[derive(Debug)]
pub(super) struct Panel {
    pub(super) title: &'static str,
    pub(super) unit: Unit,
    pub(super) lines: Vec<Line>,
}

/// Points of time in seconds and value; none where nothing is known.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) label: &'static str,
    pub(super) points: Vec<(f64, f64)>,
}

/// How a line is made of a column.
#[derive(Debug, Clone, Copy)]
enum Made {
    /// The sum over all rows.
    Sum(&'static str),
    /// How much more in a second than at the sample before, process by process.
    Growth(&'static str),
    /// How many rows there are.
    Rows,
}

/// The lines of a panel: what each is called, and how it is made.
type Lines = &'static [(&'static str, Made)];

/// The panels of a recording of processes.
const OF_PROCESSES: [(&str, Unit, Lines); 4] = [
    (
        "CPU, percent of one",
        Unit::Percent,
        &[("all processes", Made::Sum("cpu_percent"))],
    ),
    (
        "Memory",
        Unit::Bytes,
        &[("resident", Made::Sum("memory_info.rss"))],
    ),
    (
        "I/O in a second",
        Unit::Bytes,
        &[
            ("read", Made::Growth("io_counters.read_bytes")),
            ("written", Made::Growth("io_counters.write_bytes")),
        ],
    ),
    (
        "Processes and threads",
        Unit::Count,
        &[("threads", Made::Sum("num_threads")), ("processes", Made::Rows)],
    ),
];

/// The panels of a recording of the machine.
const OF_THE_MACHINE: [(&str, Unit, Lines); 5] = [
    (
        "CPU, percent of all",
        Unit::Percent,
        &[("busy", Made::Sum("cpu_percent"))],
    ),
    (
        "Memory",
        Unit::Bytes,
        &[
            ("used", Made::Sum("virtual_memory.used")),
            ("swap", Made::Sum("swap_memory.used")),
        ],
    ),
    (
        "Disks, in a second",
        Unit::Bytes,
        &[
            ("read", Made::Growth("disk_io_counters.read_bytes")),
            ("written", Made::Growth("disk_io_counters.write_bytes")),
        ],
    ),
    (
        "Network, in a second",
        Unit::Bytes,
        &[
            ("received", Made::Growth("net_io_counters.bytes_recv")),
            ("sent", Made::Growth("net_io_counters.bytes_sent")),
        ],
    ),
    ("Processes", Unit::Count, &[("processes", Made::Sum("processes"))]),
];

impl Picture {
    /// What the file tells.
    pub(super) fn of(path: &Path) -> Result<Picture, Failure> {
        has_byte_order()?;
        let file = File::open(path).map_err(|error| failed(path, &error))?;
        let no_recording = |what: &dyn std::fmt::Display| {
            Failure::Request(format!("{}: no recording: {what}", path.display()))
        };
        let reader =
            StreamReader::try_new(BufReader::new(file), None).map_err(|error| no_recording(&error))?;
        let schema = reader.schema();
        let title = schema
            .metadata()
            .get(TITLE)
            .ok_or_else(|| no_recording(&"it was not written by `psoxide record`"))?
            .clone();
        let mut batches = Vec::new();
        let mut damage = None;
        for batch in reader {
            match batch {
                Ok(batch) if batch.num_rows() > 0 => batches.push(batch),
                Ok(_) => {}
                Err(error) => {
                    damage = Some(error.to_string());
                    break;
                }
            }
        }
        let panels: &[(&'static str, Unit, Lines)] = if schema.column_with_name("pid").is_some() {
            &OF_PROCESSES
        } else {
            &OF_THE_MACHINE
        };
        let times: Vec<f64> = batches.iter().map(elapsed).collect();
        if times.is_empty() {
            return Err(no_recording(&"there is no sample in it"));
        }
        let panels = panels.iter().map(|(title, unit, lines)| Panel {
            title,
            unit: *unit,
            lines: lines
                .iter()
                .map(|(label, made)| Line {
                    label,
                    points: points(*made, &times, &batches),
                })
                .collect(),
        });
        Ok(Picture {
            title,
            samples: batches.len(),
            seconds: times.last().copied().unwrap_or_default(),
            panels: panels.collect(),
            damage,
        })
    }
}

/// When the sample was taken.
fn elapsed(batch: &RecordBatch) -> f64 {
    let column = batch.column_by_name("elapsed");
    let column = column.and_then(|column| column.as_primitive_opt::<Float64Type>());
    column.map_or(0.0, |column| column.value(0))
}

fn points(made: Made, times: &[f64], batches: &[RecordBatch]) -> Vec<(f64, f64)> {
    let mut points = Vec::new();
    let mut before: Option<(f64, HashMap<u64, f64>)> = None;
    for (time, batch) in times.iter().zip(batches) {
        match made {
            Made::Rows => points.push((*time, batch.num_rows() as f64)),
            Made::Sum(column) => {
                let known: Vec<f64> = numbers(batch, column).into_iter().flatten().collect();
                if !known.is_empty() {
                    points.push((*time, known.iter().sum()));
                }
            }
            Made::Growth(column) => {
                let now = counters(batch, column);
                if let Some((then, old)) = &before
                    && *time > *then
                    && !now.is_empty()
                {
                    let grown = now.iter().filter_map(|(who, number)| {
                        // Another process may have got the number: nothing shrinks.
                        Some((number - old.get(who)?).max(0.0))
                    });
                    points.push((*time, grown.sum::<f64>() / (time - then)));
                }
                before = Some((*time, now));
            }
        }
    }
    points
}

/// A counter of each process; of the machine the one that it has.
fn counters(batch: &RecordBatch, column: &str) -> HashMap<u64, f64> {
    let who = numbers(batch, "pid");
    let counters = numbers(batch, column).into_iter().enumerate();
    counters
        .filter_map(|(row, number)| {
            let who = who.get(row).copied().flatten().unwrap_or_default();
            Some((who as u64, number?))
        })
        .collect()
}

/// The numbers of a column; none if there is no such column.
fn numbers(batch: &RecordBatch, column: &str) -> Vec<Option<f64>> {
    let Some(column) = batch.column_by_name(column) else {
        return Vec::new();
    };
    if let Some(whole) = column.as_primitive_opt::<UInt64Type>() {
        return whole
            .iter()
            .map(|number| number.map(|number| number as f64))
            .collect();
    }
    match column.as_primitive_opt::<Float64Type>() {
        Some(numbers) => numbers.iter().collect(),
        None => vec![None; column.len()],
    }
}
