//! What all listings have in common, over fixtures: formats, columns, sorting, searching, the tree, exit statuses. Run with
//! `UPDATE_EXPECT=1` to write the expected files anew.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use expect_test::expect_file;
use serde_json::{Value, json as object};

use crate::command::{at, fail, json, psoxide, succeed, text};

fn small_host(arguments: &[&str]) -> String {
    succeed(at("small-host").args(arguments))
}

/// Holds what these arguments write over this case against the expected file of this name.
fn expect(case: &str, file: &str, arguments: &[&str]) {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/expected");
    expect_file![format!("{folder}/{file}")].assert_eq(&succeed(at(case).args(arguments)));
}

#[test]
fn comma_separated_values() {
    expect("small-host", "ps.csv", &["ps", "--csv"]);
    expect("small-host", "netstat.csv", &["netstat", "--csv"]);
    expect("small-host", "pmap.csv", &["pmap", "2001", "--csv"]);
    expect("small-host", "free.csv", &["free", "--csv"]);
    expect("system-laptop", "temperatures.csv", &["temperatures", "--csv"]);
    expect("system-laptop", "fans.csv", &["fans", "--csv"]);
    expect("system-laptop", "sensors.csv", &["sensors", "--csv"]);
}

#[test]
fn chosen_columns_as_a_table() {
    let columns = "pid,name,username,memory_info.rss,create_time,environ.PATH,cmdline";
    expect("small-host", "ps-columns.txt", &["ps", "-o", columns]);
    expect(
        "small-host",
        "ps-columns.json",
        &["ps", "--json", "--columns", columns],
    );
}

#[test]
fn trees() {
    expect("small-host", "ps-tree.txt", &["ps", "--tree"]);
    expect(
        "small-host",
        "ps-tree-columns.txt",
        &["ps", "--tree", "-o", "pid,name", "--sort", "-pid"],
    );
    assert_eq!(small_host(&["pstree", "--pid", "2001"]), "2001 python3\n");
}

#[test]
fn every_row_of_json_is_a_line_of_json_lines() {
    for command in [
        &["ps"][..],
        &["procsmem"],
        &["pidof", "init"],
        &["pstree"],
        &["netstat"],
        &["pmap", "2001"],
        &["procinfo", "2001"],
        &["free"],
        &["who"],
    ] {
        let array = json(at("small-host").args(command).arg("--json"));
        let array = match array {
            Value::Array(rows) => rows,
            row => vec![row],
        };
        let lines = succeed(at("small-host").args(command).arg("--jsonl"));
        let lines: Vec<Value> = lines
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!(lines, array, "{command:?}");
    }
}

#[test]
fn only_one_format_is_taken() {
    let (status, _) = fail(at("small-host").args(["ps", "--json", "--csv"]));
    assert_eq!(status, 2);
}

#[test]
fn a_column_that_is_none_is_refused_and_the_nearest_named() {
    for (arguments, hint) in [
        (&["ps", "-o", "pid,memory_info.rs"][..], "memory_info.rss"),
        (&["ps", "--sort", "-usernam"], "username"),
        (&["netstat", "-o", "laddr.prt"], "laddr.port"),
        (
            &["free", "--json", "-o", "virtual_memory.totl"],
            "virtual_memory.total",
        ),
    ] {
        let (status, message) = fail(at("small-host").args(arguments));
        assert_eq!(status, 2, "{message}");
        assert!(message.contains(&format!("did you mean {hint}?")), "{message}");
    }
}

#[test]
fn rows_are_sorted_as_what_they_are_and_the_unknown_is_last() {
    let sizes = |sort: &str| -> Vec<Value> {
        let rows = json(at("small-host").args(["ps", "--json", "-o", "memory_info.rss", "--sort", sort]));
        let rows = rows.as_array().unwrap().iter();
        rows.map(|row| row["memory_info.rss"].clone()).collect()
    };
    let numbers = |values: &[Value]| -> Vec<u64> { values.iter().filter_map(Value::as_u64).collect() };
    let (ascending, descending) = (sizes("memory_info.rss"), sizes("-memory_info.rss"));
    assert!(numbers(&ascending).is_sorted() && numbers(&ascending).len() > 3);
    let mut reversed = numbers(&descending);
    reversed.reverse();
    assert!(reversed.is_sorted());
    for values in [ascending, descending] {
        let known = values.iter().take_while(|value| !value.is_null()).count();
        assert!(values[known..].iter().all(Value::is_null), "{values:?}");
    }
}

