//! `psoxide completions SHELL`: what a shell needs to complete psoxide's commands and options.

use clap::CommandFactory;
use clap_complete::Shell;

use crate::cli::Cli;
use crate::failure::Failure;
use crate::output::Screen;

/// Its arguments.
#[derive(Debug, clap::Args)]
pub(crate) struct Completions {
    /// The shell
    shell: Shell,
}

impl Completions {
    pub(crate) fn run(&self, screen: &mut Screen) -> Result<(), Failure> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "psoxide", &mut script);
        Ok(screen.out().write_all(&script)?)
    }
}
