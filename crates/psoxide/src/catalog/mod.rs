//! The catalogue: every attribute of a process and every question about the machine, with its type, cost and
//! platforms. Each face (command line, Python, export, docs) walks these tables.

mod process;
mod records;
mod system;

use psoxide_core::{Platforms, Type, Value};

pub use self::process::ATTRS;
pub use self::records::{has_field, records};
pub use self::system::PROBES;
use crate::error::Result;
use crate::process::Oneshot;
use crate::root::Root;

/// One attribute of a process.
#[derive(Debug)]
#[non_exhaustive]
pub struct Attr {
    /// psutil's name.
    pub name: &'static str,
    /// What it tells.
    pub doc: &'static str,
    /// The type of its value.
    pub ty: Type,
    /// The heading it stands under.
    pub group: Group,
    /// What it costs to read.
    pub cost: Cost,
    /// The systems that have it.
    pub on: Platforms,
    /// Reads it. `None` for what only two samples can tell.
    pub get: Option<fn(&Oneshot) -> Result<Value>>,
}

/// One question about the machine.
#[derive(Debug)]
#[non_exhaustive]
pub struct Probe {
    /// psutil's name.
    pub name: &'static str,
    /// What it tells.
    pub doc: &'static str,
    /// The type of its value.
    pub ty: Type,
    /// The heading it stands under.
    pub group: Group,
    /// What it costs to ask.
    pub cost: Cost,
    /// The systems that have it.
    pub on: Platforms,
    /// What the entries are, where the answer is a map: `nic`, `disk`, `cpu`, `chip`.
    pub key: Option<&'static str>,
    /// Asks it.
    pub get: fn(&Root) -> Result<Value>,
}

/// The headings of the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs)] // the words are the headings
pub enum Group {
    Identity,
    State,
    Cpu,
    Memory,
    Io,
    Net,
    Disk,
    Sensors,
    Host,
    Services,
    Limits,
}

/// What reading an attribute costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Cost {
    /// Told by the sources that a visit reads anyway.
    Cheap,
    /// A call or file of its own.
    Call,
    /// Walks many files, descriptors or pages.
    Slow,
}

/// The attribute of this name.
pub fn attr(name: &str) -> Option<&'static Attr> {
    ATTRS.iter().find(|attr| attr.name == name)
}

/// The names of attributes that are most like `name`, the nearest first; none if nothing is.
pub(crate) fn nearest_attrs(name: &str) -> Vec<&'static str> {
    let farthest = name.chars().count() / 3 + 1;
    let mut near: Vec<(usize, &str)> = ATTRS
        .iter()
        .map(|attr| match attr.name.contains(name) && name.len() > 2 {
            true => (0, attr.name),
            false => (distance(name, attr.name), attr.name),
        })
        .filter(|(distance, _)| *distance <= farthest)
        .collect();
    near.sort();
    near.into_iter().take(3).map(|(_, name)| name).collect()
}

/// How many letters must be changed, added or taken away to make one word of the other.
fn distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.chars().count()).collect();
    for (line, letter) in one.chars().enumerate() {
        let mut diagonal = line;
        row[0] = line + 1;
        for (column, facing) in other.chars().enumerate() {
            let changed = diagonal + usize::from(letter != facing);
            diagonal = row[column + 1];
            row[column + 1] = changed.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row.last().copied().unwrap_or_default()
}

/// The probe of this name.
pub fn probe(name: &str) -> Option<&'static Probe> {
    PROBES.iter().find(|probe| probe.name == name)
}

/// The system this library was built for.
pub const PLATFORM: Platforms = crate::sys::PLATFORM;
