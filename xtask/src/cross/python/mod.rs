//! The Python package on Windows: its wheel, built as for users and installed by the pip of a Windows Python that wine runs,
//! tried there, compared with psutil's own wheel in one program, and put in psutil's place under psutil's own tests.

mod interpreter;
mod suite;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::{Build, Step, wine};
use crate::test::python;
use crate::workspace::{command, line, root, target};
use crate::{Outcome, cache, types, wheels};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// The package's tests of what is Windows' alone.
const TESTS: &str = "python/tests/windows";
/// The comparison with psutil's wheel.
const PARITY: &str = "xtask/parity/windows.py";
/// What the comparison finds out of each question and attribute.
pub(crate) const ANSWERS: &str = "xtask/cross/windows-answers.tsv";
/// What its types need not tell as it is.
const ALLOWED: &str = "python/tests/stubtest-allowlist-windows.txt";
/// What measures both.
const BENCH: &str = "bench/windows.py";

/// Tries the package, compares it with psutil, and runs psutil's tests on it.
pub(super) fn check(build: &Build<'_>) -> Step {
    match try_all(build) {
        Ok(told) => Step::Passed(told),
        Err(error) => Step::failed(&error.to_string()),
    }
}

fn try_all(build: &Build<'_>) -> Result<String> {
    let windows = Windows::prepare(build, "debug")?;
    let tests = root().join(TESTS);
    let mut own = windows.python(240, &[])?;
    own.args([
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "--timeout=60",
        "--rootdir",
    ])
    .args([windows.seen(&tests), windows.seen(&tests)]);
    let mut parity = windows.python(300, &[])?;
    parity
        .arg(windows.seen(&root().join(PARITY)))
        .arg(windows.seen(&root().join(ANSWERS)));
    let mut stubs = windows.python(240, &[])?;
    stubs
        .args(["-m", "mypy.stubtest", "psoxide", "--concise", "--allowlist"])
        .arg(windows.seen(&root().join(ALLOWED)));
    // Each is run whatever became of the others.
    let mut ends = vec![
        ("the package's tests", run(&mut own)),
        ("the comparison with psutil", run(&mut parity)),
        ("its types", run(&mut stubs)),
    ];
    for program in types::of_windows()? {
        let mut typed = windows.python(120, &[])?;
        ends.push(("a program with types", run(typed.arg(windows.seen(&program)))));
    }
    let suite = suite::run(&windows);
    let mut failed: Vec<String> = ends
        .into_iter()
        .filter_map(|(what, end)| Some(format!("{what}: {}", end.err()?)))
        .collect();
    match suite {
        Ok(told) if failed.is_empty() => return Ok(told),
        Ok(_) => {}
        Err(error) => failed.push(format!("psutil's tests: {error}")),
    }
    Err(failed.join("; ").into())
}

/// Measures the package beside psutil's wheel; the tables as the program prints them.
pub(super) fn bench(build: &Build<'_>, rounds: u32) -> Result<String> {
    let windows = Windows::prepare(build, "release")?;
    let mut bench = windows.python(1200, &[])?;
    bench
        .arg(windows.seen(&root().join(BENCH)))
        .arg(rounds.to_string())
        .stderr(Stdio::inherit());
    println!("$ {}", line(&bench));
    let answer = bench.output()?;
    if !answer.status.success() {
        return Err(format!("the bench ended with {}", answer.status).into());
    }
    Ok(String::from_utf8(answer.stdout)?.replace('\r', ""))
}

fn run(program: &mut Command) -> Outcome {
    println!("$ {}", line(program));
    match program.status()?.code() {
        Some(0) => Ok(()),
        Some(124) => Err("it hung, and was ended; see above".into()),
        code => Err(format!("it ended with {}; see above", code.unwrap_or(-1)).into()),
    }
}

/// A Windows Python with the package.
struct Windows {
    runner: Vec<String>,
    /// Where `python.exe` is.
    interpreter: PathBuf,
    /// Where the package's wheel is installed.
    site: PathBuf,
}

impl Windows {
    fn prepare(build: &Build<'_>, profile: &str) -> Result<Windows> {
        let runner = wine::runner()?;
        let interpreter = interpreter::folder()?;
        let mut maturin = wheels::maturin(&python::environment()?);
        maturin.args(["--target", build.target.name]);
        build.for_target(&mut maturin, false);
        let folder = target().join("cross/wheels").join(profile);
        let wheel = wheels::built(&mut maturin, profile, &folder)?;
        let site = target().join("cross/python").join(profile);
        cache::remove(&site)?;
        fs::create_dir_all(&site)?;
        let windows = Windows {
            runner,
            interpreter,
            site,
        };
        let mut install = windows.python(240, &[])?;
        install
            .args(["-m", "pip", "--disable-pip-version-check", "--no-cache-dir"])
            .args(["install", "--no-index", "--no-deps", "--target"])
            .args([windows.seen(&windows.site), windows.seen(&wheel)]);
        run(&mut install)?;
        Ok(windows)
    }

    /// A call of Python that looks for modules in these folders and in the package's, and is ended after some seconds.
    fn python(&self, seconds: u32, folders: &[&Path]) -> Result<Command> {
        let mut python = command("timeout");
        python
            .args(["--kill-after=10", &seconds.to_string()])
            .args(&self.runner)
            .arg(self.interpreter.join("python.exe"));
        let mut path = Vec::new();
        for folder in folders.iter().copied().chain([self.site.as_path()]) {
            path.push(self.seen(folder));
        }
        python
            .env("PYTHONPATH", path.join(";"))
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("PYTHONUTF8", "1");
        Ok(python)
    }

    /// As programs under wine see a path of this machine.
    fn seen(&self, path: &Path) -> String {
        format!("Z:{}", path.display()).replace('/', "\\")
    }
}
