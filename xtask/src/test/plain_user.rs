//! The same tests as a user who may nothing: built by root, run under the numbers of Debian's `nobody`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::counts::Counts;
use super::is_public;
use crate::Outcome;
use crate::stages::Stages;
use crate::workspace::{self, cargo, command, installed, root};

/// Debian's nobody and nogroup; any numbers without rights would do.
const USER: &str = "65534";

/// A test program and the folder of its package, in which `cargo test` would start it.
#[derive(Debug, PartialEq)]
struct Program {
    executable: PathBuf,
    package: PathBuf,
}

/// The stages that run as a plain user.
pub(super) fn stages(stages: &mut Stages, counts: &mut Counts, python: Option<&Path>) {
    if !installed("setpriv") {
        let reason = "there is no setpriv (Debian: apt-get install util-linux)";
        stages.not_tested("tests as a plain user", reason.into());
        return;
    }
    let place = match Place::new() {
        Ok(place) => place,
        Err(error) => {
            stages.not_tested("tests as a plain user", error.to_string());
            return;
        }
    };
    stages.run("tests as a plain user", || tests(&place, counts));
    let name = "comparison with psutil as a plain user";
    match python.map(|python| place.reachable(python)) {
        Some(Ok(python)) => stages.run(name, || compare(&place, &python)),
        Some(Err(error)) => stages.not_tested(name, error.to_string()),
        None => stages.not_tested(name, "there is no virtual environment".into()),
    }
}

/// Where a plain user can read the tree, start programs and write.
struct Place {
    /// The tree: the workspace itself, or a copy where that lies in a folder which is root's alone.
    tree: PathBuf,
    target: PathBuf,
    /// Removed at the end, the home of the plain user in it.
    folder: PathBuf,
}

impl Place {
    fn new() -> Result<Place, Box<dyn std::error::Error>> {
        let folder = std::env::temp_dir().join(format!("psoxide-plain-user-{}", std::process::id()));
        let home = folder.join("home");
        fs::create_dir_all(&home)?;
        workspace::run(command("chmod").arg("755").arg(&folder))?;
        workspace::run(command("chown").arg(format!("{USER}:{USER}")).arg(&home))?;
        let (mut tree, mut target) = (root().to_owned(), workspace::target());
        if !is_public(&tree) || !is_public(&target) {
            tree = folder.join("tree");
            target = folder.join("target");
            println!(
                "a plain user cannot enter {}: its files are copied to {}",
                root().display(),
                tree.display()
            );
            copy(root(), &tree)?;
        }
        Ok(Place { tree, target, folder })
    }

    /// The program, to be run as the plain user.
    fn as_plain_user(&self, program: &Path) -> Command {
        let home = self.folder.join("home");
        let mut plain = command("setpriv");
        plain
            .args(["--reuid", USER, "--regid", USER, "--clear-groups"])
            .args(["--inh-caps=-all", "--"])
            .arg(program)
            .env("HOME", &home)
            .env("TMPDIR", &home)
            .env("USER", "nobody")
            .env("LOGNAME", "nobody");
        plain
    }
}

impl Place {
    /// The environment's Python, or that of a copy where the environment lies in a folder which is root's alone.
    fn reachable(&self, python: &Path) -> Result<PathBuf, Box<dyn std::error::Error>> {
        if self.starts(python) {
            return Ok(python.to_owned());
        }
        let environment = python.ancestors().nth(2).ok_or("the environment has no folder")?;
        let copy = self.folder.join("venv");
        workspace::run(command("cp").arg("-a").arg(environment).arg(&copy))?;
        workspace::run(command("chmod").args(["-R", "a+rX"]).arg(&copy))?;
        let copied = copy.join("bin/python");
        if self.starts(&copied) {
            return Ok(copied);
        }
        Err(format!("a plain user cannot start {}", python.display()).into())
    }

    fn starts(&self, python: &Path) -> bool {
        self.as_plain_user(python)
            .args(["-c", "import psutil"])
            .current_dir(&self.folder)
            .output()
            .is_ok_and(|output| output.status.success())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.folder) {
            eprintln!("{}: {error}", self.folder.display());
        }
    }
}

