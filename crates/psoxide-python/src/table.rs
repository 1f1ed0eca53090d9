//! The table behind `process_iter(attrs)`: all processes are read in one go, with the interpreter's lock released; then
//! each becomes an object, when it is its turn.

use psoxide::catalog::{ATTRS, Attr, PLATFORM};
use psoxide::model::process::IoClass;
use psoxide::process::Row;
use psoxide::schema::Value;
use psoxide::{Error, ErrorKind, ProcessTable, Text};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

use crate::columns::Columns;
use crate::connections::constant;
use crate::error::{About, process_error, system_error};
use crate::process::Process;
use crate::procfs::Procfs;
use crate::records::named;
use crate::value::{object, to_python};

/// The names of the attributes that this system has.
#[pyfunction]
pub(crate) fn attributes() -> Vec<&'static str> {
    ATTRS
        .iter()
        .filter(|attr| attr.on.contains(PLATFORM))
        .map(|attr| attr.name)
        .collect()
}

/// The processes of one iteration after another, with the same attributes.
#[pyclass(module = "psoxide._psoxide")]
pub(crate) struct Table {
    table: ProcessTable,
    columns: Vec<Column>,
    /// The columns' names, in a dictionary that each process gets a copy of.
    names: Py<PyDict>,
    round: Option<Round>,
}

struct Column {
    name: Py<PyString>,
    attr: &'static Attr,
    kind: Kind,
    /// Texts that many processes have in common, as objects.
    known: Vec<(Text, Py<PyAny>)>,
}

/// Texts of a column that are known at most.
const MOST_KNOWN: usize = 16;

/// What is done with an answer beside telling it.
#[derive(Clone, Copy)]
enum Kind {
    Plain,
    /// A text that many processes have in common.
    Common,
    /// The object remembers it.
    Name,
    /// The object has it from when it was first asked, before the clock was set perhaps.
    CreateTime,
    /// As above; an empty one is not remembered.
    Exe,
    /// Its class is a member of an enumeration.
    IoNice,
    /// A record that the row has as such.
    Record(OfRow),
}

/// The named tuple of a row's record.
type OfRow = for<'py> fn(Python<'py>, &Row) -> Result<PyResult<Bound<'py, PyAny>>, Error>;

/// Records of attributes that are asked for most.
const RECORDS: [(&str, OfRow); 6] = [
    ("cpu_times", |py, row| {
        row.cpu_times().map(|it| to_python(py, &it))
    }),
    ("gids", |py, row| row.gids().map(|it| to_python(py, &it))),
    ("io_counters", |py, row| {
        row.io_counters().map(|it| to_python(py, &it))
    }),
    ("memory_info", |py, row| {
        row.memory_info().map(|it| to_python(py, &it))
    }),
    ("num_ctx_switches", |py, row| {
        row.num_ctx_switches().map(|it| to_python(py, &it))
    }),
    ("uids", |py, row| row.uids().map(|it| to_python(py, &it))),
];

/// One iteration.
struct Round {
    place: usize,
    /// The objects of former iterations, by number.
    known: Py<PyDict>,
    /// Makes an object of number and start.
    make: Py<PyAny>,
    denied: Py<PyAny>,
    /// Whether attributes were asked by name, so that one that there is not is an error.
    by_name: bool,
}

#[pymethods]
impl Table {
    /// At most `keep` descriptors stay open from one iteration to the next.
    #[new]
    #[pyo3(signature = (procfs, names, keep = 0))]
    fn new(py: Python<'_>, procfs: Procfs, names: Vec<String>, keep: usize) -> PyResult<Table> {
        let table = ProcessTable::builder()
            .keep_descriptors(keep)
            .root(procfs.root())
            .attrs(names)
            .build()
            .map_err(|error| system_error(py, &error))?;
        let dictionary = PyDict::new(py);
        let mut columns = Vec::with_capacity(table.attrs().len());
        for attr in table.attrs() {
            let name = PyString::intern(py, attr.name);
            dictionary.set_item(&name, py.None())?;
            columns.push(Column {
                name: name.unbind(),
                attr,
                kind: match attr.name {
                    "name" => Kind::Name,
                    "create_time" => Kind::CreateTime,
                    "exe" => Kind::Exe,
                    "ionice" => Kind::IoNice,
                    "status" | "terminal" | "username" => Kind::Common,
                    name => match RECORDS.iter().find(|(known, _)| *known == name) {
                        Some((_, of_row)) => Kind::Record(*of_row),
                        None => Kind::Plain,
                    },
                },
                known: Vec::new(),
            });
        }
        Ok(Table {
            table,
            columns,
            names: dictionary.unbind(),
            round: None,
        })
    }

