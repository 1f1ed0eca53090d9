//! `cargo xtask bench`: builds `bench/` with optimizations, runs it, and writes what it measured to its
//! section of `docs/performance.md`, with the command that made it. Never part of the tests: the figures depend on the machine.

mod commands;
mod monitors;

use std::fs;
use std::process::{Command, Stdio};

use crate::workspace::{self, cargo, installed};
use crate::{Outcome, cross, package};

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
    /// Fifteen fields of every process, with so many and with ten times as many.
    Table,
    /// `psoxide top` beside htop, btop and glances, for a minute.
    Top,
    /// The subcommands beside the programs that people use for the same.
    Cli,
    /// Each call of the Python package beside psutil.
    Python,
    /// The Python package under wine beside psutil's wheel for Windows.
    Windows,
}

impl Subject {
    /// What it is called on the command line and in the page.
    const fn word(self) -> &'static str {
        match self {
            Subject::Linux => "linux",
            Subject::Table => "table",
            Subject::Top => "top",
            Subject::Cli => "cli",
            Subject::Python => "python",
            Subject::Windows => "windows",
        }
    }
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    if let Subject::Python = arguments.subject {
        return package::bench(arguments.processes, arguments.rounds, arguments.dry);
    }
    let word = arguments.subject.word();
    if let Subject::Top = arguments.subject {
        let told = monitors::measure(arguments.processes)?;
        let command = format!("cargo xtask bench {word} --processes {}", arguments.processes);
        return publish(arguments, &command, &told);
    }
    if let Subject::Cli = arguments.subject {
        let (processes, rounds) = (arguments.processes, arguments.rounds);
        let told = commands::measure(processes, rounds)?;
        let command = format!("cargo xtask bench {word} --processes {processes} --rounds {rounds}");
        return publish(arguments, &command, &told);
    }
    if let Subject::Windows = arguments.subject {
        let told = cross::bench_windows(arguments.rounds)?;
        let command = format!("cargo xtask bench {word} --rounds {}", arguments.rounds);
        return publish(arguments, &command, &told);
    }
    if !installed("strace") {
        println!("strace is not installed: system calls are not counted");
    }
    let root = workspace::root();
    let manifest = root.join("bench/Cargo.toml");
    let target = workspace::target().join("bench");
    let mut build = cargo(["build", "--release", "--quiet", "--manifest-path"]);
    workspace::run(build.arg(manifest).arg("--target-dir").arg(&target))?;
    let (processes, rounds) = (arguments.processes.to_string(), arguments.rounds.to_string());
    let output = Command::new(target.join("release/psoxide-bench"))
        .args([word, &processes, &rounds])
        .stderr(Stdio::inherit())
        .output()?;
    if !output.status.success() {
        return Err(format!("the bench ended with {}", output.status).into());
    }
    let told = String::from_utf8(output.stdout)?;
    let command = format!("cargo xtask bench {word} --processes {processes} --rounds {rounds}");
    publish(arguments, &command, &told)
}

/// Prints what was measured, and writes it into the page.
fn publish(arguments: &Arguments, command: &str, told: &str) -> Outcome {
    print!("{told}");
    if arguments.dry {
        return Ok(());
    }
    let word = arguments.subject.word();
    let section = format!("Made by `{command}` on {}.\n\n{}", machine()?, told.trim_end());
    let path = workspace::root().join("docs/performance.md");
    fs::write(&path, replaced(&fs::read_to_string(&path)?, word, &section)?)?;
    Ok(())
}

/// The page with another section of this name: what stands between two comments that name it.
fn replaced(page: &str, name: &str, section: &str) -> Result<String, String> {
    let (begin, end) = (
        format!("<!-- begin {name} -->\n"),
        format!("\n<!-- end {name} -->"),
    );
    let missing = || format!("docs/performance.md: no section {name}");
    let (before, rest) = page.split_once(&begin).ok_or_else(missing)?;
    let (_, after) = rest.split_once(&end).ok_or_else(missing)?;
    Ok(format!("{before}{begin}{section}{end}{after}"))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_is_replaced_and_nothing_else() {
        let page = "a\n<!-- begin x -->\nold\n<!-- end x -->\nb\n";
        let new = replaced(page, "x", "new").unwrap();
        assert_eq!(new, "a\n<!-- begin x -->\nnew\n<!-- end x -->\nb\n");
        assert!(replaced(page, "y", "new").is_err());
    }
}