/// Copies what was written by hand, the history left out.
fn copy(from: &Path, to: &Path) -> Outcome {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let name = entry.file_name();
        let left_out = [".git", ".venv", "target", "corpus", "artifacts"];
        if left_out.iter().any(|folder| name == *folder) {
            continue;
        }
        workspace::run_quietly(command("cp").args(["-a", "--"]).arg(entry.path()).arg(to))?;
    }
    workspace::run(command("chmod").args(["-R", "a+rX"]).arg(to))
}

fn tests(place: &Place, counts: &mut Counts) -> Outcome {
    let mut build = cargo([
        "test",
        "--quiet",
        "--workspace",
        "--all-features",
        "--lib",
        "--bins",
        "--tests",
        "--no-run",
        "--message-format=json",
    ]);
    build
        .current_dir(&place.tree)
        .env("CARGO_TARGET_DIR", &place.target);
    let output = build.stderr(std::process::Stdio::inherit()).output()?;
    if !output.status.success() {
        return Err("the tests cannot be built".into());
    }
    let programs: Vec<Program> = String::from_utf8(output.stdout)?
        .lines()
        .filter_map(program)
        .collect();
    if programs.is_empty() {
        return Err("cargo names no test programs".into());
    }
    let mut failed = Vec::new();
    for program in &programs {
        let mut plain = place.as_plain_user(&program.executable);
        plain
            .current_dir(&program.package)
            .env("CARGO_MANIFEST_DIR", &program.package);
        if let Err(error) = counts.run_any(&mut plain) {
            println!("FAILED: {error}");
            failed.push(program.executable.display().to_string());
        }
    }
    if failed.is_empty() {
        return Ok(());
    }
    Err(format!("failed as a plain user: {}", failed.join(", ")).into())
}

/// The test program in a line of cargo's messages, if it names one.
fn program(message: &str) -> Option<Program> {
    // The profile says it; the target's own `test` only tells that it could be one.
    let (_, profile) = message.split_once("\"profile\":{")?;
    let (profile, _) = profile.split_once('}')?;
    if !profile.contains("\"test\":true") {
        return None;
    }
    let executable = text_of(message, "executable")?;
    let package = Path::new(&text_of(message, "manifest_path")?)
        .parent()?
        .to_owned();
    Some(Program {
        executable: executable.into(),
        package,
    })
}

/// The text of a key in a line of JSON; `None` if it is absent or null. Paths with quotes in them are not expected.
fn text_of(message: &str, key: &str) -> Option<String> {
    let (_, rest) = message.split_once(&format!("\"{key}\":\""))?;
    let (text, _) = rest.split_once('"')?;
    Some(text.to_owned())
}

fn compare(place: &Place, python: &Path) -> Outcome {
    // Copies, since both may lie where a plain user cannot go.
    let program = place.folder.join("xtask");
    fs::copy(std::env::current_exe()?, &program)?;
    let scripts = place.folder.join("parity");
    workspace::run(
        command("cp")
            .args(["-R", "--"])
            .arg(root().join("xtask/parity"))
            .arg(&scripts),
    )?;
    workspace::run(command("chmod").args(["-R", "755"]).arg(&program).arg(&scripts))?;
    let script = scripts.join("compare.py");
    workspace::run(
        place
            .as_plain_user(python)
            .arg(script)
            .arg(program)
            .current_dir(&place.folder),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn test_programs_are_found_in_cargos_messages() {
        let test = r#"{"reason":"compiler-artifact","manifest_path":"/a/b/Cargo.toml","target":{"name":"b","test":true},"profile":{"debuginfo":2,"test":true},"features":[],"executable":"/t/deps/b-1","fresh":true}"#;
        let wanted = Program {
            executable: "/t/deps/b-1".into(),
            package: "/a/b".into(),
        };
        assert_eq!(program(test), Some(wanted));
        let program_of_a_package =
            test.replace("\"debuginfo\":2,\"test\":true", "\"debuginfo\":2,\"test\":false");
        assert_eq!(program(&program_of_a_package), None);
        assert_eq!(program(&test.replace("\"/t/deps/b-1\"", "null")), None);
    }
}
