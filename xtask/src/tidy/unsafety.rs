//! Law 2: `unsafe` stands only in files named `ffi.rs` of the backends, and in the one of the Python module, each block
//! below a comment that says why it is sound; every other crate forbids it.

use super::code::words;
use super::{Source, assert_none, found, hold, rust_sources};

/// Crates whose root must forbid `unsafe` altogether.
const FORBIDDING: [&str; 2] = ["crates/psoxide-core/src/lib.rs", "crates/psoxide-cli/src/main.rs"];

const PYTHON: &str = "crates/psoxide-python/src/ffi.rs";

fn is_unsafe(source: &Source) -> Vec<String> {
    // The bench stands outside the workspace, and keeps the same rule. What Python lends out can only be had so.
    let foreign = source.path.starts_with("bench/") || source.path == PYTHON;
    let allowed = (source.in_sys() || foreign) && source.name() == "ffi.rs";
    let mut breaches = Vec::new();
    if !allowed {
        breaches.extend(
            words(&source.code, "unsafe").map(|place| source.breach(place, "`unsafe` outside ffi.rs")),
        );
        breaches.extend(
            source
                .code
                .match_indices("allow(unsafe_code)")
                .map(|(place, _)| source.breach(place, "`allow(unsafe_code)` outside ffi.rs")),
        );
        return breaches;
    }
    for place in words(&source.code, "unsafe") {
        let is_block = source.code[place + "unsafe".len()..]
            .trim_start()
            .starts_with('{');
        if is_block && !is_justified(&source.text, place) {
            breaches.push(source.breach(place, "no `// SAFETY:` above this block"));
        }
    }
    breaches
}

/// Whether the comment lines above the statement that `place` stands in begin with `// SAFETY:`. The statement may begin
/// a few lines up.
fn is_justified(text: &str, place: usize) -> bool {
    let mut statement_lines = 0;
    for line in text[..place].lines().rev() {
        let line = line.trim();
        if line.starts_with("// SAFETY:") {
            return true;
        }
        if !line.starts_with("//") {
            statement_lines += 1;
            if statement_lines > 4 {
                return false;
            }
        }
    }
    false
}

fn does_not_forbid(source: &Source) -> Vec<String> {
    let crate_root = FORBIDDING.contains(&source.path.as_str());
    if crate_root && !source.code.contains("#![forbid(unsafe_code)]") {
        return vec![source.breach(0, "does not say `#![forbid(unsafe_code)]`")];
    }
    Vec::new()
}

#[test]
fn law_2_unsafe_stands_in_ffi_with_its_reason() {
    hold(is_unsafe);
}

#[test]
fn law_2_core_and_faces_forbid_unsafe() {
    let sources = rust_sources();
    for path in FORBIDDING {
        assert!(sources.iter().any(|source| source.path == path), "{path} is gone");
    }
    let breaches: Vec<String> = sources.iter().flat_map(does_not_forbid).collect();
    assert_none(&breaches);
}

#[test]
fn law_2_finds_a_breach() {
    let block = "fn a() {\n    unsafe { b() }\n}";
    let justified = "fn a() {\n    // SAFETY: `b` asks nothing\n    // of its caller.\n    let c =\n        unsafe { b() };\n}";
    let ffi = "crates/psoxide/src/sys/linux/ffi.rs";
    assert_eq!(
        found(is_unsafe, "crates/psoxide/src/sys/linux/cpu.rs", justified),
        1
    );
    assert_eq!(
        found(is_unsafe, "crates/psoxide/src/cpu.rs", "#![allow(unsafe_code)]"),
        1
    );
    assert_eq!(found(is_unsafe, ffi, block), 1);
    assert_eq!(found(is_unsafe, ffi, justified), 0);
    assert_eq!(found(does_not_forbid, FORBIDDING[0], "#![deny(missing_docs)]"), 1);
}
