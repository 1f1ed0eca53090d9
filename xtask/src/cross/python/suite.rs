//! psutil's own tests under wine, on psoxide in psutil's place. Those that fail there with psutil itself say nothing;
//! of the others all must pass but the listed ones, which replace parts of psutil that psoxide does not have.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::Path;

use super::{Result, Windows};
use crate::cache;
use crate::conformance::{self, End, Results, report};
use crate::workspace::{self, command, line, root, target};

/// The files of tests that are run; the others are of other systems, measure leaks or need programs that wine lacks.
const FILES: [&str; 7] = [
    "system",
    "process",
    "process_all",
    "windows",
    "connections",
    "contracts",
    "misc",
];
/// Names of the tests that fail under wine with psutil itself.
const FAILING_THERE: &str = "xtask/conformance/wine.txt";
/// The tests that cannot pass, as `known.tsv` has them for Linux.
const KNOWN: &str = "xtask/conformance/known-windows.tsv";
const PAGE: &str = "docs/conformance-windows.md";
/// The longest that a file's tests may take, in seconds.
const LIMIT: u32 = 300;

/// Runs the tests, writes the page, and tells how many passed; an error if one ended otherwise than is listed.
pub(super) fn run(windows: &Windows) -> Result<String> {
    let listed = fs::read_to_string(root().join(FAILING_THERE))?;
    let failing_there: BTreeSet<&str> = listed
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
        .collect();
    let known = report::known(KNOWN)?;
    let all = results(windows, |name| {
        failing_there.contains(name) || known.contains_key(name)
    })?;
    let results: Results = all
        .iter()
        .filter(|(name, _)| !failing_there.contains(name.as_str()))
        .map(|(name, end)| (name.clone(), *end))
        .collect();
    fs::write(root().join(PAGE), page(&all, &results, &known))?;
    let runs = [("a user of wine", results)];
    report::judge(&runs, &known, KNOWN, true)?;
    let [(_, results)] = runs;
    let count = |wanted: End| results.values().filter(|end| **end == wanted).count();
    Ok(format!(
        "{} passed, {} cannot",
        count(End::Passed),
        count(End::Failed)
    ))
}

/// What became of each test. A file in which one fails that `may_fail` does not hold of is run once more, and what passes then
/// has passed: the suite's children live for ten seconds, and it waits for five, which on a busy machine is little.
fn results(windows: &Windows, may_fail: impl Fn(&str) -> bool) -> Result<Results> {
    let folder = target().join("cross/python/suite");
    cache::remove(&folder)?;
    fs::create_dir_all(&folder)?;
    let source = cache::folder()?.join("psutil-7.2.2-tests");
    cache::once(&source, |suite| conformance::fetch(Path::new("python3"), suite))?;
    workspace::run(
        command("cp")
            .args(["-R", "--"])
            .arg(source.join("tests"))
            .arg(&folder),
    )?;
    fs::write(folder.join("pytest.ini"), "[pytest]\n")?;
    let start = "import psoxide\npsoxide.install_as_psutil()\n";
    fs::write(folder.join("sitecustomize.py"), start)?;
    let recorder = root().join("xtask/conformance/recorder.py");
    fs::copy(recorder, folder.join("conformance_recorder.py"))?;
    let mut results = BTreeMap::new();
    for file in FILES {
        let mut ends = of_file(windows, &folder, file)?;
        if ends
            .iter()
            .any(|(name, end)| *end == End::Failed && !may_fail(name))
        {
            let again = of_file(windows, &folder, file)?;
            ends.extend(again.into_iter().filter(|(_, end)| *end == End::Passed));
        }
        results.extend(ends);
    }
    Ok(results)
}

fn of_file(windows: &Windows, folder: &Path, file: &str) -> Result<Results> {
    let written = folder.join(format!("{file}.tsv"));
    let mut tests = windows.python(LIMIT, &[folder])?;
    tests
        .current_dir(folder)
        .args(["-m", "pytest", "-q", "--tb=line", "-p", "no:cacheprovider"])
        .args(["-p", "conformance_recorder", "--timeout=100"])
        .arg(format!("tests/test_{file}.py"))
        .env("CONFORMANCE_RESULTS", windows.seen(&written));
    println!("$ {}", line(&tests));
    match tests.status()?.code() {
        // 1: some tests failed, which is told by their names.
        Some(0 | 1) => {
            let written = fs::read_to_string(&written)
                .map_err(|_| format!("{file}: a test hung, and ended all others"))?;
            conformance::parse(&written)
        }
        Some(124) => Err(format!("{file}: it hung, and was ended after {LIMIT} s").into()),
        code => Err(format!("{file}: pytest ended with {}", code.unwrap_or(-1)).into()),
    }
}

fn page(all: &Results, results: &Results, known: &report::Known) -> String {
    let count = |results: &Results, wanted: End| results.values().filter(|end| **end == wanted).count();
    let mut page = format!(
        "# Conformance on Windows\n\n\
         The test suite of psutil 7.2.2, run under wine against psoxide standing in for psutil. Written by\n\
         `cargo xtask cross windows --run`, which fails if a test fails that is not listed here, or if one passes that is.\n\n\
         Of {} tests {} passed, {} were skipped and {} failed. {} of them fail under wine with psutil itself\n\
         (`{FAILING_THERE}`) and are not counted below: of the others {} passed, {} were skipped and {} failed.\n\n\
         ## Tests that fail\n\n\
         They replace functions of psutil's C extension, or look into it.\n\n\
         | Test | What it is about | Checked by |\n|---|---|---|\n",
        all.len(),
        count(all, End::Passed),
        count(all, End::Skipped),
        count(all, End::Failed),
        all.len() - results.len(),
        count(results, End::Passed),
        count(results, End::Skipped),
        count(results, End::Failed),
    );
    for (name, end) in results {
        if *end == End::Failed {
            let _ = writeln!(page, "{}", report::row(name, known.get(name)));
        }
    }
    page
}

/// That the lists name no test twice.
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_test_is_in_both_lists() {
        let listed = fs::read_to_string(root().join(FAILING_THERE)).unwrap();
        let known = report::known(KNOWN).unwrap();
        assert!(!known.is_empty());
        for name in listed.lines().filter(|line| !line.starts_with('#')) {
            assert!(name.contains("::"), "{name}");
            assert!(!known.contains_key(name), "{name}");
        }
    }
}
