//! The Python package, built and laid out as an installed one, and its tests.

use std::fs;
use std::path::Path;

use crate::workspace::{self, cargo, command, root, target};
use crate::{Outcome, cache};

/// Builds the extension and lays the package `psoxide` out in `folder`, which then can be searched for modules.
pub(crate) fn lay_out(folder: &Path) -> Outcome {
    workspace::run(&mut cargo(["build", "--package=psoxide-python"]))?;
    cache::remove(folder)?;
    fs::create_dir_all(folder)?;
    let package = root().join("python/psoxide");
    workspace::run(command("cp").args(["-R", "--"]).arg(&package).arg(folder))?;
    let library = target().join("debug/lib_psoxide.so");
    fs::copy(library, folder.join("psoxide/_psoxide.abi3.so"))?;
    Ok(())
}

/// Runs the package's tests with a Python that has pytest and psutil.
pub(crate) fn test(python: &Path) -> Outcome {
    let folder = target().join("python-package");
    lay_out(&folder)?;
    workspace::run(
        command(python)
            .args(["-m", "pytest", "-q", "-p", "no:cacheprovider", "python/tests"])
            .env("PYTHONPATH", &folder)
            .env("PYTHONDONTWRITEBYTECODE", "1"),
    )
}
