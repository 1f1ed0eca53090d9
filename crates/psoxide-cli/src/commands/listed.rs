//! Processes as a [`ProcessTable`] reads them: all of them in one go, of each no more than is asked. What no table reads of
//! its files is asked of the process by a visit, once it is one of those that are shown.

use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::time::{SystemTime, UNIX_EPOCH};

use psoxide::catalog::{Attr, Cost};
use psoxide::model::Pid;
use psoxide::model::process::Uids;
use psoxide::process::Row;
use psoxide::schema::{Typed, Value};
use psoxide::{Oneshot, ProcessTable, Result, Text};

use crate::answer::known;
use crate::commands::taken;
use crate::failure::Failure;
use crate::keys::Key;
use crate::listing::Asked;
use crate::machine::Machine;
use crate::output::object::Object;
use crate::selection::{Candidate, Selection};
use crate::tree::Tree;

/// Attributes that are not told by what every process is asked anyway, but that tables read for less than a visit does.
const ALSO_IN_TABLES: [&str; 2] = ["cmdline", "io_counters"];

/// How many descriptors a table that is read again may keep; the library keeps fewer where the program may not open so many.
const DESCRIPTORS: usize = 8_192;

/// The table of a listing; where the listing is repeated, kept from one look to the next.
#[derive(Debug, Default)]
pub(crate) struct Listed(RefCell<Option<Rc<ProcessTable>>>);

impl Listed {
    /// The processes that are selected, ascending by number.
    pub(crate) fn processes(
        &self,
        machine: &Machine,
        selection: &Selection,
        asked: &Asked,
    ) -> std::result::Result<Vec<InTable>, Failure> {
        // Whoever still had rows of the last look keeps that table.
        let kept = self.0.take().and_then(Rc::into_inner);
        let mut table = match kept {
            Some(table) => table,
            None => table(machine, selection, asked, &[])?,
        };
        table.refresh()?;
        if table.rows().is_empty() {
            // Is it no machine, or is there none of these numbers?
            machine.processes()?;
        }
        let rows = in_table(table, asked.again);
        if asked.again
            && let Some(row) = rows.first()
        {
            self.0.replace(Some(row.table.clone()));
        }
        Ok(selection.of(machine, rows))
    }
}

/// The rows of a table. `measured` tells that it is read more than once, so that CPU percent is told of the interval between
/// two readings, not of the whole life of a process.
pub(crate) fn in_table(table: ProcessTable, measured: bool) -> Vec<InTable> {
    let table = Rc::new(table);
    let row = |place| InTable {
        table: table.clone(),
        place,
        measured,
        visit: OnceCell::new(),
        branch: String::new(),
    };
    (0..table.rows().len()).map(row).collect()
}

/// The processes in the order of their tree, with the branches that lead to them.
pub(crate) fn in_tree(rows: Vec<InTable>) -> Vec<InTable> {
    let mut tree = Tree::default();
    for row in &rows {
        if let Ok(parent) = known(row.row().ppid()) {
            tree.add(row.row().pid(), parent);
        }
    }
    let mut rows: HashMap<Pid, InTable> = rows.into_iter().map(|row| (row.row().pid(), row)).collect();
    let lines = tree.alone().into_iter();
    lines
        .filter_map(|(pid, branch)| {
            Some(InTable {
                branch,
                ..rows.remove(&pid)?
            })
        })
        .collect()
}

/// A table, not read yet, of what is asked of those that are selected, and of these attributes.
pub(crate) fn table(
    machine: &Machine,
    selection: &Selection,
    asked: &Asked,
    also: &[&'static str],
) -> std::result::Result<ProcessTable, Failure> {
    let wanted = asked.keys.iter().filter_map(|key| key.attribute);
    let mut names: Vec<&str> = wanted
        .filter(|attr| is_read(attr))
        .map(|attr| attr.name)
        .collect();
    names.extend(selection.attributes().chain(also.iter().copied()));
    if names.contains(&"cpu_percent") {
        names.extend(["cpu_times", "create_time"]);
    }
    let mut builder = ProcessTable::builder().root(machine.root()).attrs(names);
    if !selection.pid.is_empty() {
        builder = builder.pids(selection.pid.iter().copied());
    }
    if asked.again {
        builder = builder.keep_descriptors(DESCRIPTORS);
    }
    Ok(builder.build()?)
}

/// Whether a table is asked for the attribute.
fn is_read(attr: &Attr) -> bool {
    attr.cost == Cost::Cheap || ALSO_IN_TABLES.contains(&attr.name)
}

/// A process of a table.
pub(crate) struct InTable {
    table: Rc<ProcessTable>,
    place: usize,
    /// Whether CPU percent is that of an interval.
    measured: bool,
    /// For what the table does not read.
    visit: OnceCell<Oneshot>,
    /// What shows its place in a tree; empty without one.
    pub(crate) branch: String,
}

impl InTable {
    /// What the table read of it.
    pub(crate) fn row(&self) -> &Row {
        // The table does not change as long as this is here.
        &self.table.rows()[self.place]
    }

    /// Its answers under these keys; `None` if it has ended.
    pub(crate) fn object(&self, machine: &Machine, keys: &[Key]) -> Option<Object> {
        let mut object = Object {
            branch: self.branch.clone(),
            ..Object::default()
        };
        for key in keys {
            let Some(attr) = key.attribute else { continue };
            match self.value(machine, attr) {
                Err(error) if error.is_no_such_process() => return None,
                answer => object.push(key.name.clone(), answer.map(|value| taken(value, key))),
            }
        }
        Some(object)
    }

    fn value(&self, machine: &Machine, attr: &Attr) -> Result<Value> {
        if attr.name == "cpu_percent" && !self.measured {
            return Ok(self.percent_of_life()?.value());
        }
        if is_read(attr) {
            return self.row().value(attr);
        }
        let visit = match self.visit.get() {
            Some(visit) => visit,
            None => {
                let visit = self.row().process().oneshot()?;
                self.visit.get_or_init(|| visit)
            }
        };
        machine.attribute(attr, visit).unwrap_or(Ok(Value::Null))
    }

    /// The percent of one CPU that it used since it was started.
    fn percent_of_life(&self) -> Result<Option<f64>> {
        let times = self.row().cpu_times()?;
        let start = self.row().create_time()?;
        let Ok(now) = SystemTime::now().duration_since(UNIX_EPOCH) else {
            return Ok(None);
        };
        let age = now.as_secs_f64() - start;
        Ok((age > 0.0).then(|| (times.user + times.system) / age * 100.0))
    }
}

impl Candidate for InTable {
    fn pid(&self) -> Pid {
        self.row().pid()
    }

    fn uids(&self) -> Result<Uids> {
        self.row().uids()
    }

    fn user_name(&self, _machine: &Machine) -> Result<Text> {
        self.row().username()
    }

    fn name(&self) -> Result<Text> {
        self.row().name()
    }

    fn cmdline(&self) -> Result<Vec<Text>> {
        self.row().cmdline()
    }
}
