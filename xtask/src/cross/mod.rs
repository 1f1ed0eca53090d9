//! `cargo xtask cross`: takes psoxide to the other systems and machines, from Linux on x86_64. For each target: clippy
//! without a warning, a link that reaches the system's own functions, and the tests themselves where a program for it can
//! be run here. What it needs, it makes or installs; what cannot be had fails the target and is told in the table.

mod emulation;
pub(crate) mod link;
mod pip;
pub(crate) mod python;
mod standard_library;
pub(crate) mod targets;
mod wine;

use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use self::standard_library::{Compiler, StandardLibrary};
use self::targets::{Linker, Run, TARGETS, Target};
use crate::test::counts::Counts;
use crate::workspace::{cargo, command, line};
use crate::{Outcome, debian};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// What is taken to every target.
const CRATES: [&str; 6] = ["-p", "psoxide-core", "-p", "psoxide", "-p", "psoxide-cli"];
/// What is tested where the system is not of Unix: the command's tests are of Unix systems, whose signals, users and
/// files they take for granted, but for those of every system.
const LIBRARIES: [&str; 4] = ["-p", "psoxide-core", "-p", "psoxide"];
/// What is linked into an interpreter, which nothing here takes to another system.
const EXTENSION: &str = "psoxide-python";
/// The longest that one run of cargo may take: an emulated machine must not hang the rest.
const LIMIT: &str = "1200";

/// The arguments of `cargo xtask cross`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The targets, by rustc's names or a part of them; all if none is given.
    targets: Vec<String>,
    /// Only those of them whose programs run here, or only those whose programs do not.
    #[arg(long, value_enum)]
    which: Option<Which>,
    /// Only print the names of the targets.
    #[arg(long)]
    list: bool,
    /// Run the Python package, too, where that can be done: under wine beside psutil, with psutil's own tests.
    #[arg(long)]
    run: bool,
    /// Take only this step.
    #[arg(long, value_enum)]
    only: Option<Only>,
    /// Where nothing can be run, link the library, which is what calls the system, and not what is built on it.
    #[arg(long)]
    library: bool,
}

/// Kinds of targets.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Which {
    /// Their tests are run.
    Tested,
    /// They are checked and linked.
    Linked,
}

/// The steps that can be taken alone.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Only {
    Clippy,
    Link,
    Tests,
    Python,
}

/// What became of one step of a target.
enum Step {
    Passed(String),
    Failed(String),
    /// Not possible here, which is known and no failure.
    Left(&'static str),
    /// An earlier step failed.
    Blocked,
}

/// A line of the table.
struct Report {
    target: &'static str,
    library: Step,
    clippy: Step,
    link: Step,
    tests: Step,
    python: Step,
    time: Duration,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let mut targets = chosen(&arguments.targets)?;
    targets.retain(|target| match arguments.which {
        Some(which) => (which == Which::Tested) == target.is_run(),
        None => true,
    });
    if arguments.list {
        for target in &targets {
            println!("{}", target.name);
        }
        return Ok(());
    }
    if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        return Err("this needs Linux on x86_64".into());
    }
    let compiler = Compiler::ask()?;
    let start = Instant::now();
    let reports: Vec<Report> = targets
        .iter()
        .map(|target| check(target, &compiler, arguments))
        .collect();
    print_table(&reports, start.elapsed());
    let failed: Vec<&str> = reports
        .iter()
        .filter(|report| report.failed())
        .map(|report| report.target)
        .collect();
    if failed.is_empty() {
        Ok(())
    } else {
        Err(format!("failed: {}", failed.join(", ")).into())
    }
}

fn chosen(wanted: &[String]) -> Result<Vec<&'static Target>> {
    if wanted.is_empty() {
        return Ok(TARGETS.iter().collect());
    }
    let mut found = Vec::new();
    for part in wanted {
        let before = found.len();
        found.extend(
            TARGETS
                .iter()
                .filter(|target| target.name.contains(part.as_str())),
        );
        if found.len() == before {
            return Err(format!("{part}: no such target; `cargo xtask cross --list`").into());
        }
    }
    Ok(found)
}

