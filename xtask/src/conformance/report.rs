//! The page that tells what came of psutil's test suite, and the judgement: only tests that cannot pass may fail, and
//! each of those is listed with the fact that it checks.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;

use super::{End, Results};
use crate::Outcome;
use crate::workspace::root;

/// Tests that cannot pass, with what each is about.
pub(super) type Known = BTreeMap<String, String>;

const KNOWN: &str = "xtask/conformance/known.tsv";

/// The list of tests that cannot pass.
pub(super) fn known() -> Result<Known, Box<dyn std::error::Error>> {
    let text = fs::read_to_string(root().join(KNOWN))?;
    let lines = text
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty());
    lines
        .map(|line| {
            let (name, about) = line
                .split_once('\t')
                .ok_or_else(|| format!("{KNOWN}: no reason: {line}"))?;
            Ok((name.to_owned(), about.to_owned()))
        })
        .collect()
}

/// The page of the docs.
pub(super) fn page(runs: &[(&str, Results)], known: &Known) -> String {
    let mut page = String::from(
        "# Conformance\n\n\
         The test suite of psutil 7.2.2, fetched from PyPI, run against psoxide standing in for psutil\n\
         (`psoxide.install_as_psutil()`). Written by `cargo xtask conformance`.\n\n\
         | As | Tests | Passed | Skipped | Failed |\n|---|---|---|---|---|\n",
    );
    for (user, results) in runs {
        let count = |end: End| results.values().filter(|found| **found == end).count();
        let _ = writeln!(
            page,
            "| {user} | {} | {} | {} | {} |",
            results.len(),
            count(End::Passed),
            count(End::Skipped),
            count(End::Failed)
        );
    }
    page.push_str(
        "\n## Tests that fail\n\nThey replace the Python functions that psutil itself reads the kernel through \
         (`open`, `os.readlink`, …)\nor parts of its C extension; psoxide reads in Rust and does not pass there.\n\n\
         | Test | What it is about |\n|---|---|\n",
    );
    let mut failed: Vec<&String> = runs
        .iter()
        .flat_map(|(_, results)| results.iter())
        .filter(|(_, end)| **end == End::Failed)
        .map(|(name, _)| name)
        .collect();
    failed.sort();
    failed.dedup();
    for name in failed {
        let about = known.get(name).map_or("**not expected**", String::as_str);
        let _ = writeln!(page, "| `{name}` | {} |", about.replace('|', "\\|"));
    }
    page
}

/// An error if a test failed that is not known to be unable to pass.
pub(super) fn judge(runs: &[(&str, Results)], known: &Known) -> Outcome {
    let mut unexpected = 0;
    for (user, results) in runs {
        let passed = results.values().filter(|end| **end == End::Passed).count();
        let failed = results.values().filter(|end| **end == End::Failed).count();
        println!(
            "as {user}: {passed} passed, {failed} failed, {} in all",
            results.len()
        );
        for (name, end) in results {
            match (end, known.contains_key(name)) {
                (End::Failed, false) => {
                    unexpected += 1;
                    println!("FAILED as {user}: {name}");
                }
                (End::Passed, true) => println!("passes as {user}, and is in {KNOWN}: {name}"),
                _ => {}
            }
        }
    }
    match unexpected {
        0 => Ok(()),
        number => Err(format!("{number} tests failed that psoxide should pass").into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_tests_that_cannot_pass_may_fail() {
        let known = Known::from([("a".to_owned(), "reads by open()".to_owned())]);
        let run = |name: &str, end| vec![("root", Results::from([(name.to_owned(), end)]))];
        assert!(judge(&run("a", End::Failed), &known).is_ok());
        assert!(judge(&run("b", End::Failed), &known).is_err());
        assert!(judge(&run("b", End::Passed), &known).is_ok());
        assert!(page(&run("b", End::Failed), &known).contains("| `b` | **not expected** |"));
    }

    #[test]
    fn every_test_that_cannot_pass_is_known_by_what_it_is_about() {
        let known = known().unwrap();
        assert!(!known.is_empty());
        assert!(known.values().all(|about| about.len() > 10));
    }
}
