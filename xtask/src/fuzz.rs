//! `cargo xtask fuzz`: libFuzzer over every decoder of `fuzz/src/targets.rs`, seeded with the fixtures of `testdata/`.
//! Works with the stable toolchain: the coverage instrumentation is LLVM's, asked for by flags that rustc passes on;
//! an address sanitizer is not needed, since the core forbids `unsafe`.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;
use std::{fs, io, thread};

use crate::Outcome;
use crate::workspace::{self, cargo, command, installed};

/// What makes LLVM count the edges that an input takes and the values it is compared with.
const COVERAGE: &str = "-Cpasses=sancov-module \
    -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
    -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares \
    --cfg fuzzing";
/// Longer inputs than this find nothing that shorter ones do not.
const INPUT_BYTES: u64 = 32 << 10;
/// Of the whole process; `fuzz/src/main.rs` sets a tighter one for what the decoder allocates.
const MEMORY_MEBIBYTES: u32 = 512;
/// An input that takes longer hangs a reader of `/proc`.
const SECONDS_AN_INPUT: u32 = 5;

/// The arguments of `cargo xtask fuzz`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Seconds for all targets together, shared evenly; as many are run at a time as there are CPUs.
    #[arg(long, default_value_t = 60)]
    seconds: u64,
    /// The targets, by name; all if none is given.
    targets: Vec<String>,
    /// Only print the names of the targets.
    #[arg(long)]
    list: bool,
}

struct Target {
    name: String,
    seeds: Vec<String>,
}

/// What one run of libFuzzer told.
struct Run {
    name: String,
    executions: Option<u64>,
    coverage: Option<u64>,
    crash: Option<String>,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let program = build()?;
    let targets = chosen(list(&program)?, &arguments.targets)?;
    if arguments.list {
        for target in &targets {
            println!("{}", target.name);
        }
        return Ok(());
    }
    let workers = thread::available_parallelism()?.get().min(targets.len());
    let seconds = (arguments.seconds * workers as u64 / targets.len() as u64).max(1);
    println!("{} targets, {seconds} s each", targets.len());
    let next = AtomicUsize::new(0);
    let runs = Mutex::new(Vec::new());
    let worker = || -> Result<(), String> {
        while let Some(target) = targets.get(next.fetch_add(1, Ordering::Relaxed)) {
            let run = fuzz(&program, target, seconds).map_err(|error| error.to_string())?;
            println!(
                "{:<32} {:>12} executions, {:>5} edges{}",
                run.name,
                run.executions.map_or("?".into(), |count| count.to_string()),
                run.coverage.map_or("?".into(), |count| count.to_string()),
                run.crash.as_ref().map_or("", |_| "  CRASHED"),
            );
            runs.lock().unwrap_or_else(PoisonError::into_inner).push(run);
        }
        Ok(())
    };
    // Each of them is a program of one thread.
    thread::scope(|scope| {
        let workers: Vec<_> = (0..workers).map(|_| scope.spawn(worker)).collect();
        let mut ended = workers.into_iter().map(|worker| worker.join());
        ended.try_for_each(|ended| ended.unwrap_or_else(|_| Err("a thread panicked".into())))
    })?;
    let mut runs = runs.into_inner().unwrap_or_else(PoisonError::into_inner);
    runs.sort_by(|one, other| one.name.cmp(&other.name));
    summary(&runs)
}

/// Runs every target, the time shared among them.
pub(crate) fn fuzz_all(seconds: u64) -> Outcome {
    run(&Arguments {
        seconds,
        targets: Vec::new(),
        list: false,
    })
}

fn summary(runs: &[Run]) -> Outcome {
    let total: u64 = runs.iter().filter_map(|run| run.executions).sum();
    let crashed: Vec<&Run> = runs.iter().filter(|run| run.crash.is_some()).collect();
    println!(
        "{total} executions over {} targets, {} crashed",
        runs.len(),
        crashed.len()
    );
    for run in &crashed {
        if let Some(report) = &run.crash {
            println!("\n== {}\n{report}", run.name);
        }
    }
    match crashed.first() {
        None => Ok(()),
        Some(first) => Err(format!("{} targets crashed, {} first", crashed.len(), first.name).into()),
    }
}

fn build() -> Result<PathBuf, Box<dyn std::error::Error>> {
    if !installed("c++") && !installed("clang++") {
        return Err("libFuzzer is built from C++, and there is no c++ (Debian: apt-get install g++)".into());
    }
    let host = host_triple()?;
    let target = workspace::target().join("fuzz");
    // With `--target` the flags reach only what runs on the target, not build scripts, which would not link with them.
    workspace::run(
        cargo([
            "build",
            "--quiet",
            "--release",
            "--manifest-path",
            "fuzz/Cargo.toml",
            "--target",
            &host,
        ])
        .env("RUSTFLAGS", COVERAGE)
        .env("CARGO_TARGET_DIR", &target),
    )?;
    Ok(target.join(host).join("release").join("decode"))
}

fn host_triple() -> Result<String, Box<dyn std::error::Error>> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).arg("-vV").output()?;
    let text = String::from_utf8(output.stdout)?;
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.ok_or("rustc -vV names no host")?.to_owned())
}

fn list(program: &Path) -> Result<Vec<Target>, Box<dyn std::error::Error>> {
    let output = command(program).env("PSOXIDE_FUZZ_LIST", "1").output()?;
    let text = String::from_utf8(output.stdout)?;
    let targets: Vec<Target> = text.lines().filter_map(parse_target).collect();
    if targets.is_empty() {
        return Err("the fuzz program lists no targets".into());
    }
    Ok(targets)
}

