//! The laws that keep the layers apart: where a system may be named, what the core may not touch, what the backends may
//! not remember, and that nothing runs a program.

use super::code::{bracketed, words};
use super::{Source, assert_none, files, found, hold};

/// Words of a `cfg` that name a system or a family of them.
const SYSTEM_WORDS: [&str; 5] = ["target_os", "target_family", "unix", "windows", "backend"];

/// Files outside the backends that name a system, each with its reason.
const NAMING_ALLOWED: [(&str, &str); 0] = [];

/// Law 1: a system is named only in `sys/` and `build.rs`. Inside `sys/` the one condition is `cfg(backend = …)` in
/// `sys/mod.rs`; `target_os` guards layout assertions in `ffi.rs`.
fn names_a_system(source: &Source) -> Vec<String> {
    let exempt = source.is_test()
        || source.name() == "build.rs"
        || !source.path.starts_with("crates/")
        || NAMING_ALLOWED.iter().any(|(path, _)| *path == source.path);
    if exempt {
        return Vec::new();
    }
    let mut breaches = Vec::new();
    for (place, inside) in ["cfg", "cfg_attr", "cfg!"]
        .iter()
        .flat_map(|word| bracketed(&source.shipped, word))
    {
        for word in SYSTEM_WORDS {
            let allowed = match source.name() {
                "mod.rs" if source.path.ends_with("/src/sys/mod.rs") => word == "backend",
                "ffi.rs" if source.in_sys() => word == "target_os",
                _ => false,
            };
            if !allowed && words(inside, word).next().is_some() {
                breaches.push(source.breach(place, &format!("`{word}` in a condition outside sys/mod.rs")));
            }
        }
    }
    if !source.in_sys() {
        for (place, _) in source.shipped.match_indices("std::os::") {
            breaches.push(source.breach(place, "`std::os` outside sys/"));
        }
    }
    breaches
}

/// Parts of the standard library that ask the system something.
const IMPURE: [&str; 8] = ["fs", "net", "process", "env", "time", "thread", "os", "io"];

/// Law 3: the core does no I/O and reads no clock.
fn is_impure(source: &Source) -> Vec<String> {
    if !source.path.starts_with("crates/psoxide-core/src/") {
        return Vec::new();
    }
    let code = &source.shipped;
    let mut breaches = Vec::new();
    for (place, _) in code.match_indices("std::") {
        let rest = &code[place + "std::".len()..];
        let named: Vec<&str> = match rest.strip_prefix('{') {
            Some(group) => group.split('}').next().unwrap_or_default().split(',').collect(),
            None => vec![rest],
        };
        for name in named {
            let name = name.trim_start();
            let end = name
                .find(|letter: char| !letter.is_alphanumeric() && letter != '_')
                .unwrap_or(name.len());
            if IMPURE.contains(&&name[..end]) {
                breaches.push(source.breach(place, &format!("`std::{}` in the core", &name[..end])));
            }
        }
    }
    breaches
}

/// Law 3: the core has no dependency but serde, which is optional.
fn core_depends_on(manifest: &str) -> Vec<String> {
    let mut breaches = Vec::new();
    let mut section = "";
    for line in manifest.lines() {
        if line.starts_with('[') {
            section = line;
            if section.contains(".dependencies") || section.starts_with("[build-dependencies") {
                breaches.push(format!("the core has a section {section}"));
            }
        } else if section == "[dependencies]" && line.contains('=') {
            let is_serde = line.starts_with("serde ") || line.starts_with("serde=");
            if !is_serde || !line.contains("optional = true") {
                breaches.push(format!("the core depends on {line}"));
            }
        }
    }
    breaches
}

/// Files of a backend that hold something between calls, each with its reason.
const REMEMBERING_ALLOWED: [(&str, &str); 2] = [
    (
        "crates/psoxide/src/sys/linux/ffi.rs",
        "where the C library has a function does not change while the program runs, and is dearer to find than to call",
    ),
    (
        "crates/psoxide/src/sys/windows/exit/ffi.rs",
        "the system calls console handlers and exit functions without anything of ours",
    ),
];

/// Law 5: a backend keeps nothing between calls.
fn remembers(source: &Source) -> Vec<String> {
    let allowed = REMEMBERING_ALLOWED.iter().any(|(path, _)| source.path == *path);
    if !source.in_sys() || allowed {
        return Vec::new();
    }
    // Cells are not named: a Reader's live as long as its one visit, and one that lives longer is a static.
    ["static", "thread_local"]
        .into_iter()
        .flat_map(|word| {
            words(&source.shipped, word).map(move |place| {
                source.breach(place, &format!("`{word}` in a backend, which keeps no state"))
            })
        })
        .collect()
}

