//! Running a program of Windows under wine. It is our code over real calls of Windows' interface, which wine answers: what
//! wine lacks or tells otherwise than Windows is not proven by it, and `PLATFORMS.md` names that.
//!
//! Debian 12's own wine lacks a library that every program of Rust needs, so that of Debian 13 is put into a folder.

use std::path::Path;

use crate::workspace::{self, command, installed, root};
use crate::{Outcome, cache, debian};

/// The suite whose wine is used.
const SUITE: &str = "trixie";

/// The words before the program's own that run it.
pub(super) fn runner() -> Result<Vec<String>, Box<dyn std::error::Error>> {
    if !debian::is_root()? || !installed("unshare") {
        return Err("wine is run in a folder of its own, which takes root and `unshare`".into());
    }
    let folder = cache::folder()?;
    let system = folder.join("wine-10");
    cache::once(&system, install)?;
    let words = [
        root().join("xtask/cross/wine.sh"),
        system,
        folder.join("wine-prefix"),
    ];
    Ok(words.iter().map(|word| word.display().to_string()).collect())
}

/// A Debian with wine and nothing that it can do without.
fn install(folder: &Path) -> Outcome {
    debian::require(&["mmdebstrap"])?;
    let keyring = format!("--keyring={}", debian::KEYRING);
    workspace::run(
        command("mmdebstrap")
            .args([
                "--quiet",
                "--variant=apt",
                "--include=wine64,wine",
                keyring.as_str(),
            ])
            .arg(r#"--aptopt=APT::Install-Recommends "false""#)
            .args(["doc", "man", "locale"].map(|part| format!("--dpkgopt=path-exclude=/usr/share/{part}/*")))
            .arg(SUITE)
            .arg(folder)
            .arg(format!("deb {} {SUITE} main", debian::mirror())),
    )
}