fn parse_target(line: &str) -> Option<Target> {
    let (name, seeds) = line.split_once('\t')?;
    Some(Target {
        name: name.to_owned(),
        seeds: seeds.split(',').map(str::to_owned).collect(),
    })
}

fn chosen(all: Vec<Target>, wanted: &[String]) -> Result<Vec<Target>, String> {
    if let Some(unknown) = wanted
        .iter()
        .find(|name| !all.iter().any(|target| target.name == **name))
    {
        return Err(format!(
            "no target is called {unknown}; `cargo xtask fuzz --list` names them"
        ));
    }
    Ok(all
        .into_iter()
        .filter(|target| wanted.is_empty() || wanted.contains(&target.name))
        .collect())
}

/// Fuzzes one target; its corpus is kept in `fuzz/corpus`, an input that breaks it in `fuzz/artifacts`.
fn fuzz(program: &Path, target: &Target, seconds: u64) -> Result<Run, Box<dyn std::error::Error>> {
    let folder = target.name.replace('/', "-");
    let corpus = workspace::root().join("fuzz/corpus").join(&folder);
    let artifacts = workspace::root().join("fuzz/artifacts").join(&folder);
    fs::create_dir_all(&corpus)?;
    fs::create_dir_all(&artifacts)?;
    let seeds = sow(target, &corpus)?;
    if seeds == 0 {
        return Err(format!("{}: no file of testdata/ is a seed of it", target.name).into());
    }
    let mut fuzzer = command(program);
    fuzzer
        .env("PSOXIDE_FUZZ_TARGET", &target.name)
        .env("RUST_BACKTRACE", "0")
        .arg(&corpus)
        .arg(format!("-artifact_prefix={}/", artifacts.display()))
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-max_len={INPUT_BYTES}"))
        .arg(format!("-rss_limit_mb={MEMORY_MEBIBYTES}"))
        .arg(format!("-timeout={SECONDS_AN_INPUT}"))
        // A fixture is mutated even where a shorter input takes the same edges: the depths of a format are behind it.
        .arg("-keep_seed=1")
        .arg("-len_control=0")
        .arg("-print_final_stats=1");
    let start = Instant::now();
    let output = fuzzer.output()?;
    let report = String::from_utf8_lossy(&output.stderr).into_owned();
    let executions = statistic(&report, "stat::number_of_executed_units:");
    // A run that ends well before its time, or without having run anything, has not fuzzed.
    let idle = executions.unwrap_or(0) == 0 || start.elapsed().as_secs() + 1 < seconds;
    let crash = (!output.status.success() || idle).then(|| {
        let lines: Vec<&str> = report.lines().collect();
        format!(
            "{}\n{}",
            output.status,
            lines[lines.len().saturating_sub(40)..].join("\n")
        )
    });
    Ok(Run {
        name: target.name.clone(),
        executions,
        coverage: coverage(&report),
        crash,
    })
}

/// Copies the target's fixtures into its corpus; says how many there are.
fn sow(target: &Target, corpus: &Path) -> io::Result<usize> {
    let mut sown = 0;
    for fixture in files(&workspace::root().join("testdata"))? {
        let path = fixture.to_string_lossy();
        if target.seeds.iter().any(|end| path.ends_with(end.as_str())) {
            fs::copy(&fixture, corpus.join(format!("seed-{sown}")))?;
            sown += 1;
        }
    }
    Ok(sown)
}

/// All files below a folder, in the order of their paths.
fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() {
            found.extend(files(&entry.path())?);
        } else if kind.is_file() {
            found.push(entry.path());
        }
    }
    found.sort();
    Ok(found)
}

/// A figure of libFuzzer's final statistics.
fn statistic(report: &str, name: &str) -> Option<u64> {
    report
        .lines()
        .find_map(|line| line.strip_prefix(name))
        .and_then(|figure| figure.trim().parse().ok())
}

/// The edges that the corpus takes, from libFuzzer's last line of progress: `#123 DONE cov: 45 ft: 67 …`.
fn coverage(report: &str) -> Option<u64> {
    let line = report.lines().rev().find(|line| line.contains(" cov: "))?;
    let figure = line.split(" cov: ").nth(1)?;
    figure.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn libfuzzers_report_is_read() {
        let report = "#4\tDONE   cov: 45 ft: 67 corp: 1/1b\nstat::number_of_executed_units: 4\n";
        assert_eq!(statistic(report, "stat::number_of_executed_units:"), Some(4));
        assert_eq!(coverage(report), Some(45));
        assert_eq!(coverage("nothing"), None);
    }

    #[test]
    fn a_target_that_does_not_exist_is_refused() {
        let all = || vec![parse_target("linux/stat\t/stat,.stat").unwrap()];
        assert_eq!(chosen(all(), &[]).unwrap()[0].seeds, ["/stat", ".stat"]);
        assert!(chosen(all(), &["linux/stat".into()]).is_ok());
        assert!(chosen(all(), &["linux/stats".into()]).is_err());
    }

    #[test]
    fn a_crash_fails_the_command() {
        let run = |crash: Option<&str>| Run {
            name: "x".into(),
            executions: Some(1),
            coverage: None,
            crash: crash.map(str::to_owned),
        };
        assert!(summary(&[run(None)]).is_ok());
        assert!(summary(&[run(None), run(Some("panicked"))]).is_err());
    }
}