    /// Reads all processes and begins an iteration over their objects: those of `known` that have not ended, and new ones,
    /// which are added to it. Each has its attributes in `info`, where `denied` stands for what is denied or no longer told
    /// of a zombie. `strange` tells that the objects are not all of this table's last iteration.
    fn read(
        &mut self,
        py: Python<'_>,
        known: Bound<'_, PyDict>,
        make: Py<PyAny>,
        denied: Py<PyAny>,
        by_name: bool,
        strange: bool,
    ) -> PyResult<()> {
        self.round = None;
        let table = &mut self.table;
        py.detach(|| table.refresh())
            .map_err(|error| system_error(py, &error))?;
        for row in self.table.ended() {
            if known.contains(row.pid())? {
                known.del_item(row.pid())?;
            }
        }
        if strange {
            for (pid, object) in known.copy()?.iter() {
                if !self.is_listed(&pid, &object)? {
                    known.del_item(pid)?;
                }
            }
        }
        self.round = Some(Round {
            place: 0,
            known: known.unbind(),
            make,
            denied,
            by_name,
        });
        Ok(())
    }

    fn __iter__(table: PyRef<'_, Self>) -> PyRef<'_, Self> {
        table
    }

    fn __next__<'py>(&mut self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let Some(round) = &mut self.round else {
            return Ok(None);
        };
        while let Some(row) = self.table.rows().get(round.place) {
            round.place += 1;
            let known = round.known.bind(py);
            let pid = row.pid().into_pyobject(py)?;
            let process = match known.get_item(&pid)? {
                Some(process) => process,
                None => {
                    let process = round.make.bind(py).call1((&pid, row.identity().start))?;
                    known.set_item(&pid, &process)?;
                    process
                }
            };
            let info = self.names.bind(py).copy()?;
            if fill(&info, &mut self.columns, row, &process, round)? {
                process.setattr(intern!(py, "info"), info)?;
                return Ok(Some(process));
            }
            known.del_item(&pid)?;
        }
        self.round = None;
        Ok(None)
    }

    /// Reads all processes and tells them as columns.
    fn columns(&mut self, py: Python<'_>) -> PyResult<Columns> {
        self.round = None;
        let table = &mut self.table;
        py.detach(|| {
            table.refresh()?;
            table.record_batch()
        })
        .map(Columns)
        .map_err(|error| system_error(py, &error))
    }

    /// Ends an iteration before its time.
    fn close(&mut self) {
        self.round = None;
    }
}

impl Table {
    /// Whether a process of a former iteration is in the table, and the same. An object that was found to be another's is
    /// left to its own `is_running()`.
    fn is_listed(&self, pid: &Bound<'_, PyAny>, process: &Bound<'_, PyAny>) -> PyResult<bool> {
        let Some(row) = self.table.row(pid.extract()?) else {
            return Ok(false);
        };
        let start: Option<u64> = process
            .getattr(intern!(pid.py(), "_ident"))?
            .get_item(1)?
            .extract()
            .unwrap_or(None);
        let now = row.identity().start;
        Ok(start.is_none() || now.is_none() || start == now)
    }
}

/// Puts the answers of a row into the dictionary; `false` if the process has ended.
fn fill<'py>(
    info: &Bound<'py, PyDict>,
    columns: &mut [Column],
    row: &Row,
    process: &Bound<'py, PyAny>,
    round: &Round,
) -> PyResult<bool> {
    let py = info.py();
    for column in columns {
        let name = column.name.bind(py);
        let told = match column.kind {
            Kind::Record(of_row) => of_row(py, row),
            kind => row.value(column.attr).map(|value| match value {
                Value::Text(text) if matches!(kind, Kind::Common) => common(py, &mut column.known, text),
                value => answer(py, kind, value, process),
            }),
        };
        let answer = match told {
            Ok(answer) => answer?,
            Err(error) => match left(py, &error, round)? {
                Left::Ended => return Ok(false),
                Left::Denied => round.denied.bind(py).clone(),
                Left::Missing => {
                    info.del_item(name)?;
                    continue;
                }
            },
        };
        info.set_item(name, answer)?;
    }
    Ok(true)
}

