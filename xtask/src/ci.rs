//! `cargo xtask ci`: what only continuous integration does, after `cargo xtask test`: a short run of every fuzz target, the
//! packages as they would be published, the wheels and the programs that run on them, the oldest compiler, psutil's own
//! tests, and every other target.

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Child, Command};

use crate::msrv::{self, Toolchain};
use crate::stages::Stages;
use crate::workspace::{self, cargo, command, installed};
use crate::{Outcome, conformance, debian, fuzz, leaks, programs, wheels};

/// Minutes that the targets which are only linked may take beside all else.
const MINUTES_LINKED: u64 = 75;

/// The arguments of `cargo xtask ci`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Seconds of fuzzing, all targets together.
    #[arg(long, default_value_t = 40)]
    fuzz_seconds: u64,
    /// Minutes that the targets whose tests run may take.
    #[arg(long, default_value_t = 70)]
    cross_minutes: u64,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let mut stages = Stages::new();
    let linked = Linked::start();
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
    stages.run("targets whose tests run", || tested(arguments.cross_minutes));
    stages.run("targets that are linked", || linked?.end());
    stages.finish()
}

/// All crates that are meant for users, each built from its package against the packages of the others.
fn packages() -> Outcome {
    let mut publish = cargo(["publish", "--workspace", "--dry-run"]);
    // A package does not hold the workspace's profiles; with the same, what the crates depend on is built already.
    publish.env("CARGO_PROFILE_DEV_DEBUG", "line-tables-only");
    // A working tree with changes is packaged too where a person asks; a clone in CI has none.
    if std::env::var_os("CI").is_none() {
        publish.arg("--allow-dirty");
    }
    workspace::run(&mut publish)
}

/// In a process of its own, so that its time can be limited.
fn tested(minutes: u64) -> Outcome {
    workspace::run(cross(0, minutes)?.args(["--run", "--which", "tested"]))
}

/// `cargo xtask cross`, which may take so long.
fn cross(niceness: u8, minutes: u64) -> Result<Command, Box<dyn std::error::Error>> {
    let mut cross = command("nice");
    cross
        .args(["-n", &niceness.to_string(), "timeout"])
        .args(["--kill-after=10s", &format!("{minutes}m")])
        .arg(std::env::current_exe()?)
        .arg("cross");
    Ok(cross)
}

/// The targets that are only checked and linked. That takes nothing but CPU time, of which most stages leave some: it goes
/// on beside them.
struct Linked {
    process: Child,
    log: PathBuf,
}

impl Linked {
    fn start() -> Result<Linked, Box<dyn std::error::Error>> {
        let log = workspace::target().join("linked.log");
        let file = File::create(&log)?;
        let mut cross = cross(10, MINUTES_LINKED)?;
        cross.args(["--which", "linked", "--library"]);
        println!("$ {} > {} &", workspace::line(&cross), log.display());
        let process = cross.stdout(file.try_clone()?).stderr(file).spawn()?;
        Ok(Linked { process, log })
    }

    /// Waits for the end, and prints what was said.
    fn end(mut self) -> Outcome {
        let status = self.process.wait()?;
        print!("{}", String::from_utf8_lossy(&fs::read(&self.log)?));
        match status.success() {
            true => Ok(()),
            false => Err(format!("it ended with {status}").into()),
        }
    }
}