#[test]
fn processes_are_found_by_number_user_words_and_expressions() {
    let pids = |arguments: &[&str]| -> Vec<u64> {
        let rows = json(
            at("small-host")
                .args(["ps", "--json", "-o", "pid"])
                .args(arguments),
        );
        let rows = rows.as_array().unwrap().iter();
        rows.map(|row| row["pid"].as_u64().unwrap()).collect()
    };
    assert_eq!(pids(&["-p", "1,2001"]), [1, 2001]);
    assert_eq!(pids(&["INIT"]), [1]);
    assert_eq!(pids(&["/^kthr/"]), [2]);
    assert_eq!(pids(&["2001"]), [2001]);
    assert_eq!(
        pids(&["--user", "1000"]),
        pids(&["--user", "anna-with-a-long-name"])
    );
    assert_eq!(pids(&["--user", "1000", "python"]), [2001]);
}

#[test]
fn to_find_nothing_is_status_1_without_a_word() {
    for arguments in [
        &["ps", "no-such-word"][..],
        &["ps", "-p", "4000000"],
        &["ps", "-u", "nobody-here", "--json"],
        &["procsmem", "no-such-word"],
        &["pstree", "no-such-word"],
        &["netstat", "--port", "1"],
        &["pidof", "no-such-name"],
        &["who", "anna"],
    ] {
        let output = at("small-host").args(arguments).output().unwrap();
        assert_eq!(
            (output.status.code(), text(&output.stderr).as_str()),
            (Some(1), ""),
            "{arguments:?}"
        );
    }
    let (status, message) = fail(at("small-host").args(["ps", "/(/"]));
    assert!(status == 2 && message.contains("/(/"), "{message}");
}

#[test]
fn names_above_the_columns_can_be_left_out() {
    for arguments in [
        &["ps"][..],
        &["ps", "--csv"],
        &["ps", "-o", "pid,name"],
        &["free"],
    ] {
        let with = small_host(arguments);
        let without = succeed(at("small-host").args(arguments).arg("--no-header"));
        let below: Vec<&str> = with.lines().skip(1).collect();
        assert_eq!(without.lines().collect::<Vec<&str>>(), below, "{arguments:?}");
    }
}

#[test]
fn what_is_no_text_is_lossless_in_json() {
    let rows = json(at("small-host").args(["ps", "--json", "-p", "512", "-o", "pid,cmdline"]));
    assert_eq!(rows[0]["cmdline"][0], "/usr/bin/caf\u{fffd}");
    let hexadecimal: String = b"/usr/bin/caf\xe9"
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert_eq!(rows[0]["raw"], object!({ "cmdline.0": hexadecimal }));
    let rows = json(at("small-host").args(["ps", "--json", "-p", "1"]));
    assert_eq!(rows[0].get("raw"), None);
}

#[test]
fn sockets_are_found_by_port() {
    let table = small_host(&["netstat", "--no-header"]);
    let listening = small_host(&["netstat", "--no-header", "--listening"]);
    assert!(!listening.is_empty() && listening.lines().count() < table.lines().count());
    let line = listening.lines().find(|line| line.contains("LISTEN")).unwrap();
    let address = line.split_whitespace().nth(1).unwrap();
    let port = address.rsplit(':').next().unwrap();
    let found = small_host(&["netstat", "--no-header", "--listening", "--port", port]);
    assert!(found.contains(line), "{found}");
    let local = |line: &str| {
        line.split_whitespace()
            .nth(1)
            .unwrap()
            .ends_with(&format!(":{port}"))
    };
    assert!(found.lines().all(local), "{found}");
}

#[test]
fn watching_shows_it_again_and_again() {
    for (format, separator) in [("--jsonl", "\"pid\":1"), ("--csv", "1")] {
        let mut child = at("small-host")
            .args(["ps", "-p", "1", "-o", "pid", "--watch", "0.01", format])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let found = lines
            .map(Result::unwrap)
            .filter(|line| line.contains(separator))
            .take(3)
            .count();
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(found, 3, "{format}");
    }
    let (status, message) = fail(psoxide().args(["ps", "--watch", "0"]));
    assert!(status == 2 && message.contains("expected seconds"), "{message}");
}

#[test]
fn the_root_can_be_an_argument() {
    let root = small_host(&["ps", "--json"]);
    let argument = succeed(
        crate::command::from_testdata()
            .env("HOST_ROOT", "no-such-case")
            .args(["ps", "--json", "--root", "small-host"]),
    );
    assert_eq!(argument, root);
}

#[test]
fn colour_can_be_had_in_a_pipe() {
    let plain = small_host(&["procinfo", "2001", "--color", "never"]);
    let coloured = small_host(&["procinfo", "2001", "--color", "always"]);
    assert!(
        !plain.contains('\x1b') && coloured.contains("\x1b[1;32mpid"),
        "{coloured}"
    );
}
