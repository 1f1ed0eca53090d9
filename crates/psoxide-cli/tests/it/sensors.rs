//! Output over machines with sensors, to the letter. Run with `UPDATE_EXPECT=1` to write the expected files anew.

use expect_test::expect_file;
use serde_json::Value;

use crate::command::{at, fail, json, succeed};

/// Holds what the command writes over this case against the expected file of their names.
fn expect(case: &str, command: &str) {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/expected");
    let written = succeed(at(case).arg(command));
    expect_file![format!("{folder}/{command}-{case}.txt")].assert_eq(&written);
}

#[test]
fn a_laptop() {
    for command in ["sensors", "temperatures", "fans", "battery"] {
        expect("system-laptop", command);
    }
}

#[test]
fn a_desktop_with_much_that_is_broken() {
    for command in ["sensors", "temperatures", "fans"] {
        expect("system-desktop", command);
    }
}

#[test]
fn batteries_on_mains_and_on_nothing_that_is_told() {
    for case in ["battery-charging", "battery-full", "battery-unknown"] {
        expect(case, "battery");
    }
}

#[test]
fn what_is_not_there() {
    let (status, message) = fail(at("battery-none").arg("battery"));
    assert_eq!((status, &*message), (1, "psoxide: no battery is installed\n"));
    let (status, message) = fail(at("battery-none").arg("temperatures"));
    assert_eq!((status, &*message), (1, "psoxide: can't read any temperature\n"));
    assert_eq!(succeed(at("battery-none").arg("fans")), "no fans detected\n");
    assert_eq!(
        succeed(at("battery-none").arg("sensors")),
        "can't read any temperature, fans or battery info\n"
    );
    // For programs, that there is none is an answer.
    let answer = json(at("battery-none").args(["sensors", "--json"]));
    assert_eq!(answer["sensors_battery"], Value::Null);
    assert_eq!(answer["sensors_temperatures"], serde_json::json!({}));
    assert_eq!(answer["errors"], serde_json::json!({}));
}
