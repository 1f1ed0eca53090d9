//! `docs/cli.md` is what the command says of itself, and what is written has the keys of its tables. Run with
//! `UPDATE_EXPECT=1` to write the page anew.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use psoxide::catalog::{self, PLATFORM};
use serde_json::Value;

use crate::command::{at, fail, json, psoxide, succeed};

/// The commands, each with arguments that make it write JSON over the fixtures.
const COMMANDS: &[(&str, &[&str])] = &[
    ("ps", &["ps", "--json"]),
    ("procinfo", &["procinfo", "2001", "--json"]),
    ("procsmem", &["procsmem", "--json"]),
    ("free", &["free", "--json"]),
    ("meminfo", &["meminfo", "--json"]),
    ("pidof", &["pidof", "init", "--json"]),
    ("pmap", &["pmap", "2001", "--json"]),
    ("pstree", &["pstree", "--json"]),
    ("disk-usage", &["disk-usage", "--json"]),
    ("netstat", &["netstat", "--json"]),
    ("sensors", &["sensors", "--json"]),
    ("temperatures", &["temperatures", "--json"]),
    ("fans", &["fans", "--json"]),
    ("battery", &["battery", "--json"]),
    ("who", &["who", "--json"]),
    ("ifconfig", &["ifconfig", "--json"]),
];

/// What the command writes: over the small host, over one that has sensors, or of the running system, which alone can be
/// asked for its interfaces.
fn answer(command: &str, arguments: &[&str]) -> Value {
    match command {
        "ifconfig" => json(psoxide().args(arguments)),
        "sensors" | "temperatures" | "fans" | "battery" => json(at("system-laptop").args(arguments)),
        _ => json(at("small-host").args(arguments)),
    }
}

#[test]
fn the_manual_is_what_the_command_says_of_itself() {
    let written = succeed(psoxide().arg("manual"));
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        fs::write(document(), &written).unwrap();
    }
    let found = fs::read_to_string(document()).unwrap();
    assert!(
        found == written,
        "docs/cli.md is stale: write it with `cargo xtask generate`"
    );
}

#[test]
fn every_subcommand_has_a_manual_page() {
    let directory = std::env::temp_dir().join(format!("psoxide-man-{}", std::process::id()));
    fs::create_dir(&directory).unwrap();
    succeed(psoxide().arg("manual").arg(&directory));
    let page = fs::read_to_string(directory.join("psoxide-netstat.1")).unwrap();
    let all = fs::read_to_string(directory.join("psoxide.1")).unwrap();
    fs::remove_dir_all(&directory).unwrap();
    assert!(
        page.contains("\\-\\-listening") && page.contains("who listens on port 80"),
        "{page}"
    );
    assert!(all.contains("psoxide\\-ps(1)"), "{all}");
    let (status, message) = fail(psoxide().arg("manual").arg(&directory));
    assert!(status == 1 && message.contains("psoxide-man-"), "{message}");
}

#[test]
fn shells_read_their_completions() {
    for (shell, check) in [("bash", "-n"), ("zsh", "-n"), ("fish", "--no-execute")] {
        let script = succeed(psoxide().args(["completions", shell]));
        assert!(script.contains("procsmem") && script.contains("jsonl"), "{shell}");
        let reader = Command::new(shell).arg(check).stdin(Stdio::piped()).spawn();
        let Ok(mut reader) = reader else {
            println!("{shell} is not installed: its completions were not read");
            continue;
        };
        reader.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
        assert!(reader.wait().unwrap().success(), "{shell}");
    }
    let script = succeed(psoxide().args(["completions", "powershell"]));
    assert!(script.contains("procsmem"), "{script}");
}

#[test]
fn what_is_written_over_fixtures_is_documented_and_the_other_way_round() {
    for (command, arguments) in COMMANDS.iter().copied() {
        compare(command, &answer(command, arguments));
    }
}

#[test]
fn what_is_written_of_the_running_system_is_documented_and_the_other_way_round() {
    for command in ["ps", "procinfo", "procsmem", "free", "meminfo", "pstree", "who"] {
        compare(command, &json(psoxide().args([command, "--json"])));
    }
    compare("pidof", &json(psoxide().args(["pidof", "psoxide", "--json"])));
    let own = std::process::id().to_string();
    compare("pmap", &json(psoxide().args(["pmap", &own, "--json"])));
}

