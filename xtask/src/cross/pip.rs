//! The Python package index, asked by this machine's pip.

use std::process::Command;

use crate::debian;
use crate::workspace::{self, command, installed};

/// A call of pip, which is installed if need be.
pub(super) fn pip(arguments: &[&str]) -> Result<Command, Box<dyn std::error::Error>> {
    if !installed("python3") || workspace::run(command("python3").args(["-m", "pip", "--version"])).is_err() {
        debian::require(&["python3-pip"])?;
    }
    let mut pip = command("python3");
    pip.args(["-m", "pip", "--quiet", "--disable-pip-version-check"])
        .args(arguments);
    Ok(pip)
}
