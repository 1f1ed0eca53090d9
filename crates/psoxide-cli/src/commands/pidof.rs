//! `psoxide pidof NAME`: the numbers of the processes of this name.

use std::ffi::OsStr;

use psoxide::{Oneshot, Text};

use crate::answer::{Gone, known};
use crate::columns::{PIDOF_ATTRIBUTES, attributes};
use crate::commands::object;
use crate::failure::Failure;
use crate::machine::Machine;
use crate::output::{Screen, json};

/// The numbers, ascending, with a blank between each two. None is no failure: then nothing is written.
pub(crate) fn text(machine: &Machine, screen: &mut Screen, name: &OsStr) -> Result<(), Failure> {
    let processes = of_this_name(machine, name)?;
    if processes.is_empty() {
        return Ok(());
    }
    let numbers: Vec<String> = processes.iter().map(|visit| visit.pid().to_string()).collect();
    screen.line(&numbers.join(" "))?;
    Ok(())
}

/// An object a process.
pub(crate) fn json(machine: &Machine, screen: &mut Screen, name: &OsStr) -> Result<(), Failure> {
    let attributes = attributes(&PIDOF_ATTRIBUTES);
    let processes = of_this_name(machine, name)?.into_iter();
    json::write_array(
        screen,
        processes.filter_map(|process| object(machine, &attributes, &process).ok()),
    )
}

fn of_this_name(machine: &Machine, name: &OsStr) -> Result<Vec<Oneshot>, Failure> {
    // On Unix these are the bytes of the argument as it was given.
    let name = Text::from(name.as_encoded_bytes());
    let mut processes = machine.processes()?;
    processes.retain(|process| is_called(process, &name).unwrap_or(false));
    Ok(processes)
}

/// Whether this is the name of the process, or the first word of its command line.
fn is_called(process: &Oneshot, name: &Text) -> Result<bool, Gone> {
    if known(process.name())?.as_ref() == Some(name) {
        return Ok(true);
    }
    let arguments = known(process.cmdline())?.unwrap_or_default();
    Ok(arguments.first() == Some(name))
}
