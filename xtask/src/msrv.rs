//! `cargo xtask msrv`: has the oldest compiler that `Cargo.toml` promises check the crates that users depend on, with their
//! tests and examples. rustup fetches that compiler once, into a folder of its own in the cache, so that the
//! machine's toolchains stay as they are.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::workspace::{self, command, installed};
use crate::{Outcome, cache, debian};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// What a user depends on, installs or builds.
const CRATES: [&str; 8] = [
    "-p",
    "psoxide-core",
    "-p",
    "psoxide",
    "-p",
    "psoxide-cli",
    "-p",
    "psoxide-python",
];

/// Runs the command.
pub(crate) fn run() -> Outcome {
    check(&Toolchain::fetch()?)
}

/// The oldest compiler, and its cargo.
pub(crate) struct Toolchain {
    programs: PathBuf,
}

impl Toolchain {
    /// Has rustup fetch it, unless that was done before.
    pub(crate) fn fetch() -> Result<Toolchain> {
        let release = env!("CARGO_PKG_RUST_VERSION");
        let folder = cache::folder()?.join(format!("rust-{release}"));
        cache::once(&folder, |unfinished| {
            if !installed("rustup") {
                return Err(format!("Rust {release} comes through rustup, which is not installed").into());
            }
            workspace::run(
                command("rustup")
                    .args(["toolchain", "install", release])
                    .args(["--profile", "minimal", "--no-self-update"])
                    .env("RUSTUP_HOME", unfinished)
                    .env_remove("RUSTUP_TOOLCHAIN"),
            )
        })?;
        // One folder, named after the release and this machine.
        let toolchain = fs::read_dir(folder.join("toolchains"))?
            .next()
            .ok_or_else(|| format!("{} holds no toolchain; delete it", folder.display()))??;
        Ok(Toolchain {
            programs: toolchain.path().join("bin"),
        })
    }

    fn cargo<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> Command {
        let mut old = workspace::another_cargo(self.programs.join("cargo"), arguments);
        // The newest compiler tells the warnings.
        old.env("CARGO_ENCODED_RUSTFLAGS", "-Awarnings")
            .env_remove("RUSTFLAGS")
            .env("RUSTC", self.programs.join("rustc"))
            .env("CARGO_TARGET_DIR", workspace::target().join("msrv"))
            .env("CARGO_PROFILE_DEV_DEBUG", "0")
            .env("CARGO_INCREMENTAL", "0");
        old
    }
}

/// Has it check all. What it compiles does as that of the newest, whose tests run.
pub(crate) fn check(oldest: &Toolchain) -> Outcome {
    let version = debian::output(command(oldest.programs.join("rustc")).arg("--version"))?;
    println!("{}", version.trim());
    workspace::run(
        oldest
            .cargo(["check", "--quiet", "--locked", "--all-features", "--all-targets"])
            .args(CRATES),
    )
}
