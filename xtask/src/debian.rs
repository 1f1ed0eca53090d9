//! Debian packages: those that a command needs on this machine, installed where that is allowed, and those of another
//! suite, fetched through an apt of our own that leaves the machine's set-up alone.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::workspace::{command, installed, run};
use crate::{Outcome, cache};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

pub(crate) const KEYRING: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";
const MIRROR: &str = "http://deb.debian.org/debian";
const UBUNTU: &str = "https://archive.ubuntu.com/ubuntu";

/// Sees to it that these packages are installed; the error names those that are not.
pub(crate) fn require(packages: &[&str]) -> Outcome {
    let missing: Vec<&str> = packages.iter().copied().filter(|package| !has(package)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let wanted = format!("apt-get install {}", missing.join(" "));
    if !installed("apt-get") {
        return Err(format!("this machine lacks what Debian installs with `{wanted}`").into());
    }
    if !is_root()? {
        return Err(format!("Debian packages are missing; as root: `{wanted}`").into());
    }
    run(command("apt-get").args(["-qq", "-o", "DPkg::Lock::Timeout=300", "update"]))?;
    run(command("apt-get")
        .args(["-qq", "-y", "-o", "DPkg::Lock::Timeout=300"])
        .args(["install", "--no-install-recommends"])
        .args(&missing)
        .env("DEBIAN_FRONTEND", "noninteractive"))?;
    match missing.iter().find(|package| !has(package)) {
        None => Ok(()),
        Some(package) => Err(format!("{package} is not there after `{wanted}`").into()),
    }
}

fn has(package: &str) -> bool {
    command("dpkg-query")
        .args(["--show", "--showformat=${db:Status-Status}", package])
        .output()
        .is_ok_and(|answer| answer.stdout == b"installed")
}

/// Whether this process runs as root, asked of the system's own program.
pub(crate) fn is_root() -> Result<bool> {
    Ok(output(command("id").arg("-u"))?.trim() == "0")
}

/// Runs a program and gives back what it printed.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let name = command.get_program().display().to_string();
    let answer = command.output().map_err(|error| format!("{name}: {error}"))?;
    if !answer.status.success() {
        let said = String::from_utf8_lossy(&answer.stderr);
        return Err(format!("{name} ended with {}: {}", answer.status, said.trim()).into());
    }
    Ok(String::from_utf8(answer.stdout)?)
}

/// The packages of one suite, such as `trixie-backports`, for one machine architecture.
pub(crate) struct Suite {
    folder: PathBuf,
    architecture: &'static str,
    /// apt takes one program at a time.
    _lock: cache::Lock,
}

impl Suite {
    /// Reads the suite's lists; they are checked with Debian's keyring.
    pub(crate) fn open(name: &str, architecture: &'static str) -> Result<Suite> {
        let keyring = Path::new(KEYRING);
        let entry = format!("deb [signed-by={KEYRING}] {} {name} main\n", mirror());
        Suite::fetch_lists(name, architecture, keyring, &entry)
    }

    /// The sources of a suite of Ubuntu; the lists are checked with the keyring that Debian has a package of.
    pub(crate) fn of_ubuntu(name: &str) -> Result<Suite> {
        let keys = cache::folder()?.join("ubuntu-keyring");
        cache::once(&keys, |unfinished| {
            Suite::open("trixie", "amd64")?.unpack("ubuntu-keyring", unfinished)
        })?;
        let keyring = keys.join("usr/share/keyrings/ubuntu-archive-keyring.gpg");
        let entry = format!("deb-src [signed-by={}] {UBUNTU} {name} main\n", keyring.display());
        Suite::fetch_lists(name, "amd64", &keyring, &entry)
    }

