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
use psoxide::{Process, Root, Text};

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
    let process = find(machine.root(), pid)?;
    let visit = process.oneshot()?;
    let page = &mut Page { screen, verbose };
    facts::write(page, machine, &process, &visit)?;
    tables::write(page, &process, &visit)
}

/// One object: every attribute of the catalogue, then the parent and the children.
pub(crate) fn json(machine: &Machine, screen: &mut Screen, pid: Option<Pid>) -> Result<(), Failure> {
    let process = find(machine.root(), pid)?;
    let attributes = ATTRS.iter().filter(|attr| attr.on.contains(PLATFORM));
    let attributes: Vec<&Attr> = attributes.collect();
    let mut object = object(machine, &attributes, &process.oneshot()?)?;
    let parent = process.parent();
    object.push(
        "parent",
        parent.map(|parent| parent.as_ref().map_or(Value::Null, relative)),
    );
    let children = process.children(false);
    object.push(
        "children",
        children.map(|children| Value::List(children.iter().map(relative).collect())),
    );
    json::write_object(screen, &object)
}

/// The process; this very command where none is named.
fn find(root: &Root, pid: Option<Pid>) -> Result<Process, Failure> {
    let pid = match pid {
        Some(pid) => pid,
        None if root.is_local() => std::process::id(),
        None => {
            let expected =
                "procinfo: expected the number of a process: this command is none of the other root's";
            return Err(Failure::Request(String::from(expected)));
        }
    };
    Ok(Process::at(root, pid)?)
}

/// A parent or child as an object. Its name is missing where it has ended meanwhile.
fn relative(process: &Process) -> Value {
    Value::Map(vec![
        (Text::from("pid"), process.pid().value()),
        (Text::from("name"), name(process).value()),
    ])
}

fn name(process: &Process) -> Option<Text> {
    known(process.name()).unwrap_or(None)
}
