//! `cargo xtask test`: installs what the tests need and runs every test, as the user who asked and, where that is
//! root, as a plain user too.

use crate::Outcome;
use crate::stages::Stages;
use crate::workspace::{self, cargo};

/// The arguments of `cargo xtask test`.
#[derive(clap::Args)]
pub(crate) struct Arguments {}

fn run_all() -> Stages {
    let mut stages = Stages::new();
    stages.run("rustfmt", || {
        workspace::run(&mut cargo(["fmt", "--all", "--check"]))
    });
    stages.run("clippy", || {
        workspace::run(&mut cargo([
            "clippy",
            "--workspace",
            "--all-targets",
            "--all-features",
            "--",
            "-Dwarnings",
        ]))
    });
    stages.run("tests", || {
        workspace::run(&mut cargo(["test", "--workspace", "--all-features"]))
    });
    stages
}

/// Runs the command.
pub(crate) fn run(_arguments: &Arguments) -> Outcome {
    run_all().finish()
}