fn check(target: &'static Target, compiler: &Compiler, arguments: &Arguments) -> Report {
    let wanted = |step| arguments.only.is_none_or(|only| only == step);
    println!("\n== {}", target.name);
    let start = Instant::now();
    let mut report = Report {
        target: target.name,
        library: Step::Blocked,
        clippy: Step::Blocked,
        link: Step::Blocked,
        tests: Step::Blocked,
        python: Step::Blocked,
        time: Duration::ZERO,
    };
    match prepare(target, compiler) {
        Err(error) => report.library = Step::failed(&error.to_string()),
        Ok((library, linker)) => {
            report.library = Step::Passed(match library {
                StandardLibrary::Installed => "installed".to_owned(),
                StandardLibrary::Built(_) => "built".to_owned(),
            });
            let build = Build {
                target,
                library,
                linker,
            };
            if wanted(Only::Clippy) {
                report.clippy = build.clippy();
            }
            if wanted(Only::Link) {
                report.link = build.link(arguments);
            }
            let linked = !matches!(report.link, Step::Failed(_));
            report.tests = match target.run {
                Run::No(reason) => Step::Left(reason),
                _ if linked && wanted(Only::Tests) => build.tests(),
                _ => Step::Blocked,
            };
            if matches!(target.run, Run::Wine) && linked && arguments.run && wanted(Only::Python) {
                report.python = python::check(&build);
            }
        }
    }
    report.time = start.elapsed();
    report
}

/// Measures the Python package under wine beside psutil.
pub(crate) fn bench_windows(rounds: u32) -> Result<String> {
    let compiler = Compiler::ask()?;
    let target = TARGETS
        .iter()
        .find(|target| matches!(target.run, Run::Wine))
        .ok_or("no target runs under wine")?;
    let (library, linker) = prepare(target, &compiler)?;
    let build = Build {
        target,
        library,
        linker,
    };
    python::bench(&build, rounds)
}

fn prepare(target: &Target, compiler: &Compiler) -> Result<(StandardLibrary, Option<PathBuf>)> {
    debian::require(target.packages)?;
    let library = compiler.standard_library(target.name)?;
    let linker = link::prepare(target.linker)?;
    Ok((library, linker))
}

/// The calls of cargo for one target.
struct Build<'a> {
    target: &'a Target,
    library: StandardLibrary,
    linker: Option<PathBuf>,
}

