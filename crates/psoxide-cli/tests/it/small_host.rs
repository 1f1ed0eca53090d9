//! Output over `testdata/linux/small-host`, to the letter. Run with `UPDATE_EXPECT=1` to write the expected files anew.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use expect_test::expect_file;

use crate::command::{at, fail, from_testdata, json, succeed, text};

fn small_host(arguments: &[&str]) -> String {
    succeed(at("small-host").args(arguments))
}

/// Holds what these arguments write against the expected file of this name.
fn expect(file: &str, arguments: &[&str]) {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/expected");
    expect_file![format!("{folder}/{file}")].assert_eq(&small_host(arguments));
}

#[test]
fn ps() {
    expect("ps.txt", &["ps"]);
}

#[test]
fn ps_json() {
    expect("ps.json", &["ps", "--json"]);
}

#[test]
fn procinfo() {
    expect("procinfo.txt", &["procinfo", "2001"]);
}

#[test]
fn procinfo_verbose() {
    expect("procinfo-verbose.txt", &["procinfo", "-v", "2001"]);
}

#[test]
fn procinfo_of_a_parent() {
    expect("procinfo-400.txt", &["procinfo", "400"]);
}

#[test]
fn procinfo_of_a_kernel_thread() {
    expect("procinfo-2.txt", &["procinfo", "2"]);
}

#[test]
fn procinfo_of_a_zombie() {
    expect("procinfo-777.txt", &["procinfo", "777"]);
}

#[test]
fn procinfo_json() {
    expect("procinfo.json", &["procinfo", "2001", "--json"]);
}

#[test]
fn procsmem() {
    expect("procsmem.txt", &["procsmem"]);
}

#[test]
fn procsmem_json() {
    expect("procsmem.json", &["procsmem", "--json"]);
}

#[test]
fn free() {
    expect("free.txt", &["free"]);
}

#[test]
fn free_json() {
    expect("free.json", &["free", "--json"]);
}

#[test]
fn meminfo() {
    expect("meminfo.txt", &["meminfo"]);
    // The same questions as free asks.
    assert_eq!(
        small_host(&["meminfo", "--json"]),
        small_host(&["free", "--json"])
    );
}

#[test]
fn pidof() {
    assert_eq!(small_host(&["pidof", "init"]), "1\n");
    assert_eq!(small_host(&["pidof", "kthreadd"]), "2\n");
    // By the first word of the command line, and by bytes that are no text.
    assert_eq!(small_host(&["pidof", "/sbin/init"]), "1\n");
    let name = OsStr::from_bytes(b"/usr/bin/caf\xe9");
    assert_eq!(succeed(at("small-host").arg("pidof").arg(name)), "512\n");
    // Part of a name is not the name.
    for name in ["ini", "init ", "INIT", ""] {
        for (format, nothing) in [(&[][..], ""), (&["--json"], "[\n]\n"), (&["--jsonl"], "")] {
            let output = at("small-host")
                .args(["pidof", name])
                .args(format)
                .output()
                .unwrap();
            assert_eq!((output.status.code(), &*output.stderr), (Some(1), &b""[..]));
            assert_eq!(text(&output.stdout), nothing, "{name:?}");
        }
    }
    assert_eq!(fail(at("small-host").arg("pidof")).0, 2);
    assert_eq!(fail(at("small-host").args(["pidof", "a", "b"])).0, 2);
}

#[test]
fn pmap() {
    expect("pmap.txt", &["pmap", "2001"]);
}

#[test]
fn pmap_json() {
    expect("pmap.json", &["pmap", "2001", "--json"]);
}

