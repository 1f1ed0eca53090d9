//! The page that tells what came of psutil's test suite, and the judgement: only tests that cannot pass may fail, and
//! each of those is listed with the fact that it checks and the tests of psoxide's own that check this fact.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;

use super::{End, Results};
use crate::Outcome;
use crate::workspace::root;

/// Tests that cannot pass, by their names.
pub(crate) type Known = BTreeMap<String, Fact>;

/// What a test is about.
pub(crate) struct Fact {
    about: String,
    /// The tests of psoxide's own that check it: `file::name`.
    checked_by: Vec<String>,
}

/// The list of tests that cannot pass; an error if one of psoxide's own tests that it names is not there.
pub(crate) fn known(list: &str) -> Result<Known, Box<dyn std::error::Error>> {
    parse(list, &fs::read_to_string(root().join(list))?)
}

fn parse(list: &str, text: &str) -> Result<Known, Box<dyn std::error::Error>> {
    let mut known = Known::new();
    for line in text
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
    {
        let columns: Vec<&str> = line.split('\t').collect();
        let [name, about, tests] = columns[..] else {
            return Err(format!("{list}: not a test, its fact and the tests that check it: {line}").into());
        };
        let checked_by: Vec<String> = tests.split(", ").map(str::to_owned).collect();
        for test in &checked_by {
            if !is_there(test) {
                return Err(format!("{list}: {name}: there is no test {test}").into());
            }
        }
        let about = about.to_owned();
        known.insert(name.to_owned(), Fact { about, checked_by });
    }
    Ok(known)
}

/// Whether the file of `file::name` has a test of this name.
fn is_there(test: &str) -> bool {
    let Some((file, name)) = test.split_once("::") else {
        return false;
    };
    let Ok(text) = fs::read_to_string(root().join(file)) else {
        return false;
    };
    if file.ends_with(".py") {
        return name.starts_with("test_") && text.contains(&format!("\ndef {name}("));
    }
    ["", "    "]
        .iter()
        .any(|indent| text.contains(&format!("#[test]\n{indent}fn {name}()")))
}

/// The page of the docs.
pub(super) fn page(runs: &[(&str, Results)], known: &Known, left_out: &[(&str, &str)]) -> String {
    let mut page = String::from(
        "# Conformance\n\n\
         The test suite of psutil 7.2.2, fetched from PyPI, run against psoxide standing in for psutil\n\
         (`psoxide.install_as_psutil()`). Written by `cargo xtask conformance`, which fails if a test fails that is not\n\
         listed here, if one passes that is, or if a test of psoxide's own that is named here is missing.\n\n\
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
    page.push_str("\n## Tests that are not run\n\n| Test | Why |\n|---|---|\n");
    for (name, reason) in left_out {
        let _ = writeln!(page, "| `{name}` | {reason} |");
    }
    page.push_str(
        "\n## Tests that fail\n\nThey replace the Python functions that psutil itself reads the kernel through \
         (`open`, `os.readlink`, …)\nor parts of its C extension; psoxide reads in Rust and does not pass there. The \
         fact that each checks is checked\nhere by the tests beside it, on files laid out for them or on the machine.\n\n\
         | Test | What it is about | Checked by |\n|---|---|---|\n",
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
        let _ = writeln!(page, "{}", row(name, known.get(name)));
    }
    page
}

/// The row of a test that failed.
pub(crate) fn row(name: &str, fact: Option<&Fact>) -> String {
    let (about, tests) = match fact {
        Some(fact) => {
            let tests: Vec<String> = fact.checked_by.iter().map(|test| format!("`{test}`")).collect();
            (fact.about.replace('|', "\\|"), tests.join(", "))
        }
        None => ("**not expected**".to_owned(), String::new()),
    };
    format!("| `{name}` | {about} | {tests} |")
}

/// An error if a test failed that should pass, if one passed that is said to be unable to, or if, in a `whole` run, one
/// was not there that is.
pub(crate) fn judge(runs: &[(&str, Results)], known: &Known, list: &str, whole: bool) -> Outcome {
    let mut unexpected = Vec::new();
    for (user, results) in runs {
        let passed = results.values().filter(|end| **end == End::Passed).count();
        let failed = results.values().filter(|end| **end == End::Failed).count();
        println!(
            "as {user}: {passed} passed, {failed} failed, {} in all",
            results.len()
        );
        for (name, end) in results {
            let what = match (end, known.contains_key(name)) {
                (End::Failed, false) => "FAILED",
                (End::Passed, true) => "PASSED, although it is listed as unable to,",
                _ => continue,
            };
            unexpected.push(format!("{what} as {user}: {name}"));
        }
        for name in known.keys().filter(|name| whole && !results.contains_key(*name)) {
            unexpected.push(format!("NOT THERE as {user}, although it is listed: {name}"));
        }
    }
    if unexpected.is_empty() {
        return Ok(());
    }
    // In the error, too: a summary of many stages shows nothing else.
    let all = unexpected.join("; ");
    let number = unexpected.len();
    Err(format!("{number} tests ended otherwise than {list} has it: {all}").into())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LISTED: &str = "a\treads by open()\tpython/tests/test_facts.py::test_command_lines";

    fn run(name: &str, end: End) -> Vec<(&'static str, Results)> {
        vec![("root", Results::from([(name.to_owned(), end)]))]
    }

    #[test]
    fn what_is_listed_fails_and_all_else_passes() {
        let known = parse("list", LISTED).unwrap();
        assert!(judge(&run("a", End::Failed), &known, "list", true).is_ok());
        assert!(judge(&run("a", End::Skipped), &known, "list", true).is_ok());
        assert!(judge(&run("a", End::Passed), &known, "list", true).is_err());
        assert!(judge(&run("b", End::Failed), &known, "list", false).is_err());
        assert!(judge(&run("b", End::Passed), &known, "list", false).is_ok());
        assert!(judge(&run("b", End::Passed), &known, "list", true).is_err());
    }

    #[test]
    fn the_page_names_the_tests_that_check_the_facts() {
        let known = parse("list", LISTED).unwrap();
        let page = |name| page(&run(name, End::Failed), &known, &[("c", "too slow")]);
        assert!(
            page("a")
                .contains("| `a` | reads by open() | `python/tests/test_facts.py::test_command_lines` |")
        );
        assert!(page("b").contains("| `b` | **not expected** |  |"));
        assert!(page("b").contains("| `c` | too slow |"));
    }

    #[test]
    fn tests_that_are_named_are_there() {
        assert!(is_there("python/tests/test_facts.py::test_command_lines"));
        assert!(is_there(
            "crates/psoxide-core/src/decode/linux/statm.rs::pages_become_bytes"
        ));
        // A function that is no test, a file and a test that are not there.
        assert!(!is_there("python/tests/conftest.py::child"));
        assert!(!is_there("python/tests/no_such.py::test_command_lines"));
        assert!(!is_there("python/tests/test_facts.py::test_command"));
        assert!(
            parse(
                "list",
                "a\tread by open()\tpython/tests/test_facts.py::test_command"
            )
            .is_err()
        );
        assert!(parse("list", "a\tread by open()").is_err());
    }

    #[test]
    fn the_list_is_whole() {
        let known = known("xtask/conformance/known.tsv").unwrap();
        assert!(!known.is_empty());
        assert!(known.values().all(|fact| fact.about.len() > 10));
    }
}
