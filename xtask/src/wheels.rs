//! `cargo xtask wheels`: builds the Python package as users do, installs it into empty environments of every CPython
//! that is here, and uses it there; with the free-threaded CPython too, which is built from its source the first time.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::debian::{self, Suite};
use crate::stages::Stages;
use crate::test::python;
use crate::workspace::{self, command, installed, root, target};
use crate::{Outcome, cache};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// What is asked of an installed package: that it is the installed one, and that it answers.
const ASK: &str = "import psoxide, sys\n\
    assert psoxide.__file__.startswith(sys.prefix), psoxide.__file__\n\
    assert psoxide.Process().name() and psoxide.virtual_memory().total > 0\n\
    print(sys.version.split()[0], psoxide.psoxide_version, psoxide.cpu_count())";
/// A program for psutil.
const PROGRAM: &str = "import psutil, sys; print(psutil.Process().pid in psutil.pids(), *sys.argv[1:])\n";

/// Runs the command.
pub(crate) fn run() -> Outcome {
    let mut stages = Stages::new();
    let python = python::environment();
    stages.run("pip install .", || {
        let base = python::base()?;
        let fresh = Fresh::make("pip", &base)?;
        fresh.install(&root().display().to_string())?;
        fresh.use_it()
    });
    match &python {
        Ok(python) => {
            stages.run("one wheel for each CPython here", || one_for_all(python));
            match free_threaded() {
                Ok(interpreter) => stages.run("free-threaded CPython", || without_lock(python, &interpreter)),
                Err(error) => stages.left_out("free-threaded CPython", error.to_string()),
            }
        }
        Err(error) => stages.not_tested("wheels", error.to_string()),
    }
    stages.finish()
}

/// Builds the wheel that serves every CPython with a lock.
pub(crate) fn build(python: &Path) -> Result<PathBuf> {
    wheel(python, &python::base()?, "release")
}

/// Builds a wheel for an interpreter.
fn wheel(python: &Path, interpreter: &Path, profile: &str) -> Result<PathBuf> {
    let mut maturin = maturin(python);
    maturin.arg("--interpreter").arg(interpreter);
    built(&mut maturin, profile, &target().join("wheels").join(profile))
}

/// A call that builds a wheel with the environment's maturin.
pub(crate) fn maturin(python: &Path) -> Command {
    let mut maturin = command(python.with_file_name("maturin"));
    maturin.args(["build", "--quiet"]);
    maturin
}

/// The wheel that a call of maturin builds into a folder of its own.
pub(crate) fn built(maturin: &mut Command, profile: &str, folder: &Path) -> Result<PathBuf> {
    cache::remove(folder)?;
    if profile == "release" {
        maturin.arg("--release");
    }
    workspace::run(maturin.arg("--out").arg(folder))?;
    let mut wheels = fs::read_dir(folder)?;
    match (wheels.next(), wheels.next()) {
        (Some(wheel), None) => Ok(wheel?.path()),
        _ => Err(format!("{} does not hold one wheel", folder.display()).into()),
    }
}

/// An empty virtual environment.
struct Fresh {
    python: PathBuf,
}

impl Fresh {
    fn make(name: &str, interpreter: &Path) -> Result<Fresh> {
        let folder = target().join("environments").join(name);
        workspace::run(command(interpreter).args(["-m", "venv", "--clear"]).arg(&folder))?;
        Ok(Fresh {
            python: folder.join("bin/python"),
        })
    }

    fn install(&self, what: &str) -> Outcome {
        workspace::run(command(&self.python).args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            what,
        ]))
    }

    /// The package, the command and the ways to run a program for psutil.
    fn use_it(&self) -> Outcome {
        print!("{}", self.said(command(&self.python).args(["-c", ASK]))?);
        let listed = self.said(command(self.python.with_file_name("psoxide")).arg("ps"))?;
        if !listed.lines().any(|line| line.contains("psoxide")) {
            return Err(format!("psoxide ps does not show itself:\n{listed}").into());
        }
        let program = target().join("program-for-psutil.py");
        fs::write(&program, PROGRAM)?;
        let module = command(&self.python)
            .args(["-m", "psoxide", "run"])
            .arg(&program)
            .arg("given")
            .output()?;
        if module.stdout != b"True given\n" {
            let said = String::from_utf8_lossy(&module.stderr);
            return Err(format!("python -m psoxide run: {said}").into());
        }
        Ok(())
    }

    /// What a program prints, started outside of the tree, where only what is installed is found.
    fn said(&self, program: &mut Command) -> Result<String> {
        debian::output(program.current_dir("/"))
    }
}

