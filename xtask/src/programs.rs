//! `cargo xtask programs`: programs from PyPI that depend on psutil, as they are, in an environment in which the shim
//! of `python/shim` is the distribution psutil; what they say is compared with what they say on the real one.

use std::fs;
use std::path::{Path, PathBuf};

use crate::test::python;
use crate::workspace::{self, command, root, target};
use crate::{Outcome, cache, wheels};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

const FOLDER: &str = "python/programs";

/// Runs the command.
pub(crate) fn run() -> Outcome {
    let tools = python::environment()?;
    let wheel = wheels::build(&tools)?;
    let python = environment(&wheel)?;
    let real = real()?;
    let sources = sources(&tools)?;
    // Most of them wait most of the time; one of the programs runs tests side by side.
    workspace::run(
        command(python)
            .args(["-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", "4", FOLDER])
            .env("PSUTIL", real)
            .env("SOURCES", sources)
            .env("PYTHONDONTWRITEBYTECODE", "1"),
    )
}

/// An environment with psoxide, the shim in place of psutil, and the programs.
fn environment(wheel: &Path) -> Result<PathBuf> {
    let folder = target().join("programs");
    let python = folder.join("bin/python");
    workspace::run(
        command(python::base()?)
            .args(["-m", "venv", "--clear"])
            .arg(&folder),
    )?;
    let install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
    // What setuptools leaves behind stays out of the tree.
    let shim = target().join("shim");
    cache::remove(&shim)?;
    workspace::run(command("cp").args(["-R", "--", "python/shim"]).arg(&shim))?;
    workspace::run(command(&python).args(install).arg(wheel).arg(shim))?;
    let requirements = root().join(FOLDER).join("requirements.txt");
    workspace::run(
        command(&python)
            .args(install)
            .arg("--requirement")
            .arg(requirements),
    )?;
    Ok(python)
}

/// A folder with the real psutil alone.
fn real() -> Result<PathBuf> {
    let python = python::environment()?;
    let found = "import psutil, pathlib; print(pathlib.Path(psutil.__file__).parent, end='')";
    let output = command(python).args(["-c", found]).output()?;
    let package = String::from_utf8(output.stdout)?;
    let folder = target().join("psutil");
    cache::remove(&folder)?;
    fs::create_dir_all(&folder)?;
    workspace::run(command("cp").args(["-R", "--", &package]).arg(&folder))?;
    Ok(folder)
}

/// The folder with the programs' sources, fetched once.
fn sources(python: &Path) -> Result<PathBuf> {
    let list = root().join(FOLDER).join("sources.txt");
    let wanted = fs::read_to_string(&list)?;
    let names: Vec<&str> = wanted
        .lines()
        .filter_map(|line| line.split("==").next())
        .collect();
    let versions: Vec<&str> = wanted.lines().collect();
    let folder = cache::folder()?
        .join("sources")
        .join(versions.join(",").replace("==", "-"));
    fs::create_dir_all(folder.parent().unwrap_or(&folder))?;
    cache::once(&folder, |unfinished| {
        workspace::run(
            command(python)
                .args([
                    "-m",
                    "pip",
                    "download",
                    "--quiet",
                    "--disable-pip-version-check",
                    "--no-deps",
                ])
                .arg(format!("--no-binary={}", names.join(",")))
                .arg("--requirement")
                .arg(&list)
                .arg("--dest")
                .arg(unfinished),
        )
    })?;
    Ok(folder)
}
