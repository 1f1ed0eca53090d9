//! `cargo xtask bench`: builds `bench/` with optimizations, runs it, and writes what it measured to
//! `docs/performance.md`, with the command that made it. Never part of the tests: the figures depend on the machine.

use std::fs;
use std::process::{Command, Stdio};

use crate::workspace::{self, cargo, installed};
use crate::{Outcome, package};

/// The arguments of `cargo xtask bench`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// What to measure.
    #[arg(value_enum)]
    subject: Subject,
    /// Idle processes to start beside those that run already.
    #[arg(long, default_value_t = 1000)]
    processes: u32,
    /// Interleaved rounds, of which the median is taken.
    #[arg(long, default_value_t = 9)]
    rounds: u32,
    /// Only print; leave docs/performance.md as it is.
    #[arg(long)]
    dry: bool,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Subject {
    /// Each answer beside bare reads of the same files, sysinfo and the procfs crate.
    Linux,
    /// Each call of the Python package beside psutil.
    Python,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    if let Subject::Python = arguments.subject {
        return package::bench(arguments.processes, arguments.rounds, arguments.dry);
    }
    if !installed("strace") {
        println!("strace is not installed: system calls are not counted");
    }
    let root = workspace::root();
    let manifest = root.join("bench/Cargo.toml");
    let target = workspace::target().join("bench");
    let mut build = cargo(["build", "--release", "--quiet", "--manifest-path"]);
    workspace::run(build.arg(manifest).arg("--target-dir").arg(&target))?;
    let output = Command::new(target.join("release/psoxide-bench"))
        .args([
            "linux",
            &arguments.processes.to_string(),
            &arguments.rounds.to_string(),
        ])
        .stderr(Stdio::inherit())
        .output()?;
    if !output.status.success() {
        return Err(format!("the bench ended with {}", output.status).into());
    }
    let table = String::from_utf8(output.stdout)?;
    print!("{table}");
    if arguments.dry {
        return Ok(());
    }
    let page = format!(
        "# Performance\n\n\
         Made by `cargo xtask bench linux --processes {} --rounds {}` on {}. Figures of one run on one machine: compare the\n\
         columns, not the pages.\n\n\
         The *floor* opens, reads and closes the same files (for sockets: asks the same netlink dumps; `floor-text`: reads the\n\
         files of `/proc/net`) and looks at none of the bytes. *sysinfo* and *procfs* are those crates' newest releases, asked for\n\
         the nearest they have; sysinfo tells no faults, context switches or start in ticks, so it is asked for less. System calls\n\
         are counted by strace, as the difference between three runs and two.\n\n{table}",
        arguments.processes,
        arguments.rounds,
        machine()?,
    );
    fs::write(root.join("docs/performance.md"), page)?;
    Ok(())
}

/// The processor, how many of them, and the kernel.
fn machine() -> Result<String, Box<dyn std::error::Error>> {
    let cpuinfo = fs::read_to_string("/proc/cpuinfo")?;
    let model = cpuinfo
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(':'))
        .map_or("an unnamed processor", |(_, name)| name.trim());
    let cpus = cpuinfo
        .lines()
        .filter(|line| line.starts_with("processor"))
        .count();
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease")?;
    let version = kernel.split(['-', '\n']).next().unwrap_or_default();
    Ok(format!("{model}, {cpus} CPUs, Linux {version}"))
}
