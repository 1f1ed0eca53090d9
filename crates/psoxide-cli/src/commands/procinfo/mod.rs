//! `psoxide procinfo`: everything that can be told of one process.
//!
//! The lines are those of psutil's script, with what it gets wrong put right: the group ids stand where it repeats the
//! user ids, minutes go on after 59, counts of calls are no sizes, and classes of I/O priority have names. What is denied
//! is left empty; `--json` says why.

mod facts;
mod tables;

use psoxide::catalog::{ATTRS, Attr, PLATFORM};
use psoxide::model::Pid;
use psoxide::schema::{Typed, Value};
use psoxide::{Error, Oneshot, Process, Root, Text};

use crate::answer::known;
use crate::commands::object;
use crate::failure::Failure;
use crate::machine::Machine;
use crate::output::{Screen, json};

/// A label and what stands beside it; lines without a label continue the one above.
pub(crate) struct Page<'a> {
    screen: &'a mut Screen,
    /// Whether lists are shown whole.
    verbose: bool,
}

impl Page<'_> {
    fn fact(&mut self, label: &str, text: &str) -> Result<(), Failure> {
        Ok(self.screen.labelled_line(label, text)?)
    }
}

/// A line or a table for each attribute.
pub(crate) fn text(
    machine: &Machine,
    screen: &mut Screen,
    pid: Option<Pid>,
    verbose: bool,
) -> Result<(), Failure> {
    let root = machine.root();
    let process = visit(root, pid)?;
    let page = &mut Page { screen, verbose };
    facts::write(page, machine, &process)?;
    tables::write(page, root, &process)
}

/// One object: every attribute of the catalogue, then the parent and the children.
pub(crate) fn json(machine: &Machine, screen: &mut Screen, pid: Option<Pid>) -> Result<(), Failure> {
    let root = machine.root();
    let process = visit(root, pid)?;
    let attributes: Vec<&Attr> = ATTRS.iter().filter(|attr| attr.on.contains(PLATFORM)).collect();
    let mut object = object(machine, &attributes, &process)?;
    object.push(
        "parent",
        parent(root, &process).map(|parent| parent.map_or(Value::Null, |parent| parent.value())),
    );
    let children = children(root, &process);
    object.push(
        "children",
        children.map(|children| Value::List(children.iter().map(Relative::value).collect())),
    );
    json::write_object(screen, &object)
}

/// One visit to the process; to this very command where none is named.
fn visit(root: &Root, pid: Option<Pid>) -> Result<Oneshot, Failure> {
    let pid = match pid {
        Some(pid) => pid,
        None if root.is_local() => std::process::id(),
        None => {
            let expected =
                "procinfo: expected the number of a process: this command is none of the other root's";
            return Err(Failure::Request(String::from(expected)));
        }
    };
    Ok(Process::at(root, pid)?.oneshot()?)
}

/// A parent or child.
struct Relative {
    pid: Pid,
    name: Option<Text>,
}

impl Relative {
    fn value(&self) -> Value {
        Value::Map(vec![
            (Text::from("pid"), self.pid.value()),
            (Text::from("name"), self.name.value()),
        ])
    }
}

/// The parent; `None` for a process that has none.
fn parent(root: &Root, process: &Oneshot) -> Result<Option<Relative>, Error> {
    let pid = process.ppid()?;
    if pid == 0 {
        return Ok(None);
    }
    let name = Process::at(root, pid).and_then(|parent| parent.oneshot()?.name());
    Ok(Some(Relative {
        pid,
        name: known(name).unwrap_or(None),
    }))
}

/// The children, by number.
fn children(root: &Root, process: &Oneshot) -> Result<Vec<Relative>, Error> {
    let parent = process.identity()?;
    let mut children = Vec::new();
    for child in root.processes()? {
        // A process older than its parent has the number of somebody who had it before.
        let (Ok(ppid), Ok(identity)) = (child.ppid(), child.identity()) else {
            continue;
        };
        if ppid == parent.pid && identity.pid != parent.pid && identity.start >= parent.start {
            let name = known(child.name()).unwrap_or(None);
            children.push(Relative {
                pid: child.pid(),
                name,
            });
        }
    }
    Ok(children)
}
