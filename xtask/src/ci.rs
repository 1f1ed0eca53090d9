//! `cargo xtask ci`: what only continuous integration does, after `cargo xtask test`: a short run of every fuzz target, the
//! packages as they would be published, the wheels and the programs that run on them, the oldest compiler, psutil's own
//! tests, and every other target.

use crate::msrv::{self, Toolchain};
use crate::stages::Stages;
use crate::workspace::{self, cargo, command, installed};
use crate::{Outcome, conformance, debian, fuzz, leaks, programs, wheels};

/// The arguments of `cargo xtask ci`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Seconds of fuzzing, all targets together.
    #[arg(long, default_value_t = 72)]
    fuzz_seconds: u64,
    /// Minutes that checking the other targets may take.
    #[arg(long, default_value_t = 50)]
    cross_minutes: u64,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let mut stages = Stages::new();
    stages.run("fuzz targets, briefly", || {
        if !installed("c++") {
            debian::require(&["g++"])?;
        }
        fuzz::fuzz_all(arguments.fuzz_seconds)
    });
    stages.run("packages as published", packages);
    stages.run("wheels", wheels::run);
    stages.run("programs that use psutil", programs::run);
    stages.run("memory and descriptors over many calls", leaks::briefly);
    match Toolchain::fetch() {
        Ok(oldest) => stages.run("oldest compiler", || msrv::check(&oldest)),
        // Only Rust's own server has it, which not every machine may reach; clippy holds the promise in part.
        Err(error) => stages.left_out("oldest compiler", error.to_string()),
    }
    stages.run("psutil's own tests", || {
        conformance::run(&conformance::Arguments::default())
    });
    stages.run("other targets", || others(arguments.cross_minutes));
    stages.finish()
}

/// All crates that are meant for users, each built from its package against the packages of the others.
fn packages() -> Outcome {
    let mut publish = cargo(["publish", "--workspace", "--dry-run"]);
    // A working tree with changes is packaged too where a person asks; a clone in CI has none.
    if std::env::var_os("CI").is_none() {
        publish.arg("--allow-dirty");
    }
    workspace::run(&mut publish)
}

/// In a process of its own, so that its time can be limited.
fn others(minutes: u64) -> Outcome {
    let program = std::env::current_exe()?;
    let limit = format!("{minutes}m");
    if !installed("timeout") {
        return workspace::run(command(program).args(["cross", "--run"]));
    }
    workspace::run(
        command("timeout")
            .args(["--kill-after=10s", &limit])
            .arg(program)
            .args(["cross", "--run"]),
    )
}
