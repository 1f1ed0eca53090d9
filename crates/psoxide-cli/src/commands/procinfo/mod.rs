//! `psoxide procinfo`: everything that can be told of one process.
//!
//! The lines are those of psutil's script, with what it gets wrong put right: the group ids stand where it repeats the
//! user ids, minutes go on after 59, counts of calls are no sizes, and classes of I/O priority have names. What is denied
//! is left empty; `--json` says why.

mod facts;
mod tables;

use psoxide::model::Pid;
use psoxide::schema::{Field, Kind, Platforms, Shape, Type, Typed, Unit, Value};
use psoxide::{Oneshot, Process, Root, Text};

use crate::answer::known;
use crate::commands::{object, taken};
use crate::failure::Failure;
use crate::keys::{self, Key};
use crate::listing::{Asked, Listing};
use crate::machine::Machine;
use crate::output::Screen;
use crate::output::object::Object;
use crate::selection::process_number;

/// A label and what stands beside it; lines without a label continue the one above.
struct Page<'a> {
    line: &'a mut dyn FnMut(&str, &str) -> Result<(), Failure>,
    /// Whether lists are shown whole.
    verbose: bool,
}

impl Page<'_> {
    fn fact(&mut self, label: &str, text: &str) -> Result<(), Failure> {
        (self.line)(label, text)
    }
}

/// Its arguments.
#[derive(Debug, clap::Args)]
pub(crate) struct Procinfo {
    /// The number of the process; this very command if it is left out
    #[arg(value_parser = process_number, allow_negative_numbers = true)]
    pid: Option<Pid>,

    /// Show all files, threads, variables and mappings, not only the first
    #[arg(short, long)]
    verbose: bool,
}

impl Listing for Procinfo {
    type Row = (Process, Oneshot);

    const SINGLE: bool = true;
    const PARTIAL: bool = true;

    /// Every attribute of the catalogue, then the parent and the children.
    fn keys() -> Vec<Key> {
        let mut keys = keys::of_processes();
        keys.push(Key::new(
            "parent",
            Type::Option(&RELATIVE_TYPE),
            "Its parent; null if it has none.",
        ));
        keys.push(Key::new(
            "children",
            Type::List(&RELATIVE_TYPE),
            "Its children, by number.",
        ));
        keys
    }

    fn rows(&self, machine: &Machine, _asked: &Asked) -> Result<Vec<(Process, Oneshot)>, Failure> {
        let process = find(machine.root(), self.pid)?;
        let visit = process.oneshot()?;
        Ok(vec![(process, visit)])
    }

    fn object(&self, machine: &Machine, (process, visit): &Self::Row, keys: &[Key]) -> Option<Object> {
        let mut whole = object(machine, visit, keys).ok()?;
        for key in keys.iter().filter(|key| key.attribute.is_none()) {
            let answer = match key.base() {
                "parent" => process
                    .parent()
                    .map(|parent| parent.as_ref().map_or(Value::Null, relative)),
                _ => process
                    .children(false)
                    .map(|children| Value::List(children.iter().map(relative).collect())),
            };
            whole.push(key.name.clone(), answer.map(|value| taken(value, key)));
        }
        // Attributes and others as they were asked for.
        let place = |name: &str| keys.iter().position(|key| key.name == name);
        whole.values.sort_by_key(|(name, _)| place(name));
        Some(whole)
    }

    /// A line or a table for each attribute.
    fn text(&self, machine: &Machine, screen: &mut Screen, rows: Vec<Self::Row>) -> Result<(), Failure> {
        for (process, visit) in &rows {
            let line = &mut |label: &str, text: &str| Ok(screen.labelled_line(label, text)?);
            let verbose = self.verbose;
            write(&mut Page { line, verbose }, machine, process, visit)?;
        }
        Ok(())
    }
}

/// The same lines, none left out, as labels and texts.
pub(crate) fn lines(machine: &Machine, process: &Process) -> Result<Vec<(String, String)>, Failure> {
    let mut lines = Vec::new();
    let line = &mut |label: &str, text: &str| {
        lines.push((String::from(label), String::from(text)));
        Ok(())
    };
    let verbose = true;
    write(&mut Page { line, verbose }, machine, process, &process.oneshot()?)?;
    Ok(lines)
}

fn write(page: &mut Page<'_>, machine: &Machine, process: &Process, visit: &Oneshot) -> Result<(), Failure> {
    facts::write(page, machine, process, visit)?;
    tables::write(page, process, visit)
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

/// What is told of a parent or child.
static RELATIVE: Shape = Shape {
    name: "relative",
    doc: "A parent or a child.",
    fields: &[
        Field {
            name: "pid",
            doc: "Its number.",
            ty: Pid::TYPE,
            unit: Unit::None,
            kind: Kind::Label,
            on: Platforms::ALL,
            within: None,
        },
        Field {
            name: "name",
            doc: "Its name; null where it has ended meanwhile.",
            ty: <Option<Text>>::TYPE,
            unit: Unit::None,
            kind: Kind::Label,
            on: Platforms::ALL,
            within: None,
        },
    ],
};

const RELATIVE_TYPE: Type = Type::Record(&RELATIVE);

fn relative(process: &Process) -> Value {
    Value::Record(&RELATIVE, vec![process.pid().value(), name(process).value()])
}

fn name(process: &Process) -> Option<Text> {
    known(process.name()).unwrap_or(None)
}