impl Build<'_> {
    fn clippy(&self) -> Step {
        if let Some(reason) = self.target.unlinted {
            return Step::Left(reason);
        }
        let mut clippy = self.cargo(&["clippy", "--quiet", "--all-targets"]);
        clippy.args(CRATES).args(["-p", EXTENSION, "--", "-Dwarnings"]);
        passed(&mut clippy, "ok")
    }

    fn link(&self, arguments: &Arguments) -> Step {
        let done = match self.target.linker {
            Linker::Missing(reason) => return Step::Left(reason),
            Linker::Illumos { .. } => "ok, names unchecked",
            Linker::Program(_) | Linker::Zig { .. } => "ok",
        };
        let (programs, whole, extension) = match self.target.run {
            // The tests reach all that there is, since they run.
            Run::Native { .. } | Run::Emulated(_) => (true, false, false),
            // Where the package is run, its module is linked for that.
            Run::Wine => (true, true, !arguments.run),
            Run::No(_) => (!arguments.library, true, !arguments.library),
        };
        let links = [
            (programs, Build::link_programs as fn(&Self, &str) -> Step),
            (whole, Build::link_whole),
            (extension, Build::link_extension),
        ];
        links
            .into_iter()
            .filter(|(wanted, _)| *wanted)
            .map(|(_, link)| link(self, done))
            .find(|step| matches!(step, Step::Failed(_)))
            .unwrap_or(Step::Passed(done.to_owned()))
    }

    fn link_programs(&self, done: &str) -> Step {
        let mut programs = self.cargo(&["build", "--quiet", "--lib", "--bins"]);
        // Of tests that are not run all but the linker's part is clippy's, too.
        if self.target.is_run() {
            programs.arg("--tests");
        }
        passed(programs.args(CRATES), done)
    }

    /// The extension module for Python. The interpreter's names are those of its stable interface, so there need be none:
    /// Windows gets an import library for them from PyO3, elsewhere they stay open until the module is loaded.
    fn link_extension(&self, done: &str) -> Step {
        let mut extension = self.cargo(&["rustc", "--quiet", "--package", EXTENSION, "--lib"]);
        if let Linker::Zig { name, .. } = self.target.linker
            && name.contains("macos")
        {
            extension.args(["--", "-Clink-arg=-Wl,-undefined,dynamic_lookup"]);
        }
        passed(&mut extension, done)
    }

    /// A program takes of the library only what it calls. A shared object that offers the whole library takes all that
    /// its public functions reach, down to the system's.
    fn link_whole(&self, done: &str) -> Step {
        let mut library = self.cargo(&["rustc", "--quiet", "--package", "psoxide", "--lib"]);
        library.args(["--crate-type", "dylib"]);
        if let Linker::Zig { name, .. } = self.target.linker
            && !name.contains("macos")
        {
            library.args(["--", "-Clink-arg=-Wl,-z,defs"]);
            library.arg(format!("-Clink-arg=-l{}", link::START));
        }
        passed(&mut library, done)
    }

    fn tests(&self) -> Step {
        let mut tests = self.cargo(&["test", "--quiet", "--no-fail-fast"]);
        tests.args(["--lib", "--bins", "--tests"]);
        match self.target.run {
            Run::Wine => tests.args(LIBRARIES),
            Run::Native { .. } | Run::Emulated(_) | Run::No(_) => tests.args(CRATES),
        };
        let mut left_out = Vec::new();
        let runner = match self.target.run {
            Run::Emulated(machine) => {
                left_out.extend(emulation::left_out(machine));
                Some(emulation::runner(machine))
            }
            Run::Wine => Some(wine::runner()),
            Run::Native { .. } | Run::No(_) => None,
        };
        let mut command = self.cargo(&["test", "--quiet", "-p", "psoxide-cli", "--test", "every_system"]);
        match runner {
            Some(Ok(runner)) => {
                let setting = self.runner_setting(&runner);
                tests.args(["--config", &setting]);
                command.args(["--config", &setting]);
            }
            Some(Err(error)) => return Step::failed(&error.to_string()),
            None => {}
        }
        if let Run::Wine = self.target.run
            && let failed @ Step::Failed(_) = passed(&mut command, "ok")
        {
            return failed;
        }
        tests.args(["--", "--exact"]);
        for left in &left_out {
            println!("left out: {}: {}", left.test, left.reason);
            tests.args(["--skip", left.test]);
        }
        let (mut counts, mut ended) = count(&mut tests);
        // An emulator is slow, and locks of its own get in the way of programs that fork: what fails is tried again.
        let again = match self.target.run {
            Run::Emulated(_) => 2,
            _ => 0,
        };
        for _ in 0..again {
            if ended.is_ok() {
                break;
            }
            match counts.failures() {
                Some(failures) => {
                    let mut those = limited(&tests);
                    let (made_up, end) = count(those.args(failures));
                    counts.make_up(made_up);
                    ended = end;
                }
                // A program that crashed or hung tells nothing of its tests.
                None => (counts, ended) = count(&mut tests),
            }
        }
        told(&counts, &ended, left_out.len())
    }

    fn runner_setting(&self, runner: &[String]) -> String {
        let words: Vec<String> = runner.iter().map(|word| format!("{word:?}")).collect();
        format!("target.{}.runner = [{}]", self.target.name, words.join(", "))
    }

    fn cargo(&self, arguments: &[&str]) -> Command {
        let mut command = cargo(arguments.iter().copied());
        command.args(["--target", self.target.name, "--all-features"]);
        // Clippy tells the warnings; the other calls need not tell them again.
        self.for_target(&mut command, arguments.first() == Some(&"clippy"));
        command
    }

    /// Has cargo, or what calls it, build for the target.
    fn for_target(&self, command: &mut Command, warnings: bool) {
        let mut flags = Vec::new();
        if !warnings {
            flags.push("-Awarnings".to_owned());
        }
        if let StandardLibrary::Built(sysroot) = &self.library {
            flags.push("--sysroot".to_owned());
            flags.push(sysroot.display().to_string());
        }
        // With the interpreter's own path in it a program starts as any other does, `/proc/self/exe` included.
        let interpreter = match self.target.run {
            Run::Native { interpreter } => interpreter,
            Run::Emulated(machine) => Some(machine.interpreter),
            Run::Wine | Run::No(_) => None,
        };
        if let Some((folder, _)) = interpreter.and_then(|path| path.rsplit_once('/')) {
            let path = interpreter.unwrap_or_default();
            flags.push(format!("-Clink-arg=-Wl,--dynamic-linker={path}"));
            flags.push(format!("-Clink-arg=-Wl,-rpath,{folder}"));
        }
        command
            .env("CARGO_TARGET_DIR", self.target.folder())
            .env("CARGO_PROFILE_DEV_DEBUG", "0")
            .env("CARGO_INCREMENTAL", "0")
            .env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}"))
            .env_remove("RUSTFLAGS");
        if let Some(linker) = &self.linker {
            let name = self.target.name.to_uppercase().replace('-', "_");
            command.env(format!("CARGO_TARGET_{name}_LINKER"), linker);
            // rustc looks for Xcode otherwise, and warns that there is none.
            command.env("SDKROOT", linker);
        }
    }
}

