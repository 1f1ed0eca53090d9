//! `psoxide killall NAME`: ends the processes of a name, and nobody else: the signal goes to the process that was found, not to
//! whoever has its number by then.

use std::ffi::OsString;
use std::io::{self, Write};

use psoxide::{Process, Signal, Text};

use crate::failure::Failure;
use crate::machine::Machine;
use crate::output::Screen;
use crate::output::printable::printable;
use crate::protection::protection;

/// Its arguments.
#[derive(Debug, clap::Args)]
pub(crate) struct Killall {
    /// The exact name
    #[arg(required = true)]
    name: Vec<OsString>,

    /// The signal, by name or number
    #[arg(short, long, default_value = "KILL")]
    signal: Signal,

    /// Only say which processes would be signalled
    #[arg(short = 'n', long)]
    dry_run: bool,

    /// Also the first process, and those that this command was started by
    #[arg(long)]
    force: bool,
}

/// What came of one process.
enum Outcome {
    Signalled,
    Spared(&'static str),
    Failed(psoxide::Error),
}

impl Killall {
    /// Signals each; who cannot be signalled is named on standard error, and makes the status 1, as that there is nobody.
    pub(crate) fn run(&self, machine: &Machine, screen: &mut Screen) -> Result<(), Failure> {
        let mut failures = 0;
        let mut complaints = io::stderr().lock();
        for name in &self.name {
            let found = called(machine, &Text::from(name.as_encoded_bytes()))?;
            let name = name.to_string_lossy();
            let name = printable(&name);
            if found.is_empty() {
                failures += 1;
                writeln!(complaints, "{name}: no process found")?;
            }
            for process in found {
                let pid = process.pid();
                match self.signal(&process) {
                    Outcome::Signalled if self.dry_run => screen.line(&format!("{pid} {name}"))?,
                    Outcome::Signalled => {}
                    Outcome::Spared(reason) => {
                        failures += 1;
                        writeln!(
                            complaints,
                            "{name}: spared {pid}, {reason}; --force spares nobody"
                        )?;
                    }
                    // It ended by itself meanwhile, which is what was wanted.
                    Outcome::Failed(error) if error.is_no_such_process() => {}
                    Outcome::Failed(error) => {
                        failures += 1;
                        writeln!(complaints, "{name}: {}", printable(&error.to_string()))?;
                    }
                }
            }
        }
        if failures > 0 {
            return Err(Failure::NothingFound);
        }
        Ok(())
    }

    fn signal(&self, process: &Process) -> Outcome {
        if !self.force
            && let Some(reason) = protection(process)
        {
            return Outcome::Spared(reason);
        }
        if self.dry_run {
            return Outcome::Signalled;
        }
        match process.send_signal(self.signal) {
            Ok(()) => Outcome::Signalled,
            Err(error) => Outcome::Failed(error),
        }
    }
}

/// The processes of exactly this name but this very command, each bound to what it is now.
fn called(machine: &Machine, name: &Text) -> Result<Vec<Process>, Failure> {
    let own = std::process::id();
    let mut found = Vec::new();
    for visit in machine.processes()? {
        let is_called = visit.pid() != own && visit.name().is_ok_and(|known| known == *name);
        if is_called && let Ok(identity) = visit.identity() {
            found.push(Process::with(machine.root(), identity));
        }
    }
    Ok(found)
}
