//! The shape of files: their size, names and opening words, law 11 about modules in macros, and what no test may hold.

use super::code::{bracketed, macros, words};
use super::{Source, found, hold, rust_sources};

/// Lines that a file may have without its tests; at more it becomes a folder of the same name.
const LINES: usize = 600;

/// Files that may be longer, each with its reason.
const LONGER_ALLOWED: [(&str, &str); 0] = [];

/// Names that say nothing about what is in a file.
const VAGUE: [&str; 8] = [
    "utils", "util", "helpers", "helper", "common", "manager", "misc", "prelude",
];

fn is_long(source: &Source) -> Vec<String> {
    let exempt = source.is_test() || LONGER_ALLOWED.iter().any(|(path, _)| *path == source.path);
    // Lines of tests are blank in `shipped` but not in the text.
    let lines = source
        .text
        .lines()
        .zip(source.code.lines().zip(source.shipped.lines()))
        .filter(|(_, (code, shipped))| code == shipped)
        .count();
    if exempt || lines <= LINES {
        return Vec::new();
    }
    vec![format!(
        "{}: {lines} lines without tests; at {LINES} it becomes a folder",
        source.path
    )]
}

fn is_vague(source: &Source) -> Vec<String> {
    source
        .path
        .trim_end_matches(".rs")
        .split('/')
        .filter(|part| VAGUE.contains(part))
        .map(|part| format!("{}: `{part}` does not say what is in it", source.path))
        .collect()
}

fn has_no_opening(source: &Source) -> Vec<String> {
    let first = source
        .text
        .lines()
        .map(str::trim)
        .find(|line| !line.is_empty() && !line.starts_with("#!["));
    if first.is_some_and(|line| line.starts_with("//!")) {
        return Vec::new();
    }
    vec![source.breach(0, "does not open with `//!`: what lives here, and what not")]
}

/// Law 11: rustfmt does not see a module that a macro declares.
fn has_a_module_in_a_macro(source: &Source) -> Vec<String> {
    macros(&source.code)
        .into_iter()
        .flat_map(|(start, inside)| words(inside, "mod").map(move |place| start + place))
        .map(|place| source.breach(place, "`mod` inside a macro"))
        .collect()
}

/// Tests are never left out, and wait for a condition, never for a time.
fn is_left_out_or_sleeps(source: &Source) -> Vec<String> {
    let mut breaches: Vec<String> = ["#[ignore", "#![ignore"]
        .into_iter()
        .flat_map(|attribute| source.code.match_indices(attribute))
        .map(|(place, _)| source.breach(place, "`#[ignore]`"))
        .collect();
    // An example may measure an interval that a person would choose.
    let measures = source.path.contains("/examples/");
    for (start, inside) in bracketed(&source.code, "sleep").into_iter().filter(|_| !measures) {
        let number = |unit: &str| {
            bracketed(inside, unit)
                .first()
                .map(|(_, number)| number.trim().replace('_', "").parse::<u64>().unwrap_or(0))
        };
        let long = number("from_millis").is_some_and(|milliseconds| milliseconds > 50)
            || number("from_secs").is_some_and(|seconds| seconds > 0);
        if long {
            breaches.push(source.breach(start, "a sleep of more than 50 ms; poll a condition instead"));
        }
    }
    breaches
}

#[test]
fn files_stay_short() {
    hold(is_long);
}

#[test]
fn a_long_file_is_found_and_tests_do_not_count() {
    let code = "fn a() {}\n".repeat(LINES);
    assert_eq!(found(is_long, "crates/a/src/b.rs", &code), 0);
    assert_eq!(
        found(is_long, "crates/a/src/b.rs", &format!("{code}fn b() {{}}\n")),
        1
    );
    let tests = format!("{code}#[cfg(test)]\nmod tests {{\n{code}}}\n");
    assert_eq!(found(is_long, "crates/a/src/b.rs", &tests), 0);
}

#[test]
fn names_say_what_is_in_a_file() {
    hold(is_vague);
}

#[test]
fn a_vague_name_is_found() {
    assert_eq!(found(is_vague, "crates/a/src/utils.rs", ""), 1);
    assert_eq!(found(is_vague, "crates/a/src/common/mod.rs", ""), 1);
    assert_eq!(found(is_vague, "crates/a/src/commons.rs", ""), 0);
}

#[test]
fn modules_open_with_what_they_are() {
    hold(has_no_opening);
}

#[test]
fn a_module_without_opening_is_found() {
    assert_eq!(
        found(has_no_opening, "crates/a/src/b.rs", "use core::fmt;\n//! Late."),
        1
    );
    assert_eq!(found(has_no_opening, "crates/a/src/b.rs", ""), 1);
    assert_eq!(
        found(has_no_opening, "crates/a/src/b.rs", "#![no_main]\n//! What."),
        0
    );
}

#[test]
fn law_11_no_module_in_a_macro() {
    hold(has_a_module_in_a_macro);
}

#[test]
fn law_11_finds_a_breach() {
    let path = "crates/a/src/lib.rs";
    assert_eq!(
        found(
            has_a_module_in_a_macro,
            path,
            "macro_rules! m { () => { mod a; } }"
        ),
        1
    );
    assert_eq!(
        found(
            has_a_module_in_a_macro,
            path,
            "cfg_if! { if #[cfg(unix)] { mod a; } }"
        ),
        1
    );
    assert_eq!(
        found(
            has_a_module_in_a_macro,
            path,
            "mod a; assert!(b != c); // m!{ mod x; }"
        ),
        0
    );
}

#[test]
fn tests_are_run_and_do_not_sleep() {
    hold(is_left_out_or_sleeps);
}

#[test]
fn a_test_that_is_left_out_or_sleeps_is_found() {
    let path = "crates/a/tests/it/b.rs";
    assert_eq!(
        found(is_left_out_or_sleeps, path, "#[test]\n#[ignore]\nfn a() {}"),
        1
    );
    assert_eq!(
        found(is_left_out_or_sleeps, path, "sleep(Duration::from_millis(51));"),
        1
    );
    assert_eq!(
        found(
            is_left_out_or_sleeps,
            path,
            "thread::sleep(Duration::from_secs(1));"
        ),
        1
    );
    assert_eq!(
        found(is_left_out_or_sleeps, path, "sleep(Duration::from_millis(50));"),
        0
    );
}

#[test]
fn the_tree_was_seen() {
    let sources = rust_sources();
    for path in [
        "crates/psoxide/src/lib.rs",
        "xtask/src/main.rs",
        "fuzz/src/main.rs",
    ] {
        assert!(
            sources.iter().any(|source| source.path == path),
            "{path} was not seen"
        );
    }
}
