//! Law 6: decoders never panic and never allocate from an untrusted length. The lints are clippy's, the proof is the
//! fuzzer's and the fixtures'; here stands that no decoder goes without them, and that every fixture tells its origin.

use std::fs;

use super::{assert_none, rust_sources};
use crate::workspace;

const DECODE: &str = "crates/psoxide-core/src/decode/";
const DENIED: [&str; 4] = [
    "clippy::indexing_slicing",
    "clippy::unwrap_used",
    "clippy::expect_used",
    "clippy::panic",
];

/// What a decoder's text lacks; `name` is its folder and file without ending, as `linux/stat`.
fn lacks(name: &str, text: &str, targets: &str) -> Vec<String> {
    let mut breaches = Vec::new();
    if !text.contains("#[cfg(test)]") {
        breaches.push(format!("{DECODE}{name}: no tests"));
    }
    if !text.contains("testdata/") {
        breaches.push(format!("{DECODE}{name}: no fixture of testdata/ in its tests"));
    }
    let exact = format!("target(\"{name}\"");
    let several = format!("target(\"{name}/");
    if !targets.contains(&exact) && !targets.contains(&several) {
        breaches.push(format!("{DECODE}{name}: no line in fuzz/src/targets.rs"));
    }
    breaches
}

/// The decoders, each with the text of its file, or of all files of its folder.
fn decoders() -> Vec<(String, String)> {
    let mut decoders: Vec<(String, String)> = Vec::new();
    for source in rust_sources() {
        let Some(path) = source.path.strip_prefix(DECODE) else {
            continue;
        };
        let mut parts = path.trim_end_matches(".rs").splitn(3, '/');
        let (Some(kernel), Some(structure)) = (parts.next(), parts.next()) else {
            continue;
        };
        if structure == "mod" {
            continue;
        }
        let name = format!("{kernel}/{structure}");
        match decoders.iter_mut().find(|(known, _)| *known == name) {
            Some((_, text)) => text.push_str(&source.text),
            None => decoders.push((name, source.text)),
        }
    }
    decoders
}

#[test]
fn law_6_the_lints_are_denied() {
    let text = fs::read_to_string(workspace::root().join(DECODE).join("mod.rs")).unwrap();
    let denied = text
        .split("#![deny(")
        .nth(1)
        .and_then(|rest| rest.split(')').next());
    let denied = denied.expect("decode/mod.rs denies lints");
    for lint in DENIED {
        assert!(denied.contains(lint), "decode/mod.rs does not deny {lint}");
    }
}

#[test]
fn law_6_every_decoder_is_tested_on_fixtures_and_fuzzed() {
    let targets = fs::read_to_string(workspace::root().join("fuzz/src/targets.rs")).unwrap();
    let breaches: Vec<String> = decoders()
        .iter()
        .flat_map(|(name, text)| lacks(name, text, &targets))
        .collect();
    assert_none(&breaches);
}

#[test]
fn law_6_finds_a_breach() {
    let tested = "#[cfg(test)] mod tests { include_bytes!(\"../testdata/linux/a/stat\") }";
    assert_eq!(lacks("linux/stat", tested, "target(\"linux/stat\", …)").len(), 0);
    assert_eq!(
        lacks("linux/stat", tested, "target(\"linux/stat/cpu\", …)").len(),
        0
    );
    assert_eq!(lacks("linux/stat", tested, "target(\"linux/statm\", …)").len(), 1);
    assert_eq!(lacks("linux/stat", "#[cfg(test)] mod tests {}", "").len(), 2);
    assert_eq!(lacks("linux/stat", "fn a() {}", "").len(), 3);
}

/// What the README of a case must tell: the kernel, and whether it was captured or laid out.
fn does_not_tell(case: &str, readme: Option<&str>) -> Vec<String> {
    let Some(readme) = readme else {
        return vec![format!("testdata/{case}: no README.md")];
    };
    let readme = readme.to_lowercase();
    let mut breaches = Vec::new();
    if !readme.contains("kernel") && !readme.contains("linux") {
        breaches.push(format!("testdata/{case}/README.md does not name the kernel"));
    }
    if !readme.contains("captured") && !readme.contains("laid out") {
        breaches.push(format!(
            "testdata/{case}/README.md does not say whether it was captured or laid out"
        ));
    }
    breaches
}

#[test]
fn every_case_of_testdata_tells_its_origin() {
    let testdata = workspace::root().join("testdata");
    let mut breaches = Vec::new();
    let mut cases = 0;
    for system in fs::read_dir(&testdata).expect("testdata/") {
        let system = system.unwrap();
        if !system.file_type().unwrap().is_dir() {
            continue;
        }
        for case in fs::read_dir(system.path()).unwrap() {
            let case = case.unwrap();
            let name = format!("{}/{}", system.file_name().display(), case.file_name().display());
            if case.file_type().unwrap().is_dir() {
                cases += 1;
                let readme = fs::read_to_string(case.path().join("README.md"));
                breaches.extend(does_not_tell(&name, readme.ok().as_deref()));
            } else {
                breaches.push(format!("testdata/{name} lies outside a case"));
            }
        }
    }
    assert!(cases > 0, "testdata/ has no case");
    assert_none(&breaches);
}

#[test]
fn a_case_without_origin_is_found() {
    assert_eq!(does_not_tell("linux/a", None).len(), 1);
    assert_eq!(does_not_tell("linux/a", Some("A file.")).len(), 2);
    assert_eq!(does_not_tell("linux/a", Some("Captured on kernel 6.1.")).len(), 0);
}
