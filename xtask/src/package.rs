//! The Python package, built and laid out as an installed one, its tests and its bench.

use std::fs;
use std::path::Path;
use std::process::Stdio;

use crate::test::python;
use crate::workspace::{self, cargo, command, root, target};
use crate::{Outcome, cache, types};

/// Builds the extension and lays the package `psoxide` out in `folder`, which then can be searched for modules.
pub(crate) fn lay_out(folder: &Path) -> Outcome {
    lay_out_as(folder, "debug")
}

pub(crate) fn lay_out_as(folder: &Path, profile: &str) -> Outcome {
    let mut build = cargo(["build", "--package=psoxide-python"]);
    if profile == "release" {
        // As in a wheel.
        build
            .arg("--release")
            .env("CARGO_PROFILE_RELEASE_STRIP", "symbols");
    }
    workspace::run(&mut build)?;
    cache::remove(folder)?;
    fs::create_dir_all(folder)?;
    let package = root().join("python/psoxide");
    workspace::run(command("cp").args(["-R", "--"]).arg(&package).arg(folder))?;
    let library = target().join(profile).join("lib_psoxide.so");
    fs::copy(library, folder.join("psoxide/_psoxide.abi3.so"))?;
    Ok(())
}

/// Runs the package's tests with a Python that has pytest and psutil, and checks its types.
pub(crate) fn test(python: &Path) -> Outcome {
    let folder = target().join("python-package");
    lay_out(&folder)?;
    workspace::run(
        command(python)
            .args(["-m", "pytest", "-q", "-p", "no:cacheprovider", "python/tests"])
            .env("PYTHONPATH", &folder)
            .env("PYTHONDONTWRITEBYTECODE", "1"),
    )?;
    types::check(python, &folder)
}

/// Measures the package beside psutil; the tables go to `docs/performance-python.md`.
pub(crate) fn bench(processes: u32, rounds: u32, dry: bool) -> Outcome {
    let python = python::environment()?;
    let folder = target().join("python-bench");
    lay_out_as(&folder, "release")?;
    // As in an installed package: nothing is compiled when it is imported.
    workspace::run(command(&python).args(["-m", "compileall", "-q"]).arg(&folder))?;
    let mut bench = command(&python);
    bench
        .arg("bench/python.py")
        .args([processes.to_string(), rounds.to_string()])
        .arg(std::env::current_exe()?)
        .env("PYTHONPATH", &folder);
    println!("$ {}", workspace::line(&bench));
    let output = bench.stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        return Err(format!("the bench ended with {}", output.status).into());
    }
    let tables = String::from_utf8(output.stdout)?;
    print!("{tables}");
    if !dry {
        let page = format!(
            "# What psoxide costs from Python, beside psutil 7.2.2\n\n\
             CPU time, median of {rounds} interleaved rounds, with {processes} idle processes more. Written by\n\
             `cargo xtask bench python`; the figures depend on the machine, and on what else it does: compare columns, not pages.\n\n\
             The *floor* is what nobody who asks the kernel for the same can go below, measured in the same round: a loop of\n\
             Rust that opens, reads and closes the files which the answer must come from, and looks at none of the bytes; for\n\
             what one call of the C library answers, that call; for what is remembered, a method of Python that does nothing.\n\
             A call of which the floor is more than half of psutil's time cannot be twice as cheap.\n\n{tables}"
        );
        fs::write(root().join("docs/performance-python.md"), page)?;
    }
    Ok(())
}
