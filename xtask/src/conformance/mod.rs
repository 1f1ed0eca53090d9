//! `cargo xtask conformance`: psutil's own test suite, fetched from PyPI, against psoxide standing in for psutil. What
//! came of it goes to `docs/conformance.md`.
//!
//! The suite signals and reaps what it takes for its own children, so as root it runs in a PID namespace of its own.

pub(crate) mod report;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::test::python;
use crate::workspace::{self, command, installed, root};
use crate::{Outcome, cache, debian, package};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// The psutil whose interface psoxide has.
const PSUTIL: &str = "psutil==7.2.2";
/// The tests that cannot pass on Linux.
const KNOWN: &str = "xtask/conformance/known.tsv";
/// What the tests of leaks are built on. It asks for psutil, which psoxide stands in for here.
const PSLEAK: &str = "psleak";
/// Debian's nobody and nogroup; any numbers without rights would do.
const PLAIN_USER: &str = "65534";
/// Seconds that the suite may take as one user; it takes two or three minutes.
const LIMIT: &str = "1200";
/// How often tests that failed run again. Of a child that was just started the name is cut in one of ten rounds where it
/// shares a CPU with who asks, psutil's answer as well: twice in a row is not rare enough.
const RUNS_AGAIN: usize = 4;
/// What is not run, each with the reason.
const LEFT_OUT: [(&str, &str); 4] = [
    ("tests/test_sudo.py", "moves the clock of the machine"),
    (
        "tests/test_scripts.py::TestInternalScripts::test_import_all",
        "imports the tools of psutil's developers, some of which need packages that nothing names; fails with psutil, too",
    ),
    (
        "tests/test_scripts.py::TestSetupScript::test_invocation",
        "psutil's own setup.py, which builds it; fails with psutil, too",
    ),
    (
        "tests/test_scripts.py::TestSetupScript::test_python2",
        "psutil's own setup.py with Python 2.7",
    ),
];

/// What looks at the users who are logged in, and fails with psutil, too, where there is none.
const OF_USERS: [&str; 2] = [
    "tests/test_scripts.py::TestExampleScripts::test_who",
    "tests/test_system.py::TestMiscAPIs::test_users",
];

/// The arguments of `cargo xtask conformance`.
#[derive(clap::Args, Default)]
pub(crate) struct Arguments {
    /// Only tests whose names match, as pytest's -k; the report is not written.
    #[arg(long, short = 'k')]
    only: Option<String>,
    /// Leave out the plain user's run.
    #[arg(long)]
    root_only: bool,
}

/// What became of each test, by its name.
pub(crate) type Results = BTreeMap<String, End>;

/// What became of a test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    Passed,
    Failed,
    Skipped,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let place = Place::new()?;
    place.prepare()?;
    let known = report::known(KNOWN)?;
    let mut runs = Vec::new();
    if debian::is_root()? {
        runs.push(("root", place.run(arguments, User::Root, &known)?));
        if !arguments.root_only {
            runs.push(("a plain user", place.run(arguments, User::Plain, &known)?));
        }
    } else {
        runs.push(("a plain user", place.run(arguments, User::Present, &known)?));
    }
    let whole = arguments.only.is_none();
    if whole {
        let page = report::page(&runs, &known, &LEFT_OUT);
        fs::write(root().join("docs/conformance.md"), page)?;
    }
    report::judge(&runs, &known, KNOWN, whole)
}

/// As whom the suite runs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum User {
    Root,
    /// Without rights, started by root.
    Plain,
    /// Whoever started this.
    Present,
}

/// Where the suite and what it needs lie.
struct Place {
    folder: PathBuf,
}

impl Place {
    fn new() -> Result<Place> {
        let folder = workspace::target().join("conformance");
        fs::create_dir_all(&folder)?;
        Ok(Place { folder })
    }

    fn python(&self) -> PathBuf {
        self.folder.join("venv/bin/python")
    }