/// Files that run a program because that is what they are for, each with its reason.
const RUNNING_ALLOWED: [(&str, &str); 2] = [
    (
        "crates/psoxide-cli/src/output/pager.rs",
        "the pager that the user chose shows long output",
    ),
    (
        "crates/psoxide-cli/src/record/mod.rs",
        "the command that the user wants recorded",
    ),
];

/// Law 9: no program is run.
fn runs_a_program(source: &Source) -> Vec<String> {
    let allowed = RUNNING_ALLOWED.iter().any(|(path, _)| *path == source.path);
    if allowed || source.is_test() || !source.path.starts_with("crates/") {
        return Vec::new();
    }
    ["Command::new", "process::Command"]
        .into_iter()
        .flat_map(|call| source.shipped.match_indices(call))
        .map(|(place, call)| source.breach(place, &format!("`{call}`: the library runs no program")))
        .collect()
}

#[test]
fn law_1_a_system_is_named_only_in_backends() {
    hold(names_a_system);
}

#[test]
fn law_1_finds_a_breach() {
    let face = "crates/psoxide/src/cpu.rs";
    assert_eq!(found(names_a_system, face, "#[cfg(unix)] fn a() {}"), 1);
    assert_eq!(
        found(names_a_system, face, "if cfg!(target_os = \"linux\") {}"),
        1
    );
    assert_eq!(found(names_a_system, face, "use std::os::fd::OwnedFd;"), 1);
    assert_eq!(
        found(names_a_system, face, "// cfg(unix)\n#[cfg(test)] mod t {}"),
        0
    );
    let backend = "#[cfg(backend = \"linux\")] mod linux;";
    assert_eq!(found(names_a_system, "crates/psoxide/src/sys/mod.rs", backend), 0);
    assert_eq!(
        found(names_a_system, "crates/psoxide/src/sys/posix/a.rs", backend),
        1
    );
    assert_eq!(found(names_a_system, "crates/psoxide/src/lib.rs", backend), 1);
}

#[test]
fn law_3_the_core_is_pure() {
    hold(is_impure);
    let manifest = files(&["toml"])
        .into_iter()
        .find(|(path, _)| path == "crates/psoxide-core/Cargo.toml");
    assert_none(&core_depends_on(&manifest.expect("the core's manifest").1));
}

#[test]
fn law_3_finds_a_breach() {
    let core = "crates/psoxide-core/src/delta.rs";
    assert_eq!(found(is_impure, core, "use std::time::Instant;"), 1);
    assert_eq!(found(is_impure, core, "use std::{borrow::Cow, fs, env};"), 2);
    assert_eq!(
        found(is_impure, core, "use std::borrow::Cow; use core::net::IpAddr;"),
        0
    );
    assert_eq!(
        core_depends_on("[dependencies]\nserde = { workspace = true }\nlibc = \"0.2\"").len(),
        2
    );
    assert_eq!(
        core_depends_on("[dependencies]\nserde = { workspace = true, optional = true }").len(),
        0
    );
}

#[test]
fn law_5_backends_remember_nothing() {
    hold(remembers);
}

#[test]
fn law_5_finds_a_breach() {
    let backend = "crates/psoxide/src/sys/linux/cpu.rs";
    assert_eq!(found(remembers, backend, "static PAGE: usize = 4096;"), 1);
    assert_eq!(
        found(
            remembers,
            backend,
            "const A: &'static str = \"static\"; // static"
        ),
        0
    );
    assert_eq!(found(remembers, backend, "thread_local! { static A: u8 = 0 }"), 2);
    assert_eq!(found(remembers, backend, "stat: OnceLock<Stat>"), 0);
    assert_eq!(
        found(remembers, "crates/psoxide/src/cpu.rs", "static A: u8 = 0;"),
        0
    );
}

#[test]
fn law_9_no_program_is_run() {
    hold(runs_a_program);
}

#[test]
fn law_9_finds_a_breach() {
    let call = "let df = std::process::Command::new(\"df\");";
    assert_eq!(found(runs_a_program, "crates/psoxide/src/disk.rs", call), 2);
    assert_eq!(found(runs_a_program, "crates/psoxide/tests/it/disk.rs", call), 0);
    let test = format!("#[cfg(test)] mod tests {{ fn a() {{ {call} }} }}");
    assert_eq!(found(runs_a_program, "crates/psoxide/src/disk.rs", &test), 0);
}
