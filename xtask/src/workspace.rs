//! Where the workspace is, and how its programs are started: from its root, with no standard input, each command line
//! printed before it runs.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::Outcome;

/// The workspace's folder.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("xtask lies in the workspace")
}

/// The one folder that everything is built in, here and in CI.
pub(crate) fn target() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(path) => root().join(path),
        None => root().join("target"),
    }
}

/// A program that will start in the workspace's folder, without standard input.
pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root()).stdin(Stdio::null());
    command
}

/// The cargo that started this program.
pub(crate) fn cargo<'a>(arguments: impl IntoIterator<Item = &'a str>) -> Command {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    another_cargo(program, arguments)
}

/// A cargo that need not be the one that started this program.
pub(crate) fn another_cargo<'a>(
    program: impl AsRef<OsStr>,
    arguments: impl IntoIterator<Item = &'a str>,
) -> Command {
    let mut command = command(program);
    command.args(arguments);
    // What `cargo run` tells the program it starts is about xtask, and would rebuild what looks at it.
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("CARGO_PKG_") || name == "CARGO_MANIFEST_DIR" {
            command.env_remove(name);
        }
    }
    command
}

/// Prints the command line, runs it to its end, and fails as it does.
pub(crate) fn run(command: &mut Command) -> Outcome {
    println!("$ {}", line(command));
    run_quietly(command)
}

/// Runs it to its end, and fails as it does.
pub(crate) fn run_quietly(command: &mut Command) -> Outcome {
    let status = command
        .status()
        .map_err(|error| format!("{}: {error}", command.get_program().display()))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("`{}` ended with {status}", line(command)).into())
    }
}

/// Whether a program of this name can be started.
pub(crate) fn installed(program: &str) -> bool {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&folders).any(|folder| folder.join(program).is_file())
}

/// A command line as it is printed.
pub(crate) fn line(command: &Command) -> String {
    let mut line = command.get_program().display().to_string();
    if let Some(name) = Path::new(command.get_program()).file_name() {
        line = name.display().to_string();
    }
    for argument in command.get_args() {
        line.push(' ');
        line.push_str(&argument.to_string_lossy());
    }
    line
}