fn passed(command: &mut Command, done: &str) -> Step {
    println!("$ {}", line(command));
    match limited(command).status() {
        Ok(status) if status.success() => Step::Passed(done.to_owned()),
        Ok(status) => Step::failed(&format!("cargo ended with {status}; see above")),
        Err(error) => Step::failed(&error.to_string()),
    }
}

/// Runs tests, shows what they print and counts them.
fn count(command: &mut Command) -> (Counts, Outcome) {
    let mut counts = Counts::default();
    let ended = counts.run(&mut limited(command));
    (counts, ended)
}

fn told(counts: &Counts, ended: &Outcome, left_out: usize) -> Step {
    let told = format!("{counts}, {left_out} left out").replace("tests: ", "");
    match ended {
        Ok(()) => Step::Passed(told),
        Err(_) => Step::failed(&format!("{told}; see above")),
    }
}

/// The same call with a limit to its time.
fn limited(call: &Command) -> Command {
    let mut command = command("timeout");
    command
        .args(["--kill-after=10", LIMIT])
        .arg(call.get_program())
        .args(call.get_args());
    for (name, value) in call.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command
}

impl Step {
    fn failed(reason: &str) -> Step {
        println!("FAILED: {reason}");
        Step::Failed(reason.to_owned())
    }

    fn cell(&self) -> &str {
        match self {
            Step::Passed(told) => told,
            Step::Failed(_) => "FAILED",
            Step::Left(_) | Step::Blocked => "-",
        }
    }
}

impl Report {
    fn steps(&self) -> [&Step; 5] {
        [&self.library, &self.clippy, &self.link, &self.tests, &self.python]
    }

    fn failed(&self) -> bool {
        self.steps().iter().any(|step| matches!(step, Step::Failed(_)))
    }
}

fn print_table(reports: &[Report], time: Duration) {
    println!("\n== summary");
    println!(
        "{:27} {:9} {:7} {:20} {:46} {:22} seconds",
        "target", "library", "clippy", "link", "tests", "python"
    );
    for report in reports {
        let [library, clippy, link, tests, python] = report.steps().map(Step::cell);
        let seconds = report.time.as_secs_f64();
        println!(
            "{:27} {library:9} {clippy:7} {link:20} {tests:46} {python:22} {seconds:7.1}",
            report.target
        );
        for step in report.steps() {
            match step {
                Step::Failed(reason) => println!("{:27} failed: {reason}", ""),
                Step::Left(reason) => println!("{:27} not here: {reason}", ""),
                Step::Passed(_) | Step::Blocked => {}
            }
        }
    }
    println!("{} targets in {:.0} s", reports.len(), time.as_secs_f64());
}