    /// The environment, the suite, and psoxide beside a start-up file that makes it stand in for psutil.
    fn prepare(&self) -> Outcome {
        let requirements = root().join("xtask/conformance/requirements.txt");
        cache::once(&self.folder.join("venv"), |venv| {
            workspace::run(command(python::base()?).args(["-m", "venv"]).arg(venv))?;
            let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
            let python = venv.join("bin/python");
            workspace::run(command(&python).args(pip).arg("--requirement").arg(requirements))?;
            workspace::run(command(&python).args(pip).args(["--no-deps", PSLEAK]))
        })?;
        let suite = self.folder.join("suite");
        cache::once(&suite, |suite| fetch(&self.python(), suite))?;
        fs::write(suite.join("pytest.ini"), "[pytest]\n")?;

        let site = self.folder.join("site");
        package::lay_out(&site)?;
        let start = "import psoxide\npsoxide.install_as_psutil()\n";
        fs::write(site.join("sitecustomize.py"), start)?;
        let recorder = "conformance_recorder.py";
        fs::copy(root().join("xtask/conformance/recorder.py"), site.join(recorder))?;
        Ok(())
    }

    /// What became of the tests. Those that fail though they should not are run again, and what passes then has passed:
    /// some look at a child that may not yet have come to its program, which psutil misses as well, or wait for it for a
    /// time that is little on a busy machine.
    fn run(&self, arguments: &Arguments, user: User, known: &report::Known) -> Result<Results> {
        let mut results = self.run_tests(arguments, user, &["tests"])?;
        for _ in 0..RUNS_AGAIN {
            let unexpected: Vec<String> = results
                .iter()
                .filter(|(name, end)| **end == End::Failed && !known.contains_key(*name))
                .map(|(name, _)| name.clone())
                .collect();
            if unexpected.is_empty() {
                break;
            }
            println!("once more: {}", unexpected.join(", "));
            let names: Vec<&str> = unexpected.iter().map(String::as_str).collect();
            let again = self.run_tests(arguments, user, &names)?;
            results.extend(again.into_iter().filter(|(_, end)| *end == End::Passed));
        }
        Ok(results)
    }

