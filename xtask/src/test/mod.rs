//! `cargo xtask test`: installs what the tests need and runs every test, as the user who asked and, where that is
//! root, as a plain user too. Each stage runs whatever became of the others; what cannot be set up is named with what is
//! then not tested, and fails the run in CI.

pub(crate) mod counts;
mod needs;
mod plain_user;
pub(crate) mod python;

use std::fs;
use std::path::Path;

use crate::stages::Stages;
use crate::workspace::{self, cargo, command};
use crate::{Outcome, debian, generate, package};

/// The arguments of `cargo xtask test`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Run only the stages with this in their names.
    #[arg(long)]
    only: Option<String>,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let mut stages = Stages::new().only(arguments.only.clone());
    let mut counts = counts::Counts::default();

    let programs = "programs that tests compare with";
    match needs::programs() {
        Ok(count) => stages.run(programs, || {
            println!("all {count} are there");
            Ok(())
        }),
        // The tests leave out those comparisons, each with a line that says so.
        Err(error) => stages.not_tested(programs, error.to_string()),
    }
    let python = python::environment();

    stages.run("rustfmt", formatting);
    stages.run("clippy", || clippy(&["--all-features"]));
    stages.run("clippy without features", || clippy(&["--no-default-features"]));
    stages.run("documentation", documentation);
    stages.run("generated files", generate::check);
    stages.run("tests", || {
        counts.run(&mut cargo([
            "test",
            "--workspace",
            "--all-features",
            "--no-fail-fast",
        ]))
    });
    stages.run("tests once more, one at a time", || {
        counts.run(&mut cargo([
            "test",
            "--workspace",
            "--all-features",
            "--no-fail-fast",
            "--lib",
            "--bins",
            "--tests",
            "--",
            "--test-threads=1",
        ]))
    });
    stages.run("examples", examples);

    let program = std::env::current_exe();
    match (&python, &program) {
        (Ok(python), Ok(program)) => {
            stages.run("comparison with psutil", || {
                workspace::run(command(python).arg(python::COMPARE).arg(program))
            });
        }
        (Err(error), _) => stages.not_tested("comparison with psutil", error.to_string()),
        (_, Err(error)) => stages.not_tested("comparison with psutil", error.to_string()),
    }

    match &python {
        Ok(python) => stages.run("Python package", || package::test(python)),
        Err(error) => stages.not_tested("Python package", error.to_string()),
    }

    match debian::is_root() {
        Ok(false) => println!("\nthese tests ran as a plain user; root's were not run"),
        Ok(true) => plain_user::stages(&mut stages, &mut counts, python.as_deref().ok()),
        Err(error) => stages.not_tested("tests as a plain user", error.to_string()),
    }

    println!("\n{counts}");
    stages.finish()
}

fn formatting() -> Outcome {
    workspace::run(&mut cargo(["fmt", "--all", "--check"]))?;
    for manifest in ["fuzz/Cargo.toml", "bench/Cargo.toml"] {
        if workspace::root().join(manifest).exists() {
            workspace::run(&mut cargo(["fmt", "--check", "--manifest-path", manifest]))?;
        }
    }
    Ok(())
}

fn clippy(features: &[&str]) -> Outcome {
    let mut clippy = cargo(["clippy", "--workspace", "--all-targets"]);
    workspace::run(clippy.args(features).args(["--", "-Dwarnings"]))
}

fn documentation() -> Outcome {
    workspace::run(
        cargo([
            "doc",
            "--no-deps",
            "--all-features",
            "--package=psoxide-core",
            "--package=psoxide",
        ])
        .env("RUSTDOCFLAGS", "-Dwarnings"),
    )
}

/// Each example of the library runs to its end.
fn examples() -> Outcome {
    let folder = workspace::root().join("crates/psoxide/examples");
    let mut names = Vec::new();
    for entry in fs::read_dir(&folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == "rs") {
            names.extend(path.file_stem().map(|name| name.to_string_lossy().into_owned()));
        }
    }
    names.sort();
    if names.is_empty() {
        return Err("the library has no examples".into());
    }
    for name in &names {
        let arguments = ["run", "--quiet", "--package=psoxide", "--all-features"];
        let mut example = cargo(arguments);
        let output = example.args(["--example", name]).output()?;
        println!(
            "$ {}: {}, {} lines",
            workspace::line(&example),
            output.status,
            output.stdout.split(|byte| *byte == b'\n').count() - 1
        );
        if !output.status.success() || output.stdout.is_empty() {
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            return Err(format!("the example {name} said nothing or failed: {said}").into());
        }
    }
    Ok(())
}

/// Whether a plain user can reach this path: every folder above it lets others through.
#[cfg(unix)]
fn is_public(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.ancestors()
        .all(|folder| fs::metadata(folder).is_ok_and(|found| found.permissions().mode() & 0o001 != 0))
}

#[cfg(not(unix))]
fn is_public(_path: &Path) -> bool {
    true
}
