//! `psoxide pidof NAME`: the numbers of the processes of this name.

use std::ffi::OsString;

use psoxide::{Oneshot, Text};

use crate::answer::{Gone, known};
use crate::commands::attributes;
use crate::failure::Failure;
use crate::keys::{self, Key};
use crate::listing::{Asked, Listing};
use crate::machine::Machine;
use crate::output::Screen;
use crate::output::object::Object;

/// Its arguments.
#[derive(Debug, clap::Args)]
pub(crate) struct Pidof {
    /// The name, or the first word of the command line
    name: OsString,
}

impl Listing for Pidof {
    type Row = Oneshot;

    fn keys() -> Vec<Key> {
        keys::of_attributes(&["pid", "name", "cmdline"])
    }

    fn choice() -> Vec<Key> {
        keys::of_processes()
    }

    fn rows(&self, machine: &Machine, _asked: &Asked) -> Result<Vec<Oneshot>, Failure> {
        // On Unix these are the bytes of the argument as it was given.
        let name = Text::from(self.name.as_encoded_bytes());
        let mut processes = machine.processes()?;
        processes.retain(|process| is_called(process, &name).unwrap_or(false));
        Ok(processes)
    }

    fn object(&self, machine: &Machine, row: &Oneshot, keys: &[Key]) -> Option<Object> {
        attributes(machine, row, keys)
    }

    /// The numbers, ascending, with a blank between each two; nothing if there is none.
    fn text(&self, _machine: &Machine, screen: &mut Screen, rows: Vec<Oneshot>) -> Result<(), Failure> {
        if rows.is_empty() {
            return Ok(());
        }
        let numbers: Vec<String> = rows.iter().map(|row| row.pid().to_string()).collect();
        screen.line(&numbers.join(" "))?;
        Ok(())
    }

    fn narrows(&self) -> bool {
        true
    }
}

/// Whether this is the name of the process, or the first word of its command line.
pub(super) fn is_called(process: &Oneshot, name: &Text) -> Result<bool, Gone> {
    if known(process.name())?.as_ref() == Some(name) {
        return Ok(true);
    }
    let arguments = known(process.cmdline())?.unwrap_or_default();
    Ok(arguments.first() == Some(name))
}
