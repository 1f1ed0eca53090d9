//! `psoxide procsmem`: the memory that is each process's own, the least first.
//!
//! psutil's script stops after 86 rows, which hides exactly the processes that use most; here all are shown.

use std::io::{self, Write};

use psoxide::format::bytes;
use psoxide::model::process::MemoryFootprint;
use psoxide::schema::Typed;
use psoxide::{Error, ErrorKind, Oneshot};

use crate::answer::{Gone, known};
use crate::columns::PROCSMEM;
use crate::commands::{attributes, command_line, taken};
use crate::failure::Failure;
use crate::keys::{self, Key};
use crate::listing::{Asked, Listing};
use crate::machine::Machine;
use crate::output::object::Object;
use crate::output::printable::printable;
use crate::output::{Screen, cut, table};
use crate::selection::Selection;

/// How wide the rule below the header is.
const RULE: usize = 78;
/// How much of a command line is shown.
const COMMAND: usize = 50;

/// Its arguments.
#[derive(Debug, clap::Args)]
pub(crate) struct Procsmem {
    #[command(flatten)]
    selection: Selection,
}

/// A process with its memory as it was told once, so that the order is that of what is shown.
pub(crate) struct Owner {
    process: Oneshot,
    footprint: psoxide::Result<MemoryFootprint>,
}

impl Listing for Procsmem {
    type Row = Owner;

    fn keys() -> Vec<Key> {
        keys::of_attributes(&[
            "pid",
            "name",
            "username",
            "memory_footprint",
            "memory_info",
            "cmdline",
        ])
    }

    fn choice() -> Vec<Key> {
        keys::of_processes()
    }

    /// By what is their own; those that do not tell it come last.
    fn rows(&self, machine: &Machine, _asked: &Asked) -> Result<Vec<Owner>, Failure> {
        let processes = self.selection.processes(machine)?.into_iter();
        let mut owners: Vec<Owner> = processes
            .map(|process| Owner {
                footprint: process.memory_footprint(),
                process,
            })
            .collect();
        owners.sort_by_key(|owner| {
            let footprint = owner.footprint.as_ref();
            footprint.map_or(u64::MAX, |footprint| footprint.uss)
        });
        Ok(owners)
    }

    fn object(&self, machine: &Machine, row: &Owner, keys: &[Key]) -> Option<Object> {
        let (footprint, others): (Vec<&Key>, Vec<&Key>) =
            keys.iter().partition(|key| key.base() == "memory_footprint");
        let others: Vec<Key> = others.into_iter().cloned().collect();
        let mut object = attributes(machine, &row.process, &others)?;
        for key in footprint {
            match &row.footprint {
                Ok(told) => object.push(key.name.clone(), Ok(taken(told.clone().value(), key))),
                Err(error) if error.is_no_such_process() => return None,
                Err(error) => object.push_missing(key.name.clone(), error),
            }
        }
        let place = |name: &str| keys.iter().position(|key| key.name == name);
        object.values.sort_by_key(|(name, _)| place(name));
        Some(object)
    }

    fn text(&self, machine: &Machine, screen: &mut Screen, rows: Vec<Owner>) -> Result<(), Failure> {
        let mut denied = 0;
        let mut unread: Vec<Error> = Vec::new();
        let mut lines = Vec::new();
        for Owner { process, footprint } in rows {
            match footprint {
                // Kernel threads have no memory of their own.
                Ok(footprint) if footprint.uss == 0 => {}
                Ok(footprint) => lines.extend(row(machine, &footprint, &process)),
                Err(error) => match error.kind() {
                    ErrorKind::NoSuchProcess | ErrorKind::ZombieProcess => {}
                    ErrorKind::AccessDenied => denied += 1,
                    ErrorKind::Unsupported | ErrorKind::ForeignRoot => return Err(error.into()),
                    _ => unread.push(error),
                },
            }
        }
        screen.header(&table::header(&PROCSMEM))?;
        screen.header(&"=".repeat(RULE))?;
        for line in &lines {
            screen.line(line)?;
        }
        // The table first, also where both streams end on one terminal.
        screen.flush()?;
        warn(denied, &unread)
    }

    fn narrows(&self) -> bool {
        self.selection.narrows()
    }
}

/// Tells on standard error what is missing.
fn warn(denied: usize, unread: &[Error]) -> Result<(), Failure> {
    let mut warnings = io::stderr().lock();
    if denied > 0 {
        writeln!(warnings, "warning: access denied for {denied} pids")?;
    }
    if let Some(first) = unread.first() {
        let count = unread.len();
        let reason = first.to_string();
        let reason = printable(&reason);
        writeln!(warnings, "warning: memory unknown for {count} pids: {reason}")?;
    }
    Ok(())
}

fn row(machine: &Machine, footprint: &MemoryFootprint, process: &Oneshot) -> Result<String, Gone> {
    let user = known(machine.user_name(process))?.map(|name| name.to_string());
    let rss = known(process.memory_info())?.map(|memory| memory.rss);
    let name = known(process.name())?;
    let command = command_line(known(process.cmdline())?, name);
    Ok(table::line(
        &PROCSMEM,
        &[
            &process.pid().to_string(),
            cut(&user.unwrap_or_default(), 7),
            &size(footprint.uss),
            &footprint.pss.map(size_or_blank).unwrap_or_default(),
            &footprint.swap.map(size_or_blank).unwrap_or_default(),
            &rss.map(size).unwrap_or_default(),
            cut(&printable(&command), COMMAND),
        ],
    ))
}

/// As [`bytes`], but whole below 1024.
fn size(count: u64) -> String {
    if count < 1024 {
        format!("{count}B")
    } else {
        bytes(count)
    }
}

fn size_or_blank(count: u64) -> String {
    if count == 0 { String::new() } else { size(count) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_whole_below_1024() {
        assert_eq!(size(1023), "1023B");
        assert_eq!(size(1536), "1.5K");
        assert_eq!(size_or_blank(0), "");
    }
}
