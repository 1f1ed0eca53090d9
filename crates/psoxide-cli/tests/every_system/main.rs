//! What holds on every system: a command answers or says in one line why it cannot, and what it tells as JSON is JSON.

use std::process::{Command, Output};

use serde_json::Value;

fn psoxide(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_psoxide"))
        .args(arguments)
        .output()
        .unwrap()
}

fn stdout(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).unwrap()
}

/// The answer of a command that must have one.
fn json(arguments: &[&str]) -> Value {
    let output = psoxide(&[arguments, &["--json"]].concat());
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn the_processes_are_listed() {
    let this = u64::from(std::process::id());
    let listed = json(&["ps"]);
    let own = listed
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["pid"] == this)
        .unwrap();
    let program = std::env::current_exe().unwrap();
    let file = program.file_name().unwrap().to_str().unwrap();
    assert!(
        own["name"].as_str().is_some_and(|name| file.starts_with(name)),
        "{own}"
    );
    let one = json(&["ps", "--pid", &this.to_string()]);
    assert_eq!(one.as_array().unwrap().len(), 1, "{one}");
    let found = psoxide(&["pidof", own["name"].as_str().unwrap()]);
    let is_this = |word: &str| word == this.to_string();
    assert!(stdout(&found).split_whitespace().any(is_this), "{found:?}");
}

#[test]
fn each_command_answers_or_says_why_not() {
    let commands: [&[&str]; 15] = [
        &["ps"],
        &["pstree"],
        &["procsmem"],
        &["free"],
        &["meminfo"],
        &["disk-usage"],
        &["ifconfig"],
        &["netstat"],
        &["who"],
        &["battery"],
        &["sensors"],
        &["temperatures"],
        &["fans"],
        &["winservices"],
        &["top", "-b", "-n", "1"],
    ];
    // What every backend that is begun tells.
    let everywhere = ["ps", "pstree", "disk-usage", "ifconfig", "netstat"];
    for command in commands {
        let output = psoxide(command);
        let stderr = String::from_utf8_lossy(&output.stderr);
        let told = stdout(&output);
        assert!(!told.contains('\x1b'), "{command:?}: colour in a pipe");
        assert!(!stderr.contains("panicked"), "{command:?}: {stderr}");
        if output.status.success() {
            println!("{command:?}: {} lines", told.lines().count());
        } else {
            println!("{command:?}: {stderr}");
            assert_eq!(stderr.trim_end().lines().count(), 1, "{command:?}: {stderr}");
            assert!(!everywhere.contains(&command[0]), "{command:?}: {stderr}");
        }
    }
}

#[test]
fn services_are_of_one_system_only() {
    let output = psoxide(&["winservices", "--json"]);
    if output.status.success() {
        let services: Value = serde_json::from_slice(&output.stdout).unwrap();
        let first = &services[0];
        let name = first["name"].as_str().unwrap();
        let text = psoxide(&["winservices"]);
        assert!(stdout(&text).starts_with(&format!("'{name}' (")), "{text:?}");
    } else {
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(stderr.contains("only Windows has services"), "{stderr}");
    }
}
