//! The command `psoxide`: psutil's scripts as subcommands, for people and, in several formats, for programs.
//!
//! Here stands what runs a command line to its exit status. What is asked of the machine is asked of the `psoxide`
//! crate; this crate lays it out.
#![forbid(unsafe_code)]

mod answer;
mod cli;
mod columns;
mod commands;
mod failure;
mod keys;
mod listing;
mod local_time;
mod machine;
mod manual;
mod output;
mod plot;
mod protection;
mod record;
mod selection;
mod tree;
mod tui;

use std::ffi::OsString;
use std::io::{self, Write};

use clap::Parser;

use crate::cli::{Cli, Command, Output};
use crate::commands::bench::Bench;
use crate::commands::monitor::Monitor;
use crate::failure::Failure;
use crate::listing::show;
use crate::machine::Machine;
use crate::output::Screen;
use crate::output::printable::printable;
use crate::tui::View;

/// Runs a command line, the program's name first, and gives its exit status: 0, 1 after an error or if nothing was found
/// of what was searched for, 2 for a command line that is not understood.
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
    if let Some(outcome) = full_screen(&cli) {
        return outcome.map_or_else(|failure| report(&failure), |()| 0);
    }
    let mut screen = Screen::stdout(cli.color);
    let outcome = dispatch(&cli, &mut screen);
    // What was written before an error is shown all the same.
    match outcome.and(screen.finish().map_err(Failure::from)) {
        Ok(()) => 0,
        Err(failure) => report(&failure),
    }
}

/// Runs the monitor if it is what was asked for. It has the terminal for itself, so nobody else writes to it.
fn full_screen(cli: &Cli) -> Option<Result<(), Failure>> {
    let root = || cli.place.root();
    let run = |monitor: &Monitor, output: &Output, view: View| {
        let fills = monitor.fills_the_screen(output);
        fills.then(|| monitor.run(root(), monitor.options(view)))
    };
    match &cli.command {
        Command::Top(shown) if shown.listing.monitor.fills_the_screen(&shown.output) => {
            Some(shown.listing.run(root(), &shown.output))
        }
        Command::Iotop(shown) => run(&shown.listing.monitor, &shown.output, View::Disk),
        Command::Nettop(shown) => run(&shown.listing.monitor, &shown.output, View::Network),
        Command::CpuDistribution(shown) => run(&shown.listing.monitor, &shown.output, View::Cpus),
        _ => None,
    }
}

fn dispatch(cli: &Cli, screen: &mut Screen) -> Result<(), Failure> {
    let machine = &Machine::new(cli.place.root());
    match &cli.command {
        Command::Battery(shown) => show(&shown.listing, &shown.output, machine, screen),
        Command::Bench(Bench::Api(shown)) => show(&shown.listing, &shown.output, machine, screen),
        Command::Bench(Bench::Oneshot(shown)) => show(&shown.listing, &shown.output, machine, screen),
        Command::Completions(completions) => completions.run(screen),
        Command::CpuDistribution(shown) => shown
            .listing
            .monitor
            .repeat(|| show(&shown.listing, &shown.output, machine, screen)),
        Command::DiskUsage(shown) => show(&shown.listing, &shown.output, machine, screen),
        Command::Fans(shown) => show(&shown.listing, &shown.output, machine, screen),
        Command::Free(shown) => show(&shown.listing, &shown.output, machine, screen),
        Command::Holders(shown) => show(&shown.listing, &shown.output, machine, screen),
        Command::Ifconfig(shown) => show(&shown.listing, &shown.output, machine, screen),
        Command::Iotop(shown) => shown
            .listing
            .monitor
            .repeat(|| show(&shown.listing, &shown.output, machine, screen)),
        Command::Killall(killall) => killall.run(machine, screen),
        Command::Manual(manual) => manual.run(screen),
        Command::Meminfo(shown) => show(&shown.listing, &shown.output, machine, screen),
        Command::Netstat(shown) => show(&shown.listing, &shown.output, machine, screen),
        Command::Nettop(shown) => shown
            .listing
            .monitor
            .repeat(|| show(&shown.listing, &shown.output, machine, screen)),
        Command::Pidof(shown) => show(&shown.listing, &shown.output, machine, screen),
        Command::Plot(plot) => plot.run(),
        Command::Pmap(shown) => show(&shown.listing, &shown.output, machine, screen),
        Command::Procinfo(shown) => show(&shown.listing, &shown.output, machine, screen),
        Command::Procsmem(shown) => show(&shown.listing, &shown.output, machine, screen),
        Command::Ps(shown) => show(&shown.listing, &shown.output, machine, screen),
        Command::Pstree(shown) => show(&shown.listing, &shown.output, machine, screen),
        Command::Record(record) => record.run(machine),
        Command::Sensors(shown) => show(&shown.listing, &shown.output, machine, screen),
        Command::Temperatures(shown) => show(&shown.listing, &shown.output, machine, screen),
        Command::Top(shown) => shown
            .listing
            .monitor
            .repeat(|| show(&shown.listing, &shown.output, machine, screen)),
        Command::Who(shown) => show(&shown.listing, &shown.output, machine, screen),
        Command::Winservices(shown) => show(&shown.listing, &shown.output, machine, screen),
    }
}

/// Tells a failure on standard error and gives the exit status for it.
fn report(failure: &Failure) -> u8 {
    if !failure.is_silent() {
        // Where not even standard error can be written, the status is all that is left to tell it.
        let _ = writeln!(io::stderr(), "psoxide: {}", printable(&failure.to_string()));
    }
    failure.status()
}