    fn fetch_lists(name: &str, architecture: &'static str, keyring: &Path, entry: &str) -> Result<Suite> {
        if !installed("apt-get") || !keyring.exists() {
            return Err(format!("no apt-get with {} to fetch from {name}", keyring.display()).into());
        }
        let folder = cache::folder()?
            .join("apt")
            .join(format!("{name}-{architecture}"));
        let lock = cache::Lock::of(&folder)?;
        for part in [
            "etc/apt/apt.conf.d",
            "etc/apt/preferences.d",
            "etc/apt/sources.list.d",
            "etc/apt/trusted.gpg.d",
            "var/lib/apt/lists/partial",
            "var/cache/apt/archives/partial",
            "var/lib/dpkg",
        ] {
            fs::create_dir_all(folder.join(part))?;
        }
        fs::write(folder.join("var/lib/dpkg/status"), "")?;
        fs::write(folder.join("etc/apt/sources.list"), entry)?;
        let suite = Suite {
            folder,
            architecture,
            _lock: lock,
        };
        run(suite.apt("apt-get").args(["-qq", "update"]))?;
        Ok(suite)
    }

    /// The versions of a package, newest first.
    pub(crate) fn versions(&self, package: &str) -> Result<Vec<String>> {
        let table = output(self.apt("apt-cache").args(["madison", package]))?;
        Ok(table
            .lines()
            .filter_map(|line| line.split('|').nth(1))
            .map(|version| version.trim().to_owned())
            .collect())
    }

    /// The packages that a package depends on.
    pub(crate) fn dependencies(&self, package: &str) -> Result<Vec<String>> {
        let table = output(self.apt("apt-cache").args(["depends", package]))?;
        Ok(table
            .lines()
            .filter_map(|line| line.trim().strip_prefix("Depends: "))
            .map(str::to_owned)
            .collect())
    }

    /// Fetches a package, a version of it with `name=version`, and unpacks it into a folder.
    pub(crate) fn unpack(&self, package: &str, into: &Path) -> Outcome {
        let download = into.join("download");
        fs::create_dir_all(&download)?;
        run(self
            .apt("apt-get")
            .args(["-qq", "download", package])
            .current_dir(&download))?;
        for entry in fs::read_dir(&download)? {
            run(command("dpkg-deb").arg("--extract").arg(entry?.path()).arg(into))?;
        }
        cache::remove(&download)
    }

    /// Fetches the source of a package as its authors published it; the file.
    pub(crate) fn source(&self, package: &str, into: &Path) -> Result<PathBuf> {
        run(self
            .apt("apt-get")
            .args(["-qq", "--download-only", "--tar-only", "source", package])
            .current_dir(into))?;
        let mut files = fs::read_dir(into)?.flatten().map(|entry| entry.path());
        let archive = files.find(|path| path.to_string_lossy().contains(".orig.tar."));
        archive.ok_or_else(|| format!("{package} has no source").into())
    }

    fn apt(&self, program: &str) -> Command {
        let mut apt = command(program);
        let set = |name: &str, path: &Path| format!("{name}={}", path.display());
        apt.arg("-o")
            .arg(set("Dir", &self.folder))
            .arg("-o")
            .arg(set(
                "Dir::State::status",
                &self.folder.join("var/lib/dpkg/status"),
            ))
            .arg("-o")
            .arg(format!("APT::Architecture={}", self.architecture))
            .args(["-o", "APT::Sandbox::User=root", "-o", "Acquire::Languages=none"]);
        apt
    }
}

/// The mirror that this machine is set up with, so that a local one is used; Debian's own otherwise.
pub(crate) fn mirror() -> String {
    let one_line = |text: String| {
        text.lines()
            .filter(|line| line.starts_with("deb "))
            .flat_map(|line| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
            .find(|word| word.starts_with("http"))
    };
    let stanza = |text: String| {
        text.lines()
            .find_map(|line| line.strip_prefix("URIs:"))
            .and_then(|uris| uris.split_whitespace().next().map(str::to_owned))
    };
    let of_debian = |uri: &String| uri.trim_end_matches('/').ends_with("/debian");
    let from = |path: &str| fs::read_to_string(path).unwrap_or_default();
    stanza(from("/etc/apt/sources.list.d/debian.sources"))
        .filter(of_debian)
        .or_else(|| one_line(from("/etc/apt/sources.list")).filter(of_debian))
        .unwrap_or_else(|| MIRROR.to_owned())
}