/// Builds the wheel once and installs it for every CPython from 3.9 on that is here.
fn one_for_all(python: &Path) -> Outcome {
    let wheel = build(python)?;
    let interpreters = interpreters();
    for (version, interpreter) in &interpreters {
        let fresh = Fresh::make(version, interpreter)?;
        fresh.install(&wheel.display().to_string())?;
        fresh.use_it()?;
    }
    println!("{} serves {} versions", wheel.display(), interpreters.len());
    Ok(())
}

/// Every version of CPython with a lock that is found by the usual names, on the path or where pyenv keeps them.
fn interpreters() -> Vec<(String, PathBuf)> {
    let mut folders: Vec<PathBuf> =
        std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()).collect();
    let kept = std::env::var_os("PYENV_ROOT")
        .map(PathBuf::from)
        .or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".pyenv")));
    if let Some(Ok(versions)) = kept.map(|kept| fs::read_dir(kept.join("versions"))) {
        folders.extend(versions.flatten().map(|version| version.path().join("bin")));
    }
    let mut found = Vec::new();
    for minor in 9..=20 {
        let version = format!("3.{minor}");
        let name = format!("python{version}");
        // One of pyenv's own programs may only say that the version is not chosen.
        let works = |program: &PathBuf| {
            command(program)
                .args([
                    "-c",
                    "import venv, sys; sys.exit(sys.implementation.name != 'cpython')",
                ])
                .output()
                .is_ok_and(|output| output.status.success())
        };
        let programs = folders.iter().map(|folder| folder.join(&name));
        if let Some(program) = programs.filter(|program| program.is_file()).find(works) {
            found.push((version, program));
        }
    }
    found
}

/// The version of CPython that is built free-threaded, and the suite of Ubuntu that has its source for long.
const FREE_THREADED: (&str, &str) = ("python3.14", "resolute");

/// The free-threaded CPython; no registry has it built, so it is built from the source of a Linux distribution.
fn free_threaded() -> Result<PathBuf> {
    println!("\n== free-threaded CPython from its source");
    let (name, suite) = FREE_THREADED;
    let folder = cache::folder()?.join(format!("{name}t"));
    cache::once(&folder, |unfinished| {
        if !installed("cc") || !installed("make") {
            debian::require(&["gcc", "make", "libc6-dev"])?;
        }
        let archive = Suite::of_ubuntu(suite)?.source(name, unfinished)?;
        workspace::run(command("tar").arg("-xf").arg(&archive).arg("-C").arg(unfinished))?;
        fs::remove_file(&archive)?;
        let mut sources = fs::read_dir(unfinished)?.flatten().map(|entry| entry.path());
        let source = sources
            .find(|path| path.join("configure").exists())
            .ok_or("the source has no configure")?;
        let configure = ["--disable-gil", "--without-ensurepip", "--disable-test-modules"];
        quietly(
            command(source.join("configure"))
                .current_dir(&source)
                .args(configure)
                .arg(format!("--prefix={}", folder.display()))
                .arg("CFLAGS=-O1 -g0"),
        )?;
        let jobs = std::thread::available_parallelism()?.to_string();
        quietly(command("make").current_dir(&source).args(["-j", &jobs]))?;
        // To where it will be: `folder`, by way of the unfinished one.
        let staged = unfinished.join("staged");
        quietly(
            command("make")
                .current_dir(&source)
                .args(["altinstall", "ENSUREPIP=no"])
                .arg(format!("DESTDIR={}", staged.display())),
        )?;
        let relative = folder.strip_prefix("/")?;
        for entry in fs::read_dir(staged.join(relative))? {
            let entry = entry?;
            fs::rename(entry.path(), unfinished.join(entry.file_name()))?;
        }
        cache::remove(&staged)?;
        cache::remove(&source)
    })?;
    Ok(folder.join(format!("bin/{name}t")))
}

/// Runs a program that says much, and tells the end of it only where it fails.
fn quietly(program: &mut Command) -> Outcome {
    println!("$ {}", workspace::line(program));
    let output = program.stderr(Stdio::piped()).output()?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let from = said.len().saturating_sub(2000);
    let end = said.get(from..).unwrap_or(&said);
    Err(format!(
        "`{}` ended with {}: {end}",
        workspace::line(program),
        output.status
    )
    .into())
}

/// Builds for the free-threaded CPython, installs, and makes every call from many threads at once with no lock.
fn without_lock(python: &Path, interpreter: &Path) -> Outcome {
    let wheel = wheel(python, interpreter, "debug")?;
    let fresh = Fresh::make("free-threaded", interpreter)?;
    fresh.install(&wheel.display().to_string())?;
    fresh.use_it()?;
    // A module that does not say that it needs no lock would have turned it on.
    let declared = "import sys, psoxide; sys.exit(sys._is_gil_enabled())";
    workspace::run(command(&fresh.python).current_dir("/").args(["-c", declared]))?;
    workspace::run(command(&fresh.python).args(["-X", "dev", "python/tests/hammer.py", "60"]))
}
