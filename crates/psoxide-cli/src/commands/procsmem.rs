//! `psoxide procsmem`: the memory that is each process's own, the least first.
//!
//! psutil's script stops after 86 rows, which hides exactly the processes that use most; here all are shown.

use std::io::{self, Write};

use psoxide::format::bytes;
use psoxide::model::process::MemoryFootprint;
use psoxide::{Error, ErrorKind, Oneshot};

use crate::answer::{Gone, known};
use crate::columns::{PROCSMEM, PROCSMEM_ATTRIBUTES, attributes};
use crate::commands::{command_line, object};
use crate::failure::Failure;
use crate::machine::Machine;
use crate::output::printable::printable;
use crate::output::{Screen, cut, json, table};

/// How wide the rule below the header is.
const RULE: usize = 78;
/// How much of a command line is shown.
const COMMAND: usize = 50;

/// The table.
pub(crate) fn text(machine: &Machine, screen: &mut Screen) -> Result<(), Failure> {
    let mut rows = Vec::new();
    let mut denied = 0;
    let mut unread: Vec<Error> = Vec::new();
    for process in machine.processes()? {
        match process.memory_footprint() {
            // Kernel threads have no memory of their own.
            Ok(footprint) if footprint.uss == 0 => {}
            Ok(footprint) => {
                if let Ok(row) = row(machine, &footprint, &process) {
                    rows.push((footprint.uss, row));
                }
            }
            Err(error) => match error.kind() {
                ErrorKind::NoSuchProcess | ErrorKind::ZombieProcess => {}
                ErrorKind::AccessDenied => denied += 1,
                ErrorKind::Unsupported | ErrorKind::ForeignRoot => return Err(error.into()),
                _ => unread.push(error),
            },
        }
    }
    rows.sort_by_key(|(uss, _)| *uss);
    screen.line(&table::header(&PROCSMEM))?;
    screen.line(&"=".repeat(RULE))?;
    for (_, row) in &rows {
        screen.line(row)?;
    }
    // The table first, also where both streams end on one terminal.
    screen.flush()?;
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

/// An object a process; those whose footprint is not told come last.
pub(crate) fn json(machine: &Machine, screen: &mut Screen) -> Result<(), Failure> {
    let attributes = attributes(&PROCSMEM_ATTRIBUTES);
    let processes = machine.processes()?.into_iter();
    let mut rows: Vec<_> = processes
        .filter_map(|process| object(machine, &attributes, &process).ok())
        .collect();
    rows.sort_by_key(|row| row.number("memory_footprint", "uss").unwrap_or(u64::MAX));
    json::write_array(screen, rows)
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
