//! The command `psoxide`: psutil's scripts as subcommands, for people and with `--json` for programs.
//!
//! Here stands what runs a command line to its exit status. What is asked of the machine is asked of the `psoxide`
//! crate; this crate lays it out.
#![forbid(unsafe_code)]

mod answer;
mod cli;
mod columns;
mod commands;
mod failure;
mod local_time;
mod machine;
mod output;

use std::ffi::OsString;
use std::io::{self, Write};

use clap::Parser;
use psoxide::Root;

use crate::cli::{Cli, Command};
use crate::failure::Failure;
use crate::machine::Machine;
use crate::output::Screen;
use crate::output::printable::printable;

/// Runs a command line, the program's name first, and gives its exit status: 0, 1 after an error, 2 for a command line
/// that is not understood.
///
/// A reader that closes the pipe has seen enough: that ends the command quietly with status 0.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> u8 {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(usage) => {
            let status = usage.exit_code();
            return match usage.print() {
                Ok(()) => u8::try_from(status).unwrap_or(2),
                Err(error) => report(&Failure::from(error)),
            };
        }
    };
    let mut screen = Screen::stdout();
    let outcome = dispatch(cli, &mut screen);
    // What was written before an error is shown all the same.
    match outcome.and(screen.flush().map_err(Failure::from)) {
        Ok(()) => 0,
        Err(failure) => report(&failure),
    }
}

fn dispatch(cli: Cli, screen: &mut Screen) -> Result<(), Failure> {
    let mut root = Root::from_env();
    if let Some(path) = cli.procfs {
        root = root.with_proc(path);
    }
    let machine = Machine::new(root);
    match (cli.command, cli.json) {
        (Command::Battery, false) => commands::battery::text(&machine, screen),
        (Command::Battery, true) => commands::battery::json(&machine, screen),
        (Command::DiskUsage, false) => commands::disk_usage::text(&machine, screen),
        (Command::DiskUsage, true) => commands::disk_usage::json(&machine, screen),
        (Command::Fans, false) => commands::fans::text(&machine, screen),
        (Command::Fans, true) => commands::fans::json(&machine, screen),
        (Command::Free, false) => commands::free::text(&machine, screen),
        (Command::Free, true) => commands::free::json(&machine, screen),
        (Command::Ifconfig, false) => commands::ifconfig::text(&machine, screen),
        (Command::Ifconfig, true) => commands::ifconfig::json(&machine, screen),
        (Command::Meminfo, false) => commands::meminfo::text(&machine, screen),
        (Command::Meminfo, true) => commands::meminfo::json(&machine, screen),
        (Command::Netstat, false) => commands::netstat::text(&machine, screen),
        (Command::Netstat, true) => commands::netstat::json(&machine, screen),
        (Command::Pidof { name }, false) => commands::pidof::text(&machine, screen, &name),
        (Command::Pidof { name }, true) => commands::pidof::json(&machine, screen, &name),
        (Command::Pmap { pid }, false) => commands::pmap::text(&machine, screen, pid),
        (Command::Pmap { pid }, true) => commands::pmap::json(&machine, screen, pid),
        (Command::Procinfo { pid, verbose }, false) => {
            commands::procinfo::text(&machine, screen, pid, verbose)
        }
        (Command::Procinfo { pid, .. }, true) => commands::procinfo::json(&machine, screen, pid),
        (Command::Procsmem, false) => commands::procsmem::text(&machine, screen),
        (Command::Procsmem, true) => commands::procsmem::json(&machine, screen),
        (Command::Ps, false) => commands::ps::text(&machine, screen),
        (Command::Ps, true) => commands::ps::json(&machine, screen),
        (Command::Pstree, false) => commands::pstree::text(&machine, screen),
        (Command::Pstree, true) => commands::pstree::json(&machine, screen),
        (Command::Sensors, false) => commands::sensors::text(&machine, screen),
        (Command::Sensors, true) => commands::sensors::json(&machine, screen),
        (Command::Temperatures, false) => commands::temperatures::text(&machine, screen),
        (Command::Temperatures, true) => commands::temperatures::json(&machine, screen),
        (Command::Who, false) => commands::who::text(&machine, screen),
        (Command::Who, true) => commands::who::json(&machine, screen),
    }
}

/// Tells a failure on standard error and gives the exit status for it.
fn report(failure: &Failure) -> u8 {
    if failure.is_closed_pipe() {
        return 0;
    }
    // Where not even standard error can be written, the status is all that is left to tell it.
    let _ = writeln!(io::stderr(), "psoxide: {}", printable(&failure.to_string()));
    1
}