    /// Runs the tests of these names, or in these folders.
    fn run_tests(&self, arguments: &Arguments, user: User, tests: &[&str]) -> Result<Results> {
        let results = self.folder.join("results.tsv");
        let scratch = self.folder.join("scratch");
        cache::remove(&scratch)?;
        fs::create_dir_all(&scratch)?;
        // The tests write where they lie.
        let suite_folder = scratch.join("suite");
        workspace::run(
            command("cp")
                .args(["-R", "--"])
                .arg(self.folder.join("suite"))
                .arg(&suite_folder),
        )?;
        if user == User::Plain {
            let owner = format!("{PLAIN_USER}:{PLAIN_USER}");
            workspace::run(command("chown").args(["-R", "--"]).arg(owner).arg(&scratch))?;
        }
        let written = scratch.join("results.tsv");
        let mut suite = self.alone(user)?;
        suite
            .args(["timeout", "--kill-after=10", LIMIT])
            .arg(self.python())
            .args(["-m", "pytest", "-q", "--tb=line", "-p", "no:cacheprovider"])
            .args(["-p", "conformance_recorder"]);
        for (test, _) in LEFT_OUT {
            suite.arg(if test.contains("::") {
                "--deselect"
            } else {
                "--ignore"
            });
            suite.arg(test);
        }
        // Root's runs have a record of a session of their own.
        if user == User::Present && debian::output(&mut command("who"))?.is_empty() {
            println!(
                "nobody is logged in, so these are left out: {}",
                OF_USERS.join(", ")
            );
            for test in OF_USERS {
                suite.args(["--deselect", test]);
            }
        }
        suite.args(tests);
        if let Some(only) = &arguments.only {
            suite.args(["-k", only]);
        }
        let site = self.folder.join("site");
        let packages = debian::output(
            command(self.python()).args(["-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]),
        )?;
        // Some tests start the interpreter that the environment was made with: it finds the packages, too.
        let path = std::env::join_paths([site.as_path(), Path::new(packages.trim())])?;
        suite
            .current_dir(&suite_folder)
            .env("PYTHONPATH", path)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            // The heap that the tests of leaks look at.
            .env("PYTHONMALLOC", "malloc")
            .env("CONFORMANCE_RESULTS", &written)
            .env("TMPDIR", &scratch)
            .env("HOME", &scratch);
        println!("$ {}", workspace::line(&suite));
        let status = suite.status()?;
        // 1: some tests failed, which is told below.
        if !matches!(status.code(), Some(0 | 1)) {
            return Err(format!("pytest ended with {status}").into());
        }
        fs::copy(&written, &results)?;
        parse(&fs::read_to_string(results)?)
    }

    /// The start of a command line in which the suite cannot reach the machine's processes.
    fn alone(&self, user: User) -> Result<Command> {
        if user == User::Present {
            return Ok(command("env"));
        }
        if !installed("unshare") || !installed("setpriv") {
            return Err("there is no unshare or setpriv (Debian: apt-get install util-linux)".into());
        }
        let record = self.folder.join("utmp");
        let script = root().join("xtask/conformance/session.py");
        workspace::run(command(self.python()).arg(script).arg(&record))?;
        let mut alone = command("unshare");
        // The first process of the namespace is the shell: the tests want a parent.
        alone
            .args(["--mount", "--pid", "--fork", "--mount-proc", "sh", "-c"])
            .arg(r#"mount -t tmpfs tmpfs /run && install -m 644 "$1" /run/utmp && shift && "$@"; exit $?"#)
            .arg("sh")
            .arg(&record);
        if user == User::Plain {
            alone
                .args(["setpriv", "--reuid", PLAIN_USER, "--regid", PLAIN_USER])
                .args(["--clear-groups", "--inh-caps=-all", "--"]);
        }
        Ok(alone)
    }
}

/// Puts the tests and the example scripts of psutil's source distribution into a folder.
pub(crate) fn fetch(python: &Path, suite: &Path) -> Outcome {
    let pip = ["-m", "pip", "download", "--quiet", "--disable-pip-version-check"];
    workspace::run(
        command(python)
            .args(pip)
            .args(["--no-deps", "--no-binary=psutil", PSUTIL, "--dest"])
            .arg(suite),
    )?;
    let name = format!("{}.tar.gz", PSUTIL.replace("==", "-"));
    workspace::run(
        command("tar")
            .args(["--extract", "--strip-components=1", "--directory"])
            .arg(suite)
            .arg("--file")
            .arg(suite.join(name))
            .arg("--wildcards")
            .args(["*/tests", "*/scripts", "*/setup.py"]),
    )
}

/// What the recorder wrote.
pub(crate) fn parse(text: &str) -> Result<Results> {
    let mut results = Results::new();
    for line in text.lines() {
        let (name, end) = line.rsplit_once('\t').ok_or("a result without an end")?;
        let end = match end {
            "passed" => End::Passed,
            "failed" => End::Failed,
            "skipped" => End::Skipped,
            other => return Err(format!("{name}: what is {other}?").into()),
        };
        results.insert(name.to_owned(), end);
    }
    if results.is_empty() {
        return Err("no test was run".into());
    }
    Ok(results)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_read_by_name() {
        let results = parse("tests/a.py::T::b\tpassed\ntests/a.py::T::c[x\ty]\tfailed\n").unwrap();
        assert_eq!(results["tests/a.py::T::b"], End::Passed);
        assert_eq!(results["tests/a.py::T::c[x\ty]"], End::Failed);
        assert!(parse("").is_err());
        assert!(parse("a\tlost\n").is_err());
    }
}