#[test]
fn procinfo_has_the_whole_catalogue_in_its_order() {
    let attributes = catalog::ATTRS.iter().filter(|attr| attr.on.contains(PLATFORM));
    let mut expected: Vec<&str> = attributes.map(|attr| attr.name).collect();
    expected.extend(["parent", "children", "errors"]);
    assert_eq!(keys(&json(psoxide().args(["procinfo", "--json"]))), expected);
}

/// Holds the keys of an answer against those that its table tells.
fn compare(command: &str, answer: &Value) {
    let text = fs::read_to_string(document()).unwrap();
    let (start, end) = place(&text, command);
    let rows = text[start..end].lines().filter_map(|line| {
        let (key, rest) = line.strip_prefix("| `")?.split_once('`')?;
        Some((key.to_owned(), rest.split('|').nth(3)?.trim()))
    });
    let rows: Vec<(String, &str)> = rows.collect();
    let documented: BTreeSet<String> = rows.iter().map(|(key, _)| key.clone()).collect();
    let here = PLATFORM.to_string();
    let here: BTreeSet<String> = rows
        .iter()
        .filter(|(_, systems)| *systems == "all" || systems.split(", ").any(|system| system == here))
        .map(|(key, _)| key.clone())
        .collect();
    let mut written = BTreeSet::new();
    let mut silent = BTreeSet::new();
    match answer {
        Value::Array(objects) => {
            if objects.is_empty() {
                silent.insert(String::new());
            }
            for object in objects {
                walk("", object, &documented, &mut written, &mut silent);
            }
        }
        object => walk("", object, &documented, &mut written, &mut silent),
    }
    // What stands there only if some text is none.
    written.retain(|key| !key.starts_with("raw"));
    let unknown: Vec<_> = written.difference(&documented).collect();
    assert!(unknown.is_empty(), "{command}: not documented: {unknown:?}");
    let missing: Vec<_> = here
        .difference(&written)
        // Nothing is written below what is null or empty.
        .filter(|key| !silent.iter().any(|parent| key.starts_with(parent.as_str())))
        .collect();
    assert!(missing.is_empty(), "{command}: not written: {missing:?}");
}

/// The keys of an object, in the order in which they are written; of an array, those of its first object.
fn keys(answer: &Value) -> Vec<String> {
    let object = answer.as_array().map_or(answer, |objects| &objects[0]);
    object.as_object().unwrap().keys().cloned().collect()
}

/// Collects the keys below a value, and those below which there is nothing to collect.
fn walk(
    path: &str,
    value: &Value,
    documented: &BTreeSet<String>,
    written: &mut BTreeSet<String>,
    silent: &mut BTreeSet<String>,
) {
    match value {
        Value::Object(entries) => {
            let data = documented
                .iter()
                .any(|key| key.strip_prefix(path).is_some_and(|rest| rest.starts_with("{}")));
            if entries.is_empty() {
                silent.insert(path.to_owned());
            }
            for (name, entry) in entries {
                let key = match (data, path) {
                    (true, _) => format!("{path}{{}}"),
                    (false, "") => name.clone(),
                    (false, _) => format!("{path}.{name}"),
                };
                written.insert(key.clone());
                walk(&key, entry, documented, written, silent);
            }
        }
        Value::Array(items) => {
            if items.is_empty() {
                silent.insert(path.to_owned());
            }
            for item in items {
                let key = format!("{path}[]");
                written.insert(key.clone());
                walk(&key, item, documented, written, silent);
            }
        }
        Value::Null => {
            silent.insert(path.to_owned());
        }
        _ => {}
    }
}

fn document() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/cli.md")
}

/// Where the table of a command stands: behind its mark, before the next.
fn place(text: &str, command: &str) -> (usize, usize) {
    let mark = format!("<!-- {command} -->");
    let start = text.find(&mark).expect("the command's mark") + mark.len();
    let end = start + text[start..].find("<!-- end -->").expect("the end's mark");
    (start, end)
}