#[test]
fn pmap_of_whoever_has_no_mappings_to_show() {
    let written = small_host(&["pmap", "2"]);
    assert!(
        written.contains("Total                      0.0B\nPID = 2, name = kthreadd\n"),
        "{written}"
    );
    let (status, message) = fail(at("small-host").args(["pmap", "777"]));
    assert_eq!(status, 1);
    assert!(message.contains("process is a zombie (pid 777)"), "{message}");
    let output = at("small-host").args(["pmap", "777", "--json"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(text(&output.stdout), "");
}

#[test]
fn pstree() {
    expect("pstree.txt", &["pstree"]);
}

#[test]
fn pstree_json() {
    expect("pstree.json", &["pstree", "--json"]);
}

#[test]
fn netstat() {
    expect("netstat.txt", &["netstat"]);
}

#[test]
fn netstat_json() {
    expect("netstat.json", &["netstat", "--json"]);
}

#[test]
fn disk_usage_has_empty_cells_for_a_mount_that_is_not_there() {
    for name in ["disk-usage", "df"] {
        let output = at("small-host").arg(name).output().unwrap();
        assert_eq!(output.status.code(), Some(0));
        let table = text(&output.stdout);
        let lines: Vec<&str> = table.lines().collect();
        assert_eq!(
            lines[0],
            "Device               Total     Used     Free  Use %      Type  Mount"
        );
        assert!(
            lines[1].starts_with("/dev/vda1 ") && lines[1].ends_with("%      ext4  /"),
            "{table}"
        );
        assert_eq!(
            lines[3],
            r"/dev/sdb1                                                vfat  /media/stick \x1b[2J"
        );
        assert_eq!(lines.len(), 4);
        let warning = text(&output.stderr);
        assert!(
            warning.starts_with(r"warning: not found: /media/stick \x1b[2J"),
            "{warning}"
        );
        assert_eq!(warning.lines().count(), 1);
    }
    let mounts = json(at("small-host").args(["disk-usage", "--json"]));
    assert_eq!(mounts[2]["usage"], serde_json::Value::Null);
    assert_eq!(mounts[2]["partition"]["mountpoint"], "/media/stick \x1b[2J");
    assert!(
        mounts[2]["errors"]["usage"]
            .as_str()
            .unwrap()
            .starts_with("not found")
    );
    assert_eq!(mounts[0]["errors"], serde_json::json!({}));
}

#[test]
fn interfaces_are_told_of_the_running_system_only() {
    let (status, message) = fail(at("small-host").arg("ifconfig"));
    assert_eq!(status, 1);
    assert!(message.contains("running system only"), "{message}");
}

#[test]
fn a_host_without_sys_tells_nothing_of_sensors() {
    for command in ["sensors", "temperatures", "fans", "battery"] {
        let (status, message) = fail(at("small-host").arg(command));
        assert_eq!(status, 1);
        assert!(message.contains("small-host/sys"), "{message}");
    }
}

#[test]
fn who_is_silent_where_nobody_is_logged_in() {
    assert_eq!(small_host(&["who"]), "");
}

#[test]
fn no_line_commands_the_terminal() {
    for arguments in [
        &["ps"][..],
        &["ps", "--json"],
        &["procinfo", "-v", "512"],
        &["procinfo", "--json", "512"],
        &["procsmem"],
        &["pidof", "--json", "sh"],
        &["pmap", "512"],
        &["pstree"],
        &["pstree", "--json"],
        &["netstat"],
        &["disk-usage", "--json"],
    ] {
        let written = small_host(arguments);
        let raw = written
            .chars()
            .find(|character| (character.is_control() && *character != '\n') || *character == '\u{202e}');
        assert_eq!(raw, None, "{arguments:?}: {written}");
    }
    // What the arguments were is still to be seen.
    assert!(small_host(&["ps"]).contains(r"--title=\x1b]0;owned\x07 --direction=\u{202e}txt.exe"));
    let arguments = json(at("small-host").args(["procinfo", "--json", "512"]));
    assert_eq!(arguments["cmdline"][1], "--title=\x1b]0;owned\x07");
    assert_eq!(arguments["cmdline"][2], "--direction=\u{202e}txt.exe");
    assert_eq!(arguments["cmdline"][0], "/usr/bin/caf\u{fffd}");
}

#[test]
fn every_row_of_ps_is_one_line() {
    let processes = json(at("small-host").args(["ps", "--json"]));
    let lines = small_host(&["ps"]).lines().count();
    assert_eq!(lines, processes.as_array().unwrap().len() + 1);
}

#[test]
fn this_command_is_no_process_of_another_root() {
    let (status, message) = fail(at("small-host").arg("procinfo"));
    assert_eq!(status, 1);
    assert!(message.contains("expected the number of a process"), "{message}");
}

#[test]
fn a_process_that_is_not_there_is_named() {
    let (status, message) = fail(at("small-host").args(["procinfo", "401"]));
    assert_eq!(status, 1);
    assert!(message.contains("no such process (pid 401)"), "{message}");
}

#[test]
fn procfs_names_the_directory_of_processes() {
    let processes = json(from_testdata().args(["ps", "--json", "--procfs", "small-host/proc"]));
    let names: Vec<&str> = processes
        .as_array()
        .unwrap()
        .iter()
        .map(|process| process["name"].as_str().unwrap())
        .collect();
    assert_eq!(names[..2], ["init", "kthreadd"]);
}

#[test]
fn a_root_that_is_not_there_is_named() {
    for arguments in [
        &["ps"][..],
        &["ps", "--json"],
        &["free"],
        &["procsmem"],
        &["procinfo", "1"],
        &["meminfo"],
        &["pidof", "init"],
        &["pmap", "1"],
        &["pstree"],
        &["disk-usage"],
        &["netstat"],
    ] {
        let (status, message) = fail(at("no-such-case").args(arguments));
        assert_eq!(status, 1, "{arguments:?}");
        assert!(
            message.contains(": no-such-case/proc"),
            "{arguments:?}: {message}"
        );
    }
}

#[test]
fn a_root_that_is_not_there_has_no_users_and_no_sensors() {
    for command in ["who", "sensors", "temperatures", "fans", "battery"] {
        let (status, message) = fail(at("no-such-case").arg(command));
        assert_eq!(status, 1, "{command}");
        assert!(
            message.starts_with("psoxide: not found: no-such-case"),
            "{message}"
        );
    }
}

#[test]
fn a_directory_without_processes_is_named() {
    for command in [&["ps"][..], &["procsmem"], &["pidof", "init"], &["pstree"]] {
        let (status, message) = fail(from_testdata().args(command).args(["--procfs", "small-host/etc"]));
        assert_eq!(status, 1);
        assert!(message.contains("psoxide: small-host/etc:"), "{message}");
        assert!(
            message.contains("expected the processes of a system"),
            "{message}"
        );
    }
}
