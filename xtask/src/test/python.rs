//! The virtual environment with the psutil that psoxide is compared with.

use std::fs;
use std::path::{Path, PathBuf};

use crate::workspace::{self, command, installed};
use crate::{debian, test};

/// The script that compares, below the workspace's folder.
pub(super) const COMPARE: &str = "xtask/parity/compare.py";
const REQUIREMENTS: &str = "xtask/parity/requirements.txt";

/// The environment's Python, with exactly the packages of `requirements.txt`; made if need be.
pub(crate) fn environment() -> Result<PathBuf, Box<dyn std::error::Error>> {
    println!("\n== virtual environment");
    let folder = workspace::root().join(".venv");
    let python = folder.join("bin/python");
    let wanted = fs::read_to_string(workspace::root().join(REQUIREMENTS))?;
    let stamp = folder.join("requirements.txt");
    let current = fs::read_to_string(&stamp).is_ok_and(|made| made == wanted);
    if !current || command(&python).arg("--version").output().is_err() {
        workspace::run(command(base()?).args(["-m", "venv", "--clear"]).arg(&folder))?;
        workspace::run(command(&python).args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--requirement",
            REQUIREMENTS,
        ]))?;
        fs::write(&stamp, &wanted)?;
    }
    println!("{} has {}", python.display(), wanted.trim().replace('\n', ", "));
    Ok(python)
}

/// A Python that can make virtual environments, best one that a plain user can start too.
pub(crate) fn base() -> Result<PathBuf, Box<dyn std::error::Error>> {
    let usable = |python: &Path| {
        command(python)
            .args(["-c", "import ensurepip, venv"])
            .output()
            .is_ok_and(|output| output.status.success())
    };
    let system = Path::new("/usr/bin/python3");
    if !usable(system) && installed("apt-get") && debian::is_root()? {
        debian::require(&["python3", "python3-venv"])?;
    }
    for python in [system, Path::new("python3")] {
        if usable(python) && (python.is_relative() || test::is_public(python)) {
            return Ok(python.to_owned());
        }
    }
    Err(
        "there is no Python 3 that can make a virtual environment (Debian: apt-get install python3-venv)"
            .into(),
    )
}
