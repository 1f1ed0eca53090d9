//! The standard library for a target: rustup's where it is installed, otherwise built once for each compiler version from
//! the source of exactly that version. The result is a sysroot that the plain, stable compiler takes; the project itself
//! is never built with `-Zbuild-std`.

use std::fs;
use std::path::{Path, PathBuf};

use crate::debian::{self, output};
use crate::workspace::{cargo, command, run};
use crate::{Outcome, cache};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// The Debian suites that carry releases of Rust newer than the stable system's, in the order in which they are asked.
const SUITES: [&str; 3] = ["trixie-backports", "forky", "sid"];

/// The compiler that is used.
pub(crate) struct Compiler {
    release: String,
    /// Release and commit: what a built library belongs to.
    name: String,
    sysroot: PathBuf,
}

/// Where a target's standard library is.
#[derive(Clone)]
pub(crate) enum StandardLibrary {
    /// In the toolchain; the compiler finds it by itself.
    Installed,
    /// In this sysroot.
    Built(PathBuf),
}

impl Compiler {
    /// Asks the compiler what it is.
    pub(crate) fn ask() -> Result<Compiler> {
        let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
        let about = output(command(&rustc).arg("-vV"))?;
        let field = |name: &str| {
            about
                .lines()
                .find_map(|line| line.strip_prefix(name))
                .map(|value| value.trim().to_owned())
                .ok_or(format!("`rustc -vV` tells no {name}"))
        };
        let release = field("release:")?;
        let commit: String = field("commit-hash:")?.chars().take(9).collect();
        Ok(Compiler {
            name: format!("{release}-{commit}"),
            sysroot: output(command(&rustc).args(["--print", "sysroot"]))?
                .trim()
                .into(),
            release,
        })
    }

    /// The standard library for this target, made if need be.
    pub(crate) fn standard_library(&self, target: &str) -> Result<StandardLibrary> {
        if has_standard_library(&self.sysroot, target) {
            return Ok(StandardLibrary::Installed);
        }
        let sysroot = cache::folder()?
            .join(format!("sysroot-{}", self.name))
            .join(target);
        cache::once(&sysroot, |unfinished| self.build(target, unfinished))?;
        if has_standard_library(&sysroot, target) {
            Ok(StandardLibrary::Built(sysroot))
        } else {
            Err(format!("{} holds no standard library; delete it", sysroot.display()).into())
        }
    }

    /// Builds an empty crate together with the standard library and keeps the latter's part.
    fn build(&self, target: &str, sysroot: &Path) -> Outcome {
        let source = self.source()?;
        let empty = sysroot.join("empty");
        fs::create_dir_all(&empty)?;
        fs::write(empty.join("lib.rs"), "#![no_std]\n")?;
        fs::write(
            empty.join("Cargo.toml"),
            "[package]\nname = \"empty\"\nedition = \"2024\"\n\n[lib]\npath = \"lib.rs\"\n\n[workspace]\n\n\
             [profile.release]\ndebug = 0\nopt-level = 0\n",
        )?;
        let built = empty.join("target");
        run(cargo(["build", "--release", "--quiet", "--target", target])
            .arg("-Zbuild-std=std,panic_unwind,test,proc_macro")
            .current_dir(&empty)
            // Stable refuses -Z; a fixed release and its own source leave nothing to be unstable.
            .env("RUSTC_BOOTSTRAP", "1")
            .env("__CARGO_TESTS_ONLY_SRC_ROOT", &source)
            .env("CARGO_TARGET_DIR", &built)
            .env_remove("RUSTFLAGS")
            .env_remove("CARGO_ENCODED_RUSTFLAGS"))?;
        let libraries = libraries(sysroot, target);
        fs::create_dir_all(&libraries)?;
        for entry in fs::read_dir(built.join(target).join("release/deps"))? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if name.ends_with(".rlib") && !name.starts_with("libempty-") {
                fs::rename(&path, libraries.join(&*name))?;
            }
        }
        cache::remove(&empty)
    }

    /// The folder `library` of exactly this compiler's source.
    fn source(&self) -> Result<PathBuf> {
        let of_rustup = self.sysroot.join("lib/rustlib/src/rust/library");
        if of_rustup.join("std").is_dir() {
            return Ok(of_rustup);
        }
        let folder = cache::folder()?.join(format!("rust-src-{}", self.name));
        cache::once(&folder, |unfinished| self.unpack_source(unfinished))?;
        Ok(folder.join("library"))
    }

    fn unpack_source(&self, into: &Path) -> Outcome {
        if let Some(archive) = std::env::var_os("PSOXIDE_RUST_SRC") {
            run(command("tar")
                .arg("--extract")
                .arg("--file")
                .arg(&archive)
                .arg("--directory")
                .arg(into))?;
            return if into.join("library/std").is_dir() {
                Ok(())
            } else {
                Err(format!("{} holds no library/std", archive.display()).into())
            };
        }
        let found = self.unpack_debian(into).map_err(|error| {
            format!(
                "no source of Rust {}'s standard library: `rustup component add rust-src`, or name an archive that \
                 holds library/ in PSOXIDE_RUST_SRC; of Debian's rust-src: {error}",
                self.release
            )
        })?;
        fs::rename(found.join("library"), into.join("library"))?;
        cache::remove(&into.join("usr"))
    }

    fn unpack_debian(&self, into: &Path) -> Result<PathBuf> {
        let mut seen = Vec::new();
        for name in SUITES {
            let suite = debian::Suite::open(name, "amd64")?;
            for version in suite.versions("rust-src")? {
                // 1.95.0+dfsg1-2~bpo13+1
                if version.split(['+', '-']).next() == Some(&self.release) {
                    suite.unpack(&format!("rust-src={version}"), into)?;
                    for entry in fs::read_dir(into.join("usr/src"))? {
                        let folder = entry?.path();
                        if folder.join("library/std").is_dir() {
                            return Ok(folder);
                        }
                    }
                    return Err(format!("rust-src {version} holds no library/std").into());
                }
                seen.push(format!("{version} in {name}"));
            }
        }
        Err(format!("there is {}", seen.join(", ")).into())
    }
}

fn libraries(sysroot: &Path, target: &str) -> PathBuf {
    sysroot.join("lib/rustlib").join(target).join("lib")
}

fn has_standard_library(sysroot: &Path, target: &str) -> bool {
    let is_std = |name: &str| name.starts_with("libstd-") && name.ends_with(".rlib");
    fs::read_dir(libraries(sysroot, target)).is_ok_and(|entries| {
        entries
            .flatten()
            .any(|entry| is_std(&entry.file_name().to_string_lossy()))
    })
}