/// The object of a text that other processes may have, too.
fn common<'py>(
    py: Python<'py>,
    known: &mut Vec<(Text, Py<PyAny>)>,
    text: Text,
) -> PyResult<Bound<'py, PyAny>> {
    if let Some((_, object)) = known.iter().find(|(known, _)| *known == text) {
        return Ok(object.bind(py).clone());
    }
    let object = crate::value::text(py, &text)?;
    if known.len() < MOST_KNOWN {
        known.push((text, object.clone().unbind()));
    }
    Ok(object)
}

/// What an error leaves of an attribute.
enum Left {
    Ended,
    Denied,
    Missing,
}

fn left(py: Python<'_>, error: &Error, round: &Round) -> PyResult<Left> {
    match error.kind() {
        ErrorKind::NoSuchProcess => Ok(Left::Ended),
        ErrorKind::AccessDenied | ErrorKind::ZombieProcess => Ok(Left::Denied),
        ErrorKind::Unsupported | ErrorKind::ForeignRoot if !round.by_name => Ok(Left::Missing),
        _ => Err(match error.pid() {
            Some(pid) => process_error(py, error, About { pid, name: None }),
            None => system_error(py, error),
        }),
    }
}

/// The answer as the object's method has it.
fn answer<'py>(
    py: Python<'py>,
    kind: Kind,
    value: Value,
    process: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    match kind {
        Kind::Plain | Kind::Common | Kind::Record(_) => object(py, value),
        Kind::Name => {
            let name = object(py, value)?;
            if process.getattr(intern!(py, "_name"))?.eq(&name)? {
                return Ok(name);
            }
            process.setattr(intern!(py, "_name"), &name)?;
            if let Ok(asked) = process.getattr(intern!(py, "_proc"))?.cast::<Process>() {
                asked.get().remember_name(&name);
            }
            Ok(name)
        }
        Kind::CreateTime => remembered(process, intern!(py, "_create_time"), value),
        Kind::Exe => remembered(process, intern!(py, "_exe"), value),
        Kind::IoNice => match value {
            Value::Record(_, values) => io_priority(py, values, process),
            other => object(py, other),
        },
    }
}

/// What the object remembers under this name, or else the value, which it remembers from now on.
fn remembered<'py>(
    process: &Bound<'py, PyAny>,
    name: &Bound<'py, PyString>,
    value: Value,
) -> PyResult<Bound<'py, PyAny>> {
    let before = process.getattr(name)?;
    if !before.is_none() {
        return Ok(before);
    }
    let is_told = !matches!(&value, Value::Text(text) if text.is_empty());
    let value = object(process.py(), value)?;
    if is_told {
        process.setattr(name, &value)?;
    }
    Ok(value)
}

/// The classes that have a name.
const NAMED_CLASSES: [IoClass; 8] = [
    IoClass::None,
    IoClass::RealTime,
    IoClass::BestEffort,
    IoClass::Idle,
    IoClass::VeryLow,
    IoClass::Low,
    IoClass::Normal,
    IoClass::High,
];

fn io_priority<'py>(
    py: Python<'py>,
    values: Vec<Value>,
    process: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let mut values = values.into_iter();
    let (Some(Value::Text(class)), Some(level)) = (values.next(), values.next()) else {
        return process.call_method0(intern!(py, "ionice"));
    };
    let mut names = NAMED_CLASSES.iter().map(|known| known.as_str());
    match names.find(|name| class == *name) {
        // A class without a name is told by its number.
        None => process.call_method0(intern!(py, "ionice")),
        Some(class) => {
            let class = constant(py, "IO_CLASSES", class)?;
            match level {
                Value::Null => Ok(class),
                level => named(py, "pionice", vec![class, object(py, level)?]),
            }
        }
    }
}
